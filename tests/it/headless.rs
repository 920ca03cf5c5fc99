//! Without a terminal nothing prompts and nothing hangs: every subcommand, found through `--help`, is run with stdin
//! closed, in an empty folder and in a configured one, and must end with a published exit status.

use crate::support::{Recorder, World};

/// Published in docs/exit-codes.md. Anything else is a panic or a signal.
const EXIT_CODES: &[i32] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130];

/// Commands that start something on purpose; other tests run them.
const STARTS: &[&str] = &["sandbox start", "sandbox serve"];

/// The full names of all commands below `path`, those with subcommands included.
fn commands(world: &World, path: &[String]) -> Vec<Vec<String>> {
    let args: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = world.agentcore(&args).run().code(0).stdout_text();
    let names = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        // Continued descriptions are indented further.
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help");
    let mut found = Vec::new();
    for name in names {
        let mut command = path.to_vec();
        command.push(name.to_owned());
        found.push(command.clone());
        found.extend(commands(world, &command));
    }
    found
}

#[test]
fn no_command_prompts_or_hangs() {
    let mut world = World::new().with_credentials();
    let recorder = Recorder::start();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    world.set("AWS_MAX_ATTEMPTS", "1");
    let commands = commands(&world, &[]);
    for known in [
        "configure",
        "configure list",
        "launch",
        "status",
        "invoke",
        "destroy",
        "identity setup-cognito",
        "sandbox run",
    ] {
        assert!(commands.iter().any(|command| command.join(" ") == known), "`{known}` is not in {commands:?}");
    }
    for configured in [false, true] {
        if configured {
            world.write("agent.py", "").write("requirements.txt", "");
            world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "myagent"]).run().code(0);
        }
        for command in commands.iter().filter(|command| !STARTS.contains(&command.join(" ").as_str())) {
            let args: Vec<&str> = command.iter().map(String::as_str).collect();
            let run = world.agentcore(&args).run();
            assert!(run.code.is_some_and(|code| EXIT_CODES.contains(&code)), "{run}");
            assert!(!run.stderr_text().contains("panicked"), "{run}");
            for prompt in ["[y/N]", "[Y/n]", "(y/n)"] {
                assert!(!run.stdout_text().contains(prompt) && !run.stderr_text().contains(prompt), "{run}");
            }
        }
    }
}
