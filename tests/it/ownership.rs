//! Two projects whose agents have the same name: neither changes, overwrites or deletes what is the other's, and clones of
//! one project are one project.

use serde_json::{Value, json};

use crate::convergence::Scene;
use crate::support::{Seen, World};

const LAUNCH: &[&str] = &["launch", "-o", "json"];
const DESTROY: &[&str] = &["destroy", "--force", "--delete-ecr-repo", "-o", "json"];
const CONFIG: &str = ".bedrock_agentcore.yaml";

fn identity(world: &World) -> Option<String> {
    let file: Value = serde_yaml::from_str(&world.read(CONFIG)).unwrap();
    file.pointer("/agentcore/project").and_then(Value::as_str).map(str::to_owned)
}

/// The same folder checked out once more: what is not committed is not there.
fn clone(scene: &Scene, original: &World, config: &str) -> World {
    let world = scene.world();
    for name in ["agent.py", "requirements.txt"] {
        world.write(name, &original.read(name));
    }
    world.write(CONFIG, config);
    world
}

fn without_identity(world: &World) {
    let text = world.read(CONFIG);
    let (rest, _) = text.split_once("\nagentcore:").expect("an identity at the end of the file");
    world.write(CONFIG, &format!("{rest}\n"));
    assert_eq!(identity(world), None);
}

/// Takes the projects' tag off everything, as it was before there were identities.
fn make_older(scene: &Scene) {
    let holdings = scene.account.holdings();
    for runtime in &holdings.runtimes {
        let arn = format!("arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2F{}", runtime.id);
        scene.account.control("DELETE", &format!("/tags/{arn}?tagKeys=agentcore%3Aproject"));
    }
    for role in &holdings.roles {
        let name = role.id.rsplit('/').next().unwrap();
        scene.account.iam("UntagRole", &[("RoleName", name), ("TagKeys.member.1", "agentcore:project")]);
    }
    for repository in &holdings.repositories {
        let arn = format!("arn:aws:ecr:us-west-2:123456789012:repository/{}", repository.id);
        scene.account.ecr("UntagResource", &json!({ "resourceArn": arn, "tagKeys": ["agentcore:project"] }));
    }
}

/// The identities in the tags of the one repository, role and runtime.
fn marks(scene: &Scene) -> [Option<String>; 3] {
    let holdings = scene.account.holdings();
    let [repository] = holdings.repositories.as_slice() else { panic!("{holdings:?}") };
    let [role] = holdings.roles.as_slice() else { panic!("{holdings:?}") };
    let [runtime] = holdings.runtimes.as_slice() else { panic!("{holdings:?}") };
    let arn = format!("arn:aws:ecr:us-west-2:123456789012:repository/{}", repository.id);
    let of_repository = scene.account.ecr("ListTagsForResource", &json!({ "resourceArn": arn }))["tags"]
        .as_array()
        .and_then(|tags| tags.iter().find(|tag| tag["Key"] == "agentcore:project"))
        .and_then(|tag| tag["Value"].as_str().map(str::to_owned));
    let tags = scene.account.iam("ListRoleTags", &[("RoleName", role.id.rsplit('/').next().unwrap())]);
    let of_role = tags
        .split_once("<Key>agentcore:project</Key>")
        .map(|(_, rest)| rest.split_once("<Value>").unwrap().1.split('<').next().unwrap().to_owned());
    let arn = format!("arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2F{}", runtime.id);
    let of_runtime =
        scene.account.control("GET", &format!("/tags/{arn}"))["tags"]["agentcore:project"].as_str().map(str::to_owned);
    [of_repository, of_role, of_runtime]
}

