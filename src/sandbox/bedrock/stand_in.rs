//! The stand-in for a language model: no model, and the same answer for the same conversation.
//!
//! Owns: which tool it calls, with what, and what it says. What it does is described in docs/sandbox-explained.md, which tests and
//! examples rely on; change both.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Map, Value, json};

use super::conversation::{Content, Conversation, ModelReply, StopReason, ToolChoice, ToolSpec, ToolUse};

/// How many earlier prompts it repeats, and how many characters of each.
const EARLIER: usize = 5;
const EARLIER_CHARACTERS: usize = 200;
/// A word of the prompt that is in the tool's name counts this much, one of its description 1.
const IN_NAME: usize = 3;
/// From here on a tool is called: a word of its name, or two of its description and more.
const ENOUGH: usize = 2;
/// A calculation in the prompt, for a tool that calculates.
const CALCULATION: usize = 5;
/// Words that say nothing about what a tool is for.
const EMPTY_WORDS: &[&str] = &[
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "get", "give",
    "given", "has", "have", "how", "i", "in", "is", "it", "its", "let", "me", "my", "now", "of", "on", "or", "please",
    "return", "returns", "some", "tell", "that", "the", "their", "them", "this", "to", "tool", "use", "used", "user",
    "was", "we", "what", "when", "which", "will", "with", "you", "your",
];

/// The patterns by which a prompt is read.
struct Patterns {
    number: Regex,
    arithmetic: Regex,
    date: Regex,
    quoted: Regex,
    place: Regex,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let arithmetic = r"[\d(][\d.()\s]*(?:(?:\*\*|[-+*/^%x×X÷])\s*[\d(.][\d.()\s]*)+";
    let place = r"\b(?:in|at|for|from|to|of) ([A-Z][\w'.-]*(?: [A-Z][\w'.-]*)*)";
    Some(Patterns {
        number: Regex::new(r"-?\d+(?:\.\d+)?").ok()?,
        arithmetic: Regex::new(arithmetic).ok()?,
        date: Regex::new(r"^\d{1,4}([-/])\d{1,2}([-/])\d{1,4}$").ok()?,
        quoted: Regex::new(r#""([^"]+)"|“([^”]+)”|「([^」]+)」"#).ok()?,
        place: Regex::new(place).ok()?,
    })
});

/// The next turn.
pub(super) fn reply(conversation: &Conversation) -> ModelReply {
    let (_, prompt) = conversation.prompt().unwrap_or_default();
    let results = conversation.results();
    if let Some(tool) = tool_to_call(conversation, &prompt, !results.is_empty()) {
        let input = Input { prompt: &prompt }.object(&tool.schema, &tool.schema);
        let call = ToolUse { id: conversation.id("tooluse_"), name: tool.name.clone(), input };
        return ModelReply::new(conversation, vec![Content::ToolUse(call)], StopReason::ToolUse);
    }
    let text = if results.is_empty() {
        asked(conversation, &prompt)
    } else {
        let told = results.iter().map(|(tool, result)| {
            let verb = if result.failed { "failed" } else { "answered" };
            format!("{tool} {verb}: {}", result.text.trim())
        });
        told.collect::<Vec<_>>().join("\n")
    };
    ModelReply::new(conversation, vec![Content::Text(text)], StopReason::EndTurn)
}

fn asked(conversation: &Conversation, prompt: &str) -> String {
    let others =
        conversation.turns.last().into_iter().flat_map(|turn| &turn.content).filter_map(|content| match content {
            Content::Other(kind) => Some(kind.as_str()),
            _ => None,
        });
    let others: Vec<&str> = others.collect();
    let mut text = format!("The stand-in for {} was asked: {prompt}", conversation.model);
    if !others.is_empty() {
        text.push_str(&format!("\nIt was also given: {}", others.join(", ")));
    }
    let earlier = conversation.earlier_prompts();
    if !earlier.is_empty() {
        let shown = earlier.iter().skip(earlier.len().saturating_sub(EARLIER));
        let shown = shown.map(|text| text.chars().take(EARLIER_CHARACTERS).collect::<String>());
        text.push_str(&format!("\nBefore that: {}", shown.collect::<Vec<_>>().join(" | ")));
    }
    text
}

