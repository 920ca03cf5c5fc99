//! Every code of this program's errors, once: `docs/errors.md` and `agentcore explain` are made from this table.
//!
//! Owns: the text of each code, which scripts compare and which therefore never changes, its meaning, the exit statuses
//! it comes with, and what to do. Does not own: the codes of AWS, which errors carry as the service gives them.

use super::Kind;

/// What the table says about a code.
struct Row {
    text: &'static str,
    section: &'static str,
    kinds: &'static [Kind],
    meaning: &'static str,
    remedy: &'static str,
}

/// `Variant = "text" [kinds] "meaning" "what to do";` by section. A text that ends with `*` stands for a family of
/// codes whose end something else decides, such as the state of a runtime.
macro_rules! codes {
    ($($section:literal {
        $($variant:ident = $text:literal [$($kind:ident),+] $meaning:literal $remedy:literal;)+
    })+) => {
        /// A code that an error of this program can have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(clippy::enum_variant_names, reason = "a variant is its text in camel case, and one text ends in `code`")]
        pub(crate) enum Code {
            $($($variant,)+)+
        }

        impl Code {
            /// In the order of the table.
            pub(crate) const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            const fn row(self) -> &'static Row {
                match self {
                    $($(Self::$variant => &Row {
                        text: $text,
                        section: $section,
                        kinds: &[$(Kind::$kind),+],
                        meaning: $meaning,
                        remedy: $remedy,
                    },)+)+
                }
            }
        }
    };
}

