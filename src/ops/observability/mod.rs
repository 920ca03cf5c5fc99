//! Whether logs and traces of an agent reach CloudWatch, and the plan that switches them on.
//!
//! Owns: what is looked at (`check`), the steps that are missing (`plan`), and in which order they are made or taken away (`apply`).
//! Does not own: which agent is meant (`cli`), the requests (`cloud`). What concerns everybody in the account and region (Transaction
//! Search) is only done when asked for, and no policy that is there is ever changed.

mod apply;
mod check;
mod plan;
mod report;

use serde_json::{Value, json};

use crate::cloud::{CallerIdentity, Cloud};
use crate::config::Agent;
use crate::config::naming;
use crate::facts::{SPANS_LOG_GROUP, log_group};
use crate::partition::Partition;
pub(crate) use apply::{apply, disable};
pub(crate) use check::check;
pub(crate) use plan::plan;
pub(crate) use report::ObservabilityReport;

/// Days for which CloudWatch Logs can keep events.
pub(crate) const RETENTION_DAYS: &[i32] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The most characters of the name of a delivery's source or destination.
const NAME_LENGTH: usize = 60;
/// Where Application Signals keeps its data, which X-Ray writes too.
const SIGNALS_LOG_GROUP: &str = "/aws/application-signals/data";

/// Whose logs and traces.
#[derive(Debug)]
pub(crate) struct ObservedAgent<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) identity: CallerIdentity,
    /// `None` for an agent that was named by its id alone.
    pub(crate) agent: Option<&'a Agent>,
    pub(crate) runtime_id: String,
    pub(crate) endpoint: String,
    /// IDs of gateways whose logs and traces are meant too.
    pub(crate) gateways: Vec<String>,
    /// The command that was typed, without `--plan`.
    pub(crate) command: String,
}

/// What is asked for beyond the delivery of traces and logs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    /// Whether what concerns the whole account and region may be changed.
    pub(crate) account_wide: bool,
    pub(crate) retention_days: Option<i32>,
    pub(crate) sampling: Option<u8>,
}

/// Something whose telemetry the service delivers.
#[derive(Debug)]
struct ObservedResource {
    kind: &'static str,
    id: String,
    arn: String,
    /// A runtime writes its logs itself.
    has_logs: bool,
}

impl ObservedAgent<'_> {
    fn name(&self) -> &str {
        self.agent.map_or(&self.runtime_id, |agent| &agent.name)
    }

    fn own_group(&self) -> String {
        log_group(&self.runtime_id, &self.endpoint)
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        self.cloud.partition().arn(service, self.cloud.region(), &self.identity.account, resource).to_string()
    }

    fn resources(&self) -> Vec<ObservedResource> {
        let one = |kind: &'static str, id: &str| ObservedResource {
            kind,
            id: id.to_owned(),
            arn: self.arn("bedrock-agentcore", &format!("{kind}/{id}")),
            has_logs: kind != "runtime",
        };
        let memory = self.agent.and_then(|agent| agent.memory_id()).map(|id| one("memory", id));
        let gateways = self.gateways.iter().map(|id| one("gateway", id));
        std::iter::once(one("runtime", &self.runtime_id)).chain(memory).chain(gateways).collect()
    }

    fn tags(&self) -> Vec<(String, String)> {
        self.agent.map_or_else(naming::shared_tags, naming::tags)
    }

    /// Lets X-Ray write spans of this account and region, and nothing else.
    fn spans_policy(&self) -> Value {
        let group = |name: &str| self.arn("logs", &format!("log-group:{name}:*"));
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "TransactionSearchXRayAccess",
                "Effect": "Allow",
                "Principal": { "Service": Partition::principal("xray") },
                "Action": "logs:PutLogEvents",
                "Resource": [group(SPANS_LOG_GROUP), group(SIGNALS_LOG_GROUP)],
                "Condition": {
                    "ArnLike": { "aws:SourceArn": self.arn("xray", "*") },
                    "StringEquals": { "aws:SourceAccount": self.identity.account },
                },
            }],
        })
    }
}

impl ObservedResource {
    /// The names of the starter toolkit, shortened where they would be too long.
    fn name(&self, end: &str) -> String {
        let whole = format!("{}-{end}", self.id);
        if whole.len() <= NAME_LENGTH {
            return whole;
        }
        let hash = naming::short_hash(&self.id);
        let room = NAME_LENGTH - end.len() - hash.len() - 2;
        format!("{}-{hash}-{end}", &self.id[..self.id.floor_char_boundary(room)])
    }

    /// Where its logs go: the group that the console names.
    fn group(&self) -> String {
        format!("/aws/vendedlogs/bedrock-agentcore/{}/APPLICATION_LOGS/{}", self.kind, self.id)
    }
}

/// Whether a document lets X-Ray write spans. Conditions are not looked at: they may only keep others out.
fn lets_xray_write(document: &Value) -> bool {
    fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
    let statements = match &document["Statement"] {
        Value::Array(items) => items.iter().collect(),
        Value::Object(_) => vec![&document["Statement"]],
        _ => Vec::new(),
    };
    let xray = Partition::principal("xray");
    statements.into_iter().any(|statement| {
        statement["Effect"] == "Allow"
            && texts(&statement["Principal"]["Service"]).contains(&xray.as_str())
            && texts(&statement["Action"])
                .iter()
                .any(|action| ["logs:PutLogEvents", "logs:Put*", "logs:*", "*"].contains(action))
            && texts(&statement["Resource"])
                .iter()
                .any(|resource| *resource == "*" || resource.contains(&format!("log-group:{SPANS_LOG_GROUP}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_deliveries_fit_the_service() {
        let one = |id: &str| ObservedResource { kind: "runtime", id: id.into(), arn: String::new(), has_logs: false };
        assert_eq!(one("a-0123456789").name("traces-source"), "a-0123456789-traces-source");
        let (long, other) = ("a".repeat(48) + "-0123456789", "a".repeat(48) + "-9876543210");
        let names = [long, other].map(|id| one(&id).name("traces-destination"));
        assert!(
            names.iter().all(|name| name.len() <= NAME_LENGTH && name.ends_with("-traces-destination")),
            "{names:?}"
        );
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn policies_of_others_are_recognised() {
        let with = |change: &dyn Fn(&mut Value)| {
            let mut statement = json!({ "Effect": "Allow", "Principal": { "Service": ["xray.amazonaws.com"] },
                "Action": ["logs:PutLogEvents"], "Resource": "arn:x:logs:r:1:log-group:aws/spans:*" });
            change(&mut statement);
            lets_xray_write(&json!({ "Statement": statement }))
        };
        assert!(with(&|_| {}));
        assert!(!with(&|it| it["Effect"] = json!("Deny")));
        assert!(!with(&|it| it["Principal"] = json!({ "Service": "delivery.logs.amazonaws.com" })));
        assert!(!with(&|it| it["Resource"] = json!("arn:x:logs:r:1:log-group:other:*")));
        assert!(!lets_xray_write(&Value::Null));
    }
}
