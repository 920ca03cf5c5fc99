//! What identifies an installation: its requirements, and the settings that decide which versions an installer takes.

use super::install::PythonInstaller;
use super::requirements::Inputs;
use super::{FORMAT, PythonDependencies};
use crate::digest::{Digest, Hasher};
use crate::env::Env;

/// Settings outside the requirements that decide which versions an installer takes. Files are named by their content.
pub(super) fn settings(wanted: &PythonDependencies, env: &Env) -> Vec<String> {
    const DECIDING: &[&str] =
        &["CONSTRAINT", "OVERRIDE", "EXCLUDE_NEWER", "PRERELEASE", "PRE", "RESOLUTION", "BUILD_CONSTRAINT"];
    let mut found = Vec::new();
    for name in ["UV_", "PIP_"].iter().flat_map(|prefix| DECIDING.iter().map(move |end| format!("{prefix}{end}"))) {
        for part in env.var(&name).unwrap_or_default().split_whitespace() {
            let content = std::fs::read(env.cwd().join(part)).map(|bytes| Digest::of_bytes(&bytes).to_string());
            found.push(format!("{name}={}", content.unwrap_or_else(|_| part.to_owned())));
        }
    }
    let folder = wanted.dir.as_ref().map(|dir| env.cwd().join(dir));
    let folder = folder.or_else(|| wanted.requirements.first()?.parent().map(|dir| env.cwd().join(dir)));
    let Some(folder) = folder else { return found };
    let table = |file: &str| toml::from_str::<toml::Table>(&std::fs::read_to_string(folder.join(file)).ok()?).ok();
    let of_project = table("pyproject.toml").and_then(|all| all.get("tool")?.get("uv")?.as_table().cloned());
    for settings in [of_project, table("uv.toml")].into_iter().flatten() {
        // Indexes count by their own identity, and may hold a login.
        found.extend(
            settings
                .iter()
                .filter(|(name, _)| !name.contains("index"))
                .map(|(name, value)| format!("uv {name} {}", Digest::of_bytes(format!("{value:?}").as_bytes()))),
        );
    }
    found
}

pub(super) fn cache_key(
    wanted: &PythonDependencies,
    inputs: &Inputs,
    installer: &PythonInstaller,
    settings: &[String],
) -> String {
    let mut hasher = Hasher::default();
    let mut add = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(b"\n");
    };
    add(&format!("format {FORMAT}, {}, python {}, {}", installer.name(), wanted.python, wanted.platform));
    settings.iter().for_each(|setting| add(setting));
    inputs.indexes.identities().iter().for_each(|index| add(index));
    inputs.key.iter().for_each(|line| add(line));
    hasher.finish().hex()
}
