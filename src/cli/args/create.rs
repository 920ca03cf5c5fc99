//! The arguments of `agentcore create`.

use clap::Args;

use super::super::toolkit::{BelowCreate, ToolkitPointer};
use crate::facts::DEFAULT_MODEL;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Needs no network and no AWS credentials. A folder that has something in it is never written into.\n\n\
        Examples:\n  \
        agentcore create shop\n  \
        agentcore create shop --framework langgraph --language typescript\n  \
        agentcore create shop --framework plain --memory stm --model amazon.nova-lite-v1:0"
)]
pub(crate) struct CreateArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ToolkitPointer<BelowCreate>>,

    /// Name of the agent and of its new folder: a letter, then letters, digits and `_`, 48 at most
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// What the agent is built with: Strands Agents, LangGraph, or nothing but the model's API [default: strands]
    #[arg(long, visible_alias = "agent-framework", value_name = "strands|langgraph|plain")]
    pub(crate) framework: Option<String>,
    /// Language of the project [default: python]
    #[arg(long, value_name = "python|typescript")]
    pub(crate) language: Option<String>,
    #[arg(long, value_name = "ID", help = format!("Model of Amazon Bedrock that the agent calls [default: {DEFAULT_MODEL}]"))]
    pub(crate) model: Option<String>,
    /// AgentCore Memory for the agent, as in `configure`: `none`, `stm` (sessions), `ltm` (the same, with facts about users)
    /// or the id of one that exists [default: none]
    #[arg(long, short, value_name = "none|stm|ltm|ID")]
    pub(crate) memory: Option<String>,
    /// The same as NAME, for scripts of the starter toolkit
    #[arg(long, short, value_name = "NAME", conflicts_with = "name")]
    pub(crate) project_name: Option<String>,

    /// The starter toolkit's `basic` or `production`, of which this program has the first
    #[arg(long, short, hide = true, value_name = "TEMPLATE")]
    pub(crate) template: Option<String>,
    /// The starter toolkit's `Bedrock`; another provider is another program's
    #[arg(long, hide = true, value_name = "PROVIDER")]
    pub(crate) model_provider: Option<String>,
    /// Key of another provider
    #[arg(long, hide = true, value_name = "KEY")]
    pub(crate) provider_api_key: Option<String>,
    /// CDK or Terraform of the production template
    #[arg(long, hide = true, value_name = "TOOL")]
    pub(crate) iac: Option<String>,
    /// Make a virtual environment; the README's command does
    #[arg(long, hide = true, overrides_with = "no_venv")]
    pub(crate) venv: bool,
    /// Make no virtual environment, which is what happens anyway
    #[arg(long, hide = true)]
    pub(crate) no_venv: bool,
}
