//! Credential providers: where their secrets are, and the API key providers.
//!
//! A MANAGED secret is made in Secrets Manager by this service and goes with its provider; an EXTERNAL one is the user's
//! and only referred to. Source of the managed secrets' names: ARNs that users have shown.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Tags, Vault, VaultContext, checked_tags, conflict, exchange, name, not_found, page, paged, text};
use crate::sandbox::control::check::{TextRule, Violations};
use crate::sandbox::reply::Fault;
use crate::sandbox::{permissions, secrets};

pub(super) const NAME: TextRule = TextRule::length(1, 128).with_pattern(r"[a-zA-Z0-9\-_]+");
const API_KEY: TextRule = TextRule::length(0, 65_536).sensitive();
const SECRET_ID: TextRule = TextRule::length(1, 2048);
const JSON_KEY: TextRule = TextRule::length(1, 128);
/// Most API key providers of a page. Source: the service model.
const PAGE: i64 = 100;
/// The service that Secrets Manager names as the owner of managed secrets.
const OWNER: &str = "bedrock-agentcore-identity";
const MANAGED: &str = "MANAGED";
const EXTERNAL: &str = "EXTERNAL";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CredentialKind {
    ApiKey,
    Oauth2,
}

impl CredentialKind {
    pub(super) const fn in_arn(self) -> &'static str {
        match self {
            Self::ApiKey => "apikeycredentialprovider",
            Self::Oauth2 => "oauth2credentialprovider",
        }
    }

    const fn in_secret(self) -> &'static str {
        match self {
            Self::ApiKey => "apikey",
            Self::Oauth2 => "oauth2",
        }
    }

    /// The member of a managed secret that holds the value.
    const fn json_key(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key_value",
            Self::Oauth2 => "client_secret",
        }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::ApiKey => "ApiKeyCredentialProvider",
            Self::Oauth2 => "Oauth2CredentialProvider",
        }
    }

    /// The members of a request: the secret itself, a reference to it, and which of both it is.
    const fn members(self) -> [&'static str; 3] {
        match self {
            Self::ApiKey => ["apiKey", "apiKeySecretConfig", "apiKeySecretSource"],
            Self::Oauth2 => ["clientSecret", "clientSecretConfig", "clientSecretSource"],
        }
    }

    pub(super) fn missing(self, name: &str) -> Fault {
        not_found(&format!("{} '{name}'", self.title()))
    }
}

/// Where a provider's secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SecretRef {
    pub(super) arn: String,
    pub(super) json_key: String,
    /// The user's own, which is left alone.
    external: bool,
}

impl SecretRef {
    /// Adds what answers say about it: `apiKeySecretArn` and the like.
    pub(super) fn show(&self, kind: CredentialKind, out: &mut Value) {
        let prefix = match kind {
            CredentialKind::ApiKey => "apiKeySecret",
            CredentialKind::Oauth2 => "clientSecret",
        };
        out[format!("{prefix}Arn")] = json!({ "secretArn": self.arn });
        out[format!("{prefix}JsonKey")] = json!(self.json_key);
        out[format!("{prefix}Source")] = json!(if self.external { EXTERNAL } else { MANAGED });
    }
}

/// The secret in a request: none, a value, or a reference.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SecretInput {
    Nothing,
    /// To be kept by this service.
    Value(String),
    Reference {
        id: String,
        json_key: String,
    },
}

/// Reads the three members below `path`. The rules between them follow from their documentation in the service model:
/// a reference is required for EXTERNAL, and the value is for MANAGED.
pub(super) fn secret_input(
    check: &mut Violations,
    kind: CredentialKind,
    path: &str,
    input: &Value,
    value: TextRule,
) -> SecretInput {
    let [secret, config, source] = kind.members();
    let at = |member: &str| format!("{path}{member}");
    let value = check.text(&at(secret), input.get(secret), value).map(str::to_owned);
    check.one_of(&at(source), input.get(source), &[MANAGED, EXTERNAL]);
    let reference = input.get(config).filter(|value| !value.is_null()).map(|reference| {
        let part = |check: &mut Violations, member: &str, rule: TextRule| {
            check
                .required(&format!("{path}{config}.{member}"), reference.get(member), rule)
                .unwrap_or_default()
                .to_owned()
        };
        (part(check, "secretId", SECRET_ID), part(check, "jsonKey", JSON_KEY))
    });
    match (value, reference, text(input, source)) {
        (Some(_), Some(_), _) => {
            check.problem(&at(config), format!("{secret} and {config} cannot be given together"));
            SecretInput::Nothing
        }
        (Some(_), None, Some(EXTERNAL)) => {
            check.problem(&at(secret), format!("{secret} cannot be given when {source} is {EXTERNAL}"));
            SecretInput::Nothing
        }
        (None, None, Some(EXTERNAL)) => {
            check.problem(&at(config), format!("{config} is required when {source} is {EXTERNAL}"));
            SecretInput::Nothing
        }
        (None, Some(_), given) if given != Some(EXTERNAL) => {
            check.problem(&at(config), format!("{config} needs the {source} {EXTERNAL}"));
            SecretInput::Nothing
        }
        (None, Some((id, json_key)), _) => SecretInput::Reference { id, json_key },
        (Some(value), None, _) => SecretInput::Value(value),
        (None, None, _) => SecretInput::Nothing,
    }
}

