//! Facts of the service that several rooms need, each of them once. Source: the service's model and developer guide.

pub(crate) mod actions;
pub(crate) mod network;
pub(crate) mod runtime;
pub(crate) mod stdlib;

use std::ops::RangeInclusive;

/// A member of `customJWTAuthorizer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AuthorizerMember {
    pub(crate) name: &'static str,
    pub(crate) role: MemberRole,
    pub(crate) form: MemberForm,
}

/// What a member of an authorizer is to this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberRole {
    /// A rule that is read and judged.
    Judged,
    /// Passed on; it decides nothing about a caller.
    Neutral,
    /// Passed on; it restricts callers in a way that only the service can judge.
    Restricts,
}

/// What the value of a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberForm {
    /// The one member that must be there.
    Url,
    Texts,
    Object,
    Objects,
}

/// The configuration file's schema, `auth` and the sandbox read this table. A judged member also needs a field in
/// `auth::Authorizer`; a test and the compiler then name what has to read it.
pub(crate) const AUTHORIZER_MEMBERS: &[AuthorizerMember] = &[
    member("discoveryUrl", MemberRole::Judged, MemberForm::Url),
    member("allowedAudience", MemberRole::Judged, MemberForm::Texts),
    member("allowedClients", MemberRole::Judged, MemberForm::Texts),
    member("allowedScopes", MemberRole::Judged, MemberForm::Texts),
    member("customClaims", MemberRole::Judged, MemberForm::Objects),
    member("advertisedScopeMapping", MemberRole::Neutral, MemberForm::Object),
    member("privateEndpoint", MemberRole::Neutral, MemberForm::Object),
    member("privateEndpointOverrides", MemberRole::Neutral, MemberForm::Objects),
    member("certificateConfigurations", MemberRole::Neutral, MemberForm::Objects),
    member("allowedWorkloadConfiguration", MemberRole::Restricts, MemberForm::Object),
];

const fn member(name: &'static str, role: MemberRole, form: MemberForm) -> AuthorizerMember {
    AuthorizerMember { name, role, form }
}

/// Headers of a call that are members of the operation itself: they reach the agent without being on its allowlist.
pub(crate) const PASSED_HEADERS: [&str; 10] = [
    "accept",
    "content-type",
    "mcp-session-id",
    "mcp-protocol-version",
    "mcp-method",
    "mcp-name",
    "x-amzn-trace-id",
    "traceparent",
    "tracestate",
    "baggage",
];

/// The header in which clients of A2A 1.0 say its version. The service passes only headers of the allowlist on.
pub(crate) const A2A_VERSION: &str = "A2A-Version";

/// Agent runtimes of an account in a region, unless a higher quota was granted (developer guide, "Quotas", September 2026).
pub(crate) const RUNTIMES_PER_REGION: usize = 1000;

/// The endpoint that every runtime has and that follows its newest version.
pub(crate) const DEFAULT_ENDPOINT: &str = "DEFAULT";

/// Where the output of an agent's endpoint goes.
pub(crate) fn log_group(runtime_id: &str, endpoint: &str) -> String {
    format!("/aws/bedrock-agentcore/runtimes/{runtime_id}-{endpoint}")
}

/// Where X-Ray puts the spans of the whole account, once Transaction Search is switched on.
pub(crate) const SPANS_LOG_GROUP: &str = "aws/spans";

/// The stream of an endpoint's log group that spans go to where the runtime writes them itself.
pub(crate) const SPANS_STREAM: &str = "spans";

/// The stream of an endpoint's log group that log records of OpenTelemetry go to: messages, inputs and outputs.
pub(crate) const TELEMETRY_STREAM: &str = "otel-rt-logs";

/// The most characters of the name of an agent or an endpoint. Part of [`is_name`].
pub(crate) const NAME_LENGTH: usize = 48;

/// Whether an agent or an endpoint may have this name: `[a-zA-Z][a-zA-Z0-9_]{0,47}`, to the last byte.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= NAME_LENGTH
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The model of new projects: an inference profile that can be called from every commercial region with Bedrock.
pub(crate) const DEFAULT_MODEL: &str = "global.anthropic.claude-haiku-4-5-20251001-v1:0";

