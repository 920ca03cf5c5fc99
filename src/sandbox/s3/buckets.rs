//! Operations on buckets and what is set for them.

use time::OffsetDateTime;

use super::model::{BucketRecord, Versioning};
use super::xml::{self, Element, malformed};
use super::{document, not_implemented, set};
use crate::clock;
use crate::sandbox::SharedSandbox;
use crate::sandbox::control::check::matches;
use crate::sandbox::reply::{self, Fault, Response, Xml};

/// The id of the one owner, of the length that S3's have.
const OWNER: &str = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
/// As requests and documents name them, in the order in which they are kept.
const BLOCKS: [&str; 4] = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

/// Answers an operation on a bucket; `None` for one that is not known.
pub(super) async fn call(
    sandbox: &SharedSandbox,
    (method, wanted): (&str, &[&str]),
    name: &str,
    body: &[u8],
) -> Result<Option<Response>, Fault> {
    let response = match (method, wanted) {
        ("PUT", []) => create(sandbox, name, body).await?,
        ("HEAD", []) => head(sandbox, name)?,
        ("DELETE", []) => delete(sandbox, name).await?,
        ("GET", ["location"]) => location(sandbox, name)?,
        ("GET", ["versioning"]) => versioning(sandbox, name)?,
        ("PUT", ["versioning"]) => set_versioning(sandbox, name, body).await?,
        ("GET", ["tagging"]) => tagging(sandbox, name)?,
        ("PUT", ["tagging"]) => set_tagging(sandbox, name, body).await?,
        ("DELETE", ["tagging"]) => change(sandbox, name, 204, |bucket| bucket.tags.clear()).await?,
        ("GET", ["lifecycle"]) => lifecycle(sandbox, name)?,
        ("PUT", ["lifecycle"]) => set_lifecycle(sandbox, name, body).await?,
        ("DELETE", ["lifecycle"]) => change(sandbox, name, 204, |bucket| bucket.lifecycle = None).await?,
        ("GET", ["publicAccessBlock"]) => public_access_block(sandbox, name)?,
        ("PUT", ["publicAccessBlock"]) => set_public_access_block(sandbox, name, body).await?,
        ("DELETE", ["publicAccessBlock"]) => {
            change(sandbox, name, 204, |bucket| bucket.public_access_block = None).await?
        }
        ("GET", ["encryption"]) => encryption(sandbox, name)?,
        _ => return Ok(None),
    };
    Ok(Some(response))
}

pub(super) fn iso(millis: i64) -> String {
    clock::iso8601(
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH),
    )
}

pub(super) fn owner(xml: &mut Xml, element: &str) {
    xml.element(element, |xml| {
        xml.text("ID", OWNER);
    });
}

pub(super) fn list(sandbox: &SharedSandbox) -> Response {
    let mut xml = Xml::default();
    owner(&mut xml, "Owner");
    let buckets = sandbox
        .state
        .s3
        .read(|s3| s3.buckets.iter().map(|(name, bucket)| (name.clone(), bucket.created)).collect::<Vec<_>>());
    xml.element("Buckets", |xml| {
        for (name, created) in buckets {
            xml.element("Bucket", |xml| {
                xml.text("Name", &name).text("CreationDate", &iso(created));
                xml.text("BucketRegion", &sandbox.info.region);
            });
        }
    });
    document("ListAllMyBucketsResult", &xml)
}

/// The naming rules that do not depend on who else has a bucket.
fn check_name(name: &str) -> Result<(), Fault> {
    let fits = (3..=63).contains(&name.len())
        && matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", name)
        && !matches("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+", name)
        && !name.starts_with("xn--")
        && !name.ends_with("-s3alias");
    if fits { Ok(()) } else { Err(Fault::new(400, "InvalidBucketName", "The specified bucket is not valid.")) }
}

