//! The platform of an artifact: operating system and processor architecture.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// An operating system and processor, in the names that image indexes use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Platform {
    pub(crate) os: String,
    pub(crate) architecture: String,
    pub(crate) variant: Option<String>,
}

impl Platform {
    /// The only platform that AgentCore Runtime takes (an image of another one is refused at creation).
    #[cfg(test)]
    pub(crate) const ARM64: &'static str = "linux/arm64";

    #[cfg(test)]
    pub(crate) fn arm64() -> Self {
        Self { os: "linux".to_owned(), architecture: "arm64".to_owned(), variant: None }
    }

    /// This machine's own platform: `linux/amd64`, `darwin/arm64`.
    pub(crate) fn host() -> Self {
        let os = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
        Self { os: os.to_owned(), architecture: architecture(std::env::consts::ARCH).to_owned(), variant: None }
    }

    /// True when an image for `self` is what someone who asks for `wanted` means: arm64 without a variant is `v8`,
    /// and a wanted platform without a variant takes any.
    pub(crate) fn satisfies(&self, wanted: &Self) -> bool {
        fn variant(platform: &Platform) -> Option<&str> {
            platform.variant.as_deref().filter(|v| !(platform.architecture == "arm64" && *v == "v8"))
        }
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (variant(self) == variant(wanted) || wanted.variant.is_none())
    }
}

/// The index's name for what `uname -m` and Rust call the processor.
fn architecture(name: &str) -> &str {
    match name {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" | "i386" | "i686" => "386",
        other => other,
    }
}

impl FromStr for Platform {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let lower = text.to_ascii_lowercase();
        let parts: Vec<&str> = lower.split('/').collect();
        let word = |part: &&str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
        };
        match parts.as_slice() {
            [os, processor, rest @ ..] if rest.len() < 2 && parts.iter().all(word) => Ok(Self {
                os: (*os).to_owned(),
                architecture: architecture(processor).to_owned(),
                variant: rest.first().map(|variant| (*variant).to_owned()),
            }),
            _ => Err(Error::usage(format!("`{text}` is not a platform"))
                .hint("write it as `os/architecture`, for example `linux/arm64`")),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_have_one_spelling() {
        let arm: Platform = "Linux/aarch64".parse().unwrap();
        assert_eq!(arm, Platform::arm64());
        assert_eq!(arm.to_string(), Platform::ARM64);
        let v8: Platform = "linux/arm64/v8".parse().unwrap();
        assert!(v8.satisfies(&arm) && arm.satisfies(&v8));
        assert!(!"linux/arm/v6".parse::<Platform>().unwrap().satisfies(&"linux/arm/v7".parse().unwrap()));
        for text in ["linux", "linux/", "linux/arm64/v8/x", "", "linux/a b"] {
            assert!(text.parse::<Platform>().is_err(), "{text:?} was accepted");
        }
    }
}
