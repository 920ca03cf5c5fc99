//! A role for a pipeline: whose tokens may assume it, and what it may do.
//!
//! Owns: issuer, subject and audience of the pipelines that have names here, and the trust policy. Does not own: the permissions
//! (`policy`). Nothing is made: the role is printed, for IAM or for another tool. Source of the claims: the vendors' documentation
//! of OpenID Connect with AWS.

use serde_json::{Map, Value, json};

use super::render::{self, PolicyLanguage, RoleText};
use super::{PolicyRequest, chosen, documents, inline, names, size, statements};
use crate::error::{Error, Result};
use crate::partition::Partition;
use crate::report::{Document, Report, schemas};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GITLAB: &str = "https://gitlab.com";
/// Characters of all policies in a role together, without white space. Source: IAM's quotas.
const INLINE_LIMIT: usize = 10_240;

/// Whose tokens a role takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustedIssuer {
    url: String,
    /// May have `*`.
    subject: String,
    audience: String,
}

impl TrustedIssuer {
    /// Of a repository's workflows: of a branch, or of jobs in an environment.
    ///
    /// # Errors
    /// Exit 2 for what is not `OWNER/REPOSITORY`.
    pub(crate) fn github(repository: &str, branch: &str, environment: Option<&str>) -> Result<Self> {
        let is_name = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if !repository.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name)) {
            return Err(invalid("--github", repository, "OWNER/REPOSITORY"));
        }
        let place = match environment {
            Some(name) => format!("environment:{}", single("--github-environment", name)?),
            None => format!("ref:refs/heads/{}", single("--branch", branch)?),
        };
        Ok(Self {
            url: GITHUB.to_owned(),
            subject: format!("repo:{repository}:{place}"),
            audience: Partition::principal("sts"),
        })
    }

    /// Of a project's pipelines for a branch.
    ///
    /// # Errors
    /// Exit 2 for what is no path of a project.
    pub(crate) fn gitlab(project: &str, branch: &str) -> Result<Self> {
        let parts: Vec<&str> = project.split('/').collect();
        if parts.len() < 2 || parts.iter().any(|part| part.is_empty() || part.contains(['*', '?', ':', ' '])) {
            return Err(invalid("--gitlab", project, "GROUP/PROJECT"));
        }
        Ok(Self {
            url: GITLAB.to_owned(),
            subject: format!("project_path:{project}:ref_type:branch:ref:{}", single("--branch", branch)?),
            audience: GITLAB.to_owned(),
        })
    }

    /// Of any provider.
    ///
    /// # Errors
    /// Exit 2 for an issuer that IAM does not take, and for a subject that anybody may have.
    pub(crate) fn other(url: &str, subject: &str, audience: &str) -> Result<Self> {
        let url = url.trim_end_matches('/');
        let is_issuer = url::Url::parse(url).is_ok_and(|parsed| {
            parsed.scheme() == "https" && parsed.has_host() && parsed.query().is_none() && parsed.fragment().is_none()
        });
        if !is_issuer {
            return Err(invalid("--issuer", url, "an https URL"));
        }
        // Anybody can get tokens of these two issuers, so whose they are must be named.
        let named = subject.split(['*', '?']).next().unwrap_or_default();
        let is_public = [GITHUB, GITLAB].contains(&url) && ["", "repo:", "project_path:"].contains(&named);
        if subject.trim_matches(['*', '?']).is_empty() || is_public {
            return Err(Error::usage(format!("`--subject {subject}` trusts everybody who has a token of {url}"))
                .hint("name the `sub` of the tokens that are meant; a `*` may end it"));
        }
        Ok(Self { url: url.to_owned(), subject: subject.to_owned(), audience: audience.to_owned() })
    }

    /// Host and path: what ARNs and condition keys have.
    fn name(&self) -> &str {
        self.url.trim_start_matches("https://")
    }
}

fn invalid(flag: &str, value: &str, form: &str) -> Error {
    Error::usage(format!("`{value}` is not {form}")).hint(format!("`{flag}` takes {form}"))
}

/// A name in a subject, which must not stand for others.
fn single<'a>(flag: &str, name: &'a str) -> Result<&'a str> {
    if name.is_empty() || name.contains(['*', '?']) {
        return Err(Error::usage(format!("`{flag} {name}` does not name one"))
            .hint("a pattern is written out: `--issuer`, `--subject`, `--audience`"));
    }
    Ok(name)
}

/// A role that a pipeline assumes with its token.
#[derive(Debug)]
pub(crate) struct RoleReport {
    name: String,
    arn: String,
    issuer: TrustedIssuer,
    provider_arn: String,
    trust: Value,
    policies: Map<String, Value>,
    language: PolicyLanguage,
}

