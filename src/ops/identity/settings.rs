//! What a set-up should be: what was asked for, else what an earlier run was asked for, else the defaults.
//!
//! Pure: the wire forms of clients, the scopes, the parameters and the role follow from the settings alone.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::store::{Flow, Settings, Stored};
use crate::cloud::{Cloud, Identity, ResourceServer};
use crate::config::naming;
use crate::error::{Code, Error, Result};
use crate::redact::SecretString;
use crate::resources::owner::Owner;
use crate::resources::policy;

/// What set-up is asked for; what is `None` or empty was not said.
#[derive(Debug, Default)]
pub(crate) struct SetupRequest {
    pub(crate) flow: Option<Flow>,
    pub(crate) team: Option<String>,
    pub(crate) pool_name: Option<String>,
    pub(crate) client_name: Option<String>,
    pub(crate) machine_client_name: Option<String>,
    pub(crate) username: Option<String>,
    /// Without one, the stored password is kept or a new one is made.
    pub(crate) password: Option<SecretString>,
    pub(crate) token_minutes: Option<u16>,
    pub(crate) callback_urls: Vec<String>,
    pub(crate) resource_server: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) domain_prefix: Option<String>,
    pub(crate) gateway_role: Option<String>,
    pub(crate) ssm_prefix: Option<String>,
    pub(crate) provider_name: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) permissions_boundary: Option<String>,
}

/// The sign-in page of a team's client sends people back here when nothing is said. The port is the one that the
/// retired toolkit's callback server listens on.
const CALLBACK: &str = "http://localhost:8081/oauth2/callback";

impl SetupRequest {
    pub(crate) fn flow(&self) -> Flow {
        self.flow.unwrap_or(Flow::User)
    }

