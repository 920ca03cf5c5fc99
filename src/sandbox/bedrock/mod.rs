//! Bedrock's runtime: Converse, ConverseStream, InvokeModel and InvokeModelWithResponseStream, answered by a stand-in that is no
//! model, or by a server that is one.
//!
//! Owns: the operations below `/model/`, who may call which model, and the event streams. Does not own: what the stand-in
//! says (`stand_in`), the server's protocol (`server`).
//!
//! ```text
//! Converse ─────> converse ──┐                      ┌──> stand_in
//! InvokeModel ──> anthropic ─┼──> a Conversation ───┤
//!             ──> prompt ────┘                      └──> server
//! ```

mod anthropic;
mod conversation;
mod converse;
mod prompt;
mod server;
mod stand_in;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use http::Method;
use serde_json::{Value, json};

use self::conversation::{Conversation, ModelReply};
use self::prompt::PromptFormat;
use super::control::invalid;
use super::reply::{self, Fault, Protocol, Response};
use super::request::{API_BODY_LIMIT, Request, json_object};
use super::{Sandbox, SharedSandbox, router, sigv4};
use crate::redact::SecretString;

const SERVICE: &str = "bedrock";
/// Prefixes of the ids of inference profiles, which lead to models in several Regions.
const PROFILES: &[&str] = &["us", "us-gov", "eu", "apac", "jp", "au", "ca", "sa", "global"];
/// Characters of a piece of a streamed text, about.
const PIECE: usize = 24;

/// A server with OpenAI's chat completions.
#[derive(Clone, Debug)]
pub(crate) struct ModelServer {
    /// Without a final slash; `/chat/completions` is added.
    pub(crate) url: String,
    /// The model that it is asked for; `None`: the id in the request.
    pub(crate) name: Option<String>,
    /// Sent as a bearer token.
    pub(crate) key: Option<SecretString>,
}

/// What is asked, and how it is to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Converse,
    ConverseStream,
    InvokeModel,
    InvokeModelWithResponseStream,
}

impl Operation {
    fn of(method: &Method, name: &str) -> Option<Self> {
        let known = match name {
            "converse" => Self::Converse,
            "converse-stream" => Self::ConverseStream,
            "invoke" => Self::InvokeModel,
            "invoke-with-response-stream" => Self::InvokeModelWithResponseStream,
            _ => return None,
        };
        (method == Method::POST).then_some(known)
    }

    /// The IAM action: the two forms of a conversation have none of their own.
    const fn action(self) -> &'static str {
        match self {
            Self::Converse | Self::InvokeModel => "bedrock:InvokeModel",
            Self::ConverseStream | Self::InvokeModelWithResponseStream => "bedrock:InvokeModelWithResponseStream",
        }
    }
}

/// Answers a request below `/model/`.
pub(crate) async fn handle(sandbox: &SharedSandbox, request: &mut Request) -> Response {
    let segments = request.segments.clone();
    let operation = match segments.as_slice() {
        [_, model, name] if !model.is_empty() => {
            Operation::of(&request.method, name).map(|operation| (operation, model))
        }
        _ => None,
    };
    let Some((operation, model)) = operation else {
        let what = format!("`{} {}`", request.method, request.raw_path);
        request.discard_body().await;
        return reply::fault(&Protocol::RestJson, Fault::unknown_operation(&what), &request.id);
    };
    match answer(sandbox, request, operation, model).await {
        Ok(response) => response,
        Err(fault) => reply::fault(&Protocol::RestJson, fault, &request.id),
    }
}

