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
use crate::partition::Partition;
use crate::redact::SecretString;
use crate::resources::pool_domain::RESERVED;

/// What set-up is asked for; what is `None` or empty was not said.
#[derive(Debug, Default)]
pub(crate) struct SetupRequest {
    pub(crate) flow: Option<SetupFlow>,
    /// Only the pool whose tokens callers bring.
    pub(crate) inbound_only: bool,
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

/// What defaults are made of.
pub(super) struct SettingsScope<'a> {
    /// Folder of the project.
    pub(super) dir: &'a Path,
    pub(super) region: &'a str,
    /// Name of the pool that another set-up of the folder has, and that this one is to be in too.
    pub(super) shared_pool: Option<String>,
}

/// What each pool of a set-up should be.
#[derive(Debug)]
pub(super) struct PoolSettings {
    pub(super) runtime: SetupSettings,
    /// `None` where callers' pool is the only one.
    pub(super) identity: Option<SetupSettings>,
}

/// Ends the name of the identity pool, which begins as the other one's.
const IDENTITY_SUFFIX: &str = "-identity";

/// Longest name of a user pool. Source: CreateUserPool in the service's model.
const POOL_NAME: usize = 128;

impl SetupRequest {
    pub(crate) fn flow(&self) -> SetupFlow {
        self.flow.unwrap_or(SetupFlow::User)
    }

    /// What is stored of a set-up with one pool goes on as it is.
    ///
    /// # Errors
    /// Exit 2 for a name that a service would refuse after other things were made.
    pub(super) fn settings(&self, known: Option<&CognitoSetup>, scope: &SettingsScope<'_>) -> Result<PoolSettings> {
        let old = known.map(|known| known.settings.clone()).unwrap_or_default();
        let one = self.inbound_only || self.flow() == SetupFlow::Team || known.is_some_and(CognitoSetup::has_one_pool);
        if one {
            let runtime = self.only_pool(old, scope);
            check(&runtime, POOL_NAME)?;
            return Ok(PoolSettings { runtime, identity: None });
        }
        let runtime = self.runtime_pool(old, scope);
        check(&runtime, POOL_NAME - IDENTITY_SUFFIX.len())?;
        let old = known.and_then(|known| known.identity_pool.as_ref()).map(|pool| pool.settings.clone());
        let identity = self.identity_pool(old.unwrap_or_default(), &runtime.pool_name, scope);
        check(&identity, POOL_NAME)?;
        Ok(PoolSettings { runtime, identity: Some(identity) })
    }

    /// A pool that has everything of its flow.
    fn only_pool(&self, mut old: SetupSettings, scope: &SettingsScope<'_>) -> SetupSettings {
        let flow = self.flow();
        let is_team = flow == SetupFlow::Team;
        let team = is_team.then(|| self.team.clone().or(old.team.take()).unwrap_or_default());
        let base = team.clone().unwrap_or_else(|| scope.pool_name());
        let mut out = self.of_every_pool(&old);
        out.pool_name = self.callers_pool_name(&old, scope.shared_pool.clone().unwrap_or_else(|| base.clone()));
        out.domain_prefix = self.domain_prefix.clone().or(old.domain_prefix.take());
        out.permissions_boundary = self.permissions_boundary.clone().or(old.permissions_boundary.take());
        if flow != SetupFlow::Machine {
            let name = if is_team { format!("{base}-web") } else { DEFAULT_USER_CLIENT.to_owned() };
            self.add_people(&mut out, &mut old, name);
        }
        if flow != SetupFlow::User {
            if is_team {
                self.add_machines(&mut out, &mut old, (format!("{base}-machine"), base), &["read"]);
            } else {
                self.add_agents_machines(&mut out, &mut old);
            }
        }
        if let Some(team) = team {
            out.callback_urls = list(&self.callback_urls, old.callback_urls, &[CALLBACK]);
            let role = naming::gateway_role(scope.region, &team);
            out.gateway_role = Some(pick(&self.gateway_role, old.gateway_role, role));
            let prefix = pick(&self.ssm_prefix, old.ssm_prefix, format!("/app/{team}/agentcore"));
            out.ssm_prefix = Some(format!("/{}", prefix.trim_matches('/')));
            out.provider_name = Some(pick(&self.provider_name, old.provider_name, format!("{team}-cognito")));
            out.team = Some(team);
        }
        out
    }

