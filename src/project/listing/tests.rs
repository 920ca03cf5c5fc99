use super::*;
use crate::error::Kind;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    dir
}

fn names(listing: &Listing) -> Vec<&str> {
    listing.files.iter().map(|file| file.relative.as_str()).collect()
}

fn ignored(listing: &Listing) -> Vec<(&str, String)> {
    listing.ignored.iter().map(|ignored| (ignored.path.as_str(), ignored.why.to_string())).collect()
}

#[test]
fn left_out_files_are_named_with_the_reason() {
    let dir = tree(&[
        (".dockerignore", "# mine\n*.log\n!keep.log\n/data\n"),
        ("a.log", ""),
        ("keep.log", ""),
        ("data/x", ""),
        ("src/.env", ""),
        ("src/gcp-credentials.json", r#"{"private_key":"-----BEGIN PRIVATE KEY-----\n"}"#),
        ("src/key-names.json", "[]"),
        ("src/.npmrc", "//r.example/:_authToken=npm_x\n"),
        ("web/.npmrc", "//r.example/:_authToken=${NPM_TOKEN}\n"),
        ("env/pyvenv.cfg", ""),
        ("conda/conda-meta/history", ""),
        ("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# made by a tool"),
        ("target/big", ""),
        ("mine/CACHEDIR.TAG", "something else"),
        (".git/HEAD", ""),
        (".bedrock_agentcore/a/Dockerfile", ""),
    ]);
    let listing = list(dir.path(), &Exceptions::default()).unwrap();
    let text = |reason: &str| reason.to_owned();
    assert_eq!(
        ignored(&listing),
        [
            (".bedrock_agentcore/", text("agentcore's own files")),
            (".git/", text("version control")),
            ("a.log", text("`*.log` in .dockerignore:2")),
            ("conda/", text("a virtual environment")),
            ("data/", text("`/data` in .dockerignore:4")),
            ("env/", text("a virtual environment")),
            ("src/.env", text("a secret")),
            ("src/.npmrc", text("a secret")),
            ("src/gcp-credentials.json", text("a secret")),
            ("target/", text("a cache")),
        ]
    );
    assert_eq!(names(&listing), [".dockerignore", "keep.log", "mine/CACHEDIR.TAG", "src/key-names.json", "web/.npmrc"]);

    let dir = tree(&[
        (".git/HEAD", ""),
        (".gitignore", "*.log\n"),
        ("a/.gitignore", "tmp/\n"),
        ("a/tmp/x", ""),
        ("b.log", ""),
    ]);
    let seen = list(dir.path(), &Exceptions::default()).unwrap();
    assert_eq!(
        ignored(&seen)[1..],
        [("a/tmp/", text("`tmp/` in .gitignore")), ("b.log", text("`*.log` in .gitignore"))]
    );
}

#[test]
fn beyond_the_limit_a_secret_is_still_named() {
    let dir = tree(&[(".dockerignore", "*.log\n"), ("id_rsa", ""), ("z.log", "")]);
    for number in 0..IGNORED_LIMIT + 5 {
        fs::write(dir.path().join(format!("{number:05}.log")), "").unwrap();
    }
    let listing = list(dir.path(), &Exceptions::default()).unwrap();
    assert_eq!(listing.ignored.len(), IGNORED_LIMIT + 7);
    assert_eq!(listing.ignored[7].path, "00007.log");
    assert_eq!(listing.secret_paths().collect::<Vec<_>>(), ["id_rsa"]);
    assert!(matches!(listing.why_left_out("z.log"), Some(IgnoreReason::Rule(_))), "a `COPY` of it is refused");
    let shown: Vec<&str> = listing.ignored_to_show().map(|entry| entry.path.as_str()).collect();
    assert_eq!((shown.len(), shown.last()), (IGNORED_LIMIT + 1, Some(&"id_rsa")));
}

#[test]
fn empty_folders_are_listed_unless_ignored() {
    let dir = tree(&[("a/x.log", ""), ("b/keep", ""), (".dockerignore", "**/*.log\nout\n!out/keep/**\n")]);
    for folder in ["empty/deep", "b/none", "out/keep", "out/other", ".git/refs"] {
        fs::create_dir_all(dir.path().join(folder)).unwrap();
    }
    // `out` is walked for what might be below, but it is out.
    assert_eq!(list(dir.path(), &Exceptions::default()).unwrap().empty_folders, ["a", "b/none", "empty/deep"]);
}

#[test]
fn the_ignore_file_of_a_dockerfile_wins() {
    let dir = tree(&[
        (".dockerignore", "*.md\n"),
        ("docker/agent.Dockerfile", ""),
        ("docker/agent.Dockerfile.dockerignore", "*.py\ndocker\n.dockerignore\n"),
        ("a.py", ""),
        ("b.md", ""),
    ]);
    let of = |name: &str| list_for(dir.path(), &dir.path().join(name), &Exceptions::default()).unwrap();
    assert_eq!(names(&of("docker/agent.Dockerfile")), ["b.md"]);
    assert!(names(&of("docker/other.Dockerfile")).contains(&"a.py"));
}

#[test]
fn files_are_sorted_bytewise_by_their_whole_path() {
    let dir = tree(&[
        ("a/b", "1"),
        ("a.txt", "22"),
        ("a-b/c", "333"),
        ("Z", ""),
        ("é", "4444"),
        ("a/B", ""),
        ("a/b-c/d", ""),
    ]);
    let listing = list(dir.path(), &Exceptions::default()).unwrap();
    assert_eq!(names(&listing), ["Z", "a-b/c", "a.txt", "a/B", "a/b", "a/b-c/d", "é"]);
    assert_eq!(listing.total_bytes, 10);
    assert_eq!(listing.ignored.len(), 0);
    assert_eq!(listing.files[1].path, dir.path().join("a-b/c"));
    assert_eq!(listing.files[1].size, 3);
}

#[test]
fn excluded_files_stay_out_even_when_asked_for() {
    let key = "-----BEGIN PRIVATE KEY-----\nAA\n";
    let dir = tree(&[
        ("agent.py", ""),
        (".env", "SECRET=1"),
        ("sub/.env.production", "SECRET=1"),
        (".env.example", "SECRET="),
        ("certs/key.pem", key),
        ("certs/ca.pem", "-----BEGIN CERTIFICATE-----\n"),
        ("id_rsa", key),
        (".git/HEAD", ""),
        (".bedrock_agentcore.yaml", ""),
        (".bedrock_agentcore/a/Dockerfile", ""),
        ("env3/pyvenv.cfg", ""),
        ("env3/lib/x.py", ""),
        ("venv/mine.py", ""),
        ("web/node_modules/x/index.js", ""),
        ("src/__pycache__/a.pyc", ""),
        (".dockerignore", "!.env\n!**/.env*\n!.git\n!id_rsa\n!certs/key.pem\n!env3\n!**/node_modules\n"),
    ]);
    let listing = list(dir.path(), &Exceptions::default()).unwrap();
    assert_eq!(names(&listing), [".dockerignore", ".env.example", "agent.py", "certs/ca.pem", "venv/mine.py"]);
    assert_eq!(listing.ignored.len(), 10);
}

#[test]
fn root_that_is_a_python_environment_is_listed() {
    let dir = tree(&[("pyvenv.cfg", ""), ("agent.py", "")]);
    assert_eq!(names(&list(dir.path(), &Exceptions::default()).unwrap()), ["agent.py", "pyvenv.cfg"]);
}

#[test]
fn dockerignore_wins_over_gitignore() {
    let dir = tree(&[(".dockerignore", "*.md\n"), (".gitignore", "*.py\n"), ("a.py", ""), ("b.md", "")]);
    assert_eq!(names(&list(dir.path(), &Exceptions::default()).unwrap()), [".dockerignore", ".gitignore", "a.py"]);
}

#[test]
fn without_a_dockerignore_git_rules_apply() {
    let dir = tree(&[
        (".git/HEAD", ""),
        (".gitignore", "*.log\n/data\nbuild/\n"),
        ("src/.gitignore", "!keep.log\n/tmp\n"),
        ("src/a.log", ""),
        ("src/keep.log", ""),
        ("src/tmp/x", ""),
        ("src/data/x", ""),
        ("src/build/x", ""),
        ("data/x", ""),
        ("tmp/x", ""),
        ("keep.log", ""),
    ]);
    let whole = list(dir.path(), &Exceptions::default()).unwrap();
    assert_eq!(names(&whole), [".gitignore", "src/.gitignore", "src/data/x", "src/keep.log", "tmp/x"]);
    // The rules of the repository apply to a folder in it, as git has it.
    let part = list(&dir.path().join("src"), &Exceptions::default()).unwrap();
    assert_eq!(names(&part), [".gitignore", "data/x", "keep.log"]);
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_may_not_leave() {
    use std::os::unix::fs::symlink;
    let dir = tree(&[("p/src/a.py", "x"), ("outside.txt", ""), ("p/sub/b", "")]);
    let root = dir.path().join("p");
    symlink("src/a.py", root.join("link")).unwrap();
    symlink("../src", root.join("sub/dir")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    symlink("..", root.join("sub/up")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    symlink(root.join("src/a.py"), root.join("sub/absolute")).unwrap();
    symlink("../../p/src/a.py", root.join("sub/around")).unwrap();
    let listing = list(&root, &Exceptions::default()).unwrap();
    let links: Vec<_> =
        listing.files.iter().filter_map(|file| Some((file.relative.as_str(), file.symlink.as_deref()?))).collect();
    assert_eq!(
        links,
        [
            ("dangling", "nowhere"),
            ("link", "src/a.py"),
            ("loop", "loop"),
            ("sub/absolute", "../src/a.py"),
            ("sub/around", "../src/a.py"),
            ("sub/dir", "../src"),
            ("sub/up", ".."),
        ]
    );
    assert_eq!(names(&listing).len(), links.len() + 2);

    for target in ["../outside.txt", "/etc/hostname", "../nowhere", "sub/../../outside.txt"] {
        let link = root.join("bad");
        symlink(target, &link).unwrap();
        let error = list(&root, &Exceptions::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(error.message().contains("`bad`") && error.message().contains(target), "{error}");
        fs::remove_file(link).unwrap();
    }
    // Through another link that the text does not show.
    symlink("..", root.join("src/here")).unwrap();
    symlink("src/here/../outside.txt", root.join("bad")).unwrap();
    assert!(list(&root, &Exceptions::default()).unwrap_err().message().contains("`bad`"));
    fs::write(root.join(".dockerignore"), "bad\n").unwrap();
    list(&root, &Exceptions::default()).unwrap();
}

#[cfg(unix)]
#[test]
fn executable_bit_is_seen_and_sockets_are_skipped() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tree(&[("run.sh", ""), ("data", "")]);
    fs::set_permissions(dir.path().join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
    let listing = list(dir.path(), &Exceptions::default()).unwrap();
    let seen: Vec<_> = listing.files.iter().map(|file| (file.relative.as_str(), file.executable)).collect();
    assert_eq!(seen, [("data", false), ("run.sh", true)]);
    assert_eq!(listing.ignored.len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let dir = tree(&[]);
    fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"a\xff")), "").unwrap();
    assert_eq!(list(dir.path(), &Exceptions::default()).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn excluded_folders_are_entered_only_for_possible_exceptions() {
    let dir = tree(&[("data/deep/x", ""), ("data/keep/y", ""), ("a", ""), (".dockerignore", "data\n!data/keep\n")]);
    let listing = list(dir.path(), &Exceptions::default()).unwrap();
    assert_eq!(names(&listing), [".dockerignore", "a", "data/keep/y"]);
    // `data/deep` counts once, as a whole.
    assert_eq!(ignored(&listing), [("data/deep/", "`data` in .dockerignore:1".to_owned())]);
    assert_eq!(listing.ignored.len(), 1);
}

/// The `.dockerignore` that is generated keeps an engine, which knows only it, from seeing what never goes out.
#[test]
fn the_generated_rules_cover_what_is_always_out() {
    let dir = tree(&[]);
    crate::project::dockerfile::write_dockerignore(dir.path(), dir.path()).unwrap();
    let Rules::Docker(rules) = Rules::load(dir.path(), None).unwrap() else { panic!("no rules") };
    for name in [
        ".git",
        ".jj",
        ".hg",
        ".svn",
        ".aws",
        ".netrc",
        ".pypirc",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".env",
        ".env.local",
        ".bedrock_agentcore.yaml",
        ".bedrock_agentcore",
        ".agentcore_x",
        "x.key",
        "x.pem",
        "__pycache__",
        ".venv",
        "node_modules",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".pytype",
        ".tox",
        ".nox",
        ".ipynb_checkpoints",
        ".npm",
        ".parcel-cache",
        ".turbo",
        ".DS_Store",
        "Thumbs.db",
        ".azure",
        ".gcloud",
        ".kube",
        ".ssh",
        ".gnupg",
        ".git-credentials",
        ".pgpass",
        "x.p12",
        "x.pfx",
        "x.ppk",
        "x.jks",
        "x.keystore",
        "x.kdbx",
        "x.tfstate",
        "x.tfstate.backup",
        "rootkey.csv",
        "me_accessKeys.csv",
        "application_default_credentials.json",
        ".eggs",
        ".uv-cache",
        ".pixi",
        ".direnv",
        ".pnpm-store",
        ".aws-sam",
        "cdk.out",
        ".serverless",
        ".terraform",
        ".terragrunt-cache",
        ".vagrant",
    ] {
        assert!(always_out(name).is_some() || name == "x.pem", "{name}");
        for path in [name.to_owned(), format!("a/{name}"), format!("a/b/{name}/c")] {
            assert!(rules.excludes(&path), "{path}");
        }
    }
    for path in [".env.example", "agent.py", "src/agent.py", "README.md", "requirements.txt", "uv.lock", "src/key.py"] {
        assert!(!rules.excludes(path), "{path}");
    }
    assert!(!rules.may_keep_below("node_modules"));
    // When the Dockerfile is in an excluded folder, Docker's client takes it in again for the classic builder, but it
    // compares only as many folders as the pattern has parts, and `**` is a part.
    let text = fs::read_to_string(dir.path().join(".dockerignore")).unwrap();
    assert!(text.lines().any(|line| line == ".bedrock_agentcore"));
    assert!(!text.lines().any(|line| line == "**/.bedrock_agentcore"));
}
