//! The part of a clean-up that is about an agent of the configuration.

use serde_json::json;

use super::{CleanupContext, CleanupRegion, remove};
use crate::cloud::{Cloud, ProviderKind};
use crate::config::{Agent, Workload};
use crate::error::Result;
use crate::resources::credential_provider::{CredentialProvider, ProviderGoal};
use crate::resources::engine::{self, AnyNode, Node, RemovalOutcome, if_present};
use crate::resources::execution_role::ExecutionRole;
use crate::resources::identity_record;
use crate::resources::plan::{Action, ResourceKind, Step};
use crate::resources::record::AgentRecord;
use crate::resources::workload_identity::{WorkloadGoal, WorkloadIdentity};

/// What was made for an agent: the role's policy, and what it is for.
pub(super) struct AgentCleanup<'a> {
    record: &'a AgentRecord,
    policy: Option<Node<ExecutionRole<'a>>>,
    providers: Vec<Node<CredentialProvider<'a>>>,
    workloads: Vec<Node<WorkloadIdentity<'a>>>,
    /// Where there is something to delete.
    cloud: Option<&'a Cloud>,
    steps: Vec<Step>,
}

/// Whether something in the account is on record.
pub(super) fn has_made(agent: &Agent) -> bool {
    let created = agent.created();
    (created.identity_policy.is_some() && created.execution_role.is_some())
        || !created.credential_providers.is_empty()
        || identity_record::workloads(created).next().is_some()
}

impl<'a> AgentCleanup<'a> {
    pub(super) async fn plan(record: &'a AgentRecord, cx: &'a CleanupContext<'_>) -> Result<Self> {
        let mut this = Self::new(record, cx.clouds.get(&CleanupRegion::OfAgent).map(|(cloud, _)| cloud));
        if let Some(cloud) = this.cloud {
            engine::observe_what_can_be(this.nodes(), cloud).await?;
            let steps = engine::plan_removal(this.nodes(), cloud).await?;
            this.steps.extend(steps);
        }
        this.steps.extend(used(record.agent()));
        if record.agent().aws_jwt.enabled {
            let audiences = record.agent().aws_jwt.audiences.join(", ");
            this.steps.push(
                Step::new(ResourceKind::AwsTokens, audiences, Action::Delete)
                    .note("taken out of the configuration; the account's federation stays enabled, others may use it"),
            );
        }
        Ok(this)
    }

