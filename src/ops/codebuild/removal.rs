//! What `destroy` takes away of an agent's builds: the project, its role, the agent's sources, and the bucket when
//! nothing of any agent is left in it.

use super::{BUCKET, PROJECT, ROLE, SOURCES};
use crate::cloud::{Cloud, Identity};
use crate::config::Agent;
use crate::config::naming;
use crate::error::{Error, Result};
use crate::ops::deploy::{Action, Step, owned_step};
use crate::resources::owner::Owner;
use crate::resources::sources;

/// Whether launch wrote the project's name down, perhaps without getting to the project itself.
pub(crate) fn is_intent(agent: &Agent) -> bool {
    agent.codebuild.project_name.as_deref() == Some(naming::build_project(&agent.name).as_str())
}

/// What there is to delete and to keep; nothing for an agent that was never built by CodeBuild. Reads only.
pub(crate) async fn steps(agent: &Agent, identity: &Identity, cloud: &Cloud) -> Result<Vec<Step>> {
    let (created, settings) = (agent.created(), &agent.codebuild);
    let recorded = created.build_project.is_some() || created.build_role.is_some() || created.source_bucket.is_some();
    if !recorded && settings.project_name.is_none() {
        return Ok(Vec::new());
    }
    let found = async {
        let mut steps = Vec::new();
        steps.extend(project_step(agent, cloud).await?);
        steps.extend(role_step(agent, cloud).await?);
        steps.extend(bucket_steps(agent, identity, cloud).await?);
        Ok(steps)
    };
    match found.await {
        // The toolkit wrote a name down, and nothing here is ours for certain: that is no reason not to destroy the rest.
        Err(error) if !recorded => {
            let name = settings.project_name.clone().unwrap_or_default();
            Ok(vec![Step::new(PROJECT, name, Action::Keep).detail(format!("not looked at: {error}"))])
        }
        other => other,
    }
}

async fn project_step(agent: &Agent, cloud: &Cloud) -> Result<Option<Step>> {
    let own = naming::build_project(&agent.name);
    let recorded = agent.created().build_project.as_deref();
    let name = match (recorded, agent.codebuild.project_name.as_deref()) {
        (None, Some(name)) if name != own => {
            return Ok(Some(Step::new(PROJECT, name, Action::Keep).detail("not created by launch")));
        }
        (recorded, _) => recorded.unwrap_or(&own),
    };
    let Some(found) = cloud.build_project(name).await? else { return Ok(None) };
    let owner = Owner::of(&found.tags, agent, recorded.is_some());
    Ok(Some(owned_step(Step::new(PROJECT, name, Action::Delete).detail("with its list of builds"), owner)))
}

async fn role_step(agent: &Agent, cloud: &Cloud) -> Result<Option<Step>> {
    let recorded = agent.created().build_role.as_deref();
    let name = match (recorded, agent.codebuild.execution_role.as_deref()) {
        (Some(name), _) => name.to_owned(),
        (None, Some(role)) => return Ok(Some(Step::new(ROLE, role, Action::Keep).detail("not created by launch"))),
        (None, None) => naming::build_role(cloud.region(), &agent.name),
    };
    let Some(found) = cloud.role(&name).await? else { return Ok(None) };
    let owner = Owner::of(&found.tags, agent, recorded.is_some());
    Ok(Some(owned_step(Step::new(ROLE, name, Action::Delete).detail("with its policies"), owner)))
}

async fn bucket_steps(agent: &Agent, identity: &Identity, cloud: &Cloud) -> Result<Vec<Step>> {
    let own = naming::source_bucket(&identity.account, cloud.region());
    let name = agent.created().source_bucket.as_deref().or(agent.codebuild.source_bucket.as_deref()).unwrap_or(&own);
    let Some(found) = cloud.bucket(name, Some(&identity.account)).await? else { return Ok(Vec::new()) };
    let prefix = sources::builds(agent);
    // Of a bucket of the user's only the agent's part is looked at: the rest may be large, and is none of our business.
    let within = if name == own { "" } else { prefix.as_str() };
    // Those from before projects had identities go by themselves within days.
    let (sources, others): (Vec<_>, Vec<_>) =
        cloud.list_objects(name, within).await?.into_iter().partition(|key| is_source(key, &prefix));
    let mut steps = Vec::new();
    if !sources.is_empty() {
        let count = if sources.len() == 1 { "1 archive".to_owned() } else { format!("{} archives", sources.len()) };
        steps.push(Step::new(SOURCES, format!("{name}/{prefix}"), Action::Delete).detail(count));
    }
    let step = |action| Step::new(BUCKET, name, action);
    // One without tags and without content is what a run that was cut off leaves behind.
    let ours = name == own && (naming::is_managed(&found.tags) || (sources.is_empty() && found.tags.is_empty()));
    steps.push(match (ours, others.is_empty()) {
        (true, true) => step(Action::Delete),
        (true, false) => step(Action::Keep).detail("something else is in it"),
        (false, _) => step(Action::Keep).detail("not created by launch"),
    });
    Ok(steps)
}

/// Whether a key is one that launch gives to sources: the digest of what is in the archive.
fn is_source(key: &str, prefix: &str) -> bool {
    let digest = key.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".zip"));
    digest.is_some_and(|digest| digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// Carries one of [`steps`] out. What is gone already is a success.
pub(crate) async fn delete(step: &Step, identity: &Identity, cloud: &Cloud) -> Result<()> {
    match step.resource {
        PROJECT => cloud.delete_build_project(&step.name).await,
        ROLE => cloud.delete_role(&step.name).await.map(drop),
        // Another agent's source may have come in meanwhile: S3 itself refuses to delete a bucket with anything in it.
        BUCKET => cloud.delete_bucket(&step.name, &identity.account).await.map(drop),
        SOURCES => {
            let (bucket, prefix) = step.name.split_once('/').unwrap_or((&step.name, ""));
            // An empty prefix would mean everybody's.
            if prefix.is_empty() {
                return Err(Error::failed(format!("`{}` names no sources of an agent", step.name)));
            }
            cloud.delete_objects(bucket, prefix, &identity.account, |key| is_source(key, prefix)).await.map(drop)
        }
        other => Err(Error::failed(format!("nothing knows how to delete a {other}"))),
    }
}
