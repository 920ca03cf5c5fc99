//! `agentcore auth check|explain|test`: which authorizer, which token, and a report.

use std::sync::Arc;
use std::time::Duration;

use super::args::{
    AuthCheckArgs, AuthCommand, AuthExplainArgs, AuthTestArgs, AuthorizerArgs, AuthorizerChoice, TestTarget,
};
use super::caller::{self, Callee};
use super::payload::json_problem;
use super::{CommandContext, CommandResult, Result};
use crate::auth::{Authorizer, Presented};
use crate::cloud::{Cloud, DataPlane, LocalSandbox};
use crate::config::CALLERS_SETTINGS;
use crate::error::{Code, Context as _, Error, Kind};
use crate::ops::auth::{
    AuthSubject, CheckRequest, Documents, MatrixConnections, MatrixRequest, check, explain, run as run_matrix,
};
use crate::ops::target;
use crate::partition::Arn;
use crate::redact::ExposeSecret;
use crate::session;

pub(super) async fn run(command: AuthCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        AuthCommand::Check(args) => check_token(*args, context).await,
        AuthCommand::Explain(args) => explain_authorizer(&args, context).await,
        AuthCommand::Test(args) => test_gate(*args, context).await,
    }
}

async fn check_token(args: AuthCheckArgs, context: &CommandContext) -> Result<CommandResult> {
    let documents = args.discovery_document.zip(args.jwks).map(|(discovery, jwks)| Documents {
        discovery: context.env.cwd().join(discovery),
        jwks: context.env.cwd().join(jwks),
    });
    check_arn(&args.which)?;
    // Before any request: with an unreadable file the answer would be useless.
    let token = match args.sigv4 {
        true => None,
        false => caller::token(context, None, args.token_file.as_deref()).await?.map(|token| token.secret),
    };
    let subject = match &args.authorizer_config {
        Some(json) => AuthSubject::of_authorizer(&Authorizer::from_configuration(json)?),
        None => subject(&args.which, context, documents.is_some()).await?,
    };
    let brings = match &token {
        _ if args.sigv4 => Presented::Signature,
        Some(token) => Presented::Token(token.expose_secret()),
        None => {
            context.ui.note("no token was given, so a caller without one is judged; `--token-file FILE` gives one");
            Presented::Nothing
        }
    };
    let repeat = args.repeat.map(Duration::from_secs);
    let report = check(&context.http, CheckRequest { subject, brings, documents, repeat }).await?;
    if let Some(trouble) = report.trouble() {
        context.ui.warning(&format!("the identity provider could not be asked, so nobody is accepted: {trouble}"));
    }
    CommandResult::report(report)
}

/// Usage errors come before stdin is read.
fn check_arn(which: &AuthorizerArgs) -> Result<()> {
    match &which.arn {
        Some(arn) => Arn::of_runtime(arn.trim()).map(drop),
        None => Ok(()),
    }
}

async fn explain_authorizer(args: &AuthExplainArgs, context: &CommandContext) -> Result<CommandResult> {
    if let Some(endpoint) = &args.endpoint {
        session::check_endpoint(endpoint)?;
    }
    let subject = subject(&args.which, context, false).await?;
    let url = match &subject.arn {
        Some(arn) => {
            let plane = DataPlane::of_region(&context.env, Arc::clone(&context.http), &arn.region)?;
            Some(plane.invocation_url(arn, args.endpoint.as_deref()))
        }
        None => None,
    };
    CommandResult::report(explain(subject, url)?)
}

async fn test_gate(args: AuthTestArgs, context: &CommandContext) -> Result<CommandResult> {
    if let Some(endpoint) = &args.endpoint {
        session::check_endpoint(endpoint)?;
    }
    let junit = args.junit.map(|path| context.begin_output(&path)).transpose()?;
    let payload = payload(&args.payload, context)?;
    let which = AuthorizerArgs { agent: args.agent, arn: args.arn, against: None };
    check_arn(&which)?;
    let good = caller::token(context, None, args.good_token_file.as_deref()).await?.map(|token| token.secret);
    let subject = subject(&which, context, false).await?;
    let Some(arn) = subject.arn.clone() else {
        return Err(Error::not_found("the agent is not deployed, so there is no gate to test")
            .code(Code::AgentNotDeployed)
            .hint(format!("deploy it: `agentcore launch{}`", subject.flag)));
    };
    let found = match args.target {
        Some(TestTarget::Live) => None,
        _ => LocalSandbox::find(&context.env, &context.http, &arn.region).await,
    };
    if args.target == Some(TestTarget::Sandbox) && found.is_none() {
        return Err(Error::usage("there is no sandbox at the endpoint in effect")
            .code(Code::AuthNoSandbox)
            .hint("start one and point AWS_ENDPOINT_URL at it: `eval \"$(agentcore sandbox env)\"`")
            .hint("or test the deployed agent: `--target live`"));
    }
    let cloud = credentials(context, &arn.region).await?;
    let plane = match &cloud {
        Some(cloud) => DataPlane::of_cloud(&context.env, cloud, &arn.region),
        None => DataPlane::of_region(&context.env, Arc::clone(&context.http), &arn.region)?,
    };
    let stage = MatrixConnections {
        http: &context.http,
        plane: &plane,
        cloud: cloud.as_ref(),
        sandbox: found.as_ref(),
        events: &context.events,
    };
    let request = MatrixRequest { subject, endpoint: args.endpoint, good, payload, deadline: context.deadline };
    let report = run_matrix(request, &stage).await?;
    if let Some(path) = junit
        && context.end_output(&path, report.junit().as_bytes())
    {
        context.ui.note(&format!("the results are in `{}` too", path.display()));
    }
    CommandResult::report(report)
}

