//! The service model's constraints on the members of memories and strategies, as tables.
//!
//! Owns: kinds, lengths, ranges and patterns. Does not own: the rules between members (`control`, `strategies`). Source: the
//! service model; members that are in no table are kept and returned as they came.

use crate::sandbox::control::check::TextRule;
use crate::sandbox::control::constraints::{
    MemberRule, MemberType, NAME, PathMember, TAG, TAGS, bounded_text, optional, pattern, required, text,
};

const ANY: usize = usize::MAX;
pub(super) const ID_PATTERN: &str = "[a-zA-Z][a-zA-Z0-9-_]{0,99}-[a-zA-Z0-9]{10}";
const ARN: &str = r"arn:[a-z0-9.-]{1,63}:[a-z0-9.-]{0,63}:[a-z0-9.-]{0,63}:[a-z0-9.-]{0,63}:[^/].{0,1023}";
const NAMESPACE: &str = r"[a-zA-Z0-9\-_/]*(\{[a-zA-Z][a-zA-Z0-9]*\}[a-zA-Z0-9\-_/]*)*";
const DESCRIPTION: MemberType = MemberType::Text(TextRule::length(1, 4096).sensitive());
pub(super) const KEY: MemberType = bounded_text(1, 128, TAG);
const KEY_TYPE: MemberType = MemberType::OneOf(&["STRING", "STRINGLIST", "NUMBER"]);
const PROMPT: MemberType = MemberType::Text(TextRule::length(1, 30_000).sensitive());
const TOKEN: MemberRule = optional("clientToken", text(0, 500));

/// In the path.
pub(super) const MEMORY_ID: PathMember = ("memoryId", TextRule::length(12, ANY).with_pattern(ID_PATTERN));
/// In the query of DeleteMemory.
pub(super) const TOKEN_PARAMETER: PathMember = ("clientToken", TextRule::length(0, 500));

/// CreateMemory.
pub(super) const NEW_MEMORY: &[MemberRule] = &[
    required("name", pattern(NAME)),
    // The model's range; the developer guide says 7 to 365 days.
    required("eventExpiryDuration", MemberType::Integer(3, 3650)),
    optional("encryptionKeyArn", pattern(ARN)),
    optional("memoryStrategies", MemberType::List(0, ANY)),
    optional("memoryStrategies[]", MemberType::Union),
    optional("indexedKeys", MemberType::List(1, 10)),
    optional("indexedKeys[]", MemberType::Structure),
    required("indexedKeys[].key", KEY),
    required("indexedKeys[].type", KEY_TYPE),
    TAGS,
];

/// UpdateMemory.
pub(super) const CHANGED_MEMORY: &[MemberRule] = &[
    optional("eventExpiryDuration", MemberType::Integer(3, 3650)),
    optional("memoryStrategies", MemberType::Structure),
    optional("memoryStrategies.addMemoryStrategies", MemberType::List(0, ANY)),
    optional("memoryStrategies.addMemoryStrategies[]", MemberType::Union),
    optional("memoryStrategies.modifyMemoryStrategies", MemberType::List(0, ANY)),
    optional("memoryStrategies.modifyMemoryStrategies[]", MemberType::Structure),
    required("memoryStrategies.modifyMemoryStrategies[].memoryStrategyId", text(0, ANY)),
    optional("memoryStrategies.deleteMemoryStrategies", MemberType::List(0, ANY)),
    optional("memoryStrategies.deleteMemoryStrategies[]", MemberType::Structure),
    required("memoryStrategies.deleteMemoryStrategies[].memoryStrategyId", text(0, ANY)),
    optional("addIndexedKeys", MemberType::List(1, 10)),
    optional("addIndexedKeys[]", MemberType::Structure),
    required("addIndexedKeys[].key", KEY),
    required("addIndexedKeys[].type", KEY_TYPE),
];

/// Both.
pub(super) const MEMORY: &[MemberRule] = &[
    TOKEN,
    optional("description", DESCRIPTION),
    optional("memoryExecutionRoleArn", pattern(ARN)),
    optional("namespaceKeys", MemberType::List(0, 5)),
    optional("namespaceKeys[]", MemberType::Structure),
    required("namespaceKeys[].key", bounded_text(1, 32, "[a-z][a-z0-9]*")),
    optional("namespaceKeys[].validation", MemberType::Structure),
    optional("namespaceKeys[].validation.allowedValues", MemberType::List(1, 10)),
    optional("namespaceKeys[].validation.regexPattern", text(0, 64)),
    optional("streamDeliveryResources", MemberType::Structure),
    required("streamDeliveryResources.resources", MemberType::List(0, 1)),
    optional("streamDeliveryResources.resources[]", MemberType::Union),
    optional("streamDeliveryResources.resources[].kinesis", MemberType::Structure),
    required("streamDeliveryResources.resources[].kinesis.dataStreamArn", pattern(ARN)),
    required("streamDeliveryResources.resources[].kinesis.contentConfigurations", MemberType::List(1, 1)),
    optional("streamDeliveryResources.resources[].kinesis.contentConfigurations[]", MemberType::Structure),
    required(
        "streamDeliveryResources.resources[].kinesis.contentConfigurations[].type",
        MemberType::OneOf(&["MEMORY_RECORDS"]),
    ),
    optional(
        "streamDeliveryResources.resources[].kinesis.contentConfigurations[].level",
        MemberType::OneOf(&["METADATA_ONLY", "FULL_CONTENT"]),
    ),
];

