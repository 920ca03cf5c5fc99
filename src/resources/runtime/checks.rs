//! What forbids changing a runtime, before anything is built: whose it is, what it runs, and who may call it.

use serde_json::{Value, json};

use super::{ObservedRuntime, Runtime, RuntimeArtifact, authorizer_change, wire};
use crate::auth::AuthorizerChange;
use crate::error::{Code, Error, Kind, Result};
use crate::facts::runtime::rules;
use crate::resources::engine::Resource;
use crate::resources::owner::Owner;
use crate::shell::quoted;

impl Runtime<'_> {
    /// What this program made for another project is never changed for this one, unless that is asked for by name. Nor is
    /// one that somebody else made.
    pub(super) fn check_owner(&self, live: &ObservedRuntime) -> Result<()> {
        let (name, arn) = (&self.agent().name, live.runtime.arn());
        match live.owner {
            _ if self.adopt => Ok(()),
            Owner::Ours | Owner::Recorded => Ok(()),
            Owner::Other => Err(self.refusal(live)),
            Owner::Unknown => Err(Error::usage(format!(
                "a runtime named `{}` exists already, and this project did not create it ({arn})",
                self.agent().deployed_name()
            ))
            .code(Code::RuntimeNameTaken)
            .hint(format!("update it all the same: `agentcore launch --agent {name} --adopt`"))
            .hint(format!(
                "or deploy beside it: `agentcore configure --entrypoint {} --name {name:.46}_2`",
                quoted(&self.agent().entrypoint)
            ))),
        }
    }

    /// The service never changes the kind: "Agent artifact type cannot be updated". Source: terraform-provider-aws, pull request
    /// 45091. A runtime whose creation failed is deleted and made anew.
    pub(super) fn check_artifact(&self, live: &ObservedRuntime) -> Result<()> {
        let kept = live.runtime.artifact().and_then(RuntimeArtifact::of_wire);
        let is_code = |artifact: &RuntimeArtifact| matches!(artifact, RuntimeArtifact::Code(_));
        let Some(kept) = kept.filter(|kept| is_code(kept) != is_code(&self.spec.artifact)) else { return Ok(()) };
        if live.runtime.status() == "CREATE_FAILED" {
            return Ok(());
        }
        let name = &self.agent().name;
        let (before, after, deployment) = if is_code(&kept) {
            ("a code archive", "a container image", "direct_code_deploy")
        } else {
            ("a container image", "a code archive", "container")
        };
        Err(Error::usage(format!("the runtime of `{name}` runs {before}, and AWS cannot change it to {after}"))
            .code(Code::RuntimeArtifactKind)
            .hint(format!("keep what is deployed: `agentcore configure --name {name} --deployment-type {deployment}`"))
            .hint(format!(
                "or `agentcore destroy --agent {name}` and launch again: the runtime gets another id and ARN"
            ))
            .hint("or configure an agent of another name beside it: `agentcore configure --name NAME`"))
    }

    /// The configuration is right by itself; beside settings that only the runtime has it may not be.
    pub(super) fn check_settings(&self, live: &ObservedRuntime) -> Result<()> {
        let (name, raw) = (&self.agent().name, &live.runtime.raw);
        let body = match &self.restored {
            Some(version) => wire::restored_body(&version.raw),
            None => self.spec.update_body(raw),
        };
        let before = rules::broken(raw);
        if let Some(wrong) = rules::broken(&body).into_iter().find(|wrong| !before.contains(wrong)) {
            return Err(Error::usage(format!(
                "with what the runtime of `{name}` has already, this cannot be set: {}: {}",
                wrong.path, wrong.text
            ))
            .code(Code::RuntimeSettings)
            .hint("take the other setting away: `agentcore configure --clear SETTING`"));
        }
        let provider = |of: &Value| of.get("capacityProviderConfiguration").is_some_and(|provider| !provider.is_null());
        if provider(raw) == provider(&body) || live.runtime.status() == "CREATE_FAILED" {
            return Ok(());
        }
        let (before, after) =
            if provider(raw) { ("a capacity provider", "microVMs") } else { ("microVMs", "a capacity provider") };
        Err(Error::usage(format!("the runtime of `{name}` runs on {before}, and AWS cannot move it to {after}"))
            .code(Code::RuntimeCompute)
            .hint(format!("`agentcore destroy --agent {name}` and launch again: the runtime gets another id and ARN"))
            .hint("or configure an agent of another name beside it: `agentcore configure --name NAME`"))
    }

    /// Removing or widening inbound auth is only done when it was asked for by name.
    pub(super) fn check_authorizer(&self, live: &ObservedRuntime) -> Result<()> {
        let (live_value, wanted_value) = (live.runtime.authorizer(), self.spec.authorizer.as_ref());
        if live_value == wanted_value || self.allow_auth_change {
            return Ok(());
        }
        let name = &self.agent().name;
        let refuse = |what: String| {
            let error = Error::new(Kind::Usage, format!("this would weaken who may call `{name}`: {what}"))
                .code(Code::AuthChangeRefused)
                .hint(format!("if it is meant: `{} --allow-auth-change`", self.command));
            match live_value {
                Some(live) => error.hint(format!(
                    "to keep what is deployed: `agentcore configure --name {name} --authorizer-config {}`",
                    quoted(&json!({ "customJWTAuthorizer": live }).to_string())
                )),
                None => error,
            }
        };
        match authorizer_change(live_value, wanted_value) {
            Ok(AuthorizerChange::Same | AuthorizerChange::Stricter) => Ok(()),
            Ok(AuthorizerChange::Weaker(reasons)) => Err(refuse(reasons.join("; "))),
            Ok(AuthorizerChange::OtherIssuer { live, wanted }) => {
                Err(refuse(format!("the issuer changes from {live} to {wanted}")))
            }
            Err(why) => Err(refuse(why.to_owned())),
        }
    }
}
