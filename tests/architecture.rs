//! The house rules that a compiler does not check: which room may use which, where a foreign crate may be spoken,
//! where a partition may be spelled out, how long a file may get, how many things one type name may stand for, how long a
//! test's name may get, and which dependencies nothing names.
//! `docs/architecture.md` has the reasons.
//!
//! The rules read source text, not a syntax tree: comments and `#[cfg(test)]` items are taken out first, and strings
//! are kept apart from code.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking; clippy only knows the functions with #[test] as tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const LEAVES: &[&str] = &[
    "agent_report",
    "cache",
    "clock",
    "deadline",
    "digest",
    "env",
    "error",
    "event_stream",
    "events",
    "expectation",
    "facts",
    "fsx",
    "http",
    "interpreters",
    "junit",
    "outputs",
    "ownership",
    "partition",
    "platform",
    "process",
    "redact",
    "report",
    "requirements",
    "secret_files",
    "session",
    "session_list",
    "shell",
    "shell_frames",
    "tree",
    "trust",
    "wait",
    "xml",
];

/// What each room may use besides the leaves and itself. Leaves are not listed: they use leaves only.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &[]),
    ("lib", &["app"]),
    ("app", &["artifact", "auth", "cli", "cloud", "config", "image", "ops", "project", "sandbox", "ui"]),
    // A verb opens connections and hands them to `ops`; the SDK itself stays in cloud, see `CRATES`.
    ("cli", &["artifact", "auth", "cloud", "config", "ops", "project", "sandbox", "ui"]),
    ("ops", &["artifact", "auth", "bundle", "cloud", "config", "image", "packages", "project", "resources"]),
    ("resources", &["artifact", "auth", "cloud", "config", "image"]),
    ("artifact", &["bundle", "config", "image", "packages", "project"]),
    ("auth", &[]),
    ("bundle", &[]),
    ("cloud", &[]),
    ("config", &[]),
    ("image", &[]),
    ("packages", &[]),
    ("project", &[]),
    ("sandbox", &["auth", "image"]),
    ("ui", &[]),
];

/// Crates that only these rooms may name. A trailing `*` stands for any ending.
const CRATES: &[(&str, &[&str])] = &[
    ("clap", &["app", "cli"]),
    ("clap_complete", &["cli"]),
    ("aws_config", &["cloud"]),
    ("aws_credential_types", &["cloud"]),
    ("aws_sdk_*", &["cloud"]),
    ("aws_sigv4", &["cloud"]),
    ("aws_smithy_*", &["cloud"]),
    ("aws_types", &["cloud"]),
    ("indicatif", &["ui"]),
    ("dialoguer", &["ui"]),
    ("axum", &["sandbox"]),
    ("serde_yaml", &["config", "sandbox"]),
    ("saphyr_parser", &["config"]),
    ("rustpython_ruff_*", &["project"]),
];

/// Parts of `std::env` that read nothing of the process: constants and path lists.
const PURE_ENV: &[&str] = &["consts", "join_paths", "split_paths"];

/// What reads the process outside of env: the arguments, and the file of this program.
const ENV_ELSEWHERE: &[(&str, &str)] = &[("app", "args_os"), ("process", "current_exe")];

/// Spelled out in one table only, so that a deployment in another partition works.
const PARTITION_LITERALS: &[&str] = &["arn:aws:", "amazonaws.com"];

const MAX_LINES: usize = 800;

/// A type name that more rooms define says nothing in any of them.
const MAX_ROOMS_OF_A_NAME: usize = 2;

/// A test's name is the rule that is broken, read at a glance in a list of failures.
const MAX_WORDS_OF_A_TEST: usize = 8;

/// Crates whose library has another name than their package.
const LIBRARIES: &[(&str, &str)] = &[("md-5", "md5")];

#[test]
fn the_source_keeps_to_the_house_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = shipped_sources();
    let shipped: Vec<(&Path, &Source)> = sources.iter().map(|(path, source)| (path.as_path(), source)).collect();
    let mut problems: Vec<String> = shipped.iter().flat_map(|(path, source)| check(path, source)).collect();
    problems.extend(overused_names(&shipped));
    let mut templates = Vec::new();
    collect(&root.join("templates"), "", &mut templates);
    for path in templates {
        let text = std::fs::read_to_string(&path).unwrap();
        let short = path.strip_prefix(root).unwrap();
        problems.extend(partition_literals(&text).map(|literal| format!("{}: literal `{literal}`", short.display())));
    }
    assert!(problems.is_empty(), "{} broken house rules:\n{}", problems.len(), problems.join("\n"));
}

