//! The main journey on a machine with nothing but Python: an agent behind a Cognito user pool, from nothing and back
//! to nothing, with the built binary as both the tool and the AWS.

use crate::support::{Run, Sandbox, World, packages_available, repository};

const NAME: &str = "plain_agent_inbound_identity";

/// Seven prompts' worth of trouble for anything that decodes, escapes or trims on the way.
const PROMPTS: &[&str] = &[
    "How is the weather now?",
    "지금 날씨 어때요?",
    "今の天気はどうですか？",
    "tab\\tnewline\\nquote\\\"backslash\\\\",
    "[red]not markup[/red] [/b] %s {0}",
    "👩‍👩‍👧 é e\u{301} \u{200f}‏שלום",
    "  spaces at both ends  ",
];

fn payload(prompt: &str) -> String {
    format!(r#"{{"prompt": "{prompt}"}}"#)
}

/// The bytes that the agent sends: Python's JSON, which escapes only what it must.
fn answer(prompt: &str) -> String {
    format!(r#"{{"answer": "You said: {prompt}"}}"#)
}

/// What the sandbox holds, by the AWS calls of the program itself: nothing of ours must be left at the end.
fn status(world: &World) -> Run {
    world.agentcore(&["status", "-o", "json"]).run()
}

#[test]
fn caller_needs_a_token_and_destroy_leaves_nothing() {
    if !packages_available() {
        return;
    }
    let sandbox = Sandbox::start(World::new(), &[]);
    let example = repository().join("examples/inbound-auth");
    for file in ["agent.py", "requirements-plain.txt"] {
        sandbox.write(file, &std::fs::read_to_string(example.join(file)).unwrap());
    }

    // 1. A user pool, and a token of it.
    let pool =
        sandbox.agentcore(&["identity", "setup-cognito", "--pool-name", NAME, "-o", "json"]).run().code(0).data();
    let discovery = pool["discoveryUrl"].as_str().unwrap();
    let client = pool["clientId"].as_str().unwrap();
    let fresh = || sandbox.agentcore(&["identity", "token"]).run().code(0).stdout_text().trim().to_owned();
    let token = fresh();
    assert_eq!(token.split('.').count(), 3, "a token has three parts");

    // 2. and 3. The agent behind the pool.
    let configure = sandbox
        .agentcore(&["configure", "-e", "agent.py", "--name", NAME, "-rf", "requirements-plain.txt", "-ni"])
        .args(&["--discovery-url", discovery, "--allowed-client", client])
        .run()
        .code(0);
    assert!(sandbox.read(".bedrock_agentcore.yaml").contains(client), "{configure}");
    let launch = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    assert!(launch.to_string().contains("sha256:"), "the runtime is given a digest: {launch}");

    // 4. Ready, and nothing was written by asking.
    let before = sandbox.tree();
    assert!(status(&sandbox).code(0).data().to_string().contains("READY"));
    assert_eq!(sandbox.tree(), before, "`status` wrote a file");

    // 5. Refused without a token, and with a wrong one.
    let invoke = |prompt: &str| sandbox.agentcore(&["invoke"]).arg(payload(prompt));
    let refused = invoke("hi").run().code(3).says("authorization").says("--auth");
    assert!(refused.stdout.is_empty(), "{refused}");
    let document = invoke("hi").args(&["-o", "json"]).run().code(3).json();
    assert_eq!(document["ok"], false);
    invoke("hi").var("AGENTCORE_BEARER_TOKEN", "not.a.token").run().code(3);
    let forged = forge(&token);
    invoke("hi").var("AGENTCORE_BEARER_TOKEN", &forged).run().code(3);

    // 6. Answered with one, whichever way it comes, byte for byte.
    for prompt in PROMPTS {
        let run = invoke(prompt).var("AGENTCORE_BEARER_TOKEN", &token).run().code(0);
        assert_eq!(run.stdout_text(), answer(prompt), "{run}");
    }
    let run = invoke(PROMPTS[1]).args(&["--bearer-token-file", "-"]).stdin(fresh()).run().code(0);
    assert_eq!(run.stdout_text(), answer(PROMPTS[1]));
    let run = invoke(PROMPTS[2]).args(&["--bearer-token", &token]).run().code(0);
    assert_eq!(run.stdout_text(), answer(PROMPTS[2]));
    let streamed = sandbox
        .agentcore(&["invoke", r#"{"prompt": "하나 둘 三", "stream": true}"#])
        .var("AGENTCORE_BEARER_TOKEN", &token)
        .run()
        .code(0);
    for word in ["하나", "둘", "三"] {
        assert!(streamed.stdout_text().contains(word), "{streamed}");
    }
    // An agent that fails is not a caller that was refused.
    sandbox.agentcore(&["invoke", "{}"]).var("AGENTCORE_BEARER_TOKEN", &token).run().code(8);

    // Launching again changes nothing.
    let again = sandbox.agentcore(&["launch", "--env", "UNRELATED=", "-o", "json"]).run();
    assert!(again.code == Some(0), "{again}");

    // 7. Everything away, and a second time is no failure of anything else.
    let plan = sandbox.agentcore(&["destroy", "--dry-run", "--delete-ecr-repo"]).run();
    assert!(plan.stdout_text().contains(NAME), "{plan}");
    sandbox.agentcore(&["destroy", "--force", "--delete-ecr-repo"]).run().code(0);
    invoke("hi").var("AGENTCORE_BEARER_TOKEN", &token).run().code(5);
    sandbox.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    sandbox.agentcore(&["identity", "token"]).run().code(2).says("setup-cognito");
}

/// The same token with another client in it, so that its signature no longer fits.
fn forge(token: &str) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let flipped: String = parts[2].chars().rev().collect();
    parts[2] = flipped;
    parts.join(".")
}
