//! The files of a new project.
//!
//! Owns: which files there are for a framework, a language and a memory, and their text. Does not own: where they go, the
//! configuration (`ops::configure`).

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use super::{Framework, NewProject, ProjectLanguage};
use crate::error::{Error, Result};
use crate::facts::MEMORY_ID_VARIABLE;

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("../../../templates/create/", $name))
    };
}

/// What the examples ask: the agents' tool fits it.
pub(super) const PAYLOAD: &str = r#"{"prompt": "Count the words of this sentence"}"#;

/// A file of the project, not rendered yet.
struct FileTemplate {
    path: &'static str,
    /// What the README says of it; empty for files that speak for themselves.
    about: &'static str,
    text: &'static str,
}

const fn file(path: &'static str, about: &'static str, text: &'static str) -> FileTemplate {
    FileTemplate { path, about, text }
}

/// The entrypoint of a project.
pub(super) const fn entrypoint(language: ProjectLanguage) -> &'static str {
    match language {
        ProjectLanguage::Python => "agent.py",
        ProjectLanguage::TypeScript => "src/index.ts",
    }
}

/// The files of the project, rendered: path and text.
///
/// # Errors
/// A template that cannot be rendered, which is a defect.
pub(super) fn render(project: &NewProject) -> Result<Vec<(&'static str, String)>> {
    let templates = match project.language {
        ProjectLanguage::Python => python(project),
        ProjectLanguage::TypeScript => typescript(project),
    };
    let listed: Vec<Value> = templates
        .iter()
        .filter(|file| !file.about.is_empty())
        .map(|file| context! { path => file.path, about => file.about })
        .collect();
    let values = context! {
        name => project.name.as_str(),
        // npm's names have no capital letters.
        package => project.name.to_ascii_lowercase(),
        kind => kind(project),
        framework => project.framework.name(),
        language => project.language.name(),
        model => project.model.as_str(),
        memory => project.memory.is_some(),
        long_term => project.memory.as_ref().is_some_and(|memory| memory.is_long_term),
        memory_variable => MEMORY_ID_VARIABLE,
        payload => PAYLOAD,
        files => listed,
    };
    let failed = |error: minijinja::Error| Error::failed("could not write the new project").source(&error);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(failed)?);
    let readme = file("README.md", "", template!("README.md.j2"));
    let rendered = templates.iter().chain([&readme]).map(|file| {
        let text = environment.template_from_str(file.text).and_then(|template| template.render(&values));
        Ok((file.path, text.map_err(failed)?))
    });
    rendered.collect()
}

fn kind(project: &NewProject) -> String {
    let language = project.language.title();
    match project.framework {
        Framework::Strands => format!("A Strands agent in {language}"),
        Framework::LangGraph => format!("A LangGraph agent in {language}"),
        Framework::Plain => format!("An agent in {language}, without a framework,"),
    }
}

fn python(project: &NewProject) -> Vec<FileTemplate> {
    const ABOUT_AGENT: &str = "the agent: its model, its tool, and what a call of it does";
    const ABOUT_MEMORY: &str = "what it remembers";
    const ABOUT_TESTS: &str = "its tests";
    let mut files = match project.framework {
        Framework::Strands => vec![
            file("agent.py", ABOUT_AGENT, template!("python/strands.py.j2")),
            file("memory.py", ABOUT_MEMORY, template!("python/strands_memory.py.j2")),
            file("test_agent.py", ABOUT_TESTS, template!("python/strands_test.py.j2")),
        ],
        Framework::LangGraph => vec![
            file("agent.py", ABOUT_AGENT, template!("python/langgraph.py.j2")),
            file("memory.py", ABOUT_MEMORY, template!("python/langgraph_memory.py.j2")),
            file("test_agent.py", ABOUT_TESTS, template!("python/langgraph_test.py.j2")),
        ],
        Framework::Plain => vec![
            file("agent.py", "the agent: its model, and what a call of it does", template!("python/plain.py.j2")),
            file("tools.py", "its tool", template!("python/plain_tools.py.j2")),
            file("memory.py", ABOUT_MEMORY, template!("python/plain_memory.py.j2")),
            file("test_agent.py", ABOUT_TESTS, template!("python/plain_test.py.j2")),
        ],
    };
    files.retain(|file| file.path != "memory.py" || project.memory.is_some());
    files.extend([
        file("requirements.txt", "its packages", template!("python/requirements.txt.j2")),
        file("requirements-dev.txt", "the same, with pytest", template!("python/requirements-dev.txt")),
        file(".gitignore", "", template!("python/gitignore")),
    ]);
    files
}

