//! Who may call an agent: the same caller has the same code in `auth check`, at the sandbox's gate and in the explanation of
//! a refused `invoke`; `auth test` sends them all; a weaker authorizer is not launched unasked.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::support::{Account, Sandbox, World, lacked, python, watch};

const NAME: &str = "gated";

/// An agent that needs no package. It answers with the headers that it was sent, in lower case.
const AGENT: &str = r#"
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print("prompt " + body, flush=True)
        self.answer(json.dumps({"headers": [name.lower() for name in self.headers], "body": body}).encode())


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
"#;

/// An agent in a sandbox, behind an authorizer with a rule of every kind.
pub(crate) struct Gated {
    pub(crate) sandbox: Sandbox,
    account: Account,
    issuer: String,
    arn: String,
}

const RULES: &[&str] = &[
    "--allowed-client",
    "c1",
    "--allowed-audience",
    "a1",
    "--allowed-scope",
    "api/read",
    "--custom-claim",
    "team=blue",
];

impl Gated {
    pub(crate) fn new(more: &[&str]) -> Option<Self> {
        if python().is_none() {
            lacked("python", "there is no `python3` on PATH");
            return None;
        }
        let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
        let account = Account::of(&sandbox);
        let made = account.cognito("CreateUserPool", &json!({ "PoolName": "gate" }));
        let issuer = format!("{}/{}", account.url(), made["UserPool"]["Id"].as_str().unwrap());
        sandbox.write("agent.py", AGENT).write("requirements.txt", "");
        sandbox
            .agentcore(&["configure", "-ni", "-e", "agent.py", "-n", NAME, "-do", "--discovery-url"])
            .arg(format!("{issuer}/.well-known/openid-configuration"))
            .args(RULES)
            .args(more)
            .run()
            .code(0);
        let launched = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0);
        let arn = find_arn(&launched.data()).unwrap_or_else(|| panic!("no ARN\n{launched}"));
        Some(Self { sandbox, account, issuer, arn })
    }

    /// A token of the pool that satisfies every rule, with `changes` laid over its claims: a null takes one away.
    pub(crate) fn token(&self, changes: &Value, more: &Value) -> String {
        let now = now();
        let mut order = json!({ "issuer": self.issuer, "claims": { "iss": self.issuer, "sub": "u", "exp": now + 3600,
            "client_id": "c1", "aud": "a1", "scope": "openid api/read", "team": "blue" } });
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(order["claims"].as_object_mut().unwrap().shift_remove(name)),
                value => order["claims"][name] = value.clone(),
            }
        }
        for (name, value) in more.as_object().unwrap() {
            order[name] = value.clone();
        }
        self.account.token(&order)
    }

    /// Status and the sandbox's own code of a call with this token, by another client.
    fn call(&self, token: Option<&str>) -> (u16, Option<String>) {
        let host = self.account.url().strip_prefix("http://").unwrap();
        let arn = self.arn.replace(':', "%3A").replace('/', "%2F");
        let auth = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
        let text = format!(
            "POST /runtimes/{arn}/invocations HTTP/1.1\r\nhost: {host}\r\n{auth}content-type: application/json\r\n\
             content-length: 2\r\nconnection: close\r\n\r\n{{}}"
        );
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let head = answer.split("\r\n\r\n").next().unwrap();
        let code = head.lines().find_map(|line| line.strip_prefix("x-agentcore-sandbox-code: "));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), code.map(str::to_owned))
    }
}

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn find_arn(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.contains(":runtime/") => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(find_arn),
        Value::Object(members) => members.values().find_map(find_arn),
        _ => None,
    }
}

/// The token with these claims instead of its own, under this header instead of its own.
fn rewritten(token: &str, header: Option<&Value>, change: impl FnOnce(&mut Value)) -> String {
    let parts: Vec<&str> = token.split('.').collect();
    let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    change(&mut claims);
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    match header {
        Some(header) => format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(header.to_string())),
        None => format!("{}.{claims}.{}", parts[0], parts[2]),
    }
}

