//! Who else may call a runtime: the policies of the runtime and of its endpoints. The service evaluates that of the runtime and that
//! of the endpoint that is called.
//!
//! A policy is this program's where all its statements are, or where it is on record. Any other is left alone unless it is to be
//! adopted. It goes with the runtime.

use std::collections::BTreeSet;

use futures_util::try_join;
use serde_json::{Value, json};

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, FieldChange, ResourceKind};
use super::record::AgentRecord;
use super::runtime::wait_ready;
use super::runtime_endpoint::TEMPORARY_TAG;
use crate::cloud::Cloud;
use crate::config::is_caller;
use crate::error::{Code, Error, Kind, Result};
use crate::facts::DEFAULT_ENDPOINT;
use crate::partition::{Arn, Partition};

/// The statement of policies that this program puts.
const SID: &str = "AgentcoreAllowCallers";

/// What callers may do. Not to call for others, and no commands in a session.
const ACTIONS: [&str; 4] = [
    "bedrock-agentcore:GetAgentCard",
    "bedrock-agentcore:InvokeAgentRuntime",
    "bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream",
    "bedrock-agentcore:StopRuntimeSession",
];

/// What is wanted of the policies.
#[derive(Debug)]
pub(crate) struct ResourcePolicy<'a> {
    pub(crate) record: &'a AgentRecord,
    /// ARN of the runtime.
    pub(crate) runtime: Late<String>,
    pub(crate) adopt: bool,
    /// Whether the launch goes on until the endpoint is there.
    pub(crate) waits: bool,
    /// What is there is to go.
    pub(crate) goes: bool,
}

/// The policies that are there.
#[derive(Clone, Debug)]
pub(crate) struct ObservedPolicies {
    runtime: Option<Value>,
    /// Of DEFAULT.
    endpoint: Option<Value>,
    /// Of the endpoints that this project named, by their ARNs.
    named: Vec<(String, Option<Value>)>,
}

impl ObservedPolicies {
    fn all(&self) -> impl Iterator<Item = &Value> {
        self.runtime.iter().chain(&self.endpoint).chain(self.named.iter().filter_map(|(_, policy)| policy.as_ref()))
    }
}

/// What differs.
#[derive(Clone, Debug)]
pub(crate) enum PolicyChange {
    /// Who gains and who loses access.
    Callers { before: Vec<String>, after: Vec<String> },
    /// The same callers, and another document.
    Document,
}

impl From<PolicyChange> for FieldChange {
    fn from(change: PolicyChange) -> Self {
        match change {
            PolicyChange::Callers { before, after } => {
                let only = |ones: &[String], others: &[String], verb: &str| {
                    let only: Vec<&str> = ones.iter().filter(|one| !others.contains(one)).map(String::as_str).collect();
                    (!only.is_empty()).then(|| format!("{verb} {}", only.join(", ")))
                };
                let parts = [only(&after, &before, "lets in"), only(&before, &after, "shuts out")];
                let text: Vec<String> = parts.into_iter().flatten().collect();
                FieldChange::shown("callers", Some(&json!(before)), Some(&json!(after))).meaning(text.join("; "))
            }
            PolicyChange::Document => {
                FieldChange::of("policy").meaning("the same callers, on the runtime and its endpoints")
            }
        }
    }
}

fn endpoint_of(runtime: &str) -> String {
    format!("{runtime}/runtime-endpoint/{DEFAULT_ENDPOINT}")
}

/// Who a policy lets in, as the configuration would name them.
pub(crate) fn callers(policy: &Value) -> Vec<String> {
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
        None => &[],
    };
    let allows = statements.iter().filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"));
    let found: BTreeSet<String> = allows
        .flat_map(|statement| match statement.pointer("/Principal/AWS").or(statement.get("Principal")) {
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(short).collect(),
            Some(Value::String(one)) => vec![short(one)],
            Some(other) => vec![other.to_string()],
            None => Vec::new(),
        })
        .collect();
    found.into_iter().collect()
}

/// `123456789012` for an account's root.
fn short(principal: &str) -> String {
    match principal.parse::<Arn>() {
        Ok(arn) if arn.service == "iam" && arn.resource == "root" => arn.account,
        _ => principal.to_owned(),
    }
}

/// As the configuration has them, in order.
pub(super) fn wanted_callers(record: &AgentRecord) -> Vec<String> {
    let all: BTreeSet<String> = record.agent().own.allow_callers.iter().cloned().collect();
    all.into_iter().collect()
}

