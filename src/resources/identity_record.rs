//! What the configuration remembers of an agent's identity: the toolkit's `identity` and `aws_jwt`, and under
//! `agentcore.created` what this program made of it.

use serde_json::json;

use super::record::{AgentEdit, AgentRecord};
use crate::cloud::ProviderKind;
use crate::config::{Agent, Created, CredentialProvider, Workload};
use crate::error::Result;

const PROVIDERS: &[&str] = &["identity", "credential_providers"];
const WORKLOAD: &[&str] = &["identity", "workload"];

/// Key of a provider in `agentcore.created.credential_providers`: the two kinds have names of their own.
pub(crate) fn provider_key(kind: ProviderKind, name: &str) -> String {
    match kind {
        ProviderKind::ApiKey => format!("apikey/{name}"),
        ProviderKind::OAuth2 => format!("oauth2/{name}"),
    }
}

/// The kind and the name of such a key.
pub(crate) fn parse_provider_key(key: &str) -> Option<(ProviderKind, &str)> {
    match key.split_once('/')? {
        ("apikey", name) => Some((ProviderKind::ApiKey, name)),
        ("oauth2", name) => Some((ProviderKind::OAuth2, name)),
        _ => None,
    }
}

/// Says before the request that a provider is about to be made.
pub(super) fn intend_provider(record: &AgentRecord, kind: ProviderKind, name: &str) -> Result<()> {
    let key = provider_key(kind, name);
    record.write(&[], |created| {
        if !created.credential_providers.contains(&key) {
            created.credential_providers.push(key);
        }
    })
}

/// Takes back that it was made here; what the agent uses stays entered.
pub(super) fn disown_provider(record: &AgentRecord, kind: ProviderKind, name: &str) -> Result<()> {
    let key = provider_key(kind, name);
    record.write(&[], |created| created.credential_providers.retain(|known| *known != key))
}

/// Whether the agent has a provider of the name entered.
pub(crate) fn uses_provider(agent: &Agent, name: &str) -> bool {
    agent.identity.credential_providers.iter().any(|known| known.name == name)
}

/// Enters a provider for launch, or brings its entry up to date.
pub(super) fn put_provider(record: &AgentRecord, entry: &CredentialProvider) -> Result<()> {
    record
        .edit(|agent| {
            let mut list = agent.identity.credential_providers.clone();
            let kind = ProviderKind::of_arn(&entry.arn);
            match list.iter_mut().find(|known| known.name == entry.name && ProviderKind::of_arn(&known.arn) == kind) {
                Some(known) => *known = entry.clone(),
                None => list.push(entry.clone()),
            }
            vec![(PROVIDERS, Some(json!(list)))]
        })
        .map(drop)
}

/// Takes a provider out, wherever it is on record.
pub(crate) fn remove_provider(record: &AgentRecord, kind: ProviderKind, name: &str) -> Result<()> {
    record.edit(|agent| {
        let list = &agent.identity.credential_providers;
        let is_other =
            |known: &&CredentialProvider| known.name != name || ProviderKind::of_arn(&known.arn) != Some(kind);
        let rest: Vec<&CredentialProvider> = list.iter().filter(is_other).collect();
        if rest.len() == list.len() { Vec::new() } else { vec![(PROVIDERS, Some(json!(rest)))] }
    })?;
    disown_provider(record, kind, name)
}

pub(super) fn put_workload(record: &AgentRecord, workload: &Workload) -> Result<()> {
    record.edit(|_| vec![(WORKLOAD, Some(json!(workload)))]).map(drop)
}

/// Whether the workload identity is the one that the agent has entered.
pub(crate) fn uses_workload(agent: &Agent, name: &str) -> bool {
    agent.identity.workload.as_ref().is_some_and(|workload| workload.name == name)
}

/// Takes a workload identity out, if it is this agent's.
pub(crate) fn remove_workload(record: &AgentRecord, name: &str) -> Result<()> {
    record.edit(|agent| if uses_workload(agent, name) { vec![(WORKLOAD, None)] } else { Vec::new() })?;
    disown_workload(record, name)
}

/// Names of the workload identities that are on record as made for the agent.
pub(crate) fn workloads(created: &Created) -> impl Iterator<Item = &String> {
    created.workload_identity.iter().chain(&created.workload_identities)
}

/// Says before the request that a workload identity is about to be made.
pub(super) fn intend_workload(record: &AgentRecord, name: &str) -> Result<()> {
    record.write(&[], |created| {
        if !workloads(created).any(|known| known == name) {
            created.workload_identities.push(name.to_owned());
        }
    })
}

/// Takes back that it was made here; what the agent uses stays entered.
pub(super) fn disown_workload(record: &AgentRecord, name: &str) -> Result<()> {
    record.write(&[], |created| {
        created.workload_identity.take_if(|known| known == name);
        created.workload_identities.retain(|known| known != name);
    })
}

/// `true` when the configuration was changed.
pub(crate) fn put_aws_jwt(record: &AgentRecord, members: Vec<AgentEdit>) -> Result<bool> {
    record.edit(|_| members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Store;

    fn record(dir: &tempfile::TempDir, rest: &str) -> AgentRecord {
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{rest}")).unwrap();
        let store = Store::open(&path).unwrap();
        let agent = store.agent(None).unwrap().clone();
        AgentRecord::new(store, agent)
    }

    fn names(record: &AgentRecord) -> Vec<String> {
        workloads(&record.created().unwrap()).cloned().collect()
    }

    #[test]
    fn every_workload_identity_is_recorded_and_disownable() {
        let dir = tempfile::tempdir().unwrap();
        let record = record(&dir, "    agentcore:\n      created:\n        workload_identity: first\n");
        for name in ["second", "third", "second", "first"] {
            intend_workload(&record, name).unwrap();
        }
        assert_eq!(names(&record), ["first", "second", "third"], "each once, with the single one of earlier versions");
        disown_workload(&record, "third").unwrap();
        disown_workload(&record, "first").unwrap();
        assert_eq!(names(&record), ["second"]);
        disown_workload(&record, "second").unwrap();
        let file = std::fs::read_to_string(dir.path().join(".bedrock_agentcore.yaml")).unwrap();
        assert!(!file.contains("agentcore:"), "{file}");
    }

    #[test]
    fn disowned_provider_stays_in_use_unrecorded_as_created() {
        let dir = tempfile::tempdir().unwrap();
        let record = record(&dir, "");
        let kind = ProviderKind::ApiKey;
        let entry = CredentialProvider {
            name: "p".into(),
            arn: "arn:aws:bedrock-agentcore:us-west-2:1:token-vault/default/apikeycredentialprovider/p".into(),
            kind: "api-key".into(),
            ..CredentialProvider::default()
        };
        intend_provider(&record, kind, "p").unwrap();
        put_provider(&record, &entry).unwrap();
        assert_eq!(record.created().unwrap().credential_providers, ["apikey/p"]);
        disown_provider(&record, kind, "p").unwrap();
        assert!(record.created().unwrap().credential_providers.is_empty());
        assert_eq!(record.into_store().agent(Some("a")).unwrap().identity.credential_providers, [entry]);
    }
}
