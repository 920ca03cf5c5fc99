//! Running an agent as a process of this machine, from its unpacked image.
//!
//! Owns: lending this machine's interpreter, mapping the image's paths, a private copy of the working directory per
//! session, and the shims that let several agents that all want port 8080 run side by side. Does not own: unpacking
//! (`rootfs`), supervision (`supervise`).
//!
//! What it is not: a container. Absolute paths inside the agent's own code mean this machine's paths, native packages
//! must fit this machine's Python, and the agent sees this machine's files and network.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::beneath;
use super::modules;
use super::spec::{AgentSpec, image_variables, string_list, variables};
use super::supervise::SupervisedCommand;
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::interpreters::{Interpreters, NodeJs, Python};

const SITECUSTOMIZE: &str = include_str!("shim/sitecustomize.py");
const LISTEN: &str = include_str!("shim/listen.cjs");

/// Directories of a base image whose programs are meant for its own system, not for this one.
const SYSTEM_DIRS: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Where programs look for the port that they are to listen on.
const PORT_VARIABLES: [&str; 2] = ["PORT", "A2A_PORT"];

/// The variable that keeps Python from writing byte code.
const NO_BYTE_CODE: &str = "PYTHONDONTWRITEBYTECODE";

/// The input of a process's start.
pub(crate) struct ProcessStart<'a> {
    pub(crate) spec: &'a AgentSpec,
    pub(crate) env: &'a Env,
    /// The unpacked image, resolved.
    pub(crate) root: &'a Path,
    /// Where the start-up shims are kept.
    pub(crate) shim: &'a Path,
    /// This session's own directory, removed at its end.
    pub(crate) session: &'a Path,
    /// Where the agent shall listen.
    pub(crate) port: u16,
    /// Variables that point AWS clients at the sandbox.
    pub(crate) endpoint: &'a [(String, String)],
    pub(crate) interpreters: &'a Interpreters,
}

