//! A Python file read by the grammar of a version: its errors, its imports and when they are carried out, its calls.
//!
//! Owns: the only place that knows the parser. Does not own: which files are read (`reach`), what is wrong with an import
//! (`preflight`).

use rustpython_ruff_python_ast as ast;
use rustpython_ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use rustpython_ruff_python_ast::{Expr, PythonVersion, Stmt};
use rustpython_ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::compiler::{self, inconsistent_indentation};
use super::names::ModuleNames;

/// CPython refuses more brackets inside each other than this; the parser would use up its stack.
const DEEPEST: usize = 200;
/// What an exception handler catches when an import fails, too.
const CATCHES: [&str; 4] = ["ImportError", "ModuleNotFoundError", "Exception", "BaseException"];

/// When a statement is carried out, from the most certain to never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ImportTime {
    /// Whenever the file is.
    Always,
    /// When a function is called.
    Called,
    /// On a condition.
    Sometimes,
    /// Somebody is prepared for its failure.
    Guarded,
    /// It is for type checkers, or for another way to start the file.
    Never,
}

/// A place in a file; both are counted from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TextPlace {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// One module that a statement imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportSite {
    /// Empty in `from . import x`.
    pub(crate) module: String,
    /// How many dots are before it.
    pub(crate) level: usize,
    /// What is taken from the module; empty in `import x`.
    pub(crate) names: Vec<String>,
    pub(crate) at: TextPlace,
    pub(crate) time: ImportTime,
}

/// A value that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Number(i64),
    /// Nobody knows before it runs.
    Open,
}

/// Something that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallSite {
    /// As it is written: `app.run`.
    pub(crate) name: String,
    pub(crate) at: TextPlace,
    pub(crate) time: ImportTime,
    /// The function of the module that it is in, where only a call of that one carries it out: no method, nothing decorated.
    pub(crate) function: Option<String>,
    /// By their names, or their positions from 0; `*` for those that are made elsewhere. The parts of a tuple are `0.0`, `0.1`.
    pub(crate) arguments: Vec<(String, Literal)>,
}

/// What a file says, as far as anybody here wants to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PythonText {
    /// The first thing that the grammar does not allow. Nothing else is known of such a file.
    pub(crate) error: Option<(TextPlace, String)>,
    pub(crate) imports: Vec<ImportSite>,
    pub(crate) calls: Vec<CallSite>,
    /// Variables and what was called to make their values: `app`, `Flask`.
    pub(crate) instances: Vec<(String, String)>,
    pub(crate) names: ModuleNames,
    /// It may change where modules are looked for, or make some: `sys.path`, `sys.modules`, `__path__`.
    pub(crate) changes_search: bool,
}

impl PythonText {
    /// Reads the text of a module as Python 3.`minor` does; without one, as any version may. `is_main` says that the file
    /// itself is run. `None` for what is nested too deep to be read.
    pub(crate) fn read(text: &str, minor: Option<u8>, is_main: bool) -> Option<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if nesting(text) > DEEPEST {
            return None;
        }
        let version = minor.map_or_else(PythonVersion::latest_preview, |minor| PythonVersion { major: 3, minor });
        let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module).with_target_version(version));
        let lines = LineStarts::new(text);
        let broken = parsed.errors().first().map(|error| (error.location.start(), error.error.to_string()));
        // A word that another version has is wrong only where the version is known.
        let newer = parsed.unsupported_syntax_errors().first().filter(|_| minor.is_some());
        let newer = newer.map(|error| (error.range.start(), error.to_string()));
        if let Some((at, why)) = broken.or(newer) {
            return Some(Self { error: Some((lines.place(at.to_usize()), why)), ..Self::default() });
        }
        let mixed = inconsistent_indentation(parsed.tokens(), text);
        let mixed = mixed.map(|at| (at, "tabs and spaces of the indentation do not agree".to_owned()));
        let module = parsed.try_into_module()?;
        if let Some((at, why)) = mixed.or_else(|| compiler::refused(&module.syntax().body, (text, version))) {
            return Some(Self { error: Some((lines.place(at), why)), ..Self::default() });
        }
        let names = ModuleNames::of(&module.syntax().body);
        let out = Self { names, ..Self::default() };
        let mut reader = Reader { lines, is_main, time: ImportTime::Always, function: None, in_class: false, out };
        module.syntax().body.iter().for_each(|stmt| reader.visit_stmt(stmt));
        Some(reader.out)
    }
}

