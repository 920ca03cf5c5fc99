//! The resources of an agent, by name: what a policy is for.
//!
//! Owns: the names that are known before anything is made, and the narrowest pattern of those that are not. Does not own: ARNs
//! (`facts::actions`).

use crate::config::{Agent, DeploymentType, NetworkMode, naming};
use crate::error::Result;
use crate::facts::actions::{GATEWAY_NETWORK_ROLE, NETWORK_ROLE, RUNTIME_IDENTITY_ROLE, SIGNALS_ROLE};
use crate::facts::{SPANS_LOG_GROUP, actions, log_group};
use crate::ops::deploy::ResourceNames;
use crate::partition::{Arn, Partition};
use crate::resources::build_project::{BuildProject, source_bucket_of};
use crate::resources::build_role::RoleChoice;

use super::verbs::When;

/// Whose resources an operation is on. `Named…` are for operations that take an ARN, `…Tags` for those that put tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// Operations without a resource.
    Account,
    Runtime,
    Endpoints,
    NamedRuntime,
    /// The agent's runtimes in every environment.
    AnyEnvironment,
    RuntimeTags,
    /// The runtime and its endpoints.
    NamedCallable,
    EndpointTags,
    Repository,
    NamedRepository,
    RepositoryTags,
    ExecutionRole,
    ExecutionRoleTags,
    PassedExecutionRole,
    RuntimeIdentityRole,
    NetworkRole,
    BuildProject,
    BuildRole,
    BuildRoleTags,
    PassedBuildRole,
    BuildStreams,
    Bucket,
    Objects,
    SourceBucket,
    SourceObjects,
    Memory,
    NamedMemory,
    AnyMemory,
    RuntimeLogs,
    SpanGroups,
    SimulatedRole,
    DeliverySources,
    DeliveryDestinations,
    Deliveries,
    /// Where the logs of memories and gateways go.
    VendedGroups,
    /// Where the spans of the account go.
    AccountGroups,
    AccountStreams,
    SignalsRole,
    /// Through which CloudTrail tells Application Signals of changes.
    SignalsChannel,
    AnyPool,
    PoolTags,
    /// Role of a team's gateways.
    TeamRole,
    TeamRoleTags,
    TeamParameters,
    TeamParameterTags,
    AnyWorkload,
    NamedWorkload,
    Directory,
    Vault,
    AnyProvider,
    NamedProvider,
    /// Where the service keeps keys and clients' secrets.
    ProviderSecrets,
    Gateway,
    NamedGateway,
    GatewayRole,
    GatewayRoleTags,
    PassedGatewayRole,
    GatewayNetworkRole,
}

