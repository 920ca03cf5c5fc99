//! OpenTelemetry on top of an agent's own packages, none of which it changes.
//!
//! Owns: which release of the distribution goes with what is installed, and whether it can start there. Does not own:
//! how an agent is started behind it.
//!
//! The distribution pins dozens of packages to one version each. Together with a project's requirements they would pull
//! these to other versions, or fit none. So the project's packages are installed first and stay, and what the
//! distribution needs besides goes into a separate folder. The first of these that works is taken:
//!
//! 1. a recent release that takes the project's versions,
//! 2. a recent release beside versions that it does not ask for, its OpenTelemetry packages of the project's release,
//! 3. an older release that takes the project's versions,
//! 4. none.

use std::collections::BTreeSet;

use crate::error::{Code, Error, Result};

use super::super::inventory::Inventory;
use super::imports::Imports;
use super::install::{InstallResult, InstallStep, Installation};
use super::line::Requirement;
use super::marker::MarkerEnvironment;
use super::metadata::Distribution;
use super::tree::InstalledTree;
use super::{InstallFacts, STEP};

const DISTRO: &str = "aws-opentelemetry-distro";
/// The range of the retired toolkit.
const RECENT: &str = "aws-opentelemetry-distro>=0.18,<1";
const OLDER: &str = "aws-opentelemetry-distro>=0.10,<0.18";
/// For the cache: a change of what is installed here needs another one.
pub(super) const IDENTITY: &str = "aws-opentelemetry-distro>=0.10,<1 on top";

/// Packages of one release, which use each other's internals.
const CORE: [&str; 7] = [
    "opentelemetry-api",
    "opentelemetry-sdk",
    "opentelemetry-semantic-conventions",
    "opentelemetry-instrumentation",
    "opentelemetry-distro",
    "opentelemetry-exporter-otlp-proto-grpc",
    "opentelemetry-exporter-otlp-proto-http",
];
/// Modules that a start behind it imports, besides those that its packages announce.
const STARTED: [&str; 6] = [
    "opentelemetry.instrumentation.auto_instrumentation",
    "amazon.opentelemetry.distro.aws_opentelemetry_distro",
    "amazon.opentelemetry.distro.aws_opentelemetry_configurator",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.exporter.otlp.proto.http.metric_exporter",
    "opentelemetry.exporter.otlp.proto.http._log_exporter",
];
/// Loaded when variables of the service ask for them. Where that fails, the agent starts and does without.
const EXPORTERS: &str = "amazon/opentelemetry/distro/exporter/otlp/aws/";
/// Entry points that are loaded before anything else, where an error ends the agent.
const AT_START: &str = "[opentelemetry_environment_variables]";

/// The result of adding OpenTelemetry.
#[derive(Debug)]
pub(crate) struct Instrumentation {
    /// The agent can be started behind it.
    pub(crate) ready: bool,
    /// Why it cannot be had, or what of it does not work. That its packages have other versions than they ask for is told
    /// nobody: it was found out that they start, and nothing has to be done.
    pub(crate) note: Option<String>,
    /// What it has besides the project's packages.
    pub(crate) inventory: Inventory,
    /// Its files; `None` where the project brings it itself, or it cannot be had.
    pub(super) tree: Option<InstalledTree>,
}

/// Why one of the four ways does not work.
enum Unusable {
    /// No versions fit.
    Versions(Error),
    /// They were installed, and cannot start.
    Start(String),
}

