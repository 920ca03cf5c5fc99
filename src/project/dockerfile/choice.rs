//! The choice of the Dockerfile that the image of an agent is built from.
//!
//! Owns: the order in which they are looked for, and whether one is generated or the user's own. Does not own: choosing a
//! builder.

use std::path::{Path, PathBuf};

use super::read::DockerfileFacts;
use super::toolkit::{self, ToolkitDockerfile};
use crate::error::Result;
use crate::fsx;
use crate::project::{Detect, Selected, Source, detect, generated, is_importable_in_place};

/// As docker and podman look for it.
const NAMES: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Where a Dockerfile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DockerfileOrigin {
    /// Generated and not edited, by this program or by the starter toolkit: the native builder makes the same image. One of
    /// the toolkit's that installs more than that builder can is not among them.
    Generated(Option<ToolkitDockerfile>),
    /// The user's own, named by the configuration or edited where the generated one is.
    Named,
    /// The user's own, and nobody named it.
    Found,
    /// There is none.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DockerfileChoice {
    /// Where it would be, for one that is missing.
    pub(crate) path: PathBuf,
    pub(crate) origin: DockerfileOrigin,
    /// The folder that it copies from; `None` for the source's own.
    pub(crate) context: Option<PathBuf>,
}

impl DockerfileChoice {
    /// `named` is the configuration's, `own` where a generated one belongs. One of the user's own is looked for in the
    /// source's root, beside the entrypoint, where the generated one is, and in the project's folder. Others count only
    /// where there is none.
    ///
    /// # Errors
    /// Names a Dockerfile that cannot be read.
    pub(crate) fn choose(named: Option<&Path>, own: &Path, source: &Source, project: &Path) -> Result<Self> {
        if let Some(path) = named {
            let origin = origin(path, source, project)?
                .filter(|origin| *origin != DockerfileOrigin::Found)
                .unwrap_or(DockerfileOrigin::Named);
            return Ok(Self { path: path.to_owned(), origin, context: None });
        }
        let folder = source.entrypoint.parent().unwrap_or(&source.root);
        let mut generated = None;
        let in_folder = |folder: &Path| NAMES.map(|name| folder.join(name)).to_vec();
        let places = [in_folder(&source.root), in_folder(folder), vec![own.to_owned()], in_folder(project)];
        for path in places.into_iter().flatten() {
            match origin(&path, source, project)? {
                None => {}
                Some(DockerfileOrigin::Found) if path == own => {
                    return Ok(Self { path, origin: DockerfileOrigin::Named, context: None });
                }
                Some(DockerfileOrigin::Found) => {
                    let context = Some(context(&path, source, project)?);
                    return Ok(Self { path, origin: DockerfileOrigin::Found, context });
                }
                // The one of this program, where there are several.
                Some(origin) if generated.is_none() || path == own => {
                    generated = Some(Self { path, origin, context: None });
                }
                Some(_) => {}
            }
        }
        Ok(generated.unwrap_or_else(|| Self { path: own.to_owned(), origin: DockerfileOrigin::Missing, context: None }))
    }
}

/// `None` where there is no file. A dangling link is the user's, too.
fn origin(path: &Path, source: &Source, project: &Path) -> Result<Option<DockerfileOrigin>> {
    if path.is_symlink() && !path.exists() {
        return Ok(Some(DockerfileOrigin::Found));
    }
    if !path.is_file() {
        return Ok(None);
    }
    if generated::is_pristine(path)? {
        return Ok(Some(DockerfileOrigin::Generated(None)));
    }
    Ok(Some(match toolkits(path, source, project)? {
        Some(toolkit) => DockerfileOrigin::Generated(Some(toolkit)),
        None => DockerfileOrigin::Found,
    }))
}

/// What the starter toolkit generated at `path`, where the native builder can install what it installs; `None` for
/// anything else.
///
/// # Errors
/// Names a file that cannot be read.
pub(crate) fn toolkits(path: &Path, source: &Source, project: &Path) -> Result<Option<ToolkitDockerfile>> {
    let found = fsx::read_text(path).unwrap_or_default().as_deref().and_then(toolkit::read);
    Ok(found.filter(|found| is_installable(found, source, project)))
}

