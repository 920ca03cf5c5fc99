//! Command lines of the engines, seen by stand-ins that record them.

use crate::needs;
use std::path::Path;

use crate::image::manifest::{DOCKER_MANIFEST, ManifestFormat, assemble};
use crate::image::registry::testing::{CREDS, RealRegistry, TestRegistry, basic};
use crate::platform::Platform;

use super::*;

/// A directory with stand-ins, which is the whole `PATH`.
struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A stand-in that logs its arguments (and what it finds in the login it is given) and then runs `body`.
    async fn with(self, name: &str, body: &str) -> Self {
        let log = self.dir.path().join("log");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> {log}\n\
             [ -z \"$DOCKER_CONFIG\" ] || cat \"$DOCKER_CONFIG/config.json\" >> {log}.login\n{body}\n",
            log = log.display()
        );
        crate::image::write_script(&self.dir.path().join(name), &script).await;
        self
    }

    fn env(&self, vars: &[(&str, &str)]) -> Env {
        let path = self.dir.path().to_str().unwrap();
        let mut all = vec![("PATH", path), ("HOME", path)];
        all.extend_from_slice(vars);
        Env::fake(Path::new("/"), &all)
    }

    fn log(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

const DOCKER: &str = r#"case "$1 $2" in
"version --format") echo 28.2.2 ;;
"buildx version") echo "github.com/docker/buildx v0.12.1 30feaa1" ;;
"image inspect") case "$4" in *RepoDigests*) echo "[\"x/agent@$DIGEST\"]" ;; *) echo linux/arm64 ;; esac ;;
esac"#;

