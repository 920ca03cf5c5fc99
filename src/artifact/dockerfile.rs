//! Everything that a build from a Dockerfile goes by, whoever runs it: the Dockerfile and its ignore rules, the context,
//! the stage, the arguments, and which secrets it is given.
//!
//! Owns: what of the configuration reaches a build, and the hash over it. Does not own: running one (`engine`,
//! `codebuild`).

use std::path::{Path, PathBuf};

use super::ArtifactOutline;
use super::fingerprint::{Fingerprint, Ingredients};
use super::native::{self, check_entrypoint};
use super::source::{ImageSource, shown};
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::events::Events;
use crate::fsx;
use crate::platform::Platform;
use crate::project::Source;
use crate::project::dockerfile::choice::{DockerfileChoice, DockerfileOrigin};
use crate::project::dockerfile::{args, read::DockerfileFacts};
use crate::project::listing::{self, Exceptions, IgnoreReason, Listing};
use crate::redact::SecretString;
use crate::shell::quoted;
use crate::trust;

/// Settings of package installers that can hold a login. A Dockerfile that mounts one of them by its name is given it.
const INDEX_VARIABLES: [&str; 9] = [
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "NPM_TOKEN",
    "NODE_AUTH_TOKEN",
    "NPM_CONFIG_REGISTRY",
];

/// A build from a Dockerfile that was decided on.
#[derive(Clone, Debug)]
pub(super) struct DockerBuild {
    pub(super) dockerfile: PathBuf,
    pub(super) context: PathBuf,
    /// Stage of the Dockerfile.
    pub(super) target: Option<String>,
    /// Those that the Dockerfile declares. In the image's history, and so not for secrets.
    pub(super) args: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) facts: DockerfileFacts,
    /// Names of variables that the build is to be given as secrets.
    secrets: Vec<String>,
    pub(super) origin: DockerfileOrigin,
    pub(super) exceptions: Exceptions,
    /// What the generated Dockerfile starts. Of another one nobody knows what it does.
    starts: Option<Source>,
    /// `None` for a test's.
    source: Option<Source>,
}

impl DockerBuild {
    /// # Errors
    /// Usage errors: no Dockerfile, a stage that it does not have, an argument that is a secret.
    pub(super) fn new(
        root: &Path,
        agent: &Agent,
        found: &ImageSource,
        base_image: Option<String>,
        events: &Events,
    ) -> Result<Self> {
        let DockerfileChoice { path: dockerfile, origin, context } = found.dockerfile.clone();
        let shown = shown(&dockerfile, root);
        let Some(text) = fsx::read_text(&dockerfile)? else { return Err(missing(agent, &dockerfile)) };
        let facts = DockerfileFacts::read(&text);
        if let Some(target) = &agent.own.target {
            facts.check_stage(target, &shown)?;
        }
        let mut given = Vec::new();
        for (name, value) in &agent.own.build_args {
            args::check(name, value)?;
            given.push((name.clone(), value.clone()));
        }
        if base_image.as_deref() == Some("scratch") && facts.args.contains_key("BASE_IMAGE") {
            events.note(format!("base `scratch` is for the native builder; `{shown}` keeps its own"));
        }
        // Nothing can be run on it, and so nothing installed.
        let base_image = base_image.filter(|image| image != "scratch");
        given.extend(base_image.map(|image| ("BASE_IMAGE".to_owned(), image)));
        // Engines complain about arguments that nothing declares.
        given.retain(|(name, _)| {
            let known = facts.args.contains_key(name) || args::is_predefined(name);
            if !known {
                events.note(format!("`{shown}` does not declare the argument `{name}`, so it is not used"));
            }
            known
        });
        if facts.args.contains_key("AGENT_NAME") && !given.iter().any(|(name, _)| name == "AGENT_NAME") {
            given.push(("AGENT_NAME".to_owned(), agent.name.clone()));
        }
        agent.own.build_secrets.iter().try_for_each(|name| args::check_name(name))?;
        let context = agent.context_path(root).or(context).unwrap_or_else(|| found.source.root.clone());
        if !context.is_dir() {
            return Err(Error::usage(format!("the build context `{}` is not a folder", context.display()))
                .code(Code::SourceContext)
                .hint(format!("name another one: `agentcore configure --name {} --build-context DIR`", agent.name)));
        }
        Ok(Self {
            target: agent.own.target.clone(),
            args: given,
            secrets: agent.own.build_secrets.clone(),
            starts: matches!(origin, DockerfileOrigin::Generated(_)).then(|| found.source.clone()),
            source: Some(found.source.clone()),
            origin,
            exceptions: Exceptions::default(),
            dockerfile,
            context,
            text,
            facts,
        })
    }

