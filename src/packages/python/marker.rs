//! Environment markers (`sys_platform == "win32" and python_version < "3.13"`), decided for the machine that the
//! packages will run on.
//!
//! Owns: the grammar of markers and what they compare with. Does not own: where markers are written down.

use crate::platform::Platform;

use super::line::normalize;

/// The interpreter and the system that markers are asked about.
#[derive(Clone, Debug)]
pub(super) struct Target {
    python: String,
    machine: &'static str,
    system: System,
    /// Extras that count as chosen, normalised.
    extras: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct System {
    os: &'static str,
    platform: &'static str,
    name: &'static str,
}

impl Target {
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
        Self { python: python.to_owned(), machine, system, extras: Vec::new() }
    }

    /// The same with these extras chosen.
    pub(super) fn with_extras<'a>(&self, extras: impl IntoIterator<Item = &'a str>) -> Self {
        Self { extras: extras.into_iter().map(normalize).collect(), ..self.clone() }
    }

    /// Whether the marker holds. One that cannot be read counts as holding: the installer will say what is wrong.
    pub(super) fn satisfies(&self, marker: &str) -> bool {
        let words = words(marker);
        let mut reader = Reader { words: &words, target: self };
        match reader.either() {
            Some(holds) if reader.words.is_empty() => holds,
            _ => true,
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        let text = match name {
            "python_version" => return Some(self.python.clone()),
            // The patch version is the base image's affair; both installers assume the first.
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

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Text(String),
    Name(String),
    Operator(String),
    Open,
    Close,
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '(' => (Word::Open, 1),
            ')' => (Word::Close, 1),
            '"' | '\'' => {
                let end = rest[1..].find(first).unwrap_or(rest.len() - 1);
                (Word::Text(rest[1..=end].to_owned()), (end + 2).min(rest.len()))
            }
            '<' | '>' | '=' | '!' | '~' => {
                let end = rest.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~')).unwrap_or(rest.len());
                (Word::Operator(rest[..end].to_owned()), end)
            }
            _ => {
                let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
                let end = rest.find(|c| !part(c)).unwrap_or(rest.len()).max(first.len_utf8());
                match &rest[..end] {
                    "in" => (Word::Operator("in".to_owned()), end),
                    name => (Word::Name(name.to_owned()), end),
                }
            }
        };
        words.push(word);
        rest = rest[length..].trim_start();
    }
    words
}

struct Reader<'a> {
    words: &'a [Word],
    target: &'a Target,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<Word> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first.clone())
    }

    fn take_name(&mut self, name: &str) -> bool {
        let found = matches!(self.words.first(), Some(Word::Name(word)) if word == name);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn either(&mut self) -> Option<bool> {
        let mut holds = self.both()?;
        while self.take_name("or") {
            holds |= self.both()?;
        }
        Some(holds)
    }

    fn both(&mut self) -> Option<bool> {
        let mut holds = self.one()?;
        while self.take_name("and") {
            holds &= self.one()?;
        }
        Some(holds)
    }

    fn one(&mut self) -> Option<bool> {
        if self.words.first() == Some(&Word::Open) {
            self.take();
            let holds = self.either()?;
            return (self.take()? == Word::Close).then_some(holds);
        }
        let left = self.take()?;
        let mut operator = match self.take()? {
            Word::Operator(operator) => operator,
            Word::Name(name) if name == "not" => match self.take()? {
                Word::Operator(operator) if operator == "in" => "not in".to_owned(),
                _ => return None,
            },
            _ => return None,
        };
        let right = self.take()?;
        let (name, value) = match (left, right) {
            (Word::Name(name), Word::Text(value)) => (name, value),
            (Word::Text(value), Word::Name(name)) => {
                operator = mirrored(&operator).to_owned();
                (name, value)
            }
            _ => return None,
        };
        if name == "extra" {
            let chosen = self.target.extras.contains(&normalize(&value));
            return Some(if operator == "!=" { !chosen } else { chosen });
        }
        let own = self.target.variable(&name)?;
        let version = name.contains("version") && !name.starts_with("platform");
        compare(&own, &operator, &value, version)
    }
}

fn mirrored(operator: &str) -> &str {
    match operator {
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        "in" => "contains",
        "not in" => "contains not",
        same => same,
    }
}

fn compare(own: &str, operator: &str, value: &str, version: bool) -> Option<bool> {
    let listed = || value.split([' ', ',', '|']).any(|item| item == own);
    match operator {
        // For versions `in` is used with lists; for the rest it asks for a part of a word.
        "in" => return Some(if version { listed() } else { value.contains(own) }),
        "not in" => return Some(if version { !listed() } else { !value.contains(own) }),
        "contains" => return Some(own.contains(value)),
        "contains not" => return Some(!own.contains(value)),
        _ => {}
    }
    if !version {
        return match operator {
            "==" | "===" => Some(own == value),
            "!=" => Some(own != value),
            "<" => Some(own < value),
            "<=" => Some(own <= value),
            ">" => Some(own > value),
            ">=" => Some(own >= value),
            _ => None,
        };
    }
    let (mine, other) = (numbers(own)?, numbers(value.trim_end_matches(".*"))?);
    let given = value.trim_end_matches(".*").split('.').count();
    let prefix = |count: usize| (0..count.min(4)).all(|at| mine[at] == other[at]);
    Some(match operator {
        "==" | "===" if value.ends_with(".*") => prefix(given),
        "!=" if value.ends_with(".*") => !prefix(given),
        "==" | "===" => mine == other,
        "!=" => mine != other,
        "<" => mine < other,
        "<=" => mine <= other,
        ">" => mine > other,
        ">=" => mine >= other,
        "~=" => mine >= other && prefix(given.saturating_sub(1)),
        _ => return None,
    })
}

/// The release part of a version; what follows it does not occur in markers on interpreters.
fn numbers(version: &str) -> Option<[u32; 4]> {
    let mut numbers = [0; 4];
    for (at, part) in version.trim().split('.').take(4).enumerate() {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        numbers[at] = part[..digits].parse().ok()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_decided_for_the_target() {
        let target = Target::new("3.12", &Platform::arm64()).with_extras(["Socks_5"]);
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
            "not a marker at all",
        ] {
            assert!(target.satisfies(marker), "{marker}");
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
        ] {
            assert!(!target.satisfies(marker), "{marker}");
        }
    }
}
