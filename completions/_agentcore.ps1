
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'agentcore' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'agentcore'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'agentcore' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a new project: a small agent with a tool, its tests and its configuration')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml')
            [CompletionResult]::new('build', 'build', [CompletionResultType]::ParameterValue, 'Build the artifact and stop: an image, or an archive of code')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what in the agent''s source would fail only in the cloud: syntax, imports, a missing server')
            [CompletionResult]::new('launch', 'launch', [CompletionResultType]::ParameterValue, 'Build the agent''s image, push it, create or update its runtime, and wait until it is READY')
            [CompletionResult]::new('deploy', 'deploy', [CompletionResultType]::ParameterValue, 'Build the agent''s image, push it, create or update its runtime, and wait until it is READY')
            [CompletionResult]::new('dev', 'dev', [CompletionResultType]::ParameterValue, 'Run the agent on this machine behind its authorizer, and reload it when a file is saved; no AWS API is called')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is configured and what is deployed')
            [CompletionResult]::new('endpoint', 'endpoint', [CompletionResultType]::ParameterValue, 'Endpoints that stay on a version: list, create, promote, delete')
            [CompletionResult]::new('versions', 'versions', [CompletionResultType]::ParameterValue, 'Show the versions of the agent: what each one runs, since when, by whom, and which endpoints serve it')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Go back to an earlier version, without a build')
            [CompletionResult]::new('adopt', 'adopt', [CompletionResultType]::ParameterValue, 'Write a configuration from a live runtime, or copy changes made elsewhere into it; changes nothing in AWS')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the definition of what is deployed for Terraform, CloudFormation or boto3')
            [CompletionResult]::new('invoke', 'invoke', [CompletionResultType]::ParameterValue, 'Call the agent; its answer goes to stdout unchanged')
            [CompletionResult]::new('stop-session', 'stop-session', [CompletionResultType]::ParameterValue, 'End a session of the agent')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command in a session of the agent; its output and exit status are the command''s')
            [CompletionResult]::new('shell', 'shell', [CompletionResultType]::ParameterValue, 'Open a terminal in a session of the agent')
            [CompletionResult]::new('sessions', 'sessions', [CompletionResultType]::ParameterValue, 'Sessions that were started from here: list and stop them')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete what launch created for the agent, and keep what you brought')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Who may call an agent: check a token, explain the rules, test that they hold')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'Set up Amazon Cognito, get tokens for callers, and keep the keys that agents need')
            [CompletionResult]::new('memory', 'memory', [CompletionResultType]::ParameterValue, 'Memories: what agents remember across sessions')
            [CompletionResult]::new('gateway', 'gateway', [CompletionResultType]::ParameterValue, 'Gateways that give agents tools: create, show, change and delete them and their targets')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show or follow what the agent logs')
            [CompletionResult]::new('traces', 'traces', [CompletionResultType]::ParameterValue, 'Traces of an agent: what it did in a session, span by span')
            [CompletionResult]::new('obs', 'obs', [CompletionResultType]::ParameterValue, 'The same as `traces`, as the starter toolkit calls it')
            [CompletionResult]::new('observability', 'observability', [CompletionResultType]::ParameterValue, 'Whether logs and traces reach CloudWatch, and what switches them on')
            [CompletionResult]::new('iam', 'iam', [CompletionResultType]::ParameterValue, 'Permissions: the smallest IAM policy for some commands, and a role for a pipeline')
            [CompletionResult]::new('create_mcp_gateway', 'create_mcp_gateway', [CompletionResultType]::ParameterValue, 'The same as `gateway create-mcp-gateway`')
            [CompletionResult]::new('create_mcp_gateway_target', 'create_mcp_gateway_target', [CompletionResultType]::ParameterValue, 'The same as `gateway create-mcp-gateway-target`')
            [CompletionResult]::new('environments', 'environments', [CompletionResultType]::ParameterValue, 'Environments of the agents: the declared ones, and those of branches')
            [CompletionResult]::new('ci', 'ci', [CompletionResultType]::ParameterValue, 'Pipelines: write the workflow of a CI system')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'A local AWS that runs agents behind the same auth, with no account')
            [CompletionResult]::new('lead-terminal', 'lead-terminal', [CompletionResultType]::ParameterValue, 'Take the terminal that is stdin, and become a command at it: how a sandbox starts shells')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything that a launch or a call depends on, and say what is wrong and how to fix it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say what the code of an error means and what to do; without one, list all codes')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'JSON Schemas of the configuration file and of what commands print')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of a command, or write those of all commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;create' {
            [CompletionResult]::new('--framework', '--framework', [CompletionResultType]::ParameterName, 'What the agent is built with: Strands Agents, LangGraph, or nothing but the model''s API [default: strands]')
            [CompletionResult]::new('--agent-framework', '--agent-framework', [CompletionResultType]::ParameterName, 'What the agent is built with: Strands Agents, LangGraph, or nothing but the model''s API [default: strands]')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Language of the project [default: python]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Model of Amazon Bedrock that the agent calls [default: global.anthropic.claude-haiku-4-5-20251001-v1:0]')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'AgentCore Memory for the agent, as in `configure`: `none`, `stm` (sessions), `ltm` (the same, with facts about users) or the id of one that exists [default: none]')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'AgentCore Memory for the agent, as in `configure`: `none`, `stm` (sessions), `ltm` (the same, with facts about users) or the id of one that exists [default: none]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The same as NAME, for scripts of the starter toolkit')
            [CompletionResult]::new('--project-name', '--project-name', [CompletionResultType]::ParameterName, 'The same as NAME, for scripts of the starter toolkit')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The starter toolkit''s `basic` or `production`, of which this program has the first')
            [CompletionResult]::new('--template', '--template', [CompletionResultType]::ParameterName, 'The starter toolkit''s `basic` or `production`, of which this program has the first')
            [CompletionResult]::new('--model-provider', '--model-provider', [CompletionResultType]::ParameterName, 'The starter toolkit''s `Bedrock`; another provider is another program''s')
            [CompletionResult]::new('--provider-api-key', '--provider-api-key', [CompletionResultType]::ParameterName, 'Key of another provider')
            [CompletionResult]::new('--iac', '--iac', [CompletionResultType]::ParameterName, 'CDK or Terraform of the production template')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--venv', '--venv', [CompletionResultType]::ParameterName, 'Make a virtual environment; the README''s command does')
            [CompletionResult]::new('--no-venv', '--no-venv', [CompletionResultType]::ParameterName, 'Make no virtual environment, which is what happens anyway')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Not here: npx @aws/agentcore create --type import --name NAME')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;create;import' {
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, '--agent-id there')
            [CompletionResult]::new('--agent-alias-id', '--agent-alias-id', [CompletionResultType]::ParameterName, '--agent-alias-id there')
            [CompletionResult]::new('--target-platform', '--target-platform', [CompletionResultType]::ParameterName, '--framework there [default: strands]')
            [CompletionResult]::new('--run-option', '--run-option', [CompletionResultType]::ParameterName, 'No counterpart')
            [CompletionResult]::new('--output-dir', '--output-dir', [CompletionResultType]::ParameterName, '--output-dir there')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--disable-gateway', '--disable-gateway', [CompletionResultType]::ParameterName, 'No counterpart')
            [CompletionResult]::new('--disable-memory', '--disable-memory', [CompletionResultType]::ParameterName, '--memory none there')
            [CompletionResult]::new('--disable-code-interpreter', '--disable-code-interpreter', [CompletionResultType]::ParameterName, 'No counterpart')
            [CompletionResult]::new('--disable-observability', '--disable-observability', [CompletionResultType]::ParameterName, 'No counterpart')
            [CompletionResult]::new('--deploy-runtime', '--deploy-runtime', [CompletionResultType]::ParameterName, 'No counterpart')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;create;help' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Not here: npx @aws/agentcore create --type import --name NAME')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;create;help;import' {
            break
        }
        'agentcore;create;help;help' {
            break
        }
        'agentcore;configure' {
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Agent file (agent.py) or a folder that holds main, agent or app [default: the one that this folder has]')
            [CompletionResult]::new('--entrypoint', '--entrypoint', [CompletionResultType]::ParameterName, 'Agent file (agent.py) or a folder that holds main, agent or app [default: the one that this folder has]')
            [CompletionResult]::new('--source-path', '--source-path', [CompletionResultType]::ParameterName, 'Folder that is packed [default: the entrypoint''s, widened to its dependency files]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Agent name: a letter, then letters, digits and underscores, 48 at most [default: from the entrypoint]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Agent name: a letter, then letters, digits and underscores, 48 at most [default: from the entrypoint]')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Project language [short: -lang] [default: that of the entrypoint]')
            [CompletionResult]::new('--python', '--python', [CompletionResultType]::ParameterName, 'Python version of the agent [default: that of .python-version or `requires-python`, else 3.12]')
            [CompletionResult]::new('--requirements-file', '--requirements-file', [CompletionResultType]::ParameterName, 'Dependency file: requirements*.txt, *.in or pyproject.toml [short: -rf] [default: the nearest]')
            [CompletionResult]::new('--extra', '--extra', [CompletionResultType]::ParameterName, 'Optional dependencies of pyproject.toml to install (repeatable, or separated by commas; `none` removes them all) [default: none]')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Dependency group of pyproject.toml to install (repeatable, or separated by commas; `none` removes them all) [default: none]')
            [CompletionResult]::new('--discovery-url', '--discovery-url', [CompletionResultType]::ParameterName, 'OpenID Connect discovery URL of the issuer of the callers'' tokens')
            [CompletionResult]::new('--allowed-client', '--allowed-client', [CompletionResultType]::ParameterName, 'Accepted `client_id` (repeatable, or separated by commas)')
            [CompletionResult]::new('--allowed-audience', '--allowed-audience', [CompletionResultType]::ParameterName, 'Accepted `aud` (repeatable, or separated by commas)')
            [CompletionResult]::new('--allowed-scope', '--allowed-scope', [CompletionResultType]::ParameterName, 'Accepted scope; one match is enough (repeatable, or separated by commas)')
            [CompletionResult]::new('--custom-claim', '--custom-claim', [CompletionResultType]::ParameterName, 'Required claim: name=value, or name~=a,b for a list claim (repeatable)')
            [CompletionResult]::new('--authorizer-config', '--authorizer-config', [CompletionResultType]::ParameterName, 'The whole authorizer as JSON: {"customJWTAuthorizer": {…}} [short: -ac]')
            [CompletionResult]::new('--request-header-allowlist', '--request-header-allowlist', [CompletionResultType]::ParameterName, 'Headers that reach the agent, separated by commas [short: -rha] [default: none]')
            [CompletionResult]::new('--execution-role', '--execution-role', [CompletionResultType]::ParameterName, 'Role the agent runs as (ARN or name) [short: -er] [default: launch creates one]')
            [CompletionResult]::new('--code-build-execution-role', '--code-build-execution-role', [CompletionResultType]::ParameterName, 'Role for CodeBuild [short: -cber] [default: launch creates one]')
            [CompletionResult]::new('--ecr', '--ecr', [CompletionResultType]::ParameterName, 'ECR repository (URI or name), or `auto`: launch creates one [short: -ecr] [default: auto]')
            [CompletionResult]::new('--s3', '--s3', [CompletionResultType]::ParameterName, 'S3 bucket for direct_code_deploy [short: -s3] [default: launch creates one]')
            [CompletionResult]::new('--subnets', '--subnets', [CompletionResultType]::ParameterName, 'Subnet ids, separated by commas')
            [CompletionResult]::new('--security-groups', '--security-groups', [CompletionResultType]::ParameterName, 'Security group ids, separated by commas')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'Seconds until an idle session ends (60 to 28800) [default: 900]')
            [CompletionResult]::new('--max-lifetime', '--max-lifetime', [CompletionResultType]::ParameterName, 'Seconds a session may live (60 to 28800) [default: 28800]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Protocol that the agent serves: HTTP, MCP, A2A or AGUI [default: what its source shows, else HTTP]')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'Protocol that the agent serves: HTTP, MCP, A2A or AGUI [default: what its source shows, else HTTP]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'Description of the runtime, as lists show it [default: none]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port that the agent serves, 8000 to 12000 without 8443 [default: its protocol''s]')
            [CompletionResult]::new('--path', '--path', [CompletionResultType]::ParameterName, 'Path that the agent serves [default: its protocol''s]')
            [CompletionResult]::new('--mount', '--mount', [CompletionResultType]::ParameterName, 'File system in each session (repeatable): /mnt/NAME=session, =ARN of an access point, =s3://BUCKET/PREFIX or =volume:NAME of a capacity provider [default: none]')
            [CompletionResult]::new('--warmup', '--warmup', [CompletionResultType]::ParameterName, 'POST request that warms up a new version, such as /warm or 8080/warm; needs --platform-version V2 [default: none]')
            [CompletionResult]::new('--minimum-memory', '--minimum-memory', [CompletionResultType]::ParameterName, 'Least memory of a session, in MiB [default: the service''s]')
            [CompletionResult]::new('--allowed-port', '--allowed-port', [CompletionResultType]::ParameterName, 'Port or range, such as 8200-8300, that callers of a session may reach (repeatable, or separated by commas)')
            [CompletionResult]::new('--platform-version', '--platform-version', [CompletionResultType]::ParameterName, 'Platform version, V1 or V2 [default: the service''s]')
            [CompletionResult]::new('--capacity-provider', '--capacity-provider', [CompletionResultType]::ParameterName, 'ARN of the capacity provider that sessions run on [default: microVMs]')
            [CompletionResult]::new('--privilege-mode', '--privilege-mode', [CompletionResultType]::ParameterName, 'STANDARD or PRIVILEGED, with --capacity-provider [default: the service''s]')
            [CompletionResult]::new('--allow-caller', '--allow-caller', [CompletionResultType]::ParameterName, 'Account or ARN of a principal that may call the agent as well, by a resource policy (repeatable, or separated by commas; `none` removes them all) [default: none]')
            [CompletionResult]::new('--clear', '--clear', [CompletionResultType]::ParameterName, 'Setting to remove from the runtime, such as description or file_systems (repeatable, or separated by commas)')
            [CompletionResult]::new('--deployment-type', '--deployment-type', [CompletionResultType]::ParameterName, 'container or direct_code_deploy [short: -dt] [default: container]')
            [CompletionResult]::new('--runtime', '--runtime', [CompletionResultType]::ParameterName, 'Managed runtime for direct_code_deploy, such as PYTHON_3_13 [short: -rt] [default: that of the agent''s version]')
            [CompletionResult]::new('--container-runtime', '--container-runtime', [CompletionResultType]::ParameterName, 'Container engine: auto, docker, podman, finch or buildah [short: -ctr] [default: auto]')
            [CompletionResult]::new('--dockerfile', '--dockerfile', [CompletionResultType]::ParameterName, 'Your own Dockerfile; `''''` goes back to the generated one [default: generated]')
            [CompletionResult]::new('--build-context', '--build-context', [CompletionResultType]::ParameterName, 'Build context of the Dockerfile; `''''` goes back to the default [default: the source folder]')
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'Stage of the Dockerfile; `''''` goes back to the default [default: the last one]')
            [CompletionResult]::new('--build-arg', '--build-arg', [CompletionResultType]::ParameterName, 'Argument of the Dockerfile (repeatable); `NAME=` for an empty one. Not for secrets')
            [CompletionResult]::new('--build-secret', '--build-secret', [CompletionResultType]::ParameterName, 'Variable passed to the build as a secret, such as PIP_INDEX_URL (repeatable)')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image of the agent''s image, or `scratch` [default: the slim image of its Python or Node.js version]')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'AgentCore Memory: `none`, `stm` (launch creates one that keeps events), `ltm` (the same, with long-term records) or the id of one that exists [default: none for a new agent]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'The starter toolkit''s flag for projects of its own; left out of account beside --entrypoint')
            [CompletionResult]::new('--create', '--create', [CompletionResultType]::ParameterName, 'The starter toolkit''s flag for projects of its own; left out of account beside --entrypoint')
            [CompletionResult]::new('--no-authorizer', '--no-authorizer', [CompletionResultType]::ParameterName, 'Remove the authorizer: callers sign with IAM')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Do not fetch the discovery document')
            [CompletionResult]::new('--vpc', '--vpc', [CompletionResultType]::ParameterName, 'Run inside a VPC, with --subnets and --security-groups [default: the public network]')
            [CompletionResult]::new('--disable-otel', '--disable-otel', [CompletionResultType]::ParameterName, 'Do not install and start OpenTelemetry [short: -do]')
            [CompletionResult]::new('--disable-memory', '--disable-memory', [CompletionResultType]::ParameterName, 'The same as --memory none [short: -dm]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Write the generated Dockerfile again even where it was edited (a .bak is kept)')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the agents of the configuration file')
            [CompletionResult]::new('set-default', 'set-default', [CompletionResultType]::ParameterValue, 'Make an agent the one that commands take without --agent')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an agent''s resolved values and where each came from')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the configuration file and list every fault with its position; exit 2 if there is one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;configure;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;configure;set-default' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;configure;show' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;configure;validate' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Format of the result: `sarif` is SARIF 2.1.0, for code scanning [default: text]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;configure;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the agents of the configuration file')
            [CompletionResult]::new('set-default', 'set-default', [CompletionResultType]::ParameterValue, 'Make an agent the one that commands take without --agent')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an agent''s resolved values and where each came from')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the configuration file and list every fault with its position; exit 2 if there is one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;configure;help;list' {
            break
        }
        'agentcore;configure;help;set-default' {
            break
        }
        'agentcore;configure;help;show' {
            break
        }
        'agentcore;configure;help;validate' {
            break
        }
        'agentcore;configure;help;help' {
            break
        }
        'agentcore;build' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the artifact to a file: an OCI archive, or a zip for direct_code_deploy [short: -o FILE]')
            [CompletionResult]::new('--sbom', '--sbom', [CompletionResultType]::ParameterName, 'Write bills of materials into a folder: SPDX and CycloneDX')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image is made [default: that of the configuration, else auto]')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would go into the artifact and stop')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would go into the artifact and stop')
            [CompletionResult]::new('--local-build', '--local-build', [CompletionResultType]::ParameterName, 'Build with a container engine on this machine; the same as --builder engine [short: -lb]')
            [CompletionResult]::new('--force-rebuild-deps', '--force-rebuild-deps', [CompletionResultType]::ParameterName, 'Resolve the dependencies again instead of taking the cached layer [short: -frd]')
            [CompletionResult]::new('--skip-checks', '--skip-checks', [CompletionResultType]::ParameterName, 'Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;check' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image would be made [default: that of the configuration, else auto]')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;launch' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'File of environment variables: KEY=VALUE lines, or a JSON object; - for stdin. --env takes precedence')
            [CompletionResult]::new('--unset-env', '--unset-env', [CompletionResultType]::ParameterName, 'Remove an environment variable from the runtime, this time only (repeatable)')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest [default: the time]')
            [CompletionResult]::new('--image-tag', '--image-tag', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest [default: the time]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY after the build]')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing')
            [CompletionResult]::new('--artifact', '--artifact', [CompletionResultType]::ParameterName, 'Deploy what `agentcore build -o FILE` wrote, and build nothing')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image is made [default: that of the configuration, else auto]')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 to serve the agent on [default: 8080]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default: none]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default: none]')
            [CompletionResult]::new('--smoke', '--smoke', [CompletionResultType]::ParameterName, 'Call the new version with this JSON before an endpoint is pointed to it, and put DEFAULT back if that fails [default: agentcore.smoke of the configuration]')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Condition that the answer must meet, in jq''s syntax: ''.status == "ok"'' [default: any answer that is not a failure]')
            [CompletionResult]::new('--smoke-timeout', '--smoke-timeout', [CompletionResultType]::ParameterName, 'Seconds that the smoke test''s answer may take [default: that of the configuration, else 60]')
            [CompletionResult]::new('--canary', '--canary', [CompletionResultType]::ParameterName, 'After the smoke test, repeat it for this long and watch the version''s log for errors: 90s, 10m, 1h [default: off]')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Also write the result of the smoke test as JUnit XML')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File with the bearer token of the smoke test, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself] [default: the token of `agentcore identity token`, where the agent takes tokens]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]')
            [CompletionResult]::new('--auto-update-on-conflict', '--auto-update-on-conflict', [CompletionResultType]::ParameterName, 'Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--allow-auth-change', '--allow-auth-change', [CompletionResultType]::ParameterName, 'Allow removing or widening the runtime''s authorizer')
            [CompletionResult]::new('--refuse-drift', '--refuse-drift', [CompletionResultType]::ParameterName, 'Stop with exit 6 where the launch would overwrite what was changed elsewhere since the last one on record')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the runtime was created or updated')
            [CompletionResult]::new('--local-build', '--local-build', [CompletionResultType]::ParameterName, 'Build with a container engine on this machine; the same as --builder engine [short: -lb]')
            [CompletionResult]::new('--force-rebuild-deps', '--force-rebuild-deps', [CompletionResultType]::ParameterName, 'Resolve the dependencies again instead of taking the cached layer [short: -frd]')
            [CompletionResult]::new('--skip-checks', '--skip-checks', [CompletionResultType]::ParameterName, 'Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Build for this machine and run the artifact here instead of deploying it, in the foreground')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Build for this machine and run the artifact here instead of deploying it, in the foreground')
            [CompletionResult]::new('--local-issuer', '--local-issuer', [CompletionResultType]::ParameterName, 'Issue the callers'' tokens on this machine, in place of the authorizer''s provider')
            [CompletionResult]::new('--no-smoke', '--no-smoke', [CompletionResultType]::ParameterName, 'Skip the smoke test of the configuration')
            [CompletionResult]::new('--code-build', '--code-build', [CompletionResultType]::ParameterName, 'Build with CodeBuild; the same as --builder codebuild')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;deploy' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'File of environment variables: KEY=VALUE lines, or a JSON object; - for stdin. --env takes precedence')
            [CompletionResult]::new('--unset-env', '--unset-env', [CompletionResultType]::ParameterName, 'Remove an environment variable from the runtime, this time only (repeatable)')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest [default: the time]')
            [CompletionResult]::new('--image-tag', '--image-tag', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest [default: the time]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY after the build]')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing')
            [CompletionResult]::new('--artifact', '--artifact', [CompletionResultType]::ParameterName, 'Deploy what `agentcore build -o FILE` wrote, and build nothing')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image is made [default: that of the configuration, else auto]')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 to serve the agent on [default: 8080]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default: none]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default: none]')
            [CompletionResult]::new('--smoke', '--smoke', [CompletionResultType]::ParameterName, 'Call the new version with this JSON before an endpoint is pointed to it, and put DEFAULT back if that fails [default: agentcore.smoke of the configuration]')
            [CompletionResult]::new('--expect', '--expect', [CompletionResultType]::ParameterName, 'Condition that the answer must meet, in jq''s syntax: ''.status == "ok"'' [default: any answer that is not a failure]')
            [CompletionResult]::new('--smoke-timeout', '--smoke-timeout', [CompletionResultType]::ParameterName, 'Seconds that the smoke test''s answer may take [default: that of the configuration, else 60]')
            [CompletionResult]::new('--canary', '--canary', [CompletionResultType]::ParameterName, 'After the smoke test, repeat it for this long and watch the version''s log for errors: 90s, 10m, 1h [default: off]')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Also write the result of the smoke test as JUnit XML')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File with the bearer token of the smoke test, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself] [default: the token of `agentcore identity token`, where the agent takes tokens]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]')
            [CompletionResult]::new('--auto-update-on-conflict', '--auto-update-on-conflict', [CompletionResultType]::ParameterName, 'Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--allow-auth-change', '--allow-auth-change', [CompletionResultType]::ParameterName, 'Allow removing or widening the runtime''s authorizer')
            [CompletionResult]::new('--refuse-drift', '--refuse-drift', [CompletionResultType]::ParameterName, 'Stop with exit 6 where the launch would overwrite what was changed elsewhere since the last one on record')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the runtime was created or updated')
            [CompletionResult]::new('--local-build', '--local-build', [CompletionResultType]::ParameterName, 'Build with a container engine on this machine; the same as --builder engine [short: -lb]')
            [CompletionResult]::new('--force-rebuild-deps', '--force-rebuild-deps', [CompletionResultType]::ParameterName, 'Resolve the dependencies again instead of taking the cached layer [short: -frd]')
            [CompletionResult]::new('--skip-checks', '--skip-checks', [CompletionResultType]::ParameterName, 'Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Build for this machine and run the artifact here instead of deploying it, in the foreground')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Build for this machine and run the artifact here instead of deploying it, in the foreground')
            [CompletionResult]::new('--local-issuer', '--local-issuer', [CompletionResultType]::ParameterName, 'Issue the callers'' tokens on this machine, in place of the authorizer''s provider')
            [CompletionResult]::new('--no-smoke', '--no-smoke', [CompletionResultType]::ParameterName, 'Skip the smoke test of the configuration')
            [CompletionResult]::new('--code-build', '--code-build', [CompletionResultType]::ParameterName, 'Build with CodeBuild; the same as --builder codebuild')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;dev' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 to serve the agent on; 0 for a free one [env: PORT] [default: 8080]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 to serve the agent on; 0 for a free one [env: PORT] [default: 8080]')
            [CompletionResult]::new('--env', '--env', [CompletionResultType]::ParameterName, 'Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Print a token of the local issuer of the agent that runs on --port, for a persona of `auth test` [default: good]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--local-issuer', '--local-issuer', [CompletionResultType]::ParameterName, 'Issue the callers'' tokens on this machine, in place of the authorizer''s provider')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;status' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 1800]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Follow until READY or failed; on a terminal a table that is redrawn, elsewhere a line for each change')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Follow until READY or failed; on a terminal a table that is redrawn, elsewhere a line for each change')
            [CompletionResult]::new('--drift', '--drift', [CompletionResultType]::ParameterName, 'Compare the configuration with what is live, field by field; exit 6 where they differ')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;endpoint' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the endpoints of the agent and the version that each one serves')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an endpoint that stays on one version; an existing one is left as it is')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Point an endpoint to another version')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Point an endpoint to another version')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an endpoint; its version stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;endpoint;list' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;endpoint;create' {
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Version that it serves [default: the newest]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'Description, at most 256 characters [default: none]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow an endpoint that this project did not create')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the service has accepted the change')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;endpoint;promote' {
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Version that it is to serve')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow an endpoint that this project did not create')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the service has accepted the change')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;endpoint;update' {
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Version that it is to serve')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow an endpoint that this project did not create')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the service has accepted the change')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;endpoint;delete' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow an endpoint that this project did not create')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the service has accepted the change')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;endpoint;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the endpoints of the agent and the version that each one serves')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an endpoint that stays on one version; an existing one is left as it is')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Point an endpoint to another version')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an endpoint; its version stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;endpoint;help;list' {
            break
        }
        'agentcore;endpoint;help;create' {
            break
        }
        'agentcore;endpoint;help;promote' {
            break
        }
        'agentcore;endpoint;help;delete' {
            break
        }
        'agentcore;endpoint;help;help' {
            break
        }
        'agentcore;versions' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'How many to show, the newest first')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'How many to show, the newest first')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;rollback' {
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint that goes back [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint that goes back [default: DEFAULT]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: no limit, but 600 for READY]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--allow-auth-change', '--allow-auth-change', [CompletionResultType]::ParameterName, 'Allow removing or widening the runtime''s authorizer')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow an endpoint that this project did not create')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the service has accepted the change')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;adopt' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent whose live values are taken over, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose live values are taken over, instead of the default one')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Source that later launches build [default: none; the live image is deployed as it is]')
            [CompletionResult]::new('--entrypoint', '--entrypoint', [CompletionResultType]::ParameterName, 'Source that later launches build [default: none; the live image is deployed as it is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be written and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be written and stop; exit 6 when something would')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Adopt a runtime even if its tags name another project')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;export' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What the definition is for')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'File to write [default: stdout]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;invoke' {
            [CompletionResult]::new('--prompt', '--prompt', [CompletionResultType]::ParameterName, 'Prompt, instead of PAYLOAD: always text, whatever it looks like')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime or endpoint to call, with no configuration file')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session to continue, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session to continue, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User on whose behalf the agent is called (SigV4 callers) [default: none]')
            [CompletionResult]::new('--user-id', '--user-id', [CompletionResultType]::ParameterName, 'User on whose behalf the agent is called (SigV4 callers) [default: none]')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Header `Name: value` (repeatable)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header `Name: value` (repeatable)')
            [CompletionResult]::new('--headers', '--headers', [CompletionResultType]::ParameterName, 'Headers `Name:value,Name:value`, each given the custom-header prefix')
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'Content type of the payload [default: application/json; text/plain with --text]')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Accepted answer types [default: application/json, text/event-stream]')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'What the agent speaks: HTTP, MCP, A2A or AGUI [default: what the configuration or the live runtime says]')
            [CompletionResult]::new('--tool', '--tool', [CompletionResultType]::ParameterName, 'Call this tool of an MCP agent; the payload is a JSON object of arguments')
            [CompletionResult]::new('--ws-idle', '--ws-idle', [CompletionResultType]::ParameterName, 'Close the web socket when nothing has arrived for this many seconds after the last message [default: when the agent closes it]')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print the same request for another program instead of sending it; its token or credentials are not in it [default: send it]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port that it answers on, for --dev and --local [default: 8080]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--text', '--text', [CompletionResultType]::ParameterName, 'Send PAYLOAD as it is, as text: neither JSON nor the name of a file')
            [CompletionResult]::new('--new-session', '--new-session', [CompletionResultType]::ParameterName, 'Start a new session instead of continuing the last one')
            [CompletionResult]::new('--list-tools', '--list-tools', [CompletionResultType]::ParameterName, 'List the tools of an MCP agent')
            [CompletionResult]::new('--card', '--card', [CompletionResultType]::ParameterName, 'Print the card of an A2A agent')
            [CompletionResult]::new('--stream', '--stream', [CompletionResultType]::ParameterName, 'Have an A2A agent stream its answer (message/stream); no effect on other protocols')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'With -o json: also write a stream of events to stderr as it arrives')
            [CompletionResult]::new('--ws', '--ws', [CompletionResultType]::ParameterName, 'Use the agent''s web socket: the payload is one message, and so is each line of stdin')
            [CompletionResult]::new('--websocket', '--websocket', [CompletionResultType]::ParameterName, 'Use the agent''s web socket: the payload is one message, and so is each line of stdin')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'Send the token of `agentcore identity token`, which is cached and renewed automatically')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Call the agent that `agentcore dev` runs on this machine; no AWS API is called')
            [CompletionResult]::new('--dev', '--dev', [CompletionResultType]::ParameterName, 'Call the agent that `agentcore dev` runs on this machine; no AWS API is called')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'The same for the agent of `agentcore launch --local`')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'The same for the agent of `agentcore launch --local`')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;stop-session' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session to end [default: the last one that invoke used]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session to end [default: the last one that invoke used]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime of the session, with no configuration file')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; prefer --bearer-token-file or AGENTCORE_BEARER_TOKEN')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'Send the token of `agentcore identity token`, which is cached and renewed automatically')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;exec' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime or endpoint to reach, with no configuration file')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--command-timeout', '--command-timeout', [CompletionResultType]::ParameterName, 'Seconds that the command may take, 1 to 3600 [default: --timeout, else 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--new-session', '--new-session', [CompletionResultType]::ParameterName, 'Start a new session')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'Send the token of `agentcore identity token`, which is cached and renewed automatically')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;shell' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime or endpoint to reach, with no configuration file')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--shell-id', '--shell-id', [CompletionResultType]::ParameterName, 'Shell to open or to come back to [default: a new one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--new-session', '--new-session', [CompletionResultType]::ParameterName, 'Start a new session')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'Send the token of `agentcore identity token`, which is cached and renewed automatically')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sessions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the sessions that invoke, exec and shell started or used from here')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'End sessions: the same as `stop-session` for each')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;sessions;list' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent [default: all of the configuration]')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent [default: all of the configuration]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sessions;stop' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All sessions of the agent that are not stopped yet')
            [CompletionResult]::new('--auth', '--auth', [CompletionResultType]::ParameterName, 'Send the token of `agentcore identity token`, which is cached and renewed automatically')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sessions;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the sessions that invoke, exec and shell started or used from here')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'End sessions: the same as `stop-session` for each')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;sessions;help;list' {
            break
        }
        'agentcore;sessions;help;stop' {
            break
        }
        'agentcore;sessions;help;help' {
            break
        }
        'agentcore;destroy' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted and kept, and stop; exit 6 when something would be deleted')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be deleted and kept, and stop; exit 6 when something would be deleted')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--break-lock', '--break-lock', [CompletionResultType]::ParameterName, 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind')
            [CompletionResult]::new('--delete-ecr-repo', '--delete-ecr-repo', [CompletionResultType]::ParameterName, 'Delete the ECR repository too, when launch created it')
            [CompletionResult]::new('--delete-memory', '--delete-memory', [CompletionResultType]::ParameterName, 'Delete the agent''s memory too, with all that is in it, when launch or the starter toolkit created it')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;auth' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Would this token pass? Every rule of the authorizer with its verdict')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'What the authorizer accepts, what reaches the agent''s code, and what looks wrong')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Send the agent callers that must be refused, and one who must pass')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;auth;check' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime, with no configuration file')
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'Whose authorizer [default: live where it can be read, else config]')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with the token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File with the token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--authorizer-config', '--authorizer-config', [CompletionResultType]::ParameterName, 'Authorizer as JSON, as `configure` takes it: would the token pass this one?')
            [CompletionResult]::new('--discovery-document', '--discovery-document', [CompletionResultType]::ParameterName, 'Saved discovery document; with --jwks nothing is fetched')
            [CompletionResult]::new('--jwks', '--jwks', [CompletionResultType]::ParameterName, 'Saved key set')
            [CompletionResult]::new('--repeat', '--repeat', [CompletionResultType]::ParameterName, 'Measures the judgements per second on one core, for so many seconds')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--sigv4', '--sigv4', [CompletionResultType]::ParameterName, 'Judge a caller with AWS credentials instead of a token')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;auth;explain' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime, with no configuration file')
            [CompletionResult]::new('--against', '--against', [CompletionResultType]::ParameterName, 'Whose authorizer [default: live where it can be read, else config]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose URL is shown [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint whose URL is shown [default: DEFAULT]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;auth;test' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime to test, with no configuration file')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime [default: DEFAULT]')
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'Where to test [default: sandbox when AWS_ENDPOINT_URL points at one, else live]')
            [CompletionResult]::new('--good-token-file', '--good-token-file', [CompletionResultType]::ParameterName, 'File with a token that must pass, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'Payload of the good caller: JSON, or @FILE; the others send {}')
            [CompletionResult]::new('--junit', '--junit', [CompletionResultType]::ParameterName, 'Also write the results as JUnit XML')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;auth;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Would this token pass? Every rule of the authorizer with its verdict')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'What the authorizer accepts, what reaches the agent''s code, and what looks wrong')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Send the agent callers that must be refused, and one who must pass')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;auth;help;check' {
            break
        }
        'agentcore;auth;help;explain' {
            break
        }
        'agentcore;auth;help;test' {
            break
        }
        'agentcore;auth;help;help' {
            break
        }
        'agentcore;identity' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('setup-cognito', 'setup-cognito', [CompletionResultType]::ParameterValue, 'Set Amazon Cognito up: a pool for callers and one for the agent''s own access, or one pool for a whole team')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a token for calling an agent, from any OpenID provider')
            [CompletionResult]::new('get-cognito-inbound-token', 'get-cognito-inbound-token', [CompletionResultType]::ParameterValue, 'Print a token for calling an agent, from any OpenID provider')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare what setup-cognito made with what it was asked for, and try a token of each client')
            [CompletionResult]::new('create-credential-provider', 'create-credential-provider', [CompletionResultType]::ParameterValue, 'Store an API key or an OAuth2 client for an agent')
            [CompletionResult]::new('get-credential-provider', 'get-credential-provider', [CompletionResultType]::ParameterValue, 'Show one credential provider')
            [CompletionResult]::new('list-credential-providers', 'list-credential-providers', [CompletionResultType]::ParameterValue, 'Show the credential providers of the account and region')
            [CompletionResult]::new('update-credential-provider', 'update-credential-provider', [CompletionResultType]::ParameterValue, 'Change a credential provider; what is not named stays')
            [CompletionResult]::new('delete-credential-provider', 'delete-credential-provider', [CompletionResultType]::ParameterValue, 'Delete a credential provider with its secret')
            [CompletionResult]::new('create-workload-identity', 'create-workload-identity', [CompletionResultType]::ParameterValue, 'Create a workload identity')
            [CompletionResult]::new('get-workload-identity', 'get-workload-identity', [CompletionResultType]::ParameterValue, 'Show one workload identity')
            [CompletionResult]::new('list-workload-identities', 'list-workload-identities', [CompletionResultType]::ParameterValue, 'Show the workload identities of the account and region')
            [CompletionResult]::new('update-workload-identity', 'update-workload-identity', [CompletionResultType]::ParameterValue, 'Change the return URLs of a workload identity')
            [CompletionResult]::new('delete-workload-identity', 'delete-workload-identity', [CompletionResultType]::ParameterValue, 'Delete a workload identity')
            [CompletionResult]::new('setup-aws-jwt', 'setup-aws-jwt', [CompletionResultType]::ParameterValue, 'Let an agent get tokens signed by AWS for an outside service, without a secret')
            [CompletionResult]::new('list-aws-jwt', 'list-aws-jwt', [CompletionResultType]::ParameterValue, 'Show the services for which an agent gets tokens signed by AWS')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete what this program made for identity, and keep what you brought')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;identity;setup-cognito' {
            [CompletionResult]::new('--auth-flow', '--auth-flow', [CompletionResultType]::ParameterName, 'What the agent gets tokens with: `user`, a person''s consent, or `m2m`, client credentials [default: user]')
            [CompletionResult]::new('--team', '--team', [CompletionResultType]::ParameterName, 'Set up a team of this name: one pool with both clients, scopes, domain and test user, a gateway''s role, nine parameters')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Set up a team of this name: one pool with both clients, scopes, domain and test user, a gateway''s role, nine parameters')
            [CompletionResult]::new('--pool-name', '--pool-name', [CompletionResultType]::ParameterName, 'Name of the callers'' user pool; NAME-identity is the other one''s [default: agentcore-FOLDER, with m2m agentcore-FOLDER-m2m; TEAM]')
            [CompletionResult]::new('--client-name', '--client-name', [CompletionResultType]::ParameterName, 'Name of the app client for people [default: agentcore-user-client; TEAM-web]')
            [CompletionResult]::new('--web-client-name', '--web-client-name', [CompletionResultType]::ParameterName, 'Name of the app client for people [default: agentcore-user-client; TEAM-web]')
            [CompletionResult]::new('--machine-client-name', '--machine-client-name', [CompletionResultType]::ParameterName, 'Name of the app client for machines [default: agentcore-machine-client; TEAM-machine]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Name of the test user [default: testuser]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Name of the test user [default: testuser]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'File with the test user''s password, or - for stdin [env: RUNTIME_PASSWORD] [default: one is made]')
            [CompletionResult]::new('--token-minutes', '--token-minutes', [CompletionResultType]::ParameterName, 'Minutes that access tokens live (5 to 1440) [default: 120]')
            [CompletionResult]::new('--callback-url', '--callback-url', [CompletionResultType]::ParameterName, 'Where the sign-in page may send people back to; repeat it for more [default: http://localhost:8081/oauth2/callback]')
            [CompletionResult]::new('--resource-server', '--resource-server', [CompletionResultType]::ParameterName, 'Identifier of the resource server, the first part of every scope [default: agentcore; TEAM]')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope of the resource server, the second part; repeat it for more [default: read and write; read for a team]')
            [CompletionResult]::new('--domain-prefix', '--domain-prefix', [CompletionResultType]::ParameterName, 'Prefix of the hosted domain that tokens come from, unique in the region [default: derived from the pool]')
            [CompletionResult]::new('--gateway-role', '--gateway-role', [CompletionResultType]::ParameterName, 'Name of the gateway''s role [default: AgentCoreGateway-REGION-TEAM]')
            [CompletionResult]::new('--ssm-prefix', '--ssm-prefix', [CompletionResultType]::ParameterName, 'Path of the parameters [default: /app/TEAM/agentcore]')
            [CompletionResult]::new('--provider-name', '--provider-name', [CompletionResultType]::ParameterName, 'Name of the credential provider that the gateway may use [default: TEAM-cognito]')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'Tag on everything that is made; repeat it for more')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Tag on everything that is made; repeat it for more')
            [CompletionResult]::new('--permissions-boundary', '--permissions-boundary', [CompletionResultType]::ParameterName, 'ARN of the policy that bounds the gateway''s role')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--inbound-only', '--inbound-only', [CompletionResultType]::ParameterName, 'Set up only the pool for callers: with a test user, or with m2m for a machine')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Use a user pool or a gateway''s role that another project made; they stay that project''s')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;token' {
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'How the token is obtained, see below [default: what the configuration, other flags and set-ups imply]')
            [CompletionResult]::new('--auth-flow', '--auth-flow', [CompletionResultType]::ParameterName, '`user` or `m2m`: the starter toolkit''s names for user-password and client-credentials')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent whose provider and settings are used, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose provider and settings are used, instead of the default one')
            [CompletionResult]::new('--discovery-url', '--discovery-url', [CompletionResultType]::ParameterName, 'Discovery URL of the provider [env: RUNTIME_DISCOVERY_URL] [default: that of the agent''s authorizer]')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer of the provider, instead of its discovery URL')
            [CompletionResult]::new('--pool-id', '--pool-id', [CompletionResultType]::ParameterName, 'Cognito user pool id [env: RUNTIME_POOL_ID] [default: that of setup-cognito]')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id [env: RUNTIME_CLIENT_ID] [default: that of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'How the client authenticates: auto, client_secret_basic, client_secret_post, private_key_jwt, none [default: auto]')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the client''s secret, or - for stdin [env: RUNTIME_CLIENT_SECRET, AGENTCORE_CLIENT_SECRET]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client''s secret; visible to other users of this machine, prefer --client-secret-file')
            [CompletionResult]::new('--private-key-file', '--private-key-file', [CompletionResultType]::ParameterName, 'PEM file with the client''s private key, for private_key_jwt')
            [CompletionResult]::new('--key-id', '--key-id', [CompletionResultType]::ParameterName, 'Key id (`kid`) that the provider knows that key by')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for (repeatable, or separated by commas or spaces) [default: those of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Audience to ask for (`audience`: Auth0, GitHub Actions) [default: that of the configuration]')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Resource to ask for (`resource` of RFC 8707) [default: that of the configuration]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Password; visible to other users of this machine, prefer --password-file')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Password; visible to other users of this machine, prefer --password-file')
            [CompletionResult]::new('--new-password-file', '--new-password-file', [CompletionResultType]::ParameterName, 'File with the password to choose when Cognito wants a new one, or - for stdin [env: RUNTIME_NEW_PASSWORD]')
            [CompletionResult]::new('--refresh-token-file', '--refresh-token-file', [CompletionResultType]::ParameterName, 'File with a refresh token, or - for stdin')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'Loopback address that the provider knows, for authorization-code [default: a random port of 127.0.0.1]')
            [CompletionResult]::new('--ci-variable', '--ci-variable', [CompletionResultType]::ParameterName, 'Variable that holds the job''s token, for gitlab-ci [default: that of the configuration]')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Program with arguments that prints a token or {"access_token", "expires_in"}; runs without a shell')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with a token')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--id-token', '--id-token', [CompletionResultType]::ParameterName, 'Print the ID token instead of the access token')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Do not open a browser')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Get a new token, whatever is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Forget the cached token, its refresh token included, and stop')
            [CompletionResult]::new('--logout', '--logout', [CompletionResultType]::ParameterName, 'Forget the cached token, its refresh token included, and stop')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'With --forget: all cached tokens')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Save these flags, except secrets, in `agentcore.token` of the agent')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;get-cognito-inbound-token' {
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'How the token is obtained, see below [default: what the configuration, other flags and set-ups imply]')
            [CompletionResult]::new('--auth-flow', '--auth-flow', [CompletionResultType]::ParameterName, '`user` or `m2m`: the starter toolkit''s names for user-password and client-credentials')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent whose provider and settings are used, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose provider and settings are used, instead of the default one')
            [CompletionResult]::new('--discovery-url', '--discovery-url', [CompletionResultType]::ParameterName, 'Discovery URL of the provider [env: RUNTIME_DISCOVERY_URL] [default: that of the agent''s authorizer]')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer of the provider, instead of its discovery URL')
            [CompletionResult]::new('--pool-id', '--pool-id', [CompletionResultType]::ParameterName, 'Cognito user pool id [env: RUNTIME_POOL_ID] [default: that of setup-cognito]')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id [env: RUNTIME_CLIENT_ID] [default: that of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--client-auth', '--client-auth', [CompletionResultType]::ParameterName, 'How the client authenticates: auto, client_secret_basic, client_secret_post, private_key_jwt, none [default: auto]')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the client''s secret, or - for stdin [env: RUNTIME_CLIENT_SECRET, AGENTCORE_CLIENT_SECRET]')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client''s secret; visible to other users of this machine, prefer --client-secret-file')
            [CompletionResult]::new('--private-key-file', '--private-key-file', [CompletionResultType]::ParameterName, 'PEM file with the client''s private key, for private_key_jwt')
            [CompletionResult]::new('--key-id', '--key-id', [CompletionResultType]::ParameterName, 'Key id (`kid`) that the provider knows that key by')
            [CompletionResult]::new('--scope', '--scope', [CompletionResultType]::ParameterName, 'Scope to ask for (repeatable, or separated by commas or spaces) [default: those of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Audience to ask for (`audience`: Auth0, GitHub Actions) [default: that of the configuration]')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Resource to ask for (`resource` of RFC 8707) [default: that of the configuration]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Password; visible to other users of this machine, prefer --password-file')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'Password; visible to other users of this machine, prefer --password-file')
            [CompletionResult]::new('--new-password-file', '--new-password-file', [CompletionResultType]::ParameterName, 'File with the password to choose when Cognito wants a new one, or - for stdin [env: RUNTIME_NEW_PASSWORD]')
            [CompletionResult]::new('--refresh-token-file', '--refresh-token-file', [CompletionResultType]::ParameterName, 'File with a refresh token, or - for stdin')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'Loopback address that the provider knows, for authorization-code [default: a random port of 127.0.0.1]')
            [CompletionResult]::new('--ci-variable', '--ci-variable', [CompletionResultType]::ParameterName, 'Variable that holds the job''s token, for gitlab-ci [default: that of the configuration]')
            [CompletionResult]::new('--token-command', '--token-command', [CompletionResultType]::ParameterName, 'Program with arguments that prints a token or {"access_token", "expires_in"}; runs without a shell')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with a token')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--id-token', '--id-token', [CompletionResultType]::ParameterName, 'Print the ID token instead of the access token')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Do not open a browser')
            [CompletionResult]::new('--refresh', '--refresh', [CompletionResultType]::ParameterName, 'Get a new token, whatever is cached')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither read nor write the cache')
            [CompletionResult]::new('--forget', '--forget', [CompletionResultType]::ParameterName, 'Forget the cached token, its refresh token included, and stop')
            [CompletionResult]::new('--logout', '--logout', [CompletionResultType]::ParameterName, 'Forget the cached token, its refresh token included, and stop')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'With --forget: all cached tokens')
            [CompletionResult]::new('--save', '--save', [CompletionResultType]::ParameterName, 'Save these flags, except secrets, in `agentcore.token` of the agent')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;verify' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent whose authorizer the tokens are tried against, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose authorizer the tokens are tried against, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;create-credential-provider' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'api-key, custom (alias oauth2), or a vendor: google, github, slack, salesforce, microsoft, okta, auth0, cognito, …')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'api-key, custom (alias oauth2), or a vendor: google, github, slack, salesforce, microsoft, okta, auth0, cognito, …')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--discovery-url', '--discovery-url', [CompletionResultType]::ParameterName, 'Discovery document of the provider')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer, where there is no discovery document')
            [CompletionResult]::new('--authorization-endpoint', '--authorization-endpoint', [CompletionResultType]::ParameterName, 'Authorization endpoint, where there is no discovery document')
            [CompletionResult]::new('--token-endpoint', '--token-endpoint', [CompletionResultType]::ParameterName, 'Token endpoint, where there is no discovery document')
            [CompletionResult]::new('--tenant-id', '--tenant-id', [CompletionResultType]::ParameterName, 'Tenant, for Microsoft')
            [CompletionResult]::new('--provider-config', '--provider-config', [CompletionResultType]::ParameterName, 'JSON file with more members of the vendor''s configuration, as the service has them; - for stdin')
            [CompletionResult]::new('--cognito-pool-id', '--cognito-pool-id', [CompletionResultType]::ParameterName, 'User pool of the client, which gets the provider''s callback URL')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key, or - for stdin')
            [CompletionResult]::new('--api-key-env', '--api-key-env', [CompletionResultType]::ParameterName, 'Name of the variable that holds the API key')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'API key; visible to other users of this machine, prefer --api-key-file')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the client''s secret, or - for stdin')
            [CompletionResult]::new('--client-secret-env', '--client-secret-env', [CompletionResultType]::ParameterName, 'Name of the variable that holds the client''s secret')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client''s secret; visible to other users of this machine, prefer --client-secret-file')
            [CompletionResult]::new('--secret-id', '--secret-id', [CompletionResultType]::ParameterName, 'Secret of your own in Secrets Manager, by ARN or name, instead of a value')
            [CompletionResult]::new('--secret-arn', '--secret-arn', [CompletionResultType]::ParameterName, 'Secret of your own in Secrets Manager, by ARN or name, instead of a value')
            [CompletionResult]::new('--json-key', '--json-key', [CompletionResultType]::ParameterName, 'Key in the secret''s JSON')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'Tag on the provider; repeat it for more')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Tag on the provider; repeat it for more')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;get-credential-provider' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'api-key or oauth2, where both have the name [default: whichever there is]')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'api-key or oauth2, where both have the name [default: whichever there is]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;list-credential-providers' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;update-credential-provider' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'api-key or oauth2, where both have the name [default: whichever there is]')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'api-key or oauth2, where both have the name [default: whichever there is]')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'Client id')
            [CompletionResult]::new('--discovery-url', '--discovery-url', [CompletionResultType]::ParameterName, 'Discovery document of the provider')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer, where there is no discovery document')
            [CompletionResult]::new('--authorization-endpoint', '--authorization-endpoint', [CompletionResultType]::ParameterName, 'Authorization endpoint, where there is no discovery document')
            [CompletionResult]::new('--token-endpoint', '--token-endpoint', [CompletionResultType]::ParameterName, 'Token endpoint, where there is no discovery document')
            [CompletionResult]::new('--tenant-id', '--tenant-id', [CompletionResultType]::ParameterName, 'Tenant, for Microsoft')
            [CompletionResult]::new('--provider-config', '--provider-config', [CompletionResultType]::ParameterName, 'JSON file with more members of the vendor''s configuration, as the service has them; - for stdin')
            [CompletionResult]::new('--cognito-pool-id', '--cognito-pool-id', [CompletionResultType]::ParameterName, 'User pool of the client, which gets the provider''s callback URL')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'File with the API key, or - for stdin')
            [CompletionResult]::new('--api-key-env', '--api-key-env', [CompletionResultType]::ParameterName, 'Name of the variable that holds the API key')
            [CompletionResult]::new('--api-key', '--api-key', [CompletionResultType]::ParameterName, 'API key; visible to other users of this machine, prefer --api-key-file')
            [CompletionResult]::new('--client-secret-file', '--client-secret-file', [CompletionResultType]::ParameterName, 'File with the client''s secret, or - for stdin')
            [CompletionResult]::new('--client-secret-env', '--client-secret-env', [CompletionResultType]::ParameterName, 'Name of the variable that holds the client''s secret')
            [CompletionResult]::new('--client-secret', '--client-secret', [CompletionResultType]::ParameterName, 'The client''s secret; visible to other users of this machine, prefer --client-secret-file')
            [CompletionResult]::new('--secret-id', '--secret-id', [CompletionResultType]::ParameterName, 'Secret of your own in Secrets Manager, by ARN or name, instead of a value')
            [CompletionResult]::new('--secret-arn', '--secret-arn', [CompletionResultType]::ParameterName, 'Secret of your own in Secrets Manager, by ARN or name, instead of a value')
            [CompletionResult]::new('--json-key', '--json-key', [CompletionResultType]::ParameterName, 'Key in the secret''s JSON')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Change it even if another project made it')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;delete-credential-provider' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the provider')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'api-key or oauth2, where both have the name [default: whichever there is]')
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'api-key or oauth2, where both have the name [default: whichever there is]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Do not ask before deleting one that this program has no record of making for the agent')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask before deleting one that this program has no record of making for the agent')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before deleting one that this program has no record of making for the agent')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Delete it even if another project made it')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;create-workload-identity' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name [default: AGENT-workload]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name [default: AGENT-workload]')
            [CompletionResult]::new('--return-urls', '--return-urls', [CompletionResultType]::ParameterName, 'URLs that people may be sent back to after consent, separated by commas')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'Tag on it; repeat it for more')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Tag on it; repeat it for more')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;get-workload-identity' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;list-workload-identities' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;update-workload-identity' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name')
            [CompletionResult]::new('--add-return-urls', '--add-return-urls', [CompletionResultType]::ParameterName, 'Return URLs to add, separated by commas')
            [CompletionResult]::new('--set-return-urls', '--set-return-urls', [CompletionResultType]::ParameterName, 'Return URLs that replace the present ones, separated by commas')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Change it even if another project made it')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;delete-workload-identity' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses it, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Do not ask before deleting one that this program has no record of making for the agent')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask before deleting one that this program has no record of making for the agent')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask before deleting one that this program has no record of making for the agent')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Delete it even if another project made it')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;setup-aws-jwt' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Service that is to accept the tokens')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, 'Service that is to accept the tokens')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Signing algorithm: ES384 or RS256 [default: ES384]')
            [CompletionResult]::new('--signing-algorithm', '--signing-algorithm', [CompletionResultType]::ParameterName, 'Signing algorithm: ES384 or RS256 [default: ES384]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Lifetime in seconds (60 to 3600) [default: 300]')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'Lifetime in seconds (60 to 3600) [default: 300]')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that uses them, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;list-aws-jwt' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;cleanup' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent whose credential providers and workload identity are deleted too, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose credential providers and workload identity are deleted too, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted and stop; exit 6 when something would be')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be deleted and stop; exit 6 when something would be')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity;help' {
            [CompletionResult]::new('setup-cognito', 'setup-cognito', [CompletionResultType]::ParameterValue, 'Set Amazon Cognito up: a pool for callers and one for the agent''s own access, or one pool for a whole team')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a token for calling an agent, from any OpenID provider')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare what setup-cognito made with what it was asked for, and try a token of each client')
            [CompletionResult]::new('create-credential-provider', 'create-credential-provider', [CompletionResultType]::ParameterValue, 'Store an API key or an OAuth2 client for an agent')
            [CompletionResult]::new('get-credential-provider', 'get-credential-provider', [CompletionResultType]::ParameterValue, 'Show one credential provider')
            [CompletionResult]::new('list-credential-providers', 'list-credential-providers', [CompletionResultType]::ParameterValue, 'Show the credential providers of the account and region')
            [CompletionResult]::new('update-credential-provider', 'update-credential-provider', [CompletionResultType]::ParameterValue, 'Change a credential provider; what is not named stays')
            [CompletionResult]::new('delete-credential-provider', 'delete-credential-provider', [CompletionResultType]::ParameterValue, 'Delete a credential provider with its secret')
            [CompletionResult]::new('create-workload-identity', 'create-workload-identity', [CompletionResultType]::ParameterValue, 'Create a workload identity')
            [CompletionResult]::new('get-workload-identity', 'get-workload-identity', [CompletionResultType]::ParameterValue, 'Show one workload identity')
            [CompletionResult]::new('list-workload-identities', 'list-workload-identities', [CompletionResultType]::ParameterValue, 'Show the workload identities of the account and region')
            [CompletionResult]::new('update-workload-identity', 'update-workload-identity', [CompletionResultType]::ParameterValue, 'Change the return URLs of a workload identity')
            [CompletionResult]::new('delete-workload-identity', 'delete-workload-identity', [CompletionResultType]::ParameterValue, 'Delete a workload identity')
            [CompletionResult]::new('setup-aws-jwt', 'setup-aws-jwt', [CompletionResultType]::ParameterValue, 'Let an agent get tokens signed by AWS for an outside service, without a secret')
            [CompletionResult]::new('list-aws-jwt', 'list-aws-jwt', [CompletionResultType]::ParameterValue, 'Show the services for which an agent gets tokens signed by AWS')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete what this program made for identity, and keep what you brought')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;identity;help;setup-cognito' {
            break
        }
        'agentcore;identity;help;token' {
            break
        }
        'agentcore;identity;help;verify' {
            break
        }
        'agentcore;identity;help;create-credential-provider' {
            break
        }
        'agentcore;identity;help;get-credential-provider' {
            break
        }
        'agentcore;identity;help;list-credential-providers' {
            break
        }
        'agentcore;identity;help;update-credential-provider' {
            break
        }
        'agentcore;identity;help;delete-credential-provider' {
            break
        }
        'agentcore;identity;help;create-workload-identity' {
            break
        }
        'agentcore;identity;help;get-workload-identity' {
            break
        }
        'agentcore;identity;help;list-workload-identities' {
            break
        }
        'agentcore;identity;help;update-workload-identity' {
            break
        }
        'agentcore;identity;help;delete-workload-identity' {
            break
        }
        'agentcore;identity;help;setup-aws-jwt' {
            break
        }
        'agentcore;identity;help;list-aws-jwt' {
            break
        }
        'agentcore;identity;help;cleanup' {
            break
        }
        'agentcore;identity;help;help' {
            break
        }
        'agentcore;memory' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a memory, and wait until it is ACTIVE')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the memories of the account and region')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one memory')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the status of one memory')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a memory with all that is in it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the memory of an agent, and what is in it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;memory;create' {
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'What it is for [default: none]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What it is for [default: none]')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Days that an event is kept (3 to 3650) [default: 90]')
            [CompletionResult]::new('--event-expiry-days', '--event-expiry-days', [CompletionResultType]::ParameterName, 'Days that an event is kept (3 to 3650) [default: 90]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Strategies that make long-term records of events, as the JSON list of CreateMemory [default: none]')
            [CompletionResult]::new('--strategies', '--strategies', [CompletionResultType]::ParameterName, 'Strategies that make long-term records of events, as the JSON list of CreateMemory [default: none]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'Role that its strategies run as, where they need one [default: none]')
            [CompletionResult]::new('--encryption-key-arn', '--encryption-key-arn', [CompletionResultType]::ParameterName, 'KMS key that encrypts it [default: an AWS owned key]')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it and its strategies are ready, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Do not wait')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;list' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum number of rows [default: 100]')
            [CompletionResult]::new('--max-results', '--max-results', [CompletionResultType]::ParameterName, 'Maximum number of rows [default: 100]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;get' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The same as ID, as a flag [default: none]')
            [CompletionResult]::new('--memory-id', '--memory-id', [CompletionResultType]::ParameterName, 'The same as ID, as a flag [default: none]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;status' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The same as ID, as a flag [default: none]')
            [CompletionResult]::new('--memory-id', '--memory-id', [CompletionResultType]::ParameterName, 'The same as ID, as a flag [default: none]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;delete' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The same as ID, as a flag [default: none]')
            [CompletionResult]::new('--memory-id', '--memory-id', [CompletionResultType]::ParameterName, 'The same as ID, as a flag [default: none]')
            [CompletionResult]::new('--max-wait', '--max-wait', [CompletionResultType]::ParameterName, 'Seconds to wait [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is gone')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Do not ask for confirmation on a terminal; elsewhere nothing is asked')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask for confirmation on a terminal; elsewhere nothing is asked')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation on a terminal; elsewhere nothing is asked')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;show' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Id of the memory [default: that of the agent''s configuration]')
            [CompletionResult]::new('--memory-id', '--memory-id', [CompletionResultType]::ParameterName, 'Id of the memory [default: that of the agent''s configuration]')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent whose memory it is, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose memory it is, instead of the default one')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the data to a file as well, as JSON [short: -o FILE]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Show events: what was said, the newest first')
            [CompletionResult]::new('records', 'records', [CompletionResultType]::ParameterValue, 'Show records: what the memory''s strategies made of the events')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;memory;show;events' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Id of the memory [default: that of the agent''s configuration]')
            [CompletionResult]::new('--memory-id', '--memory-id', [CompletionResultType]::ParameterName, 'Id of the memory [default: that of the agent''s configuration]')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose memory it is, instead of the default one')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Only of this actor [default: all]')
            [CompletionResult]::new('--actor-id', '--actor-id', [CompletionResultType]::ParameterName, 'Only of this actor [default: all]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only of this session of the actor [default: all]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Only of this session of the actor [default: all]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Which event, counted from the newest [default: 1]')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'Which event, counted from the newest [default: 1]')
            [CompletionResult]::new('--max-events', '--max-events', [CompletionResultType]::ParameterName, 'With `--all`: maximum number of events per session [default: 10]')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the data to a file as well, as JSON [short: -o FILE]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Events of every session, instead of one event')
            [CompletionResult]::new('--list-actors', '--list-actors', [CompletionResultType]::ParameterName, 'List the actors, all of them')
            [CompletionResult]::new('--list-sessions', '--list-sessions', [CompletionResultType]::ParameterName, 'List the sessions of the actor')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;show;records' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Id of the memory [default: that of the agent''s configuration]')
            [CompletionResult]::new('--memory-id', '--memory-id', [CompletionResultType]::ParameterName, 'Id of the memory [default: that of the agent''s configuration]')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent whose memory it is, instead of the default one')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Records of this namespace [default: of the namespaces of all strategies]')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Records of this namespace [default: of the namespaces of all strategies]')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Records of the namespace that match this text best [short: -q] [default: the newest]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Which record, counted from the newest [default: 1]')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'Which record, counted from the newest [default: 1]')
            [CompletionResult]::new('--max-results', '--max-results', [CompletionResultType]::ParameterName, 'Maximum number of records [default: 10]')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the data to a file as well, as JSON [short: -o FILE]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Records of all namespaces, instead of one record')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;memory;show;help' {
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Show events: what was said, the newest first')
            [CompletionResult]::new('records', 'records', [CompletionResultType]::ParameterValue, 'Show records: what the memory''s strategies made of the events')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;memory;show;help;events' {
            break
        }
        'agentcore;memory;show;help;records' {
            break
        }
        'agentcore;memory;show;help;help' {
            break
        }
        'agentcore;memory;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a memory, and wait until it is ACTIVE')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the memories of the account and region')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one memory')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the status of one memory')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a memory with all that is in it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the memory of an agent, and what is in it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;memory;help;create' {
            break
        }
        'agentcore;memory;help;list' {
            break
        }
        'agentcore;memory;help;get' {
            break
        }
        'agentcore;memory;help;status' {
            break
        }
        'agentcore;memory;help;delete' {
            break
        }
        'agentcore;memory;help;show' {
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Show events: what was said, the newest first')
            [CompletionResult]::new('records', 'records', [CompletionResultType]::ParameterValue, 'Show records: what the memory''s strategies made of the events')
            break
        }
        'agentcore;memory;help;show;events' {
            break
        }
        'agentcore;memory;help;show;records' {
            break
        }
        'agentcore;memory;help;help' {
            break
        }
        'agentcore;gateway' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create-mcp-gateway', 'create-mcp-gateway', [CompletionResultType]::ParameterValue, 'Create a gateway that callers with a token may use, with a role of its own')
            [CompletionResult]::new('create-mcp-gateway-target', 'create-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway')
            [CompletionResult]::new('delete-mcp-gateway', 'delete-mcp-gateway', [CompletionResultType]::ParameterValue, 'Delete a gateway and the role that was made for it')
            [CompletionResult]::new('delete-mcp-gateway-target', 'delete-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Delete a target and what was made for it')
            [CompletionResult]::new('list-mcp-gateways', 'list-mcp-gateways', [CompletionResultType]::ParameterValue, 'Show the gateways of the account and region')
            [CompletionResult]::new('get-mcp-gateway', 'get-mcp-gateway', [CompletionResultType]::ParameterValue, 'Show one gateway')
            [CompletionResult]::new('list-mcp-gateway-targets', 'list-mcp-gateway-targets', [CompletionResultType]::ParameterValue, 'Show the targets of a gateway')
            [CompletionResult]::new('get-mcp-gateway-target', 'get-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Show one target')
            [CompletionResult]::new('update-gateway', 'update-gateway', [CompletionResultType]::ParameterValue, 'Change a gateway; what is not named stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;gateway;create-mcp-gateway' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name: letters, digits and hyphens [default: TestGateway and eight characters that stand for this folder]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What it is for [default: none]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of a role of your own [default: one is made for this gateway]')
            [CompletionResult]::new('--authorizer-config', '--authorizer-config', [CompletionResultType]::ParameterName, 'Who may call it, as JSON with `customJWTAuthorizer` [default: the client for machines that was set up in this folder]')
            [CompletionResult]::new('--exception-level', '--exception-level', [CompletionResultType]::ParameterName, 'DEBUG: tell callers why a tool failed [default: tell them only that it failed]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--enable-semantic-search', '--enable-semantic-search', [CompletionResultType]::ParameterName, 'Let callers search for tools by meaning, which is the default [short: -sem]')
            [CompletionResult]::new('--no-semantic-search', '--no-semantic-search', [CompletionResultType]::ParameterName, 'Do not let callers search for tools by meaning; it cannot be changed later')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;create-mcp-gateway-target' {
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway')
            [CompletionResult]::new('--gateway-url', '--gateway-url', [CompletionResultType]::ParameterName, 'Accepted for scripts of the starter toolkit; not used')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway''s role; any other is refused [default: read from the gateway]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the target, the first part of its tools'' names [default: TestGatewayTarget and eight characters that stand for the payload]')
            [CompletionResult]::new('--target-type', '--target-type', [CompletionResultType]::ParameterName, 'Type of the target [default: lambda]')
            [CompletionResult]::new('--target-payload', '--target-payload', [CompletionResultType]::ParameterName, 'What the target is, as JSON, see below')
            [CompletionResult]::new('--credentials', '--credentials', [CompletionResultType]::ParameterName, 'How the gateway authenticates to the target, as JSON, see below; visible to other users of this machine')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'File with the same, or - for stdin')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow a gateway of another project')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;delete-mcp-gateway' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Delete its targets too')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Delete it even if another project made it')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;delete-mcp-gateway-target' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--target-id', '--target-id', [CompletionResultType]::ParameterName, 'Id of the target')
            [CompletionResult]::new('--target-name', '--target-name', [CompletionResultType]::ParameterName, 'Exact name of the target')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Delete it even if another project made the gateway')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;list-mcp-gateways' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Only the gateway of this exact name [default: all]')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'How many to show at most, 1 to 1000')
            [CompletionResult]::new('--max-results', '--max-results', [CompletionResultType]::ParameterName, 'How many to show at most, 1 to 1000')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;get-mcp-gateway' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;list-mcp-gateway-targets' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'How many to show at most, 1 to 1000')
            [CompletionResult]::new('--max-results', '--max-results', [CompletionResultType]::ParameterName, 'How many to show at most, 1 to 1000')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;get-mcp-gateway-target' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--target-id', '--target-id', [CompletionResultType]::ParameterName, 'Id of the target')
            [CompletionResult]::new('--target-name', '--target-name', [CompletionResultType]::ParameterName, 'Exact name of the target')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;update-gateway' {
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway, instead of its id [default: none]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What it is for [default: unchanged]')
            [CompletionResult]::new('--policy-engine-arn', '--policy-engine-arn', [CompletionResultType]::ParameterName, 'ARN of the policy engine that decides on calls [default: unchanged]')
            [CompletionResult]::new('--policy-engine-mode', '--policy-engine-mode', [CompletionResultType]::ParameterName, 'Whether the engine''s decisions are enforced or only logged [default: ENFORCE with --policy-engine-arn]')
            [CompletionResult]::new('--authorizer-config', '--authorizer-config', [CompletionResultType]::ParameterName, 'Who may call it, as JSON with `customJWTAuthorizer` [default: unchanged]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Change it even if another project made it')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;gateway;help' {
            [CompletionResult]::new('create-mcp-gateway', 'create-mcp-gateway', [CompletionResultType]::ParameterValue, 'Create a gateway that callers with a token may use, with a role of its own')
            [CompletionResult]::new('create-mcp-gateway-target', 'create-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway')
            [CompletionResult]::new('delete-mcp-gateway', 'delete-mcp-gateway', [CompletionResultType]::ParameterValue, 'Delete a gateway and the role that was made for it')
            [CompletionResult]::new('delete-mcp-gateway-target', 'delete-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Delete a target and what was made for it')
            [CompletionResult]::new('list-mcp-gateways', 'list-mcp-gateways', [CompletionResultType]::ParameterValue, 'Show the gateways of the account and region')
            [CompletionResult]::new('get-mcp-gateway', 'get-mcp-gateway', [CompletionResultType]::ParameterValue, 'Show one gateway')
            [CompletionResult]::new('list-mcp-gateway-targets', 'list-mcp-gateway-targets', [CompletionResultType]::ParameterValue, 'Show the targets of a gateway')
            [CompletionResult]::new('get-mcp-gateway-target', 'get-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Show one target')
            [CompletionResult]::new('update-gateway', 'update-gateway', [CompletionResultType]::ParameterValue, 'Change a gateway; what is not named stays')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;gateway;help;create-mcp-gateway' {
            break
        }
        'agentcore;gateway;help;create-mcp-gateway-target' {
            break
        }
        'agentcore;gateway;help;delete-mcp-gateway' {
            break
        }
        'agentcore;gateway;help;delete-mcp-gateway-target' {
            break
        }
        'agentcore;gateway;help;list-mcp-gateways' {
            break
        }
        'agentcore;gateway;help;get-mcp-gateway' {
            break
        }
        'agentcore;gateway;help;list-mcp-gateway-targets' {
            break
        }
        'agentcore;gateway;help;get-mcp-gateway-target' {
            break
        }
        'agentcore;gateway;help;update-gateway' {
            break
        }
        'agentcore;gateway;help;help' {
            break
        }
        'agentcore;logs' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose log is read [default: DEFAULT]')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Start of the period: an age (30s, 10m, 2h, 7d) or a time in ISO 8601 [default: 10m]')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'End of the period, in the same forms [default: now]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Only lines of this session [default: all]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Only lines of this session [default: all]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Only lines of this session [default: all]')
            [CompletionResult]::new('--request', '--request', [CompletionResultType]::ParameterName, 'Only lines that name this request [default: all]')
            [CompletionResult]::new('--level', '--level', [CompletionResultType]::ParameterName, 'Only lines of this level or worse; lines without a level are left out [default: all]')
            [CompletionResult]::new('--grep', '--grep', [CompletionResultType]::ParameterName, 'Only lines that match this regular expression [default: all]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Only the newest N lines [default: all, but 10000 with `-o json`]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Only the newest N lines [default: all, but 10000 with `-o json`]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Follow the log until Ctrl-C or `--timeout`')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Follow the log until Ctrl-C or `--timeout`')
            [CompletionResult]::new('--ndjson', '--ndjson', [CompletionResultType]::ParameterName, 'A JSON object for each line, as it arrives; `-o ndjson` adds the name of its schema and a last line with the outcome')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;traces' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the traces of a session, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a trace as a tree of its spans, with what was said')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;traces;list' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose spans are shown [default: DEFAULT]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Only traces that failed')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;traces;show' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose spans are shown [default: DEFAULT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The trace of this id [default: the newest of the session]')
            [CompletionResult]::new('--trace-id', '--trace-id', [CompletionResultType]::ParameterName, 'The trace of this id [default: the newest of the session]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Which trace, counted from the newest [default: 1]')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'Which trace, counted from the newest [default: 1]')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the data to a file as well, as JSON [short: -o FILE]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All traces of the session')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Only traces that failed')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;traces;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the traces of a session, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a trace as a tree of its spans, with what was said')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;traces;help;list' {
            break
        }
        'agentcore;traces;help;show' {
            break
        }
        'agentcore;traces;help;help' {
            break
        }
        'agentcore;obs' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the traces of a session, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a trace as a tree of its spans, with what was said')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;obs;list' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose spans are shown [default: DEFAULT]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Only traces that failed')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;obs;show' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--days', '--days', [CompletionResultType]::ParameterName, 'Days to look back [default: 7]')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose spans are shown [default: DEFAULT]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'The trace of this id [default: the newest of the session]')
            [CompletionResult]::new('--trace-id', '--trace-id', [CompletionResultType]::ParameterName, 'The trace of this id [default: the newest of the session]')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Session [default: the one that `invoke` used last, else the newest with spans]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Which trace, counted from the newest [default: 1]')
            [CompletionResult]::new('--last', '--last', [CompletionResultType]::ParameterName, 'Which trace, counted from the newest [default: 1]')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the data to a file as well, as JSON [short: -o FILE]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All traces of the session')
            [CompletionResult]::new('--errors', '--errors', [CompletionResultType]::ParameterName, 'Only traces that failed')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;obs;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the traces of a session, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a trace as a tree of its spans, with what was said')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;obs;help;list' {
            break
        }
        'agentcore;obs;help;show' {
            break
        }
        'agentcore;obs;help;help' {
            break
        }
        'agentcore;observability' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check everything that logs and traces need; exit 6 if something has to be changed')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the whole account')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Delete the deliveries that `enable` made; log groups and account settings stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;observability;check' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose log is checked [default: DEFAULT]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'ID of a gateway to include; repeat it for more [default: none]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;observability;enable' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose log is checked [default: DEFAULT]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'ID of a gateway to include; repeat it for more [default: none]')
            [CompletionResult]::new('--retention-days', '--retention-days', [CompletionResultType]::ParameterName, 'Days to keep the agent''s log and the delivered logs: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 [default: as they are]')
            [CompletionResult]::new('--sampling', '--sampling', [CompletionResultType]::ParameterName, 'Percent of the account''s spans that are indexed as traces [default: as it is]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be done, and stop; exit 6 when something would be')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done, and stop; exit 6 when something would be')
            [CompletionResult]::new('--account-wide', '--account-wide', [CompletionResultType]::ParameterName, 'Also switch on Transaction Search, which affects every application in the account and region')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;observability;disable' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent-id', '--agent-id', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ID or ARN of the agent''s runtime; needs no configuration [default: the configured agent''s]')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint whose log is checked [default: DEFAULT]')
            [CompletionResult]::new('--gateway', '--gateway', [CompletionResultType]::ParameterName, 'ID of a gateway to include; repeat it for more [default: none]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be deleted, and stop; exit 6 when something would be')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted, and stop; exit 6 when something would be')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;observability;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check everything that logs and traces need; exit 6 if something has to be changed')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the whole account')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Delete the deliveries that `enable` made; log groups and account settings stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;observability;help;check' {
            break
        }
        'agentcore;observability;help;enable' {
            break
        }
        'agentcore;observability;help;disable' {
            break
        }
        'agentcore;observability;help;help' {
            break
        }
        'agentcore;iam' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the smallest IAM policy that some commands need; nothing is changed')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;iam;policy' {
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Commands, separated by commas; a group''s first word stands for all of it: all, deploy, operate, launch, launch --smoke, launch --canary, status, status --drift, invoke, invoke --user-id, stop-session, sessions stop, exec, shell, logs, endpoint list, endpoint create, endpoint promote, endpoint delete, versions, rollback, adopt, export, destroy, destroy --delete-ecr-repo, destroy --delete-memory, traces list, traces show, observability check, observability enable, observability enable --account-wide, observability disable, memory create, memory list, memory get, memory status, memory delete, memory show, identity setup-cognito, identity setup-cognito --team, identity token, identity verify, identity cleanup, identity create-credential-provider, identity get-credential-provider, identity list-credential-providers, identity update-credential-provider, identity delete-credential-provider, identity create-workload-identity, identity get-workload-identity, identity list-workload-identities, identity update-workload-identity, identity delete-workload-identity, identity setup-aws-jwt, gateway list-mcp-gateways, gateway get-mcp-gateway, gateway list-mcp-gateway-targets, gateway get-mcp-gateway-target, gateway create-mcp-gateway, gateway create-mcp-gateway-target, gateway create-mcp-gateway-target --credentials, gateway update-gateway, gateway update-gateway --policy-engine-arn, gateway delete-mcp-gateway-target, gateway delete-mcp-gateway, environments list --remote, doctor')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that the commands are for, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that the commands are for, instead of the default one')
            [CompletionResult]::new('--with-environments', '--with-environments', [CompletionResultType]::ParameterName, 'Also for the agent''s environments of these names, such as pr-*; --environment ''pr-*'' is for those alone [default: none]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Account of the resources, twelve digits [default: that of the configuration, else that of the AWS credentials]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Language of the result: json, terraform or cloudformation [default: json]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all-agents', '--all-agents', [CompletionResultType]::ParameterName, 'For every agent of the account whose resources have the names that launch gives')
            [CompletionResult]::new('--codebuild', '--codebuild', [CompletionResultType]::ParameterName, 'Allow building images in CodeBuild [default: as configured]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;iam;role' {
            [CompletionResult]::new('--github', '--github', [CompletionResultType]::ParameterName, 'Repository on GitHub whose workflows may assume the role; OWNER@ID/REPOSITORY@ID for one made since July 2026')
            [CompletionResult]::new('--github-environment', '--github-environment', [CompletionResultType]::ParameterName, 'Only jobs of this GitHub environment, whatever their branch [default: the branch counts]')
            [CompletionResult]::new('--gitlab', '--gitlab', [CompletionResultType]::ParameterName, 'Project on gitlab.com whose pipelines may assume the role')
            [CompletionResult]::new('--branch', '--branch', [CompletionResultType]::ParameterName, 'Only runs for this branch [default: main]')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'Issuer of the tokens, for any other OpenID Connect provider')
            [CompletionResult]::new('--subject', '--subject', [CompletionResultType]::ParameterName, '`sub` of the tokens; a `*` stands for any text')
            [CompletionResult]::new('--audience', '--audience', [CompletionResultType]::ParameterName, '`aud` of the tokens')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the role [default: agentcore-deploy-AGENT]')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Commands, separated by commas; a group''s first word stands for all of it: all, deploy, operate, launch, launch --smoke, launch --canary, status, status --drift, invoke, invoke --user-id, stop-session, sessions stop, exec, shell, logs, endpoint list, endpoint create, endpoint promote, endpoint delete, versions, rollback, adopt, export, destroy, destroy --delete-ecr-repo, destroy --delete-memory, traces list, traces show, observability check, observability enable, observability enable --account-wide, observability disable, memory create, memory list, memory get, memory status, memory delete, memory show, identity setup-cognito, identity setup-cognito --team, identity token, identity verify, identity cleanup, identity create-credential-provider, identity get-credential-provider, identity list-credential-providers, identity update-credential-provider, identity delete-credential-provider, identity create-workload-identity, identity get-workload-identity, identity list-workload-identities, identity update-workload-identity, identity delete-workload-identity, identity setup-aws-jwt, gateway list-mcp-gateways, gateway get-mcp-gateway, gateway list-mcp-gateway-targets, gateway get-mcp-gateway-target, gateway create-mcp-gateway, gateway create-mcp-gateway-target, gateway create-mcp-gateway-target --credentials, gateway update-gateway, gateway update-gateway --policy-engine-arn, gateway delete-mcp-gateway-target, gateway delete-mcp-gateway, environments list --remote, doctor')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent that the commands are for, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent that the commands are for, instead of the default one')
            [CompletionResult]::new('--with-environments', '--with-environments', [CompletionResultType]::ParameterName, 'Also for the agent''s environments of these names, such as pr-*; --environment ''pr-*'' is for those alone [default: none]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Account of the resources, twelve digits [default: that of the configuration, else that of the AWS credentials]')
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Language of the result: json, terraform or cloudformation [default: json]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--pull-requests', '--pull-requests', [CompletionResultType]::ParameterName, 'Runs for pull requests too; on GitLab that is runs for any branch, whose subjects merge requests have')
            [CompletionResult]::new('--merge-requests', '--merge-requests', [CompletionResultType]::ParameterName, 'Runs for pull requests too; on GitLab that is runs for any branch, whose subjects merge requests have')
            [CompletionResult]::new('--all-agents', '--all-agents', [CompletionResultType]::ParameterName, 'For every agent of the account whose resources have the names that launch gives')
            [CompletionResult]::new('--codebuild', '--codebuild', [CompletionResultType]::ParameterName, 'Allow building images in CodeBuild [default: as configured]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;iam;help' {
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the smallest IAM policy that some commands need; nothing is changed')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;iam;help;policy' {
            break
        }
        'agentcore;iam;help;role' {
            break
        }
        'agentcore;iam;help;help' {
            break
        }
        'agentcore;create_mcp_gateway' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name: letters, digits and hyphens [default: TestGateway and eight characters that stand for this folder]')
            [CompletionResult]::new('--description', '--description', [CompletionResultType]::ParameterName, 'What it is for [default: none]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of a role of your own [default: one is made for this gateway]')
            [CompletionResult]::new('--authorizer-config', '--authorizer-config', [CompletionResultType]::ParameterName, 'Who may call it, as JSON with `customJWTAuthorizer` [default: the client for machines that was set up in this folder]')
            [CompletionResult]::new('--exception-level', '--exception-level', [CompletionResultType]::ParameterName, 'DEBUG: tell callers why a tool failed [default: tell them only that it failed]')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--enable-semantic-search', '--enable-semantic-search', [CompletionResultType]::ParameterName, 'Let callers search for tools by meaning, which is the default [short: -sem]')
            [CompletionResult]::new('--no-semantic-search', '--no-semantic-search', [CompletionResultType]::ParameterName, 'Do not let callers search for tools by meaning; it cannot be changed later')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;create_mcp_gateway_target' {
            [CompletionResult]::new('--gateway-arn', '--gateway-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'ARN of the gateway')
            [CompletionResult]::new('--gateway-id', '--gateway-id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Id of the gateway')
            [CompletionResult]::new('--gateway-name', '--gateway-name', [CompletionResultType]::ParameterName, 'Exact name of the gateway')
            [CompletionResult]::new('--gateway-url', '--gateway-url', [CompletionResultType]::ParameterName, 'Accepted for scripts of the starter toolkit; not used')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'ARN of the gateway''s role; any other is refused [default: read from the gateway]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the target, the first part of its tools'' names [default: TestGatewayTarget and eight characters that stand for the payload]')
            [CompletionResult]::new('--target-type', '--target-type', [CompletionResultType]::ParameterName, 'Type of the target [default: lambda]')
            [CompletionResult]::new('--target-payload', '--target-payload', [CompletionResultType]::ParameterName, 'What the target is, as JSON, see below')
            [CompletionResult]::new('--credentials', '--credentials', [CompletionResultType]::ParameterName, 'How the gateway authenticates to the target, as JSON, see below; visible to other users of this machine')
            [CompletionResult]::new('--credentials-file', '--credentials-file', [CompletionResultType]::ParameterName, 'File with the same, or - for stdin')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take [default: 300]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--adopt', '--adopt', [CompletionResultType]::ParameterName, 'Allow a gateway of another project')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until it is READY, or gone, which is the default')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;environments' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the declared environments, and those that have a record in this checkout')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;environments;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--remote', '--remote', [CompletionResultType]::ParameterName, 'Also look for environments of this project in the account, by their tags, in one region')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;environments;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the declared environments, and those that have a record in this checkout')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;environments;help;list' {
            break
        }
        'agentcore;environments;help;help' {
            break
        }
        'agentcore;ci' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a workflow: plan on a pull request, launch on the main branch, destroy on close')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;ci;init' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--branch', '--branch', [CompletionResultType]::ParameterName, 'Branch that is launched on every push [default: main]')
            [CompletionResult]::new('--role-arn', '--role-arn', [CompletionResultType]::ParameterName, 'Role that the workflow assumes [default: that of the variable AGENTCORE_ROLE_ARN there]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite an edited file, of which a copy is kept beside the new one')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;ci;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a workflow: plan on a pull request, launch on the main branch, destroy on close')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;ci;help;init' {
            break
        }
        'agentcore;ci;help;help' {
            break
        }
        'agentcore;sandbox' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Start a sandbox, run a command in its environment, stop it, and exit with the command''s status')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start a sandbox in the background; `--region` and `--account` of the first start are kept')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the sandbox runs, and where')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`')
            [CompletionResult]::new('page', 'page', [CompletionResultType]::ParameterValue, 'Print the address of the page that calls the sandbox''s agents and shows their requests, logs and spans; the address includes a key')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Forget everything in a stopped sandbox')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a sandbox in the foreground')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;sandbox;run' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 [default: a free one, which is kept for the next start]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]')
            [CompletionResult]::new('--runner', '--runner', [CompletionResultType]::ParameterName, 'How agents run: auto, container or process [default: auto]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Server with OpenAI''s chat completions API that answers calls of Bedrock models, such as `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a stand-in, which is not a model]')
            [CompletionResult]::new('--model-name', '--model-name', [CompletionResultType]::ParameterName, 'Model that the server is asked for [default: the id in the call]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--allow-local-images', '--allow-local-images', [CompletionResultType]::ParameterName, 'Accept image URIs that point at the sandbox''s own registry')
            [CompletionResult]::new('--without-mmdsv2', '--without-mmdsv2', [CompletionResultType]::ParameterName, 'Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it')
            [CompletionResult]::new('--enforce-iam', '--enforce-iam', [CompletionResultType]::ParameterName, 'Judge callers: sessions of roles may do only what their policies allow; the sandbox''s own user may do everything')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;start' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 [default: a free one, which is kept for the next start]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]')
            [CompletionResult]::new('--runner', '--runner', [CompletionResultType]::ParameterName, 'How agents run: auto, container or process [default: auto]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Server with OpenAI''s chat completions API that answers calls of Bedrock models, such as `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a stand-in, which is not a model]')
            [CompletionResult]::new('--model-name', '--model-name', [CompletionResultType]::ParameterName, 'Model that the server is asked for [default: the id in the call]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--allow-local-images', '--allow-local-images', [CompletionResultType]::ParameterName, 'Accept image URIs that point at the sandbox''s own registry')
            [CompletionResult]::new('--without-mmdsv2', '--without-mmdsv2', [CompletionResultType]::ParameterName, 'Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it')
            [CompletionResult]::new('--enforce-iam', '--enforce-iam', [CompletionResultType]::ParameterName, 'Judge callers: sessions of roles may do only what their policies allow; the sandbox''s own user may do everything')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;stop' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;status' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;env' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;page' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;reset' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Also forget its keys, account, region and port')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;serve' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 [default: a free one, which is kept for the next start]')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]')
            [CompletionResult]::new('--runner', '--runner', [CompletionResultType]::ParameterName, 'How agents run: auto, container or process [default: auto]')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Server with OpenAI''s chat completions API that answers calls of Bedrock models, such as `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a stand-in, which is not a model]')
            [CompletionResult]::new('--model-name', '--model-name', [CompletionResultType]::ParameterName, 'Model that the server is asked for [default: the id in the call]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--allow-local-images', '--allow-local-images', [CompletionResultType]::ParameterName, 'Accept image URIs that point at the sandbox''s own registry')
            [CompletionResult]::new('--without-mmdsv2', '--without-mmdsv2', [CompletionResultType]::ParameterName, 'Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it')
            [CompletionResult]::new('--enforce-iam', '--enforce-iam', [CompletionResultType]::ParameterName, 'Judge callers: sessions of roles may do only what their policies allow; the sandbox''s own user may do everything')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;sandbox;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Start a sandbox, run a command in its environment, stop it, and exit with the command''s status')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start a sandbox in the background; `--region` and `--account` of the first start are kept')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the sandbox runs, and where')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`')
            [CompletionResult]::new('page', 'page', [CompletionResultType]::ParameterValue, 'Print the address of the page that calls the sandbox''s agents and shows their requests, logs and spans; the address includes a key')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Forget everything in a stopped sandbox')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a sandbox in the foreground')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;sandbox;help;run' {
            break
        }
        'agentcore;sandbox;help;start' {
            break
        }
        'agentcore;sandbox;help;stop' {
            break
        }
        'agentcore;sandbox;help;status' {
            break
        }
        'agentcore;sandbox;help;env' {
            break
        }
        'agentcore;sandbox;help;page' {
            break
        }
        'agentcore;sandbox;help;reset' {
            break
        }
        'agentcore;sandbox;help;serve' {
            break
        }
        'agentcore;sandbox;help;help' {
            break
        }
        'agentcore;lead-terminal' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;doctor' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--token-file', '--token-file', [CompletionResultType]::ParameterName, 'File with a caller''s token to judge, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File with a caller''s token to judge, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Send no requests: check only this machine and the configuration')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;explain' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;schema' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of .bedrock_agentcore.yaml')
            [CompletionResult]::new('output', 'output', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what commands print with -o json')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a line of the log of events')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;schema;config' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;schema;output' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;schema;events' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;schema;help' {
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of .bedrock_agentcore.yaml')
            [CompletionResult]::new('output', 'output', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what commands print with -o json')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a line of the log of events')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;schema;help;config' {
            break
        }
        'agentcore;schema;help;output' {
            break
        }
        'agentcore;schema;help;events' {
            break
        }
        'agentcore;schema;help;help' {
            break
        }
        'agentcore;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--static', '--static', [CompletionResultType]::ParameterName, 'Print a self-contained script: it completes commands, flags and their choices, but not your agents, endpoints or profiles')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;man' {
            [CompletionResult]::new('--out', '--out', [CompletionResultType]::ParameterName, 'Folder to write the pages of all commands to, instead of printing one [default: stdout]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE] [default: `default`]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Environment of the agents: a declared one, or a branch''s [env: AGENTCORE_ENVIRONMENT] [default: none]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format [default: text]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]')
            [CompletionResult]::new('--trust-config', '--trust-config', [CompletionResultType]::ParameterName, 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Make a new project: a small agent with a tool, its tests and its configuration')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml')
            [CompletionResult]::new('build', 'build', [CompletionResultType]::ParameterValue, 'Build the artifact and stop: an image, or an archive of code')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Find what in the agent''s source would fail only in the cloud: syntax, imports, a missing server')
            [CompletionResult]::new('launch', 'launch', [CompletionResultType]::ParameterValue, 'Build the agent''s image, push it, create or update its runtime, and wait until it is READY')
            [CompletionResult]::new('dev', 'dev', [CompletionResultType]::ParameterValue, 'Run the agent on this machine behind its authorizer, and reload it when a file is saved; no AWS API is called')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is configured and what is deployed')
            [CompletionResult]::new('endpoint', 'endpoint', [CompletionResultType]::ParameterValue, 'Endpoints that stay on a version: list, create, promote, delete')
            [CompletionResult]::new('versions', 'versions', [CompletionResultType]::ParameterValue, 'Show the versions of the agent: what each one runs, since when, by whom, and which endpoints serve it')
            [CompletionResult]::new('rollback', 'rollback', [CompletionResultType]::ParameterValue, 'Go back to an earlier version, without a build')
            [CompletionResult]::new('adopt', 'adopt', [CompletionResultType]::ParameterValue, 'Write a configuration from a live runtime, or copy changes made elsewhere into it; changes nothing in AWS')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print the definition of what is deployed for Terraform, CloudFormation or boto3')
            [CompletionResult]::new('invoke', 'invoke', [CompletionResultType]::ParameterValue, 'Call the agent; its answer goes to stdout unchanged')
            [CompletionResult]::new('stop-session', 'stop-session', [CompletionResultType]::ParameterValue, 'End a session of the agent')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command in a session of the agent; its output and exit status are the command''s')
            [CompletionResult]::new('shell', 'shell', [CompletionResultType]::ParameterValue, 'Open a terminal in a session of the agent')
            [CompletionResult]::new('sessions', 'sessions', [CompletionResultType]::ParameterValue, 'Sessions that were started from here: list and stop them')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete what launch created for the agent, and keep what you brought')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Who may call an agent: check a token, explain the rules, test that they hold')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'Set up Amazon Cognito, get tokens for callers, and keep the keys that agents need')
            [CompletionResult]::new('memory', 'memory', [CompletionResultType]::ParameterValue, 'Memories: what agents remember across sessions')
            [CompletionResult]::new('gateway', 'gateway', [CompletionResultType]::ParameterValue, 'Gateways that give agents tools: create, show, change and delete them and their targets')
            [CompletionResult]::new('logs', 'logs', [CompletionResultType]::ParameterValue, 'Show or follow what the agent logs')
            [CompletionResult]::new('traces', 'traces', [CompletionResultType]::ParameterValue, 'Traces of an agent: what it did in a session, span by span')
            [CompletionResult]::new('obs', 'obs', [CompletionResultType]::ParameterValue, 'The same as `traces`, as the starter toolkit calls it')
            [CompletionResult]::new('observability', 'observability', [CompletionResultType]::ParameterValue, 'Whether logs and traces reach CloudWatch, and what switches them on')
            [CompletionResult]::new('iam', 'iam', [CompletionResultType]::ParameterValue, 'Permissions: the smallest IAM policy for some commands, and a role for a pipeline')
            [CompletionResult]::new('create_mcp_gateway', 'create_mcp_gateway', [CompletionResultType]::ParameterValue, 'The same as `gateway create-mcp-gateway`')
            [CompletionResult]::new('create_mcp_gateway_target', 'create_mcp_gateway_target', [CompletionResultType]::ParameterValue, 'The same as `gateway create-mcp-gateway-target`')
            [CompletionResult]::new('environments', 'environments', [CompletionResultType]::ParameterValue, 'Environments of the agents: the declared ones, and those of branches')
            [CompletionResult]::new('ci', 'ci', [CompletionResultType]::ParameterValue, 'Pipelines: write the workflow of a CI system')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'A local AWS that runs agents behind the same auth, with no account')
            [CompletionResult]::new('lead-terminal', 'lead-terminal', [CompletionResultType]::ParameterValue, 'Take the terminal that is stdin, and become a command at it: how a sandbox starts shells')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check everything that a launch or a call depends on, and say what is wrong and how to fix it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say what the code of an error means and what to do; without one, list all codes')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'JSON Schemas of the configuration file and of what commands print')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page of a command, or write those of all commands')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;help;create' {
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Not here: npx @aws/agentcore create --type import --name NAME')
            break
        }
        'agentcore;help;create;import' {
            break
        }
        'agentcore;help;configure' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the agents of the configuration file')
            [CompletionResult]::new('set-default', 'set-default', [CompletionResultType]::ParameterValue, 'Make an agent the one that commands take without --agent')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an agent''s resolved values and where each came from')
            [CompletionResult]::new('validate', 'validate', [CompletionResultType]::ParameterValue, 'Check the configuration file and list every fault with its position; exit 2 if there is one')
            break
        }
        'agentcore;help;configure;list' {
            break
        }
        'agentcore;help;configure;set-default' {
            break
        }
        'agentcore;help;configure;show' {
            break
        }
        'agentcore;help;configure;validate' {
            break
        }
        'agentcore;help;build' {
            break
        }
        'agentcore;help;check' {
            break
        }
        'agentcore;help;launch' {
            break
        }
        'agentcore;help;dev' {
            break
        }
        'agentcore;help;status' {
            break
        }
        'agentcore;help;endpoint' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the endpoints of the agent and the version that each one serves')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create an endpoint that stays on one version; an existing one is left as it is')
            [CompletionResult]::new('promote', 'promote', [CompletionResultType]::ParameterValue, 'Point an endpoint to another version')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete an endpoint; its version stays')
            break
        }
        'agentcore;help;endpoint;list' {
            break
        }
        'agentcore;help;endpoint;create' {
            break
        }
        'agentcore;help;endpoint;promote' {
            break
        }
        'agentcore;help;endpoint;delete' {
            break
        }
        'agentcore;help;versions' {
            break
        }
        'agentcore;help;rollback' {
            break
        }
        'agentcore;help;adopt' {
            break
        }
        'agentcore;help;export' {
            break
        }
        'agentcore;help;invoke' {
            break
        }
        'agentcore;help;stop-session' {
            break
        }
        'agentcore;help;exec' {
            break
        }
        'agentcore;help;shell' {
            break
        }
        'agentcore;help;sessions' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the sessions that invoke, exec and shell started or used from here')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'End sessions: the same as `stop-session` for each')
            break
        }
        'agentcore;help;sessions;list' {
            break
        }
        'agentcore;help;sessions;stop' {
            break
        }
        'agentcore;help;destroy' {
            break
        }
        'agentcore;help;auth' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Would this token pass? Every rule of the authorizer with its verdict')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'What the authorizer accepts, what reaches the agent''s code, and what looks wrong')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Send the agent callers that must be refused, and one who must pass')
            break
        }
        'agentcore;help;auth;check' {
            break
        }
        'agentcore;help;auth;explain' {
            break
        }
        'agentcore;help;auth;test' {
            break
        }
        'agentcore;help;identity' {
            [CompletionResult]::new('setup-cognito', 'setup-cognito', [CompletionResultType]::ParameterValue, 'Set Amazon Cognito up: a pool for callers and one for the agent''s own access, or one pool for a whole team')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a token for calling an agent, from any OpenID provider')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compare what setup-cognito made with what it was asked for, and try a token of each client')
            [CompletionResult]::new('create-credential-provider', 'create-credential-provider', [CompletionResultType]::ParameterValue, 'Store an API key or an OAuth2 client for an agent')
            [CompletionResult]::new('get-credential-provider', 'get-credential-provider', [CompletionResultType]::ParameterValue, 'Show one credential provider')
            [CompletionResult]::new('list-credential-providers', 'list-credential-providers', [CompletionResultType]::ParameterValue, 'Show the credential providers of the account and region')
            [CompletionResult]::new('update-credential-provider', 'update-credential-provider', [CompletionResultType]::ParameterValue, 'Change a credential provider; what is not named stays')
            [CompletionResult]::new('delete-credential-provider', 'delete-credential-provider', [CompletionResultType]::ParameterValue, 'Delete a credential provider with its secret')
            [CompletionResult]::new('create-workload-identity', 'create-workload-identity', [CompletionResultType]::ParameterValue, 'Create a workload identity')
            [CompletionResult]::new('get-workload-identity', 'get-workload-identity', [CompletionResultType]::ParameterValue, 'Show one workload identity')
            [CompletionResult]::new('list-workload-identities', 'list-workload-identities', [CompletionResultType]::ParameterValue, 'Show the workload identities of the account and region')
            [CompletionResult]::new('update-workload-identity', 'update-workload-identity', [CompletionResultType]::ParameterValue, 'Change the return URLs of a workload identity')
            [CompletionResult]::new('delete-workload-identity', 'delete-workload-identity', [CompletionResultType]::ParameterValue, 'Delete a workload identity')
            [CompletionResult]::new('setup-aws-jwt', 'setup-aws-jwt', [CompletionResultType]::ParameterValue, 'Let an agent get tokens signed by AWS for an outside service, without a secret')
            [CompletionResult]::new('list-aws-jwt', 'list-aws-jwt', [CompletionResultType]::ParameterValue, 'Show the services for which an agent gets tokens signed by AWS')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete what this program made for identity, and keep what you brought')
            break
        }
        'agentcore;help;identity;setup-cognito' {
            break
        }
        'agentcore;help;identity;token' {
            break
        }
        'agentcore;help;identity;verify' {
            break
        }
        'agentcore;help;identity;create-credential-provider' {
            break
        }
        'agentcore;help;identity;get-credential-provider' {
            break
        }
        'agentcore;help;identity;list-credential-providers' {
            break
        }
        'agentcore;help;identity;update-credential-provider' {
            break
        }
        'agentcore;help;identity;delete-credential-provider' {
            break
        }
        'agentcore;help;identity;create-workload-identity' {
            break
        }
        'agentcore;help;identity;get-workload-identity' {
            break
        }
        'agentcore;help;identity;list-workload-identities' {
            break
        }
        'agentcore;help;identity;update-workload-identity' {
            break
        }
        'agentcore;help;identity;delete-workload-identity' {
            break
        }
        'agentcore;help;identity;setup-aws-jwt' {
            break
        }
        'agentcore;help;identity;list-aws-jwt' {
            break
        }
        'agentcore;help;identity;cleanup' {
            break
        }
        'agentcore;help;memory' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a memory, and wait until it is ACTIVE')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the memories of the account and region')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Show one memory')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the status of one memory')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a memory with all that is in it')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the memory of an agent, and what is in it')
            break
        }
        'agentcore;help;memory;create' {
            break
        }
        'agentcore;help;memory;list' {
            break
        }
        'agentcore;help;memory;get' {
            break
        }
        'agentcore;help;memory;status' {
            break
        }
        'agentcore;help;memory;delete' {
            break
        }
        'agentcore;help;memory;show' {
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Show events: what was said, the newest first')
            [CompletionResult]::new('records', 'records', [CompletionResultType]::ParameterValue, 'Show records: what the memory''s strategies made of the events')
            break
        }
        'agentcore;help;memory;show;events' {
            break
        }
        'agentcore;help;memory;show;records' {
            break
        }
        'agentcore;help;gateway' {
            [CompletionResult]::new('create-mcp-gateway', 'create-mcp-gateway', [CompletionResultType]::ParameterValue, 'Create a gateway that callers with a token may use, with a role of its own')
            [CompletionResult]::new('create-mcp-gateway-target', 'create-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway')
            [CompletionResult]::new('delete-mcp-gateway', 'delete-mcp-gateway', [CompletionResultType]::ParameterValue, 'Delete a gateway and the role that was made for it')
            [CompletionResult]::new('delete-mcp-gateway-target', 'delete-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Delete a target and what was made for it')
            [CompletionResult]::new('list-mcp-gateways', 'list-mcp-gateways', [CompletionResultType]::ParameterValue, 'Show the gateways of the account and region')
            [CompletionResult]::new('get-mcp-gateway', 'get-mcp-gateway', [CompletionResultType]::ParameterValue, 'Show one gateway')
            [CompletionResult]::new('list-mcp-gateway-targets', 'list-mcp-gateway-targets', [CompletionResultType]::ParameterValue, 'Show the targets of a gateway')
            [CompletionResult]::new('get-mcp-gateway-target', 'get-mcp-gateway-target', [CompletionResultType]::ParameterValue, 'Show one target')
            [CompletionResult]::new('update-gateway', 'update-gateway', [CompletionResultType]::ParameterValue, 'Change a gateway; what is not named stays')
            break
        }
        'agentcore;help;gateway;create-mcp-gateway' {
            break
        }
        'agentcore;help;gateway;create-mcp-gateway-target' {
            break
        }
        'agentcore;help;gateway;delete-mcp-gateway' {
            break
        }
        'agentcore;help;gateway;delete-mcp-gateway-target' {
            break
        }
        'agentcore;help;gateway;list-mcp-gateways' {
            break
        }
        'agentcore;help;gateway;get-mcp-gateway' {
            break
        }
        'agentcore;help;gateway;list-mcp-gateway-targets' {
            break
        }
        'agentcore;help;gateway;get-mcp-gateway-target' {
            break
        }
        'agentcore;help;gateway;update-gateway' {
            break
        }
        'agentcore;help;logs' {
            break
        }
        'agentcore;help;traces' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the traces of a session, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a trace as a tree of its spans, with what was said')
            break
        }
        'agentcore;help;traces;list' {
            break
        }
        'agentcore;help;traces;show' {
            break
        }
        'agentcore;help;obs' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the traces of a session, the newest first')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a trace as a tree of its spans, with what was said')
            break
        }
        'agentcore;help;obs;list' {
            break
        }
        'agentcore;help;obs;show' {
            break
        }
        'agentcore;help;observability' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check everything that logs and traces need; exit 6 if something has to be changed')
            [CompletionResult]::new('enable', 'enable', [CompletionResultType]::ParameterValue, 'Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the whole account')
            [CompletionResult]::new('disable', 'disable', [CompletionResultType]::ParameterValue, 'Delete the deliveries that `enable` made; log groups and account settings stay')
            break
        }
        'agentcore;help;observability;check' {
            break
        }
        'agentcore;help;observability;enable' {
            break
        }
        'agentcore;help;observability;disable' {
            break
        }
        'agentcore;help;iam' {
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the smallest IAM policy that some commands need; nothing is changed')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed')
            break
        }
        'agentcore;help;iam;policy' {
            break
        }
        'agentcore;help;iam;role' {
            break
        }
        'agentcore;help;create_mcp_gateway' {
            break
        }
        'agentcore;help;create_mcp_gateway_target' {
            break
        }
        'agentcore;help;environments' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'Show the declared environments, and those that have a record in this checkout')
            break
        }
        'agentcore;help;environments;list' {
            break
        }
        'agentcore;help;ci' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a workflow: plan on a pull request, launch on the main branch, destroy on close')
            break
        }
        'agentcore;help;ci;init' {
            break
        }
        'agentcore;help;sandbox' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Start a sandbox, run a command in its environment, stop it, and exit with the command''s status')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start a sandbox in the background; `--region` and `--account` of the first start are kept')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the sandbox runs, and where')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`')
            [CompletionResult]::new('page', 'page', [CompletionResultType]::ParameterValue, 'Print the address of the page that calls the sandbox''s agents and shows their requests, logs and spans; the address includes a key')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Forget everything in a stopped sandbox')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a sandbox in the foreground')
            break
        }
        'agentcore;help;sandbox;run' {
            break
        }
        'agentcore;help;sandbox;start' {
            break
        }
        'agentcore;help;sandbox;stop' {
            break
        }
        'agentcore;help;sandbox;status' {
            break
        }
        'agentcore;help;sandbox;env' {
            break
        }
        'agentcore;help;sandbox;page' {
            break
        }
        'agentcore;help;sandbox;reset' {
            break
        }
        'agentcore;help;sandbox;serve' {
            break
        }
        'agentcore;help;lead-terminal' {
            break
        }
        'agentcore;help;doctor' {
            break
        }
        'agentcore;help;explain' {
            break
        }
        'agentcore;help;schema' {
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of .bedrock_agentcore.yaml')
            [CompletionResult]::new('output', 'output', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of what commands print with -o json')
            [CompletionResult]::new('events', 'events', [CompletionResultType]::ParameterValue, 'Print the JSON Schema of a line of the log of events')
            break
        }
        'agentcore;help;schema;config' {
            break
        }
        'agentcore;help;schema;output' {
            break
        }
        'agentcore;help;schema;events' {
            break
        }
        'agentcore;help;completions' {
            break
        }
        'agentcore;help;man' {
            break
        }
        'agentcore;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
