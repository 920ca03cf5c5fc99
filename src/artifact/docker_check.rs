//! What of a Dockerfile of the user's own is certain to fail, or looks so.
//!
//! Owns: findings, with their lines. Does not own: what it copies although it is left out (`dockerfile`), and whatever an engine
//! finds out by building it.

use super::dockerfile::DockerBuild;
use crate::fsx;
use crate::platform::Platform;
use crate::project::dockerfile::read::BuildStage;
use crate::project::preflight::{CheckCode, CheckFinding};
use crate::project::{Dependencies, Source};

/// Images that start no agent by themselves.
const PLAIN: [&str; 9] = ["python", "node", "uv", "debian", "ubuntu", "alpine", "amazonlinux", "bun", "bookworm"];

impl DockerBuild {
    pub(super) fn check(&self, platform: &Platform) -> Vec<CheckFinding> {
        // Another frontend reads another language.
        if self.facts.has_other_frontend || self.args.iter().any(|(name, _)| name == "BUILDKIT_SYNTAX") {
            return Vec::new();
        }
        let stages = self.facts.built(self.target.as_deref());
        if let Some((line, word)) = &self.facts.unknown {
            let text = format!("`{word}` is not a Dockerfile instruction");
            return vec![self.finding(true, (CheckCode::Dockerfile, *line), text, "correct the line".to_owned())];
        }
        let Some(built) = stages.first() else {
            let text = "has no `FROM`, so there is nothing to build".to_owned();
            let fix = "begin it with `FROM` and the image to build on".to_owned();
            return vec![self.finding(true, (CheckCode::Dockerfile, 1), text, fix)];
        };
        let mut found: Vec<CheckFinding> = self.missing_copies().collect();
        found.extend(stages.iter().find_map(|stage| self.other_platform(stage, platform)));
        let last = stages.last().map(|stage| self.facts.expand(&stage.from, &self.args)).unwrap_or_default();
        if !stages.iter().any(|stage| stage.has_command) && is_plain(&last) {
            let text = format!("has no `CMD`: the image runs the default command of `{last}`, not an agent");
            let fix = "end it with a `CMD` that starts the agent".to_owned();
            found.push(self.finding(false, (CheckCode::Server, built.line), text, fix));
        }
        found
    }

    /// Of several stages some may not be built.
    fn missing_copies(&self) -> impl Iterator<Item = CheckFinding> {
        let is_certain = self.facts.stages.len() == 1;
        self.facts.copies.iter().filter_map(move |(line, copied)| {
            let path = fsx::normalize(&self.context.join(copied.trim_start_matches('/')));
            let relative = fsx::relative(&path, &self.context)?;
            if path.symlink_metadata().is_ok() {
                return None;
            }
            let text = format!("copies `{relative}`, which is not in the build context");
            let fix = "correct the path, or remove the line".to_owned();
            Some(self.finding(is_certain, (CheckCode::Dockerfile, *line), text, fix))
        })
    }

    /// A stage that is for one platform whatever the build is for.
    fn other_platform(&self, stage: &BuildStage, platform: &Platform) -> Option<CheckFinding> {
        // What the builder says of itself and of the target is not known here.
        if stage.platform.as_deref().is_some_and(|asked| ["BUILD", "TARGET"].iter().any(|own| asked.contains(own))) {
            return None;
        }
        let from = self.facts.expand(&stage.from, &self.args);
        let asked = stage.platform.as_deref().map(|asked| self.facts.expand(asked, &self.args));
        let (asked, flag) = match asked {
            Some(asked) => (asked.clone(), format!("--platform={asked}")),
            // Docker's own names for images of one architecture.
            None => {
                let (name, _) = from.split_once('/').filter(|(name, _)| ["amd64", "arm64v8"].contains(name))?;
                (format!("linux/{}", name.trim_end_matches("v8")), from.clone())
            }
        };
        let asked: Platform = asked.parse().ok()?;
        if asked.satisfies(platform) {
            return None;
        }
        let text = format!("builds on {asked} (`{flag}`), and the agent runs on {platform}");
        let fix = match stage.platform {
            Some(_) => format!("leave `{flag}` out: the build names the platform"),
            None => format!("name the image without `{}/`", from.split('/').next().unwrap_or_default()),
        };
        Some(self.finding(true, (CheckCode::ImagePlatform, stage.line), text, fix))
    }

    /// Whether the requirements are installed on an image that has no packages of its own, so that what they lack is lacking.
    pub(super) fn installs_requirements(&self, source: &Source) -> bool {
        let stages = self.facts.built(self.target.as_deref());
        let is_plain = stages.last().is_some_and(|stage| is_plain(&self.facts.expand(&stage.from, &self.args)));
        let file = match &source.dependencies {
            Dependencies::Requirements { file } | Dependencies::Pyproject { file, .. } => Some(file),
            Dependencies::Npm { .. } | Dependencies::None => None,
        };
        let file = file.and_then(|file| file.file_name()?.to_str());
        is_plain && !self.text.contains("bedrock") && file.is_some_and(|file| self.text.contains(file))
    }

    fn finding(&self, is_error: bool, (code, line): (CheckCode, usize), text: String, fix: String) -> CheckFinding {
        let file = fsx::relative(&self.dockerfile, &self.context);
        let file = file.unwrap_or_else(|| self.dockerfile.display().to_string());
        CheckFinding { is_error, code, file: Some(file), at: Some((line, 1)), text, fix }
    }
}

fn is_plain(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or_default();
    PLAIN.contains(&name)
}
