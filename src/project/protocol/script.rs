//! Evidence of servers in JavaScript and TypeScript.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::Value;

use super::super::node;
use super::{Evidence, ServedProtocol};
use crate::facts::HTTP;
use crate::fsx;

/// Packages of JavaScript whose import says what is served.
const PACKAGES: &[(&str, ServedProtocol)] = &[
    ("@modelcontextprotocol/sdk/server", ServedProtocol::Mcp),
    ("@modelcontextprotocol/server", ServedProtocol::Mcp),
    ("@modelcontextprotocol/express", ServedProtocol::Mcp),
    ("@modelcontextprotocol/hono", ServedProtocol::Mcp),
    ("@modelcontextprotocol/node", ServedProtocol::Mcp),
    ("@hono/mcp", ServedProtocol::Mcp),
    ("fastmcp", ServedProtocol::Mcp),
    ("mcp-framework", ServedProtocol::Mcp),
    ("@a2a-js/sdk/server", ServedProtocol::A2a),
    ("@strands-agents/sdk/a2a/express", ServedProtocol::A2a),
    ("@ag-ui/encoder", ServedProtocol::Agui),
];
/// Packages with clients, too, and what a server takes of them.
const NAMES: &[(&str, &str, ServedProtocol)] = &[("@mastra/mcp", "MCPServer", ServedProtocol::Mcp)];
const EVENTS: &str = "@ag-ui/core";
const CLIENT: &str = "@ag-ui/client";
/// AWS's library for agents of the HTTP protocol.
const HTTP_PACKAGES: [&str; 2] = ["bedrock-agentcore", "bedrock-agentcore/runtime"];

/// One import of a file.
pub(in crate::project) struct ScriptImport {
    pub(in crate::project) name: String,
    /// A statement rather than a call, which may be in a condition.
    pub(in crate::project) is_static: bool,
    /// The file of the project that it is.
    pub(in crate::project) leads_to: Option<PathBuf>,
    /// Line and column, from 1.
    pub(in crate::project) at: Option<(usize, usize)>,
}

static IMPORTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quoted = r#"["']([^"'\n]+)["']"#;
    let list = r"(?m)(?:^|;)\s*(?:(?:import|export)\b([^;'`()]*?)";
    let call = r"|([^\n;]*?)\b(?:require|import)\s*\(\s*)";
    Regex::new(&format!("{list}{call}{quoted}")).ok()
});

/// Everything that a file imports when it runs.
pub(in crate::project) fn imports(text: &str, file: &Path, root: &Path) -> Vec<ScriptImport> {
    let code = without_comments(text);
    let found = IMPORTS.as_ref().map(|imports| imports.captures_iter(&code)).into_iter().flatten();
    let read = found.filter_map(|found| {
        let name = found.get(3)?.as_str();
        let list = found.get(1).map(|list| list.as_str().trim());
        if list.is_some_and(|list| !(list.is_empty() || list.ends_with("from")) || only_types(list)) {
            return None;
        }
        let leads_to = match name.starts_with('.') {
            true => file.parent().and_then(|folder| local(&folder.join(name))),
            false => aliased(name, file, root),
        };
        Some(ScriptImport { name: name.to_owned(), is_static: list.is_some(), leads_to, at: place(text, name) })
    });
    read.collect()
}

/// Whether a path names a file as Node or a bundler finds it.
pub(in crate::project) fn names_a_file(path: &Path) -> bool {
    const MORE: [&str; 10] = [
        ".json",
        ".node",
        ".jsx",
        ".cts",
        // Types alone, whose import is gone when it runs.
        ".d.ts",
        "/index.tsx",
        "/index.mjs",
        "/index.cjs",
        "/index.json",
        "/package.json",
    ];
    local(path).is_some() || MORE.iter().any(|ending| PathBuf::from(format!("{}{ending}", path.display())).is_file())
}

/// Where the name first stands in quotes.
fn place(text: &str, name: &str) -> Option<(usize, usize)> {
    let at = ['"', '\''].iter().filter_map(|quote| text.find(&format!("{quote}{name}{quote}"))).min()?;
    let before = text.get(..at)?;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some((before.matches('\n').count() + 1, column))
}

pub(super) fn read(text: &str, file: &Path, root: &Path) -> (Vec<Evidence>, Vec<PathBuf>) {
    let text = without_comments(text);
    let found = IMPORTS.as_ref().map(|imports| imports.captures_iter(&text)).into_iter().flatten();
    let (mut signs, mut next) = (path_evidence(&text), Vec::new());
    for found in found {
        let Some(name) = found.get(3).map(|name| name.as_str()) else { continue };
        let list = found.get(1).or_else(|| found.get(2)).map_or("", |list| list.as_str());
        let list = list.trim();
        let declared = found.get(1).is_some();
        // `export const x = "…"` imports nothing, and types are gone when it runs.
        if declared && (!(list.is_empty() || list.ends_with("from")) || only_types(list)) {
            continue;
        }
        let below =
            |package: &str| name == package || name.strip_prefix(package).is_some_and(|rest| rest.starts_with('/'));
        if HTTP_PACKAGES.contains(&name) {
            signs.push(Evidence::Http);
        } else if let Some((package, serves)) = PACKAGES.iter().find(|(package, _)| below(package)) {
            signs.push(Evidence::Sure(*serves, (*package).to_owned()));
        } else if let Some((package, own, serves)) = NAMES.iter().find(|(package, _, _)| below(package)) {
            let words = || list.split(|char: char| !char.is_alphanumeric() && char != '_');
            if words().any(|word| word == *own) {
                signs.push(Evidence::Sure(*serves, (*package).to_owned()));
            }
        } else if below(EVENTS) {
            signs.push(Evidence::Events(EVENTS.to_owned()));
        } else if below(CLIENT) {
            signs.push(Evidence::Client);
        } else if name.starts_with('.') {
            next.extend(file.parent().and_then(|folder| local(&folder.join(name))));
        } else {
            next.extend(aliased(name, file, root));
        }
    }
    (signs, next)
}

