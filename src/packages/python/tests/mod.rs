//! The dependency layer with a stand-in for uv, and with the real installers: `own` for packages that are built here,
//! `index` for a private index.

#[cfg(unix)]
mod index;
#[cfg(unix)]
mod own;

use crate::needs;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::events::{Event, Events};
use crate::platform::Platform;

use super::*;
use crate::cache::Cache;
use crate::image::cached;
use crate::image::layer::LayerFile;
use crate::packages::InstallContext;
use crate::process::{self, Child};

/// Everything that an installation needs, owned.
struct InstallFixture<'a> {
    env: &'a Env,
    cache: Cache,
    events: Events,
}

impl<'a> InstallFixture<'a> {
    fn new(env: &'a Env, cache_dir: PathBuf) -> Self {
        Self { env, cache: Cache::at(cache_dir), events: Events::silent() }
    }
}

/// What a builder does with dependencies.
async fn layer(wanted: &PythonDependencies, context: &InstallFixture<'_>) -> Result<Option<LayerFile>> {
    let Some(request) = prepare(wanted, context.env)? else { return Ok(None) };
    if request.moving().is_none()
        && let Some(layer) = cached::recall(&context.cache, request.key(), "test")
    {
        return Ok(Some(layer));
    }
    let setup = InstallContext { env: context.env, cache: &context.cache, events: &context.events };
    let installed = request.install(&setup).await?;
    cached::make(&context.cache, request.key(), "test", installed.entries("opt/python")?).await.map(Some)
}

/// A machine with one program on its `PATH`, which logs its arguments and installs a package.
struct Machine {
    dir: tempfile::TempDir,
    env: Env,
    lines: Arc<Mutex<Vec<String>>>,
}

const UV: &str = r#"#!/bin/sh
echo "$*" >> "$(dirname "$0")/log"
echo "looking at https://me:canary-77@pypi.example/simple and canary-77" >&2
if [ -f "$(dirname "$0")/fail" ]; then echo "Because all versions of pyspark have no usable wheels, sorry canary-77" >&2; exit 1; fi
while [ $# -gt 0 ]; do [ "$1" = --target ] && target=$2; shift; done
[ -n "$target" ] || exit 0
mkdir -p "$target/pkg/__pycache__" "$target/bin"
echo "code" > "$target/pkg/__init__.py"
date +%N > "$target/pkg/__pycache__/x.pyc"
printf '#!%s/python\nx\n' "$target" > "$target/bin/tool"
"#;

impl Machine {
    async fn new(program: &str, script: &str, vars: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("path")).unwrap();
        crate::image::write_script(&dir.path().join("path").join(program), script).await;
        let bin = dir.path().join("path");
        let mut all = vec![("PATH", bin.to_str().unwrap())];
        all.extend_from_slice(vars);
        let env = Env::fake(dir.path(), &all);
        Self { dir, env, lines: Arc::default() }
    }

    fn context(&self) -> InstallFixture<'_> {
        let lines = Arc::clone(&self.lines);
        InstallFixture {
            env: &self.env,
            cache: Cache::at(self.dir.path().join("cache")),
            events: Events::new(move |event: Event| lines.lock().unwrap().push(format!("{event:?}"))),
        }
    }

    fn runs(&self) -> usize {
        std::fs::read_to_string(self.dir.path().join("path/log")).map_or(0, |log| log.lines().count())
    }
}

fn wanted(specifiers: &[&str]) -> PythonDependencies {
    PythonDependencies {
        specifiers: specifiers.iter().map(|text| (*text).to_owned()).collect(),
        ..PythonDependencies::none("3.12", &Platform::arm64())
    }
}

fn uv_lock(root: &Path, member: &str) -> LockedProject {
    LockedProject {
        kind: LockKind::Uv,
        file: root.join("uv.lock"),
        project: root.join(member),
        selection: Selection::default(),
    }
}

fn files(layer: &LayerFile) -> BTreeMap<String, String> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(&layer.file).unwrap()));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (entry.path().unwrap().display().to_string(), text)
    });
    entries.filter(|(path, _)| !path.ends_with('/')).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn an_install_happens_once_per_set_of_requirements() {
    let machine = Machine::new("uv", UV, &[]).await;
    let context = machine.context();
    let first = layer(&wanted(&["b", "a"]), &context).await.unwrap().unwrap();
    let again = layer(&wanted(&["a", "b"]), &context).await.unwrap().unwrap();
    assert_eq!((first.digest, machine.runs()), (again.digest, 1));
    let found = files(&first);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["opt/python/bin/tool", "opt/python/pkg/__init__.py"]);
    assert_eq!(found["opt/python/bin/tool"], "#!/usr/bin/env python3\nx\n");

    let other = PythonDependencies { platform: "linux/amd64".parse().unwrap(), ..wanted(&["a", "b"]) };
    layer(&other, &context).await.unwrap();
    let other = PythonDependencies { python: "3.13".to_owned(), ..wanted(&["a", "b"]) };
    layer(&other, &context).await.unwrap();
    assert_eq!(machine.runs(), 3);

    // Another machine comes to the same layer.
    let elsewhere = Machine::new("uv", UV, &[]).await;
    assert_eq!(layer(&wanted(&["a", "b"]), &elsewhere.context()).await.unwrap().unwrap().digest, first.digest);
}

