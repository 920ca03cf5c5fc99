//! OpenID Connect providers of the account: whose tokens may be exchanged for a role's credentials.
//!
//! Owns: the operations on them. Does not own: tokens (`sts`), which roles trust a provider (`sessions`). Thumbprints are kept and
//! mean nothing: the provider's certificate is judged as any other.

use serde::{Deserialize, Serialize};

use super::Iam;
use super::roles::{date, required, tags, validation};
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::{Fault, Xml};
use crate::sandbox::request::QueryForm;

/// Audiences of a provider. Source: IAM's quotas.
const MOST_CLIENTS: usize = 100;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OidcProvider {
    pub(crate) arn: String,
    /// The issuer, with its scheme and without a final slash.
    pub(crate) url: String,
    /// Audiences.
    pub(crate) clients: Vec<String>,
    thumbprints: Vec<String>,
    tags: std::collections::BTreeMap<String, String>,
    /// Seconds since 1970.
    created: i64,
}

impl OidcProvider {
    /// The issuer as condition keys and ARNs name it: without its scheme.
    pub(crate) fn name(&self) -> &str {
        name_of(&self.url)
    }
}

fn name_of(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}

/// The provider that is registered for an issuer.
pub(crate) fn find(sandbox: &SharedSandbox, issuer: &str) -> Option<OidcProvider> {
    let wanted = issuer.trim_end_matches('/');
    sandbox.state.iam.read(|iam| iam.providers.values().find(|provider| provider.url == wanted).cloned())
}

pub(super) async fn create(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let url = required(form, "Url")?.trim_end_matches('/').to_owned();
    let parsed = url::Url::parse(&url).ok().filter(|parsed| parsed.query().is_none() && parsed.fragment().is_none());
    // AWS takes https alone; issuers on this machine have no certificate.
    let is_local = |parsed: &url::Url| matches!(parsed.host_str(), Some("127.0.0.1" | "localhost"));
    if !parsed.is_some_and(|parsed| parsed.scheme() == "https" || (parsed.scheme() == "http" && is_local(&parsed))) {
        return Err(validation(&url, "url", "Member must be an https URL without a query"));
    }
    let clients = form.list("ClientIDList");
    if clients.len() > MOST_CLIENTS {
        return Err(validation(&url, "clientIDList", &format!("Member must have at most {MOST_CLIENTS} items")));
    }
    let resource = format!("oidc-provider/{}", name_of(&url));
    let arn = sandbox.info.partition().arn("iam", "", &sandbox.info.account, &resource).to_string();
    let provider = OidcProvider {
        arn: arn.clone(),
        url,
        clients,
        thumbprints: form.list("ThumbprintList"),
        tags: tags(form),
        created: sandbox.clock.unix(),
    };
    let insert = |iam: &mut Iam| {
        if iam.providers.contains_key(&provider.arn) {
            let text = format!("Provider with url {} already exists.", provider.url);
            return Err(Fault::new(409, "EntityAlreadyExists", text));
        }
        iam.providers.insert(provider.arn.clone(), provider);
        Ok(())
    };
    sandbox.state.iam.update(insert).await?;
    let mut xml = Xml::default();
    xml.text("OpenIDConnectProviderArn", &arn);
    Ok(xml.0)
}

fn missing(arn: &str) -> Fault {
    Fault::new(404, "NoSuchEntity", format!("OpenIDConnect Provider not found for arn {arn}"))
}

pub(super) fn get(sandbox: &SharedSandbox, form: &QueryForm) -> Result<String, Fault> {
    let arn = required(form, "OpenIDConnectProviderArn")?;
    let provider = sandbox.state.iam.read(|iam| iam.providers.get(arn).cloned()).ok_or_else(|| missing(arn))?;
    let mut xml = Xml::default();
    // Without its scheme, as the service answers.
    xml.text("Url", provider.name()).text("CreateDate", &date(provider.created));
    for (list, items) in [("ClientIDList", &provider.clients), ("ThumbprintList", &provider.thumbprints)] {
        xml.element(list, |xml| {
            for item in items {
                xml.text("member", item);
            }
        });
    }
    xml.element("Tags", |xml| {
        for (key, value) in &provider.tags {
            xml.element("member", |xml| {
                xml.text("Key", key).text("Value", value);
            });
        }
    });
    Ok(xml.0)
}

pub(super) fn list(sandbox: &SharedSandbox) -> String {
    let arns: Vec<String> = sandbox.state.iam.read(|iam| iam.providers.keys().cloned().collect());
    let mut xml = Xml::default();
    xml.element("OpenIDConnectProviderList", |xml| {
        for arn in &arns {
            xml.element("member", |xml| {
                xml.text("Arn", arn);
            });
        }
    });
    xml.0
}

pub(super) async fn delete(sandbox: &SharedSandbox, form: &QueryForm) -> Result<Option<String>, Fault> {
    let arn = required(form, "OpenIDConnectProviderArn")?;
    sandbox.state.iam.update(|iam| iam.providers.remove(arn).map(|_| None).ok_or_else(|| missing(arn))).await
}
