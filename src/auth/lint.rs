//! Findings on an authorizer that the service would accept: rules that no token of this provider can match, and rules
//! that admit more callers than intended.
//!
//! Owns: the findings, each with a stable code and a fix. Pure: it recognises the provider by its address alone. Does
//! not own: the providers' conventions (`preset`), whether one token passes (`evaluate`).

use super::authorizer::Authorizer;
use super::preset::Preset;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The access tokens of this provider never pass.
    Never,
    /// It admits more callers than intended.
    Risk,
    /// Worth knowing when a token is refused.
    Note,
}

impl Severity {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never-matches",
            Self::Risk => "risk",
            Self::Note => "note",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LintFinding {
    /// Stable: `cognito-audience`.
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    /// What to do instead.
    pub(crate) fix: String,
}

impl LintFinding {
    fn new(severity: Severity, code: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), fix: fix.into() }
    }

    /// As one sentence.
    pub(crate) fn text(&self) -> String {
        format!("{}: {}", self.message, self.fix)
    }
}

/// Checks an authorizer. `issuer` is the one of the discovery document where that was fetched.
pub(crate) fn lint(authorizer: &Authorizer, issuer: Option<&str>) -> Vec<LintFinding> {
    let mut out = Vec::new();
    if authorizer.is_private(&authorizer.discovery_url) {
        out.push(LintFinding::new(
            Severity::Note,
            "private-endpoint",
            "the service reaches the provider through a private endpoint, so it is not asked from here",
            "judge tokens by its saved documents: `agentcore auth check --discovery-document FILE --jwks FILE`",
        ));
    }
    let Some(preset) = Preset::for_url(&authorizer.discovery_url).or_else(|| Preset::for_url(issuer?)) else {
        return out;
    };
    match preset {
        Preset::Cognito => cognito(authorizer, &mut out),
        Preset::EntraV1 | Preset::EntraV2 => entra(authorizer, issuer, preset, &mut out),
        Preset::OktaOrg | Preset::OktaCustom => okta(authorizer, preset, &mut out),
        Preset::Auth0 => auth0(authorizer, &mut out),
        Preset::Keycloak => keycloak(authorizer, &mut out),
        Preset::Google => google(authorizer, &mut out),
        Preset::GitHubActions => pipeline(authorizer, &GITHUB, &mut out),
        Preset::GitLab => pipeline(authorizer, &GITLAB, &mut out),
    }
    out
}

fn claims(authorizer: &Authorizer, name: &str) -> bool {
    authorizer.custom_claims.iter().any(|rule| rule.name == name)
}

fn cognito(authorizer: &Authorizer, out: &mut Vec<LintFinding>) {
    let clients = !authorizer.allowed_clients.is_empty();
    if !authorizer.allowed_audience.is_empty() && clients {
        out.push(LintFinding::new(
            Severity::Never,
            "cognito-audience-and-client",
            "Cognito puts `aud` into ID tokens and `client_id` into access tokens, so that no token has both",
            "keep `--allowed-client` for access tokens and drop the allowed audience",
        ));
    } else if !authorizer.allowed_audience.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "cognito-audience",
            "Cognito access tokens carry no `aud`: with an allowed audience every access token is refused",
            "use `--allowed-client` instead of `--allowed-audience`",
        ));
    }
    if !authorizer.allowed_scopes.is_empty() {
        out.push(LintFinding::new(
            Severity::Note,
            "cognito-scopes",
            "tokens of InitiateAuth (user and password) carry the scope `aws.cognito.signin.user.admin` alone",
            "get tokens with custom scopes from `/oauth2/token`",
        ));
    }
    if claims(authorizer, "cognito:groups") {
        out.push(LintFinding::new(
            Severity::Note,
            "cognito-groups",
            "`cognito:groups` is in tokens of users who are in a group, and never in machine tokens",
            "for machines use `--allowed-scope`",
        ));
    }
}

fn entra(authorizer: &Authorizer, issuer: Option<&str>, preset: Preset, out: &mut Vec<LintFinding>) {
    let shared = ["/common/", "/organizations/", "/consumers/"];
    if shared.iter().any(|part| authorizer.discovery_url.contains(part)) || issuer.is_some_and(|it| it.contains('{')) {
        out.push(LintFinding::new(
            Severity::Never,
            "entra-shared-tenant",
            "this address is for every tenant, and its issuer has a placeholder that no token's `iss` equals",
            "put the tenant's id into `--discovery-url`",
        ));
    }
    let claim = preset.client_claim().unwrap_or("azp");
    if !authorizer.allowed_clients.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "entra-clients",
            format!("Entra ID names the caller in `{claim}`, and the service reads `client_id` only"),
            format!("use `--allowed-audience`, and `--custom-claim {claim}=APPLICATION_ID` for single callers"),
        ));
    }
    if !authorizer.allowed_scopes.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "entra-scopes",
            "Entra ID writes `scp` as a string with spaces, and the service is known to read it as a list only",
            "use `--allowed-audience`, and application roles: `--custom-claim roles~=ROLE`",
        ));
    }
    let uri = authorizer.allowed_audience.iter().filter(|audience| audience.contains("://")).count();
    if preset == Preset::EntraV2 && uri > 0 && uri == authorizer.allowed_audience.len() {
        out.push(LintFinding::new(
            Severity::Never,
            "entra-audience-uri",
            "in tokens of version 2 `aud` is the application's id, never its id URI",
            "give `--allowed-audience` the application (client) id of the API",
        ));
    }
    let (version, other) = if preset == Preset::EntraV2 { ("2", "1") } else { ("1", "2") };
    out.push(LintFinding::new(
        Severity::Note,
        "entra-version",
        format!("this address is for tokens of version {version}; those of version {other} have another issuer"),
        "`requestedAccessTokenVersion` in the API's manifest decides, and is 1 where it is not set",
    ));
}

