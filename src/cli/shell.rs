//! `agentcore shell`: a terminal in a session of the agent.
//!
//! Owns: the person's terminal, the keys that leave. Does not own: connections (`ops`).

use bytes::{BufMut, Bytes, BytesMut};

use super::args::ShellArgs;
use super::inside::{SessionReach, endpoint_flag};
use super::{CommandContext, CommandResult, Result};
use crate::error::{Code, Context as _, Error};
use crate::facts::is_shell_id;
use crate::ops::invoke::shell::{self, ShellOutcome, TerminalInput, TerminalOutput};
use crate::session;
use crate::ui::{OutputFormat, RawTerminal, terminal_size};

/// The size where the terminal does not say its own.
const USUAL_SIZE: (u16, u16) = (80, 24);

pub(super) async fn run(args: ShellArgs, context: &CommandContext) -> Result<CommandResult> {
    let terminals = context.env.terminals();
    if !terminals.stdin || !terminals.stdout || context.ui.output() == OutputFormat::Json {
        return Err(Error::usage("a shell needs a terminal on stdin and stdout")
            .code(Code::InputTerminal)
            .hint("commands of scripts: `agentcore exec 'COMMAND'`"));
    }
    if let Some(id) = args.shell_id.as_deref().filter(|id| !is_shell_id(id)) {
        return Err(Error::usage(format!("`{}` is not the id of a shell", id.escape_debug()))
            .code(Code::InputShellId)
            .hint("an id has letters, digits, `-` and `_`, 128 at most; leave out `--shell-id` for a new shell"));
    }
    let reach = SessionReach::choose(&args.inside, context, None).await?;
    let call = reach.invocation();
    let again = format!("agentcore shell{}", endpoint_flag(&args.inside));
    let there = format!("agentcore shell{}", reach.flags());
    // The service gives a shell an id only where none is named, and then nothing could come back to one that was lost at once.
    let id = args.shell_id.clone().unwrap_or_else(session::generate);
    let opened = shell::open((reach.context(&call), &there), &id, terminal_size().unwrap_or(USUAL_SIZE)).await;
    let mut open = match opened {
        Ok(open) => open,
        Err(error) => return Err(reach.failed(error, &again, context).await),
    };
    let back = format!("{there} --shell-id {}", open.shell_id);
    context.ui.note(&format!("session {}, shell {}; Enter ~ . leaves", reach.session_id, open.shell_id));
    let outcome = at_terminal(&mut open, context).await;
    context.ui.pass_on(b"\r\n", true).unwrap_or_default();
    match outcome {
        Ok(ShellOutcome::Exited(code)) => Ok(CommandResult::Code(u8::try_from(code).unwrap_or(1))),
        Ok(ShellOutcome::Left) => {
            context.ui.note(&format!("the shell goes on until its session ends: `{back}`"));
            Ok(CommandResult::Code(0))
        }
        Err(error) => Err(reach.failed(error, &again, context).await),
    }
}

/// The shell with the person's terminal, which is as it was before when this returns.
async fn at_terminal(open: &mut shell::OpenShell<'_>, context: &CommandContext) -> Result<ShellOutcome> {
    let (sender, receiver) = tokio::sync::mpsc::channel(16);
    let mut terminal = RawTerminal::enter()?;
    read_keys(sender.clone());
    let mut screen = |output: TerminalOutput<'_>| match output {
        TerminalOutput::Printed(bytes) => context.ui.pass_on(bytes, false).context("could not write to the terminal"),
        TerminalOutput::Note(text) => {
            let line = format!("\r\n[agentcore: {}]\r\n", text.trim().escape_debug());
            context.ui.pass_on(line.as_bytes(), true).context("could not write to the terminal")
        }
    };
    let sizes = async {
        loop {
            terminal.resized().await;
            let (width, height) = terminal_size().unwrap_or(USUAL_SIZE);
            if sender.send(TerminalInput::Resized(width, height)).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        outcome = open.run(receiver, &mut screen) => outcome,
        () = sizes => Ok(ShellOutcome::Left),
    }
}

/// Keys as they are typed. Read on a separate thread: a read of stdin cannot be cancelled.
fn read_keys(sender: tokio::sync::mpsc::Sender<TerminalInput>) {
    tokio::task::spawn_blocking(move || {
        let mut keys = Keys::default();
        let mut buffer = [0; 4096];
        loop {
            let count = match std::io::Read::read(&mut std::io::stdin(), &mut buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                read => read.unwrap_or(0),
            };
            let (typed, leaves) = keys.typed(&buffer[..count]);
            if !typed.is_empty() && sender.blocking_send(TerminalInput::Typed(typed)).is_err() {
                return;
            }
            if leaves || count == 0 {
                let _ = sender.blocking_send(TerminalInput::Leave);
                return;
            }
        }
    });
}

/// The keys that leave: `~` and `.` after Enter, as in ssh.
#[derive(Debug)]
struct Keys {
    is_line_start: bool,
    has_tilde: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Self { is_line_start: true, has_tilde: false }
    }
}

impl Keys {
    /// What goes to the shell, and whether the person leaves.
    fn typed(&mut self, bytes: &[u8]) -> (Bytes, bool) {
        let mut out = BytesMut::with_capacity(bytes.len() + 1);
        for byte in bytes {
            if std::mem::take(&mut self.has_tilde) {
                match byte {
                    b'.' => return (out.freeze(), true),
                    b'~' => {}
                    _ => out.put_u8(b'~'),
                }
            } else if self.is_line_start && *byte == b'~' {
                self.has_tilde = true;
                continue;
            }
            self.is_line_start = matches!(byte, b'\r' | b'\n');
            out.put_u8(*byte);
        }
        (out.freeze(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tilde_after_enter_leaves() {
        let typed = |pieces: &[&str]| {
            let mut keys = Keys::default();
            let mut all = Vec::new();
            for piece in pieces {
                let (bytes, leaves) = keys.typed(piece.as_bytes());
                all.extend_from_slice(&bytes);
                if leaves {
                    return (String::from_utf8(all).unwrap(), true);
                }
            }
            (String::from_utf8(all).unwrap(), false)
        };
        assert_eq!(typed(&["ls ~/.x\r"]), ("ls ~/.x\r".into(), false));
        assert_eq!(typed(&["ls\r", "~", "."]), ("ls\r".into(), true));
        assert_eq!(typed(&["~~.\r~/x"]), ("~.\r~/x".into(), false));
        assert_eq!(typed(&["a~."]), ("a~.".into(), false));
    }
}
