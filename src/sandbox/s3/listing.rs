//! What is in a bucket, a page at a time.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::buckets::{iso, owner};
use super::document;
use super::model::ObjectVersion;
use crate::sandbox::SharedSandbox;
use crate::sandbox::reply::{Fault, Response, Xml};
use crate::sandbox::request::Request;

const MOST: usize = 1000;
/// As S3 encodes keys where that was asked for.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b'/');

/// What is the same for all forms of a listing.
struct Query {
    prefix: String,
    delimiter: String,
    limit: usize,
    encode: bool,
}

impl Query {
    fn from_request(request: &Request) -> Result<Self, Fault> {
        let text = |name: &str| request.query(name).unwrap_or_default().to_owned();
        let limit = match request.query("max-keys") {
            None => MOST,
            Some(text) => text.parse::<usize>().map(|limit| limit.min(MOST)).map_err(|_| {
                Fault::new(400, "InvalidArgument", "Provided max-keys not an integer or within integer range")
            })?,
        };
        Ok(Self {
            prefix: text("prefix"),
            delimiter: text("delimiter"),
            limit,
            encode: request.query("encoding-type") == Some("url"),
        })
    }

    fn key(&self, key: &str) -> String {
        if self.encode { utf8_percent_encode(key, KEY).to_string() } else { key.to_owned() }
    }

    /// The part of a key up to the delimiter, where it is grouped by one.
    fn group<'a>(&self, key: &'a str) -> Option<&'a str> {
        let rest = key.strip_prefix(self.prefix.as_str()).filter(|_| !self.delimiter.is_empty())?;
        let end = rest.find(&self.delimiter)? + self.delimiter.len();
        Some(&key[..self.prefix.len() + end])
    }

    fn head(&self, xml: &mut Xml, bucket: &str) {
        xml.text("Name", bucket).text("Prefix", &self.key(&self.prefix)).text("MaxKeys", &self.limit.to_string());
        if !self.delimiter.is_empty() {
            xml.text("Delimiter", &self.key(&self.delimiter));
        }
        if self.encode {
            xml.text("EncodingType", "url");
        }
    }

    fn groups(&self, xml: &mut Xml, groups: &BTreeSet<String>) {
        for group in groups {
            xml.element("CommonPrefixes", |xml| {
                xml.text("Prefix", &self.key(group));
            });
        }
    }
}

/// A page of keys.
struct KeyPage<T> {
    items: Vec<(String, T)>,
    groups: BTreeSet<String>,
    /// The last key or group of the page, when more follow.
    next: Option<String>,
}

/// Keys after `after`, in order. A group counts as one key, and one that ended the page before is not told again.
fn page<T>(query: &Query, after: &str, entries: impl Iterator<Item = (String, T)>) -> KeyPage<T> {
    let mut page = KeyPage { items: Vec::new(), groups: BTreeSet::new(), next: None };
    let mut last = String::new();
    for (key, item) in entries {
        let group = query.group(&key);
        let before = key.as_str() <= after || group.is_some_and(|group| group <= after);
        if !key.starts_with(&query.prefix) || before || group.is_some_and(|group| page.groups.contains(group)) {
            continue;
        }
        if page.items.len() + page.groups.len() >= query.limit {
            page.next = Some(last).filter(|last| !last.is_empty());
            break;
        }
        match group.map(str::to_owned) {
            Some(group) => {
                last.clone_from(&group);
                page.groups.insert(group);
            }
            None => {
                last.clone_from(&key);
                page.items.push((key, item));
            }
        }
    }
    page
}

