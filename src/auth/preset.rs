//! Conventions of well-known identity providers: which claims of their access tokens name client, audience and scopes.
//!
//! Owns: recognising a provider by its address, the claims of its tokens (from the providers' documentation), and which
//! discovery documents name another issuer. Does not own: what follows for an authorizer (`lint`).
//!
//! A provider behind a customer's own domain is not recognised.

use url::{Host, Url};

/// A kind of provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    Cognito,
    /// Tokens of version 1: the issuer is `https://sts.windows.net/TENANT/`.
    EntraV1,
    EntraV2,
    /// The org authorization server, which is for Okta's own APIs.
    OktaOrg,
    /// A custom authorization server: `/oauth2/ID`.
    OktaCustom,
    Auth0,
    Keycloak,
    Google,
    GitHubActions,
    GitLab,
}

/// Which claims of a provider's tokens hold what an authorizer checks; for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TokenConventions {
    pub(crate) name: &'static str,
    pub(crate) client: &'static str,
    pub(crate) audience: &'static str,
    pub(crate) scopes: &'static str,
}

impl Preset {
    /// The provider behind a discovery URL or issuer.
    pub(crate) fn for_url(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let path = url.path();
        let host = match url.host()? {
            Host::Domain(name) => name.to_ascii_lowercase(),
            Host::Ipv4(ip) if ip.is_loopback() => return by_path(path, true),
            _ => return None,
        };
        let under = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        let entra = ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];
        if host.starts_with("cognito-idp.") || host.starts_with("cognito-idp-fips.") {
            return Some(Self::Cognito);
        }
        if host == "sts.windows.net" {
            return Some(Self::EntraV1);
        }
        if entra.contains(&host.as_str()) || under("ciamlogin.com") {
            return Some(if path.split('/').any(|part| part == "v2.0") { Self::EntraV2 } else { Self::EntraV1 });
        }
        if ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com"].into_iter().any(under) {
            return Some(if path.starts_with("/oauth2/") { Self::OktaCustom } else { Self::OktaOrg });
        }
        if under("auth0.com") {
            return Some(Self::Auth0);
        }
        if host == "accounts.google.com" {
            return Some(Self::Google);
        }
        if host == "token.actions.githubusercontent.com" {
            return Some(Self::GitHubActions);
        }
        if host == "gitlab.com" || host.starts_with("gitlab.") {
            return Some(Self::GitLab);
        }
        by_path(path, host == "localhost")
    }

    pub(crate) const fn habits(self) -> TokenConventions {
        let (name, client, audience, scopes) = match self {
            Self::Cognito => (
                "Amazon Cognito",
                "`client_id` of access tokens; ID tokens have none",
                "`aud` of ID tokens only",
                "`scope`; tokens of InitiateAuth carry `aws.cognito.signin.user.admin` alone",
            ),
            Self::EntraV1 => (
                "Microsoft Entra ID, tokens of version 1",
                "`appid`, never `client_id`",
                "`aud`: the application's id or its id URI",
                "`scp`, a string with spaces; applications have `roles` instead",
            ),
            Self::EntraV2 => (
                "Microsoft Entra ID, tokens of version 2",
                "`azp`, never `client_id`",
                "`aud`: always the application's id, never its id URI",
                "`scp`, a string with spaces; applications have `roles` instead",
            ),
            Self::OktaOrg => (
                "Okta, org authorization server",
                "`cid`, never `client_id`",
                "`aud`: the Okta org itself",
                "`scp`, a list of Okta's own scopes",
            ),
            Self::OktaCustom => (
                "Okta, custom authorization server",
                "`cid`, never `client_id`",
                "`aud` of the server",
                "`scp`, a list",
            ),
            Self::Auth0 => (
                "Auth0",
                "`azp`; `client_id` with the RFC 9068 token profile only",
                "`aud`: the API identifier that was asked for",
                "`scope`",
            ),
            Self::Keycloak => (
                "Keycloak",
                "`azp`; some versions add `client_id` for service accounts",
                "`aud`: what audience mappers add, often `account` alone",
                "`scope`",
            ),
            Self::Google => (
                "Google",
                "`azp` of ID tokens, never `client_id`",
                "`aud` of ID tokens: the client's id, or anything for service accounts",
                "none: access tokens are opaque",
            ),
            Self::GitHubActions => {
                ("GitHub Actions", "none", "`aud`: what the job asks for, by default the owner's address", "none")
            }
            Self::GitLab => {
                ("GitLab", "none in a job's ID token", "`aud`: what the job asks for", "none in a job's token")
            }
        };
        TokenConventions { name, client, audience, scopes }
    }

    /// The claim that names the client, where it is another than `client_id` and can be a custom claim.
    pub(crate) const fn client_claim(self) -> Option<&'static str> {
        match self {
            Self::EntraV1 => Some("appid"),
            Self::EntraV2 | Self::Auth0 | Self::Keycloak | Self::Google => Some("azp"),
            Self::OktaOrg | Self::OktaCustom => Some("cid"),
            Self::Cognito | Self::GitHubActions | Self::GitLab => None,
        }
    }
}

