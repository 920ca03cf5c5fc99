//! Gateways and targets against the sandbox, as another client of the account sees them, and as the scripts read the output
//! that were written for the starter toolkit.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Account, Fault, Run, Trouble, When, World};

const URL: &str = "https://idp.example/p/.well-known/openid-configuration";
const SERVER: &str = r#"{"endpoint": "https://mcp.example/mcp"}"#;
const FUNCTION: &str = r#"{"lambdaArn": "arn:aws:lambda:us-west-2:123456789012:function:f", "toolSchema":
    {"inlinePayload": [{"name": "t", "description": "d", "inputSchema": {"type": "object", "properties": {}}}]}}"#;

fn authorizer(clients: &[&str]) -> String {
    json!({ "customJWTAuthorizer": { "discoveryUrl": URL, "allowedClients": clients } }).to_string()
}

fn create(world: &World, name: &str) -> Value {
    let args =
        ["gateway", "create-mcp-gateway", "--name", name, "--authorizer-config", &authorizer(&["c"]), "-o", "json"];
    world.agentcore(&args).run().code(0).data()
}

fn target(world: &World, gateway: &Value, more: &[&str]) -> Run {
    let id = gateway["gatewayId"].as_str().unwrap();
    world.agentcore(&["gateway", "create-mcp-gateway-target", "--gateway-id", id]).args(more).run()
}

/// As `grep -o PATTERN | head -1` gives it, where the pattern goes up to the next single quote.
fn grep(text: &str, start: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let at = line.find(start)?;
        Some(line[at..].split('\'').next().unwrap().to_owned())
    })
}