pub(super) fn objects(sandbox: &SharedSandbox, request: &Request, bucket: &str) -> Result<Response, Fault> {
    let query = Query::from_request(request)?;
    let second = request.query("list-type") == Some("2");
    let token = request.query("continuation-token");
    let after = match (second, token) {
        (true, Some(token)) => {
            let decoded = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            decoded.ok_or_else(|| Fault::new(400, "InvalidArgument", "The continuation token provided is incorrect"))?
        }
        (true, None) => request.query("start-after").unwrap_or_default().to_owned(),
        (false, _) => request.query("marker").unwrap_or_default().to_owned(),
    };
    let page = sandbox.state.s3.read(|s3| {
        let objects = &s3.bucket(bucket)?.objects;
        let current = objects.iter().filter_map(|(key, versions)| {
            let newest = versions.last()?;
            Some((key.clone(), (newest.modified, newest.content.clone()?)))
        });
        Ok::<_, Fault>(page(&query, &after, current))
    })?;
    let mut xml = Xml::default();
    query.head(&mut xml, bucket);
    xml.text("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    if second {
        xml.text("KeyCount", &(page.items.len() + page.groups.len()).to_string());
        if let Some(token) = token {
            xml.text("ContinuationToken", token);
        }
        if let Some(start) = request.query("start-after") {
            xml.text("StartAfter", &query.key(start));
        }
        if let Some(next) = &page.next {
            xml.text("NextContinuationToken", &STANDARD.encode(next));
        }
    } else {
        xml.text("Marker", &query.key(&after));
        if let Some(next) = page.next.as_ref().filter(|_| !query.delimiter.is_empty()) {
            xml.text("NextMarker", &query.key(next));
        }
    }
    let owned = !second || request.query("fetch-owner") == Some("true");
    for (key, (modified, content)) in &page.items {
        xml.element("Contents", |xml| {
            xml.text("Key", &query.key(key)).text("LastModified", &iso(*modified));
            xml.text("ETag", &format!("\"{}\"", content.etag)).text("Size", &content.size.to_string());
            xml.text("ChecksumAlgorithm", content.checksum.algorithm.name());
            xml.text("ChecksumType", super::objects::checksum_type(&content.checksum));
            if owned {
                owner(xml, "Owner");
            }
            xml.text("StorageClass", "STANDARD");
        });
    }
    query.groups(&mut xml, &page.groups);
    Ok(document("ListBucketResult", &xml))
}

/// Every version of every object, the newest of each first. Pages end between keys, never between versions of one.
pub(super) fn versions(sandbox: &SharedSandbox, request: &Request, bucket: &str) -> Result<Response, Fault> {
    let query = Query::from_request(request)?;
    let after = request.query("key-marker").unwrap_or_default().to_owned();
    let page = sandbox.state.s3.read(|s3| {
        let all = s3.bucket(bucket)?.objects.iter().map(|(key, versions)| (key.clone(), versions.clone()));
        Ok::<_, Fault>(page(&query, &after, all))
    })?;
    let mut xml = Xml::default();
    query.head(&mut xml, bucket);
    xml.text("KeyMarker", &query.key(&after)).text("VersionIdMarker", "");
    xml.text("IsTruncated", if page.next.is_some() { "true" } else { "false" });
    if let Some(next) = &page.next {
        xml.text("NextKeyMarker", &query.key(next));
    }
    for (key, versions) in &page.items {
        for (index, version) in versions.iter().rev().enumerate() {
            describe(&mut xml, &query.key(key), version, index == 0);
        }
    }
    query.groups(&mut xml, &page.groups);
    Ok(document("ListVersionsResult", &xml))
}

fn describe(xml: &mut Xml, key: &str, version: &ObjectVersion, newest: bool) {
    let element = if version.content.is_some() { "Version" } else { "DeleteMarker" };
    xml.element(element, |xml| {
        xml.text("Key", key).text("VersionId", version.id.as_deref().unwrap_or("null"));
        xml.text("IsLatest", if newest { "true" } else { "false" }).text("LastModified", &iso(version.modified));
        if let Some(content) = &version.content {
            xml.text("ETag", &format!("\"{}\"", content.etag)).text("Size", &content.size.to_string());
            xml.text("StorageClass", "STANDARD");
        }
        owner(xml, "Owner");
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(prefix: &str, delimiter: &str, limit: usize) -> Vec<String> {
        const KEYS: [&str; 7] = ["a", "b/1", "b/2", "b/c/3", "bb", "c/1", "d"];
        let query = Query { prefix: prefix.into(), delimiter: delimiter.into(), limit, encode: false };
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = page(&query, &after, KEYS.iter().map(|key| ((*key).to_owned(), ())));
            let mut told: Vec<String> = page.items.into_iter().map(|(key, ())| key).chain(page.groups).collect();
            assert!(told.len() <= limit);
            told.sort();
            found.extend(told);
            match page.next {
                Some(next) => after = next,
                None => return found,
            }
        }
    }

    #[test]
    fn pages_tell_every_key_and_group_once() {
        for limit in [1, 2, 3, 100] {
            assert_eq!(walk("", "", limit), ["a", "b/1", "b/2", "b/c/3", "bb", "c/1", "d"]);
            assert_eq!(walk("", "/", limit), ["a", "b/", "bb", "c/", "d"]);
            assert_eq!(walk("b/", "/", limit), ["b/1", "b/2", "b/c/"]);
            assert_eq!(walk("nothing", "/", limit), Vec::<String>::new());
        }
    }
}