/// Providers that the host does not identify are recognised by the path: a Keycloak realm and, on this machine, a pool
/// of the sandbox.
fn by_path(path: &str, local: bool) -> Option<Preset> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.windows(2).any(|pair| pair[0] == "realms" && !pair[1].starts_with('.')) {
        return Some(Preset::Keycloak);
    }
    let (region, id) = parts.first()?.split_once('_')?;
    let pool = region.split('-').count() >= 3 && !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (local && pool).then_some(Preset::Cognito)
}

/// Whether the document at `url` is known to name another `issuer` than its address: Entra ID writes the tenant's id
/// where the address has a domain name, keeps a placeholder there for addresses of many tenants, and has another host for
/// tokens of version 1.
pub(super) fn publishes_other_issuer(url: &str, issuer: &str) -> bool {
    let (Ok(from), Ok(to)) = (Url::parse(url), Url::parse(issuer)) else { return false };
    let parts =
        |url: &Url| url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from_parts, to_parts) = (parts(&from), parts(&to));
    match Preset::for_url(url) {
        Some(Preset::EntraV1) => to.host_str() == Some("sts.windows.net") && to_parts.len() == 1,
        Some(Preset::EntraV2) => {
            to.host() == from.host()
                && from_parts.get(1).map(String::as_str) == Some("v2.0")
                && matches!(to_parts.as_slice(), [_, version] if version == "v2.0")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_told_by_their_address() {
        use Preset as P;
        let cases = [
            (
                "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abc/.well-known/openid-configuration",
                Some(P::Cognito),
            ),
            ("https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_abc", Some(P::Cognito)),
            ("http://127.0.0.1:4599/us-west-2_Ab12/.well-known/openid-configuration", Some(P::Cognito)),
            ("https://login.microsoftonline.com/t/v2.0/.well-known/openid-configuration", Some(P::EntraV2)),
            ("https://login.microsoftonline.com/t/.well-known/openid-configuration", Some(P::EntraV1)),
            ("https://sts.windows.net/t/", Some(P::EntraV1)),
            ("https://acme.ciamlogin.com/t/v2.0/.well-known/openid-configuration", Some(P::EntraV2)),
            ("https://acme.okta.com/.well-known/openid-configuration", Some(P::OktaOrg)),
            ("https://acme.okta.com/oauth2/default/.well-known/oauth-authorization-server", Some(P::OktaCustom)),
            ("https://acme.eu.auth0.com/.well-known/openid-configuration", Some(P::Auth0)),
            ("https://sso.example/realms/acme/.well-known/openid-configuration", Some(P::Keycloak)),
            ("http://127.0.0.1:8080/realms/acme/.well-known/openid-configuration", Some(P::Keycloak)),
            ("https://accounts.google.com/.well-known/openid-configuration", Some(P::Google)),
            ("https://token.actions.githubusercontent.com/.well-known/openid-configuration", Some(P::GitHubActions)),
            ("https://gitlab.com/.well-known/openid-configuration", Some(P::GitLab)),
            ("https://gitlab.acme.example/.well-known/openid-configuration", Some(P::GitLab)),
            ("https://idp.example/.well-known/openid-configuration", None),
            ("https://okta.com.evil.example/.well-known/openid-configuration", None),
            ("https://notauth0.com/.well-known/openid-configuration", None),
            ("http://127.0.0.1:4599/pool/.well-known/openid-configuration", None),
            ("https://sso.example/realms/.well-known/openid-configuration", None),
            ("https://idp.example/us-west-2_Ab12/.well-known/openid-configuration", None),
            ("no address", None),
        ];
        for (address, expected) in cases {
            assert_eq!(Preset::for_url(address), expected, "{address}");
        }
    }

    #[test]
    fn only_entra_may_name_another_issuer() {
        let v1 = "https://login.microsoftonline.com/contoso.example/.well-known/openid-configuration";
        let v2 = "https://login.microsoftonline.com/contoso.example/v2.0/.well-known/openid-configuration";
        let cases = [
            (v1, "https://sts.windows.net/1111/", true),
            (v2, "https://login.microsoftonline.com/1111/v2.0", true),
            (v2, "https://login.microsoftonline.com/{tenantid}/v2.0", true),
            (v1, "https://sts.windows.net.evil.example/1111/", false),
            (v1, "https://sts.windows.net/1111/2222", false),
            (v2, "https://sts.windows.net/1111/", false),
            (v2, "https://login.microsoftonline.us/1111/v2.0", false),
            ("https://idp.example/t/v2.0/.well-known/openid-configuration", "https://idp.example/u/v2.0", false),
        ];
        for (url, issuer, expected) in cases {
            assert_eq!(publishes_other_issuer(url, issuer), expected, "{url} {issuer}");
        }
    }
}
