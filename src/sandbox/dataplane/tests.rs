//! Agents deployed over the wire and called: a real process behind each, written with nothing but Python's own library.

use serde_json::{Value, json};

use crate::sandbox::tests::TestSandbox;

const AGENT: &str = include_str!("tests/agent.py");
const SESSION: (&str, &str) =
    ("x-amzn-bedrock-agentcore-runtime-session-id", "a-session-of-at-least-thirty-three-characters");

/// A sandbox with a user pool, a role and the agent's image.
struct DataFixture {
    served: TestSandbox,
    role: String,
    image: String,
    discovery: String,
    client: String,
    user_tokens: Value,
}

impl DataFixture {
    async fn new() -> Self {
        let served = TestSandbox::start().await;
        let (account, region) = (served.info.account.clone(), served.info.region.clone());
        let mut world = Self {
            served,
            role: format!("arn:aws:iam::{account}:role/agent"),
            image: format!("{account}.dkr.ecr.{region}.amazonaws.com/agent:1"),
            discovery: String::new(),
            client: String::new(),
            user_tokens: Value::Null,
        };
        world.role().await;
        world.push().await;
        world.pool().await;
        world
    }

    async fn role(&self) {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "bedrock-agentcore.amazonaws.com" },
        }] });
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Resource": "*",
            "Action": ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }] });
        for form in [
            vec![("Action", "CreateRole".to_owned()), ("AssumeRolePolicyDocument", trust.to_string())],
            vec![
                ("Action", "PutRolePolicy".to_owned()),
                ("PolicyName", "pull".to_owned()),
                ("PolicyDocument", policy.to_string()),
            ],
        ] {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            body.append_pair("Version", "2010-05-08").append_pair("RoleName", "agent").extend_pairs(form);
            let kind = [("content-type", "application/x-www-form-urlencoded")];
            let answer = self.served.send("iam", ("POST", "/"), &kind, body.finish()).await;
            assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        }
    }

    async fn json11(&self, service: &str, target: &str, input: &Value) -> Value {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
        let answer = self.served.send(service, ("POST", "/"), &headers, input.to_string()).await;
        let status = answer.status();
        let body = answer.text().await.unwrap();
        assert_eq!(status, 200, "{target}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn push(&self) {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(AGENT.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, "app/agent.py", AGENT.as_bytes()).unwrap();
        let layer = tar.into_inner().unwrap();
        let platform = crate::sandbox::host_platform().split_once('/').unwrap();
        let config = json!({ "os": platform.0, "architecture": platform.1, "config": {
            "WorkingDir": "/app", "Cmd": ["python", "-m", "agent"], "User": "1000:1000",
        } });
        let ecr = |operation: &str| format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
        self.json11("ecr", &ecr("CreateRepository"), &json!({ "repositoryName": "agent" })).await;
        let login = self.json11("ecr", &ecr("GetAuthorizationToken"), &json!({})).await;
        let basic = format!("Basic {}", login["authorizationData"][0]["authorizationToken"].as_str().unwrap());
        let base = format!("{}/v2/agent", self.served.info.url);
        let client = client();
        let mut described = Vec::new();
        for (data, kind) in [(config.to_string().into_bytes(), "config.v1+json"), (layer, "layer.v1.tar")] {
            let digest = format!("sha256:{}", crate::sandbox::sigv4::sha256(&data));
            let size = data.len();
            let start = client.post(format!("{base}/blobs/uploads/")).header("authorization", &basic).send();
            let place = start.await.unwrap().headers()["location"].to_str().unwrap().to_owned();
            let place = if place.starts_with('/') { format!("{}{place}", self.served.info.url) } else { place };
            let mark = if place.contains('?') { '&' } else { '?' };
            let put = client.put(format!("{place}{mark}digest={digest}")).header("authorization", &basic).body(data);
            assert_eq!(put.send().await.unwrap().status(), 201);
            let kind = format!("application/vnd.oci.image.{kind}");
            described.push(json!({ "mediaType": kind, "digest": digest, "size": size }));
        }
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest =
            json!({ "schemaVersion": 2, "mediaType": kind, "config": described[0], "layers": [described[1]] });
        let put =
            client.put(format!("{base}/manifests/1")).header("authorization", &basic).header("content-type", kind);
        assert_eq!(put.body(manifest.to_string()).send().await.unwrap().status(), 201);
    }

    async fn pool(&mut self) {
        let call = |operation: &str| format!("AWSCognitoIdentityProviderService.{operation}");
        let made = self.json11("cognito-idp", &call("CreateUserPool"), &json!({ "PoolName": "p" })).await;
        let pool = made["UserPool"]["Id"].as_str().unwrap();
        let client = json!({
            "UserPoolId": pool, "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        });
        let client = self.json11("cognito-idp", &call("CreateUserPoolClient"), &client).await;
        self.client = client["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
        let user = json!({ "UserPoolId": pool, "Username": "u", "Password": "Aa1!Aa1!", "Permanent": true });
        self.json11("cognito-idp", &call("AdminCreateUser"), &user).await;
        self.json11("cognito-idp", &call("AdminSetUserPassword"), &user).await;
        // As a person without AWS credentials does it.
        let sign_in = json!({
            "ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "u", "PASSWORD": "Aa1!Aa1!" },
        });
        let answer = client_post(&format!("{}/", self.served.info.url))
            .header("x-amz-target", call("InitiateAuth"))
            .body(sign_in.to_string());
        let answer: Value = serde_json::from_str(&answer.send().await.unwrap().text().await.unwrap()).unwrap();
        self.user_tokens = answer["AuthenticationResult"].clone();
        self.discovery = format!("{}/{pool}/.well-known/openid-configuration", self.served.info.url);
    }

    fn access_token(&self) -> &str {
        self.user_tokens["AccessToken"].as_str().unwrap()
    }

    #[expect(clippy::needless_pass_by_value, reason = "given as a literal")]
    fn authorizer(&self, groups: Value) -> Value {
        let mut inner = json!({ "discoveryUrl": self.discovery });
        inner.as_object_mut().unwrap().extend(groups.as_object().unwrap().clone());
        json!({ "customJWTAuthorizer": inner })
    }

    /// Deploys the agent; the answer of CreateAgentRuntime.
    async fn create(&self, name: &str, extra: Value) -> (u16, Value) {
        let mut input = json!({
            "agentRuntimeName": name,
            "roleArn": self.role,
            "agentRuntimeArtifact": { "containerConfiguration": { "containerUri": self.image } },
        });
        input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let answer = self.served.send("bedrock-agentcore", ("PUT", "/runtimes/"), &[], input.to_string()).await;
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    async fn agent(&self, name: &str, extra: Value) -> DeployedAgent<'_> {
        let (status, body) = self.create(name, extra).await;
        assert_eq!(status, 202, "{body}");
        DeployedAgent { world: self, arn: body["agentRuntimeArn"].as_str().unwrap().to_owned() }
    }

    async fn agent_behind_clients(&self, name: &str) -> DeployedAgent<'_> {
        self.agent(
            name,
            json!({
                "authorizerConfiguration": self.authorizer(json!({ "allowedClients": [self.client] })),
                "requestHeaderConfiguration": { "requestHeaderAllowlist": ["X-Tenant"] },
            }),
        )
        .await
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn client_post(url: &str) -> reqwest::RequestBuilder {
    client().post(url)
}

struct DeployedAgent<'a> {
    world: &'a DataFixture,
    arn: String,
}

impl DeployedAgent<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/runtimes/{}/{rest}", self.arn.replace(':', "%3A").replace('/', "%2F").replace(' ', "%20"))
    }

    fn with(&self, token: Option<&str>, rest: &str) -> reqwest::RequestBuilder {
        let request = client_post(&format!("{}{}", self.world.served.info.url, self.path(rest)));
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Calls it in the session of all these tests.
    async fn call(&self, token: Option<&str>, payload: &str) -> EchoedRequest {
        let request = self.with(token, "invocations").header(SESSION.0, SESSION.1).header("x-tenant", "t1");
        EchoedRequest::from_response(request.header("x-other", "o").body(payload.to_owned()).send().await.unwrap())
            .await
    }

    async fn signed(&self, headers: &[(&str, &str)], payload: &str) -> EchoedRequest {
        let path = self.path("invocations");
        EchoedRequest::from_response(
            self.world.served.send("bedrock-agentcore", ("POST", &path), headers, payload.to_owned()).await,
        )
        .await
    }
}

struct EchoedRequest {
    status: u16,
    headers: http::HeaderMap,
    body: String,
}

impl EchoedRequest {
    async fn from_response(answer: reqwest::Response) -> Self {
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Self { status, headers, body: answer.text().await.unwrap() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorizer_accepts_tokens_only() {
    let world = DataFixture::new().await;
    let agent = world.agent_behind_clients("jwt").await;

    let nobody = agent.call(None, "{}").await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.body, r#"{"jsonrpc":"2.0","error":{"code":-32001,"message":"Missing Authentication Token"}}"#);
    let challenge = nobody.header("www-authenticate");
    let page = challenge.split('"').nth(1).unwrap();
    assert!(challenge.starts_with("Bearer resource_metadata=\"http"), "{challenge}");
    let metadata = EchoedRequest::from_response(client().get(page).send().await.unwrap()).await.json();
    assert_eq!(
        format!("{}/.well-known/openid-configuration", metadata["authorization_servers"][0].as_str().unwrap()),
        world.discovery
    );

    let garbage = agent.call(Some("garbage"), "{}").await;
    assert_eq!(
        (garbage.status, garbage.body.as_str()),
        (403, r#"{"message":"OAuth authorization failed: Failed to parse token"}"#)
    );
    let id_token = agent.call(world.user_tokens["IdToken"].as_str(), "{}").await;
    assert_eq!(id_token.status, 401);
    assert!(id_token.body.contains("Claim 'client_id' value mismatch with configuration."), "{}", id_token.body);
    let (head, _) = world.access_token().rsplit_once('.').unwrap();
    let forged = agent.call(Some(&format!("{head}.{}", "A".repeat(342))), "{}").await;
    assert_eq!(forged.status, 401);
    let signed = agent.signed(&[], "{}").await;
    assert_eq!((signed.status, signed.header("x-amzn-errortype")), (403, "AccessDeniedException"));
    assert!(signed.body.contains("Authorization method mismatch"), "{}", signed.body);

    let welcome = agent.call(Some(world.access_token()), "{\"text\": \"\u{d55c}\u{ad6d}\"}").await;
    assert_eq!(welcome.status, 200, "{}", welcome.body);
    let seen = welcome.json();
    assert_eq!(seen["payload"], "{\"text\": \"\u{d55c}\u{ad6d}\"}");
    assert_eq!(seen["headers"]["x-tenant"], "t1");
    assert_eq!(seen["headers"]["x-amzn-bedrock-agentcore-runtime-session-id"], SESSION.1);
    assert_eq!(seen["headers"]["x-amzn-bedrock-agentcore-runtime-request-id"], welcome.header("x-amzn-requestid"));
    assert!(seen["headers"]["workloadaccesstoken"].is_string());
    for absent in ["authorization", "x-other"] {
        assert!(seen["headers"].get(absent).is_none(), "{absent}");
    }
    assert_eq!(seen["env"]["DOCKER_CONTAINER"], "1");
    assert_eq!(seen["env"]["OTEL_RESOURCE_ATTRIBUTES"], format!("cloud.resource_id={}", agent.arn));
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_token_fails_in_ag_ui_form() {
    let world = DataFixture::new().await;
    let agent = world
        .agent(
            "run",
            json!({
                "authorizerConfiguration": world.authorizer(json!({ "allowedClients": [world.client] })),
                "protocolConfiguration": { "serverProtocol": "AGUI" },
            }),
        )
        .await;
    let nobody = agent.call(None, "{}").await;
    let event: Value = serde_json::from_str(nobody.body.strip_prefix("data: ").unwrap()).unwrap();
    let expected = json!({ "type": "RUN_ERROR", "code": "UNAUTHORIZED", "message": "Missing Authentication Token" });
    assert_eq!((nobody.status, nobody.header("content-type"), event), (401, "text/event-stream", expected));
    assert!(nobody.header("www-authenticate").starts_with("Bearer resource_metadata="));
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_outage_keeps_everybody_out() {
    let world = DataFixture::new().await;
    let authorizer = json!({ "customJWTAuthorizer": {
        "discoveryUrl": format!("{}/us-west-2_none/.well-known/openid-configuration", world.served.info.url),
        "allowedClients": [world.client],
    } });
    let agent = world.agent("closed", json!({ "authorizerConfiguration": authorizer })).await;
    let refused = agent.call(Some(world.access_token()), "{}").await;
    assert_eq!(refused.status, 401);
    assert!(refused.body.contains("token"), "{}", refused.body);
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_provider_delays_no_other_agents_callers() {
    let world = DataFixture::new().await;
    let hanging = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let discovery = format!("http://{}/.well-known/openid-configuration", hanging.local_addr().unwrap());
    let authorizer = json!({ "customJWTAuthorizer": { "discoveryUrl": discovery, "allowedClients": ["c"] } });
    let stuck = world.agent("stuck", json!({ "authorizerConfiguration": authorizer })).await;
    let free = world.agent_behind_clients("free").await;
    let token = world.access_token();
    let waiting = tokio::spawn(stuck.with(Some(token), "invocations").send());
    let _asked = hanging.accept().await.unwrap();
    assert_eq!(free.call(Some(token), "{}").await.status, 200);
    assert!(!waiting.is_finished());
    waiting.abort();
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_bearer_tokens_are_refused() {
    let world = DataFixture::new().await;
    let agent = world.agent_behind_clients("one").await;
    for (first, second) in [(world.access_token(), "evil"), ("evil", world.access_token())] {
        let both = agent.with(None, "invocations").bearer_auth(first).bearer_auth(second);
        assert_eq!(EchoedRequest::from_response(both.send().await.unwrap()).await.status, 403);
    }
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_payload_is_the_callers_mistake() {
    let world = DataFixture::new().await;
    let (jwt, plain) = (world.agent_behind_clients("jwt").await, world.agent("plain", json!({})).await);
    let piece = bytes::Bytes::from(vec![b'x'; 1 << 20]);
    // Without a length, so that the limit is found out on the way.
    let body = || {
        let pieces = std::iter::repeat_n(piece.clone(), 96).map(Ok::<_, std::io::Error>);
        reqwest::Body::wrap_stream(futures_util::stream::iter(pieces))
    };
    let signed = plain.signed(&[], &"x".repeat(100_000_001)).await;
    let chunked = jwt.with(Some(world.access_token()), "invocations").body(body()).send().await;
    let refused =
        EchoedRequest::from_response(jwt.with(Some("garbage"), "invocations").body(body()).send().await.unwrap()).await;
    assert_eq!(refused.status, 403, "a refusal is heard although the payload was not read");
    for seen in [signed, EchoedRequest::from_response(chunked.unwrap()).await] {
        assert_eq!((seen.status, seen.header("x-amzn-errortype")), (400, "ValidationException"), "{}", seen.body);
    }
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_without_authorizer_accepts_only_signatures() {
    let world = DataFixture::new().await;
    let agent = world.agent("plain", json!({ "environmentVariables": { "FLAVOUR": "mint" } })).await;
    let bearer = agent.call(Some(world.access_token()), "{}").await;
    assert_eq!(bearer.status, 403);
    assert!(bearer.body.contains("Authorization method mismatch"), "{}", bearer.body);
    let nobody = agent.call(None, "{}").await;
    assert_eq!(nobody.status, 403);
    assert!(nobody.body.contains("Missing Authentication Token"));
    assert!(!nobody.headers.contains_key("www-authenticate"));

    let first = agent.signed(&[SESSION], "1").await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.json()["env"]["FLAVOUR"], "mint");
    assert!(first.json()["headers"].get("workloadaccesstoken").is_none());
    let named = agent.signed(&[SESSION, ("x-amzn-bedrock-agentcore-runtime-user-id", "u")], "2").await.json();
    assert!(named["headers"]["workloadaccesstoken"].is_string());
    assert_eq!(named["calls"], 2, "the same session has the same agent");
    let other = agent.signed(&[], "3").await;
    assert_eq!(other.json()["calls"], 1, "a call without a session gets one of its own");
    assert_eq!(other.header(SESSION.0).len(), 36);

    let short = agent.signed(&[(SESSION.0, "too-short")], "").await;
    assert_eq!((short.status, short.header("x-amzn-errortype")), (400, "ValidationException"));
    let stop = agent.path("stopruntimesession");
    let stop = || world.served.send("bedrock-agentcore", ("POST", &stop), &[SESSION], "{}");
    assert_eq!(stop().await.status(), 200);
    assert_eq!(stop().await.status(), 404);
    assert_eq!(agent.signed(&[SESSION], "4").await.json()["calls"], 1, "a stopped session starts afresh");
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_streamed_and_agent_failures_hidden() {
    let world = DataFixture::new().await;
    let agent = world.agent_behind_clients("flow").await;
    let token = Some(world.access_token());
    let stream = agent.with(token, "invocations").header(SESSION.0, SESSION.1).body("stream").send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut stream = stream;
    // The agent sends the second event only after this answer, so a buffering gate would wait here forever.
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "data: 1\n\n");
    assert_eq!(agent.call(token, "release").await.status, 200);
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "data: 2\n\n");
    assert_eq!(stream.chunk().await.unwrap(), None);

    let failed = agent.call(token, "fail").await;
    assert_eq!((failed.status, failed.header("x-amzn-errortype")), (424, "RuntimeClientError"));
    assert_eq!(
        failed.body,
        r#"{"message":"Received error (503) from runtime. Please check your CloudWatch logs for more information."}"#
    );
    assert!(!failed.headers.contains_key("x-secret"));
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agent_that_fails_to_start_logs_the_reason() {
    let world = DataFixture::new().await;
    let agent = world.agent("broken", json!({ "environmentVariables": { "CRASH": "no model configured" } })).await;
    let failed = agent.signed(&[], "{}").await;
    assert_eq!(failed.status, 424);
    assert!(failed.body.contains("An error occurred when starting the runtime."), "{}", failed.body);
    let id = agent.arn.rsplit('/').next().unwrap();
    let group = json!({ "logGroupName": format!("/aws/bedrock-agentcore/runtimes/{id}-DEFAULT") });
    let lines = world.json11("logs", "Logs_20140328.FilterLogEvents", &group).await.to_string();
    assert!(lines.contains("no model configured") && lines.contains("exit status 7"), "{lines}");
    world.served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_not_found() {
    let world = DataFixture::new().await;
    let agent = world.agent("here", json!({})).await;
    let id = agent.arn.rsplit('/').next().unwrap();
    let there = |arn: String| DeployedAgent { world: &world, arn };
    for arn in [agent.arn.replace("us-west-2", "eu-west-1"), format!("{} ", agent.arn), format!("{}x", agent.arn)] {
        let missing = there(arn.clone()).signed(&[], "{}").await;
        assert_eq!((missing.status, missing.header("x-amzn-errortype")), (404, "ResourceNotFoundException"), "{arn}");
        assert!(missing.body.contains("No endpoint or agent found with qualifier 'DEFAULT'"), "{}", missing.body);
    }
    assert_eq!(there(id.to_owned()).signed(&[], "{}").await.status, 400, "an id needs its account");
    let raw = format!("{}/runtimes/{}/invocations", world.served.info.url, agent.arn);
    assert_eq!(client_post(&raw).send().await.unwrap().status(), 404, "an ARN must be encoded");

    let (status, taken) = world.create("here", json!({})).await;
    assert_eq!((status, taken["message"].as_str().unwrap().contains("already exists")), (409, true));
    let artifact =
        |uri: String| json!({ "agentRuntimeArtifact": { "containerConfiguration": { "containerUri": uri } } });
    let (status, missing) = world.create("other", artifact(world.image.replace(":1", ":2"))).await;
    assert_eq!(
        (status, missing["message"].as_str().unwrap().contains("does not exist in the repository")),
        (400, true)
    );
    let role = json!({ "roleArn": world.role.replace("agent", "nobody") });
    let (status, untrusted) = world.create("other", role).await;
    assert_eq!((status, untrusted["message"].as_str().unwrap().starts_with("Role validation failed for")), (400, true));
    world.served.stop().await;
}
