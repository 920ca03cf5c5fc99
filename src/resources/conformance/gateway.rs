//! The wants of each kind that is made for a gateway.

use serde_json::{Map, Value, json};

use super::agent::other;
use super::{ACCOUNT, Case, REGION, World, conforms};
use crate::cloud::RoleSpec;
use crate::partition::Partition;
use crate::resources::engine::Late;
use crate::resources::execution_role::RoleReady;
use crate::resources::gateway::{GatewayGoal, GatewayKey, McpGateway};
use crate::resources::gateway_owner::GatewayOwner;
use crate::resources::gateway_policy::{self, GatewayScope};
use crate::resources::gateway_service_role::GatewayServiceRole;
use crate::resources::gateway_target::{GatewayTarget, TargetKey, TargetPolicy};
use crate::resources::plan::ResourceKind;
use crate::resources::setup_record::SetupVerb;
use crate::resources::user_pool::PoolReady;

const NAME: &str = "Conformance";
const URL: &str = "https://idp.example/p/.well-known/openid-configuration";
const ROLE: &str = "conformance-gateway-service";

fn owner() -> GatewayOwner {
    GatewayOwner { project: Some("project-1".to_owned()), gateway: NAME.to_owned() }
}

fn scope() -> GatewayScope<'static> {
    GatewayScope { partition: Partition::of_region(REGION), region: REGION, account: ACCOUNT, gateway: NAME }
}

pub(super) struct ServiceRoles;

impl Case for ServiceRoles {
    type Of<'r> = GatewayServiceRole<'r>;
    type Record = GatewayOwner;
    const PARTS: &'static [&'static str] = &["trust policy"];

    fn record(&self, _world: &World, _verb: SetupVerb, _variant: usize) -> GatewayOwner {
        owner()
    }

    fn wanted<'r>(
        &'r self,
        record: &'r GatewayOwner,
        variant: usize,
        _pool: Late<PoolReady>,
    ) -> GatewayServiceRole<'r> {
        let trust = gateway_policy::trust(&scope());
        GatewayServiceRole {
            owner: record,
            name: "conformance-role".into(),
            trust: if variant == 1 { other(trust) } else { trust },
            ready: Late::after(ResourceKind::GatewayServiceRole),
        }
    }
}

/// With the ARN of a role that was there before.
struct Gateways {
    role_arn: String,
}

impl Gateways {
    fn gateway<'r>(&self, owner: &'r GatewayOwner, goal: GatewayGoal, variant: usize) -> McpGateway<'r> {
        let clients = if variant == 2 { json!(["a", "b"]) } else { json!(["a"]) };
        let mut members = Map::new();
        members.insert("description".into(), json!(if variant == 1 { "second" } else { "first" }));
        members.insert("authorizerType".into(), json!("CUSTOM_JWT"));
        members.insert("protocolType".into(), json!("MCP"));
        members.insert(
            "authorizerConfiguration".into(),
            json!({ "customJWTAuthorizer": { "discoveryUrl": URL, "allowedClients": clients } }),
        );
        let role = Late::after(ResourceKind::GatewayServiceRole);
        role.set(RoleReady::brought(self.role_arn.clone()));
        let (role_arn, key) = (Some(self.role_arn.clone()), GatewayKey::Name(NAME.to_owned()));
        McpGateway { owner, key, goal, members, role_arn, role, waits: true }
    }
}

impl Case for Gateways {
    type Of<'r> = McpGateway<'r>;
    type Record = GatewayOwner;
    const PARTS: &'static [&'static str] = &["description", "authorizer"];

    fn record(&self, _world: &World, _verb: SetupVerb, _variant: usize) -> GatewayOwner {
        owner()
    }

    fn wanted<'r>(&'r self, record: &'r GatewayOwner, variant: usize, _pool: Late<PoolReady>) -> McpGateway<'r> {
        self.gateway(record, GatewayGoal::There, variant)
    }

    fn doomed<'r>(&'r self, record: &'r GatewayOwner, _pool: Late<PoolReady>) -> McpGateway<'r> {
        self.gateway(record, GatewayGoal::Deleted { adopt: false }, 0)
    }
}

/// With a gateway and its role that were there before.
struct Targets {
    gateway: String,
    role_arn: String,
}

impl Case for Targets {
    type Of<'r> = GatewayTarget;
    type Record = ();
    const PARTS: &'static [&'static str] = &["targetConfiguration", "credentialProviderConfigurations", "permissions"];

    fn record(&self, _world: &World, _verb: SetupVerb, _variant: usize) {}

    fn wanted<'r>(&'r self, _record: &'r (), variant: usize, _pool: Late<PoolReady>) -> GatewayTarget {
        let endpoint = if variant == 1 { "https://other.example/mcp" } else { "https://mcp.example/mcp" };
        let credentials = json!([{ "credentialProviderType": "OAUTH", "credentialProvider": {
            "oauthCredentialProvider": { "providerArn": "arn:aws:acps:us-west-2:123456789012:x", "scopes": [] } } }]);
        let mut members = Map::new();
        members.insert("targetConfiguration".into(), json!({ "mcp": { "mcpServer": { "endpoint": endpoint } } }));
        let credentials = if variant == 2 { credentials } else { Value::Null };
        members.insert("credentialProviderConfigurations".into(), credentials);
        let sid = if variant == 3 { "Second" } else { "First" };
        let statement = json!({ "Sid": sid, "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"] });
        GatewayTarget {
            gateway: self.gateway.clone(),
            key: TargetKey::Name("docs".into()),
            members,
            policy: Some(TargetPolicy {
                role: ROLE.to_owned(),
                role_arn: self.role_arn.clone(),
                name: "conformance-target".to_owned(),
                document: Some(json!({ "Version": "2012-10-17", "Statement": [statement] })),
            }),
            waits: true,
        }
    }
}

async fn role(world: &World) -> String {
    let tags = owner().tags();
    let trust = gateway_policy::trust(&scope());
    let spec = RoleSpec { name: ROLE, trust: &trust, description: "d", tags: &tags, permissions_boundary: None };
    world.cloud.create_role(&spec).await.unwrap().arn
}

pub(super) async fn gateways(world: &World) {
    conforms(world, &Gateways { role_arn: role(world).await }).await;
}

pub(super) async fn targets(world: &World) {
    let gateways = Gateways { role_arn: role(world).await };
    world.apply(&gateways, 0).await.unwrap();
    let all = world.cloud.gateways().await.unwrap();
    let gateway = all[0]["gatewayId"].as_str().unwrap().to_owned();
    conforms(world, &Targets { gateway, role_arn: gateways.role_arn }).await;
    let left = world.cloud.role_policy(ROLE, "conformance-target").await.unwrap();
    assert_eq!(left, None, "the role keeps nothing of a target that is gone");
}
