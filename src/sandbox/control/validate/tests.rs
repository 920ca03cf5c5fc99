use serde_json::json;

use super::*;

const URI: &str = "123456789012.dkr.ecr.us-west-2.amazonaws.com/agent:1";
const URL: &str = "https://idp.example/p/.well-known/openid-configuration";

fn good() -> Value {
    json!({
        "agentRuntimeName": "agent",
        "roleArn": "arn:aws:iam::123456789012:role/r",
        "agentRuntimeArtifact": { "containerConfiguration": { "containerUri": URI } },
        "networkConfiguration": { "networkMode": "PUBLIC" },
    })
}

fn rules() -> ValidationRules {
    ValidationRules { local_registries: Vec::new() }
}

fn fields(fault: &Fault) -> Vec<String> {
    let list = fault.fields["fieldList"].as_array().unwrap();
    list.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// Names of the members that are refused when `member` of a good request is replaced.
fn refused(member: &str, value: Value) -> Vec<String> {
    let mut input = good();
    input[member] = value;
    runtime(&input, true, &rules()).map_or_else(|fault| fields(&fault), |()| Vec::new())
}

#[test]
fn valid_request_with_unknown_members_passes() {
    let mut input = good();
    input["somethingNew"] = json!({ "x": [1] });
    input["filesystemConfigurations"] = json!([{ "somethingNew": { "mountPath": "anywhere" } }]);
    input["hooksConfiguration"] =
        json!({ "build": { "warmup": { "action": { "httpPost": { "path": "/warm/up" } } } } });
    input["resourceConfigurations"] = json!([{ "minimumMemoryInMiB": 8192 }]);
    input["platformVersion"] = json!("V2");
    runtime(&input, true, &rules()).unwrap();
    input.as_object_mut().unwrap().remove("agentRuntimeName");
    runtime(&input, false, &rules()).unwrap();
}

#[test]
fn members_that_need_another_are_refused_alone() {
    let mut input = good();
    input["hooksConfiguration"] = json!({ "build": { "warmup": { "action": { "httpPost": { "path": "/w" } } } } });
    let s3 =
        "arn:aws:s3files:us-west-2:123456789012:file-system/fs-0123456789abcdef0/access-point/fsap-0123456789abcdef0";
    let efs = "arn:aws:elasticfilesystem:us-west-2:123456789012:access-point/fsap-0123456789abcdef0";
    input["filesystemConfigurations"] = json!([
        { "sessionStorage": { "mountPath": "/mnt/a" } },
        { "s3FilesAccessPoint": { "accessPointArn": s3, "mountPath": "/mnt/b" } },
        { "efsAccessPoint": { "accessPointArn": efs, "mountPath": "/mnt/c" } },
        { "capacityProviderVolume": { "volumeName": "v", "mountPath": "/mnt/d" } },
    ]);
    let warm_up = "hooksConfiguration.build.warmup";
    let mount = |number: usize, member: &str| format!("filesystemConfigurations.{number}.member.{member}");
    let expected = [
        warm_up.to_owned(),
        mount(2, "s3FilesAccessPoint"),
        mount(3, "efsAccessPoint"),
        mount(4, "capacityProviderVolume"),
    ];
    for (platform, create) in [(Value::Null, true), (json!("V1"), true), (json!("2026.1"), false)] {
        input["platformVersion"] = platform;
        assert_eq!(fields(&runtime(&input, create, &rules()).unwrap_err()), expected);
    }
    input["platformVersion"] = json!("V2");
    input["networkConfiguration"] = json!({ "networkMode": "VPC", "networkModeConfig": {
        "subnets": ["subnet-0123456789abcdef0"], "securityGroups": ["sg-0123456789abcdef0"] } });
    assert_eq!(fields(&runtime(&input, true, &rules()).unwrap_err()), expected[3..]);
    let provider = "arn:aws:bedrock-agentcore:us-west-2:123456789012:capacity-provider/a-0123456789";
    input["capacityProviderConfiguration"] = json!({ "capacityProviderArn": provider });
    let for_machines = [warm_up.to_owned(), mount(1, "sessionStorage")];
    assert_eq!(fields(&runtime(&input, true, &rules()).unwrap_err()), for_machines, "these are for microVMs");
    input.as_object_mut().unwrap().remove("hooksConfiguration");
    input["filesystemConfigurations"].as_array_mut().unwrap().remove(0);
    runtime(&input, true, &rules()).unwrap();
}

#[test]
fn a_mounted_bucket_is_held_to_the_model() {
    let refused = |member: &str, value: Value| {
        let mut input = good();
        let mut mount = json!({ "bucket": "a-bucket--usw2-az1--x-s3", "mountPath": "/mnt/a" });
        mount["prefix"] = json!("{runtimeSessionId}/x!_.*'()-");
        (mount["s3BucketOwner"], mount["s3BucketRegion"]) = (json!("123456789012"), json!("us-gov-west-1"));
        if !member.is_empty() {
            mount[member] = value;
        }
        input["filesystemConfigurations"] = json!([{ "s3BucketMount": mount }]);
        runtime(&input, true, &rules()).is_err()
    };
    assert!(!refused("", Value::Null));
    for (member, value) in [
        ("bucket", json!("ab")),
        ("bucket", json!("a".repeat(64))),
        ("bucket", json!("A_bucket")),
        ("mountPath", json!("\u{1}")),
        ("mountPath", json!(format!("/mnt/{}", "a".repeat(200)))),
        ("prefix", json!("")),
        ("prefix", json!("/x")),
        ("prefix", json!("a b")),
        ("prefix", json!("a".repeat(1025))),
        ("s3BucketOwner", json!("12345678901")),
        ("s3BucketRegion", json!("nowhere")),
    ] {
        assert!(refused(member, value.clone()), "{member}: {value}");
    }
}

#[test]
fn every_constraint_has_a_bad_example() {
    let uri = |uri: &str| json!({ "containerConfiguration": { "containerUri": uri } });
    let uri_path = "agentRuntimeArtifact.containerConfiguration.containerUri";
    let jwt = |inner: Value| json!({ "customJWTAuthorizer": inner });
    let warm_up = |post: Value| json!({ "build": { "warmup": { "action": { "httpPost": post } } } });
    for (member, value, expected) in [
        ("agentRuntimeName", json!("my-agent"), "agentRuntimeName"),
        ("agentRuntimeName", json!("1agent"), "agentRuntimeName"),
        ("agentRuntimeName", json!("a".repeat(49)), "agentRuntimeName"),
        ("agentRuntimeName", Value::Null, "agentRuntimeName"),
        ("roleArn", json!("arn:aws:iam::1:role/r"), "roleArn"),
        ("roleArn", json!(7), "roleArn"),
        ("agentRuntimeArtifact", uri("localhost:5000/agent:1"), uri_path),
        ("agentRuntimeArtifact", uri("123456789012.dkr.ecr.us-west-2.amazonaws.com/a__b:1"), uri_path),
        ("agentRuntimeArtifact", uri("evil.example/123456789012.dkr.ecr.us-west-2.amazonaws.com/a"), uri_path),
        ("agentRuntimeArtifact", json!({}), "agentRuntimeArtifact"),
        ("networkConfiguration", json!({ "networkMode": "PRIVATE" }), "networkConfiguration.networkMode"),
        ("networkConfiguration", json!({ "networkMode": "VPC" }), "networkConfiguration.networkModeConfig"),
        ("authorizerConfiguration", json!({}), "authorizerConfiguration"),
        ("authorizerConfiguration", jwt(json!({ "discoveryUrl": URL })), "authorizerConfiguration."),
        ("requestHeaderConfiguration", json!({}), "requestHeaderConfiguration.requestHeaderAllowlist"),
        ("protocolConfiguration", json!({ "serverProtocol": "http" }), "protocolConfiguration.serverProtocol"),
        ("protocolConfiguration", json!({ "serverProtocol": "MCP", "port": 8443 }), "protocolConfiguration.port"),
        ("protocolConfiguration", json!({ "serverProtocol": "MCP", "path": "mcp" }), "protocolConfiguration.path"),
        ("lifecycleConfiguration", json!({ "maxLifetime": 59 }), "lifecycleConfiguration.maxLifetime"),
        (
            "lifecycleConfiguration",
            json!({ "idleRuntimeSessionTimeout": 900, "maxLifetime": 600 }),
            "lifecycleConfiguration",
        ),
        ("environmentVariables", json!({ "A": 1 }), "environmentVariables.A"),
        ("environmentVariables", json!({ "A": "x".repeat(5001) }), "environmentVariables.A"),
        ("description", json!(""), "description"),
        (
            "filesystemConfigurations",
            json!([{ "sessionStorage": { "mountPath": "/data" } }]),
            "filesystemConfigurations.1.member.sessionStorage.mountPath",
        ),
        (
            "filesystemConfigurations",
            json!([{ "efsAccessPoint": { "accessPointArn": "arn:aws:elasticfilesystem:x", "mountPath": "/mnt/a" } }]),
            "filesystemConfigurations.1.member.efsAccessPoint.accessPointArn",
        ),
        (
            "filesystemConfigurations",
            json!([{ "s3FilesAccessPoint": { "mountPath": "/mnt/a" } }]),
            "filesystemConfigurations.1.member.s3FilesAccessPoint.accessPointArn",
        ),
        (
            "filesystemConfigurations",
            json!([{ "capacityProviderVolume": { "volumeName": "1", "mountPath": "/mnt/a" } }]),
            "filesystemConfigurations.1.member.capacityProviderVolume.volumeName",
        ),
        (
            "filesystemConfigurations",
            json!([{ "s3BucketMount": { "mountPath": "/mnt/a" } }]),
            "filesystemConfigurations.1.member.s3BucketMount.bucket",
        ),
        (
            "filesystemConfigurations",
            json!([{ "s3BucketMount": { "bucket": "bucket" } }]),
            "filesystemConfigurations.1.member.s3BucketMount.mountPath",
        ),
        ("filesystemConfigurations", json!([{}]), "filesystemConfigurations.1.member"),
        ("filesystemConfigurations", json!({}), "filesystemConfigurations"),
        (
            "hooksConfiguration",
            warm_up(json!({ "path": "warm" })),
            "hooksConfiguration.build.warmup.action.httpPost.path",
        ),
        (
            "hooksConfiguration",
            warm_up(json!({ "path": "/a?b" })),
            "hooksConfiguration.build.warmup.action.httpPost.path",
        ),
        (
            "hooksConfiguration",
            warm_up(json!({ "path": format!("/{}", "a".repeat(32)) })),
            "hooksConfiguration.build.warmup.action.httpPost.path",
        ),
        ("hooksConfiguration", warm_up(json!({})), "hooksConfiguration.build.warmup.action.httpPost.path"),
        (
            "hooksConfiguration",
            warm_up(json!({ "path": "/w", "port": 80 })),
            "hooksConfiguration.build.warmup.action.httpPost.port",
        ),
        ("hooksConfiguration", json!({ "build": { "warmup": {} } }), "hooksConfiguration.build.warmup.action"),
        ("hooksConfiguration", json!([]), "hooksConfiguration"),
        ("platformVersion", json!("1 2"), "platformVersion"),
        ("platformVersion", json!(""), "platformVersion"),
        ("platformVersion", json!("v".repeat(129)), "platformVersion"),
        ("platformVersion", json!(2), "platformVersion"),
        (
            "resourceConfigurations",
            json!([{ "minimumMemoryInMiB": 1 }, { "minimumMemoryInMiB": 2 }]),
            "resourceConfigurations",
        ),
        ("resourceConfigurations", json!([{}]), "resourceConfigurations.1.member.minimumMemoryInMiB"),
        (
            "capacityProviderConfiguration",
            json!({ "capacityProviderArn": "arn:aws:bedrock-agentcore:us-west-2:1:capacity-provider/a" }),
            "capacityProviderConfiguration.capacityProviderArn",
        ),
        ("capacityProviderConfiguration", json!({}), "capacityProviderConfiguration.capacityProviderArn"),
        (
            "authorizerConfiguration",
            jwt(json!({ "discoveryUrl": URL, "allowedClients": ["c"], "certificateConfigurations": [
                { "s3": { "uri": "https://x" } }] })),
            "authorizerConfiguration.customJWTAuthorizer.certificateConfigurations.1.member.s3.uri",
        ),
        (
            "authorizerConfiguration",
            jwt(json!({ "discoveryUrl": URL, "allowedClients": ["c"], "privateEndpointOverrides": [
                { "domain": "d", "privateEndpoint": { "selfManagedLatticeResource": {
                    "resourceConfigurationIdentifier": "rcfg-0123456789abcdef" } } }] })),
            "authorizerConfiguration.customJWTAuthorizer.privateEndpointOverrides.1.member.privateEndpoint.self",
        ),
        (
            "networkConfiguration",
            json!({ "networkMode": "VPC", "networkModeConfig": { "subnets": ["x"], "securityGroups": ["sg-01234567"] } }),
            "networkConfiguration.networkModeConfig.subnets.1.member",
        ),
        ("networkConfiguration", json!("PUBLIC"), "networkConfiguration"),
        ("allowedPorts", json!([{ "port": 80 }]), "allowedPorts.1.member.port"),
        ("allowedPorts", json!([{ "portRange": { "from": 8000 } }]), "allowedPorts.1.member.portRange.to"),
        ("allowedPorts", json!([{ "portRange": { "from": 8400, "to": 8500 } }]), "allowedPorts.1.member"),
        (
            "allowedPorts",
            json!([{ "port": 8100 }, { "portRange": { "from": 8000, "to": 8200 } }]),
            "allowedPorts.2.member",
        ),
        ("clientToken", json!("short"), "clientToken"),
        ("tags", json!({ "a": "b!" }), "tags.a"),
    ] {
        let found = refused(member, value.clone());
        assert!(found.len() == 1 && found[0].starts_with(expected), "{member} {value}: {found:?}");
    }
}

#[test]
fn paths_and_queries_have_constraints_too() {
    let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/agent-0123456789";
    let endpoint = format!("{arn}/runtime-endpoint/prod");
    let good = [
        (constraints::RUNTIME_ID, "agent-0123456789"),
        (constraints::ENDPOINT_NAME, "DEFAULT"),
        (constraints::VERSION_NAME, "12"),
        (constraints::RESOURCE_ARN, arn),
        (constraints::RESOURCE_ARN, &endpoint),
    ];
    parts(good.into_iter()).unwrap();
    for (part, value) in [
        (constraints::RUNTIME_ID, "agent"),
        (constraints::RUNTIME_ID, "agent-012345678"),
        (constraints::ENDPOINT_NAME, "my-endpoint"),
        (constraints::VERSION_NAME, "0"),
        (constraints::VERSION_NAME, "123456"),
        (constraints::CLIENT_TOKEN_PARAMETER, "short"),
        (constraints::RESOURCE_ARN, "arn:aws:s3:::bucket-with-a-name"),
        (constraints::RESOURCE_ARN, "arn:aws:bedrock-agentcore:us-west-2:12:runtime/agent-0123456789"),
    ] {
        let fault = parts([(part, value)].into_iter()).unwrap_err();
        assert_eq!(fields(&fault), [part.0], "{value}");
    }
}

#[test]
fn the_header_allowlist_has_rules_of_its_own() {
    let list = |names: &[&str]| json!({ "requestHeaderAllowlist": names });
    let with_jwt = |value: Value| {
        let mut input = good();
        input["requestHeaderConfiguration"] = value;
        input["authorizerConfiguration"] =
            json!({ "customJWTAuthorizer": { "discoveryUrl": URL, "allowedClients": ["c"] } });
        runtime(&input, true, &rules())
    };
    assert_eq!(
        refused("requestHeaderConfiguration", list(&["X-Tenant", "X-Amzn-Bedrock-AgentCore-Runtime-Custom-A"])),
        [""; 0]
    );
    for bad in [&["Cookie"][..], &["X-Amz-Date"], &["x-amzn-trace-id"], &["X-A", "x-a"], &["Authorization"], &["a b"]] {
        assert_eq!(refused("requestHeaderConfiguration", list(bad)).len(), 1, "{bad:?}");
    }
    with_jwt(list(&["Authorization"])).unwrap();
    let many: Vec<String> = (0..21).map(|n| format!("X-{n}")).collect();
    assert_eq!(refused("requestHeaderConfiguration", json!({ "requestHeaderAllowlist": many })).len(), 1);
}

#[test]
fn all_problems_are_reported_at_once_without_secrets() {
    let mut input = good();
    input["agentRuntimeName"] = json!("a-b");
    input["environmentVariables"] = json!({ "KEY": "canary".repeat(1000) });
    let fault = runtime(&input, true, &rules()).unwrap_err();
    assert!(fault.message.starts_with("2 validation errors detected: Value 'a-b' at 'agentRuntimeName'"));
    assert!(!fault.message.contains("canary"));
    assert_eq!((fault.status.as_u16(), &*fault.code), (400, "ValidationException"));
    assert_eq!(fault.fields["reason"], "FieldValidationFailed");
}

#[test]
fn local_registries_are_an_opt_in() {
    let mut input = good();
    input["agentRuntimeArtifact"]["containerConfiguration"]["containerUri"] = json!("127.0.0.1:4566/agent:1");
    assert!(runtime(&input, true, &rules()).is_err());
    runtime(&input, true, &ValidationRules { local_registries: vec!["127.0.0.1:4566".into()] }).unwrap();
    for uri in [
        "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b_c@sha256:00",
        "public.ecr.aws/docker/library/python:3.12-slim",
    ] {
        assert!(is_container_uri(uri), "{uri}");
    }
}
