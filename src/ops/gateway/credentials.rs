//! What a target is made from: its type, its payload, and how the gateway proves itself to it. Pure.
//!
//! Payloads and credentials have the retired starter toolkit's forms, which are the service's own where it has one.

use serde_json::{Map, Value, json};

use crate::error::{Code, Error, Result};
use crate::partition::Arn;
use crate::redact::SecretString;

/// A type of target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetType {
    Lambda,
    OpenApiSchema,
    McpServer,
    SmithyModel,
}

impl TargetType {
    pub(crate) const ALL: [Self; 4] = [Self::Lambda, Self::OpenApiSchema, Self::McpServer, Self::SmithyModel];

    /// The member of the service's union, which is the toolkit's word too.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Lambda => "lambda",
            Self::OpenApiSchema => "openApiSchema",
            Self::McpServer => "mcpServer",
            Self::SmithyModel => "smithyModel",
        }
    }

    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::Lambda => {
                r#"{"lambdaArn": "FUNCTION_ARN", "toolSchema": {"inlinePayload": [{"name": "NAME", "description": "TEXT", "inputSchema": {"type": "object", "properties": {}}}]}}"#
            }
            Self::OpenApiSchema => r#"{"s3": {"uri": "s3://BUCKET/openapi.json"}}, or {"inlinePayload": "TEXT"}"#,
            Self::McpServer => r#"{"endpoint": "https://HOST/mcp"}"#,
            Self::SmithyModel => r#"{"s3": {"uri": "s3://BUCKET/model.json"}}, or {"inlinePayload": "TEXT"}"#,
        }
    }

    fn wrong(self, why: &str) -> Error {
        Error::usage(format!("`--target-payload` is not that of a target of type {}: {why}", self.word()))
            .code(Code::GatewayPayload)
            .hint(format!("for this type it is {}", self.example()))
    }

    /// `targetConfiguration` in the wire's form.
    ///
    /// # Errors
    /// Exit 2 for a payload that the service would not take, as far as its outline shows.
    pub(crate) fn configuration(self, payload: &str) -> Result<Value> {
        let mut payload: Value = serde_json::from_str(payload).map_err(|error| {
            self.wrong(&format!("it is not JSON (line {}, column {})", error.line(), error.column()))
        })?;
        if !payload.is_object() {
            return Err(self.wrong("it is not a JSON object"));
        }
        match self {
            Self::Lambda => {
                let arn = payload.get("lambdaArn").and_then(Value::as_str).unwrap_or_default();
                let is_function = |arn: Arn| arn.service == "lambda" && arn.resource.starts_with("function:");
                if !arn.parse().is_ok_and(is_function) {
                    return Err(self.wrong("`lambdaArn` is not the ARN of a function"));
                }
                if !payload.get("toolSchema").is_some_and(Value::is_object) {
                    return Err(self.wrong("`toolSchema` is missing"));
                }
            }
            Self::McpServer => {
                let endpoint = payload.get("endpoint").and_then(Value::as_str).unwrap_or_default();
                if !endpoint.starts_with("https://") {
                    return Err(self.wrong("`endpoint` does not begin with https://"));
                }
            }
            Self::OpenApiSchema | Self::SmithyModel => self.check_schema(&mut payload)?,
        }
        Ok(json!({ "mcp": { self.word(): payload } }))
    }

    /// A schema that is written as JSON, and not as a text, is taken too.
    fn check_schema(self, payload: &mut Value) -> Result<()> {
        if let Some(inline) = payload.get_mut("inlinePayload").filter(|inline| inline.is_object()) {
            *inline = json!(inline.to_string());
        }
        let inline = payload.get("inlinePayload").is_some_and(Value::is_string);
        let uri = payload.pointer("/s3/uri").and_then(Value::as_str).is_some_and(|uri| uri.starts_with("s3://"));
        if inline == uri {
            return Err(self.wrong("it takes one of `s3` with a `uri`, and `inlinePayload`"));
        }
        Ok(())
    }

    /// What the service takes for a target that has no credentials of its own.
    pub(super) fn default_credentials(self) -> Option<Value> {
        match self {
            Self::Lambda | Self::SmithyModel => Some(json!([{ "credentialProviderType": "GATEWAY_IAM_ROLE" }])),
            Self::OpenApiSchema | Self::McpServer => None,
        }
    }

    /// # Errors
    /// Exit 2 for credentials that a target of this type cannot have. Source: the developer guide's table of outbound
    /// authorization.
    pub(crate) fn check_credentials(self, credentials: &OutboundCredentials) -> Result<()> {
        let is_key = matches!(credentials.usage, CredentialUsage::ApiKey { .. });
        let refusal = match (self, is_key) {
            (Self::Lambda, _) => "a function is called with the gateway's role, so that it takes no credentials",
            (Self::SmithyModel, true) => "a Smithy model takes the gateway's role or an OAuth2 client, and no API key",
            _ => return Ok(()),
        };
        Err(Error::usage(refusal).code(Code::GatewayCredentials).hint("leave out `--credentials`"))
    }
}

