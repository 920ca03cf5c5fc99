//! Names of images and what they resolve to: references, digests, platforms.
//!
//! Owns: parsing and printing, Docker's defaulting of short names, which host a registry name means. Does not own:
//! any request. The grammar is that of the distribution specification (`github.com/distribution/reference`).

use std::fmt;
use std::str::FromStr;

use crate::digest::Digest;
use crate::error::{Error, Result};

/// The registry that a name without one means.
const DOCKER_HUB: &str = "docker.io";

/// An image's full name. Printing one gives a text that parses to the same value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reference {
    /// Host and optional port: `docker.io`, `localhost:5000`, `[::1]:5000`.
    pub(crate) registry: String,
    pub(crate) repository: String,
    pub(crate) tag: Option<String>,
    pub(crate) digest: Option<Digest>,
}

impl Reference {
    /// Where the registry's API is: `https://host`, and `http://host` for this machine only.
    pub(crate) fn base_url(&self) -> String {
        base_url(&self.registry)
    }

    /// Registry and repository, without tag and digest.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// What a registry is asked for: the digest, else the tag, else `latest`.
    pub(crate) fn target(&self) -> String {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.to_string(),
            (None, Some(tag)) => tag.clone(),
            (None, None) => "latest".to_owned(),
        }
    }

    #[cfg(test)]
    pub(crate) fn with_digest(mut self, digest: Digest) -> Self {
        self.digest = Some(digest);
        self
    }
}

/// The API address of a registry by its name in references.
pub(crate) fn base_url(registry: &str) -> String {
    if registry == DOCKER_HUB {
        // The name is not the host: docker.io answers with a web site.
        return "https://registry-1.docker.io".to_owned();
    }
    let scheme = if is_loopback(registry) { "http" } else { "https" };
    format!("{scheme}://{registry}")
}

/// True when `host` (with or without a port) is this machine: the only place where plain HTTP is acceptable.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(address, _)| address),
        None => host.split_once(':').filter(|(_, port)| !port.contains(':')).map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |why: &str| Error::usage(format!("`{text}` is not an image reference: {why}"));
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.parse::<Digest>()?)),
            None => (text, None),
        };
        let slash = rest.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match rest[slash..].find(':') {
            Some(colon) => (&rest[..slash + colon], Some(&rest[slash + colon + 1..])),
            None => (rest, None),
        };
        if let Some(tag) = tag {
            check_tag(tag).map_err(wrong)?;
        }
        let (registry, repository) = match name.split_once('/') {
            Some((first, path)) if is_registry(first) => (first, path.to_owned()),
            _ => (DOCKER_HUB, name.to_owned()),
        };
        check_host(registry).map_err(wrong)?;
        let registry = if registry == "index.docker.io" { DOCKER_HUB } else { registry };
        let short = registry == DOCKER_HUB && !repository.contains('/');
        let repository = if short { format!("library/{repository}") } else { repository };
        check_repository(&repository).map_err(wrong)?;
        Ok(Self { registry: registry.to_owned(), repository, tag: tag.map(str::to_owned), digest })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// Docker's rule: the first part names a registry when it could not be a repository's part.
fn is_registry(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':', '[']) || first.chars().any(|c| c.is_ascii_uppercase())
}

fn check_host(host: &str) -> Result<(), &'static str> {
    const WRONG: &str = "its registry is not a host name with an optional port";
    let (name, port) = if let Some(rest) = host.strip_prefix('[') {
        let (address, rest) = rest.split_once(']').ok_or(WRONG)?;
        address.parse::<std::net::Ipv6Addr>().map_err(|_| WRONG)?;
        ("ipv6", rest)
    } else {
        let at = host.find(':').unwrap_or(host.len());
        (&host[..at], &host[at..])
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if !name.split('.').all(label) {
        return Err(WRONG);
    }
    match port.strip_prefix(':') {
        None if port.is_empty() => Ok(()),
        Some(number) if number.parse::<u16>().is_ok() && number.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
        _ => Err(WRONG),
    }
}

