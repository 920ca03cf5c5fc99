//! Spans in OpenTelemetry's protocol: an `ExportTraceServiceRequest` as Protocol Buffers, turned into its own JSON form.
//!
//! Owns: the messages' fields, as far as the page shows them; others are passed over. Does not own: the transport
//! (`collector`), what of a span is kept (`spans`). Source: opentelemetry-proto 1.x, `trace.proto` and `common.proto`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Buf;
use prost::DecodeError;
use prost::encoding::{WireType, decode_key, decode_varint};
use serde_json::{Map, Value, json};

/// Messages within messages; a value may hold values.
const DEEPEST: usize = 32;
/// Messages of one request. Without a limit, a body of empty ones takes many times its size in memory.
const MOST_MESSAGES: usize = 200_000;

/// A message's fields by their numbers, with the names that they have in JSON.
type Fields = [(u32, &'static str, FieldForm)];

#[derive(Clone, Copy)]
enum FieldForm {
    /// An id, in hexadecimal.
    Id,
    Text,
    Bytes,
    Bool,
    /// JSON has these as texts, like the next one.
    Signed,
    Fixed,
    Double,
    /// Of an enumeration.
    Number,
    One(&'static Fields),
    Many(&'static Fields),
}

use FieldForm::{Bool, Bytes, Double, Fixed, Id, Many, Number, One, Signed, Text};

static REQUEST: [(u32, &str, FieldForm); 1] = [(1, "resourceSpans", Many(&RESOURCE_SPANS))];
static RESOURCE_SPANS: [(u32, &str, FieldForm); 2] =
    [(1, "resource", One(&RESOURCE)), (2, "scopeSpans", Many(&SCOPE_SPANS))];
static RESOURCE: [(u32, &str, FieldForm); 1] = [(1, "attributes", Many(&KEY_VALUE))];
static SCOPE_SPANS: [(u32, &str, FieldForm); 2] = [(1, "scope", One(&SCOPE)), (2, "spans", Many(&SPAN))];
static SCOPE: [(u32, &str, FieldForm); 1] = [(1, "name", Text)];
static SPAN: [(u32, &str, FieldForm); 10] = [
    (1, "traceId", Id),
    (2, "spanId", Id),
    (4, "parentSpanId", Id),
    (5, "name", Text),
    (6, "kind", Number),
    (7, "startTimeUnixNano", Fixed),
    (8, "endTimeUnixNano", Fixed),
    (9, "attributes", Many(&KEY_VALUE)),
    (11, "events", Many(&EVENT)),
    (15, "status", One(&STATUS)),
];
static EVENT: [(u32, &str, FieldForm); 3] =
    [(1, "timeUnixNano", Fixed), (2, "name", Text), (3, "attributes", Many(&KEY_VALUE))];
static STATUS: [(u32, &str, FieldForm); 2] = [(2, "message", Text), (3, "code", Number)];
static KEY_VALUE: [(u32, &str, FieldForm); 2] = [(1, "key", Text), (2, "value", One(&ANY_VALUE))];
static ANY_VALUE: [(u32, &str, FieldForm); 7] = [
    (1, "stringValue", Text),
    (2, "boolValue", Bool),
    (3, "intValue", Signed),
    (4, "doubleValue", Double),
    (5, "arrayValue", One(&ARRAY_VALUE)),
    (6, "kvlistValue", One(&LIST_VALUE)),
    (7, "bytesValue", Bytes),
];
static ARRAY_VALUE: [(u32, &str, FieldForm); 1] = [(1, "values", Many(&ANY_VALUE))];
static LIST_VALUE: [(u32, &str, FieldForm); 1] = [(1, "values", Many(&KEY_VALUE))];

/// Why a body is no such request.
#[derive(Clone, Debug)]
pub(super) struct Undecodable(pub(super) String);

impl From<DecodeError> for Undecodable {
    fn from(error: DecodeError) -> Self {
        Self(error.to_string())
    }
}

/// The request in its JSON form.
///
/// # Errors
/// For bytes that are no such message.
pub(super) fn decode(body: &[u8]) -> Result<Value, Undecodable> {
    let mut room = MOST_MESSAGES;
    message(body, &REQUEST, DEEPEST, &mut room).map(Value::Object)
}

/// A field's value as it stands on the wire.
enum WireValue<'a> {
    Number(u64),
    Slice(&'a [u8]),
}

/// `room`: how many messages it may still have, this one included.
fn message(
    mut left: &[u8],
    fields: &'static Fields,
    depth: usize,
    room: &mut usize,
) -> Result<Map<String, Value>, Undecodable> {
    if depth == 0 {
        return Err(Undecodable("the message is nested too deeply".to_owned()));
    }
    *room = room.checked_sub(1).ok_or_else(|| Undecodable("the request has too many messages".to_owned()))?;
    let mut out = Map::new();
    while left.has_remaining() {
        let (tag, wire_type) = decode_key(&mut left)?;
        let value = wire_value(&mut left, wire_type)?;
        let Some((_, name, form)) = fields.iter().find(|(number, ..)| *number == tag) else { continue };
        match (*form, value) {
            (Many(inner), WireValue::Slice(bytes)) => {
                let item = Value::Object(message(bytes, inner, depth - 1, room)?);
                let list = out.entry(*name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(item);
                }
            }
            (One(inner), WireValue::Slice(bytes)) => {
                out.insert((*name).to_owned(), Value::Object(message(bytes, inner, depth - 1, room)?));
            }
            (form, value) => {
                let value = scalar(form, &value)
                    .ok_or_else(|| Undecodable(format!("the field `{name}` is of another type")))?;
                out.insert((*name).to_owned(), value);
            }
        }
    }
    Ok(out)
}

fn wire_value<'a>(left: &mut &'a [u8], wire_type: WireType) -> Result<WireValue<'a>, Undecodable> {
    let cut = || Undecodable("the message ends early".to_owned());
    Ok(match wire_type {
        WireType::Varint => WireValue::Number(decode_varint(left)?),
        WireType::SixtyFourBit => WireValue::Number(left.try_get_u64_le().map_err(|_| cut())?),
        WireType::ThirtyTwoBit => WireValue::Number(left.try_get_u32_le().map_err(|_| cut())?.into()),
        WireType::LengthDelimited => {
            let length = usize::try_from(decode_varint(left)?).map_err(|_| cut())?;
            let (value, rest) = left.split_at_checked(length).ok_or_else(cut)?;
            *left = rest;
            WireValue::Slice(value)
        }
        WireType::StartGroup | WireType::EndGroup => {
            return Err(Undecodable("the message has a group, which these messages never have".to_owned()));
        }
    })
}

fn scalar(form: FieldForm, value: &WireValue<'_>) -> Option<Value> {
    Some(match (form, value) {
        (Id, WireValue::Slice(bytes)) => hex::encode(bytes).into(),
        (Text, WireValue::Slice(bytes)) => String::from_utf8_lossy(bytes).into(),
        (Bytes, WireValue::Slice(bytes)) => STANDARD.encode(bytes).into(),
        (Bool, WireValue::Number(number)) => (*number != 0).into(),
        (Signed, WireValue::Number(number)) => number.cast_signed().to_string().into(),
        (Fixed, WireValue::Number(number)) => number.to_string().into(),
        (Double, WireValue::Number(bits)) => match f64::from_bits(*bits) {
            number if number.is_finite() => json!(number),
            // As JSON of Protocol Buffers has them: `NaN`, `Infinity`.
            number => number.to_string().replace("inf", "Infinity").into(),
        },
        (Number, WireValue::Number(number)) => (*number).into(),
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use prost::encoding::{encode_key, encode_varint};

    use super::*;

    /// A field that holds bytes: a text, or a message.
    pub(crate) fn field(tag: u32, content: impl AsRef<[u8]>) -> Vec<u8> {
        let mut out = Vec::new();
        encode_key(tag, WireType::LengthDelimited, &mut out);
        encode_varint(content.as_ref().len() as u64, &mut out);
        out.extend_from_slice(content.as_ref());
        out
    }

    fn number(tag: u32, value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        encode_key(tag, WireType::Varint, &mut out);
        encode_varint(value, &mut out);
        out
    }

    fn fixed(tag: u32, value: u64) -> Vec<u8> {
        let mut out = Vec::new();
        encode_key(tag, WireType::SixtyFourBit, &mut out);
        out.extend_from_slice(&value.to_le_bytes());
        out
    }

    #[test]
    fn protocol_buffers_become_their_json() {
        let minus = field(9, [field(1, "n"), field(2, number(3, u64::MAX))].concat());
        let half = field(9, [field(1, "h"), field(2, fixed(4, 0.5_f64.to_bits()))].concat());
        let list = field(9, [field(1, "l"), field(2, field(5, field(1, field(1, "x"))))].concat());
        let status = field(15, [field(2, "why"), number(3, 2)].concat());
        // The state of the trace and a count that is of no interest are passed over.
        let parts = [field(1, [1_u8; 16]), field(3, "a=b"), field(5, "chat"), number(10, 3), fixed(7, 17)];
        let span = [parts.concat(), minus, half, list, status].concat();
        let body = field(1, field(2, [field(1, field(1, "lib")), field(2, span)].concat()));
        assert_eq!(
            decode(&body).unwrap(),
            json!({ "resourceSpans": [{ "scopeSpans": [{ "scope": { "name": "lib" }, "spans": [{
                "traceId": "01010101010101010101010101010101",
                "name": "chat",
                "startTimeUnixNano": "17",
                "attributes": [
                    { "key": "n", "value": { "intValue": "-1" } },
                    { "key": "h", "value": { "doubleValue": 0.5 } },
                    { "key": "l", "value": { "arrayValue": { "values": [{ "stringValue": "x" }] } } },
                ],
                "status": { "message": "why", "code": 2 },
            }] }] }] })
        );
        assert_eq!(decode(b"").unwrap(), json!({}));
    }

    #[test]
    fn bytes_that_are_no_message_are_refused() {
        let good = field(1, field(2, field(2, field(5, "chat"))));
        for end in 1..good.len() {
            assert!(decode(&good[..end]).is_err(), "{end}");
        }
        assert!(decode(b"{\"resourceSpans\": []}").is_err());
        assert!(decode(&number(1, 5)).is_err(), "no message");
        let mut deep = Vec::new();
        for _ in 0..200 {
            deep = field(5, field(1, deep));
        }
        let attribute = field(9, field(2, deep));
        assert!(decode(&field(1, field(2, field(2, attribute)))).is_err());
        assert!(decode(&field(1, "").repeat(MOST_MESSAGES)).is_err());
    }
}