/// Puts the secret where the provider will find it. `old` is what the provider had.
///
/// # Errors
/// ResourceNotFoundException, ValidationException for a reference that leads nowhere.
pub(super) async fn keep_secret(
    context: &VaultContext<'_>,
    (kind, name): (CredentialKind, &str),
    given: SecretInput,
    old: Option<&SecretRef>,
) -> Result<SecretRef, Fault> {
    let sandbox = context.sandbox;
    if !matches!((&given, old), (SecretInput::Nothing, Some(_)) | (SecretInput::Reference { .. }, _)) {
        let is_there = old.is_some_and(|old| !old.external);
        let operation = if is_there { "PutSecretValue" } else { "CreateSecret" };
        permissions::managed_secret(sandbox, context.caller, operation, &managed_name(kind, name))?;
    }
    let new = match (given, old) {
        (SecretInput::Nothing, Some(old)) => return Ok(old.clone()),
        (SecretInput::Nothing, None) => managed(context, kind, name, "").await?,
        (SecretInput::Value(value), _) => managed(context, kind, name, &value).await?,
        (SecretInput::Reference { id, json_key }, _) => {
            let found = secrets::value(sandbox, &id, &json_key).map_err(|fault| not_found_here(&id, &fault))?;
            if found.is_none() {
                let text = format!("The secret '{id}' has no text under the key '{json_key}'");
                return Err(crate::sandbox::control::invalid(text));
            }
            let arn = secrets::resolve(sandbox, &id).map_err(|fault| not_found_here(&id, &fault))?;
            SecretRef { arn, json_key, external: true }
        }
    };
    if let Some(old) = old.filter(|old| !old.external && old.arn != new.arn) {
        secrets::drop_managed(sandbox, &old.arn).await?;
    }
    Ok(new)
}

fn not_found_here(id: &str, fault: &Fault) -> Fault {
    Fault::new(404, "ResourceNotFoundException", format!("The secret '{id}' cannot be used: {}", fault.message))
}

fn managed_name(kind: CredentialKind, name: &str) -> String {
    format!("{OWNER}!{}/{}/{name}", super::DEFAULT, kind.in_secret())
}

async fn managed(
    context: &VaultContext<'_>,
    kind: CredentialKind,
    name: &str,
    value: &str,
) -> Result<SecretRef, Fault> {
    let managed =
        secrets::Managed { name: managed_name(kind, name), owner: OWNER, content: json!({ kind.json_key(): value }) };
    let arn = secrets::keep_managed(context.sandbox, &managed).await?;
    Ok(SecretRef { arn, json_key: kind.json_key().to_owned(), external: false })
}

/// Times are seconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ApiKeyProvider {
    pub(super) secret: SecretRef,
    pub(super) tags: Tags,
    created: f64,
    updated: f64,
}

fn show(context: &VaultContext<'_>, name: &str, provider: &ApiKeyProvider) -> Value {
    let mut out = json!({ "name": name, "credentialProviderArn": context.provider(CredentialKind::ApiKey, name) });
    provider.secret.show(CredentialKind::ApiKey, &mut out);
    out["createdTime"] = json!(provider.created);
    out["lastUpdatedTime"] = json!(provider.updated);
    out
}

