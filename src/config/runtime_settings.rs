//! `agentcore.runtime` of an agent: the settings of a runtime that the starter toolkit does not have.
//!
//! Owns: their form in the file, and what they are in a definition. Does not own: limits, rules and names (`facts::runtime`).
//!
//! A key that is not there leaves the runtime's own value alone; one that is null takes it away.

use serde_json::{Map, Value, json};

use super::model::Agent;
use super::schema::{KeySchema, TEXT, ValueType, key, must};
use crate::facts::runtime::{self as facts, Wrong, rules};

const PORT: ValueType = ValueType::Int(facts::FIRST_PORT as i64, facts::LAST_PORT as i64);
const ACCESS_POINT: ValueType = ValueType::Map(&[must("access_point_arn", TEXT), must("mount_path", TEXT)]);
const FILE_SYSTEM: ValueType = ValueType::Map(&[
    key("session_storage", ValueType::Map(&[must("mount_path", TEXT)])),
    key("efs_access_point", ACCESS_POINT),
    key("s3_files_access_point", ACCESS_POINT),
    key(
        "s3_bucket_mount",
        ValueType::Map(&[
            must("bucket", TEXT),
            must("mount_path", TEXT),
            key("prefix", TEXT),
            key("s3_bucket_owner", TEXT),
            key("s3_bucket_region", TEXT),
        ]),
    ),
    key("capacity_provider_volume", ValueType::Map(&[must("volume_name", TEXT), must("mount_path", TEXT)])),
]);

/// The keys of `agentcore.runtime`.
pub(super) const KEYS: &[KeySchema] = &[
    clearable("description", &TEXT),
    clearable("port", &PORT),
    clearable("path", &TEXT),
    clearable("file_systems", &ValueType::List(&FILE_SYSTEM)),
    clearable("warmup", &ValueType::Map(&[must("path", TEXT), key("port", PORT)])),
    clearable("minimum_memory_mib", &ValueType::Int(1, i32::MAX as i64)),
    // A number or a text of two.
    clearable("allowed_ports", &ValueType::List(&ValueType::Any)),
    clearable("platform_version", &TEXT),
    clearable(
        "capacity_provider",
        &ValueType::Map(&[must("arn", TEXT), key("privilege_mode", ValueType::Choice(&["STANDARD", "PRIVILEGED"]))]),
    ),
];

const fn clearable(name: &'static str, ty: &'static ValueType) -> KeySchema {
    key(name, ValueType::Clearable(ty))
}

/// A setting as it is written into a definition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WireSetting {
    /// `protocolConfiguration.port`; `[]` stands for the one item of a list.
    pub(crate) path: &'static str,
    /// `None` takes it away.
    pub(crate) value: Option<Value>,
}

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingProblem {
    /// Below the agent: `agentcore.runtime.file_systems[1].efs_access_point`.
    pub(crate) key: String,
    /// Follows the key in a sentence.
    pub(crate) text: String,
}

impl SettingProblem {
    /// The keys of the mapping that it is in.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let mapping = self.key.split_once('[').map_or(self.key.as_str(), |(mapping, _)| mapping);
        mapping.split('.').take(3)
    }
}

impl Agent {
    /// The settings that the configuration has, in the form of a definition.
    pub(crate) fn runtime_settings(&self) -> Vec<WireSetting> {
        self.own.runtime.iter().flat_map(|(key, value)| wire(key, value)).collect()
    }

