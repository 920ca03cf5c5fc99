//! YAML text as a tree of nodes with their position in the text.
//!
//! Owns: parsing, positions, anchors, merge keys, duplicate keys. Does not own: what a key means (`schema`, `check`) or
//! how text is changed (`edit`). Scalars are read as YAML 1.1 does, because PyYAML reads the same file.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Value};

use super::scalar;
use crate::error::Code;

/// Nesting beyond this is refused: the file is hand-sized, and recursion over the tree must stay shallow.
const MAX_DEPTH: usize = 64;
/// Nodes after aliases are expanded; guards against exponential aliases.
const MAX_NODES: usize = 50_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    /// `|` and `>`.
    Literal,
    Flow,
    Block,
}

#[derive(Clone, Debug)]
pub(super) struct YamlNode {
    /// Byte offset of the first character, anchor and tag included; the first line of content for [`Style::Literal`].
    pub(super) start: usize,
    /// Byte offset after the last character, before the line break.
    pub(super) end: usize,
    pub(super) style: Style,
    /// Written as `*name`: the data is a copy of the anchor's.
    pub(super) alias: bool,
    pub(super) data: Data,
}

#[derive(Clone, Debug)]
pub(super) enum Data {
    Scalar { text: String, value: Value },
    Seq(Vec<YamlNode>),
    Map(Vec<YamlEntry>),
}

#[derive(Clone, Debug)]
pub(super) struct YamlEntry {
    pub(super) key: String,
    pub(super) key_start: usize,
    pub(super) key_end: usize,
    pub(super) value: YamlNode,
    pub(super) origin: EntryOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryOrigin {
    /// Stands in this mapping.
    Own,
    /// The `<<` entry itself.
    Merge,
    /// Came in through `<<`; its position is where it is defined.
    Merged,
}

/// A fault at a byte offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) offset: usize,
    /// `None` for a warning.
    pub(super) code: Option<Code>,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(offset: usize, code: Code, text: impl Into<String>) -> Self {
        Self { offset, code: Some(code), text: one_line(text.into()) }
    }

    pub(super) fn warning(offset: usize, text: impl Into<String>) -> Self {
        Self { offset, code: None, text: one_line(text.into()) }
    }
}

/// A finding is a line, also where the value in it has several.
fn one_line(text: String) -> String {
    if text.contains(['\n', '\r']) { text.replace('\r', "\\r").replace('\n', "\\n") } else { text }
}

impl YamlNode {
    /// The visible entries of a mapping: its own and the merged ones, without `<<`.
    pub(super) fn entries(&self) -> impl Iterator<Item = &YamlEntry> {
        let entries = if let Data::Map(entries) = &self.data { entries.as_slice() } else { &[] };
        entries.iter().filter(|entry| entry.origin != EntryOrigin::Merge)
    }

    pub(super) fn get(&self, key: &str) -> Option<&YamlEntry> {
        self.entries().find(|entry| entry.key == key)
    }

    pub(super) fn find(&self, path: &[&str]) -> Option<&YamlEntry> {
        let (last, parents) = path.split_last()?;
        let mut node = self;
        for key in parents {
            node = &node.get(key)?.value;
        }
        node.get(last)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.data, Data::Scalar { value: Value::Null, .. })
    }

    pub(super) fn to_value(&self) -> Value {
        match &self.data {
            Data::Scalar { value, .. } => value.clone(),
            Data::Seq(items) => Value::Array(items.iter().map(Self::to_value).collect()),
            Data::Map(_) => {
                let map: Map<_, _> = self.entries().map(|entry| (entry.key.clone(), entry.value.to_value())).collect();
                Value::Object(map)
            }
        }
    }

    fn count(&self) -> usize {
        1 + match &self.data {
            Data::Scalar { .. } => 0,
            Data::Seq(items) => items.iter().map(Self::count).sum(),
            Data::Map(entries) => entries.iter().map(|entry| entry.value.count()).sum(),
        }
    }
}

