//! `doctor`: nothing is wrong where all is well, and each of a dozen broken situations is named, with its fix. Without a
//! network it sends nothing, and no secret is in what it says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::auth::{Gated, now};
use crate::snapshots::Transcript;
use crate::support::{Account, Invocation, Recorder, Run, World};

/// Without the proxies of the machine that the tests run on.
fn direct(mut invocation: Invocation<'_>) -> Invocation<'_> {
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        invocation = invocation.var(name, "");
    }
    invocation
}

/// Findings of this id: status, text and fix.
fn findings(data: &Value, id: &str) -> Vec<(String, String, String)> {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let all = data["findings"].as_array().unwrap().iter().filter(|it| it["id"] == id);
    all.map(|it| (text(&it["status"]), text(&it["text"]), text(&it["fix"]))).collect()
}

/// Runs it, and requires a finding and the exit status that goes with the worst one.
#[track_caller]
fn finds(invocation: Invocation<'_>, (id, status): (&str, &str), [text, fix]: [&str; 2]) -> Value {
    let run = invocation.args(&["-o", "json"]).run();
    let data = run.data();
    let found = findings(&data, id);
    let is_it = |it: &&(String, String, String)| it.0 == status && it.1.contains(text) && it.2.contains(fix);
    assert!(found.iter().any(|it| is_it(&it)), "no {status} of {id} with `{text}` and `{fix}`: {found:#?}\n{run}");
    let has = |wanted: &str| data["findings"].as_array().unwrap().iter().any(|it| it["status"] == wanted);
    let expected = if has("problem") { 2 } else { i32::from(has("warning")) };
    assert_eq!(run.code, Some(expected), "{run}");
    assert_eq!(data["counts"]["problem"].as_u64().unwrap() > 0, has("problem"));
    data
}

/// A deployed agent behind an authorizer, on a machine that has what a build needs.
fn deployed() -> Option<Gated> {
    let gated = Gated::new(&[])?;
    gated.sandbox.executable("uv", "#!/bin/sh\necho 'uv 0.9.2 (abc 2026-01-01)'\n");
    Some(gated)
}

fn doctor<'a>(world: &'a World, args: &[&str]) -> Invocation<'a> {
    direct(world.agentcore(&["doctor"]).args(args))
}

