//! The archives of an agent on a managed runtime: where they are in S3, and the one that is deployed.
//!
//! A key holds what the archive was made from, so an archive is never overwritten by another, and one that is there need not
//! be uploaded.

use std::convert::Infallible;
use std::path::Path;

use super::engine::{Context, Fate, Late, Made, Removal, Resource, Standing};
use super::owner::Owner;
use super::plan::{Action, ResourceKind};
use super::runtime::{CodeArchive, RuntimeArtifact};
use crate::artifact::{BuiltArchive, Fingerprint};
use crate::cloud::{Cloud, ObjectInfo, ObjectUpload};
use crate::config::Agent;
use crate::config::naming;
use crate::digest::Digest;
use crate::error::{Code, Error, Result};
use crate::events::Outcome;
use crate::image::size_text;

/// Last part of every key, as the starter toolkit has it.
const FILE: &str = "deployment.zip";
const ID_DIGITS: usize = 16;

/// Where the archives of an agent are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Archives {
    pub(crate) bucket: String,
    /// In front of every key: empty, or with a slash at its end.
    prefix: String,
    agent: String,
    /// The project's identity: another project's agent of the same name has archives of its own.
    project: Option<String>,
    /// The account that the bucket must belong to.
    pub(crate) account: String,
    /// The bucket is launch's to make when it is missing.
    pub(crate) makes_bucket: bool,
}

impl Archives {
    /// # Errors
    /// A usage error for an `s3_path` that is none.
    pub(crate) fn of(agent: &Agent, cloud: &Cloud, account: &str) -> Result<Self> {
        Self::in_region(agent, cloud.region(), account)
    }

    /// The same without a connection.
    ///
    /// # Errors
    /// As [`Archives::of`].
    pub(crate) fn in_region(agent: &Agent, region: &str, account: &str) -> Result<Self> {
        Self::from_setting(agent, naming::source_bucket(account, region), account)
    }

    pub(super) fn from_setting(agent: &Agent, own: String, account: &str) -> Result<Self> {
        let (bucket, prefix, makes_bucket) = match agent.bucket_setting() {
            None => (own, String::new(), true),
            Some(setting) => {
                let (bucket, prefix) = split_path(setting)?;
                let makes_bucket = agent.created().bucket.as_deref() == Some(bucket.as_str());
                (bucket, prefix, makes_bucket)
            }
        };
        Ok(Self {
            bucket,
            prefix,
            agent: agent.deployed_name(),
            project: agent.project.clone(),
            account: account.to_owned(),
            makes_bucket,
        })
    }

    fn key(&self, id: &str) -> String {
        let project = self.project.as_ref().map(|project| format!("{project}/")).unwrap_or_default();
        format!("{}{}/{project}{id}/{FILE}", self.prefix, self.agent)
    }

    /// The key of the archive that is made from `fingerprint`, or else of the one that was made.
    ///
    /// # Errors
    /// There is neither.
    pub(crate) fn key_of(&self, fingerprint: Option<Fingerprint>, made: Option<&BuiltArchive>) -> Result<String> {
        match (fingerprint, made) {
            (Some(fingerprint), _) => Ok(self.key(&fingerprint.id())),
            (None, Some(made)) => Ok(self.key(&made.archive.sha256.hex()[..ID_DIGITS])),
            (None, None) => Err(Error::failed("there is no archive to deploy")),
        }
    }

    /// The archive under a key; one of another program there says nothing of what it holds, and is written over.
    pub(crate) async fn find(&self, cloud: &Cloud, key: &str) -> Result<Option<ObjectInfo>> {
        let found = cloud.head_object(&self.bucket, key, Some(&self.account)).await?;
        Ok(found.filter(|object| object.sha256.is_some() && object.size > 0))
    }

    /// What the keys of this agent's archives begin with; other projects' agents of the same name have theirs there too.
    pub(crate) fn folder(&self) -> String {
        format!("{}{}/", self.prefix, self.agent)
    }