#[test]
fn another_projects_agent_is_neither_changed_nor_deleted() {
    let Some(scene) = Scene::start() else { return };
    let (ours, theirs) = (scene.project("agent", &[]), scene.project("agent", &[]));
    assert_ne!(identity(&ours), identity(&theirs));
    ours.agentcore(LAUNCH).run().code(0);
    assert_eq!(marks(&scene), [identity(&ours), identity(&ours), identity(&ours)]);
    let (before, file) = (scene.account.holdings(), theirs.read(CONFIG));
    let images = scene.account.images(&before.repositories[0].id);

    for args in [LAUNCH, &["launch", "--plan", "-o", "json"], DESTROY] {
        let watched = scene.watch(&theirs, args, None);
        let sent: Vec<&Seen> = watched.seen.iter().filter(|seen| seen.mutates()).collect();
        assert!(sent.is_empty(), "{args:?} sent {sent:?}");
        if args[0] == "launch" {
            let run = watched.run.code(2);
            let error = run.json()["error"].clone();
            assert_eq!(error["code"], "runtime.name-taken", "{run}");
            let hints = error["hints"].to_string();
            assert!(hints.contains("--adopt") && hints.contains("--name agent_2"), "{hints}");
        } else {
            let deleted = watched.run.code(0).data()["steps"].to_string();
            assert!(!deleted.contains("delete"), "{deleted}");
        }
        assert_eq!(theirs.read(CONFIG), file, "{args:?}");
    }
    assert_eq!(scene.account.holdings(), before);
    assert_eq!(scene.account.images(&before.repositories[0].id), images);
    assert_eq!(ours.agentcore(LAUNCH).run().code(0).data()["changes"], 0);

    // Beside it, under the name that the refusal proposes.
    theirs.agentcore(&["configure", "-ni", "--entrypoint", "agent.py", "--name", "agent_2", "--offline"]).run().code(0);
    theirs.agentcore(LAUNCH).run().code(0);
    ours.agentcore(DESTROY).run().code(0);
    let left = scene.account.holdings();
    for owned in [&left.repositories, &left.roles, &left.runtimes] {
        assert!(owned.iter().all(|owned| owned.agent.as_deref() == Some("agent_2")) && owned.len() == 1, "{left:?}");
    }
}

#[test]
fn what_was_adopted_is_no_longer_the_others() {
    let Some(scene) = Scene::start() else { return };
    let (before, after) = (scene.project("agent", &[]), scene.project("agent", &[]));
    before.agentcore(LAUNCH).run().code(0);
    for flag in ["--adopt", "--auto-update-on-conflict", "-auc"] {
        let plan = after.agentcore(&["launch", "--plan", "-o", "json", flag]).run().code(6).data();
        assert!(plan["steps"].to_string().contains("taken over from another project"), "{flag}: {plan}");
    }
    after.agentcore(&["launch", "--adopt"]).run().code(0);
    assert_eq!(marks(&scene), [identity(&after), identity(&after), identity(&after)]);
    assert_eq!(after.agentcore(LAUNCH).run().code(0).data()["changes"], 0);

    // The first project has everything on record, and nothing of it is its own any more.
    before.agentcore(&["launch"]).run().code(2).says("another project");
    let there = scene.account.holdings();
    let steps = before.agentcore(DESTROY).run().code(0).data()["steps"].clone();
    for resource in ["runtime", "repository", "role"] {
        let step = steps.as_array().unwrap().iter().find(|step| step["resource"] == resource);
        let step = step.unwrap_or_else(|| panic!("no {resource} in {steps}"));
        assert_eq!((&step["action"], &step["details"]), (&json!("keep"), &json!(["belongs to another project"])));
    }
    assert_eq!(scene.account.holdings(), there);
    after.agentcore(&["invoke", "{\"a\": 1}"]).run().code(0);
    after.agentcore(DESTROY).run().code(0);
    let left = scene.account.holdings();
    assert_eq!((left.repositories, left.roles, left.runtimes), (vec![], vec![], vec![]));
}