/// Describes the role. `name` is its name, where it is not to be named after the agent.
///
/// # Errors
/// As [`super::policy`]; for more policies than a role can hold.
pub(crate) fn role(
    request: &PolicyRequest<'_>,
    issuer: TrustedIssuer,
    name: Option<&str>,
    language: PolicyLanguage,
) -> Result<RoleReport> {
    let names = names(request)?;
    let documents = documents(&statements(&chosen(request.verbs)?, &names)?);
    let total: usize = documents.iter().map(size).sum();
    if total > INLINE_LIMIT {
        return Err(Error::usage(format!(
            "the policies for these commands have {total} characters, and IAM takes {INLINE_LIMIT} in a role"
        ))
        .hint("name fewer commands in `--for`, such as `deploy,destroy`"));
    }
    let agent = request.agent.map(|agent| agent.deployed_name());
    let of_agent =
        || agent.as_ref().map_or_else(|| "agentcore-deploy".to_owned(), |agent| format!("agentcore-deploy-{agent}"));
    let name = name.map_or_else(of_agent, str::to_owned);
    if name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
        return Err(invalid("--name", &name, "the name of a role: at most 64 letters, digits and _+=,.@-"));
    }
    let iam = |resource: String| names.partition.arn("iam", "", request.account, &resource).to_string();
    let provider_arn = iam(format!("oidc-provider/{}", issuer.name()));
    Ok(RoleReport {
        arn: iam(format!("role/{name}")),
        trust: trust(&issuer, &provider_arn),
        policies: inline(&documents, agent.as_deref()),
        name,
        provider_arn,
        issuer,
        language,
    })
}

/// A subject without a pattern is compared as it is.
fn trust(issuer: &TrustedIssuer, provider_arn: &str) -> Value {
    let key = |claim: &str| format!("{}:{claim}", issuer.name());
    let is_pattern = issuer.subject.contains(['*', '?']);
    let condition = if is_pattern {
        json!({
            "StringEquals": { key("aud"): issuer.audience },
            "StringLike": { key("sub"): issuer.subject },
        })
    } else {
        json!({ "StringEquals": { key("aud"): issuer.audience, key("sub"): issuer.subject } })
    };
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": provider_arn },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }],
    })
}

impl RoleReport {
    fn text(&self) -> String {
        render::role(
            self.language,
            &RoleText {
                name: &self.name,
                trust: &self.trust,
                policies: &self.policies,
                provider: (&self.issuer.url, &self.issuer.audience),
                provider_arn: &self.provider_arn,
            },
        )
    }
}

impl Report for RoleReport {
    fn schema(&self) -> &'static str {
        schemas::IAM_ROLE
    }

    fn data(&self) -> Value {
        json!({
            "name": self.name,
            "arn": self.arn,
            "provider": {
                "arn": self.provider_arn,
                "url": self.issuer.url,
                "audience": self.issuer.audience,
                "subject": self.issuer.subject,
            },
            "trust": self.trust,
            "policies": self.policies,
            "language": self.language.as_str(),
            "text": self.text(),
        })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_trusts_one_branch_or_environment() {
        let branch = TrustedIssuer::github("acme/support", "main", None).unwrap();
        assert_eq!(branch.subject, "repo:acme/support:ref:refs/heads/main");
        let environment = TrustedIssuer::github("acme/support", "main", Some("production")).unwrap();
        assert_eq!(environment.subject, "repo:acme/support:environment:production");
        let gitlab = TrustedIssuer::gitlab("acme/teams/support", "main").unwrap();
        assert_eq!(gitlab.subject, "project_path:acme/teams/support:ref_type:branch:ref:main");
        for wrong in ["acme", "acme/", "acme/a/b", "acme/*", "*/support"] {
            assert!(TrustedIssuer::github(wrong, "main", None).is_err(), "{wrong}");
        }
        assert!(TrustedIssuer::github("acme/support", "*", None).is_err());
        assert!(TrustedIssuer::gitlab("acme/*", "main").is_err());
    }

    #[test]
    fn subjects_that_anybody_has_are_refused() {
        assert!(TrustedIssuer::other("https://id.example.com", "*", "sts").is_err());
        assert!(TrustedIssuer::other("http://id.example.com", "ci", "sts").is_err());
        assert!(TrustedIssuer::other(GITHUB, "repo:*", "sts").is_err());
        assert!(TrustedIssuer::other(GITHUB, "*:environment:production", "sts").is_err());
        assert!(TrustedIssuer::other(GITHUB, "repo:acme/*", "sts").is_ok());
        let pattern = TrustedIssuer::other("https://id.example.com/", "ci:*", "sts").unwrap();
        let condition = &trust(&pattern, "arn")["Statement"][0]["Condition"];
        assert_eq!(condition["StringLike"]["id.example.com:sub"], "ci:*");
        assert_eq!(condition["StringEquals"]["id.example.com:aud"], "sts");
    }
}
