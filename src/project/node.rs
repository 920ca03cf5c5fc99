//! TypeScript and JavaScript projects: package.json, npm's lock file, Node's version, and where the build leaves what
//! is run.
//!
//! Does not own: running npm or the compiler; the output's place is read from package.json and tsconfig.json.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::entrypoint::Found;
use super::{Dependencies, Detect, Install, Language, Project, PythonVersion, Source, VersionSource};
use crate::error::{Error, Result};
use crate::fsx;

/// The oldest release line that is maintained at the time of writing and that the service offers (`NODE_22`).
const DEFAULT_MAJOR: u64 = 22;

/// What a Node project needs besides its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// `22`: the major version, as in the tags of base images.
    pub(crate) version: String,
    pub(crate) from: VersionSource,
    /// The shell command that turns the source into what is run, when there is such a step.
    pub(crate) build: Option<String>,
}

pub(super) fn describe(request: &Detect<'_>, project: &Project, found: Found) -> Result<Source> {
    if let Some(named) = request.requirements {
        return Err(Error::usage(format!(
            "`{}` cannot be used with a {} agent",
            named.display(),
            found.language.name()
        ))
        .code("source.requirements")
        .hint("npm's dependencies come from the package.json; leave out `--requirements-file`"));
    }
    let folder = found.file.parent().unwrap_or(&project.dir);
    let package = match project.nearest(folder, &["package.json"]) {
        Some(file) => Some(Package::read(file)?),
        None => None,
    };
    let (dependencies, install) = match &package {
        Some(package) => package.dependencies()?,
        None => (Dependencies::None, Install::default()),
    };
    let root = project.root(&found.file, &install.files)?;
    let build = build_command(&found, package.as_ref(), project)?;
    let module = match found.language {
        Language::TypeScript => run_path(&found.file, &root, package.as_ref(), project)?,
        _ => fsx::relative(&found.file, &root).unwrap_or_default(),
    };
    let (version, from) = version(folder, package.as_ref(), project)?;
    Ok(Source {
        root,
        entrypoint: found.file,
        handler: found.handler,
        language: found.language,
        module,
        import_root: None,
        package_roots: Vec::new(),
        dependencies,
        install,
        python: PythonVersion::default(),
        node: Some(Node { version, from, build }),
        has_otel: false,
    })
}

/// The file that `main` of `folder`'s package.json names, when it exists.
pub(super) fn main_of(folder: &Path) -> Option<PathBuf> {
    let package = Package::read(folder.join("package.json")).ok()?;
    let main = fsx::normalize(&folder.join(package.value.get("main")?.as_str()?));
    let runnable = main.extension().is_some_and(|extension| ["js", "mjs", "cjs"].iter().any(|own| extension == *own));
    (runnable && main.starts_with(folder) && main.is_file()).then_some(main)
}

fn is_typescript(file: &Path) -> bool {
    file.extension().is_some_and(|extension| ["ts", "mts", "cts", "tsx"].iter().any(|own| extension == *own))
}

struct Package {
    file: PathBuf,
    value: Value,
}

impl Package {
    fn read(file: PathBuf) -> Result<Self> {
        let text = fsx::read_text(&file)?.unwrap_or_default();
        let bad = |what: String| Error::usage(what).code("source.package-json");
        let value: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text)).map_err(|error| {
            bad(format!("{}:{}:{}: not valid JSON", file.display(), error.line(), error.column())).source(&error)
        })?;
        if !value.is_object() {
            return Err(bad(format!("`{}` is not a JSON object", file.display())));
        }
        Ok(Self { file, value })
    }

    fn dir(&self) -> &Path {
        self.file.parent().unwrap_or(&self.file)
    }

    fn script(&self, name: &str) -> Option<&str> {
        self.value.get("scripts")?.get(name)?.as_str()
    }

    fn requirement(&self, name: &str) -> Option<&str> {
        ["dependencies", "devDependencies"].iter().find_map(|table| self.value.get(table)?.get(name)?.as_str())
    }

    fn dependencies(&self) -> Result<(Dependencies, Install)> {
        let dir = self.dir();
        let lock = ["npm-shrinkwrap.json", "package-lock.json"]
            .map(|name| dir.join(name))
            .into_iter()
            .find(|file| file.is_file());
        let versions = || {
            ["dependencies", "devDependencies", "optionalDependencies"]
                .iter()
                .filter_map(|table| self.value.get(table)?.as_object())
                .flat_map(|table| table.values().filter_map(Value::as_str))
        };
        let local = versions().any(|version| version.starts_with("file:") || version.starts_with("link:"));
        // Scripts that npm runs by itself while it installs may read anything.
        let scripts =
            ["preinstall", "install", "postinstall", "prepare"].iter().any(|name| self.script(name).is_some());
        let mut files = vec![self.file.clone()];
        files.extend(lock.clone());
        files.extend(self.settings()?);
        let install = Install {
            files,
            needs_source: local || scripts || self.value.get("workspaces").is_some(),
            needs_git: versions().any(|version| version.starts_with("git") && version.contains(':')),
            hashed: false,
        };
        Ok((Dependencies::Npm { package_json: self.file.clone(), lock }, install))
    }

    /// An `.npmrc` that decides how dependencies are resolved. One with a credential in it is left out.
    fn settings(&self) -> Result<Option<PathBuf>> {
        let file = self.dir().join(".npmrc");
        let secret = |text: &str| ["_auth", "_password", "_authToken"].iter().any(|key| text.contains(key));
        Ok(fsx::read_text(&file)?.filter(|text| !secret(text)).map(|_| file))
    }
}

