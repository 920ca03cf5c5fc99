//! What every verb works with: environment, output, global flags, opening the configuration, connecting to AWS.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::args::Globals;
use crate::cache::Cache;
use crate::cloud::{CallerIdentity, Cloud, ConnectOptions};
use crate::config::{
    self, Agent, ENVIRONMENT_VARIABLE, EnvironmentChoice, EnvironmentKind, EnvironmentName, Opening, Store,
};
use crate::deadline::Deadline;
use crate::env::Env;
use crate::error::{Code, Context as _, Error, Result};
use crate::events::{Event, Events};
use crate::fsx;
use crate::http::Http;
use crate::ops::deploy::Connections;
use crate::ops::pending_identity::PendingIdentity;
use crate::ops::target;
use crate::outputs;
use crate::partition::Arn;
use crate::redact::SecretString;
use crate::trust;
use crate::ui::Ui;

/// Made once per run.
pub(crate) struct CommandContext {
    pub(crate) env: Env,
    pub(crate) ui: Ui,
    pub(crate) globals: Globals,
    pub(crate) http: Arc<Http>,
    pub(crate) events: Events,
    resume: Arc<Mutex<Option<String>>>,
    /// When the command has to be done.
    pub(crate) deadline: Deadline,
}

impl CommandContext {
    pub(crate) fn new(env: Env, ui: Ui, globals: Globals, deadline: Deadline) -> Self {
        let env = if globals.trust_config { env.with_var(trust::VARIABLE, "1") } else { env };
        let http = Arc::new(Http::new(&env));
        let (shown, resume) = (ui.events(), Arc::new(Mutex::new(None)));
        let kept = Arc::clone(&resume);
        let events = Events::new(move |event| match event {
            Event::Resume(hint) => *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(hint),
            other => shown.emit(other),
        });
        Self { env, ui, globals, http, events, resume, deadline }
    }

    /// Writes a file that the user named for a result. No later build packs it.
    ///
    /// # Errors
    /// It cannot be written, or a link of the checkout leads elsewhere.
    pub(crate) fn write_output(&self, path: &Path, content: &[u8]) -> Result<()> {
        fsx::write_output(self.env.cwd(), path, content)?;
        if let Ok(cache) = Cache::from_env(&self.env) {
            outputs::remember(&cache, std::iter::once(path));
        }
        Ok(())
    }

