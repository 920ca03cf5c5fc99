//! The log of events of a run, where `AGENTCORE_EVENTS` asks for one.
//!
//! Owns: what ends a run in the log, and that a log which cannot be written is one warning and changes nothing else. Does not own:
//! its lines (`events::log`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cache::Cache;
use crate::cli::CommandResult;
use crate::env::Env;
use crate::error::{Error, Kind, Result};
use crate::events::Event;
use crate::events::log::{self, CommandEnd, EventLog};
use crate::outputs;
use crate::report::StepOutput;
use crate::ui::Ui;

/// The log of events of this run, and whom it tells that it cannot be written.
#[derive(Clone)]
pub(super) struct Journal {
    log: Arc<EventLog>,
    ui: Ui,
    /// The file failed once, which was told.
    has_failed: Arc<AtomicBool>,
}

impl Journal {
    /// `None` without the variable, and with a warning where the file cannot be opened: no command fails for its log.
    pub(super) fn open(env: &Env, ui: &Ui, command: String) -> Option<Self> {
        let path = env.file(log::VARIABLE)?;
        match EventLog::open(env.cwd(), &path, command) {
            Ok(log) => {
                // A later run without the variable must not pack it.
                if let Ok(cache) = Cache::from_env(env) {
                    outputs::remember(&cache, std::iter::once(path.as_path()));
                }
                let journal = Self { log: Arc::new(log), ui: ui.clone(), has_failed: Arc::default() };
                journal.check(journal.log.command_started());
                Some(journal)
            }
            Err(error) => {
                warn_of_log(ui, &error);
                None
            }
        }
    }

    pub(super) fn listener(&self) -> impl Fn(&Event) + Send + Sync + use<> {
        let journal = self.clone();
        move |event| journal.check(journal.log.event(event))
    }

    pub(super) fn finish(&self, outcome: &Result<CommandResult>) {
        let (mut digest, mut version) = (None, None);
        let end = match outcome {
            Ok(CommandResult::Code(code)) => CommandEnd { exit_code: *code, ..CommandEnd::default() },
            Ok(CommandResult::Report(report)) => {
                for (name, value) in report.step_outputs() {
                    match name {
                        StepOutput::ImageDigest => digest = Some(value),
                        StepOutput::Version => version = Some(value),
                        _ => {}
                    }
                }
                let exit_code = report.exit_code();
                let is_pending = exit_code == Kind::Pending.exit_code();
                CommandEnd { exit_code, is_pending, ..CommandEnd::default() }
            }
            Err(error) => {
                CommandEnd { exit_code: error.kind().exit_code(), error: Some(error), ..CommandEnd::default() }
            }
        };
        let end = CommandEnd { digest: digest.as_deref(), version: version.as_deref(), ..end };
        self.check(self.log.command_finished(&end));
    }

    fn check(&self, written: Result<()>) {
        if let Err(error) = written
            && !self.has_failed.swap(true, Ordering::Relaxed)
        {
            warn_of_log(&self.ui, &error);
        }
    }
}

fn warn_of_log(ui: &Ui, error: &Error) {
    ui.warning(&format!("{} is not complete: {error}", log::VARIABLE));
}