fn okta(authorizer: &Authorizer, preset: Preset, out: &mut Vec<LintFinding>) {
    if preset == Preset::OktaOrg {
        out.push(LintFinding::new(
            Severity::Never,
            "okta-org-server",
            "access tokens of Okta's org authorization server are for Okta's own APIs and are not to be verified by others",
            "use a custom authorization server: `https://DOMAIN/oauth2/default/.well-known/openid-configuration`",
        ));
    }
    if !authorizer.allowed_clients.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "okta-clients",
            "Okta names the client in `cid`, and the service reads `client_id` only",
            "use `--allowed-audience`, and `--custom-claim cid=CLIENT_ID` for single clients",
        ));
    }
}

fn auth0(authorizer: &Authorizer, out: &mut Vec<LintFinding>) {
    if !authorizer.allowed_clients.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "auth0-clients",
            "Auth0 names the client in `azp`, unless the API has the RFC 9068 token profile",
            "use `--allowed-audience` with `--custom-claim azp=CLIENT_ID`, or give the API that profile",
        ));
    }
    if authorizer.allowed_audience.is_empty() {
        out.push(LintFinding::new(
            Severity::Risk,
            "auth0-audience",
            "Auth0 gives opaque tokens where none is asked for by audience, and without an allowed audience tokens for your \
             other APIs pass too",
            "use `--allowed-audience API_IDENTIFIER`, and ask for tokens with `audience=API_IDENTIFIER`",
        ));
    }
}

fn keycloak(authorizer: &Authorizer, out: &mut Vec<LintFinding>) {
    if !authorizer.allowed_clients.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "keycloak-clients",
            "Keycloak names the client in `azp`; users' tokens have no `client_id`",
            "use `--custom-claim azp=CLIENT_ID`, or add a mapper that writes `client_id`",
        ));
    }
    if !authorizer.allowed_audience.is_empty() {
        out.push(LintFinding::new(
            Severity::Note,
            "keycloak-audience",
            "Keycloak's `aud` is often `account` alone",
            "add an audience mapper to the client's scope",
        ));
    }
}

fn google(authorizer: &Authorizer, out: &mut Vec<LintFinding>) {
    if !authorizer.allowed_clients.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "google-clients",
            "Google's ID tokens carry no `client_id`",
            "use `--allowed-audience CLIENT_ID`",
        ));
    }
    if !authorizer.allowed_scopes.is_empty() {
        out.push(LintFinding::new(
            Severity::Never,
            "google-scopes",
            "Google's access tokens are opaque, and its ID tokens carry no scope",
            "use `--allowed-audience CLIENT_ID` and send the ID token",
        ));
    }
    if !["hd", "sub", "azp", "email"].iter().any(|name| claims(authorizer, name)) {
        out.push(LintFinding::new(
            Severity::Risk,
            "google-anyone",
            "every service account of Google Cloud can get an ID token for any audience",
            "say who: `--custom-claim hd=DOMAIN`, or `--custom-claim sub=ACCOUNT_ID`",
        ));
    }
}

/// The claims that distinguish a pipeline's tokens.
struct Pipeline {
    name: &'static str,
    codes: [&'static str; 3],
    /// Claims that name the owner or the project.
    owners: &'static [&'static str],
    fix: &'static str,
}

const GITHUB: Pipeline = Pipeline {
    name: "GitHub Actions",
    codes: ["github-clients", "github-scopes", "github-anyone"],
    owners: &["repository_id", "repository_owner_id", "repository_owner", "enterprise_id"],
    fix: "say whose: `--custom-claim repository_id=NUMBER` or `--custom-claim repository_owner_id=NUMBER`",
};
const GITLAB: Pipeline = Pipeline {
    name: "GitLab",
    codes: ["gitlab-clients", "gitlab-scopes", "gitlab-anyone"],
    owners: &["project_id", "namespace_id", "namespace_path", "user_id"],
    fix: "say whose: `--custom-claim project_id=NUMBER` or `--custom-claim namespace_id=NUMBER`",
};

