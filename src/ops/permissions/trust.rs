//! A role for a pipeline: whose tokens may assume it, and what it may do.
//!
//! Owns: issuer, subjects and audience of the pipelines that have names here, and the trust policy. Does not own: the permissions
//! (`policy`). Nothing is made: the role is printed, for IAM or for another tool. Source of the claims: GitHub's OpenID Connect
//! reference, and GitLab's of ID tokens.

use serde_json::{Map, Value, json};

use super::render::{self, PolicyLanguage, RoleText};
use super::{PolicyRequest, chosen, documents, inline, label, listed, names, size, statements};
use crate::error::{Error, Result};
use crate::partition::Partition;
use crate::report::{Document, Report, schemas};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const GITLAB: &str = "https://gitlab.com";
const MAIN: &str = "main";
/// Characters of all policies in a role together, without white space. Source: IAM's quotas.
const INLINE_LIMIT: usize = 10_240;

/// Whose tokens a role takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustedIssuer {
    url: String,
    /// At least one. Each may have `*`.
    subjects: Vec<String>,
    audience: String,
}

/// Which runs of a repository may assume the role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrustedRuns<'a> {
    /// `None`: [`MAIN`].
    pub(crate) branch: Option<&'a str>,
    /// An environment of GitHub's, in the branch's place.
    pub(crate) environment: Option<&'a str>,
    /// Those for pull requests as well.
    pub(crate) pull_requests: bool,
}

impl TrustedIssuer {
    /// Of a repository's workflows. `repository` is `OWNER/REPOSITORY`, or with the ids that subjects of newer repositories have,
    /// `OWNER@ID/REPOSITORY@ID`.
    ///
    /// # Errors
    /// Exit 2 for what is no repository, and for a name that does not name one branch or environment.
    pub(crate) fn github(repository: &str, runs: TrustedRuns<'_>) -> Result<Self> {
        if !is_github_repository(repository) {
            return Err(invalid("--github", repository, "OWNER/REPOSITORY or OWNER@ID/REPOSITORY@ID"));
        }
        let place = match runs.environment {
            // A colon in a name does not end it.
            Some(name) => format!("environment:{}", single("--github-environment", name)?.replace(':', "%3A")),
            None => format!("ref:refs/heads/{}", single("--branch", runs.branch.unwrap_or(MAIN))?),
        };
        let places = [Some(place.as_str()), runs.pull_requests.then_some("pull_request")];
        Ok(Self {
            url: GITHUB.to_owned(),
            subjects: places.into_iter().flatten().map(|place| format!("repo:{repository}:{place}")).collect(),
            audience: Partition::principal("sts"),
        })
    }

