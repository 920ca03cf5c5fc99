//! What an agent on a managed runtime has instead of a repository and an image: a bucket, and an archive in it.
//!
//! Owns: which bucket and key an archive has, whether both are there, making and uploading them. Nothing here, and
//! nothing that such an agent needs elsewhere, asks ECR.
//!
//! A key holds what the archive was made from, so an archive is never overwritten by another, and one that is there
//! need not be uploaded.

use serde_json::json;

use super::Workshop;
use super::apply::Ledger;
use super::plan::{Action, CodeArchive, Step};
use crate::artifact::{Fingerprint, Made, Start};
use crate::cloud::{Bucket, Cloud, Identity, ObjectInfo, ObjectUpload};
use crate::config::Agent;
use crate::config::naming;
use crate::error::{Error, Result};
use crate::events::Outcome;
use crate::resources::sources;

const UPLOAD: &str = "upload";
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
    pub(crate) owner: String,
    /// Launch's to make when it is missing.
    create: bool,
}

impl Archives {
    /// # Errors
    /// A usage error for an `s3_path` that is none.
    pub(crate) fn of(agent: &Agent, cloud: &Cloud, identity: &Identity) -> Result<Self> {
        let own = naming::source_bucket(&identity.account, cloud.region());
        Self::from_setting(agent, own, &identity.account)
    }

    fn from_setting(agent: &Agent, own: String, account: &str) -> Result<Self> {
        let (bucket, prefix, create) = match agent.bucket_setting() {
            None => (own, String::new(), true),
            Some(setting) => {
                let (bucket, prefix) = split_path(setting)?;
                let create = agent.created().bucket.as_deref() == Some(bucket.as_str());
                (bucket, prefix, create)
            }
        };
        Ok(Self {
            bucket,
            prefix,
            agent: agent.name.clone(),
            project: agent.project.clone(),
            owner: account.to_owned(),
            create,
        })
    }

    fn key(&self, id: &str) -> String {
        let project = self.project.as_ref().map(|project| format!("{project}/")).unwrap_or_default();
        format!("{}{}/{project}{id}/{FILE}", self.prefix, self.agent)
    }

    /// What the keys of this agent's archives begin with; other projects' agents of the same name have theirs there too.
    pub(crate) fn folder(&self) -> String {
        format!("{}{}/", self.prefix, self.agent)
    }

    /// Whether a key is one that launch gives to this agent's archives. Those from before projects had identities have none
    /// in their key; they are this agent's where `recorded` says that it was deployed before.
    pub(crate) fn is_archive(&self, key: &str, recorded: bool) -> bool {
        let rest = key.strip_prefix(&self.folder()).and_then(|rest| rest.strip_suffix(FILE)?.strip_suffix('/'));
        let own = self.project.as_deref().zip(rest).and_then(|(own, rest)| rest.strip_prefix(own)?.strip_prefix('/'));
        let id = own.or(rest.filter(|_| recorded));
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
            .code("config.s3")
            .hint("give `--s3` the name of a bucket, or `s3://bucket/prefix`"));
    }
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    Ok((bucket.to_owned(), prefix))
}

/// The account's side: what is there of bucket and archive.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) bucket: Option<Bucket>,
    /// A run that was cut off made the bucket and no more.
    unfinished: bool,
    pub(crate) object: Option<ObjectInfo>,
}

/// Looks for the bucket and, when it is known what the archive will be made from, for the archive.
pub(super) async fn observe(cloud: &Cloud, place: &Archives, fingerprint: Option<Fingerprint>) -> Result<Seen> {
    let key = fingerprint.map(|fingerprint| place.key(&fingerprint.id()));
    let (bucket, object) = tokio::try_join!(cloud.bucket(&place.bucket, Some(&place.owner)), async {
        match &key {
            Some(key) => find(cloud, place, key).await,
            None => Ok(None),
        }
    })?;
    match &bucket {
        None if !place.create => Err(Error::not_found(format!("the bucket `{}` does not exist", place.bucket))
            .hint(format!("create it: `aws s3 mb s3://{}`", place.bucket))
            .hint("or take another with `agentcore configure --s3 BUCKET`")),
        Some(Bucket { region: Some(region), .. }) if region != cloud.region() => Err(Error::usage(format!(
            "the bucket `{}` is in {region}, and the agent in {}",
            place.bucket,
            cloud.region()
        ))
        .code("s3.bucket-region")
        .hint("take a bucket of the agent's region with `agentcore configure --s3 BUCKET`")),
        _ => {
            let unmarked = bucket.as_ref().is_some_and(|found| !naming::is_managed(&found.tags));
            let unfinished = unmarked && place.create && cloud.list_objects(&place.bucket, "").await?.is_empty();
            Ok(Seen { bucket, unfinished, object })
        }
    }
}

/// An object that says what it holds; one of another program under the same key is written over.
async fn find(cloud: &Cloud, place: &Archives, key: &str) -> Result<Option<ObjectInfo>> {
    let found = cloud.head_object(&place.bucket, key, Some(&place.owner)).await?;
    Ok(found.filter(|object| object.sha256.is_some() && object.size > 0))
}

