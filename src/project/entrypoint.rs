//! Finds the entrypoint: a named file, or the one conventional file of a folder. Never guesses: with none or several
//! candidates the error lists the commands to choose.

use std::path::{Path, PathBuf};

use super::{Detect, Language, ProjectRoots};
use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::shell::quoted;

/// An entrypoint that exists.
#[derive(Debug)]
pub(super) struct EntrypointFile {
    pub(super) file: PathBuf,
    pub(super) handler: Option<String>,
    pub(super) language: Language,
}

const PYTHON_NAMES: [&str; 3] = ["main.py", "agent.py", "app.py"];
/// Groups of names in order of preference: `index` is what Node itself takes for the entry of a folder.
const NODE_STEMS: [&[&str]; 2] = [&["index"], &["agent", "main", "app"]];

/// # Errors
/// Usage errors: missing, outside the project, not a source file, none or several in a folder.
pub(super) fn find(request: &Detect<'_>, project: &ProjectRoots) -> Result<EntrypointFile> {
    let Some(named) = request.entrypoint else {
        return in_folder(project.limit(), request, project);
    };
    let mut file = project.inside(named, "entrypoint")?;
    let mut handler = None;
    if !file.exists()
        && let Some((path, name)) = split_handler(named)
    {
        file = project.inside(path, "entrypoint")?;
        handler = Some(name.to_owned());
    }
    if file.is_dir() {
        return in_folder(&file, request, project);
    }
    if !file.exists() {
        return Err(missing(named, request, project));
    }
    if !file.is_file() {
        return Err(
            Error::usage(format!("entrypoint `{}` is not a file", named.display())).code(Code::SourceEntrypoint)
        );
    }
    let language = language_of(&file, request.language, project)?;
    if let Some(name) = handler.as_ref().filter(|_| language != Language::Python) {
        let shown = project.show(&file);
        return Err(Error::usage(format!("`{name}` of `{shown}` cannot be run by itself, only the file can"))
            .code(Code::SourceEntrypoint)
            .hint(command(&shown, request.agent)));
    }
    Ok(EntrypointFile { file, handler, language })
}

/// The file of an entrypoint that may name an object of it; `root` is the folder of the project.
pub(crate) fn file_of<'a>(named: &'a Path, root: &Path) -> &'a Path {
    if root.join(named).exists() { named } else { split_handler(named).map_or(named, |(file, _)| file) }
}

/// `agent.py` and `app` of `agent.py:app`.
fn split_handler(named: &Path) -> Option<(&Path, &str)> {
    let (path, handler) = named.to_str()?.rsplit_once(':')?;
    let word = !handler.is_empty() && handler.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    (word && extension_language(Path::new(path)).is_some()).then_some((Path::new(path), handler))
}

fn extension_language(file: &Path) -> Option<Language> {
    match file.extension()?.to_str()? {
        "py" => Some(Language::Python),
        "ts" | "mts" | "cts" | "tsx" => Some(Language::TypeScript),
        "js" | "mjs" | "cjs" => Some(Language::JavaScript),
        _ => None,
    }
}

fn language_of(file: &Path, asked: Option<Language>, project: &ProjectRoots) -> Result<Language> {
    let shown = project.show(file);
    let Some(own) = extension_language(file) else {
        return Err(Error::usage(format!("entrypoint `{shown}` is not a source file that can be run"))
            .code(Code::SourceEntrypoint)
            .hint("an entrypoint is a `.py`, `.ts` or `.js` file, or a folder that has one"));
    };
    match asked {
        None => Ok(own),
        // The configuration file has one word for both, see `Language::config_name`.
        Some(asked) if asked == own || (asked, own) == (Language::TypeScript, Language::JavaScript) => Ok(own),
        Some(asked) => Err(Error::usage(format!("entrypoint `{shown}` is not {}", asked.name()))
            .code(Code::SourceLanguage)
            .hint(format!("use `--language {}`, or leave it out", own.name()))),
    }
}

