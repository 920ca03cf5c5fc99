//! What the grammar allows and Python's compiler refuses: a `return` outside a function, an `await` outside an asynchronous
//! one, tabs and spaces that do not agree.
//!
//! Owns: where an expression or a statement stands. Does not own: the rules, which are the parser's. Rules that need to know
//! where a name is bound are left out.

use std::cell::RefCell;

use rustpython_ruff_python_ast as ast;
use rustpython_ruff_python_ast::token::{TokenKind, Tokens};
use rustpython_ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use rustpython_ruff_python_ast::{Comprehension, Expr, PythonVersion, Stmt};
use rustpython_ruff_python_parser::semantic_errors::{
    LazyImportContext, SemanticSyntaxChecker, SemanticSyntaxContext, SemanticSyntaxError, SemanticSyntaxErrorKind,
};
use rustpython_ruff_text_size::{Ranged, TextRange};

/// The columns of a tab, where spaces are beside it.
const TAB: usize = 8;

/// The first statement that does not compile: its offset, and why.
pub(super) fn refused(body: &[Stmt], (text, version): (&str, PythonVersion)) -> Option<(usize, String)> {
    let context = SyntaxScopes {
        scopes: vec![Scope { kind: ScopeKind::Module, loops: 0 }],
        text,
        version,
        found: RefCell::default(),
    };
    let mut rules = CompileRules { checker: SemanticSyntaxChecker::new(), context };
    rules.visit_body(body);
    let found = rules.context.found.into_inner();
    let first = found.into_iter().filter(|error| is_certain(&error.kind)).min_by_key(|error| error.range.start())?;
    Some((first.range.start().to_usize(), first.to_string()))
}

/// Whether an error needs no knowledge of names, which nobody here has.
const fn is_certain(kind: &SemanticSyntaxErrorKind) -> bool {
    use SemanticSyntaxErrorKind as Kind;
    matches!(
        kind,
        Kind::ReturnOutsideFunction
            | Kind::YieldOutsideFunction(_)
            | Kind::AwaitOutsideAsyncFunction(_)
            | Kind::BreakOutsideLoop
            | Kind::ContinueOutsideLoop
            | Kind::YieldFromInAsyncFunction
            | Kind::ReturnInGenerator
            | Kind::DuplicateParameter(_)
            | Kind::NonlocalDeclarationAtModuleLevel
            | Kind::LateFutureImport
            | Kind::FutureFeatureNotDefined(_)
            | Kind::InvalidStarExpression
            | Kind::SingleStarredAssignment
            | Kind::MultipleStarredExpressions
            | Kind::NonModuleImportStar(_)
            | Kind::IrrefutableCasePattern(_)
            | Kind::MultipleCaseAssignment(_)
            | Kind::WriteToDebug(_)
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScopeKind {
    Module,
    Class,
    Function { is_async: bool },
    Lambda,
    Comprehension { is_async: bool },
    Generator,
}

#[derive(Clone, Copy)]
struct Scope {
    kind: ScopeKind,
    /// How many loops of this scope are around.
    loops: usize,
}

/// What is around the place that is looked at.
struct SyntaxScopes<'a> {
    /// The innermost last; never empty.
    scopes: Vec<Scope>,
    text: &'a str,
    version: PythonVersion,
    found: RefCell<Vec<SemanticSyntaxError>>,
}

impl SyntaxScopes<'_> {
    fn kinds(&self) -> impl Iterator<Item = ScopeKind> {
        self.scopes.iter().rev().map(|scope| scope.kind)
    }
}

