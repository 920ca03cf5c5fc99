//! What a set-up should be: what was asked for, else what an earlier run was asked for, else the defaults.
//!
//! Pure. What each resource makes of the settings is its own (`resources`).

use std::collections::BTreeMap;
use std::path::Path;

use crate::cloud::CallerIdentity;
use crate::config::cognito_setup::{DEFAULT_TOKEN_MINUTES, DEFAULT_USER_CLIENT};
use crate::config::naming;
use crate::config::{CognitoSetup, SetupFlow, SetupSettings};
use crate::error::{Code, Error, Result};
use crate::redact::SecretString;
use crate::resources::pool_domain::RESERVED;

/// What set-up is asked for; what is `None` or empty was not said.
#[derive(Debug, Default)]
pub(crate) struct SetupRequest {
    pub(crate) flow: Option<SetupFlow>,
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
    pub(crate) fn flow(&self) -> SetupFlow {
        self.flow.unwrap_or(SetupFlow::User)
    }

    /// # Errors
    /// Exit 2 for a name that a service would refuse after other things were made.
    pub(super) fn settings(&self, known: Option<&SetupSettings>, dir: &Path, region: &str) -> Result<SetupSettings> {
        let flow = self.flow();
        let old = known.cloned().unwrap_or_default();
        let team = match flow {
            SetupFlow::Team => Some(self.team.clone().or(old.team).unwrap_or_default()),
            SetupFlow::User | SetupFlow::Machine => None,
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
        let (people, machines) = (flow != SetupFlow::Machine, flow != SetupFlow::User);
        let mut out = SetupSettings {
            pool_name: pick(&self.pool_name, Some(old.pool_name).filter(|name| !name.is_empty()), base.clone())
                .unwrap_or_default(),
            token_minutes: self
                .token_minutes
                .or(Some(old.token_minutes).filter(|minutes| *minutes > 0))
                .unwrap_or(DEFAULT_TOKEN_MINUTES),
            domain_prefix: self.domain_prefix.clone().or(old.domain_prefix),
            tags: if self.tags.is_empty() { old.tags } else { self.tags.clone() },
            permissions_boundary: self.permissions_boundary.clone().or(old.permissions_boundary),
            ..SetupSettings::default()
        };
        if people {
            let name = if flow == SetupFlow::Team { format!("{base}-web") } else { DEFAULT_USER_CLIENT.to_owned() };
            out.user_client_name = pick(&self.client_name, old.user_client_name, name);
            out.username = pick(&self.username, old.username, "testuser".to_owned());
        }
        if machines {
            let name =
                if flow == SetupFlow::Team { format!("{base}-machine") } else { "agentcore-machine-client".to_owned() };
            out.machine_client_name = pick(&self.machine_client_name, old.machine_client_name, name);
            let server = if flow == SetupFlow::Team { base } else { "agentcore".to_owned() };
            out.resource_server = pick(&self.resource_server, old.resource_server, server);
            let scopes: &[&str] = if flow == SetupFlow::Team { &["read"] } else { &["read", "write"] };
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
fn check(settings: &SetupSettings) -> Result<()> {
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

fn is_callback(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    // 127.0.0.1 over plain http is refused by Cognito; `localhost` is its one exception.
    url.fragment().is_none() && (url.scheme() != "http" || url.host_str() == Some("localhost"))
}

/// Refuses to put another set-up in the place of one that only the store knows: that pool would be left to nobody.
pub(super) fn check_way(
    known: Option<&CognitoSetup>,
    settings: &SetupSettings,
    identity: &CallerIdentity,
) -> Result<()> {
    let Some(known) = known else { return Ok(()) };
    known.check_account(&identity.account)?;
    let same_team = known.settings.team == settings.team;
    let same_pool = known.settings.pool_name == settings.pool_name && known.region == identity.region;
    if (same_team && same_pool) || !known.has_created() {
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

    fn settings(request: &SetupRequest, known: Option<&SetupSettings>) -> Result<SetupSettings> {
        request.settings(known, Path::new("/home/me/orders"), "us-west-2")
    }

    fn team(name: &str) -> SetupRequest {
        SetupRequest { flow: Some(SetupFlow::Team), team: Some(name.into()), ..SetupRequest::default() }
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
        let machine = SetupRequest { flow: Some(SetupFlow::Machine), ..SetupRequest::default() };
        let machine = settings(&machine, None).unwrap();
        assert!(machine.username.is_none() && machine.user_client_name.is_none());
        assert_eq!(machine.full_scopes(), ["agentcore/read", "agentcore/write"]);
        let team = settings(&team("customersupport"), None).unwrap();
        assert_eq!(team.ssm_prefix.as_deref(), Some("/app/customersupport/agentcore"));
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
}
