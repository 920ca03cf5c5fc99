//! Gateways and targets as values, with a number for a clock; and over the wire what needs a caller.

use serde_json::{Map, Value, json};

use super::model::Gateways;
use super::operations::{self, GatewayContext};
use super::validate;
use crate::sandbox::reply::Fault;
use crate::sandbox::tests::TestSandbox;

const DELAY: i64 = 1000;
const URL: &str = "https://idp.example/p/.well-known/openid-configuration";

struct GatewayFixture {
    state: Gateways,
    cx: GatewayContext,
}

impl GatewayFixture {
    fn new() -> Self {
        let cx = GatewayContext {
            now: 1_700_000_000_000,
            arn_prefix: "arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/".into(),
            region: "us-west-2".into(),
            delay: DELAY,
        };
        Self { state: Gateways::default(), cx }
    }

    fn create(&mut self, input: &Value) -> Result<String, Fault> {
        let id = operations::new_id(input["name"].as_str().unwrap())?;
        let made = operations::create(&mut self.state, &self.cx, input, id)?;
        Ok(made["gatewayId"].as_str().unwrap().to_owned())
    }

    fn ready(&mut self) -> String {
        let id = self.create(&gateway()).unwrap();
        self.cx.now += DELAY;
        id
    }

    fn status(&self, id: &str) -> String {
        let found = operations::get(&self.state, id, self.cx.now);
        found.map_or_else(|fault| fault.code.into_owned(), |it| it["status"].as_str().unwrap().to_owned())
    }

    fn create_target(&mut self, id: &str, input: &Value) -> Result<String, Fault> {
        let made = operations::create_target(&mut self.state, &self.cx, id, input)?;
        Ok(made["targetId"].as_str().unwrap().to_owned())
    }
}

fn gateway() -> Value {
    json!({
        "name": "My-Tools", "roleArn": "arn:aws:iam::123456789012:role/r", "authorizerType": "CUSTOM_JWT",
        "authorizerConfiguration": { "customJWTAuthorizer": { "discoveryUrl": URL, "allowedClients": ["c"] } },
        "protocolType": "MCP", "novel": [1], "tags": { "a": "b" },
    })
}

fn server() -> Value {
    json!({ "name": "docs", "targetConfiguration": { "mcp": { "mcpServer": { "endpoint": "https://mcp.example" } } } })
}

fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> (u16, String) {
    let fault = result.unwrap_err();
    (fault.status.as_u16(), fault.code.into_owned())
}

fn conflict() -> (u16, String) {
    (409, "ConflictException".into())
}

#[test]
fn changes_take_their_time_and_targets_hold() {
    let mut it = GatewayFixture::new();
    let id = it.create(&gateway()).unwrap();
    assert!(id.starts_with("my-tools-") && id.len() == "my-tools-".len() + 10, "{id}");
    assert_eq!(it.status(&id), "CREATING");
    assert_eq!(code(it.create(&gateway())), conflict());
    assert_eq!(code(it.create_target(&id, &server())), conflict());
    it.cx.now += DELAY;
    assert_eq!(it.status(&id), "READY");
    let target = it.create_target(&id, &server()).unwrap();
    assert_eq!(code(it.create_target(&id, &server())), conflict());
    assert_eq!(code(operations::delete(&mut it.state, &it.cx, &id)), conflict());
    operations::delete_target(&mut it.state, &it.cx, (&id, &target)).unwrap();
    assert_eq!(code(operations::delete(&mut it.state, &it.cx, &id)), conflict(), "it is still being deleted");
    it.cx.now += DELAY;
    let gone = operations::get_target(&it.state, (&id, &target), it.cx.now);
    assert_eq!(code(gone), (404, "ResourceNotFoundException".into()));
    operations::delete(&mut it.state, &it.cx, &id).unwrap();
    assert_eq!(it.status(&id), "DELETING");
    it.cx.now += DELAY;
    assert_eq!(it.status(&id), "ResourceNotFoundException");
    it.create(&gateway()).unwrap();
}

#[test]
fn update_replaces_everything_but_the_name() {
    let mut it = GatewayFixture::new();
    let id = it.ready();
    let before = operations::get(&it.state, &id, it.cx.now).unwrap();
    assert_eq!((&before["novel"], &before["tags"]), (&json!([1]), &Value::Null), "{before}");
    let mut wanted = gateway();
    wanted.as_object_mut().unwrap().remove("novel");
    wanted["name"] = json!("other");
    assert_eq!(code(operations::update(&mut it.state, &it.cx, &id, &wanted)).0, 400);
    wanted["name"] = json!("My-Tools");
    wanted["protocolConfiguration"] = json!({ "mcp": { "searchType": "SEMANTIC" } });
    assert_eq!(code(operations::update(&mut it.state, &it.cx, &id, &wanted)).0, 400, "only at creation");
    wanted["protocolConfiguration"] = json!({ "mcp": { "instructions": "hello" } });
    let after = operations::update(&mut it.state, &it.cx, &id, &wanted).unwrap();
    assert_eq!((&after["status"], &after["novel"]), (&json!("UPDATING"), &Value::Null));
    assert_eq!(after["protocolConfiguration"]["mcp"]["instructions"], "hello");
    assert_eq!(code(operations::update(&mut it.state, &it.cx, &id, &wanted)), conflict());
    it.cx.now += DELAY;
    let tags = operations::tags(&it.state, after["gatewayArn"].as_str().unwrap(), it.cx.now).unwrap();
    assert_eq!(tags["tags"], json!({ "a": "b" }), "an update leaves the tags");
}