impl SemanticSyntaxContext for SyntaxScopes<'_> {
    fn future_annotations_or_stub(&self) -> bool {
        false
    }

    fn lazy_import_context(&self) -> Option<LazyImportContext> {
        None
    }

    fn python_version(&self) -> PythonVersion {
        self.version
    }

    fn source(&self) -> &str {
        self.text
    }

    fn global(&self, _: &str) -> Option<TextRange> {
        None
    }

    fn has_nonlocal_binding(&self, _: &str) -> bool {
        true
    }

    fn in_async_context(&self) -> bool {
        let mut around =
            self.kinds().filter(|kind| !matches!(kind, ScopeKind::Comprehension { .. } | ScopeKind::Generator));
        around.next() == Some(ScopeKind::Function { is_async: true })
    }

    fn in_await_allowed_context(&self) -> bool {
        self.kinds().find_map(|kind| match kind {
            ScopeKind::Class => Some(false),
            // What a generator awaits, it awaits wherever it is consumed.
            ScopeKind::Function { .. } | ScopeKind::Lambda | ScopeKind::Generator => Some(true),
            ScopeKind::Module | ScopeKind::Comprehension { .. } => None,
        }) == Some(true)
    }

    fn in_yield_allowed_context(&self) -> bool {
        matches!(self.kinds().next(), Some(ScopeKind::Function { .. } | ScopeKind::Lambda))
    }

    fn in_sync_comprehension(&self) -> bool {
        self.kinds().any(|kind| kind == ScopeKind::Comprehension { is_async: false })
    }

    fn in_module_scope(&self) -> bool {
        self.scopes.len() == 1
    }

    fn in_function_scope(&self) -> bool {
        matches!(self.kinds().next(), Some(ScopeKind::Function { .. }))
    }

    fn in_generator_context(&self) -> bool {
        self.kinds().any(|kind| kind == ScopeKind::Generator)
    }

    fn in_notebook(&self) -> bool {
        false
    }

    fn report_semantic_error(&self, error: SemanticSyntaxError) {
        self.found.borrow_mut().push(error);
    }

    fn in_loop_context(&self) -> bool {
        self.scopes.last().is_some_and(|scope| scope.loops > 0)
    }

    fn is_bound_parameter(&self, _: &str) -> bool {
        false
    }
}

struct CompileRules<'a> {
    checker: SemanticSyntaxChecker,
    context: SyntaxScopes<'a>,
}

impl CompileRules<'_> {
    fn within(&mut self, kind: ScopeKind, work: impl FnOnce(&mut Self)) {
        self.context.scopes.push(Scope { kind, loops: 0 });
        work(self);
        self.context.scopes.pop();
    }

    fn in_loop<'s>(&mut self, body: &'s [Stmt])
    where
        Self: Visitor<'s>,
    {
        let at = self.context.scopes.len() - 1;
        self.context.scopes[at].loops += 1;
        self.visit_body(body);
        self.context.scopes[at].loops -= 1;
    }

    fn function<'s>(&mut self, node: &'s ast::StmtFunctionDef)
    where
        Self: Visitor<'s>,
    {
        // All but the body belongs to what is around.
        node.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
        node.type_params.iter().for_each(|params| self.visit_type_params(params));
        self.visit_parameters(&node.parameters);
        node.returns.iter().for_each(|returns| self.visit_annotation(returns));
        self.within(ScopeKind::Function { is_async: node.is_async }, |own| own.visit_body(&node.body));
    }

    fn class<'s>(&mut self, node: &'s ast::StmtClassDef)
    where
        Self: Visitor<'s>,
    {
        node.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
        node.type_params.iter().for_each(|params| self.visit_type_params(params));
        node.arguments.iter().for_each(|arguments| self.visit_arguments(arguments));
        self.within(ScopeKind::Class, |own| own.visit_body(&node.body));
    }

    fn comprehension<'s>(&mut self, kind: ScopeKind, results: &[&'s Expr], generators: &'s [Comprehension])
    where
        Self: Visitor<'s>,
    {
        // The first iterable belongs to what is around.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        self.within(kind, |own| {
            for (number, generator) in generators.iter().enumerate() {
                own.visit_expr(&generator.target);
                if number > 0 {
                    own.visit_expr(&generator.iter);
                }
                generator.ifs.iter().for_each(|test| own.visit_expr(test));
            }
            results.iter().for_each(|result| own.visit_expr(result));
        });
    }
}

