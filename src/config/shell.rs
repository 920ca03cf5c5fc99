//! Commands that a person can paste, with the flag that names the agent where one is needed. Quoting is the leaf's.

use super::{Agent, Store};
use crate::shell::quoted;

/// `agentcore VERB`, with `--agent` when the verb would take another agent without it.
pub(crate) fn command(verb: &str, store: &Store, agent: &Agent) -> String {
    format!("agentcore {verb}{}", agent_flag(store, agent))
}

/// The flags that make a verb mean this agent: ` --agent NAME`, or nothing for the one that every verb takes anyway, and
/// the global flags that this command was given.
pub(crate) fn agent_flag(store: &Store, agent: &Agent) -> String {
    let name = match store.agent(None) {
        Ok(chosen) if chosen.name == agent.name => String::new(),
        _ => format!(" --agent {}", quoted(&agent.name)),
    };
    name + store.flags()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_non_default_agents_are_named_in_commands() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".bedrock_agentcore.yaml");
        let agent = |name: &str| format!("  {name}:\n    name: {name}\n    entrypoint: {name}.py\n");
        std::fs::write(&path, format!("default_agent: one\nagents:\n{}{}", agent("one"), agent("two"))).unwrap();
        let store = Store::open(&path).unwrap();
        let of = |name: &str| command("launch", &store, store.agent(Some(name)).unwrap());
        assert_eq!(of("one"), "agentcore launch");
        assert_eq!(of("two"), "agentcore launch --agent two");
        let store = Store::open(&path).unwrap().with_flags(" --config x.yaml".to_owned());
        assert_eq!(command("launch", &store, store.agent(None).unwrap()), "agentcore launch --config x.yaml");
    }
}
