//! AWS says no, says it in other words, or says nothing.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::usage::configured;
use super::{Transcript, World};
use crate::convergence::Scene;
use crate::support::{Fault, Trouble, When};

/// Answers every request in the same way, and none when it has nothing to say. Returns its address.
pub(super) fn server(status: u16, code: &str, content_type: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let code = if code.is_empty() {
        String::new()
    } else {
        format!("x-amzn-errortype: {code}\r\nx-amzn-requestid: 01234567-89ab-cdef-0123-456789abcdef\r\n")
    };
    let head =
        format!("HTTP/1.1 {status} X\r\n{code}content-type: {content_type}\r\ncontent-length: {}\r\n", body.len());
    let answer = format!("{head}connection: close\r\n\r\n{body}");
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut socket in listener.incoming().flatten() {
            let mut request = [0; 16384];
            let _ = socket.read(&mut request);
            if status != 0 {
                let _ = socket.write_all(answer.as_bytes());
            } else {
                open.push(socket);
            }
        }
    });
    url
}

fn refusing(status: u16, code: &str, message: &str) -> String {
    server(status, code, "application/json", &serde_json::json!({ "message": message }).to_string())
}

#[test]
fn answers_of_aws() {
    let world = configured();
    let mut shown = Transcript::of(&world);
    let denied = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: \
        bedrock-agentcore:ListWorkloadIdentities on resource: arn:aws:bedrock-agentcore:us-west-2:123456789012:workload-identity-directory/default \
        because no identity-based policy allows the bedrock-agentcore:ListWorkloadIdentities action";
    for (what, status, url) in [
        ("A policy does not allow it.", 4, refusing(403, "AccessDeniedException", denied)),
        (
            "The session has expired.",
            4,
            refusing(403, "ExpiredTokenException", "The security token included in the request is expired"),
        ),
        (
            "The key is of nobody.",
            4,
            refusing(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
        ),
        (
            "The secret is wrong, or the clock.",
            4,
            refusing(
                403,
                "InvalidSignatureException",
                "Signature expired: 20300102T030405Z is now earlier than 20300102T031405Z",
            ),
        ),
        (
            "The region is another one.",
            4,
            refusing(403, "InvalidSignatureException", "Credential should be scoped to a valid region."),
        ),
        (
            "The service does not accept a value.",
            1,
            refusing(
                400,
                "ValidationException",
                "1 validation error detected: Value at 'maxResults' failed to satisfy constraint",
            ),
        ),
        ("Too many requests.", 1, refusing(429, "ThrottlingException", "Rate exceeded")),
        ("The service is out of order.", 1, refusing(500, "InternalServerException", "")),
        ("A proxy answers in its place.", 1, server(200, "", "text/html", "<html>Log in to the network</html>")),
    ] {
        let invocation = world.agentcore(&["identity", "list-workload-identities"]);
        shown.both(what, status, invocation.var("AWS_ENDPOINT_URL", url).var("AWS_MAX_ATTEMPTS", "1"));
    }
    let arn = ["invoke", "{}", "--arn", "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/weather-0123456789"];
    shown.both("Nobody is there.", 1, world.agentcore(&["identity", "list-workload-identities"]));
    shown.both("Nobody is there to call.", 1, world.agentcore(&arn));
    shown.both(
        "The address of AWS is none.",
        2,
        world.agentcore(&["identity", "list-workload-identities"]).var("AWS_ENDPOINT_URL", "localhost"),
    );
    let timed = world.agentcore(&["identity", "list-workload-identities", "--timeout", "3"]);
    shown.both("Nobody answers.", 7, timed.var("AWS_ENDPOINT_URL", server(0, "", "", "")));
    shown.check("aws");
}

/// One request of a launch goes wrong, in an account of its own each time. What runs beside it is done by then, or the text
/// would say one thing today and another tomorrow.
#[test]
fn launches_that_fail_half_way() {
    let Some(scene) = Scene::start() else { return };
    let mut shown = Transcript::of(&scene.sandbox);
    for (agent, what, status, trouble, label) in [
        ("repository", "The repository may not be made.", 4, Trouble::Denied, "CreateRepository"),
        ("upload", "The image does not get through.", 9, Trouble::OutageAfter("PutRolePolicy"), "POST upload"),
        ("runtime", "The runtime may not be made.", 9, Trouble::Denied, "PUT runtimes"),
    ] {
        let world: World = scene.project(agent, &[]);
        let fault = Fault { trouble, when: When::BeforeForwarding, label: label.to_owned(), nth: 1 };
        let watched = scene.watch(&world, &["launch"], Some(&fault));
        assert!(watched.struck, "no {label}");
        shown.outcome(what, status, watched.run);
    }
    let world = configured();
    let silent = world.agentcore(&["launch", "--wait-timeout", "3"]).var("AWS_ENDPOINT_URL", server(0, "", "", ""));
    shown.outcome("The time is up.", 7, silent.run());
    shown.check("launch-fails");
}
