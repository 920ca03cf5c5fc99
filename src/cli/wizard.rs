//! The questions of `agentcore configure` on a terminal.
//!
//! Every answer is a flag's value, put into the request as if it had been typed. `back` goes to the question before; answers that were
//! given are the defaults from then on. Does not own: what the values do (`ops::configure`), the command that gives the same
//! answers (`command_line`).

mod command_line;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Result;
use crate::config::{Agent, CognitoSetup, SetupFlow, Store};
use crate::ops::configure::{AuthorizerFlags, ConfigureRequest, parse_memory, url_problem};
use crate::project;
use crate::ui::{Reply, TextPrompt, Ui};

pub(super) use command_line::command_line;

/// The defaults of the questions, from the configuration and from what `identity setup-cognito` stored.
pub(super) struct WizardDefaults {
    agents: Vec<Agent>,
    default: Option<usize>,
    folder: PathBuf,
    pools: Vec<SetUpPool>,
}

impl WizardDefaults {
    /// `folder` is where typed paths are relative to, `setup_folder` where set-ups are stored, if what is there may be used.
    pub(super) fn from_store(store: &Store, folder: &Path, setup_folder: Option<&Path>) -> Self {
        let project = store.project();
        let default = project.agents.iter().position(|agent| Some(&agent.name) == project.default_agent.as_ref());
        let pools = setup_folder.map(SetUpPool::stored_in).unwrap_or_default();
        Self { agents: project.agents.clone(), default, folder: folder.to_owned(), pools }
    }

    fn has(&self, name: &str) -> bool {
        self.agents.iter().any(|agent| agent.name == name)
    }
}

/// A user pool for callers that `identity setup-cognito` made.
struct SetUpPool {
    /// Its name; the starter toolkit's files have the ID alone.
    name: String,
    discovery_url: String,
    clients: Vec<String>,
}

impl SetUpPool {
    /// Those of a folder's set-ups. People and machines may share one.
    fn stored_in(folder: &Path) -> Vec<Self> {
        let mut pools: Vec<Self> = Vec::new();
        // A file that cannot be read is a matter of the commands that need it.
        for setup in SetupFlow::ALL.into_iter().filter_map(|flow| CognitoSetup::load(folder, flow).ok()?) {
            let Some(pool) = Self::of_setup(&setup) else { continue };
            match pools.iter_mut().find(|known| known.discovery_url == pool.discovery_url) {
                Some(known) => known.clients.extend(pool.clients),
                None => pools.push(pool),
            }
        }
        pools
    }

    /// `None` for a set-up that was not finished.
    fn of_setup(setup: &CognitoSetup) -> Option<Self> {
        let machine = setup.machine_client.as_ref().map(|client| client.id.clone());
        let clients: Vec<String> = setup.user_client.clone().into_iter().chain(machine).collect();
        let name = Some(setup.settings.pool_name.clone()).filter(|name| !name.is_empty());
        let pool = Self { name: name.or(setup.pool_id.clone())?, discovery_url: setup.discovery_url.clone()?, clients };
        (!pool.clients.is_empty()).then_some(pool)
    }

    /// The whole authorizer, for an agent that has one: rules of another provider's tokens would refuse these.
    fn authorizer(&self) -> String {
        json!({ "customJWTAuthorizer": { "discoveryUrl": self.discovery_url, "allowedClients": self.clients } })
            .to_string()
    }
}

/// Asks what the flags left open. Returns whether anything was asked.
///
/// Flags for an agent that is configured already are a change and nothing else: then nothing is asked.
pub(super) fn ask(request: &mut ConfigureRequest, known: &WizardDefaults, ui: &Ui) -> Result<bool> {
    if !known.agents.is_empty() && *request != ConfigureRequest::default() {
        return Ok(false);
    }
    let mut wizard = Wizard { typed: request, known, ui, answers: Answers::default() };
    let mut asked = Vec::new();
    while let Some(question) = wizard.after(asked.last().copied()) {
        match wizard.ask(question, !asked.is_empty())? {
            Reply::Answer(()) => asked.push(question),
            Reply::Back => drop(asked.pop()),
        }
    }
    let answers = wizard.answers;
    answers.put_into(request, known);
    Ok(!asked.is_empty())
}

/// In the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Agent,
    Entrypoint,
    Name,
    Callers,
    DiscoveryUrl,
    Clients,
    Audience,
    Memory,
    MemoryId,
}

