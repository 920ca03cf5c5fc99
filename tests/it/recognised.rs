//! What `configure` reads in the source: the protocol that it speaks, and the object that is to be run.

use crate::snapshots::Transcript;
use crate::support::{Sandbox, World, lacked, packages_available, python};

const MCP: &str = "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('tools', host='0.0.0.0')\n\
                   if __name__ == '__main__':\n    mcp.run(transport='streamable-http')\n";
const A2A: &str =
    "from strands.multiagent.a2a import A2AServer\nA2AServer(agent=agent).serve(host='0.0.0.0', port=9000)\n";
const HTTP: &str = "from bedrock_agentcore import BedrockAgentCoreApp\nfrom mcp import ClientSession\napp = BedrockAgentCoreApp()\napp.run()\n";

fn protocol(world: &World) -> String {
    let text = world.read(".bedrock_agentcore.yaml");
    let line = text.lines().find(|line| line.contains("server_protocol:")).unwrap_or_else(|| panic!("{text}"));
    line.split(':').nth(1).unwrap().trim().to_owned()
}

#[test]
fn new_agent_gets_the_protocol_of_its_source() {
    for (source, wanted, port) in [(MCP, "MCP", "8000"), (A2A, "A2A", "9000"), (HTTP, "HTTP", "8080")] {
        let world = World::new();
        world.write("server.py", source).write("requirements.txt", "");
        let run = world.agentcore(&["configure", "-ni", "-e", "server.py"]).run().code(0);
        assert_eq!(protocol(&world), wanted, "{run}");
        let told = run.stderr_text().contains(&format!("the agent's protocol is {wanted}, on port {port}"));
        assert_eq!(told, wanted != "HTTP", "{run}");
        assert!(world.read(".bedrock_agentcore/server/Dockerfile").contains(&format!("EXPOSE {port}")));
    }
}

#[test]
fn protocol_comes_from_the_flag_or_existing_agent() {
    let world = World::new();
    world.write("server.py", MCP).write("requirements.txt", "");
    let configure = |args: &[&str]| world.agentcore(&["configure", "-ni", "-e", "server.py"]).args(args).run().code(0);
    let run = configure(&["--protocol", "HTTP"]);
    assert!(!run.stderr_text().contains("FastMCP"), "{run}");
    assert_eq!(protocol(&world), "HTTP");
    let told = configure(&[]).says("which speaks MCP").says("agentcore configure --name server --protocol MCP");
    assert_eq!(protocol(&world), "HTTP", "{told}");
    world.agentcore(&["configure", "--name", "server", "--protocol", "MCP"]).run().code(0);
    assert_eq!(protocol(&world), "MCP");
    let again = configure(&[]);
    assert!(!again.stderr_text().contains("speaks MCP"), "{again}");
}

#[test]
fn a2a_agent_gets_its_clients_version_header() {
    let world = World::new();
    world.write("server.py", A2A).write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "server.py"]).run().code(0).says("A2A-Version");
    assert!(world.read(".bedrock_agentcore.yaml").contains("- A2A-Version"));
    let own = World::new();
    own.write("server.py", A2A).write("requirements.txt", "");
    let told =
        own.agentcore(&["configure", "-ni", "-e", "server.py", "--request-header-allowlist", "X-Own"]).run().code(0);
    assert!(!own.read(".bedrock_agentcore.yaml").contains("A2A-Version"), "the list is the user's");
    told.says("`agentcore configure --name server --request-header-allowlist X-Own,A2A-Version`");

    // An agent that becomes one of A2A later, by the command that `configure` itself advises.
    let later = World::new();
    later.write("server.py", A2A).write("requirements.txt", "");
    let configure = |args: &[&str]| later.agentcore(&["configure", "-ni"]).args(args).run().code(0);
    configure(&["-e", "server.py", "--protocol", "HTTP", "--request-header-allowlist", "X-Own"]);
    configure(&["-e", "server.py"]).says("`agentcore configure --name server --protocol A2A`");
    configure(&["--name", "server", "--protocol", "A2A"]).says("A2A-Version");
    let text = later.read(".bedrock_agentcore.yaml");
    assert!(text.contains("- X-Own") && text.contains("- A2A-Version"), "{text}");
    let again = configure(&["--name", "server", "--protocol", "A2A"]);
    assert!(!again.stderr_text().contains("A2A-Version"), "{again}");
}