#[cfg(unix)]
#[tokio::test]
async fn damaged_cache_and_moving_requirements_are_reinstalled() {
    let machine = Machine::new("uv", UV, &[]).await;
    let context = machine.context();
    let first = layer(&wanted(&["a"]), &context).await.unwrap().unwrap();
    std::fs::write(&first.file, "short").unwrap();
    let second = layer(&wanted(&["a"]), &context).await.unwrap().unwrap();
    assert_eq!((second.digest, second.size), (first.digest, first.size));
    assert_eq!(machine.runs(), 2);
    std::fs::write(machine.dir.path().join("r.txt"), "-r https://h/more.txt").unwrap();
    let elsewhere = PythonDependencies { requirements: vec!["r.txt".into()], ..wanted(&[]) };
    for _ in 0..2 {
        layer(&elsewhere, &context).await.unwrap();
    }
    assert_eq!(machine.runs(), 4);
    assert!(std::fs::read_dir(context.cache.path("work")).unwrap().next().is_none(), "a workspace was left behind");
}

#[cfg(unix)]
#[tokio::test]
async fn index_credentials_appear_nowhere() {
    let vars = [("UV_INDEX_URL", "https://me:canary-77@pypi.example/simple")];
    let machine = Machine::new("uv", UV, &vars).await;
    let context = machine.context();
    layer(&wanted(&["a"]), &context).await.unwrap();
    std::fs::write(machine.dir.path().join("path/fail"), "").unwrap();
    let error = layer(&wanted(&["x @ https://me:canary-77@h/x.whl"]), &context).await.unwrap_err();
    assert_eq!(error.code_str(), "image.no-wheel");
    assert!(error.message().contains("`pyspark`") && error.message().contains("linux/arm64"), "{error}");
    let seen = format!("{error:?} {:?} {:?}", error.hints(), machine.lines.lock().unwrap());
    assert!(seen.contains("[redacted]"), "the stand-in's output is missing");
    assert!(!seen.contains("canary"), "{seen}");
    let log = std::fs::read_to_string(machine.dir.path().join("path/log")).unwrap();
    assert!(!log.contains("canary"), "in the arguments: {log}");
    let mut names = Vec::new();
    for item in std::fs::read_dir(context.cache.path("layers")).unwrap() {
        let path = item.unwrap().path();
        names.push(path.display().to_string());
        assert!(!String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains("canary"));
    }
    assert_eq!(names.len(), 2);
}

#[cfg(unix)]
#[tokio::test]
async fn missing_installer_error_says_what_to_install() {
    let machine = Machine::new("nothing", "", &[]).await;
    let error = layer(&wanted(&["a"]), &machine.context()).await.unwrap_err();
    assert!(error.hints().iter().any(|hint| hint.contains("--builder engine")), "{error:?}");
    // A Python without pip.
    let machine = Machine::new("python3", "#!/bin/sh\nexit 1\n", &[]).await;
    let error = layer(&wanted(&["a"]), &machine.context()).await.unwrap_err();
    assert!(error.hints().iter().any(|hint| hint.contains("apt install python3-pip")), "{error:?}");
}

#[tokio::test]
async fn nothing_to_install_makes_no_layer() {
    let machine = Machine::new("uv", UV, &[]).await;
    assert!(layer(&wanted(&[]), &machine.context()).await.unwrap().is_none() && machine.runs() == 0);
    let odd = PythonDependencies { python: "python3.12".to_owned(), ..wanted(&["a"]) };
    assert_eq!(layer(&odd, &machine.context()).await.unwrap_err().kind(), crate::error::Kind::Usage);
}

