//! The lock of a deployment: one run at a time changes an agent, and a second one sees who does and waits.
//!
//! It is a tag on the runtime, the one place that every pipeline with the right to deploy can read and write. Tags cannot be
//! written on a condition, so each run has a tag of its own, writes it as `claimed`, and then looks: whoever sees no other claim
//! has the lock. Of two that write before they look, both see each other and step back to `waiting`; the oldest of those that wait
//! claims again. Reads of tags may lag behind writes (what the service promises is not documented); two runs that hold the
//! lock at once for that reason are no worse off than without it, because each brings the runtime to what it wants whatever
//! another does meanwhile.
//!
//! A run renews its claim. One that has ended without taking its tag away is recognized by its process, on the same machine,
//! and elsewhere by a claim that is no longer renewed.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Notify;

use super::patience::Patience;
use crate::clock;
use crate::cloud::Cloud;
use crate::deadline::Waiting;
use crate::error::{Code, Error, Kind, Result};
use crate::events::Events;
use crate::process::ProcessId;

/// Beginning of the keys of these tags.
pub(crate) const LOCK_TAG: &str = "agentcore:lock:";

/// How often a run renews its claim.
const RENEWED: Duration = Duration::from_secs(20);

/// A claim that nobody has renewed for so long belongs to a run that has ended.
const ABANDONED: Duration = Duration::from_secs(70);

/// Clocks of two machines do not differ by more than that.
const CLOCKS: time::Duration = time::Duration::minutes(10);

/// How often a run that waits looks.
const LOOK: Duration = Duration::from_secs(2);

/// What a run says of itself in its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Claim {
    key: String,
    is_waiting: bool,
    /// When the run began to ask for the lock.
    since: String,
    renewed: String,
    process: String,
    /// The end of the caller's ARN.
    by: String,
    /// What the run does at this moment; empty of a run of an older version.
    doing: String,
}

/// What the run that has the lock does, for those that wait for it.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    text: Mutex<String>,
    changed: Notify,
}

impl Activity {
    pub(crate) fn new(text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { text: Mutex::new(text.into()), changed: Notify::new() })
    }

    /// Told to others at once, which costs a request: for what takes long.
    pub(crate) fn set(&self, text: impl Into<String>) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = text.into();
        self.changed.notify_one();
    }

    fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Claim {
    /// Fields by spaces, in the characters that a tag may have; at most 256 of them.
    fn tag(&self) -> (String, String) {
        let state = if self.is_waiting { "waiting" } else { "claimed" };
        let text = format!("{state} {} {} {} {} {}", self.since, self.renewed, self.process, self.by, self.doing);
        (self.key.clone(), text.trim_end().chars().take(256).collect())
    }

    /// `None` for a tag of something else.
    fn parse((key, value): &(String, String)) -> Option<Self> {
        key.strip_prefix(LOCK_TAG)?;
        let mut fields = value.splitn(6, ' ');
        let mut next = || fields.next().unwrap_or_default().to_owned();
        Some(Self {
            key: key.clone(),
            is_waiting: next() == "waiting",
            since: next(),
            renewed: next(),
            process: next(),
            by: next(),
            doing: next(),
        })
    }

    /// Whether its run has certainly ended: here, or long ago.
    fn has_ended(&self) -> bool {
        let renewed = OffsetDateTime::parse(&self.renewed, &Rfc3339).ok();
        renewed.is_none_or(|renewed| clock::now() - renewed > CLOCKS)
            || ProcessId::parse(&self.process).is_some_and(|process| process.has_ended())
    }
}

impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} since {}", self.by, self.since)?;
        if self.doing.is_empty() { Ok(()) } else { write!(f, " ({})", self.doing) }
    }
}

/// The lock of one runtime, as one run sees it.
pub(crate) struct DeployLock<'a> {
    cloud: &'a Cloud,
    events: &'a Events,
    /// Of the runtime.
    arn: String,
    claim: Mutex<Claim>,
    activity: Arc<Activity>,
    /// The command that takes the lock from whoever has it.
    break_command: String,
}

/// Characters that tags have.
fn is_allowed(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "._:/=+@-".contains(letter)
}

/// How the lock was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acquired {
    AtOnce,
    /// Another run was waited for: what was seen before may have changed.
    AfterAnother,
    /// The caller may not tag the runtime, or it has no room for a tag.
    Without,
}

/// Claims of others and since when they are as they are.
#[derive(Default)]
struct Watched {
    claims: Vec<(Claim, Instant)>,
}

