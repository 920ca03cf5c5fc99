//! The CodeBuild project that builds an agent's image elsewhere.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{self, Owner};
use super::plan::{Action, FieldChange, ResourceKind};
use super::record::AgentRecord;
use super::role::PROPAGATION;
use super::sources;
use crate::cloud::{BuildProjectSpec, Cloud, CodeBuildProject};
use crate::config::naming;
use crate::config::{Agent, Setting};
use crate::error::{Error, Result};
use crate::wait::{self, Schedule};

/// What the toolkit uses: Docker 23 with BuildKit (aws/aws-codebuild-docker-images, `al2/aarch64/standard/3.0`).
const CONTAINER: &str = "aws/codebuild/amazonlinux2-aarch64-standard:3.0";
/// CodeBuild's own default.
const TIMEOUT_MINUTES: i32 = 60;

/// Whether something of an agent's builds is on record. The toolkit wrote settings of builds down for every agent: where
/// there is nothing but those, a refusal to look is no reason not to go on.
pub(crate) fn is_recorded(agent: &Agent) -> bool {
    let created = agent.created();
    created.build_project.is_some() || created.build_role.is_some() || created.source_bucket.is_some()
}

/// The project of an agent's builds.
#[derive(Debug)]
pub(crate) struct BuildProject<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) name: String,
    /// This program's to make.
    pub(crate) is_managed: bool,
    /// Of the sources; ends with the agent's own folder.
    pub(crate) bucket: String,
    pub(crate) buildspec: &'a str,
    /// ARN of the role that builds run as.
    pub(crate) role: Late<String>,
    /// Why it could not be looked at, where that is no reason to stop.
    pub(crate) unseen: OnceLock<String>,
    /// Goes on where the caller may not look and nothing is on record.
    pub(crate) lenient: bool,
    /// It is looked for to be deleted.
    pub(crate) is_to_go: bool,
}

/// A part of a project that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectChange(String);

impl From<ProjectChange> for FieldChange {
    fn from(change: ProjectChange) -> Self {
        Self::of(change.0)
    }
}

impl BuildProject<'_> {
    /// The project that the configuration names, else the one that launch gives the agent. One with another name than launch
    /// gives, and not on record as launch's own, is the user's.
    pub(crate) fn name_of(agent: &Agent) -> (String, bool) {
        let created = agent.created().build_project.as_deref();
        named(agent.codebuild.project_name.as_deref(), created, naming::build_project(&agent.deployed_name()))
    }

    /// The one that is there, for a destroy.
    pub(crate) fn on_record<'r>(record: &'r AgentRecord) -> BuildProject<'r> {
        // What launch made goes, whatever the settings name by now.
        let created = record.agent().created().build_project.clone();
        let (name, is_managed) =
            created.map_or_else(|| BuildProject::name_of(record.agent()), |created| (created, true));
        BuildProject {
            record,
            name,
            is_managed,
            bucket: String::new(),
            buildspec: "",
            role: Late::after(ResourceKind::BuildRole),
            unseen: OnceLock::new(),
            lenient: !is_recorded(record.agent()),
            is_to_go: true,
        }
    }

    fn is_recorded(&self) -> bool {
        self.record.agent().created().build_project.as_deref() == Some(self.name.as_str())
    }

    /// A project must have a source; each build is given its own.
    fn default_source(&self) -> String {
        format!("{}/{}source.zip", self.bucket, sources::builds(self.record.agent()))
    }

    async fn put(&self, action: Action, cx: &Context<'_>) -> Result<()> {
        let (role, source) = (self.role.require()?, self.default_source());
        let tags = naming::tags(self.record.agent());
        let spec = self.spec((&role, &source), &tags);
        let (first, max) = (Duration::from_secs(1), Duration::from_secs(10));
        let schedule = Schedule { first, max, ..Schedule::until(PROPAGATION) };
        let told = |_: &Error| cx.events.detail(self.kind().as_str(), "waiting for IAM to spread the role");
        wait::retry(schedule, is_propagation, told, || async {
            match action {
                Action::Update => cx.cloud.update_build_project(&spec).await,
                _ => cx.cloud.create_build_project(&spec).await,
            }
        })
        .await
    }

    fn spec<'s>(&'s self, (role, source): (&'s str, &'s str), tags: &'s [(String, String)]) -> BuildProjectSpec<'s> {
        BuildProjectSpec {
            name: &self.name,
            description: "Builds the image of an AgentCore agent, made by agentcore launch",
            role,
            source,
            buildspec: self.buildspec,
            image: CONTAINER,
            timeout_minutes: TIMEOUT_MINUTES,
            tags,
        }
    }

    /// Before anything else of a build is made, so that a destroy looks for what a run makes that is cut off before it can
    /// write it down.
    ///
    /// # Errors
    /// A configuration that cannot be written.
    pub(crate) fn intend(&self) -> Result<()> {
        self.record.write(&[(&["codebuild", "project_name"], json!(self.name))], |_| {})
    }

    fn as_found(&self, role: String, tags: Vec<(String, String)>) -> CodeBuildProject {
        CodeBuildProject {
            role,
            source: self.default_source(),
            buildspec: self.buildspec.to_owned(),
            image: CONTAINER.to_owned(),
            machine: String::new(),
            privileged: true,
            timeout_minutes: TIMEOUT_MINUTES,
            tags,
        }
    }
}