/// Whether one file says all that is installed, and the native builder can go by it. A requirements file that is missing
/// is told where the builder looks for another one. A package has to be one that need not be built to be imported.
fn is_installable(found: &ToolkitDockerfile, source: &Source, project: &Path) -> bool {
    let context = found.packed_folder(&source.entrypoint, project).unwrap_or_else(|| source.root.clone());
    let [folder] = found.packages.as_slice() else { return found.packages.is_empty() && !found.wheels };
    let Some(file) = found.dependency_file(&context) else { return false };
    let found = detect(&Detect {
        dir: project,
        entrypoint: Some(&source.entrypoint),
        requirements: Some(&file),
        language: Some(source.language),
        source_path: Some(&context),
        python: found.python.as_deref(),
        selected: Selected::default(),
        agent: None,
    });
    // The folder of a script is searched for modules, as is the folder that everything is copied to.
    let own = source.entrypoint.parent().filter(|own| !own.join("__init__.py").is_file());
    let searched = folder == "." || own == file.parent();
    found.is_ok() && is_importable_in_place(&file, searched)
}

/// The folder that such a Dockerfile was written for: its own, unless what it copies is only in one around it.
fn context(dockerfile: &Path, source: &Source, project: &Path) -> Result<PathBuf> {
    let own = dockerfile.parent().unwrap_or(project);
    Ok(with_all_copies(dockerfile, &[own, &source.root, project])?.unwrap_or(own).to_owned())
}

/// The first of the folders in which everything is that a Dockerfile copies by name.
///
/// # Errors
/// Names a Dockerfile that cannot be read.
pub(crate) fn with_all_copies<'a>(dockerfile: &Path, folders: &[&'a Path]) -> Result<Option<&'a Path>> {
    let copies = DockerfileFacts::read(&fsx::read_text(dockerfile)?.unwrap_or_default()).copies;
    let has_all = |folder: &&&Path| copies.iter().all(|(_, path)| folder.join(path.trim_start_matches('/')).exists());
    Ok(folders.iter().find(has_all).copied())
}

/// Dockerfiles that nobody named and that are under a name or in a folder where none is looked for, seen from `project`.
pub(crate) fn unused(source: &Source, project: &Path) -> Vec<String> {
    let folder = source.entrypoint.parent().unwrap_or(&source.root);
    let mut found: Vec<String> = Vec::new();
    for (around, inside) in [source.root.as_path(), folder, project]
        .into_iter()
        .flat_map(|dir| std::iter::once((dir.to_owned(), false)).chain(BESIDE.map(|name| (dir.join(name), true))))
    {
        let entries = std::fs::read_dir(&around).into_iter().flatten().flatten();
        let is_one = |path: &PathBuf| {
            let name = path.file_name().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
            path.is_file() && is_like_a_dockerfile(name) && (inside || !NAMES.contains(&name))
        };
        found.extend(entries.map(|entry| entry.path()).filter(is_one).filter_map(|path| fsx::relative(&path, project)));
    }
    found.sort();
    found.dedup();
    found
}

/// Folders that projects keep Dockerfiles in.
const BESIDE: [&str; 4] = ["docker", ".docker", "deploy", "deployment"];

