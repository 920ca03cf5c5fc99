//! The command that gives the same configuration as the wizard's answers, without questions.

use std::path::{Path, PathBuf};

use crate::ops::configure::{AuthorizerFlags, ConfigureRequest};
use crate::shell::CommandLine;

/// The one line that gives the same configuration without questions. Every member of the request is named here, so that
/// a new one cannot be forgotten.
pub(in crate::cli) fn command_line(request: &ConfigureRequest, config: Option<&Path>) -> String {
    let ConfigureRequest {
        entrypoint,
        source_path,
        name,
        language,
        python,
        requirements_file,
        extras,
        groups,
        authorizer,
        offline,
        request_headers,
        execution_role,
        code_build_execution_role,
        ecr,
        s3,
        vpc,
        subnets,
        security_groups,
        idle_timeout,
        max_lifetime,
        settings,
        region,
        protocol,
        deployment_type,
        runtime,
        container_runtime,
        dockerfile,
        build_context,
        target,
        build_args,
        build_secrets,
        base_image,
        disable_otel,
        disable_memory,
        memory,
        force,
    } = request;
    let AuthorizerFlags { blob, remove, discovery_url, clients, audience, scopes, claims } = authorizer;
    let mut line = CommandLine::new("agentcore configure");
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    line.value("--config", config.map(Path::display));
    line.value("--entrypoint", path(entrypoint));
    line.value("--source-path", path(source_path));
    line.value("--name", name.as_ref());
    line.value("--language", language.as_ref());
    line.value("--python", python.as_ref());
    line.value("--requirements-file", path(requirements_file));
    line.values("--extra", extras);
    line.values("--group", groups);
    line.value("--discovery-url", discovery_url.as_ref());
    line.value("--authorizer-config", blob.as_ref());
    line.values("--allowed-client", clients);
    line.values("--allowed-audience", audience);
    line.values("--allowed-scope", scopes);
    line.values("--custom-claim", claims);
    line.switch("--no-authorizer", *remove);
    line.switch("--offline", *offline);
    line.value("--request-header-allowlist", request_headers.as_ref());
    line.value("--execution-role", execution_role.as_ref());
    line.value("--code-build-execution-role", code_build_execution_role.as_ref());
    line.value("--ecr", ecr.as_ref());
    line.value("--s3", s3.as_ref());
    line.switch("--vpc", *vpc);
    line.value("--subnets", subnets.as_ref());
    line.value("--security-groups", security_groups.as_ref());
    line.value("--idle-timeout", *idle_timeout);
    line.value("--max-lifetime", *max_lifetime);
    settings.typed().into_iter().for_each(|(flag, value)| line.value(flag, Some(value)));
    line.value("--region", region.as_ref());
    line.value("--protocol", protocol.as_ref());
    line.value("--deployment-type", deployment_type.as_ref());
    line.value("--runtime", runtime.as_ref());
    line.value("--container-runtime", container_runtime.as_ref());
    line.value("--dockerfile", path(dockerfile));
    line.value("--build-context", path(build_context));
    line.value("--target", target.as_ref());
    line.values("--build-arg", build_args);
    line.values("--build-secret", build_secrets);
    line.value("--base-image", base_image.as_ref());
    line.switch("--disable-otel", *disable_otel);
    line.value("--memory", memory.as_ref());
    line.switch("--disable-memory", *disable_memory);
    line.switch("--force", *force);
    line.switch("--non-interactive", true);
    line.into_string()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::{CommandFactory, FromArgMatches};
    use proptest::prelude::*;

    use super::*;
    use crate::cli::{Cli, Command, expand};
    use crate::config::Store;
    use crate::env::Env;
    use crate::http::Http;
    use crate::ops::configure::configure;

    /// Splits as a POSIX shell does, as far as [`quoted`] goes.
    fn split_words(line: &str) -> Vec<OsString> {
        let mut words = vec![String::new()];
        let (mut inside, mut chars) = (false, line.chars());
        while let Some(c) = chars.next() {
            let word = words.last_mut().unwrap();
            match c {
                '\'' => inside = !inside,
                '\\' if !inside => word.extend(chars.next()),
                ' ' if !inside => words.push(String::new()),
                c => word.push(c),
            }
        }
        words.into_iter().map(OsString::from).collect()
    }

    fn parsed(line: &str) -> ConfigureRequest {
        let command = Cli::command();
        let args = expand(&command, split_words(line));
        let matches = command.try_get_matches_from(args).unwrap();
        let cli = Cli::from_arg_matches(&matches).unwrap();
        let Command::Configure(args) = cli.command else { panic!("{line}") };
        crate::cli::configure::request(*args, cli.globals.region)
    }

    fn everything() -> ConfigureRequest {
        let text = |text: &str| Some(text.to_owned());
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        ConfigureRequest {
            entrypoint: Some("agent_1.py".into()),
            source_path: Some(".".into()),
            name: text("a"),
            language: text("python"),
            python: text("3.12"),
            requirements_file: Some("needs.txt".into()),
            authorizer: AuthorizerFlags {
                discovery_url: text("https://idp.example/.well-known/openid-configuration"),
                clients: list(&["-one", "two"]),
                audience: list(&["https://api.example/v1"]),
                scopes: list(&["read", "write"]),
                claims: list(&["groups~=a,b", "tier=gold"]),
                ..AuthorizerFlags::default()
            },
            offline: true,
            request_headers: text("Authorization,X-Mine"),
            execution_role: text("Mine"),
            code_build_execution_role: text("Other"),
            ecr: text("team/agent"),
            vpc: true,
            subnets: text("subnet-0123456789abcdef0"),
            security_groups: text("sg-0123456789abcdef0"),
            idle_timeout: Some(60),
            max_lifetime: Some(600),
            region: text("eu-west-1"),
            protocol: text("MCP"),
            deployment_type: text("container"),
            container_runtime: text("podman"),
            build_context: Some(".".into()),
            target: text(""),
            build_args: list(&["A=b c", "B="]),
            build_secrets: list(&["PIP_INDEX_URL"]),
            base_image: text("scratch"),
            disable_otel: true,
            memory: text("ltm"),
            force: true,
            ..ConfigureRequest::default()
        }
    }

    /// What can be typed at each flag: anything in most places, nothing empty where clap wants a path, and no comma where
    /// it separates values.
    #[derive(Debug)]
    struct Typed {
        texts: Vec<Option<String>>,
        paths: Vec<Option<String>>,
        lists: Vec<Vec<String>>,
        switches: Vec<bool>,
        seconds: (Option<u32>, Option<u32>),
        authorizer: u8,
    }

    fn typed() -> impl Strategy<Value = Typed> {
        let text = "[ -~é\\n]{0,8}|-[a-z]{1,2}|--[a-z]{1,6}";
        let item = "[ -+\\--~é]{1,6}";
        (
            prop::collection::vec(prop::option::of(text), 21),
            prop::collection::vec(prop::option::of("[ -~é]{1,8}"), 5),
            prop::collection::vec(prop::collection::vec(item, 0..3), 7),
            prop::collection::vec(any::<bool>(), 5),
            (prop::option::of(60..=28_800_u32), prop::option::of(60..=28_800_u32)),
            0..3_u8,
        )
            .prop_map(|(texts, paths, lists, switches, seconds, authorizer)| Typed {
                texts,
                paths,
                lists,
                switches,
                seconds,
                authorizer,
            })
    }

    fn request(typed: Typed) -> ConfigureRequest {
        let mut texts = typed.texts.into_iter();
        let mut text = || texts.next().unwrap();
        let mut paths = typed.paths.into_iter();
        let mut path = || paths.next().unwrap().map(PathBuf::from);
        let mut lists = typed.lists.into_iter();
        let mut list = || lists.next().unwrap();
        let mut switches = typed.switches.into_iter();
        let mut switch = || switches.next().unwrap();
        // Before the others, because one of the switches excludes it.
        let memory = text();
        ConfigureRequest {
            entrypoint: path(),
            source_path: path(),
            name: text(),
            language: text(),
            python: text(),
            requirements_file: path(),
            extras: list(),
            groups: list(),
            authorizer: AuthorizerFlags {
                blob: text().filter(|_| typed.authorizer == 0),
                discovery_url: text().filter(|_| typed.authorizer == 1),
                remove: typed.authorizer == 2,
                clients: list(),
                audience: list(),
                scopes: list(),
                claims: list(),
            },
            offline: switch(),
            request_headers: text(),
            execution_role: text(),
            code_build_execution_role: text(),
            ecr: text(),
            s3: text(),
            vpc: switch(),
            subnets: text(),
            security_groups: text(),
            idle_timeout: typed.seconds.0,
            max_lifetime: typed.seconds.1,
            settings: crate::ops::configure::SettingFlags::default(),
            region: text(),
            protocol: text(),
            deployment_type: text(),
            runtime: text(),
            container_runtime: text(),
            dockerfile: path(),
            build_context: path(),
            target: text(),
            build_args: list(),
            build_secrets: list_of_words(text()),
            base_image: text(),
            disable_otel: switch(),
            disable_memory: memory.is_none() && switch(),
            memory,
            force: switch(),
        }
    }

    fn list_of_words(text: Option<String>) -> Vec<String> {
        text.into_iter().collect()
    }

    proptest! {
        #[test]
        fn equivalent_command_parses_to_the_same_request(typed in typed()) {
            let request = request(typed);
            let line = command_line(&request, None);
            prop_assert_eq!(&parsed(&line), &request, "{}", line);
        }
    }

    #[test]
    fn the_equivalent_command_names_the_configuration() {
        let line = command_line(&everything(), Some(Path::new("my file.yaml")));
        assert!(line.starts_with("agentcore configure --config 'my file.yaml' "), "{line}");
        assert_eq!(parsed(&line), everything());
    }

    #[tokio::test]
    async fn replaying_it_gives_the_same_bytes() {
        let written = async |request: &ConfigureRequest| {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("agent_1.py"), "").unwrap();
            std::fs::write(dir.path().join("needs.txt"), "").unwrap();
            let mut store = Store::open_or_new(&dir.path().join(".bedrock_agentcore.yaml")).unwrap();
            let http = Http::new(&Env::fake(dir.path(), &[]));
            configure(&mut store, request, &http).await.unwrap();
            // Random, and another in each project.
            let identity = store.project().identity.clone().unwrap();
            [".bedrock_agentcore.yaml", ".bedrock_agentcore/a/Dockerfile", ".dockerignore"]
                .map(|name| std::fs::read_to_string(dir.path().join(name)).unwrap())
                // One that looks like a number is in quotes.
                .map(|text| text.replace(&format!("'{identity}'"), "IDENTITY").replace(&identity, "IDENTITY"))
        };
        let answers = everything();
        assert_eq!(written(&answers).await, written(&parsed(&command_line(&answers, None))).await);
    }
}
