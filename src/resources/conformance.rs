//! Every kind of resource against the sandbox: made, seen as it was made, changed in each of its parts, deleted; and the same
//! with the process killed after each request.
//!
//! A kind is in [`every_kind`], whose match knows all of them: a new one does not compile without its case.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::archive::{Archive, ArchiveFile, Archives};
use super::bucket::{Bucket, Purpose};
use super::build_project::{BuildRole, RoleChoice};
use super::engine::{self, Context, Late, Node, Resource, Ways};
use super::execution_role::{ExecutionRole, RoleReady};
use super::image::{Image, Place};
use super::patience::Patience;
use super::plan::{Action, ResourceKind, Step};
use super::policy::{self, BuildScope, PolicyScope};
use super::record::AgentRecord;
use super::repository::Repository;
use super::runtime::{CodeArchive, Runtime, RuntimeArtifact, RuntimeSpec, Seen};
use crate::artifact::{self, ArtifactRequest, Builder, BuiltArtifact, Tools};
use crate::cache::Cache;
use crate::cloud::{Cloud, ObjectUpload};
use crate::config::naming;
use crate::config::{Agent, Store};
use crate::digest::Digest;
use crate::env::Env;
use crate::error::Result;
use crate::events::Events;
use crate::http::Http;
use crate::partition::Partition;
use crate::redact::ExposeSecret;
use crate::sandbox;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-west-2";
const BUCKET: &str = "conformance-archives";

/// Stands between the client and the sandbox, and lets so many requests through.
struct Cut {
    target: String,
    http: Http,
    seen: AtomicUsize,
    limit: AtomicUsize,
    reached: Notify,
}

/// The request that is the last takes effect, and its answer reaches nobody: a process that was killed meanwhile.
async fn pass(
    axum::extract::State(cut): axum::extract::State<Arc<Cut>>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let number = cut.seen.fetch_add(1, Ordering::SeqCst) + 1;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let url = format!("{}{}", cut.target, parts.uri);
    let client = cut.http.client(&url).unwrap();
    let reply = client.request(parts.method, &url).headers(parts.headers).body(body).send().await.unwrap();
    let mut response = axum::response::Response::builder().status(reply.status());
    for (name, value) in reply.headers() {
        response = response.header(name, value);
    }
    let response = response.body(axum::body::Body::from(reply.bytes().await.unwrap())).unwrap();
    if number >= cut.limit.load(Ordering::SeqCst) {
        cut.reached.notify_one();
        std::future::pending::<()>().await;
    }
    response
}

struct World {
    dir: tempfile::TempDir,
    env: Env,
    http: Arc<Http>,
    cloud: Cloud,
    cut: Arc<Cut>,
    events: Events,
}

impl World {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = sandbox::Options {
            ready_delay: Duration::ZERO,
            endpoint_delay: Duration::ZERO,
            runner: sandbox::RunnerChoice::Process,
            ..sandbox::Options::new(dir.path().join("sandbox"))
        };
        let (ready, started) = tokio::sync::oneshot::channel();
        let plain = Env::fake(dir.path(), &[]);
        let env = plain.clone();
        tokio::spawn(
            async move { sandbox::serve(options, &env, Events::silent(), ready, std::future::pending()).await },
        );
        let info = started.await.unwrap();