impl Question {
    const ALL: [Self; 9] = [
        Self::Agent,
        Self::Entrypoint,
        Self::Name,
        Self::Callers,
        Self::DiscoveryUrl,
        Self::Clients,
        Self::Audience,
        Self::Memory,
        Self::MemoryId,
    ];
}

/// How callers prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CallerProof {
    Signature,
    /// A token of one of the known pools.
    Pool(usize),
    /// A token of any other provider.
    Provider,
}

/// What was answered so far. Answers to questions that later ones made void stay, and are not used.
#[derive(Default)]
struct Answers {
    /// Index of the agent; the one after the last is a new one.
    agent: Option<usize>,
    entrypoint: Option<String>,
    name: Option<String>,
    callers: Option<CallerProof>,
    discovery_url: Option<String>,
    clients: Option<String>,
    audience: Option<String>,
    memory: Option<usize>,
    memory_id: Option<String>,
}

impl Answers {
    /// The agent that is changed; `None` for a new one.
    fn agent<'a>(&self, known: &'a WizardDefaults) -> Option<&'a Agent> {
        known.agents.get(self.agent?)
    }

    fn put_into(self, request: &mut ConfigureRequest, known: &WizardDefaults) {
        let agent = self.agent(known);
        let has_authorizer = agent.is_some_and(|agent| agent.authorizer().is_some());
        match self.callers {
            None => {}
            Some(CallerProof::Signature) => request.authorizer.remove = has_authorizer,
            Some(CallerProof::Pool(index)) => match known.pools.get(index) {
                Some(pool) if has_authorizer => request.authorizer.blob = Some(pool.authorizer()),
                Some(pool) => {
                    request.authorizer.discovery_url = Some(pool.discovery_url.clone());
                    request.authorizer.clients.clone_from(&pool.clients);
                }
                None => {}
            },
            Some(CallerProof::Provider) => {
                request.authorizer.discovery_url = self.discovery_url;
                request.authorizer.clients = split(self.clients.as_deref().unwrap_or_default());
                if request.authorizer.clients.is_empty() {
                    request.authorizer.audience = split(self.audience.as_deref().unwrap_or_default());
                }
            }
        }
        match agent {
            Some(agent) => request.name = Some(agent.name.clone()),
            None => {
                request.entrypoint = self.entrypoint.map(PathBuf::from).or(request.entrypoint.take());
                request.name = self.name.or(request.name.take());
            }
        }
        if let Some(choice) = self.memory {
            request.memory = MEMORY_WORDS.get(choice).map_or(self.memory_id, |word| word.map(str::to_owned));
        }
    }
}

const MEMORY_CHOICES: [&str; 4] = [
    "none",
    "short-term: what was said, until it expires",
    "short- and long-term: also facts, preferences and summaries made of it",
    "one that exists already, by its id",
];
/// The flag's value for each choice; the last one is an ID. None is the default of a new agent.
const MEMORY_WORDS: [Option<&str>; 3] = [None, Some("stm"), Some("ltm")];

struct Wizard<'a> {
    typed: &'a ConfigureRequest,
    known: &'a WizardDefaults,
    ui: &'a Ui,
    answers: Answers,
}

