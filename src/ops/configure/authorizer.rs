//! The authorizer that a configure request asks for, and the check of its identity provider.

use crate::auth::lint::Severity;
use crate::auth::{Authorizer, ClaimRule, discover, fetch_jwks, lint, problems_error};
use crate::config::Agent;
use crate::error::{Code, Error, Result};
use crate::http::Http;

/// The inbound-auth part of the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AuthorizerFlags {
    /// The whole authorizer as JSON.
    pub(crate) blob: Option<String>,
    pub(crate) remove: bool,
    pub(crate) discovery_url: Option<String>,
    pub(crate) clients: Vec<String>,
    pub(crate) audience: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Vec<String>,
}

impl AuthorizerFlags {
    fn has_parts(&self) -> bool {
        self.discovery_url.is_some()
            || !(self.clients.is_empty()
                && self.audience.is_empty()
                && self.scopes.is_empty()
                && self.claims.is_empty())
    }
}

/// The change to the configured authorizer.
#[derive(Debug)]
pub(crate) enum AuthorizerEdit {
    Keep,
    Remove,
    Set(Authorizer),
}

impl AuthorizerEdit {
    /// Whether callers will need a token.
    pub(crate) fn is_jwt(&self, existing: Option<&Agent>) -> bool {
        match self {
            Self::Keep => existing.is_some_and(|agent| agent.authorizer().is_some()),
            Self::Remove => false,
            Self::Set(_) => true,
        }
    }
}

/// # Errors
/// Exit 2 for a blob or a combination of flags that the service would not take, with every problem listed.
pub(crate) fn resolve(flags: &AuthorizerFlags, existing: Option<&Agent>) -> Result<AuthorizerEdit> {
    if flags.remove {
        let any = existing.is_some_and(|agent| agent.authorizer_configuration.is_some());
        return Ok(if any { AuthorizerEdit::Remove } else { AuthorizerEdit::Keep });
    }
    if let Some(blob) = &flags.blob {
        if flags.has_parts() {
            return Err(Error::usage("`--authorizer-config` and the single authorizer flags exclude each other")
                .hint("use either the JSON or `--discovery-url`, `--allowed-client` and so on"));
        }
        return Authorizer::from_configuration(blob).map(AuthorizerEdit::Set);
    }
    if !flags.has_parts() {
        return Ok(AuthorizerEdit::Keep);
    }
    let current = existing
        .and_then(Agent::authorizer)
        .map(|value| {
            Authorizer::from_wire(value).map_err(|problems| problems_error("the configured authorizer", problems))
        })
        .transpose()?;
    let Some(discovery_url) =
        flags.discovery_url.clone().or_else(|| current.as_ref().map(|live| live.discovery_url.clone()))
    else {
        return Err(Error::usage("an authorizer needs a discovery URL").code(Code::AuthDiscoveryUrl).hint(
            "add `--discovery-url https://ISSUER/.well-known/openid-configuration`, with the address of your provider",
        ));
    };
    let mut wanted =
        current.unwrap_or_else(|| Authorizer { discovery_url: discovery_url.clone(), ..Authorizer::default() });
    wanted.discovery_url = discovery_url;
    for (flag, slot) in [
        (&flags.clients, &mut wanted.allowed_clients),
        (&flags.audience, &mut wanted.allowed_audience),
        (&flags.scopes, &mut wanted.allowed_scopes),
    ] {
        if !flag.is_empty() {
            slot.clone_from(flag);
        }
    }
    if !flags.claims.is_empty() {
        wanted.custom_claims = flags.claims.iter().map(|text| ClaimRule::parse(text)).collect::<Result<_>>()?;
    }
    let problems = wanted.check();
    if problems.is_empty() {
        Ok(AuthorizerEdit::Set(wanted))
    } else {
        Err(problems_error("what the flags describe", problems))
    }
}

/// Fetches the discovery document and the keys; the result is a list of warnings.
///
/// # Errors
/// Exit 2 when the provider cannot be used, with `--offline` as the alternative.
pub(crate) async fn probe(http: &Http, wanted: &Authorizer) -> Result<Vec<String>> {
    let unasked =
        |what: &str| format!("the {what} is behind a private endpoint, so it was not fetched and checked from here");
    if wanted.is_private(&wanted.discovery_url) {
        let mut warnings = vec![unasked("discovery document")];
        warnings.extend(odd(wanted, None));
        return Ok(warnings);
    }
    let provider = discover(http, &wanted.discovery_url).await.map_err(offline_hint)?;
    let mut warnings = odd(wanted, Some(&provider.issuer));
    if wanted.is_private(&provider.jwks_uri) {
        warnings.push(unasked("key set"));
    } else {
        fetch_jwks(http, &provider).await.map_err(offline_hint)?;
    }
    Ok(warnings)
}

/// What is odd about the authorizer, as far as the provider is known by its address. `auth explain` says more.
pub(crate) fn odd(wanted: &Authorizer, issuer: Option<&str>) -> Vec<String> {
    let findings = lint(wanted, issuer).into_iter().filter(|finding| finding.severity != Severity::Note);
    findings.map(|finding| finding.text()).collect()
}

/// What is wrong with a discovery URL, before anything is fetched.
pub(crate) fn url_problem(url: &str) -> Option<String> {
    let wanted =
        Authorizer { discovery_url: url.to_owned(), allowed_clients: vec!["any".to_owned()], ..Authorizer::default() };
    wanted.check().into_iter().next().map(|problem| problem.message)
}

fn offline_hint(error: Error) -> Error {
    error.hint("`--offline` writes the configuration without asking the provider")
}
