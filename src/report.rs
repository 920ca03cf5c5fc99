//! What a command found or did, as data and as a document for people. `ui` renders both.

use serde_json::Value;

use crate::error::ErrorPlace;
use crate::redact::SecretString;

pub(crate) mod schemas;
pub(crate) mod shapes;

macro_rules! step_outputs {
    ($($(#[doc = $doc:literal])* $output:ident = $name:literal,)+) => {
        /// A value of a result that later steps of a pipeline use.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum StepOutput {
            $($(#[doc = $doc])* $output,)+
        }

        impl StepOutput {
            /// Names and meanings, in the order of the documents.
            #[cfg(test)]
            pub(crate) const ALL: &[(Self, &str)] = &[$((Self::$output, concat!($($doc),*)),)+];

            /// As pipelines name it.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$output => $name,)+
                }
            }
        }
    };
}

step_outputs! {
    /// ARN of the runtime
    AgentArn = "agent_arn",
    /// ID of the runtime
    RuntimeId = "runtime_id",
    /// version of the runtime
    Version = "version",
    /// name of the endpoint that serves it
    Endpoint = "endpoint",
    /// URL that the agent is called at
    InvocationUrl = "invocation_url",
    /// digest of the image that the runtime was given, `sha256:…`
    ImageDigest = "image_digest",
    /// name of the environment
    Environment = "environment",
    /// `true` or `false`: whether anything was changed; of a plan, whether anything would be
    Changed = "changed",
    /// `done`, or the code of the error: `changes-pending`, `smoke.failed`
    ExitReason = "exit_reason",
}

/// The result of a command. Rendered once, at the end, to stdout.
pub(crate) trait Report {
    /// Name and version of the JSON shape, such as `agentcore.status/1`.
    fn schema(&self) -> &'static str;
    /// The `data` member of the JSON document.
    fn data(&self) -> Value;
    /// The same for people. Colour is added by role, so the text must be readable without any.
    fn document(&self) -> Document;
    /// Values for the later steps of a pipeline, without [`StepOutput::ExitReason`].
    fn step_outputs(&self) -> Vec<(StepOutput, String)> {
        Vec::new()
    }
    /// What the summary of a pipeline's run has of it.
    fn summary(&self) -> Option<Document> {
        None
    }
    /// What the result finds fault with, where that is in a file.
    fn faults(&self) -> Vec<ReportFault> {
        Vec::new()
    }
    /// Secrets that the result prints, because they were asked for.
    fn secrets(&self) -> Vec<&SecretString> {
        Vec::new()
    }
    /// Exit status of a command that worked; [`crate::error::Kind::Pending`]'s for a plan with changes, for one.
    fn exit_code(&self) -> u8 {
        0
    }
}

/// A fault in a file, which a pipeline marks there.
#[derive(Clone, Debug)]
pub(crate) struct ReportFault {
    pub(crate) is_error: bool,
    /// Its code.
    pub(crate) title: &'static str,
    pub(crate) place: ErrorPlace,
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

/// Marks at the begin of a row. `ui` has others for terminals that cannot show them.
pub(crate) const HOLDS: &str = "✓";
pub(crate) const FAILS: &str = "✗";
pub(crate) const UNKNOWN: &str = "–";

/// A document for people: lines, fields and tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
    pub(crate) links: Vec<Link>,
}

/// A piece of text that leads somewhere, on terminals that have hyperlinks. Elsewhere it is text like any other.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// The whole piece: a value, a cell.
    pub(crate) text: String,
    pub(crate) url: String,
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
    /// A lead, and a text beside it: on a terminal the text is folded, and its further lines are indented to it.
    Item {
        lead: Vec<(Role, String)>,
        text: (Role, String),
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

    pub(crate) fn item(mut self, lead: Vec<(Role, String)>, role: Role, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Item { lead, text: (role, text.into()) });
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

    /// Has each piece of text that is this one lead to the address.
    pub(crate) fn link(mut self, text: impl Into<String>, url: impl Into<String>) -> Self {
        self.links.push(Link { text: text.into(), url: url.into() });
        self
    }

    pub(crate) fn verbatim(mut self, text: impl Into<String>) -> Self {
        self.blocks.push(Block::Verbatim(text.into()));
        self
    }
}
