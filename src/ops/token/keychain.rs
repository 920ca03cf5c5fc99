//! The system's keychain: the Secret Service on Linux, the login keychain on macOS.
//!
//! Owns: when it is used at all, and for how long it is waited for. A locked keychain asks its owner for a password, so
//! without a person at a terminal it is left alone, unless AGENTCORE_TOKEN_STORE=keychain says otherwise or something
//! is to be deleted. Any failure here means "no keychain": the file of `cache` is used instead.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use keyring_core::Entry;

use crate::env::Env;
use crate::redact::{ExposeSecret, SecretString};

/// Names the store: `auto` (as above), `keychain` or `file`.
const VARIABLE: &str = "AGENTCORE_TOKEN_STORE";
const SERVICE: &str = "agentcore";
/// Time limit. Long enough for a daemon to start, short enough for a person who waits.
const PATIENCE: Duration = Duration::from_secs(3);

/// A keychain that may be used. No request was made yet.
#[derive(Debug, Default)]
pub(super) struct Keychain {
    /// It did not answer in time once, and is not tried again.
    dead: AtomicBool,
}

pub(super) fn allowed(env: &Env, attended: bool) -> Option<Keychain> {
    let wanted = match env.var(VARIABLE) {
        Some("file") => false,
        Some("keychain") => true,
        _ => attended,
    };
    (wanted && reachable(env)).then(Keychain::default)
}

/// For deleting, also without a terminal: a token that is to be forgotten must not stay.
pub(super) fn for_deleting(env: &Env) -> Option<Keychain> {
    reachable(env).then(Keychain::default)
}

/// Whether there can be one: a session bus has an address.
#[cfg(target_os = "linux")]
fn reachable(env: &Env) -> bool {
    env.var("DBUS_SESSION_BUS_ADDRESS").is_some()
        || env.var("XDG_RUNTIME_DIR").is_some_and(|dir| std::path::Path::new(dir).join("bus").exists())
}

#[cfg(not(target_os = "linux"))]
fn reachable(_env: &Env) -> bool {
    cfg!(target_os = "macos")
}

#[cfg(target_os = "linux")]
fn entry(key: &str) -> Option<Entry> {
    use keyring_core::api::CredentialStoreApi;
    zbus_secret_service_keyring_store::Store::new().ok()?.build(SERVICE, key, None).ok()
}

#[cfg(target_os = "macos")]
fn entry(key: &str) -> Option<Entry> {
    use keyring_core::api::CredentialStoreApi;
    apple_native_keyring_store::keychain::Store::new().ok()?.build(SERVICE, key, None).ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn entry(_key: &str) -> Option<Entry> {
    None
}

impl Keychain {
    pub(super) async fn read(&self, key: &str) -> Option<SecretString> {
        let key = key.to_owned();
        self.with_limit(move || entry(&key)?.get_password().ok().map(SecretString::from)).await
    }

    /// Whether it was kept.
    pub(super) async fn write(&self, key: &str, secret: &SecretString) -> bool {
        let (key, secret) = (key.to_owned(), secret.clone());
        self.with_limit(move || entry(&key)?.set_password(secret.expose_secret()).ok()).await.is_some()
    }

    /// Whether it is not there any more.
    pub(super) async fn delete(&self, key: &str) -> bool {
        let key = key.to_owned();
        let work = move || match entry(&key)?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Some(()),
            Err(_) => None,
        };
        self.with_limit(work).await.is_some()
    }

    async fn with_limit<T: Send + 'static>(&self, work: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
        if self.dead.load(Ordering::Relaxed) {
            return None;
        }
        let Ok(answer) = bounded(PATIENCE, work).await else {
            self.dead.store(true, Ordering::Relaxed);
            return None;
        };
        answer
    }
}

/// There was no answer in time.
#[derive(Debug, PartialEq, Eq)]
struct KeychainTimeout;

/// Runs `work` on a thread of its own, which is abandoned when it takes too long: the calls block and cannot be ended.
async fn bounded<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Option<T> + Send + 'static,
) -> Result<Option<T>, KeychainTimeout> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("keychain".to_owned())
        .spawn(move || drop(sender.send(work())))
        .map_err(|_| KeychainTimeout)?;
    tokio::time::timeout(patience, receiver).await.map_err(|_| KeychainTimeout)?.map_err(|_| KeychainTimeout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keychain_never_prompts_without_a_terminal() {
        let env = |vars: &[(&str, &str)]| Env::fake(std::path::Path::new("/"), vars);
        let bus = ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        assert!(allowed(&env(&[bus]), false).is_none());
        assert!(allowed(&env(&[bus, (VARIABLE, "file")]), true).is_none());
        if cfg!(target_os = "linux") {
            assert!(allowed(&env(&[]), true).is_none());
            assert!(allowed(&env(&[bus]), true).is_some());
            assert!(allowed(&env(&[bus, (VARIABLE, "keychain")]), false).is_some());
        }
    }

    #[tokio::test]
    async fn unresponsive_keychain_counts_as_absent() {
        let (hold, held) = std::sync::mpsc::channel::<()>();
        assert_eq!(bounded(Duration::from_millis(20), move || held.recv().ok()).await, Err(KeychainTimeout));
        drop(hold);
    }
}