/// The role's name and that of its policy.
fn role(account: &Account) -> (String, String) {
    let arn = account.holdings().roles.first().unwrap().id.clone();
    let name = arn.rsplit('/').next().unwrap().to_owned();
    let policies = account.iam("ListRolePolicies", &[("RoleName", &name)]);
    let policy = policies.split("<member>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    (name, policy)
}

#[test]
fn healthy_project_has_no_finding_to_mend() {
    let Some(gated) = deployed() else { return };
    let token = gated.token(&json!({}), &json!({}));
    let run = doctor(&gated.sandbox, &["-o", "json"]).var("AGENTCORE_BEARER_TOKEN", token).run().code(0);
    let data = run.data();
    for id in [
        "config",
        "paths",
        "region",
        "credentials",
        "identity",
        "quota",
        "role.trust",
        "role.permissions",
        "endpoint.sts",
        "endpoint.iam",
        "endpoint.control",
        "endpoint.data",
        "endpoint.ecr",
        "endpoint.logs",
        "clock",
        "proxy",
        "ca",
        "python",
        "uv",
        "discovery",
        "token",
        "sandbox",
    ] {
        let found = findings(&data, id);
        assert!(!found.is_empty() && found.iter().all(|it| it.0 == "ok"), "{id}: {found:?}\n{run}");
    }
    let overridden = &findings(&data, "endpoint.sts")[0].1;
    assert!(overridden.contains("(AWS_ENDPOINT_URL)"), "{overridden}");
    for needless in ["engine", "node", "npm"] {
        assert!(findings(&data, needless).is_empty(), "nothing needs {needless}\n{run}");
    }
}

#[test]
fn refused_token_is_named_with_its_rule() {
    let Some(gated) = deployed() else { return };
    let past = json!({ "exp": now() - 600 });
    let expired = gated.token(&past, &json!({}));
    let run = || doctor(&gated.sandbox, &[]);
    finds(run().var("AGENTCORE_BEARER_TOKEN", &expired), ("token", "problem"), ["token-expired", "token"]);
    let other = gated.token(&json!({ "client_id": "c9" }), &json!({}));
    finds(run().args(&["--token-file", "-"]).stdin(other), ("token", "problem"), ["client-mismatch", ""]);
    let offline = run().args(&["--offline"]).var("AGENTCORE_BEARER_TOKEN", &expired);
    finds(offline, ("token", "problem"), ["has expired", "identity token"]);
}

#[test]
fn unreachable_provider_is_a_problem() {
    let Some(gated) = deployed() else { return };
    let file = ".bedrock_agentcore.yaml";
    let (text, url) = (gated.sandbox.read(file), Account::of(&gated.sandbox).url().to_owned());
    gated.sandbox.write(file, &text.replace(&url, "http://127.0.0.1:1"));
    let data = finds(doctor(&gated.sandbox, &[]), ("discovery", "problem"), ["127.0.0.1:1", ""]);
    assert!(!findings(&data, "discovery")[0].2.is_empty(), "{data}");
}

#[test]
fn role_that_agentcore_cannot_use_is_named() {
    let Some(gated) = deployed() else { return };
    let account = Account::of(&gated.sandbox);
    let (name, policy) = role(&account);
    let run = || doctor(&gated.sandbox, &[]);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    account.iam("UpdateAssumeRolePolicy", &[("RoleName", &name), ("PolicyDocument", trust)]);
    finds(run(), ("role.trust", "problem"), [&name, "agentcore launch"]);
    let elsewhere = trust
        .replace("lambda", "bedrock-agentcore")
        .replace("\"Action\"", r#""Condition":{"StringEquals":{"aws:SourceAccount":"999999999999"}},"Action""#);
    account.iam("UpdateAssumeRolePolicy", &[("RoleName", &name), ("PolicyDocument", &elsewhere)]);
    finds(run(), ("role.trust", "problem"), ["999999999999", "agentcore launch"]);

    account.iam("DeleteRolePolicy", &[("RoleName", &name), ("PolicyName", &policy)]);
    let data = finds(run(), ("role.permissions", "problem"), ["ecr:BatchGetImage", "agentcore launch"]);
    let logs = findings(&data, "role.permissions");
    assert!(logs.iter().any(|it| it.0 == "warning" && it.1.contains("logs:PutLogEvents")), "{logs:?}");
    // Pulling, unlike the login, could be the repository's to allow.
    let login = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":["*"]}]}"#;
    account.iam("PutRolePolicy", &[("RoleName", &name), ("PolicyName", &policy), ("PolicyDocument", login)]);
    let pull = ["unless the repository's own policy", "agentcore launch"];
    let data = finds(run(), ("role.permissions", "warning"), pull);
    assert!(findings(&data, "role.permissions").iter().all(|it| it.0 != "problem"), "{data}");
    // The fix is one: a launch puts the role in order.
    gated.sandbox.agentcore(&["launch"]).run().code(0);
    let data = doctor(&gated.sandbox, &["-o", "json"]).run().code(0).data();
    assert_eq!(findings(&data, "role.permissions")[0].0, "ok");
}

/// Behind a virtual environment's Python is one that may have no pip, as Debian's has none. Dependencies are installed with
/// the one on PATH.
#[cfg(unix)]
#[test]
fn pip_is_found_as_builds_find_it() {
    let world = World::new().with_credentials();
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-n", "a", "-do"]).run().code(0);
    let base = world.path("bin").join("base");
    world.executable("base", "#!/bin/sh\nexit 1\n");
    let python = |pip: &str| {
        let script =
            format!("#!/bin/sh\ncase $2 in *'import pip'*) {pip};; esac\nprintf '12\\n{}\\n'\n", base.display());
        world.executable("python3", &script);
        doctor(&world, &["--offline"])
    };
    let data = python("echo 24 0; exit").args(&["-o", "json"]).run().code(0).data();
    assert_eq!(findings(&data, "python").iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["ok"], "{data}");
    finds(python("exit 1"), ("python", "problem"), ["no Python on PATH has pip", "install uv"]);
}

#[test]
fn brought_role_gets_commands_of_its_own() {
    let Some(gated) = deployed() else { return };
    let account = Account::of(&gated.sandbox);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    account.iam("CreateRole", &[("RoleName", "Brought"), ("AssumeRolePolicyDocument", trust)]);
    let arn = "arn:aws:iam::123456789012:role/Brought";
    gated.sandbox.agentcore(&["configure", "-ni", "-n", "gated", "--execution-role", arn]).run().code(0);
    let data =
        finds(doctor(&gated.sandbox, &[]), ("role.trust", "problem"), ["Brought", "aws iam update-assume-role-policy"]);
    let fixes: Vec<(String, String, String)> =
        ["role.trust", "role.permissions"].iter().flat_map(|id| findings(&data, id)).collect();
    // What the fixes say is what IAM takes, and then nothing is left.
    for (_, _, fix) in fixes {
        let (head, document) = fix.split_once(" --policy-document '").unwrap();
        let document = document.trim_end_matches('\'');
        if head.contains("update-assume-role-policy") {
            account.iam("UpdateAssumeRolePolicy", &[("RoleName", "Brought"), ("PolicyDocument", document)]);
        } else {
            let policy = head.split("--policy-name ").nth(1).unwrap();
            let form = [("RoleName", "Brought"), ("PolicyName", policy), ("PolicyDocument", document)];
            account.iam("PutRolePolicy", &form);
        }
    }
    let data = doctor(&gated.sandbox, &["-o", "json"]).run().code(0).data();
    for id in ["role.trust", "role.permissions"] {
        assert_eq!(findings(&data, id)[0].0, "ok", "{data}");
    }
}

/// A service whose answers are made of the request: the status, the body and the seconds that its clock is ahead.
fn service(answer: impl Fn(&str) -> (u16, String, i64) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let (status, body, seconds) = answer(&request(&mut stream));
            let date = (chrono::Utc::now() + chrono::Duration::seconds(seconds)).format("%a, %d %b %Y %H:%M:%S GMT");
            let head = format!("HTTP/1.1 {status} Answer\r\ndate: {date}\r\ncontent-type: text/xml");
            let length = body.len();
            let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        }
    });
    url
}

