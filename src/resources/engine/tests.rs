use super::*;
use ResourceKind::{ExecutionRole, Image, Memory, Repository, Runtime};

use super::removal::RemovalOutcome;
use crate::error::Code;
use crate::events::Event;

fn steps() -> Vec<Step> {
    vec![
        Step::new(Repository, "r", Action::Create),
        Step::new(Image, "i", Action::Create),
        Step::new(ExecutionRole, "kept", Action::Unchanged),
        Step::new(Runtime, "a", Action::Create),
    ]
}

fn after_failure() -> AfterFailure {
    AfterFailure {
        rerun_command: "agentcore launch --env A=b".into(),
        resume_sentence: "`agentcore launch` goes on".into(),
    }
}

#[test]
fn failure_lists_what_is_done_and_left() {
    let refused = || Error::new(Kind::Credentials, "may not").aws_code("AccessDeniedException");
    let untouched = explain(refused(), &steps(), &[false, false, true, false], &after_failure());
    assert_eq!((untouched.kind(), untouched.causes()), (Kind::Credentials, &[][..]));

    let done = [true, false, true, false];
    let error = explain(refused(), &steps(), &done, &after_failure());
    assert_eq!((error.kind(), error.code_str()), (Kind::Partial, "AccessDeniedException"));
    assert_eq!(error.causes(), ["done: repository r", "not done: image i", "not done: runtime a"]);
    assert!(error.hints()[0].contains("`agentcore launch --env A=b`"), "{:?}", error.hints());
    let late = Error::new(Kind::Deadline, "late").code(Code::AwsTimeout);
    let late = explain(late, &steps(), &done, &after_failure());
    assert_eq!((late.kind(), late.code_str()), (Kind::Deadline, "aws.timeout"));
    assert_eq!(late.causes(), ["done: repository r", "not done: image i", "not done: runtime a"]);

    let all = explain(Error::failed("CREATE_FAILED"), &steps(), &[true; 4], &after_failure());
    assert_eq!(all.kind(), Kind::Failed, "nothing is left");
}

/// A resource without requests: what it does is asked of the script.
struct Scripted {
    kind: ResourceKind,
    needs: &'static [ResourceKind],
    owner: Owner,
    is_there: bool,
    fails: bool,
    droppable: bool,
    /// `Some` settles slowly, and says whether that ends well.
    settles: Option<bool>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn new(kind: ResourceKind, needs: &'static [ResourceKind], log: &Arc<Mutex<Vec<String>>>) -> Self {
        let (owner, log) = (Owner::Ours, Arc::clone(log));
        Self { kind, needs, owner, is_there: false, fails: false, droppable: false, settles: None, log }
    }

    fn log(&self, what: &str) {
        self.log.lock().unwrap().push(format!("{what} {}", self.kind));
    }

    async fn act(&self, what: &str) -> Result<()> {
        self.log(what);
        tokio::task::yield_now().await;
        if self.fails {
            return Err(Error::failed(format!("no {}", self.kind)));
        }
        if self.droppable {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
        tokio::task::yield_now().await;
        self.log(&format!("{what} done"));
        Ok(())
    }
}

impl Resource for Scripted {
    type Observed = ();
    type Change = std::convert::Infallible;

    fn kind(&self) -> ResourceKind {
        self.kind
    }

    fn name(&self) -> String {
        "x".to_owned()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        self.needs
    }

    async fn observe(&self, _cloud: &Cloud) -> Result<Option<()>> {
        Ok(self.is_there.then_some(()))
    }

    fn standing(&self, _observed: Option<&()>) -> Standing {
        Standing::Managed(self.owner)
    }

    fn refusal(&self, _observed: &()) -> Error {
        Error::usage("another project's")
    }

    fn diff(&self, _observed: &()) -> Vec<Self::Change> {
        Vec::new()
    }

    async fn create(&self, _cx: &Context<'_>) -> Result<Made<()>> {
        self.act("create").await?;
        Ok(Made { observed: (), action: Action::Create })
    }

    async fn update(&self, _: &(), _: &[Self::Change], _: &Context<'_>) -> Result<Made<()>> {
        self.act("update").await?;
        Ok(Made { observed: (), action: Action::Update })
    }

    async fn mark(&self, _observed: &(), _cx: &Context<'_>) -> Result<()> {
        self.log("mark");
        Ok(())
    }

    fn record(&self, _observed: Option<&()>, ours: bool) -> Result<()> {
        self.log(if ours { "record" } else { "record as another's" });
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        self.log("erase");
        Ok(())
    }

