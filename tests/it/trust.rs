//! What a configuration that somebody else wrote can do: run programs, take secrets of this machine, write elsewhere.

use std::os::unix::fs::{MetadataExt, lchown, symlink};

use crate::support::{World, lacked};

const STRANGER: u32 = 4711;
/// A configuration whose token comes from a program, which leaves a file behind when it ran.
const COMMAND: &str = "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    bedrock_agentcore:\n      agent_id: a-Ab3dEf6hIj\n      \
                       agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-Ab3dEf6hIj\n    agentcore:\n      token:\n        \
                       grant: command\n        command: [/bin/sh, -c, 'echo ran > ran; echo a.b.c']\n";
const FILE: &str = ".bedrock_agentcore.yaml";

/// A project below the world's, with a work tree; false where files cannot be given to another user.
fn shared_machine(world: &World) -> bool {
    for folder in ["shared/.git", "shared/mine"] {
        std::fs::create_dir_all(world.project().join(folder)).unwrap();
    }
    world.write(&format!("shared/{FILE}"), COMMAND);
    let root = std::fs::metadata(world.project()).unwrap().uid() == 0;
    if !root {
        lacked("root", "only root can give a file to another user");
    }
    root
}

fn give(world: &World, path: &str, user: u32) {
    lchown(world.project().join(path), Some(user), None).unwrap();
}

/// The commands that come upon a configuration, each with its arguments.
const VERBS: &[&[&str]] = &[
    &["identity", "token"],
    &["invoke", "{}", "--auth"],
    &["status"],
    &["launch", "--plan"],
    &["destroy", "--dry-run"],
    &["build"],
    &["configure", "show"],
    &["auth", "explain"],
    &["identity", "verify"],
];

#[test]
fn a_configuration_of_another_user_is_not_come_upon() {
    let world = World::new();
    if !shared_machine(&world) {
        return;
    }
    let mine = world.project().join("shared/mine");
    let refused = |dir: &str| {
        for verb in VERBS {
            let run = world.agentcore(verb).dir(world.project().join(dir)).run();
            let run = run.code(2).says("belongs to another user").says("--config").says("AGENTCORE_CONFIG");
            assert!(!run.stderr_text().contains("echo ran"), "{run}");
        }
        let json = world.agentcore(&["status", "-o", "json"]).dir(world.project().join(dir)).run().code(2).json();
        assert_eq!(json["error"]["code"], "config.owner");
        assert!(!world.project().join("shared/ran").exists(), "the command ran");
    };
    for part in [&format!("shared/{FILE}"), "shared", "shared/mine", "shared/.git"] {
        give(&world, part, STRANGER);
        refused("shared/mine");
        give(&world, part, 0);
    }
    // Beside it, too: `cd /tmp` is enough to come upon a file there.
    give(&world, &format!("shared/{FILE}"), STRANGER);
    refused("shared");
    // A `.git` that is a file, as in a linked work tree, ends the search as well.
    give(&world, &format!("shared/{FILE}"), 0);
    std::fs::remove_dir(world.project().join("shared/.git")).unwrap();
    world.write("shared/.git", "gitdir: /nowhere\n");
    give(&world, "shared/.git", STRANGER);
    refused("shared/mine");
    // Whoever names the file trusts it.
    let named = world.agentcore(&["configure", "show", "--config", "../.bedrock_agentcore.yaml"]).dir(&mine);
    named.run().code(0);
    let variable = world.agentcore(&["configure", "show"]).dir(&mine).var("AGENTCORE_CONFIG", "..");
    variable.run().code(0);
}

#[test]
fn a_link_counts_as_its_own_and_its_targets_owner() {
    let world = World::new();
    if !shared_machine(&world) {
        return;
    }
    let file = world.project().join("shared").join(FILE);
    world.write("elsewhere.yaml", COMMAND);
    std::fs::remove_file(&file).unwrap();
    symlink(world.project().join("elsewhere.yaml"), &file).unwrap();
    let show = || world.agentcore(&["configure", "show"]).dir(world.project().join("shared/mine")).run();
    show().code(0);
    give(&world, &format!("shared/{FILE}"), STRANGER);
    show().code(2).says("belongs to another user");
    give(&world, &format!("shared/{FILE}"), 0);
    give(&world, "elsewhere.yaml", STRANGER);
    show().code(2).says("belongs to another user");
}

#[test]
fn who_calls_sudo_is_believed() {
    let world = World::new();
    if !shared_machine(&world) {
        return;
    }
    for part in ["shared", "shared/mine", "shared/.git", &format!("shared/{FILE}")] {
        give(&world, part, STRANGER);
    }
    let show = |user: &str| {
        let show = world.agentcore(&["configure", "show"]).dir(world.project().join("shared/mine"));
        show.var("SUDO_UID", user).run()
    };
    show(&STRANGER.to_string()).code(0);
    show("4712").code(2);
}

