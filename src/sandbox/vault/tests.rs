//! Requests over the wire, signed by the user and by roles.

use serde_json::{Value, json};

use super::vendors;
use crate::sandbox::control::check::Violations;
use crate::sandbox::tests::TestSandbox;

async fn call(served: &TestSandbox, path: &str, input: &Value) -> (u16, Value) {
    let headers = [("content-type", "application/json")];
    let answer =
        served.send("bedrock-agentcore", ("POST", &format!("/identities/{path}")), &headers, input.to_string()).await;
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

#[test]
fn every_vendor_has_a_configuration_and_a_place() {
    assert_eq!(vendors::names().len(), 25);
    for vendor in vendors::names() {
        let (member, place) = vendors::find(vendor).unwrap();
        let mut config = json!({ "clientId": "c", "clientSecret": "s" });
        match place {
            vendors::VendorEndpoints::Configured => {
                config["oauthDiscovery"] = json!({ "discoveryUrl": "https://x/.well-known/openid-configuration" });
            }
            vendors::VendorEndpoints::Tenant => {
                for name in ["issuer", "authorizationEndpoint", "tokenEndpoint"] {
                    config[name] = json!(format!("https://tenant/{name}"));
                }
            }
            _ => {}
        }
        let input = json!({ "credentialProviderVendor": vendor, "oauth2ProviderConfigInput": { member: config } });
        let mut check = Violations::default();
        let wanted = super::oauth2::provider_input(&mut check, &input);
        assert!(check.finish().is_ok(), "{vendor}");
        assert!(!wanted.config.to_string().contains("clientSecret"), "{vendor}");
        let discovery = vendors::discovery(vendor, &wanted.config);
        let url =
            discovery.get("discoveryUrl").or_else(|| discovery.pointer("/authorizationServerMetadata/tokenEndpoint"));
        assert!(url.and_then(Value::as_str).is_some_and(|url| url.starts_with("https://")), "{vendor}: {discovery}");
        // The configuration of another vendor is none of this one's.
        let other = if member == vendors::CUSTOM { vendors::INCLUDED } else { vendors::CUSTOM };
        let wrong = json!({ "credentialProviderVendor": vendor, "oauth2ProviderConfigInput": { other: config } });
        let mut check = Violations::default();
        super::oauth2::provider_input(&mut check, &wrong);
        assert_eq!(check.finish().unwrap_err().code, "ValidationException", "{vendor}");
    }
}

#[tokio::test]
async fn managed_secret_lives_and_dies_with_its_provider() {
    let served = TestSandbox::start().await;
    let input = json!({ "name": "weather", "apiKey": "key-one" });
    let (status, made) = call(&served, "CreateApiKeyCredentialProvider", &input).await;
    assert_eq!(status, 201, "{made}");
    let arn = made["apiKeySecretArn"]["secretArn"].as_str().unwrap().to_owned();
    assert!(arn.contains(":secret:bedrock-agentcore-identity!default/apikey/weather-"), "{arn}");
    let secret = || async {
        let headers =
            [("x-amz-target", "secretsmanager.GetSecretValue"), ("content-type", "application/x-amz-json-1.1")];
        let answer =
            served.send("secretsmanager", ("POST", "/"), &headers, json!({ "SecretId": arn }).to_string()).await;
        let status = answer.status().as_u16();
        (status, answer.text().await.unwrap())
    };
    let (status, text) = secret().await;
    assert!(status == 200 && text.contains(r#"{\"api_key_value\":\"key-one\"}"#), "{text}");
    assert_eq!(call(&served, "CreateApiKeyCredentialProvider", &input).await.0, 409);
    assert!(secret().await.1.contains("key-one"), "a refused creation changed the secret");
    let update = json!({ "name": "weather", "apiKey": "key-two" });
    let (status, updated) = call(&served, "UpdateApiKeyCredentialProvider", &update).await;
    assert_eq!((status, updated["apiKeySecretArn"]["secretArn"].as_str()), (200, Some(arn.as_str())));
    assert!(secret().await.1.contains("key-two"));
    assert_eq!(call(&served, "DeleteApiKeyCredentialProvider", &json!({ "name": "weather" })).await.0, 204);
    assert_eq!(secret().await.0, 400);
    let (status, gone) = call(&served, "GetApiKeyCredentialProvider", &json!({ "name": "weather" })).await;
    assert_eq!(status, 404, "{gone}");
}
