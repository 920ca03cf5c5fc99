//! The shell commands of a Node image: installing, compiling, and removing what was needed for that only.

use std::path::Path;

use super::{around_with_git, below_root, shell};
use crate::error::Result;
use crate::fsx;
use crate::project::{Dependencies, Manager, NodeProject, Source};

/// `node` finds packages in folders, and not in the archives that yarn's own default leaves them in.
const PLAIN_FOLDERS: &str = "YARN_NODE_LINKER=node-modules";

fn names_a_manager(package_json: &Path) -> Result<bool> {
    Ok(fsx::read_text(package_json)?.unwrap_or_default().contains("\"packageManager\""))
}

pub(super) fn install_steps(source: &Source, node: &NodeProject) -> Result<Vec<String>> {
    let Dependencies::Npm { package_json, lock } = &source.dependencies else { return Ok(Vec::new()) };
    let (builds, locked) = (!node.builds.is_empty(), lock.is_some());
    let production = |flag: &'static str| if builds { "" } else { flag };
    let mut steps = match node.manager {
        Manager::Npm => {
            let verb = if locked { "ci" } else { "install" };
            let install = format!("npm {verb} --no-audit --no-fund{}", production(" --omit=dev"));
            let members = if builds { String::new() } else { members(source, node)? };
            vec![format!("{install}{members}"), "npm cache clean --force".to_owned()]
        }
        Manager::Pnpm => {
            let frozen = if locked { " --frozen-lockfile" } else { "" };
            vec![
                "npm install --global corepack@latest".to_owned(),
                "corepack enable".to_owned(),
                format!("pnpm install{frozen}{}", production(" --prod")),
            ]
        }
        Manager::Yarn => {
            let frozen = if locked { " --frozen-lockfile" } else { "" };
            vec![format!("yarn install{frozen}{}", production(" --production")), "yarn cache clean".to_owned()]
        }
        Manager::YarnBerry => {
            let frozen = if locked { " --immutable" } else { "" };
            let mut steps = vec!["npm install --global corepack@latest".to_owned(), "corepack enable".to_owned()];
            if !names_a_manager(package_json)? {
                // Without a stated version Corepack takes version 1, which cannot read the lock.
                steps.push("corepack install --global yarn@4".to_owned());
            }
            steps.push(format!("{PLAIN_FOLDERS} yarn install{frozen}"));
            if !builds {
                steps.push(format!("{PLAIN_FOLDERS} yarn workspaces focus --production"));
            }
            steps
        }
    };
    let home = below_root(source, package_json)?;
    if let Some((dir, _)) = home.rsplit_once('/') {
        steps.insert(0, format!("cd {}", shell(dir)));
    }
    if source.install.needs_git {
        around_with_git(&mut steps);
    }
    Ok(steps)
}

/// Each build in its own folder, and then without development dependencies.
pub(super) fn build_steps(source: &Source, node: &NodeProject) -> Result<Vec<String>> {
    let mut steps = Vec::new();
    for build in &node.builds {
        steps.push(in_folder(&folder(source, &build.dir)?, &build.command));
    }
    let Dependencies::Npm { package_json, lock } = &source.dependencies else { return Ok(steps) };
    if steps.is_empty() {
        return Ok(steps);
    }
    let frozen = if lock.is_some() { " --frozen-lockfile" } else { "" };
    let prune = match node.manager {
        Manager::Npm => "npm prune --omit=dev".to_owned(),
        // It asks before removing, unless told that there is no terminal.
        Manager::Pnpm => "CI=true pnpm prune --prod --ignore-scripts".to_owned(),
        Manager::Yarn => format!("yarn install{frozen} --production --ignore-scripts --prefer-offline"),
        Manager::YarnBerry => format!("{PLAIN_FOLDERS} yarn workspaces focus --production"),
    };
    steps.push(in_folder(&folder(source, package_json.parent().unwrap_or(&source.root))?, &prune));
    Ok(steps)
}

/// Limits npm to the agent's own package and those that it needs. Not before a build: it may need what is only
/// written down for development, in any of them.
fn members(source: &Source, node: &NodeProject) -> Result<String> {
    let (Some(member), Dependencies::Npm { package_json, .. }) = (&node.member, &source.dependencies) else {
        return Ok(String::new());
    };
    let home = package_json.parent().unwrap_or(&source.root);
    below_root(source, member)?;
    let below = fsx::relative(member, home).unwrap_or_default();
    Ok(format!(" --workspace {} --include-workspace-root", shell(&format!("./{below}"))))
}

/// From the root, empty for the root itself.
fn folder(source: &Source, dir: &Path) -> Result<String> {
    if dir == source.root { Ok(String::new()) } else { below_root(source, dir) }
}

fn in_folder(dir: &str, command: &str) -> String {
    if dir.is_empty() { command.to_owned() } else { format!("(cd {} && {command})", shell(dir)) }
}