/// How deep brackets are nested at most, whatever they are in.
fn nesting(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// Finds lines by offsets.
struct LineStarts<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> LineStarts<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn place(&self, offset: usize) -> TextPlace {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..offset.min(self.text.len())).map_or(0, |before| before.chars().count());
        TextPlace { line, column: column + 1 }
    }
}

struct Reader<'a> {
    lines: LineStarts<'a>,
    is_main: bool,
    time: ImportTime,
    /// See [`CallSite`].
    function: Option<String>,
    in_class: bool,
    out: PythonText,
}

impl Reader<'_> {
    /// Does the work for statements that are carried out at `time` at the earliest.
    fn within(&mut self, time: ImportTime, work: impl FnOnce(&mut Self)) {
        let before = self.time;
        self.time = before.max(time);
        work(self);
        self.time = before;
    }

    fn body<'s>(&mut self, time: ImportTime, body: &'s [Stmt])
    where
        Self: Visitor<'s>,
    {
        self.within(time, |own| body.iter().for_each(|stmt| own.visit_stmt(stmt)));
    }

    fn import(&mut self, module: String, level: usize, names: Vec<String>, offset: usize) {
        // Nothing is looked for.
        if module == "__future__" || self.time == ImportTime::Never {
            return;
        }
        self.out.changes_search |= module == "sys" && names.iter().any(|name| name == "path" || name == "modules");
        let at = self.lines.place(offset);
        self.out.imports.push(ImportSite { module, level, names, at, time: self.time });
    }

    fn condition<'s>(&mut self, node: &'s ast::StmtIf)
    where
        Self: Visitor<'s>,
    {
        self.visit_expr(&node.test);
        let (first, mut others) = match Condition::of(&node.test, self.is_main) {
            Condition::False => (ImportTime::Never, ImportTime::Always),
            Condition::True => (ImportTime::Always, ImportTime::Never),
            Condition::Open => (ImportTime::Sometimes, ImportTime::Sometimes),
        };
        self.body(first, &node.body);
        for clause in &node.elif_else_clauses {
            if let Some(test) = &clause.test {
                self.visit_expr(test);
                others = others.max(ImportTime::Sometimes);
            }
            self.body(others, &clause.body);
        }
    }

    fn attempt<'s>(&mut self, node: &'s ast::StmtTry)
    where
        Self: Visitor<'s>,
    {
        let ends_anyway = |handler: &ast::ExceptHandlerExceptHandler| handler.body.last().is_some_and(gives_up);
        let handlers = || node.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(handler)| handler);
        let guarded = handlers().any(|handler| catches_import(handler.type_.as_deref()) && !ends_anyway(handler));
        let time = if guarded { ImportTime::Guarded } else { ImportTime::Always };
        self.body(time, &node.body);
        handlers().for_each(|handler| self.body(ImportTime::Sometimes, &handler.body));
        self.body(if guarded { ImportTime::Sometimes } else { ImportTime::Always }, &node.orelse);
        self.body(ImportTime::Always, &node.finalbody);
    }
}

