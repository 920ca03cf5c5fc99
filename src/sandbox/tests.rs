//! A sandbox served in the test's own process, and what its clients are told.

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
        let env = Env::fake(dir.path(), &[]);
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
