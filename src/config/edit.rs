//! Changes to the text of the file that leave every other line as it is.
//!
//! Owns: [`Edit`], the difference between a document and the wanted tree as splices of text, and the proof that the result
//! says exactly what was wanted. Does not own: reading, locking and writing the file (`store`).
//!
//! The wanted tree is computed first; then the old tree is walked beside it and only what differs is touched. A place that
//! cannot be changed on its own (a flow collection, a list with an unusual layout, a merge key) is rewritten as one value,
//! with its comments put above it. Whatever comes out is parsed again, by this parser and by libyaml, the family that
//! PyYAML belongs to; a result that differs from the wanted tree is an error, never a file.

use serde_json::{Map, Value};

use super::scalar::{Writer, inline, quote};
use super::syntax::{self, Data, Entry, Node, Origin, Style};
use crate::error::{Error, Result};

/// What a file that this program creates starts with.
const HEADER: &str = "\
# The agents of this project on Amazon Bedrock AgentCore Runtime: how they are deployed, and what is deployed.
# It holds no secrets and can be committed. `agentcore help configure` explains every key.
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

    pub(crate) fn remove(path: &[&str]) -> Self {
        Self { path: path.iter().map(|key| (*key).to_owned()).collect(), value: None }
    }

    /// Applies the change to a tree; missing mappings on the way are made.
    fn apply(&self, tree: &mut Value) -> Result<()> {
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
        Err(Error::usage(what).code("config.type"))
    }
}

/// `text` with `edits` applied; `None` when they change nothing. `legacy` names the agent of a file in the old one-agent
/// layout, which is then brought into the layout with `agents:`.
///
/// # Errors
/// When the change cannot be made without touching other values (anchors that others use).
pub(super) fn rewrite(text: &str, root: Option<&Node>, legacy: Option<&str>, edits: &[Edit]) -> Result<Option<String>> {
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
        (false, Some(name)) => modernize(text, root, name, newline).ok_or_else(by_hand)?,
        (false, None) => text.to_owned(),
    };
    if !base.ends_with('\n') {
        base.push_str(newline);
    }
    let (root, _) = syntax::parse(&base).map_err(|_| by_hand())?;
    let mut patch = Patch { text: &base, newline, step: step(&base, root.as_ref()), splices: Vec::new() };
    patch.document(root.as_ref(), &wanted).map_err(|Unsupported| by_hand())?;
    let mut out = patch.finish().ok_or_else(by_hand)?;
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
        _ => Err(by_hand()),
    }
}

fn by_hand() -> Error {
    Error::usage("could not change the configuration without touching other values in it")
        .code("config.edit")
        .hint("write out the anchors, aliases and tags of the file, or make the change by hand")
}

/// The content in the layout with `agents:`.
fn tree(root: Option<&Node>, legacy: Option<&str>) -> Value {
    let value = match root.map(Node::to_value) {
        None | Some(Value::Null) => Value::Object(Map::new()),
        Some(value) => value,
    };
    match legacy {
        None => value,
        Some(name) => serde_json::json!({ "default_agent": name, "agents": { name: value } }),
    }
}

/// A second opinion, from the parser family that PyYAML belongs to. Plain scalars differ between YAML 1.1 and 1.2 and
/// are compared only where both see text.
fn libyaml_agrees(text: &str, wanted: &Value, merge: bool) -> bool {
    let Ok(mut value) = serde_yaml::from_str::<serde_yaml::Value>(text) else { return false };
    // A quoted '<<' is an ordinary key, which `apply_merge` does not know.
    if merge && value.apply_merge().is_err() {
        return false;
    }
    same(&value, wanted) || (value.is_null() && *wanted == Value::Object(Map::new()))
}

