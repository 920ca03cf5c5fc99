//! The resources of a launch, each with what is wanted of it, in the order in which plans show them.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::Launch;
use super::variables;
use crate::artifact::{ArchiveStart, BuiltArchive, BuiltArtifact, Fingerprint};
use crate::cloud::ObjectInfo;
use crate::config::Agent;
use crate::error::Result;
use crate::resources::archive::{Archive, ArchiveFile, Archives};
use crate::resources::bucket::{Bucket, Purpose};
use crate::resources::build_project::{BuildProject, source_bucket_of};
use crate::resources::build_role::{BuildRole, RoleChoice};
use crate::resources::engine::{AnyNode, Late, Node, Resource, Standing, if_present};
use crate::resources::execution_role::{ExecutionRole, MemoryGrant, RoleReady};
use crate::resources::image::{EarlyLogin, Image, Place};
use crate::resources::kept_values::with_kept_values;
use crate::resources::memory::{Memory, MemoryReady, MemoryVariables};
use crate::resources::mounts;
use crate::resources::owner::Owner;
use crate::resources::plan::{ResourceKind, Step};
use crate::resources::policy::{self, BuildScope, PolicyScope};
use crate::resources::repository::Repository;
use crate::resources::resource_policy::ResourcePolicy;
use crate::resources::runtime::{CodeArchive, Runtime, RuntimeArtifact, RuntimeSpec, Seen};
use crate::resources::version_note::VersionMaker;
use crate::resources::{RemoteBuild, sources};

/// Values of resources that other resources need; known only once the first exists.
pub(super) struct LateValues {
    role: Late<RoleReady>,
    artifact: Late<RuntimeArtifact>,
    runtime: Late<String>,
    build_role: Late<String>,
    memory: Late<MemoryReady>,
    /// Known once STS has answered.
    pub(super) maker: Late<VersionMaker>,
    /// The execution role's policy for outbound identity; `None` inside when the agent needs none.
    pub(super) identity_permissions: Late<Option<Value>>,
}

impl Default for LateValues {
    fn default() -> Self {
        Self {
            role: Late::after(ResourceKind::ExecutionRole),
            artifact: Late::after(ResourceKind::Image),
            runtime: Late::after(ResourceKind::Runtime),
            build_role: Late::after(ResourceKind::BuildRole),
            memory: Late::after(ResourceKind::Memory),
            maker: Late::after(ResourceKind::Runtime),
            identity_permissions: Late::after(ResourceKind::ExecutionRole),
        }
    }
}

impl LateValues {
    /// What the runtime is to run is known without a build.
    pub(super) fn set_artifact(&self, artifact: RuntimeArtifact) {
        self.artifact.set(artifact);
    }
}

/// The resources that are observed before anything is built.
pub(super) struct BaseResources<'a> {
    repository: Option<Node<Repository<'a>>>,
    bucket: Option<Node<Bucket<'a>>>,
    memory: Option<Node<Memory<'a>>>,
    pub(super) role: Node<ExecutionRole<'a>>,
    pub(super) runtime: Node<Runtime<'a>>,
    policy: Option<Node<ResourcePolicy<'a>>>,
}

/// The resources of a build in CodeBuild.
pub(super) struct CloudBuildResources<'a> {
    bucket: Node<Bucket<'a>>,
    role: Node<BuildRole<'a>>,
    pub(super) project: Node<BuildProject<'a>>,
}

/// All resources of a launch.
pub(super) struct LaunchResources<'a> {
    pub(super) first: BaseResources<'a>,
    pub(super) cloud_build: Option<CloudBuildResources<'a>>,
    pub(super) image: Option<Node<Image<'a>>>,
    pub(super) archive: Option<Node<Archive<'a>>>,
}

impl<'a> BaseResources<'a> {
    pub(super) fn new(launch: &Launch<'a>, scope: &PolicyScope<'_>, values: &LateValues) -> Self {
        let place = launch.names.archives.as_ref();
        Self {
            repository: place.is_none().then(|| Node::new(launch.repository())),
            bucket: place.map(|place| Node::new(launch.bucket(place))),
            memory: launch.memory(scope, values).map(Node::new),
            role: Node::new(launch.role(scope, values)),
            runtime: Node::new(launch.runtime(values)),
            policy: launch.policy(values).map(Node::new),
        }
    }

