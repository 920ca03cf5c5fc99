//! What a command found or did, as data and as a document for people. `ui` renders both.

use serde_json::Value;

pub(crate) mod schemas;
pub(crate) mod shapes;

/// The result of a command. Rendered once, at the end, to stdout.
pub(crate) trait Report {
    /// Name and version of the JSON shape, such as `agentcore.status/1`.
    fn schema(&self) -> &'static str;
    /// The `data` member of the JSON document.
    fn data(&self) -> Value;
    /// The same for people. Colour is added by role, so the text must be readable without any.
    fn document(&self) -> Document;
    /// Exit status of a command that worked; [`crate::error::Kind::Pending`]'s for a plan with changes, for one.
    fn exit_code(&self) -> u8 {
        0
    }
}

/// At most so many characters of a text on one line, and whether something was cut off.
pub(crate) fn shortened(text: &str, most: usize) -> (String, bool) {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => (format!("{}…", &line[..end]), true),
        None => (line, false),
    }
}

/// Meaning of a piece of text; one table in `ui` gives it a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Plain,
    Heading,
    Key,
    Good,
    Bad,
    Attention,
    Dim,
    Code,
}

/// A document for people: lines, fields and tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub(crate) enum Block {
    Line(Vec<(Role, String)>),
    /// Aligned `key: value` pairs.
    Fields(Vec<(String, Vec<(Role, String)>)>),
    Table {
        head: Vec<&'static str>,
        rows: Vec<Vec<(Role, String)>>,
    },
    /// Text that is passed on unchanged, with a final newline added when it has none.
    Verbatim(String),
}

impl Document {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn line(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Line(vec![(Role::Plain, text.into())]));
        self
    }

    pub(crate) fn styled(mut self, role: Role, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Line(vec![(role, text.into())]));
        self
    }

    pub(crate) fn spans(mut self, spans: Vec<(Role, String)>) -> Self {
        self.blocks.push(Block::Line(spans));
        self
    }

    pub(crate) fn blank(self) -> Self {
        self.spans(Vec::new())
    }

    /// Adds `key: value` to the running group of fields, or starts one.
    pub(crate) fn field(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.field_styled(key, Role::Plain, value)
    }

    pub(crate) fn field_styled(mut self, key: impl Into<String>, role: Role, value: impl Into<String>) -> Self {
        let pair = (key.into(), vec![(role, value.into())]);
        match self.blocks.last_mut() {
            Some(Block::Fields(fields)) => fields.push(pair),
            _ => self.blocks.push(Block::Fields(vec![pair])),
        }
        self
    }

    /// A field that is left out when there is no value.
    pub(crate) fn field_if(self, key: impl Into<String>, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.field(key, value),
            None => self,
        }
    }

    /// ` label: value` as a line of its own, with one space before and after the label: scripts that were written for the
    /// starter toolkit's frames cut such lines at spaces, or join them, and take what follows the label.
    pub(crate) fn fact(self, label: &str, value: impl Into<String>) -> Self {
        self.fact_styled(label, Role::Plain, value)
    }

    pub(crate) fn fact_styled(self, label: &str, role: Role, value: impl Into<String>) -> Self {
        let spans = [(Role::Plain, " ".to_owned()), (Role::Key, format!("{label}:")), (Role::Plain, " ".to_owned())];
        self.spans(spans.into_iter().chain([(role, value.into())]).collect())
    }

    pub(crate) fn fact_if(self, label: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.fact(label, value),
            None => self,
        }
    }

    pub(crate) fn table(mut self, head: Vec<&'static str>, rows: Vec<Vec<(Role, String)>>) -> Self {
        self.blocks.push(Block::Table { head, rows });
        self
    }

    pub(crate) fn verbatim(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Verbatim(text.into()));
        self
    }
}