/// A request with its body.
fn request(stream: &mut TcpStream) -> String {
    let (mut text, mut piece) = (String::new(), [0; 8192]);
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        text.push_str(&String::from_utf8_lossy(&piece[..length]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break;
        }
    }
    text
}

#[test]
fn what_iam_forbids_is_a_note() {
    let Some(gated) = deployed() else { return };
    let denied = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>\
        <RequestId>1</RequestId></ErrorResponse>";
    let nothing = service(move |_| (403, denied.to_owned(), 0));
    let run = |url: &str| doctor(&gated.sandbox, &["-o", "json"]).var("AWS_ENDPOINT_URL_IAM", url).run().code(0).data();
    assert_eq!(findings(&run(&nothing), "role")[0].0, "note");

    let trust = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22%2A%22%7D%5D%7D";
    let role = format!(
        "<GetRoleResponse><GetRoleResult><Role><Path>/</Path><RoleName>r</RoleName><RoleId>AROA</RoleId>\
         <Arn>arn:aws:iam::123456789012:role/r</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>"
    );
    let no_simulation = service(move |request| match request.contains("Action=GetRole&") {
        true => (200, role.clone(), 0),
        false => (403, denied.to_owned(), 0),
    });
    let data = run(&no_simulation);
    let found = &findings(&data, "role.permissions")[0];
    assert!(found.0 == "note" && found.1.contains("iam:SimulatePrincipalPolicy"), "{data}");
    assert_eq!(findings(&data, "role.trust")[0].0, "ok", "{data}");
}

