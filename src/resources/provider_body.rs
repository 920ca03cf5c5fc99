//! Requests that make or change a credential provider, in the wire's form. Pure. A secret goes into the request and nowhere
//! else.

use serde_json::{Map, Value, json};

use super::provider_vendor::{self as vendor, ClientSettings, ProviderType, VENDORS, Vendor};
use crate::cloud::ProviderKind;
use crate::error::{Code, Error, Result};
use crate::redact::{ExposeSecret, SecretString};

/// Where the key or the client's secret comes from.
#[derive(Clone, Debug)]
pub(crate) enum ProviderSecret {
    /// The service keeps it in a secret of its own.
    Value(SecretString),
    /// A secret in the user's Secrets Manager, by ARN or name, and the key in its JSON.
    Reference { secret_id: String, json_key: String },
}

/// What is asked for.
#[derive(Debug)]
pub(crate) struct ProviderRequest {
    pub(crate) name: String,
    /// `None` for an update of whichever kind the name belongs to.
    pub(crate) kind: Option<ProviderType>,
    pub(crate) client: ClientSettings,
    pub(crate) secret: Option<ProviderSecret>,
    pub(crate) tags: Vec<(String, String)>,
    /// Pool of a Cognito client that gets the provider's callback URL.
    pub(crate) cognito_pool: Option<String>,
    /// Change one that another project made.
    pub(crate) adopt: bool,
}

pub(crate) fn kind_of(kind: ProviderType) -> ProviderKind {
    match kind {
        ProviderType::ApiKey => ProviderKind::ApiKey,
        ProviderType::OAuth2(_) => ProviderKind::OAuth2,
    }
}

pub(crate) fn vendor_of(provider: &Value) -> Option<Vendor> {
    let wire = provider.get("credentialProviderVendor")?.as_str()?;
    VENDORS.into_iter().find(|vendor| vendor.wire == wire)
}

/// A member of a provider that is a text; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn check_name(name: &str) -> Result<()> {
    let fits = (1..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if fits {
        return Ok(());
    }
    Err(Error::usage(format!("`{name}` cannot be the name of a credential provider"))
        .code(Code::InputValue)
        .hint("letters, digits, `-` and `_`, 128 at most"))
}

/// # Errors
/// The provider that is there is of another type, or exit 2 when it is another client or asks elsewhere.
pub(super) fn check_there(asked: ProviderType, found: &Value, request: &ProviderRequest) -> Result<()> {
    let (ProviderType::OAuth2(vendor), Some(live)) = (asked, vendor_of(found)) else { return Ok(()) };
    if vendor::effective(vendor, &request.client) != live {
        return Err(Error::failed(format!(
            "a credential provider `{}` of the type `{}` exists already",
            request.name, live.word
        ))
        .code(Code::IdentityProviderTaken)
        .hint("choose another `--name`"));
    }
    check_same(live, found, request)
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

fn no_secret(what: &str, flag: &str) -> Error {
    Error::usage(format!("no {what}"))
        .code(Code::InputMissing)
        .hint(format!("pass it with `{flag}-file FILE`, `{flag}-file -` or `{flag}-env VARIABLE`"))
        .hint("or name a secret of your own in Secrets Manager: `--secret-id NAME --json-key KEY`")
}

fn put_secret(body: &mut Map<String, Value>, prefix: &str, secret: &ProviderSecret) {
    match secret {
        ProviderSecret::Value(value) => {
            body.insert(prefix.to_owned(), json!(value.expose_secret()));
        }
        ProviderSecret::Reference { secret_id, json_key } => {
            // `apiKey` has `apiKeySecretConfig`, `clientSecret` has `clientSecretConfig`.
            let stem = if prefix == "apiKey" { "apiKeySecret" } else { prefix };
            body.insert(format!("{stem}Config"), json!({ "secretId": secret_id, "jsonKey": json_key }));
            body.insert(format!("{stem}Source"), json!("EXTERNAL"));
        }
    }
}

pub(crate) fn create_body(kind: ProviderType, request: &ProviderRequest) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(request.name));
    match kind {
        ProviderType::ApiKey => {
            if !request.client.is_empty() {
                return Err(Error::usage("an API key has no client")
                    .code(Code::InputValue)
                    .hint("`--client-id` and the addresses go with a type of OAuth2 provider"));
            }
            let secret = request.secret.as_ref().ok_or_else(|| no_secret("API key", "--api-key"))?;
            put_secret(&mut body, "apiKey", secret);
        }
        ProviderType::OAuth2(vendor) => {
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
pub(super) fn update_body(live: &Value, kind: ProviderKind, request: &ProviderRequest) -> Result<Map<String, Value>> {
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
        Some(ProviderSecret::Reference { secret_id: id?.to_owned(), json_key: key?.to_owned() })
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
        Some(ProviderType::OAuth2(asked)) if asked != live && vendor::effective(asked, &request.client) != live => {
            Err(Error::usage(format!("the credential provider `{}` is of the type `{}`", request.name, live.word))
                .code(Code::InputValue)
                .hint(format!("an update cannot make a provider of the type `{}` of it: create one", asked.word))
                .hint(format!("leave `--type` out, or pass `--type {}`", live.word)))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: &str = "https://d/.well-known/openid-configuration";

    fn request(kind: &str, secret: Option<ProviderSecret>, client: ClientSettings) -> ProviderRequest {
        ProviderRequest {
            name: "p".into(),
            kind: Some(ProviderType::parse(kind).unwrap()),
            client,
            secret,
            tags: Vec::new(),
            cognito_pool: None,
            adopt: false,
        }
    }

    fn value(text: &str) -> Option<ProviderSecret> {
        Some(ProviderSecret::Value(SecretString::from(text.to_owned())))
    }

    fn client(id: &str) -> ClientSettings {
        ClientSettings { client_id: Some(id.into()), ..ClientSettings::default() }
    }

    #[test]
    fn a_key_is_a_value_or_a_reference() {
        let body = |request: &ProviderRequest| create_body(ProviderType::ApiKey, request).map(Value::Object);
        let plain = body(&request("api-key", value("k"), ClientSettings::default())).unwrap();
        assert_eq!(plain, json!({ "name": "p", "apiKey": "k" }));
        let reference = ProviderSecret::Reference { secret_id: "s".into(), json_key: "j".into() };
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
    fn provider_with_another_client_is_not_taken_over() {
        let live = |id: &str, url: &str| {
            json!({ "oauth2ProviderConfigOutput": { "customOauth2ProviderConfig": {
                "oauthDiscovery": { "discoveryUrl": url }, "clientId": id, "newer": 1,
            } } })
        };
        let settings = ClientSettings { discovery_url: Some(D.into()), ..client("c") };
        let asked = request("custom", value("s"), settings);
        let Some(ProviderType::OAuth2(custom)) = asked.kind else { panic!() };
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
}
