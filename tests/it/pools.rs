//! The two user pools of `identity setup-cognito`: for callers of the agent, and for what the agent itself has access to.

use serde_json::{Value, json};

use crate::convergence::{Scene, faults, in_parallel};
use crate::identity::{CLEANUP, clients};
use crate::support::{Account, Fault, Trouble, World};

/// What a set-up of two pools must leave in the account, whatever happened on the way to it.
fn require_both(account: &Account, name: &str, flow: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let identity = format!("{name}-identity");
    for (pool, client) in [
        (name, "agentcore-user-client"),
        (&identity, if flow == "m2m" { "agentcore-machine-client" } else { "agentcore-web-client" }),
    ] {
        let ids = account.pools(pool);
        let [id] = ids.as_slice() else {
            problems.push(format!("the pools called {pool} are {ids:?}"));
            continue;
        };
        let found = clients(account, id);
        let described = account.cognito("DescribeUserPool", &json!({ "UserPoolId": id }))["UserPool"].clone();
        let users = account.cognito("ListUsers", &json!({ "UserPoolId": id }))["Users"].clone();
        let servers = account.cognito("ListResourceServers", &json!({ "UserPoolId": id, "MaxResults": 10 }));
        let has_user = !(pool == identity && flow == "m2m");
        let wanted_servers = usize::from(pool == identity && flow == "m2m");
        if found != [client]
            || !described["Domain"].is_string()
            || users.as_array().unwrap().len() != usize::from(has_user)
            || (has_user && users[0]["UserStatus"] != "CONFIRMED")
            || servers["ResourceServers"].as_array().unwrap().len() != wanted_servers
        {
            problems.push(format!("{pool} has {found:?}, {users}, {servers} and {}", described["Domain"]));
        }
    }
    problems
}

