//! What a plan is made of: a step for each resource, typed, and the changes of its parts.
//!
//! Owns: the kinds of resources, what can be done to one, how a change reads, and the shape of a step in JSON. Does not own:
//! who decides what is done (`engine`), how a plan is laid out for people (`ops`).

use std::fmt;
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::events::Outcome;

/// A line for each kind, with the word of plans and reports.
macro_rules! resource_kinds {
    ($($(#[$doc:meta])* $kind:ident = $word:literal,)+) => {
        /// What a step is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum ResourceKind {
            $($(#[$doc])* $kind,)+
        }

        impl ResourceKind {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The word of plans and reports.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }
        }
    };
}

resource_kinds! {
    // Each of these is made, changed and deleted by one file.
    Repository = "repository",
    Image = "image",
    Bucket = "bucket",
    Archive = "archive",
    /// The bucket for the sources of builds elsewhere.
    SourceBucket = "source bucket",
    BuildRole = "build role",
    BuildProject = "build project",
    Memory = "memory",
    ExecutionRole = "role",
    Runtime = "runtime",
    RuntimeEndpoint = "endpoint",
    ResourcePolicy = "resource policy",
    UserPool = "user pool",
    PoolDomain = "domain",
    ResourceServer = "resource server",
    UserClient = "user client",
    MachineClient = "machine client",
    WebClient = "web client",
    PoolUser = "user",
    GatewayRole = "gateway role",
    TeamParameters = "parameters",
    CredentialProvider = "credential provider",
    WorkloadIdentity = "workload identity",
    GatewayServiceRole = "gateway service role",
    Gateway = "gateway",
    GatewayTarget = "gateway target",
    // These are only shown: what goes along with another, and what stays.
    /// The images in a repository, all of them.
    Images = "images",
    /// The archives of an agent in a bucket, all of them.
    Archives = "archives",
    /// The sources of an agent's builds, all of them.
    BuildSources = "build sources",
    IdentityPolicy = "role policy",
    SetupFiles = "files",
    AwsTokens = "AWS tokens",
    LogGroup = "log group",
    LogPolicy = "log policy",
    SpansDestination = "spans",
    IndexingRule = "indexing rule",
    DeliverySource = "delivery source",
    DeliveryTarget = "delivery destination",
    Delivery = "delivery",
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is done to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Update,
    Delete,
    /// As it is to be.
    Unchanged,
    /// Not ours to change, or asked to stay.
    Keep,
}

impl Action {
    pub(crate) const fn is_change(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Unchanged => "unchanged",
            Self::Keep => "keep",
        }
    }

    /// One character for it, in front of a line of a plan.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Delete => "-",
            Self::Unchanged | Self::Keep => "=",
        }
    }
}

impl From<Action> for Outcome {
    fn from(action: Action) -> Self {
        match action {
            Action::Create => Self::Created,
            Action::Update => Self::Updated,
            Action::Delete => Self::Deleted,
            Action::Unchanged => Self::Unchanged,
            Action::Keep => Self::Kept,
        }
    }
}

/// The change of one part of a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldChange {
    /// `environment.LOG_LEVEL`, `authorizer.allowedClients`, `trust policy`
    pub(crate) path: String,
    pub(crate) values: Values,
    pub(crate) meaning: Option<Meaning>,
    /// What is there now came from somewhere else than the last launch on record.
    pub(crate) is_elsewhere: bool,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// "lets more callers in"
    Effect(String),
    /// What a role may do from now on, and what no longer. Not empty.
    Permissions(Vec<Permission>),
}

/// Something that a role may do from now on, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) is_granted: bool,
    /// "read the API key `weather`"
    pub(crate) ability: String,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", if self.is_granted { "may" } else { "may no longer" }, self.ability)
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Effect(text) => f.write_str(text),
            Self::Permissions(permissions) => {
                let texts: Vec<String> = permissions.iter().map(Permission::to_string).collect();
                f.write_str(&texts.join(", "))
            }
        }
    }
}

/// What a part was and will be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Values {
    /// Too long to be read, or known by its name.
    #[default]
    Unsaid,
    /// May be secrets, and are never shown.
    Secret(Presence),
    /// Before and after; `None` where there is nothing.
    Shown(Option<Value>, Option<Value>),
}

/// What happens to a part whose values are not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Added,
    Changed,
    Removed,
}

