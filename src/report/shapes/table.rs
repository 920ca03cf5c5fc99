//! The members of each document, by schema name.
//!
//! A member that a report adds is added here; tests name the one that is missing.

mod agents;
mod identity;
mod program;
mod services;

use super::Shape::{Any, Text};
use super::parts::{AGENT, LOG_EVENT};
use super::{Member, maybe, member};
use crate::report::schemas as name;

/// Schema names with the members of `data`; without any where there are only failures.
type Rows = &'static [(&'static str, Option<&'static [Member]>)];

const ARN: Member = maybe("agent_arn", Text);
const REGION: Member = maybe("region", Text);

/// Every document.
pub(super) fn all() -> impl Iterator<Item = (&'static str, Option<&'static [Member]>)> {
    [agents::ROWS, identity::ROWS, services::ROWS, program::ROWS].into_iter().flatten().copied()
}

/// The lines of streams (`-o ndjson`) with the members of their `data`. The last line of a stream is the document of its command.
pub(super) const LINES: &[(&str, &[Member])] = &[
    (name::STATUS_CHANGE, &[AGENT, member("time", Text), member("state", Text)]),
    (name::INVOKE_EVENT, &[maybe("data", Any)]),
    (name::LOG_LINE, LOG_EVENT),
];
