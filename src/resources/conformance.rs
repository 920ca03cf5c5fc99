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

use super::app_client::{self, AppClient, ClientPurpose};
use super::archive::{Archive, ArchiveFile, Archives};
use super::bucket::{Bucket, Purpose};
use super::build_project::{BuildRole, RoleChoice};
use super::credential_provider::{CredentialProvider, ProviderGoal};
use super::engine::{self, AnyNode, Context, Late, Node, Resource, Ways, any};
use super::execution_role::{ExecutionRole, RoleReady};
use super::gateway_role::GatewayRole;
use super::identity_record;
use super::image::{Image, Place};
use super::patience::Patience;
use super::plan::{Action, ResourceKind, Step};
use super::policy::{self, BuildScope, PolicyScope, TeamScope};
use super::pool_domain::{DomainReady, PoolDomain};
use super::pool_user::PoolUser;
use super::provider_body::{self, ProviderRequest, ProviderSecret};
use super::provider_vendor::{ClientSettings, ProviderType};
use super::record::AgentRecord;
use super::repository::Repository;
use super::resource_server::ResourceServer;
use super::runtime::{CodeArchive, Runtime, RuntimeArtifact, RuntimeSpec, Seen};
use super::setup_record::{SetupRecord, SetupVerb};
use super::team_parameters::TeamParameters;
use super::user_pool::{PoolReady, UserPool};
use super::workload_identity::{ReturnUrls, WorkloadGoal, WorkloadIdentity};
use crate::artifact::{self, ArtifactRequest, Builder, BuiltArtifact, Tools};
use crate::cache::Cache;
use crate::cloud::{Cloud, ObjectUpload, ProviderKind};
use crate::config::naming;
use crate::config::{Agent, CognitoSetup, SetupFlow, SetupSettings, Store};
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
        let options = sandbox::ServerOptions {
            ready_delay: Duration::ZERO,
            endpoint_delay: Duration::ZERO,
            runner: sandbox::RunnerChoice::Process,
            ..sandbox::ServerOptions::new(dir.path().join("sandbox"))
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
        // Of requests side by side, several may have come after the last that was let through.
        let _ = tokio::time::timeout(Duration::ZERO, self.cut.reached.notified()).await;
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
        let record = case.record(self, SetupVerb::SetUp, variant);
        let mut pool = case.pool(self, &record).map(Node::new);
        let mut node = Node::new(case.wanted(&record, variant, ready(&pool)));
        engine::observe(list(&mut node, &mut pool), &self.cloud).await.unwrap();
        engine::plan(vec![&mut node], false).unwrap().remove(0)
    }

    async fn apply<K: Case>(&self, case: &K, variant: usize) -> Result<()> {
        let record = case.record(self, SetupVerb::SetUp, variant);
        let mut pool = case.pool(self, &record).map(Node::new);
        let mut node = Node::new(case.wanted(&record, variant, ready(&pool)));
        engine::observe(list(&mut node, &mut pool), &self.cloud).await?;
        let steps = engine::plan(vec![&mut node], false)?;
        let ways = Ways { repeat: String::new(), resume: String::new() };
        engine::apply(vec![&mut node], &steps, &self.context(), &ways).await
    }

    async fn remove<K: Case>(&self, case: &K) -> Result<usize> {
        let record = case.record(self, SetupVerb::CleanUp, 0);
        let mut pool = case.pool(self, &record).map(Node::new);
        let mut node = Node::new(case.doomed(&record, ready(&pool)));
        engine::observe(list(&mut node, &mut pool), &self.cloud).await?;
        engine::plan_removal(vec![&mut node], &self.cloud).await?;
        let remains = engine::remove(vec![&mut node], &self.context()).await;
        assert!(remains.failures.is_empty(), "{remains:?}");
        Ok(remains.done)
    }
}

/// What is looked at: the resource, and the pool that it is in.
fn list<'n, R: Resource>(node: &'n mut Node<R>, pool: &'n mut Option<Node<UserPool<'_>>>) -> Vec<&'n mut dyn AnyNode> {
    any(pool).into_iter().chain([node as &mut dyn AnyNode]).collect()
}

fn ready(pool: &Option<Node<UserPool<'_>>>) -> Late<PoolReady> {
    pool.as_ref().map_or_else(|| Late::after(ResourceKind::UserPool), |pool| pool.resource.ready.clone())
}

