//! A run that was cut short converges when it is repeated. Each request of `launch`, `destroy` and `identity
//! setup-cognito` is cut once: the program is killed, its connection dropped, or its network taken away. A request that
//! only reads is cut before it is forwarded; one that may change something also after it took effect and before its
//! reply, because then the account knows more than the program.
//!
//! What must hold afterwards is read from the account by another client.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::support::{
    Account, Fault, Holdings, Owned, Run, Sandbox, Seen, Trouble, Watched, When, World, lacked, python, watch,
};

/// An agent that needs no package: it answers with what it was sent.
pub(crate) const AGENT: &str = r#"
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

/// Most of a run is waiting, so there can be more than processors.
const WORKERS: usize = 12;

const LAUNCH: &[&str] = &["launch", "-o", "json"];
const DESTROY: &[&str] = &["destroy", "--force", "--delete-ecr-repo", "-o", "json"];

/// A sandbox, and a client of its account.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) account: Account,
}

impl Scene {
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// With further flags for `sandbox start`.
    pub(crate) fn start_with(args: &[&str]) -> Option<Self> {
        if python().is_none() {
            lacked("python", "there is no `python3` on PATH");
            return None;
        }
        let sandbox = Sandbox::start(World::new(), &[&["--runner", "process"], args].concat());
        let account = Account::of(&sandbox);
        Some(Self { sandbox, account })
    }

    /// A machine of its own that uses the sandbox.
    pub(crate) fn world(&self) -> World {
        let mut world = World::new();
        for (name, value) in self.account.variables() {
            world.set(name, value);
        }
        world
    }

    /// A project with a configured agent.
    pub(crate) fn project(&self, agent: &str, configure: &[&str]) -> World {
        let world = self.world();
        world.write("agent.py", AGENT).write("requirements.txt", "");
        let args = ["configure", "-ni", "-e", "agent.py", "--name", agent, "-rf", "requirements.txt", "--offline"];
        world.agentcore(&args).args(&["--disable-otel", "--disable-memory"]).args(configure).run().code(0);
        world
    }

    pub(crate) fn watch(&self, world: &World, args: &[&str], fault: Option<&Fault>) -> Watched {
        watch(self.account.url(), world.agentcore(args), fault)
    }
}

/// The faults that cover every request of an undisturbed run.
pub(crate) fn faults(trouble: Trouble, undisturbed: &Watched) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, seen) in undisturbed.seen.iter().enumerate() {
        let nth = undisturbed.seen[..=at].iter().filter(|other| other.label == seen.label).count();
        let mut add = |when| faults.push(Fault { trouble, when, label: seen.label.clone(), nth });
        add(When::BeforeForwarding);
        if seen.mutates() {
            add(When::BeforeReply);
        }
    }
    faults
}

/// A kill at the first request of this label.
fn kill(label: &str, when: When) -> Fault {
    Fault { trouble: Trouble::Kill, when, label: label.to_owned(), nth: 1 }
}

