//! Why an installer refuses: requirements that exclude each other, or a package without a wheel for the target.
//!
//! Owns: reading what uv and pip say about it. Does not own: running them.

use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use regex_lite::Regex;

use crate::error::{Code, Error};

use super::super::index_failure::IndexFailure;
use super::PythonDependencies;
use super::build::other_builders;
use super::line::normalize;

const AUTHORITIES: &str = "`export SSL_CERT_FILE=FILE` for uv, `export PIP_CERT=FILE` for pip";
const LOGINS: &str = "uv and pip take credentials from the index's URL, a variable in it, ~/.netrc or a keyring";

/// One condition on the version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
struct VersionCondition {
    /// Who has it; `None` for the project.
    of: Option<String>,
    /// Normalised name of the package.
    name: String,
    /// As it was written: `pydantic>=2,<3`.
    text: String,
}

/// Turns the installer's message for "this cannot be installed" into our error.
///
/// `absent` is the answer of pip's index about the package that pip did not find; uv states it itself.
pub(super) fn explain(error: Error, said: &[String], wanted: &PythonDependencies, absent: bool) -> Error {
    let (platform, python) = (&wanted.platform, &wanted.python);
    let tail = || said[said.len().saturating_sub(6)..].join("\n");
    // Without an answer of the index nothing is known of what it has; pip goes on as if it had nothing.
    if !said.iter().any(|line| line.contains("ResolutionImpossible"))
        && let Some(failure) = IndexFailure::of(said)
    {
        return failure.explain("package index", AUTHORITIES, LOGINS).cause(tail());
    }
    let missing = without_wheel(said);
    let is_missing = |name: &str| missing.as_deref().is_some_and(|package| name_of(package) == name);
    let absent = absent || nowhere(said);
    match (excluding(said), missing.as_deref()) {
        (Some((one, other)), _) if !is_missing(&one.name) => {
            Error::failed(format!("two requirements exclude each other: {} and {}", shown(&one), shown(&other)))
                .code(Code::PythonConflict)
                .cause(tail())
                .hint("change one of the two: the version that the project asks for, or the package that needs another")
        }
        (_, Some(package)) if absent => {
            let what = if name_of(package) == normalize(package) { "package" } else { "version" };
            Error::failed(format!("the index has no {what} `{package}`"))
                .code(Code::PythonNoSuchVersion)
                .cause(tail())
                .hint("correct its name or version")
                .hint("where another index has it, name that one in the requirements: `--extra-index-url URL`")
        }
        (_, Some(package)) => {
            let message = format!("no wheel of `{package}` fits {platform} and Python {python}");
            let error = Error::failed(message)
                .code(Code::ImageNoWheel)
                .cause("it is published as source only, or not for this platform, or there is no such version")
                .cause(tail())
                .hint("choose a version of it that has wheels");
            other_builders(error)
        }
        _ if is_conflict(said) => Error::failed("the requirements exclude each other, so no versions fit together")
            .code(Code::PythonConflict)
            .cause(tail())
            .hint("loosen the version of one of the packages that are named above"),
        _ => error.context(format!("could not install the Python dependencies for {platform} and Python {python}")),
    }
}

fn shown(condition: &VersionCondition) -> String {
    match &condition.of {
        Some(of) => format!("`{of}` needs `{}`", condition.text),
        None => format!("the project asks for `{}`", condition.text),
    }
}

fn is_conflict(said: &[String]) -> bool {
    said.iter().any(|line| line.contains("No solution found") || line.contains("ResolutionImpossible"))
}

/// Two conditions on the same package that were named as the reason, one of the project's own where there is one.
fn excluding(said: &[String]) -> Option<(VersionCondition, VersionCondition)> {
    if !is_conflict(said) {
        return None;
    }
    let uv = said.iter().any(|line| line.contains("No solution found"));
    let found = if uv { uv_conditions(said) } else { pip_conditions(said) };
    let pair = |first: &VersionCondition| {
        let second = found.iter().find(|other| {
            let others = other.of != first.of || first.of.is_none();
            other.name == first.name && others && exclude_each_other(first, other)
        })?;
        Some((second.clone(), first.clone()))
    };
    let own = found.iter().filter(|condition| condition.of.is_none()).find_map(pair);
    own.or_else(|| found.iter().find_map(pair))
}

