//! The caller's identity, while STS is still asked for it.
//!
//! Owns: which account a command may read before STS has answered, and that STS's refusal goes before whatever else fails. Does
//! not own: the request to STS (`cloud`), and which account the configuration allows (`target`).
//!
//! Far from the region a command mostly waits, and the account of an agent that was launched before is on record: what is there is
//! looked at while STS is asked. Nothing is changed before its answer, which is what decides; had the credentials been those of
//! another account, the command would end without having done more than read.

use std::future::Future;
use std::pin::pin;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either, Shared, select};

use super::target;
use crate::cloud::CallerIdentity;
use crate::config::Agent;
use crate::error::Result;
use crate::events::Events;

/// The identity of the caller, known or on its way.
pub(crate) struct PendingIdentity {
    account: String,
    /// What is to be told from now on. It appears below the line that names the account, and not at all without that line.
    pub(crate) events: Events,
    identity: Shared<BoxFuture<'static, Result<CallerIdentity>>>,
}

impl PendingIdentity {
    /// `ask` asks STS, and tells the user whose account it is. Waits for it where the configuration does not say which account
    /// it has to be.
    ///
    /// # Errors
    /// STS's refusal, and a usage error for another account than the configuration's.
    pub(crate) async fn begin(
        agent: &Agent,
        events: &Events,
        ask: impl Future<Output = Result<CallerIdentity>> + Send + 'static,
    ) -> Result<Self> {
        let (events, held) = events.held();
        let configured = agent.clone();
        let asked = async move {
            let identity = ask.await?;
            target::check_account(&configured, &identity)?;
            held.release();
            Ok(identity)
        };
        let identity = asked.boxed().shared();
        let account = match target::account_on_record(agent) {
            Some(account) => account,
            None => identity.clone().await?.account,
        };
        Ok(Self { account, events, identity })
    }

    /// The account of the configuration, else the caller's. They are the same wherever [`Self::confirmed`] succeeds.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// # Errors
    /// As [`Self::begin`].
    pub(crate) async fn confirmed(&self) -> Result<CallerIdentity> {
        self.identity.clone().await
    }

    /// What `look` gives, which changes nothing, while STS is asked. It may give it before STS has answered.
    ///
    /// # Errors
    /// As [`Self::begin`], before those of `look`.
    pub(crate) async fn beside<T>(&self, look: impl Future<Output = Result<T>>) -> Result<T> {
        let found = match select(self.identity.clone(), pin!(look)).await {
            Either::Left((identity, look)) => {
                identity?;
                return look.await;
            }
            Either::Right((found, _)) => found,
        };
        if found.is_err() {
            self.confirmed().await?;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::sync::oneshot;

    use super::*;
    use crate::config::Store;
    use crate::error::{Error, Kind};
    use crate::events::Event;

    const DEPLOYED: &str = "    bedrock_agentcore:\n      agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789\n";

    fn agent(more: &str) -> Agent {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".bedrock_agentcore.yaml");
        std::fs::write(&path, format!("agents:\n  a:\n    name: a\n    entrypoint: a.py\n{more}")).unwrap();
        Store::open(&path).unwrap().agent(None).unwrap().clone()
    }

    fn identity(account: &str) -> CallerIdentity {
        CallerIdentity { account: account.into(), region: "us-west-2".into(), principal: "p".into(), profile: None }
    }

    /// Events, and the notes that reached the user.
    fn notes() -> (Events, Arc<Mutex<Vec<String>>>) {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&told);
        let events = Events::new(move |event| match event {
            Event::Note(text) => kept.lock().unwrap().push(text),
            other => panic!("{other:?}"),
        });
        (events, told)
    }

    #[tokio::test]
    async fn an_account_on_record_is_read_beside_sts() {
        let agent = agent(DEPLOYED);
        let ((events, told), (answer, asked)) = (notes(), oneshot::channel());
        let ask = async { asked.await.unwrap() };
        let pending = PendingIdentity::begin(&agent, &events, ask).await.unwrap();
        assert_eq!(pending.account(), "123456789012");
        // STS has not answered, and does not before this is done.
        let look = async {
            pending.events.note("looked");
            Ok(1)
        };
        assert_eq!(pending.beside(look).await.unwrap(), 1);
        assert!(told.lock().unwrap().is_empty(), "the account is named first");
        answer.send(Ok(identity("123456789012"))).unwrap();
        assert_eq!(pending.confirmed().await.unwrap().account, "123456789012");
        pending.events.note("done");
        assert_eq!(*told.lock().unwrap(), ["looked", "done"]);
    }

    #[tokio::test]
    async fn an_unknown_account_is_asked_for_first() {
        let begun = async |more: &str| {
            let agent = agent(more);
            PendingIdentity::begin(&agent, &notes().0, async { Ok(identity("123456789012")) }).await
        };
        for more in ["", "    aws:\n      account: YOUR_ACCOUNT\n"] {
            assert_eq!(begun(more).await.unwrap().account(), "123456789012");
        }
        // Two accounts are on record.
        let error = begun(&format!("    aws:\n      account: \"999999999999\"\n{DEPLOYED}")).await.err().unwrap();
        assert_eq!(error.code_str(), "aws.account-mismatch");
    }

    #[tokio::test]
    async fn the_refusal_of_sts_goes_first() {
        let agent = agent(DEPLOYED);
        let refused = || Error::new(Kind::Credentials, "no credentials");
        for answer in [Err(refused()), Ok(identity("999999999999"))] {
            let expected = answer.as_ref().map_or(Kind::Credentials, |_| Kind::Usage);
            let (events, told) = notes();
            let slow = async {
                tokio::task::yield_now().await;
                answer
            };
            let pending = PendingIdentity::begin(&agent, &events, slow).await.unwrap();
            let look = async {
                pending.events.note("looked");
                Err::<(), _>(Error::not_found("no such runtime"))
            };
            assert_eq!(pending.beside(look).await.unwrap_err().kind(), expected);
            assert!(told.lock().unwrap().is_empty());
            // What has not ended by then is given up.
            assert_eq!(pending.beside(std::future::pending::<Result<()>>()).await.unwrap_err().kind(), expected);
        }
    }
}
