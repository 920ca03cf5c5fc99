//! AgentCore Identity: credential providers and workload identities.
//!
//! Providers travel as the wire's own JSON, because an update replaces the whole definition and typed models drop members
//! that are newer than the SDK. No answer of the service holds a secret; only the requests that store one do.

use aws_config::retry::RetryConfig;
use serde_json::Value;

use super::connect::Cloud;
use super::error::{code, convert, if_found, throttled_again};
use super::wire::{Capture, append, replace_body};
use crate::error::Result;

/// The two kinds of credential providers. Their names are separate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ProviderKind {
    ApiKey,
    OAuth2,
}

impl ProviderKind {
    pub(crate) const ALL: [Self; 2] = [Self::ApiKey, Self::OAuth2];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::ApiKey => "API key",
            Self::OAuth2 => "OAuth2",
        }
    }

    /// The kind of the provider with this ARN: `…:token-vault/default/apikeycredentialprovider/NAME`.
    pub(crate) fn of_arn(arn: &str) -> Option<Self> {
        if arn.contains("/apikeycredentialprovider/") {
            Some(Self::ApiKey)
        } else if arn.contains("/oauth2credentialprovider/") {
            Some(Self::OAuth2)
        } else {
            None
        }
    }
}

/// Sends one operation with its own body and passes the result to the arms.
macro_rules! exchange {
    ($request:expr, $body:expr, $capture:expr) => {{
        let bytes = $body.to_string();
        $request
            .customize()
            .interceptor($capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await
    }};
}

fn name_of(body: &Value) -> String {
    body.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Cloud {
    /// The answer of Get, with every member; `None` when there is no such provider.
    pub(crate) async fn credential_provider(&self, kind: ProviderKind, name: &str) -> Result<Option<Value>> {
        let capture = Capture::default();
        let client = self.control();
        let what = format!("read the {} credential provider `{name}`", kind.word());
        macro_rules! read {
            ($operation:ident) => {
                if_found(client.$operation().name(name).customize().interceptor(capture.clone()).send().await, what)?
                    .is_some()
            };
        }
        let is_found = match kind {
            ProviderKind::ApiKey => read!(get_api_key_credential_provider),
            ProviderKind::OAuth2 => read!(get_oauth2_credential_provider),
        };
        if is_found { capture.json().map(Some) } else { Ok(None) }
    }

    /// Creates from the wire form. `Ok(None)` is a name conflict.
    pub(crate) async fn create_credential_provider(&self, kind: ProviderKind, body: &Value) -> Result<Option<Value>> {
        let name = name_of(body);
        let capture = Capture::default();
        let client = self.control();
        macro_rules! create {
            ($operation:ident) => {
                match exchange!(client.$operation().name(&name), body, capture) {
                    Ok(_) => capture.json().map(Some),
                    Err(error) if code(&error) == Some("ConflictException") => Ok(None),
                    Err(error) => {
                        Err(convert(format!("create the {} credential provider `{name}`", kind.word()), &error))
                    }
                }
            };
        }
        match kind {
            ProviderKind::ApiKey => create!(create_api_key_credential_provider),
            ProviderKind::OAuth2 => create!(create_oauth2_credential_provider),
        }
    }

    /// Replaces a provider's definition with the wire form. Sent once: the service does not call it idempotent.
    pub(crate) async fn update_credential_provider(&self, kind: ProviderKind, body: &Value) -> Result<Value> {
        let name = name_of(body);
        let capture = Capture::default();
        let client = self.control();
        let once = || aws_sdk_bedrockagentcorecontrol::config::Builder::new().retry_config(RetryConfig::disabled());
        macro_rules! update {
            ($operation:ident) => {{
                throttled_again(|| async {
                    let bytes = body.to_string();
                    let sent = client
                        .$operation()
                        .name(&name)
                        .customize()
                        .config_override(once())
                        .interceptor(capture.clone())
                        .mutate_request(move |request| replace_body(request, &bytes))
                        .send()
                        .await;
                    let what = || format!("update the {} credential provider `{name}`", kind.word());
                    sent.map(|_| ()).map_err(|error| convert(what(), &error))
                })
                .await?;
                capture.json()
            }};
        }
        match kind {
            ProviderKind::ApiKey => update!(update_api_key_credential_provider),
            ProviderKind::OAuth2 => update!(update_oauth2_credential_provider),
        }
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_credential_provider(&self, kind: ProviderKind, name: &str) -> Result<bool> {
        let client = self.control();
        let what = format!("delete the {} credential provider `{name}`", kind.word());
        macro_rules! delete {
            ($operation:ident) => {
                if_found(client.$operation().name(name).send().await, what)?.is_some()
            };
        }
        Ok(match kind {
            ProviderKind::ApiKey => delete!(delete_api_key_credential_provider),
            ProviderKind::OAuth2 => delete!(delete_oauth2_credential_provider),
        })
    }

    /// All of them, page by page. The service's largest pages: 100 and 20.
    pub(crate) async fn credential_providers(&self, kind: ProviderKind) -> Result<Vec<Value>> {
        let client = self.control();
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let capture = Capture::default();
            macro_rules! page {
                ($operation:ident, $size:expr) => {
                    client
                        .$operation()
                        .max_results($size)
                        .set_next_token(token)
                        .customize()
                        .interceptor(capture.clone())
                        .send()
                        .await
                        .map(drop)
                        .map_err(|error| convert(format!("list the {} credential providers", kind.word()), &error))?
                };
            }
            match kind {
                ProviderKind::ApiKey => page!(list_api_key_credential_providers, 100),
                ProviderKind::OAuth2 => page!(list_oauth2_credential_providers, 20),
            }
            token = append(&capture.json()?, "credentialProviders", &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// The answer of Get; `None` when there is no such workload identity.
    pub(crate) async fn workload_identity(&self, name: &str) -> Result<Option<Value>> {
        let capture = Capture::default();
        let sent =
            self.control().get_workload_identity().name(name).customize().interceptor(capture.clone()).send().await;
        if if_found(sent, format!("read the workload identity `{name}`"))?.is_none() {
            return Ok(None);
        }
        capture.json().map(Some)
    }

    /// Creates from the wire form. `Ok(None)` is a name conflict.
    pub(crate) async fn create_workload_identity(&self, body: &Value) -> Result<Option<Value>> {
        let name = name_of(body);
        let capture = Capture::default();
        match exchange!(self.control().create_workload_identity().name(&name), body, capture) {
            Ok(_) => capture.json().map(Some),
            Err(error) if code(&error) == Some("ConflictException") => Ok(None),
            Err(error) => Err(convert(format!("create the workload identity `{name}`"), &error)),
        }
    }

    /// Replaces the return URLs with those of the wire form.
    pub(crate) async fn update_workload_identity(&self, body: &Value) -> Result<Value> {
        let name = name_of(body);
        let capture = Capture::default();
        match exchange!(self.control().update_workload_identity().name(&name), body, capture) {
            Ok(_) => capture.json(),
            Err(error) => Err(convert(format!("update the workload identity `{name}`"), &error)),
        }
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_workload_identity(&self, name: &str) -> Result<bool> {
        let sent = self.control().delete_workload_identity().name(name).send().await;
        Ok(if_found(sent, format!("delete the workload identity `{name}`"))?.is_some())
    }

    /// All of them, page by page; 20 is the service's largest page.
    pub(crate) async fn workload_identities(&self) -> Result<Vec<Value>> {
        let client = self.control();
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let capture = Capture::default();
            client
                .list_workload_identities()
                .max_results(20)
                .set_next_token(token)
                .customize()
                .interceptor(capture.clone())
                .send()
                .await
                .map_err(|error| convert("list the workload identities", &error))?;
            token = append(&capture.json()?, "workloadIdentities", &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_kind_is_read_from_both_arn_forms() {
        let arn = |service: &str, kind: &str| format!("arn:aws:{service}:us-west-2:1:token-vault/default/{kind}/name");
        for service in ["acps", "bedrock-agentcore"] {
            let kind = |text: &str| ProviderKind::of_arn(&arn(service, text));
            assert_eq!(kind("apikeycredentialprovider"), Some(ProviderKind::ApiKey));
            assert_eq!(kind("oauth2credentialprovider"), Some(ProviderKind::OAuth2));
            assert_eq!(kind("other"), None);
        }
    }
}
