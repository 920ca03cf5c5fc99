//! Byte code of Python modules, so that an agent's first start does not compile everything that it imports.
//!
//! Owns: finding a Python of the target's version, and compiling with it so that the result depends on the source, its
//! place and that Python only. Does not own: what is compiled, and where it is packed.
//!
//! The files are unchecked hash-based ones (PEP 552): times of modification mean nothing in an artifact, and reading the
//! source to compare it would cost some of what is won. Nothing is imported or run.

use std::path::{Path, PathBuf};

use crate::env::Env;
use crate::error::{Context, Result};
use crate::interpreters;
use crate::process::{Child, Tool};
use crate::tree::{Entry, EntryKind};

/// Part of every key; a change in how it is compiled needs another one.
const FORMAT: u32 = 1;
/// Set to `off`, artifacts have none.
const SWITCH: &str = "AGENTCORE_BYTE_CODE";

/// Prints the version, the tag of byte code files, and whether this Python's byte code is that of a release.
const ASK: &str = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.implementation.cache_tag, \
                   sys.version_info[3] == 'final' and sys.implementation.name == 'cpython')";

/// Compiles what it reads: for each file three lines, the source, the name that tracebacks show, and the result.
/// Before 3.11 whether an object is written as shared depends on what else the process has seen; the older format has no
/// such thing. A file that cannot be compiled has no result: it may be a template, or for another Python.
const COMPILE: &str = r#"
import sys
sys.path[:] = [path for path in sys.path if path not in ("", ".")]
import marshal, warnings
from importlib.util import MAGIC_NUMBER, source_hash
warnings.simplefilter("ignore")
form = 4 if sys.version_info >= (3, 11) else 2
sys.setrecursionlimit(10000)
lines = iter(sys.stdin.buffer.read().decode().split("\n"))
for source, shown, result in zip(lines, lines, lines):
    try:
        with open(source, "rb") as file:
            text = file.read()
        code = marshal.dumps(compile(text, shown, "exec", dont_inherit=True, optimize=0), form)
    except Exception:
        continue
    # The lowest bit: by hash; the next one, to be checked, is not set.
    head = MAGIC_NUMBER + (1).to_bytes(4, "little") + source_hash(text)
    with open(result, "wb") as file:
        file.write(head + code)
"#;

/// A Python that compiles for the target.
#[derive(Clone, Debug)]
pub(crate) struct Compiler {
    env: Env,
    python: PathBuf,
    /// `3.12.4`
    version: String,
    /// `cpython-312`
    tag: String,
}

impl Compiler {
    /// A Python of this machine with the target's version (`3.12`), the byte code of which the target's can read;
    /// `None` when there is none, or byte code is switched off.
    pub(crate) async fn find(env: &Env, target: &str) -> Option<Self> {
        if is_off(env) {
            return None;
        }
        let minor = target.strip_prefix("3.")?.parse().ok()?;
        let python = interpreters::python(env, Some(minor)).await.ok().filter(|python| python.minor == minor)?.path;
        let answer = child(env, &python).args(["-c", ASK]).output().await.ok()?.stdout_text();
        let [version, tag, "True"] = answer.split(' ').collect::<Vec<_>>()[..] else { return None };
        Some(Self { env: env.clone(), version: version.to_owned(), tag: tag.to_owned(), python })
    }

    /// Releases of one version can compile differently, so it is part of what identifies a layer.
    pub(crate) fn key(&self) -> String {
        format!("byte-code-{FORMAT}-{}", self.version)
    }

