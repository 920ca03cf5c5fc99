//! `agentcore configure`: flags to a request; on a terminal a wizard asks for what is missing.

use super::args::{ConfigureArgs, ConfigureCommand, FindingFormat, SettingArgs};
use super::context::{blocking, unsupported};
use super::{CommandContext, CommandResult, Result, wizard};
use crate::config;
use crate::error::{Code, Error};
use crate::ops::configure::{self, AuthorizerFlags, ConfigureRequest, SettingFlags};
use crate::ops::{show, validate};
use crate::ui::OutputFormat;

pub(super) async fn run(args: ConfigureArgs, context: &CommandContext) -> Result<CommandResult> {
    match &args.command {
        Some(ConfigureCommand::List) => CommandResult::report(show::list(&context.store()?)),
        Some(ConfigureCommand::SetDefault { name }) => {
            CommandResult::report(show::set_default(&mut context.store()?, name)?)
        }
        Some(ConfigureCommand::Show { agent }) => {
            let store = context.store()?;
            let agent = store.agent(agent.as_deref())?;
            CommandResult::report(show::show(&store, agent, context.globals.region.as_deref(), &context.env)?)
        }
        Some(ConfigureCommand::Validate { format }) => validate(*format, context),
        None => describe(args, context).await,
    }
}

fn validate(format: Option<FindingFormat>, context: &CommandContext) -> Result<CommandResult> {
    let wants_sarif = format == Some(FindingFormat::Sarif);
    if wants_sarif && context.ui.output() == OutputFormat::Json {
        return Err(Error::usage("`--format sarif` prints a document of its own, and `-o json` asks for another one")
            .code(Code::UsageConflict)
            .hint("leave out one of them"));
    }
    let located = config::locate(&context.env, context.globals.config.as_deref())?;
    CommandResult::report(validate::validate(located.require()?, context.env.cwd(), wants_sarif)?)
}

async fn describe(args: ConfigureArgs, context: &CommandContext) -> Result<CommandResult> {
    if args.create {
        if args.entrypoint.is_none() {
            return Err(unsupported(
                "--create",
                "projects are made by a command of their own",
                "run `agentcore create my_agent`, or configure an agent that exists: `agentcore configure -e agent.py`",
            ));
        }
        context.ui.note("`--create` changes nothing: the agent of `--entrypoint` is configured");
    }
    let mut store = context.store_or_new()?;
    let mut request = request(args, context.globals.region.clone());
    let mut asked = false;
    if context.ui.interactive() {
        // A set-up in another user's folder is not offered.
        let setups = super::identity::dir(context).ok();
        let known = wizard::WizardDefaults::from_store(&store, context.env.cwd(), setups.as_deref());
        let ui = context.ui.clone();
        (request, asked) = blocking(move || {
            let asked = wizard::ask(&mut request, &known, &ui)?;
            Ok((request, asked))
        })
        .await?;
    }
    // Typed paths are relative to where they were typed; the file may be elsewhere (`--config`).
    if store.root() != context.env.cwd() {
        let ConfigureRequest { entrypoint, source_path, requirements_file, dockerfile, build_context, .. } =
            &mut request;
        for path in [entrypoint, source_path, requirements_file, dockerfile, build_context].into_iter().flatten() {
            // An empty one is no path: it takes the setting away.
            if !path.as_os_str().is_empty() {
                *path = context.env.cwd().join(&*path);
            }
        }
    }
    // Nothing awaited until here; a pending signal is handled before anything is written.
    tokio::task::yield_now().await;
    let mut report = configure::configure(&mut store, &request, &context.http).await?;
    for warning in report.warnings() {
        context.ui.warning(warning);
    }
    for note in report.notes() {
        context.ui.note(note);
    }
    if asked {
        report.command = Some(wizard::command_line(&request, context.globals.config.as_deref()));
    }
    CommandResult::report(report)
}

/// The arguments as a request.
pub(super) fn request(args: ConfigureArgs, region: Option<String>) -> ConfigureRequest {
    ConfigureRequest {
        entrypoint: args.entrypoint,
        source_path: args.source_path,
        name: args.name,
        language: args.language,
        python: args.python,
        requirements_file: args.requirements_file,
        extras: args.extra,
        groups: args.group,
        authorizer: AuthorizerFlags {
            blob: args.authorizer_config,
            remove: args.no_authorizer,
            discovery_url: args.discovery_url,
            clients: args.allowed_client,
            audience: args.allowed_audience,
            scopes: args.allowed_scope,
            claims: args.custom_claim,
        },
        offline: args.offline,
        request_headers: args.request_header_allowlist,
        execution_role: args.execution_role,
        code_build_execution_role: args.code_build_execution_role,
        ecr: args.ecr,
        s3: args.s3,
        vpc: args.vpc,
        subnets: args.subnets,
        security_groups: args.security_groups,
        idle_timeout: args.idle_timeout,
        max_lifetime: args.max_lifetime,
        settings: settings(args.settings),
        region,
        protocol: args.protocol,
        deployment_type: args.deployment_type,
        runtime: args.runtime,
        container_runtime: args.container_runtime,
        dockerfile: args.dockerfile,
        build_context: args.build_context,
        target: args.target,
        build_args: args.build_arg,
        build_secrets: args.build_secret,
        base_image: args.base_image,
        disable_otel: args.disable_otel,
        disable_memory: args.disable_memory,
        memory: args.memory,
        force: args.force,
    }
}

fn settings(args: SettingArgs) -> SettingFlags {
    SettingFlags {
        description: args.description,
        port: args.port,
        path: args.path,
        mounts: args.mount,
        warmup: args.warmup,
        minimum_memory: args.minimum_memory,
        allowed_ports: args.allowed_port,
        platform_version: args.platform_version,
        capacity_provider: args.capacity_provider,
        privilege_mode: args.privilege_mode,
        allow_callers: args.allow_caller,
        clear: args.clear,
    }
}
