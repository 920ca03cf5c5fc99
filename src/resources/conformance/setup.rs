//! The wants of each kind that is made for a set-up of Amazon Cognito.

use std::path::Path;

use serde_json::json;

use super::agent::other;
use super::{ACCOUNT, Case, REGION, World, conforms};
use crate::config::{CognitoSetup, SetupFlow, SetupSettings};
use crate::env::Env;
use crate::http::Http;
use crate::partition::Partition;
use crate::redact::ExposeSecret;
use crate::resources::app_client::{self, AppClient, ClientPurpose};
use crate::resources::engine::{Late, Resource};
use crate::resources::gateway_role::GatewayRole;
use crate::resources::plan::ResourceKind;
use crate::resources::policy::{self, TeamScope};
use crate::resources::pool_domain::{DomainReady, PoolDomain};
use crate::resources::pool_user::PoolUser;
use crate::resources::resource_server::ResourceServer;
use crate::resources::setup_record::{SetupRecord, SetupVerb};
use crate::resources::team_parameters::TeamParameters;
use crate::resources::user_pool::{PoolReady, UserPool};

/// The wants of one kind that is made for a set-up.
pub(super) trait SetupCase: Sync {
    type Of<'r>: Resource;
    const PARTS: &'static [&'static str];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> Self::Of<'r>;
}

/// A kind with the pool that it is in, which was there before.
pub(super) struct InSetup<K> {
    pub(super) pool_id: Option<String>,
    pub(super) kind: std::marker::PhantomData<K>,
}

impl<K: SetupCase> Case for InSetup<K> {
    type Of<'r>
        = K::Of<'r>
    where
        Self: 'r;
    type Record = SetupRecord;
    const PARTS: &'static [&'static str] = K::PARTS;

    fn record(&self, world: &World, verb: SetupVerb, variant: usize) -> SetupRecord {
        SetupRecord::new(world.dir.path(), setup_of(world, self.pool_id.as_deref(), variant), verb)
    }

    fn pool<'r>(&'r self, world: &'r World, record: &'r SetupRecord) -> Option<UserPool<'r>> {
        self.pool_id.is_some().then(|| user_pool(record, &world.http, Late::after(ResourceKind::UserPool)))
    }

    fn wanted<'r>(&'r self, record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> Self::Of<'r> {
        K::wanted(record, variant, pool)
    }
}

pub(super) fn user_pool<'r>(record: &'r SetupRecord, http: &'r Http, ready: Late<PoolReady>) -> UserPool<'r> {
    UserPool { record, http, beside: Vec::new(), adopt: false, adopting_command: String::new(), ready }
}

/// A client of its own, because a resource of a set-up asks the discovery document too.
pub(super) static HTTP: std::sync::LazyLock<Http> =
    std::sync::LazyLock::new(|| Http::new(&Env::fake(Path::new("/nowhere"), &[])));

pub(super) struct UserPools;

impl SetupCase for UserPools {
    type Of<'r> = UserPool<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> UserPool<'r> {
        user_pool(record, &HTTP, pool)
    }
}

pub(super) struct PoolDomains;

impl SetupCase for PoolDomains {
    type Of<'r> = PoolDomain<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> PoolDomain<'r> {
        PoolDomain { record, http: &HTTP, pool, prefix: None, ready: Late::after(ResourceKind::PoolDomain) }
    }
}

pub(super) struct ResourceServers;

impl SetupCase for ResourceServers {
    type Of<'r> = ResourceServer<'r>;
    const PARTS: &'static [&'static str] = &["scopes"];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> ResourceServer<'r> {
        let scopes = if variant == 1 { vec!["read".into(), "write".into()] } else { vec!["read".into()] };
        ResourceServer { record, pool, identifier: "orders".into(), scopes }
    }
}

pub(super) struct UserClients;

impl SetupCase for UserClients {
    type Of<'r> = AppClient<'r>;
    const PARTS: &'static [&'static str] = &["AccessTokenValidity", "CallbackURLs"];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> AppClient<'r> {
        let urls = vec![if variant == 2 { "https://other.example/cb" } else { "https://app.example/cb" }.into()];
        let settings = SetupSettings { callback_urls: urls, ..record.setup().settings };
        let mut members = app_client::members_for_people(&settings);
        if variant == 1 {
            members.insert("AccessTokenValidity".into(), json!(30));
        }
        let (purpose, ready) = (ClientPurpose::People, Late::after(ResourceKind::UserClient));
        AppClient { record, pool, purpose, name: "web".into(), members, ready }
    }
}

pub(super) struct MachineClients;

impl SetupCase for MachineClients {
    type Of<'r> = AppClient<'r>;
    const PARTS: &'static [&'static str] = &["IdTokenValidity"];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> AppClient<'r> {
        let mut members = app_client::members_for_machines(&record.setup().settings);
        // Its scope would have to be there.
        members.insert("AllowedOAuthScopes".into(), json!(["openid"]));
        members.insert("AllowedOAuthFlows".into(), json!(["code"]));
        if variant == 1 {
            members.insert("IdTokenValidity".into(), json!(30));
        }
        let (purpose, ready) = (ClientPurpose::Machines, Late::after(ResourceKind::MachineClient));
        AppClient { record, pool, purpose, name: "machine".into(), members, ready }
    }
}

