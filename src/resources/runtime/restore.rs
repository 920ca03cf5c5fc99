//! A runtime that gets the settings of one of its earlier versions again, as a version of its own: versions never change, and
//! DEFAULT always follows the newest.

use serde_json::Value;

use super::{Runtime, RuntimeArtifact, RuntimeSpec, Seen};
use crate::cloud::AgentRuntime;
use crate::resources::engine::Late;
use crate::resources::execution_role::RoleReady;
use crate::resources::plan::ResourceKind;
use crate::resources::record::AgentRecord;
use crate::resources::version_note::VersionMaker;

/// What may be changed by it.
#[derive(Clone, Debug)]
pub(crate) struct RestoreRules {
    /// Change one that carries no mark of this project, or another's.
    pub(crate) adopt: bool,
    pub(crate) allow_auth_change: bool,
    /// The command that carries the plan out.
    pub(crate) command: String,
}

impl<'a> Runtime<'a> {
    /// `version` as GetAgentRuntime gives it when it is asked for that version; `live` is what serves until then.
    pub(crate) fn restored(
        record: &'a AgentRecord,
        live: &AgentRuntime,
        version: AgentRuntime,
        rules: RestoreRules,
        maker: VersionMaker,
    ) -> Self {
        let role = Late::after(ResourceKind::ExecutionRole);
        role.set(RoleReady::brought(version.role_arn().unwrap_or_default().to_owned()));
        let late_maker = Late::after(ResourceKind::Runtime);
        late_maker.set(maker);
        let artifact = Late::after(ResourceKind::Image);
        let known = version.artifact().and_then(RuntimeArtifact::of_wire);
        if let Some(known) = &known {
            artifact.set(known.clone());
        }
        let mut spec = RuntimeSpec::named(&record.agent().deployed_name());
        spec.authorizer = version.authorizer().cloned();
        spec.artifact = known.unwrap_or(spec.artifact);
        // Those that the configuration gives it stay on record: the next launch sets them again. What comes back with the version
        // alone is put on record too, or no launch would ever take it out again.
        let mut variables = record.agent().created().environment.clone();
        let back = variable_names(&version).into_iter().filter(|name| !variable_names(live).contains(name));
        variables.extend(back.filter(|name| !record.agent().created().environment.contains(name)));
        Self {
            record,
            spec,
            variables,
            role,
            artifact,
            arn: Late::after(ResourceKind::Runtime),
            restored: Some(version),
            maker: late_maker,
            memory: None,
            adopt: rules.adopt,
            allow_auth_change: rules.allow_auth_change,
            command: rules.command,
            waits: true,
            by_id: false,
            seen: Seen::default(),
        }
    }
}

fn variable_names(runtime: &AgentRuntime) -> Vec<String> {
    let variables = runtime.raw.get("environmentVariables").and_then(Value::as_object);
    variables.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}
