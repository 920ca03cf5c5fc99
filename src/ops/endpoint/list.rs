//! All endpoints of a runtime, with whose they are.

use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::EndpointWork;
use crate::error::Result;
use crate::facts::DEFAULT_ENDPOINT;
use crate::report::{Document, Report, Role, schemas};
use crate::resources::runtime_endpoint::ObservedEndpoint;

/// # Errors
/// Exit 5 when the agent is not deployed.
pub(crate) async fn list(work: &EndpointWork<'_>) -> Result<EndpointList> {
    let runtime = work.runtime().await?;
    let found = work.cloud.endpoints(runtime.runtime.id()).await?;
    let each = found.into_iter().map(|endpoint| ObservedEndpoint::of_listed(endpoint, work.cloud, work.record));
    let mut endpoints = try_join_all(each).await?;
    endpoints.sort_by_key(|item| (item.endpoint.name != DEFAULT_ENDPOINT, item.endpoint.name.clone()));
    let left_over = endpoints.iter().filter(|item| item.is_left_over());
    let deletion =
        |item: &ObservedEndpoint| work.record.command(&format!("endpoint delete {} --force", item.endpoint.name));
    let deletions = left_over.map(deletion).collect();
    Ok(EndpointList {
        agent: work.agent().name.clone(),
        arn: runtime.runtime.arn().to_owned(),
        newest: runtime.runtime.version().to_owned(),
        endpoints,
        deletions,
    })
}

/// The endpoints of a runtime.
#[derive(Debug)]
pub(crate) struct EndpointList {
    agent: String,
    arn: String,
    newest: String,
    endpoints: Vec<ObservedEndpoint>,
    /// The commands that delete what killed tests left behind.
    deletions: Vec<String>,
}

/// DEFAULT is the service's, and goes with the runtime.
fn owner(item: &ObservedEndpoint) -> &'static str {
    match (item.endpoint.name.as_str(), item.is_ours(), &item.temporary_until) {
        (DEFAULT_ENDPOINT, ..) => "the service",
        // Its tags have gone before it.
        _ if item.endpoint.status == "DELETING" => "-",
        (_, true, Some(_)) => "a smoke test",
        (_, true, None) => "this project",
        (_, false, _) => "somebody else",
    }
}

impl Report for EndpointList {
    fn schema(&self) -> &'static str {
        schemas::ENDPOINTS
    }

    fn data(&self) -> Value {
        let each = self.endpoints.iter().map(|item| {
            let mut data = crate::ops::status::endpoint_data(&item.endpoint);
            data["description"] = json!(item.endpoint.description());
            data["previousVersion"] = json!(item.previous);
            data["createdBy"] = json!(owner(item));
            data["leftOver"] = json!(item.is_left_over());
            data
        });
        json!({
            "agent": self.agent,
            "agent_arn": self.arn,
            "newestVersion": self.newest,
            "endpoints": each.collect::<Vec<_>>(),
        })
    }

    fn document(&self) -> Document {
        let rows = self.endpoints.iter().map(|item| {
            let endpoint = &item.endpoint;
            let version = crate::ops::status::version_text(endpoint);
            let role = match endpoint.status.as_str() {
                "READY" => Role::Good,
                state if state.ends_with("_FAILED") => Role::Bad,
                _ => Role::Attention,
            };
            vec![
                (Role::Plain, endpoint.name.clone()),
                (Role::Plain, version),
                (role, endpoint.status.clone()),
                (Role::Plain, item.previous.clone().unwrap_or_else(|| "-".to_owned())),
                (Role::Dim, owner(item).to_owned()),
                (Role::Dim, endpoint.description().unwrap_or_default().to_owned()),
            ]
        });
        let head = vec!["ENDPOINT", "VERSION", "STATUS", "BEFORE", "MADE BY", "DESCRIPTION"];
        let document =
            Document::new().table(head, rows.collect()).line(format!("The newest version is {}.", self.newest));
        if self.deletions.is_empty() {
            return document;
        }
        let document = document.line("A smoke test that was cut off has left an endpoint behind. Delete it:");
        self.deletions.iter().fold(document, |document, command| document.styled(Role::Code, format!(" {command}")))
    }
}
