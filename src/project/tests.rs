use std::fs;

use super::*;
use crate::error::Kind;

struct Tree(tempfile::TempDir);

impl Tree {
    /// Files by name; a name with `=` carries its content.
    fn new(files: &[&str]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.add(files);
        tree
    }

    fn add(&self, files: &[&str]) {
        for file in files {
            let (name, content) = file.split_once('=').unwrap_or((file, ""));
            let path = self.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn detect(&self, change: impl FnOnce(&mut Detect<'_>)) -> Result<Source> {
        let mut request = Detect {
            dir: self.0.path(),
            entrypoint: None,
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: Selected::default(),
            agent: None,
        };
        change(&mut request);
        detect(&request)
    }

    fn entry(&self, entrypoint: &str) -> Result<Source> {
        // The closure may not keep a borrow of `entrypoint` beyond the request, so the request is built here.
        detect(&Detect {
            dir: self.0.path(),
            entrypoint: Some(Path::new(entrypoint)),
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: Selected::default(),
            agent: None,
        })
    }

    fn relative(&self, path: &Path) -> String {
        fsx::relative(path, self.0.path()).unwrap()
    }
}

fn usage(result: Result<Source>) -> Error {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage, "{error}");
    assert!(!error.hints().is_empty(), "no hint: {error}");
    error
}

/// What the starter toolkit makes of the same trees: entrypoint, source path and name.
#[test]
fn recorded_projects_are_described_alike() {
    let python = |files: &[&str], entrypoint: &str| {
        let tree = Tree::new(files);
        let source = tree.entry(entrypoint).unwrap();
        assert_eq!(source.language.config_name(), "python");
        (
            tree.relative(&source.entrypoint),
            tree.relative(&source.root),
            infer_agent_name(&source.entrypoint, tree.0.path()),
        )
    };
    let expected = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
    let agent = "src/agent.py";
    // The requirements lie above the entrypoint.
    assert_eq!(python(&[agent, "requirements.txt"], agent), expected(agent, ".", "src_agent"));
    // The same with a pyproject.toml.
    let pyproject = "pyproject.toml=[project]\nname='x'\nversion='0'\ndependencies=['boto3']\n";
    assert_eq!(python(&[agent, pyproject], agent), expected(agent, ".", "src_agent"));
    // A dash in the name.
    assert_eq!(python(&["my-agent.py", "requirements.txt"], "my-agent.py"), expected("my-agent.py", ".", "my_agent"));
    // TypeScript.
    let package = r#"package.json={"scripts":{"build":"tsc"},"engines":{"node":">=22.0.0"}}"#;
    let tree = Tree::new(&["src/index.ts", package, "tsconfig.json={\"compilerOptions\":{\"outDir\":\"dist\"}}"]);
    let source = tree.entry("src/index.ts").unwrap();
    assert_eq!(source.language.config_name(), "typescript");
    assert_eq!(
        (tree.relative(&source.entrypoint).as_str(), tree.relative(&source.root).as_str()),
        ("src/index.ts", ".")
    );
    assert_eq!(source.node.unwrap().version, "22");
}

#[test]
fn root_is_widened_from_entrypoint_to_its_dependencies() {
    let tree = Tree::new(&["requirements.txt=a", "agents/writer/main.py", "agents/writer/requirements.txt=b"]);
    let source = tree.entry("agents/writer/main.py").unwrap();
    assert_eq!(tree.relative(&source.root), "agents/writer");
    assert_eq!(source.module, "main");
    fs::remove_file(tree.path("agents/writer/requirements.txt")).unwrap();
    let source = tree.entry("agents/writer/main.py").unwrap();
    assert_eq!(source.root, tree.0.path());
    assert_eq!(source.module, "agents.writer.main");
    assert_eq!(source.import_root.as_deref(), Some("agents/writer"));
    // An included file widens it, too.
    tree.add(&["agents/writer/requirements.txt=-r ../common.txt", "agents/common.txt=c"]);
    let source = tree.entry("agents/writer/main.py").unwrap();
    assert_eq!(tree.relative(&source.root), "agents");
    assert_eq!(source.install.files.len(), 2);
    // A given one stands, and has to hold everything.
    let given = tree.detect(|request| {
        request.entrypoint = Some(Path::new("agents/writer/main.py"));
        request.source_path = Some(Path::new("."));
    });
    assert_eq!(given.unwrap().root, tree.0.path());
    let error = usage(tree.detect(|request| {
        request.entrypoint = Some(Path::new("agents/writer/main.py"));
        request.source_path = Some(Path::new("agents/writer"));
    }));
    assert!(error.hints()[0].contains("`agents`"), "{:?}", error.hints());
    usage(tree.detect(|request| request.source_path = Some(Path::new("nope"))));
    usage(tree.detect(|request| request.source_path = Some(Path::new("/"))));
}

#[test]
fn packages_are_imported_from_above_themselves() {
    let tree = Tree::new(&["requirements.txt", "src/pkg/__init__.py", "src/pkg/agent.py", "agent.py"]);
    let source = tree.entry("src/pkg/agent.py").unwrap();
    assert_eq!(source.module, "src.pkg.agent");
    assert_eq!(source.import_root.as_deref(), Some("src"));
    assert_eq!(tree.entry("agent.py").unwrap().import_root, None);
    tree.add(&["src/__init__.py"]);
    assert_eq!(tree.entry("src/pkg/agent.py").unwrap().import_root, None);
}

#[test]
fn a_folder_is_searched_for_one_conventional_file() {
    for (files, expected) in [
        (&["main.py", "tool.py"][..], "main.py"),
        (&["agent.py", "src/main.py"], "agent.py"),
        (&["src/app.py"], "src/app.py"),
        (&["index.js", "app.py"], "app.py"),
        (&["package.json={}", "index.js", "agent.js"], "index.js"),
        (&["package.json={}", "agent.js"], "agent.js"),
        (&["package.json={\"main\":\"lib/run.js\"}", "index.js", "lib/run.js"], "lib/run.js"),
        (&["package.json={\"main\":\"lib/gone.js\"}", "index.js"], "index.js"),
        (
            &[
                "package.json={\"main\":\"dist/index.js\",\"scripts\":{\"build\":\"x\"}}",
                "tsconfig.json",
                "dist/index.js",
                "src/index.ts",
                "src/app.ts",
            ],
            "src/index.ts",
        ),
    ] {
        let tree = Tree::new(files);
        tree.add(&["requirements.txt"]);
        let source = tree.detect(|_| {}).unwrap_or_else(|error| panic!("{files:?}: {error}"));
        assert_eq!(tree.relative(&source.entrypoint), expected, "{files:?}");
        assert_eq!(tree.entry(".").unwrap().entrypoint, source.entrypoint);
    }
}

#[test]
fn a_handler_may_follow_the_file() {
    let tree = Tree::new(&["src/agent.py", "requirements.txt"]);
    fs::write(tree.path("src/agent.py"), "def my_app(payload): ...\nserve(my_app)\n").unwrap();
    let source = tree.entry("src/agent.py:my_app").unwrap();
    assert_eq!(source.command(false, 8080), ["python", "-m", "src.agent"], "a function is not served");
    assert_eq!((source.module.as_str(), source.handler.as_deref()), ("src.agent", Some("my_app")));
    assert_eq!(tree.entry("src/agent.py").unwrap().handler, None);
    fs::write(tree.path("src/agent.py"), "app = None\ndef my_app(payload): ...\n").unwrap();
    assert!(usage(tree.entry("src/agent.py:my_app")).message().contains("not an application"), "nothing would answer");
    usage(tree.entry("src/agent.py:"));
    usage(tree.entry("src/agent.py:a b"));
    usage(tree.entry("nope.py:app"));
}

/// What the starter toolkit refuses about a source is refused here, before anything is touched.
#[test]
fn bad_input_is_a_usage_error_with_hint() {
    let tree = Tree::new(&["agent.py", "main.py", "data.bin", "sub/x.txt", "requirements.txt"]);
    assert!(usage(tree.entry("nope.py")).message().contains("nope.py"));
    assert!(usage(tree.entry("/etc/hostname")).message().contains("outside"));
    assert!(usage(tree.entry("../agent.py")).message().contains("outside"));
    assert!(usage(tree.entry("data.bin")).message().contains("data.bin"));

    let several = usage(tree.entry("."));
    let commands = ["`agentcore configure --entrypoint main.py`", "`agentcore configure --entrypoint agent.py`"];
    assert_eq!(several.hints(), commands);
    usage(tree.detect(|_| {}));
    let none = usage(tree.entry("sub"));
    assert!(none.message().contains("`sub`"), "{none}");

    let with = |requirements: &'static str| {
        tree.detect(|request| {
            request.entrypoint = Some(Path::new("agent.py"));
            request.requirements = Some(Path::new(requirements));
        })
    };
    assert!(usage(with("nope.txt")).message().contains("nope.txt"));
    assert!(usage(with("agent.py")).hints()[0].contains("*.in"));
    assert!(usage(with("sub")).message().contains("folder"));
    assert!(usage(with("/etc/hostname")).message().contains("outside"));
    with("sub/x.txt").unwrap();

    fs::remove_file(tree.path("requirements.txt")).unwrap();
    assert_eq!(usage(tree.entry("agent.py")).code_str(), "source.no-requirements");

    usage(Language::parse("go").map(|_| unreachable!()));
    assert_eq!(Language::parse("TypeScript").unwrap(), Language::TypeScript);
    usage(tree.detect(|request| {
        request.entrypoint = Some(Path::new("agent.py"));
        request.language = Some(Language::TypeScript);
    }));
}

#[test]
fn names_that_python_would_split_are_refused() {
    let tree = Tree::new(&["requirements.txt", "v1.2/agent.py", "agent.v2.py", "__main__.py", "pkg/__main__.py"]);
    assert!(usage(tree.entry("v1.2/agent.py")).hints()[0].contains("v1_2"));
    assert!(usage(tree.entry("agent.v2.py")).hints()[0].contains("agent_v2"));
    usage(tree.entry("__main__.py"));
    assert_eq!(tree.entry("pkg/__main__.py").unwrap().module, "pkg");
}

/// A hyphen is no obstacle for `python -m`: the very command of the image is run here, from the root, by this
/// machine's Python, with modules beside the entrypoint imported in both ways.
#[tokio::test]
async fn hyphens_in_folders_and_files_run_as_modules() {
    let code = "from .tool import relative\nimport other\nprint(relative + other.name)\n";
    let tree = Tree::new(&["requirements.txt", "my-dir/tool.py=relative = 'a'", "my-dir/other.py=name = 'b'"]);
    tree.add(&[&format!("my-dir/my-agent.py={code}")]);
    let source = tree.entry("my-dir/my-agent.py").unwrap();
    assert_eq!(source.module, "my-dir.my-agent");
    let command = source.command(false, 8080);
    assert_eq!(command, ["python", "-m", "my-dir.my-agent"]);
    let import_root = source.root.join(source.import_root.unwrap());
    let run = crate::process::Child::inheriting("python3")
        .args(&command[1..])
        .dir(&source.root)
        .var("PYTHONPATH", import_root);
    assert_eq!(run.check().await.unwrap().stdout_text(), "ab");
}

#[test]
fn pyproject_dependencies_are_read_or_refused() {
    let project = "[project]\nname='x'\nversion='0'\n";
    let read = |pyproject: &str| {
        let tree = Tree::new(&["agent.py", &format!("pyproject.toml={pyproject}")]);
        tree.entry("agent.py").map(|source| (source.dependencies.clone(), source.has_otel, source.install))
    };
    let (dependencies, has_otel, install) = read(&format!(
        "{project}dependencies=['boto3>=1', 'AWS_opentelemetry_distro[x]>=0.10', 'a @ git+https://h/a']"
    ))
    .unwrap();
    let Dependencies::Pyproject { specifiers, uv_lock, .. } = dependencies else { panic!("{dependencies:?}") };
    assert_eq!(specifiers[0], "boto3>=1");
    assert!(has_otel && install.needs_git && !install.needs_source && uv_lock.is_none());
    assert!(!read(&format!("{project}# 'aws-opentelemetry-distro'\n")).unwrap().1);

    for bad in [
        format!("{project}dependencies='boto3'"),
        format!("{project}dynamic=['dependencies']"),
        format!("{project}dependencies=[]\n[tool.uv.sources]\na={{path='a'}}"),
    ] {
        let error = read(&bad).unwrap_err();
        assert_eq!(error.code_str(), "source.requirements", "{bad}");
        assert!(error.message().contains("pyproject.toml"), "{error}");
    }
    let error = read("[project]\nname = \n").unwrap_err();
    assert!(error.message().contains("pyproject.toml:2: "), "{error}");
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn extras_and_groups_are_added_on_request() {
    let tree = Tree::new(&[
        "agent.py",
        "requirements.txt=other",
        "pyproject.toml=[project]\nname='my-pkg'\nversion='0'\ndependencies=['a']\n\
         [project.optional-dependencies]\nweb=['b']\nall=['my_pkg[web,Slow]', 'c']\nslow=['d']\n\
         [dependency-groups]\nprod=['e', {include-group='base'}]\nbase=['f']\nloop=[{include-group='loop'}]\n",
    ]);
    let of = |extras: &[&str], groups: &[&str]| {
        let (extras, groups) = (names(extras), names(groups));
        let request = Detect {
            dir: tree.0.path(),
            entrypoint: None,
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: Selected { extras: &extras, groups: &groups },
            agent: None,
        };
        detect(&request).map(|source| {
            let Dependencies::Pyproject { specifiers, .. } = source.dependencies else { panic!("not the pyproject") };
            specifiers.join(" ")
        })
    };
    assert_eq!(of(&["ALL"], &[]).unwrap(), "a c d b");
    assert_eq!(of(&["web"], &["prod"]).unwrap(), "a b e f");
    for (extras, groups, part) in
        [(&["nope"][..], &[][..], "`web`"), (&[], &["nope"], "`prod`"), (&[], &["loop"], "itself")]
    {
        let error = usage_of(of(extras, groups).unwrap_err());
        assert!(error.message().contains(part), "{error}");
    }
    fs::remove_file(tree.path("pyproject.toml")).unwrap();
    let error = usage_of(of(&["web"], &[]).unwrap_err());
    assert!(error.hints().iter().any(|hint| hint.contains("--extra none")), "{error:?}");
}

fn usage_of(error: Error) -> Error {
    assert_eq!(error.kind(), Kind::Usage, "{error}");
    error
}

#[test]
fn workspace_member_uses_the_workspace_lock() {
    let member = "ws/agents/writer/pyproject.toml=[project]\nname='writer'\nversion='0'\ndependencies=['shared']\n\
                  [tool.uv.sources]\nshared={workspace=true}\n";
    let lock = |members: &str| {
        let of = |path: &str| format!("[[package]]\nname='{path}'\nsource={{editable='{path}'}}\n");
        format!("ws/uv.lock={}", members.split(' ').map(of).collect::<String>())
    };
    let tree = Tree::new(&[
        "ws/agents/writer/main.py",
        member,
        "ws/pyproject.toml=[tool.uv.workspace]\nmembers=['*']\n",
        &lock("agents/writer libs/shared"),
    ]);
    let source = tree.entry("ws/agents/writer/main.py").unwrap();
    let Dependencies::Pyproject { uv_lock, .. } = &source.dependencies else { panic!("{:?}", source.dependencies) };
    assert_eq!(*uv_lock, Some(tree.path("ws/uv.lock")));
    assert!(source.install.needs_source && source.install.files.contains(&tree.path("ws/pyproject.toml")));
    assert_eq!(tree.relative(&source.root), "ws");
    // The same seen from the member's own folder: the lock is outside of what may be used for an image.
    let inside = detect(&Detect {
        dir: &tree.path("ws/agents/writer"),
        entrypoint: None,
        requirements: None,
        language: None,
        source_path: None,
        python: None,
        selected: Selected::default(),
        agent: None,
    })
    .unwrap();
    let Dependencies::Pyproject { uv_lock, .. } = &inside.dependencies else { panic!("{:?}", inside.dependencies) };
    assert_eq!(*uv_lock, Some(tree.path("ws/uv.lock")));
    assert_eq!(inside.root, tree.path("ws/agents/writer"));
    // A lock above that does not list the project belongs to another one.
    tree.add(&[&lock("libs/shared")]);
    let error = usage(tree.entry("ws/agents/writer/main.py"));
    assert!(error.hints()[0].contains("uv lock"), "{error:?}");
}

#[test]
fn poetry_projects_are_read_in_both_forms() {
    let poetry = "pyproject.toml=[tool.poetry]\nname='x'\n[tool.poetry.dependencies]\npython='^3.13'\nboto3='^1.2'\n";
    let tree = Tree::new(&["agent.py", poetry, "poetry.lock="]);
    let source = tree.entry("agent.py").unwrap();
    assert_eq!(source.python.version, "3.13");
    let Dependencies::Pyproject { specifiers, poetry, .. } = source.dependencies else { panic!() };
    assert_eq!((specifiers, poetry.unwrap().lock), (names(&["boto3>=1.2,<2"]), Some(tree.path("poetry.lock"))));
    tree.add(&["pyproject.toml=[project]\nname='x'\nversion='0'\ndependencies=['boto3 (>=1.2)']\n"]);
    let Dependencies::Pyproject { specifiers, poetry, .. } = tree.entry("agent.py").unwrap().dependencies else {
        panic!()
    };
    assert!(specifiers == ["boto3 (>=1.2)"] && poetry.is_some());
    tree.add(&["pyproject.toml=[tool.poetry.dependencies]\na='^1 || ^2'\n"]);
    let error = usage(tree.entry("agent.py"));
    assert!(error.hints()[0].contains("poetry export"), "{error:?}");
}

#[test]
fn own_package_is_on_the_search_path() {
    let project = "pyproject.toml=[project]\nname='my-pkg'\nversion='0'\n";
    let path = |files: &[&str], entrypoint: &str| {
        let tree = Tree::new(files);
        let source = tree.entry(entrypoint).unwrap();
        source.search_path().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(path(&["agent.py", project, "src/my_pkg/__init__.py"], "agent.py"), ["src"]);
    assert_eq!(path(&["src/agent.py", project, "src/my_pkg/__init__.py"], "src/agent.py"), ["src"]);
    assert_eq!(path(&["src/my_pkg/agent.py", "src/my_pkg/__init__.py", project], "src/my_pkg/agent.py"), ["src"]);
    assert_eq!(path(&["agents/agent.py", project, "src/my_pkg/__init__.py"], "agents/agent.py"), ["agents", "src"]);
    assert!(path(&["agent.py", project, "my_pkg/__init__.py"], "agent.py").is_empty());
    let tree = Tree::new(&["src/my_pkg/agent.py", "src/my_pkg/__init__.py", "src/tool.py", project]);
    let elsewhere = |entrypoint: &str| {
        let source = tree.entry(entrypoint).unwrap();
        source.packages_elsewhere().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(elsewhere("src/my_pkg/agent.py"), ["src"]);
    assert!(elsewhere("src/tool.py").is_empty(), "a script's own folder is searched");
    // requirements.txt beside it, and the package all the same.
    assert_eq!(path(&["agent.py", "requirements.txt", project, "src/my_pkg/a.py"], "agent.py"), ["src"]);
}

#[test]
fn pyproject_with_tool_settings_only_is_skipped() {
    let tree = Tree::new(&["sub/agent.py", "sub/pyproject.toml=[tool.ruff]\n", "requirements.txt=a"]);
    let source = tree.entry("sub/agent.py").unwrap();
    assert_eq!(source.dependencies, Dependencies::Requirements { file: tree.path("requirements.txt") });
    let named = tree.detect(|request| {
        request.entrypoint = Some(Path::new("sub/agent.py"));
        request.requirements = Some(Path::new("sub/pyproject.toml"));
    });
    usage(named);
}

#[test]
fn uv_lock_shows_whether_source_is_needed() {
    let pyproject = "pyproject.toml=[project]\nname='x'\nversion='0'\ndependencies=['foo']\n";
    let lock = |source: &str| {
        format!(
            "uv.lock=version = 1\n[[package]]\nname='x'\nsource={{ virtual = '.' }}\n[[package]]\nname='foo'\nsource={source}\n"
        )
    };
    let install = |source: &str| {
        let tree = Tree::new(&["agent.py", pyproject, &lock(source)]);
        let found = tree.entry("agent.py").unwrap();
        assert_eq!(found.install.files, [tree.path("pyproject.toml"), tree.path("uv.lock")]);
        (found.install.needs_source, found.install.needs_git)
    };
    assert_eq!(install("{ registry = 'https://pypi.org/simple' }"), (false, false));
    assert_eq!(install("{ directory = 'libs/foo' }"), (true, false));
    assert_eq!(install("{ editable = 'libs/foo' }"), (true, false));
    assert_eq!(install("{ git = 'https://h/foo#abc' }"), (false, true));
}

#[test]
fn the_python_version_comes_from_the_nearest_statement() {
    let tree = Tree::new(&["src/agent.py", "requirements.txt"]);
    let version = |python: Option<&str>| {
        let found = detect(&Detect {
            dir: tree.0.path(),
            entrypoint: Some(Path::new("src/agent.py")),
            requirements: None,
            language: None,
            source_path: None,
            python,
            selected: Selected::default(),
            agent: None,
        });
        found.map(|source| (source.python.version, source.python.from))
    };
    assert_eq!(version(None).unwrap(), ("3.12".to_owned(), VersionSource::Default));
    tree.add(&["pyproject.toml=[project]\nname='x'\nversion='0'\nrequires-python='>=3.13'\n"]);
    assert_eq!(version(None).unwrap(), ("3.13".to_owned(), VersionSource::Manifest(tree.path("pyproject.toml"))));
    tree.add(&[".python-version=3.11.4\n"]);
    assert_eq!(version(None).unwrap(), ("3.11".to_owned(), VersionSource::VersionFile(tree.path(".python-version"))));
    tree.add(&["src/.python-version=my-venv\n3.10"]);
    assert_eq!(version(None).unwrap().0, "3.10");
    assert_eq!(version(Some("3.14")).unwrap(), ("3.14".to_owned(), VersionSource::Request));
    assert_eq!(version(Some("PYTHON_3_13")).unwrap().0, "3.13");
    assert_eq!(version(Some("python")).unwrap_err().code_str(), "source.python");
}

#[test]
fn the_output_of_a_typescript_build_is_found() {
    let run = |package: &str, tsconfig: &str, entrypoint: &str| {
        let tree = Tree::new(&[entrypoint, &format!("package.json={package}"), &format!("tsconfig.json={tsconfig}")]);
        tree.entry(entrypoint).map(|source| source.module)
    };
    let build = r#"{"scripts":{"build":"tsc"}}"#;
    let cases = [
        (build, r#"{"compilerOptions":{"outDir":"dist"}}"#, "src/index.ts", "dist/index.js"),
        (build, r#"{"compilerOptions":{"outDir":"./out/","rootDir":"."}}"#, "src/index.ts", "out/src/index.js"),
        (build, r#"{"compilerOptions":{"outDir":"dist"},"include":["src/**/*"]}"#, "src/a/b.mts", "dist/a/b.mjs"),
        (
            build,
            r#"{"compilerOptions":{"outDir":"dist"},"include":["src","test"]}"#,
            "src/index.ts",
            "dist/src/index.js",
        ),
        (build, r#"{"compilerOptions":{"outDir":"dist",},/* c */}"#, "index.ts", "dist/index.js"),
        (build, "{}", "src/index.ts", "src/index.js"),
        (
            r#"{"scripts":{"build":"tsup","start":"node --enable-source-maps build/index.js"}}"#,
            "{}",
            "src/index.ts",
            "build/index.js",
        ),
        (r#"{"main":"./lib/index.cjs","scripts":{"build":"esbuild"}}"#, "{}", "src/index.ts", "lib/index.cjs"),
        (
            r#"{"main":"lib/other.js","scripts":{"build":"tsc"}}"#,
            r#"{"compilerOptions":{"outDir":"o"}}"#,
            "src/index.ts",
            "o/index.js",
        ),
        (
            r#"{"devDependencies":{"typescript":"5"}}"#,
            r#"{"compilerOptions":{"outDir":"dist"}}"#,
            "src/index.ts",
            "dist/index.js",
        ),
    ];
    for (package, tsconfig, entrypoint, expected) in cases {
        assert_eq!(run(package, tsconfig, entrypoint).unwrap(), expected, "{package} {tsconfig}");
    }
    let old = r#"{"engines": {"node": "20"}}"#;
    assert_eq!(run(old, "{}", "src/index.ts").unwrap_err().code_str(), "source.typescript-build");
    assert_eq!(run("{}", "{}", "src/index.ts").unwrap(), "src/index.ts", "Node 22 needs no compiler");
    assert_eq!(run("{", "{}", "src/index.ts").unwrap_err().code_str(), "source.package-json");
    let outside = run(build, r#"{"compilerOptions":{"outDir":"../out"}}"#, "src/index.ts").unwrap_err();
    assert_eq!(outside.code_str(), "source.tsconfig");

    let tree =
        Tree::new(&["src/index.ts", &format!("package.json={build}"), "tsconfig.json={\"extends\":\"./base.json\"}"]);
    tree.add(&["base.json={\"compilerOptions\":{\"outDir\":\"made\",\"rootDir\":\"src\"}}"]);
    assert_eq!(tree.entry("src/index.ts").unwrap().module, "made/index.js");
}

#[test]
fn javascript_runs_as_it_is() {
    let tree = Tree::new(&["app/src/index.js", "app/package.json={\"dependencies\":{}}", "app/package-lock.json"]);
    let source = tree.entry("app/src/index.js").unwrap();
    assert_eq!((tree.relative(&source.root).as_str(), source.module.as_str()), ("app", "src/index.js"));
    assert_eq!(source.command(true, 8080), ["node", "src/index.js"]);
    assert_eq!(source.node.unwrap().builds, []);
    let Dependencies::Npm { lock, .. } = source.dependencies else { panic!() };
    assert_eq!(lock, Some(tree.path("app/package-lock.json")));
    let alone = Tree::new(&["index.js"]);
    assert_eq!(alone.entry("index.js").unwrap().dependencies, Dependencies::None);
    usage(alone.detect(|_| {}));
    usage(tree.detect(|request| {
        request.entrypoint = Some(Path::new("app/src/index.js"));
        request.requirements = Some(Path::new("app/package.json"));
    }));
}

#[test]
fn npm_scripts_and_local_packages_need_the_source() {
    let install = |package: &str, npmrc: &str| {
        let tree = Tree::new(&["index.js", &format!("package.json={package}"), &format!(".npmrc={npmrc}")]);
        let install = tree.entry("index.js").unwrap().install;
        (install.needs_source, install.needs_git, install.files.len())
    };
    assert_eq!(install(r#"{"dependencies":{"a":"^1"}}"#, "legacy-peer-deps=true"), (false, false, 2));
    assert_eq!(install(r#"{"dependencies":{"a":"file:./a"}}"#, "//r/:_authToken=x"), (true, false, 1));
    assert_eq!(install(r#"{"scripts":{"prepare":"x"},"dependencies":{"a":"git+https://h/a"}}"#, ""), (true, true, 2));
}

/// The configuration file says `typescript` for JavaScript, too; reading it back changes nothing.
#[test]
fn javascript_survives_its_name_in_the_configuration() {
    let tree = Tree::new(&["index.js", "package.json={\"scripts\":{\"build\":\"webpack\"}}"]);
    let first = tree.entry("index.js").unwrap();
    let again = tree
        .detect(|request| {
            request.entrypoint = Some(Path::new("index.js"));
            request.language = Some(Language::parse(first.language.config_name()).unwrap());
        })
        .unwrap();
    assert_eq!((again.language, &again.module, &again.node), (first.language, &first.module, &first.node));
    assert_eq!(again.node.unwrap().builds, []);
}

#[test]
fn workspace_members_packages_are_found_around_it() {
    let tree = Tree::new(&[
        "package.json={\"workspaces\":[\"packages/*\",\"!packages/old\"]}",
        "package-lock.json={}",
        "packages/a/src/index.ts",
        "packages/a/tsconfig.json={\"compilerOptions\":{\"outDir\":\"dist\"}}",
        "packages/a/package.json={\"name\":\"@my/a\",\"main\":\"dist/index.js\",\"scripts\":{\"build\":\"tsc\"},\
         \"dependencies\":{\"@my/b\":\"*\",\"ms\":\"2\"}}",
        "packages/b/package.json={\"name\":\"@my/b\",\"main\":\"lib/index.js\",\"scripts\":{\"build\":\"tsc\"},\
         \"dependencies\":{\"@my/c\":\"1\"}}",
        "packages/b/tsconfig.json={\"compilerOptions\":{\"outDir\":\"lib\",\"rootDir\":\"src\"}}",
        "packages/c/package.json={\"name\":\"@my/c\",\"dependencies\":{\"@my/a\":\"*\"}}",
        "packages/d/package.json={\"name\":\"@my/d\"}",
        "packages/old/package.json={\"name\":\"@my/old\"}",
    ]);
    let source = tree.entry("packages/a/src/index.ts").unwrap();
    assert_eq!((tree.relative(&source.root).as_str(), source.module.as_str()), (".", "packages/a/dist/index.js"));
    let Dependencies::Npm { package_json, lock } = &source.dependencies else { panic!() };
    assert_eq!((package_json, lock), (&tree.path("package.json"), &Some(tree.path("package-lock.json"))));
    let node = source.node.unwrap();
    assert_eq!(node.member, Some(tree.path("packages/a")));
    assert_eq!(node.locals, [tree.path("packages/c"), tree.path("packages/b")]);
    assert_eq!(node.strangers, [tree.path("packages/d")]);
    let builds: Vec<_> = node.builds.iter().map(|build| (build.dir.clone(), build.output.clone())).collect();
    assert_eq!(
        builds,
        [
            (tree.path("packages/b"), Some(tree.path("packages/b/lib"))),
            (tree.path("packages/a"), Some(tree.path("packages/a/dist"))),
        ]
    );
    assert!(source.install.needs_source);
}

#[test]
fn a_local_dependency_must_lie_in_the_project() {
    let tree = Tree::new(&[
        "services/agent/index.js",
        "services/agent/package.json={\"dependencies\":{\"shared\":\"file:../../libs/shared\"}}",
        "libs/shared/package.json={\"name\":\"shared\",\"scripts\":{\"build\":\"tsc\"}}",
    ]);
    let source = tree.entry("services/agent/index.js").unwrap();
    assert_eq!((tree.relative(&source.root).as_str(), source.module.as_str()), (".", "services/agent/index.js"));
    let node = source.node.unwrap();
    assert_eq!((node.locals, node.member), (vec![tree.path("libs/shared")], None));
    assert_eq!(node.builds[0].command, "npm run build");
    let outside = Tree::new(&["index.js", "package.json={\"dependencies\":{\"a\":\"file:../a\"}}"]);
    assert_eq!(outside.entry("index.js").unwrap_err().code_str(), "source.outside");
}

#[test]
fn package_manager_follows_from_lock_or_manifest() {
    let manager = |files: &[&str], package: &str| {
        let tree = Tree::new(&["index.js", &format!("package.json={package}")]);
        tree.add(files);
        tree.entry("index.js").unwrap().node.unwrap().manager
    };
    assert_eq!(manager(&[], "{}"), Manager::Npm);
    assert_eq!(manager(&["package-lock.json", "yarn.lock"], "{}"), Manager::Npm);
    assert_eq!(manager(&["pnpm-lock.yaml"], "{}"), Manager::Pnpm);
    assert_eq!(manager(&[], r#"{"packageManager":"pnpm@9.1.0"}"#), Manager::Pnpm);
    assert_eq!(manager(&["yarn.lock"], "{}"), Manager::Yarn);
    assert_eq!(manager(&["yarn.lock", ".yarnrc.yml"], "{}"), Manager::YarnBerry);
    assert_eq!(manager(&["yarn.lock=# yarn lockfile v1\n"], "{}"), Manager::Yarn);
    for package in ["{}", r#"{"packageManager":"yarn@1.22.0"}"#] {
        assert_eq!(manager(&["yarn.lock=# by hand\n\n__metadata:\n  version: 8\n"], package), Manager::YarnBerry);
    }
    assert_eq!(manager(&["yarn.lock"], r#"{"packageManager":"yarn@4.2.2"}"#), Manager::YarnBerry);
    assert_eq!(manager(&["yarn.lock", ".yarnrc.yml"], r#"{"packageManager":"yarn@1.22.0"}"#), Manager::Yarn);
}

#[test]
fn a_build_fills_a_folder_without_source() {
    let output = |package: &str, tsconfig: &str, entrypoint: &str| {
        let tree = Tree::new(&[entrypoint, &format!("package.json={package}"), &format!("tsconfig.json={tsconfig}")]);
        let node = tree.entry(entrypoint).unwrap().node.unwrap();
        node.builds[0].output.as_ref().map(|path| tree.relative(path))
    };
    let build = r#"{"scripts":{"build":"x"}}"#;
    let of = |text: &str| Some(text.to_owned());
    assert_eq!(output(build, r#"{"compilerOptions":{"outDir":"dist"}}"#, "src/index.ts"), of("dist"));
    assert_eq!(output(build, r#"{"compilerOptions":{"outDir":"a/b"}}"#, "src/index.ts"), of("a/b"));
    assert_eq!(output(build, "{}", "src/index.ts"), None);
    assert_eq!(output(build, "{}", "index.ts"), None);
    assert_eq!(output(build, r#"{"compilerOptions":{"outDir":"src"}}"#, "src/index.ts"), None);
    let main = r#"{"main":"out/index.js","scripts":{"build":"esbuild"}}"#;
    assert_eq!(output(main, "{}", "src/index.ts"), of("out"));
    assert_eq!(output(main, r#"{"compilerOptions":{"outDir":"types"}}"#, "src/index.ts"), of("out"));
}

#[cfg(unix)]
#[test]
fn files_below_a_linked_folder_have_packed_names() {
    let tree = Tree::new(&["real/agent.py=import os", "real/requirements.txt"]);
    std::os::unix::fs::symlink("real", tree.path("src")).unwrap();
    let source = tree.entry("src/agent.py").unwrap();
    assert_eq!(tree.relative(&source.entrypoint), "real/agent.py");
    assert_eq!(tree.relative(&source.root), "real");
    let source = tree.detect(|request| {
        request.entrypoint = Some(Path::new("src/agent.py"));
        request.source_path = Some(Path::new("src"));
    });
    assert_eq!(tree.relative(&source.unwrap().root), "real");
}