/// A code without an error that has it would be documented and explained for nothing. Names that OAuth gives its errors
/// (`invalid_client`) become codes by their text alone.
#[test]
fn every_error_code_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = root.join("error/code");
    let mut files = Vec::new();
    collect(&root, "rs", &mut files);
    let text =
        |files: Vec<&PathBuf>| files.into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect::<String>();
    let (tables, others) = files.iter().partition(|path| path.starts_with(&table));
    let (rows, code) = (text(tables), text(others));
    let rows: Vec<(&str, &str)> = rows
        .lines()
        .filter_map(|line| {
            let (variant, rest) = line.trim_start().split_once(" = \"")?;
            variant.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some((variant, rest.split_once('"')?.0))
        })
        .collect();
    assert!(rows.len() > 200, "found only {} rows", rows.len());
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != ':' && c != '_').collect();
    let is_used = |(variant, text): &(&str, &str)| {
        let oauth = text.strip_prefix("token.").map(|end| end.replace('-', "_"));
        words.contains(format!("Code::{variant}").as_str())
            || oauth.is_some_and(|name| code.contains(&format!("\"{name}\"")))
    };
    let unused: Vec<_> = rows.iter().filter(|row| !is_used(row)).collect();
    assert!(unused.is_empty(), "no error has these codes: {unused:?}");
}

/// What nothing names is downloaded, compiled and looked after for nothing. Tests alone make no dependency of the program.
#[test]
fn every_dependency_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest: toml::Table = std::fs::read_to_string(root.join("Cargo.toml")).unwrap().parse().unwrap();
    let platforms = manifest["target"].as_table().unwrap().values();
    let tables: Vec<&toml::Value> = std::iter::once(&manifest["dependencies"])
        .chain(platforms.filter_map(|platform| platform.get("dependencies")))
        .collect();
    assert!(tables.len() > 2, "found only {} tables of dependencies", tables.len());
    let shipped: Vec<Source> = shipped_sources().into_iter().map(|(_, source)| source).collect();
    let mut tests = Vec::new();
    for folder in ["src", "tests"] {
        collect(&root.join(folder), "rs", &mut tests);
    }
    let tests: Vec<Source> = tests.iter().map(|path| Source::whole(&std::fs::read_to_string(path).unwrap())).collect();
    let mut unused: Vec<String> = tables.into_iter().flat_map(|table| unused_crates(table, &shipped)).collect();
    unused.extend(unused_crates(&manifest["dev-dependencies"], &tests));
    assert!(unused.is_empty(), "Cargo.toml has these dependencies, and no code names them: {}", unused.join(", "));
}

#[test]
fn test_names_have_at_most_eight_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        collect(&root.join(folder), "rs", &mut files);
    }
    let (mut found, mut long) = (0, Vec::new());
    for path in files {
        let source = Source::whole(&std::fs::read_to_string(&path).unwrap());
        found += source.tests().count();
        let short = path.strip_prefix(root).unwrap().display();
        long.extend(wordy_tests(&source).map(|problem| format!("{short}: {problem}")));
    }
    assert!(found > 1000, "found only {found} tests");
    assert!(
        long.is_empty(),
        "{} tests have names of more than {MAX_WORDS_OF_A_TEST} words: name the rule that the test states, without \
         articles and subordinate clauses (`missing_file_is_reported_with_its_path`):\n{}",
        long.len(),
        long.join("\n")
    );
}

fn wordy_tests(source: &Source) -> impl Iterator<Item = String> {
    source.tests().filter_map(|name| {
        let words = name.split('_').count();
        (words > MAX_WORDS_OF_A_TEST).then(|| format!("`{name}` has {words} words"))
    })
}

fn unused_crates(table: &toml::Value, sources: &[Source]) -> Vec<String> {
    let names = table.as_table().unwrap().keys();
    let library = |name: &str| {
        let other = LIBRARIES.iter().find(|(package, _)| *package == name);
        other.map_or_else(|| name.replace('-', "_"), |(_, library)| (*library).to_owned())
    };
    names.filter(|name| !sources.iter().any(|source| source.names_crate(&library(name)))).cloned().collect()
}