    /// # Errors
    /// Exit 2 for a name that a service would refuse after other things were made.
    pub(super) fn settings(&self, known: Option<&Settings>, dir: &Path, region: &str) -> Result<Settings> {
        let flow = self.flow();
        let old = known.cloned().unwrap_or_default();
        let team = match flow {
            Flow::Team => Some(self.team.clone().or(old.team).unwrap_or_default()),
            Flow::User | Flow::Machine => None,
        };
        let base = team.clone().unwrap_or_else(|| {
            format!("agentcore-{}", dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
        });
        let pick = |asked: &Option<String>, old: Option<String>, default: String| {
            Some(asked.clone().or(old).unwrap_or(default))
        };
        let list = |asked: &[String], old: Vec<String>, default: &[&str]| match (asked.is_empty(), old.is_empty()) {
            (false, _) => asked.to_vec(),
            (true, false) => old,
            (true, true) => default.iter().map(|text| (*text).to_owned()).collect(),
        };
        let (people, machines) = (flow != Flow::Machine, flow != Flow::User);
        let mut out = Settings {
            pool_name: pick(&self.pool_name, Some(old.pool_name).filter(|name| !name.is_empty()), base.clone())
                .unwrap_or_default(),
            token_minutes: self
                .token_minutes
                .or(Some(old.token_minutes).filter(|minutes| *minutes > 0))
                .unwrap_or(super::DEFAULT_TOKEN_MINUTES),
            domain_prefix: self.domain_prefix.clone().or(old.domain_prefix),
            tags: if self.tags.is_empty() { old.tags } else { self.tags.clone() },
            permissions_boundary: self.permissions_boundary.clone().or(old.permissions_boundary),
            ..Settings::default()
        };
        if people {
            let name = if flow == Flow::Team { format!("{base}-web") } else { super::USER_CLIENT.to_owned() };
            out.user_client_name = pick(&self.client_name, old.user_client_name, name);
            out.username = pick(&self.username, old.username, "testuser".to_owned());
        }
        if machines {
            let name =
                if flow == Flow::Team { format!("{base}-machine") } else { "agentcore-machine-client".to_owned() };
            out.machine_client_name = pick(&self.machine_client_name, old.machine_client_name, name);
            let server = if flow == Flow::Team { base } else { "agentcore".to_owned() };
            out.resource_server = pick(&self.resource_server, old.resource_server, server);
            let scopes: &[&str] = if flow == Flow::Team { &["read"] } else { &["read", "write"] };
            out.scopes = list(&self.scopes, old.scopes, scopes);
        }
        if let Some(team) = team {
            out.callback_urls = list(&self.callback_urls, old.callback_urls, &[CALLBACK]);
            out.gateway_role = pick(&self.gateway_role, old.gateway_role, naming::gateway_role(region, &team));
            let prefix = pick(&self.ssm_prefix, old.ssm_prefix, format!("/app/{team}/agentcore"));
            out.ssm_prefix = prefix.map(|prefix| format!("/{}", prefix.trim_matches('/')));
            out.provider_name = pick(&self.provider_name, old.provider_name, format!("{team}-cognito"));
            out.team = Some(team);
        }
        check(&out)?;
        Ok(out)
    }
}

/// What the services' models say of names, as far as a person is likely to get it wrong.
fn check(settings: &Settings) -> Result<()> {
    let bad = |flag: &str, value: &str, rule: &str| {
        Err(Error::usage(format!("`{value}` cannot be used for `{flag}`: {rule}")).code(Code::InputValue))
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if let Some(team) = &settings.team
        && (team.is_empty() || team.len() > 40 || !plain(team))
    {
        return bad("--team", team, "letters, digits, `-` and `_`, 40 at most");
    }
    if let Some(name) = settings.scopes.iter().find(|scope| scope.is_empty() || scope.contains(['/', ' ', '"', '\\'])) {
        return bad("--scope", name, "the name without the resource server, and without spaces");
    }
    if let Some(server) = &settings.resource_server
        && (server.is_empty() || server.len() > 256 || server.contains([' ', '"', '\\']))
    {
        return bad("--resource-server", server, "1 to 256 characters without spaces and quotes");
    }
    if let Some(prefix) = &settings.domain_prefix {
        let edge = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let bytes = prefix.as_bytes();
        let inner = bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-');
        if prefix.len() > 63 || !inner || !edge(bytes.first()) || !edge(bytes.last()) {
            return bad("--domain-prefix", prefix, "lower-case letters, digits and inner hyphens, 63 at most");
        }
        if let Some(word) = RESERVED.iter().find(|word| prefix.contains(**word)) {
            return bad("--domain-prefix", prefix, &format!("Cognito reserves the word `{word}`"));
        }
    }
    if let Some(prefix) = &settings.ssm_prefix {
        let first = prefix.trim_matches('/').split('/').next().unwrap_or_default().to_lowercase();
        let levels = prefix.matches('/').count();
        let fits = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        if first.is_empty() || !fits || prefix.contains("//") || levels > 14 {
            return bad("--ssm-prefix", prefix, "a path of letters, digits, `.`, `-` and `_`, 14 levels at most");
        }
        if ["aws", "ssm"].iter().any(|word| first.starts_with(word)) {
            return bad("--ssm-prefix", prefix, "Systems Manager keeps names that begin with `aws` or `ssm`");
        }
    }
    if let Some(provider) = &settings.provider_name
        && (provider.is_empty() || provider.len() > 128 || !plain(provider))
    {
        return bad("--provider-name", provider, "letters, digits, `-` and `_`, 128 at most");
    }
    if let Some(url) = settings.callback_urls.iter().find(|url| !is_callback(url)) {
        return bad(
            "--callback-url",
            url,
            "an https URL, http only for localhost, or an app's own scheme; no fragment",
        );
    }
    Ok(())
}

/// Words that Cognito keeps out of prefix domains.
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

fn is_callback(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    // 127.0.0.1 over plain http is refused by Cognito; `localhost` is its one exception.
    url.fragment().is_none() && (url.scheme() != "http" || url.host_str() == Some("localhost"))
}

/// A domain prefix of the pool's own: the same in every run, and hardly anybody else's.
pub(super) fn derived_domain(pool_name: &str, pool_id: &str) -> String {
    let hash = naming::short_hash(pool_id);
    let slug: String =
        pool_name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let slug: String = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    if slug.is_empty() || RESERVED.iter().any(|word| slug.contains(word)) {
        return format!("agentcore-{hash}");
    }
    let slug: String = slug.chars().take(40).collect();
    format!("{}-{hash}", slug.trim_end_matches('-'))
}

/// Tags of everything that set-up makes: this program's mark, the team, the project's identity, and the user's own.
pub(super) fn tags(stored: &Stored) -> Vec<(String, String)> {
    let settings = &stored.settings;
    let mut tags = naming::shared_tags();
    tags.extend(stored.project.as_ref().map(|project| (naming::PROJECT_TAG.to_owned(), project.clone())));
    if let Some(team) = &settings.team {
        tags.push((naming::TEAM_TAG.to_owned(), team.clone()));
    }
    tags.extend(settings.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
    tags
}

/// Whether a set-up of this project, and of this team where there is one, made the resource. What carries no identity is
/// ours where the store has it on record, which `recorded` says.
pub(super) fn is_ours(tags: &[(String, String)], stored: &Stored, recorded: bool) -> bool {
    let team = tags.iter().find(|(key, _)| key == naming::TEAM_TAG).map(|(_, team)| team.as_str());
    let fits = team == stored.settings.team.as_deref();
    let recorded = recorded && fits && naming::is_managed(tags);
    Owner::by_identity(tags, stored.project.as_deref(), fits, recorded).is_ours()
}

fn lifetimes(settings: &Settings) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("AccessTokenValidity".to_owned(), json!(settings.token_minutes));
    out.insert("IdTokenValidity".to_owned(), json!(settings.token_minutes));
    out.insert(
        "TokenValidityUnits".to_owned(),
        json!({ "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days" }),
    );
    out
}

/// The members of the client for people that matter. A password is enough to sign in, because the test user has no
/// browser; a team's client also has the authorization code flow.
pub(super) fn user_client(settings: &Settings) -> Map<String, Value> {
    let mut out = lifetimes(settings);
    out.insert("ExplicitAuthFlows".to_owned(), json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]));
    if !settings.callback_urls.is_empty() {
        out.insert("AllowedOAuthFlowsUserPoolClient".to_owned(), json!(true));
        out.insert("AllowedOAuthFlows".to_owned(), json!(["code"]));
        out.insert("AllowedOAuthScopes".to_owned(), json!(["openid", "profile", "email"]));
        out.insert("SupportedIdentityProviders".to_owned(), json!(["COGNITO"]));
        out.insert("CallbackURLs".to_owned(), json!(settings.callback_urls));
    }
    out
}

