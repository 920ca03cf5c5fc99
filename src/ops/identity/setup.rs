//! Makes what is missing of a set-up and brings what differs into shape, one resource at a time.
//!
//! Each creation is written down before its request, because Cognito has neither idempotency tokens nor unique names: a
//! run that is killed knows by that word what is its own. What was there before is used as it is and said to be so.

mod report;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::observe::{self, Observed, State};
use super::store::{self, Flow, Stored};
use super::{SetupRequest, foreign, made, settings};
use crate::auth;
use crate::cloud::{Cloud, Identity, RoleSpec};
use crate::config::naming;
use crate::error::{Code, Error, Kind, Result};
use crate::events::{Events, Outcome};
use crate::http::Http;
use crate::resources::owner;
use crate::shell::CommandLine;
use crate::wait::{self, Probe, Schedule};
use report::Line;

pub(crate) use report::SetupReport;

/// What a set-up works with.
pub(crate) struct Bench<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) http: &'a Http,
    pub(crate) identity: &'a Identity,
    /// Folder of the project; the store is written here.
    pub(crate) dir: &'a Path,
    /// The command that goes on with what is stored.
    pub(crate) repeat: &'a str,
    /// The project's identity, where its configuration has one.
    pub(crate) project: Option<&'a str>,
    /// Go on in the pool and with the role of another project.
    pub(crate) adopt: bool,
    pub(crate) events: &'a Events,
}

/// Creates and updates until everything is as the settings say. Running it again changes nothing but a password that was
/// given.
pub(crate) async fn setup(bench: &Bench<'_>, request: &SetupRequest) -> Result<SetupReport> {
    let flow = request.flow();
    let known = Stored::load(bench.dir, flow)?;
    let region = bench.cloud.region();
    let mut settings = request.settings(known.as_ref().map(|known| &known.settings), bench.dir, region)?;
    if known.is_none() && request.pool_name.is_none() && flow != Flow::Team {
        // People and machines of one agent have to be in one pool: its authorizer knows only one issuer.
        let other = if flow == Flow::User { Flow::Machine } else { Flow::User };
        if let Some(other) = Stored::load(bench.dir, other)?.filter(|other| other.region == region) {
            settings.pool_name = other.settings.pool_name;
        }
    }
    settings::check_way(known.as_ref(), &settings, bench.identity)?;
    let mut stored = match known {
        Some(known) if known.region == region && known.settings.pool_name == settings.pool_name => {
            Stored { settings, account: Some(bench.identity.account.clone()), ..known }
        }
        _ => Stored::new(flow, &bench.identity.account, region, settings),
    };
    if let Some(password) = &request.password {
        use crate::redact::ExposeSecret;
        let same = stored.password.as_ref().is_some_and(|old| old.expose_secret() == password.expose_secret());
        stored.password_set &= same;
        stored.password = Some(password.clone());
    }
    if stored.project.is_none() && stored.created.is_empty() {
        let configured = bench.project.map(str::to_owned);
        stored.project = Some(configured.unwrap_or_else(|| super::proposed_identity(bench.dir)));
    }
    let observed = observe::observe(bench.cloud, &stored).await?;
    let given = request.password.is_some();
    let mut run = Run { bench, stored, observed, given, ignored: false, lines: Vec::new() };
    run.check_parameters().await?;
    run.check_projects()?;
    run.ignored = store::ignore_in_git(bench.dir, bench.events)?;
    match run.everything().await {
        Ok(()) => run.report(),
        Err(error) => Err(run.explain(error)),
    }
}

struct Run<'a> {
    bench: &'a Bench<'a>,
    stored: Stored,
    observed: Observed,
    /// A password was given.
    given: bool,
    /// Git does not see what is stored.
    ignored: bool,
    lines: Vec<Line>,
}

impl<'a> Run<'a> {
    async fn everything(&mut self) -> Result<()> {
        self.pool().await?;
        self.domain().await?;
        self.resource_server().await?;
        self.user_client().await?;
        self.machine_client().await?;
        self.user().await?;
        self.role().await?;
        self.parameters().await
    }

