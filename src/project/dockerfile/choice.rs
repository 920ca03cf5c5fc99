//! Which Dockerfile the image of an agent is built from.
//!
//! Owns: the order in which they are looked for, and whether one is generated or the user's own. Does not own: choosing a
//! builder.

use std::path::{Path, PathBuf};

use super::read::Facts;
use super::toolkit::{self, ToolkitDockerfile};
use crate::error::Result;
use crate::fsx;
use crate::project::{Source, generated};

/// As docker and podman look for it.
const NAMES: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Where a Dockerfile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Generated and not edited, by this program or by the starter toolkit: the native builder makes the same image.
    Generated(Option<ToolkitDockerfile>),
    /// The user's own, named by the configuration or edited where the generated one is.
    Named,
    /// The user's own, and nobody named it.
    Found,
    /// There is none.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Where it would be, for one that is missing.
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
    /// The folder that it copies from; `None` for the source's own.
    pub(crate) context: Option<PathBuf>,
}

impl Choice {
    /// `named` is the configuration's, `own` where a generated one belongs. One of the user's own is looked for in the
    /// source's root, beside the entrypoint, where the generated one is, and in the project's folder. Others count only
    /// where there is none.
    ///
    /// # Errors
    /// Names a Dockerfile that cannot be read.
    pub(crate) fn of(named: Option<&Path>, own: &Path, source: &Source, project: &Path) -> Result<Self> {
        if let Some(path) = named {
            let origin = origin(path)?.filter(|origin| *origin != Origin::Found).unwrap_or(Origin::Named);
            return Ok(Self { path: path.to_owned(), origin, context: None });
        }
        let folder = source.entrypoint.parent().unwrap_or(&source.root);
        let mut generated = None;
        let in_folder = |folder: &Path| NAMES.map(|name| folder.join(name)).to_vec();
        let places = [in_folder(&source.root), in_folder(folder), vec![own.to_owned()], in_folder(project)];
        for path in places.into_iter().flatten() {
            match origin(&path)? {
                None => {}
                Some(Origin::Found) if path == own => {
                    return Ok(Self { path, origin: Origin::Named, context: None });
                }
                Some(Origin::Found) => {
                    let context = Some(context(&path, source, project)?);
                    return Ok(Self { path, origin: Origin::Found, context });
                }
                // The one of this program, where there are several.
                Some(origin) if generated.is_none() || path == own => {
                    generated = Some(Self { path, origin, context: None });
                }
                Some(_) => {}
            }
        }
        Ok(generated.unwrap_or_else(|| Self { path: own.to_owned(), origin: Origin::Missing, context: None }))
    }
}

/// `None` where there is no file.
fn origin(path: &Path) -> Result<Option<Origin>> {
    if !path.is_file() {
        return Ok(None);
    }
    if generated::is_pristine(path)? {
        return Ok(Some(Origin::Generated(None)));
    }
    Ok(Some(match toolkits(path)? {
        Some(toolkit) => Origin::Generated(Some(toolkit)),
        None => Origin::Found,
    }))
}

/// What the starter toolkit generated at `path`; `None` for anything else.
///
/// # Errors
/// Names a file that cannot be read.
pub(crate) fn toolkits(path: &Path) -> Result<Option<ToolkitDockerfile>> {
    let found = fsx::read_text(path).unwrap_or_default().as_deref().and_then(toolkit::read);
    let is_there = |folder: &String| path.with_file_name(folder).is_dir();
    Ok(found.filter(|found| found.folder.as_ref().is_none_or(is_there)))
}

