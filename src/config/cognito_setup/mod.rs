//! What `identity setup-cognito` keeps beside the project: enough to get tokens later, to verify, and to delete again.
//!
//! Owns: the files, their keys, and reading what others wrote. File names and the keys of `runtime` and `identity` are
//! those of the retired starter toolkit (0.3.14, `cli/identity/commands.py`), so that its users' scripts go on; what only
//! this program needs is under `agentcore`. Does not own: what is stored when (`setup`).

mod file;
mod part;
mod settings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroize;

use crate::error::{Code, Context, Error, Result};
use crate::events::Events;
use crate::fsx;
use crate::ownership::Owners;
use crate::redact::{ExposeSecret, SecretString};
use crate::shell::quoted;
use file::{File, read};

pub(crate) use part::{SetupFlow, SetupPart, SetupPool};
pub(crate) use settings::{DEFAULT_TOKEN_MINUTES, DEFAULT_USER_CLIENT, SetupSettings};

/// An app client with a secret.
#[derive(Clone, Debug)]
pub(crate) struct ConfidentialClient {
    pub(crate) id: String,
    /// Cognito makes it; `None` only between the creation and its answer.
    pub(crate) secret: Option<SecretString>,
}

/// The stored result of a set-up. What is not there yet is `None`.
#[derive(Clone, Debug)]
pub(crate) struct CognitoSetup {
    pub(crate) flow: SetupFlow,
    /// Account of the pool; files of the starter toolkit do not have it.
    pub(crate) account: Option<String>,
    pub(crate) region: String,
    /// The identity that the tags of what was made carry; set-ups of before there were identities have none.
    pub(crate) project: Option<String>,
    pub(crate) settings: SetupSettings,
    pub(crate) pool_id: Option<String>,
    pub(crate) discovery_url: Option<String>,
    /// Prefix of the hosted domain.
    pub(crate) domain: Option<String>,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) authorization_endpoint: Option<String>,
    /// Id of the client for people.
    pub(crate) user_client: Option<String>,
    pub(crate) machine_client: Option<ConfidentialClient>,
    pub(crate) web_client: Option<ConfidentialClient>,
    pub(crate) password: Option<SecretString>,
    /// Whether the user has this password in the pool.
    pub(crate) password_set: bool,
    pub(crate) role_arn: Option<String>,
    /// What set-up made or was about to make, and clean-up may delete: words of [`SetupPart`].
    created: BTreeSet<String>,
    /// The same of the identity pool, where there is one. Flow, account, region and project are those of the whole.
    pub(crate) identity_pool: Option<Box<CognitoSetup>>,
}

/// A user's sign-in, complete.
#[derive(Debug)]
pub(crate) struct UserAccess<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) username: &'a str,
    pub(crate) password: &'a SecretString,
}

/// A machine's client credentials, complete.
#[derive(Debug)]
pub(crate) struct MachineAccess<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) client_secret: &'a SecretString,
    /// `identifier/name` each.
    pub(crate) scopes: Vec<String>,
}

impl ConfidentialClient {
    fn exposed(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.expose_secret())
    }
}

impl CognitoSetup {
    pub(crate) fn new(flow: SetupFlow, account: &str, region: &str, settings: SetupSettings) -> Self {
        Self {
            flow,
            account: Some(account.to_owned()),
            region: region.to_owned(),
            project: None,
            settings,
            pool_id: None,
            discovery_url: None,
            domain: None,
            token_endpoint: None,
            authorization_endpoint: None,
            user_client: None,
            machine_client: None,
            web_client: None,
            password: None,
            password_set: false,
            role_arn: None,
            created: BTreeSet::new(),
            identity_pool: None,
        }
    }

