//! The values of an agent's variables that are kept elsewhere, put in their place before a launch or a local run.

use std::collections::BTreeMap;

use super::target;
use crate::cloud::Cloud;
use crate::config::{Agent, Store, ValuePart, value_parts};
use crate::env::Env;
use crate::error::{Code, Error, Kind, Result};
use crate::trust;

use super::pending_identity::PendingIdentity;

/// Under what parameters Systems Manager has the secrets of Secrets Manager.
const SECRETS: &str = "/aws/reference/secretsmanager/";

/// The values of an agent's variables, in pieces.
struct Wanted<'a> {
    store: &'a Store,
    agent: String,
    /// By the name of the variable.
    variables: Vec<(String, Vec<ValuePart>)>,
}

impl<'a> Wanted<'a> {
    /// Of what the command line does not set or take out. Whoever needs these needs the agent's settings too.
    fn of(agent: &Agent, store: &'a Store, overridden: &[&str]) -> Result<Self> {
        store.require_settings(&agent.name, &[])?;
        let mut wanted = Self { store, agent: agent.name.clone(), variables: Vec::new() };
        for (name, value) in &agent.own.environment {
            if overridden.contains(&name.as_str()) {
                continue;
            }
            let parts = value_parts(value).map_err(|reason| {
                wanted
                    .wrong(name, reason)
                    .hint("a reference is `${VAR}`, `${VAR:-x}`, `${ssm:NAME}` or `${secretsmanager:ID}`")
            })?;
            wanted.variables.push((name.clone(), parts));
        }
        Ok(wanted)
    }

    fn wrong(&self, name: &str, what: &str) -> Error {
        let at = self.store.source_of(&["agents", &self.agent, "agentcore", "environment", name]);
        let at = at.map_or_else(String::new, |at| format!(" ({at})"));
        Error::usage(format!("`agentcore.environment.{name}`{at}: {what}")).code(Code::ConfigReference)
    }

    /// The parameters that stand for what is kept in AWS.
    fn parameters(&self) -> Vec<String> {
        let parts = self.variables.iter().flat_map(|(_, parts)| parts);
        let mut names: Vec<String> = parts.filter_map(parameter).collect();
        names.sort();
        names.dedup();
        names
    }

    fn put(&self, agent: &mut Agent, env: &Env, found: &BTreeMap<String, String>) -> Result<()> {
        for (name, parts) in &self.variables {
            let values: Result<Vec<String>> = parts.iter().map(|part| self.value(name, part, env, found)).collect();
            agent.own.environment.insert(name.clone(), values?.concat());
        }
        Ok(())
    }

    fn value(&self, name: &str, part: &ValuePart, env: &Env, found: &BTreeMap<String, String>) -> Result<String> {
        if let Some(parameter) = parameter(part) {
            let missing = || {
                let what = format!("`{}` does not exist, or is nothing that can be read", shown(part));
                self.wrong(name, &what).with_kind(Kind::NotFound).hint("make it in the account and region of the agent")
            };
            return found.get(&parameter).cloned().ok_or_else(missing);
        }
        let (variable, default) = match part {
            ValuePart::Variable { name, default } => (name, default),
            ValuePart::Text(text) => return Ok(text.clone()),
            ValuePart::Parameter(_) | ValuePart::Secret(_) => return Ok(String::new()),
        };
        if trust::is_of_machine(variable) && !trust::is_given(env) {
            return Err(self
                .wrong(name, &format!("it takes {variable}, which is not set for an agent"))
                .code(Code::ConfigUntrusted)
                .hint(trust::HINT));
        }
        match (env.var(variable), default) {
            (Some(value), None) => Ok(value.to_owned()),
            (Some(value), Some(_)) if !value.is_empty() => Ok(value.to_owned()),
            (_, Some(default)) => Ok(default.clone()),
            (None, None) => Err(self
                .wrong(name, &format!("the variable `{variable}` is not set"))
                .hint(format!("set {variable}, or say what stands for it: `${{{variable}:-default}}`"))),
        }
    }
}

/// The name under which Systems Manager has it.
fn parameter(part: &ValuePart) -> Option<String> {
    match part {
        ValuePart::Parameter(name) => Some(name.clone()),
        ValuePart::Secret(id) => Some(format!("{SECRETS}{id}")),
        ValuePart::Text(_) | ValuePart::Variable { .. } => None,
    }
}

fn shown(part: &ValuePart) -> String {
    match part {
        ValuePart::Parameter(name) => format!("ssm:{name}"),
        ValuePart::Secret(id) => format!("secretsmanager:{id}"),
        ValuePart::Text(_) | ValuePart::Variable { .. } => String::new(),
    }
}

/// Puts the values in their place for a launch. `overridden` are the variables that the command line sets or takes out.
///
/// # Errors
/// Usage with the place of a reference, also in a setting, whose variable is not set; [`Kind::NotFound`] for what AWS does not have.
pub(crate) async fn resolve(
    agent: &mut Agent,
    store: &Store,
    overridden: &[&str],
    (env, cloud, identity): (&Env, &Cloud, &PendingIdentity),
) -> Result<()> {
    let wanted = Wanted::of(agent, store, overridden)?;
    let parameters = wanted.parameters();
    let mut found = BTreeMap::new();
    if !parameters.is_empty() {
        // Before anything else is asked of an account that may be another one.
        target::check_account(agent, &identity.confirmed().await?)?;
        found = cloud.secret_parameters(&parameters).await?;
    }
    wanted.put(agent, env, &found)
}

/// The same for a run on this machine, which asks AWS nothing.
///
/// # Errors
/// As [`resolve`], and usage for a value that AWS keeps.
pub(crate) fn resolve_here(agent: &mut Agent, store: &Store, given: &[(String, String)], env: &Env) -> Result<()> {
    let overridden: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = Wanted::of(agent, store, &overridden)?;
    let in_aws = wanted.variables.iter().find_map(|(name, parts)| {
        let part = parts.iter().find(|part| parameter(part).is_some())?;
        Some((name, shown(part)))
    });
    if let Some((name, shown)) = in_aws {
        return Err(wanted
            .wrong(name, &format!("`{shown}` is in AWS, which a run on this machine does not ask"))
            .hint(format!("give it a value of its own: `--env {name}=VALUE`")));
    }
    wanted.put(agent, env, &BTreeMap::new())
}
