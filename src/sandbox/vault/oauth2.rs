//! OAuth2 credential providers: a client of somebody else's authorization server.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::providers::{CredentialKind, NAME, SecretInput, SecretRef, exists, keep_secret, secret_input};
use super::vendors::{self, CUSTOM, INCLUDED, MICROSOFT, VendorEndpoints};
use super::{Tags, Vault, VaultContext, checked_tags, exchange, name, page, paged, text};
use crate::sandbox::control::check::{TextRule, Violations};
use crate::sandbox::random;
use crate::sandbox::reply::Fault;

const CONFIG: &str = "oauth2ProviderConfigInput";
const CLIENT_ID: TextRule = TextRule::length(1, 256);
const CLIENT_SECRET: TextRule = TextRule::length(0, 2048).sensitive();
const ANY: TextRule = TextRule::length(0, usize::MAX);
const DISCOVERY_URL: TextRule =
    TextRule::pattern(r"[^\s?#]+/\.well-known/(openid-configuration|oauth-authorization-server)(/[^\s?#]+)?");
const KMS_KEY: TextRule =
    TextRule::length(1, 2048).with_pattern("arn:aws(|-cn|-us-gov):kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}");
/// Most providers of a page. Source: the service model.
const PAGE: i64 = 20;
pub(super) const BASIC: &str = "CLIENT_SECRET_BASIC";
pub(super) const POST: &str = "CLIENT_SECRET_POST";
const IAM_JWT: &str = "AWS_IAM_ID_TOKEN_JWT";
const KEY_JWT: &str = "PRIVATE_KEY_JWT";

/// Times are seconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Oauth2Provider {
    pub(super) vendor: String,
    /// The one member of the configuration, without what concerns the secret.
    pub(super) config: Value,
    pub(super) secret: SecretRef,
    /// Last part of the callback URL.
    pub(super) callback: String,
    pub(super) tags: Tags,
    created: f64,
    updated: f64,
}

/// The content of a valid request.
pub(super) struct ProviderInput {
    vendor: String,
    pub(super) config: Value,
    given: SecretInput,
}

pub(super) fn provider_input(check: &mut Violations, input: &Value) -> ProviderInput {
    const VENDOR: &str = "credentialProviderVendor";
    check.present(VENDOR, input.get(VENDOR));
    check.one_of(VENDOR, input.get(VENDOR), &vendors::names());
    let vendor = text(input, VENDOR).unwrap_or_default();
    let mut out = ProviderInput { vendor: vendor.to_owned(), config: Value::Null, given: SecretInput::Nothing };
    let Some(union) = check.present(CONFIG, input.get(CONFIG)) else { return out };
    let members: Vec<(&String, &Value)> =
        union.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()).collect();
    let [(member, config)] = members.as_slice() else {
        check.problem(CONFIG, format!("{CONFIG} must have exactly one member"));
        return out;
    };
    let Some((expected, place)) = vendors::find(vendor) else { return out };
    if *member != expected {
        check.problem(CONFIG, format!("the {VENDOR} {vendor} is configured by {expected}, not by {member}"));
        return out;
    }
    let path = format!("{CONFIG}.{member}.");
    out.given = secret_input(check, CredentialKind::Oauth2, &path, config, CLIENT_SECRET);
    let at = |name: &str| format!("{path}{name}");
    if expected == CUSTOM {
        check.text(&at("clientId"), config.get("clientId"), TextRule::length(0, 256));
        custom(check, &path, config);
    } else {
        check.required(&at("clientId"), config.get("clientId"), CLIENT_ID);
    }
    if vendor == MICROSOFT {
        check.text(&at("tenantId"), config.get("tenantId"), TextRule::length(1, 2048));
    }
    if expected == INCLUDED {
        for name in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
            let value = check.text(&at(name), config.get(name), ANY);
            if place == VendorEndpoints::Tenant && value.is_none() {
                // Not in the model; without it there is nothing to talk to.
                check.problem(&at(name), format!("the {VENDOR} {vendor} needs {name}"));
            }
        }
    }
    let mut config: Map<String, Value> = config.as_object().cloned().unwrap_or_default();
    config.retain(|name, value| !name.starts_with("clientSecret") && !value.is_null());
    out.config = Value::Object(config);
    out
}