/// The members of the client for machines that matter. `AllowedOAuthFlowsUserPoolClient` is what the token endpoint goes
/// by: without it, it refuses a client that looks configured.
pub(super) fn machine_client(settings: &Settings) -> Map<String, Value> {
    let mut out = lifetimes(settings);
    out.insert("ExplicitAuthFlows".to_owned(), json!(["ALLOW_REFRESH_TOKEN_AUTH"]));
    out.insert("AllowedOAuthFlowsUserPoolClient".to_owned(), json!(true));
    out.insert("AllowedOAuthFlows".to_owned(), json!(["client_credentials"]));
    out.insert("AllowedOAuthScopes".to_owned(), json!(settings.full_scopes()));
    out
}

/// The resource server with the wanted scopes, and those that it has already.
pub(super) fn resource_server(settings: &Settings, live: Option<&ResourceServer>) -> ResourceServer {
    let identifier = settings.resource_server.clone().unwrap_or_default();
    let mut server =
        live.cloned().unwrap_or_else(|| ResourceServer { name: identifier.clone(), identifier, scopes: Vec::new() });
    for scope in &settings.scopes {
        if !server.scopes.iter().any(|(name, _)| name == scope) {
            server.scopes.push((scope.clone(), format!("{scope} access")));
        }
    }
    server
}

