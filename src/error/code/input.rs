//! Rows of the table of codes: arguments, input and the configuration file, and those without a more precise code.

macro_rules! input_codes {
    ($($next:ident)*; $($rows:tt)*) => {
        chain! {
            $($next)*; $($rows)*
            "Without a more precise code" {
                Failed = "failed" [Failed] "Something did not work, and the message says what."
                    "Correct what the message names, then run the command again.";
                Usage = "usage" [Usage] "The arguments or the configuration are wrong; nothing was touched."
                    "Correct what the message names; `--help` after the command lists its arguments.";
                Refused = "refused" [Refused] "The agent refused the caller (401 or 403)."
                    "Run `agentcore auth check` with the token to see which rule of the authorizer it fails.";
                Credentials = "credentials" [Credentials] "AWS credentials are missing, expired, or not allowed to do this."
                    "Log in again, or choose another profile with `--profile`.";
                NotFound = "not-found" [NotFound] "What was asked for does not exist, or is not deployed."
                    "Check the name, the account and the region: `agentcore status`.";
                ChangesPending = "changes-pending" [Pending] "A plan found changes that are not applied."
                    "Run the command without `--plan` or `--dry-run` to apply them.";
                Deadline = "deadline" [Deadline] "A deadline passed; remote work may go on."
                    "Run the command again: it continues where it stopped. `--timeout SECONDS` waits longer.";
                AgentFailed = "agent-failed" [Agent] "The agent itself failed (424, or an error event in its answer)."
                    "Read the agent's log, which the hint names.";
                Partial = "partial" [Partial] "Some steps are done and others are not."
                    "Correct the cause and run the command of the hint: it continues with what is left.";
                Interrupted = "interrupted" [Interrupted] "Ctrl-C or a termination signal ended the command."
                    "Run the command again: it continues where it stopped.";
                Declined = "declined" [Failed] "The question was answered with no, so nothing was changed."
                    "Answer yes, or pass the flag that the question names.";
                Unsupported = "unsupported" [Usage] "The flag or value belongs to a feature that this version does not have."
                    "Leave it out; the hint names what takes its place.";
            }
            "Arguments and input" {
                UsageConflict = "usage.conflict" [Usage] "Two arguments or settings exclude each other."
                    "Leave out one of those that the message names.";
                UsageMissing = "usage.missing" [Usage] "An argument needs another one that is not there."
                    "Add the argument that the message names.";
                UsageToolkitCommand = "usage.toolkit-command" [Usage]
                    "A command of the starter toolkit that this program does not have."
                    "Run the command of the hint in its place: it has the values that were given.";
                InputAmbiguous = "input.ambiguous" [Usage] "The name fits more than one thing."
                    "Say which one is meant with the flag of the hint.";
                InputArguments = "input.arguments" [Usage] "The arguments of a tool are not a JSON object."
                    "Pass `'{\"name\": \"value\"}'`; `agentcore invoke --list-tools` shows what each tool takes.";
                InputArn = "input.arn" [Usage] "The text is not an ARN of the expected kind."
                    "Copy the ARN from the command that the hint names.";
                CiFileEdited = "ci.file-edited" [Usage] "A file of the workflow was edited, or was never made by `ci init`."
                    "Keep it, or have it written anew with `--force`: yours is kept beside it.";
                InputBuildArg = "input.build-arg" [Usage] "A build argument is not `NAME=VALUE`, or its name cannot be one."
                    "Write `--build-arg NAME=VALUE`, with letters, digits and underscores in the name.";
                InputBuildArgSecret = "input.build-arg-secret" [Usage]
                    "A build argument looks like a secret, and build arguments stay in the image's history."
                    "Pass it with `--build-secret NAME` and read it in the Dockerfile with `RUN --mount=type=secret`.";
                InputBuildSecret = "input.build-secret" [Usage] "A secret that the build needs is not set in the environment."
                    "Set the variable that the message names.";
                InputCommand = "input.command" [Usage] "The command line is empty, or longer than the service takes."
                    "Give one command line, as in `agentcore exec COMMAND`; a longer one goes into a file of the agent.";
                InputEndpoint = "input.endpoint" [Usage]
                    "The name of a runtime endpoint is not valid, or the ARN names another one."
                    "Use a letter, then letters, digits and underscores, 48 at most; or leave out `--endpoint`.";
                InputFolder = "input.folder" [Usage] "The folder of a new project exists and is not empty."
                    "Choose another name, or move the folder away.";
                InputFrame = "input.frame" [Usage] "A message is larger than a web socket frame of the service."
                    "Send it in pieces, or without `--ws`.";
                InputHeader = "input.header" [Usage] "A request header is not `Name: value`, or is set by the program itself."
                    "Write `-H 'Name: value'`, or leave the header out.";
                InputImageTag = "input.image-tag" [Usage] "The text is not a tag of an image."
                    "Leave out `--image-tag` for one made from the time.";
                InputInclude = "input.include" [Usage]
                    "`--include` names a path that is not in the source, or that takes nothing in."
                    "Name a file as `agentcore build --plan` shows it, or leave the flag out.";
                InputJson = "input.json" [Usage] "The payload is not JSON." "Correct it at the line and column of the cause.";
                InputMissing = "input.missing" [Usage] "A value that is needed was not given, and nobody could be asked."
                    "Pass the flag that the hint names, or set its variable.";
                InputProtocol = "input.protocol" [Usage] "The arguments do not fit the protocol that the agent speaks."
                    "Use the flags of its protocol, as the hint shows, or say another with `--protocol`.";
                InputSessionId = "input.session-id" [Usage] "The text is not a session id."
                    "Use 33 to 256 letters, digits, `-` and `_`, such as a UUID, or leave `--session-id` out.";
                InputShellId = "input.shell-id" [Usage] "The text is not the id of a shell."
                    "Use letters, digits, `-` and `_`, 128 at most, and a letter or a digit first.";
                InputStdin = "input.stdin" [Usage] "More than one secret was to be read from stdin."
                    "Put the others into files or variables.";
                InputTerminal = "input.terminal" [Usage] "A shell needs a terminal, and stdin or stdout is not one."
                    "Run commands of scripts with `agentcore exec COMMAND`.";
                InputTokenLength = "input.token-length" [Usage] "The bearer token is too long for the header that carries it to a shell."
                    "Ask the provider for a token with fewer claims, or use `agentcore exec COMMAND`, which has no such limit.";
                InputUnreadable = "input.unreadable" [Usage] "A file with a value could not be read, or is empty."
                    "Check the path and that the file is readable and has content.";
                InputValue = "input.value" [Usage] "The value of an argument is not one that it takes."
                    "Use one that the message or the hint names.";
            }
            "Configuration file" {
                ConfigDefaultAgent = "config.default-agent" [Usage] "`default_agent` names an agent that is not in the file."
                    "Correct `default_agent` in the file, or delete the line.";
                ConfigDuplicateKey = "config.duplicate-key" [Usage] "A key stands twice in one mapping."
                    "Delete one of the two.";
                ConfigEdit = "config.edit" [Usage]
                    "A change cannot be written without touching other values, because of anchors, aliases or tags."
                    "Write out the anchors and aliases, or make the change by hand.";
                ConfigEmpty = "config.empty" [Usage] "The configuration file is empty." "Run `agentcore configure`.";
                ConfigIsDirectory = "config.is-directory" [Usage] "There is a folder where the configuration file should be."
                    "Move it away, or name another file with `--config`.";
                ConfigLifecycle = "config.lifecycle" [Usage] "The idle timeout is longer than the maximum lifetime."
                    "Lower `--idle-timeout` or raise `--max-lifetime`.";
                ConfigMissing = "config.missing" [Usage] "There is no configuration file in this folder or above it."
                    "Run `agentcore configure`, or name the file with `--config`.";
                ConfigMissingKey = "config.missing-key" [Usage] "A required key is missing or empty."
                    "Add the key that the message names.";
                ConfigName = "config.name" [Usage] "An agent has another name than the key it stands under."
                    "Make the two the same.";
                ConfigNameTaken = "config.name-taken" [Usage]
                    "Another agent of the file has this name, or one that differs only in case."
                    "Choose another name: `agentcore configure --name NAME`.";
                ConfigNetwork = "config.network" [Usage]
                    "A list of subnets or security groups is too long, or has something that is not an id."
                    "Give at most 16 ids, such as `subnet-0123456789abcdef0` and `sg-0123456789abcdef0`.";
                ConfigNoAgents = "config.no-agents" [Usage] "The configuration file has no agents."
                    "Run `agentcore configure`.";
                ConfigNoDefault = "config.no-default" [Usage] "The file has several agents and no default."
                    "Name one with `--agent`, or run `agentcore configure set-default NAME`.";
                ConfigOwner = "config.owner" [Usage]
                    "The configuration belongs to another user, so it is not used: it could name programs to run."
                    "If you trust it, name it with `--config` or AGENTCORE_CONFIG.";
                ConfigRegion = "config.region" [Usage] "`aws.region` of the agent is not an AWS region."
                    "Run `agentcore configure --region REGION`.";
                ConfigRepository = "config.repository" [Usage] "The text is not a repository that AgentCore can use."
                    "Give `--ecr` an ECR URI, a name in lower case, or `auto`.";
                ConfigRequestHeaders = "config.request-headers" [Usage]
                    "The allowlist of request headers is empty, has a name that cannot be in it, or needs an authorizer."
                    "Correct `--request-header-allowlist` as the hint says.";
                ConfigRole = "config.role" [Usage] "The text is neither the ARN nor the name of an IAM role."
                    "Give the ARN that `aws iam get-role` shows.";
                ConfigReference = "config.reference" [Usage, NotFound]
                    "A value of the configuration is kept elsewhere, and is not there."
                    "Set the variable that the message names, or make the parameter or secret; `${VAR:-x}` has a default.";
                ConfigEnvironments = "config.environments" [Usage]
                    "The file is in the older layout of the starter toolkit, which has no environments."
                    "Run `agentcore configure --name NAME`, which brings it into the layout with `agents:`.";
                EnvironmentAgent = "environment.agent" [Usage] "An environment has settings for an agent that the file does not have."
                    "Correct the agent's name, or describe it under `agents` first.";
                EnvironmentIdentity = "environment.identity" [Usage]
                    "The project has no identity, and an environment that the file does not declare writes none into it."
                    "Run `agentcore configure --name NAME` without `--environment`, and commit the file.";
                EnvironmentName = "environment.name" [Usage] "The text cannot be the name of an environment."
                    "Use letters, digits, `-`, `_`, `.` and `/`, 64 at most, with a letter or a digit at the beginning.";
                EnvironmentSettings = "environment.settings" [Usage]
                    "A setting was to be written for an environment that the file does not declare by its name."
                    "Declare it under `agentcore.environments`, or change the settings of its pattern by hand.";
                EnvironmentUnknown = "environment.unknown" [Usage]
                    "No environment of this name is declared, and it looks like a misspelling of one that is."
                    "Correct the name; to have both, declare the new one or a pattern under `agentcore.environments`.";
                ConfigMemory = "config.memory" [Usage] "A setting of the agent's memory is not one that the service takes."
                    "Correct the key of `memory` or the value of `--memory` that the message names.";
                ConfigRuntime = "config.runtime" [Usage]
                    "The managed runtime does not exist, or does not fit the agent's language and version."
                    "Choose one of those that the hint lists with `agentcore configure --runtime RUNTIME`.";
                ConfigS3 = "config.s3" [Usage] "The text is not the name of a bucket."
                    "Give `--s3` a name, or `s3://bucket/prefix`.";
                ConfigSecret = "config.secret" [Usage] "The configuration has a secret in it, and it is made to be committed."
                    "Name a variable or a file that holds the secret instead.";
                ConfigSyntax = "config.syntax" [Usage] "The configuration file is not YAML that can be read."
                    "Correct it at the line and column of the message.";
                ConfigType = "config.type" [Usage] "A value has another type than its key takes."
                    "Correct it at the line and column of the message.";
                ConfigUnknownAgent = "config.unknown-agent" [NotFound] "The configuration has no agent of this name."
                    "Use one of the names that the hint lists.";
                ConfigUnreadable = "config.unreadable" [Usage] "The configuration file could not be read."
                    "Check that it is a text file in UTF-8 that you may read.";
                ConfigUntrusted = "config.untrusted" [Usage]
                    "The configuration wants to run a command or to use secrets of this machine, and nobody has allowed that."
                    "If you trust the configuration, pass `--trust-config` or set AGENTCORE_TRUST_CONFIG.";
                ConfigValue = "config.value" [Usage] "The value of a key or flag is not one that it takes."
                    "Use one of the values that the message names.";
                FileLink = "file.link" [Usage] "Something would be written through a symbolic link, which is not done."
                    "Replace the link with a file or folder, or name its target.";
            }
        }
    };
}
