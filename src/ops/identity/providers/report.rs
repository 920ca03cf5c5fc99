//! What is said of credential providers, for people and for scripts. No answer of the service holds a secret.

use serde_json::{Value, json};

use crate::cloud::ProviderKind;
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::provider_body::{text, vendor_of};
use crate::resources::provider_vendor::ProviderType;

/// One provider.
#[derive(Debug)]
pub(crate) struct ProviderReport {
    /// As the service describes it; no answer of it holds a secret.
    pub(super) provider: Value,
    pub(super) kind: Option<ProviderType>,
    pub(super) outcome: &'static str,
    pub(super) agent: Option<String>,
    /// The callback URL is in the Cognito client.
    pub(super) registered: bool,
}

impl ProviderReport {
    pub(super) const fn new(
        provider: Value,
        kind: Option<ProviderType>,
        outcome: &'static str,
        agent: Option<String>,
    ) -> Self {
        Self { provider, kind, outcome, agent, registered: false }
    }

    fn word(&self) -> String {
        let live = vendor_of(&self.provider).map(|vendor| vendor.word.to_owned());
        let arn = text(&self.provider, "credentialProviderArn");
        live.or_else(|| self.kind.map(|kind| kind.word().to_owned())).unwrap_or_else(|| {
            ProviderKind::of_arn(arn)
                .map_or("unknown", |kind| if kind == ProviderKind::ApiKey { "api-key" } else { "oauth2" })
                .to_owned()
        })
    }
}

impl Report for ProviderReport {
    fn schema(&self) -> &'static str {
        schemas::CREDENTIAL_PROVIDER
    }

    fn data(&self) -> Value {
        json!({
            "name": text(&self.provider, "name"),
            "arn": text(&self.provider, "credentialProviderArn"),
            "type": self.word(),
            "callbackUrl": self.provider.get("callbackUrl"),
            "outcome": self.outcome,
            "agent": self.agent,
            "callbackRegistered": self.registered,
            "provider": self.provider,
        })
    }

    fn document(&self) -> Document {
        let provider = &self.provider;
        let secret = ["/apiKeySecretArn/secretArn", "/clientSecretArn/secretArn"]
            .iter()
            .find_map(|path| provider.pointer(path)?.as_str())
            .map(str::to_owned);
        let callback = Some(text(provider, "callbackUrl").to_owned()).filter(|url| !url.is_empty());
        let mut document = Document::new()
            .field("credential provider", format!("{} ({})", text(provider, "name"), self.outcome))
            .field("type", self.word())
            .field("ARN", text(provider, "credentialProviderArn"))
            .field_if("secret", secret)
            .field_if("status", provider.get("status").and_then(Value::as_str))
            .field_if("callback URL", callback.clone())
            .field_if("used by", self.agent.clone());
        if let (Some(_), false, "created") = (&callback, self.registered, self.outcome) {
            document = document.line("Register the callback URL with the provider: without it nobody can consent.");
        }
        if self.agent.is_some() && self.outcome == "created" {
            document = document.blank().styled(Style::Dim, "Next:").styled(Style::Code, "  agentcore launch");
        }
        document
    }
}

/// Something that is gone.
#[derive(Debug)]
pub(crate) struct DeletedReport {
    pub(in crate::ops::identity) what: &'static str,
    pub(in crate::ops::identity) name: String,
    /// It was there.
    pub(in crate::ops::identity) deleted: bool,
}

impl Report for DeletedReport {
    fn schema(&self) -> &'static str {
        schemas::IDENTITY_DELETE
    }

    fn data(&self) -> Value {
        json!({ "name": self.name, "deleted": self.deleted })
    }

    fn document(&self) -> Document {
        let word = if self.deleted { "Deleted" } else { "There was no" };
        Document::new().line(format!("{word} {} {}.", self.what, self.name))
    }
}

/// All providers.
#[derive(Debug)]
pub(crate) struct ProviderList {
    /// Kind, whether the agent uses it, and the service's summary.
    pub(super) items: Vec<(ProviderKind, bool, Value)>,
}

impl Report for ProviderList {
    fn schema(&self) -> &'static str {
        schemas::CREDENTIAL_PROVIDERS
    }

    fn data(&self) -> Value {
        let each = self.items.iter().map(|(kind, used, item)| {
            json!({
                "name": text(item, "name"),
                "arn": text(item, "credentialProviderArn"),
                "type": if *kind == ProviderKind::ApiKey { "api-key" } else { "oauth2" },
                "vendor": item.get("credentialProviderVendor"),
                "used": used,
                "createdTime": item.get("createdTime"),
                "lastUpdatedTime": item.get("lastUpdatedTime"),
            })
        });
        json!({ "providers": each.collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        if self.items.is_empty() {
            return Document::new()
                .line("There are no credential providers.")
                .blank()
                .styled(Style::Dim, "Next:")
                .styled(
                    Style::Code,
                    "  agentcore identity create-credential-provider --name NAME --type api-key --api-key-file -",
                );
        }
        let rows = self.items.iter().map(|(kind, used, item)| {
            let vendor = vendor_of(item).map_or_else(|| kind.word().to_owned(), |vendor| vendor.word.to_owned());
            vec![
                (Style::Plain, text(item, "name").to_owned()),
                (Style::Plain, vendor),
                (Style::Dim, text(item, "credentialProviderArn").to_owned()),
                (Style::Good, if *used { "used".to_owned() } else { String::new() }),
            ]
        });
        Document::new().table(vec!["NAME", "TYPE", "ARN", ""], rows.collect())
    }
}
