//! The state of S3: buckets, the versions of their objects, multipart uploads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::checksum::{Algorithm, Checksum};
use crate::sandbox::reply::Fault;

/// Everything, by bucket.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct S3 {
    pub(super) buckets: BTreeMap<String, BucketRecord>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct BucketRecord {
    /// Milliseconds since 1970, like every time here.
    pub(super) created: i64,
    #[serde(default)]
    pub(super) tags: Vec<(String, String)>,
    #[serde(default)]
    pub(super) versioning: Versioning,
    /// The rules as they came; nothing expires in a sandbox.
    #[serde(default)]
    pub(super) lifecycle: Option<String>,
    #[serde(default)]
    pub(super) public_access_block: Option<[bool; 4]>,
    /// Oldest version first.
    #[serde(default)]
    pub(super) objects: BTreeMap<String, Vec<ObjectVersion>>,
    #[serde(default)]
    pub(super) uploads: BTreeMap<String, MultipartUpload>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Versioning {
    #[default]
    Never,
    Enabled,
    Suspended,
}

/// One version of an object, or a mark that it was deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ObjectVersion {
    /// `None` outside of versioning; S3 writes `null`.
    pub(super) id: Option<String>,
    pub(super) modified: i64,
    /// `None` for a mark of deletion.
    pub(super) content: Option<ObjectContent>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ObjectContent {
    /// Name of the file.
    pub(super) file: String,
    pub(super) size: u64,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) checksum: Checksum,
    /// Headers that come back as they were sent: content type, metadata and the like.
    pub(super) headers: BTreeMap<String, String>,
}

/// An object in the making.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MultipartUpload {
    pub(super) key: String,
    pub(super) started: i64,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) algorithm: Option<Algorithm>,
    /// The sum is of the whole object instead of its parts' sums.
    pub(super) full_object: bool,
    #[serde(default)]
    pub(super) parts: BTreeMap<u32, UploadedPart>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct UploadedPart {
    pub(super) file: String,
    pub(super) size: u64,
    /// Hex.
    pub(super) md5: String,
    pub(super) checksum: Checksum,
    pub(super) modified: i64,
}

impl S3 {
    pub(super) fn bucket(&self, name: &str) -> Result<&BucketRecord, Fault> {
        self.buckets.get(name).ok_or_else(no_bucket)
    }

    pub(super) fn bucket_mut(&mut self, name: &str) -> Result<&mut BucketRecord, Fault> {
        self.buckets.get_mut(name).ok_or_else(no_bucket)
    }
}

pub(super) fn no_bucket() -> Fault {
    Fault::new(404, "NoSuchBucket", "The specified bucket does not exist")
}

pub(super) fn no_key() -> Fault {
    Fault::new(404, "NoSuchKey", "The specified key does not exist.")
}

pub(super) fn no_upload() -> Fault {
    let text = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
    Fault::new(404, "NoSuchUpload", text)
}

impl BucketRecord {
    /// The newest version of an object that is not deleted.
    pub(super) fn current(&self, key: &str) -> Option<(&ObjectVersion, &ObjectContent)> {
        let version = self.objects.get(key)?.last()?;
        Some((version, version.content.as_ref()?))
    }

    /// `null` names the version from outside of versioning.
    pub(super) fn version(&self, key: &str, id: &str) -> Option<&ObjectVersion> {
        self.objects.get(key)?.iter().find(|version| version.id.as_deref().unwrap_or("null") == id)
    }

    fn next_id(&self) -> Option<String> {
        (self.versioning == Versioning::Enabled).then(|| uuid::Uuid::new_v4().simple().to_string())
    }

    /// Adds a version and gives its id, and the files that nobody needs any more.
    pub(super) fn add(
        &mut self,
        key: &str,
        modified: i64,
        content: Option<ObjectContent>,
    ) -> (Option<String>, Vec<String>) {
        let id = self.next_id();
        let versions = self.objects.entry(key.to_owned()).or_default();
        let mut unused = Vec::new();
        if id.is_none() {
            versions.retain_mut(|version| {
                if version.id.is_none() {
                    unused.extend(version.content.take().map(|content| content.file));
                }
                version.id.is_some()
            });
        }
        versions.push(ObjectVersion { id: id.clone(), modified, content });
        (id, unused)
    }

    /// Deletes as S3 does: a version when one is named, else the object, which leaves a mark in a versioned bucket.
    pub(super) fn delete(&mut self, key: &str, version: Option<&str>, modified: i64) -> Deleted {
        let mut deleted = Deleted::default();
        if let Some(id) = version {
            if let Some(versions) = self.objects.get_mut(key) {
                versions.retain(|version| {
                    let same = version.id.as_deref().unwrap_or("null") == id;
                    if same {
                        deleted.unused.extend(version.content.as_ref().map(|content| content.file.clone()));
                        deleted.was_marker = version.content.is_none();
                    }
                    !same
                });
            }
            deleted.version = Some(id.to_owned());
        } else if self.versioning == Versioning::Never {
            let versions = self.objects.remove(key).unwrap_or_default();
            deleted.unused = versions.into_iter().filter_map(|version| Some(version.content?.file)).collect();
        } else {
            let (id, unused) = self.add(key, modified, None);
            deleted =
                Deleted { version: Some(id.unwrap_or_else(|| "null".to_owned())), marker: true, unused, ..deleted };
        }
        self.objects.retain(|_, versions| !versions.is_empty());
        deleted
    }
}

/// The result of a deletion.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    pub(super) version: Option<String>,
    /// A mark was made.
    pub(super) marker: bool,
    /// A mark was deleted.
    pub(super) was_marker: bool,
    pub(super) unused: Vec<String>,
}
