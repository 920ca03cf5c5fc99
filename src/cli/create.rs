//! `agentcore create`: flags to a new project; on a terminal questions for what is missing.
//!
//! Owns: which flags of the starter toolkit mean another program's projects. Does not own: the files (`ops::create`).

use std::path::Path;

use super::args::CreateArgs;
use super::context::{blocking, unsupported};
use super::wizard::with_example;
use super::{CommandContext, CommandResult, Result, toolkit};
use crate::error::{Code, Error};
use crate::facts::DEFAULT_MODEL;
use crate::ops::create::{self, Framework, NewProject, ProjectLanguage, ProjectMemory};
use crate::project::valid_agent_name;
use crate::shell::CommandLine;
use crate::ui::{TextPrompt, Ui};

pub(super) async fn run(args: CreateArgs, context: &CommandContext) -> Result<CommandResult> {
    if let Some(pointer) = &args.command {
        return toolkit::run(pointer, context);
    }
    if let Some(what) = elsewhere(&args) {
        return Err(toolkit::create_elsewhere(&what, given(&args), context));
    }
    check_toolkit_flags(&args, context)?;
    let mut typed = TypedProject {
        name: args.name.or(args.project_name),
        framework: args.framework.as_deref().map(framework).transpose()?,
        language: args.language.as_deref().map(language).transpose()?,
        model: args.model,
        memory: args.memory,
    };
    // What was typed is checked before anybody is asked for the rest.
    let parent = context.env.cwd().to_owned();
    typed.name.as_deref().map_or(Ok(()), |name| create::check_place(name, &parent))?;
    typed.model.as_deref().map_or(Ok(()), create::check_model)?;
    typed.memory.as_deref().map_or(Ok(None), ProjectMemory::parse)?;
    let mut asked = false;
    if context.ui.interactive() {
        let ui = context.ui.clone();
        (typed, asked) = blocking(move || {
            let asked = typed.ask(&ui, &parent)?;
            Ok((typed, asked))
        })
        .await?;
    }
    let command = asked.then(|| typed.command_line(context.globals.region.as_deref()));
    let project = typed.project(context.globals.region.clone())?;
    // Nothing awaited until here; a pending signal is handled before anything is written.
    tokio::task::yield_now().await;
    let mut report = create::create(&project, context.env.cwd(), &context.http).await?;
    let mut flags = CommandLine::default();
    flags.value("--profile", context.globals.profile.as_ref());
    report.flags = flags.into_string();
    report.command = command;
    CommandResult::report(report)
}

/// What was typed, and what was answered since.
struct TypedProject {
    name: Option<String>,
    framework: Option<Framework>,
    language: Option<ProjectLanguage>,
    model: Option<String>,
    memory: Option<String>,
}

impl TypedProject {
    /// Asks what the flags left open, where they leave open what there is to be. Returns whether anything was asked.
    fn ask(&mut self, ui: &Ui, parent: &Path) -> Result<bool> {
        if self.name.is_some() && self.framework.is_some() {
            return Ok(false);
        }
        if self.name.is_none() {
            let validate = |name: &str| {
                create::check_place(name, parent).map_err(|error| {
                    let valid = valid_agent_name(name);
                    let is_free = create::check_place(&valid, parent).is_ok();
                    let example = if is_free { valid } else { format!("{valid:.46}_2") };
                    with_example(error.message(), &example)
                })
            };
            self.name = Some(ui.ask(TextPrompt {
                question: "Name of the agent and its folder",
                default: None,
                flag: "--project-name",
                variable: None,
                config_key: None,
                validate: Some(&validate),
            })?);
        }
        if self.framework.is_none() {
            let items = ["Strands Agents", "LangGraph", "none: the agent calls its model directly"];
            let chosen = ui.select("Framework?", &items, Some(0), "--framework")?;
            self.framework = Framework::ALL.get(chosen).copied();
        }
        if self.language.is_none() {
            let chosen = ui.select("Language?", &["Python", "TypeScript"], Some(0), "--language")?;
            self.language = ProjectLanguage::ALL.get(chosen).copied();
        }
        if self.memory.is_none() {
            let items = [
                "none",
                "short-term: what was said in a session",
                "short- and long-term: also facts and preferences of users",
            ];
            let chosen = ui.select("AgentCore Memory for the agent?", &items, Some(0), "--memory")?;
            self.memory = ["none", "stm", "ltm"].get(chosen).map(|word| (*word).to_owned());
        }
        Ok(true)
    }

    /// The line that makes the same project without questions.
    fn command_line(&self, region: Option<&str>) -> String {
        let mut line = CommandLine::new(&format!("agentcore create {}", self.name.as_deref().unwrap_or_default()));
        line.value("--framework", self.framework.map(Framework::name));
        line.value("--language", self.language.map(ProjectLanguage::name));
        line.value("--model", self.model.as_ref());
        line.value("--memory", self.memory.as_ref());
        line.value("--region", region);
        line.into_string()
    }

