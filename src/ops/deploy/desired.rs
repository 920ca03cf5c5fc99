//! What a configured agent should look like in AWS.

use std::collections::BTreeMap;

use serde_json::Value;

use super::LaunchRequest;
use super::code::{Archives, Target};
use super::observe::Observed;
use super::plan::{Action, RuntimeArtifact, RuntimeSpec, Step, differences};
use crate::artifact::Built;
use crate::cloud::{Cloud, Identity};
use crate::config::naming;
use crate::config::{Agent, DeploymentType};
use crate::error::{Error, Result};
use crate::events::Events;
use crate::image::reference::Reference;
use crate::partition::{Arn, EcrRepository, Partition};
use crate::resources::owner::Owner;
use crate::resources::policy;

/// Refuses what this version cannot deploy, in one line, before anything is looked at.
pub(crate) fn check_configured(agent: &Agent) -> Result<()> {
    let authorization = agent
        .request_headers()
        .is_some_and(|names| names.iter().any(|name| name.eq_ignore_ascii_case("authorization")));
    if authorization && agent.authorizer().is_none() {
        return Err(Error::usage(format!(
            "the allowlist of `{}` names the `Authorization` header, which the service passes on only behind a JWT authorizer",
            agent.name
        ))
        .code("config.request-headers")
        .hint(format!("add an authorizer: `agentcore configure --name {} --discovery-url URL`", agent.name))
        .hint("or leave the header out of `request_header_configuration`"));
    }
    Ok(())
}

/// Says what the configuration asks for and this version leaves out.
pub(crate) fn warn_of_gaps(agent: &Agent, events: &Events) {
    if agent.memory_wanted() && agent.memory_id().is_none() {
        events.warning(format!(
            "the configuration asks for AgentCore Memory ({}), which this version does not create: the agent runs without it",
            agent.memory.mode
        ));
    }
}

/// The public registry, which AgentCore takes images from as well.
const PUBLIC_ECR: &str = "public.ecr.aws";

/// Which repository and role the agent uses, and whether they are launch's to create.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) account: String,
    pub(crate) region: String,
    partition: Partition,
    pub(crate) repository: String,
    /// In this account and region.
    pub(crate) repository_is_local: bool,
    pub(crate) create_repository: bool,
    /// Host and name, without tag.
    pub(crate) repository_uri: String,
    repository_account: String,
    repository_region: String,
    /// Where the archives of an agent on a managed runtime are; then there is no repository.
    pub(crate) archives: Option<Archives>,
    /// The image is the user's: its repository is not written down.
    pub(crate) foreign_image: bool,
    /// Name of the role.
    pub(crate) role: String,
    /// A brought role's ARN, when the configuration has it.
    pub(crate) role_arn: Option<String>,
    /// The name of the role that launch creates and keeps in shape.
    pub(crate) role_to_create: Option<String>,
    pub(crate) policy: String,
    /// Name of the role's inline policy for outbound identity.
    pub(crate) identity_policy: String,
}

impl Names {
    pub(crate) fn of(agent: &Agent, cloud: &Cloud, identity: &Identity) -> Result<Self> {
        let host = cloud.partition().ecr_host(&identity.account, cloud.region());
        let created = agent.created();
        let (repository, account, region, create_repository) = match agent.repository_setting() {
            None => (naming::repository(&agent.name), identity.account.clone(), cloud.region().to_owned(), true),
            Some(setting) => {
                let EcrRepository { account, region, name } =
                    parse_repository(setting, &agent.name, identity, cloud.region())?;
                check_repository_region(setting, &region, cloud.region()).map_err(|error| {
                    error.hint(format!(
                        "take a repository of {}: `agentcore configure --name {} --ecr auto`, or name one with `--ecr`",
                        cloud.region(),
                        agent.name
                    ))
                })?;
                let create = created.repository.as_deref() == Some(name.as_str());
                (name, account, region, create)
            }
        };
        let local = account == identity.account && region == cloud.region();
        let repository_uri = if local {
            format!("{host}/{repository}")
        } else {
            format!("{}/{repository}", cloud.partition().ecr_host(&account, &region))
        };
        let own_role = naming::execution_role(cloud.region(), &agent.name);
        let (role, role_arn, role_to_create) = match agent.execution_role_setting() {
            None => (own_role.clone(), None, Some(own_role)),
            Some(setting) => {
                let name = role_name(setting)?;
                if created.execution_role.as_deref() == Some(name.as_str()) {
                    (name.clone(), None, Some(name))
                } else {
                    (name, setting.starts_with("arn:").then(|| setting.to_owned()), None)
                }
            }
        };
        Ok(Self {
            account: identity.account.clone(),
            region: cloud.region().to_owned(),
            partition: cloud.partition(),
            foreign_image: false,
            repository,
            repository_is_local: local,
            create_repository,
            repository_uri,
            repository_account: account,
            repository_region: region,
            archives: match agent.deployment_type {
                DeploymentType::DirectCodeDeploy => Some(Archives::of(agent, cloud, identity)?),
                DeploymentType::Container => None,
            },
            role,
            role_arn,
            role_to_create,
            policy: naming::execution_policy(&agent.name),
            identity_policy: naming::identity_policy(&agent.name),
        })
    }