/// The policy of a resource with this ARN; `None` where nobody else is to call.
fn document(callers: &[String], arn: &str) -> Option<Value> {
    let partition =
        arn.parse::<Arn>().map_or_else(|_| Partition::of_region(""), |arn| Partition::of_region(&arn.region));
    let principal = |caller: &String| match caller.bytes().all(|byte| byte.is_ascii_digit()) {
        true => partition.arn("iam", "", caller, "root").to_string(),
        false => caller.clone(),
    };
    let principals: Vec<String> = callers.iter().map(principal).collect();
    (!principals.is_empty()).then(|| {
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": SID, "Effect": "Allow", "Principal": { "AWS": principals }, "Action": ACTIONS, "Resource": arn,
            }],
        })
    })
}

/// Lets the callers of the configuration in at an endpoint of this project that may be newer than the other policies. A policy
/// that is there stays: the next launch compares it.
///
/// # Errors
/// The service's refusals.
pub(super) async fn let_in(record: &AgentRecord, endpoint: &str, cx: &Context<'_>) -> Result<()> {
    let Some(policy) = document(&wanted_callers(record), endpoint) else { return Ok(()) };
    if cx.cloud.resource_policy(endpoint).await?.is_some() {
        return Ok(());
    }
    cx.patience.through(|| cx.cloud.put_resource_policy(endpoint, &policy)).await
}

/// The policies of a runtime and of its DEFAULT endpoint, each with what its ARN has after the runtime's.
///
/// # Errors
/// The service's refusals.
pub(crate) async fn find(cloud: &Cloud, runtime: &str) -> Result<Vec<(String, Value)>> {
    let endpoint = endpoint_of(runtime);
    let (on_runtime, on_endpoint) = try_join!(cloud.resource_policy(runtime), cloud.resource_policy(&endpoint))?;
    let ends = [(String::new(), on_runtime), (endpoint[runtime.len()..].to_owned(), on_endpoint)];
    Ok(ends.into_iter().filter_map(|(end, policy)| Some((end, policy?))).collect())
}

/// Whom the policies of a runtime let in, as the configuration has it; `None` where a launch would put others.
pub(crate) fn callers_in_file(runtime: &str, policies: &[(String, Value)]) -> Option<Vec<String>> {
    let found = policies.first().map(|(_, policy)| callers(policy)).unwrap_or_default();
    let endpoint = endpoint_of(runtime);
    let put = ["", &endpoint[runtime.len()..]].map(|end| (end, document(&found, &format!("{runtime}{end}"))));
    let is_same = put.iter().all(|(end, wanted)| {
        let there = policies.iter().find(|(other, _)| other == end).map(|(_, policy)| policy);
        there == wanted.as_ref()
    });
    (is_same && found.iter().all(|caller| is_caller(caller))).then_some(found)
}

impl<'a> ResourcePolicy<'a> {
    /// What is there, for a destroy.
    pub(crate) fn on_record(record: &'a AgentRecord) -> Self {
        Self { record, runtime: Late::after(ResourceKind::Runtime), adopt: false, waits: false, goes: true }
    }
}

