//! The record of a deployment in an agent's configuration: the settings that it fills in, and under `agentcore.created`
//! what was made for it.

use serde_json::{Map, Value};

use super::{AgentcoreSection, Created, Edit, Store};
use crate::error::Result;

/// A path below the agent, and what it is set to.
pub(crate) type Setting<'a> = (&'a [&'a str], Value);

impl Store {
    /// Sets `settings` and writes `created` as `change` leaves it, in one edit. What becomes empty goes, with the mappings
    /// that held only it.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub(crate) fn record(
        &mut self,
        agent: &str,
        settings: &[Setting<'_>],
        change: impl FnOnce(&mut Created),
    ) -> Result<()> {
        let before = self.agent(Some(agent))?.own.clone();
        let mut after = before.clone();
        change(&mut after.created);
        let at = |path: &[&str]| ["agents", agent].iter().chain(path).map(|part| (*part).to_owned()).collect();
        // What the user takes from elsewhere is not ours to write down.
        let is_ours = |path: &[&str]| !self.is_reference(&[&["agents", agent][..], path].concat());
        let settings = settings.iter().filter(|(path, _)| is_ours(path));
        let mut edits: Vec<Edit> =
            settings.map(|(path, value)| Edit { path: at(path), value: Some(value.clone()) }).collect();
        if after != before && after.created == Created::default() {
            let emptied: &[&str] =
                if after == AgentcoreSection::default() { &["agentcore"] } else { &["agentcore", "created"] };
            edits.push(Edit { path: at(emptied), value: None });
        } else if after != before {
            let (old, new) = (members(&before.created)?, members(&after.created)?);
            let changed = old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key));
            let mut changed: Vec<&String> = changed.collect();
            changed.sort();
            changed.dedup();
            edits.extend(
                changed
                    .into_iter()
                    .map(|key| Edit { path: at(&["agentcore", "created", key]), value: new.get(key).cloned() }),
            );
        }
        if edits.is_empty() {
            return Ok(());
        }
        self.edit(&edits).map(drop)
    }
}

/// What is said at all: neither null nor empty.
fn members(created: &Created) -> Result<Map<String, Value>> {
    use crate::error::Context;
    let value = serde_json::to_value(created).context("could not put the record into words")?;
    let Value::Object(mut map) = value else { return Ok(Map::new()) };
    map.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
    Ok(map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn store(dir: &tempfile::TempDir, rest: &str) -> Store {
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{rest}")).unwrap();
        Store::open(&path).unwrap()
    }

    #[test]
    fn only_what_changes_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = store(
            &dir,
            "    agentcore:\n      created:\n        # the first\n        bucket: b # mine\n        later: x\n",
        );
        let arn: &[&str] = &["aws", "execution_role"];
        store.record("a", &[(arn, json!("arn"))], |created| created.execution_role = Some("R".into())).unwrap();
        let text = std::fs::read_to_string(store.path()).unwrap();
        assert!(
            text.contains("# the first") && text.contains("bucket: b # mine") && text.contains("later: x"),
            "{text}"
        );
        assert!(text.contains("execution_role: R") && text.contains("execution_role: arn"), "{text}");
        store.record("a", &[], |_| {}).unwrap();
        assert_eq!(std::fs::read_to_string(store.path()).unwrap(), text);
    }

    #[test]
    fn the_last_record_takes_its_mappings_along() {
        let dir = tempfile::tempdir().unwrap();
        let made = "    agentcore:\n      created:\n        repository: r\n        environment: [A]\n";
        let mut store = store(&dir, made);
        store.record("a", &[], |created| created.environment.clear()).unwrap();
        assert_eq!(store.agent(None).unwrap().created().repository.as_deref(), Some("r"));
        store.record("a", &[], |created| created.repository = None).unwrap();
        assert!(!std::fs::read_to_string(store.path()).unwrap().contains("agentcore:"));
    }
}