/// Byte offsets to lines and columns, both 1-based; columns count characters.
#[derive(Clone, Debug, Default)]
pub(super) struct LineIndex(Vec<usize>);

impl LineIndex {
    pub(super) fn new(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start <= offset)
    }

    pub(super) fn column(&self, text: &str, offset: usize) -> usize {
        let start = self.0.get(self.line(offset) - 1).copied().unwrap_or(0);
        text.get(start..offset).map_or(0, |before| before.chars().count()) + 1
    }
}

/// Parses one document. `Ok((None, _))` when there is none; the list holds faults that leave a usable tree.
pub(super) fn parse(text: &str) -> Result<(Option<YamlNode>, Vec<Problem>), Problem> {
    let mut builder = TreeBuilder {
        text,
        offsets: (!text.is_ascii())
            .then(|| text.char_indices().map(|(at, _)| at).chain(std::iter::once(text.len())).collect()),
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        documents: 0,
        root: None,
        problems: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = builder.byte(error.marker().index());
            Problem::new(at, Code::ConfigSyntax, format!("not valid YAML: {}", plain_words(error.info())))
        })?;
        builder.event(event, span)?;
    }
    Ok((builder.root, builder.problems))
}

/// Clearer words for the parser's commonest complaints.
fn plain_words(info: &str) -> String {
    if info.starts_with("tabs disallowed") {
        return "a tab in the indentation; YAML allows spaces only".to_owned();
    }
    if info.contains("did not find expected node content") {
        return "a value is missing here, or a `[` or `{` was not closed".to_owned();
    }
    info.trim_end_matches('.').to_owned()
}

struct Frame {
    node: YamlNode,
    anchor: usize,
    key: Option<YamlNode>,
    seen: HashSet<String>,
}

struct TreeBuilder<'a> {
    text: &'a str,
    /// Byte offset of each character; `None` for ASCII text, where they are the same.
    offsets: Option<Vec<usize>>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, YamlNode>,
    nodes: usize,
    documents: usize,
    root: Option<YamlNode>,
    problems: Vec<Problem>,
}

