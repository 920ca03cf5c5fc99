//! The smoke test of a launch, from flags and configuration, and the credentials that it calls with.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::super::args::LaunchArgs;
use super::super::caller::{self, BearerToken};
use super::super::{CommandContext, Result};
use crate::cloud::{CallerAuth, Cloud};
use crate::config::{Agent, SmokeSettings};
use crate::error::{Code, Error};
use crate::expectation::Expectation;
use crate::ops::deploy::{self, SmokeCaller, SmokeTest};
use crate::redact::SecretString;

/// # Errors
/// Exit 2 for a payload that is no JSON, for an expression that cannot be read, and for flags without a test.
pub(super) fn test(args: &LaunchArgs, agent: &Agent, context: &CommandContext) -> Result<Option<SmokeTest>> {
    let configured = agent.own.smoke.as_ref().filter(|_| !args.no_smoke);
    let payload = match (&args.smoke, configured) {
        (Some(text), _) => json(text)?,
        (None, Some(settings)) => payload_of(settings),
        (None, None)
            if args.expect.is_some()
                || args.canary.is_some()
                || args.smoke_timeout.is_some()
                || args.junit.is_some() =>
        {
            return Err(Error::usage("there is no smoke test that this could be of")
                .code(Code::UsageMissing)
                .hint("say what the new version is called with: `agentcore launch --smoke '{\"prompt\": \"ping\"}'`")
                .hint("or write it below `agentcore.smoke` of the agent, as `payload`"));
        }
        (None, None) => return Ok(None),
    };
    if args.no_wait {
        context
            .ui
            .warning("the new version is not tested: `--no-wait` returns before it is READY; the next launch tests it");
    }
    let expect = args.expect.as_ref().or(configured.and_then(|settings| settings.expect.as_ref()));
    let timeout = args.smoke_timeout.or(configured.and_then(|settings| settings.timeout_seconds));
    Ok(Some(SmokeTest {
        payload,
        expect: expect.map(|text| expectation(text)).transpose()?,
        timeout: timeout.map_or(deploy::DEFAULT_TIMEOUT, Duration::from_secs),
        canary: args.canary,
    }))
}

fn payload_of(settings: &SmokeSettings) -> String {
    match &settings.payload {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn json(text: &str) -> Result<String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Error::usage("the payload of `--smoke` is not JSON")
            .code(Code::InputJson)
            .source(&error)
            .hint("quote it for the shell: `--smoke '{\"prompt\": \"ping\"}'`")),
    }
}

fn expectation(text: &str) -> Result<Expectation> {
    Expectation::parse(text).map_err(|why| {
        Error::usage(format!("`{text}` is not an expression that a smoke test can have: {why}"))
            .code(Code::SmokeExpect)
            .hint("write it in jq's spelling: `--expect '.status == \"ok\"'`")
    })
}

/// How the smoke test calls the agent.
pub(super) enum Credentials<'a> {
    /// With AWS credentials.
    Signed(Box<Cloud>),
    /// With a token that was given.
    Given(SecretString),
    /// With the token of the configured source, which is renewed when it is due.
    Issued { agent: &'a str, context: &'a CommandContext },
}

impl<'a> Credentials<'a> {
    /// Asks for a token once, before anything is changed: whoever gets none learns it now.
    pub(super) async fn of(
        args: &LaunchArgs,
        agent: &'a Agent,
        context: &'a CommandContext,
        cloud: &Cloud,
    ) -> Result<Self> {
        if agent.authorizer().is_none() {
            return Ok(Self::Signed(Box::new(cloud.clone())));
        }
        if let Some(BearerToken { secret, .. }) =
            caller::token(context, None, args.bearer_token_file.as_deref()).await?
        {
            return Ok(Self::Given(secret));
        }
        if !args.plan {
            let asked = super::super::token::for_caller(context, Some(&agent.name), false).await;
            asked.map_err(|error| {
                error
                    .context("the smoke test needs a token")
                    .hint("or give it one: `agentcore launch --bearer-token-file FILE`")
            })?;
        }
        Ok(Self::Issued { agent: &agent.name, context })
    }
}

impl SmokeCaller for Credentials<'_> {
    fn credentials(&self) -> LocalBoxFuture<'_, Result<CallerAuth>> {
        async move {
            Ok(match self {
                Self::Signed(cloud) => CallerAuth::SigV4(cloud.clone()),
                Self::Given(secret) => CallerAuth::Bearer(secret.clone()),
                Self::Issued { agent, context } => {
                    CallerAuth::Bearer(super::super::token::for_caller(context, Some(agent), false).await?.token)
                }
            })
        }
        .boxed_local()
    }
}
