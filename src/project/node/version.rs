//! Which Node an agent runs on: version files, and the ranges of `engines.node`.

use std::path::{Path, PathBuf};

use super::PackageJson;
use crate::error::{Code, Error, Result};
use crate::facts::Interpreter;
use crate::fsx;
use crate::project::{ProjectRoots, VersionSource};

/// The oldest release line that the service has a runtime for, all of which are maintained.
fn default_major() -> u64 {
    Interpreter::Node.versions().0.into()
}

/// `engines.node` of a package.json.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Engines {
    pub(crate) file: PathBuf,
    range: String,
}

impl Engines {
    /// Of the first of these packages that has it.
    pub(super) fn from_packages(packages: &[&PackageJson]) -> Option<Self> {
        packages.iter().find_map(|package| {
            let range = package.value.get("engines")?.get("node")?.as_str()?.to_owned();
            Some(Self { file: package.file.clone(), range })
        })
    }

    /// Whether some version of this release line is in the range. One that cannot be read allows everything.
    pub(crate) fn allow(&self, major: u32) -> bool {
        allows(&self.range, major.into()).unwrap_or(true)
    }
}

/// `packages` are asked in this order.
pub(super) fn find(
    folder: &Path,
    packages: &[&PackageJson],
    project: &ProjectRoots,
) -> Result<(String, VersionSource)> {
    if let Some(file) = project.nearest(folder, &[".nvmrc", ".node-version"]) {
        let text = fsx::read_text(&file)?.unwrap_or_default();
        // `lts/*` and code names say nothing that can be looked up offline.
        let major = text.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u64>().ok());
        if let Some(major) = major {
            return Ok((major.to_string(), VersionSource::VersionFile(file)));
        }
    }
    if let Some(Engines { range, file }) = Engines::from_packages(packages) {
        let major = best_major(&range).ok_or_else(|| {
            Error::usage(format!("`{}`: no Node release satisfies `engines.node` = `{range}`", file.display()))
                .code(Code::SourcePackageJson)
        })?;
        return Ok((major.to_string(), VersionSource::Manifest(file)));
    }
    Ok((default_major().to_string(), VersionSource::Default))
}

/// The major version that an npm range allows: the default where it can, else the nearest newer, else the nearest
/// older. Odd ones, which are never maintained for long, come last.
fn best_major(range: &str) -> Option<u64> {
    let allowed = |major: &u64| allows(range, *major).unwrap_or(false);
    let newer = (default_major()..100).step_by(2);
    let older = (0..default_major()).rev().filter(|major| major % 2 == 0);
    newer.chain(older).chain((0..100).filter(|major| major % 2 == 1)).find(allowed)
}

/// Whether a range and a major version have something in common; `None` for what is no range.
fn allows(range: &str, major: u64) -> Option<bool> {
    let alternatives: Vec<Interval> = range.split("||").map(Interval::parse).collect::<Option<_>>()?;
    let own = Interval { low: [major, 0, 0], high: [major + 1, 0, 0] };
    Some(alternatives.iter().any(|interval| !interval.intersect(own).is_empty()))
}

/// Versions from `low` up to, not including, `high`.
#[derive(Clone, Copy, Debug)]
struct Interval {
    low: [u64; 3],
    high: [u64; 3],
}

impl Interval {
    const ALL: Self = Self { low: [0; 3], high: [u64::MAX; 3] };

    fn is_empty(self) -> bool {
        self.low >= self.high
    }

    fn intersect(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// The comparators of one alternative: `>=20.1 <23`, `^22`, `20.x`, `18 - 22`.
    fn parse(text: &str) -> Option<Self> {
        if let Some((low, high)) = text.split_once(" - ") {
            let (low, high) = (Self::exact(low.trim())?, Self::exact(high.trim())?);
            return Some(Self { low: low.low, high: high.high });
        }
        // `>= 20` with a space is one comparator.
        let mut joined = String::new();
        for word in text.split_whitespace() {
            if !joined.is_empty() && !joined.ends_with(['<', '>', '=', '^', '~']) {
                joined.push(' ');
            }
            joined.push_str(word);
        }
        joined.split(' ').filter(|word| !word.is_empty()).try_fold(Self::ALL, |all, word| {
            let end = word.find(|c: char| !matches!(c, '<' | '>' | '=' | '^' | '~')).unwrap_or(word.len());
            let (operator, version) = word.split_at(end);
            let exact = Self::exact(version)?;
            let next = match operator {
                "" | "=" => exact,
                ">=" => Self { high: Self::ALL.high, ..exact },
                ">" => Self { low: exact.high, high: Self::ALL.high },
                "<" => Self { low: [0; 3], high: exact.low },
                "<=" => Self { low: [0; 3], high: exact.high },
                "^" => Self { low: exact.low, high: exact.high.max([exact.low[0] + 1, 0, 0]) },
                "~" => Self { low: exact.low, high: exact.high.max([exact.low[0], exact.low[1] + 1, 0]) },
                _ => return None,
            };
            Some(all.intersect(next))
        })
    }

    /// All versions that a possibly partial version stands for: `20` is everything from 20.0.0 to before 21.0.0.
    fn exact(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('v').split(['-', '+']).next()?;
        let mut parts = Vec::new();
        for part in text.split('.') {
            if matches!(part, "" | "x" | "X" | "*") {
                break;
            }
            parts.push(part.parse::<u64>().ok().filter(|part| *part < u64::from(u32::MAX))?);
        }
        let part = |index: usize| parts.get(index).copied().unwrap_or(0);
        let low = [part(0), part(1), part(2)];
        let high = match parts.len() {
            0 => Self::ALL.high,
            1 => [low[0] + 1, 0, 0],
            2 => [low[0], low[1] + 1, 0],
            3 => [low[0], low[1], low[2] + 1],
            _ => return None,
        };
        Some(Self { low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engine_ranges_follow_npm() {
        let cases = [
            (">=20.0.0", Some(22)),
            (">=18", Some(22)),
            (">= 18", Some(22)),
            ("^20", Some(20)),
            ("^20.11.0 || >=24", Some(24)),
            ("20", Some(20)),
            ("20.x", Some(20)),
            ("v18.19.1", Some(18)),
            ("~18.19", Some(18)),
            (">=18 <20", Some(18)),
            (">=18 <=20", Some(20)),
            (">=20 <22", Some(20)),
            ("18 - 20", Some(20)),
            (">22", Some(24)),
            (">=23 <24", Some(23)),
            ("<22", Some(20)),
            ("*", Some(22)),
            ("", Some(22)),
            ("x", Some(22)),
            (">=24 <20", None),
            ("latest", None),
        ];
        for (range, expected) in cases {
            assert_eq!(best_major(range), expected, "{range:?}");
        }
    }
}
