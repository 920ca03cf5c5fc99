//! A new project: a small agent with its tests, and the configuration that `configure` writes for it. Needs no network.
//!
//! Owns: what a new project may be, and that it is there whole or not at all. Does not own: the text of its files
//! (`templates`), the configuration (`ops::configure`).

mod report;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) use report::CreateReport;

use super::configure::{ConfigureRequest, MemoryChoice, configure, parse_memory};
use crate::config::{FILE_NAME, MemoryMode, Store};
use crate::error::{Code, Context as _, Error, Result};
use crate::facts::DEFAULT_MODEL;
use crate::fsx::{self, Pending};
use crate::http::Http;
use crate::partition::Arn;
use crate::project::{valid_agent_name, validate_agent_name};

/// What the agent is built with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Framework {
    #[default]
    Strands,
    LangGraph,
    /// The model is called without one.
    Plain,
}

impl Framework {
    pub(crate) const ALL: [Self; 3] = [Self::Strands, Self::LangGraph, Self::Plain];

    /// Reads `strands`, `langgraph`, `plain`, and the starter toolkit's words, in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "strands" => Some(Self::Strands),
            "langgraph" | "langchain_langgraph" => Some(Self::LangGraph),
            "plain" => Some(Self::Plain),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Strands => "strands",
            Self::LangGraph => "langgraph",
            Self::Plain => "plain",
        }
    }
}

/// What the agent is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProjectLanguage {
    #[default]
    Python,
    TypeScript,
}

impl ProjectLanguage {
    pub(crate) const ALL: [Self; 2] = [Self::Python, Self::TypeScript];

    /// Reads `python` or `typescript` in any case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name().eq_ignore_ascii_case(text))
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript => "typescript",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::TypeScript => "TypeScript",
        }
    }
}

/// The memory of the new agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProjectMemory {
    /// As `configure --memory` takes it.
    setting: String,
    is_long_term: bool,
}

impl ProjectMemory {
    /// Reads the value of `--memory`; `None` for an agent without one. What a memory that exists can do is not known here:
    /// the agent uses it for its sessions.
    ///
    /// # Errors
    /// Those of [`parse_memory`].
    pub(crate) fn parse(text: &str) -> Result<Option<Self>> {
        let choice = parse_memory(text)?;
        let is_long_term = choice == MemoryChoice::Made(MemoryMode::ShortAndLongTerm);
        Ok((choice != MemoryChoice::None).then(|| Self { setting: text.to_owned(), is_long_term }))
    }
}

/// The project that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct NewProject {
    /// Of the agent and of its folder.
    pub(crate) name: String,
    pub(crate) framework: Framework,
    pub(crate) language: ProjectLanguage,
    pub(crate) model: String,
    pub(crate) memory: Option<ProjectMemory>,
    pub(crate) region: Option<String>,
}

/// Checks that a project of this name can be made below `parent`.
///
/// # Errors
/// A usage error with a name that would do, when this one breaks the service's rules or its folder is taken.
pub(crate) fn check_place(name: &str, parent: &Path) -> Result<()> {
    check_name(name)?;
    check_free(&parent.join(name), name)
}

fn check_name(name: &str) -> Result<()> {
    validate_agent_name(name).map_err(|error| {
        let told = Error::usage(error.message()).code(Code::SourceAgentName);
        let rule = error.hints().first().cloned();
        let told = rule.into_iter().fold(told, Error::hint);
        told.hint(format!("for example `agentcore create {}`", valid_agent_name(name.trim())))
    })
}

/// Checks the form of a model's id: `maker.model`, with or without a region's prefix, or the ARN of one of Bedrock's.
///
/// # Errors
/// A usage error with an id that would do.
pub(crate) fn check_model(model: &str) -> Result<()> {
    let is_arn = model.parse::<Arn>().is_ok_and(|arn| arn.service == "bedrock" && arn.resource.contains('/'));
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:/_".contains(&byte);
    let is_id = model.split_once('.').is_some_and(|(maker, rest)| !maker.is_empty() && !rest.is_empty())
        && !model.contains(['/', '_']);
    if model.bytes().all(is_allowed) && (is_arn || is_id) {
        return Ok(());
    }
    Err(Error::usage(format!("`--model`: `{}` is not the id of a model", model.escape_debug()))
        .code(Code::InputValue)
        .hint(format!("an id begins with the model's maker or a group of regions, such as `{}`", DEFAULT_MODEL))
        .hint("`aws bedrock list-inference-profiles` lists those that a region has"))
}

/// Makes the project in a folder of its name below `parent`.
///
/// # Errors
/// Exit 2 with nothing written: a name or a model that cannot be, a folder that is taken.
pub(crate) async fn create(project: &NewProject, parent: &Path, http: &Http) -> Result<CreateReport> {
    check_place(&project.name, parent)?;
    check_model(&project.model)?;
    let folder = parent.join(&project.name);
    let failed = || format!("could not make the folder `{}`", folder.display());
    let pending = Pending::beside(&folder).with_context(failed)?;
    let root = pending.path();
    fs::create_dir(&root).with_context(failed)?;
    for (path, text) in templates::render(project)? {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(failed)?;
        }
        fs::write(&path, text).with_context(failed)?;
    }
    let mut store = Store::open_or_new(&root.join(FILE_NAME))?;
    configure(&mut store, &configuration(project), http).await?;
    let files = listed(&root).with_context(failed)?;
    // An empty folder gives way; one that somebody has filled by now does not.
    if folder.exists() {
        fs::remove_dir(&folder).with_context(failed)?;
    }
    pending.finish().with_context(failed)?;
    Ok(CreateReport::new(project, folder, files))
}

fn configuration(project: &NewProject) -> ConfigureRequest {
    ConfigureRequest {
        entrypoint: Some(PathBuf::from(templates::entrypoint(project.language))),
        name: Some(project.name.clone()),
        memory: project.memory.as_ref().map(|memory| memory.setting.clone()),
        region: project.region.clone(),
        ..ConfigureRequest::default()
    }
}

fn check_free(folder: &Path, name: &str) -> Result<()> {
    let what = match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Ok(metadata) if metadata.is_dir() => match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
            Ok(true) => return Ok(()),
            Ok(false) => "is a folder with something in it",
            Err(_) => "is a folder that cannot be read",
        },
        _ => "exists",
    };
    Err(Error::usage(format!("`{}` {what}, and nothing is overwritten", folder.display()))
        .code(Code::InputFolder)
        .hint(format!("choose another name: `agentcore create {}`", valid_agent_name(&format!("{name}_2"))))
        .hint("to use an agent that is there already, run `agentcore configure` in its folder"))
}

/// All files below `root`, relative to it.
fn listed(root: &Path) -> std::io::Result<Vec<String>> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.extend(fsx::relative(&entry.path(), root));
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_told_from_other_words() {
        for good in [
            DEFAULT_MODEL,
            "amazon.nova-lite-v1:0",
            "eu.amazon.nova-pro-v1:0",
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
        ] {
            check_model(good).unwrap();
        }
        for bad in ["", "claude", "a.b\n", "a.b\"c", ".x", "gpt 4.1", "arn:aws:iam::123456789012:role/a.b", "x/y.z"] {
            assert_eq!(check_model(bad).unwrap_err().code_str(), "input.value", "{bad:?}");
        }
    }
}
