//! The questions of `configure` at a terminal: the way back, examples after bad answers, and the pool that was set up.

use crate::support::{Sandbox, Terminal, World};

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const ENTER: &str = "\r";

/// The last line of a choice on the terminal, with the item that goes back.
fn is_choice(shown: &str) -> bool {
    shown.lines().last().is_some_and(|line| line.trim() == "back")
}

fn new_project() -> World {
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    world
}

#[test]
fn back_returns_with_the_earlier_answer() {
    let world = new_project();
    let mut terminal = world.agentcore(&["configure"]).start_on_terminal((40, 100));
    terminal.answer("Entrypoint [agent.py]:", ENTER);
    terminal.answer("Agent name (or `back`) [agent]:", "helper\r");
    terminal.until("the choice of callers", is_choice);
    terminal.type_keys(&[UP, ENTER].concat());
    terminal.answer("Agent name (or `back`) [helper]:", "back\r");
    let first = terminal.answer("Entrypoint [agent.py]:", ENTER);
    assert!(!first.lines().last().unwrap().contains("back"), "there is nothing before the first question: {first}");
    terminal.answer("Agent name (or `back`) [helper]:", ENTER);
    terminal.until("the choice of callers", is_choice);
    terminal.type_keys(&[DOWN, ENTER].concat());
    terminal.answer("Discovery URL (or `back`):", "back\r");
    let again = terminal.until("the choice of callers", is_choice);
    assert!(again.contains("> with a token of an OpenID Connect provider"), "{again}");
    terminal.type_keys(&[UP, ENTER].concat());
    terminal.until("the choice of a memory", |shown| shown.contains("AgentCore Memory") && is_choice(shown));
    terminal.type_keys(ENTER);
    let end = terminal.end();
    assert_eq!(end.code, Some(0), "{}", end.text);
    let config = world.read(".bedrock_agentcore.yaml");
    assert!(config.contains("name: helper\n") && !config.contains("discoveryUrl"), "{config}");
}

/// Gives a bad answer, and then the example that the refusal has.
fn correct(terminal: &mut Terminal, question: &str, bad: &str, problem: &str) {
    terminal.answer(question, &format!("{bad}\r"));
    let is_asked_again = |shown: &str| shown.contains(problem) && shown.lines().last().unwrap().contains(question);
    let shown = terminal.until(problem, is_asked_again);
    let below = shown.lines().skip_while(|line| !line.contains(problem)).nth(1).unwrap();
    let example = below.strip_prefix("for example: ").unwrap_or_else(|| panic!("{shown}"));
    terminal.type_keys(&format!("{example}\r"));
}

#[test]
fn a_bad_answer_shows_a_valid_example() {
    let world = new_project();
    let mut terminal = world.agentcore(&["configure", "--offline"]).start_on_terminal((60, 120));
    correct(&mut terminal, "Entrypoint", "nowhere.py", "`nowhere.py` does not exist");
    correct(&mut terminal, "Agent name", "my-agent", "'-' is not allowed");
    terminal.until("the choice of callers", is_choice);
    terminal.type_keys(&[DOWN, ENTER].concat());
    correct(&mut terminal, "Discovery URL", "nonsense", "is not the address of a discovery document");
    terminal.answer("Accepted client ids", ENTER);
    correct(&mut terminal, "Accepted audiences", ",", "a client id or an audience is needed");
    terminal.until("the choice of a memory", |shown| shown.contains("AgentCore Memory") && is_choice(shown));
    terminal.type_keys(&[UP, UP, ENTER].concat());
    correct(&mut terminal, "Id of the memory", "notes", "`notes` is not the id of a memory");
    let end = terminal.end();
    assert_eq!(end.code, Some(0), "{}", end.text);
    let config = world.read(".bedrock_agentcore.yaml");
    for taken in ["agent.py", "my_agent", "https://idp.example.com/", "https://api.example.com", "notes_memory-"] {
        assert!(config.contains(taken), "{taken}: {config}");
    }
}

#[test]
fn only_the_first_pasted_line_answers() {
    let world = new_project();
    let mut terminal = world.agentcore(&["configure"]).start_on_terminal((40, 100));
    terminal.answer("Entrypoint [agent.py]:", ENTER);
    // Newlines would choose what is offered first, four times.
    terminal.answer("Agent name (or `back`) [agent]:", "helper\r\r\r\r\r");
    terminal.until("the choice of callers", is_choice);
    terminal.type_keys(&[UP, ENTER].concat());
    terminal.answer("Agent name (or `back`) [helper]:", "back\r");
    terminal.until("the first question", |shown| shown.lines().last().unwrap().starts_with("Entrypoint [agent.py]:"));
}

#[test]
fn a_bad_project_name_shows_a_valid_one() {
    let world = World::new();
    let create = ["create", "--framework", "plain", "--language", "python", "--memory", "none"];
    let mut terminal = world.agentcore(&create).start_on_terminal((40, 120));
    correct(&mut terminal, "Name of the agent and its folder", "my-agent", "'-' is not allowed");
    let end = terminal.end();
    assert_eq!(end.code, Some(0), "{}", end.text);
    assert!(world.project().join("my_agent/.bedrock_agentcore.yaml").is_file(), "{}", end.text);
}

#[test]
fn set_up_pool_is_the_callers_default() {
    let sandbox = Sandbox::start(new_project(), &[]);
    let pool = sandbox.agentcore(&["identity", "setup-cognito", "-o", "json"]).run().code(0).data();
    let mut terminal = sandbox.agentcore(&["configure"]).start_on_terminal((40, 140));
    terminal.answer("Entrypoint [agent.py]:", ENTER);
    terminal.answer("Agent name (or `back`) [agent]:", ENTER);
    let offered = terminal.until("the choice of callers", is_choice);
    let name = pool["poolName"].as_str().unwrap();
    let line = format!("> with a token of the user pool `{name}`, which `identity setup-cognito` made");
    assert!(offered.lines().any(|shown| shown == line), "{line}\n{offered}");
    terminal.type_keys(ENTER);
    terminal.until("the choice of a memory", |shown| shown.contains("AgentCore Memory") && is_choice(shown));
    terminal.type_keys(ENTER);
    let end = terminal.end();
    assert_eq!(end.code, Some(0), "{}", end.text);
    let config = sandbox.read(".bedrock_agentcore.yaml");
    for value in [&pool["discoveryUrl"], &pool["clientId"]] {
        assert!(config.contains(value.as_str().unwrap()), "{value}: {config}");
    }
}
