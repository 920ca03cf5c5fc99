//! The sandbox's report on an agent that failed: the reason, the last lines of output, and where the full log is.
//!
//! It is sent in a header, because response bodies follow the service's format. AWS sends no such header.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The header's name.
pub(crate) const HEADER: &str = "x-agentcore-sandbox-agent";
/// Characters of a line and of the reason.
const LONGEST_LINE: usize = 300;
const LONGEST_REASON: usize = 600;
/// Bytes of all lines together, in JSON: clients of other languages limit a header to 8 KB.
const LONGEST: usize = 4000;

/// What is known of one agent's failure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AgentReport {
    /// Why it could not be started, as a lower-case fragment; empty for an agent that failed while it ran.
    pub(crate) reason: String,
    /// What it printed last, oldest first.
    pub(crate) lines: Vec<String>,
    /// The file with all of its output.
    pub(crate) log: String,
}

impl AgentReport {
    /// A report of what fits into a header: the last lines, and of each its beginning.
    pub(crate) fn new(reason: impl Into<String>, lines: &[String], log: String) -> Self {
        let mut left = LONGEST;
        let mut kept: Vec<String> = Vec::new();
        for line in lines.iter().rev() {
            let line: String = line.chars().take(LONGEST_LINE).collect();
            let Some(rest) = left.checked_sub(serde_json::json!(line).to_string().len() + 1) else { break };
            left = rest;
            kept.push(line);
        }
        kept.reverse();
        let reason: String = reason.into();
        Self { reason: reason.chars().take(LONGEST_REASON).collect(), lines: kept, log }
    }

    /// The header's value.
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// `None` for anything that [`AgentReport::encode`] did not make.
    pub(crate) fn decode(value: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
    }

    /// The last lines as one text.
    pub(crate) fn text(&self) -> String {
        self.lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_lines_fit_into_a_header() {
        let lines: Vec<String> = (0..40).map(|number| format!("{number} {}", "é\"\u{1b}".repeat(100))).collect();
        let report = AgentReport::new("the agent ended", &lines, "/x/agent.log".to_owned());
        let value = report.encode();
        assert!(value.len() < 8000 && value.bytes().all(|byte| byte.is_ascii_graphic()), "{}", value.len());
        let read = AgentReport::decode(&value).unwrap();
        assert_eq!(read, report);
        assert!(read.lines.last().unwrap().starts_with("39 ") && !read.lines.iter().any(|line| line.starts_with("0 ")));
        assert_eq!(AgentReport::decode("not a report"), None);
        assert_eq!(AgentReport::new("x", &["one".into(), "two".into()], String::new()).text(), "one\ntwo");
    }
}
