//! What a shell's service may answer before there is a shell: of a new one, and of one whose connection was lost. Whole shells at a
//! terminal are in `tests/outside/test_shell.py`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Message, WebSocket};

use crate::support::{Screen, World};

const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/agent-0123456789";

/// What becomes of one request for a shell.
#[derive(Clone, Copy)]
enum Answer {
    /// Status, name of the error, and body.
    Refused(u16, &'static str, &'static str),
    /// A shell, whose connection breaks at once.
    Lost,
    /// The same shell, which ends with status 7.
    Ends,
}

const TOO_MANY: Answer = Answer::Refused(424, "RuntimeClientError", r#"{"error": "10 shells are open"}"#);
const UNREACHABLE: Answer = Answer::Refused(424, "RuntimeClientError", r#"{"error": "the container is unreachable"}"#);
const THROTTLED: Answer = Answer::Refused(429, "ThrottlingException", r#"{"message": "Rate exceeded"}"#);
const UNWELL: Answer = Answer::Refused(503, "ServiceUnavailableException", r#"{"message": "come back later"}"#);
const DENIED: Answer = Answer::Refused(403, "AccessDeniedException", r#"{"message": "not any more"}"#);

/// A data plane that gives these answers in turn.
struct ShellService {
    port: u16,
    left: Arc<Mutex<Vec<Answer>>>,
}

impl ShellService {
    fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let left = Arc::new(Mutex::new(answers.to_vec()));
        let service = Self { port, left: Arc::clone(&left) };
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let next = || {
                    let mut left = left.lock().unwrap();
                    if left.is_empty() { None } else { Some(left.remove(0)) }
                };
                serve(client.unwrap(), next);
            }
        });
        service
    }

    /// A shell at a terminal, until it ends.
    fn shell(&self) -> Screen {
        let world = World::new();
        world.write("token", "opaque");
        world
            .agentcore(&["shell", "--arn", ARN, "--bearer-token-file", "token", "--shell-id", "debug"])
            .var("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port))
            .run_on_terminal("")
    }

    /// Answers that nobody asked for.
    fn left(&self) -> usize {
        self.left.lock().unwrap().len()
    }
}

fn serve(client: TcpStream, next: impl FnOnce() -> Option<Answer>) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let (mut path, mut key, mut line) = (String::new(), String::new(), String::new());
    while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("sec-websocket-key") => key = value.trim().to_owned(),
            Some(_) => {}
            None => path.clone_from(&line),
        }
        line.clear();
    }
    if !path.contains("/ws/shells?") {
        return;
    }
    assert!(path.contains("shellId=debug"), "{path}");
    match next() {
        Some(Answer::Refused(status, name, body)) => refuse(client, (status, name, body)),
        Some(Answer::Lost) => open(client, &key, false),
        Some(Answer::Ends) => open(client, &key, true),
        None => {}
    }
}

/// With a pause that is shorter than the program's own.
fn refuse(mut client: TcpStream, (status, name, body): (u16, &str, &str)) {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} Refused\r\nx-amzn-requestid: r-1\r\nx-amzn-errortype: {name}\r\nretry-after: 1\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    client.write_all(answer.as_bytes()).unwrap();
}

fn open(mut client: TcpStream, key: &str, ends: bool) {
    let accept = derive_accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {accept}\r\n\
         sec-websocket-protocol: base64UrlBearerAuthorization\r\nx-amzn-bedrock-agentcore-shell-id: debug\r\n\r\n"
    );
    client.write_all(answer.as_bytes()).unwrap();
    let mut socket = WebSocket::from_raw_socket(client, Role::Server, None);
    let mut send = |channel: u8, content: &str| {
        socket.send(Message::Binary([&[channel][..], content.as_bytes()].concat().into())).unwrap();
    };
    send(3, &json!({ "status": "Success", "metadata": { "shellId": "debug", "reconnected": ends } }).to_string());
    if ends {
        let causes = json!([{ "reason": "ExitCode", "message": "7" }]);
        let status = json!({ "status": "Failure", "reason": "NonZeroExitCode", "details": { "causes": causes } });
        send(3, &status.to_string());
    }
    // The size of the terminal, so that nothing is left unread when the connection is closed.
    let _ = socket.read();
    if ends {
        let _ = socket.close(None);
        while socket.read().is_ok() {}
    }
}

fn says(screen: &Screen, parts: &[&str]) {
    for part in parts {
        assert!(screen.text.contains(part), "{part}\n{}", screen.text);
    }
}

#[test]
fn a_refused_shell_has_the_services_reason() {
    let refused = |answer: Answer| {
        let service = ShellService::start(&[answer, Answer::Ends]);
        let screen = service.shell();
        assert_eq!(service.left(), 1, "it is asked for once\n{}", screen.text);
        screen
    };
    let too_many = refused(TOO_MANY);
    assert_eq!(too_many.code, Some(8), "{}", too_many.text);
    says(
        &too_many,
        &[
            "the session did not open a shell",
            "RuntimeClientError: 10 shells are open",
            &format!("`agentcore shell --arn {ARN} --session-id "),
            " --shell-id ID`, then `exit`",
            "agentcore logs",
            "r-1",
        ],
    );
    let throttled = refused(THROTTLED);
    assert_eq!(throttled.code, Some(1), "{}", throttled.text);
    says(&throttled, &["limiting requests", "ThrottlingException: Rate exceeded", "try again in a moment"]);
}

#[test]
fn a_lost_shell_outlasts_refusals_that_pass() {
    let service = ShellService::start(&[Answer::Lost, THROTTLED, UNREACHABLE, UNWELL, UNWELL, Answer::Ends]);
    let screen = service.shell();
    assert_eq!((screen.code, service.left()), (Some(7), 0), "{}", screen.text);
    says(
        &screen,
        &["Rate exceeded", "the container is unreachable", "come back later", "[agentcore: connected again]"],
    );
    assert_eq!(screen.text.matches("come back later").count(), 1, "a reason is told once\n{}", screen.text);
}

#[test]
fn refusals_that_do_not_pass_end_it() {
    for (answers, code, reason) in [
        (&[Answer::Lost, DENIED, Answer::Ends][..], 3, "not any more"),
        (
            &[Answer::Lost, UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE, Answer::Ends],
            8,
            "container is unreachable",
        ),
    ] {
        let service = ShellService::start(answers);
        let screen = service.shell();
        assert_eq!((screen.code, service.left()), (Some(code), 1), "{}", screen.text);
        says(&screen, &["error: ", reason]);
    }
}
