//! The S3 bucket that launch makes, one for all agents of an account and region: code archives, which stay, and the sources
//! of builds elsewhere, which go by themselves. An agent may have a bucket of the user's for either.

use serde_json::{Value, json};

use super::archive::Archives;
use super::engine::{Contents, Context, Fate, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, FieldChange, ResourceKind};
use super::record::AgentRecord;
use super::sources;
use crate::cloud::{Cloud, S3Bucket};
use crate::config::naming;
use crate::config::{Created, Setting};
use crate::error::{Code, Error, Result};

/// What an agent has the bucket for.
#[derive(Debug)]
pub(crate) enum Purpose<'a> {
    /// `older` says whether archives from before projects had identities can be the agent's own.
    Archives {
        place: &'a Archives,
        older: bool,
    },
    Sources,
}

/// What is wanted of a bucket.
#[derive(Debug)]
pub(crate) struct Bucket<'a> {
    pub(crate) record: &'a AgentRecord,
    pub(crate) purpose: Purpose<'a>,
    pub(crate) name: String,
    /// The account that it must belong to.
    pub(crate) account: String,
    pub(crate) region: String,
    /// This program's to make.
    pub(crate) is_managed: bool,
    /// A destroy looks for one that may be gone, or hidden from the caller where nothing is on record.
    pub(crate) lenient: bool,
}

/// A bucket that is there.
#[derive(Clone, Debug)]
pub(crate) struct ObservedBucket {
    found: S3Bucket,
    /// Ours by name, and without tags and content: a run that was cut off made it and did not finish.
    is_unfinished: bool,
}

/// A part of a bucket that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BucketChange {
    Unfinished,
}

impl From<BucketChange> for FieldChange {
    fn from(change: BucketChange) -> Self {
        match change {
            BucketChange::Unfinished => Self::of("settings").meaning("an earlier run did not finish them"),
        }
    }
}

impl Bucket<'_> {
    fn missing(&self) -> Error {
        let name = &self.name;
        match self.purpose {
            Purpose::Archives { .. } => Error::not_found(format!("the bucket `{name}` does not exist"))
                .hint(format!("create it: `aws s3 mb s3://{name}`"))
                .hint("or take another with `agentcore configure --s3 BUCKET`"),
            Purpose::Sources => Error::not_found(format!("the bucket `{name}` of the configuration does not exist"))
                .hint("create it, or take `codebuild.source_bucket` out of the configuration and let launch make one"),
        }
    }

    fn check_region(&self, found: &S3Bucket) -> Result<()> {
        match &found.region {
            Some(region) if *region != self.region => Err(Error::usage(format!(
                "the bucket `{}` is in {region}, and the agent in {}",
                self.name, self.region
            ))
            .code(Code::S3BucketRegion)
            .hint(match self.purpose {
                Purpose::Archives { .. } => {
                    "take a bucket of the agent's region with `agentcore configure --s3 BUCKET`"
                }
                Purpose::Sources => {
                    "name a bucket of the agent's region as `codebuild.source_bucket` in the configuration"
                }
            })),
            _ => Ok(()),
        }
    }

    /// Whether the bucket is launch's by its record, or by its tags where nothing is on record.
    fn is_ours(&self, found: &S3Bucket, has_contents: bool) -> bool {
        let agent = self.record.agent();
        match self.purpose {
            Purpose::Archives { .. } => match (agent.created().bucket.as_deref(), agent.bucket_setting()) {
                (Some(created), _) => created == self.name,
                (None, Some(_)) => false,
                (None, None) => naming::is_managed(&found.tags),
            },
            // One without tags and without content is what a run that was cut off leaves behind.
            Purpose::Sources => {
                self.is_own_name() && (naming::is_managed(&found.tags) || (!has_contents && found.tags.is_empty()))
            }
        }
    }

    fn may_be_hidden(&self) -> bool {
        matches!(self.purpose, Purpose::Sources) && !super::build_project::is_recorded(self.record.agent())
    }

    fn is_own_name(&self) -> bool {
        self.name == naming::source_bucket(&self.account, &self.region)
    }

    /// What the keys of the agent's own objects begin with.
    fn folder(&self) -> String {
        match &self.purpose {
            Purpose::Archives { place, .. } => place.folder(),
            Purpose::Sources => sources::builds(self.record.agent()),
        }
    }

    fn is_own_key(&self, key: &str) -> bool {
        match &self.purpose {
            Purpose::Archives { place, older } => place.is_archive(key, *older),
            Purpose::Sources => sources::is_source(key, &self.folder()),
        }
    }
}

