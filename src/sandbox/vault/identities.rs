//! Workload identities: those that were made, and the one that each runtime has for as long as it exists.
//!
//! A runtime's identity is not stored; what is set on it (return URLs, tags) is, under the runtime's id.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Tags, Vault, VaultContext, checked_tags, conflict, exchange, name, not_found, page, paged};
use crate::sandbox::SharedSandbox;
use crate::sandbox::control::check::{TextRule, Violations};
use crate::sandbox::control::{self, invalid};
use crate::sandbox::reply::Fault;

pub(super) const NAME: TextRule = TextRule::length(3, 255).with_pattern("[A-Za-z0-9_.-]+");
const RETURN_URL: TextRule = TextRule::length(1, 2048).with_pattern(r"\w+:(\/?\/?)[^\s]+");
/// Most identities of a page. Source: the service model.
const PAGE: i64 = 20;

/// Times are seconds since 1970.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct WorkloadIdentity {
    pub(super) return_urls: Vec<String>,
    pub(super) tags: Tags,
    pub(super) created: f64,
    pub(super) updated: f64,
}

/// The identity of this name, a runtime's included.
pub(super) fn find(state: &Vault, context: &VaultContext<'_>, name: &str) -> Option<WorkloadIdentity> {
    if let Some(own) = state.identities.get(name) {
        return Some(own.clone());
    }
    let runtime = control::find(context.sandbox, name)?;
    Some(state.linked.get(name).cloned().unwrap_or_else(|| of_runtime(runtime.created())))
}

/// The same, to be changed.
pub(super) fn find_mut<'s>(
    state: &'s mut Vault,
    context: &VaultContext<'_>,
    name: &str,
) -> Option<&'s mut WorkloadIdentity> {
    if state.identities.contains_key(name) {
        return state.identities.get_mut(name);
    }
    let runtime = control::find(context.sandbox, name)?;
    Some(state.linked.entry(name.to_owned()).or_insert_with(|| of_runtime(runtime.created())))
}

fn of_runtime(created: i64) -> WorkloadIdentity {
    // Exact: milliseconds since 1970 fit a double.
    let created = created as f64 / 1000.0;
    WorkloadIdentity { created, updated: created, ..WorkloadIdentity::default() }
}

/// Whether an identity belongs to a runtime, which alone may get tokens for it.
pub(super) fn is_linked(state: &Vault, context: &VaultContext<'_>, name: &str) -> bool {
    !state.identities.contains_key(name) && control::find(context.sandbox, name).is_some()
}

/// Forgets what was set on the identity of a runtime that is deleted, and the tokens that were kept for it.
///
/// # Errors
/// When the disk refuses.
pub(crate) async fn unlink(sandbox: &SharedSandbox, runtime: &str) -> Result<(), Fault> {
    let store = &sandbox.state.vault;
    let has_left = |state: &Vault| {
        state.linked.contains_key(runtime) || state.tokens.values().any(|kept| kept.workload == runtime)
    };
    if !store.read(has_left) {
        return Ok(());
    }
    store
        .update(|state| {
            state.linked.remove(runtime);
            exchange::forget(state, |kept| kept.workload == runtime);
            Ok(())
        })
        .await
}

fn missing(name: &str) -> Fault {
    not_found(&format!("WorkloadIdentity '{name}'"))
}

fn return_urls(check: &mut Violations, input: &Value) -> Option<Vec<String>> {
    const PATH: &str = "allowedResourceOauth2ReturnUrls";
    let given = input.get(PATH).filter(|value| !value.is_null())?;
    let items = check.list(PATH, Some(given), 0, usize::MAX);
    Some(
        items
            .into_iter()
            .filter_map(|(path, item)| check.text(&path, Some(item), RETURN_URL))
            .map(str::to_owned)
            .collect(),
    )
}

fn show(context: &VaultContext<'_>, name: &str, identity: &WorkloadIdentity) -> Value {
    json!({
        "name": name,
        "workloadIdentityArn": context.identity(name),
        "allowedResourceOauth2ReturnUrls": identity.return_urls,
        "createdTime": identity.created,
        "lastUpdatedTime": identity.updated,
    })
}

pub(super) async fn create(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), NAME).unwrap_or_default();
    let return_urls = return_urls(&mut check, input).unwrap_or_default();
    let tags = checked_tags(&mut check, input.get("tags"));
    check.finish()?;
    context.require("CreateWorkloadIdentity", &[&context.directory(), &context.identity(name)])?;
    let identity = WorkloadIdentity { return_urls, tags, created: context.now, updated: context.now };
    let answer = json!({
        "name": name,
        "workloadIdentityArn": context.identity(name),
        "allowedResourceOauth2ReturnUrls": identity.return_urls,
    });
    let change = |state: &mut Vault| {
        if find(state, context, name).is_some() {
            return Err(conflict(format!("WorkloadIdentity with name '{name}' already exists")));
        }
        state.identities.insert(name.to_owned(), identity);
        Ok(answer)
    };
    context.sandbox.state.vault.update(change).await
}

pub(super) fn get(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = name(input, NAME)?;
    context.require("GetWorkloadIdentity", &[&context.directory(), &context.identity(name)])?;
    let found = context.sandbox.state.vault.read(|state| find(state, context, name));
    found.map(|identity| show(context, name, &identity)).ok_or_else(|| missing(name))
}

pub(super) async fn update(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), NAME).unwrap_or_default();
    let urls = return_urls(&mut check, input);
    check.finish()?;
    context.require("UpdateWorkloadIdentity", &[&context.directory(), &context.identity(name)])?;
    let change = |state: &mut Vault| {
        let identity = find_mut(state, context, name).ok_or_else(|| missing(name))?;
        if let Some(urls) = urls {
            identity.return_urls = urls;
        }
        identity.updated = context.now;
        Ok(show(context, name, identity))
    };
    context.sandbox.state.vault.update(change).await
}

pub(super) async fn delete(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = name(input, NAME)?;
    context.require("DeleteWorkloadIdentity", &[&context.directory(), &context.identity(name)])?;
    let change = |state: &mut Vault| {
        if is_linked(state, context, name) {
            // What the service answers is not known.
            return Err(invalid("WorkloadIdentity is linked to a service and cannot be deleted by the caller"));
        }
        exchange::forget(state, |kept| kept.workload == name);
        state.identities.remove(name).map(|_| Value::Null).ok_or_else(|| missing(name))
    };
    context.sandbox.state.vault.update(change).await
}

pub(super) fn list(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    context.require("ListWorkloadIdentities", &[&context.directory()])?;
    let names = context.sandbox.state.vault.read(|state| {
        let own = state.identities.keys().cloned();
        let linked = control::existing(context.sandbox).into_iter().map(|(id, _)| id);
        own.chain(linked).collect::<std::collections::BTreeSet<String>>()
    });
    let show = |name: &str, ()| json!({ "name": name, "workloadIdentityArn": context.identity(name) });
    Ok(paged("workloadIdentities", page(input, PAGE, names.iter().map(|name| (name, ())), show)?))
}
