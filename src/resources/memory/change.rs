//! What of a memory may differ from what is wanted, and how a plan says it.

use serde_json::json;

use crate::resources::plan::FieldChange;

/// A part of a memory that is not as it is to be.
#[derive(Clone, Debug)]
pub(crate) enum MemoryChange {
    EventExpiry {
        before: Option<u64>,
        after: u32,
    },
    /// Names before, and those that are added.
    Strategies {
        before: Vec<String>,
        added: Vec<&'static str>,
    },
    /// It was never usable, and is made anew. With the service's reason.
    Failed(String),
}

impl From<MemoryChange> for FieldChange {
    fn from(change: MemoryChange) -> Self {
        match change {
            MemoryChange::EventExpiry { before, after } => {
                let before = before.map(|days| json!(days));
                Self::shown("eventExpiryDuration", before.as_ref(), Some(&json!(after)))
                    .meaning("days for which an event is kept; counts for later ones")
            }
            MemoryChange::Strategies { before, added } => {
                let after: Vec<&str> = before.iter().map(String::as_str).chain(added).collect();
                Self::shown("strategies", Some(&json!(before)), Some(&json!(after)))
            }
            MemoryChange::Failed(reason) => Self::shown("status", Some(&json!("FAILED")), Some(&json!("ACTIVE")))
                .meaning(format!("it is deleted and made again, because it failed before it was usable: {reason}")),
        }
    }
}
