//! A terminal for one run, what stands on it meanwhile, and what stands on it when the run is over.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::{HANG, Invocation};

/// What the program is told of the terminal's size.
pub(crate) const COLUMNS: usize = 80;
const ROWS: u16 = 40;
/// The emulation itself never folds or scrolls: paths of this machine are replaced by others first, and only then is
/// the text folded.
const WIDEST: NonZero<u16> = NonZero::new(4000).unwrap();
const LONGEST: NonZero<u16> = NonZero::new(600).unwrap();

/// What somebody at a terminal is left with.
#[derive(Debug)]
pub(crate) struct Screen {
    /// `None` when a signal ended the run.
    pub(crate) code: Option<i32>,
    /// stdout and stderr as they came, what was drawn over gone. Lines are not folded.
    pub(crate) text: String,
    /// Everything that was written, with what a terminal obeys instead of showing it.
    pub(crate) written: String,
}

/// A run at a terminal.
pub(crate) struct Terminal {
    child: Child,
    near: File,
    /// Kept open, so that its settings can be read when the program is gone.
    far: File,
    read: Receiver<Vec<u8>>,
    emulation: vt100::Parser,
    written: Vec<u8>,
}

impl Invocation<'_> {
    /// Runs it to the end with all three streams on a terminal. `keys` are typed ahead.
    pub(crate) fn run_on_terminal(self, keys: &str) -> Screen {
        let size = (ROWS, u16::try_from(COLUMNS).unwrap());
        let mut terminal = self.start_at(size, vt100::Parser::new(LONGEST, WIDEST, 0));
        terminal.type_keys(keys);
        terminal.end()
    }

    /// Starts it with all three streams on a terminal of so many rows and columns, which folds and scrolls.
    pub(crate) fn start_on_terminal(self, (rows, columns): (u16, u16)) -> Terminal {
        let emulation = vt100::Parser::new(NonZero::new(rows).unwrap(), NonZero::new(columns).unwrap(), 0);
        self.start_at((rows, columns), emulation)
    }

    fn start_at(mut self, (rows, columns): (u16, u16), emulation: vt100::Parser) -> Terminal {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&near).unwrap();
        unlockpt(&near).unwrap();
        let name = ptsname(&near, Vec::new()).unwrap();
        let far = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        tcsetwinsize(&far, Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let stream = || Stdio::from(far.try_clone().unwrap());
        // First, so that a test may say something else.
        self.vars.insert(0, ("TERM".into(), "xterm-256color".into()));
        let child = self.spawn_on([stream(), stream(), stream()]);
        let near = File::from(near);
        let mut source = near.try_clone().unwrap();
        let (sender, read) = mpsc::channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            // The last writer's end shows as an error here, not as the end of a file.
            while let Ok(count @ 1..) = source.read(&mut piece) {
                if sender.send(piece[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { child, near, far, read, emulation, written: Vec::new() }
    }
}

impl Terminal {
    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.near.write_all(keys.as_bytes()).unwrap();
    }

    /// What stands on the terminal as soon as `wanted` holds of it. Every piece that is written is looked at.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + HANG;
        loop {
            let shown = shown(&self.emulation);
            if wanted(&shown) {
                return shown;
            }
            match self.read.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(piece) => self.feed(&piece),
                Err(why) => {
                    let _ = self.child.kill();
                    panic!("{what} never came ({why}):\n{shown}");
                }
            }
        }
    }

    /// Types the answer once the question stands on the last line that has any text.
    #[track_caller]
    pub(crate) fn answer(&mut self, question: &str, keys: &str) -> String {
        let asked = self.until(question, |shown| shown.lines().last().is_some_and(|line| line.contains(question)));
        self.type_keys(keys);
        asked
    }

    pub(crate) fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// Waits for the end of the run.
    pub(crate) fn end(self) -> Screen {
        let Self { mut child, near, far, read, mut emulation, mut written } = self;
        let end = Instant::now() + HANG;
        // Without this writer the terminal has none when the program ends.
        drop(far);
        loop {
            match read.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(piece) => {
                    emulation.process(&piece);
                    written.extend(piece);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _ = child.kill();
                    panic!("the run on a terminal did not end within {HANG:?}");
                }
            }
        }
        drop(near);
        let written = String::from_utf8_lossy(&written).into_owned();
        Screen { code: child.wait().unwrap().code(), text: shown(&emulation), written }
    }

    /// Whether what is typed shows and is edited by the line, as it was when the program was started.
    pub(crate) fn is_as_before(&self) -> bool {
        let modes = tcgetattr(&self.far).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON) && !self.emulation.screen().hide_cursor()
    }

    /// The status of a program that is about to end.
    pub(crate) fn code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    fn feed(&mut self, piece: &[u8]) {
        self.emulation.process(piece);
        self.written.extend(piece);
    }
}

fn shown(emulation: &vt100::Parser) -> String {
    let (_, width) = emulation.screen().size();
    let rows = emulation.screen().rows(0, width.get());
    let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
    rows.join("\n").trim_end().to_owned()
}
