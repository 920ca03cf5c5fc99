//! User pools behind an endpoint that the environment configures: a sandbox, moto, a proxy.
//!
//! Scripts write the addresses of a pool's pages at AWS (`https://cognito-idp.REGION.…/POOL/.well-known/…`), where a
//! stand-in never answers. The pages are requested from Cognito's endpoint instead. Owns: that address, and which
//! issuer the pool has then. Does not own: fetching (`discovery`).

use serde_json::{Map, Value};
use url::Url;

use super::discovery::{DOCUMENTS, WELL_KNOWN, fetch_object};
use super::wire::is_secure;
use crate::error::{Error, Result};
use crate::http::Http;
use crate::partition::Partition;

const KEYS: &str = "jwks.json";
/// As host names begin; the second is for FIPS.
const SERVICES: [&str; 2] = ["cognito-idp", "cognito-idp-fips"];

/// Region and pool of an address at AWS, and which page of the pool it is.
struct PoolPage<'a> {
    pool: &'a str,
    name: &'a str,
}

impl<'a> PoolPage<'a> {
    fn parse(url: &'a str) -> Option<Self> {
        let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
        let (pool, name) = path.split_once(WELL_KNOWN)?;
        let (region, _) = pool.split_once('_')?;
        let is_page = name == KEYS || DOCUMENTS.contains(&name);
        let hosts = SERVICES.map(|service| Partition::of_region(region).host(service, region));
        let is_host = hosts.iter().any(|known| known == host);
        (is_page && is_host && !pool.contains('/')).then_some(Self { pool, name })
    }
}

/// Where a pool's page is to be asked for; `None` when `url` is no pool's at AWS, or no endpoint is configured.
pub(super) fn address(http: &Http, url: &str) -> Option<String> {
    let endpoint = http.user_pools()?;
    let page = PoolPage::parse(url)?;
    Some(format!("{endpoint}/{}{WELL_KNOWN}{}", page.pool, page.name))
}

/// The discovery URL that a stand-in's document is judged by, and the document with the keys' address at AWS: they are asked
/// for in the same way. `None` when the document is not of the pool that `url` names.
pub(super) fn of_pool(url: &str, mut document: Map<String, Value>) -> Option<(String, Map<String, Value>)> {
    let pool = PoolPage::parse(url)?.pool;
    let issuer = document.get("issuer").and_then(Value::as_str)?;
    let known_as = discovery_url(issuer, pool)?;
    let keys = url.replace(DOCUMENTS[0], KEYS);
    document.insert("jwks_uri".to_owned(), keys.into());
    Some((known_as, document))
}

/// The discovery URL of a pool as the pool's own document states its issuer, whatever address the document was fetched from.
///
/// # Errors
/// When there is no such document below `base`, or it is of another pool.
pub(crate) async fn own_discovery_url(http: &Http, base: &str, pool: &str) -> Result<String> {
    let url = format!("{base}/{pool}{WELL_KNOWN}{}", DOCUMENTS[0]);
    let document = fetch_object(http, &url, "discovery document").await?;
    let issuer = document.get("issuer").and_then(Value::as_str).unwrap_or_default();
    discovery_url(issuer, pool).ok_or_else(|| {
        Error::failed(format!("the discovery document {url} is not of the pool {pool}: its issuer is `{issuer}`"))
    })
}

