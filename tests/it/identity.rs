//! Identity set-up, credential providers and what a role gets for them, against the sandbox, as another client of the
//! account sees it.

use serde_json::{Value, json};

use crate::convergence::{Scene, faults, in_parallel};
use crate::support::{Account, Fault, Seen, Trouble, When, World, packages_available, repository};

const TEAM: &[&str] = &["identity", "setup-cognito", "-o", "json", "--team"];
pub(crate) const CLEANUP: &[&str] = &["identity", "cleanup", "--force", "-o", "json"];

fn mutating(seen: Vec<Seen>) -> Vec<String> {
    seen.into_iter().filter(Seen::mutates).map(|seen| seen.label).collect()
}

fn parameters(account: &Account, team: &str) -> Vec<(String, String)> {
    let path = format!("/app/{team}/agentcore/");
    let found = account.ssm("GetParametersByPath", &json!({ "Path": path, "Recursive": true, "MaxResults": 10 }));
    let each = found["Parameters"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    each.map(|one| (text(&one["Name"]).replace(&path, ""), text(&one["Value"]))).collect()
}

pub(crate) fn clients(account: &Account, pool: &str) -> Vec<String> {
    let found = account.cognito("ListUserPoolClients", &json!({ "UserPoolId": pool, "MaxResults": 60 }));
    found["UserPoolClients"].as_array().unwrap().iter().map(|one| one["ClientName"].as_str().unwrap().into()).collect()
}

fn role_of(team: &str) -> String {
    format!("AgentCoreGateway-us-west-2-{team}")
}

fn roles(account: &Account, team: &str) -> usize {
    account.iam("ListRoles", &[("MaxItems", "1000")]).matches(&format!("<RoleName>{}<", role_of(team))).count()
}

/// The inline policy of the role, decoded.
fn policy(account: &Account, role: &str, name: &str) -> Option<Value> {
    let names = account.iam("ListRolePolicies", &[("RoleName", role)]);
    names.contains(&format!("<member>{name}<")).then(|| {
        let answer = account.iam("GetRolePolicy", &[("RoleName", role), ("PolicyName", name)]);
        let document = answer.split("<PolicyDocument>").nth(1).unwrap().split('<').next().unwrap();
        let document = percent_encoding::percent_decode_str(document).decode_utf8().unwrap();
        serde_json::from_str(&document).unwrap()
    })
}

#[test]
fn repeated_set_up_changes_nothing() {
    let Some(scene) = Scene::start() else { return };
    let flows = [
        &["--pool-name", "users"][..],
        &["--auth-flow", "m2m", "--pool-name", "machines"],
        &["--inbound-only", "--pool-name", "users-alone"],
        &["--inbound-only", "--auth-flow", "m2m", "--pool-name", "machines-alone"],
        &["--team", "both"],
    ];
    for flow in flows {
        let world = scene.world();
        let args: Vec<&str> = ["identity", "setup-cognito", "-o", "json"].iter().chain(flow).copied().collect();
        let first = world.agentcore(&args).run().code(0).data();
        assert_eq!(first["changed"], true, "{first}");
        let before = world.tree();
        let again = world.agentcore(&args).run().code(0).data();
        assert_eq!(again["changed"], false, "{again}");
        assert_eq!(world.tree(), before, "a run that changes nothing writes the same files");
        // Cognito is asked directly here: its address is part of what is stored, and the proxy's is another each time.
        let direct = world.agentcore(&args).var("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", scene.account.url());
        let watched = crate::support::watch(scene.account.url(), direct, None);
        assert_eq!(watched.run.code, Some(0), "{}", watched.run);
        assert_eq!(mutating(watched.seen), Vec::<String>::new());
        let mut seen = mutating(scene.watch(&world, &args, None).seen);
        seen.retain(|label| label != "PutParameter");
        assert_eq!(seen, Vec::<String>::new());
        world.agentcore(CLEANUP).run().code(0);
    }
}

/// What a team's set-up must leave in the account, whatever happened on the way to it.
fn require_team(account: &Account, team: &str, problems: &mut Vec<String>) {
    let mut require = |holds: bool, what: String| {
        if !holds {
            problems.push(what);
        }
    };
    let pools = account.pools(team);
    require(pools.len() == 1, format!("the pools are {pools:?}"));
    for pool in &pools {
        let clients = clients(account, pool);
        require(clients.len() == 2, format!("the clients are {clients:?}"));
        let described = account.cognito("DescribeUserPool", &json!({ "UserPoolId": pool }));
        require(described["UserPool"]["Domain"].is_string(), "there is no domain".to_owned());
        let users = account.cognito("ListUsers", &json!({ "UserPoolId": pool }))["Users"].clone();
        require(users[0]["UserStatus"] == "CONFIRMED" && users[1].is_null(), format!("the users are {users}"));
    }
    let parameters = parameters(account, team);
    require(parameters.len() == 9, format!("the parameters are {parameters:?}"));
    require(roles(account, team) == 1, "there is not one role".to_owned());
    let policy = policy(account, &role_of(team), "BedrockAgentCoreGatewayPolicy");
    require(policy.is_some(), "the role has no policy".to_owned());
}

#[test]
fn killed_team_set_up_converges_and_cleans_up() {
    let Some(scene) = Scene::start() else { return };
    let args = |team: &str| TEAM.iter().map(|arg| (*arg).to_owned()).chain([team.to_owned()]).collect::<Vec<_>>();
    let run = |world: &World, team: &str, fault: Option<&Fault>| {
        let args = args(team);
        scene.watch(world, &args.iter().map(String::as_str).collect::<Vec<_>>(), fault)
    };
    let undisturbed = run(&scene.world(), "undisturbed", None);
    assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
    let mut all = faults(Trouble::Kill, &undisturbed);
    // A kill at a read is the kill after the request before it.
    all.retain(|fault| undisturbed.seen.iter().any(|seen| seen.label == fault.label && seen.mutates()));
    all.retain(|fault| fault.label != "PutParameter" || [1, 9].contains(&fault.nth));
    assert!(all.len() > 20, "{all:?}");
    let problems = in_parallel(all, |at, fault| {
        let team = format!("team-{at}");
        let world = scene.world();
        let mut problems = Vec::new();
        let struck = run(&world, &team, Some(&fault));
        if !struck.struck {
            problems.push("the run never met its fault".to_owned());
        }
        if fault.when == When::BeforeReply && fault.nth == 1 {
            // Also the clean-up of a stump, at the other half of the points.
            let cleaned = world.agentcore(CLEANUP).run();
            if cleaned.code != Some(0) || !scene.account.pools(&team).is_empty() || roles(&scene.account, &team) != 0 {
                problems.push(format!("the clean-up after the kill leaves something\n{cleaned}"));
            }
        }
        let repeated = run(&world, &team, None).run;
        if repeated.code != Some(0) {
            problems.push(format!("{repeated}"));
        }
        require_team(&scene.account, &team, &mut problems);
        let cleaned = world.agentcore(CLEANUP).run();
        let left = (scene.account.pools(&team), parameters(&scene.account, &team), roles(&scene.account, &team));
        if cleaned.code != Some(0) || left != (vec![], vec![], 0) {
            problems.push(format!("the clean-up leaves {left:?}\n{cleaned}"));
        }
        problems.into_iter().map(|problem| format!("{fault}: {problem}")).collect::<Vec<_>>()
    });
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_clean_up_goes_on_after_a_refusal() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    world.agentcore(&[TEAM, &["denied"]].concat()).run().code(0);
    // Whose the parameters are cannot be asked; they come first.
    let fault = Fault {
        trouble: Trouble::Denied,
        when: When::BeforeForwarding,
        label: "ListTagsForResource".to_owned(),
        nth: 1,
    };
    let watched = scene.watch(&world, CLEANUP, Some(&fault));
    assert!(watched.struck);
    let error = watched.run.code(9).json()["error"].clone();
    let causes = error["causes"].to_string();
    assert!(
        causes.contains("parameters /app/denied/agentcore remains") && causes.contains("no policy allows it"),
        "{error}"
    );
    let left = |scene: &Scene| (scene.account.pools("denied").len(), roles(&scene.account, "denied"));
    assert_eq!(left(&scene), (0, 0), "what follows is deleted");
    assert!(!parameters(&scene.account, "denied").is_empty());
    world.agentcore(CLEANUP).run().code(0);
    assert!(parameters(&scene.account, "denied").is_empty());
}

#[test]
fn a_protected_pool_keeps_its_domain() {
    let Some(scene) = Scene::start() else { return };
    let (world, account) = (scene.world(), &scene.account);
    let machines = ["identity", "setup-cognito", "--inbound-only", "--auth-flow", "m2m", "--pool-name", "held"];
    world.agentcore(&machines).run().code(0);
    let pool = account.pools("held").remove(0);
    let tags = account.cognito("DescribeUserPool", &json!({ "UserPoolId": pool }))["UserPool"]["UserPoolTags"].clone();
    let protect = |state: &str| {
        let input = json!({ "UserPoolId": pool, "DeletionProtection": state, "UserPoolTags": tags });
        account.cognito("UpdateUserPool", &input);
    };
    protect("ACTIVE");
    let plan = world.agentcore(&["identity", "cleanup", "--dry-run"]).run().stdout_text();
    assert!(plan.contains("deactivate its deletion protection first"), "{plan}");
    let error = world.agentcore(CLEANUP).run().code(1).json()["error"].to_string();
    assert!(error.contains("deletion protection is active"), "{error}");
    let described = account.cognito("DescribeUserPool", &json!({ "UserPoolId": pool }))["UserPool"].clone();
    assert!(described["Domain"].is_string(), "{described}");
    world.agentcore(&["identity", "token"]).run().code(0);
    protect("INACTIVE");
    world.agentcore(CLEANUP).run().code(0);
    assert!(account.pools("held").is_empty());
}

#[test]
fn what_was_there_before_is_used_and_stays() {
    let Some(scene) = Scene::start() else { return };
    let account = &scene.account;
    let pool = account.cognito("CreateUserPool", &json!({ "PoolName": "brought" }))["UserPool"]["Id"].clone();
    let pool = pool.as_str().unwrap();
    let client = json!({ "UserPoolId": pool, "ClientName": "theirs", "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] });
    let theirs = account.cognito("CreateUserPoolClient", &client)["UserPoolClient"]["ClientId"].clone();
    let world = scene.world();
    world
        .agentcore(&["identity", "setup-cognito", "--pool-name", "brought", "--client-name", "theirs"])
        .run()
        .code(0)
        .says("ExplicitAuthFlows");
    let described = json!({ "UserPoolId": pool, "ClientId": theirs });
    let flows = || account.cognito("DescribeUserPoolClient", &described)["UserPoolClient"]["ExplicitAuthFlows"].clone();
    assert_eq!(flows(), json!(["ALLOW_USER_SRP_AUTH"]), "a client that set-up did not make is not changed");
    world.agentcore(&["identity", "setup-cognito", "--inbound-only", "--auth-flow", "m2m"]).run().code(0);
    assert_eq!(clients(account, pool).len(), 2, "the machines' client is in the users' pool");

    let plan = world.agentcore(&["identity", "cleanup", "--dry-run", "-o", "json"]).run().code(6).data();
    world.agentcore(CLEANUP).run().code(0);
    let kept: Vec<&str> = plan["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["outcome"] == "kept")
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert!(!kept.is_empty() && kept.iter().all(|kind| *kind == "user pool"), "{plan}");
    assert_eq!(clients(account, pool), ["theirs"]);
    let described = account.cognito("DescribeUserPool", &json!({ "UserPoolId": pool }));
    assert!(described["UserPool"]["Domain"].is_null(), "{described}");
    assert_eq!(account.cognito("ListUsers", &json!({ "UserPoolId": pool }))["Users"], json!([]));
    assert_eq!(world.agentcore(CLEANUP).run().code(0).data()["resources"], json!([]), "a second clean-up");
}

#[test]
fn foreign_parameter_stops_a_set_up_early() {
    let Some(scene) = Scene::start() else { return };
    let theirs = json!({ "Name": "/app/taken/agentcore/userpool_id", "Value": "theirs", "Type": "String" });
    scene.account.ssm("PutParameter", &theirs);
    let world = scene.world();
    let watched = scene.watch(&world, &[TEAM, &["taken"]].concat(), None);
    assert_eq!(watched.run.code, Some(2), "{}", watched.run);
    assert_eq!(mutating(watched.seen), Vec::<String>::new());
    let elsewhere = [TEAM, &["taken", "--ssm-prefix", "/team/taken"]].concat();
    let data = world.agentcore(&elsewhere).run().code(0).data();
    assert_eq!(data["parameters"].as_object().unwrap().len(), 9, "{data}");
    world.agentcore(CLEANUP).run().code(0);
    assert_eq!(parameters(&scene.account, "taken"), [("userpool_id".to_owned(), "theirs".to_owned())]);
}

#[test]
fn verification_names_what_is_missing_and_what_differs() {
    let Some(scene) = Scene::start() else { return };
    let (account, world) = (&scene.account, scene.world());
    world.agentcore(&["identity", "verify"]).run().code(5);
    let set_up = world.agentcore(&[TEAM, &["watched"]].concat()).run().code(0).data();
    let whole = world.agentcore(&["identity", "verify", "-o", "json"]).run().code(0).data();
    assert_eq!(whole["verified"], true, "{whole}");
    let accepted = |data: &Value| {
        let tokens = data["tokens"].as_array().unwrap().iter();
        tokens.map(|one| (one["client"].as_str().unwrap().to_owned(), one["accepted"] == true)).collect::<Vec<_>>()
    };
    assert_eq!(accepted(&whole), [("user".to_owned(), true), ("machine".to_owned(), true)]);

    // An agent that goes by the scope takes the machine's token and not the one got by password.
    let discovery = set_up["discoveryUrl"].as_str().unwrap();
    world.write("agent.py", "").write("requirements.txt", "");
    let configure = ["configure", "-ni", "-e", "agent.py", "--name", "by_scope", "-rf", "requirements.txt"];
    world.agentcore(&configure).args(&["--discovery-url", discovery, "--allowed-scope", "watched/read"]).run().code(0);
    let by_scope = world.agentcore(&["identity", "verify", "-o", "json"]).run().code(0).data();
    assert_eq!(accepted(&by_scope), [("user".to_owned(), false), ("machine".to_owned(), true)]);

    let pool = set_up["poolId"].as_str().unwrap();
    account.ssm("DeleteParameter", &json!({ "Name": "/app/watched/agentcore/web_client_id" }));
    account.ssm(
        "PutParameter",
        &json!({ "Name": "/app/watched/agentcore/userpool_id", "Value": "x", "Type": "String", "Overwrite": true }),
    );
    account.cognito(
        "UpdateUserPoolClient",
        &json!({ "UserPoolId": pool, "ClientId": set_up["clientId"], "CallbackURLs": ["https://elsewhere.example/"],
            "LogoutURLs": ["https://added.example/"], "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"],
            "AllowedOAuthFlowsUserPoolClient": true, "SupportedIdentityProviders": ["COGNITO"],
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] }),
    );
    account
        .iam("DeleteRolePolicy", &[("RoleName", &role_of("watched")), ("PolicyName", "BedrockAgentCoreGatewayPolicy")]);
    let drifted = world.agentcore(&["identity", "verify", "-o", "json"]).run().code(6).data();
    let wrong: Vec<(String, String)> = drifted["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["state"] != "ok")
        .map(|one| (one["resource"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned()))
        .collect();
    let expected =
        [("user client", "differs"), ("gateway role", "differs"), ("parameter", "missing"), ("parameter", "differs")];
    assert_eq!(wrong, expected.map(|(resource, state)| (resource.to_owned(), state.to_owned())), "{drifted}");
    let table = world.agentcore(&["identity", "verify"]).run().code(6);
    assert!(table.stdout_text().contains("elsewhere.example"), "what was found is shown\n{table}");

    // Set-up brings it back, and keeps what somebody added to the client.
    world.agentcore(&[TEAM, &["watched"]].concat()).run().code(0);
    world.agentcore(&["identity", "verify"]).run().code(0);
    let described = json!({ "UserPoolId": pool, "ClientId": set_up["clientId"] });
    let client = account.cognito("DescribeUserPoolClient", &described)["UserPoolClient"].clone();
    assert_eq!(client["LogoutURLs"], json!(["https://added.example/"]), "{client}");
}

#[test]
fn role_gains_and_loses_its_providers_permissions() {
    let Some(scene) = Scene::start() else { return };
    let account = &scene.account;
    let world = scene.project("keyed", &[]);
    let make = ["identity", "create-credential-provider", "--name", "openai", "--type", "api-key", "-o", "json"];
    let key = "canary-api-key-7d1f";
    let made = world.agentcore(&make).args(&["--api-key-file", "-"]).stdin(key).run().code(0);
    let arn = made.data()["arn"].as_str().unwrap().to_owned();
    let again = world.agentcore(&make).args(&["--api-key-file", "-"]).stdin(key).run().code(0);
    assert_eq!(again.data()["outcome"], "unchanged");
    assert!(world.read(".bedrock_agentcore.yaml").contains(&arn));

    let launched = world.agentcore(&["launch", "-o", "json", "--no-wait"]).run().code(0);
    let role = account.holdings().roles.into_iter().find(|role| role.agent.as_deref() == Some("keyed")).unwrap().id;
    let role = role.rsplit('/').next().unwrap().to_owned();
    let name = "BedrockAgentCoreIdentityPolicy-keyed";
    let document = policy(account, &role, name).unwrap_or_else(|| panic!("the role has no policy\n{launched}"));
    let get = json!({ "name": "openai" }).to_string();
    let live = account.control_with("POST", "/identities/GetApiKeyCredentialProvider", &get);
    let of = |action: &str| -> Vec<Value> {
        let statements = document["Statement"].as_array().unwrap().iter();
        let mut found = statements.filter(|statement| statement["Action"] == json!([action]));
        found.next().map(|statement| statement["Resource"].as_array().unwrap().clone()).unwrap_or_default()
    };
    assert_eq!(of("secretsmanager:GetSecretValue"), [live["apiKeySecretArn"]["secretArn"].clone()]);
    let reached = of("bedrock-agentcore:GetResourceApiKey");
    assert!(reached.contains(&json!(arn)) && !reached.contains(&json!("*")), "{document}");
    assert_eq!(document["Statement"].as_array().unwrap().len(), 2, "and nothing else: {document}");

    let watched = scene.watch(&world, &["launch", "-o", "json"], None);
    assert_eq!((watched.run.code, mutating(watched.seen)), (Some(0), vec![]), "{}", watched.run);

    world.agentcore(&["identity", "delete-credential-provider", "--name", "openai"]).run().code(0);
    world.agentcore(&["launch", "--no-wait"]).run().code(0);
    assert_eq!(policy(account, &role, name), None, "it goes with the provider");
    let file = world.read(".bedrock_agentcore.yaml");
    assert!(!file.contains("openai") && !file.contains("identity_policy"), "{file}");

    for run in [&made, &again, &launched] {
        assert!(!run.stdout_text().contains(key) && !run.stderr_text().contains(key), "{run}");
    }
    for (path, content) in world.tree() {
        let text = String::from_utf8_lossy(content.as_deref().unwrap_or_default()).into_owned();
        assert!(!text.contains(key), "the key is in {}", path.display());
    }
}

#[test]
fn a_brought_role_is_told_what_it_lacks() {
    let Some(scene) = Scene::start() else { return };
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": { "Service": "bedrock-agentcore.amazonaws.com" } }],
    });
    let name = ("RoleName", "Brought");
    scene.account.iam("CreateRole", &[name, ("AssumeRolePolicyDocument", &trust.to_string())]);
    let world = scene.project("guest", &["--execution-role", "arn:aws:iam::123456789012:role/Brought"]);
    let make = ["identity", "create-credential-provider", "--name", "key", "--type", "api-key", "--api-key-env", "KEY"];
    world.agentcore(&make).var("KEY", "k").run().code(0);
    let plan = world.agentcore(&["launch", "--plan"]).run();
    assert_eq!(plan.code, Some(6), "{plan}");
    assert!(plan.stderr_text().contains("lacks bedrock-agentcore:GetResourceApiKey"), "{plan}");
    assert!(plan.stderr_text().contains("lacks secretsmanager:GetSecretValue"), "{plan}");
    assert!(!scene.account.iam("ListRolePolicies", &[name]).contains("<member>"), "and nothing is written into it");
}

#[test]
fn recorded_providers_are_listed_changed_and_cleaned_up() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("many", &[]);
    let identity = |args: &[&str]| world.agentcore(&[&["identity"], args].concat()).args(&["-o", "json"]).run();
    assert_eq!(identity(&["list-credential-providers"]).code(0).data()["providers"], json!([]), "none is no failure");
    let brought = json!({ "name": "brought", "apiKey": "k" }).to_string();
    scene.account.control_with("POST", "/identities/CreateApiKeyCredentialProvider", &brought);
    for (name, kind) in [("git", "github"), ("desk", "microsoft"), ("idp", "custom")] {
        let mut args = vec!["create-credential-provider", "--name", name, "--type", kind, "--client-id", "c"];
        args.extend(["--client-secret-file", "secret.txt"]);
        match kind {
            "microsoft" => args.extend(["--tenant-id", "tenant-1"]),
            "custom" => args.extend([
                "--issuer",
                "https://i",
                "--authorization-endpoint",
                "https://i/a",
                "--token-endpoint",
                "https://i/t",
            ]),
            _ => {}
        }
        world.write("secret.txt", "canary-client-secret\n");
        let run = identity(&args).code(0);
        assert!(run.data()["callbackUrl"].as_str().unwrap().contains("/identities/oauth2/callback/"), "{run}");
    }
    let slip = identity(&["create-credential-provider", "--name", "x", "--type", "gihub"]).code(2).json();
    assert!(slip["error"]["hints"].to_string().contains("--type github"), "{slip}");

    // An update keeps what it does not name, and asks for a secret that the service may otherwise lose.
    let lacking = identity(&["update-credential-provider", "--name", "idp", "--client-id", "new"]).code(2).json();
    assert!(lacking["error"]["hints"].to_string().contains("--client-secret-file"), "{lacking}");
    identity(&[
        "update-credential-provider",
        "--name",
        "idp",
        "--client-id",
        "new",
        "--client-secret-file",
        "secret.txt",
    ])
    .code(0);
    let idp = identity(&["get-credential-provider", "--name", "idp"]).code(0).data();
    let config = &idp["provider"]["oauth2ProviderConfigOutput"]["customOauth2ProviderConfig"];
    assert_eq!(config["clientId"], "new");
    assert_eq!(config["oauthDiscovery"]["authorizationServerMetadata"]["tokenEndpoint"], "https://i/t", "{idp}");

    // Another client of the name is not taken for the one that is there.
    let other =
        ["create-credential-provider", "--name", "git", "--type", "github", "--client-secret-file", "secret.txt"];
    let taken = identity(&[&other[..], &["--client-id", "elsewhere"]].concat()).code(2).json();
    assert_eq!(taken["error"]["code"], "identity.provider-taken", "{taken}");
    assert_eq!(identity(&[&other[..], &["--client-id", "c"]].concat()).code(0).data()["outcome"], "unchanged");
    for refused in [&["--type", "google"][..], &["--type", "github", "--discovery-url", "https://i"]] {
        let update = ["update-credential-provider", "--name", "git", "--client-secret-file", "secret.txt"];
        identity(&[&update[..], refused].concat()).code(2);
    }

    // Nobody is there to ask about what is not on record; whose account it is comes first.
    let asked = identity(&["delete-credential-provider", "--name", "brought"]).code(2);
    assert!(asked.stdout_text().contains("--force") || asked.stderr_text().contains("--force"), "{asked}");
    let asked = world.agentcore(&["identity", "cleanup"]).run().code(2);
    let said = asked.stderr_text();
    assert!(said.contains("123456789012") && said.contains("--force"), "{asked}");
    let live = json!({ "name": "elsewhere" }).to_string();
    scene.account.control_with("POST", "/identities/CreateWorkloadIdentity", &live);
    identity(&["delete-workload-identity", "--name", "elsewhere"]).code(2);
    identity(&["delete-workload-identity", "--name", "elsewhere", "--force"]).code(0);
    identity(&["delete-workload-identity", "--name", "elsewhere"]).code(0);

    // Its own identities go along; what somebody else made stays.
    identity(&["create-workload-identity", "--name", "many-other"]).code(0);
    identity(&["create-workload-identity", "--return-urls", "https://a.example/cb"]).code(0);
    let urls = ["update-workload-identity", "--name", "many-workload", "--add-return-urls", "https://b.example/cb"];
    let updated = identity(&urls).code(0).data();
    assert_eq!(updated["returnUrls"], json!(["https://a.example/cb", "https://b.example/cb"]));
    let listed = identity(&["list-credential-providers"]).code(0).data();
    assert_eq!(listed["providers"].as_array().unwrap().len(), 4, "{listed}");
    world.agentcore(CLEANUP).run().code(0);
    let left = identity(&["list-credential-providers"]).code(0).data();
    let names: Vec<&str> =
        left["providers"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["brought"]);
    identity(&["get-workload-identity", "--name", "many-workload"]).code(5);
    identity(&["get-workload-identity", "--name", "many-other"]).code(5);
    let file = world.read(".bedrock_agentcore.yaml");
    assert!(!file.contains("idp") && !file.contains("created"), "{file}");
}

/// An example's script as its reader runs it. It needs a shell's usual programs.
fn example(name: &str, arguments: &[&str]) {
    if !packages_available() {
        return;
    }
    let mut world = World::new();
    let path = std::env::join_paths([world.path("bin"), "/usr/bin".into(), "/bin".into()]).unwrap();
    world.set("PATH", path);
    world.set("AGENTCORE", env!("CARGO_BIN_EXE_agentcore"));
    let script = repository().join("examples").join(name).join("run.sh");
    let script = script.to_str().unwrap();
    let run = world.agentcore(&["sandbox", "run", "--runner", "process", "--", script]).args(arguments).run().code(0);
    assert!(run.stdout_text().contains("== Done"), "{run}");
}

#[test]
fn the_example_of_a_stored_key_runs() {
    example("outbound-api-key", &[]);
}

#[test]
fn the_example_of_a_teams_identity_runs() {
    example("team-identity", &[]);
}

#[test]
fn the_example_of_the_day_after_runs() {
    example("day-after", &[]);
}

#[test]
fn the_quick_start_runs_for_machines() {
    example("identity-quick-start", &["m2m"]);
}

#[test]
fn the_quick_start_runs_for_people() {
    example("identity-quick-start", &["user"]);
}

#[test]
fn a_cleanup_names_whom_nobody_can_call() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("guarded", &[]);
    let made = world.agentcore(&["identity", "setup-cognito", "--inbound-only", "-o", "json"]).run().code(0).data();
    let (url, client) = (made["discoveryUrl"].as_str().unwrap(), made["clientId"].as_str().unwrap());
    let guard = ["configure", "-ni", "--name", "guarded", "--discovery-url", url, "--allowed-client", client];
    world.agentcore(&guard).run().code(0);
    for args in [&["identity", "cleanup", "--dry-run", "-o", "json"][..], CLEANUP] {
        let report = world.agentcore(args).run().data();
        assert!(report["resources"][0]["detail"].as_str().unwrap().contains("nobody can call `guarded`"), "{report}");
        assert!(report["next"][0].as_str().unwrap().starts_with("agentcore configure --name guarded"), "{report}");
    }
    assert!(world.read(".bedrock_agentcore.yaml").contains(url), "an agent never loses its authorizer by itself");
}
