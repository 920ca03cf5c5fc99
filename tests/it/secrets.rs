//! Secrets stay where they were put. Two canaries, a bearer token and a password, go through the journey by the
//! channels that are meant for them, and are then looked for everywhere they could have leaked to: output, files,
//! the image, the arguments of every process that ran meanwhile.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::support::{Run, Sandbox, World, packages_available, repository};

const PASSWORD: &str = "Canary-Passw0rd-5e1f!";

/// Collects the arguments of all processes until it is told to stop.
struct Watch {
    stop: mpsc::Sender<()>,
    seen: std::thread::JoinHandle<BTreeSet<Vec<u8>>>,
}

impl Watch {
    fn start() -> Self {
        let (stop, stopped) = mpsc::channel();
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            // Often enough for a process that does any work, and not so often that it takes a processor.
            while stopped.recv_timeout(Duration::from_millis(5)) == Err(mpsc::RecvTimeoutError::Timeout) {
                let Ok(entries) = std::fs::read_dir("/proc") else { break };
                for entry in entries.flatten() {
                    if entry.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()) {
                        seen.insert(std::fs::read(entry.path().join("cmdline")).unwrap_or_default());
                    }
                }
            }
            seen
        });
        Self { stop, seen }
    }

    fn finish(self) -> BTreeSet<Vec<u8>> {
        drop(self.stop);
        self.seen.join().unwrap()
    }
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Files below `root` with `needle` in them, uncompressed layers included.
fn files_with(root: &Path, needle: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                let mut unpacked = Vec::new();
                if bytes.starts_with(&[0x1f, 0x8b]) {
                    let _ =
                        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut unpacked);
                }
                if contains(&bytes, needle) || contains(&unpacked, needle) {
                    found.push(path);
                }
            }
        }
    }
    found
}

#[test]
fn the_search_finds_what_is_there() {
    let world = World::new();
    world.write("plain.txt", "x canary-1 y");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"x canary-1 y").unwrap();
    std::fs::write(world.project().join("packed.gz"), packed.finish().unwrap()).unwrap();
    assert_eq!(files_with(&world.project(), "canary-1").len(), 2);
    if Path::new("/proc/self/cmdline").exists() {
        let watch = Watch::start();
        let status = std::process::Command::new("sh").args(["-c", "sleep 0.3; : canary-2"]).status().unwrap();
        assert!(status.success());
        assert!(watch.finish().iter().any(|line| contains(line, "canary-2")));
    }
}

#[test]
fn a_canary_appears_nowhere() {
    if !packages_available() {
        return;
    }
    let sandbox = Sandbox::start(World::new(), &[]);
    let example = repository().join("examples/inbound-auth");
    for file in ["agent.py", "requirements-plain.txt"] {
        sandbox.write(file, &std::fs::read_to_string(example.join(file)).unwrap());
    }
    // A file that people keep beside their source and never mean to ship.
    sandbox.write(".env", &format!("PASSWORD={PASSWORD}\n"));
    let watch = Watch::start();
    let mut runs: Vec<Run> = Vec::new();

    let setup = ["identity", "setup-cognito", "--pool-name", "canary", "--password-file", "-", "-o", "json"];
    let setup = sandbox.agentcore(&setup).stdin(format!("{PASSWORD}\n")).run().code(0);
    let pool = setup.data();
    runs.push(setup);
    let token = sandbox.agentcore(&["identity", "token"]).run().code(0).stdout_text().trim().to_owned();
    // The signature is in no other token, and a part of it is enough to know it by.
    let canary = token.rsplit('.').next().unwrap()[..40].to_owned();

    let (discovery, client) = (pool["discoveryUrl"].as_str().unwrap(), pool["clientId"].as_str().unwrap());
    let steps: &[&[&str]] = &[
        &["configure", "-e", "agent.py", "-n", "canary", "-rf", "requirements-plain.txt", "-ni", "--verbose"],
        &[
            "configure",
            "-ni",
            "-e",
            "agent.py",
            "-n",
            "canary",
            "--discovery-url",
            discovery,
            "--allowed-client",
            client,
        ],
        &["launch"],
        &["launch", "-o", "json"],
        &["status", "-o", "json"],
        &["status", "-v"],
        &["invoke", r#"{"prompt": "hi"}"#],
        &["invoke", r#"{"prompt": "hi"}"#, "-o", "json"],
        &["invoke", "{}"],
        &["invoke", r#"{"prompt": "hi"}"#, "--auth", "-vv"],
        &["configure", "show", "-o", "json"],
        &["destroy", "--dry-run"],
    ];
    for step in steps {
        runs.push(sandbox.agentcore(step).var("AGENTCORE_BEARER_TOKEN", &token).run());
    }
    let last = sandbox
        .agentcore(&["invoke", r#"{"prompt": "hi"}"#, "--bearer-token-file", "-", "-vv"])
        .stdin(token.as_bytes());
    runs.push(last.run().code(0));

    let arguments = watch.finish();
    for secret in [PASSWORD, &canary] {
        for run in &runs {
            assert!(
                !contains(&run.stdout, secret) && !contains(&run.stderr, secret),
                "{secret} in the output of\n{run}"
            );
        }
        assert!(!arguments.iter().any(|line| contains(line, secret)), "{secret} in the arguments of a process");
    }
    assert_eq!(files_with(&sandbox.project(), &canary), Vec::<std::path::PathBuf>::new(), "the token is in a file");
    for path in files_with(&sandbox.project(), PASSWORD) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name == ".env" || name.starts_with(".agentcore_identity"), "the password is in {}", path.display());
        #[cfg(unix)]
        if name != ".env" {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
    // The token is cached, for its owner alone and where nobody saves a build's cache from, until it is forgotten.
    for path in files_with(&sandbox.path("home"), &canary) {
        assert!(
            path.starts_with(sandbox.path("home/.local/state/agentcore/tokens")),
            "the token is in {}",
            path.display()
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
        }
    }
    sandbox.agentcore(&["identity", "token", "--forget", "--all"]).run().code(0);
    for folder in ["home", "tmp"] {
        for secret in [PASSWORD, &canary] {
            assert_eq!(files_with(&sandbox.path(folder), secret), Vec::<std::path::PathBuf>::new());
        }
    }
    // The image, as the registry keeps it, and the agent's output. The sandbox itself must know the password.
    for path in files_with(Path::new(sandbox.dir()), PASSWORD) {
        let shown = path.display().to_string();
        assert!(!shown.contains("sha256") && !shown.contains("log"), "the password is in {shown}");
    }
    assert_eq!(files_with(Path::new(sandbox.dir()), &canary), Vec::<std::path::PathBuf>::new());
}
