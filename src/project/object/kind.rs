//! What the object of `main.py:app` is, by its source, without running it.
//!
//! Owns: which classes, functions and literals are applications, and which certainly are not. Names are followed
//! through the module and the project's own files. Does not own: which server runs what (`mod`). Whatever is not
//! certain is [`ObjectKind::Unknown`]: nothing here is a guess.

use std::path::Path;

use super::super::imports::ImportPaths;
use super::super::reading::{Assignment, Function, Module, arguments, split};
use super::super::statements::EMPTY;
use super::known::{BUILTINS, METHODS, NEITHER, known};
use crate::fsx;

/// How many names, calls and files a name is followed through.
const DEEPEST: u8 = 12;

/// How a server can run the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    Asgi,
    Wsgi,
    /// An ASGI application of AWS's library, which knows how it is to be served.
    AgentCore,
    /// A function without arguments that makes one.
    AsgiFactory,
    WsgiFactory,
    /// A function without arguments that by its name makes an application, of a kind that nothing tells.
    Factory,
    Neither(NotServable),
    Unknown,
}

/// An object that no server can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotServable {
    /// `a dict`
    pub(super) what: String,
    /// What to do with it, where it is known.
    pub(super) instead: Option<String>,
}

impl ObjectKind {
    fn neither(what: impl Into<String>) -> Self {
        Self::Neither(NotServable { what: what.into(), instead: None })
    }

    /// What they all are.
    fn of_all(mut kinds: impl Iterator<Item = Self>) -> Self {
        let Some(first) = kinds.next() else { return Self::Unknown };
        let same = |other: Self| other == first || matches!((&first, &other), (Self::Neither(_), Self::Neither(_)));
        if kinds.all(same) { first } else { Self::Unknown }
    }
}

/// A module, and where its imports are found.
pub(super) struct ModuleContext<'a> {
    pub(super) places: &'a ImportPaths,
    pub(super) file: &'a Path,
    pub(super) module: &'a Module,
}