/// STS whose clock is wrong, as that of the whole of AWS seems to be where this machine's is.
fn sts_in(seconds: i64) -> String {
    let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDA</UserId>\
        <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    service(move |_| (200, body.to_owned(), seconds))
}

#[test]
fn wrong_clock_is_measured_against_aws() {
    let Some(gated) = deployed() else { return };
    let run = |seconds| doctor(&gated.sandbox, &[]).var("AWS_ENDPOINT_URL_STS", sts_in(seconds));
    let data = finds(run(3600), ("clock", "problem"), ["behind", ""]);
    assert!(!findings(&data, "clock")[0].2.is_empty(), "{data}");
    let sts = &findings(&data, "endpoint.sts")[0].1;
    assert!(sts.contains("(AWS_ENDPOINT_URL_STS)"), "{sts}");
    finds(run(-120), ("clock", "warning"), ["ahead of", ""]);
}

#[test]
fn certificates_that_are_not_there_are_named() {
    let Some(gated) = deployed() else { return };
    let run = |path: &str| doctor(&gated.sandbox, &[]).var("AWS_CA_BUNDLE", path);
    finds(run("/does/not/exist.pem"), ("ca", "problem"), ["/does/not/exist.pem", "unset AWS_CA_BUNDLE"]);
    gated.sandbox.write("empty.pem", "nothing\n");
    finds(run("empty.pem"), ("ca", "problem"), ["empty.pem", "unset AWS_CA_BUNDLE"]);
}

#[test]
fn proxy_that_does_not_answer_is_named() {
    // Every address of AWS is behind it, so that nothing leaves this machine.
    let world = World::new().with_credentials();
    let run = doctor(&world, &[])
        .var("HTTPS_PROXY", "http://somebody:canary-password@127.0.0.1:1")
        .var("NO_PROXY", "")
        .var("no_proxy", "")
        .var("AWS_MAX_ATTEMPTS", "1");
    let data = finds(run, ("proxy", "problem"), ["127.0.0.1:1", "unset HTTPS_PROXY"]);
    assert!(!data.to_string().contains("canary-password"), "{data}");
    assert_eq!(findings(&data, "endpoint.sts")[0].0, "problem");
}

#[test]
fn other_program_of_the_name_is_told() {
    let world = World::new().with_credentials();
    let run = || doctor(&world, &["--offline"]);
    let toolkit = "#!/usr/bin/python3\nfrom bedrock_agentcore_starter_toolkit.cli.cli import main\nmain()\n";
    world.executable("agentcore", toolkit);
    finds(
        run(),
        ("agentcore", "warning"),
        ["the starter toolkit's", "pip uninstall bedrock-agentcore-starter-toolkit"],
    );
    world.executable("agentcore", "#!/bin/sh\nexec node /usr/lib/node_modules/@aws/agentcore/dist/cli.mjs\n");
    finds(run(), ("agentcore", "warning"), ["@aws/agentcore", "npm uninstall -g @aws/agentcore"]);
    world.executable("agentcore", "#!/bin/sh\necho agentcore 0.0.1\n");
    finds(run(), ("agentcore", "warning"), ["version 0.0.1 of this program", "export PATH="]);
    world.executable("agentcore", "#!/bin/sh\necho hello\n");
    finds(run(), ("agentcore", "warning"), ["somebody else's", "export PATH="]);
}

#[test]
fn missing_credentials_and_region_are_problems() {
    let recorder = Recorder::start();
    let mut world = World::new();
    world.set("AWS_ENDPOINT_URL", recorder.url());
    let run = || doctor(&world, &[]);
    finds(
        run().var("AWS_REGION", "us-west-2"),
        ("credentials", "problem"),
        ["no usable AWS credentials", "aws sso login"],
    );
    assert!(recorder.seen().iter().all(|head| !head.to_lowercase().contains("authorization")), "{:?}", recorder.seen());
    let keys = run().var("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00").var("AWS_SECRET_ACCESS_KEY", "k");
    finds(keys, ("region", "problem"), ["no AWS region", "export AWS_REGION=us-west-2"]);
    let half = run().var("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00").args(&["--offline", "--region", "us-west-2"]);
    finds(half, ("credentials", "problem"), ["AWS_SECRET_ACCESS_KEY", "unset AWS_ACCESS_KEY_ID"]);
    let ending = run()
        .var("AWS_ACCESS_KEY_ID", "ASIAEXAMPLEEXAMPLE00")
        .var("AWS_SECRET_ACCESS_KEY", "k")
        .var("AWS_SESSION_TOKEN", "t")
        .var("AWS_REGION", "us-west-2")
        .var("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z");
    finds(ending, ("credentials", "problem"), ["they have expired", "aws sso login"]);
}

