//! The arguments of `agentcore sandbox`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::number::own_port;

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Start a sandbox, run a command in its environment, stop it, and exit with the command's status
    Run(SandboxRunArgs),
    /// Start a sandbox in the background; `--region` and `--account` of the first start are kept
    Start(SandboxOptions),
    /// Stop the sandbox
    Stop(SandboxDir),
    /// Say whether the sandbox runs, and where
    Status(SandboxDir),
    /// Print the environment that points AWS clients at the sandbox, for `eval "$(agentcore sandbox env)"`
    Env(SandboxDir),
    /// Print the address of the page that calls the sandbox's agents and shows their requests, logs and spans; the address includes a key
    Page(SandboxDir),
    /// Forget everything in a stopped sandbox
    Reset(SandboxResetArgs),
    /// Run a sandbox in the foreground
    #[command(hide = true)]
    Serve(SandboxOptions),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SandboxDir {
    /// Folder of the sandbox's state [env: AGENTCORE_SANDBOX_DIR] [default: STATE/sandbox; for `run` one that is deleted at the end]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SandboxOptions {
    #[command(flatten)]
    pub(crate) dir: SandboxDir,
    /// Port on 127.0.0.1 [default: a free one, which is kept for the next start]
    #[arg(long, value_name = "PORT", allow_negative_numbers = true, value_parser = own_port())]
    pub(crate) port: Option<u16>,
    /// Account of every ARN, twelve digits; like `--region`, chosen at the first start and kept [default: 123456789012]
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// How agents run: auto, container or process [default: auto]
    #[arg(long, value_name = "KIND")]
    pub(crate) runner: Option<String>,
    /// Accept image URIs that point at the sandbox's own registry
    #[arg(long)]
    pub(crate) allow_local_images: bool,
    /// Make new runtimes without `requireMMDSV2`, as some Regions do: they take no calls until an update sets it
    #[arg(long)]
    pub(crate) without_mmdsv2: bool,
    /// Judge callers: sessions of roles may do only what their policies allow; the sandbox's own user may do everything
    #[arg(long)]
    pub(crate) enforce_iam: bool,
    /// Server with OpenAI's chat completions API that answers calls of Bedrock models, such as
    /// `http://127.0.0.1:11434/v1`; its key, if it wants one, is read from `AGENTCORE_MODEL_API_KEY` [default: a
    /// stand-in, which is not a model]
    #[arg(long, value_name = "URL")]
    pub(crate) model: Option<String>,
    /// Model that the server is asked for [default: the id in the call]
    #[arg(long, value_name = "NAME", requires = "model")]
    pub(crate) model_name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SandboxResetArgs {
    #[command(flatten)]
    pub(crate) dir: SandboxDir,
    /// Also forget its keys, account, region and port
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Without --dir and AGENTCORE_SANDBOX_DIR the state is in a folder that is deleted at the end.")]
pub(crate) struct SandboxRunArgs {
    #[command(flatten)]
    pub(crate) options: SandboxOptions,
    /// Command and its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<std::ffi::OsString>,
}
