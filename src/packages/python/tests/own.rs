//! Packages that are folders and repositories: they are built here, by a build system that is part of them.

use super::*;
use crate::packages::python::installed::InstallPart;
use crate::tree::EntryKind;

/// A build system that needs nothing: it writes a wheel with the standard library. `{tag}` says what for.
const BACKEND: &str = r#"
import os, re, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    text = open("pyproject.toml").read()
    value = lambda key: re.search(r'^%s ?= ?"(.*)"' % key, text, re.M).group(1)
    name, version, tag = value("name"), value("version"), value("tag")
    needs = re.search(r'dependencies ?= ?\[(.*)\]', text).group(1).replace('"', '').split(',')
    info = "%s-%s.dist-info" % (name, version)
    files = {"%s/__init__.py" % name: open("src/%s/__init__.py" % name).read(),
             info + "/METADATA": "Metadata-Version: 2.1\nName: %s\nVersion: %s\nLicense: MIT\n" % (name, version)
                 + "".join("Requires-Dist: %s\n" % need.strip() for need in needs if need.strip()),
             info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: own\nRoot-Is-Purelib: true\nTag: %s\n" % tag,
             info + "/entry_points.txt": "[console_scripts]\n%s = %s:main\n" % (name, name)}
    files[info + "/RECORD"] = "".join("%s,,\n" % path for path in files) + info + "/RECORD,,\n"
    wheel = "%s-%s-%s.whl" % (name, version, tag)
    with zipfile.ZipFile(os.path.join(directory, wheel), "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel
"#;

/// Writes a package called `name` into `dir`.
pub(super) fn package(dir: &Path, name: &str, tag: &str, needs: &str) {
    std::fs::create_dir_all(dir.join("src").join(name)).unwrap();
    std::fs::write(dir.join("backend.py"), BACKEND).unwrap();
    std::fs::write(dir.join(format!("src/{name}/__init__.py")), "def main(): print('one')\n").unwrap();
    let text = format!(
        "[project]\nname = \"{name}\"\nversion = \"1.0\"\ndependencies = [{needs}]\n[build-system]\nrequires = []\n\
         build-backend = \"backend\"\nbackend-path = [\".\"]\n[tool.own]\ntag = \"{tag}\"\n"
    );
    std::fs::write(dir.join("pyproject.toml"), text).unwrap();
}

/// Environments with either installer; only with pip where uv is not there.
pub(super) fn installers(dir: &Path, more: &[(&str, &str)]) -> Vec<Env> {
    let captured = Env::capture();
    let home = captured.home().unwrap();
    let certificates = captured.var("SSL_CERT_FILE").unwrap_or_default().to_owned();
    let programs = [&["python3", "git", "sh"][..], &["uv", "python3", "git", "sh"]];
    let mut found = Vec::new();
    for (at, names) in programs.iter().enumerate() {
        let path = dir.join(format!("path{at}"));
        std::fs::create_dir_all(&path).unwrap();
        if names.iter().any(|name| process::find(&captured, name).is_none()) {
            continue;
        }
        // Commands of git are scripts.
        for name in names.iter().chain(&["basename", "sed", "uname"]) {
            let program = if *name == "python3" { Some(real_python()) } else { process::find(&captured, name) };
            program.map(|program| std::os::unix::fs::symlink(program, path.join(name)));
        }
        // PATH decides which installer is found.
        let mut vars = vec![("PATH", path.to_str().unwrap()), ("HOME", home.to_str().unwrap())];
        vars.push(("SSL_CERT_FILE", &certificates));
        vars.extend_from_slice(more);
        found.push(needs::reaching_indexes(Env::fake(dir, &vars)));
    }
    found
}

fn requirements(dir: &Path, text: &str) -> PythonDependencies {
    let file = dir.join("requirements.txt");
    std::fs::write(&file, text).unwrap();
    PythonDependencies { requirements: vec![file], ..wanted(&[]) }
}

async fn install(
    wanted: &PythonDependencies,
    context: &InstallFixture<'_>,
) -> Result<(PythonRequest, InstalledPython)> {
    let request = prepare(wanted, context.env)?.expect("there is something to install");
    let setup = InstallContext { env: context.env, cache: &context.cache, events: &context.events };
    let installed = request.install(&setup).await?;
    Ok((request, installed))
}

fn content(part: &InstallPart, path: &str) -> String {
    let entry = part.entries.iter().find(|entry| entry.path == path).unwrap_or_else(|| panic!("no {path}"));
    match &entry.kind {
        EntryKind::File { path, .. } => std::fs::read_to_string(path).unwrap(),
        EntryKind::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn local_package_is_built_into_its_own_layer() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    package(&dir.path().join("lib"), "mylib", "py3-none-any", "\"six\"");
    let wanted = requirements(dir.path(), "-e ./lib\nidna==3.10\n");
    for (n, env) in installers(dir.path(), &[]).iter().enumerate() {
        package(&dir.path().join("lib"), "mylib", "py3-none-any", "\"six\"");
        let context = InstallFixture::new(env, dir.path().join(format!("cache{n}")));
        let (request, installed) = install(&wanted, &context).await.unwrap();
        let parts = installed.parts("opt").unwrap();
        assert_eq!(
            parts.iter().map(|part| part.holds).collect::<Vec<_>>(),
            [PartContent::Dependencies, PartContent::Local]
        );
        assert!(content(&parts[1], "opt/mylib/__init__.py").contains("one"));
        assert!(content(&parts[1], "opt/bin/mylib").contains("from mylib import main"));
        let names: Vec<_> = installed.inventory().packages.into_iter().map(|package| package.name).collect();
        assert_eq!(names, ["idna", "mylib", "six"]);
        assert_eq!(installed.inventory_of(PartContent::Local).packages[0].needs, ["six"]);

        // An edit changes what is local, and nothing else.
        std::fs::write(dir.path().join("lib/src/mylib/__init__.py"), "def main(): print('two')\n").unwrap();
        let edited = prepare(&wanted, env).unwrap().unwrap();
        assert_eq!(edited.base_key(), request.base_key());
        assert_ne!(edited.local_key(), request.local_key());
        let setup = InstallContext { env: context.env, cache: &context.cache, events: &context.events };
        let local = edited.install_local(&setup).await.unwrap();
        let only = local.parts("opt").unwrap();
        assert_eq!(only.len(), 1, "what it needs in turn is not installed again");
        assert!(content(&only[0], "opt/mylib/__init__.py").contains("two"));
        assert_ne!(only[0].key, parts[1].key);
        assert!(std::fs::read_dir(context.cache.path("work")).unwrap().count() <= 2);
    }
}

#[tokio::test]
async fn what_was_compiled_here_is_refused_by_name() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    package(&dir.path().join("lib"), "fastlib", "cp312-cp312-linux_riscv64", "");
    let wanted = requirements(dir.path(), "./lib\n");
    for (n, env) in installers(dir.path(), &[]).iter().enumerate() {
        let error =
            install(&wanted, &InstallFixture::new(env, dir.path().join(format!("cache{n}")))).await.unwrap_err();
        assert_eq!(error.code_str(), "image.no-wheel", "{error:?}");
        assert!(error.message().contains("`fastlib`"), "{error}");
        let hints = error.hints().join(" ");
        assert!(hints.contains("--builder engine") && hints.contains("--builder codebuild"), "{hints}");
    }
}

#[tokio::test]
async fn a_repository_is_built_from_the_asked_commit() {
    if !needs::met("pypi", &["python3", "git"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let repository = dir.path().join("repo");
    package(&repository.join("py"), "gitlib", "py3-none-any", "");
    let git = |arguments: &'static [&'static str]| {
        let identity = ["-c", "user.name=x", "-c", "user.email=x@x", "-c", "init.defaultBranch=main"];
        Child::inheriting("git").args(identity).args(arguments).dir(&repository)
    };
    for arguments in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "-m", "one"]] {
        git(arguments).check().await.unwrap();
    }
    let commit = git(&["rev-parse", "HEAD"]).check().await.unwrap().stdout_text();
    std::fs::write(repository.join("py/src/gitlib/__init__.py"), "def main(): print('two')\n").unwrap();
    git(&["commit", "--quiet", "-am", "two"]).check().await.unwrap();
    let address = format!("gitlib @ git+file://{}", repository.display());
    for (n, env) in installers(dir.path(), &[]).iter().enumerate() {
        let context = InstallFixture::new(env, dir.path().join(format!("cache{n}")));
        for (revision, moving, text) in [(format!("@{commit}"), false, "one"), ("@main".into(), true, "two")] {
            let wanted = requirements(dir.path(), &format!("{address}{revision}#subdirectory=py\n"));
            let (request, installed) = install(&wanted, &context).await.unwrap();
            assert_eq!(request.moving().is_some(), moving);
            let parts = installed.parts("opt").unwrap();
            assert!(content(&parts[0], "opt/gitlib/__init__.py").contains(text));
        }
        // The wheel of a commit is kept: the repository is not asked again.
        let pinned = requirements(dir.path(), &format!("{address}@{commit}#subdirectory=py\n"));
        std::fs::rename(&repository, dir.path().join("away")).unwrap();
        install(&pinned, &context).await.unwrap();
        let gone = requirements(dir.path(), &format!("{address}@main#subdirectory=py\n"));
        let error = install(&gone, &context).await.unwrap_err();
        assert!(error.code_str() == "python.git" && error.message().contains("`gitlib`"), "{error:?}");
        std::fs::rename(dir.path().join("away"), &repository).unwrap();
    }
}