#[test]
fn missing_profile_is_named_without_the_network() {
    let world = World::new();
    let run = doctor(&world, &["--offline", "--region", "us-west-2", "--profile", "gone"]);
    finds(run, ("credentials", "problem"), ["no AWS profile `gone`", "aws configure --profile gone"]);
}

#[test]
fn folders_that_cannot_be_written_are_named() {
    let world = World::new().with_credentials();
    world.write("file", "");
    let run = || doctor(&world, &["--offline"]);
    finds(
        run().var("AGENTCORE_CACHE_DIR", "file/cache"),
        ("cache", "problem"),
        ["is not a folder", "AGENTCORE_CACHE_DIR"],
    );
    let homeless = ["HOME", "AGENTCORE_CACHE_DIR", "XDG_CACHE_HOME", "AGENTCORE_STATE_DIR", "XDG_STATE_HOME"];
    let run = homeless.iter().fold(run(), |run, name| run.var(name, ""));
    finds(run, ("state", "problem"), ["neither AGENTCORE_STATE_DIR nor HOME", "export HOME"]);
}

#[test]
fn stopped_sandbox_may_be_started_again() {
    let Some(gated) = deployed() else { return };
    let dir = gated.sandbox.dir();
    gated.sandbox.agentcore(&["sandbox", "stop", "--dir", dir]).run().code(0);
    let run = || doctor(&gated.sandbox, &[]).var("AGENTCORE_SANDBOX_DIR", dir);
    let again = "agentcore sandbox start; or use AWS instead";
    let data = finds(run(), ("endpoint.sts", "problem"), ["does not answer", again]);
    for id in ["sandbox", "identity"] {
        assert!(findings(&data, id)[0].2.contains(again), "{data}");
    }
    // Elsewhere on this machine it is not known what should answer.
    let elsewhere = run().var("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");
    finds(elsewhere, ("endpoint.sts", "problem"), ["does not answer", "or: unset AWS_ENDPOINT_URL_STS"]);
}

const BY_HAND: &str = "default_agent: a\nagents:\n  a:\n    name: a\n    entrypoint: agent.py\n";

#[test]
fn engine_is_missed_only_where_needed() {
    let world = World::new().with_credentials();
    world.write("agent.py", "").write("requirements.txt", "").write(".bedrock_agentcore.yaml", BY_HAND);
    world.executable("uv", "#!/bin/sh\necho 'uv 0.9.2'\n");
    let run = || doctor(&world, &["--offline"]);
    let data = run().args(&["-o", "json"]).run().code(0).data();
    assert!(findings(&data, "engine").is_empty(), "{data}");
    world.write(".bedrock_agentcore.yaml", &format!("{BY_HAND}    agentcore:\n      builder: engine\n"));
    finds(run(), ("engine", "problem"), ["builder: engine", "docker"]);
    // CodeBuild takes its place where the configuration does not say that it must be an engine.
    world.write(".bedrock_agentcore.yaml", BY_HAND).write("Dockerfile", "FROM scratch\nCOPY . /\n");
    finds(run(), ("engine", "warning"), ["CodeBuild", "docker"]);
}

#[test]
fn configuration_that_cannot_be_used_is_named() {
    let world = World::new().with_credentials();
    let run = || doctor(&world, &["--offline"]);
    let data = finds(run(), ("config", "note"), ["no .bedrock_agentcore.yaml", "agentcore configure"]);
    assert_eq!(data["agent"], Value::Null);
    world.write(".bedrock_agentcore.yaml", BY_HAND);
    finds(run(), ("paths", "problem"), ["agent.py", ""]);
    world.write(".bedrock_agentcore.yaml", &BY_HAND.replace("entrypoint", "entripoint"));
    finds(run(), ("config", "problem"), ["entrypoint", ""]);
}

