//! Gateways of AgentCore: found by their exact name or their id, made, changed without losing a member, deleted.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::execution_role::RoleReady;
use super::gateway_owner::GatewayOwner;
use super::owner::{self, Owner};
use super::plan::{Action, FieldChange, ResourceKind};
use super::provider_body::text;
use super::vault::wire_tags;
use crate::auth::{Authorizer, AuthorizerChange};
use crate::cloud::Cloud;
use crate::error::{Code, Error, Kind, Result};
use crate::wait::{self, Probe, Schedule};

/// Members of GetGateway that an update must not send back.
const READ_ONLY: &[&str] = &[
    "createdAt",
    "gatewayArn",
    "gatewayId",
    "gatewayUrl",
    "status",
    "statusReasons",
    "updatedAt",
    "webAclArn",
    "workloadIdentityDetails",
];

/// Which gateway is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GatewayKey {
    Id(String),
    /// The exact name.
    Name(String),
}

/// What is to become of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GatewayGoal {
    /// To be there, made by this program for this project.
    There,
    /// To be as wanted, whoever made it. `adopt` changes another project's too.
    Changed { adopt: bool },
    /// To be gone. `adopt` deletes another project's too.
    Deleted { adopt: bool },
}

/// What is wanted of a gateway.
#[derive(Debug)]
pub(crate) struct McpGateway<'a> {
    pub(crate) owner: &'a GatewayOwner,
    pub(crate) key: GatewayKey,
    pub(crate) goal: GatewayGoal,
    /// In the wire's form, the name and the role excepted. What is not named stays as it is.
    pub(crate) members: Map<String, Value>,
    /// ARN of the role that it is to have; `None` leaves it as it is.
    pub(crate) role_arn: Option<String>,
    /// What a creation waits for, and a change where the role may do more since this run began.
    pub(crate) role: Late<RoleReady>,
    /// Wait until it is READY, or gone.
    pub(crate) waits: bool,
}

/// A gateway that is there, with every member.
#[derive(Clone, Debug)]
pub(crate) struct ObservedGateway {
    pub(crate) raw: Value,
    /// `None` where the caller may not read them.
    pub(crate) tags: Option<Vec<(String, String)>>,
}

impl ObservedGateway {
    pub(crate) fn id(&self) -> &str {
        text(&self.raw, "gatewayId")
    }

    pub(crate) fn name(&self) -> &str {
        text(&self.raw, "name")
    }

    /// Whether it is another project's than `project`, going by its tags. One whose tags may not be read may be.
    pub(crate) fn is_another_projects(&self, project: Option<&str>) -> bool {
        self.tags.as_deref().is_none_or(|tags| owner::is_another_projects(tags, project))
    }

    /// The refusal of one that is, or may be, another project's.
    pub(crate) fn refusal(&self) -> Error {
        let what = format!("the gateway `{}`", self.name());
        match &self.tags {
            Some(_) => owner::refusal_of(&what),
            None => Error::usage(format!("{what} may belong to another project"))
                .code(Code::ProjectOther)
                .cause(owner::UNREADABLE_TAGS),
        }
    }

    fn is_going(&self) -> bool {
        text(&self.raw, "status") == "DELETING"
    }

    async fn read(cloud: &Cloud, id: &str) -> Result<Option<Self>> {
        let Some(raw) = cloud.gateway(id).await? else { return Ok(None) };
        let tags = cloud.resource_tags(text(&raw, "gatewayArn")).await?;
        Ok(Some(Self { raw, tags }))
    }
}

