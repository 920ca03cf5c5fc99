//! What the checks of a source lead to: warnings, a refusal, a report.
//!
//! Owns: that certain failures stop a launch or a build before anything is uploaded or written. Does not own: finding them
//! (`project::preflight`), what a source's packages are (`artifact`).

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::artifact::{self, ArtifactRequest, BuiltArtifact, CheckedRuntime, Preflight, PreparedBuild, Tools};
use crate::config::Agent;
use crate::error::{Error, Kind, Result};
use crate::events::Events;
use crate::project::preflight::CheckFinding;
use crate::report::{Document, Report, ReportFault, Role, schemas};

/// The checks of one launch or build; by default none.
#[derive(Debug, Default)]
pub(crate) struct BuildChecks {
    preflight: Option<Preflight>,
    findings: Mutex<Vec<CheckFinding>>,
}

impl BuildChecks {
    /// Judges what is about to be built, unless it is to be taken as it is. `given` are variables of the runtime besides
    /// the configuration's.
    ///
    /// # Errors
    /// Usage errors for what cannot start.
    pub(crate) async fn begin(
        prepared: &PreparedBuild,
        agent: &Agent,
        (request, given): (&ArtifactRequest, &[(String, String)]),
        tools: &Tools<'_>,
    ) -> Result<Self> {
        let preflight = match request.skip_checks {
            true => None,
            false => prepared.preflight(runtime(agent, given), true, tools).await,
        };
        let checks = Self { preflight, findings: Mutex::default() };
        let found = checks.preflight.as_ref().map(|preflight| preflight.findings.clone()).unwrap_or_default();
        checks.tell(found, tools.events)?;
        Ok(checks)
    }

    /// Judges the imports by what was installed.
    ///
    /// # Errors
    /// Those of [`BuildChecks::begin`].
    pub(crate) fn after_build(&self, built: &BuiltArtifact, events: &Events) -> Result<()> {
        let found = self.preflight.as_ref().map(|preflight| preflight.after_build(built)).unwrap_or_default();
        self.tell(found, events)
    }

    pub(crate) fn into_findings(self) -> Vec<CheckFinding> {
        self.findings.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, found: Vec<CheckFinding>, events: &Events) -> Result<()> {
        for finding in found.iter().filter(|finding| !finding.is_error) {
            events.warning(format!("{}; {}", finding.line(), finding.fix));
        }
        let root = self.preflight.as_ref().and_then(|preflight| preflight.root.as_deref());
        let refused = refusal(&found, root);
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        refused.map_or(Ok(()), Err)
    }
}

fn runtime<'a>(agent: &'a Agent, given: &'a [(String, String)]) -> CheckedRuntime<'a> {
    const SEARCH: &str = "PYTHONPATH";
    let given = given.iter().rev().find(|(name, _)| name == SEARCH).map(|(_, value)| value);
    let value = given.or_else(|| agent.own.environment.get(SEARCH));
    CheckedRuntime { port: agent.port(), python_path: value.map(String::as_str) }
}

/// One error for all that is certain: the first is the message, the others are its causes.
fn refusal(found: &[CheckFinding], root: Option<&Path>) -> Option<Error> {
    let mut errors = found.iter().filter(|finding| finding.is_error);
    let places: Vec<_> = errors.clone().filter_map(|finding| finding.in_file(root?)).collect();
    let first = errors.next()?;
    let error = Error::usage(first.line()).hint(first.fix.clone());
    let error = first.code.of_error().into_iter().fold(error, Error::code);
    let error = errors.fold(error, |error, other| error.cause(other.line()).hint(other.fix.clone()));
    let error = places.into_iter().fold(error, Error::place);
    Some(error.hint("`agentcore check` finds the same without a build; `--skip-checks` takes the source as it is"))
}

/// The findings for JSON.
pub(crate) fn findings_data(findings: &[CheckFinding]) -> Vec<Value> {
    let data = |finding: &CheckFinding| {
        json!({
            "severity": severity(finding),
            "code": finding.code.text(),
            "file": finding.file,
            "line": finding.at.map(|(line, _)| line),
            "column": finding.at.map(|(_, column)| column),
            "text": finding.text,
            "fix": finding.fix,
        })
    };
    findings.iter().map(data).collect()
}