pub(crate) fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(usize, T) -> R + Sync) -> Vec<R> {
    let queue = Mutex::new(items.into_iter().enumerate());
    let next = || queue.lock().unwrap().next();
    let worker = || std::iter::from_fn(|| next().map(|(at, item)| work(at, item))).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

/// What a disturbed agent went through, and what was wrong afterwards.
struct Case {
    agent: String,
    fault: Fault,
    world: World,
    problems: Vec<String>,
}

impl Case {
    fn new(agent: String, fault: Fault, world: World) -> Self {
        Self { agent, fault, world, problems: Vec::new() }
    }

    fn require(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }

    /// The disturbed run: killed, or over with success, or with a failure that says what happened.
    fn disturb(&mut self, scene: &Scene, args: &[&str]) -> Run {
        let watched = scene.watch(&self.world, args, Some(&self.fault));
        let run = &watched.run;
        // How often a state is polled is not the same each time.
        let polls = self.fault.label.starts_with("GET ");
        let problem = if !watched.struck {
            (run.code != Some(0) || !polls).then_some("it never came to the request")
        } else if self.fault.trouble == Trouble::Kill {
            run.code.is_some().then_some("it outlived the kill")
        } else {
            (run.code != Some(0) && !is_clean_failure(run)).then_some("neither success nor a clean failure")
        };
        if let Some(problem) = problem {
            self.problems.push(format!("{problem}\n{run}"));
        }
        watched.run
    }

    /// Repeats the run, which must succeed.
    fn repeat(&mut self, scene: &Scene, args: &[&str]) -> Watched {
        let watched = scene.watch(&self.world, args, None);
        self.require(watched.run.code == Some(0), || format!("repeating it fails\n{}", watched.run));
        watched
    }

    /// Repeats the run when there is nothing left to do.
    fn repeat_unchanged(&mut self, scene: &Scene, args: &[&str]) -> Run {
        let watched = self.repeat(scene, args);
        let mutating: Vec<String> = watched.seen.into_iter().filter(Seen::mutates).map(|seen| seen.label).collect();
        self.require(mutating.is_empty(), || format!("nothing was left to do, and it sent {mutating:?}"));
        watched.run
    }

    /// The agent's part of the configuration file.
    fn config(&self) -> Value {
        let file: Value = serde_yaml::from_str(&self.world.read(".bedrock_agentcore.yaml")).unwrap();
        file["agents"][&self.agent].clone()
    }
}

pub(crate) fn is_clean_failure(run: &Run) -> bool {
    let document: Value = serde_json::from_slice(&run.stdout).unwrap_or_default();
    let said = document["ok"] == false && document["error"]["hints"].as_array().is_some_and(|hints| !hints.is_empty());
    said && run.code.is_some_and(|code| (1..=9).contains(&code)) && !run.stderr_text().contains("panicked")
}

#[track_caller]
fn report(cases: &[Case]) {
    let problems: Vec<String> = cases
        .iter()
        .flat_map(|case| case.problems.iter().map(move |problem| format!("{} ({}): {problem}", case.fault, case.agent)))
        .collect();
    assert!(problems.is_empty(), "{} problems in {} cases:\n{}", problems.len(), cases.len(), problems.join("\n"));
}

/// The one resource that belongs to an agent.
fn only<'a>(owned: &'a [Owned], agent: &str) -> Option<&'a str> {
    let mut found = owned.iter().filter(|owned| owned.agent.as_deref() == Some(agent));
    let first = found.next()?;
    found.next().is_none().then_some(first.id.as_str())
}

/// What must be there after a launch, in the account and in the configuration.
fn require_launched(scene: &Scene, case: &mut Case, holdings: &Holdings) {
    let config = case.config();
    let agent = case.agent.clone();
    let repository = only(&holdings.repositories, &agent);
    let role = only(&holdings.roles, &agent);
    let runtime = only(&holdings.runtimes, &agent);
    let arn = |id: &str| format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{id}");
    let uri = |name: &str| format!("123456789012.dkr.ecr.us-west-2.amazonaws.com/{name}");
    for (path, wanted) in [
        ("/bedrock_agentcore/agent_id", runtime.map(str::to_owned)),
        ("/bedrock_agentcore/agent_arn", runtime.map(arn)),
        ("/aws/execution_role", role.map(str::to_owned)),
        ("/aws/ecr_repository", repository.map(uri)),
        ("/agentcore/created/repository", repository.map(str::to_owned)),
        ("/agentcore/created/execution_role", role.map(|arn| arn.rsplit('/').next().unwrap().to_owned())),
    ] {
        let found = config.pointer(path).and_then(Value::as_str).map(str::to_owned);
        case.require(found == wanted, || format!("{path} of the configuration is {found:?}, not {wanted:?}"));
    }
    let (Some(repository), Some(_), Some(runtime)) = (repository, role, runtime) else {
        let problem = format!("not exactly one of each: repository {repository:?}, role {role:?}, runtime {runtime:?}");
        case.problems.push(problem);
        return;
    };
    let live = scene.account.control("GET", &format!("/runtimes/{runtime}/"));
    let image = live.pointer("/agentRuntimeArtifact/containerConfiguration/containerUri").and_then(Value::as_str);
    let digest = image.and_then(|uri| uri.split_once('@')).map(|(_, digest)| digest);
    let images = scene.account.images(repository);
    case.require(digest.is_some_and(|digest| images.contains(digest)), || {
        format!("the runtime has the image {image:?}, and its repository {images:?}")
    });
}

