//! The AgentCore control plane: agent runtimes, their versions and endpoints, and tags.
//!
//! Owns: the rest-json operations below `/runtimes/`, `/tags/` and `/resourcepolicy/`, their validation and their statuses. Does not own:
//! calls to agents (`dataplane`), running them (`runner`), roles (`iam`), images (`registry`).

pub(crate) mod check;
pub(crate) mod constraints;
mod endpoints;
pub(crate) mod gateways;
mod model;
mod policies;
mod runtimes;
pub(crate) mod validate;
mod warmup;

use std::collections::BTreeSet;

use http::Method;
use serde_json::Value;

use super::registry::{self, ImageError};
use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, Request, json_object};
use super::runner::{ArchiveSpec, KeptCode, KeptImage};
use super::{SharedSandbox, host_platform, iam, permissions, router, s3, sigv4, vault};
use crate::facts::ARCHIVE_LIMIT;
use crate::partition::Partition;
pub(crate) use check::invalid;
use model::VersionImage;
pub(crate) use model::{DEFAULT, RuntimeRecord, RuntimeVersion, Runtimes, fingerprint, millis};
use runtimes::ControlContext;
pub(crate) use runtimes::{lifecycle, requires_mmdsv2};

/// Signing name of both planes.
pub(crate) const SERVICE: &str = "bedrock-agentcore";
/// What the service runs on.
const PLATFORM: &str = "linux/arm64";

/// Answers a request below `/runtimes/`, `/tags/` or `/resourcepolicy/`; `None` when no operation has this path.
pub(crate) async fn handle(sandbox: &SharedSandbox, request: &mut Request) -> Option<Response> {
    let operation = ControlOperation::from_request(request)?;
    Some(match answer(sandbox, request, operation).await {
        Ok((204, _)) => reply::empty(204),
        Ok((status, body)) => reply::json(status, &body),
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    })
}

/// An operation with the variable parts of its path.
enum ControlOperation {
    Create,
    List,
    Get(String),
    Update(String),
    Delete(String),
    Versions(String),
    CreateEndpoint(String),
    ListEndpoints(String),
    GetEndpoint(String, String),
    UpdateEndpoint(String, String),
    DeleteEndpoint(String, String),
    Tag(String),
    Untag(String),
    ListTags(String),
    PutPolicy(String),
    GetPolicy(String),
    DeletePolicy(String),
}

impl ControlOperation {
    /// The model writes the runtime operations' paths with a final slash, and boto3 sends it; the SDKs that smithy
    /// generates (Rust, Kotlin, Swift) leave it out. Both are answered.
    fn from_request(request: &Request) -> Option<Self> {
        let mut path = request.path();
        if path.first() == Some(&"runtimes") && path.last() != Some(&"") {
            path.push("");
        }
        let own = |text: &str| text.to_owned();
        Some(match (&request.method, path.as_slice()) {
            (&Method::PUT, ["runtimes", ""]) => Self::Create,
            (&Method::POST, ["runtimes", ""]) => Self::List,
            (&Method::GET, ["runtimes", id, ""]) => Self::Get(own(id)),
            (&Method::PUT, ["runtimes", id, ""]) => Self::Update(own(id)),
            (&Method::DELETE, ["runtimes", id, ""]) => Self::Delete(own(id)),
            (&Method::POST, ["runtimes", id, "versions", ""]) => Self::Versions(own(id)),
            (&Method::PUT, ["runtimes", id, "runtime-endpoints", ""]) => Self::CreateEndpoint(own(id)),
            (&Method::POST, ["runtimes", id, "runtime-endpoints", ""]) => Self::ListEndpoints(own(id)),
            (&Method::GET, ["runtimes", id, "runtime-endpoints", name, ""]) => Self::GetEndpoint(own(id), own(name)),
            (&Method::PUT, ["runtimes", id, "runtime-endpoints", name, ""]) => Self::UpdateEndpoint(own(id), own(name)),
            (&Method::DELETE, ["runtimes", id, "runtime-endpoints", name, ""]) => {
                Self::DeleteEndpoint(own(id), own(name))
            }
            (&Method::POST, ["tags", arn]) => Self::Tag(own(arn)),
            (&Method::DELETE, ["tags", arn]) => Self::Untag(own(arn)),
            (&Method::GET, ["tags", arn]) => Self::ListTags(own(arn)),
            (&Method::PUT, ["resourcepolicy", arn]) => Self::PutPolicy(own(arn)),
            (&Method::GET, ["resourcepolicy", arn]) => Self::GetPolicy(own(arn)),
            (&Method::DELETE, ["resourcepolicy", arn]) => Self::DeletePolicy(own(arn)),
            _ => return None,
        })
    }
}

