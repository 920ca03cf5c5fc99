//! One requirement: package, source and condition.
//!
//! Owns: the grammar of a requirement as both installers understand it. Does not own: files of requirements, and whether
//! a requirement can be met.

use std::path::{Path, PathBuf};

use pep440_rs::{Version, VersionSpecifiers};

use crate::env::Env;
use crate::fsx;
pub(super) use crate::requirements::normalize_name as normalize;

/// A requirement of a file, a `pyproject.toml` or this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// Normalised; unknown for a path or an address without a name.
    pub(super) name: Option<String>,
    pub(super) extras: Vec<String>,
    pub(super) what: PackageSource,
    pub(super) marker: Option<String>,
    /// Options of the line, such as ` --hash=sha256:…`.
    pub(super) options: String,
    /// The whole line.
    pub(super) text: String,
}

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PackageSource {
    /// An index, in any of the versions that the line allows.
    Index {
        exact: bool,
    },
    Git(GitSource),
    /// A folder that is built.
    Dir(PathBuf),
    /// A wheel on this machine.
    Wheel(PathBuf),
    /// A source archive on this machine.
    Archive(PathBuf),
    /// A file elsewhere.
    Url(String),
    /// Version control that neither builds here nor is fetched, by its name.
    OtherVcs(String),
}

/// A git repository, revision and subdirectory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GitSource {
    /// Without `git+`; credentials are part of it where the user wrote them there.
    pub(super) url: String,
    /// A branch, tag or commit; the default branch when missing.
    pub(super) revision: Option<String>,
    pub(super) subdirectory: Option<String>,
}

impl GitSource {
    /// The full hash of a commit: its content can never be another one.
    pub(super) fn commit(&self) -> Option<&str> {
        self.revision.as_deref().filter(|text| text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()))
    }

    /// Reads `https://h/p@rev#subdirectory=x` (behind `git+`).
    pub(super) fn parse(url: &str) -> Self {
        let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
        let value = |name: &str| fragment.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        let path = url.find("://").map_or(0, |at| at + 3);
        let path = url[path..].find('/').map_or(url.len(), |slash| path + slash);
        let (url, revision) = match url[path..].rsplit_once('@') {
            Some((before, revision)) => (url[..path].to_owned() + before, Some(revision.to_owned())),
            None => (url.to_owned(), None),
        };
        Self { url, revision, subdirectory: value("subdirectory").map(str::to_owned) }
    }
}

/// The names in `${NAME}`.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Whether installers take it for the name of a variable.
pub(super) fn is_filled_in(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// `${NAME}` replaced from the environment, as both installers do it; names that are not set stay.
pub(super) fn expand(text: &str, env: &Env) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else { break };
        let name = &rest[at + 2..at + end];
        out.push_str(&rest[..at]);
        match env.var(name).filter(|_| is_filled_in(name)) {
            Some(value) => out.push_str(value),
            None => out.push_str(&rest[at..=at + end]),
        }
        rest = &rest[at + end + 1..];
    }
    out + rest
}

impl Requirement {
    /// Reads one line without continuation and comment. Relative paths are looked for in `dirs`, in that order.
    pub(super) fn parse(line: &str, dirs: &[PathBuf]) -> Self {
        let text = line.trim().to_owned();
        let mut body = text.as_str();
        for option in ["--editable", "-e"] {
            if let Some(rest) = body.strip_prefix(option) {
                body = unquoted(rest.trim_start_matches([' ', '=']));
                break;
            }
        }
        let (body, options) = match body.find(" --") {
            Some(at) => (body[..at].trim_end(), body[at..].to_owned()),
            None => (body, String::new()),
        };
        let (name, extras, target, marker) = split(body);
        let mut requirement = Self {
            name: name.map(normalize),
            extras: list(extras),
            what: PackageSource::Index { exact: false },
            marker: marker.map(|marker| marker.trim().to_owned()).filter(|marker| !marker.is_empty()),
            options,
            text: text.clone(),
        };
        let Some(target) = target else {
            let version = body.split(';').next().unwrap_or_default();
            let exact = version.contains("==") && !version.contains(".*") && !version.contains(',');
            requirement.what = PackageSource::Index { exact };
            return requirement;
        };
        requirement.what = origin(target, dirs);
        if let (None, Some(egg)) = (&requirement.name, fragment(target, "egg")) {
            let (egg, extras) = egg.split_once('[').unwrap_or((egg, ""));
            requirement.name = Some(normalize(egg));
            requirement.extras.extend(list(extras.trim_end_matches(']')));
        }
        requirement
    }

    /// Its name, or else what was written.
    pub(super) fn shown(&self) -> String {
        self.name.clone().unwrap_or_else(|| super::secrets::mask_urls(&self.text))
    }

