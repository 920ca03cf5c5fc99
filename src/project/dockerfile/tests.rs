use std::fs;

use super::*;
use crate::project::{Detect, Selected, detect};

struct Case {
    dir: tempfile::TempDir,
    entrypoint: &'static str,
}

impl Case {
    fn new(entrypoint: &'static str, files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files.iter().chain(&[(entrypoint, "")]) {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Self { dir, entrypoint }
    }

    fn source(&self) -> Source {
        detect(&Detect {
            dir: self.dir.path(),
            entrypoint: Some(Path::new(self.entrypoint)),
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: Selected::default(),
            agent: None,
        })
        .unwrap()
    }

    fn render(&self, otel: bool) -> String {
        self.try_render(otel, None).unwrap()
    }

    fn try_render(&self, otel: bool, base_image: Option<&str>) -> Result<String> {
        let source = self.source();
        render(&DockerfileSpec {
            source: &source,
            project: self.dir.path(),
            agent: "agent",
            base_image,
            port: 8080,
            otel,
            context: None,
            secrets: &[],
        })
    }
}

/// The instructions, comments and continuations removed.
fn instructions(text: &str) -> Vec<String> {
    let joined = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n").replace(" \\\n", "");
    joined
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

const PYPROJECT: &str = "[project]\nname='x'\nversion='0'\ndependencies=['boto3']\n";

#[test]
fn a_python_image_installs_before_it_copies() {
    let case = Case::new("src/agent.py", &[("requirements.txt", "-r more/base.txt\nboto3\n"), ("more/base.txt", "")]);
    let text = case.render(false);
    assert_eq!(
        instructions(&text),
        [
            "ARG BASE_IMAGE=public.ecr.aws/docker/library/python:3.12-slim",
            "FROM ${BASE_IMAGE}",
            "ENV DOCKER_CONTAINER=1 HOME=/tmp PYTHONUNBUFFERED=1 PYTHONPATH=\"/app/src\"",
            "WORKDIR /app",
            "ARG PIP_BREAK_SYSTEM_PACKAGES=1",
            "ARG PIP_COMPILE=0",
            "ARG PIP_DISABLE_PIP_VERSION_CHECK=1",
            "ARG PIP_NO_CACHE_DIR=1",
            "ARG PIP_ROOT_USER_ACTION=ignore",
            "COPY requirements.txt requirements.txt",
            "COPY more/base.txt more/base.txt",
            &format!("RUN python -m pip install -r requirements.txt && {}", byte_code("")),
            "COPY --chown=1000:1000 . .",
            "RUN python -m compileall -q --invalidation-mode unchecked-hash . || true",
            "USER 1000:1000",
            "EXPOSE 8080",
            "CMD [\"python\", \"-m\", \"src.agent\"]",
        ]
    );
    assert!(text.contains("-f .bedrock_agentcore/agent/Dockerfile ."), "{text}");
}

/// By this machine's Python: the second header word says that nothing is compared with the module.
#[tokio::test]
async fn byte_code_of_packages_has_no_times() {
    let dir = tempfile::tempdir().unwrap();
    let sh = |script: String| crate::process::Child::inheriting("sh").args(["-c", &script]).dir(dir.path());
    if !sh("python3 -c 'import compileall, concurrent.futures'".to_owned()).output().await.unwrap().status.success() {
        return;
    }
    fs::create_dir(dir.path().join("packages")).unwrap();
    fs::write(dir.path().join("packages/a.py"), "x = 1\n").unwrap();
    fs::write(dir.path().join("packages/old.py"), "print 'two'\n").unwrap();
    let command = byte_code(" packages").replace("python ", "python3 ").replace("site.getsitepackages()", "[]");
    sh(format!("set -e; {command}; echo on")).check().await.unwrap();
    let made: Vec<_> =
        fs::read_dir(dir.path().join("packages/__pycache__")).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(fs::read(&made[0]).unwrap()[4..8], [1, 0, 0, 0]);
}

#[test]
fn opentelemetry_goes_on_top_or_not_at_all() {
    let run = |requirements: &str, otel: bool| {
        let all = instructions(&Case::new("agent.py", &[("requirements.txt", requirements)]).render(otel));
        let steps: Vec<String> = all.iter().filter(|line| line.starts_with("RUN")).cloned().collect();
        (steps, all.last().unwrap().clone())
    };
    let plain = format!("RUN python -m pip install -r requirements.txt && {}", byte_code(""));
    let started = r#"CMD ["opentelemetry-instrument", "python", "-m", "agent"]"#;
    let (steps, command) = run("boto3", false);
    assert_eq!((steps.len(), command.as_str()), (2, r#"CMD ["python", "-m", "agent"]"#));
    let (steps, command) = run("aws_opentelemetry_distro==0.12", true);
    assert_eq!((steps.len(), command.as_str()), (2, started), "the project's own choice is the project's");
    for requirements in ["# aws-opentelemetry-distro", "boto3==1 --hash=sha256:00"] {
        let (steps, command) = run(requirements, true);
        assert_eq!((steps.len(), command.as_str()), (3, started));
        assert_eq!(steps[0], plain, "the same layer with and without it");
        assert!(
            steps[1].contains("pip install -c /tmp/packages.txt \"aws-opentelemetry-distro>=0.18,<1\""),
            "{steps:?}"
        );
    }
}

#[test]
fn locked_dependencies_are_installed_without_building_the_project() {
    let steps =
        |case: &Case| instructions(&case.render(true)).into_iter().find(|line| line.starts_with("RUN")).unwrap();
    let case = Case::new("agent.py", &[("pyproject.toml", PYPROJECT)]);
    assert!(steps(&case).contains("import tomllib"));
    let end = format!("pip install -r /tmp/requirements.txt && rm /tmp/requirements.txt && {}", byte_code(""));
    assert!(steps(&case).ends_with(&end));
    fs::write(case.dir.path().join(".python-version"), "3.10").unwrap();
    assert!(steps(&case).contains("from pip._vendor import tomli as tomllib"));

    let case = Case::new("sub/agent.py", &[("pyproject.toml", PYPROJECT), ("uv.lock", "version = 1\n")]);
    let text = case.render(true);
    assert!(text.contains("COPY pyproject.toml pyproject.toml\nCOPY uv.lock uv.lock\n"), "{text}");
    let run = steps(&case);
    assert!(
        !run.contains("--compile-bytecode")
            && run.contains("uv export --frozen")
            && run.contains("--no-emit-project")
            && run.contains("uninstall --yes uv"),
        "{run}"
    );
}

/// The command in the generated file is run by this machine's Python, where it is new enough to have `tomllib`.
#[tokio::test]
async fn the_listing_of_pyproject_dependencies_works() {
    let pyproject = "[project]\nname='x'\nversion='0'\ndependencies=['boto3>=1; python_version > \"3\"', 'six']\n";
    let case = Case::new("agent.py", &[("pyproject.toml", pyproject), (".python-version", "3.11")]);
    let source = case.source();
    let step = python_steps(&source).unwrap().remove(0);
    let script = step.split(" > ").next().unwrap().replacen("python ", "python3 ", 1);
    assert!(step.ends_with(" > /tmp/requirements.txt"), "{step}");
    let run =
        crate::process::Child::inheriting("sh").args(["-c", &script]).dir(case.dir.path()).output().await.unwrap();
    if run.tail(1).contains("No module named 'tomllib'") {
        return;
    }
    assert_eq!(run.stdout_text(), "boto3>=1; python_version > \"3\"\nsix", "{}", run.tail(5));
}

#[test]
fn source_is_copied_first_when_dependencies_need_it() {
    let all = instructions(&Case::new("agent.py", &[("requirements.txt", "-e .\n")]).render(false));
    let position = |start: &str| all.iter().position(|line| line.starts_with(start)).unwrap();
    assert!(position("COPY --chown=1000:1000 . .") < position("RUN"));
    assert_eq!(all.iter().filter(|line| line.starts_with("COPY")).count(), 1);
}

#[test]
fn git_is_there_only_while_it_is_needed() {
    let all = instructions(&Case::new("agent.py", &[("requirements.txt", "a @ git+https://h/a\n")]).render(false));
    let run = all.iter().find(|line| line.starts_with("RUN")).unwrap();
    let order =
        ["apt-get update", "install --yes --no-install-recommends git", "pip install", "purge", "rm -rf /var/lib/apt"];
    let at: Vec<_> = order.iter().map(|step| run.find(step).unwrap()).collect();
    assert!(at.is_sorted(), "{run}");
}

#[test]
fn a_node_image_builds_and_prunes() {
    let package = r#"{"scripts":{"build":"tsc"},"engines":{"node":">=20 <22"}}"#;
    let files = [
        ("package.json", package),
        ("package-lock.json", "{}"),
        ("tsconfig.json", r#"{"compilerOptions":{"outDir":"dist"}}"#),
    ];
    assert_eq!(
        instructions(&Case::new("src/index.ts", &files).render(true)),
        [
            "ARG BASE_IMAGE=public.ecr.aws/docker/library/node:20-slim",
            "FROM ${BASE_IMAGE}",
            "ENV DOCKER_CONTAINER=1 HOME=/tmp",
            "WORKDIR /app",
            "COPY package.json package.json",
            "COPY package-lock.json package-lock.json",
            "RUN npm ci --no-audit --no-fund && npm cache clean --force",
            "COPY --chown=1000:1000 . .",
            "RUN npm run build && npm prune --omit=dev",
            "ENV NODE_ENV=production",
            "USER 1000:1000",
            "EXPOSE 8080",
            "CMD [\"node\", \"dist/index.js\"]",
        ]
    );
    let all = instructions(&Case::new("index.js", &[("package.json", "{}")]).render(true));
    assert!(
        all.contains(&"RUN npm install --no-audit --no-fund --omit=dev && npm cache clean --force".to_owned()),
        "{all:?}"
    );
    let all = instructions(&Case::new("index.js", &[]).render(true));
    assert!(!all.iter().any(|line| line.starts_with("RUN")), "{all:?}");
}

#[test]
fn a_workspace_member_installs_at_the_top() {
    let files = [
        ("package.json", r#"{"workspaces":["packages/*"]}"#),
        ("package-lock.json", "{}"),
        ("packages/a/package.json", r#"{"name":"a","scripts":{"build":"tsc"},"dependencies":{"b":"*"}}"#),
        ("packages/b/package.json", r#"{"name":"b","scripts":{"build":"tsc"}}"#),
        ("packages/a/tsconfig.json", r#"{"compilerOptions":{"outDir":"dist"}}"#),
    ];
    let all = instructions(&Case::new("packages/a/src/index.ts", &files).render(true));
    for line in [
        "RUN npm ci --no-audit --no-fund && npm cache clean --force",
        "RUN (cd packages/b && npm run build) && (cd packages/a && npm run build) && npm prune --omit=dev",
        "CMD [\"node\", \"packages/a/dist/index.js\"]",
    ] {
        assert!(all.contains(&line.to_owned()), "{line} in {all:?}");
    }
    let plain = [files[0], files[1], ("packages/a/package.json", r#"{"name":"a"}"#)];
    let all = instructions(&Case::new("packages/a/index.js", &plain).render(true)).join("\n");
    assert!(
        all.contains("npm ci --no-audit --no-fund --omit=dev --workspace ./packages/a --include-workspace-root"),
        "{all}"
    );
}

#[test]
fn other_package_managers_install_by_their_own_lock() {
    let of = |lock: &str, package: &str| {
        let files = [("package.json", package), (lock, ""), ("tsconfig.json", r#"{"compilerOptions":{"outDir":"d"}}"#)];
        instructions(&Case::new("src/index.ts", &files).render(true)).join("\n")
    };
    let package = r#"{"scripts":{"build":"tsc"}}"#;
    let pnpm = of("pnpm-lock.yaml", package);
    assert!(pnpm.contains("COPY pnpm-lock.yaml pnpm-lock.yaml"), "{pnpm}");
    assert!(pnpm.contains("pnpm install --frozen-lockfile\n") && pnpm.contains("RUN pnpm run build &&"), "{pnpm}");
    let yarn = of("yarn.lock", package);
    assert!(yarn.contains("yarn install --frozen-lockfile && ") && yarn.contains("RUN yarn run build &&"), "{yarn}");
    assert!(!pnpm.contains("npm ci") && !yarn.contains("npm"), "{pnpm}\n{yarn}");
    let berry = of("yarn.lock", r#"{"scripts":{"build":"tsc"},"packageManager":"yarn@4.1.0"}"#);
    assert!(berry.contains("yarn install --immutable"), "{berry}");
}

/// Every variant keeps to what the classic builder of Docker knows, and to the readable shape.
#[test]
fn nothing_needs_buildkit() {
    let lock = [("pyproject.toml", PYPROJECT), ("uv.lock", "version = 1\n")];
    let git = [("requirements.txt", "a @ git+https://h/a\n-e .\n")];
    let node = [("package.json", r#"{"scripts":{"build":"x","prepare":"y"},"dependencies":{"a":"git+https://h/a"}}"#)];
    for case in [
        Case::new("src/agent.py", &lock),
        Case::new("agent.py", &git),
        Case::new("agent.py", &lock[..1]),
        Case::new("src/index.ts", &node),
        Case::new("index.js", &[]),
    ] {
        for otel in [true, false] {
            let text = case.render(otel);
            for forbidden in ["--mount", "<<", "--chmod", "--link", "# syntax", "{{", "{%", "\n\n\n", "\t"] {
                assert!(!text.contains(forbidden), "{forbidden:?} in\n{text}");
            }
            assert!(text.ends_with("]\n"), "{text}");
            assert!(!text.lines().any(|line| line.ends_with(' ')), "{text}");
            let all = instructions(&text);
            assert_eq!(all.iter().filter(|line| *line == "USER 1000:1000").count(), 1);
            assert!(!all.iter().any(|line| line.starts_with("ENTRYPOINT")));
            assert!(text.contains("DOCKER_CONTAINER=1"));
        }
    }
}

#[test]
fn base_image_can_be_named_except_scratch() {
    let case = Case::new("agent.py", &[("requirements.txt", "")]);
    let text = case.try_render(true, Some("registry.example/python:3.13")).unwrap();
    assert!(text.contains("ARG BASE_IMAGE=registry.example/python:3.13\n"));
    for bad in ["scratch", "", "a b", "a\nRUN true", "$X"] {
        assert_eq!(case.try_render(true, Some(bad)).unwrap_err().kind(), crate::error::Kind::Usage, "{bad:?}");
    }
}

#[test]
fn awkward_names_are_quoted_or_refused() {
    let files = [("my dir/requirements.txt", "-r \"x y.txt\""), ("my dir/x y.txt", ""), ("requirements.txt", "")];
    let text = Case::new("my dir/agent.py", &files).render(false);
    assert!(text.contains("COPY [\"x y.txt\", \"x y.txt\"]\n"), "{text}");
    assert!(text.contains("-f .bedrock_agentcore/agent/Dockerfile 'my dir'\n"), "{text}");

    let case = Case::new("agent.py", &[("my reqs/requirements.txt", "boto3")]);
    let source = detect(&Detect {
        dir: case.dir.path(),
        entrypoint: Some(Path::new("agent.py")),
        requirements: Some(Path::new("my reqs/requirements.txt")),
        language: None,
        source_path: None,
        python: None,
        selected: Selected::default(),
        agent: None,
    })
    .unwrap();
    let spec = DockerfileSpec {
        source: &source,
        project: case.dir.path(),
        agent: "a",
        base_image: None,
        port: 9000,
        otel: false,
        context: None,
        secrets: &[],
    };
    let text = render(&spec).unwrap();
    assert!(text.contains("COPY [\"my reqs/requirements.txt\", \"my reqs/requirements.txt\"]\n"), "{text}");
    assert!(text.contains("RUN python -m pip install -r 'my reqs/requirements.txt' "), "{text}");
    assert!(text.contains("EXPOSE 9000\n"));

    let case = Case::new("agent$(id).py", &[("requirements.txt", "")]);
    assert_eq!(case.try_render(false, None).unwrap_err().code_str(), "source.file-name");
}

#[test]
fn files_are_written_where_the_toolkit_has_them() {
    let case = Case::new("src/agent.py", &[("src/requirements.txt", "")]);
    let source = case.source();
    let spec = DockerfileSpec {
        source: &source,
        project: case.dir.path(),
        agent: "a",
        base_image: None,
        port: 8080,
        otel: true,
        context: None,
        secrets: &[],
    };
    assert_eq!(write(&spec, false).unwrap(), WriteResult::Created);
    let path = case.dir.path().join(".bedrock_agentcore/a/Dockerfile");
    assert!(generated::is_pristine(&path).unwrap());
    assert_eq!(write(&spec, false).unwrap(), WriteResult::Unchanged);
    let without = DockerfileSpec { otel: false, ..spec };
    assert_eq!(write(&without, false).unwrap(), WriteResult::Updated);
    assert_eq!(write_dockerignore(&source.root, &source.root).unwrap(), WriteResult::Created);
    assert!(case.dir.path().join("src/.dockerignore").is_file());
    fs::write(case.dir.path().join("src/.dockerignore"), "mine\n").unwrap();
    assert_eq!(write_dockerignore(&source.root, &source.root).unwrap(), WriteResult::KeptEdited);
}

#[test]
fn secrets_are_mounted_for_install_steps_only() {
    let case = Case::new("agent.py", &[("requirements.txt", "boto3")]);
    let source = case.source();
    let render_with = |secrets: &[String]| {
        let spec = DockerfileSpec {
            source: &source,
            project: case.dir.path(),
            agent: "agent",
            base_image: None,
            port: 8080,
            otel: false,
            context: None,
            secrets,
        };
        render(&spec)
    };
    let (plain, with) = (render_with(&[]).unwrap(), render_with(&["PIP_INDEX_URL".into(), "UV_INDEX".into()]).unwrap());
    let run = instructions(&with).into_iter().find(|line| line.starts_with("RUN")).unwrap();
    assert_eq!(
        run,
        format!(
            "RUN --mount=type=secret,id=PIP_INDEX_URL --mount=type=secret,id=UV_INDEX \
         if [ -f /run/secrets/PIP_INDEX_URL ]; then export PIP_INDEX_URL=\"$(cat /run/secrets/PIP_INDEX_URL)\"; fi \
         && if [ -f /run/secrets/UV_INDEX ]; then export UV_INDEX=\"$(cat /run/secrets/UV_INDEX)\"; fi \
         && python -m pip install -r requirements.txt && {}",
            byte_code("")
        )
    );
    let rest = |text: &str| instructions(text).into_iter().filter(|line| !line.starts_with("RUN")).collect::<Vec<_>>();
    assert_eq!(rest(&plain), rest(&with));
    let facts = read::DockerfileFacts::read(&with);
    assert!(facts.secrets.contains("UV_INDEX") && facts.buildkit_only.is_some());
    assert_eq!(read::DockerfileFacts::read(&plain).buildkit_only, None, "the classic builder has to understand it");
    assert!(render_with(&["A B".into()]).is_err());
}

#[test]
fn copies_name_the_source_within_the_context() {
    let case = Case::new(
        "agents/a b/main.py",
        &[("agents/a b/requirements.txt", "-r ../common.txt"), ("agents/common.txt", "")],
    );
    let source = case.source();
    let lines = |context: &Path| {
        let spec = DockerfileSpec {
            source: &source,
            project: case.dir.path(),
            agent: "agent",
            base_image: None,
            port: 8080,
            otel: false,
            context: Some(context),
            secrets: &[],
        };
        render(&spec)
            .map(|text| instructions(&text).into_iter().filter(|line| line.starts_with("COPY")).collect::<Vec<_>>())
    };
    assert_eq!(
        lines(case.dir.path()).unwrap(),
        [
            r#"COPY ["agents/a b/requirements.txt", "a b/requirements.txt"]"#,
            "COPY agents/common.txt common.txt",
            "COPY --chown=1000:1000 agents/ .",
        ]
    );
    assert_eq!(lines(&source.root).unwrap()[2], "COPY --chown=1000:1000 . .");
    assert_eq!(lines(&case.dir.path().join("agents/a b")).unwrap_err().code_str(), "source.context");
}
