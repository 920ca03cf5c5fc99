//! The constraints of the runtime and endpoint operations.
//!
//! Source: the service model (patterns as it has them, matched against the whole value) and the developer guide for the
//! rules between members. Members that are not named here are kept and returned as they came: clients may know a newer
//! model.

use serde_json::Value;

use super::check::{Check, Text, matches};
use crate::auth::authorizer::Authorizer;
use crate::sandbox::dataplane::headers;
use crate::sandbox::reply::Fault;

pub(super) const NAME: &str = "[a-zA-Z][a-zA-Z0-9_]{0,47}";
pub(super) const RUNTIME_ID: &str = "[a-zA-Z][a-zA-Z0-9_]{0,99}-[a-zA-Z0-9]{10}";
const ROLE: &str = "arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+";
const CONTAINER_URI: &str = r"(([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.REGISTRY_DOMAIN|public\.ecr\.aws)/((?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*)(?::([^:@]{1,300}))?(?:@(.+))?";
const CLIENT_TOKEN: &str = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,256}";
const VERSION: &str = "([1-9][0-9]{0,4})";
const MOUNT: &str = "/mnt/[a-zA-Z0-9._-]+/?";
const TAG: &str = r"[a-zA-Z0-9\s._:/=+@-]*";
const PORTS: (i64, i64) = (8000, 12_000);
/// Taken by the platform.
const RESERVED_PORT: i64 = 8443;

/// How the sandbox differs from the service in what it takes.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// `127.0.0.1:PORT` and `localhost:PORT`, when images may be named by the sandbox's own address.
    pub(super) local_registries: Vec<String>,
}

/// Checks CreateAgentRuntime (`create`) or UpdateAgentRuntime.
pub(super) fn runtime(input: &Value, create: bool, rules: &Rules) -> Result<(), Fault> {
    let mut check = Check::default();
    let get = |name: &str| input.get(name);
    if create {
        check.required("agentRuntimeName", get("agentRuntimeName"), Text::pattern(NAME));
        tags(&mut check, get("tags"));
    }
    check.required("roleArn", get("roleArn"), Text::length(1, 2048).and(ROLE));
    if let Some(artifact) = check.present("agentRuntimeArtifact", get("agentRuntimeArtifact")) {
        self::artifact(&mut check, artifact, rules);
    }
    if let Some(network) = get("networkConfiguration").filter(|value| !value.is_null()) {
        self::network(&mut check, network, create);
    }
    let has_authorizer = authorizer(&mut check, get("authorizerConfiguration"));
    request_headers(&mut check, get("requestHeaderConfiguration"), has_authorizer);
    if let Some(protocol) = get("protocolConfiguration").filter(|value| !value.is_null()) {
        self::protocol(&mut check, protocol);
    }
    lifecycle(&mut check, get("lifecycleConfiguration"));
    check.map(
        "environmentVariables",
        get("environmentVariables"),
        50,
        (Text::length(1, 100), Text::length(0, 5000).sensitive()),
    );
    check.text("description", get("description"), Text::length(1, 4096).sensitive());
    file_systems(&mut check, get("filesystemConfigurations"));
    allowed_ports(&mut check, get("allowedPorts"));
    check.text("platformVersion", get("platformVersion"), Text::length(1, 128).and(r"[^\s]+"));
    client_token(&mut check, get("clientToken"));
    check.finish()
}

fn client_token(check: &mut Check, value: Option<&Value>) {
    check.text("clientToken", value, Text::length(33, 256).and(CLIENT_TOKEN));
}

fn tags(check: &mut Check, value: Option<&Value>) {
    check.map("tags", value, 50, (Text::length(1, 128).and(TAG), Text::length(0, 256).and(TAG)));
}

