//! Whose a resource is: this project's, another project's, or somebody's that this program knows nothing of.
//!
//! A project has an identity of its own, random and kept in its configuration, and everything that is made for it carries
//! it as a tag. Names do not decide: two projects may well have an agent of the same name.

use std::path::Path;

use crate::config::naming::{self, AGENT_TAG, ENVIRONMENT_TAG, PROJECT_TAG};
use crate::config::{Agent, CognitoSetup, EnvironmentName, Store};
use crate::error::{Code, Error, Result};
use crate::events::Events;

/// What a resource's tags and this project's record say together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Owner {
    /// It carries this project's identity, or is on record and nothing is known of its tags.
    Ours,
    /// It carries no identity, this program made it, and this project's configuration records it: made before there were
    /// identities.
    Recorded,
    /// This program made it for another project, or for another agent or environment of this one.
    Other,
    /// Nothing on it says that this program made it.
    #[default]
    Unknown,
}

/// Why nobody knows whose something is.
pub(crate) const UNREADABLE_TAGS: &str =
    "its tags may not be read, so that nothing says who made it (`bedrock-agentcore:ListTagsForResource`)";

impl Owner {
    /// `recorded` says whether the agent's part of the configuration has it on record.
    pub(crate) fn of(tags: &[(String, String)], agent: &Agent, recorded: bool) -> Self {
        let environment = agent.environment.as_ref().map(EnvironmentName::as_str);
        let of_agent =
            value(tags, AGENT_TAG) == Some(agent.name.as_str()) && value(tags, ENVIRONMENT_TAG) == environment;
        Self::by_identity(tags, agent.project.as_deref(), of_agent, recorded)
    }

    /// As [`Owner::of`], where the caller may not be allowed to read the tags: the record is all there is then.
    pub(crate) fn of_readable(tags: Option<&[(String, String)]>, agent: &Agent, recorded: bool) -> Self {
        match tags {
            Some(tags) => Self::of(tags, agent, recorded),
            None if recorded => Self::Ours,
            None => Self::Unknown,
        }
    }

    /// As [`Owner::of_readable`] for a runtime, whose id in the configuration is enough where it carries no tags at all: the
    /// starter toolkit makes such ones.
    pub(crate) fn of_runtime(tags: Option<&[(String, String)]>, agent: &Agent, recorded: bool) -> Self {
        match Self::of_readable(tags, agent, recorded) {
            Self::Unknown if recorded => Self::Recorded,
            owner => owner,
        }
    }

    /// The same for what belongs to a project as a whole. `fits` says whether the other tags are as they should be.
    pub(crate) fn by_identity(tags: &[(String, String)], project: Option<&str>, fits: bool, recorded: bool) -> Self {
        match identity(tags) {
            Some(identity) if fits && naming::is_managed(tags) && project == Some(identity) => Self::Ours,
            Some(_) => Self::Other,
            // The record alone is a word in a file that may come with a checkout.
            None if recorded && naming::is_managed(tags) => Self::Recorded,
            None if naming::is_managed(tags) => Self::Other,
            None => Self::Unknown,
        }
    }

    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Self::Ours | Self::Recorded)
    }
}

/// The identity that the tags carry.
pub(crate) fn identity(tags: &[(String, String)]) -> Option<&str> {
    value(tags, PROJECT_TAG)
}

/// Whether the tags carry an identity, and another one than `project`.
pub(crate) fn is_another_projects(tags: &[(String, String)], project: Option<&str>) -> bool {
    identity(tags).is_some_and(|identity| project != Some(identity))
}

fn value<'a>(tags: &'a [(String, String)], key: &str) -> Option<&'a str> {
    tags.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// An identity that no other project has.
pub(crate) fn new_identity() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The identity of a project whose configuration has none: that of a set-up in its folder, else a new one.
pub(crate) fn proposed_identity(dir: &Path) -> String {
    let stored = CognitoSetup::load_all(dir).unwrap_or_default().into_iter().find_map(|stored| stored.project);
    stored.unwrap_or_else(new_identity)
}