/// Characters that the service puts behind a memory's name, after a `-`, to make its id.
const MEMORY_ID_SUFFIX: usize = 10;

/// The name of the memory that has this id: the id without `-` and the service's ten characters. `None` for what is no id:
/// `[a-zA-Z][a-zA-Z0-9-_]{0,99}-[a-zA-Z0-9]{10}`.
pub(crate) fn memory_name_of(id: &str) -> Option<&str> {
    let (name, suffix) = id.rsplit_once('-')?;
    let is_suffix = suffix.len() == MEMORY_ID_SUFFIX && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_rest = name.len() <= 100
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (is_suffix && is_rest).then_some(name)
}

/// Days for which an event of a memory may be kept, by the service's model; the developer guide says 7 to 365.
pub(crate) const EVENT_EXPIRY_DAYS: RangeInclusive<u32> = 3..=3650;

/// Variables in which an agent finds its memory. Source: the SDK and the starter toolkit.
pub(crate) const MEMORY_ID_VARIABLE: &str = "BEDROCK_AGENTCORE_MEMORY_ID";
pub(crate) const MEMORY_NAME_VARIABLE: &str = "BEDROCK_AGENTCORE_MEMORY_NAME";

/// Characters of a session id.
pub(crate) const SESSION_ID_LENGTH: RangeInclusive<usize> = 33..=256;

/// Seconds for which a session may be idle or live, by the quotas. The service's model takes longer ones.
pub(crate) const SESSION_SECONDS: RangeInclusive<u32> = 60..=28_800;
/// Seconds for which a session may be idle where nothing else is configured; it lives for as long as it may at most.
pub(crate) const IDLE_TIMEOUT: u32 = 900;
/// Seconds that an agent may take until it begins to answer. Source: service quotas.
pub(crate) const ANSWER_SECONDS: u64 = 900;

/// The largest manifest or index of an image that ECR takes, in bytes; the reference registry's limit is the same.
pub(crate) const MANIFEST_LIMIT: usize = 4 << 20;

/// The largest payload of a call, in bytes.
pub(crate) const PAYLOAD_LIMIT: u64 = 100_000_000;
/// The largest frame of a web socket, in bytes. Source: service quotas.
pub(crate) const FRAME_LIMIT: usize = 64 << 10;

/// Characters of a command for InvokeAgentRuntimeCommand, seconds that it may take, and those it may take when nothing is
/// said. Source: the model and the developer guide's page on commands.
pub(crate) const COMMAND_LENGTH: RangeInclusive<usize> = 1..=65_536;
pub(crate) const COMMAND_SECONDS: RangeInclusive<u64> = 1..=3600;
pub(crate) const DEFAULT_COMMAND_SECONDS: u64 = 300;
/// The most output of a command, in bytes.
pub(crate) const COMMAND_OUTPUT_LIMIT: u64 = 100_000_000;
/// Shells that a session may have, attached or not, and the output of one that is sent again to whoever attaches, in bytes.
pub(crate) const MOST_SHELLS: usize = 10;
pub(crate) const SHELL_REPLAY: usize = 256 << 10;

/// Whether a shell may have this id: `[a-zA-Z0-9][a-zA-Z0-9_-]{0,127}`.
pub(crate) fn is_shell_id(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The largest archive for a managed runtime, and what may be in it, in bytes. The quotas say MB; the retired starter toolkit
/// counts them as here.
pub(crate) const ARCHIVE_LIMIT: u64 = 250 << 20;
pub(crate) const UNZIPPED_LIMIT: u64 = 750 << 20;

/// The most names on an allowlist of request headers.
pub(crate) const MOST_HEADERS: usize = 20;
/// The most subnets, and the most security groups, of a runtime in a VPC.
pub(crate) const MOST_NETWORK_IDS: usize = 16;
/// The most characters of each part of an entry point.
pub(crate) const ENTRY_POINT_LENGTH: usize = 128;

/// Where the agents of a protocol are called, by the service's contract for containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    pub(crate) port: u16,
    pub(crate) path: &'static str,
}

