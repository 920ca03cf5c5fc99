//! A Cognito user pool for inbound auth: set up once, deleted again. Tokens from it are in `token`.
//!
//! Owns: what is stored beside the project (file names and variables are the starter toolkit's), and idempotency.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::zeroize::Zeroize;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::naming;
use super::shell::quoted;
use crate::cloud::{ClientSpec, Cloud};
use crate::error::{Context, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::fsx;
use crate::redact::{ExposeSecret, SecretString};
use crate::report::{Document, Report, Role};

/// What set-up keeps, 0600, beside the configuration. Enough to get a fresh token later.
pub(crate) const STORE: &str = ".agentcore_identity_cognito_user.json";
/// The same as variables for a shell.
pub(crate) const ENV_FILE: &str = ".agentcore_identity_user.env";

/// What set-up is asked for.
#[derive(Debug)]
pub(crate) struct SetupRequest<'a> {
    /// Folder of the project; the store is written here.
    pub(crate) dir: &'a Path,
    pub(crate) pool_name: &'a str,
    pub(crate) client_name: &'a str,
    pub(crate) username: &'a str,
    /// Without one, the stored password is kept or a new one is made.
    pub(crate) password: Option<SecretString>,
    pub(crate) token_minutes: u16,
    /// Account of the connection.
    pub(crate) account: &'a str,
}

/// The stored result of set-up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    /// Account of the pool; files of the starter toolkit do not have it.
    #[serde(default)]
    pub(crate) account: Option<String>,
    pub(crate) region: String,
    pub(crate) pool_id: String,
    pub(crate) pool_name: String,
    pub(crate) client_id: String,
    pub(crate) discovery_url: String,
    pub(crate) username: String,
    /// Whether this program created the pool, so that clean-up may delete it.
    pub(crate) created_pool: bool,
    /// Whether the user has this password in the pool.
    #[serde(default)]
    pub(crate) password_set: bool,
    #[serde(serialize_with = "write_secret", deserialize_with = "read_secret")]
    pub(crate) password: SecretString,
}

fn write_secret<S: serde::Serializer>(secret: &SecretString, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn read_secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

impl Stored {
    /// `None` when set-up was not run in this folder.
    pub(crate) fn load(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(STORE);
        let Some(mut text) = fsx::read_text(&path)? else { return Ok(None) };
        let stored = serde_json::from_str(&text).map_err(|error| {
            // The parser's message may quote a value, so only its position is passed on.
            Error::usage(format!(
                "`{}` is not what setup-cognito writes (line {}, column {})",
                path.display(),
                error.line(),
                error.column()
            ))
            .hint("run `agentcore identity setup-cognito` again, or delete the file")
        });
        text.zeroize();
        stored.map(Some)
    }

    /// Refuses to work on the pool of one account with the keys of another: it would look as if it were gone.
    ///
    /// # Errors
    /// Exit 2 naming both accounts.
    pub(crate) fn check_account(&self, account: &str) -> Result<()> {
        match &self.account {
            Some(own) if own != account => Err(Error::usage(format!(
                "the user pool {} belongs to account {own}, and these credentials are of account {account}",
                self.pool_name
            ))
            .code("aws.account-mismatch")
            .hint("choose the right `--profile`")),
            _ => Ok(()),
        }
    }

    fn save(&self, dir: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).context("could not write down the identity set-up")?;
        fsx::write_private(&dir.join(STORE), format!("{text}\n").as_bytes())?;
        let variables = [
            ("RUNTIME_POOL_ID", self.pool_id.as_str()),
            ("RUNTIME_CLIENT_ID", &self.client_id),
            ("RUNTIME_DISCOVERY_URL", &self.discovery_url),
            ("RUNTIME_USERNAME", &self.username),
            ("RUNTIME_PASSWORD", self.password.expose_secret()),
        ];
        let lines: String = variables.iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect();
        fsx::write_private(&dir.join(ENV_FILE), lines.as_bytes())
    }
}

/// What set-up reports. The password is in the store, not here.
#[derive(Debug)]
pub(crate) struct SetupReport {
    stored: Stored,
    store: PathBuf,
    env_file: PathBuf,
    changed: bool,
}

