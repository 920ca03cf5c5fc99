//! What a build runs: the same text for every agent. Names, tags and build arguments reach it as variables and as a file
//! of the source, never as part of a command.
//!
//! JSON, which is YAML too, and needs no quoting rules of its own.

use serde_json::json;

/// `repository:tag` that is pushed.
pub(super) const IMAGE: &str = "AGENTCORE_IMAGE";
/// Host of the registry.
pub(super) const REGISTRY: &str = "AGENTCORE_REGISTRY";
pub(super) const REGISTRY_REGION: &str = "AGENTCORE_REGISTRY_REGION";
pub(super) const PLATFORM: &str = "AGENTCORE_PLATFORM";
/// Stage of the Dockerfile; empty for the last one.
pub(super) const TARGET: &str = "AGENTCORE_TARGET";

const LOGIN: &str = r#"aws ecr get-login-password --region "$AGENTCORE_REGISTRY_REGION" | docker login --username AWS --password-stdin "$AGENTCORE_REGISTRY""#;

/// Attestations would make an index of the image, which AgentCore refuses. A Docker that does not know the option adds
/// none. A project of the user's own may have one without BuildKit.
const BUILD: &str = r#"set --
while IFS= read -r -d '' argument; do set -- "$@" --build-arg "$argument"; done < build-args
if [ -n "$AGENTCORE_TARGET" ]; then set -- "$@" --target "$AGENTCORE_TARGET"; fi
if docker buildx version >/dev/null 2>&1; then export DOCKER_BUILDKIT=1; fi
if docker build --help 2>/dev/null | grep -e --provenance >/dev/null; then set -- "$@" --provenance=false --sbom=false; fi
docker build --platform "$AGENTCORE_PLATFORM" --file Dockerfile --tag "$AGENTCORE_IMAGE" "$@" context"#;

const PUSH: &str = r#"docker push "$AGENTCORE_IMAGE""#;

/// The buildspec.
pub(crate) fn text() -> String {
    json!({
        "version": 0.2,
        "env": {
            // Arrays of bytes that end in zero are read with it.
            "shell": "bash",
            "variables": { "BUILDX_NO_DEFAULT_ATTESTATIONS": "1" },
        },
        "phases": {
            "pre_build": { "on-failure": "ABORT", "commands": [LOGIN] },
            // CodeBuild goes on to the next phase after a build that failed, unless it is told not to.
            "build": { "on-failure": "ABORT", "commands": [BUILD] },
            "post_build": { "commands": [PUSH] },
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    /// A `docker` and an `aws` that note what they were called with, one argument per NUL. Each has a file of its own,
    /// for both sides of a pipe run at the same time.
    fn stand_in(bin: &Path, name: &str, help: &str) {
        use std::os::unix::fs::PermissionsExt;
        let script = format!(
            "#!/bin/sh\n[ \"$2\" = --help ] && {{ echo '{help}'; exit; }}\n[ \"$1\" = buildx ] && exit 1\nprintf '%s\\0' {name} \"$@\" >> \"$NOTES.{name}\"\nprintf '\\n' >> \"$NOTES.{name}\"\n[ {name} = aws ] && echo password || cat >/dev/null\n"
        );
        std::fs::write(bin.join(name), script).unwrap();
        std::fs::set_permissions(bin.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Runs the commands of all phases as CodeBuild does, in one shell, and returns the calls.
    fn run(variables: &[(&str, &str)], build_args: &[u8], help: &str) -> Vec<Vec<String>> {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        stand_in(&bin, "docker", help);
        stand_in(&bin, "aws", "");
        std::fs::write(dir.path().join("build-args"), build_args).unwrap();
        let spec: serde_json::Value = serde_json::from_str(&text()).unwrap();
        assert_eq!(spec["env"]["shell"], "bash");
        let commands: Vec<&str> = ["pre_build", "build", "post_build"]
            .iter()
            .flat_map(|phase| spec["phases"][phase]["commands"].as_array().unwrap())
            .map(|command| command.as_str().unwrap())
            .collect();
        let notes = dir.path().join("notes");
        let output = Command::new("bash")
            .args(["-e", "-c", &commands.join("\n")])
            .current_dir(dir.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("NOTES", &notes)
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        let calls = |name: &str| {
            let text = String::from_utf8(std::fs::read(notes.with_extension(name)).unwrap()).unwrap();
            let calls = text.split("\0\n").filter(|call| !call.is_empty());
            calls.map(|call| call.split('\0').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
        };
        [calls("aws"), calls("docker")].concat()
    }

    #[test]
    fn buildspec_is_json_and_yaml_and_fails_fast() {
        let from_json: serde_json::Value = serde_json::from_str(&text()).unwrap();
        let from_yaml: serde_json::Value = serde_yaml::from_str(&text()).unwrap();
        assert_eq!(from_json, from_yaml);
        for phase in ["pre_build", "build"] {
            assert_eq!(from_json["phases"][phase]["on-failure"], "ABORT");
        }
    }

    #[test]
    fn attestations_are_disabled_where_docker_adds_them() {
        let calls = |help| run(&[(IMAGE, "i:t"), (PLATFORM, "linux/arm64")], b"", help);
        let build = |calls: &[Vec<String>]| calls.iter().find(|call| call[1] == "build").unwrap().join(" ");
        let told = build(&calls("  --provenance string   Shorthand"));
        assert_eq!(
            told,
            "docker build --platform linux/arm64 --file Dockerfile --tag i:t --provenance=false --sbom=false context"
        );
        assert!(!build(&calls("  --platform string")).contains("provenance"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Whatever names, tags and arguments consist of, each arrives whole, and nothing of it is run.
        #[test]
        fn nothing_that_is_passed_in_becomes_a_command(
            image in odd(), registry in odd(), target in odd(), arguments in prop::collection::vec(odd(), 0..4),
        ) {
            let variables = [(IMAGE, image.as_str()), (REGISTRY, &registry), (REGISTRY_REGION, "r"), (PLATFORM, "p"), (TARGET, &target)];
            let file: Vec<u8> = arguments.iter().flat_map(|argument| argument.bytes().chain([0])).collect();
            let calls = run(&variables, &file, "");
            let mut build: Vec<&str> = vec!["docker", "build", "--platform", "p", "--file", "Dockerfile", "--tag", &image];
            for argument in &arguments {
                build.extend(["--build-arg", argument]);
            }
            if !target.is_empty() {
                build.extend(["--target", &target]);
            }
            build.push("context");
            prop_assert_eq!(&calls[0], &["aws", "ecr", "get-login-password", "--region", "r"]);
            prop_assert_eq!(&calls[1], &["docker", "login", "--username", "AWS", "--password-stdin", &registry]);
            prop_assert_eq!(&calls[2], &build);
            prop_assert_eq!(&calls[3], &["docker", "push", &image]);
            prop_assert_eq!(calls.len(), 4);
        }
    }

    /// Text with everything that a shell or YAML might take for its own. No line end: the stand-in parts calls by it.
    fn odd() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![
                Just("$(touch x)".to_owned()),
                Just("`id`".to_owned()),
                Just("'".to_owned()),
                Just("\"".to_owned()),
                Just("; exit 1 #".to_owned()),
                Just("\\".to_owned()),
                Just(" --build-arg X=".to_owned()),
                Just("*".to_owned()),
                Just("${IMAGE}".to_owned()),
                "[a-zA-Z0-9 :=%é漢-]{0,6}",
            ],
            0..5,
        )
        .prop_map(|parts| parts.concat())
    }
}