/// A launch that meets its fault, the same again unless that went well, and one more that has nothing to do.
fn launch(scene: &Scene, mut case: Case) -> Case {
    let mut last = case.disturb(scene, LAUNCH);
    if last.code != Some(0) {
        last = case.repeat(scene, LAUNCH).run;
    }
    let unchanged = case.repeat_unchanged(scene, LAUNCH);
    if last.code == Some(0) && unchanged.code == Some(0) {
        let runtime = last.data()["runtime"].clone();
        case.require(runtime["status"] == "READY" && runtime["endpointStatus"] == "READY", || {
            format!("the launch ended before the runtime and its endpoint were READY: {runtime}")
        });
        let changes = unchanged.data()["changes"].clone();
        case.require(changes == 0, || format!("{changes} changes when nothing was left to do"));
    }
    case
}

/// Launches one agent for each fault that an undisturbed launch offers.
fn launches(scene: &Scene, configure: &[&str], trouble: Trouble, choose: impl Fn(&Fault) -> bool) -> Vec<Case> {
    let undisturbed = scene.watch(&scene.project("undisturbed", configure), LAUNCH, None);
    assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
    let mut faults = faults(trouble, &undisturbed);
    faults.retain(|fault| choose(fault));
    let mut cases = in_parallel(faults, |at, fault| {
        let agent = format!("launch_{at}");
        let world = scene.project(&agent, configure);
        launch(scene, Case::new(agent, fault, world))
    });
    let holdings = scene.account.holdings();
    for case in &mut cases {
        require_launched(scene, case, &holdings);
    }
    report(&cases);
    cases
}

#[test]
fn a_launch_that_is_killed_converges() {
    let Some(scene) = Scene::start() else { return };
    let setup = ["identity", "setup-cognito", "--pool-name", "callers", "-o", "json"];
    let pool = scene.sandbox.agentcore(&setup).run().code(0).data();
    let (discovery, client) = (pool["discoveryUrl"].as_str().unwrap(), pool["clientId"].as_str().unwrap());
    let configure = ["--discovery-url", discovery, "--allowed-client", client];
    let cases = launches(&scene, &configure, Trouble::Kill, |_| true);

    let token = scene.sandbox.agentcore(&["identity", "token"]).run().code(0).stdout_text().trim().to_owned();
    let payload = r#"{"prompt": "still there?"}"#;
    let invoke = || cases[0].world.agentcore(&["invoke", payload]);
    invoke().run().code(3);
    assert_eq!(invoke().var("AGENTCORE_BEARER_TOKEN", token).run().code(0).stdout_text(), payload);
}

#[test]
fn a_launch_that_loses_a_connection_converges() {
    let Some(scene) = Scene::start() else { return };
    launches(&scene, &[], Trouble::Drop, |_| true);
}

#[test]
fn a_launch_that_loses_the_network_converges() {
    let Some(scene) = Scene::start() else { return };
    launches(&scene, &[], Trouble::Outage, |fault| fault.when == When::BeforeReply);
}