impl Report for SetupReport {
    fn schema(&self) -> &'static str {
        "agentcore.identity/1"
    }

    fn data(&self) -> Value {
        json!({
            "poolId": self.stored.pool_id,
            "poolName": self.stored.pool_name,
            "clientId": self.stored.client_id,
            "discoveryUrl": self.stored.discovery_url,
            "username": self.stored.username,
            "region": self.stored.region,
            "store": self.store.display().to_string(),
            "envFile": self.env_file.display().to_string(),
            "changed": self.changed,
        })
    }

    fn document(&self) -> Document {
        Document::new()
            .field("user pool", format!("{} ({})", self.stored.pool_id, self.stored.pool_name))
            .field("app client", self.stored.client_id.clone())
            .field("discovery URL", self.stored.discovery_url.clone())
            .field("user", self.stored.username.clone())
            .field("stored in", format!("{} (readable by you only, ignored by git)", self.store.display()))
            .blank()
            .styled(Role::Dim, "Next:")
            .styled(
                Role::Code,
                format!(
                    "  agentcore configure --discovery-url {} --allowed-client {}",
                    self.stored.discovery_url, self.stored.client_id
                ),
            )
            .styled(Role::Code, "  agentcore invoke '{\"prompt\": \"hello\"}' --auth")
    }
}

/// Creates what is missing: pool, client, user. Running it again changes nothing but a password that was given.
pub(crate) async fn setup(cloud: &Cloud, request: &SetupRequest<'_>, events: &Events) -> Result<SetupReport> {
    let before = Stored::load(request.dir)?;
    if let Some(before) = &before {
        before.check_account(request.account)?;
    }
    if let Some(other) = before.as_ref().filter(|stored| stored.created_pool)
        && (other.pool_name != request.pool_name || other.region != cloud.region())
    {
        return Err(in_the_way(other));
    }
    let known =
        before.as_ref().filter(|stored| stored.pool_name == request.pool_name && stored.region == cloud.region());

    let password = request
        .password
        .clone()
        .or_else(|| known.map(|stored| stored.password.clone()))
        .unwrap_or_else(generate_password);
    let password_set = known.is_some_and(|known| {
        known.password_set
            && known.username == request.username
            && known.password.expose_secret() == password.expose_secret()
    });
    let mut stored = Stored {
        account: Some(request.account.to_owned()),
        region: cloud.region().to_owned(),
        discovery_url: String::new(),
        pool_id: String::new(),
        pool_name: request.pool_name.to_owned(),
        client_id: String::new(),
        username: request.username.to_owned(),
        created_pool: known.is_some_and(|known| known.created_pool),
        password_set,
        password,
    };
    ignore_in_git(request.dir, events)?;
    events.started("pool", format!("create user pool `{}`", request.pool_name));
    let outcome = ensure_pool(cloud, known, &mut stored, request.dir).await?;
    let pool_id = stored.pool_id.clone();
    stored.discovery_url = cloud.pool_discovery_url(&pool_id);
    // Written before the next request, so that a run killed here still knows the pool it made.
    stored.save(request.dir)?;
    events.finished("pool", outcome, format!("user pool {pool_id}"));

    events.started("client", format!("create app client `{}`", request.client_name));
    let found = cloud.find_user_pool_client(&pool_id, request.client_name).await?;
    let new_client = found.is_none();
    stored.client_id = match found {
        Some(id) => id,
        None => {
            let spec = ClientSpec {
                pool_id: &pool_id,
                name: request.client_name,
                token_minutes: i32::from(request.token_minutes),
            };
            cloud.create_user_pool_client(&spec).await?
        }
    };
    let outcome = if new_client { Outcome::Created } else { Outcome::Unchanged };
    events.finished("client", outcome, format!("app client {}", stored.client_id));
    stored.save(request.dir)?;

    events.started("user", format!("create user `{}`", request.username));
    let outcome = if stored.password_set && cloud.user_is_confirmed(&pool_id, request.username).await? {
        Outcome::Unchanged
    } else {
        cloud.ensure_user(&pool_id, request.username, &stored.password).await?;
        stored.password_set = true;
        stored.save(request.dir)?;
        Outcome::Updated
    };
    events.finished("user", outcome, format!("user {}", request.username));

    let changed = before.is_none_or(|before| {
        before.pool_id != stored.pool_id || before.client_id != stored.client_id || before.username != stored.username
    });
    Ok(SetupReport { stored, store: request.dir.join(STORE), env_file: request.dir.join(ENV_FILE), changed })
}

