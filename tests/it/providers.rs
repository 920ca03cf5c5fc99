//! The pages of `docs/providers/`: each command as printed, and each claim and verdict of their tables, for tokens whose
//! claims are those that the provider documents.
//!
//! `tests/recorded/providers/NAME/` has the discovery documents and the tokens' claims, with the addresses of the provider's
//! own description. A sandbox's user pool signs them, so its key set takes the place of the provider's.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use crate::auth::now;
use crate::blocks::{masked, run_script, shell_blocks};
use crate::support::{Account, Sandbox, World, lacked, repository};

const NAMES: [&str; 6] = ["auth0", "cognito", "entra", "google", "keycloak", "okta"];

/// No network here: `configure` does not ask the provider, and `auth check` has its documents.
const OFFLINE: &str = r#"
agentcore() {
  case "$1 $2" in
    "auth check") command agentcore "$@" --discovery-document discovery.json --jwks jwks.json ;;
    "configure "*) command agentcore "$@" --offline ;;
    *) command agentcore "$@" ;;
  esac
}
"#;

/// A page, and what was recorded for it.
struct Page {
    name: &'static str,
    text: String,
    recorded: Value,
}

impl Page {
    fn read(name: &'static str) -> Self {
        let text = std::fs::read_to_string(repository().join(format!("docs/providers/{name}.md"))).unwrap();
        let mut page = Self { name, text, recorded: Value::Null };
        page.recorded = serde_json::from_str(&page.file("tokens.json")).unwrap();
        page
    }

    fn file(&self, name: &str) -> String {
        std::fs::read_to_string(repository().join(format!("tests/recorded/providers/{}/{name}", self.name))).unwrap()
    }

    fn tokens(&self) -> &Map<String, Value> {
        self.recorded["tokens"].as_object().unwrap()
    }

    /// The heading and the rows of the table of tokens: its cells without backticks.
    fn table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let mut rows = self.text.lines().skip_while(|line| !line.starts_with("| token |"));
        let cells = |line: &str| -> Vec<String> {
            line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()
        };
        let heading = cells(rows.next().expect("a table of tokens"));
        (heading, rows.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect())
    }

    /// Agents whose verdicts the table has.
    fn agents(&self) -> Vec<String> {
        self.table().0.iter().filter_map(|cell| Some(cell.strip_prefix("with ")?.to_owned())).collect()
    }
}

/// A sandbox with an agent's source, and a pool whose key signs the recorded tokens.
struct Signer {
    sandbox: Sandbox,
    account: Account,
    pool: String,
}

impl Signer {
    fn new() -> Self {
        let sandbox = Sandbox::start(World::new(), &[]);
        let account = Account::of(&sandbox);
        let made = account.cognito("CreateUserPool", &json!({ "PoolName": "signer" }));
        let pool = format!("{}/{}", account.url(), made["UserPool"]["Id"].as_str().unwrap());
        sandbox.write("agent.py", "").write("requirements.txt", "");
        let signer = Self { sandbox, account, pool };
        let keys = signer.keys();
        signer.sandbox.write("jwks.json", &keys);
        signer
    }

    fn keys(&self) -> String {
        get(&format!("{}/.well-known/jwks.json", self.pool))
    }

    /// A recorded token, signed and valid for an hour, with its addresses as `at` has them.
    fn sign(&self, token: &Value, at: impl Fn(&str) -> String) -> String {
        if let Some(opaque) = token["opaque"].as_str() {
            return opaque.to_owned();
        }
        let mut claims: Value = serde_json::from_str(&at(&token["claims"].to_string())).unwrap();
        claims["iat"] = json!(now());
        claims["exp"] = json!(now() + 3600);
        let mut order = json!({ "issuer": self.pool, "claims": claims });
        if !token["header"].is_null() {
            order["header"] = token["header"].clone();
        }
        self.account.token(&order)
    }
}

fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn bash_is_here() -> bool {
    let is_here = std::path::Path::new("/bin/bash").exists();
    if !is_here {
        lacked("bash", "there is no /bin/bash");
    }
    is_here
}