    /// The place of a file that a result is written to when the command ends, whatever came of it. An older one goes: it would be
    /// taken for this run's where the command is ended before.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(crate) fn begin_output(&self, path: &Path) -> Result<PathBuf> {
        let path = self.env.cwd().join(path);
        fsx::check_output(self.env.cwd(), &path)?;
        let lacking =
            |text: String| Err(Error::usage(text).code(Code::InputValue).hint("name a file in a folder that exists"));
        if path.is_dir() {
            return lacking(format!("`{}` is a folder", path.display()));
        }
        if path.parent().is_some_and(|folder| !folder.is_dir()) {
            return lacking(format!("there is no folder for `{}`", path.display()));
        }
        if path.is_file() && !fsx::is_stream(&path) {
            let file = path.canonicalize().unwrap_or_else(|_| path.clone());
            std::fs::remove_file(&file).with_context(|| format!("could not write `{}`", path.display()))?;
        }
        Ok(path)
    }

    /// Writes it. What the command did counts more than a file that cannot be written: that is a warning.
    pub(crate) fn end_output(&self, path: &Path, content: &[u8]) -> bool {
        let written = self.write_output(path, content);
        if let Err(error) = &written {
            self.ui.warning(&error.to_string());
        }
        written.is_ok()
    }

    /// Has every event heard by one more listener, before it is shown.
    pub(crate) fn listen(&mut self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        let shown = self.events.clone();
        self.events = Events::new(move |event| {
            listener(&event);
            shown.emit(event);
        });
    }

    /// How to continue an interrupted command; `None` when it had not changed anything.
    pub(crate) fn resume_hint(&self) -> Option<String> {
        self.resume.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The configuration, which must exist.
    ///
    /// # Errors
    /// Exit 2: naming the folders that were searched, or with positions when the file is wrong.
    pub(crate) fn store(&self) -> Result<Store> {
        let store = self.open_store()?;
        self.show_notes(&store);
        Ok(store)
    }

    fn open_store(&self) -> Result<Store> {
        let located = config::locate(&self.env, self.globals.config.as_deref())?;
        Ok(Store::open_as(located.require()?, self.opening(false)?)?.with_flags(self.globals.repeated()))
    }

    /// The configuration, and in an environment the runtime of an agent that only another checkout has on record. What cannot be
    /// looked for is told, and the agent is not deployed.
    ///
    /// # Errors
    /// As [`CommandContext::store`].
    pub(crate) async fn store_with_runtime(&self, name: Option<&str>) -> Result<Store> {
        let store = self.store()?;
        Ok(match self.launched_elsewhere(&store, name).await {
            Some((agent, arn)) => store.with_runtime(&agent, &arn),
            None => store,
        })
    }

    /// The agent of an environment that has no runtime on record here, with the one that another checkout launched.
    pub(crate) async fn launched_elsewhere(&self, store: &Store, name: Option<&str>) -> Option<(String, Arn)> {
        let is_unknown = |agent: &&Agent| agent.environment.is_some() && !agent.is_deployed();
        let agent = store.agent(name).ok().filter(is_unknown)?;
        let look = async { target::launched_elsewhere(&self.connect(Some(agent)).await?, agent).await };
        match look.await {
            Ok(arn) => {
                let arn = arn?;
                self.ui.note(&format!("runtime `{}`, which another checkout launched", arn.resource_id()));
                Some((agent.name.clone(), arn))
            }
            Err(error) => {
                let name = agent.deployed_name();
                self.ui.warning(&format!("whether another checkout launched `{name}` could not be seen: {error}"));
                None
            }
        }
    }

    /// The configuration as it is in no environment, whichever is chosen.
    ///
    /// # Errors
    /// As [`CommandContext::store`].
    pub(crate) fn store_of_file(&self) -> Result<Store> {
        let located = config::locate(&self.env, self.globals.config.as_deref())?;
        let opening = Opening { environment: None, variables: Some(self.env.clone()) };
        let store = Store::open_as(located.require()?, opening)?.with_flags(self.globals.repeated());
        self.show_notes(&store);
        Ok(store)
    }

    fn opening(&self, declares: bool) -> Result<Opening> {
        Ok(Opening { environment: self.environment(declares)?, variables: Some(self.env.clone()) })
    }

    /// The environment of the flag, else of the variable, where an empty one is none: pipelines set it so.
    fn environment(&self, declares: bool) -> Result<Option<EnvironmentChoice>> {
        let of_variable = || self.env.var(ENVIRONMENT_VARIABLE).filter(|name| !name.is_empty());
        let name = self.globals.environment.as_deref().or_else(of_variable);
        let name = name.map(EnvironmentName::parse).transpose()?;
        Ok(name.map(|name| EnvironmentChoice { name, declares }))
    }

    /// What is odd in the file, and where the settings of the environment come from.
    fn show_notes(&self, store: &Store) {
        for warning in store.warnings() {
            self.ui.warning(warning);
        }
        match store.environment() {
            None | Some((_, EnvironmentKind::Declared)) => {}
            Some((name, EnvironmentKind::Pattern(pattern))) => {
                self.ui.note(&format!("environment `{name}`, with the settings of `{pattern}`"));
            }
            Some((name, EnvironmentKind::Branch)) => {
                self.ui.note(&format!(
                    "environment `{name}`, which the file does not declare: its settings are the agents' own"
                ));
            }
        }
    }

    /// The configuration; `None` where there is none and none was named.
    ///
    /// # Errors
    /// As [`CommandContext::store`], but for a missing file.
    pub(crate) fn store_if_any(&self) -> Result<Option<Store>> {
        let store = self.store_in_silence()?;
        store.iter().for_each(|store| self.show_notes(store));
        Ok(store)
    }

    /// The same, for a verb that reports what is odd in the file itself.
    pub(crate) fn store_in_silence(&self) -> Result<Option<Store>> {
        let named = self.globals.config.is_some() || self.env.var_os(config::VARIABLE).is_some();
        let located = config::locate(&self.env, self.globals.config.as_deref())?;
        if !named && located.found()?.is_none() {
            return Ok(None);
        }
        self.open_store().map(Some)
    }

    /// The configuration in this folder or at the named place, or an empty one to fill.
    pub(crate) fn store_or_new(&self) -> Result<Store> {
        let located = config::locate(&self.env, self.globals.config.as_deref())?;
        let store = Store::open_or_new_as(located.to_fill()?, self.opening(true)?)?;
        let store = store.with_flags(self.globals.repeated());
        if let Some(other) = located.above() {
            self.ui.warning(&format!(
                "this folder gets a configuration of its own; `--config {}` adds to the one above it",
                fsx::relative(other, self.env.cwd()).unwrap_or_else(|| other.display().to_string())
            ));
        }
        self.show_notes(&store);
        Ok(store)
    }

    /// A connection to the agent's region.
    pub(crate) async fn connect(&self, agent: Option<&Agent>) -> Result<Cloud> {
        let flag = self.globals.region.as_deref();
        let region = target::region(flag, &self.env, agent)?;
        if let Some(note) = target::region_note(flag, &self.env, agent) {
            self.ui.note(&note);
        }
        self.connect_to(region.as_ref().map(|region| region.value.as_str())).await
    }

    pub(crate) async fn connect_to(&self, region: Option<&str>) -> Result<Cloud> {
        Cloud::connect(ConnectOptions {
            env: &self.env,
            http: Arc::clone(&self.http),
            profile: self.globals.profile.as_deref(),
            region,
        })
        .await
    }

    /// The caller's identity, shown to the user before anything is changed.
    pub(crate) async fn announce_identity(&self, cloud: &Cloud) -> Result<CallerIdentity> {
        announce(cloud, &self.ui).await
    }

    /// The same, while what the configuration says is in its account may be looked at.
    pub(crate) async fn begin_identity(&self, cloud: &Cloud, agent: &Agent) -> Result<PendingIdentity> {
        let (cloud, ui) = (cloud.clone(), self.ui.clone());
        PendingIdentity::begin(agent, &self.events, async move { announce(&cloud, &ui).await }).await
    }

    /// What a flow of a launch works with; nobody calls the agent for a smoke test.
    pub(crate) fn connections<'a>(
        &'a self,
        cache: &'a Cache,
        cloud: &'a Cloud,
        identity: &'a PendingIdentity,
    ) -> Connections<'a> {
        let (env, http, events) = (&self.env, &self.http, &identity.events);
        Connections { env, http, cache, cloud, identity, events, smoke_caller: None }
    }

    /// A yes or no from the person at the terminal; `flag` says yes beforehand.
    pub(crate) async fn confirm(&self, question: String, flag: &'static str) -> Result<bool> {
        let ui = self.ui.clone();
        blocking(move || ui.confirm(&question, flag)).await
    }

    /// A secret from a file, or from stdin for `-`, without its final line break.
    pub(crate) async fn read_secret(&self, path: &Path, what: &'static str) -> Result<SecretString> {
        let text = if path == Path::new("-") {
            if self.env.terminals().stdin {
                self.ui.status(&format!("reading the {what} from the terminal, end with Ctrl-D"));
            }
            blocking(move || {
                let mut text = String::new();
                std::io::stdin()
                    .read_to_string(&mut text)
                    .with_context(|| format!("could not read the {what} from stdin"))?;
                Ok(text)
            })
            .await?
        } else {
            let path = self.env.cwd().join(path);
            std::fs::read_to_string(&path).map_err(|error| {
                Error::usage(format!("could not read the {what} from `{}`", path.display()))
                    .code(Code::InputUnreadable)
                    .source(&error)
                    .hint(format!("write the {what} into that file, or pipe it in and name the file `-`"))
            })?
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(
                Error::usage(format!("the {what} is empty")).hint("check the command that should have written it")
            );
        }
        Ok(SecretString::from(text.to_owned()))
    }
}