        let cut = Arc::new(Cut {
            target: info.url.clone(),
            http: Http::new(&plain),
            seen: AtomicUsize::new(0),
            limit: AtomicUsize::new(usize::MAX),
            reached: Notify::new(),
        });
        let app = axum::Router::new().fallback(pass).with_state(Arc::clone(&cut));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });

        let path = Env::capture().var("PATH").unwrap_or_default().to_owned();
        let env = Env::fake(dir.path(), &[("HOME", dir.path().to_str().unwrap()), ("PATH", path.as_str())]);
        let http = Arc::new(Http::new(&env));
        let keys = (info.access_key_id.as_str(), info.secret_access_key.expose_secret());
        let cloud = Cloud::stand_in(&env, &endpoint, keys).await;
        let world = Self { dir, env, http, cloud, cut, events: Events::silent() };
        world.forget_record();
        world
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join(".bedrock_agentcore.yaml")
    }

    /// A configuration in which nothing is on record.
    fn forget_record(&self) {
        let text = "agentcore:\n  project: project-1\nagents:\n  a:\n    name: a\n    entrypoint: agent.py\n";
        std::fs::write(self.config(), text).unwrap();
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.config()).unwrap()
    }

    /// What a new process would know.
    fn record(&self, change: impl FnOnce(&mut Agent)) -> AgentRecord {
        let store = Store::open(&self.config()).unwrap();
        let mut agent = store.agent(None).unwrap().clone();
        agent.project = Some("project-1".to_owned());
        change(&mut agent);
        AgentRecord::new(store, agent)
    }

    /// Does `work` in a process that is killed after `limit` requests; `None` when it was.
    async fn killed_after<T>(&self, limit: usize, work: impl Future<Output = T>) -> Option<T> {
        self.cut.seen.store(0, Ordering::SeqCst);
        self.cut.limit.store(limit, Ordering::SeqCst);
        let done = tokio::select! {
            done = work => Some(done),
            () = self.cut.reached.notified() => None,
        };
        self.cut.limit.store(usize::MAX, Ordering::SeqCst);
        done
    }

    fn context(&self) -> Context<'_> {
        let patience = Patience::new(Some(Duration::from_secs(20)), &self.events);
        Context { cloud: &self.cloud, events: &self.events, patience, adopt: false }
    }

    async fn plan<K: Case>(&self, case: &K, variant: usize) -> Step {
        let record = self.record(|agent| case.configure(agent, variant));
        let mut node = Node::new(case.wanted(&record, variant));
        engine::observe(vec![&mut node], &self.cloud).await.unwrap();
        engine::plan(vec![&mut node], false).unwrap().remove(0)
    }

    async fn apply<K: Case>(&self, case: &K, variant: usize) -> Result<()> {
        let record = self.record(|agent| case.configure(agent, variant));
        let mut node = Node::new(case.wanted(&record, variant));
        engine::observe(vec![&mut node], &self.cloud).await?;
        let steps = engine::plan(vec![&mut node], false)?;
        let ways = Ways { repeat: String::new(), resume: String::new() };
        engine::apply(vec![&mut node], &steps, &self.context(), &ways).await
    }

    async fn remove<K: Case>(&self, case: &K) -> Result<usize> {
        let record = self.record(|agent| case.configure(agent, 0));
        let mut node = Node::new(case.doomed(&record));
        engine::observe(vec![&mut node], &self.cloud).await?;
        engine::plan_removal(vec![&mut node], &self.cloud).await?;
        let remains = engine::remove(vec![&mut node], &self.context()).await?;
        assert!(remains.failures.is_empty(), "{remains:?}");
        Ok(remains.done)
    }
}

/// The wants of one kind: the first variant, and for each of its parts one that differs in that part alone.
trait Case: Sync {
    type Of<'r>: Resource
    where
        Self: 'r;
    /// Paths of the parts that can differ.
    const PARTS: &'static [&'static str];
    /// A destroy deletes it by itself, and not with what it is in.
    const DELETES: bool = true;

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> Self::Of<'r>;

    /// The same for a destroy.
    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> Self::Of<'r> {
        self.wanted(record, 0)
    }

    fn configure(&self, _agent: &mut Agent, _variant: usize) {}
}

async fn conforms<K: Case>(world: &World, case: &K) {
    let nothing = world.text();
    assert_eq!(world.plan(case, 0).await.action, Action::Create);
    world.apply(case, 0).await.unwrap();
    let made = world.plan(case, 0).await;
    assert_eq!((made.action, &made.changes[..]), (Action::Unchanged, &[][..]), "{made:?}");
    for (index, part) in K::PARTS.iter().enumerate() {
        let step = world.plan(case, index + 1).await;
        let paths: Vec<&str> = step.changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!((step.action, paths), (Action::Update, vec![*part]), "{step:?}");
        world.apply(case, index + 1).await.unwrap();
        assert_eq!(world.plan(case, index + 1).await.action, Action::Unchanged, "{part}");
        // Back, so that the next differs in its own part alone.
        world.apply(case, 0).await.unwrap();
    }
    if K::DELETES {
        assert_eq!(world.remove(case).await.unwrap(), 1);
        assert_eq!(world.plan(case, 0).await.action, Action::Create, "it is gone");
        assert_eq!(world.remove(case).await.unwrap(), 0, "gone already is success");
        require_forgotten(world, &nothing);
        killed(world, case, &nothing).await;
    }
}

/// Nothing but the account and the region of what was there stays on record.
fn require_forgotten(world: &World, before: &str) {
    let (now, before): (Value, Value) = (yaml(&world.text()), yaml(before));
    assert_eq!(now["agents"]["a"]["agentcore"], before["agents"]["a"]["agentcore"], "{}", world.text());
    world.forget_record();
}

