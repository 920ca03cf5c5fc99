//! The documents as a whole: each is in the index once, and every link in them leads somewhere.
//!
//! Does not own: whether the commands in them work (`blocks`, `providers`, `readme`), or exist (`documents`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// Every page below `docs/`, by its path.
pub(crate) fn pages() -> Vec<PathBuf> {
    below(&repository().join("docs"), "md")
}

fn below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_page_is_in_the_index_once() {
    let folder = repository().join("docs");
    let index = folder.join("README.md");
    let text = std::fs::read_to_string(&index).unwrap();
    let mut listed: Vec<String> = text
        .lines()
        .filter(|line| line.starts_with("| ["))
        .flat_map(links)
        .filter(|target| !target.contains("://") && !target.starts_with("..") && !target.contains('#'))
        .collect();
    listed.sort();
    let mut there: Vec<String> = pages()
        .into_iter()
        .filter(|path| *path != index)
        .map(|path| path.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/"))
        .collect();
    there.sort();
    assert_eq!(listed, there, "docs/README.md lists every page of docs/ exactly once");
}

#[test]
fn every_link_leads_somewhere() {
    let mut documents = pages();
    documents.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| repository().join(name)));
    documents.extend(below(&repository().join("examples"), "md"));
    documents.extend(below(&repository().join("tests/tools"), "md"));
    let mut headings = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut followed = 0;
    for document in &documents {
        let text = std::fs::read_to_string(document).unwrap();
        for target in prose(&text).flat_map(links).filter(|target| !target.contains("://")) {
            followed += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let path = if file.is_empty() { document.clone() } else { document.parent().unwrap().join(file) };
            let is_there = path.exists()
                && (anchor.is_empty() || {
                    let path = path.canonicalize().unwrap();
                    let known = headings.entry(path.clone()).or_insert_with(|| anchors(&path));
                    known.iter().any(|known| known == anchor)
                });
            if !is_there {
                wrong.push(format!("{}: {target}", document.strip_prefix(repository()).unwrap().display()));
            }
        }
    }
    assert!(followed > 200, "only {followed} links were found");
    assert!(wrong.is_empty(), "links that lead nowhere: {wrong:#?}");
}

/// What the program itself says about a page: help, hints, comments.
#[test]
fn pages_that_the_source_names_exist() {
    let mut wrong = Vec::new();
    for source in below(&repository().join("src"), "rs") {
        let text = std::fs::read_to_string(&source).unwrap();
        for rest in text.split("docs/").skip(1) {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | '#')));
            let (file, anchor) = rest[..end.unwrap_or(rest.len())].split_once(".md").unwrap_or_default();
            let path = repository().join(format!("docs/{file}.md"));
            let anchor = anchor.trim_start_matches('#').trim_end_matches('.');
            if !file.is_empty()
                && (!path.exists() || !(anchor.is_empty() || anchors(&path).iter().any(|it| it == anchor)))
            {
                wrong.push(format!("{}: docs/{file}.md#{anchor}", source.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The page on troubleshooting names a code and the section of the table that has it.
#[test]
fn linked_codes_are_in_their_section() {
    let codes = std::fs::read_to_string(repository().join("docs/errors.md")).unwrap();
    let page = std::fs::read_to_string(repository().join("docs/troubleshooting.md")).unwrap();
    let mut followed = 0;
    for (code, anchor) in page.split("[`").skip(1).filter_map(|rest| rest.split_once("`](errors.md#")) {
        let anchor = anchor.split(')').next().unwrap().replace('-', " ");
        let is_named = |section: &&str| section.to_lowercase().replace('-', " ").starts_with(&format!("{anchor}\n"));
        let section = codes.split("\n## ").find(is_named);
        let section = section.unwrap_or_else(|| panic!("errors.md has no section `{anchor}`"));
        let family = format!("| `{}.*` |", code.split('.').next().unwrap());
        let is_there = section.contains(&format!("| `{code}` |")) || section.contains(&family);
        assert!(is_there, "`{code}` is not below `{anchor}`");
        followed += 1;
    }
    assert!(followed > 30, "only {followed} codes were found");
}

/// What the page on troubleshooting quotes is what the source says, with `…` for what is filled in.
#[test]
fn quoted_messages_are_those_of_the_program() {
    let sources = below(&repository().join("src"), "rs");
    let source: String = sources.iter().filter(|path| !path.ends_with("tests.rs")).map(|path| code(path)).collect();
    let continued = regex_lite::Regex::new(r"\\\n\s*").unwrap().replace_all(&source, "");
    let said = regex_lite::Regex::new(r"\{[^{}\n]*\}").unwrap().replace_all(&continued, "…");
    let page = std::fs::read_to_string(repository().join("docs/troubleshooting.md")).unwrap();
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | ")).map(|(first, _)| first);
    let quoted: Vec<&str> = cells.filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`')).collect();
    assert!(quoted.len() > 15, "{quoted:?}");
    for text in quoted.iter().map(|text| text.strip_prefix('`').map_or(*text, |text| text.trim_end_matches('`'))) {
        assert!(said.contains(text.trim()), "no message reads `{text}`");
    }
}

/// A source file without its tests and comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines();
    lines.filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        within ^= fence;
        !within && !fence
    })
}

/// The targets of a line's links and pictures, outside of `code`.
fn links(line: &str) -> Vec<String> {
    let plain: String = line.split('`').step_by(2).collect();
    let inline = plain.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let sources = plain.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    inline.chain(sources).map(str::to_owned).collect()
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for line in prose(&text) {
        let Some(heading) = line.starts_with('#').then(|| line.trim_start_matches('#')) else { continue };
        let Some(heading) = heading.strip_prefix(' ') else { continue };
        let anchor: String = heading
            .trim()
            .to_lowercase()
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                '-' | '_' => Some(c),
                _ => c.is_alphanumeric().then_some(c),
            })
            .collect();
        let times = seen.entry(anchor.clone()).or_default();
        found.push(if *times == 0 { anchor } else { format!("{anchor}-{times}") });
        *times += 1;
    }
    found
}

#[test]
fn links_and_anchors_are_read_as_github_does() {
    let line = "see [a](b.md#c-d), `[no](link)`, ![p](images/x.svg) and <img src=\"y.svg\" alt=\"\">";
    assert_eq!(links(line), ["b.md#c-d", "images/x.svg", "y.svg"]);
    assert_eq!(prose("a\n```sh\nb\n```\nc").collect::<Vec<_>>(), ["a", "c"]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "# What's `in` it?\n## Two words\n## Two words\n```\n# no\n```\n#none\n").unwrap();
    assert_eq!(anchors(file.path()), ["whats-in-it", "two-words", "two-words-1"]);
}
