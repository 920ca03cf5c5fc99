//! What CodeBuild refuses in a project, and what the sandbox's does.

use serde_json::{Map, Value, json};

use super::invalid;
use crate::partition::{Arn, Partition};
use crate::sandbox::reply::Fault;
use crate::sandbox::{SharedSandbox, iam};

/// Minutes. Source: the service model's documentation.
pub(super) const DEFAULT_TIMEOUT: u64 = 60;
pub(super) const DEFAULT_QUEUED: u64 = 480;
/// Minutes. Source: the service model.
const TIMEOUTS: std::ops::RangeInclusive<u64> = 5..=2160;
const QUEUED: std::ops::RangeInclusive<u64> = 5..=480;
const MOST_TAGS: usize = 50;

/// Source: the service model.
const ENVIRONMENTS: [&str; 12] = [
    "WINDOWS_CONTAINER",
    "LINUX_CONTAINER",
    "LINUX_GPU_CONTAINER",
    "ARM_CONTAINER",
    "WINDOWS_SERVER_2019_CONTAINER",
    "WINDOWS_SERVER_2022_CONTAINER",
    "LINUX_LAMBDA_CONTAINER",
    "ARM_LAMBDA_CONTAINER",
    "LINUX_EC2",
    "ARM_EC2",
    "WINDOWS_EC2",
    "MAC_ARM",
];
const COMPUTE: [&str; 12] = [
    "BUILD_GENERAL1_SMALL",
    "BUILD_GENERAL1_MEDIUM",
    "BUILD_GENERAL1_LARGE",
    "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE",
    "BUILD_LAMBDA_1GB",
    "BUILD_LAMBDA_2GB",
    "BUILD_LAMBDA_4GB",
    "BUILD_LAMBDA_8GB",
    "BUILD_LAMBDA_10GB",
    "ATTRIBUTE_BASED_COMPUTE",
    "CUSTOM_INSTANCE_TYPE",
];

/// Members of a project that are kept. Any other is refused.
const MEMBERS: [&str; 15] = [
    "name",
    "description",
    "source",
    "sourceVersion",
    "artifacts",
    "environment",
    "serviceRole",
    "timeoutInMinutes",
    "queuedTimeoutInMinutes",
    "encryptionKey",
    "tags",
    "cache",
    "badgeEnabled",
    "logsConfig",
    "concurrentBuildLimit",
];

pub(super) fn text<'v>(input: &'v Value, member: &str) -> Option<&'v str> {
    input.get(member).and_then(Value::as_str)
}

/// # Errors
/// InvalidInputException when the member is missing or empty.
pub(super) fn required<'v>(input: &'v Value, member: &str) -> Result<&'v str, Fault> {
    text(input, member).filter(|text| !text.is_empty()).ok_or_else(|| invalid(format!("{member} is required")))
}

/// The members of a project to be created or changed, checked.
///
/// # Errors
/// InvalidInputException.
pub(super) fn project(input: &Value, is_new: bool) -> Result<Map<String, Value>, Fault> {
    name(required(input, "name")?)?;
    let given = input.as_object().cloned().unwrap_or_default();
    let members: Map<String, Value> = given.into_iter().filter(|(_, value)| !value.is_null()).collect();
    if let Some(other) = members.keys().find(|member| !MEMBERS.contains(&member.as_str())) {
        return Err(invalid(format!("the sandbox's CodeBuild does not support `{other}` of a project")));
    }
    if is_new {
        for member in ["source", "artifacts", "environment", "serviceRole"] {
            if !members.contains_key(member) {
                return Err(invalid(format!("{member} is required")));
            }
        }
    }
    if let Some(value) = members.get("source") {
        source(value)?;
    }
    if let Some(value) = members.get("artifacts") {
        artifacts(value)?;
    }
    if let Some(value) = members.get("environment") {
        environment(value)?;
    }
    logs(members.get("logsConfig"))?;
    if text(input, "description").is_some_and(|text| text.chars().count() > 255) {
        return Err(invalid("Invalid project description: at most 255 characters"));
    }
    minutes(members.get("timeoutInMinutes"), "timeoutInMinutes", TIMEOUTS)?;
    minutes(members.get("queuedTimeoutInMinutes"), "queuedTimeoutInMinutes", QUEUED)?;
    if members.get("tags").and_then(Value::as_array).is_some_and(|tags| tags.len() > MOST_TAGS) {
        return Err(invalid(format!("Invalid tags: at most {MOST_TAGS}")));
    }
    Ok(members)
}

fn name(name: &str) -> Result<(), Fault> {
    let fits = (2..=150).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if fits {
        return Ok(());
    }
    Err(invalid(format!("Invalid project name: {name} (2 to 150 characters, [A-Za-z0-9][A-Za-z0-9\\-_]{{1,149}})")))
}

/// # Errors
/// InvalidInputException for a time limit that no build can have.
pub(super) fn time_limit(input: &Value, member: &str) -> Result<(), Fault> {
    minutes(input.get(member), member, TIMEOUTS)
}

fn minutes(value: Option<&Value>, member: &str, range: std::ops::RangeInclusive<u64>) -> Result<(), Fault> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(()) };
    if value.as_u64().is_some_and(|minutes| range.contains(&minutes)) {
        return Ok(());
    }
    Err(invalid(format!("Invalid {member}: {value} is not between {} and {}", range.start(), range.end())))
}

