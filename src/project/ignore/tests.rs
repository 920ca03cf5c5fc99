use proptest::prelude::*;

use super::*;
use crate::error::Kind;

fn parse(text: &str) -> DockerIgnore {
    DockerIgnore::parse(text, Path::new(".dockerignore")).unwrap()
}

/// A case of `cases.txt`: the rules, and paths with whether they stay.
fn cases(text: &str) -> Vec<(String, Vec<(String, bool)>)> {
    let mut cases = vec![(String::new(), Vec::new())];
    for line in text.lines() {
        let case = cases.last_mut().unwrap();
        if line == "=" {
            cases.push((String::new(), Vec::new()));
        } else if let Some(rule) = line.strip_prefix('|') {
            case.0.push_str(&rule.replace("<BOM>", "\u{feff}").replace("<CR>", "\r"));
            case.0.push('\n');
        } else if let Some(path) = line.strip_prefix("+ ") {
            case.1.push((path.to_owned(), true));
        } else if let Some(path) = line.strip_prefix("- ") {
            case.1.push((path.to_owned(), false));
        } else {
            assert!(line.starts_with('#'), "{line:?}");
        }
    }
    cases
}

#[test]
fn rules_mean_what_they_mean_to_docker() {
    let cases = cases(include_str!("cases.txt"));
    assert!(cases.len() >= 60);
    let mut wrong = Vec::new();
    for (rules, paths) in &cases {
        assert!(!paths.is_empty(), "{rules:?}");
        let ignore = parse(rules);
        for (path, stays) in paths {
            if ignore.excludes(path) == *stays {
                wrong.push(format!("{rules:?}: `{path}` should {}stay", if *stays { "" } else { "not " }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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

#[test]
fn secrets_and_caches_are_out_by_name() {
    for out in [
        ".git",
        ".env",
        ".env.local",
        ".envrc",
        "id_rsa",
        "id_ed25519",
        "server.key",
        ".aws",
        ".netrc",
        ".venv",
        ".bedrock_agentcore",
        ".bedrock_agentcore.yaml",
        ".agentcore_identity_user.json",
        "node_modules",
        "__pycache__",
        ".DS_Store",
        ".mypy_cache",
    ] {
        assert!(is_always_out(out), "{out}");
    }
    for stays in [
        ".env.example",
        ".gitignore",
        ".dockerignore",
        "Dockerfile",
        "id_rsa.pub",
        "keys",
        ".key",
        "environment.py",
        "env",
        "agent.py",
        "ca.pem",
        "git",
    ] {
        assert!(!is_always_out(stays), "{stays}");
    }
}

#[test]
fn a_private_key_is_told_by_its_content() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.pem");
    std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n").unwrap();
    assert!(!is_private_key(&path).unwrap());
    for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
        let text = format!("-----BEGIN CERTIFICATE-----\nAA\n-----BEGIN {kind}PRIVATE KEY-----\nAA\n");
        std::fs::write(&path, text).unwrap();
        assert!(is_private_key(&path).unwrap(), "{kind}");
    }
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
        let mut verdict = false;
        for end in path.match_indices('/').map(|(index, _)| index).chain([path.len()]) {
            (verdict, folder) = ignore.step(&folder, &path[..end]);
        }
        prop_assert_eq!(ignore.excludes(&path), verdict, "{:?} {:?}", rules, path);
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
    // A backtracking matcher would not come back from this one.
    assert!(!ignore.excludes(&format!("{path}c")));
}
