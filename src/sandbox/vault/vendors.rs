//! OAuth2 vendors: which member of the configuration belongs to each, and where each is to be found.
//!
//! Source of the names: the service model. Source of the addresses: the vendors' own documentation; which ones the service
//! uses is not documented.

use serde_json::{Value, json};

/// The endpoints that the service knows of a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VendorEndpoints {
    /// The configuration says all of it.
    Configured,
    /// Every customer has an address of its own, which the configuration must give.
    Tenant,
    /// A discovery document.
    Discovery(&'static str),
    /// Issuer, authorization endpoint, token endpoint.
    Endpoints(&'static str, &'static str, &'static str),
}

/// Where an `includedOauth2ProviderConfig` stands for the vendor.
pub(super) const INCLUDED: &str = "includedOauth2ProviderConfig";
pub(super) const CUSTOM: &str = "customOauth2ProviderConfig";
pub(super) const MICROSOFT: &str = "MicrosoftOauth2";

/// Name, configuration member, place.
type Row = (&'static str, &'static str, VendorEndpoints);

const VENDORS: &[Row] = &[
    (
        "GoogleOauth2",
        "googleOauth2ProviderConfig",
        VendorEndpoints::Discovery("https://accounts.google.com/.well-known/openid-configuration"),
    ),
    (
        "GithubOauth2",
        "githubOauth2ProviderConfig",
        VendorEndpoints::Endpoints(
            "https://github.com",
            "https://github.com/login/oauth/authorize",
            "https://github.com/login/oauth/access_token",
        ),
    ),
    (
        "SlackOauth2",
        "slackOauth2ProviderConfig",
        VendorEndpoints::Endpoints(
            "https://slack.com",
            "https://slack.com/oauth/v2/authorize",
            "https://slack.com/api/oauth.v2.access",
        ),
    ),
    (
        "SalesforceOauth2",
        "salesforceOauth2ProviderConfig",
        VendorEndpoints::Discovery("https://login.salesforce.com/.well-known/openid-configuration"),
    ),
    (
        MICROSOFT,
        "microsoftOauth2ProviderConfig",
        VendorEndpoints::Discovery("https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"),
    ),
    ("CustomOauth2", CUSTOM, VendorEndpoints::Configured),
    (
        "AtlassianOauth2",
        "atlassianOauth2ProviderConfig",
        VendorEndpoints::Endpoints(
            "https://auth.atlassian.com",
            "https://auth.atlassian.com/authorize",
            "https://auth.atlassian.com/oauth/token",
        ),
    ),
    (
        "LinkedinOauth2",
        "linkedinOauth2ProviderConfig",
        VendorEndpoints::Endpoints(
            "https://www.linkedin.com/oauth",
            "https://www.linkedin.com/oauth/v2/authorization",
            "https://www.linkedin.com/oauth/v2/accessToken",
        ),
    ),
    (
        "XOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://x.com",
            "https://x.com/i/oauth2/authorize",
            "https://api.x.com/2/oauth2/token",
        ),
    ),
    ("OktaOauth2", INCLUDED, VendorEndpoints::Tenant),
    ("OneLoginOauth2", INCLUDED, VendorEndpoints::Tenant),
    ("PingOneOauth2", INCLUDED, VendorEndpoints::Tenant),
    (
        "FacebookOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://www.facebook.com",
            "https://www.facebook.com/dialog/oauth",
            "https://graph.facebook.com/oauth/access_token",
        ),
    ),
    (
        "YandexOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://oauth.yandex.com",
            "https://oauth.yandex.com/authorize",
            "https://oauth.yandex.com/token",
        ),
    ),
    (
        "RedditOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://www.reddit.com",
            "https://www.reddit.com/api/v1/authorize",
            "https://www.reddit.com/api/v1/access_token",
        ),
    ),
    (
        "ZoomOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints("https://zoom.us", "https://zoom.us/oauth/authorize", "https://zoom.us/oauth/token"),
    ),
    (
        "TwitchOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://id.twitch.tv/oauth2",
            "https://id.twitch.tv/oauth2/authorize",
            "https://id.twitch.tv/oauth2/token",
        ),
    ),
    (
        "SpotifyOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://accounts.spotify.com",
            "https://accounts.spotify.com/authorize",
            "https://accounts.spotify.com/api/token",
        ),
    ),
    (
        "DropboxOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://www.dropbox.com",
            "https://www.dropbox.com/oauth2/authorize",
            "https://api.dropboxapi.com/oauth2/token",
        ),
    ),
    (
        "NotionOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://api.notion.com",
            "https://api.notion.com/v1/oauth/authorize",
            "https://api.notion.com/v1/oauth/token",
        ),
    ),
    (
        "HubspotOauth2",
        INCLUDED,
        VendorEndpoints::Endpoints(
            "https://app.hubspot.com",
            "https://app.hubspot.com/oauth/authorize",
            "https://api.hubapi.com/oauth/v1/token",
        ),
    ),
    ("CyberArkOauth2", INCLUDED, VendorEndpoints::Tenant),
    ("FusionAuthOauth2", INCLUDED, VendorEndpoints::Tenant),
    ("Auth0Oauth2", INCLUDED, VendorEndpoints::Tenant),
    ("CognitoOauth2", INCLUDED, VendorEndpoints::Tenant),
];

/// All names, for the text that lists them.
pub(super) fn names() -> Vec<&'static str> {
    VENDORS.iter().map(|(name, ..)| *name).collect()
}

/// The configuration member of a vendor, and its place.
pub(super) fn find(vendor: &str) -> Option<(&'static str, VendorEndpoints)> {
    VENDORS.iter().find(|(name, ..)| *name == vendor).map(|(_, member, place)| (*member, *place))
}

/// `oauthDiscovery` as the service shows it for a valid configuration.
pub(super) fn discovery(vendor: &str, config: &Value) -> Value {
    let text = |name: &str| config.get(name).and_then(Value::as_str);
    let metadata = |issuer: &str, authorization: &str, token: &str| {
        json!({ "authorizationServerMetadata": {
            "issuer": text("issuer").unwrap_or(issuer),
            "authorizationEndpoint": text("authorizationEndpoint").unwrap_or(authorization),
            "tokenEndpoint": text("tokenEndpoint").unwrap_or(token),
        } })
    };
    match find(vendor).map_or(VendorEndpoints::Configured, |(_, place)| place) {
        VendorEndpoints::Configured => config.get("oauthDiscovery").cloned().unwrap_or_default(),
        VendorEndpoints::Tenant => metadata("", "", ""),
        VendorEndpoints::Discovery(url) => {
            let url = match text("tenantId").filter(|_| vendor == MICROSOFT) {
                Some(tenant) => url.replace("/common/", &format!("/{tenant}/")),
                None => url.to_owned(),
            };
            json!({ "discoveryUrl": url })
        }
        VendorEndpoints::Endpoints(issuer, authorization, token) => metadata(issuer, authorization, token),
    }
}