pub(super) struct WebClients;

impl SetupCase for WebClients {
    type Of<'r> = AppClient<'r>;
    const PARTS: &'static [&'static str] = &["AccessTokenValidity", "CallbackURLs"];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> AppClient<'r> {
        let urls = vec![if variant == 2 { "https://other.example/cb" } else { "https://app.example/cb" }.into()];
        let settings = SetupSettings { callback_urls: urls, ..record.setup().settings };
        let mut members = app_client::members_for_web(&settings);
        if variant == 1 {
            members.insert("AccessTokenValidity".into(), json!(30));
        }
        let (purpose, ready) = (ClientPurpose::Web, Late::after(ResourceKind::WebClient));
        AppClient { record, pool, purpose, name: "web".into(), members, ready }
    }
}

pub(super) struct PoolUsers;

impl SetupCase for PoolUsers {
    type Of<'r> = PoolUser<'r>;
    const PARTS: &'static [&'static str] = &["password"];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> PoolUser<'r> {
        PoolUser { record, pool, username: "alice".into(), password_given: true }
    }
}

pub(super) struct GatewayRoles;

impl SetupCase for GatewayRoles {
    type Of<'r> = GatewayRole<'r>;
    const PARTS: &'static [&'static str] = &["trust policy", "permissions", "permissions boundary"];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, _pool: Late<PoolReady>) -> GatewayRole<'r> {
        let scope = TeamScope {
            partition: Partition::of_region(REGION),
            region: REGION,
            account: ACCOUNT,
            provider: "provider",
        };
        let (trust, permissions) = (policy::gateway_trust(&scope), policy::gateway(&scope));
        let boundary = if variant == 3 { "Other" } else { "Own" };
        GatewayRole {
            record,
            name: "conformance-gateway".into(),
            trust: if variant == 1 { other(trust) } else { trust },
            permissions: if variant == 2 { other(permissions) } else { permissions },
            boundary: Some(format!("arn:aws:iam::{ACCOUNT}:policy/{boundary}")),
            adopt: false,
            adopting_command: String::new(),
        }
    }
}

pub(super) struct Parameters;

impl SetupCase for Parameters {
    type Of<'r> = TeamParameters<'r>;
    const PARTS: &'static [&'static str] = &["/app/t/agentcore/cognito_provider"];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> TeamParameters<'r> {
        let late = |kind, value: &str| {
            let late = Late::after(kind);
            late.set(value.to_owned());
            late
        };
        let domain = Late::after(ResourceKind::PoolDomain);
        domain.set(DomainReady {
            base: "https://d".into(),
            token_endpoint: "https://d/oauth2/token".into(),
            authorization_endpoint: "https://d/oauth2/authorize".into(),
        });
        TeamParameters {
            record,
            prefix: "/app/t/agentcore".into(),
            pool,
            domain,
            user_client: late(ResourceKind::UserClient, "web"),
            machine_client: late(ResourceKind::MachineClient, "machine"),
            stored_domain_url: None,
        }
    }
}

/// In a pool that was there before.
pub(super) async fn in_pool<K: SetupCase>(world: &World) {
    let pool_id = world.cloud.create_user_pool("conformance", &[]).await.unwrap();
    conforms(world, &InSetup::<K> { pool_id: Some(pool_id), kind: std::marker::PhantomData }).await;
}

pub(super) fn setup_of(world: &World, pool_id: Option<&str>, variant: usize) -> CognitoSetup {
    let settings = SetupSettings {
        team: Some("t".into()),
        pool_name: "conformance".into(),
        user_client_name: Some("web".into()),
        machine_client_name: Some("machine".into()),
        username: Some("alice".into()),
        token_minutes: 60,
        resource_server: Some("orders".into()),
        scopes: vec!["read".into()],
        gateway_role: Some("conformance-gateway".into()),
        ssm_prefix: Some("/app/t/agentcore".into()),
        provider_name: Some(if variant == 1 { "other" } else { "provider" }.into()),
        ..SetupSettings::default()
    };
    let mut setup = CognitoSetup::load(world.dir.path(), SetupFlow::Team)
        .unwrap()
        .unwrap_or_else(|| CognitoSetup::new(SetupFlow::Team, ACCOUNT, REGION, settings.clone()));
    setup.settings = settings;
    setup.project = Some("project-1".into());
    if setup.pool_id.is_none() {
        setup.pool_id = pool_id.map(str::to_owned);
    }
    let password = if variant == 1 { "Other-password-1" } else { "First-password-1" };
    if setup.password.as_ref().is_none_or(|old| old.expose_secret() != password) {
        setup.password = Some(password.to_owned().into());
        setup.password_set = false;
    }
    setup
}