impl ModuleContext<'_> {
    pub(super) fn kind(&self, name: &str) -> ObjectKind {
        self.named("", name, DEEPEST)
    }

    /// The meaning of a name in a scope: that of a function's body, or the module's (empty).
    fn named(&self, scope: &str, name: &str, left: u8) -> ObjectKind {
        let Some(left) = left.checked_sub(1) else { return ObjectKind::Unknown };
        let values = self.module.values(scope, name);
        if !values.is_empty() {
            return ObjectKind::of_all(values.iter().map(|assigned| self.assigned(scope, assigned, left)));
        }
        if !scope.is_empty() {
            return self.named("", name, left);
        }
        if let Some(function) = self.module.function("", name) {
            return self.function(&function, left);
        }
        if self.module.bases(name).is_some() {
            return ObjectKind::neither("a class, and no object of one");
        }
        if let Some((object, attribute)) = name.rsplit_once('.')
            && let Some(kind) = self.made_by(scope, object).iter().find_map(|class| member(class, attribute))
        {
            return kind;
        }
        self.follow(&self.module.resolve(name), left, |place, name, left| place.named("", name, left))
    }

    fn assigned(&self, scope: &str, assigned: &Assignment<'_>, left: u8) -> ObjectKind {
        match (self.value(scope, assigned.value, left), assigned.annotation) {
            (ObjectKind::Unknown, Some(annotation)) => {
                known(&self.module.resolve(annotation)).unwrap_or(ObjectKind::Unknown)
            }
            (kind, _) => kind,
        }
    }

    fn value(&self, scope: &str, text: &str, left: u8) -> ObjectKind {
        let Some(left) = left.checked_sub(1) else { return ObjectKind::Unknown };
        let text = text.trim();
        if let Some((inside, "")) = arguments(text).filter(|_| text.starts_with('(')) {
            return if split(inside, ',').len() == 1 {
                self.value(scope, inside, left)
            } else {
                ObjectKind::neither("a tuple")
            };
        }
        if let Some(what) = literal(text) {
            return ObjectKind::neither(what);
        }
        if let Some(parameters) = text.strip_prefix("lambda ").and_then(|rest| rest.split_once(':')) {
            let parameters: Vec<&str> = split(parameters.0, ',').into_iter().map(str::trim).collect();
            return shape(&parameters, false).unwrap_or_else(|| ObjectKind::neither("a function"));
        }
        if is_name(text) {
            return self.named(scope, text, left);
        }
        match call(text) {
            Some(Call::Of(callee)) => self.called(scope, callee, left),
            Some(Call::Method(object, method)) => {
                let class = match call(object) {
                    Some(Call::Of(callee)) => self.module.meanings(callee),
                    _ => Vec::new(),
                };
                class
                    .iter()
                    .find_map(|class| member(class, method))
                    .or_else(|| known(method))
                    .unwrap_or(ObjectKind::Unknown)
            }
            None => ObjectKind::Unknown,
        }
    }

    /// What a call gives.
    fn called(&self, scope: &str, callee: &str, left: u8) -> ObjectKind {
        let Some(left) = left.checked_sub(1) else { return ObjectKind::Unknown };
        if let Some(function) = self.module.function("", callee) {
            // What an async function gives is no application yet.
            return if function.asynchronous { ObjectKind::Unknown } else { self.returned(&function, left) };
        }
        if self.module.bases(callee).is_some() {
            return self.instance(callee, left);
        }
        let resolved = self.module.resolve(callee);
        if resolved == callee && BUILTINS.contains(&callee) {
            return ObjectKind::neither(format!("a {callee}"));
        }
        if let Some((object, method)) = callee.rsplit_once('.')
            && let Some(kind) = self.made_by(scope, object).iter().find_map(|class| member(class, method))
        {
            return kind;
        }
        if let Some(kind) = known(&resolved) {
            return kind;
        }
        self.follow(&resolved, left, |place, name, left| place.called("", name, left))
    }

    /// The classes of the object that a name stands for.
    fn made_by(&self, scope: &str, name: &str) -> Vec<String> {
        let mut values = self.module.values(scope, name);
        if values.is_empty() {
            values = self.module.values("", name);
        }
        let callees = values.iter().filter_map(|assigned| match call(assigned.value) {
            Some(Call::Of(callee)) => Some(callee),
            _ => None,
        });
        callees.flat_map(|callee| self.module.meanings(callee)).collect()
    }

    /// An object of a class of this module.
    fn instance(&self, class: &str, left: u8) -> ObjectKind {
        if let Some(call) = self.module.function(class, "__call__") {
            let parameters = call.required.get(1..).unwrap_or_default();
            return shape(parameters, call.asynchronous).unwrap_or(ObjectKind::Unknown);
        }
        let bases: Vec<&str> = self.module.bases(class).unwrap_or_default();
        if bases.iter().all(|base| *base == "object") {
            return ObjectKind::neither(format!("an object of the class `{class}`, which has no `__call__`"));
        }
        let all = bases.iter().map(|base| match self.module.bases(base) {
            Some(_) if *base != class => {
                left.checked_sub(1).map_or(ObjectKind::Unknown, |left| self.instance(base, left))
            }
            _ => self.called("", base, left),
        });
        let all: Vec<ObjectKind> = all.collect();
        // One that can be called is enough; else all of them have to be known.
        let application = all
            .iter()
            .find(|kind| matches!(kind, ObjectKind::Asgi | ObjectKind::Wsgi | ObjectKind::AgentCore))
            .cloned();
        application.unwrap_or_else(|| ObjectKind::of_all(all.into_iter()))
    }

    /// A function of this module as the object itself.
    fn function(&self, function: &Function<'_>, left: u8) -> ObjectKind {
        if let Some(kind) = shape(&function.required, function.asynchronous) {
            return kind;
        }
        let registered = function.decorators.iter().find(|one| {
            let name = one.split('(').next().unwrap_or(one);
            name.contains('.') && !["functools.", "contextlib."].iter().any(|other| name.starts_with(other))
        });
        if let Some(decorator) = registered {
            let decorator = decorator.split('(').next().unwrap_or(decorator);
            return ObjectKind::Neither(self.registered(decorator, left));
        }
        if !function.required.is_empty() {
            return ObjectKind::neither(format!(
                "a function of `{}`, and an application is one of `scope, receive, send` (ASGI) or `environ, \
                 start_response` (WSGI)",
                function.required.join(", ")
            ));
        }
        if function.asynchronous {
            return ObjectKind::neither("an async function, and servers call only plain ones to make an application");
        }
        match self.returned(function, left) {
            ObjectKind::Asgi | ObjectKind::AgentCore => ObjectKind::AsgiFactory,
            ObjectKind::Wsgi => ObjectKind::WsgiFactory,
            ObjectKind::Unknown if makes_by_name(&function.body) => ObjectKind::Factory,
            _ => ObjectKind::neither("a function, and nothing shows that it makes an application"),
        }
    }

    /// A function that an object knows, as `@app.entrypoint` says.
    fn registered(&self, decorator: &str, left: u8) -> NotServable {
        let object = decorator.rsplit_once('.').map_or(decorator, |(object, _)| object);
        let kind = if is_name(object) { self.named("", object, left) } else { ObjectKind::Unknown };
        NotServable {
            what: format!("a function that `@{decorator}` hands to `{object}`"),
            instead: matches!(kind, ObjectKind::Asgi | ObjectKind::Wsgi | ObjectKind::AgentCore)
                .then(|| format!("name `{object}`, the application")),
        }
    }

    /// What a function gives, by its annotation or else by all of its `return`s.
    fn returned(&self, function: &Function<'_>, left: u8) -> ObjectKind {
        if let Some(annotation) = function.returns {
            if BUILTINS.contains(&annotation.split('[').next().unwrap_or(annotation)) || annotation == "None" {
                return ObjectKind::neither(format!("a {annotation}"));
            }
            if let Some(kind) = known(&self.module.resolve(annotation)) {
                return kind;
            }
        }
        let own = || self.module.statements.iter().filter(|statement| statement.within == function.body);
        if own().any(|statement| statement.text.contains("yield")) {
            return ObjectKind::Unknown;
        }
        let mut values = own()
            .filter_map(|statement| statement.text.strip_prefix("return"))
            .filter(|rest| !rest.starts_with(|char: char| char.is_alphanumeric() || char == '_'))
            .peekable();
        if values.peek().is_none() {
            return ObjectKind::neither("what a function without `return` gives");
        }
        ObjectKind::of_all(values.map(|value| self.value(&function.body, value, left)))
    }

    /// Asks for a name in the project's own file that defines it, if that can be read.
    fn follow(&self, resolved: &str, left: u8, ask: impl Fn(&ModuleContext<'_>, &str, u8) -> ObjectKind) -> ObjectKind {
        let Some(left) = left.checked_sub(1) else { return ObjectKind::Unknown };
        let stars = self.module.imports.iter().filter(|import| import.local == "*");
        let mut places: Vec<(String, &str)> = stars.map(|import| (import.module.clone(), resolved)).collect();
        let dots = resolved.match_indices('.').map(|(at, _)| at).collect::<Vec<_>>();
        for at in dots.into_iter().rev() {
            // `.server.app` is `app` of `.server`, and `.app` is `app` of the package itself.
            let (module, name) = (resolved.get(..at).unwrap_or_default(), resolved.get(at + 1..).unwrap_or_default());
            let package = module.is_empty() || module.ends_with('.');
            places.push((if package { format!("{module}.") } else { module.to_owned() }, name));
        }
        for (module, name) in places.iter().filter(|(_, name)| !name.is_empty() && !name.starts_with('.')) {
            for file in self.places.module(module, self.file) {
                let Some(text) = fsx::read_text(&file).ok().flatten().filter(|_| file != self.file) else { continue };
                let read = Module::read(&text);
                if read.has(name.split('.').next().unwrap_or(name)) {
                    return ask(&ModuleContext { places: self.places, file: &file, module: &read }, name, left);
                }
            }
        }
        ObjectKind::Unknown
    }
}

