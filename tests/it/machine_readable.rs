//! What other programs read of this one: schemas, the help as data, findings in a configuration, printed requests, manual pages,
//! the answers to a shell that completes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Recorder, World};

const RUNTIME: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/agent-0123456789";

/// Two agents, one behind a token and launched, and an environment.
fn configured() -> World {
    let world = World::new();
    world.write(
        ".bedrock_agentcore.yaml",
        &format!(
            "default_agent: support\nagents:\n  support:\n    name: support\n    entrypoint: agent.py\n    aws: {{account: '123456789012', region: us-west-2}}\n    \
             bedrock_agentcore: {{agent_id: agent-0123456789, agent_arn: '{RUNTIME}'}}\n    authorizer_configuration:\n      \
             customJWTAuthorizer: {{discoveryUrl: 'https://idp.example/.well-known/openid-configuration', allowedClients: [one]}}\n  \
             writer:\n    name: writer\n    entrypoint: writer.py\nagentcore:\n  environments:\n    staging: {{}}\n"
        ),
    );
    world.write("agent.py", "").write("writer.py", "");
    world
}

fn commands<'a>(node: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(node);
    node["commands"].as_array().unwrap().iter().for_each(|below| commands(below, found));
}

#[test]
fn help_as_data_has_every_command() {
    let world = World::new();
    let help = world.agentcore(&["help", "-o", "json"]).run().code(0).data();
    let mut all = Vec::new();
    commands(&help["command"], &mut all);
    // The reference is made for people, of the same model: it names every command that a person can type.
    let reference = std::fs::read_to_string(crate::support::repository().join("docs/reference.md")).unwrap();
    let written: BTreeSet<&str> = reference.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let told: BTreeSet<&str> = all.iter().skip(1).map(|node| node["command"].as_str().unwrap()).collect();
    assert_eq!(told, written);
    let arguments = all.iter().flat_map(|node| node["arguments"].as_array().unwrap());
    let variables: BTreeSet<&str> = arguments
        .flat_map(|argument| argument["environment"].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(variables.contains("AGENTCORE_BEARER_TOKEN"));
    assert!(variables.iter().all(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')), "{variables:?}");

    let launch = world.agentcore(&["-o", "json", "help", "launch"]).run().code(0).data();
    let launch = &launch["command"];
    assert_eq!((&launch["name"], &launch["aliases"][0]), (&"launch".into(), &"deploy".into()));
    assert!(
        launch["examples"].as_array().unwrap().iter().any(|one| one.as_str().unwrap().starts_with("agentcore launch"))
    );
    let of = |node: &Value, long: &str| -> Value {
        let arguments = node["arguments"].as_array().unwrap();
        arguments.iter().find(|argument| argument["long"] == long).unwrap_or_else(|| panic!("no {long}")).clone()
    };
    assert_eq!(of(launch, "--agent")["short"], "-a");
    let output = of(&help["command"], "--output");
    assert_eq!(
        (&output["kind"], &output["default"], &output["global"]),
        (&"option".into(), &"text".into(), &true.into())
    );
    assert_eq!(output["values"][1]["value"], "json");
    assert_eq!(
        of(&help["command"], "--region")["environment"],
        serde_json::json!(["AWS_REGION", "AWS_DEFAULT_REGION"])
    );
    let same = world.agentcore(&["launch", "--help", "-o", "json"]).run().code(0).data();
    assert_eq!(&same["command"], launch);
}

#[test]
fn errors_say_whether_they_pass() {
    let mut world = configured().with_credentials();
    // Nobody listens there.
    world.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    let retryable =
        |args: &[&str], code: i32| world.agentcore(args).args(&["-o", "json"]).run().code(code).json()["error"].take();
    let error = retryable(&["configure", "show", "-a", "nobody"], 5);
    assert_eq!(error["retryable"], false, "{error}");
    let error = retryable(&["identity", "list-workload-identities", "--region", "us-west-2"], 1);
    assert_eq!((&error["code"], &error["retryable"]), (&"aws.unreachable".into(), &true.into()), "{error}");
}

#[test]
fn all_faults_of_a_configuration_are_told() {
    let world = World::new();
    world.write(
        ".bedrock_agentcore.yaml",
        "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    runtime_type: RUBY_3\n    colour: sesame\n    aws:\n      \
         network_configuration: {network_mode: PRIVATE}\n",
    );
    let run = world.agentcore(&["configure", "validate"]).run().code(2);
    let text = run.stdout_text();
    assert!(text.contains(".bedrock_agentcore.yaml:5:19: error: `agents.a.runtime_type`: `RUBY_3`"), "{text}");
    assert!(text.contains("\n        runtime_type: RUBY_3\n                      ^^^^^^\n"), "{text}");
    assert!(text.contains(":6:5: warning: unknown key `agents.a.colour`") && !text.contains("sesame"), "{text}");
    assert!(text.ends_with(".bedrock_agentcore.yaml: 2 errors, 1 warning\n"), "{text}");

    let data = world.agentcore(&["configure", "validate", "-o", "json"]).run().code(2).data();
    assert_eq!((&data["valid"], &data["errors"], &data["warnings"]), (&false.into(), &2.into(), &1.into()));
    let sarif = world.agentcore(&["configure", "validate", "--format", "sarif"]).run().code(2).stdout_text();
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    for (result, finding) in results.iter().zip(data["findings"].as_array().unwrap()) {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!((&region["startLine"], &region["startColumn"]), (&finding["line"], &finding["column"]));
        let rule =
            result["ruleIndex"].as_u64().and_then(|at| sarif["runs"][0]["tool"]["driver"]["rules"].get(at as usize));
        assert_eq!(rule.unwrap()["id"], result["ruleId"]);
    }
    assert_eq!(results.len(), 3);

    // What the other commands refuse has the same words.
    world.agentcore(&["configure", "list"]).run().code(2).says("`agents.a.runtime_type`: `RUBY_3`");
    world.write(".bedrock_agentcore.yaml", "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n");
    let text = world.agentcore(&["configure", "validate"]).run().code(0).stdout_text();
    assert_eq!(text, ".bedrock_agentcore.yaml: no errors, no warnings\n");
}

#[test]
fn texts_of_a_language_have_a_place() {
    let world = World::new();
    world.write(
        ".bedrock_agentcore.yaml",
        "agents:\n  a:\n    name: a\n    entrypoint: agent.py\n    agentcore:\n      python_version: '2.7'\n      smoke:\n        \
         payload: {}\n        expect: .a =\n",
    );
    let text = world.agentcore(&["configure", "validate"]).run().code(2).stdout_text();
    assert!(
        text.contains(":6:23: error: `agents.a.agentcore.python_version`: `2.7` is not a version of Python 3"),
        "{text}"
    );
    assert!(text.contains(":9:17: error: `agents.a.agentcore.smoke.expect`: `.a =` is not an expression"), "{text}");
    assert!(text.contains("\n            expect: .a =\n                    ^^^^\n"), "{text}");
    let launch = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(2).json();
    let causes = launch["error"]["causes"].to_string();
    assert!(causes.contains(".bedrock_agentcore.yaml:9:17: ") && causes.contains("smoke.expect"), "{launch}");
}

#[test]
fn a_printed_request_sends_nothing() {
    let recorder = Recorder::start();
    let mut world = configured().with_credentials();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let secret = "token-that-nobody-may-see";
    for language in ["curl", "python", "javascript"] {
        for call in [&["-a", "support"][..], &["--arn", RUNTIME], &["--dev", "-a", "writer"]] {
            let run = world
                .agentcore(&["invoke", "it's \"날씨\"", "--print", language])
                .args(call)
                .var("AGENTCORE_BEARER_TOKEN", secret)
                .run()
                .code(0);
            let text = run.stdout_text();
            assert!(!text.contains(secret) && text.contains("날씨"), "{run}");
            assert!(!text.contains("not-a-real-secret-key"), "{run}");
        }
    }
    assert_eq!(recorder.seen(), Vec::<String>::new());

    let token =
        |args: &[&str]| world.agentcore(&["invoke", "hi", "--print", "curl"]).args(args).run().code(0).stdout_text();
    assert!(token(&["-a", "support"]).contains("$(agentcore identity token --agent=support)"));
    assert!(token(&["--bearer-token-file", "my token"]).contains("$(cat 'my token')"));
    assert!(token(&["--arn", RUNTIME]).contains("--aws-sigv4 aws:amz:us-west-2:bedrock-agentcore"));
    world.agentcore(&["invoke", "hi", "--print", "curl", "--bearer-token", secret]).run().code(2);
    world.agentcore(&["invoke", "--list-tools", "--print", "curl"]).run().code(2);
}

#[test]
fn every_command_has_a_manual_page() {
    let world = World::new();
    let help = world.agentcore(&["help", "-o", "json"]).run().code(0).data();
    let mut all = Vec::new();
    commands(&help["command"], &mut all);
    world.agentcore(&["man", "--out", "pages"]).run().code(0);
    let pages: BTreeSet<String> = std::fs::read_dir(world.project().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let wanted: BTreeSet<String> =
        all.iter().map(|node| format!("{}.1", node["command"].as_str().unwrap().replace(' ', "-"))).collect();
    assert_eq!(pages, wanted);
    for node in all {
        let name = format!("pages/{}.1", node["command"].as_str().unwrap().replace(' ', "-"));
        let page = world.read(&name).replace("\\-", "-").replace("\\(dq", "\"").replace("\\e", "\\");
        for argument in node["arguments"].as_array().unwrap() {
            let long = argument["long"].as_str().unwrap_or("");
            assert!(page.contains(long), "{name} lacks {long}");
        }
        for example in node["examples"].as_array().unwrap() {
            // What goes on in a second line is one example, and two lines of the page.
            let begin: String = example.as_str().unwrap().chars().take(40).collect();
            assert!(page.contains(begin.trim_end()), "{name} lacks `{begin}`");
        }
    }
    let printed = world.agentcore(&["man", "identity", "token"]).run().code(0).stdout_text();
    assert_eq!(printed, world.read("pages/agentcore-identity-token.1"));
    world.agentcore(&["man", "lunch"]).run().code(5).says("did you mean `launch`?");
}

#[test]
fn the_version_has_its_details() {
    let world = World::new();
    let short = world.agentcore(&["--version"]).run().code(0).stdout_text();
    let long = world.agentcore(&["--version", "--verbose"]).run().code(0).stdout_text();
    assert!(long.starts_with(short.trim_end()) && long.lines().count() > 4, "{long}");
    let data = world.agentcore(&["--version", "-o", "json"]).run().code(0).data();
    let lock = std::fs::read_to_string(crate::support::repository().join("Cargo.lock")).unwrap();
    for (name, version) in data["sdk"].as_object().unwrap() {
        let entry = format!("name = \"aws-sdk-{name}\"\nversion = {version}\n");
        assert!(lock.contains(&entry), "Cargo.lock does not have {entry}");
    }
    assert!(data["target"].as_str().unwrap().starts_with(std::env::consts::ARCH), "{data}");
}

/// What fish would be given: a word a line, with its description after a tab.
fn completed(world: &World, words: &[&str]) -> Vec<String> {
    let run = world.agentcore(&["--", "agentcore"]).args(words).var("AGENTCORE_COMPLETE", "fish").run().code(0);
    assert_eq!(run.stderr_text(), "", "{run}");
    run.stdout_text().lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn completions_know_what_is_here() {
    let mut world = configured();
    world.set("AWS_CONFIG_FILE", world.path("aws-config"));
    std::fs::write(world.path("aws-config"), "[default]\n[profile team]\n[sso-session x]\n").unwrap();
    let session = "0123456789012345678901234567890123456789";
    world.write(
        ".bedrock_agentcore/support/session-list.json",
        &format!(r#"[{{"sessionId": "{session}", "endpoint": "prod", "started": 1, "lastUsed": 2}}]"#),
    );
    let before = world.tree();
    assert_eq!(completed(&world, &["invoke", "--agent", ""]), ["support", "writer"]);
    assert_eq!(completed(&world, &["invoke", "-a", "w"]), ["writer"]);
    assert_eq!(completed(&world, &["launch", "--agent=s"]), ["--agent=support"]);
    assert_eq!(completed(&world, &["configure", "set-default", "w"])[0], "writer");
    assert_eq!(completed(&world, &["invoke", "--endpoint", ""]), ["DEFAULT", "prod"]);
    assert_eq!(completed(&world, &["stop-session", "--session-id", ""]), [session]);
    assert_eq!(completed(&world, &["status", "--environment", ""]), ["staging"]);
    assert_eq!(completed(&world, &["status", "--profile", ""]), ["default", "team"]);
    assert!(completed(&world, &["status", "--region", "us-w"]).contains(&"us-west-2".to_owned()));
    assert_eq!(completed(&world, &["configure", "--protocol", "A"]), ["A2A", "AGUI"]);
    assert_eq!(completed(&world, &["-o", ""]), ["text", "json", "ndjson"]);
    assert_eq!(completed(&world, &["invoke", "@.bedrock_agentcore.y"]), ["@.bedrock_agentcore.yaml"]);
    assert_eq!(completed(&world, &["explain", "config.missing-"]), ["config.missing-key"]);

    let all = completed(&world, &[""]);
    let first_flag = all.iter().position(|word| word.starts_with('-')).unwrap();
    assert!(all[first_flag..].iter().all(|word| word.starts_with('-')), "commands come before flags: {all:?}");
    assert!(first_flag > 20 && all.contains(&"launch".to_owned()), "{all:?}");
    assert_eq!(world.tree(), before, "nothing is written");
}

#[test]
fn completions_are_silent_about_broken_files() {
    let world = World::new();
    for text in ["agents: [", "agents: {a: {name: 5}}", ""] {
        world.write(".bedrock_agentcore.yaml", text);
        assert_eq!(completed(&world, &["invoke", "--agent", ""]), Vec::<String>::new());
    }
    assert_eq!(completed(&world, &["lau"]), ["launch"]);
    // Nothing is read from a folder, from a pipe, or where nobody is at home.
    for path in [".", "/dev/stdin", "nowhere"] {
        assert_eq!(completed(&world, &["invoke", "--config", path, "--agent", ""]), Vec::<String>::new());
        let mut world = World::new();
        world.set("AWS_CONFIG_FILE", path);
        world.set("HOME", "");
        assert_eq!(completed(&world, &["status", "--profile", ""]), Vec::<String>::new());
    }
    let run = world.agentcore(&["--", "agentcore", "x"]).var("AGENTCORE_COMPLETE", "tcsh").run().code(0);
    assert_eq!((run.stdout_text(), run.stderr_text()), (String::new(), String::new()));
}