impl Presence {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

impl FieldChange {
    pub(crate) fn of(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    pub(crate) fn shown(path: impl Into<String>, before: Option<&Value>, after: Option<&Value>) -> Self {
        let some = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
        Self { path: path.into(), values: Values::Shown(some(before), some(after)), ..Self::default() }
    }

    pub(crate) fn secret(path: impl Into<String>, presence: Presence) -> Self {
        Self { path: path.into(), values: Values::Secret(presence), ..Self::default() }
    }

    pub(crate) fn meaning(mut self, meaning: impl Into<String>) -> Self {
        self.meaning = Some(Meaning::Effect(meaning.into()));
        self
    }

    /// Without permissions, only the wording of a document changes.
    pub(crate) fn permissions(mut self, permissions: Vec<Permission>) -> Self {
        self.meaning = (!permissions.is_empty()).then_some(Meaning::Permissions(permissions));
        self
    }

    /// `path: before -> after`, without what it means.
    pub(crate) fn sentence(&self) -> String {
        let path = &self.path;
        match &self.values {
            Values::Unsaid => path.clone(),
            Values::Secret(presence) => format!("{path}: {}", presence.as_str()),
            Values::Shown(before, after) => format!("{path}: {} -> {}", brief(before.as_ref()), brief(after.as_ref())),
        }
    }

    fn data(&self) -> Value {
        let mut data = json!({ "path": self.path });
        match &self.values {
            Values::Unsaid => {}
            Values::Secret(presence) => data["change"] = json!(presence.as_str()),
            Values::Shown(before, after) => {
                data["before"] = json!(before);
                data["after"] = json!(after);
            }
        }
        if let Some(meaning) = &self.meaning {
            data["meaning"] = json!(meaning.to_string());
        }
        if self.is_elsewhere {
            data["changedElsewhere"] = json!(true);
        }
        data
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())?;
        if let Some(meaning) = &self.meaning {
            write!(f, "; {meaning}")?;
        }
        if self.is_elsewhere { f.write_str("; changed elsewhere") } else { Ok(()) }
    }
}

/// A value as people write it: texts without quotes, lists without brackets.
pub(crate) fn brief(value: Option<&Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.is_empty() => "none".to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| brief(Some(item))).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

/// What is done to one resource, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) kind: ResourceKind,
    pub(crate) name: String,
    pub(crate) action: Action,
    pub(crate) changes: Vec<FieldChange>,
    /// Why it stays, or what goes with it.
    pub(crate) notes: Vec<String>,
    /// How long it took, once it is done.
    pub(crate) took: Option<Duration>,
}

impl Step {
    pub(crate) fn new(kind: ResourceKind, name: impl Into<String>, action: Action) -> Self {
        Self { kind, name: name.into(), action, changes: Vec::new(), notes: Vec::new(), took: None }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Everything that is to be said of it, a sentence each.
    pub(crate) fn details(&self) -> Vec<String> {
        self.notes.iter().cloned().chain(self.changes.iter().map(FieldChange::to_string)).collect()
    }
}

/// For JSON: to the millisecond, which is more than anybody asks and less than noise.
pub(crate) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("resource", self.kind.as_str())?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("action", self.action.as_str())?;
        let details = self.details();
        if !details.is_empty() {
            map.serialize_entry("details", &details)?;
        }
        if !self.changes.is_empty() {
            map.serialize_entry("changes", &self.changes.iter().map(FieldChange::data).collect::<Vec<_>>())?;
        }
        if let Some(took) = self.took {
            map.serialize_entry("seconds", &seconds(took))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_has_values_in_json_and_readable_details() {
        let mut step = Step::new(ResourceKind::Runtime, "a", Action::Update).note("taken over from another project");
        step.changes = vec![
            FieldChange::shown("authorizer.allowedClients", Some(&json!(["a"])), Some(&json!(["a", "b"])))
                .meaning("lets more callers in"),
            FieldChange::secret("environment.KEY", Presence::Added),
            FieldChange::of("trust policy"),
        ];
        let data = serde_json::to_value(&step).unwrap();
        assert_eq!(
            data,
            json!({
                "resource": "runtime", "name": "a", "action": "update",
                "details": [
                    "taken over from another project",
                    "authorizer.allowedClients: a -> a, b; lets more callers in",
                    "environment.KEY: added",
                    "trust policy",
                ],
                "changes": [
                    { "path": "authorizer.allowedClients", "before": ["a"], "after": ["a", "b"],
                      "meaning": "lets more callers in" },
                    { "path": "environment.KEY", "change": "added" },
                    { "path": "trust policy" },
                ],
            })
        );
    }

    #[test]
    fn nothing_is_called_none() {
        let change = FieldChange::shown("protocol", None, Some(&json!("MCP")));
        assert_eq!(change.to_string(), "protocol: none -> MCP");
        assert_eq!(FieldChange::shown("x", Some(&json!([])), Some(&Value::Null)).sentence(), "x: none -> none");
    }
}