#[test]
fn clones_of_one_project_are_one_project() {
    let Some(scene) = Scene::start() else { return };
    let first = scene.project("agent", &[]);
    let committed = first.read(CONFIG);
    first.agentcore(LAUNCH).run().code(0);
    // A job of a pipeline: it has what was committed, and what it writes down is thrown away.
    let second = clone(&scene, &first, &committed);
    assert_eq!(second.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    let third = clone(&scene, &first, &committed);
    third.agentcore(DESTROY).run().code(0);
    let left = scene.account.holdings();
    assert_eq!((left.repositories, left.roles, left.runtimes), (vec![], vec![], vec![]));
}

#[test]
fn repository_left_by_another_project_is_not_used() {
    let Some(scene) = Scene::start() else { return };
    let (first, second) = (scene.project("agent", &[]), scene.project("agent", &[]));
    first.agentcore(LAUNCH).run().code(0);
    first.agentcore(&["destroy", "--force"]).run().code(0);
    let kept = scene.account.holdings();
    assert_eq!((kept.repositories.len(), kept.runtimes.len()), (1, 0));
    let run = second.agentcore(LAUNCH).run().code(2);
    assert_eq!(run.json()["error"]["code"], "project.other", "{run}");
    second.agentcore(DESTROY).run().code(0);
    assert_eq!(scene.account.holdings(), kept);
    assert!(scene.account.images(&kept.repositories[0].id).is_empty());
    second.agentcore(&["launch", "--adopt"]).run().code(0);
    assert_eq!(marks(&scene), [identity(&second), identity(&second), identity(&second)]);
}

#[test]
fn resources_without_identity_are_ours_when_recorded() {
    let Some(scene) = Scene::start() else { return };
    let recorded = scene.project("agent", &[]);
    recorded.agentcore(LAUNCH).run().code(0);
    without_identity(&recorded);
    make_older(&scene);
    assert_eq!(marks(&scene), [None, None, None]);
    let there = scene.account.holdings();

    let stranger = scene.project("agent", &[]);
    stranger.agentcore(&["launch"]).run().code(2).says("another project");
    stranger.agentcore(DESTROY).run().code(0);
    assert_eq!(scene.account.holdings(), there);

    // Looking does not write an identity down; launching does, and says so.
    let file = recorded.read(CONFIG);
    recorded.agentcore(&["launch", "--plan"]).run().code(6);
    recorded.agentcore(&["status"]).run().code(0);
    assert_eq!(recorded.read(CONFIG), file);
    recorded.agentcore(LAUNCH).run().code(0).says("agentcore.project");
    let own = identity(&recorded);
    assert!(own.is_some());
    assert_eq!(marks(&scene), [own.clone(), own.clone(), own]);
    assert_eq!(recorded.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    recorded.agentcore(DESTROY).run().code(0);
    let left = scene.account.holdings();
    assert_eq!((left.repositories, left.roles, left.runtimes), (vec![], vec![], vec![]));
}

#[test]
fn a_lost_identity_can_be_put_back() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    let own = identity(&world).unwrap();
    world.agentcore(LAUNCH).run().code(0);
    // As the starter toolkit writes the file: without what it does not know.
    without_identity(&world);
    let file = world.read(CONFIG);
    let plan = world.agentcore(&["launch", "--plan", "-o", "json"]).run().code(0).data();
    assert_eq!((plan["changes"].clone(), world.read(CONFIG)), (json!(0), file));
    assert_eq!(world.agentcore(LAUNCH).run().code(0).says("agentcore.project").data()["changes"], 0);
    assert_eq!(identity(&world), Some(own));
}

#[test]
fn never_launched_copy_is_told_of_the_original() {
    let Some(scene) = Scene::start() else { return };
    let first = scene.project("agent", &[]);
    without_identity(&first);
    let second = clone(&scene, &first, &first.read(CONFIG));
    first.agentcore(LAUNCH).run().code(0);
    second.agentcore(&["launch"]).run().code(2).says("another copy of this configuration").says("--adopt");
    let clone = clone(&scene, &first, &first.read(CONFIG));
    assert_eq!(clone.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
}

#[test]
fn archives_of_two_projects_lie_apart() {
    let Some(scene) = Scene::start() else { return };
    let configure = ["--deployment-type", "direct_code_deploy"];
    let (before, after) = (scene.project("agent", &configure), scene.project("agent", &configure));
    before.agentcore(LAUNCH).run().code(0);
    after.agentcore(&["launch"]).run().code(2).says("another project");
    after.agentcore(&["launch", "--adopt"]).run().code(0);
    let steps = before.agentcore(&["destroy", "--force", "-o", "json"]).run().code(0).data()["steps"].clone();
    assert!(steps.to_string().contains("1 archive"), "{steps}");
    // The archive that the runtime has by now is still there.
    assert_eq!(after.agentcore(LAUNCH).run().code(0).data()["changes"], 0);
    after.agentcore(&["invoke", "{\"a\": 1}"]).run().code(0);
    after.agentcore(&["destroy", "--force"]).run().code(0);
}

#[test]
fn team_set_up_by_another_project_is_untouched() {
    let Some(scene) = Scene::start() else { return };
    let (first, second) = (scene.world(), scene.world());
    let setup = ["identity", "setup-cognito", "--team", "blue", "-o", "json"];
    first.agentcore(&setup).run().code(0);
    let pools = scene.account.pools("blue");
    second.agentcore(&setup[..4]).run().code(2).says("another project").says("--team");
    // Under a place of its own for the parameters the pool is still the other's, until that is said to be meant.
    let elsewhere = ["--ssm-prefix", "/elsewhere", "--scope", "admin"];
    let refused = second.agentcore(&setup).args(&elsewhere).run().code(2);
    assert_eq!(refused.json()["error"]["code"], "project.other", "{refused}");
    assert!(refused.stdout_text().contains("--adopt"), "{refused}");
    second.agentcore(&setup).args(&elsewhere).args(&["--adopt"]).run().code(0);
    // Once it is on record nobody has to say so again.
    second.agentcore(&setup).run().code(0);
    second.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    assert_eq!(scene.account.pools("blue"), pools);
    first.agentcore(&["identity", "verify"]).run().code(0);
    first.agentcore(&["identity", "token"]).run().code(0);
    first.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    assert!(scene.account.pools("blue").is_empty());
}

#[test]
fn set_up_and_later_configuration_share_an_identity() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    world.agentcore(&["identity", "setup-cognito", "--pool-name", "callers"]).run().code(0);
    world.write("agent.py", "").write("requirements.txt", "");
    world.agentcore(&["configure", "-ni", "-e", "agent.py", "-rf", "requirements.txt", "--offline"]).run().code(0);
    let store: Value = serde_json::from_str(&world.read(".agentcore_identity_cognito_user.json")).unwrap();
    assert_eq!(store["agentcore"]["project"].as_str().map(str::to_owned), identity(&world));
}

#[test]
fn provider_made_by_another_project_outlives_clean_up() {
    let Some(scene) = Scene::start() else { return };
    let (first, second) = (scene.project("agent", &[]), scene.project("agent", &[]));
    let create =
        ["identity", "create-credential-provider", "--name", "model", "--type", "api-key", "--api-key-file", "-"];
    first.agentcore(&create).stdin("one").run().code(0);
    // By hand, past the record.
    let named = ["identity", "delete-credential-provider", "--name", "model", "--force"];
    scene.world().agentcore(&named).run().code(2).says("another project");
    scene.world().agentcore(&named).args(&["--adopt"]).run().code(0);
    second.agentcore(&create).stdin("two").run().code(0);
    first.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    second.agentcore(&["identity", "get-credential-provider", "--name", "model"]).run().code(0);
    second.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    second.agentcore(&["identity", "get-credential-provider", "--name", "model"]).run().code(5);
}

/// The requests of a command that changes nothing.
fn refused(scene: &Scene, world: &World, args: &[&str]) {
    let watched = scene.watch(world, args, None);
    let sent: Vec<&Seen> = watched.seen.iter().filter(|seen| seen.mutates()).collect();
    assert!(sent.is_empty(), "{args:?} sent {sent:?}");
    let run = watched.run.code(2);
    assert!(run.stderr_text().contains("another project") && run.stderr_text().contains("--adopt"), "{run}");
}

#[test]
fn another_projects_pool_is_used_only_on_request() {
    let Some(scene) = Scene::start() else { return };
    let (first, second) = (scene.world(), scene.world());
    first.agentcore(&["identity", "setup-cognito", "--pool-name", "theirs"]).run().code(0);
    let pools = scene.account.pools("theirs");
    let machines = ["identity", "setup-cognito", "--inbound-only", "--auth-flow", "m2m", "--pool-name", "theirs"];
    refused(&scene, &second, &machines);
    assert!(!second.project().join(".agentcore_identity_cognito_m2m.json").exists());
    second.agentcore(&machines).args(&["--adopt"]).run().code(0);
    second.agentcore(&machines).run().code(0);
    second.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    assert_eq!(scene.account.pools("theirs"), pools);
    // The other set-up of the same folder goes on in the pool that it has.
    first.agentcore(&machines).run().code(0);
    first.agentcore(&["identity", "cleanup", "--force"]).run().code(0);
    assert!(scene.account.pools("theirs").is_empty());
}

#[test]
fn another_projects_providers_and_workloads_are_left_alone() {
    let Some(scene) = Scene::start() else { return };
    let (first, second) = (scene.project("agent", &[]), scene.project("agent", &[]));
    for world in [&first, &second] {
        world.write("key.txt", "one\n");
    }
    let key = ["--name", "model", "--api-key-file", "key.txt"];
    let create = ["identity", "create-credential-provider", "--type", "api-key"];
    first.agentcore(&create).args(&key).run().code(0);
    first.agentcore(&["identity", "create-workload-identity", "--name", "shared-wl"]).run().code(0);
    let update = ["identity", "update-credential-provider", "--name", "model", "--api-key-file", "key.txt"];
    let delete = ["identity", "delete-credential-provider", "--name", "model", "--force"];
    let urls =
        ["identity", "update-workload-identity", "--name", "shared-wl", "--set-return-urls", "https://a.example/cb"];
    let delete_workload = ["identity", "delete-workload-identity", "--name", "shared-wl", "--force"];
    let nowhere = scene.world();
    nowhere.write("key.txt", "one\n");
    for args in [&update[..], &urls, &delete, &delete_workload] {
        refused(&scene, &second, args);
        refused(&scene, &nowhere, args);
    }
    first.agentcore(&update).run().code(0);
    first.agentcore(&urls).run().code(0);
    second.agentcore(&update).args(&["--adopt"]).run().code(0);
    second.agentcore(&urls).args(&["--adopt"]).run().code(0);
    second.agentcore(&delete).args(&["--adopt"]).run().code(0);
    second.agentcore(&delete_workload).args(&["--adopt"]).run().code(0);
    // What no tag claims is changed by name, as scripts of the starter toolkit do.
    let live = json!({ "name": "by-hand" }).to_string();
    scene.account.control_with("POST", "/identities/CreateWorkloadIdentity", &live);
    let by_hand =
        ["identity", "update-workload-identity", "--name", "by-hand", "--add-return-urls", "https://b.example"];
    second.agentcore(&by_hand).run().code(0);
}

#[test]
fn a_record_alone_deletes_nothing() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.world();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    scene.account.iam("CreateRole", &[("RoleName", "Precious"), ("AssumeRolePolicyDocument", trust)]);
    let pool = scene.account.cognito("CreateUserPool", &json!({ "PoolName": "precious" }));
    let id = pool["UserPool"]["Id"].as_str().unwrap();
    let record = json!({
        "flow_type": "team",
        "runtime": {
            "pool_id": id, "client_id": "c", "domain_prefix": "d", "username": "u", "password": "pass-word",
        },
        "identity": {
            "pool_id": id, "client_id": "m", "client_secret": "secret", "token_endpoint": "https://t.example",
            "resource_server_identifier": "s", "scopes": ["read"], "flow_type": "client_credentials",
        },
        "agentcore": {
            "account": "123456789012",
            "region": "us-west-2",
            "settings": {
                "team": "t", "pool_name": "precious", "gateway_role": "Precious", "user_client_name": "web",
                "machine_client_name": "machine", "username": "u", "resource_server": "s", "scopes": ["read"],
            },
            "role_arn": "arn:aws:iam::123456789012:role/Precious",
            "password_set": true,
            "created": ["role", "pool", "domain", "user", "user client", "machine client", "resource server"],
        },
    });
    let file = ".agentcore_identity_cognito_team.json";
    for project in [None, Some("p")] {
        let mut record = record.clone();
        if let Some(project) = project {
            record["agentcore"]["project"] = json!(project);
        }
        world.write(file, &record.to_string());
        let kept = world.agentcore(&["identity", "cleanup", "--force", "-o", "json"]).run().code(0).data();
        assert!(!kept.to_string().contains("\"deleted\""), "{kept}");
        let left = std::fs::read_to_string(world.project().join(file)).unwrap();
        assert_eq!(left, record.to_string(), "the only record of what is left");
    }
    assert_eq!(scene.account.pools("precious").len(), 1);
    assert!(scene.account.iam("GetRole", &[("RoleName", "Precious")]).contains("<RoleName>Precious<"));
}

