//! The names of the JSON schemas, one for each shape. A failure carries the name that the command's result would have
//! had.

macro_rules! schemas {
    ($($constant:ident = $name:literal,)*) => {
        $(pub(crate) const $constant: &str = concat!("agentcore.", $name, "/1");)*

        #[cfg(test)]
        pub(crate) const ALL: &[&str] = &[$($constant),*];
    };
}

schemas! {
    CREATE = "create",
    CONFIGURE = "configure",
    CONFIGURE_LIST = "configure-list",
    CONFIGURE_SET_DEFAULT = "configure-set-default",
    CONFIGURE_SHOW = "configure-show",
    CONFIGURE_VALIDATE = "configure-validate",
    BUILD = "build",
    BUILD_PLAN = "build-plan",
    CHECK = "check",
    LAUNCH = "launch",
    LAUNCH_LOCAL = "launch-local",
    DEV = "dev",
    DEV_TOKEN = "dev-token",
    STATUS = "status",
    STATUS_CHANGE = "status-change",
    STATUS_DRIFT = "status-drift",
    ADOPT = "adopt",
    EXPORT = "export",
    INVOKE = "invoke",
    INVOKE_EVENT = "invoke-event",
    INVOKE_PRINT = "invoke-print",
    STOP_SESSION = "stop-session",
    EXEC = "exec",
    SHELL = "shell",
    SESSIONS = "sessions",
    SESSIONS_STOP = "sessions-stop",
    DESTROY = "destroy",
    DOCTOR = "doctor",
    ENDPOINT = "endpoint",
    ENDPOINTS = "endpoints",
    VERSIONS = "versions",
    AUTH_CHECK = "auth-check",
    AUTH_EXPLAIN = "auth-explain",
    AUTH_TEST = "auth-test",
    SETUP_COGNITO = "identity-setup-cognito",
    TOKEN = "identity-token",
    TOKEN_FORGET = "identity-token-forget",
    VERIFY = "identity-verify",
    CLEANUP = "identity-cleanup",
    CREDENTIAL_PROVIDER = "identity-credential-provider",
    CREDENTIAL_PROVIDERS = "identity-credential-providers",
    WORKLOAD_IDENTITY = "identity-workload-identity",
    WORKLOAD_IDENTITIES = "identity-workload-identities",
    IDENTITY_DELETE = "identity-delete",
    AWS_JWT = "identity-aws-jwt",
    MEMORY = "memory",
    MEMORIES = "memories",
    MEMORY_STATUS = "memory-status",
    MEMORY_DELETE = "memory-delete",
    MEMORY_SHOW = "memory-show",
    MEMORY_ACTORS = "memory-actors",
    MEMORY_SESSIONS = "memory-sessions",
    MEMORY_EVENTS = "memory-events",
    MEMORY_RECORDS = "memory-records",
    GATEWAY = "gateway",
    GATEWAYS = "gateways",
    GATEWAY_TARGET = "gateway-target",
    GATEWAY_TARGETS = "gateway-targets",
    GATEWAY_DELETE = "gateway-delete",
    ENVIRONMENTS = "environments",
    CI_INIT = "ci-init",
    LOGS = "logs",
    LOG_LINE = "log-line",
    IAM_POLICY = "iam-policy",
    IAM_ROLE = "iam-role",
    OBSERVABILITY = "observability",
    OBSERVABILITY_CHECK = "observability-check",
    OBS_LIST = "obs-list",
    OBS_SHOW = "obs-show",
    SANDBOX_STATUS = "sandbox-status",
    SANDBOX_RUN = "sandbox-run",
    SANDBOX_STOP = "sandbox-stop",
    SANDBOX_ENV = "sandbox-env",
    SANDBOX_PAGE = "sandbox-page",
    SANDBOX_RESET = "sandbox-reset",
    EXPLAIN = "explain",
    EXPLAIN_LIST = "explain-list",
    SCHEMA = "schema",
    COMPLETIONS = "completions",
    MAN = "man",
    HELP = "help",
    VERSION = "version",
    USAGE = "usage",
    EVENT = "event",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_documented_and_stands_once() {
        let text = concat!(include_str!("../../docs/reference.md"), include_str!("../../docs/exit-codes.md"));
        for (index, name) in ALL.iter().enumerate() {
            assert!(!ALL[..index].contains(name), "{name} stands twice");
            assert!(text.contains(&format!("`{name}`")), "docs/reference.md does not name `{name}`");
        }
        for word in text.split('`').filter(|word| word.starts_with("agentcore.") && word.ends_with("/1")) {
            assert!(ALL.contains(&word), "the documents name `{word}`, which does not exist");
        }
    }
}
