//! The arguments of `agentcore launch`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::number::{number, own_port, seconds};
use crate::config::DEFAULT_PLATFORM;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore launch\n  \
    agentcore launch --plan -o json          # exit 6 when changes are pending\n  \
    agentcore launch --builder engine --env LOG_LEVEL=debug\n  \
    agentcore launch --image REPOSITORY_URI:v1\n  \
    agentcore launch --endpoint staging --smoke '{\"prompt\": \"ping\"}' --expect '.status == \"ok\"'\n  \
    agentcore build -o agent.tar && agentcore launch --artifact agent.tar")]
pub(crate) struct LaunchArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// Show what would change and stop; exit 6 when something would
    #[arg(long, visible_alias = "dry-run")]
    pub(crate) plan: bool,
    /// Environment variable of the agent, KEY=VALUE (repeatable) [short: -env]
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) env: Vec<String>,
    /// File of environment variables: KEY=VALUE lines, or a JSON object; - for stdin. --env takes precedence
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// Remove an environment variable from the runtime, this time only (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) unset_env: Vec<String>,
    /// Tag of the pushed image; the runtime is given its digest [default: the time]
    #[arg(long, short = 't', value_name = "TAG")]
    pub(crate) image_tag: Option<String>,
    /// Take over a runtime of the same name that this project did not create, and what another project made for it [short: -auc]
    #[arg(long, visible_alias = "auto-update-on-conflict")]
    pub(crate) adopt: bool,
    /// Take over the lock of another run on this agent, such as one that was interrupted and left it behind
    #[arg(long)]
    pub(crate) break_lock: bool,
    /// Allow removing or widening the runtime's authorizer
    #[arg(long)]
    pub(crate) allow_auth_change: bool,
    /// Stop with exit 6 where the launch would overwrite what was changed elsewhere since the last one on record
    #[arg(long)]
    pub(crate) refuse_drift: bool,
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds(), help = format!(
        "Seconds that the whole command may take [default: no limit, but {} for READY after the build]",
        super::super::launch::DEFAULT_WAIT.as_secs()
    ))]
    pub(crate) wait_timeout: Option<u64>,
    /// Return once the runtime was created or updated
    #[arg(long)]
    pub(crate) no_wait: bool,

    /// Deploy an image that is in ECR already, URI[:TAG][@DIGEST], and build nothing
    #[arg(long, value_name = "URI", help_heading = "Build", conflicts_with_all = ["artifact", "builder", "local_build", "base_image", "force_rebuild_deps", "include"])]
    pub(crate) image: Option<String>,
    /// Deploy what `agentcore build -o FILE` wrote, and build nothing
    #[arg(long, value_name = "FILE", help_heading = "Build", conflicts_with_all = ["builder", "local_build", "base_image", "force_rebuild_deps", "include"])]
    pub(crate) artifact: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) build: BuildOptions,
    /// Build for this machine and run the artifact here instead of deploying it, in the foreground
    #[arg(long, short, help_heading = "On this machine", conflicts_with_all = ["plan", "image", "local_build", "code_build", "unset_env", "adopt", "break_lock", "allow_auth_change", "refuse_drift", "no_wait", "wait_timeout"])]
    pub(crate) local: bool,
    /// Port on 127.0.0.1 to serve the agent on [default: 8080]
    #[arg(long, help_heading = "On this machine", value_name = "PORT", requires = "local", allow_negative_numbers = true, value_parser = own_port())]
    pub(crate) port: Option<u16>,
    /// Issue the callers' tokens on this machine, in place of the authorizer's provider
    #[arg(long, help_heading = "On this machine", requires = "local")]
    pub(crate) local_issuer: bool,
    /// Endpoint to point to the new version, besides DEFAULT, which always follows; created if it is missing [default:
    /// none]
    #[arg(long, visible_alias = "qualifier", value_name = "NAME", help_heading = "Release", conflicts_with_all = ["local", "no_wait"])]
    pub(crate) endpoint: Option<String>,
    /// Call the new version with this JSON before an endpoint is pointed to it, and put DEFAULT back if that fails
    /// [default: agentcore.smoke of the configuration]
    #[arg(long, value_name = "JSON", help_heading = "Release", conflicts_with_all = ["local", "no_wait"])]
    pub(crate) smoke: Option<String>,
    /// Condition that the answer must meet, in jq's syntax: '.status == "ok"' [default: any answer that is not a
    /// failure]
    #[arg(long, value_name = "EXPRESSION", help_heading = "Release", conflicts_with_all = ["local", "no_wait"])]
    pub(crate) expect: Option<String>,
    #[arg(long, value_name = "SECONDS", help_heading = "Release", allow_negative_numbers = true, value_parser = number("whole seconds", 1..=3600_u64, 60), help = format!(
        "Seconds that the smoke test's answer may take [default: that of the configuration, else {}]",
        crate::ops::deploy::DEFAULT_TIMEOUT.as_secs()
    ))]
    pub(crate) smoke_timeout: Option<u64>,
    /// After the smoke test, repeat it for this long and watch the version's log for errors: 90s, 10m, 1h [default:
    /// off]
    #[arg(long, value_name = "DURATION", help_heading = "Release", value_parser = duration, conflicts_with_all = ["local", "no_wait"])]
    pub(crate) canary: Option<Duration>,
    /// Skip the smoke test of the configuration
    #[arg(long, help_heading = "Release", conflicts_with_all = ["smoke", "expect", "smoke_timeout", "canary"])]
    pub(crate) no_smoke: bool,
    /// Also write the result of the smoke test as JUnit XML
    #[arg(long, value_name = "FILE", help_heading = "Release", conflicts_with_all = ["local", "no_wait", "no_smoke", "plan"])]
    pub(crate) junit: Option<PathBuf>,
    /// File with the bearer token of the smoke test, or - for stdin [env: AGENTCORE_BEARER_TOKEN holds the token itself]
    /// [default: the token of `agentcore identity token`, where the agent takes tokens]
    #[arg(long, value_name = "FILE", help_heading = "Release")]
    pub(crate) bearer_token_file: Option<PathBuf>,
    /// Build with CodeBuild; the same as --builder codebuild
    #[arg(long, help_heading = "Build", conflicts_with_all = ["builder", "local_build", "image", "artifact"])]
    pub(crate) code_build: bool,
}