fn pipeline(authorizer: &Authorizer, of: &Pipeline, out: &mut Vec<LintFinding>) {
    let audience = "use `--allowed-audience` and ask for the job's token with that audience";
    if !authorizer.allowed_clients.is_empty() {
        let text = format!("a job's token of {} carries no `client_id`", of.name);
        out.push(LintFinding::new(Severity::Never, of.codes[0], text, audience));
    }
    if !authorizer.allowed_scopes.is_empty() {
        let text = format!("a job's token of {} carries no scope", of.name);
        out.push(LintFinding::new(Severity::Never, of.codes[1], text, audience));
    }
    if !of.owners.iter().any(|name| claims(authorizer, name)) {
        let text = format!("everybody's jobs on {} can ask for this audience", of.name);
        out.push(LintFinding::new(Severity::Risk, of.codes[2], text, of.fix));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::authorizer::ClaimRule;

    fn codes(url: &str, [audience, clients, scopes]: [&[&str]; 3], rules: &[&str]) -> Vec<&'static str> {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let authorizer = Authorizer {
            discovery_url: format!("{url}/.well-known/openid-configuration"),
            allowed_audience: owned(audience),
            allowed_clients: owned(clients),
            allowed_scopes: owned(scopes),
            custom_claims: rules.iter().map(|text| ClaimRule::parse(text).unwrap()).collect(),
            ..Authorizer::default()
        };
        let found = lint(&authorizer, None);
        assert!(found.iter().all(|finding| !finding.fix.is_empty() && !finding.message.ends_with('.')));
        found.iter().filter(|finding| finding.severity != Severity::Note).map(|finding| finding.code).collect()
    }

    #[test]
    fn rules_that_a_provider_can_never_match() {
        let cognito = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_a";
        let entra = "https://login.microsoftonline.com/1111/v2.0";
        let entra1 = "https://login.microsoftonline.com/1111";
        let okta = "https://acme.okta.com/oauth2/default";
        let auth0 = "https://acme.auth0.com";
        let keycloak = "https://sso.example/realms/acme";
        let google = "https://accounts.google.com";
        let github = "https://token.actions.githubusercontent.com";
        let none: &[&str] = &[];
        type Case<'a> = (&'a str, [&'a [&'a str]; 3], &'a [&'a str], &'a [&'a str]);
        let cases: [Case<'_>; 26] = [
            (cognito, [none, &["c"], none], none, none),
            (cognito, [&["a"], none, none], none, &["cognito-audience"]),
            (cognito, [&["a"], &["c"], none], none, &["cognito-audience-and-client"]),
            (cognito, [none, none, &["s"]], none, none),
            (entra, [&["1111-2222"], none, none], none, none),
            (entra, [&["api://x"], none, none], none, &["entra-audience-uri"]),
            (entra1, [&["api://x"], none, none], none, none),
            (entra, [none, &["c"], none], none, &["entra-clients"]),
            (entra1, [none, &["c"], none], none, &["entra-clients"]),
            (entra, [none, none, &["s"]], none, &["entra-scopes"]),
            ("https://login.microsoftonline.com/common/v2.0", [&["a"], none, none], none, &["entra-shared-tenant"]),
            (okta, [&["api://default"], none, none], &["cid=c"], none),
            (okta, [none, &["c"], none], none, &["okta-clients"]),
            (okta, [none, none, &["s"]], none, none),
            ("https://acme.okta.com", [&["a"], none, none], none, &["okta-org-server"]),
            (auth0, [&["https://api"], none, none], none, none),
            (auth0, [none, &["c"], none], none, &["auth0-clients", "auth0-audience"]),
            (auth0, [none, none, &["s"]], none, &["auth0-audience"]),
            (keycloak, [none, none, none], &["azp=c"], none),
            (keycloak, [none, &["c"], none], none, &["keycloak-clients"]),
            (google, [&["c"], none, none], &["hd=acme.example"], none),
            (google, [none, &["c"], &["s"]], none, &["google-clients", "google-scopes", "google-anyone"]),
            (github, [&["a"], none, none], &["repository_id=1"], none),
            (github, [&["a"], none, none], &["environment=prod"], &["github-anyone"]),
            ("https://gitlab.com", [none, &["c"], &["s"]], none, &["gitlab-clients", "gitlab-scopes", "gitlab-anyone"]),
            ("https://idp.example", [&["a"], &["c"], &["s"]], none, none),
        ];
        for (url, groups, rules, expected) in cases {
            assert_eq!(codes(url, groups, rules), expected, "{url} {groups:?} {rules:?}");
        }
    }

    #[test]
    fn an_issuer_with_a_placeholder_is_no_tenant() {
        let authorizer = Authorizer {
            discovery_url: "https://login.microsoftonline.com/x/v2.0/.well-known/openid-configuration".to_owned(),
            allowed_audience: vec!["a".to_owned()],
            ..Authorizer::default()
        };
        let found = lint(&authorizer, Some("https://login.microsoftonline.com/{tenantid}/v2.0"));
        assert!(found.iter().any(|finding| finding.code == "entra-shared-tenant"));
    }
}
