//! The image of a build context with a generated Dockerfile, where there is no configuration: what a build service is sent.
//!
//! Owns: what such a Dockerfile tells about the agent. Does not own: recognising it (`project`).

use std::path::{Path, PathBuf};

use super::{ArtifactRequest, BuiltArtifact, Tools, prepare};
use crate::config::{Agent, Language};
use crate::error::{Error, Result};
use crate::project::dockerfile::toolkit;
use crate::project::generated;

/// A build context with its Dockerfile.
#[derive(Debug)]
pub(crate) struct GeneratedContext {
    pub(crate) dockerfile: PathBuf,
    pub(crate) context: PathBuf,
    /// `linux/arm64`.
    pub(crate) platform: String,
    /// `scratch` for an image without one; `None` for the one that belongs to the source.
    pub(crate) base_image: Option<String>,
}

/// What is started, and how.
struct StartFacts {
    /// A Python module, or a script.
    starts: String,
    is_module: bool,
    otel: bool,
}

/// Whether a Dockerfile is generated, by this program or by the starter toolkit, and unedited.
pub(crate) fn is_generated(dockerfile: &Path) -> bool {
    std::fs::read_to_string(dockerfile).is_ok_and(|text| start_facts(dockerfile, &text).is_some())
}

fn start_facts(dockerfile: &Path, text: &str) -> Option<StartFacts> {
    if let Some(found) = toolkit::read(text) {
        return Some(StartFacts { is_module: found.python.is_some(), starts: found.starts, otel: found.otel });
    }
    if !generated::is_pristine(dockerfile).unwrap_or_default() {
        return None;
    }
    let command = text.lines().rev().find_map(|line| line.strip_prefix("CMD "))?;
    let words: Vec<String> = serde_json::from_str(command).ok()?;
    // Anything else is how a framework's server is started, which does not tell the entrypoint.
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [before @ .., "python", "-m", module] => {
            Some(StartFacts { starts: (*module).to_owned(), is_module: true, otel: !before.is_empty() })
        }
        ["node", .., script] => Some(StartFacts { starts: (*script).to_owned(), is_module: false, otel: false }),
        _ => None,
    }
}

/// Builds the image without an engine.
///
/// # Errors
/// A Dockerfile that installs or runs what the native builder cannot, and those of the build.
pub(crate) async fn build_generated(given: &GeneratedContext, tools: &Tools<'_>) -> Result<BuiltArtifact> {
    let shown = given.dockerfile.display();
    let text = std::fs::read_to_string(&given.dockerfile).unwrap_or_default();
    let other =
        || Error::failed(format!("`{shown}` is not a generated Dockerfile that can be built without an engine"));
    let facts = start_facts(&given.dockerfile, &text).ok_or_else(other)?;
    let mut agent = Agent { name: "agent".to_owned(), ..Agent::default() };
    if facts.is_module {
        agent.entrypoint = format!("{}.py", facts.starts.replace('.', "/"));
    } else {
        agent.language = Language::TypeScript;
        agent.entrypoint = facts.starts;
    }
    agent.aws.observability.enabled = facts.otel;
    agent.own.dockerfile = Some(given.dockerfile.display().to_string());
    let request = ArtifactRequest {
        base_image: given.base_image.clone(),
        platform: Some(given.platform.clone()),
        image_tag: "latest".to_owned(),
        image_tag_given: true,
        skip_checks: true,
        ..ArtifactRequest::default()
    };
    let prepared = prepare(&given.context, &agent, &request, tools)?;
    // The builder that was chosen for it needs an engine.
    if !prepared.knows_packages() {
        return Err(other().cause(prepared.why().to_owned()));
    }
    prepared.build(false, tools).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_dockerfiles_tell_what_they_start() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("Dockerfile");
        let facts = |text: &str| {
            std::fs::write(&path, text).unwrap();
            start_facts(&path, text).map(|facts| (facts.starts, facts.is_module, facts.otel))
        };
        let toolkits = "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nWORKDIR /app\nENV UV_SYSTEM_PYTHON=1\nCOPY \
                        requirements.txt requirements.txt\nRUN uv pip install -r requirements.txt\nCOPY . .\nCMD [\"python\", \
                        \"-m\", \"src.agent\"]\n";
        assert_eq!(facts(toolkits), Some(("src.agent".into(), true, false)));
        assert_eq!(facts(&toolkits.replace("WORKDIR /app", "WORKDIR /app\nRUN apt-get update")), None);
        assert_eq!(facts("FROM x\nCMD [\"python\", \"-m\", \"agent\"]\n"), None);
        generated::replace(&path, "FROM x\nCMD [\"opentelemetry-instrument\", \"python\", \"-m\", \"agent\"]\n")
            .unwrap();
        let ours = std::fs::read_to_string(&path).unwrap();
        assert_eq!(facts(&ours), Some(("agent".into(), true, true)));
        assert_eq!(facts(&ours.replace("FROM x", "FROM y")), None);
    }
}
