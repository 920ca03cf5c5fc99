//! The names that a module has once it was read, and those that it mentions.
//!
//! Owns: which names are certain to be missing. Whatever may make a name that is not seen here, such as `globals()`, leaves all
//! of them open.

use std::collections::BTreeSet;

use rustpython_ruff_python_ast as ast;
use rustpython_ruff_python_ast::visitor::{Visitor, walk_except_handler, walk_expr, walk_pattern, walk_stmt};
use rustpython_ruff_python_ast::{ExceptHandler, Expr, ExprContext, Pattern, Stmt};

/// What makes names by their texts.
const DYNAMIC: [&str; 10] =
    ["globals", "locals", "vars", "exec", "setattr", "__dict__", "global_enum", "_convert_", "initpkg", "modules"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ModuleNames {
    /// Bound by anything but `from … import`.
    made: BTreeSet<String>,
    imported: BTreeSet<String>,
    /// There may be others.
    is_open: bool,
    /// Names, attributes and texts that are used anywhere in it.
    pub(crate) mentioned: BTreeSet<String>,
    /// Attributes that are set, of whatever they are.
    pub(crate) assigned: BTreeSet<String>,
}

impl ModuleNames {
    pub(super) fn of(body: &[Stmt]) -> Self {
        let mut reader = NameReader { is_inside: false, out: Self::default() };
        reader.visit_body(body);
        reader.out
    }

    /// Whether `from MODULE import name` fails for certain. `by_itself` says that this very module does it, which has none of the
    /// names yet that it imports so.
    pub(crate) fn lacks(&self, name: &str, by_itself: bool) -> bool {
        let is_own = name.starts_with("__") && name.ends_with("__");
        !(self.is_open || is_own || self.made.contains(name) || (!by_itself && self.imported.contains(name)))
    }
}

struct NameReader {
    /// In a function or a class, whose names are not the module's.
    is_inside: bool,
    out: ModuleNames,
}

impl NameReader {
    fn bind(&mut self, name: &str) {
        if !self.is_inside {
            self.out.is_open |= name == "__getattr__";
            self.out.made.insert(name.to_owned());
        }
    }

    fn inside(&mut self, stmt: &Stmt) {
        let before = std::mem::replace(&mut self.is_inside, true);
        walk_stmt(self, stmt);
        self.is_inside = before;
    }

    fn mention(&mut self, name: &str) {
        self.out.is_open |= DYNAMIC.contains(&name);
        self.out.mentioned.insert(name.to_owned());
    }
}

impl Visitor<'_> for NameReader {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Import(node) => {
                for alias in &node.names {
                    let first = alias.name.split('.').next().unwrap_or_default();
                    self.bind(alias.asname.as_ref().map_or(first, |name| name.as_str()));
                }
            }
            Stmt::ImportFrom(node) => {
                for alias in &node.names {
                    self.mention(alias.name.as_str());
                    self.out.is_open |= alias.name.as_str() == "*";
                    if !self.is_inside {
                        let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        self.out.is_open |= name == "__getattr__";
                        self.out.imported.insert(name.to_owned());
                    }
                }
            }
            Stmt::FunctionDef(node) => {
                self.bind(node.name.as_str());
                self.inside(stmt);
            }
            Stmt::ClassDef(node) => {
                self.bind(node.name.as_str());
                self.inside(stmt);
            }
            Stmt::Global(node) => self.out.made.extend(node.names.iter().map(ToString::to_string)),
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(node) if node.ctx == ExprContext::Store => self.bind(node.id.as_str()),
            Expr::Name(node) => self.mention(node.id.as_str()),
            Expr::Attribute(node) => {
                if node.ctx == ExprContext::Store {
                    self.out.assigned.insert(node.attr.to_string());
                }
                self.mention(node.attr.as_str());
            }
            Expr::StringLiteral(text) => {
                self.out.mentioned.insert(text.value.to_str().to_owned());
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_except_handler(&mut self, handler: &ExceptHandler) {
        let ExceptHandler::ExceptHandler(node) = handler;
        if let Some(name) = &node.name {
            self.bind(name.as_str());
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &Pattern) {
        let name = match pattern {
            Pattern::MatchAs(ast::PatternMatchAs { name, .. })
            | Pattern::MatchStar(ast::PatternMatchStar { name, .. }) => name,
            Pattern::MatchMapping(ast::PatternMatchMapping { rest, .. }) => rest,
            _ => &None,
        };
        if let Some(name) = name {
            self.bind(name.as_str());
        }
        walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::super::syntax::PythonText;

    #[test]
    fn possible_names_of_a_module_are_not_missed() {
        let lacks = |text: &str, name: &str| PythonText::read(text, Some(12), false).unwrap().names.lacks(name, false);
        for text in [
            "x = 1",
            "x: int = 1",
            "a, (x, *b) = c",
            "def x(): ...",
            "async def x(): ...",
            "class x: ...",
            "import x",
            "import x.y",
            "import y as x",
            "from y import x",
            "from y import z as x",
            "from y import *",
            "for x in y: ...",
            "with y as x: ...",
            "try: ...\nexcept E as x: ...",
            "if (x := 1): ...",
            "def f():\n    global x\n    x = 1",
            "globals()['x'] = 1",
            "def __getattr__(name): ...",
            "__getattr__ = y",
            "match y:\n    case [x, 1]: ...",
            "match y:\n    case {**x}: ...",
            "match y:\n    case [*x]: ...",
            "type x = int",
            "@enum.global_enum\nclass C(Enum):\n    x = 1",
        ] {
            assert!(!lacks(text, "x"), "{text}");
        }
        for text in ["", "y = x", "y.x = 1", "def f():\n    x = 1", "class C:\n    x = 1", "'x'"] {
            assert!(lacks(text, "x"), "{text}");
        }
        assert!(!lacks("", "__file__"));
        let names = PythonText::read("from agents import Agent\n", Some(12), true).unwrap().names;
        assert!(names.lacks("Agent", true) && !names.lacks("Agent", false));
    }
}
