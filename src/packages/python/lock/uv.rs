//! `uv.lock`, format 1.

use std::path::Path;

use crate::error::Result;
use crate::fsx;

use super::super::line::{GitSource, normalize};
use super::fields::Fields;
use super::{Edge, LockedPackage, PackageOrigin, hashed};

/// Members of a package. One that is not known may be a condition, or a way to verify it.
const PACKAGE: [&str; 11] = [
    "name",
    "version",
    "source",
    "resolution-markers",
    "dependencies",
    "optional-dependencies",
    GROUPS[0],
    GROUPS[1],
    "metadata",
    "sdist",
    "wheels",
];
/// Both names that uv reads.
const GROUPS: [&str; 2] = ["dev-dependencies", "dependency-groups"];
const EDGE: [&str; 6] = ["name", "version", "source", "extra", "extras", "marker"];
const FILE: [&str; 8] = ["url", "path", "filename", "hash", "size", "upload-time", "upload_time", "zstd"];
const SOURCE: [&str; 7] = ["registry", "git", "url", "path", "directory", "editable", "virtual"];

pub(super) fn package(table: Fields<'_>, lock: &Path, dir: &Path) -> Result<LockedPackage> {
    let name = normalize(table.required("name")?);
    let table = table.named(format!("the package `{name}`"));
    table.only(&PACKAGE)?;
    let origin = match table.table("source")? {
        Some(source) => origin(&source, &name, dir)?,
        None => PackageOrigin::Registry(None),
    };
    let version = match &origin {
        PackageOrigin::Registry(_) | PackageOrigin::Folder(_) => table.required("version")?.to_owned(),
        // Where only a build knows it, the lock has none.
        _ => table.owned("version")?.unwrap_or_default(),
    };
    let (files, sizes) = files(&table, &name, lock)?;
    let edges = |list: Vec<Fields<'_>>| list.into_iter().map(|each| edge(&each, dir)).collect::<Result<Vec<_>>>();
    let mut needs = edges(table.tables("dependencies")?)?;
    if let Some(extras) = table.table("optional-dependencies")? {
        for extra in extras.keys() {
            let found = edges(extras.tables(extra)?)?;
            needs.extend(found.into_iter().map(|edge| Edge { of_extra: Some(normalize(extra)), ..edge }));
        }
    }
    for section in GROUPS {
        let Some(groups) = table.table(section)? else { continue };
        for group in groups.keys() {
            let found = edges(groups.tables(group)?)?;
            needs.extend(found.into_iter().map(|edge| Edge { of_group: Some(normalize(group)), ..edge }));
        }
    }
    // Where a package is locked several times, each has the markers of its part of the world.
    let worlds = table.texts("resolution-markers")?;
    let marker = (!worlds.is_empty()).then(|| format!("({})", worlds.join(") or (")));
    // A project without dependencies has no list; one whose dependencies only its build knows neither.
    let declared = match table.table("metadata")? {
        Some(metadata) if metadata.has("requires-dist") => {
            let list = metadata.tables("requires-dist")?;
            Some(list.iter().map(|entry| entry.required("name").map(normalize)).collect::<Result<_>>()?)
        }
        _ => None,
    };
    Ok(LockedPackage { name, version, origin, files, sizes, marker, needs, declared })
}

/// Files with their hashes, and the sizes of wheels.
type HashedFiles = (Vec<(String, String)>, Vec<(String, u64)>);

fn files(table: &Fields<'_>, package: &str, lock: &Path) -> Result<HashedFiles> {
    let (wheels, sdist) = (table.tables("wheels")?, table.table("sdist")?);
    let place =
        |file: &Fields<'_>| Ok::<_, crate::error::Error>(file.first(&["filename", "url", "path"])?.map(file_name));
    let mut files = Vec::new();
    for file in wheels.iter().chain(&sdist) {
        let hash = file.text("hash")?;
        if hash.is_none() {
            // It may be another notation of the hash.
            file.only(&FILE)?;
        }
        files.push((place(file)?.unwrap_or_else(|| package.to_owned()), hash));
    }
    let mut sizes = Vec::new();
    for wheel in &wheels {
        sizes.extend(place(wheel)?.zip(wheel.size("size")?));
    }
    Ok((hashed(lock, package, files)?, sizes))
}

fn origin(source: &Fields<'_>, package: &str, dir: &Path) -> Result<PackageOrigin> {
    let mut kinds = source.keys().filter(|key| SOURCE.contains(key));
    let (Some(kind), None) = (kinds.next(), kinds.next()) else {
        let kinds = source.keys().collect::<Vec<_>>().join(", ");
        return Err(source.error(&format!("where `{package}` comes from (`{kinds}`), the contents")));
    };
    source.only(&SOURCE)?;
    let place = source.required(kind)?;
    let path = || fsx::normalize(&dir.join(place));
    Ok(match kind {
        "git" => PackageOrigin::Git(git(place)),
        "url" => PackageOrigin::Url(place.to_owned()),
        "path" => PackageOrigin::File(path()),
        "registry" if place.contains("://") => PackageOrigin::Registry(Some(place.to_owned())),
        "registry" => PackageOrigin::Folder(path()),
        _ => PackageOrigin::Dir(path()),
    })
}

fn edge(table: &Fields<'_>, dir: &Path) -> Result<Edge> {
    let name = normalize(table.required("name")?);
    table.only(&EDGE)?;
    let mut extras = table.texts("extra")?;
    extras.extend(table.texts("extras")?);
    Ok(Edge {
        version: table.owned("version")?,
        origin: table.table("source")?.map(|source| origin(&source, &name, dir)).transpose()?,
        extras: extras.into_iter().map(normalize).collect(),
        marker: table.owned("marker")?,
        name,
        ..Edge::default()
    })
}

fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned()
}

/// `https://h/p?rev=main&subdirectory=x#<commit>`
fn git(url: &str) -> GitSource {
    let (rest, commit) = url.split_once('#').map_or((url, None), |(rest, commit)| (rest, Some(commit.to_owned())));
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let value = |name: &str| query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let asked = ["rev", "tag", "branch"].iter().find_map(|name| value(name)).map(str::to_owned);
    let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    GitSource { url: place.to_owned(), revision: commit.or(asked), subdirectory: value("subdirectory").map(decode) }
}