    /// What is stored of each pool, the callers' first.
    pub(crate) fn pools(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.identity_pool.as_deref())
    }

    /// Whether this program has set up one pool, for callers: as `--inbound-only` does, for teams, and once always. A file of
    /// the toolkit's has no names to go on with.
    pub(crate) fn has_one_pool(&self) -> bool {
        self.identity_pool.is_none() && !self.settings.pool_name.is_empty()
    }

    /// `None` when this set-up was not run in this folder.
    ///
    /// # Errors
    /// Exit 2 when the file is something else; its content is not quoted.
    pub(crate) fn load(dir: &Path, flow: SetupFlow) -> Result<Option<Self>> {
        let path = dir.join(flow.store_file());
        if Owners::around(dir).stranger(&path).is_some() {
            return Err(Error::usage(format!("`{}` belongs to another user, so it is not used", path.display()))
                .code(Code::IdentityStore)
                .hint("delete the file, or work in a folder of your own"));
        }
        let Some(mut text) = fsx::read_text(&path)? else { return Ok(None) };
        let read = read(flow, &text);
        text.zeroize();
        read.map(Some).map_err(|error| {
            // The parser's message may quote a value, so only its position is passed on.
            Error::usage(format!(
                "`{}` is not what setup-cognito writes (line {}, column {})",
                path.display(),
                error.line(),
                error.column()
            ))
            .code(Code::IdentityStore)
            .hint(format!("run `{}` again, or delete the file", flow.command(None)))
        })
    }

    /// Whether `identity token` has somebody to sign in with what is stored in this folder.
    pub(crate) fn can_sign_in(dir: &Path) -> bool {
        Self::load_all(dir).is_ok_and(|all| {
            let mut pools = all.iter().flat_map(Self::pools);
            pools.any(|stored| stored.user_access().is_some() || stored.machine_access().is_some())
        })
    }

    /// Every set-up of the folder.
    pub(crate) fn load_all(dir: &Path) -> Result<Vec<Self>> {
        SetupFlow::ALL.into_iter().filter_map(|flow| Self::load(dir, flow).transpose()).collect()
    }

    /// What signs the test user in; `None` when this set-up has none, or is not complete.
    pub(crate) fn user_access(&self) -> Option<UserAccess<'_>> {
        Some(UserAccess {
            client_id: self.user_client.as_deref()?,
            username: self.settings.username.as_deref()?,
            password: self.password.as_ref()?,
        })
    }

    /// What gets a machine's token; `None` when this set-up has none, or is not complete.
    pub(crate) fn machine_access(&self) -> Option<MachineAccess<'_>> {
        let client = self.machine_client.as_ref().filter(|_| self.token_endpoint.is_some())?;
        Some(MachineAccess {
            client_id: &client.id,
            client_secret: client.secret.as_ref()?,
            scopes: self.settings.full_scopes(),
        })
    }

    /// Refuses to work on the pool of one account with the keys of another: it would look as if it were gone.
    ///
    /// # Errors
    /// Exit 2 naming both accounts.
    pub(crate) fn check_account(&self, account: &str) -> Result<()> {
        match &self.account {
            Some(own) if own != account => Err(Error::usage(format!(
                "the user pool {} belongs to account {own}, and these credentials are of account {account}",
                self.settings.pool_name
            ))
            .code(Code::AwsAccountMismatch)
            .hint("choose the right `--profile`")),
            _ => Ok(()),
        }
    }

    /// Whether set-up made `part`, or was about to.
    pub(crate) fn is_created(&self, part: &SetupPart) -> bool {
        self.created.contains(&*part.word())
    }

    /// Whether anything was made, or was about to be.
    pub(crate) fn has_created(&self) -> bool {
        self.pools().any(|pool| !pool.created.is_empty())
    }

    /// `true` when it was not written down before.
    pub(crate) fn mark_created(&mut self, part: &SetupPart) -> bool {
        self.created.insert(part.word().into_owned())
    }

    pub(crate) fn unmark_created(&mut self, part: &SetupPart) {
        self.created.remove(&*part.word());
    }

    /// Takes out the pool and whatever goes with it.
    pub(crate) fn forget_pool(&mut self) {
        self.pool_id = None;
        self.discovery_url = None;
        self.domain = None;
        self.token_endpoint = None;
        self.authorization_endpoint = None;
        self.user_client = None;
        self.machine_client = None;
        self.web_client = None;
        self.password_set = false;
        for part in SetupPart::IN_POOL {
            self.unmark_created(&part);
        }
    }

    /// The text of the file. It holds secrets.
    ///
    /// # Errors
    /// What cannot be said in JSON.
    pub(crate) fn text(&self) -> Result<String> {
        let mut text =
            serde_json::to_string_pretty(&File::from(self)).context("could not write down the identity set-up")?;
        text.push('\n');
        Ok(text)
    }

    /// Writes both files.
    pub(crate) fn save(&self, dir: &Path) -> Result<()> {
        let mut text = self.text()?;
        fsx::sweep(dir);
        fsx::write_private(&dir.join(self.flow.store_file()), text.as_bytes())?;
        text.zeroize();
        let mut lines: String =
            self.variables().iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect();
        fsx::write_private(&dir.join(self.flow.env_file()), lines.as_bytes())?;
        lines.zeroize();
        fsx::sweep(dir);
        Ok(())
    }

    /// The toolkit's variables: a pool for callers (`RUNTIME_…`) and one for outbound access (`IDENTITY_…`). Where both are the
    /// same pool, the machine's secret has both names because the toolkit writes one and reads the other.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let mut put = |name, value: Option<&str>| out.extend(value.map(|value| (name, value.to_owned())));
        let machine = self.machine_client.as_ref();
        put("RUNTIME_POOL_ID", self.pool_id.as_deref());
        put("RUNTIME_CLIENT_ID", self.user_client.as_deref().or(machine.map(|client| client.id.as_str())));
        put("RUNTIME_DISCOVERY_URL", self.discovery_url.as_deref());
        if self.flow == SetupFlow::Machine {
            put("RUNTIME_CLIENT_SECRET", machine.and_then(ConfidentialClient::exposed));
        }
        if let Some(password) = &self.password {
            put("RUNTIME_USERNAME", self.settings.username.as_deref());
            put("RUNTIME_PASSWORD", Some(password.expose_secret()));
        }
        if let Some(machine) = machine {
            put("IDENTITY_POOL_ID", self.pool_id.as_deref());
            put("IDENTITY_CLIENT_ID", Some(&machine.id));
            put("IDENTITY_CLIENT_SECRET", machine.exposed());
            put("IDENTITY_TOKEN_ENDPOINT", self.token_endpoint.as_deref());
            put("IDENTITY_RESOURCE_SERVER", self.settings.resource_server.as_deref());
            put("IDENTITY_SCOPES", Some(&self.settings.full_scopes().join(" ")));
        }
        out.extend(self.identity_pool.iter().flat_map(|pool| pool.identity_variables()));
        out
    }

    /// Those of the identity pool. None has a space in it, because the toolkit's guide loads them with
    /// `export $(grep -v '^#' FILE | xargs)`.
    fn identity_variables(&self) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let mut put = |name, value: Option<&str>| out.extend(value.map(|value| (name, value.to_owned())));
        let client = self.confidential_client();
        put("IDENTITY_POOL_ID", self.pool_id.as_deref());
        put("IDENTITY_CLIENT_ID", client.map(|client| client.id.as_str()));
        put("IDENTITY_CLIENT_SECRET", client.and_then(ConfidentialClient::exposed));
        put("IDENTITY_DISCOVERY_URL", self.discovery_url.as_deref());
        put("IDENTITY_TOKEN_ENDPOINT", self.token_endpoint.as_deref());
        put("IDENTITY_RESOURCE_SERVER", self.settings.resource_server.as_deref());
        if let Some(password) = &self.password {
            put("IDENTITY_USERNAME", self.settings.username.as_deref());
            put("IDENTITY_PASSWORD", Some(password.expose_secret()));
        }
        out
    }

    /// The client with a secret that this pool has.
    pub(crate) fn confidential_client(&self) -> Option<&ConfidentialClient> {
        self.machine_client.as_ref().or(self.web_client.as_ref())
    }

    /// The files of this set-up that are there.
    pub(crate) fn files(&self, dir: &Path) -> Vec<PathBuf> {
        [self.flow.store_file(), self.flow.env_file()]
            .into_iter()
            .map(|name| dir.join(name))
            .filter(|path| path.exists())
            .collect()
    }
}

