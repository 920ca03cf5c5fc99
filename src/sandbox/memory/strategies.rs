//! Strategies of a memory: from the members of a request to those of an answer, which differ in names and in nesting.
//!
//! Owns: the kinds, their checks, their default namespaces. Does not own: what a strategy makes of events (`extraction`).

use serde_json::{Map, Value, json};

use super::model::Strategy;
use super::rules;
use crate::sandbox::control::check::Violations;
use crate::sandbox::control::constraints::compare;
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

/// The members of the union `memoryStrategies`, each with the type in answers.
const KINDS: &[(&str, &str)] = &[
    ("semanticMemoryStrategy", "SEMANTIC"),
    ("summaryMemoryStrategy", "SUMMARIZATION"),
    ("userPreferenceMemoryStrategy", "USER_PREFERENCE"),
    ("episodicMemoryStrategy", "EPISODIC"),
    (CUSTOM, "CUSTOM"),
];
const CUSTOM: &str = "customMemoryStrategy";

/// An override of a custom strategy.
struct Override {
    /// In a request.
    member: &'static str,
    /// `configuration.type` in an answer.
    kind: &'static str,
    /// Its steps: the member in a request, and where an answer has it.
    steps: &'static [(&'static str, [&'static str; 3])],
}

const OVERRIDES: &[Override] = &[
    Override {
        member: "semanticOverride",
        kind: "SEMANTIC_OVERRIDE",
        steps: &[
            ("extraction", ["extraction", "customExtractionConfiguration", "semanticExtractionOverride"]),
            ("consolidation", ["consolidation", "customConsolidationConfiguration", "semanticConsolidationOverride"]),
        ],
    },
    Override {
        member: "summaryOverride",
        kind: "SUMMARY_OVERRIDE",
        steps: &[(
            "consolidation",
            ["consolidation", "customConsolidationConfiguration", "summaryConsolidationOverride"],
        )],
    },
    Override {
        member: "userPreferenceOverride",
        kind: "USER_PREFERENCE_OVERRIDE",
        steps: &[
            ("extraction", ["extraction", "customExtractionConfiguration", "userPreferenceExtractionOverride"]),
            (
                "consolidation",
                ["consolidation", "customConsolidationConfiguration", "userPreferenceConsolidationOverride"],
            ),
        ],
    },
    Override {
        member: "episodicOverride",
        kind: "EPISODIC_OVERRIDE",
        steps: &[
            ("extraction", ["extraction", "customExtractionConfiguration", "episodicExtractionOverride"]),
            ("consolidation", ["consolidation", "customConsolidationConfiguration", "episodicConsolidationOverride"]),
            ("reflection", ["reflection", "customReflectionConfiguration", "episodicReflectionOverride"]),
        ],
    },
];
const SELF_MANAGED: &str = "selfManagedConfiguration";

/// Variables that every namespace may have. A memory's `namespaceKeys` add to them.
const VARIABLES: [&str; 3] = ["actorId", "sessionId", "memoryStrategyId"];

/// Kind, type in answers and members of a strategy of a request.
fn parts(strategy: &Value) -> Option<(&'static str, &'static str, &Value)> {
    KINDS.iter().find_map(|(member, kind)| {
        let inner = strategy.get(member).filter(|inner| inner.is_object())?;
        Some((*member, *kind, inner))
    })
}

/// Checks a strategy of CreateMemory, or one that UpdateMemory adds. `keys` are the variables that the memory defines.
pub(super) fn check_new(check: &mut Violations, path: &str, strategy: &Value, keys: &[String]) {
    let Some((member, _, inner)) = parts(strategy) else {
        let known: Vec<&str> = KINDS.iter().map(|(member, _)| *member).collect();
        return check.require(path, &format!("one of [{}]", known.join(", ")), false);
    };
    let prefix = format!("{path}.{member}.");
    compare(check, &prefix, inner, rules::NEW_STRATEGY);
    compare(check, &prefix, inner, rules::STRATEGY);
    namespace_variables(check, &prefix, inner, keys);
    let path = format!("{prefix}reflectionConfiguration");
    if let Some(reflection) = structure(check, &path, inner.get("reflectionConfiguration")) {
        compare(check, &format!("{path}."), reflection, rules::REFLECTION);
    }
    if member == CUSTOM
        && let Some(configuration) = inner.get("configuration").filter(|it| !it.is_null())
    {
        check_configuration(check, &format!("{prefix}configuration"), configuration);
    }
}

/// A structure, where it is there. What is none is a violation: `compare` looks at structures only.
fn structure<'v>(check: &mut Violations, path: &str, value: Option<&'v Value>) -> Option<&'v Value> {
    let value = value.filter(|value| !value.is_null())?;
    check.require(path, "a structure", value.is_object());
    Some(value).filter(|value| value.is_object())
}

