//! What people see, whole: stdout, stderr and exit status of every report and of the likeliest errors, through pipes
//! and on a terminal of 80 columns, beside the files of `text/`.
//!
//! A text that changed fails. With `AGENTCORE_BLESS=1` the tests that are run write their files anew: read the difference
//! as a user would, for it is all that is looked at here. Rules belong into the tests of their subject.

mod aws;
mod calls;
mod config;
mod identity;
mod manual;
mod reports;
mod usage;

use std::fmt::Write;
use std::sync::LazyLock;

use regex_lite::Regex;
use snapbox::assert::Action;
use snapbox::{Assert, Data};

#[cfg(target_os = "linux")]
use crate::support::{COLUMNS, Screen};
use crate::support::{Invocation, Run, World, host_var, repository};

const FOLDER: &str = "tests/it/snapshots/text";

/// What differs from run to run or from machine to machine, and what stands for it: as long as the thing itself, where
/// that has a length, so that lines fold where they would.
static VARYING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        (r"\b(127\.0\.0\.1|localhost):\d{2,5}\b", "$1:45678"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "01234567-89ab-cdef-0123-456789abcdef"),
        (r"\bus-west-2_[A-Za-z0-9]{9}\b", "us-west-2_ABCabc123"),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?", "2030-01-02T03:04:05"),
        (r"\beyJ[\w-]+\.[\w-]+\.[\w-]*", "eyJ0.eyJ1.c2ln"),
        (r"\bsha256:[0-9a-f]{64}\b", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        (r"\bsha256:[0-9a-f]{12}\b", "sha256:0123456789ab"),
        (r"\bsrc-[0-9a-f]{32}\b", "src-0123456789abcdef0123456789abcdef"),
        (r":20\d{6}-\d{6}-\d{3}\b", ":20300102-030405-678"),
        (r"\b[0-9a-f]{16}/deployment\.zip", "0123456789abcdef/deployment.zip"),
        (r"(--port|listen on port) \d{4,5}\b", "$1 45678"),
        (r"(SDKRuntime-us-west-2-)[0-9a-f]{10}\b", "${1}0123456789"),
        // Agents of the sandbox run on this machine.
        (r"\blinux/amd64\b", "linux/arm64"),
        (r"\bAKIA[A-Z0-9]{16}\b", "AKIAEXAMPLEEXAMPLE00"),
        (r"(AWS_SECRET_ACCESS_KEY=')[^']+", "${1}abcdefghijklmnopqrstuvwxyz0123456789ABCD"),
    ]
    .map(|(pattern, text)| (Regex::new(pattern).unwrap(), text))
    .into()
});

/// Runs one after the other, as one document.
pub(crate) struct Transcript {
    text: String,
    /// What this world's own things are called in the document.
    names: Vec<(Regex, String)>,
    /// Runs that ended with another status than they should.
    problems: Vec<String>,
}

impl Transcript {
    pub(crate) fn of(world: &World) -> Self {
        let mut transcript = Self { text: String::new(), names: Vec::new(), problems: Vec::new() };
        let folders =
            [("project", "/home/me/project"), ("home", "/home/me"), ("tmp", "/tmp"), ("sandbox", "/tmp/sandbox")];
        for (folder, name) in folders {
            let path = regex_lite::escape(world.path(folder).to_str().unwrap());
            // Quoted for the shell where it needs that.
            transcript.name(&format!("'{path}'|{path}"), name);
        }
        transcript
    }

    /// Goes on with runs in another world.
    pub(crate) fn continue_in(&mut self, world: &World) {
        self.names = Self::of(world).names;
    }

    /// Has this pattern read as `name` from here on.
    pub(crate) fn name(&mut self, pattern: &str, name: &str) {
        self.names.push((Regex::new(pattern).unwrap(), name.to_owned()));
    }

    /// A run that may be repeated, through pipes and on a terminal. Both must end with `status`.
    #[track_caller]
    pub(crate) fn both(&mut self, what: &str, status: i32, invocation: Invocation<'_>) {
        #[cfg(target_os = "linux")]
        let screen = invocation.clone().run_on_terminal("");
        let run = invocation.run();
        #[cfg(target_os = "linux")]
        if screen.code != Some(status) {
            let (code, text) = (screen.code, &screen.text);
            self.problems.push(format!("on a terminal {code:?} instead of {status}:\n{text}\n{run}"));
        }
        let piped = self.add(what, status, run);
        #[cfg(target_os = "linux")]
        self.add_screen(&piped, &screen);
        self.text.push('\n');
        drop(piped);
    }

