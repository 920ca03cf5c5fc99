//! Which account and region a command works on, and the check that it is the one the configuration means.

use serde_json::{Value, json};

use crate::cloud::{AgentRuntime, CallerIdentity, Cloud};
use crate::config::shell;
use crate::config::{Agent, Provenance, Resolved, Store, is_region, pick};
use crate::env::Env;
use crate::error::{Code, Error, Result};
use crate::partition::Arn;
use crate::resources::owner::Owner;
use crate::resources::runtime::{self, ObservedRuntime};

/// The ARN of an agent that must be deployed for what the user wants.
pub(crate) fn require_arn(store: &Store, agent: &Agent) -> Result<Arn> {
    agent.runtime_arn().ok_or_else(|| {
        Error::not_found(format!("the agent `{}` is not deployed", agent.name)).code(Code::AgentNotDeployed).hint(
            match &agent.environment {
                None => format!("deploy it: `{}`", shell::command("launch", store, agent)),
                Some(name) => format!(
                    "deploy it, or put on record here what another checkout launched for `{name}`: `{}`",
                    shell::command("launch", store, agent)
                ),
            },
        )
    })
}

/// The runtime of the agent's name that carries the tags of its project and environment: what another checkout launched.
///
/// # Errors
/// The services' refusals.
pub(crate) async fn launched_elsewhere(cloud: &Cloud, agent: &Agent) -> Result<Option<Arn>> {
    let is_there = |live: &ObservedRuntime| live.owner == Owner::Ours && live.runtime.status() != "DELETING";
    let found = runtime::find(cloud, agent).await?.filter(is_there);
    let arn = found.and_then(|live| live.runtime.arn().parse::<Arn>().ok());
    Ok(arn.filter(|arn| agent.account().is_none_or(|account| account == arn.account)))
}

/// Region precedence: a deployed agent's ARN, else flag > configuration > environment. `None` leaves it to the AWS
/// profile.
///
/// # Errors
/// When `--region` contradicts where the agent is deployed, and when the configuration's region cannot be one.
pub(crate) fn region(flag: Option<&str>, env: &Env, agent: Option<&Agent>) -> Result<Option<Resolved<String>>> {
    if let Some(agent) = agent
        && let Some(arn) = agent.runtime_arn()
    {
        check_agent_region(flag, agent, &arn)?;
        return Ok(Some(Resolved::new(arn.region, Provenance::Arn)));
    }
    let configured = agent.and_then(|agent| Some((agent, agent.region()?)));
    if let Some((agent, region)) = configured.filter(|(_, region)| flag.is_none() && !is_region(region)) {
        return Err(Error::usage(format!(
            "`aws.region` of `{}` is `{region}`, which is not an AWS region",
            agent.name
        ))
        .code(Code::ConfigRegion)
        .hint(format!("correct it: `agentcore configure --name {} --region REGION`, or pass `--region`", agent.name)));
    }
    let file = configured.map(|(_, region)| (region.to_owned(), 0));
    let environment = environment(env).map(|(name, region)| (name, region.to_owned()));
    if let Some(flag) = flag.filter(|flag| !is_region(flag)) {
        return Err(no_region("--region", flag));
    }
    // It becomes part of host names. More is not asked of a variable: what is behind AWS_ENDPOINT_URL may have regions of its own.
    let is_label = |region: &str| region.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    if let Some((name, region)) = &environment
        && flag.is_none()
        && file.is_none()
        && !is_label(region)
    {
        return Err(no_region(name, region));
    }
    Ok(pick(flag.map(str::to_owned), "--region", file, environment, None))
}

fn no_region(source: &str, text: &str) -> Error {
    Error::usage(format!("{source} is `{}`, which is not an AWS region", text.escape_debug()))
        .code(Code::InputValue)
        .hint("write the code of a region, such as us-west-2")
}

/// # Errors
/// When `--region` names another region than that of the agent's runtime.
pub(crate) fn check_agent_region(flag: Option<&str>, agent: &Agent, arn: &Arn) -> Result<()> {
    match flag.filter(|flag| *flag != arn.region) {
        Some(flag) => Err(Error::usage(format!(
            "the agent `{}` is deployed in {}, and --region says {flag}",
            agent.name, arn.region
        ))
        .hint("leave out `--region`, destroy the agent there first, or configure a second agent")),
        None => Ok(()),
    }
}

/// # Errors
/// When `--region` names another region than the ARN that was given.
pub(crate) fn check_arn_region(flag: Option<&str>, arn: &Arn) -> Result<()> {
    match flag.filter(|flag| *flag != arn.region) {
        Some(flag) => Err(Error::usage(format!("the ARN names the region {}, and --region says {flag}", arn.region))
            .hint("leave out `--region`")),
        None => Ok(()),
    }
}

fn environment(env: &Env) -> Option<(&'static str, &str)> {
    ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| Some((name, env.var(name)?)))
}

/// The note for an undeployed agent whose configured region differs from the environment's.
pub(crate) fn region_note(flag: Option<&str>, env: &Env, agent: Option<&Agent>) -> Option<String> {
    let agent = agent.filter(|agent| flag.is_none() && !agent.is_deployed())?;
    let configured = agent.region()?;
    let (name, other) = environment(env).filter(|(_, region)| *region != configured)?;
    Some(format!(
        "region {configured}, as `aws.region` of `{}` says: {name} is {other}, and `--region` would go before both",
        agent.name
    ))
}

