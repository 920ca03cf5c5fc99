//! STS: who the caller is, and sessions of roles.
//!
//! Owns: GetCallerIdentity, AssumeRole, and AssumeRoleWithWebIdentity with the token of a registered OpenID Connect provider. Does not
//! own: trust policies (`iam`), the verification of tokens (`auth`), credentials (`caller`).
//!
//! A token in its last minute is refused here, which the service does not say of itself.

use serde_json::json;
use time::OffsetDateTime;
use time::macros::format_description;

use super::SharedSandbox;
use super::caller::{self, Caller, RoleSession};
use super::iam::{self, AssumedRole, OidcProvider, PolicyKind, Principal};
use super::reply::{Fault, Xml};
use super::request::QueryForm;
use crate::auth::authorizer::Authorizer;
use crate::auth::evaluate::Rule;
use crate::auth::{Presented, Token};
use crate::partition::Partition;
use crate::redact::ExposeSecret;

/// The API version that its clients send.
pub(crate) const VERSION: &str = "2011-06-15";
/// Seconds for which a session lasts, at least and where nothing is said.
const SHORTEST: u32 = 900;
const USUAL: u32 = 3600;
/// Seconds for which a session lasts at most that a session of a role asked for.
const CHAINED: u32 = 3600;

/// Operations that carry no signature. Source: the service model.
pub(crate) fn is_unsigned(action: &str) -> bool {
    matches!(action, "AssumeRoleWithSAML" | "AssumeRoleWithWebIdentity")
}

/// The XML namespace of its answers.
pub(crate) fn namespace() -> String {
    format!("https://{}/doc/{VERSION}/", Partition::principal("sts"))
}

/// Answers `action` with the XML inside its result element.
pub(crate) async fn call(
    sandbox: &SharedSandbox,
    caller: &Caller,
    action: &str,
    form: &QueryForm,
) -> Result<Option<String>, Fault> {
    match action {
        "GetCallerIdentity" => {
            let mut xml = Xml::default();
            xml.text("Arn", &caller.arn(&sandbox.info))
                .text("UserId", &caller.id(sandbox))
                .text("Account", &sandbox.info.account);
            Ok(Some(xml.0))
        }
        "AssumeRole" => assume(sandbox, caller, form).map(Some),
        "AssumeRoleWithWebIdentity" => assume_with_token(sandbox, form).await.map(Some),
        _ => Err(Fault::unknown_operation(&format!("STS `{action}`"))),
    }
}

/// What every way to a session is asked for.
struct SessionRequest<'a> {
    role: &'a str,
    name: &'a str,
    /// Seconds.
    duration: Option<u32>,
    policy: Option<String>,
}

impl<'a> SessionRequest<'a> {
    fn from_form(form: &'a QueryForm) -> Result<Self, Fault> {
        let given = |name: &str, lengths: std::ops::RangeInclusive<usize>| {
            let value = form.get(name).unwrap_or_default();
            if lengths.contains(&value.len()) {
                return Ok(value);
            }
            let text = format!(
                "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must have \
                 length between {} and {}",
                lengths.start(),
                lengths.end()
            );
            Err(invalid(text))
        };
        let (role, name) = (given("RoleArn", 20..=2048)?, given("RoleSessionName", 2..=64)?);
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)) {
            return Err(invalid(format!(
                "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member \
                 must satisfy regular expression pattern: [\\w+=,.@-]*"
            )));
        }
        let duration = match form.get("DurationSeconds") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| invalid(format!("DurationSeconds is no number: {text}")))?),
        };
        let policy = form.get("Policy").map(str::to_owned);
        if let Some(policy) = &policy {
            iam::validate_policy(policy, PolicyKind::Identity)
                .map_err(|reason| Fault::new(400, "MalformedPolicyDocument", reason))?;
        }
        if !form.list("PolicyArns").is_empty() || form.get("PolicyArns.member.1.arn").is_some() {
            return Err(Fault::unknown_operation("session policies by their ARN (`PolicyArns`)"));
        }
        // Trust policies may ask for them.
        if !form.members("Tags", ["Key"]).is_empty() || form.get("SourceIdentity").is_some() {
            return Err(Fault::unknown_operation("tags and source identities of sessions (`Tags`, `SourceIdentity`)"));
        }
        Ok(Self { role, name, duration, policy })
    }

    /// The session with its credentials.
    fn issue(&self, sandbox: &SharedSandbox, role: &AssumedRole, longest: u32) -> Result<Xml, Fault> {
        let most = role.longest.min(longest);
        let duration = self.duration.unwrap_or(USUAL.min(most));
        if !(SHORTEST..=most).contains(&duration) {
            return Err(invalid(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role, or is below 900.",
            ));
        }
        let session = RoleSession {
            role: self.role.to_owned(),
            name: self.name.to_owned(),
            expires: sandbox.clock.unix() + i64::from(duration),
            assumed: true,
            policy: self.policy.clone(),
        };
        let keys = caller::seal_session(&sandbox.info, &session)?;
        let expires = date(session.expires);
        let assumed = Caller::Role(session);
        let mut xml = Xml::default();
        xml.element("Credentials", |xml| {
            xml.text("AccessKeyId", &keys.id)
                .text("SecretAccessKey", keys.secret.expose_secret())
                .text("SessionToken", &keys.token)
                .text("Expiration", &expires);
        });
        xml.element("AssumedRoleUser", |xml| {
            xml.text("AssumedRoleId", &assumed.id(sandbox)).text("Arn", &assumed.arn(&sandbox.info));
        });
        Ok(xml)
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "ValidationError", message)
}

