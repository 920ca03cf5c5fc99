//! Rows of the table of codes: AWS, and of calls of the agent.

macro_rules! aws_codes {
    ($($next:ident)*; $($rows:tt)*) => {
        chain! {
            $($next)*; $($rows)*
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
                EndpointFailed = "endpoint.failed" [Failed] "The service could not create, change or delete the endpoint."
                    "Correct the cause and run the command again; an endpoint that was being pointed still serves its old version.";
                EndpointNotFound = "endpoint.not-found" [NotFound] "The runtime has no endpoint of this name."
                    "Choose one that `agentcore endpoint list` shows, or make it: `agentcore endpoint create NAME`.";
                EndpointTaken = "endpoint.taken" [Usage, Partial] "This project did not make the endpoint."
                    "Choose another name, or take it over with `--adopt`.";
                SmokeExpect = "smoke.expect" [Usage] "The condition on the smoke test's answer cannot be read."
                    "Write it as in docs/versions.md, such as `--expect '.status == \"ok\"'`.";
                SmokeFailed = "smoke.failed" [Failed, Partial]
                    "The new version failed its smoke test, and no endpoint was pointed to it. The causes say whether DEFAULT was put back."
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
                RuntimeNetwork = "runtime.network" [Usage]
                    "A subnet or security group of the agent does not exist in the region, or the subnets are in several VPCs."
                    "Name subnets and security groups of one VPC: `agentcore configure --vpc --subnets IDS --security-groups IDS`.";
                RuntimePolicy = "runtime.policy" [Usage]
                    "The runtime has a resource policy that this project did not put there."
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
                MemoryConflict = "memory.conflict" [Failed] "There is a memory of this name with other settings, or one that is being deleted."
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
                AgentTaskFailed = "agent.task-failed" [Agent] "The agent's task did not complete successfully (A2A)."
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
        }
    };
}
