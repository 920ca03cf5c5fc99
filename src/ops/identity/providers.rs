//! Credential providers: create, get, list, update, delete. They keep a key or a client's secret for agents.

mod report;

use serde_json::{Map, Value, json};

use super::single_resource::carry_out;
use crate::cloud::{Cloud, ProviderKind};
use crate::config::Agent;
use crate::error::{Code, Error, Result};
use crate::events::{Events, Outcome};
use crate::resources::app_client;
use crate::resources::credential_provider::{CredentialProvider, ProviderGoal};
use crate::resources::engine::{self, AnyNode, Node};
use crate::resources::identity_record;
use crate::resources::plan::{Action, ResourceKind};
use crate::resources::provider_body::{ProviderRequest, check_name, create_body, kind_of, text, vendor_of};
use crate::resources::provider_vendor::ProviderType;
use crate::resources::record::AgentRecord;

pub(crate) use report::{DeletedReport, ProviderList, ProviderReport};

/// Creates a provider and enters it in the configuration. One that is there already is entered and otherwise left.
///
/// # Errors
/// Exit 2 for a request that makes no provider; what the service says otherwise.
pub(crate) async fn create(
    cloud: &Cloud,
    request: &ProviderRequest,
    record: Option<&AgentRecord>,
    events: &Events,
) -> Result<ProviderReport> {
    let asked = request.kind.ok_or_else(|| Error::usage("no type").code(Code::InputMissing).hint("pass `--type`"))?;
    let (kind, name) = (kind_of(asked), request.name.as_str());
    check_name(name)?;
    // What is wrong with the request is said before anything is asked.
    create_body(asked, request)?;
    let goal = ProviderGoal::There((asked, request));
    let mut node = Node::new(CredentialProvider { record, kind, name: name.to_owned(), goal });
    engine::observe(vec![&mut node], cloud).await?;
    let outcome = if carry_out(&mut node, cloud, events).await? == Action::Create { "created" } else { "unchanged" };
    if outcome == "unchanged" {
        events.finished(
            ResourceKind::CredentialProvider.as_str(),
            Outcome::Unchanged,
            format!("credential provider {name} is there already"),
        );
        events.note(format!(
            "its {} was not touched: `agentcore identity update-credential-provider --name {name}` replaces it",
            if kind == ProviderKind::ApiKey { "key" } else { "secret" }
        ));
    }
    let agent = record.map(|record| record.agent().name.clone());
    let report = ProviderReport::new(description(node)?, Some(asked), outcome, agent);
    with_callback(cloud, request, report, events).await
}

fn description(node: Node<CredentialProvider<'_>>) -> Result<Value> {
    let name = node.resource.name;
    let found = node.observed.map(|live| live.description);
    found.ok_or_else(|| Error::failed(format!("nothing is known of the credential provider `{name}`")))
}

/// Adds the provider's callback URL to the Cognito client, when a pool was named.
async fn with_callback(
    cloud: &Cloud,
    request: &ProviderRequest,
    mut report: ProviderReport,
    events: &Events,
) -> Result<ProviderReport> {
    let (Some(pool), Some(client)) = (&request.cognito_pool, &request.client.client_id) else { return Ok(report) };
    let url = text(&report.provider, "callbackUrl").to_owned();
    if url.is_empty() {
        return Ok(report);
    }
    let missing = || {
        Error::not_found(format!("the pool `{pool}` has no app client `{client}`"))
            .hint("the provider was made; add its callback URL to the right client")
    };
    let live = cloud.user_pool_client(pool, client).await?.ok_or_else(missing)?;
    let wanted = with_url(&live, &url);
    if let Some(wanted) = wanted {
        cloud.update_user_pool_client(&app_client::update_body(pool, &live, &wanted)).await?;
        events.finished("callback", Outcome::Updated, format!("app client {client} takes the callback URL"));
    }
    report.registered = true;
    Ok(report)
}

