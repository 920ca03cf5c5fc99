//! Symbolic links, replaced by copies of their targets: whether the service unpacks links is not documented, and a link
//! that was unpacked as a text file would break the agent silently.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::tree::{Arranged, Entry, EntryKind, arrange};

/// A link may lead to a link; one that leads further than this leads in a circle.
const HOPS: usize = 40;

/// Files only, by path, and what became of the links. Folders go too: an archive does not need them, and no program
/// relies on an empty one.
pub(super) struct Plain {
    pub(super) files: BTreeMap<String, (EntryKind, bool)>,
    pub(super) copied: usize,
    /// Links that lead to nothing in the tree.
    pub(super) dropped: Vec<String>,
}

pub(super) fn resolve(entries: Vec<Entry>) -> Result<Plain> {
    let tree = arrange(entries)?;
    let mut plain = Plain { files: BTreeMap::new(), copied: 0, dropped: Vec::new() };
    for (path, (kind, executable)) in &tree {
        match kind {
            EntryKind::Dir => {}
            EntryKind::File { .. } | EntryKind::Bytes(_) => {
                plain.files.insert(path.clone(), (kind.clone(), *executable));
            }
            EntryKind::Symlink(_) => {
                let copies = destination(&tree, path).map(|target| below(&tree, &target, path)).unwrap_or_default();
                if copies.is_empty() {
                    plain.dropped.push(path.clone());
                } else {
                    plain.copied += 1;
                }
                plain.files.extend(copies);
            }
        }
    }
    Ok(plain)
}

/// Where a path ends up when every link on its way is followed; `None` outside of the tree.
fn destination(tree: &Arranged, path: &str) -> Option<String> {
    let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut at: Vec<String> = Vec::new();
    let mut hops = 0;
    while let Some(part) = todo.pop() {
        match part.as_str() {
            "" | "." => {}
            ".." => {
                at.pop()?;
            }
            _ => {
                at.push(part);
                match tree.get(&at.join("/")) {
                    Some((EntryKind::Symlink(target), _)) => {
                        hops += 1;
                        if hops > HOPS || target.starts_with('/') {
                            return None;
                        }
                        at.pop();
                        todo.extend(target.split('/').rev().map(str::to_owned));
                    }
                    Some(_) => {}
                    None => return None,
                }
            }
        }
    }
    Some(at.join("/"))
}

/// What is at `target`, moved to `path`. Links inside a linked folder are followed once more where they lead to a
/// file; deeper ones could lead back to where they are.
fn below(tree: &Arranged, target: &str, path: &str) -> Vec<(String, (EntryKind, bool))> {
    let own = |at: &str| match tree.get(at) {
        Some((EntryKind::Symlink(_), _)) => destination(tree, at).and_then(|end| tree.get(&end)),
        found => found,
    };
    let file = |found: Option<&(EntryKind, bool)>| match found {
        Some((EntryKind::Dir | EntryKind::Symlink(_), _)) | None => None,
        Some(file) => Some(file.clone()),
    };
    if let Some(found) = file(tree.get(target)) {
        return vec![(path.to_owned(), found)];
    }
    // A link to the folder that it is in would hold itself.
    if target.is_empty() || path.starts_with(&format!("{target}/")) {
        return Vec::new();
    }
    let prefix = format!("{target}/");
    let inside = tree.range(prefix.clone()..).take_while(|(at, _)| at.starts_with(&prefix));
    inside.filter_map(|(at, _)| Some((format!("{path}/{}", &at[prefix.len()..]), file(own(at))?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, kind: EntryKind) -> Entry {
        Entry { path: path.into(), kind, executable: false }
    }

    fn file(path: &str) -> Entry {
        entry(path, EntryKind::Bytes(path.into()))
    }

    fn link(path: &str, target: &str) -> Entry {
        entry(path, EntryKind::Symlink(target.into()))
    }

    #[test]
    fn links_become_what_they_lead_to() {
        let plain = resolve(vec![
            file("lib/a.py"),
            file("lib/deep/b.py"),
            link("lib/near.py", "a.py"),
            link("top.py", "lib/near.py"),
            link("copy", "lib"),
            link("through", "copy/deep/../a.py"),
            link("gone", "nowhere"),
            link("out", "../secret"),
            link("loop", "loop"),
            link("lib/self", "."),
            link("absolute", "/etc/passwd"),
        ])
        .unwrap();
        let found: Vec<(&str, String)> = plain
            .files
            .iter()
            .map(|(path, (kind, _))| match kind {
                EntryKind::Bytes(bytes) => (path.as_str(), String::from_utf8(bytes.clone()).unwrap()),
                other => panic!("{path} is {other:?}"),
            })
            .collect();
        let expected = [
            ("copy/a.py", "lib/a.py"),
            ("copy/deep/b.py", "lib/deep/b.py"),
            ("copy/near.py", "lib/a.py"),
            ("lib/a.py", "lib/a.py"),
            ("lib/deep/b.py", "lib/deep/b.py"),
            ("lib/near.py", "lib/a.py"),
            ("through", "lib/a.py"),
            ("top.py", "lib/a.py"),
        ];
        assert_eq!(found, expected.map(|(path, text)| (path, text.to_owned())));
        assert_eq!(plain.dropped, ["absolute", "gone", "lib/self", "loop", "out"]);
        assert_eq!(plain.copied, 4);
    }
}
