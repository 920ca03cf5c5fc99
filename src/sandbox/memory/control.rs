//! The control plane of memories: create, get, list, update, delete, tags.

use serde_json::{Value, json};

use super::MemoryContext;
use super::model::{Memories, StoredMemory, Strategy};
use super::{page, rules, strategies, text};
use crate::facts::actions::TAG_KEYS;
use crate::partition::Partition;
use crate::sandbox::control::check::{TextRule, Violations, invalid};
use crate::sandbox::control::constraints::compare;
use crate::sandbox::control::{SERVICE, fingerprint, validate};
use crate::sandbox::reply::Fault;
use crate::sandbox::{iam, random};

/// Source: the quotas' page.
const MOST_MEMORIES: usize = 150;
const MOST_STRATEGIES: usize = 6;
const MOST_KEYS: usize = 10;
const MOST_TAGS: usize = 50;
/// Rows of ListMemories where the request does not say. Source: the service model.
const PAGE: usize = 10;

fn quota(message: impl Into<String>) -> Fault {
    Fault::new(402, "ServiceQuotaExceededException", message)
}

fn listed<'v>(input: &'v Value, pointer: &str) -> &'v [Value] {
    input.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn has_stream(input: &Value) -> bool {
    !listed(input, "/streamDeliveryResources/resources").is_empty()
}

/// The names of variables that a memory defines.
fn namespace_keys(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|key| text(key, "key")).map(str::to_owned).collect()
}

pub(super) async fn create(context: &MemoryContext<'_>, input: &Value) -> Result<Value, Fault> {
    context.require("CreateMemory", &["*"])?;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::NEW_MEMORY);
    compare(&mut check, "", input, rules::MEMORY);
    let keys = namespace_keys(input.get("namespaceKeys"));
    let wanted = listed(input, "/memoryStrategies");
    for (index, strategy) in wanted.iter().enumerate() {
        strategies::check_new(&mut check, &format!("memoryStrategies.{}.member", index + 1), strategy, &keys);
    }
    check.finish()?;
    let print = fingerprint(input);
    let token = text(input, "clientToken").filter(|token| !token.is_empty());
    let store = &context.sandbox.state.memories;
    if let Some(answer) = store.read(|state| state.repeated(token, &print, context.now))? {
        return Ok(answer);
    }
    check_role(
        context,
        text(input, "memoryExecutionRoleArn"),
        has_stream(input) || wanted.iter().any(strategies::needs_role),
    )?;
    let name = text(input, "name").unwrap_or_default();
    let id = format!("{name}-{}", random::alphanumeric(10)?);
    let active_at = context.now + context.delay();
    let made = new_strategies(&[], wanted, context.now, active_at)?;
    let mut settings = input.as_object().cloned().unwrap_or_default();
    settings.retain(|member, value| {
        !value.is_null() && !["name", "clientToken", "memoryStrategies", "tags"].contains(&member.as_str())
    });
    let tags = input.get("tags").and_then(Value::as_object).into_iter().flatten();
    let memory = StoredMemory {
        arn: context.arn(&id),
        id: id.clone(),
        name: name.to_owned(),
        settings,
        strategies: made,
        tags: tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect(),
        created: context.now,
        updated: context.now,
        active_at,
        changed: false,
        gone_at: None,
    };
    let insert = |state: &mut Memories| {
        if state.existing(context.now).any(|other| other.name == memory.name) {
            // Not a ConflictException: AWS's SDK for Python looks for this error with these words.
            return Err(invalid(format!("Memory with name {} already exists", memory.name)));
        }
        if state.existing(context.now).count() >= MOST_MEMORIES {
            return Err(quota(format!("An account can have at most {MOST_MEMORIES} memories in a Region")));
        }
        state.sweep(context.now);
        let answer = json!({ "memory": memory.describe(context.now) });
        state.remember(token, &print, &answer);
        state.memories.insert(id, memory);
        Ok(answer)
    };
    store.update(insert).await
}

/// The role that the service would use must exist and trust it, and be one that the caller may hand on.
fn check_role(context: &MemoryContext<'_>, role: Option<&str>, needed: bool) -> Result<(), Fault> {
    let Some(role) = role else {
        if needed {
            return Err(invalid(
                "memoryExecutionRoleArn is required for strategies with an override or a self-managed configuration, \
                 and for stream delivery",
            ));
        }
        return Ok(());
    };
    let principal = Partition::principal(SERVICE);
    context.caller.require_with(context.sandbox, "iam:PassRole", &[role], &[("iam:PassedToService", &principal)])?;
    // The service looks before the memory has an id; a trust policy is for all memories of the account.
    if iam::trust(context.sandbox, role, &principal, &context.arn("*")) == iam::Trust::Trusted {
        return Ok(());
    }
    Err(invalid(format!(
        "Role validation failed for '{role}'. Please verify that the role exists and its trust policy allows \
         assumption by this service"
    )))
}

