//! `agentcore auth check|explain|test`: which authorizer, which token, and a report.

use std::sync::Arc;
use std::time::Duration;

use super::args::{Against, AuthCheckArgs, AuthCommand, AuthExplainArgs, AuthTestArgs, Target, Which};
use super::caller::{self, Callee};
use super::payload::json_problem;
use super::{Context, Done, Result};
use crate::auth::{Authorizer, Brings};
use crate::cloud::{Cloud, DataPlane, LocalSandbox};
use crate::error::{Code, Context as _, Error, Kind};
use crate::fsx;
use crate::ops::auth::{CheckRequest, Documents, MatrixRequest, Stage, Subject, check, explain, run as run_matrix};
use crate::ops::target;
use crate::partition::Arn;
use crate::redact::ExposeSecret;
use crate::session;

pub(super) async fn run(command: AuthCommand, context: &Context) -> Result<Done> {
    match command {
        AuthCommand::Check(args) => check_token(*args, context).await,
        AuthCommand::Explain(args) => explain_authorizer(&args, context).await,
        AuthCommand::Test(args) => test_gate(*args, context).await,
    }
}

async fn check_token(args: AuthCheckArgs, context: &Context) -> Result<Done> {
    let documents = args.discovery_document.zip(args.jwks).map(|(discovery, jwks)| Documents {
        discovery: context.env.cwd().join(discovery),
        jwks: context.env.cwd().join(jwks),
    });
    check_arn(&args.which)?;
    // Before anything is asked over the network: a file that cannot be read makes the answer useless.
    let token = match args.sigv4 {
        true => None,
        false => caller::token(context, None, args.token_file.as_deref()).await?.map(|token| token.secret),
    };
    let subject = match &args.authorizer_config {
        Some(json) => Subject::of_authorizer(&Authorizer::from_configuration(json)?),
        None => subject(&args.which, context, documents.is_some()).await?,
    };
    let brings = match &token {
        _ if args.sigv4 => Brings::Signature,
        Some(token) => Brings::Token(token.expose_secret()),
        None => {
            context.ui.note("no token was given, so a caller without one is judged; `--token-file FILE` gives one");
            Brings::Nothing
        }
    };
    let repeat = args.repeat.map(Duration::from_secs);
    let report = check(&context.http, CheckRequest { subject, brings, documents, repeat }).await?;
    if let Some(trouble) = report.trouble() {
        context.ui.warning(&format!("the identity provider could not be asked, so nobody is accepted: {trouble}"));
    }
    Done::report(report)
}

/// A slip in what was typed is told before stdin is read.
fn check_arn(which: &Which) -> Result<()> {
    match &which.arn {
        Some(arn) => Arn::of_runtime(arn.trim()).map(drop),
        None => Ok(()),
    }
}

async fn explain_authorizer(args: &AuthExplainArgs, context: &Context) -> Result<Done> {
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
    Done::report(explain(subject, url)?)
}

async fn test_gate(args: AuthTestArgs, context: &Context) -> Result<Done> {
    if let Some(endpoint) = &args.endpoint {
        session::check_endpoint(endpoint)?;
    }
    let payload = payload(&args.payload, context)?;
    let which = Which { agent: args.agent, arn: args.arn, against: None };
    check_arn(&which)?;
    let good = caller::token(context, None, args.good_token_file.as_deref()).await?.map(|token| token.secret);
    let junit = args.junit.map(|path| context.env.cwd().join(path));
    junit.iter().try_for_each(|path| fsx::check_output(context.env.cwd(), path))?;
    let subject = subject(&which, context, false).await?;
    let Some(arn) = subject.arn.clone() else {
        return Err(Error::not_found("the agent is not deployed, so there is no gate to test")
            .code(Code::AgentNotDeployed)
            .hint(format!("deploy it: `agentcore launch{}`", subject.flag)));
    };
    let found = match args.target {
        Some(Target::Live) => None,
        _ => LocalSandbox::find(&context.env, &context.http, &arn.region).await,
    };
    if args.target == Some(Target::Sandbox) && found.is_none() {
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
    let stage = Stage {
        http: &context.http,
        plane: &plane,
        cloud: cloud.as_ref(),
        sandbox: found.as_ref(),
        events: &context.events,
    };
    let request = MatrixRequest { subject, endpoint: args.endpoint, good, payload, deadline: context.deadline };
    let report = run_matrix(request, &stage).await?;
    if let Some(path) = junit {
        fsx::write_output(context.env.cwd(), &path, report.junit().as_bytes())?;
        context.ui.note(&format!("the results are in `{}` too", path.display()));
    }
    Done::report(report)
}

/// A connection that can sign; `None` without credentials, because a caller with a token needs none.
async fn credentials(context: &Context, region: &str) -> Result<Option<Cloud>> {
    let cloud = context.connect_to(Some(region)).await?;
    Ok(cloud.has_credentials().await.then_some(cloud))
}

fn payload(text: &str, context: &Context) -> Result<bytes::Bytes> {
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

/// The authorizer that is meant. The live one is the truth, so it is asked for with one request where the agent is
/// deployed; when it cannot be read, the configured one has to do, and a warning says so.
async fn subject(which: &Which, context: &Context, offline: bool) -> Result<Subject> {
    let configured = match &which.arn {
        Some(text) => Subject::of_arn(Callee::of_arn(text)?.arn),
        None => {
            let store = context.store()?;
            Subject::configured(&store, store.agent(which.agent.as_deref())?)
        }
    };
    let bare = which.arn.is_some();
    if bare && which.against == Some(Against::Config) {
        return Err(Error::usage("a runtime that is named by its ARN has no configuration here").hint("use `--agent`"));
    }
    let wants_config = which.against == Some(Against::Config) || (offline && which.against.is_none() && !bare);
    let Some(arn) = configured.arn.clone().filter(|_| !wants_config) else {
        if which.against == Some(Against::Live) {
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
            // The request holds an id and no account: from another account every runtime is gone, or another one.
            target::check_account_of(&arn, &cloud.identity().await?)?;
        }
        Ok::<_, Error>(found)
    };
    let must = bare || which.against == Some(Against::Live);
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
