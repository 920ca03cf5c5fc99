//! How a live runtime differs from what is wanted, as a plan shows it.

use serde_json::{Map, Value, json};

use super::artifact::{CodeArchive, RuntimeArtifact};
use super::authorizer::authorizer_changes;
use super::wire::writable;
use crate::facts::runtime;
use crate::resources::plan::{FieldChange, Meaning, Presence};

/// The parts that differ between a live runtime and an update body. Environment variables are named, their values are not
/// shown.
pub(crate) fn differences(live: &Value, body: &Value) -> Vec<FieldChange> {
    let before = writable(live);
    let empty = Map::new();
    let after = body.as_object().unwrap_or(&empty);
    let mut out = Vec::new();
    for key in keys(&before, after) {
        let (old, new) = (before.get(key), after.get(key));
        if same(old, new) {
            continue;
        }
        match key.as_str() {
            "environmentVariables" => variable_changes(old, new, &mut out),
            "authorizerConfiguration" => {
                let member = |value: Option<&Value>| value.and_then(|value| value.get("customJWTAuthorizer")).cloned();
                authorizer_changes(member(old).as_ref(), member(new).as_ref(), &mut out);
            }
            "agentRuntimeArtifact" => {
                let parsed = |value: Option<&Value>| value.and_then(RuntimeArtifact::of_wire);
                let (old, new) = (parsed(old), parsed(new));
                let text = |it: &Option<RuntimeArtifact>| {
                    json!(it.as_ref().map_or_else(|| "another artifact".to_owned(), RuntimeArtifact::to_string))
                };
                if let (Some(RuntimeArtifact::Code(old)), Some(RuntimeArtifact::Code(new))) = (&old, &new) {
                    code_changes(old, new, &mut out);
                    continue;
                }
                let noun = new.as_ref().map_or("artifact", RuntimeArtifact::noun);
                out.push(FieldChange::shown(noun, Some(&text(&old)), Some(&text(&new))));
            }
            member => {
                let from = out.len();
                leaves(
                    runtime::plan_name(member),
                    readable(member, old).as_ref(),
                    readable(member, new).as_ref(),
                    &mut out,
                );
                if let Some(effect) = runtime::effect(member) {
                    for change in &mut out[from..] {
                        change.meaning = Some(Meaning::Effect(effect.to_owned()));
                    }
                }
            }
        }
    }
    out
}

/// The paths of plans that differ between two descriptions of a runtime.
pub(super) fn paths_between(before: &Value, after: &Value) -> Vec<String> {
    differences(before, &Value::Object(writable(after))).into_iter().map(|change| change.path).collect()
}

/// The members of an archive's description that differ.
fn code_changes(old: &CodeArchive, new: &CodeArchive, out: &mut Vec<FieldChange>) {
    let members = |code: &CodeArchive| {
        [
            ("code.bucket", json!(code.bucket)),
            ("code.key", json!(code.key)),
            ("code.version", json!(code.version_id)),
            ("code.runtime", json!(code.runtime)),
            ("code.entryPoint", json!(code.entry_point)),
        ]
    };
    let pairs = members(old).into_iter().zip(members(new));
    let changed = pairs.filter(|((_, old), (_, new))| old != new);
    out.extend(changed.map(|((path, old), (_, new))| FieldChange::shown(path, Some(&old), Some(&new))));
}

/// The paths at which the sessions of a runtime have storage of their own, which each new version empties.
pub(crate) fn session_storage(runtime: &Value) -> Vec<String> {
    let mounts = runtime.get("filesystemConfigurations").and_then(Value::as_array);
    let paths = mounts.into_iter().flatten().filter_map(|mount| mount.pointer("/sessionStorage/mountPath")?.as_str());
    paths.map(str::to_owned).collect()
}

/// A list of structures as people read it; anything else as it is.
pub(crate) fn readable(member: &str, value: Option<&Value>) -> Option<Value> {
    let text = |item: &Value| match member {
        "filesystemConfigurations" => mount_text(item),
        "allowedPorts" => port_text(item),
        "resourceConfigurations" => memory_text(item),
        _ => None,
    };
    let items = value?.as_array().map(|items| {
        items.iter().map(|item| text(item).map_or_else(|| item.clone(), Value::String)).collect::<Value>()
    });
    items.or_else(|| value.cloned())
}

fn mount_text(mount: &Value) -> Option<String> {
    let (kind, inner) = mount.as_object().and_then(|mount| mount.iter().next())?;
    let text = |member: &str| inner.get(member).and_then(Value::as_str);
    let what = match kind.as_str() {
        "sessionStorage" => "session storage".to_owned(),
        "efsAccessPoint" | "s3FilesAccessPoint" => text("accessPointArn")?.to_owned(),
        "s3BucketMount" => format!("s3://{}/{}", text("bucket")?, text("prefix").unwrap_or_default()),
        "capacityProviderVolume" => format!("volume {}", text("volumeName")?),
        _ => return None,
    };
    let owner = text("s3BucketOwner").map(|owner| format!(" of account {owner}")).unwrap_or_default();
    let region = text("s3BucketRegion").map(|region| format!(" in {region}")).unwrap_or_default();
    Some(format!("{what}{owner}{region} at {}", text("mountPath")?))
}

fn port_text(item: &Value) -> Option<String> {
    let number = |pointer: &str| item.pointer(pointer).and_then(Value::as_i64);
    let range = || Some(format!("{}-{}", number("/portRange/from")?, number("/portRange/to")?));
    number("/port").map(|port| port.to_string()).or_else(range)
}

fn memory_text(item: &Value) -> Option<String> {
    let only = item.as_object().is_some_and(|members| members.len() == 1);
    let memory = item.get("minimumMemoryInMiB").and_then(Value::as_i64).filter(|_| only)?;
    Some(format!("at least {memory} MiB of memory"))
}

