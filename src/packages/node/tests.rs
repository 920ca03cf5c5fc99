use std::path::Path;

use super::*;

/// A project, and the key of what it needs.
struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(dir)
    }

    fn wanted(&self) -> NodeDependencies {
        let root = self.0.path().to_owned();
        let lock = root.join("package-lock.json");
        NodeDependencies {
            installer: NodeInstaller::Npm,
            package_json: root.join("package.json"),
            lock: lock.is_file().then_some(lock),
            root,
            member: None,
            locals: Vec::new(),
            node: "22".into(),
            platform: Platform::arm64(),
        }
    }

    fn prepare(&self, vars: &[(&str, &str)]) -> Option<NodeRequest> {
        prepare(&self.wanted(), &Env::fake(self.0.path(), vars)).unwrap()
    }
}

const PACKAGE: &str = r#"{"dependencies":{"a":"^1"}}"#;

fn lock(packages: &str) -> String {
    format!(r#"{{"name":"x","lockfileVersion":3,"packages":{{"":{{"name":"x"}},{packages}}}}}"#)
}

const A: &str =
    r#""node_modules/a":{"version":"1.0.0","resolved":"https://registry.npmjs.org/a.tgz","integrity":"sha512-AA=="}"#;

#[test]
fn key_depends_only_on_what_is_installed() {
    let key = |package: &str, lock: &str, npmrc: &str| {
        let project = Project::new(&[("package.json", package), ("package-lock.json", lock), (".npmrc", npmrc)]);
        project.prepare(&[("TOKEN", "canary-1")]).unwrap().key().to_owned()
    };
    let plain = key(PACKAGE, &lock(A), "");
    // A mirror, a development dependency, a script, a credential, layout.
    assert_eq!(plain, key(PACKAGE, &lock(&A.replace("registry.npmjs.org", "user:pass@mirror")), ""));
    assert_eq!(plain, key(PACKAGE, &lock(&format!(r#"{A},"node_modules/t":{{"version":"5","dev":true}}"#)), ""));
    assert_eq!(plain, key(r#"{"name":"y","scripts":{"test":"x"},"dependencies":{"a":"^1"}}"#, &lock(A), ""));
    assert_eq!(plain, key(PACKAGE, &lock(A), "//r/:_authToken=${TOKEN}\nfund=false"));
    assert_eq!(plain, key(PACKAGE, &lock(A).replace("},", "},\n  "), ""));
    // Another version, another content, another shape.
    for other in [A.replace("1.0.0", "1.0.1"), A.replace("AA==", "BB=="), A.replace("node_modules/a", "node_modules/b")]
    {
        assert_ne!(plain, key(PACKAGE, &lock(&other), ""), "{other}");
    }
    assert_ne!(plain, key(PACKAGE, &lock(A), "install-strategy=nested"));

    let project = Project::new(&[("package.json", PACKAGE), ("package-lock.json", &lock(A))]);
    let of = |change: fn(&mut NodeDependencies)| {
        let mut wanted = project.wanted();
        change(&mut wanted);
        prepare(&wanted, &Env::fake(project.0.path(), &[])).unwrap().unwrap().key().to_owned()
    };
    assert_eq!(plain, of(|_| {}));
    assert_ne!(plain, of(|wanted| wanted.node = "24".into()));
    assert_ne!(plain, of(|wanted| wanted.platform = "linux/amd64".parse().unwrap()));
}

#[test]
fn without_a_lock_the_wishes_count() {
    let prepare = |package: &str| Project::new(&[("package.json", package)]).prepare(&[]);
    let (one, two) = (prepare(PACKAGE).unwrap(), prepare(r#"{"dependencies":{"a":"^2"}}"#).unwrap());
    assert_ne!(one.key(), two.key());
    assert!(!one.is_locked());
    assert_eq!(one.moving(), None);
    for moving in ["github:o/a", "o/a", "git+https://h/a.git#main", "https://h/a.tgz", "file:./a.tgz", "git@h:o/a"] {
        let package = format!(r#"{{"dependencies":{{"b":"1","a":"{moving}"}}}}"#);
        assert_eq!(prepare(&package).unwrap().moving(), Some("a"), "{moving}");
    }
    for fixed in ["^1.2.3", "*", "latest", "1.x || >=2", "npm:@s/b@^1", "workspace:*", "file:../a"] {
        let package = format!(r#"{{"dependencies":{{"a":"{fixed}"}}}}"#);
        assert_eq!(prepare(&package).unwrap().moving(), None, "{fixed}");
    }
}

#[test]
fn nothing_to_install_is_no_request() {
    assert!(Project::new(&[("package.json", r#"{"devDependencies":{"typescript":"5"}}"#)]).prepare(&[]).is_none());
    let development = lock(r#""node_modules/t":{"version":"5","dev":true}"#);
    assert!(Project::new(&[("package.json", "{}"), ("package-lock.json", &development)]).prepare(&[]).is_none());
    let broken = Project::new(&[("package.json", "{}"), ("package-lock.json", "[]")]);
    let error = prepare(&broken.wanted(), &Env::fake(broken.0.path(), &[])).unwrap_err();
    assert_eq!(error.kind().exit_code(), 2);
}

#[test]
fn local_package_outside_the_source_is_refused() {
    let project = Project::new(&[("agent/package.json", PACKAGE), ("lib/package.json", "{}")]);
    let mut wanted = project.wanted();
    wanted.root = project.0.path().join("agent");
    wanted.package_json = wanted.root.join("package.json");
    let error = wanted.relative(&project.0.path().join("lib")).unwrap_err();
    assert_eq!(error.code_str(), "source.outside");
}

#[cfg(unix)]
fn program(path: &Path, script: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

/// pnpm and yarn themselves are not tested; here they are called with the right arguments, and the result has npm's
/// layout.
#[cfg(unix)]
#[tokio::test]
async fn another_managers_lock_is_installed_by_that_manager() {
    let project = Project::new(&[("package.json", PACKAGE), ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n")]);
    let root = project.0.path();
    let bin = root.join("bin");
    let script = r#"if [ "$1" = --version ]; then echo 10.20.1; exit; fi
echo "$@" > "$OUT"
mkdir -p node_modules/.bin node_modules/.pnpm node_modules/a
echo '{"name":"a","version":"1.2.3","license":"MIT"}' > node_modules/a/package.json
echo 'prunedAt: now' > node_modules/.modules.yaml"#;
    let out = root.join("out");
    program(&bin.join("pnpm"), &script.replace("$OUT", &out.display().to_string()));
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let env = Env::fake(root, &[("PATH", &path), ("HOME", root.to_str().unwrap())]);
    let wanted = NodeDependencies {
        installer: NodeInstaller::Pnpm,
        lock: Some(root.join("pnpm-lock.yaml")),
        ..project.wanted()
    };
    let request = prepare(&wanted, &env).unwrap().unwrap();
    assert!(request.is_locked() && request.installer() == "pnpm");
    let (cache, events) = (crate::cache::Cache::at(root.join("cache")), crate::events::Events::silent());
    let setup = InstallContext { env: &env, cache: &cache, events: &events };
    let installed = request.install(&setup).await.unwrap();
    let said = std::fs::read_to_string(out).unwrap();
    assert!(said.contains("--frozen-lockfile --prod --ignore-scripts") && said.contains("--cpu=arm64"), "{said}");
    let files: Vec<String> = installed.files().unwrap().into_iter().map(|entry| entry.path).collect();
    assert_eq!(files, ["node_modules/a/package.json"]);
    let packages = installed.packages().unwrap();
    assert_eq!((packages.len(), packages[0].version.as_str()), (1, "1.2.3"));
    // Another lock, another key.
    std::fs::write(root.join("pnpm-lock.yaml"), "lockfileVersion: '9.1'\n").unwrap();
    assert_ne!(prepare(&wanted, &env).unwrap().unwrap().key(), request.key());
}