impl ControlOperation {
    /// The variable parts of the path, under the names that the model gives them.
    fn parts(&self) -> Vec<(constraints::PathMember, &str)> {
        use constraints::{ENDPOINT_NAME, RESOURCE_ARN, RUNTIME_ID};
        match self {
            Self::Create | Self::List => Vec::new(),
            Self::Get(id) | Self::Update(id) | Self::Delete(id) | Self::Versions(id) => vec![(RUNTIME_ID, id)],
            Self::CreateEndpoint(id) | Self::ListEndpoints(id) => vec![(RUNTIME_ID, id)],
            Self::GetEndpoint(id, name) | Self::UpdateEndpoint(id, name) | Self::DeleteEndpoint(id, name) => {
                vec![(RUNTIME_ID, id), (ENDPOINT_NAME, name)]
            }
            Self::Tag(arn) | Self::Untag(arn) | Self::ListTags(arn) => vec![(RESOURCE_ARN, arn)],
            Self::PutPolicy(arn) | Self::GetPolicy(arn) | Self::DeletePolicy(arn) => vec![(RESOURCE_ARN, arn)],
        }
    }

    /// The operation's name, and the names in its resource's ARN.
    fn question(&self) -> (&'static str, Vec<String>) {
        let (name, names): (&'static str, &[&String]) = match self {
            Self::Create => ("CreateAgentRuntime", &[]),
            Self::List => ("ListAgentRuntimes", &[]),
            Self::Get(id) => ("GetAgentRuntime", &[id]),
            Self::Update(id) => ("UpdateAgentRuntime", &[id]),
            Self::Delete(id) => ("DeleteAgentRuntime", &[id]),
            Self::Versions(_) => ("ListAgentRuntimeVersions", &[]),
            Self::CreateEndpoint(id) => ("CreateAgentRuntimeEndpoint", &[id]),
            Self::ListEndpoints(_) => ("ListAgentRuntimeEndpoints", &[]),
            Self::GetEndpoint(id, name) => ("GetAgentRuntimeEndpoint", &[id, name]),
            Self::UpdateEndpoint(id, name) => ("UpdateAgentRuntimeEndpoint", &[id, name]),
            Self::DeleteEndpoint(id, name) => ("DeleteAgentRuntimeEndpoint", &[id, name]),
            Self::Tag(arn) => ("TagResource", &[arn]),
            Self::Untag(arn) => ("UntagResource", &[arn]),
            Self::ListTags(arn) => ("ListTagsForResource", &[arn]),
            Self::PutPolicy(arn) => ("PutResourcePolicy", &[arn]),
            Self::GetPolicy(arn) => ("GetResourcePolicy", &[arn]),
            Self::DeletePolicy(arn) => ("DeleteResourcePolicy", &[arn]),
        };
        (name, names.iter().map(|name| (*name).clone()).collect())
    }

    /// The parameters that this operation has in its query, by the name there and the one in the model.
    const fn parameters(&self) -> &'static [(&'static str, constraints::PathMember)] {
        match self {
            Self::Get(_) => &[("version", constraints::VERSION_NAME)],
            Self::Delete(_) => {
                &[("version", constraints::VERSION_NAME), ("clientToken", constraints::CLIENT_TOKEN_PARAMETER)]
            }
            Self::DeleteEndpoint(..) => &[("clientToken", constraints::CLIENT_TOKEN_PARAMETER)],
            _ => &[],
        }
    }
}

fn context(sandbox: &SharedSandbox) -> ControlContext {
    let millis_of = |delay: std::time::Duration| i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    ControlContext {
        now: millis(sandbox.clock.now()),
        arn_prefix: sandbox.info.arn(SERVICE, "runtime/").to_string(),
        ready_delay: millis_of(sandbox.options.ready_delay),
        endpoint_delay: millis_of(sandbox.options.endpoint_delay),
        new_require_mmdsv2: !sandbox.options.without_mmdsv2,
    }
}

type ControlResult = Result<(u16, Value), Fault>;

