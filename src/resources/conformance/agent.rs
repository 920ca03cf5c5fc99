//! The wants of each kind that is made for an agent.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::{ACCOUNT, AgentCase, BUCKET, REGION, World, conforms};
use crate::artifact::{self, ArtifactRequest, Builder, BuiltArtifact, Tools};
use crate::cache::Cache;
use crate::config::{Agent, MemoryMode, naming};
use crate::digest::Digest;
use crate::partition::Partition;
use crate::resources::archive::{Archive, ArchiveFile, Archives};
use crate::resources::bucket::{Bucket, Purpose};
use crate::resources::build_role::{BuildRole, RoleChoice};
use crate::resources::engine::Late;
use crate::resources::execution_role::ExecutionRole;
use crate::resources::image::{Image, Place};
use crate::resources::memory::Memory;
use crate::resources::plan::ResourceKind;
use crate::resources::policy::{self, BuildScope, PolicyScope};
use crate::resources::record::AgentRecord;
use crate::resources::repository::Repository;
use crate::resources::runtime::CodeArchive;

pub(super) fn scope() -> PolicyScope<'static> {
    PolicyScope {
        partition: Partition::of_region(REGION),
        region: REGION,
        account: ACCOUNT,
        agent: "a",
        repository: "bedrock-agentcore-a",
        repository_account: ACCOUNT,
        repository_region: REGION,
    }
}

/// A document that differs from every one of the policies.
pub(super) fn other(mut document: Value) -> Value {
    document["Statement"][0]["Sid"] = json!("Other");
    document
}

pub(super) struct Repositories;

impl AgentCase for Repositories {
    type Of<'r> = Repository<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Repository<'r> {
        let name = naming::repository("a");
        Repository {
            uri: format!("{}/{name}", Partition::of_region(REGION).ecr_host(ACCOUNT, REGION)),
            name,
            ..Repository::on_record(record, (ACCOUNT, REGION), true)
        }
    }
}

pub(super) struct Buckets {
    pub(super) place: Archives,
}

impl AgentCase for Buckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        let purpose = Purpose::Archives { place: &self.place, older: false };
        bucket(record, self.place.bucket.clone(), purpose)
    }
}

pub(super) struct SourceBuckets;

impl AgentCase for SourceBuckets {
    type Of<'r> = Bucket<'r>;
    const PARTS: &'static [&'static str] = &[];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Bucket<'r> {
        bucket(record, naming::source_bucket(ACCOUNT, REGION), Purpose::Sources)
    }
}

pub(super) fn bucket<'r>(record: &'r AgentRecord, name: String, purpose: Purpose<'r>) -> Bucket<'r> {
    let (account, region) = (ACCOUNT.to_owned(), REGION.to_owned());
    Bucket { record, purpose, name, account, region, is_managed: true, lenient: false }
}

pub(super) struct ExecutionRoles;

impl AgentCase for ExecutionRoles {
    type Of<'r> = ExecutionRole<'r>;
    const PARTS: &'static [&'static str] =
        &["trust policy", "permissions", "permissions for outbound identity", "permissions boundary"];

    fn configure(&self, agent: &mut Agent, variant: usize) {
        // One that is set stays until it is another.
        let boundary = if variant == 4 { "Other" } else { "Own" };
        agent.own.permissions_boundary = Some(format!("arn:aws:iam::{ACCOUNT}:policy/{boundary}"));
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> ExecutionRole<'r> {
        let scope = scope();
        let (trust, permissions) = (policy::trust(&scope), policy::execution(&scope));
        let identity = Late::after(ResourceKind::ExecutionRole);
        identity.set((variant == 3).then(|| policy::code(&scope)));
        ExecutionRole {
            record,
            name: naming::execution_role(REGION, "a"),
            is_managed: true,
            arn: None,
            trust: if variant == 1 { other(trust) } else { trust },
            permissions: if variant == 2 { other(permissions) } else { permissions },
            mounts: None,
            memory: None,
            identity_permissions: identity,
            has_identity: true,
            ready: Late::after(ResourceKind::ExecutionRole),
            only_identity: false,
        }
    }
}

pub(super) struct Memories;

impl AgentCase for Memories {
    type Of<'r> = Memory<'r>;
    // The strategies come last: what is there once stays.
    const PARTS: &'static [&'static str] = &["eventExpiryDuration", "strategies"];

    fn configure(&self, agent: &mut Agent, variant: usize) {
        agent.memory.mode = if variant == 2 { MemoryMode::ShortAndLongTerm } else { MemoryMode::ShortTerm };
        agent.memory.event_expiry_days = if variant == 1 { 90 } else { 30 };
    }

    fn wanted<'r>(&'r self, record: &'r AgentRecord, _variant: usize) -> Memory<'r> {
        Memory::wanted(record, Late::after(ResourceKind::Memory), |id| scope().memory_arn(id))
    }

    fn doomed<'r>(&'r self, record: &'r AgentRecord) -> Memory<'r> {
        Memory::on_record(record, true).remove(0)
    }
}