/// Checks a tag against `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`.
pub(crate) fn check_tag(tag: &str) -> Result<(), &'static str> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let ok = tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || b == b'.' || b == b'-');
    if ok {
        Ok(())
    } else {
        Err("a tag is 1 to 128 letters, digits, `_`, `.` or `-`, and starts with neither of the last two")
    }
}

fn check_repository(repository: &str) -> Result<(), &'static str> {
    if repository.len() > 255 {
        return Err("its repository is longer than 255 characters");
    }
    if repository.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err("a repository name is written in lower case");
    }
    if repository.split('/').all(is_path_component) {
        Ok(())
    } else {
        Err("its repository is not made of lower-case letters and digits, separated by `/`, `.`, `_`, `__` or `-`")
    }
}

/// `[a-z0-9]+` joined by `.`, `_`, `__` or any number of `-`.
fn is_path_component(part: &str) -> bool {
    let alphanumeric = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = part.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    alphanumeric(first)
        && alphanumeric(last)
        && bytes
            .split(alphanumeric)
            .filter(|gap| !gap.is_empty())
            .all(|gap| matches!(gap, b"." | b"_" | b"__") || gap.iter().all(|b| *b == b'-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn short_names_get_dockers_defaults() {
        let table = [
            ("python", "docker.io/library/python"),
            ("python:3.12-slim", "docker.io/library/python:3.12-slim"),
            ("index.docker.io/python", "docker.io/library/python"),
            ("team/agent", "docker.io/team/agent"),
            ("localhost/agent", "localhost/agent"),
            ("localhost:5000/agent:1", "localhost:5000/agent:1"),
            ("[::1]:5000/a", "[::1]:5000/a"),
            ("HOST/a", "HOST/a"),
            ("public.ecr.aws/docker/library/python:3.12-slim", "public.ecr.aws/docker/library/python:3.12-slim"),
            ("a.b/c__d/e--f.g:T_1", "a.b/c__d/e--f.g:T_1"),
        ];
        for (text, full) in table {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), full, "{text}");
        }
    }

    #[test]
    fn a_tag_and_a_digest_may_stand_together() {
        let reference: Reference = format!("r.io/a:t@sha256:{HEX}").parse().unwrap();
        assert_eq!(reference.tag.as_deref(), Some("t"));
        assert_eq!(reference.target(), format!("sha256:{HEX}"));
        assert_eq!(Digest::of_bytes(b""), reference.digest.unwrap());
    }

    #[test]
    fn wrong_references_are_refused() {
        for text in [
            "",
            ":",
            "a:",
            "a@",
            "a@sha256:ab",
            "Agent",
            "r.io/Agent",
            "a//b",
            "a/",
            "/a",
            "a_",
            "a..b",
            "a___b",
            "-a",
            "a:.t",
            "r.io:port/a",
            "r.io:70000/a",
            "[::g]/a",
            "-r.io/a",
            "r..io/a",
            "a b",
            "a:t:u",
            "http://r.io/a",
            "a@sha512:00",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for (registry, url) in [
            ("localhost:5000", "http://localhost:5000"),
            ("127.8.0.1", "http://127.8.0.1"),
            ("[::1]:80", "http://[::1]:80"),
            ("docker.io", "https://registry-1.docker.io"),
            ("localhost.example.org", "https://localhost.example.org"),
            ("127.0.0.1.example.org", "https://127.0.0.1.example.org"),
            ("10.0.0.1:5000", "https://10.0.0.1:5000"),
        ] {
            assert_eq!(base_url(registry), url);
        }
    }

    proptest! {
        #[test]
        fn what_parses_prints_to_the_same_value(text in "([a-zA-Z0-9.:\\[\\]-]{1,12}/)?[a-z0-9._/-]{1,20}(:[A-Za-z0-9._-]{1,8})?") {
            if let Ok(reference) = text.parse::<Reference>() {
                let again: Reference = reference.to_string().parse().unwrap();
                prop_assert_eq!(again, reference);
            }
        }
    }
}