/// # Errors
/// A TypeScript entrypoint that nothing would compile.
fn build_command(found: &Found, package: Option<&Package>, project: &Project) -> Result<Option<String>> {
    let tsconfig = package.map(|package| package.dir().join("tsconfig.json")).filter(|file| file.is_file());
    // A JavaScript entrypoint may be what a compiler makes, but then there is a tsconfig.json.
    let compiled = is_typescript(&found.file);
    if !compiled && tsconfig.is_none() {
        return Ok(None);
    }
    if package.is_some_and(|package| package.script("build").is_some()) {
        return Ok(Some("npm run build".to_owned()));
    }
    if !compiled {
        return Ok(None);
    }
    if tsconfig.is_some() && package.is_some_and(|package| package.requirement("typescript").is_some()) {
        return Ok(Some("npx tsc".to_owned()));
    }
    let error = Error::usage(format!("nothing says how `{}` is compiled", project.show(&found.file)));
    Err(error
        .code("source.typescript-build")
        .hint("add a `build` script to package.json, for example `\"build\": \"tsc\"`")
        .hint("`npm install --save-dev typescript` and a tsconfig.json with `outDir` do as well"))
}

/// The JavaScript file that the build makes of a TypeScript entrypoint, seen from `root`: what `scripts.start` or
/// `main` names if it has the entrypoint's name, else where tsconfig.json puts it.
fn run_path(entrypoint: &Path, root: &Path, package: Option<&Package>, project: &Project) -> Result<String> {
    let home = package.map_or(root, Package::dir);
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
            .code("source.tsconfig")
    })?;
    let extension = match entrypoint.extension().and_then(|extension| extension.to_str()) {
        Some("mts") => "mjs",
        Some("cts") => "cjs",
        _ => "js",
    };
    let built = fsx::normalize(&out.join(below).with_extension(extension));
    if !built.starts_with(root) {
        return Err(Error::usage(format!("`outDir` of tsconfig.json, `{}`, is outside the source", out.display()))
            .code("source.tsconfig")
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
}

impl TsOptions {
    /// Reads `file` and the files that it extends by a relative path; packages cannot be looked into here.
    fn read(file: &Path, depth: u8) -> Result<Self> {
        let Some(text) = fsx::read_text(file)? else { return Ok(Self::default()) };
        let value: Value = serde_json::from_str(&plain_json(&text)).map_err(|error| {
            Error::usage(format!("{}:{}: not valid JSON", file.display(), error.line()))
                .code("source.tsconfig")
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
        }
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

fn version(folder: &Path, package: Option<&Package>, project: &Project) -> Result<(String, VersionSource)> {
    if let Some(file) = project.nearest(folder, &[".nvmrc", ".node-version"]) {
        let text = fsx::read_text(&file)?.unwrap_or_default();
        // `lts/*` and code names say nothing that can be looked up offline.
        let major = text.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u64>().ok());
        if let Some(major) = major {
            return Ok((major.to_string(), VersionSource::VersionFile(file)));
        }
    }
    let engines = |package: &Package| {
        Some((package.value.get("engines")?.get("node")?.as_str()?.to_owned(), package.file.clone()))
    };
    if let Some((range, file)) = package.and_then(engines) {
        let major = best_major(&range).ok_or_else(|| {
            Error::usage(format!("`{}`: no Node release satisfies `engines.node` = `{range}`", file.display()))
                .code("source.package-json")
        })?;
        return Ok((major.to_string(), VersionSource::Manifest(file)));
    }
    Ok((DEFAULT_MAJOR.to_string(), VersionSource::Default))
}

/// The major version that an npm range allows: the default where it can, else the nearest newer, else the nearest
/// older. Odd ones, which are never maintained for long, come last.
fn best_major(range: &str) -> Option<u64> {
    let alternatives: Vec<Interval> = range.split("||").map(Interval::parse).collect::<Option<_>>()?;
    let allowed = |major: &u64| {
        let own = Interval { low: [*major, 0, 0], high: [*major + 1, 0, 0] };
        alternatives.iter().any(|interval| !interval.intersect(own).is_empty())
    };
    let newer = (DEFAULT_MAJOR..100).step_by(2);
    let older = (0..DEFAULT_MAJOR).rev().filter(|major| major % 2 == 0);
    newer.chain(older).chain((0..100).filter(|major| major % 2 == 1)).find(allowed)
}

/// Versions from `low` up to, not including, `high`.
#[derive(Clone, Copy, Debug)]
struct Interval {
    low: [u64; 3],
    high: [u64; 3],
}

impl Interval {
    const ALL: Self = Self { low: [0; 3], high: [u64::MAX; 3] };

    fn is_empty(self) -> bool {
        self.low >= self.high
    }

    fn intersect(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// The comparators of one alternative: `>=20.1 <23`, `^22`, `20.x`, `18 - 22`.
    fn parse(text: &str) -> Option<Self> {
        if let Some((low, high)) = text.split_once(" - ") {
            let (low, high) = (Self::exact(low.trim())?, Self::exact(high.trim())?);
            return Some(Self { low: low.low, high: high.high });
        }
        // `>= 20` with a space is one comparator.
        let mut joined = String::new();
        for word in text.split_whitespace() {
            if !joined.is_empty() && !joined.ends_with(['<', '>', '=', '^', '~']) {
                joined.push(' ');
            }
            joined.push_str(word);
        }
        joined.split(' ').filter(|word| !word.is_empty()).try_fold(Self::ALL, |all, word| {
            let end = word.find(|c: char| !matches!(c, '<' | '>' | '=' | '^' | '~')).unwrap_or(word.len());
            let (operator, version) = word.split_at(end);
            let exact = Self::exact(version)?;
            let next = match operator {
                "" | "=" => exact,
                ">=" => Self { high: Self::ALL.high, ..exact },
                ">" => Self { low: exact.high, high: Self::ALL.high },
                "<" => Self { low: [0; 3], high: exact.low },
                "<=" => Self { low: [0; 3], high: exact.high },
                "^" => Self { low: exact.low, high: exact.high.max([exact.low[0] + 1, 0, 0]) },
                "~" => Self { low: exact.low, high: exact.high.max([exact.low[0], exact.low[1] + 1, 0]) },
                _ => return None,
            };
            Some(all.intersect(next))
        })
    }

    /// All versions that a possibly partial version stands for: `20` is everything from 20.0.0 to before 21.0.0.
    fn exact(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('v').split(['-', '+']).next()?;
        let mut parts = Vec::new();
        for part in text.split('.') {
            if matches!(part, "" | "x" | "X" | "*") {
                break;
            }
            parts.push(part.parse::<u64>().ok().filter(|part| *part < u64::from(u32::MAX))?);
        }
        let part = |index: usize| parts.get(index).copied().unwrap_or(0);
        let low = [part(0), part(1), part(2)];
        let high = match parts.len() {
            0 => Self::ALL.high,
            1 => [low[0] + 1, 0, 0],
            2 => [low[0], low[1] + 1, 0],
            3 => [low[0], low[1], low[2] + 1],
            _ => return None,
        };
        Some(Self { low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_ranges_follow_npm() {
        let cases = [
            (">=20.0.0", Some(22)),
            (">=18", Some(22)),
            (">= 18", Some(22)),
            ("^20", Some(20)),
            ("^20.11.0 || >=24", Some(24)),
            ("20", Some(20)),
            ("20.x", Some(20)),
            ("v18.19.1", Some(18)),
            ("~18.19", Some(18)),
            (">=18 <20", Some(18)),
            (">=18 <=20", Some(20)),
            (">=20 <22", Some(20)),
            ("18 - 20", Some(20)),
            (">22", Some(24)),
            (">=23 <24", Some(23)),
            ("<22", Some(20)),
            ("*", Some(22)),
            ("", Some(22)),
            ("x", Some(22)),
            (">=24 <20", None),
            ("latest", None),
        ];
        for (range, expected) in cases {
            assert_eq!(best_major(range), expected, "{range:?}");
        }
    }

    #[test]
    fn comments_and_trailing_commas_are_removed_outside_strings() {
        let text =
            "{ // a \"comment\"\n \"outDir\": \"./a//b/*c*/\", /* x\n */ \"list\": [1, 2, ], \"q\": \"\\\",]\",\n}";
        let value: Value = serde_json::from_str(&plain_json(text)).unwrap();
        assert_eq!(value, serde_json::json!({"outDir": "./a//b/*c*/", "list": [1, 2], "q": "\",]"}));
    }
}