#[test]
fn an_update_that_is_killed_converges() {
    let Some(scene) = Scene::start() else { return };
    let faults: Vec<Fault> = ["PUT manifest", "PUT runtime"]
        .into_iter()
        .flat_map(|label| [kill(label, When::BeforeForwarding), kill(label, When::BeforeReply)])
        .collect();
    let mut cases = in_parallel(faults, |at, fault| {
        let agent = format!("update_{at}");
        let world = scene.project(&agent, &[]);
        world.agentcore(LAUNCH).run().code(0);
        world.write("agent.py", &format!("# The second version.\n{AGENT}"));
        launch(&scene, Case::new(agent, fault, world))
    });
    let holdings = scene.account.holdings();
    for case in &mut cases {
        require_launched(&scene, case, &holdings);
        let id = only(&holdings.runtimes, &case.agent).unwrap_or_default();
        let versions = scene.account.control("POST", &format!("/runtimes/{id}/versions/"));
        let count = versions["agentRuntimes"].as_array().map_or(0, Vec::len);
        case.require(count == 2, || format!("{count} versions after one update"));
    }
    report(&cases);
}

#[test]
fn launch_waits_for_a_new_role_to_spread() {
    let Some(scene) = Scene::start() else { return };
    let not_spread = Fault { trouble: Trouble::RoleNotSpread, ..kill("PUT runtimes", When::BeforeForwarding) };
    let fresh = scene.project("fresh", &[]);
    // The role is older than the run, and may still be too young.
    let killed = scene.project("killed", &[]);
    scene.watch(&killed, LAUNCH, Some(&kill("PUT runtimes", When::BeforeForwarding)));
    for world in [fresh, killed] {
        let watched = scene.watch(&world, LAUNCH, Some(&not_spread));
        assert!(watched.struck && watched.run.code == Some(0), "{}", watched.run);
    }
}

#[test]
fn a_lost_record_is_filled_in_again() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("lost", &[]);
    let configured = world.read(".bedrock_agentcore.yaml");
    world.agentcore(LAUNCH).run().code(0);
    // Nothing goes wrong here but that the file is as it was before.
    world.write(".bedrock_agentcore.yaml", &configured);
    let fault = kill("nothing", When::BeforeForwarding);
    let mut case = Case::new("lost".to_owned(), fault, world);
    case.repeat_unchanged(&scene, LAUNCH);
    let holdings = scene.account.holdings();
    require_launched(&scene, &mut case, &holdings);
    report(&[case]);
}

#[test]
fn what_is_gone_is_made_again() {
    let Some(scene) = Scene::start() else { return };
    let Scene { account, .. } = &scene;
    let world = scene.project("phoenix", &[]);
    world.agentcore(LAUNCH).run().code(0);
    let role = only(&account.holdings().roles, "phoenix").unwrap().rsplit('/').next().unwrap().to_owned();
    let named = ("RoleName", role.as_str());
    let policy = || {
        let names = account.iam("ListRolePolicies", &[named]);
        names.split_once("<member>").map(|(_, rest)| rest.split('<').next().unwrap().to_owned())
    };
    let delete_policy = || account.iam("DeleteRolePolicy", &[named, ("PolicyName", &policy().unwrap())]);
    let delete_runtime = || {
        let id = only(&account.holdings().runtimes, "phoenix").unwrap().to_owned();
        // It keeps its name for a while.
        account.control("DELETE", &format!("/runtimes/{id}/"))
    };
    let repository = only(&account.holdings().repositories, "phoenix").unwrap().to_owned();
    let images = || account.images(&repository);
    let delete_images = || {
        let ids: Vec<Value> = images().into_iter().map(|digest| json!({ "imageDigest": digest })).collect();
        account.ecr("BatchDeleteImage", &json!({ "repositoryName": repository, "imageIds": ids }))
    };
    let delete_repository = || account.ecr("DeleteRepository", &json!({ "repositoryName": repository, "force": true }));
    let deletions: [(&str, &dyn Fn()); 5] = [
        ("images", &|| drop(delete_images())),
        ("repository", &|| drop(delete_repository())),
        ("runtime", &|| drop(delete_runtime())),
        ("policy", &|| drop(delete_policy())),
        ("role", &|| drop((delete_policy(), account.iam("DeleteRole", &[named])))),
    ];
    let (wanted, whole) = (policy(), images());
    for (what, delete) in deletions {
        delete();
        let run = world.agentcore(LAUNCH).run().code(0);
        let holdings = account.holdings();
        let there = [&holdings.repositories, &holdings.roles, &holdings.runtimes].map(|owned| only(owned, "phoenix"));
        assert!(there.iter().all(Option::is_some), "without its {what}: {there:?}\n{run}");
        assert_eq!((policy(), images()), (wanted.clone(), whole.clone()), "without its {what}\n{run}");
    }
}