impl Scope {
    /// What its statements are called.
    pub(super) const fn sid(self) -> &'static str {
        match self {
            Self::Account => "WithoutResource",
            Self::Runtime => "Runtime",
            Self::Endpoints => "RuntimeAndEndpoints",
            Self::NamedRuntime => "RuntimeByArn",
            Self::AnyEnvironment => "RuntimesOfEnvironments",
            Self::RuntimeTags => "TagRuntime",
            Self::NamedCallable => "RuntimeAndEndpointsByArn",
            Self::EndpointTags => "TagEndpoints",
            Self::Repository | Self::NamedRepository => "Repository",
            Self::RepositoryTags => "TagRepository",
            Self::ExecutionRole => "ExecutionRole",
            Self::ExecutionRoleTags => "TagExecutionRole",
            Self::PassedExecutionRole => "PassExecutionRole",
            Self::RuntimeIdentityRole => "ServiceRoleOfIdentity",
            Self::NetworkRole => "ServiceRoleOfNetwork",
            Self::BuildProject => "BuildProject",
            Self::BuildRole => "BuildRole",
            Self::BuildRoleTags => "TagBuildRole",
            Self::PassedBuildRole => "PassBuildRole",
            Self::BuildStreams => "BuildLogs",
            Self::Bucket => "Archives",
            Self::Objects => "ArchiveObjects",
            Self::SourceBucket => "BuildSources",
            Self::SourceObjects => "BuildSourceObjects",
            Self::Memory => "Memory",
            Self::NamedMemory => "MemoryByArn",
            Self::AnyMemory => "Memories",
            Self::RuntimeLogs => "Logs",
            Self::SpanGroups => "Spans",
            Self::SimulatedRole => "SimulateExecutionRole",
            Self::DeliverySources => "DeliverySources",
            Self::DeliveryDestinations => "DeliveryDestinations",
            Self::Deliveries => "Deliveries",
            Self::VendedGroups => "DeliveredLogs",
            Self::AccountGroups => "SpansOfAccount",
            Self::AccountStreams => "SpanStreamsOfAccount",
            Self::SignalsRole => "ServiceRoleOfSignals",
            Self::SignalsChannel => "ServiceChannelOfSignals",
            Self::AnyPool => "UserPools",
            Self::PoolTags => "TagUserPools",
            Self::TeamRole => "TeamRole",
            Self::TeamRoleTags => "TagTeamRole",
            Self::TeamParameters => "TeamParameters",
            Self::TeamParameterTags => "TagTeamParameters",
            Self::AnyWorkload => "WorkloadIdentities",
            Self::NamedWorkload => "WorkloadIdentitiesByArn",
            Self::Directory => "WorkloadIdentityDirectory",
            Self::Vault => "TokenVault",
            Self::AnyProvider => "CredentialProviders",
            Self::NamedProvider => "CredentialProvidersByArn",
            Self::ProviderSecrets => "SecretsOfProviders",
            Self::Gateway => "Gateways",
            Self::NamedGateway => "GatewaysByArn",
            Self::GatewayRole => "GatewayRoles",
            Self::GatewayRoleTags => "TagGatewayRoles",
            Self::PassedGatewayRole => "PassGatewayRoles",
            Self::GatewayNetworkRole => "ServiceRoleOfGateways",
        }
    }
}

/// Log groups that Transaction Search writes to.
const ACCOUNT_GROUPS: [&str; 2] = [SPANS_LOG_GROUP, "/aws/application-signals/data"];

/// Where the resources are.
#[derive(Clone, Copy, Debug)]
pub(super) struct PolicyPlace<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

/// What the names of secrets begin with in which the service keeps those of credential providers.
const PROVIDER_SECRETS: &str = "bedrock-agentcore-identity!default";

/// Names of everything that a policy may be for.
#[derive(Clone, Debug)]
pub(super) struct PolicyNames {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) partition: Partition,
    runtime: String,
    /// What the ids of the agent's runtimes in environments begin with.
    any_environment: String,
    repository: String,
    repository_account: String,
    /// Paths and names; of a role that the configuration has without its path, the two patterns that it can be.
    execution_role: Vec<String>,
    build_project: String,
    build_role: String,
    /// Bucket of archives, and what their keys begin with.
    archives: (String, String),
    /// Bucket of builds' sources.
    sources: String,
    memory: String,
    /// Keys of tags that are put on what is made.
    pub(super) tag_keys: Vec<String>,
    holds: Vec<When>,
}