/// The structure that is the only member of a union, with its path.
fn only_member<'v>(check: &mut Violations, path: &str, value: Option<&'v Value>) -> Option<(String, &'v Value)> {
    let value = value.filter(|value| !value.is_null())?;
    let mut set = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let (first, second) = (set.next(), set.next());
    check.require(path, "a structure with exactly one member set", first.is_some() && second.is_none());
    let (name, inner) = first.filter(|_| second.is_none())?;
    let path = format!("{path}.{name}");
    let inner = structure(check, &path, Some(inner))?;
    Some((path, inner))
}

fn check_configuration(check: &mut Violations, path: &str, configuration: &Value) {
    let set = configuration.as_object().map(|object| object.values().filter(|value| !value.is_null()).count());
    check.require(path, "a structure with exactly one member set", set == Some(1));
    for kind in OVERRIDES {
        let path = format!("{path}.{}", kind.member);
        let Some(inner) = structure(check, &path, configuration.get(kind.member)) else { continue };
        for (step, _) in kind.steps {
            let path = format!("{path}.{step}");
            if let Some(step_value) = structure(check, &path, inner.get(step)) {
                let prefix = format!("{path}.");
                compare(check, &prefix, step_value, rules::STEP);
                if *step == "reflection" {
                    compare(check, &prefix, step_value, rules::REFLECTION);
                }
            }
        }
    }
    let path = format!("{path}.{SELF_MANAGED}");
    if let Some(inner) = structure(check, &path, configuration.get(SELF_MANAGED)) {
        let prefix = format!("{path}.");
        compare(check, &prefix, inner, rules::NEW_SELF_MANAGED);
        compare(check, &prefix, inner, rules::SELF_MANAGED);
    }
}

/// Checks a change of UpdateMemory to a strategy.
pub(super) fn check_change(check: &mut Violations, path: &str, change: &Value, keys: &[String]) {
    let prefix = format!("{path}.");
    compare(check, &prefix, change, rules::STRATEGY);
    namespace_variables(check, &prefix, change, keys);
    let path = format!("{prefix}configuration");
    let Some(configuration) = structure(check, &path, change.get("configuration")) else { return };
    for step in ["extraction", "consolidation", "reflection"] {
        check_changed_step(check, &format!("{path}.{step}"), configuration.get(step));
    }
    let path = format!("{path}.{SELF_MANAGED}");
    if let Some(inner) = structure(check, &path, configuration.get(SELF_MANAGED)) {
        let prefix = format!("{path}.");
        compare(check, &prefix, inner, rules::CHANGED_SELF_MANAGED);
        compare(check, &prefix, inner, rules::SELF_MANAGED);
    }
}

/// Checks a step of a change, which is in two unions as answers have it; a reflection of the service's own kind is in one.
fn check_changed_step(check: &mut Violations, path: &str, value: Option<&Value>) {
    let Some((path, inner)) = only_member(check, path, value) else { return };
    if path.ends_with(".episodicReflectionConfiguration") {
        return compare(check, &format!("{path}."), inner, rules::REFLECTION);
    }
    let Some((path, step)) = only_member(check, &path, Some(inner)) else { return };
    let prefix = format!("{path}.");
    compare(check, &prefix, step, rules::STEP);
    if path.ends_with("ReflectionOverride") {
        compare(check, &prefix, step, rules::REFLECTION);
    }
}

/// A variable that is none of the service's and none of the memory's cannot be filled in.
fn namespace_variables(check: &mut Violations, prefix: &str, inner: &Value, keys: &[String]) {
    for member in ["namespaces", "namespaceTemplates"] {
        let templates = inner.get(member).and_then(Value::as_array).into_iter().flatten();
        for (index, template) in templates.filter_map(Value::as_str).enumerate() {
            for variable in variables(template) {
                if !VARIABLES.contains(&variable) && !keys.iter().any(|key| key == variable) {
                    let path = format!("{prefix}{member}.{}.member", index + 1);
                    check.problem(
                        &path,
                        format!("Value '{template}' at '{path}' has the unknown variable '{variable}'"),
                    );
                }
            }
        }
    }
}