fn artifact(check: &mut Check, value: &Value, rules: &Rules) {
    const PATH: &str = "agentRuntimeArtifact";
    let members: Vec<&str> =
        value.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()).map(|(name, _)| name.as_str()).collect();
    match members.as_slice() {
        ["containerConfiguration"] => {
            let path = format!("{PATH}.containerConfiguration.containerUri");
            let uri = value.pointer("/containerConfiguration/containerUri");
            let text = check.required(&path, uri, Text::length(1, 1024)).unwrap_or_default();
            let local = rules.local_registries.iter().any(|host| text.starts_with(&format!("{host}/")));
            if !text.is_empty() && !local && !is_container_uri(text) {
                check.problem(
                    &path,
                    format!(
                        "Value '{text}' at '{path}' failed to satisfy constraint: Member must satisfy regular \
                         expression pattern: {}",
                        container_uri_pattern()
                    ),
                );
            }
        }
        ["codeConfiguration"] => code(check, &value["codeConfiguration"]),
        _ => check.problem(
            PATH,
            format!("Value at '{PATH}' failed to satisfy constraint: exactly one of containerConfiguration, codeConfiguration must be set"),
        ),
    }
}

/// The service's pattern, with both domains of the registry.
fn container_uri_pattern() -> String {
    let domain = crate::partition::Partition::of_region("us-east-1").dns_suffix.replace('.', r"\.");
    CONTAINER_URI.replace("REGISTRY_DOMAIN", &format!(r"{domain}(\.cn)?"))
}

fn is_container_uri(text: &str) -> bool {
    matches(&container_uri_pattern(), text)
}

fn code(check: &mut Check, value: &Value) {
    const PATH: &str = "agentRuntimeArtifact.codeConfiguration";
    const RUNTIMES: [&str; 6] = ["PYTHON_3_10", "PYTHON_3_11", "PYTHON_3_12", "PYTHON_3_13", "PYTHON_3_14", "NODE_22"];
    let s3 = format!("{PATH}.code.s3");
    check.required(
        &format!("{s3}.bucket"),
        value.pointer("/code/s3/bucket"),
        Text::pattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
    );
    check.required(&format!("{s3}.prefix"), value.pointer("/code/s3/prefix"), Text::length(1, 1024));
    check.text(&format!("{s3}.versionId"), value.pointer("/code/s3/versionId"), Text::length(3, 1024));
    let runtime = format!("{PATH}.runtime");
    check.present(&runtime, value.get("runtime"));
    check.one_of(&runtime, value.get("runtime"), &RUNTIMES);
    let entry = format!("{PATH}.entryPoint");
    check.present(&entry, value.get("entryPoint"));
    let words = check.list(&entry, value.get("entryPoint"), 1, 2);
    for (path, item) in &words {
        check.text(path, Some(item), Text::length(1, 128));
    }
    let extension = match value.get("runtime").and_then(Value::as_str) {
        Some(runtime) if runtime.starts_with("NODE_") => ".js",
        _ => ".py",
    };
    if let Some((path, script)) = words.last()
        && script.as_str().is_some_and(|script| !script.ends_with(extension))
    {
        check.problem(
            path,
            format!("Value at '{path}' failed to satisfy constraint: Entrypoint must end in {extension}"),
        );
    }
}

fn network(check: &mut Check, value: &Value, create: bool) {
    const PATH: &str = "networkConfiguration";
    let mode = format!("{PATH}.networkMode");
    check.present(&mode, value.get("networkMode"));
    check.one_of(&mode, value.get("networkMode"), &["PUBLIC", "VPC"]);
    let config = value.get("networkModeConfig").filter(|value| !value.is_null());
    let path = format!("{PATH}.networkModeConfig");
    if value.get("networkMode").and_then(Value::as_str) == Some("VPC") {
        check.present(&path, config);
    }
    let Some(config) = config else { return };
    for (member, pattern) in [("securityGroups", "sg-[0-9a-zA-Z]{8,17}"), ("subnets", "subnet-[0-9a-zA-Z]{8,17}")] {
        let path = format!("{path}.{member}");
        check.present(&path, config.get(member));
        for (path, item) in check.list(&path, config.get(member), 1, 16) {
            check.text(&path, Some(item), Text::pattern(pattern));
        }
    }
    if create && config.get("requireServiceS3Endpoint").is_some_and(|value| !value.is_null()) {
        check.problem(&path, "requireServiceS3Endpoint cannot be set when an agent runtime is created");
    }
}