    #[cfg(target_os = "linux")]
    fn add_screen(&mut self, piped: &str, screen: &Screen) {
        let screen = self.masked(&screen.text);
        let fits = screen.lines().all(|line| line.chars().count() <= COLUMNS);
        if fits && screen.trim_end() == piped.trim_end() {
            self.text.push_str("--- on a terminal: the same\n");
            return;
        }
        self.text.push_str("--- on a terminal\n");
        for line in screen.lines() {
            let letters: Vec<char> = line.chars().collect();
            for row in letters.chunks(COLUMNS) {
                writeln!(self.text, "{}", row.iter().collect::<String>().trim_end()).unwrap();
            }
            if letters.is_empty() {
                self.text.push('\n');
            }
        }
    }

    /// A run through pipes alone, which would not do the same a second time, or would ask at a terminal.
    #[track_caller]
    pub(crate) fn once(&mut self, what: &str, status: i32, run: Run) {
        self.add(what, status, run);
        self.text.push('\n');
    }

    /// The same without the lines of progress, whose order is that in which things happen side by side.
    #[track_caller]
    pub(crate) fn outcome(&mut self, what: &str, status: i32, mut run: Run) {
        let text = run.stderr_text();
        let (progress, error) = text.split_at(text.find("error: ").unwrap_or(text.len()));
        let told = progress.lines().filter(|line| line.starts_with("warning: ") || line.starts_with("note: "));
        run.stderr = (told.map(|line| format!("{line}\n")).collect::<String>() + error).into_bytes();
        self.once(what, status, run);
    }

    /// Returns stdout and stderr.
    #[track_caller]
    fn add(&mut self, what: &str, status: i32, run: Run) -> String {
        if run.code != Some(status) {
            self.problems.push(format!("not {status}: {run}"));
        }
        let status = run.code.expect("no signal ended it");
        let run = run.code(status);
        let (stdout, stderr) = (self.masked(&run.stdout_text()), self.masked(&run.stderr_text()));
        let argv = self.masked(&run.argv);
        write!(self.text, "# {what}\n$ agentcore {argv}\nexit status {status}\n").unwrap();
        for (stream, text) in [("stderr", &stderr), ("stdout", &stdout)] {
            if !text.is_empty() {
                let end = if text.ends_with('\n') { "" } else { "\n(no newline)\n" };
                write!(self.text, "--- {stream}\n{text}{end}").unwrap();
            }
        }
        format!("{stderr}{stdout}")
    }

    fn masked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (pattern, name) in &self.names {
            text = pattern.replace_all(&text, name.as_str()).into_owned();
        }
        for (pattern, name) in VARYING.iter() {
            text = pattern.replace_all(&text, *name).into_owned();
        }
        text
    }

    /// Compares the document with the file of this name.
    #[track_caller]
    pub(crate) fn check(self, name: &str) {
        let bless = host_var("AGENTCORE_BLESS").is_some();
        let file = repository().join(FOLDER).join(format!("{name}.txt"));
        // The files have Linux's words for the errors of a system, and only there is a terminal made.
        let compares = cfg!(target_os = "linux");
        if compares {
            Assert::new()
                .action(if bless { Action::Overwrite } else { Action::Verify })
                .eq(self.text.trim_end().to_owned() + "\n", Data::read_from(&file, None).raw());
        }
        assert!(self.problems.is_empty(), "{}", self.problems.join("\n"));
    }
}

/// A file that no test compares is never wrong.
#[test]
fn every_text_is_compared() {
    let folders =
        ["tests/it/snapshots", "tests/it"].map(|folder| std::fs::read_dir(repository().join(folder)).unwrap());
    let code: String = folders
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for entry in std::fs::read_dir(repository().join(FOLDER)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let named = ["check", "check_all"].iter().any(|call| code.contains(&format!("{call}(\"{name}\"")));
        assert!(named, "no test compares {}", path.display());
    }
}
