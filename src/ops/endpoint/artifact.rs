//! Whether what a version runs is still there. The service keeps a version's settings, and not its image or archive.

use crate::cloud::{AgentRuntime, Cloud};
use crate::error::{Code, Error, Kind, Result};
use crate::ops::pending_identity::PendingIdentity;
use crate::resources::runtime::{CodeArchive, RuntimeArtifact};

/// `launch` is the command that deploys the agent.
///
/// # Errors
/// [`Code::VersionArtifactGone`] when it was deleted. What the caller may not look at is a warning.
pub(crate) async fn require_artifact(
    version: &AgentRuntime,
    (cloud, identity): (&Cloud, &PendingIdentity),
    launch: &str,
) -> Result<()> {
    let number = version.version();
    let Some(artifact) = version.artifact().and_then(RuntimeArtifact::of_wire) else { return Ok(()) };
    let found = match &artifact {
        RuntimeArtifact::Image(uri) => has_image(uri, cloud, identity.account()).await?,
        RuntimeArtifact::Code(code) => has_archive(code, cloud).await?,
    };
    match found {
        Some(true) => Ok(()),
        Some(false) => {
            let noun = artifact.noun();
            Err(Error::usage(format!(
                "the {noun} of version {number} is gone, so that no new session of it could start"
            ))
            .code(Code::VersionArtifactGone)
            .cause(artifact.to_string())
            .hint("choose another version: `agentcore versions`")
            .hint(format!("or deploy from the source of that time: `{launch}`")))
        }
        None => {
            identity.events.warning(format!(
                "whether the {} of version {number} is still there could not be seen",
                artifact.noun()
            ));
            Ok(())
        }
    }
}

/// `None` where it cannot be asked: a repository of another account or region, or no permission.
async fn has_image(uri: &str, cloud: &Cloud, account: &str) -> Result<Option<bool>> {
    let Some((host, path)) = uri.split_once('/') else { return Ok(None) };
    let own = format!("{account}.dkr.ecr.{}.", cloud.region());
    if !host.starts_with(&own) {
        return Ok(None);
    }
    match path.split_once('@') {
        Some((name, digest)) => cloud.has_image(name, digest).await,
        // The service has looked the tag up when it made the version.
        None => Ok(None),
    }
}

async fn has_archive(code: &CodeArchive, cloud: &Cloud) -> Result<Option<bool>> {
    match cloud.head_object(&code.bucket, &code.key, None).await {
        Ok(found) => Ok(Some(found.is_some())),
        Err(error) if error.kind() == Kind::Credentials => Ok(None),
        Err(error) => Err(error),
    }
}