/// How the gateway proves itself to a target.
#[derive(Debug)]
pub(crate) struct OutboundCredentials {
    pub(crate) source: CredentialSource,
    pub(crate) usage: CredentialUsage,
}

/// Where key or client secret are.
#[derive(Debug)]
pub(crate) enum CredentialSource {
    /// ARN of a credential provider that is there.
    Provider(String),
    ApiKey(SecretString),
    /// The member of `oauth2ProviderConfigInput` and what is in it, with the client's secret.
    Client {
        member: String,
        config: Map<String, Value>,
        secret: Option<SecretString>,
    },
}

/// What the service is told about their use.
#[derive(Debug)]
pub(crate) enum CredentialUsage {
    ApiKey { location: Option<String>, parameter: Option<String>, prefix: Option<String> },
    OAuth { scopes: Vec<String> },
}

const FORMS: [&str; 3] = [
    r#"an API key: {"api_key": "KEY", "credential_location": "HEADER", "credential_parameter_name": "X-Api-Key"}"#,
    r#"an OAuth2 client: {"oauth2_provider_config": {"customOauth2ProviderConfig": {…}}, "scopes": ["SCOPE"]}"#,
    r#"a credential provider that is there, without a secret: {"provider_arn": "ARN", "scopes": ["SCOPE"]}"#,
];

fn unusable(why: &str) -> Error {
    let error = Error::usage(format!("`--credentials` cannot be used: {why}")).code(Code::GatewayCredentials);
    FORMS.iter().fold(error, |error, form| error.hint(*form))
}

impl OutboundCredentials {
    /// # Errors
    /// Exit 2 for another form than the three. Nothing of the text is quoted: it may hold a secret.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let Ok(Value::Object(mut given)) = serde_json::from_str(text) else {
            return Err(unusable("it is not a JSON object"));
        };
        let key = given.remove("api_key");
        let client = given.remove("oauth2_provider_config");
        let provider = given.remove("provider_arn");
        let source = match (key, client, provider) {
            (Some(Value::String(key)), None, None) if !key.is_empty() => CredentialSource::ApiKey(key.into()),
            (None, Some(client), None) => self::client(client)?,
            (None, None, Some(Value::String(arn))) if kind_of_arn(&arn).is_some() => CredentialSource::Provider(arn),
            _ => return Err(unusable("it names none, or more than one, of the three things it may hold")),
        };
        let is_key = match &source {
            CredentialSource::ApiKey(_) => true,
            CredentialSource::Client { .. } => false,
            CredentialSource::Provider(arn) => kind_of_arn(arn) == Some("apikey"),
        };
        let usage = if is_key { key_usage(&mut given)? } else { scopes(&mut given)? };
        match given.keys().next() {
            None => Ok(Self { source, usage }),
            Some(name) => Err(unusable(&format!("`{name}` has no place in it"))),
        }
    }

    /// `credentialProviderConfigurations` in the wire's form.
    pub(super) fn wire(&self, provider_arn: &str) -> Value {
        let mut inner = Map::new();
        inner.insert("providerArn".to_owned(), json!(provider_arn));
        let (kind, member) = match &self.usage {
            CredentialUsage::ApiKey { location, parameter, prefix } => {
                for (name, value) in [
                    ("credentialLocation", location),
                    ("credentialParameterName", parameter),
                    ("credentialPrefix", prefix),
                ] {
                    inner.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
                }
                ("API_KEY", "apiKeyCredentialProvider")
            }
            CredentialUsage::OAuth { scopes } => {
                inner.insert("scopes".to_owned(), json!(scopes));
                ("OAUTH", "oauthCredentialProvider")
            }
        };
        json!([{ "credentialProviderType": kind, "credentialProvider": { member: inner } }])
    }
}