/// The files below `src` that are part of the program, by their paths there.
fn shipped_sources() -> Vec<(PathBuf, Source)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, "rs", &mut files);
    assert!(files.len() > 20, "found only {} files: is the layout still `src/`?", files.len());
    let mut sources: Vec<(PathBuf, Source)> = files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.strip_prefix(&root).unwrap().to_owned(), Source::parse(&text))
        })
        .collect();
    let tests: BTreeSet<PathBuf> = sources.iter().flat_map(|(path, source)| source.test_modules(path)).collect();
    sources.retain(|(path, _)| {
        !tests.iter().any(|module| path == module.with_extension("rs").as_path() || path.starts_with(module))
    });
    sources
}

fn collect(dir: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, extension, into);
        } else if extension.is_empty() || path.extension().is_some_and(|it| it == extension) {
            into.push(path);
        }
    }
    into.sort();
}

/// All rules for one file; `path` is relative to `src`.
fn check(path: &Path, source: &Source) -> Vec<String> {
    let module = module_of(path);
    let room = room_of(path);
    let mut problems = Vec::new();
    if !LEAVES.contains(&room.as_str()) && !ARROWS.iter().any(|(name, _)| *name == room) {
        problems.push(format!("room `{room}` is in no table of this test"));
    }
    for used in source.rooms_used(module.len()) {
        if used != room && !may_use(&room, &used) {
            problems.push(format!("`{room}` must not use `{used}`"));
        }
    }
    for (name, rooms) in CRATES {
        if !rooms.contains(&room.as_str()) && source.names_crate(name) {
            problems.push(format!("`{name}` belongs to {}", rooms.join(", ")));
        }
    }
    if room != "env" {
        let elsewhere = |what: &String| ENV_ELSEWHERE.contains(&(room.as_str(), what.as_str()));
        let impure = source.impure_env().filter(|what| !elsewhere(what));
        problems.extend(impure.map(|what| format!("`std::env::{what}` belongs to env")));
    }
    if room != "process" && source.starts_processes(&room) {
        problems.push("child processes belong to process".to_owned());
    }
    if room != "partition" {
        for text in &source.strings {
            problems.extend(partition_literals(text).map(|literal| format!("literal `{literal}` outside partition")));
        }
    }
    if source.lines > MAX_LINES {
        problems.push(format!("{} lines without tests, more than {MAX_LINES}", source.lines));
    }
    problems.into_iter().map(|problem| format!("src/{}: {problem}", path.display())).collect()
}

/// The types whose name is defined in more than [`MAX_ROOMS_OF_A_NAME`] rooms.
fn overused_names(sources: &[(&Path, &Source)]) -> Vec<String> {
    let mut rooms: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, source) in sources {
        for name in source.types() {
            rooms.entry(name).or_default().insert(room_of(path));
        }
    }
    rooms.retain(|_, rooms| rooms.len() > MAX_ROOMS_OF_A_NAME);
    rooms
        .into_iter()
        .map(|(name, rooms)| {
            format!("type `{name}` is defined in {}", rooms.into_iter().collect::<Vec<_>>().join(", "))
        })
        .collect()
}

fn may_use(room: &str, used: &str) -> bool {
    // A name that is no room is an item of lib.rs or a macro; the compiler looks after those.
    let is_room = ARROWS.iter().any(|(name, _)| *name == used);
    !is_room || ARROWS.iter().any(|(name, targets)| *name == room && targets.contains(&used))
}

/// `cli/invoke.rs` is `[cli, invoke]`, `cli/mod.rs` is `[cli]`, `lib.rs` is the root.
fn module_of(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    let root_file = parts.len() == 1 && matches!(parts[0].as_str(), "lib" | "main");
    if root_file || parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

fn room_of(path: &Path) -> String {
    module_of(path).into_iter().next().unwrap_or_else(|| path.file_stem().unwrap().to_string_lossy().into_owned()) // main, lib
}

fn partition_literals(text: &str) -> impl Iterator<Item = &'static str> {
    PARTITION_LITERALS.iter().copied().filter(move |literal| text.contains(literal))
}