#[test]
fn killed_set_up_of_two_pools_converges() {
    let Some(scene) = Scene::start() else { return };
    let run = |world: &World, flow: &str, name: &str, fault: Option<&Fault>| {
        let args = ["identity", "setup-cognito", "-o", "json", "--auth-flow", flow, "--pool-name", name];
        scene.watch(world, &args, fault)
    };
    let mut all = Vec::new();
    for flow in ["user", "m2m"] {
        let undisturbed = run(&scene.world(), flow, &format!("undisturbed-{flow}"), None);
        assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
        let mut faults = faults(Trouble::Kill, &undisturbed);
        // A kill at a read is the kill after the request before it.
        faults.retain(|fault| undisturbed.seen.iter().any(|seen| seen.label == fault.label && seen.mutates()));
        assert!(faults.len() > 15, "{faults:?}");
        all.extend(faults.into_iter().map(|fault| (flow, fault)));
    }
    let problems = in_parallel(all, |at, (flow, fault)| {
        let name = format!("two-{at}");
        let identity = format!("{name}-identity");
        let world = scene.world();
        let mut problems = Vec::new();
        if !run(&world, flow, &name, Some(&fault)).struck {
            problems.push("the run never met its fault".to_owned());
        }
        let pools = || [scene.account.pools(&name), scene.account.pools(&identity)].concat();
        if at % 3 == 0 {
            // Also the clean-up of a stump.
            let cleaned = world.agentcore(CLEANUP).run();
            if cleaned.code != Some(0) || !pools().is_empty() {
                problems.push(format!("the clean-up after the kill leaves {:?}\n{cleaned}", pools()));
            }
        }
        let repeated = run(&world, flow, &name, None).run;
        if repeated.code != Some(0) {
            problems.push(format!("{repeated}"));
        }
        problems.extend(require_both(&scene.account, &name, flow));
        let verified = world.agentcore(&["identity", "verify"]).run();
        let planned = world.agentcore(&["identity", "cleanup", "--dry-run", "-o", "json"]).run();
        let listed =
            planned.data()["resources"].as_array().unwrap().iter().filter(|one| one["kind"] == "user pool").count();
        if verified.code != Some(0) || listed != 2 {
            problems.push(format!("{verified}\n{planned}"));
        }
        let cleaned = world.agentcore(CLEANUP).run();
        if cleaned.code != Some(0) || !pools().is_empty() {
            problems.push(format!("the clean-up leaves {:?}\n{cleaned}", pools()));
        }
        problems.into_iter().map(|problem| format!("{flow}, {fault}: {problem}")).collect::<Vec<_>>()
    });
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn second_pool_survives_what_happens_to_the_first() {
    let Some(scene) = Scene::start() else { return };
    let (account, world) = (&scene.account, scene.world());
    let setup = ["identity", "setup-cognito", "-o", "json", "--auth-flow", "m2m", "--pool-name", "pair"];
    let made = world.agentcore(&setup).run().code(0).data();
    let identity = made["identity"].clone();
    let machine = json!({ "UserPoolId": identity["poolId"], "ClientId": identity["clientId"] });
    account.cognito("DeleteUserPoolClient", &machine);
    let domain = domain_of(account, &made["poolId"]);
    account.cognito("DeleteUserPoolDomain", &json!({ "UserPoolId": made["poolId"], "Domain": domain }));
    let drifted = world.agentcore(&["identity", "verify", "-o", "json"]).run().code(6).data();
    let wrong: Vec<_> = drifted["resources"].as_array().unwrap().iter().filter(|one| one["state"] != "ok").collect();
    let wrong: Vec<_> =
        wrong.iter().map(|one| (one["pool"].as_str().unwrap(), one["resource"].as_str().unwrap())).collect();
    assert_eq!(wrong, [("runtime", "domain"), ("identity", "machine client")], "{drifted}");
    let mended = world.agentcore(&setup).run().code(0).data();
    assert_eq!(mended["identity"]["poolId"], identity["poolId"]);
    assert_ne!(mended["identity"]["clientId"], identity["clientId"]);
    world.agentcore(&["identity", "verify"]).run().code(0);

    // One pool that is held is no reason to leave the other.
    let tags =
        account.cognito("DescribeUserPool", &json!({ "UserPoolId": made["poolId"] }))["UserPool"]["UserPoolTags"]
            .clone();
    let protect = |state: &str| {
        let input = json!({ "UserPoolId": made["poolId"], "DeletionProtection": state, "UserPoolTags": tags });
        account.cognito("UpdateUserPool", &input);
    };
    protect("ACTIVE");
    world.agentcore(CLEANUP).run().code(9);
    assert_eq!((account.pools("pair").len(), account.pools("pair-identity").len()), (1, 0));
    protect("INACTIVE");
    world.agentcore(CLEANUP).run().code(0);
    assert!(account.pools("pair").is_empty());
}

fn domain_of(account: &Account, pool: &Value) -> Value {
    account.cognito("DescribeUserPool", &json!({ "UserPoolId": pool }))["UserPool"]["Domain"].clone()
}

#[test]
fn flags_of_absent_parts_are_refused() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    let refused = |more: &[&str]| {
        let args = [&["identity", "setup-cognito", "--pool-name", "flags"], more].concat();
        world.agentcore(&args).run().code(2);
    };
    for more in [
        &["--inbound-only", "--team", "t"][..],
        &["--inbound-only", "--auth-flow", "m2m", "--username", "u"],
        &["--inbound-only", "--domain-prefix", "p"],
        &["--scope", "read"],
        &["--auth-flow", "m2m", "--callback-url", "https://a.example/"],
        &["--auth-flow", "both"],
        &["--pool-name", &"a".repeat(120)],
    ] {
        refused(more);
    }
    assert!(scene.account.pools("flags").is_empty() && !world.project().join(".gitignore").exists());

    // What is stored goes on with as many pools as it has.
    let one = ["identity", "setup-cognito", "-o", "json", "--auth-flow", "m2m", "--pool-name", "flags"];
    let first = world.agentcore(&one).args(&["--inbound-only"]).run().code(0).data();
    assert!(first["identity"].is_null() && first["username"].is_null());
    let again = world.agentcore(&one).run().code(0).says("the callers' pool alone").data();
    assert_eq!((&again["changed"], &again["identity"]), (&json!(false), &Value::Null));
    refused(&["--auth-flow", "m2m", "--username", "u"]);
    let two = ["identity", "setup-cognito", "-o", "json", "--pool-name", "flags-two"];
    assert!(world.agentcore(&two).run().code(0).data()["identity"]["poolId"].is_string());
    let fewer = world.agentcore(&two).args(&["--inbound-only"]).run().code(2);
    assert_eq!(fewer.json()["error"]["code"], "identity.other-pool", "{fewer}");
    world.agentcore(CLEANUP).run().code(0);
}

#[test]
fn two_set_ups_do_not_share_a_pool() {
    let Some(scene) = Scene::start() else { return };
    let (world, account) = (scene.world(), &scene.account);
    let named = |flow: &'static str, pool: &'static str| {
        ["identity", "setup-cognito", "-o", "json", "--auth-flow", flow, "--pool-name", pool]
    };
    let made = world.agentcore(&named("m2m", "same")).run().code(0).data();
    assert_eq!(made["tokenEndpoint"], made["identity"]["tokenEndpoint"], "{made}");
    assert_eq!(
        (&made["scopes"], &made["machineClientId"]),
        (&made["identity"]["scopes"], &made["identity"]["clientId"])
    );
    for pool in ["same", "same-identity"] {
        let refused = world.agentcore(&named("user", pool)).run().code(2);
        assert_eq!(refused.json()["error"]["code"], "identity.other-pool", "{refused}");
        assert!(refused.json()["error"].to_string().contains("`m2m` set-up"), "{refused}");
    }
    assert!(!world.project().join(".agentcore_identity_cognito_user.json").exists());
    assert_eq!((account.pools("same").len(), account.pools("same-identity").len()), (1, 1));
    assert_eq!(world.agentcore(&named("m2m", "same")).run().code(0).data()["changed"], false);
    world.agentcore(&named("user", "another")).run().code(0);
    world.agentcore(CLEANUP).run().code(0);
}