async fn answer(sandbox: &SharedSandbox, request: &mut Request, operation: ControlOperation) -> ControlResult {
    let body = request.bytes(API_BODY_LIMIT).await?;
    router::authenticate(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let input = json_object(&body)?;
    permissions::control(sandbox, request, operation.question(), &input)?;
    let parameters = operation.parameters().iter().filter_map(|(name, part)| Some((*part, request.query(name)?)));
    validate::parts(operation.parts().into_iter().chain(parameters))?;
    let context = &context(sandbox);
    let now = context.now;
    let store = &sandbox.state.runtimes;
    let page = || validate::page(request.query("maxResults"), request.query("nextToken"));
    Ok(match operation {
        ControlOperation::Create => (202, create(sandbox, context, &input).await?),
        ControlOperation::Update(id) => (202, update(sandbox, context, &id, &input).await?),
        ControlOperation::Delete(id) => (202, delete(sandbox, context, &id, request.query("version")).await?),
        ControlOperation::Get(id) => {
            (200, store.read(|state| runtimes::get(state, &id, request.query("version"), now))?)
        }
        ControlOperation::List => {
            let page = page()?;
            (200, store.read(|state| runtimes::list(state, now, page)))
        }
        ControlOperation::Versions(id) => {
            let page = page()?;
            (200, store.read(|state| runtimes::versions(state, &id, now, page))?)
        }
        ControlOperation::CreateEndpoint(id) => {
            validate::endpoint(&input, true)?;
            (202, store.update(|state| endpoints::create(state, context, &id, &input)).await?)
        }
        ControlOperation::UpdateEndpoint(id, name) => {
            validate::endpoint(&input, false)?;
            (202, store.update(|state| endpoints::update(state, context, (&id, &name), &input)).await?)
        }
        ControlOperation::GetEndpoint(id, name) => (200, store.read(|state| endpoints::get(state, (&id, &name), now))?),
        ControlOperation::DeleteEndpoint(id, name) => {
            let body = store.update(|state| endpoints::delete(state, context, (&id, &name))).await?;
            stop_agents(sandbox, id, Some(name));
            (202, body)
        }
        ControlOperation::ListEndpoints(id) => {
            let page = page()?;
            (200, store.read(|state| endpoints::list(state, &id, now, page)))
        }
        ControlOperation::Tag(arn) => {
            validate::tag_body(&input)?;
            let tags = &input["tags"];
            store.update(|state| endpoints::tag(state, &arn, now, tags)).await?;
            (204, Value::Null)
        }
        ControlOperation::Untag(arn) => {
            let keys: Vec<&str> =
                request.query.iter().filter(|(name, _)| name == "tagKeys").map(|(_, key)| key.as_str()).collect();
            store.update(|state| endpoints::untag(state, &arn, now, &keys)).await?;
            (204, Value::Null)
        }
        ControlOperation::ListTags(arn) => (200, store.read(|state| endpoints::tags(state, &arn, now))?),
        ControlOperation::PutPolicy(arn) => (201, store.update(|state| policies::put(state, &arn, &input, now)).await?),
        ControlOperation::GetPolicy(arn) => (200, store.read(|state| policies::get(state, &arn, now))?),
        ControlOperation::DeletePolicy(arn) => {
            store.update(|state| policies::delete(state, &arn, now)).await?;
            (204, Value::Null)
        }
    })
}

async fn create(sandbox: &SharedSandbox, context: &ControlContext, input: &Value) -> Result<Value, Fault> {
    validate::runtime(input, true, &rules(sandbox))?;
    let store = &sandbox.state.runtimes;
    let name = input["agentRuntimeName"].as_str().unwrap_or_default();
    if let Some(answer) = store.read(|state| runtimes::repeated_create(state, input, context.now))? {
        return Ok(answer);
    }
    store.read(|state| runtimes::check_name(state, name, context.now))?;
    let id = runtimes::new_id(name)?;
    let VersionArtifact { image, kept, failure } = outside(sandbox, context, input, &id).await?;
    let warmup = if failure.is_none() { warmup::Warmup::of(sandbox, input)? } else { None };
    let works = failure.is_none();
    let slow = warmup::pending(context, warmup.as_ref());
    let answer = store.update(|state| runtimes::create(state, &slow, input, id, (image, failure))).await?;
    if works {
        kept.prepare(sandbox);
    }
    warmup::begin(sandbox, warmup, &answer);
    Ok(answer)
}

async fn update(sandbox: &SharedSandbox, context: &ControlContext, id: &str, input: &Value) -> Result<Value, Fault> {
    validate::runtime(input, false, &rules(sandbox))?;
    let store = &sandbox.state.runtimes;
    store.read(|state| state.get(id, context.now).map(|_| ()))?;
    let VersionArtifact { image, kept, failure } = outside(sandbox, context, input, id).await?;
    let warmup = if failure.is_none() { warmup::Warmup::of(sandbox, input)? } else { None };
    let works = failure.is_none();
    let slow = warmup::pending(context, warmup.as_ref());
    let answer = store.update(|state| runtimes::update(state, &slow, id, input, (image, failure))).await?;
    if works {
        kept.prepare(sandbox);
    }
    warmup::begin(sandbox, warmup, &answer);
    Ok(answer)
}

async fn delete(
    sandbox: &SharedSandbox,
    context: &ControlContext,
    id: &str,
    version: Option<&str>,
) -> Result<Value, Fault> {
    let store = &sandbox.state.runtimes;
    let (answer, stop) = store.update(|state| runtimes::delete(state, context, id, version)).await?;
    if stop {
        vault::unlink(sandbox, id).await?;
        stop_agents(sandbox, id.to_owned(), None);
    }
    Ok(answer)
}

/// Stops agents in the background: a deletion is answered at once. Then drops images that nobody uses any more.
fn stop_agents(sandbox: &SharedSandbox, id: String, endpoint: Option<String>) {
    let sandbox = std::sync::Arc::clone(sandbox);
    tokio::spawn(async move {
        sandbox.runner.stop_all(&id, endpoint.as_deref()).await;
        sandbox.runner.drop_storage(&id, endpoint.as_deref()).await;
        collect_images(&sandbox).await;
    });
}

/// Removes unpacked images that no version of a living runtime uses.
pub(crate) async fn collect_images(sandbox: &SharedSandbox) {
    let used = || {
        sandbox.state.runtimes.read(|state| {
            let living = state.runtimes.values().filter(|runtime| runtime.is_alive());
            living.flat_map(RuntimeRecord::image_digests).collect::<BTreeSet<String>>()
        })
    };
    sandbox.runner.collect(used).await;
}

fn rules(sandbox: &SharedSandbox) -> validate::ValidationRules {
    let port = sandbox.info.port;
    let local_registries = if sandbox.options.allow_local_images {
        vec![format!("127.0.0.1:{port}"), format!("localhost:{port}")]
    } else {
        Vec::new()
    };
    validate::ValidationRules { local_registries }
}

/// The image or archive that a version will run.
struct VersionArtifact {
    image: VersionImage,
    kept: KeptImage,
    /// Why the runtime will not become READY.
    failure: Option<String>,
}

/// Resolves what a request refers to outside of the control plane: the role, and the image or the archive.
async fn outside(
    sandbox: &SharedSandbox,
    context: &ControlContext,
    input: &Value,
    id: &str,
) -> Result<VersionArtifact, Fault> {
    let role = input["roleArn"].as_str().unwrap_or_default();
    let principal = Partition::principal(SERVICE);
    let source = format!("{}{id}", context.arn_prefix);
    if iam::trust(sandbox, role, &principal, &source) != iam::Trust::Trusted {
        return Err(invalid(format!(
            "Role validation failed for '{role}'. Please verify that the role exists and its trust policy allows \
             assumption by this service"
        )));
    }
    if let Some(configuration) = input.pointer("/agentRuntimeArtifact/codeConfiguration").filter(|it| !it.is_null()) {
        return code(sandbox, configuration).await;
    }
    let uri = input.pointer("/agentRuntimeArtifact/containerConfiguration/containerUri").and_then(Value::as_str);
    let (image, kept) = image(sandbox, role, uri.unwrap_or_default()).await?;
    Ok(VersionArtifact { image, kept, failure: None })
}

/// The archive of a `codeConfiguration`. The service reads it as the caller, who may read everything here.
async fn code(sandbox: &SharedSandbox, configuration: &Value) -> Result<VersionArtifact, Fault> {
    let text = |pointer: &str| configuration.pointer(pointer).and_then(Value::as_str);
    let (bucket, key) = (text("/code/s3/bucket").unwrap_or_default(), text("/code/s3/prefix").unwrap_or_default());
    let found = s3::find(sandbox, bucket, key, text("/code/s3/versionId")).map_err(|missing| {
        let what = match missing {
            s3::NoObject::Bucket => "bucket",
            s3::NoObject::Object => "object",
        };
        invalid(format!(
            "The specified S3 {what} does not exist, or the caller has no s3:GetObject permission for it: \
             s3://{bucket}/{key}"
        ))
    })?;
    if found.size > ARCHIVE_LIMIT {
        return Err(invalid(format!(
            "The code artifact s3://{bucket}/{key} has {} bytes, which exceeds the limit of {ARCHIVE_LIMIT} bytes",
            found.size
        )));
    }
    let entry_point = configuration.get("entryPoint").and_then(Value::as_array).into_iter().flatten();
    let code = ArchiveSpec {
        path: found.path,
        runtime: text("/runtime").unwrap_or_default().to_owned(),
        entry_point: entry_point.filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let KeptCode { kept, digest, platform, failure } = sandbox.runner.keep_code(code).await?;
    Ok(VersionArtifact { image: VersionImage { repository: String::new(), digest, platform }, kept, failure })
}

fn image_denied(uri: &str) -> Fault {
    invalid(format!(
        "Access denied while validating ECR URI '{uri}'. The execution role requires permissions for \
         ecr:GetAuthorizationToken, ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer operations."
    ))
}

async fn image(sandbox: &SharedSandbox, role: &str, uri: &str) -> Result<(VersionImage, KeptImage), Fault> {
    let missing = || {
        invalid(
            "The specified image identifier does not exist in the repository. Verify the image tag format and \
             repository name.",
        )
    };
    let incompatible =
        || invalid(format!("Architecture incompatible for uri '{uri}'. Supported architectures: [arm64]."));
    // The machine's own platform comes first: it runs without emulation. The service would take arm64 only.
    let mut found = registry::resolve_image(sandbox, uri, host_platform()).await;
    if matches!(found, Err(ImageError::NoPlatform(_))) {
        found = registry::resolve_image(sandbox, uri, PLATFORM).await;
    }
    let found = found.map_err(|error| match error {
        ImageError::Elsewhere | ImageError::NoRepository(_) | ImageError::NoImage { .. } => missing(),
        // An index with attestations looks to the service like an image that it may not read.
        ImageError::NoPlatform(has) if has.iter().any(|platform| platform == "unknown/unknown") => image_denied(uri),
        ImageError::NoPlatform(_) => incompatible(),
        ImageError::Unusable(reason) => invalid(format!("The image '{uri}' cannot be used: {reason}")),
    })?;
    let repository = sandbox.info.arn("ecr", &format!("repository/{}", found.repository)).to_string();
    let needs = [
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchGetImage", repository.as_str()),
        ("ecr:GetDownloadUrlForLayer", repository.as_str()),
    ];
    if !needs.iter().all(|(action, resource)| iam::role_allows(sandbox, role, action, resource)) {
        return Err(image_denied(uri));
    }
    let entries = found.index.as_ref().and_then(|index| index["manifests"].as_array());
    let attested = entries.into_iter().flatten().any(|entry| entry["platform"]["os"] == "unknown");
    if attested {
        return Err(image_denied(uri));
    }
    let platform = found.platform();
    if platform != PLATFORM && platform != host_platform() {
        return Err(incompatible());
    }
    let resolved = VersionImage {
        repository: found.repository.clone(),
        digest: found.manifest_digest.clone(),
        platform: platform.clone(),
    };
    // The version keeps its image even when the repository drops it, as at the service.
    let kept = sandbox.runner.keep(&found).await?;
    Ok((resolved, kept))
}

/// Finds the runtime that a data-plane request names, as it is now.
pub(crate) fn find(sandbox: &SharedSandbox, id: &str) -> Option<RuntimeRecord> {
    let now = millis(sandbox.clock.now());
    sandbox.state.runtimes.read(|state| state.get(id, now).ok().cloned())
}

/// The runtimes that exist now: id, and when it was made in milliseconds since 1970.
pub(crate) fn existing(sandbox: &SharedSandbox) -> Vec<(String, i64)> {
    let now = millis(sandbox.clock.now());
    sandbox.state.runtimes.read(|state| state.existing(now).map(|it| (it.id.clone(), it.created())).collect())
}

/// The version that an endpoint of a runtime serves now.
pub(crate) fn live<'a>(
    sandbox: &SharedSandbox,
    runtime: &'a RuntimeRecord,
    qualifier: &str,
) -> Option<&'a RuntimeVersion> {
    runtime.live(qualifier, millis(sandbox.clock.now()))
}

#[cfg(test)]
mod tests;
