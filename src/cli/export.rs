//! `agentcore export`.

use super::args::{ExportArgs, FormatChoice};
use super::{CommandContext, CommandResult, Result};
use crate::error::Context as _;
use crate::fsx;
use crate::ops::export::{self, ExportFormat};
use crate::ops::target;

pub(super) async fn run(args: ExportArgs, context: &CommandContext) -> Result<CommandResult> {
    let store = context.store_with_runtime(args.agent.as_deref()).await?;
    let agent = store.agent(args.agent.as_deref())?;
    target::require_arn(&store, agent)?;
    store.require_settings(&agent.name, &[])?;
    let format = match args.format {
        FormatChoice::Terraform => ExportFormat::Terraform,
        FormatChoice::CloudFormation => ExportFormat::CloudFormation,
        FormatChoice::Boto3 => ExportFormat::Boto3,
    };
    let cloud = context.connect(Some(agent)).await?;
    let mut report = export::export(&store, agent, &cloud, format).await?;
    if let Some(file) = &args.out {
        let path = context.env.cwd().join(file);
        fsx::write_atomic(&path, report.text().as_bytes())
            .with_context(|| format!("could not write `{}`", path.display()))?;
        report.file = Some(file.display().to_string());
    }
    CommandResult::report(report)
}
