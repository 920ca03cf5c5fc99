//! Explains an authorizer: the conditions of a token, and what of a call reaches the agent's code.

use serde_json::{Value, json};

use super::AuthSubject;
use crate::auth::lint::{LintFinding, Severity};
use crate::auth::preset::Preset;
use crate::auth::{conditions, lint};
use crate::error::Result;
use crate::report::{Document, Report, Role, schemas};

/// Headers that the service adds to or passes on with every call, whatever the allowlist says.
const ALWAYS: [&str; 8] = [
    "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id",
    "X-Amzn-Bedrock-AgentCore-Runtime-Request-Id",
    "Content-Type",
    "Accept",
    "traceparent",
    "tracestate",
    "baggage",
    "X-Amzn-Trace-Id",
];

/// Explains an authorizer. `url` is the invocation URL.
///
/// # Errors
/// Exit 2 for an authorizer that the service would not take.
pub(crate) fn explain(subject: AuthSubject, url: Option<String>) -> Result<ExplainReport> {
    let authorizer = subject.parsed()?;
    let discovery = authorizer.as_ref().map(|authorizer| authorizer.discovery_url.clone());
    Ok(ExplainReport {
        accepts: authorizer.as_ref().map_or_else(
            || {
                vec![
                    "AWS credentials (SigV4) that may call `bedrock-agentcore:InvokeAgentRuntime`".to_owned(),
                    "no bearer token: one is refused as the wrong method".to_owned(),
                ]
            },
            conditions::conditions,
        ),
        findings: authorizer.as_ref().map(|authorizer| lint(authorizer, None)).unwrap_or_default(),
        preset: discovery.as_deref().and_then(Preset::for_url),
        discovery,
        subject,
        url,
    })
}

/// The explanation of an authorizer.
#[derive(Debug)]
pub(crate) struct ExplainReport {
    subject: AuthSubject,
    accepts: Vec<String>,
    findings: Vec<LintFinding>,
    preset: Option<Preset>,
    discovery: Option<String>,
    url: Option<String>,
}

impl ExplainReport {
    fn lists_authorization(&self) -> bool {
        let listed = self.subject.headers.iter().flatten();
        self.subject.authorizer.is_some() && listed.into_iter().any(|name| name.eq_ignore_ascii_case("authorization"))
    }

    /// The allowlist without what has no effect.
    fn listed(&self) -> Vec<&str> {
        let behind_token = self.subject.authorizer.is_some();
        let listed = self.subject.headers.iter().flatten().map(String::as_str);
        listed.filter(|name| behind_token || !name.eq_ignore_ascii_case("authorization")).collect()
    }

    fn claims(&self) -> &'static str {
        match (&self.subject.authorizer, self.lists_authorization()) {
            (Some(_), true) => {
                "all of them: the agent gets the token in `Authorization`, its signature already checked by the service"
            }
            (Some(_), false) => {
                "none: `Authorization` is not on the header allowlist, so the token stays with the service"
            }
            (None, _) => "none: callers bring no token",
        }
    }

    fn workload(&self) -> &'static str {
        if self.subject.authorizer.is_some() {
            "with every call, for the user of the token (`iss` and `sub`)"
        } else {
            "only with calls that name a user (`--user-id`)"
        }
    }

    /// Commands that save what `auth check` needs without a network.
    fn saving(&self) -> Vec<String> {
        let Some(url) = &self.discovery else { return Vec::new() };
        vec![
            format!("curl -sSf {} -o discovery.json", crate::shell::quoted(url)),
            "curl -sSf \"$(python3 -c 'import json; print(json.load(open(\"discovery.json\"))[\"jwks_uri\"])')\" -o jwks.json"
                .to_owned(),
            format!(
                "agentcore auth check{} --token-file FILE --discovery-document discovery.json --jwks jwks.json",
                self.subject.flag
            ),
        ]
    }

    fn metadata_url(&self) -> Option<String> {
        self.subject.authorizer.as_ref()?;
        let (base, query) = self.url.as_deref()?.split_once('?')?;
        Some(format!("{base}/.well-known/oauth-protected-resource?{query}"))
    }
}