/// A source file, taken apart.
struct Source {
    /// Everything but comments, string contents and test items.
    code: String,
    /// The contents of the string literals outside test items.
    strings: Vec<String>,
    /// The modules in `#[cfg(test)] mod name;`, with the file that a `#[path]` gives them.
    test_files: Vec<(String, Option<String>)>,
    /// Lines outside test items.
    lines: usize,
}

impl Source {
    fn parse(text: &str) -> Self {
        let (mut code, literals) = lex(text);
        let mut test_files = Vec::new();
        while let Some(start) = code.find("#[cfg(test)]") {
            let end = start + item_length(&code[start..]);
            let item = &code[start..end];
            if let Some(name) = item.strip_suffix(';').and_then(|item| item.rsplit_once("mod ")) {
                let path = literals.iter().find(|(at, _)| (start..end).contains(at)).map(|(_, text)| text.clone());
                test_files.push((name.1.trim().to_owned(), path));
            }
            // Blanks of the same length keep the positions of the literals true.
            let blank: String =
                item.chars().map(|c| if c == '\n' { "\n".into() } else { " ".repeat(c.len_utf8()) }).collect();
            code.replace_range(start..end, &blank);
        }
        let strings = literals.into_iter().filter(|(at, _)| code.as_bytes()[*at] == b'"').map(|(_, s)| s).collect();
        let lines =
            code.lines().zip(text.lines()).filter(|(code, text)| !code.trim().is_empty() || is_comment(text)).count();
        Self { code, strings, test_files, lines }
    }

    /// The same with its test items.
    fn whole(text: &str) -> Self {
        Self { code: lex(text).0, strings: Vec::new(), test_files: Vec::new(), lines: 0 }
    }

    /// Paths below `src`, without extension, of modules that only exist in tests.
    fn test_modules(&self, path: &Path) -> Vec<PathBuf> {
        let folder: PathBuf = module_of(path).iter().collect();
        let beside = path.parent().unwrap_or(Path::new(""));
        let place = |(name, file): &(String, Option<String>)| match file {
            Some(file) => beside.join(file).with_extension(""),
            None => folder.join(name),
        };
        self.test_files.iter().map(place).collect()
    }

