//! `agentcore schema`: JSON Schemas of what the program reads and prints.

use serde_json::{Value, json};

use super::args::SchemaCommand;
use super::{CommandResult, Result};
use crate::config::{self, nearest};
use crate::error::Error;
use crate::events;
use crate::report::{Document, Report, schemas, shapes};

pub(super) fn run(command: &SchemaCommand) -> Result<CommandResult> {
    let (name, schema) = match command {
        SchemaCommand::Config(_) => ("config", config::json_schema()),
        SchemaCommand::Events(_) => ("events", events::log::json_schema()),
        SchemaCommand::Output(args) => match args.name.as_deref() {
            None => ("output", shapes::all()),
            Some(name) => (name, shapes::of(name).ok_or_else(|| unknown(name))?),
        },
    };
    CommandResult::report(Schema { name: name.to_owned(), schema })
}

fn unknown(name: &str) -> Error {
    let near = nearest(name, shapes::names());
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Error::not_found(format!("there is no document `{}`{near}", name.escape_debug()))
        .hint("`agentcore schema output` prints the schema of all documents, with their names")
}

struct Schema {
    name: String,
    schema: Value,
}

impl Report for Schema {
    fn schema(&self) -> &'static str {
        schemas::SCHEMA
    }

    fn data(&self) -> Value {
        json!({ "name": self.name, "jsonSchema": self.schema })
    }

    fn document(&self) -> Document {
        Document::new().verbatim(format!("{:#}\n", self.schema))
    }
}
