//! The arguments of `agentcore check`.

use std::path::PathBuf;

use clap::Args;

use super::launch::{BuildOptions, BuilderChoice};
use crate::config::DEFAULT_PLATFORM;

#[derive(Debug, Args)]
#[command(
    after_help = "Ends with 2 where something is certain to fail, and with 0 where there are warnings or nothing.\n\n\
    Examples:\n  \
    agentcore check\n  \
    agentcore check -o json                  # findings with file, line, column, code and fix\n  \
    agentcore build && agentcore check       # imports are judged by the installed packages"
)]
pub(crate) struct CheckArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// How the image would be made [default: that of the configuration, else auto]
    #[arg(long, value_enum, value_name = "BUILDER")]
    pub(crate) builder: Option<BuilderChoice>,
    /// Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) base_image: Option<String>,
    #[arg(long, value_name = "OS/ARCH", help = format!("Target platform [env: AGENTCORE_PLATFORM] [default: {DEFAULT_PLATFORM}]"))]
    pub(crate) platform: Option<String>,
    /// Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)
    #[arg(long, value_name = "PATH")]
    pub(crate) include: Vec<PathBuf>,
}

impl CheckArgs {
    /// The build that is checked.
    pub(crate) fn into_build_options(self) -> BuildOptions {
        let Self { agent: _, builder, base_image, platform, include } = self;
        BuildOptions {
            builder,
            local_build: false,
            base_image,
            platform,
            include,
            force_rebuild_deps: false,
            skip_checks: false,
        }
    }
}
