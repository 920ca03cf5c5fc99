//! Messages of `application/vnd.amazon.eventstream`: the framing of AWS's streamed answers, in both directions.
//!
//! Owns: lengths, checksums, headers with text in them. Does not own: what a message means. Source: the event stream
//! encoding of the AWS SDKs.
//!
//! ```text
//! total length u32 | headers length u32 | CRC of these u32 | headers | payload | CRC of all u32
//! header: name length u8 | name | type u8 | value; type 7 is text: length u16 | text
//! ```

use bytes::{Buf, Bytes, BytesMut};
use crc_fast::CrcAlgorithm;

use crate::error::{Code, Error, Result};

/// The content type of such an answer.
pub(crate) const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;
const TEXT: u8 = 7;
/// The longest message that is read. Events of the service hold 64 KB; this leaves room for escapes of JSON.
const LONGEST: usize = 16 << 20;

/// One message, with those of its headers that hold text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventMessage {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) payload: Bytes,
}

impl EventMessage {
    /// An event of this type with a JSON payload.
    pub(crate) fn event(kind: &str, payload: &serde_json::Value) -> Self {
        Self::of_type(("event", ":event-type"), kind, payload)
    }

    /// A failure of this type with a JSON payload.
    pub(crate) fn exception(kind: &str, payload: &serde_json::Value) -> Self {
        Self::of_type(("exception", ":exception-type"), kind, payload)
    }

    fn of_type((message, name): (&str, &str), kind: &str, payload: &serde_json::Value) -> Self {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            headers: vec![
                header(name, kind),
                header(":content-type", "application/json"),
                header(":message-type", message),
            ],
            payload: payload.to_string().into(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The bytes on the wire. Names and values are cut where the format has no room for them.
    pub(crate) fn encode(&self) -> Bytes {
        let mut headers = Vec::new();
        for (name, value) in &self.headers {
            let name = &name.as_bytes()[..name.len().min(usize::from(u8::MAX))];
            let value = &value.as_bytes()[..value.len().min(usize::from(u16::MAX))];
            headers.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            headers.extend_from_slice(name);
            headers.push(TEXT);
            headers.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
            headers.extend_from_slice(value);
        }
        let total = PRELUDE + headers.len() + self.payload.len() + CHECKSUM;
        let mut out = Vec::with_capacity(total);
        for length in [total, headers.len()] {
            out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        }
        out.extend_from_slice(&checksum(&out).to_be_bytes());
        out.extend_from_slice(&headers);
        out.extend_from_slice(&self.payload);
        out.extend_from_slice(&checksum(&out).to_be_bytes());
        out.into()
    }
}

/// Takes a byte stream apart into its messages.
#[derive(Debug, Default)]
pub(crate) struct EventDecoder {
    buffer: BytesMut,
}

impl EventDecoder {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete message.
    ///
    /// # Errors
    /// `aws.answer` for bytes that are no such message.
    pub(crate) fn next_message(&mut self) -> Result<Option<EventMessage>> {
        if self.buffer.len() < PRELUDE {
            return Ok(None);
        }
        let (total, headers) = (number(&self.buffer[..4]), number(&self.buffer[4..8]));
        if checksum(&self.buffer[..8]) as usize != number(&self.buffer[8..PRELUDE])
            || total > LONGEST
            || PRELUDE + headers + CHECKSUM > total
        {
            return Err(broken());
        }
        if self.buffer.len() < total {
            return Ok(None);
        }
        let mut message = self.buffer.split_to(total).freeze();
        let body = total - CHECKSUM;
        if checksum(&message[..body]) as usize != number(&message[body..]) {
            return Err(broken());
        }
        message.truncate(body);
        message.advance(PRELUDE);
        let payload = message.split_off(headers);
        Ok(Some(EventMessage { headers: read_headers(&message)?, payload }))
    }
}

fn read_headers(mut rest: &[u8]) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let length = usize::from(take(&mut rest, 1)?[0]);
        let name = String::from_utf8_lossy(take(&mut rest, length)?).into_owned();
        let length = match take(&mut rest, 1)?[0] {
            0 | 1 => 0,
            2 => 1,
            3 => 2,
            4 => 4,
            5 | 8 => 8,
            9 => 16,
            kind @ (6 | TEXT) => {
                let length = take(&mut rest, 2)?;
                let value = take(&mut rest, usize::from(u16::from_be_bytes([length[0], length[1]])))?;
                if kind == TEXT {
                    found.push((name, String::from_utf8_lossy(value).into_owned()));
                }
                continue;
            }
            _ => return Err(broken()),
        };
        take(&mut rest, length)?;
    }
    Ok(found)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length).ok_or_else(broken)?;
    *rest = left;
    Ok(taken)
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn checksum(bytes: &[u8]) -> u32 {
    u32::try_from(crc_fast::checksum(CrcAlgorithm::Crc32IsoHdlc, bytes)).unwrap_or_default()
}

fn broken() -> Error {
    Error::failed("the service's event stream is damaged")
        .code(Code::AwsAnswer)
        .hint("something else may be answering in its place: check `HTTPS_PROXY` and `AWS_ENDPOINT_URL`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_survive_any_cut() {
        let sent = [
            EventMessage::event("chunk", &json!({ "contentStart": {} })),
            EventMessage::exception("validationException", &json!({ "message": "no" })),
        ];
        let wire: Vec<u8> = sent.iter().flat_map(EventMessage::encode).collect();
        for size in 1..wire.len() {
            let mut decoder = EventDecoder::default();
            let mut seen = Vec::new();
            for piece in wire.chunks(size) {
                decoder.push(piece);
                while let Some(message) = decoder.next_message().unwrap() {
                    seen.push(message);
                }
            }
            assert_eq!(seen, sent, "{size}");
            assert!(decoder.buffer.is_empty());
        }
    }

    #[test]
    fn damaged_messages_are_refused() {
        let wire = EventMessage::event("chunk", &json!({ "contentStart": {} })).encode();
        for at in 0..wire.len() {
            let mut bytes = wire.to_vec();
            bytes[at] ^= 0x40;
            let mut decoder = EventDecoder::default();
            decoder.push(&bytes);
            assert!(decoder.next_message().is_err(), "{at}");
        }
    }

    #[test]
    fn messages_of_the_sdk_are_read() {
        // From the test vectors of the AWS SDKs (`all_headers` without its odd ones: an empty message).
        let mut decoder = EventDecoder::default();
        decoder.push(&[0, 0, 0, 0x10, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff]);
        assert_eq!(decoder.next_message().unwrap(), Some(EventMessage::default()));
    }
}
