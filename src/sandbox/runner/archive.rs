//! Code archives: what a zip file says about the agent in it, and unpacking it.
//!
//! Owns: the checks that the service makes after it has answered (a runtime then fails to be created, with a reason),
//! and the promise that nothing is written or linked outside the directory. Does not own: what is run (`process`).
//!
//! Where the service unpacks an archive is not documented; here it is Lambda's place.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use serde_json::{Value, json};
use zip::ZipArchive;

use crate::digest::Hasher;
use crate::error::{Context, Error, Result};
use crate::facts::UNZIPPED_LIMIT;
use crate::fsx;
use crate::sandbox::host_platform;

/// The archive's folder in the agent's file system, without the leading slash.
pub(super) const FOLDER: &str = "var/task";
/// Marks an archive among the layers of images.
pub(super) const MEDIA_TYPE: &str = "application/zip";
/// Metadata of a package that is larger than this is none.
const MAX_METADATA: u64 = 8 << 20;
const ARM64: &str = "linux/arm64";
const AMD64: &str = "linux/amd64";

type Zip = ZipArchive<BufReader<File>>;

/// An archive and how it is to be started, as a request names them.
#[derive(Clone, Debug)]
pub(crate) struct ArchiveSpec {
    pub(crate) path: PathBuf,
    /// `PYTHON_3_13`
    pub(crate) runtime: String,
    pub(crate) entry_point: Vec<String>,
}

/// The result of reading an archive.
#[derive(Debug, Default)]
pub(super) struct InspectedArchive {
    /// The same for the same content, runtime and entry point.
    pub(super) id: String,
    /// That its native packages are for; this machine's when it has none.
    pub(super) platform: String,
    /// Names at the top that belong to installed packages.
    pub(super) packages: Vec<String>,
    /// Packages whose native parts this machine cannot load.
    pub(super) foreign: Vec<String>,
    /// Minor version of Python 3.
    pub(super) python: Option<u32>,
    /// In the form of an image's configuration.
    pub(super) config: Value,
    /// Why the service would fail the runtime.
    pub(super) failure: Option<String>,
}

/// Reads an archive. What is wrong with it is in `failure`. Blocking.
///
/// # Errors
/// The file cannot be read.
pub(super) fn inspect(code: &ArchiveSpec) -> Result<InspectedArchive> {
    let python = code.runtime.strip_prefix("PYTHON_3_").and_then(|minor| minor.parse().ok());
    let mut found = InspectedArchive {
        id: identify(code)?,
        platform: host_platform().to_owned(),
        python,
        config: config(code),
        ..InspectedArchive::default()
    };
    found.failure = match open(&code.path) {
        Ok(mut zip) => examine(&mut zip, code, &mut found)?,
        Err(_) => Some("The code artifact is not a valid zip archive.".to_owned()),
    };
    Ok(found)
}

fn open(path: &Path) -> Result<Zip> {
    let what = || format!("could not read the archive `{}`", path.display());
    ZipArchive::new(BufReader::new(File::open(path).with_context(what)?)).with_context(what)
}

fn identify(code: &ArchiveSpec) -> Result<String> {
    let what = || format!("could not read `{}`", code.path.display());
    let mut hasher = Hasher::default();
    let mut file = File::open(&code.path).with_context(what)?;
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer).with_context(what)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    hasher.update(json!([code.runtime, code.entry_point]).to_string().as_bytes());
    Ok(format!("code-{}", hasher.finish().hex()))
}

/// The command and the variables with which the runner starts it.
fn config(code: &ArchiveSpec) -> Value {
    let interpreter = if code.runtime.starts_with("NODE_") { "node" } else { "python" };
    let mut command: Vec<&str> = code.entry_point.iter().map(String::as_str).collect();
    if let Some(at) = command.len().checked_sub(1) {
        command.insert(at, interpreter);
    }
    json!({
        "Env": [
            format!("PATH=/{FOLDER}/bin:/usr/local/bin:/usr/bin:/bin"),
            format!("PYTHONPATH=/{FOLDER}"),
            "PYTHONUNBUFFERED=1",
        ],
        "WorkingDir": format!("/{FOLDER}"),
        "Cmd": command,
    })
}