/// `90s`, `10m` or `1h`; a number alone is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(number) => (number, &text[number.len()..]),
        None => (text, "s"),
    };
    let wanted = || "write seconds, minutes or hours from 1s to 24h, such as 10m".to_owned();
    let number: u64 = number.parse().map_err(|_| wanted())?;
    let factor = match unit {
        "h" => 3600,
        "m" => 60,
        _ => 1,
    };
    match number.checked_mul(factor) {
        Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err(wanted()),
    }
}

/// How an artifact is made.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Build")]
pub(crate) struct BuildOptions {
    /// How the image is made [default: that of the configuration, else auto]
    #[arg(long, value_enum, value_name = "BUILDER")]
    pub(crate) builder: Option<BuilderChoice>,
    /// Build with a container engine on this machine; the same as --builder engine [short: -lb]
    #[arg(long, conflicts_with = "builder")]
    pub(crate) local_build: bool,
    /// Base image, or `scratch` [env: AGENTCORE_BASE_IMAGE] [default: that of the configuration]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) base_image: Option<String>,
    #[arg(long, value_name = "OS/ARCH", help = format!("Target platform [env: AGENTCORE_PLATFORM] [default: {DEFAULT_PLATFORM}]"))]
    pub(crate) platform: Option<String>,
    /// Include a file or folder that is otherwise left out: a secret, a log, or what the ignore file names (repeatable)
    #[arg(long, value_name = "PATH")]
    pub(crate) include: Vec<PathBuf>,
    /// Resolve the dependencies again instead of taking the cached layer [short: -frd]
    #[arg(long)]
    pub(crate) force_rebuild_deps: bool,
    /// Skip the checks of `agentcore check` [env: AGENTCORE_SKIP_CHECKS]
    #[arg(long)]
    pub(crate) skip_checks: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BuilderChoice {
    /// Native while the Dockerfile is the generated one, else an engine
    Auto,
    /// No daemon: layers are made and pushed by this program
    Native,
    /// docker, podman, finch or buildah
    Engine,
    /// AWS CodeBuild, in the agent's account
    Codebuild,
}
