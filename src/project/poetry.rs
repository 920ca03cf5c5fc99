//! Dependencies as Poetry writes them (`[tool.poetry.dependencies]`), turned into the standard's requirements.
//!
//! Does not own: `poetry.lock`, which names the exact versions and is read where packages are installed.

use toml::{Table, Value};

use super::Selected;
use crate::error::{Code, Error, Result};
use crate::requirements::normalize_name;

/// The requirements of `[tool.poetry]`, with the chosen groups and extras; `None` when there is no such table.
///
/// # Errors
/// Usage errors: a version that the standard cannot express, a group or extra that does not exist.
pub(super) fn requirements(document: &Table, selected: Selected<'_>) -> Result<Option<Vec<String>>> {
    let Some(poetry) = document.get("tool").and_then(|tool| tool.get("poetry")).and_then(Value::as_table) else {
        return Ok(None);
    };
    let Some(main) = poetry.get("dependencies").and_then(Value::as_table) else { return Ok(None) };
    let names = |value: Option<&Value>| -> Vec<String> {
        let list = value.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(normalize_name).collect()
    };
    let extras = poetry.get("extras").and_then(Value::as_table);
    let mut chosen = Vec::new();
    for extra in selected.extras {
        let found = extras.into_iter().flatten().find(|(name, _)| normalize_name(name) == normalize_name(extra));
        let known = extras.into_iter().flat_map(Table::keys);
        chosen.extend(names(Some(found.ok_or_else(|| unknown("extra", extra, known))?.1)));
    }
    let mut out = Vec::new();
    for (name, value) in main.iter().filter(|(name, _)| *name != "python") {
        for one in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            let optional = one.get("optional").and_then(Value::as_bool) == Some(true);
            if !optional || chosen.contains(&normalize_name(name)) {
                out.push(requirement(name, one)?);
            }
        }
    }
    let groups = poetry.get("group").and_then(Value::as_table);
    for group in selected.groups {
        let found = groups.into_iter().flatten().find(|(name, _)| normalize_name(name) == normalize_name(group));
        let known = groups.into_iter().flat_map(Table::keys);
        let found = found.ok_or_else(|| unknown("group", group, known))?.1;
        for (name, value) in found.get("dependencies").and_then(Value::as_table).into_iter().flatten() {
            for one in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                out.push(requirement(name, one)?);
            }
        }
    }
    Ok(Some(out))
}

/// The range of Python versions, in the standard's notation.
pub(super) fn python(document: &Table) -> Option<String> {
    let range = document.get("tool")?.get("poetry")?.get("dependencies")?.get("python")?.as_str()?;
    specifier(range)
}

pub(super) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a String>) -> Error {
    let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
    let there = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
    Error::usage(format!("the project has no {what} `{name}`: {there}")).code(Code::SourceRequirements).hint(format!(
        "choose with `agentcore configure --{what} NAME`, or correct `agentcore.{what}s` in the configuration"
    ))
}

fn requirement(name: &str, value: &Value) -> Result<String> {
    let odd = |text: &str| {
        Error::usage(format!(
            "the version `{text}` of `{name}` in `tool.poetry` cannot be said in the standard's notation"
        ))
        .code(Code::SourceRequirements)
        .hint("`poetry export --output requirements.txt`, then `agentcore configure -rf requirements.txt`")
    };
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let extras: Vec<&str> =
        value.get("extras").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let mut line = format!("{name}{extras}");
    if let Some(url) = text("git") {
        let prefix = if url.contains("://") { "" } else { "ssh://" };
        // `git@host:path` is how SSH is written by hand.
        let url = if prefix.is_empty() { url.to_owned() } else { url.replacen(':', "/", 1) };
        let revision = ["rev", "tag", "branch"].iter().find_map(|key| text(key)).map(|text| format!("@{text}"));
        let below = text("subdirectory").map(|dir| format!("#subdirectory={dir}"));
        line += &format!(" @ git+{prefix}{url}{}{}", revision.unwrap_or_default(), below.unwrap_or_default());
    } else if let Some(place) = text("path") {
        let prefix = if place.starts_with(['.', '/']) { "" } else { "./" };
        line += &format!(" @ {prefix}{place}");
    } else if let Some(url) = text("url") {
        line += &format!(" @ {url}");
    } else if let Some(version) = value.as_str().or_else(|| text("version")) {
        line += &specifier(version).ok_or_else(|| odd(version))?;
    }
    let mut markers = Vec::new();
    if let Some(range) = text("python") {
        let range = specifier(range).ok_or_else(|| odd(range))?;
        markers.extend(range.split(',').filter(|part| !part.is_empty()).map(|part| {
            let at = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
            let (operator, version) = part.split_at(at);
            let short = version.matches('.').count() < 2;
            format!("{} {operator} '{version}'", if short { "python_version" } else { "python_full_version" })
        }));
    }
    markers.extend(text("platform").map(|platform| format!("sys_platform == '{platform}'")));
    markers.extend(text("markers").map(|marker| format!("({marker})")));
    if !markers.is_empty() {
        line += &format!(" ; {}", markers.join(" and "));
    }
    Ok(line)
}

