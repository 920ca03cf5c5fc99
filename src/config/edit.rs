//! Changes to the text of the file that leave every other line as it is.
//!
//! Owns: [`Edit`], the wanted tree, and the proof that the result says exactly what was wanted. Does not own: which text
//! changes (`patch`), reading, locking and writing the file (`store`).
//!
//! The wanted tree is computed first; then the old tree is walked beside it and only what differs is touched. A place that
//! cannot be changed on its own (a flow collection, a list with an unusual layout, a merge key) is rewritten as one value,
//! with its comments put above it. Whatever comes out is parsed again, by this parser and by libyaml, the family that
//! PyYAML belongs to; a result that differs from the wanted tree is an error, never a file.

use serde_json::{Map, Value};

use super::patch::{Patch, Unsupported};
use super::scalar::quote;
use super::syntax::{self, Data, EntryOrigin, Style, YamlNode};
use crate::error::{Code, Error, Result};

/// What a file that this program creates starts with.
const HEADER: &str = "\
# The agents of this project on Amazon Bedrock AgentCore Runtime: how they are deployed, and what is deployed.
# It holds no secrets and can be committed. `agentcore configure show` says what is in force and why.
";

/// One change: `path` from the top of the file (`agents`, name, …); `None` removes the key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edit {
    pub(crate) path: Vec<String>,
    /// A mapping replaces the whole block: keys that it lacks are removed.
    pub(crate) value: Option<Value>,
}

impl Edit {
    pub(crate) fn set(path: &[&str], value: impl Into<Value>) -> Self {
        Self { path: path.iter().map(|key| (*key).to_owned()).collect(), value: Some(value.into()) }
    }

    #[cfg(test)]
    pub(crate) fn remove(path: &[&str]) -> Self {
        Self { path: path.iter().map(|key| (*key).to_owned()).collect(), value: None }
    }

    /// Applies the change to a tree; missing mappings on the way are made.
    pub(super) fn apply(&self, tree: &mut Value) -> Result<()> {
        let Some((last, parents)) = self.path.split_last() else {
            return Err(Error::failed("an edit of the configuration without a path"));
        };
        let mut here = tree;
        for key in parents {
            if here.is_null() && self.value.is_some() {
                *here = Value::Object(Map::new());
            }
            let Value::Object(map) = here else { return self.blocked(here) };
            if self.value.is_none() && !map.contains_key(key) {
                return Ok(());
            }
            here = map.entry(key.as_str()).or_insert(Value::Null);
        }
        match (&self.value, here) {
            (None, Value::Object(map)) => {
                map.shift_remove(last);
                Ok(())
            }
            (Some(value), Value::Object(map)) => {
                map.insert(last.clone(), value.clone());
                Ok(())
            }
            (Some(value), here @ Value::Null) => {
                *here = Value::Object(Map::from_iter([(last.clone(), value.clone())]));
                Ok(())
            }
            (_, here) => self.blocked(here),
        }
    }

    fn blocked(&self, here: &Value) -> Result<()> {
        if self.value.is_none() && here.is_null() {
            return Ok(());
        }
        let what = format!("could not set `{}`: a key on the way to it holds no mapping", self.path.join("."));
        Err(Error::usage(what).code(Code::ConfigType))
    }
}

/// `text` with `edits` applied; `None` when they change nothing. `legacy` names the agent of a file in the old one-agent
/// layout, which is then brought into the layout with `agents:`.
///
/// # Errors
/// When the change cannot be made without touching other values (anchors that others use).
pub(super) fn rewrite(
    text: &str,
    root: Option<&YamlNode>,
    legacy: Option<&str>,
    edits: &[Edit],
) -> Result<Option<String>> {
    let current = tree(root, legacy);
    let mut wanted = current.clone();
    for edit in edits {
        edit.apply(&mut wanted)?;
    }
    if wanted == current {
        return Ok(None);
    }
    let had_newline = text.is_empty() || text.ends_with('\n');
    let newline = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
    let mut base = match (text.trim().is_empty(), legacy) {
        (true, _) => HEADER.to_owned(),
        (false, Some(name)) => modernize(text, root, name, newline).ok_or_else(unchangeable)?,
        (false, None) => text.to_owned(),
    };
    if !base.ends_with('\n') {
        base.push_str(newline);
    }
    let (root, _) = syntax::parse(&base).map_err(|_| unchangeable())?;
    let mut patch = Patch::new(&base, newline, step(&base, root.as_ref()));
    patch.document(root.as_ref(), &wanted).map_err(|Unsupported| unchangeable())?;
    let mut out = patch.finish().ok_or_else(unchangeable)?;
    if !had_newline && out.ends_with(newline) {
        out.truncate(out.len() - newline.len());
    }
    match syntax::parse(&out) {
        Ok((root, problems))
            if problems.is_empty()
                && tree(root.as_ref(), None) == wanted
                && libyaml_agrees(&out, &wanted, root.as_ref().is_some_and(has_merge)) =>
        {
            Ok(Some(out))
        }
        _ => Err(unchangeable()),
    }
}