    async fn removal(&self, observed: Option<&()>, _cloud: &Cloud) -> Result<Removal> {
        Ok(match observed {
            Some(()) => Removal::by_owner(self.owner, true, None),
            None => Fate::Gone.into(),
        })
    }

    async fn delete(&self, _observed: &(), _cx: &Context<'_>) -> Result<()> {
        self.act("delete").await
    }

    fn may_be_dropped(&self) -> bool {
        self.droppable
    }

    fn needs_settled(&self) -> &'static [ResourceKind] {
        if self.kind == Runtime { &[Memory] } else { &[] }
    }

    async fn settle(&self, _observed: &(), _cx: &Context<'_>) -> Result<Option<()>> {
        let Some(ends_well) = self.settles else { return Ok(None) };
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        self.log("settled");
        if ends_well { Ok(Some(())) } else { Err(Error::failed("it is FAILED")) }
    }
}

fn list(log: &Arc<Mutex<Vec<String>>>) -> [Node<Scripted>; 4] {
    let scripted = |kind, needs| Node::new(Scripted::new(kind, needs, log));
    [
        scripted(Runtime, &[Image, ExecutionRole]),
        scripted(ExecutionRole, &[]),
        scripted(Image, &[Repository]),
        scripted(Repository, &[]),
    ]
}

fn all(nodes: &mut [Node<Scripted>]) -> Vec<&mut dyn AnyNode> {
    nodes.iter_mut().map(|node| node as &mut dyn AnyNode).collect()
}

fn position(log: &[String], what: &str) -> usize {
    log.iter().position(|line| line == what).unwrap_or_else(|| panic!("no `{what}` in {log:?}"))
}

/// Applies to nothing that asks for a cloud.
async fn applied(nodes: &mut [Node<Scripted>], adopt: bool) -> Result<()> {
    let cloud = Cloud::nowhere();
    let events = Events::silent();
    let cx = Context { cloud: &cloud, events: &events, patience: Patience::new(None, &events), adopt };
    observe(all(nodes), &cloud).await?;
    let steps = plan(all(nodes), adopt)?;
    apply(all(nodes), &steps, &cx, &after_failure()).await
}

#[tokio::test]
async fn a_resource_comes_after_all_that_it_needs() {
    let log = Arc::default();
    applied(&mut list(&log), false).await.unwrap();
    let log = log.lock().unwrap();
    assert!(position(&log, "create done repository") < position(&log, "create image"), "{log:?}");
    assert!(position(&log, "create role") < position(&log, "create done image"), "side by side: {log:?}");
    assert!(position(&log, "record image") < position(&log, "create runtime"), "{log:?}");
    assert!(position(&log, "record role") < position(&log, "create runtime"), "{log:?}");
}

#[tokio::test]
async fn a_circle_of_resources_is_an_error() {
    let log = Arc::default();
    let mut nodes =
        [Node::new(Scripted::new(Repository, &[Image], &log)), Node::new(Scripted::new(Image, &[Repository], &log))];
    let error = applied(&mut nodes, false).await.unwrap_err();
    assert!(error.message().contains("in a circle"), "{error}");
}

#[tokio::test]
async fn failure_starts_nothing_and_awaits_what_began() {
    let log = Arc::default();
    let mut nodes = list(&log);
    nodes[3].resource.fails = true;
    let error = applied(&mut nodes, false).await.unwrap_err();
    assert_eq!(error.message(), "no repository");
    {
        let log = log.lock().unwrap();
        position(&log, "record role");
        assert!(!log.iter().any(|line| line.contains("image") || line.contains("runtime")), "{log:?}");
    }

    let log = Arc::default();
    let mut nodes = list(&log);
    (nodes[1].resource.fails, nodes[3].resource.droppable) = (true, true);
    let error = applied(&mut nodes, false).await.unwrap_err();
    assert_eq!(error.message(), "no role", "and not a minute later");
}

#[tokio::test]
async fn whose_a_resource_is_decides_what_is_done() {
    for (owner, adopt, expected) in [
        (Owner::Ours, false, Ok((Action::Unchanged, "record repository"))),
        (Owner::Recorded, false, Ok((Action::Update, "mark repository"))),
        (Owner::Unknown, true, Ok((Action::Keep, "record as another's repository"))),
        (Owner::Other, true, Ok((Action::Update, "mark repository"))),
        (Owner::Other, false, Err("another project's")),
    ] {
        let log = Arc::default();
        let mut nodes = [Node::new(Scripted { owner, is_there: true, ..Scripted::new(Repository, &[], &log) })];
        let result = applied(&mut nodes, adopt).await;
        let log = log.lock().unwrap();
        match expected {
            Ok((action, line)) => {
                result.unwrap();
                assert_eq!((nodes[0].action(), nodes[0].outcome), (action, Some(action)));
                position(&log, line);
            }
            Err(text) => {
                assert_eq!(result.unwrap_err().message(), text);
                assert!(log.is_empty(), "{log:?}");
            }
        }
    }
}