#[test]
fn a_new_configuration_does_not_ask_about_the_one_above() {
    let world = World::new();
    if !shared_machine(&world) {
        return;
    }
    give(&world, &format!("shared/{FILE}"), STRANGER);
    world.write("shared/mine/agent.py", "app = 1\n").write("shared/mine/requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "--region", "us-west-2"];
    world.agentcore(&configure).dir(world.project().join("shared/mine")).run().code(0);
    assert!(world.project().join("shared/mine").join(FILE).is_file());
    // Its own folder's is another matter: it would be read.
    give(&world, &format!("shared/mine/{FILE}"), STRANGER);
    world.agentcore(&configure).dir(world.project().join("shared/mine")).run().code(2).says("another user");
}

/// An agent whose configuration has these lines below `token:`.
fn with_token(world: &World, lines: &[&str]) {
    let lines: String = lines.iter().map(|line| format!("        {line}\n")).collect();
    let head = "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    agentcore:\n      token:\n";
    world.write(FILE, &format!("{head}{lines}"));
}

#[test]
fn a_command_of_a_configuration_waits_for_trust() {
    let world = World::new();
    world.write(FILE, COMMAND);
    let ran = || std::fs::remove_file(world.project().join("ran")).is_ok();
    for verb in [&["identity", "token"][..], &["invoke", "{}", "--auth"], &["identity", "token", "--no-cache"]] {
        let run = world.agentcore(verb).run().code(2);
        let run = run.says("AGENTCORE_TRUST_CONFIG=1").says("--trust-config").says("echo ran > ran");
        assert!(!ran(), "{run}");
        let json = world.agentcore(verb).args(&["-o", "json"]).run().code(2).json();
        assert_eq!(json["error"]["code"], "config.untrusted");
    }
    // Neither of these leaves anything behind that would trust it the next time.
    let trusted = world.agentcore(&["identity", "token", "--no-cache", "--trust-config"]).run().code(0);
    assert_eq!((trusted.stdout_text().as_str(), ran()), ("a.b.c\n", true));
    let no = world.agentcore(&["identity", "token", "--no-cache"]).var("AGENTCORE_TRUST_CONFIG", "0");
    no.run().code(2);
    let variable = world.agentcore(&["identity", "token", "--no-cache"]).var("AGENTCORE_TRUST_CONFIG", "1");
    variable.run().code(0);
    assert!(ran());
    world.agentcore(&["identity", "token", "--no-cache"]).run().code(2);
    assert!(!ran());
}

#[test]
fn a_command_that_was_typed_needs_no_trust_when_it_is_saved() {
    let world = World::new();
    world.write(FILE, "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n");
    world.write("token.sh", "echo a.b.c\n");
    let typed = ["identity", "token", "--no-cache", "--token-command", "/bin/sh token.sh"];
    world.agentcore(&typed).run().code(0);
    world.agentcore(&typed).args(&["--save"]).run().code(0);
    let ask = || world.agentcore(&["identity", "token", "--no-cache"]).run();
    assert_eq!(ask().code(0).stdout_text(), "a.b.c\n");
    // What it runs is another thing now.
    world.write("token.sh", "echo d.e.f\n");
    ask().code(2);
    world.write("token.sh", "echo a.b.c\n");
    ask().code(0);
    let text = world.read(FILE);
    world.write(FILE, &text.replace("token.sh", "other.sh"));
    world.write("other.sh", "echo a.b.c\n");
    ask().code(2);
    // Neither in a copy of the project elsewhere.
    world.write(FILE, &text);
    world.write("copy/token.sh", "echo a.b.c\n").write(&format!("copy/{FILE}"), &text);
    world.agentcore(&["identity", "token", "--no-cache"]).dir(world.project().join("copy")).run().code(2);
}

#[test]
fn a_configuration_sends_no_secret_of_the_machine_away() {
    let world = World::new();
    let recorder = crate::support::Recorder::start();
    let url = format!("discovery_url: {}/.well-known/openid-configuration", recorder.url());
    std::fs::create_dir_all(world.path("home/.aws")).unwrap();
    std::fs::write(world.path("home/.aws/credentials"), "aws_secret_access_key = canary-in-a-file\n").unwrap();
    world.write(".git/config", "extraheader = canary-in-git\n");
    symlink(world.path("home/.aws"), world.project().join("link")).unwrap();
    let home = world.path("home/.aws/credentials").display().to_string();
    for (grant, key, value) in [
        ("client_credentials", "client_secret_env", "AWS_SECRET_ACCESS_KEY"),
        ("client_credentials", "client_secret_env", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
        ("client_credentials", "client_secret_env", "AGENTCORE_BEARER_TOKEN"),
        ("client_credentials", "client_secret_file", home.as_str()),
        ("client_credentials", "client_secret_file", "../home/.aws/credentials"),
        ("client_credentials", "client_secret_file", "link/credentials"),
        ("client_credentials", "client_secret_file", "/proc/self/environ"),
        ("client_credentials", "client_secret_file", ".git/config"),
        ("client_credentials", "private_key_file", home.as_str()),
        ("user_password", "password_env", "GITHUB_TOKEN"),
        ("user_password", "password_file", "link/credentials"),
        ("refresh_token", "refresh_token_env", "CI_JOB_TOKEN"),
        ("refresh_token", "refresh_token_file", home.as_str()),
        ("gitlab_ci", "variable", "GITHUB_TOKEN"),
        ("file", "file", home.as_str()),
    ] {
        with_token(
            &world,
            &[&format!("grant: {grant}"), &url, "client_id: c", "username: u", &format!("{key}: {value}")],
        );
        let mut command = world.agentcore(&["identity", "token", "--no-cache"]);
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "AGENTCORE_BEARER_TOKEN",
            "GITHUB_TOKEN",
            "CI_JOB_TOKEN",
        ] {
            command = command.var(name, "canary-in-a-variable");
        }
        let run = command.run().code(2).says("--trust-config").says(&format!("agentcore.token.{key}"));
        assert!(!format!("{run}").contains("canary"), "{run}");
    }
    let seen = recorder.seen();
    assert!(seen.is_empty(), "{seen:?}");
}