/// `apikey` or `oauth2`, of a credential provider's ARN.
fn kind_of_arn(arn: &str) -> Option<&'static str> {
    let arn: Arn = arn.parse().ok()?;
    let kinds = [("/apikeycredentialprovider/", "apikey"), ("/oauth2credentialprovider/", "oauth2")];
    kinds.into_iter().find(|(part, _)| arn.resource.contains(part)).map(|(_, kind)| kind)
}

fn client(value: Value) -> Result<CredentialSource> {
    let wrong = || unusable("`oauth2_provider_config` is not an object with one vendor's configuration in it");
    let Value::Object(union) = value else { return Err(wrong()) };
    let mut members = union.into_iter();
    let (Some((member, Value::Object(mut config))), None) = (members.next(), members.next()) else {
        return Err(wrong());
    };
    let secret = match config.remove("clientSecret") {
        None => None,
        Some(Value::String(secret)) if !secret.is_empty() => Some(SecretString::from(secret)),
        Some(_) => return Err(unusable("`clientSecret` is empty, or not a text")),
    };
    let has = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
    if !has("clientId") {
        return Err(unusable("its `clientId` is missing"));
    }
    if member == "customOauth2ProviderConfig" && !has("oauthDiscovery") {
        return Err(unusable("its `oauthDiscovery` is missing"));
    }
    // A client that proves itself with a key of AWS has none.
    if secret.is_none() && !has("clientAuthenticationMethod") {
        return Err(unusable("its `clientSecret` is missing"));
    }
    Ok(CredentialSource::Client { member, config, secret })
}

fn key_usage(given: &mut Map<String, Value>) -> Result<CredentialUsage> {
    let mut text = |name: &str| match given.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(unusable(&format!("`{name}` is empty, or not a text"))),
    };
    let location = text("credential_location")?.map(|location| location.to_uppercase());
    if location.as_deref().is_some_and(|location| !["HEADER", "QUERY_PARAMETER"].contains(&location)) {
        return Err(unusable("`credential_location` is HEADER or QUERY_PARAMETER; the service takes no other"));
    }
    let (parameter, prefix) = (text("credential_parameter_name")?, text("credential_prefix")?);
    Ok(CredentialUsage::ApiKey { location, parameter, prefix })
}