/// # Errors
/// InvalidInputException for a source that is neither in S3 nor absent, or whose location is no object.
pub(super) fn source(value: &Value) -> Result<(), Fault> {
    match text(value, "type") {
        Some("NO_SOURCE") if text(value, "buildspec").is_none_or(|text| text.trim().is_empty()) => {
            Err(invalid("Invalid project source: a buildspec is required for the source type NO_SOURCE"))
        }
        Some("NO_SOURCE") => Ok(()),
        Some("S3") => object(text(value, "location").unwrap_or_default()).map(drop),
        Some(other) => Err(invalid(format!(
            "Invalid project source: the sandbox's CodeBuild supports S3 and NO_SOURCE, not {other}"
        ))),
        None => Err(invalid("Invalid project source: type is required")),
    }
}

/// Bucket and key of a location, which may be an ARN.
///
/// # Errors
/// InvalidInputException.
pub(super) fn object(location: &str) -> Result<(String, String), Fault> {
    let plain = match location.parse::<Arn>() {
        Ok(arn) if arn.service == "s3" => arn.resource,
        _ => location.to_owned(),
    };
    match plain.split_once('/') {
        Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() && !plain.contains("://") => {
            Ok((bucket.to_owned(), key.to_owned()))
        }
        _ => Err(invalid(format!("Invalid project source: location must be BUCKET/KEY, not '{location}'"))),
    }
}

/// # Errors
/// InvalidInputException for artifacts that are to be kept: a Dockerfile's build has none.
pub(super) fn artifacts(value: &Value) -> Result<(), Fault> {
    match text(value, "type") {
        Some("NO_ARTIFACTS") => Ok(()),
        Some(other) => {
            Err(invalid(format!("Invalid artifacts: the sandbox's CodeBuild supports NO_ARTIFACTS, not {other}")))
        }
        None => Err(invalid("Invalid artifacts: type is required")),
    }
}

/// # Errors
/// InvalidInputException for a type or a size that the service does not have, no image, and variables that are refused.
pub(super) fn environment(value: &Value) -> Result<(), Fault> {
    let one_of = |member: &str, all: &[&str]| match text(value, member) {
        Some(given) if all.contains(&given) => Ok(()),
        given => {
            Err(invalid(format!("Invalid environment: {member} '{}' is none of {all:?}", given.unwrap_or_default())))
        }
    };
    one_of("type", &ENVIRONMENTS)?;
    one_of("computeType", &COMPUTE)?;
    if text(value, "image").is_none_or(str::is_empty) {
        return Err(invalid("Invalid environment: image is required"));
    }
    variables(value.get("environmentVariables"))
}

/// # Errors
/// InvalidInputException for a variable without a name, and for one that Systems Manager or Secrets Manager keeps.
fn variables(list: Option<&Value>) -> Result<(), Fault> {
    for variable in list.and_then(Value::as_array).into_iter().flatten() {
        let name = required(variable, "name")?;
        if let Some(other) = text(variable, "type").filter(|kind| *kind != "PLAINTEXT") {
            return Err(invalid(format!(
                "the sandbox's CodeBuild supports variables of type PLAINTEXT only, and `{name}` is {other}"
            )));
        }
    }
    Ok(())
}

/// # Errors
/// InvalidInputException for a log elsewhere than in the project's group: nobody would find it there.
pub(super) fn logs(config: Option<&Value>) -> Result<(), Fault> {
    let member = |pointer: &str| config.and_then(|config| config.pointer(pointer)).and_then(Value::as_str);
    let is_elsewhere = member("/cloudWatchLogs/status") == Some("DISABLED")
        || member("/cloudWatchLogs/groupName").or(member("/cloudWatchLogs/streamName")).is_some()
        || member("/s3Logs/status") == Some("ENABLED");
    if is_elsewhere {
        return Err(invalid(
            "Invalid logsConfig: the sandbox's CodeBuild writes to the log group of the project in CloudWatch Logs only",
        ));
    }
    Ok(())
}

/// # Errors
/// InvalidInputException, as the service words it, for a role that CodeBuild may not assume.
pub(super) fn role(sandbox: &SharedSandbox, role: &str, project: &str) -> Result<(), Fault> {
    if !role.parse::<Arn>().is_ok_and(|arn| arn.is_role()) {
        return Err(invalid(format!(
            "Invalid service role: Service role account ID does not match caller's account, or \
                                    '{role}' is not the ARN of a role"
        )));
    }
    let source = sandbox.info.arn("codebuild", &format!("project/{project}")).to_string();
    match iam::trust(sandbox, role, &Partition::principal("codebuild"), &source) {
        iam::Trust::Trusted => Ok(()),
        iam::Trust::NoSuchRole | iam::Trust::NotTrusted => {
            Err(invalid(format!("CodeBuild is not authorized to perform: sts:AssumeRole on {role}")))
        }
    }
}

/// An environment as projects and builds show it.
pub(super) fn shown_environment(value: &Value) -> Value {
    let mut out = value.clone();
    for (member, default) in [
        ("environmentVariables", json!([])),
        ("privilegedMode", json!(false)),
        ("imagePullCredentialsType", json!("CODEBUILD")),
    ] {
        if out.get(member).is_none_or(Value::is_null) {
            out[member] = default;
        }
    }
    out
}