impl ResourcePolicy<'_> {
    /// None where what is there is to go.
    fn wanted_callers(&self) -> Vec<String> {
        if self.goes { Vec::new() } else { wanted_callers(self.record) }
    }

    fn document(&self, arn: &str) -> Option<Value> {
        document(&self.wanted_callers(), arn)
    }

    /// The named endpoints of this project with their policies. Those of smoke tests go in a moment.
    async fn named(&self, runtime: &str, cloud: &Cloud) -> Result<Vec<(String, Option<Value>)>> {
        let listed = match cloud.endpoints(id_of(runtime)).await {
            // Whoever may not list them has no more than the policies of the runtime and of DEFAULT.
            Err(error) if error.kind() == Kind::Credentials => return Ok(Vec::new()),
            listed => listed?,
        };
        let mut named = Vec::new();
        for endpoint in listed {
            if endpoint.name == DEFAULT_ENDPOINT || endpoint.status == "DELETING" {
                continue;
            }
            let (tags, policy) = try_join!(cloud.resource_tags(&endpoint.arn), cloud.resource_policy(&endpoint.arn))?;
            let is_temporary = tags.iter().flatten().any(|(key, _)| key == TEMPORARY_TAG);
            if !is_temporary && self.record.owner_of(tags.as_deref(), false).is_ours() {
                named.push((endpoint.arn, policy));
            }
        }
        Ok(named)
    }

    fn is_recorded(&self) -> bool {
        !self.record.agent().created().resource_policies.is_empty()
    }

    /// Whether this program put it, as far as that can be told.
    fn is_ours(&self, policy: &Value) -> bool {
        let statements = policy.get("Statement").and_then(Value::as_array);
        let is_own = |statement: &Value| statement.get("Sid").and_then(Value::as_str) == Some(SID);
        statements.is_some_and(|statements| !statements.is_empty() && statements.iter().all(is_own))
    }

    fn arns(&self) -> Result<[String; 2]> {
        let runtime = self.runtime.require()?;
        let endpoint = endpoint_of(&runtime);
        Ok([runtime, endpoint])
    }

    async fn put(&self, cx: &Context<'_>) -> Result<ObservedPolicies> {
        let [runtime, endpoint] = self.arns()?;
        let (on_runtime, on_endpoint) = (self.document(&runtime), self.document(&endpoint));
        self.set(&runtime, on_runtime.as_ref(), cx).await?;
        if self.waits && on_endpoint.is_some() {
            // It comes once the runtime is READY.
            wait_ready(cx.cloud, id_of(&runtime), cx.patience.left(), cx.events).await?;
        } else if on_endpoint.is_some() && cx.cloud.endpoint(id_of(&runtime), DEFAULT_ENDPOINT).await?.is_none() {
            cx.events.warning(
                "the callers of `agentcore.allow_callers` are let in once the endpoint is there: launch again when the runtime is READY",
            );
            return Ok(ObservedPolicies { runtime: on_runtime, endpoint: None, named: Vec::new() });
        }
        self.set(&endpoint, on_endpoint.as_ref(), cx).await?;
        let mut named = Vec::new();
        for (arn, policy) in self.named(&runtime, cx.cloud).await? {
            let wanted = self.document(&arn);
            if policy != wanted {
                self.set(&arn, wanted.as_ref(), cx).await?;
            }
            named.push((arn, wanted));
        }
        Ok(ObservedPolicies { runtime: on_runtime, endpoint: on_endpoint, named })
    }

    async fn set(&self, arn: &str, policy: Option<&Value>, cx: &Context<'_>) -> Result<()> {
        match policy {
            Some(policy) => cx.patience.through(|| cx.cloud.put_resource_policy(arn, policy)).await,
            None => cx.patience.through(|| cx.cloud.delete_resource_policy(arn)).await,
        }
    }
}

fn id_of(runtime: &str) -> &str {
    runtime.rsplit_once('/').map_or(runtime, |(_, id)| id)
}

