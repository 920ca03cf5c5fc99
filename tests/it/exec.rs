//! Commands in sessions, and the list of these: of bash alone, since the tests' `PATH` has no other programs. Terminals and foreign clients are in `tests/outside/test_shell.py`.

use crate::support::{Sandbox, World, lacked, python};

const AGENT: &str = include_str!("surfaces/agent.py");

fn deployed() -> Option<Sandbox> {
    if python().is_none() {
        lacked("python", "there is no `python3` on PATH");
        return None;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    sandbox.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "echo", "-do"]).run().code(0);
    sandbox.agentcore(&["launch", "--env", "SPEAKS=HTTP"]).run().code(0);
    Some(sandbox)
}

#[test]
fn commands_end_with_their_own_status() {
    let Some(sandbox) = deployed() else { return };
    let exec = |words: &[&str]| sandbox.agentcore(&["exec"]).args(words).run();
    let first = exec(&["echo out; echo err >&2; echo note > note; exit 7"]).code(7);
    assert_eq!(first.stdout_text(), "out\n");
    let first = first.says("err").says("session ");
    assert!(!first.stdout_text().contains("err"));
    // The session is continued without being named again.
    let second = exec(&["-o", "json", "echo $(<note); exit 5"]).code(5).data();
    assert_eq!((second["exitCode"].as_i64(), second["stdout"].as_str()), (Some(5), Some("note\n")));
    let session = second["sessionId"].as_str().unwrap().to_owned();
    let other = exec(&["--new-session", "-o", "json", "[ -f note ]"]).code(1).data();
    assert_ne!(other["sessionId"].as_str(), Some(session.as_str()));
    assert_eq!(
        exec(&["--session-id", &session, "--", "printf", "%s|", "a b", "$HOME"]).code(0).stdout_text(),
        "a b|$HOME|"
    );

    let listed = sandbox.agentcore(&["sessions", "list", "-o", "json"]).run().code(0).data();
    assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(2));
    sandbox.agentcore(&["sessions", "stop", &session]).run().code(0);
    sandbox.agentcore(&["sessions", "stop", &session]).run().code(0);
    exec(&["--session-id", &session, "[ -f note ]"]).code(1);
    sandbox.agentcore(&["sessions", "stop", "--all"]).run().code(0);
    let listed = sandbox.agentcore(&["sessions", "list", "-o", "json"]).run().code(0).data();
    assert!(listed["sessions"].as_array().unwrap().iter().all(|session| session["state"] == "stopped"));
}

#[test]
fn environments_have_sessions_of_their_own() {
    let Some(sandbox) = deployed() else { return };
    let of =
        |environment: &[&str], words: &[&str]| sandbox.agentcore(words).args(environment).args(&["-o", "json"]).run();
    let staging = ["--environment", "staging"];
    of(&staging, &["launch", "--env", "SPEAKS=HTTP"]).code(0);
    let session = of(&staging, &["exec", "true"]).code(0).data()["sessionId"].clone();
    assert_eq!(of(&[], &["sessions", "list"]).code(0).data()["sessions"].as_array().map(Vec::len), Some(0));
    let listed = of(&staging, &["sessions", "list"]).code(0).data();
    assert_eq!(listed["sessions"][0]["sessionId"], session);
    let stopped = of(&staging, &["sessions", "stop", "--all"]).code(0).data();
    assert_eq!(stopped["sessions"][0]["sessionId"], session);
}

#[test]
fn commands_that_cannot_run_have_codes() {
    let Some(sandbox) = deployed() else { return };
    let code = |words: &[&str], status: i32| {
        let run = sandbox.agentcore(words).args(&["-o", "json"]).run().code(status);
        run.json()["error"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(&["exec", "--command-timeout", "1", "while :; do :; done"], 7), "command.timed-out");
    assert_eq!(code(&["exec", "--command-timeout", "1", "exec >&- 2>&-; while :; do :; done"], 7), "command.timed-out");
    assert_eq!(code(&["exec", "--command-timeout", "0", "true"], 2), "input.value");
    assert_eq!(code(&["exec", " "], 2), "input.command");
    assert_eq!(code(&["exec", "--bearer-token", "no", "true"], 3), "bearer-not-accepted");
    assert_eq!(code(&["exec", "--endpoint", "nowhere", "true"], 5), "ResourceNotFoundException");
    assert_eq!(code(&["shell"], 2), "input.terminal");
    assert_eq!(code(&["sessions", "stop", &"x".repeat(40)], 5), "session.none");
}
