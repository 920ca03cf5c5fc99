//! The source of an image that CodeBuild builds: which files, and the archive that they travel in.
//!
//! Does not own: the build itself and what it needs in the account (`ops::codebuild`). Nothing here speaks to a cloud.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::ArtifactOutline;
use super::dockerfile::DockerBuild;
use super::fingerprint::Fingerprint;
use crate::config::Agent;
use crate::digest::{Digest, Hasher};
use crate::env::Env;
use crate::error::{Code, Context, Error, Result};
use crate::platform::Platform;
use crate::tree::{self, Entry, EntryKind};

/// The only machines that are asked for.
const ARCHITECTURE: &str = "arm64";

/// Rules beside the Dockerfile come before those in the context, which would leave out what the project's own Dockerfile
/// rules keep.
pub(super) const RULES_APPLIED: &str = "# The ignore rules were applied when this archive was made.\n";

/// A build that was decided on.
#[derive(Debug)]
pub(super) struct RemoteBuildPlan {
    build: DockerBuild,
}

/// The source of a build, packed.
#[derive(Debug)]
pub(crate) struct SourceArchive {
    file: tempfile::NamedTempFile,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) sha256: Digest,
    pub(crate) platform: Platform,
    /// Stage of the Dockerfile.
    pub(crate) target: Option<String>,
}

impl SourceArchive {
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }
}

/// # Errors
/// A usage error for another platform than the machines'.
pub(super) fn check_platform(platform: &Platform) -> Result<()> {
    if platform.architecture == ARCHITECTURE {
        return Ok(());
    }
    Err(Error::usage(format!("CodeBuild builds for linux/{ARCHITECTURE} here, and not for {platform}"))
        .code(Code::CodebuildPlatform)
        .hint("leave out `--platform` and AGENTCORE_PLATFORM, or build on this machine: `--builder engine`"))
}

impl RemoteBuildPlan {
    /// # Errors
    /// A usage error when the build is meant to be given secrets: there is no way to CodeBuild on which nobody sees them,
    /// and without the login of a private index it might install something else of the same name.
    pub(super) fn new(agent: &Agent, build: DockerBuild, env: &Env) -> Result<Self> {
        let secrets = build.wanted_secrets(env);
        if secrets.is_empty() {
            return Ok(Self { build });
        }
        let names: Vec<String> = secrets.iter().map(|name| format!("`{name}`")).collect();
        Err(Error::usage(format!(
            "the build of `{}` needs secrets ({}), which do not reach CodeBuild",
            agent.name,
            names.join(", ")
        ))
        .code(Code::CodebuildSecrets)
        .hint("build it on this machine: `--builder engine`, or `--builder native` where that applies"))
    }

    pub(super) async fn fingerprint(&self, platform: &Platform) -> Result<Fingerprint> {
        self.build.fingerprint_in_background("codebuild image", platform).await
    }

    pub(super) fn outline(self) -> Result<ArtifactOutline> {
        self.build.outline()
    }

    pub(super) const fn build_inputs(&self) -> &DockerBuild {
        &self.build
    }

    /// `NAME=VALUE`, each with a NUL behind it. In the archive rather than in a variable of the build, because whoever
    /// may look at a build sees its variables.
    fn build_arguments(&self) -> Vec<u8> {
        self.build.args.iter().flat_map(|(name, value)| format!("{name}={value}\0").into_bytes()).collect()
    }

    /// Packs the source: the build context in `context/`, and beside it the Dockerfile and the build arguments, which are
    /// no part of it. The same source gives the same bytes.
    pub(super) async fn pack(self, platform: Platform) -> Result<SourceArchive> {
        tokio::task::spawn_blocking(move || self.pack_now(platform))
            .await
            .context("the thread that packed the source stopped")?
    }