    /// The failure of a resource, as that of the whole set-up: [`Kind::Partial`] once another was made or changed.
    fn explain(&self, error: Error) -> Error {
        let is_change = |line: &&Line| matches!(line.outcome, Outcome::Created | Outcome::Updated);
        let done: Vec<&Line> = self.lines.iter().filter(is_change).collect();
        if done.is_empty() || matches!(error.kind(), Kind::Deadline | Kind::Interrupted) {
            return error;
        }
        let error = error.with_kind(Kind::Partial);
        let error =
            done.iter().fold(error, |error, line| error.cause(format!("done: {} {}", line.resource, line.name)));
        error.hint(format!("mend the cause and go on with what is left: `{}`", self.bench.repeat))
    }

    fn save(&self) -> Result<()> {
        self.stored.save(self.bench.dir)
    }

    fn started(&self, step: &'static str, title: String) {
        self.bench.events.resume(format!(
            "`{}` goes on from what was made, `agentcore identity cleanup` takes it away",
            self.bench.repeat
        ));
        self.bench.events.started(step, title);
    }

    fn done(&mut self, step: &'static str, resource: &'static str, outcome: Outcome, name: &str) {
        self.bench.events.finished(step, outcome, format!("{resource} {name}"));
        self.lines.push(Line { resource, name: name.to_owned(), outcome, details: Vec::new() });
    }

    /// Something that is not ours and not as it was asked for: used as it is, and said.
    fn kept(&mut self, resource: &'static str, name: &str, details: Vec<String>) {
        for detail in &details {
            self.bench.events.warning(format!("{resource} {name}: {detail}"));
        }
        self.lines.push(Line { resource, name: name.to_owned(), outcome: Outcome::Kept, details });
    }

    /// Sends a creation with its word on record. A refusal takes the word back; no answer leaves it.
    async fn make<T>(&mut self, what: &str, creation: impl Future<Output = Result<T>>) -> Result<T> {
        let fresh = self.stored.created.insert(what.to_owned());
        self.save()?;
        match creation.await {
            Err(error) if fresh && is_refusal(&error) => {
                self.stored.created.remove(what);
                self.save()?;
                Err(error)
            }
            other => other,
        }
    }

    /// Whether set-up made it; whatever is in a pool of its own is its own.
    fn is_ours(&self, what: &str) -> bool {
        self.stored.created(what) || self.stored.created(made::POOL)
    }

    fn pool_id(&self) -> Result<String> {
        self.stored.pool_id.clone().ok_or_else(|| Error::failed("the user pool has no id"))
    }

    async fn pool(&mut self) -> Result<()> {
        let cloud = self.bench.cloud;
        let name = self.stored.settings.pool_name.clone();
        let outcome = match &self.observed.pool {
            Some(pool) if self.stored.pool_id.as_ref() == Some(&pool.id) => Outcome::Unchanged,
            Some(pool) => {
                // Found by its name. It is ours when it carries this project's identity, or when it is older than identities
                // and a run that was cut off meant to make it.
                let intended = self.stored.pool_id.is_none() && self.stored.created(made::POOL);
                let ours = settings::is_ours(&pool.tags, &self.stored, intended);
                let id = pool.id.clone();
                if self.stored.pool_id.is_some() {
                    observe::forget_pool(&mut self.stored);
                }
                self.stored.pool_id = Some(id);
                if ours {
                    self.stored.created.insert(made::POOL.to_owned());
                } else {
                    self.stored.created.remove(made::POOL);
                }
                Outcome::Unchanged
            }
            None => {
                observe::forget_pool(&mut self.stored);
                self.started("pool", format!("create user pool `{name}`"));
                let tags = settings::tags(&self.stored);
                let id = self.make(made::POOL, cloud.create_user_pool(&name, &tags)).await?;
                self.stored.pool_id = Some(id);
                Outcome::Created
            }
        };
        let id = self.pool_id()?;
        self.stored.discovery_url = Some(self.discovery_url(&id).await);
        self.save()?;
        self.done("pool", "user pool", outcome, &format!("{id} ({name})"));
        Ok(())
    }