    /// Of a project's pipelines for a branch. Those for merge requests have the subject of the branch that is to be merged, so
    /// with them it is every branch.
    ///
    /// # Errors
    /// Exit 2 for what is no path of a project, and for a name that does not name one branch.
    pub(crate) fn gitlab(project: &str, runs: TrustedRuns<'_>) -> Result<Self> {
        let parts: Vec<&str> = project.split('/').collect();
        if parts.len() < 2 || parts.iter().any(|part| part.is_empty() || part.contains(['*', '?', ':', ' ', '$'])) {
            return Err(invalid("--gitlab", project, "GROUP/PROJECT"));
        }
        let branch = match (runs.branch, runs.pull_requests) {
            (Some(name), true) => {
                return Err(Error::usage(format!(
                    "`--branch {name}` and merge requests do not go together: those run for branches of any name"
                ))
                .hint("leave one of the two out"));
            }
            (None, true) => "*",
            (branch, false) => single("--branch", branch.unwrap_or(MAIN))?,
        };
        Ok(Self {
            url: GITLAB.to_owned(),
            subjects: vec![format!("project_path:{project}:ref_type:branch:ref:{branch}")],
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
        Ok(Self { url: url.to_owned(), subjects: vec![subject.to_owned()], audience: audience.to_owned() })
    }

    /// Host and path: what ARNs and condition keys have.
    fn name(&self) -> &str {
        self.url.trim_start_matches("https://")
    }
}

fn invalid(flag: &str, value: &str, form: &str) -> Error {
    Error::usage(format!("`{value}` is not {form}")).hint(format!("`{flag}` takes {form}"))
}

/// `OWNER/REPOSITORY`, with the ids of both or of none.
fn is_github_repository(text: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let Some((owner, name)) = text.split_once('/') else { return false };
    match (owner.split_once('@'), name.split_once('@')) {
        (None, None) => is_name(owner) && is_name(name),
        (Some((owner, owner_id)), Some((name, id))) => is_name(owner) && is_id(owner_id) && is_name(name) && is_id(id),
        _ => false,
    }
}

/// A name in a subject, which must not stand for others: neither as a pattern, nor as a variable of IAM's.
fn single<'a>(flag: &str, name: &'a str) -> Result<&'a str> {
    if name.is_empty() || name.contains(['*', '?']) || name.contains("${") {
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
    let documents = documents(&statements(&chosen(request.verbs)?, &names(request)?)?);
    let total: usize = documents.iter().map(size).sum();
    if total > INLINE_LIMIT {
        return Err(Error::usage(format!(
            "the policies for these commands have {total} characters, and IAM takes {INLINE_LIMIT} in a role"
        ))
        .hint("name fewer commands in `--for`, such as `deploy,destroy`"));
    }
    let agent = label(request);
    let of_agent =
        || agent.as_ref().map_or_else(|| "agentcore-deploy".to_owned(), |agent| format!("agentcore-deploy-{agent}"));
    let name = name.map_or_else(of_agent, str::to_owned);
    if name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
        return Err(invalid("--name", &name, "the name of a role: at most 64 letters, digits and _+=,.@-"));
    }
    let partition = Partition::of_region(request.region);
    let iam = |resource: String| partition.arn("iam", "", request.account, &resource).to_string();
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

/// Subjects without a pattern are compared as they are.
fn trust(issuer: &TrustedIssuer, provider_arn: &str) -> Value {
    let key = |claim: &str| format!("{}:{claim}", issuer.name());
    let subjects = listed(&issuer.subjects);
    let condition = if issuer.subjects.iter().any(|subject| subject.contains(['*', '?'])) {
        json!({
            "StringEquals": { key("aud"): issuer.audience },
            "StringLike": { key("sub"): subjects },
        })
    } else {
        json!({ "StringEquals": { key("aud"): issuer.audience, key("sub"): subjects } })
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
                "subjects": self.issuer.subjects,
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

    const OF_MAIN: TrustedRuns<'_> = TrustedRuns { branch: None, environment: None, pull_requests: false };

    #[test]
    fn a_role_trusts_one_branch_or_environment() {
        let branch = TrustedIssuer::github("acme/support", OF_MAIN).unwrap();
        assert_eq!(branch.subjects, ["repo:acme/support:ref:refs/heads/main"]);
        let production = TrustedRuns { environment: Some("eu:production"), ..OF_MAIN };
        let environment = TrustedIssuer::github("acme@12/support@34", production).unwrap();
        assert_eq!(environment.subjects, ["repo:acme@12/support@34:environment:eu%3Aproduction"]);
        let gitlab = TrustedIssuer::gitlab("acme/teams/support", OF_MAIN).unwrap();
        assert_eq!(gitlab.subjects, ["project_path:acme/teams/support:ref_type:branch:ref:main"]);
        for wrong in
            ["acme", "acme/", "acme/a/b", "acme/*", "*/support", "acme@1/support", "acme@/support@1", "a@x/b@1"]
        {
            assert!(TrustedIssuer::github(wrong, OF_MAIN).is_err(), "{wrong}");
        }
        for wrong in ["*", "", "rel-?", "${aws:username}"] {
            assert!(
                TrustedIssuer::github("acme/support", TrustedRuns { branch: Some(wrong), ..OF_MAIN }).is_err(),
                "{wrong}"
            );
        }
        assert!(TrustedIssuer::gitlab("acme/*", OF_MAIN).is_err());
    }

    #[test]
    fn pull_requests_are_trusted_where_asked() {
        let runs = TrustedRuns { pull_requests: true, ..OF_MAIN };
        let github = TrustedIssuer::github("acme/support", runs).unwrap();
        let subjects = ["repo:acme/support:ref:refs/heads/main", "repo:acme/support:pull_request"];
        assert_eq!(github.subjects, subjects);
        let condition = &trust(&github, "arn")["Statement"][0]["Condition"]["StringEquals"];
        assert_eq!(condition["token.actions.githubusercontent.com:sub"], json!(subjects));
        let gitlab = TrustedIssuer::gitlab("acme/support", runs).unwrap();
        assert_eq!(gitlab.subjects, ["project_path:acme/support:ref_type:branch:ref:*"]);
        assert!(TrustedIssuer::gitlab("acme/support", TrustedRuns { branch: Some("release"), ..runs }).is_err());
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
