//! The flags of `agentcore configure` for `agentcore.runtime`: read, merged with what is there, and checked.

use serde_json::{Map, Value, json};

use crate::config::{Agent, NetworkMode, is_caller, nearest};
use crate::error::{Code, Error, Result};
use crate::facts::runtime::own_settings;

/// What was typed. A setting that is not named stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SettingFlags {
    pub(crate) description: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) path: Option<String>,
    /// `/mnt/NAME=SOURCE`; added to those that are there, or in the place of one at the same path.
    pub(crate) mounts: Vec<String>,
    /// `[PORT]/PATH`
    pub(crate) warmup: Option<String>,
    pub(crate) minimum_memory: Option<u32>,
    pub(crate) allowed_ports: Vec<String>,
    pub(crate) platform_version: Option<String>,
    pub(crate) capacity_provider: Option<String>,
    pub(crate) privilege_mode: Option<String>,
    /// Who else may call; `none` alone for nobody.
    pub(crate) allow_callers: Vec<String>,
    /// Keys of `agentcore.runtime`.
    pub(crate) clear: Vec<String>,
}

/// A key of `agentcore.runtime`, and what it becomes. Null is kept in the file: it takes the setting away.
pub(super) type SettingEdit = (&'static str, Value);

impl SettingFlags {
    /// Each flag with its value, as it can be typed.
    pub(crate) fn typed(&self) -> Vec<(&'static str, String)> {
        let one = |flag: &'static str, value: Option<String>| value.map(|value| (flag, value));
        let many = |flag: &'static str, values: &[String]| -> Vec<(&'static str, String)> {
            values.iter().map(|value| (flag, value.clone())).collect()
        };
        let single = [
            one("--description", self.description.clone()),
            one("--port", self.port.map(|port| port.to_string())),
            one("--path", self.path.clone()),
            one("--warmup", self.warmup.clone()),
            one("--minimum-memory", self.minimum_memory.map(|memory| memory.to_string())),
            one("--platform-version", self.platform_version.clone()),
            one("--capacity-provider", self.capacity_provider.clone()),
            one("--privilege-mode", self.privilege_mode.clone()),
        ];
        let lists = [
            many("--mount", &self.mounts),
            many("--allowed-port", &self.allowed_ports),
            many("--allow-caller", &self.allow_callers),
            many("--clear", &self.clear),
        ];
        single.into_iter().flatten().chain(lists.into_iter().flatten()).collect()
    }
}

/// Who else may call from now on; `None` leaves it as it is.
///
/// # Errors
/// Exit 2 for what is no caller.
pub(super) fn callers(flags: &SettingFlags) -> Result<Option<Vec<String>>> {
    match flags.allow_callers.as_slice() {
        [] => Ok(None),
        [none] if none == "none" => Ok(Some(Vec::new())),
        callers => match callers.iter().find(|caller| !is_caller(caller)) {
            None => Ok(Some(callers.to_vec())),
            Some(stranger) => Err(Error::usage(format!("`--allow-caller`: `{stranger}` is no caller"))
                .code(Code::ConfigValue)
                .hint("give an account of 12 digits, or the ARN of a role, a user or an account")),
        },
    }
}