    /// The issuer's own address, which tokens are compared with: behind a configured endpoint the pool's document knows it, and
    /// the endpoint's address says nothing.
    async fn discovery_url(&self, pool_id: &str) -> String {
        let cloud = self.bench.cloud;
        let at_aws = cloud.pool_discovery_url(pool_id);
        let Some(endpoint) = cloud.pools_endpoint() else { return at_aws };
        match auth::own_discovery_url(self.bench.http, &endpoint, pool_id).await {
            Ok(url) => url,
            Err(error) => {
                self.bench.events.warning(format!(
                    "{} does not say which issuer the pool has, so its address at AWS is kept, {at_aws}: {error}",
                    endpoint
                ));
                at_aws
            }
        }
    }

    async fn domain(&mut self) -> Result<()> {
        if self.stored.settings.resource_server.is_none() {
            return Ok(());
        }
        let cloud = self.bench.cloud;
        let pool_id = self.pool_id()?;
        let live = self.observed.pool.as_ref().and_then(|pool| pool.domain.clone());
        let wanted = self.stored.settings.domain_prefix.clone();
        let (prefix, fresh) = match live {
            Some(live) => {
                if self.stored.domain.as_ref() != Some(&live) {
                    self.stored.created.remove(made::DOMAIN);
                }
                let differs = observe::domain_state(wanted.as_deref(), self.observed.pool.as_ref()) != State::Same;
                if let (true, Some(wanted)) = (differs, wanted) {
                    self.kept(
                        "domain",
                        &live,
                        vec![format!("the pool has this domain and can have no other, so `{wanted}` was not made")],
                    );
                } else {
                    self.done("domain", "domain", Outcome::Unchanged, &live);
                }
                (live, false)
            }
            None => {
                let prefix =
                    wanted.unwrap_or_else(|| settings::derived_domain(&self.stored.settings.pool_name, &pool_id));
                self.started("domain", format!("create domain `{prefix}`"));
                // On record with the intention: after an unanswered request only this name is ours.
                self.stored.domain = Some(prefix.clone());
                (self.stored.token_endpoint, self.stored.authorization_endpoint) = (None, None);
                if let Err(error) = self.make(made::DOMAIN, cloud.create_domain(&pool_id, &prefix)).await {
                    if is_refusal(&error) {
                        self.stored.domain = None;
                        self.save()?;
                    }
                    let hint = "a domain's name is unique in the region: choose another with `--domain-prefix`";
                    return Err(error.hint(hint));
                }
                wait::until(Schedule::until(DOMAIN), "the domain", || async {
                    Ok(match cloud.domain_is_active(&prefix).await? {
                        Some(true) => Probe::Done(()),
                        Some(false) => Probe::Pending("not active yet".to_owned()),
                        None => Probe::Pending("not there yet".to_owned()),
                    })
                })
                .await?;
                self.done("domain", "domain", Outcome::Created, &prefix);
                (prefix, true)
            }
        };
        if fresh || self.stored.domain.as_ref() != Some(&prefix) || self.stored.token_endpoint.is_none() {
            let base = cloud.hosted_domain(&prefix);
            let (token, authorization) = self.endpoints(&base, &prefix).await;
            (self.stored.token_endpoint, self.stored.authorization_endpoint) = (Some(token), Some(authorization));
            self.stored.domain = Some(prefix);
        }
        self.save()
    }

    /// Where tokens come from and where people sign in. A domain has a known address; behind a configured endpoint the
    /// discovery document says both.
    async fn endpoints(&self, base: &str, prefix: &str) -> (String, String) {
        let usual = (format!("{base}/oauth2/token"), format!("{base}/oauth2/authorize"));
        let Some(url) = self.stored.discovery_url.as_ref().filter(|_| !base.contains(prefix)) else { return usual };
        match auth::discover(self.bench.http, url).await {
            Ok(provider) => {
                (provider.token_endpoint.unwrap_or(usual.0), provider.authorization_endpoint.unwrap_or(usual.1))
            }
            Err(_) => usual,
        }
    }

