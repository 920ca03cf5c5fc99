//! Images built by CodeBuild: what that needs in the account, and one build of it.
//!
//! Owns: the bucket for sources, the role and the project (named as the starter toolkit names them), which of them are
//! the user's own, their steps in a plan, running a build, and what of it `destroy` takes away. Does not own: what is in
//! the source (`artifact`), the registry.

mod buildspec;
mod follow;
pub(crate) mod removal;

use std::time::Duration;

use serde_json::{Value, json};

use super::deploy::{Action, Step};
use crate::artifact::SourceArchive;
use crate::cloud::{Bucket, BuildProject, BuildProjectSpec, BuildRequest, Cloud, ObjectUpload, Role, RoleSpec};
use crate::config::Agent;
use crate::config::naming;
use crate::error::{Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::resources::owner::{self, Owner};
use crate::resources::policy::{self, BuildScope, PolicyScope};
use crate::resources::sources;
use crate::wait::{self, Schedule};

/// What the toolkit uses: Docker 23 with BuildKit (aws/aws-codebuild-docker-images, `al2/aarch64/standard/3.0`).
const CONTAINER: &str = "aws/codebuild/amazonlinux2-aarch64-standard:3.0";
/// CodeBuild's own default.
const TIMEOUT_MINUTES: i32 = 60;
/// How long IAM may take to spread a new role before CodeBuild's refusal is believed.
const PROPAGATION: Duration = Duration::from_secs(120);

/// Names of resources in the plan.
pub(crate) const BUCKET: &str = "source bucket";
pub(crate) const ROLE: &str = "build role";
pub(crate) const PROJECT: &str = "build project";
pub(crate) const SOURCES: &str = "build sources";

/// Writes something down in the agent's part of the configuration: paths below it, and values.
pub(crate) type Record<'a> = dyn FnMut(&[(&[&str], Value)]) -> Result<()> + Send + 'a;

/// What an agent's builds are for.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) agent: &'a Agent,
    pub(crate) scope: PolicyScope<'a>,
}

/// Something that builds need: made by launch, or the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Owned {
    name: String,
    /// Launch may create it, and change it while it carries this project's tags.
    managed: bool,
}

impl Owned {
    /// A setting with another name than launch would give, and not on record as launch's own, is the user's.
    fn of(setting: Option<&str>, created: Option<&str>, own: String) -> Self {
        match setting {
            Some(name) if name != own && created != Some(name) => Self { name: name.to_owned(), managed: false },
            Some(name) => Self { name: name.to_owned(), managed: true },
            None => Self { name: created.map_or(own, str::to_owned), managed: true },
        }
    }
}

/// The account's side of a build: what there should be, and what there is.
#[derive(Debug)]
pub(crate) struct Setup<'a> {
    place: Place<'a>,
    bucket: Owned,
    project: Owned,
    /// `None` when the project is the user's: it has a role.
    role: Option<BuildRole>,
    bucket_found: Option<Bucket>,
    /// Ours by name, and without tags: a run that was cut off made it and did not finish.
    bucket_unfinished: bool,
    project_found: Option<BuildProject>,
    role_found: Option<Role>,
    role_owner: Owner,
    role_policy: Option<Value>,
    trust: Value,
    permissions: Value,
    buildspec: String,
    tags: Vec<(String, String)>,
}

#[derive(Debug)]
enum BuildRole {
    /// ARN.
    Brought(String),
    /// Name.
    Managed(String),
}