/// Trust and permissions of the gateway's role.
pub(super) fn gateway_role(settings: &Settings, account: &str, cloud: &Cloud) -> (Value, Value) {
    let scope = policy::TeamScope {
        partition: cloud.partition(),
        region: cloud.region(),
        account,
        provider: settings.provider_name.as_deref().unwrap_or_default(),
    };
    (policy::gateway_trust(&scope), policy::gateway(&scope))
}

/// Name and value of each parameter; one whose value is not known yet is left out.
pub(super) fn parameters(stored: &Stored, domain_url: Option<&str>) -> Vec<(String, String)> {
    let settings = &stored.settings;
    let Some(prefix) = &settings.ssm_prefix else { return Vec::new() };
    let machine = stored.machine_client.as_ref().map(|client| client.id.clone());
    let values = [
        ("machine_client_id", machine),
        ("web_client_id", stored.user_client.clone()),
        ("userpool_id", stored.pool_id.clone()),
        ("cognito_provider", settings.provider_name.clone()),
        ("cognito_auth_scope", Some(settings.full_scopes().join(" "))),
        ("cognito_discovery_url", stored.discovery_url.clone()),
        ("cognito_token_url", stored.token_endpoint.clone()),
        ("cognito_auth_url", stored.authorization_endpoint.clone()),
        ("cognito_domain", domain_url.map(str::to_owned)),
    ];
    values.into_iter().filter_map(|(name, value)| Some((format!("{prefix}/{name}"), value?))).collect()
}

/// All names of the parameters, whether their values are known or not.
pub(super) fn parameter_names(settings: &Settings) -> Vec<String> {
    let names = [
        "machine_client_id",
        "web_client_id",
        "userpool_id",
        "cognito_provider",
        "cognito_auth_scope",
        "cognito_discovery_url",
        "cognito_token_url",
        "cognito_auth_url",
        "cognito_domain",
    ];
    let prefix = settings.ssm_prefix.as_deref();
    prefix.map(|prefix| names.iter().map(|name| format!("{prefix}/{name}")).collect()).unwrap_or_default()
}