codes! {
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
        InputTerminal = "input.terminal" [Usage] "A shell needs a terminal, and stdin or stdout is none."
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
            "Run `agentcore configure set-default NAME`.";
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
            "A value of `agentcore.environment` is kept elsewhere, and is not there."
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
            "No environment of this name is declared, and it is most likely a slip of one that is."
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
    "Source of the agent" {
        SourceAgentName = "source.agent-name" [Usage] "The text is not a valid name of an agent."
            "Use a letter, then letters, digits and underscores, 48 at most.";
        SourceBaseImage = "source.base-image" [Usage]
            "The base image is not a reference to an image, or cannot be used by a Dockerfile."
            "Give `--base-image` an image with an interpreter; `scratch` is for `--builder native` only.";
        SourceBuild = "source.build" [Failed] "The project's own build command failed."
            "Run the command that the message names yourself, and correct what it reports.";
        SourceBuildOutput = "source.build-output" [Failed] "The project's build did not make the file that is run."
            "Name that file with `main` in package.json, or set `outDir` and `rootDir` in tsconfig.json.";
        SourceContext = "source.context" [Usage] "The build context is not a folder, or is outside the project."
            "Choose a folder of the project with `agentcore configure --build-context DIR`.";
        SourceCopiedLeftOut = "source.copied-left-out" [Usage]
            "The Dockerfile copies a file that the ignore rules leave out."
            "Change the ignore rules or the Dockerfile, as the hint says.";
        SourceDockerfile = "source.dockerfile" [Usage]
            "There is no Dockerfile where the configuration or the flag says."
            "Write it, or have one generated: `agentcore configure --dockerfile ''`.";
        SourceDockerignore = "source.dockerignore" [Usage] "A line of an ignore file is not a pattern."
            "Correct the line that the message names; Docker refuses it too.";
        SourceEntrypoint = "source.entrypoint" [Usage] "The entrypoint does not exist, or cannot be started."
            "Name another one: `agentcore configure --entrypoint FILE`.";
        SourceEntrypointAmbiguous = "source.entrypoint-ambiguous" [Usage] "Several files could be the entrypoint."
            "Name one: `agentcore configure --entrypoint FILE`.";
        SourceEntrypointIgnored = "source.entrypoint-ignored" [Usage] "The ignore rules leave out the entrypoint."
            "Add an exception for it to `.dockerignore`.";
        SourceFileName = "source.file-name" [Usage] "A file has a name that an artifact or a Dockerfile cannot hold."
            "Rename the file.";
        SourceLanguage = "source.language" [Usage]
            "The language is not one that can be deployed, or not that of the entrypoint."
            "Pass `python`, `typescript` or `javascript` to `--language`, or leave it out.";
        SourceLink = "source.link" [Usage] "A symbolic link points out of the source folder."
            "Replace it with what it points to, or exclude it in `.dockerignore`.";
        SourceLock = "source.lock" [Usage] "A Python lock file is out of date, or has something that is not understood."
            "Write it again (`uv lock`, `poetry lock`), or export it and name the export with `--requirements-file`.";
        SourceNoEntrypoint = "source.no-entrypoint" [Usage] "No file in the folder could be the entrypoint."
            "Name one: `agentcore configure --entrypoint FILE`.";
        SourceNoRequirements = "source.no-requirements" [Usage]
            "The folder has neither requirements.txt nor pyproject.toml."
            "List the agent's packages in `requirements.txt`; an empty file is fine.";
        SourceNodeVersion = "source.node-version" [Usage]
            "The agent needs another version of Node.js than it would run on."
            "Choose another base image or runtime, or widen `engines.node` of package.json.";
        SourceOtherMachine = "source.other-machine" [Usage]
            "The configuration has a path of another machine, and nothing here fits it."
            "Run `agentcore configure` again, as the hint shows.";
        SourceOutside = "source.outside" [Usage] "A file or folder that the agent needs is outside its source folder."
            "Run the command in a folder that contains all of it.";
        SourcePackageJson = "source.package-json" [Usage] "package.json or its lock does not exist or cannot be read."
            "Correct the file that the message names; `npm install --package-lock-only` writes the lock.";
        SourcePython = "source.python" [Usage] "The Python version is not one, or does not fit the project."
            "Choose one with `agentcore configure --python X.Y`.";
        SourceRequirements = "source.requirements" [Usage] "A requirement cannot be read or met."
            "Correct the line that the message names.";
        SourceSecretInCode = "source.secret-in-code" [Usage]
            "A file of the source holds a secret, and the agent cannot start without that file."
            "Move the secret to a variable of the runtime, AgentCore Identity or Secrets Manager.";
        SourceSourcePath = "source.source-path" [Usage] "`source_path` is not a folder."
            "Correct it, or leave it out to have it detected.";
        SourceTarget = "source.target" [Usage] "The Dockerfile has no stage of this name."
            "Use one of the stages that the hint lists.";
        SourceTsconfig = "source.tsconfig" [Usage]
            "tsconfig.json cannot be read, or puts its output outside the source."
            "Correct `rootDir` and `outDir` as the hint says.";
        SourceTypescriptBuild = "source.typescript-build" [Usage]
            "Nothing says how the TypeScript source becomes JavaScript."
            "Add a `build` script to package.json, such as `\"build\": \"tsc\"`.";
    }
    "Dependencies" {
        PythonBuild = "python.build" [Failed] "A Python package could not be built on this machine."
            "Choose a version with wheels, or build with `--builder engine`.";
        PythonConflict = "python.conflict" [Failed] "Requirements of the project exclude each other."
            "Change one of the two that the message names.";
        PythonGit = "python.git" [Failed] "A package could not be fetched from its git repository."
            "Check the address and git's credentials; git asks nothing here.";
        PythonNoGit = "python.no-git" [Failed] "A package comes from a git repository, and git is not installed."
            "Install git.";
        PythonNoSuchVersion = "python.no-such-version" [Failed]
            "The package index does not have the package or its version."
            "Correct the name or version, or name another index with `--extra-index-url`.";
        ImageNoWheel = "image.no-wheel" [Failed] "No wheel of the package fits the agent's platform and Python."
            "Choose a version that has one, or build with `--builder engine`.";
        ImageNpm = "image.npm" [Failed] "The npm packages could not be installed."
            "Read the lines of npm in the causes.";
        ImageNpmLock = "image.npm-lock" [Failed] "package.json and its lock say different things."
            "Bring the lock up to date: `npm install --package-lock-only`.";
        ImageNpmNative = "image.npm-native" [Failed]
            "A package is compiled when it is installed, and nothing prebuilt fits the platform."
            "Build where it can be compiled: `--builder engine`, or `agentcore launch --builder codebuild`.";
        ImageNpmPlatform = "image.npm-platform" [Failed]
            "A package that is needed is for another platform, or was left out."
            "Move it to `optionalDependencies`, or build with `--builder engine`.";
        ImageNpmRegistry = "image.npm-registry" [Failed] "The npm registry refused the credentials."
            "Check the token of the registry in `.npmrc`.";
        ImageYarn = "image.yarn" [Usage] "The lock is of yarn 1, and the yarn on PATH is not."
            "Put yarn 1 on PATH: `npm install --global yarn`.";
        UnsupportedPackageManager = "unsupported.package-manager" [Usage]
            "The lock of this package manager cannot be used without a container engine."
            "Build with `--builder engine`, or write a lock for npm.";
    }
    "Images and archives" {
        ArtifactMissing = "artifact.missing" [Usage] "There is no file at the path that `--artifact` names."
            "Write it first: `agentcore build -o FILE`.";
        ArtifactTooLarge = "artifact.too-large" [Usage] "The image or archive is larger than the service takes."
            "Leave out the largest parts, which the causes list.";
        ArtifactUnreadable = "artifact.unreadable" [Usage] "The file is not an archive that can be deployed."
            "Write it anew: `agentcore build -o FILE`.";
        BuildCodebuild = "build.codebuild" [Usage] "CodeBuild was asked to build something that is not deployed."
            "Use `agentcore launch --builder codebuild`, or build here with `--builder native` or `engine`.";
        BuildOwnDockerfile = "build.own-dockerfile" [Usage]
            "The native builder was asked for, and the agent has a Dockerfile of its own."
            "Build with `--builder engine`, or have a Dockerfile generated: `agentcore configure --dockerfile ''`.";
        BuildSbom = "build.sbom" [Usage] "The packages of this build are not known here, so it has no SBOM."
            "Use `--builder native`, or scan the image.";
        CodebuildFailed = "codebuild.failed" [Failed] "A build in CodeBuild failed."
            "Correct the cause and launch again.";
        CodebuildFault = "codebuild.fault" [Failed] "A build in CodeBuild ended with a fault of the service."
            "Launch again.";
        CodebuildPlatform = "codebuild.platform" [Usage] "CodeBuild builds for another platform than the one asked for."
            "Leave out `--platform`, or build with `--builder engine`.";
        CodebuildSecrets = "codebuild.secrets" [Usage] "The build needs secrets, which do not reach CodeBuild."
            "Build on this machine: `--builder engine`.";
        CodebuildStopped = "codebuild.stopped" [Failed] "A build in CodeBuild was stopped by somebody else."
            "Launch again.";
        CodebuildTimedOut = "codebuild.timed-out" [Failed] "A build in CodeBuild ran out of time."
            "Make the build context smaller, or use a base image with more in it.";
        ImageIndex = "image.index" [Usage, Failed]
            "The image is an index of several manifests, and the service takes a single one."
            "Push one image: `docker buildx build --platform linux/arm64 --provenance=false --sbom=false`.";
        ImageNeedsBuildkit = "image.needs-buildkit" [Usage]
            "The Dockerfile uses something of BuildKit, which docker does not have here."
            "Install buildx, or use podman.";
        ImageNoEngine = "image.no-engine" [Failed, Usage] "No container engine can be used."
            "Start docker, podman or finch, or build without one: `--builder native`.";
        ImageNotInEcr = "image.not-in-ecr" [Usage] "The image is in another registry than ECR."
            "Copy it to an ECR repository, for example with `skopeo copy`.";
        ImagePlatform = "image.platform" [Usage, Failed] "The image is for another platform than the agent's."
            "Build it for the platform that the message names.";
        ImageRepositoryRegion = "image.repository-region" [Usage] "The repository is in another region than the agent."
            "Name one of the agent's region with `--ecr`, or `auto`.";
        ImageRoleDenied = "image.role-denied" [Usage] "The execution role may not pull the image."
            "Allow the actions that the hint names in the role's policies.";
        ImageSeveral = "image.several" [Failed] "The build made several images, and one is needed."
            "Build for one platform only.";
        ImageTagImmutable = "image.tag-immutable" [Failed] "The tag exists, and tags of this repository are immutable."
            "Choose another tag with `--image-tag`, or leave it out.";
        RegistryAnswer = "registry.answer" [Failed]
            "The answer of the registry cannot be read; it may come from something else, such as a proxy."
            "Check the registry's name, `HTTPS_PROXY` and `NO_PROXY`.";
        RegistryTimeout = "registry.timeout" [Deadline] "The registry did not answer in time."
            "Check the network and `HTTPS_PROXY`, and run the command again: it continues where it stopped.";
        RegistryUnreachable = "registry.unreachable" [Failed] "The registry could not be reached."
            "Check the registry's name, the network and `HTTPS_PROXY`.";
    }
    "AWS" {
        AwsAccountMismatch = "aws.account-mismatch" [Usage]
            "The credentials are of another account than the configuration." "Choose the right `--profile`.";
        AwsAnswer = "aws.answer" [Failed]
            "An answer is not one of the service's; it may come from something else, such as a proxy."
            "Check `HTTPS_PROXY` and `AWS_ENDPOINT_URL`.";
        AwsCredentialsMissing = "aws.credentials-missing" [Credentials] "There are no usable AWS credentials."
            "Log in (`aws sso login`) or choose a profile with `--profile`; `agentcore sandbox start` needs none.";
        AwsEndpoint = "aws.endpoint" [Usage] "A variable such as `AWS_ENDPOINT_URL` is not the address of a service."
            "Write it as `https://host:port`, or unset it.";
        AwsProfile = "aws.profile" [Credentials] "The AWS configuration files could not be read."
            "Correct the file that the cause names.";
        AwsProfileMissing = "aws.profile-missing" [Credentials] "There is no AWS profile of this name."
            "Choose another with `--profile` or AWS_PROFILE, or make it with `aws configure --profile NAME`.";
        AwsRegionMissing = "aws.region-missing" [Usage] "No AWS region is set." "Pass `--region`, or set `AWS_REGION`.";
        AwsTimeout = "aws.timeout" [Deadline] "An AWS service did not answer in time."
            "Check the network and `HTTPS_PROXY`, and run the command again.";
        AwsUnreachable = "aws.unreachable" [Failed] "An AWS service could not be reached."
            "Check the network, `--region`, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`.";
        LockTaken = "lock.taken" [Deadline] "Another run was changing the agent for as long as this one could wait."
            "Wait until it has ended. One that was cut off elsewhere is recognized after about a minute; the same command with `--break-lock` does not wait for that.";
        EndpointDefault = "endpoint.default" [Usage] "DEFAULT follows the newest version and cannot do what was asked."
            "Run the command of the hint.";
        EndpointDiffers = "endpoint.differs" [Usage] "There is an endpoint of this name, and it serves another version."
            "Point it to the version: `agentcore endpoint promote NAME --version N`.";
        EndpointFailed = "endpoint.failed" [Failed] "The service could not make, point or delete the endpoint."
            "Correct the cause and run the command again; an endpoint that was being pointed still serves its old version.";
        EndpointNotFound = "endpoint.not-found" [NotFound] "The runtime has no endpoint of this name."
            "Choose one that `agentcore endpoint list` shows, or make it: `agentcore endpoint create NAME`.";
        EndpointTaken = "endpoint.taken" [Usage, Partial] "This project did not make the endpoint."
            "Choose another name, or take it over with `--adopt`.";
        SmokeExpect = "smoke.expect" [Usage] "What the answer to a smoke test must be cannot be read."
            "Write it as in docs/versions.md, such as `--expect '.status == \"ok\"'`.";
        SmokeFailed = "smoke.failed" [Failed, Partial]
            "The new version failed its smoke test; DEFAULT was put back, and no other endpoint was moved."
            "Correct what the causes say and launch again; `agentcore versions` shows what serves what.";
        VersionArtifactGone = "version.artifact-gone" [Usage]
            "The image or archive that the version runs was deleted, so that no new session of it could start."
            "Choose another version, or deploy from the source of that time.";
        VersionFailed = "version.failed" [Usage] "The version failed when it was made and cannot serve."
            "Choose another one: `agentcore versions`.";
        VersionNoPrevious = "version.no-previous" [Usage]
            "Nothing says which version the endpoint served before the present one."
            "Name the version: `agentcore rollback VERSION`.";
        VersionNotFound = "version.not-found" [NotFound] "The runtime has no version of this number."
            "Choose one that `agentcore versions` shows.";
        MemoryFailed = "memory.failed" [Failed] "The agent's memory is FAILED."
            "Correct the cause and run `agentcore launch` again; one that may hold data has to be deleted by you before.";
        MemoryMissing = "memory.missing" [NotFound] "The memory of the configuration does not exist."
            "Name one that does with `agentcore configure --memory ID`, or let launch make one with `--memory stm`.";
        ProjectIdentity = "project.identity" [Usage] "Another launch gave this project its identity at the same moment."
            "Launch again.";
        ProjectOther = "project.other" [Usage] "The resource belongs to another project."
            "Choose another name, as the hint shows.";
        ProjectSameRepository = "project.same-repository" [Usage]
            "Another agent of this project has the same repository." "Choose another name for one of the two.";
        RuntimeFailed = "runtime.*" [Failed]
            "The runtime or its endpoint is in the failed state that the code names, such as `runtime.create-failed`."
            "Correct the cause and run `agentcore launch` again.";
        RuntimeArtifactKind = "runtime.artifact-kind" [Usage]
            "The type of a runtime's artifact, container image or code archive, cannot be changed."
            "Configure the deployed type again, or destroy the agent and launch it anew.";
        RuntimeCompute = "runtime.compute" [Usage]
            "A runtime cannot be moved between microVMs and a capacity provider."
            "Configure what is deployed again, or destroy the agent and launch it anew.";
        RuntimePolicy = "runtime.policy" [Usage]
            "The runtime has a resource policy that this project did not put."
            "Replace it with `agentcore launch --adopt`, or take `agentcore.allow_callers` out of the configuration.";
        RuntimeSettings = "runtime.settings" [Usage]
            "A setting of the configuration excludes one that the deployed runtime has."
            "Take the other away with `agentcore configure --clear SETTING`, or drop the new one.";
        RuntimeBusy = "runtime.busy" [Deadline] "Another launch kept changing the runtime."
            "Launch again; `--wait-timeout SECONDS` waits longer.";
        RuntimeChangedElsewhere = "runtime.changed-elsewhere" [Pending]
            "The runtime was changed elsewhere since the last launch on record, and the launch would overwrite that."
            "Look at both sides with `agentcore status --drift`; `agentcore adopt` takes what is live over into the file.";
        RuntimeMissing = "runtime.missing" [NotFound] "There is no such runtime in this account and region."
            "Check the name, the account and the region; `--region` names another one.";
        RuntimeNameTaken = "runtime.name-taken" [Usage]
            "There is a runtime of this name that this project did not create."
            "Choose another name, or take it over: `agentcore launch --adopt`.";
        RuntimeNotMmdsv2 = "runtime.not-mmdsv2" [Failed]
            "The service refuses every call of a runtime that does not require MMDSv2."
            "Run `agentcore launch`, which sets it.";
        S3BucketRegion = "s3.bucket-region" [Usage] "The bucket is in another region than the agent."
            "Choose one of the agent's region: `agentcore configure --s3 BUCKET`.";
        MemoryConflict = "memory.conflict" [Failed] "There is a memory of this name with other settings, or one that is going."
            "Choose another name, or use the memory that the message names.";
        MemoryCreateFailed = "memory.create-failed" [Failed] "The service could not make the memory, or one of its strategies."
            "Correct the cause, delete the memory and create it again.";
        MemoryNone = "memory.none" [NotFound] "The agent's configuration has no memory on record."
            "Name one with `--memory-id`; `agentcore memory list` shows those that are there.";
    }
    "Calls of the agent" {
        AgentAnswer = "agent.answer" [Agent] "The agent's answer is not one of its protocol."
            "Read the agent's log; `--protocol` says which protocol it speaks.";
        AgentNotDeployed = "agent.not-deployed" [NotFound] "The agent is not deployed." "Run `agentcore launch`.";
        AgentRpcError = "agent.rpc-error" [Agent] "The agent answered with a JSON-RPC error."
            "Read its code and message in the cause, and the agent's log.";
        AgentStreamError = "agent.stream-error" [Agent] "The agent sent an error event in its stream."
            "Read the agent's log, which the hint names.";
        AgentTaskFailed = "agent.task-failed" [Agent] "The agent's task did not end well (A2A)."
            "Read the agent's last message in the cause.";
        AgentToolError = "agent.tool-error" [Agent] "The tool reported an error (MCP)."
            "Check its arguments: `agentcore invoke --list-tools -o json`.";
        Network = "network" [Failed] "A call of the agent failed on its way."
            "Check the network, `HTTPS_PROXY` and `AWS_ENDPOINT_URL`.";
        NetworkTimeout = "network.timeout" [Deadline] "The service did not answer a call of the agent in time."
            "Check the network and `HTTPS_PROXY`; `--timeout SECONDS` waits longer.";
        SessionNone = "session.none" [NotFound] "No session is remembered here." "Name one with `--session-id`.";
        CommandPlatform = "command.platform" [Failed] "The service failed to run a command in the session."
            "Read the agent's log group, and try again.";
        CommandTimedOut = "command.timed-out" [Deadline] "The command took longer than it may, and was ended."
            "Give it more time with `--command-timeout SECONDS`.";
        ShellGone = "shell.gone" [Failed] "The shell has ended with its session, or could not be reached again in time."
            "Open a new one with `agentcore shell`.";
        SocketClosed = "socket.closed-*" [Failed, Usage, Deadline, Refused, Agent]
            "The web socket was closed with the code that follows, such as `socket.closed-1011`."
            "Read the reason in the cause and the agent's log.";
    }
    "Inbound authorization" {
        AuthAuthorizerConfig = "auth.authorizer-config" [Usage] "The text is not a valid authorizer."
            "Correct what the causes name.";
        AuthChangeRefused = "auth.change-refused" [Usage] "The launch would weaken who may call the agent."
            "If it is meant, pass `--allow-auth-change`; else configure what is deployed.";
        AuthCustomClaim = "auth.custom-claim" [Usage] "The text is not a rule about a claim."
            "Write `NAME=VALUE`, `NAME~=VALUE` or JSON; the causes say what is wrong.";
        AuthDiscoveryUrl = "auth.discovery-url" [Usage] "An authorizer needs a discovery URL."
            "Add `--discovery-url https://ISSUER/.well-known/openid-configuration`.";
        AuthDocuments = "auth.documents" [Usage] "A saved discovery document or key set cannot be read."
            "Save it again, as `agentcore auth explain` shows.";
        AuthNoAuthorizer = "auth.no-authorizer" [Usage] "The agent has no authorizer to test."
            "Configure one: `agentcore configure --discovery-url URL --allowed-client ID`.";
        AuthNoSandbox = "auth.no-sandbox" [Usage] "No sandbox runs at the endpoint in effect."
            "Start one: `agentcore sandbox start`, then `eval \"$(agentcore sandbox env)\"`.";
        DiscoveryAlgorithms = "discovery.algorithms" [Usage, Failed]
            "The provider signs tokens only in ways that are not accepted." "Let it sign with RS256.";
        DiscoveryIncomplete = "discovery.incomplete" [Usage, Failed]
            "The discovery document lacks something, or names a key set that is not https."
            "Check that the URL is that of the discovery document.";
        DiscoveryIssuerMismatch = "discovery.issuer-mismatch" [Usage, Failed]
            "The discovery document is of another issuer than its address says."
            "Use the discovery URL of the issuer that the message names.";
        DiscoveryKeySet = "discovery.key-set" [Usage, Failed] "The key set has no list of keys."
            "Check `jwks_uri` of the provider.";
        DiscoveryNoKey = "discovery.no-key" [Usage, Failed] "The key set has no key that can verify a token."
            "Let the provider publish a signing key, such as an RSA one.";
        DiscoveryNotJson = "discovery.not-json" [Usage, Failed]
            "The discovery URL was answered with something that is not a JSON object."
            "Check that it is the address of the document itself, and `HTTPS_PROXY`.";
        DiscoveryPrivate = "discovery.private" [Failed]
            "The provider is behind a private endpoint, so it was not asked from here."
            "Run the command where the provider can be reached, or pass its documents as files.";
        DiscoveryStatus = "discovery.status" [Usage, Failed]
            "The discovery URL was answered with an HTTP error or a redirect."
            "Check the address; with a server error (exit status 1), try again later.";
        DiscoveryTooLarge = "discovery.too-large" [Usage, Failed]
            "The discovery document or key set is larger than is read."
            "Check that the URL is that of the discovery document.";
        DiscoveryUnreachable = "discovery.unreachable" [Failed, Deadline] "The provider could not be reached."
            "Check the address, the network and `HTTPS_PROXY`.";
    }
    "Verdicts on a caller" {
        AlgorithmNone = "algorithm-none" [Refused] "The token is not signed." "Get one from the provider.";
        AlgorithmRefused = "algorithm-refused" [Refused] "The token is signed with an algorithm that is not accepted."
            "Let the provider sign tokens with RS256.";
        AudienceMismatch = "audience-mismatch" [Refused] "`aud` of the token has none of `allowedAudience`."
            "Ask for a token of the right audience, or allow its own.";
        AuthorizationRepeated = "authorization-repeated" [Refused]
            "The request has more than one `Authorization` header, which the sandbox alone refuses." "Send one.";
        AuthorizerEmpty = "authorizer-empty" [Refused]
            "The authorizer allows nobody in particular, which the service refuses."
            "Configure an allowed client, audience, scope or custom claim.";
        BearerNotAccepted = "bearer-not-accepted" [Refused]
            "The runtime takes AWS credentials, and the caller sent a token."
            "Leave the token out, or configure an authorizer.";
        ClaimMismatch = "claim-mismatch" [Refused] "A claim of the token does not satisfy a rule of `customClaims`."
            "Let the provider issue the claim, or change the rule.";
        ClientMismatch = "client-mismatch" [Refused] "`client_id` of the token is none of `allowedClients`."
            "Use a token of an allowed client, or allow this one.";
        ExpiryMissing = "expiry-missing" [Refused] "The token has no numeric `exp`."
            "Let the provider issue tokens that expire.";
        IssuerMismatch = "issuer-mismatch" [Refused] "`iss` of the token is not the issuer of the authorizer."
            "Use a token of that provider, or its discovery URL; a final slash counts.";
        KeyUnknown = "key-unknown" [Refused] "The token names a key that the provider does not publish."
            "Get a fresh token from the provider of the authorizer.";
        KeyUnusable = "key-unusable" [Refused] "The key that the token names cannot verify signatures."
            "Let the provider sign with a signing key that it publishes.";
        KeysUnavailable = "keys-unavailable" [Failed, Refused]
            "The provider's keys could not be fetched, so the signature was not judged."
            "Check that the provider can be reached, and run the command again.";
        NotYetValid = "not-yet-valid" [Refused] "`nbf` of the token is in the future, or not a number."
            "Wait, or correct the clock of the provider or of this machine.";
        RuleUnknown = "rule-unknown" [Refused] "The authorizer has a rule that this version does not judge."
            "Test it against the deployed agent: `agentcore auth test`.";
        ScopeMissing = "scope-missing" [Refused]
            "Neither `scope` nor the list `scp` of the token has one of `allowedScopes`."
            "Ask for one of the allowed scopes: `--scope`.";
        SignatureInvalid = "signature-invalid" [Refused] "The provider's key did not make the signature of the token."
            "Get a fresh token from the provider.";
        SignatureMissing = "signature-missing" [Refused]
            "The runtime takes AWS credentials, and the request was not signed."
            "Sign it, for example by calling with `agentcore invoke`.";
        Sigv4NotAccepted = "sigv4-not-accepted" [Refused]
            "The runtime takes tokens, and the caller sent an AWS signature."
            "Send a token: `agentcore invoke --auth` or `--bearer-token-file FILE`.";
        TokenExpired = "token-expired" [Refused] "The token has expired." "Get a fresh one.";
        TokenExpiring = "token-expiring" [Refused]
            "The token expires within the minute in which the service refuses it already." "Get a fresh one.";
        TokenMissing = "token-missing" [Refused, Credentials] "The runtime takes tokens, and the caller sent none."
            "Send one: `agentcore invoke --auth` or `--bearer-token-file FILE`.";
        TokenUnparsable = "token-unparsable" [Refused] "What was sent is not a signed JWT."
            "Send the `access_token` of the provider alone.";
    }
    "Tokens" {
        TokenRefused = "token.*" [Failed, Usage, Credentials, Deadline]
            "The identity provider refused to give a token; the code is its OAuth error, with hyphens."
            "Read the provider's words in the cause, and its documentation.";
        TokenAccessDenied = "token.access-denied" [Credentials]
            "The person, or a rule of the provider, said no (`access_denied`)."
            "Ask whoever manages the provider, or sign in as somebody else.";
        TokenAnswer = "token.answer" [Failed] "The answer of the token endpoint is not a token."
            "Check the provider's token endpoint and `HTTPS_PROXY`.";
        TokenCommand = "token.command" [Failed, Usage] "The token command cannot be run, failed, or printed no token."
            "Run the command yourself; it runs without a shell.";
        TokenDiscoveryUrl = "token.discovery-url" [Usage] "The discovery URL for tokens is not https."
            "Use the provider's https address.";
        GivenTokenExpired = "token.expired" [Credentials] "The token that a file, variable or command gave has expired."
            "Get a new one where this one came from.";
        TokenExpiredToken = "token.expired-token" [Deadline] "Nobody confirmed the code in time (`expired_token`)."
            "Run the command again and confirm the code.";
        TokenGithub = "token.github" [Failed, Usage, Deadline] "GitHub gave no token for this job."
            "Give the job `permissions: {id-token: write}`.";
        TokenGrantNotOffered = "token.grant-not-offered" [Usage] "The provider does not offer this grant."
            "Choose another with `--grant`.";
        TokenIdToken = "token.id-token" [Failed] "The ID token is not for this sign-in."
            "Run the command again; if it stays so, check the provider's issuer and client.";
        TokenInsecureEndpoint = "token.insecure-endpoint" [Usage]
            "The token endpoint, or another one of the provider, is not https."
            "Let the provider publish https addresses.";
        TokenInvalidClient = "token.invalid-client" [Credentials]
            "The provider does not accept the client (`invalid_client`)."
            "Check the client id, its secret or key, and `--client-auth`.";
        TokenInvalidGrant = "token.invalid-grant" [Credentials]
            "The password, code or refresh token is wrong or used up (`invalid_grant`)."
            "Start afresh: `agentcore identity token --forget`.";
        TokenInvalidRequest = "token.invalid-request" [Usage] "The provider wants other parameters (`invalid_request`)."
            "Compare the flags of `agentcore identity token --help` with the provider's documentation.";
        TokenInvalidScope = "token.invalid-scope" [Usage] "The client may not have one of the scopes (`invalid_scope`)."
            "Ask for others: `--scope`.";
        TokenInvalidTarget = "token.invalid-target" [Usage]
            "The provider does not know the audience or resource (`invalid_target`)."
            "Check `--audience` and `--resource`.";
        TokenIssuer = "token.issuer" [Failed]
            "The sign-in was answered by another provider than the one that was asked."
            "Start the sign-in again, and check the discovery URL.";
        TokenKeychain = "token.keychain" [Failed]
            "A token is still in the system's keychain, which cannot be reached or is locked."
            "Run `agentcore identity token --forget` again in a session where the keychain is open.";
        TokenNeedsPerson = "token.needs-person" [Usage] "The grant needs a person, and there is no terminal."
            "Sign in once at a terminal, or choose another grant with `--grant`.";
        TokenNewPassword = "token.new-password" [Usage] "Cognito wants a new password of the user."
            "Choose one with `--new-password-file FILE` or RUNTIME_NEW_PASSWORD.";
        TokenNoEndpoint = "token.no-endpoint" [Usage] "The provider does not have the endpoint that the grant needs."
            "Choose another grant with `--grant`; a Cognito pool needs a domain.";
        TokenNoIdToken = "token.no-id-token" [Failed] "The provider gave no ID token."
            "Ask for one: `--scope openid`, with a grant that a person is part of.";
        TokenPrivateKey = "token.private-key" [Usage, Failed] "The client's private key cannot be used."
            "Give a PEM file with an unencrypted RSA, P-256, P-384 or Ed25519 private key.";
        TokenRedirectUri = "token.redirect-uri" [Usage]
            "The redirect address is not one of this machine, or nothing can listen there."
            "Use `http://127.0.0.1:PORT/callback`, as it is registered at the provider.";
        TokenServerError = "token.server-error" [Failed] "The provider failed (`server_error`)."
            "Try again in a moment.";
        TokenSlowDown = "token.slow-down" [Failed] "The provider is limiting requests (`slow_down`)."
            "Try again in a moment.";
        TokenTemporarilyUnavailable = "token.temporarily-unavailable" [Failed]
            "The provider cannot answer at the moment (`temporarily_unavailable`)." "Try again in a moment.";
        TokenTimeout = "token.timeout" [Deadline] "Nobody signed in in time." "`--timeout SECONDS` waits longer.";
        TokenUnauthorizedClient = "token.unauthorized-client" [Credentials]
            "The client may not use this grant (`unauthorized_client`)."
            "Enable it at the provider, or choose another with `--grant`.";
        TokenUnreachable = "token.unreachable" [Failed, Deadline] "The token endpoint could not be reached."
            "Check the address, the network and `HTTPS_PROXY`.";
        TokenUnsupportedGrantType = "token.unsupported-grant-type" [Usage]
            "The provider does not have this grant (`unsupported_grant_type`)." "Choose another with `--grant`.";
    }
    "Identity set-up" {
        IdentityCleanupIncomplete = "identity.cleanup-incomplete" [Failed, Usage, Credentials, NotFound, Deadline]
            "Something of the set-up could not be deleted; the causes list it."
            "Correct the cause and run `agentcore identity cleanup` again.";
        IdentityIncomplete = "identity.incomplete" [NotFound] "The set-up was begun and not finished."
            "Finish it with the command of the hint.";
        IdentityNoAwsJwt = "identity.no-aws-jwt" [NotFound] "No AWS tokens are set up for the agent."
            "Set one up: `agentcore identity setup-aws-jwt --audience URL`.";
        IdentityNoProvider = "identity.no-provider" [NotFound] "There is no credential provider of this name."
            "List those that are there: `agentcore identity list-credential-providers`.";
        IdentityNoSecret = "identity.no-secret" [Usage] "The app client has no secret, so no machine can use it."
            "Choose another name with `--machine-client-name`.";
        IdentityNoWorkload = "identity.no-workload" [NotFound] "There is no workload identity of this name."
            "List those that are there: `agentcore identity list-workload-identities`.";
        IdentityNotSetUp = "identity.not-set-up" [NotFound] "Nothing was set up in this folder."
            "Run `agentcore identity setup-cognito`.";
        IdentityOtherPool = "identity.other-pool" [Usage] "This folder has a set-up with another pool or region."
            "Continue with that one, as the hint shows, or use another folder.";
        IdentityOwner = "identity.owner" [Usage] "The stored set-up belongs to another user, so it is not used."
            "If you trust it, name its folder's configuration with `--config`.";
        IdentityParameterTaken = "identity.parameter-taken" [Usage] "A parameter exists that this set-up did not make."
            "Choose another `--team` or `--ssm-prefix`.";
        IdentityProviderTaken = "identity.provider-taken" [Usage] "There is another credential provider of this name."
            "Choose another `--name`.";
        IdentityStore = "identity.store" [Usage] "The file of the set-up cannot be read, or belongs to another user."
            "Run the set-up again, or delete the file.";
        IdentityWorkloadTaken = "identity.workload-taken" [Failed]
            "There is a workload identity of this name with other return URLs."
            "Change them with the command of the hint.";
    }
    "Running on this machine" {
        LocalNoServer = "local.no-server" [NotFound] "No agent answers on that port of this machine."
            "Start it: `agentcore dev`. Another port is named with `--port` in both commands.";
        LocalPersona = "local.persona" [Usage] "The agent that runs here gives out no such token."
            "Start it with `agentcore dev --local-issuer`, and name one of the personas in the message.";
        LocalPort = "local.port" [Failed] "The port that the agent is to be reached on is taken."
            "Name another one with `--port`, as the hint does, or end what listens there.";
        LocalStart = "local.start" [Agent] "The agent was started on this machine and does not answer as it must."
            "Correct what the message and the agent's own output say, then run the command again.";
    }
    "Traces" {
        LogsNoGroup = "logs.no-group" [NotFound]
            "The log group of the agent's endpoint does not exist: it was never called, or its role may not write logs."
            "Call the agent, or wait with `agentcore logs --follow`; `agentcore observability check` looks at the role.";
        LogsQuery = "logs.query" [Failed] "A query of CloudWatch Logs Insights failed, or somebody else stopped it."
            "Run the command again; with fewer `--days` there is less to search.";
        ObservabilityPolicy = "observability.policy" [Failed]
            "The policies that would let X-Ray write spans are there under both names that this program gives, and do not."
            "Add the permission to one of them: `logs:PutLogEvents` on `aws/spans` for X-Ray.";
        TracesNone = "traces.none" [NotFound] "The session, the trace or the agent has no spans in the days that were searched."
            "Look further back with `--days`, or name another session; spans come a minute or two after the call.";
        TracesNoLogs = "traces.no-logs" [NotFound] "The agent's endpoint has no log group: nothing was ever written there."
            "Call the agent; its role needs `logs:CreateLogGroup`, `logs:CreateLogStream` and `logs:PutLogEvents`.";
        TracesNoTelemetry = "traces.no-telemetry" [NotFound] "The agent writes logs but no telemetry."
            "Start it with `opentelemetry-instrument`; `agentcore launch` sets this up in what it builds, unless observability is switched off.";
        TracesOtherAgent = "traces.other-agent" [NotFound] "The trace has no span of this agent."
            "Name the trace's own agent with `--agent-id`.";
        TracesSearchOff = "traces.search-off" [NotFound]
            "Transaction Search is not switched on in the account and region, so spans are not in CloudWatch Logs."
            "Run `agentcore observability enable --account-wide`, or have whoever looks after the account do so; it takes 10 to 15 minutes.";
    }
    "Gateways" {
        GatewayCredentials = "gateway.credentials" [Usage]
            "The target's outbound credentials are not what its type takes, or cannot be read."
            "Write them as the hint shows.";
        GatewayDiffers = "gateway.differs" [Usage] "The gateway is there already with other settings."
            "Change it with `agentcore gateway update-gateway --id ID`, or choose another `--name`.";
        GatewayFailed = "gateway.failed" [Failed] "The service could not make or change the gateway or the target."
            "Read the reason, mend the cause, delete it and make it again.";
        GatewayHasTargets = "gateway.has-targets" [Usage] "The gateway has targets, which go before it."
            "Add `--force` to delete them too.";
        GatewayNoAuthorizer = "gateway.no-authorizer" [Usage]
            "Nothing says who may call the gateway: no `--authorizer-config`, and no client for machines set up in this folder."
            "Run `agentcore identity setup-cognito --auth-flow m2m` first, or pass `--authorizer-config`.";
        GatewayNotFound = "gateway.not-found" [NotFound] "There is no such gateway in this account and region."
            "`agentcore gateway list-mcp-gateways` shows those that are there.";
        GatewayPayload = "gateway.payload" [Usage] "The target's payload is missing, or not what its type takes."
            "Write it as the hint shows.";
        GatewayTaken = "gateway.taken" [Usage] "Somebody else has a gateway of this name."
            "Choose another `--name`.";
        GatewayTargetNotFound = "gateway.target-not-found" [NotFound] "The gateway has no such target."
            "`agentcore gateway list-mcp-gateway-targets --id ID` shows those that it has.";
        GatewayTargetTaken = "gateway.target-taken" [Usage]
            "A gateway that this program did not make has another target of this name."
            "Choose another `--name`, or delete the target first.";
    }
    "Sandbox" {
        SandboxRunning = "sandbox.running" [Usage] "A sandbox runs already, and not as is asked for."
            "Stop it first: `agentcore sandbox stop`; its state is kept.";
    }
}

