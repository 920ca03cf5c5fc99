//! The wants of a runtime, its endpoints and its resource policies.

use serde_json::json;

use super::agent::{ExecutionRoles, code, make_bucket, zip};
use super::{AgentCase, BUCKET, REGION, World, conforms};
use crate::cloud::ObjectUpload;
use crate::config::{Agent, WireSetting, naming};
use crate::resources::engine::Late;
use crate::resources::execution_role::RoleReady;
use crate::resources::plan::ResourceKind;
use crate::resources::record::AgentRecord;
use crate::resources::resource_policy::ResourcePolicy;
use crate::resources::runtime::{CodeArchive, Runtime, RuntimeArtifact, RuntimeSpec, Seen};
use crate::resources::runtime_endpoint::{EndpointGoal, RuntimeAddress, RuntimeEndpoint};

/// What a runtime needs to be made at all.
pub(super) struct Runtimes {
    pub(super) role_arn: String,
    pub(super) archive: CodeArchive,
}

impl AgentCase for Runtimes {
    type Of<'r> = Runtime<'r>;
    const PARTS: &'static [&'static str] = &[
        "environment.ADDED",
        "authorizer",
        "lifecycle.idleRuntimeSessionTimeout",
        "requestHeaders.requestHeaderAllowlist",
        "protocol.serverProtocol",
        "code.runtime",
        "description",
        "fileSystems",
    ];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> Runtime<'r> {
        let (role, artifact) = (Late::after(ResourceKind::ExecutionRole), Late::after(ResourceKind::Archive));
        role.set(RoleReady::brought(self.role_arn.clone()));
        let mut archive = self.archive.clone();
        if variant == 6 {
            archive.runtime = "PYTHON_3_12".to_owned();
        }
        let archive = RuntimeArtifact::Code(archive);
        artifact.set(archive.clone());
        let authorizer = json!({
            "discoveryUrl": "https://issuer.example/.well-known/openid-configuration", "allowedClients": ["c"],
        });
        let setting = |path, value| WireSetting { path, value };
        let settings = vec![
            setting("description", (variant == 7).then(|| json!("d"))),
            setting(
                "filesystemConfigurations",
                (variant == 8).then(|| json!([{ "sessionStorage": { "mountPath": "/mnt/a" } }])),
            ),
        ];
        let custom = |name: &str| format!("X-Amzn-Bedrock-AgentCore-Runtime-Custom-{name}");
        let mut headers = vec![custom("A")];
        headers.extend((variant == 4).then(|| custom("B")));
        let spec = RuntimeSpec {
            artifact: archive,
            network: json!({ "networkMode": "PUBLIC" }),
            protocol: if variant == 5 { "MCP" } else { "HTTP" }.to_owned(),
            environment: if variant == 1 { vec![("ADDED".to_owned(), "1".to_owned())] } else { Vec::new() },
            removed_variables: if variant == 1 { Vec::new() } else { vec!["ADDED".to_owned()] },
            authorizer: (variant == 2).then_some(authorizer),
            idle_timeout: Some(if variant == 3 { 600 } else { 900 }),
            request_headers: Some(headers),
            settings,
            ..RuntimeSpec::named("a")
        };
        Runtime {
            record,
            spec,
            variables: Vec::new(),
            role,
            artifact,
            restored: None,
            maker: Late::after(ResourceKind::Runtime),
            arn: Late::after(ResourceKind::Runtime),
            memory: None,
            adopt: false,
            allow_auth_change: true,
            command: String::new(),
            waits: true,
            by_id: false,
            seen: Seen::default(),
        }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> Runtime<'r> {
        Runtime::on_record(record)
    }
}

/// Policies of a runtime that is there already.
pub(super) struct Policies {
    pub(super) runtime: String,
}

impl AgentCase for Policies {
    type Of<'r> = ResourcePolicy<'r>;
    const PARTS: &'static [&'static str] = &["callers"];

    fn configure(&self, agent: &mut Agent, variant: usize) {
        let callers = if variant == 1 { vec!["210987654321"] } else { vec!["210987654321", "111122223333"] };
        agent.own.allow_callers = callers.into_iter().map(str::to_owned).collect();
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> ResourcePolicy<'r> {
        let policy = ResourcePolicy { goes: false, waits: true, ..ResourcePolicy::on_record(record) };
        policy.runtime.set(self.runtime.clone());
        policy
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> ResourcePolicy<'r> {
        let policy = ResourcePolicy::on_record(record);
        policy.runtime.set(self.runtime.clone());
        policy
    }
}

/// Of a runtime that is made before, and stays.
pub(super) async fn policies(world: &World) {
    let case = runtimes(world).await;
    world.apply(&case, 0).await.unwrap();
    world.forget_record();
    let id = world.cloud.find_runtime("a").await.unwrap().unwrap();
    let runtime = world.cloud.runtime(&id).await.unwrap().unwrap().arn().to_owned();
    conforms(world, &Policies { runtime }).await;
}

pub(super) async fn runtime(world: &World) {
    let case = runtimes(world).await;
    conforms(world, &case).await;
}

async fn runtimes(world: &World) -> Runtimes {
    make_bucket(world).await;
    let (path, size, sha256) = zip(world.dir.path());
    let archive = code("runtime/deployment.zip");
    let upload = ObjectUpload {
        bucket: BUCKET,
        key: &archive.key,
        owner: None,
        file: &path,
        size,
        sha256,
        content_type: "application/zip",
        progress: &|_| {},
    };
    world.cloud.put_object(&upload).await.unwrap();
    world.apply(&ExecutionRoles, 0).await.unwrap();
    world.forget_record();
    let role = world.cloud.role(&naming::execution_role(REGION, "a")).await.unwrap().unwrap();
    Runtimes { role_arn: role.arn, archive }
}

/// Of a runtime that has two versions.
pub(super) struct Endpoints {
    pub(super) runtime: RuntimeAddress,
}

impl AgentCase for Endpoints {
    type Of<'r> = RuntimeEndpoint<'r>;
    const PARTS: &'static [&'static str] = &["version", "description"];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> RuntimeEndpoint<'r> {
        let (runtime, version) = (Late::after(ResourceKind::Runtime), Late::after(ResourceKind::Runtime));
        runtime.set(self.runtime.clone());
        version.set(if variant == 1 { "2" } else { "1" }.to_owned());
        let description = Some(if variant == 2 { "second" } else { "first" }.to_owned());
        RuntimeEndpoint {
            record,
            runtime,
            name: "staging".to_owned(),
            goal: EndpointGoal::Serves { version, description },
            adopt: false,
            waits: true,
            command: String::new(),
            own_tags: Vec::new(),
        }
    }
}

pub(super) async fn endpoint(world: &World) {
    let case = runtimes(world).await;
    world.apply(&case, 0).await.unwrap();
    world.apply(&case, 1).await.unwrap();
    let id = world.cloud.find_runtime("a").await.unwrap().unwrap();
    let arn = world.cloud.runtime(&id).await.unwrap().unwrap().arn().to_owned();
    world.forget_record();
    conforms(world, &Endpoints { runtime: RuntimeAddress { id, arn } }).await;
}