fn scopes(given: &mut Map<String, Value>) -> Result<CredentialUsage> {
    let wrong = || unusable("`scopes` is not a list of texts");
    let scopes = match given.remove("scopes") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => {
            items.into_iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect::<Result<_>>()?
        }
        Some(_) => return Err(wrong()),
    };
    Ok(CredentialUsage::OAuth { scopes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::ExposeSecret;

    #[test]
    fn payloads_are_judged_by_their_outline() {
        let function = r#"{"lambdaArn": "arn:aws:lambda:us-west-2:1:function:f", "toolSchema": {"inlinePayload": []}}"#;
        let made = TargetType::Lambda.configuration(function).unwrap();
        assert!(made["mcp"]["lambda"]["toolSchema"].is_object());
        let made = TargetType::OpenApiSchema.configuration(r#"{"inlinePayload": {"openapi": "3.0.0"}}"#).unwrap();
        assert_eq!(made["mcp"]["openApiSchema"]["inlinePayload"], r#"{"openapi":"3.0.0"}"#);
        for (kind, payload) in [
            (TargetType::Lambda, "{"),
            (TargetType::Lambda, "[]"),
            (TargetType::Lambda, r#"{"lambdaArn": "f", "toolSchema": {}}"#),
            (TargetType::Lambda, r#"{"lambdaArn": "arn:aws:lambda:us-west-2:1:function:f"}"#),
            (TargetType::McpServer, r#"{"endpoint": "http://x"}"#),
            (TargetType::OpenApiSchema, "{}"),
            (TargetType::SmithyModel, r#"{"s3": {"uri": "https://x"}}"#),
            (TargetType::SmithyModel, r#"{"s3": {"uri": "s3://b/k"}, "inlinePayload": "x"}"#),
        ] {
            let error = kind.configuration(payload).unwrap_err();
            assert_eq!(error.code_str(), "gateway.payload", "{payload}");
        }
    }

    #[test]
    fn credentials_have_three_forms() {
        let key = r#"{"api_key": "canary", "credential_location": "header", "credential_parameter_name": "X-Key"}"#;
        let key = OutboundCredentials::parse(key).unwrap();
        assert!(matches!(&key.source, CredentialSource::ApiKey(key) if key.expose_secret() == "canary"));
        let wire = key.wire("arn");
        assert_eq!(wire[0]["credentialProvider"]["apiKeyCredentialProvider"]["credentialLocation"], "HEADER");
        assert!(!format!("{key:?} {wire}").contains("canary"));
        let client = r#"{"oauth2_provider_config": {"customOauth2ProviderConfig": {
                "clientId": "c", "clientSecret": "canary", "oauthDiscovery": {"discoveryUrl": "https://i"}}},
            "scopes": ["a"]}"#;
        let client = OutboundCredentials::parse(client).unwrap();
        assert!(!format!("{client:?}").contains("canary"));
        assert_eq!(client.wire("arn")[0]["credentialProvider"]["oauthCredentialProvider"]["scopes"], json!(["a"]));
        let arn = "arn:aws:bedrock-agentcore:us-west-2:1:token-vault/default/apikeycredentialprovider/k";
        let known = OutboundCredentials::parse(&format!(r#"{{"provider_arn": "{arn}"}}"#)).unwrap();
        assert_eq!(known.wire(arn)[0]["credentialProviderType"], "API_KEY");
    }

    #[test]
    fn unusable_credentials_are_not_quoted() {
        for text in [
            "canary",
            "{}",
            r#"{"api_key": ""}"#,
            r#"{"api_key": "canary", "provider_arn": "x"}"#,
            r#"{"api_key": "canary", "credential_location": "BODY"}"#,
            r#"{"api_key": "canary", "scopes": []}"#,
            r#"{"oauth2_provider_config": {"a": {}, "b": {}}}"#,
            r#"{"oauth2_provider_config": {"a": {"clientSecret": 1}}}"#,
            r#"{"oauth2_provider_config": {"a": {"clientSecret": "canary"}}}"#,
            r#"{"oauth2_provider_config": {"a": {"clientId": "c"}}}"#,
            r#"{"oauth2_provider_config": {"customOauth2ProviderConfig": {"clientId": "c", "clientSecret": "canary"}}}"#,
            r#"{"provider_arn": "arn:aws:s3:::x"}"#,
        ] {
            let error = OutboundCredentials::parse(text).unwrap_err();
            assert_eq!(error.code_str(), "gateway.credentials", "{text}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }
}
