//! Python source read without running it: its statements, imports and calls.
//!
//! Owns: what can be known of a module from its text alone. Strings and comments are not code, and a statement can cover
//! several lines. Does not own: what the names mean (`protocol`, `served`).

use std::sync::LazyLock;

use regex_lite::Regex;

/// One statement of a module, on one line, with its strings emptied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Whether it is not inside a class, a function or a condition.
    pub(super) top: bool,
    /// Whether it is inside `if __name__ == "__main__":`.
    pub(super) main: bool,
    pub(super) text: String,
}

/// A name that an import binds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// What it is bound to, in full: `mcp.server.fastmcp.FastMCP`. Begins with dots for a relative one.
    pub(super) path: String,
    pub(super) local: String,
    /// The module that is imported for it: `mcp.server.fastmcp`.
    pub(super) module: String,
}

/// A module's text, taken apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Module {
    pub(super) statements: Vec<Statement>,
    pub(super) imports: Vec<Import>,
}

impl Module {
    pub(super) fn read(text: &str) -> Self {
        let statements = statements(text);
        let imports = statements.iter().flat_map(|statement| imports(&statement.text)).collect();
        Self { statements, imports }
    }

    /// What `name` (`mcp.FastMCP`, `FastMCP`) stands for by the imports; itself where none binds it.
    pub(super) fn resolve(&self, name: &str) -> String {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let bound = self.imports.iter().rev().find(|import| import.local == first);
        match (bound, rest) {
            (None, _) => name.to_owned(),
            (Some(import), None) => import.path.clone(),
            (Some(import), Some(rest)) => format!("{}.{rest}", import.path),
        }
    }

    /// Everything that is called, resolved.
    pub(super) fn calls(&self) -> impl Iterator<Item = String> {
        self.statements.iter().flat_map(|statement| called(&statement.text)).map(|name| self.resolve(&name))
    }

    /// The calls among them that running the file makes by itself.
    pub(super) fn calls_when_run(&self) -> impl Iterator<Item = String> {
        let run = self.statements.iter().filter(|statement| statement.top || statement.main);
        run.flat_map(|statement| called(&statement.text)).map(|name| self.resolve(&name))
    }

    /// What is assigned to the name at the top of the module, last: the text to the right of `=`.
    pub(super) fn assigned(&self, name: &str) -> Option<&str> {
        let mut values = self.statements.iter().filter(|statement| statement.top).filter_map(|statement| {
            let (left, right) = statement.text.split_once('=')?;
            let left = left.split_once(':').map_or(left, |(target, _)| target).trim();
            (left == name && !right.starts_with('=')).then(|| right.trim())
        });
        values.next_back()
    }

    /// The parameters of a function that the module defines at its top.
    pub(super) fn function(&self, name: &str) -> Option<Vec<String>> {
        self.statements.iter().filter(|statement| statement.top).find_map(|statement| {
            let rest = statement.text.strip_prefix("async ").unwrap_or(&statement.text).strip_prefix("def ")?;
            let (own, rest) = rest.split_once('(')?;
            let parameters = rest.rsplit_once(')').map_or(rest, |(parameters, _)| parameters);
            let names = parameters.split(',').map(|one| one.split([':', '=']).next().unwrap_or(one).trim().to_owned());
            (own.trim() == name).then(|| names.filter(|name| !name.is_empty()).collect())
        })
    }

    /// Whether the module defines or imports the name, as far as its text tells.
    pub(super) fn has(&self, name: &str) -> bool {
        let class = |text: &str| {
            text.strip_prefix("class ").is_some_and(|rest| rest.split(['(', ':']).next().map(str::trim) == Some(name))
        };
        self.imports.iter().any(|import| import.local == name || import.local == "*")
            || self.function(name).is_some()
            || self.assigned(name).is_some()
            || self.statements.iter().any(|statement| class(&statement.text) || binds(&statement.text, name))
    }
}

/// Whether a statement at any depth assigns to the name, alone or among others.
fn binds(text: &str, name: &str) -> bool {
    let Some((left, _)) = text.split_once('=') else { return false };
    left.split([',', '(', ')', ':']).any(|target| target.trim() == name)
}

/// The names in front of opening brackets.
fn called(text: &str) -> Vec<String> {
    // The head of a definition calls nothing by the name that it defines.
    let defines = ["def ", "async def ", "class "].iter().any(|word| text.starts_with(word));
    let text = if defines { text.split_once('(').map_or("", |(_, rest)| rest) } else { text };
    static CALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)\s*\(").ok());
    let found = CALL.as_ref().map(|call| call.captures_iter(text)).into_iter().flatten();
    let mut names: Vec<String> = found.filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect();
    // The end of a chain, whose beginning is a call itself: `Agent(…).to_a2a(…)`.
    static CHAINED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\)\.([A-Za-z_]\w*)\s*\(").ok());
    let chained = CHAINED.as_ref().map(|call| call.captures_iter(text)).into_iter().flatten();
    names.extend(chained.filter_map(|found| Some(format!(".{}", found.get(1)?.as_str()))));
    names
}