    async fn resource_server(&mut self) -> Result<()> {
        let Some(identifier) = self.stored.settings.resource_server.clone() else { return Ok(()) };
        let cloud = self.bench.cloud;
        let pool_id = self.pool_id()?;
        let live = self.observed.server.clone();
        let wanted = settings::resource_server(&self.stored.settings, live.as_ref());
        let outcome = match observe::server_state(&self.stored, live.as_ref()) {
            State::Same => Outcome::Unchanged,
            State::Missing => {
                self.started("scopes", format!("create resource server `{identifier}`"));
                self.make(made::SERVER, cloud.create_resource_server(&pool_id, &wanted)).await?;
                Outcome::Created
            }
            // Also where it is somebody else's: the new scopes take nothing from anybody.
            State::Differs(_) => {
                self.started("scopes", format!("add scopes to resource server `{identifier}`"));
                cloud.update_resource_server(&pool_id, &wanted).await?;
                Outcome::Updated
            }
        };
        self.done("scopes", "resource server", outcome, &identifier);
        Ok(())
    }

    async fn user_client(&mut self) -> Result<()> {
        let Some(name) = self.stored.settings.user_client_name.clone() else { return Ok(()) };
        let wanted = settings::user_client(&self.stored.settings);
        let live = self.observed.user_client.take();
        let client = self.client((made::USER_CLIENT, "user client", &name), false, live, &wanted).await?;
        self.stored.user_client = client.get("ClientId").and_then(Value::as_str).map(str::to_owned);
        self.save()
    }

    async fn machine_client(&mut self) -> Result<()> {
        let Some(name) = self.stored.settings.machine_client_name.clone() else { return Ok(()) };
        let wanted = settings::machine_client(&self.stored.settings);
        let live = self.observed.machine_client.take();
        let client = self.client((made::MACHINE_CLIENT, "machine client", &name), true, live, &wanted).await?;
        let client = observe::machine_of(&client).ok_or_else(|| Error::failed("Cognito gave no client id"))?;
        if client.secret.is_none() {
            return Err(Error::usage(format!("the app client `{name}` has no secret, so no machine can use it"))
                .code(Code::IdentityNoSecret)
                .hint("choose another name with `--machine-client-name`"));
        }
        self.stored.machine_client = Some(client);
        self.save()
    }

    async fn client(
        &mut self,
        (what, resource, name): (&'static str, &'static str, &str),
        secret: bool,
        live: Option<Value>,
        wanted: &Map<String, Value>,
    ) -> Result<Value> {
        let cloud = self.bench.cloud;
        let pool_id = self.pool_id()?;
        let label =
            |client: &Value| format!("{} ({name})", client.get("ClientId").and_then(Value::as_str).unwrap_or_default());
        match (observe::client_state(live.as_ref(), wanted), live) {
            (State::Differs(differences), Some(live)) if self.is_ours(what) => {
                self.started("client", format!("update {resource} `{name}`"));
                let client = cloud.update_user_pool_client(&updated(&pool_id, &live, wanted)).await?;
                // An answer without the secret must not lose it.
                let client = if client.get("ClientSecret").is_some() { client } else { live };
                self.done("client", resource, Outcome::Updated, &label(&client));
                if let Some(line) = self.lines.last_mut() {
                    line.details = differences.into_iter().map(|difference| difference.part).collect();
                }
                Ok(client)
            }
            (State::Differs(differences), Some(live)) => {
                let details = differences
                    .iter()
                    .map(|difference| {
                        format!(
                            "{} is {}, not {}, and set-up did not make this client",
                            difference.part, difference.found, difference.expected
                        )
                    })
                    .collect();
                self.kept(resource, &label(&live), details);
                Ok(live)
            }
            (_, Some(live)) => {
                self.done("client", resource, Outcome::Unchanged, &label(&live));
                Ok(live)
            }
            (_, None) => {
                self.started("client", format!("create {resource} `{name}`"));
                let mut body = wanted.clone();
                body.insert("UserPoolId".to_owned(), json!(pool_id));
                body.insert("ClientName".to_owned(), json!(name));
                body.insert("GenerateSecret".to_owned(), json!(secret));
                body.insert("RefreshTokenValidity".to_owned(), json!(30));
                let body = Value::Object(body);
                let client = self.make(what, cloud.create_user_pool_client(&body)).await?;
                self.done("client", resource, Outcome::Created, &label(&client));
                Ok(client)
            }
        }
    }

