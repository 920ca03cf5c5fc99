//! `status --verbose`: the JSON that the starter toolkit prints for it, because scripts read it with `jq` and `grep`.
//!
//! Owns: the toolkit's names and nesting (`config`, `agent`, `endpoint`). Does not own: the envelope of `-o json`, which
//! has names of its own. Values of environment variables are left out: they are often secrets.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::StatusReport;
use super::memory::MemoryStatus;
use crate::config::{Agent, NetworkMode};
use crate::report::{Document, Report, StepOutput};

/// A status in the toolkit's form. One member a line, so that `grep NAME | cut -d'"' -f4` finds its value.
pub(crate) struct VerboseStatus {
    status: StatusReport,
    config: Value,
}

impl VerboseStatus {
    pub(crate) fn new(status: StatusReport, agent: &Agent) -> Self {
        let config = config(&status, agent);
        Self { status, config }
    }

    fn value(&self) -> Value {
        let runtime = match (&self.status.arn, &self.status.runtime) {
            (_, Some(runtime)) => response(&runtime.raw),
            (Some(arn), None) => json!({ "error": format!("the runtime {arn} does not exist") }),
            (None, None) => Value::Null,
        };
        let mut endpoint = self.status.endpoint.as_ref().map_or(Value::Null, |endpoint| response(&endpoint.raw));
        if let Some(endpoint) = endpoint.as_object_mut() {
            // Not a member of the service's answer; scripts ask for it all the same.
            endpoint.insert("url".to_owned(), json!(self.status.url));
        }
        json!({ "config": self.config, "agent": runtime, "endpoint": endpoint })
    }
}

impl Report for VerboseStatus {
    fn schema(&self) -> &'static str {
        self.status.schema()
    }

    /// The toolkit's names stand beside ours, some of which mean something else.
    fn data(&self) -> Value {
        let mut data = self.status.data();
        data["toolkit"] = self.value();
        data
    }

    fn document(&self) -> Document {
        Document::new().verbatim(format!("{:#}", self.value()))
    }

    fn step_outputs(&self) -> Vec<(StepOutput, String)> {
        self.status.step_outputs()
    }

    fn exit_code(&self) -> u8 {
        self.status.exit_code()
    }
}

fn config(status: &StatusReport, agent: &Agent) -> Value {
    let arn = agent.runtime_arn();
    let runtime = status.runtime.as_ref();
    let network = &agent.aws.network_configuration;
    let vpc = network.network_mode_config.as_ref().filter(|_| network.network_mode == NetworkMode::Vpc);
    let memory = status.memory.as_ref();
    let memory_type = if agent.memory_wanted() { memory.map(MemoryStatus::kind) } else { Some("Disabled".to_owned()) };
    json!({
        "name": agent.name,
        "entrypoint": agent.entrypoint,
        "region": arn.as_ref().map(|arn| arn.region.as_str()).or_else(|| agent.region()),
        "account": arn.as_ref().map(|arn| arn.account.as_str()).or_else(|| agent.account()),
        "execution_role": runtime.and_then(|runtime| runtime.role_arn()).or_else(|| agent.execution_role_setting()),
        "ecr_repository": agent.repository_setting(),
        "agent_id": runtime.map(|runtime| runtime.id()).or_else(|| agent.runtime_id()),
        "agent_arn": status.arn,
        "network_mode": network.network_mode.as_str(),
        "network_subnets": vpc.map(|vpc| &vpc.subnets),
        "network_security_groups": vpc.map(|vpc| &vpc.security_groups),
        "network_vpc_id": Value::Null,
        "memory_id": agent.memory_id().filter(|_| agent.memory_wanted()),
        "memory_status": memory.and_then(MemoryStatus::state),
        "memory_type": memory_type,
        "memory_enabled": memory.is_some_and(MemoryStatus::is_usable),
        "memory_strategies": Value::Null,
        "memory_details": memory.map(MemoryStatus::details),
        "idle_timeout": agent.idle_timeout(),
        "max_lifetime": agent.max_lifetime(),
    })
}

/// The service's answer as the toolkit prints it, which is as boto3 returns it.
fn response(raw: &Value) -> Value {
    let mut answer = raw.as_object().cloned().unwrap_or_default();
    for member in ["createdAt", "lastUpdatedAt"] {
        if let Some(Value::String(text)) = answer.get_mut(member)
            && let Some(written) = python_datetime(text)
        {
            *text = written;
        }
    }
    if let Some(Value::Object(variables)) = answer.get_mut("environmentVariables") {
        variables.values_mut().for_each(|value| *value = Value::Null);
    }
    let metadata = Map::from_iter([("HTTPStatusCode".to_owned(), json!(200))]);
    answer.insert("ResponseMetadata".to_owned(), Value::Object(metadata));
    Value::Object(answer)
}

/// `2026-11-28 15:16:15.352000+00:00`, as Python's `str` writes a time; without the fraction where it is zero.
fn python_datetime(rfc3339: &str) -> Option<String> {
    let at = OffsetDateTime::parse(rfc3339, &Rfc3339).ok()?;
    let (whole, fraction) = (at.replace_nanosecond(0).ok()?, at.microsecond());
    let text = whole.format(&Rfc3339).ok()?.replace('T', " ").replace('Z', "+00:00");
    Some(match fraction {
        0 => text,
        fraction => format!("{}.{fraction:06}{}", text.get(..19)?, text.get(19..)?),
    })
}

/// The same of a time that is RFC 3339 or a number of seconds; anything else as it is.
pub(super) fn python_time(value: &Value) -> Value {
    let rfc3339 = match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(seconds) => seconds.as_f64().and_then(rfc3339_of),
        _ => None,
    };
    rfc3339.and_then(|text| python_datetime(&text)).map_or_else(|| value.clone(), |text| json!(text))
}

/// To the nearest microsecond, as Python rounds it: most fractions have no exact form.
fn rfc3339_of(seconds: f64) -> Option<String> {
    let at = OffsetDateTime::UNIX_EPOCH.checked_add(time::Duration::checked_seconds_f64(seconds)?)?;
    let nanoseconds = (at.unix_timestamp_nanos() + 500) / 1000 * 1000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()?.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_python_writes_them() {
        let written = |text| python_datetime(text).unwrap();
        assert_eq!(written("2026-11-28T15:16:15.352Z"), "2026-11-28 15:16:15.352000+00:00");
        assert_eq!(written("2026-11-28T15:16:15Z"), "2026-11-28 15:16:15+00:00");
        assert_eq!(written("2026-11-28T15:16:15.5+02:00"), "2026-11-28 15:16:15.500000+02:00");
        assert_eq!(python_datetime("yesterday"), None);
    }

    #[test]
    fn variables_are_named_without_their_values() {
        let answer = response(&json!({ "environmentVariables": { "KEY": "secret" }, "status": "READY" }));
        assert_eq!(answer["environmentVariables"], json!({ "KEY": null }));
        assert_eq!(answer["ResponseMetadata"]["HTTPStatusCode"], 200);
    }
}
