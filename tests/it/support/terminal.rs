//! A terminal of 80 columns for one run, and what stands on it when the run is over.

use std::fs::File;
use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Stdio;
use std::sync::mpsc;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

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
}

impl Invocation<'_> {
    /// Runs it to the end with all three streams on a terminal. `keys` are typed ahead.
    pub(crate) fn run_on_terminal(self, keys: &str) -> Screen {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let size = Winsize { ws_row: ROWS, ws_col: u16::try_from(COLUMNS).unwrap(), ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&slave, size).unwrap();
        let stream = || Stdio::from(slave.try_clone().unwrap());
        let mut child = self.var("TERM", "xterm-256color").spawn_on([stream(), stream(), stream()]);
        drop(slave);
        let mut master = File::from(master);
        master.write_all(keys.as_bytes()).unwrap();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut emulation = vt100::Parser::new(LONGEST, WIDEST, 0);
            let mut piece = [0; 4096];
            // The last writer's end shows as an error here, not as the end of a file.
            while let Ok(count @ 1..) = master.read(&mut piece) {
                emulation.process(&piece[..count]);
            }
            let rows = emulation.screen().rows(0, WIDEST.get());
            let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
            let _ = sender.send(rows.join("\n").trim_end().to_owned());
        });
        let Ok(text) = receiver.recv_timeout(HANG) else {
            let _ = child.kill();
            panic!("the run on a terminal did not end within {HANG:?}");
        };
        Screen { code: child.wait().unwrap().code(), text }
    }
}
