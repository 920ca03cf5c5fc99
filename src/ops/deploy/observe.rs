//! What exists in the account before anything is changed. Reads only, all at once.

use super::code::{self, Seen};
use super::desired::Names;
use super::outbound::{self, Outbound};
use crate::artifact::Fingerprint;
use crate::cloud::{Cloud, Repository, Role, Runtime};
use crate::config::Agent;
use crate::error::{Error, Result};
use crate::resources::owner::Owner;

/// A runtime that was found, by the configuration's id or by its name.
#[derive(Debug)]
pub(crate) struct FoundRuntime {
    pub(crate) runtime: Runtime,
    pub(crate) owner: Owner,
}

/// The account's side of a deployment.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) repository: Option<Repository>,
    /// Whose the repository is, where launch is to make it.
    pub(crate) repository_owner: Owner,
    pub(crate) role: Option<Role>,
    /// Whose the role is, where launch is to make it.
    pub(crate) role_owner: Owner,
    /// The role's inline policy of our name.
    pub(crate) policy: Option<serde_json::Value>,
    /// The role's inline policy for outbound identity.
    pub(crate) identity_policy: Option<serde_json::Value>,
    /// The agent's credential providers.
    pub(super) outbound: Outbound,
    pub(crate) runtime: Option<FoundRuntime>,
    /// Digest of an image or an archive that was made from the same source.
    pub(crate) from_source: Option<String>,
    /// The runtime's image is in its repository, as far as the caller may look. A lifecycle rule can take it away.
    pub(crate) image_present: bool,
    /// Bucket and archive of an agent on a managed runtime.
    pub(crate) code: Seen,
    /// Id of a runtime that still holds the name while it is being deleted.
    pub(crate) leaving: Option<String>,
}

/// `known` is what the artifact is made from, when an earlier one of the same may be used.
pub(crate) async fn observe(
    cloud: &Cloud,
    agent: &Agent,
    names: &Names,
    known: Option<Fingerprint>,
) -> Result<Observed> {
    if let Some(place) = &names.archives {
        let (code, (role, policy, identity_policy), runtime, outbound) = tokio::try_join!(
            code::observe(cloud, place, known),
            role(cloud, agent, names),
            runtime(cloud, agent),
            outbound::observe(cloud, agent)
        )?;
        let (leaving, runtime) = leaving(runtime);
        let from_source = code.object.as_ref().and_then(|object| object.sha256.clone());
        let (repository, image_present) = (None, false);
        return Ok(Observed {
            repository,
            repository_owner: Owner::default(),
            role_owner: role_owner(agent, names, role.as_ref()),
            role,
            policy,
            identity_policy,
            outbound,
            runtime,
            from_source,
            image_present,
            code,
            leaving,
        });
    }
    let source_tag = known.map(|known| known.tag());
    let (repository, from_source, (role, policy, identity_policy), runtime, outbound) = tokio::try_join!(
        repository(cloud, agent, names),
        from_source(cloud, names, source_tag.as_deref()),
        role(cloud, agent, names),
        runtime(cloud, agent),
        outbound::observe(cloud, agent),
    )?;
    let (leaving, runtime) = leaving(runtime);
    let live = runtime.as_ref().and_then(|found| found.runtime.image_uri()).unwrap_or_default();
    let image_present = match &from_source {
        Some(digest) if live == format!("{}@{digest}", names.repository_uri) => true,
        _ => image_present(cloud, names, repository.as_ref(), live).await?,
    };
    let code = Seen::default();
    Ok(Observed {
        repository_owner: repository_owner(agent, names, repository.as_ref()),
        repository,
        role_owner: role_owner(agent, names, role.as_ref()),
        role,
        policy,
        identity_policy,
        outbound,
        runtime,
        from_source,
        image_present,
        code,
        leaving,
    })
}

fn repository_owner(agent: &Agent, names: &Names, found: Option<&Repository>) -> Owner {
    let recorded = agent.created().repository.as_deref() == Some(names.repository.as_str());
    let ours_to_make = found.filter(|_| names.create_repository);
    ours_to_make.map_or(Owner::Unknown, |found| Owner::of_readable(found.tags.as_deref(), agent, recorded))
}

