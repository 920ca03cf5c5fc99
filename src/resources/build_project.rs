//! The CodeBuild project that builds an agent's image elsewhere, and the role that its builds run as.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::{self, Owner};
use super::plan::{Action, FieldChange, ResourceKind};
use super::policy;
use super::record::AgentRecord;
use super::role::{PROPAGATION, RoleChange, trust_differs};
use super::sources;
use crate::cloud::{BuildProjectSpec, Cloud, CodeBuildProject, IamRole, RoleSpec};
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

/// The role that builds run as.
#[derive(Debug)]
pub(crate) struct BuildRole<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) choice: RoleChoice,
    pub(crate) trust: Value,
    pub(crate) permissions: Value,
    /// ARN, for the project.
    pub(crate) ready: Late<String>,
    /// As [`BuildProject::lenient`].
    pub(crate) lenient: bool,
}

/// Whose role it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RoleChoice {
    /// ARN.
    Brought(String),
    /// Name.
    Managed(String),
}

impl RoleChoice {
    /// `arn_of` makes an ARN of the name of a role in the caller's account.
    pub(crate) fn of(agent: &Agent, region: &str, arn_of: impl Fn(&str) -> String) -> Self {
        let created = agent.created().build_role.as_deref();
        let Some(setting) = agent.codebuild.execution_role.as_deref() else {
            return Self::Managed(
                created.map_or_else(|| naming::build_role(region, &agent.deployed_name()), str::to_owned),
            );
        };
        let name = setting.rsplit('/').next().unwrap_or(setting);
        match (created == Some(name), setting.starts_with("arn:")) {
            (true, _) => Self::Managed(name.to_owned()),
            (false, true) => Self::Brought(setting.to_owned()),
            (false, false) => Self::Brought(arn_of(setting)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Brought(name) | Self::Managed(name) => name,
        }
    }
}

/// The role and its inline policy of ours.
#[derive(Clone, Debug)]
pub(crate) struct LiveRole {
    role: IamRole,
    policy: Option<Value>,
}

impl BuildRole<'_> {
    /// The one that is there, for a destroy.
    pub(crate) fn on_record<'r>(record: &'r AgentRecord, region: &str) -> BuildRole<'r> {
        let agent = record.agent();
        BuildRole {
            record,
            // What launch made goes, whatever the settings name by now; a brought one is shown as it is written.
            choice: match &agent.created().build_role {
                Some(created) => RoleChoice::Managed(created.clone()),
                None => RoleChoice::of(agent, region, str::to_owned),
            },
            trust: Value::Null,
            permissions: Value::Null,
            ready: Late::after(ResourceKind::BuildRole),
            lenient: !is_recorded(agent),
        }
    }

    fn is_recorded(&self) -> bool {
        self.record.agent().created().build_role.as_deref() == Some(self.choice.name())
    }

    async fn put_permissions(&self, cx: &Context<'_>) -> Result<()> {
        let role = self.choice.name();
        cx.patience.through(|| cx.cloud.put_role_policy(role, naming::BUILD_POLICY, &self.permissions)).await
    }
}