fn date(unix: i64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    OffsetDateTime::from_unix_timestamp(unix).ok().and_then(|time| time.format(format).ok()).unwrap_or_default()
}

/// A role that trusts the caller by ARN needs nothing else, unless a Deny of the caller's own policies says no; one that trusts the
/// account leaves it to those policies.
fn assume(sandbox: &SharedSandbox, caller: &Caller, form: &QueryForm) -> Result<String, Fault> {
    let request = SessionRequest::from_form(form)?;
    let arn = caller.arn(&sandbox.info);
    let names: Vec<&str> = match caller {
        Caller::Role(session) => vec![&session.role, &arn],
        Caller::User | Caller::Anonymous => vec![&arn],
    };
    let mut keys = vec![("sts:RoleSessionName", request.name)];
    keys.extend(form.get("ExternalId").map(|id| ("sts:ExternalId", id)));
    let mut context = keys.clone();
    context.push(("aws:PrincipalAccount", sandbox.info.account.as_str()));
    context.push(("aws:PrincipalArn", names.first().copied().unwrap_or_default()));
    let denied = || {
        let role = request.role;
        Fault::new(
            403,
            "AccessDenied",
            format!("User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role}"),
        )
    };
    let role = iam::assumable(sandbox, request.role, (Principal::Aws(&names), "sts:AssumeRole"), &context);
    let role = role.ok_or_else(denied)?;
    let is_refused = match caller {
        Caller::User => false,
        Caller::Anonymous => true,
        Caller::Role(session) => {
            iam::session_decides(sandbox, session, ("sts:AssumeRole", request.role), (&keys, true))
                .is_err_and(|denial| role.by_account || denial.is_explicit())
        }
    };
    if is_refused {
        return Err(denied());
    }
    let longest = if matches!(caller, Caller::Role(_)) { CHAINED } else { u32::MAX };
    Ok(request.issue(sandbox, &role, longest)?.0)
}

async fn assume_with_token(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let request = SessionRequest::from_form(form)?;
    let text = form.get("WebIdentityToken").unwrap_or_default();
    let token = Token::parse(text).map_err(|_| {
        Fault::new(
            400,
            "InvalidIdentityToken",
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        )
    })?;
    let issuer = token.issuer().unwrap_or_default();
    let provider = iam::find_provider(sandbox, issuer).ok_or_else(|| {
        let text = format!("No OpenIDConnect provider found in your account for {issuer}");
        Fault::new(400, "InvalidIdentityToken", text)
    })?;
    verify(sandbox, &provider, text).await?;
    // A provider without audiences takes no token.
    let audience = token
        .audience()
        .into_iter()
        .find(|audience| provider.clients.iter().any(|client| client == audience))
        .ok_or_else(|| Fault::new(400, "InvalidIdentityToken", "Incorrect token audience"))?;
    let subject = token.text("sub").unwrap_or_default();
    let key = |claim: &str| format!("{}:{claim}", provider.name());
    let claims: Vec<(String, String)> = ["amr", "email", "oaud", "azp"]
        .iter()
        .filter_map(|claim| Some((key(claim), token.text(claim)?.to_owned())))
        .chain([(key("aud"), audience.to_owned()), (key("sub"), subject.to_owned())])
        .collect();
    let mut context: Vec<(&str, &str)> = claims.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    context.push(("sts:RoleSessionName", request.name));
    let by = (Principal::Federated(provider.arn.as_str()), "sts:AssumeRoleWithWebIdentity");
    let role = iam::assumable(sandbox, request.role, by, &context)
        .ok_or_else(|| Fault::new(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"))?;
    let mut xml = request.issue(sandbox, &role, u32::MAX)?;
    xml.text("SubjectFromWebIdentityToken", subject).text("Audience", audience).text("Provider", &provider.arn);
    Ok(xml.0)
}

/// Verifies a token as a gate with this issuer and these audiences would: with the keys of the issuer's discovery document.
async fn verify(sandbox: &SharedSandbox, provider: &OidcProvider, token: &str) -> Result<(), Fault> {
    let unusable = |text: String| Fault::new(400, "InvalidIdentityToken", text);
    let wire = json!({
        "discoveryUrl": format!("{}/.well-known/openid-configuration", provider.url),
        "allowedAudience": provider.clients,
    });
    let authorizer = Authorizer::from_wire(&wire)
        .map_err(|_| unusable(format!("The provider {} has no issuer or audience that can be judged", provider.url)))?;
    let now = sandbox.clock.unix();
    let judged = sandbox.providers.judge(&sandbox.http, Some(&authorizer), Presented::Token(token), now).await;
    if let Some(trouble) = judged.trouble {
        return Err(unusable(format!(
            "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity \
             documentation for requirements ({trouble})"
        )));
    }
    match judged.verdict.failures().next().map(|failure| &failure.rule) {
        None if judged.verdict.accepted() => Ok(()),
        Some(Rule::Expiry) => Err(Fault::new(400, "ExpiredTokenException", "Token expired")),
        Some(Rule::Audience) => Err(unusable("Incorrect token audience".to_owned())),
        _ => Err(unusable("The web identity token that was passed could not be validated".to_owned())),
    }
}