    /// The entries, and the byte code of the modules among them. `root` is where they will be, `/` or empty, for
    /// tracebacks; `dir` holds the results until they are packed.
    ///
    /// # Errors
    /// A Python that stops.
    pub(crate) async fn add_to(&self, entries: &mut Vec<Entry>, root: &str, dir: &Path) -> Result<()> {
        std::fs::create_dir_all(dir).with_context(|| format!("could not create `{}`", dir.display()))?;
        let jobs: Vec<Job> = entries.iter().filter_map(|entry| self.job(entry, root, dir)).collect();
        let jobs: Vec<Job> = jobs.into_iter().enumerate().map(|(at, job)| job.numbered(at)).collect();
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len().max(1));
        let shares = (0..workers).map(|worker| self.compile(jobs.iter().skip(worker).step_by(workers)));
        futures_util::future::try_join_all(shares).await?;
        for job in jobs {
            if let Ok(found) = std::fs::metadata(&job.result) {
                let kind = EntryKind::File { path: job.result, size: found.len() };
                entries.push(Entry { path: job.path, kind, executable: false });
            }
        }
        Ok(())
    }

    async fn compile(&self, jobs: impl Iterator<Item = &Job>) -> Result<()> {
        let mut input = String::new();
        for job in jobs {
            for part in [&*job.source.to_string_lossy(), &job.shown, &*job.result.to_string_lossy()] {
                input += part;
                input.push('\n');
            }
        }
        let child = child(&self.env, &self.python).args(["-c", COMPILE]).stdin(input);
        child.check().await.map(drop).map_err(|error| error.context("could not compile the Python modules"))
    }

    /// `None` for what nobody imports, and for what byte code lies beside already.
    fn job(&self, entry: &Entry, root: &str, dir: &Path) -> Option<Job> {
        let EntryKind::File { path: source, .. } = &entry.kind else { return None };
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let stem = name.strip_suffix(".py").filter(|stem| !stem.is_empty())?;
        let is_program = folder == "bin" || folder.ends_with("/bin");
        let odd = [&*source.to_string_lossy(), &entry.path].iter().any(|text| text.contains('\n'));
        if is_program || odd {
            return None;
        }
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        Some(Job {
            source: source.clone(),
            shown: format!("{root}{}", entry.path),
            path: format!("{below}__pycache__/{stem}.{}.pyc", self.tag),
            result: dir.to_owned(),
        })
    }
}

/// Whether the user wants none.
pub(crate) fn is_off(env: &Env) -> bool {
    env.var(SWITCH) == Some("off")
}

/// The note where there is no Python to compile with.
pub(crate) fn missing(target: &str) -> String {
    format!(
        "there is no Python {target} on this machine to compile the modules with, so each cold start does it; with one, \
         `--force-rebuild-deps` compiles them"
    )
}

/// One file to compile.
#[derive(Debug)]
struct Job {
    source: PathBuf,
    /// For tracebacks.
    shown: String,
    /// The result in the artifact.
    path: String,
    /// The result on disk.
    result: PathBuf,
}

impl Job {
    fn numbered(mut self, at: usize) -> Self {
        self.result.push(format!("{at}.pyc"));
        self
    }
}

