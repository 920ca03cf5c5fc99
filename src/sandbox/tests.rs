//! A sandbox served in the test's own process, tested through its clients.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;

use super::*;
use crate::env::Env;

/// A sandbox on a free port in a fresh directory; ends with the value.
pub(super) struct TestSandbox {
    pub(super) info: SandboxInfo,
    pub(super) dir: tempfile::TempDir,
    task: tokio::task::JoinHandle<Result<()>>,
}

impl TestSandbox {
    pub(super) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    pub(super) async fn start_in(dir: tempfile::TempDir) -> Self {
        Self::start_with(dir, |_| {}).await
    }

    pub(super) async fn start_with(dir: tempfile::TempDir, change: impl FnOnce(&mut ServerOptions)) -> Self {
        let mut options = ServerOptions::new(dir.path().join("sandbox"));
        options.runner = RunnerChoice::Process;
        options.ready_delay = Duration::ZERO;
        options.endpoint_delay = Duration::ZERO;
        change(&mut options);
        // Agents run with this machine's interpreters.
        let path = Env::capture().var("PATH").unwrap_or_default().to_owned();
        let env = Env::fake(dir.path(), &[("PATH", &path)]);
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let task =
            tokio::spawn(async move { serve(options, &env, Events::silent(), sender, std::future::pending()).await });
        match receiver.await {
            Ok(info) => Self { info, dir, task },
            Err(_) => panic!("the sandbox did not start: {:?}", task.await),
        }
    }

    /// A sandbox that listens nowhere, for tests of a service's own functions.
    pub(super) fn bare() -> (SharedSandbox, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let options = ServerOptions::new(dir.path().join("sandbox"));
        let identity = identity::SandboxIdentity::load_or_create(&options).unwrap();
        let info = server::describe(&options, identity, 4566, None).unwrap();
        let env = Env::fake(dir.path(), &[]);
        (Arc::new(server::open(options, info, None, env, Events::silent()).unwrap()), dir)
    }