    fn project(self, region: Option<String>) -> Result<NewProject> {
        let name = self.name.ok_or_else(|| {
            Error::usage("the new project has no name")
                .code(Code::InputMissing)
                .hint("name it: `agentcore create my_agent`")
        })?;
        Ok(NewProject {
            name,
            framework: self.framework.unwrap_or_default(),
            language: self.language.unwrap_or_default(),
            model: self.model.unwrap_or_else(|| DEFAULT_MODEL.to_owned()),
            memory: self.memory.as_deref().map_or(Ok(None), ProjectMemory::parse)?,
            region,
        })
    }
}

fn framework(text: &str) -> Result<Framework> {
    Framework::parse(text).ok_or_else(|| {
        Error::usage(format!("`--framework`: there is no `{}`", text.escape_debug()))
            .code(Code::InputValue)
            .hint("choose `strands`, `langgraph` or `plain`")
    })
}

fn language(text: &str) -> Result<ProjectLanguage> {
    ProjectLanguage::parse(text).ok_or_else(|| {
        Error::usage(format!("`--language`: no projects are made in `{}`", text.escape_debug()))
            .code(Code::SourceLanguage)
            .hint("choose `python` or `typescript`")
    })
}

/// Frameworks of the starter toolkit whose projects are not made here.
const OTHER_FRAMEWORKS: &[&str] = &["GoogleADK", "OpenAIAgents", "AutoGen", "CrewAI"];
/// The toolkit's name for the models that are called here.
const BEDROCK: &str = "Bedrock";
/// The toolkit's name for the projects that are made here.
const BASIC: &str = "basic";

/// The flag that asks for a project which this program does not make, as it was typed.
fn elsewhere(args: &CreateArgs) -> Option<String> {
    let is = |value: &str, word: &str| value.eq_ignore_ascii_case(word);
    if let Some(template) = args.template.as_deref().filter(|template| !is(template, BASIC)) {
        return Some(format!("--template {template}"));
    }
    if let Some(tool) = &args.iac {
        return Some(format!("--iac {tool}"));
    }
    if let Some(framework) = &args.framework
        && OTHER_FRAMEWORKS.iter().any(|other| is(framework, other))
    {
        return Some(format!("--framework {framework}"));
    }
    let provider = args.model_provider.as_deref().filter(|provider| !is(provider, BEDROCK))?;
    Some(format!("--model-provider {provider}"))
}

/// What was given, by the toolkit's flags.
fn given(args: &CreateArgs) -> Vec<(&'static str, String)> {
    let name = args.name.as_ref().or(args.project_name.as_ref());
    let spelled = |framework: &String| match Framework::parse(framework) {
        Some(Framework::Strands) => "Strands".to_owned(),
        Some(Framework::LangGraph) => "LangChain_LangGraph".to_owned(),
        _ => OTHER_FRAMEWORKS
            .iter()
            .find(|other| other.eq_ignore_ascii_case(framework))
            .map_or_else(|| framework.clone(), |other| (*other).to_owned()),
    };
    let memory = |memory: &String| match memory.to_ascii_lowercase().as_str() {
        "none" => "NO_MEMORY".to_owned(),
        "stm" => "STM_ONLY".to_owned(),
        "ltm" => "STM_AND_LTM".to_owned(),
        _ => memory.clone(),
    };
    let values = [
        ("project-name", name.cloned()),
        ("template", args.template.clone()),
        ("agent-framework", args.framework.as_ref().map(spelled)),
        ("model-provider", args.model_provider.clone()),
        ("provider-api-key", args.provider_api_key.clone()),
        ("iac", args.iac.clone()),
        ("memory", args.memory.as_ref().map(memory)),
        ("no-venv", args.no_venv.then(String::new)),
    ];
    values.into_iter().filter_map(|(flag, value)| Some((flag, value?))).collect()
}

/// Flags that belong to no project of this program.
fn check_toolkit_flags(args: &CreateArgs, context: &CommandContext) -> Result<()> {
    if args.provider_api_key.is_some() {
        return Err(unsupported(
            "--provider-api-key",
            "the models of Amazon Bedrock need no key",
            "for keys of other services see `agentcore identity create-credential-provider --help`",
        ));
    }
    if context.globals.config.is_some() {
        return Err(Error::usage("`--config`: a new project has its configuration in its own folder")
            .code(Code::UsageConflict)
            .hint("leave it out; `agentcore configure --config FILE` adds an agent to a configuration that exists"));
    }
    if args.venv {
        context.ui.note("`--venv`: no virtual environment is made here; the project's README has the command");
    }
    Ok(())
}
