//! `iam policy` says what a command needs: with just that policy, in a sandbox that judges its callers, the command does its work;
//! without any one of its actions it does not, and says which one is missing.

mod environments;
mod subjects;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::convergence::{Scene, in_parallel};
use crate::support::{Account, Run, World, host_var, repository};

/// A command of a judged caller. A step is the arguments of a run, with NAME for a name that no other case has, or `edit`: another line
/// in the agent's source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// As `--for` takes it.
    verb: String,
    /// Of the agent.
    #[serde(default)]
    configure: Vec<String>,
    /// Further flags of `iam policy`.
    #[serde(default)]
    flags: Vec<String>,
    /// Files of the project, by their names.
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// What the account's user does before.
    #[serde(default)]
    before: Vec<String>,
    /// What the judged caller does.
    steps: Vec<String>,
    /// Exit statuses of a command that did its work.
    #[serde(default = "done")]
    works: Vec<i32>,
    /// What the last run says then.
    #[serde(default)]
    says: String,
    /// A command whose policy is part of this one: its statements are judged by a case of its own.
    #[serde(default)]
    beyond: Option<String>,
    /// Actions that these steps do without, each with its reason; with the statement before one that is in several.
    #[serde(default)]
    spared: BTreeMap<String, String>,
}

fn done() -> Vec<i32> {
    vec![0]
}

/// All of them, or those of the commands that begin with AGENTCORE_PERMISSIONS.
fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(repository().join("tests/it/permissions/cases.json")).unwrap();
    let mut all: Vec<Case> = serde_json::from_str(&text).unwrap();
    if let Some(chosen) = host_var("AGENTCORE_PERMISSIONS").and_then(|chosen| chosen.into_string().ok()) {
        all.retain(|case| case.verb.starts_with(&chosen));
    }
    all
}

/// The policy that the program prints for an agent.
fn policy(world: &World, case: &Case) -> Vec<Value> {
    let flags: Vec<&str> = case.flags.iter().map(String::as_str).collect();
    policy_of(world, &case.verb, &flags)
}

/// The statements that `iam policy` prints for these commands.
fn policy_of(world: &World, verbs: &str, flags: &[&str]) -> Vec<Value> {
    let args = ["iam", "policy", "--for", verbs, "--account", "123456789012", "-o", "json"];
    let data = world.agentcore(&args).args(flags).run().code(0).data();
    let documents = data["policies"].as_array().unwrap().iter().map(|policy| &policy["document"]["Statement"]);
    documents.flat_map(|statements| statements.as_array().unwrap().clone()).collect()
}

/// Name of the statement and action, for each that is allowed.
fn actions(statements: &[Value]) -> Vec<(String, String)> {
    let listed = |value: &Value| match value {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    };
    let of = |statement: &Value| {
        let sid = statement["Sid"].as_str().unwrap().to_owned();
        listed(&statement["Action"]).into_iter().map(move |action| (sid.clone(), action.as_str().unwrap().to_owned()))
    };
    statements.iter().flat_map(of).collect()
}

/// The statements without one action of one of them.
fn without(statements: &[Value], (sid, action): &(String, String)) -> Vec<Value> {
    let mut left = Vec::new();
    for statement in statements {
        let of = actions(std::slice::from_ref(statement));
        let kept: Vec<&String> =
            of.iter().filter(|it| (&it.0, &it.1) != (sid, action)).map(|(_, action)| action).collect();
        if !kept.is_empty() {
            let mut statement = statement.clone();
            statement["Action"] = json!(kept);
            left.push(statement);
        }
    }
    left
}