impl<'s> Visitor<'s> for CompileRules<'_> {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        self.checker.visit_stmt(stmt, &self.context);
        match stmt {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::For(node) => {
                self.visit_expr(&node.iter);
                self.visit_expr(&node.target);
                self.in_loop(&node.body);
                self.visit_body(&node.orelse);
            }
            Stmt::While(node) => {
                self.visit_expr(&node.test);
                self.in_loop(&node.body);
                self.visit_body(&node.orelse);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        self.checker.visit_expr(expr, &self.context);
        let is_async = |generators: &[Comprehension]| generators.iter().any(|generator| generator.is_async);
        let of = |generators: &[Comprehension]| ScopeKind::Comprehension { is_async: is_async(generators) };
        match expr {
            Expr::Lambda(node) => {
                node.parameters.iter().for_each(|parameters| self.visit_parameters(parameters));
                self.within(ScopeKind::Lambda, |own| own.visit_expr(&node.body));
            }
            Expr::ListComp(node) => self.comprehension(of(&node.generators), &[&node.elt], &node.generators),
            Expr::SetComp(node) => self.comprehension(of(&node.generators), &[&node.elt], &node.generators),
            Expr::DictComp(node) => {
                self.comprehension(of(&node.generators), &[&node.key, &node.value], &node.generators);
            }
            Expr::Generator(node) => self.comprehension(ScopeKind::Generator, &[&node.elt], &node.generators),
            _ => walk_expr(self, expr),
        }
    }
}

/// The first line whose tabs and spaces Python cannot compare with those of the lines around it: its offset.
pub(super) fn inconsistent_indentation(tokens: &Tokens, text: &str) -> Option<usize> {
    // Columns with wide tabs, and with tabs that are one column.
    let mut levels = vec![(0, 0)];
    let mut begins = true;
    for token in tokens.iter() {
        match token.kind() {
            TokenKind::Newline => begins = true,
            TokenKind::NonLogicalNewline | TokenKind::Comment | TokenKind::Indent | TokenKind::Dedent => {}
            _ if !begins => {}
            _ => {
                begins = false;
                let at = token.start().to_usize();
                let columns = columns(&text[logical_line(text, at)..at]);
                while levels.last().is_some_and(|level| level.0 > columns.0) {
                    levels.pop();
                }
                let level = *levels.last()?;
                let agrees = if columns.0 == level.0 { columns.1 == level.1 } else { columns.1 > level.1 };
                if !agrees {
                    return Some(at);
                }
                if columns != level {
                    levels.push(columns);
                }
            }
        }
    }
    None
}

/// Where the line begins that the token at an offset is the first of: a backslash joins lines, also before any token.
fn logical_line(text: &str, at: usize) -> usize {
    let start = |upto: usize| text[..upto].rfind('\n').map_or(0, |end| end + 1);
    let mut line = start(at);
    while line > 0 {
        let above = start(line - 1);
        if text[above..line].trim() != "\\" {
            break;
        }
        line = above;
    }
    line
}

