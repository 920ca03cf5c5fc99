//! The statements of a Python module, from its text alone.
//!
//! Owns: lines, strings, comments, nesting. Does not own: the meaning of a statement (`reading`).

use super::reading::{Statement, split};

/// Replaces the content of a string.
pub(super) const EMPTY: &str = "\"\"";

/// The kind of block that a head opens.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    /// A function or a class.
    Scope(String),
    /// `if __name__ == "__main__":`
    Main,
    /// Run in any case.
    Always,
    Condition,
    /// Never run: `if TYPE_CHECKING:`.
    Never,
}

impl Block {
    /// The block that the head of a statement with a body opens.
    fn from_head(head: &str) -> Self {
        let word = head.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
        let condition = head.strip_prefix("if").map(str::trim).unwrap_or_default();
        let last = condition.rsplit('.').next().unwrap_or_default();
        match word {
            "def" | "async" | "class" if !head.starts_with("async with") && !head.starts_with("async for") => {
                let named = head.trim_start_matches("async ").trim_start().split_once(' ').map_or("", |(_, rest)| rest);
                let name = named.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
                Self::Scope(name.to_owned())
            }
            "if" if condition.starts_with("__name__") => Self::Main,
            "if" if matches!(last, "TYPE_CHECKING" | "False" | "0") && !condition.starts_with("not ") => Self::Never,
            "try" | "with" | "async" | "finally" => Self::Always,
            _ => Self::Condition,
        }
    }
}

