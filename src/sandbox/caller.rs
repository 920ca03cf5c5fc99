//! Who signed a request: the account's user, or an agent with the credentials of its execution role.
//!
//! Owns: credentials of roles (made for each session of an agent, for each build and by STS, checked without being remembered), and
//! asking the role's policies. Does not own: signatures (`sigv4`), policies (`iam`).
//!
//! Which services ask in every sandbox: those of outbound identity (`vault`), memories, gateways, X-Ray, CodeBuild, Bedrock, EC2,
//! Secrets Manager and parameters. The others let a role do what the user may do, unless callers are judged (`permissions`).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::iam::{self, PolicyDenial};
use super::reply::Fault;
use super::request::Request;
use super::{Sandbox, SandboxInfo, SharedSandbox, seal};
use crate::error::Result;
use crate::facts::actions;
use crate::redact::SecretString;

const PURPOSE: &str = "credentials of a role";
/// Longest name of a role session. Source: AssumeRole.
const LONGEST_SESSION: usize = 64;

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The sandbox's one user, who may do everything.
    User,
    /// An agent, by its execution role, a build, by the role of its project, or whoever assumed a role.
    Role(RoleSession),
    /// An operation without a signature.
    Anonymous,
}

/// The session of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RoleSession {
    pub(crate) role: String,
    /// `BedrockAgentCore-…`, `AWSCodeBuild-…`, or what the caller of STS chose.
    pub(crate) name: String,
    /// Seconds since 1970.
    pub(crate) expires: i64,
    /// By STS: a person's or a pipeline's, not an agent's.
    #[serde(default)]
    pub(crate) assumed: bool,
    /// A policy that bounds the session further.
    #[serde(default)]
    pub(crate) policy: Option<String>,
}

/// The credentials of a role session.
#[derive(Clone, Debug)]
pub(crate) struct RoleCredentials {
    pub(crate) id: String,
    pub(crate) secret: SecretString,
    pub(crate) token: String,
}

/// Fresh credentials of a role for a session of this name.
///
/// # Errors
/// When the system's random source fails.
pub(crate) fn mint(sandbox: &Sandbox, role: &str, name: &str, life: Duration) -> Result<RoleCredentials> {
    let life = i64::try_from(life.as_secs()).unwrap_or(i64::MAX / 2);
    let name = name.chars().take(LONGEST_SESSION).collect();
    let expires = sandbox.clock.unix() + life;
    seal_session(&sandbox.info, &RoleSession { role: role.to_owned(), name, expires, assumed: false, policy: None })
}

/// Credentials of this session.
///
/// # Errors
/// As [`mint`].
pub(crate) fn seal_session(info: &SandboxInfo, session: &RoleSession) -> Result<RoleCredentials> {
    Ok(keys(info, seal::seal(info, PURPOSE, session)?))
}

/// The session of a token, with its credentials. `None` for a token that this sandbox did not make. Whether it has
/// expired is for the caller to say.
pub(crate) fn session(info: &SandboxInfo, token: &str) -> Option<(RoleSession, RoleCredentials)> {
    let session = seal::open(info, PURPOSE, token)?;
    Some((session, keys(info, token.to_owned())))
}

/// Key id and secret follow from the token.
fn keys(info: &SandboxInfo, token: String) -> RoleCredentials {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let id = seal::digest(info, "key id of a role", &token);
    let id: String = id.as_ref().iter().take(16).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    let secret = seal::digest(info, "secret key of a role", &token);
    RoleCredentials { id: format!("ASIA{id}"), secret: STANDARD.encode(&secret.as_ref()[..30]).into(), token }
}

impl Caller {
    /// As `GetCallerIdentity` and refusals name the caller.
    pub(crate) fn arn(&self, info: &SandboxInfo) -> String {
        match self {
            Self::User => info.caller_arn(),
            Self::Anonymous => "anonymous".to_owned(),
            Self::Role(session) => {
                let role = session.role.rsplit('/').next().unwrap_or_default();
                let resource = format!("assumed-role/{role}/{}", session.name);
                info.partition().arn("sts", "", &info.account, &resource).to_string()
            }
        }
    }

    /// `AIDA…` of the user; `AROA…:session` of a role.
    pub(crate) fn id(&self, sandbox: &SharedSandbox) -> String {
        match self {
            Self::User => sandbox.info.user_id(),
            Self::Anonymous => String::new(),
            Self::Role(session) => {
                format!("{}:{}", iam::role_id(sandbox, &session.role).unwrap_or_default(), session.name)
            }
        }
    }

    /// Asks the caller's policies about an action on each of these resources.
    ///
    /// # Errors
    /// AccessDeniedException (403) for the first that is not allowed.
    pub(crate) fn require(&self, sandbox: &SharedSandbox, action: &str, resources: &[&str]) -> Result<(), Fault> {
        self.require_with(sandbox, action, resources, &[])
    }

    /// As [`Caller::require`], with the values of condition keys.
    ///
    /// # Errors
    /// As [`Caller::require`].
    pub(crate) fn require_with(
        &self,
        sandbox: &SharedSandbox,
        action: &str,
        resources: &[&str],
        keys: &[(&str, &str)],
    ) -> Result<(), Fault> {
        self.permitted(sandbox, (action, resources), (keys, false))
            .map_err(|text| Fault::new(403, "AccessDeniedException", text))
    }