/// An archive and its place.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    place: Archives,
    pub(super) archive: CodeArchive,
    /// It is in the bucket.
    present: bool,
}

impl Target {
    /// Without a fingerprint the archive has been made and is named by its content.
    pub(super) async fn of(
        cloud: &Cloud,
        (place, start): (&Archives, Start),
        fingerprint: Option<Fingerprint>,
        made: Option<&Made>,
        seen: &Seen,
    ) -> Result<Self> {
        let (key, object) = match (fingerprint, made) {
            (Some(fingerprint), _) => (place.key(&fingerprint.id()), seen.object.clone()),
            (None, Some(made)) => {
                let key = place.key(&made.archive.sha256.hex()[..ID_DIGITS]);
                let object = if seen.bucket.is_some() { find(cloud, place, &key).await? } else { None };
                (key, object)
            }
            (None, None) => return Err(Error::failed("there is no archive to deploy")),
        };
        let archive = CodeArchive {
            bucket: place.bucket.clone(),
            key,
            version_id: object.as_ref().and_then(|object| object.version_id.clone()),
            runtime: start.runtime.to_string(),
            entry_point: start.entry_point,
        };
        Ok(Self { place: place.clone(), archive, present: object.is_some() })
    }

    pub(super) fn steps(&self, seen: &Seen) -> [Step; 2] {
        let bucket = |action| Step::new("bucket", self.place.bucket.clone(), action);
        let bucket = match &seen.bucket {
            None => bucket(Action::Create),
            Some(_) if seen.unfinished => bucket(Action::Update).detail("was not finished by an earlier run"),
            Some(_) if !self.place.create => bucket(Action::Keep).detail("brought by you"),
            Some(found) if naming::is_managed(&found.tags) => bucket(Action::Unchanged),
            Some(_) => bucket(Action::Keep).detail("exists already without this project's tags, used as it is"),
        };
        let uri = format!("s3://{}/{}", self.archive.bucket, self.archive.key);
        let archive = Step::new("archive", uri, if self.present { Action::Unchanged } else { Action::Create });
        [bucket, archive]
    }

    /// Makes the bucket when it is missing, and writes down which it is.
    pub(super) async fn bucket(&self, ledger: &mut Ledger<'_>, seen: &Seen, shop: &Workshop<'_>) -> Result<()> {
        let name = &self.place.bucket;
        let tags = naming::shared_tags();
        let spec = sources::spec(name, &self.place.owner, &tags);
        let ours = match &seen.bucket {
            Some(_) if seen.unfinished => {
                shop.events.started("bucket", format!("finish bucket `{name}`"));
                shop.cloud.finish_bucket(&spec).await?;
                shop.events.finished("bucket", Outcome::Updated, format!("bucket {name}"));
                true
            }
            Some(found) => naming::is_managed(&found.tags),
            None => {
                shop.events.started("bucket", format!("create bucket `{name}`"));
                let made = shop.cloud.create_bucket(&spec).await?;
                shop.events.finished("bucket", Outcome::Created, format!("bucket {name}"));
                naming::is_managed(&made.tags)
            }
        };
        let mut entries: Vec<(&[&str], serde_json::Value)> =
            vec![(&["aws", "account"], json!(self.place.owner)), (&["aws", "region"], json!(shop.cloud.region()))];
        if self.place.create {
            entries.push((&["aws", "s3_path"], json!(format!("s3://{name}"))));
            entries.push((&["aws", "s3_auto_create"], json!(false)));
            if ours {
                entries.push((&["agentcore", "created", "bucket"], json!(name)));
            }
        }
        ledger.record(&entries)
    }

    /// Uploads the archive and gives its version, in a versioned bucket.
    pub(super) async fn upload(&self, made: Option<&Made>, shop: &Workshop<'_>) -> Result<Option<String>> {
        let made = made.ok_or_else(|| Error::failed("there is no archive to upload"))?;
        let (archive, events) = (&made.archive, shop.events);
        let uri = format!("s3://{}/{}", self.archive.bucket, self.archive.key);
        events.started(UPLOAD, format!("upload the archive to {uri}"));
        let upload = ObjectUpload {
            bucket: &self.archive.bucket,
            key: &self.archive.key,
            owner: Some(&self.place.owner),
            file: &archive.file,
            size: archive.size,
            sha256: archive.sha256,
            content_type: "application/zip",
            progress: &|done| events.bytes(UPLOAD, done, Some(archive.size)),
        };
        let stored = shop.cloud.put_object(&upload).await?;
        events.finished(UPLOAD, Outcome::Created, format!("archive {uri}"));
        Ok(stored.version_id)
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
        assert!(place(None, None).create);
        assert!(place(Some("s3://own-bucket"), Some("own-bucket")).create);
        assert!(!place(Some("s3://theirs"), Some("own-bucket")).create);
        assert!(!place(Some("theirs"), None).create);
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
    fn a_bucket_is_named_with_or_without_scheme_and_prefix() {
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
