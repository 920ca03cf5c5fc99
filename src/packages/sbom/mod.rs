//! Bills of materials: what an artifact was made from, for programs that look for vulnerabilities and licences.
//!
//! Owns: both documents (`spdx`: SPDX 2.3, `cyclonedx`: CycloneDX 1.6), package URLs, and which licences can be said in
//! their language (`licence`). Does not own: what was installed (`inventory`), where the documents go.
//!
//! The same artifact has the same documents, to the byte: there is no time in them, and what has to be unique is derived
//! from the artifact's digest and from the packages.

mod cyclonedx;
mod licence;
mod spdx;

use std::collections::BTreeSet;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::inventory::{Ecosystem, Inventory, Package};
use crate::digest::Digest;
use crate::error::{Context, Result};

/// The artifact that the documents describe.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SbomSubject<'a> {
    /// The agent's name.
    pub(crate) name: &'a str,
    /// Of the image's manifest or of the archive.
    pub(crate) digest: Digest,
    /// An image; else an archive.
    pub(crate) is_image: bool,
}

/// One document, and the suffix of its file.
#[derive(Debug)]
pub(crate) struct SbomDocument {
    pub(crate) ending: &'static str,
    pub(crate) text: Vec<u8>,
}

/// Both documents.
///
/// # Errors
/// None that could be caused from outside.
pub(crate) fn bills(subject: SbomSubject<'_>, inventory: &Inventory) -> Result<[SbomDocument; 2]> {
    let content = SbomContent::new(subject, inventory);
    Ok([
        SbomDocument { ending: "spdx.json", text: text(&spdx::document(&content))? },
        SbomDocument { ending: "cdx.json", text: text(&cyclonedx::document(&content))? },
    ])
}

/// Whether a file is one of them, by its name and what it says of its maker.
pub(crate) fn is_ours(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if !name.ends_with(".spdx.json") && !name.ends_with(".cdx.json") {
        return false;
    }
    let Ok(document) = std::fs::read(file).map(|bytes| serde_json::from_slice::<Value>(&bytes)) else { return false };
    let document = document.unwrap_or_default();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let creators = list(&document["creationInfo"]["creators"]);
    let tools = list(&document["metadata"]["tools"]["components"]);
    creators.iter().any(|tool| tool.as_str().is_some_and(|name| name.starts_with("Tool: agentcore-")))
        || tools.iter().any(|tool| tool["name"] == "agentcore")
}

fn text(document: &Value) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(document).context("could not write a bill of materials")?;
    text.push(b'\n');
    Ok(text)
}

/// The content of both documents.
#[derive(Debug)]
struct SbomContent<'a> {
    subject: SbomSubject<'a>,
    /// Each name and version once.
    packages: Vec<&'a Package>,
    /// A digest of the subject and all packages.
    identity: Digest,
}

impl<'a> SbomContent<'a> {
    fn new(subject: SbomSubject<'a>, inventory: &'a Inventory) -> Self {
        let mut seen = BTreeSet::new();
        let packages: Vec<&Package> = inventory
            .packages
            .iter()
            .filter(|package| seen.insert((package.ecosystem, &package.name, &package.version)))
            .collect();
        let identity = Digest::of_bytes(format!("{} {} {packages:?}", subject.name, subject.digest).as_bytes());
        Self { subject, packages, identity }
    }

    /// What a package needs of the others, as indices.
    fn needs(&self, package: &Package) -> Vec<usize> {
        let needed = |other: &Package| other.ecosystem == package.ecosystem && package.needs.contains(&other.name);
        (0..self.packages.len()).filter(|at| needed(self.packages[*at])).collect()
    }
}

/// `pkg:pypi/six@1.17.0`, `pkg:npm/%40scope/name@1.0.0`.
fn purl(package: &Package) -> String {
    const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    let kind = match package.ecosystem {
        Ecosystem::Pypi => "pypi",
        Ecosystem::Npm => "npm",
    };
    let name = package.name.split('/').map(|part| utf8_percent_encode(part, PART).to_string());
    let name = name.collect::<Vec<_>>().join("/");
    format!("pkg:{kind}/{name}@{}", utf8_percent_encode(&package.version, PART))
}

/// `sha256`, `sha512` and the like, and the digits.
fn hash(package: &Package) -> Option<(&str, &str)> {
    package.hash.as_deref()?.split_once(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn inventory() -> Inventory {
        let package = |ecosystem, name: &str, version: &str, licence: Option<&str>, needs: &[&str]| Package {
            ecosystem,
            name: name.to_owned(),
            version: version.to_owned(),
            license: licence.map(str::to_owned),
            file: (ecosystem == Ecosystem::Pypi).then(|| format!("{name}-{version}-py3-none-any.whl")),
            hash: Some(format!("sha256:{}", Digest::of_bytes(name.as_bytes()).hex())),
            size: 10,
            needs: needs.iter().map(|name| (*name).to_owned()).collect(),
            modules: Vec::new(),
        };
        Inventory::new(vec![
            package(Ecosystem::Pypi, "six", "1.17.0", Some("MIT"), &[]),
            package(Ecosystem::Pypi, "python-dateutil", "2.9.0.post0", Some("Dual License"), &["six"]),
            package(Ecosystem::Pypi, "torch", "2.7.0+cu128", Some("BSD-3-Clause"), &[]),
            package(Ecosystem::Npm, "@smithy/types", "4.0.0", Some("Apache-2.0"), &[]),
            package(Ecosystem::Npm, "six", "1.0.0", None, &[]),
        ])
    }

    pub(super) fn subject() -> SbomSubject<'static> {
        SbomSubject { name: "my_agent", digest: Digest::of_bytes(b"image"), is_image: true }
    }

    #[test]
    fn package_urls_are_encoded() {
        let urls: Vec<String> = inventory().packages.iter().map(purl).collect();
        assert_eq!(
            urls,
            [
                "pkg:pypi/python-dateutil@2.9.0.post0",
                "pkg:pypi/six@1.17.0",
                "pkg:pypi/torch@2.7.0%2Bcu128",
                "pkg:npm/%40smithy/types@4.0.0",
                "pkg:npm/six@1.0.0",
            ]
        );
    }

    #[test]
    fn documents_are_reproducible_and_unique_per_artifact() {
        let texts = |subject| bills(subject, &inventory()).unwrap().map(|bill| bill.text);
        assert_eq!(texts(subject()), texts(subject()));
        let other = SbomSubject { digest: Digest::of_bytes(b"other"), ..subject() };
        let identities = |text: &[u8]| {
            let document: Value = serde_json::from_slice(text).unwrap();
            document.get("documentNamespace").or_else(|| document.get("serialNumber")).unwrap().to_string()
        };
        for (one, two) in texts(subject()).iter().zip(&texts(other)) {
            assert_ne!(identities(one), identities(two));
        }
    }
}