impl<'a> Setup<'a> {
    /// Looks at what exists. Reads only. `adopt` takes over what was made for another project.
    ///
    /// # Errors
    /// A project or bucket that the configuration names and that does not exist; a project or role of another project; the
    /// services' refusals.
    pub(crate) async fn observe(place: Place<'a>, adopt: bool) -> Result<Self> {
        let (agent, scope) = (place.agent, &place.scope);
        let (settings, created) = (&agent.codebuild, agent.created());
        let own_project = naming::build_project(&agent.name);
        let project = Owned::of(settings.project_name.as_deref(), created.build_project.as_deref(), own_project);
        let own_bucket = naming::source_bucket(scope.account, scope.region);
        let bucket = Owned::of(settings.source_bucket.as_deref(), created.source_bucket.as_deref(), own_bucket);
        let role = role(settings.execution_role.as_deref(), created.build_role.as_deref(), scope);
        let (bucket_found, project_found, (role_found, role_policy)) = tokio::try_join!(
            place.cloud.bucket(&bucket.name, Some(scope.account)),
            place.cloud.build_project(&project.name),
            find_role(place.cloud, &role),
        )?;
        let missing = |what: &str, name: &str, key: &str| {
            Error::not_found(format!("the {what} `{name}` of the configuration does not exist"))
                .hint(format!("create it, or take `codebuild.{key}` out of the configuration and let launch make one"))
        };
        if project_found.is_none() && !project.managed {
            return Err(missing("build project", &project.name, "project_name"));
        }
        if bucket_found.is_none() && !bucket.managed {
            return Err(missing("bucket", &bucket.name, "source_bucket"));
        }
        let tags = naming::tags(agent);
        let recorded = created.build_project.as_deref() == Some(project.name.as_str());
        let project_owner = project_found.as_ref().map(|found| Owner::of(&found.tags, agent, recorded));
        let role_name = role_found.as_ref().map(|found| found.name.clone());
        let recorded = role_name.is_some() && created.build_role == role_name;
        let role_owner = role_found.as_ref().map_or(Owner::Unknown, |found| Owner::of(&found.tags, agent, recorded));
        if !adopt && project.managed {
            if project_owner == Some(Owner::Other) {
                return Err(owner::refusal(&format!("the build project `{}`", project.name), agent));
            }
            if role_owner == Owner::Other {
                let name = role_name.unwrap_or_default();
                return Err(owner::refusal(&format!("the role `{name}`"), agent));
            }
        }
        // One of nobody that is known is used as it is.
        let ours = project_owner != Some(Owner::Unknown);
        let bucket_unfinished = match &bucket_found {
            Some(found) if bucket.managed && !naming::is_managed(&found.tags) => {
                place.cloud.list_objects(&bucket.name, "").await?.is_empty()
            }
            _ => false,
        };
        let prefix = sources::builds(agent);
        let build = BuildScope { project: &project.name, bucket: &bucket.name, prefix: &prefix };
        let (trust, permissions) = (policy::build_trust(scope, &build), policy::build_permissions(scope, &build));
        Ok(Self {
            role: (project.managed && ours).then_some(role),
            bucket,
            project,
            bucket_found,
            bucket_unfinished,
            project_found,
            role_found,
            role_owner,
            role_policy,
            trust,
            permissions,
            buildspec: buildspec::text(),
            tags,
            place,
        })
    }

    /// The steps in the order in which [`Setup::apply`] carries them out.
    pub(crate) fn steps(&self) -> Vec<Step> {
        [Some(self.bucket_step()), self.role_step(), Some(self.project_step())].into_iter().flatten().collect()
    }

    fn bucket_step(&self) -> Step {
        let step = |action| Step::new(BUCKET, self.bucket.name.clone(), action);
        match &self.bucket_found {
            _ if !self.bucket.managed => step(Action::Keep).detail("brought by you"),
            None => step(Action::Create).detail(format!("build sources expire after {} days", sources::BUILD_DAYS)),
            Some(_) if self.bucket_unfinished => step(Action::Update).detail("was not finished by an earlier run"),
            Some(found) if naming::is_managed(&found.tags) => step(Action::Unchanged),
            Some(_) => step(Action::Keep).detail("exists already without this project's tags, used as it is"),
        }
    }

    fn role_step(&self) -> Option<Step> {
        let name = match self.role.as_ref()? {
            BuildRole::Brought(arn) => {
                return Some(Step::new(ROLE, arn.clone(), Action::Keep).detail("brought by you"));
            }
            BuildRole::Managed(name) => name,
        };
        let step = |action| Step::new(ROLE, name.clone(), action);
        let Some(found) = &self.role_found else { return Some(step(Action::Create)) };
        if self.role_owner == Owner::Unknown {
            return Some(step(Action::Keep).detail("exists already without this project's tags, used as it is"));
        }
        let mut changes = Vec::new();
        if self.role_owner != Owner::Ours {
            changes.push("tags".to_owned());
        }
        if found.trust.as_ref() != Some(&self.trust) {
            changes.push("trust policy".to_owned());
        }
        if self.role_policy.as_ref() != Some(&self.permissions) {
            changes.push("permissions".to_owned());
        }
        let mut step = step(if changes.is_empty() { Action::Unchanged } else { Action::Update });
        step.details = changes;
        Some(step)
    }

