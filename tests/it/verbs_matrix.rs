//! Every verb of the day after the first deployment, disturbed at each of its requests: the program is killed before the request and
//! after it took effect, the service refuses for its pace or for lack of a permission, fails, or the connection is lost.
//!
//! What must hold is the same for all: a run that was killed converges when it is repeated, to what an undisturbed run leaves, as
//! another client sees it; any other run ends well or says what failed, with the exit status that this has, and converges too; and
//! what only reads leaves everything as it was.
//!
//! Requests that are polled count once. Every kind of fault at every request is some thousand runs; without AGENTCORE_MATRIX=all
//! each request meets one of them, and one after the other all.

mod state;
mod verbs;

use std::collections::BTreeSet;

use crate::convergence::{AGENT, Scene, in_parallel, is_clean_failure};
use crate::support::{Account, Fault, Sandbox, Seen, Trouble, Watched, When, World, copy_tree, host_var, watch};
use state::State;
use verbs::{Effect, Verb};

const RUNNER: &[&str] = &["--runner", "process"];

/// An account and a folder, kept to begin from again and again.
struct Stage {
    dir: tempfile::TempDir,
}

impl Stage {
    /// Of a sandbox that runs: what it has answered is on disk.
    fn keep(sandbox: &Sandbox) -> Self {
        let dir = tempfile::Builder::new().prefix("agentcore-it-").tempdir().unwrap();
        copy_tree(sandbox.dir().as_ref(), &dir.path().join("sandbox"));
        copy_tree(&sandbox.project(), &dir.path().join("project"));
        Self { dir }
    }

    fn open(&self) -> (Sandbox, Account) {
        let world = World::new();
        copy_tree(&self.dir.path().join("project"), &world.project());
        let sandbox = Sandbox::resume(world, &self.dir.path().join("sandbox"), RUNNER);
        let account = Account::of(&sandbox);
        (sandbox, account)
    }
}

/// An agent with two versions.
fn base() -> Option<Stage> {
    let Scene { sandbox, .. } = Scene::start()?;
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    let args = ["configure", "-ni", "-e", "agent.py", "--name", "agent", "-rf", "requirements.txt", "--offline"];
    sandbox.agentcore(&args).args(&["--disable-otel", "--disable-memory"]).run().code(0);
    sandbox.agentcore(&["launch"]).run().code(0);
    verbs::edit(&sandbox, "The second version.");
    sandbox.agentcore(&["launch"]).run().code(0);
    Some(Stage::keep(&sandbox))
}

/// A verb that went through undisturbed.
struct Row {
    verb: Verb,
    stage: Stage,
    before: State,
    after: State,
    faults: Vec<Fault>,
    requests: usize,
}

impl Row {
    fn new(base: &Stage, verb: Verb, (at, all): (usize, bool)) -> Self {
        let stage = {
            let (sandbox, account) = base.open();
            (verb.prepare)(&sandbox, &account);
            Stage::keep(&sandbox)
        };
        let (sandbox, account) = stage.open();
        let before = look(&verb, &sandbox, &account);
        let watched = go(&verb, &sandbox, &account, None);
        assert_eq!(watched.run.code, Some(verb.code), "{}: {}", verb.name, watched.run);
        let after = look(&verb, &sandbox, &account);
        match verb.effect {
            Effect::Reads => assert_eq!(state::differences(&before, &after), [""; 0], "{} only reads", verb.name),
            Effect::Converges => {
                let again = watch(account.url(), sandbox.agentcore(verb.args), None);
                assert_eq!(again.run.code, Some(verb.code), "{}", again.run);
                let sent: Vec<_> =
                    again.seen.iter().filter(|seen| Seen::mutates(seen)).map(|seen| &seen.label).collect();
                assert!(sent.is_empty(), "{}: nothing was left to do, and it sent {sent:?}", verb.name);
            }
            Effect::MakesVersions => {}
        }
        let requests = requests(&watched);
        let faults = faults(&requests, (at, all));
        Self { verb, stage, before, after, faults, requests: requests.len() }
    }

    /// What one disturbed run and its repetition leave to be desired.
    fn problems(&self, fault: &Fault) -> Vec<String> {
        let (sandbox, account) = self.stage.open();
        let verb = &self.verb;
        let watched = go(verb, &sandbox, &account, Some(fault));
        let mut problems: Vec<String> = wrong_end(verb, fault, &watched).into_iter().collect();
        if verb.effect == Effect::Reads {
            let left = state::differences(&self.before, &look(verb, &sandbox, &account));
            problems.extend(left.into_iter().map(|left| format!("it only reads, and changed {left}")));
        }
        let again = watch(account.url(), sandbox.agentcore(verb.args), None).run;
        if again.code != Some(verb.code) {
            problems.push(format!("repeating it ends otherwise\n{again}\nafter\n{}", watched.run));
        }
        if is_left_for_later(fault) {
            return problems;
        }
        let left = state::differences(&self.after, &look(verb, &sandbox, &account));
        problems.extend(left.into_iter().map(|left| format!("it does not converge: {left}\n{}\n{again}", watched.run)));
        problems.into_iter().map(|problem| format!("{} {fault}: {problem}", verb.name)).collect()
    }
}

fn look(verb: &Verb, sandbox: &Sandbox, account: &Account) -> State {
    state::of(account, sandbox, verb.effect != Effect::MakesVersions)
}

fn go(verb: &Verb, sandbox: &Sandbox, account: &Account, fault: Option<&Fault>) -> Watched {
    for args in verb.before {
        sandbox.agentcore(args).run().code(0);
    }
    watch(account.url(), sandbox.agentcore(verb.args), fault)
}

