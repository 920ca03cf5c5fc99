//! Vendors of OAuth2 credential providers, and the wire form of their configuration. Pure.
//!
//! Source: the control plane's service model (`CredentialProviderVendorType`, `Oauth2ProviderConfigInput`).

use serde_json::{Map, Value, json};

use crate::auth;
use crate::error::{Code, Error, Result};

/// A vendor: what the flag calls it, what the service calls it, and the member of the configuration's union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vendor {
    pub(crate) word: &'static str,
    pub(crate) wire: &'static str,
    pub(crate) member: &'static str,
}

const CUSTOM: &str = "customOauth2ProviderConfig";
const MICROSOFT: &str = "microsoftOauth2ProviderConfig";
/// Every vendor without a member of its own.
const INCLUDED: &str = "includedOauth2ProviderConfig";

const fn vendor(word: &'static str, wire: &'static str, member: &'static str) -> Vendor {
    Vendor { word, wire, member }
}

/// Any server, by its discovery document or its endpoints.
const CUSTOM_VENDOR: Vendor = vendor("custom", "CustomOauth2", CUSTOM);

pub(crate) const VENDORS: [Vendor; 25] = [
    vendor("google", "GoogleOauth2", "googleOauth2ProviderConfig"),
    vendor("github", "GithubOauth2", "githubOauth2ProviderConfig"),
    vendor("slack", "SlackOauth2", "slackOauth2ProviderConfig"),
    vendor("salesforce", "SalesforceOauth2", "salesforceOauth2ProviderConfig"),
    vendor("microsoft", "MicrosoftOauth2", MICROSOFT),
    CUSTOM_VENDOR,
    vendor("atlassian", "AtlassianOauth2", "atlassianOauth2ProviderConfig"),
    vendor("linkedin", "LinkedinOauth2", "linkedinOauth2ProviderConfig"),
    vendor("x", "XOauth2", INCLUDED),
    vendor("okta", "OktaOauth2", INCLUDED),
    vendor("onelogin", "OneLoginOauth2", INCLUDED),
    vendor("pingone", "PingOneOauth2", INCLUDED),
    vendor("facebook", "FacebookOauth2", INCLUDED),
    vendor("yandex", "YandexOauth2", INCLUDED),
    vendor("reddit", "RedditOauth2", INCLUDED),
    vendor("zoom", "ZoomOauth2", INCLUDED),
    vendor("twitch", "TwitchOauth2", INCLUDED),
    vendor("spotify", "SpotifyOauth2", INCLUDED),
    vendor("dropbox", "DropboxOauth2", INCLUDED),
    vendor("notion", "NotionOauth2", INCLUDED),
    vendor("hubspot", "HubspotOauth2", INCLUDED),
    vendor("cyberark", "CyberArkOauth2", INCLUDED),
    vendor("fusionauth", "FusionAuthOauth2", INCLUDED),
    vendor("auth0", "Auth0Oauth2", INCLUDED),
    vendor("cognito", "CognitoOauth2", INCLUDED),
];

/// What `--type` may say besides the vendors.
const API_KEY: [&str; 2] = ["api-key", "apikey"];

/// What `--type` means: an API key, or an OAuth2 client at a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProviderType {
    ApiKey,
    OAuth2(Vendor),
}

impl ProviderType {
    /// # Errors
    /// Exit 2 with the nearest word.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let word = text.to_lowercase();
        if API_KEY.contains(&word.as_str()) {
            return Ok(Self::ApiKey);
        }
        let word = if word == "oauth2" || word == "custom-oauth2" { "custom" } else { word.as_str() };
        if let Some(vendor) = VENDORS.iter().find(|vendor| vendor.word == word || vendor.wire.to_lowercase() == word) {
            return Ok(Self::OAuth2(*vendor));
        }
        let words: Vec<&str> = ["api-key"].into_iter().chain(VENDORS.iter().map(|vendor| vendor.word)).collect();
        let error = Error::usage(format!("`{text}` is not a type of credential provider")).code(Code::InputValue);
        let error = match crate::config::nearest(text, words.iter().copied()) {
            Some(near) => error.hint(format!("did you mean `--type {near}`?")),
            None => error,
        };
        Err(error.hint(format!("`--type` is one of {}; `custom` takes any other provider", words.join(", "))))
    }

    /// The word that the configuration file gets.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ApiKey => "api-key",
            Self::OAuth2(vendor) => vendor.word,
        }
    }
}