/// Writes `identity` down as the project's, unless it has one, and gives the one that it has. Before the first creation:
/// a run that is killed after it knows by this what is its own.
pub(crate) fn ensure_identity(store: &mut Store, identity: &str, events: &Events) -> Result<String> {
    let (identity, fresh) = store.ensure_identity(identity)?;
    if fresh {
        events.note(format!(
            "wrote this project's identity (`agentcore.project`) into `{}`: commit it, so that every clone is the same project",
            store.path().display()
        ));
    }
    Ok(identity)
}

/// The refusal of `what`, as in "the credential provider `x`", whose tags are those of another project.
pub(crate) fn refusal_of(what: &str) -> Error {
    Error::usage(format!("{what} belongs to another project"))
        .code(Code::ProjectOther)
        .cause("its tag `agentcore:project` names that project")
}

/// The hint of a command that does it all the same.
pub(crate) fn adopt_hint(command: &str) -> String {
    format!("if it really belongs to this project, or both may share it: `{command} --adopt`")
}

/// Why clean-up leaves what is on record, going by the tags of what is there; `None` where they confirm the record.
///
/// A record is a file of the project, and may have come with a checkout: alone it does not prove that anything was made.
/// Set-up has put tags on everything since its first version.
pub(crate) fn unconfirmed(tags: &[(String, String)], project: Option<&str>) -> Option<Unconfirmed> {
    if is_another_projects(tags, project) {
        Some(Unconfirmed::Other)
    } else if !naming::is_managed(tags) {
        Some(Unconfirmed::Untagged)
    } else {
        None
    }
}

/// See [`unconfirmed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unconfirmed {
    /// Another project has one of this name by now.
    Other,
    /// Nothing on it says that this program made it.
    Untagged,
}

impl Unconfirmed {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Other => "another project has made one of this name by now",
            Self::Untagged => "its tags do not say that this program made it; delete it yourself if you want it gone",
        }
    }
}

/// The refusal of something that this program made for another project. `what` names it, as in "the role `x`".
pub(crate) fn refusal(what: &str, agent: &Agent) -> Error {
    use crate::shell::quoted;
    if let Some(environment) = &agent.environment {
        return Error::usage(format!("{what} belongs to another project, or to another environment of this one"))
            .code(Code::ProjectOther)
            .cause("its tags `agentcore:project` and `agentcore:environment` say which")
            .hint(format!("choose another name for the environment `{environment}`"))
            .hint(format!(
                "or take it over, if it is this environment's in truth: `agentcore launch --agent {} --adopt`",
                agent.name
            ));
    }
    Error::usage(format!("{what} belongs to another project that has an agent `{}` as well", agent.name))
        .code(Code::ProjectOther)
        .hint(format!(
            "choose another name: `agentcore configure --entrypoint {} --name {:.46}_2`",
            quoted(&agent.entrypoint),
            agent.name
        ))
        .hint(
            "or, if another copy of this configuration was launched first, go on with that copy: the launch wrote the \
             project's identity (`agentcore.project`) into it, and committed it makes all clones one project",
        )
        .hint(format!(
            "or take it over, if it is this project's in truth: `agentcore launch --agent {} --adopt`",
            agent.name
        ))
}

/// The agent of the same project that a resource was made for, as its tags say, if that is another one than `agent`.
pub(crate) fn other_agent<'a>(tags: &'a [(String, String)], agent: &Agent) -> Option<&'a str> {
    let same_project = identity(tags).is_some() && identity(tags) == agent.project.as_deref();
    value(tags, AGENT_TAG).filter(|name| same_project && *name != agent.name)
}

/// The environment that the tags name, where they carry the identity `project`.
pub(crate) fn environment_of_project<'a>(tags: &'a [(String, String)], project: Option<&str>) -> Option<&'a str> {
    value(tags, ENVIRONMENT_TAG).filter(|_| project.is_some() && identity(tags) == project)
}

