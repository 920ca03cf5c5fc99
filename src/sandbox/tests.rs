//! A sandbox served in the test's own process, and what its clients are told.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

use super::*;
use crate::env::Env;

/// A sandbox on a free port in a fresh directory; ends with the value.
pub(super) struct Served {
    pub(super) info: Info,
    pub(super) dir: tempfile::TempDir,
    task: tokio::task::JoinHandle<Result<()>>,
}

impl Served {
    pub(super) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    pub(super) async fn start_in(dir: tempfile::TempDir) -> Self {
        let mut options = Options::new(dir.path().join("sandbox"));
        options.runner = RunnerChoice::Process;
        options.ready_delay = Duration::ZERO;
        options.endpoint_delay = Duration::ZERO;
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
    pub(super) fn bare() -> (Shared, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let options = Options::new(dir.path().join("sandbox"));
        let identity = identity::Identity::load_or_create(&options).unwrap();
        let info = server::describe(&options, identity, 4566, None).unwrap();
        let env = Env::fake(dir.path(), &[]);
        (Arc::new(server::open(options, info, None, env, Events::silent()).unwrap()), dir)
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
        let url = format!("{}{path}", self.info.url);
        let keys = keys.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&keys)
            .region(&self.info.region)
            .name(service)
            .time(std::time::SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let stated = headers.iter().find(|(name, _)| *name == "x-amz-content-sha256");
        let signable = match stated {
            Some((_, hash)) => SignableBody::Precomputed((*hash).to_owned()),
            None => SignableBody::Bytes(&body),
        };
        let signable = SignableRequest::new(method, &url, headers.iter().copied(), signable).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let mut request = http::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(()).unwrap();
        instructions.apply_to_request_http1x(&mut request);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let sent = client.request(method.parse().unwrap(), url).headers(request.headers().clone()).body(body);
        sent.send().await.unwrap()
    }

    /// Stops it the way the command line does, and gives its directory back.
    pub(super) async fn stop(self) -> tempfile::TempDir {
        assert!(stop(&self.info.dir).await.unwrap());
        self.task.await.unwrap().unwrap();
        self.dir
    }
}

#[tokio::test]
async fn it_starts_stops_and_comes_back_as_itself() {
    let served = Served::start().await;
    let first = served.info.clone();
    assert!(matches!(status(&first.dir).await.unwrap(), Status::Running(info) if info.instance == first.instance));
    let error = reset(&first.dir, false).unwrap_err();
    assert_eq!(error.kind(), crate::error::Kind::Usage);

    let dir = served.stop().await;
    assert!(
        matches!(status(&first.dir).await.unwrap(), Status::Stopped { port: Some(port), .. } if port == first.port)
    );

    let again = Served::start_in(dir).await;
    assert_eq!(again.info.port, first.port);
    assert_eq!(again.info.access_key_id, first.access_key_id);
    assert_ne!(again.info.instance, first.instance);
    again.stop().await;
}

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

#[tokio::test]
async fn signed_requests_reach_their_service_and_others_do_not() {
    let served = Served::start().await;
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
    let again = Served::start_in(served.stop().await).await;
    let kept = again.send("ecr", ("POST", "/"), &repositories, "{}").await.text().await.unwrap();
    assert!(kept.contains("\"app\""), "{kept}");
    again.stop().await;
}

#[tokio::test]
async fn waiting_for_a_start_ends_with_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let how = || Some("exit status 1".to_owned());
    let error = started(dir.path(), Duration::from_secs(600), how).await.unwrap_err();
    assert!(error.message().contains("exit status 1"), "{error}");
    let served = Served::start().await;
    let info = started(&served.info.dir, Duration::from_secs(600), || None).await.unwrap();
    assert_eq!(info.instance, served.info.instance);
    served.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_writes_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let served = Served::start().await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&served.info.dir), 0o700);
    assert_eq!(mode(&info_path(&served.info.dir)), 0o600);
    assert_eq!(mode(&served.info.dir.join("identity.json")), 0o600);
    served.stop().await;
}

#[test]
fn loopback_stays_out_of_proxies() {
    let with = |vars: &[(&str, &str)]| no_proxy(&Env::fake(Path::new("/"), vars));
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
