//! An image that the user built: whether it can be deployed, before anything is changed.

use std::sync::Arc;

use super::Connections;
use super::names::ResourceNames;
use crate::error::{Code, Error, Result};
use crate::image::inspect;
use crate::image::login;
use crate::image::reference::Reference;
use crate::image::registry::{Credentials, Registry};
use crate::partition::Arn;
use crate::platform::Platform;

/// What a role needs in order to pull.
const PULL: &[&str] = &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/// The digest of the image, once it is known to be a single one for the platform and readable by the role.
///
/// # Errors
/// No such image, an index, another platform, a role whose policies forbid pulling it.
pub(super) async fn inspect(
    image: &Reference,
    platform: &Platform,
    names: &ResourceNames,
    connections: &Connections<'_>,
) -> Result<String> {
    connections.events.started("image", format!("look at `{image}`"));
    let registry = registry(image, names, connections).await?;
    let found = inspect::single(&registry, &image.repository, &image.target(), platform).await?;
    check_role(image, names, connections).await?;
    let size = crate::image::size_text(found.size);
    connections.events.finished("image", crate::events::Outcome::Done, format!("{} ({size})", found.digest));
    Ok(found.digest.to_string())
}

async fn registry(image: &Reference, names: &ResourceNames, connections: &Connections<'_>) -> Result<Registry> {
    let http = Arc::clone(connections.http);
    if !names.is_private() {
        let credentials = login::stored(connections.env, &image.registry, connections.events).await;
        return Ok(Registry::new(http, &image.base_url(), credentials));
    }
    // A login is valid for every registry of its region, whichever account it belongs to.
    let login = connections.cloud.registry_login().await?;
    let endpoint = if names.repository_is_local { login.endpoint } else { image.base_url() };
    Ok(Registry::new(http, &endpoint, Credentials::Basic { username: login.username, password: login.password }))
}

/// A role of ours gets what it needs at launch. A brought one is simulated, as far as the caller may: a denial is
/// certain, while a missing permission can still come from the repository's own policy.
async fn check_role(image: &Reference, names: &ResourceNames, connections: &Connections<'_>) -> Result<()> {
    let (Some(role), true) = (&names.role_arn, names.is_private()) else { return Ok(()) };
    if role.parse::<Arn>().is_ok_and(|arn| arn.account != names.account) {
        return Ok(());
    }
    let repository = names.repository_arn();
    let Some(verdicts) = connections.cloud.simulate(role, PULL, &repository).await? else {
        connections
            .events
            .note("not checked whether the role may pull the image: the caller lacks iam:SimulatePrincipalPolicy");
        return Ok(());
    };
    if let Some(denied) = verdicts.iter().find(|verdict| verdict.explicit_deny) {
        return Err(Error::usage(format!("the role `{role}` may not pull `{image}`: `{}` is denied", denied.action))
            .code(Code::ImageRoleDenied)
            .hint(format!("allow {} on `{repository}` in the role's policies", PULL.join(" and "))));
    }
    let missing: Vec<&str> = verdicts.iter().filter(|it| !it.allowed).map(|it| it.action.as_str()).collect();
    if !missing.is_empty() {
        connections.events.warning(format!(
            "the policies of `{role}` do not allow {} on `{repository}`: unless the repository's own policy does, the launch will be refused",
            missing.join(" and ")
        ));
    }
    Ok(())
}
