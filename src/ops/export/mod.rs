//! The definition of what is deployed, for other tools.
//!
//! Owns: what is read, and what of it is defined: what launch made is, and what the user brought is named by its ARN. Does not own:
//! the languages, a file each.

mod boto3;
mod cloudformation;
mod terraform;

use futures_util::future::try_join_all;
use serde_json::{Map, Value, json};

use super::target;
use crate::cloud::{Cloud, Endpoint};
use crate::config::{Agent, DeploymentType, Store, has_references, may_be_secret, naming, shell};
use crate::error::{Code, Error, Result};
use crate::facts::{DEFAULT_ENDPOINT, runtime};
use crate::report::{Document, Report, schemas};
use crate::resources::engine::{self, AnyNode, Node, Resource, Standing, if_present};
use crate::resources::execution_role::ExecutionRole;
use crate::resources::memory::Memory;
use crate::resources::record::AgentRecord;
use crate::resources::repository::Repository;
use crate::resources::resource_policy;

/// What a definition is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportFormat {
    Terraform,
    CloudFormation,
    Boto3,
}

impl ExportFormat {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
            Self::Boto3 => "boto3",
        }
    }
}

/// Member of a runtime that no update takes back, and that whoever makes one gives.
const NAME: &str = "agentRuntimeName";

/// Everything that is defined.
#[derive(Debug)]
struct Definition {
    /// What is made is named after it.
    agent: String,
    region: String,
    id: String,
    arn: String,
    /// What can be set of the runtime, without the environment variables that look like secrets.
    runtime: Map<String, Value>,
    /// Names of those variables.
    secrets: Vec<String>,
    tags: Vec<(String, String)>,
    /// Without DEFAULT, which every runtime has.
    endpoints: Vec<EndpointDefinition>,
    /// Who else may call the runtime and its endpoints, each with what its ARN has after the runtime's.
    policies: Vec<(String, Value)>,
    role: Option<RoleDefinition>,
    repository: Option<RepositoryDefinition>,
    memory: Option<MemoryDefinition>,
}

#[derive(Debug)]
struct EndpointDefinition {
    name: String,
    version: Option<String>,
    description: Option<String>,
}

#[derive(Debug)]
struct RoleDefinition {
    name: String,
    trust: Value,
    /// By name.
    policies: Vec<(String, Value)>,
    /// ARNs of managed policies.
    attached: Vec<String>,
    boundary: Option<String>,
    tags: Vec<(String, String)>,
}

#[derive(Debug)]
struct RepositoryDefinition {
    name: String,
    tags: Vec<(String, String)>,
}

#[derive(Debug)]
struct MemoryDefinition {
    id: String,
    name: String,
    description: Option<String>,
    expiry_days: u64,
    /// As GetMemory describes them.
    strategies: Vec<Value>,
}

/// What launch made for an agent, besides its runtime.
struct MadeResources {
    /// Name.
    role: Option<String>,
    /// Name.
    repository: Option<String>,
    /// Id.
    memory: Option<String>,
}

impl MadeResources {
    fn on_record(agent: &Agent) -> Self {
        let created = agent.created();
        let memory = agent.memory_id().filter(|id| agent.memory_wanted() && agent.made_memory(id));
        Self {
            role: created.execution_role.clone(),
            repository: created.repository.clone(),
            memory: memory.map(str::to_owned),
        }
    }

    /// By names and tags, as a destroy finds them: those of an environment may be on record in another checkout.
    async fn find(store: &Store, agent: &Agent, cloud: &Cloud, account: &str) -> Result<Self> {
        let record = AgentRecord::new(store.clone(), agent.clone());
        let has_images = agent.deployment_type == DeploymentType::Container || agent.created().repository.is_some();
        let is_memory_known = agent.memory_id().is_some() || !agent.created().memories.is_empty();
        let mut role = Node::new(ExecutionRole::on_record(&record, cloud.region()));
        let place = (account, cloud.region());
        let mut repository = has_images.then(|| Node::new(Repository::on_record(&record, place, false)));
        // As one that is taken along: what hides it is an error, or the definition would lack it.
        let mut memory = Memory::on_record(&record, true).into_iter().map(Node::new).find(|_| !is_memory_known);
        let nodes: [Option<&mut dyn AnyNode>; 3] =
            [Some(&mut role), if_present(&mut repository), if_present(&mut memory)];
        engine::observe(nodes.into_iter().flatten().collect(), cloud).await?;
        let repository = repository.and_then(|node| {
            let name = node.resource.name.clone();
            ours(node).map(|_| name)
        });
        let found = memory.and_then(ours).map(|found| found.memory.id().to_owned());
        Ok(Self {
            role: ours(role).map(|found| found.role.name),
            repository,
            memory: Self::on_record(agent).memory.or(found),
        })
    }
}

