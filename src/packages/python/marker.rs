//! Environment markers (`sys_platform == "win32" and python_version < "3.13"`), decided for the machine that the
//! packages will run on.
//!
//! Owns: the grammar of markers and what they compare with, as PyPA's `packaging` has them. Does not own: where markers
//! are written down.

use pep440_rs::{Version, VersionSpecifier};

use crate::platform::Platform;

use super::line::normalize;
use super::wheel::WheelName;

/// The marker environment of PEP 508: the target's interpreter and system.
#[derive(Clone, Debug)]
pub(super) struct MarkerEnvironment {
    python: String,
    machine: &'static str,
    system: System,
    own: Platform,
    /// Extras that count as chosen, normalised.
    extras: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct System {
    os: &'static str,
    platform: &'static str,
    name: &'static str,
}

impl MarkerEnvironment {
    pub(super) fn new(python: &str, platform: &Platform) -> Self {
        let system = match platform.os.as_str() {
            "darwin" => System { os: "posix", platform: "darwin", name: "Darwin" },
            "windows" => System { os: "nt", platform: "win32", name: "Windows" },
            _ => System { os: "posix", platform: "linux", name: "Linux" },
        };
        let machine = match (platform.os.as_str(), platform.architecture.as_str()) {
            ("darwin", "arm64") => "arm64",
            (_, "arm64") => "aarch64",
            _ => "x86_64",
        };
        Self { python: python.to_owned(), machine, system, own: platform.clone(), extras: Vec::new() }
    }

    /// The same with these extras chosen.
    pub(super) fn with_extras<'a>(&self, extras: impl IntoIterator<Item = &'a str>) -> Self {
        Self { extras: extras.into_iter().map(normalize).collect(), ..self.clone() }
    }

    /// `3.12`
    pub(super) fn python(&self) -> &str {
        &self.python
    }

    /// Whether the wheel of this name is published for it.
    pub(super) fn takes(&self, wheel: &str) -> bool {
        WheelName::parse(wheel).is_some_and(|name| name.is_for(&self.python, &self.own))
    }

    /// Whether the marker holds. One that cannot be read counts as holding: the installer will say what is wrong.
    pub(super) fn satisfies(&self, marker: &str) -> bool {
        self.decide(marker).unwrap_or(true)
    }

    /// Whether the marker holds; `None` for one that cannot be read, or compares what cannot be compared.
    pub(super) fn decide(&self, marker: &str) -> Option<bool> {
        let words = lexemes(marker)?;
        let mut reader = MarkerParser { words: &words, target: self, depth: 0 };
        let holds = reader.or_expression()?;
        reader.words.is_empty().then_some(holds)
    }

    fn variable(&self, name: &str) -> Option<String> {
        let text = match name {
            "python_version" => return Some(self.python.clone()),
            // The patch version depends on the base image; both installers assume the first.
            "python_full_version" | "implementation_version" => return Some(format!("{}.0", self.python)),
            "os_name" | "os.name" => self.system.os,
            "sys_platform" | "sys.platform" => self.system.platform,
            "platform_system" => self.system.name,
            "platform_machine" | "platform.machine" => self.machine,
            "platform_python_implementation" | "python_implementation" | "platform.python_implementation" => "CPython",
            "implementation_name" => "cpython",
            "platform_release" | "platform_version" | "platform.version" => "",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

/// Whether a marker can be read and decided, for whichever machine.
pub(super) fn is_understood(marker: &str) -> bool {
    MarkerEnvironment::new("3.12", &Platform::host()).decide(marker).is_some()
}

#[derive(Clone, Debug, PartialEq)]
enum Lexeme {
    Text(String),
    Name(String),
    Operator(String),
    Open,
    Close,
}

/// `None` for a text without its closing quote, and for what is no part of any marker.
fn lexemes(text: &str) -> Option<Vec<Lexeme>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '(' => (Lexeme::Open, 1),
            ')' => (Lexeme::Close, 1),
            '"' | '\'' => {
                let end = rest[1..].find(first)?;
                (Lexeme::Text(rest[1..=end].to_owned()), end + 2)
            }
            '<' | '>' | '=' | '!' | '~' => {
                let end = rest.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~')).unwrap_or(rest.len());
                (Lexeme::Operator(rest[..end].to_owned()), end)
            }
            _ => {
                let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
                let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                match &rest[..end] {
                    "in" => (Lexeme::Operator("in".to_owned()), end),
                    name => (Lexeme::Name(name.to_owned()), end),
                }
            }
        };
        words.push(word);
        rest = rest[length..].trim_start();
    }
    Some(words)
}