/// Whether no version at all meets both conditions. Installers name everybody who has one, also those that agree. What
/// cannot be read excludes nothing.
fn exclude_each_other(one: &VersionCondition, other: &VersionCondition) -> bool {
    let (Some(one), Some(other)) = (one.versions(), other.versions()) else { return false };
    let bounds: Vec<&Version> = one.iter().chain(other.iter()).map(|bound| bound.version()).collect();
    // Where two ranges meet, they do so at a bound or above one, below the next of its kind.
    let above = |version: &Version| {
        let release = version.release();
        let mut next = release.to_vec();
        if let Some(last) = next.last_mut() {
            *last += 1;
        }
        let nearest: Vec<u64> = release.iter().copied().chain([0, 0, 1]).collect();
        [Version::new(nearest).with_epoch(version.epoch()), Version::new(next).with_epoch(version.epoch())]
    };
    let lowest = [Version::new([0]), Version::new([0, 0, 1])];
    let mut candidates =
        bounds.iter().flat_map(|version| above(version).into_iter().chain([(*version).clone()])).chain(lowest);
    !candidates.any(|version| one.contains(&version) && other.contains(&version))
}

/// uv gives a proof: sentences of premises, each with what follows from them.
fn uv_conditions(said: &[String]) -> Vec<VersionCondition> {
    let text = said.join(" ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    // Conclusions are not conditions.
    let mut premise = false;
    for at in 0..words.len() {
        let rest = &words[at..];
        match rest {
            ["Because", ..] | ["because", ..] => premise = true,
            ["we", "can", "conclude", ..] => premise = false,
            [of, "depends", "on", on, ..] | ["all", "versions", "of", of, "depend", "on", on, ..] if premise => {
                found.extend(condition(Some(of), on));
            }
            ["you", "require", first, rest @ ..] if premise => {
                found.extend(condition(None, first));
                if let ["and", second, next, ..] = rest
                    && !["depends", "was", "has", "have"].contains(next)
                {
                    found.extend(condition(None, second));
                }
            }
            _ => {}
        }
    }
    found
}

/// pip lists the conditions of each package that takes part.
fn pip_conditions(said: &[String]) -> Vec<VersionCondition> {
    let lines = said.iter().map(|line| line.trim()).skip_while(|line| !line.contains("The conflict is caused by"));
    let conditions = lines.filter_map(|line| {
        if let Some(rest) = line.strip_prefix("The user requested ") {
            return condition(None, rest.strip_prefix("(constraint) ").unwrap_or(rest));
        }
        let (of, on) = line.split_once(" depends on ")?;
        condition(Some(of), on.split(';').next().unwrap_or(on))
    });
    conditions.collect()
}

impl VersionCondition {
    fn versions(&self) -> Option<VersionSpecifiers> {
        let at = self.text.find(['<', '>', '=', '!', '~'])?;
        // pip writes `<3 and >=1.21`, older metadata `(>=1.21,<3)`.
        let text = self.text[at..].split(';').next()?.replace(" and ", ",");
        VersionSpecifiers::from_str(text.trim().trim_end_matches(')')).ok()
    }
}

/// `None` for a requirement of any version.
fn condition(of: Option<&str>, text: &str) -> Option<VersionCondition> {
    let text = text.trim().trim_end_matches([',', '.']);
    let name = name_of(text);
    (text.contains(['<', '>', '=', '!', '~']) && !name.is_empty()).then(|| VersionCondition {
        of: of.map(str::to_owned),
        name,
        text: text.to_owned(),
    })
}

fn name_of(text: &str) -> String {
    normalize(text.split(['<', '>', '=', '!', '~', '[', ' ', '(', ';']).next().unwrap_or_default())
}

/// What pip did not find, for which its index can be asked: the name, and whether one of these versions will do.
pub(super) fn not_found(said: &[String]) -> Option<(String, impl Fn(&str) -> bool + use<>)> {
    let package = said.iter().find_map(|line| line.split_once("No matching distribution found for "))?.1;
    let package = package.split([';', ' ']).next()?.to_owned();
    let versions = condition(None, &package).and_then(|condition| condition.versions());
    let fits = move |version: &str| match (&versions, Version::from_str(version.trim())) {
        (Some(wanted), Ok(version)) => wanted.contains(&version),
        _ => true,
    };
    Some((name_of(&package), fits))
}

/// Whether what is missing is missing for every machine: uv says so, pip does not tell it from a package without wheels.
fn nowhere(said: &[String]) -> bool {
    let text = said.join("\n");
    let has = |pattern: &str| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(&text));
    let wheels = has(r"Wheels are required|no (?:usable )?wheels");
    has(r"Because there (?:is no version|are no versions) of \S+") && !wheels
        || has(r"Because \S+ was not found in the package registry")
}