impl ProcessStart<'_> {
    /// Prepares the start; returns the command, and notes on differences of this machine's interpreter.
    ///
    /// # Errors
    /// When the image names no command, or needs an interpreter that this machine lacks.
    pub(crate) async fn command(&self) -> Result<(SupervisedCommand, Option<String>)> {
        let root = self.root;
        write_shims(self.shim)?;
        let work = self.working_directory(root).await?;
        let map = PathMap { root, work: work.as_ref().map(|(inside, copy)| (inside.as_path(), copy.as_path())) };
        let minor = self.python_version();
        let tools = HostTools::find(self.env, (self.interpreters, minor), root, &self.session.join("bin")).await?;

        let config = &self.spec.image.config;
        let mut command_line = string_list(config, "Entrypoint");
        command_line.extend(string_list(config, "Cmd"));
        let search = search_path(config);
        let program = tools.resolve(&map, &search, &command_line)?;
        let mut note = tools.other_python(&program, minor).or_else(|| tools.other_node(&program, config));
        let is_interpreter = program.len() == 1 && tools.is_interpreter(&program[0]);
        if note.is_none() && program.len() == 1 && !is_interpreter && !is_script(&program[0]) {
            note = self.port_note();
        }
        let mut all = program;
        all.extend(map.arguments(command_line.get(1..).unwrap_or_default(), is_interpreter));

        let variables = self.environment(&map, self.shim, &tools)?;
        let dir = work.map_or_else(|| root.to_owned(), |(_, copy)| copy);
        Ok((SupervisedCommand { words: all, variables, dir: Some(dir), container: None }, note))
    }

    /// The minor version of the Python 3 that the agent is made for, where that can be told.
    fn python_version(&self) -> Option<u32> {
        let said = || {
            let variables = image_variables(&self.spec.image.config);
            let (_, version) = variables.into_iter().find(|(name, _)| name == "PYTHON_VERSION")?;
            leading_number(version.strip_prefix("3.")?)
        };
        said().or_else(|| python_of_image(self.root)).or_else(|| self.spec.image.code.as_ref()?.python)
    }

    /// The note for a program that reads its port from a variable which is not set when it is deployed.
    fn port_note(&self) -> Option<String> {
        let own = variables(self.spec, self.endpoint);
        let knows = own.iter().any(|(name, _)| PORT_VARIABLES.contains(&name.as_str()));
        let port = self.spec.port;
        (!knows).then(|| {
            format!(
                "the agent is told its port in the variable PORT, which the service does not set: there it has to listen on \
                 {port} by itself"
            )
        })
    }

    /// A copy of the image's working directory: what one session writes there must not reach another, nor the unpacked
    /// image; Node's packages are shared. `None` when the image works in its root.
    async fn working_directory(&self, root: &Path) -> Result<Option<(PathBuf, PathBuf)>> {
        let config = &self.spec.image.config;
        let inside = config.get("WorkingDir").and_then(serde_json::Value::as_str).unwrap_or_default();
        let inside = fsx::normalize(&Path::new("/").join(inside));
        if inside == Path::new("/") {
            return Ok(None);
        }
        let copy = self.session.join("work");
        let from = below(root, &inside)?;
        let to = copy.clone();
        // What belongs to packages is not copied: it is large, nobody writes there, and its byte code is kept that way.
        let shared = self.spec.image.code.as_ref().map(|code| code.packages.clone()).unwrap_or_default();
        let copy_or_make =
            move || if from.is_dir() { modules::copy_tree(&from, &to, &shared) } else { fsx::create_private_dir(&to) };
        blocking(copy_or_make).await?;
        Ok(Some((inside, copy)))
    }

    fn environment(&self, map: &PathMap<'_>, shim: &Path, tools: &HostTools) -> Result<Vec<(String, String)>> {
        let mut vars = variables(self.spec, self.endpoint);
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let take = |vars: &mut Vec<(String, String)>, name: &str| {
            vars.iter().position(|(key, _)| key == name).map(|at| vars.remove(at).1)
        };
        let path = take(&mut vars, "PATH").unwrap_or_default();
        let image_dirs = split(&path).filter(|dir| !SYSTEM_DIRS.contains(dir)).map(|dir| map.path(dir));
        let host = self.env.var_os("PATH").map(|path| std::env::split_paths(path).collect::<Vec<_>>());
        let path: Vec<PathBuf> = std::iter::once(tools.bin.clone())
            .chain(image_dirs.filter(|dir| dir.is_dir()))
            .chain(host.unwrap_or_default())
            .collect();
        let python_path = take(&mut vars, "PYTHONPATH").unwrap_or_default();
        let python: Vec<PathBuf> = std::iter::once(shim.to_owned())
            .chain(split(&python_path).map(|dir| map.path(dir)))
            .chain(tools.site_packages.iter().cloned())
            .collect();
        // An image says this because nothing would keep the byte code; here the unpacked image does, and without it each
        // session would compile all of its packages again.
        if !self.spec.variables.iter().any(|(name, _)| name == NO_BYTE_CODE) {
            take(&mut vars, NO_BYTE_CODE);
        }
        let node = take(&mut vars, "NODE_OPTIONS").unwrap_or_default();
        if let Some(modules) = take(&mut vars, "NODE_PATH") {
            vars.push(("NODE_PATH".into(), join(split(&modules).map(|dir| map.path(dir)).collect())?));
        }
        for private in ["home", "tmp"] {
            fsx::create_private_dir(&self.session.join(private))?;
        }
        for (name, value) in [
            ("PATH", join(path)?),
            ("PYTHONPATH", join(python)?),
            (
                "NODE_OPTIONS",
                format!("--require {} {node}", for_node(&text(&shim.join("listen.cjs")))).trim().to_owned(),
            ),
            ("HOME", text(&self.session.join("home"))),
            ("TMPDIR", text(&self.session.join("tmp"))),
            ("PYTHONNOUSERSITE", "1".to_owned()),
            ("AGENTCORE_SANDBOX_PORT", format!("{}={}", self.spec.port, self.port)),
            ("AGENTCORE_SANDBOX_ROOT", text(map.root)),
            ("AGENTCORE_SANDBOX_SESSION", text(self.session)),
        ] {
            vars.retain(|(key, _)| key != name);
            vars.push((name.to_owned(), value));
        }
        if !self.spec.mounts.is_empty() {
            let mounts = self.spec.mounts.iter().map(|mount| (mount.path.clone(), text(&mount.folder)));
            let mounts: std::collections::BTreeMap<_, _> = mounts.collect();
            let mounts = serde_json::to_string(&mounts).context("could not write the session's mounts")?;
            vars.push(("AGENTCORE_SANDBOX_MOUNTS".to_owned(), mounts));
        }
        give_port(&mut vars, self.port)?;
        if !vars.iter().any(|(name, _)| name == "LANG") {
            vars.push(("LANG".to_owned(), "C.UTF-8".to_owned()));
        }
        around_the_shell(vars)
    }
}

