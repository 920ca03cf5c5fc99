//! Everything that is wrong or odd in the file, with its place and its line: `configure validate`.
//!
//! Owns: all faults in one pass, the piece of a line that is shown. Does not own: the rules (`check`), how it is shown (`ops`). No
//! line is shown with a secret in it: of a key that is wrong, its value is left out.

use std::path::Path;

use super::{BOM, Store, environments, read};
use crate::config::check;
use crate::config::syntax::{self, Data, LineIndex, Problem, YamlNode};
use crate::error::{Code, Error, Result};

/// A fault, or what is odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigFinding {
    /// `None` for a warning.
    pub(crate) code: Option<Code>,
    pub(crate) text: String,
    /// 1-based; columns count characters, and the last one is exclusive.
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) end_column: usize,
    /// The line up to the end of what is meant; `None` where it may hold a secret.
    pub(crate) source: Option<String>,
}

impl ConfigFinding {
    pub(crate) const fn is_error(&self) -> bool {
        self.code.is_some()
    }
}

/// All findings, by place.
///
/// # Errors
/// Usage when there is no file, or it cannot be read; as [`Store::open`] for a symbolic link, whose target is not quoted.
pub(crate) fn validate(path: &Path) -> Result<Vec<ConfigFinding>> {
    if path.is_symlink() {
        Store::open(path)?;
        return Ok(Vec::new());
    }
    let Some(text) = read(path)? else {
        return Err(Error::usage(format!("`{}` does not exist", path.display()))
            .code(Code::ConfigMissing)
            .hint("run `agentcore configure` to create it"));
    };
    Ok(findings(text.strip_prefix(BOM).unwrap_or(&text)))
}

fn findings(text: &str) -> Vec<ConfigFinding> {
    let lines = LineIndex::new(text);
    let (tree, mut problems) = match syntax::parse(text) {
        Ok(parsed) => parsed,
        Err(problem) => return shown(text, &lines, None, &[problem]),
    };
    let Some(tree) = tree.filter(|tree| !tree.is_null()) else {
        let problem = Problem::new(0, Code::ConfigEmpty, "the file is empty");
        return shown(text, &lines, None, &[problem]);
    };
    let checked = check::check(Some(&tree), None);
    problems.extend(checked.problems);
    if problems.is_empty() && checked.legacy.is_none() {
        // What is wrong below an environment is wrong in it too, and is said once.
        problems.extend(environments::declared(&tree, &checked.project, &lines).err().unwrap_or_default());
    }
    problems.extend(checked.warnings);
    problems.sort_by_key(|problem| problem.offset);
    problems.dedup();
    shown(text, &lines, Some(&tree), &problems)
}

fn shown(text: &str, lines: &LineIndex, tree: Option<&YamlNode>, problems: &[Problem]) -> Vec<ConfigFinding> {
    let secret_lines: Vec<usize> = problems
        .iter()
        .filter(|problem| problem.code == Some(Code::ConfigSecret))
        .map(|problem| lines.line(problem.offset))
        .collect();
    let one = |problem: &Problem| {
        let offset = problem.offset.min(text.len());
        let line = lines.line(offset);
        let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[offset..].find(['\n', '\r']).map_or(text.len(), |at| offset + at);
        let token = tree.and_then(|tree| token_end(tree, offset)).or_else(|| key_end(text, offset)).unwrap_or(offset);
        let end = token.clamp(offset, line_end);
        let source = if secret_lines.contains(&line) {
            None
        } else {
            let rest = text[end..line_end].trim_start_matches(':').trim();
            let more = if rest.is_empty() || rest.starts_with('#') { "" } else { " …" };
            let colon = if text[end..].starts_with(':') { ":" } else { "" };
            Some(format!("{}{colon}{more}", &text[start..end]))
        };
        let column = lines.column(text, offset);
        let width = text[offset..end].chars().count().max(1);
        ConfigFinding {
            code: problem.code,
            text: problem.text.clone(),
            line,
            column,
            end_column: column + width,
            source: source.map(|line| line.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")),
        }
    };
    problems.iter().map(one).collect()
}

/// The end of the key or of the value that begins at the offset. A mapping begins where its first key does.
fn token_end(node: &YamlNode, offset: usize) -> Option<usize> {
    let below = match &node.data {
        Data::Map(entries) => entries.iter().find_map(|entry| {
            if entry.key_start == offset {
                return Some(entry.key_end);
            }
            token_end(&entry.value, offset)
        }),
        Data::Seq(items) => items.iter().find_map(|item| token_end(item, offset)),
        Data::Scalar { .. } => None,
    };
    below.or_else(|| (node.start == offset).then_some(node.end))
}

/// The end of a key that the tree does not have, and of the line between two documents. A value could be a secret.
fn key_end(text: &str, offset: usize) -> Option<usize> {
    let rest = &text[offset..];
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')).unwrap_or(rest.len());
    let (word, after) = rest.split_at(length);
    (after.starts_with(':') || word == "---").then_some(offset + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_found_at_once() {
        let text = "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    runtime_type: RUBY_3\n    colour: blue\n    aws:\n      account: '1'\n";
        let found = findings(text);
        let places: Vec<(usize, usize, usize, bool)> =
            found.iter().map(|it| (it.line, it.column, it.end_column, it.is_error())).collect();
        assert_eq!(places, [(5, 19, 25, true), (6, 5, 11, false), (8, 16, 19, true)]);
        assert_eq!(found[0].source.as_deref(), Some("    runtime_type: RUBY_3"));
    }

    #[test]
    fn keys_of_broken_mappings_are_shown() {
        let places = |text: &str| -> Vec<(usize, usize, usize, Option<String>)> {
            findings(text).into_iter().map(|it| (it.line, it.column, it.end_column, it.source)).collect()
        };
        let twice = "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    name: hunter2\n";
        assert_eq!(places(twice), [(5, 5, 9, Some("    name: …".to_owned()))]);
        assert_eq!(places("agents: {}\n---\nx: hunter2\n"), [(2, 1, 4, Some("---".to_owned()))]);
        let block =
            "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    aws:\n      account: |\n        12\n        34\n";
        assert!(findings(block)[0].text.contains("`12\\n34\\n`"), "{:?}", findings(block));
    }

    #[test]
    fn the_value_of_a_wrong_key_stays_unsaid() {
        let text = "agents:\n  a:\n    name: a\n    entrypoint: a.py\n    passwort: hunter2\n    agentcore:\n      token:\n        client_secret: hunter2\n      environment: {API_KEY: hunter2hunter2hunter2}\n";
        let found = findings(text);
        assert!(found.len() >= 2, "{found:?}");
        for finding in &found {
            assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
        }
        assert_eq!(found[0].source.as_deref(), Some("    passwort: …"));
    }

    #[test]
    fn environments_are_checked_with_what_is_below_them() {
        let text = "agents:\n  a:\n    name: a\n    entrypoint: a.py\nagentcore:\n  environments:\n    one:\n      defaults:\n        aws: {network_configuration: {network_mode: VPC}}\n    two:\n      defaults:\n        aws: {network_configuration: {network_mode: VPC}}\n";
        let found = findings(text);
        assert_eq!(found.iter().map(|it| it.line).collect::<Vec<_>>(), [9, 12], "{found:?}");
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        let found = findings("agents:\n\ta: 1\n");
        assert_eq!((found.len(), found[0].line), (1, 2), "{found:?}");
        assert_eq!(findings("")[0].code, Some(Code::ConfigEmpty));
    }
}