impl Installation<'_> {
    /// Finds and installs what instruments these packages.
    ///
    /// # Errors
    /// Those of the installer that have nothing to do with versions.
    pub(super) async fn instrument(&self, own: &InstalledTree, target: &MarkerEnvironment) -> Result<Instrumentation> {
        let nothing = |ready: bool, note: Option<String>| Instrumentation {
            ready,
            note,
            inventory: Inventory::default(),
            tree: None,
        };
        if own.packages.iter().any(|package| package.name == DISTRO) {
            return Ok(nothing(true, None));
        }
        self.setup.events.detail(STEP, "install OpenTelemetry on top");
        let taken = match self.released(own, RECENT, "recent").await? {
            Err(_) => match self.install_beside(own, target).await? {
                Err(refused) => match self.released(own, OLDER, "older").await? {
                    Err(_) => Err(refused),
                    older => older,
                },
                beside => beside,
            },
            recent => recent,
        };
        Ok(match taken {
            Ok((tree, done)) => {
                let note = limited(own, &tree)?
                    .map(|why| format!("some exporters of OpenTelemetry do not work with the agent's packages: {why}"));
                let facts = InstallFacts {
                    asked: Vec::new(),
                    local: BTreeSet::new(),
                    files: done.files,
                    target: target.clone(),
                };
                let (_, packages) = facts.describe(&tree);
                Instrumentation { ready: true, note, inventory: Inventory::new(packages), tree: Some(tree) }
            }
            Err(refused) => nothing(false, Some(left_out(&refused))),
        })
    }

    /// A release that takes the project's versions, and so needs no look at how it fits.
    async fn released(
        &self,
        own: &InstalledTree,
        line: &str,
        name: &str,
    ) -> Result<Result<(InstalledTree, InstallResult), Unusable>> {
        let mut constraints = pins(own);
        constraints.extend(self.constraints());
        Ok(match self.try_lines(&[line.to_owned()], &constraints, name).await? {
            Ok(done) => {
                Ok((InstalledTree::load(done.roots.clone(), BTreeSet::new()).await?.without_packages_of(own), done))
            }
            Err(error) => Err(Unusable::Versions(error)),
        })
    }

    /// A recent release by itself; the project's packages replace those of the same name.
    async fn install_beside(
        &self,
        own: &InstalledTree,
        target: &MarkerEnvironment,
    ) -> Result<Result<(InstalledTree, InstallResult), Unusable>> {
        let mut done = match self.try_lines(&[RECENT.to_owned()], &self.constraints(), "alone").await? {
            Ok(done) => done,
            Err(error) => return Ok(Err(Unusable::Versions(error))),
        };
        if own.packages.iter().any(|package| package.name.starts_with("opentelemetry-")) {
            let mut constraints = pins(own);
            constraints.extend(self.constraints());
            match self.try_lines(&CORE.map(str::to_owned), &constraints, "core").await? {
                Ok(core) => {
                    done.roots.splice(0..0, core.roots);
                    done.files.extend(core.files);
                }
                Err(error) => return Ok(Err(Unusable::Versions(error))),
            }
        }
        let tree = InstalledTree::load(done.roots.clone(), BTreeSet::new()).await?.without_packages_of(own);
        Ok(match cannot_start(own, &tree, target)? {
            Some(why) => Err(Unusable::Start(why)),
            None => Ok((tree, done)),
        })
    }

    /// Versions that the project binds without asking for them; pip takes no hashes here.
    fn constraints(&self) -> Vec<String> {
        let plain = |line: &String| line.split(" --").next().unwrap_or_default().to_owned();
        self.inputs.constraints.iter().map(plain).collect()
    }

    /// Installs into a separate folder. Versions that do not fit are a result, everything else is an error.
    async fn try_lines(
        &self,
        lines: &[String],
        constraints: &[String],
        name: &str,
    ) -> Result<Result<InstallResult, Error>> {
        // What the project asks for elsewhere is the project's, and has been installed.
        let foreign = |option: &&String| !option.starts_with("-r") && !option.starts_with("--require");
        let options: Vec<String> = self.inputs.options.iter().filter(foreign).cloned().collect();
        let target = self.dir.join(format!("otel-{name}"));
        let step = InstallStep { target, options: &options, lines, constraints, complete: false };
        let mut done = InstallResult { roots: Vec::new(), local: BTreeSet::new(), files: Vec::new() };
        match self.install(&step, &mut done).await {
            Ok(()) => Ok(Ok(done)),
            Err(error)
                if matches!(
                    error.own_code(),
                    Some(Code::PythonConflict | Code::ImageNoWheel | Code::PythonNoSuchVersion)
                ) =>
            {
                Ok(Err(error))
            }
            Err(error) => Err(error
                .context("could not install OpenTelemetry")
                .hint("`agentcore configure --disable-otel` leaves it out")),
        }
    }
}

fn pins(own: &InstalledTree) -> Vec<String> {
    own.packages.iter().map(|package| format!("{}=={}", package.name, package.version)).collect()
}

fn left_out(refused: &Unusable) -> String {
    let why = match refused {
        Unusable::Versions(error) => error.message().to_owned(),
        Unusable::Start(why) => why.clone(),
    };
    format!("OpenTelemetry is left out, because no release of `{DISTRO}` works with the agent's packages: {why}")
}

/// The requirements of a package that these do not meet: the package that is there, and what was asked for.
fn unmet<'a>(
    of: &Distribution,
    packages: &'a [Distribution],
    target: &MarkerEnvironment,
) -> Vec<(&'a Distribution, String)> {
    let wanted = of.requires.iter().map(|line| Requirement::parse(line, &[]));
    let wanted = wanted.filter(|wanted| wanted.marker.as_ref().is_none_or(|marker| target.satisfies(marker)));
    let unmet = wanted.filter_map(|wanted| {
        let name = wanted.name.as_ref()?;
        let there = packages.iter().find(|package| package.name == *name)?;
        (!wanted.allows(&there.version)).then(|| (there, wanted.condition()))
    });
    unmet.collect()
}