/// `^1.2` as `>=1.2,<2`; `None` for alternatives (`||`), which the standard does not have.
fn specifier(text: &str) -> Option<String> {
    if text.contains('|') {
        return None;
    }
    let mut parts = Vec::new();
    // Operators may stand apart from their versions, and parts apart from each other without a comma.
    let mut joined = text.replace(',', " ");
    for operator in [">=", "<=", "==", "!=", "~=", ">", "<", "^", "~"] {
        joined = joined.replace(&format!("{operator} "), operator);
    }
    for part in joined.split_whitespace().filter(|part| *part != "*") {
        if let Some(version) = part.strip_prefix('^') {
            parts.push(format!(
                ">={version},<{}",
                bump(version, |numbers| {
                    numbers.iter().position(|number| *number != 0).unwrap_or(numbers.len() - 1)
                })?
            ));
        } else if let Some(version) = part.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
            parts.push(format!(">={version},<{}", bump(version, |numbers| numbers.len().min(2) - 1)?));
        } else if part.starts_with(|c: char| c.is_ascii_digit()) {
            parts.push(format!("=={part}"));
        } else {
            parts.push(part.to_owned());
        }
    }
    Some(parts.join(","))
}

/// The version with one number raised and none after it.
fn bump(version: &str, which: impl Fn(&[u64]) -> usize) -> Option<String> {
    let release = version.split(['a', 'b', 'r', '-', '+']).next()?.trim_end_matches('.');
    let mut numbers: Vec<u64> = release.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let at = which(&numbers);
    numbers.truncate(at + 1);
    *numbers.last_mut()? += 1;
    Some(numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_the_notation_of_poetry() {
        let cases = [
            ("^1.2.3", Some(">=1.2.3,<2")),
            ("^0.2.3", Some(">=0.2.3,<0.3")),
            ("^0.0.3", Some(">=0.0.3,<0.0.4")),
            ("^0.0", Some(">=0.0,<0.1")),
            ("^0", Some(">=0,<1")),
            ("^2.0b1", Some(">=2.0b1,<3")),
            ("~1.2.3", Some(">=1.2.3,<1.3")),
            ("~1", Some(">=1,<2")),
            ("~=1.2", Some("~=1.2")),
            ("*", Some("")),
            ("1.2", Some("==1.2")),
            ("1.*", Some("==1.*")),
            (">= 1.2, < 2", Some(">=1.2,<2")),
            (">=1 <2", Some(">=1,<2")),
            ("^1 || ^2", None),
        ];
        for (text, expected) in cases {
            assert_eq!(specifier(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn every_form_of_a_dependency() {
        let document: Table = toml::from_str(
            "[tool.poetry.dependencies]\npython = '^3.11'\na = '^1.2'\nb = {version='*', extras=['x','y'], markers=\"os_name == 'posix'\"}\n\
             c = {git='https://h/c.git', tag='v1', subdirectory='py'}\nd = {path='../d', develop=true}\n\
             e = [{version='1', python='<3.12'}, {version='2', python='>=3.12'}]\nf = {version='3', optional=true}\n\
             g = {version='4', platform='win32'}\nh = {git='git@github.com:o/r.git', branch='main'}\n\
             [tool.poetry.extras]\nweb = ['f']\n[tool.poetry.group.prod.dependencies]\ni = '5'\n[tool.poetry.group.dev.dependencies]\nj='1'",
        )
        .unwrap();
        let of = |extras: &[String], groups: &[String]| {
            requirements(&document, Selected { extras, groups }).map(Option::unwrap)
        };
        let base = [
            "a>=1.2,<2",
            "b[x,y] ; (os_name == 'posix')",
            "c @ git+https://h/c.git@v1#subdirectory=py",
            "d @ ../d",
            "e==1 ; python_version < '3.12'",
            "e==2 ; python_version >= '3.12'",
            "g==4 ; sys_platform == 'win32'",
            "h @ git+ssh://git@github.com/o/r.git@main",
        ];
        assert_eq!(of(&[], &[]).unwrap(), base);
        let more = of(&["Web".to_owned()], &["prod".to_owned()]).unwrap();
        assert!(more.contains(&"f==3".to_owned()) && more.contains(&"i==5".to_owned()) && more.len() == base.len() + 2);
        assert_eq!(python(&document).as_deref(), Some(">=3.11,<4"));
        let error = of(&["nope".to_owned()], &[]).unwrap_err();
        assert!(error.message().contains("`nope`") && error.message().contains("`web`"), "{error}");
    }
}
