//! Answers of agents that do not speak what they are taken for, from a server on loopback.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{AgentProtocol, CallContext, a2a, mcp};
use crate::cloud::{CallerAuth, DataPlane, Invocation};
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::http::Http;
use crate::partition::Partition;

/// The address of a server that gives every request the same answer.
async fn serve(content_type: &'static str, body: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 64 << 10];
            let mut read = 0;
            loop {
                read += socket.read(&mut request[read..]).await.unwrap_or(0);
                let text = String::from_utf8_lossy(&request[..read]).into_owned();
                let Some(end) = text.find("\r\n\r\n") else { continue };
                let head = text[..end].to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                if read >= end + 4 + length.map_or(0, |length| length.trim().parse::<usize>().unwrap()) {
                    break;
                }
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n", body.len());
            let _ = socket.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await;
        }
    });
    address
}

/// Runs `what` against the server with this answer; the texts that it showed.
async fn asked(what: &str, content_type: &'static str, body: &'static str) -> (Result<()>, String) {
    asked_within(None, what, content_type, body).await
}

async fn asked_within(
    timeout: Option<Duration>,
    what: &str,
    content_type: &'static str,
    body: &'static str,
) -> (Result<()>, String) {
    let url = serve(content_type, body).await;
    let env = Env::fake(std::path::Path::new("/"), &[("AWS_ENDPOINT_URL", url.as_str())]);
    let plane = DataPlane::of_region(&env, Arc::new(Http::new(&env)), "us-west-2").unwrap();
    let arn =
        Partition::of_region("us-west-2").arn("bedrock-agentcore", "us-west-2", "123456789012", "runtime/a-0123456789");
    let call = Invocation {
        arn: &arn,
        qualifier: None,
        session_id: None,
        user_id: None,
        content_type: "application/json",
        accept: "application/json, text/event-stream",
        headers: &[],
        timeout,
    };
    let line = CallContext {
        plane: &plane,
        auth: &CallerAuth::Nobody,
        call: &call,
        speaks: AgentProtocol::A2a,
        logs: "agentcore logs",
    };
    let mut said = String::new();
    let result = match what {
        "card" => {
            let mut sink = |chunk: &[u8]| {
                said.push_str(&String::from_utf8_lossy(chunk));
                Ok(ControlFlow::Continue(()))
            };
            a2a::card(&line, &mut sink).await.map(drop)
        }
        "tools" => mcp::run(CallContext { speaks: AgentProtocol::Mcp, ..line }, &mcp::ToolRequest::List, &mut |_| ())
            .await
            .map(drop),
        _ => {
            let mut say = |text: &str| {
                said.push_str(text);
                Ok(ControlFlow::Continue(()))
            };
            a2a::message(line, "hi", what == "stream", &mut say).await.map(drop)
        }
    };
    (result, said)
}

async fn refused(what: &str, content_type: &'static str, body: &'static str) -> Error {
    let (result, said) = asked(what, content_type, body).await;
    assert_eq!(said, "", "{what} {body}");
    result.unwrap_err()
}

#[tokio::test]
async fn answer_without_a_result_is_the_agents_failure() {
    let json = "application/json";
    for (what, content_type, body) in [
        ("message", json, r#"{"answer": "forty-two"}"#),
        ("message", json, r#"["forty-two"]"#),
        ("stream", "text/event-stream", "data: {\"answer\": \"forty-two\"}\n\n"),
        ("tools", json, r#"{"answer": "forty-two"}"#),
        ("card", json, r#"{"answer": "forty-two"}"#),
    ] {
        let error = refused(what, content_type, body).await;
        assert_eq!((error.kind(), error.code_str()), (Kind::Agent, "agent.answer"), "{what} {body}: {error}");
        assert!(error.causes().join(" ").contains("forty-two"), "what it sent is shown: {error}");
    }
    assert_eq!(refused("message", json, "").await.kind(), Kind::Agent);
}

#[tokio::test]
async fn html_page_is_not_an_agent_answer() {
    for what in ["message", "stream", "tools", "card"] {
        let error = refused(what, "text/html; charset=utf-8", "<html>log in</html>").await;
        assert_eq!((error.kind(), error.code_str()), (Kind::Failed, "aws.answer"), "{what}: {error}");
    }
}

#[tokio::test]
async fn a_card_passes_byte_for_byte() {
    let card = "{ \"name\":  \"weather\", \"url\": \"https://a.example/\" }\n";
    let (result, said) = asked("card", "application/json", card).await;
    result.unwrap();
    assert_eq!(said, card);
}

#[tokio::test]
async fn result_of_an_unknown_form_is_shown_verbatim() {
    let (result, said) = asked("message", "application/json", r#"{"jsonrpc": "2.0", "result": {"sum": 3}}"#).await;
    result.unwrap();
    assert_eq!(said, "{\"sum\":3}\n");
}

#[tokio::test]
async fn a_time_limit_beyond_the_clock_is_none() {
    let body = r#"{"jsonrpc": "2.0", "result": {"sum": 3}}"#;
    let (result, said) = asked_within(Some(Duration::MAX), "message", "application/json", body).await;
    result.unwrap();
    assert_eq!(said, "{\"sum\":3}\n");
}
