//! Dockerfiles that the retired starter toolkit generated, of every version, as long as nobody edited them.
//!
//! Owns: recognising them, and what they tell about the agent. They carry no mark, so every instruction has to be one
//! that some version wrote. Comments, line breaks and the order do not count: they do not change the image.

use std::path::{Path, PathBuf};

use super::read::instructions;
use crate::facts::{A2A, HTTP, MCP};

/// The names of variables that the toolkit set. What they are for comes from the runtime's environment here.
const VARIABLES: [&str; 10] = [
    "UV_SYSTEM_PYTHON",
    "UV_COMPILE_BYTECODE",
    "UV_NO_PROGRESS",
    "PYTHONUNBUFFERED",
    "DOCKER_CONTAINER",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "BEDROCK_AGENTCORE_MEMORY_ID",
    "BEDROCK_AGENTCORE_MEMORY_NAME",
    "NODE_ENV",
];

const OTEL_PACKAGES: [&str; 6] = [
    "aws_opentelemetry_distro_genai_beta>=0.1.2",
    "aws-opentelemetry-distro>=0.10.0",
    "aws-opentelemetry-distro>=0.10.1",
    "aws-opentelemetry-distro==0.12.2",
    "\"aws-opentelemetry-distro>=0.18.0,<1.0.0\"",
    "aws-opentelemetry-distro>=0.18.0,<1.0.0",
];

const OTEL_NODE: &str = "@opentelemetry/auto-instrumentations-node/register";

/// The facts of such a Dockerfile about the agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolkitDockerfile {
    /// `3.12`; `None` for Node.js.
    pub(crate) python: Option<String>,
    /// The requirements file, from the build context.
    pub(crate) requirements: Option<String>,
    /// Folders that are installed as packages, from the build context; `.` is the project itself. One that was not copied
    /// before, as the first version wrote it, looks like a package of an index: whether it is one, the files tell.
    pub(crate) packages: Vec<String>,
    /// The wheels in `wheelhouse` are installed.
    pub(crate) wheels: bool,
    /// The module after `python -m`, or the script that Node.js runs.
    pub(crate) starts: String,
    /// The agent runs behind OpenTelemetry.
    pub(crate) otel: bool,
}

impl ToolkitDockerfile {
    /// The folder in `project` from which `entrypoint` is the module that is started: what the toolkit packed.
    pub(crate) fn packed_folder(&self, entrypoint: &Path, project: &Path) -> Option<PathBuf> {
        let folder = entrypoint.ancestors().nth(self.starts.split('.').count())?;
        let file = folder.join(format!("{}.py", self.starts.replace('.', "/")));
        (file == entrypoint && folder.starts_with(project)).then(|| folder.to_owned())
    }

    /// The one file below `context` that says everything that is installed, whether it is there or not. `None` where
    /// nothing is installed, and where one file does not say it all.
    pub(crate) fn dependency_file(&self, context: &Path) -> Option<PathBuf> {
        match (&self.requirements, self.packages.as_slice(), self.wheels) {
            (Some(file), [], false) => Some(context.join(file)),
            (None, [folder], false) if folder == "." => Some(context.join("pyproject.toml")),
            (None, [folder], false) => Some(context.join(folder).join("pyproject.toml")),
            _ => None,
        }
    }

    /// What is installed, as the Dockerfile has it; `None` where nothing is.
    pub(crate) fn installs(&self) -> Option<&str> {
        self.requirements.as_deref().or_else(|| self.packages.first().map(String::as_str))
    }
}

/// `None` for a Dockerfile that the toolkit did not write, or that was edited.
pub(crate) fn read(text: &str) -> Option<ToolkitDockerfile> {
    let mut seen = ToolkitMarks::default();
    for instruction in instructions(text) {
        let words: Vec<&str> = instruction.split_whitespace().collect();
        let (word, rest) = words.split_first()?;
        let known = match word.to_ascii_uppercase().as_str() {
            "FROM" => seen.base(rest),
            "WORKDIR" => rest == ["/app"],
            "ENV" => !rest.is_empty() && rest.iter().all(|pair| is_variable(pair)),
            "COPY" => seen.copy(rest),
            "RUN" => seen.run(&rest.join(" ")),
            "USER" => matches!(rest, ["bedrock_agentcore" | "node"]),
            "EXPOSE" => {
                rest.iter().all(|port| [HTTP, MCP, A2A].iter().any(|contract| *port == contract.port.to_string()))
            }
            "CMD" => seen.command(&rest.join(" ")),
            _ => false,
        };
        if !known {
            return None;
        }
    }
    seen.finish()
}

