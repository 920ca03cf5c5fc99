//! Deletes exactly what this program made for identity, and keeps what the user brought, listing both.
//!
//! Goes by the record, the stores of set-up and `agentcore.created` of the agent, and by the tags of what is there: what
//! they do not confirm is kept. The plan is pure; nothing is asked of the account before something is deleted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::foreign::{self, Unconfirmed};
use super::providers::Place;
use super::store::Stored;
use super::{made, record, settings};
use crate::cloud::{Cloud, ProviderKind};
use crate::config::naming;
use crate::config::{Agent, CredentialProvider, Workload};
use crate::error::{Code, Context, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::fsx;
use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::owner;

/// What is deleted or kept.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    resource: &'static str,
    name: String,
    /// Why it is kept, or what goes with it.
    detail: Option<String>,
    what: What,
    region: String,
    /// The identity that its tags carry, if it is still the project's.
    project: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    Keep,
    Parameters(Vec<String>),
    Role(String),
    /// By id, else by the name of a client whose creation was cut off.
    Client {
        pool: String,
        id: Option<String>,
        name: String,
    },
    Server {
        pool: String,
        identifier: String,
    },
    User {
        pool: String,
        name: String,
    },
    Domain {
        pool: String,
        prefix: String,
    },
    /// By id, else by the name of a pool whose creation was cut off.
    Pool {
        id: Option<String>,
        name: String,
        project: Option<String>,
    },
    Files(Vec<PathBuf>),
    /// An inline policy of an execution role.
    RolePolicy {
        role: String,
        policy: String,
    },
    Provider {
        kind: ProviderKind,
        name: String,
    },
    Workload(String),
    /// The configuration's word of AWS's own tokens.
    AwsJwt,
}

/// Stands for the region that the agent of the configuration is in.
pub(crate) const AGENT_REGION: &str = "";

/// What clean-up would do.
#[derive(Debug)]
pub(crate) struct Plan {
    /// One list for each store, with its files last: they stay while anything of it does.
    groups: Vec<Vec<Item>>,
}

impl Plan {
    /// Reads the record only.
    pub(crate) fn of(dir: &Path, stores: &[Stored], agent: Option<&Agent>) -> Self {
        // A pool goes last: what others made in it is deleted one by one, and said.
        let (owners, guests): (Vec<&Stored>, Vec<&Stored>) =
            stores.iter().partition(|stored| stored.created(made::POOL));
        let of_agent = agent.map(of_agent);
        let of_stores = guests.into_iter().chain(owners).map(|stored| group(dir, stored));
        Self { groups: of_agent.into_iter().chain(of_stores).collect() }
    }

    pub(crate) fn deletes(&self) -> bool {
        self.groups.iter().flatten().any(|item| item.what != What::Keep)
    }

    /// Whether something has to be asked of AWS, and where.
    pub(crate) fn regions(&self) -> Vec<String> {
        let mut regions: Vec<String> = self
            .groups
            .iter()
            .flatten()
            .filter(|item| !matches!(item.what, What::Keep | What::Files(_) | What::AwsJwt))
            .map(|item| item.region.clone())
            .collect();
        regions.sort();
        regions.dedup();
        regions
    }

    /// The question to ask first.
    pub(crate) fn question(&self) -> String {
        let names: Vec<String> = self
            .groups
            .iter()
            .flatten()
            .filter(|item| !matches!(item.what, What::Keep | What::Files(_)))
            .map(|item| format!("{} {}", item.resource, item.name))
            .collect();
        format!("Delete {}?", if names.is_empty() { "the stored files".to_owned() } else { names.join(", ") })
    }

    /// What would happen.
    pub(crate) fn report(self) -> CleanupReport {
        CleanupReport { items: self.groups.into_iter().flatten().collect(), pending: true }
    }
}