async fn removed(nodes: &mut [Node<Scripted>]) -> RemovalOutcome {
    let (cloud, events) = (Cloud::nowhere(), Events::silent());
    let cx = Context { cloud: &cloud, events: &events, patience: Patience::new(None, &events), adopt: false };
    observe(all(nodes), &cloud).await.unwrap();
    plan_removal(all(nodes), &cloud).await.unwrap();
    remove(all(nodes), &cx).await
}

#[tokio::test]
async fn only_what_needs_it_usable_waits() {
    let with_memory = async |ends_well| {
        let log = Arc::default();
        let mut nodes: Vec<Node<Scripted>> = list(&log).into();
        nodes.push(Node::new(Scripted::new(Memory, &[], &log)));
        nodes[4].resource.settles = Some(ends_well);
        let applied = applied(&mut nodes, false).await;
        let log = log.lock().unwrap().clone();
        (applied, log)
    };
    let (result, log) = with_memory(true).await;
    result.unwrap();
    assert!(position(&log, "create done image") < position(&log, "settled memory"), "{log:?}");
    assert!(position(&log, "settled memory") < position(&log, "create runtime"), "{log:?}");
    let (result, log) = with_memory(false).await;
    let error = result.unwrap_err();
    assert_eq!(error.message(), "it is FAILED");
    assert!(error.causes().iter().any(|cause| cause == "not done: memory x"), "{error:?}");
    assert!(!log.iter().any(|line| line == "create runtime"), "{log:?}");
}

#[tokio::test]
async fn what_is_needed_goes_after_what_needs_it() {
    let log = Arc::default();
    let mut nodes = list(&log);
    nodes.iter_mut().for_each(|node| node.resource.is_there = true);
    let remains = removed(&mut nodes).await;
    assert!(remains.failures.is_empty() && remains.done == 4, "{remains:?}");
    let log = log.lock().unwrap();
    assert!(position(&log, "erase runtime") < position(&log, "delete role"), "{log:?}");
    assert!(position(&log, "delete done image") < position(&log, "delete repository"), "{log:?}");
    assert!(position(&log, "delete image") < position(&log, "delete done role"), "side by side: {log:?}");
}

#[tokio::test]
async fn what_a_runtime_needs_that_stays_is_kept() {
    let log = Arc::default();
    let mut nodes = list(&log);
    nodes.iter_mut().for_each(|node| node.resource.is_there = true);
    nodes[0].resource.fails = true;
    nodes[2].resource.is_there = false;
    let remains = removed(&mut nodes).await;
    let names: Vec<&str> = remains.failures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((remains.done, names), (0, vec!["runtime x", "role x", "repository x"]));
    assert!(remains.failures[1].1.message().contains("the runtime still needs it"));
    assert!(!log.lock().unwrap().iter().any(|line| line.starts_with("erase")), "the record says what is left");
}

#[tokio::test]
async fn resource_already_gone_is_erased_from_the_record() {
    let log = Arc::default();
    let mut nodes = [Node::new(Scripted::new(Repository, &[], &log))];
    assert_eq!(removed(&mut nodes).await.done, 0);
    assert_eq!(*log.lock().unwrap(), ["erase repository"]);
}

#[tokio::test]
async fn interrupted_run_says_what_is_done() {
    let log = Arc::default();
    let mut nodes = list(&log);
    nodes[1].resource.fails = true;
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let events = Events::new(move |event| {
        if let Event::Resume(text) = event {
            heard.lock().unwrap().push(text);
        }
    });
    let cloud = Cloud::nowhere();
    let cx = Context { cloud: &cloud, events: &events, patience: Patience::new(None, &events), adopt: false };
    let steps = plan(all(&mut nodes), false).unwrap();
    apply(all(&mut nodes), &steps, &cx, &after_failure()).await.unwrap_err();
    let said = said.lock().unwrap();
    assert_eq!(said[0], "`agentcore launch` goes on");
    assert!(said[1].starts_with("`agentcore launch` goes on (done: repository x; not done: runtime x"), "{said:?}");
}
