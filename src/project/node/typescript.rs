//! What TypeScript's settings say about where the compiler's output goes.
//!
//! Does not own: running the compiler.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::PackageJson;
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::project::ProjectRoots;

/// Whether the compiler reads it.
pub(super) fn is_typescript(file: &Path) -> bool {
    file.extension().is_some_and(|extension| ["ts", "mts", "cts", "tsx"].iter().any(|own| extension == *own))
}

/// Whether the compiler of this tsconfig.json, with those that it extends, writes no JavaScript.
pub(super) fn only_checks(tsconfig: &Path) -> bool {
    // What is wrong with it is the compiler's to say.
    let options = TsOptions::read(tsconfig, 0).unwrap_or_default();
    let is = |name: &str| options.switches.get(name) == Some(&true);
    is("noEmit")
        || is("emitDeclarationOnly")
        || (is("allowImportingTsExtensions") && !is("rewriteRelativeImportExtensions"))
}

/// A tsconfig.json as it is.
pub(super) fn value(tsconfig: &Path) -> Option<Value> {
    serde_json::from_str(&plain_json(&fsx::read_text(tsconfig).ok()??)).ok()
}

/// The folder that a package's build fills: the compiler's `outDir`, else the one that `main` is in. For the agent's
/// own package the entrypoint and what is run in its place are known. `None` when it may have source in it, too.
pub(super) fn output(package: &PackageJson, agent: Option<(&Path, &Path)>) -> Option<PathBuf> {
    let dir = package.dir();
    // What is wrong with it is the compiler's to say, and better.
    let options = TsOptions::read(&dir.join("tsconfig.json"), 0).unwrap_or_default();
    let top = |file: &Path| {
        let below = file.strip_prefix(dir).ok()?;
        let first = below.components().next()?;
        (below.components().count() > 1).then(|| dir.join(first))
    };
    let main = package.value.get("main").and_then(Value::as_str).map(|main| fsx::normalize(&dir.join(main)));
    let run = agent.map(|(_, run)| run.to_owned()).or(main);
    // What is run decides: bundlers have settings of their own, and leave tsconfig.json to the type checker.
    let out = options.out_dir.clone().filter(|out| run.as_ref().is_none_or(|run| run.starts_with(out)));
    let out = out.or_else(|| run.as_deref().and_then(top));
    let has_source = |out: &PathBuf| {
        let conventional =
            ["src", "lib", "source"].iter().any(|name| dir.join(name) == *out) && options.out_dir.is_none();
        let source = options.root_dir.as_ref().is_some_and(|source| source.starts_with(out));
        conventional || source || agent.is_some_and(|(entrypoint, _)| entrypoint.starts_with(out))
    };
    out.filter(|out| out != dir && out.starts_with(dir) && !has_source(out))
}

/// The JavaScript file that the build makes of a TypeScript entrypoint, seen from `root`: what `scripts.start` or
/// `main` names if it has the entrypoint's name, else where tsconfig.json puts it.
pub(super) fn run_path(
    entrypoint: &Path,
    root: &Path,
    package: Option<&PackageJson>,
    project: &ProjectRoots,
) -> Result<String> {
    let home = package.map_or(root, PackageJson::dir);
    if let Some(package) = package {
        let started = package.script("start").and_then(|script| {
            let mut words = script.split_whitespace().skip_while(|word| *word != "node").skip(1);
            words.find(|word| !word.starts_with('-'))
        });
        let main = package.value.get("main").and_then(Value::as_str);
        for named in [started, main].into_iter().flatten() {
            let path = fsx::normalize(&home.join(named));
            let runnable = named.ends_with(".js") || named.ends_with(".mjs") || named.ends_with(".cjs");
            if runnable && path.file_stem() == entrypoint.file_stem() && path.starts_with(root) {
                return Ok(fsx::relative(&path, root).unwrap_or_default());
            }
        }
    }
    let options = TsOptions::read(&home.join("tsconfig.json"), 0)?;
    let source = options.root_dir.clone().unwrap_or_else(|| options.inferred_root(entrypoint, home));
    let out = options.out_dir.as_deref().unwrap_or(&source);
    let below = entrypoint.strip_prefix(&source).map_err(|_| {
        Error::usage(format!("`{}` is outside `rootDir` of tsconfig.json", project.show(entrypoint)))
            .code(Code::SourceTsconfig)
    })?;
    let extension = match entrypoint.extension().and_then(|extension| extension.to_str()) {
        Some("mts") => "mjs",
        Some("cts") => "cjs",
        _ => "js",
    };
    let built = fsx::normalize(&out.join(below).with_extension(extension));
    if !built.starts_with(root) {
        return Err(Error::usage(format!("`outDir` of tsconfig.json, `{}`, is outside the source", out.display()))
            .code(Code::SourceTsconfig)
            .hint("use a folder beside tsconfig.json, for example `\"outDir\": \"dist\"`"));
    }
    Ok(fsx::relative(&built, root).unwrap_or_default())
}