impl Code {
    /// As it stands in `error.code`; of a family with `*` for its end.
    pub(crate) const fn text(self) -> &'static str {
        self.row().text
    }

    /// The heading under which the table has it.
    pub(crate) const fn section(self) -> &'static str {
        self.row().section
    }

    /// One sentence.
    pub(crate) const fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// The next step, as a sentence.
    pub(crate) const fn remedy(self) -> &'static str {
        self.row().remedy
    }

    /// The exit statuses of errors with this code, without 9, which takes their place once a part of the work is done.
    pub(crate) fn exit_codes(self) -> Vec<u8> {
        let mut codes: Vec<u8> = self.row().kinds.iter().map(|kind| kind.exit_code()).collect();
        codes.sort_unstable();
        codes
    }

    pub(super) fn comes_with(self, kind: Kind) -> bool {
        self.row().kinds.contains(&kind)
    }

    /// The begin of every code of a family.
    pub(super) fn stem(self) -> Option<&'static str> {
        self.text().strip_suffix('*')
    }

    /// The row of a code as an error has it: its own, else that of its family.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let own = Self::ALL.iter().find(|code| code.text() == text);
        let family = || Self::ALL.iter().find(|code| code.stem().is_some_and(|stem| text.starts_with(stem)));
        own.or_else(family).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_told_once_and_is_stable() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let text = code.text();
            assert!(seen.insert(text), "`{text}` has two rows");
            let stem = code.stem().unwrap_or(text);
            assert!(stem.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b)), "{text}");
        }
    }

    #[test]
    fn each_row_is_written_in_sentences() {
        for code in Code::ALL {
            for sentence in [code.meaning(), code.remedy()] {
                assert!(sentence.ends_with('.') && !sentence.contains('|'), "{}: {sentence}", code.text());
            }
        }
    }

    #[test]
    fn a_row_goes_before_its_family() {
        assert_eq!(Code::find("token.invalid-client"), Some(Code::TokenInvalidClient));
        assert_eq!(Code::find("token.login-required"), Some(Code::TokenRefused));
        assert_eq!(Code::find("runtime.create-failed"), Some(Code::RuntimeFailed));
        assert_eq!(Code::find("ValidationException"), None);
    }
}