/// What was said of an OAuth2 client, without its secret. `None` was not said.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientSettings {
    pub(crate) client_id: Option<String>,
    pub(crate) discovery_url: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) authorization_endpoint: Option<String>,
    pub(crate) token_endpoint: Option<String>,
    pub(crate) tenant_id: Option<String>,
    /// Members for the vendor's configuration that have no flag, in the wire's form.
    pub(crate) more: Map<String, Value>,
}

impl ClientSettings {
    fn endpoints(&self) -> [(&'static str, &'static str, Option<&String>); 3] {
        [
            ("issuer", "--issuer", self.issuer.as_ref()),
            ("authorizationEndpoint", "--authorization-endpoint", self.authorization_endpoint.as_ref()),
            ("tokenEndpoint", "--token-endpoint", self.token_endpoint.as_ref()),
        ]
    }

    /// The flags that say it again, each after a space.
    pub(crate) fn flags(&self) -> String {
        use crate::shell::quoted;
        let more = [
            ("--client-id", self.client_id.as_ref()),
            ("--discovery-url", self.discovery_url.as_ref()),
            ("--tenant-id", self.tenant_id.as_ref()),
        ];
        let all = more.into_iter().chain(self.endpoints().map(|(_, flag, value)| (flag, value)));
        all.filter_map(|(flag, value)| Some(format!(" {flag} {}", quoted(value?)))).collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.client_id.is_none()
            && self.discovery_url.is_none()
            && self.tenant_id.is_none()
            && self.more.is_empty()
            && self.endpoints().iter().all(|(.., value)| value.is_none())
    }
}

/// The vendor to use: a Cognito pool given by its discovery document is a custom provider, as in the starter toolkit,
/// because the vendor's own form takes endpoints and no document.
pub(crate) fn effective(vendor: Vendor, settings: &ClientSettings) -> Vendor {
    if vendor.member == INCLUDED && settings.discovery_url.is_some() {
        return CUSTOM_VENDOR;
    }
    vendor
}

/// The vendor's configuration with what was said on top of `base`: nothing for a new provider, what is there for another.
///
/// # Errors
/// Exit 2 for a flag that the vendor has no place for, or for one that is missing.
pub(crate) fn configure(vendor: Vendor, base: Map<String, Value>, said: &ClientSettings) -> Result<Map<String, Value>> {
    let mut config = base;
    if let Some(id) = &said.client_id {
        config.insert("clientId".to_owned(), json!(id));
    }
    let refuse = |flag: &str| {
        Err(Error::usage(format!("`{flag}` has no place in a provider of the type `{}`", vendor.word))
            .code(Code::InputValue)
            .hint("`--type custom` takes a discovery URL or endpoints"))
    };
    match (&said.tenant_id, vendor.member) {
        (Some(tenant), MICROSOFT) => {
            config.insert("tenantId".to_owned(), json!(tenant));
        }
        (Some(_), _) => return refuse("--tenant-id"),
        (None, _) => {}
    }
    let given: Vec<_> =
        said.endpoints().into_iter().filter_map(|(name, flag, value)| Some((name, flag, value?))).collect();
    match vendor.member {
        CUSTOM => custom(&mut config, said, &given)?,
        INCLUDED => {
            if said.discovery_url.is_some() {
                return refuse("--discovery-url");
            }
            for (name, _, value) in given {
                config.insert(name.to_owned(), json!(value));
            }
        }
        _ => {
            if let Some((_, flag, _)) = given.first() {
                return refuse(flag);
            }
            if said.discovery_url.is_some() {
                return refuse("--discovery-url");
            }
        }
    }
    config.extend(said.more.clone());
    if config.get("clientId").and_then(Value::as_str).is_none_or(str::is_empty) && vendor.member != CUSTOM {
        return Err(Error::usage("no client id").code(Code::InputMissing).hint("pass `--client-id`"));
    }
    Ok(config)
}

/// The service says of a wrong one no more than that it is invalid.
fn check_discovery_url(url: &str) -> Result<()> {
    let problems = auth::discovery_url_problems(url);
    let Some((first, _)) = problems.first() else { return Ok(()) };
    let error = Error::usage(format!("`--discovery-url`: {first}")).code(Code::InputValue);
    let error = problems[1..].iter().fold(error, |error, (more, _)| error.cause(more.clone()));
    Err(problems.into_iter().filter_map(|(_, hint)| hint).fold(error, Error::hint))
}

