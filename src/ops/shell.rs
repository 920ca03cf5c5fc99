//! Commands that a person can paste: quoting, and the flag that names the agent where one is needed.

use crate::config::{Agent, Store};

/// `value` as one word for a POSIX shell.
pub(crate) fn quoted(value: &str) -> String {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/@+%,=".contains(&byte)) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

/// `agentcore VERB`, with `--agent` when the verb would take another agent without it.
pub(crate) fn command(verb: &str, store: &Store, agent: &Agent) -> String {
    format!("agentcore {verb}{}", agent_flag(store, agent))
}

/// ` --agent NAME`, or nothing for the agent that every verb takes anyway.
pub(crate) fn agent_flag(store: &Store, agent: &Agent) -> String {
    match store.agent(None) {
        Ok(chosen) if chosen.name == agent.name => String::new(),
        _ => format!(" --agent {}", quoted(&agent.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        assert_eq!(quoted("https://x/.well-known/openid-configuration"), "https://x/.well-known/openid-configuration");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn only_an_agent_that_is_not_the_default_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".bedrock_agentcore.yaml");
        let agent = |name: &str| format!("  {name}:\n    name: {name}\n    entrypoint: {name}.py\n");
        std::fs::write(&path, format!("default_agent: one\nagents:\n{}{}", agent("one"), agent("two"))).unwrap();
        let store = Store::open(&path).unwrap();
        let of = |name: &str| command("launch", &store, store.agent(Some(name)).unwrap());
        assert_eq!(of("one"), "agentcore launch");
        assert_eq!(of("two"), "agentcore launch --agent two");
    }
}