fn has_merge(node: &Node) -> bool {
    match &node.data {
        Data::Scalar { .. } => false,
        Data::Seq(items) => items.iter().any(has_merge),
        Data::Map(entries) => entries.iter().any(|entry| entry.origin == Origin::Merge || has_merge(&entry.value)),
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
fn step(text: &str, root: Option<&Node>) -> usize {
    let column = |at: usize| at - text[..at].rfind('\n').map_or(0, |found| found + 1);
    let nested = root.into_iter().flat_map(Node::entries).find_map(|outer| {
        let block = outer.origin == Origin::Own && outer.value.style == Style::Block && !outer.value.alias;
        let inner = outer.value.entries().find(|entry| entry.origin == Origin::Own).filter(|_| block)?;
        column(inner.key_start).checked_sub(column(outer.key_start))
    });
    nested.filter(|step| (1..=8).contains(step)).unwrap_or(2)
}

/// The old layout's text moved below `agents:`, line by line. `None` when the text is laid out unusually.
fn modernize(text: &str, root: Option<&Node>, name: &str, newline: &str) -> Option<String> {
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
        if !line.trim().is_empty() && !(line.starts_with("...") || line.starts_with("---")) {
            out.push_str("    ");
        }
        out.push_str(line);
    }
    Some(out)
}

/// This place cannot be changed on its own.
struct Unsupported;

type Outcome = std::result::Result<(), Unsupported>;

struct Splice {
    start: usize,
    end: usize,
    text: String,
}

struct Patch<'a> {
    /// Ends with a line break.
    text: &'a str,
    newline: &'a str,
    step: usize,
    /// In the order in which text at the same place is to appear.
    splices: Vec<Splice>,
}

