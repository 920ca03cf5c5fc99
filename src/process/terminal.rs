//! Pseudo-terminals: a program at one, which leads a session of its own.
//!
//! Owns: opening one, the start of its program, its size, the end of everything in its session. A child gets its controlling
//! terminal between fork and exec, which needs `unsafe` code; so this program starts itself once more, takes the terminal
//! there, and becomes the program that was meant.

use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use rustix::fs::OFlags;
use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use rustix::process::Pid;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::net::unix::pipe;

use super::{Child, current_program};
use crate::error::{Context, Error, Result};

/// The side of a pseudo-terminal that sees what its program prints and types what it reads.
#[derive(Debug)]
pub(crate) struct Pty {
    // The same terminal, in tokio's types for pipes: its type for any descriptor needs `unsafe` code.
    printed: pipe::Receiver,
    typed: pipe::Sender,
}

/// Where the system can, no program that is started meanwhile inherits a terminal that was just opened.
#[cfg(target_os = "linux")]
const CLOSED_AT_ONCE: OpenptFlags = OpenptFlags::CLOEXEC;
#[cfg(not(target_os = "linux"))]
const CLOSED_AT_ONCE: OpenptFlags = OpenptFlags::empty();

/// Columns and rows.
pub(crate) type TerminalSize = (u16, u16);

/// Starts `program` (built with [`Child::bare`]: words and environment) at a new pseudo-terminal. `leader` are the
/// arguments of this program that call [`lead`] with the words behind them.
///
/// # Errors
/// When the system has no more pseudo-terminals, or this program cannot be started.
pub(crate) fn start(
    leader: &[&str],
    program: &Child,
    (columns, rows): TerminalSize,
) -> Result<(Pty, tokio::process::Child)> {
    let (master, slave) = open().context("could not open a pseudo-terminal")?;
    let what = || "could not watch a pseudo-terminal";
    let pty = Pty {
        printed: pipe::Receiver::from_owned_fd_unchecked(master.try_clone().with_context(what)?).with_context(what)?,
        typed: pipe::Sender::from_owned_fd_unchecked(master).with_context(what)?,
    };
    let _ = pty.resize((columns, rows));
    let mut words: Vec<OsString> = leader.iter().map(OsString::from).collect();
    words.push(program.program.clone().into_os_string());
    words.extend(program.args.iter().cloned());
    let led = Child { program: current_program()?, args: words, ..program.clone() };
    let mut command = led.command();
    let end = || slave.try_clone().map(Stdio::from).context("could not hand a pseudo-terminal on");
    command.stdin(end()?).stdout(end()?).stderr(end()?);
    let child = command.spawn().context("could not start a shell")?;
    Ok((pty, child))
}

fn open() -> io::Result<(OwnedFd, OwnedFd)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | CLOSED_AT_ONCE)?;
    fcntl_setfd(&master, fcntl_getfd(&master)? | FdFlags::CLOEXEC)?;
    rustix::fs::fcntl_setfl(&master, rustix::fs::fcntl_getfl(&master)? | OFlags::NONBLOCK)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    // Without `NOCTTY` it could become the terminal of this process.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok((master, rustix::fs::open(name.as_c_str(), flags, rustix::fs::Mode::empty())?))
}

impl Pty {
    /// What the program printed; nothing at the end of everything that has the terminal open. Nothing is lost when the
    /// future is dropped.
    ///
    /// # Errors
    /// When the system says so.
    pub(crate) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.printed.readable().await?;
            match self.printed.try_read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // That is how Linux says that nobody has it open any more.
                Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => return Ok(0),
                result => return result,
            }
        }
    }

    /// Types `bytes`, all of them.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub(crate) async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            self.typed.writable().await?;
            match self.typed.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => bytes = &bytes[written?..],
            }
        }
        Ok(())
    }

    /// # Errors
    /// When the terminal is gone.
    pub(crate) fn resize(&self, (columns, rows): TerminalSize) -> io::Result<()> {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        Ok(tcsetwinsize(&self.typed, size)?)
    }
}

/// Makes this process the leader of a session at the terminal that is its stdin, and then the program of `words`. Returns
/// only when that fails.
pub(crate) fn lead(words: &[OsString]) -> Error {
    let Some((program, args)) = words.split_first() else { return Error::usage("there is no program to run") };
    let stdin = io::stdin();
    if let Err(error) = rustix::process::setsid().and_then(|_| rustix::process::ioctl_tiocsctty(&stdin)) {
        return Error::failed("could not take the terminal").source(&error);
    }
    let error = std::process::Command::new(program).args(args).exec();
    Error::failed(format!("could not start `{}`", program.display())).source(&error)
}

/// Ends all processes of the session that `leader` leads, those in groups of their own included. Only Linux tells which
/// these are; elsewhere it is the leader's group.
pub(crate) fn end_session(leader: u32) {
    let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) else { return };
    for member in members(leader) {
        let _ = rustix::process::kill_process(member, rustix::process::Signal::KILL);
    }
    let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
}

fn members(session: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = processes.filter_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let text = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name stands in parentheses and may hold any character; state, parent, group and session follow it.
        let own = text.rsplit_once(')')?.1.split_whitespace().nth(3)?.parse::<u32>().ok()?;
        (own == session).then_some(Pid::from_raw(pid)).flatten()
    });
    found.collect()
}
