//! The resources of a set-up of Amazon Cognito, each with what is wanted of it, in the order in which reports show them.

use crate::cloud::Cloud;
use crate::config::{SetupPool, SetupSettings};
use crate::http::Http;
use crate::resources::app_client::{self, AppClient, ClientPurpose};
use crate::resources::engine::{AnyNode, Late, Node, if_present};
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
    /// One for each pool, the callers' first.
    pub(super) records: &'a [SetupRecord],
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
    pub(super) pool: SetupPool,
    pub(super) resource: &'static str,
    pub(super) name: String,
    /// What is not as it was set up; `None` where there is nothing.
    pub(super) drift: Option<Vec<FieldChange>>,
}

/// Everything that a set-up is about.
pub(super) struct SetupResources<'a> {
    /// The callers' first.
    pub(super) pools: Vec<PoolResources<'a>>,
}

/// A pool with what is in it, and what goes with it.
pub(super) struct PoolResources<'a> {
    which: SetupPool,
    pool: Node<UserPool<'a>>,
    domain: Option<Node<PoolDomain<'a>>>,
    server: Option<Node<ResourceServer<'a>>>,
    user_client: Option<Node<AppClient<'a>>>,
    machine_client: Option<Node<AppClient<'a>>>,
    web_client: Option<Node<AppClient<'a>>>,
    user: Option<Node<PoolUser<'a>>>,
    role: Option<Node<GatewayRole<'a>>>,
    parameters: Option<Node<TeamParameters<'a>>>,
}

impl<'a> SetupResources<'a> {
    pub(super) fn new(scope: &SetupScope<'a>, choices: &SetupChoices) -> Self {
        Self { pools: scope.records.iter().map(|record| PoolResources::new(record, scope, choices)).collect() }
    }

    /// Those of both pools, to be worked on side by side: what needs a pool waits for both of them.
    pub(super) fn nodes(&mut self) -> Vec<&mut dyn AnyNode> {
        self.pools.iter_mut().flat_map(PoolResources::nodes).collect()
    }

    /// Which pool each of [`Self::nodes`] belongs to.
    pub(super) fn pool_of_nodes(&mut self) -> Vec<SetupPool> {
        let each = self.pools.iter_mut().map(|pool| (pool.which, pool.nodes().len()));
        each.flat_map(|(which, count)| std::iter::repeat_n(which, count)).collect()
    }

    /// What differs of each resource, whoever it belongs to; each parameter for itself.
    pub(super) fn compare(&mut self) -> Vec<Compared> {
        self.pools.iter_mut().flat_map(PoolResources::compare).collect()
    }

    /// Whether something that is on record is left to the user, because nothing but the record says whose it is.
    pub(super) fn has_untagged(&self) -> bool {
        self.pools.iter().any(PoolResources::has_untagged)
    }
}

impl<'a> PoolResources<'a> {
    fn new(record: &'a SetupRecord, scope: &SetupScope<'a>, choices: &SetupChoices) -> Self {
        let SetupScope { cloud, http, .. } = *scope;
        let (setup, which) = (record.setup(), record.pool());
        let settings = &setup.settings;
        let (pool, domain) = (Late::after(ResourceKind::UserPool), Late::after(ResourceKind::PoolDomain));
        let (people, machines) = (Late::after(ResourceKind::UserClient), Late::after(ResourceKind::MachineClient));
        let client = |purpose, name: &Option<String>, ready: &Late<String>| {
            name.clone().map(|name| {
                let members = match purpose {
                    ClientPurpose::People => app_client::members_for_people(settings),
                    ClientPurpose::Machines => app_client::members_for_machines(settings),
                    ClientPurpose::Web => app_client::members_for_web(settings),
                };
                Node::new(AppClient { record, pool: pool.clone(), purpose, name, members, ready: ready.clone() })
            })
        };
        Self {
            which,
            domain: settings.wants_domain().then(|| {
                let (pool, ready, prefix) = (pool.clone(), domain.clone(), settings.domain_prefix.clone());
                Node::new(PoolDomain { record, http, pool, prefix, ready })
            }),
            server: settings.resource_server.clone().map(|identifier| {
                let (pool, scopes) = (pool.clone(), settings.scopes.clone());
                Node::new(ResourceServer { record, pool, identifier, scopes })
            }),
            user_client: client(ClientPurpose::People, &settings.user_client_name, &people),
            machine_client: client(ClientPurpose::Machines, &settings.machine_client_name, &machines),
            web_client: client(ClientPurpose::Web, &settings.web_client_name, &Late::after(ResourceKind::WebClient)),
            user: settings.username.clone().map(|username| {
                // The identity pool's user has a password of its own.
                let password_given = choices.password_given && which == SetupPool::Runtime;
                let pool = pool.clone();
                Node::new(PoolUser { record, pool, username, password_given })
            }),
            role: gateway_role(record, settings, (scope, choices)),
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
            if_present(&mut self.domain),
            if_present(&mut self.server),
            if_present(&mut self.user_client),
            if_present(&mut self.machine_client),
            if_present(&mut self.web_client),
            if_present(&mut self.user),
            if_present(&mut self.role),
            if_present(&mut self.parameters),
        ];
        [Some(pool)].into_iter().chain(others).flatten().collect()
    }

    fn compare(&mut self) -> Vec<Compared> {
        let pool = self.which;
        let parameters = self.parameters.as_ref().map(|node| node.resource.compare(node.observed.as_ref()));
        let each = self.nodes().into_iter().filter(|node| node.kind() != ResourceKind::TeamParameters);
        let each =
            each.map(|node| Compared { pool, resource: node.kind().as_str(), name: node.name(), drift: node.drift() });
        let of_parameters = parameters.into_iter().flatten();
        let of_parameters = of_parameters.map(|(name, drift)| Compared { pool, resource: "parameter", name, drift });
        each.chain(of_parameters).collect()
    }

    fn has_untagged(&self) -> bool {
        let each = [
            self.pool.resource.unconfirmed(self.pool.observed.as_ref()),
            self.role.as_ref().and_then(|role| role.resource.unconfirmed(role.observed.as_ref())),
            self.parameters.as_ref().and_then(|node| node.resource.unconfirmed(node.observed.as_ref())),
        ];
        each.contains(&Some(Unconfirmed::Untagged))
    }
}

/// The role of a team's gateways.
fn gateway_role<'a>(
    record: &'a SetupRecord,
    settings: &SetupSettings,
    (scope, choices): (&SetupScope<'a>, &SetupChoices),
) -> Option<Node<GatewayRole<'a>>> {
    let SetupScope { cloud, account, .. } = *scope;
    let name = settings.gateway_role.clone()?;
    let provider = settings.provider_name.as_deref().unwrap_or_default();
    let scope = TeamScope { partition: cloud.partition(), region: cloud.region(), account, provider };
    Some(Node::new(GatewayRole {
        record,
        name,
        trust: policy::gateway_trust(&scope),
        permissions: policy::gateway(&scope),
        boundary: settings.permissions_boundary.clone(),
        adopt: choices.adopt,
        adopting_command: choices.adopting_command.clone(),
    }))
}