#[test]
fn uncertain_protocol_is_mentioned_and_not_set() {
    let world = World::new();
    let source = "import gradio as gr\ndemo = gr.Interface(f)\ndemo.launch(mcp_server=True)\n";
    world.write("server.py", source).write("requirements.txt", "");
    let configure = || world.agentcore(&["configure", "-ni", "-e", "server.py"]).run().code(0);
    configure().says("launch(mcp_server=True)").says("`agentcore configure --name server --protocol MCP`");
    assert_eq!(protocol(&world), "HTTP");
    assert!(!configure().stderr_text().contains("mcp_server"), "it is said once");
}

#[test]
fn typescript_agent_started_by_another_program_is_reported() {
    let world = World::new();
    world
        .write("agent.ts", "")
        .write("package.json", r#"{"scripts": {"start": "bun run agent.ts"}, "engines": {"node": "24"}}"#);
    let run = world.agentcore(&["configure", "-ni", "-e", "agent.ts"]).run().code(0);
    run.says("runs the agent with `bun`; the artifact runs it with Node.js, which only leaves out types");
}

const ASGI: &str = r#"
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'"served"'})
"#;

#[test]
fn a_named_application_is_run_by_its_server() {
    let world = World::new();
    world.write("src/main.py", ASGI).write("requirements.txt", "uvicorn\n");
    let configure = || world.agentcore(&["configure", "-ni", "-e", "src/main.py:app", "-n", "one"]).run().code(0);
    configure();
    let dockerfile = world.read(".bedrock_agentcore/one/Dockerfile");
    assert!(
        dockerfile.contains(r#""-m", "uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8080""#),
        "{dockerfile}"
    );
    // The same agent, not another one of that name.
    configure();
    world.agentcore(&["configure", "-ni", "-e", "src/main.py:app"]).run().code(0);
    assert_eq!(world.read(".bedrock_agentcore.yaml").matches("entrypoint:").count(), 1);

    let mut shown = Transcript::of(&world);
    let named = |entrypoint: &str| world.agentcore(&["configure", "-ni", "-n", "two", "-e", entrypoint]);
    shown.both("A name that the file does not have.", 2, named("src/main.py:nothing"));
    world.write("requirements.txt", "fastapi\n").write("api.py", "from fastapi import FastAPI\napp = FastAPI()\n");
    shown.both("Nothing that could run it.", 2, named("api.py:app"));
    world.write("handlers.py", "def handler(event, context):\n    return {}\nconfig = {'a': 1}\n");
    shown.both("A function that handles events.", 2, named("handlers.py:handler"));
    shown.both("A dictionary.", 2, named("handlers.py:config"));
    world.write("requirements.txt", "fastapi[standard]\n");
    world.write("factory.py", "from fastapi import FastAPI\ndef create_app():\n    app = FastAPI()\n    return app\n");
    world.agentcore(&["configure", "-ni", "-n", "three", "-e", "factory.py:create_app"]).run().code(0);
    let dockerfile = world.read(".bedrock_agentcore/three/Dockerfile");
    assert!(dockerfile.contains(r#""uvicorn", "factory:create_app", "--factory", "--host""#), "{dockerfile}");
    world.write("package.json", "{}").write("index.js", "");
    shown.both("An application of JavaScript.", 2, named("index.js:app"));
    shown.check("named-applications");
}

#[test]
fn named_application_answers_from_image_and_archive() {
    if python().is_none() || !packages_available() {
        lacked("python", "there is no `python3` on PATH, or no package index");
        return;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox
        .write("src/main.py", &format!("import helper\n{ASGI}"))
        .write("src/helper.py", "")
        .write("requirements.txt", "uvicorn\n");
    for (name, more) in [("image", &[][..]), ("archive", &["--deployment-type", "direct_code_deploy"][..])] {
        let configure = ["configure", "-ni", "-e", "src/main.py:app", "-do", "-n", name];
        sandbox.agentcore(&configure).args(more).run().code(0);
        let launched = sandbox.agentcore(&["launch", "-a", name]).run().code(0);
        assert!(!launched.stderr_text().contains("does not start"), "{launched}");
        assert_eq!(sandbox.agentcore(&["invoke", "-a", name, "{}"]).run().code(0).stdout_text(), "\"served\"");
    }
}
