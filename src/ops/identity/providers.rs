//! Credential providers: create, get, list, update, delete. They keep a key or a client's secret for agents.
//!
//! What was made is on record in the configuration before the request, and the provider itself where launch finds it.
//! A secret goes into the request and nowhere else.

mod report;

use serde_json::{Map, Value, json};

use super::foreign;
use super::record;
use super::vendor::{self, ClientSettings, Type, VENDORS, Vendor};
use crate::cloud::{Cloud, ProviderKind};
use crate::config::naming;
use crate::config::{Agent, CredentialProvider, Store};
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::redact::{ExposeSecret, SecretString};
use crate::resources::owner::{self, Owner};
use crate::shell::quoted;

pub(crate) use report::{DeletedReport, ProviderList, ProviderReport};

/// Where the key or the client's secret comes from.
#[derive(Debug)]
pub(crate) enum Secret {
    /// The service keeps it in a secret of its own.
    Value(SecretString),
    /// A secret in the user's Secrets Manager, by ARN or name, and the key in its JSON.
    Reference { secret_id: String, json_key: String },
}

/// The configuration that the provider is entered in.
pub(crate) struct Place<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) agent: String,
}

impl Place<'_> {
    pub(super) fn agent(&self) -> Result<&Agent> {
        self.store.agent(Some(&self.agent))
    }
}