    fn project_step(&self) -> Step {
        let step = |action| Step::new(PROJECT, self.project.name.clone(), action);
        match &self.project_found {
            _ if !self.project.managed => step(Action::Keep).detail("brought by you"),
            None => step(Action::Create),
            Some(_) if self.role.is_none() => {
                step(Action::Keep).detail("exists already without this project's tags, used as it is")
            }
            Some(found) => {
                let arn = self.expected_role_arn();
                let mut changes = self.spec(&arn, &self.default_source()).differences(found);
                if Owner::of(&found.tags, self.place.agent, false) != Owner::Ours {
                    changes.push("tags".to_owned());
                }
                let mut step = step(if changes.is_empty() { Action::Unchanged } else { Action::Update });
                step.details = changes;
                step
            }
        }
    }

    fn expected_role_arn(&self) -> String {
        match (&self.role, &self.role_found) {
            (Some(BuildRole::Brought(arn)), _) => arn.clone(),
            (_, Some(found)) => found.arn.clone(),
            (Some(BuildRole::Managed(name)), None) => role_arn(&self.place.scope, name),
            (None, None) => String::new(),
        }
    }

    /// A project must have a source; each build is given its own.
    fn default_source(&self) -> String {
        format!("{}/{}source.zip", self.bucket.name, sources::builds(self.place.agent))
    }

