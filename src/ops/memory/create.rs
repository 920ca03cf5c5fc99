//! A new memory: what may be asked for, the request, the wait.

use std::time::Duration;

use serde_json::{Value, json};

use super::report::MemoryReport;
use super::{namespaces_of, text};
use crate::cloud::{AgentMemory, Cloud};
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::facts::is_name;
use crate::shell::quoted;
use crate::wait::{self, Probe};

const STEP: &str = "memory";

/// The members of the union of strategies, as CreateMemory has them, each with the type that GetMemory tells.
const KINDS: [(&str, &str); 5] = [
    ("semanticMemoryStrategy", "SEMANTIC"),
    ("summaryMemoryStrategy", "SUMMARIZATION"),
    ("userPreferenceMemoryStrategy", "USER_PREFERENCE"),
    ("episodicMemoryStrategy", "EPISODIC"),
    ("customMemoryStrategy", "CUSTOM"),
];

/// A memory as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct NewMemory {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) event_expiry_days: u32,
    /// In the wire's form.
    pub(crate) strategies: Vec<Value>,
    pub(crate) role_arn: Option<String>,
    pub(crate) encryption_key_arn: Option<String>,
}

/// How a memory that was asked for came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Created,
    /// One of the same name and settings was there.
    Found,
}

/// # Errors
/// Exit 2 when no memory may have this name.
pub(crate) fn name_of(text: &str) -> Result<String> {
    if is_name(text) {
        return Ok(text.to_owned());
    }
    Err(Error::usage(format!("`{text}` cannot be the name of a memory"))
        .code(Code::InputValue)
        .hint("a letter, then letters, digits and `_`, 48 at most"))
}