/// The account that [`check_account`] allows, where the configuration says which.
pub(crate) fn account_on_record(agent: &Agent) -> Option<String> {
    let arn = agent.runtime_arn();
    let named = [agent.account(), arn.as_ref().map(|arn| arn.account.as_str())];
    let mut named = named.into_iter().flatten();
    let account = named.next().filter(|account| account.len() == 12 && account.bytes().all(|c| c.is_ascii_digit()))?;
    named.all(|other| other == account).then(|| account.to_owned())
}

/// Refuses to work in another account than the configuration's: the written one, or the one of the deployed runtime.
pub(crate) fn check_account(agent: &Agent, identity: &CallerIdentity) -> Result<()> {
    let arn = agent.runtime_arn();
    // Both are compared: a runtime of another account looks deleted.
    let named = [agent.account(), arn.as_ref().map(|arn| arn.account.as_str())];
    match named.into_iter().flatten().find(|account| *account != identity.account) {
        Some(account) => Err(Error::usage(format!(
            "the configuration of `{}` belongs to account {account}, and these credentials are of account {}",
            agent.name, identity.account
        ))
        .code(Code::AwsAccountMismatch)
        .hint(match arn {
            Some(_) => "choose the right `--profile`, or deploy here beside it: `--environment NAME`",
            None => "choose the right `--profile`, or change `aws.account` of the agent in .bedrock_agentcore.yaml",
        })),
        None => Ok(()),
    }
}

/// Whether the runtime that was found by an ARN's id is the one that the ARN names. The path of the request holds an id
/// and no account, so that what comes back is always of the caller's own.
pub(crate) fn is_runtime_of(arn: &Arn, found: &AgentRuntime) -> bool {
    found.arn().parse::<Arn>().is_ok_and(|own| own.account == arn.account)
}

/// Refuses to look for a runtime of another account.
pub(crate) fn check_account_of(arn: &Arn, identity: &CallerIdentity) -> Result<()> {
    if arn.account == identity.account {
        return Ok(());
    }
    Err(Error::usage(format!(
        "the runtime `{}` belongs to account {}, and these credentials are of account {}",
        arn.resource_id(),
        arn.account,
        identity.account
    ))
    .code(Code::AwsAccountMismatch)
    .hint("choose the right `--profile`"))
}

/// The line that every command that changes something shows first.
pub(crate) fn banner(identity: &CallerIdentity) -> String {
    let profile = identity.profile.as_ref().map(|name| format!(", profile {name}")).unwrap_or_default();
    format!("account {}, region {}, as {}{profile}", identity.account, identity.region, identity.principal)
}

pub(crate) fn identity_data(identity: &CallerIdentity) -> Value {
    json!(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(text: &str) -> Agent {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{text}")).unwrap();
        Store::open(&path).unwrap().agent(None).unwrap().clone()
    }

    #[test]
    fn the_runtime_arn_decides_the_account() {
        let identity = |account: &str| CallerIdentity {
            account: account.to_owned(),
            region: "us-west-2".into(),
            principal: "p".into(),
            profile: None,
        };
        let deployed = agent(
            "    bedrock_agentcore:\n      agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789\n",
        );
        check_account(&deployed, &identity("123456789012")).unwrap();
        assert_eq!(check_account(&deployed, &identity("999999999999")).unwrap_err().kind().exit_code(), 2);
        check_account(&agent(""), &identity("999999999999")).unwrap();
        let moved = agent(
            "    aws:\n      account: \"999999999999\"\n    bedrock_agentcore:\n      agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789\n",
        );
        assert!(check_account(&moved, &identity("999999999999")).is_err(), "its runtime is elsewhere");
        let on_record = |agent: &Agent| account_on_record(agent);
        assert_eq!(on_record(&deployed).as_deref(), Some("123456789012"));
        assert_eq!((on_record(&moved), on_record(&agent(""))), (None, None));
        assert_eq!(on_record(&agent("    aws:\n      account: YOUR_ACCOUNT\n")), None);
    }

    #[test]
    fn a_malformed_region_is_refused_when_used() {
        let env = Env::fake(std::path::Path::new("/"), &[("AWS_REGION", "eu-west-1")]);
        let odd = agent("    aws: {region: uswest2}\n");
        assert_eq!(region(None, &env, Some(&odd)).unwrap_err().code_str(), "config.region");
        assert_eq!(region(Some("us-west-2"), &env, Some(&odd)).unwrap().unwrap().value, "us-west-2");
        let placeholder = agent("    aws: {region: YOUR_REGION}\n");
        assert_eq!(region(None, &env, Some(&placeholder)).unwrap().unwrap().value, "eu-west-1");
        let slip = Env::fake(std::path::Path::new("/"), &[("AWS_REGION", "eu west 1")]);
        assert_eq!(region(None, &slip, None).unwrap_err().code_str(), "input.value");
        assert_eq!(region(Some("us-west-2"), &slip, None).unwrap().unwrap().value, "us-west-2");
        for flag in ["", "us-west", "eu_west_1", "EU-WEST-1"] {
            assert_eq!(region(Some(flag), &env, None).unwrap_err().code_str(), "input.value", "{flag}");
        }
    }
}