fn typescript(project: &NewProject) -> Vec<FileTemplate> {
    const ABOUT_AGENT: &str = "the agent: its model, its tool, and how it answers";
    const ABOUT_TESTS: &str = "its tests";
    let mut files = vec![file("src/index.ts", "what a call of the agent does", template!("typescript/index.ts.j2"))];
    files.extend(match project.framework {
        Framework::Strands => vec![
            file("src/agent.ts", ABOUT_AGENT, template!("typescript/strands.ts.j2")),
            file("test/agent.test.ts", ABOUT_TESTS, template!("typescript/strands_test.ts.j2")),
        ],
        Framework::LangGraph => vec![
            file("src/agent.ts", ABOUT_AGENT, template!("typescript/langgraph.ts.j2")),
            file("test/agent.test.ts", ABOUT_TESTS, template!("typescript/langgraph_test.ts.j2")),
        ],
        Framework::Plain => vec![
            file("src/agent.ts", "the agent: its model, and how it answers", template!("typescript/plain.ts.j2")),
            file("src/tools.ts", "its tool", template!("typescript/plain_tools.ts.j2")),
            file("test/agent.test.ts", ABOUT_TESTS, template!("typescript/plain_test.ts.j2")),
        ],
    });
    if project.memory.is_some() {
        files.push(file("src/memory.ts", "what it remembers", template!("typescript/memory.ts.j2")));
    }
    files.extend([
        file("package.json", "its packages and scripts", template!("typescript/package.json.j2")),
        file("tsconfig.json", "how it is compiled", template!("typescript/tsconfig.json")),
        file(".gitignore", "", template!("typescript/gitignore")),
    ]);
    files
}

#[cfg(test)]
mod tests {
    use super::super::ProjectMemory;
    use super::*;

    fn all() -> Vec<NewProject> {
        let mut projects = Vec::new();
        for framework in [Framework::Strands, Framework::LangGraph, Framework::Plain] {
            for language in [ProjectLanguage::Python, ProjectLanguage::TypeScript] {
                for memory in [None, Some(false), Some(true)] {
                    projects.push(NewProject {
                        name: "Shop_1".to_owned(),
                        framework,
                        language,
                        model: "a.model-v1:0".to_owned(),
                        memory: memory.map(|is_long_term| ProjectMemory { setting: "stm".to_owned(), is_long_term }),
                        region: None,
                    });
                }
            }
        }
        projects
    }

    #[test]
    fn rendered_files_are_clean_in_every_combination() {
        for project in all() {
            for (path, text) in render(&project).unwrap() {
                let place = format!("{project:?} {path}:\n{text}");
                assert!(!text.contains("{%") && !text.contains("%}") && !text.contains("{#"), "{place}");
                // Two empty lines stand between definitions of Python, one elsewhere.
                let most = if path.ends_with(".py") { "\n\n\n\n" } else { "\n\n\n" };
                assert!(!text.contains(most) && !text.starts_with('\n'), "{place}");
                assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{place}");
                for line in text.lines() {
                    assert!(line.trim_end() == line && line.chars().count() <= 125, "{line:?} of {place}");
                }
            }
        }
    }

    #[test]
    fn the_entrypoint_is_short_and_names_the_model() {
        for project in all() {
            let files = render(&project).unwrap();
            let (_, text) = files.iter().find(|(path, _)| *path == entrypoint(project.language)).unwrap();
            assert!((14..=56).contains(&text.lines().count()), "{} lines:\n{text}", text.lines().count());
            assert!(files.iter().any(|(path, text)| path.contains("agent.") && text.contains("\"a.model-v1:0\"")));
        }
    }

    #[test]
    fn only_agents_with_a_memory_mention_it() {
        for project in all() {
            let says = |text: &str| text.to_lowercase().contains("memory") || text.contains("session");
            let code = render(&project).unwrap().into_iter().filter(|(path, _)| path.contains("agent"));
            let mentioned = code.into_iter().any(|(_, text)| says(&text));
            assert_eq!(mentioned, project.memory.is_some(), "{project:?}");
        }
    }
}