fn role_of(gateway: &Value) -> String {
    gateway["roleArn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

fn has_role(account: &Account, role: &str) -> bool {
    account.iam("ListRoles", &[("MaxItems", "1000")]).contains(&format!("<RoleName>{role}<"))
}

fn policies(account: &Account, role: &str) -> Vec<String> {
    let found = account.iam("ListRolePolicies", &[("RoleName", role)]);
    found.split("<member>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

/// What the role may do, one by one.
fn may(account: &Account, role: &str, action: &str, resource: &str) -> bool {
    let arn = format!("arn:aws:iam::123456789012:role/{role}");
    let form =
        [("PolicySourceArn", arn.as_str()), ("ActionNames.member.1", action), ("ResourceArns.member.1", resource)];
    account.iam("SimulatePrincipalPolicy", &form).contains("<EvalDecision>allowed<")
}

/// A gateway that another program made, and its role.
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
fn foreign(account: &Account, name: &str) -> Value {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": { "Service": "bedrock-agentcore.amazonaws.com" } }] });
    let found = account.iam("ListRoles", &[("MaxItems", "1000")]);
    if !found.contains("<RoleName>Theirs<") {
        let trust = trust.to_string();
        account.iam("CreateRole", &[("RoleName", "Theirs"), ("AssumeRolePolicyDocument", &trust)]);
    }
    let body = json!({
        "name": name, "roleArn": "arn:aws:iam::123456789012:role/Theirs", "authorizerType": "AWS_IAM",
        "protocolType": "MCP", "novel": { "deep": [1] }, "exceptionLevel": "DEBUG",
    });
    let made = account.control_with("POST", "/gateways/", &body.to_string());
    let path = format!("/gateways/{}/", made["gatewayId"].as_str().unwrap());
    while account.control("GET", &path)["status"] != "READY" {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    made
}

#[test]
fn toolkit_scripts_read_the_output() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    let run = world
        .agentcore(&["create_mcp_gateway", "-sem", "--name", "Script-Tools", "--region", "us-west-2"])
        .args(&["--authorizer-config", &authorizer(&["c"])])
        .run()
        .code(0);
    let both = format!("{}{}", run.stdout_text(), run.stderr_text());
    let arn = grep(&both, "arn:aws:bedrock-agentcore").unwrap();
    assert!(arn.starts_with("arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/script-tools-"), "{arn}");
    let url = run.stdout_text().lines().find_map(|line| {
        let at = line.find("https://").filter(|at| line[*at..].contains("gateway"))?;
        Some(line[at..].split('\'').next().unwrap().to_owned())
    });
    assert!(url.as_ref().is_some_and(|url| url.ends_with(".amazonaws.com/mcp")), "{url:?}");
    assert!(both.contains("successfully") && both.contains("gatewayArn"), "{both}");
    assert_eq!(both.matches("arn:aws:bedrock-agentcore:").count(), 1, "one ARN to find: {both}");
    let role = grep(&both, "arn:aws:iam::123456789012:role/").unwrap();
    let added = world
        .agentcore(&["create_mcp_gateway_target", "--gateway-arn", &arn, "--gateway-url", &url.unwrap()])
        .args(&["--role-arn", &role, "--region", "us-west-2", "--name", "Fn", "--target-type", "lambda"])
        .args(&["--target-payload", FUNCTION])
        .run()
        .code(0)
        .stdout_text();
    assert!(added.contains("'targetId': '") && added.contains("'status': 'READY'"), "{added}");
    let listed = world.agentcore(&["gateway", "list-mcp-gateways"]).run().code(0).stdout_text();
    assert_eq!(listed.lines().filter(|line| line.contains("Script-Tools")).count(), 1, "{listed}");
    let targets = world.agentcore(&["gateway", "list-mcp-gateway-targets", "--gateway-arn", &arn]).run().code(0);
    assert!(targets.stdout_text().lines().any(|line| line.starts_with("Fn ") && line.contains("LAMBDA")), "{targets}");
    let engine = "arn:aws:bedrock-agentcore:us-west-2:123456789012:policy-engine/e-0123456789";
    let update = ["gateway", "update-gateway", "--arn", &arn, "--policy-engine-arn", engine];
    world.agentcore(&update).args(&["--policy-engine-mode", "LOG_ONLY"]).run().code(0);
    let deleted =
        world.agentcore(&["gateway", "delete-mcp-gateway", "--name", "Script-Tools", "--force"]).run().code(0);
    assert!(deleted.stdout_text().contains("successfully"), "{deleted}");
    assert!(!has_role(&scene.account, role.rsplit('/').next().unwrap()), "its role goes with it");
    let none = world.agentcore(&["gateway", "list-mcp-gateways", "-o", "json"]).run().code(0).data();
    assert_eq!(none["count"], 0, "{none}");
}

#[test]
fn a_repeated_creation_changes_nothing() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("a", &[]);
    let first = create(&world, "tools");
    assert_eq!((&first["outcome"], &first["status"]), (&json!("created"), &json!("READY")), "{first}");
    assert_eq!(first["gateway"]["exceptionLevel"], Value::Null, "terse unless asked");
    assert_eq!(first["gateway"]["protocolConfiguration"]["mcp"]["searchType"], "SEMANTIC");
    let again = create(&world, "tools");
    assert_eq!((&again["outcome"], &again["gatewayId"]), (&json!("unchanged"), &first["gatewayId"]));
    let path = format!("/tags/{}", first["gatewayArn"].as_str().unwrap().replace(':', "%3A").replace('/', "%2F"));
    let tags = scene.account.control("GET", &path);
    assert_eq!(tags["tags"]["agentcore:managed-by"], "agentcore", "{tags}");
    assert!(world.read(".bedrock_agentcore.yaml").contains(tags["tags"]["agentcore:project"].as_str().unwrap()));
    // Other settings are not slipped in.
    let other = authorizer(&["c", "d"]);
    let args = ["gateway", "create-mcp-gateway", "--name", "tools", "--authorizer-config", &other];
    world.agentcore(&args).run().code(2).says("lets more callers in").says("update-gateway");
    let id = first["gatewayId"].as_str().unwrap();
    let changed = ["gateway", "update-gateway", "--id", id, "--authorizer-config", &other, "-o", "json"];
    assert_eq!(world.agentcore(&changed).run().code(0).data()["outcome"], "updated");
    assert_eq!(world.agentcore(&args).args(&["-o", "json"]).run().code(0).data()["outcome"], "unchanged");
    // Another project does not get it, and does not change or delete it by accident.
    let stranger = scene.project("b", &[]);
    let args = ["gateway", "create-mcp-gateway", "--name", "tools", "--authorizer-config", &other];
    stranger.agentcore(&args).run().code(2).says("not this project's");
    let update = ["gateway", "update-gateway", "--id", id, "--description", "mine"];
    stranger.agentcore(&update).run().code(2).says("another project").says("--adopt");
    stranger.agentcore(&["gateway", "delete-mcp-gateway", "--id", id, "--force"]).run().code(2).says("another project");
    // Without its tags nobody knows whose it is.
    let unreadable = Fault { trouble: Trouble::Denied, when: When::BeforeForwarding, label: "GET tags".into(), nth: 1 };
    for args in [&update[..], &["gateway", "delete-mcp-gateway", "--id", id, "--force"]] {
        let refused = scene.watch(&world, args, Some(&unreadable)).run.code(2);
        refused.says("may belong to another project").says("ListTagsForResource").says("--adopt");
    }
    let found = scene.account.control("GET", &format!("/gateways/{id}/"));
    assert_eq!((&found["description"], &found["status"]), (&Value::Null, &json!("READY")));
}

#[test]
fn targets_bring_their_rights_and_take_them() {
    let Some(scene) = Scene::start() else { return };
    let (world, account) = (scene.world(), &scene.account);
    let gateway = create(&world, "tools");
    let role = role_of(&gateway);
    assert_eq!(policies(account, &role), [""; 0], "a gateway without targets may do nothing");
    let function = "arn:aws:lambda:us-west-2:123456789012:function:f";
    target(&world, &gateway, &["--name", "fn", "--target-payload", FUNCTION]).code(0);
    assert!(may(account, &role, "lambda:InvokeFunction", function));
    assert!(!may(account, &role, "lambda:InvokeFunction", "arn:aws:lambda:us-west-2:123456789012:function:other"));
    let key = r#"{"api_key": "canary-key", "credential_location": "HEADER", "credential_parameter_name": "X-Key"}"#;
    let schema = r#"{"s3": {"uri": "s3://schemas/api.json"}}"#;
    let args = ["--name", "api", "--target-type", "openApiSchema", "--target-payload", schema];
    let run = target(&world, &gateway, &[&args[..], &["--credentials", key, "-o", "json"]].concat()).code(0);
    assert!(run.stderr_text().contains("visible to other users"), "{run}");
    assert!(!format!("{}{}", run.stdout_text(), run.stderr_text()).contains("canary"), "{run}");
    let made = run.data();
    let provider =
        made["target"]["credentialProviderConfigurations"][0]["credentialProvider"]["apiKeyCredentialProvider"].clone();
    let arn = provider["providerArn"].as_str().unwrap();
    assert_eq!(
        (&provider["credentialLocation"], &provider["credentialParameterName"]),
        (&json!("HEADER"), &json!("X-Key"))
    );
    assert!(may(account, &role, "bedrock-agentcore:GetResourceApiKey", arn));
    assert!(may(account, &role, "s3:GetObject", "arn:aws:s3:::schemas/api.json"));
    // The key may be another one, which nobody can see: it is set, and the target stays.
    world.write("key.json", key);
    let args = [&args[..], &["--credentials-file", "key.json", "-o", "json"]].concat();
    let again = target(&world, &gateway, &args).code(0);
    assert!(!again.stderr_text().contains("visible to other users"), "{again}");
    assert_eq!((&again.data()["outcome"], &again.data()["targetId"]), (&json!("updated"), &made["targetId"]));
    // Another payload of the same name is another definition of the same target.
    let args = ["--name", "fn", "--target-payload", &FUNCTION.replace("function:f", "function:g"), "-o", "json"];
    assert_eq!(target(&world, &gateway, &args).code(0).data()["outcome"], "updated");
    assert!(!may(account, &role, "lambda:InvokeFunction", function));
    let id = gateway["gatewayId"].as_str().unwrap();
    let get = ["gateway", "get-mcp-gateway-target", "--id", id, "--target-name", "api", "-o", "json"];
    assert_eq!(world.agentcore(&get).run().code(0).data()["targetId"], made["targetId"]);
    let delete = ["gateway", "delete-mcp-gateway-target", "--id", id, "--target-name", "api", "-o", "json"];
    assert_eq!(world.agentcore(&delete).run().code(0).data()["deleted"], true);
    assert_eq!(policies(account, &role), ["AgentCoreTarget-fn"]);
    let providers = account.control_with("POST", "/identities/ListApiKeyCredentialProviders", "{}");
    assert_eq!(providers["credentialProviders"], json!([]), "the provider goes with its target");
    assert_eq!(world.agentcore(&delete).run().code(0).data()["deleted"], false);
    let delete = ["gateway", "delete-mcp-gateway", "--id", id, "-o", "json"];
    let refused = world.agentcore(&delete).run().code(2);
    assert_eq!(refused.json()["error"]["code"], "gateway.has-targets", "{refused}");
    world.agentcore(&delete).args(&["--force"]).run().code(0);
    assert!(!has_role(account, &role));
    assert_eq!(world.agentcore(&delete).run().code(0).data()["deleted"], false);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test blocks no runtime but its own thread")]
fn a_new_gateway_starts_without_rights() {
    let Some(scene) = Scene::start() else { return };
    let (world, account) = (scene.world(), &scene.account);
    let gateway = create(&world, "again");
    let role = role_of(&gateway);
    target(&world, &gateway, &["--name", "fn", "--target-payload", FUNCTION]).code(0);
    let own = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:ListAllMyBuckets",
        "Resource": "*" }] });
    let own = own.to_string();
    account.iam("PutRolePolicy", &[("RoleName", &role), ("PolicyName", "Theirs"), ("PolicyDocument", &own)]);
    // As the console deletes it: the role stays, with what the target needed.
    let id = gateway["gatewayId"].as_str().unwrap();
    let targets = format!("/gateways/{id}/targets/");
    let made = account.control("GET", &targets)["items"][0]["targetId"].clone();
    account.control("DELETE", &format!("{targets}{}/", made.as_str().unwrap()));
    while account.control("GET", &targets)["items"] != json!([]) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    account.control("DELETE", &format!("/gateways/{id}/"));
    assert_eq!(policies(account, &role), ["AgentCoreTarget-fn", "Theirs"]);
    assert_ne!(create(&world, "again")["gatewayId"], id);
    assert_eq!(policies(account, &role), ["Theirs"]);
}