    /// A role that a service may assume, with one statement, made over the wire; its ARN.
    pub(super) async fn role(&self, name: &str, service: &str, statement: serde_json::Value) -> String {
        let document = |statement| serde_json::json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let principal = serde_json::json!({ "Service": format!("{service}.amazonaws.com") });
        let trust =
            document(serde_json::json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }));
        let policy = document(statement);
        for form in [
            vec![("Action", "CreateRole"), ("AssumeRolePolicyDocument", &*trust)],
            vec![("Action", "PutRolePolicy"), ("PolicyName", "inline"), ("PolicyDocument", &*policy)],
        ] {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            body.append_pair("Version", "2010-05-08").append_pair("RoleName", name).extend_pairs(form);
            let kind = [("content-type", "application/x-www-form-urlencoded")];
            assert_eq!(self.send("iam", ("POST", "/"), &kind, body.finish()).await.status(), 200);
        }
        format!("arn:aws:iam::{}:role/{name}", self.info.account)
    }

    /// Sends a request with a signature of the sandbox's own key.
    pub(super) async fn send(
        &self,
        service: &str,
        target: (&str, &str),
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> reqwest::Response {
        let secret = self.info.secret_access_key.expose_secret();
        let keys = Credentials::new(&self.info.access_key_id, secret, None, None, "sandbox");
        self.send_as(&keys, (service, target), headers, body.into()).await
    }

    /// The same with these credentials.
    pub(super) async fn send_as(
        &self,
        keys: &Credentials,
        (service, (method, path)): (&str, (&str, &str)),
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> reqwest::Response {
        let signed = self.sign(keys, (service, (method, path)), headers, &body);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}{path}", self.info.url);
        client.request(method.parse().unwrap(), url).headers(signed).body(body).send().await.unwrap()
    }

    /// A request whose path goes out as it is, which no ordinary client does: status and body.
    pub(super) async fn send_raw(
        &self,
        service: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let secret = self.info.secret_access_key.expose_secret();
        let keys = Credentials::new(&self.info.access_key_id, secret, None, None, "sandbox");
        let signed = self.sign(&keys, (service, (method, path)), headers, body.as_bytes());
        let mut text =
            format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n", self.info.port);
        for (name, value) in &signed {
            text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        raw(self.info.port, &text).await
    }

    fn sign(
        &self,
        keys: &Credentials,
        (service, (method, path)): (&str, (&str, &str)),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> http::HeaderMap {
        let url = format!("{}{path}", self.info.url);
        let keys = keys.clone().into();
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let params = v4::SigningParams::builder()
            .identity(&keys)
            .region(&self.info.region)
            .name(service)
            .time(std::time::SystemTime::now())
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let stated = headers.iter().find(|(name, _)| *name == "x-amz-content-sha256");
        let signable = match stated {
            Some((_, hash)) => SignableBody::Precomputed((*hash).to_owned()),
            None => SignableBody::Bytes(body),
        };
        let signable = SignableRequest::new(method, &url, headers.iter().copied(), signable).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut request = http::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        request.headers().clone()
    }

    /// Stops it the way the command line does, and gives its directory back.
    pub(super) async fn stop(self) -> tempfile::TempDir {
        assert!(stop(&self.info.dir).await.unwrap());
        self.task.await.unwrap().unwrap();
        self.dir
    }
}

/// What a server on loopback says to these bytes until it closes: status, and all that follows the headers.
pub(super) async fn raw(port: u16, text: &str) -> (u16, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.get(9..12).and_then(|code| code.parse().ok()).unwrap_or_default();
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

#[tokio::test]
async fn it_starts_stops_and_comes_back_as_itself() {
    let served = TestSandbox::start().await;
    let first = served.info.clone();
    assert!(
        matches!(status(&first.dir).await.unwrap(), SandboxStatus::Running(info) if info.instance == first.instance)
    );
    let error = reset(&first.dir, false).unwrap_err();
    assert_eq!(error.kind(), crate::error::Kind::Usage);

    let dir = served.stop().await;
    assert!(
        matches!(status(&first.dir).await.unwrap(), SandboxStatus::Stopped { port: Some(port), .. } if port == first.port)
    );

    let again = TestSandbox::start_in(dir).await;
    assert_eq!(again.info.port, first.port);
    assert_eq!(again.info.access_key_id, first.access_key_id);
    assert_ne!(again.info.instance, first.instance);
    again.stop().await;
}

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

#[tokio::test]
async fn only_signed_requests_reach_their_service() {
    let served = TestSandbox::start().await;
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = served.send("sts", ("POST", "/"), &FORM, body).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["x-amzn-requestid"].len(), 36);
    assert!(answer.text().await.unwrap().contains("<Arn>arn:aws:iam::123456789012:user/sandbox</Arn>"));
    let wrong = served.send("iam", ("POST", "/"), &FORM, body).await;
    assert_eq!(
        (wrong.status().as_u16(), wrong.headers()["x-amzn-errortype"].as_bytes()),
        (403, &b"SignatureDoesNotMatch"[..])
    );

    let target = |name: &'static str| [("x-amz-target", name), ("content-type", "application/x-amz-json-1.1")];
    let create = target("AmazonEC2ContainerRegistry_V20150921.CreateRepository");
    let made = served.send("ecr", ("POST", "/"), &create, r#"{"repositoryName":"app"}"#).await;
    assert_eq!(made.status(), 200);
    let odd = served.send("ecr", ("POST", "/"), &target("AmazonEC2ContainerRegistry_V20150921.PutImage"), "{}").await;
    assert_eq!(odd.status(), 501);
    assert!(odd.text().await.unwrap().contains("PutImage"));
    let absent = served.send("sqs", ("GET", "/bucket/key"), &[], "").await;
    assert_eq!(absent.status(), 501);
    assert!(absent.text().await.unwrap().contains("`sqs`"));

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let unsigned =
        client.post(format!("{}/", served.info.url)).header(FORM[0].0, FORM[0].1).body(body).send().await.unwrap();
    assert_eq!(
        (unsigned.status().as_u16(), unsigned.headers()["x-amzn-errortype"].as_bytes()),
        (403, &b"MissingAuthenticationToken"[..])
    );
    let [name, kind] = target("AWSCognitoIdentityProviderService.GetUser");
    let user = client.post(format!("{}/", served.info.url)).header(name.0, name.1).header(kind.0, kind.1).body("{}");
    let user = user.send().await.unwrap();
    assert_eq!(user.status(), 501, "an operation that nobody signs is refused by its name");
    assert!(user.text().await.unwrap().contains("GetUser"));
    let stop = client.post(format!("{}/_sandbox/shutdown", served.info.url)).bearer_auth("guess").send().await.unwrap();
    assert_eq!(stop.status(), 403);
    let repositories = target("AmazonEC2ContainerRegistry_V20150921.DescribeRepositories");
    let again = TestSandbox::start_in(served.stop().await).await;
    let kept = again.send("ecr", ("POST", "/"), &repositories, "{}").await.text().await.unwrap();
    assert!(kept.contains("\"app\""), "{kept}");
    again.stop().await;
}

#[tokio::test]
async fn waiting_for_a_start_ends_with_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let said = || Some("error: the port is taken\n    by another\n  hint: take another\n".to_owned());
    let error = started(dir.path(), Duration::from_secs(600), said).await.unwrap_err();
    assert!(error.message().ends_with("did not start"), "{error}");
    assert_eq!(error.causes(), ["the port is taken", "by another"]);
    assert_eq!(error.hints(), ["take another"]);
    let served = TestSandbox::start().await;
    let info = started(&served.info.dir, Duration::from_secs(600), || None).await.unwrap();
    assert_eq!(info.instance, served.info.instance);
    served.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_writes_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let served = TestSandbox::start().await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&served.info.dir), 0o700);
    assert_eq!(mode(&info_path(&served.info.dir)), 0o600);
    assert_eq!(mode(&served.info.dir.join("identity.json")), 0o600);
    served.stop().await;
}

