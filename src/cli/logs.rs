//! `agentcore logs`: the log of an agent's endpoint, as it was or as it comes.
//!
//! Owns: which lines are meant, and how one looks. Does not own: reading and following (`ops::logs`).

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::args::{DEFAULT_SINCE, LogsArgs, ObsAgentArgs};
use super::obs::TracedAgent;
use super::{CommandContext, CommandResult, Result};
use crate::clock;
use crate::error::{Code, Error};
use crate::facts::log_group;
use crate::ops::logs::{self, Level, LineFilter, LogLine, LogRequest, MOST_LINES, time_text};
use crate::report::{Document, Report, Role, schemas};
use crate::session;
use crate::ui::{OutputFormat, Ui};

/// Characters of a session's id that tell it from others.
const SHORT_SESSION: usize = 8;

pub(super) async fn run(args: LogsArgs, context: &CommandContext) -> Result<CommandResult> {
    let is_document = context.ui.output() == OutputFormat::Json;
    let is_stream = context.ui.output() == OutputFormat::Ndjson;
    check_form(&args, context.ui.output())?;
    let now = clock::unix_millis();
    let from = moment(args.since.as_deref().unwrap_or(DEFAULT_SINCE), "--since", now)?;
    let to = args.until.as_deref().map(|text| moment(text, "--until", now)).transpose()?;
    if to.is_some_and(|to| to <= from) {
        return Err(Error::usage("`--until` is not after `--since`")
            .code(Code::UsageConflict)
            .hint("change one of them"));
    }
    let filter = LineFilter::new(args.session.clone(), args.request.clone(), args.level);
    let filter = match &args.grep {
        Some(pattern) => filter.grep(pattern)?,
        None => filter,
    };
    if let Some(name) = &args.endpoint {
        session::check_endpoint(name)?;
    }
    let of = ObsAgentArgs::of_agent(args.agent.clone(), args.agent_id.clone(), args.endpoint.clone());
    let agent = TracedAgent::find(&of, context).await?;
    let group = log_group(agent.runtime.as_str(), &agent.endpoint);
    let limit = args.limit.map(|limit| limit as usize).or(is_document.then_some(MOST_LINES));
    let request =
        LogRequest { cloud: &agent.cloud, group: &group, endpoint: &agent.endpoint, from, to, filter: &filter, limit };
    if is_document {
        return document(&request, &agent).await;
    }
    let ui = context.ui.clone();
    let shown = ShownAs {
        with_session: args.session.is_none(),
        form: match (is_stream, args.ndjson) {
            (true, _) => LineForm::Named,
            (false, true) => LineForm::Bare,
            (false, false) => LineForm::Text,
        },
    };
    let mut sink = |lines: Vec<LogLine>| {
        Ok(if shown.print(&ui, &lines)? { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    };
    let mut found = None;
    if args.follow {
        logs::follow(&request, &context.events, &mut sink).await?;
    } else {
        let count = logs::read(&request, &mut sink).await?;
        if count == 0 {
            context.ui.note(&nothing(&request));
        }
        found = Some(count);
    }
    if is_stream {
        let is_cut = found.zip(request.limit).is_some_and(|(count, limit)| count > limit);
        return CommandResult::report(LogsReport { data: data(&request, &agent, is_cut, None) });
    }
    Ok(CommandResult::Code(0))
}

/// # Errors
/// Exit 2 for a document that would never end, and for two forms at once.
fn check_form(args: &LogsArgs, output: OutputFormat) -> Result<()> {
    let conflict = |what: &str, hint: &str| Err(Error::usage(what).code(Code::UsageConflict).hint(hint));
    match (output, args.follow, args.ndjson) {
        (OutputFormat::Ndjson, _, true) => conflict(
            "`--ndjson` and `--output ndjson` are two forms of the result",
            "leave out `--ndjson`, whose lines have no schema and no end",
        ),
        (OutputFormat::Json, true, _) => conflict(
            "`--follow` does not end, and `--output json` is one document",
            "lines of JSON come as they are logged with `agentcore logs --follow --ndjson`",
        ),
        (OutputFormat::Json, false, true) => {
            conflict("`--ndjson` and `--output json` are two forms of the result", "leave out one of them")
        }
        _ => Ok(()),
    }
}

pub(super) fn moment(text: &str, flag: &str, now: i64) -> Result<i64> {
    clock::moment(text, now).ok_or_else(|| {
        Error::usage(format!("`{flag}` is no time: `{}`", text.escape_debug())).code(Code::InputValue).hint(format!(
            "write it as an age, `{flag} 10m` (s, m, h, d), or in ISO 8601, `{flag} 2026-11-30T16:00:00Z`"
        ))
    })
}

fn nothing(request: &LogRequest<'_>) -> String {
    let lines = if request.filter.is_open() { "no events" } else { "no events that match" };
    let until = request.to.map(|to| format!(" until {}", clock::local_time(to))).unwrap_or_default();
    format!("{lines} since {}{until} in `{}`", clock::local_time(request.from), request.group)
}

async fn document(request: &LogRequest<'_>, agent: &TracedAgent) -> Result<CommandResult> {
    let mut lines = Vec::new();
    let mut sink = |more: Vec<LogLine>| {
        lines.extend(more);
        Ok(ControlFlow::Continue(()))
    };
    let count = logs::read(request, &mut sink).await?;
    CommandResult::report(LogsReport { data: data(request, agent, count > lines.len(), Some(&lines)) })
}

/// `lines` are `None` where they were printed before.
fn data(request: &LogRequest<'_>, agent: &TracedAgent, more: bool, lines: Option<&[LogLine]>) -> Value {
    json!({
        "agent_id": agent.runtime.as_str(),
        "endpoint": agent.endpoint,
        "logGroup": request.group,
        "region": agent.cloud.region(),
        "since": time_text(request.from),
        "until": request.to.map(time_text),
        "more": more,
        "events": lines.map(|lines| lines.iter().map(LogLine::data).collect::<Vec<_>>()),
    })
}

struct LogsReport {
    data: Value,
}

impl Report for LogsReport {
    fn schema(&self) -> &'static str {
        schemas::LOGS
    }

    fn data(&self) -> Value {
        self.data.clone()
    }

    /// Text is printed as it comes.
    fn document(&self) -> Document {
        Document::new()
    }
}

/// The form of a line on stdout.
#[derive(Clone, Copy)]
struct ShownAs {
    with_session: bool,
    form: LineForm,
}

#[derive(Clone, Copy)]
enum LineForm {
    Text,
    /// The object alone.
    Bare,
    /// The object with the name of its shape.
    Named,
}

impl ShownAs {
    /// `false` when nobody reads any more.
    fn print(self, ui: &Ui, lines: &[LogLine]) -> Result<bool> {
        match self.form {
            LineForm::Text => ui.part(&lines.iter().fold(Document::new(), |document, line| self.line(document, line))),
            LineForm::Bare => ui.json_lines(&lines.iter().map(LogLine::data).collect::<Vec<_>>()),
            LineForm::Named => {
                for line in lines {
                    if !ui.stream_line(schemas::LOG_LINE, &line.data())? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    /// `time  LEVEL  session  message  member=value`; further lines of a message stand below it.
    fn line(self, document: Document, line: &LogLine) -> Document {
        let (role, level) = match line.level {
            Some(level @ Level::Error) => (Role::Bad, level.as_str()),
            Some(level @ Level::Warn) => (Role::Attention, level.as_str()),
            Some(level @ Level::Info) => (Role::Good, level.as_str()),
            Some(level @ Level::Debug) => (Role::Dim, level.as_str()),
            None => (Role::Plain, ""),
        };
        let time = clock::local_time(line.event.time);
        let mut spans = vec![(Role::Dim, time.clone()), (role, format!(" {:5} ", level.to_uppercase()))];
        let mut column = time.len() + 7;
        if self.with_session {
            let id = line.session.as_deref().unwrap_or("-");
            let short: String = id.chars().take(SHORT_SESSION).collect();
            spans.push((Role::Code, format!("{short:SHORT_SESSION$} ")));
            column += SHORT_SESSION + 1;
        }
        let (first, rest) = line.message.split_once('\n').unwrap_or((&line.message, ""));
        spans.push((Role::Plain, first.to_owned()));
        if !line.members.is_empty() {
            let members: Vec<String> = line.members.iter().map(|(name, value)| format!("{name}={value}")).collect();
            spans.push((Role::Dim, format!("  {}", members.join(" "))));
        }
        let below = format!("\n{}", " ".repeat(column));
        spans.extend(rest.lines().map(|line| (Role::Plain, format!("{below}{line}"))));
        document.spans(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::LogEvent;
    use crate::report::Block;

    #[test]
    fn further_lines_stand_below_the_message() {
        let line = LogLine::read(LogEvent { message: "ERROR one\n  two".to_owned(), ..LogEvent::default() });
        let document = ShownAs { with_session: true, form: LineForm::Text }.line(Document::new(), &line);
        let [Block::Line(spans)] = document.blocks.as_slice() else { panic!("{document:?}") };
        let text: String = spans.iter().map(|(_, text)| text.as_str()).collect();
        let (first, second) = text.split_once('\n').unwrap();
        assert!(first.ends_with(" ERROR -        ERROR one"), "{first}");
        assert_eq!(second.find("two").unwrap() - 2, first.find("ERROR one").unwrap(), "{text}");
    }
}