    /// The source, where its files are at their places of the context; `None` where a Dockerfile copies them from elsewhere.
    pub(super) fn source_in_place(&self) -> Option<&Source> {
        self.source.as_ref().filter(|source| source.root == self.context)
    }

    /// Whether the Dockerfile is one that this program or the starter toolkit wrote.
    pub(super) const fn is_generated(&self) -> bool {
        self.starts.is_some()
    }

    /// Whether the Dockerfile names the source's entrypoint, as a file or as a module.
    pub(super) fn names_entrypoint(&self, source: &Source) -> bool {
        let file = source.entrypoint.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        self.text.contains(file) || self.text.contains(&source.module)
    }

    /// Whether the native builder could make the same image.
    pub(super) fn can_be_native(&self, env: &Env) -> bool {
        self.source.as_ref().is_some_and(|source| native::check_package_manager(source, env).is_ok())
    }

    /// One without arguments.
    #[cfg(test)]
    pub(super) fn without_arguments(dockerfile: &Path, context: &Path) -> Self {
        let text = std::fs::read_to_string(dockerfile).unwrap();
        Self {
            dockerfile: dockerfile.to_owned(),
            context: context.to_owned(),
            target: None,
            args: Vec::new(),
            facts: DockerfileFacts::read(&text),
            text,
            secrets: Vec::new(),
            origin: DockerfileOrigin::Named,
            exceptions: Exceptions::default(),
            starts: None,
            source: None,
        }
    }

    /// The context's files, as its ignore rules or the Dockerfile's own leave them.
    ///
    /// # Errors
    /// Those of the listing, and a usage error when the rules leave out what the image is to start.
    pub(super) fn files(&self) -> Result<Listing> {
        let listing = listing::list_for(&self.context, &self.dockerfile, &self.exceptions)?;
        if let Some(source) = &self.starts {
            check_entrypoint(&Source { root: self.context.clone(), ..source.clone() }, &listing)?;
        }
        Ok(listing)
    }

    /// Whether the Dockerfile names a file of the context.
    pub(super) fn mentions(&self, path: &str) -> bool {
        let instructions = self.text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let mut words = instructions.flat_map(|line| line.split(|c: char| c.is_whitespace() || "\"',[]=".contains(c)));
        words.any(|word| word.trim_start_matches("./").trim_start_matches('/') == path)
    }

    /// Finds what the Dockerfile copies by name and the context does not have because it is left out: an engine only says
    /// that there is no such file. `listing` is the context's.
    ///
    /// # Errors
    /// A usage error with the way to take it in. Of several stages some may not be built; then it is a warning.
    pub(super) fn check_copies(&self, root: &Path, listing: &Listing, events: &Events) -> Result<()> {
        let shown = shown(&self.dockerfile, root);
        for (line, copied) in &self.facts.copies {
            let Some(path) =
                fsx::relative(&fsx::normalize(&self.context.join(copied.trim_start_matches('/'))), &self.context)
            else {
                continue;
            };
            let Some(why) = listing.why_left_out(&path) else { continue };
            let message = format!("`{shown}:{line}` copies `{path}`, which is left out ({why})");
            let hint = match why {
                IgnoreReason::Always(always) if always.is_secret() => format!(
                    "take the secret out of the file and give it to the build (`configure --build-secret`), or take the file in \
                     as it is: `--include {}`",
                    quoted(&path)
                ),
                IgnoreReason::Always(always) if always.can_be_included() => {
                    format!("take it in as it is: `--include {}`", quoted(&path))
                }
                IgnoreReason::Always(_) => "have the Dockerfile make it, or leave the line out".to_owned(),
                IgnoreReason::Rule(line) if line.file.ends_with(".gitignore") => {
                    "write a `.dockerignore` without it: `.gitignore` decides only where there is none".to_owned()
                }
                IgnoreReason::Rule(line) => {
                    format!("take the rule out of `{}`, or add `!{path}` below it", line.file.display())
                }
            };
            if self.facts.stages.len() > 1 {
                events.warning(format!("{message}; {hint}"));
            } else {
                return Err(Error::usage(message).code(Code::SourceCopiedLeftOut).hint(hint));
            }
        }
        Ok(())
    }