/// Of HTTP and AG-UI.
pub(crate) const HTTP: Contract = Contract { port: 8080, path: "/invocations" };
pub(crate) const MCP: Contract = Contract { port: 8000, path: "/mcp" };
pub(crate) const A2A: Contract = Contract { port: 9000, path: "/" };

/// A managed runtime of direct code deployment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ManagedRuntime {
    /// As `runtime_type` has it.
    pub(crate) name: &'static str,
    pub(crate) interpreter: Interpreter,
    /// The minor version of Python 3, the major version of Node.js.
    pub(crate) version: u32,
    /// After this day the service takes no new versions of an agent with it.
    pub(crate) last_day: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interpreter {
    Python,
    Node,
}

impl Interpreter {
    /// What the names of its runtimes begin with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Python => "PYTHON_3_",
            Self::Node => "NODE_",
        }
    }

    pub(crate) fn runtimes(self) -> impl Iterator<Item = &'static ManagedRuntime> {
        MANAGED_RUNTIMES.iter().filter(move |known| known.interpreter == self)
    }

    /// The versions of the oldest and the newest known runtime.
    pub(crate) fn versions(self) -> (u32, u32) {
        let versions = || self.runtimes().map(|known| known.version);
        (versions().min().unwrap_or(0), versions().max().unwrap_or(0))
    }
}

/// From the oldest to the newest of each interpreter.
pub(crate) const MANAGED_RUNTIMES: &[ManagedRuntime] = &[
    runtime("PYTHON_3_10", Interpreter::Python, Some("2026-08-31")),
    runtime("PYTHON_3_11", Interpreter::Python, Some("2026-08-31")),
    runtime("PYTHON_3_12", Interpreter::Python, None),
    runtime("PYTHON_3_13", Interpreter::Python, None),
    runtime("PYTHON_3_14", Interpreter::Python, None),
    runtime("NODE_22", Interpreter::Node, None),
];

/// Their names alone.
pub(crate) const MANAGED_RUNTIME_NAMES: &[&str] = &{
    let mut names = [""; MANAGED_RUNTIMES.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = MANAGED_RUNTIMES[index].name;
        index += 1;
    }
    names
};

const fn runtime(name: &'static str, interpreter: Interpreter, last_day: Option<&'static str>) -> ManagedRuntime {
    let digits = name.as_bytes();
    let mut version = 0;
    let mut index = interpreter.prefix().len();
    while index < digits.len() {
        version = version * 10 + (digits[index] - b'0') as u32;
        index += 1;
    }
    ManagedRuntime { name, interpreter, version, last_day }
}

/// What a managed runtime of this name has. The service decides what exists: a name of a known form that is newer than this
/// program passes. `None` for what can never have been one.
pub(crate) fn read_runtime(name: &str) -> Option<(Interpreter, u32)> {
    [Interpreter::Python, Interpreter::Node].into_iter().find_map(|interpreter| {
        let digits = name.strip_prefix(interpreter.prefix())?;
        // `parse` would take a sign.
        let number: u32 = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())??;
        (number >= interpreter.versions().0).then_some((interpreter, number))
    })
}