/// The gateway with this id, or with this exact name, over all pages.
///
/// # Errors
/// Exit 2 for a name that several have.
pub(crate) async fn find(cloud: &Cloud, key: &GatewayKey) -> Result<Option<ObservedGateway>> {
    let name = match key {
        GatewayKey::Id(id) => return ObservedGateway::read(cloud, id).await,
        GatewayKey::Name(name) => name,
    };
    let all = cloud.gateways().await?;
    let ids: Vec<&str> =
        all.iter().filter(|item| text(item, "name") == name).map(|item| text(item, "gatewayId")).collect();
    match ids.as_slice() {
        [] => Ok(None),
        [id] => ObservedGateway::read(cloud, id).await,
        [first, ..] => Err(Error::usage(format!("{} gateways have the name `{name}`", ids.len()))
            .code(Code::InputAmbiguous)
            .cause(format!("their ids are {}", ids.join(", ")))
            .hint(format!("say which one: `agentcore gateway get-mcp-gateway --id {first}`"))),
    }
}

impl McpGateway<'_> {
    fn label(&self) -> &str {
        match &self.key {
            GatewayKey::Id(text) | GatewayKey::Name(text) => text,
        }
    }

    fn taken(&self, live: &ObservedGateway) -> Error {
        let name = live.name();
        let why = if live.tags.is_some() {
            "its tags do not say that this program made it for this project"
        } else {
            owner::UNREADABLE_TAGS
        };
        Error::usage(format!("there is a gateway `{name}` already, and it is not this project's"))
            .code(Code::GatewayTaken)
            .cause(why)
            .hint("choose another `--name`")
            .hint(format!("or look at it: `agentcore gateway get-mcp-gateway --id {}`", live.id()))
    }

    /// Waits for the end of a change that is going on.
    async fn settled(&self, cx: &Context<'_>, id: &str) -> Result<()> {
        wait::until(cx.schedule(), &format!("the gateway `{id}`"), || async {
            let status = cx.cloud.gateway(id).await?.map(|raw| text(&raw, "status").to_owned());
            Ok(match status {
                Some(status) if matches!(status.as_str(), "CREATING" | "UPDATING") => Probe::Pending(status),
                _ => Probe::Done(()),
            })
        })
        .await
    }

    async fn ready(&self, cx: &Context<'_>, made: ObservedGateway) -> Result<ObservedGateway> {
        if !self.waits {
            return Ok(made);
        }
        let raw = wait_ready(cx.cloud, made.id(), cx.patience.left()).await?;
        Ok(ObservedGateway { raw, ..made })
    }
}