/// What is on record of an agent: the role's policy first, then what it is for.
fn of_agent(agent: &Agent) -> Vec<Item> {
    let created = agent.created();
    let is_own = |known: &CredentialProvider| {
        ProviderKind::of_arn(&known.arn)
            .is_some_and(|kind| created.credential_providers.contains(&record::key(kind, &known.name)))
    };
    let mut items = Vec::new();
    let mut put = |resource: &'static str, name: String, detail: Option<String>, what: What| {
        let (region, project) = (AGENT_REGION.to_owned(), agent.project.clone());
        items.push(Item { resource, name, detail, what, region, project });
    };
    let brought = |workload: &&Workload| !record::workloads(created).any(|name| *name == workload.name);
    let brought = agent.identity.workload.as_ref().filter(brought);
    if let (Some(policy), Some(role)) = (&created.identity_policy, &created.execution_role) {
        let kept = brought.is_some() || agent.identity.credential_providers.iter().any(|known| !is_own(known));
        let (detail, what) = if kept {
            let detail =
                format!("of {role}; what stays of identity needs it, and the next launch brings it up to date");
            (detail, What::Keep)
        } else {
            (format!("of {role}"), What::RolePolicy { role: role.clone(), policy: policy.clone() })
        };
        put("role policy", policy.clone(), Some(detail), what);
    }
    for (kind, name) in created.credential_providers.iter().filter_map(|key| record::of_key(key)) {
        let what = What::Provider { kind, name: name.to_owned() };
        put("credential provider", name.to_owned(), Some(kind.word().to_owned()), what);
    }
    for known in &agent.identity.credential_providers {
        if !is_own(known) {
            let detail = "not made for this agent; `delete-credential-provider` deletes it";
            put("credential provider", known.name.clone(), Some(detail.to_owned()), What::Keep);
        }
    }
    for name in record::workloads(created) {
        put("workload identity", name.clone(), None, What::Workload(name.clone()));
    }
    if let Some(workload) = brought {
        let detail = "not made for this agent; `delete-workload-identity` deletes it";
        put("workload identity", workload.name.clone(), Some(detail.to_owned()), What::Keep);
    }
    if agent.aws_jwt.enabled {
        let detail = "taken out of the configuration; the account's federation stays enabled, others may use it";
        put("AWS tokens", agent.aws_jwt.audiences.join(", "), Some(detail.to_owned()), What::AwsJwt);
    }
    items
}

fn group(dir: &Path, stored: &Stored) -> Vec<Item> {
    let settings = &stored.settings;
    let mut items = Vec::new();
    let mut put = |resource: &'static str, name: String, detail: Option<String>, what: What| {
        let (region, project) = (stored.region.clone(), stored.project.clone());
        items.push(Item { resource, name, detail, what, region, project });
    };
    let parameters: Vec<String> =
        settings::parameter_names(settings).into_iter().filter(|name| stored.created(&made::parameter(name))).collect();
    if !parameters.is_empty() {
        let name = settings.ssm_prefix.clone().unwrap_or_default();
        put("parameters", name, Some(parameters.len().to_string()), What::Parameters(parameters));
    }
    if let Some(role) = &settings.gateway_role {
        if stored.created(made::ROLE) {
            put("role", role.clone(), Some("with its policies".to_owned()), What::Role(role.clone()));
        } else if stored.role_arn.is_some() {
            put("role", role.clone(), Some("it was there before setup-cognito ran".to_owned()), What::Keep);
        }
    }
    if stored.created(made::POOL) {
        let name = match &stored.pool_id {
            Some(id) => format!("{id} ({})", settings.pool_name),
            None => format!("{} (its creation was cut off)", settings.pool_name),
        };
        let what = What::Pool {
            id: stored.pool_id.clone(),
            name: settings.pool_name.clone(),
            project: stored.project.clone(),
        };
        put("user pool", name, Some("with its clients, users, scopes and domain".to_owned()), what);
    } else if let Some(pool) = &stored.pool_id {
        in_brought_pool(stored, pool, &mut put);
        let name = format!("{pool} ({})", settings.pool_name);
        put("user pool", name, Some("it was there before setup-cognito ran".to_owned()), What::Keep);
    }
    let files = stored.files(dir);
    if !files.is_empty() {
        let names: Vec<String> =
            files.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())).collect();
        put("files", names.join(", "), None, What::Files(files));
    }
    items
}

