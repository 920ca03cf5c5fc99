//! An installation in parts that change at different rates, each to become its own layer.
//!
//! Owns: which package goes into which part. Does not own: layers, and what a package is.
//!
//! - instrumentation: what this program adds (`instrumentation`), not cut here
//! - dependencies: the project's; the largest packages by themselves, so that a new version of one does not send the others
//!   again
//! - local: packages that are folders of this machine

use std::collections::{BTreeMap, BTreeSet};

use crate::digest::Digest;

use super::line::Requirement;
use super::marker::MarkerEnvironment;
use super::metadata::Distribution;

/// A package of this many bytes is a part by itself, and smaller ones are put together until they have as many.
const LARGE: u64 = 48 << 20;
/// Parts of dependencies; a power of two, and few enough for any limit on layers.
const MOST: usize = 8;

/// What a part of an installation holds. In the order of their layers, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PartContent {
    Instrumentation,
    Dependencies,
    Local,
}

impl PartContent {
    /// For the history of an image, and for the cache.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Instrumentation => "OpenTelemetry for Python",
            Self::Dependencies => "Python dependencies",
            Self::Local => "Python packages of this project",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Instrumentation, Self::Dependencies, Self::Local].into_iter().find(|holds| holds.name() == name)
    }
}

/// Packages by their index, and the extras that are asked of each.
pub(super) type Reached = BTreeMap<usize, BTreeSet<String>>;

/// Everything that these need, as far as it is installed.
pub(super) fn reach(
    packages: &[Distribution],
    first: impl IntoIterator<Item = (String, Vec<String>)>,
    target: &MarkerEnvironment,
) -> Reached {
    let by_name: BTreeMap<&str, usize> =
        packages.iter().enumerate().map(|(at, package)| (package.name.as_str(), at)).collect();
    let mut reached = Reached::new();
    let mut open: Vec<(String, Vec<String>)> = first.into_iter().collect();
    while let Some((name, extras)) = open.pop() {
        let Some(&at) = by_name.get(name.as_str()) else { continue };
        let is_new = !reached.contains_key(&at);
        let known = reached.entry(at).or_default();
        let before = known.len();
        known.extend(extras);
        if is_new || known.len() > before {
            open.extend(needs(&packages[at], known, target));
        }
    }
    reached
}

/// What a package needs with these extras, and the extras of that.
pub(super) fn needs(
    package: &Distribution,
    extras: &BTreeSet<String>,
    target: &MarkerEnvironment,
) -> Vec<(String, Vec<String>)> {
    let target = target.with_extras(extras.iter().map(String::as_str));
    let wanted = package.requires.iter().filter_map(|line| {
        let requirement = Requirement::parse(line, &[]);
        let holds = requirement.marker.as_ref().is_none_or(|marker| target.satisfies(marker));
        Some((requirement.name.filter(|_| holds)?, requirement.extras))
    });
    wanted.collect()
}

/// For each package its part: what it holds, and a number among those.
pub(super) fn assign(names: &[&str], sizes: &[u64], local: &BTreeSet<String>) -> Vec<(PartContent, usize)> {
    let kind = |at: usize| if local.contains(names[at]) { PartContent::Local } else { PartContent::Dependencies };
    let mut parts: Vec<(PartContent, usize)> = (0..names.len()).map(|at| (kind(at), 0)).collect();
    let of_project = |at: &usize| parts[*at].0 == PartContent::Dependencies;
    let mut large: Vec<usize> = (0..names.len()).filter(of_project).filter(|at| sizes[*at] >= LARGE).collect();
    large.sort_by_key(|at| (std::cmp::Reverse(sizes[*at]), names[*at]));
    large.truncate(MOST / 2);
    large.sort_unstable();
    let rest: u64 = (0..names.len()).filter(of_project).filter(|at| !large.contains(at)).map(|at| sizes[at]).sum();
    let mut buckets = 1;
    // A package keeps its bucket until the total doubles.
    while buckets < MOST / 2 && rest >= LARGE * buckets as u64 * 2 {
        buckets *= 2;
    }
    for at in 0..names.len() {
        if parts[at].0 == PartContent::Dependencies {
            parts[at].1 = match large.iter().position(|own| *own == at) {
                Some(place) => buckets + place,
                None => bucket(names[at], buckets),
            };
        }
    }
    parts
}

fn bucket(name: &str, buckets: usize) -> usize {
    let digits = Digest::of_bytes(name.as_bytes()).hex();
    digits.chars().next().and_then(|digit| digit.to_digit(16)).map_or(0, |digit| digit as usize % buckets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn package(name: &str, requires: &[&str]) -> Distribution {
        let requires = requires.iter().map(|line| (*line).to_owned()).collect();
        Distribution { name: name.to_owned(), requires, ..Distribution::default() }
    }

    #[test]
    fn requirements_are_followed_with_extras_and_markers() {
        let packages = [
            package("a", &["b[x]>=1", "d; sys_platform == 'win32'"]),
            package("b", &["c; extra == 'x'", "d; extra == 'y'", "a"]),
            package("c", &[]),
            package("d", &[]),
        ];
        let target = MarkerEnvironment::new("3.12", &Platform::arm64());
        let reached = reach(&packages, [("a".to_owned(), Vec::new())], &target);
        assert_eq!(reached.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
        let reached = reach(&packages, [("b".to_owned(), Vec::new())], &target);
        assert_eq!(reached.len(), 3, "the extra that is asked for later counts");
        let reached = reach(&packages, [("d".to_owned(), Vec::new()), ("nothing".to_owned(), Vec::new())], &target);
        assert_eq!(reached.keys().copied().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn large_packages_stand_alone_small_ones_stay_put() {
        let names: Vec<String> = (0..200).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut sizes = vec![1 << 20; 200];
        let none = BTreeSet::new();
        let plain = |names: &[&str], sizes: &[u64]| assign(names, sizes, &none);
        assert!(plain(&names[..20], &sizes[..20]).iter().all(|part| *part == (PartContent::Dependencies, 0)));
        sizes[7] = 300 << 20;
        let parts = plain(&names, &sizes);
        assert_eq!(parts.iter().filter(|part| **part == parts[7]).count(), 1);
        let distinct: BTreeSet<_> = parts.iter().collect();
        assert!((3..=MOST).contains(&distinct.len()), "{distinct:?}");
        // One more package moves no other.
        let mut more = names.clone();
        more.push("new");
        sizes.push(2 << 20);
        assert_eq!(plain(&more, &sizes)[..200], parts);
    }

    #[test]
    fn packages_of_this_machine_are_apart() {
        let parts = assign(&["app", "six"], &[LARGE, 1], &BTreeSet::from(["app".to_owned()]));
        let kinds: Vec<PartContent> = parts.iter().map(|part| part.0).collect();
        assert_eq!(kinds, [PartContent::Local, PartContent::Dependencies]);
    }
}