impl Wizard<'_> {
    /// The next question that flags and answers leave open.
    fn after(&self, last: Option<Question>) -> Option<Question> {
        let mut questions = Question::ALL.into_iter();
        if let Some(last) = last {
            questions.find(|question| *question == last);
        }
        questions.find(|question| self.is_open(*question))
    }

    fn is_open(&self, question: Question) -> bool {
        let (typed, answers) = (self.typed, &self.answers);
        let is_new = answers.agent(self.known).is_none();
        let has_provider = answers.callers == Some(CallerProof::Provider);
        match question {
            Question::Agent => !self.known.agents.is_empty(),
            Question::Entrypoint => is_new && typed.entrypoint.is_none(),
            Question::Name => is_new && typed.name.is_none(),
            Question::Callers => typed.authorizer == AuthorizerFlags::default(),
            Question::DiscoveryUrl | Question::Clients => has_provider,
            Question::Audience => {
                let others = ["allowedAudience", "allowedScopes", "customClaims"];
                let has_rule =
                    others.iter().any(|member| self.authorizer().and_then(|value| value.get(member)).is_some());
                has_provider && split(answers.clients.as_deref().unwrap_or_default()).is_empty() && !has_rule
            }
            Question::Memory => is_new && typed.memory.is_none() && !typed.disable_memory,
            Question::MemoryId => is_new && answers.memory.is_some_and(|choice| choice >= MEMORY_WORDS.len()),
        }
    }

    fn ask(&mut self, question: Question, may_go_back: bool) -> Result<Reply<()>> {
        match question {
            Question::Agent => self.agent(),
            Question::Entrypoint => self.entrypoint(may_go_back),
            Question::Name => self.name(may_go_back),
            Question::Callers => self.callers(may_go_back),
            Question::DiscoveryUrl => self.discovery_url(),
            Question::Clients => self.clients(),
            Question::Audience => self.audience(),
            Question::Memory => self.memory(may_go_back),
            Question::MemoryId => self.memory_id(),
        }
    }

    /// The authorizer of the agent that is changed.
    fn authorizer(&self) -> Option<&Value> {
        self.answers.agent(self.known)?.authorizer()
    }

    fn agent(&mut self) -> Result<Reply<()>> {
        let mut items: Vec<&str> = self.known.agents.iter().map(|agent| agent.name.as_str()).collect();
        items.push("a new agent");
        let default = self.answers.agent.or(self.known.default).unwrap_or(0);
        let chosen = self.ui.select("Which agent?", &items, Some(default), "--name")?;
        if self.answers.agent != Some(chosen) {
            // Another agent has another authorizer to begin with.
            self.answers = Answers { agent: Some(chosen), ..Answers::default() };
        }
        Ok(Reply::Answer(()))
    }

    fn entrypoint(&mut self, may_go_back: bool) -> Result<Reply<()>> {
        let (known, typed) = (self.known, self.typed);
        let found = project::detect(&project::Detect {
            dir: &known.folder,
            entrypoint: None,
            requirements: None,
            language: None,
            source_path: None,
            python: None,
            selected: project::Selected { extras: &typed.extras, groups: &typed.groups },
            agent: None,
        });
        let found = found.ok().and_then(|source| crate::fsx::relative(&source.entrypoint, &known.folder));
        let example = found.clone().unwrap_or_else(|| "agent.py".to_owned());
        let validate = |path: &str| {
            let file = path.rsplit_once(':').map_or(path, |(file, _)| file);
            let exists = [path, file].iter().any(|path| known.folder.join(path).exists());
            if exists { Ok(()) } else { Err(with_example(&format!("`{path}` does not exist"), &example)) }
        };
        let default = self.answers.entrypoint.clone().or(found);
        let prompt = TextPrompt { validate: Some(&validate), ..prompt("Entrypoint", default, "--entrypoint") };
        let reply = self.text(prompt, may_go_back)?;
        Ok(reply.map(|path| self.answers.entrypoint = Some(path)))
    }

    fn name(&mut self, may_go_back: bool) -> Result<Reply<()>> {
        let known = self.known;
        let entrypoint = self.answers.entrypoint.as_ref().map(PathBuf::from).or(self.typed.entrypoint.clone());
        let inferred = project::infer_agent_name(&known.folder.join(entrypoint.unwrap_or_default()), &known.folder);
        let validate = |name: &str| {
            project::validate_agent_name(name)
                .map_err(|error| with_example(error.message(), &project::valid_agent_name(name)))?;
            if known.has(name) {
                return Err(with_example(&format!("there is an agent `{name}` already"), &format!("{name:.46}_2")));
            }
            Ok(())
        };
        let default = self.answers.name.clone().or(Some(inferred).filter(|name| !known.has(name)));
        let prompt = TextPrompt { validate: Some(&validate), ..prompt("Agent name", default, "--name") };
        let reply = self.text(prompt, may_go_back)?;
        Ok(reply.map(|name| self.answers.name = Some(name)))
    }

    /// Who may call the agent. An agent that has an authorizer offers it as it is, any other the pool that was set up for it.
    fn callers(&mut self, may_go_back: bool) -> Result<Reply<()>> {
        let current = self.authorizer().map(|value| value.get("discoveryUrl").and_then(Value::as_str));
        let pools = self.known.pools.iter().enumerate();
        // The current one is offered with the rules that it has.
        let pools = pools.filter(|(_, pool)| current.flatten() != Some(pool.discovery_url.as_str()));
        let mut choices = vec![(CallerProof::Signature, "with AWS credentials (SigV4)".to_owned())];
        choices.extend(pools.map(|(index, pool)| {
            let text = format!("with a token of the user pool `{}`, which `identity setup-cognito` made", pool.name);
            (CallerProof::Pool(index), text)
        }));
        let provider = match choices.len() {
            1 => "with a token of an OpenID Connect provider",
            _ => "with a token of another OpenID Connect provider",
        };
        choices.push((CallerProof::Provider, provider.to_owned()));
        let default = match (self.answers.callers, current) {
            (Some(answer), _) => answer,
            (None, Some(_)) => CallerProof::Provider,
            (None, None) => choices[1..choices.len() - 1].first().map_or(CallerProof::Signature, |(proof, _)| *proof),
        };
        let default = choices.iter().position(|(proof, _)| *proof == default);
        let items: Vec<&str> = choices.iter().map(|(_, text)| text.as_str()).collect();
        let question = "How do callers prove who they are?";
        let reply = self.choice(question, (&items, default), "--discovery-url", may_go_back)?;
        Ok(reply.map(|chosen| self.answers.callers = choices.get(chosen).map(|(proof, _)| *proof)))
    }

    fn discovery_url(&mut self) -> Result<Reply<()>> {
        let current = self.authorizer().and_then(|value| value.get("discoveryUrl")?.as_str()).map(str::to_owned);
        let example = "https://idp.example.com/.well-known/openid-configuration";
        let validate = |url: &str| url_problem(url).map_or(Ok(()), |problem| Err(with_example(&problem, example)));
        let default = self.answers.discovery_url.clone().or(current);
        let prompt = TextPrompt { validate: Some(&validate), ..prompt("Discovery URL", default, "--discovery-url") };
        let reply = self.text(prompt, true)?;
        Ok(reply.map(|url| self.answers.discovery_url = Some(url)))
    }

    fn clients(&mut self) -> Result<Reply<()>> {
        let current = self.authorizer().and_then(|value| value.get("allowedClients")?.as_array());
        let current = current.into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(",");
        let default = self.answers.clients.clone().unwrap_or(current);
        let question = "Accepted client ids, separated by commas; may be empty";
        let reply = self.text(prompt(question, Some(default), "--allowed-client"), true)?;
        Ok(reply.map(|clients| self.answers.clients = Some(clients)))
    }

    fn audience(&mut self) -> Result<Reply<()>> {
        let validate = |text: &str| match split(text).is_empty() {
            true => Err(with_example("a client id or an audience is needed", "https://api.example.com")),
            false => Ok(()),
        };
        let default = self.answers.audience.clone();
        let prompt = prompt("Accepted audiences, separated by commas", default, "--allowed-audience");
        let reply = self.text(TextPrompt { validate: Some(&validate), ..prompt }, true)?;
        Ok(reply.map(|audience| self.answers.audience = Some(audience)))
    }

    /// The agent's memory. Which there are is not asked of AWS: an agent is configured without credentials.
    fn memory(&mut self, may_go_back: bool) -> Result<Reply<()>> {
        let default = Some(self.answers.memory.unwrap_or(0));
        let question = "AgentCore Memory for the agent?";
        let reply = self.choice(question, (&MEMORY_CHOICES, default), "--memory", may_go_back)?;
        Ok(reply.map(|chosen| self.answers.memory = Some(chosen)))
    }

    fn memory_id(&mut self) -> Result<Reply<()>> {
        let validate = |text: &str| match parse_memory(text) {
            Ok(_) => Ok(()),
            Err(_) => Err(with_example(&format!("`{text}` is not the id of a memory"), "notes_memory-aB3dE5fG7h")),
        };
        let question = "Id of the memory, as `agentcore memory list` shows it";
        let prompt = prompt(question, self.answers.memory_id.clone(), "--memory");
        let reply = self.text(TextPrompt { validate: Some(&validate), ..prompt }, true)?;
        Ok(reply.map(|id| self.answers.memory_id = Some(id)))
    }

    fn text(&self, prompt: TextPrompt<'_>, may_go_back: bool) -> Result<Reply<String>> {
        if may_go_back { self.ui.ask_or_back(prompt) } else { self.ui.ask(prompt).map(Reply::Answer) }
    }

    fn choice(
        &self,
        question: &str,
        (items, default): (&[&str], Option<usize>),
        flag: &str,
        may_go_back: bool,
    ) -> Result<Reply<usize>> {
        if may_go_back {
            self.ui.select_or_back(question, items, default, flag)
        } else {
            self.ui.select(question, items, default, flag).map(Reply::Answer)
        }
    }
}

/// What is wrong with an answer, and below it one that would be taken.
pub(super) fn with_example(problem: &str, example: &str) -> String {
    format!("{problem}\nfor example: {example}")
}

fn prompt<'a>(question: &'a str, default: Option<String>, flag: &'a str) -> TextPrompt<'a> {
    TextPrompt { question, default, flag, variable: None, config_key: None, validate: None }
}

fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
