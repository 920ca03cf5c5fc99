//! The bucket that launch makes, one for all agents of an account and region: code archives, which stay, and the sources
//! of image builds, which go by themselves.

use crate::cloud::{BucketSpec, Expire};
use crate::config::Agent;

/// What the keys of build sources begin with. S3's lifecycle rules go by the beginning of a key, and the archives of
/// deployed code must not go with the sources.
const BUILDS: &str = "builds/";
/// As the starter toolkit has it for everything in its bucket.
pub(crate) const BUILD_DAYS: u16 = 7;

/// What the bucket is made like, whoever needs it first. `owner` is the account, `tags` are those of what is shared.
pub(crate) const fn spec<'a>(name: &'a str, owner: &'a str, tags: &'a [(String, String)]) -> BucketSpec<'a> {
    BucketSpec { name, owner, tags, expire: Some(Expire { prefix: BUILDS, days: BUILD_DAYS }) }
}

/// Where an agent's build sources are; ends with a slash. Another project's agent of the same name has its own.
pub(crate) fn builds(agent: &Agent) -> String {
    match &agent.project {
        Some(project) => format!("{BUILDS}{}/{project}/", agent.deployed_name()),
        None => format!("{BUILDS}{}/", agent.deployed_name()),
    }
}

/// Whether a key is one that launch gives to sources: the digest of what is in the archive.
pub(crate) fn is_source(key: &str, prefix: &str) -> bool {
    let digest = key.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".zip"));
    digest.is_some_and(|digest| digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}