    /// The first of two pools: people who call the agent, in both flows. Each flow has its own, as with the toolkit.
    fn runtime_pool(&self, mut old: SetupSettings, scope: &SettingsScope<'_>) -> SetupSettings {
        let base = match self.flow() {
            SetupFlow::Machine => format!("{}-m2m", scope.pool_name()),
            SetupFlow::User | SetupFlow::Team => scope.pool_name(),
        };
        let mut out = self.of_every_pool(&old);
        out.pool_name = self.callers_pool_name(&old, scope.shared_pool.clone().unwrap_or(base));
        out.hosted_domain = true;
        self.add_people(&mut out, &mut old, DEFAULT_USER_CLIENT.to_owned());
        out
    }

    /// The second of two pools: what the agent gets tokens from.
    fn identity_pool(&self, mut old: SetupSettings, runtime: &str, scope: &SettingsScope<'_>) -> SetupSettings {
        let mut out = self.of_every_pool(&old);
        out.pool_name = format!("{runtime}{IDENTITY_SUFFIX}");
        out.hosted_domain = true;
        out.domain_prefix = self.domain_prefix.clone().or(old.domain_prefix.take());
        if self.flow() == SetupFlow::Machine {
            self.add_agents_machines(&mut out, &mut old);
        } else {
            out.web_client_name = Some(old.web_client_name.unwrap_or_else(|| "agentcore-web-client".to_owned()));
            out.username = Some(old.username.unwrap_or_else(|| "externaluser".to_owned()));
            let service = Partition::of_region(scope.region).host("bedrock-agentcore", scope.region);
            let callback = format!("https://{service}/identities/oauth2/callback");
            out.callback_urls = list(&[], old.callback_urls, &[&callback]);
        }
        out
    }

    fn of_every_pool(&self, old: &SetupSettings) -> SetupSettings {
        let minutes = Some(old.token_minutes).filter(|minutes| *minutes > 0);
        SetupSettings {
            token_minutes: self.token_minutes.or(minutes).unwrap_or(DEFAULT_TOKEN_MINUTES),
            tags: if self.tags.is_empty() { old.tags.clone() } else { self.tags.clone() },
            ..SetupSettings::default()
        }
    }

    fn callers_pool_name(&self, old: &SetupSettings, default: String) -> String {
        pick(&self.pool_name, Some(old.pool_name.clone()).filter(|name| !name.is_empty()), default)
    }

    fn add_people(&self, out: &mut SetupSettings, old: &mut SetupSettings, client: String) {
        out.user_client_name = Some(pick(&self.client_name, old.user_client_name.take(), client));
        out.username = Some(pick(&self.username, old.username.take(), "testuser".to_owned()));
    }

    fn add_machines(
        &self,
        out: &mut SetupSettings,
        old: &mut SetupSettings,
        (client, server): (String, String),
        scopes: &[&str],
    ) {
        out.machine_client_name = Some(pick(&self.machine_client_name, old.machine_client_name.take(), client));
        out.resource_server = Some(pick(&self.resource_server, old.resource_server.take(), server));
        out.scopes = list(&self.scopes, std::mem::take(&mut old.scopes), scopes);
    }

    /// Machines of one agent, without a team.
    fn add_agents_machines(&self, out: &mut SetupSettings, old: &mut SetupSettings) {
        let names = ("agentcore-machine-client".to_owned(), "agentcore".to_owned());
        self.add_machines(out, old, names, &["read", "write"]);
    }
}

