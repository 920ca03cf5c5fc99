//! What a status says of a runtime's own settings: only those that it has, for people, and all of them in JSON.

use serde_json::{Value, json};

use crate::cloud::AgentRuntime;
use crate::report::Document;
use crate::resources::runtime::readable;

const WARM_UP: &str = "/hooksConfiguration/build/warmup/action/httpPost";

/// In the service's own form; what the runtime does not have is null.
pub(super) fn data(runtime: &AgentRuntime) -> Value {
    let raw = &runtime.raw;
    json!({
        "description": raw.get("description"),
        "port": raw.pointer("/protocolConfiguration/port"),
        "path": raw.pointer("/protocolConfiguration/path"),
        "fileSystems": raw.get("filesystemConfigurations"),
        "warmup": raw.pointer(WARM_UP),
        "minimumMemoryMiB": raw.pointer("/resourceConfigurations/0/minimumMemoryInMiB"),
        "allowedPorts": raw.get("allowedPorts"),
        "platformVersion": raw.get("platformVersion"),
        "capacityProvider": raw.pointer("/capacityProviderConfiguration/capacityProviderArn"),
        "privilegeMode": raw.pointer("/capacityProviderConfiguration/operatingSystemConfiguration/linux/privilegeMode"),
        "lifecycle": raw.get("lifecycleConfiguration"),
    })
}

/// A line for each that the runtime has.
pub(super) fn facts(runtime: &AgentRuntime, document: Document) -> Document {
    let raw = &runtime.raw;
    let text = |pointer: &str| raw.pointer(pointer).and_then(plain);
    let list = |member: &str| {
        let items = readable(member, raw.get(member))?;
        let items: Vec<String> = items.as_array()?.iter().filter_map(plain).collect();
        (!items.is_empty()).then(|| items.join(", "))
    };
    let warm_up = raw.pointer(WARM_UP).map(|post| {
        let port = post.get("port").and_then(plain).map(|port| format!(" on port {port}")).unwrap_or_default();
        format!("POST {}{port}", post.get("path").and_then(plain).unwrap_or_default())
    });
    document
        .fact_if("Description", text("/description"))
        .fact_if("Agent Port", text("/protocolConfiguration/port"))
        .fact_if("Agent Path", text("/protocolConfiguration/path"))
        .fact_if("File Systems", list("filesystemConfigurations"))
        .fact_if("Warm-up", warm_up)
        .fact_if("Resources", list("resourceConfigurations"))
        .fact_if("Allowed Ports", list("allowedPorts"))
        .fact_if("Platform Version", text("/platformVersion"))
        .fact_if("Capacity Provider", text("/capacityProviderConfiguration/capacityProviderArn"))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