/// The minor version of a Python 3: 12 for `3.12`, `3.12.4`, `cpython-3.12`, `python3.12` and `PYTHON_3_12`.
pub(crate) fn python_minor(text: &str) -> Option<u32> {
    let managed = text.trim().strip_prefix(Interpreter::Python.prefix()).map(|minor| format!("3.{minor}"));
    let text = managed.as_deref().unwrap_or(text.trim());
    let text = ["cpython-", "cpython@", "cpython", "python-", "python"]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let mut parts = text.split('.');
    let minor = (parts.next()? == "3").then(|| parts.next())??;
    let rest_is_numeric = parts.all(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    minor.parse().ok().filter(|_| rest_is_numeric && minor.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_in_all_usual_spellings() {
        let cases = [
            ("3.12", Some(12)),
            ("3.12.4", Some(12)),
            ("cpython-3.11", Some(11)),
            ("python3.10", Some(10)),
            ("3.13.0rc1", Some(13)),
            ("3.9", Some(9)),
            ("PYTHON_3_13", Some(13)),
            ("3", None),
            ("2.7", None),
            ("pypy3.10", None),
            ("system", None),
            ("3.x", None),
            ("3.12; rm", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(python_minor(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_runtime_has_a_known_form_and_age() {
        for known in MANAGED_RUNTIMES {
            assert_eq!(known.name, format!("{}{}", known.interpreter.prefix(), known.version));
            assert_eq!(read_runtime(known.name), Some((known.interpreter, known.version)));
        }
        let (python, node) = (Interpreter::Python.versions(), Interpreter::Node.versions());
        for newer in [format!("PYTHON_3_{}", python.1 + 1), format!("NODE_{}", node.1 + 2)] {
            assert!(read_runtime(&newer).is_some(), "{newer}");
        }
        for name in ["PYTHON_3_9", "PYTHON_9_9", "PYTHON_3_", "PYTHON_3_+12", "python_3_12", "NODE_20", "RUBY_3", ""] {
            assert_eq!(read_runtime(name), None, "{name}");
        }
    }

    #[test]
    fn id_of_a_memory_has_its_whole_name() {
        assert_eq!(memory_name_of("notes_mem-aB3dE5fG7h"), Some("notes_mem"));
        assert_eq!(memory_name_of("notes_memory-aB3dE5fG7h"), Some("notes_memory"));
        for id in ["notes_mem-aB3dE5fG7", "notes_mem-aB3dE5f_7h", "notes_mem", "", "9notes-aB3dE5fG7h", "-aB3dE5fG7h"] {
            assert_eq!(memory_name_of(id), None, "{id}");
        }
    }

    /// What the documents say about these facts. Words around the numbers are theirs.
    #[test]
    fn the_documents_have_the_same_numbers() {
        let documents = [
            ("artifacts", include_str!("../docs/artifacts.md")),
            ("config", include_str!("../docs/config.md")),
            ("errors", include_str!("../docs/errors.md")),
            ("invoke", include_str!("../docs/invoke.md")),
            ("reference", include_str!("../docs/reference.md")),
            ("sandbox-reference", include_str!("../docs/sandbox-reference.md")),
            ("tokens", include_str!("../docs/tokens.md")),
        ];
        let (oldest, newest) = Interpreter::Python.versions();
        let megabytes = |bytes: u64| format!("{} MB", bytes >> 20);
        for (page, words) in [
            (
                "artifacts",
                format!("`PYTHON_3_{oldest}` to `PYTHON_3_{newest}`, `NODE_{}`", Interpreter::Node.versions().1),
            ),
            ("artifacts", format!("{} zipped and {} unzipped", megabytes(ARCHIVE_LIMIT), megabytes(UNZIPPED_LIMIT))),
            ("invoke", format!("up to {} MB", PAYLOAD_LIMIT / 1_000_000)),
            ("invoke", format!("within the {} minutes that an agent may take to begin", ANSWER_SECONDS / 60)),
            ("tokens", format!("within the {} minutes", ANSWER_SECONDS / 60)),
            ("config", format!("max_lifetime: {}", SESSION_SECONDS.end())),
            ("errors", format!("letters, digits and underscores, {NAME_LENGTH} at most")),
            ("errors", format!("Use {} to {} letters", SESSION_ID_LENGTH.start(), SESSION_ID_LENGTH.end())),
            ("errors", format!("Give at most {MOST_NETWORK_IDS} ids")),
            ("reference", format!("{} to {} characters", SESSION_ID_LENGTH.start(), SESSION_ID_LENGTH.end())),
            ("sandbox-reference", "A payload has at most 100,000,000 bytes".to_owned()),
        ] {
            let text = documents.iter().find(|(name, _)| *name == page).unwrap().1;
            assert!(text.contains(&words), "docs/{page}.md does not say `{words}`");
        }
    }
}