impl<'s> Visitor<'s> for Reader<'_> {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        match stmt {
            Stmt::Import(node) => {
                for alias in &node.names {
                    // Under another name, what is done with `sys.path` is not seen.
                    self.out.changes_search |= alias.name.as_str() == "sys" && alias.asname.is_some();
                    self.import(alias.name.to_string(), 0, Vec::new(), alias.range.start().to_usize());
                }
            }
            Stmt::ImportFrom(node) => {
                let names = node.names.iter().map(|alias| alias.name.to_string()).collect();
                let module = node.module.as_ref().map(ToString::to_string).unwrap_or_default();
                let at = node.module.as_ref().map_or(node.range, |module| module.range).start().to_usize();
                let level = usize::try_from(node.level).unwrap_or_default();
                self.import(module, level, names, at);
            }
            Stmt::FunctionDef(node) => {
                let is_plain = self.time < ImportTime::Called && !self.in_class && node.decorator_list.is_empty();
                let own = is_plain.then(|| node.name.to_string());
                let before = self.function.clone();
                self.function = self.function.take().or(own);
                self.within(ImportTime::Called, |own| walk_stmt(own, stmt));
                self.function = before;
            }
            Stmt::ClassDef(_) => {
                let before = std::mem::replace(&mut self.in_class, true);
                walk_stmt(self, stmt);
                self.in_class = before;
            }
            Stmt::Assign(node) => {
                if let ([target], Expr::Call(call)) = (&*node.targets, &*node.value) {
                    self.out.instances.extend(dotted(target).zip(dotted(&call.func)));
                }
                walk_stmt(self, stmt);
            }
            Stmt::If(node) => self.condition(node),
            Stmt::Try(node) => self.attempt(node),
            Stmt::With(node) => {
                let passes_on = node.items.iter().all(|item| passes_errors_on(&item.context_expr));
                let time = if passes_on { ImportTime::Always } else { ImportTime::Guarded };
                self.within(time, |own| walk_stmt(own, stmt));
            }
            Stmt::For(_) | Stmt::While(_) | Stmt::Match(_) => {
                self.within(ImportTime::Sometimes, |own| walk_stmt(own, stmt));
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        match expr {
            Expr::Call(call) => {
                if let Some(name) = dotted(&call.func) {
                    self.out.changes_search |= name.ends_with("addsitedir") || name.ends_with("extend_path");
                    let at = self.lines.place(call.range.start().to_usize());
                    let (time, function) = (self.time, self.function.clone());
                    self.out.calls.push(CallSite { name, at, time, function, arguments: arguments(&call.arguments) });
                }
            }
            Expr::Attribute(node) => {
                let of_sys = matches!(&*node.value, Expr::Name(name) if name.id.as_str() == "sys");
                let found = ["path", "modules", "meta_path", "path_hooks"].contains(&node.attr.as_str());
                self.out.changes_search |= (of_sys && found) || node.attr.as_str() == "__path__";
            }
            Expr::Name(name) => self.out.changes_search |= name.id.as_str() == "__path__",
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// What is known of a condition before anything runs.
enum Condition {
    True,
    /// `TYPE_CHECKING` is one.
    False,
    Open,
}

impl Condition {
    /// `is_main` says that the file itself is run.
    fn of(test: &Expr, is_main: bool) -> Self {
        let is_checking =
            |expr: &Expr| dotted(expr).is_some_and(|name| name.rsplit('.').next() == Some("TYPE_CHECKING"));
        match test {
            Expr::BooleanLiteral(literal) if literal.value => Self::True,
            Expr::BooleanLiteral(_) => Self::False,
            Expr::UnaryOp(node) if matches!(node.op, ast::UnaryOp::Not) && is_checking(&node.operand) => Self::True,
            Expr::Compare(node) => {
                let ([op @ (ast::CmpOp::Eq | ast::CmpOp::NotEq)], [right]) = (&*node.ops, &*node.comparators) else {
                    return Self::Open;
                };
                let is_name = |side: &Expr| dotted(side).as_deref() == Some("__name__");
                let sides = [(&*node.left, right), (right, &*node.left)];
                let text = sides.into_iter().find_map(|(name, text)| match text {
                    Expr::StringLiteral(text) if is_name(name) => Some(text.value.to_str()),
                    _ => None,
                });
                let is_equal = match (text, is_main) {
                    (Some(text), true) => text == "__main__",
                    (Some("__main__"), false) => false,
                    _ => return Self::Open,
                };
                if is_equal == matches!(op, ast::CmpOp::Eq) { Self::True } else { Self::False }
            }
            _ if is_checking(test) => Self::False,
            _ => Self::Open,
        }
    }
}

fn arguments(all: &ast::Arguments) -> Vec<(String, Literal)> {
    let mut found = Vec::new();
    for (at, value) in all.args.iter().enumerate() {
        match value {
            Expr::Starred(_) => found.push(("*".to_owned(), Literal::Open)),
            Expr::Tuple(tuple) => {
                let parts = tuple.elts.iter().enumerate();
                found.extend(parts.map(|(part, value)| (format!("{at}.{part}"), literal(value))));
            }
            value => found.push((at.to_string(), literal(value))),
        }
    }
    let named = |keyword: &ast::Keyword| match &keyword.arg {
        Some(name) => (name.to_string(), literal(&keyword.value)),
        None => ("*".to_owned(), Literal::Open),
    };
    found.extend(all.keywords.iter().map(named));
    found
}

fn literal(value: &Expr) -> Literal {
    match value {
        Expr::StringLiteral(text) => Literal::Text(text.value.to_str().to_owned()),
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(number), .. }) => {
            number.as_i64().map_or(Literal::Open, Literal::Number)
        }
        _ => Literal::Open,
    }
}