/// One call for each prompt: after its answer the stand-in speaks, or an agent would never end.
fn tool_to_call<'a>(conversation: &'a Conversation, prompt: &str, answered: bool) -> Option<&'a ToolSpec> {
    let tools = &conversation.tools;
    match &conversation.choice {
        ToolChoice::Never => None,
        ToolChoice::Named(name) => tools.iter().find(|tool| tool.name == *name),
        ToolChoice::Auto if answered => None,
        ToolChoice::Auto => best(tools, prompt).filter(|(score, _)| *score >= ENOUGH).map(|(_, tool)| tool),
        ToolChoice::Any => best(tools, prompt).map(|(_, tool)| tool),
    }
}

/// The tool that fits best; of equals the first.
fn best<'a>(tools: &'a [ToolSpec], prompt: &str) -> Option<(usize, &'a ToolSpec)> {
    let scored = tools.iter().map(|tool| (score(tool, prompt), tool));
    scored.reduce(|best, other| if other.0 > best.0 { other } else { best })
}

fn score(tool: &ToolSpec, prompt: &str) -> usize {
    let asked = words(prompt);
    let lower = prompt.to_lowercase();
    // Languages without spaces, or with endings at their nouns, have the word inside another.
    let is_asked = |word: &String| {
        asked.contains(word) || (!word.is_ascii() && word.chars().count() > 1 && lower.contains(word.as_str()))
    };
    let name = words(&tool.name);
    let in_name = name.iter().filter(|word| is_asked(word)).count();
    let in_description = words(&tool.description).iter().filter(|word| !name.contains(word) && is_asked(word)).count();
    let purpose = format!("{} {}", tool.name, tool.description).to_lowercase();
    let calculates = ["calculat", "arithmetic", "math"].iter().any(|word| purpose.contains(word));
    let bonus = if calculates && calculation(prompt).is_some() { CALCULATION } else { 0 };
    in_name * IN_NAME + in_description + bonus
}

/// What the prompt asks to be calculated; a date is none.
fn calculation(prompt: &str) -> Option<&str> {
    let patterns = PATTERNS.as_ref()?;
    let mut found = patterns.arithmetic.find_iter(prompt).map(|found| found.as_str().trim());
    found.find(|text| !patterns.date.is_match(text))
}

/// The words of a text in small letters, each once, without a plural's `s`: `get_OrderStatus` has `order` and `status`.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut after_small = false;
    for letter in text.chars() {
        if letter.is_uppercase() && after_small {
            spaced.push(' ');
        }
        after_small = letter.is_lowercase();
        if letter.is_alphanumeric() { spaced.extend(letter.to_lowercase()) } else { spaced.push(' ') }
    }
    let mut words = Vec::new();
    for word in spaced.split_whitespace() {
        let singular = word.strip_suffix('s').filter(|stem| stem.len() > 3 && !stem.ends_with('s')).unwrap_or(word);
        if !EMPTY_WORDS.contains(&word) && !words.iter().any(|known| known == singular) {
            words.push(singular.to_owned());
        }
    }
    words
}

/// Makes the input of a tool out of what the user said.
struct Input<'a> {
    prompt: &'a str,
}