/// `None` when the issuer cannot be the pool's.
fn discovery_url(issuer: &str, pool: &str) -> Option<String> {
    let parsed = Url::parse(issuer).ok().filter(is_secure)?;
    let is_pools = parsed.path().trim_start_matches('/') == pool && parsed.query().is_none();
    is_pools.then(|| format!("{issuer}{WELL_KNOWN}{}", DOCUMENTS[0]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::discovery::testing::serve;
    use crate::auth::token::mint::KEYS as SIGNING_KEYS;
    use crate::auth::{discover, fetch_jwks};
    use crate::env::Env;

    const AT_AWS: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1";
    const DOCUMENT: &str = "/.well-known/openid-configuration";

    fn http(endpoint: &str) -> Http {
        Http::new(&Env::fake(std::path::Path::new("/"), &[("AWS_ENDPOINT_URL", endpoint)]))
    }

    #[test]
    fn only_aws_pool_pages_use_the_stand_in() {
        let http = http("http://127.0.0.1:9/");
        let at = |url: &str| address(&http, url);
        assert_eq!(at(&format!("{AT_AWS}{DOCUMENT}")).unwrap(), format!("http://127.0.0.1:9/eu-west-1_Ab1{DOCUMENT}"));
        let keys = "/.well-known/jwks.json";
        assert_eq!(at(&format!("{AT_AWS}{keys}")).unwrap(), format!("http://127.0.0.1:9/eu-west-1_Ab1{keys}"));
        let china = "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_a/.well-known/jwks.json";
        let fips =
            "https://cognito-idp-fips.us-gov-west-1.amazonaws.com/us-gov-west-1_a/.well-known/openid-configuration";
        assert!(at(china).is_some() && at(fips).is_some());
        for other in [
            "https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_Ab1/.well-known/jwks.json",
            "https://cognito-idp.eu-west-1.amazonaws.com.evil.example/eu-west-1_Ab1/.well-known/jwks.json",
            "https://cognito-idp.eu-west-1.amazonaws.com@evil.example/eu-west-1_Ab1/.well-known/jwks.json",
            "https://cognito-idp.eu-west-1.amazonaws.com/x/eu-west-1_Ab1/.well-known/jwks.json",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1/.well-known/other",
            "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1/.well-known/jwks.json",
            "https://idp.example/eu-west-1_Ab1/.well-known/jwks.json",
        ] {
            assert_eq!(at(other), None, "{other}");
        }
        let specific = [("AWS_ENDPOINT_URL", "http://a"), ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "http://b")];
        let endpoint = |vars: &[(&str, &str)]| {
            Http::new(&Env::fake(std::path::Path::new("/"), vars)).user_pools().map(str::to_owned)
        };
        assert_eq!(endpoint(&specific).as_deref(), Some("http://b"));
        assert_eq!(endpoint(&[]), None);
        assert_eq!(endpoint(&[specific[0], ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")]), None);
    }

    /// Behind an endpoint a pool has the issuer that its document states: the stand-in's own, or the one at AWS.
    #[tokio::test]
    async fn a_pool_has_the_issuer_of_its_document() {
        for (issuer, accepted) in [
            ("http://127.0.0.1:4566/eu-west-1_Ab1", true),
            (AT_AWS, true),
            ("https://evil.example/eu-west-1_other", false),
            ("http://not-loopback.example/eu-west-1_Ab1", false),
        ] {
            let base = serve(move |path| match path {
                "/eu-west-1_Ab1/.well-known/openid-configuration" => {
                    (200, json!({"issuer": issuer, "jwks_uri": "http://127.0.0.1:1/nowhere"}).to_string())
                }
                "/eu-west-1_Ab1/.well-known/jwks.json" => (200, SIGNING_KEYS.jwks().to_string()),
                _ => (404, String::new()),
            })
            .await;
            let own = own_discovery_url(&http(&base), &base, "eu-west-1_Ab1").await;
            assert_eq!(own.ok(), accepted.then(|| format!("{issuer}{DOCUMENT}")), "{issuer}");
            if accepted {
                let http = http(&base);
                let provider = discover(&http, &format!("{AT_AWS}{DOCUMENT}")).await.unwrap();
                assert_eq!(
                    (provider.issuer.as_str(), provider.discovery_url.clone()),
                    (issuer, format!("{AT_AWS}{DOCUMENT}"))
                );
                assert!(fetch_jwks(&http, &provider).await.unwrap().len() > 0);
            }
        }
    }
}