#[tokio::test]
async fn a_workspace_gives_its_members_to_the_agent() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    package(&dir.path().join("libs/shared"), "shared", "py3-none-any", "\"idna\"");
    std::fs::create_dir_all(dir.path().join("agents/writer")).unwrap();
    let idna = "sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3";
    let lock = format!(
        "version = 1\n[[package]]\nname = \"writer\"\nversion = \"0\"\nsource = {{ virtual = \"agents/writer\" }}\n\
         dependencies = [{{ name = \"shared\" }}]\n[[package]]\nname = \"shared\"\nversion = \"1.0\"\n\
         source = {{ editable = \"libs/shared\" }}\ndependencies = [{{ name = \"idna\" }}]\n[[package]]\n\
         name = \"idna\"\nversion = \"3.10\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\n\
         wheels = [{{ url = \"https://h/idna-3.10-py3-none-any.whl\", hash = \"{idna}\" }}]\n"
    );
    std::fs::write(dir.path().join("uv.lock"), lock).unwrap();
    let wanted = PythonDependencies { lock: Some(uv_lock(dir.path(), "agents/writer")), ..wanted(&[]) };
    let mut keys = Vec::new();
    for (n, env) in installers(dir.path(), &[]).iter().enumerate() {
        let context = InstallFixture::new(env, dir.path().join(format!("cache{n}")));
        let (request, installed) = install(&wanted, &context).await.unwrap();
        assert!(request.unpinned().is_empty() && request.moving().is_none());
        let parts = installed.parts("opt").unwrap();
        let kinds: Vec<_> = parts.iter().map(|part| part.holds).collect();
        assert_eq!(kinds, [PartContent::Dependencies, PartContent::Local]);
        let known = &installed.inventory().packages[0];
        assert_eq!((known.name.as_str(), known.hash.as_deref()), ("idna", Some(idna)));
        assert_eq!(known.file.as_deref(), Some("idna-3.10-py3-none-any.whl"));
        assert_eq!(known.license.as_deref(), Some("BSD License"));
        keys.push(parts.into_iter().map(|part| part.key).collect::<Vec<_>>());
    }
    assert!(keys.iter().all(|own| *own == keys[0]), "uv and pip make different layers: {keys:?}");
}

