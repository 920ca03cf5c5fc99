//! Sizes that the service does not take, found before anything is uploaded, and before it is downloaded where a lock says
//! how large its packages are.
//!
//! Owns: what is told about large packages. Does not own: the limits of images (`image`) and of archives (`bundle`).

use super::Tools;
use crate::error::{Code, Error, Result};
use crate::image::{self, MAX_IMAGE, SMALLER, limit_text, size_text};
use crate::packages::inventory::Inventory;

/// The wheels of CUDA are worth a word from this size on.
const NOTABLE: u64 = 200 << 20;
/// How many packages an error names.
const NAMED: usize = 10;

/// How to do without CUDA, which no agent has a use for.
const CPU_WHEELS: &str = "AgentCore has no GPUs; wheels of PyTorch without CUDA: `--extra-index-url \
                          https://download.pytorch.org/whl/cpu` in the requirements, or in a uv project an index with \
                          that address and `torch` below `[tool.uv.sources]`";

/// # Errors
/// [`crate::error::Kind::Usage`] for an image that is larger than the service takes, with what is largest.
pub(super) fn check_image(size: u64, packages: &Inventory) -> Result<()> {
    if size <= MAX_IMAGE {
        return Ok(());
    }
    let sizes: Vec<(String, u64)> =
        packages.packages.iter().map(|package| (package.name.clone(), package.size)).collect();
    Err(too_large(image::too_large(size, MAX_IMAGE), &sizes))
}

/// Judges packages by what is known before they are downloaded. Compression differs a little, so what is close to the
/// limit is left to the check of the result.
///
/// # Errors
/// As [`check_image`]'s.
pub(super) fn check_downloads(sizes: &[(String, u64)], limit: u64) -> Result<()> {
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    if total <= limit + limit / 10 {
        return Ok(());
    }
    let message =
        format!("the packages have at least {}, and the service takes {}", size_text(total), limit_text(limit));
    Err(too_large(Error::usage(message).code(Code::ArtifactTooLarge), sizes))
}

/// Says in a plan what a build refuses.
pub(super) fn warn_of_downloads(sizes: &[(String, u64)], limit: u64, tools: &Tools<'_>) {
    if let Err(error) = check_downloads(sizes, limit) {
        let largest = error.causes().first().map(|largest| format!("; the largest is {largest}")).unwrap_or_default();
        let next = error.hints().first().map(|hint| format!("; {hint}")).unwrap_or_default();
        tools.events.warning(format!("a build is refused: {}{largest}{next}", error.message()));
    }
}

/// What to say of packages that are there for a GPU.
pub(super) fn cuda_note(sizes: impl Iterator<Item = (String, u64)>) -> Option<String> {
    let total: u64 = sizes.filter(|(name, _)| is_cuda(name)).map(|(_, size)| size).sum();
    (total >= NOTABLE).then(|| format!("packages for NVIDIA's CUDA take {}: {CPU_WHEELS}", size_text(total)))
}

fn is_cuda(name: &str) -> bool {
    name.starts_with("nvidia-") || name == "triton" || name.starts_with("cuda-")
}

/// Adds what is largest, and how to do with less.
fn too_large(error: Error, sizes: &[(String, u64)]) -> Error {
    let mut largest: Vec<&(String, u64)> = sizes.iter().collect();
    largest.sort_by_key(|(name, size)| (std::cmp::Reverse(*size), name.clone()));
    let named = largest.into_iter().take(NAMED);
    let error = named.fold(error, |error, (name, size)| error.cause(format!("{} {name}", size_text(*size))));
    if sizes.iter().any(|(name, _)| is_cuda(name)) {
        return error.hint(CPU_WHEELS);
    }
    error.hint(SMALLER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(all: &[(&str, u64)]) -> Vec<(String, u64)> {
        all.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect()
    }

    #[test]
    fn oversized_downloads_name_their_largest_packages() {
        let limit = 1_000;
        assert!(check_downloads(&sizes(&[("a", 600), ("b", 500)]), limit).is_ok(), "close to the limit");
        let error = check_downloads(&sizes(&[("small", 1), ("large", 1_200)]), limit).unwrap_err();
        assert_eq!((error.code_str(), error.kind().exit_code()), ("artifact.too-large", 2));
        assert!(error.causes()[0].contains("large") && !error.hints()[0].contains("CUDA"), "{error:?}");
        let error = check_downloads(&sizes(&[("torch", 700), ("nvidia-cudnn-cu12", 700)]), limit).unwrap_err();
        assert!(error.hints()[0].contains("whl/cpu"), "{error:?}");
    }

    #[test]
    fn image_limit_counts_what_a_registry_stores() {
        assert!(check_image(MAX_IMAGE, &Inventory::default()).is_ok());
        let error = check_image(MAX_IMAGE + 1, &Inventory::default()).unwrap_err();
        assert!(error.message().contains("2.1 GB"), "{error}");
    }

    #[test]
    fn cuda_is_mentioned_when_it_is_large() {
        let all = sizes(&[("torch", 900 << 20), ("nvidia-cudnn-cu12", 700 << 20), ("triton", 150 << 20)]);
        assert!(cuda_note(all.into_iter()).unwrap().contains("CUDA take 891.3 MB"));
        assert!(cuda_note(sizes(&[("torch", 900 << 20), ("nvidia-ml-py", 1 << 20)]).into_iter()).is_none());
    }
}