    /// Asks the caller's policies about an action on each of these resources, with the values of condition keys. `complete` says that
    /// the keys are all that the request has.
    ///
    /// # Errors
    /// The service's sentence for the first resource that is not allowed.
    pub(crate) fn permitted(
        &self,
        sandbox: &SharedSandbox,
        (action, resources): (&str, &[&str]),
        (keys, complete): (&[(&str, &str)], bool),
    ) -> Result<(), String> {
        let denied = |resource: &str, why: &str| {
            let caller = self.arn(&sandbox.info);
            format!("User: {caller} is not authorized to perform: {action} on resource: {resource} {why}")
        };
        let session = match self {
            Self::User => return Ok(()),
            Self::Anonymous => return Err(denied(resources.first().unwrap_or(&"*"), "without a signature")),
            Self::Role(session) => session,
        };
        for resource in resources {
            iam::session_decides(sandbox, session, (action, resource), (keys, complete))
                .map_err(|denial: PolicyDenial| denied(resource, &denial.reason(action)))?;
        }
        Ok(())
    }

    /// As [`Caller::require`], with the status of json-1.1 services.
    ///
    /// # Errors
    /// AccessDeniedException (400).
    pub(crate) fn require_json11(
        &self,
        sandbox: &SharedSandbox,
        action: &str,
        resources: &[&str],
    ) -> Result<(), Fault> {
        self.require(sandbox, action, resources)
            .map_err(|fault| Fault { status: http::StatusCode::BAD_REQUEST, ..fault })
    }
}

/// The condition keys of the tags that an operation of AgentCore puts on something, or takes off it.
pub(crate) fn tag_keys<'a>(operation: &str, input: &'a Value, request: &'a Request) -> Vec<(&'static str, &'a str)> {
    let put = actions::tags_member("bedrock-agentcore", operation).and_then(|member| input[member].as_object());
    let put = put.into_iter().flatten().map(|(key, _)| key.as_str());
    let taken = request.query.iter().filter(|(name, _)| operation == "UntagResource" && name == "tagKeys");
    put.chain(taken.map(|(_, key)| key.as_str())).map(|key| (actions::TAG_KEYS, key)).collect()
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;
    use serde_json::json;

    use super::*;
    use crate::redact::ExposeSecret;
    use crate::sandbox::tests::TestSandbox;

    /// A role with one statement, over the wire.
    async fn role(served: &TestSandbox, name: &str, effect: &str, action: &str, resource: &str) -> String {
        let statement = json!({ "Effect": effect, "Action": action, "Resource": resource });
        served.role(name, "bedrock-agentcore", statement).await
    }

    /// Credentials as the sandbox of `info` would give an agent.
    fn keys(info: &SandboxInfo, role: &str, expires: i64) -> RoleCredentials {
        let name = "BedrockAgentCore-agent-0123456789".to_owned();
        let session = RoleSession { role: role.to_owned(), name, expires, assumed: false, policy: None };
        seal_session(info, &session).unwrap()
    }

    async fn parameter(served: &TestSandbox, keys: &RoleCredentials, name: &str) -> (u16, String) {
        let credentials =
            Credentials::new(&keys.id, keys.secret.expose_secret(), Some(keys.token.clone()), None, "role");
        let headers = [("x-amz-target", "AmazonSSM.GetParameter"), ("content-type", "application/x-amz-json-1.1")];
        let body = json!({ "Name": name }).to_string().into_bytes();
        let answer = served.send_as(&credentials, ("ssm", ("POST", "/")), &headers, body).await;
        let status = answer.status().as_u16();
        let body: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        (status, body["__type"].as_str().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn role_can_do_only_what_its_policies_allow() {
        let served = TestSandbox::start().await;
        let headers = [("x-amz-target", "AmazonSSM.PutParameter"), ("content-type", "application/x-amz-json-1.1")];
        for name in ["/a/b", "/c"] {
            let body = json!({ "Name": name, "Value": "v", "Type": "String" }).to_string();
            assert_eq!(served.send("ssm", ("POST", "/"), &headers, body).await.status(), 200);
        }
        let below = format!("arn:aws:ssm:{}:{}:parameter/a/*", served.info.region, served.info.account);
        let far = i64::MAX / 2;
        let may = role(&served, "may", "Allow", "ssm:GetParameter", &below).await;
        let good = keys(&served.info, &may, far);
        assert_eq!(parameter(&served, &good, "/a/b").await, (200, String::new()));
        let denied = (400, "AccessDeniedException".to_owned());
        assert_eq!(parameter(&served, &good, "/c").await, denied);
        let other = role(&served, "other", "Allow", "ssm:PutParameter", "*").await;
        assert_eq!(parameter(&served, &keys(&served.info, &other, far), "/a/b").await, denied);
        assert_eq!(parameter(&served, &keys(&served.info, &may.replace("may", "gone"), far), "/a/b").await, denied);

        // Credentials that are old, of another sandbox, or put together from two.
        let old = keys(&served.info, &may, 1);
        assert_eq!(parameter(&served, &old, "/a/b").await, (400, "ExpiredTokenException".to_owned()));
        let elsewhere = TestSandbox::bare();
        let unknown = (400, "UnrecognizedClientException".to_owned());
        assert_eq!(parameter(&served, &keys(&elsewhere.0.info, &may, far), "/a/b").await, unknown);
        let mixed = RoleCredentials { token: keys(&served.info, &may, far).token, ..keys(&served.info, &other, far) };
        assert_eq!(parameter(&served, &mixed, "/a/b").await, unknown);
        let guessed = RoleCredentials { secret: "x".repeat(40).into(), ..good };
        assert_eq!(parameter(&served, &guessed, "/a/b").await, (400, "InvalidSignatureException".to_owned()));
    }
}
