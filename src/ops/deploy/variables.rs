//! Environment variables: as `launch` is given them, and which of them a runtime is to have.

use std::collections::BTreeMap;

use crate::config::Agent;
use crate::error::{Code, Error, Result};
use crate::facts::{MEMORY_ID_VARIABLE, MEMORY_NAME_VARIABLE};

/// Checks the names of variables to remove from the runtime.
///
/// # Errors
/// Exit 2 for what cannot be a name, and for one that the same command sets.
pub(crate) fn check_unset(names: &[String], set: &[(String, String)]) -> Result<()> {
    for name in names {
        if name.is_empty() {
            return Err(Error::usage("`--unset-env` was given without the name of an environment variable")
                .code(Code::InputValue)
                .hint("name the one to take out: `--unset-env LOG_LEVEL`"));
        }
        if name.contains('=') || name.chars().count() > 100 {
            // What is after a `=` may be a secret.
            let shown = name.split('=').next().unwrap_or_default();
            return Err(Error::usage(format!(
                "`{shown}` with what follows it is not the name of an environment variable"
            ))
            .code(Code::InputValue)
            .hint("`--unset-env` takes a name alone: `--unset-env LOG_LEVEL`"));
        }
        if set.iter().any(|(other, _)| other == name) {
            return Err(Error::usage(format!(
                "the environment variable `{name}` is set by `--env` and taken out by `--unset-env`"
            ))
            .code(Code::InputValue)
            .hint("leave one of them out"));
        }
    }
    Ok(())
}

/// Turns `KEY=VALUE` arguments into pairs.
///
/// # Errors
/// Exit 2 for an argument without `=`, an empty or overlong name, or a value beyond the service's 5,000 characters.
pub(crate) fn parse_variables(arguments: &[String]) -> Result<Vec<(String, String)>> {
    arguments
        .iter()
        .map(|argument| {
            // The value may be a secret, so the argument itself is never quoted.
            let (name, value) = argument.split_once('=').ok_or_else(|| {
                Error::usage("an environment variable has the form KEY=VALUE, and one given has no `=`")
                    .hint("write `--env LOG_LEVEL=debug`")
            })?;
            variable(name, value)
        })
        .collect()
}

/// # Errors
/// Exit 2 for a name or a value that the service does not take.
pub(super) fn variable(name: &str, value: &str) -> Result<(String, String)> {
    if name.is_empty() || name.chars().count() > 100 || value.chars().count() > 5000 {
        return Err(Error::usage(format!("the environment variable `{name}` does not fit the service"))
            .hint("a name has 1 to 100 characters, a value at most 5000"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Variables that launch sets by itself, to the runtime's region, where the configuration gives no other value.
const OWN_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The variables of a runtime.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RuntimeVariables {
    /// Names and values that it is to have.
    pub(super) set: Vec<(String, String)>,
    /// Names to remove.
    pub(super) removed: Vec<String>,
    /// Variables to remove if they have these values.
    pub(super) removed_values: Vec<(String, String)>,
    /// Names of those that the configuration gives it.
    pub(super) recorded: Vec<String>,
    /// Names of those that tell it of its memory.
    pub(super) memory: Vec<&'static str>,
}

/// What an agent's configuration and a launch's `--env` and `--unset-env` make together.
pub(super) fn runtime_variables(
    agent: &Agent,
    region: &str,
    (given, unset): (&[(String, String)], &[String]),
) -> RuntimeVariables {
    let configured = &agent.own.environment;
    let is_users = |name: &str| {
        configured.contains_key(name)
            || unset.iter().chain(given.iter().map(|(name, _)| name)).any(|other| other == name)
    };
    let of_memory = || [MEMORY_ID_VARIABLE, MEMORY_NAME_VARIABLE].into_iter();
    let memory: Vec<&'static str> = of_memory().filter(|name| agent.memory_wanted() && !is_users(name)).collect();
    let mut removed = variables_to_remove(&agent.created().environment, &agent.variables(), (given, unset));
    removed.retain(|name| !memory.contains(&name.as_str()));
    // A runtime that was made elsewhere does without them.
    let is_adopted = agent.runtime_id().is_some_and(|id| agent.has_adopted(id));
    let own = OWN_VARIABLES.into_iter().filter(|_| !is_adopted);
    let mut set: Vec<(String, String)> = own.map(|name| (name.to_owned(), region.to_owned())).collect();
    for (name, value) in configured.clone().into_iter().chain(given.iter().cloned()) {
        set.retain(|(other, _)| *other != name);
        set.push((name, value));
    }
    set.retain(|(name, _)| !removed.contains(name));
    let wanted = of_memory().filter(|name| agent.memory_wanted() && !configured.contains_key(*name));
    let mut recorded: Vec<String> = configured.keys().cloned().chain(wanted.map(str::to_owned)).collect();
    recorded.retain(|name| !unset.contains(name));
    // The toolkit goes on telling an archive's agent of a memory that it is not to have any more.
    let mut removed_values = if agent.memory_wanted() { Vec::new() } else { agent.memory_variables() };
    removed_values.retain(|(name, _)| !is_users(name));
    RuntimeVariables { set, removed, removed_values, recorded, memory }
}

/// Variables to remove: those that an earlier launch set and the configuration no longer has, and those that the caller
/// names. Others are not launch's; its own defaults return to their value.
fn variables_to_remove(
    recorded: &[String],
    configured: &BTreeMap<String, String>,
    (given, unset): (&[(String, String)], &[String]),
) -> Vec<String> {
    let given = |name: &String| given.iter().any(|(other, _)| other == name);
    let stays = |name: &String| configured.contains_key(name) || OWN_VARIABLES.contains(&name.as_str()) || given(name);
    let left_over = recorded.iter().filter(|name| !stays(name));
    left_over.chain(unset).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_without_value_is_refused_without_being_quoted() {
        let error = parse_variables(&["canary-no-equals".to_owned()]).unwrap_err();
        assert_eq!(error.kind().exit_code(), 2);
        assert!(!error.to_string().contains("canary"));
        assert_eq!(parse_variables(&["A=b=c".to_owned()]).unwrap(), [("A".to_owned(), "b=c".to_owned())]);
    }

    #[test]
    fn variables_set_by_launch_are_not_removed() {
        let recorded = ["AWS_REGION", "AWS_DEFAULT_REGION", "GONE"].map(str::to_owned);
        assert_eq!(variables_to_remove(&recorded, &BTreeMap::new(), (&[], &["ONCE".into()])), ["GONE", "ONCE"]);
    }
}