/// What was found, where launch made it for this agent.
fn ours<R: Resource>(node: Node<R>) -> Option<R::Observed> {
    let is_ours = match node.resource.standing(node.observed.as_ref()) {
        Standing::Managed(owner) => owner.is_ours(),
        Standing::Brought => false,
    };
    node.observed.filter(|_| is_ours)
}

impl Definition {
    /// The endpoint of a policy, by what its ARN has after the runtime's; `None` for the runtime itself.
    fn endpoint_of_policy(end: &str) -> Option<&str> {
        end.rsplit_once('/').map(|(_, name)| name)
    }
}

/// The printed definition.
#[derive(Debug)]
pub(crate) struct ExportReport {
    agent: String,
    format: ExportFormat,
    text: String,
    secrets: Vec<String>,
    left_out: Vec<String>,
    /// Written there instead of to stdout.
    pub(crate) file: Option<String>,
}

/// A text in one of the languages, and the members that it has no words for.
struct Rendered {
    text: String,
    left_out: Vec<String>,
}

/// Reads what is deployed.
///
/// # Errors
/// An agent that is not deployed, and the services' refusals.
pub(crate) async fn export(store: &Store, agent: &Agent, cloud: &Cloud, format: ExportFormat) -> Result<ExportReport> {
    let definition = read(store, agent, cloud).await?;
    let Rendered { text, left_out } = match format {
        ExportFormat::Terraform => terraform::render(&definition),
        ExportFormat::CloudFormation => cloudformation::render(&definition),
        ExportFormat::Boto3 => boto3::render(&definition),
    };
    Ok(ExportReport { agent: agent.name.clone(), format, text, secrets: definition.secrets, left_out, file: None })
}

async fn read(store: &Store, agent: &Agent, cloud: &Cloud) -> Result<Definition> {
    let arn = target::require_arn(store, agent)?;
    let identity = cloud.identity().await?;
    target::check_account(agent, &identity)?;
    let id = agent.runtime_id().unwrap_or_else(|| arn.resource_id());
    let made = match &agent.environment {
        Some(_) => MadeResources::find(store, agent, cloud, &identity.account).await?,
        None => MadeResources::on_record(agent),
    };
    let text = arn.to_string();
    let (live, tags, endpoints, policies, role, repository, memory) = tokio::try_join!(
        cloud.runtime(id),
        cloud.resource_tags(&text),
        cloud.endpoints(id),
        resource_policy::find(cloud, &text),
        read_role(made.role.as_deref(), cloud),
        read_repository(made.repository.as_deref(), cloud),
        read_memory(made.memory.as_deref(), cloud),
    )?;
    let live = live.ok_or_else(|| {
        Error::not_found(format!("the runtime of `{}` on record is gone: {arn}", agent.name))
            .code(Code::AgentNotDeployed)
            .hint(format!("deploy it again: `{}`", shell::command("launch", store, agent)))
    })?;
    let mut runtime = live.raw.as_object().cloned().unwrap_or_default();
    runtime.retain(|name, value| (name == NAME || !runtime::is_read_only(name)) && !is_empty(value));
    let secrets = take_secrets(&mut runtime, agent);
    let named: Vec<&Endpoint> = endpoints.iter().filter(|endpoint| endpoint.name != DEFAULT_ENDPOINT).collect();
    let policies = [policies, named_policies(cloud, &text, &named).await?].concat();
    let endpoints = named.into_iter().map(|endpoint| EndpointDefinition {
        name: endpoint.name.clone(),
        version: endpoint.target().map(str::to_owned),
        description: endpoint.description().map(str::to_owned),
    });
    Ok(Definition {
        agent: agent.deployed_name(),
        region: cloud.region().to_owned(),
        id: id.to_owned(),
        arn: text,
        endpoints: endpoints.collect(),
        policies,
        runtime,
        secrets,
        tags: own_tags(tags.unwrap_or_default()),
        role,
        repository,
        memory,
    })
}

