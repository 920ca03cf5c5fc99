//! A conversation with a model, in one form whatever the API that it came by: what was said, the tools that may be called,
//! and the model's next turn.

use serde_json::Value;

use crate::digest::Digest;

/// Everything that a model is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Conversation {
    /// The model's id as the caller wrote it.
    pub(super) model: String,
    pub(super) system: Vec<String>,
    pub(super) turns: Vec<Turn>,
    pub(super) tools: Vec<ToolSpec>,
    pub(super) choice: ToolChoice,
    pub(super) limits: Sampling,
}

/// How a model is to choose its words. The stand-in has no use for it; a server gets it as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sampling {
    pub(super) max_tokens: Option<u64>,
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) stop: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    User,
    Assistant,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    pub(super) speaker: Speaker,
    pub(super) content: Vec<Content>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Text(String),
    ToolUse(ToolUse),
    ToolResult(ToolResult),
    /// A picture, a document, a cache point: what it is, in the API's word.
    Other(String),
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToolUse {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) input: Value,
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToolResult {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) failed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ToolSpec {
    pub(super) name: String,
    pub(super) description: String,
    /// JSON schema of the input.
    pub(super) schema: Value,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum ToolChoice {
    #[default]
    Auto,
    /// Some tool must be called.
    Any,
    Named(String),
    /// None may be called.
    Never,
}

/// The model's next turn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ModelReply {
    /// Texts and calls of tools.
    pub(super) content: Vec<Content>,
    pub(super) stop: StopReason,
    pub(super) usage: Usage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StopReason {
    EndTurn,
    ToolUse,
    MaxTokens,
}

impl StopReason {
    /// The word of Converse and of Anthropic's messages.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::EndTurn => "end_turn",
            Self::ToolUse => "tool_use",
            Self::MaxTokens => "max_tokens",
        }
    }
}

/// Tokens; the stand-in counts four characters as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) input: u64,
    pub(super) output: u64,
}

impl Conversation {
    /// The last thing that the user said in words, and where; results of tools are no words of the user.
    pub(super) fn prompt(&self) -> Option<(usize, String)> {
        let texts = self.turns.iter().enumerate().rev().filter(|(_, turn)| turn.speaker == Speaker::User);
        texts.map(|(at, turn)| (at, turn.text())).find(|(_, text)| !text.is_empty())
    }

    /// What the user said before the last time, oldest first.
    pub(super) fn earlier_prompts(&self) -> Vec<String> {
        let end = self.prompt().map_or(0, |(at, _)| at);
        let users = self.turns[..end].iter().filter(|turn| turn.speaker == Speaker::User);
        users.map(Turn::text).filter(|text| !text.is_empty()).collect()
    }

    /// Results of tools since the user last said something, each with the tool's name.
    pub(super) fn results(&self) -> Vec<(&str, &ToolResult)> {
        let since = self.prompt().map_or(0, |(at, _)| at);
        let all = self.turns[since..].iter().flat_map(|turn| &turn.content);
        let results = all.filter_map(|content| match content {
            Content::ToolResult(result) => Some((self.tool_of(&result.id), result)),
            _ => None,
        });
        results.collect()
    }

    fn tool_of(&self, id: &str) -> &str {
        let mut uses = self.turns.iter().flat_map(|turn| &turn.content).filter_map(|content| match content {
            Content::ToolUse(call) if call.id == id => Some(call.name.as_str()),
            _ => None,
        });
        uses.next_back().unwrap_or("the tool")
    }

    /// Characters of everything that the model is told in words.
    pub(super) fn length(&self) -> usize {
        let turns = self.turns.iter().flat_map(|turn| &turn.content).map(Content::length);
        self.system.iter().map(|text| text.chars().count()).sum::<usize>() + turns.sum::<usize>()
    }

    /// An id that is the same for the same conversation: the answer to a repeated request is the same to the last letter.
    pub(super) fn id(&self, prefix: &str) -> String {
        let told = format!("{:?}", (&self.model, &self.system, &self.turns));
        format!("{prefix}{}", &Digest::of_bytes(told.as_bytes()).hex()[..22])
    }
}

impl Turn {
    /// Its texts, a line each.
    pub(super) fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.trim()),
            _ => None,
        });
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

impl Content {
    fn length(&self) -> usize {
        match self {
            Self::Text(text) => text.chars().count(),
            Self::ToolUse(call) => call.name.chars().count() + call.input.to_string().chars().count(),
            Self::ToolResult(result) => result.text.chars().count(),
            Self::Other(_) => 0,
        }
    }
}

impl ModelReply {
    pub(super) fn new(conversation: &Conversation, content: Vec<Content>, stop: StopReason) -> Self {
        let tokens = |characters: usize| u64::try_from(characters.div_ceil(4)).unwrap_or(u64::MAX);
        let output = content.iter().map(Content::length).sum();
        Self { content, stop, usage: Usage { input: tokens(conversation.length()), output: tokens(output) } }
    }

    /// Its texts, one after the other.
    pub(super) fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|content| match content {
            Content::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}