/// Why the service would fail the runtime; fills in the rest.
fn examine(zip: &mut Zip, code: &ArchiveSpec, found: &mut InspectedArchive) -> Result<Option<String>> {
    let what = || format!("could not read the archive `{}`", code.path.display());
    let mut names = BTreeSet::new();
    let mut unzipped: u64 = 0;
    for index in 0..zip.len() {
        let member = zip.by_index_raw(index).with_context(what)?;
        let Ok(name) = member.name() else {
            return Ok(Some("The code artifact has a file whose name is not UTF-8.".to_owned()));
        };
        if member.encrypted() {
            return Ok(Some(format!("The code artifact has an encrypted file: {name}")));
        }
        if inside(Path::new(&*name)).is_none() {
            return Ok(Some(format!("The code artifact has a file outside of its root: {name}")));
        }
        unzipped = unzipped.saturating_add(member.size());
        names.insert(name.into_owned());
    }
    if unzipped > UNZIPPED_LIMIT {
        return Ok(Some(format!(
            "The unzipped size of the code artifact is {unzipped} bytes, which exceeds the limit of {UNZIPPED_LIMIT} bytes."
        )));
    }
    let Some(script) = code.entry_point.last() else { return Ok(Some("There is no entrypoint.".to_owned())) };
    if !names.contains(script) {
        return Ok(Some(format!("Entrypoint '{script}' was not found in the code artifact.")));
    }
    if let [command, _] = code.entry_point.as_slice()
        && !names.contains(&format!("bin/{command}"))
    {
        return Ok(Some(format!(
            "The executable '{command}' was not found in the code artifact. Add aws-opentelemetry-distro to the dependencies."
        )));
    }
    packages(zip, &names, found)
}

/// Reads the metadata of installed packages: names and platforms.
fn packages(zip: &mut Zip, names: &BTreeSet<String>, found: &mut InspectedArchive) -> Result<Option<String>> {
    let mut tops = BTreeSet::new();
    if names.iter().any(|name| name.starts_with("node_modules/")) {
        tops.insert("node_modules".to_owned());
    }
    let mut unusable = Vec::new();
    let metadata: Vec<&String> =
        names.iter().filter(|name| name.split_once('/').is_some_and(|(top, _)| top.ends_with(".dist-info"))).collect();
    for name in metadata {
        let Some((folder, file)) = name.split_once('/') else { continue };
        tops.insert(folder.to_owned());
        match file {
            "RECORD" => {
                let text = text(zip, name)?;
                let paths = text.lines().filter_map(|line| line.trim_start_matches('"').split_once('/'));
                tops.extend(
                    paths.map(|(top, _)| top.to_owned()).filter(|top| !top.starts_with('.') && !top.is_empty()),
                );
            }
            "WHEEL" => {
                let package = folder.trim_end_matches(".dist-info").split('-').next().unwrap_or(folder);
                match built_for(&text(zip, name)?) {
                    None => {}
                    Some(platform) if platform == host_platform() => {}
                    Some(ARM64) => {
                        found.platform = ARM64.to_owned();
                        found.foreign.push(package.to_owned());
                    }
                    Some(_) => unusable.push(package.to_owned()),
                }
            }
            _ => {}
        }
    }
    // `bin` has launchers of all packages, and may have the user's own programs.
    tops.remove("bin");
    found.packages =
        tops.into_iter().filter(|top| names.iter().any(|name| name.starts_with(&format!("{top}/")))).collect();
    if unusable.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!(
        "The code artifact has binaries that are incompatible with Linux ARM64: {}. Install the dependencies for \
         manylinux2014_aarch64.",
        unusable.join(", ")
    )))
}

fn text(zip: &mut Zip, name: &str) -> Result<String> {
    let what = || format!("could not read `{name}` of the archive");
    let mut text = String::new();
    zip.by_name(name).with_context(what)?.take(MAX_METADATA).read_to_string(&mut text).with_context(what)?;
    Ok(text)
}

/// The platform of a wheel, by the tags in its metadata; `None` for one that runs everywhere.
fn built_for(wheel: &str) -> Option<&'static str> {
    let tags =
        wheel.lines().filter_map(|line| line.strip_prefix("Tag:")).filter_map(|tag| tag.trim().rsplit('-').next());
    let platforms: Vec<&str> = tags.collect();
    if platforms.is_empty() || platforms.contains(&"any") {
        return None;
    }
    let linux = |processor: &str| platforms.iter().any(|tag| tag.contains("linux") && tag.ends_with(processor));
    match (linux("aarch64"), linux("x86_64")) {
        (true, true) => None,
        (true, false) => Some(ARM64),
        (false, true) => Some(AMD64),
        (false, false) => Some("another platform"),
    }
}

