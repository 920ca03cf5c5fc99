//! What is said of one command of the starter toolkit: its flags, and what each of them is in the command that takes its
//! place. Source of flags and defaults: the toolkit's 0.3.14; of operations and members: the service's model.

/// A command of the starter toolkit that this program does not have.
#[derive(Debug)]
pub(crate) struct ToolkitCommand {
    /// The words after `agentcore`.
    pub(super) path: &'static [&'static str],
    pub(super) flags: &'static [ToolkitFlag],
    pub(super) replacement: Replacement,
}

/// What takes the place of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replacement {
    /// One operation of AgentCore's control plane, as the AWS CLI spells it.
    Operation(&'static str),
    /// The beginning of another command line that does the same, or nearly, and whether it is told the region. `says` explains
    /// a placeholder in it, where there is one.
    Command { start: &'static str, takes_region: bool, says: &'static str },
    /// No single command does the same: what there is instead, one step each.
    Steps(&'static [&'static str]),
}

/// A flag of such a command.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToolkitFlag {
    pub(super) long: &'static str,
    pub(super) short: Option<char>,
    /// The name of its value; `None` for a switch.
    pub(super) value: Option<&'static str>,
    pub(super) is_repeated: bool,
    /// Whether the replacement does not work without it.
    pub(super) is_needed: bool,
    /// A flag that may be given instead, and what is said then.
    pub(super) instead: Option<(&'static str, &'static str)>,
    /// What the toolkit takes when it is not given.
    pub(super) default: Option<&'static str>,
    /// What is shown for a value that is needed and not given; by default the name of the value.
    pub(super) placeholder: Option<&'static str>,
    pub(super) meaning: Meaning,
}

/// What a flag is in the replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A member of the operation's input, passed on as it was given: a text, a number or JSON.
    Member(&'static str),
    /// A text inside a structure of the input: the member, then the names on the way to it.
    Text(&'static str, &'static [&'static str]),
    /// The same for a number.
    Number(&'static str, &'static [&'static str]),
    /// A list of structures with one text each: the member and the text's name.
    Each(&'static str, &'static str),
    /// A member that is given as JSON, or as the file that holds it.
    Document(&'static str),
    /// A boolean member: what the replacement has when the switch is not given, and when it is.
    Switch(&'static str, &'static str),
    /// Part of an online evaluation's data source: the agent's log group and its service's name.
    Source(SourcePart),
    /// A flag of the other command line of this name.
    Flag(&'static str),
    /// The same where the values are spelled differently. One that is not listed has no counterpart.
    Choice(&'static str, &'static [(&'static str, &'static str)]),
    /// The file that the result is written to.
    File,
    /// Nothing in the replacement; the reason, where somebody would miss it.
    Dropped(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SourcePart {
    AgentId,
    AgentName,
    Endpoint,
}

impl ToolkitFlag {
    /// A flag with a value.
    pub(super) const fn new(long: &'static str, value: &'static str, meaning: Meaning) -> Self {
        Self {
            long,
            short: None,
            value: Some(value),
            is_repeated: false,
            is_needed: false,
            instead: None,
            default: None,
            placeholder: None,
            meaning,
        }
    }

    pub(super) const fn switch(long: &'static str, meaning: Meaning) -> Self {
        let mut flag = Self::new(long, "", meaning);
        flag.value = None;
        flag
    }

    pub(super) const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    pub(super) const fn repeated(mut self) -> Self {
        self.is_repeated = true;
        self
    }

    pub(super) const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    /// It is needed where the flag `other` is not given; where only that is, `says` is said.
    pub(super) const fn or(mut self, other: &'static str, says: &'static str) -> Self {
        self.instead = Some((other, says));
        self
    }

    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    pub(super) const fn placeholder(mut self, text: &'static str) -> Self {
        self.placeholder = Some(text);
        self
    }

    /// What stands in the replacement for a value that is needed and was not given.
    pub(super) fn stand_in(&self) -> &'static str {
        self.placeholder.or(self.value).unwrap_or_default()
    }
}