    /// What the roles' policies are about.
    pub(crate) fn scope<'a>(&'a self, agent: &'a Agent) -> policy::PolicyScope<'a> {
        policy::PolicyScope {
            partition: self.partition,
            region: &self.region,
            account: &self.account,
            agent: &agent.name,
            repository: &self.repository,
            repository_account: &self.repository_account,
            repository_region: &self.repository_region,
        }
    }
}

impl Names {
    /// The same with the repository of an image that the user built.
    ///
    /// # Errors
    /// An image outside ECR, which AgentCore does not take.
    pub(crate) fn of_image(agent: &Agent, image: &Reference, cloud: &Cloud, identity: &Identity) -> Result<Self> {
        let mut names = Self::of(agent, cloud, identity)?;
        let uri = format!("{}/{}", image.registry, image.repository);
        names.foreign_image = true;
        names.create_repository = false;
        if image.registry == PUBLIC_ECR {
            // Anybody may pull from there; the role's statement for a repository stays that of the agent's own.
            names.repository_is_local = false;
        } else if let Some(EcrRepository { account, region, name }) = EcrRepository::parse(&uri) {
            check_repository_region(&uri, &region, cloud.region()).map_err(|error| {
                error.hint(format!(
                    "copy the image to a repository of {}, for example with `skopeo copy`",
                    cloud.region()
                ))
            })?;
            names.repository_is_local = account == identity.account && region == cloud.region();
            names.repository = name;
            names.repository_account = account;
            names.repository_region = region;
        } else {
            return Err(Error::usage(format!(
                "`{image}` is not in ECR, and AgentCore Runtime pulls from nowhere else"
            ))
            .code("image.not-in-ecr")
            .hint("copy it to an ECR repository, for example with `skopeo copy`"));
        }
        names.repository_uri = uri;
        Ok(names)
    }

    /// In a private registry, where a role needs permission to pull.
    pub(crate) fn is_private(&self) -> bool {
        !self.repository_uri.starts_with(PUBLIC_ECR)
    }

    pub(crate) fn repository_arn(&self) -> String {
        let resource = format!("repository/{}", self.repository);
        self.partition.arn("ecr", &self.repository_region, &self.repository_account, &resource).to_string()
    }
}

/// A runtime and its image are in one region.
fn check_repository_region(repository: &str, own: &str, runtime: &str) -> Result<()> {
    if own == runtime {
        return Ok(());
    }
    Err(Error::usage(format!("the repository `{repository}` is in {own}, and the agent's runtime in {runtime}"))
        .code("image.repository-region"))
}

/// The repository of a setting: by any of its addresses, or by its name in the caller's own registry.
///
/// # Errors
/// An address that is none of ECR's.
fn parse_repository(setting: &str, agent: &str, identity: &Identity, region: &str) -> Result<EcrRepository> {
    if let Some(repository) = EcrRepository::parse(setting) {
        return Ok(repository);
    }
    let name = setting.split([':', '@']).next().unwrap_or(setting);
    if setting.contains("://") || setting.starts_with("arn:") || name.contains(".dkr") {
        return Err(Error::usage(format!("`{setting}` is not an ECR repository"))
            .code("config.repository")
            .hint(format!("give its URI or its name: `agentcore configure --name {agent} --ecr REPOSITORY`")));
    }
    Ok(EcrRepository { account: identity.account.clone(), region: region.to_owned(), name: name.to_owned() })
}

/// The role's name in an ARN (after its path) or the name itself.
fn role_name(setting: &str) -> Result<String> {
    if !setting.starts_with("arn:") {
        return Ok(setting.to_owned());
    }
    let arn: Arn = setting.parse()?;
    let id = arn.resource_id();
    Ok(id.rsplit('/').next().unwrap_or(id).to_owned())
}

/// The desired state, ready to be compared and applied.
#[derive(Debug)]
pub(crate) struct Desired {
    pub(crate) trust: Value,
    pub(crate) permissions: Value,
    /// What outbound identity needs; `None` when it needs nothing.
    pub(crate) identity_permissions: Option<Value>,
    /// ARN of the policy that bounds the role.
    pub(crate) permissions_boundary: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    /// Those of the tags that say whose a resource is.
    pub(crate) marks: Vec<(String, String)>,
    pub(crate) runtime: RuntimeSpec,
    /// Names of the variables that the configuration gives the runtime, for the record.
    pub(crate) variables: Vec<String>,
    repository: String,
    create_repository: bool,
    role: String,
    manages_role: bool,
    image: Option<String>,
    /// The repository has the image already.
    image_there: bool,
    image_uri_prefix: String,
    /// The archive, instead of repository and image.
    pub(super) target: Option<Target>,
}