/// What a member of an object of a class is, or gives.
fn member(class: &str, name: &str) -> Option<ObjectKind> {
    let class = class.rsplit('.').next().unwrap_or(class);
    METHODS.iter().find(|(of, own, _)| *of == class && *own == name).map(|(_, _, kind)| kind.clone())
}

/// The application that a function with these parameters is.
fn shape(required: &[&str], asynchronous: bool) -> Option<ObjectKind> {
    let begin = |with: &[&str]| {
        required.len() == with.len()
            && required.iter().zip(with).all(|(own, with)| own.trim_start_matches('_').starts_with(with))
    };
    if begin(&["scope", "rec", "send"]) || (asynchronous && begin(&["s", "r", "s"])) {
        return Some(ObjectKind::Asgi);
    }
    (!asynchronous && begin(&["env", "start"])).then_some(ObjectKind::Wsgi)
}

fn makes_by_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let verb = ["create", "make", "build", "get", "init", "new"].iter().any(|verb| name.starts_with(verb));
    let thing = ["app", "application", "server", "api", "asgi", "wsgi"].iter().any(|thing| name.ends_with(thing));
    (verb && thing) || name.ends_with("factory") || name == "factory"
}

/// What a literal is.
fn literal(text: &str) -> Option<&'static str> {
    let plain = text.trim_start_matches(['f', 'b', 'r', 'u', 'F', 'B', 'R', 'U']);
    let number = text.strip_prefix('-').unwrap_or(text);
    match text {
        "None" => Some("None"),
        "True" | "False" => Some("a truth value"),
        _ if text.starts_with('{') && arguments(text).is_some_and(|(_, rest)| rest.trim().is_empty()) => {
            Some("a dict or a set")
        }
        _ if text.starts_with('[') && arguments(text).is_some_and(|(_, rest)| rest.trim().is_empty()) => Some("a list"),
        _ if plain == EMPTY => Some("a text"),
        _ if number.parse::<f64>().is_ok() && number.starts_with(|char: char| char.is_ascii_digit()) => {
            Some("a number")
        }
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        part.chars().all(|char| char.is_alphanumeric() || char == '_')
            && part.starts_with(|char: char| char.is_alphabetic() || char == '_')
    };
    text.split('.').all(part)
}

