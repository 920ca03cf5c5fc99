use proptest::prelude::*;

use super::*;
use crate::error::Kind;

fn parse(text: &str) -> DockerIgnore {
    DockerIgnore::parse(text, Path::new(".dockerignore")).unwrap()
}

/// A case of `cases.txt`: the rules, and paths with whether they stay. What builders make of a case that is not what
/// we make of it (behind two spaces and `!`) is for `tests/outside`.
struct Case {
    line: usize,
    rules: String,
    paths: Vec<(String, bool)>,
}

fn cases() -> Vec<Case> {
    let mut cases = vec![Case { line: 1, rules: String::new(), paths: Vec::new() }];
    for (number, line) in include_str!("cases.txt").lines().enumerate() {
        let case = cases.last_mut().unwrap();
        let path = |rest: &str| rest.split("  !").next().unwrap().to_owned();
        if line == "=" {
            cases.push(Case { line: number + 2, rules: String::new(), paths: Vec::new() });
        } else if let Some(rule) = line.strip_prefix('|') {
            case.rules.push_str(&rule.replace("<BOM>", "\u{feff}").replace("<CR>", "\r"));
            case.rules.push('\n');
        } else if let Some(rest) = line.strip_prefix("+ ") {
            case.paths.push((path(rest), true));
        } else if let Some(rest) = line.strip_prefix("- ") {
            case.paths.push((path(rest), false));
        } else {
            assert!(line.starts_with('#'), "{line:?}");
        }
    }
    cases
}

#[test]
fn rules_mean_what_they_mean_to_docker() {
    let cases = cases();
    assert!(cases.len() >= 150, "{}", cases.len());
    let mut wrong = Vec::new();
    for Case { line, rules, paths } in &cases {
        assert!(!paths.is_empty(), "{line}");
        let ignore = parse(rules);
        for (path, stays) in paths {
            if ignore.excludes(path) == *stays {
                wrong.push(format!("{line}: {rules:?}: `{path}` should {}stay", if *stays { "" } else { "not " }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same table through the walk of a real tree.
#[cfg(unix)]
#[test]
fn a_listing_is_what_docker_copies() {
    let mut wrong = Vec::new();
    for Case { line, rules, paths } in cases() {
        for group in trees(&paths) {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join(".dockerignore"), &rules).unwrap();
            for (path, _) in group.iter().filter(|(path, _)| path != ".dockerignore") {
                let path = dir.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "").unwrap();
            }
            let listing =
                crate::project::listing::list(dir.path(), &crate::project::listing::Exceptions::default()).unwrap();
            for (path, stays) in group {
                if listing.files.iter().any(|file| file.relative == *path) != *stays {
                    wrong.push(format!("{line}: {rules:?}: `{path}` should {}stay", if *stays { "" } else { "not " }));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The paths in groups in which none is both a file and a folder.
fn trees(paths: &[(String, bool)]) -> Vec<Vec<&(String, bool)>> {
    let mut groups: Vec<Vec<&(String, bool)>> = Vec::new();
    let within = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('/'));
    for item in paths {
        let fits = |group: &&mut Vec<&(String, bool)>| {
            !group.iter().any(|other| within(&other.0, &item.0) || within(&item.0, &other.0))
        };
        match groups.iter_mut().find(fits) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// Docker's client refuses each of these files, too ("syntax error in pattern", "illegal exclusion pattern").
#[test]
fn what_docker_refuses_is_refused_with_its_line() {
    for bad in ["[a", "a[", "[]a]", "[-a]", "[a-]", "[^]", "a\\", "!", "!  ", "!/", "! [a"] {
        let error = DockerIgnore::parse(&format!("# first\n{bad}\n"), Path::new("/p/.dockerignore")).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage, "{bad:?}");
        assert!(error.message().starts_with("/p/.dockerignore:2: "), "{error}");
    }
}

/// BuildKit walks into excluded folders for exceptions with wildcards; the classic builder does not. The documentation
/// has no such restriction, so ours is BuildKit's.
#[test]
fn exceptions_with_wildcards_reach_into_excluded_folders() {
    let ignore = parse("*\n!**/*.py\n");
    assert!(!ignore.excludes("a/b/c.py"));
    assert!(ignore.excludes("a/b/c.txt"));
    assert!(ignore.may_keep_below("a/b"));
    let ignore = parse("*\n!src/*.py\n");
    assert!(ignore.may_keep_below("src"));
    assert!(!ignore.may_keep_below("data"));
    assert!(!ignore.may_keep_below("src/deep"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Pruning is an optimization: it never drops what the rules alone would keep.
    #[test]
    fn pruning_changes_nothing(
        rules in prop::collection::vec("!?[ab*?/]{1,6}", 1..6),
        path in "[ab]{1,2}(/[ab]{1,2}){0,3}",
    ) {
        let Ok(ignore) = DockerIgnore::parse(&rules.join("\n"), Path::new("x")) else { return Ok(()) };
        let mut folder = Matched::default();
        let mut verdict = None;
        for end in path.match_indices('/').map(|(index, _)| index).chain([path.len()]) {
            (verdict, folder) = ignore.step(&folder, &path[..end]);
        }
        prop_assert_eq!(ignore.excludes(&path), verdict.is_some(), "{:?} {:?}", rules, path);
    }

    /// The matcher against the obvious definition, which can be exponentially slow.
    #[test]
    fn a_pattern_matches_like_its_definition(pattern in "[ab*?/]{1,7}", path in "[ab]{1,2}(/[ab]{1,2}){0,3}") {
        let cleaned = clean(&pattern);
        let parsed = Pattern::parse(&cleaned).unwrap();
        let expected = if cleaned.starts_with("**") && !cleaned[2..].contains(['*', '?']) && !cleaned.starts_with("**/") {
            path.ends_with(&cleaned[2..])
        } else {
            reference(&cleaned.chars().collect::<Vec<_>>(), &path.chars().collect::<Vec<_>>())
        };
        prop_assert_eq!(parsed.matches(&path), expected, "{:?} {:?}", cleaned, path);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC{0,40}", path in "[a-z/]{1,20}") {
        if let Ok(ignore) = DockerIgnore::parse(&text, Path::new("x")) {
            ignore.excludes(&path);
        }
    }
}

fn reference(pattern: &[char], path: &[char]) -> bool {
    match pattern {
        [] => path.is_empty(),
        ['*', '*', rest @ ..] => {
            let rest = rest.strip_prefix(&['/']).unwrap_or(rest);
            if rest.is_empty() {
                return true;
            }
            reference(rest, path)
                || path.iter().enumerate().any(|(index, c)| *c == '/' && reference(rest, &path[index + 1..]))
        }
        ['*', rest @ ..] => {
            reference(rest, path) || path.first().is_some_and(|c| *c != '/' && reference(pattern, &path[1..]))
        }
        ['?', rest @ ..] => path.first().is_some_and(|c| *c != '/') && reference(rest, &path[1..]),
        [c, rest @ ..] => path.first() == Some(c) && reference(rest, &path[1..]),
    }
}

#[test]
fn a_hostile_pattern_takes_no_longer() {
    let ignore = parse(&format!("{}b\n", "**/*a".repeat(60)));
    let path = format!("{}ab", "a/".repeat(120));
    assert!(ignore.excludes(&path));
    // A backtracking matcher would take exponential time for this one.
    assert!(!ignore.excludes(&format!("{path}c")));
}