fn without_wheel(said: &[String]) -> Option<String> {
    let text = said.join("\n");
    [
        // pip
        r"No matching distribution found for ([^\s;(]+)",
        // uv, in the hint and in the explanation
        r"Wheels are required for `([^`]+)`",
        r"Because (?:all versions of )?(\S+) has no (?:usable )?wheels",
        r"Because all versions of (\S+) have no usable wheels",
        r"Because there (?:is no version|are no versions) of (\S+)",
        r"Because (\S+) was not found in the package registry",
    ]
    .iter()
    .find_map(|pattern| Some(Regex::new(pattern).ok()?.captures(&text)?[1].to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn told(text: &str) -> (String, String) {
        let wanted = PythonDependencies::none("3.12", &Platform::arm64());
        let error = explain(Error::failed("`uv` failed"), &lines(text), &wanted, false);
        (error.code_str().to_owned(), error.message().to_owned())
    }

    #[test]
    fn the_package_without_a_wheel_is_named() {
        let table = [
            ("ERROR: No matching distribution found for pyspark==3.5.0", "pyspark==3.5.0"),
            ("ERROR: No matching distribution found for x; python_version < '4'", "x"),
            ("hint: Wheels are required for `pyspark` because building from source is disabled", "pyspark"),
            ("cause: Because all versions of pyspark have no usable wheels and you require pyspark", "pyspark"),
            ("cause: Because pyspark==3.5.0 has no usable wheels and you require pyspark==3.5.0", "pyspark==3.5.0"),
        ];
        for (line, package) in table {
            let text = format!("error: No solution found when resolving dependencies\n{line}");
            for text in [line, &text] {
                let (code, message) = told(text);
                assert_eq!(code, "image.no-wheel", "{line}");
                assert!(message.contains(&format!("`{package}`")), "{message}");
            }
        }
        assert_eq!(without_wheel(&["error: the network is down".to_owned()]), None);
    }

    #[test]
    fn conflicting_requirements_are_named_as_a_pair() {
        let table = [
            (
                "error: No solution found when resolving dependencies\n  cause: Because autogen-core>=0.7.5 depends on \
                 pydantic>=2.10.0,<3.0.0 and autogen-agentchat>=0.7.5 depends on autogen-core==0.7.5, we can conclude \
                 that autogen-agentchat>=0.7.5 depends on pydantic>=2.10.0,<3.0.0.\n         And because you require \
                 autogen-agentchat==0.7.5 and pydantic<2, we can conclude that your requirements are unsatisfiable.",
                "`autogen-core>=0.7.5` needs `pydantic>=2.10.0,<3.0.0` and the project asks for `pydantic<2`",
            ),
            (
                "x No solution found when resolving dependencies:\n  Because strands-agents==1.0.0 depends on \
                 boto3>=1.26.0,<2.0.0\n      and you require strands-agents==1.0.0, we can conclude that you\n      \
                 require boto3>=1.26.0,<2.0.0.\n      And because you require boto3==1.20.0, we can conclude that\n  \
                 your requirements are unsatisfiable.",
                "`strands-agents==1.0.0` needs `boto3>=1.26.0,<2.0.0` and the project asks for `boto3==1.20.0`",
            ),
            (
                "No solution found\nBecause you require six>=2 and six<1.10, we can conclude that your requirements \
                 are unsatisfiable.",
                "the project asks for `six<1.10` and the project asks for `six>=2`",
            ),
            (
                "ERROR: Cannot install a and b because these package versions have conflicting dependencies.\n\n\
                 The conflict is caused by:\n    A 1.0 depends on x_y>=2; python_version > '3'\n    b 2.0 depends on \
                 x-y<1\n\nERROR: ResolutionImpossible: for help visit https://pip.pypa.io",
                "`b 2.0` needs `x-y<1` and `A 1.0` needs `x_y>=2`",
            ),
            (
                "The conflict is caused by:\n    The user requested pyyaml==6.0.1\n    distro 1 depends on \
                 pyyaml==6.0.3\nERROR: ResolutionImpossible: for help",
                "`distro 1` needs `pyyaml==6.0.3` and the project asks for `pyyaml==6.0.1`",
            ),
        ];
        for (said, pair) in table {
            assert_eq!(
                told(said),
                ("python.conflict".to_owned(), format!("two requirements exclude each other: {pair}"))
            );
        }
    }

    #[test]
    fn compatible_requirements_are_not_named_as_the_conflict() {
        for (one, other, excluded) in [
            ("a<3,>=1.21.1", "a==2.5.0", false),
            ("a<3 and >=1.21.1", "a==2.5.0", false),
            ("a<1.27 and >=1.25.4", "a==2.5.0", true),
            ("a(<1.27,>=1.25.4)", "a==2.5.0", true),
            ("a>1.9", "a<2", false),
            ("a>2", "a<2", true),
            ("a>=2", "a<=2", false),
            ("a!=2", "a==2", true),
            ("a!=2,>=2", "a<3", false),
            ("a~=1.4.2", "a<1.4", true),
            ("a~=1.4.2", "a>=1.4.9", false),
            ("a==1.*", "a>=1.9", false),
            ("a==1.*", "a>=2", true),
            ("a!=1.2.*,>=1.2", "a<2", false),
            ("a<1", "a!=0.5", false),
            ("a==1!2.0", "a<3", true),
            ("a>=2.0rc1", "a<=2.0rc1", false),
            ("a<oops", "a>5", false),
        ] {
            let [one, other] = [one, other].map(|text| condition(Some("x"), text).unwrap());
            assert_eq!(exclude_each_other(&one, &other), excluded, "{one:?} {other:?}");
            assert_eq!(exclude_each_other(&other, &one), excluded, "{other:?} {one:?}");
        }
        let said = "The conflict is caused by:\n    The user requested urllib3==2.5.0\n    requests 2.31.0 depends on \
                    urllib3<3 and >=1.21.1\n    botocore 1.29.0 depends on urllib3<1.27 and >=1.25.4\n\
                    ERROR: ResolutionImpossible: for help";
        assert!(
            told(said).1.ends_with(
                "`botocore 1.29.0` needs `urllib3<1.27 and >=1.25.4` and the project asks for `urllib3==2.5.0`"
            ),
            "{}",
            told(said).1
        );
        // The ranges alone do not show the conflict.
        let said =
            "The conflict is caused by:\n    a 1 depends on x>=1\n    b 1 depends on x>=2\nERROR: ResolutionImpossible";
        assert_eq!(told(said).1, "the requirements exclude each other, so no versions fit together");
    }

    #[test]
    fn unknown_package_is_not_reported_as_missing_wheel() {
        let said = |line: &str| told(&format!("error: No solution found when resolving dependencies\n{line}"));
        for (line, message) in [
            (
                "cause: Because there is no version of idna==999.0 and you require",
                "the index has no version `idna==999.0`",
            ),
            (
                "cause: Because no-such-thing was not found in the package registry",
                "the index has no package `no-such-thing`",
            ),
        ] {
            assert_eq!(said(line), ("python.no-such-version".to_owned(), message.to_owned()));
        }
    }

    #[test]
    fn packages_pip_cannot_find_are_checked_against_index() {
        let (name, fits) =
            not_found(&lines("ERROR: Could not\nERROR: No matching distribution found for Idna_x==999.0")).unwrap();
        assert_eq!((name.as_str(), fits("3.11"), fits("999.0")), ("idna-x", false, true));
        let (name, fits) =
            not_found(&lines("ERROR: No matching distribution found for x; python_version < '4'")).unwrap();
        assert_eq!((name.as_str(), fits("3.11")), ("x", true));
        assert!(not_found(&lines("ERROR: the network is down")).is_none());
        let wanted = PythonDependencies::none("3.12", &Platform::arm64());
        let said = lines("ERROR: No matching distribution found for idna==999.0");
        let error = explain(Error::failed("`pip` failed"), &said, &wanted, true);
        assert_eq!(error.message(), "the index has no version `idna==999.0`");
        assert!(!error.hints().iter().any(|hint| hint.contains("engine")), "{error:?}");
    }

    #[test]
    fn conflicts_and_missing_wheels_are_told_apart() {
        let (code, message) = told("ERROR: ResolutionImpossible: for help visit https://pip.pypa.io");
        assert_eq!((code.as_str(), message.contains("exclude each other")), ("python.conflict", true));
        // Two packages require it, and neither can be satisfied.
        let said = "No solution found\nBecause all versions of x have no usable wheels and a==1 depends on x>=2 and b==1 \
                    depends on x>=1, we can conclude that your requirements are unsatisfiable.\n\
                    hint: Wheels are required for `x` because building from source is disabled";
        assert_eq!(told(said).0, "image.no-wheel");
        assert!(told("error: dns error").1.contains("could not install"));
    }
}
