//! The variables of an agent on this machine.
//!
//! Owns: their order, which is the starter toolkit's: this process's own, then what the configuration says, then `--env`.
//! Does not own: the port (`sandbox::local`). Files of variables (`.env`) are the agent's own business, as they are where it
//! is deployed.

use crate::config::Agent;
use crate::env::Env;

/// Set for every agent that runs here, and never by the service.
const LOCAL_DEV: (&str, &str) = ("LOCAL_DEV", "1");

/// Where the variables come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalVariables<'a> {
    pub(crate) env: &'a Env,
    pub(crate) agent: &'a Agent,
    /// `--region`.
    pub(crate) region: Option<&'a str>,
    /// `--env`.
    pub(crate) given: &'a [(String, String)],
}

impl LocalVariables<'_> {
    /// For a process that takes the place of this one: all of them.
    pub(crate) fn of_process(&self) -> Vec<(String, String)> {
        let own = self.env.vars().filter_map(|(name, value)| Some((name.to_owned(), value.to_str()?.to_owned())));
        merged(own.chain(self.of_agent()))
    }

    /// For an artifact, whose machine is not this one: those of the agent alone.
    pub(crate) fn of_agent(&self) -> Vec<(String, String)> {
        let region = self.region.or_else(|| self.agent.region());
        let regions = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        let regions = region.into_iter().flat_map(|region| regions.map(|name| (name.to_owned(), region.to_owned())));
        let local = std::iter::once((LOCAL_DEV.0.to_owned(), LOCAL_DEV.1.to_owned()));
        merged(regions.chain(local).chain(self.agent.variables()).chain(self.given.iter().cloned()))
    }
}

/// Later ones replace earlier ones.
fn merged(all: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for (name, value) in all {
        match out.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => *old = value,
            None => out.push((name, value)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::MemoryMode;

    #[test]
    fn flags_win_over_configuration_over_process() {
        let env = Env::fake(Path::new("/"), &[("AWS_REGION", "us-east-1"), ("A", "process"), ("B", "process")]);
        let mut agent = Agent::default();
        agent.aws.region = Some("eu-west-1".to_owned());
        agent.memory.mode = MemoryMode::ShortTerm;
        agent.memory.memory_id = Some("mem-1".to_owned());
        agent.own.environment = [("A", "file"), ("C", "file")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let given = [("C".to_owned(), "flag".to_owned())];
        let all = LocalVariables { env: &env, agent: &agent, region: None, given: &given };
        let get = |name: &str| {
            let found: Vec<_> = all.of_process().into_iter().filter(|(key, _)| key == name).map(|(_, v)| v).collect();
            assert_eq!(found.len(), 1, "{name}");
            found[0].clone()
        };
        assert_eq!([get("A"), get("B"), get("C")], ["file", "process", "flag"]);
        assert_eq!([get("AWS_REGION"), get("BEDROCK_AGENTCORE_MEMORY_ID")], ["eu-west-1", "mem-1"]);
        assert_eq!(get("LOCAL_DEV"), "1");
        assert!(!all.of_agent().iter().any(|(name, _)| name == "B"), "another machine's");
        let asked = LocalVariables { region: Some("us-west-2"), ..all };
        assert!(asked.of_agent().contains(&("AWS_REGION".to_owned(), "us-west-2".to_owned())));
    }
}