/// What set-up made in a pool that it did not make.
fn in_brought_pool(stored: &Stored, pool: &str, put: &mut impl FnMut(&'static str, String, Option<String>, What)) {
    let settings = &stored.settings;
    let clients = [
        (made::MACHINE_CLIENT, stored.machine_client.as_ref().map(|client| &client.id), &settings.machine_client_name),
        (made::USER_CLIENT, stored.user_client.as_ref(), &settings.user_client_name),
    ];
    for (mark, id, name) in clients {
        if let (true, Some(name)) = (stored.created(mark), name) {
            let what = What::Client { pool: pool.to_owned(), id: id.cloned(), name: name.clone() };
            put("app client", name.clone(), None, what);
        }
    }
    if let (true, Some(identifier)) = (stored.created(made::SERVER), &settings.resource_server) {
        let what = What::Server { pool: pool.to_owned(), identifier: identifier.clone() };
        put("resource server", identifier.clone(), None, what);
    }
    if let (true, Some(name)) = (stored.created(made::USER), &settings.username) {
        put("user", name.clone(), None, What::User { pool: pool.to_owned(), name: name.clone() });
    }
    if stored.created(made::DOMAIN) {
        match &stored.domain {
            Some(prefix) => {
                let what = What::Domain { pool: pool.to_owned(), prefix: prefix.clone() };
                put("domain", prefix.clone(), None, what);
            }
            // Whatever domain the pool has by now may be somebody else's.
            None => {
                let detail = "its creation was cut off before its name was on record";
                put("domain", "of the pool".to_owned(), Some(detail.to_owned()), What::Keep);
            }
        }
    }
}

/// What clean-up did or would do.
#[derive(Debug)]
pub(crate) struct CleanupReport {
    items: Vec<Item>,
    pending: bool,
}

/// Carries the plan out, as far as it can be: what fails does not keep the rest from being deleted. Repeating it goes on
/// with what is left: `command` does.
///
/// # Errors
/// [`Kind::Partial`] when something was deleted and something else could not be; what remains is listed as causes.
pub(crate) async fn apply(
    plan: Plan,
    clouds: &BTreeMap<String, Cloud>,
    place: Option<Place<'_>>,
    command: &str,
    events: &Events,
) -> Result<CleanupReport> {
    let mut run = Cleanup { clouds, place, command, events, done: 0, items: Vec::new(), failures: Vec::new() };
    for group in plan.groups {
        let mut whole = true;
        for item in group {
            whole &= run.one(item, whole).await;
        }
    }
    run.finish()
}

/// A clean-up under way.
struct Cleanup<'a> {
    clouds: &'a BTreeMap<String, Cloud>,
    place: Option<Place<'a>>,
    command: &'a str,
    events: &'a Events,
    /// How much was deleted.
    done: usize,
    items: Vec<Item>,
    /// What could not be done, and why.
    failures: Vec<(String, Error)>,
}