    /// Whether it takes this version; what is not understood takes any.
    pub(super) fn allows(&self, version: &str) -> bool {
        match (self.specifiers().parse::<VersionSpecifiers>(), version.parse::<Version>()) {
            (Ok(specifiers), Ok(version)) => specifiers.contains(&version),
            _ => true,
        }
    }

    /// Name and versions, without extras, markers and options.
    pub(super) fn condition(&self) -> String {
        format!("{}{}", self.shown(), self.specifiers())
    }

    fn specifiers(&self) -> &str {
        let body = self.text.split([';', '@']).next().unwrap_or_default();
        let body = body.split(" --").next().unwrap_or_default();
        let at = body.find(['<', '>', '=', '!', '~']).unwrap_or(body.len());
        body[at..].trim().trim_end_matches(')')
    }

    /// The line that asks for the same from a file on this machine.
    pub(super) fn as_line(&self, name: &str, file: &Path, hash: Option<&str>) -> String {
        let url = url::Url::from_file_path(file).map_or_else(|()| file.display().to_string(), String::from);
        let extras = if self.extras.is_empty() { String::new() } else { format!("[{}]", self.extras.join(",")) };
        let marker = self.marker.as_ref().map(|marker| format!(" ; {marker}")).unwrap_or_default();
        let hash = hash.map(|hash| format!(" --hash=sha256:{hash}")).unwrap_or_default();
        format!("{name}{extras} @ {url}{marker}{hash}")
    }
}

fn unquoted(text: &str) -> &str {
    let quoted = |mark: char| text.strip_prefix(mark).and_then(|text| text.strip_suffix(mark));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(text)
}

fn list(extras: &str) -> Vec<String> {
    extras.split(',').map(normalize).filter(|extra| !extra.is_empty()).collect()
}

fn fragment<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, fragment) = url.split_once('#')?;
    fragment.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

/// Name, extras, address or path (none for an index), marker.
fn split(body: &str) -> (Option<&str>, &str, Option<&str>, Option<&str>) {
    let end = body.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(body.len());
    let (name, rest) = body.split_at(end);
    let rest = rest.trim_start();
    let named = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !name.ends_with(".whl")
        && (rest.is_empty() || rest.starts_with(['[', '=', '<', '>', '!', '~', ';', '@', '(', ',']));
    if named {
        let (extras, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((extras, rest)) => (extras, rest.trim_start()),
            None => ("", rest),
        };
        if let Some(address) = rest.strip_prefix('@') {
            // In an address a semicolon is only a border when a space is before it.
            let (address, marker) = match address.split_once(" ;") {
                Some((address, marker)) => (address, Some(marker)),
                None => (address, None),
            };
            return (Some(name), extras, Some(address.trim()), marker);
        }
        return (Some(name), extras, None, rest.split_once(';').map(|(_, marker)| marker));
    }
    let (target, marker) = match body.split_once(';') {
        Some((target, marker)) if !target.contains("://") || target.ends_with(' ') => (target.trim(), Some(marker)),
        _ => (body.trim(), None),
    };
    match target.strip_suffix(']').and_then(|target| target.rsplit_once('[')) {
        Some((target, extras)) if !target.contains('#') => (None, extras, Some(target), marker),
        _ => (None, "", Some(target), marker),
    }
}

