//! `agentcore identity verify`.

use super::{agent_of, dir};
use crate::auth::{Authorizer, problems_error};
use crate::cli::args::VerifyArgs;
use crate::cli::{CommandContext, CommandResult, Result};
use crate::config::CognitoSetup;
use crate::error::{Code, Error};
use crate::ops::identity::verify::{self, Inspector};

pub(super) async fn run(args: &VerifyArgs, context: &CommandContext) -> Result<CommandResult> {
    let dir = dir(context)?;
    let stores = CognitoSetup::load_all(&dir)?;
    let found = agent_of(context, args.agent.as_deref())?;
    let agent = match &found {
        Some((store, name)) => Some(store.agent(Some(name))?),
        None => None,
    };
    let authorizer = match agent.and_then(|agent| agent.authorizer()) {
        Some(wire) => Some(
            Authorizer::from_wire(wire).map_err(|problems| problems_error("the authorizer of the agent", problems))?,
        ),
        None => None,
    };
    let against = agent.map(|agent| agent.name.as_str()).zip(authorizer.as_ref());
    let mut report: Option<verify::VerifyReport> = None;
    for stored in &stores {
        let cloud = context.connect_to(Some(&stored.region)).await?;
        let identity = cloud.identity().await?;
        stored.check_account(&identity.account)?;
        let inspector = Inspector {
            cloud: &cloud,
            http: &context.http,
            dir: &dir,
            account: &identity.account,
            events: &context.events,
            agent: against,
        };
        let next = verify::verify(stored, &inspector).await?;
        match &mut report {
            Some(report) => report.append(next),
            None => report = Some(next),
        }
    }
    match report {
        Some(report) => CommandResult::report(report),
        None => Err(Error::not_found("nothing was set up in this folder")
            .code(Code::IdentityNotSetUp)
            .hint("set something up: `agentcore identity setup-cognito`")),
    }
}