    fn spec<'s>(&'s self, role: &'s str, source: &'s str) -> BuildProjectSpec<'s> {
        BuildProjectSpec {
            name: &self.project.name,
            description: "Builds the image of an AgentCore agent, made by agentcore launch",
            role,
            source,
            buildspec: &self.buildspec,
            image: CONTAINER,
            timeout_minutes: TIMEOUT_MINUTES,
            tags: &self.tags,
        }
    }

    /// Brings the account into shape: bucket, role, project. Each is written down before the next request.
    ///
    /// # Errors
    /// The services'; what was done until then is on record.
    pub(crate) async fn apply(&self, record: &mut Record<'_>, events: &Events) -> Result<()> {
        // First of all, so that `destroy` looks for what a run makes that is cut off before it can write it down.
        record(&[(&["codebuild", "project_name"], json!(self.project.name))])?;
        self.apply_bucket(record, events).await?;
        let role = self.apply_role(record, events).await?;
        if let Some(arn) = role {
            self.apply_project(&arn, record, events).await?;
        }
        Ok(())
    }

    async fn apply_bucket(&self, record: &mut Record<'_>, events: &Events) -> Result<()> {
        let step = self.bucket_step();
        let setting: (&[&str], Value) = (&["codebuild", "source_bucket"], json!(step.name));
        if step.action == Action::Keep {
            return record(&[setting]);
        }
        if step.action.is_change() {
            events.started("bucket", format!("{} bucket `{}`", step.action.word(), step.name));
            let tags = naming::shared_tags();
            let spec = sources::spec(&step.name, self.place.scope.account, &tags);
            let unfinished = match step.action {
                Action::Update => true,
                // A creation that was repeated because its answer was lost finds the bucket there.
                _ => !naming::is_managed(&self.place.cloud.create_bucket(&spec).await?.tags),
            };
            if unfinished {
                self.place.cloud.finish_bucket(&spec).await?;
            }
            events.finished("bucket", step.action.into(), format!("bucket {}", step.name));
        }
        record(&[setting, (&["agentcore", "created", "source_bucket"], json!(step.name))])
    }

    /// The ARN of the role, when there is a project to give it to.
    async fn apply_role(&self, record: &mut Record<'_>, events: &Events) -> Result<Option<String>> {
        let (Some(step), Some(role)) = (self.role_step(), &self.role) else { return Ok(None) };
        let name = match role {
            BuildRole::Brought(arn) => return Ok(Some(arn.clone())),
            BuildRole::Managed(name) => name,
        };
        let cloud = self.place.cloud;
        let mut role = self.role_found.clone();
        if step.action.is_change() {
            events.started("build role", format!("{} role `{name}`", step.action.word()));
        }
        match &role {
            Some(found) if step.action == Action::Update && found.trust.as_ref() != Some(&self.trust) => {
                cloud.set_role_trust(name, &self.trust).await?;
            }
            Some(_) => {}
            None => {
                let spec = RoleSpec {
                    name,
                    trust: &self.trust,
                    description: "Role of an AgentCore agent's image builds, made by agentcore launch",
                    tags: &self.tags,
                    permissions_boundary: self.place.agent.own.permissions_boundary.as_deref(),
                };
                role = Some(cloud.create_role(&spec).await?);
            }
        }
        let Some(role) = role else { return Ok(None) };
        let owner = match &self.role_found {
            Some(_) => self.role_owner,
            None => Owner::of(&role.tags, self.place.agent, false),
        };
        if self.role_found.is_some() && !matches!(owner, Owner::Ours | Owner::Unknown) {
            self.mark_role(name, owner).await?;
        }
        if owner != Owner::Unknown {
            record(&[
                (&["codebuild", "execution_role"], json!(role.arn)),
                (&["agentcore", "created", "build_role"], json!(role.name)),
            ])?;
        }
        if step.action.is_change() {
            cloud.put_role_policy(name, naming::BUILD_POLICY, &self.permissions).await?;
            events.finished("build role", step.action.into(), format!("role {}", role.arn));
        }
        Ok(Some(role.arn))
    }

    /// A caller who may not tag goes on with what is on record; nothing is taken over that way.
    async fn mark_role(&self, name: &str, owner: Owner) -> Result<()> {
        match self.place.cloud.tag_role(name, &self.tags).await {
            Err(error) if owner == Owner::Recorded && error.kind() == Kind::Credentials => Ok(()),
            other => other,
        }
    }

    async fn apply_project(&self, role: &str, record: &mut Record<'_>, events: &Events) -> Result<()> {
        let step = self.project_step();
        if step.action.is_change() {
            events.started("build project", format!("{} build project `{}`", step.action.word(), step.name));
            let (cloud, source) = (self.place.cloud, self.default_source());
            let spec = self.spec(role, &source);
            let schedule =
                Schedule { deadline: PROPAGATION, first: Duration::from_secs(1), max: Duration::from_secs(10) };
            let told = |_: &Error| events.detail("build project", "waiting for IAM to spread the role");
            let made = wait::retry(schedule, is_propagation, told, || async {
                match step.action {
                    Action::Update => cloud.update_build_project(&spec).await,
                    _ => cloud.create_build_project(&spec).await,
                }
            });
            made.await?;
            events.finished("build project", step.action.into(), format!("build project {}", step.name));
        }
        record(&[(&["agentcore", "created", "build_project"], json!(step.name))])
    }

    /// Uploads the source and has it built and pushed as `repository:tag`.
    ///
    /// # Errors
    /// See [`follow::run`]; and those of the upload.
    pub(crate) async fn build(&self, archive: &SourceArchive, image: &str, events: &Events) -> Result<()> {
        let key = format!("{}{}.zip", sources::builds(self.place.agent), archive.sha256.hex());
        let scope = &self.place.scope;
        events.started("upload", format!("upload the source to `s3://{}/{key}`", self.bucket.name));
        let progress = |done| events.bytes("upload", done, Some(archive.size));
        // Always, since one that is there already may expire before the build reads it.
        let upload = ObjectUpload {
            bucket: &self.bucket.name,
            key: &key,
            owner: Some(scope.account),
            file: archive.path(),
            size: archive.size,
            sha256: archive.sha256,
            content_type: "application/zip",
            progress: &progress,
        };
        self.place.cloud.put_object(&upload).await?;
        events.finished("upload", Outcome::Done, format!("source s3://{}/{key}", self.bucket.name));

        let registry = scope.partition.ecr_host(scope.repository_account, scope.repository_region);
        let variables = [
            (buildspec::IMAGE, image.to_owned()),
            (buildspec::REGISTRY, registry),
            (buildspec::REGISTRY_REGION, scope.repository_region.to_owned()),
            (buildspec::PLATFORM, archive.platform.to_string()),
            (buildspec::TARGET, archive.target.clone().unwrap_or_default()),
        ];
        let source = format!("{}/{key}", self.bucket.name);
        let request = BuildRequest {
            project: &self.project.name,
            source: &source,
            buildspec: &self.buildspec,
            variables: &variables,
        };
        follow::run(self.place.cloud, events, &request).await.map(drop)
    }
}