/// Values of an env file as a shell has them after `load`.
fn loaded(world: &World, load: &str) -> Vec<String> {
    let names = ["POOL_ID", "CLIENT_ID", "CLIENT_SECRET", "DISCOVERY_URL", "USERNAME", "PASSWORD"];
    let all = ["RUNTIME", "IDENTITY"].into_iter().flat_map(|prefix| names.map(|name| format!("${{{prefix}_{name}-}}")));
    let script = format!(
        "set -e\n{load}\nprintf '%s\\n' {}",
        all.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" ")
    );
    let run = std::process::Command::new("/bin/bash")
        .args(["-c", &script])
        .current_dir(world.project())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    assert!(run.status.success(), "{load}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn both_ways_of_loading_variables_agree() {
    let Some(scene) = Scene::start() else { return };
    if !std::path::Path::new("/bin/bash").exists() {
        return crate::support::lacked("bash", "there is no /bin/bash");
    }
    let world = scene.world();
    let setup = ["identity", "setup-cognito", "--pool-name", "loaded", "--password-file", "-"];
    let password = r#"A1!@#$%^&*()_+-='"`x"#;
    world.agentcore(&setup).stdin(password).run().code(0);
    let exported = loaded(&world, "export $(grep -v '^#' .agentcore_identity_user.env | xargs)");
    let sourced = loaded(&world, "source .agentcore_identity_user.env");
    assert_eq!(exported, sourced);
    assert_eq!(sourced[5], password);
    let store: Value = serde_json::from_str(&world.read(".agentcore_identity_cognito_user.json")).unwrap();
    let members = ["pool_id", "client_id", "client_secret", "discovery_url", "username", "password"];
    let wanted = ["runtime", "identity"]
        .into_iter()
        .flat_map(|pool| members.map(|member| store[pool][member].as_str().unwrap_or_default().to_owned()));
    assert_eq!(sourced, wanted.collect::<Vec<_>>());
    assert!(!sourced[11].is_empty() && sourced[0] != sourced[6]);
    world.agentcore(CLEANUP).run().code(0);
}

#[test]
fn set_up_keeps_a_providers_callback() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    let setup = ["identity", "setup-cognito", "-o", "json", "--pool-name", "called-back"];
    let made = world.agentcore(&setup).run().code(0).data()["identity"].clone();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let (client, pool, url) = (text("clientId"), text("poolId"), text("discoveryUrl"));
    let store: Value = serde_json::from_str(&world.read(".agentcore_identity_cognito_user.json")).unwrap();
    let secret = store["identity"]["client_secret"].as_str().unwrap();
    let create =
        ["identity", "create-credential-provider", "--name", "back", "--type", "cognito", "--client-id", &client];
    let more = ["--client-secret", secret, "--discovery-url", &url, "--cognito-pool-id", &pool, "-o", "json"];
    let provider = world.agentcore(&create).args(&more).run().code(0).says("visible to other users").data();
    let urls = || {
        let described = json!({ "UserPoolId": pool, "ClientId": client });
        scene.account.cognito("DescribeUserPoolClient", &described)["UserPoolClient"]["CallbackURLs"].clone()
    };
    let both = json!([made["callbackUrls"][0], provider["callbackUrl"]]);
    assert_eq!(urls(), both);
    world.agentcore(&["identity", "verify"]).run().code(0);
    assert_eq!(world.agentcore(&setup).run().code(0).data()["changed"], false);
    scene.account.cognito("UpdateUserPoolClient", &json!({
        "UserPoolId": pool, "ClientId": client, "CallbackURLs": [provider["callbackUrl"]], "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": true,
    }));
    world.agentcore(&["identity", "verify"]).run().code(6);
    assert_eq!(world.agentcore(&setup).run().code(0).data()["changed"], true);
    let urls = urls();
    assert!(both.as_array().unwrap().iter().all(|url| urls.as_array().unwrap().contains(url)), "{urls}");
    world.agentcore(&["identity", "delete-credential-provider", "--name", "back", "--force"]).run().code(0);
    world.agentcore(CLEANUP).run().code(0);
}