fn role_owner(agent: &Agent, names: &Names, found: Option<&Role>) -> Owner {
    let recorded = agent.created().execution_role.as_deref() == Some(names.role.as_str());
    let ours_to_make = found.filter(|_| names.role_to_create.is_some());
    ours_to_make.map_or(Owner::Unknown, |found| Owner::of(&found.tags, agent, recorded))
}

/// A runtime that is being deleted holds its name for a while and is no other use.
fn leaving(runtime: Option<FoundRuntime>) -> (Option<String>, Option<FoundRuntime>) {
    match runtime {
        Some(found) if found.runtime.status() == "DELETING" => (Some(found.runtime.id().to_owned()), None),
        other => (None, other),
    }
}

async fn from_source(cloud: &Cloud, names: &Names, tag: Option<&str>) -> Result<Option<String>> {
    match tag {
        Some(tag) if names.repository_is_local => cloud.image_by_tag(&names.repository, tag).await,
        _ => Ok(None),
    }
}

async fn image_present(cloud: &Cloud, names: &Names, repository: Option<&Repository>, live: &str) -> Result<bool> {
    let digest = live.strip_prefix(&names.repository_uri).and_then(|rest| rest.strip_prefix('@'));
    match (digest, repository) {
        (Some(digest), Some(_)) => Ok(cloud.has_image(&names.repository, digest).await?.unwrap_or(true)),
        // Without the repository there is no image in it; one of another account cannot be looked into from here.
        _ => Ok(!names.repository_is_local),
    }
}

async fn repository(cloud: &Cloud, agent: &Agent, names: &Names) -> Result<Option<Repository>> {
    // A repository of another account or region cannot be described from here; its push will tell.
    if !names.repository_is_local {
        return Ok(None);
    }
    let found = cloud.repository(&names.repository).await?;
    if found.is_none() && !names.create_repository {
        return Err(Error::not_found(format!(
            "the repository `{}` of the configuration does not exist",
            names.repository
        ))
        .hint(format!("create it, or let launch make one: `agentcore configure --name {} --ecr auto`", agent.name)));
    }
    Ok(found)
}

/// The role and its two inline policies of ours.
type RoleSeen = (Option<Role>, Option<serde_json::Value>, Option<serde_json::Value>);

async fn role(cloud: &Cloud, agent: &Agent, names: &Names) -> Result<RoleSeen> {
    let Some(name) = &names.role_to_create else {
        // A role given by ARN is taken as it is: the caller may be allowed to pass it and not to read it.
        if names.role_arn.is_some() {
            return Ok((None, None, None));
        }
        let found = cloud.role(&names.role).await?.ok_or_else(|| {
            Error::not_found(format!("the execution role `{}` of the configuration does not exist", names.role))
                .hint(format!("give its ARN: `agentcore configure --name {} --execution-role ARN`", agent.name))
        })?;
        return Ok((Some(found), None, None));
    };
    let Some(found) = cloud.role(name).await? else { return Ok((None, None, None)) };
    // Most agents have no outbound identity and no record of it: one request less.
    let outbound = agent.created().identity_policy.is_some()
        || agent.aws_jwt.enabled
        || agent.identity.workload.is_some()
        || !agent.identity.credential_providers.is_empty();
    let identity_policy =
        async { if outbound { cloud.role_policy(name, &names.identity_policy).await } else { Ok(None) } };
    let (policy, identity_policy) = tokio::try_join!(cloud.role_policy(name, &names.policy), identity_policy)?;
    Ok((Some(found), policy, identity_policy))
}

/// The recorded runtime, else the one of the agent's name.
pub(super) async fn runtime(cloud: &Cloud, agent: &Agent) -> Result<Option<FoundRuntime>> {
    let mut recorded = None;
    if let Some(id) = agent.runtime_id() {
        recorded = cloud.runtime(id).await?;
    }
    let (runtime, is_recorded) = match recorded {
        Some(runtime) => (runtime, true),
        // Unknown here, or deleted elsewhere: one of the same name would make the creation fail.
        None => {
            let Some(summary) = cloud.find_runtime(&agent.name).await? else { return Ok(None) };
            let Some(runtime) = cloud.runtime(&summary.id).await? else { return Ok(None) };
            (runtime, false)
        }
    };
    let tags = cloud.resource_tags(runtime.arn()).await?;
    Ok(Some(FoundRuntime { owner: Owner::of_readable(tags.as_deref(), agent, is_recorded), runtime }))
}