fn custom(check: &mut Violations, path: &str, config: &Value) {
    let at = |name: &str| format!("{path}{name}");
    if let Some(discovery) = check.present(&at("oauthDiscovery"), config.get("oauthDiscovery")) {
        self::discovery(check, &at("oauthDiscovery"), discovery);
    }
    let method = config.get("clientAuthenticationMethod");
    check.one_of(&at("clientAuthenticationMethod"), method, &[BASIC, POST, IAM_JWT, KEY_JWT]);
    if let Some(jwt) = config.get("privateKeyJwtConfig").filter(|value| !value.is_null()) {
        let at = |name: &str| format!("{path}privateKeyJwtConfig.{name}");
        check.one_of(&at("signingAlgorithm"), jwt.get("signingAlgorithm"), &["RS256", "PS256", "ES256"]);
        let arn = jwt.pointer("/privateKeySource/kmsKeySource/kmsKeyArn");
        check.text(&at("privateKeySource.kmsKeySource.kmsKeyArn"), arn, KMS_KEY);
        for name in ["additionalHeaderClaims", "additionalPayloadClaims"] {
            let rules = (TextRule::length(1, 255).with_pattern("[A-Za-z0-9_.:#-]+"), TextRule::length(1, 2048));
            check.map(&at(name), jwt.get(name), 10, rules);
        }
    }
    if let Some(exchange) = config.get("onBehalfOfTokenExchangeConfig").filter(|value| !value.is_null()) {
        let at = |name: &str| format!("{path}onBehalfOfTokenExchangeConfig.{name}");
        check.present(&at("grantType"), exchange.get("grantType"));
        check.one_of(&at("grantType"), exchange.get("grantType"), &["TOKEN_EXCHANGE", "JWT_AUTHORIZATION_GRANT"]);
        let actor = exchange.pointer("/tokenExchangeGrantTypeConfig/actorTokenContent");
        check.one_of(&at("tokenExchangeGrantTypeConfig.actorTokenContent"), actor, &["NONE", "M2M", IAM_JWT]);
        let method = exchange.pointer("/onBehalfOfAuthenticationConfig/clientAuthenticationMethod");
        check.one_of(&at("onBehalfOfAuthenticationConfig.clientAuthenticationMethod"), method, &["NO_CLIENT"]);
    }
    check.list(&at("privateEndpointOverrides"), config.get("privateEndpointOverrides"), 0, 5);
    check.list(&at("certificateConfigurations"), config.get("certificateConfigurations"), 1, 1);
}

fn discovery(check: &mut Violations, path: &str, discovery: &Value) {
    let url = discovery.get("discoveryUrl").filter(|value| !value.is_null());
    let metadata = discovery.get("authorizationServerMetadata").filter(|value| !value.is_null());
    match (url, metadata) {
        (Some(url), None) => {
            check.text(&format!("{path}.discoveryUrl"), Some(url), DISCOVERY_URL);
        }
        (None, Some(metadata)) => {
            let at = |name: &str| format!("{path}.authorizationServerMetadata.{name}");
            for name in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
                check.required(&at(name), metadata.get(name), ANY);
            }
            let methods = metadata.get("tokenEndpointAuthMethods");
            for (path, method) in check.list(&at("tokenEndpointAuthMethods"), methods, 1, 2) {
                check.one_of(&path, Some(method), &["client_secret_post", "client_secret_basic"]);
            }
        }
        _ => {
            check.problem(path, "oauthDiscovery must have exactly one of discoveryUrl and authorizationServerMetadata")
        }
    }
}

/// Whether a client of this configuration has a secret at all.
fn needs_secret(config: &Value) -> bool {
    !matches!(text(config, "clientAuthenticationMethod"), Some(IAM_JWT | KEY_JWT))
}

impl Oauth2Provider {
    /// `oauthDiscovery` of the configuration.
    pub(super) fn discovery(&self) -> Value {
        vendors::discovery(&self.vendor, &self.config)
    }

    pub(super) fn client_id(&self) -> &str {
        text(&self.config, "clientId").unwrap_or_default()
    }

    fn show(&self, context: &VaultContext<'_>, name: &str) -> Value {
        let member = vendors::find(&self.vendor).map_or(CUSTOM, |(member, _)| member);
        let mut config = if member == CUSTOM { self.config.clone() } else { json!({ "clientId": self.client_id() }) };
        config["oauthDiscovery"] = self.discovery();
        let mut out = json!({
            "name": name,
            "credentialProviderVendor": self.vendor,
            "credentialProviderArn": context.provider(CredentialKind::Oauth2, name),
            "callbackUrl": self.callback_url(context),
            "oauth2ProviderConfigOutput": { member: config },
            "createdTime": self.created,
            "lastUpdatedTime": self.updated,
            "status": "READY",
        });
        self.secret.show(CredentialKind::Oauth2, &mut out);
        out
    }