#[tokio::test]
async fn both_installers_make_the_same_layer() {
    if !needs::met("uv", &["uv", "python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    // A command, data files outside of the package, compiled parts, a namespace.
    let lines = "markdown-it-py==3.0.0\njupyterlab-widgets==3.0.13\nmarkupsafe==3.0.2\nopentelemetry-api==1.30.0\n\
                 opentelemetry-semantic-conventions==0.51b0\nzope.interface==7.2\nsetuptools==75.8.0\n\
                 mdurl==0.1.2\ntyping_extensions==4.12.2\nDeprecated==1.2.18\nwrapt==1.17.2\nimportlib-metadata==8.5.0\nzipp==3.21.0\n";
    let wanted = requirements(dir.path(), lines);
    let mut digests = Vec::new();
    for (n, env) in installers(dir.path(), &[]).iter().enumerate() {
        let context = InstallFixture::new(env, dir.path().join(format!("cache{n}")));
        let (_, installed) = install(&wanted, &context).await.unwrap();
        let parts = installed.parts("opt/python").unwrap();
        assert_eq!(parts.len(), 1);
        let paths: Vec<_> = parts[0].entries.iter().map(|entry| entry.path.clone()).collect();
        let key = parts[0].key.clone();
        let entries = installed.entries("opt/python").unwrap();
        let layer = cached::make(&context.cache, "whole", "test", entries).await.unwrap();
        digests.push((paths, key, layer.digest));
    }
    assert_eq!(digests.len(), 2);
    assert_eq!(digests[0].0, digests[1].0);
    assert_eq!(digests[0], digests[1]);
    assert!(digests[0].0.iter().any(|path| path.starts_with("opt/python/share/")), "no data files");
}

#[tokio::test]
async fn a_package_that_is_source_only_is_named() {
    if !needs::met("pypi", &["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for (n, env) in installers(dir.path(), &[]).iter().enumerate() {
        for line in ["docopt==0.6.2", "docopt"] {
            let wanted = requirements(dir.path(), line);
            let error =
                install(&wanted, &InstallFixture::new(env, dir.path().join(format!("cache{n}")))).await.unwrap_err();
            assert_eq!(error.code_str(), "image.no-wheel", "{error:?}");
            assert!(error.message().contains("`docopt"), "{error}");
            assert!(error.hints().iter().any(|hint| hint.contains("--builder codebuild")), "{error:?}");
        }
    }
}
