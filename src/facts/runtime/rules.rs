//! The rules between members of a runtime's definition, each of which is within its limits. Source: the developer guide.

use serde_json::Value;

use super::{RESERVED_PORT, SNAPSHOT_PLATFORM, Wrong};

/// The rules that a definition breaks.
pub(crate) fn broken(definition: &Value) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    warm_up(definition, &mut wrong);
    file_systems(definition, &mut wrong);
    capacity_provider(definition, &mut wrong);
    if number(definition, "/protocolConfiguration/port") == Some(i64::from(RESERVED_PORT)) {
        wrong.push(reserved("protocolConfiguration.port"));
    }
    allowed_ports(definition, &mut wrong);
    wrong
}

fn has(definition: &Value, pointer: &str) -> bool {
    definition.pointer(pointer).is_some_and(|value| !value.is_null())
}

fn is(definition: &Value, pointer: &str, text: &str) -> bool {
    definition.pointer(pointer).and_then(Value::as_str) == Some(text)
}

fn number(definition: &Value, pointer: &str) -> Option<i64> {
    definition.pointer(pointer).and_then(Value::as_i64)
}

fn wrong(path: impl Into<String>, text: impl Into<String>) -> Wrong {
    Wrong { path: path.into(), text: text.into() }
}

fn reserved(path: impl Into<String>) -> Wrong {
    wrong(path, format!("Port {RESERVED_PORT} is reserved"))
}

fn has_provider(definition: &Value) -> bool {
    has(definition, "/capacityProviderConfiguration")
}

fn warm_up(definition: &Value, out: &mut Vec<Wrong>) {
    const PATH: &str = "hooksConfiguration.build.warmup";
    if !has(definition, "/hooksConfiguration/build/warmup") {
        return;
    }
    if !is(definition, "/platformVersion", SNAPSHOT_PLATFORM) {
        out.push(wrong(PATH, format!("A warm-up requires platform version {SNAPSHOT_PLATFORM}")));
    }
    if has_provider(definition) {
        out.push(wrong(PATH, "A warm-up cannot be used with a capacity provider"));
    }
}

fn file_systems(definition: &Value, out: &mut Vec<Wrong>) {
    let in_vpc = is(definition, "/networkConfiguration/networkMode", "VPC");
    let provider = has_provider(definition);
    let mounts = definition.get("filesystemConfigurations").and_then(Value::as_array);
    for (index, mount) in mounts.into_iter().flatten().enumerate() {
        for (member, right, text) in [
            ("s3FilesAccessPoint", in_vpc, "An access point of S3 Files requires a VPC"),
            ("efsAccessPoint", in_vpc, "An access point of EFS requires a VPC"),
            ("capacityProviderVolume", provider, "A volume of a capacity provider requires a capacity provider"),
            ("sessionStorage", !provider, "Session storage cannot be used with a capacity provider"),
        ] {
            if mount.get(member).is_some_and(|value| !value.is_null()) && !right {
                out.push(wrong(format!("filesystemConfigurations.{}.member.{member}", index + 1), text));
            }
        }
    }
}

/// What sessions on machines of one's own do not have.
fn capacity_provider(definition: &Value, out: &mut Vec<Wrong>) {
    if !has_provider(definition) {
        return;
    }
    for (pointer, path, what) in [
        ("/allowedPorts", "allowedPorts", "Allowed ports"),
        ("/protocolConfiguration/port", "protocolConfiguration.port", "A port of its own"),
        ("/protocolConfiguration/path", "protocolConfiguration.path", "A path of its own"),
    ] {
        if has(definition, pointer) {
            out.push(wrong(path, format!("{what} cannot be used with a capacity provider")));
        }
    }
}

fn allowed_ports(definition: &Value, out: &mut Vec<Wrong>) {
    let mut taken: Vec<(i64, i64)> = Vec::new();
    let ports = definition.get("allowedPorts").and_then(Value::as_array);
    for (index, item) in ports.into_iter().flatten().enumerate() {
        let path = format!("allowedPorts.{}.member", index + 1);
        let one = number(item, "/port");
        let Some((from, to)) =
            one.map(|port| (port, port)).or_else(|| number(item, "/portRange/from").zip(number(item, "/portRange/to")))
        else {
            continue;
        };
        let takes_reserved = (from..=to).contains(&i64::from(RESERVED_PORT));
        if one.is_some() && takes_reserved {
            out.push(reserved(format!("{path}.port")));
        } else if from > to || takes_reserved {
            out.push(wrong(
                &path,
                format!("Port range {from}-{to} is empty or contains the reserved port {RESERVED_PORT}"),
            ));
        }
        if taken.iter().any(|(low, high)| from <= *high && to >= *low) {
            out.push(wrong(&path, "Port ranges must not overlap"));
        }
        taken.push((from, to));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(definition: &Value) -> Vec<String> {
        broken(definition).into_iter().map(|wrong| wrong.path).collect()
    }

    #[test]
    fn sessions_of_a_capacity_provider_lack_much() {
        let mut definition = json!({
            "platformVersion": "V2",
            "capacityProviderConfiguration": { "capacityProviderArn": "arn" },
            "filesystemConfigurations": [
                { "capacityProviderVolume": { "volumeName": "v", "mountPath": "/mnt/v" } },
                { "sessionStorage": { "mountPath": "/mnt/s" } },
            ],
            "hooksConfiguration": { "build": { "warmup": { "action": { "httpPost": { "path": "/w" } } } } },
            "allowedPorts": [{ "port": 8100 }],
            "protocolConfiguration": { "serverProtocol": "HTTP", "port": 8100, "path": "/x" },
        });
        assert_eq!(
            paths(&definition),
            [
                "hooksConfiguration.build.warmup",
                "filesystemConfigurations.2.member.sessionStorage",
                "allowedPorts",
                "protocolConfiguration.port",
                "protocolConfiguration.path",
            ]
        );
        definition.as_object_mut().unwrap().remove("capacityProviderConfiguration");
        assert_eq!(paths(&definition), ["filesystemConfigurations.1.member.capacityProviderVolume"]);
    }

    #[test]
    fn ports_neither_overlap_nor_are_reserved() {
        let ports = |ports: Value| paths(&json!({ "allowedPorts": ports }));
        let range = |from: i64, to: i64| json!({ "portRange": { "from": from, "to": to } });
        assert_eq!(ports(json!([{ "port": 8443 }])), ["allowedPorts.1.member.port"]);
        assert_eq!(ports(json!([range(8400, 8500)])), ["allowedPorts.1.member"]);
        assert_eq!(ports(json!([range(8200, 8100)])), ["allowedPorts.1.member"]);
        assert_eq!(ports(json!([{ "port": 8100 }, range(8000, 8200)])), ["allowedPorts.2.member"]);
        assert_eq!(ports(json!([{ "port": 8100 }, range(8101, 8200)])), [""; 0]);
        assert_eq!(paths(&json!({ "protocolConfiguration": { "port": 8443 } })), ["protocolConfiguration.port"]);
    }
}
