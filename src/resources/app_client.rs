//! An app client of a user pool: one for people, or one with a secret, for machines or for agents that send people to the
//! sign-in page.

use serde_json::{Map, Value, json};

use super::engine::{Context, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, FieldChange, Presence, ResourceKind};
use super::setup_record::SetupRecord;
use super::user_pool::{PoolReady, removal_of_part};
use crate::cloud::Cloud;
use crate::config::{CognitoSetup, ConfidentialClient, SetupPart, SetupSettings};
use crate::error::{Code, Error, Result};
use crate::redact::ExposeSecret;

const CALLBACKS: &str = "CallbackURLs";

/// Whom a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientPurpose {
    People,
    Machines,
    /// Its holder gets tokens of people who agree to it on the sign-in page.
    Web,
}

/// What is wanted of the client; names are not unique in a pool.
#[derive(Debug)]
pub(crate) struct AppClient<'a> {
    pub(crate) record: &'a SetupRecord,
    pub(crate) pool: Late<PoolReady>,
    pub(crate) purpose: ClientPurpose,
    pub(crate) name: String,
    /// The members of the wire form that matter.
    pub(crate) members: Map<String, Value>,
    /// The client's id.
    pub(crate) ready: Late<String>,
}

/// A part of a client that is not as it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ClientChange {
    Member {
        name: String,
        before: Value,
        after: Value,
    },
    /// Another client came in the place of the one that is stored.
    Id {
        stored: String,
        found: String,
    },
    /// Its secret is not the stored one.
    Secret,
}

impl From<ClientChange> for FieldChange {
    fn from(change: ClientChange) -> Self {
        match change {
            ClientChange::Member { name, before, after } => Self::shown(name, Some(&before), Some(&after)),
            ClientChange::Id { stored, found } => Self::shown("ClientId", Some(&found.into()), Some(&stored.into())),
            ClientChange::Secret => Self::secret("ClientSecret", Presence::Changed),
        }
    }
}

impl AppClient<'_> {
    const fn part(&self) -> SetupPart {
        match self.purpose {
            ClientPurpose::People => SetupPart::UserClient,
            ClientPurpose::Machines => SetupPart::MachineClient,
            ClientPurpose::Web => SetupPart::WebClient,
        }
    }

    fn stored_id(&self) -> Option<String> {
        let setup = self.record.setup();
        match self.purpose {
            ClientPurpose::People => setup.user_client,
            ClientPurpose::Machines => setup.machine_client.map(|client| client.id),
            ClientPurpose::Web => setup.web_client.map(|client| client.id),
        }
    }

    /// Whether it is the one that is stored, or none is: its creation was cut off.
    fn is_stored(&self, client: &Value) -> bool {
        self.stored_id().is_none_or(|id| id_of(client) == Some(&id))
    }

    const fn has_secret(&self) -> bool {
        !matches!(self.purpose, ClientPurpose::People)
    }

    /// Without a secret such a client is of no use, and one cannot be added to it.
    fn require_secret(&self, client: &Value) -> Result<()> {
        if !self.has_secret() || self.record.by_record() || confidential_client_of(client)?.secret.is_some() {
            return Ok(());
        }
        let (user, hint) = match self.purpose {
            ClientPurpose::Web => ("no agent", "delete it, or choose another `--pool-name`"),
            _ => ("no machine", "choose another name with `--machine-client-name`"),
        };
        Err(Error::usage(format!("the app client `{}` has no secret, so {user} can use it", self.name))
            .code(Code::IdentityNoSecret)
            .hint(hint))
    }

    fn differing_secret(&self, client: &Value) -> bool {
        let CognitoSetup { machine_client, web_client, .. } = self.record.setup();
        let stored = if self.purpose == ClientPurpose::Web { web_client } else { machine_client };
        let stored = stored.and_then(|client| client.secret);
        let found = confidential_client_of(client).ok().and_then(|client| client.secret);
        match (&stored, &found) {
            (Some(stored), Some(found)) => stored.expose_secret() != found.expose_secret(),
            (stored, found) => stored.is_some() != found.is_some(),
        }
    }

    /// What is wanted, with the callback URLs that a web client has already: credential providers put theirs there.
    fn wanted(&self, live: &Value) -> Map<String, Value> {
        let mut members = self.members.clone();
        if self.purpose == ClientPurpose::Web
            && let Some(Value::Array(wanted)) = members.get_mut(CALLBACKS)
        {
            let known = live.get(CALLBACKS).and_then(Value::as_array).into_iter().flatten();
            let more: Vec<Value> = known.filter(|url| !wanted.contains(url)).cloned().collect();
            wanted.extend(more);
        }
        members
    }

    fn set_ready(&self, client: &Value) {
        if let Some(id) = id_of(client) {
            self.ready.set(id.to_owned());
        }
    }
}