/// The refusal of a repository that another agent of the same configuration pushes to: destroying either would take the
/// other's images away.
pub(crate) fn shared_repository(repository: &str, agent: &Agent, other: &str) -> Error {
    use crate::shell::quoted;
    Error::usage(format!("the repository `{repository}` is that of the agent `{other}` of this project"))
        .code(Code::ProjectSameRepository)
        .cause("names of repositories are lower case, so names of agents that differ only in case have the same one")
        .hint(format!(
            "choose another name: `agentcore configure --entrypoint {} --name {:.46}_2`",
            quoted(&agent.entrypoint),
            agent.name
        ))
        .hint(format!("or give it a repository that is there: `agentcore configure --name {} --ecr NAME`", agent.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(project: Option<&str>) -> Agent {
        Agent { name: "a".into(), project: project.map(str::to_owned), ..Agent::default() }
    }

    #[test]
    fn the_identity_decides_and_names_do_not() {
        let own = naming::tags(&agent(Some("p")));
        assert_eq!(Owner::of(&own, &agent(Some("p")), false), Owner::Ours);
        for recorded in [false, true] {
            assert_eq!(Owner::of(&own, &agent(Some("q")), recorded), Owner::Other);
            assert_eq!(Owner::of(&own, &agent(None), recorded), Owner::Other);
        }
        let other_agent = Agent { name: "b".into(), ..agent(Some("p")) };
        assert_eq!(Owner::of(&own, &other_agent, false), Owner::Other);
    }

    #[test]
    fn other_environments_are_somebody_elses() {
        let of = |environment: Option<&str>| {
            let environment = environment.map(|name| EnvironmentName::parse(name).unwrap());
            Agent { environment, ..agent(Some("p")) }
        };
        let all = [None, Some("staging"), Some("pr-1"), Some("pr_1")];
        for (one, other) in all.iter().flat_map(|one| all.map(|other| (*one, other))) {
            let owner = Owner::of(&naming::tags(&of(one)), &of(other), true);
            assert_eq!(owner, if one == other { Owner::Ours } else { Owner::Other }, "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_record_alone_deletes_nothing() {
        let tags = |managed: bool, project: Option<&str>| {
            let mut tags = if managed { naming::shared_tags() } else { Vec::new() };
            tags.extend(project.map(|project| (PROJECT_TAG.to_owned(), project.to_owned())));
            tags
        };
        for project in [None, Some("p")] {
            assert_eq!(unconfirmed(&tags(false, None), project), Some(Unconfirmed::Untagged));
            assert_eq!(unconfirmed(&tags(true, Some("q")), project), Some(Unconfirmed::Other));
            assert_eq!(unconfirmed(&tags(true, None), project), None, "older than identities");
        }
        assert_eq!(unconfirmed(&tags(true, Some("p")), Some("p")), None);
        assert_eq!(unconfirmed(&tags(false, Some("p")), Some("p")), Some(Unconfirmed::Untagged));
    }

    #[test]
    fn sibling_agent_is_recognised_by_its_name() {
        let tags = naming::tags(&Agent { name: "MyAgent".into(), ..agent(Some("p")) });
        let small = |project| Agent { name: "myagent".into(), ..agent(project) };
        assert_eq!(other_agent(&tags, &small(Some("p"))), Some("MyAgent"));
        assert_eq!(other_agent(&tags, &small(Some("q"))), None);
        assert_eq!(other_agent(&tags, &Agent { name: "MyAgent".into(), ..agent(Some("p")) }), None);
        assert_eq!(other_agent(&naming::tags(&small(None)), &small(None)), None);
    }

    #[test]
    fn unreadable_tags_leave_the_record() {
        assert_eq!(Owner::of_readable(None, &agent(Some("p")), true), Owner::Ours);
        assert_eq!(Owner::of_readable(None, &agent(Some("p")), false), Owner::Unknown);
        assert_eq!(Owner::of_readable(Some(&[]), &agent(Some("p")), true), Owner::Unknown);
        assert_eq!(Owner::of_runtime(Some(&[]), &agent(Some("p")), true), Owner::Recorded, "made by the toolkit");
        assert_eq!(Owner::of_runtime(Some(&[]), &agent(Some("p")), false), Owner::Unknown);
    }

    #[test]
    fn resource_without_identity_is_ours_when_recorded() {
        let older = naming::tags(&agent(None));
        assert!(older.iter().all(|(key, _)| key != PROJECT_TAG));
        for project in [None, Some("p")] {
            assert_eq!(Owner::of(&older, &agent(project), true), Owner::Recorded);
            assert_eq!(Owner::of(&older, &agent(project), false), Owner::Other);
            for recorded in [false, true] {
                assert_eq!(Owner::of(&[], &agent(project), recorded), Owner::Unknown, "a record alone proves nothing");
            }
        }
    }
}
