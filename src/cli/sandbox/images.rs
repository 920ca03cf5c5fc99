//! The builder that a sandbox's CodeBuild is given.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::artifact::{self, BuiltArtifact, GeneratedContext, ImageTarget, Tools};
use crate::cache::Cache;
use crate::env::Env;
use crate::error::Result;
use crate::events::Events;
use crate::http::Http;
use crate::sandbox::{self, ImageBuilder, ImageOrder, MadeImage, PushOrder, SharedImageBuilder};

/// The native builder, with this process's environment: its cache and its package indexes.
struct NativeImages(Env);

pub(super) fn builder(env: &Env) -> SharedImageBuilder {
    Arc::new(NativeImages(env.clone()))
}

/// Without the environment, which holds secrets.
impl fmt::Debug for NativeImages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NativeImages")
    }
}

impl ImageBuilder for NativeImages {
    fn recognises(&self, dockerfile: &std::path::Path) -> bool {
        artifact::is_generated(dockerfile)
    }

    fn build(&self, order: ImageOrder) -> BoxFuture<'static, Result<Box<dyn MadeImage>>> {
        // A process is started with this machine's interpreter, so its packages have to be for that one.
        let env = if order.bare { self.0.clone().with_var("AGENTCORE_PYTHON", "host") } else { self.0.clone() };
        Box::pin(async move {
            let cache = Cache::from_env(&env)?;
            let http = Arc::new(Http::new(&env));
            let given = GeneratedContext {
                dockerfile: order.dockerfile,
                context: order.context,
                platform: order.platform.unwrap_or_else(|| sandbox::host_platform().to_owned()),
                base_image: order.bare.then(|| "scratch".to_owned()),
            };
            let tools = Tools { env: &env, http: &http, cache: &cache, events: &order.events };
            let built = artifact::build_generated(&given, &tools).await?;
            let made: Box<dyn MadeImage> = Box::new(NativeImage { built, env, cache, events: order.events });
            Ok(made)
        })
    }
}

struct NativeImage {
    built: BuiltArtifact,
    env: Env,
    cache: Cache,
    events: Events,
}

impl MadeImage for NativeImage {
    fn push(&self, order: PushOrder) -> BoxFuture<'_, Result<String>> {
        Box::pin(async move {
            // The registry is the sandbox itself.
            let http = Arc::new(Http::of_this_machine());
            let tools = Tools { env: &self.env, http: &http, cache: &self.cache, events: &self.events };
            let login = (order.user, order.password);
            let target = ImageTarget::with_login(&order.registry, login, &order.repository, &order.tag);
            self.built.push(target, &tools).await
        })
    }
}
