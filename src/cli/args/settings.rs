//! The arguments of `agentcore configure` for what a runtime has besides its code, its callers and its network.

use clap::Args;

use super::number::{judged_later, number};
use crate::facts::runtime::{FIRST_PORT, LAST_PORT, RESERVED_PORT};

#[derive(Debug, Args)]
pub(crate) struct SettingArgs {
    /// Description of the runtime, as lists show it [default: none]
    #[arg(long, help_heading = "Runtime settings", value_name = "TEXT")]
    pub(crate) description: Option<String>,
    #[arg(long, help_heading = "Runtime settings", value_name = "PORT", allow_negative_numbers = true, value_parser = judged_later("a port", FIRST_PORT..=LAST_PORT, FIRST_PORT), help = format!(
        "Port that the agent serves, {FIRST_PORT} to {LAST_PORT} without {RESERVED_PORT} [default: its protocol's]"
    ))]
    pub(crate) port: Option<u16>,
    /// Path that the agent serves [default: its protocol's]
    #[arg(long, help_heading = "Runtime settings", value_name = "/PATH")]
    pub(crate) path: Option<String>,
    /// File system in each session (repeatable): /mnt/NAME=session, =ARN of an access point, =s3://BUCKET/PREFIX or
    /// =volume:NAME of a capacity provider [default: none]
    #[arg(long, help_heading = "Runtime settings", value_name = "/mnt/NAME=SOURCE")]
    pub(crate) mount: Vec<String>,
    /// POST request that warms up a new version, such as /warm or 8080/warm; needs --platform-version V2 [default:
    /// none]
    #[arg(long, help_heading = "Runtime settings", value_name = "[PORT]/PATH")]
    pub(crate) warmup: Option<String>,
    /// Least memory of a session, in MiB [default: the service's]
    #[arg(long, help_heading = "Runtime settings", value_name = "MIB", allow_negative_numbers = true, value_parser = number("whole MiB", 1..=1_048_576_u32, 2048))]
    pub(crate) minimum_memory: Option<u32>,
    /// Port or range, such as 8200-8300, that callers of a session may reach (repeatable, or separated by commas)
    #[arg(long, help_heading = "Runtime settings", value_name = "PORT", value_delimiter = ',')]
    pub(crate) allowed_port: Vec<String>,
    /// Platform version, V1 or V2 [default: the service's]
    #[arg(long, help_heading = "Runtime settings", value_name = "VERSION")]
    pub(crate) platform_version: Option<String>,
    /// ARN of the capacity provider that sessions run on [default: microVMs]
    #[arg(long, help_heading = "Runtime settings", value_name = "ARN")]
    pub(crate) capacity_provider: Option<String>,
    /// STANDARD or PRIVILEGED, with --capacity-provider [default: the service's]
    #[arg(long, help_heading = "Runtime settings", value_name = "MODE")]
    pub(crate) privilege_mode: Option<String>,
    /// Account or ARN of a principal that may call the agent as well, by a resource policy (repeatable, or separated by
    /// commas; `none` removes them all) [default: none]
    #[arg(long, help_heading = "Runtime settings", value_name = "CALLER", value_delimiter = ',')]
    pub(crate) allow_caller: Vec<String>,
    /// Setting to remove from the runtime, such as description or file_systems (repeatable, or separated by commas)
    #[arg(long, help_heading = "Runtime settings", value_name = "SETTING", value_delimiter = ',')]
    pub(crate) clear: Vec<String>,
}