/// Adds the stores to `.gitignore`, also where there is no git yet: `git init` may come later. Whether git ignores them then:
/// through a link it reads no rules.
pub(crate) fn ignore_in_git(dir: &Path, events: &Events) -> Result<bool> {
    let path = dir.join(".gitignore");
    if path.is_symlink() {
        events.warning("`.gitignore` is a symbolic link and is not changed: `.agentcore_identity_*` belongs into it, these files hold passwords and secrets");
        return Ok(false);
    }
    let mut text = fsx::read_text(&path)?.unwrap_or_default();
    if text.lines().any(|line| line.trim() == ".agentcore_identity_*") {
        return Ok(true);
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(".agentcore_identity_*\n");
    fsx::write_atomic(&path, text.as_bytes())?;
    events.note("added `.agentcore_identity_*` to .gitignore: these files hold passwords and secrets");
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> CognitoSetup {
        let settings = SetupSettings {
            pool_name: "demo".into(),
            username: Some("alice".into()),
            user_client_name: Some("web".into()),
            machine_client_name: Some("machine".into()),
            resource_server: Some("orders".into()),
            scopes: vec!["read".into(), "write".into()],
            token_minutes: 60,
            ..SetupSettings::default()
        };
        let mut stored = CognitoSetup::new(SetupFlow::Team, "123456789012", "us-west-2", settings);
        stored.pool_id = Some("us-west-2_x".into());
        stored.user_client = Some("c".into());
        stored.discovery_url = Some("https://x/.well-known/openid-configuration".into());
        stored.token_endpoint = Some("https://x/oauth2/token".into());
        stored.machine_client =
            Some(ConfidentialClient { id: "m".into(), secret: Some(SecretString::from("machine-canary".to_owned())) });
        stored.password = Some(SecretString::from("it's a canary".to_owned()));
        stored.mark_created(&SetupPart::Pool);
        stored
    }

    #[test]
    fn store_round_trips_and_debug_hides_secrets() {
        let dir = tempfile::tempdir().unwrap();
        stored().save(dir.path()).unwrap();
        let loaded = CognitoSetup::load(dir.path(), SetupFlow::Team).unwrap().unwrap();
        let user = loaded.user_access().unwrap();
        assert_eq!((user.client_id, user.password.expose_secret()), ("c", "it's a canary"));
        let machine = loaded.machine_access().unwrap();
        assert_eq!((machine.client_id, machine.client_secret.expose_secret()), ("m", "machine-canary"));
        assert_eq!(machine.scopes, ["orders/read", "orders/write"]);
        assert_eq!(loaded.settings, stored().settings);
        assert!(loaded.is_created(&SetupPart::Pool));
        assert!(!format!("{loaded:?}").contains("canary"));
        let env = std::fs::read_to_string(dir.path().join(".agentcore_identity_team.env")).unwrap();
        assert!(env.contains(r"RUNTIME_PASSWORD='it'\''s a canary'") && env.contains("IDENTITY_CLIENT_SECRET="));
    }

    /// A set-up with two pools, complete.
    fn two_pools(flow: SetupFlow) -> CognitoSetup {
        let settings = SetupSettings {
            pool_name: "demo".into(),
            user_client_name: Some("people".into()),
            username: Some("testuser".into()),
            token_minutes: 60,
            hosted_domain: true,
            ..SetupSettings::default()
        };
        let mut stored = CognitoSetup::new(flow, "123456789012", "us-west-2", settings);
        stored.project = Some("project-1".into());
        (stored.pool_id, stored.user_client) = (Some("us-west-2_r".into()), Some("c".into()));
        stored.discovery_url = Some("https://r/.well-known/openid-configuration".into());
        (stored.domain, stored.token_endpoint) = (Some("r".into()), Some("https://r/oauth2/token".into()));
        stored.password = Some("runtime-canary".to_owned().into());
        stored.mark_created(&SetupPart::Pool);
        let settings = SetupSettings {
            pool_name: "demo-identity".into(),
            token_minutes: 60,
            hosted_domain: true,
            ..SetupSettings::default()
        };
        let mut pool = CognitoSetup::new(flow, "123456789012", "us-west-2", settings);
        (pool.pool_id, pool.domain) = (Some("us-west-2_i".into()), Some("i".into()));
        pool.discovery_url = Some("https://i/.well-known/openid-configuration".into());
        pool.token_endpoint = Some("https://i/oauth2/token".into());
        pool.authorization_endpoint = Some("https://i/oauth2/authorize".into());
        let client = Some(ConfidentialClient { id: "w".into(), secret: Some("client-canary".to_owned().into()) });
        if flow == SetupFlow::Machine {
            (pool.settings.machine_client_name, pool.machine_client) = (Some("machine".into()), client);
            (pool.settings.resource_server, pool.settings.scopes) = (Some("agentcore".into()), vec!["read".into()]);
        } else {
            (pool.settings.web_client_name, pool.web_client) = (Some("web".into()), client);
            pool.settings.callback_urls = vec!["https://callback.example".into()];
            pool.settings.username = Some("externaluser".into());
            pool.password = Some("external-canary".to_owned().into());
        }
        pool.password_set = flow == SetupFlow::User;
        pool.mark_created(&SetupPart::Pool);
        pool.mark_created(&SetupPart::Domain);
        stored.identity_pool = Some(Box::new(pool));
        stored
    }

    #[test]
    fn both_pools_round_trip() {
        for flow in [SetupFlow::User, SetupFlow::Machine] {
            let dir = tempfile::tempdir().unwrap();
            let stored = two_pools(flow);
            stored.save(dir.path()).unwrap();
            let loaded = CognitoSetup::load(dir.path(), flow).unwrap().unwrap();
            assert_eq!(loaded.text().unwrap(), stored.text().unwrap(), "{flow:?}");
            let (before, after) = (stored.identity_pool.unwrap(), loaded.identity_pool.unwrap());
            assert_eq!(after.settings, before.settings);
            assert_eq!(after.confidential_client().unwrap().id, "w");
            assert_eq!((&after.created, after.password_set), (&before.created, before.password_set));
            assert_eq!((&after.project, &after.account), (&loaded.project, &loaded.account));
            assert_eq!(after.authorization_endpoint, before.authorization_endpoint);
        }
    }

    #[test]
    fn identity_members_are_the_toolkits() {
        let members = |flow| {
            let file: serde_json::Value = serde_json::from_str(&two_pools(flow).text().unwrap()).unwrap();
            let has = |pool: &str, names: &[&str]| {
                names.iter().for_each(|name| assert!(!file[pool][name].is_null(), "{name}"))
            };
            has("runtime", &["pool_id", "client_id", "discovery_url", "domain_prefix", "username", "password"]);
            assert_eq!(file["runtime"]["pool_id"], "us-west-2_r");
            assert_eq!(file["identity"]["pool_id"], "us-west-2_i");
            let user =
                ["pool_id", "client_id", "client_secret", "discovery_url", "domain_prefix", "username", "password"];
            let machine =
                ["pool_id", "client_id", "client_secret", "token_endpoint", "resource_server_identifier", "scopes"];
            has("identity", if flow == SetupFlow::User { &user } else { &machine });
            file["identity"]["flow_type"].clone()
        };
        assert!(members(SetupFlow::User).is_null());
        assert_eq!(members(SetupFlow::Machine), "client_credentials");
    }

    #[test]
    fn variables_are_the_toolkits_and_without_spaces() {
        let runtime =
            ["POOL_ID", "CLIENT_ID", "DISCOVERY_URL", "USERNAME", "PASSWORD"].map(|name| format!("RUNTIME_{name}"));
        let user = ["POOL_ID", "CLIENT_ID", "CLIENT_SECRET", "DISCOVERY_URL", "TOKEN_ENDPOINT", "USERNAME", "PASSWORD"];
        let machine = ["POOL_ID", "CLIENT_ID", "CLIENT_SECRET", "DISCOVERY_URL", "TOKEN_ENDPOINT", "RESOURCE_SERVER"];
        for (flow, own) in [(SetupFlow::User, &user[..]), (SetupFlow::Machine, &machine[..])] {
            let variables = two_pools(flow).variables();
            let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
            let own = own.iter().map(|name| format!("IDENTITY_{name}"));
            assert_eq!(names, runtime.iter().cloned().chain(own).collect::<Vec<_>>(), "{flow:?}");
            assert!(variables.iter().all(|(_, value)| !value.contains(' ')), "{flow:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        stored().save(dir.path()).unwrap();
        let files = stored().files(dir.path());
        assert_eq!(files.len(), 2);
        for file in files {
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn toolkit_file_is_read_without_claiming_its_resources() {
        let dir = tempfile::tempdir().unwrap();
        let user = r#"{"runtime": {"pool_id": "eu-west-1_a", "client_id": "c", "discovery_url": "https://d",
            "domain_prefix": "p", "username": "u", "password": "secret"},
            "identity": {"pool_id": "eu-west-1_b", "client_id": "i", "client_secret": "s"}, "flow_type": "user"}"#;
        std::fs::write(dir.path().join(SetupFlow::User.store_file()), user).unwrap();
        let loaded = CognitoSetup::load(dir.path(), SetupFlow::User).unwrap().unwrap();
        assert_eq!((loaded.region.as_str(), loaded.account.as_deref()), ("eu-west-1", None));
        assert_eq!(loaded.user_access().unwrap().client_id, "c");
        assert!(loaded.machine_access().is_none() && !loaded.has_created());
        let web = loaded.identity_pool.as_deref().and_then(|pool| pool.web_client.as_ref()).unwrap();
        assert_eq!(web.id, "i");
        assert!(!loaded.has_one_pool(), "a set-up of ours begins anew");

        let machine = r#"{"runtime": {"pool_id": "eu-west-1_a", "client_id": "c", "discovery_url": "https://d",
            "username": "u", "password": "secret"}, "identity": {"pool_id": "eu-west-1_b", "client_id": "m",
            "client_secret": "s", "token_endpoint": "https://t", "resource_server_identifier": "r",
            "scopes": ["read"], "flow_type": "client_credentials"}, "flow_type": "m2m"}"#;
        std::fs::write(dir.path().join(SetupFlow::Machine.store_file()), machine).unwrap();
        let loaded = CognitoSetup::load(dir.path(), SetupFlow::Machine).unwrap().unwrap();
        assert!(loaded.machine_access().is_none(), "the machine's client is in the other pool");
        let pool = loaded.identity_pool.as_deref().unwrap();
        let access = pool.machine_access().unwrap();
        assert_eq!((access.client_id, pool.token_endpoint.as_deref()), ("m", Some("https://t")));
        assert_eq!(
            (access.scopes.as_slice(), pool.pool_id.as_deref()),
            (&["r/read".to_owned()][..], Some("eu-west-1_b"))
        );
    }

    #[test]
    fn the_first_versions_file_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let text = r#"{"account": "1", "region": "us-west-2", "pool_id": "", "pool_name": "demo", "client_id": "",
            "discovery_url": "", "username": "u", "created_pool": true, "password_set": false, "password": "p"}"#;
        std::fs::write(dir.path().join(SetupFlow::User.store_file()), text).unwrap();
        let loaded = CognitoSetup::load(dir.path(), SetupFlow::User).unwrap().unwrap();
        assert!(loaded.is_created(&SetupPart::Pool) && loaded.pool_id.is_none() && loaded.user_access().is_none());
        assert_eq!(loaded.settings.pool_name, "demo");
    }

    #[test]
    fn a_broken_store_is_reported_without_its_content() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(SetupFlow::User.store_file()), "{\"password\": \"canary\", ").unwrap();
        let error = CognitoSetup::load(dir.path(), SetupFlow::User).unwrap_err();
        assert!(!error.to_string().contains("canary"));
    }

    #[test]
    fn the_pool_of_another_account_is_left_alone() {
        assert!(stored().check_account("123456789012").is_ok());
        assert_eq!(stored().check_account("210987654321").unwrap_err().code_str(), "aws.account-mismatch");
        let of_the_toolkit = CognitoSetup { account: None, ..stored() };
        assert!(of_the_toolkit.check_account("210987654321").is_ok());
    }

    #[test]
    fn git_ignores_the_store_once() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(".gitignore"), "target").unwrap();
        for _ in 0..2 {
            assert!(ignore_in_git(dir.path(), &Events::silent()).unwrap());
        }
        assert_eq!(std::fs::read_to_string(dir.path().join(".gitignore")).unwrap(), "target\n.agentcore_identity_*\n");
    }

    #[cfg(unix)]
    #[test]
    fn git_reads_no_rules_through_a_link() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("rules"), ".agentcore_identity_*\n").unwrap();
        std::os::unix::fs::symlink("rules", dir.path().join(".gitignore")).unwrap();
        assert!(!ignore_in_git(dir.path(), &Events::silent()).unwrap());
    }

    #[test]
    fn recorded_set_up_round_trips_unchanged() {
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
        let dir = tempfile::tempdir().unwrap();
        let flow = SetupFlow::Team;
        let files = [flow.store_file(), flow.env_file()];
        let before = files.each_ref().map(|name| std::fs::read_to_string(recorded.join(&name[1..])).unwrap());
        std::fs::write(dir.path().join(&files[0]), &before[0]).unwrap();
        let setup = CognitoSetup::load(dir.path(), flow).unwrap().unwrap();
        setup.save(dir.path()).unwrap();
        let after = files.each_ref().map(|name| std::fs::read_to_string(dir.path().join(name)).unwrap());
        assert_eq!(after, before);
        assert!(setup.has_one_pool());
        let parts = SetupPart::IN_POOL.iter().chain(&[SetupPart::Pool, SetupPart::Role]);
        assert!(parts.filter(|part| **part != SetupPart::WebClient).all(|part| setup.is_created(part)));
        assert!(setup.is_created(&SetupPart::Parameter("/app/support/agentcore/userpool_id".into())));
    }
}
