//! Properties of text edits, below validation: the result holds the wanted values, and other lines stay.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::tests::{DUMPED, KEPT, LEGACY, changed};
use super::{Edit, check, edit, syntax};

fn tree(text: &str) -> Value {
    let (root, problems) = syntax::parse(text).unwrap();
    assert_eq!(problems, []);
    root.map_or(json!({}), |root| root.to_value())
}

fn rewrite(text: &str, edits: &[Edit]) -> Option<String> {
    let (root, _) = syntax::parse(text).unwrap();
    edit::rewrite(text, root.as_ref(), None, edits).unwrap_or_else(|error| panic!("{error}: {edits:?}"))
}

/// Every path to a key, mappings only.
fn paths(value: &Value, prefix: &[String], out: &mut Vec<Vec<String>>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let mut path = prefix.to_vec();
        path.push(key.clone());
        paths(value, &path, out);
        out.push(path);
    }
}

fn apply(tree: &mut Value, path: &[String], value: Option<&Value>) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        match (value, tree) {
            (Some(value), tree @ Value::Null) => *tree = json!({ first: value }),
            (Some(value), tree) => tree[first] = value.clone(),
            (None, tree) => drop(tree.as_object_mut().and_then(|map| map.shift_remove(first))),
        }
    } else if value.is_some() || tree.get(first).is_some() {
        if tree.is_null() {
            *tree = json!({});
        }
        let map = tree.as_object_mut().unwrap();
        apply(map.entry(first.as_str()).or_insert(Value::Null), rest, value);
    }
}

/// Lines of the text that a change at `path` may touch: those of the deepest node that has to be rewritten.
fn extent(text: &str, path: &[String]) -> usize {
    let (root, _) = syntax::parse(text).unwrap();
    let mut node = root.as_ref().unwrap();
    let lines = syntax::LineIndex::new(text);
    for key in path {
        let Some(entry) = node.get(key) else { return 0 };
        let last = lines.line(entry.value.end.max(entry.key_end));
        let comments =
            text.lines().skip(last).take_while(|line| line.trim().is_empty() || line.trim().starts_with('#')).count();
        let size = last - lines.line(entry.key_start) + 1 + comments;
        let block = entry.value.style == syntax::Style::Block && entry.value.entries().count() > 1;
        if !block || Some(key) == path.last() {
            return size;
        }
        node = &entry.value;
    }
    0
}

fn text_strategy() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "123456789012",
            "20",
            "yes",
            "NO",
            "null",
            "~",
            "1e3",
            "1.0",
            "0x1f",
            "012",
            "1:30",
            "2024-01-01",
            "- a",
            "*a",
            "&a",
            "@a",
            "%a",
            "!t",
            "|",
            ">",
            "a: b",
            "a #b",
            "#",
            " lead",
            "trail ",
            "a\nb",
            "\n",
            "a\n\nb\n",
            "\ttab",
            "é ü",
            "日本語",
            "🙂",
            "it's",
            "\"q\"",
            "a\\b",
            "{a}",
            "[a]",
            "a, b",
            "\u{feff}x",
            "\u{85}",
            "\u{2028}",
            "a:",
            ":a",
            "? a",
            "<<",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,8}",
        any::<String>(),
    ]
}

fn value_strategy() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        3 => text_strategy().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => prop::num::f64::NORMAL.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((text_strategy(), inner), 0..4)
                .prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

#[derive(Clone, Debug)]
struct Change {
    index: prop::sample::Index,
    fresh: Option<String>,
    value: Option<Value>,
}

impl Change {
    fn on(&self, tree: &Value) -> Edit {
        let mut all = vec![Vec::new()];
        paths(tree, &[], &mut all);
        let mut path = all[self.index.index(all.len())].clone();
        if path.is_empty() || self.fresh.is_some() {
            let mut node = tree;
            // A new key below something that is no mapping is a fault of the caller: take the nearest mapping.
            let depth = path.iter().take_while(|key| {
                node = &node[key.as_str()];
                node.is_object() || node.is_null()
            });
            let depth = depth.count();
            path.truncate(depth);
            path.push(self.fresh.clone().unwrap_or_else(|| "fresh".to_owned()));
        }
        Edit { path, value: self.value.clone() }
    }
}

fn change_strategy() -> impl Strategy<Value = Change> {
    (any::<prop::sample::Index>(), prop::option::of(text_strategy()), prop::option::weighted(0.8, value_strategy()))
        .prop_map(|(index, fresh, value)| Change { index, fresh, value })
}

fn document_strategy() -> impl Strategy<Value = String> {
    (prop::sample::select(vec![DUMPED, KEPT, LEGACY]), any::<bool>(), any::<bool>()).prop_map(|(text, crlf, cut)| {
        let text = if crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        if cut { text.trim_end().to_owned() } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_change_rewrites_only_its_own_lines(text in document_strategy(), change in change_strategy()) {
        let before = tree(&text);
        let edit = change.on(&before);
        let mut expected = before.clone();
        apply(&mut expected, &edit.path, edit.value.as_ref());
        match rewrite(&text, std::slice::from_ref(&edit)) {
            None => prop_assert_eq!(&expected, &before),
            Some(new) => {
                prop_assert_eq!(tree(&new), expected);
                let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
                let (full, full_new) = (format!("{text}{newline}"), format!("{new}{newline}"));
                let (gone, _) = changed(&full, &full_new);
                prop_assert!(gone.len() <= extent(&text, &edit.path), "{:?}\n{}", gone, new);
                prop_assert_eq!(new.ends_with('\n'), text.ends_with('\n'));
                if text.contains("\r\n") {
                    prop_assert!(!new.replace("\r\n", "").contains('\n'));
                }
            }
        }
    }

    #[test]
    fn several_changes_give_the_expected_tree(text in document_strategy(), changes in prop::collection::vec(change_strategy(), 2..5)) {
        let before = tree(&text);
        let mut expected = before.clone();
        let mut edits = Vec::new();
        for change in changes {
            let edit = change.on(&expected);
            apply(&mut expected, &edit.path, edit.value.as_ref());
            edits.push(edit);
        }
        match rewrite(&text, &edits) {
            None => prop_assert_eq!(&expected, &before),
            Some(new) => prop_assert_eq!(tree(&new), expected),
        }
    }

    #[test]
    fn any_tree_is_written_and_read_back(value in prop::collection::vec((text_strategy(), value_strategy()), 1..4)) {
        let edits: Vec<Edit> = value.into_iter().map(|(key, value)| Edit::set(&[&key], value)).collect();
        let mut expected = json!({});
        for edit in &edits {
            apply(&mut expected, &edit.path, edit.value.as_ref());
        }
        prop_assert_eq!(tree(&rewrite("", &edits).unwrap()), expected);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "[ \\n\\-:a-b\"'#&*{}\\[\\],|>?!<]{0,40}") {
        if let Ok((root, _)) = syntax::parse(&text) {
            let checked = check::check(root.as_ref(), None);
            for problem in checked.problems {
                prop_assert!(text.is_char_boundary(problem.offset));
            }
            let fresh = Edit::set(&["zz"], "v");
            if let Ok(Some(new)) = edit::rewrite(&text, root.as_ref(), None, &[fresh]) {
                prop_assert_eq!(&tree(&new)["zz"], &json!("v"));
            }
        }
    }
}