/// The keys that change. `is_vpc` is where the request puts the agent; `None` leaves it where it is.
///
/// # Errors
/// Exit 2 for a value that is none, a setting that is cleared and set at once, and what the service would refuse.
pub(super) fn resolve(
    flags: &SettingFlags,
    existing: Option<&Agent>,
    is_vpc: Option<bool>,
) -> Result<Vec<SettingEdit>> {
    let mut edits = set(flags, existing)?;
    for name in &flags.clear {
        let key = clearable(name)?;
        if edits.iter().any(|(other, value)| *other == key && !value.is_null()) {
            return Err(Error::usage(format!("`--clear {name}` takes away what another flag sets"))
                .code(Code::UsageConflict)
                .hint("leave one of the two out"));
        }
        edits.retain(|(other, _)| *other != key);
        edits.push((key, Value::Null));
    }
    // What the file has already is checked when it is read, and goes wrong here only with a new network.
    let mut agent = existing.cloned().unwrap_or_default();
    if let Some(is_vpc) = is_vpc {
        agent.aws.network_configuration.network_mode = if is_vpc { NetworkMode::Vpc } else { NetworkMode::Public };
    }
    agent.own.runtime.extend(edits.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    match agent.setting_problems().into_iter().next() {
        None => Ok(edits),
        Some(problem) => {
            let flag = own_settings().find(|(_, setting)| problem.key.starts_with(setting.key));
            let flag = flag.map_or("the settings", |(_, setting)| setting.flag);
            Err(Error::usage(format!("`{flag}`: `{}`{}", problem.key, problem.text))
                .code(Code::ConfigValue)
                .hint("docs/runtime-settings.md has what each setting takes and needs"))
        }
    }
}

fn set(flags: &SettingFlags, existing: Option<&Agent>) -> Result<Vec<SettingEdit>> {
    let mut edits: Vec<SettingEdit> = Vec::new();
    let mut put = |key: &'static str, value: Option<Value>| edits.extend(value.map(|value| (key, value)));
    put("description", flags.description.as_ref().map(|text| json!(text)));
    put("port", flags.port.map(|port| json!(port)));
    put("path", flags.path.as_ref().map(|path| json!(path)));
    if !flags.mounts.is_empty() {
        put("file_systems", Some(mounts(&flags.mounts, existing)?));
    }
    put("warmup", flags.warmup.as_deref().map(warmup).transpose()?);
    put("minimum_memory_mib", flags.minimum_memory.map(|memory| json!(memory)));
    let ports =
        flags.allowed_ports.iter().map(|text| text.parse::<u16>().map_or_else(|_| json!(text), |port| json!(port)));
    put("allowed_ports", (!flags.allowed_ports.is_empty()).then(|| ports.collect()));
    put("platform_version", flags.platform_version.as_ref().map(|version| json!(version)));
    if flags.capacity_provider.is_some() || flags.privilege_mode.is_some() {
        put("capacity_provider", Some(provider(flags, existing)?));
    }
    Ok(edits)
}

/// The key of a setting that is to be taken away.
fn clearable(name: &str) -> Result<&'static str> {
    let plain = name.trim_start_matches('-').replace('-', "_");
    let keys = || own_settings().map(|(key, _)| key);
    let by_flag = own_settings().find(|(_, setting)| setting.flag.trim_start_matches('-').replace('-', "_") == plain);
    keys().find(|key| *key == plain).or(by_flag.map(|(key, _)| key)).ok_or_else(|| {
        let near = nearest(name, keys()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Error::usage(format!("`--clear`: there is no setting `{name}`{near}"))
            .code(Code::ConfigValue)
            .hint(format!("one of {}", keys().collect::<Vec<_>>().join(", ")))
    })
}

fn mounts(typed: &[String], existing: Option<&Agent>) -> Result<Value> {
    let known = existing.and_then(|agent| agent.own.runtime.get("file_systems")?.as_array());
    let mut mounts: Vec<Value> = known.cloned().unwrap_or_default();
    let place = |mount: &Value| {
        let inner = mount.as_object().and_then(|mount| mount.values().next().cloned());
        inner.and_then(|inner| Some(inner.get("mount_path")?.as_str()?.trim_end_matches('/').to_owned()))
    };
    for text in typed {
        let mount = mount(text)?;
        let at = mounts.iter().position(|other| place(other) == place(&mount));
        match at {
            Some(at) => mounts[at] = mount,
            None => mounts.push(mount),
        }
    }
    Ok(Value::Array(mounts))
}

/// `/mnt/NAME=SOURCE`
fn mount(text: &str) -> Result<Value> {
    let no_mount = || {
        Error::usage(format!("`--mount`: `{text}` is not `/mnt/NAME=SOURCE`")).code(Code::ConfigValue).hint(
            "a source is `session`, the ARN of an access point of EFS or S3 Files, `s3://BUCKET/PREFIX`, or `volume:NAME`",
        )
    };
    let (path, source) = text.split_once('=').ok_or_else(no_mount)?;
    if source == "session" {
        return Ok(json!({ "session_storage": { "mount_path": path } }));
    }
    if let Some(name) = source.strip_prefix("volume:") {
        return Ok(json!({ "capacity_provider_volume": { "volume_name": name, "mount_path": path } }));
    }
    if let Some(place) = source.strip_prefix("s3://") {
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let mut mount = json!({ "bucket": bucket, "mount_path": path });
        if !prefix.is_empty() {
            mount["prefix"] = json!(prefix);
        }
        return Ok(json!({ "s3_bucket_mount": mount }));
    }
    let kind = match source.split(':').nth(2) {
        Some("elasticfilesystem") => "efs_access_point",
        Some("s3files") => "s3_files_access_point",
        _ => return Err(no_mount()),
    };
    Ok(json!({ kind: { "access_point_arn": source, "mount_path": path } }))
}

/// `[PORT]/PATH`
fn warmup(text: &str) -> Result<Value> {
    let no_warmup = || {
        Error::usage(format!("`--warmup`: `{text}` is not a path, or a port and a path"))
            .code(Code::ConfigValue)
            .hint("such as `/warm` or `8080/warm`")
    };
    let at = text.find('/').ok_or_else(no_warmup)?;
    let mut warmup = json!({ "path": &text[at..] });
    if at > 0 {
        warmup["port"] = json!(text[..at].parse::<u16>().map_err(|_| no_warmup())?);
    }
    Ok(warmup)
}

fn provider(flags: &SettingFlags, existing: Option<&Agent>) -> Result<Value> {
    let known = existing.and_then(|agent| agent.own.runtime.get("capacity_provider")?.as_object());
    let mut provider: Map<String, Value> = known.cloned().unwrap_or_default();
    if let Some(arn) = &flags.capacity_provider {
        provider.insert("arn".to_owned(), json!(arn));
    }
    if let Some(mode) = &flags.privilege_mode {
        provider.insert("privilege_mode".to_owned(), json!(mode.to_ascii_uppercase()));
    }
    if !provider.contains_key("arn") {
        return Err(Error::usage("`--privilege-mode` needs `--capacity-provider`")
            .code(Code::UsageMissing)
            .hint("add `--capacity-provider ARN`"));
    }
    Ok(Value::Object(provider))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(change: impl FnOnce(&mut SettingFlags)) -> SettingFlags {
        let mut flags = SettingFlags::default();
        change(&mut flags);
        flags
    }

    fn refused(change: impl FnOnce(&mut SettingFlags)) -> String {
        resolve(&flags(change), None, None).unwrap_err().message().to_owned()
    }

    #[test]
    fn mounts_replace_those_at_their_path() {
        let mut agent = Agent::default();
        let first = flags(|flags| flags.mounts = vec!["/mnt/a=session".into(), "/mnt/b=s3://bbb/x/".into()]);
        agent
            .own
            .runtime
            .extend(resolve(&first, None, None).unwrap().into_iter().map(|(key, value)| (key.into(), value)));
        let second = flags(|flags| flags.mounts = vec!["/mnt/b=s3://ccc".into()]);
        let edits = resolve(&second, Some(&agent), None).unwrap();
        let session = json!({ "session_storage": { "mount_path": "/mnt/a" } });
        let bucket = json!({ "s3_bucket_mount": { "bucket": "ccc", "mount_path": "/mnt/b" } });
        assert_eq!(edits, [("file_systems", json!([session, bucket]))]);
    }

    #[test]
    fn what_the_service_refuses_is_refused_here() {
        let efs = "/mnt/a=arn:aws:elasticfilesystem:us-west-2:123456789012:access-point/fsap-0123456789abcdef0";
        for (refusal, part) in [
            (refused(|flags| flags.mounts = vec![efs.into()]), "requires a VPC"),
            (refused(|flags| flags.mounts = vec!["/data/x=session".into()]), "does not match"),
            (refused(|flags| flags.mounts = vec!["/mnt/a".into()]), "is not `/mnt/NAME=SOURCE`"),
            (refused(|flags| flags.warmup = Some("/w".into())), "requires platform version V2"),
            (refused(|flags| flags.port = Some(8443)), "port 8443 is reserved"),
            (refused(|flags| flags.allowed_ports = vec!["8100".into(), "8000-8200".into()]), "must not overlap"),
            (refused(|flags| flags.privilege_mode = Some("standard".into())), "needs `--capacity-provider`"),
            (refused(|flags| flags.clear = vec!["descripton".into()]), "did you mean `description`?"),
            (
                refused(|flags| (flags.port, flags.clear) = (Some(8100), vec!["port".into()])),
                "takes away what another flag sets",
            ),
        ] {
            assert!(refusal.contains(part), "{refusal}");
        }
        let vpc = flags(|flags| flags.mounts = vec![efs.into()]);
        assert!(resolve(&vpc, None, Some(true)).is_ok());
    }

    #[test]
    fn cleared_settings_are_null_in_the_file() {
        let clear = ["file-systems", "minimum_memory_mib", "--mount"].map(str::to_owned).to_vec();
        let typed = flags(|flags| flags.clear = clear);
        let edits = resolve(&typed, None, None).unwrap();
        assert_eq!(edits, [("minimum_memory_mib", Value::Null), ("file_systems", Value::Null)]);
    }
}