/// Whether an import takes nothing but types: `type { A }`, `{ type A, type B }`.
fn only_types(list: &str) -> bool {
    if list.starts_with("type ") && !list.starts_with("type from") && !list.starts_with("type,") {
        return true;
    }
    let Some(inside) = list.strip_prefix('{').and_then(|rest| rest.split('}').next()) else { return false };
    let mut names = inside.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
    names.peek().is_some() && names.all(|name| name.starts_with("type "))
}

/// What is done with the path of HTTP agents.
fn path_evidence(text: &str) -> Vec<Evidence> {
    const CLIENTS: [&str; 6] = ["axios", "client", "http", "got", "ky", "request"];
    let mut signs = Vec::new();
    for (at, _) in text.match_indices(HTTP.path) {
        let (before, after) =
            (text.get(..at).unwrap_or_default(), text.get(at + HTTP.path.len()..).unwrap_or_default());
        let Some(quote) = before.chars().next_back().filter(|char| matches!(char, '"' | '\'' | '`')) else { continue };
        let before = before.get(..before.len() - 1).unwrap_or_default().trim_end();
        if !after.starts_with(quote) || before.ends_with('+') {
            continue;
        }
        let called = ["post", "all", "use", "route"].iter().find_map(|method| {
            let receiver = before.strip_suffix('(')?.trim_end().strip_suffix(method)?.strip_suffix('.')?;
            receiver.rsplit(|char: char| !char.is_alphanumeric() && !"_$".contains(char)).next()
        });
        signs.push(if called.is_some_and(|receiver| !CLIENTS.contains(&receiver)) {
            Evidence::Route
        } else {
            Evidence::Path
        });
    }
    signs
}

/// The text without comments, and without what is in the templates of several lines: they hold other programs' source.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut last = ' ';
    while let Some(char) = chars.next() {
        match char {
            '"' | '\'' | '`' => string(&mut chars, char, &mut out),
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|char| *char != '\n').is_some() {},
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut before = ' ';
                for char in chars.by_ref() {
                    if before == '*' && char == '/' {
                        break;
                    }
                    before = char;
                }
                out.push(' ');
            }
            // A regular expression, whose quotes begin no string: it stands where a value does.
            '/' if "(,=:[!&|?{};".contains(last) => regex(&mut chars),
            _ => out.push(char),
        }
        if !char.is_whitespace() {
            last = char;
        }
    }
    out
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn string(chars: &mut Chars<'_>, quote: char, out: &mut String) {
    let mut inside = String::new();
    while let Some(char) = chars.next() {
        if char == quote || (char == '\n' && quote != '`') {
            break;
        }
        inside.push(char);
        if char == '\\' {
            inside.extend(chars.next());
        }
    }
    out.push(quote);
    if !inside.contains('\n') {
        out.push_str(&inside);
    }
    out.push(quote);
}

fn regex(chars: &mut Chars<'_>) {
    let mut class = false;
    while let Some(char) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return,
            '\n' => return,
            _ => {}
        }
    }
}

/// The file behind a name of the project's own: `#server` of package.json's `imports`, `@/server` of tsconfig.json's
/// `paths`.
fn aliased(name: &str, file: &Path, root: &Path) -> Option<PathBuf> {
    let home = file.ancestors().skip(1).take_while(|dir| dir.starts_with(root));
    let home = home.into_iter().find(|dir| dir.join("package.json").is_file())?;
    if name.starts_with('#') {
        let package: Value = serde_json::from_str(&fsx::read_text(&home.join("package.json")).ok()??).ok()?;
        return mapped(package.get("imports")?, name).and_then(|target| local(&home.join(target)));
    }
    let options = node::tsconfig(&home.join("tsconfig.json"))?.get("compilerOptions").cloned()?;
    let base = home.join(options.get("baseUrl").and_then(Value::as_str).unwrap_or("."));
    mapped(options.get("paths")?, name).and_then(|target| local(&base.join(target)))
}

/// What a table of names, in which `*` stands for any text, makes of one.
fn mapped(table: &Value, name: &str) -> Option<String> {
    table.as_object()?.iter().find_map(|(pattern, target)| {
        let target = target_of(target)?;
        match pattern.split_once('*') {
            None => (pattern == name).then(|| target.to_owned()),
            Some((before, after)) => {
                let middle = name.strip_prefix(before)?.strip_suffix(after)?;
                Some(target.replace('*', middle))
            }
        }
    })
}

/// Of several, the first that names a file of the project; conditions have the source or what is made of it.
fn target_of(target: &Value) -> Option<&str> {
    match target {
        Value::String(path) => Some(path.as_str()).filter(|path| !path.ends_with(".d.ts")),
        Value::Array(all) => all.iter().find_map(target_of),
        Value::Object(all) => all.values().find_map(target_of),
        _ => None,
    }
}

/// The file behind a path, which names what the compiler makes of it.
fn local(path: &Path) -> Option<PathBuf> {
    let at = fsx::normalize(path);
    let stem = match at.extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs" | "cjs") => at.with_extension(""),
        _ => at.clone(),
    };
    let with = |ending: &str| PathBuf::from(format!("{}{ending}", stem.display()));
    let endings = [".ts", ".mts", ".tsx", ".js", ".mjs", ".cjs", "/index.ts", "/index.js"];
    std::iter::once(at).chain(endings.map(with)).find(|file| file.is_file())
}
