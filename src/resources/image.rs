//! The image that the runtime is to run, in its repository.

use std::convert::Infallible;
use std::sync::OnceLock;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::task::JoinSet;

use super::build_run::RemoteBuild;
use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, ResourceKind};
use super::runtime::RuntimeArtifact;
use crate::artifact::{BuiltArtifact, ImageTarget, Tools};
use crate::cloud::{Cloud, Login};
use crate::error::{Error, Result};
use crate::http::{Http, OpenedHost};
use crate::image::reference::base_url;
use crate::image::registry::Credentials;
use crate::image::size_text;

/// Connections that a push uses at once: for the source layer, the configuration and the tag.
const CONNECTIONS: usize = 3;

/// A login for the registry that is asked for, and connections to it that are opened, while the image is being built. A run that
/// ends without a push gives them up.
pub(crate) struct EarlyLogin {
    login: Shared<BoxFuture<'static, Result<Login>>>,
    opened: Option<OpenedHost>,
}

impl EarlyLogin {
    /// Asks for it now; `uri` is that of a repository.
    pub(crate) async fn begin(cloud: &Cloud, http: &Http, uri: &str) -> Self {
        let (own, mut asking) = (cloud.clone(), JoinSet::new());
        asking.spawn(async move { own.registry_login().await });
        let host = uri.split('/').next().unwrap_or(uri);
        let opened = match cloud.likely_registry(host) {
            // A failure here costs nothing: the push connects again, and reports its own.
            Some(url) => http.open(&url, CONNECTIONS).await.ok(),
            None => None,
        };
        let answer = async move {
            match asking.join_next().await {
                Some(Ok(login)) => login,
                _ => Err(Error::failed("the registry login request was cancelled")),
            }
        };
        Self { login: answer.boxed().shared(), opened }
    }
}

/// What is wanted of the image.
pub(crate) struct Image<'a> {
    pub(crate) built: &'a BuiltArtifact,
    pub(crate) tools: Tools<'a>,
    /// Of the repository.
    pub(crate) repository: &'a str,
    /// Host and name of the repository, without tag.
    pub(crate) uri: &'a str,
    pub(crate) place: Place,
    pub(crate) tag: &'a str,
    /// An image that is there already gets the tag as well.
    pub(crate) tags_again: bool,
    /// A second tag, by which later runs find the image.
    pub(crate) source_tag: Option<String>,
    /// URI of the image that the runtime runs already.
    pub(crate) live: Option<String>,
    /// Where a push was certain before the build.
    pub(crate) login: Option<EarlyLogin>,
    /// The image is built elsewhere.
    pub(crate) remote: Option<RemoteBuild<'a>>,
    /// Id of the build elsewhere that made it.
    pub(crate) build_id: OnceLock<String>,
    /// What the runtime waits for.
    pub(crate) ready: Late<RuntimeArtifact>,
}

/// What is known of the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is there and can be asked.
    There,
    /// It is yet to be made.
    Missing,
    /// Of another account or region, and cannot be asked.
    Elsewhere,
}

/// The image is in the repository.
#[derive(Clone, Debug)]
pub(crate) struct Present {
    /// And the runtime runs it.
    is_live: bool,
}

impl Image<'_> {
    fn reference(&self, digest: &str) -> String {
        format!("{}@{digest}", self.uri)
    }

    /// A login names the caller's own registry, and is good for those of other accounts as well.
    fn login_at_registry(&self, login: Login) -> Login {
        match self.place {
            Place::Elsewhere => Login { endpoint: base_url(self.uri.split('/').next().unwrap_or(self.uri)), ..login },
            Place::There | Place::Missing => login,
        }
    }

    fn target<'t>(&'t self, login: &'t Login) -> ImageTarget<'t> {
        ImageTarget {
            endpoint: &login.endpoint,
            credentials: Credentials::Basic { username: login.username.clone(), password: login.password.clone() },
            opened: self.login.as_ref().and_then(|early| early.opened.clone()),
            repository: self.repository,
            tag: self.tag,
            source_tag: self.source_tag.clone(),
        }
    }
}