async fn answer(
    sandbox: &SharedSandbox,
    request: &mut Request,
    operation: Operation,
    model: &str,
) -> Result<Response, Fault> {
    let body = request.bytes(API_BODY_LIMIT).await?;
    let caller = router::caller(sandbox, request, &sigv4::sha256(&body), SERVICE)
        .map_err(|refusal| refusal.fault(&Protocol::RestJson))?;
    let id = model_id(model);
    let resources = arns(sandbox, model);
    let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
    caller.require(sandbox, operation.action(), &resources)?;
    let input = Value::Object(json_object(&body)?.as_object().cloned().unwrap_or_default());
    match operation {
        Operation::Converse => {
            let reply = next_turn(sandbox, &converse::read(id, &input)?).await?;
            Ok(reply::json(200, &converse::answer(&reply)))
        }
        Operation::ConverseStream => {
            let reply = next_turn(sandbox, &converse::read(id, &input)?).await?;
            event_stream(&converse::events(&reply))
        }
        Operation::InvokeModel => Ok(reply::json(200, &invoke(sandbox, id, &input).await?.whole())),
        Operation::InvokeModelWithResponseStream => {
            let chunks = invoke(sandbox, id, &input).await?.chunks()?;
            let chunk = |chunk: Value| ("chunk", json!({ "bytes": STANDARD.encode(chunk.to_string()) }));
            event_stream(&chunks.into_iter().map(chunk).collect::<Vec<_>>())
        }
    }
}