async fn create(sandbox: &SharedSandbox, name: &str, body: &[u8]) -> Result<Response, Fault> {
    const FIRST: &str = "us-east-1";
    check_name(name)?;
    let settings = if body.is_empty() { None } else { Some(xml::parse(body, "CreateBucketConfiguration")?) };
    if settings.as_ref().is_some_and(|it| it.child("Location").is_some() || it.child("Bucket").is_some()) {
        return Err(not_implemented("directory buckets"));
    }
    let place = settings.as_ref().and_then(|settings| settings.get("LocationConstraint")).filter(|it| !it.is_empty());
    let region = sandbox.info.region.as_str();
    if place.unwrap_or(FIRST) != region {
        let text = match place {
            Some(place) => format!("The {place} location constraint is incompatible for the region specific endpoint this request was sent to."),
            None => "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.".to_owned(),
        };
        return Err(Fault::new(400, "IllegalLocationConstraintException", text));
    }
    if place == Some(FIRST) {
        return Err(Fault::new(400, "InvalidLocationConstraint", "The specified location-constraint is not valid"));
    }
    let tags = settings.as_ref().and_then(|settings| settings.child("Tags")).map(tags).transpose()?.unwrap_or_default();
    let created = sandbox.clock.millis();
    let made = sandbox.state.s3.update(|s3| {
        if s3.buckets.contains_key(name) {
            // In the first region a repeated creation is a success.
            let text = "Your previous request to create the named bucket succeeded and you already own it.";
            return if region == FIRST { Ok(()) } else { Err(Fault::new(409, "BucketAlreadyOwnedByYou", text)) };
        }
        // New buckets are closed to the public since April 2023.
        let bucket = BucketRecord { created, tags, public_access_block: Some([true; 4]), ..BucketRecord::default() };
        s3.buckets.insert(name.to_owned(), bucket);
        Ok(())
    });
    made.await?;
    let mut response = reply::empty(200);
    set(&mut response, "location", &format!("/{name}"));
    Ok(response)
}

fn head(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    sandbox.state.s3.read(|s3| s3.bucket(name).map(|_| ()))?;
    let mut response = reply::empty(200);
    set(&mut response, "x-amz-bucket-region", &sandbox.info.region);
    Ok(response)
}

async fn delete(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    let deleted = sandbox.state.s3.update(|s3| {
        let bucket = s3.bucket(name)?;
        if !bucket.objects.is_empty() {
            let text = match bucket.versioning {
                Versioning::Never => "The bucket you tried to delete is not empty",
                _ => "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
            };
            return Err(Fault::new(409, "BucketNotEmpty", text));
        }
        Ok(s3.buckets.remove(name))
    });
    // Parts of uploads that nobody finished go with it.
    let parts = deleted
        .await?
        .into_iter()
        .flat_map(|bucket| bucket.uploads.into_values())
        .flat_map(|it| it.parts.into_values());
    super::objects::discard(sandbox, parts.map(|part| part.file).collect()).await;
    Ok(reply::empty(204))
}

async fn change(
    sandbox: &SharedSandbox,
    name: &str,
    status: u16,
    change: impl FnOnce(&mut BucketRecord),
) -> Result<Response, Fault> {
    sandbox.state.s3.update(|s3| s3.bucket_mut(name).map(change)).await?;
    Ok(reply::empty(status))
}

fn location(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    sandbox.state.s3.read(|s3| s3.bucket(name).map(|_| ()))?;
    let region = sandbox.info.region.as_str();
    let mut response =
        document("LocationConstraint", &Xml(if region == "us-east-1" { String::new() } else { region.to_owned() }));
    set(&mut response, "x-amz-bucket-region", region);
    Ok(response)
}

fn versioning(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    let versioning = sandbox.state.s3.read(|s3| s3.bucket(name).map(|bucket| bucket.versioning))?;
    let mut xml = Xml::default();
    match versioning {
        Versioning::Never => {}
        Versioning::Enabled => {
            xml.text("Status", "Enabled");
        }
        Versioning::Suspended => {
            xml.text("Status", "Suspended");
        }
    }
    Ok(document("VersioningConfiguration", &xml))
}

async fn set_versioning(sandbox: &SharedSandbox, name: &str, body: &[u8]) -> Result<Response, Fault> {
    let settings = xml::parse(body, "VersioningConfiguration")?;
    if settings.get("MfaDelete").is_some_and(|text| text != "Disabled") {
        return Err(not_implemented("MFA delete"));
    }
    let versioning = match settings.get("Status") {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        _ => return Err(malformed()),
    };
    change(sandbox, name, 200, |bucket| bucket.versioning = versioning).await
}

