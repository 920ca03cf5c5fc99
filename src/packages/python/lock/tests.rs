use super::*;
use crate::platform::Platform;

fn target() -> MarkerEnvironment {
    MarkerEnvironment::new("3.12", &Platform::arm64())
}

fn lock(text: &str, poetry: bool) -> (tempfile::TempDir, PythonLock) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("lock");
    std::fs::write(&file, text).unwrap();
    let lock = if poetry { PythonLock::read_poetry(&file) } else { PythonLock::read_uv(&file) };
    (dir, lock.unwrap())
}

fn shown(packages: &[LockedPackage]) -> Vec<String> {
    packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect()
}

const UV: &str = r#"
version = 1
[[package]]
name = "agent"
version = "0.1"
source = { virtual = "packages/agent" }
dependencies = [
    { name = "shared", extra = ["fast"] },
    { name = "winonly", marker = "sys_platform == 'win32'" },
    { name = "forked", version = "1", source = { registry = "https://pypi.org/simple" }, marker = "python_version < '3.11'" },
    { name = "forked", version = "2", source = { registry = "https://pypi.org/simple" }, marker = "python_version >= '3.11'" },
]
[package.optional-dependencies]
web = [{ name = "jinja2" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
prod = [{ name = "certifi" }]
[package.metadata]
requires-dist = [{ name = "shared", extras = ["fast"] }, { name = "winonly", marker = "sys_platform == 'win32'" }]
[[package]]
name = "shared"
version = "1.0"
source = { editable = "packages/shared" }
dependencies = [{ name = "six" }]
[package.optional-dependencies]
fast = [{ name = "markupsafe" }]
slow = [{ name = "pytest" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[[package]]
name = "six"
version = "1.17.0"
source = { git = "https://h/six?rev=main&subdirectory=a%2Fb#0123456789012345678901234567890123456789" }
[[package]]
name = "markupsafe"
version = "3.0.2"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://f/markupsafe-3.0.2.tar.gz", hash = "sha256:00" }
wheels = [{ url = "https://f/MarkupSafe-3.0.2%2Bx-cp312.whl", hash = "sha256:11" }]
[[package]]
name = "winonly"
version = "1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "jinja2"
version = "3"
source = { registry = "../wheels" }
dependencies = [{ name = "markupsafe" }]
[[package]]
name = "pytest"
version = "8"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "certifi"
version = "2025"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "forked"
version = "1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "forked"
version = "2"
source = { registry = "https://pypi.org/simple" }
"#;

#[test]
fn uv_lock_yields_one_members_packages_for_target() {
    let (dir, lock) = lock(UV, false);
    let project = dir.path().join("packages/agent");
    let of = |extras: &[&str], groups: &[&str]| {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let selection = Selection { extras: own(extras), groups: own(groups) };
        shown(&lock.of_project(&project, &["shared[fast]".into()], &selection, &target()).unwrap())
    };
    assert_eq!(of(&[], &[]), ["shared 1.0", "six 1.17.0", "markupsafe 3.0.2", "forked 2"]);
    assert_eq!(
        of(&["Web"], &["prod"]),
        ["shared 1.0", "six 1.17.0", "markupsafe 3.0.2", "jinja2 3", "certifi 2025", "forked 2"]
    );
    let all = lock.of_project(&project, &[], &Selection::default(), &target()).unwrap();
    assert_eq!(all[0].origin, PackageOrigin::Dir(fsx::normalize(&dir.path().join("packages/shared"))));
    let PackageOrigin::Git(git) = &all[1].origin else { panic!("{:?}", all[1].origin) };
    assert_eq!((git.url.as_str(), git.subdirectory.as_deref()), ("https://h/six", Some("a/b")));
    assert!(git.commit().is_some());
    let files = [("MarkupSafe-3.0.2+x-cp312.whl", "11"), ("markupsafe-3.0.2.tar.gz", "00")];
    assert_eq!(all[2].files, files.map(|(name, hash)| (name.to_owned(), hash.to_owned())));
}

#[test]
fn what_is_not_understood_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("uv.lock");
    let head = "[[package]]\nname = \"six\"\nversion = \"1\"\n";
    let registry = "source = { registry = \"https://pypi.org/simple\" }\n";
    let uv = [
        ("version = 2\n".to_owned(), "version 2"),
        ("revision = 1\n".to_owned(), "does not say which version"),
        (format!("version = 1\n{head}source = {{ oci = \"h/six\" }}\n"), "`six` comes from (`oci`)"),
        (format!("version = 1\n[[package]]\nversion = \"1\"\n{registry}"), "`package[0]` of the lock has no `name`"),
        (
            format!("version = 1\n{head}{registry}wheels = [{{ url = \"https://f/six.whl\", hash = \"md5:00\" }}]\n"),
            "`md5:00` of `six.whl`",
        ),
        (
            format!(
                "version = 1\n{head}{registry}wheels = [{{ url = \"https://f/a.whl\", hash = \"sha256:00\" }}, {{ url = \"https://f/b.whl\" }}]\n"
            ),
            "`b.whl`, a file of `six`, has no hash",
        ),
        (
            format!("version = 1\n{head}{registry}dependencies = [{{ name = \"x\", marker = \"moon == 'full'\" }}]\n"),
            "`moon == 'full'` of `x`",
        ),
        (
            format!("version = 1\n{head}{registry}dependencies = [{{ marker = \"os_name == 'nt'\" }}]\n"),
            "`dependencies[0]` of the package `six` has no `name`",
        ),
        (format!("version = 1\n{head}{registry}resolution-markers = [\"moon > 'half'\"]\n"), "moon > 'half'"),
    ];
    for (text, part) in uv {
        std::fs::write(&file, &text).unwrap();
        let error = PythonLock::read_uv(&file).unwrap_err();
        assert!(error.message().contains(part) && error.code_str() == "source.lock", "{text}: {error:?}");
        assert_eq!(error.kind().exit_code(), 2);
    }
    // A revision adds to a version.
    std::fs::write(&file, format!("version = 1\nrevision = 99\n{head}{registry}")).unwrap();
    assert_eq!(PythonLock::read_uv(&file).unwrap().packages.len(), 1);
    let poetry = [
        (format!("{head}[metadata]\nlock-version = \"3.0\"\n"), "version `3.0`"),
        (format!("{head}files = [{{ file = \"six.whl\", hash = \"sha3:00\" }}]\n"), "`sha3:00` of `six.whl`"),
        (format!("{head}markers = \"moon == 'full'\"\n"), "moon == 'full'"),
        (format!("{head}[package.source]\ntype = \"ipfs\"\nurl = \"x\"\n"), "`six` comes from (`ipfs`)"),
    ];
    for (text, part) in poetry {
        std::fs::write(&file, &text).unwrap();
        let error = PythonLock::read_poetry(&file).unwrap_err();
        assert!(error.message().contains(part), "{text}: {error:?}");
    }
    std::fs::write(&file, format!("{head}[metadata]\nlock-version = \"2.1\"\n")).unwrap();
    assert_eq!(PythonLock::read_poetry(&file).unwrap().packages.len(), 1);
}

#[test]
fn outdated_lock_is_refused() {
    let (dir, lock) = lock(UV, false);
    let project = dir.path().join("packages/agent");
    let error = lock.of_project(&project, &["new-one>=1".into()], &Selection::default(), &target()).unwrap_err();
    assert!(error.message().contains("`new-one`") && error.hints()[0].contains("uv lock"), "{error:?}");
    assert!(lock.of_project(dir.path(), &[], &Selection::default(), &target()).is_err());
}

const POETRY: &str = r#"
[[package]]
name = "Requests"
version = "2.32.3"
optional = false
files = [{file = "requests-2.32.3-py3-none-any.whl", hash = "sha256:aa"}]
[package.dependencies]
idna = ">=2.5,<4"
PySocks = {version = ">=1.5.6,!=1.5.7", optional = true, markers = "extra == \"socks\""}
colorama = {version = "*", markers = "sys_platform == \"win32\""}
[package.extras]
socks = ["PySocks (>=1.5.6,!=1.5.7)"]
[[package]]
name = "idna"
version = "3.10"
[[package]]
name = "pysocks"
version = "1.7.1"
[[package]]
name = "colorama"
version = "0.4.6"
[[package]]
name = "numpy"
version = "1.26"
markers = "python_version < \"3.12\""
[[package]]
name = "numpy"
version = "2.2"
markers = "python_version >= \"3.12\""
[[package]]
name = "lib"
version = "0.1"
[package.source]
type = "git"
url = "https://h/lib.git"
reference = "main"
resolved_reference = "0123456789012345678901234567890123456789"
"#;

#[test]
fn a_poetry_lock_gives_what_requirements_need() {
    let (_dir, lock) = lock(POETRY, true);
    let of = |lines: &[&str]| {
        let wanted: Vec<_> = lines.iter().map(|line| Requirement::parse(line, &[])).collect();
        lock.of_requirements(&wanted, &target()).map(|found| shown(&found))
    };
    assert_eq!(of(&["requests", "numpy"]).unwrap(), ["requests 2.32.3", "idna 3.10", "numpy 2.2"]);
    assert_eq!(of(&["requests[socks]"]).unwrap(), ["requests 2.32.3", "idna 3.10", "pysocks 1.7.1"]);
    assert_eq!(of(&["lib", "idna; sys_platform == 'win32'"]).unwrap(), ["lib 0.1"]);
    assert!(of(&["missing"]).unwrap_err().message().contains("`missing`"));
}

/// Each of these was passed over once, and installed less, more, or unverified.
#[test]
fn mistyped_lock_member_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("lock");
    let registry = "source = { registry = \"https://pypi.org/simple\" }\n";
    let six = format!("version = 1\n[[package]]\nname = \"six\"\nversion = \"1\"\n{registry}");
    let edge = |rest: &str| format!("{six}dependencies = [{{ name = \"x\"{rest} }}]\n");
    let wheel = |rest: &str| format!("{six}wheels = [{{ url = \"https://f/six.whl\"{rest} }}]\n");
    let uv = [
        (wheel(", hash = [\"sha256:00\"]"), "`hash` of `wheels[0]` of the package `six` is a list instead of text"),
        (wheel(", hashes = { sha256 = \"00\" }"), "the member `hashes` of `wheels[0]` of the package `six`"),
        (wheel(", hash = \"sha256:\""), "`sha256:`"),
        (wheel(", hash = \"sha256:00\", size = \"1\""), "`size`"),
        (format!("{six}wheels = \"x\"\n"), "`wheels`"),
        (format!("{six}wheels = [\"x\"]\n"), "`wheels[0]`"),
        (format!("{six}sdist = \"x\"\n"), "`sdist`"),
        (
            format!("{six}dependencies = [\"idna\"]\n"),
            "`dependencies[0]` of the package `six` is text instead of a table",
        ),
        (format!("{six}dependencies = \"six\"\n"), "`dependencies` of the package `six` is text instead of a list"),
        (edge(", marker = 5"), "`marker` of `dependencies[0]`"),
        (edge(", markers = \"os_name == 'nt'\""), "the member `markers`"),
        (edge(", extra = \"x\""), "`extra`"),
        (edge(", extra = [5]"), "`extra[0]`"),
        (edge(", version = 5"), "`version`"),
        (edge(", source = \"https://evil.example/simple\""), "`source`"),
        (format!("{six}resolution-markers = [5]\n"), "`resolution-markers[0]`"),
        (format!("{six}resolution-markers = \"os_name == 'nt'\"\n"), "`resolution-markers`"),
        (format!("{six}optional-dependencies.web = [\"six\"]\n"), "`web[0]` of `optional-dependencies`"),
        (format!("{six}optional-dependencies = [\"six\"]\n"), "`optional-dependencies`"),
        (format!("{six}dev-dependencies.dev = \"six\"\n"), "`dev` of `dev-dependencies`"),
        (format!("{six}dependency-groups.dev = \"six\"\n"), "`dev` of `dependency-groups`"),
        (format!("{six}metadata.requires-dist = [5]\n"), "`requires-dist[0]`"),
        (format!("{six}marker = \"os_name == 'nt'\"\n"), "the member `marker`"),
        (six.replace("version = \"1\"", "version = 1"), "`version` of the package `six` is a number"),
        (six.replace("version = \"1\"\n", ""), "the package `six` has no `version`"),
        (six.replace(registry, "source = \"https://evil.example/simple\"\n"), "`source` of the package `six`"),
        (six.replace("{ registry = \"https://pypi.org/simple\" }", "{ registry = 5 }"), "`registry`"),
        (six.replace("\" }", "\", path = \"x.whl\" }"), "`six` comes from"),
        ("version = 1\npackage = 5\n".to_owned(), "`package` of the lock"),
    ];
    let refused = |error: Error, text: &str, part: &str| {
        assert!(error.message().contains(part) && error.code_str() == "source.lock", "{text}: {error:?}");
    };
    for (text, part) in uv {
        std::fs::write(&file, &text).unwrap();
        refused(PythonLock::read_uv(&file).unwrap_err(), &text, part);
    }
    let six = "[[package]]\nname = \"six\"\nversion = \"1\"\n";
    let poetry = [
        (format!("{six}files = [\"x.whl\"]\n"), "`files[0]`"),
        (format!("{six}files = [{{ file = \"x.whl\", hash = 5 }}]\n"), "`hash` of `files[0]` of the package `six`"),
        (format!("{six}files = [{{ file = \"x.whl\", sha256 = \"00\" }}]\n"), "the member `sha256`"),
        (format!("{six}markers = 5\n"), "`markers`"),
        (format!("{six}markers = {{ main = 5 }}\n"), "`main` of `markers`"),
        (format!("{six}markers = {{ dev = 5 }}\n"), "`dev` of `markers`"),
        (format!("{six}groups = \"dev\"\n"), "`groups`"),
        (format!("{six}source = {{ type = 5, url = \"x\" }}\n"), "`type`"),
        (format!("{six}source = \"x\"\n"), "`source`"),
        (format!("{six}[package.source]\ntype = \"git\"\n"), "has no `url`"),
        (format!("{six}dependencies = [\"idna\"]\n"), "`dependencies`"),
        (format!("{six}dependencies.idna = 5\n"), "`idna` of `dependencies`"),
        (format!("{six}dependencies.idna = {{ optional = \"no\" }}\n"), "`optional`"),
        (format!("{six}dependencies.idna = {{ extras = \"x\" }}\n"), "`extras`"),
        (format!("{six}dependencies.idna = {{ markers = 5 }}\n"), "`markers`"),
        (format!("{six}extras.web = \"idna\"\n[package.dependencies]\nidna = \"*\"\n"), "`web` of `extras`"),
        (format!("{six}[metadata]\nfiles = 5\n"), "`files` of `metadata`"),
        (format!("{six}[metadata.files]\nsix = \"x\"\n"), "`six` of `files`"),
        (six.replace("version = \"1\"", "version = 1"), "`version`"),
    ];
    for (text, part) in poetry {
        std::fs::write(&file, &text).unwrap();
        refused(PythonLock::read_poetry(&file).unwrap_err(), &text, part);
    }
}

#[test]
fn two_sources_of_one_version_are_told_apart() {
    let of = |index: &str| format!("source = {{ registry = \"https://{index}/simple\" }}");
    let (one, two) = (of("one.example"), of("two.example"));
    let text = format!(
        "version = 1\n[[package]]\nname = \"agent\"\nversion = \"1\"\nsource = {{ virtual = \".\" }}\n\
         dependencies = [{{ name = \"x\", version = \"1\", {two} }}]\n\
         [package.dependency-groups]\ndev = [{{ name = \"x\", version = \"1\", {one} }}]\n\
         [[package]]\nname = \"x\"\nversion = \"1\"\n{one}\n[[package]]\nname = \"x\"\nversion = \"1\"\n{two}\n"
    );
    let (dir, lock) = lock(&text, false);
    let origins = |groups: &[&str]| -> Vec<PackageOrigin> {
        let groups = groups.iter().map(|name| (*name).to_owned()).collect();
        let selection = Selection { groups, ..Selection::default() };
        let found = lock.of_project(dir.path(), &[], &selection, &target()).unwrap();
        found.into_iter().map(|package| package.origin).collect()
    };
    let index = |host: &str| PackageOrigin::Registry(Some(format!("https://{host}/simple")));
    assert_eq!(origins(&[]), [index("two.example")]);
    assert_eq!(origins(&["dev"]).len(), 2);
}

#[test]
fn a_lock_for_another_python_is_refused() {
    let check = |range: &str, python: &str| {
        let (dir, uv) = lock(&format!("version = 1\n{}\n", range.replace("RANGE", "requires-python")), false);
        uv.check_python(&dir.path().join("uv.lock"), python)
    };
    let error = check("RANGE = '==3.12.*'", "3.11").unwrap_err();
    assert!(error.message().contains("is for Python ==3.12.*, and the agent is built for 3.11"), "{error:?}");
    assert!(error.hints()[0].contains("install one of that range"), "{error:?}");
    for (range, python) in [
        ("RANGE = '==3.12.*'", "3.12"),
        ("RANGE = '>=3.12.4'", "3.12"),
        ("RANGE = '>=3.10, <3.13'", "3.12"),
        ("RANGE = 'about 3'", "3.12"),
        ("", "3.8"),
    ] {
        check(range, python).unwrap();
    }
    let poetry = "package = []\n[metadata]\nlock-version = '2.1'\npython-versions = '>=3.12,<4.0'\n";
    let (dir, poetry) = lock(poetry, true);
    assert!(poetry.check_python(dir.path(), "3.11").is_err());
    assert!(poetry.check_python(dir.path(), "3.13").is_ok());
}