fn id_of(client: &Value) -> Option<&str> {
    client.get("ClientId").and_then(Value::as_str)
}

fn confidential_client_of(client: &Value) -> Result<ConfidentialClient> {
    let id = id_of(client).ok_or_else(|| Error::failed("Cognito gave no client id"))?.to_owned();
    let secret = client.get("ClientSecret").and_then(Value::as_str).map(|text| text.to_owned().into());
    Ok(ConfidentialClient { id, secret })
}

impl Resource for AppClient<'_> {
    /// The wire form, its secret included.
    type Observed = Value;
    type Change = ClientChange;

    fn kind(&self) -> ResourceKind {
        match self.purpose {
            ClientPurpose::People => ResourceKind::UserClient,
            ClientPurpose::Machines => ResourceKind::MachineClient,
            ClientPurpose::Web => ResourceKind::WebClient,
        }
    }

    fn name(&self) -> String {
        match self.ready.get().or_else(|| self.stored_id().filter(|_| self.record.by_record())) {
            Some(id) => format!("{id} ({})", self.name),
            None => self.name.clone(),
        }
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    /// A client may have only those scopes that exist, and Cognito changes one client of a pool at a time.
    fn comes_after(&self) -> &'static [ResourceKind] {
        match self.purpose {
            ClientPurpose::People | ClientPurpose::Web => self.needs(),
            ClientPurpose::Machines => {
                &[ResourceKind::UserPool, ResourceKind::ResourceServer, ResourceKind::UserClient]
            }
        }
    }

    fn observed_after(&self) -> &'static [ResourceKind] {
        &[ResourceKind::UserPool]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<Value>> {
        let Some(pool) = self.pool.get().filter(|_| !self.record.passes_over(&self.part())) else { return Ok(None) };
        let mut found = match self.stored_id() {
            Some(id) => cloud.user_pool_client(&pool.id, &id).await?,
            None => None,
        };
        if found.is_none()
            && let Some(id) = cloud.find_user_pool_client(&pool.id, &self.name).await?
        {
            found = cloud.user_pool_client(&pool.id, &id).await?;
        }
        found.iter().for_each(|client| self.set_ready(client));
        Ok(found)
    }

    fn standing(&self, observed: Option<&Value>) -> Standing {
        // The mark is the stored client's: another of the same name is somebody's.
        let is_stored = observed.is_some_and(|client| self.is_stored(client));
        let is_ours = |pool: PoolReady| pool.is_ours || (is_stored && pool.made(self.record, &self.part()));
        Standing::Managed(if self.pool.get().is_some_and(is_ours) { Owner::Ours } else { Owner::Unknown })
    }

    fn check(&self, observed: Option<&Value>) -> Result<()> {
        observed.map_or(Ok(()), |client| self.require_secret(client))
    }

    /// Lists are sets here: Cognito keeps no order. Objects are compared by what is wanted of them.
    fn diff(&self, observed: &Value) -> Vec<ClientChange> {
        let by_record = self.record.by_record();
        let replaced = self.stored_id().zip(id_of(observed)).filter(|(stored, found)| by_record && stored != found);
        if let Some((stored, found)) = replaced {
            return vec![ClientChange::Id { stored, found: found.to_owned() }];
        }
        let mut changes: Vec<ClientChange> = self
            .wanted(observed)
            .into_iter()
            .map(|(name, wanted)| {
                let found = observed.get(&name).cloned().unwrap_or_default();
                (name, wanted, found)
            })
            .filter(|(_, wanted, found)| !fits(wanted, found))
            .map(|(name, after, before)| ClientChange::Member { name, before, after })
            .collect();
        if by_record && self.has_secret() && changes.is_empty() && self.differing_secret(observed) {
            changes.push(ClientChange::Secret);
        }
        changes
    }

    fn kept_because(&self, observed: Option<&Value>) -> Option<String> {
        let changes = self.diff(observed?);
        let each = changes.into_iter().map(|change| match change {
            ClientChange::Member { name, before, after } => format!("{name} is {before}, not {after}"),
            other => FieldChange::from(other).sentence(),
        });
        let each = each.collect::<Vec<_>>().join("; ");
        (!each.is_empty()).then(|| format!("set-up did not make this client, so it stays as it is: {each}"))
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<Value>> {
        let pool = self.pool.require()?;
        let mut body = self.members.clone();
        body.insert("UserPoolId".to_owned(), json!(pool.id));
        body.insert("ClientName".to_owned(), json!(self.name));
        body.insert("GenerateSecret".to_owned(), json!(self.has_secret()));
        body.insert("RefreshTokenValidity".to_owned(), json!(30));
        let body = Value::Object(body);
        let client = self.record.create(&self.part(), cx.patience, || cx.cloud.create_user_pool_client(&body)).await?;
        self.require_secret(&client)?;
        self.set_ready(&client);
        Ok(Made { observed: client, action: Action::Create })
    }

    async fn update(&self, observed: &Value, _changes: &[ClientChange], cx: &Context<'_>) -> Result<Made<Value>> {
        let pool = self.pool.require()?;
        let body = update_body(&pool.id, observed, &self.wanted(observed));
        let client = cx.patience.through(|| cx.cloud.update_user_pool_client(&body)).await?;
        // An answer without the secret must not lose it.
        let client = if client.get("ClientSecret").is_some() { client } else { observed.clone() };
        Ok(Made { observed: client, action: Action::Update })
    }

    fn record(&self, observed: Option<&Value>, ours: bool) -> Result<()> {
        let Some(client) = observed else { return Ok(()) };
        let client = confidential_client_of(client)?;
        self.record.write(|setup| {
            if !ours {
                setup.unmark_created(&self.part());
            }
            match self.purpose {
                ClientPurpose::People => setup.user_client = Some(client.id),
                ClientPurpose::Machines => setup.machine_client = Some(client),
                ClientPurpose::Web => setup.web_client = Some(client),
            }
        })
    }

    fn erase(&self) -> Result<()> {
        self.record.write(|setup| {
            setup.unmark_created(&self.part());
            match self.purpose {
                ClientPurpose::People => setup.user_client = None,
                ClientPurpose::Machines => setup.machine_client = None,
                ClientPurpose::Web => setup.web_client = None,
            }
        })
    }

    async fn removal(&self, observed: Option<&Value>, _cloud: &Cloud) -> Result<Removal> {
        let is_own = observed.map(|client| self.is_stored(client));
        Ok(removal_of_part(self.record, &self.part(), is_own))
    }

    async fn delete(&self, observed: &Value, cx: &Context<'_>) -> Result<()> {
        let pool = self.pool.require()?;
        let id = id_of(observed).unwrap_or_default();
        cx.patience.through(|| cx.cloud.delete_user_pool_client(&pool.id, id)).await.map(drop)
    }

    fn done(&self, _observed: &Value) -> String {
        format!("{} {}", self.kind(), self.name())
    }
}

