//! Bills of materials beside a finished artifact.
//!
//! Owns: which artifacts can have them, and their files. Never part of the artifact: an index with an attestation in it
//! is no single image any more.

use std::path::{Path, PathBuf};

use super::built::{Artifact, BuiltArtifact};
use crate::error::{Code, Context, Error, Result};
use crate::fsx;
use crate::packages::sbom::{self, SbomSubject};

impl BuiltArtifact {
    /// Writes `NAME.spdx.json` and `NAME.cdx.json` into a folder, which is created, and returns their paths.
    ///
    /// # Errors
    /// Exit 2 for an artifact whose packages something else installed, and for a symbolic link in place of a file.
    pub(crate) fn write_bills(&self, name: &str, dir: &Path) -> Result<Vec<PathBuf>> {
        let (Some(inventory), Some(digest)) = (&self.inventory, &self.digest) else {
            return Err(no_bills(&self.why));
        };
        let subject =
            SbomSubject { name, digest: digest.parse()?, is_image: !matches!(self.artifact, Artifact::Code(_)) };
        std::fs::create_dir_all(dir).with_context(|| format!("could not create `{}`", dir.display()))?;
        let mut files = Vec::new();
        for bill in sbom::bills(subject, inventory)? {
            let file = dir.join(format!("{name}.{}", bill.ending));
            fsx::write_atomic(&file, &bill.text)?;
            files.push(file);
        }
        Ok(files)
    }
}

/// For an artifact whose packages something else installs.
pub(crate) fn no_bills(builder: &str) -> Error {
    Error::usage(format!("what the {builder} installs is not known here, so it has no SBOM"))
        .code(Code::BuildSbom)
        .hint("`--builder native` knows every package that it installs")
        .hint("or look into the image with a scanner: `syft`, `trivy image`")
}
