//! What an agent needs installed, whichever language it is in, for whoever packs it.
//!
//! Owns: one form for the languages' requests. Does not own: installing (`packages`), what becomes of the files.

use super::development;
use crate::env::Env;
use crate::error::Result;
use crate::packages::InstallContext;
use crate::packages::inventory::Inventory;
use crate::packages::node::{self, NodeDependencies, NodeInstaller};
use crate::packages::python;
use crate::platform::Platform;
use crate::project::{Dependencies, Manager, NodeProject, Source};
use crate::tree::Entry;

/// Dependencies that were read and can be installed.
pub(super) enum DependencyRequest {
    /// For this version of Python.
    Python(String, Box<python::PythonRequest>),
    Node(Box<node::NodeRequest>),
}

/// Packages on disk, for as long as this value lives.
pub(super) enum InstalledPackages {
    Python(Box<python::InstalledPython>),
    Node(node::InstalledNode),
}

impl DependencyRequest {
    pub(super) fn key(&self) -> &str {
        match self {
            Self::Python(_, request) => request.key(),
            Self::Node(request) => request.key(),
        }
    }

    /// See [`python::PythonRequest::moving`].
    pub(super) fn moving(&self) -> Option<&str> {
        match self {
            Self::Python(_, request) => request.moving(),
            Self::Node(request) => request.moving(),
        }
    }

    pub(super) fn installer(&self) -> &'static str {
        match self {
            Self::Python(_, request) => request.installer(),
            Self::Node(request) => request.installer(),
        }
    }

    /// See [`python::PythonRequest::sizes`].
    pub(super) fn sizes(&self) -> &[(String, u64)] {
        match self {
            Self::Python(_, request) => request.sizes(),
            Self::Node(_) => &[],
        }
    }

    /// What is about to happen, for people.
    pub(super) fn title(&self, platform: &Platform) -> String {
        match self {
            Self::Python(version, _) => format!("install Python {version} dependencies for {platform}"),
            Self::Node(_) => format!("install npm packages for {platform}"),
        }
    }

    pub(super) async fn install(&self, source: &Source, setup: &InstallContext<'_>) -> Result<InstalledPackages> {
        match self {
            Self::Python(_, request) => request.install(setup).await.map(|it| InstalledPackages::Python(Box::new(it))),
            Self::Node(request) => install_node(source, request, setup).await.map(InstalledPackages::Node),
        }
    }

    /// Places in `node_modules` that stand for folders of the source: pairs of paths from its root.
    pub(super) fn links(&self) -> Vec<(String, String)> {
        match self {
            Self::Python(..) => Vec::new(),
            Self::Node(request) => request.links(),
        }
    }
}

impl InstalledPackages {
    /// The files for the root of an archive, which has no links. Blocking.
    pub(super) fn archived(&self) -> Result<Vec<Entry>> {
        match self {
            Self::Python(installed) => installed.entries(""),
            Self::Node(installed) => installed.files(),
        }
    }

    /// Blocking.
    pub(super) fn inventory(&self) -> Result<Inventory> {
        match self {
            Self::Python(installed) => Ok(installed.inventory()),
            Self::Node(installed) => Ok(Inventory::new(installed.packages()?.into_iter().map(Into::into).collect())),
        }
    }
}

/// What a Node agent runs with. Where its source is compiled, too, one installation does for both if it can.
pub(super) async fn install_node(
    source: &Source,
    request: &node::NodeRequest,
    setup: &InstallContext<'_>,
) -> Result<node::InstalledNode> {
    match development::shared(source, request, setup).await? {
        Some(installed) => Ok(installed),
        None => request.install(setup).await,
    }
}

/// What installs for another machine; `None` for what is not run here.
pub(super) const fn installer(manager: Manager) -> Option<NodeInstaller> {
    match manager {
        Manager::Npm => Some(NodeInstaller::Npm),
        Manager::Pnpm => Some(NodeInstaller::Pnpm),
        Manager::Yarn => Some(NodeInstaller::Yarn),
        Manager::YarnBerry => None,
    }
}

/// A Node agent's packages; `None` when there are none.
pub(super) fn of_node(
    source: &Source,
    own: &NodeProject,
    platform: &Platform,
    env: &Env,
) -> Result<Option<node::NodeRequest>> {
    let Dependencies::Npm { package_json, lock } = &source.dependencies else { return Ok(None) };
    let wanted = NodeDependencies {
        root: source.root.clone(),
        package_json: package_json.clone(),
        // Another manager's project without a lock has nothing that npm would not read, too.
        installer: installer(own.manager).filter(|_| lock.is_some()).unwrap_or(NodeInstaller::Npm),
        lock: lock.clone(),
        member: own.member.clone(),
        locals: own.locals.clone(),
        node: own.version.clone(),
        platform: platform.clone(),
    };
    node::prepare(&wanted, env)
}
