//! The ECR repository of an agent's images, and the images in it.

use std::convert::Infallible;

use serde_json::{Value, json};

use super::engine::{Contents, Context, Fate, Made, Removal, Resource, Standing};
use super::owner::{self, Owner};
use super::plan::{Action, FieldChange, ResourceKind};
use super::record::AgentRecord;
use crate::cloud::{Cloud, RegistryRepository};
use crate::config::naming;
use crate::config::{Agent, Setting};
use crate::error::{Error, Result};

impl From<Infallible> for FieldChange {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// A repository that an agent's image is, or is to be, in.
#[derive(Debug)]
pub(crate) struct Repository<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) name: String,
    /// Host and name, without tag.
    pub(crate) uri: String,
    /// In this account and region. Of another nothing can be asked from here; a push will tell.
    pub(crate) is_local: bool,
    /// This program's to make.
    pub(crate) is_managed: bool,
    /// Only the image in it is the agent's, so it is not written down.
    pub(crate) is_foreign: bool,
    /// A destroy takes it along, and not only the images in it.
    pub(crate) goes: bool,
    /// The caller's.
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Repository<'_> {
    /// The one that is there, for a destroy, which takes it along where it `goes`.
    pub(crate) fn on_record<'r>(
        record: &'r AgentRecord,
        (account, region): (&str, &str),
        goes: bool,
    ) -> Repository<'r> {
        let agent = record.agent();
        let (name, is_managed) = match (agent.created().repository.as_deref(), agent.repository_setting()) {
            (Some(name), _) => (name.to_owned(), true),
            (None, Some(setting)) => (setting.to_owned(), false),
            (None, None) => (naming::repository(&agent.deployed_name()), true),
        };
        Repository {
            record,
            name,
            uri: String::new(),
            is_local: is_managed,
            is_managed,
            is_foreign: false,
            goes,
            account: account.to_owned(),
            region: region.to_owned(),
        }
    }

    fn is_recorded(&self) -> bool {
        self.record.agent().created().repository.as_deref() == Some(self.name.as_str())
    }

    /// Agents of one configuration whose names differ only in case would have one repository.
    fn check_siblings(&self, observed: Option<&RegistryRepository>) -> Result<()> {
        if !self.is_managed {
            return Ok(());
        }
        let agent = self.record.agent();
        let tags = observed.and_then(|found| found.tags.as_deref()).unwrap_or_default();
        let tagged = owner::other_agent(tags, agent);
        let recorded = self.is_recorded();
        let owns = |other: &Agent| {
            let has_it = other.created().repository.as_deref() == Some(self.name.as_str());
            tagged == Some(other.name.as_str()) || (has_it && !recorded)
        };
        match self.record.sibling(owns) {
            Some(other) => Err(owner::shared_repository(&self.name, agent, &other)),
            None => Ok(()),
        }
    }
}