/// A member of a memory that can be set in both requests, and is shown in answers as it came.
pub(super) const KEPT: &[&str] = &[
    "description",
    "encryptionKeyArn",
    "memoryExecutionRoleArn",
    "eventExpiryDuration",
    "indexedKeys",
    "namespaceKeys",
    "streamDeliveryResources",
];

/// A strategy of any kind, without its name.
pub(super) const STRATEGY: &[MemberRule] = &[
    optional("description", DESCRIPTION),
    optional("namespaces", MemberType::List(1, 1)),
    optional("namespaces[]", bounded_text(1, 512, NAMESPACE)),
    optional("namespaceTemplates", MemberType::List(1, 1)),
    optional("namespaceTemplates[]", bounded_text(1, 512, NAMESPACE)),
    optional("memoryRecordSchema", MemberType::Structure),
    optional("memoryRecordSchema.metadataSchema", MemberType::List(1, 20)),
    optional("memoryRecordSchema.metadataSchema[]", MemberType::Structure),
    required("memoryRecordSchema.metadataSchema[].key", KEY),
    optional("memoryRecordSchema.metadataSchema[].type", KEY_TYPE),
    optional(
        "memoryRecordSchema.metadataSchema[].extractionType",
        MemberType::OneOf(&["LLM_INFERRED", "STRICTLY_CONSISTENT"]),
    ),
    optional("memoryRecordSchema.metadataSchema[].extractionConfig", MemberType::Union),
    optional("memoryRecordSchema.metadataSchema[].extractionConfig.llmExtractionConfig", MemberType::Structure),
    required("memoryRecordSchema.metadataSchema[].extractionConfig.llmExtractionConfig.definition", text(1, 1000)),
    optional(
        "memoryRecordSchema.metadataSchema[].extractionConfig.llmExtractionConfig.llmExtractionInstruction",
        text(1, 1000),
    ),
    optional("recordExpirySpecification", MemberType::Union),
    optional("recordExpirySpecification.recordExpiryDurationDays", MemberType::Integer(31, i64::MAX)),
    optional("recordExpirySpecification.action", MemberType::OneOf(&["REMOVE"])),
];

/// A new strategy.
pub(super) const NEW_STRATEGY: &[MemberRule] = &[required("name", pattern(NAME))];

/// The reflection of an episodic strategy.
pub(super) const REFLECTION: &[MemberRule] = &[
    optional("namespaces", MemberType::List(1, 1)),
    optional("namespaces[]", bounded_text(1, 512, NAMESPACE)),
    optional("namespaceTemplates", MemberType::List(1, 1)),
    optional("namespaceTemplates[]", bounded_text(1, 512, NAMESPACE)),
    optional("memoryRecordSchema", MemberType::Structure),
];

/// A step of an override.
pub(super) const STEP: &[MemberRule] = &[required("appendToPrompt", PROMPT), required("modelId", text(0, ANY))];

/// `selfManagedConfiguration` of a new strategy.
pub(super) const NEW_SELF_MANAGED: &[MemberRule] = &[
    required("invocationConfiguration", MemberType::Structure),
    required("invocationConfiguration.topicArn", pattern(ARN)),
    required("invocationConfiguration.payloadDeliveryBucketName", pattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
];

/// `selfManagedConfiguration` of a change.
pub(super) const CHANGED_SELF_MANAGED: &[MemberRule] = &[
    optional("invocationConfiguration", MemberType::Structure),
    optional("invocationConfiguration.topicArn", pattern(ARN)),
    optional("invocationConfiguration.payloadDeliveryBucketName", pattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")),
];

/// `selfManagedConfiguration`.
pub(super) const SELF_MANAGED: &[MemberRule] = &[
    optional("triggerConditions", MemberType::List(1, ANY)),
    optional("triggerConditions[]", MemberType::Union),
    optional("triggerConditions[].messageBasedTrigger", MemberType::Structure),
    optional("triggerConditions[].messageBasedTrigger.messageCount", MemberType::Integer(1, 50)),
    optional("triggerConditions[].tokenBasedTrigger", MemberType::Structure),
    optional("triggerConditions[].tokenBasedTrigger.tokenCount", MemberType::Integer(100, 500_000)),
    optional("triggerConditions[].timeBasedTrigger", MemberType::Structure),
    optional("triggerConditions[].timeBasedTrigger.idleSessionTimeout", MemberType::Integer(10, 3000)),
    optional("historicalContextWindowSize", MemberType::Integer(0, 50)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::control::constraints::well_formed;

    #[test]
    fn the_tables_of_memories_are_well_formed() {
        for table in [
            NEW_MEMORY,
            CHANGED_MEMORY,
            MEMORY,
            STRATEGY,
            NEW_STRATEGY,
            REFLECTION,
            STEP,
            NEW_SELF_MANAGED,
            CHANGED_SELF_MANAGED,
            SELF_MANAGED,
        ] {
            well_formed(table);
        }
    }
}