/// Strategies of a request, beside those that are there.
fn new_strategies(present: &[&Strategy], wanted: &[Value], now: i64, active_at: i64) -> Result<Vec<Strategy>, Fault> {
    let mut names: Vec<&str> = present.iter().map(|strategy| strategy.name.as_str()).collect();
    for strategy in wanted {
        let name = strategies::name(strategy);
        if names.contains(&name) {
            return Err(invalid(format!("The strategy name '{name}' is used more than once in this memory")));
        }
        names.push(name);
    }
    if names.len() > MOST_STRATEGIES {
        return Err(quota(format!("A memory can have at most {MOST_STRATEGIES} strategies")));
    }
    wanted.iter().map(|strategy| strategies::make(strategy, now, active_at)).collect()
}

/// `view` changes nothing here: nothing is encrypted with a caller's key.
pub(super) fn get(context: &MemoryContext<'_>, id: &str, view: Option<&str>) -> Result<Value, Fault> {
    context.require("GetMemory", &[&context.arn(id)])?;
    let mut check = Violations::default();
    let view = view.map(|view| json!(view));
    check.one_of("view", view.as_ref(), &["full", "without_decryption"]);
    check.finish()?;
    let store = &context.sandbox.state.memories;
    store.read(|state| Ok(json!({ "memory": state.get(id, context.now)?.describe(context.now) })))
}

pub(super) fn list(context: &MemoryContext<'_>, input: &Value) -> Result<Value, Fault> {
    context.require("ListMemories", &["*"])?;
    let mut check = Violations::default();
    check.integer("maxResults", input.get("maxResults"), 1, 100);
    check.text("nextToken", input.get("nextToken"), TextRule::length(0, usize::MAX));
    check.finish()?;
    let after = page::token(input, "ListMemories")?;
    let rows = context.sandbox.state.memories.read(|state| {
        let rows = state.existing(context.now).map(|memory| (memory.id.clone(), memory.summary(context.now)));
        rows.collect::<Vec<_>>()
    });
    Ok(page::cut(rows, after.as_deref(), page::limit(input, PAGE), ("memories", "ListMemories")))
}

pub(super) async fn update(context: &MemoryContext<'_>, id: &str, input: &Value) -> Result<Value, Fault> {
    context.require("UpdateMemory", &[&context.arn(id)])?;
    let store = &context.sandbox.state.memories;
    let mut check = Violations::default();
    compare(&mut check, "", input, rules::CHANGED_MEMORY);
    compare(&mut check, "", input, rules::MEMORY);
    let own = store
        .read(|state| state.get(id, context.now).ok().map(|memory| namespace_keys(memory.setting("namespaceKeys"))));
    let mut all_keys = namespace_keys(input.get("namespaceKeys"));
    all_keys.extend(own.unwrap_or_default());
    let (add, modify) = ("/memoryStrategies/addMemoryStrategies", "/memoryStrategies/modifyMemoryStrategies");
    let path = |member: &str, index: usize| format!("memoryStrategies.{member}.{}.member", index + 1);
    for (index, strategy) in listed(input, add).iter().enumerate() {
        strategies::check_new(&mut check, &path("addMemoryStrategies", index), strategy, &all_keys);
    }
    for (index, change) in listed(input, modify).iter().enumerate() {
        strategies::check_change(&mut check, &path("modifyMemoryStrategies", index), change, &all_keys);
    }
    check.finish()?;
    let print = fingerprint(&json!({ "memoryId": id, "input": input }));
    let token = text(input, "clientToken").filter(|token| !token.is_empty());
    if let Some(answer) = store.read(|state| state.repeated(token, &print, context.now))? {
        return Ok(answer);
    }
    let has_role = store
        .read(|state| state.get(id, context.now).map(|memory| memory.setting("memoryExecutionRoleArn").is_some()))?;
    let needed = has_stream(input) || listed(input, add).iter().any(strategies::needs_role);
    check_role(context, text(input, "memoryExecutionRoleArn"), needed && !has_role)?;
    let change = |state: &mut Memories| {
        let mut memory = state.get(id, context.now)?.clone();
        let status = memory.status(context.now);
        if status != "ACTIVE" {
            // Seen at the service: not a ConflictException.
            return Err(invalid(format!("Memory is in transitional state {status}")));
        }
        apply(&mut memory, context, input)?;
        let answer = json!({ "memory": memory.describe(context.now) });
        state.memories.insert(id.to_owned(), memory);
        state.sweep(context.now);
        state.remember(token, &print, &answer);
        Ok(answer)
    };
    store.update(change).await
}

