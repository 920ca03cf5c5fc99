//! The person's own terminal while a program elsewhere has it: every key goes there, Ctrl-C too.
//!
//! Owns: the raw mode and the way back from it, which a panic takes as well, the terminal's size. Does not own: what is
//! typed and shown.

use std::sync::{Mutex, Once, PoisonError};

use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::{Context, Result};

/// The settings to go back to, while there are any.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
static ON_PANIC: Once = Once::new();

/// The terminal of stdin in raw mode, until this is dropped.
#[derive(Debug)]
pub(crate) struct RawTerminal {
    resized: Signal,
}

impl RawTerminal {
    /// # Errors
    /// When stdin is no terminal.
    pub(crate) fn enter() -> Result<Self> {
        let before = tcgetattr(std::io::stdin()).context("could not read the terminal's settings")?;
        let resized = signal(SignalKind::window_change()).context("could not watch the terminal's size")?;
        let mut raw = before.clone();
        raw.make_raw();
        ON_PANIC.call_once(|| {
            let tell = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                restore();
                tell(panic);
            }));
        });
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        tcsetattr(std::io::stdin(), OptionalActions::Now, &raw).context("could not set up the terminal")?;
        Ok(Self { resized })
    }

    /// Completes when the terminal has another size.
    pub(crate) async fn resized(&mut self) {
        if self.resized.recv().await.is_none() {
            std::future::pending().await
        }
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        restore();
    }
}

fn restore() {
    if let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        // There is nobody left to tell of a terminal that is gone.
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &before);
    }
}

/// Forgets what was typed and not read yet.
pub(super) fn discard_typed() {
    // What is no terminal has nothing typed.
    let _ = tcflush(std::io::stdin(), QueueSelector::IFlush);
}

/// Columns and rows, where they are known.
pub(crate) fn terminal_size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(std::io::stdin()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}