/// A word of `NODE_OPTIONS`, in which a backslash stands before a quote and before itself, and before nothing else.
pub(crate) fn for_node(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Writes the start-up shims; they belong to this version of the program, so each start refreshes them.
pub(crate) fn write_shims(dir: &Path) -> Result<()> {
    fsx::create_private_dir(dir)?;
    // Nothing secret, and an agent in a container is another user.
    #[cfg(unix)]
    fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .with_context(|| format!("could not set the permissions of `{}`", dir.display()))?;
    for (name, text) in [("sitecustomize.py", SITECUSTOMIZE), ("listen.cjs", LISTEN)] {
        let path = dir.join(name);
        if fsx::read_text(&path)?.as_deref() != Some(text) {
            fsx::write_atomic(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

/// Tells the port to programs that no shim reaches. The service sets none of these variables, so the shims take them back
/// from Python and Node.js: an agent that listens where `PORT` says, else on a port of its own, must be found out here.
///
/// # Errors
/// Never for variables that are text.
pub(crate) fn give_port(vars: &mut Vec<(String, String)>, port: u16) -> Result<()> {
    let before = |name: &str| vars.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let before = PORT_VARIABLES.map(|name| (name, before(name)));
    let before: std::collections::BTreeMap<_, _> = before.into_iter().collect();
    let text = serde_json::to_string(&before).context("could not write the agent's variables")?;
    let given = PORT_VARIABLES.map(|name| (name, port.to_string()));
    let own = [("AGENTCORE_SANDBOX_GIVEN", text), ("AGENTCORE_SANDBOX_LISTEN", port.to_string())];
    for (name, value) in given.into_iter().chain(own) {
        vars.retain(|(key, _)| key != name);
        vars.push((name.to_owned(), value));
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.context("preparing the agent was cut short")?
}

fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split(':').filter(|part| !part.is_empty())
}

fn join(dirs: Vec<PathBuf>) -> Result<String> {
    let joined = std::env::join_paths(dirs).context("a directory has a name that no search path can hold")?;
    joined.into_string().map_err(|_| Error::failed("a directory on the search path has a name that is not UTF-8"))
}

/// The supervising shell drops variables whose names are none of a shell's (`app.name`); they travel as one, which the
/// start-up shims take apart.
pub(crate) fn around_the_shell(vars: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let plain = |name: &str| {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        name.bytes().all(valid) && !name.starts_with(|first: char| first.is_ascii_digit())
    };
    let (mut plain, odd): (Vec<_>, Vec<_>) = vars.into_iter().partition(|(name, _)| plain(name));
    // No environment can hold a name with `=`.
    let odd: std::collections::BTreeMap<_, _> = odd.into_iter().filter(|(name, _)| !name.contains('=')).collect();
    if !odd.is_empty() {
        let text = serde_json::to_string(&odd).context("could not write the agent's variables")?;
        plain.push(("AGENTCORE_SANDBOX_VARIABLES".to_owned(), text));
    }
    Ok(plain)
}

fn search_path(config: &serde_json::Value) -> Vec<String> {
    let path = image_variables(config).into_iter().find(|(name, _)| name == "PATH").map(|(_, value)| value);
    path.map_or_else(|| SYSTEM_DIRS.map(str::to_owned).to_vec(), |path| split(&path).map(str::to_owned).collect())
}

/// `path`, absolute in the image, below `root`, wherever the image's links lead.
fn below(root: &Path, path: &Path) -> Result<PathBuf> {
    Ok(beneath::find(root, path)?.path)
}

/// Where the image's paths are on this machine.
struct PathMap<'a> {
    root: &'a Path,
    /// The working directory inside, and its copy.
    work: Option<(&'a Path, &'a Path)>,
}

impl PathMap<'_> {
    /// Where a path of the image is on this machine, links followed; a relative one is seen from the working directory.
    fn path(&self, path: &str) -> PathBuf {
        let home = self.work.map_or(Path::new("/"), |(inside, _)| inside);
        // Circular links resolve to a missing path.
        let Ok(found) = below(self.root, &home.join(path)) else { return self.root.join(path.trim_start_matches('/')) };
        let copied = self.work.and_then(|(from, to)| {
            let below = found.strip_prefix(below(self.root, from).ok()?).ok()?;
            Some(to.join(below))
        });
        copied.unwrap_or(found)
    }

    /// The words after the program: an absolute path of the image becomes one of this machine, and so does one that goes up
    /// from the working directory. What an interpreter is given first is its script, which is in the image or nowhere.
    fn arguments(&self, words: &[String], is_interpreter: bool) -> Vec<OsString> {
        let script = words.iter().position(|word| !word.starts_with('-')).filter(|_| is_interpreter);
        let mapped = words.iter().enumerate().map(|(place, word)| {
            let path = Path::new(word);
            // A shell's line and an address are no paths.
            let plain = !word.contains(char::is_whitespace) && !word.contains("://");
            let goes_up = plain && path.components().any(|part| part == Component::ParentDir);
            if !path.has_root() && !goes_up {
                return word.into();
            }
            let mapped = self.path(word);
            if mapped.exists() || goes_up || Some(place) == script { mapped.into_os_string() } else { word.into() }
        });
        mapped.collect()
    }
}

/// This machine's interpreters.
struct HostTools {
    /// A directory with `python`, `python3` and `node`, because launchers look for these names.
    bin: PathBuf,
    /// The error says why there is none.
    python: Result<Python>,
    node: Result<NodeJs>,
    /// Where a full Python image has its packages.
    site_packages: Vec<PathBuf>,
}

impl HostTools {
    async fn find(
        env: &Env,
        (interpreters, minor): (&Interpreters, Option<u32>),
        root: &Path,
        bin: &Path,
    ) -> Result<Self> {
        let python = interpreters.python(env, minor).await;
        let node = interpreters.node(env).await;
        fsx::create_private_dir(bin)?;
        let path = python.as_ref().ok().map(|python| &python.path);
        let script = node.as_ref().ok().map(|node| &node.path);
        #[cfg(unix)]
        for (name, target) in [("python", path), ("python3", path), ("node", script)] {
            if let Some(target) = target {
                std::os::unix::fs::symlink(target, bin.join(name)).context("could not link an interpreter")?;
            }
        }
        let lib = root.join("usr/local/lib");
        let site_packages = fs::read_dir(&lib)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                below(root, &Path::new("/usr/local/lib").join(entry.file_name()).join("site-packages")).ok()
            })
            .filter(|dir| dir.is_dir())
            .collect();
        Ok(Self { bin: bin.to_owned(), python, node, site_packages })
    }

    /// The first words of the command: the program, with its interpreter in front where it is a script.
    fn resolve(&self, map: &PathMap<'_>, search: &[String], command: &[String]) -> Result<Vec<OsString>> {
        let Some(name) = command.first() else {
            return Err(Error::failed("the image has neither ENTRYPOINT nor CMD"));
        };
        let base = name.rsplit('/').next().unwrap_or(name);
        if let Some(lent) = self.host_interpreter(base)? {
            return Ok(vec![lent.into()]);
        }
        let candidates: Vec<PathBuf> = if name.contains('/') {
            vec![map.path(name)]
        } else {
            search.iter().map(|dir| map.path(dir).join(name)).collect()
        };
        for (index, file) in candidates.iter().enumerate().filter(|(_, file)| file.is_file()) {
            match interpreter(file) {
                Some(shebang) => {
                    let lent = self.host_interpreter(&shebang)?.unwrap_or_else(|| PathBuf::from("/bin/sh"));
                    return Ok(vec![lent.into(), file.into()]);
                }
                // A binary of the base system is linked to that system's libraries; one of the agent's own may be static.
                None if name.contains('/') || !SYSTEM_DIRS.contains(&search[index].as_str()) => {
                    return Ok(vec![file.into()]);
                }
                None => {}
            }
        }
        if matches!(base, "sh" | "bash" | "env") {
            return Ok(vec![base.into()]);
        }
        Err(Error::failed(format!("the image's command `{name}` cannot be run without a container engine"))
            .hint("start Docker, Podman or Finch and restart the sandbox"))
    }

    fn is_interpreter(&self, program: &std::ffi::OsStr) -> bool {
        let python = self.python.as_ref().is_ok_and(|own| own.path.as_os_str() == program);
        let node = self.node.as_ref().is_ok_and(|own| own.path.as_os_str() == program);
        python || node || program == "sh" || program == "bash"
    }

    /// This machine's interpreter for a program called `name`; `None` when it is no interpreter.
    fn host_interpreter(&self, name: &str) -> Result<Option<PathBuf>> {
        let lack = |what: &str, error: &Error| {
            error
                .clone()
                .context(format!("the agent needs {what}"))
                .hint("then restart the sandbox; or start a container engine before, which brings its own")
        };
        if name.starts_with("python") {
            return self.python.as_ref().map(|own| Some(own.path.clone())).map_err(|error| lack("Python 3", error));
        }
        if matches!(name, "node" | "nodejs") {
            return self.node.as_ref().map(|own| Some(own.path.clone())).map_err(|error| lack("Node.js", error));
        }
        Ok(None)
    }

    /// The note when `program` is a Node.js of another release line than the image's.
    fn other_node(&self, program: &[OsString], config: &serde_json::Value) -> Option<String> {
        let (node, major) = (self.node.as_ref().ok()?, node_of_image(config)?);
        let runs = program.first().is_some_and(|program| *program == node.path);
        (runs && node.major != major).then(|| {
            format!(
                "the agent is made for Node.js {major}, and this machine has {} only: options and functions of the other \
                 version can be missing",
                node.major
            )
        })
    }

    /// The note when `program` is a Python of another version than the agent's packages are for.
    fn other_python(&self, program: &[OsString], minor: Option<u32>) -> Option<String> {
        let (python, minor) = (self.python.as_ref().ok()?, minor?);
        let runs = program.first().is_some_and(|program| *program == python.path);
        (runs && python.minor != minor).then(|| {
            format!(
                "the agent is made for Python 3.{minor}, and this machine has 3.{} only: its compiled packages cannot be loaded",
                python.minor
            )
        })
    }
}

/// The major version of the Node.js in the image that the agent was built on.
fn node_of_image(config: &serde_json::Value) -> Option<u32> {
    let (_, version) = image_variables(config).into_iter().find(|(name, _)| name == "NODE_VERSION")?;
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// The minor version of the Python 3 that the image's native packages are built for.
fn python_of_image(root: &Path) -> Option<u32> {
    // A full Python image has its interpreter; in one from scratch the extension modules say it.
    for entry in fs::read_dir(root.join("usr/local/lib")).into_iter().flatten().flatten() {
        if let Some(minor) = entry.file_name().to_string_lossy().strip_prefix("python3.").and_then(|m| m.parse().ok()) {
            return Some(minor);
        }
    }
    let mut queue = vec![(root.join("opt/python"), 0), (root.join(super::archive::FOLDER), 0)];
    while let Some((dir, depth)) = queue.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if let Some((_, tail)) = name.split_once(".cpython-3").filter(|_| !name.ends_with(".pyc")) {
                return leading_number(tail);
            }
            if depth < 2 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                queue.push((entry.path(), depth + 1));
            }
        }
    }
    None
}