/// Parentheses within each other that are followed. A lock or a requirements file could have thousands, and each takes a
/// part of the stack.
const DEPTH: usize = 100;

struct MarkerParser<'a> {
    words: &'a [Lexeme],
    target: &'a MarkerEnvironment,
    depth: usize,
}

impl MarkerParser<'_> {
    fn next_lexeme(&mut self) -> Option<Lexeme> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.clone())
    }

    fn take_name(&mut self, name: &str) -> bool {
        let found = matches!(self.words.first(), Some(Lexeme::Name(word)) if word == name);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn or_expression(&mut self) -> Option<bool> {
        let mut holds = self.and_expression()?;
        while self.take_name("or") {
            holds |= self.and_expression()?;
        }
        Some(holds)
    }

    fn and_expression(&mut self) -> Option<bool> {
        let mut holds = self.term()?;
        while self.take_name("and") {
            holds &= self.term()?;
        }
        Some(holds)
    }

    fn term(&mut self) -> Option<bool> {
        if self.words.first() == Some(&Lexeme::Open) {
            self.next_lexeme();
            self.depth += 1;
            if self.depth > DEPTH {
                return None;
            }
            let holds = self.or_expression()?;
            self.depth -= 1;
            return (self.next_lexeme()? == Lexeme::Close).then_some(holds);
        }
        let left = self.next_lexeme()?;
        let operator = match self.next_lexeme()? {
            Lexeme::Operator(operator) => operator,
            Lexeme::Name(name) if name == "not" => match self.next_lexeme()? {
                Lexeme::Operator(operator) if operator == "in" => "not in".to_owned(),
                _ => return None,
            },
            _ => return None,
        };
        let (name, left, right) = match (left, self.next_lexeme()?) {
            (Lexeme::Name(name), Lexeme::Text(text)) => (name, None, Some(text)),
            (Lexeme::Text(text), Lexeme::Name(name)) => (name, Some(text), None),
            _ => return None,
        };
        if name == "extra" {
            return self.extra(&operator, &left.or(right)?);
        }
        let own = self.target.variable(&name)?;
        let (left, right) = (left.as_deref().unwrap_or(&own), right.as_deref().unwrap_or(&own));
        compare(left, &operator, right, VERSIONS.contains(&name.as_str()))
    }

    /// `extra` can only be compared for equality.
    fn extra(&self, operator: &str, name: &str) -> Option<bool> {
        let (extras, name) = (&self.target.extras, normalize(name));
        let chosen = extras.contains(&name) || (extras.is_empty() && name.is_empty());
        match operator {
            "==" => Some(chosen),
            "!=" => Some(!chosen),
            _ => None,
        }
    }
}

/// Variables that are compared as versions, where what they are compared with is one.
const VERSIONS: [&str; 4] = ["implementation_version", "platform_release", "python_full_version", "python_version"];

