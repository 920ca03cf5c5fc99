//! Which repository, role and bucket an agent uses, and whether they are launch's to create.

use crate::cloud::Cloud;
use crate::config::naming;
use crate::config::{Agent, DeploymentType};
use crate::error::{Code, Error, Result};
use crate::image::reference::Reference;
use crate::partition::{Arn, EcrRepository, Partition};
use crate::resources::archive::Archives;
use crate::resources::policy;

/// The public registry, which AgentCore takes images from as well.
const PUBLIC_ECR: &str = "public.ecr.aws";

/// Which repository and role the agent uses, and whether they are launch's to create.
#[derive(Debug)]
pub(crate) struct ResourceNames {
    pub(crate) account: String,
    pub(crate) region: String,
    /// What the agent's resources are named after.
    agent: String,
    partition: Partition,
    pub(crate) repository: String,
    /// In this account and region.
    pub(crate) repository_is_local: bool,
    pub(crate) create_repository: bool,
    /// Host and name, without tag.
    pub(crate) repository_uri: String,
    pub(crate) repository_account: String,
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
}

impl ResourceNames {
    /// `own` is the caller's account.
    pub(crate) fn for_agent(agent: &Agent, cloud: &Cloud, own: &str) -> Result<Self> {
        Self::in_region(agent, (cloud.partition(), cloud.region()), own)
    }

    /// The same without a connection.
    ///
    /// # Errors
    /// Exit 2 for settings that name no repository, role or bucket.
    pub(crate) fn in_region(agent: &Agent, (partition, home): (Partition, &str), own: &str) -> Result<Self> {
        let host = partition.ecr_host(own, home);
        let (created, deployed) = (agent.created(), agent.deployed_name());
        let (repository, account, region, create_repository) = match agent.repository_setting() {
            None => (naming::repository(&agent.deployed_name()), own.to_owned(), home.to_owned(), true),
            Some(setting) => {
                let EcrRepository { account, region, name } = parse_repository(setting, &agent.name, own, home)?;
                check_repository_region(setting, &region, home).map_err(|error| {
                    error.hint(format!(
                        "take a repository of {home}: `agentcore configure --name {} --ecr auto`, or name one with `--ecr`",
                        agent.name
                    ))
                })?;
                let create = created.repository.as_deref() == Some(name.as_str());
                (name, account, region, create)
            }
        };
        let local = account == own && region == home;
        let repository_uri = if local {
            format!("{host}/{repository}")
        } else {
            format!("{}/{repository}", partition.ecr_host(&account, &region))
        };
        let own_role = naming::execution_role(home, &deployed);
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
            account: own.to_owned(),
            region: home.to_owned(),
            agent: deployed,
            partition,
            foreign_image: false,
            repository,
            repository_is_local: local,
            create_repository,
            repository_uri,
            repository_account: account,
            repository_region: region,
            archives: match agent.deployment_type {
                DeploymentType::DirectCodeDeploy => Some(Archives::in_region(agent, home, own)?),
                DeploymentType::Container => None,
            },
            role,
            role_arn,
            role_to_create,
        })
    }

    /// The scope of the roles' policies.
    pub(crate) fn scope(&self) -> policy::PolicyScope<'_> {
        policy::PolicyScope {
            partition: self.partition,
            region: &self.region,
            account: &self.account,
            agent: &self.agent,
            repository: &self.repository,
            repository_account: &self.repository_account,
            repository_region: &self.repository_region,
        }
    }
}

impl ResourceNames {
    /// The same with the repository of an image that the user built.
    ///
    /// # Errors
    /// An image outside ECR, which AgentCore does not take.
    pub(crate) fn for_image(agent: &Agent, image: &Reference, cloud: &Cloud, own: &str) -> Result<Self> {
        let mut names = Self::for_agent(agent, cloud, own)?;
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
            names.repository_is_local = account == own && region == cloud.region();
            names.repository = name;
            names.repository_account = account;
            names.repository_region = region;
        } else {
            return Err(Error::usage(format!(
                "`{image}` is not in ECR, and AgentCore Runtime pulls from nowhere else"
            ))
            .code(Code::ImageNotInEcr)
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
        .code(Code::ImageRepositoryRegion))
}

/// The repository of a setting: by any of its addresses, or by its name in the caller's own registry.
///
/// # Errors
/// An address that is none of ECR's.
fn parse_repository(setting: &str, agent: &str, own: &str, region: &str) -> Result<EcrRepository> {
    if let Some(repository) = EcrRepository::parse(setting) {
        return Ok(repository);
    }
    let name = setting.split([':', '@']).next().unwrap_or(setting);
    if setting.contains("://") || setting.starts_with("arn:") || name.contains(".dkr") {
        return Err(Error::usage(format!("`{setting}` is not an ECR repository"))
            .code(Code::ConfigRepository)
            .hint(format!("give its URI or its name: `agentcore configure --name {agent} --ecr REPOSITORY`")));
    }
    Ok(EcrRepository { account: own.to_owned(), region: region.to_owned(), name: name.to_owned() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_keep_their_namespace() {
        let parsed = |setting: &str| parse_repository(setting, "a", "1", "us-west-2").unwrap();
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
            let error = parse_repository(setting, "a", "1", "us-west-2").unwrap_err();
            assert_eq!(error.code_str(), "config.repository", "{setting}");
        }
    }

    #[test]
    fn role_path_is_not_part_of_its_name() {
        assert_eq!(role_name("arn:aws:iam::123456789012:role/service/team/Mine").unwrap(), "Mine");
        assert_eq!(role_name("Mine").unwrap(), "Mine");
    }
}