/// The wants of one kind: the first variant, and for each of its parts one that differs in that part alone.
trait Case: Sync {
    type Of<'r>: Resource
    where
        Self: 'r;
    type Record: Send + Sync;
    /// Paths of the parts that can differ.
    const PARTS: &'static [&'static str];
    /// A destroy deletes it by itself, and not with what it is in.
    const DELETES: bool = true;

    /// What a new process would know.
    fn record(&self, world: &World, verb: SetupVerb, variant: usize) -> Self::Record;

    /// The pool that it is in.
    fn pool<'r>(&'r self, _world: &'r World, _record: &'r Self::Record) -> Option<UserPool<'r>> {
        None
    }

    fn wanted<'r>(&'r self, record: &'r Self::Record, variant: usize, pool: Late<PoolReady>) -> Self::Of<'r>;

    /// The same for a destroy.
    fn doomed<'r>(&'r self, record: &'r Self::Record, pool: Late<PoolReady>) -> Self::Of<'r> {
        self.wanted(record, 0, pool)
    }
}

/// The wants of one kind that is made for an agent.
trait AgentCase: Sync {
    type Of<'r>: Resource
    where
        Self: 'r;
    const PARTS: &'static [&'static str];
    const DELETES: bool = true;

    fn configure(&self, _agent: &mut Agent, _variant: usize) {}

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> Self::Of<'r>;

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> Self::Of<'r> {
        self.wanted(record, 0)
    }
}

impl<K: AgentCase> Case for K {
    type Of<'r>
        = K::Of<'r>
    where
        Self: 'r;
    type Record = AgentRecord;
    const PARTS: &'static [&'static str] = K::PARTS;
    const DELETES: bool = K::DELETES;

    fn record(&self, world: &World, _verb: SetupVerb, variant: usize) -> AgentRecord {
        world.record(|agent| self.configure(agent, variant))
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize, _pool: Late<PoolReady>) -> Self::Of<'r> {
        AgentCase::wanted(self, record, variant)
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord, _pool: Late<PoolReady>) -> Self::Of<'r> {
        AgentCase::doomed(self, record)
    }
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
    if let Some(setup) = CognitoSetup::load(world.dir.path(), SetupFlow::Team).unwrap() {
        assert!(!setup.has_created(), "{setup:?}");
        setup.files(world.dir.path()).iter().for_each(|file| std::fs::remove_file(file).unwrap());
    }
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

impl AgentCase for Repositories {
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

impl AgentCase for Buckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        let purpose = Purpose::Archives { place: &self.place, older: false };
        bucket(record, self.place.bucket.clone(), purpose)
    }
}

struct SourceBuckets;

impl AgentCase for SourceBuckets {
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
            identity_permissions: identity,
            has_identity: true,
            ready: Late::after(ResourceKind::ExecutionRole),
            only_identity: false,
        }
    }
}

struct BuildRoles;

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
struct Runtimes {
    role_arn: String,
    archive: CodeArchive,
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
            remote: None,
            ready: Late::after(ResourceKind::Image),
        }
    }
}

/// The wants of one kind that is made for a set-up.
trait SetupCase: Sync {
    type Of<'r>: Resource;
    const PARTS: &'static [&'static str];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> Self::Of<'r>;
}

/// A kind with the pool that it is in, which was there before.
struct InSetup<K> {
    pool_id: Option<String>,
    kind: std::marker::PhantomData<K>,
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

fn user_pool<'r>(record: &'r SetupRecord, http: &'r Http, ready: Late<PoolReady>) -> UserPool<'r> {
    UserPool { record, http, beside: Vec::new(), adopt: false, adopting_command: String::new(), ready }
}

/// A client of its own, because a resource of a set-up asks the discovery document too.
static HTTP: std::sync::LazyLock<Http> = std::sync::LazyLock::new(|| Http::new(&Env::fake(Path::new("/nowhere"), &[])));

struct UserPools;

impl SetupCase for UserPools {
    type Of<'r> = UserPool<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> UserPool<'r> {
        user_pool(record, &HTTP, pool)
    }
}

struct PoolDomains;

impl SetupCase for PoolDomains {
    type Of<'r> = PoolDomain<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> PoolDomain<'r> {
        PoolDomain { record, http: &HTTP, pool, prefix: None, ready: Late::after(ResourceKind::PoolDomain) }
    }
}

struct ResourceServers;

impl SetupCase for ResourceServers {
    type Of<'r> = ResourceServer<'r>;
    const PARTS: &'static [&'static str] = &["scopes"];

    fn wanted<'r>(record: &'r SetupRecord, variant: usize, pool: Late<PoolReady>) -> ResourceServer<'r> {
        let scopes = if variant == 1 { vec!["read".into(), "write".into()] } else { vec!["read".into()] };
        ResourceServer { record, pool, identifier: "orders".into(), scopes }
    }
}

