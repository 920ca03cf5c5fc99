//! `agentcore --version --verbose`: what this program was built from, for a report of a fault.

use serde_json::{Map, Value, json};

use crate::cloud::sdk_versions;
use crate::report::{Document, Role};

/// What is known of the build. Without a build script, which would compile the program anew after each commit: who makes a
/// release sets `AGENTCORE_COMMIT`, and a build from a source archive has none.
pub(crate) struct Version {
    commit: Option<&'static str>,
    profile: &'static str,
}

impl Version {
    pub(crate) const fn of_this_program() -> Self {
        let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
        Self { commit: option_env!("AGENTCORE_COMMIT"), profile }
    }

    pub(crate) fn data(&self) -> Value {
        let sdk: Map<String, Value> =
            sdk_versions().iter().map(|(name, version)| ((*name).to_owned(), json!(version))).collect();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "commit": self.commit,
            "target": target(),
            "profile": self.profile,
            "sdk": sdk,
        })
    }

    pub(crate) fn document(&self) -> Document {
        let sdk: Vec<String> = sdk_versions().iter().map(|(name, version)| format!("{name} {version}")).collect();
        Document::new()
            .styled(Role::Plain, format!("agentcore {}", env!("CARGO_PKG_VERSION")))
            .field("commit", self.commit.unwrap_or("unknown"))
            .field("target", target())
            .field("profile", self.profile)
            .field("AWS SDK", sdk.join(", "))
    }
}

/// As Rust names it, put together from what the compiler tells a program: `x86_64-unknown-linux-gnu`.
fn target() -> String {
    let system = match std::env::consts::OS {
        "macos" => "apple-darwin",
        "windows" => "pc-windows",
        "linux" => "unknown-linux",
        other => other,
    };
    let environment =
        [("gnu", cfg!(target_env = "gnu")), ("musl", cfg!(target_env = "musl")), ("msvc", cfg!(target_env = "msvc"))];
    let environment =
        environment.iter().find(|(_, is_it)| *is_it).map_or_else(String::new, |(name, _)| format!("-{name}"));
    format!("{}-{system}{environment}", std::env::consts::ARCH)
}