fn role_arn(scope: &PolicyScope<'_>, name: &str) -> String {
    scope.partition.arn("iam", "", scope.account, &format!("role/{name}")).to_string()
}

fn role(setting: Option<&str>, created: Option<&str>, scope: &PolicyScope<'_>) -> BuildRole {
    match setting {
        None => BuildRole::Managed(naming::build_role(scope.region, scope.agent)),
        Some(setting) => {
            let name = setting.rsplit('/').next().unwrap_or(setting);
            match (created == Some(name), setting.starts_with("arn:")) {
                (true, _) => BuildRole::Managed(name.to_owned()),
                (false, true) => BuildRole::Brought(setting.to_owned()),
                (false, false) => BuildRole::Brought(role_arn(scope, setting)),
            }
        }
    }
}

/// A role that the user brought is not even looked at: the caller may be allowed to pass it and not to read it.
async fn find_role(cloud: &Cloud, role: &BuildRole) -> Result<(Option<Role>, Option<Value>)> {
    let BuildRole::Managed(name) = role else { return Ok((None, None)) };
    let Some(found) = cloud.role(name).await? else { return Ok((None, None)) };
    let policy = cloud.role_policy(name, naming::BUILD_POLICY).await?;
    Ok((Some(found), policy))
}

/// CodeBuild tries the role when it is named, and says this of one that IAM has not spread yet
/// (hashicorp/terraform-provider-aws#4233). Nothing but the text tells it from other invalid input.
fn is_propagation(error: &Error) -> bool {
    error.code_str() == "InvalidInputException" && error.causes().iter().any(|cause| cause.contains("sts:AssumeRole"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::Partition;

    fn scope() -> PolicyScope<'static> {
        PolicyScope {
            partition: Partition::of_region("us-west-2"),
            region: "us-west-2",
            account: "123456789012",
            agent: "a",
            repository: "r",
            repository_account: "123456789012",
            repository_region: "us-west-2",
        }
    }

    #[test]
    fn what_has_another_name_than_launch_gives_is_the_users() {
        let of = |setting, created| Owned::of(setting, created, "own".to_owned());
        assert_eq!(of(None, None), Owned { name: "own".into(), managed: true });
        // The toolkit writes the name down that launch would give too.
        assert_eq!(of(Some("own"), None), Owned { name: "own".into(), managed: true });
        assert_eq!(of(Some("theirs"), None), Owned { name: "theirs".into(), managed: false });
        assert_eq!(of(Some("older"), Some("older")), Owned { name: "older".into(), managed: true });
    }

    #[test]
    fn a_configured_role_is_the_users_unless_it_is_on_record() {
        let arn = "arn:aws:iam::123456789012:role/path/R";
        assert!(matches!(role(Some(arn), None, &scope()), BuildRole::Brought(role) if role == arn));
        assert!(matches!(role(Some(arn), Some("R"), &scope()), BuildRole::Managed(role) if role == "R"));
        assert!(
            matches!(role(Some("R"), None, &scope()), BuildRole::Brought(role) if role == "arn:aws:iam::123456789012:role/R")
        );
        assert!(matches!(role(None, None, &scope()), BuildRole::Managed(_)));
    }

    #[test]
    fn only_the_refusal_of_a_new_role_is_waited_out() {
        let refusal = |code: &'static str, cause: &str| is_propagation(&Error::failed("x").code(code).cause(cause));
        let text = "InvalidInputException: CodeBuild is not authorized to perform: sts:AssumeRole on arn";
        assert!(refusal("InvalidInputException", text));
        assert!(!refusal("InvalidInputException", "InvalidInputException: Project source location is required"));
        assert!(!refusal("AccessDeniedException", text));
    }
}
