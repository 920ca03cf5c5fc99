//! The wants of each kind that is made for an agent.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::{ACCOUNT, AgentCase, BUCKET, REGION, World, conforms};
use crate::artifact::{self, ArtifactRequest, Builder, BuiltArtifact, Tools};
use crate::cache::Cache;
use crate::cloud::{ObjectUpload, ProviderKind};
use crate::config::{Agent, MemoryMode, WireSetting, naming};
use crate::digest::Digest;
use crate::partition::Partition;
use crate::resources::archive::{Archive, ArchiveFile, Archives};
use crate::resources::bucket::{Bucket, Purpose};
use crate::resources::build_project::{BuildRole, RoleChoice};
use crate::resources::credential_provider::{CredentialProvider, ProviderGoal};
use crate::resources::engine::Late;
use crate::resources::execution_role::{ExecutionRole, RoleReady};
use crate::resources::identity_record;
use crate::resources::image::{Image, Place};
use crate::resources::memory::Memory;
use crate::resources::plan::ResourceKind;
use crate::resources::policy::{self, BuildScope, PolicyScope};
use crate::resources::provider_body::{self, ProviderRequest, ProviderSecret};
use crate::resources::provider_vendor::{ClientSettings, ProviderType};
use crate::resources::record::AgentRecord;
use crate::resources::repository::Repository;
use crate::resources::resource_policy::ResourcePolicy;
use crate::resources::runtime::{CodeArchive, Runtime, RuntimeArtifact, RuntimeSpec, Seen};
use crate::resources::runtime_endpoint::{EndpointGoal, RuntimeAddress, RuntimeEndpoint};
use crate::resources::workload_identity::{NewWorkload, ReturnUrls, WorkloadGoal, WorkloadIdentity};

pub(super) fn scope() -> PolicyScope<'static> {
    PolicyScope {
        partition: Partition::of_region(REGION),
        region: REGION,
        account: ACCOUNT,
        agent: "a",
        repository: "bedrock-agentcore-a",
        repository_account: ACCOUNT,
        repository_region: REGION,
    }
}

/// A document that differs from every one of the policies.
pub(super) fn other(mut document: Value) -> Value {
    document["Statement"][0]["Sid"] = json!("Other");
    document
}

pub(super) struct Repositories;

impl AgentCase for Repositories {
    type Of<'r> = Repository<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Repository<'r> {
        let name = naming::repository("a");
        Repository {
            uri: format!("{}/{name}", Partition::of_region(REGION).ecr_host(ACCOUNT, REGION)),
            name,
            ..Repository::on_record(record, (ACCOUNT, REGION), true)
        }
    }
}

pub(super) struct Buckets {
    pub(super) place: Archives,
}

impl AgentCase for Buckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        let purpose = Purpose::Archives { place: &self.place, older: false };
        bucket(record, self.place.bucket.clone(), purpose)
    }
}

pub(super) struct SourceBuckets;

impl AgentCase for SourceBuckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        bucket(record, naming::source_bucket(ACCOUNT, REGION), Purpose::Sources)
    }
}

pub(super) fn bucket<'r>(record: &'r AgentRecord, name: String, purpose: Purpose<'r>) -> Bucket<'r> {
    let (account, region) = (ACCOUNT.to_owned(), REGION.to_owned());
    Bucket { record, purpose, name, account, region, is_managed: true, lenient: false }
}

pub(super) struct ExecutionRoles;

impl AgentCase for ExecutionRoles {
    type Of<'r> = ExecutionRole<'r>;
    const PARTS: &'static [&'static str] =
        &["trust policy", "permissions", "permissions for outbound identity", "permissions boundary"];

    fn configure(&self, agent: &mut Agent, variant: usize) {
        // One that is set stays until it is another.
        let boundary = if variant == 4 { "Other" } else { "Own" };
        agent.own.permissions_boundary = Some(format!("arn:aws:iam::{ACCOUNT}:policy/{boundary}"));
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> ExecutionRole<'r> {
        let scope = scope();
        let (trust, permissions) = (policy::trust(&scope), policy::execution(&scope));
        let identity = Late::after(ResourceKind::ExecutionRole);
        identity.set((variant == 3).then(|| policy::code(&scope)));
        ExecutionRole {
            record,
            name: naming::execution_role(REGION, "a"),
            is_managed: true,
            arn: None,
            trust: if variant == 1 { other(trust) } else { trust },
            permissions: if variant == 2 { other(permissions) } else { permissions },
            mounts: None,
            memory: None,
            identity_permissions: identity,
            has_identity: true,
            ready: Late::after(ResourceKind::ExecutionRole),
            only_identity: false,
        }
    }
}