/// What must be left in the configuration after a destroy: no name of anything.
fn require_forgotten(case: &mut Case) {
    let config = case.config();
    for path in
        ["/bedrock_agentcore/agent_id", "/bedrock_agentcore/agent_arn", "/aws/execution_role", "/aws/ecr_repository"]
    {
        let found = config.pointer(path).filter(|value| !value.is_null());
        case.require(found.is_none(), || format!("{path} of the configuration is still {found:?}"));
    }
    let created = config.pointer("/agentcore/created").and_then(Value::as_object).cloned().unwrap_or_default();
    case.require(created.is_empty(), || format!("the configuration still says that {created:?} was created"));
}

fn destroy(scene: &Scene, mut case: Case, args: &[&str]) -> Case {
    if case.disturb(scene, args).code != Some(0) {
        case.repeat(scene, args);
    }
    let unchanged = case.repeat_unchanged(scene, args);
    if unchanged.code == Some(0) {
        let steps = unchanged.data()["steps"].clone();
        let deleted = steps.as_array().unwrap().iter().any(|step| step["action"] == "delete");
        case.require(!deleted, || format!("something was left to delete: {steps}"));
    }
    case
}

/// Destroys one launched agent for each fault that an undisturbed destroy offers: a kill at every request, and a lost
/// connection where the account may have changed.
fn destroys(
    scene: &Scene,
    (prefix, configure): (&str, &[&str]),
    args: &[&str],
    choose: impl Fn(&Fault) -> bool,
) -> Vec<Case> {
    let project = |agent: &str| {
        let world = scene.project(agent, configure);
        // Not waited for: a runtime can be deleted at any time.
        world.agentcore(LAUNCH).arg("--no-wait").run().code(0);
        world
    };
    let undisturbed = scene.watch(&project(prefix), args, None);
    assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
    let mut all = faults(Trouble::Drop, &undisturbed);
    all.retain(|fault| fault.when == When::BeforeReply);
    all.extend(faults(Trouble::Kill, &undisturbed));
    all.retain(|fault| choose(fault));
    in_parallel(all, |at, fault| {
        let agent = format!("{prefix}_{at}");
        let world = project(&agent);
        destroy(scene, Case::new(agent, fault, world), args)
    })
}

#[test]
fn interrupted_destroy_converges_and_spares_others() {
    let Some(scene) = Scene::start() else { return };
    scene.project("bystander", &[]).agentcore(LAUNCH).run().code(0);
    let before = scene.account.holdings();
    let mut cases = destroys(&scene, ("own", &[]), DESTROY, |_| true);
    assert_eq!(scene.account.holdings(), before);
    for case in &mut cases {
        require_forgotten(case);
    }
    report(&cases);
}

#[test]
fn destroy_removes_what_a_killed_launch_made() {
    let Some(scene) = Scene::start() else { return };
    let undisturbed = scene.project("undisturbed", &[]);
    let watched = scene.watch(&undisturbed, LAUNCH, None);
    undisturbed.agentcore(DESTROY).run().code(0);
    let mut all = faults(Trouble::Kill, &watched);
    all.retain(|fault| fault.when == When::BeforeReply);
    let mut cases = in_parallel(all, |at, fault| {
        let agent = format!("stump_{at}");
        let world = scene.project(&agent, &[]);
        let mut case = Case::new(agent, fault, world);
        case.disturb(&scene, LAUNCH);
        case.repeat(&scene, DESTROY);
        case
    });
    cases.iter_mut().for_each(require_forgotten);
    report(&cases);
    let Holdings { repositories, roles, runtimes } = scene.account.holdings();
    assert_eq!((repositories, roles, runtimes), (vec![], vec![], vec![]));
}

