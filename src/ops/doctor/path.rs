//! Every `agentcore` on `PATH`, and whose it is: three programs have the name.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::join_all;

use super::{DoctorRequest, Finding};
use crate::env::Env;
use crate::process::{Child, current_program, find_all};

const ID: &str = "agentcore";
/// For a program to say its version.
const ANSWER: Duration = Duration::from_secs(5);

/// A program called `agentcore`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ProgramOwner {
    /// The one that runs now.
    This,
    /// Another one of ours, and its version.
    Ours(String),
    StarterToolkit,
    /// `@aws/agentcore` of npm.
    NpmCli,
    Unknown,
}

impl ProgramOwner {
    fn name(&self) -> String {
        match self {
            Self::This => "this program".to_owned(),
            Self::Ours(version) => format!("version {version} of this program"),
            Self::StarterToolkit => "the starter toolkit's".to_owned(),
            Self::NpmCli => "the CLI of npm's `@aws/agentcore`".to_owned(),
            Self::Unknown => "somebody else's".to_owned(),
        }
    }
}

pub(super) async fn check(request: &DoctorRequest<'_>) -> Vec<Finding> {
    let own = current_program().ok();
    let mut places = find_all(request.env, "agentcore");
    // A folder that stands on `PATH` twice, or is linked to, holds nothing new.
    let mut seen = std::collections::HashSet::new();
    places.retain(|path| seen.insert(real(path)));
    let owners = join_all(places.iter().map(|path| owner(request.env, path, own.as_deref()))).await;
    vec![finding(&places.into_iter().zip(owners).collect::<Vec<_>>(), own.as_deref())]
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn finding(found: &[(PathBuf, ProgramOwner)], own: Option<&Path>) -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    let shown = own.map(|own| own.display().to_string()).unwrap_or_default();
    let Some((first, owner)) = found.first() else {
        let folder = own.and_then(Path::parent).map(|folder| folder.display().to_string()).unwrap_or_default();
        return Finding::note(ID, format!("version {version} at `{shown}`, which is not on PATH"))
            .fix(format!("export PATH={}:\"$PATH\"", crate::shell::quoted(&folder)));
    };
    let others = |found: &[(PathBuf, ProgramOwner)]| -> Vec<String> {
        found.iter().map(|(path, owner)| format!("`{}` is {}", path.display(), owner.name())).collect()
    };
    // A shim of a version manager is a file of its own, and starts the same.
    let is_same = *owner == ProgramOwner::This || *owner == ProgramOwner::Ours(version.to_owned());
    if !is_same {
        let text = format!("the first on PATH, `{}`, is {}; this one is `{shown}`", first.display(), owner.name());
        return Finding::warning(ID, text).fix(way_out(owner, first, own));
    }
    let text = format!("version {version} at `{}`, the first on PATH", first.display());
    match others(&found[1..]) {
        others if others.is_empty() => Finding::ok(ID, text),
        others => Finding::note(ID, format!("{text}; behind it: {}", others.join(", "))),
    }
}

fn way_out(owner: &ProgramOwner, first: &Path, own: Option<&Path>) -> String {
    match (owner, own.and_then(Path::parent)) {
        (ProgramOwner::StarterToolkit, _) => {
            // The interpreter beside the script is the one that it was installed with.
            let python = first.with_file_name("python");
            let python = if python.exists() { python.display().to_string() } else { "python3".to_owned() };
            format!("{} -m pip uninstall bedrock-agentcore-starter-toolkit", crate::shell::quoted(&python))
        }
        (ProgramOwner::NpmCli, _) => "npm uninstall -g @aws/agentcore".to_owned(),
        (_, Some(folder)) => {
            format!("export PATH={}:\"$PATH\"", crate::shell::quoted(&folder.display().to_string()))
        }
        (_, None) => format!("take `{}` off PATH", first.display()),
    }
}

async fn owner(env: &Env, path: &Path, own: Option<&Path>) -> ProgramOwner {
    let real = real(path);
    if own.is_some_and(|own| own.canonicalize().is_ok_and(|own| own == real)) {
        return ProgramOwner::This;
    }
    let start = start_of(&real);
    // What pip writes for the toolkit's entry point, and for its launchers on Windows at the end of the program.
    if start.contains("bedrock_agentcore_starter_toolkit") {
        return ProgramOwner::StarterToolkit;
    }
    let of_npm = |path: &Path| path.to_string_lossy().replace('\\', "/").contains("/@aws/agentcore/");
    if of_npm(&real) || start.contains("@aws/agentcore") {
        return ProgramOwner::NpmCli;
    }
    version_of(env, path).await.map_or(ProgramOwner::Unknown, ProgramOwner::Ours)
}

/// Enough for a script that starts something.
fn start_of(path: &Path) -> String {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(8192).read_to_end(&mut start));
    if read.is_err() { String::new() } else { String::from_utf8_lossy(&start).into_owned() }
}

/// The version that one of ours says: `agentcore 0.1.0`. npm's says a number alone, and the toolkit none.
async fn version_of(env: &Env, path: &Path) -> Option<String> {
    // Somebody else's program: it sees what a script needs in order to start, and no credentials.
    let mut child = Child::bare(path).arg("--version").leading_a_group();
    for name in ["PATH", "HOME", "SYSTEMROOT"] {
        if let Some(value) = env.var_os(name) {
            child = child.var(name, value);
        }
    }
    let output = tokio::time::timeout(ANSWER, child.output()).await.ok()?.ok()?;
    let said = output.stdout_text();
    let version = said.strip_prefix("agentcore ")?.split_whitespace().next()?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.len() < 40;
    (output.status.success() && is_version).then(|| version.to_owned())
}
