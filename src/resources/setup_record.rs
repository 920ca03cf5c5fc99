//! The stored set-up of Amazon Cognito, for resources that are worked on side by side.
//!
//! Cognito has neither idempotency tokens nor unique names: each creation is written down before its request, and a run
//! that is killed knows by that what is its own.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use secrecy::zeroize::Zeroize;

use super::owner::{self, Owner};
use super::patience::Patience;
use crate::config::naming;
use crate::config::{CognitoSetup, SetupPart};
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

/// Where what is made for a set-up is written down, and taken out again.
pub(crate) struct SetupRecord {
    dir: PathBuf,
    verb: SetupVerb,
    setup: Mutex<Stored>,
}

struct Stored {
    setup: CognitoSetup,
    /// Of the text of the file as this run has written it. The text holds secrets.
    saved: Option<Digest>,
}

impl SetupRecord {
    /// `dir` is the folder of the files.
    pub(crate) fn new(dir: &Path, setup: CognitoSetup, verb: SetupVerb) -> Self {
        // A verb that only looks, or only takes out, has no settings of its own to write down.
        let saved = (verb != SetupVerb::SetUp).then(|| fingerprint(&setup).ok()).flatten();
        Self { dir: dir.to_owned(), verb, setup: Mutex::new(Stored { setup, saved }) }
    }

    pub(crate) const fn verb(&self) -> SetupVerb {
        self.verb
    }

    /// Whether only what is stored counts.
    pub(crate) fn by_record(&self) -> bool {
        self.verb != SetupVerb::SetUp
    }

    pub(crate) fn setup(&self) -> CognitoSetup {
        self.with(|stored| stored.setup.clone())
    }

    /// Whether a clean-up leaves the part of a pool alone: set-up did not make it, or it goes with the pool.
    pub(crate) fn passes_over(&self, part: &SetupPart) -> bool {
        self.verb == SetupVerb::CleanUp && (!self.is_created(part) || self.is_created(&SetupPart::Pool))
    }

    pub(crate) fn is_created(&self, part: &SetupPart) -> bool {
        self.with(|stored| stored.setup.is_created(part))
    }

    /// Writes the set-up as `change` leaves it, if it changes anything.
    ///
    /// # Errors
    /// Files that cannot be written.
    pub(crate) fn write(&self, change: impl FnOnce(&mut CognitoSetup)) -> Result<()> {
        self.with(|stored| {
            change(&mut stored.setup);
            let now = fingerprint(&stored.setup)?;
            if stored.saved != Some(now) {
                stored.setup.save(&self.dir)?;
                stored.saved = Some(now);
            }
            Ok(())
        })
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
        self.with(|Stored { setup, .. }| {
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
        self.with(|Stored { setup, .. }| {
            let team = tags.iter().find(|(key, _)| key == naming::TEAM_TAG).map(|(_, team)| team.as_str());
            let fits = team == setup.settings.team.as_deref();
            let recorded = recorded && fits && naming::is_managed(tags);
            Owner::by_identity(tags, setup.project.as_deref(), fits, recorded).is_ours()
        })
    }

    /// Whether the tags are those of another project.
    pub(crate) fn is_another_projects(&self, tags: &[(String, String)]) -> bool {
        self.with(|stored| owner::is_another_projects(tags, stored.setup.project.as_deref()))
    }

    /// Why clean-up leaves what is on record, see [`owner::unconfirmed`].
    pub(crate) fn unconfirmed(&self, tags: &[(String, String)]) -> Option<owner::Unconfirmed> {
        self.with(|stored| owner::unconfirmed(tags, stored.setup.project.as_deref()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Stored) -> T) -> T {
        act(&mut self.setup.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::fmt::Debug for SetupRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetupRecord").field("dir", &self.dir).field("verb", &self.verb).finish_non_exhaustive()
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