fn is_variable(pair: &str) -> bool {
    pair.split_once('=').is_some_and(|(name, value)| VARIABLES.contains(&name) && !value.contains('$'))
}

#[derive(Debug, Default)]
struct ToolkitMarks {
    /// The version of Python; empty for Node.js.
    base: Option<String>,
    copied: Option<String>,
    requirements: Option<String>,
    /// A folder that is installed as a package.
    package: Option<String>,
    /// The project itself is installed, as a link to its folder.
    editable: bool,
    wheels: bool,
    otel_installed: bool,
    /// What is started, and whether behind OpenTelemetry.
    command: Option<(String, bool)>,
}

/// Takes a value that may be there once.
fn once<T>(slot: &mut Option<T>, value: T) -> bool {
    slot.replace(value).is_none()
}

impl ToolkitMarks {
    fn base(&mut self, rest: &[&str]) -> bool {
        let [image] = rest else { return false };
        let between = |start: &str, end: &str| image.strip_prefix(start)?.strip_suffix(end);
        let python = between("public.ecr.aws/docker/library/python:", "-slim")
            .or_else(|| between("ghcr.io/astral-sh/uv:python", "-bookworm-slim"));
        let is_version = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.') && text.starts_with("3.")
        };
        if let Some(version) = python {
            return is_version(version) && once(&mut self.base, version.to_owned());
        }
        let node = between("public.ecr.aws/docker/library/node:", "-slim");
        node.is_some_and(|version| version.parse::<u16>().is_ok()) && once(&mut self.base, String::new())
    }

    fn copy(&mut self, rest: &[&str]) -> bool {
        match rest {
            [".", "."] | ["package*.json", "./"] => true,
            [from, to] if from == to && is_path(from) => once(&mut self.copied, (*from).to_owned()),
            _ => false,
        }
    }

    fn run(&mut self, command: &str) -> bool {
        match command {
            "useradd -m -u 1000 bedrock_agentcore"
            | "if [ -f package-lock.json ]; then npm ci; else npm install; fi"
            | "npm run build"
            | "npm prune --production" => return true,
            _ => {}
        }
        let mut parts = command.split(" && ");
        while let Some(part) = parts.next() {
            let known = match part.strip_prefix("cd ") {
                Some(folder) => parts.next() == Some("uv pip install .") && self.installs_package(folder),
                None => self.install(part),
            };
            if !known {
                return false;
            }
        }
        true
    }

    fn install(&mut self, command: &str) -> bool {
        let installers =
            ["uv pip install ", "python -m pip install --no-cache-dir ", "python -m pip install ", "pip install "];
        let Some(what) = installers.iter().find_map(|installer| command.strip_prefix(installer)) else { return false };
        if OTEL_PACKAGES.contains(&what) {
            return !std::mem::replace(&mut self.otel_installed, true);
        }
        match what.strip_prefix("-r ") {
            Some(file) => is_path(file) && once(&mut self.requirements, file.to_owned()),
            None if what == "-e ." => !std::mem::replace(&mut self.editable, true),
            None if what == "--force-reinstall ./wheelhouse/*.whl" => !std::mem::replace(&mut self.wheels, true),
            None => {
                let of_first = command.contains(" --no-cache-dir ") && self.copied.is_none() && is_path(what);
                self.installs_package(what) || (of_first && once(&mut self.package, what.to_owned()))
            }
        }
    }

    /// The project itself, or a folder that was copied before: any other word would be a package of an index.
    fn installs_package(&mut self, folder: &str) -> bool {
        let is_copied = self.copied.as_deref() == Some(folder);
        (folder == "." || is_copied) && once(&mut self.package, folder.to_owned())
    }

    fn command(&mut self, text: &str) -> bool {
        let Ok(words) = serde_json::from_str::<Vec<String>>(text) else { return false };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (starts, otel) = match words.as_slice() {
            [crate::project::OTEL_COMMAND, "python", "-m", module] => (*module, true),
            ["python", "-m", module] => (*module, false),
            ["node", "--require", OTEL_NODE, script] => (*script, true),
            ["node", script] => (*script, false),
            _ => return false,
        };
        once(&mut self.command, (starts.to_owned(), otel))
    }

    fn finish(self) -> Option<ToolkitDockerfile> {
        let python = self.base.filter(|version| !version.is_empty());
        let (starts, otel) = self.command?;
        let installed = self.requirements.as_ref().or(self.package.as_ref());
        // What is copied first is copied to be installed.
        let complete = self.copied.is_none() || self.copied.as_ref() == installed;
        let fits = match python {
            Some(_) => !starts.contains('/'),
            None => {
                let installs = installed.is_some() || self.editable || self.wheels || self.otel_installed;
                starts.ends_with("js") && !installs
            }
        };
        let itself = (self.editable && self.package.as_deref() != Some(".")).then(|| ".".to_owned());
        (complete && fits).then_some(ToolkitDockerfile {
            python,
            requirements: self.requirements,
            packages: itself.into_iter().chain(self.package).collect(),
            wheels: self.wheels,
            starts,
            otel,
        })
    }
}

