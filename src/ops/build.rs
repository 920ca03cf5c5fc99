//! `build`: the artifact of an agent, made or outlined, without anything remote being changed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::preflight::{BuildChecks, findings_data};
use crate::artifact::{self, ArtifactContents, ArtifactOutline, ArtifactRequest, Tools};
use crate::config::Agent;
use crate::error::{Code, Error, Result};
use crate::image::size_text;
use crate::outputs;
use crate::project::listing::Ignored;
use crate::project::preflight::CheckFinding;
use crate::report::{Document, Report, Role, schemas};

/// How many packages a plan names.
const LARGEST: usize = 10;

/// The files that the user wants a build to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutputFiles<'a> {
    /// The artifact.
    pub(crate) file: Option<&'a Path>,
    /// Folder for bills of materials.
    pub(crate) sbom: Option<&'a Path>,
}

/// Makes the artifact, and writes the requested files.
///
/// # Errors
/// Those of the builder; a folder that cannot be written.
pub(crate) async fn build(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    files: OutputFiles<'_>,
    tools: &Tools<'_>,
) -> Result<BuildReport> {
    let prepared = artifact::prepare(root, agent, request, tools)?;
    if prepared.is_remote() {
        return Err(Error::usage("CodeBuild puts what it builds into a repository, so it builds for a launch only")
            .code(Code::BuildCodebuild)
            .hint("`agentcore launch --builder codebuild`, or build here: `--builder native`, `--builder engine`"));
    }
    if files.sbom.is_some() && !prepared.knows_packages() {
        return Err(artifact::no_bills(prepared.why()));
    }
    let platform = prepared.platform().to_string();
    let checks = BuildChecks::begin(&prepared, agent, (request, &[]), tools).await?;
    let built = prepared.build(false, tools).await?;
    checks.after_build(&built, tools.events)?;
    if let Some(file) = files.file {
        built.write(file, tools).await?;
        // Remembered by its path: an engine's archive carries no mark of this program.
        outputs::remember(tools.cache, std::iter::once(tools.env.cwd().join(file).as_path()));
    }
    let bills = files.sbom.map(|dir| built.write_bills(&agent.name, dir)).transpose()?.unwrap_or_default();
    let (builder, contents) = (built.why.clone(), built.contents());
    let file = files.file.map(|file| file.display().to_string());
    let findings = checks.into_findings();
    Ok(BuildReport { agent: agent.name.clone(), builder, platform, contents, file, bills, findings })
}

/// Lists what would go into the artifact. Reads the project and the cache, and nothing else.
///
/// # Errors
/// A project that cannot be built.
pub(crate) async fn plan(
    root: &Path,
    agent: &Agent,
    request: &ArtifactRequest,
    tools: &Tools<'_>,
) -> Result<PlanReport> {
    let prepared = artifact::prepare(root, agent, request, tools)?;
    let (builder, platform) = (prepared.why().to_owned(), prepared.platform().to_string());
    Ok(PlanReport { agent: agent.name.clone(), builder, platform, outline: prepared.outline(tools).await? })
}

/// A finished artifact.
#[derive(Debug)]
pub(crate) struct BuildReport {
    agent: String,
    builder: String,
    platform: String,
    contents: ArtifactContents,
    /// Where the artifact was written to.
    file: Option<String>,
    /// Bills of materials that were written.
    bills: Vec<PathBuf>,
    findings: Vec<CheckFinding>,
}