/// The store is the only record of a pool: another one in its place would leave that pool to nobody.
fn in_the_way(other: &Stored) -> Error {
    Error::usage(format!(
        "the set-up of this folder is the user pool {} ({}) in {}",
        other.pool_id, other.pool_name, other.region
    ))
    .code("identity.other-pool")
    .hint(format!(
        "go on with it: `agentcore identity setup-cognito --pool-name {} --region {}`",
        quoted(&other.pool_name),
        other.region
    ))
    .hint("or delete it first: `agentcore identity cleanup`")
}

/// Finds or makes the pool and fills its id in. The intention to make one is stored first: after a creation whose
/// answer was lost, the next run knows by it, and by the tag, that the pool of this name is its own.
async fn ensure_pool(cloud: &Cloud, known: Option<&Stored>, stored: &mut Stored, dir: &Path) -> Result<Outcome> {
    if let Some(known) = known.filter(|known| !known.pool_id.is_empty())
        && cloud.user_pool_exists(&known.pool_id).await?
    {
        stored.pool_id.clone_from(&known.pool_id);
        return Ok(Outcome::Unchanged);
    }
    let intended = known.is_some_and(|known| known.pool_id.is_empty() && known.created_pool);
    if let Some(pool) = cloud.find_user_pool(&stored.pool_name).await? {
        stored.created_pool = intended && cloud.user_pool_has_tag(&pool, naming::MANAGED_BY).await?;
        stored.pool_id = pool;
        return Ok(Outcome::Unchanged);
    }
    stored.created_pool = true;
    stored.save(dir)?;
    let tags = [(naming::MANAGED_BY.0.to_owned(), naming::MANAGED_BY.1.to_owned())];
    stored.pool_id = cloud.create_user_pool(&stored.pool_name, &tags).await?;
    Ok(Outcome::Created)
}

/// Satisfies Cognito's default policy: upper and lower case, digit, symbol; 122 random bits.
fn generate_password() -> SecretString {
    SecretString::from(format!("Aa1!{}", uuid::Uuid::new_v4().simple()))
}

/// Adds the store's files to `.gitignore`, also where there is no git yet: `git init` may come later.
fn ignore_in_git(dir: &Path, events: &Events) -> Result<()> {
    let path = dir.join(".gitignore");
    let mut text = fsx::read_text(&path)?.unwrap_or_default();
    if text.lines().any(|line| line.trim() == ".agentcore_identity_*") {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(".agentcore_identity_*\n");
    fsx::write_atomic(&path, text.as_bytes())?;
    events.note("added `.agentcore_identity_*` to .gitignore: it holds the test user's password");
    Ok(())
}

/// What clean-up did or would do.
#[derive(Debug)]
pub(crate) struct CleanupReport {
    lines: Vec<(Outcome, String)>,
    pending: bool,
}

impl Report for CleanupReport {
    fn schema(&self) -> &'static str {
        "agentcore.identity/1"
    }

    fn data(&self) -> Value {
        let lines: Vec<Value> =
            self.lines.iter().map(|(outcome, name)| json!({ "outcome": outcome, "resource": name })).collect();
        json!({ "resources": lines, "applied": !self.pending })
    }

    fn document(&self) -> Document {
        let verb = |outcome: &Outcome| match (outcome, self.pending) {
            (Outcome::Deleted, true) => "would delete",
            (Outcome::Deleted, false) => "deleted",
            _ => "kept",
        };
        if self.lines.is_empty() {
            return Document::new().line("Nothing to delete.");
        }
        self.lines.iter().fold(Document::new(), |document, (outcome, name)| document.field(verb(outcome), name.clone()))
    }

    fn exit_code(&self) -> u8 {
        let changes = self.lines.iter().any(|(outcome, _)| *outcome == Outcome::Deleted);
        if self.pending && changes { Kind::Pending.exit_code() } else { 0 }
    }
}

