# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_agentcore_global_optspecs
    string join \n profile= r/region= config= environment= trust-config o/output= non-interactive q/quiet v/verbose timeout= color= h/help V/version
end

function __fish_agentcore_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_agentcore_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_agentcore_using_subcommand
    set -l cmd (__fish_agentcore_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c agentcore -n "__fish_agentcore_needs_command" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_needs_command" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_needs_command" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_needs_command" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_needs_command" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_needs_command" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_needs_command" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_needs_command" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_needs_command" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_needs_command" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_needs_command" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_needs_command" -s V -l version -d 'Print version'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "create" -d 'Make a new project: a small agent with a tool, its tests and its configuration'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "configure" -d 'Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "build" -d 'Build the artifact and stop: an image, or an archive of code'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "check" -d 'Find what in the agent\'s source would fail only in the cloud: syntax, imports, a missing server'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "launch" -d 'Build the agent\'s image, push it, create or update its runtime, and wait until it is READY'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "deploy" -d 'Build the agent\'s image, push it, create or update its runtime, and wait until it is READY'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "dev" -d 'Run the agent on this machine behind its authorizer, and reload it when a file is saved; no AWS API is called'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "status" -d 'Show what is configured and what is deployed'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "endpoint" -d 'Endpoints that stay on a version: list, create, promote, delete'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "versions" -d 'Show the versions of the agent: what each one runs, since when, by whom, and which endpoints serve it'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "rollback" -d 'Go back to an earlier version, without a build'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "adopt" -d 'Write a configuration from a live runtime, or copy changes made elsewhere into it; changes nothing in AWS'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "export" -d 'Print the definition of what is deployed for Terraform, CloudFormation or boto3'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "invoke" -d 'Call the agent; its answer goes to stdout unchanged'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "stop-session" -d 'End a session of the agent'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "exec" -d 'Run a command in a session of the agent; its output and exit status are the command\'s'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "shell" -d 'Open a terminal in a session of the agent'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "sessions" -d 'Sessions that were started from here: list and stop them'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "destroy" -d 'Delete what launch created for the agent, and keep what you brought'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "auth" -d 'Who may call an agent: check a token, explain the rules, test that they hold'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "identity" -d 'Set up Amazon Cognito, get tokens for callers, and keep the keys that agents need'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "memory" -d 'Memories: what agents remember across sessions'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "gateway" -d 'Gateways that give agents tools: create, show, change and delete them and their targets'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "logs" -d 'Show or follow what the agent logs'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "traces" -d 'Traces of an agent: what it did in a session, span by span'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "obs" -d 'The same as `traces`, as the starter toolkit calls it'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "observability" -d 'Whether logs and traces reach CloudWatch, and what switches them on'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "iam" -d 'Permissions: the smallest IAM policy for some commands, and a role for a pipeline'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "create_mcp_gateway" -d 'The same as `gateway create-mcp-gateway`'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "create_mcp_gateway_target" -d 'The same as `gateway create-mcp-gateway-target`'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "environments" -d 'Environments of the agents: the declared ones, and those of branches'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "ci" -d 'Pipelines: write the workflow of a CI system'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "sandbox" -d 'A local AWS that runs agents behind the same auth, with no account'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "lead-terminal" -d 'Take the terminal that is stdin, and become a command at it: how a sandbox starts shells'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "doctor" -d 'Check everything that a launch or a call depends on, and say what is wrong and how to fix it'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "explain" -d 'Say what the code of an error means and what to do; without one, list all codes'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "schema" -d 'JSON Schemas of the configuration file and of what commands print'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "completions" -d 'Print a completion script'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "man" -d 'Print the manual page of a command, or write those of all commands'
complete -c agentcore -n "__fish_agentcore_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l framework -l agent-framework -d 'What the agent is built with: Strands Agents, LangGraph, or nothing but the model\'s API [default: strands]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l language -d 'Language of the project [default: python]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l model -d 'Model of Amazon Bedrock that the agent calls [default: global.anthropic.claude-haiku-4-5-20251001-v1:0]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s m -l memory -d 'AgentCore Memory for the agent, as in `configure`: `none`, `stm` (sessions), `ltm` (the same, with facts about users) or the id of one that exists [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s p -l project-name -d 'The same as NAME, for scripts of the starter toolkit' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s t -l template -d 'The starter toolkit\'s `basic` or `production`, of which this program has the first' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l model-provider -d 'The starter toolkit\'s `Bedrock`; another provider is another program\'s' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l provider-api-key -d 'Key of another provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l iac -d 'CDK or Terraform of the production template' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l venv -d 'Make a virtual environment; the README\'s command does'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l no-venv -d 'Make no virtual environment, which is what happens anyway'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -a "import" -d 'Not here: npx @aws/agentcore create --type import --name NAME'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and not __fish_seen_subcommand_from import help" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l agent-id -d '--agent-id there' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l agent-alias-id -d '--agent-alias-id there' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l target-platform -d '--framework there [default: strands]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l run-option -d 'No counterpart' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l output-dir -d '--output-dir there' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l disable-gateway -d 'No counterpart'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l disable-memory -d '--memory none there'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l disable-code-interpreter -d 'No counterpart'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l disable-observability -d 'No counterpart'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l deploy-runtime -d 'No counterpart'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "import" -d 'Not here: npx @aws/agentcore create --type import --name NAME'
complete -c agentcore -n "__fish_agentcore_using_subcommand create; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s e -l entrypoint -d 'Agent file (agent.py) or a folder that holds main, agent or app [default: the one that this folder has]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l source-path -d 'Folder that is packed [default: the entrypoint\'s, widened to its dependency files]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s n -l name -d 'Agent name: a letter, then letters, digits and underscores, 48 at most [default: from the entrypoint]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l language -d 'Project language [short: -lang] [default: that of the entrypoint]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l python -d 'Python version of the agent [default: that of .python-version or `requires-python`, else 3.12]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l requirements-file -d 'Dependency file: requirements*.txt, *.in or pyproject.toml [short: -rf] [default: the nearest]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l extra -d 'Optional dependencies of pyproject.toml to install (repeatable, or separated by commas; `none` removes them all) [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l group -d 'Dependency group of pyproject.toml to install (repeatable, or separated by commas; `none` removes them all) [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l discovery-url -d 'OpenID Connect discovery URL of the issuer of the callers\' tokens' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l allowed-client -d 'Accepted `client_id` (repeatable, or separated by commas)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l allowed-audience -d 'Accepted `aud` (repeatable, or separated by commas)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l allowed-scope -d 'Accepted scope; one match is enough (repeatable, or separated by commas)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l custom-claim -d 'Required claim: name=value, or name~=a,b for a list claim (repeatable)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l authorizer-config -d 'The whole authorizer as JSON: {"customJWTAuthorizer": {…}} [short: -ac]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l request-header-allowlist -d 'Headers that reach the agent, separated by commas [short: -rha] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l execution-role -d 'Role the agent runs as (ARN or name) [short: -er] [default: launch creates one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l code-build-execution-role -d 'Role for CodeBuild [short: -cber] [default: launch creates one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l ecr -d 'ECR repository (URI or name), or `auto`: launch creates one [short: -ecr] [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l s3 -d 'S3 bucket for direct_code_deploy [short: -s3] [default: launch creates one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l subnets -d 'Subnet ids, separated by commas' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l security-groups -d 'Security group ids, separated by commas' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l idle-timeout -d 'Seconds until an idle session ends (60 to 28800) [default: 900]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l max-lifetime -d 'Seconds a session may live (60 to 28800) [default: 28800]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s p -l protocol -d 'Protocol that the agent serves: HTTP, MCP, A2A or AGUI [default: what its source shows, else HTTP]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l description -d 'Description of the runtime, as lists show it [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l port -d 'Port that the agent serves, 8000 to 12000 without 8443 [default: its protocol\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l path -d 'Path that the agent serves [default: its protocol\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l mount -d 'File system in each session (repeatable): /mnt/NAME=session, =ARN of an access point, =s3://BUCKET/PREFIX or =volume:NAME of a capacity provider [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l warmup -d 'POST request that warms up a new version, such as /warm or 8080/warm; needs --platform-version V2 [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l minimum-memory -d 'Least memory of a session, in MiB [default: the service\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l allowed-port -d 'Port or range, such as 8200-8300, that callers of a session may reach (repeatable, or separated by commas)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l platform-version -d 'Platform version, V1 or V2 [default: the service\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l capacity-provider -d 'ARN of the capacity provider that sessions run on [default: microVMs]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l privilege-mode -d 'STANDARD or PRIVILEGED, with --capacity-provider [default: the service\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l allow-caller -d 'Account or ARN of a principal that may call the agent as well, by a resource policy (repeatable, or separated by commas; `none` removes them all) [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l clear -d 'Setting to remove from the runtime, such as description or file_systems (repeatable, or separated by commas)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l deployment-type -d 'container or direct_code_deploy [short: -dt] [default: container]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l runtime -d 'Managed runtime for direct_code_deploy, such as PYTHON_3_13 [short: -rt] [default: that of the agent\'s version]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l container-runtime -d 'Container engine: auto, docker, podman, finch or buildah [short: -ctr] [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l dockerfile -d 'Your own Dockerfile; `\'\'` goes back to the generated one [default: generated]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l build-context -d 'Build context of the Dockerfile; `\'\'` goes back to the default [default: the source folder]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l target -d 'Stage of the Dockerfile; `\'\'` goes back to the default [default: the last one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l build-arg -d 'Argument of the Dockerfile (repeatable); `NAME=` for an empty one. Not for secrets' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l build-secret -d 'Variable passed to the build as a secret, such as PIP_INDEX_URL (repeatable)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l base-image -d 'Base image of the agent\'s image, or `scratch` [default: the slim image of its Python or Node.js version]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l memory -d 'AgentCore Memory: `none`, `stm` (launch creates one that keeps events), `ltm` (the same, with long-term records) or the id of one that exists [default: none for a new agent]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s c -l create -d 'The starter toolkit\'s flag for projects of its own; left out of account beside --entrypoint'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l no-authorizer -d 'Remove the authorizer: callers sign with IAM'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l offline -d 'Do not fetch the discovery document'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l vpc -d 'Run inside a VPC, with --subnets and --security-groups [default: the public network]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l disable-otel -d 'Do not install and start OpenTelemetry [short: -do]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l disable-memory -d 'The same as --memory none [short: -dm]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l force -d 'Write the generated Dockerfile again even where it was edited (a .bak is kept)'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -f -a "list" -d 'List the agents of the configuration file'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -f -a "set-default" -d 'Make an agent the one that commands take without --agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -f -a "show" -d 'Show an agent\'s resolved values and where each came from'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -f -a "validate" -d 'Check the configuration file and list every fault with its position; exit 2 if there is one'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and not __fish_seen_subcommand_from list set-default show validate help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from set-default" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l format -d 'Format of the result: `sarif` is SARIF 2.1.0, for code scanning [default: text]' -r -f -a "text\t'For people: the place, what is wrong, the line'
sarif\t'SARIF 2.1.0'"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the agents of the configuration file'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from help" -f -a "set-default" -d 'Make an agent the one that commands take without --agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show an agent\'s resolved values and where each came from'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from help" -f -a "validate" -d 'Check the configuration file and list every fault with its position; exit 2 if there is one'
complete -c agentcore -n "__fish_agentcore_using_subcommand configure; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l file -d 'Write the artifact to a file: an OCI archive, or a zip for direct_code_deploy [short: -o FILE]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l sbom -d 'Write bills of materials into a folder: SPDX and CycloneDX' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l builder -d 'How the image is made [default: that of the configuration, else auto]' -r -f -a "auto\t'Native while the Dockerfile is the generated one, else an engine'
native\t'No daemon: layers are made and pushed by this program'
engine\t'docker, podman, finch or buildah'
codebuild\t'AWS CodeBuild, in the agent\'s account'"
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l base-image -d 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l platform -d 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l include -d 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l plan -l dry-run -d 'Show what would go into the artifact and stop'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l local-build -d 'Build with a container engine on this machine; the same as --builder engine [short: -lb]'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l force-rebuild-deps -d 'Resolve the dependencies again instead of taking the cached layer [short: -frd]'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l skip-checks -d 'Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l builder -d 'How the image would be made [default: that of the configuration, else auto]' -r -f -a "auto\t'Native while the Dockerfile is the generated one, else an engine'
native\t'No daemon: layers are made and pushed by this program'
engine\t'docker, podman, finch or buildah'
codebuild\t'AWS CodeBuild, in the agent\'s account'"
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l base-image -d 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l platform -d 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l include -d 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l env -d 'Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l env-file -d 'File of environment variables: KEY=VALUE lines, or a JSON object; - for stdin. --env takes precedence' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l unset-env -d 'Remove an environment variable from the runtime, this time only (repeatable)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s t -l image-tag -d 'Tag of the pushed image; the runtime is given its digest [default: the time]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY after the build]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l image -d 'Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l artifact -d 'Deploy what `agentcore build -o FILE` wrote, and build nothing' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l builder -d 'How the image is made [default: that of the configuration, else auto]' -r -f -a "auto\t'Native while the Dockerfile is the generated one, else an engine'
native\t'No daemon: layers are made and pushed by this program'
engine\t'docker, podman, finch or buildah'
codebuild\t'AWS CodeBuild, in the agent\'s account'"
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l base-image -d 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l platform -d 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l include -d 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l port -d 'Port on 127.0.0.1 to serve the agent on [default: 8080]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l endpoint -l qualifier -d 'Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l smoke -d 'Call the new version with this JSON before an endpoint is pointed to it, and put DEFAULT back if that fails [default: agentcore.smoke of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l expect -d 'Condition that the answer must meet, in jq\'s syntax: \'.status == "ok"\' [default: any answer that is not a failure]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l smoke-timeout -d 'Seconds that the smoke test\'s answer may take [default: that of the configuration, else 60]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l canary -d 'After the smoke test, repeat it for this long and watch the version\'s log for errors: 90s, 10m, 1h [default: off]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l junit -d 'Also write the result of the smoke test as JUnit XML' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l bearer-token-file -d 'File with the bearer token of the smoke test, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself] [default: the token of `agentcore identity token`, where the agent takes tokens]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l adopt -l auto-update-on-conflict -d 'Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l allow-auth-change -d 'Allow removing or widening the runtime\'s authorizer'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l refuse-drift -d 'Stop with exit 6 where the launch would overwrite what was changed elsewhere since the last one on record'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l no-wait -d 'Return once the runtime was created or updated'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l local-build -d 'Build with a container engine on this machine; the same as --builder engine [short: -lb]'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l force-rebuild-deps -d 'Resolve the dependencies again instead of taking the cached layer [short: -frd]'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l skip-checks -d 'Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s l -l local -d 'Build for this machine and run the artifact here instead of deploying it, in the foreground'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l local-issuer -d 'Issue the callers\' tokens on this machine, in place of the authorizer\'s provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l no-smoke -d 'Skip the smoke test of the configuration'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l code-build -d 'Build with CodeBuild; the same as --builder codebuild'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand launch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l env -d 'Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l env-file -d 'File of environment variables: KEY=VALUE lines, or a JSON object; - for stdin. --env takes precedence' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l unset-env -d 'Remove an environment variable from the runtime, this time only (repeatable)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s t -l image-tag -d 'Tag of the pushed image; the runtime is given its digest [default: the time]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY after the build]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l image -d 'Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l artifact -d 'Deploy what `agentcore build -o FILE` wrote, and build nothing' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l builder -d 'How the image is made [default: that of the configuration, else auto]' -r -f -a "auto\t'Native while the Dockerfile is the generated one, else an engine'
native\t'No daemon: layers are made and pushed by this program'
engine\t'docker, podman, finch or buildah'
codebuild\t'AWS CodeBuild, in the agent\'s account'"
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l base-image -d 'Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l platform -d 'Target platform [env: AGENTCORE_PLATFORM] [default: linux/arm64]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l include -d 'Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l port -d 'Port on 127.0.0.1 to serve the agent on [default: 8080]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l endpoint -l qualifier -d 'Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l smoke -d 'Call the new version with this JSON before an endpoint is pointed to it, and put DEFAULT back if that fails [default: agentcore.smoke of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l expect -d 'Condition that the answer must meet, in jq\'s syntax: \'.status == "ok"\' [default: any answer that is not a failure]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l smoke-timeout -d 'Seconds that the smoke test\'s answer may take [default: that of the configuration, else 60]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l canary -d 'After the smoke test, repeat it for this long and watch the version\'s log for errors: 90s, 10m, 1h [default: off]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l junit -d 'Also write the result of the smoke test as JUnit XML' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l bearer-token-file -d 'File with the bearer token of the smoke test, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself] [default: the token of `agentcore identity token`, where the agent takes tokens]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l adopt -l auto-update-on-conflict -d 'Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l allow-auth-change -d 'Allow removing or widening the runtime\'s authorizer'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l refuse-drift -d 'Stop with exit 6 where the launch would overwrite what was changed elsewhere since the last one on record'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l no-wait -d 'Return once the runtime was created or updated'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l local-build -d 'Build with a container engine on this machine; the same as --builder engine [short: -lb]'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l force-rebuild-deps -d 'Resolve the dependencies again instead of taking the cached layer [short: -frd]'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l skip-checks -d 'Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s l -l local -d 'Build for this machine and run the artifact here instead of deploying it, in the foreground'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l local-issuer -d 'Issue the callers\' tokens on this machine, in place of the authorizer\'s provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l no-smoke -d 'Skip the smoke test of the configuration'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l code-build -d 'Build with CodeBuild; the same as --builder codebuild'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand deploy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s p -l port -d 'Port on 127.0.0.1 to serve the agent on; 0 for a free one [env: PORT] [default: 8080]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l env -d 'Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l token -d 'Print a token of the local issuer of the agent that runs on --port, for a persona of `auth test` [default: good]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l local-issuer -d 'Issue the callers\' tokens on this machine, in place of the authorizer\'s provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand dev" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l wait-timeout -d 'Seconds that the whole command may take [default: 1800]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s w -l watch -d 'Follow until READY or failed; on a terminal a table that is redrawn, elsewhere a line for each change'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l drift -d 'Compare the configuration with what is live, field by field; exit 6 where they differ'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -f -a "list" -d 'List the endpoints of the agent and the version that each one serves'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -f -a "create" -d 'Create an endpoint that stays on one version; an existing one is left as it is'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -f -a "promote" -d 'Point an endpoint to another version'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -f -a "update" -d 'Point an endpoint to another version'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -f -a "delete" -d 'Delete an endpoint; its version stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and not __fish_seen_subcommand_from list create promote update delete help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l version -d 'Version that it serves [default: the newest]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l description -d 'Description, at most 256 characters [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l adopt -d 'Allow an endpoint that this project did not create'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l no-wait -d 'Return once the service has accepted the change'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l version -d 'Version that it is to serve' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l adopt -d 'Allow an endpoint that this project did not create'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l no-wait -d 'Return once the service has accepted the change'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from promote" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l version -d 'Version that it is to serve' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l adopt -d 'Allow an endpoint that this project did not create'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l no-wait -d 'Return once the service has accepted the change'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l force -l yes -d 'Do not ask'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l adopt -d 'Allow an endpoint that this project did not create'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l no-wait -d 'Return once the service has accepted the change'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the endpoints of the agent and the version that each one serves'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create an endpoint that stays on one version; an existing one is left as it is'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from help" -f -a "promote" -d 'Point an endpoint to another version'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete an endpoint; its version stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand endpoint; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s n -l count -d 'How many to show, the newest first' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand versions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l endpoint -l qualifier -d 'Endpoint that goes back [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l wait-timeout -d 'Seconds that the whole command may take [default: no limit, but 600 for READY]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l allow-auth-change -d 'Allow removing or widening the runtime\'s authorizer'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l plan -l dry-run -d 'Show what would change and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l adopt -d 'Allow an endpoint that this project did not create'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l no-wait -d 'Return once the service has accepted the change'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand rollback" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s a -l agent -d 'Agent whose live values are taken over, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s e -l entrypoint -d 'Source that later launches build [default: none; the live image is deployed as it is]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l plan -l dry-run -d 'Show what would be written and stop; exit 6 when something would'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l force -d 'Adopt a runtime even if its tags name another project'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand adopt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l format -d 'What the definition is for' -r -f -a "terraform\t'HCL for the provider hashicorp/aws, with import blocks'
cloudformation\t'A CloudFormation template in JSON'
boto3\t'A Python script that makes it all again'"
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l out -d 'File to write [default: stdout]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l prompt -d 'Prompt, instead of PAYLOAD: always text, whatever it looks like' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l arn -d 'Runtime or endpoint to call, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l endpoint -l qualifier -d 'Endpoint of the runtime [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s s -l session-id -d 'Session to continue, 33 to 256 characters [default: the last one of this agent, else a new one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s u -l user-id -d 'User on whose behalf the agent is called (SigV4 callers) [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s H -l header -d 'Header `Name: value` (repeatable)' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l headers -d 'Headers `Name:value,Name:value`, each given the custom-header prefix' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l content-type -d 'Content type of the payload [default: application/json; text/plain with --text]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l accept -d 'Accepted answer types [default: application/json, text/event-stream]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l protocol -d 'What the agent speaks: HTTP, MCP, A2A or AGUI [default: what the configuration or the live runtime says]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l tool -d 'Call this tool of an MCP agent; the payload is a JSON object of arguments' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l ws-idle -d 'Close the web socket when nothing has arrived for this many seconds after the last message [default: when the agent closes it]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l bearer-token -d 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l bearer-token-file -d 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l print -d 'Print the same request for another program instead of sending it; its token or credentials are not in it [default: send it]' -r -f -a "curl\t'A command for a POSIX shell'
python\t'Python: boto3 behind AWS credentials, the standard library behind a token'
javascript\t'Node.js: the AWS SDK behind AWS credentials, `fetch` behind a token'"
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l port -d 'Port that it answers on, for --dev and --local [default: 8080]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l text -d 'Send PAYLOAD as it is, as text: neither JSON nor the name of a file'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l new-session -d 'Start a new session instead of continuing the last one'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l list-tools -d 'List the tools of an MCP agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l card -d 'Print the card of an A2A agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l stream -d 'Have an A2A agent stream its answer (message/stream); no effect on other protocols'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l live -d 'With -o json: also write a stream of events to stderr as it arrives'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l ws -l websocket -d 'Use the agent\'s web socket: the payload is one message, and so is each line of stdin'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l auth -d 'Send the token of `agentcore identity token`, which is cached and renewed automatically'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s d -l dev -d 'Call the agent that `agentcore dev` runs on this machine; no AWS API is called'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s l -l local -d 'The same for the agent of `agentcore launch --local`'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand invoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s s -l session-id -d 'Session to end [default: the last one that invoke used]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l arn -d 'Runtime of the session, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l endpoint -l qualifier -d 'Endpoint of the runtime [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l bearer-token -d 'Bearer token; prefer --bearer-token-file or AGENTCORE_BEARER_TOKEN' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l bearer-token-file -d 'File that holds the bearer token, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l auth -d 'Send the token of `agentcore identity token`, which is cached and renewed automatically'
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand stop-session" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l arn -d 'Runtime or endpoint to reach, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l endpoint -l qualifier -d 'Endpoint of the runtime [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s s -l session-id -l session -d 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l bearer-token -d 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l bearer-token-file -d 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l command-timeout -d 'Seconds that the command may take, 1 to 3600 [default: --timeout, else 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l new-session -d 'Start a new session'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l auth -d 'Send the token of `agentcore identity token`, which is cached and renewed automatically'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l arn -d 'Runtime or endpoint to reach, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l endpoint -l qualifier -d 'Endpoint of the runtime [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s s -l session-id -l session -d 'Session, 33 to 256 characters [default: the last one of this agent, else a new one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l bearer-token -d 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l bearer-token-file -d 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l shell-id -d 'Shell to open or to come back to [default: a new one]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l new-session -d 'Start a new session'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l auth -d 'Send the token of `agentcore identity token`, which is cached and renewed automatically'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -f -a "list" -d 'List the sessions that invoke, exec and shell started or used from here'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -f -a "stop" -d 'End sessions: the same as `stop-session` for each'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and not __fish_seen_subcommand_from list stop help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -s a -l agent -d 'Agent [default: all of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l bearer-token -d 'Bearer token; visible to other users of this machine, prefer --bearer-token-file or --auth [short: -bt]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l bearer-token-file -d 'File that holds the bearer token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l all -d 'All sessions of the agent that are not stopped yet'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l auth -d 'Send the token of `agentcore identity token`, which is cached and renewed automatically'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the sessions that invoke, exec and shell started or used from here'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "stop" -d 'End sessions: the same as `stop-session` for each'
complete -c agentcore -n "__fish_agentcore_using_subcommand sessions; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l dry-run -l plan -d 'Show what would be deleted and kept, and stop; exit 6 when something would be deleted'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l force -l yes -d 'Do not ask'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l break-lock -d 'Take over the lock of another run on this agent, such as one that was interrupted and left it behind'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l delete-ecr-repo -d 'Delete the ECR repository too, when launch created it'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l delete-memory -d 'Delete the agent\'s memory too, with all that is in it, when launch or the starter toolkit created it'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand destroy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -f -a "check" -d 'Would this token pass? Every rule of the authorizer with its verdict'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -f -a "explain" -d 'What the authorizer accepts, what reaches the agent\'s code, and what looks wrong'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -f -a "test" -d 'Send the agent callers that must be refused, and one who must pass'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and not __fish_seen_subcommand_from check explain test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l arn -d 'Runtime, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l against -d 'Whose authorizer [default: live where it can be read, else config]' -r -f -a "live\t'The deployed runtime\'s'
config\t'The configuration file\'s'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l token-file -l bearer-token-file -d 'File with the token, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l authorizer-config -d 'Authorizer as JSON, as `configure` takes it: would the token pass this one?' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l discovery-document -d 'Saved discovery document; with --jwks nothing is fetched' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l jwks -d 'Saved key set' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l repeat -d 'Measures the judgements per second on one core, for so many seconds' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l sigv4 -d 'Judge a caller with AWS credentials instead of a token'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l arn -d 'Runtime, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l against -d 'Whose authorizer [default: live where it can be read, else config]' -r -f -a "live\t'The deployed runtime\'s'
config\t'The configuration file\'s'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l endpoint -l qualifier -d 'Endpoint whose URL is shown [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l arn -d 'Runtime to test, with no configuration file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l endpoint -l qualifier -d 'Endpoint of the runtime [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l target -d 'Where to test [default: sandbox when AWS_ENDPOINT_URL points at one, else live]' -r -f -a "live\t'The agent as it is deployed: only what can be made without the provider\'s key is sent'
sandbox\t'The agent in the sandbox in effect (AWS_ENDPOINT_URL), which signs any token'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l good-token-file -d 'File with a token that must pass, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l payload -d 'Payload of the good caller: JSON, or @FILE; the others send {}' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l junit -d 'Also write the results as JUnit XML' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "check" -d 'Would this token pass? Every rule of the authorizer with its verdict'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "explain" -d 'What the authorizer accepts, what reaches the agent\'s code, and what looks wrong'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "test" -d 'Send the agent callers that must be refused, and one who must pass'
complete -c agentcore -n "__fish_agentcore_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "setup-cognito" -d 'Set Amazon Cognito up: a pool for callers and one for the agent\'s own access, or one pool for a whole team'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "token" -d 'Print a token for calling an agent, from any OpenID provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "get-cognito-inbound-token" -d 'Print a token for calling an agent, from any OpenID provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "verify" -d 'Compare what setup-cognito made with what it was asked for, and try a token of each client'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "create-credential-provider" -d 'Store an API key or an OAuth2 client for an agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "get-credential-provider" -d 'Show one credential provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "list-credential-providers" -d 'Show the credential providers of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "update-credential-provider" -d 'Change a credential provider; what is not named stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "delete-credential-provider" -d 'Delete a credential provider with its secret'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "create-workload-identity" -d 'Create a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "get-workload-identity" -d 'Show one workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "list-workload-identities" -d 'Show the workload identities of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "update-workload-identity" -d 'Change the return URLs of a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "delete-workload-identity" -d 'Delete a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "setup-aws-jwt" -d 'Let an agent get tokens signed by AWS for an outside service, without a secret'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "list-aws-jwt" -d 'Show the services for which an agent gets tokens signed by AWS'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "cleanup" -d 'Delete what this program made for identity, and keep what you brought'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and not __fish_seen_subcommand_from setup-cognito token get-cognito-inbound-token verify create-credential-provider get-credential-provider list-credential-providers update-credential-provider delete-credential-provider create-workload-identity get-workload-identity list-workload-identities update-workload-identity delete-workload-identity setup-aws-jwt list-aws-jwt cleanup help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l auth-flow -d 'What the agent gets tokens with: `user`, a person\'s consent, or `m2m`, client credentials [default: user]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l team -l all -d 'Set up a team of this name: one pool with both clients, scopes, domain and test user, a gateway\'s role, nine parameters' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l pool-name -d 'Name of the callers\' user pool; NAME-identity is the other one\'s [default: agentcore-FOLDER, with m2m agentcore-FOLDER-m2m; TEAM]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l client-name -l web-client-name -d 'Name of the app client for people [default: agentcore-user-client; TEAM-web]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l machine-client-name -d 'Name of the app client for machines [default: agentcore-machine-client; TEAM-machine]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -s u -l username -d 'Name of the test user [default: testuser]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l password-file -d 'File with the test user\'s password, or - for stdin [env: RUNTIME_PASSWORD] [default: one is made]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l token-minutes -d 'Minutes that access tokens live (5 to 1440) [default: 120]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l callback-url -d 'Where the sign-in page may send people back to; repeat it for more [default: http://localhost:8081/oauth2/callback]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l resource-server -d 'Identifier of the resource server, the first part of every scope [default: agentcore; TEAM]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l scope -d 'Scope of the resource server, the second part; repeat it for more [default: read and write; read for a team]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l domain-prefix -d 'Prefix of the hosted domain that tokens come from, unique in the region [default: derived from the pool]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l gateway-role -d 'Name of the gateway\'s role [default: AgentCoreGateway-REGION-TEAM]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l ssm-prefix -d 'Path of the parameters [default: /app/TEAM/agentcore]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l provider-name -d 'Name of the credential provider that the gateway may use [default: TEAM-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l tags -l tag -d 'Tag on everything that is made; repeat it for more' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l permissions-boundary -d 'ARN of the policy that bounds the gateway\'s role' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l inbound-only -d 'Set up only the pool for callers: with a test user, or with m2m for a machine'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l adopt -d 'Use a user pool or a gateway\'s role that another project made; they stay that project\'s'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-cognito" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l grant -d 'How the token is obtained, see below [default: what the configuration, other flags and set-ups imply]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l auth-flow -d '`user` or `m2m`: the starter toolkit\'s names for user-password and client-credentials' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s a -l agent -d 'Agent whose provider and settings are used, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l discovery-url -d 'Discovery URL of the provider [env: RUNTIME_DISCOVERY_URL] [default: that of the agent\'s authorizer]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l issuer -d 'Issuer of the provider, instead of its discovery URL' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l pool-id -d 'Cognito user pool id [env: RUNTIME_POOL_ID] [default: that of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l client-id -d 'Client id [env: RUNTIME_CLIENT_ID] [default: that of the configuration, else of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l client-auth -d 'How the client authenticates: auto, client_secret_basic, client_secret_post, private_key_jwt, none [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l client-secret-file -d 'File with the client\'s secret, or - for stdin [env: RUNTIME_CLIENT_SECRET, AGENTCORE_CLIENT_SECRET]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l client-secret -d 'The client\'s secret; visible to other users of this machine, prefer --client-secret-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l private-key-file -d 'PEM file with the client\'s private key, for private_key_jwt' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l key-id -d 'Key id (`kid`) that the provider knows that key by' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l scope -d 'Scope to ask for (repeatable, or separated by commas or spaces) [default: those of the configuration, else of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l audience -d 'Audience to ask for (`audience`: Auth0, GitHub Actions) [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l resource -d 'Resource to ask for (`resource` of RFC 8707) [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s u -l username -d 'User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l password-file -d 'File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s p -l password -d 'Password; visible to other users of this machine, prefer --password-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l new-password-file -d 'File with the password to choose when Cognito wants a new one, or - for stdin [env: RUNTIME_NEW_PASSWORD]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l refresh-token-file -d 'File with a refresh token, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l redirect-uri -d 'Loopback address that the provider knows, for authorization-code [default: a random port of 127.0.0.1]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l ci-variable -d 'Variable that holds the job\'s token, for gitlab-ci [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l token-command -d 'Program with arguments that prints a token or {"access_token", "expires_in"}; runs without a shell' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l token-file -d 'File with a token' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l id-token -d 'Print the ID token instead of the access token'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l no-browser -d 'Do not open a browser'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l refresh -d 'Get a new token, whatever is cached'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l no-cache -d 'Neither read nor write the cache'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l forget -l logout -d 'Forget the cached token, its refresh token included, and stop'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l all -d 'With --forget: all cached tokens'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l save -d 'Save these flags, except secrets, in `agentcore.token` of the agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l grant -d 'How the token is obtained, see below [default: what the configuration, other flags and set-ups imply]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l auth-flow -d '`user` or `m2m`: the starter toolkit\'s names for user-password and client-credentials' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s a -l agent -d 'Agent whose provider and settings are used, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l discovery-url -d 'Discovery URL of the provider [env: RUNTIME_DISCOVERY_URL] [default: that of the agent\'s authorizer]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l issuer -d 'Issuer of the provider, instead of its discovery URL' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l pool-id -d 'Cognito user pool id [env: RUNTIME_POOL_ID] [default: that of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l client-id -d 'Client id [env: RUNTIME_CLIENT_ID] [default: that of the configuration, else of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l client-auth -d 'How the client authenticates: auto, client_secret_basic, client_secret_post, private_key_jwt, none [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l client-secret-file -d 'File with the client\'s secret, or - for stdin [env: RUNTIME_CLIENT_SECRET, AGENTCORE_CLIENT_SECRET]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l client-secret -d 'The client\'s secret; visible to other users of this machine, prefer --client-secret-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l private-key-file -d 'PEM file with the client\'s private key, for private_key_jwt' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l key-id -d 'Key id (`kid`) that the provider knows that key by' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l scope -d 'Scope to ask for (repeatable, or separated by commas or spaces) [default: those of the configuration, else of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l audience -d 'Audience to ask for (`audience`: Auth0, GitHub Actions) [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l resource -d 'Resource to ask for (`resource` of RFC 8707) [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s u -l username -d 'User name [env: RUNTIME_USERNAME] [default: that of the configuration, else of setup-cognito]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l password-file -d 'File with the password, or - for stdin [env: RUNTIME_PASSWORD holds the password itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s p -l password -d 'Password; visible to other users of this machine, prefer --password-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l new-password-file -d 'File with the password to choose when Cognito wants a new one, or - for stdin [env: RUNTIME_NEW_PASSWORD]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l refresh-token-file -d 'File with a refresh token, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l redirect-uri -d 'Loopback address that the provider knows, for authorization-code [default: a random port of 127.0.0.1]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l ci-variable -d 'Variable that holds the job\'s token, for gitlab-ci [default: that of the configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l token-command -d 'Program with arguments that prints a token or {"access_token", "expires_in"}; runs without a shell' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l token-file -d 'File with a token' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l id-token -d 'Print the ID token instead of the access token'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l no-browser -d 'Do not open a browser'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l refresh -d 'Get a new token, whatever is cached'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l no-cache -d 'Neither read nor write the cache'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l forget -l logout -d 'Forget the cached token, its refresh token included, and stop'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l all -d 'With --forget: all cached tokens'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l save -d 'Save these flags, except secrets, in `agentcore.token` of the agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-cognito-inbound-token" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -s a -l agent -d 'Agent whose authorizer the tokens are tried against, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s n -l name -d 'Name of the provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s t -l type -d 'api-key, custom (alias oauth2), or a vendor: google, github, slack, salesforce, microsoft, okta, auth0, cognito, …' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l client-id -d 'Client id' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l discovery-url -d 'Discovery document of the provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l issuer -d 'Issuer, where there is no discovery document' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l authorization-endpoint -d 'Authorization endpoint, where there is no discovery document' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l token-endpoint -d 'Token endpoint, where there is no discovery document' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l tenant-id -d 'Tenant, for Microsoft' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l provider-config -d 'JSON file with more members of the vendor\'s configuration, as the service has them; - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l cognito-pool-id -d 'User pool of the client, which gets the provider\'s callback URL' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l api-key-file -d 'File with the API key, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l api-key-env -d 'Name of the variable that holds the API key' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l api-key -d 'API key; visible to other users of this machine, prefer --api-key-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l client-secret-file -d 'File with the client\'s secret, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l client-secret-env -d 'Name of the variable that holds the client\'s secret' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l client-secret -d 'The client\'s secret; visible to other users of this machine, prefer --client-secret-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l secret-id -l secret-arn -d 'Secret of your own in Secrets Manager, by ARN or name, instead of a value' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l json-key -d 'Key in the secret\'s JSON' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l tags -l tag -d 'Tag on the provider; repeat it for more' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-credential-provider" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s n -l name -d 'Name of the provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s t -l type -d 'api-key or oauth2, where both have the name [default: whichever there is]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-credential-provider" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-credential-providers" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s n -l name -d 'Name of the provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s t -l type -d 'api-key or oauth2, where both have the name [default: whichever there is]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l client-id -d 'Client id' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l discovery-url -d 'Discovery document of the provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l issuer -d 'Issuer, where there is no discovery document' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l authorization-endpoint -d 'Authorization endpoint, where there is no discovery document' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l token-endpoint -d 'Token endpoint, where there is no discovery document' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l tenant-id -d 'Tenant, for Microsoft' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l provider-config -d 'JSON file with more members of the vendor\'s configuration, as the service has them; - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l cognito-pool-id -d 'User pool of the client, which gets the provider\'s callback URL' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l api-key-file -d 'File with the API key, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l api-key-env -d 'Name of the variable that holds the API key' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l api-key -d 'API key; visible to other users of this machine, prefer --api-key-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l client-secret-file -d 'File with the client\'s secret, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l client-secret-env -d 'Name of the variable that holds the client\'s secret' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l client-secret -d 'The client\'s secret; visible to other users of this machine, prefer --client-secret-file' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l secret-id -l secret-arn -d 'Secret of your own in Secrets Manager, by ARN or name, instead of a value' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l json-key -d 'Key in the secret\'s JSON' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l adopt -d 'Change it even if another project made it'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-credential-provider" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s n -l name -d 'Name of the provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s t -l type -d 'api-key or oauth2, where both have the name [default: whichever there is]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s f -l force -l yes -d 'Do not ask before deleting one that this program has no record of making for the agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l adopt -d 'Delete it even if another project made it'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-credential-provider" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s n -l name -d 'Name [default: AGENT-workload]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l return-urls -d 'URLs that people may be sent back to after consent, separated by commas' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l tags -l tag -d 'Tag on it; repeat it for more' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from create-workload-identity" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s n -l name -d 'Name' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from get-workload-identity" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-workload-identities" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s n -l name -d 'Name' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l add-return-urls -d 'Return URLs to add, separated by commas' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l set-return-urls -d 'Return URLs that replace the present ones, separated by commas' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l adopt -d 'Change it even if another project made it'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from update-workload-identity" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s n -l name -d 'Name' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s a -l agent -d 'Agent that uses it, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s f -l force -l yes -d 'Do not ask before deleting one that this program has no record of making for the agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l adopt -d 'Delete it even if another project made it'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from delete-workload-identity" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s a -l audience -d 'Service that is to accept the tokens' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s s -l signing-algorithm -d 'Signing algorithm: ES384 or RS256 [default: ES384]' -r -f -a "ES384\t''
RS256\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s d -l duration -d 'Lifetime in seconds (60 to 3600) [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l agent -d 'Agent that uses them, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from setup-aws-jwt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from list-aws-jwt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s a -l agent -d 'Agent whose credential providers and workload identity are deleted too, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s f -l force -l yes -d 'Do not ask'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l dry-run -l plan -d 'Show what would be deleted and stop; exit 6 when something would be'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from cleanup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "setup-cognito" -d 'Set Amazon Cognito up: a pool for callers and one for the agent\'s own access, or one pool for a whole team'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "token" -d 'Print a token for calling an agent, from any OpenID provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Compare what setup-cognito made with what it was asked for, and try a token of each client'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "create-credential-provider" -d 'Store an API key or an OAuth2 client for an agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "get-credential-provider" -d 'Show one credential provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "list-credential-providers" -d 'Show the credential providers of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "update-credential-provider" -d 'Change a credential provider; what is not named stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "delete-credential-provider" -d 'Delete a credential provider with its secret'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "create-workload-identity" -d 'Create a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "get-workload-identity" -d 'Show one workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "list-workload-identities" -d 'Show the workload identities of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "update-workload-identity" -d 'Change the return URLs of a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "delete-workload-identity" -d 'Delete a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "setup-aws-jwt" -d 'Let an agent get tokens signed by AWS for an outside service, without a secret'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "list-aws-jwt" -d 'Show the services for which an agent gets tokens signed by AWS'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "cleanup" -d 'Delete what this program made for identity, and keep what you brought'
complete -c agentcore -n "__fish_agentcore_using_subcommand identity; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "create" -d 'Create a memory, and wait until it is ACTIVE'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "list" -d 'List the memories of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "get" -d 'Show one memory'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "status" -d 'Show the status of one memory'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "delete" -d 'Delete a memory with all that is in it'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "show" -d 'Show the memory of an agent, and what is in it'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and not __fish_seen_subcommand_from create list get status delete show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s d -l description -d 'What it is for [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s e -l event-expiry-days -d 'Days that an event is kept (3 to 3650) [default: 90]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s s -l strategies -d 'Strategies that make long-term records of events, as the JSON list of CreateMemory [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l role-arn -d 'Role that its strategies run as, where they need one [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l encryption-key-arn -d 'KMS key that encrypts it [default: an AWS owned key]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l max-wait -d 'Seconds to wait [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l wait -d 'Wait until it and its strategies are ready, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l no-wait -d 'Do not wait'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -s n -l max-results -d 'Maximum number of rows [default: 100]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -s m -l memory-id -d 'The same as ID, as a flag [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -s m -l memory-id -d 'The same as ID, as a flag [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s m -l memory-id -d 'The same as ID, as a flag [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l max-wait -d 'Seconds to wait [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l wait -d 'Wait until it is gone'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s f -l force -l yes -d 'Do not ask for confirmation on a terminal; elsewhere nothing is asked'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s m -l memory-id -d 'Id of the memory [default: that of the agent\'s configuration]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s a -l agent -d 'Agent whose memory it is, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l file -d 'Write the data to a file as well, as JSON [short: -o FILE]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -f -a "events" -d 'Show events: what was said, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -f -a "records" -d 'Show records: what the memory\'s strategies made of the events'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from show" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a memory, and wait until it is ACTIVE'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the memories of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "get" -d 'Show one memory'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show the status of one memory'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "delete" -d 'Delete a memory with all that is in it'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the memory of an agent, and what is in it'
complete -c agentcore -n "__fish_agentcore_using_subcommand memory; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "create-mcp-gateway" -d 'Create a gateway that callers with a token may use, with a role of its own'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "create-mcp-gateway-target" -d 'Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "delete-mcp-gateway" -d 'Delete a gateway and the role that was made for it'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "delete-mcp-gateway-target" -d 'Delete a target and what was made for it'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "list-mcp-gateways" -d 'Show the gateways of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "get-mcp-gateway" -d 'Show one gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "list-mcp-gateway-targets" -d 'Show the targets of a gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "get-mcp-gateway-target" -d 'Show one target'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "update-gateway" -d 'Change a gateway; what is not named stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and not __fish_seen_subcommand_from create-mcp-gateway create-mcp-gateway-target delete-mcp-gateway delete-mcp-gateway-target list-mcp-gateways get-mcp-gateway list-mcp-gateway-targets get-mcp-gateway-target update-gateway help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l name -d 'Name: letters, digits and hyphens [default: TestGateway and eight characters that stand for this folder]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l description -d 'What it is for [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l role-arn -d 'ARN of a role of your own [default: one is made for this gateway]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l authorizer-config -d 'Who may call it, as JSON with `customJWTAuthorizer` [default: the client for machines that was set up in this folder]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l exception-level -d 'DEBUG: tell callers why a tool failed [default: tell them only that it failed]' -r -f -a "DEBUG\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l enable-semantic-search -d 'Let callers search for tools by meaning, which is the default [short: -sem]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l no-semantic-search -d 'Do not let callers search for tools by meaning; it cannot be changed later'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l gateway-arn -l arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l gateway-id -l id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l gateway-name -d 'Exact name of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l gateway-url -d 'Accepted for scripts of the starter toolkit; not used' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l role-arn -d 'ARN of the gateway\'s role; any other is refused [default: read from the gateway]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l name -d 'Name of the target, the first part of its tools\' names [default: TestGatewayTarget and eight characters that stand for the payload]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l target-type -d 'Type of the target [default: lambda]' -r -f -a "lambda\t''
openApiSchema\t''
mcpServer\t''
smithyModel\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l target-payload -d 'What the target is, as JSON, see below' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l credentials -d 'How the gateway authenticates to the target, as JSON, see below; visible to other users of this machine' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l credentials-file -d 'File with the same, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l adopt -d 'Allow a gateway of another project'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from create-mcp-gateway-target" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l id -l gateway-id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l arn -l gateway-arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l name -l gateway-name -d 'Exact name of the gateway, instead of its id [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l force -d 'Delete its targets too'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l adopt -d 'Delete it even if another project made it'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l id -l gateway-id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l arn -l gateway-arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l name -l gateway-name -d 'Exact name of the gateway, instead of its id [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l target-id -d 'Id of the target' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l target-name -d 'Exact name of the target' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l adopt -d 'Delete it even if another project made the gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from delete-mcp-gateway-target" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l name -d 'Only the gateway of this exact name [default: all]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -s m -l max-results -d 'How many to show at most, 1 to 1000' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateways" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l id -l gateway-id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l arn -l gateway-arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l name -l gateway-name -d 'Exact name of the gateway, instead of its id [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l id -l gateway-id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l arn -l gateway-arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l name -l gateway-name -d 'Exact name of the gateway, instead of its id [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -s m -l max-results -d 'How many to show at most, 1 to 1000' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from list-mcp-gateway-targets" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l id -l gateway-id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l arn -l gateway-arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l name -l gateway-name -d 'Exact name of the gateway, instead of its id [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l target-id -d 'Id of the target' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l target-name -d 'Exact name of the target' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from get-mcp-gateway-target" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l id -l gateway-id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l arn -l gateway-arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l name -l gateway-name -d 'Exact name of the gateway, instead of its id [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l description -d 'What it is for [default: unchanged]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l policy-engine-arn -d 'ARN of the policy engine that decides on calls [default: unchanged]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l policy-engine-mode -d 'Whether the engine\'s decisions are enforced or only logged [default: ENFORCE with --policy-engine-arn]' -r -f -a "LOG_ONLY\t''
ENFORCE\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l authorizer-config -d 'Who may call it, as JSON with `customJWTAuthorizer` [default: unchanged]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l adopt -d 'Change it even if another project made it'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from update-gateway" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "create-mcp-gateway" -d 'Create a gateway that callers with a token may use, with a role of its own'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "create-mcp-gateway-target" -d 'Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "delete-mcp-gateway" -d 'Delete a gateway and the role that was made for it'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "delete-mcp-gateway-target" -d 'Delete a target and what was made for it'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "list-mcp-gateways" -d 'Show the gateways of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "get-mcp-gateway" -d 'Show one gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "list-mcp-gateway-targets" -d 'Show the targets of a gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "get-mcp-gateway-target" -d 'Show one target'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "update-gateway" -d 'Change a gateway; what is not named stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand gateway; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l agent-id -l arn -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l endpoint -d 'Endpoint whose log is read [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l since -d 'Start of the period: an age (30s, 10m, 2h, 7d) or a time in ISO 8601 [default: 10m]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l until -d 'End of the period, in the same forms [default: now]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s s -l session -l session-id -d 'Only lines of this session [default: all]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l request -d 'Only lines that name this request [default: all]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l level -d 'Only lines of this level or worse; lines without a level are left out [default: all]' -r -f -a "error\t''
warn\t''
info\t''
debug\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l grep -d 'Only lines that match this regular expression [default: all]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s n -l limit -d 'Only the newest N lines [default: all, but 10000 with `-o json`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s f -l follow -d 'Follow the log until Ctrl-C or `--timeout`'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l ndjson -d 'A JSON object for each line, as it arrives; `-o ndjson` adds the name of its schema and a last line with the outcome'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand logs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -f -a "list" -d 'List the traces of a session, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -f -a "show" -d 'Show a trace as a tree of its spans, with what was said'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and not __fish_seen_subcommand_from list show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l agent-id -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s d -l days -d 'Days to look back [default: 7]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l since -d 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l endpoint -d 'Endpoint whose spans are shown [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s s -l session-id -l session -d 'Session [default: the one that `invoke` used last, else the newest with spans]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l errors -d 'Only traces that failed'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l agent-id -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s d -l days -d 'Days to look back [default: 7]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l since -d 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l endpoint -d 'Endpoint whose spans are shown [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s t -l trace-id -d 'The trace of this id [default: the newest of the session]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s s -l session-id -l session -d 'Session [default: the one that `invoke` used last, else the newest with spans]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s n -l last -d 'Which trace, counted from the newest [default: 1]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l file -d 'Write the data to a file as well, as JSON [short: -o FILE]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l all -d 'All traces of the session'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l errors -d 'Only traces that failed'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the traces of a session, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a trace as a tree of its spans, with what was said'
complete -c agentcore -n "__fish_agentcore_using_subcommand traces; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -f -a "list" -d 'List the traces of a session, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -f -a "show" -d 'Show a trace as a tree of its spans, with what was said'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and not __fish_seen_subcommand_from list show help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l agent-id -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s d -l days -d 'Days to look back [default: 7]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l since -d 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l endpoint -d 'Endpoint whose spans are shown [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s s -l session-id -l session -d 'Session [default: the one that `invoke` used last, else the newest with spans]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l errors -d 'Only traces that failed'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l agent-id -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s d -l days -d 'Days to look back [default: 7]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l since -d 'Start of the period, instead of `--days`: an age (10m, 2h, 7d) or a time in ISO 8601 [default: as `--days`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l endpoint -d 'Endpoint whose spans are shown [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s t -l trace-id -d 'The trace of this id [default: the newest of the session]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s s -l session-id -l session -d 'Session [default: the one that `invoke` used last, else the newest with spans]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s n -l last -d 'Which trace, counted from the newest [default: 1]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l file -d 'Write the data to a file as well, as JSON [short: -o FILE]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l all -d 'All traces of the session'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l errors -d 'Only traces that failed'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the traces of a session, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a trace as a tree of its spans, with what was said'
complete -c agentcore -n "__fish_agentcore_using_subcommand obs; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -f -a "check" -d 'Check everything that logs and traces need; exit 6 if something has to be changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -f -a "enable" -d 'Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the whole account'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -f -a "disable" -d 'Delete the deliveries that `enable` made; log groups and account settings stay'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and not __fish_seen_subcommand_from check enable disable help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l agent-id -l arn -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l endpoint -d 'Endpoint whose log is checked [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l gateway -d 'ID of a gateway to include; repeat it for more [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l agent-id -l arn -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l endpoint -d 'Endpoint whose log is checked [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l gateway -d 'ID of a gateway to include; repeat it for more [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l retention-days -d 'Days to keep the agent\'s log and the delivered logs: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 [default: as they are]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l sampling -d 'Percent of the account\'s spans that are indexed as traces [default: as it is]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l plan -l dry-run -d 'Show what would be done, and stop; exit 6 when something would be'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l account-wide -d 'Also switch on Transaction Search, which affects every application in the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l agent-id -l arn -d 'ID or ARN of the agent\'s runtime; needs no configuration [default: the configured agent\'s]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l endpoint -d 'Endpoint whose log is checked [default: DEFAULT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l gateway -d 'ID of a gateway to include; repeat it for more [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l plan -l dry-run -d 'Show what would be deleted, and stop; exit 6 when something would be'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check everything that logs and traces need; exit 6 if something has to be changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from help" -f -a "enable" -d 'Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the whole account'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from help" -f -a "disable" -d 'Delete the deliveries that `enable` made; log groups and account settings stay'
complete -c agentcore -n "__fish_agentcore_using_subcommand observability; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -f -a "policy" -d 'Print the smallest IAM policy that some commands need; nothing is changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -f -a "role" -d 'Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and not __fish_seen_subcommand_from policy role help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l for -d 'Commands, separated by commas; a group\'s first word stands for all of it: all, deploy, operate, launch, launch --smoke, launch --canary, status, status --drift, invoke, invoke --user-id, stop-session, sessions stop, exec, shell, logs, endpoint list, endpoint create, endpoint promote, endpoint delete, versions, rollback, adopt, export, destroy, destroy --delete-ecr-repo, destroy --delete-memory, traces list, traces show, observability check, observability enable, observability enable --account-wide, observability disable, memory create, memory list, memory get, memory status, memory delete, memory show, identity setup-cognito, identity setup-cognito --team, identity token, identity verify, identity cleanup, identity create-credential-provider, identity get-credential-provider, identity list-credential-providers, identity update-credential-provider, identity delete-credential-provider, identity create-workload-identity, identity get-workload-identity, identity list-workload-identities, identity update-workload-identity, identity delete-workload-identity, identity setup-aws-jwt, gateway list-mcp-gateways, gateway get-mcp-gateway, gateway list-mcp-gateway-targets, gateway get-mcp-gateway-target, gateway create-mcp-gateway, gateway create-mcp-gateway-target, gateway create-mcp-gateway-target --credentials, gateway update-gateway, gateway update-gateway --policy-engine-arn, gateway delete-mcp-gateway-target, gateway delete-mcp-gateway, environments list --remote, doctor' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -s a -l agent -d 'Agent that the commands are for, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l with-environments -d 'Also for the agent\'s environments of these names, such as pr-*; --environment \'pr-*\' is for those alone [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l account -d 'Account of the resources, twelve digits [default: that of the configuration, else that of the AWS credentials]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l out -d 'Language of the result: json, terraform or cloudformation [default: json]' -r -f -a "json\t''
terraform\t'HCL for the provider hashicorp/aws'
cloudformation\t'A CloudFormation template in JSON'"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l all-agents -d 'For every agent of the account whose resources have the names that launch gives'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l codebuild -d 'Allow building images in CodeBuild [default: as configured]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l github -d 'Repository on GitHub whose workflows may assume the role; OWNER@ID/REPOSITORY@ID for one made since July 2026' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l github-environment -d 'Only jobs of this GitHub environment, whatever their branch [default: the branch counts]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l gitlab -d 'Project on gitlab.com whose pipelines may assume the role' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l branch -d 'Only runs for this branch [default: main]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l issuer -d 'Issuer of the tokens, for any other OpenID Connect provider' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l subject -d '`sub` of the tokens; a `*` stands for any text' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l audience -d '`aud` of the tokens' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l name -d 'Name of the role [default: agentcore-deploy-AGENT]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l for -d 'Commands, separated by commas; a group\'s first word stands for all of it: all, deploy, operate, launch, launch --smoke, launch --canary, status, status --drift, invoke, invoke --user-id, stop-session, sessions stop, exec, shell, logs, endpoint list, endpoint create, endpoint promote, endpoint delete, versions, rollback, adopt, export, destroy, destroy --delete-ecr-repo, destroy --delete-memory, traces list, traces show, observability check, observability enable, observability enable --account-wide, observability disable, memory create, memory list, memory get, memory status, memory delete, memory show, identity setup-cognito, identity setup-cognito --team, identity token, identity verify, identity cleanup, identity create-credential-provider, identity get-credential-provider, identity list-credential-providers, identity update-credential-provider, identity delete-credential-provider, identity create-workload-identity, identity get-workload-identity, identity list-workload-identities, identity update-workload-identity, identity delete-workload-identity, identity setup-aws-jwt, gateway list-mcp-gateways, gateway get-mcp-gateway, gateway list-mcp-gateway-targets, gateway get-mcp-gateway-target, gateway create-mcp-gateway, gateway create-mcp-gateway-target, gateway create-mcp-gateway-target --credentials, gateway update-gateway, gateway update-gateway --policy-engine-arn, gateway delete-mcp-gateway-target, gateway delete-mcp-gateway, environments list --remote, doctor' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -s a -l agent -d 'Agent that the commands are for, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l with-environments -d 'Also for the agent\'s environments of these names, such as pr-*; --environment \'pr-*\' is for those alone [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l account -d 'Account of the resources, twelve digits [default: that of the configuration, else that of the AWS credentials]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l out -d 'Language of the result: json, terraform or cloudformation [default: json]' -r -f -a "json\t''
terraform\t'HCL for the provider hashicorp/aws'
cloudformation\t'A CloudFormation template in JSON'"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l pull-requests -l merge-requests -d 'Runs for pull requests too; on GitLab that is runs for any branch, whose subjects merge requests have'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l all-agents -d 'For every agent of the account whose resources have the names that launch gives'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l codebuild -d 'Allow building images in CodeBuild [default: as configured]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from help" -f -a "policy" -d 'Print the smallest IAM policy that some commands need; nothing is changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from help" -f -a "role" -d 'Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand iam; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l name -d 'Name: letters, digits and hyphens [default: TestGateway and eight characters that stand for this folder]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l description -d 'What it is for [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l role-arn -d 'ARN of a role of your own [default: one is made for this gateway]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l authorizer-config -d 'Who may call it, as JSON with `customJWTAuthorizer` [default: the client for machines that was set up in this folder]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l exception-level -d 'DEBUG: tell callers why a tool failed [default: tell them only that it failed]' -r -f -a "DEBUG\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l enable-semantic-search -d 'Let callers search for tools by meaning, which is the default [short: -sem]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l no-semantic-search -d 'Do not let callers search for tools by meaning; it cannot be changed later'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l gateway-arn -l arn -d 'ARN of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l gateway-id -l id -d 'Id of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l gateway-name -d 'Exact name of the gateway' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l gateway-url -d 'Accepted for scripts of the starter toolkit; not used' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l role-arn -d 'ARN of the gateway\'s role; any other is refused [default: read from the gateway]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l name -d 'Name of the target, the first part of its tools\' names [default: TestGatewayTarget and eight characters that stand for the payload]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l target-type -d 'Type of the target [default: lambda]' -r -f -a "lambda\t''
openApiSchema\t''
mcpServer\t''
smithyModel\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l target-payload -d 'What the target is, as JSON, see below' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l credentials -d 'How the gateway authenticates to the target, as JSON, see below; visible to other users of this machine' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l credentials-file -d 'File with the same, or - for stdin' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l wait-timeout -d 'Seconds that the whole command may take [default: 300]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l adopt -d 'Allow a gateway of another project'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l wait -d 'Wait until it is READY, or gone, which is the default'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l no-wait -d 'Return as soon as the service has taken the request; deleting a gateway waits all the same for its targets, and for itself where its role goes too'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand create_mcp_gateway_target" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -f -a "list" -d 'Show the declared environments, and those that have a record in this checkout'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and not __fish_seen_subcommand_from list help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l remote -d 'Also look for environments of this project in the account, by their tags, in one region'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from help" -f -a "list" -d 'Show the declared environments, and those that have a record in this checkout'
complete -c agentcore -n "__fish_agentcore_using_subcommand environments; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -f -a "init" -d 'Write a workflow: plan on a pull request, launch on the main branch, destroy on close'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and not __fish_seen_subcommand_from init help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l branch -d 'Branch that is launched on every push [default: main]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l role-arn -d 'Role that the workflow assumes [default: that of the variable AGENTCORE_ROLE_ARN there]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l force -d 'Overwrite an edited file, of which a copy is kept beside the new one'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a workflow: plan on a pull request, launch on the main branch, destroy on close'
complete -c agentcore -n "__fish_agentcore_using_subcommand ci; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "run" -d 'Start a sandbox, run a command in its environment, stop it, and exit with the command\'s status'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "start" -d 'Start a sandbox in the background; `--region` and `--account` of the first start are kept'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "stop" -d 'Stop the sandbox'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "status" -d 'Say whether the sandbox runs, and where'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "env" -d 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "page" -d 'Print the address of the page that calls the sandbox\'s agents and shows their requests, logs and spans; the address includes a key'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "reset" -d 'Forget everything in a stopped sandbox'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "serve" -d 'Run a sandbox in the foreground'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and not __fish_seen_subcommand_from run start stop status env page reset serve help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l port -d 'Port on 127.0.0.1 [default: a free one, which is kept for the next start]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l account -d 'Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l runner -d 'How agents run: auto, container or process [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l model -d 'Server with OpenAI\'s chat completions API that answers calls of Bedrock models, such as `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a stand-in, which is not a model]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l model-name -d 'Model that the server is asked for [default: the id in the call]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l allow-local-images -d 'Accept image URIs that point at the sandbox\'s own registry'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l without-mmdsv2 -d 'Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l enforce-iam -d 'Judge callers: sessions of roles may do only what their policies allow; the sandbox\'s own user may do everything'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l port -d 'Port on 127.0.0.1 [default: a free one, which is kept for the next start]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l account -d 'Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l runner -d 'How agents run: auto, container or process [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l model -d 'Server with OpenAI\'s chat completions API that answers calls of Bedrock models, such as `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a stand-in, which is not a model]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l model-name -d 'Model that the server is asked for [default: the id in the call]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l allow-local-images -d 'Accept image URIs that point at the sandbox\'s own registry'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l without-mmdsv2 -d 'Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l enforce-iam -d 'Judge callers: sessions of roles may do only what their policies allow; the sandbox\'s own user may do everything'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from page" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l all -d 'Also forget its keys, account, region and port'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l dir -d 'Folder of the sandbox\'s state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l port -d 'Port on 127.0.0.1 [default: a free one, which is kept for the next start]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l account -d 'Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l runner -d 'How agents run: auto, container or process [default: auto]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l model -d 'Server with OpenAI\'s chat completions API that answers calls of Bedrock models, such as `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a stand-in, which is not a model]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l model-name -d 'Model that the server is asked for [default: the id in the call]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l allow-local-images -d 'Accept image URIs that point at the sandbox\'s own registry'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l without-mmdsv2 -d 'Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l enforce-iam -d 'Judge callers: sessions of roles may do only what their policies allow; the sandbox\'s own user may do everything'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "run" -d 'Start a sandbox, run a command in its environment, stop it, and exit with the command\'s status'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "start" -d 'Start a sandbox in the background; `--region` and `--account` of the first start are kept'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "stop" -d 'Stop the sandbox'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "status" -d 'Say whether the sandbox runs, and where'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "env" -d 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "page" -d 'Print the address of the page that calls the sandbox\'s agents and shows their requests, logs and spans; the address includes a key'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Forget everything in a stopped sandbox'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Run a sandbox in the foreground'
complete -c agentcore -n "__fish_agentcore_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand lead-terminal" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -s a -l agent -d 'Agent, instead of the default one' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l token-file -l bearer-token-file -d 'File with a caller\'s token to judge, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l offline -d 'Send no requests: check only this machine and the configuration'
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -f -a "config" -d 'Print the JSON Schema of .bedrock_agentcore.yaml'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -f -a "output" -d 'Print the JSON Schema of what commands print with -o json'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -f -a "events" -d 'Print the JSON Schema of a line of the log of events'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and not __fish_seen_subcommand_from config output events help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from output" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from events" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "config" -d 'Print the JSON Schema of .bedrock_agentcore.yaml'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "output" -d 'Print the JSON Schema of what commands print with -o json'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "events" -d 'Print the JSON Schema of a line of the log of events'
complete -c agentcore -n "__fish_agentcore_using_subcommand schema; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l static -d 'Print a self-contained script: it completes commands, flags and their choices, but not your agents, endpoints or profiles'
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l out -d 'Folder to write the pages of all commands to, instead of printing one [default: stdout]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l profile -d 'AWS profile [env: AWS_PROFILE] [default: `default`]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -s r -l region -d 'AWS region [env: AWS_REGION, AWS_DEFAULT_REGION] [default: that of the configuration, then of the profile]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l config -d 'Configuration file [env: AGENTCORE_CONFIG] [default: the nearest .bedrock_agentcore.yaml]' -r -F
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l environment -d 'Environment of the agents: a declared one, or a branch\'s [env: AGENTCORE_ENVIRONMENT] [default: none]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -s o -l output -d 'Output format [default: text]' -r -f -a "text\t'For people'
json\t'One document {schema, ok, data | error}'
ndjson\t'A line of JSON for each part as it arrives, then the document: logs, invoke, status --watch'"
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l timeout -d 'Seconds that the whole command may take; 0 for no limit [default: none, but 3600 for invoke]' -r
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l color -d 'When to colour [env: NO_COLOR, CLICOLOR_FORCE] [default: auto]' -r -f -a "auto\t''
always\t''
never\t''"
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l trust-config -d 'Let the configuration run its token command and read secrets of this machine [env: AGENTCORE_TRUST_CONFIG]'
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -l non-interactive -d 'Never ask; a missing answer is an error that names its flag [short: -ni; env: CI]'
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -s q -l quiet -d 'Say less on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -s v -l verbose -d 'Say more on stderr'
complete -c agentcore -n "__fish_agentcore_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "create" -d 'Make a new project: a small agent with a tool, its tests and its configuration'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "configure" -d 'Describe an agent: entrypoint, authorizer, role, network; writes .bedrock_agentcore.yaml'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "build" -d 'Build the artifact and stop: an image, or an archive of code'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "check" -d 'Find what in the agent\'s source would fail only in the cloud: syntax, imports, a missing server'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "launch" -d 'Build the agent\'s image, push it, create or update its runtime, and wait until it is READY'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "dev" -d 'Run the agent on this machine behind its authorizer, and reload it when a file is saved; no AWS API is called'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "status" -d 'Show what is configured and what is deployed'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "endpoint" -d 'Endpoints that stay on a version: list, create, promote, delete'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "versions" -d 'Show the versions of the agent: what each one runs, since when, by whom, and which endpoints serve it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "rollback" -d 'Go back to an earlier version, without a build'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "adopt" -d 'Write a configuration from a live runtime, or copy changes made elsewhere into it; changes nothing in AWS'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "export" -d 'Print the definition of what is deployed for Terraform, CloudFormation or boto3'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "invoke" -d 'Call the agent; its answer goes to stdout unchanged'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "stop-session" -d 'End a session of the agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "exec" -d 'Run a command in a session of the agent; its output and exit status are the command\'s'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "shell" -d 'Open a terminal in a session of the agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "sessions" -d 'Sessions that were started from here: list and stop them'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "destroy" -d 'Delete what launch created for the agent, and keep what you brought'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "auth" -d 'Who may call an agent: check a token, explain the rules, test that they hold'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "identity" -d 'Set up Amazon Cognito, get tokens for callers, and keep the keys that agents need'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "memory" -d 'Memories: what agents remember across sessions'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "gateway" -d 'Gateways that give agents tools: create, show, change and delete them and their targets'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "logs" -d 'Show or follow what the agent logs'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "traces" -d 'Traces of an agent: what it did in a session, span by span'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "obs" -d 'The same as `traces`, as the starter toolkit calls it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "observability" -d 'Whether logs and traces reach CloudWatch, and what switches them on'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "iam" -d 'Permissions: the smallest IAM policy for some commands, and a role for a pipeline'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "create_mcp_gateway" -d 'The same as `gateway create-mcp-gateway`'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "create_mcp_gateway_target" -d 'The same as `gateway create-mcp-gateway-target`'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "environments" -d 'Environments of the agents: the declared ones, and those of branches'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "ci" -d 'Pipelines: write the workflow of a CI system'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "sandbox" -d 'A local AWS that runs agents behind the same auth, with no account'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "lead-terminal" -d 'Take the terminal that is stdin, and become a command at it: how a sandbox starts shells'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "doctor" -d 'Check everything that a launch or a call depends on, and say what is wrong and how to fix it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "explain" -d 'Say what the code of an error means and what to do; without one, list all codes'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "schema" -d 'JSON Schemas of the configuration file and of what commands print'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "completions" -d 'Print a completion script'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "man" -d 'Print the manual page of a command, or write those of all commands'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and not __fish_seen_subcommand_from create configure build check launch dev status endpoint versions rollback adopt export invoke stop-session exec shell sessions destroy auth identity memory gateway logs traces obs observability iam create_mcp_gateway create_mcp_gateway_target environments ci sandbox lead-terminal doctor explain schema completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from create" -f -a "import" -d 'Not here: npx @aws/agentcore create --type import --name NAME'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from configure" -f -a "list" -d 'List the agents of the configuration file'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from configure" -f -a "set-default" -d 'Make an agent the one that commands take without --agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from configure" -f -a "show" -d 'Show an agent\'s resolved values and where each came from'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from configure" -f -a "validate" -d 'Check the configuration file and list every fault with its position; exit 2 if there is one'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from endpoint" -f -a "list" -d 'List the endpoints of the agent and the version that each one serves'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from endpoint" -f -a "create" -d 'Create an endpoint that stays on one version; an existing one is left as it is'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from endpoint" -f -a "promote" -d 'Point an endpoint to another version'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from endpoint" -f -a "delete" -d 'Delete an endpoint; its version stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "list" -d 'List the sessions that invoke, exec and shell started or used from here'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sessions" -f -a "stop" -d 'End sessions: the same as `stop-session` for each'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "check" -d 'Would this token pass? Every rule of the authorizer with its verdict'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "explain" -d 'What the authorizer accepts, what reaches the agent\'s code, and what looks wrong'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from auth" -f -a "test" -d 'Send the agent callers that must be refused, and one who must pass'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "setup-cognito" -d 'Set Amazon Cognito up: a pool for callers and one for the agent\'s own access, or one pool for a whole team'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "token" -d 'Print a token for calling an agent, from any OpenID provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "verify" -d 'Compare what setup-cognito made with what it was asked for, and try a token of each client'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "create-credential-provider" -d 'Store an API key or an OAuth2 client for an agent'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "get-credential-provider" -d 'Show one credential provider'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "list-credential-providers" -d 'Show the credential providers of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "update-credential-provider" -d 'Change a credential provider; what is not named stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "delete-credential-provider" -d 'Delete a credential provider with its secret'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "create-workload-identity" -d 'Create a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "get-workload-identity" -d 'Show one workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "list-workload-identities" -d 'Show the workload identities of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "update-workload-identity" -d 'Change the return URLs of a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "delete-workload-identity" -d 'Delete a workload identity'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "setup-aws-jwt" -d 'Let an agent get tokens signed by AWS for an outside service, without a secret'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "list-aws-jwt" -d 'Show the services for which an agent gets tokens signed by AWS'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from identity" -f -a "cleanup" -d 'Delete what this program made for identity, and keep what you brought'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from memory" -f -a "create" -d 'Create a memory, and wait until it is ACTIVE'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from memory" -f -a "list" -d 'List the memories of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from memory" -f -a "get" -d 'Show one memory'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from memory" -f -a "status" -d 'Show the status of one memory'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from memory" -f -a "delete" -d 'Delete a memory with all that is in it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from memory" -f -a "show" -d 'Show the memory of an agent, and what is in it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "create-mcp-gateway" -d 'Create a gateway that callers with a token may use, with a role of its own'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "create-mcp-gateway-target" -d 'Add a Lambda function, an OpenAPI service, an MCP server or a Smithy model to a gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "delete-mcp-gateway" -d 'Delete a gateway and the role that was made for it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "delete-mcp-gateway-target" -d 'Delete a target and what was made for it'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "list-mcp-gateways" -d 'Show the gateways of the account and region'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "get-mcp-gateway" -d 'Show one gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "list-mcp-gateway-targets" -d 'Show the targets of a gateway'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "get-mcp-gateway-target" -d 'Show one target'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from gateway" -f -a "update-gateway" -d 'Change a gateway; what is not named stays'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from traces" -f -a "list" -d 'List the traces of a session, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from traces" -f -a "show" -d 'Show a trace as a tree of its spans, with what was said'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from obs" -f -a "list" -d 'List the traces of a session, the newest first'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from obs" -f -a "show" -d 'Show a trace as a tree of its spans, with what was said'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from observability" -f -a "check" -d 'Check everything that logs and traces need; exit 6 if something has to be changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from observability" -f -a "enable" -d 'Deliver traces of the agent, and logs and traces of its memory and of gateways; lists what would affect the whole account'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from observability" -f -a "disable" -d 'Delete the deliveries that `enable` made; log groups and account settings stay'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from iam" -f -a "policy" -d 'Print the smallest IAM policy that some commands need; nothing is changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from iam" -f -a "role" -d 'Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from environments" -f -a "list" -d 'Show the declared environments, and those that have a record in this checkout'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from ci" -f -a "init" -d 'Write a workflow: plan on a pull request, launch on the main branch, destroy on close'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "run" -d 'Start a sandbox, run a command in its environment, stop it, and exit with the command\'s status'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "start" -d 'Start a sandbox in the background; `--region` and `--account` of the first start are kept'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "stop" -d 'Stop the sandbox'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "status" -d 'Say whether the sandbox runs, and where'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "env" -d 'Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "page" -d 'Print the address of the page that calls the sandbox\'s agents and shows their requests, logs and spans; the address includes a key'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "reset" -d 'Forget everything in a stopped sandbox'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "serve" -d 'Run a sandbox in the foreground'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "config" -d 'Print the JSON Schema of .bedrock_agentcore.yaml'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "output" -d 'Print the JSON Schema of what commands print with -o json'
complete -c agentcore -n "__fish_agentcore_using_subcommand help; and __fish_seen_subcommand_from schema" -f -a "events" -d 'Print the JSON Schema of a line of the log of events'
