//! OCI images: names, deterministic layers, manifests, a registry client, and the builders.
//!
//! Owns: everything between a list of files and an image in a registry. Does not own: AWS (credentials for a registry
//! arrive as values), what a project's image contains (`project` lists the files), when to build (`ops`).
//!
//! - [`reference`]: image names, digests, platforms
//! - [`archive`]: an image in one file, written and read
//! - [`blobs`]: content of base images, kept by digest
//! - [`cached`]: layers kept from one build to the next
//! - [`gzip`]: compression by all processors, the same bytes for the same content
//! - [`inspect`]: what an image in a registry is
//! - [`layer`]: files to a tar+gzip blob, the same bytes for the same input
//! - [`manifest`]: manifests, indexes and image configurations
//! - [`registry`]: pulling and pushing over the distribution protocol
//! - [`login`]: registry logins that the user's Docker configuration holds
//! - [`native`]: an image without any container engine
//! - [`engine`]: an image by docker, podman, finch or buildah

pub(crate) mod archive;
mod blobs;
pub(crate) mod cached;
pub(crate) mod engine;
mod gzip;
pub(crate) mod inspect;
pub(crate) mod layer;
pub(crate) mod login;
pub(crate) mod manifest;
pub(crate) mod native;
pub(crate) mod reference;
pub(crate) mod registry;

use crate::error::{Code, Error, Result};

/// Bytes that a registry may store for an image. Source: the service's quotas, which say 2 GB.
pub(crate) const MAX_IMAGE: u64 = 2 << 30;

/// Image configurations are a few kilobytes; a larger one, in bytes, is not one and would only fill the memory.
const CONFIG_LIMIT: usize = 4 << 20;

/// # Errors
/// [`Kind::Usage`](crate::error::Kind::Usage) for an image that is larger than the service takes.
pub(crate) fn check_size(size: u64, limit: u64) -> Result<()> {
    if size <= limit {
        return Ok(());
    }
    Err(too_large(size, limit).hint(SMALLER))
}

/// What is told of it, without a next step.
pub(crate) fn too_large(size: u64, limit: u64) -> Error {
    Error::usage(format!("the image has {}, and the service takes {}", size_text(size), limit_text(limit)))
        .code(Code::ArtifactTooLarge)
}

/// The next step for whatever is too large.
pub(crate) const SMALLER: &str =
    "leave out what the agent does not need: a smaller dependency, a rule in `.dockerignore`";

/// A limit for people: they are in powers of two, whatever they are called.
pub(crate) fn limit_text(bytes: u64) -> String {
    if bytes >= 1 << 30 { format!("{} GiB", bytes >> 30) } else { format!("{} MiB", bytes >> 20) }
}

/// A size for people, in the decimal units that registries show: `12.3 MB`.
pub(crate) fn size_text(bytes: u64) -> String {
    let mut tenths = u128::from(bytes) * 10;
    for unit in ["B", "kB", "MB", "GB"] {
        if tenths < 10_000 || unit == "GB" {
            let fraction = if unit == "B" { String::new() } else { format!(".{}", tenths % 10) };
            return format!("{}{fraction} {unit}", tenths / 10);
        }
        tenths = (tenths + 500) / 1000;
    }
    format!("{bytes} B")
}

/// Writes an executable script for tests. Another process does the writing: a file that this one has open for writing
/// cannot be executed, and a child that some other test starts at that moment keeps it open for a while.
#[cfg(test)]
pub(crate) async fn write_script(path: &std::path::Path, text: &str) {
    let write = crate::process::Child::inheriting("sh").args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path);
    // Its own PATH may hold nothing but programs of the test.
    let text = text.replacen("#!/bin/sh\n", "#!/bin/sh\nPATH=\"$PATH:/usr/bin:/bin\"\n", 1);
    write.stdin(text).check().await.unwrap();
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_are_rounded_in_their_displayed_unit() {
        let table = [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_250_000, "1.3 MB"), (9_960_000_000, "10.0 GB")];
        for (bytes, text) in table {
            assert_eq!(size_text(bytes), text);
        }
        assert_eq!(size_text(5_000_000_000_000), "5000.0 GB");
    }
}