    async fn user(&mut self) -> Result<()> {
        let Some(username) = self.stored.settings.username.clone() else { return Ok(()) };
        let cloud = self.bench.cloud;
        let pool_id = self.pool_id()?;
        match self.observed.user {
            Some(true) if self.stored.password_set => {
                self.done("user", "user", Outcome::Unchanged, &username);
                return Ok(());
            }
            // Setting a password would lock out whoever uses this one.
            Some(permanent) if keeps_password(&self.stored, self.given) => {
                let state = if permanent { "a password that is not known here" } else { "no permanent password yet" };
                let detail = format!(
                    "set-up did not make it, and it has {state}: left as it is; set one with `--password-file`"
                );
                self.kept("user", &username, vec![detail]);
                return Ok(());
            }
            _ => {}
        }
        self.started("user", format!("create user `{username}`"));
        let password = self.stored.password.get_or_insert_with(store::generate_password).clone();
        let outcome = if self.observed.user.is_none() {
            self.make(made::USER, cloud.create_user(&pool_id, &username)).await?;
            Outcome::Created
        } else {
            self.save()?;
            Outcome::Updated
        };
        cloud.set_user_password(&pool_id, &username, &password).await?;
        self.stored.password_set = true;
        self.save()?;
        self.done("user", "user", outcome, &username);
        Ok(())
    }

    async fn role(&mut self) -> Result<()> {
        let Some(name) = self.stored.settings.gateway_role.clone() else { return Ok(()) };
        let cloud = self.bench.cloud;
        let account = &self.bench.identity.account;
        let tags = settings::tags(&self.stored);
        let (trust, permissions) = settings::gateway_role(&self.stored.settings, account, cloud);
        let state = observe::role_state(&self.stored, account, cloud, &self.observed);
        let boundary = self.stored.settings.permissions_boundary.clone();
        let outcome = match (state, self.observed.role.take()) {
            (_, None) => {
                self.started("role", format!("create role `{name}`"));
                let spec = RoleSpec {
                    name: &name,
                    trust: &trust,
                    description: "Role of AgentCore gateways, made by agentcore identity setup-cognito",
                    tags: &tags,
                    permissions_boundary: boundary.as_deref(),
                };
                let role = self.make(made::ROLE, cloud.create_role(&spec)).await?;
                self.stored.role_arn = Some(role.arn);
                self.save()?;
                cloud.put_role_policy(&name, naming::GATEWAY_POLICY, &permissions).await?;
                Outcome::Created
            }
            (state, Some(role)) => {
                let ours = settings::is_ours(&role.tags, &self.stored, self.stored.created(made::ROLE));
                self.stored.role_arn = Some(role.arn.clone());
                if ours {
                    self.stored.created.insert(made::ROLE.to_owned());
                } else {
                    self.stored.created.remove(made::ROLE);
                }
                self.save()?;
                match state {
                    State::Differs(_) if !ours => {
                        let detail = "set-up of this project did not make it, so it is used as it is";
                        self.kept("gateway role", &name, vec![detail.to_owned()]);
                        return Ok(());
                    }
                    State::Differs(differences) => {
                        self.started("role", format!("update role `{name}`"));
                        for difference in differences {
                            match (difference.part.as_str(), &boundary) {
                                ("trust policy", _) => cloud.set_role_trust(&name, &trust).await?,
                                ("permissions", _) => {
                                    cloud.put_role_policy(&name, naming::GATEWAY_POLICY, &permissions).await?;
                                }
                                (_, Some(boundary)) => cloud.set_role_boundary(&name, boundary).await?,
                                _ => {}
                            }
                        }
                        Outcome::Updated
                    }
                    _ => Outcome::Unchanged,
                }
            }
        };
        self.done("role", "gateway role", outcome, &name);
        Ok(())
    }

