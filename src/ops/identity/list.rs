//! The resources of a set-up of Amazon Cognito, each with what is wanted of it, in the order in which reports show them.

use crate::cloud::Cloud;
use crate::http::Http;
use crate::resources::app_client::{self, AppClient, ClientPurpose};
use crate::resources::engine::{AnyNode, Late, Node, any};
use crate::resources::gateway_role::GatewayRole;
use crate::resources::owner::Unconfirmed;
use crate::resources::plan::{FieldChange, ResourceKind};
use crate::resources::policy::{self, TeamScope};
use crate::resources::pool_domain::PoolDomain;
use crate::resources::pool_user::PoolUser;
use crate::resources::resource_server::ResourceServer;
use crate::resources::setup_record::SetupRecord;
use crate::resources::team_parameters::TeamParameters;
use crate::resources::user_pool::UserPool;

/// What a list is made with.
pub(super) struct SetupScope<'a> {
    pub(super) record: &'a SetupRecord,
    pub(super) cloud: &'a Cloud,
    pub(super) http: &'a Http,
    pub(super) account: &'a str,
}

/// What only a set-up decides; a verification and a clean-up take the default.
#[derive(Clone, Debug, Default)]
pub(super) struct SetupChoices {
    /// Go on in the pool and with the role of another project.
    pub(super) adopt: bool,
    /// The command that would do that.
    pub(super) adopting_command: String,
    /// Ids of the pools of the folder's other set-ups.
    pub(super) beside: Vec<String>,
    pub(super) password_given: bool,
}

/// One resource, compared with what was set up.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) resource: &'static str,
    pub(super) name: String,
    /// What is not as it was set up; `None` where there is nothing.
    pub(super) drift: Option<Vec<FieldChange>>,
}

/// Everything that a set-up is about.
pub(super) struct SetupResources<'a> {
    pub(super) pool: Node<UserPool<'a>>,
    domain: Option<Node<PoolDomain<'a>>>,
    server: Option<Node<ResourceServer<'a>>>,
    user_client: Option<Node<AppClient<'a>>>,
    machine_client: Option<Node<AppClient<'a>>>,
    user: Option<Node<PoolUser<'a>>>,
    role: Option<Node<GatewayRole<'a>>>,
    parameters: Option<Node<TeamParameters<'a>>>,
}

impl<'a> SetupResources<'a> {
    pub(super) fn new(scope: &SetupScope<'a>, choices: &SetupChoices) -> Self {
        let SetupScope { record, cloud, http, account } = *scope;
        let setup = record.setup();
        let settings = &setup.settings;
        let (pool, domain) = (Late::after(ResourceKind::UserPool), Late::after(ResourceKind::PoolDomain));
        let (people, machines) = (Late::after(ResourceKind::UserClient), Late::after(ResourceKind::MachineClient));
        let client = |purpose, name: &Option<String>, members, ready: &Late<String>| {
            name.clone().map(|name| {
                Node::new(AppClient { record, pool: pool.clone(), purpose, name, members, ready: ready.clone() })
            })
        };
        let role = settings.gateway_role.clone().map(|name| {
            let provider = settings.provider_name.as_deref().unwrap_or_default();
            let scope = TeamScope { partition: cloud.partition(), region: cloud.region(), account, provider };
            Node::new(GatewayRole {
                record,
                name,
                trust: policy::gateway_trust(&scope),
                permissions: policy::gateway(&scope),
                boundary: settings.permissions_boundary.clone(),
                adopt: choices.adopt,
                adopting_command: choices.adopting_command.clone(),
            })
        });
        let server = settings.resource_server.clone();
        Self {
            domain: server.is_some().then(|| {
                let (pool, ready, prefix) = (pool.clone(), domain.clone(), settings.domain_prefix.clone());
                Node::new(PoolDomain { record, http, pool, prefix, ready })
            }),
            server: server.map(|identifier| {
                let (pool, scopes) = (pool.clone(), settings.scopes.clone());
                Node::new(ResourceServer { record, pool, identifier, scopes })
            }),
            user_client: client(
                ClientPurpose::People,
                &settings.user_client_name,
                app_client::members_for_people(settings),
                &people,
            ),
            machine_client: client(
                ClientPurpose::Machines,
                &settings.machine_client_name,
                app_client::members_for_machines(settings),
                &machines,
            ),
            user: settings.username.clone().map(|username| {
                let (pool, password_given) = (pool.clone(), choices.password_given);
                Node::new(PoolUser { record, pool, username, password_given })
            }),
            role,
            parameters: settings.ssm_prefix.clone().map(|prefix| {
                Node::new(TeamParameters {
                    record,
                    prefix,
                    pool: pool.clone(),
                    domain,
                    user_client: people,
                    machine_client: machines,
                    stored_domain_url: setup.domain.as_deref().map(|domain| cloud.hosted_domain(domain)),
                })
            }),
            pool: Node::new(UserPool {
                record,
                http,
                beside: choices.beside.clone(),
                adopt: choices.adopt,
                adopting_command: choices.adopting_command.clone(),
                ready: pool,
            }),
        }
    }

    pub(super) fn nodes(&mut self) -> Vec<&mut dyn AnyNode> {
        let pool: &mut dyn AnyNode = &mut self.pool;
        let others = [
            any(&mut self.domain),
            any(&mut self.server),
            any(&mut self.user_client),
            any(&mut self.machine_client),
            any(&mut self.user),
            any(&mut self.role),
            any(&mut self.parameters),
        ];
        [Some(pool)].into_iter().chain(others).flatten().collect()
    }

    /// What differs of each resource, whoever it belongs to; each parameter for itself.
    pub(super) fn compare(&mut self) -> Vec<Compared> {
        let parameters = self.parameters.as_ref().map(|node| node.resource.compare(node.observed.as_ref()));
        let each = self.nodes().into_iter().filter(|node| node.kind() != ResourceKind::TeamParameters);
        let each = each.map(|node| Compared { resource: node.kind().as_str(), name: node.name(), drift: node.drift() });
        let of_parameters = parameters.into_iter().flatten();
        each.chain(of_parameters.map(|(name, drift)| Compared { resource: "parameter", name, drift })).collect()
    }

    /// Whether something that is on record is left to the user, because nothing but the record says whose it is.
    pub(super) fn has_untagged(&self) -> bool {
        let each = [
            self.pool.resource.unconfirmed(self.pool.observed.as_ref()),
            self.role.as_ref().and_then(|role| role.resource.unconfirmed(role.observed.as_ref())),
            self.parameters.as_ref().and_then(|node| node.resource.unconfirmed(node.observed.as_ref())),
        ];
        each.contains(&Some(Unconfirmed::Untagged))
    }
}
