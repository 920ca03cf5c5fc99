//! Secrets by content, whatever the file is called: private keys, tokens and the keys of providers.
//!
//! Owns: the search, and reading no more of a file than is needed. A form (`forms`) counts only with a value of the right
//! length and variety behind it (`values`): a public key, a placeholder, or a program that knows the forms is no secret.

mod der;
mod forms;
mod values;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use forms::{Begins, FORMS, SecretForm};
use values::is_word;

/// What is read at a time, and how much of it is looked at again with what follows.
const CHUNK: usize = 1 << 20;
const OVERLAP: usize = 1 << 14;
/// A text is looked through up to here: what is larger is data.
const TEXT_LIMIT: usize = 1 << 25;
/// A file with a NUL in its first bytes is not text, and only its beginning is looked at.
const BINARY_LOOK: usize = 1 << 13;

/// What a file holds, such as "a private key"; `None` when nothing like a secret is in it.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn held_secret(path: &Path) -> io::Result<Option<&'static str>> {
    let mut file = File::open(path)?;
    let mut window = Vec::new();
    let mut seen = 0;
    let mut wide = false;
    loop {
        let kept = window.len();
        let limit = if seen == 0 { BINARY_LOOK } else { CHUNK };
        let read = file.by_ref().take(limit as u64).read_to_end(&mut window)?;
        if seen == 0 {
            if let Some(what) = der::held_key(&window) {
                return Ok(Some(what));
            }
            wide = is_wide(&window);
        }
        let binary = seen == 0 && !wide && window.contains(&0);
        if wide {
            // UTF-16, as Windows' shells write it: what secrets are made of is ASCII.
            let plain: Vec<u8> = window[kept..].iter().copied().filter(|byte| *byte != 0).collect();
            window.truncate(kept);
            window.extend(plain);
        }
        seen += read;
        let last = read < limit || binary || seen >= TEXT_LIMIT;
        if let Some(found) = in_text(&window, last) {
            return Ok(Some(found));
        }
        if last {
            return Ok(None);
        }
        if window.len() > OVERLAP {
            window.drain(..window.len() - OVERLAP);
        }
    }
}

/// Whether the beginning of a file is UTF-16, marked as such or not: of ASCII, every other byte is a NUL.
fn is_wide(start: &[u8]) -> bool {
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let pairs = start.len() / 2;
    let text = |low: usize, high: usize| {
        let is_ascii = |pair: &&[u8]| pair[high] == 0 && pair[low] != 0 && pair[low].is_ascii();
        start.chunks_exact(2).filter(is_ascii).count() * 10 >= pairs * 9
    };
    pairs >= 8 && (text(0, 1) || text(1, 0))
}

/// Where a form begins in a text.
struct Hit<'a> {
    before: &'a [u8],
    start: &'a [u8],
    rest: &'a [u8],
}

/// A secret in a piece of text. Whatever may go on behind its end is left to the next piece, unless it is the `last`.
pub(super) fn in_text(text: &[u8], last: bool) -> Option<&'static str> {
    let complete = if last { text.len() } else { text.len().saturating_sub(OVERLAP / 2) };
    let finder = FINDER.as_ref()?;
    finder.patterns.find_overlapping_iter(text).filter(|hit| hit.start() < complete).find_map(|hit| {
        let form = finder.forms.get(hit.pattern().as_usize())?;
        let (before, start, rest) = (&text[..hit.start()], &text[hit.range()], &text[hit.end()..]);
        let begins = match form.begins {
            Begins::Name => true,
            Begins::Anywhere => start == form.start.as_bytes(),
            Begins::Word => start == form.start.as_bytes() && starts_word(before),
        };
        begins.then(|| form.check(&Hit { before, start, rest }))?
    })
}

/// A token does not begin in the middle of a word.
fn starts_word(before: &[u8]) -> bool {
    match before {
        // A line end that is written out, as in JSON.
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., byte] => !is_word(*byte) && *byte != b'.',
        [] => true,
    }
}

/// One search automaton for all forms.
struct SecretSearch {
    patterns: AhoCorasick,
    /// By the number of the pattern.
    forms: Vec<&'static SecretForm>,
}

static FINDER: LazyLock<Option<SecretSearch>> = LazyLock::new(|| {
    let all: Vec<(String, &SecretForm)> =
        FORMS.iter().flat_map(|form| form.spellings().into_iter().map(move |text| (text, form))).collect();
    let patterns = AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(all.iter().map(|(text, _)| text))
        .ok()?;
    Some(SecretSearch { patterns, forms: all.into_iter().map(|(_, form)| form).collect() })
});

#[cfg(test)]
mod tests;
