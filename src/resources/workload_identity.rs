//! Workload identities of AgentCore Identity: who an agent is to it. A runtime has one of its own; these are for code that
//! runs elsewhere, and for return URLs of its own.

use serde_json::{Value, json};

use super::engine::{Context, Made, Removal, Resource, Standing};
use super::identity_record;
use super::owner;
use super::plan::{Action, FieldChange, ResourceKind};
use super::provider_body::text;
use super::record::AgentRecord;
use super::setup_record::is_refusal;
use super::vault::{VaultEntry, VaultGoal, VaultRecord, wire_tags};
use crate::cloud::Cloud;
use crate::config;
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

/// What a workload identity is made with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewWorkload<'a> {
    pub(crate) return_urls: &'a [String],
    pub(crate) tags: &'a [(String, String)],
}

/// What is to become of a workload identity: there with these return URLs, or with others.
pub(crate) type WorkloadGoal<'a> = VaultGoal<NewWorkload<'a>, &'a ReturnUrls>;

/// A workload identity, by its name.
#[derive(Debug)]
pub(crate) struct WorkloadIdentity<'a> {
    /// The configuration that it is entered in, where there is one.
    pub(crate) record: Option<&'a AgentRecord>,
    pub(crate) name: String,
    pub(crate) goal: WorkloadGoal<'a>,
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

    fn vault(&self) -> VaultRecord<'_> {
        VaultRecord { agent: self.record, is_recorded: self.is_recorded() }
    }

    async fn read(&self, cloud: &Cloud) -> Result<Option<VaultEntry>> {
        VaultEntry::read(cloud, cloud.workload_identity(&self.name).await?, "workloadIdentityArn").await
    }

    fn enter(&self, record: &AgentRecord, live: &VaultEntry) -> Result<()> {
        let entry = config::Workload {
            name: text(&live.description, "name").to_owned(),
            arn: text(&live.description, "workloadIdentityArn").to_owned(),
            return_urls: return_urls(&live.description),
        };
        identity_record::put_workload(record, &entry)
    }
}

impl Resource for WorkloadIdentity<'_> {
    type Observed = VaultEntry;
    type Change = ReturnUrlsChange;

    fn kind(&self) -> ResourceKind {
        ResourceKind::WorkloadIdentity
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<VaultEntry>> {
        self.read(cloud).await
    }

    fn standing(&self, observed: Option<&VaultEntry>) -> Standing {
        self.vault().standing(&self.goal, observed)
    }

    fn check(&self, observed: Option<&VaultEntry>) -> Result<()> {
        let (VaultGoal::There(NewWorkload { return_urls: wanted, .. }), Some(live)) = (&self.goal, observed) else {
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

    fn refusal(&self, _observed: &VaultEntry) -> Error {
        let name = quoted(&self.name);
        let command = match &self.goal {
            VaultGoal::Changed { change: urls, .. } => {
                format!("agentcore identity update-workload-identity --name {name} {}", urls.flag())
            }
            _ => format!("agentcore identity delete-workload-identity --name {name}"),
        };
        owner::refusal_of(&format!("the workload identity `{}`", self.name))
            .hint("create one of your own under another name")
            .hint(owner::adopt_hint(&command))
    }

    fn diff(&self, observed: &VaultEntry) -> Vec<ReturnUrlsChange> {
        let VaultGoal::Changed { change: urls, .. } = self.goal else { return Vec::new() };
        let before = return_urls(&observed.description);
        let after = urls.after(&before);
        if before == after { Vec::new() } else { vec![ReturnUrlsChange { before, after }] }
    }

    fn kept_because(&self, observed: Option<&VaultEntry>) -> Option<String> {
        self.vault().kept_because(observed)
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<VaultEntry>> {
        let VaultGoal::There(new) = self.goal else {
            return Err(Error::failed(format!("there is no workload identity `{}`", self.name)));
        };
        let tags = self.vault().new_tags(new.tags, cx.events)?;
        let body = json!({ "name": self.name, RETURN_URLS: new.return_urls, "tags": wire_tags(&tags) });
        if let Some(record) = self.record {
            identity_record::intend_workload(record, &self.name)?;
        }
        match cx.cloud.create_workload_identity(&body).await {
            Ok(Some(description)) => {
                Ok(Made { observed: VaultEntry::created(description, tags), action: Action::Create })
            }
            // It came up between the look and the request, or the first answer was lost.
            Ok(None) => {
                let found = self.read(cx.cloud).await?;
                if let Some(record) = self.vault().record_to_disown(found.as_ref()) {
                    identity_record::disown_workload(record, &self.name)?;
                }
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
    async fn update(
        &self,
        observed: &VaultEntry,
        changes: &[ReturnUrlsChange],
        cx: &Context<'_>,
    ) -> Result<Made<VaultEntry>> {
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
        Ok(Made { observed: observed.updated(description), action: Action::Update })
    }

    fn record(&self, observed: Option<&VaultEntry>, ours: bool) -> Result<()> {
        let (Some(record), Some(live)) = (self.record, observed) else { return Ok(()) };
        match self.goal {
            VaultGoal::There(_) => {
                if ours {
                    identity_record::intend_workload(record, &self.name)?;
                } else {
                    identity_record::disown_workload(record, &self.name)?;
                }
                self.enter(record, live)
            }
            VaultGoal::Changed { .. } if identity_record::uses_workload(record.agent(), &self.name) => {
                self.enter(record, live)
            }
            _ => Ok(()),
        }
    }

    fn erase(&self) -> Result<()> {
        match (self.record, &self.goal) {
            (Some(record), VaultGoal::Cleaned | VaultGoal::Deleted { .. }) => {
                identity_record::remove_workload(record, &self.name)
            }
            _ => Ok(()),
        }
    }

    async fn removal(&self, observed: Option<&VaultEntry>, _cloud: &Cloud) -> Result<Removal> {
        Ok(self.vault().removal(&self.goal, observed, None))
    }

    async fn delete(&self, _observed: &VaultEntry, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_workload_identity(&self.name).await.map(drop)
    }
}

/// There is none of this name.
pub(crate) fn missing(name: &str) -> Error {
    Error::not_found(format!("there is no workload identity `{name}`"))
        .code(Code::IdentityNoWorkload)
        .hint("`agentcore identity list-workload-identities` shows those that are there")
}