    /// The first segment after `crate::`, or after as many `super::` as lead to the root from a module at `depth`.
    fn rooms_used(&self, depth: usize) -> BTreeSet<String> {
        let to_root = "super::".repeat(depth.max(1));
        let mut rooms = BTreeSet::new();
        for prefix in ["crate::", to_root.as_str()] {
            for (at, _) in self.code.match_indices(prefix) {
                let before = &self.code[..at];
                if !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '$')) {
                    rooms.extend(first_segments(&self.code[at + prefix.len()..]));
                }
            }
        }
        rooms
    }

    fn names_crate(&self, pattern: &str) -> bool {
        let (stem, any_ending) = pattern.strip_suffix('*').map_or((pattern, false), |stem| (stem, true));
        self.code.match_indices(stem).any(|(at, _)| {
            let before = &self.code[..at];
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '>');
            // `::name` is the crate, whatever modules are called.
            let before = before.strip_suffix("::").filter(|before| !before.ends_with(is_name)).unwrap_or(before);
            let after = &self.code[at + stem.len()..];
            let whole = any_ending || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let path = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').starts_with("::");
            let import = before.trim_end().ends_with("use") || before.ends_with("#[") || before.ends_with('(');
            let is_segment = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.'));
            whole && !is_segment && (path || import)
        })
    }

    /// What the file takes from `std::env` beyond [`PURE_ENV`].
    fn impure_env(&self) -> impl Iterator<Item = String> {
        let mut found = BTreeSet::new();
        for (at, _) in self.code.match_indices("std::env") {
            let rest = &self.code[at + "std::env".len()..];
            match rest.strip_prefix("::") {
                Some(rest) => found.extend(first_segments(rest)),
                None => found.extend([String::from("self")]),
            }
        }
        found.into_iter().filter(|name| !PURE_ENV.contains(&name.as_str()))
    }

    /// The names of the structs, enums, traits and type aliases. Those that are indented and not public belong to a trait or to a
    /// function.
    fn types(&self) -> impl Iterator<Item = &str> {
        self.code.lines().filter_map(|line| {
            let item = match line.trim_start().strip_prefix("pub") {
                Some(rest) => {
                    rest.strip_prefix('(').map_or(Some(rest), |rest| Some(rest.split_once(')')?.1))?.trim_start()
                }
                None => line,
            };
            let (keyword, rest) = item.split_once(' ')?;
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            matches!(keyword, "struct" | "enum" | "trait" | "type").then_some(&rest[..length])
        })
    }

    /// The names of the functions after `#[test]`, `#[tokio::test(…)]` and the like.
    fn tests(&self) -> impl Iterator<Item = &str> {
        self.code.match_indices("#[").filter_map(|(at, start)| {
            let (attribute, rest) = self.code[at + start.len()..].split_once([']', '('])?;
            let (_, function) = rest.split_once("fn ")?;
            let length = function.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(function.len());
            (attribute.rsplit("::").next() == Some("test")).then_some(&function[..length])
        })
    }

    fn starts_processes(&self, room: &str) -> bool {
        // clap has a `Command` too.
        self.code.contains("process::Command") || (room != "cli" && self.code.contains("Command::new("))
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// `a` for `a::b`, and each first segment for `{a::b, c}`.
fn first_segments(path: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(list) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut names = Vec::new();
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(name(&list[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The length of the item that starts here: up to its closing brace, or its semicolon.
fn item_length(code: &str) -> usize {
    let mut depth = 0;
    let mut brackets = 0;
    for (at, c) in code.char_indices() {
        match c {
            '[' | '(' => brackets += 1,
            ']' | ')' => brackets -= 1,
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 && brackets == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// The text with comments blanked and string contents removed to blanks, and the strings with the position of their
/// opening quote. Positions are byte offsets that hold in both texts.
fn lex(text: &str) -> (String, Vec<(usize, String)>) {
    let bytes = text.as_bytes();
    let mut code = text.as_bytes().to_vec();
    let mut strings = Vec::new();
    let blank = |code: &mut Vec<u8>, from: usize, to: usize| {
        code[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"//") {
            let end = at + rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
            blank(&mut code, at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = at + comment_length(rest);
            blank(&mut code, at, end);
            at = end;
        } else if let Some((open, hashes)) = raw_string(bytes, at) {
            let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
            let start = open + 1;
            let end = find(bytes, start, &close);
            strings.push((open, String::from_utf8_lossy(&bytes[start..end]).into_owned()));
            blank(&mut code, start, end);
            at = (end + close.len()).min(bytes.len());
        } else if bytes[at] == b'"' {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            let end = end.min(bytes.len());
            strings.push((at, String::from_utf8_lossy(&bytes[at + 1..end]).into_owned()));
            blank(&mut code, at + 1, end);
            at = end + 1;
        } else if let Some(length) = char_literal(text, at) {
            blank(&mut code, at, at + length);
            at += length;
        } else {
            at += 1;
        }
    }
    (String::from_utf8_lossy(&code).into_owned(), strings)
}

fn comment_length(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match rest.get(at..at + 2) {
            Some(b"/*") => depth += 1,
            Some(b"*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            break;
        }
    }
    at.min(rest.len())
}

/// The position of the quote and the number of hashes, when a raw string starts at `at`.
fn raw_string(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    if bytes[at] != b'r'
        || at > 0 && (bytes[at - 1].is_ascii_alphanumeric() && bytes[at - 1] != b'b' || bytes[at - 1] == b'_')
    {
        return None;
    }
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    let open = at + 1 + hashes;
    (bytes.get(open) == Some(&b'"')).then_some((open, hashes))
}

/// The length of the character literal at `at`; `None` for a lifetime.
fn char_literal(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix('\'')?;
    let first = rest.chars().next()?;
    if first == '\\' {
        return Some(rest[2..].find('\'')? + 4);
    }
    rest[first.len_utf8()..].starts_with('\'').then_some(first.len_utf8() + 2)
}

fn find(bytes: &[u8], from: usize, needle: &[u8]) -> usize {
    bytes[from..].windows(needle.len()).position(|window| window == needle).map_or(bytes.len(), |at| from + at)
}

mod the_rules_can_fail {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        check(Path::new(path), &Source::parse(text))
    }

    fn assert_caught(path: &str, text: &str, part: &str) {
        let found = problems(path, text);
        assert!(found.iter().any(|problem| problem.contains(part)), "{path}: {text}\nfound {found:?}");
    }

    fn assert_clean(path: &str, text: &str) {
        let found = problems(path, text);
        assert!(found.is_empty(), "{path}: {text}\nfound {found:?}");
    }

    #[test]
    fn arrows() {
        assert_caught("cloud/error.rs", "use crate::ops::deploy;", "`cloud` must not use `ops`");
        assert_caught("cli/invoke.rs", "fn f() { crate::image::push(); }", "`cli` must not use `image`");
        assert_caught(
            "ops/mod.rs",
            "use crate::{config::Config, ui::{Ui, Style}, error::Error};",
            "`ops` must not use `ui`",
        );
        assert_caught("ops/status.rs", "use super::super::cli::Cli;", "`ops` must not use `cli`");
        assert_caught("wait.rs", "use super::auth::Token;", "`wait` must not use `auth`");
        assert_caught("sandbox/ecr.rs", "pub(crate) use crate::cloud::registry;", "`sandbox` must not use `cloud`");
        assert_caught("cellar/mod.rs", "", "in no table");
        assert_clean("ops/status.rs", "use crate::{cloud::runtime, error::Result};\nuse super::deploy::plan;");
        assert_clean("cli/invoke.rs", "// crate::image is not for here\nuse crate::ops::invoke;");
        assert_clean("cli/invoke.rs", "#[cfg(test)]\nmod tests { use crate::image::fake; }");
    }

    #[test]
    fn foreign_crates() {
        assert_caught("ops/invoke.rs", "use clap::Parser;", "`clap`");
        assert_caught("ops/invoke.rs", "fn f(e: aws_sdk_ecr::Error) {}", "`aws_sdk_*`");
        assert_caught("cli/mod.rs", "use indicatif::ProgressBar;", "`indicatif`");
        assert_caught("project/mod.rs", "let x = serde_yaml::from_str(text);", "`serde_yaml`");
        assert_caught("auth/mod.rs", "use axum;", "`axum`");
        assert_clean("auth/mod.rs", "use aws_lc_rs::digest;");
        assert_clean("ops/invoke.rs", "let clap = 1; self.clap::<u8>(\"use clap::Parser;\");");
        assert_clean("cli/invoke.rs", "#[derive(clap::Args)] struct A;");
    }

    #[test]
    fn unused_dependencies() {
        let table = "used = \"1\"\nin-tests = \"1\"\nmd-5 = \"1\"\nspoken = \"1\"".parse::<toml::Table>().unwrap();
        let text = "use ::used::Thing; use md5::Md5; use crate::spoken::Word; // spoken::of\n#[cfg(test)] mod tests { use in_tests::Thing; }";
        let unused = |source: Source| unused_crates(&toml::Value::Table(table.clone()), &[source]);
        assert_eq!(unused(Source::parse(text)), ["in-tests", "spoken"]);
        assert_eq!(unused(Source::whole(text)), ["spoken"]);
    }

    #[test]
    fn environment_and_processes() {
        assert_caught("ops/invoke.rs", "let x = std::env::var(\"HOME\");", "`std::env::var`");
        assert_caught("ops/invoke.rs", "use std::env;", "`std::env::self`");
        assert_clean("image/mod.rs", "let a = std::env::consts::ARCH; use std::env::split_paths;");
        assert_caught("image/engine.rs", "use tokio::process::Command;", "child processes");
        assert_caught("image/engine.rs", "Command::new(\"docker\")", "child processes");
        assert_clean("cli/mod.rs", "clap::Command::new(\"agentcore\")");
        assert_clean("env.rs", "std::env::vars_os()");
        assert_clean("app.rs", "std::env::args_os()");
        assert_caught("app.rs", "std::env::current_exe()", "`std::env::current_exe`");
    }

    #[test]
    fn partitions() {
        assert_caught("cloud/roles.rs", "let x = format!(\"arn:aws:iam::{a}:role/{r}\");", "literal `arn:aws:`");
        assert_caught("cloud/roles.rs", "let x = r#\"https://sts.amazonaws.com\"#;", "literal `amazonaws.com`");
        assert_clean("cloud/roles.rs", "/// arn:aws:iam\n/* amazonaws.com /* nested */ */\nconst A: &str = \"arn:\";");
        assert_clean("cloud/roles.rs", "#[cfg(test)]\nmod tests { const A: [&str; 1] = [\"arn:aws:\"]; }");
        assert_clean("partition.rs", "const A: &str = \"amazonaws.com\";");
    }

    #[test]
    fn type_names() {
        let named = |files: &[(&str, &str)]| {
            let sources: Vec<(PathBuf, Source)> =
                files.iter().map(|(path, text)| (PathBuf::from(path), Source::parse(text))).collect();
            overused_names(&sources.iter().map(|(path, source)| (path.as_path(), source)).collect::<Vec<_>>())
        };
        let two = [("auth/a.rs", "pub(crate) struct Target<'a>(&'a str);"), ("cli/a.rs", "pub(super) enum Target {}")];
        assert_eq!(named(&two), Vec::<String>::new());
        assert_eq!(
            named(&[two[0], two[1], ("wait.rs", "pub type Target = u8;")]),
            ["type `Target` is defined in auth, cli, wait"]
        );
        assert_eq!(named(&[two[0], two[1], ("ops/a.rs", "struct Target;")]).len(), 1);
        for other in [
            ("cli/b.rs", "pub(crate) trait Target {}"),
            ("ops/a.rs", "impl A for B {\n    type Target = u8;\n}"),
            ("ops/a.rs", "pub(crate) struct Targets;"),
            ("ops/a.rs", "// pub struct Target;"),
            ("ops/a.rs", "#[cfg(test)]\npub(crate) struct Target;"),
        ] {
            assert_eq!(named(&[two[0], two[1], other]), Vec::<String>::new(), "{other:?}");
        }
    }

    #[test]
    fn wordy_test_names() {
        let wordy = |text: &str| wordy_tests(&Source::whole(text)).collect::<Vec<_>>();
        for attribute in ["#[test]", "#[tokio::test]", "#[tokio::test(flavor = \"x\")]\n#[cfg(unix)]"] {
            assert_eq!(wordy(&format!("{attribute}\nfn a_b_c_d_e_f_g_h() {{}}")), Vec::<String>::new());
            let long = wordy(&format!("proptest! {{ {attribute}\nasync fn a_b_c_d_e_f_g_h_i(x in 0..9) {{}} }}"));
            assert_eq!(long, ["`a_b_c_d_e_f_g_h_i` has 9 words"]);
        }
        let helper = "#[cfg(test)] fn a_b_c_d_e_f_g_h_i() {}\n// #[test] fn a_b_c_d_e_f_g_h_i() {}";
        assert_eq!(wordy(helper), Vec::<String>::new());
    }

    #[test]
    fn quotes_in_characters_and_raw_strings_are_understood() {
        let text =
            "fn f<'a>(x: &'a str) { let q = '\"'; let e = '\\''; let r = br#\"a \" b\"#; } // \"\nuse crate::ui::Ui;";
        assert_caught("ops/x.rs", text, "`ops` must not use `ui`");
        let text = "const A: &str = \"a \\\" use crate::ui::Ui; \\\\\";";
        assert_clean("ops/x.rs", text);
    }

    #[test]
    fn files_of_tests_are_known() {
        let source = Source::parse("#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;");
        assert_eq!(source.test_modules(Path::new("ops/a.rs")), [PathBuf::from("ops/a_tests")]);
        let source = Source::parse("#[cfg(test)]\nmod tests;\n#[cfg(test)]\npub(crate) mod fake;\nmod real;");
        assert_eq!(
            source.test_modules(Path::new("ops/mod.rs")),
            [PathBuf::from("ops/tests"), PathBuf::from("ops/fake")]
        );
        assert_eq!(
            source.test_modules(Path::new("wait.rs")),
            [PathBuf::from("wait/tests"), PathBuf::from("wait/fake")]
        );
    }

    #[test]
    fn long_files() {
        let long = "fn f() {}\n".repeat(MAX_LINES + 1);
        assert_caught("ops/x.rs", &long, "lines without tests");
        assert_clean("ops/x.rs", &format!("#[cfg(test)]\nmod tests {{\n{long}}}\n"));
    }
}