impl Watched {
    /// Those that are in the way, and the keys of those that are left over.
    fn sort(&mut self, tags: &[(String, String)], own: &str) -> (Vec<Claim>, Vec<String>) {
        let now = Instant::now();
        let claims = tags.iter().filter_map(Claim::parse).filter(|claim| claim.key != own);
        let since =
            |claim: &Claim| self.claims.iter().find(|(known, _)| known == claim).map_or(now, |(_, since)| *since);
        let claims: Vec<(Claim, Instant)> = claims.map(|claim| (claim.clone(), since(&claim))).collect();
        let is_over = |(claim, since): &&(Claim, Instant)| claim.has_ended() || now - *since > ABANDONED;
        let over = claims.iter().filter(is_over).map(|(claim, _)| claim.key.clone()).collect();
        let live = claims.iter().filter(|each| !is_over(each)).map(|(claim, _)| claim.clone()).collect();
        self.claims = claims;
        (live, over)
    }
}

impl<'a> DeployLock<'a> {
    /// `principal` is the caller's ARN.
    pub(crate) fn new(
        (cloud, events): (&'a Cloud, &'a Events),
        arn: &str,
        principal: &str,
        (activity, break_command): (&Arc<Activity>, String),
    ) -> Self {
        let by = principal.splitn(6, ':').nth(5).unwrap_or(principal);
        let now = clock::iso8601(clock::now());
        let claim = Claim {
            key: format!("{LOCK_TAG}{}", uuid::Uuid::new_v4().simple()),
            is_waiting: false,
            since: now.clone(),
            renewed: now,
            process: ProcessId::own().to_string(),
            by: by.chars().map(|letter| if is_allowed(letter) { letter } else { '-' }).collect(),
            doing: String::new(),
        };
        let activity = Arc::clone(activity);
        Self { cloud, events, arn: arn.to_owned(), claim: Mutex::new(claim), activity, break_command }
    }

    fn own(&self) -> Claim {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn write(&self, is_waiting: bool) -> Result<()> {
        let doing = self.activity.text();
        let doing =
            doing.chars().map(|letter| if is_allowed(letter) || letter == ' ' { letter } else { '-' }).collect();
        let claim = Claim { is_waiting, renewed: clock::iso8601(clock::now()), doing, ..self.own() };
        *self.claim.lock().unwrap_or_else(PoisonError::into_inner) = claim.clone();
        self.cloud.tag_resource(&self.arn, &[claim.tag()]).await
    }

    /// The claims of others that are in the way. Those that are left over are taken away.
    async fn others(&self, watched: &mut Watched) -> Result<Vec<Claim>> {
        let tags = self.cloud.resource_tags(&self.arn).await?.unwrap_or_default();
        let (live, over) = watched.sort(&tags, &self.own().key);
        if !over.is_empty() {
            // What stays is told apart the next time too.
            let _ = self.cloud.untag_resource(&self.arn, &over).await;
        }
        Ok(live)
    }

    /// Waits as long as `patience` goes.
    ///
    /// # Errors
    /// [`Kind::Deadline`] when another run still has it then, with who that is.
    pub(crate) async fn acquire(&self, patience: Patience<'_>) -> Result<Acquired> {
        let mut watched = Watched::default();
        let mut acquired = Acquired::AtOnce;
        loop {
            match self.write(false).await {
                // Another run has deleted it meanwhile: there is nothing to lock, and something else to do.
                Err(error) if error.kind() == Kind::NotFound => return Ok(Acquired::AfterAnother),
                Err(error)
                    if error.kind() == Kind::Credentials || error.code_str() == "ServiceQuotaExceededException" =>
                {
                    self.events.note(format!("the deployment is not locked against others: {error}"));
                    return Ok(Acquired::Without);
                }
                written => written?,
            }
            let others = self.others(&mut watched).await?;
            if others.iter().all(|other| other.is_waiting) {
                return Ok(acquired);
            }
            if acquired == Acquired::AtOnce {
                let holder = others.iter().find(|other| !other.is_waiting);
                let holder = holder.map(Claim::to_string).unwrap_or_default();
                self.events.note(format!("waiting for another run that changes this agent: {holder}"));
                self.events
                    .note(format!("where that cannot be waited for, take the lock from it: `{}`", self.break_command));
            }
            acquired = Acquired::AfterAnother;
            match self.write(true).await {
                Err(error) if error.kind() == Kind::NotFound => return Ok(acquired),
                written => written?,
            }
            self.wait_turn(&mut watched, patience).await?;
        }
    }

    /// Until nobody claims it and none of those that wait has waited longer.
    async fn wait_turn(&self, watched: &mut Watched, patience: Patience<'_>) -> Result<()> {
        let own = self.own();
        let mut written = Instant::now();
        loop {
            {
                let _waiting = Waiting::on("another run that changes this agent");
                tokio::time::sleep(LOOK.min(patience.left())).await;
            }
            let others = self.others(watched).await?;
            let before_us =
                others.iter().find(|other| !other.is_waiting || (&other.since, &other.key) < (&own.since, &own.key));
            let Some(other) = before_us else { return Ok(()) };
            if patience.left().is_zero() {
                let refused = taken(other, &self.break_command);
                self.release().await;
                return Err(refused);
            }
            if written.elapsed() > RENEWED {
                // Without it this run loses its place among those that wait.
                let _ = self.write(true).await;
                written = Instant::now();
            }
        }
    }

    /// Runs `work`, renews the claim meanwhile, and gives the lock back.
    pub(crate) async fn while_held<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => {
                    self.release().await;
                    return done;
                }
                () = tokio::time::sleep(RENEWED) => {}
                () = self.activity.changed.notified() => {}
            }
            // Without a renewal others see it as abandoned: no reason to stop in the middle of a change.
            let _ = self.write(false).await;
        }
    }

    /// Takes the own tag away. One that stays is recognized as left over.
    pub(crate) async fn release(&self) {
        let _ = self.cloud.untag_resource(&self.arn, &[self.own().key]).await;
    }

    /// Takes away what others claim.
    ///
    /// # Errors
    /// The service's refusal.
    pub(crate) async fn break_others(&self) -> Result<()> {
        let tags = self.cloud.resource_tags(&self.arn).await?.unwrap_or_default();
        let claims: Vec<Claim> = tags.iter().filter_map(Claim::parse).collect();
        if claims.is_empty() {
            return Ok(());
        }
        for claim in &claims {
            self.events.warning(format!("the lock of {claim} is broken"));
        }
        let keys: Vec<String> = claims.into_iter().map(|claim| claim.key).collect();
        match self.cloud.untag_resource(&self.arn, &keys).await {
            Err(error) if error.kind() == Kind::NotFound => Ok(()),
            broken => broken,
        }
    }
}

