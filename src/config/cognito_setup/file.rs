//! The JSON text of a stored set-up: keys of the retired starter toolkit, and what only this program needs under `agentcore`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    CognitoSetup, ConfidentialClient, DEFAULT_TOKEN_MINUTES, DEFAULT_USER_CLIENT, SetupFlow, SetupPart, SetupSettings,
};
use crate::redact::SecretString;

/// The file as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct File {
    flow_type: String,
    /// The toolkit's name for what callers of the agent sign in at.
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime: Option<RuntimeMembers>,
    /// The toolkit's name for what the agent itself, or another machine, gets tokens from.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityMembers>,
    agentcore: AgentcoreMembers,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct RuntimeMembers {
    pool_id: Option<String>,
    client_id: Option<String>,
    discovery_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "hidden")]
    password: Option<SecretString>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct IdentityMembers {
    pool_id: Option<String>,
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "hidden")]
    client_secret: Option<SecretString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discovery_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain_prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "hidden")]
    password: Option<SecretString>,
    token_endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_server_identifier: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    /// Of machines `client_credentials`; the toolkit writes none for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    flow_type: String,
}

/// The toolkit's word for the flow of a machine's client.
const MACHINES: &str = "client_credentials";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct AgentcoreMembers {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    settings: SetupSettings,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    /// Of the runtime's pool where there are two; with one pool the token endpoint is a member of `identity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint: Option<String>,
    password_set: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    created: BTreeSet<String>,
    /// What only this program needs of the identity pool, where there are two.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityPoolMembers>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct IdentityPoolMembers {
    settings: SetupSettings,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_endpoint: Option<String>,
    password_set: bool,
    created: BTreeSet<String>,
}

/// A secret as text in the file.
mod hidden {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::redact::{ExposeSecret, SecretString};

    #[expect(clippy::ref_option, reason = "serde's `with` passes a reference to the field")]
    pub(super) fn serialize<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => serializer.serialize_str(secret.expose_secret()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
    }
}

impl From<&CognitoSetup> for File {
    fn from(stored: &CognitoSetup) -> Self {
        let machine = stored.machine_client.as_ref();
        Self {
            flow_type: stored.flow.as_str().to_owned(),
            runtime: Some(RuntimeMembers {
                pool_id: stored.pool_id.clone(),
                client_id: stored.user_client.clone().or_else(|| machine.map(|client| client.id.clone())),
                discovery_url: stored.discovery_url.clone(),
                domain_prefix: stored.domain.clone(),
                username: stored.settings.username.clone(),
                password: stored.password.clone(),
            }),
            identity: match &stored.identity_pool {
                Some(pool) => Some(IdentityMembers::from(&**pool)),
                None => machine.map(|client| IdentityMembers {
                    pool_id: stored.pool_id.clone(),
                    client_id: Some(client.id.clone()),
                    client_secret: client.secret.clone(),
                    token_endpoint: stored.token_endpoint.clone(),
                    resource_server_identifier: stored.settings.resource_server.clone(),
                    scopes: stored.settings.scopes.clone(),
                    flow_type: MACHINES.to_owned(),
                    ..IdentityMembers::default()
                }),
            },
            agentcore: AgentcoreMembers {
                account: stored.account.clone(),
                region: Some(stored.region.clone()),
                project: stored.project.clone(),
                settings: stored.settings.clone(),
                authorization_endpoint: stored.authorization_endpoint.clone(),
                token_endpoint: stored.token_endpoint.clone().filter(|_| stored.identity_pool.is_some()),
                password_set: stored.password_set,
                role_arn: stored.role_arn.clone(),
                created: stored.created.clone(),
                identity: stored.identity_pool.as_ref().map(|pool| IdentityPoolMembers {
                    settings: pool.settings.clone(),
                    authorization_endpoint: pool.authorization_endpoint.clone(),
                    password_set: pool.password_set,
                    created: pool.created.clone(),
                }),
            },
        }
    }
}

impl From<&CognitoSetup> for IdentityMembers {
    fn from(pool: &CognitoSetup) -> Self {
        let client = pool.confidential_client();
        let machines = pool.flow == SetupFlow::Machine;
        Self {
            pool_id: pool.pool_id.clone(),
            client_id: client.map(|client| client.id.clone()),
            client_secret: client.and_then(|client| client.secret.clone()),
            discovery_url: pool.discovery_url.clone(),
            domain_prefix: pool.domain.clone(),
            username: pool.settings.username.clone(),
            password: pool.password.clone(),
            token_endpoint: pool.token_endpoint.clone(),
            resource_server_identifier: pool.settings.resource_server.clone(),
            scopes: pool.settings.scopes.clone(),
            flow_type: if machines { MACHINES.to_owned() } else { String::new() },
        }
    }
}

/// The flat file of this program's first version, for people only.
#[derive(Deserialize)]
struct Flat {
    #[serde(default)]
    account: Option<String>,
    region: String,
    pool_id: String,
    pool_name: String,
    client_id: String,
    discovery_url: String,
    username: String,
    created_pool: bool,
    #[serde(default)]
    password_set: bool,
    password: String,
}

