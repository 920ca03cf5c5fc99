//! Python source read without running it: its imports, calls, functions, classes and assignments.
//!
//! Owns: what can be known of a module from its text alone. Does not own: taking the text apart (`statements`), what the
//! names mean (`protocol`, `object`).

use std::sync::LazyLock;

use regex_lite::Regex;

/// One statement of a module, on one line, with its strings emptied. A statement with a body stands for its head alone;
/// what `if TYPE_CHECKING:` holds is never run, and left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Whether it is run whenever its function, class or module is: it is in no condition.
    pub(super) top: bool,
    /// Whether it is inside `if __name__ == "__main__":`.
    pub(super) main: bool,
    /// The functions and classes that it is inside of: `App.__call__`; empty for the module's own.
    pub(super) within: String,
    pub(super) text: String,
    /// What is between the quotes of its strings, in their order.
    pub(super) strings: Vec<String>,
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

/// The head of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Function<'a> {
    pub(super) asynchronous: bool,
    /// Those that a caller has to give.
    pub(super) required: Vec<&'a str>,
    /// The annotation of what it returns.
    pub(super) returns: Option<&'a str>,
    /// Without the `@`.
    pub(super) decorators: Vec<&'a str>,
    /// What its own statements are [`Statement::within`].
    pub(super) body: String,
}

/// What a statement assigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment<'a> {
    pub(super) targets: Vec<&'a str>,
    /// `FastAPI` of `app: FastAPI = …`
    pub(super) annotation: Option<&'a str>,
    pub(super) value: &'a str,
}

/// A module's text, taken apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Module {
    pub(super) statements: Vec<Statement>,
    pub(super) imports: Vec<Import>,
}

impl Module {
    pub(super) fn read(text: &str) -> Self {
        let statements = super::statements::statements(text);
        let imports = statements.iter().flat_map(|statement| imports(&statement.text)).collect();
        Self { statements, imports }
    }

    /// The full path of `name` (`mcp.FastMCP`, `FastMCP`) by the imports; itself where none binds it.
    pub(super) fn resolve(&self, name: &str) -> String {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let bound = self.imports.iter().rev().find(|import| import.local == first);
        match (bound, rest) {
            (None, _) => name.to_owned(),
            (Some(import), None) => import.path.clone(),
            (Some(import), Some(rest)) => format!("{}.{rest}", import.path),
        }
    }

    /// Like [`Module::resolve`], with a class of the module itself as the classes that it is derived from.
    pub(super) fn meanings(&self, name: &str) -> Vec<String> {
        const DEEPEST: u8 = 8;
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let (mut found, mut open) = (Vec::new(), vec![(first, 0)]);
        while let Some((one, depth)) = open.pop() {
            match self.bases(one).filter(|bases| !bases.is_empty() && depth < DEEPEST) {
                Some(bases) => open.extend(bases.into_iter().map(|base| (base, depth + 1))),
                None => {
                    let base = self.resolve(one);
                    found.push(rest.map_or(base.clone(), |rest| format!("{base}.{rest}")));
                }
            }
        }
        found
    }

    /// Everything that is called, resolved.
    pub(super) fn calls(&self) -> impl Iterator<Item = String> {
        self.statements.iter().flat_map(|statement| self.calls_of(statement))
    }

    pub(super) fn calls_of(&self, statement: &Statement) -> Vec<String> {
        called(&statement.text).iter().flat_map(|name| self.meanings(name)).collect()
    }

    /// The calls among them that running the file makes by itself.
    pub(super) fn calls_when_run(&self) -> impl Iterator<Item = String> {
        let run =
            self.statements.iter().filter(|statement| statement.main || (statement.top && statement.within.is_empty()));
        run.flat_map(|statement| self.calls_of(statement))
    }