#[test]
fn providers_of_others_are_left_alone() {
    let Some(scene) = Scene::start() else { return };
    let (world, account) = (scene.world(), &scene.account);
    let gateway = create(&world, "tools");
    let id = gateway["gatewayId"].as_str().unwrap();
    let names = || -> Vec<String> {
        let found = account.control_with("POST", "/identities/ListApiKeyCredentialProviders", "{}");
        let found = found["credentialProviders"].as_array().unwrap().clone();
        found.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let add = |name: &str, credentials: &str| {
        let schema = r#"{"s3": {"uri": "s3://schemas/api.json"}}"#;
        let args = ["--name", name, "--target-type", "openApiSchema", "--target-payload", schema];
        target(&world, &gateway, &[&args[..], &["--credentials", credentials, "-o", "json"]].concat())
    };
    let delete = |flag: &str, value: &str| {
        let args = ["gateway", "delete-mcp-gateway-target", "--id", id, flag, value, "-o", "json"];
        world.agentcore(&args).run().code(0);
    };
    let key = r#"{"api_key": "k", "credential_location": "HEADER"}"#;
    let theirs = json!({ "name": "tools_api", "apiKey": "theirs" }).to_string();
    let theirs = account.control_with("POST", "/identities/CreateApiKeyCredentialProvider", &theirs);
    let refused = add("api", key).code(2);
    assert_eq!(refused.json()["error"]["code"], "identity.provider-taken", "{refused}");
    let arn = theirs["credentialProviderArn"].as_str().unwrap();
    let brought = |arn: &str| json!({ "provider_arn": arn, "credential_location": "HEADER" }).to_string();
    add("api", &brought(arn)).code(0);
    delete("--target-name", "api");
    assert_eq!(names(), ["tools_api"], "it is somebody else's");

    // One provider for two targets goes with the one that it was made for, and not before the other.
    let first = add("first", key).code(0).data();
    let provider = &first["target"]["credentialProviderConfigurations"][0]["credentialProvider"];
    let arn = provider["apiKeyCredentialProvider"]["providerArn"].as_str().unwrap();
    let second = add("second", &brought(arn)).code(0).data();
    delete("--target-name", "second");
    assert_eq!(names().len(), 2, "{:?}", names());
    assert_ne!(second["targetId"], first["targetId"]);
    add("second", &brought(arn)).code(0);
    delete("--target-id", first["targetId"].as_str().unwrap());
    assert_eq!(names().len(), 2, "a living target calls with it: {:?}", names());
    delete("--target-name", "second");
    // The first target is gone, and was named by its id: what was made for it is found all the same.
    delete("--target-id", first["targetId"].as_str().unwrap());
    assert_eq!(names(), ["tools_api"]);
}

#[test]
fn the_folders_pool_says_who_may_call() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    let args = ["create_mcp_gateway", "--name", "pooled", "-o", "json"];
    let refused = world.agentcore(&args[..3]).run().code(2);
    refused.says("setup-cognito --auth-flow m2m").says("--authorizer-config");
    assert_eq!(world.agentcore(&args).run().code(2).json()["error"]["code"], "gateway.no-authorizer");
    assert_eq!(scene.account.control("GET", "/gateways/")["items"], json!([]), "nothing is made");
    assert!(!has_role(&scene.account, "BedrockAgentCoreGateway-us-west-2-pooled"));
    let setup = ["identity", "setup-cognito", "--auth-flow", "m2m", "-o", "json"];
    let pool = world.agentcore(&setup).run().code(0).data();
    let made = world.agentcore(&args).run().code(0).data();
    let inner = &made["gateway"]["authorizerConfiguration"]["customJWTAuthorizer"];
    assert_eq!(inner["allowedClients"], json!([pool["machineClientId"]]), "{made}");
    assert_eq!(inner["allowedScopes"], pool["scopes"]);
    let command = made["tokenCommand"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let token = world.agentcore(&words).run().code(0).stdout_text();
    assert_eq!(token.trim().split('.').count(), 3, "a token: {token}");
    let text = world.agentcore(&args[..3]).run().code(0).stdout_text();
    assert!(text.contains(command), "{text}");
}

#[test]
fn an_update_keeps_what_it_does_not_know() {
    let Some(scene) = Scene::start() else { return };
    let (world, account) = (scene.world(), &scene.account);
    let theirs = foreign(account, "theirs");
    let id = theirs["gatewayId"].as_str().unwrap();
    let path = format!("/gateways/{id}/");
    let engine = "arn:aws:bedrock-agentcore:us-west-2:123456789012:policy-engine/e-0123456789";
    let run = world.agentcore(&["gateway", "update-gateway", "--gateway-id", id, "--policy-engine-arn", engine]).run();
    // The role is theirs: it is told what it lacks, and left alone.
    assert!(run.code(0).stderr_text().contains("lacks bedrock-agentcore:GetPolicyEngine"));
    assert_eq!(policies(account, "Theirs"), [""; 0]);
    let found = account.control("GET", &path);
    assert_eq!(found["policyEngineConfiguration"], json!({ "arn": engine, "mode": "ENFORCE" }));
    assert_eq!((&found["novel"], &found["exceptionLevel"]), (&json!({ "deep": [1] }), &json!("DEBUG")));
    let mode = ["gateway", "update-gateway", "--id", id, "--policy-engine-mode", "LOG_ONLY", "-o", "json"];
    assert_eq!(world.agentcore(&mode).run().code(0).data()["outcome"], "updated");
    assert_eq!(world.agentcore(&mode).run().code(0).data()["outcome"], "unchanged");
    // It is found by name, shown, and not taken for ours.
    let shown = world.agentcore(&["gateway", "get-mcp-gateway", "--name", "theirs", "-o", "json"]).run().code(0).data();
    assert_eq!(shown["gateway"]["policyEngineConfiguration"]["mode"], "LOG_ONLY");
    let args = ["gateway", "create-mcp-gateway", "--name", "theirs", "--authorizer-config", &authorizer(&["c"])];
    world.agentcore(&args).run().code(2).says("not this project's");
    assert!(!has_role(account, "BedrockAgentCoreGateway-us-west-2-theirs"), "nothing half made");
    target(&world, &theirs, &["--name", "docs", "--target-type", "mcpServer", "--target-payload", SERVER]).code(0);
    let again = target(&world, &theirs, &["--name", "docs", "--target-type", "mcpServer", "--target-payload", SERVER]);
    again.code(2).says("somebody else's");
    world.agentcore(&["gateway", "delete-mcp-gateway", "--id", id, "--force"]).run().code(0);
    assert!(has_role(account, "Theirs"), "a role that was brought stays");
}

#[test]
fn bad_input_touches_nothing() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    let gateway = create(&world, "tools");
    let (id, arn) = (gateway["gatewayId"].as_str().unwrap(), gateway["gatewayArn"].as_str().unwrap());
    let elsewhere = arn.replace("us-west-2", "eu-west-1");
    let account = arn.replace("123456789012", "999999999999");
    let missing = format!("{}-0123456789", "x");
    let new = |more: &[&'static str]| [&["gateway", "create-mcp-gateway"][..], more].concat();
    let add = |more: &[&'static str]| [&["gateway", "create-mcp-gateway-target"][..], more].concat();
    let mut cases: Vec<(Vec<&str>, i32, &str)> = vec![
        (new(&["--name", "my_tools", "--authorizer-config", "{}"]), 2, "input.value"),
        (new(&["--name", "x", "--authorizer-config", "{"]), 2, ""),
        (new(&["--name", "x", "--authorizer-config", "{}"]), 2, ""),
        (new(&["--name", "x", "--role-arn", "r", "--authorizer-config", "{}"]), 2, "input.arn"),
        (new(&["--name", "x", "--exception-level", "INFO"]), 2, ""),
        (add(&["--gateway-id", "x", "--target-payload", "{}"]), 2, "input.value"),
        (add(&["--target-payload", "{}"]), 2, ""),
        (vec!["gateway", "get-mcp-gateway"], 2, ""),
        (vec!["gateway", "get-mcp-gateway", "--id", id, "--name", "tools"], 2, ""),
        (vec!["gateway", "get-mcp-gateway", "--arn", "arn:aws:s3:::x"], 2, "input.arn"),
        (vec!["gateway", "get-mcp-gateway", "--arn", &elsewhere, "--region", "us-west-2"], 2, "usage.conflict"),
        (vec!["gateway", "get-mcp-gateway", "--id", &missing], 5, "gateway.not-found"),
        (vec!["gateway", "get-mcp-gateway", "--name", "absent"], 5, "gateway.not-found"),
        (vec!["gateway", "list-mcp-gateways", "-m", "0"], 2, ""),
        (vec!["gateway", "list-mcp-gateways", "-m", "1001"], 2, ""),
        (vec!["gateway", "list-mcp-gateway-targets", "--id", &missing], 5, "gateway.not-found"),
        (vec!["gateway", "get-mcp-gateway-target", "--id", id, "--target-id", "short"], 2, "input.value"),
        (vec!["gateway", "get-mcp-gateway-target", "--id", id], 2, ""),
        (vec!["gateway", "get-mcp-gateway-target", "--id", id, "--target-name", "t"], 5, "gateway.target-not-found"),
        (vec!["gateway", "delete-mcp-gateway-target", "--id", &missing, "--target-name", "t"], 5, "gateway.not-found"),
        (vec!["gateway", "delete-mcp-gateway", "--arn", &account], 2, "aws.account-mismatch"),
        (vec!["gateway", "update-gateway", "--id", id], 2, "input.missing"),
        (vec!["gateway", "update-gateway", "--id", id, "--policy-engine-mode", "MAYBE"], 2, ""),
        (vec!["gateway", "update-gateway", "--id", id, "--policy-engine-mode", "ENFORCE"], 2, "input.missing"),
        (vec!["gateway", "update-gateway", "--id", id, "--policy-engine-arn", "x"], 2, "input.arn"),
        (vec!["gateway", "update-gateway", "--id", &missing, "--description", "x"], 5, "gateway.not-found"),
    ];
    let with = |more: &[&'static str]| {
        let mut words = vec!["create_mcp_gateway_target", "--gateway-id", id, "--name", "t"];
        words.extend(more);
        words
    };
    cases.extend([
        (with(&[]), 2, "gateway.payload"),
        (with(&["--target-payload", "{"]), 2, "gateway.payload"),
        (with(&["--target-type", "openapi", "--target-payload", "{}"]), 2, ""),
        (with(&["--target-type", "mcpServer", "--target-payload", "{\"endpoint\": \"http://x\"}"]), 2, "gateway.payload"),
        (
            with(&["--target-payload", FUNCTION, "--credentials", "{\"api_key\": \"canary\"}"]),
            2,
            "gateway.credentials",
        ),
        (
            with(&["--target-type", "mcpServer", "--target-payload", SERVER, "--credentials", "{\"canary\": 1}"]),
            2,
            "gateway.credentials",
        ),
        (with(&["--target-payload", FUNCTION, "--role-arn", "arn:aws:iam::123456789012:role/x"]), 2, "input.value"),
        (
            with(&[
                "--target-type",
                "mcpServer",
                "--target-payload",
                SERVER,
                "--credentials",
                "{\"provider_arn\": \"arn:aws:bedrock-agentcore:us-west-2:123456789012:token-vault/default/apikeycredentialprovider/no\"}",
            ]),
            5,
            "identity.no-provider",
        ),
    ]);
    for (args, status, code) in cases {
        let run = world.agentcore(&args).args(&["-o", "json"]).run().code(status);
        let document = run.json();
        assert_eq!(document["ok"], false, "{run}");
        // The parser's own refusals have a code of their kind.
        if !code.is_empty() {
            assert_eq!(document["error"]["code"], code, "{run}");
            assert!(!document["error"]["hints"].as_array().unwrap().is_empty(), "a next step: {run}");
        }
        assert!(!format!("{}{}", run.stdout_text(), run.stderr_text()).contains("canary"), "{run}");
    }
    let all = scene.account.control("GET", "/gateways/");
    assert_eq!(all["items"].as_array().unwrap().len(), 1, "{all}");
    let targets = scene.account.control("GET", &format!("/gateways/{id}/targets/"));
    assert_eq!(targets["items"], json!([]));
    assert_eq!(policies(&scene.account, &role_of(&gateway)), [""; 0]);
}

#[test]
fn killed_commands_converge_when_repeated() {
    use crate::convergence::{faults, in_parallel};
    let Some(scene) = Scene::start() else { return };
    let good = authorizer(&["c"]);
    let key = r#"{"api_key": "k", "credential_location": "HEADER"}"#;
    let make = |name: &str| -> Vec<String> {
        ["gateway", "create-mcp-gateway", "--name", name, "--authorizer-config", &good].map(str::to_owned).to_vec()
    };
    let add = |name: &str| -> Vec<String> {
        let args = ["gateway", "create-mcp-gateway-target", "--gateway-name", name, "--name", "docs"];
        let more = ["--target-type", "mcpServer", "--target-payload", SERVER, "--credentials", key];
        args.iter().chain(&more).map(|arg| (*arg).to_owned()).collect()
    };
    let delete = |name: &str| -> Vec<String> {
        ["gateway", "delete-mcp-gateway", "--name", name, "--force"].map(str::to_owned).to_vec()
    };
    fn words(args: &[String]) -> Vec<&str> {
        args.iter().map(String::as_str).collect()
    }
    let world = scene.world();
    let mut all = Vec::new();
    for (step, args) in [make("calm"), add("calm"), delete("calm")].iter().enumerate() {
        let undisturbed = scene.watch(&world, &words(args), None);
        assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
        let mut found = faults(Trouble::Kill, &undisturbed);
        found.retain(|fault| undisturbed.seen.iter().any(|seen| seen.label == fault.label && seen.mutates()));
        all.extend(found.into_iter().map(|fault| (step, fault)));
    }
    assert!(all.len() > 10, "{all:?}");
    let problems = in_parallel(all, |at, (struck_step, fault)| {
        let name = format!("killed-{at}");
        let world = scene.world();
        let mut problems = Vec::new();
        for (step, args) in [make(&name), add(&name), delete(&name)].iter().enumerate() {
            if step == struck_step {
                scene.watch(&world, &words(args), Some(&fault));
            }
            let repeated = world.agentcore(&words(args)).run();
            if repeated.code != Some(0) {
                problems.push(format!("{fault}: {repeated}"));
            }
        }
        if has_role(&scene.account, &format!("BedrockAgentCoreGateway-us-west-2-{name}")) {
            problems.push(format!("{fault}: the role of {name} is left"));
        }
        problems
    });
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let left = scene.account.control("GET", "/gateways/");
    assert_eq!(left["items"], json!([]));
    let providers = scene.account.control_with("POST", "/identities/ListApiKeyCredentialProviders", "{}");
    assert_eq!(providers["credentialProviders"], json!([]));
}
