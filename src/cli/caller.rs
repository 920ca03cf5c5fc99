//! The caller's credentials and the agent that is called, for `invoke` and `stop-session`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::context::secret_argument;
use super::{CommandContext, Result};
use crate::cloud::{AgentRuntime, CallerAuth, DataPlane};
use crate::config::CognitoSetup;
use crate::config::shell;
use crate::config::{Protocol, Store};
use crate::error::{Code, Error, Kind};
use crate::facts::DEFAULT_ENDPOINT;
use crate::ops::target;
use crate::partition::{Arn, Partition};
use crate::redact::{ExposeSecret, SecretString};
use crate::session;
use crate::shell::CommandLine;

const TOKEN_VARIABLE: &str = "AGENTCORE_BEARER_TOKEN";
/// The starter toolkit's name for it.
const TOOLKIT_VARIABLE: &str = "BEDROCK_AGENTCORE_BEARER_TOKEN";

/// A region for what is in none.
const NOWHERE: &str = "us-east-1";

/// The runtime to call.
#[derive(Debug)]
pub(super) struct Callee {
    pub(super) arn: Arn,
    /// What the configured agent's sessions are remembered under, and its folder; `None` for a bare `--arn`.
    pub(super) agent: Option<(String, PathBuf)>,
    /// The configured inbound auth: `None` when there is none.
    pub(super) authorizer: Option<Value>,
    /// Headers that reach the agent, where a configuration says so.
    pub(super) headers: Option<Vec<String>>,
    /// Whether the configuration says how callers get a token.
    token_source: bool,
    /// The configured protocol; `None` for a bare `--arn`.
    pub(super) protocol: Option<Protocol>,
    /// The endpoint that an endpoint's ARN names.
    pub(super) endpoint: Option<String>,
    /// ` --agent NAME` where a command needs it, or ` --arn ARN`.
    pub(super) flag: String,
}

impl Callee {
    /// `region` is that of the flag, which has to be the agent's.
    pub(super) fn of_agent(store: &Store, name: Option<&str>, region: Option<&str>) -> Result<Self> {
        let agent = store.agent(name)?;
        let arn = target::require_arn(store, agent)?;
        target::check_agent_region(region, agent, &arn)?;
        Ok(Self {
            arn,
            agent: Some((agent.deployed_name(), store.root().to_owned())),
            authorizer: agent.authorizer().cloned(),
            headers: Some(agent.request_headers().unwrap_or_default()),
            token_source: agent.own.token.is_some(),
            protocol: Some(agent.protocol()),
            endpoint: None,
            flag: shell::agent_flag(store, agent),
        })
    }

    /// The agent that runs on this machine, by the configuration where there is one.
    pub(super) fn of_this_machine(store: Option<&Store>, name: Option<&str>) -> Result<Self> {
        // Names a place in no account; nothing is sent to it.
        let arn = Partition::of_region(NOWHERE).arn("bedrock-agentcore", NOWHERE, "000000000000", "runtime/local");
        let agent = store.map(|store| store.agent(name).map(|agent| (store, agent))).transpose()?;
        Ok(Self {
            arn,
            agent: agent.map(|(store, agent)| (agent.deployed_name(), store.root().to_owned())),
            authorizer: agent.and_then(|(_, agent)| agent.authorizer().cloned()),
            headers: agent.map(|(_, agent)| agent.request_headers().unwrap_or_default()),
            token_source: agent.is_some_and(|(_, agent)| agent.own.token.is_some()),
            protocol: Some(agent.map_or(Protocol::Http, |(_, agent)| agent.protocol())),
            endpoint: None,
            flag: agent.map_or_else(String::new, |(store, agent)| shell::agent_flag(store, agent)),
        })
    }

    /// `region` is that of the flag, which has to be the ARN's.
    pub(super) fn of_arn(text: &str, region: Option<&str>) -> Result<Self> {
        let (arn, endpoint) = Arn::of_runtime(text.trim())?;
        target::check_arn_region(region, &arn)?;
        let flag = format!(" --arn {}", crate::shell::quoted(text.trim()));
        Ok(Self {
            arn,
            agent: None,
            authorizer: None,
            headers: None,
            token_source: false,
            protocol: None,
            endpoint,
            flag,
        })
    }