    pub(super) fn nodes(&mut self) -> Vec<&mut dyn AnyNode> {
        // Of two refusals, the runtime's is the more helpful one.
        let runtime: &mut dyn AnyNode = &mut self.runtime;
        let others = [
            if_present(&mut self.repository),
            if_present(&mut self.bucket),
            if_present(&mut self.memory),
            if_present(&mut self.policy),
        ];
        [Some(runtime)].into_iter().chain(others).flatten().chain([&mut self.role as &mut dyn AnyNode]).collect()
    }

    /// The image that was built; `None` for an agent whose code is deployed.
    pub(super) fn image<'b>(
        &self,
        launch: &Launch<'b>,
        (built, fingerprint): (&'b BuiltArtifact, Option<Fingerprint>),
        (login, remote): (Option<EarlyLogin>, Option<RemoteBuild<'b>>),
        values: &LateValues,
    ) -> Option<Node<Image<'b>>> {
        let repository = self.repository.as_ref()?;
        let live = self.runtime.observed.as_ref().and_then(|live| live.runtime.image_uri());
        Some(Node::new(Image {
            built,
            tools: launch.connections.tools(),
            repository: &launch.names.repository,
            uri: &launch.names.repository_uri,
            place: match (launch.names.repository_is_local, &repository.observed) {
                (false, _) => Place::Elsewhere,
                (true, Some(_)) => Place::There,
                (true, None) => Place::Missing,
            },
            tag: &launch.request.artifact.image_tag,
            tags_again: launch.request.artifact.image_tag_given && !launch.names.foreign_image,
            source_tag: fingerprint.map(|fingerprint| fingerprint.tag()),
            live: live.map(str::to_owned),
            login,
            remote,
            build_id: OnceLock::new(),
            ready: values.artifact.clone(),
        }))
    }

    /// # Errors
    /// Nothing was made.
    pub(super) fn archive<'b>(
        &self,
        (place, start): (&'b Archives, ArchiveStart),
        (made, fingerprint): (Option<&'b BuiltArchive>, Option<Fingerprint>),
        found: Option<ObjectInfo>,
        values: &LateValues,
    ) -> Result<Node<Archive<'b>>> {
        let has_bucket = self.bucket.as_ref().is_some_and(|bucket| bucket.observed.is_some());
        Ok(Node::new(Archive {
            place,
            archive: CodeArchive {
                bucket: place.bucket.clone(),
                key: place.key_of(fingerprint, made)?,
                version_id: None,
                runtime: start.runtime.to_string(),
                entry_point: start.entry_point,
            },
            file: made.map(|made| ArchiveFile {
                path: &made.archive.file,
                size: made.archive.size,
                sha256: made.archive.sha256,
            }),
            // Without a bucket there is nothing in it; by a fingerprint it was looked for before the build.
            is_known: fingerprint.is_some() || !has_bucket,
            found: found.filter(|_| fingerprint.is_some()),
            ready: values.artifact.clone(),
        }))
    }
}

impl<'a> CloudBuildResources<'a> {
    /// Where and how the image is built.
    pub(super) fn build(&self, scope: &PolicyScope<'a>, agent: &Agent) -> RemoteBuild<'a> {
        RemoteBuild {
            project: self.project.resource.name.clone(),
            bucket: self.bucket.resource.name.clone(),
            prefix: sources::builds(agent),
            account: scope.account,
            registry: scope.partition.ecr_host(scope.repository_account, scope.repository_region),
            registry_region: scope.repository_region,
            buildspec: self.project.resource.buildspec,
        }
    }

    fn nodes(&mut self) -> [&mut dyn AnyNode; 3] {
        [&mut self.bucket, &mut self.role, &mut self.project]
    }

    /// A project that is not ours has a role of its own.
    fn has_own_role(&self) -> bool {
        let project = &self.project;
        let standing = project.resource.standing(project.observed.as_ref());
        project.observed.is_some() && matches!(standing, Standing::Brought | Standing::Managed(Owner::Unknown))
            || !project.resource.is_managed
    }
}

impl LaunchResources<'_> {
    /// The resources that are observed after the build.
    pub(super) fn after_build(&mut self) -> Vec<&mut dyn AnyNode> {
        let cloud_build = self.cloud_build.as_mut().map(CloudBuildResources::nodes);
        let artifacts = [if_present(&mut self.image), if_present(&mut self.archive)];
        cloud_build.into_iter().flatten().chain(artifacts.into_iter().flatten()).collect()
    }

