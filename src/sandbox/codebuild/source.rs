//! The source of a build: an archive in S3, unpacked into the folder that the commands run in.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::buildspec::BuildSpec;
use super::model::{BuildRecord, PhaseReason};
use super::validate::{object, text};
use crate::partition::Partition;
use crate::sandbox::iam::{self, Decision};
use crate::sandbox::{SharedSandbox, runner, s3};

/// The buildspec of a source that brings its own.
const BUILDSPEC: &str = "buildspec.yml";

/// Fetches and unpacks the source into `folder`, and reads the buildspec.
///
/// # Errors
/// As the service has them in the phase `DOWNLOAD_SOURCE`.
pub(super) async fn fetch(
    sandbox: &SharedSandbox,
    record: &BuildRecord,
    folder: &Path,
) -> Result<BuildSpec, PhaseReason> {
    if text(&record.source, "type") == Some("S3") {
        let archive = find(sandbox, record)?;
        let folder = folder.to_owned();
        let unpack = move || runner::unpack_archive(&archive, &folder);
        let unpacked = tokio::task::spawn_blocking(unpack).await;
        let unpacked = unpacked.map_err(|error| PhaseReason::new("INTERNAL_ERROR", error.to_string()))?;
        unpacked
            .map_err(|error| PhaseReason::new("CLIENT_ERROR", format!("the source could not be unpacked: {error}")))?;
    }
    BuildSpec::read(&buildspec(&record.source, folder)?)
}

/// The archive, which the role of the build must be allowed to read.
fn find(sandbox: &SharedSandbox, record: &BuildRecord) -> Result<PathBuf, PhaseReason> {
    let failed = |key: &str, why: &str| {
        PhaseReason::new("CLIENT_ERROR", format!("error while downloading key {key}, error: {why}"))
    };
    let location = text(&record.source, "location").unwrap_or_default();
    let (bucket, key) = object(location).map_err(|fault| PhaseReason::new("CLIENT_ERROR", fault.message))?;
    let info = &sandbox.info;
    let resource = Partition::of_region(&info.region).arn("s3", "", "", &format!("{bucket}/{key}")).to_string();
    let account = [("s3:ResourceAccount", info.account.as_str())];
    let version = record.source_version.as_deref();
    let action = if version.is_some() { "s3:GetObjectVersion" } else { "s3:GetObject" };
    if iam::role_decides(sandbox, &record.role, (action, &resource), &account) != Decision::Allowed {
        let why = format!("AccessDenied: {} is not allowed {action} on {resource}", record.role);
        return Err(failed(&key, &why));
    }
    let found = s3::find(sandbox, &bucket, &key, version).map_err(|missing| match missing {
        s3::NoObject::Bucket => failed(&key, "NoSuchBucket: The specified bucket does not exist"),
        s3::NoObject::Object => failed(&key, "NoSuchKey: The specified key does not exist."),
    })?;
    Ok(found.path)
}

/// The text of the buildspec: given as text, as a path in the source, or not at all.
fn buildspec(source: &Value, folder: &Path) -> Result<String, PhaseReason> {
    let given = text(source, "buildspec").map(str::trim_end).filter(|text| !text.is_empty());
    let path = match given {
        Some(text) if text.contains(['\n', '{']) => return Ok(text.to_owned()),
        Some(path) => path,
        None => BUILDSPEC,
    };
    let is_inside = Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let read = if is_inside { std::fs::read_to_string(folder.join(path)).ok() } else { None };
    read.ok_or_else(|| PhaseReason::new("YAML_FILE_ERROR", format!("YAML file does not exist: {path}")))
}