fn keys<'v>(before: &'v Map<String, Value>, after: &'v Map<String, Value>) -> Vec<&'v String> {
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The values below `path` that differ, each with its own path.
pub(super) fn leaves(path: &str, old: Option<&Value>, new: Option<&Value>, out: &mut Vec<FieldChange>) {
    if same(old, new) {
        return;
    }
    let is_object = |value: Option<&Value>| value.is_none_or(|value| value.is_object() || value.is_null());
    if is_object(old) && is_object(new) {
        let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
        let (before, after) = (map(old), map(new));
        for key in keys(&before, &after) {
            leaves(&format!("{path}.{key}"), before.get(key), after.get(key), out);
        }
    } else {
        out.push(FieldChange::shown(path, old, new));
    }
}

fn same(old: Option<&Value>, new: Option<&Value>) -> bool {
    let absent = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => map.is_empty(),
        _ => false,
    };
    old == new || (absent(old) && absent(new))
}

fn variable_changes(old: Option<&Value>, new: Option<&Value>, out: &mut Vec<FieldChange>) {
    let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let (old, new) = (map(old), map(new));
    for name in keys(&old, &new) {
        let presence = match (old.get(name), new.get(name)) {
            (before, after) if before == after => continue,
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Changed,
        };
        out.push(FieldChange::secret(format!("environment.{name}"), presence));
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::wire::tests::{live, spec};
    use super::*;
    use crate::config::WireSetting;

    pub(in super::super) fn said(live: &Value, body: &Value) -> Vec<String> {
        differences(live, body).iter().map(FieldChange::to_string).collect()
    }

    #[test]
    fn nothing_differs_when_nothing_changed() {
        let body = spec().update_body(&live());
        assert_eq!(said(&live(), &body), Vec::<String>::new());
    }

    #[test]
    fn values_of_variables_are_not_shown() {
        let mut spec = spec();
        spec.environment = vec![("A".into(), "canary".into()), ("B".into(), "canary".into())];
        let body = spec.update_body(&live());
        let text = said(&live(), &body).join("\n");
        assert!(
            text.contains("environment.A: changed")
                && text.contains("environment.B: added")
                && !text.contains("canary")
        );
    }

    #[test]
    fn authorizer_change_says_whom_it_lets_in() {
        let jwt = |clients: &[&str]| json!({ "discoveryUrl": "https://i/.well-known/openid-configuration", "allowedClients": clients });
        let mut live = live();
        live["authorizerConfiguration"] = json!({ "customJWTAuthorizer": jwt(&["a"]) });
        let dropped = said(&live, &spec().update_body(&live));
        assert!(
            matches!(dropped.as_slice(), [one] if one.starts_with(
                "authorizer: tokens of https://i/.well-known/openid-configuration -> AWS credentials (IAM); "
            )),
            "{dropped:?}"
        );
        let mut spec = spec();
        spec.authorizer = Some(jwt(&["a", "b"]));
        let widened = said(&live, &spec.update_body(&live));
        assert!(
            matches!(widened.as_slice(), [one] if one.starts_with(
                "authorizer.allowedClients: a -> a, b; lets more callers in ("
            )),
            "{widened:?}"
        );
        live["authorizerConfiguration"] = json!({ "customJWTAuthorizer": jwt(&["a", "b", "c"]) });
        assert_eq!(
            said(&live, &spec.update_body(&live)),
            ["authorizer.allowedClients: a, b, c -> a, b; lets fewer callers in"]
        );
    }

    #[test]
    fn settings_of_the_file_read_well() {
        let mut spec = spec();
        let set = |path: &'static str, value: Value| WireSetting { path, value: Some(value) };
        spec.settings = vec![
            set("filesystemConfigurations", json!([{ "sessionStorage": { "mountPath": "/mnt/a" } }])),
            set("allowedPorts", json!([{ "port": 8100 }, { "portRange": { "from": 8200, "to": 8300 } }])),
            set("resourceConfigurations[].minimumMemoryInMiB", json!(4096)),
            set("protocolConfiguration.port", json!(8100)),
        ];
        let body = spec.update_body(&live());
        assert_eq!(body["protocolConfiguration"], json!({ "serverProtocol": "HTTP", "port": 8100 }));
        assert_eq!(session_storage(&body), ["/mnt/a"]);
        assert_eq!(
            said(&live(), &body),
            [
                "allowedPorts: none -> 8100, 8200-8300; callers of a session reach these ports",
                "fileSystems: none -> session storage at /mnt/a",
                "protocol.port: none -> 8100",
                "protocol.serverProtocol: none -> HTTP",
                "resources: none -> at least 4096 MiB of memory",
            ]
        );
        assert_eq!(said(&body, &spec.update_body(&body)), [""; 0]);
        spec.settings = vec![WireSetting { path: "filesystemConfigurations", value: None }];
        assert_eq!(said(&body, &spec.update_body(&body)), ["fileSystems: session storage at /mnt/a -> none"]);
    }

    #[test]
    fn each_setting_that_changes_has_its_own_path() {
        let mut spec = spec();
        spec.idle_timeout = Some(600);
        spec.protocol = "MCP".into();
        spec.request_headers = Some(vec!["X-One".into(), "X-Two".into()]);
        assert_eq!(
            said(&live(), &spec.update_body(&live())),
            [
                "lifecycle.idleRuntimeSessionTimeout: 900 -> 600",
                "protocol.serverProtocol: none -> MCP",
                "requestHeaders.requestHeaderAllowlist: none -> X-One, X-Two",
            ]
        );
    }
}