impl Cleanup<'_> {
    /// Deletes an item, or keeps it. `whole` says that nothing of its store is left before it; the answer, that nothing of
    /// this one is.
    async fn one(&mut self, item: Item, whole: bool) -> bool {
        match &item.what {
            What::Keep => self.items.push(item),
            // They are the record of what is left.
            What::Files(_) if !whole => {}
            What::Files(files) => match remove_files(files) {
                Ok(()) => self.items.push(item),
                Err(error) => return self.remains(&item, error),
            },
            What::AwsJwt => {
                self.forget(&item);
                self.items.push(item);
            }
            _ => return self.live(item).await,
        }
        true
    }

    /// The same for what is in the account.
    async fn live(&mut self, item: Item) -> bool {
        let clouds = self.clouds;
        let Some(cloud) = clouds.get(&item.region) else {
            return self.remains(&item, Error::failed("no connection to the region"));
        };
        match unconfirmed(&item, cloud).await {
            Ok(None) => {}
            Ok(Some(unconfirmed)) => {
                // The files are all that is known of something without a tag.
                let known = matches!(unconfirmed, Unconfirmed::Other);
                if known {
                    self.forget(&item);
                }
                let detail = Some(unconfirmed.reason().to_owned());
                self.items.push(Item { what: What::Keep, detail, ..item });
                return known;
            }
            Err(error) => return self.remains(&item, error),
        }
        self.events.resume(format!("`{}` goes on with what is left", self.command));
        self.events.started("delete", format!("delete {} `{}`", item.resource, item.name));
        if let Err(error) = delete(&item.what, cloud).await {
            return self.remains(&item, error);
        }
        self.done += 1;
        self.forget(&item);
        self.events.finished("delete", Outcome::Deleted, format!("{} {}", item.resource, item.name));
        self.items.push(item);
        true
    }

    fn remains(&mut self, item: &Item, error: Error) -> bool {
        self.failures.push((format!("{} {} remains", item.resource, item.name), error));
        false
    }

    /// Takes what is gone out of the configuration.
    fn forget(&mut self, item: &Item) {
        if let Err(error) = forget(&item.what, &mut self.place) {
            self.failures.push((format!("{} {} is still in the configuration", item.resource, item.name), error));
        }
    }

    fn finish(self) -> Result<CleanupReport> {
        let Some((_, first)) = self.failures.first() else {
            return Ok(CleanupReport { items: self.items, pending: false });
        };
        let kind = if self.done > 0 { Kind::Partial } else { first.kind() };
        let mut error = Error::new(kind, "identity is not completely cleaned up").code(Code::IdentityCleanupIncomplete);
        for (what, failure) in &self.failures {
            error = error.cause(format!("{what}: {failure}"));
        }
        let again = if self.done > 0 { "go on with what is left" } else { "run it again" };
        Err(error.hint(format!("mend the cause and {again}: `{}`", self.command)))
    }
}

fn remove_files(files: &[PathBuf]) -> Result<()> {
    files.iter().filter_map(|file| file.parent()).take(1).for_each(fsx::sweep);
    for file in files {
        std::fs::remove_file(file).with_context(|| format!("could not delete `{}`", file.display()))?;
        file.parent().into_iter().for_each(fsx::sweep);
    }
    Ok(())
}

/// Takes what is gone out of the configuration.
fn forget(what: &What, place: &mut Option<Place<'_>>) -> Result<()> {
    let Some(Place { store, agent }) = place else { return Ok(()) };
    match what {
        What::RolePolicy { .. } => store.record(agent, &[], |created| created.identity_policy = None),
        What::Provider { kind, name } => record::remove_provider(store, agent, *kind, name),
        What::Workload(name) => record::remove_workload(store, agent, name),
        What::AwsJwt => {
            record::put_aws_jwt(store, agent, &[("enabled", json!(false)), ("audiences", json!([]))]).map(drop)
        }
        _ => Ok(()),
    }
}

/// Why what is on record is kept, going by the tags of what is there now.
async fn unconfirmed(item: &Item, cloud: &Cloud) -> Result<Option<Unconfirmed>> {
    let project = item.project.as_deref();
    let tags = match &item.what {
        // The execution role may be the user's own or the toolkit's, without tags.
        What::RolePolicy { role, .. } => {
            let tags = cloud.role(role).await?.map(|role| role.tags).unwrap_or_default();
            return Ok(owner::is_another_projects(&tags, project).then_some(Unconfirmed::Other));
        }
        What::Parameters(names) => {
            for name in names {
                let there = !cloud.parameters(std::slice::from_ref(name)).await?.is_empty();
                let tags = if there { Some(cloud.parameter_tags(name).await?) } else { None };
                if let Some(unconfirmed) = tags.and_then(|tags| foreign::unconfirmed(&tags, project)) {
                    return Ok(Some(unconfirmed));
                }
            }
            None
        }
        What::Role(name) => cloud.role(name).await?.map(|role| role.tags),
        What::Pool { id: Some(id), .. } => cloud.user_pool(id).await?.map(|pool| pool.tags),
        What::Provider { kind, name } => match cloud.credential_provider(*kind, name).await? {
            Some(found) => foreign::tags(cloud, &found, foreign::PROVIDER_ARN).await?,
            None => None,
        },
        What::Workload(name) => match cloud.workload_identity(name).await? {
            Some(found) => foreign::tags(cloud, &found, foreign::WORKLOAD_ARN).await?,
            None => None,
        },
        _ => None,
    };
    Ok(tags.and_then(|tags| foreign::unconfirmed(&tags, project)))
}