/// The model's id; of an ARN, what stands behind its last slash.
fn model_id(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

/// What a caller must be allowed to invoke: the model, and with a profile the profile too.
fn arns(sandbox: &Sandbox, model: &str) -> Vec<String> {
    if model.starts_with("arn:") {
        return vec![model.to_owned()];
    }
    let info = &sandbox.info;
    let foundation = |id: &str| {
        let resource = format!("foundation-model/{id}");
        info.partition().arn(SERVICE, &info.region, "", &resource).to_string()
    };
    match model.split_once('.') {
        Some((prefix, rest)) if PROFILES.contains(&prefix) => {
            vec![info.arn(SERVICE, &format!("inference-profile/{model}")).to_string(), foundation(rest)]
        }
        _ => vec![foundation(model)],
    }
}

async fn next_turn(sandbox: &SharedSandbox, conversation: &Conversation) -> Result<ModelReply, Fault> {
    if conversation.turns.is_empty() {
        return Err(invalid("A conversation must have at least one message."));
    }
    match &sandbox.options.model {
        Some(server) => server::reply(sandbox, server, conversation).await,
        None => Ok(stand_in::reply(conversation)),
    }
}

/// An answer in the form of the model's maker.
enum Invoked {
    Anthropic(Box<Conversation>, ModelReply),
    Nova(ModelReply),
    Prompt(PromptFormat, ModelReply),
    Embeddings(Value),
}

impl Invoked {
    fn whole(&self) -> Value {
        match self {
            Self::Anthropic(conversation, reply) => anthropic::answer(conversation, reply),
            Self::Nova(reply) => converse::answer_of_nova(reply),
            Self::Prompt(format, reply) => format.answer(reply),
            Self::Embeddings(answer) => answer.clone(),
        }
    }

    fn chunks(&self) -> Result<Vec<Value>, Fault> {
        match self {
            Self::Anthropic(conversation, reply) => Ok(anthropic::chunks(conversation, reply)),
            Self::Nova(reply) => Ok(converse::chunks_of_nova(reply)),
            Self::Prompt(format, reply) => Ok(format.chunks(reply)),
            Self::Embeddings(_) => Err(invalid("The model is unsupported for streaming.")),
        }
    }
}

/// Which format a body has follows from its members, and from the model's maker where they do not tell.
async fn invoke(sandbox: &SharedSandbox, model: &str, input: &Value) -> Result<Invoked, Fault> {
    if let Some(answer) = prompt::embeddings(model, input) {
        return Ok(Invoked::Embeddings(answer));
    }
    if input.get("anthropic_version").is_some() {
        let conversation = anthropic::read(model, input)?;
        let reply = next_turn(sandbox, &conversation).await?;
        return Ok(Invoked::Anthropic(Box::new(conversation), reply));
    }
    if model.contains("amazon.nova") {
        return Ok(Invoked::Nova(next_turn(sandbox, &converse::read(model, input)?).await?));
    }
    let Some((format, said)) = PromptFormat::recognise(model, input) else {
        return Err(invalid(format!(
            "Malformed input request for {model}. The sandbox has the formats of Anthropic's messages (anthropic_version), Amazon \
             Nova, Titan and its embeddings, Meta Llama, Mistral, and Cohere's embeddings; Converse takes any model."
        )));
    };
    Ok(Invoked::Prompt(format, next_turn(sandbox, &prompt::conversation(model, said)).await?))
}

/// AWS's binary event stream.
///
/// # Errors
/// InternalServerException for an event that is too large for a frame.
fn event_stream(events: &[(&'static str, Value)]) -> Result<Response, Fault> {
    let mut body = Vec::new();
    for (name, event) in events {
        let payload = event.to_string();
        let frame = frame(
            &[(":event-type", name), (":content-type", "application/json"), (":message-type", "event")],
            &payload,
        );
        body.extend(frame.ok_or_else(|| Fault::internal("an event is too large for a frame"))?);
    }
    Ok(reply::with_body(200, "application/vnd.amazon.eventstream", body))
}

/// One message: lengths of the whole and of the headers, their sum; the headers; the payload; the sum of all of it. Numbers are
/// big-endian, sums CRC-32. Source: the specification of `application/vnd.amazon.eventstream`.
fn frame(headers: &[(&str, &str)], payload: &str) -> Option<Vec<u8>> {
    /// Type of a header whose value is a text.
    const TEXT: u8 = 7;
    const PRELUDE_AND_SUMS: usize = 16;
    let sum = |bytes: &[u8]| u32::try_from(crc_fast::checksum(CrcAlgorithm::Crc32IsoHdlc, bytes)).ok();
    let mut lines = Vec::new();
    for (name, value) in headers {
        lines.push(u8::try_from(name.len()).ok()?);
        lines.extend(name.as_bytes());
        lines.push(TEXT);
        lines.extend(u16::try_from(value.len()).ok()?.to_be_bytes());
        lines.extend(value.as_bytes());
    }
    let length = u32::try_from(PRELUDE_AND_SUMS + lines.len() + payload.len()).ok()?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(u32::try_from(lines.len()).ok()?.to_be_bytes());
    frame.extend(sum(&frame)?.to_be_bytes());
    frame.extend(lines);
    frame.extend(payload.as_bytes());
    frame.extend(sum(&frame)?.to_be_bytes());
    Some(frame)
}

/// A text in pieces that end after a word.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let enough = rest.char_indices().nth(PIECE).map_or(rest.len(), |(at, _)| at);
        let end = rest[enough..].find(' ').map_or(rest.len(), |at| enough + at + 1);
        let (piece, others) = rest.split_at(end);
        rest = others;
        Some(piece)
    })
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list.
fn words_of(value: Option<&Value>) -> Vec<String> {
    let each = value.and_then(Value::as_array).into_iter().flatten();
    each.filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_text_again() {
        for text in [
            "",
            "short",
            "a text of several words that is longer than one piece of it",
            "서울의 날씨는 오늘도 아주 맑고 화창하며 기온은 20도 입니다",
        ] {
            assert_eq!(pieces(text).collect::<String>(), text);
        }
        assert_eq!(pieces("a text of several words that is longer").count(), 2);
    }

    #[test]
    fn a_profile_needs_the_model_behind_it_too() {
        let (sandbox, _dir) = crate::sandbox::tests::TestSandbox::bare();
        let profile = arns(&sandbox, "global.anthropic.claude-haiku-4-5-20251001-v1:0");
        assert!(profile[0].contains(":123456789012:inference-profile/global.anthropic."), "{profile:?}");
        assert!(
            profile[1].ends_with(":us-west-2::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"),
            "{profile:?}"
        );
        assert_eq!(arns(&sandbox, "amazon.nova-lite-v1:0").len(), 1);
        assert_eq!(
            model_id("arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0"),
            "amazon.nova-lite-v1:0"
        );
    }
}