impl Resource for ResourcePolicy<'_> {
    type Observed = ObservedPolicies;
    type Change = PolicyChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::ResourcePolicy
    }

    fn name(&self) -> String {
        self.record.agent().deployed_name()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Runtime]
    }

    fn observed_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Runtime]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedPolicies>> {
        let nothing = ObservedPolicies { runtime: None, endpoint: None, named: Vec::new() };
        let Some(runtime) = self.runtime.get() else {
            return Ok((self.wanted_callers().is_empty() && !self.goes).then_some(nothing));
        };
        let endpoint = endpoint_of(&runtime);
        let (on_runtime, on_endpoint, named) =
            try_join!(cloud.resource_policy(&runtime), cloud.resource_policy(&endpoint), self.named(&runtime, cloud))?;
        let found = ObservedPolicies { runtime: on_runtime, endpoint: on_endpoint, named };
        let is_there = found.all().next().is_some() || (self.wanted_callers().is_empty() && !self.goes);
        Ok(is_there.then_some(found))
    }

    fn standing(&self, _observed: Option<&ObservedPolicies>) -> Standing {
        // What is somebody else's is refused before.
        Standing::Managed(Owner::Ours)
    }

    fn check(&self, observed: Option<&ObservedPolicies>) -> Result<()> {
        let foreign =
            observed.filter(|_| !self.adopt).and_then(|found| found.all().find(|policy| !self.is_ours(policy)));
        let Some(foreign) = foreign else { return Ok(()) };
        let name = &self.record.agent().name;
        Err(Error::usage(format!("the runtime of `{name}` has a policy that this project did not put"))
            .code(Code::RuntimePolicy)
            .cause(format!("it lets in: {}", callers(foreign).join(", ")))
            .hint(format!("replace it all the same: `agentcore launch --agent {name} --adopt`"))
            .hint("or leave who may call to it: take `agentcore.allow_callers` out of the configuration"))
    }

    fn diff(&self, observed: &ObservedPolicies) -> Vec<PolicyChange> {
        let Some(runtime) = self.runtime.get() else { return Vec::new() };
        let (on_runtime, on_endpoint) = (self.document(&runtime), self.document(&endpoint_of(&runtime)));
        let is_named_right = observed.named.iter().all(|(arn, policy)| *policy == self.document(arn));
        if is_named_right && observed.runtime == on_runtime && observed.endpoint == on_endpoint {
            return Vec::new();
        }
        // Both have to let a caller in.
        let on = |policy: &Option<Value>| policy.as_ref().map(callers).unwrap_or_default();
        let endpoint = on(&observed.endpoint);
        let before: Vec<String> = on(&observed.runtime).into_iter().filter(|one| endpoint.contains(one)).collect();
        let after = self.wanted_callers();
        vec![if before == after { PolicyChange::Document } else { PolicyChange::Callers { before, after } }]
    }

    fn notes(&self, _observed: Option<&ObservedPolicies>, action: Action) -> Vec<String> {
        let callers = || format!("lets in {}", self.wanted_callers().join(", "));
        if action == Action::Create { vec![callers()] } else { Vec::new() }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedPolicies>> {
        // Another's may have come up meanwhile.
        if let Some(found) = self.observe(cx.cloud).await? {
            self.check(Some(&found))?;
        }
        Ok(Made { observed: self.put(cx).await?, action: Action::Create })
    }

    async fn update(
        &self,
        _observed: &ObservedPolicies,
        _changes: &[PolicyChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedPolicies>> {
        Ok(Made { observed: self.put(cx).await?, action: Action::Update })
    }

    fn record(&self, observed: Option<&ObservedPolicies>, ours: bool) -> Result<()> {
        let there = ours && observed.is_some_and(|found| found.all().next().is_some());
        let arns = if there { self.arns()?.to_vec() } else { Vec::new() };
        self.record.write(&[], |created| created.resource_policies = arns)
    }

    fn erase(&self) -> Result<()> {
        if self.record.created()?.resource_policies.is_empty() {
            return Ok(());
        }
        self.record.write(&[], |created| created.resource_policies.clear())
    }

    async fn removal(&self, observed: Option<&ObservedPolicies>, _cloud: &Cloud) -> Result<Removal> {
        let Some(found) = observed else { return Ok(Fate::Gone.into()) };
        Ok(if found.all().all(|policy| self.is_ours(policy)) {
            Fate::Delete(None).into()
        } else if self.is_recorded() {
            Fate::Forget("not put by launch".to_owned()).into()
        } else {
            Fate::Ignore.into()
        })
    }

    async fn delete(&self, observed: &ObservedPolicies, cx: &Context<'_>) -> Result<()> {
        let [runtime, endpoint] = self.arns()?;
        for (arn, policy) in &observed.named {
            if policy.is_some() {
                self.set(arn, None, cx).await?;
            }
        }
        self.set(&endpoint, None, cx).await?;
        self.set(&runtime, None, cx).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_who_gains_and_loses() {
        let callers = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let change = PolicyChange::Callers { before: callers(&["1", "2"]), after: callers(&["2", "3"]) };
        assert_eq!(FieldChange::from(change).to_string(), "callers: 1, 2 -> 2, 3; lets in 3; shuts out 1");
    }

    #[test]
    fn only_policies_of_launch_name_callers() {
        let runtime = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789";
        let put = |all: &[&str]| -> Vec<(String, Value)> {
            let all: Vec<String> = all.iter().map(|one| (*one).to_owned()).collect();
            ["", "/runtime-endpoint/DEFAULT"]
                .into_iter()
                .filter_map(|end| Some((end.to_owned(), document(&all, &format!("{runtime}{end}"))?)))
                .collect()
        };
        let role = "arn:aws:iam::210987654321:role/caller";
        assert_eq!(
            callers_in_file(runtime, &put(&["210987654321", role])),
            Some(vec!["210987654321".into(), role.into()])
        );
        assert_eq!(callers_in_file(runtime, &[]), Some(Vec::new()));
        assert_eq!(callers_in_file(runtime, &put(&["210987654321"])[..1]), None, "on the runtime alone");
        let mut other = put(&["210987654321"]);
        other[0].1["Statement"][0]["Action"] = json!("*");
        assert_eq!(callers_in_file(runtime, &other), None);
    }

    #[test]
    fn callers_are_read_from_any_policy() {
        let of = |principal: Value| {
            callers(&json!({ "Statement": { "Effect": "Allow", "Principal": principal, "Action": "*" } }))
        };
        assert_eq!(of(json!({ "AWS": "arn:aws:iam::123456789012:root" })), ["123456789012"]);
        assert_eq!(
            of(json!({ "AWS": ["arn:aws:iam::123456789012:role/r", "1"] })),
            ["1", "arn:aws:iam::123456789012:role/r"]
        );
        assert_eq!(of(json!("*")), ["*"]);
    }
}