fn fits(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.iter().all(|item| found.contains(item)) && found.iter().all(|item| wanted.contains(item))
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(key, value)| found.get(key).is_some_and(|found| fits(value, found)))
        }
        (wanted, found) => wanted == found,
    }
}

/// The whole definition for UpdateUserPoolClient: what is there, with what is wanted on top. Its input has the members of
/// the description, less what only the service writes.
pub(crate) fn update_body(pool_id: &str, live: &Value, wanted: &Map<String, Value>) -> Value {
    let mut body = live.as_object().cloned().unwrap_or_default();
    for member in ["ClientSecret", "CreationDate", "LastModifiedDate"] {
        body.remove(member);
    }
    body.insert("UserPoolId".to_owned(), json!(pool_id));
    body.extend(wanted.clone());
    Value::Object(body)
}

fn lifetimes(settings: &SetupSettings) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("AccessTokenValidity".to_owned(), json!(settings.token_minutes));
    out.insert("IdTokenValidity".to_owned(), json!(settings.token_minutes));
    out.insert(
        "TokenValidityUnits".to_owned(),
        json!({ "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days" }),
    );
    out
}

/// The members of the client for people that matter. A password is enough to sign in, because the test user has no
/// browser; a team's client also has the authorization code flow.
pub(crate) fn members_for_people(settings: &SetupSettings) -> Map<String, Value> {
    let mut out = lifetimes(settings);
    out.insert("ExplicitAuthFlows".to_owned(), json!(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]));
    if !settings.callback_urls.is_empty() {
        out.extend(code_flow(settings));
    }
    out
}