impl Resource for Repository<'_> {
    type Observed = RegistryRepository;
    type Change = Infallible;

    fn kind(&self) -> ResourceKind {
        ResourceKind::Repository
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<RegistryRepository>> {
        if !self.is_local {
            return Ok(None);
        }
        let arn = cloud.partition().arn("ecr", &self.region, &self.account, &format!("repository/{}", self.name));
        // One on record is most likely there.
        let arn = self.is_recorded().then(|| arn.to_string());
        let found = cloud.repository(&self.name, arn.as_deref()).await?;
        if found.is_none() && !self.is_managed {
            let name = &self.record.agent().name;
            return Err(Error::not_found(format!(
                "the repository `{}` of the configuration does not exist",
                self.name
            ))
            .hint(format!("create it, or let launch make one: `agentcore configure --name {name} --ecr auto`")));
        }
        Ok(found)
    }

    fn standing(&self, observed: Option<&RegistryRepository>) -> Standing {
        if !self.is_managed {
            return Standing::Brought;
        }
        let tags = observed.and_then(|found| found.tags.as_deref());
        Standing::Managed(Owner::of_readable(tags, self.record.agent(), self.is_recorded()))
    }

    fn check(&self, observed: Option<&RegistryRepository>) -> Result<()> {
        self.check_siblings(observed)
    }

    fn refusal(&self, _observed: &RegistryRepository) -> Error {
        owner::refusal(&format!("the repository `{}`", self.name), self.record.agent())
    }

    fn diff(&self, _observed: &RegistryRepository) -> Vec<Infallible> {
        Vec::new()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<RegistryRepository>> {
        let agent = self.record.agent();
        let tags: Vec<(String, String)> = naming::tags(agent).into_iter().chain(agent.own_tags()).collect();
        let observed = cx.patience.through(|| cx.cloud.create_repository(&self.name, &tags)).await?;
        Ok(Made { observed, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &RegistryRepository,
        _changes: &[Infallible],
        _cx: &Context<'_>,
    ) -> Result<Made<RegistryRepository>> {
        Ok(Made { observed: observed.clone(), action: Action::Update })
    }

    async fn mark(&self, observed: &RegistryRepository, cx: &Context<'_>) -> Result<()> {
        let tags = naming::tags(self.record.agent());
        cx.patience.through(|| cx.cloud.tag_repository(&observed.arn, &tags)).await
    }

    fn record(&self, _observed: Option<&RegistryRepository>, ours: bool) -> Result<()> {
        let mut settings: Vec<Setting<'_>> = Vec::new();
        if !self.is_foreign {
            settings.push((&["aws", "ecr_repository"], json!(self.uri)));
            settings.push((&["aws", "ecr_auto_create"], json!(false)));
        }
        self.record.write_in((&self.account, &self.region), &settings, |created| {
            if ours && !self.is_foreign {
                created.repository = Some(self.name.clone());
            }
        })
    }

    fn erase(&self) -> Result<()> {
        if self.record.created()?.repository.is_none() {
            return Ok(());
        }
        let settings: [Setting<'_>; 2] =
            [(&["aws", "ecr_repository"], Value::Null), (&["aws", "ecr_auto_create"], json!(true))];
        self.record.write(&settings, |created| created.repository = None)
    }

    async fn removal(&self, observed: Option<&RegistryRepository>, cloud: &Cloud) -> Result<Removal> {
        if !self.is_managed {
            return Ok(Fate::Keep("not created by launch, its images stay".to_owned()).into());
        }
        let Some(found) = observed else { return Ok(Fate::Gone.into()) };
        let owner = Owner::of_readable(found.tags.as_deref(), self.record.agent(), self.is_recorded());
        if !owner.is_ours() {
            return Ok(Removal::by_owner(owner, self.is_recorded(), None));
        }
        // Names that differ only in case stand for one repository.
        let has_it = |other: &Agent| other.created().repository.as_deref() == Some(self.name.as_str());
        if let Some(sibling) = self.record.sibling(has_it) {
            return Ok(Fate::Keep(format!("the agent `{sibling}` has it as well")).into());
        }
        let count = cloud.image_digests(&self.name).await?.len();
        let images = if count == 1 { "1 image".to_owned() } else { format!("{count} images") };
        if self.goes {
            return Ok(Fate::Delete(Some(format!("with {images}"))).into());
        }
        let contents = Contents { kind: ResourceKind::Images, name: self.name.clone(), note: images };
        Ok(Removal {
            contents: (count > 0).then_some(contents),
            fate: Fate::Keep("delete it with --delete-ecr-repo".to_owned()),
        })
    }

    async fn empty(&self, _observed: &RegistryRepository, cx: &Context<'_>) -> Result<()> {
        let digests = cx.cloud.image_digests(&self.name).await?;
        cx.cloud.delete_images(&self.name, &digests).await
    }

    async fn delete(&self, _observed: &RegistryRepository, cx: &Context<'_>) -> Result<()> {
        cx.cloud.delete_repository(&self.name).await.map(drop)
    }

    fn done(&self, observed: &RegistryRepository) -> String {
        format!("repository {}", observed.uri)
    }
}