pub(super) async fn create_api_key(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), NAME).unwrap_or_default();
    let given = secret_input(&mut check, CredentialKind::ApiKey, "", input, API_KEY);
    if given == SecretInput::Nothing && text(input, "apiKeySecretSource") != Some(EXTERNAL) {
        check.problem("apiKey", "apiKey is required unless apiKeySecretSource is EXTERNAL");
    }
    let tags = checked_tags(&mut check, input.get("tags"));
    check.finish()?;
    context.require(
        "CreateApiKeyCredentialProvider",
        &[&context.token_vault(), &context.provider(CredentialKind::ApiKey, name)],
    )?;
    let _changing = context.sandbox.identities.changes.lock().await;
    let store = &context.sandbox.state.vault;
    if store.read(|state| state.api_keys.contains_key(name)) {
        return Err(exists(CredentialKind::ApiKey, name));
    }
    let secret = keep_secret(context, (CredentialKind::ApiKey, name), given, None).await?;
    let provider = ApiKeyProvider { secret, tags, created: context.now, updated: context.now };
    let mut answer = json!({ "name": name, "credentialProviderArn": context.provider(CredentialKind::ApiKey, name) });
    provider.secret.show(CredentialKind::ApiKey, &mut answer);
    let add = |state: &mut Vault| {
        state.api_keys.insert(name.to_owned(), provider);
        Ok(answer)
    };
    store.update(add).await
}

pub(super) fn exists(kind: CredentialKind, name: &str) -> Fault {
    conflict(format!("{} with name '{name}' already exists", kind.title()))
}

pub(super) fn get_api_key(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = name(input, NAME)?;
    context.require(
        "GetApiKeyCredentialProvider",
        &[&context.token_vault(), &context.provider(CredentialKind::ApiKey, name)],
    )?;
    let found = context.sandbox.state.vault.read(|state| state.api_keys.get(name).map(|it| show(context, name, it)));
    found.ok_or_else(|| CredentialKind::ApiKey.missing(name))
}

pub(super) async fn update_api_key(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), NAME).unwrap_or_default();
    let given = secret_input(&mut check, CredentialKind::ApiKey, "", input, API_KEY);
    check.finish()?;
    context.require(
        "UpdateApiKeyCredentialProvider",
        &[&context.token_vault(), &context.provider(CredentialKind::ApiKey, name)],
    )?;
    let _changing = context.sandbox.identities.changes.lock().await;
    let store = &context.sandbox.state.vault;
    let old = store.read(|state| state.api_keys.get(name).map(|provider| provider.secret.clone()));
    let old = old.ok_or_else(|| CredentialKind::ApiKey.missing(name))?;
    let secret = keep_secret(context, (CredentialKind::ApiKey, name), given, Some(&old)).await?;
    let change = |state: &mut Vault| {
        let provider = state.api_keys.get_mut(name).ok_or_else(|| CredentialKind::ApiKey.missing(name))?;
        provider.secret = secret;
        provider.updated = context.now;
        Ok(show(context, name, provider))
    };
    store.update(change).await
}

/// Deletes a provider of either kind, with its secret where that is managed.
pub(super) async fn delete(context: &VaultContext<'_>, input: &Value, kind: CredentialKind) -> Result<Value, Fault> {
    let name = name(input, NAME)?;
    context.require(&format!("Delete{}", kind.title()), &[&context.token_vault(), &context.provider(kind, name)])?;
    let _changing = context.sandbox.identities.changes.lock().await;
    let secret = context.sandbox.state.vault.read(|state| match kind {
        CredentialKind::ApiKey => state.api_keys.get(name).map(|provider| provider.secret.external),
        CredentialKind::Oauth2 => state.oauth2.get(name).map(|provider| provider.secret.external),
    });
    if secret == Some(false) {
        permissions::managed_secret(context.sandbox, context.caller, "DeleteSecret", &managed_name(kind, name))?;
    }
    let remove = |state: &mut Vault| {
        if kind == CredentialKind::Oauth2 {
            exchange::forget(state, |kept| kept.provider == name);
        }
        let removed = match kind {
            CredentialKind::ApiKey => state.api_keys.remove(name).map(|provider| provider.secret),
            CredentialKind::Oauth2 => state.oauth2.remove(name).map(|provider| provider.secret),
        };
        removed.ok_or_else(|| kind.missing(name))
    };
    let secret = context.sandbox.state.vault.update(remove).await?;
    if !secret.external {
        secrets::drop_managed(context.sandbox, &secret.arn).await?;
    }
    Ok(Value::Null)
}

pub(super) fn list_api_keys(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    context.require("ListApiKeyCredentialProviders", &[&context.token_vault()])?;
    let show = |name: &str, provider: &ApiKeyProvider| {
        json!({
            "name": name,
            "credentialProviderArn": context.provider(CredentialKind::ApiKey, name),
            "createdTime": provider.created,
            "lastUpdatedTime": provider.updated,
        })
    };
    let items = context.sandbox.state.vault.read(|state| page(input, PAGE, state.api_keys.iter(), show))?;
    Ok(paged("credentialProviders", items))
}