fn yaml(text: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".bedrock_agentcore.yaml");
    std::fs::write(&path, text).unwrap();
    let store = Store::open(&path).unwrap();
    let own = &store.agent(None).unwrap().own;
    json!({ "agents": { "a": { "agentcore": serde_json::to_value(own).unwrap() } } })
}

async fn killed<K: Case>(world: &World, case: &K, nothing: &str) {
    for limit in 1.. {
        let whole = world.killed_after(limit, world.apply(case, 0)).await;
        if let Some(result) = whole {
            result.unwrap();
            break;
        }
        world.apply(case, 0).await.unwrap_or_else(|error| panic!("after {limit} requests: {error}"));
        let step = world.plan(case, 0).await;
        assert_eq!(step.action, Action::Unchanged, "killed after {limit} requests: {step:?}");
        world.remove(case).await.unwrap();
        assert_eq!(world.plan(case, 0).await.action, Action::Create, "killed after {limit} requests");
        require_forgotten(world, nothing);
    }
    for limit in 1.. {
        world.apply(case, 0).await.unwrap();
        let whole = world.killed_after(limit, world.remove(case)).await;
        let ended = whole.is_some();
        if !ended {
            world.remove(case).await.unwrap_or_else(|error| panic!("after {limit} requests: {error}"));
        }
        assert_eq!(world.plan(case, 0).await.action, Action::Create, "killed after {limit} requests");
        require_forgotten(world, nothing);
        if ended {
            break;
        }
    }
}

fn scope() -> PolicyScope<'static> {
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
fn other(mut document: Value) -> Value {
    document["Statement"][0]["Sid"] = json!("Other");
    document
}

struct Repositories;

impl Case for Repositories {
    type Of<'r> = Repository<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Repository<'r> {
        let name = naming::repository("a");
        Repository {
            uri: format!("{}/{name}", Partition::of_region(REGION).ecr_host(ACCOUNT, REGION)),
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
            name,
            ..Repository::on_record(record, true)
        }
    }
}

struct Buckets {
    place: Archives,
}

impl Case for Buckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        let purpose = Purpose::Archives { place: &self.place, older: false };
        bucket(record, self.place.bucket.clone(), purpose)
    }
}

struct SourceBuckets;

impl Case for SourceBuckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        bucket(record, naming::source_bucket(ACCOUNT, REGION), Purpose::Sources)
    }
}

fn bucket<'r>(record: &'r AgentRecord, name: String, purpose: Purpose<'r>) -> Bucket<'r> {
    let (account, region) = (ACCOUNT.to_owned(), REGION.to_owned());
    Bucket { record, purpose, name, account, region, is_managed: true, lenient: false }
}

struct ExecutionRoles;

impl Case for ExecutionRoles {
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
            identity_permissions: identity,
            has_identity: true,
            ready: Late::after(ResourceKind::ExecutionRole),
        }
    }
}

struct BuildRoles;

impl Case for BuildRoles {
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
struct Runtimes {
    role_arn: String,
    archive: CodeArchive,
}

impl Case for Runtimes {
    type Of<'r> = Runtime<'r>;
    const PARTS: &'static [&'static str] = &[
        "environment.ADDED",
        "authorizer",
        "lifecycle.idleRuntimeSessionTimeout",
        "requestHeaders.requestHeaderAllowlist",
        "protocol.serverProtocol",
        "code.runtime",
    ];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> Runtime<'r> {
        let (role, artifact) = (Late::after(ResourceKind::ExecutionRole), Late::after(ResourceKind::Archive));
        role.set(RoleReady::brought(self.role_arn.clone()));
        let mut archive = self.archive.clone();
        if variant == 6 {
            archive.runtime = "PYTHON_3_12".to_owned();
        }
        artifact.set(RuntimeArtifact::Code(archive));
        let authorizer = json!({
            "discoveryUrl": "https://issuer.example/.well-known/openid-configuration", "allowedClients": ["c"],
        });
        let custom = |name: &str| format!("X-Amzn-Bedrock-AgentCore-Runtime-Custom-{name}");
        let mut headers = vec![custom("A")];
        headers.extend((variant == 4).then(|| custom("B")));
        let spec = RuntimeSpec {
            network: json!({ "networkMode": "PUBLIC" }),
            protocol: if variant == 5 { "MCP" } else { "HTTP" }.to_owned(),
            environment: if variant == 1 { vec![("ADDED".to_owned(), "1".to_owned())] } else { Vec::new() },
            removed_variables: if variant == 1 { Vec::new() } else { vec!["ADDED".to_owned()] },
            authorizer: (variant == 2).then_some(authorizer),
            idle_timeout: Some(if variant == 3 { 600 } else { 900 }),
            request_headers: Some(headers),
            ..RuntimeSpec::named("a")
        };
        Runtime {
            record,
            spec,
            variables: Vec::new(),
            role,
            artifact,
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

struct ArchivesOf<'a> {
    place: &'a Archives,
    file: ArchiveFile<'a>,
}

impl Case for ArchivesOf<'_> {
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

fn code(key: &str) -> CodeArchive {
    CodeArchive {
        bucket: BUCKET.to_owned(),
        key: key.to_owned(),
        version_id: None,
        runtime: "PYTHON_3_13".to_owned(),
        entry_point: vec!["agent.py".to_owned()],
    }
}

struct Images<'a> {
    built: &'a BuiltArtifact,
    tools: Tools<'a>,
    uri: String,
    repository: String,
}

