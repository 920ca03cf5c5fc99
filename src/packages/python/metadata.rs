//! The metadata of installed packages: `*.dist-info`.
//!
//! Owns: reading METADATA, WHEEL, RECORD and entry points. Does not own: which files go into a layer (`tree`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};

use super::line::normalize;

/// One installed package.
#[derive(Clone, Debug, Default)]
pub(super) struct Distribution {
    /// Normalised.
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    /// `Requires-Dist`, as written.
    pub(super) requires: Vec<String>,
    /// Paths below the directory that it was installed into.
    pub(super) files: Vec<String>,
    /// Name of the wheel, put together from its tags.
    pub(super) wheel: Option<String>,
    /// Launchers by name, with what they call: `module:function`.
    pub(super) scripts: BTreeMap<String, String>,
}

/// How far down the modules of packages without an `__init__.py` are told apart: `google.cloud.storage`.
const SHARED: usize = 3;

impl Distribution {
    /// What its modules are imported by. A folder without an `__init__.py` may be shared with other packages, so what is in
    /// it is named.
    pub(super) fn modules(&self) -> Vec<String> {
        let packages: BTreeSet<&str> = self.files.iter().filter_map(|file| file.strip_suffix("/__init__.py")).collect();
        let mut found: BTreeSet<String> = BTreeSet::new();
        for module in self.files.iter().filter_map(|file| module_path(file)) {
            let ends = module.match_indices('/').map(|(at, _)| at);
            let package = ends.map(|end| &module[..end]).find(|folder| packages.contains(folder)).unwrap_or(module);
            let parts: Vec<&str> = package.split('/').take(SHARED).collect();
            if parts.iter().all(|part| is_identifier(part)) {
                found.insert(parts.join("."));
            }
        }
        if found.is_empty() {
            found.insert(self.name.replace('-', "_"));
        }
        found.into_iter().collect()
    }
}

/// `pkg/mod` for `pkg/mod.py` and `pkg/mod.cpython-312-aarch64-linux-gnu.so`.
fn module_path(file: &str) -> Option<&str> {
    if let Some(module) = file.strip_suffix(".py") {
        return Some(module);
    }
    let compiled = file.ends_with(".so") || file.ends_with(".pyd");
    let name = file.rfind('/').map_or(0, |at| at + 1);
    let end = file.get(name..)?.find('.')? + name;
    file.get(..end).filter(|_| compiled)
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with(char::is_numeric)
        && part.chars().all(|char| char.is_alphanumeric() || char == '_')
}

/// Every package in a directory, by name.
///
/// # Errors
/// Files that cannot be read.
pub(super) fn read(root: &Path) -> Result<Vec<Distribution>> {
    let mut found = Vec::new();
    for (dir, name, version) in directories(root)? {
        let mut distribution = Distribution { name, version, ..Distribution::default() };
        describe(&mut distribution, &text(&dir.join("METADATA"))?);
        distribution.files = recorded(&text(&dir.join("RECORD"))?).map(|(path, _)| path).collect();
        distribution.wheel = wheel_name(&dir, &text(&dir.join("WHEEL"))?);
        distribution.scripts = scripts(&text(&dir.join("entry_points.txt"))?);
        found.push(distribution);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn directories(root: &Path) -> Result<Vec<(PathBuf, String, String)>> {
    let what = || format!("could not read `{}`", root.display());
    let mut found = Vec::new();
    for item in fs::read_dir(root).with_context(what)? {
        let item = item.with_context(what)?;
        let name = item.file_name().to_string_lossy().into_owned();
        if let Some((name, version)) = name.strip_suffix(".dist-info").and_then(|name| name.split_once('-')) {
            found.push((item.path(), normalize(name), version.to_owned()));
        }
    }
    Ok(found)
}

/// Empty where there is no such file: not every package has every one. Some have metadata that is not UTF-8.
fn text(file: &Path) -> Result<String> {
    match fs::read(file) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::failed(format!("could not read `{}`", file.display())).source(&error)),
    }
}

fn describe(distribution: &mut Distribution, metadata: &str) {
    let mut words = None;
    let mut classified = Vec::new();
    for line in metadata.lines().take_while(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(": ") else { continue };
        let value = value.trim();
        match name {
            "Version" => distribution.version = value.to_owned(),
            "Requires-Dist" => distribution.requires.push(value.to_owned()),
            "License-Expression" => distribution.license = Some(value.to_owned()),
            // Some put the whole text of the license here, of which this is the first line.
            "License" if !value.is_empty() && value != "UNKNOWN" && value.len() <= 100 => {
                words = Some(value.to_owned())
            }
            "Classifier" => {
                classified.extend(value.strip_prefix("License :: ").and_then(|rest| rest.rsplit(" :: ").next()))
            }
            _ => {}
        }
    }
    let classified = (!classified.is_empty()).then(|| classified.join(", "));
    distribution.license = distribution.license.take().or(words).or(classified);
}

/// Paths and the rest of their lines, with paths as they are in the image.
pub(super) fn recorded(record: &str) -> impl Iterator<Item = (String, &str)> {
    record.lines().filter_map(|line| {
        let at = line.rmatch_indices(',').nth(1)?.0;
        let path = line[..at].trim_matches('"').replace("\"\"", "\"");
        // pip records what it installed before it moved the files to the target directory.
        let path = path.strip_prefix("../../").map(str::to_owned).unwrap_or(path);
        Some((path, &line[at..]))
    })
}