/// A connection that can sign; `None` without credentials, because a caller with a token needs none.
async fn credentials(context: &CommandContext, region: &str) -> Result<Option<Cloud>> {
    let cloud = context.connect_to(Some(region)).await?;
    Ok(cloud.has_credentials().await.then_some(cloud))
}

fn payload(text: &str, context: &CommandContext) -> Result<bytes::Bytes> {
    let bytes = match text.strip_prefix('@') {
        Some(path) => {
            let path = context.env.cwd().join(path);
            std::fs::read(&path)
                .with_context(|| format!("could not read the payload from `{}`", path.display()))
                .map_err(|error| error.with_kind(Kind::Usage))?
        }
        None => match json_problem(text) {
            Some(error) => return Err(error.hint("`--payload` takes JSON, or `@FILE` for bytes of any kind")),
            None => text.as_bytes().to_vec(),
        },
    };
    Ok(bytes.into())
}

/// The authorizer to examine: the live one, by one request, where the agent is deployed; when it cannot be read, the
/// configured one, with a warning.
async fn subject(which: &AuthorizerArgs, context: &CommandContext, offline: bool) -> Result<AuthSubject> {
    let bare = which.arn.is_some();
    let region = context.globals.region.as_deref();
    let wants_config = which.against == Some(AuthorizerChoice::Config) || (offline && which.against.is_none() && !bare);
    let configured = match &which.arn {
        Some(text) => AuthSubject::of_arn(Callee::of_arn(text, region)?.arn),
        None => {
            let name = which.agent.as_deref();
            let store = if wants_config { context.store()? } else { context.store_with_runtime(name).await? };
            let agent = store.agent(name)?;
            store.require_settings(&agent.name, CALLERS_SETTINGS)?;
            let configured = AuthSubject::configured(&store, agent);
            configured.arn.iter().try_for_each(|arn| target::check_agent_region(region, agent, arn))?;
            configured
        }
    };
    if bare && which.against == Some(AuthorizerChoice::Config) {
        return Err(Error::usage("a runtime that is named by its ARN has no configuration here").hint("use `--agent`"));
    }
    let Some(arn) = configured.arn.clone().filter(|_| !wants_config) else {
        if which.against == Some(AuthorizerChoice::Live) {
            return Err(Error::not_found("the agent is not deployed")
                .code(Code::AgentNotDeployed)
                .hint(format!("deploy it: `agentcore launch{}`", configured.flag)));
        }
        return Ok(configured);
    };
    let read = async {
        let cloud = context.connect_to(Some(&arn.region)).await?;
        let found = cloud.runtime(arn.resource_id()).await?;
        if !found.as_ref().is_some_and(|found| target::is_runtime_of(&arn, found)) {
            // The request holds an id and no account: from another account every runtime looks deleted, or is another
            // one.
            target::check_account_of(&arn, &cloud.identity().await?)?;
        }
        Ok::<_, Error>(found)
    };
    let must = bare || which.against == Some(AuthorizerChoice::Live);
    let missing = || format!("there is no runtime `{}` in {}", arn.resource_id(), arn.region);
    match read.await {
        Ok(Some(runtime)) => Ok(configured.live(&runtime)),
        Ok(None) if must => Err(Error::not_found(missing())),
        Ok(None) => {
            context.ui.warning(&format!("{}: the configured authorizer is used", missing()));
            Ok(configured)
        }
        Err(error) if must => Err(error),
        Err(error) => {
            context.ui.warning(&format!(
                "the live runtime could not be read, so the configured authorizer is used: {}",
                error.message()
            ));
            Ok(configured)
        }
    }
}