/// A member's path below the archive's root; `None` when it leads out.
fn inside(name: &Path) -> Option<PathBuf> {
    let plain = name.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    plain.then(|| fsx::normalize(name))
}

/// Unpacks an archive into the folder that is its place below `root`. Blocking.
///
/// # Errors
/// As [`unpack_into`].
pub(super) fn unpack(archive: &Path, root: &Path) -> Result<()> {
    let folder = super::beneath::find(root, Path::new(FOLDER))?.path;
    fsx::create_private_dir(&folder)?;
    unpack_into(archive, &folder)
}

/// Unpacks an archive into an empty folder. Blocking.
///
/// # Errors
/// A member that leads out of the folder, is damaged, or is larger than it says.
pub(crate) fn unpack_into(archive: &Path, folder: &Path) -> Result<()> {
    let mut zip = open(archive)?;
    let mut links = Vec::new();
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).context("a member is damaged")?;
        let name = member.name().context("a member's name is not UTF-8")?.into_owned();
        let what = || format!("could not unpack `{name}`");
        let path =
            inside(Path::new(&name)).ok_or_else(|| Error::failed(format!("`{name}` leads out of the archive")))?;
        let at = folder.join(&path);
        if member.is_dir() {
            fs::create_dir_all(&at).with_context(what)?;
            continue;
        }
        if let Some(parent) = at.parent() {
            fs::create_dir_all(parent).with_context(what)?;
        }
        if member.is_symlink() {
            let mut target = String::new();
            member.by_ref().take(4096).read_to_string(&mut target).with_context(what)?;
            links.push((path, target));
            continue;
        }
        let (mode, size) = (member.unix_mode().unwrap_or(0o644), member.size());
        let mut file = File::create_new(&at).with_context(what)?;
        let written = io::copy(&mut member.by_ref().take(size + 1), &mut file).with_context(what)?;
        if written != size {
            return Err(Error::failed(format!("`{name}` is not of the size that the archive says")));
        }
        set_mode(&file, mode & 0o777 | 0o600).with_context(what)?;
    }
    // Last, so that nothing is written through one.
    links.iter().try_for_each(|(path, target)| link(folder, path, target))?;
    // Each stays inside by its own text; through one another they may not.
    links.iter().try_for_each(|(path, _)| match super::beneath::find(folder, path) {
        Ok(found) if !found.left => Ok(()),
        _ => Err(leads_out(path)),
    })
}

#[cfg(unix)]
fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_file: &File, _mode: u32) -> io::Result<()> {
    Ok(())
}

fn leads_out(link: &Path) -> Error {
    Error::failed(format!("the link `{}` leads out of the archive", link.display()))
}

