//! Workload identities of AgentCore Identity: who an agent is to it. A runtime has one of its own; these are for code that
//! runs elsewhere, and for return URLs of its own.

use serde_json::{Map, Value, json};

use super::engine::{Context, Fate, Made, Removal, Resource, Standing};
use super::identity_record;
use super::owner::{self, Owner, Unconfirmed};
use super::plan::{Action, FieldChange, ResourceKind};
use super::provider_body::text;
use super::record::AgentRecord;
use super::setup_record::is_refusal;
use crate::cloud::Cloud;
use crate::config::{self, naming};
use crate::error::{Code, Error, Result};
use crate::shell::quoted;

/// The member that holds the return URLs.
const RETURN_URLS: &str = "allowedResourceOauth2ReturnUrls";

/// How return URLs change.
#[derive(Debug)]
pub(crate) enum ReturnUrls {
    Add(Vec<String>),
    Set(Vec<String>),
}

impl ReturnUrls {
    fn after(&self, before: &[String]) -> Vec<String> {
        match self {
            Self::Set(urls) => urls.clone(),
            Self::Add(urls) => before.iter().chain(urls.iter().filter(|url| !before.contains(url))).cloned().collect(),
        }
    }

    /// The flag that says it again.
    fn flag(&self) -> String {
        let (flag, urls) = match self {
            Self::Add(urls) => ("--add-return-urls", urls),
            Self::Set(urls) => ("--set-return-urls", urls),
        };
        format!("{flag} {}", quoted(&urls.join(",")))
    }
}

/// What is to become of a workload identity.
#[derive(Debug)]
pub(crate) enum WorkloadGoal<'a> {
    /// To be there. One with the same return URLs is left as it is.
    There { return_urls: &'a [String], tags: &'a [(String, String)] },
    /// To have other return URLs. The flag takes another project's too.
    Changed { urls: &'a ReturnUrls, adopt: bool },
    /// To be gone: on record as made for the agent, and so only where its tags say the same.
    Cleaned,
    /// To be gone, because its deletion was asked for by name. The flag takes another project's too.
    Deleted { adopt: bool },
}

/// A workload identity, by its name.
#[derive(Debug)]
pub(crate) struct WorkloadIdentity<'a> {
    /// The configuration that it is entered in, where there is one.
    pub(crate) record: Option<&'a AgentRecord>,
    pub(crate) name: String,
    pub(crate) goal: WorkloadGoal<'a>,
}

/// One that is there, as the service describes it.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) description: Value,
    /// `None` where the caller may not read them.
    tags: Option<Vec<(String, String)>>,
}

/// Return URLs that are to be others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnUrlsChange {
    before: Vec<String>,
    after: Vec<String>,
}

impl From<ReturnUrlsChange> for FieldChange {
    fn from(change: ReturnUrlsChange) -> Self {
        Self::shown("returnUrls", Some(&json!(change.before)), Some(&json!(change.after)))
    }
}

/// The return URLs of a description.
pub(crate) fn return_urls(description: &Value) -> Vec<String> {
    let items = description.get(RETURN_URLS).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

impl WorkloadIdentity<'_> {
    /// Whether it was on record as made for the agent when this run began.
    pub(crate) fn is_recorded(&self) -> bool {
        self.record
            .is_some_and(|record| identity_record::workloads(record.agent().created()).any(|known| *known == self.name))
    }

    fn is_another_projects(&self, live: &Live) -> bool {
        let project = self.record.and_then(AgentRecord::project);
        owner::is_another_projects(live.tags.as_deref().unwrap_or_default(), project.as_deref())
    }

    /// Takes the intention back after a conflict, unless the tags of what is there say that the first answer was lost.
    fn disown_unless_ours(&self, live: Option<&Live>) -> Result<()> {
        let Some(record) = self.record.filter(|_| !self.is_recorded()) else { return Ok(()) };
        let is_ours = live.is_some_and(|live| record.owner_of(live.tags.as_deref(), false).is_ours());
        if is_ours { Ok(()) } else { identity_record::disown_workload(record, &self.name) }
    }

    async fn look(&self, cloud: &Cloud) -> Result<Option<Live>> {
        let Some(description) = cloud.workload_identity(&self.name).await? else { return Ok(None) };
        let tags = match text(&description, "workloadIdentityArn") {
            "" => None,
            arn => cloud.resource_tags(arn).await?,
        };
        Ok(Some(Live { description, tags }))
    }

    fn enter(&self, record: &AgentRecord, live: &Live) -> Result<()> {
        let entry = config::Workload {
            name: text(&live.description, "name").to_owned(),
            arn: text(&live.description, "workloadIdentityArn").to_owned(),
            return_urls: return_urls(&live.description),
        };
        identity_record::put_workload(record, &entry)
    }
}