    /// The images that it starts from, as they are named.
    pub(super) fn bases(&self) -> Vec<String> {
        self.facts.bases(&self.args)
    }

    pub(super) fn buildkit_only(&self) -> Option<(usize, String)> {
        self.facts.buildkit_only.clone()
    }

    /// The secrets and their values: those that the configuration names, and those of package indexes that the Dockerfile
    /// mounts by themselves.
    ///
    /// # Errors
    /// A usage error for one that is named and not set: without it the build might install something else.
    pub(super) fn secrets(&self, env: &Env) -> Result<Vec<(String, SecretString)>> {
        let mut found = Vec::new();
        let untrusted = self.secrets.iter().find(|name| !trust::may_be_built_with(name, env));
        if let Some(name) = untrusted {
            return Err(Error::usage(format!("`agentcore.build_secrets` of the configuration names {name}"))
                .code(Code::ConfigUntrusted)
                .cause("the Dockerfile, which comes with it, could send the value anywhere")
                .hint(trust::build_hint(name))
                .hint(trust::HINT));
        }
        for name in &self.secrets {
            let value = env.var(name).ok_or_else(|| {
                Error::usage(format!("the build needs the secret `{name}`, and no variable of that name is set"))
                    .code(Code::InputBuildSecret)
                    .hint(format!("set {name} in the environment of this command"))
            })?;
            found.push((name.clone(), value.to_owned().into()));
        }
        let mounted = self.facts.secrets.iter().filter(|name| !self.secrets.contains(name));
        for name in mounted.filter(|name| is_index_variable(name)) {
            found.extend(env.var(name).map(|value| (name.clone(), value.to_owned().into())));
        }
        Ok(found)
    }

    /// Variables with the login of a package index that the build will not see.
    pub(super) fn unseen_logins(&self, env: &Env) -> Vec<String> {
        index_logins(env).filter(|name| !self.facts.secrets.contains(name)).collect()
    }

    /// What the build is meant to be given as secrets: what the configuration names, and the logins of package indexes
    /// that the Dockerfile mounts.
    pub(super) fn wanted_secrets(&self, env: &Env) -> Vec<String> {
        let mounted = index_logins(env).filter(|name| self.facts.secrets.contains(name));
        let mounted = mounted.filter(|name| !self.secrets.contains(name));
        self.secrets.iter().cloned().chain(mounted).collect()
    }

    /// A hash over all of it. What a base image's tag means is decided by the build; it counts as written. So do secrets
    /// by their names: a token that is renewed changes nothing. Blocking.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(super) fn fingerprint(&self, kind: &str, platform: &Platform) -> Result<Fingerprint> {
        let mut ingredients = Ingredients::for_kind(kind);
        ingredients.add("platform", platform.to_string());
        ingredients.add("Dockerfile", &self.text);
        ingredients.add("target", self.target.as_deref().unwrap_or_default());
        for (name, value) in &self.args {
            ingredients.add("argument", name);
            ingredients.add("value", value);
        }
        for name in &self.secrets {
            ingredients.add("secret", name);
        }
        let listing = self.files()?;
        for folder in &listing.empty_folders {
            ingredients.add("folder", folder);
        }
        ingredients.add_files(&listing.files)?;
        Ok(ingredients.finish())
    }

    /// # Errors
    /// Files that cannot be read.
    pub(super) fn outline(&self) -> Result<ArtifactOutline> {
        let base = Some(self.bases().join(", ")).filter(|bases| !bases.is_empty());
        Ok(ArtifactOutline { base, source: self.files()?, ..ArtifactOutline::default() })
    }

    /// # Errors
    /// When its thread stopped, and those of [`DockerBuild::fingerprint`].
    pub(super) async fn fingerprint_in_background(
        &self,
        kind: &'static str,
        platform: &Platform,
    ) -> Result<Fingerprint> {
        let (build, platform) = (self.clone(), platform.clone());
        tokio::task::spawn_blocking(move || build.fingerprint(kind, &platform))
            .await
            .context("the thread that read the source stopped")?
    }
}