/// A link that stays inside the folder, by its text.
fn link(folder: &Path, path: &Path, target: &str) -> Result<()> {
    let from = path.parent().unwrap_or(Path::new(""));
    let goal = fsx::normalize(&from.join(target));
    if Path::new(target).has_root() || goal.starts_with("..") {
        return Err(leads_out(path));
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(target, folder.join(path))
        .with_context(|| format!("could not make the link `{}`", path.display()))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(dir: &Path, files: &[(&str, &str)], links: &[(&str, &str)]) -> PathBuf {
        let path = dir.join("code.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default().unix_permissions(0o755)).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        for (name, target) in links {
            zip.add_symlink(*name, *target, SimpleFileOptions::default()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    fn code(path: PathBuf, runtime: &str, entry_point: &[&str]) -> ArchiveSpec {
        ArchiveSpec {
            path,
            runtime: runtime.into(),
            entry_point: entry_point.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    const WHEEL: &str = "Wheel-Version: 1.0\nTag: cp313-cp313-manylinux_2_17_";

    #[test]
    fn archive_the_service_would_reject_gets_a_reason() {
        let dir = tempfile::tempdir().unwrap();
        let reason = |files: &[(&str, &str)], entry: &[&str]| {
            let code = code(archive(dir.path(), files, &[]), "PYTHON_3_13", entry);
            inspect(&code).unwrap().failure.unwrap_or_default()
        };
        assert_eq!(reason(&[("main.py", "")], &["main.py"]), "");
        assert!(reason(&[("src/main.py", "")], &["main.py"]).contains("'main.py' was not found"));
        let files = [("main.py", ""), ("bin/other", "")];
        assert!(reason(&files, &["opentelemetry-instrument", "main.py"]).contains("aws-opentelemetry-distro"));
        let wheel = "Tag: cp313-cp313-macosx_11_0_arm64\n";
        let files = [("main.py", ""), ("numpy-2.1.dist-info/WHEEL", wheel)];
        assert!(reason(&files, &["main.py"]).contains("Linux ARM64: numpy"));
        assert!(reason(&[("main.py", ""), ("../evil.py", "")], &["main.py"]).contains("../evil.py"));
        fs::write(dir.path().join("no.zip"), "text").unwrap();
        let no_zip = inspect(&code(dir.path().join("no.zip"), "PYTHON_3_13", &["main.py"])).unwrap();
        assert!(no_zip.failure.unwrap().contains("not a valid zip"));
    }

    #[test]
    fn packages_and_their_platform_are_known() {
        let dir = tempfile::tempdir().unwrap();
        let record = "numpy/__init__.py,sha256=x,1\nnumpy.libs/a.so,,\n../../bin/f2py,,\nbin/f2py,,\nsix.py,,\n";
        let arm = format!("{WHEEL}aarch64\n");
        let files = [
            ("main.py", ""),
            ("lib/own.py", ""),
            ("numpy/__init__.py", ""),
            ("numpy.libs/a.so", ""),
            ("bin/f2py", ""),
            ("bin/opentelemetry-instrument", ""),
            ("numpy-2.dist-info/RECORD", record),
            ("numpy-2.dist-info/WHEEL", &arm),
        ];
        let path = archive(dir.path(), &files, &[]);
        let found = inspect(&code(path.clone(), "PYTHON_3_13", &["opentelemetry-instrument", "main.py"])).unwrap();
        assert_eq!(found.packages, ["numpy", "numpy-2.dist-info", "numpy.libs"]);
        assert_eq!(found.platform, ARM64);
        let expected: &[&str] = if host_platform() == ARM64 { &[] } else { &["numpy"] };
        assert_eq!(found.foreign, expected);
        assert_eq!(found.python, Some(13));
        assert_eq!(found.config["Cmd"], json!(["opentelemetry-instrument", "python", "main.py"]));
        let other = inspect(&code(path, "PYTHON_3_12", &["main.py"])).unwrap();
        assert_ne!(found.id, other.id);
    }

    #[test]
    fn wheels_tell_what_they_were_built_for() {
        assert_eq!(built_for("Tag: py3-none-any\n"), None);
        assert_eq!(built_for(&format!("{WHEEL}aarch64\n")), Some(ARM64));
        assert_eq!(built_for(&format!("{WHEEL}x86_64\nTag: cp313-cp313-manylinux2014_x86_64\n")), Some(AMD64));
        assert_eq!(built_for("Tag: cp313-cp313-win_amd64\n"), Some("another platform"));
        assert_eq!(built_for("no tags"), None);
    }

    #[test]
    fn nothing_is_written_outside() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("deep/root");
        let good = archive(dir.path(), &[("a/b.py", "text")], &[("a/link.py", "b.py"), ("up", "a/../a/b.py")]);
        unpack(&good, &root).unwrap();
        let folder = root.join(FOLDER);
        assert_eq!(fs::read_to_string(folder.join("a/link.py")).unwrap(), "text");
        assert_eq!(fs::read_to_string(folder.join("up")).unwrap(), "text");
        for (index, (files, links)) in [
            (vec![("../evil", "x")], vec![]),
            (vec![("/evil", "x")], vec![]),
            (vec![("a/../../evil", "x")], vec![]),
            (vec![], vec![("door", "/etc")]),
            (vec![], vec![("door", "../../../x")]),
            (vec![], vec![("a/door", "../..")]),
        ]
        .into_iter()
        .enumerate()
        {
            let bad = archive(dir.path(), &files, &links);
            assert!(unpack(&bad, &dir.path().join(format!("root{index}"))).is_err(), "{files:?} {links:?}");
        }
        assert!(!dir.path().join("evil").exists() && !dir.path().join("deep/evil").exists());
    }
}
