//! What a policy is for: an agent, or an agent in every environment whose name begins alike.
//!
//! Owns: which settings those environments can have, and the patterns that stand for their resources. Does not own: names in one
//! environment (`scope`), naming (`config::naming`).

use super::scope::{PolicyNames, PolicyPlace};
use crate::config::{Agent, Builder, EnvironmentPattern, Store, naming};
use crate::error::Result;

/// What a policy is for.
#[derive(Debug)]
pub(crate) enum PolicySubject {
    /// An agent, in the environment that its configuration was opened in.
    Agent(Box<Agent>),
    /// An agent in the environments of a pattern; `specimen` is as it is in one of them.
    Environments { specimen: Box<Agent>, pattern: EnvironmentPattern },
}

impl PolicySubject {
    /// The agent in all environments of a pattern: in those that the file does not name, and in the declared ones, which have settings
    /// of their own.
    ///
    /// # Errors
    /// As [`Store::agent`] and [`Store::in_environment`].
    pub(crate) fn in_environments(
        store: &Store,
        agent: Option<&str>,
        pattern: &EnvironmentPattern,
    ) -> Result<Vec<Self>> {
        let name = &store.agent(agent)?.name;
        let undeclared = store.in_environment(pattern.specimen())?;
        let specimen = Box::new(undeclared.agent(Some(name))?.clone());
        let mut subjects = vec![Self::Environments { specimen, pattern: pattern.clone() }];
        let whole = pattern.to_string();
        for declared in store.project().environments.iter().filter(|declared| declared.key != whole) {
            let Some(agent) = declared.agents.iter().find(|agent| agent.name == *name) else { continue };
            let is_within = pattern.holds(&declared.key);
            subjects.push(match declared.key.split_once('*') {
                None if is_within => Self::Agent(Box::new(agent.clone())),
                Some((head, _)) if is_within => {
                    let pattern = EnvironmentPattern::parse(&format!("{head}*"))?;
                    let specimen = store.in_environment(pattern.specimen())?.agent(Some(name))?.clone();
                    Self::Environments { specimen: Box::new(specimen), pattern }
                }
                // `*-preview` and `pr-*` have environments in common.
                Some((before, _)) if pattern.head().starts_with(before) => {
                    let environment = Some(pattern.specimen());
                    let specimen = Box::new(Agent { environment, ..agent.clone() });
                    Self::Environments { specimen, pattern: pattern.clone() }
                }
                _ => continue,
            });
        }
        Ok(subjects)
    }

    pub(crate) fn agent(&self) -> &Agent {
        match self {
            Self::Agent(agent) | Self::Environments { specimen: agent, .. } => agent,
        }
    }

    /// What policies and roles for it are named after.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Agent(agent) => agent.deployed_name(),
            Self::Environments { specimen, pattern } => {
                let patterns = naming::in_environments(&specimen.name, pattern.head());
                patterns[0].trim_end_matches(['*', '_']).to_owned()
            }
        }
    }

    /// The pattern of its environments.
    pub(crate) fn pattern(&self) -> Option<String> {
        match self {
            Self::Agent(_) => None,
            Self::Environments { pattern, .. } => Some(pattern.to_string()),
        }
    }

    /// The names of its resources.
    ///
    /// # Errors
    /// As [`PolicyNames::for_agent`].
    pub(super) fn names(&self, place: PolicyPlace<'_>, codebuild: bool) -> Result<Vec<PolicyNames>> {
        let agent = self.agent();
        let codebuild = codebuild || agent.own.builder == Some(Builder::CodeBuild);
        let names = PolicyNames::for_agent(agent, place, codebuild)?;
        Ok(match self {
            Self::Agent(_) => vec![names],
            Self::Environments { specimen, pattern } => {
                let own = specimen.deployed_name();
                let patterns = naming::in_environments(&specimen.name, pattern.head());
                patterns.iter().map(|pattern| names.clone().with_pattern(&own, pattern)).collect()
            }
        })
    }
}
