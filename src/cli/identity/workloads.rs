//! `agentcore identity …-workload-identity`, `setup-aws-jwt`, `list-aws-jwt`.

use super::providers::{connect, connect_announced, record};
use super::{agent_of, confirm_deletion};
use crate::cli::args::{
    CreateWorkloadArgs, DeleteWorkloadArgs, NamedWorkloadArgs, OfAgentArgs, SetupAwsJwtArgs, UpdateWorkloadArgs,
};
use crate::cli::{CommandContext, CommandResult, Result};
use crate::error::{Code, Error};
use crate::ops::identity::ReturnUrls;
use crate::ops::identity::aws_jwt::{self, AwsJwtRequest};
use crate::ops::identity::workloads::{self, WorkloadDeletion};

pub(super) async fn create(args: CreateWorkloadArgs, context: &CommandContext) -> Result<CommandResult> {
    let found = agent_of(context, args.agent.as_deref())?;
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
    let cloud = connect_announced(context, &found).await?;
    let wanted = (name.as_str(), args.return_urls.as_slice());
    CommandResult::report(workloads::create(&cloud, wanted, &tags, record(found)?.as_ref(), &context.events).await?)
}

pub(super) async fn get(args: NamedWorkloadArgs, context: &CommandContext) -> Result<CommandResult> {
    let cloud = connect(context, &agent_of(context, args.agent.as_deref())?).await?;
    CommandResult::report(workloads::get(&cloud, &args.name).await?)
}

pub(super) async fn list(args: OfAgentArgs, context: &CommandContext) -> Result<CommandResult> {
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect(context, &found).await?;
    let agent = match &found {
        Some((store, name)) => Some(store.agent(Some(name))?),
        None => None,
    };
    CommandResult::report(workloads::list(&cloud, agent).await?)
}

pub(super) async fn update(args: UpdateWorkloadArgs, context: &CommandContext) -> Result<CommandResult> {
    let change = if args.set_return_urls.is_empty() {
        ReturnUrls::Add(args.add_return_urls)
    } else {
        ReturnUrls::Set(args.set_return_urls)
    };
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect_announced(context, &found).await?;
    CommandResult::report(
        workloads::update(&cloud, (&args.name, args.adopt), &change, record(found)?.as_ref(), &context.events).await?,
    )
}

pub(super) async fn delete(args: DeleteWorkloadArgs, context: &CommandContext) -> Result<CommandResult> {
    let DeleteWorkloadArgs { workload: args, force, adopt } = args;
    let found = agent_of(context, args.agent.as_deref())?;
    let cloud = connect_announced(context, &found).await?;
    let record = record(found)?;
    let deletion = WorkloadDeletion::plan(&cloud, &args.name, record.as_ref(), adopt).await?;
    if !force && deletion.is_foreign() {
        let name = &args.name;
        let question =
            format!("Delete the workload identity `{name}`, which is not on record here as made by this program?");
        confirm_deletion(question, context).await?;
    }
    CommandResult::report(deletion.apply(&cloud, &context.events).await?)
}

pub(super) async fn setup_aws_jwt(args: SetupAwsJwtArgs, context: &CommandContext) -> Result<CommandResult> {
    let found = agent_of(context, args.agent.as_deref())?;
    if found.is_none() {
        // Says where a configuration was looked for.
        context.store()?;
    }
    let cloud = connect_announced(context, &found).await?;
    let request = AwsJwtRequest {
        audience: args.audience,
        algorithm: args.signing_algorithm.map(|name| name.to_uppercase()),
        seconds: args.duration,
    };
    let record = record(found)?.ok_or_else(|| Error::usage("no agent").hint("run `agentcore configure` first"))?;
    CommandResult::report(aws_jwt::setup(&cloud, &request, &record, &context.events).await?)
}

pub(super) fn list_aws_jwt(args: &OfAgentArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store()?;
    CommandResult::report(aws_jwt::list(store.agent(args.agent.as_deref())?)?)
}