/// `Dockerfile.prod`, `agent.Dockerfile`, `dockerfile`; no ignore file, backup or template of one.
fn is_like_a_dockerfile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let other = [".dockerignore", ".containerignore", ".md", ".j2", ".tmpl", ".template", ".orig", "~"];
    let named = |word: &str| {
        name == word
            || name.ends_with(&format!(".{word}"))
            || name.strip_prefix(word).is_some_and(|end| end.starts_with(['.', '-', '_']))
    };
    (named("dockerfile") || named("containerfile"))
        && !name.contains(".bak")
        && !other.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    const TOOLKIT: &str = "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nWORKDIR /app\nCOPY . .\n\
                           CMD [\"python\", \"-m\", \"main\"]\n";
    const MINE: &str = "FROM x\nCOPY main.py /\n";

    /// What is chosen for `agents/a/main.py`, seen from the project; a text of `ours` is replaced by a generated one.
    fn choose(files: &[(&str, &str)], named: Option<&str>) -> (String, DockerfileOrigin, Option<String>) {
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
        let source = detect(&Detect { entrypoint: Some(Path::new("agents/a/main.py")), ..Detect::all_of(root) });
        let named = named.map(|name| root.join(name));
        let own = root.join(".bedrock_agentcore/a/Dockerfile");
        let choice = DockerfileChoice::choose(named.as_deref(), &own, &source.unwrap(), root).unwrap();
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
            assert_eq!(
                (path.as_str(), origin),
                (*first, if *first == OWN { DockerfileOrigin::Named } else { DockerfileOrigin::Found })
            );
            // Also before generated ones that come earlier.
            let earlier = order[..at].iter().map(|name| (*name, TOOLKIT));
            let files: Vec<(&str, &str)> = files.into_iter().chain(earlier).collect();
            assert_eq!(choose(&files, None).0, *first);
        }
        assert_eq!(choose(&[("agents/a/Containerfile", MINE)], None).0, "agents/a/Containerfile");
    }

    #[test]
    fn a_generated_one_is_told_from_the_users() {
        assert_eq!(choose(&[], None), (OWN.into(), DockerfileOrigin::Missing, None));
        assert_eq!(
            choose(&[(OWN, "ours"), ("agents/Dockerfile", TOOLKIT)], None),
            (OWN.into(), DockerfileOrigin::Generated(None), None)
        );
        for place in [OWN, "agents/Dockerfile", "Dockerfile"] {
            let (path, origin, _) = choose(&[(place, TOOLKIT)], None);
            assert!(path == place && matches!(origin, DockerfileOrigin::Generated(Some(_))), "{place}");
            let edited = format!("{TOOLKIT}ENV A=b\n");
            assert_ne!(choose(&[(place, &edited)], None).1, origin, "{place}");
        }
        assert_eq!(
            choose(&[("agents/Dockerfile", MINE)], Some("gone")),
            ("gone".into(), DockerfileOrigin::Named, None)
        );
        assert_eq!(choose(&[("d/Dockerfile", MINE)], Some("d/Dockerfile")).1, DockerfileOrigin::Named);
        assert_eq!(choose(&[("d/Dockerfile", "ours")], Some("d/Dockerfile")).1, DockerfileOrigin::Generated(None));
    }

    #[test]
    fn an_installed_folder_is_told_from_a_package() {
        let text = |what: &str| {
            format!(
                "FROM public.ecr.aws/docker/library/python:3.12-slim\nWORKDIR /app\nCOPY . .\n\
                 RUN python -m pip install --no-cache-dir {what}\nCMD [\"python\", \"-m\", \"a.main\"]\n"
            )
        };
        let project = "[project]\nname = 'x'\nversion = '1'\n";
        let origin = |what: &str, pyproject: &str| {
            let dockerfile = ("agents/Dockerfile", text(what));
            let files = [
                (dockerfile.0, &*dockerfile.1),
                ("agents/lib/x/__init__.py", ""),
                ("agents/lib/pyproject.toml", pyproject),
            ];
            choose(&files, None).1
        };
        assert!(matches!(origin("lib", project), DockerfileOrigin::Generated(Some(_))));
        assert_eq!(origin("requests", project), DockerfileOrigin::Found);
        // The entrypoint's own folder, and one without modules.
        let named = "[project]\nname = 'other'\nversion = '1'\n";
        for (folder, place) in [("a", "agents/a/pyproject.toml"), ("deps", "agents/deps/pyproject.toml")] {
            let files = [("Dockerfile", &*text(folder)), (place, named)];
            assert!(matches!(choose(&files, None).1, DockerfileOrigin::Generated(Some(_))), "{folder}");
        }
        let files = [("Dockerfile", &*text("a")), ("agents/a/pyproject.toml", named), ("agents/a/__init__.py", "")];
        assert_eq!(choose(&files, None).1, DockerfileOrigin::Found);
        // What only an installation can tell or make.
        for unknown in [
            "[tool.black]\n",
            "[project]\nname = 'x'\nversion = '1'\ndynamic = ['dependencies']\n",
            "[project]\nname = 'y'\nversion = '1'\n",
            &format!("{project}[build-system]\nbuild-backend = 'mesonpy'\n"),
            &format!("{project}[tool.setuptools.package-dir]\nx = 'elsewhere'\n"),
            "not TOML",
        ] {
            assert_eq!(origin("lib", unknown), DockerfileOrigin::Found, "{unknown}");
        }
    }

    #[test]
    fn only_reproducible_toolkit_dockerfiles_count_as_generated() {
        let pyproject = ("agents/pyproject.toml", "[project]\nname = 'x'\nversion = '1'\n");
        let text = |installs: &str| {
            format!(
                "FROM public.ecr.aws/docker/library/python:3.12-slim\nWORKDIR /app\nCOPY . .\n{installs}\
                 CMD [\"python\", \"-m\", \"a.main\"]\n"
            )
        };
        let run = "RUN python -m pip install --no-cache-dir";
        let is_generated = |installs: &str, more: (&str, &str)| {
            let files = [("agents/Dockerfile", &*text(installs)), pyproject, more];
            matches!(choose(&files, None).1, DockerfileOrigin::Generated(Some(_)))
        };
        let none = ("agents/x", "");
        assert!(is_generated(&format!("{run} -e .\n"), none));
        assert!(is_generated(&format!("{run} .\n"), none));
        assert!(is_generated(
            &format!("{run} -e .\n"),
            ("agents/setup.py", "from setuptools import setup\n\nsetup()\n")
        ));
        assert!(is_generated(&format!("{run} -r requirements.txt\n"), none));
        assert!(!is_generated(&format!("{run} -e .\n"), ("agents/setup.py", "setup(ext_modules=[x])\n")));
        assert!(!is_generated(&format!("{run} -e .\n{run} -r requirements.txt\n"), none));
        assert!(!is_generated(
            &format!("{run} -r requirements.txt\n{run} --force-reinstall ./wheelhouse/*.whl\n"),
            none
        ));
        assert!(!is_generated(&format!("{run} --force-reinstall ./wheelhouse/*.whl\n"), none));
    }

    #[cfg(unix)]
    #[test]
    fn a_dangling_link_is_the_users_own() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("Dockerfile");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        std::fs::write(dir.path().join("main.py"), "").unwrap();
        std::fs::write(dir.path().join("requirements.txt"), "").unwrap();
        let source = detect(&Detect::all_of(dir.path())).unwrap();
        assert_eq!(
            DockerfileChoice::choose(None, &dir.path().join("o"), &source, dir.path()).unwrap().origin,
            DockerfileOrigin::Found
        );
    }

    #[test]
    fn what_looks_like_a_dockerfile_is_told() {
        for (name, is) in [
            ("Dockerfile.prod", true),
            ("dockerfile", true),
            ("agent.Dockerfile", true),
            ("Dockerfile-arm", true),
            ("Containerfile.x", true),
            ("Dockerfile.dockerignore", false),
            ("Dockerfile.bak.1", false),
            ("Dockerfile.j2", false),
            ("Dockerfiles.txt", false),
            ("docker-compose.yml", false),
        ] {
            assert_eq!(is_like_a_dockerfile(name), is, "{name}");
        }
    }

    #[test]
    fn context_is_the_folder_holding_what_is_copied() {
        let context = |text: &str| choose(&[("agents/a/Dockerfile", text), ("top.txt", "")], None).2.unwrap();
        assert_eq!(context("FROM x\nCOPY . .\n"), "agents/a");
        assert_eq!(context("FROM x\nCOPY main.py /\n"), "agents/a");
        assert_eq!(context("FROM x\nCOPY requirements.txt a /\n"), "agents");
        assert_eq!(context("FROM x\nCOPY agents/a /\nCOPY top.txt /\n"), ".");
        assert_eq!(context("FROM x\nCOPY nowhere /\n"), "agents/a");
    }
}