/// Whether callers need a token.
fn authorizer(check: &mut Check, value: Option<&Value>) -> bool {
    const PATH: &str = "authorizerConfiguration";
    let Some(value) = value.filter(|value| !value.is_null()) else { return false };
    let Some(inner) = value.get("customJWTAuthorizer").filter(|value| !value.is_null()) else {
        check.problem(
            PATH,
            format!("Value at '{PATH}' failed to satisfy constraint: exactly one of customJWTAuthorizer must be set"),
        );
        return false;
    };
    if let Err(problems) = Authorizer::from_wire(inner) {
        for problem in problems {
            let path = format!("{PATH}.{}", problem.path);
            check.problem(&path, format!("Value at '{path}' failed to satisfy constraint: {}", problem.message));
        }
    }
    true
}

fn request_headers(check: &mut Check, value: Option<&Value>, has_authorizer: bool) {
    const PATH: &str = "requestHeaderConfiguration";
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    let path = format!("{PATH}.requestHeaderAllowlist");
    let list = check.present(&path, value.get("requestHeaderAllowlist"));
    let mut seen: Vec<String> = Vec::new();
    for (path, item) in check.list(&path, list, 1, 20) {
        let Some(name) = check.text(&path, Some(item), Text::pattern("[A-Za-z][A-Za-z0-9_-]{0,255}")) else { continue };
        let name = name.to_ascii_lowercase();
        if seen.contains(&name) {
            check.problem(&path, format!("Header '{name}' is listed more than once"));
        }
        if !headers::may_be_allowed(&name) {
            check.problem(&path, format!("Header '{name}' is restricted and cannot be passed to the agent"));
        }
        if name == "authorization" && !has_authorizer {
            check.problem(&path, "Header 'authorization' can only be passed on with a customJWTAuthorizer");
        }
        seen.push(name);
    }
}

fn protocol(check: &mut Check, value: &Value) {
    const PATH: &str = "protocolConfiguration";
    let server = format!("{PATH}.serverProtocol");
    check.present(&server, value.get("serverProtocol"));
    check.one_of(&server, value.get("serverProtocol"), &["MCP", "HTTP", "A2A", "AGUI"]);
    port(check, &format!("{PATH}.port"), value.get("port"));
    check.text(&format!("{PATH}.path"), value.get("path"), Text::length(1, 2048).and(r"/[A-Za-z0-9\-._~/%]*"));
}

fn port(check: &mut Check, path: &str, value: Option<&Value>) -> Option<i64> {
    let port = check.integer(path, value, PORTS.0, PORTS.1)?;
    if port == RESERVED_PORT {
        check.problem(path, format!("Port {RESERVED_PORT} is reserved"));
    }
    Some(port)
}

fn lifecycle(check: &mut Check, value: Option<&Value>) {
    const PATH: &str = "lifecycleConfiguration";
    let Some(value) = value.filter(|value| !value.is_null()) else { return };
    let mut get = |name: &str| check.integer(&format!("{PATH}.{name}"), value.get(name), 60, 1_209_600);
    let (idle, life) = (get("idleRuntimeSessionTimeout"), get("maxLifetime"));
    if let (Some(idle), Some(life)) = (idle, life)
        && idle > life
    {
        check.problem(PATH, "idleRuntimeSessionTimeout must be less than or equal to maxLifetime");
    }
}

fn file_systems(check: &mut Check, value: Option<&Value>) {
    for (path, item) in check.list("filesystemConfigurations", value, 0, 5) {
        let Some((kind, inner)) = item.as_object().and_then(|object| object.iter().next()) else {
            check.problem(
                &path,
                format!("Value at '{path}' failed to satisfy constraint: exactly one member must be set"),
            );
            continue;
        };
        let path = format!("{path}.{kind}.mountPath");
        check.required(&path, inner.get("mountPath"), Text::length(6, 200).and(MOUNT));
    }
}

fn allowed_ports(check: &mut Check, value: Option<&Value>) {
    let mut taken: Vec<(i64, i64)> = Vec::new();
    for (path, item) in check.list("allowedPorts", value, 1, 5) {
        let range = if item.get("port").is_some() {
            port(check, &format!("{path}.port"), item.get("port")).map(|port| (port, port))
        } else {
            let from = port(check, &format!("{path}.portRange.from"), item.pointer("/portRange/from"));
            let to = port(check, &format!("{path}.portRange.to"), item.pointer("/portRange/to"));
            if from.is_none() || to.is_none() {
                check.problem(
                    &path,
                    format!("Value at '{path}' failed to satisfy constraint: a port or a range must be set"),
                );
            }
            from.zip(to)
        };
        let Some((from, to)) = range else { continue };
        if from > to || (from..=to).contains(&RESERVED_PORT) && from != to {
            check.problem(
                &path,
                format!("Port range {from}-{to} is empty or contains the reserved port {RESERVED_PORT}"),
            );
        }
        if taken.iter().any(|(low, high)| from <= *high && to >= *low) {
            check.problem(&path, "Port ranges must not overlap");
        }
        taken.push((from, to));
    }
}