    /// The command that shows what the agent logs in this session.
    pub(super) fn logs_command(&self, session_id: &str, endpoint: &str) -> String {
        let of_agent = if self.agent.is_some() { self.flag.as_str() } else { "" };
        let mut logs = CommandLine::new(&format!("agentcore logs{of_agent}"));
        logs.value("--agent-id", self.agent.is_none().then(|| self.arn.resource_id()));
        logs.value("--session", Some(session_id));
        logs.value("--endpoint", Some(endpoint).filter(|name| *name != DEFAULT_ENDPOINT));
        logs.value("--since", Some("10m"));
        logs.into_string()
    }

    /// The endpoint that the flag or the ARN names.
    ///
    /// # Errors
    /// Exit 2 when they name two, or one that no endpoint can have.
    pub(super) fn qualifier(&self, flag: Option<&str>) -> Result<Option<String>> {
        if let (Some(flag), Some(named)) = (flag, &self.endpoint)
            && flag != named
        {
            return Err(Error::usage(format!("the ARN names the endpoint `{named}`, and --endpoint says `{flag}`"))
                .code(Code::InputEndpoint)
                .hint("leave out one of them"));
        }
        let qualifier = flag.map(str::to_owned).or_else(|| self.endpoint.clone());
        if let Some(name) = &qualifier {
            session::check_endpoint(name)?;
        }
        Ok(qualifier)
    }

    /// How to repeat `command` with a token.
    pub(super) fn with_token(&self, command: &str) -> String {
        let stored = || self.agent.as_ref().is_some_and(|(_, root)| CognitoSetup::can_sign_in(root));
        let known = self.token_source || stored();
        if known {
            return format!("`{command}{} --auth`", self.flag);
        }
        format!("`{command}{} --bearer-token-file FILE`, or put the token into AGENTCORE_BEARER_TOKEN", self.flag)
    }
}

/// Where a bearer token came from decides whether it must be used.
#[derive(Debug)]
pub(super) struct BearerToken {
    pub(super) secret: SecretString,
    /// Given by a flag, so it is sent whatever the runtime's authorizer is.
    explicit: bool,
}

pub(super) async fn token(
    context: &CommandContext,
    flag: Option<String>,
    file: Option<&Path>,
) -> Result<Option<BearerToken>> {
    if let Some(text) = flag {
        let safe = "`--bearer-token-file` or AGENTCORE_BEARER_TOKEN";
        let given = secret_argument(context, &text, "--bearer-token", safe)?;
        return Ok(Some(BearerToken { secret: clean(given.expose_secret())?, explicit: true }));
    }
    if let Some(path) = file {
        return Ok(Some(BearerToken {
            secret: clean(context.read_secret(path, "bearer token").await?.expose_secret())?,
            explicit: true,
        }));
    }
    [TOKEN_VARIABLE, TOOLKIT_VARIABLE]
        .iter()
        .find_map(|name| context.env.var(name))
        .map(|text| clean(text).map(|secret| BearerToken { secret, explicit: false }))
        .transpose()
}

/// The token of `--auth`, else the one that was given. A token that was asked for is sent whatever the runtime takes.
pub(super) async fn token_or_auth(
    context: &CommandContext,
    auth: Option<AuthChoice<'_>>,
    flag: Option<String>,
    file: Option<&Path>,
) -> Result<Option<BearerToken>> {
    let Some(auth) = auth else { return token(context, flag, file).await };
    let issued = super::token::for_caller(context, auth.agent, auth.by_arn).await?;
    Ok(Some(BearerToken { secret: issued.token, explicit: true }))
}

/// What `--auth` asks for.
#[derive(Debug)]
pub(super) struct AuthChoice<'a> {
    pub(super) agent: Option<&'a str>,
    /// The runtime was named by its ARN, so no agent of the configuration is meant.
    pub(super) by_arn: bool,
}

/// Refuses an expired token; a cached one may have expired since it was checked.
pub(super) fn told_of_expiry(error: Error, token: &SecretString) -> Error {
    if error.kind() == Kind::Refused && crate::ops::token::has_expired(token) {
        return error.hint("the token has expired: `agentcore identity token --refresh` gets a new one");
    }
    error
}