/// The variables of a role that may do this and nothing else.
fn role(account: &Account, name: &str, statements: &[Value]) -> Vec<(&'static str, String)> {
    let root = "arn:aws:iam::123456789012:root";
    let trust = json!({ "Effect": "Allow", "Principal": { "AWS": root }, "Action": "sts:AssumeRole" });
    let document = |statements: Value| json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    account.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &document(json!([trust])))]);
    // A document has at least one statement: without its only action the role has no policy.
    if !statements.is_empty() {
        let policy = document(json!(statements));
        account.iam("PutRolePolicy", &[("RoleName", name), ("PolicyName", "p"), ("PolicyDocument", &policy)]);
    }
    account.assume(&format!("arn:aws:iam::123456789012:role/{name}"))
}

/// Takes one step; the run, where it is one.
fn take(world: &World, (name, step): (&str, &str), variables: &[(&'static str, String)]) -> Option<Run> {
    if step == "edit" {
        let source = world.read("agent.py");
        world.write("agent.py", &format!("{source}# one line more\n"));
        return None;
    }
    let step = step.replace("NAME", name);
    let args: Vec<&str> = step.split(' ').collect();
    let run = variables.iter().fold(world.agentcore(&args), |run, (name, value)| run.var(name, value));
    Some(run.args(&["-o", "json"]).run())
}

impl Case {
    /// Runs steps until one does not work; the last run.
    fn take(&self, world: &World, name: &str, variables: &[(&'static str, String)]) -> Run {
        let mut last = None;
        for run in self.steps.iter().filter_map(|step| take(world, (name, step), variables)) {
            let works = self.works(&run);
            last = Some(run);
            if !works {
                break;
            }
        }
        last.unwrap()
    }

    fn works(&self, run: &Run) -> bool {
        self.ended(run) && run.stdout_text().contains(&self.says)
    }

    fn ended(&self, run: &Run) -> bool {
        run.code.is_some_and(|code| self.works.contains(&code))
    }

    /// A project of its own, in the state that the case begins with.
    fn project(&self, scene: &Scene, name: &str) -> World {
        let configure: Vec<&str> = self.configure.iter().map(String::as_str).collect();
        let world = scene.project(name, &configure);
        for (file, text) in &self.files {
            world.write(file, text);
        }
        for step in &self.before {
            take(&world, (name, step), &[]).map(|run| run.code(0));
        }
        world
    }

    /// With the whole policy, or without one of its actions: what is wrong.
    fn judge(&self, scene: &Scene, name: &str, removed: Option<&(String, String)>) -> Option<String> {
        let world = self.project(scene, name);
        let whole = policy(&world, self);
        let statements = removed.map_or_else(|| whole.clone(), |removed| without(&whole, removed));
        let run = self.take(&world, name, &role(&scene.account, name, &statements));
        let Some((sid, action)) = removed else {
            return (!self.works(&run)).then(|| format!("{}: not enough: {run}", self.verb));
        };
        let spared = self.spared.get(action).or_else(|| self.spared.get(&format!("{sid} {action}")));
        // HEAD has no body that could name the action.
        let by_head = ["s3:ListBucket", "s3:GetObject", "ecr:BatchGetImage"];
        let is_named = run.stdout_text().contains(action.as_str()) || by_head.contains(&action.as_str());
        // 2 says that nobody knows whose a thing is whose tags may not be read; a run that is to fail may say so of what it did then.
        let is_refusal = matches!(run.code, Some(2 | 4 | 9)) || (!self.says.is_empty() && self.ended(&run));
        match (self.works(&run), spared) {
            (true, Some(_)) => None,
            (true, None) => Some(format!("{}: works without {action} of {sid}", self.verb)),
            (false, Some(why)) => Some(format!("{}: does not work without {action}, although {why}: {run}", self.verb)),
            (false, None) if is_refusal && is_named => None,
            (false, None) => Some(format!("{}: without {action} it ends otherwise: {run}", self.verb)),
        }
    }
}

#[test]
fn each_command_needs_its_policy_and_no_more() {
    judge_all(|verb| !is_of_group(verb, "identity") && !is_of_group(verb, "gateway"));
}

#[test]
fn each_command_needs_its_policy_identity() {
    judge_all(|verb| is_of_group(verb, "identity"));
}

#[test]
fn each_command_needs_its_policy_gateway() {
    judge_all(|verb| is_of_group(verb, "gateway"));
}

fn is_of_group(verb: &str, group: &str) -> bool {
    verb.split(' ').next() == Some(group)
}

/// Judges the chosen cases in a sandbox of their own.
#[expect(clippy::print_stdout, reason = "a table for those who ask for it with `--nocapture`")]
fn judge_all(is_chosen: impl Fn(&str) -> bool) {
    let Some(scene) = Scene::start_with(&["--enforce-iam"]) else { return };
    let mut cases = cases();
    cases.retain(|case| is_chosen(&case.verb));
    let mut work = Vec::new();
    let mut table = String::from("command | statements | actions | spared\n");
    for (at, case) in cases.iter().enumerate() {
        let configure: Vec<&str> = case.configure.iter().map(String::as_str).collect();
        let world = scene.project(&format!("plan{at}"), &configure);
        let statements = policy(&world, case);
        let part = case.beyond.as_ref().map(|verb| actions(&policy_of(&world, verb, &[]))).unwrap_or_default();
        let mut actions = actions(&statements);
        actions.retain(|action| !part.contains(action));
        let _ = writeln!(table, "{} | {} | {} | {}", case.verb, statements.len(), actions.len(), case.spared.len());
        for (spared, why) in &case.spared {
            let _ = writeln!(table, "  {spared}: {why}");
            assert!(
                actions.iter().any(|(sid, action)| action == spared || format!("{sid} {action}") == *spared),
                "{}: {spared} is not in the policy",
                case.verb
            );
        }
        work.push((at, None));
        work.extend(actions.into_iter().map(|action| (at, Some(action))));
    }
    println!("{table}");
    let judged =
        in_parallel(work, |number, (at, removed)| cases[at].judge(&scene, &format!("case{number}"), removed.as_ref()));
    let wrong: Vec<String> = judged.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}\n{table}", wrong.join("\n\n"));
}

#[test]
fn a_policy_needs_no_network() {
    let world = World::new();
    let args = ["iam", "policy", "--for", "launch,invoke", "--all-agents", "--account", "123456789012"];
    let run = world.agentcore(&args).args(&["--region", "eu-central-1"]).run().code(0);
    let document: Value = serde_json::from_str(&run.stdout_text()).unwrap();
    let text = document.to_string();
    assert!(text.contains("arn:aws:bedrock-agentcore:eu-central-1:123456789012:runtime/*"), "{text}");
    let china = world.agentcore(&args).args(&["--region", "cn-north-1"]).run().code(0).stdout_text();
    assert!(china.contains("arn:aws-cn:") && !china.contains("arn:aws:"), "{china}");
    let unknown = world.agentcore(&["iam", "policy", "--for", "lunch", "--all-agents"]).run().code(2);
    assert!(unknown.stderr_text().contains("`lunch`"), "{unknown}");
}

#[test]
fn a_pipelines_role_trusts_its_own_branch() {
    let world = World::new();
    let args =
        ["iam", "role", "--github", "acme/support", "--for", "deploy", "--all-agents", "--account", "123456789012"];
    let data = world.agentcore(&args).args(&["--region", "us-west-2", "-o", "json"]).run().code(0).data();
    let statement = &data["trust"]["Statement"][0];
    let provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    assert_eq!(statement["Principal"]["Federated"], provider);
    let condition = &statement["Condition"]["StringEquals"];
    assert_eq!(condition["token.actions.githubusercontent.com:sub"], "repo:acme/support:ref:refs/heads/main");
    assert_eq!(condition["token.actions.githubusercontent.com:aud"], "sts.amazonaws.com");
    assert_eq!(data["arn"], "arn:aws:iam::123456789012:role/agentcore-deploy");
}

/// The actions of the policy for a launch and a destroy, with their resources.
fn deploying(world: &World) -> (Vec<String>, String) {
    let statements = policy_of(world, "launch,destroy --delete-memory", &[]);
    let all = actions(&statements).into_iter().map(|(_, action)| action).collect();
    (all, Value::from(statements).to_string())
}

#[test]
fn what_the_user_brought_is_only_used() {
    let Some(scene) = Scene::start() else { return };
    let code = ["-dt", "direct_code_deploy", "-rt", "PYTHON_3_13"];
    let own = deploying(&scene.project("own", &code)).0;
    let brought = deploying(&scene.project("brought", &[&code[..], &["--s3", "theirs"]].concat())).0;
    for action in ["s3:CreateBucket", "s3:DeleteBucket", "s3:PutLifecycleConfiguration"] {
        assert!(own.iter().any(|it| it == action) && brought.iter().all(|it| it != action), "{action}");
    }
    assert!(brought.iter().any(|it| it == "s3:PutObject"), "{brought:?}");
    let world = scene.project("remembers", &[]);
    let configure = ["configure", "-ni", "--name", "remembers", "--memory", "theirs-0123456789", "--offline"];
    world.agentcore(&configure).run().code(0);
    let memory = deploying(&world).0;
    let is_change =
        |action: &String| ["Create", "Update", "Delete"].iter().any(|verb| action.contains(&format!("{verb}Memory")));
    assert!(memory.iter().any(|it| it.ends_with(":GetMemory")) && !memory.iter().any(is_change), "{memory:?}");
    // Its owner lets this account push, and the account has to let the caller do so too.
    let elsewhere = "999999999999.dkr.ecr.us-west-2.amazonaws.com/team/agents";
    let (pushes, text) = deploying(&scene.project("pushes", &["--ecr", elsewhere]));
    assert!(text.contains("arn:aws:ecr:us-west-2:999999999999:repository/team/agents"), "{text}");
    assert!(pushes.iter().any(|it| it == "ecr:PutImage") && !pushes.iter().any(|it| it == "ecr:DescribeImages"));
}

#[test]
fn a_named_role_is_found_below_its_path() {
    let Some(scene) = Scene::start_with(&["--enforce-iam"]) else { return };
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "bedrock-agentcore.amazonaws.com" }, "Action": "sts:AssumeRole",
    }]});
    let allowed =
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "ecr:*", "Resource": "*" }]});
    let (trust, allowed) = (trust.to_string(), allowed.to_string());
    let made = [("RoleName", "theirs"), ("Path", "/team/"), ("AssumeRolePolicyDocument", trust.as_str())];
    scene.account.iam("CreateRole", &made);
    scene.account.iam("PutRolePolicy", &[("RoleName", "theirs"), ("PolicyName", "p"), ("PolicyDocument", &allowed)]);
    let world = scene.project("below", &["-er", "theirs"]);
    let variables = role(&scene.account, "caller", &policy_of(&world, "launch", &[]));
    take(&world, ("", "launch"), &variables).unwrap().code(0);
    let lacking = role(
        &scene.account,
        "lacking",
        &without(
            &policy_of(&world, "status", &[]),
            &("Runtime".to_owned(), "bedrock-agentcore:GetAgentRuntime".to_owned()),
        ),
    );
    let refused = take(&world, ("", "status"), &lacking).unwrap().code(4).stdout_text();
    assert!(refused.contains("agentcore iam policy --for status"), "{refused}");
}

#[test]
fn calls_refuse_the_region_of_another_agent() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("called", &[]);
    world.agentcore(&["launch"]).run().code(0);
    for verb in [
        &["invoke", "{}"][..],
        &["stop-session", "--session-id", "0123456789012345678901234567890123"],
        &["auth", "explain"],
    ] {
        let run = world.agentcore(verb).args(&["--region", "eu-west-1"]).run().code(2);
        assert!(run.stderr_text().contains("is deployed in us-west-2"), "{run}");
    }
    world.agentcore(&["invoke", "{}", "--region", "us-west-2"]).run().code(0);
}