/// The folder that such a Dockerfile was written for: its own, unless what it copies is only in one around it.
fn context(dockerfile: &Path, source: &Source, project: &Path) -> Result<PathBuf> {
    let copies = Facts::read(&fsx::read_text(dockerfile)?.unwrap_or_default()).copies;
    let own = dockerfile.parent().unwrap_or(project);
    let has_all = |folder: &&Path| copies.iter().all(|path| folder.join(path.trim_start_matches('/')).exists());
    Ok([own, source.root.as_path(), project].into_iter().find(has_all).unwrap_or(own).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Detect, Selected, detect};

    const TOOLKIT: &str = "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nWORKDIR /app\nCOPY . .\n\
                           CMD [\"python\", \"-m\", \"main\"]\n";
    const MINE: &str = "FROM x\nCOPY main.py /\n";

    /// What is chosen for `agents/a/main.py`, seen from the project; a text of `ours` is replaced by a generated one.
    fn choose(files: &[(&str, &str)], named: Option<&str>) -> (String, Origin, Option<String>) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        for (name, text) in files.iter().chain(&[("agents/a/main.py", ""), ("agents/requirements.txt", "")]) {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match *text {
                "ours" => drop(generated::write(root, &path, "FROM y\n", false).unwrap()),
                text => std::fs::write(path, text).unwrap(),
            }
        }
        let source = detect(&Detect {
            dir: root,
            entrypoint: Some(Path::new("agents/a/main.py")),
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: Selected::default(),
            agent: None,
        });
        let named = named.map(|name| root.join(name));
        let own = root.join(".bedrock_agentcore/a/Dockerfile");
        let choice = Choice::of(named.as_deref(), &own, &source.unwrap(), root).unwrap();
        let show = |path: &Path| fsx::relative(path, root).unwrap();
        (show(&choice.path), choice.origin, choice.context.as_deref().map(show))
    }

    const OWN: &str = ".bedrock_agentcore/a/Dockerfile";

    #[test]
    fn the_users_own_wins_in_a_fixed_order() {
        let order = ["agents/Dockerfile", "agents/a/Dockerfile", OWN, "Dockerfile"];
        for (at, first) in order.iter().enumerate() {
            let files: Vec<(&str, &str)> = order[at..].iter().map(|name| (*name, MINE)).collect();
            let (path, origin, _) = choose(&files, None);
            assert_eq!((path.as_str(), origin), (*first, if *first == OWN { Origin::Named } else { Origin::Found }));
            // Also before generated ones that come earlier.
            let earlier = order[..at].iter().map(|name| (*name, TOOLKIT));
            let files: Vec<(&str, &str)> = files.into_iter().chain(earlier).collect();
            assert_eq!(choose(&files, None).0, *first);
        }
        assert_eq!(choose(&[("agents/a/Containerfile", MINE)], None).0, "agents/a/Containerfile");
    }

    #[test]
    fn a_generated_one_is_told_from_the_users() {
        assert_eq!(choose(&[], None), (OWN.into(), Origin::Missing, None));
        assert_eq!(
            choose(&[(OWN, "ours"), ("agents/Dockerfile", TOOLKIT)], None),
            (OWN.into(), Origin::Generated(None), None)
        );
        for place in [OWN, "agents/Dockerfile", "Dockerfile"] {
            let (path, origin, _) = choose(&[(place, TOOLKIT)], None);
            assert!(path == place && matches!(origin, Origin::Generated(Some(_))), "{place}");
            let edited = format!("{TOOLKIT}ENV A=b\n");
            assert_ne!(choose(&[(place, &edited)], None).1, origin, "{place}");
        }
        assert_eq!(choose(&[("agents/Dockerfile", MINE)], Some("gone")), ("gone".into(), Origin::Named, None));
        assert_eq!(choose(&[("d/Dockerfile", MINE)], Some("d/Dockerfile")).1, Origin::Named);
        assert_eq!(choose(&[("d/Dockerfile", "ours")], Some("d/Dockerfile")).1, Origin::Generated(None));
    }

    #[test]
    fn an_installed_folder_is_told_from_a_package() {
        let text = |what: &str| {
            format!(
                "FROM public.ecr.aws/docker/library/python:3.12-slim\nWORKDIR /app\nCOPY . .\n\
                 RUN python -m pip install --no-cache-dir {what}\nCMD [\"python\", \"-m\", \"main\"]\n"
            )
        };
        let origin = |what: &str| choose(&[("agents/Dockerfile", &text(what)), ("agents/lib/x.py", "")], None).1;
        assert!(matches!(origin("lib"), Origin::Generated(Some(_))));
        assert_eq!(origin("requests"), Origin::Found);
    }

    #[test]
    fn the_context_is_the_folder_that_has_what_is_copied() {
        let context = |text: &str| choose(&[("agents/a/Dockerfile", text), ("top.txt", "")], None).2.unwrap();
        assert_eq!(context("FROM x\nCOPY . .\n"), "agents/a");
        assert_eq!(context("FROM x\nCOPY main.py /\n"), "agents/a");
        assert_eq!(context("FROM x\nCOPY requirements.txt a /\n"), "agents");
        assert_eq!(context("FROM x\nCOPY agents/a /\nCOPY top.txt /\n"), ".");
        assert_eq!(context("FROM x\nCOPY nowhere /\n"), "agents/a");
    }
}