    /// Before anything is made: parameters that are there and that no set-up of this team made are somebody else's.
    async fn check_parameters(&self) -> Result<()> {
        let (mut foreign, mut others) = (Vec::new(), false);
        for name in self.observed.parameters.keys() {
            let recorded = self.stored.created(&made::parameter(name));
            let tags = self.bench.cloud.parameter_tags(name).await?;
            let ours = if recorded {
                !owner::is_another_projects(&tags, self.stored.project.as_deref())
            } else {
                settings::is_ours(&tags, &self.stored, false)
            };
            if !ours {
                others |= owner::is_another_projects(&tags, self.stored.project.as_deref());
                foreign.push(name.as_str());
            }
        }
        let Some(first) = foreign.first() else { return Ok(()) };
        let message = if others {
            format!("the parameter `{first}` belongs to another project that has set a team up")
        } else {
            format!("the parameter `{first}` exists already, and no set-up of this folder made it")
        };
        let error = Error::usage(message)
            .code(Code::IdentityParameterTaken)
            .hint("choose another `--team`, or another place for this team's parameters with `--ssm-prefix`");
        let error = if others { error } else { error.hint("or delete those that are there") };
        Err(foreign[1..].iter().fold(error, |error, name| error.cause(format!("`{name}` too"))))
    }

    /// Before anything is made: a pool or role that another project made is used only when that is asked for. The resource
    /// server is the pool's.
    fn check_projects(&self) -> Result<()> {
        if self.bench.adopt {
            return Ok(());
        }
        let (stored, project) = (&self.stored, self.stored.project.as_deref());
        if let Some(pool) = &self.observed.pool
            && owner::is_another_projects(&pool.tags, project)
            && !foreign::is_pool_on_record(stored, &Stored::load_all(self.bench.dir)?, &pool.id)
        {
            let name = &stored.settings.pool_name;
            let flags = if stored.flow == Flow::Team { "`--team` or `--pool-name`" } else { "`--pool-name`" };
            return Err(foreign::refusal(&format!("the user pool `{name}` ({})", pool.id))
                .hint(format!("choose another {flags}"))
                .hint(foreign::adopt_hint(&self.repeat_with_pool())));
        }
        if let Some(role) = &self.observed.role
            && owner::is_another_projects(&role.tags, project)
            && !foreign::is_role_on_record(stored, &role.tags, &role.arn)
        {
            return Err(foreign::refusal(&format!("the gateway's role `{}`", role.name))
                .hint("choose another `--team` or `--gateway-role`")
                .hint(foreign::adopt_hint(&self.repeat_with_pool())));
        }
        Ok(())
    }

    /// The command that was typed, as far as nothing of it is stored yet.
    fn repeat_with_pool(&self) -> String {
        let settings = &self.stored.settings;
        let mut line = CommandLine::new(self.bench.repeat);
        line.value("--pool-name", Some(&settings.pool_name));
        line.value("--gateway-role", settings.gateway_role.as_ref());
        line.value("--ssm-prefix", settings.ssm_prefix.as_ref());
        line.into_string()
    }

    async fn parameters(&mut self) -> Result<()> {
        let cloud = self.bench.cloud;
        let tags = settings::tags(&self.stored);
        let Some(prefix) = self.stored.settings.ssm_prefix.clone() else { return Ok(()) };
        let wanted = settings::parameters(&self.stored, self.domain_url().as_deref());
        let (mut made_any, mut changed) = (false, Vec::new());
        for (name, value) in &wanted {
            let what = made::parameter(name);
            match observe::parameter_state(name, value, &self.observed) {
                State::Same => {
                    self.stored.created.insert(what);
                }
                State::Missing => {
                    self.started("parameters", format!("create parameter `{name}`"));
                    self.make(&what, cloud.create_parameter(name, value, &tags)).await?;
                    made_any = true;
                }
                State::Differs(_) => {
                    self.started("parameters", format!("update parameter `{name}`"));
                    cloud.update_parameter(name, value).await?;
                    self.stored.created.insert(what);
                    changed.push(name.rsplit('/').next().unwrap_or(name).to_owned());
                }
            }
        }
        self.save()?;
        let outcome = match (made_any, changed.is_empty()) {
            (true, _) => Outcome::Created,
            (false, false) => Outcome::Updated,
            (false, true) => Outcome::Unchanged,
        };
        self.done("parameters", "parameters", outcome, &format!("{prefix}/… ({})", wanted.len()));
        if let Some(line) = self.lines.last_mut() {
            line.details = changed;
        }
        Ok(())
    }

