//! What commands report when all is well, of an agent from its description to its end.

use super::Transcript;
use crate::support::{Sandbox, World, lacked, python};

const AGENT: &str = include_str!("../scripts/agent.py");

#[test]
fn an_agents_life() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", AGENT).write("requirements.txt", "");
    let mut shown = Transcript::of(&sandbox);
    shown.name("(weather|second)-[A-Za-z0-9]{10}", "$1-0123456789");
    let run = |words: &str| sandbox.agentcore(&words.split(' ').collect::<Vec<_>>());
    shown.once("An agent is described.", 0, run("configure -ni -e agent.py -n weather -do").run());
    shown.once("It is described again.", 0, run("configure -ni --idle-timeout 300").run());
    shown.both("And once more.", 0, run("configure -ni --idle-timeout 300"));
    shown.both("What is in force.", 0, run("configure show"));
    shown.both("Nothing is deployed.", 5, run("status"));
    shown.both("What would be built.", 0, run("build --plan"));
    shown.check("before-launch");

    let mut shown = Transcript::of(&sandbox);
    shown.name("weather-[A-Za-z0-9]{10}", "weather-0123456789");
    shown.name(r"\b\d+(\.\d)? s\b", "1.0 s");
    // What took no time is not listed, and the byte code in the image is that of this machine's Python.
    let part = r"(build|repository|image|role|runtime|READY|start) 1\.0 s";
    shown.name(&format!("Took 1\\.0 s: {part}(, {part})*"), "Took 1.0 s: (parts)");
    shown.name(r"\b\d+(\.\d)? kB\b", "2.3 kB");
    shown.both("What would be made.", 6, run("launch --plan"));
    shown.outcome("It is deployed.", 0, run("launch").run());
    shown.both("Nothing has changed.", 0, run("launch --plan"));
    shown.both("Something has changed.", 6, run("launch --plan --env LEVEL=debug"));
    shown.check("launch");

    let mut shown = Transcript::of(&sandbox);
    shown.name("(weather|second)-[A-Za-z0-9]{10}", "$1-0123456789");
    run("configure -ni -e agent.py -n second -do").run().code(0);
    run("configure set-default weather").run().code(0);
    shown.both("What is deployed.", 0, run("status"));
    shown.both("What is in force.", 0, run("configure show"));
    shown.both("All agents.", 0, run("configure list"));
    shown.once("Another default.", 0, run("configure set-default second").run());
    run("configure set-default weather").run().code(0);
    shown.both("A call.", 0, run("invoke hello"));
    shown.both("A call as JSON.", 0, run("invoke hello -o json"));
    shown.both("A token, where AWS credentials are wanted.", 3, run("invoke hello --bearer-token eyJh.eyJp.c2ln"));
    shown.both("A header that is dropped.", 0, run("invoke hello -H X-Tenant:blue"));
    shown.both("An endpoint that is not there.", 5, run("invoke hello --endpoint prod"));
    shown.once("Its session is stopped.", 0, run("stop-session").run());
    shown.once("And once more.", 5, run("stop-session").run());
    shown.both("Who may call it.", 0, run("auth explain"));
    shown.both("No rules to test.", 2, run("auth test"));
    shown.both("What would be deleted.", 6, run("destroy --dry-run"));
    shown.once("Nobody to ask.", 2, run("destroy").run());
    shown.both("The sandbox.", 0, run("sandbox status").args(&["--dir", sandbox.dir()]));
    shown.both("Its environment.", 0, run("sandbox env").args(&["--dir", sandbox.dir()]));
    shown.both("Another one on its port.", 1, run("sandbox start --dir other --port").arg(port(&sandbox)));
    shown.both("It is not forgotten while it runs.", 2, run("sandbox reset").args(&["--dir", sandbox.dir()]));
    shown.outcome("All is deleted.", 0, run("destroy --force").run());
    shown.both("Nothing is left to delete.", 0, run("destroy --force"));
    shown.both("Nothing is left.", 5, run("status"));
    shown.check("after-launch");
}

fn port(sandbox: &Sandbox) -> String {
    crate::support::Account::of(sandbox).url().rsplit(':').next().unwrap().to_owned()
}

#[test]
fn without_a_sandbox() {
    let world = World::new();
    let mut shown = Transcript::of(&world);
    shown.both("No sandbox runs.", 5, world.agentcore(&["sandbox", "status"]));
    shown.both("No sandbox to point at.", 5, world.agentcore(&["sandbox", "env"]));
    shown.both("No sandbox to stop.", 0, world.agentcore(&["sandbox", "stop"]));
    shown.both("What a code means.", 0, world.agentcore(&["explain", "config.missing"]));
    shown.both("What a family of codes means.", 0, world.agentcore(&["explain", "runtime.create-failed"]));
    shown.both("A code of AWS.", 5, world.agentcore(&["explain", "AccessDeniedException"]));
    shown.check("anywhere");
}