#[test]
fn loopback_stays_out_of_proxies() {
    let with = |vars: &[(&str, &str)]| {
        let env = Env::fake(Path::new("/"), vars);
        no_proxy(|name| env.var(name))
    };
    assert!(with(&[("NO_PROXY", "x")]).is_empty());
    assert_eq!(with(&[("HTTP_PROXY", "http://p")])[0].1, "127.0.0.1,localhost");
    assert_eq!(with(&[("https_proxy", "http://p"), ("no_proxy", "corp")])[1].1, "corp,127.0.0.1,localhost");
    assert_eq!(with(&[("ALL_PROXY", "http://p"), ("NO_PROXY", "*")])[0].1, "*");
}

#[test]
fn endpoint_variables_of_single_services_are_cleared() {
    let env = Env::fake(Path::new("/"), &[("AWS_ENDPOINT_URL_IAM", "x"), ("AWS_PROFILE", "p"), ("AWS_REGION", "r")]);
    assert_eq!(cleared(&env), ["AWS_ENDPOINT_URL_IAM", "AWS_PROFILE"]);
}

/// A client that sends half a request, of either half, does not keep its connection.
#[tokio::test]
async fn unfinished_request_is_not_awaited_forever() {
    let dir = tempfile::tempdir().unwrap();
    let served = TestSandbox::start_with(dir, |options| options.patience = Duration::from_millis(300)).await;
    let port = served.info.port;
    for (head, expected) in [
        ("", 0),
        ("POST / HTTP/1.1\r\nhost: x\r\n", 0),
        ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nAction", 408),
        ("POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: Logs_20140328.PutLogEvents\r\ncontent-length: 9\r\n\r\n{", 408),
        ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nAc", 408),
        ("PUT /runtimes/ HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{", 408),
        ("POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\ngrant", 400),
    ] {
        assert_eq!(raw(port, head).await.0, expected, "{head}");
    }
    served.stop().await;
}

/// Many connections at once are no lack of places, and a client that keeps one between two requests must not lose the second.
#[tokio::test]
async fn bursts_close_no_idle_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let served = TestSandbox::start().await;
    let at = ("127.0.0.1", served.info.port);
    let mut kept = tokio::net::TcpStream::connect(at).await.unwrap();
    let mut burst = Vec::new();
    for _ in 0..3 {
        kept.write_all(b"GET /_sandbox/health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(kept.read(&mut [0; 4096]).await.unwrap() > 0, "closed by the other side");
        // They wait in the listener's queue, for this thread serves them.
        burst.extend((0..40).map(|_| std::net::TcpStream::connect(at).unwrap()));
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    served.stop().await;
}

/// More connections that say nothing than there may be: they make room for the one that asks.
#[tokio::test]
async fn silent_connections_make_room_for_others() {
    let dir = tempfile::tempdir().unwrap();
    let limits = ResourceShares { files: 64, connections: 4, agents: 2 };
    let served = TestSandbox::start_with(dir, |options| options.limits = Some(limits)).await;
    let mut silent = Vec::new();
    for _ in 0..60 {
        let connect = tokio::net::TcpStream::connect(("127.0.0.1", served.info.port));
        silent.push(connect.await.unwrap());
    }
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    for _ in 0..8 {
        // Each by a client of its own, which keeps its connection.
        assert_eq!(served.send("sts", ("POST", "/"), &FORM, body).await.status(), 200);
    }
    assert!(matches!(status(&served.info.dir).await.unwrap(), SandboxStatus::Running(_)));
    served.stop().await;
}