/// The names in braces.
pub(super) fn variables(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Whether a strategy runs with the memory's role: its models or its topic and bucket are the caller's.
pub(super) fn needs_role(strategy: &Value) -> bool {
    let configuration = strategy.get(CUSTOM).and_then(|custom| custom.get("configuration"));
    configuration.and_then(Value::as_object).is_some_and(|members| members.values().any(|value| !value.is_null()))
}

/// The name of a strategy of a request.
pub(super) fn name(strategy: &Value) -> &str {
    parts(strategy).and_then(|(_, _, inner)| inner.get("name")).and_then(Value::as_str).unwrap_or_default()
}

/// A new strategy of a checked request.
///
/// # Errors
/// When the system's random source fails.
pub(super) fn make(strategy: &Value, now: i64, active_at: i64) -> Result<Strategy, Fault> {
    let Some((_, kind, inner)) = parts(strategy) else { return Err(Fault::internal("an unchecked strategy")) };
    let name = inner.get("name").and_then(Value::as_str).unwrap_or_default();
    let mut settings = Map::new();
    for member in ["description", "memoryRecordSchema"] {
        if let Some(value) = inner.get(member).filter(|value| !value.is_null()) {
            settings.insert(member.to_owned(), value.clone());
        }
    }
    expiry(&mut settings, inner);
    let namespaces = namespaces(inner).unwrap_or_else(|| vec![default_namespace(kind).to_owned()]);
    if let Some(configuration) = configuration(kind, inner, &namespaces) {
        settings.insert("configuration".to_owned(), configuration);
    }
    Ok(Strategy {
        id: format!("{name}-{}", random::alphanumeric(10)?),
        name: name.to_owned(),
        kind: kind.to_owned(),
        namespaces,
        settings,
        created: now,
        updated: now,
        active_at,
        gone_at: None,
    })
}

/// Applies a checked change.
pub(super) fn change(strategy: &mut Strategy, change: &Value, now: i64) {
    for member in ["description", "memoryRecordSchema"] {
        if let Some(value) = change.get(member).filter(|value| !value.is_null()) {
            strategy.settings.insert(member.to_owned(), value.clone());
        }
    }
    expiry(&mut strategy.settings, change);
    if let Some(namespaces) = namespaces(change) {
        strategy.namespaces = namespaces;
    }
    // Steps come as answers have them, so that each replaces the one of the same name.
    let new = change.get("configuration").and_then(Value::as_object);
    for (member, value) in new.into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        let old = strategy.settings.entry("configuration").or_insert_with(|| json!({}));
        if member == SELF_MANAGED {
            let kept = &mut old[member];
            for (member, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
                kept[member] = value.clone();
            }
        } else {
            old[member] = with_both_names(value.clone());
        }
    }
    strategy.updated = now;
}

fn expiry(settings: &mut Map<String, Value>, inner: &Value) {
    let Some(wanted) = inner.get("recordExpirySpecification") else { return };
    match wanted.get("recordExpiryDurationDays").and_then(Value::as_i64) {
        Some(days) => {
            settings.insert("recordExpiryDurationDays".to_owned(), json!(days));
        }
        None => {
            settings.remove("recordExpiryDurationDays");
        }
    }
}

/// The newer member, else the older one.
fn namespaces(inner: &Value) -> Option<Vec<String>> {
    let list = ["namespaceTemplates", "namespaces"].iter().find_map(|member| inner.get(member)?.as_array())?;
    let list: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    (!list.is_empty()).then_some(list)
}

/// Those that AWS's SDK for Python writes where none is given; what the service takes is not documented.
fn default_namespace(kind: &str) -> &'static str {
    match kind {
        "SUMMARIZATION" | "EPISODIC" => "/strategies/{memoryStrategyId}/actors/{actorId}/sessions/{sessionId}/",
        _ => "/strategies/{memoryStrategyId}/actors/{actorId}/",
    }
}

/// `configuration` as answers have it.
fn configuration(kind: &str, inner: &Value, namespaces: &[String]) -> Option<Value> {
    if kind == "EPISODIC" {
        let given = inner.get("reflectionConfiguration").filter(|value| value.is_object()).cloned();
        let reflection = given.unwrap_or_else(|| json!({ "namespaces": namespaces }));
        return Some(json!({ "reflection": { "episodicReflectionConfiguration": with_both_names(reflection) } }));
    }
    let given = inner.get("configuration").filter(|value| value.is_object())?;
    if let Some(own) = given.get(SELF_MANAGED).filter(|value| !value.is_null()) {
        let mut own = own.clone();
        // Required in answers. What the service puts there where nothing is given is not known.
        if own["triggerConditions"].is_null() {
            own["triggerConditions"] = json!([{ "messageBasedTrigger": { "messageCount": 6 } }]);
        }
        if own["historicalContextWindowSize"].is_null() {
            own["historicalContextWindowSize"] = json!(4);
        }
        return Some(json!({ "type": "SELF_MANAGED", SELF_MANAGED: own }));
    }
    let kind = OVERRIDES.iter().find(|kind| given.get(kind.member).is_some_and(|value| !value.is_null()))?;
    let mut out = json!({ "type": kind.kind });
    for (step, [outer, middle, last]) in kind.steps {
        if let Some(value) = given[kind.member].get(step).filter(|value| !value.is_null()) {
            out[*outer] = json!({ *middle: { *last: with_both_names(value.clone()) } });
        }
    }
    Some(out)
}

/// A reflection's namespaces under both names, wherever one of them is.
fn with_both_names(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        let found = ["namespaceTemplates", "namespaces"].iter().find_map(|member| object.get(*member).cloned());
        if let Some(list) = found {
            object.insert("namespaces".to_owned(), list.clone());
            object.insert("namespaceTemplates".to_owned(), list);
        }
        for inner in object.values_mut().filter(|inner| inner.is_object()) {
            let taken = inner.take();
            *inner = with_both_names(taken);
        }
    }
    value
}
