
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
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml')
            [CompletionResult]::new('build', 'build', [CompletionResultType]::ParameterValue, 'Make the artifact and stop: an image, or an archive of code')
            [CompletionResult]::new('launch', 'launch', [CompletionResultType]::ParameterValue, 'Build the agent''s image, push it, create or update its runtime, and wait until it is READY')
            [CompletionResult]::new('deploy', 'deploy', [CompletionResultType]::ParameterValue, 'Build the agent''s image, push it, create or update its runtime, and wait until it is READY')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is configured and what is deployed')
            [CompletionResult]::new('invoke', 'invoke', [CompletionResultType]::ParameterValue, 'Call the agent; its answer goes to stdout unchanged')
            [CompletionResult]::new('stop-session', 'stop-session', [CompletionResultType]::ParameterValue, 'End a session of the agent')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete what launch created for the agent, and keep what you brought')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'Set up Amazon Cognito for inbound auth and get tokens from it')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'A local AWS that runs agents behind the same auth, with no account')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;configure' {
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Agent file (agent.py) or a folder that holds main, agent or app')
            [CompletionResult]::new('--entrypoint', '--entrypoint', [CompletionResultType]::ParameterName, 'Agent file (agent.py) or a folder that holds main, agent or app')
            [CompletionResult]::new('--source-path', '--source-path', [CompletionResultType]::ParameterName, 'Folder that is packed, when it is not the entrypoint''s with its dependency files')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Agent name: a letter, then letters, digits and underscores, 48 at most')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Agent name: a letter, then letters, digits and underscores, 48 at most')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Project language, when it cannot be told from the entrypoint [short: -lang]')
            [CompletionResult]::new('--python', '--python', [CompletionResultType]::ParameterName, 'Python version of the image, such as 3.12')
            [CompletionResult]::new('--requirements-file', '--requirements-file', [CompletionResultType]::ParameterName, 'Dependency file: requirements*.txt, *.in or pyproject.toml [short: -rf]')
            [CompletionResult]::new('--extra', '--extra', [CompletionResultType]::ParameterName, 'Optional dependencies of pyproject.toml to install (repeatable, or separated by commas; `none` for no more)')
            [CompletionResult]::new('--group', '--group', [CompletionResultType]::ParameterName, 'Dependency group of pyproject.toml to install (repeatable, or separated by commas; `none` for no more)')
            [CompletionResult]::new('--discovery-url', '--discovery-url', [CompletionResultType]::ParameterName, 'OpenID Connect discovery URL of who issues the callers'' tokens')
            [CompletionResult]::new('--allowed-client', '--allowed-client', [CompletionResultType]::ParameterName, 'Accepted `client_id` (repeatable, or separated by commas)')
            [CompletionResult]::new('--allowed-audience', '--allowed-audience', [CompletionResultType]::ParameterName, 'Accepted `aud` (repeatable, or separated by commas)')
            [CompletionResult]::new('--allowed-scope', '--allowed-scope', [CompletionResultType]::ParameterName, 'Accepted scope; one match is enough (repeatable, or separated by commas)')
            [CompletionResult]::new('--custom-claim', '--custom-claim', [CompletionResultType]::ParameterName, 'Required claim: name=value, or name~=a,b for a list claim (repeatable)')
            [CompletionResult]::new('--authorizer-config', '--authorizer-config', [CompletionResultType]::ParameterName, 'The whole authorizer as JSON: {"customJWTAuthorizer": {…}} [short: -ac]')
            [CompletionResult]::new('--request-header-allowlist', '--request-header-allowlist', [CompletionResultType]::ParameterName, 'Headers that reach the agent, separated by commas [short: -rha]')
            [CompletionResult]::new('--execution-role', '--execution-role', [CompletionResultType]::ParameterName, 'Role the agent runs as (ARN or name); without it launch creates one [short: -er]')
            [CompletionResult]::new('--code-build-execution-role', '--code-build-execution-role', [CompletionResultType]::ParameterName, 'Role for CodeBuild [short: -cber]')
            [CompletionResult]::new('--ecr', '--ecr', [CompletionResultType]::ParameterName, 'ECR repository (URI or name), or `auto` [short: -ecr]')
            [CompletionResult]::new('--s3', '--s3', [CompletionResultType]::ParameterName, 'S3 bucket for direct_code_deploy [short: -s3]')
            [CompletionResult]::new('--subnets', '--subnets', [CompletionResultType]::ParameterName, 'Subnet ids, separated by commas')
            [CompletionResult]::new('--security-groups', '--security-groups', [CompletionResultType]::ParameterName, 'Security group ids, separated by commas')
            [CompletionResult]::new('--idle-timeout', '--idle-timeout', [CompletionResultType]::ParameterName, 'Seconds until an idle session ends (60 to 28800)')
            [CompletionResult]::new('--max-lifetime', '--max-lifetime', [CompletionResultType]::ParameterName, 'Seconds a session may live (60 to 28800)')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Protocol that the agent serves: HTTP, MCP, A2A or AGUI')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'Protocol that the agent serves: HTTP, MCP, A2A or AGUI')
            [CompletionResult]::new('--deployment-type', '--deployment-type', [CompletionResultType]::ParameterName, 'container or direct_code_deploy [short: -dt]')
            [CompletionResult]::new('--runtime', '--runtime', [CompletionResultType]::ParameterName, 'Managed runtime for direct_code_deploy, such as PYTHON_3_13 [short: -rt]')
            [CompletionResult]::new('--container-runtime', '--container-runtime', [CompletionResultType]::ParameterName, 'Container engine: auto, docker, podman, finch or buildah [short: -ctr]')
            [CompletionResult]::new('--dockerfile', '--dockerfile', [CompletionResultType]::ParameterName, 'Your own Dockerfile; `''''` goes back to the generated one')
            [CompletionResult]::new('--build-context', '--build-context', [CompletionResultType]::ParameterName, 'Folder that a build from the Dockerfile is given; `''''` for the source''s own')
            [CompletionResult]::new('--target', '--target', [CompletionResultType]::ParameterName, 'Stage of the Dockerfile; `''''` for the last one')
            [CompletionResult]::new('--build-arg', '--build-arg', [CompletionResultType]::ParameterName, 'Argument of the Dockerfile (repeatable); `NAME=` for an empty one. Not for secrets')
            [CompletionResult]::new('--build-secret', '--build-secret', [CompletionResultType]::ParameterName, 'Variable that the build is given as a secret, such as PIP_INDEX_URL (repeatable)')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image of the agent''s image, or `scratch`')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Not supported: create the project with your own tools')
            [CompletionResult]::new('--create', '--create', [CompletionResultType]::ParameterName, 'Not supported: create the project with your own tools')
            [CompletionResult]::new('--no-authorizer', '--no-authorizer', [CompletionResultType]::ParameterName, 'Remove the authorizer: callers sign with IAM')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Do not fetch the discovery document')
            [CompletionResult]::new('--vpc', '--vpc', [CompletionResultType]::ParameterName, 'Run inside a VPC (with --subnets and --security-groups)')
            [CompletionResult]::new('--disable-otel', '--disable-otel', [CompletionResultType]::ParameterName, 'Do not install and start OpenTelemetry [short: -do]')
            [CompletionResult]::new('--disable-memory', '--disable-memory', [CompletionResultType]::ParameterName, 'No AgentCore Memory for the agent [short: -dm]')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Write the generated Dockerfile again even where it was edited (a .bak is kept)')
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
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;configure;list' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
        'agentcore;configure;help;help' {
            break
        }
        'agentcore;build' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Write the artifact to a file: an OCI archive, or a zip for direct_code_deploy [short: -o FILE]')
            [CompletionResult]::new('--sbom', '--sbom', [CompletionResultType]::ParameterName, 'Write bills of materials into a folder: SPDX and CycloneDX')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image is made')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would go into the artifact and stop')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would go into the artifact and stop')
            [CompletionResult]::new('--local-build', '--local-build', [CompletionResultType]::ParameterName, 'Build with a container engine on this machine; the same as --builder engine [short: -lb]')
            [CompletionResult]::new('--force-rebuild-deps', '--force-rebuild-deps', [CompletionResultType]::ParameterName, 'Resolve the dependencies again instead of taking the cached layer [short: -frd]')
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
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest')
            [CompletionResult]::new('--image-tag', '--image-tag', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for READY')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing')
            [CompletionResult]::new('--artifact', '--artifact', [CompletionResultType]::ParameterName, 'Deploy what `agentcore build -o FILE` wrote, and build nothing')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image is made')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--auto-update-on-conflict', '--auto-update-on-conflict', [CompletionResultType]::ParameterName, 'Update a runtime of the same name that this project did not create [short: -auc]')
            [CompletionResult]::new('--allow-auth-change', '--allow-auth-change', [CompletionResultType]::ParameterName, 'Allow removing or widening the runtime''s authorizer')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the runtime was created or updated')
            [CompletionResult]::new('--local-build', '--local-build', [CompletionResultType]::ParameterName, 'Build with a container engine on this machine; the same as --builder engine [short: -lb]')
            [CompletionResult]::new('--force-rebuild-deps', '--force-rebuild-deps', [CompletionResultType]::ParameterName, 'Resolve the dependencies again instead of taking the cached layer [short: -frd]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Run the agent on this machine: not available yet [short: -l]')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Run the agent on this machine: not available yet [short: -l]')
            [CompletionResult]::new('--code-build', '--code-build', [CompletionResultType]::ParameterName, 'Build with CodeBuild; the same as --builder codebuild')
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
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest')
            [CompletionResult]::new('--image-tag', '--image-tag', [CompletionResultType]::ParameterName, 'Tag of the pushed image; the runtime is given its digest')
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds to wait for READY')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing')
            [CompletionResult]::new('--artifact', '--artifact', [CompletionResultType]::ParameterName, 'Deploy what `agentcore build -o FILE` wrote, and build nothing')
            [CompletionResult]::new('--builder', '--builder', [CompletionResultType]::ParameterName, 'How the image is made')
            [CompletionResult]::new('--base-image', '--base-image', [CompletionResultType]::ParameterName, 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE]')
            [CompletionResult]::new('--platform', '--platform', [CompletionResultType]::ParameterName, 'Target platform [env: AGENTCORE_PLATFORM]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would change and stop; exit 6 when something would')
            [CompletionResult]::new('--auto-update-on-conflict', '--auto-update-on-conflict', [CompletionResultType]::ParameterName, 'Update a runtime of the same name that this project did not create [short: -auc]')
            [CompletionResult]::new('--allow-auth-change', '--allow-auth-change', [CompletionResultType]::ParameterName, 'Allow removing or widening the runtime''s authorizer')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return once the runtime was created or updated')
            [CompletionResult]::new('--local-build', '--local-build', [CompletionResultType]::ParameterName, 'Build with a container engine on this machine; the same as --builder engine [short: -lb]')
            [CompletionResult]::new('--force-rebuild-deps', '--force-rebuild-deps', [CompletionResultType]::ParameterName, 'Resolve the dependencies again instead of taking the cached layer [short: -frd]')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Run the agent on this machine: not available yet [short: -l]')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Run the agent on this machine: not available yet [short: -l]')
            [CompletionResult]::new('--code-build', '--code-build', [CompletionResultType]::ParameterName, 'Build with CodeBuild; the same as --builder codebuild')
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
            [CompletionResult]::new('--wait-timeout', '--wait-timeout', [CompletionResultType]::ParameterName, 'Seconds to watch at most')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Follow until READY or failed, a line for each change')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Follow until READY or failed, a line for each change')
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
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--arn', '--arn', [CompletionResultType]::ParameterName, 'Runtime to call, with no configuration file')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session to continue, 33 to 256 characters')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session to continue, 33 to 256 characters')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User on whose behalf the agent is called (SigV4 callers)')
            [CompletionResult]::new('--user-id', '--user-id', [CompletionResultType]::ParameterName, 'User on whose behalf the agent is called (SigV4 callers)')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Header `Name: value` (repeatable)')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Header `Name: value` (repeatable)')
            [CompletionResult]::new('--headers', '--headers', [CompletionResultType]::ParameterName, 'Headers `Name:value,Name:value`, each given the custom-header prefix')
            [CompletionResult]::new('--content-type', '--content-type', [CompletionResultType]::ParameterName, 'Content type of the payload')
            [CompletionResult]::new('--accept', '--accept', [CompletionResultType]::ParameterName, 'Accepted answer types')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Seconds for the whole call; 0 waits without limit')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; visible to other users of this machine, prefer the next two [short: -bt]')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'port')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--new-session', '--new-session', [CompletionResultType]::ParameterName, 'Start a new session instead of continuing the last one')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Call a container on this machine: not available yet [short: -l]')
            [CompletionResult]::new('--local', '--local', [CompletionResultType]::ParameterName, 'Call a container on this machine: not available yet [short: -l]')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'Call a development server: not available yet')
            [CompletionResult]::new('--dev', '--dev', [CompletionResultType]::ParameterName, 'Call a development server: not available yet')
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
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Session to end; without it the last one that invoke used')
            [CompletionResult]::new('--session-id', '--session-id', [CompletionResultType]::ParameterName, 'Session to end; without it the last one that invoke used')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Endpoint of the runtime')
            [CompletionResult]::new('--qualifier', '--qualifier', [CompletionResultType]::ParameterName, 'Endpoint of the runtime')
            [CompletionResult]::new('--bearer-token', '--bearer-token', [CompletionResultType]::ParameterName, 'Bearer token; prefer --bearer-token-file or AGENTCORE_BEARER_TOKEN')
            [CompletionResult]::new('--bearer-token-file', '--bearer-token-file', [CompletionResultType]::ParameterName, 'File that holds the bearer token, or - for stdin')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;destroy' {
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Agent, instead of the default one')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted and kept, and stop; exit 6 when something would be deleted')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be deleted and kept, and stop; exit 6 when something would be deleted')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--delete-ecr-repo', '--delete-ecr-repo', [CompletionResultType]::ParameterName, 'Delete the ECR repository too, when launch created it')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'agentcore;identity' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('setup-cognito', 'setup-cognito', [CompletionResultType]::ParameterValue, 'Create a Cognito user pool, an app client without a secret and a test user')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a fresh bearer token for the test user')
            [CompletionResult]::new('get-cognito-inbound-token', 'get-cognito-inbound-token', [CompletionResultType]::ParameterValue, 'Print a fresh bearer token for the test user')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete what setup-cognito created')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;identity;setup-cognito' {
            [CompletionResult]::new('--pool-name', '--pool-name', [CompletionResultType]::ParameterName, 'Name of the user pool')
            [CompletionResult]::new('--client-name', '--client-name', [CompletionResultType]::ParameterName, 'Name of the app client')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Name of the test user')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'Name of the test user')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'File with the test user''s password, or - for stdin; without it one is made [env: RUNTIME_PASSWORD]')
            [CompletionResult]::new('--token-minutes', '--token-minutes', [CompletionResultType]::ParameterName, 'Minutes that access tokens live (5 to 1440)')
            [CompletionResult]::new('--auth-flow', '--auth-flow', [CompletionResultType]::ParameterName, '`user`; machine clients come with a later version')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'App client id [env: RUNTIME_CLIENT_ID]')
            [CompletionResult]::new('--pool-id', '--pool-id', [CompletionResultType]::ParameterName, 'User pool id [env: RUNTIME_POOL_ID]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The toolkit''s flag for the password; refused, because other users can read it')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'The toolkit''s flag for the password; refused, because other users can read it')
            [CompletionResult]::new('--auth-flow', '--auth-flow', [CompletionResultType]::ParameterName, '`user`; machine clients come with a later version')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--id-token', '--id-token', [CompletionResultType]::ParameterName, 'Print the ID token instead of the access token')
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
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'App client id [env: RUNTIME_CLIENT_ID]')
            [CompletionResult]::new('--pool-id', '--pool-id', [CompletionResultType]::ParameterName, 'User pool id [env: RUNTIME_POOL_ID]')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME]')
            [CompletionResult]::new('--username', '--username', [CompletionResultType]::ParameterName, 'User name [env: RUNTIME_USERNAME]')
            [CompletionResult]::new('--password-file', '--password-file', [CompletionResultType]::ParameterName, 'File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The toolkit''s flag for the password; refused, because other users can read it')
            [CompletionResult]::new('--password', '--password', [CompletionResultType]::ParameterName, 'The toolkit''s flag for the password; refused, because other users can read it')
            [CompletionResult]::new('--auth-flow', '--auth-flow', [CompletionResultType]::ParameterName, '`user`; machine clients come with a later version')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--id-token', '--id-token', [CompletionResultType]::ParameterName, 'Print the ID token instead of the access token')
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
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Accepted for compatibility; what setup-cognito created belongs to the folder')
            [CompletionResult]::new('--agent', '--agent', [CompletionResultType]::ParameterName, 'Accepted for compatibility; what setup-cognito created belongs to the folder')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted and stop; exit 6 when something would be')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what would be deleted and stop; exit 6 when something would be')
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
            [CompletionResult]::new('setup-cognito', 'setup-cognito', [CompletionResultType]::ParameterValue, 'Create a Cognito user pool, an app client without a secret and a test user')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a fresh bearer token for the test user')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete what setup-cognito created')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;identity;help;setup-cognito' {
            break
        }
        'agentcore;identity;help;token' {
            break
        }
        'agentcore;identity;help;cleanup' {
            break
        }
        'agentcore;identity;help;help' {
            break
        }
        'agentcore;sandbox' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--non-interactive', '--non-interactive', [CompletionResultType]::ParameterName, 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say less on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Start a sandbox, run a command in its environment, stop it, and exit with the command''s status')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start a sandbox in the background')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the sandbox runs, and where')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Forget everything in a stopped sandbox')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Run a sandbox in the foreground')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;sandbox;run' {
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1; without it a free one that is kept for the next start')
            [CompletionResult]::new('--runner', '--runner', [CompletionResultType]::ParameterName, 'How agents run: auto, container or process')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--allow-local-images', '--allow-local-images', [CompletionResultType]::ParameterName, 'Accept image URIs that point at the sandbox''s own registry')
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
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1; without it a free one that is kept for the next start')
            [CompletionResult]::new('--runner', '--runner', [CompletionResultType]::ParameterName, 'How agents run: auto, container or process')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--allow-local-images', '--allow-local-images', [CompletionResultType]::ParameterName, 'Accept image URIs that point at the sandbox''s own registry')
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
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Its keys, account, region and port too')
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
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Folder of the sandbox''s state [env: AGENTCORE_SANDBOX_DIR]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1; without it a free one that is kept for the next start')
            [CompletionResult]::new('--runner', '--runner', [CompletionResultType]::ParameterName, 'How agents run: auto, container or process')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
            [CompletionResult]::new('--allow-local-images', '--allow-local-images', [CompletionResultType]::ParameterName, 'Accept image URIs that point at the sandbox''s own registry')
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
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start a sandbox in the background')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the sandbox runs, and where')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`')
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
        'agentcore;sandbox;help;reset' {
            break
        }
        'agentcore;sandbox;help;serve' {
            break
        }
        'agentcore;sandbox;help;help' {
            break
        }
        'agentcore;completions' {
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'AWS profile [env: AWS_PROFILE]')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file, instead of the nearest .bedrock_agentcore.yaml [env: AGENTCORE_CONFIG]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Form of the result on stdout')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to colour [env: NO_COLOR, CLICOLOR_FORCE]')
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
            [CompletionResult]::new('configure', 'configure', [CompletionResultType]::ParameterValue, 'Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml')
            [CompletionResult]::new('build', 'build', [CompletionResultType]::ParameterValue, 'Make the artifact and stop: an image, or an archive of code')
            [CompletionResult]::new('launch', 'launch', [CompletionResultType]::ParameterValue, 'Build the agent''s image, push it, create or update its runtime, and wait until it is READY')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show what is configured and what is deployed')
            [CompletionResult]::new('invoke', 'invoke', [CompletionResultType]::ParameterValue, 'Call the agent; its answer goes to stdout unchanged')
            [CompletionResult]::new('stop-session', 'stop-session', [CompletionResultType]::ParameterValue, 'End a session of the agent')
            [CompletionResult]::new('destroy', 'destroy', [CompletionResultType]::ParameterValue, 'Delete what launch created for the agent, and keep what you brought')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'Set up Amazon Cognito for inbound auth and get tokens from it')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'A local AWS that runs agents behind the same auth, with no account')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'agentcore;help;configure' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the agents of the configuration file')
            [CompletionResult]::new('set-default', 'set-default', [CompletionResultType]::ParameterValue, 'Make an agent the one that commands take without --agent')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show an agent''s resolved values and where each came from')
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
        'agentcore;help;build' {
            break
        }
        'agentcore;help;launch' {
            break
        }
        'agentcore;help;status' {
            break
        }
        'agentcore;help;invoke' {
            break
        }
        'agentcore;help;stop-session' {
            break
        }
        'agentcore;help;destroy' {
            break
        }
        'agentcore;help;identity' {
            [CompletionResult]::new('setup-cognito', 'setup-cognito', [CompletionResultType]::ParameterValue, 'Create a Cognito user pool, an app client without a secret and a test user')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a fresh bearer token for the test user')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete what setup-cognito created')
            break
        }
        'agentcore;help;identity;setup-cognito' {
            break
        }
        'agentcore;help;identity;token' {
            break
        }
        'agentcore;help;identity;cleanup' {
            break
        }
        'agentcore;help;sandbox' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Start a sandbox, run a command in its environment, stop it, and exit with the command''s status')
            [CompletionResult]::new('start', 'start', [CompletionResultType]::ParameterValue, 'Start a sandbox in the background')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'Stop the sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Say whether the sandbox runs, and where')
            [CompletionResult]::new('env', 'env', [CompletionResultType]::ParameterValue, 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`')
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
        'agentcore;help;sandbox;reset' {
            break
        }
        'agentcore;help;sandbox;serve' {
            break
        }
        'agentcore;help;completions' {
            break
        }
        'agentcore;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
