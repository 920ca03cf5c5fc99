//! Every kind of resource against the sandbox: made, seen as it was made, changed in each of its parts, deleted; and the same
//! with the process killed after each request.
//!
//! The table of kinds says which; a new one does not compile without its case in [`every_kind`].

mod agent;
mod gateway;
mod outbound;
mod runtime;
mod setup;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::archive::Archives;
use super::engine::{self, AfterFailure, AnyNode, Context, Late, Node, Resource, if_present};
use super::patience::Patience;
use super::plan::{Action, ResourceKind, Step};
use super::record::AgentRecord;
use super::setup_record::SetupVerb;
use super::user_pool::{PoolReady, UserPool};
use super::workload_identity::ReturnUrls;
use crate::cloud::Cloud;
use crate::config::{Agent, CognitoSetup, SetupFlow, Store};
use crate::env::Env;
use crate::error::Result;
use crate::events::Events;
use crate::http::Http;
use crate::redact::ExposeSecret;
use crate::sandbox;
use agent::{Buckets, BuildRoles, ExecutionRoles, Memories, Repositories, SourceBuckets, archive, image};
use outbound::{Workloads, providers};
use runtime::{endpoint, policies, runtime};
use setup::{
    GatewayRoles, InSetup, MachineClients, Parameters, PoolDomains, PoolUsers, ResourceServers, UserClients, UserPools,
    WebClients, in_pool,
};

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
        let after = AfterFailure { rerun_command: String::new(), resume_sentence: String::new() };
        engine::apply(vec![&mut node], &steps, &self.context(), &after).await
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
    if_present(pool).into_iter().chain([node as &mut dyn AnyNode]).collect()
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

/// Nothing of what was there stays on record.
fn require_forgotten(world: &World, before: &str) {
    if let Some(setup) = CognitoSetup::load(world.dir.path(), SetupFlow::Team).unwrap() {
        assert!(!setup.has_created(), "{setup:?}");
        setup.files(world.dir.path()).iter().for_each(|file| std::fs::remove_file(file).unwrap());
    }
    world.record(|_| ()).leave_place().unwrap();
    let (now, before): (Value, Value) = (yaml(&world.text()), yaml(before));
    assert_eq!(now["agents"]["a"]["aws"], before["agents"]["a"]["aws"], "{}", world.text());
    assert_eq!(now["agents"]["a"]["agentcore"], before["agents"]["a"]["agentcore"], "{}", world.text());
    world.forget_record();
}

fn yaml(text: &str) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".bedrock_agentcore.yaml");
    std::fs::write(&path, text).unwrap();
    let store = Store::open(&path).unwrap();
    let agent = store.agent(None).unwrap();
    let place = json!({ "account": agent.account(), "region": agent.region() });
    json!({ "agents": { "a": { "agentcore": serde_json::to_value(&agent.own).unwrap(), "aws": place } } })
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
        ResourceKind::Memory => conforms(world, &Memories).await,
        ResourceKind::ExecutionRole => conforms(world, &ExecutionRoles).await,
        ResourceKind::BuildRole => conforms(world, &BuildRoles).await,
        ResourceKind::Runtime => runtime(world).await,
        ResourceKind::RuntimeEndpoint => endpoint(world).await,
        ResourceKind::ResourcePolicy => policies(world).await,
        ResourceKind::Archive => archive(world).await,
        ResourceKind::Image => image(world).await,
        ResourceKind::UserPool => {
            conforms(world, &InSetup::<UserPools> { pool_id: None, kind: std::marker::PhantomData }).await;
        }
        ResourceKind::PoolDomain => in_pool::<PoolDomains>(world).await,
        ResourceKind::ResourceServer => in_pool::<ResourceServers>(world).await,
        ResourceKind::UserClient => in_pool::<UserClients>(world).await,
        ResourceKind::MachineClient => in_pool::<MachineClients>(world).await,
        ResourceKind::WebClient => in_pool::<WebClients>(world).await,
        ResourceKind::PoolUser => in_pool::<PoolUsers>(world).await,
        ResourceKind::GatewayRole => in_pool::<GatewayRoles>(world).await,
        ResourceKind::TeamParameters => in_pool::<Parameters>(world).await,
        ResourceKind::CredentialProvider => providers(world).await,
        ResourceKind::WorkloadIdentity => {
            let urls = |url: &[&str]| ReturnUrls::Set(url.iter().map(|url| (*url).to_owned()).collect());
            conforms(world, &Workloads { changed: urls(&["https://app.example/cb"]), first: urls(&[]) }).await;
        }
        ResourceKind::GatewayServiceRole => conforms(world, &gateway::ServiceRoles).await,
        ResourceKind::Gateway => gateway::gateways(world).await,
        ResourceKind::GatewayTarget => gateway::targets(world).await,
        // The sandbox has no CodeBuild; `tests/it/codebuild.rs` has a stand-in.
        ResourceKind::BuildProject => {}
        // Parts of a repository or a bucket, which a destroy of those deletes.
        ResourceKind::Images | ResourceKind::Archives | ResourceKind::BuildSources => {}
        // Shown by a destroy, and never made or deleted.
        // What observability is switched on with is a plan of its own, see `ops/observability`.
        ResourceKind::LogGroup
        | ResourceKind::LogPolicy
        | ResourceKind::SpansDestination
        | ResourceKind::IndexingRule
        | ResourceKind::DeliverySource
        | ResourceKind::DeliveryTarget
        | ResourceKind::Delivery => {}
        // A part of an execution role, a part of the configuration, and files: none of them is a node of a plan.
        ResourceKind::IdentityPolicy | ResourceKind::AwsTokens | ResourceKind::SetupFiles => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_converges_however_often_it_is_killed() {
    for kind in ResourceKind::ALL {
        println!("{kind}");
        let world = World::start().await;
        every_kind(&world, *kind).await;
    }
}
