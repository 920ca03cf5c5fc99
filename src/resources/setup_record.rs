//! The stored set-up of Amazon Cognito, for resources that are worked on side by side.
//!
//! Cognito has neither idempotency tokens nor unique names: each creation is written down before its request, and a run
//! that is killed knows by that what is its own.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::zeroize::Zeroize;

use super::owner::{self, Owner};
use super::patience::Patience;
use crate::config::naming;
use crate::config::{CognitoSetup, SetupPart, SetupPool};
use crate::digest::Digest;
use crate::error::{Code, Error, Result};

/// What is done with a set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetupVerb {
    /// Resources are looked for by their stored ids, and then by their names.
    SetUp,
    /// Resources are looked for by their stored ids alone: another one of the same name is not what was set up.
    Verify,
    /// As [`Self::Verify`]; tags are read as well.
    CleanUp,
}

/// Where what is made in one pool of a set-up is written down, and taken out again. The records of a set-up's two pools share
/// its one file.
pub(crate) struct SetupRecord {
    dir: PathBuf,
    verb: SetupVerb,
    pool: SetupPool,
    whole: Arc<Mutex<Stored>>,
}

struct Stored {
    setup: CognitoSetup,
    /// Of the text of the file as this run has written it. The text holds secrets.
    saved: Option<Digest>,
}

impl SetupRecord {
    /// That of the callers' pool. `dir` is the folder of the files.
    pub(crate) fn new(dir: &Path, setup: CognitoSetup, verb: SetupVerb) -> Self {
        // A verb that only looks, or only takes out, has no settings of its own to write down.
        let saved = (verb != SetupVerb::SetUp).then(|| fingerprint(&setup).ok()).flatten();
        let whole = Arc::new(Mutex::new(Stored { setup, saved }));
        Self { dir: dir.to_owned(), verb, pool: SetupPool::Runtime, whole }
    }

    /// One for each pool, the callers' first.
    pub(crate) fn of_pools(dir: &Path, setup: CognitoSetup, verb: SetupVerb) -> Vec<Self> {
        let has_two = setup.identity_pool.is_some();
        let first = Self::new(dir, setup, verb);
        let second = has_two.then(|| Self {
            dir: first.dir.clone(),
            verb,
            pool: SetupPool::Identity,
            whole: Arc::clone(&first.whole),
        });
        std::iter::once(first).chain(second).collect()
    }

    pub(crate) const fn pool(&self) -> SetupPool {
        self.pool
    }

    pub(crate) const fn verb(&self) -> SetupVerb {
        self.verb
    }

    /// Whether only what is stored counts.
    pub(crate) fn by_record(&self) -> bool {
        self.verb != SetupVerb::SetUp
    }

    /// What is stored of this pool; of the callers' it is the whole.
    pub(crate) fn setup(&self) -> CognitoSetup {
        self.with(|setup| setup.clone())
    }

    /// Whether a clean-up leaves the part of a pool alone: set-up did not make it, or it goes with the pool.
    pub(crate) fn passes_over(&self, part: &SetupPart) -> bool {
        self.verb == SetupVerb::CleanUp && (!self.is_created(part) || self.is_created(&SetupPart::Pool))
    }

    pub(crate) fn is_created(&self, part: &SetupPart) -> bool {
        self.with(|setup| setup.is_created(part))
    }

