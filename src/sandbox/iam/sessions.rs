//! Sessions of roles: who may have one, and what it may do.
//!
//! Owns: the evaluation of trust policies for people and pipelines, and of a session's policies together: the role's own, its
//! boundary, the session's. Does not own: credentials (`caller`), the requests (`permissions`, `sts`).

use super::policy::{self, Decision, Principal, RequestContext};
use crate::partition::Arn;
use crate::sandbox::SharedSandbox;
use crate::sandbox::caller::RoleSession;

/// The policy that a session fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PolicyDenial {
    kind: &'static str,
    /// By a Deny; else because nothing allows it.
    explicit: bool,
}

impl PolicyDenial {
    /// Whether a Deny says so, which no other policy's Allow outweighs.
    pub(crate) fn is_explicit(self) -> bool {
        self.explicit
    }

    /// What the service says after the resource.
    pub(crate) fn reason(self, action: &str) -> String {
        let Self { kind, explicit } = self;
        let article = if kind.starts_with('i') { "an" } else { "a" };
        if explicit {
            format!("with an explicit deny in {article} {kind}")
        } else {
            format!("because no {kind} allows the {action} action")
        }
    }
}

/// Whether a session may do something: its role's policies allow it, and so do the role's boundary and the policy of the session
/// where there is one. Nothing is allowed to a session of a role that does not exist.
///
/// # Errors
/// The policy that it fails; one that denies before one that is silent.
pub(crate) fn session_decides(
    sandbox: &SharedSandbox,
    session: &RoleSession,
    (action, resource): (&str, &str),
    (keys, complete): (&[(&str, &str)], bool),
) -> Result<(), PolicyDenial> {
    let info = &sandbox.info;
    let own = [
        ("aws:PrincipalArn", session.role.as_str()),
        ("aws:PrincipalAccount", info.account.as_str()),
        ("aws:RequestedRegion", info.region.as_str()),
    ];
    let context: Vec<(&str, &str)> = keys.iter().copied().chain(own).collect();
    let ask = RequestContext { principal: None, action, resource, context: &context, complete };
    let mut decisions = Vec::new();
    sandbox.state.iam.read(|iam| {
        let Some(role) = iam.by_arn(&session.role) else {
            decisions.push(("identity-based policy", Decision::Silent));
            return;
        };
        decisions.push(("identity-based policy", super::decide(iam, role, ask)));
        let bounds = role.boundary.as_ref().map(|arn| (arn, iam.policies.get(arn)));
        let decision = match bounds {
            Some((_, Some(policy))) => Some(policy::decide([policy.document()], ask)),
            // The text of AWS's own policies is not known, and bounds nothing here.
            Some((arn, None)) if arn.parse::<Arn>().is_ok_and(|arn| arn.account == "aws") => None,
            // A role can be made before its boundary is. Until then nothing is within it.
            Some((_, None)) => Some(Decision::Silent),
            None => None,
        };
        decisions.extend(decision.map(|decision| ("permissions boundary", decision)));
    });
    if let Some(document) = &session.policy {
        decisions.push(("session policy", policy::decide([document.as_str()], ask)));
    }
    let denied = |wanted: Decision| {
        let found = decisions.iter().find(|(_, decision)| *decision == wanted);
        found.map(|(kind, _)| PolicyDenial { kind, explicit: wanted == Decision::Denied })
    };
    denied(Decision::Denied).or_else(|| denied(Decision::Silent)).map_or(Ok(()), Err)
}

/// A role that may be assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AssumedRole {
    /// Seconds.
    pub(crate) longest: u32,
    /// Its trust policy names the caller's account: the caller's own policies have to allow it too.
    pub(crate) by_account: bool,
}

/// The role, where its trust policy lets this principal assume it with this action. For a principal of an account, the ARN of the
/// account's root counts as well.
pub(crate) fn assumable(
    sandbox: &SharedSandbox,
    role_arn: &str,
    (principal, action): (Principal<'_>, &str),
    context: &[(&str, &str)],
) -> Option<AssumedRole> {
    let account = sandbox.info.account.as_str();
    if !role_arn.parse::<Arn>().is_ok_and(|arn| arn.account == account) {
        return None;
    }
    let region = [("aws:RequestedRegion", sandbox.info.region.as_str())];
    let context: Vec<(&str, &str)> = context.iter().copied().chain(region).collect();
    let root = sandbox.info.partition().arn("iam", "", account, "root").to_string();
    sandbox.state.iam.read(|iam| {
        let role = iam.by_arn(role_arn)?;
        let trusts = |principal: Principal<'_>| {
            let ask =
                RequestContext { principal: Some(principal), action, resource: "*", context: &context, complete: true };
            policy::decide([role.trust.as_str()], ask)
        };
        let as_account = match principal {
            Principal::Aws(_) => trusts(Principal::Aws(&[root.as_str(), account])),
            _ => Decision::Silent,
        };
        let decision = trusts(principal);
        let by_account = match (decision, as_account) {
            (Decision::Denied, _) | (_, Decision::Denied) => return None,
            (Decision::Allowed, _) => false,
            (Decision::Silent, Decision::Allowed) => true,
            (Decision::Silent, Decision::Silent) => return None,
        };
        Some(AssumedRole { longest: role.max_session, by_account })
    })
}