/// What the sign-in page asks for: the authorization code flow, and where it may send people back to.
fn code_flow(settings: &SetupSettings) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("AllowedOAuthFlowsUserPoolClient".to_owned(), json!(true));
    out.insert("AllowedOAuthFlows".to_owned(), json!(["code"]));
    out.insert("AllowedOAuthScopes".to_owned(), json!(["openid", "profile", "email"]));
    out.insert("SupportedIdentityProviders".to_owned(), json!(["COGNITO"]));
    out.insert(CALLBACKS.to_owned(), json!(settings.callback_urls));
    out
}

/// The members of the web client that matter: it has the authorization code flow and no other.
pub(crate) fn members_for_web(settings: &SetupSettings) -> Map<String, Value> {
    let mut out = lifetimes(settings);
    out.insert("ExplicitAuthFlows".to_owned(), json!(["ALLOW_REFRESH_TOKEN_AUTH"]));
    out.extend(code_flow(settings));
    out
}

/// The members of the client for machines that matter. `AllowedOAuthFlowsUserPoolClient` is what the token endpoint goes
/// by: without it, it refuses a client that looks configured.
pub(crate) fn members_for_machines(settings: &SetupSettings) -> Map<String, Value> {
    let mut out = lifetimes(settings);
    out.insert("ExplicitAuthFlows".to_owned(), json!(["ALLOW_REFRESH_TOKEN_AUTH"]));
    out.insert("AllowedOAuthFlowsUserPoolClient".to_owned(), json!(true));
    out.insert("AllowedOAuthFlows".to_owned(), json!(["client_credentials"]));
    out.insert("AllowedOAuthScopes".to_owned(), json!(settings.full_scopes()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn update_keeps_every_member_but_read_only_ones() {
        let live = json!({
            "ClientId": "c", "ClientName": "n", "ClientSecret": "s", "CreationDate": 1, "LastModifiedDate": 2,
            "NewerThanThisProgram": { "x": 1 }, "AccessTokenValidity": 60,
        });
        let wanted = json!({ "AccessTokenValidity": 120 });
        let body = update_body("p", &live, wanted.as_object().unwrap());
        assert_eq!(
            body,
            json!({
                "ClientId": "c", "ClientName": "n", "NewerThanThisProgram": { "x": 1 }, "AccessTokenValidity": 120,
                "UserPoolId": "p",
            })
        );
    }

    #[test]
    fn lists_compare_as_sets_and_objects_as_subsets() {
        assert!(fits(&json!(["a", "b"]), &json!(["b", "a"])));
        assert!(!fits(&json!(["a", "b"]), &json!(["b", "a", "c"])));
        assert!(fits(
            &json!({ "AccessToken": "minutes" }),
            &json!({ "AccessToken": "minutes", "RefreshToken": "days" })
        ));
        assert!(!fits(&json!({ "AccessToken": "minutes" }), &json!({ "AccessToken": "hours" })));
        assert!(!fits(&json!(true), &Value::Null));
    }
}