fn clean(text: &str) -> Result<SecretString> {
    let text = text.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
    if text.is_empty() {
        return Err(Error::usage("the bearer token is empty"));
    }
    Ok(SecretString::from(text.to_owned()))
}

/// The data plane and the credentials to send a request with.
pub(super) struct AgentConnection {
    pub(super) plane: DataPlane,
    pub(super) auth: CallerAuth,
}

/// The agent on this machine: without AWS. A token from the environment is sent where the configuration has an authorizer.
pub(super) fn line_of_this_machine(
    context: &CommandContext,
    callee: &Callee,
    (token, port): (Option<BearerToken>, u16),
) -> AgentConnection {
    let sent = token.filter(|token| token.explicit || callee.authorizer.is_some());
    let auth = sent.map_or(CallerAuth::Nobody, |token| CallerAuth::Bearer(token.secret));
    if let (CallerAuth::Nobody, Some(_)) = (&auth, &callee.authorizer) {
        context.ui.note("this agent takes a bearer token, and none was given");
    }
    AgentConnection { plane: DataPlane::of_this_machine(port), auth }
}

/// Looks at the runtime's authorizer before the call and picks the method that it takes. An explicit token is always
/// sent; one from the environment only to a runtime that takes tokens.
pub(super) async fn line(
    context: &CommandContext,
    callee: &mut Callee,
    token: Option<BearerToken>,
) -> Result<AgentConnection> {
    let region = callee.arn.region.clone();
    if let Some(token) = token {
        let wanted = token.explicit || callee.authorizer.is_some() || takes_tokens(context, callee).await;
        if wanted {
            return Ok(AgentConnection {
                plane: DataPlane::of_region(&context.env, Arc::clone(&context.http), &region)?,
                auth: CallerAuth::Bearer(token.secret),
            });
        }
        context.ui.note("this agent takes AWS credentials: the token in the environment is not sent");
    }
    let cloud = context.connect_to(Some(&region)).await?;
    Ok(AgentConnection {
        plane: DataPlane::of_cloud(&context.env, &cloud, &region),
        auth: CallerAuth::SigV4(Box::new(cloud)),
    })
}

/// Whether the live runtime accepts tokens; yes when unknown, because the token is all that the caller has.
async fn takes_tokens(context: &CommandContext, callee: &mut Callee) -> bool {
    let live = live_authorizer(context, callee).await;
    match live {
        Some(authorizer) => {
            let takes = authorizer.is_some();
            callee.authorizer = authorizer;
            takes
        }
        None => true,
    }
}

/// The protocol of the live runtime; `None` when it could not be read.
pub(super) async fn live_protocol(context: &CommandContext, callee: &Callee) -> Option<Protocol> {
    live_runtime(context, callee).await?.protocol().parse().ok()
}

/// The live runtime's authorizer: `None` when it could not be read, `Some(None)` when it has none.
pub(super) async fn live_authorizer(context: &CommandContext, callee: &Callee) -> Option<Option<Value>> {
    Some(live_runtime(context, callee).await?.authorizer().cloned())
}

async fn live_runtime(context: &CommandContext, callee: &Callee) -> Option<AgentRuntime> {
    let cloud = context.connect_to(Some(&callee.arn.region)).await.ok()?;
    let found = cloud.runtime(callee.arn.resource_id()).await.ok()??;
    // A runtime of the caller's own account with the same id tells nothing about another account's.
    target::is_runtime_of(&callee.arn, &found).then_some(found)
}

/// A missing runtime may be another account's: a call is resolved in the caller's own account.
pub(super) async fn told_of_account(error: Error, auth: &CallerAuth, arn: &Arn) -> Error {
    let CallerAuth::SigV4(cloud) = auth else { return error };
    if error.kind() != Kind::NotFound {
        return error;
    }
    match cloud.identity().await {
        Ok(identity) if identity.account != arn.account => error.hint(format!(
            "the runtime belongs to account {}, and these credentials are of account {}: choose the right `--profile`",
            arn.account, identity.account
        )),
        _ => error,
    }
}