    fn new(record: &'a AgentRecord, cloud: Option<&'a Cloud>) -> Self {
        let agent = record.agent();
        let created = agent.created();
        let has_policy = created.identity_policy.is_some() && created.execution_role.is_some();
        let policy = (has_policy && used(agent).is_empty()).then(|| {
            let region = cloud.map(Cloud::region).unwrap_or_default();
            Node::new(ExecutionRole { only_identity: true, ..ExecutionRole::on_record(record, region) })
        });
        let keys = created.credential_providers.iter().filter_map(|key| identity_record::parse_provider_key(key));
        let provider = |(kind, name): (ProviderKind, &str)| {
            let (record, goal) = (Some(record), ProviderGoal::Cleaned);
            Node::new(CredentialProvider { record, kind, name: name.to_owned(), goal })
        };
        let workload = |name: &String| {
            Node::new(WorkloadIdentity { record: Some(record), name: name.clone(), goal: WorkloadGoal::Cleaned })
        };
        Self {
            policy,
            providers: keys.map(provider).collect(),
            workloads: identity_record::workloads(created).map(workload).collect(),
            record,
            cloud,
            steps: kept_policy(agent).into_iter().collect(),
        }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn nodes(&mut self) -> Vec<&mut dyn AnyNode> {
        let providers = self.providers.iter_mut().map(|node| node as &mut dyn AnyNode);
        let workloads = self.workloads.iter_mut().map(|node| node as &mut dyn AnyNode);
        if_present(&mut self.policy).into_iter().chain(providers).chain(workloads).collect()
    }

    pub(super) async fn apply(&mut self, cx: &CleanupContext<'_>) -> RemovalOutcome {
        let mut outcome = match self.cloud {
            Some(cloud) => remove(self.nodes(), cloud, cx).await,
            None => RemovalOutcome::default(),
        };
        if self.record.agent().aws_jwt.enabled {
            let off = vec![
                (&["aws_jwt", "enabled"][..], Some(json!(false))),
                (&["aws_jwt", "audiences"][..], Some(json!([]))),
            ];
            if let Err(error) = identity_record::put_aws_jwt(self.record, off) {
                outcome.failures.push(("the entry of AWS tokens".to_owned(), error));
            }
        }
        outcome
    }
}

/// The policy of a role stays while something stays that needs it.
fn kept_policy(agent: &Agent) -> Option<Step> {
    let (policy, role) = (agent.created().identity_policy.as_ref()?, agent.created().execution_role.as_ref()?);
    let note = format!("of {role}; what stays of identity needs it, and the next launch brings it up to date");
    let step = Step::new(ResourceKind::IdentityPolicy, policy, Action::Keep).note(note);
    Some(step).filter(|_| !used(agent).is_empty())
}

/// What the agent uses and this program did not make for it.
fn used(agent: &Agent) -> Vec<Step> {
    let created = agent.created();
    let keep = |kind, name: &str, verb: &str| {
        Step::new(kind, name, Action::Keep).note(format!("not made for this agent; `{verb}` deletes it"))
    };
    let is_own = |arn: &str, name: &str| {
        let key = ProviderKind::of_arn(arn).map(|kind| identity_record::provider_key(kind, name));
        key.is_some_and(|key| created.credential_providers.contains(&key))
    };
    let providers = agent.identity.credential_providers.iter().filter(|known| !is_own(&known.arn, &known.name));
    let is_brought = |workload: &&Workload| !identity_record::workloads(created).any(|name| *name == workload.name);
    let workload = agent.identity.workload.as_ref().filter(is_brought);
    providers
        .map(|known| keep(ResourceKind::CredentialProvider, &known.name, "delete-credential-provider"))
        .chain(workload.map(|known| keep(ResourceKind::WorkloadIdentity, &known.name, "delete-workload-identity")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Store};

    fn record(dir: &tempfile::TempDir, change: impl FnOnce(&mut Agent)) -> AgentRecord {
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, "agents:\n  a:\n    name: a\n    entrypoint: a.py\n").unwrap();
        let store = Store::open(&path).unwrap();
        let mut agent = store.agent(None).unwrap().clone();
        change(&mut agent);
        AgentRecord::new(store, agent)
    }

    /// Kinds and names of what would be deleted, and of what is kept.
    fn split(record: &AgentRecord) -> (Vec<String>, Vec<String>) {
        let mut cleanup = AgentCleanup::new(record, None);
        let nodes = cleanup.nodes().iter().map(|node| format!("{} {}", node.kind(), node.name())).collect();
        let kept = cleanup.steps.iter().cloned().chain(used(record.agent()));
        (nodes, kept.map(|step| format!("{} {}", step.kind, step.name)).collect())
    }

    #[test]
    fn of_an_agent_only_what_was_made_goes() {
        let provider = |name: &str| config::CredentialProvider {
            name: name.into(),
            arn: format!("arn:aws:bedrock-agentcore:us-west-2:1:token-vault/default/apikeycredentialprovider/{name}"),
            ..Default::default()
        };
        let made = |agent: &mut Agent| {
            agent.identity.credential_providers = vec![provider("own"), provider("brought")];
            agent.own.created.credential_providers = vec!["apikey/own".into(), "oauth2/cut-off".into()];
            agent.own.created.identity_policy = Some("p".into());
            agent.own.created.execution_role = Some("r".into());
        };
        let dir = tempfile::tempdir().unwrap();
        let (gone, kept) = split(&record(&dir, made));
        assert_eq!(gone, ["credential provider own", "credential provider cut-off"]);
        assert_eq!(kept, ["role policy p", "credential provider brought"]);
        let (gone, kept) = split(&record(&dir, |agent| {
            made(agent);
            agent.identity.credential_providers.pop();
        }));
        assert_eq!(gone[0], "role r", "nothing that stays needs its policy");
        assert!(kept.is_empty(), "{kept:?}");
    }

    #[test]
    fn recorded_workloads_are_deleted_and_brought_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        let (gone, kept) = split(&record(&dir, |agent| {
            agent.own.created.workload_identity = Some("first".into());
            agent.own.created.workload_identities = vec!["second".into()];
            agent.identity.workload = Some(Workload { name: "brought".into(), ..Workload::default() });
        }));
        assert_eq!(gone, ["workload identity first", "workload identity second"]);
        assert_eq!(kept, ["workload identity brought"]);
    }
}