/// The requests of an undisturbed run, each with its number among those of its label.
fn requests(undisturbed: &Watched) -> Vec<(&Seen, usize)> {
    let mut found = Vec::new();
    for (at, seen) in undisturbed.seen.iter().enumerate() {
        let nth = undisturbed.seen[..=at].iter().filter(|other| other.label == seen.label).count();
        // How often a state is polled is not the same each time. The sandbox's own pages are not the service's.
        if seen.path.starts_with("/_sandbox") || (nth > 1 && is_polled(&seen.label)) {
            continue;
        }
        found.push((seen, nth));
    }
    found
}

fn is_polled(label: &str) -> bool {
    label.starts_with("GET ") || label == "GetQueryResults"
}

const FAULTS: [Trouble; 4] = [Trouble::Throttled, Trouble::Internal, Trouble::Drop, Trouble::Denied];

fn faults(requests: &[(&Seen, usize)], (row, all): (usize, bool)) -> Vec<Fault> {
    let mut found = Vec::new();
    for (at, (seen, nth)) in requests.iter().enumerate() {
        let mut add = |trouble, when| found.push(Fault { trouble, when, label: seen.label.clone(), nth: *nth });
        let mutates = seen.mutates();
        // A kill before a request that follows one that only reads leaves what a kill before that one left.
        if all || at == 0 || mutates {
            add(Trouble::Kill, When::BeforeForwarding);
        }
        if mutates {
            add(Trouble::Kill, When::BeforeReply);
        }
        for (kind, trouble) in FAULTS.into_iter().enumerate() {
            if !all && (row + at) % FAULTS.len() != kind {
                continue;
            }
            // A lost answer is worth more than a lost request: the account knows more than the program then.
            let when = if trouble == Trouble::Drop && mutates { When::BeforeReply } else { When::BeforeForwarding };
            add(trouble, when);
        }
    }
    found
}

/// A smoke test's endpoint that may not be deleted stays until its time is over: till then another run might be testing with it.
fn is_left_for_later(fault: &Fault) -> bool {
    fault.trouble == Trouble::Denied && fault.label == "DELETE endpoint"
}

/// What is wrong with how a disturbed run ended.
fn wrong_end(verb: &Verb, fault: &Fault, watched: &Watched) -> Option<String> {
    let run = &watched.run;
    if !watched.struck {
        let is_fine = run.code == Some(verb.code) && is_polled(&fault.label);
        return (!is_fine).then(|| format!("it never came to the request\n{run}"));
    }
    if fault.trouble == Trouble::Kill {
        return run.code.is_some().then(|| format!("it outlived the kill\n{run}"));
    }
    // Repeated, or asked for as far as it goes.
    if run.code == Some(verb.code) {
        return None;
    }
    if !is_clean_failure(run) {
        return Some(format!("neither success nor a clean failure\n{run}"));
    }
    let wanted: &[i32] = if fault.trouble == Trouble::Denied { &[4, 9] } else { &[1, 9] };
    if !run.code.is_some_and(|code| wanted.contains(&code)) {
        return Some(format!("the exit status is not one of {wanted:?}\n{run}"));
    }
    // A registry's refusal has no name of an action.
    let names_action = run.stdout_text().contains(&fault.label) || fault.label.starts_with("HEAD ");
    (fault.trouble == Trouble::Denied && !names_action).then(|| format!("it does not name what was refused\n{run}"))
}

#[test]
fn disturbed_verbs_converge_or_say_why_not() {
    let Some(base) = base() else { return };
    let all = host_var("AGENTCORE_MATRIX").is_some_and(|value| value == "all");
    let only = host_var("AGENTCORE_MATRIX").filter(|_| !all).map(|value| value.to_string_lossy().into_owned());
    let wanted = verbs::verbs().into_iter().enumerate();
    let wanted: Vec<_> = wanted.filter(|(_, verb)| only.as_ref().is_none_or(|only| verb.name.contains(only))).collect();
    let rows = in_parallel(wanted, |_, (at, verb)| Row::new(&base, verb, (at, all)));
    let cases: Vec<(&Row, &Fault)> =
        rows.iter().flat_map(|row| row.faults.iter().map(move |fault| (row, fault))).collect();
    let found = in_parallel(cases, |_, (row, fault)| (row.verb.name, fault.trouble, row.problems(fault)));

    println!("{:24} {:>8} {:>6} {:>7} {:>10}", "verb", "requests", "kills", "faults", "converged");
    let mut totals = [0; 4];
    for row in &rows {
        let of_row: Vec<_> = found.iter().filter(|(name, ..)| *name == row.verb.name).collect();
        let kills = of_row.iter().filter(|(_, trouble, _)| *trouble == Trouble::Kill).count();
        let converged = of_row.iter().filter(|(.., problems)| problems.is_empty()).count();
        let counts = [row.requests, kills, of_row.len() - kills, converged];
        totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        println!("{:24} {:>8} {:>6} {:>7} {:>10}", row.verb.name, counts[0], counts[1], counts[2], counts[3]);
    }
    println!("{:24} {:>8} {:>6} {:>7} {:>10}", "all", totals[0], totals[1], totals[2], totals[3]);
    let problems: Vec<String> = found.into_iter().flat_map(|(.., problems)| problems).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    let met: BTreeSet<_> = rows.iter().flat_map(|row| &row.faults).map(|fault| fault.trouble).collect();
    assert!(
        only.is_some() || (rows.len() == 20 && met.len() == 5 && totals[1] + totals[2] > 300),
        "{totals:?} {met:?}"
    );
}