impl Report for ExplainReport {
    fn schema(&self) -> &'static str {
        schemas::AUTH_EXPLAIN
    }

    fn data(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(
                |it| json!({ "code": it.code, "severity": it.severity.as_str(), "message": it.message, "fix": it.fix }),
            )
            .collect();
        json!({
            "agent": self.subject.agent,
            "arn": self.subject.arn.as_ref().map(ToString::to_string),
            "authorizer": self.subject.data(),
            "accepts": self.accepts,
            "provider": self.preset.map(|preset| {
                let habits = preset.habits();
                json!({ "name": habits.name, "client": habits.client, "audience": habits.audience,
                        "scopes": habits.scopes })
            }),
            "lint": findings,
            "headers": {
                "allowlist": self.subject.headers,
                "reachTheCode": self.listed(),
                "always": ALWAYS,
                "authorization": self.lists_authorization(),
            },
            "claims": { "reachTheCode": self.lists_authorization(), "how": self.claims() },
            "workloadAccessToken": self.workload(),
            "invocationUrl": self.url,
            "metadataUrl": self.metadata_url(),
            "saveForOffline": self.saving(),
        })
    }

    fn document(&self) -> Document {
        let mut document = Document::new()
            .field_if("agent", self.subject.name())
            .field("authorizer", self.subject.description())
            .field_if("provider", self.preset.map(|preset| preset.habits().name))
            .field_if("invocation URL", self.url.clone())
            .field_if("metadata URL", self.metadata_url())
            .blank()
            .styled(Role::Heading, "A caller passes with");
        for condition in &self.accepts {
            document = document.line(format!("- {condition}"));
        }
        if let Some(preset) = self.preset {
            let habits = preset.habits();
            document = document
                .blank()
                .styled(Role::Heading, format!("Tokens of {}", habits.name))
                .field("client", habits.client)
                .field("audience", habits.audience)
                .field("scopes", habits.scopes);
        }
        let listed = match (&self.subject.headers, self.listed().as_slice()) {
            (None, _) => "not known".to_owned(),
            (Some(_), []) => "none".to_owned(),
            (Some(_), names) => names.join(", "),
        };
        document = document
            .blank()
            .styled(Role::Heading, "What reaches the agent's code")
            .field("the caller's headers", listed)
            .field("always", ALWAYS.join(", "))
            .field("the token's claims", self.claims())
            .field("workload access token", self.workload());
        if self.subject.authorizer.is_some() && !self.lists_authorization() && self.subject.headers.is_some() {
            document = document.styled(
                Role::Dim,
                "To give the agent the token: `agentcore configure --request-header-allowlist Authorization`",
            );
        }
        for finding in &self.findings {
            let role = if finding.severity == Severity::Note { Role::Dim } else { Role::Attention };
            let text = format!("{} ({}): {}", finding.severity.as_str(), finding.code, finding.text());
            document = document.blank().styled(role, text);
        }
        let saving = self.saving();
        if !saving.is_empty() {
            document = document.blank().styled(Role::Dim, "To check a token without a network:");
            for line in saving {
                document = document.styled(Role::Code, format!("  {line}"));
            }
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::auth::subject::AuthorizerOrigin;

    fn report(authorizer: Option<Value>, headers: &[&str]) -> ExplainReport {
        let subject = AuthSubject {
            agent: Some("a".to_owned()),
            arn: None,
            origin: AuthorizerOrigin::Configuration,
            authorizer,
            headers: Some(headers.iter().map(|name| (*name).to_owned()).collect()),
            flag: String::new(),
        };
        explain(subject, Some("https://x/runtimes/r/invocations?qualifier=DEFAULT".to_owned())).unwrap()
    }

    #[test]
    fn claims_reach_the_code_only_with_their_header() {
        let jwt = json!({ "discoveryUrl": "https://idp.example/.well-known/openid-configuration",
                          "allowedClients": ["c"] });
        let reaches = |report: &ExplainReport| report.data()["claims"]["reachTheCode"].as_bool().unwrap();
        let with = report(Some(jwt.clone()), &["authorization", "X-Tenant"]);
        assert!(reaches(&with));
        assert_eq!(with.data()["headers"]["reachTheCode"], json!(["authorization", "X-Tenant"]));
        assert!(!reaches(&report(Some(jwt.clone()), &["X-Tenant"])));
        // Behind AWS credentials the header never arrives, listed or not.
        let signed = report(None, &["Authorization", "X-Tenant"]);
        assert!(!reaches(&signed));
        assert_eq!(signed.data()["headers"]["reachTheCode"], json!(["X-Tenant"]));
        assert_eq!(signed.data()["metadataUrl"], Value::Null);
        assert_eq!(
            report(Some(jwt), &[]).data()["metadataUrl"],
            "https://x/runtimes/r/invocations/.well-known/oauth-protected-resource?qualifier=DEFAULT"
        );
    }
}