/// A discovery document, or all three addresses.
fn custom(config: &mut Map<String, Value>, said: &ClientSettings, given: &[(&str, &str, &String)]) -> Result<()> {
    match (&said.discovery_url, given) {
        (Some(url), []) => {
            check_discovery_url(url)?;
            config.insert("oauthDiscovery".to_owned(), json!({ "discoveryUrl": url }));
        }
        (Some(_), [(_, flag, _), ..]) => {
            return Err(Error::usage(format!("`--discovery-url` and `{flag}` exclude each other"))
                .code(Code::InputValue)
                .hint("the discovery document names the endpoints"));
        }
        (None, []) => {}
        (None, given) => {
            let old = config.get("oauthDiscovery").and_then(|found| found.get("authorizationServerMetadata"));
            let mut metadata = old.and_then(Value::as_object).cloned().unwrap_or_default();
            for (name, _, value) in given {
                metadata.insert((*name).to_owned(), json!(value));
            }
            for (name, flag, _) in said.endpoints() {
                if !metadata.contains_key(name) {
                    return Err(Error::usage("a provider without a discovery document needs all its addresses")
                        .code(Code::InputMissing)
                        .hint(format!("pass `{flag}` too, or `--discovery-url` instead")));
                }
            }
            config.insert("oauthDiscovery".to_owned(), json!({ "authorizationServerMetadata": metadata }));
        }
    }
    if config.contains_key("oauthDiscovery") || said.more.contains_key("oauthDiscovery") {
        return Ok(());
    }
    Err(Error::usage("no discovery document")
        .code(Code::InputMissing)
        .hint("pass `--discovery-url`, or `--issuer`, `--authorization-endpoint` and `--token-endpoint`"))
}

/// The configuration of an existing provider as Update takes it. Get's form has members that the input has in another
/// place, or not at all; whatever else it has is kept.
pub(crate) fn input_of(vendor: Vendor, output: &Map<String, Value>) -> Map<String, Value> {
    let mut config = output.clone();
    if vendor.member == CUSTOM {
        return config;
    }
    let discovery = config.remove("oauthDiscovery").unwrap_or(Value::Null);
    if vendor.member == INCLUDED {
        let metadata = discovery.get("authorizationServerMetadata").and_then(Value::as_object);
        for name in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
            if let Some(value) = metadata.and_then(|metadata| metadata.get(name)) {
                config.entry(name).or_insert_with(|| value.clone());
            }
        }
    }
    if vendor.member == MICROSOFT && !config.contains_key("tenantId") {
        let url = discovery.get("discoveryUrl").and_then(Value::as_str).and_then(|url| url::Url::parse(url).ok());
        let tenant = url.as_ref().and_then(|url| url.path_segments()?.next());
        // `common` is what the service uses when none was given.
        if let Some(tenant) = tenant.filter(|tenant| !tenant.is_empty() && *tenant != "common") {
            config.insert("tenantId".to_owned(), json!(tenant));
        }
    }
    config
}

/// Who the client is and where it asks, as far as `wanted` says it and the live provider does: the members that differ,
/// with what is there. What the service does not give back cannot be compared.
pub(crate) fn differences(
    vendor: Vendor,
    wanted: &Map<String, Value>,
    output: &Map<String, Value>,
) -> Vec<(&'static str, Value)> {
    let live = input_of(vendor, output);
    ["clientId", "tenantId", "issuer", "authorizationEndpoint", "tokenEndpoint", "oauthDiscovery"]
        .into_iter()
        .filter_map(|member| {
            let asked = wanted.get(member)?;
            match live.get(member) {
                Some(found) => (!covers(found, asked)).then(|| (member, found.clone())),
                // The service's tenant for everybody is not in the input's form.
                None if member == "tenantId" => output.get("oauthDiscovery").map(|_| (member, json!("common"))),
                None => None,
            }
        })
        .collect()
}

