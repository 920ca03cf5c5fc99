//! What was installed, for people and for bills of materials, in any language.
//!
//! Owns: the shape of it, and keeping it beside the layers, so that it is known when nothing is installed anew. Does not
//! own: how a language's packages are read (its own room), documents (`sbom`).

use serde::{Deserialize, Serialize};

use crate::cache::Cache;
use crate::error::{Context, Result};
use crate::fsx;

/// Part of every name in the cache; a change of what is kept needs another one.
const FORMAT: u32 = 2;

/// Where packages of a kind are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ecosystem {
    Pypi,
    Npm,
}

/// One installed package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Package {
    pub(crate) ecosystem: Ecosystem,
    /// Normalised as its index does it: `aws-opentelemetry-distro`, `@scope/name`.
    pub(crate) name: String,
    pub(crate) version: String,
    /// As the package states it: an SPDX expression, or words.
    pub(crate) license: Option<String>,
    /// The published file that it was installed from: a wheel's name; for npm nothing.
    pub(crate) file: Option<String>,
    /// Of that file, in hexadecimal with the algorithm before it: `sha256:…`, `sha512:…`.
    pub(crate) hash: Option<String>,
    /// Bytes on disk.
    pub(crate) size: u64,
    /// Names of packages of this inventory that it needs.
    pub(crate) needs: Vec<String>,
    /// Python: what its modules are imported by (`yaml`), as far down as folders are shared with other packages
    /// (`google.genai`).
    pub(crate) modules: Vec<String>,
}

/// Everything that was installed, ordered by name and version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Inventory {
    pub(crate) packages: Vec<Package>,
}

impl Inventory {
    pub(crate) fn new(mut packages: Vec<Package>) -> Self {
        packages.sort_unstable();
        packages.dedup();
        Self { packages }
    }

    /// Both together.
    pub(crate) fn join(self, other: Self) -> Self {
        Self::new(self.packages.into_iter().chain(other.packages).collect())
    }
}

/// The cached record of a set of dependencies: the keys of its layers, and their content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptSet {
    /// Lowest first: a label of the content, and the key in the layer cache.
    pub(crate) layers: Vec<(String, String)>,
    pub(crate) inventory: Inventory,
    /// Notes for people. Those on what is not available are repeated each time it is used.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// It was looked for, and is not available.
    #[serde(default)]
    pub(crate) unavailable: bool,
}

impl KeptSet {
    /// The set of this key, when one was kept.
    pub(crate) fn recall(cache: &Cache, key: &str) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(cache.path("sets").join(name(key))).ok()?).ok()
    }

    /// Keeps the set. Its layers must be in the cache already, so that a hit is whole.
    ///
    /// # Errors
    /// A cache that cannot be written.
    pub(crate) fn keep(&self, cache: &Cache, key: &str) -> Result<()> {
        let file = cache.dir("sets")?.join(name(key));
        let text = serde_json::to_vec(self).with_context(|| format!("could not write `{}`", file.display()))?;
        fsx::write_atomic(&file, &text)?;
        cache.trim("sets", 64 << 20);
        Ok(())
    }
}

fn name(key: &str) -> String {
    format!("{key}-{FORMAT}.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, size: u64) -> Package {
        Package {
            ecosystem: Ecosystem::Pypi,
            name: name.into(),
            version: "1".into(),
            license: None,
            file: None,
            hash: None,
            size,
            needs: Vec::new(),
            modules: Vec::new(),
        }
    }

    #[test]
    fn a_set_is_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::at(dir.path());
        let inventory = Inventory::new(vec![package("b", 5), package("a", 5), package("c", 9), package("a", 5)]);
        let set =
            KeptSet { layers: vec![("x".into(), "k".into())], inventory: inventory.clone(), ..KeptSet::default() };
        assert!(KeptSet::recall(&cache, "key").is_none());
        set.keep(&cache, "key").unwrap();
        assert_eq!(KeptSet::recall(&cache, "key"), Some(set));
        let both = inventory.join(Inventory::new(vec![package("aa", 1)]));
        assert_eq!(both.packages.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["a", "aa", "b", "c"]);
    }
}