struct UserClients;

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

struct MachineClients;

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

struct PoolUsers;

impl SetupCase for PoolUsers {
    type Of<'r> = PoolUser<'r>;
    const PARTS: &'static [&'static str] = &["password"];

    fn wanted<'r>(record: &'r SetupRecord, _variant: usize, pool: Late<PoolReady>) -> PoolUser<'r> {
        PoolUser { record, pool, username: "alice".into(), password_given: true }
    }
}

struct GatewayRoles;

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

struct Parameters;

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
async fn in_pool<K: SetupCase>(world: &World) {
    let pool_id = world.cloud.create_user_pool("conformance", &[]).await.unwrap();
    conforms(world, &InSetup::<K> { pool_id: Some(pool_id), kind: std::marker::PhantomData }).await;
}

struct Providers {
    request: ProviderRequest,
    kind: ProviderKind,
}

impl AgentCase for Providers {
    type Of<'r> = CredentialProvider<'r>;
    // An update cannot be told from what is there: no answer holds the secret.
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> CredentialProvider<'r> {
        let goal = ProviderGoal::There(self.request.kind.unwrap(), &self.request);
        CredentialProvider { record: Some(record), kind: self.kind, name: "p".into(), goal }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> CredentialProvider<'r> {
        CredentialProvider { goal: ProviderGoal::Cleaned, ..AgentCase::wanted(self, record, 0) }
    }
}

struct Workloads {
    changed: ReturnUrls,
    first: ReturnUrls,
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
            (1, _) => WorkloadGoal::Changed { urls: &self.changed, adopt: false },
            (_, true) => WorkloadGoal::Changed { urls: &self.first, adopt: false },
            _ => WorkloadGoal::There { return_urls: &[], tags: &[] },
        };
        WorkloadIdentity { record: Some(record), name: "workload".into(), goal }
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> WorkloadIdentity<'r> {
        WorkloadIdentity { record: Some(record), name: "workload".into(), goal: WorkloadGoal::Cleaned }
    }
}

async fn providers(world: &World) {
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

fn setup_of(world: &World, pool_id: Option<&str>, variant: usize) -> CognitoSetup {
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
        ResourceKind::UserPool => {
            conforms(world, &InSetup::<UserPools> { pool_id: None, kind: std::marker::PhantomData }).await;
        }
        ResourceKind::PoolDomain => in_pool::<PoolDomains>(world).await,
        ResourceKind::ResourceServer => in_pool::<ResourceServers>(world).await,
        ResourceKind::UserClient => in_pool::<UserClients>(world).await,
        ResourceKind::MachineClient => in_pool::<MachineClients>(world).await,
        ResourceKind::PoolUser => in_pool::<PoolUsers>(world).await,
        ResourceKind::GatewayRole => in_pool::<GatewayRoles>(world).await,
        ResourceKind::TeamParameters => in_pool::<Parameters>(world).await,
        ResourceKind::CredentialProvider => providers(world).await,
        ResourceKind::WorkloadIdentity => {
            let urls = |url: &[&str]| ReturnUrls::Set(url.iter().map(|url| (*url).to_owned()).collect());
            conforms(world, &Workloads { changed: urls(&["https://app.example/cb"]), first: urls(&[]) }).await;
        }
        // The sandbox has no CodeBuild; `tests/it/codebuild.rs` has a stand-in.
        ResourceKind::BuildProject => {}
        // Parts of a repository or a bucket, which a destroy of those deletes.
        ResourceKind::Images | ResourceKind::Archives | ResourceKind::BuildSources => {}
        // Shown by a destroy, and never made or deleted.
        ResourceKind::Memory | ResourceKind::LogGroup => {}
        // A part of an execution role, a part of the configuration, and files: none of them is a node of a plan.
        ResourceKind::IdentityPolicy | ResourceKind::AwsTokens | ResourceKind::SetupFiles => {}
    }
}

const KINDS: [ResourceKind; 27] = [
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
    ResourceKind::UserPool,
    ResourceKind::PoolDomain,
    ResourceKind::ResourceServer,
    ResourceKind::UserClient,
    ResourceKind::MachineClient,
    ResourceKind::PoolUser,
    ResourceKind::GatewayRole,
    ResourceKind::TeamParameters,
    ResourceKind::SetupFiles,
    ResourceKind::IdentityPolicy,
    ResourceKind::CredentialProvider,
    ResourceKind::WorkloadIdentity,
    ResourceKind::AwsTokens,
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
        println!("{kind}");
        let world = World::start().await;
        every_kind(&world, kind).await;
    }
}
