//! The service model's constraints on the members of the data plane's requests, as tables.
//!
//! As [`super::rules`], which has those of the control plane.

use super::rules::KEY;
use crate::sandbox::control::check::TextRule;
use crate::sandbox::control::constraints::{
    MemberRule, MemberType, PathMember, TAG, bounded_text, optional, pattern, required, text,
};

const ANY: usize = usize::MAX;
/// Rows of a page where the request does not say.
pub(super) const PAGE: usize = 20;
const ACTOR: MemberType = bounded_text(1, 255, ACTOR_PATTERN);
const ACTOR_PATTERN: &str = "[a-zA-Z0-9][a-zA-Z0-9-_/]*(?::[a-zA-Z0-9-_/]+)*[a-zA-Z0-9-_/]*";
const NAME_WITH_HYPHENS: &str = "[a-zA-Z0-9][a-zA-Z0-9-_]*";
const SESSION: MemberType = bounded_text(1, 100, NAME_WITH_HYPHENS);
const EVENT_PATTERN: &str = "[0-9]+#[a-fA-F0-9]+";
const RECORD_PATTERN: &str = "mem-[a-zA-Z0-9-_]*";
const RECORD: MemberType = bounded_text(40, 50, RECORD_PATTERN);
const PLACE_PATTERN: &str = "[a-zA-Z0-9/*][a-zA-Z0-9-_/*]*(?::[a-zA-Z0-9-_/*]+)*[a-zA-Z0-9-_/*]*";
const PLACE: MemberType = bounded_text(1, 1024, PLACE_PATTERN);
const RECORD_TEXT: MemberType = MemberType::Text(TextRule::length(1, 16_000).sensitive());
const MESSAGE: MemberType = MemberType::Text(TextRule::length(1, 100_000).sensitive());
const ROLE: MemberType = MemberType::OneOf(&["ASSISTANT", "USER", "TOOL", "OTHER"]);
const VARIABLES: MemberType = MemberType::Map(
    5,
    TextRule::length(1, 32).with_pattern("[a-z][a-z0-9]*"),
    TextRule::length(1, 64).with_pattern("[a-z0-9][a-z0-9-_]*"),
);

/// In paths.
pub(super) const ACTOR_ID: PathMember = ("actorId", TextRule::length(1, 255).with_pattern(ACTOR_PATTERN));
pub(super) const SESSION_ID: PathMember = ("sessionId", TextRule::length(1, 100).with_pattern(NAME_WITH_HYPHENS));
pub(super) const EVENT_ID: PathMember = ("eventId", TextRule::pattern(EVENT_PATTERN));
pub(super) const RECORD_ID: PathMember = ("memoryRecordId", TextRule::length(40, 50).with_pattern(RECORD_PATTERN));
pub(super) const PLACE_PARAMETER: PathMember = ("namespace", TextRule::length(1, 1024).with_pattern(PLACE_PATTERN));

/// CreateEvent. `payload`, `eventTimestamp` and `metadata` are checked in `events`.
pub(super) const EVENT: &[MemberRule] = &[
    required("actorId", ACTOR),
    optional("sessionId", SESSION),
    optional("branch", MemberType::Structure),
    required("branch.name", bounded_text(1, 100, NAME_WITH_HYPHENS)),
    optional("branch.rootEventId", pattern(EVENT_PATTERN)),
    optional("extractionMode", MemberType::OneOf(&["SKIP"])),
    optional("extractionConfig", MemberType::Structure),
    optional("extractionConfig.namespaceVariables", VARIABLES),
    optional("clientToken", text(0, ANY)),
];

/// An item of a payload, of CreateEvent and of IngestData.
pub(super) const PAYLOAD: &[MemberRule] = &[
    optional("conversational", MemberType::Structure),
    required("conversational.content", MemberType::Union),
    optional("conversational.content.text", MESSAGE),
    required("conversational.role", ROLE),
    optional("json", MemberType::Structure),
];

/// IngestData.
pub(super) const INGESTION: &[MemberRule] = &[
    required("actorId", ACTOR),
    optional("sessionId", SESSION),
    required("source", MemberType::Union),
    required("source.inline", MemberType::Structure),
    required("source.inline.payload", MemberType::List(1, 100)),
    optional("extractionConfig", MemberType::Structure),
    optional("extractionConfig.namespaceVariables", VARIABLES),
];

/// ListEvents, ListSessions, ListActors.
pub(super) const LISTING: &[MemberRule] = &[
    optional("maxResults", MemberType::Integer(1, 100)),
    optional("nextToken", text(0, ANY)),
    optional("includePayloads", MemberType::Boolean),
    optional("filter", MemberType::Structure),
    optional("filter.branch", MemberType::Structure),
    required("filter.branch.name", bounded_text(1, 100, NAME_WITH_HYPHENS)),
    optional("filter.branch.includeParentBranches", MemberType::Boolean),
    optional("filter.eventFilter", MemberType::OneOf(&["HAS_EVENTS"])),
];