/// 12 for `12-x86_64-linux-gnu.so` and `12.4`.
fn leading_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whether another program runs it, which a shim may reach.
fn is_script(program: &std::ffi::OsStr) -> bool {
    let path = Path::new(program);
    let shell = path.file_name().is_some_and(|name| ["sh", "bash", "dash", "env"].iter().any(|shell| name == *shell));
    shell || interpreter(path).is_some()
}

/// The base name of the interpreter that a script's first line names; `None` for anything but a script.
fn interpreter(file: &Path) -> Option<String> {
    let mut head = [0; 256];
    let length = fs::File::open(file).and_then(|mut file| file.read(&mut head)).ok()?;
    let line = String::from_utf8_lossy(&head[..length]).lines().next()?.strip_prefix("#!")?.trim().to_owned();
    let mut parts = line.split_whitespace();
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    match base(parts.next()?) {
        env if env == "env" => parts.find(|part| !part.starts_with('-')).map(base),
        other => Some(other),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use serde_json::json;

    use super::super::spec::tests::spec;
    use super::*;
    use crate::process::{Child, find};

    fn put(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn tools(root: &Path) -> HostTools {
        let python = Ok(Python { path: "/host/python3".into(), minor: 12 });
        let node = Err(Error::failed("there is no Node.js on PATH"));
        HostTools { bin: root.join("bin"), python, node, site_packages: Vec::new() }
    }

    #[test]
    fn a_path_reaches_node_as_it_is() {
        assert_eq!(for_node("/cafe\u{301}/a b"), "\"/cafe\u{301}/a b\"");
        assert_eq!(for_node(r#"C:\a"b"#), r#""C:\\a\"b""#);
    }

    #[test]
    fn another_version_of_node_is_told() {
        let lent = NodeJs { path: "/host/node".into(), major: 20 };
        let tools = HostTools { node: Ok(lent), ..tools(Path::new("/x")) };
        let other = |version: &str, program: &str| {
            tools.other_node(&[program.into()], &json!({ "Env": [format!("NODE_VERSION={version}")] }))
        };
        assert!(other("22.1.0", "/host/node").unwrap().contains("made for Node.js 22, and this machine has 20 only"));
        assert_eq!((other("20.9.0", "/host/node"), other("22.1.0", "/bin/sh")), (None, None));
    }

    #[test]
    fn commands_get_this_machines_interpreter() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        put(&root.join("opt/python/bin/opentelemetry-instrument"), "#!/usr/local/bin/python3.12\nimport x\n");
        put(&root.join("usr/local/bin/start"), "#!/usr/bin/env python\n");
        put(&root.join("usr/bin/tool"), "\u{7f}ELF");
        put(&root.join("srv/agent"), "\u{7f}ELF");
        put(&root.join("app/run.sh"), "#!/bin/sh\n");
        let work = root.join("copy");
        put(&work.join("run.sh"), "#!/bin/sh\n");
        let map = PathMap { root, work: Some((Path::new("/app"), &work)) };
        let search = ["/opt/python/bin", "/usr/local/bin", "/usr/bin"].map(str::to_owned);
        let resolve = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            tools(root).resolve(&map, &search, &words)
        };
        let python = OsString::from("/host/python3");
        assert_eq!(resolve(&["python", "-m", "agent"]).unwrap(), vec![python.clone()]);
        assert_eq!(resolve(&["/usr/local/bin/python3.12"]).unwrap(), vec![python.clone()]);
        let instrument = root.join("opt/python/bin/opentelemetry-instrument").into_os_string();
        assert_eq!(resolve(&["opentelemetry-instrument"]).unwrap(), [python.clone(), instrument]);
        assert_eq!(resolve(&["start"]).unwrap()[0], python);
        assert_eq!(resolve(&["/srv/agent"]).unwrap(), [root.join("srv/agent").into_os_string()]);
        assert_eq!(resolve(&["/app/run.sh"]).unwrap()[1], work.join("run.sh").into_os_string());
        assert!(resolve(&["tool"]).unwrap_err().to_string().contains("container engine"));
        assert!(resolve(&["node", "x.js"]).unwrap_err().to_string().contains("Node.js"));
        assert!(resolve(&[]).unwrap_err().to_string().contains("CMD"));
        let note = |words: &[&str], minor| tools(root).other_python(&resolve(words).unwrap(), minor);
        assert!(note(&["start"], Some(13)).unwrap().contains("made for Python 3.13, and this machine has 3.12 only"));
        assert_eq!(
            (note(&["start"], Some(12)), note(&["start"], None), note(&["/srv/agent"], Some(13))),
            (None, None, None)
        );
    }

    #[test]
    fn image_paths_never_lead_outside_it() {
        let dir = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(dir.path()).unwrap();
        let (root, copy) = (top.join("root"), top.join("session/work"));
        for file in
            ["outside/agent.py", "root/srv/app/agent.py", "session/work/agent.py", "session/agent.py", "root/etc/x"]
        {
            put(&top.join(file), "");
        }
        for (at, target) in [
            ("root/app", "/srv/app"),
            ("root/door", top.join("outside").to_str().unwrap()),
            ("root/up", "../../../outside"),
            ("root/srv/app/top", "/"),
        ] {
            std::os::unix::fs::symlink(target, top.join(at)).unwrap();
        }
        let map = PathMap { root: &root, work: Some((Path::new("/app"), &copy)) };
        assert_eq!(map.path("/app/agent.py"), copy.join("agent.py"));
        assert_eq!(map.path("agent.py"), copy.join("agent.py"));
        assert_eq!(map.path("../../../../etc/x"), root.join("etc/x"));
        for sly in
            ["/door/agent.py", "door/agent.py", "/up/agent.py", "../../outside/agent.py", "top/../outside/agent.py"]
        {
            let found = map.path(sly);
            assert!(found.starts_with(&root) || found.starts_with(&copy), "{sly}: {}", found.display());
            assert!(!found.exists(), "{sly}: {}", found.display());
        }
        let arguments = |words: &[&str], is_interpreter| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            map.arguments(&words, is_interpreter)
                .into_iter()
                .map(|word| word.into_string().unwrap())
                .collect::<Vec<_>>()
        };
        let outside = top.join("outside/agent.py").display().to_string();
        // A script is in the image or nowhere; another argument may name what every machine has.
        assert!(!Path::new(&arguments(&["-u", &outside], true)[1]).exists());
        assert_eq!(arguments(&["/dev/stdout"], false), ["/dev/stdout"]);
        assert!(!Path::new(&arguments(&["../agent.py"], true)[0]).exists());
        assert!(arguments(&["top/../outside/agent.py"], false)[0].starts_with(root.to_str().unwrap()));
        let kept = ["-c", "cd /app/../srv && python agent.py", "https://h.example/../x", "--flag", "agent:app"];
        assert_eq!(arguments(&kept, true), kept);
    }

    #[test]
    fn the_python_version_is_read_from_the_image() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(python_of_image(dir.path()), None);
        put(&dir.path().join("opt/python/pydantic_core/_core.cpython-312-x86_64-linux-gnu.so"), "");
        assert_eq!(python_of_image(dir.path()), Some(12));
        put(&dir.path().join("usr/local/lib/python3.13/os.py"), "");
        assert_eq!(python_of_image(dir.path()), Some(13));
    }

    #[tokio::test]
    async fn agent_gets_clean_environment_and_its_own_copy() {
        let dir = tempfile::tempdir().unwrap();
        let spec = spec(json!({
            "Env": ["PATH=/opt/python/bin:/usr/local/bin:/usr/bin", "PYTHONPATH=/opt/python:/app/lib",
                "PYTHONDONTWRITEBYTECODE=1", "app.name=dotted", "a=b=c"],
            "Cmd": ["sh", "/app/x"],
            "WorkingDir": "/app",
        }));
        let root = dir.path().join("root");
        put(&root.join("app/x"), "one");
        put(&root.join("opt/python/bin/tool"), "");
        let session = dir.path().join("session");
        let env = Env::fake(dir.path(), &[("PATH", "/usr/bin:/bin"), ("SECRET_OF_THE_HOST", "x"), ("HOME", "/root")]);
        let root = fs::canonicalize(root).unwrap();
        let shim = dir.path().join("shim");
        let plan = ProcessStart {
            spec: &spec,
            env: &env,
            root: &root,
            shim: &shim,
            session: &session,
            port: 41_000,
            endpoint: &[("AWS_ENDPOINT_URL".into(), "http://127.0.0.1:1".into())],
            interpreters: &Interpreters::default(),
        };
        let (command, _) = plan.command().await.unwrap();
        assert_eq!(command.words[1], session.join("work/x").into_os_string());
        assert_eq!(command.dir.as_deref(), Some(session.join("work").as_path()));
        fs::write(session.join("work/x"), "changed").unwrap();
        assert_eq!(fs::read_to_string(root.join("app/x")).unwrap(), "one");
        let get = |name: &str| command.variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        assert_eq!(
            get("PATH").unwrap(),
            [text(session.join("bin")), text(root.join("opt/python/bin")), "/usr/bin:/bin".into()].join(":")
        );
        assert_eq!(
            get("PYTHONPATH").unwrap(),
            [text(shim), text(root.join("opt/python")), text(session.join("work/lib"))].join(":")
        );
        assert_eq!(get("AGENTCORE_SANDBOX_PORT").unwrap(), "8080=41000");
        assert_eq!(get("AWS_ENDPOINT_URL").unwrap(), "http://127.0.0.1:1");
        assert_eq!((get("SECRET_OF_THE_HOST"), get("DOCKER_CONTAINER")), (None, Some("1".into())));
        assert_eq!(get("HOME").unwrap(), text(session.join("home")));
        assert_eq!(get("PYTHONDONTWRITEBYTECODE"), None);
        assert_eq!((get("a"), get("app.name")), (Some("b=c".into()), None));
        assert_eq!(get("AGENTCORE_SANDBOX_VARIABLES").unwrap(), r#"{"app.name":"dotted"}"#);
    }

    #[tokio::test]
    async fn node_finds_only_the_images_packages() {
        let Some(node) = find(&Env::capture(), "node") else {
            println!("NOT TESTED: where Node.js looks for packages, because there is no `node` on PATH");
            return;
        };
        let dir = tempfile::tempdir().unwrap();
        let top = fs::canonicalize(dir.path()).unwrap();
        let (root, session, shim) = (top.join("root"), top.join("sessions/one"), top.join("shim"));
        write_shims(&shim).unwrap();
        for (place, name) in [(&root.join("app"), "own"), (&session.join("work"), "linked"), (&top, "stranger")] {
            put(&place.join("node_modules").join(name).join("index.js"), "module.exports = 1");
        }
        put(&root.join("lib/listed/index.js"), "module.exports = 1");
        put(
            &session.join("work/agent.js"),
            "const found = (name) => { try { return require(name); } catch (error) { return error.code; } };\
             console.log(found('linked'), found('listed'), found('./side'), found('stranger'), found('node:net') !== 1);",
        );
        put(&session.join("work/side.js"), "module.exports = 1");
        let child = Child::inheriting(node)
            .arg(session.join("work/agent.js"))
            .var("NODE_OPTIONS", format!("--require {}", for_node(&shim.join("listen.cjs").display().to_string())))
            .var("NODE_PATH", root.join("lib"))
            .var("AGENTCORE_SANDBOX_ROOT", &root)
            .var("AGENTCORE_SANDBOX_SESSION", &session);
        assert_eq!(child.check().await.unwrap().stdout_text(), "1 1 1 MODULE_NOT_FOUND true");
    }

    /// Runs a program with the shims in front and gives its output; `None` when this machine has no such program.
    async fn with_shims(program: &str, args: &[&str], dir: &Path) -> Option<String> {
        let program = find(&Env::capture(), program)?;
        let shim = dir.join("shim");
        write_shims(&shim).unwrap();
        put(&dir.join("next/sitecustomize.py"), "import os; os.environ['CHAINED'] = 'yes'");
        put(&dir.join("site-packages/stranger.py"), "");
        let python_path = [&shim, &dir.join("next"), &dir.join("site-packages")].map(|dir| dir.display().to_string());
        let child = Child::inheriting(program)
            .args(args)
            .var("PYTHONPATH", python_path.join(":"))
            .var("NODE_OPTIONS", format!("--require {}", for_node(&shim.join("listen.cjs").display().to_string())))
            .var("AGENTCORE_SANDBOX_PORT", "8080=0")
            .var("AGENTCORE_SANDBOX_GIVEN", r#"{"PORT":null,"A2A_PORT":"9000"}"#)
            .var("PORT", "0")
            .var("A2A_PORT", "0")
            .var("AGENTCORE_SANDBOX_ROOT", dir.join("root"))
            .var("AGENTCORE_SANDBOX_VARIABLES", r#"{"app.name":"dotted"}"#);
        Some(child.check().await.unwrap().stdout_text())
    }

    #[tokio::test]
    async fn python_listens_where_it_was_told() {
        // Port 0 stands for the assigned one: any free port, so that nothing has to be reserved.
        const SCRIPT: &str = "
import asyncio, importlib.util, os, socket
def bound(family, address):
    with socket.socket(family) as listener:
        listener.bind(address)
        return listener.getsockname()[:2]
for address in ('0.0.0.0', 8080), ('', 8080), ('127.0.0.1', 8080), ('localhost', 8080):
    host, port = bound(socket.AF_INET, address)
    assert host == '127.0.0.1' and port != 8080, (address, host, port)
assert bound(socket.AF_INET, ('0.0.0.0', 0))[0] == '127.0.0.1'
assert bound(socket.AF_INET, ('127.0.0.2', 0))[0] == '127.0.0.2'
async def serve():
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, '0.0.0.0', 8080)
    return server.sockets[0].getsockname()
host, port = asyncio.run(serve())
assert host == '127.0.0.1' and port != 8080
assert os.environ['CHAINED'] == 'yes'
assert os.environ['app.name'] == 'dotted' and 'AGENTCORE_SANDBOX_VARIABLES' not in os.environ
assert importlib.util.find_spec('stranger') is None
assert 'PORT' not in os.environ and os.environ['A2A_PORT'] == '9000', 'the service sets no port'
print('fine')
";
        let dir = tempfile::tempdir().unwrap();
        let said = with_shims("python3", &["-c", SCRIPT], dir.path()).await;
        assert_eq!(said.expect("this test needs Python 3 on PATH"), "fine");
    }

    #[tokio::test]
    async fn node_listens_where_it_was_told() {
        const SCRIPT: &str = "
const net = require('net');
if (process.env['app.name'] !== 'dotted' || process.env.AGENTCORE_SANDBOX_VARIABLES) throw new Error('variables');
if (process.env.PORT !== undefined || process.env.A2A_PORT !== '9000') throw new Error('the service sets no port');
const cases = [[8080], [8080, '0.0.0.0'], ['8080'], [{ port: 8080, host: '::' }], [0], [0, undefined, 5]];
let left = cases.length;
for (const args of cases) {
  const server = net.createServer();
  server.listen(...args, () => {
    const { address, port } = server.address();
    if (address !== '127.0.0.1' || port === 8080) throw new Error(JSON.stringify([args, address, port]));
    server.close();
    if (--left === 0) console.log('fine');
  });
}
";
        let dir = tempfile::tempdir().unwrap();
        match with_shims("node", &["-e", SCRIPT], dir.path()).await {
            Some(said) => assert_eq!(said, "fine"),
            None => println!("NOT TESTED: the shim for Node.js, because there is no `node` on PATH"),
        }
    }
}