    /// The port that the agent serves instead of that of its protocol.
    pub(crate) fn own_port(&self) -> Option<u16> {
        self.own.runtime.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok())
    }

    /// The path that the agent serves instead of that of its protocol.
    pub(crate) fn own_path(&self) -> Option<&str> {
        self.own.runtime.get("path").and_then(Value::as_str)
    }

    /// The items of `file_systems` in the service's form.
    pub(crate) fn file_systems(&self) -> Vec<Value> {
        let items = self.own.runtime.get("file_systems").and_then(Value::as_array);
        items.into_iter().flatten().map(camel_case).collect()
    }

    /// What the service would refuse of these settings.
    pub(crate) fn setting_problems(&self) -> Vec<SettingProblem> {
        if self.authorizer().is_some() && !self.own.allow_callers.is_empty() {
            return vec![SettingProblem {
                key: "agentcore.allow_callers".to_owned(),
                text: ": callers of AWS are not let in behind an authorizer, which takes tokens only".to_owned(),
            }];
        }
        let ports = self.own.runtime.get("allowed_ports").and_then(Value::as_array);
        let unreadable = ports.into_iter().flatten().enumerate().filter(|(_, item)| port_item(item).is_none());
        let unreadable: Vec<SettingProblem> = unreadable
            .map(|(index, _)| SettingProblem {
                key: format!("{}allowed_ports[{index}]", facts::OWN_KEYS),
                text: " must be a port, or a range such as `8200-8300`".to_owned(),
            })
            .collect();
        if !unreadable.is_empty() {
            return unreadable;
        }
        let mut definition = Map::new();
        let mode = self.aws.network_configuration.network_mode.as_str();
        definition.insert("networkConfiguration".into(), json!({ "networkMode": mode }));
        let settings = self.runtime_settings();
        settings.iter().filter(|setting| setting.value.is_some()).for_each(|setting| apply(&mut definition, setting));
        let definition = Value::Object(definition);
        let beyond = facts::beyond_limits(&definition);
        if !beyond.is_empty() {
            return beyond.into_iter().map(|wrong| problem(&wrong, format!(" {}", wrong.text))).collect();
        }
        let broken = rules::broken(&definition);
        broken.into_iter().map(|wrong| problem(&wrong, format!(": {}", uncapitalised(&wrong.text)))).collect()
    }
}

fn problem(wrong: &Wrong, text: String) -> SettingProblem {
    SettingProblem { key: key_of(&wrong.path), text }
}

fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// The key that a member of a definition comes from.
fn key_of(member: &str) -> String {
    let own = facts::own_settings().find(|(_, setting)| {
        member.strip_prefix(setting.member).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let Some((_, setting)) = own else { return facts::OWN_KEYS.trim_end_matches('.').to_owned() };
    let mut key = setting.key.to_owned();
    for part in member[setting.member.len()..].split('.').filter(|part| !part.is_empty()) {
        match (part, part.parse::<usize>()) {
            // A list shows its number, and `minimum_memory_mib` is none.
            (_, Ok(number)) if !setting.key.ends_with("_mib") => key.push_str(&format!("[{}]", number - 1)),
            ("capacityProviderArn", _) => key.push_str(".arn"),
            ("member" | "action" | "httpPost" | "minimumMemoryInMiB" | "operatingSystemConfiguration" | "linux", _)
            | (_, Ok(_)) => {}
            (name, _) => key.push_str(&format!(".{}", snake_case(name))),
        }
    }
    key
}

/// What a key of `agentcore.runtime` is in a definition.
fn wire(key: &str, value: &Value) -> Vec<WireSetting> {
    let Some((_, setting)) = facts::own_settings().find(|(own, _)| *own == key) else { return Vec::new() };
    let set = |path: &'static str, value: Value| WireSetting { path, value: Some(value) };
    if value.is_null() {
        return vec![WireSetting { path: setting.member, value: None }];
    }
    match key {
        "file_systems" => {
            let items = value.as_array().into_iter().flatten().map(camel_case);
            vec![set(setting.member, items.collect())]
        }
        "warmup" => vec![set("hooksConfiguration.build.warmup.action.httpPost", value.clone())],
        "minimum_memory_mib" => vec![set("resourceConfigurations[].minimumMemoryInMiB", value.clone())],
        "allowed_ports" => {
            vec![set(setting.member, value.as_array().into_iter().flatten().filter_map(port_item).collect())]
        }
        "capacity_provider" => {
            let mode = value.get("privilege_mode").map(|mode| {
                set("capacityProviderConfiguration.operatingSystemConfiguration.linux.privilegeMode", mode.clone())
            });
            let arn = value.get("arn").map(|arn| set("capacityProviderConfiguration.capacityProviderArn", arn.clone()));
            arn.into_iter().chain(mode).collect()
        }
        _ => vec![set(setting.member, value.clone())],
    }
}

/// `8100`, `"8100"` or `"8200-8300"`.
fn port_item(item: &Value) -> Option<Value> {
    let text = match item {
        Value::Number(number) => return number.as_i64().map(|port| json!({ "port": port })),
        Value::String(text) => text.trim(),
        _ => return None,
    };
    match text.split_once('-') {
        Some((from, to)) => {
            let (from, to): (u16, u16) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
            Some(json!({ "portRange": { "from": from, "to": to } }))
        }
        None => text.parse::<u16>().ok().map(|port| json!({ "port": port })),
    }
}

/// What a key of `agentcore.runtime` says where a definition is as this one; `None` where that has nothing of it.
pub(crate) fn own_value(key: &str, definition: &Value) -> Option<Value> {
    let (_, setting) = facts::own_settings().find(|(own, _)| *own == key)?;
    let value_at = |path: &str| {
        let found = path.split('.').try_fold(definition, |value, part| value.get(part));
        found.filter(|value| !value.is_null())
    };
    let items = || value_at(setting.member)?.as_array().filter(|items| !items.is_empty());
    match key {
        "file_systems" => Some(items()?.iter().map(with_own_names).collect()),
        "warmup" => value_at("hooksConfiguration.build.warmup.action.httpPost").cloned(),
        "minimum_memory_mib" => items()?.first()?.get("minimumMemoryInMiB").cloned(),
        "allowed_ports" => Some(items()?.iter().filter_map(written_port).collect()),
        "capacity_provider" => {
            let provider = value_at(setting.member)?;
            let mut value = json!({ "arn": provider.get("capacityProviderArn")? });
            if let Some(mode) = provider.pointer("/operatingSystemConfiguration/linux/privilegeMode") {
                value["privilege_mode"] = mode.clone();
            }
            Some(value)
        }
        _ => value_at(setting.member).cloned(),
    }
}

/// As [`port_item`] reads it.
fn written_port(item: &Value) -> Option<Value> {
    if let Some(port) = item.get("port") {
        return Some(port.clone());
    }
    let range = item.get("portRange")?;
    Some(json!(format!("{}-{}", range.get("from")?, range.get("to")?)))
}

/// With the names that the file has for the service's members.
fn with_own_names(value: &Value) -> Value {
    let Some(map) = value.as_object() else { return value.clone() };
    Value::Object(map.iter().map(|(name, value)| (snake_case(name), with_own_names(value))).collect())
}

/// With the service's names of members.
fn camel_case(value: &Value) -> Value {
    let Some(map) = value.as_object() else { return value.clone() };
    let name = |key: &str| {
        let mut parts = key.split('_');
        let mut name = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let mut letters = part.chars();
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters));
        }
        name
    };
    Value::Object(map.iter().map(|(key, value)| (name(key), camel_case(value))).collect())
}

fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |mut key, letter| {
        if letter.is_ascii_uppercase() {
            key.push('_');
        }
        key.push(letter.to_ascii_lowercase());
        key
    })
}

/// Writes a setting into a definition. What is beside it stays, also what is newer than this program.
pub(crate) fn apply(definition: &mut Map<String, Value>, setting: &WireSetting) {
    let parts: Vec<&str> = setting.path.split('.').collect();
    match &setting.value {
        Some(value) => {
            let mut value = value.clone();
            if let Some(live) = definition.get(setting.path) {
                keep_newer(setting.path, &mut value, live);
            }
            set_at(definition, &parts, value);
        }
        None => remove_at(definition, &parts),
    }
}