async fn delete(what: &What, cloud: &Cloud) -> Result<()> {
    match what {
        What::Keep | What::Files(_) | What::AwsJwt => Ok(()),
        What::RolePolicy { role, policy } => cloud.delete_role_policy(role, policy).await.map(drop),
        What::Provider { kind, name } => cloud.delete_credential_provider(*kind, name).await.map(drop),
        What::Workload(name) => cloud.delete_workload_identity(name).await.map(drop),
        What::Parameters(names) => cloud.delete_parameters(names).await,
        What::Role(name) => cloud.delete_role(name).await.map(drop),
        What::Client { pool, id, name } => {
            let id = match id {
                Some(id) => Some(id.clone()),
                None => cloud.find_user_pool_client(pool, name).await?,
            };
            match id {
                Some(id) => cloud.delete_user_pool_client(pool, &id).await.map(drop),
                None => Ok(()),
            }
        }
        What::Server { pool, identifier } => cloud.delete_resource_server(pool, identifier).await.map(drop),
        What::User { pool, name } => cloud.delete_user(pool, name).await.map(drop),
        What::Domain { pool, prefix } => {
            let live = cloud.user_pool(pool).await?.and_then(|pool| pool.domain);
            match live {
                Some(live) if live == *prefix => cloud.delete_domain(pool, prefix).await.map(drop),
                _ => Ok(()),
            }
        }
        What::Pool { id, name, project } => delete_pool(cloud, (id.as_deref(), name), project.as_deref()).await,
    }
}

/// A pool with a domain cannot be deleted. One whose id was never written down is known by its name and our tag.
async fn delete_pool(cloud: &Cloud, (id, name): (Option<&str>, &str), project: Option<&str>) -> Result<()> {
    let found = match id {
        Some(id) => cloud.user_pool(id).await?,
        None => match cloud.find_user_pool(name).await? {
            Some(id) => cloud
                .user_pool(&id)
                .await?
                .filter(|pool| naming::is_managed(&pool.tags) && !owner::is_another_projects(&pool.tags, project)),
            None => None,
        },
    };
    let Some(pool) = found else { return Ok(()) };
    if let Some(domain) = &pool.domain {
        cloud.delete_domain(&pool.id, domain).await?;
    }
    cloud.delete_user_pool(&pool.id).await.map(drop)
}