impl Resource for Bucket<'_> {
    type Observed = ObservedBucket;
    type Change = BucketChange;

    fn kind(&self) -> ResourceKind {
        match self.purpose {
            Purpose::Archives { .. } => ResourceKind::Bucket,
            Purpose::Sources => ResourceKind::SourceBucket,
        }
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObservedBucket>> {
        let found = cloud.bucket(&self.name, Some(&self.account)).await;
        if self.lenient {
            let found = if self.may_be_hidden() { found.unwrap_or_default() } else { found? };
            return Ok(found.map(|found| ObservedBucket { found, is_unfinished: false }));
        }
        let Some(found) = found? else {
            return if self.is_managed { Ok(None) } else { Err(self.missing()) };
        };
        self.check_region(&found)?;
        let is_unfinished =
            self.is_managed && !naming::is_managed(&found.tags) && cloud.list_objects(&self.name, "").await?.is_empty();
        Ok(Some(ObservedBucket { found, is_unfinished }))
    }

    fn standing(&self, observed: Option<&ObservedBucket>) -> Standing {
        if !self.is_managed {
            return Standing::Brought;
        }
        let is_ours = observed.is_some_and(|live| live.is_unfinished || naming::is_managed(&live.found.tags));
        Standing::Managed(if is_ours { Owner::Ours } else { Owner::Unknown })
    }

    fn refusal(&self, _observed: &ObservedBucket) -> Error {
        Error::failed(format!("the bucket `{}` cannot be used", self.name))
    }

    fn diff(&self, observed: &ObservedBucket) -> Vec<BucketChange> {
        if observed.is_unfinished { vec![BucketChange::Unfinished] } else { Vec::new() }
    }

    fn notes(&self, _observed: Option<&ObservedBucket>, action: Action) -> Vec<String> {
        match (action, &self.purpose) {
            (Action::Create, Purpose::Sources) => {
                vec![format!("build sources expire after {} days", sources::BUILD_DAYS)]
            }
            _ => Vec::new(),
        }
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObservedBucket>> {
        let tags = naming::shared_tags();
        let spec = sources::spec(&self.name, &self.account, &tags);
        let mut found = cx.patience.through(|| cx.cloud.create_bucket(&spec)).await?;
        // A creation that was repeated because its answer was lost finds the bucket there, without what follows.
        if !naming::is_managed(&found.tags) && cx.cloud.list_objects(&self.name, "").await?.is_empty() {
            cx.patience.through(|| cx.cloud.finish_bucket(&spec)).await?;
            found.tags = tags.clone();
        }
        Ok(Made { observed: ObservedBucket { found, is_unfinished: false }, action: Action::Create })
    }

    async fn update(
        &self,
        observed: &ObservedBucket,
        _changes: &[BucketChange],
        cx: &Context<'_>,
    ) -> Result<Made<ObservedBucket>> {
        let tags = naming::shared_tags();
        let spec = sources::spec(&self.name, &self.account, &tags);
        cx.patience.through(|| cx.cloud.finish_bucket(&spec)).await?;
        let found = S3Bucket { tags: tags.clone(), ..observed.found.clone() };
        Ok(Made { observed: ObservedBucket { found, is_unfinished: false }, action: Action::Update })
    }

    /// Agents of several projects share it, so no project's tags are on it.
    async fn mark(&self, _observed: &ObservedBucket, _cx: &Context<'_>) -> Result<()> {
        Ok(())
    }

    fn record(&self, _observed: Option<&ObservedBucket>, ours: bool) -> Result<()> {
        match self.purpose {
            Purpose::Archives { .. } => {
                let place = (self.account.as_str(), self.region.as_str());
                let mut settings: Vec<Setting<'_>> = Vec::new();
                // All environments have the same one, which each finds by its name.
                if self.record.agent().environment.is_some() && self.is_own_name() {
                    return self.record.write_in(place, &settings, |_| {});
                }
                if self.is_managed {
                    settings.push((&["aws", "s3_path"], json!(format!("s3://{}", self.name))));
                    settings.push((&["aws", "s3_auto_create"], json!(false)));
                }
                self.record.write_in(place, &settings, |created| {
                    if ours {
                        created.bucket = Some(self.name.clone());
                    }
                })
            }
            Purpose::Sources if self.record.agent().environment.is_some() && self.is_own_name() => Ok(()),
            Purpose::Sources => {
                let settings: [Setting<'_>; 1] = [(&["codebuild", "source_bucket"], json!(self.name))];
                self.record.write(&settings, |created| {
                    if ours {
                        created.source_bucket = Some(self.name.clone());
                    }
                })
            }
        }
    }

    fn erase(&self) -> Result<()> {
        let created = self.record.created()?;
        match self.purpose {
            Purpose::Archives { .. } if created.bucket.is_some() => {
                let settings: [Setting<'_>; 2] =
                    [(&["aws", "s3_path"], Value::Null), (&["aws", "s3_auto_create"], json!(true))];
                self.record.write(&settings, |created: &mut Created| created.bucket = None)
            }
            Purpose::Sources if created.source_bucket.is_some() => {
                let settings: [Setting<'_>; 1] = [(&["codebuild", "source_bucket"], Value::Null)];
                self.record.write(&settings, |created| created.source_bucket = None)
            }
            Purpose::Archives { .. } | Purpose::Sources => Ok(()),
        }
    }

    async fn removal(&self, observed: Option<&ObservedBucket>, cloud: &Cloud) -> Result<Removal> {
        let Some(live) = observed else { return Ok(Fate::Gone.into()) };
        // Of a bucket of the user's only the agent's part is looked at: the rest may be large, and is none of our business.
        let looks_at_all = self.is_ours(&live.found, false);
        let within = if looks_at_all { String::new() } else { self.folder() };
        let keys = match cloud.list_objects(&self.name, &within).await {
            Err(error) if self.may_be_hidden() => return Ok(Fate::Keep(format!("not looked at: {error}")).into()),
            keys => keys?,
        };
        let count = keys.iter().filter(|key| self.is_own_key(key)).count();
        let (kind, name) = match &self.purpose {
            Purpose::Archives { .. } => (ResourceKind::Archives, format!("s3://{}/{}", self.name, self.folder())),
            Purpose::Sources => (ResourceKind::BuildSources, format!("{}/{}", self.name, self.folder())),
        };
        let note = format!("{count} archive{}", if count == 1 { "" } else { "s" });
        let fate = if !self.is_ours(&live.found, count > 0) {
            Fate::Keep("not created by launch".to_owned())
        } else if keys.len() == count {
            Fate::Delete(None)
        } else {
            Fate::Keep("something else is in it".to_owned())
        };
        Ok(Removal { contents: (count > 0).then_some(Contents { kind, name, note }), fate })
    }

    async fn empty(&self, _observed: &ObservedBucket, cx: &Context<'_>) -> Result<()> {
        let is_own = |key: &str| self.is_own_key(key);
        cx.cloud.delete_objects(&self.name, &self.folder(), &self.account, is_own).await.map(drop)
    }

    async fn delete(&self, _observed: &ObservedBucket, cx: &Context<'_>) -> Result<()> {
        // Another agent's may have come in meanwhile: S3 itself refuses to delete a bucket with anything in it.
        if cx.cloud.delete_bucket(&self.name, &self.account).await? {
            return Ok(());
        }
        Err(Error::failed(format!("something was put into the bucket `{}` in the meantime", self.name)))
    }

    fn title(&self, action: Action) -> Option<String> {
        let verb = if action == Action::Update { "finish" } else { action.as_str() };
        Some(format!("{verb} bucket `{}`", self.name))
    }

    fn done(&self, _observed: &ObservedBucket) -> String {
        format!("bucket {}", self.name)
    }
}