#[test]
fn agents_that_differ_in_case_share_no_repository() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("MyAgent", &[]);
    let configure = ["configure", "-ni", "-e", "agent.py", "-rf", "requirements.txt", "--offline", "--name"];
    world.agentcore(&configure).args(&["myagent"]).run().code(2).says("differ only in case");
    // A file that another program wrote.
    let text = world.read(CONFIG);
    let part = text.split("  MyAgent:\n").nth(1).unwrap().split("\nagentcore:").next().unwrap();
    let twin = format!("  myagent:\n{}", part.replace("MyAgent", "myagent"));
    world.write(CONFIG, &text.replace("agents:\n", &format!("agents:\n{}\n", twin.trim_end())));
    world.agentcore(LAUNCH).args(&["--agent", "MyAgent"]).run().code(0);
    for adopt in [&[][..], &["--adopt"]] {
        let run = world.agentcore(LAUNCH).args(&["--agent", "myagent"]).args(adopt).run().code(2);
        let error = run.json()["error"].clone();
        assert_eq!(error["code"], "project.same-repository", "{run}");
        assert!(!error.to_string().contains("--adopt"), "{error}");
    }
    world.agentcore(DESTROY).args(&["--agent", "myagent"]).run().code(0);
    assert_eq!(scene.account.holdings().repositories.len(), 1);
    world.agentcore(&["invoke", "--agent", "MyAgent", "{\"a\": 1}"]).run().code(0);
}

#[test]
fn two_first_launches_agree_on_one_identity() {
    let Some(scene) = Scene::start() else { return };
    let world = scene.project("agent", &[]);
    without_identity(&world);
    let runs: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..2).map(|_| scope.spawn(|| world.agentcore(LAUNCH).run())).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for run in runs {
        run.code(0);
    }
    let own = identity(&world);
    assert_eq!(marks(&scene), [own.clone(), own.clone(), own]);
}
