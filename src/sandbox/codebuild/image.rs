//! Images without a container engine: what a builder has to do for a build, and what it is asked.
//!
//! Owns: the order and where the image goes. Does not own: a builder. That of this program is handed in when the sandbox is
//! started, because it knows projects and package indexes, and the sandbox knows neither.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::error::Result;
use crate::events::Events;
use crate::redact::SecretString;

/// Builds the images of generated Dockerfiles.
pub(crate) trait ImageBuilder: Debug + Send + Sync {
    /// Whether the image of this Dockerfile can be made without running its instructions.
    fn recognises(&self, dockerfile: &Path) -> bool;

    /// Makes the image.
    ///
    /// # Errors
    /// A Dockerfile that is not recognised, and those of the build.
    fn build(&self, order: ImageOrder) -> BoxFuture<'static, Result<Box<dyn MadeImage>>>;
}

/// An image that was made and is on this machine.
pub(crate) trait MadeImage: Send + Sync {
    /// Pushes it and gives its digest.
    ///
    /// # Errors
    /// Those of the registry.
    fn push(&self, order: PushOrder) -> BoxFuture<'_, Result<String>>;
}

/// What is to be made.
#[derive(Clone)]
pub(crate) struct ImageOrder {
    pub(crate) dockerfile: PathBuf,
    /// The build context.
    pub(crate) context: PathBuf,
    /// `linux/arm64`; `None` for this machine's.
    pub(crate) platform: Option<String>,
    /// Without a base image: the agent will be a process, and use this machine's interpreter.
    pub(crate) bare: bool,
    pub(crate) events: Events,
}

/// Where an image goes.
#[derive(Clone)]
pub(crate) struct PushOrder {
    /// Scheme and host.
    pub(crate) registry: String,
    pub(crate) user: String,
    pub(crate) password: SecretString,
    pub(crate) repository: String,
    pub(crate) tag: String,
}

/// The builder that a sandbox was given.
pub(crate) type SharedImageBuilder = Arc<dyn ImageBuilder>;