pub(super) struct BuildRoles;

impl AgentCase for BuildRoles {
    type Of<'r> = BuildRole<'r>;
    const PARTS: &'static [&'static str] = &["trust policy", "permissions"];

    fn wanted<'r>(&'r self, record: &'r AgentRecord, variant: usize) -> BuildRole<'r> {
        let build = BuildScope { project: "p", bucket: "b", prefix: "a/" };
        let (trust, permissions) = (policy::build_trust(&scope(), &build), policy::build_permissions(&scope(), &build));
        BuildRole {
            record,
            choice: RoleChoice::Managed(naming::build_role(REGION, "a")),
            trust: if variant == 1 { other(trust) } else { trust },
            permissions: if variant == 2 { other(permissions) } else { permissions },
            ready: Late::after(ResourceKind::BuildRole),
            lenient: false,
        }
    }
}

pub(super) struct ArchivesOf<'a> {
    pub(super) place: &'a Archives,
    pub(super) file: ArchiveFile<'a>,
}

impl AgentCase for ArchivesOf<'_> {
    type Of<'r>
        = Archive<'r>
    where
        Self: 'r;
    const PARTS: &'static [&'static str] = &[];
    const DELETES: bool = false;

    fn wanted<'r>(&'r self, _record: &'r AgentRecord, _variant: usize) -> Archive<'r> {
        Archive {
            place: self.place,
            archive: code("a/project-1/0123456789abcdef/deployment.zip"),
            is_known: false,
            found: None,
            file: Some(self.file),
            ready: Late::after(ResourceKind::Archive),
        }
    }
}

pub(super) fn code(key: &str) -> CodeArchive {
    CodeArchive {
        bucket: BUCKET.to_owned(),
        key: key.to_owned(),
        version_id: None,
        runtime: "PYTHON_3_13".to_owned(),
        entry_point: vec!["agent.py".to_owned()],
    }
}

pub(super) struct Images<'a> {
    pub(super) built: &'a BuiltArtifact,
    pub(super) tools: Tools<'a>,
    pub(super) uri: String,
    pub(super) repository: String,
}

impl AgentCase for Images<'_> {
    type Of<'r>
        = Image<'r>
    where
        Self: 'r;
    const PARTS: &'static [&'static str] = &[];
    const DELETES: bool = false;

    fn wanted<'r>(&'r self, _record: &'r AgentRecord, _variant: usize) -> Image<'r> {
        let reference = format!("{}@{}", self.uri, self.built.digest.as_deref().unwrap());
        Image {
            built: self.built,
            tools: self.tools.clone(),
            repository: &self.repository,
            uri: &self.uri,
            place: Place::There,
            tag: "v1",
            tags_again: true,
            source_tag: None,
            live: Some(reference),
            login: None,
            remote: None,
            build_id: OnceLock::new(),
            ready: Late::after(ResourceKind::Image),
        }
    }
}

pub(super) fn zip(dir: &Path) -> (PathBuf, u64, Digest) {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("agent.py", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut writer, b"print(1)\n").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let path = dir.join("deployment.zip");
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes.len() as u64, Digest::of_bytes(&bytes))
}

pub(super) async fn make_bucket(world: &World) {
    let tags = naming::shared_tags();
    world.cloud.create_bucket(&crate::resources::sources::spec(BUCKET, ACCOUNT, &tags)).await.unwrap();
}

pub(super) async fn archive(world: &World) {
    make_bucket(world).await;
    let agent = world.record(|_| {}).agent().clone();
    let place = Archives::from_setting(&agent, BUCKET.to_owned(), ACCOUNT).unwrap();
    let (path, size, sha256) = zip(world.dir.path());
    conforms(world, &ArchivesOf { place: &place, file: ArchiveFile { path: &path, size, sha256 } }).await;
}

pub(super) async fn image(world: &World) {
    std::fs::write(world.dir.path().join("agent.py"), "print(1)\n").unwrap();
    std::fs::write(world.dir.path().join("requirements.txt"), "").unwrap();
    let cache = Cache::from_env(&world.env).unwrap();
    let tools = Tools { env: &world.env, http: &world.http, cache: &cache, events: &world.events };
    let request = ArtifactRequest {
        builder: Builder::Native,
        base_image: Some("scratch".to_owned()),
        platform: Some("linux/arm64".to_owned()),
        image_tag: "v1".to_owned(),
        skip_checks: true,
        ..ArtifactRequest::default()
    };
    let record = world.record(|agent| agent.aws.observability.enabled = false);
    let prepared = artifact::prepare(world.dir.path(), record.agent(), &request, &tools).unwrap();
    let built = prepared.build(false, &tools).await.unwrap();
    world.apply(&Repositories, 0).await.unwrap();
    let repository = naming::repository("a");
    let uri = format!("{}/{repository}", Partition::of_region(REGION).ecr_host(ACCOUNT, REGION));
    conforms(world, &Images { built: &built, tools, uri, repository }).await;
}