/// The members of a client that change for a callback URL; `None` when it has it. Machines' clients have no use for one.
fn with_url(client: &Value, url: &str) -> Option<Map<String, Value>> {
    let list = |member: &str| -> Vec<String> {
        let items = client.get(member).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let (mut urls, flows) = (list("CallbackURLs"), list("AllowedOAuthFlows"));
    if urls.iter().any(|known| known == url) || flows.iter().any(|flow| flow == "client_credentials") {
        return None;
    }
    urls.push(url.to_owned());
    let mut out = Map::new();
    out.insert("CallbackURLs".to_owned(), json!(urls));
    if flows.is_empty() {
        out.insert("AllowedOAuthFlows".to_owned(), json!(["code"]));
        out.insert("AllowedOAuthFlowsUserPoolClient".to_owned(), json!(true));
        if list("AllowedOAuthScopes").is_empty() {
            out.insert("AllowedOAuthScopes".to_owned(), json!(["openid"]));
        }
        if list("SupportedIdentityProviders").is_empty() {
            out.insert("SupportedIdentityProviders".to_owned(), json!(["COGNITO"]));
        }
    }
    Some(out)
}

/// Which of the two kinds is meant, going by what there is.
///
/// # Errors
/// Exit 2 when both kinds have one of the name.
fn sole_kind(name: &str, key: Option<&Value>, client: Option<&Value>) -> Result<Option<ProviderKind>> {
    match (key, client) {
        (Some(_), None) => Ok(Some(ProviderKind::ApiKey)),
        (None, Some(_)) => Ok(Some(ProviderKind::OAuth2)),
        (None, None) => Ok(None),
        (Some(_), Some(client)) => Err(Error::usage(format!("`{name}` is an API key and an OAuth2 client"))
            .code(Code::InputAmbiguous)
            .hint(format!(
                "say which: `--type api-key` or `--type {}`",
                vendor_of(client).map_or("oauth2", |vendor| vendor.word)
            ))),
    }
}

fn missing(name: &str) -> Error {
    Error::not_found(format!("there is no credential provider `{name}`"))
        .code(Code::IdentityNoProvider)
        .hint("`agentcore identity list-credential-providers` shows those that are there")
}

/// The kinds that a name is looked for among.
fn kinds(asked: Option<ProviderType>) -> Vec<ProviderKind> {
    asked.map_or_else(|| ProviderKind::ALL.to_vec(), |asked| vec![kind_of(asked)])
}

/// # Errors
/// Exit 5 when there is none of this name.
pub(crate) async fn get(cloud: &Cloud, name: &str, asked: Option<ProviderType>) -> Result<ProviderReport> {
    let look = |kind| async move {
        if kinds(asked).contains(&kind) { cloud.credential_provider(kind, name).await } else { Ok(None) }
    };
    let (key, client) = tokio::try_join!(look(ProviderKind::ApiKey), look(ProviderKind::OAuth2))?;
    sole_kind(name, key.as_ref(), client.as_ref())?;
    let provider = key.or(client).ok_or_else(|| missing(name))?;
    Ok(ProviderReport::new(provider, None, "found", None))
}

/// A node for each kind that the name may be of, looked at.
async fn observed<'a>(
    cloud: &Cloud,
    (name, asked): (&str, Option<ProviderType>),
    record: Option<&'a AgentRecord>,
    goal: impl Fn() -> ProviderGoal<'a>,
) -> Result<Vec<Node<CredentialProvider<'a>>>> {
    let node = |kind| Node::new(CredentialProvider { record, kind, name: name.to_owned(), goal: goal() });
    let mut nodes: Vec<_> = kinds(asked).into_iter().map(node).collect();
    engine::observe(nodes.iter_mut().map(|node| node as &mut dyn AnyNode).collect(), cloud).await?;
    let found = |kind| {
        let node = nodes.iter().find(|node| node.resource.kind == kind);
        node.and_then(|node| node.observed.as_ref()).map(|entry| &entry.description)
    };
    let only = sole_kind(name, found(ProviderKind::ApiKey), found(ProviderKind::OAuth2))?;
    nodes.retain(|node| only.is_none_or(|kind| node.resource.kind == kind));
    Ok(nodes)
}

