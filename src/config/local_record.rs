//! The record of an environment that the file does not declare: `.bedrock_agentcore/environments/NAME.yaml`.
//!
//! It is of this checkout alone and ignored by git. Without it everything is found again by names and tags.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::edit::{self, Edit};
use super::environment::EnvironmentName;
use super::naming;
use super::syntax::{self, LineIndex, Problem, YamlNode};
use super::{check, store};
use crate::error::{Code, Error, Kind, Result};
use crate::fsx;

const DIR: &str = ".bedrock_agentcore/environments";
const SUFFIX: &str = ".yaml";

/// What launch writes down of an environment; everything else is a setting, and settings are in the file that is committed.
const KEYS: &[&[&str]] = &[
    &["bedrock_agentcore"],
    &["agentcore", "created"],
    &["agentcore", "adopted"],
    &["agentcore", "resolved"],
    &["aws", "execution_role"],
    &["aws", "execution_role_auto_create"],
    &["aws", "account"],
    &["aws", "region"],
    &["aws", "ecr_repository"],
    &["aws", "ecr_auto_create"],
    &["aws", "s3_path"],
    &["aws", "s3_auto_create"],
    &["codebuild"],
    &["memory", "memory_id"],
    &["memory", "memory_arn"],
    &["memory", "memory_name"],
    &["memory", "mode"],
    &["memory", "was_created_by_toolkit"],
    &["memory", "first_invoke_memory_check_done"],
];

/// Where the record is. A name that no file should have gets one that is made from it, and no two have the same.
pub(super) fn path(root: &Path, name: &EnvironmentName) -> PathBuf {
    root.join(DIR).join(format!("{}{SUFFIX}", naming::environment_slug(name.as_str())))
}

/// Whether `path`, below an agent, is part of a record.
pub(super) fn is_recorded(path: &[String]) -> bool {
    KEYS.iter().any(|key| path.len() >= key.len() && path.iter().zip(*key).all(|(one, other)| one == other))
}

/// The record, with positions that begin at `offset`, so that they are told from those of the configuration.
///
/// # Errors
/// As those of a configuration, with the record's own places.
pub(super) fn read(root: &Path, name: &EnvironmentName, offset: usize) -> Result<Option<YamlNode>> {
    let path = path(root, name);
    fsx::refuse_links(root, &path)?;
    let text = fsx::read_text(&path).map_err(|error| error.with_kind(Kind::Usage).code(Code::ConfigUnreadable))?;
    text.map_or(Ok(None), |text| parse(&path, &text, offset))
}

/// The record that [`write`] would leave, as [`read`] would give it.
///
/// # Errors
/// As those of [`read`].
pub(super) fn preview(
    root: &Path,
    name: &EnvironmentName,
    agents: &Map<String, Value>,
    offset: usize,
) -> Result<Option<YamlNode>> {
    if agents.values().all(says_nothing) {
        return Ok(None);
    }
    parse(&path(root, name), &text(name, agents)?, offset)
}

fn parse(path: &Path, text: &str, offset: usize) -> Result<Option<YamlNode>> {
    let lines = LineIndex::new(text);
    let wrong = |problems: &[Problem]| {
        store::report(path, text, &lines, problems)
            .hint(format!("correct or delete `{}`: what it records is found again by names and tags", path.display()))
    };
    let (tree, mut problems) = syntax::parse(text).map_err(|problem| wrong(&[problem]))?;
    let Some(mut tree) = tree.filter(|tree| !tree.is_null()) else { return Ok(None) };
    problems.extend(check::record(&tree));
    if !problems.is_empty() {
        return Err(wrong(&problems));
    }
    tree.shift(offset);
    Ok(Some(tree))
}

fn text(name: &EnvironmentName, agents: &Map<String, Value>) -> Result<String> {
    let header = format!("# What `agentcore launch` made for the environment {name}. Only this checkout has it.\n");
    let edits = [Edit::set(&["environment"], name.as_str()), Edit::set(&["agents"], Value::Object(agents.clone()))];
    Ok(edit::rewrite(&header, None, None, &edits)?.unwrap_or(header))
}

/// Writes what the record says of each agent; without anything to say there is no file.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(root: &Path, name: &EnvironmentName, agents: &Map<String, Value>) -> Result<()> {
    let path = path(root, name);
    fsx::refuse_links(root, &path)?;
    if agents.values().all(says_nothing) {
        return match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::failed(format!("could not delete `{}`", path.display())).source(&error))
            }
            _ => Ok(()),
        };
    }
    let text = text(name, agents)?;
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)
            .map_err(|error| Error::failed(format!("could not make `{}`", dir.display())).source(&error))?;
        let ignore = dir.join(".gitignore");
        if !ignore.exists() {
            fsx::write_atomic(&ignore, b"*.yaml\n.gitignore\n")?;
        }
        fsx::sweep(dir);
    }
    fsx::write_atomic(&path, text.as_bytes())
}

/// Account and region alone are where it was; nothing is there any more.
fn says_nothing(agent: &Value) -> bool {
    let Some(keys) = agent.as_object() else { return true };
    keys.iter().all(|(key, value)| {
        key == "aws" && value.as_object().is_none_or(|aws| aws.keys().all(|key| key == "account" || key == "region"))
    })
}

/// The environments that have a record in this checkout, by name.
pub(super) fn all(root: &Path) -> Vec<EnvironmentName> {
    let Ok(entries) = std::fs::read_dir(root.join(DIR)) else { return Vec::new() };
    let files =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "yaml"));
    let name_in = |path: PathBuf| {
        let text = fsx::read_text(&path).ok()??;
        let (tree, _) = syntax::parse(&text).ok()?;
        let name = tree?.get("environment")?.value.to_value().as_str().map(EnvironmentName::parse)?.ok()?;
        Some(name)
    };
    let mut names: Vec<EnvironmentName> = files.filter_map(name_in).collect();
    names.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    names
}
