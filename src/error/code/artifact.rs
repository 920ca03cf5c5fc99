//! Rows of the table of codes: the source, its dependencies, images and archives.

macro_rules! artifact_codes {
    ($($next:ident)*; $($rows:tt)*) => {
        chain! {
            $($next)*; $($rows)*
            "Source of the agent" {
                SourceAgentName = "source.agent-name" [Usage] "The text is not a valid name of an agent."
                    "Use a letter, then letters, digits and underscores, 48 at most.";
                SourceBaseImage = "source.base-image" [Usage]
                    "The base image is not a reference to an image, or cannot be used by a Dockerfile."
                    "Give `--base-image` an image with an interpreter; `scratch` is for `--builder native` only.";
                SourceBuild = "source.build" [Failed] "The project's own build command failed."
                    "Run the command that the message names yourself, and correct what it reports.";
                SourceBuildOutput = "source.build-output" [Failed] "The project's build did not make the file that the agent runs."
                    "Name that file with `main` in package.json, or set `outDir` and `rootDir` in tsconfig.json.";
                SourceContext = "source.context" [Usage] "The build context is not a folder, or is outside the project."
                    "Choose a folder of the project with `agentcore configure --build-context DIR`.";
                SourceCopiedLeftOut = "source.copied-left-out" [Usage]
                    "The Dockerfile copies a file that the ignore rules leave out."
                    "Change the ignore rules or the Dockerfile, as the hint says.";
                SourceDockerfile = "source.dockerfile" [Usage]
                    "There is no Dockerfile where the configuration or the flag says, or Docker cannot build it."
                    "Write or correct it, or have one generated: `agentcore configure --dockerfile ''`.";
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
                PackagesCertificate = "packages.certificate" [Failed] "The certificate of the package index is not trusted."
                    "Name the authority's certificate as the hint says.";
                PackagesCredentials = "packages.credentials" [Failed] "The package index refused access."
                    "Check its address and credentials.";
                PackagesUnreachable = "packages.unreachable" [Failed] "The package index could not be reached, or failed itself."
                    "Check the network, the address and `HTTPS_PROXY`, and run the command again.";
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
            "Checks of the source" {
                PreflightImport = "preflight.import" [Usage]
                    "The agent imports a module that neither its source, nor its packages, nor Python's standard library has."
                    "Add the package to the requirements, or correct the name; `--skip-checks` deploys it as it is.";
                PreflightSdk = "preflight.sdk" [Usage]
                    "The agent imports `bedrock_agentcore`, and its requirements do not bring `bedrock-agentcore`."
                    "Add `bedrock-agentcore` to the requirements.";
                PreflightSyntax = "preflight.syntax" [Usage]
                    "A file that the agent reads when it starts is not valid in its version of Python."
                    "Correct the line that the message names, or choose another version with `agentcore configure --python X.Y`.";
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
        }
    };
}