async fn announce(cloud: &Cloud, ui: &Ui) -> Result<CallerIdentity> {
    let identity = cloud.identity().await?;
    ui.note(&target::banner(&identity));
    Ok(identity)
}

/// A secret from the arguments, where every user of the machine can read it. It is taken, with a warning, because
/// scripts for the starter toolkit pass it so; `safe` names the ways that nobody else sees.
///
/// # Errors
/// Exit 2 when it is empty: a variable was not set, most likely.
pub(super) fn secret_argument(context: &CommandContext, text: &str, flag: &str, safe: &str) -> Result<SecretString> {
    if text.is_empty() {
        return Err(Error::usage(format!("`{flag}` is empty"))
            .code(Code::InputMissing)
            .hint(format!("check the variable that it was to come from, or use {safe}")));
    }
    context.ui.warning(&format!("`{flag}` is visible to other users of this machine; prefer {safe}"));
    Ok(SecretString::from(text.to_owned()))
}

/// Waits for a person or for stdin on a separate thread, so that signals are still handled.
pub(crate) async fn blocking<T: Send + 'static>(wait: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(wait).await {
        Ok(result) => result,
        Err(error) => Err(Error::failed("the input was cut off").source(&error)),
    }
}

/// The error for a flag whose feature this version does not have.
pub(crate) fn unsupported(flag: &str, what: &str, hint: &str) -> Error {
    Error::usage(format!("`{flag}`: {what}")).code(Code::Unsupported).hint(hint.to_owned())
}