const fn severity(finding: &CheckFinding) -> &'static str {
    if finding.is_error { "error" } else { "warning" }
}

/// Judges the source and stops. Reads the project and the cache, and nothing else.
///
/// # Errors
/// A project that cannot be built.
pub(crate) async fn check(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    tools: &Tools<'_>,
) -> Result<PreflightReport> {
    let prepared = artifact::prepare(root, agent, request, tools)?;
    let preflight = prepared.preflight(runtime(agent, &[]), false, tools).await;
    let (agent, builder) = (agent.name.clone(), prepared.why().to_owned());
    Ok(PreflightReport { agent, builder, platform: prepared.platform().to_string(), preflight })
}

/// What the checks found.
#[derive(Debug)]
pub(crate) struct PreflightReport {
    agent: String,
    builder: String,
    platform: String,
    /// `None` where nothing is built from a source.
    preflight: Option<Preflight>,
}

impl PreflightReport {
    fn findings(&self) -> &[CheckFinding] {
        self.preflight.as_ref().map_or(&[], |preflight| &preflight.findings)
    }

    fn errors(&self) -> usize {
        self.findings().iter().filter(|finding| finding.is_error).count()
    }

    /// How the packages are known, for people.
    fn packages(&self) -> Option<&'static str> {
        Some(match self.preflight.as_ref()?.packages {
            "installed" => "as they were installed",
            "requirements" => "by the names in the requirements, until `agentcore build` has installed them",
            _ => "not known here",
        })
    }
}

impl Report for PreflightReport {
    fn schema(&self) -> &'static str {
        schemas::CHECK
    }

    fn data(&self) -> Value {
        let preflight = self.preflight.as_ref();
        json!({
            "agent": self.agent,
            "builder": self.builder,
            "platform": self.platform,
            "python": preflight.and_then(|preflight| preflight.python.clone()),
            "packages": preflight.map(|preflight| preflight.packages),
            "filesRead": preflight.map(|preflight| preflight.files_read),
            "errors": self.errors(),
            "warnings": self.findings().len() - self.errors(),
            "findings": findings_data(self.findings()),
        })
    }

    fn document(&self) -> Document {
        let preflight = self.preflight.as_ref();
        let mut document = Document::new()
            .field("agent", self.agent.clone())
            .field("builder", self.builder.clone())
            .field("platform", self.platform.clone())
            .field_if("Python", preflight.and_then(|preflight| preflight.python.clone()))
            .field_if("packages", self.packages());
        let findings = self.findings();
        if findings.is_empty() {
            return document.blank().styled(Role::Good, "Nothing found.");
        }
        let rows = findings.iter().flat_map(|finding| {
            let role = if finding.is_error { Role::Bad } else { Role::Attention };
            let place = if finding.file.is_some() { finding.place() } else { "the source".to_owned() };
            [
                vec![(role, severity(finding).to_owned()), (Role::Plain, place), (Role::Plain, finding.text.clone())],
                vec![
                    (Role::Plain, String::new()),
                    (Role::Dim, finding.code.text().to_owned()),
                    (Role::Plain, format!("-> {}", finding.fix)),
                ],
            ]
        });
        document = document.blank().table(vec!["FINDING", "WHERE", "WHAT"], rows.collect());
        let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let (errors, warnings) = (self.errors(), findings.len() - self.errors());
        document.blank().line(format!("{}, {}.", plural(errors, "error"), plural(warnings, "warning")))
    }

    fn faults(&self) -> Vec<ReportFault> {
        let root = self.preflight.as_ref().and_then(|preflight| preflight.root.as_deref());
        let fault = |finding: &CheckFinding| {
            let place = finding.in_file(root?)?;
            Some(ReportFault { is_error: finding.is_error, title: finding.code.text(), place })
        };
        self.findings().iter().filter_map(fault).collect()
    }

    fn exit_code(&self) -> u8 {
        if self.errors() > 0 { Kind::Usage.exit_code() } else { 0 }
    }
}