#[test]
fn caller_has_one_code_wherever_it_is_judged() {
    let Some(gated) = Gated::new(&[]) else { return };
    let nothing = json!({});
    let good = gated.token(&nothing, &nothing);
    let now = now();
    let claims = |changes: Value| gated.token(&changes, &nothing);
    let callers: Vec<(&str, String)> = vec![
        ("accepted", good.clone()),
        ("token-expired", claims(json!({ "exp": now - 100 }))),
        ("token-expiring", claims(json!({ "exp": now + 55 }))),
        ("not-yet-valid", claims(json!({ "nbf": now + 1000 }))),
        ("issuer-mismatch", claims(json!({ "iss": "https://idp.example" }))),
        ("audience-mismatch", claims(json!({ "aud": ["z"] }))),
        ("client-mismatch", claims(json!({ "client_id": "c2" }))),
        ("scope-missing", claims(json!({ "scope": "openid" }))),
        ("claim-mismatch", claims(json!({ "team": "red" }))),
        ("algorithm-none", rewritten(&good, Some(&json!({ "alg": "none" })), |_| {})),
        ("signature-invalid", rewritten(&good, None, |claims| claims["client_id"] = json!("c2"))),
        ("key-unknown", gated.token(&nothing, &json!({ "header": { "kid": "of-nobody" } }))),
        // Not among the fourteen: the same key id, another key.
        ("signature-invalid", gated.token(&nothing, &json!({ "key": "foreign" }))),
        ("algorithm-refused", gated.token(&nothing, &json!({ "header": { "alg": "HS256" } }))),
        ("token-unparsable", "opaque".to_owned()),
    ];
    let mut seen = BTreeSet::new();
    for (code, token) in &callers {
        seen.insert(*code);
        let refused = *code != "accepted";
        let check =
            gated.sandbox.agentcore(&["auth", "check", "--token-file", "-", "-o", "json"]).stdin(token.as_str());
        let check = check.run().code(if refused { 3 } else { 0 });
        let data = check.data();
        assert_eq!((data["code"].as_str(), data["accepted"].as_bool()), (Some(*code), Some(!refused)), "{check}");
        assert_eq!(data["authorizer"]["source"], "live", "{check}");

        let (status, header) = gated.call(Some(token));
        match refused {
            true => assert_eq!(header.as_deref(), Some(*code), "{status}"),
            false => assert_eq!((status, header), (200, None)),
        }
        if refused {
            let run = gated.sandbox.agentcore(&["invoke", "{}", "-o", "json"]).var("AGENTCORE_BEARER_TOKEN", token);
            let run = run.run().code(3);
            assert_eq!(run.json()["error"]["code"], *code, "{run}");
            let signature = token.rsplit('.').next().unwrap();
            let printed = format!("{check}{run}");
            assert!(signature.len() < 20 || !printed.contains(signature), "the token was printed: {printed}");
        }
    }
    // The two callers without a token.
    assert_eq!(gated.call(None), (401, Some("token-missing".to_owned())));
    let check = gated.sandbox.agentcore(&["auth", "check", "-o", "json"]).run().code(3);
    assert_eq!(check.data()["code"], "token-missing", "{check}");
    let unsigned = gated.sandbox.agentcore(&["invoke", "{}", "-o", "json"]);
    let unsigned = unsigned.var("AWS_ACCESS_KEY_ID", "").var("AWS_SECRET_ACCESS_KEY", "").run().code(4);
    assert_eq!(unsigned.json()["error"]["code"], "token-missing", "{unsigned}");
    let signed = gated.sandbox.agentcore(&["auth", "check", "--sigv4", "-o", "json"]).run().code(3);
    assert_eq!(signed.data()["code"], "sigv4-not-accepted", "{signed}");
    let signed = gated.sandbox.agentcore(&["invoke", "{}", "-o", "json"]).run().code(3);
    assert_eq!(signed.json()["error"]["code"], "sigv4-not-accepted", "{signed}");
    seen.extend(["token-missing", "sigv4-not-accepted"]);
    assert_eq!(seen.len(), 16, "{seen:?}");
}