fn imports(text: &str) -> Vec<Import> {
    let items = |list: &str| -> Vec<(String, Option<String>)> {
        let list = list.trim().trim_start_matches('(').trim_end_matches(')');
        list.split(',')
            .map(|item| match item.split_once(" as ") {
                Some((name, local)) => (name.trim().to_owned(), Some(local.trim().to_owned())),
                None => (item.trim().to_owned(), None),
            })
            .filter(|(name, _)| !name.is_empty())
            .collect()
    };
    if let Some(rest) = text.strip_prefix("from ") {
        let Some((module, list)) = rest.split_once(" import") else { return Vec::new() };
        let module = module.trim();
        let joined = |name: &str| {
            if module.ends_with('.') { format!("{module}{name}") } else { format!("{module}.{name}") }
        };
        return items(list)
            .into_iter()
            .map(|(name, local)| Import {
                path: joined(&name),
                local: local.unwrap_or_else(|| name.clone()),
                module: module.to_owned(),
            })
            .collect();
    }
    let Some(list) = text.strip_prefix("import ") else { return Vec::new() };
    items(list)
        .into_iter()
        .map(|(name, local)| {
            // `import a.b` binds `a`.
            let first = name.split('.').next().unwrap_or(&name).to_owned();
            let path = if local.is_some() { name.clone() } else { first.clone() };
            Import { path, local: local.unwrap_or(first), module: name }
        })
        .collect()
}

fn statements(text: &str) -> Vec<Statement> {
    let code = emptied(text);
    let mut out = Vec::new();
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
            add(&mut out, &std::mem::take(&mut current));
        }
    }
    add(&mut out, &current);
    out
}

fn add(statements: &mut Vec<Statement>, whole: &str) {
    let text = whole.trim();
    if text.is_empty() {
        return;
    }
    let top = !whole.starts_with([' ', '\t']);
    let inside =
        statements.last().is_some_and(|before| before.main || (before.top && before.text.starts_with("if __name__")));
    statements.push(Statement { top, main: !top && inside, text: text.to_owned() });
}

/// The text without its comments, and with nothing between the quotes of its strings. Lines of a string become one.
fn emptied(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
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
                at = end_of_string(&chars, at + if long { 3 } else { 1 }, char, long);
                out.push_str("\"\"");
            }
            _ => {
                out.push(char);
                at += 1;
            }
        }
    }
    out
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

    const SOURCE: &str = r#"
"""FastMCP( in a docstring
import nothing
"""
import os, a.b, c.d as e
from mcp.server.fastmcp import FastMCP as Server  # import FastMCP2
from .tools import (
    one,  # the first
    two as second,
)
from . import three
text = "from x import y; z('#')"
server: Server = Server(
    'name # no comment',
    port=8000,
)
async def handle(scope, receive: Any, send=None):
    inner = e.make()
if __name__ == '__main__':
    server \
        .run(transport="streamable-http")
    agent(1).to_a2a()
"#;

    #[test]
    fn a_module_is_read_without_running_it() {
        let module = Module::read(SOURCE);
        let bound: Vec<(&str, &str)> =
            module.imports.iter().map(|import| (import.local.as_str(), import.path.as_str())).collect();
        assert_eq!(
            bound,
            [
                ("os", "os"),
                ("a", "a"),
                ("e", "c.d"),
                ("Server", "mcp.server.fastmcp.FastMCP"),
                ("one", ".tools.one"),
                ("second", ".tools.two"),
                ("three", ".three"),
            ]
        );
        let calls: Vec<String> = module.calls().collect();
        assert!(calls.contains(&"mcp.server.fastmcp.FastMCP".to_owned()) && calls.contains(&".to_a2a".to_owned()));
        assert!(calls.contains(&"c.d.make".to_owned()) && !calls.iter().any(|call| call == "z"), "{calls:?}");
        assert_eq!(module.assigned("server").unwrap(), "Server( \"\", port=8000, )");
        assert_eq!(module.assigned("inner"), None);
        assert_eq!(module.function("handle").unwrap(), ["scope", "receive", "send"]);
        for (name, there) in [("server", true), ("second", true), ("handle", true), ("inner", true), ("two", false)] {
            assert_eq!(module.has(name), there, "{name}");
        }
    }

    #[test]
    fn odd_text_does_no_harm() {
        for text in
            ["", "'", "\"\"\"", "(", "x = (", "from", "from x", "import", "\\", "'\\", "a = b = c", "\u{0}'''\\"]
        {
            let module = Module::read(text);
            assert!(!module.has("nothing") && module.calls().count() < 2, "{text:?}");
        }
    }
}