impl Input<'_> {
    /// The required members of a schema, and the only one of those that name none. `root` is where references lead.
    fn object(&self, schema: &Value, root: &Value) -> Value {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return json!({}) };
        let required = schema.get("required").and_then(Value::as_array);
        let mut wanted: Vec<&str> = required.into_iter().flatten().filter_map(Value::as_str).collect();
        if wanted.is_empty() && properties.len() == 1 {
            wanted.extend(properties.keys().map(String::as_str));
        }
        let members = wanted.into_iter().map(|name| {
            let member = properties.get(name).unwrap_or(&Value::Null);
            (name.to_owned(), self.member(name, resolved(root, member), root))
        });
        members.collect::<Map<_, _>>().into()
    }

    fn member(&self, name: &str, member: &Value, root: &Value) -> Value {
        if let Some(fixed) = member.get("const").or_else(|| member.get("default")).filter(|value| !value.is_null()) {
            return fixed.clone();
        }
        if let Some(allowed) = member.get("enum").and_then(Value::as_array) {
            let lower = self.prompt.to_lowercase();
            let said = |value: &&Value| value.as_str().is_some_and(|text| lower.contains(&text.to_lowercase()));
            return allowed.iter().find(said).or(allowed.first()).cloned().unwrap_or_default();
        }
        if let Some(first) = ["anyOf", "oneOf", "allOf"].iter().find_map(|of| member.get(of)?.as_array()?.first()) {
            return self.member(name, resolved(root, first), root);
        }
        let kind = match member.get("type") {
            Some(Value::Array(kinds)) => kinds.first().and_then(Value::as_str),
            other => other.and_then(Value::as_str),
        };
        match kind {
            Some("integer") => json!(self.number(member).trunc() as i64),
            Some("number") => json!(self.number(member)),
            Some("boolean") => json!(false),
            Some("null") => Value::Null,
            Some("array") => {
                let item = member.get("items").map(|item| self.member(name, resolved(root, item), root));
                json!(item.into_iter().collect::<Vec<_>>())
            }
            Some("object") => self.object(member, root),
            _ => json!(self.text(name)),
        }
    }

    /// The first number that was said, within the schema's bounds.
    fn number(&self, member: &Value) -> f64 {
        let found = PATTERNS.as_ref().and_then(|patterns| patterns.number.find(self.prompt));
        let said = found.and_then(|found| found.as_str().parse::<f64>().ok()).unwrap_or_default();
        let bound = |name: &str| member.get(name).and_then(Value::as_f64);
        said.max(bound("minimum").unwrap_or(f64::MIN)).min(bound("maximum").unwrap_or(f64::MAX))
    }

    /// A calculation, what was put in quotes, a place after `in`; else all that was said.
    fn text(&self, name: &str) -> String {
        let name = name.to_lowercase();
        let captured = |pattern: fn(&Patterns) -> &Regex| {
            let found = pattern(PATTERNS.as_ref()?).captures(self.prompt)?;
            found.iter().skip(1).flatten().next().map(|part| part.as_str().to_owned())
        };
        let is_about = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if is_about(&["expression", "formula", "equation"])
            && let Some(found) = calculation(self.prompt)
        {
            return found.replace(['x', 'X', '×'], "*").replace('÷', "/");
        }
        if is_about(&["city", "location", "place", "country", "region", "town"])
            && let Some(place) = captured(|patterns| &patterns.place)
        {
            return place;
        }
        captured(|patterns| &patterns.quoted).unwrap_or_else(|| self.prompt.to_owned())
    }
}

/// What a reference within the schema leads to.
fn resolved<'v>(root: &'v Value, member: &'v Value) -> &'v Value {
    let pointer = member.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    pointer.and_then(|pointer| root.pointer(pointer)).unwrap_or(member)
}

#[cfg(test)]
mod tests {
    use super::super::conversation::{Speaker, ToolResult, Turn};
    use super::*;

    fn tool(name: &str, description: &str, schema: Value) -> ToolSpec {
        ToolSpec { name: name.to_owned(), description: description.to_owned(), schema }
    }

    fn said(speaker: Speaker, text: &str) -> Turn {
        Turn { speaker, content: vec![Content::Text(text.to_owned())] }
    }

    fn conversation(prompt: &str, tools: Vec<ToolSpec>) -> Conversation {
        Conversation {
            model: "m".to_owned(),
            turns: vec![said(Speaker::User, prompt)],
            tools,
            ..Conversation::default()
        }
    }

    fn tools() -> Vec<ToolSpec> {
        let expression = json!({"type": "object", "properties": {"expression": {"type": "string"}, "mode": {"type": "string"}}, "required": ["expression"]});
        vec![
            tool("calculator", "Calculator powered by SymPy for mathematical operations.", expression),
            tool("weather", " Get weather ", json!({"type": "object", "properties": {}})),
            tool(
                "get_orderStatus",
                "Look up the delivery of an order",
                json!({"type": "object", "properties": {"order_id": {"type": "integer", "minimum": 100}}, "required": ["order_id"]}),
            ),
        ]
    }

    fn call(prompt: &str, tools: Vec<ToolSpec>) -> Option<(String, Value)> {
        match reply(&conversation(prompt, tools)).content.as_slice() {
            [Content::ToolUse(call)] => Some((call.name.clone(), call.input.clone())),
            _ => None,
        }
    }