#[test]
fn auth_matrix_holds_in_sandbox_and_partly_live() {
    let Some(gated) = Gated::new(&["--request-header-allowlist", "X-Tenant"]) else { return };
    let payload = r#"{"prompt": "only the good caller says this"}"#;
    let run = |args: &[&str]| gated.sandbox.agentcore(&["auth", "test", "-o", "json", "--payload", payload]).args(args);
    let callers = |data: &Value| -> BTreeMap<String, Value> {
        let each = data["callers"].as_array().unwrap().iter();
        each.map(|caller| (caller["caller"].as_str().unwrap().to_owned(), caller.clone())).collect()
    };
    let whole = run(&["--target", "sandbox", "--junit", "auth.xml"]).run().code(0);
    let data = whole.data();
    assert_eq!((&data["passed"], &data["failed"]), (&json!(14), &json!(0)), "{whole}");
    let by_name = callers(&data);
    let codes: BTreeSet<&str> = by_name.values().map(|it| it["expected"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 14, "{codes:?}");
    for caller in by_name.values().filter(|it| it["caller"] != "good") {
        assert_eq!(caller["found"]["code"], caller["expected"]["code"], "{caller}");
    }
    let junit = gated.sandbox.read("auth.xml");
    assert!(junit.contains("tests=\"14\" failures=\"0\" errors=\"0\" skipped=\"0\""), "{junit}");
    assert_eq!(junit.matches("<testcase ").count(), 14);
    let planned = gated.sandbox.agentcore(&["build", "--plan", "-o", "json"]).run().code(0).data();
    assert!(!planned["files"].to_string().contains("auth.xml"), "{planned}");

    // Without the provider's key: most cannot be made, and none is passed over in silence.
    let live = run(&["--target", "live"]).run().code(0).data();
    let status = |data: &Value, name: &str| callers(data)[name]["status"].as_str().unwrap().to_owned();
    for name in ["none", "alg-none", "tampered", "unknown-key", "sigv4"] {
        assert_eq!(status(&live, name), "passed", "{name}: {live}");
    }
    assert_eq!((&live["passed"], &live["notPossible"]), (&json!(5), &json!(9)), "{live}");
    let good = gated.token(&json!({}), &json!({}));
    let with = run(&["--target", "live", "--good-token-file", "-"]).stdin(good).run().code(0).data();
    assert_eq!(status(&with, "good"), "passed", "{with}");
    let expired = gated.token(&json!({ "exp": now() - 5 }), &json!({}));
    let bad = run(&["--target", "live", "--good-token-file", "-"]).stdin(expired).run().code(1).data();
    assert_eq!(status(&bad, "good"), "failed", "{bad}");

    // Only good callers' prompts reached the agent: two of them, and nothing of the others.
    let logs = gated.account.control("POST", "/runtimes/?maxResults=10");
    let id = logs["agentRuntimes"][0]["agentRuntimeId"].as_str().unwrap();
    let group = format!("/aws/bedrock-agentcore/runtimes/{id}-DEFAULT");
    let mut lines: Vec<String> = Vec::new();
    // The log is written beside the calls.
    for _ in 0..2000 {
        let found = gated.account.logs("FilterLogEvents", &json!({ "logGroupName": group, "filterPattern": "prompt" }));
        let events = found["events"].as_array().unwrap().iter();
        lines = events.map(|event| event["message"].as_str().unwrap().to_owned()).collect();
        if lines.len() >= 2 {
            break;
        }
    }
    let prompts = lines.iter().filter(|line| line.contains("prompt {")).count();
    assert_eq!((prompts, lines.iter().filter(|line| line.contains("only the good")).count()), (2, 2), "{lines:?}");

    // The same gate with rules left out has callers that do not apply; in words it says what passes.
    let explained = gated.sandbox.agentcore(&["auth", "explain", "-o", "json"]).run().code(0).data();
    assert_eq!(explained["claims"]["reachTheCode"], false, "{explained}");
    assert_eq!(explained["headers"]["reachTheCode"], json!(["X-Tenant"]));
    assert_eq!(explained["lint"][0]["code"], "cognito-audience-and-client", "{explained}");
    let nobody = gated.sandbox.agentcore(&["auth", "test", "--target", "sandbox"]);
    nobody.var("AWS_ENDPOINT_URL", "http://127.0.0.1:9").run().code(2);
}

#[test]
fn weaker_authorizer_is_launched_only_on_request() {
    let Some(gated) = Gated::new(&["--allowed-client", "c9"]) else { return };
    let kept = gated.sandbox.read(".bedrock_agentcore.yaml");
    let discovery = format!("{}/.well-known/openid-configuration", gated.issuer);
    let inner = |changes: &Value| {
        let mut inner = json!({ "discoveryUrl": discovery, "allowedClients": ["c1", "c9"], "allowedAudience": ["a1"],
            "allowedScopes": ["api/read"], "customClaims": [{ "inboundTokenClaimName": "team",
            "inboundTokenClaimValueType": "STRING", "authorizingClaimMatchValue": {
            "claimMatchValue": { "matchValueString": "blue" }, "claimMatchOperator": "EQUALS" } }] });
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(inner.as_object_mut().unwrap().shift_remove(name)),
                value => inner[name] = value.clone(),
            }
        }
        json!({ "customJWTAuthorizer": inner }).to_string()
    };
    let configure = |changes: &Value| {
        let blob = inner(changes);
        gated
            .sandbox
            .agentcore(&["configure", "--offline", "--name", NAME, "--authorizer-config", &blob])
            .run()
            .code(0);
    };
    // The live one, written in another order: nothing weaker.
    configure(&json!({ "allowedClients": ["c9", "c1"] }));
    gated.sandbox.agentcore(&["launch", "--plan"]).run();
    let weaker: [(Value, &str); 7] = [
        (json!({ "allowedClients": ["c1", "c9", "c3"] }), "`c3`"),
        (json!({ "allowedAudience": null }), "allowedAudience"),
        (json!({ "allowedScopes": ["api/read", "api/write"] }), "`api/write`"),
        (json!({ "customClaims": null }), "team=blue"),
        (json!({ "customClaims": null, "allowedClients": ["c1"] }), "team=blue"),
        (json!({ "discoveryUrl": "https://idp.example/.well-known/openid-configuration" }), "idp.example"),
        (json!({ "privateEndpoint": { "selfManagedLatticeResource": {} } }), "privateEndpoint"),
    ];
    for (change, named) in &weaker {
        configure(change);
        let refused = gated.sandbox.agentcore(&["launch", "-o", "json"]).run().code(2);
        let error = refused.json()["error"].clone();
        assert_eq!(error["code"], "auth.change-refused", "{refused}");
        assert!(error["message"].as_str().unwrap().contains(named), "{named}: {refused}");
    }
    // Removed: and nothing was changed before it was refused.
    gated.sandbox.agentcore(&["configure", "--name", NAME, "--no-authorizer"]).run().code(0);
    let refused = watch(gated.account.url(), gated.sandbox.agentcore(&["launch"]), None);
    let changed: Vec<_> = refused.seen.iter().filter(|seen| seen.mutates()).collect();
    assert!(changed.is_empty() && refused.seen.len() > 1, "{changed:?}");
    refused.run.code(2).says("removed").says("--allow-auth-change");

    // Stricter needs no leave, and weaker passes with it; the plan says which it is.
    gated.sandbox.write(".bedrock_agentcore.yaml", &kept);
    configure(&json!({ "allowedClients": ["c1"] }));
    let plan = gated.sandbox.agentcore(&["launch", "--plan"]).run().code(6);
    assert!(plan.stdout_text().contains("lets fewer callers in"), "{plan}");
    gated.sandbox.agentcore(&["launch"]).run().code(0);
    let other = gated.token(&json!({ "client_id": "c9" }), &json!({}));
    assert_eq!(gated.call(Some(&other)), (401, Some("client-mismatch".to_owned())));
    configure(&json!({}));
    gated.sandbox.agentcore(&["launch", "--plan"]).run().code(2);
    let plan = gated.sandbox.agentcore(&["launch", "--plan", "--allow-auth-change"]).run().code(6);
    assert!(plan.stdout_text().contains("lets more callers in"), "{plan}");
    gated.sandbox.agentcore(&["launch", "--allow-auth-change"]).run().code(0);
    assert_eq!(gated.call(Some(&other)).0, 200);
}