    fn pack_now(self, platform: Platform) -> Result<SourceArchive> {
        let what = || format!("could not read `{}`", self.build.dockerfile.display());
        let bytes =
            |path: &str, bytes: Vec<u8>| Entry { path: path.into(), kind: EntryKind::Bytes(bytes), executable: false };
        let folder = |path: String| Entry { path, kind: EntryKind::Dir, executable: false };
        let mut entries = vec![
            bytes("Dockerfile", std::fs::read(&self.build.dockerfile).with_context(what)?),
            bytes("Dockerfile.dockerignore", RULES_APPLIED.into()),
            bytes("build-args", self.build_arguments()),
            folder("context".into()),
        ];
        let listing = self.build.files()?;
        entries.extend(listing.empty_folders.iter().map(|path| folder(format!("context/{path}"))));
        entries.extend(listing.files.iter().map(|file| file.entry(format!("context/{}", file.relative))));
        let what = || format!("could not pack the source in `{}`", self.build.context.display());
        let mut file =
            tempfile::Builder::new().prefix("agentcore-source-").suffix(".zip").tempfile().with_context(what)?;
        write(entries, file.as_file_mut())?;
        let (size, sha256) = measure(file.as_file_mut()).with_context(what)?;
        Ok(SourceArchive { file, size, sha256, platform, target: self.build.target })
    }
}

/// The same entries give the same bytes.
fn write(entries: Vec<Entry>, to: &mut File) -> Result<()> {
    let mut archive = ZipWriter::new(io::BufWriter::with_capacity(1 << 17, to));
    for (path, (kind, executable)) in tree::arrange(entries)? {
        let what = || format!("could not put `{path}` into the source archive");
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(if executable { 0o755 } else { 0o644 });
        match kind {
            EntryKind::Dir => archive.add_directory(&path, options.unix_permissions(0o755)).with_context(what)?,
            EntryKind::Symlink(target) => archive.add_symlink(&path, target, options).with_context(what)?,
            EntryKind::Bytes(bytes) => {
                archive.start_file(&path, options).with_context(what)?;
                archive.write_all(&bytes).with_context(what)?;
            }
            EntryKind::File { path: from, size } => {
                let mut file = File::open(from).with_context(what)?;
                archive.start_file(&path, options.large_file(size >= u64::from(u32::MAX))).with_context(what)?;
                if io::copy(&mut file, &mut archive).with_context(what)? != size {
                    return Err(Error::failed(what()).cause("it changed while it was read"));
                }
            }
        }
    }
    let done = archive.finish().and_then(|mut file| Ok(file.flush()?));
    done.context("could not finish the source archive")
}

