//! The formats of InvokeModel that are a prompt and no conversation, and embeddings.

use serde_json::{Value, json};

use super::conversation::{Content, Conversation, ModelReply, Sampling, Speaker, StopReason, Turn};
use super::text;
use crate::digest::Digest;

/// Length of Titan's vectors when none is asked for.
const TITAN_DIMENSIONS: u64 = 1024;
/// Length of Cohere's.
const COHERE_DIMENSIONS: u64 = 1024;
const MOST_DIMENSIONS: u64 = 4096;

/// Who made the model: what its answer looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PromptFormat {
    /// `inputText` -> `results[].outputText`.
    Titan,
    /// `prompt` -> `generation`.
    Llama,
    /// `prompt` -> `outputs[].text`.
    Mistral,
}

impl PromptFormat {
    /// The format of a model with its prompt; `None` when the body is another.
    pub(super) fn recognise<'v>(model: &str, input: &'v Value) -> Option<(Self, &'v str)> {
        if let Some(prompt) = text(input, "inputText") {
            return Some((Self::Titan, prompt));
        }
        let prompt = text(input, "prompt")?;
        if model.contains("mistral.") {
            return Some((Self::Mistral, prompt));
        }
        model.contains("meta.").then_some((Self::Llama, prompt))
    }

    pub(super) fn answer(self, reply: &ModelReply) -> Value {
        let (said, usage) = (reply.text(), reply.usage);
        let stop = match (self, reply.stop) {
            (Self::Titan, StopReason::MaxTokens) => "LENGTH",
            (Self::Titan, _) => "FINISH",
            (_, StopReason::MaxTokens) => "length",
            _ => "stop",
        };
        match self {
            Self::Titan => json!({
                "inputTextTokenCount": usage.input,
                "results": [{"tokenCount": usage.output, "outputText": said, "completionReason": stop}],
            }),
            Self::Llama => json!({
                "generation": said,
                "prompt_token_count": usage.input,
                "generation_token_count": usage.output,
                "stop_reason": stop,
            }),
            Self::Mistral => json!({ "outputs": [{"text": said, "stop_reason": stop}] }),
        }
    }

    /// The chunks of a streamed answer.
    pub(super) fn chunks(self, reply: &ModelReply) -> Vec<Value> {
        let said = reply.text();
        let pieces: Vec<&str> = super::pieces(&said).collect();
        let last = pieces.len().saturating_sub(1);
        let chunk = |(index, piece): (usize, &&str)| {
            let part = ModelReply { content: vec![Content::Text((*piece).to_owned())], ..reply.clone() };
            let mut chunk = self.answer(&part);
            if self == Self::Titan {
                let stop = chunk["results"][0]["completionReason"].take();
                chunk = json!({ "outputText": piece, "index": 0, "inputTextTokenCount": reply.usage.input,
                    "totalOutputTextTokenCount": if index == last { json!(reply.usage.output) } else { Value::Null },
                    "completionReason": if index == last { stop } else { Value::Null } });
            } else if index != last {
                let at = if self == Self::Mistral { &mut chunk["outputs"][0] } else { &mut chunk };
                at["stop_reason"] = Value::Null;
            }
            chunk
        };
        pieces.iter().enumerate().map(chunk).collect()
    }
}

pub(super) fn conversation(model: &str, prompt: &str) -> Conversation {
    let turn = Turn { speaker: Speaker::User, content: vec![Content::Text(prompt.to_owned())] };
    Conversation { model: model.to_owned(), turns: vec![turn], limits: Sampling::default(), ..Conversation::default() }
}

/// The answer of an embedding model; `None` when the model is none, or has another body.
pub(super) fn embeddings(model: &str, input: &Value) -> Option<Value> {
    if model.contains("titan-embed") {
        let said = text(input, "inputText")?;
        let wanted = input.get("dimensions").and_then(Value::as_u64).unwrap_or(TITAN_DIMENSIONS);
        let tokens = said.chars().count().div_ceil(4);
        return Some(
            json!({ "embedding": vector(said, wanted.clamp(1, MOST_DIMENSIONS)), "inputTextTokenCount": tokens }),
        );
    }
    if model.contains("cohere.embed") {
        let texts: Vec<&str> = input.get("texts")?.as_array()?.iter().filter_map(Value::as_str).collect();
        let vectors: Vec<Vec<f64>> = texts.iter().map(|said| vector(said, COHERE_DIMENSIONS)).collect();
        return Some(json!({
            "id": "sandbox", "response_type": "embeddings_floats", "embeddings": vectors, "texts": texts,
        }));
    }
    None
}

/// A vector of length 1: each word has a place, so texts that share words are near each other.
fn vector(said: &str, dimensions: u64) -> Vec<f64> {
    let mut vector = vec![0.0; usize::try_from(dimensions).unwrap_or(1)];
    let words = said.to_lowercase();
    for word in words.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let hash = Digest::of_bytes(word.as_bytes());
        let place = hash.as_bytes().iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)) % dimensions;
        vector[usize::try_from(place).unwrap_or(0)] += 1.0;
    }
    let length = vector.iter().map(|part| part * part).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|part| *part /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_shared_words_are_nearer() {
        let vectors = ["the weather in Seoul", "Seoul weather", "an unpaid invoice"].map(|said| vector(said, 256));
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        assert!(near(&vectors[0], &vectors[1]) > near(&vectors[0], &vectors[2]));
        assert!((near(&vectors[0], &vectors[0]) - 1.0).abs() < 1e-9);
        assert_eq!(vector("", 4), [0.0; 4]);
    }
}