/// Variables that hold the login of a package index.
fn index_logins(env: &Env) -> impl Iterator<Item = String> {
    let login = |(name, value): (&str, &std::ffi::OsString)| {
        let token = matches!(name, "NPM_TOKEN" | "NODE_AUTH_TOKEN") && !value.is_empty();
        let secret = token || name.ends_with("_PASSWORD") || value.to_str().is_some_and(args::has_login);
        (is_index_variable(name) && secret).then(|| name.to_owned())
    };
    env.vars().filter_map(login)
}

fn is_index_variable(name: &str) -> bool {
    let of_uv = name.starts_with("UV_INDEX_") && (name.ends_with("_USERNAME") || name.ends_with("_PASSWORD"));
    of_uv || INDEX_VARIABLES.contains(&name)
}

fn missing(agent: &Agent, path: &Path) -> Error {
    if let Ok(target) = std::fs::read_link(path) {
        let message = format!("`{}` is a link to `{}`, which is not there", path.display(), target.display());
        return Error::usage(message).code(Code::SourceDockerfile).hint("correct the link, or remove it");
    }
    let error = Error::usage(format!("there is no Dockerfile at `{}`", path.display())).code(Code::SourceDockerfile);
    if agent.own.dockerfile.is_some() {
        return error
            .hint("write it, or correct `agentcore.dockerfile` in the configuration")
            .hint(format!("or have one generated: `agentcore configure --name {} --dockerfile ''`", agent.name));
    }
    error.hint(format!("write one with `agentcore configure --name {}`", agent.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::source;
    use crate::platform::Platform;
    use crate::project::generated;
    use crate::project::preflight::CheckFinding;

    const DOCKERFILE: &str = "ARG BASE_IMAGE=python:3.12\nFROM ${BASE_IMAGE} AS base\nARG AGENT_NAME\nARG COLOR\n\
                              RUN --mount=type=secret,id=PIP_INDEX_URL true\nFROM base AS last\n";

    struct Case {
        dir: tempfile::TempDir,
        agent: Agent,
    }

    impl Case {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(dir.path().join("agents/a")).unwrap();
            for (name, text) in [
                ("Dockerfile", DOCKERFILE),
                (".dockerignore", "*.md\n"),
                ("agents/a/main.py", ""),
                ("agents/a/requirements.txt", ""),
                ("shared.py", ""),
                ("notes.md", ""),
                (".env", "SECRET=canary"),
            ] {
                std::fs::write(dir.path().join(name), text).unwrap();
            }
            let mut agent = Agent { name: "a".into(), entrypoint: "agents/a/main.py".into(), ..Agent::default() };
            agent.own.dockerfile = Some("Dockerfile".into());
            Self { dir, agent }
        }

        fn build(&self, base: Option<&str>) -> Result<DockerBuild> {
            let found = source::find(self.dir.path(), &self.agent, &Events::silent())?;
            DockerBuild::new(self.dir.path(), &self.agent, &found, base.map(str::to_owned), &Events::silent())
        }
    }

    fn pairs(args: &[(String, String)]) -> Vec<(&str, &str)> {
        args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn only_declared_arguments_and_the_name_are_passed() {
        let mut case = Case::new();
        case.agent.own.build_args = [("COLOR", "red"), ("NOBODY", "x"), ("HTTPS_PROXY", "http://p:1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let build = case.build(Some("mine:1")).unwrap();
        let expected = [("COLOR", "red"), ("HTTPS_PROXY", "http://p:1"), ("BASE_IMAGE", "mine:1"), ("AGENT_NAME", "a")];
        assert_eq!(pairs(&build.args), expected);
        assert_eq!(build.bases(), ["mine:1"]);
        case.agent.own.build_args = [("AGENT_NAME".to_owned(), "other".to_owned())].into();
        assert_eq!(pairs(&case.build(None).unwrap().args), [("AGENT_NAME", "other")]);
        std::fs::write(case.dir.path().join("Dockerfile"), "FROM x").unwrap();
        assert_eq!(pairs(&case.build(Some("mine:1")).unwrap().args), []);
    }

    #[test]
    fn unbuildable_requests_are_refused_before_an_engine_starts() {
        let mut case = Case::new();
        case.agent.own.target = Some("gone".into());
        assert_eq!(case.build(None).unwrap_err().code_str(), "source.target");
        case.agent.own.target = Some("LAST".into());
        case.build(None).unwrap();
        case.agent.own.build_args = [("API_TOKEN".to_owned(), "canary-value".to_owned())].into();
        let error = case.build(None).unwrap_err();
        assert_eq!(error.code_str(), "input.build-arg-secret");
        assert!(!format!("{error:?}").contains("canary"));
        case.agent.own.build_args.clear();
        case.agent.own.context = Some("gone".into());
        assert_eq!(case.build(None).unwrap_err().code_str(), "source.context");
        case.agent.own.dockerfile = Some("gone".into());
        assert_eq!(case.build(None).unwrap_err().code_str(), "source.dockerfile");
    }

    #[test]
    fn only_named_and_mounted_variables_become_secrets() {
        let mut case = Case::new();
        let login = "https://user:canary@example.com/simple";
        let env = Env::fake(
            case.dir.path(),
            &[
                ("PIP_INDEX_URL", login),
                ("UV_INDEX_URL", login),
                ("UV_INDEX_A_PASSWORD", "x"),
                ("MINE", "y"),
                ("PIP_X", login),
            ],
        );
        let names = |build: &DockerBuild, env: &Env| {
            build.secrets(env).map(|all| all.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        };
        let build = case.build(None).unwrap();
        assert_eq!(names(&build, &env).unwrap(), ["PIP_INDEX_URL"]);
        assert_eq!(build.unseen_logins(&env), ["UV_INDEX_A_PASSWORD", "UV_INDEX_URL"]);
        let empty = Env::fake(case.dir.path(), &[]);
        assert_eq!(names(&build, &empty).unwrap(), [""; 0]);
        case.agent.own.build_secrets = vec!["MINE".into()];
        let build = case.build(None).unwrap();
        assert_eq!(names(&build, &env).unwrap(), ["MINE", "PIP_INDEX_URL"]);
        assert_eq!(names(&build, &empty).unwrap_err().code_str(), "input.build-secret");
    }

    #[test]
    fn the_context_is_its_own_setting() {
        let mut case = Case::new();
        let names = |case: &Case| -> Vec<String> {
            case.build(None).unwrap().files().unwrap().files.into_iter().map(|file| file.relative).collect()
        };
        assert_eq!(names(&case), ["main.py", "requirements.txt"]);
        case.agent.own.context = Some(".".into());
        let whole = [".dockerignore", "Dockerfile", "agents/a/main.py", "agents/a/requirements.txt", "shared.py"];
        assert_eq!(names(&case), whole);
        std::fs::write(case.dir.path().join("Dockerfile.dockerignore"), "**\n!shared.py\n").unwrap();
        assert_eq!(names(&case), ["shared.py"]);
    }

    #[test]
    fn what_docker_cannot_build_is_found() {
        let case = Case::new();
        let told = |text: &str| {
            std::fs::write(case.dir.path().join("Dockerfile"), text).unwrap();
            let found = case.build(None).unwrap().check(&Platform::arm64());
            let line = |one: &CheckFinding| one.at.map(|(line, _)| line).unwrap_or_default();
            let kind = |one: &CheckFinding| if one.is_error { "error" } else { "warning" };
            found.iter().map(|one| format!("{} {} {}", kind(one), one.code.text(), line(one))).collect::<Vec<_>>()
        };
        const END: &str = "CMD [\"python\", \"main.py\"]\n";
        for (text, expected) in [
            ("", "error source.dockerfile 1"),
            ("FROM a\nCPOY . .\n", "error source.dockerfile 2"),
            ("FROM a\nCOPY main.py .\nCOPY gone.py .\n", "error source.dockerfile 3"),
            ("FROM a\nCOPY gone .\nFROM b\n", "warning source.dockerfile 2"),
            ("FROM --platform=linux/amd64 a\n", "error image.platform 1"),
            ("ARG P=linux/amd64\nFROM --platform=$P a AS x\nFROM x\n", "error image.platform 2"),
            ("FROM amd64/python:3.12\nCMD x\n", "error image.platform 1"),
            ("FROM python:3.12-slim\nCOPY . .\n", "warning preflight.no-server 1"),
        ] {
            assert_eq!(told(text), [expected], "{text}");
        }
        for text in [
            format!("FROM python:3.12\nCOPY . .\n{END}"),
            format!("FROM --platform=linux/arm64 python:3.12\n{END}"),
            format!("FROM --platform=$TARGETPLATFORM python:3.12\n{END}"),
            format!("FROM --platform=linux/amd64 node AS assets\nFROM python:3.12\nCOPY --from=assets /a /a\n{END}"),
            format!("FROM arm64v8/python:3.12\n{END}"),
            "FROM acme/agents:1\nCOPY . /agent\n".to_owned(),
            "FROM python:3.12 AS base\nENTRYPOINT [\"python\"]\nFROM base\nCOPY ma* $X .\n".to_owned(),
            "# syntax=acme/frontend\nFROM acme\nINCLUDE x\n".to_owned(),
            "# escape=`\n# syntax=acme/frontend\nbase: acme\n".to_owned(),
            format!("FROM --platform=$BUILDPLATFORM python:3.12\n{END}"),
            format!("FROM --platform=${{TARGETPLATFORM:-linux/amd64}} python:3.12\n{END}"),
            format!("FROM --platform=linux/${{TARGETARCH:-amd64}} python:3.12\n{END}"),
            format!("FROM python:3.12 AS amd64\nFROM amd64\n{END}"),
            format!("FROM python:3.12\nRUN <<EOF\nINCLUDE x\nEOF\nCOPY <<-\"E\" /x\n\tFROM y\n\tE\n{END}"),
            format!("FROM python:3.12\nRUN echo \"cat <<EOF\" >> x\n{END}"),
            format!("FROM python:3.12\nRUN a \\\n    # of it\n    -b \\\n\n    -c\n{END}"),
            format!("# escape=`\nFROM python:3.12\nRUN a `\n  && b\n{END}"),
            format!(
                "FROM python:3.12\nONBUILD COPY gone /x\nCOPY [\"main.py\", \"/x\"]\nCOPY --parents main.py /\n{END}"
            ),
        ] {
            assert_eq!(told(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn copying_a_left_out_file_is_refused() {
        let case = Case::new();
        let folder = case.dir.path().join("agents/a");
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        std::fs::create_dir(folder.join("sub")).unwrap();
        write("sub/.env", "A=b");
        write("notes.md", "");
        write(".dockerignore", "*.md\n");
        let check = |dockerfile: &str| {
            std::fs::write(case.dir.path().join("Dockerfile"), dockerfile).unwrap();
            let build = case.build(None).unwrap();
            build.check_copies(case.dir.path(), &build.files().unwrap(), &Events::silent())
        };
        check("FROM x\nCOPY main.py gone.py sub /\nCOPY . .\nCOPY --from=y /sub/.env /\n").unwrap();
        std::fs::create_dir(folder.join("sub(1)")).unwrap();
        write("sub(1)/.env", "A=b");
        for (copied, hint) in [
            ("sub/.env", "--include sub/.env"),
            ("sub(1)/.env", "--include 'sub(1)/.env'"),
            ("./notes.md", "`!notes.md`"),
        ] {
            let error = check(&format!("FROM x\nCOPY {copied} /\n")).unwrap_err();
            assert_eq!((error.code_str(), error.kind().exit_code()), ("source.copied-left-out", 2));
            assert!(error.hints()[0].contains(hint), "{error:?}");
            // Of several stages this one may not be built.
            check(&format!("FROM x\nCOPY {copied} /\nFROM y\n")).unwrap();
        }
        std::fs::remove_file(folder.join(".dockerignore")).unwrap();
        write(".gitignore", "*.md\n");
        assert!(check("FROM x\nCOPY notes.md /\n").unwrap_err().hints()[0].contains("write a `.dockerignore`"));
    }

    #[test]
    fn an_own_dockerfile_needs_no_dependency_file() {
        let mut case = Case::new();
        std::fs::remove_file(case.dir.path().join("agents/a/requirements.txt")).unwrap();
        for pyproject in [None, Some("[tool.black]\n"), Some("not TOML")] {
            if let Some(text) = pyproject {
                std::fs::write(case.dir.path().join("agents/a/pyproject.toml"), text).unwrap();
            }
            let found = source::find(case.dir.path(), &case.agent, &Events::silent()).unwrap();
            assert!(found.incomplete.is_some());
            assert_eq!(case.build(None).unwrap().context, case.dir.path().join("agents/a"));
        }
        // The context is where everything is that is copied.
        std::fs::write(case.dir.path().join("Dockerfile"), "FROM x\nCOPY shared.py agents /\n").unwrap();
        assert_eq!(case.build(None).unwrap().context, case.dir.path());
        // Nobody named it.
        case.agent.own.dockerfile = None;
        let found = source::find(case.dir.path(), &case.agent, &Events::silent()).unwrap();
        assert_eq!((found.dockerfile.origin, found.incomplete.is_some()), (DockerfileOrigin::Found, true));
        // Without it the source alone is what counts.
        std::fs::remove_file(case.dir.path().join("Dockerfile")).unwrap();
        let error = source::find(case.dir.path(), &case.agent, &Events::silent()).unwrap_err();
        assert_eq!(error.code_str(), "source.requirements");
    }

    #[test]
    fn ignored_entrypoint_is_refused_for_generated_dockerfiles_only() {
        let mut case = Case::new();
        std::fs::write(case.dir.path().join("agents/a/.dockerignore"), "*.py\n").unwrap();
        case.build(None).unwrap().files().unwrap();
        case.agent.own.dockerfile = None;
        std::fs::remove_file(case.dir.path().join("Dockerfile")).unwrap();
        let generated = case.dir.path().join(".bedrock_agentcore/a/Dockerfile");
        generated::write(generated.parent().unwrap(), &generated, DOCKERFILE, false).unwrap();
        assert_eq!(case.build(None).unwrap().files().unwrap_err().code_str(), "source.entrypoint-ignored");
    }

    #[test]
    fn whatever_changes_the_image_changes_the_fingerprint() {
        let mut case = Case::new();
        case.agent.own.context = Some(".".into());
        let of = |case: &Case, base| case.build(base).unwrap().fingerprint("test", &Platform::arm64()).unwrap();
        let first = of(&case, None);
        assert_eq!(of(&case, None), first);
        let mut seen = vec![first];
        let mut add = |fingerprint| {
            assert!(!seen.contains(&fingerprint), "{}", seen.len());
            seen.push(fingerprint);
        };
        add(of(&case, Some("mine:1")));
        case.agent.own.target = Some("base".into());
        add(of(&case, None));
        case.agent.own.build_args = [("COLOR".to_owned(), "red".to_owned())].into();
        add(of(&case, None));
        std::fs::create_dir(case.dir.path().join("empty")).unwrap();
        add(of(&case, None));
        std::fs::write(case.dir.path().join("shared.py"), "x").unwrap();
        add(of(&case, None));
        std::fs::write(case.dir.path().join("Dockerfile"), format!("{DOCKERFILE}RUN true\n")).unwrap();
        add(of(&case, None));
        // Nothing that is ignored counts, and no argument that is not used.
        let last = of(&case, None);
        std::fs::write(case.dir.path().join("notes.md"), "changed").unwrap();
        case.agent.own.build_args.insert("NOBODY".into(), "x".into());
        assert_eq!(of(&case, None), last);
    }
}
