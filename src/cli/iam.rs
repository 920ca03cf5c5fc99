//! `agentcore iam …`.

use clap::{Arg, Command, CommandFactory};

use super::args::{Cli, IamCommand, IamRoleArgs, LanguageChoice, PermittedArgs};
use super::{CommandContext, CommandResult, Result};
use crate::config::{Agent, EnvironmentPattern};
use crate::error::{Code, Error};
use crate::ops::permissions::{self, PolicyLanguage, PolicyRequest, PolicySubject, TrustedIssuer, TrustedRuns};
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

/// Flags that say which agent a command is for. A policy is for one choice of them.
const OF_THE_POLICY: [&str; 5] = ["agent", "environment", "region", "profile", "config"];

/// # Errors
/// Exit 2 for a flag that a command has not, and for one that belongs to `iam policy` itself.
fn check_flags(asked: &[String]) -> Result<()> {
    let program = Cli::command();
    for typed in asked {
        let words = typed.split_whitespace().skip_while(|word| *word == program.get_name());
        // What follows is of the command that is run.
        let words = words.take_while(|word| *word != "--");
        let mut command = &program;
        for word in words {
            if let Some(inner) = command.find_subcommand(word) {
                command = inner;
            } else if let Some(flag) = word.strip_prefix('-') {
                check_flag(&program, command, flag.split('=').next().unwrap_or(flag))?;
            }
        }
    }
    Ok(())
}

/// `flag` is without its first dash.
fn check_flag(program: &Command, command: &Command, flag: &str) -> Result<()> {
    let is_it = |arg: &&Arg| match flag.strip_prefix('-') {
        Some(long) => arg.get_long() == Some(long) || arg.get_all_aliases().is_some_and(|all| all.contains(&long)),
        None => flag.chars().next().is_some_and(|short| arg.get_short() == Some(short)),
    };
    let name = command.get_name();
    match command.get_arguments().chain(program.get_arguments()).find(is_it) {
        Some(arg) if OF_THE_POLICY.contains(&arg.get_id().as_str()) => Err(Error::usage(format!(
            "`-{flag}` of `{name}` is given to this command instead: it decides what the policy is for"
        ))
        .hint("write it outside of `--for`")),
        // A word of several letters after one dash is a flag of the starter toolkit's, or a value.
        None if flag.starts_with('-') && flag != "-" => Err(Error::usage(format!("`{name}` has no flag `-{flag}`"))),
        _ => Ok(()),
    }
}

/// What was asked for, with account and region.
struct Asked {
    verbs: Vec<String>,
    /// None: every agent of the account.
    subjects: Vec<PolicySubject>,
    account: String,
    region: String,
    codebuild: bool,
    language: PolicyLanguage,
}

impl Asked {
    /// Asks STS only where nobody says which account is meant.
    async fn new(args: PermittedArgs, context: &CommandContext) -> Result<Self> {
        permissions::check_verbs(&args.verbs)?;
        check_flags(&args.verbs)?;
        let subjects = subjects(&args, context)?;
        if let Some(account) =
            args.account.as_ref().filter(|id| id.len() != 12 || !id.bytes().all(|c| c.is_ascii_digit()))
        {
            return Err(
                Error::usage(format!("`{account}` is not an AWS account")).hint("`--account` has twelve digits")
            );
        }
        let (account, region) = match place(&subjects, args.account.as_deref(), context)? {
            (Some(account), Some(region)) => (account, region),
            (account, region) => {
                let cloud = context.connect_to(region.as_deref()).await?;
                let account = match account {
                    Some(account) => account,
                    None => cloud.identity().await?.account,
                };
                (account, cloud.region().to_owned())
            }
        };
        Ok(Self {
            verbs: args.verbs,
            subjects,
            account,
            region,
            codebuild: args.codebuild,
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
            subjects: &self.subjects,
            account: &self.account,
            region: &self.region,
            codebuild: self.codebuild,
        }
    }
}

/// The agents and environments that are meant; none for `--all-agents`.
fn subjects(args: &PermittedArgs, context: &CommandContext) -> Result<Vec<PolicySubject>> {
    if args.all_agents {
        return Ok(Vec::new());
    }
    let agent = args.agent.as_deref();
    if let Some(pattern) = context.globals.environment.as_deref().filter(|name| name.contains('*')) {
        let pattern = EnvironmentPattern::parse(pattern)?;
        return PolicySubject::in_environments(&context.store_of_file()?, agent, &pattern);
    }
    let store = if agent.is_some() { Some(context.store()?) } else { context.store_if_any()? };
    let Some(store) = store else {
        return Err(Error::usage("there is no configuration that names an agent")
            .code(Code::ConfigMissing)
            .hint("go to the agent's folder, or describe it first: `agentcore configure`")
            .hint("`--all-agents` makes a policy for every agent of the account"));
    };
    let mut subjects = vec![PolicySubject::Agent(Box::new(store.agent(agent)?.clone()))];
    if let Some(pattern) = &args.with_environments {
        subjects.extend(PolicySubject::in_environments(&store, agent, &EnvironmentPattern::parse(pattern)?)?);
    }
    Ok(subjects)
}

/// Account and region, as far as flags and the configuration say them.
///
/// # Errors
/// Exit 2 where they are not the same for all: ARNs name one of each.
fn place(
    subjects: &[PolicySubject],
    account: Option<&str>,
    context: &CommandContext,
) -> Result<(Option<String>, Option<String>)> {
    let of = |agent: Option<&Agent>| {
        let region = target::region(context.globals.region.as_deref(), &context.env, agent)?;
        let account = account.map(str::to_owned).or_else(|| agent.and_then(target::account_on_record));
        Ok::<_, Error>((account, region.map(|region| region.value)))
    };
    if subjects.is_empty() {
        return of(None);
    }
    let mut all = (None, None);
    for subject in subjects {
        let agent = subject.agent();
        let own = of(Some(agent))?;
        // What the configuration does not say is where the rest is.
        let differs = |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some() && one != other;
        if differs(&all.0, &own.0) || differs(&all.1, &own.1) {
            let one = || agent.environment.as_ref().map(ToString::to_string).unwrap_or_default();
            let (what, is) = match subject.pattern() {
                Some(pattern) => (format!("environments `{pattern}`"), "are"),
                None => (format!("environment `{}`", one()), "is"),
            };
            return Err(Error::usage(format!(
                "the {what} of `{}` {is} in another account or region than the rest",
                agent.name
            ))
            .hint("print a policy for each of them, with `--environment`"));
        }
        all = (all.0.or(own.0), all.1.or(own.1));
    }
    Ok(all)
}