/// The options of a tsconfig.json that decide where output goes, as absolute paths.
#[derive(Debug, Default)]
struct TsOptions {
    out_dir: Option<PathBuf>,
    root_dir: Option<PathBuf>,
    /// `include` and `files`, as written.
    inputs: Option<Vec<String>>,
    /// The options that are true or false.
    switches: BTreeMap<String, bool>,
}

impl TsOptions {
    /// Reads `file` and the files that it extends by a relative path; packages cannot be looked into here.
    fn read(file: &Path, depth: u8) -> Result<Self> {
        let Some(text) = fsx::read_text(file)? else { return Ok(Self::default()) };
        let value: Value = serde_json::from_str(&plain_json(&text)).map_err(|error| {
            Error::usage(format!("{}:{}: not valid JSON", file.display(), error.line()))
                .code(Code::SourceTsconfig)
                .source(&error)
        })?;
        let dir = file.parent().unwrap_or(file);
        let mut options = Self::default();
        let bases = match value.get("extends") {
            Some(Value::String(base)) => vec![base.as_str()],
            Some(Value::Array(bases)) => bases.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for base in bases.into_iter().filter(|base| base.starts_with('.') && depth < 8) {
            let path = fsx::normalize(&dir.join(base));
            let path = if path.is_file() { path } else { dir.join(format!("{base}.json")) };
            let base = Self::read(&path, depth + 1)?;
            options.out_dir = base.out_dir.or(options.out_dir);
            options.root_dir = base.root_dir.or(options.root_dir);
            options.inputs = base.inputs.or(options.inputs);
            options.switches.extend(base.switches);
        }
        let own = value.get("compilerOptions").and_then(Value::as_object).into_iter().flatten();
        options.switches.extend(own.filter_map(|(name, value)| Some((name.clone(), value.as_bool()?))));
        let path = |name: &str| {
            let text = value.get("compilerOptions")?.get(name)?.as_str()?;
            // The one variable that tsconfig.json knows.
            Some(fsx::normalize(&dir.join(text.strip_prefix("${configDir}/").unwrap_or(text))))
        };
        options.out_dir = path("outDir").or(options.out_dir);
        options.root_dir = path("rootDir").or(options.root_dir);
        let lists: Vec<&Value> =
            ["include", "files"].iter().filter_map(|name| value.get(name)?.as_array()).flatten().collect();
        if !lists.is_empty() {
            options.inputs = Some(lists.into_iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        Ok(options)
    }

    /// Without `rootDir` the compiler takes the common folder of all inputs. When every input pattern starts in the
    /// entrypoint's top folder, that is it; without patterns, a project with `src` conventionally has all of it there.
    fn inferred_root(&self, entrypoint: &Path, home: &Path) -> PathBuf {
        let Some(top) = entrypoint.strip_prefix(home).ok().and_then(|path| path.components().next()) else {
            return home.to_owned();
        };
        let top_dir = home.join(top);
        let in_top = |pattern: &String| {
            let pattern = pattern.trim_start_matches("./");
            Path::new(pattern).components().next() == Some(top)
        };
        let inside = match &self.inputs {
            Some(patterns) => patterns.iter().all(in_top),
            None => top.as_os_str() == "src",
        };
        if inside && top_dir.is_dir() { top_dir } else { home.to_owned() }
    }
}

/// JSON from what tsconfig.json may be: with `//` and `/* */` comments and commas before a closing bracket.
fn plain_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push(c);
                while let Some(c) = chars.next() {
                    out.push(c);
                    match c {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '/' if chars.peek() == Some(&'/') => while chars.next_if(|c| *c != '\n').is_some() {},
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut before = ' ';
                for c in chars.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    if c == '\n' {
                        out.push(c);
                    }
                    before = c;
                }
            }
            ']' | '}' => {
                let kept = out.trim_end().len();
                if out[..kept].ends_with(',') {
                    out.replace_range(kept - 1..kept, "");
                }
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_removed_outside_strings() {
        let text =
            "{ // a \"comment\"\n \"outDir\": \"./a//b/*c*/\", /* x\n */ \"list\": [1, 2, ], \"q\": \"\\\",]\",\n}";
        let value: Value = serde_json::from_str(&plain_json(text)).unwrap();
        assert_eq!(value, serde_json::json!({"outDir": "./a//b/*c*/", "list": [1, 2], "q": "\",]"}));
    }
}
