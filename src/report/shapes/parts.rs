//! Parts of documents: what stands in more than one, or is long.

use super::Shape::{Any, Anything, Bool, Free, Int, List, Number, OneOf, Text, Texts};
use super::{Member, maybe, member, optional};

pub(super) const AGENT: Member = maybe("agent", Text);

pub(super) const CALLER: &[Member] =
    &[member("account", Text), member("region", Text), member("principal", Text), optional("profile", Text)];

pub(super) const CHANGE: &[Member] = &[
    member("path", Text),
    optional("change", OneOf(&["added", "changed", "removed"])),
    optional("before", Any),
    optional("after", Any),
    optional("meaning", Text),
    optional("changedElsewhere", Bool),
];

pub(super) const STEP: &[Member] = &[
    member("resource", Text),
    member("name", Text),
    member("action", OneOf(&["create", "update", "delete", "unchanged", "keep"])),
    optional("details", Texts),
    optional("changes", List(CHANGE)),
    optional("seconds", Number),
];

pub(super) const DIFFERENCE: &[Member] = &[
    member("path", Text),
    member("difference", Text),
    maybe("file", Any),
    maybe("live", Any),
    maybe("meaning", Text),
    member("changedElsewhere", Bool),
];

pub(super) const ENDPOINT: &[Member] = &[
    member("name", Text),
    maybe("arn", Text),
    maybe("status", Text),
    maybe("liveVersion", Text),
    maybe("targetVersion", Text),
    maybe("failureReason", Text),
    maybe("lastUpdatedAt", Any),
];

pub(super) const LISTED_ENDPOINT: &[Member] = &[
    member("name", Text),
    maybe("arn", Text),
    maybe("status", Text),
    maybe("liveVersion", Text),
    maybe("targetVersion", Text),
    maybe("failureReason", Text),
    maybe("lastUpdatedAt", Any),
    maybe("description", Text),
    maybe("previousVersion", Text),
    maybe("createdBy", Text),
    member("leftOver", Bool),
];

pub(super) const LIVE_RUNTIME: &[Member] = &[
    member("id", Text),
    member("arn", Text),
    member("version", Text),
    member("status", Text),
    maybe("failureReason", Text),
    maybe("image", Text),
    maybe("code", Free),
    maybe("role", Text),
    maybe("authorizer", Free),
    maybe("requestHeaders", Any),
    member("environmentVariableNames", Texts),
    maybe("protocol", Text),
    maybe("network", Free),
    maybe("requireMMDSV2", Bool),
    member("settings", Free),
    maybe("otherCallers", Any),
    maybe("createdAt", Any),
    maybe("lastUpdatedAt", Any),
];

pub(super) const MEMORY: &[Member] = &[
    member("id", Text),
    maybe("arn", Text),
    maybe("name", Text),
    maybe("status", Text),
    maybe("type", Text),
    maybe("failureReason", Text),
    maybe("eventExpiryDuration", Int),
    member("strategies", Anything),
    maybe("error", Text),
];

pub(super) const LAUNCHED: &[Member] = &[
    member("id", Text),
    member("arn", Text),
    member("version", Text),
    member("status", Text),
    maybe("image", Text),
    maybe("code", Free),
    maybe("endpointStatus", Text),
    maybe("invocationUrl", Text),
];

pub(super) const SMOKE: &[Member] =
    &[member("version", Text), member("passed", Bool), member("seconds", Number), maybe("watchedCalls", Any)];

pub(super) const TIMES: &[Member] =
    &[member("total", Number), member("build", Number), maybe("ready", Number), maybe("start", Number)];

pub(super) const AUTHORIZER: &[Member] =
    &[member("source", Text), member("method", OneOf(&["jwt", "sigv4"])), maybe("customJWTAuthorizer", Free)];

pub(super) const RULE: &[Member] = &[
    member("rule", Text),
    member("passed", Bool),
    member("judged", Bool),
    maybe("code", Text),
    maybe("expected", Any),
    maybe("found", Any),
    maybe("configKey", Text),
    maybe("hint", Text),
];

pub(super) const TOKEN_RULE: &[Member] = &[
    maybe("code", Text),
    member("passed", Bool),
    maybe("expected", Any),
    maybe("found", Any),
    maybe("configKey", Text),
];

