//! AWS's own tokens for outside services: IAM's outbound web identity federation, without any secret.
//!
//! Set-up enables the account's feature and enters the audience in the configuration; launch then allows the execution
//! role `sts:GetWebIdentityToken` for those audiences (`policy`). The feature is the account's, so nothing here disables
//! it.

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::config::{Agent, AwsJwt};
use crate::error::{Code, Error, Result};
use crate::events::{Events, Outcome};
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::identity_record;
use crate::resources::record::AgentRecord;

/// What is asked for; `None` keeps what the configuration has.
#[derive(Debug)]
pub(crate) struct AwsJwtRequest {
    pub(crate) audience: String,
    /// `ES384` or `RS256`.
    pub(crate) algorithm: Option<String>,
    /// 60 to 3600.
    pub(crate) seconds: Option<u32>,
}

/// Enables the feature when it is not, and adds the audience.
pub(crate) async fn setup(
    cloud: &Cloud,
    request: &AwsJwtRequest,
    record: &AgentRecord,
    events: &Events,
) -> Result<AwsJwtReport> {
    let issuer = match cloud.outbound_federation().await? {
        Some(issuer) => {
            events.finished("federation", Outcome::Unchanged, format!("outbound federation, issuer {issuer}"));
            issuer
        }
        None => {
            events.started("federation", "enable outbound web identity federation for the account");
            let issuer = cloud.enable_outbound_federation().await?;
            events.finished("federation", Outcome::Created, format!("outbound federation, issuer {issuer}"));
            issuer
        }
    };
    let known = record.agent().aws_jwt.clone();
    let mut audiences = known.audiences.clone();
    if !audiences.contains(&request.audience) {
        audiences.push(request.audience.clone());
    }
    let settings = AwsJwt {
        enabled: true,
        audiences,
        signing_algorithm: request.algorithm.clone().unwrap_or(known.signing_algorithm),
        issuer_url: Some(issuer),
        duration_seconds: request.seconds.unwrap_or(known.duration_seconds),
    };
    let changed = identity_record::put_aws_jwt(
        record,
        vec![
            (&["aws_jwt", "enabled"], Some(json!(settings.enabled))),
            (&["aws_jwt", "audiences"], Some(json!(settings.audiences))),
            (&["aws_jwt", "signing_algorithm"], Some(json!(settings.signing_algorithm))),
            (&["aws_jwt", "issuer_url"], Some(json!(settings.issuer_url))),
            (&["aws_jwt", "duration_seconds"], Some(json!(settings.duration_seconds))),
        ],
    )?;
    Ok(AwsJwtReport { agent: record.agent().name.clone(), settings, changed: Some(changed) })
}

/// What the configuration has.
///
/// # Errors
/// Exit 5 when nothing was set up for the agent.
pub(crate) fn list(agent: &Agent) -> Result<AwsJwtReport> {
    if !agent.aws_jwt.enabled {
        return Err(Error::not_found(format!("no AWS tokens are set up for the agent `{}`", agent.name))
            .code(Code::IdentityNoAwsJwt)
            .hint("set one up: `agentcore identity setup-aws-jwt --audience URL`"));
    }
    Ok(AwsJwtReport { agent: agent.name.clone(), settings: agent.aws_jwt.clone(), changed: None })
}

/// The `aws_jwt` of an agent.
#[derive(Debug)]
pub(crate) struct AwsJwtReport {
    agent: String,
    settings: AwsJwt,
    changed: Option<bool>,
}

impl Report for AwsJwtReport {
    fn schema(&self) -> &'static str {
        schemas::AWS_JWT
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.agent,
            "issuerUrl": self.settings.issuer_url,
            "audiences": self.settings.audiences,
            "signingAlgorithm": self.settings.signing_algorithm,
            "durationSeconds": self.settings.duration_seconds,
            "changed": self.changed,
        })
    }

    fn document(&self) -> Document {
        let settings = &self.settings;
        let mut document = Document::new()
            .field("agent", self.agent.clone())
            .field_if("issuer", settings.issuer_url.clone())
            .field("audiences", settings.audiences.join(", "))
            .field("algorithm", settings.signing_algorithm.clone())
            .field("duration", format!("{} s", settings.duration_seconds));
        match self.changed {
            Some(true) => {
                document = document
                    .blank()
                    .line("The outside service has to trust this issuer and check the audience.")
                    .styled(Style::Dim, "Next:")
                    .styled(Style::Code, "  agentcore launch");
            }
            Some(false) => document = document.line("Nothing to change."),
            None => {}
        }
        document
    }
}
