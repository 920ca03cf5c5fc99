//! Somebody who waits for an agent at a terminal sees for how long, and nothing of it once the answer is there.

use std::net::TcpListener;
use std::sync::mpsc;

use serde_json::json;

use crate::status::{read_request, send};
use crate::support::World;

#[test]
fn a_wait_shows_until_the_answer_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let (start, started) = mpsc::channel();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            if read_request(&mut socket).is_some_and(|path| path == "/invocations") {
                started.recv().unwrap();
                send(&mut socket, Some(json!({ "answer": 42 })));
            }
        }
    });
    let world = World::new();
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py"]).run().code(0);
    let invoke = world.agentcore(&["invoke", "--dev", "--port", &port, r#"{"prompt": "hi"}"#]);
    let mut terminal = invoke.start_on_terminal((24, 80));
    let waits = terminal.until("the wait", |shown| shown.contains(" wait for the agent's answer, 2 s"));
    assert_eq!(waits.lines().count(), 1, "{waits}");
    start.send(()).unwrap();
    let end = terminal.end();
    let (answer, note) = end.text.split_once('\n').unwrap();
    assert_eq!((end.code, answer), (Some(0), "{\"answer\":42}"), "{end:?}");
    assert!(note.starts_with("note: session ") && note.lines().count() == 1, "nothing of the wait is left: {note}");
}
