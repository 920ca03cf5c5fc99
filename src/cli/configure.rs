//! `agentcore configure`: flags to a request; on a terminal a wizard asks for what is missing.

use std::path::{Path, PathBuf};

use super::args::{ConfigureArgs, ConfigureCommand};
use super::context::{blocking, unsupported};
use super::{Context, Done, Result};
use crate::ops::configure::{self, AuthorizerFlags, ConfigureRequest};
use crate::ops::shell::quoted;
use crate::ops::show;
use crate::project;
use crate::ui::{Ask, Ui};

pub(super) async fn run(args: ConfigureArgs, context: &Context) -> Result<Done> {
    match &args.command {
        Some(ConfigureCommand::List) => Done::report(show::list(&context.store()?)),
        Some(ConfigureCommand::SetDefault { name }) => Done::report(show::set_default(&mut context.store()?, name)?),
        Some(ConfigureCommand::Show { agent }) => {
            let store = context.store()?;
            let agent = store.agent(agent.as_deref())?;
            Done::report(show::show(&store, agent, context.globals.region.as_deref(), &context.env)?)
        }
        None => describe(args, context).await,
    }
}

async fn describe(args: ConfigureArgs, context: &Context) -> Result<Done> {
    if args.create {
        return Err(unsupported(
            "--create",
            "this version does not create projects",
            "write the agent, then `agentcore configure -e agent.py`",
        ));
    }
    let mut store = context.store_or_new()?;
    let mut request = request(args, context);
    let mut asked = false;
    if context.ui.interactive() && store.project().agents.is_empty() {
        let (ui, folder) = (context.ui.clone(), context.env.cwd().to_owned());
        (request, asked) = blocking(move || {
            let asked = wizard(&mut request, &ui, &folder)?;
            Ok((request, asked))
        })
        .await?;
    }
    let mut report = configure::configure(&mut store, &request, &context.http).await?;
    for warning in report.warnings() {
        context.ui.warning(warning);
    }
    if asked {
        report.command = Some(command_line(&request));
    }
    Done::report(report)
}

fn request(args: ConfigureArgs, context: &Context) -> ConfigureRequest {
    ConfigureRequest {
        entrypoint: args.entrypoint,
        name: args.name,
        language: args.language,
        python: args.python,
        requirements_file: args.requirements_file,
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
        region: context.globals.region.clone(),
        protocol: args.protocol,
        deployment_type: args.deployment_type,
        runtime: args.runtime,
        container_runtime: args.container_runtime,
        base_image: args.base_image,
        disable_otel: args.disable_otel,
        disable_memory: args.disable_memory,
        force: args.force,
    }
}

/// Asks what the flags left open. Returns whether anything was asked.
fn wizard(request: &mut ConfigureRequest, ui: &Ui, folder: &Path) -> Result<bool> {
    let mut asked = false;
    if request.entrypoint.is_none() {
        let found = project::detect(&project::Detect {
            dir: folder,
            entrypoint: None,
            requirements: None,
            language: None,
            source_path: None,
            python: None,
        });
        let default = found.ok().and_then(|source| crate::fsx::relative(&source.entrypoint, folder));
        request.entrypoint = Some(PathBuf::from(ui.ask(question("Entrypoint", default, "--entrypoint"))?));
        asked = true;
    }
    if request.name.is_none() {
        let entrypoint = request.entrypoint.clone().unwrap_or_default();
        let default = project::infer_agent_name(&folder.join(entrypoint), folder);
        let validate = |name: &str| project::validate_agent_name(name).map_err(|error| error.message().to_owned());
        let ask = Ask { validate: Some(&validate), ..question("Agent name", Some(default), "--name") };
        request.name = Some(ui.ask(ask)?);
        asked = true;
    }
    let flags = &mut request.authorizer;
    if flags.discovery_url.is_none() && flags.blob.is_none() && !flags.remove {
        let items = ["with AWS credentials (SigV4)", "with a token of an OpenID Connect provider"];
        if ui.select("How do callers prove who they are?", &items, Some(0), "--discovery-url")? == 1 {
            flags.discovery_url = Some(ui.ask(question("Discovery URL", None, "--discovery-url"))?);
            let clients = ui.ask(question(
                "Accepted client ids, separated by commas (or empty)",
                Some(String::new()),
                "--allowed-client",
            ))?;
            flags.clients = split(&clients);
            if flags.clients.is_empty() {
                flags.audience =
                    split(&ui.ask(question("Accepted audiences, separated by commas", None, "--allowed-audience"))?);
            }
        }
        asked = true;
    }
    Ok(asked)
}

fn question<'a>(question: &'a str, default: Option<String>, flag: &'a str) -> Ask<'a> {
    Ask { question, default, flag, variable: None, config_key: None, validate: None }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// The one line that gives the same configuration without questions.
fn command_line(request: &ConfigureRequest) -> String {
    let mut line = String::from("agentcore configure");
    let mut flag = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            line.push_str(&format!(" {name} {}", quoted(value)));
        }
    };
    let entrypoint = request.entrypoint.as_ref().map(|path| path.display().to_string());
    flag("--entrypoint", entrypoint.as_deref());
    flag("--name", request.name.as_deref());
    flag("--language", request.language.as_deref());
    flag("--python", request.python.as_deref());
    let requirements = request.requirements_file.as_ref().map(|path| path.display().to_string());
    flag("--requirements-file", requirements.as_deref());
    flag("--discovery-url", request.authorizer.discovery_url.as_deref());
    flag("--authorizer-config", request.authorizer.blob.as_deref());
    for (name, values) in [
        ("--allowed-client", &request.authorizer.clients),
        ("--allowed-audience", &request.authorizer.audience),
        ("--allowed-scope", &request.authorizer.scopes),
        ("--custom-claim", &request.authorizer.claims),
    ] {
        for value in values {
            flag(name, Some(value));
        }
    }
    flag("--request-header-allowlist", request.request_headers.as_deref());
    flag("--execution-role", request.execution_role.as_deref());
    flag("--code-build-execution-role", request.code_build_execution_role.as_deref());
    flag("--ecr", request.ecr.as_deref());
    flag("--s3", request.s3.as_deref());
    flag("--subnets", request.subnets.as_deref());
    flag("--security-groups", request.security_groups.as_deref());
    flag("--idle-timeout", request.idle_timeout.map(|seconds| seconds.to_string()).as_deref());
    flag("--max-lifetime", request.max_lifetime.map(|seconds| seconds.to_string()).as_deref());
    flag("--region", request.region.as_deref());
    flag("--protocol", request.protocol.as_deref());
    flag("--deployment-type", request.deployment_type.as_deref());
    flag("--runtime", request.runtime.as_deref());
    flag("--container-runtime", request.container_runtime.as_deref());
    flag("--base-image", request.base_image.as_deref());
    for (name, set) in [
        ("--no-authorizer", request.authorizer.remove),
        ("--offline", request.offline),
        ("--vpc", request.vpc),
        ("--disable-otel", request.disable_otel),
        ("--disable-memory", request.disable_memory),
        ("--force", request.force),
    ] {
        if set {
            line.push_str(&format!(" {name}"));
        }
    }
    line.push_str(" --non-interactive");
    line
}