#[test]
fn interrupted_destroy_keeps_the_repository_by_default() {
    let Some(scene) = Scene::start() else { return };
    let args = ["destroy", "--force", "-o", "json"];
    let mut cases = destroys(&scene, ("kept", &[]), &args, |fault| fault.label == "BatchDeleteImage");
    assert_eq!(cases.len(), 3);
    let after = scene.account.holdings();
    for case in &mut cases {
        let images = only(&after.repositories, &case.agent).map(|name| scene.account.images(name));
        case.require(images.as_ref().is_some_and(BTreeSet::is_empty), || format!("the repository has {images:?}"));
    }
    report(&cases);
    assert_eq!((after.roles, after.runtimes), (vec![], vec![]));
}

#[test]
fn interrupted_destroy_spares_brought_resources() {
    let Some(scene) = Scene::start() else { return };
    let account = &scene.account;
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "bedrock-agentcore.amazonaws.com" }, "Action": "sts:AssumeRole",
    }] });
    let pull = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "ecr:*", "Resource": "*" },
    ] });
    let (name, trust, pull) = (("RoleName", "Team"), trust.to_string(), pull.to_string());
    account.iam("CreateRole", &[name, ("AssumeRolePolicyDocument", &trust)]);
    account.iam("PutRolePolicy", &[name, ("PolicyName", "Pull"), ("PolicyDocument", &pull)]);
    account.ecr("CreateRepository", &json!({ "repositoryName": "team/agents" }));
    let before = account.holdings();

    let configure = ["--execution-role", "arn:aws:iam::123456789012:role/Team", "--ecr", "team/agents"];
    let cases = destroys(&scene, ("guest", &configure), DESTROY, |_| true);
    report(&cases);
    assert_eq!(account.holdings(), before);
    assert!(account.iam("ListRolePolicies", &[name]).contains("<member>Pull<"));
    assert!(!account.images("team/agents").is_empty(), "images that were pushed to a brought repository stay");
}

/// Sets a pool up, with the fault, again unless that went well, and once more with nothing to do; then takes it away.
fn set_up(scene: &Scene, pool: &str, fault: Fault) -> Case {
    let args = ["identity", "setup-cognito", "--inbound-only", "-o", "json", "--pool-name", pool];
    let mut case = Case::new(pool.to_owned(), fault, scene.world());
    if case.disturb(scene, &args).code != Some(0) {
        case.repeat(scene, &args);
    }
    case.repeat_unchanged(scene, &args);
    let pools = scene.account.pools(pool);
    case.require(pools.len() == 1, || format!("the pools are {pools:?}"));
    for id in pools {
        for (operation, member) in [("ListUserPoolClients", "UserPoolClients"), ("ListUsers", "Users")] {
            let found = scene.account.cognito(operation, &json!({ "UserPoolId": id }))[member].clone();
            case.require(found.as_array().is_some_and(|found| found.len() == 1), || format!("{member} are {found}"));
        }
    }
    case.repeat(scene, &["identity", "token", "-o", "json"]);
    case.repeat(scene, &["identity", "cleanup", "--force", "-o", "json"]);
    let pools = scene.account.pools(pool);
    case.require(pools.is_empty(), || format!("clean-up leaves {pools:?}"));
    case
}

#[test]
fn interrupted_cognito_set_up_converges() {
    let Some(scene) = Scene::start() else { return };
    let args = ["identity", "setup-cognito", "--inbound-only", "-o", "json", "--pool-name", "undisturbed"];
    let undisturbed = scene.watch(&scene.world(), &args, None);
    assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
    let mut all = faults(Trouble::Outage, &undisturbed);
    all.retain(|fault| fault.when == When::BeforeReply);
    all.extend(faults(Trouble::Kill, &undisturbed));
    all.extend(faults(Trouble::Drop, &undisturbed));
    report(&in_parallel(all, |at, fault| set_up(&scene, &format!("pool-{at}"), fault)));
}