impl SettingsScope<'_> {
    /// Name of the folder's pool.
    fn pool_name(&self) -> String {
        let folder = self.dir.file_name().map(|name| name.to_string_lossy().into_owned());
        format!("agentcore-{}", folder.unwrap_or_default())
    }
}

fn pick(asked: &Option<String>, old: Option<String>, default: String) -> String {
    asked.clone().or(old).unwrap_or(default)
}

fn list(asked: &[String], old: Vec<String>, default: &[&str]) -> Vec<String> {
    match (asked.is_empty(), old.is_empty()) {
        (false, _) => asked.to_vec(),
        (true, false) => old,
        (true, true) => default.iter().map(|text| (*text).to_owned()).collect(),
    }
}

/// What the services' models say of names, as far as a person is likely to get it wrong.
fn check(settings: &SetupSettings, pool_name: usize) -> Result<()> {
    let bad = |flag: &str, value: &str, rule: &str| {
        Err(Error::usage(format!("`{value}` cannot be used for `{flag}`: {rule}")).code(Code::InputValue))
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if settings.pool_name.chars().count() > pool_name {
        return bad("--pool-name", &settings.pool_name, &format!("{pool_name} characters at most"));
    }
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
pub(super) fn check_way(known: Option<&CognitoSetup>, wanted: &PoolSettings, identity: &CallerIdentity) -> Result<()> {
    let Some(known) = known else { return Ok(()) };
    known.check_account(&identity.account)?;
    let settings = &wanted.runtime;
    let same_team = known.settings.team == settings.team;
    let same_pool = known.settings.pool_name == settings.pool_name && known.region == identity.region;
    if !known.has_created() {
        return Ok(());
    }
    let go_on = format!(
        "{} --pool-name {} --region {}",
        known.flow.command(known.settings.team.as_deref()),
        crate::shell::quoted(&known.settings.pool_name),
        known.region
    );
    if same_team && same_pool {
        let Some(second) = known.identity_pool.as_ref().filter(|_| wanted.identity.is_none()) else { return Ok(()) };
        return Err(Error::usage(format!(
            "the set-up of this folder has an identity pool too, {} ({}), which `--inbound-only` would leave to nobody",
            second.pool_id.as_deref().unwrap_or("that was being made"),
            second.settings.pool_name
        ))
        .code(Code::IdentityOtherPool)
        .hint(format!("go on with both: `{go_on}`"))
        .hint("or delete them first: `agentcore identity cleanup`"));
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
    .hint(format!("go on with it: `{go_on}`"))
    .hint("or delete it first: `agentcore identity cleanup`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools(request: &SetupRequest, known: Option<&CognitoSetup>) -> Result<PoolSettings> {
        let dir = Path::new("/home/me/orders");
        request.settings(known, &SettingsScope { dir, region: "us-west-2", shared_pool: None })
    }

    /// Those of the callers' pool.
    fn settings(request: &SetupRequest, known: Option<&SetupSettings>) -> Result<SetupSettings> {
        let known = known.map(|settings| CognitoSetup::new(request.flow(), "1", "us-west-2", settings.clone()));
        pools(request, known.as_ref()).map(|pools| pools.runtime)
    }

    fn team(name: &str) -> SetupRequest {
        SetupRequest { flow: Some(SetupFlow::Team), team: Some(name.into()), ..SetupRequest::default() }
    }

    fn flow(flow: SetupFlow, inbound_only: bool) -> SetupRequest {
        SetupRequest { flow: Some(flow), inbound_only, ..SetupRequest::default() }
    }

    #[test]
    fn later_run_keeps_the_settings_of_the_first() {
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
    fn each_flow_with_one_pool_has_its_parts() {
        let user = pools(&flow(SetupFlow::User, true), None).unwrap();
        assert!(user.identity.is_none() && !user.runtime.wants_domain());
        let user = user.runtime;
        assert_eq!(
            (user.pool_name.as_str(), user.machine_client_name, user.ssm_prefix),
            ("agentcore-orders", None, None)
        );
        let machine = pools(&flow(SetupFlow::Machine, true), None).unwrap();
        assert!(machine.identity.is_none());
        let machine = machine.runtime;
        assert!(machine.username.is_none() && machine.user_client_name.is_none());
        assert_eq!(machine.full_scopes(), ["agentcore/read", "agentcore/write"]);
        let team = pools(&team("customersupport"), None).unwrap();
        assert!(team.identity.is_none());
        assert_eq!(team.runtime.ssm_prefix.as_deref(), Some("/app/customersupport/agentcore"));
    }

    #[test]
    fn each_flow_with_two_pools_has_its_parts() {
        for (name, which) in [("agentcore-orders", SetupFlow::User), ("agentcore-orders-m2m", SetupFlow::Machine)] {
            let PoolSettings { runtime, identity } = pools(&flow(which, false), None).unwrap();
            let identity = identity.unwrap();
            assert_eq!((runtime.pool_name.as_str(), runtime.username.as_deref()), (name, Some("testuser")));
            assert_eq!(identity.pool_name, format!("{name}-identity"));
            assert!(runtime.wants_domain() && identity.wants_domain());
            assert!(runtime.machine_client_name.is_none() && identity.user_client_name.is_none());
            if which == SetupFlow::User {
                assert_eq!(identity.username.as_deref(), Some("externaluser"));
                let url = "https://bedrock-agentcore.us-west-2.amazonaws.com/identities/oauth2/callback";
                assert_eq!(identity.callback_urls, [url]);
                assert!(identity.web_client_name.is_some() && identity.resource_server.is_none());
            } else {
                assert_eq!(identity.full_scopes(), ["agentcore/read", "agentcore/write"]);
                assert!(identity.web_client_name.is_none() && identity.username.is_none());
            }
        }
    }

    #[test]
    fn stored_set_up_keeps_its_number_of_pools() {
        let one = CognitoSetup::new(
            SetupFlow::Machine,
            "1",
            "us-west-2",
            pools(&flow(SetupFlow::Machine, true), None).unwrap().runtime,
        );
        assert!(pools(&flow(SetupFlow::Machine, false), Some(&one)).unwrap().identity.is_none());
        let first =
            pools(&SetupRequest { scopes: vec!["call".into()], ..flow(SetupFlow::Machine, false) }, None).unwrap();
        let mut two = CognitoSetup::new(SetupFlow::Machine, "1", "us-west-2", first.runtime.clone());
        let second = CognitoSetup::new(SetupFlow::Machine, "1", "us-west-2", first.identity.clone().unwrap());
        two.identity_pool = Some(Box::new(second));
        let again = pools(&flow(SetupFlow::Machine, false), Some(&two)).unwrap();
        assert_eq!((&again.runtime, &again.identity), (&first.runtime, &first.identity));
        let identity = CallerIdentity {
            account: "1".into(),
            region: "us-west-2".into(),
            principal: "arn:aws:iam::1:user/a".into(),
            profile: None,
        };
        two.mark_created(&crate::config::SetupPart::Pool);
        let wanted = pools(&flow(SetupFlow::Machine, true), Some(&two)).unwrap();
        assert_eq!(check_way(Some(&two), &wanted, &identity).unwrap_err().code_str(), "identity.other-pool");
        assert!(check_way(Some(&two), &again, &identity).is_ok());
    }

    #[test]
    fn settings_a_service_would_reject_are_refused_first() {
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
            SetupRequest { pool_name: Some("a".repeat(129)), ..team("a") },
            SetupRequest { pool_name: Some("a".repeat(120)), ..SetupRequest::default() },
        ] {
            assert_eq!(settings(&request, None).unwrap_err().kind().exit_code(), 2, "{request:?}");
        }
        let app = SetupRequest { callback_urls: vec!["myapp://cb".into()], ..team("a") };
        settings(&app, None).unwrap();
    }
}