impl Resource for McpGateway<'_> {
    type Observed = ObservedGateway;
    type Change = FieldChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::Gateway
    }

    fn name(&self) -> String {
        self.label().to_owned()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::GatewayServiceRole]
    }

    /// One that is being deleted is none, where one is to be there.
    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedGateway>> {
        let found = find(cloud, &self.key).await?;
        Ok(found.filter(|live| self.goal != GatewayGoal::There || !live.is_going()))
    }

    fn standing(&self, observed: Option<&ObservedGateway>) -> Standing {
        let owner = match (self.goal, observed) {
            (_, None) => Owner::Unknown,
            (GatewayGoal::There, Some(live)) => self.owner.of(live.tags.as_deref()),
            (GatewayGoal::Changed { adopt } | GatewayGoal::Deleted { adopt }, Some(live)) => {
                let of_another = live.is_another_projects(self.owner.project.as_deref());
                if of_another && !adopt { Owner::Other } else { Owner::Ours }
            }
        };
        Standing::Managed(owner)
    }

    fn check(&self, observed: Option<&ObservedGateway>) -> Result<()> {
        let Some(live) = observed.filter(|_| self.goal == GatewayGoal::There) else { return Ok(()) };
        if !self.owner.of(live.tags.as_deref()).is_ours() {
            return Err(self.taken(live));
        }
        if text(&live.raw, "status") == "FAILED" {
            return Err(failed(live.id(), "FAILED", &live.raw));
        }
        Ok(())
    }

    fn refusal(&self, observed: &ObservedGateway) -> Error {
        match self.goal {
            GatewayGoal::There => self.taken(observed),
            GatewayGoal::Changed { .. } | GatewayGoal::Deleted { .. } => {
                let verb = if matches!(self.goal, GatewayGoal::Deleted { .. }) { "delete" } else { "change" };
                observed.refusal().hint(format!("to {verb} it all the same, add `--adopt`"))
            }
        }
    }

    fn diff(&self, observed: &ObservedGateway) -> Vec<FieldChange> {
        let role = self.role_arn.as_ref().map(|arn| ("roleArn", json!(arn)));
        let wanted = self.members.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let each = wanted.chain(role).filter_map(|(name, wanted)| {
            let found = observed.raw.get(name);
            if name == "authorizerConfiguration" {
                return authorizer_change(found, &wanted);
            }
            let holds = found.is_some_and(|found| contains(found, &wanted));
            (!holds).then(|| FieldChange::shown(name, found, Some(&wanted)))
        });
        each.collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedGateway>> {
        let GatewayKey::Name(name) = &self.key else { return Err(missing(self.label())) };
        let role = self.role.require()?;
        let tags = self.owner.tags();
        let mut body = self.members.clone();
        body.insert("name".to_owned(), json!(name));
        body.insert("roleArn".to_owned(), json!(role.arn));
        body.insert("tags".to_owned(), wire_tags(&tags));
        let body = Value::Object(body);
        let creation = || async {
            match cx.cloud.create_gateway(&body).await? {
                Some(raw) => Ok(Probe::Done(Some(raw))),
                None if find(cx.cloud, &self.key).await?.is_some_and(|live| live.is_going()) => {
                    Ok(Probe::Pending("DELETING".to_owned()))
                }
                None => Ok(Probe::Done(None)),
            }
        };
        let creation = || wait::until(cx.schedule(), "the deletion of a gateway of this name", creation);
        match spread(&role.arn, role.patience, cx, creation).await? {
            Some(raw) => {
                let made = ObservedGateway { raw, tags: Some(tags) };
                Ok(Made { observed: self.ready(cx, made).await?, action: Action::Create })
            }
            // It came up between the look and the request, or the first answer was lost.
            None => {
                let gone = || Error::failed(format!("a gateway `{name}` is in the way and cannot be read"));
                let live = find(cx.cloud, &self.key).await?.ok_or_else(gone)?;
                self.check(Some(&live))?;
                Ok(Made { observed: self.ready(cx, live).await?, action: Action::Unchanged })
            }
        }
    }

    /// Writes back what is there with what is wanted on top of it: the service forgets what a request leaves out.
    async fn update(
        &self,
        observed: &ObservedGateway,
        _changes: &[FieldChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedGateway>> {
        self.settled(cx, observed.id()).await?;
        let mut body = observed.raw.as_object().cloned().unwrap_or_default();
        body.retain(|name, value| !READ_ONLY.contains(&name.as_str()) && !value.is_null());
        body.extend(self.members.clone());
        body.extend(self.role_arn.as_ref().map(|arn| ("roleArn".to_owned(), json!(arn))));
        let body = Value::Object(body);
        let id = observed.id();
        let request = || cx.cloud.update_gateway(id, &body);
        let request = || cx.patience.through(request);
        let raw = match self.role.get() {
            Some(role) => spread(&role.arn, role.patience, cx, request).await?,
            None => request().await?,
        };
        let made = ObservedGateway { raw, tags: observed.tags.clone() };
        Ok(Made { observed: self.ready(cx, made).await?, action: Action::Update })
    }

    /// A run that was cut off may have left one that is not READY yet.
    async fn confirm(&self, observed: &ObservedGateway, cx: &Context<'_>) -> Result<()> {
        if self.waits && text(&observed.raw, "status") != "READY" {
            wait_ready(cx.cloud, observed.id(), cx.patience.left()).await?;
        }
        Ok(())
    }

    fn record(&self, _observed: Option<&ObservedGateway>, _ours: bool) -> Result<()> {
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        Ok(())
    }

    async fn removal(&self, observed: Option<&ObservedGateway>, _cloud: &Cloud) -> Result<Removal> {
        Ok(match (observed, self.standing(observed)) {
            (None, _) => Fate::Gone.into(),
            (Some(_), Standing::Managed(Owner::Other)) => Fate::Keep("belongs to another project".to_owned()).into(),
            (Some(_), _) => Fate::Delete(None).into(),
        })
    }

    async fn delete(&self, observed: &ObservedGateway, cx: &Context<'_>) -> Result<()> {
        let id = observed.id();
        if !observed.is_going() {
            // Targets that are being deleted are still there for a while.
            cx.patience.through(|| cx.cloud.delete_gateway(id)).await?;
        }
        if !self.waits {
            return Ok(());
        }
        wait::until(cx.schedule(), &format!("the deletion of `{id}`"), || async {
            Ok(match cx.cloud.gateway(id).await? {
                None => Probe::Done(()),
                Some(raw) => Probe::Pending(text(&raw, "status").to_owned()),
            })
        })
        .await
    }

    fn done(&self, observed: &ObservedGateway) -> String {
        format!("gateway {}", observed.id())
    }
}

/// Whether `found` has everything of `wanted`: the service adds members of its own to structures.
pub(super) fn contains(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            wanted.iter().all(|(name, wanted)| found.get(name).is_some_and(|found| contains(found, wanted)))
        }
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| contains(found, wanted))
        }
        _ => found == wanted,
    }
}