#[test]
fn repeated_tokens_repeat_the_answer() {
    let mut it = GatewayFixture::new();
    let mut input = gateway();
    input["clientToken"] = json!("t".repeat(36));
    let id = it.create(&input).unwrap();
    let again = operations::repeated_create(&it.state, &input, it.cx.now).unwrap().unwrap();
    assert_eq!(again["gatewayId"], json!(id));
    input["description"] = json!("other");
    assert_eq!(code(operations::repeated_create(&it.state, &input, it.cx.now)).0, 400);
    it.cx.now += DELAY;
    let mut target = server();
    target["clientToken"] = json!("u".repeat(36));
    let first = it.create_target(&id, &target).unwrap();
    assert_eq!(it.create_target(&id, &target).unwrap(), first);
}

#[test]
fn only_servers_that_list_tools_are_synchronized() {
    let mut it = GatewayFixture::new();
    let id = it.ready();
    let mut fixed = server();
    fixed["name"] = json!("fixed");
    fixed["targetConfiguration"]["mcp"]["mcpServer"]["mcpToolSchema"] = json!({ "inlinePayload": "{}" });
    let (live, fixed) = (it.create_target(&id, &server()).unwrap(), it.create_target(&id, &fixed).unwrap());
    it.cx.now += DELAY;
    let ask = |target: &str| json!({ "targetIdList": [target] });
    let done = operations::synchronize(&mut it.state, &it.cx, &id, &ask(&live)).unwrap();
    assert_eq!(done["targets"][0]["status"], "SYNCHRONIZING");
    assert_eq!(code(operations::synchronize(&mut it.state, &it.cx, &id, &ask(&fixed))).0, 400);
    let listed = operations::list_targets(&it.state, &id, it.cx.now, (10, None));
    let kinds: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|item| &item["targetType"]).collect();
    assert_eq!(kinds, [&json!("MCP_SERVER"), &json!("MCP_SERVER")]);
    for bad in [json!({}), json!({ "targetIdList": [] }), json!({ "targetIdList": ["x"] })] {
        assert_eq!(code(validate::synchronization(&bad)).0, 400, "{bad}");
    }
}

#[test]
fn consent_is_waited_for() {
    let mut it = GatewayFixture::new();
    let id = it.ready();
    let mut input = server();
    input["credentialProviderConfigurations"] = json!([{ "credentialProviderType": "OAUTH", "credentialProvider": {
        "oauthCredentialProvider": { "providerArn": "arn:aws:acps:r:123456789012:x", "scopes": [],
                                     "grantType": "AUTHORIZATION_CODE" } } }]);
    let target = it.create_target(&id, &input).unwrap();
    it.cx.now += DELAY;
    let found = operations::get_target(&it.state, (&id, &target), it.cx.now).unwrap();
    assert_eq!(found["status"], "CREATE_PENDING_AUTH");
}

