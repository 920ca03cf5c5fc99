//! Reads pip's requirements format as far as needed: which distributions are named, which files belong to it, and what
//! installing takes. Whether a line is valid is left to pip.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::{Code, Error, Result};
use crate::fsx;
use crate::requirements::{logical_lines, normalize_name};

/// What a requirements file says, with everything that it includes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requirements {
    /// Normalized names ([`normalize_name`]) of the distributions asked for; constraints do not count.
    pub(super) names: BTreeSet<String>,
    /// The file itself and all that it includes with `-r` and `-c`, in order of appearance.
    pub(super) files: Vec<PathBuf>,
    pub(super) local: bool,
    pub(super) git: bool,
    pub(super) hashed: bool,
}

/// Reads `file` and what it includes.
///
/// # Errors
/// A usage error for a file that is missing, unreadable as text, or outside `project`, naming the including line.
pub(super) fn read(file: &Path, project: &Path) -> Result<Requirements> {
    let mut out = Requirements::default();
    add(file, project, true, &mut out)?;
    Ok(out)
}

fn add(file: &Path, project: &Path, asked_for: bool, out: &mut Requirements) -> Result<()> {
    if out.files.iter().any(|known| known == file) {
        return Ok(());
    }
    out.files.push(file.to_owned());
    let text = fsx::read_text(file)?.ok_or_else(|| Error::usage(format!("`{}` does not exist", file.display())))?;
    for (number, line) in logical_lines(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
        let at = || format!("{}:{number}", file.display());
        match parse_line(&line) {
            RequirementLine::Empty => {}
            RequirementLine::Include { path, constraint } => {
                if path.contains("://") {
                    continue;
                }
                let included = fsx::normalize(&file.parent().unwrap_or(project).join(path));
                if !included.starts_with(project) {
                    return Err(Error::usage(format!("{}: `{path}` is outside the project folder", at()))
                        .code(Code::SourceRequirements)
                        .hint("everything that the image is built from lies below the current folder"));
                }
                if !included.is_file() {
                    return Err(
                        Error::usage(format!("{}: `{path}` does not exist", at())).code(Code::SourceRequirements)
                    );
                }
                add(&included, project, asked_for && !constraint, out)?;
            }
            RequirementLine::Requirement(requirement) => {
                out.git |= requirement.git;
                out.local |= requirement.local;
                out.hashed |= requirement.hashed;
                if asked_for {
                    out.names.extend(requirement.name);
                }
            }
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum RequirementLine<'a> {
    Empty,
    Include { path: &'a str, constraint: bool },
    Requirement(RequirementFacts),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RequirementFacts {
    pub(super) name: Option<String>,
    pub(super) local: bool,
    pub(super) git: bool,
    pub(super) hashed: bool,
}

fn parse_line(line: &str) -> RequirementLine<'_> {
    if line.is_empty() {
        return RequirementLine::Empty;
    }
    if !line.starts_with('-') {
        return RequirementLine::Requirement(parse_requirement(line));
    }
    let option = |short: &str, long: &str| {
        let value = match line.strip_prefix(long) {
            Some(rest) => rest.strip_prefix(|c: char| c == '=' || c.is_whitespace()),
            None => line.strip_prefix(short).filter(|rest| !rest.starts_with('-')),
        };
        value.map(|value| value.trim().trim_matches(['"', '\''])).filter(|value| !value.is_empty())
    };
    if let Some(path) = option("-r", "--requirement") {
        return RequirementLine::Include { path, constraint: false };
    }
    if let Some(path) = option("-c", "--constraint") {
        return RequirementLine::Include { path, constraint: true };
    }
    if let Some(target) = option("-e", "--editable") {
        return RequirementLine::Requirement(parse_requirement(target));
    }
    RequirementLine::Empty
}

/// One requirement: a PEP 508 specifier, a URL or a path, with pip's options behind it.
pub(super) fn parse_requirement(text: &str) -> RequirementFacts {
    let text = text.trim();
    let hashed = text.contains("--hash");
    let url = text.split_once('@').map(|(_, url)| url.trim()).filter(|_| text.contains(" @") || text.contains("@ "));
    let target = url.unwrap_or(text);
    let remote = target.contains("://") && !target.starts_with("file:");
    let git = target.starts_with("git+");
    let name = distribution_name(text);
    let looks_like_path = target.starts_with(['.', '/', '~'])
        || target.starts_with("file:")
        || (name.is_none() && target.contains(['/', '\\']))
        || [".whl", ".tar.gz", ".zip"].iter().any(|end| target.split_whitespace().next().unwrap_or("").ends_with(end));
    let local = !remote && looks_like_path;
    let egg = text.split_once("#egg=").and_then(|(_, egg)| distribution_name(egg));
    RequirementFacts { name: egg.or(if local && url.is_none() { None } else { name }), local, git, hashed }
}

/// The leading name of a specifier, if what follows it can follow a name.
fn distribution_name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let edges = |c: char| c.is_ascii_alphanumeric();
    if !name.starts_with(edges) || !name.ends_with(edges) {
        return None;
    }
    let rest = rest.trim_start();
    (rest.is_empty() || rest.starts_with(['[', '=', '<', '>', '!', '~', ';', '@', '(', ',', '-', '&']))
        .then(|| normalize_name(name))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("requirements.txt");
        fs::write(&file, text).unwrap();
        read(&file, dir.path()).unwrap().names.into_iter().collect()
    }

    #[test]
    fn names_are_parsed_and_comments_are_not_names() {
        let cases: &[(&str, &[&str])] = &[
            ("aws-opentelemetry-distro", &["aws-opentelemetry-distro"]),
            ("AWS_OpenTelemetry.distro>=0.10.1", &["aws-opentelemetry-distro"]),
            ("# aws-opentelemetry-distro\n", &[]),
            ("boto3  # not aws-opentelemetry-distro", &["boto3"]),
            ("aws-opentelemetry-distro-extra==1", &["aws-opentelemetry-distro-extra"]),
            ("strands-agents[otel]>=1,<2 ; python_version > '3.9'", &["strands-agents"]),
            ("a==1 \\\n  --hash=sha256:00\nb", &["a", "b"]),
            ("a \\\n# comment\nb", &["a", "b"]),
            ("x @ https://example.com/x-1.0-py3-none-any.whl", &["x"]),
            ("x@https://example.com/x.zip", &["x"]),
            ("git+https://example.com/y.git@main#egg=y", &["y"]),
            ("-e git+ssh://git@example.com/z.git#egg=Z_z", &["z-z"]),
            ("--index-url https://example.com/simple\n--pre\nq", &["q"]),
            ("\u{feff}first\r\nsecond\r\n", &["first", "second"]),
            (".\n./lib\n../lib\nwheels/a.whl\n", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(names(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn what_an_installation_takes_is_seen() {
        let check = |text: &str| {
            let parsed = match parse_line(text) {
                RequirementLine::Requirement(requirement) => requirement,
                other => panic!("{text:?}: {other:?}"),
            };
            (parsed.local, parsed.git, parsed.hashed)
        };
        assert_eq!(check("-e ."), (true, false, false));
        assert_eq!(check("--editable=./lib"), (true, false, false));
        assert_eq!(check("./wheels/a-1-py3-none-any.whl"), (true, false, false));
        assert_eq!(check("wheels/a-1-py3-none-any.whl"), (true, false, false));
        assert_eq!(check("a-1-py3-none-any.whl"), (true, false, false));
        assert_eq!(check("a @ file:///src/a"), (true, false, false));
        assert_eq!(check("a @ git+https://example.com/a"), (false, true, false));
        assert_eq!(check("git+https://example.com/a@v1"), (false, true, false));
        assert_eq!(check("https://example.com/a.whl"), (false, false, false));
        assert_eq!(check("a==1 --hash=sha256:00"), (false, false, true));
        assert_eq!(check("a[extra]>=1; sys_platform == 'linux'"), (false, false, false));
    }

    #[test]
    fn any_white_space_follows_an_option() {
        for line in ["--requirement\u{a0}base.txt", "-r\u{2003}base.txt", "--requirement=base.txt", "-r base.txt"] {
            assert_eq!(parse_line(line), RequirementLine::Include { path: "base.txt", constraint: false }, "{line:?}");
        }
        assert_eq!(parse_line("--requirements base.txt"), RequirementLine::Empty);
    }

    #[test]
    fn included_files_are_read_once_and_constraints_ignored() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::create_dir(path("sub")).unwrap();
        fs::write(path("requirements.txt"), "-r sub/base.txt\n-c constraints.txt\na\n").unwrap();
        fs::write(path("sub/base.txt"), "--requirement=../requirements.txt\n-rmore.txt\nb\n").unwrap();
        fs::write(path("sub/more.txt"), "c\n").unwrap();
        fs::write(path("constraints.txt"), "aws-opentelemetry-distro==1\n").unwrap();
        let read = read(&path("requirements.txt"), dir.path()).unwrap();
        assert_eq!(read.names.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        let files: Vec<_> = ["requirements.txt", "sub/base.txt", "sub/more.txt", "constraints.txt"].map(path).into();
        assert_eq!(read.files, files);
    }

    #[test]
    fn a_bad_include_is_named_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("requirements.txt");
        fs::write(&file, "a\n-r nope.txt\n").unwrap();
        let error = read(&file, dir.path()).unwrap_err();
        assert!(error.message().ends_with("requirements.txt:2: `nope.txt` does not exist"), "{error}");
        fs::write(&file, "-r ../other.txt\n").unwrap();
        assert!(read(&file, dir.path()).unwrap_err().message().contains("outside the project folder"));
    }
}
