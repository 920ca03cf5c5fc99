//! Whether a command that a configuration names may run.
//!
//! Owns: asking once per content, remembering the answer. Does not own: running it (`command`).
//!
//! A clone of a repository is enough to have its configuration, and `invoke --auth` in it would run whatever it names. The
//! answer holds for this folder, these words, and the content of the project's files among them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::TokenContext;
use crate::digest::{Digest, Hasher};
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::shell::quoted;
use crate::trust;

/// Below the folder for this machine's state.
const FOLDER: &str = "trusted-commands";

/// Returns when the command may run: trusted by flag or variable, confirmed earlier, or confirmed now.
///
/// # Errors
/// [`crate::error::Kind::Usage`] when nobody can be asked, or the answer is no.
pub(super) async fn require(session: &TokenContext<'_>, command: &[String], root: &Path) -> Result<()> {
    let record = record(session.env, command, root);
    if trust::is_given(session.env) || record.as_ref().is_some_and(|file| file.is_file()) {
        return Ok(());
    }
    let line = command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let refused = |why: &str| {
        Error::usage(format!("the configuration in `{}` would run a command, and {why}", root.display()))
            .code(Code::ConfigUntrusted)
            .cause(line.clone())
            .hint(trust::HINT)
    };
    if !session.interactive {
        return Err(refused("it was never confirmed on this machine")
            .hint("at a terminal, `agentcore identity token` shows it and asks once"));
    }
    (session.tell)(&format!("The configuration in {} gets its token from this command:\n  {line}", root.display()));
    let ask = Arc::clone(&session.ask);
    let answer = tokio::task::spawn_blocking(move || ask("Run it, now and whenever it is the same?"));
    if !answer.await.context("the question was cut off")?? {
        return Err(refused("the answer was no"));
    }
    remember(session.env, command, root);
    Ok(())
}

/// Stores the confirmation of a command, so that it is not asked again. Where that fails, the question comes again.
pub(crate) fn remember(env: &Env, command: &[String], root: &Path) {
    let Some(file) = record(env, command, root) else { return };
    if file.parent().is_some_and(|dir| fsx::keep_dir_private(dir).is_ok()) {
        let text = format!("{}\n{}\n", root.display(), command.join(" "));
        let _ = fsx::write_private(&file, text.as_bytes());
    }
}

/// The file whose existence says that the command was confirmed.
fn record(env: &Env, command: &[String], root: &Path) -> Option<PathBuf> {
    Some(env.state_dir()?.join(FOLDER).join(content(command, root).hex()))
}

/// A digest of the folder, the words, and the content of the project's files that they name.
fn content(command: &[String], root: &Path) -> Digest {
    let mut hasher = Hasher::default();
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(root.as_os_str().as_encoded_bytes());
    for (place, word) in command.iter().enumerate() {
        add(word.as_bytes());
        // The first word without a slash is a program on PATH.
        let named = (place > 0 || word.contains('/')).then(|| root.join(word).canonicalize().ok()).flatten();
        if let Some(file) = named.filter(|file| file.starts_with(&root) && file.is_file()) {
            add(&std::fs::read(file).unwrap_or_default());
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_folder_word_or_script_is_another_content() {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["a", "b"] {
            std::fs::create_dir(dir.path().join(folder)).unwrap();
            std::fs::write(dir.path().join(folder).join("token.sh"), "echo t").unwrap();
        }
        let of = |folder: &str, words: &[&str]| {
            content(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), &dir.path().join(folder))
        };
        let before = of("a", &["sh", "token.sh"]);
        assert_eq!(before, of("a/../a", &["sh", "token.sh"]));
        let others = [of("b", &["sh", "token.sh"]), of("a", &["sh", "token.sh", ""]), of("a", &["sh token.sh"])];
        assert!(others.iter().all(|other| *other != before));
        std::fs::write(dir.path().join("a/token.sh"), "echo u").unwrap();
        assert_ne!(of("a", &["sh", "token.sh"]), before);
    }
}