/// An expression that is a call as a whole.
enum Call<'a> {
    /// `fastapi.FastAPI(…)`
    Of(&'a str),
    /// `FastMCP(…).http_app(…)`: the object, and the method.
    Method(&'a str, &'a str),
}

fn call(text: &str) -> Option<Call<'_>> {
    let mut at = None;
    // The bracket that the last one closes.
    for (open, _) in text.match_indices('(') {
        if arguments(text.get(open..)?).is_some_and(|(_, rest)| rest.trim().is_empty()) {
            at = Some(open);
            break;
        }
    }
    let callee = text.get(..at?)?.trim();
    if let Some((object, method)) = callee.rsplit_once('.').filter(|(object, _)| object.ends_with(')')) {
        return Some(Call::Method(object, method));
    }
    // Without type parameters.
    let plain = callee.split('[').next().unwrap_or(callee).trim();
    (is_name(plain) && (plain == callee || callee.ends_with(']'))).then_some(Call::Of(plain))
}

/// What to say of a class of another library that no server of applications runs.
pub(super) fn not_servable(resolved: &str) -> Option<NotServable> {
    let (package, last) = (resolved.split('.').next()?, resolved.rsplit('.').next()?);
    NEITHER.iter().find(|(of, class, _)| *of == package && *class == last).map(|(_, class, instead)| NotServable {
        what: format!("an object of `{package}`'s `{class}`, which is neither an ASGI nor a WSGI application"),
        instead: (!instead.is_empty()).then(|| (*instead).to_owned()),
    })
}
