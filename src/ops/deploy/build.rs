//! The build of a launch: which artifact of the same source is there already, and what is built otherwise.

use super::{Connections, Launch, given};
use crate::artifact::{self, BuiltArtifact, Fingerprint, PreparedBuild, SourceFingerprint, Tools};
use crate::cloud::ObjectInfo;
use crate::error::Result;
use crate::events::Events;
use crate::resources::image::EarlyLogin;

/// An artifact of the same source that is already uploaded.
#[derive(Default)]
pub(super) struct EarlierArtifact {
    pub(super) digest: Option<String>,
    /// Of an archive.
    pub(super) object: Option<ObjectInfo>,
}

impl Launch<'_> {
    /// Looks for an uploaded artifact of the same source, when its fingerprint is known.
    pub(super) async fn earlier_artifact(&self, fingerprint: Option<Fingerprint>) -> Result<EarlierArtifact> {
        let Some(fingerprint) = fingerprint else { return Ok(EarlierArtifact::default()) };
        let cloud = self.connections.cloud;
        match &self.names.archives {
            Some(place) => {
                let object = place.find(cloud, &place.key_of(Some(fingerprint), None)?).await?;
                Ok(EarlierArtifact { digest: object.as_ref().and_then(|object| object.sha256.clone()), object })
            }
            None if self.names.repository_is_local => {
                let digest = cloud.image_by_tag(&self.names.repository, &fingerprint.tag()).await?;
                Ok(EarlierArtifact { digest, object: None })
            }
            None => Ok(EarlierArtifact::default()),
        }
    }

    /// Asks for a login to the registry while the image is built, where it is certain to be pushed: nothing of the same source is in
    /// the repository. An image without a fingerprint may turn out to be the one that is there.
    pub(super) async fn early_login(
        &self,
        prepared: &PreparedBuild,
        earlier: &EarlierArtifact,
        fingerprint: Option<Fingerprint>,
    ) -> Option<EarlyLogin> {
        let is_new = fingerprint.is_some() && earlier.digest.is_none();
        let is_asked = self.names.archives.is_none() && self.names.repository_is_local;
        let is_pushed = is_new && is_asked && !prepared.is_remote() && !self.request.plan_only;
        if !is_pushed {
            return None;
        }
        let Connections { cloud, http, .. } = self.connections;
        Some(EarlyLogin::begin(cloud, http, &self.names.repository_uri).await)
    }

    pub(super) async fn build(
        &self,
        prepared: PreparedBuild,
        (earlier, fingerprint): (Option<String>, Option<Fingerprint>),
    ) -> Result<BuiltArtifact> {
        let (connections, tools) = (self.connections, self.connections.tools());
        if let Some(digest) = earlier {
            let what = if prepared.start().is_some() { "archive" } else { "image" };
            connections.events.note(format!("{what}: the source is unchanged, {digest} is used again"));
            return Ok(prepared.reuse(digest));
        }
        match prepared.given_image().cloned() {
            Some(image) => {
                let digest = given::inspect(&image, prepared.platform(), self.names, connections).await?;
                Ok(prepared.reuse(digest))
            }
            None => {
                // An archive without a fingerprint is named by its content.
                let has_name = self.names.archives.is_none() || fingerprint.is_some();
                prepared.build(self.request.plan_only && has_name, &tools).await
            }
        }
    }

    /// The fingerprint that stands for what was built. Files that were edited while the build ran are in the artifact, as they
    /// were or as they are.
    pub(super) async fn settled(
        &self,
        before: Option<SourceFingerprint>,
        built: &BuiltArtifact,
    ) -> Result<Option<Fingerprint>> {
        let Some(before) = before else { return Ok(None) };
        let silent = Events::silent();
        let again = Tools { events: &silent, ..self.connections.tools() };
        // What a plan did not build has not changed meanwhile.
        if self.request.plan_only || built.is_reused() || before.holds(&again).await? {
            return Ok(Some(before.value));
        }
        let prepared = artifact::prepare(self.root, self.agent, &self.request.artifact, &again)?;
        let now = prepared.fingerprint(&again).await?.map(|now| now.value);
        if now != Some(before.value) {
            self.connections.events.warning("the source changed while it was built: the next launch builds it again");
        }
        Ok(now.filter(|now| *now == before.value))
    }
}