impl Patch<'_> {
    fn splice(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.splices.push(Splice { start, end, text: text.into() });
    }

    /// The new text; `None` when two changes overlap.
    fn finish(mut self) -> Option<String> {
        self.splices.sort_by_key(|splice| splice.start);
        let mut out = String::with_capacity(self.text.len() + 256);
        let mut at = 0;
        for splice in &self.splices {
            out.push_str(self.text.get(at..splice.start)?);
            out.push_str(&splice.text);
            at = splice.end;
        }
        out.push_str(self.text.get(at..)?);
        Some(out)
    }

    fn writer(&self) -> Writer<'_> {
        Writer { out: String::new(), newline: self.newline, step: self.step }
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |found| found + 1)
    }

    /// Where the next line starts.
    fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |found| at + found + 1)
    }

    /// The end of the line at `at`, before its break.
    fn eol(&self, at: usize) -> usize {
        let line = &self.text[at..self.next_line(at)];
        at + line.trim_end_matches(['\n', '\r']).len()
    }

    /// The indentation of something that must be the first on its line.
    fn column(&self, at: usize) -> std::result::Result<usize, Unsupported> {
        let before = &self.text[self.line_start(at)..at];
        if before.bytes().all(|byte| byte == b' ') { Ok(before.len()) } else { Err(Unsupported) }
    }

    /// The start of the line after a block that ends at `end` and whose key stands at `column`: comments that are
    /// indented deeper belong to it.
    fn block_end(&self, end: usize, column: usize) -> usize {
        let mut best = self.next_line(end);
        let mut at = best;
        while at < self.text.len() {
            let next = self.next_line(at);
            let line = &self.text[at..next];
            let content = line.trim_start_matches(' ');
            if content.starts_with('#') && line.len() - content.len() > column {
                best = next;
            } else if !content.trim().is_empty() {
                break;
            }
            at = next;
        }
        best
    }

    /// The place behind the colon of a key.
    fn colon(&self, entry: &Entry) -> std::result::Result<usize, Unsupported> {
        let rest = &self.text[entry.key_end..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        if rest[spaces..].starts_with(':') { Ok(entry.key_end + spaces + 1) } else { Err(Unsupported) }
    }

    fn document(&mut self, root: Option<&Node>, wanted: &Value) -> Outcome {
        let Value::Object(map) = wanted else { return Err(Unsupported) };
        let Some(root) = root.filter(|root| root.end > root.start) else {
            let mut writer = self.writer();
            writer.map(map, 0);
            let out = writer.out;
            self.splice(self.text.len(), self.text.len(), out);
            return Ok(());
        };
        if root.style == Style::Block && self.map(root, map).is_ok() {
            return Ok(());
        }
        self.splices.clear();
        // The whole document is one value here: `{}`, JSON, or a layout that only a rewrite can change.
        let start = self.line_start(root.start);
        if !self.text[start..root.start].trim().is_empty() {
            return Err(Unsupported);
        }
        let mut out = self.comments(root, start, root.end, 0);
        let mut writer = self.writer();
        writer.map(map, 0);
        if map.is_empty() {
            writer.out.push_str("{}");
            writer.out.push_str(self.newline);
        }
        out.push_str(&writer.out);
        self.splice(start, self.next_line(root.end), out);
        Ok(())
    }

    fn map(&mut self, node: &Node, wanted: &Map<String, Value>) -> Outcome {
        let Data::Map(entries) = &node.data else { return Err(Unsupported) };
        let mut last: Option<&Entry> = None;
        let mut column = 0;
        let mut kept = 0;
        for entry in entries {
            if entry.origin == Origin::Merged {
                // Its text is elsewhere: it can be overridden here, not removed.
                if !wanted.contains_key(&entry.key) {
                    return Err(Unsupported);
                }
                continue;
            }
            column = self.column(entry.key_start)?;
            last = Some(entry);
            match wanted.get(&entry.key) {
                _ if entry.origin == Origin::Merge => kept += 1,
                None => {
                    let end = self.block_end(entry.value.end.max(entry.key_end), column);
                    self.splice(self.line_start(entry.key_start), end, "");
                }
                Some(value) => {
                    kept += 1;
                    self.entry(entry, value)?;
                }
            }
        }
        let (Some(last), true) = (last, kept > 0) else { return Err(Unsupported) };
        let at = self.block_end(last.value.end.max(last.key_end), column);
        let mut writer = self.writer();
        for (key, value) in wanted {
            let old = entries.iter().find(|entry| entry.key == *key && entry.origin != Origin::Merge);
            let here = match old {
                None => true,
                Some(old) => old.origin == Origin::Merged && old.value.to_value() != *value,
            };
            if here {
                writer.pad(column);
                writer.entry(key, value, column);
            }
        }
        let out = writer.out;
        if !out.is_empty() {
            self.splice(at, at, out);
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, wanted: &Value) -> Outcome {
        let old = &entry.value;
        if old.to_value() == *wanted {
            return Ok(());
        }
        let mark = self.splices.len();
        let done = match (&old.data, wanted) {
            _ if old.alias || old.style != Style::Block => None,
            (Data::Map(_), Value::Object(map)) if !map.is_empty() => Some(self.map(old, map)),
            (Data::Seq(items), Value::Array(wanted)) if !wanted.is_empty() => Some(self.list(items, wanted)),
            _ => None,
        };
        match done {
            Some(Ok(())) => Ok(()),
            Some(Err(Unsupported)) => {
                self.splices.truncate(mark);
                self.replace(entry, wanted, true)
            }
            None => self.replace(entry, wanted, false),
        }
    }

    /// Writes the whole value of a key anew. `keep_comments`: those inside the old value move above the key.
    fn replace(&mut self, entry: &Entry, wanted: &Value, keep_comments: bool) -> Outcome {
        let old = &entry.value;
        let column = self.column(entry.key_start)?;
        let colon = self.colon(entry)?;
        let filled_flow = old.style == Style::Flow && !old.alias && !is_empty(old);
        let like = if old.alias { Style::Plain } else { old.style };
        let line = inline(wanted, like, filled_flow);
        let mut block = self.writer();
        if line.is_none() {
            block.below(wanted, column);
        }
        let block = block.out;
        let hanging = !old.alias && matches!(old.style, Style::Block | Style::Literal);
        if keep_comments || (filled_flow && !hanging) {
            let from = if hanging { self.next_line(colon) } else { colon };
            let to = if hanging { self.block_end(old.end, column) } else { old.end };
            let comments = self.comments(old, from, to, column);
            if !comments.is_empty() {
                let at = self.line_start(entry.key_start);
                self.splice(at, at, comments);
            }
        }
        if hanging {
            // The rest of the key's line is an anchor, a `|` and the like; a comment there stays.
            let eol = self.eol(colon);
            let tail = &self.text[colon..eol];
            let comment = tail.find(" #").map(|at| colon + at);
            self.splice(colon, comment.unwrap_or(eol), line.map(|text| format!(" {text}")).unwrap_or_default());
            let below = self.next_line(colon);
            self.splice(below, self.block_end(old.end, column).max(below), block);
            return Ok(());
        }
        match line {
            Some(text) if old.end <= old.start => self.splice(colon, colon, format!(" {text}")),
            Some(text) => self.splice(old.start, old.end, text),
            // A value on a line below its key, with a comment between the two.
            None if self.text.get(colon..old.start).is_some_and(|between| between.contains('#')) => {
                return Err(Unsupported);
            }
            None => {
                let end = old.end.max(colon);
                let eol = self.eol(end);
                let rest_is_blank = self.text[end..eol].trim().is_empty();
                self.splice(colon, if rest_is_blank { eol } else { end }, "");
                let below = self.next_line(end);
                self.splice(below, below, block);
            }
        }
        Ok(())
    }

    /// Changes a block list item by item between its common start and its common end.
    fn list(&mut self, items: &[Node], wanted: &[Value]) -> Outcome {
        let dashes: Vec<usize> = items.iter().map(|item| self.dash(item)).collect::<std::result::Result<_, _>>()?;
        let Some(first) = dashes.first() else { return Err(Unsupported) };
        let column = self.column(*first)?;
        let old: Vec<Value> = items.iter().map(Node::to_value).collect();
        let head = old.iter().zip(wanted).take_while(|(a, b)| a == b).count();
        let tail = old[head..].iter().rev().zip(wanted[head..].iter().rev()).take_while(|(a, b)| a == b).count();
        let (old_end, new_end) = (old.len() - tail, wanted.len() - tail);
        let shared = (old_end - head).min(new_end - head);
        for index in head..head + shared {
            self.item(&items[index], dashes[index], &wanted[index])?;
        }
        for index in head + shared..old_end {
            let end = self.block_end(items[index].end.max(dashes[index]), column);
            self.splice(self.line_start(dashes[index]), end, "");
        }
        if head + shared < new_end {
            let at = match (head + shared).checked_sub(1) {
                Some(before) => self.block_end(items[before].end.max(dashes[before]), column),
                None => self.line_start(*first),
            };
            let mut writer = self.writer();
            for value in &wanted[head + shared..new_end] {
                writer.pad(column);
                writer.item(value, column);
            }
            let out = writer.out;
            self.splice(at, at, out);
        }
        Ok(())
    }

    fn item(&mut self, item: &Node, dash: usize, wanted: &Value) -> Outcome {
        let column = self.column(dash)?;
        let simple = !item.alias && matches!(item.style, Style::Plain | Style::Single | Style::Double);
        if simple
            && item.end > item.start
            && let Some(text) = inline(wanted, item.style, false)
        {
            self.splice(item.start, item.end, text);
            return Ok(());
        }
        let end = self.block_end(item.end.max(dash), column);
        let mut out = self.comments(item, dash, end, column);
        let mut writer = self.writer();
        writer.pad(column);
        writer.item(wanted, column);
        out.push_str(&writer.out);
        self.splice(self.line_start(dash), end, out);
        Ok(())
    }

    /// The dash of an item that starts on the dash's line, the dash being the first thing there.
    fn dash(&self, item: &Node) -> std::result::Result<usize, Unsupported> {
        let line = self.line_start(item.start);
        let before = self.text[line..item.start].trim_end_matches(' ');
        if !before.ends_with('-') {
            return Err(Unsupported);
        }
        let dash = line + before.len() - 1;
        self.column(dash)?;
        Ok(dash)
    }

    /// The comments between two places that hold `node`, each on a line of its own at `column`.
    fn comments(&self, node: &Node, from: usize, to: usize, column: usize) -> String {
        let mut scalars = Vec::new();
        spans(node, &mut scalars);
        let mut out = self.writer();
        let mut at = from;
        while let Some(found) = self.text.get(at..to).and_then(|text| text.find('#')) {
            let hash = at + found;
            let free = self.text[..hash].ends_with([' ', '\n', '\t']);
            if let Some((_, end)) = scalars.iter().find(|(start, end)| (*start..*end).contains(&hash)) {
                at = *end;
            } else if free {
                let eol = self.eol(hash);
                out.pad(column);
                out.out.push_str(&self.text[hash..eol]);
                out.out.push_str(self.newline);
                at = eol;
            } else {
                at = hash + 1;
            }
        }
        out.out
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.data {
        Data::Scalar { .. } => false,
        Data::Seq(items) => items.is_empty(),
        Data::Map(entries) => entries.is_empty(),
    }
}

/// The places of all scalars and keys in `node`'s own text.
fn spans(node: &Node, out: &mut Vec<(usize, usize)>) {
    match &node.data {
        _ if node.alias => {}
        Data::Scalar { .. } => out.push((node.start, node.end)),
        Data::Seq(items) => items.iter().for_each(|item| spans(item, out)),
        Data::Map(entries) => {
            for entry in entries.iter().filter(|entry| entry.origin != Origin::Merged) {
                out.push((entry.key_start, entry.key_end));
                spans(&entry.value, out);
            }
        }
    }
}