impl Desired {
    pub(crate) fn new(
        agent: &Agent,
        names: &Names,
        observed: &Observed,
        (built, target): (&Built, Option<Target>),
        request: &LaunchRequest,
    ) -> Self {
        let scope = names.scope(agent);
        let role_arn =
            names.role_arn.clone().or_else(|| observed.role.as_ref().map(|role| role.arn.clone())).unwrap_or_else(
                || names.partition.arn("iam", "", &names.account, &format!("role/{}", names.role)).to_string(),
            );
        let mut environment: Vec<(String, String)> =
            OWN_VARIABLES.map(|name| (name.to_owned(), names.region.clone())).to_vec();
        let configured = agent.variables();
        let removed = variables_to_remove(
            &agent.created().environment,
            &configured,
            (&request.environment, &request.unset_environment),
        );
        for (name, value) in configured.clone().into_iter().chain(request.environment.iter().cloned()) {
            environment.retain(|(other, _)| *other != name);
            environment.push((name, value));
        }
        environment.retain(|(name, _)| !removed.contains(name));
        let digest = built.digest.clone();
        let image_uri = |digest: &str| format!("{}@{digest}", names.repository_uri);
        Self {
            trust: policy::trust(&scope),
            permissions: if target.is_some() { policy::code(&scope) } else { policy::execution(&scope) },
            identity_permissions: observed.outbound.permissions(agent, names),
            permissions_boundary: agent.own.permissions_boundary.clone(),
            tags: naming::tags(agent).into_iter().chain(agent.own_tags()).collect(),
            marks: naming::tags(agent),
            runtime: RuntimeSpec {
                name: agent.name.clone(),
                artifact: match &target {
                    Some(target) => RuntimeArtifact::Code(target.archive.clone()),
                    None => RuntimeArtifact::Image(
                        digest.as_deref().map_or_else(|| names.repository_uri.clone(), image_uri),
                    ),
                },
                role_arn,
                network: agent.network_wire(),
                authorizer: agent.authorizer().cloned(),
                request_headers: agent.request_headers(),
                protocol: agent.protocol().as_str().to_owned(),
                idle_timeout: agent.idle_timeout(),
                max_lifetime: agent.max_lifetime(),
                environment,
                removed_variables: removed,
            },
            variables: configured.into_keys().filter(|name| !request.unset_environment.contains(name)).collect(),
            repository: names.repository.clone(),
            create_repository: names.create_repository,
            role: names.role.clone(),
            manages_role: names.role_to_create.is_some(),
            image: digest,
            image_there: built.is_reused(),
            image_uri_prefix: names.repository_uri.clone(),
            target,
        }
    }

    /// The steps in the order in which they are applied.
    pub(crate) fn plan(&self, observed: &Observed) -> Vec<Step> {
        let [place, artifact] = match &self.target {
            Some(target) => target.steps(&observed.code),
            None => [self.repository_step(observed), self.image_step(observed)],
        };
        vec![place, artifact, self.role_step(observed), self.runtime_step(observed)]
    }

    fn repository_step(&self, observed: &Observed) -> Step {
        let step = |action| Step::new("repository", self.repository.clone(), action);
        match (&observed.repository, self.create_repository) {
            (Some(_), true) => match claim(observed.repository_owner) {
                Some(detail) => step(Action::Update).detail(detail),
                None => step(Action::Unchanged),
            },
            (None, true) => step(Action::Create),
            (_, false) => step(Action::Keep).detail("brought by you"),
        }
    }

    fn image_step(&self, observed: &Observed) -> Step {
        let live = observed.runtime.as_ref().and_then(|found| found.runtime.image_uri());
        match &self.image {
            Some(digest) => {
                let uri = format!("{}@{digest}", self.image_uri_prefix);
                let live = live == Some(uri.as_str());
                if live && observed.image_present {
                    Step::new("image", uri, Action::Unchanged)
                } else if self.image_there {
                    Step::new("image", uri, Action::Unchanged).detail("there already")
                } else {
                    Step::new("image", uri, Action::Create)
                }
            }
            None => Step::new("image", self.image_uri_prefix.clone(), Action::Create)
                .detail("its digest is known once it is built"),
        }
    }