    /// Whether a key is one that launch gives to this agent's archives. Those from before projects had identities have none
    /// in their key; they are this agent's where `older` says that it was deployed before.
    pub(crate) fn is_archive(&self, key: &str, older: bool) -> bool {
        let rest = key.strip_prefix(&self.folder()).and_then(|rest| rest.strip_suffix(FILE)?.strip_suffix('/'));
        let own = self.project.as_deref().zip(rest).and_then(|(own, rest)| rest.strip_prefix(own)?.strip_prefix('/'));
        let id = own.or(rest.filter(|_| older));
        id.is_some_and(|id| id.len() == ID_DIGITS && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
    }
}

/// Bucket and prefix of `s3://bucket/some/prefix`, with or without its scheme and its prefix.
///
/// # Errors
/// A usage error for what cannot be a bucket.
pub(crate) fn split_path(setting: &str) -> Result<(String, String)> {
    let path = setting.strip_prefix("s3://").unwrap_or(setting);
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    let prefix = prefix.trim_matches('/');
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    // The service's own pattern, which is narrower than S3's for old buckets.
    let fits = (3..=63).contains(&bucket.len())
        && bucket.bytes().all(inner)
        && !bucket.starts_with(['.', '-'])
        && !bucket.ends_with(['.', '-']);
    // A key has at most 1024 bytes, and the name and the id of an archive come after this.
    if !fits || prefix.len() > 900 {
        return Err(Error::usage(format!("`{setting}` is not a bucket"))
            .code(Code::ConfigS3)
            .hint("give `--s3` the name of a bucket, or `s3://bucket/prefix`"));
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok((bucket.to_owned(), prefix))
}

/// An archive on this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArchiveFile<'a> {
    pub(crate) path: &'a Path,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
}

/// The archive that the runtime is to run.
#[derive(Debug)]
pub(crate) struct Archive<'a> {
    pub(crate) place: &'a Archives,
    pub(crate) archive: CodeArchive,
    /// What is uploaded; `None` when the bucket has it.
    pub(crate) file: Option<ArchiveFile<'a>>,
    /// Whether the object is there is known already, and it is `found`.
    pub(crate) is_known: bool,
    pub(crate) found: Option<ObjectInfo>,
    /// What the runtime waits for.
    pub(crate) ready: Late<RuntimeArtifact>,
}

impl Archive<'_> {
    fn uri(&self) -> String {
        format!("s3://{}/{}", self.archive.bucket, self.archive.key)
    }

    fn with_version(&self, version_id: Option<String>) -> RuntimeArtifact {
        RuntimeArtifact::Code(CodeArchive { version_id, ..self.archive.clone() })
    }
}