fn in_folder(folder: &Path, request: &Detect<'_>, project: &ProjectRoots) -> Result<EntrypointFile> {
    let candidates = candidates(folder, request.language);
    match candidates.as_slice() {
        [] => Err(none(folder, request, project)),
        [file] => {
            let language = language_of(file, request.language, project)?;
            Ok(EntrypointFile { file: file.clone(), handler: None, language })
        }
        several => {
            let names: Vec<String> = several.iter().map(|file| project.show(file)).collect();
            let error = Error::usage(format!(
                "several files in `{}` could be the entrypoint: {}",
                project.show(folder),
                names.join(", ")
            ))
            .code(Code::SourceEntrypointAmbiguous);
            Err(names.iter().fold(error, |error, name| error.hint(command(name, request.agent))))
        }
    }
}

fn command(file: &str, agent: Option<&str>) -> String {
    let agent = agent.map(|name| format!(" --name {}", quoted(name))).unwrap_or_default();
    format!("`agentcore configure{agent} --entrypoint {}`", quoted(file))
}

/// The commands that give an agent one of the conventional entrypoints in `dir`, or any file where it has none.
pub(crate) fn suggestions(dir: &Path, language: Option<Language>, agent: &str) -> Vec<String> {
    let found = candidates(dir, language);
    let mut commands: Vec<String> =
        found.iter().filter_map(|file| Some(command(&fsx::relative(file, dir)?, Some(agent)))).collect();
    if commands.is_empty() {
        commands.push(command("FILE", Some(agent)));
    }
    commands
}

fn candidates(folder: &Path, language: Option<Language>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if matches!(language, None | Some(Language::Python)) {
        let all = |dir: &Path| PYTHON_NAMES.iter().map(|name| dir.join(name)).filter(|file| file.is_file()).collect();
        found = all(folder);
        if found.is_empty() {
            found = all(&folder.join("src"));
        }
    }
    // Without a package.json a stray index.js (a web page's, say) is no agent, unless the language was named.
    if language != Some(Language::Python) && (language.is_some() || folder.join("package.json").is_file()) {
        found.extend(node_candidates(folder, language));
    }
    found
}

fn node_candidates(folder: &Path, language: Option<Language>) -> Vec<PathBuf> {
    let typescript = match language {
        Some(language) => language == Language::TypeScript,
        None => folder.join("tsconfig.json").is_file(),
    };
    if !typescript && let Some(main) = super::node::main_of(folder) {
        return vec![main];
    }
    let both: &[&[&str]] = if typescript { &[&["ts", "mts"], &["js", "mjs"]] } else { &[&["js", "mjs", "cjs"]] };
    for extensions in both {
        for stems in NODE_STEMS {
            let found: Vec<PathBuf> = stems
                .iter()
                .flat_map(|stem| extensions.iter().map(move |extension| format!("{stem}.{extension}")))
                .flat_map(|name| [folder.join("src").join(&name), folder.join(&name)])
                .filter(|file| file.is_file())
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

fn missing(named: &Path, request: &Detect<'_>, project: &ProjectRoots) -> Error {
    let error = Error::usage(format!("entrypoint `{}` does not exist", named.display())).code(Code::SourceEntrypoint);
    let candidates = candidates(&project.dir, request.language);
    if candidates.is_empty() {
        return error.hint("name a file or a folder below the current one with `--entrypoint`");
    }
    candidates.iter().fold(error, |error, file| error.hint(command(&project.show(file), request.agent)))
}

fn none(folder: &Path, request: &Detect<'_>, project: &ProjectRoots) -> Error {
    let looked_for = match request.language {
        None => "main.py, agent.py, app.py (also in src), or with a package.json its `main`, index.ts and index.js",
        Some(Language::Python) => "main.py, agent.py and app.py, also in src",
        Some(_) => "`main` of package.json, and index, agent, main and app with .ts or .js, also in src",
    };
    let error = Error::usage(format!("no entrypoint found in `{}`", project.show(folder)))
        .code(Code::SourceNoEntrypoint)
        .cause(format!("looked for {looked_for}"));
    let mut others: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| extension_language(path).is_some() && path.is_file())
        .map(|path| project.show(&path))
        .collect();
    others.sort();
    if others.is_empty() {
        return error.hint(format!("name the file: {}", command("FILE", request.agent)));
    }
    others.iter().take(3).fold(error, |error, file| error.hint(command(file, request.agent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_advised_command_can_be_pasted() {
        for (file, word) in [("agent.py", "agent.py"), ("agent(1).py", "'agent(1).py'"), ("it's.py", r"'it'\''s.py'")] {
            assert_eq!(command(file, Some("a")), format!("`agentcore configure --name a --entrypoint {word}`"));
        }
    }
}