    pub(super) fn list(&mut self) -> Vec<&mut dyn AnyNode> {
        let mut list: Vec<&mut dyn AnyNode> = Vec::new();
        list.extend(if_present(&mut self.first.repository));
        list.extend(if_present(&mut self.first.bucket));
        if let Some(cloud_build) = &mut self.cloud_build {
            let has_own_role = cloud_build.has_own_role();
            let [bucket, role, project] = cloud_build.nodes();
            list.push(bucket);
            if !has_own_role {
                list.push(role);
            }
            list.push(project);
        }
        list.extend(if_present(&mut self.image));
        list.extend(if_present(&mut self.archive));
        list.extend(if_present(&mut self.first.memory));
        list.push(&mut self.first.role);
        list.push(&mut self.first.runtime);
        list.extend(if_present(&mut self.first.policy));
        list
    }

    /// The steps with what was done.
    pub(super) fn outcomes(&mut self, steps: Vec<Step>) -> Vec<Step> {
        let remark = self.first.runtime.resource.remark();
        let mut steps: Vec<Step> = steps
            .into_iter()
            .zip(self.list())
            .map(|(step, node)| {
                let action = node.outcome().unwrap_or(step.action);
                Step { action, took: node.took().filter(|_| action.is_change()), ..step }
            })
            .collect();
        let runtime = steps.iter_mut().find(|step| step.kind == ResourceKind::Runtime);
        if let (Some(remark), Some(runtime)) = (remark, runtime) {
            runtime.notes.push(remark.to_owned());
        }
        steps
    }
}

