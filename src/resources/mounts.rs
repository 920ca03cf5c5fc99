//! What an agent's role may do because of the file systems that are mounted into its sessions.
//!
//! Sources: the developer guide for access points of EFS and S3 Files; for buckets, which it does not document yet, what Mountpoint
//! for S3 asks for.

use serde_json::{Value, json};

use super::policy::PolicyScope;
use crate::partition::Arn;

const MOUNT_KEY_OF_EFS: &str = "elasticfilesystem:AccessPointArn";
const MOUNT_KEY_OF_S3_FILES: &str = "s3files:AccessPointArn";

/// The statements for `filesystemConfigurations`. Session storage and volumes of a capacity provider need none.
pub(crate) fn statements(mounts: &[Value], scope: &PolicyScope<'_>) -> Vec<Value> {
    let of = |kind: &str, member: &str| -> Vec<String> {
        let values = mounts.iter().filter_map(|mount| mount.get(kind)?.get(member)?.as_str());
        values.map(str::to_owned).collect()
    };
    let mut statements = Vec::new();
    let efs = of("efsAccessPoint", "accessPointArn");
    if !efs.is_empty() {
        // The ARN of an access point does not say which file system it is of: the condition does.
        let file_systems = efs.iter().filter_map(|arn| {
            let Arn { region, account, .. } = arn.parse().ok()?;
            Some(scope.partition.arn("elasticfilesystem", &region, &account, "file-system/*").to_string())
        });
        let actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
        statements.push(through("MountAccessPoints", &actions, (distinct(file_systems), MOUNT_KEY_OF_EFS, &efs)));
    }
    let files = of("s3FilesAccessPoint", "accessPointArn");
    if !files.is_empty() {
        let file_systems = files.iter().filter_map(|arn| arn.split_once("/access-point/")).map(|(of, _)| of.to_owned());
        let actions = ["s3files:ClientMount", "s3files:ClientWrite"];
        statements.push(through("MountS3Files", &actions, (distinct(file_systems), MOUNT_KEY_OF_S3_FILES, &files)));
        statements.push(json!({
            "Sid": "FindS3Files", "Effect": "Allow", "Action": ["s3files:GetAccessPoint"], "Resource": files,
        }));
    }
    statements.extend(buckets(mounts, scope));
    statements
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    values.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Only through these access points.
fn through(sid: &str, actions: &[&str], (resources, key, points): (Vec<String>, &str, &[String])) -> Value {
    json!({
        "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources,
        "Condition": { "StringEquals": { key: points } },
    })
}

/// The access points that a statement of this file is about.
pub(super) fn access_points(statement: &Value) -> Vec<String> {
    let condition = statement.pointer("/Condition/StringEquals").and_then(Value::as_object);
    let points = condition.into_iter().flat_map(|keys| keys.values()).filter_map(Value::as_array).flatten();
    points.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn buckets(mounts: &[Value], scope: &PolicyScope<'_>) -> Vec<Value> {
    let (mut whole, mut inside, mut directories) = (Vec::new(), Vec::new(), Vec::new());
    for mount in mounts.iter().filter_map(|mount| mount.get("s3BucketMount")) {
        let text = |member: &str| mount.get(member).and_then(Value::as_str);
        let Some(bucket) = text("bucket") else { continue };
        if bucket.ends_with("--x-s3") {
            let account = text("s3BucketOwner").unwrap_or(scope.account);
            let region = text("s3BucketRegion").unwrap_or(scope.region);
            directories
                .push(scope.partition.arn("s3express", region, account, &format!("bucket/{bucket}")).to_string());
            continue;
        }
        let arn = scope.partition.arn("s3", "", "", bucket).to_string();
        // A prefix may hold the session's id, which is another each time.
        let prefix = text("prefix").unwrap_or_default();
        let fixed = prefix.split_once('{').map_or(prefix, |(fixed, _)| fixed);
        inside.push(format!("{arn}/{fixed}*"));
        whole.push(arn);
    }
    let allow = |sid: &str, actions: &[&str], resources: Vec<String>| {
        let statement = json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources });
        (!resources.is_empty()).then_some(statement)
    };
    let objects = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"];
    [
        allow("MountedBuckets", &["s3:ListBucket"], distinct(whole.into_iter())),
        allow("MountBuckets", &objects, distinct(inside.into_iter())),
        allow("MountDirectoryBuckets", &["s3express:CreateSession"], distinct(directories.into_iter())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partition::Partition;

    fn scope() -> PolicyScope<'static> {
        PolicyScope {
            partition: Partition::of_region("us-west-2"),
            region: "us-west-2",
            account: "123456789012",
            agent: "a",
            repository: "a",
            repository_account: "123456789012",
            repository_region: "us-west-2",
        }
    }

    #[test]
    fn a_role_reaches_only_what_is_mounted() {
        let efs = "arn:aws:elasticfilesystem:us-west-2:123456789012:access-point/fsap-0123456789abcdef0";
        let files = "arn:aws:s3files:us-west-2:123456789012:file-system/fs-0123456789abcdef0/access-point/fsap-0123456789abcdef0";
        let mounts = [
            json!({ "sessionStorage": { "mountPath": "/mnt/a" } }),
            json!({ "efsAccessPoint": { "accessPointArn": efs, "mountPath": "/mnt/b" } }),
            json!({ "s3FilesAccessPoint": { "accessPointArn": files, "mountPath": "/mnt/c" } }),
            json!({ "s3BucketMount": { "bucket": "bbb", "prefix": "x/{runtimeSessionId}/", "mountPath": "/mnt/d" } }),
            json!({ "s3BucketMount": { "bucket": "d--usw2-az1--x-s3", "mountPath": "/mnt/e" } }),
        ];
        let statements = statements(&mounts, &scope());
        let of = |sid: &str| statements.iter().find(|statement| statement["Sid"] == sid).unwrap();
        assert_eq!(of("MountAccessPoints")["Condition"], json!({ "StringEquals": { MOUNT_KEY_OF_EFS: [efs] } }));
        assert_eq!(of("MountS3Files")["Resource"], json!([files.split("/access-point").next().unwrap()]));
        assert_eq!(of("FindS3Files")["Resource"], json!([files]));
        assert_eq!(of("MountBuckets")["Resource"], json!(["arn:aws:s3:::bbb/x/*"]));
        assert_eq!(
            of("MountDirectoryBuckets")["Resource"],
            json!(["arn:aws:s3express:us-west-2:123456789012:bucket/d--usw2-az1--x-s3"])
        );
        assert!(super::statements(&mounts[..1], &scope()).is_empty());
    }
}