/// Tags of what is made for the agent, whose project gets its identity before; without a configuration those of what
/// belongs to nobody in particular.
pub(super) fn tags(place: Option<&mut Place<'_>>, events: &Events) -> Result<Vec<(String, String)>> {
    let Some(place) = place else { return Ok(naming::shared_tags()) };
    let proposed = super::proposed_identity(place.store.root());
    owner::ensure_identity(place.store, &proposed, events)?;
    Ok(naming::tags(place.agent()?))
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct ProviderRequest {
    pub(crate) name: String,
    /// `None` for an update of whichever kind the name belongs to.
    pub(crate) kind: Option<Type>,
    pub(crate) client: ClientSettings,
    pub(crate) secret: Option<Secret>,
    pub(crate) tags: Vec<(String, String)>,
    /// Pool of a Cognito client that gets the provider's callback URL.
    pub(crate) cognito_pool: Option<String>,
    /// Change one that another project made.
    pub(crate) adopt: bool,
}

fn kind_of(kind: Type) -> ProviderKind {
    match kind {
        Type::ApiKey => ProviderKind::ApiKey,
        Type::OAuth2(_) => ProviderKind::OAuth2,
    }
}

fn vendor_of(provider: &Value) -> Option<Vendor> {
    let wire = provider.get("credentialProviderVendor")?.as_str()?;
    VENDORS.into_iter().find(|vendor| vendor.wire == wire)
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Creates a provider and enters it in the configuration. One that is there already is entered and otherwise left.
///
/// # Errors
/// Exit 2 for a request that makes no provider; what the service says otherwise.
pub(crate) async fn create(
    cloud: &Cloud,
    request: &ProviderRequest,
    mut place: Option<Place<'_>>,
    events: &Events,
) -> Result<ProviderReport> {
    let asked = request.kind.ok_or_else(|| Error::usage("no type").code(Code::InputMissing).hint("pass `--type`"))?;
    let (kind, name) = (kind_of(asked), request.name.as_str());
    check_name(name)?;
    let mut body = create_body(asked, request)?;
    // Before this run writes its own intention down.
    let known = place.as_ref().is_some_and(|place| record::made_provider(place.store, &place.agent, kind, name));
    if let Some(found) = cloud.credential_provider(kind, name).await? {
        return there_already(cloud, (found, asked, known), request, place, events).await;
    }
    let tags = tags(place.as_mut(), events)?;
    let tags: Map<String, Value> =
        tags.into_iter().chain(request.tags.iter().cloned()).map(|(key, value)| (key, json!(value))).collect();
    body.insert("tags".to_owned(), Value::Object(tags));
    if let Some(place) = &mut place {
        record::intend_provider(place.store, &place.agent, kind, name)?;
    }
    events.started("provider", format!("create {} credential provider `{name}`", kind.word()));
    let made = match cloud.create_credential_provider(kind, &Value::Object(body)).await {
        Ok(Some(made)) => made,
        // It came up between the look and the request, or the first answer was lost.
        Ok(None) => match cloud.credential_provider(kind, name).await? {
            Some(found) => return there_already(cloud, (found, asked, known), request, place, events).await,
            None => {
                if let (Some(place), false) = (&mut place, known) {
                    record::disown_provider(place.store, &place.agent, kind, name)?;
                }
                return Err(Error::failed(format!(
                    "the credential provider `{name}` is in the way and cannot be read"
                )));
            }
        },
        Err(error) => {
            if let (Some(place), true) = (&mut place, super::setup::is_refusal(&error)) {
                record::remove_provider(place.store, &place.agent, kind, name)?;
            }
            return Err(error);
        }
    };
    enter(&made, asked, place.as_mut())?;
    events.finished(
        "provider",
        Outcome::Created,
        format!("credential provider {}", text(&made, "credentialProviderArn")),
    );
    let report = ProviderReport::of(made, Some(asked), "created", place.as_ref());
    with_callback(cloud, request, report, events).await
}

fn check_name(name: &str) -> Result<()> {
    let fits = (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if fits {
        return Ok(());
    }
    Err(Error::usage(format!("`{name}` cannot be the name of a credential provider"))
        .code(Code::InputValue)
        .hint("letters, digits, `-` and `_`, 128 at most"))
}

async fn there_already(
    cloud: &Cloud,
    (found, asked, known): (Value, Type, bool),
    request: &ProviderRequest,
    mut place: Option<Place<'_>>,
    events: &Events,
) -> Result<ProviderReport> {
    let (kind, name) = (kind_of(asked), &request.name);
    let tags = foreign::tags(cloud, &found, foreign::PROVIDER_ARN).await?;
    let ours = match &place {
        Some(place) => Owner::of_readable(tags.as_deref(), place.agent()?, known).is_ours(),
        None => false,
    };
    let project = match &place {
        Some(place) => place.agent()?.project.clone(),
        None => None,
    };
    if owner::is_another_projects(tags.as_deref().unwrap_or_default(), project.as_deref()) {
        events.warning(format!("the credential provider `{name}` belongs to another project, and is used as it is"));
    }
    if let (Some(place), false) = (&mut place, ours) {
        record::disown_provider(place.store, &place.agent, kind, name)?;
    }
    if let (Type::OAuth2(vendor), Some(live)) = (asked, vendor_of(&found)) {
        let wanted = vendor::effective(vendor, &request.client);
        if wanted != live {
            return Err(Error::failed(format!(
                "a credential provider `{name}` of the type `{}` exists already",
                live.word
            ))
            .code(Code::IdentityProviderTaken)
            .hint("choose another `--name`"));
        }
        check_same(live, &found, request)?;
    }
    if let (Some(place), true) = (&mut place, ours) {
        record::intend_provider(place.store, &place.agent, kind, name)?;
    }
    enter(&found, asked, place.as_mut())?;
    events.finished("provider", Outcome::Unchanged, format!("credential provider {name} is there already"));
    events.note(format!(
        "its {} was not touched: `agentcore identity update-credential-provider --name {name}` replaces it",
        if kind == ProviderKind::ApiKey { "key" } else { "secret" }
    ));
    let report = ProviderReport::of(found, Some(asked), "unchanged", place.as_ref());
    with_callback(cloud, request, report, events).await
}

/// # Errors
/// Exit 2 when the provider that is there is another client, or asks elsewhere.
fn check_same(vendor: Vendor, live: &Value, request: &ProviderRequest) -> Result<()> {
    let wanted = vendor::configure(vendor, Map::new(), &request.client)?;
    let output = live.pointer(&format!("/oauth2ProviderConfigOutput/{}", vendor.member)).and_then(Value::as_object);
    let differs = vendor::differences(vendor, &wanted, output.unwrap_or(&Map::new()));
    let Some((member, found)) = differs.first() else { return Ok(()) };
    let name = &request.name;
    let error = Error::usage(format!("a credential provider `{name}` with another `{member}` exists already"))
        .code(Code::IdentityProviderTaken)
        .cause(format!("there it is {found}"));
    let error = differs[1..]
        .iter()
        .fold(error, |error, (member, found)| error.cause(format!("its `{member}` is another too: {found}")));
    let flags = request.client.flags();
    Err(error
        .hint(format!(
            "change it: `agentcore identity update-credential-provider --name {name}{flags} --client-secret-file -`"
        ))
        .hint("or choose another `--name`"))
}

fn enter(provider: &Value, kind: Type, place: Option<&mut Place<'_>>) -> Result<()> {
    let Some(place) = place else { return Ok(()) };
    let entry = CredentialProvider {
        name: text(provider, "name").to_owned(),
        arn: text(provider, "credentialProviderArn").to_owned(),
        kind: kind.word().to_owned(),
        callback_url: text(provider, "callbackUrl").to_owned(),
    };
    record::put_provider(place.store, &place.agent, &entry)
}

/// Adds the provider's callback URL to the Cognito client, when a pool was named.
async fn with_callback(
    cloud: &Cloud,
    request: &ProviderRequest,
    mut report: ProviderReport,
    events: &Events,
) -> Result<ProviderReport> {
    let (Some(pool), Some(client)) = (&request.cognito_pool, &request.client.client_id) else { return Ok(report) };
    let url = text(&report.provider, "callbackUrl").to_owned();
    if url.is_empty() {
        return Ok(report);
    }
    let missing = || {
        Error::not_found(format!("the pool `{pool}` has no app client `{client}`"))
            .hint("the provider was made; add its callback URL to the right client")
    };
    let live = cloud.user_pool_client(pool, client).await?.ok_or_else(missing)?;
    let wanted = with_url(&live, &url);
    if let Some(wanted) = wanted {
        cloud.update_user_pool_client(&super::setup::updated(pool, &live, &wanted)).await?;
        events.finished("callback", Outcome::Updated, format!("app client {client} takes the callback URL"));
    }
    report.registered = true;
    Ok(report)
}

/// The members of a client that change for a callback URL; `None` when it has it. Machines' clients have no use for one.
fn with_url(client: &Value, url: &str) -> Option<Map<String, Value>> {
    let list = |member: &str| -> Vec<String> {
        let items = client.get(member).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let (mut urls, flows) = (list("CallbackURLs"), list("AllowedOAuthFlows"));
    if urls.iter().any(|known| known == url) || flows.iter().any(|flow| flow == "client_credentials") {
        return None;
    }
    urls.push(url.to_owned());
    let mut out = Map::new();
    out.insert("CallbackURLs".to_owned(), json!(urls));
    if flows.is_empty() {
        out.insert("AllowedOAuthFlows".to_owned(), json!(["code"]));
        out.insert("AllowedOAuthFlowsUserPoolClient".to_owned(), json!(true));
        if list("AllowedOAuthScopes").is_empty() {
            out.insert("AllowedOAuthScopes".to_owned(), json!(["openid"]));
        }
        if list("SupportedIdentityProviders").is_empty() {
            out.insert("SupportedIdentityProviders".to_owned(), json!(["COGNITO"]));
        }
    }
    Some(out)
}

fn no_secret(what: &str, flag: &str) -> Error {
    Error::usage(format!("no {what}"))
        .code(Code::InputMissing)
        .hint(format!("pass it with `{flag}-file FILE`, `{flag}-file -` or `{flag}-env VARIABLE`"))
        .hint("or name a secret of your own in Secrets Manager: `--secret-id NAME --json-key KEY`")
}

fn put_secret(body: &mut Map<String, Value>, prefix: &str, secret: &Secret) {
    match secret {
        Secret::Value(value) => {
            body.insert(prefix.to_owned(), json!(value.expose_secret()));
        }
        Secret::Reference { secret_id, json_key } => {
            // `apiKey` has `apiKeySecretConfig`, `clientSecret` has `clientSecretConfig`.
            let stem = if prefix == "apiKey" { "apiKeySecret" } else { prefix };
            body.insert(format!("{stem}Config"), json!({ "secretId": secret_id, "jsonKey": json_key }));
            body.insert(format!("{stem}Source"), json!("EXTERNAL"));
        }
    }
}

fn create_body(kind: Type, request: &ProviderRequest) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(request.name));
    match kind {
        Type::ApiKey => {
            if !request.client.is_empty() {
                return Err(Error::usage("an API key has no client")
                    .code(Code::InputValue)
                    .hint("`--client-id` and the addresses go with a type of OAuth2 provider"));
            }
            let secret = request.secret.as_ref().ok_or_else(|| no_secret("API key", "--api-key"))?;
            put_secret(&mut body, "apiKey", secret);
        }
        Type::OAuth2(vendor) => {
            let vendor = vendor::effective(vendor, &request.client);
            let mut config = vendor::configure(vendor, Map::new(), &request.client)?;
            match &request.secret {
                Some(secret) => put_secret(&mut config, "clientSecret", secret),
                None if has_no_secret(&config) => {}
                None => return Err(no_secret("client secret", "--client-secret")),
            }
            body.insert("credentialProviderVendor".to_owned(), json!(vendor.wire));
            body.insert("oauth2ProviderConfigInput".to_owned(), json!({ vendor.member: config }));
        }
    }
    Ok(body)
}

/// Clients that prove themselves with a key of AWS have no secret.
fn has_no_secret(config: &Map<String, Value>) -> bool {
    let method = config.get("clientAuthenticationMethod").and_then(Value::as_str);
    matches!(method, Some("AWS_IAM_ID_TOKEN_JWT" | "PRIVATE_KEY_JWT"))
}

/// The body of an update: what is there, with what was said on top.
fn update_body(live: &Value, kind: ProviderKind, request: &ProviderRequest) -> Result<Map<String, Value>> {
    let mut body = live.as_object().cloned().unwrap_or_default();
    // What only the service writes.
    for member in [
        "credentialProviderArn",
        "createdTime",
        "lastUpdatedTime",
        "apiKeySecretArn",
        "apiKeySecretJsonKey",
        "clientSecretArn",
        "clientSecretJsonKey",
        "clientSecretSource",
        "apiKeySecretSource",
        "callbackUrl",
        "status",
        "failureReason",
        "oauth2ProviderConfigOutput",
    ] {
        body.remove(member);
    }
    let external = |stem: &str| {
        let source = live.get(format!("{stem}Source")).and_then(Value::as_str) == Some("EXTERNAL");
        let id = live.pointer(&format!("/{stem}Arn/secretArn")).and_then(Value::as_str);
        let key = live.get(format!("{stem}JsonKey")).and_then(Value::as_str);
        source.then_some(())?;
        Some(Secret::Reference { secret_id: id?.to_owned(), json_key: key?.to_owned() })
    };
    match kind {
        ProviderKind::ApiKey => {
            if !request.client.is_empty() {
                return Err(Error::usage("an API key has no client")
                    .code(Code::InputValue)
                    .hint("leave `--client-id` and the addresses out"));
            }
            let secret = request.secret.as_ref().ok_or_else(|| no_secret("API key", "--api-key"))?;
            put_secret(&mut body, "apiKey", secret);
        }
        ProviderKind::OAuth2 => {
            let vendor = vendor_of(live).ok_or_else(|| {
                Error::failed(format!(
                    "this version does not know the vendor `{}`",
                    text(live, "credentialProviderVendor")
                ))
            })?;
            check_type(vendor, request)?;
            let output = live.pointer(&format!("/oauth2ProviderConfigOutput/{}", vendor.member));
            let base = output.and_then(Value::as_object).cloned().unwrap_or_default();
            let mut config = vendor::configure(vendor, vendor::input_of(vendor, &base), &request.client)?;
            match (&request.secret, external("clientSecret")) {
                (Some(secret), _) => put_secret(&mut config, "clientSecret", secret),
                (None, Some(reference)) => put_secret(&mut config, "clientSecret", &reference),
                (None, None) if has_no_secret(&config) => {}
                // Whether the service keeps a secret that an update leaves out is not documented.
                (None, None) => {
                    return Err(no_secret("client secret", "--client-secret").cause(
                        "an update replaces the whole provider, and whether the service keeps a secret that is left out is not documented",
                    ));
                }
            }
            body.insert("oauth2ProviderConfigInput".to_owned(), json!({ vendor.member: config }));
        }
    }
    Ok(body)
}

/// An update leaves the vendor as it is.
fn check_type(live: Vendor, request: &ProviderRequest) -> Result<()> {
    match request.kind {
        Some(Type::OAuth2(asked)) if asked != live && vendor::effective(asked, &request.client) != live => {
            Err(Error::usage(format!("the credential provider `{}` is of the type `{}`", request.name, live.word))
                .code(Code::InputValue)
                .hint(format!("an update cannot make a provider of the type `{}` of it: create one", asked.word))
                .hint(format!("leave `--type` out, or pass `--type {}`", live.word)))
        }
        _ => Ok(()),
    }
}

/// Looks for the name among the kind asked for, or both.
async fn find(cloud: &Cloud, name: &str, kind: Option<ProviderKind>) -> Result<(ProviderKind, Value)> {
    let look = |one: ProviderKind| async move {
        match kind {
            Some(only) if only != one => Ok(None),
            _ => cloud.credential_provider(one, name).await,
        }
    };
    match tokio::try_join!(look(ProviderKind::ApiKey), look(ProviderKind::OAuth2))? {
        (Some(found), None) => Ok((ProviderKind::ApiKey, found)),
        (None, Some(found)) => Ok((ProviderKind::OAuth2, found)),
        (None, None) => Err(Error::not_found(format!("there is no credential provider `{name}`"))
            .code(Code::IdentityNoProvider)
            .hint("`agentcore identity list-credential-providers` shows those that are there")),
        (Some(_), Some(client)) => Err(Error::usage(format!("`{name}` is an API key and an OAuth2 client"))
            .code(Code::InputAmbiguous)
            .hint(format!(
                "say which: `--type api-key` or `--type {}`",
                vendor_of(&client).map_or("oauth2", |vendor| vendor.word)
            ))),
    }
}

/// # Errors
/// Exit 5 when there is none of this name.
pub(crate) async fn get(cloud: &Cloud, name: &str, kind: Option<Type>) -> Result<ProviderReport> {
    let (_, provider) = find(cloud, name, kind.map(kind_of)).await?;
    Ok(ProviderReport::of(provider, None, "found", None))
}

/// Reads, merges and writes, so that no member is lost.
///
/// # Errors
/// Exit 2 when nothing was said that could change; exit 5 when there is none of this name.
pub(crate) async fn update(
    cloud: &Cloud,
    request: &ProviderRequest,
    mut place: Option<Place<'_>>,
    events: &Events,
) -> Result<ProviderReport> {
    if request.client.is_empty() && request.secret.is_none() {
        return Err(Error::usage("nothing to change")
            .code(Code::InputMissing)
            .hint("say what: a key or secret, `--client-id`, `--discovery-url` or the addresses"));
    }
    let (kind, live) = find(cloud, &request.name, request.kind.map(kind_of)).await?;
    let body = update_body(&live, kind, request)?;
    if !request.adopt {
        let name = format!("--name {}", quoted(&request.name));
        check_project(cloud, (&live, "update", &name), place.as_ref()).await?;
    }
    events.started("provider", format!("update {} credential provider `{}`", kind.word(), request.name));
    let updated = cloud.update_credential_provider(kind, &Value::Object(body)).await?;
    events.finished("provider", Outcome::Updated, format!("credential provider {}", request.name));
    let known = place.as_ref().is_some_and(|place| {
        let agent = place.store.agent(Some(&place.agent));
        agent.is_ok_and(|agent| agent.identity.credential_providers.iter().any(|known| known.name == request.name))
    });
    let shown = match kind {
        ProviderKind::ApiKey => Some(Type::ApiKey),
        ProviderKind::OAuth2 => vendor_of(&updated).or_else(|| vendor_of(&live)).map(Type::OAuth2),
    };
    if let (true, Some(shown)) = (known, shown) {
        enter(&updated, shown, place.as_mut())?;
    }
    let report = ProviderReport::of(updated, shown, "updated", place.as_ref().filter(|_| known));
    with_callback(cloud, request, report, events).await
}

/// # Errors
/// Exit 2 when another project made the provider; `verb` and `flags` say what was asked for.
async fn check_project(
    cloud: &Cloud,
    (live, verb, flags): (&Value, &str, &str),
    place: Option<&Place<'_>>,
) -> Result<()> {
    if !foreign::is_another_projects(cloud, (live, foreign::PROVIDER_ARN), place).await? {
        return Ok(());
    }
    let command = format!("agentcore identity {verb}-credential-provider {flags}");
    Err(foreign::refusal(&format!("the credential provider `{}`", text(live, "name")))
        .hint("create one of your own under another name")
        .hint(foreign::adopt_hint(&command)))
}

/// Whether a provider is there that is not on record as made for the agent, so that its deletion has to be asked for.
pub(crate) async fn is_foreign(
    cloud: &Cloud,
    (name, kind): (&str, Option<Type>),
    place: Option<&Place<'_>>,
) -> Result<bool> {
    let ours = |kind| place.is_some_and(|place| record::made_provider(place.store, &place.agent, kind, name));
    if kind.map(kind_of).is_some_and(ours) {
        return Ok(false);
    }
    match find(cloud, name, kind.map(kind_of)).await {
        Ok((kind, _)) => Ok(!ours(kind)),
        Err(error) if error.kind() == Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Exit 2 when the provider that is to be deleted is another project's.
pub(crate) async fn check_deletion(
    cloud: &Cloud,
    (name, kind): (&str, Option<Type>),
    place: Option<&Place<'_>>,
) -> Result<()> {
    match find(cloud, name, kind.map(kind_of)).await {
        Ok((_, live)) => check_project(cloud, (&live, "delete", &format!("--name {}", quoted(name))), place).await,
        Err(error) if error.kind() == Kind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Deletes a provider and takes it out of the configuration; already gone is success.
pub(crate) async fn delete(
    cloud: &Cloud,
    (name, kind): (&str, Option<Type>),
    place: Option<Place<'_>>,
    events: &Events,
) -> Result<DeletedReport> {
    let kinds = match kind {
        Some(kind) => vec![kind_of(kind)],
        None => match find(cloud, name, None).await {
            Ok((kind, _)) => vec![kind],
            Err(error) if error.kind() == Kind::NotFound => ProviderKind::ALL.to_vec(),
            Err(error) => return Err(error),
        },
    };
    let mut deleted = false;
    for kind in &kinds {
        events.started("provider", format!("delete {} credential provider `{name}`", kind.word()));
        deleted |= cloud.delete_credential_provider(*kind, name).await?;
    }
    if let Some(place) = place {
        for kind in kinds {
            record::remove_provider(place.store, &place.agent, kind, name)?;
        }
    }
    Ok(DeletedReport { what: "credential provider", name: name.to_owned(), deleted })
}

/// Every provider of the account and region; those of the agent are marked.
pub(crate) async fn list(cloud: &Cloud, agent: Option<&Agent>) -> Result<ProviderList> {
    let (keys, clients) = tokio::try_join!(
        cloud.credential_providers(ProviderKind::ApiKey),
        cloud.credential_providers(ProviderKind::OAuth2)
    )?;
    let used =
        |arn: &str| agent.is_some_and(|agent| agent.identity.credential_providers.iter().any(|known| known.arn == arn));
    let kinds = [(ProviderKind::ApiKey, keys), (ProviderKind::OAuth2, clients)];
    let items = kinds.into_iter().flat_map(|(kind, list)| list.into_iter().map(move |item| (kind, item)));
    let items = items.map(|(kind, item)| (kind, used(text(&item, "credentialProviderArn")), item)).collect();
    Ok(ProviderList { items })
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: &str = "https://d/.well-known/openid-configuration";

    fn request(kind: &str, secret: Option<Secret>, client: ClientSettings) -> ProviderRequest {
        ProviderRequest {
            name: "p".into(),
            kind: Some(Type::parse(kind).unwrap()),
            client,
            secret,
            tags: Vec::new(),
            cognito_pool: None,
            adopt: false,
        }
    }

    fn value(text: &str) -> Option<Secret> {
        Some(Secret::Value(SecretString::from(text.to_owned())))
    }

    fn client(id: &str) -> ClientSettings {
        ClientSettings { client_id: Some(id.into()), ..ClientSettings::default() }
    }

    #[test]
    fn a_key_is_a_value_or_a_reference() {
        let body = |request: &ProviderRequest| create_body(Type::ApiKey, request).map(Value::Object);
        let plain = body(&request("api-key", value("k"), ClientSettings::default())).unwrap();
        assert_eq!(plain, json!({ "name": "p", "apiKey": "k" }));
        let reference = Secret::Reference { secret_id: "s".into(), json_key: "j".into() };
        let external = body(&request("api-key", Some(reference), ClientSettings::default())).unwrap();
        assert_eq!(
            external,
            json!({ "name": "p", "apiKeySecretConfig": { "secretId": "s", "jsonKey": "j" }, "apiKeySecretSource": "EXTERNAL" })
        );
        assert_eq!(body(&request("api-key", None, ClientSettings::default())).unwrap_err().code_str(), "input.missing");
        assert!(body(&request("api-key", value("k"), client("c"))).is_err());
    }

    #[test]
    fn an_update_loses_no_member() {
        let live = json!({
            "name": "p", "credentialProviderArn": "arn", "credentialProviderVendor": "CustomOauth2",
            "callbackUrl": "u", "status": "READY", "createdTime": 1.0, "lastUpdatedTime": 2.0,
            "clientSecretArn": { "secretArn": "s" }, "clientSecretSource": "EXTERNAL", "clientSecretJsonKey": "j",
            "newerMember": { "deep": [1] },
            "oauth2ProviderConfigOutput": { "customOauth2ProviderConfig": {
                "oauthDiscovery": { "discoveryUrl": "https://d" }, "clientId": "old", "newerSetting": true,
            } },
        });
        let body = update_body(&live, ProviderKind::OAuth2, &request("custom", None, client("new"))).unwrap();
        assert_eq!(
            Value::Object(body),
            json!({
                "name": "p", "credentialProviderVendor": "CustomOauth2", "newerMember": { "deep": [1] },
                "oauth2ProviderConfigInput": { "customOauth2ProviderConfig": {
                    "oauthDiscovery": { "discoveryUrl": "https://d" }, "clientId": "new", "newerSetting": true,
                    "clientSecretConfig": { "secretId": "s", "jsonKey": "j" }, "clientSecretSource": "EXTERNAL",
                } },
            })
        );
    }

    #[test]
    fn a_managed_secret_is_asked_for_again() {
        let live = json!({
            "name": "p", "credentialProviderVendor": "GithubOauth2", "clientSecretArn": { "secretArn": "s" },
            "clientSecretSource": "MANAGED",
            "oauth2ProviderConfigOutput": { "githubOauth2ProviderConfig": { "oauthDiscovery": {}, "clientId": "old" } },
        });
        let update = |secret| update_body(&live, ProviderKind::OAuth2, &request("github", secret, client("new")));
        assert_eq!(update(None).unwrap_err().code_str(), "input.missing");
        let body = Value::Object(update(value("s")).unwrap());
        let wanted = json!({ "clientId": "new", "clientSecret": "s" });
        assert_eq!(body["oauth2ProviderConfigInput"]["githubOauth2ProviderConfig"], wanted);
    }

    #[test]
    fn another_client_of_the_name_is_not_taken_for_this_one() {
        let live = |id: &str, url: &str| {
            json!({ "oauth2ProviderConfigOutput": { "customOauth2ProviderConfig": {
                "oauthDiscovery": { "discoveryUrl": url }, "clientId": id, "newer": 1,
            } } })
        };
        let settings = ClientSettings { discovery_url: Some(D.into()), ..client("c") };
        let asked = request("custom", value("s"), settings);
        let Some(Type::OAuth2(custom)) = asked.kind else { panic!() };
        check_same(custom, &live("c", D), &asked).unwrap();
        for other in [live("x", D), live("c", "https://elsewhere/.well-known/openid-configuration")] {
            let error = check_same(custom, &other, &asked).unwrap_err();
            assert_eq!((error.code_str(), error.kind().exit_code()), ("identity.provider-taken", 2));
            assert!(error.hints()[0].contains("update-credential-provider --name p --client-id c"), "{error}");
        }
    }

    #[test]
    fn an_update_refuses_what_it_would_not_do() {
        let live = json!({ "name": "p", "credentialProviderVendor": "OktaOauth2", "oauth2ProviderConfigOutput": {
            "includedOauth2ProviderConfig": { "clientId": "c" } } });
        let update = |kind: &str, client| {
            update_body(&live, ProviderKind::OAuth2, &request(kind, value("s"), client)).map(Value::Object)
        };
        update("okta", client("new")).unwrap();
        let discovery = ClientSettings { discovery_url: Some(D.into()), ..client("new") };
        for refused in [update("google", client("new")), update("okta", discovery)] {
            assert_eq!(refused.unwrap_err().kind().exit_code(), 2);
        }
    }

    #[test]
    fn a_clients_other_callback_urls_stay() {
        let live = json!({ "CallbackURLs": ["a"], "AllowedOAuthFlows": ["code"] });
        assert_eq!(Value::Object(with_url(&live, "b").unwrap()), json!({ "CallbackURLs": ["a", "b"] }));
        assert_eq!(with_url(&live, "a"), None);
        assert_eq!(with_url(&json!({ "AllowedOAuthFlows": ["client_credentials"] }), "b"), None);
        assert_eq!(with_url(&json!({}), "b").unwrap()["AllowedOAuthFlows"], json!(["code"]));
    }
}
