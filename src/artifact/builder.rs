//! Which builder makes an image, and why.

use std::path::Path;

use super::native;
use super::source::{self, ImageSource};
use crate::config::Agent;
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::project::dockerfile::choice::DockerfileOrigin;

/// What makes the artifact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Builder {
    /// Native while the Dockerfile is the generated one, else an engine.
    #[default]
    Auto,
    Native,
    Engine,
    CodeBuild,
}

/// Whether the native builder is taken, and why.
///
/// # Errors
/// A usage error when the native builder was asked for and the Dockerfile is one that the configuration names, or an
/// edited one.
pub(super) fn choose_builder(
    asked: Builder,
    agent: &Agent,
    found: &ImageSource,
    root: &Path,
    env: &Env,
) -> Result<(bool, String)> {
    let shown = source::shown(&found.dockerfile.path, root);
    let asked_for = "asked for".to_owned();
    match (asked, &found.dockerfile.origin) {
        (Builder::Native, DockerfileOrigin::Named) => {
            let error =
                Error::usage(format!("`{shown}` is your own, and the native builder does not read Dockerfiles"))
                    .code(Code::BuildOwnDockerfile)
                    .hint("build it with an engine, `--builder engine`, or in your AWS account: `agentcore launch --builder codebuild`");
            Err(if agent.own.dockerfile.is_some() {
                error
                    .hint(format!("or have one generated: `agentcore configure --name {} --dockerfile ''`", agent.name))
            } else {
                error.hint(format!("or write it anew: `agentcore configure --name {} --force`", agent.name))
            })
        }
        (Builder::Native, _) => Ok((true, asked_for)),
        (Builder::Engine | Builder::CodeBuild, _) => Ok((false, asked_for)),
        (Builder::Auto, DockerfileOrigin::Named | DockerfileOrigin::Found) => {
            Ok((false, format!("`{shown}` is your own")))
        }
        (Builder::Auto, origin) => {
            if let Err(error) = native::check_package_manager(&found.source, env) {
                return Ok((false, error.message().to_owned()));
            }
            let why = match origin {
                DockerfileOrigin::Generated(Some(_)) => {
                    format!("`{shown}` is as the starter toolkit generated it, no engine is needed")
                }
                DockerfileOrigin::Missing => "there is no Dockerfile, no engine is needed".to_owned(),
                _ => "the Dockerfile is the generated one, no engine is needed".to_owned(),
            };
            Ok((true, why))
        }
    }
}