/// `found` has everything of `asked`; the service adds what it knows itself.
fn covers(found: &Value, asked: &Value) -> bool {
    match (found, asked) {
        (Value::Object(found), Value::Object(asked)) => {
            asked.iter().all(|(key, asked)| found.get(key).is_some_and(|found| covers(found, asked)))
        }
        _ => found == asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str) -> Vendor {
        match ProviderType::parse(word).unwrap() {
            ProviderType::OAuth2(vendor) => vendor,
            ProviderType::ApiKey => panic!("an API key"),
        }
    }

    fn said(pairs: &[(&str, &str)]) -> ClientSettings {
        let get = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        ClientSettings {
            client_id: get("client"),
            discovery_url: get("discovery"),
            issuer: get("issuer"),
            authorization_endpoint: get("authorization"),
            token_endpoint: get("token"),
            tenant_id: get("tenant"),
            more: Map::new(),
        }
    }

    #[test]
    fn discovery_url_is_checked_before_any_request() {
        let configured = |url: &str| configure(of("custom"), Map::new(), &said(&[("client", "c"), ("discovery", url)]));
        for good in [
            "https://idp.example/.well-known/openid-configuration",
            "http://127.0.0.1:1/x/.well-known/openid-configuration",
        ] {
            configured(good).unwrap();
        }
        for bad in ["http://h/x", "https://idp.example/", "http://idp.example/.well-known/openid-configuration", "idp"]
        {
            let error = configured(bad).unwrap_err();
            assert_eq!((error.kind().exit_code(), error.code_str()), (2, "input.value"), "{bad}");
            assert!(error.message().starts_with("`--discovery-url`: ") && !error.hints().is_empty(), "{error}");
        }
    }

    #[test]
    fn vendors_are_known_by_word_and_service_name() {
        for vendor in VENDORS {
            assert_eq!(of(vendor.word), vendor);
            assert_eq!(of(vendor.wire), vendor);
        }
        assert_eq!(ProviderType::parse("API-key").unwrap(), ProviderType::ApiKey);
        assert_eq!(of("oauth2").wire, "CustomOauth2");
        let error = ProviderType::parse("gogle").unwrap_err();
        assert!(error.hints()[0].contains("--type google"), "{error}");
    }

    #[test]
    fn custom_provider_needs_a_document_or_all_addresses() {
        let custom = of("custom");
        let with = |pairs: &[(&str, &str)]| configure(custom, Map::new(), &said(pairs));
        let document = with(&[("client", "c"), ("discovery", "https://d/.well-known/openid-configuration")]).unwrap();
        assert_eq!(document["oauthDiscovery"]["discoveryUrl"], "https://d/.well-known/openid-configuration");
        let all = [("client", "c"), ("issuer", "i"), ("authorization", "a"), ("token", "t")];
        assert_eq!(with(&all).unwrap()["oauthDiscovery"]["authorizationServerMetadata"]["tokenEndpoint"], "t");
        assert!(with(&all[..3]).is_err() && with(&[("client", "c")]).is_err());
        assert!(with(&[("client", "c"), ("discovery", "d"), ("token", "t")]).is_err());
    }

    #[test]
    fn a_flag_without_a_place_is_refused() {
        for (word, flag) in [("google", "discovery"), ("github", "token"), ("okta", "tenant")] {
            let said = said(&[("client", "c"), (flag, "x")]);
            assert_eq!(configure(of(word), Map::new(), &said).unwrap_err().kind().exit_code(), 2, "{word} {flag}");
        }
        assert!(configure(of("google"), Map::new(), &said(&[])).is_err(), "no client id");
        let microsoft = configure(of("microsoft"), Map::new(), &said(&[("client", "c"), ("tenant", "t")])).unwrap();
        assert_eq!(microsoft["tenantId"], "t");
    }

    #[test]
    fn pool_given_by_document_is_a_custom_provider() {
        let by_document = said(&[("client", "c"), ("discovery", "https://d")]);
        assert_eq!(effective(of("cognito"), &by_document).wire, "CustomOauth2");
        let by_endpoints = said(&[("client", "c"), ("issuer", "i")]);
        assert_eq!(effective(of("cognito"), &by_endpoints).wire, "CognitoOauth2");
    }

    #[test]
    fn an_existing_configuration_comes_through_whole() {
        let output = json!({
            "oauthDiscovery": { "discoveryUrl": "https://d" }, "clientId": "c", "newer": { "a": 1 },
            "onBehalfOfTokenExchangeConfig": { "grantType": "TOKEN_EXCHANGE" },
        });
        let output = output.as_object().unwrap();
        assert_eq!(&input_of(of("custom"), output), output);
        let included = json!({
            "oauthDiscovery": { "authorizationServerMetadata": { "issuer": "i", "tokenEndpoint": "t" } }, "clientId": "c",
        });
        let input = input_of(of("okta"), included.as_object().unwrap());
        assert_eq!(Value::Object(input), json!({ "clientId": "c", "issuer": "i", "tokenEndpoint": "t" }));
        let microsoft = json!({
            "oauthDiscovery": { "discoveryUrl": "https://login.microsoftonline.com/tenant-1/v2.0/.well-known/openid-configuration" },
            "clientId": "c",
        });
        assert_eq!(input_of(of("microsoft"), microsoft.as_object().unwrap())["tenantId"], "tenant-1");
    }
}