fn spec() -> EngineBuild {
    EngineBuild {
        dockerfile: "/p/Dockerfile".into(),
        context: "/p".into(),
        platform: Platform::arm64(),
        tag: "agent:1".to_owned(),
        build_args: vec![("A".to_owned(), "1".to_owned())],
        secrets: Vec::new(),
        buildkit_only: None,
        target: None,
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_first_engine_that_answers_is_taken() {
    let bench = Bench::new()
        .with("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
        .await
        .with("podman", "echo 5.0.0")
        .await;
    assert_eq!(detect(&bench.env(&[]), None).await.unwrap().kind(), EngineKind::Podman);
    let error = detect(&bench.env(&[]), Some(EngineKind::Docker)).await.unwrap_err();
    assert_eq!(error.code_str(), "image.no-engine");
    assert_eq!(error.causes(), ["docker: Cannot connect to the Docker daemon"]);
    // podman calling itself docker has no server to tell the version of.
    let bench = Bench::new().with("docker", "echo '<no value>'").await;
    let error = detect(&bench.env(&[]), None).await.unwrap_err();
    assert_eq!(error.causes().len(), 4);
    assert!(error.causes()[1].contains("podman: not on PATH"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn attestations_are_disabled_where_the_builder_knows_them() {
    let classic = DOCKER.replace("echo \"github.com/docker/buildx v0.12.1 30feaa1\"", "exit 1");
    let old = DOCKER.replace("v0.12.1", "v0.9.1+azure");
    let plain = "docker build --platform linux/arm64 --tag agent:1 --file /p/Dockerfile --build-arg A=1";
    let table = [
        (DOCKER, vec![], " --provenance=false --sbom=false --load /p"),
        (DOCKER, vec![("DOCKER_BUILDKIT", "1")], " --provenance=false --sbom=false --load /p"),
        (DOCKER, vec![("DOCKER_BUILDKIT", "0")], " /p"),
        (&classic, vec![], " /p"),
        (&old, vec![], " --load /p"),
    ];
    for (script, vars, end) in table {
        let bench = Bench::new().with("docker", script).await;
        let engine = detect(&bench.env(&vars), None).await.unwrap();
        engine.build(&spec(), &Events::silent()).await.unwrap();
        assert!(bench.log().contains(&format!("{plain}{end}")), "{vars:?}: {:?}", bench.log());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_reach_only_capable_builders_through_the_environment() {
    let echo = "\n[ \"$1\" = build ] && echo \"env $TOKEN\" && echo \"building with $TOKEN\" >&2; true";
    let classic = DOCKER.replace("echo \"github.com/docker/buildx v0.12.1 30feaa1\"", "exit 1");
    let old = classic.replace("echo 28.2.2", "case $3 in *Client*) echo 20.10.24 ;; *) echo 20.10.24+dfsg1 ;; esac");
    let podman = "case \"$1\" in info) echo 5.0.0 ;; image) echo linux/arm64 ;; esac".to_owned();
    let mut wanted = spec();
    wanted.secrets = vec![("TOKEN".to_owned(), "canary-secret".to_owned().into())];
    let flag = "--secret id=TOKEN,env=TOKEN";
    let table = [
        ("docker", DOCKER.to_owned(), vec![], true),
        ("docker", old.clone(), vec![("DOCKER_BUILDKIT", "1")], true),
        ("docker", old, vec![], false),
        ("docker", classic.clone(), vec![("DOCKER_BUILDKIT", "1")], false),
        ("podman", podman, vec![], true),
    ];
    for (name, script, vars, passed) in table {
        let lines = Arc::new(std::sync::Mutex::new(String::new()));
        let seen = Arc::clone(&lines);
        let events = Events::new(move |event| *seen.lock().unwrap() += &format!("{event:?}"));
        let bench = Bench::new().with(name, &(script + echo)).await;
        let engine = detect(&bench.env(&vars), None).await.unwrap();
        engine.build(&wanted, &events).await.unwrap();
        let log = bench.log().join("\n");
        assert_eq!(log.contains(flag), passed, "{name} {vars:?}: {log}");
        assert!(!log.contains("canary"), "{log}");
        let lines = lines.lock().unwrap();
        assert!(lines.contains("building with") && !lines.contains("canary"), "{lines}");
        assert_eq!(lines.contains("[redacted]"), passed, "{lines}");
    }
    // A Dockerfile that mounts them cannot be built by the classic builder, and nothing is tried.
    wanted.buildkit_only = Some((7, "`RUN --mount`".to_owned()));
    let bench = Bench::new().with("docker", &classic).await;
    let engine = detect(&bench.env(&[]), None).await.unwrap();
    let error = engine.build(&wanted, &Events::silent()).await.unwrap_err();
    assert_eq!(error.code_str(), "image.needs-buildkit");
    assert!(error.message().starts_with("/p/Dockerfile:7: `RUN --mount` needs BuildKit"), "{error}");
    assert!(error.causes()[0].contains("TOKEN") && !format!("{error:?}").contains("canary"), "{error:?}");
    assert!(!bench.log().iter().any(|line| line.starts_with("docker build ")), "{:?}", bench.log());
}

#[cfg(unix)]
#[tokio::test]
async fn image_for_another_platform_is_an_error() {
    let bench = Bench::new().with("docker", &DOCKER.replace("linux/arm64", "linux/amd64")).await;
    let engine = detect(&bench.env(&[]), None).await.unwrap();
    let error = engine.build(&spec(), &Events::silent()).await.unwrap_err();
    assert!(error.message().contains("for linux/amd64 instead of linux/arm64"), "{error}");
}

/// A registry with an image under `agent:1`, and the image's digest.
async fn registry() -> (TestRegistry, Digest) {
    let server = TestRegistry::start().await;
    let bytes = assemble(ManifestFormat::Docker, b"{}", Vec::new()).unwrap();
    let digest = Digest::of_bytes(&bytes);
    server.state.lock().unwrap().manifests.insert("agent:1".to_owned(), (DOCKER_MANIFEST.to_owned(), bytes));
    (server, digest)
}

#[cfg(unix)]
#[tokio::test]
async fn docker_gets_its_login_in_a_separate_directory() {
    let (server, digest) = registry().await;
    let script = DOCKER.replace("$DIGEST", &digest.to_string()) + "\necho pushed with canary-password >&2";
    let bench = Bench::new().with("docker", &script).await;
    std::fs::create_dir_all(bench.dir.path().join(".docker/contexts")).unwrap();
    let own = r#"{"auths":{"other":{"auth":"bWU6b3duLWxvZ2lu"}},"currentContext":"remote"}"#;
    std::fs::write(bench.dir.path().join(".docker/config.json"), own).unwrap();
    let engine = detect(&bench.env(&[]), None).await.unwrap();
    let lines = Arc::new(std::sync::Mutex::new(String::new()));
    let seen = Arc::clone(&lines);
    let events = Events::new(move |event| *seen.lock().unwrap() += &format!("{event:?}"));
    let target: Reference = format!("{}/agent:1", server.host()).parse().unwrap();
    let pushed = engine.push("local:1", &target, &basic("canary-password"), &events).await.unwrap();
    assert_eq!(pushed, digest);
    let log = bench.log().join("\n");
    assert!(log.contains(&format!("docker tag local:1 {}/agent:1", server.host())), "{log}");
    assert!(log.contains(&format!("docker push {}/agent:1", server.host())), "{log}");
    assert!(!log.contains("canary"), "{log}");
    assert!(!lines.lock().unwrap().contains("canary"));
    let login = std::fs::read_to_string(bench.dir.path().join("log.login")).unwrap();
    // base64 of AWS:canary-password
    assert!(
        login.contains("QVdTOmNhbmFyeS1wYXNzd29yZA==") && login.contains(r#""currentContext":"remote""#),
        "{login}"
    );
    assert!(!login.contains("bWU6b3duLWxvZ2lu"), "the user's other logins were copied");
    assert_eq!(std::fs::read_to_string(bench.dir.path().join(".docker/config.json")).unwrap(), own);
}

#[cfg(unix)]
#[tokio::test]
async fn podman_pushes_schema_2_and_leaves_no_login() {
    let (server, digest) = registry().await;
    let script = format!(
        "[ \"$1\" = info ] && echo 5.0.0\nwhile [ $# -gt 0 ]; do\n[ \"$1\" = --digestfile ] && printf %s {digest} > \"$2\"\n\
         [ \"$1\" = --authfile ] && stat -c %a \"$2\" && echo \"$2\" > {}/authfile\nshift; done",
        Bench::new().dir.keep().display()
    );
    let kept = script.split("echo \"$2\" > ").nth(1).unwrap().split('\n').next().unwrap().to_owned();
    let bench = Bench::new().with("podman", &script).await;
    let engine = detect(&bench.env(&[]), None).await.unwrap();
    let target: Reference = format!("{}/agent:1", server.host()).parse().unwrap();
    let pushed = engine.push("agent:1", &target, &basic("canary-password"), &Events::silent()).await.unwrap();
    assert_eq!(pushed, digest);
    let log = bench.log().join("\n");
    assert!(log.contains("--format v2s2 --tls-verify=false --digestfile"), "{log}");
    assert!(log.contains(&format!("agent:1 docker://{}/agent:1", server.host())), "{log}");
    assert!(!log.contains("canary"));
    let authfile = std::fs::read_to_string(&kept).unwrap();
    assert!(!Path::new(authfile.trim()).exists(), "the login was left behind");
    std::fs::remove_dir_all(Path::new(&kept).parent().unwrap()).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn digest_the_registry_does_not_confirm_is_refused() {
    let (server, _) = registry().await;
    let other = Digest::of_bytes(b"other").to_string();
    let bench = Bench::new().with("docker", &DOCKER.replace("$DIGEST", &other)).await;
    let engine = detect(&bench.env(&[]), None).await.unwrap();
    let target: Reference = format!("{}/agent:1", server.host()).parse().unwrap();
    let error = engine.push("agent:1", &target, &basic("p4ssword"), &Events::silent()).await.unwrap_err();
    assert!(error.to_string().contains(&other), "{error}");
    let untagged: Reference = "r.io/agent".parse().unwrap();
    assert!(engine.push("agent:1", &untagged, &Credentials::Anonymous, &Events::silent()).await.is_err());
}

/// What a buildx pushes that was told elsewhere to add attestations (`BUILDX_DEFAULT_…`, a builder's own settings).
#[cfg(unix)]
#[tokio::test]
async fn index_is_reduced_to_its_only_image() {
    const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    let [attestation, other] = [b"attes", b"other"].map(|text| Digest::of_bytes(text));
    let layer = |size: u64| {
        let digest = Digest::of_bytes(b"x").to_string();
        serde_json::json!({ "mediaType": "x", "digest": digest, "size": size })
    };
    let images = [1, 2 << 30].map(|size| {
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let image =
            serde_json::json!({ "schemaVersion": 2, "mediaType": kind, "config": layer(1), "layers": [layer(size)] });
        image.to_string().into_bytes()
    });
    let [image, large] = [0, 1].map(|at| Digest::of_bytes(&images[at]));
    let entry = |digest: &Digest, os: &str, architecture: &str| {
        serde_json::json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest.to_string(), "size": 5,
            "platform": { "os": os, "architecture": architecture },
        })
    };
    let attested = entry(&attestation, "unknown", "unknown");
    for (entries, expected) in [
        (vec![entry(&image, "linux", "arm64"), attested.clone()], Ok(image)),
        (vec![entry(&large, "linux", "arm64"), attested.clone()], Err("artifact.too-large")),
        (vec![entry(&image, "linux", "arm64"), entry(&other, "linux", "amd64"), attested], Err("image.several")),
    ] {
        let server = TestRegistry::start().await;
        for image in &images {
            let kept = ("application/vnd.oci.image.manifest.v1+json".to_owned(), image.clone());
            server.state.lock().unwrap().manifests.insert(format!("agent:{}", Digest::of_bytes(image)), kept);
        }
        let index = serde_json::json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries });
        let bytes = index.to_string().into_bytes();
        let script = DOCKER.replace("$DIGEST", &Digest::of_bytes(&bytes).to_string());
        server.state.lock().unwrap().manifests.insert("agent:1".to_owned(), (INDEX.to_owned(), bytes));
        let bench = Bench::new().with("docker", &script).await;
        let engine = detect(&bench.env(&[]), None).await.unwrap();
        let target: Reference = format!("{}/agent:1", server.host()).parse().unwrap();
        let pushed = engine.push("local:1", &target, &basic("p4ssword"), &Events::silent()).await;
        match expected {
            Ok(image) => assert_eq!(pushed.unwrap(), image),
            Err(code) => assert_eq!(pushed.unwrap_err().code_str(), code),
        }
    }
}

#[test]
fn versions_of_buildx_as_distributions_print_them() {
    assert_eq!(build::buildx_version("github.com/docker/buildx v0.12.1 30feaa1"), Some((0, 12)));
    assert_eq!(build::buildx_version("github.com/docker/buildx 0.13.1+ds1-3 0.13.1+ds1-3"), Some((0, 13)));
    assert_eq!(build::buildx_version("nonsense"), None);
}

#[test]
fn engines_are_named_in_any_case() {
    assert_eq!("Podman".parse::<EngineKind>().unwrap(), EngineKind::Podman);
    assert!("rkt".parse::<EngineKind>().is_err());
}

#[tokio::test]
async fn every_engine_pushes_to_an_authenticated_registry() {
    if !needs::met("registry", &["docker-registry", "htpasswd", "skopeo"]) {
        return;
    }
    let server = RealRegistry::start().await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("Dockerfile"), "FROM scratch\nCOPY file /file\nCMD [\"/file\"]\n").unwrap();
    std::fs::write(dir.path().join("file"), "content").unwrap();
    let env = Env::capture();
    let mut used = Vec::new();
    for kind in EngineKind::ALL {
        let Ok(engine) = detect(&env, Some(kind)).await else { continue };
        let build = EngineBuild {
            dockerfile: dir.path().join("Dockerfile"),
            context: dir.path().to_owned(),
            tag: format!("agentcore-test-{kind}:1"),
            build_args: Vec::new(),
            ..spec()
        };
        let events = Events::new(|event| println!("{event:?}"));
        engine.build(&build, &events).await.unwrap();
        let target: Reference = format!("{}/agents/{kind}:1", server.host).parse().unwrap();
        let digest = engine.push(&build.tag, &target, &basic("canary-password"), &events).await.unwrap();
        let url = format!("docker://{target}");
        let seen = server.skopeo(&["inspect", "--tls-verify=false", "--creds", CREDS, "--raw", &url]).await;
        assert_eq!(seen["mediaType"], DOCKER_MANIFEST, "{kind}");
        let seen = server.skopeo(&["inspect", "--tls-verify=false", "--creds", CREDS, &url]).await;
        assert_eq!(seen["Digest"], digest.to_string());
        assert_eq!(seen["Architecture"], "arm64");
        let error = engine.push(&build.tag, &target, &basic("wrong-password"), &events).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Credentials, "{error:?}");
        assert!(!format!("{error:?}").contains("wrong-password"));
        used.push(kind);
    }
    if used.is_empty() {
        needs::lacked("engine", "no container engine answers");
    }
}