fn measure(file: &mut File) -> io::Result<(u64, Digest)> {
    file.rewind()?;
    let (mut hasher, mut size, mut buffer) = (Hasher::default(), 0, vec![0; 1 << 17]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((size, hasher.finish())),
            count => {
                hasher.update(&buffer[..count]);
                size += count as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn plan(dir: &Path) -> RemoteBuildPlan {
        let mut build = DockerBuild::without_arguments(&dir.join("elsewhere/Dockerfile"), &dir.join("source"));
        build.args = vec![("A".into(), "canary-argument $(id)".into()), ("B".into(), String::new())];
        build.target = Some("final".into());
        RemoteBuildPlan { build }
    }

    fn project() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("elsewhere/Dockerfile", "FROM x");
        write("source/.dockerignore", "Dockerfile\nnotes.txt\n");
        for name in ["agent.py", "notes.txt", ".env", ".env.local", "id_rsa", "deep/tls.key", "deep/a.py", "Dockerfile"]
        {
            write(&format!("source/{name}"), name);
        }
        for name in [
            ".git/config",
            ".bedrock_agentcore.yaml",
            ".bedrock_agentcore/a/Dockerfile",
            ".agentcore_identity_user.env",
        ] {
            write(&format!("source/{name}"), "secret");
        }
        std::fs::create_dir(dir.path().join("source/empty")).unwrap();
        dir
    }

    fn content(archive: &SourceArchive) -> BTreeMap<String, Vec<u8>> {
        let mut zip = zip::ZipArchive::new(File::open(archive.path()).unwrap()).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut read = |name: String| {
            let mut bytes = Vec::new();
            zip.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
            (name, bytes)
        };
        names.into_iter().map(&mut read).collect()
    }

    #[test]
    fn archive_holds_the_context_without_excluded_files() {
        let dir = project();
        let archive = plan(dir.path()).pack_now(Platform::arm64()).unwrap();
        let content = content(&archive);
        let files: Vec<&str> = content.keys().map(String::as_str).filter(|name| !name.ends_with('/')).collect();
        assert_eq!(
            files,
            [
                "Dockerfile",
                "Dockerfile.dockerignore",
                "build-args",
                "context/.dockerignore",
                "context/agent.py",
                "context/deep/a.py"
            ]
        );
        assert!(content.contains_key("context/empty/"), "`COPY` of an empty folder works as it does without us");
        assert_eq!(content["Dockerfile"], b"FROM x");
        assert_eq!(content["build-args"], b"A=canary-argument $(id)\0B=\0");
        assert_eq!(archive.size, std::fs::metadata(archive.path()).unwrap().len());
        assert_eq!(archive.sha256, Digest::of_bytes(&std::fs::read(archive.path()).unwrap()));
    }

    #[test]
    fn builds_that_need_secrets_are_refused_by_name() {
        let dir = project();
        let dockerfile = dir.path().join("elsewhere/Dockerfile");
        let mount = "FROM x\nRUN --mount=type=secret,id=PIP_INDEX_URL,env=PIP_INDEX_URL pip install y\n";
        std::fs::write(&dockerfile, mount).unwrap();
        let build = || DockerBuild::without_arguments(&dockerfile, &dir.path().join("source"));
        let new = |value: &str| {
            let env = Env::fake(dir.path(), &[("PIP_INDEX_URL", value)]);
            RemoteBuildPlan::new(&Agent::default(), build(), &env).map(drop)
        };
        let error = new("https://user:canary-login@index.example/simple").unwrap_err();
        assert_eq!(error.code_str(), "codebuild.secrets");
        assert!(error.message().contains("PIP_INDEX_URL") && !format!("{error:?}").contains("canary"), "{error:?}");
        new("https://index.example/simple").unwrap();
        assert!(check_platform(&"linux/amd64".parse().unwrap()).is_err());
    }

    #[test]
    fn archive_depends_only_on_the_source() {
        let folders = [project(), project()];
        let file = File::options().append(true).open(folders[1].path().join("source/agent.py")).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        let [one, two] = folders.each_ref().map(|dir| plan(dir.path()).pack_now(Platform::arm64()).unwrap().sha256);
        assert_eq!(one, two);
        std::fs::write(folders[1].path().join("source/agent.py"), "changed").unwrap();
        assert_ne!(plan(folders[1].path()).pack_now(Platform::arm64()).unwrap().sha256, one);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_the_executable_bit_travel() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = project();
        let path = dir.path().join("source/agent.py");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        symlink("agent.py", dir.path().join("source/link.py")).unwrap();
        let archive = plan(dir.path()).pack_now(Platform::arm64()).unwrap();
        let mut zip = zip::ZipArchive::new(File::open(archive.path()).unwrap()).unwrap();
        let mut mode = |name: &str| zip.by_name(name).unwrap().unix_mode().unwrap();
        assert_eq!(mode("context/agent.py"), 0o100_755);
        assert_eq!(mode("context/deep/a.py"), 0o100_644);
        assert_eq!(mode("context/link.py") & 0o170_000, 0o120_000);
        assert_eq!(content(&archive)["context/link.py"], b"agent.py");
    }

    #[tokio::test]
    async fn whatever_changes_the_image_changes_the_fingerprint() {
        let dir = project();
        let of = |change: fn(&mut RemoteBuildPlan)| {
            let mut plan = plan(dir.path());
            change(&mut plan);
            async move { plan.fingerprint(&Platform::arm64()).await.unwrap() }
        };
        let first = of(|_| {}).await;
        assert_eq!(of(|_| {}).await, first);
        assert_ne!(of(|plan| plan.build.target = None).await, first);
        assert_ne!(of(|plan| plan.build.args[0].1.push('x')).await, first);
        std::fs::write(dir.path().join("elsewhere/Dockerfile"), "FROM y").unwrap();
        assert_ne!(of(|_| {}).await, first);
    }
}