/// Authorizers are compared by their meaning: the order of values does not count.
fn authorizer_change(found: Option<&Value>, wanted: &Value) -> Option<FieldChange> {
    let inner = |value: Option<&Value>| value.and_then(|value| value.get("customJWTAuthorizer")).cloned();
    let (before, after) = (inner(found), inner(Some(wanted)));
    let parse = |value: &Option<Value>| value.as_ref().map(Authorizer::from_wire).transpose();
    let meaning = match (parse(&before), parse(&after)) {
        (Ok(before), Ok(after)) => match crate::auth::compare(before.as_ref(), after.as_ref()) {
            AuthorizerChange::Same => return None,
            AuthorizerChange::Stricter => "lets fewer callers in".to_owned(),
            AuthorizerChange::Weaker(reasons) => format!("lets more callers in ({})", reasons.join("; ")),
            AuthorizerChange::OtherIssuer { .. } => "other callers: another issuer".to_owned(),
        },
        _ if before == after => return None,
        _ => "the authorizer that is there has a form that this version cannot compare".to_owned(),
    };
    Some(FieldChange::shown("authorizer", before.as_ref(), after.as_ref()).meaning(meaning))
}

/// # Errors
/// Exit 5.
pub(crate) fn missing(label: &str) -> Error {
    Error::not_found(format!("there is no gateway `{label}`"))
        .code(Code::GatewayNotFound)
        .hint("`agentcore gateway list-mcp-gateways` shows those that are there")
}