/// Applies a checked UpdateMemory.
fn apply(memory: &mut StoredMemory, context: &MemoryContext<'_>, input: &Value) -> Result<(), Fault> {
    let (now, done) = (context.now, context.now + context.delay());
    let unknown = |id: &str| {
        Fault::new(404, "ResourceNotFoundException", format!("Memory strategy '{id}' was not found in {}", memory.id))
    };
    let wanted = |pointer: &str| {
        let ids = listed(input, pointer).iter().filter_map(|change| Some((text(change, "memoryStrategyId")?, change)));
        ids.collect::<Vec<_>>()
    };
    let deleted = wanted("/memoryStrategies/deleteMemoryStrategies");
    let modified = wanted("/memoryStrategies/modifyMemoryStrategies");
    for (id, _) in deleted.iter().chain(&modified) {
        let known = memory.strategies(now).any(|strategy| strategy.id == *id && strategy.gone_at.is_none());
        if !known {
            return Err(unknown(id));
        }
    }
    for (id, _) in deleted {
        for strategy in memory.strategies.iter_mut().filter(|strategy| strategy.id == id) {
            strategy.gone_at = Some(done);
        }
    }
    for (id, change) in modified {
        for strategy in memory.strategies.iter_mut().filter(|strategy| strategy.id == id) {
            strategies::change(strategy, change, now);
        }
    }
    let staying: Vec<&Strategy> = memory.strategies(now).filter(|strategy| strategy.gone_at.is_none()).collect();
    let added = new_strategies(&staying, listed(input, "/memoryStrategies/addMemoryStrategies"), now, done)?;
    memory.strategies.extend(added);
    for member in rules::KEPT {
        if let Some(value) = input.get(member).filter(|value| !value.is_null()) {
            memory.settings.insert((*member).to_owned(), value.clone());
        }
    }
    add_keys(memory, listed(input, "/addIndexedKeys"))?;
    memory.updated = now;
    memory.active_at = done;
    memory.changed = true;
    Ok(())
}

/// Indexed keys can be added, and never be removed.
fn add_keys(memory: &mut StoredMemory, new: &[Value]) -> Result<(), Fault> {
    let mut all = memory.setting("indexedKeys").and_then(Value::as_array).cloned().unwrap_or_default();
    for key in new {
        if all.iter().any(|old| old["key"] == key["key"]) {
            return Err(invalid(format!("The indexed key {} is there already", key["key"])));
        }
        all.push(key.clone());
    }
    if all.len() > MOST_KEYS {
        return Err(quota(format!("A memory can have at most {MOST_KEYS} indexed keys")));
    }
    if !new.is_empty() {
        memory.settings.insert("indexedKeys".to_owned(), json!(all));
    }
    Ok(())
}

pub(super) async fn delete(context: &MemoryContext<'_>, id: &str) -> Result<Value, Fault> {
    context.require("DeleteMemory", &[&context.arn(id)])?;
    let change = |state: &mut Memories| {
        let gone_at = context.now + context.delay();
        // One that is still being made can be deleted as well: a client must be able to clean up at any time.
        state.get_mut(id, context.now)?.gone_at.get_or_insert(gone_at);
        state.sweep(context.now);
        Ok(json!({ "memoryId": id, "status": "DELETING" }))
    };
    let answer = context.sandbox.state.memories.update(change).await?;
    context.sandbox.state.memory_data.forget(id)?;
    Ok(answer)
}

/// The memory with this ARN.
fn tagged<'r>(context: &MemoryContext<'_>, state: &Memories, arn: &'r str) -> Result<&'r str, Fault> {
    let missing = || Fault::new(404, "ResourceNotFoundException", format!("Resource '{arn}' was not found"));
    let id = arn.strip_prefix(context.arn("").as_str()).ok_or_else(missing)?;
    state.get(id, context.now).map(|_| id).map_err(|_| missing())
}

pub(super) fn tags(context: &MemoryContext<'_>, arn: &str) -> Result<Value, Fault> {
    context.require("ListTagsForResource", &[arn])?;
    context.sandbox.state.memories.read(|state| {
        let id = tagged(context, state, arn)?;
        Ok(json!({ "tags": state.get(id, context.now)?.tags }))
    })
}

pub(super) async fn tag(context: &MemoryContext<'_>, arn: &str, input: &Value) -> Result<(), Fault> {
    let keys: Vec<_> =
        input["tags"].as_object().into_iter().flatten().map(|(key, _)| (TAG_KEYS, key.as_str())).collect();
    context.caller.require_with(context.sandbox, "bedrock-agentcore:TagResource", &[arn], &keys)?;
    validate::tag_body(input)?;
    let change = |state: &mut Memories| {
        let id = tagged(context, state, arn)?;
        let memory = state.get_mut(id, context.now)?;
        let mut all = memory.tags.clone();
        for (key, value) in input["tags"].as_object().into_iter().flatten() {
            all.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
        }
        if all.len() > MOST_TAGS {
            return Err(quota(format!("A resource can have at most {MOST_TAGS} tags")));
        }
        memory.tags = all;
        Ok(())
    };
    context.sandbox.state.memories.update(change).await
}

pub(super) async fn untag(context: &MemoryContext<'_>, arn: &str, keys: &[&str]) -> Result<(), Fault> {
    let names: Vec<_> = keys.iter().map(|key| (TAG_KEYS, *key)).collect();
    context.caller.require_with(context.sandbox, "bedrock-agentcore:UntagResource", &[arn], &names)?;
    let change = |state: &mut Memories| {
        let id = tagged(context, state, arn)?;
        state.get_mut(id, context.now)?.tags.retain(|key, _| !keys.contains(&key.as_str()));
        Ok(())
    };
    context.sandbox.state.memories.update(change).await
}