impl Resource for Image<'_> {
    type Observed = Present;
    type Change = Infallible;

    fn kind(&self) -> ResourceKind {
        ResourceKind::Image
    }

    fn name(&self) -> String {
        self.built.digest.as_deref().map_or_else(|| self.uri.to_owned(), |digest| self.reference(digest))
    }

    fn needs(&self) -> &'static [ResourceKind] {
        use ResourceKind::{BuildProject, BuildRole, ExecutionRole, Repository, SourceBucket};
        match self.remote {
            None => &[Repository],
            // A build elsewhere is seen through, so everything that may fail at once comes first.
            Some(_) => &[Repository, SourceBucket, BuildRole, BuildProject, ExecutionRole],
        }
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<Present>> {
        let Some(digest) = &self.built.digest else { return Ok(None) };
        self.ready.set(RuntimeArtifact::Image(self.reference(digest)));
        let is_live = self.live.as_ref() == Some(&self.reference(digest));
        if self.built.is_reused() {
            return Ok(Some(Present { is_live }));
        }
        let is_there = is_live
            && match self.place {
                // A lifecycle rule can take away what the runtime runs; a caller who may not look believes the best.
                Place::There => cloud.has_image(self.repository, digest).await?.unwrap_or(true),
                Place::Missing => false,
                Place::Elsewhere => true,
            };
        Ok(is_there.then_some(Present { is_live }))
    }

    fn standing(&self, _observed: Option<&Present>) -> Standing {
        Standing::Managed(Owner::Ours)
    }

    fn refusal(&self, _observed: &Present) -> Error {
        Error::failed(format!("the image `{}` cannot be used", self.name()))
    }

    fn diff(&self, _observed: &Present) -> Vec<Infallible> {
        Vec::new()
    }

    fn notes(&self, observed: Option<&Present>, action: Action) -> Vec<String> {
        let platform = &self.built.platform;
        let host = self.uri.split('/').next().unwrap_or_default();
        let note = match (&self.built.digest, observed) {
            (None, _) => format!("{platform}, its digest is known once it is built"),
            (Some(_), Some(present)) if !present.is_live => "there already".to_owned(),
            (Some(_), _) if action != Action::Create => return Vec::new(),
            (Some(_), _) => match self.built.image_size(host, self.tools.cache) {
                None => platform.to_string(),
                Some((size, None)) => format!("{} {platform}", size_text(size)),
                // Its images may have been deleted, and the layers with them.
                Some((size, Some(new))) if self.place == Place::There => {
                    format!("{} {platform}, at least {} to upload", size_text(size), size_text(new))
                }
                Some((size, Some(_))) => format!("{} {platform}", size_text(size)),
            },
        };
        vec![note]
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<Present>> {
        if let (Some(remote), Some(archive)) = (&self.remote, self.built.remote()) {
            let id = remote.run(archive, &format!("{}:{}", self.uri, self.tag), cx).await?;
            let _ = self.build_id.set(id);
        }
        let early = match &self.login {
            Some(early) => early.login.clone().await.ok(),
            None => None,
        };
        let login = match early {
            Some(login) => login,
            // An early request that failed is repeated: the build took time, and the cause may be gone.
            None => cx.cloud.registry_login().await?,
        };
        let login = self.login_at_registry(login);
        let digest = self.built.push(self.target(&login), &self.tools).await?;
        self.ready.set(RuntimeArtifact::Image(self.reference(&digest)));
        Ok(Made { observed: Present { is_live: false }, action: Action::Create })
    }

    async fn update(&self, observed: &Present, _: &[Infallible], _: &Context<'_>) -> Result<Made<Present>> {
        Ok(Made { observed: observed.clone(), action: Action::Unchanged })
    }

    async fn confirm(&self, _observed: &Present, cx: &Context<'_>) -> Result<()> {
        if !self.tags_again {
            return Ok(());
        }
        let login = self.login_at_registry(cx.cloud.registry_login().await?);
        self.built.tag(self.target(&login), &self.tools).await
    }

    async fn mark(&self, _observed: &Present, _cx: &Context<'_>) -> Result<()> {
        Ok(())
    }

    fn record(&self, _observed: Option<&Present>, _ours: bool) -> Result<()> {
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        Ok(())
    }

    /// A destroy deletes all images, with their repository.
    async fn removal(&self, _observed: Option<&Present>, _cloud: &Cloud) -> Result<Removal> {
        Ok(Fate::Ignore.into())
    }

    async fn delete(&self, _observed: &Present, _cx: &Context<'_>) -> Result<()> {
        Ok(())
    }

    fn may_be_dropped(&self) -> bool {
        self.remote.is_none()
    }

    fn title(&self, _action: Action) -> Option<String> {
        None
    }
}