#[test]
fn each_provider_has_a_page_and_recordings() {
    let listed = |folder: &str| {
        let mut found: Vec<String> = std::fs::read_dir(repository().join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned())
            .collect();
        found.sort();
        found
    };
    let pages: Vec<String> = listed("docs/providers").into_iter().filter(|name| name != "README").collect();
    assert_eq!(pages, NAMES);
    assert_eq!(listed("tests/recorded/providers"), NAMES);
    for name in NAMES {
        let page = Page::read(name);
        for source in page.recorded["sources"].as_array().unwrap() {
            let source = source.as_str().unwrap();
            assert!(page.text.contains(source), "{name}: the page does not name {source}");
        }
    }
}

#[test]
fn tables_have_the_claims_of_the_tokens() {
    for name in NAMES {
        let page = Page::read(name);
        let (heading, rows) = page.table();
        let named: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
        assert_eq!(named, page.tokens().keys().collect::<Vec<_>>(), "{name}: the tokens of the table");
        for row in &rows {
            assert_eq!(row.len(), heading.len(), "{name}: {row:?}");
            for (claim, cell) in heading.iter().zip(row).skip(1).filter(|(claim, _)| !claim.starts_with("with ")) {
                let expected = match &page.tokens()[&row[0]]["claims"][claim] {
                    Value::Null => "–".to_owned(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                assert_eq!(*cell, expected, "{name}: `{claim}` of `{}`", row[0]);
            }
        }
    }
}

/// Commands as printed, what they show, and the verdict on each token, by the documents of the real addresses.
#[test]
fn pages_say_which_tokens_pass() {
    if !bash_is_here() {
        return;
    }
    let mut wrong = Vec::new();
    for name in NAMES {
        let page = Page::read(name);
        let signer = Signer::new();
        for (token, content) in page.tokens() {
            signer.sandbox.write(&format!("{token}.jwt"), &signer.sign(content, str::to_owned));
        }
        let files = page.recorded["discovery"].as_object().unwrap();
        for file in files.values() {
            signer.sandbox.write(file.as_str().unwrap(), &page.file(file.as_str().unwrap()));
        }
        wrong.extend(wrong_blocks(&page, &signer));
        for agent in page.agents() {
            wrong.extend(wrong_verdicts(&page, &signer, &agent));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Runs the blocks that need no provider.
fn wrong_blocks(page: &Page, signer: &Signer) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, (commands, shown)) in shell_blocks(&page.text).into_iter().enumerate() {
        if needs_provider(&commands) {
            continue;
        }
        let name = format!("{}-{number}", page.name);
        let (calls, output) = run_script(&signer.sandbox, &name, &format!("{OFFLINE}: > \"$CALLS\"\n{commands}"));
        let expected = if shown.contains("refused (") { "3 " } else { "0 " };
        if calls.is_empty() || !calls.iter().all(|call| call.starts_with(expected)) {
            wrong.push(format!("{name}: wanted {expected}from each of\n{}\n{output}", calls.join("\n")));
        }
        let mut printed = output.lines().map(masked);
        for line in shown.lines() {
            if !printed.any(|printed| printed == masked(line)) {
                wrong.push(format!("{name}: this line is not printed, or not in this order: {line}\n{output}"));
            }
        }
    }
    wrong
}

fn needs_provider(commands: &str) -> bool {
    commands.contains("agentcore identity token")
}

/// Holds an agent's column of the table against `auth check`, and what `configure` warns of against the page.
fn wrong_verdicts(page: &Page, signer: &Signer, agent: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let sandbox = &signer.sandbox;
    let explained = sandbox.agentcore(&["auth", "explain", "-a", agent, "-o", "json"]).run().code(0).data();
    for finding in explained["lint"].as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        if finding["severity"] != "note" && !page.text.contains(&format!("`{code}`")) {
            wrong.push(format!("{}: `{agent}` is warned of and the page does not say so: {finding}", page.name));
        }
    }
    let url = explained["authorizer"]["customJWTAuthorizer"]["discoveryUrl"].as_str().unwrap();
    let document = page.recorded["discovery"][url].as_str().unwrap_or_else(|| panic!("{}: {url}", page.name));
    let (heading, rows) = page.table();
    let column = heading.iter().position(|cell| *cell == format!("with {agent}")).unwrap();
    for row in rows {
        let token = format!("{}.jwt", row[0]);
        let arguments = ["auth", "check", "-a", agent, "--token-file", &token, "--discovery-document", document];
        let run = sandbox.agentcore(&arguments).args(&["--jwks", "jwks.json", "-o", "json"]).run();
        let code = run.data()["code"].as_str().unwrap().to_owned();
        if code != row[column] {
            wrong.push(format!("{}: `{}` with `{agent}` is {code}, not {}", page.name, row[0], row[column]));
        }
    }
    wrong
}

/// The same commands, and those that get a token, with a provider that answers: its recorded documents on loopback.
#[test]
fn tokens_are_got_and_pass_as_printed() {
    if !bash_is_here() {
        return;
    }
    for name in NAMES {
        let page = Page::read(name);
        let signer = Signer::new();
        let provider = StandIn::start(&page, &signer);
        let pipeline = &page.recorded["pipeline"];
        let token = signer.sign(&page.tokens()[pipeline["token"].as_str().unwrap()], |text| provider.moved(text));
        provider.gives(&token);
        signer.sandbox.executable("gcloud", &format!("#!/bin/sh\necho '{token}'\n"));
        let blocks = shell_blocks(&page.text);
        let configured = blocks.iter().find(|(commands, _)| commands.starts_with("agentcore configure")).unwrap();
        let asked = blocks.iter().find(|(commands, _)| needs_provider(commands)).expect("a block that gets a token");
        let script = format!(
            "set -e\nexport AGENTCORE_CLIENT_SECRET=an-example\n{}\n{}",
            provider.moved(&configured.0),
            provider.moved(&asked.0)
        );
        let (calls, output) = run_script(&signer.sandbox, &format!("{name}-token"), &script);
        let ended: Vec<&str> = calls.iter().map(|call| call.split(' ').next().unwrap()).collect();
        assert!(ended.len() >= 3 && ended.iter().all(|status| *status == "0"), "{name}: {calls:#?}\n{output}");
        assert!(output.contains("caller:    accepted"), "{name}: {output}");
        let body = provider.asked();
        for parameter in pipeline["request"].as_array().unwrap() {
            assert!(body.contains(parameter.as_str().unwrap()), "{name}: {parameter} is not in `{body}`");
        }
    }
}

/// A server on loopback with a provider's recorded documents, and a token for everybody who posts.
struct StandIn {
    base: String,
    token: Arc<Mutex<String>>,
    asked: Arc<Mutex<String>>,
}

impl StandIn {
    fn start(page: &Page, signer: &Signer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stand_in = Self { base, token: Arc::default(), asked: Arc::default() };
        let mut routes = BTreeMap::new();
        for (url, file) in page.recorded["discovery"].as_object().unwrap() {
            let document: Value = serde_json::from_str(&stand_in.moved(&page.file(file.as_str().unwrap()))).unwrap();
            let path = |url: &str| url.strip_prefix(&stand_in.base).unwrap().to_owned();
            routes.insert(path(document["jwks_uri"].as_str().unwrap()), signer.keys());
            routes.insert(path(&stand_in.moved(url)), document.to_string());
        }
        let (token, asked) = (Arc::clone(&stand_in.token), Arc::clone(&stand_in.asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let (method, path, body) = request(&stream);
                let answer = if method == "POST" {
                    *asked.lock().unwrap() = body;
                    let token = token.lock().unwrap().clone();
                    Some(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }).to_string())
                } else {
                    routes.get(&path).cloned()
                };
                let (status, body) = answer.map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        stand_in
    }

    /// A text whose addresses of other machines are this server's.
    fn moved(&self, text: &str) -> String {
        let mut parts = text.split("https://");
        let mut out = parts.next().unwrap().to_owned();
        for part in parts {
            let host =
                part.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(part.len());
            // What is an audience and no address stays as it is.
            if part[..host].starts_with("agents.") || part[..host].starts_with("billing.") {
                out.push_str("https://");
                out.push_str(part);
            } else {
                out.push_str(&self.base);
                out.push_str(&part[host..]);
            }
        }
        out
    }

    fn gives(&self, token: &str) {
        token.clone_into(&mut self.token.lock().unwrap());
    }

    /// The body of the last request for a token.
    fn asked(&self) -> String {
        self.asked.lock().unwrap().clone()
    }
}

/// Method, path and body of a request.
fn request(stream: &TcpStream) -> (String, String, String) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    let _ = reader.read_line(&mut line);
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) <= 2 {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    (method, path, String::from_utf8_lossy(&body).into_owned())
}