/// Why the service could not make or change something, in its own words.
pub(super) fn reasons(raw: &Value) -> Vec<String> {
    let list = raw.get("statusReasons").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn failed(id: &str, status: &str, raw: &Value) -> Error {
    let error = Error::failed(format!("the gateway `{id}` is {status}")).code(Code::GatewayFailed);
    let reasons = reasons(raw);
    let error = match reasons.is_empty() {
        true => error.cause("the service gave no reason"),
        false => reasons.into_iter().fold(error, Error::cause),
    };
    error.hint(format!("fix the cause, delete it, and make it again: `agentcore gateway delete-mcp-gateway --id {id}`"))
}

/// Waits until a gateway is READY.
///
/// # Errors
/// One that failed, at once; [`Kind::Deadline`] after `limit`.
pub(crate) async fn wait_ready(cloud: &Cloud, id: &str, limit: Duration) -> Result<Value> {
    wait::until(cloud.schedule(limit), &format!("the gateway `{id}`"), || async {
        let raw = cloud.gateway(id).await?.ok_or_else(|| missing(id))?;
        match text(&raw, "status").to_owned() {
            status if status == "READY" => Ok(Probe::Done(raw)),
            status if matches!(status.as_str(), "FAILED" | "UPDATE_UNSUCCESSFUL" | "DELETING") => {
                Err(failed(id, &status, &raw))
            }
            status => Ok(Probe::Pending(status)),
        }
    })
    .await
    .map_err(|error| match error.kind() {
        Kind::Deadline => error.hint(format!(
            "the service goes on working: `agentcore gateway get-mcp-gateway --id {id}` shows how far it is"
        )),
        _ => error,
    })
}

/// Repeats a request that the service refuses because IAM has not spread a new role or policy yet. How the service words that
/// for gateways is not known: a refusal counts that is about this role or of what this role may do, and not about the caller.
pub(super) async fn spread<T, F, Fut>(role: &str, patience: Duration, cx: &Context<'_>, request: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let (first, max) = (Duration::from_secs(1), Duration::from_secs(10));
    let schedule = Schedule { first, max, ..Schedule::until(patience) };
    let is_passing = |error: &Error| is_about_role(error, role);
    let told = |_: &Error| cx.events.detail("gateway", "waiting for IAM to spread the role");
    wait::retry(schedule, is_passing, told, request).await
}

fn is_about_role(error: &Error, role: &str) -> bool {
    let is_refusal = ["ValidationException", "AccessDeniedException"].contains(&error.code_str());
    let names_role = |text: &str| {
        let session = format!("assumed-role/{}/", role.rsplit('/').next().unwrap_or_default());
        !role.is_empty() && (text.contains(role) || text.contains(&session))
    };
    let about = |cause: &String| match cause.split_once("not authorized to perform") {
        // Who may not stands before it, and on what behind it.
        Some((who, _)) => names_role(who),
        None => names_role(cause) || cause.contains("assume") || cause.contains("Role validation failed"),
    };
    is_refusal && error.causes().iter().any(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_members_than_wanted_are_no_difference() {
        let found = json!({ "mcp": { "searchType": "SEMANTIC", "supportedVersions": ["2025-06-18"] } });
        assert!(contains(&found, &json!({ "mcp": { "searchType": "SEMANTIC" } })));
        assert!(!contains(&found, &json!({ "mcp": { "searchType": "OTHER" } })));
        assert!(!contains(&found, &json!({ "mcp": { "instructions": "x" } })));
        assert!(!contains(&json!([1, 2]), &json!([1])));
    }

    #[test]
    fn refusal_of_the_caller_is_not_waited_for() {
        let refused = |code: &str, cause: &str| Error::failed("x").aws_code(code.to_owned()).cause(cause.to_owned());
        let role = "arn:aws:iam::1:role/r";
        assert!(is_about_role(&refused("ValidationException", "Role validation failed for 'arn'"), role));
        assert!(is_about_role(&refused("AccessDeniedException", "cannot assume arn:aws:iam::1:role/r"), role));
        let pass = "User: u is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/r";
        assert!(!is_about_role(&refused("AccessDeniedException", pass), role));
        for who in [role, "User: arn:aws:sts::1:assumed-role/r/session"] {
            let own = format!("{who} is not authorized to perform: lambda:InvokeFunction on resource: f");
            assert!(is_about_role(&refused("AccessDeniedException", &own), role), "{own}");
            assert!(!is_about_role(&refused("AccessDeniedException", &own), ""), "{own}");
        }
        assert!(!is_about_role(&refused("ValidationException", "1 validation error detected"), role));
    }

    #[test]
    fn order_in_an_authorizer_is_no_difference() {
        let authorizer = |clients: &[&str]| {
            json!({ "customJWTAuthorizer": {
                "discoveryUrl": "https://i/.well-known/openid-configuration", "allowedClients": clients } })
        };
        assert_eq!(authorizer_change(Some(&authorizer(&["a", "b"])), &authorizer(&["b", "a"])), None);
        let change = authorizer_change(Some(&authorizer(&["a"])), &authorizer(&["a", "b"])).unwrap();
        assert!(change.to_string().contains("lets more callers in"), "{change}");
    }
}
