//! What the files of a project may have of this machine without being trusted by name.
//!
//! Owns: which variables and audiences belong to clouds, CI systems and other tools, and the switch that trusts a
//! project. Does not own: what is refused because of it.
//!
//! A configuration comes with a checkout, and whoever wrote it says where secrets are sent. What a user sets for an agent
//! is meant for it; what a cloud, a CI system or a registry sets is not.

use crate::env::Env;

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
    "ALIBABA_CLOUD_",
    "ALICLOUD_",
    "APPVEYOR_",
    "ARM_",
    "AWS_",
    "AZURE_",
    "BITBUCKET_",
    "BUDDY_",
    "BUILDKITE_",
    "CI_",
    "CIRCLE_",
    "CLOUDFLARE_",
    "CLOUDSDK_",
    "CODEBUILD_",
    "CODEBUILDER_",
    "DIGITALOCEAN_",
    "DOPPLER_",
    "DRONE_",
    "ECS_",
    "FLY_",
    "GCLOUD_",
    "GCP_",
    "GH_",
    "GITEA_",
    "GITHUB_",
    "GITLAB_",
    "GOOGLE_",
    "HCLOUD_",
    "HEROKU_",
    "IBMCLOUD_",
    "INFISICAL_",
    "JENKINS_",
    "KUBE",
    "LINODE_",
    "MSI_",
    "NETLIFY_",
    "NOMAD_",
    "OCI_",
    "OP_",
    "PULUMI_",
    "RUNNER_",
    "SEMAPHORE_",
    "SYSTEM_",
    "TEAMCITY_",
    "TENCENTCLOUD_",
    "TF_",
    "TRAVIS_",
    "VAULT_",
    "VERCEL_",
    "WOODPECKER_",
];

/// Package registries, model providers, and what reaches other machines.
const TOOLS: &[&str] = &[
    "ANTHROPIC_",
    "BUNDLE_",
    "CARGO_",
    "DATABASE_",
    "DOCKER_",
    "GEMINI_",
    "GIT_",
    "GPG_",
    "HF_",
    "HUGGING_FACE_",
    "MISTRAL_",
    "NODE_AUTH_",
    "NPM_",
    "NUGET_",
    "OPENAI_",
    "PG",
    "PIP_",
    "POETRY_",
    "PYPI_",
    "REGISTRY_AUTH_",
    "SLACK_",
    "SSH_",
    "TWINE_",
    "UV_",
    "YARN_",
];

/// Bearer tokens for agents of the user's own.
const TOKENS: &[&str] = &["AGENTCORE_BEARER_TOKEN", "BEDROCK_AGENTCORE_BEARER_TOKEN", "IDENTITY_HEADER"];

/// Whether a variable holds what a cloud or a CI system lets its bearer do, or a token for agents. Case does not count,
/// as it does not on Windows.
pub(crate) fn is_of_platform(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    PLATFORMS.iter().any(|start| name.starts_with(start)) || TOKENS.contains(&name.as_str())
}

/// Whether a variable belongs to a platform or to another tool of the user's, and so not to an agent.
pub(crate) fn is_of_machine(name: &str) -> bool {
    is_of_platform(name) || TOOLS.iter().any(|start| name.to_ascii_uppercase().starts_with(start))
}

/// Whether a variable may be part of what is sent to the hosts in `address`: one of a platform goes to that platform only.
/// An address may be a line with several; it names its hosts after `//`.
pub(crate) fn may_be_sent(name: &str, address: &str, env: &Env) -> bool {
    if is_given(env) || !is_of_platform(name) {
        return true;
    }
    let name = name.to_ascii_uppercase();
    let starts = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    let server = |variable: &str| env.var(variable).and_then(|url| hosts(url).next());
    let (domains, own): (&[&str], _) = match () {
        () if starts(&["GITHUB_", "GH_"]) => (&["github.com"], server("GITHUB_SERVER_URL")),
        () if starts(&["GITLAB_", "CI_"]) => (&["gitlab.com"], server("CI_SERVER_URL")),
        () if starts(&["BITBUCKET_"]) => (&["bitbucket.org"], None),
        () if starts(&["AZURE_", "SYSTEM_"]) => (&["dev.azure.com", "visualstudio.com"], None),
        () if starts(&["GOOGLE_", "GCP_"]) => (&["pkg.dev"], None),
        () => return false,
    };
    let is_own = |host: &str| {
        let below = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        domains.iter().any(|domain| below(domain)) || own.is_some_and(|own| own == host)
    };
    let mut hosts = hosts(address).peekable();
    hosts.peek().is_some() && hosts.all(is_own)
}

/// What stands where a URL has its host, without user and port. Browsers and clients take `\` for `/`.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    text.split("//").skip(1).map(|rest| {
        let end = rest.find(|c: char| c.is_whitespace() || "/\\?#\"'=".contains(c)).unwrap_or(rest.len());
        let host = rest[..end].rsplit('@').next().unwrap_or_default();
        host.split(':').next().unwrap_or_default()
    })
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
    fn what_a_user_sets_for_an_agent_is_not_the_machines() {
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
        ] {
            assert!(!is_of_machine(name), "{name}");
        }
    }

    #[test]
    fn a_platforms_variable_goes_to_that_platform_only() {
        let vars = [("CI_SERVER_URL", "https://git.acme.example:8443"), ("GITHUB_SERVER_URL", "https://github.com")];
        let env = Env::fake(std::path::Path::new("/"), &vars);
        for (name, address) in [
            ("GITHUB_TOKEN", "git+https://${GITHUB_TOKEN}@github.com/o/r"),
            ("GITHUB_TOKEN", "//npm.pkg.github.com/:_authToken=${GITHUB_TOKEN}"),
            ("CI_JOB_TOKEN", "--index-url https://gitlab-ci-token:${CI_JOB_TOKEN}@git.acme.example/api"),
            ("ACME_TOKEN", "https://${ACME_TOKEN}@anywhere.example/"),
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
            ("CI_JOB_TOKEN", "https://${CI_JOB_TOKEN}@github.com/"),
        ] {
            assert!(!may_be_sent(name, address, &env), "{name} {address}");
            assert!(may_be_sent(name, address, &env.clone().with_var(VARIABLE, "1")));
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
