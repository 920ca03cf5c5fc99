//! Workload identities: who an agent is to AgentCore Identity. A runtime has one of its own; these are for code that runs
//! elsewhere, and for return URLs of its own.

use serde_json::{Value, json};

use super::providers::{self, DeletedReport, Place};
use super::{foreign, record};
use crate::cloud::Cloud;
use crate::config::{self, Agent};
use crate::error::{Code, Error, Result};
use crate::events::{Events, Outcome};
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::owner::Owner;
use crate::shell::quoted;

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn urls(workload: &Value) -> Vec<String> {
    let items = workload.get("allowedResourceOauth2ReturnUrls").and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn missing(name: &str) -> Error {
    Error::not_found(format!("there is no workload identity `{name}`"))
        .code(Code::IdentityNoWorkload)
        .hint("`agentcore identity list-workload-identities` shows those that are there")
}

fn enter(workload: &Value, place: Option<&mut Place<'_>>) -> Result<()> {
    let Some(place) = place else { return Ok(()) };
    let entry = config::Workload {
        name: text(workload, "name").to_owned(),
        arn: text(workload, "workloadIdentityArn").to_owned(),
        return_urls: urls(workload),
    };
    record::put_workload(place.store, &place.agent, &entry)
}

/// Creates a workload identity and enters it in the configuration. One that is there already with the same return URLs
/// is entered and left.
///
/// # Errors
/// Exit 1 when one of the name has other return URLs.
pub(crate) async fn create(
    cloud: &Cloud,
    (name, return_urls): (&str, &[String]),
    tags: &[(String, String)],
    mut place: Option<Place<'_>>,
    events: &Events,
) -> Result<WorkloadReport> {
    let fits = (3..=255).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !fits {
        return Err(Error::usage(format!("`{name}` cannot be the name of a workload identity"))
            .code(Code::InputValue)
            .hint("3 to 255 letters, digits, `.`, `-` and `_`"));
    }
    let before = cloud.workload_identity(name).await?;
    let (workload, outcome) = match before {
        Some(found) => {
            if foreign::is_another_projects(cloud, (&found, foreign::WORKLOAD_ARN), place.as_ref()).await? {
                events.warning(format!(
                    "the workload identity `{name}` belongs to another project, and is used as it is"
                ));
            }
            (found, "unchanged")
        }
        None => {
            events.started("workload", format!("create workload identity `{name}`"));
            let all = providers::tags(place.as_mut(), events)?.into_iter().chain(tags.iter().cloned());
            let tags: serde_json::Map<String, Value> = all.map(|(key, value)| (key, json!(value))).collect();
            let body = json!({ "name": name, "allowedResourceOauth2ReturnUrls": return_urls, "tags": tags });
            make(cloud, (name, &body), place.as_mut()).await?
        }
    };
    let found = urls(&workload);
    let same = found.len() == return_urls.len() && found.iter().all(|url| return_urls.contains(url));
    if outcome == "unchanged" && !return_urls.is_empty() && !same {
        return Err(Error::failed(format!("a workload identity `{name}` with other return URLs exists already"))
            .code(Code::IdentityWorkloadTaken)
            .hint(format!(
                "change them: `agentcore identity update-workload-identity --name {name} --set-return-urls {}`",
                return_urls.join(",")
            )));
    }
    enter(&workload, place.as_mut())?;
    let event = if outcome == "created" { Outcome::Created } else { Outcome::Unchanged };
    events.finished("workload", event, format!("workload identity {name}"));
    Ok(WorkloadReport { workload, outcome, agent: place.map(|place| place.agent) })
}

/// Sends the creation with its name on record. A refusal takes the name back; after a conflict it stays only where the
/// tags or an earlier record say that what is in the way is ours: the first answer was lost then.
async fn make(
    cloud: &Cloud,
    (name, body): (&str, &Value),
    mut place: Option<&mut Place<'_>>,
) -> Result<(Value, &'static str)> {
    let known = place.as_ref().is_some_and(|place| on_record(place, name));
    if let Some(place) = &mut place {
        record::intend_workload(place.store, &place.agent, name)?;
    }
    match cloud.create_workload_identity(body).await {
        Ok(Some(made)) => Ok((made, "created")),
        Ok(None) => {
            let found = cloud.workload_identity(name).await?;
            let tags = match &found {
                Some(found) => cloud.resource_tags(text(found, "workloadIdentityArn")).await?,
                None => None,
            };
            if let Some(place) = place
                && !Owner::of_readable(tags.as_deref(), place.agent()?, known).is_ours()
            {
                record::disown_workload(place.store, &place.agent, name)?;
            }
            Ok((found.ok_or_else(|| missing(name))?, "unchanged"))
        }
        Err(error) => {
            if let (Some(place), true) = (place, super::setup::is_refusal(&error)) {
                record::disown_workload(place.store, &place.agent, name)?;
            }
            Err(error)
        }
    }
}

/// Whether the name is on record as made for the agent.
fn on_record(place: &Place<'_>, name: &str) -> bool {
    let agent = place.store.agent(Some(&place.agent));
    agent.is_ok_and(|agent| record::workloads(agent.created()).any(|known| known == name))
}

/// # Errors
/// Exit 5 when there is none of this name.
pub(crate) async fn get(cloud: &Cloud, name: &str) -> Result<WorkloadReport> {
    let workload = cloud.workload_identity(name).await?.ok_or_else(|| missing(name))?;
    Ok(WorkloadReport { workload, outcome: "found", agent: None })
}

/// How return URLs change.
#[derive(Debug)]
pub(crate) enum ReturnUrls {
    Add(Vec<String>),
    Set(Vec<String>),
}

impl ReturnUrls {
    fn as_flag(&self) -> (&'static str, &[String]) {
        match self {
            Self::Add(urls) => ("--add-return-urls", urls),
            Self::Set(urls) => ("--set-return-urls", urls),
        }
    }
}

/// # Errors
/// Exit 2 when another project made it; `verb` and `flags` say what was asked for.
async fn check_project(
    cloud: &Cloud,
    (live, verb, flags): (&Value, &str, &str),
    place: Option<&Place<'_>>,
) -> Result<()> {
    if !foreign::is_another_projects(cloud, (live, foreign::WORKLOAD_ARN), place).await? {
        return Ok(());
    }
    let command = format!("agentcore identity {verb}-workload-identity {flags}");
    Err(foreign::refusal(&format!("the workload identity `{}`", text(live, "name")))
        .hint("create one of your own under another name")
        .hint(foreign::adopt_hint(&command)))
}

/// Exit 2 when the workload identity that is to be deleted is another project's.
pub(crate) async fn check_deletion(cloud: &Cloud, name: &str, place: Option<&Place<'_>>) -> Result<()> {
    match cloud.workload_identity(name).await? {
        Some(live) => check_project(cloud, (&live, "delete", &format!("--name {}", quoted(name))), place).await,
        None => Ok(()),
    }
}

/// Changes the return URLs; those already as wanted are no request.
///
/// # Errors
/// Exit 5 when there is none of this name.
pub(crate) async fn update(
    cloud: &Cloud,
    (name, adopt): (&str, bool),
    change: &ReturnUrls,
    mut place: Option<Place<'_>>,
    events: &Events,
) -> Result<WorkloadReport> {
    let live = cloud.workload_identity(name).await?.ok_or_else(|| missing(name))?;
    let before = urls(&live);
    if !adopt {
        let (flag, urls) = change.as_flag();
        let flags = format!("--name {} {flag} {}", quoted(name), quoted(&urls.join(",")));
        check_project(cloud, (&live, "update", &flags), place.as_ref()).await?;
    }
    let wanted = match change {
        ReturnUrls::Set(urls) => urls.clone(),
        ReturnUrls::Add(urls) => {
            let mut all = before.clone();
            all.extend(urls.iter().filter(|url| !before.contains(url)).cloned());
            all
        }
    };
    let (workload, outcome) = if wanted == before {
        (live, "unchanged")
    } else {
        events.started("workload", format!("update workload identity `{name}`"));
        let mut body = live.as_object().cloned().unwrap_or_default();
        for member in ["workloadIdentityArn", "createdTime", "lastUpdatedTime"] {
            body.remove(member);
        }
        body.insert("allowedResourceOauth2ReturnUrls".to_owned(), json!(wanted));
        (cloud.update_workload_identity(&Value::Object(body)).await?, "updated")
    };
    let event = if outcome == "updated" { Outcome::Updated } else { Outcome::Unchanged };
    events.finished("workload", event, format!("workload identity {name}"));
    let known = place.as_ref().is_some_and(|place| {
        let agent = place.store.agent(Some(&place.agent));
        agent.is_ok_and(|agent| agent.identity.workload.as_ref().is_some_and(|known| known.name == name))
    });
    if known {
        enter(&workload, place.as_mut())?;
    }
    Ok(WorkloadReport { workload, outcome, agent: place.filter(|_| known).map(|place| place.agent) })
}

/// Whether one is there that is not on record as made for the agent, so that its deletion has to be asked for.
pub(crate) async fn is_foreign(cloud: &Cloud, name: &str, place: Option<&Place<'_>>) -> Result<bool> {
    if place.is_some_and(|place| on_record(place, name)) {
        return Ok(false);
    }
    Ok(cloud.workload_identity(name).await?.is_some())
}

/// Deletes one and takes it out of the configuration; already gone is success.
pub(crate) async fn delete(
    cloud: &Cloud,
    name: &str,
    place: Option<Place<'_>>,
    events: &Events,
) -> Result<DeletedReport> {
    events.started("workload", format!("delete workload identity `{name}`"));
    let deleted = cloud.delete_workload_identity(name).await?;
    if let Some(place) = place {
        record::remove_workload(place.store, &place.agent, name)?;
    }
    Ok(DeletedReport { what: "workload identity", name: name.to_owned(), deleted })
}

/// Every workload identity of the account and region, those of runtimes included.
pub(crate) async fn list(cloud: &Cloud, agent: Option<&Agent>) -> Result<WorkloadList> {
    let used = agent.and_then(|agent| agent.identity.workload.as_ref()).map(|workload| workload.arn.clone());
    Ok(WorkloadList { items: cloud.workload_identities().await?, used })
}

/// One workload identity.
#[derive(Debug)]
pub(crate) struct WorkloadReport {
    workload: Value,
    outcome: &'static str,
    agent: Option<String>,
}

impl Report for WorkloadReport {
    fn schema(&self) -> &'static str {
        schemas::WORKLOAD_IDENTITY
    }

    fn data(&self) -> Value {
        json!({
            "name": text(&self.workload, "name"),
            "arn": text(&self.workload, "workloadIdentityArn"),
            "returnUrls": urls(&self.workload),
            "outcome": self.outcome,
            "agent": self.agent,
        })
    }

    fn document(&self) -> Document {
        let urls = urls(&self.workload).join(", ");
        Document::new()
            .field("workload identity", format!("{} ({})", text(&self.workload, "name"), self.outcome))
            .field("ARN", text(&self.workload, "workloadIdentityArn"))
            .field_if("return URLs", Some(urls).filter(|urls| !urls.is_empty()))
            .field_if("used by", self.agent.clone())
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct WorkloadList {
    items: Vec<Value>,
    used: Option<String>,
}

impl Report for WorkloadList {
    fn schema(&self) -> &'static str {
        schemas::WORKLOAD_IDENTITIES
    }

    fn data(&self) -> Value {
        let each = self.items.iter().map(|item| {
            let arn = text(item, "workloadIdentityArn");
            json!({ "name": text(item, "name"), "arn": arn, "used": self.used.as_deref() == Some(arn) })
        });
        json!({ "workloadIdentities": each.collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        if self.items.is_empty() {
            return Document::new().line("There are no workload identities.");
        }
        let rows = self.items.iter().map(|item| {
            let arn = text(item, "workloadIdentityArn");
            let used = if self.used.as_deref() == Some(arn) { "used" } else { "" };
            vec![
                (Style::Plain, text(item, "name").to_owned()),
                (Style::Dim, arn.to_owned()),
                (Style::Good, used.to_owned()),
            ]
        });
        Document::new().table(vec!["NAME", "ARN", ""], rows.collect())
    }
}