pub(super) fn read(flow: SetupFlow, text: &str) -> serde_json::Result<CognitoSetup> {
    if flow == SetupFlow::User
        && let Ok(flat) = serde_json::from_str::<Flat>(text)
    {
        return Ok(read_flat(flat));
    }
    let File { runtime, identity, agentcore: mut own, .. } = serde_json::from_str(text)?;
    let runtime = runtime.unwrap_or_default();
    let mut settings = own.settings;
    if settings.username.is_none() {
        settings.username = runtime.username;
    }
    if settings.token_minutes == 0 {
        settings.token_minutes = DEFAULT_TOKEN_MINUTES;
    }
    // The toolkit's files have a second pool always, this program's where they say so.
    let of_toolkit = settings.pool_name.is_empty();
    let is_second = |identity: &IdentityMembers| of_toolkit && identity.pool_id != runtime.pool_id;
    let (second, identity) = match (own.identity.take(), identity) {
        (Some(more), identity) => (Some((identity.unwrap_or_default(), more)), None),
        (None, Some(identity)) if is_second(&identity) => (Some((identity, IdentityPoolMembers::default())), None),
        (None, identity) => (None, identity),
    };
    let (mut pool_id, mut machine_client, mut token_endpoint) = (runtime.pool_id, None, own.token_endpoint);
    let user_client = runtime.client_id.filter(|_| runtime.password.is_some());
    if let Some(identity) = identity.filter(|identity| identity.flow_type == MACHINES) {
        if settings.resource_server.is_none() {
            settings.resource_server = identity.resource_server_identifier;
            settings.scopes = identity.scopes;
        }
        token_endpoint = identity.token_endpoint;
        machine_client = identity.client_id.map(|id| ConfidentialClient { id, secret: identity.client_secret });
        pool_id = pool_id.or(identity.pool_id);
    }
    // A pool id begins with its region; a file of the toolkit has no other word of it.
    let region = own.region.or_else(|| pool_id.as_ref()?.split_once('_').map(|(region, _)| region.to_owned()));
    let mut setup = CognitoSetup {
        flow,
        account: own.account,
        region: region.unwrap_or_default(),
        project: own.project,
        settings,
        pool_id,
        discovery_url: runtime.discovery_url,
        domain: runtime.domain_prefix,
        token_endpoint,
        authorization_endpoint: own.authorization_endpoint,
        user_client,
        machine_client,
        web_client: None,
        password: runtime.password,
        password_set: own.password_set,
        role_arn: own.role_arn,
        created: own.created,
        identity_pool: None,
    };
    setup.identity_pool = second.map(|(members, more)| Box::new(read_identity_pool(&setup, members, more)));
    Ok(setup)
}

/// The identity pool of `whole`.
fn read_identity_pool(whole: &CognitoSetup, members: IdentityMembers, more: IdentityPoolMembers) -> CognitoSetup {
    let mut settings = more.settings;
    if settings.username.is_none() {
        settings.username = members.username;
    }
    if settings.resource_server.is_none() {
        settings.resource_server = members.resource_server_identifier;
        settings.scopes = members.scopes;
    }
    if settings.token_minutes == 0 {
        settings.token_minutes = DEFAULT_TOKEN_MINUTES;
    }
    let client = members.client_id.map(|id| ConfidentialClient { id, secret: members.client_secret });
    let (machine_client, web_client) = if members.flow_type == MACHINES { (client, None) } else { (None, client) };
    CognitoSetup {
        flow: whole.flow,
        account: whole.account.clone(),
        region: whole.region.clone(),
        project: whole.project.clone(),
        settings,
        pool_id: members.pool_id,
        discovery_url: members.discovery_url,
        domain: members.domain_prefix,
        token_endpoint: members.token_endpoint,
        authorization_endpoint: more.authorization_endpoint,
        user_client: None,
        machine_client,
        web_client,
        password: members.password,
        password_set: more.password_set,
        role_arn: None,
        created: more.created,
        identity_pool: None,
    }
}

fn read_flat(flat: Flat) -> CognitoSetup {
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let settings = SetupSettings {
        pool_name: flat.pool_name,
        user_client_name: Some(DEFAULT_USER_CLIENT.to_owned()),
        username: Some(flat.username),
        token_minutes: DEFAULT_TOKEN_MINUTES,
        ..SetupSettings::default()
    };
    let mut stored = CognitoSetup::new(SetupFlow::User, "", &flat.region, settings);
    stored.account = flat.account;
    stored.pool_id = filled(flat.pool_id);
    stored.user_client = filled(flat.client_id);
    stored.discovery_url = filled(flat.discovery_url);
    stored.password = Some(SecretString::from(flat.password));
    stored.password_set = flat.password_set;
    if flat.created_pool {
        stored.mark_created(&SetupPart::Pool);
    }
    stored
}
