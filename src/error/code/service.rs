//! Rows of the table of codes: what stands beside an agent: local running, traces, gateways, the sandbox.

macro_rules! service_codes {
    ($($next:ident)*; $($rows:tt)*) => {
        chain! {
            $($next)*; $($rows)*
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
                    "Policies exist under both names that this program would use, and neither lets X-Ray write spans."
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
                    "Read the reason, fix the cause, delete it and create it again.";
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
    };
}
