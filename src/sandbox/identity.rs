//! What a sandbox keeps between runs: account, region, keys and port.
//!
//! Owns: `identity.json` (0600), made at the first start. Does not own: what is true of one run only (`sandbox.json`).

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{DEFAULT_ACCOUNT, DEFAULT_REGION, ServerOptions, random};
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::redact::{ExposeSecret, SecretString};

/// What a sandbox keeps between runs.
#[derive(Clone, Debug)]
pub(crate) struct SandboxIdentity {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: SecretString,
    /// Part of every issuer URL, and therefore of tokens and of authorizer configurations. `None` until first bound.
    pub(crate) port: Option<u16>,
}

#[derive(Serialize, Deserialize)]
struct IdentityFile {
    account: String,
    region: String,
    access_key_id: String,
    secret_access_key: String,
    port: Option<u16>,
}

/// Whether a sandbox can be started with these options; writes nothing.
///
/// # Errors
/// As [`SandboxIdentity::load_or_create`].
pub(crate) fn check(options: &ServerOptions) -> Result<()> {
    SandboxIdentity::load_or_create(options).map(|_| ())
}

impl SandboxIdentity {
    /// The identity in `options.dir`, or a new one (not yet saved).
    ///
    /// # Errors
    /// When the options ask for another account or region than the sandbox has: its resources carry them in their
    /// names.
    pub(crate) fn load_or_create(options: &ServerOptions) -> Result<Self> {
        let Some(identity) = Self::load(&options.dir)? else { return Self::create(options) };
        let conflict = |what: &str, asked: &Option<String>, has: &str| match asked {
            Some(asked) if asked != has => Err(Error::usage(format!(
                "the sandbox in `{}` was made for {what} {has}, not {asked}",
                options.dir.display()
            ))
            .hint("a folder of its own is another sandbox: `--dir DIR`")
            .hint("`agentcore sandbox reset --all`, once it is stopped, forgets its keys and its resources too")),
            _ => Ok(()),
        };
        conflict("account", &options.account, &identity.account)?;
        conflict("region", &options.region, &identity.region)?;
        Ok(identity)
    }

    /// The saved identity, if there is one.
    pub(crate) fn load(dir: &Path) -> Result<Option<Self>> {
        let path = path(dir);
        let Some(text) = fsx::read_text(&path)? else { return Ok(None) };
        let file: IdentityFile = serde_json::from_str(&text).map_err(|error| {
            Error::failed(format!("could not understand `{}`", path.display()))
                .source(&error)
                .hint("remove the file to get new keys and a new port")
        })?;
        Ok(Some(Self {
            account: file.account,
            region: file.region,
            access_key_id: file.access_key_id,
            secret_access_key: file.secret_access_key.into(),
            port: file.port,
        }))
    }

    fn create(options: &ServerOptions) -> Result<Self> {
        let account = options.account.clone().unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned());
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::usage(format!("`{account}` is not an AWS account id")).hint("it has twelve digits"));
        }
        let region = options.region.clone().unwrap_or_else(|| DEFAULT_REGION.to_owned());
        if !is_region(&region) {
            return Err(Error::usage(format!("`{region}` is not the name of a region")).hint("for example `us-west-2`"));
        }
        Ok(Self {
            account,
            region,
            access_key_id: format!("AKIA{}", random::key_id(16)?),
            secret_access_key: random::alphanumeric(40)?.into(),
            port: None,
        })
    }

    pub(crate) fn save(&self, dir: &Path) -> Result<()> {
        let file = IdentityFile {
            account: self.account.clone(),
            region: self.region.clone(),
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.expose_secret().to_owned(),
            port: self.port,
        };
        let text = serde_json::to_vec_pretty(&file).context("could not serialise the sandbox's identity")?;
        fsx::write_private(&path(dir), &text)
    }
}

/// Words in lower case and a number: `us-west-2`, `us-gov-east-1`, `eusc-de-east-1`. Regions to come have that form too.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let words: Vec<&str> = parts.collect();
    let is_word = |word: &&str| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    matches!(number.len(), 1..=2)
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.len() >= 2
        && words.iter().all(is_word)
}

pub(super) fn path(dir: &Path) -> std::path::PathBuf {
    dir.join("identity.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_is_stable_and_cannot_change_region() {
        let dir = tempfile::tempdir().unwrap();
        let mut options = ServerOptions::new(dir.path().to_owned());
        let mut first = SandboxIdentity::load_or_create(&options).unwrap();
        first.port = Some(4566);
        first.save(dir.path()).unwrap();
        let second = SandboxIdentity::load_or_create(&options).unwrap();
        assert_eq!(second.access_key_id, first.access_key_id);
        assert_eq!(second.secret_access_key.expose_secret(), first.secret_access_key.expose_secret());
        assert_eq!(second.port, Some(4566));

        options.region = Some("eu-west-1".into());
        let error = SandboxIdentity::load_or_create(&options).unwrap_err();
        assert_eq!(error.kind(), crate::error::Kind::Usage);
        assert!(error.message().contains("us-west-2"), "{error}");
    }

    #[test]
    fn a_bad_account_or_region_is_refused() {
        let mut options = ServerOptions::new(tempfile::tempdir().unwrap().path().to_owned());
        options.account = Some("12345".into());
        assert!(SandboxIdentity::load_or_create(&options).is_err());
        options.account = None;
        for region in ["US West", "", "us", "us-west", "us-west-2a", "us--2", "-us-2", "us-west-", "2", "us-west-123"] {
            options.region = Some(region.into());
            let error = check(&options).unwrap_err();
            assert_eq!(error.kind(), crate::error::Kind::Usage, "{region}");
        }
        for region in ["us-gov-east-1", "cn-north-1", "eusc-de-east-1", "ap-southeast-5", "us-isob-east-1"] {
            options.region = Some(region.into());
            assert!(check(&options).is_ok(), "{region}");
        }
    }
}
