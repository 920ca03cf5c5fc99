//! Whether modules of several packages fit together: everything that they import from each other must exist.
//!
//! Owns: following `import` statements through files, as text. Nothing is run: the packages may be for another machine,
//! and code of packages is run on none but the agent's.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;

use crate::error::{Error, Result};

/// Looks up the text of a file by its path; `None` when there is no such file.
pub(super) type ReadFile<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Follows imports.
pub(super) struct Imports<'a> {
    read: ReadFile<'a>,
    /// Every path, to know folders by.
    paths: &'a BTreeSet<&'a str>,
    /// Modules below these names are followed; the rest is assumed to exist.
    roots: &'a [&'a str],
    statement: Regex,
    quoted: Regex,
    texts: BTreeMap<String, Option<String>>,
}

/// One import of a module.
#[derive(Debug, PartialEq, Eq)]
struct ModuleImport {
    module: String,
    /// Empty for `import module`.
    names: Vec<String>,
}

impl<'a> Imports<'a> {
    /// # Errors
    /// None in practice: the patterns are constants.
    pub(super) fn new(read: ReadFile<'a>, paths: &'a BTreeSet<&'a str>, roots: &'a [&'a str]) -> Result<Self> {
        let pattern = |text: &str| Regex::new(text).map_err(|error| Error::failed("a pattern is wrong").source(&error));
        Ok(Self {
            read,
            paths,
            roots,
            // Indented ones are conditional, or meant for later.
            statement: pattern(
                r"(?m)^(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|(?:[^\n\\]|\\\n)+)|import[ \t]+([^\n]+))",
            )?,
            quoted: pattern(r#"(?s)""".*?"""|'''.*?'''"#)?,
            texts: BTreeMap::new(),
        })
    }

    /// The first import that does not resolve, starting with these modules, as a sentence; `None` when all do.
    pub(super) fn broken(&mut self, first: Vec<String>) -> Option<String> {
        let mut open = first;
        let mut seen = BTreeSet::new();
        while let Some(module) = open.pop() {
            if !self.is_followed(&module) || !seen.insert(module.clone()) {
                continue;
            }
            // The packages around a module are imported with it.
            open.extend(module.rsplit_once('.').map(|(parent, _)| parent.to_owned()));
            let Some(text) = self.text(&module) else {
                if self.is_folder(&module) {
                    continue;
                }
                return Some(format!("there is no module `{module}`"));
            };
            let is_package = self.paths.contains(format!("{}/__init__.py", module.replace('.', "/")).as_str());
            for import in self.imports(&text, &module, is_package) {
                if !self.is_followed(&import.module) {
                    continue;
                }
                for name in &import.names {
                    let inner = format!("{}.{name}", import.module);
                    if self.text(&inner).is_some() || self.is_folder(&inner) {
                        open.push(inner);
                    } else if !self.binds(&import.module, name) {
                        return Some(format!("`{module}` imports `{name}` of `{}`, which has none", import.module));
                    }
                }
                open.push(import.module);
            }
        }
        None
    }

    fn is_followed(&self, module: &str) -> bool {
        self.roots
            .iter()
            .any(|root| module == *root || module.strip_prefix(root).is_some_and(|rest| rest.starts_with('.')))
    }

    fn text(&mut self, module: &str) -> Option<String> {
        if let Some(known) = self.texts.get(module) {
            return known.clone();
        }
        let path = module.replace('.', "/");
        let text = (self.read)(&format!("{path}/__init__.py")).or_else(|| (self.read)(&format!("{path}.py")));
        let text = text.map(|text| self.quoted.replace_all(&text, "").into_owned());
        self.texts.insert(module.to_owned(), text.clone());
        text
    }

    fn is_folder(&self, module: &str) -> bool {
        let folder = format!("{}/", module.replace('.', "/"));
        self.paths.range(folder.as_str()..).next().is_some_and(|path| path.starts_with(&folder))
    }

    /// Lenient: a name that occurs in a module may come from anywhere in it.
    fn binds(&mut self, module: &str, name: &str) -> bool {
        let Some(text) = self.text(module) else { return !self.is_folder(module) };
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let occurs = text
            .match_indices(name)
            .any(|(at, _)| !text[..at].ends_with(word) && !text[at + name.len()..].starts_with(word));
        // Generated modules of messages, and others that make their names when they run.
        let dynamic = ["import *", "__getattr__", "globals()"].iter().any(|part| text.contains(part));
        occurs || dynamic || module.ends_with("_pb2")
    }

    fn imports(&self, text: &str, module: &str, is_package: bool) -> Vec<ModuleImport> {
        let mut found = Vec::new();
        for capture in self.statement.captures_iter(text) {
            if let Some(list) = capture.get(3) {
                let code = list.as_str().split('#').next().unwrap_or_default();
                let modules = code.split(',').filter_map(|part| part.split_whitespace().next());
                found.extend(modules.map(|name| ModuleImport { module: name.to_owned(), names: Vec::new() }));
                continue;
            }
            let (Some(from), Some(names)) = (capture.get(1), capture.get(2)) else { continue };
            let Some(module) = absolute(from.as_str(), module, is_package) else { continue };
            let lines = names.as_str().lines().map(|line| line.split('#').next().unwrap_or_default());
            let list = lines.collect::<Vec<_>>().join(" ").replace(['(', ')', '\\'], " ");
            let names = list.split(',').filter_map(|part| part.split_whitespace().next()).filter(|name| *name != "*");
            found.push(ModuleImport { module, names: names.map(str::to_owned).collect() });
        }
        found
    }
}

/// The module that `from ..x` means within another one.
fn absolute(from: &str, within: &str, is_package: bool) -> Option<String> {
    let dots = from.len() - from.trim_start_matches('.').len();
    let rest = &from[dots..];
    if dots == 0 {
        return Some(rest.to_owned());
    }
    let mut parts: Vec<&str> = within.split('.').collect();
    for _ in 0..dots - usize::from(is_package) {
        parts.pop()?;
    }
    parts.extend(Some(rest).filter(|rest| !rest.is_empty()));
    Some(parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(files: &[(&str, &str)], first: &str) -> Option<String> {
        let files: BTreeMap<&str, &str> = files.iter().copied().collect();
        let paths: BTreeSet<&str> = files.keys().copied().collect();
        let read = |path: &str| files.get(path).map(|text| (*text).to_owned());
        Imports::new(&read, &paths, &["otel", "aws"]).unwrap().broken(vec![first.to_owned()])
    }

    #[test]
    fn imports_are_followed_until_one_leads_nowhere() {
        let good = [
            (
                "aws/start.py",
                "import os, otel.api\nfrom otel.api import (  # why\n    Span,\n    _Private as p,\n)\nfrom .near import x\n",
            ),
            ("aws/near.py", "from otel import sdk\nfrom otel.sdk import *\nfrom elsewhere import y\nx = 1\n"),
            (
                "otel/api/__init__.py",
                "'''\nfrom otel.gone import z\n'''\nclass Span: ...\n_Private: int\nfrom . import inner\n",
            ),
            ("otel/api/inner.py", "from ..sdk import \\\n  run\n"),
            (
                "otel/sdk.py",
                "def run():\n    from otel.gone import later\ntry:\n    import otel.gone\nexcept ImportError: pass\n",
            ),
        ];
        assert_eq!(broken(&good, "aws.start"), None);
        let with = |path: &'static str, text: &'static str| {
            let mut files = good.to_vec();
            files.retain(|(own, _)| *own != path);
            files.push((path, text));
            files
        };
        let lost = broken(&with("otel/api/__init__.py", "class Span: ...\n_PrivateOther = 1\n"), "aws.start").unwrap();
        assert_eq!(lost, "`aws.start` imports `_Private` of `otel.api`, which has none");
        let lost = broken(&with("otel/sdk.py", "import otel.gone\nrun = 1\n"), "aws.start").unwrap();
        assert_eq!(lost, "there is no module `otel.gone`");
        for dynamic in ["def __getattr__(name): ...\n", "build(globals())\n"] {
            assert_eq!(broken(&with("otel/sdk.py", dynamic), "aws.start"), None);
        }
        assert_eq!(broken(&good, "aws.missing").unwrap(), "there is no module `aws.missing`");
    }
}