impl Resource for WorkloadIdentity<'_> {
    type Observed = Live;
    type Change = ReturnUrlsChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::WorkloadIdentity
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<Live>> {
        self.look(cloud).await
    }

    fn standing(&self, observed: Option<&Live>) -> Standing {
        let Some(live) = observed else { return Standing::Managed(Owner::Unknown) };
        let may_take =
            matches!(self.goal, WorkloadGoal::Changed { adopt: true, .. } | WorkloadGoal::Deleted { adopt: true });
        Standing::Managed(match &self.goal {
            WorkloadGoal::There { .. } => match self.record {
                Some(record) if record.owner_of(live.tags.as_deref(), self.is_recorded()).is_ours() => Owner::Ours,
                // The agent may use what another has made.
                _ => Owner::Unknown,
            },
            _ if self.is_another_projects(live) && !may_take => Owner::Other,
            _ => Owner::Ours,
        })
    }

    fn check(&self, observed: Option<&Live>) -> Result<()> {
        let (WorkloadGoal::There { return_urls: wanted, .. }, Some(live)) = (&self.goal, observed) else {
            return Ok(());
        };
        let found = return_urls(&live.description);
        let same = found.len() == wanted.len() && found.iter().all(|url| wanted.contains(url));
        if wanted.is_empty() || same {
            return Ok(());
        }
        let name = &self.name;
        Err(Error::failed(format!("a workload identity `{name}` with other return URLs exists already"))
            .code(Code::IdentityWorkloadTaken)
            .hint(format!(
                "change them: `agentcore identity update-workload-identity --name {name} --set-return-urls {}`",
                wanted.join(",")
            )))
    }

    fn refusal(&self, _observed: &Live) -> Error {
        let name = quoted(&self.name);
        let command = match &self.goal {
            WorkloadGoal::Changed { urls, .. } => {
                format!("agentcore identity update-workload-identity --name {name} {}", urls.flag())
            }
            _ => format!("agentcore identity delete-workload-identity --name {name}"),
        };
        owner::refusal_of(&format!("the workload identity `{}`", self.name))
            .hint("create one of your own under another name")
            .hint(owner::adopt_hint(&command))
    }

    fn diff(&self, observed: &Live) -> Vec<ReturnUrlsChange> {
        let WorkloadGoal::Changed { urls, .. } = self.goal else { return Vec::new() };
        let before = return_urls(&observed.description);
        let after = urls.after(&before);
        if before == after { Vec::new() } else { vec![ReturnUrlsChange { before, after }] }
    }

    fn kept_because(&self, observed: Option<&Live>) -> Option<String> {
        let of_another = observed.is_some_and(|live| self.is_another_projects(live));
        of_another.then(|| "it belongs to another project, and is used as it is".to_owned())
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<Live>> {
        let WorkloadGoal::There { return_urls, tags } = self.goal else {
            return Err(Error::failed(format!("there is no workload identity `{}`", self.name)));
        };
        let own = match self.record {
            Some(record) => record.tags(cx.events)?,
            None => naming::shared_tags(),
        };
        let all = own.iter().chain(tags);
        let wire_tags: Map<String, Value> = all.map(|(key, value)| (key.clone(), json!(value))).collect();
        let body = json!({ "name": self.name, RETURN_URLS: return_urls, "tags": wire_tags });
        if let Some(record) = self.record {
            identity_record::intend_workload(record, &self.name)?;
        }
        match cx.cloud.create_workload_identity(&body).await {
            Ok(Some(description)) => {
                Ok(Made { observed: Live { description, tags: self.record.map(|_| own) }, action: Action::Create })
            }
            // It came up between the look and the request, or the first answer was lost.
            Ok(None) => {
                let found = self.look(cx.cloud).await?;
                self.disown_unless_ours(found.as_ref())?;
                let live = found.ok_or_else(|| missing(&self.name))?;
                self.check(Some(&live))?;
                Ok(Made { observed: live, action: Action::Unchanged })
            }
            Err(error) => {
                if let (Some(record), true) = (self.record, is_refusal(&error)) {
                    identity_record::disown_workload(record, &self.name)?;
                }
                Err(error)
            }
        }
    }

    /// Reads, merges and writes, so that no member is lost.
    async fn update(&self, observed: &Live, changes: &[ReturnUrlsChange], cx: &Context<'_>) -> Result<Made<Live>> {
        let Some(change) = changes.first() else {
            return Ok(Made { observed: observed.clone(), action: Action::Unchanged });
        };
        let mut body = observed.description.as_object().cloned().unwrap_or_default();
        // What only the service writes.
        for member in ["workloadIdentityArn", "createdTime", "lastUpdatedTime"] {
            body.remove(member);
        }
        body.insert(RETURN_URLS.to_owned(), json!(change.after));
        let description = cx.cloud.update_workload_identity(&Value::Object(body)).await?;
        Ok(Made { observed: Live { description, tags: observed.tags.clone() }, action: Action::Update })
    }

    fn record(&self, observed: Option<&Live>, ours: bool) -> Result<()> {
        let (Some(record), Some(live)) = (self.record, observed) else { return Ok(()) };
        match self.goal {
            WorkloadGoal::There { .. } => {
                if ours {
                    identity_record::intend_workload(record, &self.name)?;
                } else {
                    identity_record::disown_workload(record, &self.name)?;
                }
                self.enter(record, live)
            }
            WorkloadGoal::Changed { .. } if identity_record::uses_workload(record.agent(), &self.name) => {
                self.enter(record, live)
            }
            _ => Ok(()),
        }
    }

    fn erase(&self) -> Result<()> {
        match (self.record, &self.goal) {
            (Some(record), WorkloadGoal::Cleaned | WorkloadGoal::Deleted { .. }) => {
                identity_record::remove_workload(record, &self.name)
            }
            _ => Ok(()),
        }
    }

    async fn removal(&self, observed: Option<&Live>, _cloud: &Cloud) -> Result<Removal> {
        let project = self.record.and_then(AgentRecord::project);
        let unconfirmed =
            |live: &Live| live.tags.as_deref().and_then(|tags| owner::unconfirmed(tags, project.as_deref()));
        let fate = match (&self.goal, observed) {
            (_, None) => Fate::Gone,
            (WorkloadGoal::Deleted { .. }, Some(_)) => Fate::Delete(None),
            (_, Some(live)) => match unconfirmed(live) {
                None => Fate::Delete(None),
                Some(Unconfirmed::Other) => Fate::Forget(Unconfirmed::Other.reason().to_owned()),
                Some(Unconfirmed::Untagged) => Fate::Keep(Unconfirmed::Untagged.reason().to_owned()),
            },
        };
        Ok(fate.into())
    }

    async fn delete(&self, _observed: &Live, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_workload_identity(&self.name).await.map(drop)
    }
}

/// There is none of this name.
pub(crate) fn missing(name: &str) -> Error {
    Error::not_found(format!("there is no workload identity `{name}`"))
        .code(Code::IdentityNoWorkload)
        .hint("`agentcore identity list-workload-identities` shows those that are there")
}