pub(super) fn statements(text: &str) -> Vec<Statement> {
    let (code, strings) = without_strings(text);
    let mut reading = StatementReader { out: Vec::new(), open: Vec::new(), strings: strings.into_iter() };
    let mut depth = 0_usize;
    let mut current = String::new();
    for line in code.lines() {
        if !current.is_empty() {
            current.push(' ');
            current.push_str(line.trim());
        } else {
            current.push_str(line.trim_end());
        }
        for char in line.chars() {
            match char {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if current.ends_with('\\') {
            current.pop();
            continue;
        }
        if depth == 0 {
            reading.line(&std::mem::take(&mut current));
        }
    }
    reading.line(&current);
    reading.out
}

struct StatementReader {
    out: Vec<Statement>,
    /// The heads that are open, with their indentation.
    open: Vec<(usize, Block)>,
    strings: std::vec::IntoIter<String>,
}

impl StatementReader {
    /// The statements of one logical line.
    fn line(&mut self, whole: &str) {
        let mut text = whole.trim();
        if text.is_empty() {
            return;
        }
        let indent = whole.len() - whole.trim_start().len();
        self.open.retain(|(own, _)| *own < indent);
        let outer = self.open.len();
        while let Some((opening, body)) = head(text) {
            self.add(opening);
            self.open.push((indent, Block::from_head(opening)));
            text = body;
        }
        let rest = text;
        for one in split(rest, ';') {
            self.add(one.trim());
        }
        // The body is on the same line, and no other has a part in it.
        if !rest.is_empty() {
            self.open.truncate(outer);
        }
    }

    fn add(&mut self, text: &str) {
        let strings: Vec<String> = self.strings.by_ref().take(text.matches(EMPTY).count()).collect();
        let blocks = || self.open.iter().map(|(_, block)| block);
        if text.is_empty() || blocks().any(|block| *block == Block::Never) {
            return;
        }
        let scopes: Vec<&str> = blocks()
            .filter_map(|block| match block {
                Block::Scope(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let inner = blocks().rposition(|block| matches!(block, Block::Scope(_))).map_or(0, |at| at + 1);
        self.out.push(Statement {
            top: blocks().skip(inner).all(|block| *block == Block::Always),
            main: scopes.is_empty() && blocks().any(|block| *block == Block::Main),
            within: scopes.join("."),
            text: text.to_owned(),
            strings,
        });
    }
}

/// The head of a statement that has a body, and what of that is on its line.
fn head(text: &str) -> Option<(&str, &str)> {
    const HARD: [&str; 12] =
        ["class", "def", "async", "if", "elif", "else", "try", "except", "finally", "with", "for", "while"];
    let word = text.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
    // Words in one place, names in all others.
    let soft = matches!(word, "match" | "case") && text.ends_with(':') && !text.contains('=');
    if !HARD.contains(&word) && !soft {
        return None;
    }
    let mut depth = 0_usize;
    for (at, char) in text.char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 && !text.get(at + 1..)?.starts_with('=') => {
                return Some((text.get(..at)?.trim_end(), text.get(at + 1..)?.trim()));
            }
            _ => {}
        }
    }
    None
}

/// The text without its comments, with nothing between the quotes of its strings, and what was there. Lines of a string
/// become one.
fn without_strings(text: &str) -> (String, Vec<String>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut strings) = (String::with_capacity(text.len()), Vec::new());
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        match char {
            '#' => {
                while chars.get(at).is_some_and(|char| *char != '\n') {
                    at += 1;
                }
            }
            '"' | '\'' => {
                let long = chars.get(at + 1) == Some(&char) && chars.get(at + 2) == Some(&char);
                let quotes = if long { 3 } else { 1 };
                let (from, end) = (at + quotes, end_of_string(&chars, at + quotes, char, long));
                strings
                    .push(chars.get(from..end.saturating_sub(quotes).max(from)).unwrap_or_default().iter().collect());
                at = end;
                out.push_str(EMPTY);
            }
            _ => {
                out.push(char);
                at += 1;
            }
        }
    }
    (out, strings)
}

/// Where the string ends that began before `at`.
fn end_of_string(chars: &[char], mut at: usize, quote: char, long: bool) -> usize {
    while let Some(&char) = chars.get(at) {
        match char {
            '\\' => at += 2,
            '\n' if !long => return at,
            _ if char == quote && !long => return at + 1,
            _ if char == quote && chars.get(at + 1) == Some(&quote) && chars.get(at + 2) == Some(&quote) => {
                return at + 3;
            }
            _ => at += 1,
        }
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_knows_what_it_is_inside_of() {
        const SOURCE: &str = r#"
import a; x = 1; y = "one" + 'two;'
if TYPE_CHECKING:
    import never
else:
    import z
try:
    with b as c: run("three")
except E: pass
class App(Base[int]):
    def __call__(self, scope: dict[str, int]) -> None: return 1
    name = f"{a["b"]}"
if __name__ == "__main__":
    if x:
        main()
async def f(
    a,
): ...
last()
"#;
        let all = statements(SOURCE);
        let told: Vec<(&str, &str, bool, bool)> =
            all.iter().map(|one| (one.text.as_str(), one.within.as_str(), one.top, one.main)).collect();
        let e = EMPTY;
        assert_eq!(
            told,
            [
                ("import a", "", true, false),
                ("x = 1", "", true, false),
                (format!("y = {e} + {e}").as_str(), "", true, false),
                ("if TYPE_CHECKING", "", true, false),
                ("else", "", true, false),
                ("import z", "", false, false),
                ("try", "", true, false),
                ("with b as c", "", true, false),
                (format!("run({e})").as_str(), "", true, false),
                ("except E", "", true, false),
                ("pass", "", false, false),
                ("class App(Base[int])", "", true, false),
                ("def __call__(self, scope: dict[str, int]) -> None", "App", true, false),
                ("return 1", "App.__call__", true, false),
                (format!("name = f{e}b{e}").as_str(), "App", true, false),
                (format!("if __name__ == {e}").as_str(), "", true, false),
                ("if x", "", false, true),
                ("main()", "", false, true),
                ("async def f( a, )", "", true, false),
                ("...", "f", true, false),
                ("last()", "", true, false),
            ]
        );
        assert_eq!(all[2].strings, ["one", "two;"]);
        assert_eq!(all[8].strings, ["three"]);
        assert_eq!(all[15].strings, ["__main__"]);
    }
}