fn compare(left: &str, operator: &str, right: &str, versions: bool) -> Option<bool> {
    if versions && operator == "===" && !right.is_empty() && !right.contains(char::is_whitespace) {
        return Some(left.eq_ignore_ascii_case(right));
    }
    if versions && let Ok(wanted) = format!("{operator}{right}").parse::<VersionSpecifier>() {
        return Some(left.parse::<Version>().is_ok_and(|version| wanted.contains(&version)));
    }
    // Words have no order.
    match operator {
        "in" => Some(right.contains(left)),
        "not in" => Some(!right.contains(left)),
        "==" | "<=" | ">=" => Some(left == right),
        "!=" => Some(left != right),
        "<" | ">" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_decided_for_the_target() {
        let target = MarkerEnvironment::new("3.12", &Platform::arm64()).with_extras(["Socks_5"]);
        for marker in [
            "python_version >= '3.9'",
            "python_version < \"3.13\" and sys_platform == 'linux'",
            "'3.10' <= python_version",
            "sys_platform == 'win32' or platform_machine == 'aarch64'",
            "(sys_platform == 'win32' or os_name == 'posix') and implementation_name != 'pypy'",
            "platform_machine in 'aarch64 arm64'",
            "platform_machine not in 'x86_64 amd64'",
            "python_version in '3.11, 3.12'",
            "python_full_version >= '3.12.0a1'",
            "python_full_version == '3.12.*'",
            "python_version ~= '3.8'",
            "extra == 'socks-5'",
            "'linux' in sys_platform",
            "platform_python_implementation=='CPython'",
            "python_version in '3.1, 3.12'",
            "'3.12.0rc1' < python_version or python_full_version === '3.12.0'",
        ] {
            assert_eq!(target.decide(marker), Some(true), "{marker}");
        }
        for marker in [
            "not a marker at all",
            "sys_platform ~= 'linux'",
            "sys_platform == 'linux",
            "sys_platform = 'linux'",
            "'a' == 'a'",
            "unheard_of == 'a'",
            "extra > 'a'",
            "sys_platform == 'linux' and",
            "(sys_platform == 'linux'",
            "sys_platform == 'linux' & os_name == 'posix'",
        ] {
            assert_eq!(target.decide(marker), None, "{marker}");
            assert!(target.satisfies(marker), "what is not understood is not left out: {marker}");
        }
        for marker in [
            "python_version < '3.9'",
            "python_version<'3.12'",
            "sys_platform == 'win32'",
            "sys_platform == 'linux' and python_version >= '3.13'",
            "extra == 'other'",
            "extra == 'other' and sys_platform == 'linux'",
            "os_name == 'nt' or (platform_system == 'Darwin')",
            "python_version == '3.1'",
            "python_full_version < '3.12'",
            "sys_platform > 'a'",
            "python_version not in '3.11,3.12'",
        ] {
            assert_eq!(target.decide(marker), Some(false), "{marker}");
        }
    }

    /// `tests/tools/markers.py` makes random markers and has `packaging` decide them.
    #[tokio::test]
    async fn random_markers_are_decided_as_packaging_does() {
        let env = crate::env::Env::capture();
        let Some(python) = crate::process::find(&env, "python3") else { return };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/markers.py");
        let run = crate::process::Child::new(python, &env, crate::process::Tool::Python)
            .args([script, "50000", "20260101"])
            .output()
            .await
            .unwrap();
        if !run.status.success() {
            return crate::needs::lacked("packaging", &run.tail(1));
        }
        let target = MarkerEnvironment::new("3.12", &Platform::arm64()).with_extras(["socks-5"]);
        let mut count = 0;
        for line in String::from_utf8_lossy(&run.stdout).lines() {
            let (answer, marker) = line.split_once('\t').unwrap();
            let expected = match answer {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            };
            assert_eq!(target.decide(marker), expected, "{marker}");
            count += 1;
        }
        assert_eq!(count, 50_000);
    }

    #[test]
    fn parentheses_are_followed_to_a_depth() {
        let nested = |depth: usize| format!("{}os_name == 'nt'{}", "(".repeat(depth), ")".repeat(depth));
        let target = MarkerEnvironment::new("3.12", &Platform::arm64());
        assert_eq!(target.decide(&nested(DEPTH)), Some(false));
        assert_eq!(target.decide(&nested(DEPTH + 1)), None);
        assert_eq!(target.decide(&nested(1_000_000)), None);
        let beside = vec!["(os_name == 'nt')"; 1000].join(" or ");
        assert_eq!(target.decide(&beside), Some(false));
    }
}
