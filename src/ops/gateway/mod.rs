//! Gateways and their targets: create, get, list, update, delete.
//!
//! A gateway, its service role and each target are resources that the engine walks. No configuration has them on record:
//! they are found by their exact names, and their tags say whose they are.

mod create;
mod credentials;
mod delete;
mod read;
mod report;
mod target;
mod update;

pub(crate) use create::{GatewayRequest, create};
pub(crate) use credentials::{OutboundCredentials, TargetType};
pub(crate) use delete::{delete_gateway, delete_target};
pub(crate) use read::{get_gateway, get_target, list_gateways, list_targets};
pub(crate) use target::{TargetRequest, create_target};
pub(crate) use update::{GatewayChanges, update};

pub(crate) use crate::resources::gateway::GatewayKey;
pub(crate) use crate::resources::gateway_target::TargetKey;

use std::time::Duration;

use crate::cloud::{CallerIdentity, Cloud};
use crate::error::{Code, Error, Result};
use crate::events::Events;
use crate::resources::engine::{self, AfterFailure, AnyNode, Context};
use crate::resources::gateway::{self, ObservedGateway};
use crate::resources::gateway_owner::GatewayOwner;
use crate::resources::gateway_policy::GatewayScope;
use crate::resources::owner;
use crate::resources::patience::Patience;
use crate::resources::plan::{Action, Step};

/// How long a command waits for READY, or for the end of a deletion, when it is not told.
pub(crate) const DEFAULT_WAIT: Duration = Duration::from_secs(300);

/// What a command about gateways works with.
pub(crate) struct GatewayWork<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) identity: &'a CallerIdentity,
    pub(crate) events: &'a Events,
    /// The identity of the folder's project, where it has one.
    pub(crate) project: Option<String>,
    /// Wait until what is made is READY, and until what is deleted is gone.
    pub(crate) waits: bool,
    pub(crate) limit: Duration,
    /// The command that was typed, which goes on after a failure.
    pub(crate) command: String,
}

impl GatewayWork<'_> {
    fn owner(&self, gateway: &str) -> GatewayOwner {
        GatewayOwner { project: self.project.clone(), gateway: gateway.to_owned() }
    }

    fn scope<'s>(&'s self, gateway: &'s str) -> GatewayScope<'s> {
        let (partition, region) = (self.cloud.partition(), self.cloud.region());
        GatewayScope { partition, region, account: &self.identity.account, gateway }
    }

    fn context(&self) -> Context<'_> {
        let patience = Patience::new(Some(self.limit), self.events);
        Context { cloud: self.cloud, events: self.events, patience, adopt: false }
    }

    /// The gateway, which must be there.
    ///
    /// # Errors
    /// Exit 5 when it is not; exit 2 when another project made it, or may have, unless `adopt` says to go on.
    async fn require(&self, key: &GatewayKey, adopt: bool) -> Result<ObservedGateway> {
        let (GatewayKey::Id(label) | GatewayKey::Name(label)) = key;
        let live = gateway::find(self.cloud, key).await?.ok_or_else(|| gateway::missing(label))?;
        self.own(live, adopt)
    }

    /// # Errors
    /// Exit 2 for one that another project made, or may have, unless `adopt` says to go on.
    fn own(&self, live: ObservedGateway, adopt: bool) -> Result<ObservedGateway> {
        if live.is_another_projects(self.project.as_deref()) && !adopt {
            return Err(live.refusal().hint(owner::adopt_hint(&self.command)));
        }
        Ok(live)
    }

    /// What the plan has to say, before anything is changed.
    fn tell(&self, steps: &[Step]) {
        for step in steps.iter().filter(|step| step.action.is_change()) {
            for detail in step.details() {
                self.events.note(format!("{} {}: {detail}", step.kind, step.name));
            }
        }
    }

    async fn apply(&self, nodes: Vec<&mut dyn AnyNode>, steps: &[Step]) -> Result<()> {
        let after = AfterFailure {
            rerun_command: self.command.clone(),
            resume_sentence: format!("`{}` goes on from what was made", self.command),
        };
        engine::apply(nodes, steps, &self.context(), &after).await
    }
}

/// The report's word for what was done.
const fn outcome(action: Option<Action>) -> &'static str {
    match action {
        Some(Action::Create) => "created",
        Some(Action::Update) => "updated",
        _ => "unchanged",
    }
}

/// Whether a text is a gateway's id. Source: the service model.
pub(crate) fn check_id(text: &str) -> Result<()> {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let fits = text.rsplit_once('-').is_some_and(|(name, suffix)| {
        is_part(name) && suffix.len() == 10 && is_part(suffix) && !suffix.contains('-') && !text.starts_with('-')
    });
    if fits {
        return Ok(());
    }
    Err(Error::usage(format!("`{text}` is not the id of a gateway")).code(Code::InputValue).hint(
        "it is the name in lower case, a hyphen and ten characters; `agentcore gateway list-mcp-gateways` shows it",
    ))
}

/// Whether a text can be the name of a gateway (48 characters between hyphens) or of a target (100). Source: the service
/// model.
pub(crate) fn check_name(text: &str, what: &str, most: usize) -> Result<()> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let count = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    if is_plain && (1..=most).contains(&count) && !text.starts_with('-') && !text.contains("--") {
        return Ok(());
    }
    Err(Error::usage(format!("`{text}` cannot be the name of a {what}"))
        .code(Code::InputValue)
        .hint(format!("letters and digits, {most} at most, with single hyphens between them and no underscores")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_names_have_the_services_forms() {
        for id in ["a-0123456789", "my-tools-abcdefghij"] {
            check_id(id).unwrap();
        }
        for id in ["", "a", "a-012345678", "A-0123456789", "-0123456789", "my_tools-0123456789", "a-01234567-9"] {
            assert_eq!(check_id(id).unwrap_err().kind().exit_code(), 2, "{id}");
        }
        let longest = "a-".repeat(48);
        for name in ["a", "My-Tools", "a-", &longest] {
            check_name(name, "gateway", 48).unwrap();
        }
        for name in ["", "-a", "a--b", "my_tools", "é", &"a".repeat(49)] {
            assert_eq!(check_name(name, "gateway", 48).unwrap_err().kind().exit_code(), 2, "{name}");
        }
    }
}
