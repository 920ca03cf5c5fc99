//! What would go into an artifact, said without making it.

use crate::packages::inventory::Package;
use crate::project::listing::Listing;

/// The content of an artifact before it is made.
#[derive(Debug, Default)]
pub(crate) struct ArtifactOutline {
    /// Image or Dockerfile that the artifact starts from.
    pub(crate) base: Option<String>,
    /// Lowest first, without those of the base.
    pub(crate) layers: Vec<OutlineLayer>,
    /// The source, and what is left out of it.
    pub(crate) source: Listing,
    /// The packages of the dependencies, as far as they are known without installing them.
    pub(crate) packages: Vec<PackageSize>,
}

/// A layer to come.
#[derive(Debug)]
pub(crate) struct OutlineLayer {
    pub(crate) what: String,
    /// Bytes: of the files for source, of the compressed layer where it is in the cache.
    pub(crate) size: Option<u64>,
    /// Taken from the cache instead of being made.
    pub(crate) cached: bool,
}

/// One package and the room that it takes.
#[derive(Clone, Debug)]
pub(crate) struct PackageSize {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Bytes on disk, or of the wheel where only a lock file is known.
    pub(crate) size: u64,
}

impl From<Package> for PackageSize {
    fn from(package: Package) -> Self {
        Self { name: package.name, version: package.version, size: package.size }
    }
}

impl ArtifactOutline {
    /// The largest packages, the largest first.
    pub(crate) fn largest(&self, count: usize) -> Vec<PackageSize> {
        let mut packages = self.packages.clone();
        packages.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
        packages.truncate(count);
        packages
    }
}