/// Checks CreateAgentRuntimeEndpoint (`create`) or UpdateAgentRuntimeEndpoint.
pub(super) fn endpoint(input: &Value, create: bool) -> Result<(), Fault> {
    let mut check = Check::default();
    if create {
        check.required("name", input.get("name"), Text::pattern(NAME));
        tags(&mut check, input.get("tags"));
    }
    check.text("agentRuntimeVersion", input.get("agentRuntimeVersion"), Text::pattern(VERSION));
    check.text("description", input.get("description"), Text::length(1, 256).sensitive());
    client_token(&mut check, input.get("clientToken"));
    check.finish()
}

/// Checks a runtime id from a path.
pub(super) fn runtime_id(id: &str) -> Result<(), Fault> {
    let mut check = Check::default();
    check.text("agentRuntimeId", Some(&Value::String(id.to_owned())), Text::pattern(RUNTIME_ID));
    check.finish()
}

/// Checks a TagResource body.
pub(super) fn tag_body(input: &Value) -> Result<(), Fault> {
    let mut check = Check::default();
    let value = check.present("tags", input.get("tags"));
    tags(&mut check, value);
    check.finish()
}

/// `maxResults` and `nextToken` of a list operation.
pub(super) fn page(limit: Option<&str>, token: Option<&str>) -> Result<(usize, Option<String>), Fault> {
    let mut check = Check::default();
    let number = limit.map(|text| text.parse::<i64>().map_or(Value::String(text.to_owned()), Value::from));
    let limit = check.integer("maxResults", number.as_ref(), 1, 100).unwrap_or(100);
    let token_value = token.map(|token| Value::String(token.to_owned()));
    check.text("nextToken", token_value.as_ref(), Text::length(1, 2048).and(r"\S*"));
    check.finish()?;
    Ok((usize::try_from(limit).unwrap_or(100), token.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
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

    fn rules() -> Rules {
        Rules { local_registries: Vec::new() }
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
    fn a_good_request_passes_with_members_of_the_future() {
        let mut input = good();
        input["somethingNew"] = json!({ "x": [1] });
        runtime(&input, true, &rules()).unwrap();
        input.as_object_mut().unwrap().remove("agentRuntimeName");
        runtime(&input, false, &rules()).unwrap();
    }

    #[test]
    fn every_constraint_has_a_bad_example() {
        let uri = |uri: &str| json!({ "containerConfiguration": { "containerUri": uri } });
        let uri_path = "agentRuntimeArtifact.containerConfiguration.containerUri";
        let jwt = |inner: Value| json!({ "customJWTAuthorizer": inner });
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
            ("allowedPorts", json!([{ "port": 80 }]), "allowedPorts.1.member.port"),
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
        for bad in
            [&["Cookie"][..], &["X-Amz-Date"], &["x-amzn-trace-id"], &["X-A", "x-a"], &["Authorization"], &["a b"]]
        {
            assert_eq!(refused("requestHeaderConfiguration", list(bad)).len(), 1, "{bad:?}");
        }
        with_jwt(list(&["Authorization"])).unwrap();
        let many: Vec<String> = (0..21).map(|n| format!("X-{n}")).collect();
        assert_eq!(refused("requestHeaderConfiguration", json!({ "requestHeaderAllowlist": many })).len(), 1);
    }

    #[test]
    fn all_problems_come_at_once_and_secrets_stay_out() {
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
        runtime(&input, true, &Rules { local_registries: vec!["127.0.0.1:4566".into()] }).unwrap();
        for uri in [
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a/b_c@sha256:00",
            "public.ecr.aws/docker/library/python:3.12-slim",
        ] {
            assert!(is_container_uri(uri), "{uri}");
        }
    }
}