impl TreeBuilder<'_> {
    fn byte(&self, index: usize) -> usize {
        match &self.offsets {
            Some(offsets) => offsets.get(index).copied().unwrap_or(self.text.len()),
            None => index.min(self.text.len()),
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let start = self.byte(span.start.index());
        let end = self.byte(span.end.index());
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Problem::new(
                        start,
                        Code::ConfigSyntax,
                        "a second YAML document; the file must be one",
                    ));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(text.into_owned(), style, tag.as_deref(), (start, end))?;
                self.add(node, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => self.open(Data::Seq(Vec::new()), anchor, tag.as_deref(), span)?,
            Event::MappingStart(anchor, tag) => self.open(Data::Map(Vec::new()), anchor, tag.as_deref(), span)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut frame) = self.stack.pop() {
                    self.close(&mut frame.node, start);
                    self.add(frame.node, frame.anchor)?;
                }
            }
            Event::Alias(anchor) => {
                let Some(target) = self.anchors.get(&anchor) else {
                    return Err(Problem::new(start, Code::ConfigSyntax, "an alias inside its own anchor"));
                };
                let node = YamlNode { start, end, style: Style::Plain, alias: true, ..target.clone() };
                self.add(node, 0)?;
            }
            Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => {}
        }
        Ok(())
    }

    fn scalar(
        &self,
        text: String,
        style: ScalarStyle,
        tag: Option<&Tag>,
        (start, end): (usize, usize),
    ) -> Result<YamlNode, Problem> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Literal,
        };
        let value = match tag {
            None if style == Style::Plain => scalar::resolve(&text),
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix != "str" => scalar::resolve(&text),
            None => Value::String(text.clone()),
            Some(tag) if tag.is_yaml_core_schema() || format!("{}{}", tag.handle, tag.suffix) == "!" => {
                Value::String(text.clone())
            }
            Some(tag) => return Err(unknown_tag(tag, start)),
        };
        let end = self.scalar_end(&text, style, start, end);
        Ok(YamlNode { start, end, style, alias: false, data: Data::Scalar { text, value } })
    }

    /// The parser's end of a scalar may include what follows it (spaces, a comment), so it is found again.
    fn scalar_end(&self, value: &str, style: Style, start: usize, end: usize) -> usize {
        let raw = self.text.get(start..end).unwrap_or_default();
        match style {
            Style::Single | Style::Double => start + quoted_len(raw, style).unwrap_or(raw.len()),
            Style::Literal if value.ends_with("\n\n") || value.trim_matches('\n').is_empty() => {
                // Trailing blank lines are content here (`|+`): up to the last line break.
                let lines = raw.rfind('\n').map_or(raw, |at| &raw[..at]);
                start + lines.trim_end_matches('\r').len()
            }
            Style::Plain if value.is_empty() && !raw.starts_with(['&', '!']) => start,
            _ => start + raw.trim_end().len(),
        }
    }

    fn open(&mut self, data: Data, anchor: usize, tag: Option<&Tag>, span: Span) -> Result<(), Problem> {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        if let Some(tag) = tag
            && !tag.is_yaml_core_schema()
        {
            return Err(unknown_tag(tag, start));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(Problem::new(start, Code::ConfigSyntax, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let flow = self.text.get(start..end).is_some_and(|raw| raw.ends_with(['{', '[']));
        let style = if flow { Style::Flow } else { Style::Block };
        let node = YamlNode { start, end, style, alias: false, data };
        self.stack.push(Frame { node, anchor, key: None, seen: HashSet::new() });
        Ok(())
    }

    /// `closing` is where the closing bracket of a flow collection is; the parser's end may include what follows it.
    fn close(&mut self, node: &mut YamlNode, closing: usize) {
        if node.style == Style::Flow {
            node.end = closing + 1;
        } else {
            let last = match &node.data {
                Data::Seq(items) => items.last().map(|item| item.end),
                Data::Map(entries) => entries.last().map(|entry| entry.value.end.max(entry.key_end)),
                Data::Scalar { .. } => None,
            };
            node.end = last.unwrap_or(node.end);
        }
        if let Data::Map(entries) = &mut node.data {
            merge(entries, &mut self.problems);
        }
    }

    fn add(&mut self, node: YamlNode, anchor: usize) -> Result<(), Problem> {
        self.nodes += if node.alias { node.count() } else { 1 };
        if self.nodes > MAX_NODES {
            return Err(Problem::new(node.start, Code::ConfigSyntax, "too large once its aliases are expanded"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.node.data {
            Data::Seq(items) => items.push(node),
            Data::Map(entries) => match frame.key.take() {
                None if matches!(node.data, Data::Scalar { .. }) => frame.key = Some(node),
                None => return Err(Problem::new(node.start, Code::ConfigSyntax, "a key must be text")),
                Some(key) => {
                    let Data::Scalar { text, .. } = key.data else { return Ok(()) };
                    if !frame.seen.insert(text.clone()) {
                        self.problems.push(Problem::new(
                            key.start,
                            Code::ConfigDuplicateKey,
                            format!("the key `{text}` stands twice in this mapping"),
                        ));
                        return Ok(());
                    }
                    let merge = text == "<<" && key.style == Style::Plain;
                    let origin = if merge { EntryOrigin::Merge } else { EntryOrigin::Own };
                    entries.push(YamlEntry { key: text, key_start: key.start, key_end: key.end, value: node, origin });
                }
            },
            Data::Scalar { .. } => {}
        }
        Ok(())
    }
}

fn unknown_tag(tag: &Tag, at: usize) -> Problem {
    Problem::new(at, Code::ConfigSyntax, format!("the tag `{tag}` is not supported"))
}

/// Length of `raw` up to its closing quote, whatever decoration stands before the opening one.
fn quoted_len(raw: &str, style: Style) -> Option<usize> {
    let quote = if style == Style::Single { b'\'' } else { b'"' };
    let bytes = raw.as_bytes();
    let mut at = bytes.iter().position(|byte| *byte == quote)? + 1;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'\\' && style == Style::Double {
            at += 2;
        } else if *byte == quote {
            if style == Style::Single && bytes.get(at + 1) == Some(&quote) {
                at += 2;
            } else {
                return Some(at + 1);
            }
        } else {
            at += 1;
        }
    }
    None
}

/// Brings in what `<<` names: own keys win, then the earlier source.
fn merge(entries: &mut Vec<YamlEntry>, problems: &mut Vec<Problem>) {
    let Some(source) = entries.iter().find(|entry| entry.origin == EntryOrigin::Merge).cloned() else { return };
    let nodes = match source.value.data {
        Data::Seq(nodes) => nodes,
        _ => vec![source.value],
    };
    for node in nodes {
        if !matches!(node.data, Data::Map(_)) {
            problems.push(Problem::new(
                source.key_start,
                Code::ConfigSyntax,
                "`<<` needs a mapping or a list of mappings",
            ));
        }
        for entry in node.entries() {
            if !entries.iter().any(|have| have.key == entry.key) {
                entries.push(YamlEntry { origin: EntryOrigin::Merged, ..entry.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(text: &str) -> YamlNode {
        let (root, problems) = parse(text).unwrap();
        assert_eq!(problems, []);
        root.unwrap()
    }

    #[test]
    fn spans_cover_exactly_the_scalar() {
        let text = "a: 'é ''x' # one\r\nb: \"q\\\"\" # two\r\nc: plain words # three\r\nd: {x: 1} # four\r\ne:\r\n- &y j # five\r\nf: |\r\n  l1\r\n  l2\r\n\r\n# six\r\ng:\r\n";
        let root = root(text);
        let span = |key: &str| {
            let node = &root.get(key).unwrap().value;
            &text[node.start..node.end]
        };
        assert_eq!(span("a"), "'é ''x'");
        assert_eq!(span("b"), "\"q\\\"\"");
        assert_eq!(span("c"), "plain words");
        assert_eq!(span("d"), "{x: 1}");
        assert_eq!(span("e"), "&y j");
        assert_eq!(span("f"), "l1\r\n  l2");
        assert_eq!(span("g"), "");
        assert_eq!(root.get("f").unwrap().value.to_value(), "l1\nl2\n");
    }

    #[test]
    fn anchors_and_merge_keys_are_resolved() {
        let root = root("base: &b {x: 1, y: 2}\none:\n  <<: *b\n  y: 3\ntwo: *b\n");
        assert_eq!(root.get("one").unwrap().value.to_value(), serde_json::json!({"y": 3, "x": 1}));
        assert_eq!(root.get("two").unwrap().value.to_value(), serde_json::json!({"x": 1, "y": 2}));
    }

    #[test]
    fn faults_have_a_place() {
        let fault = |text: &str| {
            let problem = match parse(text) {
                Err(problem) => problem,
                Ok((_, problems)) => problems.into_iter().next().unwrap(),
            };
            let lines = LineIndex::new(text);
            (lines.line(problem.offset), lines.column(text, problem.offset), problem.code.map_or("", Code::text))
        };
        assert_eq!(fault("a:\n\tb: 1\n"), (2, 2, "config.syntax"));
        assert_eq!(fault("é: 1\nb:\n  é: 1\n  é: 2\n"), (4, 3, "config.duplicate-key"));
        assert_eq!(fault("a: 1\n---\nb: 1\n"), (2, 1, "config.syntax"));
        assert_eq!(fault("a: !python/object x\n"), (1, 4, "config.syntax"));
        assert_eq!(fault("? [a]\n: b\n"), (1, 3, "config.syntax"));
        assert_eq!(fault("a: &x\n  b: *x\n").2, "config.syntax");
    }

    #[test]
    fn a_deep_or_exploding_document_is_refused() {
        assert!(parse(&"[".repeat(10_000)).is_err());
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", alias.trim_end_matches(',')));
        }
        assert!(parse(&bomb).unwrap_err().text.contains("aliases"));
    }
}
