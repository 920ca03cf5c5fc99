//! What every test here needs: a world of its own for the binary to run in, and what a run left behind.
//!
//! A [`World`] is a temporary directory with a home, a project and a `PATH` of one directory that holds Python. No
//! variable of the caller gets in, except those that say how package indexes are reached from this machine.

mod account;
mod codebuild;
mod promises;
mod proxy;
mod recorder;
mod sandbox;
#[cfg(target_os = "linux")]
mod terminal;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

pub(crate) use account::{Account, Holdings, Owned};
pub(crate) use codebuild::{Bucket, CodeBuild, Look, Strike};
pub(crate) use proxy::{Between, Fault, Seen, Trouble, Watched, When, watch};
pub(crate) use recorder::Recorder;
pub(crate) use sandbox::{Sandbox, copy_tree};
#[cfg(target_os = "linux")]
pub(crate) use terminal::{COLUMNS, Screen, Terminal};

/// Longer than anything here takes. A run that reaches it hangs, and is killed.
const HANG: Duration = Duration::from_secs(300);

/// Variables that are passed on: how `pip` and `uv` reach their index from this machine.
const PASSED_ON: &[&str] = &[
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
];

/// A variable of the environment that the tests run in.
pub(crate) fn host_var(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "a test has no `Env`; this is the one place that reads a variable")]
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Says, past libtest's capture, that a test could not show what it is there for. Panics where `AGENTCORE_REQUIRE`
/// (a comma-separated list, as `.ci/run` sets it) asks for the thing that is missing.
pub(crate) fn lacked(what: &str, why: &str) {
    let required = host_var("AGENTCORE_REQUIRE").unwrap_or_default();
    let required = required.to_string_lossy();
    assert!(!required.split(',').any(|name| name == what), "{what} is required here and lacking: {why}");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "LACKED {what}: {test} proved nothing: {why}");
}

/// The interpreter that `python3` stands for here, past shims and links.
pub(crate) fn python() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
            output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
        })
        .as_deref()
}

/// True when Python with pip is here and the package index answers; says what is lacking otherwise.
pub(crate) fn packages_available() -> bool {
    static ANSWER: OnceLock<Result<(), String>> = OnceLock::new();
    let answer = ANSWER.get_or_init(|| {
        let python = python().ok_or("there is no `python3` on PATH")?;
        let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
        let output = Command::new(python)
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"])
            .arg(dir.path())
            .arg("bedrock-agentcore>=1.25,<2")
            .output()
            .map_err(|error| error.to_string())?;
        output.status.success().then_some(()).ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())
    });
    match answer {
        Ok(()) => true,
        Err(why) => {
            lacked("pypi", why.trim());
            false
        }
    }
}

/// Where `node` and `npm` are, past shims and links, when npm's registry answers; says what is lacking otherwise.
fn node_and_npm() -> Option<&'static (PathBuf, PathBuf)> {
    static FOUND: OnceLock<Result<(PathBuf, PathBuf), String>> = OnceLock::new();
    let said = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().map_err(|error| format!("`{program}`: {error}"))?;
        let stdout = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() { Ok(stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
    };
    let found = FOUND.get_or_init(|| {
        let node = said("node", &["-p", "process.execPath"])?;
        let path = host_var("PATH").unwrap_or_default();
        let npm = std::env::split_paths(&path).map(|dir| dir.join("npm")).find(|file| file.is_file());
        let npm = npm.ok_or("there is no `npm` on PATH")?.canonicalize().map_err(|error| error.to_string())?;
        said("npm", &["view", "ms@2.1.3", "version"])?;
        Ok((node.into(), npm))
    });
    match found {
        Ok(found) => Some(found),
        Err(why) => {
            lacked("npm", why.trim());
            None
        }
    }
}

/// The folder of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A clean environment with a project folder in it.
pub(crate) struct World {
    dir: tempfile::TempDir,
    vars: BTreeMap<OsString, OsString>,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("agentcore-it-").tempdir().unwrap();
        for name in ["home", "tmp", "bin", "project"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        if let Some(python) = python() {
            executable(&dir.path().join("bin/python3"), &format!("#!/bin/sh\nexec '{}' \"$@\"\n", python.display()));
        }
        let mut world = Self { dir, vars: BTreeMap::new() };
        for (name, folder) in [("HOME", "home"), ("TMPDIR", "tmp"), ("PATH", "bin")] {
            world.set(name, world.path(folder));
        }
        for (name, value) in [("LANG", "C.UTF-8"), ("TZ", "UTC"), ("AWS_EC2_METADATA_DISABLED", "true")] {
            world.set(name, value);
        }
        for name in PASSED_ON {
            if let Some(value) = host_var(name) {
                world.set(name, value);
            }
        }
        for (name, value) in std::env::vars_os() {
            if ["PIP_", "UV_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                world.set(name, value);
            }
        }
        world
    }