#[test]
fn values_a_provider_never_issues_are_warned_about() {
    let world = World::new();
    world.write("agent.py", AGENT).write("requirements.txt", "");
    let cases = [
        ("https://acme.okta.com/oauth2/default", "--allowed-client", Some("cid")),
        ("https://login.microsoftonline.com/1111/v2.0", "--allowed-client", Some("azp")),
        ("https://acme.auth0.com", "--allowed-client", Some("azp")),
        ("https://accounts.google.com", "--allowed-scope", Some("opaque")),
        ("https://token.actions.githubusercontent.com", "--allowed-audience", Some("repository_id")),
        ("https://acme.okta.com/oauth2/default", "--allowed-audience", None),
    ];
    for (issuer, flag, expected) in cases {
        let url = format!("{issuer}/.well-known/openid-configuration");
        let mut inner = match flag {
            "--allowed-client" => json!({ "allowedClients": ["x"] }),
            "--allowed-scope" => json!({ "allowedScopes": ["x"] }),
            _ => json!({ "allowedAudience": ["x"] }),
        };
        inner["discoveryUrl"] = json!(url);
        let blob = json!({ "customJWTAuthorizer": inner }).to_string();
        let run = world
            .agentcore(&["configure", "-ni", "-e", "agent.py", "--offline", "-o", "json", "--authorizer-config", &blob])
            .run()
            .code(0);
        let warnings = run.data()["warnings"].to_string();
        match expected {
            Some(text) => assert!(warnings.contains(text), "{issuer} {flag}: {run}"),
            None => assert_eq!(warnings, "[]", "{issuer} {flag}: {run}"),
        }
    }
}