    /// Writes the set-up as `change` leaves it, if it changes anything.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub(crate) fn write(&self, change: impl FnOnce(&mut CognitoSetup)) -> Result<()> {
        let mut whole = self.lock();
        at_pool(&mut whole.setup, self.pool, change);
        let now = fingerprint(&whole.setup)?;
        if whole.saved != Some(now) {
            whole.setup.save(&self.dir)?;
            whole.saved = Some(now);
        }
        Ok(())
    }

    /// Sends a creation with its part on record. A refusal takes the part out again; without an answer it stays. Cognito
    /// refuses a request while another changes the same pool.
    pub(crate) async fn create<T, Fut>(
        &self,
        part: &SetupPart,
        patience: Patience<'_>,
        creation: impl FnMut() -> Fut,
    ) -> Result<T>
    where
        Fut: Future<Output = Result<T>>,
    {
        let mut fresh = false;
        self.write(|setup| fresh = setup.mark_created(part))?;
        match patience.through(creation).await {
            Err(error) if fresh && is_refusal(&error) => {
                self.write(|setup| setup.unmark_created(part))?;
                Err(error)
            }
            other => other,
        }
    }

    /// Tags of everything that set-up makes: this program's mark, the team, the project's identity, and the user's own.
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        self.with(|setup| {
            let mut tags = naming::shared_tags();
            tags.extend(setup.project.as_ref().map(|project| (naming::PROJECT_TAG.to_owned(), project.clone())));
            tags.extend(setup.settings.team.as_ref().map(|team| (naming::TEAM_TAG.to_owned(), team.clone())));
            tags.extend(setup.settings.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
            tags
        })
    }

    /// Whether a set-up of this project, and of this team where there is one, made the resource. What carries no identity is
    /// ours where `recorded` says that the store has it.
    pub(crate) fn is_ours(&self, tags: &[(String, String)], recorded: bool) -> bool {
        self.with(|setup| {
            let team = tags.iter().find(|(key, _)| key == naming::TEAM_TAG).map(|(_, team)| team.as_str());
            let fits = team == setup.settings.team.as_deref();
            let recorded = recorded && fits && naming::is_managed(tags);
            Owner::by_identity(tags, setup.project.as_deref(), fits, recorded).is_ours()
        })
    }

    /// Whether the tags are those of another project.
    pub(crate) fn is_another_projects(&self, tags: &[(String, String)]) -> bool {
        self.with(|setup| owner::is_another_projects(tags, setup.project.as_deref()))
    }

    /// Why clean-up leaves what is on record, see [`owner::unconfirmed`].
    pub(crate) fn unconfirmed(&self, tags: &[(String, String)]) -> Option<owner::Unconfirmed> {
        self.with(|setup| owner::unconfirmed(tags, setup.project.as_deref()))
    }

    fn with<T>(&self, read: impl FnOnce(&CognitoSetup) -> T) -> T {
        at_pool(&mut self.lock().setup, self.pool, |setup| read(setup))
    }

    fn lock(&self) -> MutexGuard<'_, Stored> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something with what is stored of one pool. The record of a second pool is made only where there is one, and nothing
/// takes it out.
fn at_pool<T>(whole: &mut CognitoSetup, pool: SetupPool, act: impl FnOnce(&mut CognitoSetup) -> T) -> T {
    match (pool, &mut whole.identity_pool) {
        (SetupPool::Identity, Some(second)) => act(second),
        _ => act(whole),
    }
}

impl std::fmt::Debug for SetupRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetupRecord")
            .field("dir", &self.dir)
            .field("verb", &self.verb)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

fn fingerprint(setup: &CognitoSetup) -> Result<Digest> {
    let mut text = setup.text()?;
    let digest = Digest::of_bytes(text.as_bytes());
    text.zeroize();
    Ok(digest)
}

/// The service refused the request. A failure of its own does not count: the work may have been done before it.
pub(crate) fn is_refusal(error: &Error) -> bool {
    match error.own_code() {
        Some(Code::AwsUnreachable | Code::AwsTimeout | Code::AwsAnswer | Code::Failed) => false,
        Some(_) => true,
        None => !["Internal", "Unavailable", "Service"].iter().any(|word| error.code_str().contains(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SetupFlow, SetupSettings};

    #[test]
    fn both_pools_are_written_into_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let new = || CognitoSetup::new(SetupFlow::User, "1", "us-west-2", SetupSettings::default());
        let mut setup = new();
        setup.identity_pool = Some(Box::new(new()));
        let records = SetupRecord::of_pools(dir.path(), setup, SetupVerb::SetUp);
        assert_eq!(records.len(), 2);
        for (record, id) in records.iter().zip(["us-west-2_r", "us-west-2_i"]) {
            record.write(|setup| setup.pool_id = Some(id.to_owned())).unwrap();
            assert!(!record.is_created(&SetupPart::Pool));
            record.write(|setup| assert!(setup.mark_created(&SetupPart::Pool))).unwrap();
        }
        let loaded = CognitoSetup::load(dir.path(), SetupFlow::User).unwrap().unwrap();
        let ids: Vec<_> = loaded.pools().map(|pool| pool.pool_id.clone().unwrap()).collect();
        assert_eq!(ids, ["us-west-2_r", "us-west-2_i"]);
        assert!(loaded.pools().all(|pool| pool.is_created(&SetupPart::Pool)));
        records[1].write(CognitoSetup::forget_pool).unwrap();
        let loaded = CognitoSetup::load(dir.path(), SetupFlow::User).unwrap().unwrap();
        assert_eq!(loaded.pool_id.as_deref(), Some("us-west-2_r"), "the other pool's record stays");
    }

    #[test]
    fn only_an_answer_is_a_refusal() {
        let error = |code: &str| Error::failed("x").aws_code(code.to_owned());
        assert!(is_refusal(&error("LimitExceededException")) && is_refusal(&error("AccessDeniedException")));
        assert!(!is_refusal(&error("InternalErrorException")));
        for code in [Code::AwsUnreachable, Code::AwsTimeout, Code::AwsAnswer] {
            assert!(!is_refusal(&Error::failed("x").code(code)), "{code:?}");
        }
        assert!(!is_refusal(&Error::failed("x")));
    }
}