pub(super) const POOL: &[Member] = &[
    maybe("poolId", Text),
    maybe("poolName", Text),
    maybe("clientId", Text),
    maybe("discoveryUrl", Text),
    maybe("username", Text),
    maybe("domain", Text),
    maybe("tokenEndpoint", Text),
    maybe("authorizationEndpoint", Text),
    maybe("resourceServer", Text),
    maybe("scopes", Any),
    maybe("callbackUrls", Any),
];

pub(super) const MESSAGE: &[Member] = &[maybe("role", Text), member("text", Text)];

pub(super) const SPAN: &[Member] = &[
    member("spanId", Text),
    maybe("parentSpanId", Text),
    member("depth", Int),
    member("name", Text),
    maybe("kind", Text),
    maybe("service", Text),
    maybe("agentId", Text),
    member("startTime", Text),
    member("durationMs", Number),
    member("status", Text),
    maybe("statusMessage", Text),
    maybe("attributes", Any),
    maybe("events", Any),
    member("messages", List(MESSAGE)),
];

/// The last two are of `traces show` alone.
pub(super) const TRACE: &[Member] = &[
    member("traceId", Text),
    maybe("sessionId", Text),
    member("startTime", Text),
    member("endTime", Text),
    member("durationMs", Number),
    member("status", OneOf(&["OK", "ERROR"])),
    member("spanCount", Int),
    member("errorCount", Int),
    maybe("input", Text),
    maybe("output", Text),
    optional("spans", List(SPAN)),
    optional("messages", List(MESSAGE)),
];

pub(super) const TRACES: &[Member] = &[
    member("agentId", Text),
    maybe("sessionId", Text),
    member("region", Text),
    member("days", Int),
    member("traces", List(TRACE)),
    member("more", Bool),
];

pub(super) const LOG_EVENT: &[Member] = &[
    member("timestamp", Text),
    member("ingestedAt", Text),
    maybe("level", Text),
    maybe("session", Text),
    maybe("request", Text),
    member("message", Text),
    maybe("stream", Text),
    maybe("id", Text),
];

pub(super) const CODE: &[Member] = &[
    member("code", Text),
    member("section", Text),
    member("exitStatuses", Anything),
    member("meaning", Text),
    member("remedy", Text),
];

pub(super) const LOCAL: &[Member] = &[AGENT, maybe("url", Text), maybe("exitStatus", Int)];

/// One line or more of the configuration that is wrong or odd.
pub(super) const FINDING: &[Member] = &[
    member("severity", OneOf(&["error", "warning"])),
    maybe("code", Text),
    member("message", Text),
    member("line", Int),
    member("column", Int),
    member("endColumn", Int),
    maybe("source", Text),
];

pub(super) const ARTIFACT: &[Member] = &[
    AGENT,
    member("builder", Text),
    member("platform", Text),
    member("kind", OneOf(&["image", "archive"])),
    maybe("digest", Text),
    maybe("size", Int),
    member("layers", List(&[member("what", Text), maybe("digest", Text), maybe("size", Int)])),
    maybe("localImage", Text),
    maybe("file", Text),
    member("sbom", Texts),
    FINDINGS,
];

/// What is wrong in an agent's source.
pub(super) const FINDINGS: Member = member(
    "findings",
    List(&[
        member("severity", OneOf(&["error", "warning"])),
        member("code", Text),
        maybe("file", Text),
        maybe("line", Int),
        maybe("column", Int),
        member("text", Text),
        maybe("fix", Text),
    ]),
);

pub(super) const OUTLINE: &[Member] = &[
    AGENT,
    member("builder", Text),
    member("platform", Text),
    maybe("base", Text),
    member("layers", List(&[member("what", Text), maybe("size", Int), member("cached", Bool)])),
    member("files", List(&[member("path", Text), member("size", Int)])),
    maybe("sourceSize", Int),
    member("ignored", List(&[member("path", Text), member("why", Text)])),
    member("ignoredCount", Int),
    member("largestPackages", List(&[member("name", Text), maybe("version", Text), maybe("size", Int)])),
];