/// The strategies of a JSON list.
///
/// # Errors
/// Exit 2, saying which strategy is wrong and how.
pub(crate) fn strategies_of(text: &str) -> Result<Vec<Value>> {
    let wrong = |what: String| {
        Error::usage(format!("`--strategies`: {what}"))
            .code(Code::InputValue)
            .hint(r#"a list such as `[{"semanticMemoryStrategy": {"name": "Facts"}}]`"#)
    };
    let value: Value = serde_json::from_str(text).map_err(|error| wrong(format!("this is no JSON: {error}")))?;
    let Value::Array(strategies) = value else { return Err(wrong("not a list".to_owned())) };
    for (index, strategy) in strategies.iter().enumerate() {
        let place = format!("strategy {}", index + 1);
        let members: Vec<(&String, &Value)> = strategy.as_object().into_iter().flatten().collect();
        let [(kind, body)] = members.as_slice() else {
            return Err(wrong(format!("{place} is not an object with one member, such as `{}`", KINDS[0].0)));
        };
        // A kind that is newer than this program is the service's to judge.
        if !kind.ends_with("MemoryStrategy") {
            let known = KINDS.map(|(kind, _)| kind).join(", ");
            return Err(wrong(format!("{place} has the member `{kind}`, which is none of {known}")));
        }
        match body.get("name").and_then(Value::as_str) {
            None => return Err(wrong(format!("{place} (`{kind}`) has no `name`"))),
            Some(name) if !is_name(name) => {
                return Err(wrong(format!(
                    "{place} has the name `{name}`; a letter, then letters, digits and `_`, 48 at most, would do"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(strategies)
}

impl NewMemory {
    fn wire(&self) -> Value {
        let mut body = json!({ "name": self.name, "eventExpiryDuration": self.event_expiry_days });
        let texts = [
            ("description", &self.description),
            ("memoryExecutionRoleArn", &self.role_arn),
            ("encryptionKeyArn", &self.encryption_key_arn),
        ];
        for (member, text) in texts {
            if let Some(text) = text {
                body[member] = json!(text);
            }
        }
        if !self.strategies.is_empty() {
            body["memoryStrategies"] = json!(self.strategies);
        }
        body
    }

    /// What the memory has otherwise.
    fn differences(&self, found: &AgentMemory) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, wanted: String, there: String| {
            if wanted != there {
                differences.push(format!("{what} is `{there}` there, and `{wanted}` was asked for"));
            }
        };
        let there = |member: &str| text(&found.raw, member).to_owned();
        compare("description", self.description.clone().unwrap_or_default(), there("description"));
        let days = found.event_expiry_days().map(|days| days.to_string()).unwrap_or_default();
        compare("eventExpiryDuration", self.event_expiry_days.to_string(), days);
        compare("memoryExecutionRoleArn", self.role_arn.clone().unwrap_or_default(), there("memoryExecutionRoleArn"));
        compare("encryptionKeyArn", self.encryption_key_arn.clone().unwrap_or_default(), there("encryptionKeyArn"));
        let (wanted, there) = self.strategies_beside(found.strategies());
        compare("strategies", wanted, there);
        differences
    }

    /// The strategies that were asked for and those that are there, in words: with the type, and with namespaces where they
    /// were asked for, as the service has defaults. The type of a kind that is newer than this program is not known.
    fn strategies_beside(&self, found: &[Value]) -> (String, String) {
        let asked: Vec<(&str, &Value)> = self
            .strategies
            .iter()
            .filter_map(|strategy| strategy.as_object()?.iter().next())
            .map(|(kind, body)| (kind.as_str(), body))
            .collect();
        let type_of = |kind: &str| KINDS.iter().find(|(member, _)| *member == kind).map(|(_, found)| *found);
        let wanted = asked
            .iter()
            .map(|(kind, body)| described(text(body, "name"), type_of(kind).unwrap_or_default(), namespaces_of(body)));
        let there = found.iter().map(|strategy| {
            let name = text(strategy, "name");
            let same = asked.iter().find(|(_, body)| text(body, "name") == name);
            let is_newer = same.is_some_and(|(kind, _)| type_of(kind).is_none());
            let has_namespaces = same.is_some_and(|(_, body)| !namespaces_of(body).is_empty());
            described(
                name,
                if is_newer { "" } else { text(strategy, "type") },
                if has_namespaces { namespaces_of(strategy) } else { Vec::new() },
            )
        });
        let sorted = |mut all: Vec<String>| {
            all.sort();
            all.join(", ")
        };
        (sorted(wanted.collect()), sorted(there.collect()))
    }
}

/// `Facts (SEMANTIC) /users/{actorId}/facts/`, as far as it is known.
fn described(name: &str, kind: &str, mut namespaces: Vec<&str>) -> String {
    namespaces.sort_unstable();
    let kind = if kind.is_empty() { String::new() } else { format!(" ({kind})") };
    namespaces.iter().fold(format!("{name}{kind}"), |all, namespace| format!("{all} {namespace}"))
}

/// Creates the memory and waits for it where a time for that is given. One that is there with the same settings is as good: a
/// run whose answer was lost can be repeated.
///
/// # Errors
/// Exit 1 when one of the name is there with other settings, or the service could not make it; exit 7 when it is not ready in
/// time.
pub(crate) async fn create(
    cloud: &Cloud,
    new: &NewMemory,
    limit: Option<Duration>,
    events: &Events,
) -> Result<MemoryReport> {
    events.started(STEP, format!("create the memory `{}`", new.name));
    let (memory, settled) = match cloud.create_memory(&new.wire()).await? {
        Some(memory) => (memory, Settled::Created),
        None => (taken(cloud, new).await?, Settled::Found),
    };
    let id = memory.id().to_owned();
    // One that has failed is an error although nobody waits for it.
    let ready = is_ready(&memory)?;
    let memory = match limit {
        Some(limit) if !ready => {
            let status = format!("agentcore memory status {}", quoted(&id));
            events.resume(format!("the memory `{id}` is there: `{status}`"));
            wait_ready(cloud, &id, limit, events).await.map_err(|error| match error.kind() {
                Kind::Deadline => error.hint(format!("its id is {id}; see how far it is: `{status}`")),
                _ => error,
            })?
        }
        _ => memory,
    };
    let outcome = if settled == Settled::Created { Outcome::Created } else { Outcome::Unchanged };
    events.finished(STEP, outcome, format!("memory {id}"));
    Ok(MemoryReport { memory, region: cloud.region().to_owned(), settled: Some(settled) })
}

/// The memory that has the name already.
async fn taken(cloud: &Cloud, new: &NewMemory) -> Result<AgentMemory> {
    let name = &new.name;
    let conflict = |text: String| Error::failed(text).code(Code::MemoryConflict);
    let Some(found) = cloud.find_memory(name).await? else {
        return Err(conflict(format!("the name `{name}` is taken, and no memory of it is listed"))
            .hint("try again in a minute, or choose another name"));
    };
    let id = found.id();
    if found.status() == "DELETING" {
        return Err(conflict(format!("the memory `{id}` of this name is being deleted"))
            .hint("run the command again when it is gone"));
    }
    let differences = new.differences(&found);
    if differences.is_empty() {
        return Ok(found);
    }
    let error = conflict(format!("there is a memory `{name}` already, with other settings: `{id}`"));
    let error = differences.into_iter().fold(error, Error::cause);
    Err(error.hint(format!("look at it (`agentcore memory get {id}`), or choose another name")))
}

/// Until the memory is ACTIVE and none of its strategies is still being made.
async fn wait_ready(cloud: &Cloud, id: &str, limit: Duration, events: &Events) -> Result<AgentMemory> {
    wait::until(cloud.schedule(limit), &format!("the memory `{id}`"), || async {
        let memory = super::get(cloud, id).await?;
        if is_ready(&memory)? {
            return Ok(Probe::Done(memory));
        }
        let state = state(&memory);
        events.detail(STEP, state.clone());
        Ok(Probe::Pending(state))
    })
    .await
}

fn status_of(strategy: &Value) -> &str {
    // The service's model does not require it.
    strategy.get("status").and_then(Value::as_str).unwrap_or("ACTIVE")
}

/// # Errors
/// Exit 1 when the memory or one of its strategies has failed: it does not change any more.
fn is_ready(memory: &AgentMemory) -> Result<bool> {
    let id = memory.id();
    let failed = |what: String| {
        let error = Error::failed(what).code(Code::MemoryCreateFailed);
        let error = memory.failure_reason().into_iter().fold(error, Error::cause);
        error.hint(format!("delete it and create it again: `agentcore memory delete {id}`"))
    };
    if memory.status() == "FAILED" {
        return Err(failed(format!("the memory `{id}` is FAILED")));
    }
    if let Some(strategy) = memory.strategies().iter().find(|strategy| status_of(strategy) == "FAILED") {
        let name = text(strategy, "name");
        return Err(failed(format!("the strategy `{name}` of the memory `{id}` is FAILED")));
    }
    Ok(memory.status() == "ACTIVE" && memory.strategies().iter().all(|strategy| status_of(strategy) == "ACTIVE"))
}

/// The memory's status, with the strategies that are not done.
fn state(memory: &AgentMemory) -> String {
    let open = memory.strategies().iter().filter(|strategy| status_of(strategy) != "ACTIVE");
    let open: Vec<String> = open
        .map(|one| format!("{} {}", one.get("name").and_then(Value::as_str).unwrap_or("strategy"), status_of(one)))
        .collect();
    if open.is_empty() { memory.status().to_owned() } else { format!("{}, {}", memory.status(), open.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_strategies_are_named() {
        for (text, part) in [
            ("[", "this is no JSON: "),
            ("{}", "not a list"),
            ("[1]", "strategy 1 is not an object with one member"),
            (r#"[{"semanticMemoryStrategy":{"name":"A"},"x":1}]"#, "strategy 1 is not an object with one member"),
            (
                r#"[{"semanticMemoryStrategy":{"name":"A"}},{"semantic":{"name":"B"}}]"#,
                "strategy 2 has the member `semantic`",
            ),
            (r#"[{"summaryMemoryStrategy":{}}]"#, "strategy 1 (`summaryMemoryStrategy`) has no `name`"),
            (r#"[{"summaryMemoryStrategy":{"name":"a b"}}]"#, "strategy 1 has the name `a b`"),
        ] {
            let error = strategies_of(text).unwrap_err();
            assert!(error.message().contains(part), "{text}: {error}");
            assert_eq!(error.kind().exit_code(), 2);
        }
        assert_eq!(strategies_of(r#"[{"futureMemoryStrategy":{"name":"A"}}]"#).unwrap().len(), 1);
        assert_eq!(strategies_of("[]").unwrap().len(), 0);
    }

    #[test]
    fn another_memory_of_the_name_is_told_apart() {
        let new = NewMemory {
            name: "notes".to_owned(),
            description: None,
            event_expiry_days: 90,
            strategies: strategies_of(r#"[{"semanticMemoryStrategy":{"name":"Facts"}}]"#).unwrap(),
            role_arn: None,
            encryption_key_arn: None,
        };
        let found = |days: u32, strategy: &str| AgentMemory {
            raw: json!({ "id": "notes-0123456789", "eventExpiryDuration": days,
                "strategies": [{ "name": strategy, "type": "SEMANTIC", "namespaces": ["/default/"] }] }),
        };
        assert_eq!(new.differences(&found(90, "Facts")), Vec::<String>::new());
        let differences = new.differences(&found(30, "Other"));
        assert_eq!(
            differences,
            [
                "eventExpiryDuration is `30` there, and `90` was asked for",
                "strategies is `Other (SEMANTIC)` there, and `Facts (SEMANTIC)` was asked for"
            ]
        );
    }

    #[test]
    fn strategies_of_one_name_are_told_apart() {
        let there = [json!({ "name": "A", "type": "SEMANTIC", "namespaces": ["/y/", "/x/"] })];
        for (asked, wanted, found) in [
            (r#"[{"semanticMemoryStrategy":{"name":"A"}}]"#, "A (SEMANTIC)", "A (SEMANTIC)"),
            (r#"[{"summaryMemoryStrategy":{"name":"A"}}]"#, "A (SUMMARIZATION)", "A (SEMANTIC)"),
            (
                r#"[{"semanticMemoryStrategy":{"name":"A","namespaceTemplates":["/x/","/y/"]}}]"#,
                "A (SEMANTIC) /x/ /y/",
                "A (SEMANTIC) /x/ /y/",
            ),
            (
                r#"[{"semanticMemoryStrategy":{"name":"A","namespaces":["/z/"]}}]"#,
                "A (SEMANTIC) /z/",
                "A (SEMANTIC) /x/ /y/",
            ),
            (r#"[{"futureMemoryStrategy":{"name":"A"}}]"#, "A", "A"),
            ("[]", "", "A (SEMANTIC)"),
        ] {
            let new = NewMemory {
                name: "notes".to_owned(),
                description: None,
                event_expiry_days: 90,
                strategies: strategies_of(asked).unwrap(),
                role_arn: None,
                encryption_key_arn: None,
            };
            assert_eq!(new.strategies_beside(&there), (wanted.to_owned(), found.to_owned()), "{asked}");
        }
    }

    #[test]
    fn strategies_have_to_be_ready_too() {
        let memory = |status: &str, strategy: &str| AgentMemory {
            raw: json!({ "id": "m", "status": status, "strategies": [{ "name": "S", "status": strategy }] }),
        };
        assert!(is_ready(&memory("ACTIVE", "ACTIVE")).unwrap());
        assert!(!is_ready(&memory("ACTIVE", "CREATING")).unwrap());
        assert!(!is_ready(&memory("CREATING", "ACTIVE")).unwrap());
        assert!(is_ready(&memory("FAILED", "ACTIVE")).is_err());
        assert!(is_ready(&memory("ACTIVE", "FAILED")).is_err());
        assert_eq!(state(&memory("ACTIVE", "CREATING")), "ACTIVE, S CREATING");
    }
}
