//! The arguments of `agentcore iam`.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum IamCommand {
    /// Print the smallest IAM policy that some commands need; nothing is changed
    Policy(IamPolicyArgs),
    /// Print a role that a pipeline assumes with its own token, and what it trusts; nothing is changed
    Role(IamRoleArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PermittedArgs {
    #[arg(long = "for", value_name = "COMMANDS", value_delimiter = ',', required = true, help = format!(
        "Commands, separated by commas; a group's first word stands for all of it: {}",
        crate::ops::permissions::verb_names().join(", ")
    ))]
    pub(crate) verbs: Vec<String>,
    /// Agent that the commands are for, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Also for the agent's environments of these names, such as pr-*; --environment 'pr-*' is for those alone [default: none]
    #[arg(long, value_name = "PATTERN")]
    pub(crate) with_environments: Option<String>,
    /// For every agent of the account whose resources have the names that launch gives
    #[arg(long, conflicts_with_all = ["agent", "with_environments"])]
    pub(crate) all_agents: bool,
    /// Account of the resources, twelve digits [default: that of the configuration, else that of the AWS credentials]
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Allow building images in CodeBuild [default: as configured]
    #[arg(long)]
    pub(crate) codebuild: bool,
    /// Language of the result: json, terraform or cloudformation [default: json]
    #[arg(long, value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
    pub(crate) out: Option<LanguageChoice>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore iam policy --for launch,invoke,destroy\n  \
    agentcore iam policy --for deploy --out terraform > ../policy.tf\n  \
    agentcore iam policy --for deploy,destroy --environment 'pr-*'\n  \
    agentcore iam policy --for invoke --all-agents --account 123456789012")]
pub(crate) struct IamPolicyArgs {
    #[command(flatten)]
    pub(crate) permitted: PermittedArgs,
}

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("tokens").required(true).args(["github", "gitlab", "issuer"]),
    after_help = "Examples:\n  \
    agentcore iam role --github acme/support --for deploy,destroy\n  \
    agentcore iam role --github acme@1234/support@5678 --pull-requests --with-environments 'pr-*' --for deploy,destroy\n  \
    agentcore iam role --github acme/support --github-environment production --for deploy --out terraform\n  \
    agentcore iam role --issuer https://id.example.com --subject ci-support --audience aws --for launch"
)]
pub(crate) struct IamRoleArgs {
    /// Repository on GitHub whose workflows may assume the role; OWNER@ID/REPOSITORY@ID for one made since July 2026
    #[arg(long, value_name = "OWNER/REPOSITORY")]
    pub(crate) github: Option<String>,
    /// Only jobs of this GitHub environment, whatever their branch [default: the branch counts]
    #[arg(long, value_name = "NAME", requires = "github", conflicts_with = "branch")]
    pub(crate) github_environment: Option<String>,
    /// Project on gitlab.com whose pipelines may assume the role
    #[arg(long, value_name = "GROUP/PROJECT")]
    pub(crate) gitlab: Option<String>,
    /// Only runs for this branch [default: main]
    #[arg(long, value_name = "NAME", conflicts_with = "issuer")]
    pub(crate) branch: Option<String>,
    /// Runs for pull requests too; on GitLab that is runs for any branch, whose subjects merge requests have
    #[arg(long, visible_alias = "merge-requests", conflicts_with = "issuer")]
    pub(crate) pull_requests: bool,
    /// Issuer of the tokens, for any other OpenID Connect provider
    #[arg(long, value_name = "URL", requires = "subject", requires = "audience")]
    pub(crate) issuer: Option<String>,
    /// `sub` of the tokens; a `*` stands for any text
    #[arg(long, value_name = "SUBJECT", requires = "issuer")]
    pub(crate) subject: Option<String>,
    /// `aud` of the tokens
    #[arg(long, value_name = "AUDIENCE", requires = "issuer")]
    pub(crate) audience: Option<String>,
    /// Name of the role [default: agentcore-deploy-AGENT]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) permitted: PermittedArgs,
}

/// What a policy or a role is printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageChoice {
    Json,
    /// HCL for the provider hashicorp/aws
    Terraform,
    /// A CloudFormation template in JSON
    #[value(name = "cloudformation")]
    CloudFormation,
}