fn columns(indentation: &str) -> (usize, usize) {
    // A backslash ends what counts.
    let blanks = indentation.chars().take_while(|letter| *letter != '\\');
    blanks.fold((0, 0), |(wide, narrow), letter| match letter {
        '\t' => ((wide / TAB + 1) * TAB, narrow + 1),
        // It begins the line anew.
        '\u{c}' => (0, 0),
        _ => (wide + 1, narrow + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::super::syntax::PythonText;

    fn error(text: &str) -> Option<(usize, String)> {
        PythonText::read(text, Some(12), true).unwrap().error.map(|(at, why)| (at.line, why))
    }

    #[test]
    fn statements_stand_where_they_may() {
        for (text, line, why) in [
            ("x = 1\nreturn x\n", 2, "return"),
            ("class A:\n    return 1\n", 2, "return"),
            ("yield 1\n", 1, "yield"),
            ("x = [(yield 1) for y in z]\n", 1, "yield"),
            ("import a\nawait a.main()\n", 2, "await"),
            ("def f():\n    await g()\n", 2, "await"),
            ("async def f():\n    def g():\n        await h()\n", 3, "await"),
            ("def f():\n    async with g():\n        pass\n", 2, "async with"),
            ("for x in y:\n    def f():\n        break\n", 3, "break"),
            ("for x in y:\n    pass\nelse:\n    continue\n", 4, "continue"),
            ("if x:\n    break\n", 2, "break"),
            ("def f(a, a): pass\n", 1, "parameter"),
            ("nonlocal x\n", 1, "nonlocal"),
            ("import os\nfrom __future__ import annotations\n", 2, "__future__"),
            ("async def f():\n    yield 1\n    return 2\n", 3, "return"),
        ] {
            let (at, said) = error(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(at, line, "{text}");
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn good_code_is_compiled() {
        for text in [
            "def f():\n    return 1\n",
            "def f():\n    yield 1\n    return 2\n",
            "async def f():\n    yield 1\n    return\n",
            "async def f():\n    return [await g(x) async for x in h()] + [await y for y in z]\n",
            "async def f():\n    async with a() as b:\n        async for c in b:\n            await c\n",
            "async def f():\n    return (await x for x in y)\n",
            "f = lambda: (yield)\n",
            "def f(a=1, *b, c=(1,), **d): pass\n",
            "for x in y:\n    try:\n        pass\n    finally:\n        continue\n",
            "while x:\n    if y:\n        break\n    else:\n        continue\nelse:\n    pass\n",
            "for x in y:\n    for z in x:\n        pass\n    else:\n        break\n",
            "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n",
            "x = 1\ndef f():\n    global x\n    x = 2\n",
            "'''doc'''\nfrom __future__ import annotations\nimport os\n",
            "def f(x):\n    match x:\n        case [1, *rest]: return rest\n        case {'a': y, **z}: return y, z\n        case _: pass\n",
            "a, *b = 1, 2\n[*a, *b]\nprint(*a, *b, **{})\n",
            "class A:\n    x = [y for y in range(3)]\n    def f(self):\n        return super().f()\n",
            "async def f(x=[a for a in b]):\n    return {k: v async for k, v in x}\n",
            "def f[T](x: T) -> T:\n    return x\n",
            "with a as (b, c), d as e:\n    pass\n",
            "numbers = (await double(x) for x in range(3))\n",
            "g = (x for x in y if await x)\n",
            "class A:\n    g = (await x for x in y)\n",
            "async def f():\n    class A:\n        g = (await x for x in y)\n",
            "x = yield_ = 1\ndel x\n",
        ] {
            assert_eq!(error(text), None, "{text}");
        }
    }

    #[test]
    fn tabs_and_spaces_agree() {
        let mixed = "def f():\n\tif 1:\n        return 2\n";
        assert_eq!(error(mixed), Some((3, "tabs and spaces of the indentation do not agree".to_owned())));
        assert_eq!(error("if 1:\n        x = 1\n\ty = 2\n").map(|it| it.0), Some(3));
        for text in [
            "def f():\n\tif 1:\n\t\treturn 2\n    # a comment\n\treturn 3\n",
            "if 1:\n\tx = [\n  1,\n\t\t\t2]\n\ty = '''\n  z'''\n",
            "if 1:\n  if 2:\n  \tx = 1\n  y = 2\n",
            "if 1:\n\tx = 1\nif 2:\n    y = 2\n",
            "if 1:\n    x = 1\n    \\\n\ty=2\n",
            "if 1:\n    x = 1 + \\\n\t2\n    y = 3\n",
        ] {
            assert_eq!(error(text), None, "{text}");
        }
    }
}