    fn role_step(&self, observed: &Observed) -> Step {
        let step = |action| Step::new("role", self.role.clone(), action);
        if !self.manages_role {
            return step(Action::Keep).detail("brought by you");
        }
        let Some(role) = &observed.role else { return step(Action::Create) };
        if observed.role_owner == Owner::Unknown {
            return step(Action::Keep).detail("exists already without this project's tags, used as it is");
        }
        let mut changes: Vec<String> = claim(observed.role_owner).map(str::to_owned).into_iter().collect();
        if role.trust.as_ref() != Some(&self.trust) {
            changes.push("trust policy".to_owned());
        }
        if observed.policy.as_ref() != Some(&self.permissions) {
            changes.push("permissions".to_owned());
        }
        if observed.identity_policy != self.identity_permissions {
            changes.push("permissions for outbound identity".to_owned());
        }
        if self.permissions_boundary.is_some() && role.permissions_boundary != self.permissions_boundary {
            changes.push("permissions boundary".to_owned());
        }
        let mut step = step(if changes.is_empty() { Action::Unchanged } else { Action::Update });
        step.details = changes;
        step
    }

    fn runtime_step(&self, observed: &Observed) -> Step {
        let step = |action| Step::new("runtime", self.runtime.name.clone(), action);
        let Some(found) = &observed.runtime else {
            let step = step(Action::Create);
            return match &observed.leaving {
                Some(id) => step.detail(format!("once `{id}` is gone, which is being deleted")),
                None => step,
            };
        };
        let runtime = &found.runtime;
        let reason = runtime.failure_reason().unwrap_or("no reason given");
        if runtime.status() == "CREATE_FAILED" {
            return step(Action::Update).detail(format!("its creation failed: {reason}"));
        }
        let mut changes: Vec<String> = claim(found.owner).map(str::to_owned).into_iter().collect();
        changes.extend(differences(&runtime.raw, &self.runtime.update_body(&runtime.raw)));
        if runtime.status() == "UPDATE_FAILED" {
            changes.push(format!("its last update failed: {reason}"));
        }
        let mut step = step(if changes.is_empty() { Action::Unchanged } else { Action::Update });
        step.details = changes;
        step
    }
}

/// What to say of something that is there and is to carry this project's identity from now on: what was made before there
/// were identities, and what is taken over.
fn claim(owner: Owner) -> Option<&'static str> {
    match owner {
        Owner::Recorded => Some("tagged as this project's"),
        Owner::Other => Some("taken over from another project"),
        Owner::Ours | Owner::Unknown => None,
    }
}

/// Variables that launch sets by itself, to the runtime's region, where the configuration gives no other value.
const OWN_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// Variables that go: those that an earlier launch set for a configuration which has them no longer, and those that the
/// caller names. Others are somebody else's; those of launch's own go back to its value.
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

    fn identity() -> Identity {
        Identity { account: "1".into(), region: "us-west-2".into(), principal: "p".into(), profile: None }
    }

    #[test]
    fn repositories_keep_their_namespace() {
        let parsed = |setting: &str| parse_repository(setting, "a", &identity(), "us-west-2").unwrap();
        let at = |account: &str, region: &str| EcrRepository {
            account: account.into(),
            region: region.into(),
            name: "team/agent".into(),
        };
        assert_eq!(parsed("team/agent"), at("1", "us-west-2"));
        assert_eq!(parsed("team/agent:v1"), at("1", "us-west-2"));
        for setting in [
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/agent:latest",
            "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/agent",
            "123456789012.DKR.ECR.eu-west-1.amazonaws.com/team/agent",
            "123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/team/agent",
            "123456789012.dkr-ecr.eu-west-1.on.aws/team/agent@sha256:0",
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/agent",
        ] {
            assert_eq!(parsed(setting), at("123456789012", "eu-west-1"), "{setting}");
        }
        for setting in
            ["https://ghcr.io/team/agent", "arn:aws:s3:::team/agent", "x.dkr.ecr.eu-west-1.amazonaws.com/team"]
        {
            let error = parse_repository(setting, "a", &identity(), "us-west-2").unwrap_err();
            assert_eq!(error.code_str(), "config.repository", "{setting}");
        }
    }

    #[test]
    fn a_roles_path_is_not_part_of_its_name() {
        assert_eq!(role_name("arn:aws:iam::123456789012:role/service/team/Mine").unwrap(), "Mine");
        assert_eq!(role_name("Mine").unwrap(), "Mine");
    }

    #[test]
    fn a_variable_of_launchs_own_is_not_left_over() {
        let recorded = ["AWS_REGION", "AWS_DEFAULT_REGION", "GONE"].map(str::to_owned);
        assert_eq!(variables_to_remove(&recorded, &BTreeMap::new(), (&[], &["ONCE".into()])), ["GONE", "ONCE"]);
    }
}
