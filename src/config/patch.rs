//! The difference between a document and a wanted tree, as splices of the document's text.
//!
//! Owns: which lines change, and what is written there. Does not own: proving the result (`edit`), layout (`scalar`).

use serde_json::{Map, Value};

use super::scalar::{BlockWriter, inline};
use super::syntax::{Data, EntryOrigin, Style, YamlEntry, YamlNode};

/// This place cannot be changed on its own.
pub(super) struct Unsupported;

pub(super) type PatchResult = Result<(), Unsupported>;

struct Splice {
    start: usize,
    end: usize,
    text: String,
}

pub(super) struct Patch<'a> {
    /// Ends with a line break.
    text: &'a str,
    newline: &'a str,
    /// Spaces per level.
    step: usize,
    /// In the order in which text at the same place is to appear.
    splices: Vec<Splice>,
}

impl<'a> Patch<'a> {
    pub(super) fn new(text: &'a str, newline: &'a str, step: usize) -> Self {
        Self { text, newline, step, splices: Vec::new() }
    }

    fn splice(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.splices.push(Splice { start, end, text: text.into() });
    }

    /// The new text; `None` when two changes overlap.
    pub(super) fn finish(mut self) -> Option<String> {
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

    fn writer(&self) -> BlockWriter<'a> {
        BlockWriter { out: String::new(), newline: self.newline, step: self.step }
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
    fn column(&self, at: usize) -> Result<usize, Unsupported> {
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
    fn colon(&self, entry: &YamlEntry) -> Result<usize, Unsupported> {
        let rest = &self.text[entry.key_end..];
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        if rest[spaces..].starts_with(':') { Ok(entry.key_end + spaces + 1) } else { Err(Unsupported) }
    }

    /// Notes every change that makes `root` into `wanted`.
    pub(super) fn document(&mut self, root: Option<&YamlNode>, wanted: &Value) -> PatchResult {
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

    fn map(&mut self, node: &YamlNode, wanted: &Map<String, Value>) -> PatchResult {
        let Data::Map(entries) = &node.data else { return Err(Unsupported) };
        let mut last: Option<&YamlEntry> = None;
        let mut column = 0;
        let mut kept = 0;
        for entry in entries {
            if entry.origin == EntryOrigin::Merged {
                // Its text is elsewhere: it can be overridden here, not removed.
                if !wanted.contains_key(&entry.key) {
                    return Err(Unsupported);
                }
                continue;
            }
            column = self.column(entry.key_start)?;
            last = Some(entry);
            match wanted.get(&entry.key) {
                _ if entry.origin == EntryOrigin::Merge => kept += 1,
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
            let old = entries.iter().find(|entry| entry.key == *key && entry.origin != EntryOrigin::Merge);
            let here = match old {
                None => true,
                Some(old) => old.origin == EntryOrigin::Merged && old.value.to_value() != *value,
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

    fn entry(&mut self, entry: &YamlEntry, wanted: &Value) -> PatchResult {
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
    fn replace(&mut self, entry: &YamlEntry, wanted: &Value, keep_comments: bool) -> PatchResult {
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
    fn list(&mut self, items: &[YamlNode], wanted: &[Value]) -> PatchResult {
        let dashes: Vec<usize> = items.iter().map(|item| self.dash(item)).collect::<Result<_, _>>()?;
        let Some(first) = dashes.first() else { return Err(Unsupported) };
        let column = self.column(*first)?;
        let old: Vec<Value> = items.iter().map(YamlNode::to_value).collect();
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

    fn item(&mut self, item: &YamlNode, dash: usize, wanted: &Value) -> PatchResult {
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
    fn dash(&self, item: &YamlNode) -> Result<usize, Unsupported> {
        let line = self.line_start(item.start);
        let before = self.text[line..item.start].trim_end_matches(' ');
        if !before.ends_with('-') {
            return Err(Unsupported);
        }
        let dash = line + before.len() - 1;
        self.column(dash)?;
        Ok(dash)
    }

    /// The comments between the two places around `node`, each on its own line at `column`.
    fn comments(&self, node: &YamlNode, from: usize, to: usize, column: usize) -> String {
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

fn is_empty(node: &YamlNode) -> bool {
    match &node.data {
        Data::Scalar { .. } => false,
        Data::Seq(items) => items.is_empty(),
        Data::Map(entries) => entries.is_empty(),
    }
}

/// The places of all scalars and keys in `node`'s own text.
fn spans(node: &YamlNode, out: &mut Vec<(usize, usize)>) {
    match &node.data {
        _ if node.alias => {}
        Data::Scalar { .. } => out.push((node.start, node.end)),
        Data::Seq(items) => items.iter().for_each(|item| spans(item, out)),
        Data::Map(entries) => {
            for entry in entries.iter().filter(|entry| entry.origin != EntryOrigin::Merged) {
                out.push((entry.key_start, entry.key_end));
                spans(&entry.value, out);
            }
        }
    }
}