    /// With `node`, `npm` and `npx` on the `PATH`, and the shell that npm runs scripts with; `None` where they are
    /// lacking. What npm downloads is kept for the next test.
    pub(crate) fn with_node() -> Option<Self> {
        let (node, npm) = node_and_npm()?;
        let mut world = Self::new();
        let npx = npm.with_file_name("npx-cli.js");
        for (name, words) in [
            ("node", format!("'{}'", node.display())),
            ("npm", format!("'{}' '{}'", node.display(), npm.display())),
            ("npx", format!("'{}' '{}'", node.display(), npx.display())),
            ("sh", "/bin/sh".to_owned()),
        ] {
            executable(&world.path("bin").join(name), &format!("#!/bin/sh\nexec {words} \"$@\"\n"));
        }
        world.set("npm_config_cache", Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm"));
        Some(world)
    }

    /// The same with another package manager of npm's registry beside npm, which notes how it is called in the file.
    pub(crate) fn with_manager(name: &str, version: &str, program: &str) -> Option<(Self, PathBuf)> {
        let world = Self::with_node()?;
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{version}"));
        let file = dir.join("node_modules").join(name).join(program);
        if !file.is_file() {
            // Another test may do the same at this moment.
            let own = world.path("tmp").join("manager");
            let (prefix, package) = (own.display().to_string(), format!("{name}@{version}"));
            world.npm("", &["install", "--prefix", &prefix, "--no-audit", "--no-fund", "--ignore-scripts", &package]);
            let _ = std::fs::rename(&own, &dir);
            assert!(file.is_file(), "{}", file.display());
        }
        // What the commands are made of that pnpm puts into `node_modules/.bin`.
        for tool in ["sed", "dirname", "uname"] {
            executable(&world.path("bin").join(tool), &format!("#!/bin/sh\nPATH=/usr/bin:/bin exec {tool} \"$@\"\n"));
        }
        let log = world.path("tmp").join(format!("{name}.log"));
        let text = format!("#!/bin/sh\necho \"$*\" >> '{}'\nexec node '{}' \"$@\"\n", log.display(), file.display());
        executable(&world.path("bin").join(name), &text);
        Some((world, log))
    }

    /// Has a program of the world's note how it is called, in the file.
    pub(crate) fn note_calls(&self, name: &str) -> PathBuf {
        let (program, log) = (self.path("bin").join(name), self.path("tmp").join(format!("{name}.log")));
        let text = std::fs::read_to_string(&program).unwrap();
        executable(&program, &text.replacen('\n', &format!("\necho \"$*\" >> '{}'\n", log.display()), 1));
        log
    }

    /// Runs npm in a folder of the project.
    pub(crate) fn npm(&self, folder: &str, args: &[&str]) {
        self.manager("npm", folder, args);
    }

    /// Runs a package manager in a folder of the project.
    pub(crate) fn manager(&self, name: &str, folder: &str, args: &[&str]) {
        let output = Command::new(self.path("bin").join(name))
            .args(args)
            .current_dir(self.project().join(folder))
            .env_clear()
            .envs(&self.vars)
            .output()
            .unwrap();
        assert!(output.status.success(), "{name} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.vars.insert(name.into(), value.into());
    }

    /// Static credentials that no AWS knows, and a region.
    pub(crate) fn with_credentials(mut self) -> Self {
        self.set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00");
        self.set("AWS_SECRET_ACCESS_KEY", "not-a-real-secret-key");
        self.set("AWS_REGION", "us-west-2");
        self
    }

    /// The environment of what runs here.
    pub(crate) fn vars(&self) -> &BTreeMap<OsString, OsString> {
        &self.vars
    }

    /// Puts a program on the `PATH`.
    pub(crate) fn executable(&self, name: &str, text: &str) {
        executable(&self.path("bin").join(name), text);
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    pub(crate) fn project(&self) -> PathBuf {
        self.path("project")
    }

    /// Writes a file of the project, its folders included.
    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.project().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.project().join(name)).unwrap()
    }

    /// Every file and folder of the home and the project, with the contents of the files.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.project(), self.path("home"), self.path("tmp")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path.clone());
                    found.insert(path, None);
                } else {
                    let bytes = std::fs::read(&path).unwrap_or_default();
                    found.insert(path, Some(bytes));
                }
            }
        }
        found
    }

    pub(crate) fn agentcore<'a>(&'a self, args: &[&str]) -> Invocation<'a> {
        let args = args.iter().map(OsString::from).collect();
        Invocation { world: self, args, stdin: None, vars: Vec::new(), dir: self.project(), open_files: None }
    }
}