pub(super) struct Memories;

impl AgentCase for Memories {
    type Of<'r> = Memory<'r>;
    // The strategies come last: what is there once stays.
    const PARTS: &'static [&'static str] = &["eventExpiryDuration", "strategies"];

    fn configure(&self, agent: &mut Agent, variant: usize) {
        agent.memory.mode = if variant == 2 { MemoryMode::ShortAndLongTerm } else { MemoryMode::ShortTerm };
        agent.memory.event_expiry_days = if variant == 1 { 90 } else { 30 };
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Memory<'r> {
        Memory::wanted(record, Late::after(ResourceKind::Memory), |id| scope().memory_arn(id))
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> Memory<'r> {
        Memory::on_record(record, true).remove(0)
    }
}

pub(super) struct BuildRoles;

impl AgentCase for BuildRoles {
    type Of<'r> = BuildRole<'r>;
    const PARTS: &'static [&'static str] = &["trust policy", "permissions"];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> BuildRole<'r> {
        let build = BuildScope { project: "p", bucket: "b", prefix: "a/" };
        let (trust, permissions) = (policy::build_trust(&scope(), &build), policy::build_permissions(&scope(), &build));
        BuildRole {
            record,
            choice: RoleChoice::Managed(naming::build_role(REGION, "a")),
            trust: if variant == 1 { other(trust) } else { trust },
            permissions: if variant == 2 { other(permissions) } else { permissions },
            ready: Late::after(ResourceKind::BuildRole),
            lenient: false,
        }
    }
}

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

pub(super) struct ArchivesOf<'a> {
    pub(super) place: &'a Archives,
    pub(super) file: ArchiveFile<'a>,
}

impl AgentCase for ArchivesOf<'_> {
    type Of<'r>
        = Archive<'r>
    where
        Self: 'r;
    const PARTS: &'static [&'static str] = &[];
    const DELETES: bool = false;

    fn wanted<'r>(&'r self, _record: &'r AgentRecord, _variant: usize) -> Archive<'r> {
        Archive {
            place: self.place,
            archive: code("a/project-1/0123456789abcdef/deployment.zip"),
            is_known: false,
            found: None,
            file: Some(self.file),
            ready: Late::after(ResourceKind::Archive),
        }
    }
}

pub(super) fn code(key: &str) -> CodeArchive {
    CodeArchive {
        bucket: BUCKET.to_owned(),
        key: key.to_owned(),
        version_id: None,
        runtime: "PYTHON_3_13".to_owned(),
        entry_point: vec!["agent.py".to_owned()],
    }
}

pub(super) struct Images<'a> {
    pub(super) built: &'a BuiltArtifact,
    pub(super) tools: Tools<'a>,
    pub(super) uri: String,
    pub(super) repository: String,
}

impl AgentCase for Images<'_> {
    type Of<'r>
        = Image<'r>
    where
        Self: 'r;
    const PARTS: &'static [&'static str] = &[];
    const DELETES: bool = false;

    fn wanted<'r>(&'r self, _record: &'r AgentRecord, _variant: usize) -> Image<'r> {
        let reference = format!("{}@{}", self.uri, self.built.digest.as_deref().unwrap());
        Image {
            built: self.built,
            tools: self.tools.clone(),
            repository: &self.repository,
            uri: &self.uri,
            place: Place::There,
            tag: "v1",
            tags_again: true,
            source_tag: None,
            live: Some(reference),
            login: None,
            remote: None,
            build_id: OnceLock::new(),
            ready: Late::after(ResourceKind::Image),
        }
    }
}

pub(super) struct Providers {
    pub(super) request: ProviderRequest,
    pub(super) kind: ProviderKind,
}

