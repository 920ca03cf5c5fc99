//! `agentcore identity …-workload-identity`, `setup-aws-jwt`, `list-aws-jwt`.

use super::providers::{introduce, look, place};
use super::{agent_of, ask};
use crate::cli::args::{
    CreateWorkloadArgs, DeleteWorkloadArgs, NamedWorkloadArgs, OfAgentArgs, SetupAwsJwtArgs, UpdateWorkloadArgs,
};
use crate::cli::{Context, Done, Result};
use crate::error::{Code, Error};
use crate::ops::identity::aws_jwt::{self, AwsJwtRequest};
use crate::ops::identity::workloads::{self, ReturnUrls};

pub(super) async fn create(args: CreateWorkloadArgs, context: &Context) -> Result<Done> {
    let mut found = agent_of(context, args.agent.as_deref())?;
    let name = match (args.name, &found) {
        (Some(name), _) => name,
        (None, Some((_, agent))) => format!("{agent}-workload"),
        (None, None) => {
            return Err(Error::usage("no name")
                .code(Code::InputMissing)
                .hint("pass `--name`, or configure an agent first"));
        }
    };
    let tags: Vec<(String, String)> = super::setup::tags(&args.tags)?.into_iter().collect();
    let cloud = introduce(context, &found).await?;
    let wanted = (name.as_str(), args.return_urls.as_slice());
    Done::report(workloads::create(&cloud, wanted, &tags, place(&mut found), &context.events).await?)
}

pub(super) async fn get(args: NamedWorkloadArgs, context: &Context) -> Result<Done> {
    let cloud = look(context, &agent_of(context, args.agent.as_deref())?).await?;
    Done::report(workloads::get(&cloud, &args.name).await?)
}

pub(super) async fn list(args: OfAgentArgs, context: &Context) -> Result<Done> {
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = look(context, &found).await?;
    let agent = match &found {
        Some((store, name)) => Some(store.agent(Some(name))?),
        None => None,
    };
    Done::report(workloads::list(&cloud, agent).await?)
}

pub(super) async fn update(args: UpdateWorkloadArgs, context: &Context) -> Result<Done> {
    let change = if args.set_return_urls.is_empty() {
        ReturnUrls::Add(args.add_return_urls)
    } else {
        ReturnUrls::Set(args.set_return_urls)
    };
    let mut found = agent_of(context, args.agent.as_deref())?;
    let cloud = introduce(context, &found).await?;
    Done::report(
        workloads::update(&cloud, (&args.name, args.adopt), &change, place(&mut found), &context.events).await?,
    )
}

pub(super) async fn delete(args: DeleteWorkloadArgs, context: &Context) -> Result<Done> {
    let DeleteWorkloadArgs { workload: args, force, adopt } = args;
    let mut found = agent_of(context, args.agent.as_deref())?;
    let cloud = introduce(context, &found).await?;
    if !adopt {
        workloads::check_deletion(&cloud, &args.name, place(&mut found).as_ref()).await?;
    }
    if !force && workloads::is_foreign(&cloud, &args.name, place(&mut found).as_ref()).await? {
        let name = &args.name;
        let question =
            format!("Delete the workload identity `{name}`, which is not on record here as made by this program?");
        ask(question, context).await?;
    }
    Done::report(workloads::delete(&cloud, &args.name, place(&mut found), &context.events).await?)
}

pub(super) async fn setup_aws_jwt(args: SetupAwsJwtArgs, context: &Context) -> Result<Done> {
    let mut found = agent_of(context, args.agent.as_deref())?;
    if found.is_none() {
        // Says where a configuration was looked for.
        context.store()?;
    }
    let cloud = introduce(context, &found).await?;
    let request = AwsJwtRequest {
        audience: args.audience,
        algorithm: args.signing_algorithm.map(|name| name.to_uppercase()),
        seconds: args.duration,
    };
    let place = place(&mut found).ok_or_else(|| Error::usage("no agent").hint("run `agentcore configure` first"))?;
    Done::report(aws_jwt::setup(&cloud, &request, place, &context.events).await?)
}

pub(super) fn list_aws_jwt(args: &OfAgentArgs, context: &Context) -> Result<Done> {
    let store = context.store()?;
    Done::report(aws_jwt::list(store.agent(args.agent.as_deref())?)?)
}