/// The policies of endpoints with a name. Each endpoint that lets others in has one of its own.
async fn named_policies(cloud: &Cloud, runtime: &str, endpoints: &[&Endpoint]) -> Result<Vec<(String, Value)>> {
    let read = |endpoint: &&Endpoint| {
        let arn = endpoint.arn.clone();
        async move { Ok::<_, Error>((cloud.resource_policy(&arn).await?, arn)) }
    };
    let found = try_join_all(endpoints.iter().map(read)).await?;
    let end = |arn: &str| arn.strip_prefix(runtime).unwrap_or_default().to_owned();
    Ok(found.into_iter().filter_map(|(policy, arn)| Some((end(&arn), policy?))).collect())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Without those of this program: who defines a resource elsewhere owns it there.
fn own_tags(tags: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut tags: Vec<(String, String)> = tags.into_iter().filter(|(key, _)| !naming::is_own_tag(key)).collect();
    tags.sort();
    tags
}

/// Names of the variables that may be secrets, which are taken out: by their looks, or because the file says that a launch gets
/// them from elsewhere.
fn take_secrets(runtime: &mut Map<String, Value>, agent: &Agent) -> Vec<String> {
    let Some(variables) = runtime.get_mut("environmentVariables").and_then(Value::as_object_mut) else {
        return Vec::new();
    };
    let is_kept = |name: &str| agent.own.environment.get(name).is_some_and(|value| has_references(value));
    let is_secret =
        |(name, value): &(&String, &Value)| is_kept(name) || may_be_secret(name, value.as_str().unwrap_or_default());
    let mut secrets: Vec<String> = variables.iter().filter(is_secret).map(|(name, _)| name.clone()).collect();
    secrets.sort();
    variables.retain(|name, _| !secrets.contains(name));
    secrets
}

async fn read_role(name: Option<&str>, cloud: &Cloud) -> Result<Option<RoleDefinition>> {
    let Some(name) = name else { return Ok(None) };
    let (role, names, attached) =
        tokio::try_join!(cloud.role(name), cloud.role_policy_names(name), cloud.attached_policies(name))?;
    let Some(role) = role else { return Ok(None) };
    let mut policies = Vec::new();
    for policy in names {
        if let Some(document) = cloud.role_policy(name, &policy).await? {
            policies.push((policy, document));
        }
    }
    Ok(Some(RoleDefinition {
        name: role.name,
        trust: role.trust.unwrap_or_default(),
        policies,
        attached,
        boundary: role.permissions_boundary,
        tags: own_tags(role.tags),
    }))
}

async fn read_repository(name: Option<&str>, cloud: &Cloud) -> Result<Option<RepositoryDefinition>> {
    let Some(name) = name else { return Ok(None) };
    let found = cloud.repository(name, None).await?;
    Ok(found
        .map(|found| RepositoryDefinition { name: name.to_owned(), tags: own_tags(found.tags.unwrap_or_default()) }))
}

async fn read_memory(id: Option<&str>, cloud: &Cloud) -> Result<Option<MemoryDefinition>> {
    let Some(id) = id else { return Ok(None) };
    let found = cloud.memory(id).await?;
    Ok(found.map(|memory| MemoryDefinition {
        id: id.to_owned(),
        name: memory.name().to_owned(),
        description: memory.raw.get("description").and_then(Value::as_str).map(str::to_owned),
        expiry_days: memory.event_expiry_days().unwrap_or(30),
        strategies: memory.strategies().to_vec(),
    }))
}

/// `snake_case` of a member's `camelCase`; `customJWTAuthorizer` is `custom_jwt_authorizer`.
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && !letters[at - 1].is_ascii_uppercase();
        let before_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && at > 0 && (after_small || before_small) {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// `PascalCase` of a member's `camelCase`.
fn pascal(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

impl ExportReport {
    /// The definition itself.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Report for ExportReport {
    fn schema(&self) -> &'static str {
        schemas::EXPORT
    }

    fn data(&self) -> Value {
        json!({
            "agent": self.agent,
            "format": self.format.as_str(),
            "file": self.file,
            "text": self.text,
            "secrets": self.secrets,
            "leftOut": self.left_out,
        })
    }

    fn document(&self) -> Document {
        let Some(file) = &self.file else { return Document::new().verbatim(self.text.clone()) };
        let document = Document::new().field("written", file.clone());
        let list = |items: &[String]| Some(items.join(", ")).filter(|text| !text.is_empty());
        document.field_if("secrets to give", list(&self.secrets)).field_if("left out", list(&self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_each_languages_case() {
        for (name, small, large) in [
            ("customJWTAuthorizer", "custom_jwt_authorizer", "CustomJWTAuthorizer"),
            ("discoveryUrl", "discovery_url", "DiscoveryUrl"),
            ("s3", "s3", "S3"),
            ("requireMMDSV2", "require_mmdsv2", "RequireMMDSV2"),
        ] {
            assert_eq!((snake(name).as_str(), pascal(name).as_str()), (small, large));
        }
    }
}