fn taken(other: &Claim, break_command: &str) -> Error {
    Error::new(Kind::Deadline, format!("another run is changing this agent: {other}"))
        .code(Code::LockTaken)
        .hint("wait until it has ended, or give this run more time: `--wait-timeout SECONDS`")
        .hint(format!("if it cannot be waited for, or has left its lock behind: `{break_command}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(key: &str, is_waiting: bool) -> Claim {
        let now = clock::iso8601(clock::now());
        let (since, process) = (now.clone(), "elsewhere:1".to_owned());
        Claim {
            key: format!("{LOCK_TAG}{key}"),
            is_waiting,
            since,
            renewed: now,
            process,
            by: "user/ci".to_owned(),
            doing: "canary of version 3".to_owned(),
        }
    }

    #[test]
    fn claims_are_read_back_as_written() {
        for is_waiting in [false, true] {
            let claim = claim("a", is_waiting);
            assert_eq!(Claim::parse(&claim.tag()), Some(claim));
        }
        assert_eq!(Claim::parse(&("agentcore:agent".to_owned(), "claimed".to_owned())), None);
        let shown = claim("a", false).to_string();
        assert!(shown.starts_with("user/ci since ") && shown.ends_with(" (canary of version 3)"), "{shown}");
        let older = (format!("{LOCK_TAG}a"), "claimed t t elsewhere:1 user/ci".to_owned());
        assert_eq!(Claim::parse(&older).unwrap().to_string(), "user/ci since t");
    }

    #[test]
    fn claims_of_ended_runs_are_left_over() {
        let mut watched = Watched::default();
        let old = Claim { renewed: "2020-01-01T00:00:00.000Z".to_owned(), ..claim("old", false) };
        let dead = Claim { process: ProcessId::of_ended().to_string(), ..claim("dead", false) };
        let own = Claim { process: ProcessId::own().to_string(), ..claim("own", false) };
        let tags = [claim("live", false), old, dead, own].map(|claim| claim.tag());
        let (live, over) = watched.sort(&tags, &format!("{LOCK_TAG}own"));
        assert_eq!(live.iter().map(|claim| claim.key.as_str()).collect::<Vec<_>>(), ["agentcore:lock:live"]);
        assert_eq!(over, ["agentcore:lock:old", "agentcore:lock:dead"]);
        // Nobody has renewed it for long, as this process sees it.
        for (_, since) in &mut watched.claims {
            *since -= ABANDONED + Duration::from_secs(1);
        }
        let (live, _) = watched.sort(&tags, &format!("{LOCK_TAG}own"));
        assert!(live.is_empty(), "{live:?}");
    }
}