impl Resource for Archive<'_> {
    type Observed = ObjectInfo;
    type Change = Infallible;

    fn kind(&self) -> ResourceKind {
        ResourceKind::Archive
    }

    fn name(&self) -> String {
        self.uri()
    }

    fn needs(&self) -> &'static [ResourceKind] {
        &[ResourceKind::Bucket]
    }

    async fn observe(&self, cloud: &Cloud) -> Result<Option<ObjectInfo>> {
        let found = if self.is_known { self.found.clone() } else { self.place.find(cloud, &self.archive.key).await? };
        self.ready.set(self.with_version(found.as_ref().and_then(|object| object.version_id.clone())));
        Ok(found)
    }

    fn standing(&self, _observed: Option<&ObjectInfo>) -> Standing {
        Standing::Managed(Owner::Ours)
    }

    fn refusal(&self, _observed: &ObjectInfo) -> Error {
        Error::failed(format!("the archive {} cannot be used", self.uri()))
    }

    fn diff(&self, _observed: &ObjectInfo) -> Vec<Infallible> {
        Vec::new()
    }

    fn notes(&self, _observed: Option<&ObjectInfo>, action: Action) -> Vec<String> {
        let file = self.file.filter(|_| action == Action::Create);
        file.map(|file| format!("{} to upload", size_text(file.size))).into_iter().collect()
    }

    async fn create(&self, cx: &Context<'_>) -> Result<Made<ObjectInfo>> {
        const STEP: &str = "upload";
        let archive = self.file.ok_or_else(|| Error::failed("there is no archive to upload"))?;
        let uri = self.uri();
        cx.events.started(STEP, format!("upload the archive to {uri}"));
        let upload = ObjectUpload {
            bucket: &self.archive.bucket,
            key: &self.archive.key,
            owner: Some(&self.place.account),
            file: archive.path,
            size: archive.size,
            sha256: archive.sha256,
            content_type: "application/zip",
            progress: &|done| cx.events.bytes(STEP, done, Some(archive.size)),
        };
        let stored = cx.cloud.put_object(&upload).await?;
        cx.events.finished(STEP, Outcome::Created, format!("archive {uri}"));
        self.ready.set(self.with_version(stored.version_id.clone()));
        let observed =
            ObjectInfo { size: archive.size, version_id: stored.version_id, sha256: Some(archive.sha256.to_string()) };
        Ok(Made { observed, action: Action::Create })
    }

    async fn update(&self, observed: &ObjectInfo, _: &[Infallible], _: &Context<'_>) -> Result<Made<ObjectInfo>> {
        Ok(Made { observed: observed.clone(), action: Action::Unchanged })
    }

    async fn mark(&self, _observed: &ObjectInfo, _cx: &Context<'_>) -> Result<()> {
        Ok(())
    }

    fn record(&self, _observed: Option<&ObjectInfo>, _ours: bool) -> Result<()> {
        Ok(())
    }

    fn erase(&self) -> Result<()> {
        Ok(())
    }

    /// A destroy deletes the archives of all versions, with their bucket.
    async fn removal(&self, _observed: Option<&ObjectInfo>, _cloud: &Cloud) -> Result<Removal> {
        Ok(Fate::Ignore.into())
    }

    async fn delete(&self, _observed: &ObjectInfo, _cx: &Context<'_>) -> Result<()> {
        Ok(())
    }

    fn may_be_dropped(&self) -> bool {
        true
    }

    fn title(&self, _action: Action) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(s3_path: Option<&str>, created: Option<&str>) -> Archives {
        let mut agent = Agent { name: "support".into(), ..Agent::default() };
        agent.aws.s3_path = s3_path.map(str::to_owned);
        agent.own.created.bucket = created.map(str::to_owned);
        Archives::from_setting(&agent, "own-bucket".into(), "123456789012").unwrap()
    }

    #[test]
    fn only_a_bucket_of_launch_is_made_again() {
        assert!(place(None, None).makes_bucket);
        assert!(place(Some("s3://own-bucket"), Some("own-bucket")).makes_bucket);
        assert!(!place(Some("s3://theirs"), Some("own-bucket")).makes_bucket);
        assert!(!place(Some("theirs"), None).makes_bucket);
    }

    #[test]
    fn keys_are_told_from_those_of_others() {
        let mut place = place(Some("s3://bucket/team/x/"), None);
        let older = place.key("0123456789abcdef");
        assert_eq!(older, "team/x/support/0123456789abcdef/deployment.zip");
        place.project = Some("p".into());
        let key = place.key("0123456789abcdef");
        assert_eq!(key, "team/x/support/p/0123456789abcdef/deployment.zip");
        assert!(place.is_archive(&key, false) && place.is_archive(&key, true));
        assert!(place.is_archive(&older, true) && !place.is_archive(&older, false));
        for other in [
            "support/p/0123456789abcdef/deployment.zip",
            "team/x/support/deployment.zip",
            "team/x/support/p/deployment.zip",
            "team/x/support/q/0123456789abcdef/deployment.zip",
            "team/x/support/p/0123456789ABCDEF/deployment.zip",
            "team/x/support/p/0123456789abcdef/other.zip",
            "team/x/support/p/0123456789abcdefdeployment.zip",
            "team/x/support2/p/0123456789abcdef/deployment.zip",
        ] {
            assert!(!place.is_archive(other, true), "{other}");
        }
    }

    #[test]
    fn bucket_is_accepted_with_optional_scheme_and_prefix() {
        let split = |text: &str| split_path(text).map(|(bucket, prefix)| format!("{bucket} {prefix}"));
        for (text, parts) in [
            ("my-bucket", "my-bucket "),
            ("s3://my.bucket/", "my.bucket "),
            ("s3://b-1/a//b/", "b-1 a//b/"),
            ("b-1/a", "b-1 a/"),
        ] {
            assert_eq!(split(text).unwrap(), parts);
        }
        for bad in ["", "s3://", "ab", "My-Bucket", "-bucket", "bucket-", "s3:/bucket", "https://bucket"] {
            assert_eq!(split(bad).unwrap_err().kind().exit_code(), 2, "{bad}");
        }
    }
}