impl Resource for BuildRole<'_> {
    type Observed = LiveRole;
    type Change = RoleChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::BuildRole
    }

    fn name(&self) -> String {
        self.choice.name().to_owned()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<LiveRole>> {
        let name = match &self.choice {
            // Not even looked at: the caller may be allowed to pass it and not to read it.
            RoleChoice::Brought(arn) => {
                self.ready.set(arn.clone());
                return Ok(None);
            }
            RoleChoice::Managed(name) => name,
        };
        let role = match cloud.role(name).await {
            Err(_) if self.lenient => return Ok(None),
            found => found?,
        };
        let Some(role) = role else { return Ok(None) };
        if self.permissions.is_null() {
            return Ok(Some(LiveRole { role, policy: None }));
        }
        let policy = cloud.role_policy(name, naming::BUILD_POLICY).await?;
        self.ready.set(role.arn.clone());
        Ok(Some(LiveRole { role, policy }))
    }

    fn standing(&self, observed: Option<&LiveRole>) -> Standing {
        match self.choice {
            RoleChoice::Brought(_) => Standing::Brought,
            RoleChoice::Managed(_) => Standing::Managed(
                observed
                    .map_or(Owner::Unknown, |live| Owner::of(&live.role.tags, self.record.agent(), self.is_recorded())),
            ),
        }
    }

    fn refusal(&self, _observed: &LiveRole) -> Error {
        owner::refusal(&format!("the role `{}`", self.choice.name()), self.record.agent())
    }

    fn diff(&self, observed: &LiveRole) -> Vec<RoleChange> {
        let mut changes = Vec::new();
        if trust_differs(&observed.role, &self.trust) {
            changes.push(RoleChange::Trust);
        }
        if observed.policy.as_ref() != Some(&self.permissions) {
            changes.push(RoleChange::Permissions(policy::changed_permissions(
                observed.policy.as_ref(),
                Some(&self.permissions),
            )));
        }
        changes
    }

    fn notes(&self, _observed: Option<&LiveRole>, action: Action) -> Vec<String> {
        let may = || policy::abilities_text([Some(&self.permissions)]);
        if action == Action::Create { vec![may()] } else { Vec::new() }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<LiveRole>> {
        let agent = self.record.agent();
        let tags = naming::tags(agent);
        let spec = RoleSpec {
            name: self.choice.name(),
            trust: &self.trust,
            description: "Role of an AgentCore agent's image builds, made by agentcore launch",
            tags: &tags,
            permissions_boundary: agent.own.permissions_boundary.as_deref(),
        };
        let role = cx.patience.through(|| cx.cloud.create_role(&spec)).await?;
        self.ready.set(role.arn.clone());
        let live = LiveRole { role, policy: None };
        // One that came up meanwhile has its own tags: another project's is refused, and nobody's is used as it is.
        match Owner::of(&live.role.tags, agent, false) {
            Owner::Other if !cx.adopt => return Err(self.refusal(&live)),
            Owner::Unknown => return Ok(Made { observed: live, action: Action::Keep }),
            Owner::Ours | Owner::Recorded | Owner::Other => {}
        }
        self.record(Some(&live), true)?;
        self.put_permissions(cx).await?;
        Ok(Made { observed: live, action: Action::Create })
    }

    async fn update(&self, observed: &LiveRole, changes: &[RoleChange], cx: &Context<'_>) -> Result<Made<LiveRole>> {
        self.record(Some(observed), true)?;
        for change in changes {
            match change {
                RoleChange::Trust => {
                    cx.patience.through(|| cx.cloud.set_role_trust(self.choice.name(), &self.trust)).await?;
                }
                RoleChange::Permissions(_) => self.put_permissions(cx).await?,
                RoleChange::IdentityPermissions(_) | RoleChange::Boundary => {}
            }
        }
        Ok(Made { observed: observed.clone(), action: Action::Update })
    }

    async fn mark(&self, _observed: &LiveRole, cx: &Context<'_>) -> Result<()> {
        let tags = naming::tags(self.record.agent());
        cx.patience.through(|| cx.cloud.tag_role(self.choice.name(), &tags)).await
    }

    fn record(&self, observed: Option<&LiveRole>, ours: bool) -> Result<()> {
        let Some(live) = observed.filter(|_| ours) else { return Ok(()) };
        let settings: [Setting<'_>; 1] = [(&["codebuild", "execution_role"], json!(live.role.arn))];
        self.record.write(&settings, |created| created.build_role = Some(live.role.name.clone()))
    }

    fn erase(&self) -> Result<()> {
        if self.record.created()?.build_role.is_none() {
            return Ok(());
        }
        let settings: [Setting<'_>; 1] = [(&["codebuild", "execution_role"], Value::Null)];
        self.record.write(&settings, |created| created.build_role = None)
    }

    async fn removal(&self, observed: Option<&LiveRole>, _cloud: &Cloud) -> Result<Removal> {
        if matches!(self.choice, RoleChoice::Brought(_)) {
            return Ok(Fate::Keep("not created by launch".to_owned()).into());
        }
        let Some(live) = observed else { return Ok(Fate::Gone.into()) };
        let owner = Owner::of(&live.role.tags, self.record.agent(), self.is_recorded());
        Ok(Removal::by_owner(owner, true, Some("with its policies")))
    }

    async fn delete(&self, _observed: &LiveRole, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_role(self.choice.name()).await.map(drop)
    }

    fn done(&self, observed: &LiveRole) -> String {
        format!("role {}", observed.role.arn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(project: Option<&str>, role: Option<&str>, created: Option<&str>) -> Agent {
        let mut agent = Agent { name: "a".into(), ..Agent::default() };
        agent.codebuild.project_name = project.map(str::to_owned);
        agent.codebuild.execution_role = role.map(str::to_owned);
        agent.own.created.build_project = created.map(str::to_owned);
        agent.own.created.build_role = created.map(str::to_owned);
        agent
    }

    #[test]
    fn project_with_a_foreign_name_is_the_users() {
        let own = "bedrock-agentcore-a-builder";
        let of = |setting, created| BuildProject::name_of(&agent(setting, None, created));
        assert_eq!(of(None, None), (own.to_owned(), true));
        // The toolkit writes the name down that launch would give too.
        assert_eq!(of(Some(own), None), (own.to_owned(), true));
        assert_eq!(of(Some("theirs"), None), ("theirs".to_owned(), false));
        assert_eq!(of(Some("older"), Some("older")), ("older".to_owned(), true));
    }

    #[test]
    fn configured_role_is_the_users_unless_recorded() {
        let arn_of = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
        let of = |setting, created| RoleChoice::of(&agent(None, setting, created), "us-west-2", arn_of);
        let arn = "arn:aws:iam::123456789012:role/path/R";
        assert_eq!(of(Some(arn), None), RoleChoice::Brought(arn.into()));
        assert_eq!(of(Some(arn), Some("R")), RoleChoice::Managed("R".into()));
        assert_eq!(of(Some("R"), None), RoleChoice::Brought("arn:aws:iam::123456789012:role/R".into()));
        assert!(matches!(of(None, None), RoleChoice::Managed(_)));
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
