//! How a runtime is brought to what is wanted: created or updated, also while another launch does the same.

use std::sync::atomic::Ordering;

use futures_util::join;
use serde_json::{Value, json};

use super::propagation::{is_propagation, with_propagation};
use super::{GONE, ObservedRuntime, Runtime, difference, find, settle, wait_gone, wire};
use crate::cloud::AgentRuntime;
use crate::config::naming;
use crate::error::{Code, Error, Kind, Result};
use crate::events::Outcome;
use crate::resources::engine::{Context, Made, Resource};
use crate::resources::owner::Owner;
use crate::resources::patience::is_conflict;
use crate::resources::plan::Action;
use crate::resources::version_note;

impl Runtime<'_> {
    /// Creates or updates until it is as it is to be, whatever another launch does to it meanwhile.
    pub(super) async fn converge(
        &self,
        mut found: Option<ObservedRuntime>,
        cx: &Context<'_>,
    ) -> Result<Made<ObservedRuntime>> {
        self.intend_variables()?;
        let schedule = cx.schedule();
        let mut pause = schedule.first;
        let made = loop {
            let done = match found.take() {
                None => self.try_create(cx).await?,
                Some(live) => self.try_update(live, cx).await?,
            };
            if let Some(made) = done {
                break made;
            }
            cx.events.detail(self.kind().as_str(), "another launch changes it at this moment");
            tokio::time::sleep(pause.min(cx.patience.left())).await;
            pause = schedule.after(pause);
            found = self.look_again(cx).await?;
            if cx.patience.left().is_zero() {
                return Err(taken(&self.spec.name));
            }
        };
        self.record(Some(&made.observed), true)?;
        if made.action == Action::Create { self.require_mmdsv2(made, cx).await } else { Ok(made) }
    }

    /// What another launch has made of it meanwhile.
    async fn look_again(&self, cx: &Context<'_>) -> Result<Option<ObservedRuntime>> {
        let Some(live) = find(cx.cloud, self.agent()).await? else { return Ok(None) };
        if live.runtime.status() == "DELETING" {
            wait_gone(cx.cloud, live.runtime.id(), GONE).await?;
            return Ok(None);
        }
        self.check_owner(&live)?;
        if live.owner != Owner::Ours {
            match self.mark(&live, cx).await {
                // Whoever may not tag goes on with what is on record.
                Err(error) if live.owner == Owner::Recorded && error.kind() == Kind::Credentials => {}
                marked => marked?,
            }
        }
        Ok(Some(live))
    }

    /// `None` when the name is taken.
    async fn try_create(&self, cx: &Context<'_>) -> Result<Option<Made<ObservedRuntime>>> {
        cx.events.started("runtime", format!("create runtime `{}`", self.spec.name));
        let agent = self.agent();
        let note = self.maker.get().map(|maker| maker.note("1").tag());
        let tags: Vec<(String, String)> = naming::tags(agent).into_iter().chain(agent.own_tags()).chain(note).collect();
        let mut body = self.complete()?.create_body(&tags);
        put_token(&mut body);
        let made = with_propagation(self.role.require()?.patience, cx, || cx.cloud.create_runtime(&body)).await?;
        let Some(runtime) = made else { return Ok(None) };
        cx.events.finished("runtime", Outcome::Created, format!("runtime {}", runtime.arn()));
        Ok(Some(Made { observed: ObservedRuntime::ours(runtime), action: Action::Create }))
    }

    /// `None` when it is being changed by somebody else at this moment.
    async fn try_update(&self, live: ObservedRuntime, cx: &Context<'_>) -> Result<Option<Made<ObservedRuntime>>> {
        let live =
            ObservedRuntime { runtime: settle(cx.cloud, live.runtime, cx.patience.left(), cx.events).await?, ..live };
        let mut body = self.update_body(&live.runtime.raw)?;
        if difference::differences(&live.runtime.raw, &body).is_empty() && live.runtime.status() != "UPDATE_FAILED" {
            return Ok(Some(Made { observed: live, action: Action::Unchanged }));
        }
        let id = live.runtime.id();
        cx.events.started("runtime", format!("update runtime `{id}`"));
        if let Some(note) = emptied(&live.runtime.raw) {
            cx.events.warning(note);
        }
        let version = version_note::next(live.runtime.version());
        let is_tested = self.maker.get().is_some_and(|maker| maker.is_tested);
        let (noted, updated) = if is_tested {
            // Without its note nobody would know that the version is still to be tested, so that it comes first.
            let noted = self.note(&live, &version, cx).await;
            (noted, self.send_update(id, &mut body, cx).await)
        } else {
            // Side by side: the note costs no time.
            join!(self.note(&live, &version, cx), self.send_update(id, &mut body, cx))
        };
        match updated {
            Ok(runtime) => {
                if noted.is_err() || runtime.version() != version {
                    // Whoever may not tag deploys all the same.
                    if let Err(error) = self.note(&live, runtime.version(), cx).await {
                        cx.events.detail("runtime", format!("who made the version is not noted: {error}"));
                    }
                }
                self.record.forget_session();
                // Scripts cut the ARN out of this line, to its end.
                let text = format!("runtime, version {}: {}", runtime.version(), runtime.arn());
                cx.events.finished("runtime", Outcome::Updated, text);
                Ok(Some(Made { observed: ObservedRuntime { runtime, ..live }, action: Action::Update }))
            }
            Err(error) if is_conflict(&error) && !cx.patience.left().is_zero() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes down who makes this version.
    async fn note(&self, live: &ObservedRuntime, version: &str, cx: &Context<'_>) -> Result<()> {
        let Some(maker) = self.maker.get() else { return Ok(()) };
        cx.cloud.tag_resource(live.runtime.arn(), &[maker.note(version).tag()]).await
    }

    async fn send_update(&self, id: &str, body: &mut Value, cx: &Context<'_>) -> Result<AgentRuntime> {
        let patience = self.role.require()?.patience;
        put_token(body);
        let first = with_propagation(patience, cx, || cx.cloud.update_runtime(id, body)).await;
        // Which runtimes may keep it is known to the service alone, and so are the words in which it refuses the others. Anything
        // else that is wrong is refused again.
        match first {
            Err(error)
                if error.code_str() == "ValidationException"
                    && !is_propagation(&error)
                    && wire::without_service_endpoint(body) =>
            {
                put_token(body);
                let second = with_propagation(patience, cx, || cx.cloud.update_runtime(id, body)).await;
                second.map_err(|_| error)
            }
            first => first,
        }
    }

    /// CreateAgentRuntime cannot ask for MMDSv2, and the service refuses every call of a runtime without it. Whether a new
    /// one has it differs, so it is read back and set while nobody has a session yet.
    async fn require_mmdsv2(&self, made: Made<ObservedRuntime>, cx: &Context<'_>) -> Result<Made<ObservedRuntime>> {
        let id = made.observed.runtime.id();
        let Some(runtime) = cx.cloud.runtime(id).await? else { return Ok(made) };
        if runtime.requires_mmdsv2() {
            return Ok(made);
        }
        if !self.waits {
            cx.events.warning(format!(
                "the service refuses calls of `{id}` until its `metadataConfiguration.requireMMDSV2` is true, which a \
                 runtime that is still being made cannot be given: launch again once it is READY"
            ));
            self.seen.calls_refused.store(true, Ordering::SeqCst);
            return Ok(made);
        }
        let updated = self.try_update(ObservedRuntime::ours(runtime), cx).await?;
        self.seen.mended.store(true, Ordering::SeqCst);
        Ok(Made { action: Action::Create, ..updated.unwrap_or(made) })
    }

    /// Before the request that sets them: a run that is killed after it must know them too. Those that are on record already
    /// stay until the request is through.
    fn intend_variables(&self) -> Result<()> {
        self.record.write(&[], |created| {
            let more: Vec<String> =
                self.variables.iter().filter(|name| !created.environment.contains(name)).cloned().collect();
            created.environment.extend(more);
            created.environment.sort();
        })
    }
}

/// What a new version of the runtime takes from its sessions.
pub(super) fn emptied(runtime: &Value) -> Option<String> {
    let paths = difference::session_storage(runtime);
    let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
    (!paths.is_empty()).then(|| format!("a new version empties the session storage at {}", paths.join(" and ")))
}

fn put_token(body: &mut Value) {
    if let Some(body) = body.as_object_mut() {
        body.insert("clientToken".to_owned(), json!(uuid::Uuid::new_v4().to_string()));
    }
}

fn taken(name: &str) -> Error {
    Error::new(Kind::Deadline, format!("another launch was changing the runtime `{name}` all the time"))
        .code(Code::RuntimeBusy)
        .hint("launch again; `--wait-timeout SECONDS` waits longer")
}
