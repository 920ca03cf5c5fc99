//! `configure --memory`: none, one that launch makes, or one that exists.

use serde_json::{Value, json};

use crate::config::{Agent, MemoryMode, naming};
use crate::error::{Code, Error, Result};
use crate::facts::memory_name_of;

/// The value of `--memory`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MemoryChoice {
    None,
    /// Launch makes one: [`MemoryMode::ShortTerm`] or [`MemoryMode::ShortAndLongTerm`].
    Made(MemoryMode),
    /// The id of the user's own.
    Brought(String),
}

/// Reads the value of `--memory`: `none`, `stm`, `ltm`, one of the configuration's own words, or an id.
///
/// # Errors
/// Exit 2 for anything else.
pub(crate) fn parse(text: &str) -> Result<MemoryChoice> {
    let word = text.to_ascii_lowercase();
    match (word.as_str(), text.parse::<MemoryMode>()) {
        ("none", _) | (_, Ok(MemoryMode::None)) => Ok(MemoryChoice::None),
        ("stm", _) => Ok(MemoryChoice::Made(MemoryMode::ShortTerm)),
        ("ltm", _) => Ok(MemoryChoice::Made(MemoryMode::ShortAndLongTerm)),
        (_, Ok(mode)) => Ok(MemoryChoice::Made(mode)),
        _ if memory_name_of(text).is_some() => Ok(MemoryChoice::Brought(text.to_owned())),
        _ => Err(Error::usage(format!("`--memory`: `{text}` is none of `none`, `stm`, `ltm` and the id of a memory"))
            .code(Code::ConfigMemory)
            .hint("an id is a memory's name, `-` and ten letters or digits, such as `notes_memory-aB3dE5fG7h`")),
    }
}