/// RetrieveMemoryRecords and ListMemoryRecords.
pub(super) const RECORDS: &[MemberRule] = &[
    optional("namespace", PLACE),
    optional("namespacePath", PLACE),
    optional("memoryStrategyId", SESSION),
    optional("maxResults", MemberType::Integer(1, 100)),
    optional("nextToken", text(0, ANY)),
];

/// RetrieveMemoryRecords.
pub(super) const SEARCH: &[MemberRule] = &[
    required("searchCriteria", MemberType::Structure),
    required("searchCriteria.searchQuery", MemberType::Text(TextRule::length(1, 10_000).sensitive())),
    optional("searchCriteria.memoryStrategyId", SESSION),
    optional("searchCriteria.topK", MemberType::Integer(1, 100)),
];

/// Batches.
pub(super) const BATCH: &[MemberRule] = &[
    required("records", MemberType::List(0, 100)),
    optional("records[]", MemberType::Structure),
    optional("recordExpirySpecification", MemberType::Union),
    optional("recordExpirySpecification.recordExpiryDurationDays", MemberType::Integer(31, i64::MAX)),
    optional("recordExpirySpecification.action", MemberType::OneOf(&["REMOVE"])),
];

pub(super) const NEW_RECORD: &[MemberRule] = &[
    required("requestIdentifier", bounded_text(1, 80, "[a-zA-Z0-9_-]+")),
    required("namespaces", MemberType::List(0, 1)),
    optional("namespaces[]", PLACE),
    required("content", MemberType::Union),
    optional("content.text", RECORD_TEXT),
    optional("memoryStrategyId", SESSION),
];

pub(super) const CHANGED_RECORD: &[MemberRule] = &[
    required("memoryRecordId", RECORD),
    optional("namespaces", MemberType::List(0, 1)),
    optional("namespaces[]", PLACE),
    optional("sourceNamespaces", MemberType::List(0, 1)),
    optional("sourceNamespaces[]", PLACE),
    optional("content", MemberType::Union),
    optional("content.text", RECORD_TEXT),
    optional("memoryStrategyId", SESSION),
];

pub(super) const GONE_RECORD: &[MemberRule] = &[required("memoryRecordId", RECORD), optional("namespace", PLACE)];

pub(super) const EVENT_VALUE: TextRule = TextRule::length(0, 256).with_pattern(TAG);
pub(super) const METADATA_KEY: TextRule = TextRule::length(1, 128).with_pattern(TAG);

/// A value of a record's metadata.
pub(super) const RECORD_VALUE: &[MemberRule] = &[
    optional("stringValue", bounded_text(1, 256, TAG)),
    optional("stringListValue", MemberType::List(1, 5)),
    optional("stringListValue[]", bounded_text(1, 64, TAG)),
];

/// An expression of a filter of events.
pub(super) const EVENT_FILTER: &[MemberRule] = &[
    required("left", MemberType::Union),
    optional("left.metadataKey", KEY),
    required("operator", MemberType::OneOf(&["EQUALS_TO", "EXISTS", "NOT_EXISTS"])),
    optional("right", MemberType::Union),
    optional("right.metadataValue", MemberType::Union),
    optional("right.metadataValue.stringValue", MemberType::Text(EVENT_VALUE)),
];

/// An expression of a filter of records.
pub(super) const RECORD_FILTER: &[MemberRule] = &[
    required("left", MemberType::Union),
    optional("left.metadataKey", KEY),
    required(
        "operator",
        MemberType::OneOf(&[
            "EQUALS_TO",
            "EXISTS",
            "NOT_EXISTS",
            "BEFORE",
            "AFTER",
            "CONTAINS",
            "GREATER_THAN",
            "GREATER_THAN_OR_EQUALS",
            "LESS_THAN",
            "LESS_THAN_OR_EQUALS",
        ]),
    ),
    optional("right", MemberType::Union),
    optional("right.metadataValue", MemberType::Union),
    optional("right.metadataValue.stringValue", bounded_text(1, 256, TAG)),
    optional("right.metadataValue.stringListValue", MemberType::List(1, 5)),
    optional("right.metadataValue.stringListValue[]", bounded_text(1, 64, TAG)),
];

/// ListMemoryExtractionJobs and StartMemoryExtractionJob.
pub(super) const JOBS: &[MemberRule] = &[
    optional("maxResults", MemberType::Integer(1, 50)),
    optional("nextToken", text(0, ANY)),
    optional("filter", MemberType::Structure),
    optional("filter.status", MemberType::OneOf(&["FAILED"])),
];
pub(super) const JOB: &[MemberRule] =
    &[required("extractionJob", MemberType::Structure), required("extractionJob.jobId", text(0, ANY))];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::control::constraints::well_formed;

    #[test]
    fn tables_of_the_data_plane_are_well_formed() {
        for table in [
            EVENT,
            PAYLOAD,
            INGESTION,
            LISTING,
            RECORDS,
            SEARCH,
            BATCH,
            NEW_RECORD,
            CHANGED_RECORD,
            GONE_RECORD,
            RECORD_VALUE,
            EVENT_FILTER,
            RECORD_FILTER,
            JOBS,
            JOB,
        ] {
            well_formed(table);
        }
    }
}