fn executable(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// One run of the binary, still to be started.
#[derive(Clone)]
pub(crate) struct Invocation<'a> {
    world: &'a World,
    args: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    vars: Vec<(OsString, OsString)>,
    dir: PathBuf,
    open_files: Option<u32>,
}

impl Invocation<'_> {
    /// With this limit on open files, for itself and for what it starts.
    pub(crate) fn open_files(mut self, most: u32) -> Self {
        self.open_files = Some(most);
        self
    }

    /// Started in another folder than the project's.
    pub(crate) fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(OsString::from));
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    pub(crate) fn var(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.vars.push((name.into(), value.into()));
        self
    }

    pub(crate) fn spawn(&self) -> Child {
        self.spawn_to(Stdio::piped())
    }

    /// With its output somewhere else.
    pub(crate) fn spawn_to(&self, stdout: Stdio) -> Child {
        let stdin = if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
        self.spawn_on([stdin, stdout, Stdio::piped()])
    }

    /// With these for stdin, stdout and stderr.
    fn spawn_on(&self, [stdin, stdout, stderr]: [Stdio; 3]) -> Child {
        let program = env!("CARGO_BIN_EXE_agentcore");
        let mut command = match self.open_files {
            None => Command::new(program),
            Some(most) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &format!("ulimit -n {most} && exec \"$0\" \"$@\""), program]);
                shell
            }
        };
        command
            .args(&self.args)
            .current_dir(&self.dir)
            .env_clear()
            .envs(&self.world.vars)
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .stdin(stdin)
            .stdout(stdout)
            .stderr(stderr);
        command.spawn().expect("the binary starts")
    }

    /// Runs it to the end. Both pipes are read to their end too, so a child left behind that holds them counts as a
    /// hang.
    pub(crate) fn run(self) -> Run {
        let argv = self.args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
        let mut child = self.spawn();
        if let (Some(mut pipe), Some(bytes)) = (child.stdin.take(), self.stdin) {
            // A program that refuses its arguments does not read.
            std::thread::spawn(move || pipe.write_all(&bytes));
        }
        let stdout = reader(child.stdout.take().unwrap());
        let stderr = reader(child.stderr.take().unwrap());
        let streams = stdout.recv_timeout(HANG).and_then(|stdout| Ok((stdout, stderr.recv_timeout(HANG)?)));
        let Ok((stdout, stderr)) = streams else {
            let _ = child.kill();
            panic!("`agentcore {argv}` did not end within {HANG:?}");
        };
        let code = child.wait().unwrap().code();
        Run { argv, code, stdout, stderr }
    }
}

fn reader(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) argv: String,
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Run {
    /// Requires this exit status.
    #[track_caller]
    pub(crate) fn code(self, wanted: i32) -> Self {
        assert_eq!(self.code, Some(wanted), "{self}");
        promises::check_commands(&self);
        self
    }

    /// Requires this text on stderr, whatever its case.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.stderr_text().to_lowercase().contains(&part.to_lowercase()), "does not say `{part}`:\n{self}");
        self
    }

    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// The one JSON document on stdout, envelope checked.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let document: serde_json::Value = serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("not one JSON document: {error}\n{self}"));
        assert!(document["schema"].is_string(), "no schema\n{self}");
        let ok = document["ok"].as_bool().unwrap_or_else(|| panic!("no ok\n{self}"));
        if ok {
            assert!(document.get("data").is_some() && document.get("error").is_none(), "ok without data\n{self}");
        } else {
            assert!(
                document["error"]["code"].is_string() && document["error"]["message"].is_string(),
                "bad error\n{self}"
            );
        }
        promises::check_shape(&document, self);
        document
    }

    /// The `data` member of a success.
    #[track_caller]
    pub(crate) fn data(&self) -> serde_json::Value {
        let mut document = self.json();
        assert_eq!(document["ok"], true, "{self}");
        document["data"].take()
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let code = self.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        write!(
            f,
            "`agentcore {}` ended with {code}\n--- stdout\n{}\n--- stderr\n{}\n---",
            self.argv,
            self.stdout_text(),
            self.stderr_text()
        )
    }
}