impl Case for Images<'_> {
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
            remote: None,
            ready: Late::after(ResourceKind::Image),
        }
    }
}

/// The case of each kind, and for those without one the reason.
async fn every_kind(world: &World, kind: ResourceKind) {
    match kind {
        ResourceKind::Repository => conforms(world, &Repositories).await,
        ResourceKind::Bucket => {
            let agent = world.record(|_| {}).agent().clone();
            let place = Archives::from_setting(&agent, "conformance-own".to_owned(), ACCOUNT).unwrap();
            conforms(world, &Buckets { place }).await;
        }
        ResourceKind::SourceBucket => conforms(world, &SourceBuckets).await,
        ResourceKind::ExecutionRole => conforms(world, &ExecutionRoles).await,
        ResourceKind::BuildRole => conforms(world, &BuildRoles).await,
        ResourceKind::Runtime => runtime(world).await,
        ResourceKind::Archive => archive(world).await,
        ResourceKind::Image => image(world).await,
        // The sandbox has no CodeBuild; `tests/it/codebuild.rs` has a stand-in.
        ResourceKind::BuildProject => {}
        // Parts of a repository or a bucket, which a destroy of those deletes.
        ResourceKind::Images | ResourceKind::Archives | ResourceKind::BuildSources => {}
        // Shown by a destroy, and never made or deleted.
        ResourceKind::Memory | ResourceKind::LogGroup => {}
    }
}

const KINDS: [ResourceKind; 14] = [
    ResourceKind::Repository,
    ResourceKind::Images,
    ResourceKind::Image,
    ResourceKind::Bucket,
    ResourceKind::Archives,
    ResourceKind::Archive,
    ResourceKind::SourceBucket,
    ResourceKind::BuildSources,
    ResourceKind::BuildRole,
    ResourceKind::BuildProject,
    ResourceKind::ExecutionRole,
    ResourceKind::Runtime,
    ResourceKind::Memory,
    ResourceKind::LogGroup,
];

fn zip(dir: &Path) -> (PathBuf, u64, Digest) {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("agent.py", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, b"print(1)\n").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let path = dir.join("deployment.zip");
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes.len() as u64, Digest::of_bytes(&bytes))
}

async fn make_bucket(world: &World) {
    let tags = naming::shared_tags();
    world.cloud.create_bucket(&super::sources::spec(BUCKET, ACCOUNT, &tags)).await.unwrap();
}

async fn archive(world: &World) {
    make_bucket(world).await;
    let agent = world.record(|_| {}).agent().clone();
    let place = Archives::from_setting(&agent, BUCKET.to_owned(), ACCOUNT).unwrap();
    let (path, size, sha256) = zip(world.dir.path());
    conforms(world, &ArchivesOf { place: &place, file: ArchiveFile { path: &path, size, sha256 } }).await;
}

async fn runtime(world: &World) {
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
    conforms(world, &Runtimes { role_arn: role.arn, archive }).await;
}

async fn image(world: &World) {
    std::fs::write(world.dir.path().join("agent.py"), "print(1)\n").unwrap();
    std::fs::write(world.dir.path().join("requirements.txt"), "").unwrap();
    let cache = Cache::of(&world.env).unwrap();
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
    };
    let record = world.record(|agent| agent.aws.observability.enabled = false);
    let prepared = artifact::prepare(world.dir.path(), record.agent(), &request, &tools).await.unwrap();
    let built = prepared.build(false, &tools).await.unwrap();
    world.apply(&Repositories, 0).await.unwrap();
    let repository = naming::repository("a");
    let uri = format!("{}/{repository}", Partition::of_region(REGION).ecr_host(ACCOUNT, REGION));
    conforms(world, &Images { built: &built, tools, uri, repository }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_converges_however_often_it_is_killed() {
    for kind in KINDS {
        let world = World::start().await;
        every_kind(&world, kind).await;
    }
}