/// Reads, merges and writes, so that no member is lost.
///
/// # Errors
/// Exit 2 when nothing was said that could change; exit 5 when there is none of this name.
pub(crate) async fn update(
    cloud: &Cloud,
    request: &ProviderRequest,
    record: Option<&AgentRecord>,
    events: &Events,
) -> Result<ProviderReport> {
    if request.client.is_empty() && request.secret.is_none() {
        return Err(Error::usage("nothing to change")
            .code(Code::InputMissing)
            .hint("say what: a key or secret, `--client-id`, `--discovery-url` or the addresses"));
    }
    let name = request.name.as_str();
    let nodes = observed(cloud, (name, request.kind), record, || ProviderGoal::Changed {
        change: request,
        adopt: request.adopt,
    })
    .await?;
    let mut node = nodes.into_iter().find(|node| node.observed.is_some()).ok_or_else(|| missing(name))?;
    carry_out(&mut node, cloud, events).await?;
    let shown = node.observed.as_ref().and_then(|live| node.resource.type_of(live));
    let user = record.filter(|record| identity_record::uses_provider(record.agent(), name));
    let agent = user.map(|record| record.agent().name.clone());
    let report = ProviderReport::new(description(node)?, shown, "updated", agent);
    with_callback(cloud, request, report, events).await
}

/// A deletion that was asked for by name.
pub(crate) struct ProviderDeletion<'a> {
    name: String,
    nodes: Vec<Node<CredentialProvider<'a>>>,
}

impl<'a> ProviderDeletion<'a> {
    /// # Errors
    /// Exit 2 when another project made it, unless `adopt` says to go on.
    pub(crate) async fn plan(
        cloud: &Cloud,
        (name, asked): (&str, Option<ProviderType>),
        record: Option<&'a AgentRecord>,
        adopt: bool,
    ) -> Result<Self> {
        let nodes = observed(cloud, (name, asked), record, || ProviderGoal::Deleted { adopt }).await?;
        super::single_resource::refuse_others(&nodes)?;
        Ok(Self { name: name.to_owned(), nodes })
    }

    /// Whether one is there that is not on record as made for the agent, so that its deletion has to be asked for.
    pub(crate) fn is_foreign(&self) -> bool {
        self.nodes.iter().any(|node| node.observed.is_some() && !node.resource.is_recorded())
    }

    /// Deletes it and takes it out of the configuration; already gone is success.
    pub(crate) async fn apply(mut self, cloud: &Cloud, events: &Events) -> Result<DeletedReport> {
        let deleted = super::single_resource::delete(&mut self.nodes, cloud, events).await?;
        Ok(DeletedReport { what: "credential provider", name: self.name, deleted })
    }
}

/// Every provider of the account and region; those of the agent are marked.
pub(crate) async fn list(cloud: &Cloud, agent: Option<&Agent>) -> Result<ProviderList> {
    let (keys, clients) = tokio::try_join!(
        cloud.credential_providers(ProviderKind::ApiKey),
        cloud.credential_providers(ProviderKind::OAuth2)
    )?;
    let used =
        |arn: &str| agent.is_some_and(|agent| agent.identity.credential_providers.iter().any(|known| known.arn == arn));
    let kinds = [(ProviderKind::ApiKey, keys), (ProviderKind::OAuth2, clients)];
    let items = kinds.into_iter().flat_map(|(kind, list)| list.into_iter().map(move |item| (kind, item)));
    let items = items.map(|(kind, item)| (kind, used(text(&item, "credentialProviderArn")), item)).collect();
    Ok(ProviderList { items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clients_other_callback_urls_stay() {
        let live = json!({ "CallbackURLs": ["a"], "AllowedOAuthFlows": ["code"] });
        assert_eq!(Value::Object(with_url(&live, "b").unwrap()), json!({ "CallbackURLs": ["a", "b"] }));
        assert_eq!(with_url(&live, "a"), None);
        assert_eq!(with_url(&json!({ "AllowedOAuthFlows": ["client_credentials"] }), "b"), None);
        assert_eq!(with_url(&json!({}), "b").unwrap()["AllowedOAuthFlows"], json!(["code"]));
    }
}
