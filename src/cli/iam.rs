//! `agentcore iam …`.

use super::args::{IamCommand, IamRoleArgs, LanguageChoice, PermittedArgs};
use super::{CommandContext, CommandResult, Result};
use crate::config::{Agent, Builder};
use crate::error::{Code, Error};
use crate::ops::permissions::{self, PolicyLanguage, PolicyRequest, TrustedIssuer, TrustedRuns};
use crate::ops::target;

pub(super) async fn run(command: IamCommand, context: &CommandContext) -> Result<CommandResult> {
    match command {
        IamCommand::Policy(args) => {
            let asked = Asked::new(args.permitted, context).await?;
            let report = permissions::policy(&asked.request(), asked.language)?;
            if let Some(remark) = report.remark() {
                context.ui.note(&remark);
            }
            CommandResult::report(report)
        }
        IamCommand::Role(args) => {
            let issuer = issuer(&args)?;
            let asked = Asked::new(args.permitted, context).await?;
            CommandResult::report(permissions::role(&asked.request(), issuer, args.name.as_deref(), asked.language)?)
        }
    }
}

fn issuer(args: &IamRoleArgs) -> Result<TrustedIssuer> {
    let runs = TrustedRuns {
        branch: args.branch.as_deref(),
        environment: args.github_environment.as_deref(),
        pull_requests: args.pull_requests,
    };
    match (&args.github, &args.gitlab, &args.issuer) {
        (Some(repository), ..) => TrustedIssuer::github(repository, runs),
        (_, Some(project), _) => TrustedIssuer::gitlab(project, runs),
        (.., issuer) => {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            TrustedIssuer::other(&text(issuer), &text(&args.subject), &text(&args.audience))
        }
    }
}

/// What was asked for, with account and region.
struct Asked {
    verbs: Vec<String>,
    agent: Option<Agent>,
    account: String,
    region: String,
    codebuild: bool,
    language: PolicyLanguage,
}

impl Asked {
    /// Asks STS only where nobody says which account is meant.
    async fn new(args: PermittedArgs, context: &CommandContext) -> Result<Self> {
        permissions::check_verbs(&args.verbs)?;
        let store = if args.all_agents {
            None
        } else if args.agent.is_some() {
            Some(context.store()?)
        } else {
            context.store_if_any()?
        };
        let agent = store.as_ref().map(|store| store.agent(args.agent.as_deref())).transpose()?.cloned();
        if agent.is_none() && !args.all_agents {
            return Err(Error::usage("there is no configuration that names an agent")
                .code(Code::ConfigMissing)
                .hint("`--all-agents` makes a policy for every agent of the account"));
        }
        if let Some(account) =
            args.account.as_ref().filter(|id| id.len() != 12 || !id.bytes().all(|c| c.is_ascii_digit()))
        {
            return Err(
                Error::usage(format!("`{account}` is not an AWS account")).hint("`--account` has twelve digits")
            );
        }
        let on_record = args.account.or_else(|| agent.as_ref().and_then(target::account_on_record));
        let region = target::region(context.globals.region.as_deref(), &context.env, agent.as_ref())?;
        let (account, region) = match (on_record, region) {
            (Some(account), Some(region)) => (account, region.value),
            (account, region) => {
                let cloud = context.connect_to(region.as_ref().map(|region| region.value.as_str())).await?;
                let account = match account {
                    Some(account) => account,
                    None => cloud.identity().await?.account,
                };
                (account, cloud.region().to_owned())
            }
        };
        let configured = agent.as_ref().and_then(|agent| agent.own.builder);
        Ok(Self {
            verbs: args.verbs,
            agent,
            account,
            region,
            codebuild: args.codebuild || configured == Some(Builder::CodeBuild),
            language: match args.out {
                None | Some(LanguageChoice::Json) => PolicyLanguage::Json,
                Some(LanguageChoice::Terraform) => PolicyLanguage::Terraform,
                Some(LanguageChoice::CloudFormation) => PolicyLanguage::CloudFormation,
            },
        })
    }

    fn request(&self) -> PolicyRequest<'_> {
        PolicyRequest {
            verbs: &self.verbs,
            agent: self.agent.as_ref(),
            account: &self.account,
            region: &self.region,
            codebuild: self.codebuild,
        }
    }
}