/// Of mounts that stay what they are, the members that this program does not know.
fn keep_newer(path: &str, wanted: &mut Value, live: &Value) {
    let (Some(wanted), Some(live)) = (wanted.as_array_mut(), live.as_array()) else { return };
    let known = |kind: &str, name: &str| {
        let member = format!("{path}[].{kind}.{name}");
        facts::MEMBERS.iter().any(|known| known.path == member)
    };
    for item in wanted {
        let Some((kind, mount)) = item.as_object_mut().and_then(|item| item.iter_mut().next()) else { continue };
        let Some(mount) = mount.as_object_mut() else { continue };
        let place = mount.get("mountPath").cloned();
        let mut same = live.iter().filter_map(|other| other.get(kind)?.as_object());
        let Some(same) = same.find(|other| place.is_some() && other.get("mountPath") == place.as_ref()) else {
            continue;
        };
        for (name, value) in same.iter().filter(|(name, _)| !known(kind, name)) {
            mount.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

fn set_at(map: &mut Map<String, Value>, path: &[&str], value: Value) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.insert((*first).to_owned(), value);
        return;
    }
    let slot = match first.strip_suffix("[]") {
        Some(name) => {
            let list = map.entry(name).or_insert_with(|| json!([{}]));
            if list.as_array().is_none_or(Vec::is_empty) {
                *list = json!([{}]);
            }
            &mut list[0]
        }
        None => map.entry(*first).or_insert_with(|| json!({})),
    };
    if !slot.is_object() {
        *slot = json!({});
    }
    if let Some(inner) = slot.as_object_mut() {
        set_at(inner, rest, value);
    }
}

/// Takes it away, with what is empty then.
fn remove_at(map: &mut Map<String, Value>, path: &[&str]) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        map.remove(*first);
        return;
    }
    let Some(inner) = map.get_mut(*first).and_then(Value::as_object_mut) else { return };
    remove_at(inner, rest);
    if inner.is_empty() {
        map.remove(*first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "given as a literal")]
    fn agent(runtime: Value) -> Agent {
        let mut agent = Agent::default();
        agent.own.runtime = runtime.as_object().cloned().unwrap();
        agent
    }

    #[expect(clippy::needless_pass_by_value, reason = "given as a literal")]
    fn definition(agent: &Agent, live: Value) -> Value {
        let mut definition = live.as_object().cloned().unwrap();
        agent.runtime_settings().iter().for_each(|setting| apply(&mut definition, setting));
        Value::Object(definition)
    }

    fn problems(runtime: Value) -> Vec<String> {
        agent(runtime)
            .setting_problems()
            .into_iter()
            .map(|problem| format!("{}{}", problem.key, problem.text))
            .collect()
    }

    #[test]
    fn live_settings_are_written_as_configured() {
        let written = json!({
            "description": "d", "port": 8100, "path": "/x", "minimum_memory_mib": 4096, "platform_version": "V2",
            "file_systems": [
                { "session_storage": { "mount_path": "/mnt/a" } },
                { "s3_files_access_point": { "access_point_arn": "arn", "mount_path": "/mnt/b" } },
            ],
            "warmup": { "path": "/warm", "port": 8100 },
            "allowed_ports": [8100, "8200-8300"],
            "capacity_provider": { "arn": "arn", "privilege_mode": "STANDARD" },
        });
        let live = definition(&agent(written.clone()), json!({}));
        for (key, _) in facts::own_settings() {
            assert_eq!(own_value(key, &live).as_ref(), written.get(key), "{key}");
            assert_eq!(own_value(key, &json!({ "allowedPorts": [], "description": null })), None, "{key}");
        }
    }

    #[test]
    fn every_key_is_a_setting_of_facts() {
        let keys: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
        let mut own: Vec<&str> = facts::own_settings().map(|(key, _)| key).collect();
        assert!(keys.iter().all(|key| own.contains(key)));
        own.retain(|key| !keys.contains(key));
        assert_eq!(own, [""; 0]);
    }

    #[test]
    fn settings_become_members_of_a_definition() {
        let all = agent(json!({
            "description": "d", "port": 8100, "path": "/x",
            "file_systems": [{ "session_storage": { "mount_path": "/mnt/a" } },
                { "s3_bucket_mount": { "bucket": "bbb", "mount_path": "/mnt/b", "s3_bucket_owner": "123456789012" } }],
            "warmup": { "path": "/w" }, "minimum_memory_mib": 4096, "allowed_ports": [8100, "8200-8300"],
            "platform_version": "V2",
        }));
        assert_eq!(all.setting_problems(), []);
        assert_eq!(
            definition(&all, json!({ "protocolConfiguration": { "serverProtocol": "HTTP" } })),
            json!({
                "description": "d",
                "protocolConfiguration": { "serverProtocol": "HTTP", "port": 8100, "path": "/x" },
                "filesystemConfigurations": [{ "sessionStorage": { "mountPath": "/mnt/a" } },
                    { "s3BucketMount": { "bucket": "bbb", "mountPath": "/mnt/b", "s3BucketOwner": "123456789012" } }],
                "hooksConfiguration": { "build": { "warmup": { "action": { "httpPost": { "path": "/w" } } } } },
                "resourceConfigurations": [{ "minimumMemoryInMiB": 4096 }],
                "allowedPorts": [{ "port": 8100 }, { "portRange": { "from": 8200, "to": 8300 } }],
                "platformVersion": "V2",
            })
        );
    }

    #[test]
    fn null_takes_away_and_newer_members_stay() {
        let live = json!({
            "hooksConfiguration": { "build": { "warmup": { "action": {} } } },
            "protocolConfiguration": { "serverProtocol": "MCP", "port": 8100, "newer": 1 },
            "resourceConfigurations": [{ "minimumMemoryInMiB": 1, "newer": 2 }],
            "filesystemConfigurations": [{ "sessionStorage": { "mountPath": "/mnt/a", "newer": 3 } }],
            "newer": 4,
        });
        let wanted = agent(json!({
            "warmup": null, "port": null, "minimum_memory_mib": 2,
            "file_systems": [{ "session_storage": { "mount_path": "/mnt/a" } }],
        }));
        assert_eq!(
            definition(&wanted, live),
            json!({
                "protocolConfiguration": { "serverProtocol": "MCP", "newer": 1 },
                "resourceConfigurations": [{ "minimumMemoryInMiB": 2, "newer": 2 }],
                "filesystemConfigurations": [{ "sessionStorage": { "mountPath": "/mnt/a", "newer": 3 } }],
                "newer": 4,
            })
        );
    }

    #[test]
    fn problems_name_the_key_that_has_them() {
        let mount = |kind: &str| {
            json!({ "file_systems": [{ "session_storage": { "mount_path": "/mnt/a" } }, { kind: {
            "access_point_arn": "arn:aws:elasticfilesystem:us-west-2:1:access-point/fsap-01234567", "mount_path": "/mnt/b" } }] })
        };
        assert_eq!(
            problems(mount("efs_access_point")),
            ["agentcore.runtime.file_systems[1].efs_access_point: an access point of EFS requires a VPC"]
        );
        let wrong = problems(mount("s3_files_access_point"));
        assert!(
            wrong[0].starts_with("agentcore.runtime.file_systems[1].s3_files_access_point.access_point_arn does not")
        );
        assert_eq!(
            problems(json!({ "warmup": { "path": "/w" } })),
            ["agentcore.runtime.warmup: a warm-up requires platform version V2"]
        );
        assert_eq!(
            problems(json!({ "allowed_ports": ["x"] })),
            ["agentcore.runtime.allowed_ports[0] must be a port, or a range such as `8200-8300`"]
        );
        assert_eq!(
            problems(json!({ "allowed_ports": [8443] })),
            ["agentcore.runtime.allowed_ports[0].port: port 8443 is reserved"]
        );
        assert!(problems(json!({ "minimum_memory_mib": null, "warmup": null })).is_empty());
    }
}