impl Report for CleanupReport {
    fn schema(&self) -> &'static str {
        schemas::CLEANUP
    }

    fn data(&self) -> Value {
        let each = self.items.iter().map(|item| {
            let outcome = if item.what == What::Keep { Outcome::Kept } else { Outcome::Deleted };
            json!({ "outcome": outcome, "kind": item.resource, "resource": item.name, "detail": item.detail })
        });
        json!({ "resources": each.collect::<Vec<_>>(), "applied": !self.pending })
    }

    fn document(&self) -> Document {
        if self.items.is_empty() {
            return Document::new().line("Nothing to delete.");
        }
        let rows = self.items.iter().map(|item| {
            let (style, word) = match (&item.what, self.pending) {
                (What::Keep, _) => (Style::Dim, "kept"),
                (_, true) => (Style::Attention, "would delete"),
                (_, false) => (Style::Bad, "deleted"),
            };
            vec![
                (style, word.to_owned()),
                (Style::Plain, item.resource.to_owned()),
                (Style::Plain, item.name.clone()),
                (Style::Dim, item.detail.clone().unwrap_or_default()),
            ]
        });
        Document::new().table(vec!["", "RESOURCE", "NAME", ""], rows.collect())
    }

    fn exit_code(&self) -> u8 {
        let changes = self.items.iter().any(|item| item.what != What::Keep);
        if self.pending && changes { Kind::Pending.exit_code() } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::{Flow, Settings};
    use super::*;

    fn stored(created: &[&str]) -> Stored {
        let settings = Settings {
            team: Some("t".into()),
            pool_name: "p".into(),
            user_client_name: Some("web".into()),
            machine_client_name: Some("machine".into()),
            username: Some("u".into()),
            resource_server: Some("s".into()),
            gateway_role: Some("r".into()),
            ssm_prefix: Some("/app/t".into()),
            ..Settings::default()
        };
        let mut stored = Stored::new(Flow::Team, "1", "us-west-2", settings);
        stored.pool_id = Some("us-west-2_x".into());
        stored.role_arn = Some("arn:aws:iam::1:role/r".into());
        stored.domain = Some("prefix".into());
        stored.created = created.iter().map(|what| (*what).to_owned()).collect();
        stored
    }

    fn names(stored: &Stored, kept: bool) -> Vec<&'static str> {
        let plan = Plan::of(Path::new("/nowhere"), std::slice::from_ref(stored), None);
        let items = plan.groups.into_iter().flatten();
        items.filter(|item| (item.what == What::Keep) == kept).map(|item| item.resource).collect()
    }

    #[test]
    fn nothing_that_was_there_before_is_deleted() {
        assert_eq!(names(&stored(&[]), false), Vec::<&str>::new());
        assert_eq!(names(&stored(&[]), true), ["role", "user pool"]);
        assert_eq!(names(&stored(&["user client", "domain"]), false), ["app client", "domain"]);
    }

    #[test]
    fn a_domain_whose_name_is_not_on_record_stays() {
        let mut cut_off = stored(&["domain"]);
        cut_off.domain = None;
        assert_eq!(names(&cut_off, false), Vec::<&str>::new());
        assert_eq!(names(&cut_off, true), ["role", "domain", "user pool"]);
    }

    #[test]
    fn of_an_agent_only_what_was_made_goes() {
        let provider = |name: &str| CredentialProvider {
            name: name.into(),
            arn: format!("arn:aws:bedrock-agentcore:us-west-2:1:token-vault/default/apikeycredentialprovider/{name}"),
            ..Default::default()
        };
        let mut agent = Agent { name: "a".into(), ..Agent::default() };
        agent.identity.credential_providers = vec![provider("own"), provider("brought")];
        agent.own.created.credential_providers = vec!["apikey/own".into(), "oauth2/cut-off".into()];
        agent.own.created.identity_policy = Some("p".into());
        agent.own.created.execution_role = Some("r".into());
        let items = of_agent(&agent);
        let seen: Vec<(&str, &str, bool)> =
            items.iter().map(|item| (item.resource, item.name.as_str(), item.what == What::Keep)).collect();
        assert_eq!(
            seen,
            [
                ("role policy", "p", true),
                ("credential provider", "own", false),
                ("credential provider", "cut-off", false),
                ("credential provider", "brought", true),
            ]
        );
        agent.identity.credential_providers.pop();
        assert!(matches!(of_agent(&agent)[0].what, What::RolePolicy { .. }), "nothing that stays needs it");
    }

    #[test]
    fn every_workload_identity_on_record_goes_and_a_brought_one_stays() {
        let mut agent = Agent { name: "a".into(), ..Agent::default() };
        agent.own.created.workload_identity = Some("first".into());
        agent.own.created.workload_identities = vec!["second".into()];
        agent.identity.workload = Some(Workload { name: "brought".into(), ..Workload::default() });
        let seen: Vec<(String, bool)> =
            of_agent(&agent).into_iter().map(|item| (item.name, item.what == What::Keep)).collect();
        let expected = [("first", false), ("second", false), ("brought", true)];
        assert_eq!(seen, expected.map(|(name, kept)| (name.to_owned(), kept)));
    }

    #[test]
    fn a_pool_of_its_own_takes_along_what_is_in_it() {
        let all = stored(&["pool", "user client", "domain", "role", "parameter /app/t/userpool_id"]);
        assert_eq!(names(&all, false), ["parameters", "role", "user pool"]);
    }
}