/// Refuses to put another set-up in the place of one that only the store knows: that pool would be left to nobody.
pub(super) fn check_way(known: Option<&Stored>, settings: &Settings, identity: &Identity) -> Result<()> {
    let Some(known) = known else { return Ok(()) };
    known.check_account(&identity.account)?;
    let same_team = known.settings.team == settings.team;
    let same_pool = known.settings.pool_name == settings.pool_name && known.region == identity.region;
    if (same_team && same_pool) || known.created.is_empty() {
        return Ok(());
    }
    let what = match &known.settings.team {
        Some(team) => format!("the team `{team}` with "),
        None => String::new(),
    };
    Err(Error::usage(format!(
        "the set-up of this folder is {what}the user pool {} ({}) in {}",
        known.pool_id.as_deref().unwrap_or("that was being made"),
        known.settings.pool_name,
        known.region
    ))
    .code(Code::IdentityOtherPool)
    .hint(format!(
        "go on with it: `{} --pool-name {} --region {}`",
        known.flow.command(known.settings.team.as_deref()),
        crate::shell::quoted(&known.settings.pool_name),
        known.region
    ))
    .hint("or delete it first: `agentcore identity cleanup`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(request: &SetupRequest, known: Option<&Settings>) -> Result<Settings> {
        request.settings(known, Path::new("/home/me/orders"), "us-west-2")
    }

    fn team(name: &str) -> SetupRequest {
        SetupRequest { flow: Some(Flow::Team), team: Some(name.into()), ..SetupRequest::default() }
    }

    #[test]
    fn a_later_run_goes_on_with_what_the_first_was_asked_for() {
        let first = SetupRequest {
            token_minutes: Some(60),
            scopes: vec!["invoke".into()],
            callback_urls: vec!["https://app.example/cb".into()],
            ssm_prefix: Some("/mine/".into()),
            tags: BTreeMap::from([("cost".into(), "7".into())]),
            ..team("support")
        };
        let first = settings(&first, None).unwrap();
        assert_eq!(settings(&team("support"), Some(&first)).unwrap(), first);
        assert_eq!(first.full_scopes(), ["support/invoke"]);
        assert_eq!(first.ssm_prefix.as_deref(), Some("/mine"));
        let changed = SetupRequest { token_minutes: Some(30), ..team("support") };
        let changed = settings(&changed, Some(&first)).unwrap();
        assert_eq!((changed.token_minutes, &changed.scopes), (30, &first.scopes));
    }

    #[test]
    fn each_flow_has_its_parts() {
        let user = settings(&SetupRequest::default(), None).unwrap();
        assert_eq!(
            (user.pool_name.as_str(), user.machine_client_name, user.ssm_prefix),
            ("agentcore-orders", None, None)
        );
        let machine = SetupRequest { flow: Some(Flow::Machine), ..SetupRequest::default() };
        let machine = settings(&machine, None).unwrap();
        assert!(machine.username.is_none() && machine.user_client_name.is_none());
        assert_eq!(machine.full_scopes(), ["agentcore/read", "agentcore/write"]);
        let team = settings(&team("customersupport"), None).unwrap();
        assert_eq!(parameter_names(&team).len(), 9);
        assert!(parameter_names(&team)[0].starts_with("/app/customersupport/agentcore/"));
    }

    #[test]
    fn what_a_service_would_refuse_later_is_refused_first() {
        for request in [
            team(""),
            team("with space"),
            SetupRequest { domain_prefix: Some("my-cognito".into()), ..team("a") },
            SetupRequest { domain_prefix: Some("-a".into()), ..team("a") },
            SetupRequest { scopes: vec!["a/b".into()], ..team("a") },
            SetupRequest { ssm_prefix: Some("/aws/x".into()), ..team("a") },
            SetupRequest { callback_urls: vec!["http://example.com/cb".into()], ..team("a") },
            SetupRequest { callback_urls: vec!["https://example.com/cb#x".into()], ..team("a") },
            SetupRequest { provider_name: Some("a b".into()), ..team("a") },
        ] {
            assert_eq!(settings(&request, None).unwrap_err().kind().exit_code(), 2, "{request:?}");
        }
        let app = SetupRequest { callback_urls: vec!["myapp://cb".into()], ..team("a") };
        settings(&app, None).unwrap();
    }

    #[test]
    fn a_derived_domain_is_one_that_cognito_takes() {
        for name in ["customersupport", "My Pool!", "cognito-demo", "", "-", &"long-".repeat(30)] {
            let domain = derived_domain(name, "us-west-2_AbC");
            let settings = Settings { domain_prefix: Some(domain.clone()), ..Settings::default() };
            check(&settings).unwrap_or_else(|error| panic!("{name}: {domain}: {error}"));
            assert_eq!(domain, derived_domain(name, "us-west-2_AbC"));
            assert_ne!(domain, derived_domain(name, "us-west-2_Other"));
        }
    }

    #[test]
    fn scopes_that_others_added_stay() {
        let settings = settings(&team("a"), None).unwrap();
        let live = ResourceServer {
            identifier: "a".into(),
            name: "theirs".into(),
            scopes: vec![("admin".into(), "All of it".into())],
        };
        let wanted = resource_server(&settings, Some(&live));
        assert_eq!(wanted.name, "theirs");
        assert_eq!(wanted.scopes.len(), 2);
        assert_eq!(resource_server(&settings, Some(&wanted)), wanted);
    }
}