fn origin(target: &str, dirs: &[PathBuf]) -> PackageSource {
    if let Some(url) = target.strip_prefix("git+") {
        return PackageSource::Git(GitSource::parse(url));
    }
    if let Some((scheme, _)) = target.split_once("://")
        && let Some((system, _)) = scheme.split_once('+')
    {
        return PackageSource::OtherVcs(system.to_owned());
    }
    let path = match url::Url::parse(target) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().unwrap_or_else(|()| PathBuf::from(url.path())),
        Ok(_) if target.contains("://") => return PackageSource::Url(target.to_owned()),
        _ => {
            let path = target.strip_prefix("file:").unwrap_or(target);
            let path = path.split('#').next().unwrap_or_default();
            let candidates = dirs.iter().map(|dir| fsx::normalize(&dir.join(path)));
            let first = || dirs.first().map(|dir| fsx::normalize(&dir.join(path)));
            candidates.clone().find(|path| path.exists()).or_else(first).unwrap_or_else(|| PathBuf::from(path))
        }
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    if name.ends_with(".whl") {
        PackageSource::Wheel(path)
    } else if [".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz"].iter().any(|end| name.ends_with(end)) {
        PackageSource::Archive(path)
    } else {
        PackageSource::Dir(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Requirement {
        Requirement::parse(line, &[PathBuf::from("/p/sub"), PathBuf::from("/p")])
    }

    #[test]
    fn packages_of_an_index() {
        let read = parse("Strands_Agents[OTel, a2a]>=1,<2 ; python_version > '3.9'");
        assert_eq!(read.name.as_deref(), Some("strands-agents"));
        assert_eq!(read.extras, ["otel", "a2a"]);
        assert_eq!(read.marker.as_deref(), Some("python_version > '3.9'"));
        assert_eq!(read.what, PackageSource::Index { exact: false });
        let read = parse("a==1 --hash=sha256:aa --hash=sha256:bb");
        assert_eq!(
            (read.what, read.options.as_str()),
            (PackageSource::Index { exact: true }, " --hash=sha256:aa --hash=sha256:bb")
        );
        for (line, exact) in [("a==1.*", false), ("a===1", true), ("a", false), ("a>=1", false), ("a<2;x=='=='", false)]
        {
            assert_eq!(parse(line).what, PackageSource::Index { exact }, "{line}");
        }
    }

    #[test]
    fn versions_are_taken_or_not() {
        for (line, version, taken) in [
            ("pyyaml==6.0.3", "6.0.4", false),
            ("pyyaml == 6.0.3 ; python_version > '3'", "6.0.3", true),
            ("Proto_buf[x] (>=5,<7)", "7.36.2", false),
            ("protobuf[x]>=5,<7", "6.33.5", true),
            ("a~=1.4.2 --hash=sha256:aa", "1.5", false),
            ("a!=1.*", "1.2", false),
            ("a", "0.1", true),
            ("a==1.0", "1", true),
            ("a @ https://h/a==1.whl", "2", true),
        ] {
            assert_eq!(parse(line).allows(version), taken, "{line} {version}");
        }
        assert_eq!(parse("Proto_buf[x]>=5,<7; os_name == 'posix'").condition(), "proto-buf>=5,<7");
    }

    #[test]
    fn repositories() {
        let git = |line: &str| match parse(line) {
            Requirement { what: PackageSource::Git(git), name, .. } => (name.unwrap_or_default(), git),
            other => panic!("{line}: {other:?}"),
        };
        let (name, found) = git("x @ git+https://h/o/r.git@v1.2#subdirectory=py ; sys_platform == 'linux'");
        assert_eq!((name.as_str(), found.url.as_str()), ("x", "https://h/o/r.git"));
        assert_eq!((found.revision.as_deref(), found.subdirectory.as_deref()), (Some("v1.2"), Some("py")));
        let (name, found) = git("-e git+ssh://git@h/o/r.git#egg=Z_z&subdirectory=a");
        assert_eq!((name.as_str(), found.url.as_str(), found.revision), ("z-z", "ssh://git@h/o/r.git", None));
        let sha = "0123456789012345678901234567890123456789";
        let (_, found) = git(&format!("git+https://me:s@h/r@{sha}"));
        assert_eq!((found.commit(), found.url.as_str()), (Some(sha), "https://me:s@h/r"));
        assert_eq!(git("git+https://h/r@feature/x").1.revision.as_deref(), Some("feature/x"));
        assert_eq!(parse("hg+https://h/r").what, PackageSource::OtherVcs("hg".into()));
    }

    #[test]
    fn files_and_folders_of_this_machine() {
        let what = |line: &str| parse(line).what;
        assert_eq!(what("-e ."), PackageSource::Dir("/p/sub".into()));
        assert_eq!(what("--editable=./lib"), PackageSource::Dir("/p/sub/lib".into()));
        assert_eq!(what("a @ file:///src/a"), PackageSource::Dir("/src/a".into()));
        assert_eq!(
            what("./wheels/a-1-py3-none-any.whl"),
            PackageSource::Wheel("/p/sub/wheels/a-1-py3-none-any.whl".into())
        );
        assert_eq!(what("a-1-py3-none-any.whl"), PackageSource::Wheel("/p/sub/a-1-py3-none-any.whl".into()));
        assert_eq!(what("../a-1.tar.gz"), PackageSource::Archive("/p/a-1.tar.gz".into()));
        assert_eq!(what("https://h/a-1-py3-none-any.whl"), PackageSource::Url("https://h/a-1-py3-none-any.whl".into()));
        let read = parse("-e ./lib[web,x] ; python_version>'3'");
        assert_eq!((read.extras.len(), read.marker.as_deref()), (2, Some("python_version>'3'")));
        assert_eq!(read.what, PackageSource::Dir("/p/sub/lib".into()));
    }

    #[test]
    fn built_wheel_replaces_its_line() {
        let line = parse("lib[web] @ git+https://h/r ; os_name == 'posix'");
        let text = line.as_line("lib", Path::new("/w x/lib-1-py3-none-any.whl"), Some("ab"));
        assert_eq!(text, "lib[web] @ file:///w%20x/lib-1-py3-none-any.whl ; os_name == 'posix' --hash=sha256:ab");
    }

    #[test]
    fn variables_are_expanded_as_installers_do() {
        let env = Env::fake(Path::new("/"), &[("TOKEN", "t")]);
        assert_eq!(expand("https://a:${TOKEN}@h/${MISSING}/$TOKEN/${x", &env), "https://a:t@h/${MISSING}/$TOKEN/${x");
    }
}
