//! What was found, as data and for people.

use serde_json::{Value, json};

use super::{Finding, FindingStatus};
use crate::report::{Document, Report, Role, schemas};

/// Exit status where something may fail later.
const WARNINGS: u8 = 1;
/// Exit status where something will not work.
const PROBLEMS: u8 = 2;

/// The findings of one run.
#[derive(Debug)]
pub(crate) struct DoctorReport {
    pub(super) findings: Vec<Finding>,
    pub(super) offline: bool,
    pub(super) agent: Option<String>,
}

impl DoctorReport {
    fn count(&self, status: FindingStatus) -> usize {
        self.findings.iter().filter(|found| found.status == status).count()
    }

    fn summary(&self) -> (Role, String) {
        let (problems, warnings) = (self.count(FindingStatus::Problem), self.count(FindingStatus::Warning));
        let counted = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            more => Some(format!("{more} {what}s")),
        };
        let parts: Vec<String> =
            [counted(problems, "problem"), counted(warnings, "warning")].into_iter().flatten().collect();
        match (problems, parts.is_empty()) {
            (_, true) => (Role::Good, "Nothing is wrong.".to_owned()),
            (0, _) => (Role::Attention, format!("{}.", parts.join(" and "))),
            _ => (Role::Bad, format!("{}.", parts.join(" and "))),
        }
    }
}

const fn role(status: FindingStatus) -> Role {
    match status {
        FindingStatus::Ok => Role::Good,
        FindingStatus::Note => Role::Plain,
        FindingStatus::Warning => Role::Attention,
        FindingStatus::Problem => Role::Bad,
        FindingStatus::Skipped => Role::Dim,
    }
}

impl Report for DoctorReport {
    fn schema(&self) -> &'static str {
        schemas::DOCTOR
    }

    fn data(&self) -> Value {
        let findings = self.findings.iter().map(
            |found| json!({ "id": found.id, "status": found.status.as_str(), "text": found.text, "fix": found.fix }),
        );
        let counts = FindingStatus::ALL.iter().map(|status| (status.as_str().to_owned(), json!(self.count(*status))));
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "offline": self.offline,
            "agent": self.agent,
            "counts": Value::Object(counts.collect()),
            "findings": findings.collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        let width = self.findings.iter().map(|found| found.id.len()).max().unwrap_or_default();
        let document = self.findings.iter().fold(Document::new(), |document, found| {
            let lead = vec![
                (role(found.status), format!("{:7}  ", found.status.as_str())),
                (Role::Key, format!("{:width$}  ", found.id)),
            ];
            let text = if found.status == FindingStatus::Skipped { Role::Dim } else { Role::Plain };
            let document = document.item(lead, text, found.text.clone());
            match &found.fix {
                // Not folded: a command is copied as one line.
                Some(fix) => document.spans(vec![
                    (Role::Plain, " ".repeat("problem  ".len())),
                    (Role::Key, "fix: ".to_owned()),
                    (Role::Code, fix.clone()),
                ]),
                None => document,
            }
        });
        let (role, summary) = self.summary();
        document.blank().styled(role, summary)
    }

    fn exit_code(&self) -> u8 {
        if self.count(FindingStatus::Problem) > 0 {
            PROBLEMS
        } else if self.count(FindingStatus::Warning) > 0 {
            WARNINGS
        } else {
            0
        }
    }
}