impl<'a> Launch<'a> {
    fn repository(&self) -> Repository<'a> {
        let names = self.names;
        Repository {
            record: self.record,
            name: names.repository.clone(),
            uri: names.repository_uri.clone(),
            is_local: names.repository_is_local,
            is_managed: names.create_repository,
            is_foreign: names.foreign_image,
            goes: false,
            account: names.account.clone(),
            region: names.region.clone(),
        }
    }

    fn bucket(&self, place: &'a Archives) -> Bucket<'a> {
        Bucket {
            record: self.record,
            purpose: Purpose::Archives { place, older: false },
            name: place.bucket.clone(),
            account: place.account.clone(),
            region: self.names.region.clone(),
            is_managed: place.makes_bucket,
            lenient: false,
        }
    }

    fn memory(&self, scope: &PolicyScope<'_>, values: &LateValues) -> Option<Memory<'a>> {
        self.agent
            .memory_wanted()
            .then(|| Memory::wanted(self.record, values.memory.clone(), |id| scope.memory_arn(id)))
    }

    fn role(&self, scope: &PolicyScope<'_>, values: &LateValues) -> ExecutionRole<'a> {
        let (names, agent) = (self.names, self.agent);
        let is_managed = names.role_to_create.is_some();
        let mounts = mounts::statements(&agent.file_systems(), scope);
        if is_managed {
            // The role's expected ARN; certain once the role exists.
            let arn = scope.partition.arn("iam", "", scope.account, &format!("role/{}", names.role)).to_string();
            values.role.set(RoleReady::fresh(arn));
        }
        ExecutionRole {
            record: self.record,
            name: names.role.clone(),
            is_managed,
            arn: names.role_arn.clone(),
            trust: policy::trust(scope),
            permissions: with_kept_values(
                mounts.iter().cloned().fold(
                    if names.archives.is_some() { policy::code(scope) } else { policy::execution(scope) },
                    policy::with_statement,
                ),
                scope,
                &self.record.configured_variables(),
            ),
            mounts: (!mounts.is_empty()).then(|| json!({ "Statement": mounts })),
            memory: agent.memory_wanted().then(|| MemoryGrant {
                ready: values.memory.clone(),
                pattern: scope.memory_arn(&format!("{}-*", agent.memory_name())),
            }),
            identity_permissions: values.identity_permissions.clone(),
            has_identity: agent.created().identity_policy.is_some()
                || agent.aws_jwt.enabled
                || agent.identity.workload.is_some()
                || !agent.identity.credential_providers.is_empty(),
            ready: values.role.clone(),
            only_identity: false,
        }
    }

    fn runtime(&self, values: &LateValues) -> Runtime<'a> {
        let (agent, request) = (self.agent, self.request);
        let variables =
            variables::runtime_variables(agent, &self.names.region, (&request.environment, &request.unset_environment));
        Runtime {
            record: self.record,
            spec: RuntimeSpec {
                name: agent.deployed_name(),
                artifact: match &self.names.archives {
                    None => RuntimeArtifact::Image(self.names.repository_uri.clone()),
                    Some(place) => RuntimeArtifact::Code(CodeArchive::of_bucket(&place.bucket)),
                },
                role_arn: String::new(),
                network: agent.network_wire(),
                authorizer: agent.authorizer().cloned(),
                request_headers: agent.request_headers(),
                protocol: agent.protocol().as_str().to_owned(),
                idle_timeout: agent.idle_timeout(),
                max_lifetime: agent.max_lifetime(),
                settings: agent.runtime_settings(),
                environment: variables.set,
                removed_variables: variables.removed,
                removed_values: variables.removed_values,
            },
            memory: agent
                .memory_wanted()
                .then(|| MemoryVariables { ready: values.memory.clone(), names: variables.memory }),
            variables: variables.recorded,
            role: values.role.clone(),
            artifact: values.artifact.clone(),
            restored: None,
            maker: values.maker.clone(),
            arn: values.runtime.clone(),
            adopt: request.adopt,
            allow_auth_change: request.allow_auth_change,
            command: request.command.clone(),
            waits: request.wait.is_some(),
            by_id: false,
            seen: Seen::default(),
        }
    }

    fn policy(&self, values: &LateValues) -> Option<ResourcePolicy<'a>> {
        let agent = self.agent;
        let is_wanted = !agent.own.allow_callers.is_empty() || !agent.created().resource_policies.is_empty();
        is_wanted.then(|| ResourcePolicy {
            record: self.record,
            runtime: values.runtime.clone(),
            adopt: self.request.adopt,
            waits: self.request.wait.is_some(),
            goes: false,
        })
    }

    pub(super) fn cloud_build<'b>(
        &self,
        scope: &PolicyScope<'_>,
        values: &LateValues,
        buildspec: &'b str,
    ) -> CloudBuildResources<'b>
    where
        'a: 'b,
    {
        let agent = self.agent;
        let (project, is_managed) = BuildProject::name_of(agent);
        let (bucket, makes_bucket) = source_bucket_of(agent, scope.account, scope.region);
        let prefix = sources::builds(agent);
        let build = BuildScope { project: &project, bucket: &bucket, prefix: &prefix };
        let arn_of = |name: &str| scope.partition.arn("iam", "", scope.account, &format!("role/{name}")).to_string();
        let choice = RoleChoice::of(agent, scope.region, arn_of);
        if let RoleChoice::Managed(name) = &choice {
            values.build_role.set(arn_of(name));
        }
        CloudBuildResources {
            role: Node::new(BuildRole {
                record: self.record,
                choice,
                trust: policy::build_trust(scope, &build),
                permissions: policy::build_permissions(scope, &build),
                ready: values.build_role.clone(),
                lenient: false,
            }),
            bucket: Node::new(Bucket {
                record: self.record,
                purpose: Purpose::Sources,
                name: bucket.clone(),
                account: self.names.account.clone(),
                region: self.names.region.clone(),
                is_managed: makes_bucket,
                lenient: false,
            }),
            project: Node::new(BuildProject {
                record: self.record,
                name: project.clone(),
                is_managed,
                bucket: bucket.clone(),
                buildspec,
                role: values.build_role.clone(),
                unseen: OnceLock::new(),
                lenient: false,
                is_to_go: false,
            }),
        }
    }
}