#[test]
fn offline_sends_nothing() {
    let recorder = Recorder::start();
    let mut world = World::new().with_credentials();
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        world.set(name, recorder.url());
    }
    let discovery = format!("{}/p/.well-known/openid-configuration", recorder.url());
    let guard = format!(
        "    authorizer_configuration:\n      customJWTAuthorizer:\n        discoveryUrl: {discovery}\n        allowedClients: [c]\n"
    );
    world.write("agent.py", "").write("requirements.txt", "");
    world.write(".bedrock_agentcore.yaml", &format!("{BY_HAND}{guard}"));
    world.executable("uv", "#!/bin/sh\necho 'uv 0.9.2'\n");
    let run = world.agentcore(&["doctor", "--offline", "-o", "json"]).run().code(0);
    let data = run.data();
    assert_eq!((&data["offline"], &data["agent"]), (&json!(true), &json!("a")));
    for id in ["identity", "clock", "dns", "discovery", "endpoint.sts", "role", "sandbox"] {
        assert_eq!(findings(&data, id)[0].0, "skipped", "{id}\n{run}");
    }
    assert!(recorder.seen().is_empty(), "{:?}", recorder.seen());
}

#[test]
fn no_secret_is_shown() {
    let Some(gated) = deployed() else { return };
    let token = gated.token(&json!({ "client_id": "c9" }), &json!({}));
    let key_id = Account::of(&gated.sandbox).variables()["AWS_ACCESS_KEY_ID"].clone();
    let secret = Account::of(&gated.sandbox).variables()["AWS_SECRET_ACCESS_KEY"].clone();
    let runs: [fn(Invocation<'_>) -> Invocation<'_>; 4] =
        [|run| run, |run| run.args(&["-o", "json"]), |run| run.args(&["-vv"]), |run| run.args(&["--offline"])];
    for change in runs {
        let run = doctor(&gated.sandbox, &[])
            .var("AGENTCORE_BEARER_TOKEN", &token)
            .var("HTTPS_PROXY", "http://somebody:canary-password@127.0.0.1:1")
            .var("AWS_ENDPOINT_URL_LOGS", "http://canary-user:canary-word@127.0.0.1:1")
            .var("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://canary-user:canary-word@127.0.0.1:1");
        let run: Run = change(run).run();
        let shown = run.to_string();
        let signature = token.rsplit('.').next().unwrap();
        for hidden in [&token, signature, &key_id, &secret, "canary-"] {
            assert!(!shown.contains(hidden), "`{hidden}` is shown\n{run}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_people_see() {
    let Some(gated) = deployed() else { return };
    // Paths of this machine would fold lines elsewhere than those of another one.
    let bin = gated.sandbox.path("bin");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_agentcore"), bin.join("agentcore")).unwrap();
    let python = bin.join("python3");
    gated.sandbox.executable("python3", &format!("#!/bin/sh\nprintf '12\\n{}\\n'\n", python.display()));
    let mut shown = Transcript::of(&gated.sandbox);
    shown.name(&regex_lite::escape(bin.to_str().unwrap()), "/usr/local/bin");
    shown.name("AKIA….{4}", "AKIA…LE00");
    shown.name("gated-[A-Za-z0-9]{10}", "gated-0123456789");
    shown.both("All is well.", 0, doctor(&gated.sandbox, &[]));
    shown.both("Without the network.", 0, doctor(&gated.sandbox, &["--offline"]));
    let broken = doctor(&gated.sandbox, &[]).var("AWS_CA_BUNDLE", "/does/not/exist.pem");
    shown.both("Certificates are missing.", 2, broken);
    shown.both("As JSON.", 0, doctor(&gated.sandbox, &["--offline", "-o", "json"]));
    shown.check("doctor");
}