/// The id of the pool that set-up made, also when it was cut off before it could note it.
async fn own_pool(cloud: &Cloud, stored: &Stored) -> Result<Option<String>> {
    if !stored.pool_id.is_empty() {
        return Ok(Some(stored.pool_id.clone()));
    }
    let Some(pool) = cloud.find_user_pool(&stored.pool_name).await? else { return Ok(None) };
    Ok(cloud.user_pool_has_tag(&pool, naming::MANAGED_BY).await?.then_some(pool))
}

/// Deletes the pool that set-up created, with its client and user, and the stored files. Repeating it is a no-op.
pub(crate) async fn cleanup(
    cloud: Option<&Cloud>,
    dir: &Path,
    stored: Option<&Stored>,
    dry_run: bool,
) -> Result<CleanupReport> {
    let mut lines = Vec::new();
    if let Some(stored) = stored {
        let name = if stored.pool_id.is_empty() {
            format!("user pool {} (its creation was cut off)", stored.pool_name)
        } else {
            format!("user pool {} ({})", stored.pool_id, stored.pool_name)
        };
        if stored.created_pool {
            if let (false, Some(cloud)) = (dry_run, cloud)
                && let Some(id) = own_pool(cloud, stored).await?
            {
                cloud.delete_user_pool(&id).await?;
            }
            lines.push((Outcome::Deleted, name));
        } else {
            lines.push((Outcome::Kept, format!("{name}: it was there before setup-cognito ran")));
        }
    }
    for name in [STORE, ENV_FILE] {
        let path = dir.join(name);
        if path.exists() {
            if !dry_run {
                std::fs::remove_file(&path).with_context(|| format!("could not delete `{}`", path.display()))?;
            }
            lines.push((Outcome::Deleted, name.to_owned()));
        }
    }
    Ok(CleanupReport { lines, pending: dry_run })
}

/// How long a user pool's tokens live when nothing is said: the journey's two hours.
pub(crate) const DEFAULT_TOKEN_LIFETIME: Duration = Duration::from_secs(2 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> Stored {
        Stored {
            account: Some("123456789012".into()),
            region: "us-west-2".into(),
            pool_id: "us-west-2_x".into(),
            pool_name: "demo".into(),
            client_id: "c".into(),
            discovery_url: "https://x/.well-known/openid-configuration".into(),
            username: "alice".into(),
            created_pool: true,
            password_set: true,
            password: SecretString::from("it's a canary".to_owned()),
        }
    }

    #[test]
    fn the_store_round_trips_and_debug_output_hides_the_password() {
        let dir = tempfile::tempdir().unwrap();
        stored().save(dir.path()).unwrap();
        let loaded = Stored::load(dir.path()).unwrap().unwrap();
        assert_eq!(loaded.password.expose_secret(), "it's a canary");
        assert!(!format!("{loaded:?}").contains("canary"));
        let env = std::fs::read_to_string(dir.path().join(ENV_FILE)).unwrap();
        assert!(env.contains(r"RUNTIME_PASSWORD='it'\''s a canary'"));
    }

    #[test]
    fn a_broken_store_is_reported_without_its_content() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(STORE), "{\"password\": \"canary\", ").unwrap();
        let error = Stored::load(dir.path()).unwrap_err();
        assert!(!error.to_string().contains("canary"));
    }

    #[test]
    fn a_pool_that_only_the_store_knows_is_named_with_the_way_on() {
        let error = in_the_way(&stored());
        assert_eq!(error.kind().exit_code(), 2);
        assert!(error.message().contains("us-west-2_x"));
        assert!(error.hints()[0].contains("--pool-name demo --region us-west-2"));
    }

    #[test]
    fn the_pool_of_another_account_is_left_alone() {
        assert!(stored().check_account("123456789012").is_ok());
        assert_eq!(stored().check_account("210987654321").unwrap_err().code_str(), "aws.account-mismatch");
        let of_the_toolkit = Stored { account: None, ..stored() };
        assert!(of_the_toolkit.check_account("210987654321").is_ok());
    }

    #[test]
    fn git_ignores_the_store_once() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(".gitignore"), "target").unwrap();
        ignore_in_git(dir.path(), &Events::silent()).unwrap();
        ignore_in_git(dir.path(), &Events::silent()).unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join(".gitignore")).unwrap(), "target\n.agentcore_identity_*\n");
    }
}