fn unchangeable() -> Error {
    Error::usage("could not change the configuration without touching other values in it")
        .code(Code::ConfigEdit)
        .hint("write out the anchors, aliases and tags of the file, or make the change by hand")
}

/// The content in the layout with `agents:`.
fn tree(root: Option<&YamlNode>, legacy: Option<&str>) -> Value {
    let value = match root.map(YamlNode::to_value) {
        None | Some(Value::Null) => Value::Object(Map::new()),
        Some(value) => value,
    };
    match legacy {
        None => value,
        Some(name) => serde_json::json!({ "default_agent": name, "agents": { name: value } }),
    }
}

/// A check by libyaml, the parser family that PyYAML belongs to. Plain scalars differ between YAML 1.1 and 1.2 and are
/// compared only where both see text.
fn libyaml_agrees(text: &str, wanted: &Value, merge: bool) -> bool {
    let Ok(mut value) = serde_yaml::from_str::<serde_yaml::Value>(text) else { return false };
    // A quoted '<<' is an ordinary key, which `apply_merge` does not know.
    if merge && value.apply_merge().is_err() {
        return false;
    }
    same(&value, wanted) || (value.is_null() && *wanted == Value::Object(Map::new()))
}

fn has_merge(node: &YamlNode) -> bool {
    match &node.data {
        Data::Scalar { .. } => false,
        Data::Seq(items) => items.iter().any(has_merge),
        Data::Map(entries) => entries.iter().any(|entry| entry.origin == EntryOrigin::Merge || has_merge(&entry.value)),
    }
}

fn same(yaml: &serde_yaml::Value, json: &Value) -> bool {
    use serde_yaml::Value as Yaml;
    match (yaml, json) {
        (Yaml::Tagged(tagged), json) => same(&tagged.value, json),
        (Yaml::Sequence(items), Value::Array(wanted)) => {
            items.len() == wanted.len() && items.iter().zip(wanted).all(|(item, wanted)| same(item, wanted))
        }
        (Yaml::Mapping(map), Value::Object(wanted)) => {
            map.len() == wanted.len()
                && map.iter().all(|(key, value)| {
                    let text = match key {
                        Yaml::String(text) => Some(text.clone()),
                        // Read as something else in YAML 1.2; the text is what counts.
                        other => serde_yaml::to_string(other).ok().map(|text| text.trim().to_owned()),
                    };
                    text.and_then(|text| wanted.get(&text)).is_some_and(|wanted| same(value, wanted))
                })
        }
        (Yaml::String(text), Value::String(wanted)) => text == wanted,
        (yaml, json) => !yaml.is_sequence() && !yaml.is_mapping() && !json.is_array() && !json.is_object(),
    }
}

/// Spaces per level, as the file has them at its first nested mapping.
fn step(text: &str, root: Option<&YamlNode>) -> usize {
    let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |found| found + 1);
    let nested = root.into_iter().flat_map(YamlNode::entries).find_map(|outer| {
        let block = outer.origin == EntryOrigin::Own && outer.value.style == Style::Block && !outer.value.alias;
        let inner = outer.value.entries().find(|entry| entry.origin == EntryOrigin::Own).filter(|_| block)?;
        column(inner.key_start).checked_sub(column(outer.key_start))
    });
    nested.filter(|step| (1..=8).contains(step)).unwrap_or(2)
}

/// The old layout's text moved below `agents:`, line by line. `None` when the text is laid out unusually.
fn modernize(text: &str, root: Option<&YamlNode>, name: &str, newline: &str) -> Option<String> {
    let root = root?;
    let first = text[..root.start].rfind('\n').map_or(0, |at| at + 1);
    if !text[first..root.start].bytes().all(|byte| byte == b' ') {
        return None;
    }
    let mut out = text[..first].to_owned();
    let name = quote(name, Style::Plain, false);
    for line in [format!("default_agent: {name}"), "agents:".to_owned(), format!("  {name}:")] {
        out.push_str(&line);
        out.push_str(newline);
    }
    for line in text[first..].split_inclusive('\n') {
        let bare = line.trim().is_empty() || line.starts_with("...") || line.starts_with("---");
        if !bare {
            out.push_str("    ");
        }
        out.push_str(line);
    }
    Some(out)
}