/// The result must not depend on the user's settings.
fn child(env: &Env, python: &Path) -> Child {
    let child = Child::new(python, env, Tool::Python).args(["-S", "-s", "-B"]).dir("/");
    let child = ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONINSPECT"]
        .iter()
        .fold(child, Child::without_var);
    child.var("PYTHONHASHSEED", "0").var("PYTHONUTF8", "1")
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::needs;

    const MODULE: &str = "NAMES = {'a', 'b', 'c'}\ndef has(x):\n    return x in {'one', 'two', 'three', 4}\n\
                          def fail():\n    raise ValueError('here')\n";

    /// This machine's own Python, whichever it is.
    async fn own_compiler() -> Option<(Compiler, PathBuf)> {
        let env = Env::capture();
        if !needs::met("python", &["python3"]) {
            return None;
        }
        let version = super::super::host_python_version(&env, None).await.unwrap();
        Some((Compiler::find(&env, &version).await.unwrap(), crate::process::find(&env, "python3").unwrap()))
    }

    fn entries(dir: &Path, files: &[(&str, &str)]) -> Vec<Entry> {
        let entry = |(path, text): &(&str, &str)| {
            let file = dir.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, text).unwrap();
            let kind = EntryKind::File { path: file, size: text.len() as u64 };
            Entry { path: (*path).to_owned(), kind, executable: false }
        };
        files.iter().map(entry).collect()
    }

    async fn compiled(compiler: &Compiler, files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        let mut all = entries(&dir.path().join("source"), files);
        let own = all.len();
        compiler.add_to(&mut all, "/", &dir.path().join("out")).await.unwrap();
        let read = |entry: Entry| match entry.kind {
            EntryKind::File { path, .. } => (entry.path, std::fs::read(path).unwrap()),
            other => panic!("{other:?}"),
        };
        all.split_off(own).into_iter().map(read).collect()
    }

    #[tokio::test]
    async fn byte_code_is_reproducible_whatever_else_is_compiled() {
        let Some((compiler, _)) = own_compiler().await else { return };
        let alone = compiled(&compiler, &[("app/a.py", MODULE)]).await;
        let others: Vec<(String, String)> =
            (0..40).map(|n| (format!("app/b{n}.py"), format!("{MODULE}one = 'a{n}'\nhere = 'here'\n"))).collect();
        let mut files: Vec<(&str, &str)> = others.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files.push(("app/a.py", MODULE));
        let among = compiled(&compiler, &files).await;
        let path = format!("app/__pycache__/a.{}.pyc", compiler.tag);
        assert_eq!((alone.len(), among.len()), (1, 41));
        assert_eq!(alone[&path], among[&path]);
        // By hash, and not to be checked.
        assert_eq!(alone[&path][4..8], [1, 0, 0, 0]);
        let text = String::from_utf8_lossy(&alone[&path]).into_owned();
        assert!(text.contains("/app/a.py"), "a traceback shows where the file is in the artifact");
        assert!(!text.contains("source"), "the place on this machine is in it");
    }

    #[tokio::test]
    async fn only_valid_importable_modules_get_byte_code() {
        let Some((compiler, _)) = own_compiler().await else { return };
        let files = [
            ("pkg/__init__.py", "x = 1\n"),
            ("pkg/old.py", "print 'two'\n"),
            ("pkg/template.py", "{{ name }} = \n"),
            ("pkg/data.txt", "x"),
            ("bin/tool.py", "x = 1\n"),
            ("top.py", "y = 2\n"),
        ];
        let found = compiled(&compiler, &files).await;
        let expected =
            ["__pycache__/top", "pkg/__pycache__/__init__"].map(|stem| format!("{stem}.{}.pyc", compiler.tag));
        assert_eq!(found.into_keys().collect::<Vec<_>>(), expected);
    }

    #[tokio::test]
    async fn python_takes_it_without_looking_at_the_source() {
        let Some((compiler, python)) = own_compiler().await else { return };
        let dir = tempfile::tempdir().unwrap();
        let mut all = entries(dir.path(), &[("mod.py", "value = 'compiled'\n")]);
        compiler.add_to(&mut all, "/", &dir.path().join("out")).await.unwrap();
        let EntryKind::File { path, .. } = &all[1].kind else { panic!("{all:?}") };
        std::fs::create_dir(dir.path().join("__pycache__")).unwrap();
        std::fs::copy(path, dir.path().join(&all[1].path)).unwrap();
        std::fs::write(dir.path().join("mod.py"), "value = 'source'\n").unwrap();
        let run = Child::new(python, &Env::capture(), Tool::Python)
            .args(["-c", "import mod; print(mod.value)"])
            .dir(dir.path());
        assert_eq!(run.check().await.unwrap().stdout_text(), "compiled");
    }

    #[tokio::test]
    async fn a_python_of_another_version_does_not_compile() {
        let env = Env::capture();
        assert!(Compiler::find(&env, "3.99").await.is_none());
        let off = Env::fake(Path::new("/"), &[(SWITCH, "off"), ("PATH", env.var("PATH").unwrap_or_default())]);
        assert!(is_off(&off) && Compiler::find(&off, "3.11").await.is_none());
    }
}