fn tags(set: &Element) -> Result<Vec<(String, String)>, Fault> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for tag in set.children("Tag") {
        let (key, value) = tag.get("Key").zip(tag.get("Value")).ok_or_else(malformed)?;
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            return Err(Fault::new(400, "InvalidTag", "The TagKey or TagValue you have provided is invalid"));
        }
        if tags.iter().any(|(other, _)| other == key) {
            return Err(Fault::new(400, "InvalidTag", "Cannot provide multiple Tags with the same key"));
        }
        tags.push((key.to_owned(), value.to_owned()));
    }
    if tags.len() > 50 {
        return Err(Fault::new(400, "BadRequest", "Bucket tag count cannot be greater than 50"));
    }
    Ok(tags)
}

fn tagging(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    let tags = sandbox.state.s3.read(|s3| s3.bucket(name).map(|bucket| bucket.tags.clone()))?;
    if tags.is_empty() {
        return Err(Fault::new(404, "NoSuchTagSet", "The TagSet does not exist"));
    }
    let mut xml = Xml::default();
    xml.element("TagSet", |xml| {
        for (key, value) in &tags {
            xml.element("Tag", |xml| {
                xml.text("Key", key).text("Value", value);
            });
        }
    });
    Ok(document("Tagging", &xml))
}

async fn set_tagging(sandbox: &SharedSandbox, name: &str, body: &[u8]) -> Result<Response, Fault> {
    let tags = tags(xml::parse(body, "Tagging")?.child("TagSet").ok_or_else(malformed)?)?;
    change(sandbox, name, 204, |bucket| bucket.tags = tags).await
}

/// An element as it was sent.
fn write(xml: &mut Xml, element: &Element) {
    if element.children.is_empty() {
        xml.text(&element.name, &element.text);
        return;
    }
    xml.element(&element.name, |xml| element.children.iter().for_each(|child| write(xml, child)));
}

fn lifecycle(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    let rules = sandbox.state.s3.read(|s3| s3.bucket(name).map(|bucket| bucket.lifecycle.clone()))?;
    let rules = rules
        .ok_or_else(|| Fault::new(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"))?;
    Ok(document("LifecycleConfiguration", &Xml(rules)))
}

async fn set_lifecycle(sandbox: &SharedSandbox, name: &str, body: &[u8]) -> Result<Response, Fault> {
    let settings = xml::parse(body, "LifecycleConfiguration")?;
    let mut xml = Xml::default();
    let mut count = 0;
    for rule in settings.children("Rule") {
        let acts =
            rule.children.iter().any(|child| !matches!(child.name.as_str(), "ID" | "Status" | "Filter" | "Prefix"));
        if !matches!(rule.get("Status"), Some("Enabled" | "Disabled")) || !acts {
            return Err(malformed());
        }
        write(&mut xml, rule);
        count += 1;
    }
    if count == 0 || count > 1000 {
        return Err(malformed());
    }
    change(sandbox, name, 200, |bucket| bucket.lifecycle = Some(xml.0)).await
}

fn public_access_block(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    let block = sandbox.state.s3.read(|s3| s3.bucket(name).map(|bucket| bucket.public_access_block))?;
    let block = block.ok_or_else(|| {
        let text = "The public access block configuration was not found";
        Fault::new(404, "NoSuchPublicAccessBlockConfiguration", text)
    })?;
    let mut xml = Xml::default();
    for (name, value) in BLOCKS.iter().zip(block) {
        xml.text(name, if value { "true" } else { "false" });
    }
    Ok(document("PublicAccessBlockConfiguration", &xml))
}

async fn set_public_access_block(sandbox: &SharedSandbox, name: &str, body: &[u8]) -> Result<Response, Fault> {
    let settings = xml::parse(body, "PublicAccessBlockConfiguration")?;
    let block = BLOCKS.map(|name| settings.get(name).is_some_and(|text| text.eq_ignore_ascii_case("true")));
    change(sandbox, name, 200, |bucket| bucket.public_access_block = Some(block)).await
}

/// What every bucket has at S3. Nothing is encrypted in a sandbox.
fn encryption(sandbox: &SharedSandbox, name: &str) -> Result<Response, Fault> {
    sandbox.state.s3.read(|s3| s3.bucket(name).map(|_| ()))?;
    let mut xml = Xml::default();
    xml.element("Rule", |xml| {
        xml.element("ApplyServerSideEncryptionByDefault", |xml| {
            xml.text("SSEAlgorithm", "AES256");
        });
        xml.text("BucketKeyEnabled", "false");
    });
    Ok(document("ServerSideEncryptionConfiguration", &xml))
}