impl Report for BuildReport {
    fn schema(&self) -> &'static str {
        schemas::BUILD
    }

    fn data(&self) -> Value {
        let layers: Vec<Value> = self
            .contents
            .layers
            .iter()
            .map(|layer| json!({ "what": layer.what, "digest": layer.digest, "size": layer.size }))
            .collect();
        json!({
            "agent": self.agent,
            "builder": self.builder,
            "platform": self.platform,
            "kind": self.contents.kind,
            "digest": self.contents.digest,
            "size": self.contents.size,
            "layers": layers,
            "localImage": self.contents.local_image,
            "file": self.file,
            "sbom": self.bills,
            "findings": findings_data(&self.findings),
        })
    }

    fn document(&self) -> Document {
        let contents = &self.contents;
        let mut document = Document::new()
            .field("agent", self.agent.clone())
            .field("builder", self.builder.clone())
            .field("platform", self.platform.clone())
            .field_if("digest", contents.digest.clone())
            .field_if("size", contents.size.map(size_text))
            .field_if("image", contents.local_image.clone())
            .field_if("file", self.file.clone());
        for bill in &self.bills {
            document = document.field("SBOM", bill.display().to_string());
        }
        if !contents.layers.is_empty() {
            let rows = contents.layers.iter().map(|layer| {
                vec![
                    (Role::Plain, layer.what.to_owned()),
                    (Role::Plain, size_text(layer.size)),
                    (Role::Dim, layer.digest.clone()),
                ]
            });
            document = document.blank().table(vec!["LAYER", "SIZE", "DIGEST"], rows.collect());
        }
        document
    }
}

/// The planned content of an artifact.
#[derive(Debug)]
pub(crate) struct PlanReport {
    agent: String,
    builder: String,
    platform: String,
    outline: ArtifactOutline,
}

impl PlanReport {
    fn source_size(&self) -> u64 {
        self.outline.source.total_bytes
    }
}

impl Report for PlanReport {
    fn schema(&self) -> &'static str {
        schemas::BUILD_PLAN
    }

    fn data(&self) -> Value {
        let outline = &self.outline;
        let layers: Vec<Value> = outline
            .layers
            .iter()
            .map(|layer| json!({ "what": layer.what, "size": layer.size, "cached": layer.cached }))
            .collect();
        let files: Vec<Value> =
            outline.source.files.iter().map(|file| json!({ "path": file.relative, "size": file.size })).collect();
        let packages: Vec<Value> = outline
            .largest(LARGEST)
            .iter()
            .map(|package| json!({ "name": package.name, "version": package.version, "size": package.size }))
            .collect();
        let ignored: Vec<Value> = outline
            .source
            .ignored_to_show()
            .map(|entry| json!({ "path": entry.path, "why": entry.why.to_string() }))
            .collect();
        json!({
            "agent": self.agent,
            "builder": self.builder,
            "platform": self.platform,
            "base": outline.base,
            "layers": layers,
            "files": files,
            "sourceSize": self.source_size(),
            "ignored": ignored,
            "ignoredCount": outline.source.ignored.len(),
            "largestPackages": packages,
        })
    }

    fn document(&self) -> Document {
        let outline = &self.outline;
        let plain = |text: String| (Role::Plain, text);
        let mut document = Document::new()
            .field("agent", self.agent.clone())
            .field("builder", self.builder.clone())
            .field("platform", self.platform.clone())
            .field_if("base", outline.base.clone());
        if !outline.layers.is_empty() {
            let rows = outline.layers.iter().map(|layer| {
                let size = layer.size.map_or_else(|| "known once installed".to_owned(), size_text);
                let note = if layer.cached { "from the cache" } else { "" };
                vec![plain(layer.what.clone()), plain(size), (Role::Dim, note.to_owned())]
            });
            document = document.blank().table(vec!["LAYER", "SIZE", ""], rows.collect());
        }
        let largest = outline.largest(LARGEST);
        if !largest.is_empty() {
            let rows = largest.iter().map(|package| {
                vec![plain(format!("{} {}", package.name, package.version)), plain(size_text(package.size))]
            });
            document = document.blank().table(vec!["LARGEST PACKAGES", "SIZE"], rows.collect());
        }
        let rows = outline
            .source
            .files
            .iter()
            .map(|file| vec![plain(file.relative.clone()), plain(size_text(file.size))])
            .collect();
        document = document.blank().table(vec!["FILE", "SIZE"], rows);
        if !outline.source.ignored.is_empty() {
            let row = |entry: &Ignored| vec![plain(entry.path.clone()), (Role::Dim, entry.why.to_string())];
            let rows = outline.source.ignored_to_show().map(row).collect();
            document = document.blank().table(vec!["LEFT OUT", "WHY"], rows);
        }
        document.blank().line(format!(
            "{} files, {}; {} left out.",
            outline.source.files.len(),
            size_text(self.source_size()),
            outline.source.ignored.len()
        ))
    }
}
