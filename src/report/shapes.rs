//! The members of every `-o json` document and their types, as JSON Schema: `agentcore schema output`.
//!
//! Owns: how a shape is written down, the envelope, the translation to draft 2020-12. Does not own: which document has which
//! members (`table`), the names (`schemas`), the documents themselves, which each report makes. Tests hold the two against each
//! other: every document that a test gets has the members of its shape, and `tests/outside/test_schemas.py` validates them.

mod parts;
mod table;

use serde_json::{Map, Value, json};

/// The dialect of all schemas that the program prints.
pub(crate) const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What a value may be.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Bool,
    /// Whole numbers.
    Int,
    Number,
    /// Whatever somebody else says: an agent's answer, a part of a service's answer.
    Any,
    /// Of a service's answer, as the service names its members.
    Free,
    OneOf(&'static [&'static str]),
    Texts,
    List(&'static [Member]),
    /// A list of what somebody else says.
    Anything,
    Object(&'static [Member]),
    /// Names that the user gave, with values of one kind each.
    Named(&'static [Member]),
    Variables,
}

/// A member of a document.
#[derive(Clone, Copy)]
struct Member {
    name: &'static str,
    shape: Shape,
    /// It may be null.
    is_nullable: bool,
    /// It may be left out. Members of `data` are always there.
    is_optional: bool,
}

const fn member(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, is_nullable: false, is_optional: false }
}

/// One that is null where there is nothing to say.
const fn maybe(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, is_nullable: true, is_optional: false }
}

/// One that is left out where there is nothing to say.
const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, is_nullable: true, is_optional: true }
}

impl Shape {
    fn schema(self) -> Map<String, Value> {
        let value = match self {
            Self::Text => json!({ "type": "string" }),
            Self::Bool => json!({ "type": "boolean" }),
            Self::Int => json!({ "type": "integer" }),
            Self::Number => json!({ "type": "number" }),
            Self::Any => json!({}),
            Self::Free => json!({ "type": "object" }),
            Self::OneOf(texts) => json!({ "type": "string", "enum": texts }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::List(members) => json!({ "type": "array", "items": object(members) }),
            Self::Anything => json!({ "type": "array" }),
            Self::Object(members) => object(members),
            Self::Named(members) => json!({ "type": "object", "additionalProperties": object(members) }),
            Self::Variables => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        };
        match value {
            Value::Object(schema) => schema,
            _ => Map::new(),
        }
    }
}

impl Member {
    fn schema(&self) -> Value {
        let mut schema = self.shape.schema();
        if self.is_nullable {
            if let Some(kind) = schema.get_mut("type") {
                *kind = json!([kind.clone(), "null"]);
            }
            if let Some(Value::Array(texts)) = schema.get_mut("enum") {
                texts.push(Value::Null);
            }
        }
        Value::Object(schema)
    }
}

/// Later versions may add members, so that none is forbidden.
fn object(members: &[Member]) -> Value {
    let properties: Map<String, Value> =
        members.iter().map(|member| (member.name.to_owned(), member.schema())).collect();
    let required: Vec<&str> = members.iter().filter(|member| !member.is_optional).map(|member| member.name).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

/// `error` of a failure.
fn error() -> Value {
    object(&[
        member("code", Shape::Text),
        member("message", Shape::Text),
        member("causes", Shape::Texts),
        member("hints", Shape::Texts),
        maybe("requestId", Shape::Text),
        member("retryable", Shape::Bool),
    ])
}

/// The document of one name, without the frame of a schema of its own.
fn document(name: &str, data: Option<&[Member]>) -> Value {
    let envelope = |ok: bool, member: &str, content: Value| {
        json!({
            "properties": { "schema": { "const": name }, "ok": { "const": ok }, member: content },
            "required": ["schema", "ok", member],
        })
    };
    let failure = envelope(false, "error", json!({ "$ref": "#/$defs/error" }));
    let either = match data {
        Some(members) => vec![envelope(true, "data", object(members)), failure],
        None => vec![failure],
    };
    json!({ "title": name, "type": "object", "oneOf": either })
}

/// A line of a stream: what happened, not how the command ended.
fn line(name: &str, data: &[Member]) -> Value {
    json!({
        "title": name,
        "type": "object",
        "properties": { "schema": { "const": name }, "data": object(data) },
        "required": ["schema", "data"],
    })
}

/// The schema of the document or line that `name` stands for, such as `launch` or `agentcore.launch/1`; `None` for no such name.
pub(crate) fn of(name: &str) -> Option<Value> {
    let is_meant = |full: &str| full == name || short(full) == name;
    let documents = table::all().map(|(name, data)| (name, data, true));
    let lines = table::LINES.iter().map(|(name, data)| (*name, Some(*data), false));
    let (name, data, is_document) = documents.chain(lines).find(|(name, ..)| is_meant(name))?;
    let (frame, content) = if is_document {
        (json!({ "$schema": DRAFT, "$defs": { "error": error() } }), document(name, data))
    } else {
        (json!({ "$schema": DRAFT }), line(name, data.unwrap_or_default()))
    };
    match (frame, content) {
        (Value::Object(mut schema), Value::Object(content)) => {
            schema.extend(content);
            Some(schema.into())
        }
        _ => None,
    }
}

/// One schema for the documents of all commands.
pub(crate) fn all() -> Value {
    let mut definitions = Map::from_iter([("error".to_owned(), error())]);
    let mut any = Vec::new();
    for (name, data) in table::all() {
        definitions.insert(short(name).to_owned(), document(name, data));
        any.push(json!({ "$ref": format!("#/$defs/{}", short(name)) }));
    }
    json!({ "$schema": DRAFT, "title": "Documents of agentcore -o json", "oneOf": any, "$defs": definitions })
}

/// `launch` of `agentcore.launch/1`.
fn short(name: &str) -> &str {
    name.trim_start_matches("agentcore.").trim_end_matches("/1")
}

/// The short names of all documents and lines, in the order of the tables.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let lines = table::LINES.iter().map(|(name, _)| *name);
    table::all().map(|(name, _)| name).chain(lines).map(short)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::schemas;

    #[test]
    fn every_schema_name_has_one_shape() {
        let lines = table::LINES.iter().map(|(name, _)| *name);
        // The log of events is no output: its schema is made from its own table.
        let mut named: Vec<&str> = table::all().map(|(name, _)| name).chain(lines).chain([schemas::EVENT]).collect();
        let mut known = schemas::ALL.to_vec();
        named.sort_unstable();
        known.sort_unstable();
        assert_eq!(named, known);
    }

    #[test]
    fn a_document_is_found_by_both_names() {
        assert_eq!(of("launch"), of("agentcore.launch/1"));
        assert!(of("lunch").is_none());
        let launch = of("launch").unwrap();
        assert_eq!(launch["oneOf"][0]["properties"]["schema"]["const"], "agentcore.launch/1");
    }

    #[test]
    fn members_of_data_are_never_left_out() {
        for (name, members) in table::all() {
            let left = members.iter().copied().flatten().find(|member| member.is_optional);
            assert!(left.is_none(), "{name}: {}", left.map_or("", |member| member.name));
        }
    }
}