fn fields(fault: &Fault) -> Vec<String> {
    let list = fault.fields["fieldList"].as_array().unwrap();
    list.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_rule_of_gateways_has_a_bad_example() {
    validate::gateway(&gateway(), true).unwrap();
    let interceptor = |point: &str| {
        json!([{ "interceptionPoints": [point], "interceptor": { "lambda": {
            "arn": "arn:aws:lambda:us-west-2:123456789012:function:f" } } }])
    };
    let mut good = gateway();
    good["interceptorConfigurations"] = interceptor("REQUEST");
    good["kmsKeyArn"] = json!(format!("arn:aws:kms:us-west-2:123456789012:key/{}", "0".repeat(36)));
    validate::gateway(&good, true).unwrap();
    for (member, value, expected) in [
        ("name", json!("my_tools"), "name"),
        ("name", json!("a".repeat(49)), "name"),
        ("name", Value::Null, "name"),
        ("roleArn", json!("r"), "roleArn"),
        ("authorizerType", json!("JWT"), "authorizerType"),
        ("authorizerType", Value::Null, "authorizerType"),
        ("authorizerConfiguration", Value::Null, "authorizerConfiguration"),
        (
            "authorizerConfiguration",
            json!({ "customJWTAuthorizer": { "discoveryUrl": URL } }),
            "authorizerConfiguration.customJWTAuthorizer",
        ),
        ("protocolType", json!("HTTP"), "protocolType"),
        ("description", json!(""), "description"),
        ("exceptionLevel", json!("INFO"), "exceptionLevel"),
        (
            "protocolConfiguration",
            json!({ "mcp": { "sessionConfiguration": { "sessionTimeoutInSeconds": 899 } } }),
            "protocolConfiguration.mcp.sessionConfiguration.sessionTimeoutInSeconds",
        ),
        (
            "protocolConfiguration",
            json!({ "mcp": { "searchType": "KEYWORD" } }),
            "protocolConfiguration.mcp.searchType",
        ),
        ("policyEngineConfiguration", json!({ "arn": "x", "mode": "ENFORCE" }), "policyEngineConfiguration.arn"),
        (
            "interceptorConfigurations",
            interceptor("BOTH"),
            "interceptorConfigurations.1.member.interceptionPoints.1.member",
        ),
        ("domainOverride", json!({ "defaultDomain": "-" }), "domainOverride.defaultDomain"),
        ("clientToken", json!("short"), "clientToken"),
        ("tags", json!({ "a": "b!" }), "tags.a"),
    ] {
        let mut input = gateway();
        input[member] = value;
        let found = fields(&validate::gateway(&input, true).unwrap_err());
        assert!(found.len() == 1 && found[0].starts_with(expected), "{member}: {found:?}");
    }
    let mut open = gateway();
    (open["authorizerType"], open["authorizerConfiguration"]) = (json!("AWS_IAM"), Value::Null);
    validate::gateway(&open, true).unwrap();
}

#[test]
fn each_rule_of_targets_has_a_bad_example() {
    let settings = |protocol: &str| -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("protocolType".into(), json!(protocol));
        map
    };
    let lambda = |tools: Value| {
        json!({ "mcp": { "lambda": { "lambdaArn": "arn:aws:lambda:us-west-2:123456789012:function:f",
                                     "toolSchema": { "inlinePayload": tools } } } })
    };
    let tool = |schema: Value| json!([{ "name": "t", "description": "d", "inputSchema": schema }]);
    let role = json!([{ "credentialProviderType": "GATEWAY_IAM_ROLE" }]);
    let target = |configuration: Value, credentials: Value| json!({ "name": "t", "targetConfiguration": configuration, "credentialProviderConfigurations": credentials });
    let nested = json!({ "type": "object", "properties": { "a": { "type": "array", "items": { "type": "string" } } } });
    let mcp = settings("MCP");
    validate::target(&target(lambda(tool(nested)), role.clone()), &mcp).unwrap();
    let api = |inner: Value| json!({ "mcp": { "openApiSchema": inner } });
    validate::target(&target(api(json!({ "inlinePayload": "{}" })), Value::Null), &mcp).unwrap();
    let runtime = json!({ "http": { "agentcoreRuntime": {
        "arn": "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789" } } });
    validate::target(&target(runtime.clone(), role.clone()), &Map::new()).unwrap();
    let bad_items =
        json!({ "type": "object", "properties": { "a": { "type": "array", "items": { "type": "text" } } } });
    const TOOL: &str = "targetConfiguration.mcp.lambda.toolSchema.inlinePayload.1.member";
    for (configuration, credentials, expected) in [
        (json!({}), Value::Null, "targetConfiguration"),
        (lambda(tool(json!({}))), role.clone(), &*format!("{TOOL}.inputSchema.type")),
        (lambda(tool(bad_items)), role.clone(), &*format!("{TOOL}.inputSchema.properties.a.items.type")),
        (lambda(json!([{ "name": "t" }])), role.clone(), &*format!("{TOOL}.description")),
        (lambda(tool(json!({ "type": "object" }))), Value::Null, "credentialProviderConfigurations"),
        (api(json!({ "s3": { "uri": "https://x" } })), Value::Null, "targetConfiguration.mcp.openApiSchema.s3.uri"),
        (
            json!({ "mcp": { "mcpServer": { "endpoint": "http://x" } } }),
            Value::Null,
            "targetConfiguration.mcp.mcpServer.endpoint",
        ),
        (
            json!({ "mcp": { "mcpServer": { "endpoint": "https://x" } } }),
            role.clone(),
            "credentialProviderConfigurations.1.member.credentialProvider",
        ),
        (
            api(json!({ "inlinePayload": "{}" })),
            json!([{ "credentialProviderType": "API_KEY" }]),
            "credentialProviderConfigurations.1.member.credentialProvider",
        ),
        (json!({ "mcp": { "smithyModel": { "inlinePayload": "{}" } } }), Value::Null, "credentialProvider"),
        (runtime, role, "targetConfiguration"),
    ] {
        let found = fields(&validate::target(&target(configuration, credentials), &mcp).unwrap_err());
        assert!(!found.is_empty() && found[0].starts_with(expected), "{expected}: {found:?}");
    }
}

#[tokio::test]
async fn gateways_answer_with_and_without_final_slash() {
    let served = TestSandbox::start().await;
    for path in ["/gateways", "/gateways/"] {
        let answer = served.send("bedrock-agentcore", ("GET", path), &[], "").await;
        assert_eq!(answer.status(), 200, "{path}");
    }
    let body = gateway().to_string();
    let answer = served.send("bedrock-agentcore", ("POST", "/gateways/"), &[], body).await;
    let text = answer.text().await.unwrap();
    assert!(text.contains("Role validation failed"), "{text}");
    let rules = served.send("bedrock-agentcore", ("GET", "/gateways/a-0123456789/rules"), &[], "").await;
    assert_eq!(rules.status(), 501);
}