/// The interpreter that `python3` stands for here, past shims, which need more of the environment than is given here.
fn real_python() -> PathBuf {
    let ask = ["-c", "import sys; print(sys.executable)"];
    let output = std::process::Command::new("python3").args(ask).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

/// A real pip of this machine, without uv.
fn pip_env(dir: &Path) -> Env {
    let captured = Env::capture();
    std::os::unix::fs::symlink(real_python(), dir.join("python3")).unwrap();
    let home = captured.home().unwrap();
    let env = Env::fake(dir, &[("PATH", dir.to_str().unwrap()), ("HOME", home.to_str().unwrap())]);
    needs::reaching_indexes(env)
}

#[cfg(unix)]
#[tokio::test]
async fn pip_installs_for_another_machine_and_another_python() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let env = pip_env(dir.path());
    let context = |cache: &str| InstallFixture::new(&env, dir.path().join(cache));
    // `anyio` needs `typing_extensions` before Python 3.13 and `exceptiongroup` before 3.11.
    let wanted = |python: &str| PythonDependencies {
        python: python.to_owned(),
        ..wanted(&["anyio==4.9.0", "markupsafe==3.0.2"])
    };
    let has = |found: &BTreeMap<String, String>, part: &str| found.keys().any(|path| path.contains(part));
    let new = layer(&wanted("3.13"), &context("one")).await.unwrap().unwrap();
    let old = layer(&wanted("3.10"), &context("one")).await.unwrap().unwrap();
    let (new_files, old_files) = (names(&new), names(&old));
    assert!(has(&new_files, "_speedups.cpython-313-aarch64-linux-gnu.so"));
    assert!(has(&old_files, "_speedups.cpython-310-aarch64-linux-gnu.so"));
    assert!(!has(&new_files, "typing_extensions") && !has(&new_files, "exceptiongroup"));
    assert!(has(&old_files, "typing_extensions") && has(&old_files, "exceptiongroup"));
    let again = layer(&wanted("3.13"), &context("two")).await.unwrap().unwrap();
    assert_eq!(again.digest, new.digest);
}

#[cfg(unix)]
#[tokio::test]
async fn pip_checks_hashes() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let env = pip_env(dir.path());
    let context = InstallFixture::new(&env, dir.path().join("cache"));
    let hash = "4b8cd8ff3e1b2a5ab1b2f1b4d1e9b2e1e2f3a4b5c6d7e8f900112233445566ff";
    let file = dir.path().join("requirements.txt");
    std::fs::write(&file, format!("six==1.16.0 --hash=sha256:{hash}\n")).unwrap();
    let hashed = PythonDependencies { requirements: vec![file.clone()], ..wanted(&[]) };
    let error = layer(&hashed, &context).await.unwrap_err();
    assert!(error.to_string().contains("HASHES"), "{error}");
    let right = "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254";
    std::fs::write(&file, format!("six==1.16.0 --hash=sha256:{right}\n")).unwrap();
    let found = names(&layer(&hashed, &context).await.unwrap().unwrap());
    assert!(found.keys().any(|path| path.contains("six-1.16.0.dist-info")));
}

#[cfg(unix)]
#[tokio::test]
async fn uv_and_pip_install_the_same_locked_versions() {
    if !needs::met("uv", &["uv", "python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let project =
        "[project]\nname='x'\nversion='0'\nrequires-python='>=3.10'\ndependencies=['anyio', 'markupsafe<3']\n";
    std::fs::write(dir.path().join("pyproject.toml"), project).unwrap();
    let with_uv = Env::capture();
    let uv = process::find(&with_uv, "uv").expect("uv is on PATH");
    Child::inheriting(&uv).args(["lock", "--exclude-newer", "2025-06-01"]).dir(dir.path()).check().await.unwrap();
    let wanted = PythonDependencies { lock: Some(uv_lock(dir.path(), "")), ..wanted(&[]) };
    let mut versions = Vec::new();
    let with_pip = pip_env(dir.path());
    for (n, env) in [with_uv, with_pip].into_iter().enumerate() {
        let context = InstallFixture::new(&env, dir.path().join(format!("cache{n}")));
        let found = names(&layer(&wanted, &context).await.unwrap().unwrap());
        assert!(found.keys().any(|path| path.ends_with("_speedups.cpython-312-aarch64-linux-gnu.so")));
        let metadata = |path: &String| path.strip_suffix(".dist-info/METADATA").map(str::to_owned);
        versions.push(found.keys().filter_map(metadata).collect::<Vec<_>>());
    }
    assert!(versions[0].contains(&"opt/python/anyio-4.9.0".to_owned()), "{versions:?}");
    assert_eq!(versions[0], versions[1]);
}

fn names(layer: &LayerFile) -> BTreeMap<String, String> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(&layer.file).unwrap()));
    let paths = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
    paths.map(|path| (path, String::new())).collect()
}

#[test]
fn a_fallback_to_a_pre_release_is_known() {
    for version in ["0.9.2b1", "1.0rc1", "2.0.dev3", "1.0a2+cpu"] {
        assert!(is_pre_release(version), "{version}");
    }
    for version in ["1.0", "2024.1", "1.0.post1", "1.0+cu12.beta"] {
        assert!(!is_pre_release(version), "{version}");
    }
}