/// Why the distribution cannot start beside these packages, as far as the files show.
fn cannot_start(own: &InstalledTree, added: &InstalledTree, target: &MarkerEnvironment) -> Result<Option<String>> {
    // Generated code refuses other releases of the library than its own when it is imported.
    for package in added.packages.iter().filter(|package| package.name != DISTRO) {
        let of_protobuf = unmet(package, &own.packages, target).into_iter().find(|(there, _)| there.name == "protobuf");
        if let Some((there, asked)) = of_protobuf {
            return Ok(Some(format!("{} needs {asked}, and the agent has {}", package.name, there.version)));
        }
    }
    let modules = Modules { own, added };
    let mut first: Vec<String> = STARTED.map(str::to_owned).to_vec();
    for path in modules.paths().into_iter().filter(|path| path.ends_with(".dist-info/entry_points.txt")) {
        first.extend(modules.read(path).iter().flat_map(|text| at_start(text)));
    }
    modules.broken(first)
}

/// The instrumentations that do not work beside these packages, although it starts.
fn limited(own: &InstalledTree, added: &InstalledTree) -> Result<Option<String>> {
    let modules = Modules { own, added };
    let exporters = modules.paths().into_iter().filter_map(|path| path.strip_suffix(".py"));
    let exporters = exporters.filter(|path| path.starts_with(EXPORTERS));
    let first = exporters.map(|path| path.strip_suffix("/__init__").unwrap_or(path).replace('/', "."));
    modules.broken(first.collect())
}

/// The files of both, the project's first.
struct Modules<'a> {
    own: &'a InstalledTree,
    added: &'a InstalledTree,
}

impl<'a> Modules<'a> {
    fn read(&self, path: &str) -> Option<String> {
        let file = self.own.on_disk(path).or_else(|| self.added.on_disk(path))?;
        std::fs::read_to_string(file).ok()
    }

    fn paths(&self) -> BTreeSet<&'a str> {
        self.own.paths().chain(self.added.paths()).collect()
    }

    fn broken(&self, first: Vec<String>) -> Result<Option<String>> {
        let (read, paths) = (|path: &str| self.read(path), self.paths());
        Ok(Imports::new(&read, &paths, &["opentelemetry", "amazon.opentelemetry"])?.broken(first))
    }
}

/// Modules of entry points that are loaded first.
fn at_start(entry_points: &str) -> Vec<String> {
    let lines = entry_points.lines().map(str::trim).skip_while(|line| *line != AT_START).skip(1);
    let values = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    values.map(|(_, value)| value.trim().split([':', ' ']).next().unwrap_or_default().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Platform;

    fn package(name: &str, version: &str, requires: &[&str]) -> Distribution {
        let requires = requires.iter().map(|line| (*line).to_owned()).collect();
        Distribution {
            name: super::super::line::normalize(name),
            version: version.to_owned(),
            requires,
            ..Distribution::default()
        }
    }

    #[test]
    fn what_the_project_has_otherwise_is_named() {
        let target = MarkerEnvironment::new("3.12", &Platform::arm64());
        let distro = package(
            DISTRO,
            "0.21.0",
            &[
                "pyyaml==6.0.3",
                "protobuf==6.33.5",
                "urllib3>=2.7.0; python_version >= '3.10'",
                "bytecode==1; python_version < '3.12'",
            ],
        );
        let own = [
            package("PyYAML", "6.0.4", &[]),
            package("protobuf", "6.33.5", &[]),
            package("urllib3", "2.5.0", &[]),
            package("bytecode", "2", &[]),
        ];
        let found: Vec<_> =
            unmet(&distro, &own, &target).into_iter().map(|(there, asked)| (&there.name, asked)).collect();
        assert_eq!(found, [(&own[0].name, "pyyaml==6.0.3".to_owned()), (&own[2].name, "urllib3>=2.7.0".to_owned())]);
    }

    #[test]
    fn entry_points_that_come_first_are_found() {
        let text = "[console_scripts]\na = b:c\n\n[opentelemetry_environment_variables]\ndbapi = otel.dbapi.variables\n\
                    x=otel.x:y [extra]\n[other]\nz = z\n";
        assert_eq!(at_start(text), ["otel.dbapi.variables", "otel.x"]);
        assert!(at_start("[other]\nz = z\n").is_empty());
    }
}
