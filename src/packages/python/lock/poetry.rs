//! `poetry.lock`, formats 1 and 2.

use std::path::Path;

use toml::Value;

use crate::error::Result;
use crate::fsx;

use super::super::line::{GitSource, Requirement, normalize};
use super::fields::Fields;
use super::{Edge, LockedPackage, PackageOrigin, hashed, not_understood};

/// `files_apart` are those of a lock that keeps them apart from its packages.
pub(super) fn package(
    table: Fields<'_>,
    files_apart: Option<&Fields<'_>>,
    lock: &Path,
    dir: &Path,
) -> Result<LockedPackage> {
    let written = table.required("name")?;
    let name = normalize(written);
    let table = table.named(format!("the package `{name}`"));
    let origin = origin(&table, &name, lock, dir)?;
    let listed = match files_apart {
        Some(apart) if !table.has("files") => apart.tables(written)?,
        _ => table.tables("files")?,
    };
    let mut files = Vec::new();
    for file in &listed {
        let hash = file.text("hash")?;
        if hash.is_none() {
            // It may be another notation of the hash.
            file.only(&["file"])?;
        }
        files.push((file.required("file")?.to_owned(), hash));
    }
    // Which packages are for whom is read in the project; what cannot be read may say that this one is for nobody.
    table.texts("groups")?;
    // `markers` is text, or a table of texts by group.
    let marker = match table.value("markers") {
        Some(value @ Value::Table(_)) => {
            let by_group = table.below("markers", value)?;
            by_group.keys().try_for_each(|group| by_group.text(group).map(drop))?;
            by_group.owned("main")?
        }
        _ => table.owned("markers")?,
    };
    Ok(LockedPackage {
        version: table.required("version")?.to_owned(),
        files: hashed(lock, &name, files)?,
        needs: needs(&table)?,
        name,
        origin,
        sizes: Vec::new(),
        marker,
        declared: None,
    })
}

fn origin(table: &Fields<'_>, package: &str, lock: &Path, dir: &Path) -> Result<PackageOrigin> {
    let Some(source) = table.table("source")? else { return Ok(PackageOrigin::Registry(None)) };
    let url = || source.required("url");
    let path = || Ok::<_, crate::error::Error>(fsx::normalize(&dir.join(url()?)));
    Ok(match source.text("type")? {
        Some("git") => {
            let resolved = source.owned("resolved_reference")?;
            let asked = source.owned("reference")?;
            let subdirectory = source.owned("subdirectory")?;
            PackageOrigin::Git(GitSource { url: url()?.to_owned(), revision: resolved.or(asked), subdirectory })
        }
        Some("directory") => PackageOrigin::Dir(path()?),
        Some("file") => PackageOrigin::File(path()?),
        Some("url") => PackageOrigin::Url(url()?.to_owned()),
        None | Some("legacy" | "pypi") => PackageOrigin::Registry(source.owned("url")?),
        Some(kind) => return Err(not_understood(lock, &format!("where `{package}` comes from (`{kind}`)"))),
    })
}

fn needs(table: &Fields<'_>) -> Result<Vec<Edge>> {
    let extras = wanted_by_extras(table)?;
    let mut needs = Vec::new();
    let Some(dependencies) = table.table("dependencies")? else { return Ok(needs) };
    for name in dependencies.keys() {
        let Some(wanted) = dependencies.value(name) else { continue };
        for wanted in wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice) {
            let plain = Edge { name: normalize(name), ..Edge::default() };
            let details = match wanted {
                Value::String(_) => {
                    needs.push(plain);
                    continue;
                }
                Value::Table(_) => dependencies.below(name, wanted)?,
                other => return Err(dependencies.wrong(name, other, "text or a table")),
            };
            let edge = Edge {
                extras: details.texts("extras")?.into_iter().map(normalize).collect(),
                marker: details.owned("markers")?,
                ..plain
            };
            if !details.flag("optional")? {
                needs.push(edge);
                continue;
            }
            // Which extra wants it is written in the list of extras; its marker repeats that.
            let wanting = extras.iter().filter(|(_, names)| names.contains(&edge.name));
            needs.extend(wanting.map(|(extra, _)| Edge {
                of_extra: Some(extra.clone()),
                marker: without_extra(&edge),
                ..edge.clone()
            }));
        }
    }
    Ok(needs)
}

/// Each extra with the names of what it wants.
fn wanted_by_extras(table: &Fields<'_>) -> Result<Vec<(String, Vec<String>)>> {
    let Some(extras) = table.table("extras")? else { return Ok(Vec::new()) };
    let name = |line: &str| {
        let unclear = || extras.error(&format!("the requirement `{line}` in the list"));
        Requirement::parse(line, &[]).name.ok_or_else(unclear)
    };
    let wants = |extra: &str| extras.texts(extra)?.into_iter().map(name).collect::<Result<Vec<_>>>();
    extras.keys().map(|extra| Ok((normalize(extra), wants(extra)?))).collect()
}

/// The marker of an edge of an extra, without the part about the extra, which is known to hold.
fn without_extra(edge: &Edge) -> Option<String> {
    let marker = edge.marker.as_deref()?;
    if !marker.contains("extra") {
        return Some(marker.to_owned());
    }
    let parts = marker.split(" and ").filter(|part| !part.contains("extra"));
    let rest = parts.collect::<Vec<_>>().join(" and ");
    (!rest.is_empty() && rest.matches('(').count() == rest.matches(')').count()).then_some(rest)
}