impl AgentCase for Providers {
    type Of<'r> = CredentialProvider<'r>;
    // An update cannot be told from what is there: no answer holds the secret.
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> CredentialProvider<'r> {
        let goal = ProviderGoal::There((self.request.kind.unwrap(), &self.request));
        CredentialProvider { record: Some(record), kind: self.kind, name: "p".into(), goal }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> CredentialProvider<'r> {
        CredentialProvider { goal: ProviderGoal::Cleaned, ..AgentCase::wanted(self, record, 0) }
    }
}

pub(super) struct Workloads {
    pub(super) changed: ReturnUrls,
    pub(super) first: ReturnUrls,
}

impl AgentCase for Workloads {
    type Of<'r> = WorkloadIdentity<'r>;
    const PARTS: &'static [&'static str] = &["returnUrls"];

    fn configure(&self, agent: &mut Agent, _variant: usize) {
        agent.aws.region = Some(REGION.to_owned());
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> WorkloadIdentity<'r> {
        let is_made = identity_record::workloads(record.agent().created()).next().is_some();
        let goal = match (variant, is_made) {
            (1, _) => WorkloadGoal::Changed { change: &self.changed, adopt: false },
            (_, true) => WorkloadGoal::Changed { change: &self.first, adopt: false },
            _ => WorkloadGoal::There(NewWorkload { return_urls: &[], tags: &[] }),
        };
        WorkloadIdentity { record: Some(record), name: "workload".into(), goal }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> WorkloadIdentity<'r> {
        WorkloadIdentity { record: Some(record), name: "workload".into(), goal: WorkloadGoal::Cleaned }
    }
}

pub(super) async fn providers(world: &World) {
    for kind in ["api-key", "github"] {
        let asked = ProviderType::parse(kind).unwrap();
        let client_id = (kind == "github").then(|| "c".to_owned());
        let request = ProviderRequest {
            name: "p".into(),
            kind: Some(asked),
            client: ClientSettings { client_id, ..ClientSettings::default() },
            secret: Some(ProviderSecret::Value("s".to_owned().into())),
            tags: Vec::new(),
            cognito_pool: None,
            adopt: false,
        };
        conforms(world, &Providers { request, kind: provider_body::kind_of(asked) }).await;
    }
}

pub(super) fn zip(dir: &Path) -> (PathBuf, u64, Digest) {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("agent.py", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, b"print(1)\n").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let path = dir.join("deployment.zip");
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes.len() as u64, Digest::of_bytes(&bytes))
}

pub(super) async fn make_bucket(world: &World) {
    let tags = naming::shared_tags();
    world.cloud.create_bucket(&crate::resources::sources::spec(BUCKET, ACCOUNT, &tags)).await.unwrap();
}

pub(super) async fn archive(world: &World) {
    make_bucket(world).await;
    let agent = world.record(|_| {}).agent().clone();
    let place = Archives::from_setting(&agent, BUCKET.to_owned(), ACCOUNT).unwrap();
    let (path, size, sha256) = zip(world.dir.path());
    conforms(world, &ArchivesOf { place: &place, file: ArchiveFile { path: &path, size, sha256 } }).await;
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

pub(super) async fn image(world: &World) {
    std::fs::write(world.dir.path().join("agent.py"), "print(1)\n").unwrap();
    std::fs::write(world.dir.path().join("requirements.txt"), "").unwrap();
    let cache = Cache::from_env(&world.env).unwrap();
    let tools = Tools { env: &world.env, http: &world.http, cache: &cache, events: &world.events };
    let request = ArtifactRequest {
        given: None,
        builder: Builder::Native,
        base_image: Some("scratch".to_owned()),
        platform: Some("linux/arm64".to_owned()),
        image_tag: "v1".to_owned(),
        image_tag_given: false,
        rebuild_dependencies: false,
        remote: false,
        included: Vec::new(),
        writes: Vec::new(),
        resolved: None,
        skip_checks: true,
    };
    let record = world.record(|agent| agent.aws.observability.enabled = false);
    let prepared = artifact::prepare(world.dir.path(), record.agent(), &request, &tools).await.unwrap();
    let built = prepared.build(false, &tools).await.unwrap();
    world.apply(&Repositories, 0).await.unwrap();
    let repository = naming::repository("a");
    let uri = format!("{}/{repository}", Partition::of_region(REGION).ecr_host(ACCOUNT, REGION));
    conforms(world, &Images { built: &built, tools, uri, repository }).await;
}