/// The name that a setting gives, else the one on record, else launch's `own`; and whether it is launch's to make.
fn named(setting: Option<&str>, created: Option<&str>, own: String) -> (String, bool) {
    match setting {
        Some(name) if name != own && created != Some(name) => (name.to_owned(), false),
        Some(name) => (name.to_owned(), true),
        None => (created.map_or(own, str::to_owned), true),
    }
}

/// The bucket of an agent's build sources, and whether it is launch's to make.
pub(crate) fn source_bucket_of(agent: &Agent, account: &str, region: &str) -> (String, bool) {
    let created = agent.created().source_bucket.as_deref();
    named(agent.codebuild.source_bucket.as_deref(), created, naming::source_bucket(account, region))
}

impl Resource for BuildProject<'_> {
    type Observed = CodeBuildProject;
    type Change = ProjectChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::BuildProject
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::BuildRole, ResourceKind::SourceBucket]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<CodeBuildProject>> {
        if self.is_to_go && !self.is_managed {
            return Ok(None);
        }
        let found = match cloud.build_project(&self.name).await {
            Err(error) if self.lenient => {
                let _ = self.unseen.set(error.to_string());
                return Ok(None);
            }
            found => found?,
        };
        if found.is_none() && !self.is_managed && !self.lenient {
            return Err(missing("build project", &self.name, "project_name"));
        }
        Ok(found)
    }

    fn standing(&self, observed: Option<&CodeBuildProject>) -> Standing {
        if !self.is_managed {
            return Standing::Brought;
        }
        let owner = |found: &CodeBuildProject| Owner::of(&found.tags, self.record.agent(), self.is_recorded());
        Standing::Managed(observed.map_or(Owner::Unknown, owner))
    }

    fn refusal(&self, _observed: &CodeBuildProject) -> Error {
        owner::refusal(&format!("the build project `{}`", self.name), self.record.agent())
    }

    fn diff(&self, observed: &CodeBuildProject) -> Vec<ProjectChange> {
        let (role, source) = (self.role.get().unwrap_or_default(), self.default_source());
        let spec = self.spec((&role, &source), &[]);
        spec.differences(observed).into_iter().map(ProjectChange).collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<CodeBuildProject>> {
        self.put(Action::Create, cx).await?;
        let observed = self.as_found(self.role.require()?, naming::tags(self.record.agent()));
        Ok(Made { observed, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &CodeBuildProject,
        _changes: &[ProjectChange],
        cx: &Context<'_>,
    ) -> Result<Made<CodeBuildProject>> {
        self.put(Action::Update, cx).await?;
        let observed = self.as_found(self.role.require()?, observed.tags.clone());
        Ok(Made { observed, action: Action::Update })
    }

    /// An update writes the tags along with everything else.
    async fn mark(&self, _observed: &CodeBuildProject, _cx: &Context<'_>) -> Result<()> {
        Ok(())
    }

    fn record(&self, _observed: Option<&CodeBuildProject>, ours: bool) -> Result<()> {
        let settings: [Setting<'_>; 1] = [(&["codebuild", "project_name"], json!(self.name))];
        self.record.write(&settings, |created| {
            if ours {
                created.build_project = Some(self.name.clone());
            }
        })
    }

    fn erase(&self) -> Result<()> {
        let own = naming::build_project(&self.record.agent().deployed_name());
        // A run that was cut off wrote down no more than the name that it was about to use.
        let is_intended = self.record.agent().codebuild.project_name.as_deref() == Some(own.as_str());
        if self.record.created()?.build_project.is_none() && !is_intended {
            return Ok(());
        }
        let settings: [Setting<'_>; 1] = [(&["codebuild", "project_name"], Value::Null)];
        self.record.write(&settings, |created| created.build_project = None)
    }

    async fn removal(&self, observed: Option<&CodeBuildProject>, _cloud: &Cloud) -> Result<Removal> {
        if let Some(error) = self.unseen.get() {
            return Ok(Fate::Keep(format!("not looked at: {error}")).into());
        }
        if !self.is_managed {
            return Ok(Fate::Keep("not created by launch".to_owned()).into());
        }
        let Some(found) = observed else { return Ok(Fate::Gone.into()) };
        let owner = Owner::of(&found.tags, self.record.agent(), self.is_recorded());
        // The name is launch's own for this agent, so that somebody else's under it is worth a word.
        Ok(Removal::by_owner(owner, true, Some("with its list of builds")))
    }

    async fn delete(&self, _observed: &CodeBuildProject, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_build_project(&self.name).await
    }
}

fn missing(what: &str, name: &str, key: &str) -> Error {
    Error::not_found(format!("the {what} `{name}` of the configuration does not exist"))
        .hint(format!("create it, or take `codebuild.{key}` out of the configuration and let launch make one"))
}

/// CodeBuild tries the role when it is named, and says this of one that IAM has not spread yet
/// (hashicorp/terraform-provider-aws#4233). Nothing but the text tells it from other invalid input.
fn is_propagation(error: &Error) -> bool {
    error.code_str() == "InvalidInputException" && error.causes().iter().any(|cause| cause.contains("sts:AssumeRole"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(project: Option<&str>, created: Option<&str>) -> Agent {
        let mut agent = Agent { name: "a".into(), ..Agent::default() };
        agent.codebuild.project_name = project.map(str::to_owned);
        agent.own.created.build_project = created.map(str::to_owned);
        agent
    }

    #[test]
    fn project_with_a_foreign_name_is_the_users() {
        let own = "bedrock-agentcore-a-builder";
        let of = |setting, created| BuildProject::name_of(&agent(setting, created));
        assert_eq!(of(None, None), (own.to_owned(), true));
        // The toolkit writes the name down that launch would give too.
        assert_eq!(of(Some(own), None), (own.to_owned(), true));
        assert_eq!(of(Some("theirs"), None), ("theirs".to_owned(), false));
        assert_eq!(of(Some("older"), Some("older")), ("older".to_owned(), true));
    }

    #[test]
    fn only_refusals_of_new_roles_are_waited_out() {
        let refusal = |code: &'static str, cause: &str| is_propagation(&Error::failed("x").aws_code(code).cause(cause));
        let text = "InvalidInputException: CodeBuild is not authorized to perform: sts:AssumeRole on arn";
        assert!(refusal("InvalidInputException", text));
        assert!(!refusal("InvalidInputException", "InvalidInputException: Project source location is required"));
        assert!(!refusal("AccessDeniedException", text));
    }
}
