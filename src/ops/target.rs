//! Which account and region a command works on, and the check that it is the one the configuration means.

use serde_json::{Value, json};

use crate::cloud::Identity;
use crate::config::{Agent, Resolved, Source, pick};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::partition::Arn;

/// The ARN of an agent that must be deployed for what the user wants.
pub(crate) fn require_arn(agent: &Agent) -> Result<Arn> {
    agent.runtime_arn().ok_or_else(|| {
        Error::not_found(format!("the agent `{}` is not deployed", agent.name)).hint("deploy it: `agentcore launch`")
    })
}

/// Region precedence: a deployed agent's ARN, else flag > environment > configuration. `None` leaves it to the AWS
/// profile.
///
/// # Errors
/// When `--region` contradicts where the agent is deployed.
pub(crate) fn region(flag: Option<&str>, env: &Env, agent: Option<&Agent>) -> Result<Option<Resolved<String>>> {
    if let Some(agent) = agent
        && let Some(arn) = agent.runtime_arn()
    {
        if let Some(flag) = flag
            && flag != arn.region
        {
            return Err(Error::usage(format!(
                "the agent `{}` is deployed in {}, and --region says {flag}",
                agent.name, arn.region
            ))
            .hint("leave out `--region`, destroy the agent there first, or configure a second agent"));
        }
        return Ok(Some(Resolved::new(arn.region, Source::Arn)));
    }
    let environment =
        ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| Some((name, env.var(name)?.to_owned())));
    let file = agent.and_then(Agent::region).map(|region| (region.to_owned(), 0));
    Ok(pick(flag.map(str::to_owned), "--region", environment, file, None))
}

/// Refuses to change anything in another account than the configuration's.
pub(crate) fn check_account(agent: &Agent, identity: &Identity) -> Result<()> {
    match agent.account() {
        Some(account) if account != identity.account => Err(Error::usage(format!(
            "the configuration of `{}` belongs to account {account}, and these credentials are of account {}",
            agent.name, identity.account
        ))
        .code("aws.account-mismatch")
        .hint("choose the right `--profile`, or change `aws.account` of the agent in .bedrock_agentcore.yaml")),
        _ => Ok(()),
    }
}

/// The line that every command that changes something shows first.
pub(crate) fn banner(identity: &Identity) -> String {
    let profile = identity.profile.as_ref().map(|name| format!(", profile {name}")).unwrap_or_default();
    format!("account {}, region {}, as {}{profile}", identity.account, identity.region, identity.principal)
}

pub(crate) fn identity_data(identity: &Identity) -> Value {
    json!(identity)
}