fn is_path(text: &str) -> bool {
    !text.starts_with('-') && !text.contains([' ', '$', '*', '?', '"', '\'', '|', '>', '<', ';', '&', '`'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const UV: &str = "FROM ghcr.io/astral-sh/uv:python3.11-bookworm-slim\nWORKDIR /app\n\n# one layer\n\
                      ENV UV_SYSTEM_PYTHON=1 \\\n    UV_COMPILE_BYTECODE=1 \\\n    UV_NO_PROGRESS=1 \\\n    \
                      PYTHONUNBUFFERED=1 \\\n    DOCKER_CONTAINER=1 \\\n    AWS_REGION=us-west-2 \\\n    \
                      AWS_DEFAULT_REGION=us-west-2\nENV BEDROCK_AGENTCORE_MEMORY_ID=\"m-1\"\n\n\
                      COPY deps/requirements.txt deps/requirements.txt\n# Install\nRUN uv pip install -r deps/requirements.txt\n\
                      RUN uv pip install aws-opentelemetry-distro==0.12.2\n\nENV DOCKER_CONTAINER=1\n\
                      RUN useradd -m -u 1000 bedrock_agentcore\nUSER bedrock_agentcore\n\nEXPOSE 9000\nEXPOSE 8000\nEXPOSE 8080\n\
                      COPY . .\n\nCMD [\"opentelemetry-instrument\", \"python\", \"-m\", \"src.agent\"]\n";
    const PIP: &str = "FROM public.ecr.aws/docker/library/python:3.10-slim\nWORKDIR /app\nCOPY . .\n\
                       RUN python -m pip install --no-cache-dir -e .\n\
                       RUN python -m pip install --no-cache-dir --force-reinstall ./wheelhouse/*.whl\n\
                       RUN python -m pip install aws_opentelemetry_distro_genai_beta>=0.1.2\nEXPOSE 8080\n\
                       CMD [\"python\", \"-m\", \"agent\"]\n";
    const ROOT: &str = "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nENV UV_SYSTEM_PYTHON=1 UV_COMPILE_BYTECODE=1 \
                        PYTHONUNBUFFERED=1 \\\n    DOCKER_CONTAINER=1\nCOPY requirements.txt requirements.txt\n\
                        RUN uv pip install -r requirements.txt && \\\n    uv pip install aws-opentelemetry-distro>=0.10.1\n\
                        EXPOSE 8080 8000\nCOPY . .\nCMD [\"opentelemetry-instrument\", \"python\", \"-m\", \"a\"]\n";
    const PACKAGE: &str = "FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim\nWORKDIR /app\nCOPY pkg pkg\n\
                           RUN cd pkg && uv pip install .\nCOPY . .\nCMD [\"python\", \"-m\", \"pkg.main\"]\n";
    const NODE: &str = "FROM public.ecr.aws/docker/library/node:20-slim\nWORKDIR /app\nENV DOCKER_CONTAINER=1\n\
                        COPY package*.json ./\nRUN if [ -f package-lock.json ]; then npm ci; else npm install; fi\nCOPY . .\n\
                        RUN npm run build\nRUN npm prune --production\nENV NODE_ENV=production\nUSER node\nEXPOSE 8080\n\
                        CMD [\"node\", \"--require\", \"@opentelemetry/auto-instrumentations-node/register\", \"dist/index.js\"]\n";

    #[test]
    fn what_the_toolkit_wrote_is_known_and_read() {
        let found = read(UV).unwrap();
        let expected = ToolkitDockerfile {
            python: Some("3.11".into()),
            requirements: Some("deps/requirements.txt".into()),
            packages: Vec::new(),
            wheels: false,
            starts: "src.agent".into(),
            otel: true,
        };
        assert_eq!(found, expected);
        assert_eq!(read(&format!("\u{feff}{}", UV.replace('\n', "\r\n"))), Some(expected));
        let pip = read(PIP).unwrap();
        assert_eq!((pip.python.as_deref(), pip.requirements, pip.otel), (Some("3.10"), None, false));
        assert_eq!(read(ROOT).unwrap().requirements.as_deref(), Some("requirements.txt"));
        assert_eq!(read(PACKAGE).unwrap().starts, "pkg.main");
        let node = read(NODE).unwrap();
        assert_eq!((node.python, node.starts.as_str(), node.otel), (None, "dist/index.js", true));
    }

    #[test]
    fn everything_that_is_installed_is_seen() {
        let of = |text: &str| {
            let found = read(text).unwrap();
            let file = found.dependency_file(Path::new("/c")).map(|file| file.display().to_string());
            (found.packages.join(" "), found.wheels, file)
        };
        let line = |what: &str| PIP.replace("-e .", what).replace(" --force-reinstall ./wheelhouse/*.whl", " -r r.txt");
        let alone = |text: String| text.replace("RUN python -m pip install --no-cache-dir -r r.txt\n", "");
        assert_eq!(of(UV), (String::new(), false, Some("/c/deps/requirements.txt".into())));
        assert_eq!(of(PIP), (".".into(), true, None));
        assert_eq!(of(&line("-e .")), (".".into(), false, None));
        assert_eq!(of(&alone(line("-e ."))), (".".into(), false, Some("/c/pyproject.toml".into())));
        assert_eq!(of(&alone(line("lib/pkg"))), ("lib/pkg".into(), false, Some("/c/lib/pkg/pyproject.toml".into())));
        assert_eq!(of(&line("lib/pkg")), ("lib/pkg".into(), false, None));
        let both = alone(line("-e .")).replace("EXPOSE", "RUN pip install --no-cache-dir lib\nEXPOSE");
        assert_eq!(of(&both.replace("RUN pip", "RUN python -m pip")), (". lib".into(), false, None));
        assert_eq!(of(PACKAGE), ("pkg".into(), false, Some("/c/pkg/pyproject.toml".into())));
    }

    #[test]
    fn every_edit_is_noticed() {
        for added in [
            "RUN apt-get update",
            "ENV API_KEY=x",
            "ENV AWS_REGION=$REGION",
            "HEALTHCHECK CMD true",
            "ENTRYPOINT [\"x\"]",
            "ARG X",
            "LABEL a=b",
            "ADD x y",
            "COPY other.txt other.txt",
            "COPY --from=x a a",
            "RUN uv pip install requests",
            "RUN uv pip install -r more.txt",
            "RUN uv pip install -r x.txt --index-url https://x",
            "RUN useradd -m -u 1000 bedrock_agentcore && chown -R x /app",
            "USER root",
            "EXPOSE 9999",
            "WORKDIR /srv",
            "FROM scratch",
            "CMD [\"python\", \"-m\", \"agent\"]",
            "VOLUME /x",
            "SHELL [\"bash\"]",
        ] {
            for text in [UV, PIP, ROOT, PACKAGE, NODE] {
                // The one thing that some of them may have once.
                let allowed = text == PIP && added.contains("-r more.txt");
                assert_eq!(read(&format!("{text}{added}\n")).is_some(), allowed, "{added}\n{text}");
            }
        }
        for (old, new) in [
            ("CMD [\"opentelemetry-instrument\", \"python\", \"-m\", \"src.agent\"]", "CMD python -m src.agent"),
            ("\"-m\", \"src.agent\"]", "\"src/agent.py\"]"),
            ("\"-m\", \"src.agent\"]", "\"-m\", \"uvicorn\", \"x:app\"]"),
            ("ghcr.io/astral-sh/uv:python3.11-bookworm-slim", "python:3.11-slim"),
            ("FROM ghcr", "FROM --platform=linux/arm64 ghcr"),
            ("uv pip install -r deps/requirements.txt", "uv pip install -r other.txt"),
            ("COPY . .", "COPY src ."),
            ("COPY . .", "COPY --chown=1 . ."),
            ("distro==0.12.2", "distro==0.13.0"),
        ] {
            assert!(UV.contains(old) && read(&UV.replace(old, new)).is_none(), "{new}");
        }
        assert_eq!(read(""), None);
        assert_eq!(read("FROM public.ecr.aws/docker/library/python:3.12-slim\n"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(FROM |COPY |RUN |CMD |ENV |\\PC|\n|\\\\\n|&& |cd |\\.){0,40}") {
            read(&text);
        }
    }
}