/// `a.b.c` as it is written; `None` for anything else.
fn dotted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(node) => Some(format!("{}.{}", dotted(&node.value)?, node.attr.as_str())),
        // `Application().run()`
        Expr::Call(call) => dotted(&call.func),
        _ => None,
    }
}

fn catches_import(kind: Option<&Expr>) -> bool {
    match kind {
        None => true,
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(|one| catches_import(Some(one))),
        // Something that is made when it runs may be anything.
        Some(kind) => {
            dotted(kind).is_none_or(|name| name.rsplit('.').next().is_some_and(|last| CATCHES.contains(&last)))
        }
    }
}

/// Whether a handler that ends in this fails as well.
fn gives_up(last: &Stmt) -> bool {
    match last {
        Stmt::Raise(_) => true,
        Stmt::Expr(node) => match &*node.value {
            Expr::Call(call) => {
                dotted(&call.func).is_some_and(|name| ["sys.exit", "exit", "quit", "os._exit"].contains(&name.as_str()))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a failed import gets out of a context manager. Others than these may catch it, as `suppress` does, and the
/// `try_import` and `LazyImport` of many packages.
fn passes_errors_on(expr: &Expr) -> bool {
    const KNOWN: [&str; 4] = ["open", "catch_warnings", "redirect_stdout", "redirect_stderr"];
    matches!(expr, Expr::Call(call)
        if dotted(&call.func).is_some_and(|name| name.rsplit('.').next().is_some_and(|last| KNOWN.contains(&last))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(text: &str, is_main: bool) -> Vec<(String, ImportTime)> {
        let read = PythonText::read(text, Some(12), is_main).unwrap();
        assert_eq!(read.error, None, "{text}");
        read.imports.into_iter().map(|site| (".".repeat(site.level) + &site.module, site.time)).collect()
    }

    #[test]
    fn an_import_knows_when_it_happens() {
        use ImportTime::{Always, Called, Guarded, Sometimes};
        const TEXT: &str = r#"
"""import text"""
from __future__ import annotations
import a, a.b as c
from .near import (x,
    y)
from . import z
class C:
    import d
def f():
    import e
async def g():
    if x: import f1
if TYPE_CHECKING:
    import never
elif x:
    import h
else:
    import i
try:
    import j
except ImportError:
    import k
try:
    import l
except (KeyError, ImportError) as error:
    raise RuntimeError("install it") from error
try:
    import m
except ValueError:
    pass
finally:
    import n
with suppress(ImportError):
    import o
with open("x") as p:
    import q
with try_import() as tried:
    import q2
for r in s:
    import r
if __name__ == "__main__":
    import t
"#;
        let expected = [
            ("a", Always),
            ("a.b", Always),
            (".near", Always),
            (".", Always),
            ("d", Always),
            ("e", Called),
            ("f1", Sometimes),
            ("h", Sometimes),
            ("i", Sometimes),
            ("j", Guarded),
            ("k", Sometimes),
            ("l", Always),
            ("m", Always),
            ("n", Always),
            ("o", Guarded),
            ("q", Always),
            ("q2", Guarded),
            ("r", Sometimes),
            ("t", Always),
        ];
        let expected: Vec<_> = expected.into_iter().map(|(name, time)| (name.to_owned(), time)).collect();
        let guarded = |test: &str| times(&format!("if {test}:\n    import t\n"), true)[0].1;
        assert_eq!(guarded("'__main__' == __name__"), Always);
        assert_eq!(
            times("if __name__ != '__main__':\n    import t\nelse:\n    import u\n", true),
            [("u".to_owned(), Always)]
        );
        assert_eq!(times("if __name__ == 'main':\n    import t\n", true), []);
        assert_eq!(times("if __name__ == 'main':\n    import t\n", false), [("t".to_owned(), Sometimes)]);
        assert_eq!(times(TEXT, true), expected);
        assert_eq!(times(TEXT, false), expected[..expected.len() - 1]);
    }

    #[test]
    fn the_grammar_is_that_of_the_version() {
        let error = |text: &str, minor| PythonText::read(text, minor, true).unwrap().error;
        const NEW: &str = "import os\ntype Number = int\n";
        assert_eq!(error(NEW, Some(12)), None);
        let (at, why) = error(NEW, Some(11)).unwrap();
        assert_eq!((at.line, at.column), (2, 1));
        assert!(why.contains("3.11") && why.contains("3.12"), "{why}");
        assert_eq!(error(NEW, None), None);
        assert_eq!(error("x = f'{a[\"b\"]} {c['d']}'\n", Some(12)), None);
        for minor in [None, Some(10), Some(14)] {
            let (at, _) = error("def f(:\n    pass\n", minor).unwrap();
            assert_eq!(at.line, 1);
        }
        let (at, _) = error("x = 'ä' y\n", Some(12)).unwrap();
        assert_eq!((at.line, at.column), (1, 9));
    }

    #[test]
    fn calls_and_search_changes_are_noted() {
        let read = |text: &str| PythonText::read(text, Some(12), true).unwrap();
        let calls: Vec<String> = read("a.b(c())\nd().e()\n").calls.into_iter().map(|call| call.name).collect();
        assert_eq!(calls, ["a.b", "c", "d.e", "d"]);
        for text in [
            "import sys\nsys.path.insert(0, 'x')",
            "from sys import path",
            "__path__.append('x')",
            "site.addsitedir(x)",
            "import sys as system",
            "tools.__path__.append('x')",
        ] {
            assert!(read(text).changes_search, "{text}");
        }
        assert!(!read("import sys\nprint(sys.argv, os.path)").changes_search);
        let made = read(
            "def f():\n    def g():\n        a(('h', 1), *x, port=8080, host=h)\n@d\ndef e():\n    b()\nc = k.K()\n",
        );
        let functions: Vec<Option<&str>> = made.calls.iter().map(|call| call.function.as_deref()).collect();
        assert_eq!(functions, [Some("f"), None, None]);
        let open = |name: &str| (name.to_owned(), Literal::Open);
        let tuple = [("0.0".to_owned(), Literal::Text("h".to_owned())), ("0.1".to_owned(), Literal::Number(1))];
        let named = [open("*"), ("port".to_owned(), Literal::Number(8080)), open("host")];
        assert_eq!(made.calls[0].arguments, [&tuple[..], &named[..]].concat());
        assert_eq!(made.instances, [("c".to_owned(), "k.K".to_owned())]);
        assert_eq!(PythonText::read(&"(".repeat(100_000), Some(12), true), None);
    }
}