    /// What may have been assigned to the name in a scope (a function's `body`, or empty for the module) when that has
    /// been run: the last value that it gets in any case, and those that conditions give it afterwards.
    pub(super) fn values(&self, scope: &str, name: &str) -> Vec<Assignment<'_>> {
        let mut values = Vec::new();
        for statement in self.statements.iter().filter(|statement| statement.within == scope) {
            let Some(found) = assignment(&statement.text).filter(|found| found.targets.contains(&name)) else {
                continue;
            };
            if statement.top {
                values.clear();
            }
            values.push(found);
        }
        values
    }

    /// A function that the module, or one of its classes, defines.
    pub(super) fn function(&self, within: &str, name: &str) -> Option<Function<'_>> {
        let position = self.statements.iter().rposition(|statement| {
            statement.within == within && function_head(&statement.text).is_some_and(|(_, own, _)| own == name)
        })?;
        let statement = self.statements.get(position)?;
        let (asynchronous, _, rest) = function_head(&statement.text)?;
        let (parameters, after) = arguments(rest)?;
        let before = self.statements.get(..position).unwrap_or_default().iter().rev();
        Some(Function {
            asynchronous,
            required: split(parameters, ',')
                .into_iter()
                .map(str::trim)
                .filter(|one| !one.is_empty() && !one.starts_with(['*', '/']) && split(one, '=').len() == 1)
                .map(|one| one.split(':').next().unwrap_or(one).trim())
                .collect(),
            returns: after.trim().strip_prefix("->").map(str::trim),
            decorators: before.map_while(|statement| statement.text.strip_prefix('@')).map(str::trim).collect(),
            body: if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") },
        })
    }

    /// The names of the module's classes, at any depth.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().filter_map(|statement| class_head(&statement.text)).map(|(name, _)| name)
    }

    /// What a class of the module is derived from, as written and without type parameters; `None` where it has none of
    /// that name.
    pub(super) fn bases(&self, class: &str) -> Option<Vec<&str>> {
        let mut heads = self.statements.iter().filter_map(|statement| class_head(&statement.text));
        let (_, rest) = heads.rfind(|(name, _)| *name == class)?;
        let bases = arguments(rest).map_or("", |(bases, _)| bases);
        let bases = split(bases, ',').into_iter().map(|base| base.split('[').next().unwrap_or(base).trim());
        Some(bases.filter(|base| !base.is_empty()).collect())
    }

    /// Whether the module defines or imports the name, as far as its text tells.
    pub(super) fn has(&self, name: &str) -> bool {
        self.imports.iter().any(|import| import.local == name || import.local == "*")
            || self.function("", name).is_some()
            || self.classes().any(|class| class == name)
            || self.statements.iter().any(|statement| binds(&statement.text, name))
    }
}

/// Whether it is async, its name, and the text from the bracket on.
fn function_head(text: &str) -> Option<(bool, &str, &str)> {
    let plain = text.strip_prefix("async ");
    let rest = plain.unwrap_or(text).trim_start().strip_prefix("def ")?;
    let at = rest.find('(')?;
    // `def f[T](x: T)`
    let name = rest.get(..at)?.split('[').next()?.trim();
    Some((plain.is_some(), name, rest.get(at..)?))
}

/// The name of a class, and the text from the bracket on.
fn class_head(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("class ")?;
    let at = rest.find('(').unwrap_or(rest.len());
    Some((rest.get(..at)?.split('[').next()?.trim(), rest.get(at..)?))
}

/// What is in the brackets that the text begins with, and what is behind them.
pub(super) fn arguments(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, char) in text.char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(1..at)?, text.get(at + 1..)?));
        }
    }
    None
}

/// The parts between separators that are outside of all brackets.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, char) in text.char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if char == separator && depth == 0 => {
                parts.push(text.get(from..at).unwrap_or_default());
                from = at + char.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(from..).unwrap_or_default());
    parts
}

/// Takes `a = b: C = value` apart; `None` for what assigns nothing.
fn assignment(text: &str) -> Option<Assignment<'_>> {
    let (mut targets, mut annotation, mut rest) = (Vec::new(), None, text);
    loop {
        let left = split(rest, '=').first().copied()?;
        let Some(right) = rest.get(left.len() + 1..) else { break };
        // Comparisons, `+=` and the like, default values of a lambda.
        if right.starts_with('=') || left.ends_with(['!', '<', '>', ':', '+', '-', '*', '/', '%', '&', '|', '^', '@']) {
            break;
        }
        let (target, note) = left.split_once(':').map_or((left, None), |(target, note)| (target, Some(note.trim())));
        let target = target.trim();
        let fits = |char: char| char.is_alphanumeric() || matches!(char, '_' | '.');
        if target.is_empty() || !target.chars().all(fits) {
            break;
        }
        targets.push(target);
        annotation = annotation.or(note);
        rest = right;
    }
    (!targets.is_empty()).then(|| Assignment { targets, annotation, value: rest.trim() })
}

/// Whether a statement at any depth assigns to the name, alone or among others.
fn binds(text: &str, name: &str) -> bool {
    if assignment(text).is_some_and(|found| found.targets.contains(&name)) {
        return true;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let entered = words.first() == Some(&"with") && words.windows(2).any(|two| two == ["as", name]);
    let parts = split(text, '=');
    let several = parts.first().filter(|_| parts.len() > 1);
    entered || several.is_some_and(|left| left.split([',', '(', ')', '[', ']', ':', '*']).any(|one| one.trim() == name))
}

/// The names in front of opening brackets.
fn called(text: &str) -> Vec<String> {
    // The head of a definition calls nothing by the name that it defines.
    let defines = ["def ", "async def ", "class "].iter().any(|word| text.starts_with(word));
    let text = if defines { text.split_once('(').map_or("", |(_, rest)| rest) } else { text };
    static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // With type parameters, as in `FastMCP[Context](…)`.
        Regex::new(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*(?:\[[^\[\]()]*(?:\[[^\[\]()]*\][^\[\]()]*)*\]\s*)?\(").ok()
    });
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
        let server = &module.values("", "server")[0];
        assert_eq!((server.value, server.annotation), ("Server( \"\", port=8000, )", Some("Server")));
        assert_eq!((module.values("", "inner").len(), module.values("handle", "inner")[0].value), (0, "e.make()"));
        let handle = module.function("", "handle").unwrap();
        assert_eq!((handle.asynchronous, handle.required), (true, vec!["scope", "receive"]));
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