impl PolicyNames {
    /// Of an agent.
    ///
    /// # Errors
    /// Exit 2 for settings that name no resource.
    pub(super) fn for_agent(agent: &Agent, place: PolicyPlace<'_>, uses_codebuild: bool) -> Result<Self> {
        let PolicyPlace { account, region } = place;
        let partition = Partition::of_region(region);
        let names = ResourceNames::in_region(agent, (partition, region), account)?;
        let deployed = agent.deployed_name();
        let role_arn = names.role_arn.as_deref().and_then(|arn| arn.parse::<Arn>().ok());
        let role_of_arn = role_arn.and_then(|arn| arn.resource.strip_prefix("role/").map(str::to_owned));
        let execution_role = match role_of_arn {
            Some(role) => vec![role],
            None if names.role_to_create.is_some() => vec![names.role.clone()],
            None => vec![names.role.clone(), format!("*/{}", names.role)],
        };
        let arn_of = |name: &str| partition.arn("iam", "", account, &format!("role/{name}")).to_string();
        let (build_role, makes_build_role) = match RoleChoice::of(agent, region, arn_of) {
            RoleChoice::Managed(name) => (name, true),
            RoleChoice::Brought(arn) => {
                (arn.split_once(":role/").map_or(arn.clone(), |(_, name)| name.to_owned()), false)
            }
        };
        let (build_project, makes_build_project) = BuildProject::name_of(agent);
        let (sources, makes_sources) = source_bucket_of(agent, account, region);
        let is_built_there = agent.deployment_type == DeploymentType::Container && uses_codebuild;
        let archives = names.archives.as_ref().map(|place| (place.bucket.clone(), place.folder()));
        let is_image = agent.deployment_type == DeploymentType::Container;
        let is_vpc = agent.aws.network_configuration.network_mode == NetworkMode::Vpc;
        let conditions = [
            (When::Always, true),
            (When::Image, is_image),
            (When::LocalRepository, is_image && names.repository_is_local),
            (When::OwnRepository, is_image && names.create_repository),
            (When::Code, !is_image),
            (When::OwnBucket, names.archives.as_ref().is_some_and(|place| place.makes_bucket)),
            (When::CodeBuild, is_built_there),
            (When::OwnBuildProject, is_built_there && makes_build_project),
            (When::OwnBuildRole, is_built_there && makes_build_role),
            (When::OwnSourceBucket, is_built_there && makes_sources),
            (When::OwnRole, names.role_to_create.is_some()),
            (When::Boundary, names.role_to_create.is_some() && agent.own.permissions_boundary.is_some()),
            (When::Memory, agent.memory_wanted()),
            (When::OwnMemory, agent.memory_wanted() && agent.memory_id().is_none_or(|id| agent.made_memory(id))),
            (When::Smoke, agent.own.smoke.is_some()),
            (When::Vpc, is_vpc),
            (
                When::AllowedCallers,
                !agent.own.allow_callers.is_empty() || !agent.created().resource_policies.is_empty(),
            ),
            (When::Signed, agent.authorizer().is_none()),
        ];
        Ok(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            partition,
            runtime: agent.runtime_id().map_or_else(|| format!("{deployed}-*"), str::to_owned),
            any_environment: naming::any_environment(&agent.name),
            execution_role,
            build_project,
            build_role,
            archives: archives.unwrap_or_else(|| (naming::source_bucket(account, region), format!("{deployed}/"))),
            sources,
            memory: agent.memory_id().map_or_else(|| format!("{}-*", agent.memory_name()), str::to_owned),
            tag_keys: agent.own_tags().map(|(key, _)| key).collect(),
            repository: names.repository,
            repository_account: names.repository_account,
            holds: conditions.into_iter().filter(|(_, holds)| *holds).map(|(when, _)| when).collect(),
        })
    }

    /// The same with a pattern in the place of the name `own`. What the user named keeps its name. Names of roles hold a hash of the
    /// agent's, so that theirs is the pattern for every role that launch makes.
    pub(super) fn with_pattern(mut self, own: &str, pattern: &str) -> Self {
        let region = self.region.as_str();
        let replace = |name: &mut String, generated: String, general: String| {
            if *name == generated {
                *name = general;
            }
        };
        replace(&mut self.runtime, format!("{own}-*"), format!("{pattern}-*"));
        replace(&mut self.repository, naming::repository(own), naming::repository(pattern));
        for role in &mut self.execution_role {
            replace(role, naming::execution_role(region, own), format!("{}{region}-*", naming::EXECUTION_ROLE));
        }
        replace(&mut self.build_project, naming::build_project(own), naming::build_project(pattern));
        replace(&mut self.build_role, naming::build_role(region, own), format!("{}{region}-*", naming::BUILD_ROLE));
        replace(&mut self.memory, format!("{}-*", naming::memory(own)), format!("{}-*", naming::memories(pattern)));
        if let Some(prefix) = self.archives.1.strip_suffix(&format!("{own}/")) {
            self.archives.1 = format!("{prefix}{pattern}/");
        }
        self
    }

    /// Of any agent that is named as this program names its resources.
    pub(super) fn for_any(PolicyPlace { account, region }: PolicyPlace<'_>) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            partition: Partition::of_region(region),
            runtime: "*".to_owned(),
            any_environment: "*".to_owned(),
            repository: naming::repository("*"),
            repository_account: account.to_owned(),
            execution_role: vec![format!("{}{region}-*", naming::EXECUTION_ROLE)],
            build_project: naming::build_project("*"),
            build_role: format!("{}{region}-*", naming::BUILD_ROLE),
            archives: (naming::source_bucket(account, region), String::new()),
            sources: naming::source_bucket(account, region),
            memory: "*".to_owned(),
            tag_keys: Vec::new(),
            holds: vec![
                When::Always,
                When::Image,
                When::LocalRepository,
                When::OwnRepository,
                When::Code,
                When::OwnBucket,
                When::CodeBuild,
                When::OwnBuildProject,
                When::OwnBuildRole,
                When::OwnSourceBucket,
                When::OwnRole,
                When::Memory,
                When::OwnMemory,
                When::Vpc,
                When::Signed,
            ],
        }
    }

    pub(super) fn holds(&self, when: When) -> bool {
        self.holds.contains(&when)
    }

    /// Where the resources of a scope are.
    pub(super) fn place_of(&self, scope: Scope) -> actions::ArnScope<'_> {
        let account = match scope {
            Scope::Repository | Scope::NamedRepository | Scope::RepositoryTags => &self.repository_account,
            _ => &self.account,
        };
        actions::ArnScope { partition: self.partition, region: &self.region, account }
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        self.partition.arn(service, &self.region, &self.account, resource).to_string()
    }

    /// The names in the ARNs of a scope's resources, as [`actions::ResourceForm`] wants them.
    pub(super) fn of(&self, scope: Scope) -> Vec<Vec<String>> {
        let one = |name: &str| vec![vec![name.to_owned()]];
        let two = |name: &str, other: &str| vec![vec![name.to_owned(), other.to_owned()]];
        let runtime = || self.arn("bedrock-agentcore", &format!("runtime/{}", self.runtime));
        match scope {
            Scope::Account => vec![Vec::new()],
            Scope::Runtime => one(&self.runtime),
            Scope::Endpoints => two(&self.runtime, "*"),
            Scope::NamedRuntime | Scope::RuntimeTags => one(&runtime()),
            Scope::NamedCallable | Scope::EndpointTags => {
                let endpoints = format!("{}/runtime-endpoint/*", runtime());
                vec![vec![runtime()], vec![endpoints]]
            }
            Scope::Repository => one(&self.repository),
            Scope::NamedRepository | Scope::RepositoryTags => {
                one(&self.arn("ecr", &format!("repository/{}", self.repository)))
            }
            Scope::ExecutionRole | Scope::ExecutionRoleTags | Scope::PassedExecutionRole => {
                self.execution_role.iter().flat_map(|role| one(role)).collect()
            }
            Scope::RuntimeIdentityRole => one(&RUNTIME_IDENTITY_ROLE.resource()),
            Scope::NetworkRole => one(&NETWORK_ROLE.resource()),
            Scope::BuildProject => one(&self.build_project),
            Scope::BuildRole | Scope::BuildRoleTags | Scope::PassedBuildRole => one(&self.build_role),
            Scope::BuildStreams => two(&format!("/aws/codebuild/{}", self.build_project), "*"),
            Scope::Bucket => one(&self.archives.0),
            Scope::Objects => two(&self.archives.0, &format!("{}*", self.archives.1)),
            Scope::SourceBucket => one(&self.sources),
            Scope::SourceObjects => two(&self.sources, "*"),
            Scope::Memory => one(&self.memory),
            Scope::NamedMemory => one(&self.arn("bedrock-agentcore", &format!("memory/{}", self.memory))),
            Scope::AnyMemory | Scope::Gateway | Scope::AnyWorkload | Scope::AnyProvider => one("*"),
            Scope::AnyEnvironment => one(&self.arn("bedrock-agentcore", &format!("runtime/{}", self.any_environment))),
            Scope::NamedGateway => one(&self.arn("bedrock-agentcore", "gateway/*")),
            Scope::NamedWorkload => {
                one(&self.arn("bedrock-agentcore", "workload-identity-directory/default/workload-identity/*"))
            }
            Scope::NamedProvider => ["apikeycredentialprovider", "oauth2credentialprovider"]
                .iter()
                .flat_map(|kind| one(&self.arn("bedrock-agentcore", &format!("token-vault/default/{kind}/*"))))
                .collect(),
            Scope::ProviderSecrets => {
                ["apikey", "oauth2"].iter().flat_map(|kind| one(&format!("{PROVIDER_SECRETS}/{kind}/*"))).collect()
            }
            Scope::TeamRole | Scope::TeamRoleTags => one(&naming::gateway_role(&self.region, "*")),
            Scope::TeamParameters | Scope::TeamParameterTags => one("app/*/agentcore/*"),
            Scope::GatewayRole | Scope::GatewayRoleTags | Scope::PassedGatewayRole => {
                one(&naming::gateway_service_role(&self.region, "*"))
            }
            Scope::GatewayNetworkRole => one(&GATEWAY_NETWORK_ROLE.resource()),
            Scope::RuntimeLogs => self.groups(&log_group(&self.runtime, "*")),
            Scope::SpanGroups => {
                let mut groups = self.groups(&log_group(&self.runtime, "*"));
                groups.extend(self.groups(SPANS_LOG_GROUP));
                groups
            }
            Scope::SimulatedRole => {
                let arn = |role: &String| self.partition.arn("iam", "", &self.account, &format!("role/{role}"));
                self.execution_role.iter().flat_map(|role| one(&arn(role).to_string())).collect()
            }
            Scope::AnyPool | Scope::DeliverySources | Scope::DeliveryDestinations | Scope::Deliveries => one("*"),
            Scope::VendedGroups => self.groups("/aws/vendedlogs/bedrock-agentcore/*"),
            Scope::AccountGroups => ACCOUNT_GROUPS.iter().flat_map(|name| self.groups(name)).collect(),
            Scope::AccountStreams => ACCOUNT_GROUPS.iter().flat_map(|name| two(name, "*")).collect(),
            Scope::SignalsRole => one(&SIGNALS_ROLE.resource()),
            Scope::SignalsChannel => one(&self.arn("cloudtrail", "channel/aws-service-channel/application-signals/*")),
            Scope::PoolTags => one(&self.arn("cognito-idp", "userpool/*")),
            Scope::Directory | Scope::Vault => vec![Vec::new()],
        }
    }

    /// A log group, in both forms that policies are written with.
    fn groups(&self, name: &str) -> Vec<Vec<String>> {
        vec![vec![name.to_owned()], vec![format!("{name}:*")]]
    }

    /// The condition of a scope's statements: operator, key, values.
    pub(super) fn condition(&self, scope: Scope) -> Option<(&'static str, &'static str, Vec<String>)> {
        let passed =
            |service: &str| Some(("StringEquals", actions::PASSED_TO_SERVICE, vec![Partition::principal(service)]));
        let linked = |role: actions::LinkedRole| Some(("StringEquals", actions::SERVICE_NAME, vec![role.principal()]));
        match scope {
            Scope::PassedExecutionRole | Scope::PassedGatewayRole => passed("bedrock-agentcore"),
            Scope::PassedBuildRole => passed("codebuild"),
            Scope::RuntimeIdentityRole => linked(RUNTIME_IDENTITY_ROLE),
            Scope::NetworkRole => linked(NETWORK_ROLE),
            Scope::SignalsRole => linked(SIGNALS_ROLE),
            Scope::GatewayNetworkRole => linked(GATEWAY_NETWORK_ROLE),
            Scope::TeamRoleTags
            | Scope::TeamParameterTags
            | Scope::GatewayRoleTags
            | Scope::RepositoryTags
            | Scope::ExecutionRoleTags
            | Scope::BuildRoleTags
            | Scope::RuntimeTags
            | Scope::EndpointTags
            | Scope::PoolTags => {
                let mut keys = vec!["agentcore:*".to_owned()];
                keys.extend(self.tag_keys.iter().cloned());
                Some(("ForAllValues:StringLike", actions::TAG_KEYS, keys))
            }
            _ => None,
        }
    }
}