/// A path below the agent, and what it is set to.
type Setting = (Vec<&'static str>, Option<Value>);

/// What the choice changes in the configuration of the agent `name`.
pub(super) fn settings(choice: &MemoryChoice, name: &str, existing: Option<&Agent>) -> Vec<Setting> {
    let set = |key: &'static str, value: Value| (vec!["memory", key], Some(value));
    match choice {
        // The rest stays, so that the same memory is there when it is wanted again.
        MemoryChoice::None => vec![set("mode", json!(MemoryMode::None.as_str()))],
        MemoryChoice::Made(mode) => {
            let mut settings = vec![set("mode", json!(mode.as_str()))];
            let known =
                existing.and_then(|agent| agent.memory.memory_name.as_deref()).filter(|known| !known.is_empty());
            let is_brought = existing.is_some_and(|agent| brought(agent).is_some());
            if is_brought {
                settings.push(set("memory_id", Value::Null));
                settings.push(set("memory_arn", Value::Null));
            }
            // That of a brought one would lead back to it.
            let name = existing.map_or_else(|| name.to_owned(), Agent::deployed_name);
            let keeps = |known: &&str| !is_brought || naming::is_toolkits_memory(known, &name);
            let memory = known.filter(keeps).map_or_else(|| naming::memory(&name), str::to_owned);
            settings.push(set("memory_name", json!(memory)));
            let days = existing.map_or_else(|| Agent::default().memory, |agent| agent.memory.clone()).event_expiry_days;
            settings.push(set("event_expiry_days", json!(days)));
            settings
        }
        MemoryChoice::Brought(id) => bring(id, existing),
    }
}

/// The memory on record that the user brought.
fn brought(agent: &Agent) -> Option<&str> {
    agent.memory_id().filter(|id| !agent.made_memory(id))
}

/// Whether it has strategies is not known here: the mode says that there is a memory, and launch writes down which.
fn bring(id: &str, existing: Option<&Agent>) -> Vec<Setting> {
    let set = |key: &'static str, value: Value| (vec!["memory", key], Some(value));
    let mut settings = Vec::new();
    if existing.is_none_or(|agent| !agent.memory_wanted()) {
        settings.push(set("mode", json!(MemoryMode::ShortTerm.as_str())));
    }
    if existing.is_some_and(|agent| agent.memory_id() == Some(id)) {
        return settings;
    }
    settings.push(set("memory_id", json!(id)));
    // The toolkit needs a name, and an id has it.
    settings.push(set("memory_name", json!(memory_name_of(id))));
    let is_ours = existing.is_some_and(|agent| agent.made_memory(id));
    settings.push(set("was_created_by_toolkit", json!(is_ours)));
    if let Some(agent) = existing {
        settings.push(set("memory_arn", Value::Null));
        // Nobody knows what is in it, so launch is never to think it empty.
        settings.push(set("first_invoke_memory_check_done", json!(true)));
        let before = agent.memory_id().filter(|before| agent.made_memory(before));
        let mut made = agent.created().memories.clone();
        if let Some(before) = before.filter(|before| !made.iter().any(|id| id == before)) {
            made.push(before.to_owned());
            settings.push((vec!["agentcore", "created", "memories"], Some(json!(made))));
        }
    }
    settings
}

/// What becomes of the memory that the agent had, where the choice parts it from that.
pub(super) fn note(choice: &MemoryChoice, existing: Option<&Agent>) -> Option<String> {
    let agent = existing?;
    let id = agent.memory_id()?;
    let parts = match choice {
        MemoryChoice::None => agent.memory_wanted(),
        MemoryChoice::Made(_) => !agent.made_memory(id),
        MemoryChoice::Brought(other) => other != id,
    };
    let stays = if agent.made_memory(id) {
        format!(": `agentcore memory delete {id}` deletes it with everything in it")
    } else {
        String::new()
    };
    parts.then(|| format!("the memory `{id}` stays as it is{stays}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Memory;

    const ID: &str = "team_notes-aB3dE5fG7h";
    const OTHER: &str = "a_mem-0123456789";

    fn agent(id: Option<&str>, made: bool) -> Agent {
        let memory = Memory {
            mode: MemoryMode::ShortAndLongTerm,
            memory_id: id.map(str::to_owned),
            memory_name: id.and_then(memory_name_of).map(str::to_owned),
            was_created_by_toolkit: made,
            ..Memory::default()
        };
        Agent { name: "a".into(), memory, ..Agent::default() }
    }

    fn value(settings: &[Setting], key: &str) -> Option<Value> {
        settings.iter().find(|(path, _)| path.last() == Some(&key)).and_then(|(_, value)| value.clone())
    }

    #[test]
    fn words_and_ids_are_told_apart() {
        assert_eq!(parse("none").unwrap(), MemoryChoice::None);
        assert_eq!(parse("NO_MEMORY").unwrap(), MemoryChoice::None);
        assert_eq!(parse("STM").unwrap(), MemoryChoice::Made(MemoryMode::ShortTerm));
        assert_eq!(parse("ltm").unwrap(), MemoryChoice::Made(MemoryMode::ShortAndLongTerm));
        assert_eq!(parse(ID).unwrap(), MemoryChoice::Brought(ID.into()));
        for bad in ["", "long", "notes_memory", "notes memory-aB3dE5fG7h", "notes-short"] {
            assert_eq!(parse(bad).unwrap_err().code_str(), "config.memory", "{bad}");
        }
    }

    #[test]
    fn mode_of_a_brought_one_is_not_guessed() {
        let settings = settings(&MemoryChoice::Brought(ID.into()), "a", Some(&agent(None, false)));
        assert_eq!(value(&settings, "mode"), None, "the one on record stays");
        assert_eq!(value(&settings, "memory_name"), Some(json!("team_notes")));
        let new = super::settings(&MemoryChoice::Brought(ID.into()), "a", None);
        assert_eq!(value(&new, "mode"), Some(json!("STM_ONLY")));
    }

    #[test]
    fn toolkits_own_memory_stays_on_record() {
        let settings = settings(&MemoryChoice::Brought(ID.into()), "a", Some(&agent(Some(OTHER), true)));
        assert_eq!(value(&settings, "memories"), Some(json!([OTHER])));
        assert_eq!(value(&settings, "was_created_by_toolkit"), Some(json!(false)));
        assert_eq!(value(&settings, "first_invoke_memory_check_done"), Some(json!(true)), "it may hold data");
    }

    #[test]
    fn own_memory_keeps_its_id_through_modes() {
        for mode in [MemoryMode::ShortTerm, MemoryMode::ShortAndLongTerm] {
            let own = settings(&MemoryChoice::Made(mode), "a", Some(&agent(Some(OTHER), true)));
            assert_eq!((value(&own, "memory_id"), value(&own, "memory_name")), (None, Some(json!("a_mem"))));
            let brought = settings(&MemoryChoice::Made(mode), "a", Some(&agent(Some(ID), false)));
            assert_eq!(value(&brought, "memory_id"), Some(Value::Null));
            assert_eq!(value(&brought, "memory_name"), Some(json!("a_memory")));
        }
    }
}
