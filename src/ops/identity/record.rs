//! What the configuration remembers of an agent's identity: the toolkit's `identity` and `aws_jwt`, and under
//! `agentcore.created` what this program made of it.

use serde_json::{Value, json};

use crate::cloud::ProviderKind;
use crate::config::{Created, CredentialProvider, Edit, Store, Workload};
use crate::error::Result;

/// Key of a provider in `agentcore.created.credential_providers`: the two kinds have names of their own.
pub(super) fn key(kind: ProviderKind, name: &str) -> String {
    match kind {
        ProviderKind::ApiKey => format!("apikey/{name}"),
        ProviderKind::OAuth2 => format!("oauth2/{name}"),
    }
}

/// The kind and the name of such a key.
pub(super) fn of_key(key: &str) -> Option<(ProviderKind, &str)> {
    match key.split_once('/')? {
        ("apikey", name) => Some((ProviderKind::ApiKey, name)),
        ("oauth2", name) => Some((ProviderKind::OAuth2, name)),
        _ => None,
    }
}

fn at(agent: &str, path: &[&str]) -> Vec<String> {
    ["agents", agent].iter().chain(path).map(|part| (*part).to_owned()).collect()
}

/// Says before the request that a provider is about to be made.
pub(super) fn intend_provider(store: &mut Store, agent: &str, kind: ProviderKind, name: &str) -> Result<()> {
    let key = key(kind, name);
    store.record(agent, &[], |created| {
        if !created.credential_providers.contains(&key) {
            created.credential_providers.push(key);
        }
    })
}

/// Whether the provider is on record as made for the agent.
pub(super) fn made_provider(store: &Store, agent: &str, kind: ProviderKind, name: &str) -> bool {
    store.agent(Some(agent)).is_ok_and(|agent| agent.created().credential_providers.contains(&key(kind, name)))
}

/// Takes back that it was made here; what the agent uses stays entered.
pub(super) fn disown_provider(store: &mut Store, agent: &str, kind: ProviderKind, name: &str) -> Result<()> {
    let key = key(kind, name);
    store.record(agent, &[], |created| created.credential_providers.retain(|known| *known != key))
}

/// Enters a provider for launch, or brings its entry up to date.
pub(super) fn put_provider(store: &mut Store, agent: &str, entry: &CredentialProvider) -> Result<()> {
    let mut list = store.agent(Some(agent))?.identity.credential_providers.clone();
    let kind = ProviderKind::of_arn(&entry.arn);
    match list.iter_mut().find(|known| known.name == entry.name && ProviderKind::of_arn(&known.arn) == kind) {
        Some(known) => *known = entry.clone(),
        None => list.push(entry.clone()),
    }
    store.edit(&[Edit { path: at(agent, &["identity", "credential_providers"]), value: Some(json!(list)) }]).map(drop)
}

/// Takes a provider out, wherever it is on record.
pub(super) fn remove_provider(store: &mut Store, agent: &str, kind: ProviderKind, name: &str) -> Result<()> {
    let list = &store.agent(Some(agent))?.identity.credential_providers;
    let rest: Vec<CredentialProvider> = list
        .iter()
        .filter(|known| known.name != name || ProviderKind::of_arn(&known.arn) != Some(kind))
        .cloned()
        .collect();
    if rest.len() != list.len() {
        let path = at(agent, &["identity", "credential_providers"]);
        store.edit(&[Edit { path, value: Some(json!(rest)) }])?;
    }
    disown_provider(store, agent, kind, name)
}

pub(super) fn put_workload(store: &mut Store, agent: &str, workload: &Workload) -> Result<()> {
    store.edit(&[Edit { path: at(agent, &["identity", "workload"]), value: Some(json!(workload)) }]).map(drop)
}

/// Takes a workload identity out, if it is this agent's.
pub(super) fn remove_workload(store: &mut Store, agent: &str, name: &str) -> Result<()> {
    let known = store.agent(Some(agent))?;
    if known.identity.workload.as_ref().is_some_and(|workload| workload.name == name) {
        store.edit(&[Edit { path: at(agent, &["identity", "workload"]), value: None }])?;
    }
    disown_workload(store, agent, name)
}

/// Names of the workload identities that are on record as made for the agent.
pub(super) fn workloads(created: &Created) -> impl Iterator<Item = &String> {
    created.workload_identity.iter().chain(&created.workload_identities)
}

/// Says before the request that a workload identity is about to be made.
pub(super) fn intend_workload(store: &mut Store, agent: &str, name: &str) -> Result<()> {
    store.record(agent, &[], |created| {
        if !workloads(created).any(|known| known == name) {
            created.workload_identities.push(name.to_owned());
        }
    })
}

/// Takes back that it was made here; what the agent uses stays entered.
pub(super) fn disown_workload(store: &mut Store, agent: &str, name: &str) -> Result<()> {
    store.record(agent, &[], |created| {
        created.workload_identity.take_if(|known| known == name);
        created.workload_identities.retain(|known| known != name);
    })
}

pub(super) fn put_aws_jwt(store: &mut Store, agent: &str, members: &[(&str, Value)]) -> Result<bool> {
    let edits: Vec<Edit> = members
        .iter()
        .map(|(key, value)| Edit { path: at(agent, &["aws_jwt", key]), value: Some(value.clone()) })
        .collect();
    store.edit(&edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(dir: &tempfile::TempDir, rest: &str) -> Store {
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{rest}")).unwrap();
        Store::open(&path).unwrap()
    }

    fn names(store: &Store) -> Vec<String> {
        workloads(store.agent(Some("a")).unwrap().created()).cloned().collect()
    }

    #[test]
    fn every_workload_identity_is_on_record_and_can_be_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(&dir, "    agentcore:\n      created:\n        workload_identity: first\n");
        for name in ["second", "third", "second", "first"] {
            intend_workload(&mut store, "a", name).unwrap();
        }
        assert_eq!(names(&store), ["first", "second", "third"], "each once, with the single one of earlier versions");
        disown_workload(&mut store, "a", "third").unwrap();
        disown_workload(&mut store, "a", "first").unwrap();
        assert_eq!(names(&store), ["second"]);
        disown_workload(&mut store, "a", "second").unwrap();
        let file = std::fs::read_to_string(dir.path().join(".bedrock_agentcore.yaml")).unwrap();
        assert!(!file.contains("agentcore:"), "{file}");
    }

    #[test]
    fn a_provider_that_is_not_ours_is_used_without_being_on_record_as_made() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(&dir, "");
        let kind = ProviderKind::ApiKey;
        let entry = CredentialProvider {
            name: "p".into(),
            arn: "arn:aws:bedrock-agentcore:us-west-2:1:token-vault/default/apikeycredentialprovider/p".into(),
            kind: "api-key".into(),
            ..CredentialProvider::default()
        };
        intend_provider(&mut store, "a", kind, "p").unwrap();
        put_provider(&mut store, "a", &entry).unwrap();
        assert!(made_provider(&store, "a", kind, "p") && !made_provider(&store, "a", ProviderKind::OAuth2, "p"));
        disown_provider(&mut store, "a", kind, "p").unwrap();
        assert!(!made_provider(&store, "a", kind, "p"));
        assert_eq!(store.agent(Some("a")).unwrap().identity.credential_providers, [entry]);
    }
}