    #[test]
    fn the_tool_that_fits_is_called() {
        for (prompt, name, input) in [
            ("How is the weather now?", "weather", json!({})),
            ("What is 2 + 3*(4-1)?", "calculator", json!({"expression": "2 + 3*(4-1)"})),
            ("How much is 2X2?", "calculator", json!({"expression": "2*2"})),
            ("Where is the delivery of order 4711?", "get_orderStatus", json!({"order_id": 4711})),
            ("status of my orders", "get_orderStatus", json!({"order_id": 100})),
        ] {
            assert_eq!(call(prompt, tools()), Some((name.to_owned(), input)), "{prompt}");
        }
        for prompt in ["Tell me a story", "안녕하세요", "2026-11-29 was a Sunday", "", "Get me the user"] {
            assert_eq!(call(prompt, tools()), None, "{prompt}");
        }
    }

    #[test]
    fn a_word_inside_another_counts_in_korean() {
        let korean =
            vec![tool("tool_1", "서울의 날씨 정보를 알려 줍니다", json!({})), tool("tool_2", "주문 취소", json!({}))];
        assert_eq!(call("오늘 서울의 날씨는 어때요?", korean).unwrap().0, "tool_1");
    }

    #[test]
    fn a_tools_answer_is_used_once() {
        let mut told = conversation("How is the weather?", tools());
        let first = reply(&told);
        assert_eq!(first.stop, StopReason::ToolUse);
        let Content::ToolUse(call) = first.content[0].clone() else { panic!("{first:?}") };
        told.turns.push(Turn { speaker: Speaker::Assistant, content: first.content });
        let result = ToolResult { id: call.id, text: "sunny".to_owned(), failed: false };
        told.turns.push(Turn { speaker: Speaker::User, content: vec![Content::ToolResult(result)] });
        let last = reply(&told);
        assert_eq!((last.text().as_str(), last.stop), ("weather answered: sunny", StopReason::EndTurn));
    }

    #[test]
    fn the_same_conversation_gets_the_same_answer() {
        let told = conversation("How is the weather?", tools());
        assert_eq!(reply(&told), reply(&told));
        let other = conversation("How is the weather today?", tools());
        let id = |reply: ModelReply| match &reply.content[0] {
            Content::ToolUse(call) => call.id.clone(),
            other => panic!("{other:?}"),
        };
        assert_ne!(id(reply(&told)), id(reply(&other)));
    }

    #[test]
    fn what_was_said_before_is_told() {
        let mut told = conversation("My dog is called Rex", vec![]);
        told.turns.push(said(Speaker::Assistant, "Noted."));
        told.turns.push(said(Speaker::User, "What is it called?"));
        assert_eq!(
            reply(&told).text(),
            "The stand-in for m was asked: What is it called?\nBefore that: My dog is called Rex"
        );
    }

    #[test]
    fn the_choice_of_tools_is_obeyed() {
        let mut told = conversation("Tell me a story", tools());
        let name = |told: &Conversation| match reply(told).content.remove(0) {
            Content::ToolUse(call) => Some(call.name),
            _ => None,
        };
        told.choice = ToolChoice::Any;
        assert_eq!(name(&told).as_deref(), Some("calculator"));
        told.choice = ToolChoice::Named("weather".to_owned());
        assert_eq!(name(&told).as_deref(), Some("weather"));
        told = conversation("weather", tools());
        told.choice = ToolChoice::Never;
        assert_eq!(name(&told), None);
    }

    #[test]
    fn an_input_fits_its_schema() {
        let schema = json!({
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"enum": ["celsius", "fahrenheit"]},
                "days": {"type": "integer", "maximum": 5},
                "person": {"$ref": "#/$defs/Person"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "optional": {"type": "string"},
            },
            "required": ["city", "unit", "days", "person", "tags", "note"],
            "$defs": {"Person": {"type": "object", "properties": {"age": {"type": "number"}}, "required": ["age"]}},
        });
        let input = Input { prompt: "Forecast of 7 days in New York in Fahrenheit, note \"bring a hat\"" }
            .object(&schema, &schema);
        assert_eq!(
            input,
            json!({"city": "New York", "unit": "fahrenheit", "days": 5, "person": {"age": 7.0}, "tags": ["bring a hat"], "note": "bring a hat"})
        );
    }
}