    fn domain_url(&self) -> Option<String> {
        self.stored.domain.as_deref().map(|domain| self.bench.cloud.hosted_domain(domain))
    }

    fn report(self) -> Result<SetupReport> {
        let domain_url = self.domain_url();
        let parameters = settings::parameters(&self.stored, domain_url.as_deref()).into_iter().collect();
        let flow = self.stored.flow;
        let dir = self.bench.dir;
        Ok(SetupReport {
            store: dir.join(flow.store_file()),
            env_file: dir.join(flow.env_file()),
            stored: self.stored,
            parameters,
            domain_url,
            ignored: self.ignored,
            lines: self.lines,
        })
    }
}

/// A prefix domain is usually there at once.
const DOMAIN: Duration = Duration::from_secs(120);

/// The password of a user that set-up did not make changes only when the caller gives one.
fn keeps_password(stored: &Stored, given: bool) -> bool {
    !given && !stored.created(made::USER)
}

/// The service has answered and not done it. Its own failures may have come after it did.
pub(super) fn is_refusal(error: &Error) -> bool {
    match error.own_code() {
        Some(Code::AwsUnreachable | Code::AwsTimeout | Code::AwsAnswer | Code::Failed) => false,
        Some(_) => true,
        None => !["Internal", "Unavailable", "Service"].iter().any(|word| error.code_str().contains(word)),
    }
}

/// The whole definition for UpdateUserPoolClient: what is there, with what is wanted on top. Its input has the members of
/// the description, less what only the service writes.
pub(super) fn updated(pool_id: &str, live: &Value, wanted: &Map<String, Value>) -> Value {
    let mut body = live.as_object().cloned().unwrap_or_default();
    for member in ["ClientSecret", "CreationDate", "LastModifiedDate"] {
        body.remove(member);
    }
    body.insert("UserPoolId".to_owned(), json!(pool_id));
    body.extend(wanted.clone());
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_keeps_every_member_and_writes_none_that_only_the_service_writes() {
        let live = json!({
            "ClientId": "c", "ClientName": "n", "ClientSecret": "s", "CreationDate": 1, "LastModifiedDate": 2,
            "NewerThanThisProgram": { "x": 1 }, "AccessTokenValidity": 60,
        });
        let wanted = json!({ "AccessTokenValidity": 120 });
        let body = updated("p", &live, wanted.as_object().unwrap());
        assert_eq!(
            body,
            json!({
                "ClientId": "c", "ClientName": "n", "NewerThanThisProgram": { "x": 1 }, "AccessTokenValidity": 120,
                "UserPoolId": "p",
            })
        );
    }

    #[test]
    fn a_brought_users_password_is_left_alone() {
        let mut stored = Stored::new(Flow::User, "1", "us-west-2", store::Settings::default());
        assert!(keeps_password(&stored, false) && !keeps_password(&stored, true));
        stored.created.insert(made::USER.to_owned());
        assert!(!keeps_password(&stored, false), "its creation was cut off before its password");
    }

    #[test]
    fn only_an_answer_is_a_refusal() {
        let error = |code: &str| Error::failed("x").code_text(code.to_owned());
        assert!(is_refusal(&error("LimitExceededException")) && is_refusal(&error("AccessDeniedException")));
        for code in ["aws.unreachable", "aws.timeout", "aws.answer", "InternalErrorException"] {
            assert!(!is_refusal(&error(code)), "{code}");
        }
        assert!(!is_refusal(&Error::failed("x")));
    }
}
