//! `agentcore man`: manual pages, made of clap's own model.

use std::path::Path;

use clap::{Command, CommandFactory};
use serde_json::{Value, json};

use super::args::{Cli, ManArgs};
use super::{CommandContext, CommandResult, Result};
use crate::config::nearest;
use crate::error::{Context as _, Error};
use crate::fsx;
use crate::report::{Document, Report, schemas};

pub(super) fn run(args: &ManArgs, context: &CommandContext) -> Result<CommandResult> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let Some(folder) = &args.out else {
        let page = page(found(&root, &args.command)?)?;
        return CommandResult::report(Manual { pages: vec![page], folder: None });
    };
    let folder = context.env.cwd().join(folder);
    std::fs::create_dir_all(&folder).with_context(|| format!("could not make the folder `{}`", folder.display()))?;
    let mut pages = Vec::new();
    collect(&root, &mut pages)?;
    for page in &pages {
        fsx::write_atomic(&folder.join(&page.name), page.text.as_bytes())?;
    }
    CommandResult::report(Manual { pages, folder: Some(folder.display().to_string()) })
}

/// A page and its file's name: `agentcore-identity-token.1`.
struct Page {
    name: String,
    text: String,
}

fn found<'c>(root: &'c Command, path: &[String]) -> Result<&'c Command> {
    path.iter().try_fold(root, |parent, name| {
        parent.find_subcommand(name).ok_or_else(|| {
            let near = nearest(name, parent.get_subcommands().map(Command::get_name));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Error::not_found(format!("`{}` is not a command{near}", path.join(" ").escape_debug()))
                .hint("`agentcore help` shows all commands")
        })
    })
}

/// The pages of a command and of all that the help shows below it.
fn collect(command: &Command, pages: &mut Vec<Page>) -> Result<()> {
    pages.push(page(command)?);
    let below = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    below.into_iter().try_for_each(|command| collect(command, pages))
}

fn page(command: &Command) -> Result<Page> {
    // What follows the help has lines of its own, which `man` would join.
    let plain = command.clone().version(env!("CARGO_PKG_VERSION")).after_help(None::<&'static str>);
    // The line that the help begins with, instead of every flag once more.
    let usage = plain.clone().render_usage().to_string().replace("Usage: ", "");
    let usage = usage.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let man = clap_mangen::Man::new(plain.override_usage(usage))
        .source(concat!("agentcore ", env!("CARGO_PKG_VERSION")))
        .manual("Manual of agentcore");
    let name = man.get_filename();
    let mut text = Vec::new();
    man.render(&mut text).context("could not make the page")?;
    let mut text = String::from_utf8_lossy(&text).into_owned();
    if let Some(after) = command.get_after_help() {
        text.push_str(&after_help(&after.to_string()));
    }
    Ok(Page { name, text })
}

/// What stands below the help, line by line: `Examples:` and other headings are sections.
fn after_help(text: &str) -> String {
    let mut page = String::new();
    for block in text.split("\n\n") {
        let (heading, lines) = match block.split_once(":\n") {
            Some((heading, lines)) if !heading.contains('\n') => (heading.to_uppercase(), lines),
            _ => ("NOTES".to_owned(), block),
        };
        page.push_str(&format!(".SH \"{}\"\n.nf\n", escaped(&heading)));
        for line in lines.lines() {
            page.push_str(&escaped(line.strip_prefix("  ").unwrap_or(line)));
            page.push('\n');
        }
        page.push_str(".fi\n");
    }
    page
}

/// A line of text in roff's own notation.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('"', "\\(dq");
    if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
}

struct Manual {
    pages: Vec<Page>,
    /// `None` where the page is printed.
    folder: Option<String>,
}

impl Report for Manual {
    fn schema(&self) -> &'static str {
        schemas::MAN
    }

    fn data(&self) -> Value {
        let pages = self.pages.iter().map(|page| {
            let file = self.folder.as_ref().map(|folder| Path::new(folder).join(&page.name).display().to_string());
            json!({ "name": page.name, "file": file, "text": self.folder.is_none().then_some(&page.text) })
        });
        json!({ "pages": pages.collect::<Vec<_>>() })
    }

    fn document(&self) -> Document {
        match &self.folder {
            Some(folder) => Document::new().line(format!("{} pages are in {folder}", self.pages.len())),
            None => self.pages.iter().fold(Document::new(), |document, page| document.verbatim(page.text.clone())),
        }
    }
}