    /// Where the authorization server sends users back to.
    pub(super) fn callback_url(&self, context: &VaultContext<'_>) -> String {
        format!("{}/identities/oauth2/callback/{}", context.sandbox.info.url, self.callback)
    }
}

pub(super) async fn create(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), NAME).unwrap_or_default();
    let wanted = provider_input(&mut check, input);
    require_secret(&mut check, &wanted);
    let tags = checked_tags(&mut check, input.get("tags"));
    check.finish()?;
    context.require(
        "CreateOauth2CredentialProvider",
        &[&context.token_vault(), &context.provider(CredentialKind::Oauth2, name)],
    )?;
    let _changing = context.sandbox.identities.changes.lock().await;
    let store = &context.sandbox.state.vault;
    if store.read(|state| state.oauth2.contains_key(name)) {
        return Err(exists(CredentialKind::Oauth2, name));
    }
    let secret = keep_secret(context, (CredentialKind::Oauth2, name), wanted.given, None).await?;
    let provider = Oauth2Provider {
        vendor: wanted.vendor,
        config: wanted.config,
        secret,
        callback: random::uuid(),
        tags,
        created: context.now,
        updated: context.now,
    };
    let mut answer = provider.show(context, name);
    if let Some(answer) = answer.as_object_mut() {
        // Members of the other operations' answers.
        for name in ["createdTime", "lastUpdatedTime", "credentialProviderVendor"] {
            answer.remove(name);
        }
    }
    let add = |state: &mut Vault| {
        state.oauth2.insert(name.to_owned(), provider);
        Ok(answer)
    };
    store.update(add).await
}

fn require_secret(check: &mut Violations, wanted: &ProviderInput) {
    if wanted.given == SecretInput::Nothing && !wanted.config.is_null() && needs_secret(&wanted.config) {
        check.problem(CONFIG, "clientSecret or clientSecretConfig is required for this client authentication method");
    }
}

pub(super) fn get(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let name = name(input, NAME)?;
    context.require(
        "GetOauth2CredentialProvider",
        &[&context.token_vault(), &context.provider(CredentialKind::Oauth2, name)],
    )?;
    let found = context.sandbox.state.vault.read(|state| state.oauth2.get(name).map(|it| it.show(context, name)));
    found.ok_or_else(|| CredentialKind::Oauth2.missing(name))
}

/// Replaces the configuration. A secret that is left out stays; whether the service does so is not documented.
pub(super) async fn update(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    let name = check.required("name", input.get("name"), NAME).unwrap_or_default();
    let wanted = provider_input(&mut check, input);
    check.finish()?;
    context.require(
        "UpdateOauth2CredentialProvider",
        &[&context.token_vault(), &context.provider(CredentialKind::Oauth2, name)],
    )?;
    let _changing = context.sandbox.identities.changes.lock().await;
    let store = &context.sandbox.state.vault;
    let old =
        store.read(|state| state.oauth2.get(name).cloned()).ok_or_else(|| CredentialKind::Oauth2.missing(name))?;
    if old.vendor != wanted.vendor {
        let text = format!("credentialProviderVendor of '{name}' is {} and cannot be changed", old.vendor);
        return Err(crate::sandbox::control::invalid(text));
    }
    let secret = keep_secret(context, (CredentialKind::Oauth2, name), wanted.given, Some(&old.secret)).await?;
    let change = |state: &mut Vault| {
        exchange::forget(state, |kept| kept.provider == name);
        let provider = state.oauth2.get_mut(name).ok_or_else(|| CredentialKind::Oauth2.missing(name))?;
        provider.config = wanted.config;
        provider.secret = secret;
        provider.updated = context.now;
        Ok(provider.show(context, name))
    };
    store.update(change).await
}

pub(super) fn list(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    context.require("ListOauth2CredentialProviders", &[&context.token_vault()])?;
    let show = |name: &str, provider: &Oauth2Provider| {
        json!({
            "name": name,
            "credentialProviderVendor": provider.vendor,
            "credentialProviderArn": context.provider(CredentialKind::Oauth2, name),
            "createdTime": provider.created,
            "lastUpdatedTime": provider.updated,
        })
    };
    let items = context.sandbox.state.vault.read(|state| page(input, PAGE, state.oauth2.iter(), show))?;
    Ok(paged("credentialProviders", items))
}