/// `name-version[-build]-python-abi-platform.whl`; the tags of a wheel for several are listed one by one.
fn wheel_name(dir: &Path, wheel: &str) -> Option<String> {
    let value = |name: &'static str| wheel.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(": "));
    let mut parts: [Vec<&str>; 3] = Default::default();
    for tag in value("Tag") {
        for (list, part) in parts.iter_mut().zip(tag.trim().split('-')) {
            if !list.contains(&part) {
                list.push(part);
            }
        }
    }
    let [python, abi, platform] = parts.map(|list| list.join("."));
    let stem = dir.file_name()?.to_str()?.strip_suffix(".dist-info")?;
    let build = value("Build").next().map(|build| format!("-{}", build.trim())).unwrap_or_default();
    (!platform.is_empty()).then(|| format!("{stem}{build}-{python}-{abi}-{platform}.whl"))
}

fn scripts(entry_points: &str) -> BTreeMap<String, String> {
    let mut scripts = BTreeMap::new();
    let mut inside = false;
    for line in entry_points.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            inside = matches!(section.trim_end_matches(']'), "console_scripts" | "gui_scripts");
        } else if let Some((name, call)) = line.split_once('=').filter(|_| inside && !line.starts_with('#')) {
            let call = call.split('[').next().unwrap_or_default();
            scripts.insert(name.trim().to_owned(), call.trim().to_owned());
        }
    }
    scripts
}

/// What pip wrote about what it installed: package, file name, SHA-256. Nothing where it wrote nothing.
pub(super) fn reported(report: &Path) -> Vec<(String, String, String)> {
    let Ok(bytes) = fs::read(report) else { return Vec::new() };
    // It has addresses with credentials.
    let _ = fs::remove_file(report);
    let Ok(document) = serde_json::from_slice::<serde_json::Value>(&bytes) else { return Vec::new() };
    let items = document["install"].as_array().map_or(&[][..], Vec::as_slice);
    let read = |item: &serde_json::Value| {
        let from = &item["download_info"];
        let url = from["url"].as_str()?.split(['?', '#']).next()?;
        let file = percent_encoding::percent_decode_str(url.rsplit('/').next()?).decode_utf8_lossy().into_owned();
        let hash = from["archive_info"]["hashes"]["sha256"].as_str()?;
        Some((normalize(item["metadata"]["name"].as_str()?), file, hash.to_owned()))
    };
    items.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_described_by_its_metadata() {
        let dir = tempfile::tempdir().unwrap();
        let info = dir.path().join("Foo_Bar-1.2.dist-info");
        fs::create_dir(&info).unwrap();
        let put = |name: &str, text: &str| fs::write(info.join(name), text).unwrap();
        put(
            "METADATA",
            "Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.2\nLicense: UNKNOWN\n\
             Classifier: License :: OSI Approved :: MIT License\nRequires-Dist: six>=1; extra == 'x'\n\nLicense: text\n",
        );
        put(
            "RECORD",
            "foo/__init__.py,sha256=a,1\n../../bin/foo,sha256=b,2\n\"a,b.py\",,\nFoo_Bar-1.2.dist-info/RECORD,,\n",
        );
        put(
            "WHEEL",
            "Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_17_aarch64\nTag: cp312-cp312-manylinux2014_aarch64\n",
        );
        put("entry_points.txt", "[console_scripts]\nfoo = foo.cli:main [x]\n[other]\nbar = x:y\n");
        let found = read(dir.path()).unwrap();
        let [package] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((package.name.as_str(), package.version.as_str()), ("foo-bar", "1.2"));
        assert_eq!(package.license.as_deref(), Some("MIT License"));
        assert_eq!(package.requires, ["six>=1; extra == 'x'"]);
        assert_eq!(package.files, ["foo/__init__.py", "bin/foo", "a,b.py", "Foo_Bar-1.2.dist-info/RECORD"]);
        let wheel = "Foo_Bar-1.2-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl";
        assert_eq!(package.wheel.as_deref(), Some(wheel));
        assert_eq!(package.scripts, BTreeMap::from([("foo".to_owned(), "foo.cli:main".to_owned())]));
    }

    #[test]
    fn modules_are_named_until_nobody_shares_them() {
        let modules = |files: &[&str]| {
            let files = files.iter().map(|file| (*file).to_owned()).collect();
            Distribution { name: "foo-bar".into(), files, ..Distribution::default() }.modules()
        };
        let yaml =
            ["yaml/__init__.py", "yaml/loader.py", "_yaml/__init__.py", "../../bin/x", "PyYAML-6.dist-info/RECORD"];
        assert_eq!(modules(&yaml), ["_yaml", "yaml"]);
        assert_eq!(
            modules(&["six.py", "fast.cpython-312-aarch64-linux-gnu.so", "plain.abi3.so"]),
            ["fast", "plain", "six"]
        );
        let shared = ["google/genai/__init__.py", "google/genai/types.py", "google/cloud/storage/a/b.py"];
        assert_eq!(modules(&shared), ["google.cloud.storage", "google.genai"]);
        assert_eq!(modules(&["foo-1.data/x.py", "data/table.csv"]), ["foo_bar"]);
    }

    #[test]
    fn report_is_read_and_then_removed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("r");
        let text = r#"{"install": [{"download_info": {"url": "https://u:canary@h/Six-1%2Bx-py3-none-any.whl#a",
            "archive_info": {"hashes": {"sha256": "ab"}}}, "metadata": {"name": "Six"}}, {"download_info": {}}]}"#;
        fs::write(&file, text).unwrap();
        assert_eq!(reported(&file), [("six".to_owned(), "Six-1+x-py3-none-any.whl".to_owned(), "ab".to_owned())]);
        assert!(!file.exists() && reported(&file).is_empty());
    }
}
