//! What has to follow the beginning of a secret.
//!
//! Owns: telling generated values from typed ones. Does not own: the beginnings (`forms`).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::{Hit, der};
use crate::secret_files::has_password;

/// How much of what is around the beginning of a secret is looked at.
const LOOK: usize = 1 << 11;

pub(super) fn is_alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) fn is_upper_alnum(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

pub(super) fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

pub(super) fn is_word_or_equals(byte: u8) -> bool {
    is_word(byte) || byte == b'='
}

pub(super) fn is_base64_or_line(byte: u8) -> bool {
    is_base64(byte) || byte == b'_'
}

pub(super) fn run(text: &[u8], is: fn(u8) -> bool) -> &[u8] {
    &text[..text.iter().position(|byte| !is(*byte)).unwrap_or(text.len())]
}

fn run_before(text: &[u8], is: fn(u8) -> bool) -> &[u8] {
    &text[text.iter().rposition(|byte| !is(*byte)).map_or(0, |at| at + 1)..]
}

fn decode(value: &[u8]) -> Option<Vec<u8>> {
    let padding = value.iter().rev().take_while(|byte| **byte == b'=').count();
    STANDARD_NO_PAD.decode(&value[..value.len() - padding]).ok()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// A value that a generator made, and nobody typed to show where one belongs. AWS's documentation has EXAMPLE in each.
pub(super) fn is_random(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    value.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let placeholder = ["example", "xxxx", "your", "placeholder", "redacted", "....", "dummy"];
    seen.iter().filter(|seen| **seen).count() >= 6 && !placeholder.iter().any(|word| text.contains(word))
}

/// Whether twelve characters or more are of no words: `OAUTH2_B2C_V3` and `client-secret-1234567890` are words with
/// numbers, as names, expressions and placeholders have them.
fn is_made(value: &[u8]) -> bool {
    let pieces = value.split(|byte| !byte.is_ascii_alphanumeric());
    let made = pieces.filter(|piece| {
        let (length, chunks) = (piece.len(), chunks(piece));
        length >= 5 && chunks >= 3 && (length < 4 * chunks || (length >= 20 && chunks >= 5))
    });
    made.map(<[u8]>::len).sum::<usize>() >= 12
}

/// How many words and numbers a name is written of: `oauth2Client` of three.
fn chunks(piece: &[u8]) -> usize {
    let goes_on = |pair: &[u8]| match (pair[0], pair[1]) {
        (before, byte) if before.is_ascii_digit() => byte.is_ascii_digit(),
        (before, byte) if before.is_ascii_lowercase() => byte.is_ascii_lowercase(),
        (_, byte) => byte.is_ascii_alphabetic(),
    };
    usize::from(!piece.is_empty()) + piece.windows(2).filter(|pair| !goes_on(pair)).count()
}

/// Exactly this many characters, small and capital letters and digits among them: what begins like many a name.
pub(super) fn is_mixed(rest: &[u8], length: usize) -> bool {
    let value = run(rest, is_word);
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let mixed = count(u8::is_ascii_digit) >= 2 && count(u8::is_ascii_lowercase) >= 4;
    value.len() == length && mixed && count(u8::is_ascii_uppercase) >= 4 && is_made(value) && is_random(value)
}

/// `RSA PRIVATE KEY-----` and the like, with a key behind it.
pub(super) fn private_key(hit: &Hit<'_>) -> bool {
    let head = &hit.rest[..hit.rest.len().min(64)];
    let Some(end) = find(head, b"-----").filter(|end| find(&head[..*end], b"PRIVATE KEY").is_some()) else {
        return false;
    };
    let text = &hit.rest[end + 5..];
    // Also as a value on one line, with the line ends written out.
    let text = String::from_utf8_lossy(&text[..text.len().min(LOOK)]).replace("\\n", "\n").replace("\\r", "\n");
    let mut body = 0;
    for line in text.lines() {
        let line =
            line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '+' | ',' | '\\' | '|' | '>'));
        let value = run(line.as_bytes(), is_base64);
        // A header, such as `Proc-Type: 4,ENCRYPTED`.
        if line[run(line.as_bytes(), is_word).len()..].starts_with(": ") {
            continue;
        }
        body += value.len();
        if value.len() < line.len() && !line[value.len()..].starts_with("-----END") {
            break;
        }
    }
    body >= 40
}

/// What follows `-----BEGIN ` in base64, as Kubernetes' files have it.
pub(super) fn encoded_private_key(hit: &Hit<'_>) -> bool {
    let encoded = run(hit.rest, is_base64);
    let end = encoded.len().min(64) / 4 * 4;
    // What was cut off in the form was a whole number of groups and a half one.
    let decoded = STANDARD_NO_PAD.decode([&b"Ti"[..], &encoded[..end.saturating_sub(2)]].concat());
    encoded.len() >= 80 && decoded.is_ok_and(|decoded| find(&decoded, b"PRIVATE KEY").is_some())
}

/// A structure in base64 that begins as a private key does.
pub(super) fn encoded_der(hit: &Hit<'_>) -> bool {
    let encoded = run(hit.rest, is_base64);
    let start = [hit.start, &encoded[..encoded.len().min(LOOK)]].concat();
    let groups = &start[..start.len() / 4 * 4];
    encoded.len() >= 100 && decode(groups).is_some_and(|decoded| der::is_private_key(&decoded))
}

/// The private part of a JSON Web Key, which says its type beside it.
pub(super) fn private_jwk(value: &Value<'_>) -> bool {
    let text = value.text;
    let secret = text.len() >= 42 && text.iter().all(|byte| is_word(*byte)) && is_random(text);
    let before = &value.before[value.before.len().saturating_sub(2 * LOOK)..];
    let before = &before[before.iter().rposition(|byte| *byte == b'{').unwrap_or(0)..];
    let behind = &value.behind[..value.behind.len().min(2 * LOOK)];
    let behind = &behind[..behind.iter().position(|byte| *byte == b'}').unwrap_or(behind.len())];
    secret && (find(before, b"\"kty").is_some() || find(behind, b"\"kty").is_some())
}

/// A key as its bytes: of WireGuard (base64), of a blockchain (hexadecimal).
pub(super) fn raw_key(value: &Value<'_>) -> bool {
    let text = value.text;
    let hex = text.strip_prefix(b"0x").unwrap_or(text);
    let is_hex = hex.len() == 64 && hex.iter().all(|byte| is_hex(*byte));
    let is_base64 = text.len() == 44 && decode(text).is_some_and(|decoded| decoded.len() == 32);
    (is_hex || is_base64) && is_random(text)
}

pub(super) fn putty_key(hit: &Hit<'_>) -> bool {
    let digits = run(hit.rest, |byte| byte.is_ascii_digit());
    !digits.is_empty() && hit.rest.get(digits.len()) == Some(&b':')
}

/// The signatures of the token that jwt.io and half of all tutorials show.
const SHOWN: [&[u8]; 2] =
    [b"SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", b"KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30"];

/// What follows `eyJ` in a signed or encrypted token, on one line or on several.
pub(super) fn jwt(hit: &Hit<'_>) -> bool {
    is_token(hit.rest) || is_token(&unwrapped(hit.rest))
}

fn is_token(rest: &[u8]) -> bool {
    (|| {
        let header = run(rest, is_word);
        let rest = rest[header.len()..].strip_prefix(b".")?;
        let decoded = URL_SAFE_NO_PAD.decode([&b"eyJ"[..], header].concat()).ok()?;
        let decoded: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
        let algorithm = decoded["alg"].as_str().filter(|name| !name.eq_ignore_ascii_case("none"))?;
        let second = run(rest, is_word);
        let rest = rest[second.len()..].strip_prefix(b".")?;
        let third = run(rest, is_word);
        let encrypted = decoded["enc"].is_string() && !algorithm.is_empty();
        let shown = SHOWN.iter().any(|shown| third.starts_with(shown));
        let signed = second.starts_with(b"eyJ") && third.len() >= 20 && !shown;
        Some(signed || (encrypted && third.len() >= 8))
    })()
    .unwrap_or(false)
}

/// A token that was broken into lines of one length, as programs for mail and base64 do it: without the line ends.
fn unwrapped(rest: &[u8]) -> Cow<'_, [u8]> {
    const SHORTEST: usize = 40;
    let is_part = |byte: u8| is_word(byte) || byte == b'.';
    let mut whole = Vec::new();
    let mut rest = &rest[..rest.len().min(4 * LOOK)];
    loop {
        let line = run(rest, |byte| is_word(byte) || byte == b'.');
        whole.extend_from_slice(line);
        let behind = &rest[line.len()..];
        let next = behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n"));
        match next.map(|next| strip(next, |byte| matches!(byte, b' ' | b'\t'), 16)) {
            Some(next) if line.len() >= SHORTEST && next.first().is_some_and(|byte| is_part(*byte)) => rest = next,
            _ => return Cow::Owned(whole),
        }
    }
}

/// Keys of OpenAI, Anthropic and those who write theirs alike.
pub(super) fn sk_key(rest: &[u8]) -> Option<&'static str> {
    let value = run(rest, is_word);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if value.len() < 32 || digits < 3 || !is_random(value) {
        return None;
    }
    Some(match value {
        [b'a', b'n', b't', b'-', ..] => "an Anthropic API key",
        [b'o', b'r', b'-', ..] => "an OpenRouter API key",
        _ => "an OpenAI API key",
    })
}

/// `1-A012…`: the number tells it from the name of a style.
pub(super) fn slack_app(hit: &Hit<'_>) -> bool {
    let value = run(hit.rest, is_word);
    value.len() >= 20 && value.starts_with(b"1-A") && is_random(value)
}

pub(super) fn sendgrid(hit: &Hit<'_>) -> bool {
    let id = run(hit.rest, is_word);
    let key = hit.rest[id.len()..].strip_prefix(b".").map(|rest| run(rest, is_word));
    id.len() == 22 && key.is_some_and(|key| key.len() == 43)
}

/// The value of a setting, and what is around it.
pub(super) struct Value<'a> {
    pub(super) text: &'a [u8],
    before: &'a [u8],
    behind: &'a [u8],
}

/// The value behind the name of a setting, in whatever format: `name = value`, `"name": "value"`, `name=>'value'`. None
/// where it is an expression: `name = get_value(…)`.
pub(super) fn of_setting<'a>(hit: &Hit<'a>) -> Option<Value<'a>> {
    let rest = strip(assigned(hit.rest)?, |byte| matches!(byte, b'"' | b'\'' | b' ' | b'\t' | b'\\'), 8);
    let text = run(rest, |byte| is_base64(byte) || is_word(byte) || matches!(byte, b'~' | b'.'));
    let behind = &rest[text.len()..];
    let is_expression = matches!(behind.first(), Some(b'(' | b'['));
    (!is_expression).then_some(Value { text, before: hit.before, behind })
}

/// What follows the sign behind a name.
fn assigned(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
    match strip(rest, |byte| matches!(byte, b'"' | b'\'' | b']' | b' ' | b'\t'), 4) {
        [b'=', b'>', rest @ ..] | [b':', b'=', rest @ ..] | [b'=' | b':', rest @ ..] => Some(rest),
        _ => None,
    }
}

fn strip(text: &[u8], is: fn(u8) -> bool, most: usize) -> &[u8] {
    let count = text.iter().take(most).take_while(|byte| is(**byte)).count();
    &text[count..]
}

/// Also in base64, as Kubernetes has it.
pub(super) fn aws_secret(value: &Value<'_>) -> bool {
    let is = |text: &[u8]| text.len() == 40 && text.iter().all(|byte| is_base64(*byte)) && is_random(text);
    is(value.text) || (value.text.len() == 56 && decode(value.text).is_some_and(|decoded| is(&decoded)))
}

pub(super) fn session_token(value: &Value<'_>) -> bool {
    value.text.len() >= 100 && value.text.iter().all(|byte| is_base64(*byte)) && is_random(value.text)
}

/// Twenty characters in base64.
pub(super) fn encoded_access_key(hit: &Hit<'_>) -> bool {
    let key = decode(&[hit.start, run(hit.rest, is_base64)].concat());
    key.is_some_and(|key| key.len() == 20 && key.iter().all(|byte| is_upper_alnum(*byte)) && is_random(&key))
}

/// Long and made of both digits and letters, and no words: neither a name, nor an expression, nor a placeholder.
pub(super) fn client_secret(value: &Value<'_>) -> bool {
    let count = |is: fn(&u8) -> bool| value.text.iter().filter(|byte| is(byte)).count();
    let long = value.text.len() >= 24 && count(u8::is_ascii_digit) >= 3 && count(u8::is_ascii_alphabetic) >= 3;
    long && is_made(value.text) && is_random(value.text)
}

/// Thirty-two bytes in base64.
pub(super) fn shared_access_key(value: &Value<'_>) -> bool {
    value.text.len() == 44 && value.text.iter().all(|byte| is_base64(*byte)) && is_random(value.text)
}

/// A signature in the query of an address that also says until when or of which version it is.
pub(super) fn signed_address(hit: &Hit<'_>) -> bool {
    let is_part = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>');
    let value = run(hit.rest, |byte| is_base64(byte) || is_word(byte) || byte == b'%');
    let before = run_before(&hit.before[hit.before.len().saturating_sub(LOOK)..], is_part);
    let behind = run(&hit.rest[..hit.rest.len().min(LOOK)], is_part);
    let has = |name: &[u8]| {
        let names = [before, behind].map(|part| part.split(|byte| matches!(byte, b'?' | b'&' | b';')));
        names.into_iter().flatten().any(|part| part.starts_with(name))
    };
    matches!(before.last(), Some(b'?' | b'&')) && value.len() >= 43 && is_random(value) && (has(b"se=") || has(b"sv="))
}

/// Three characters, a digit, `Q~`, and 31 to 34 more.
pub(super) fn entra_secret(hit: &Hit<'_>) -> bool {
    let is: fn(u8) -> bool = |byte| is_word(byte) || matches!(byte, b'~' | b'.');
    let before = run_before(&hit.before[hit.before.len().saturating_sub(8)..], is);
    let value = run(hit.rest, is);
    let digit = before.last().is_some_and(u8::is_ascii_digit);
    before.len() == 4 && digit && (31..=34).contains(&value.len()) && is_random(value)
}

pub(super) fn vault_token(hit: &Hit<'_>) -> bool {
    let value = run(hit.rest, is_word);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.len() >= 24 && digits >= 2 && is_made(value) && is_random(value)
}

pub(super) fn terraform_token(hit: &Hit<'_>) -> bool {
    let value = run(hit.rest, is_word);
    run_before(&hit.before[hit.before.len().saturating_sub(15)..], is_alnum).len() >= 14
        && value.len() >= 60
        && is_random(value)
}

/// A key in a setting of one of these makers: at least 32 characters of no words.
pub(super) fn api_key(hit: &Hit<'_>, makers: &[&str]) -> bool {
    let name = run_before(&hit.before[hit.before.len().saturating_sub(32)..], |byte| is_word(byte) || byte == b'.');
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    // A short one is a word by itself.
    let of_maker = makers.iter().any(|maker| match maker.len() {
        0..=3 => words.last() == Some(maker),
        _ => words.concat().ends_with(maker),
    });
    let Some(value) = of_maker.then(|| of_setting(hit)).flatten() else { return false };
    value.text.len() >= 32
        && value.text.iter().all(|byte| is_word(*byte))
        && is_made(value.text)
        && is_random(value.text)
}

/// `user:password` in base64.
pub(super) fn registry_login(hit: &Hit<'_>) -> bool {
    let login = of_setting(hit).and_then(|value| decode(value.text)).and_then(|login| String::from_utf8(login).ok());
    let parts = login.as_deref().and_then(|login| login.split_once(':'));
    parts.is_some_and(|(user, password)| {
        let is_text = |part: &str| !part.is_empty() && !part.contains(char::is_control);
        is_text(user) && is_text(password)
    })
}

/// A password in the address behind a name, as in `--extra-index-url https://user:password@host/`, that is none of those
/// that documents show.
pub(super) fn url_password(hit: &Hit<'_>) -> bool {
    const SHOWN: [&str; 8] = ["password", "passwd", "pass", "pw", "secret", "token", "xxx", "..."];
    let rest = strip(hit.rest, |byte| b"\"'=: \t\\[,".contains(&byte), 16);
    let address = String::from_utf8_lossy(run(rest, |byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\''));
    let shown = |word: &&str| address.to_ascii_lowercase().contains(&format!(":{word}@"));
    has_password(&address) && !SHOWN.iter().any(shown)
}

/// The values in a manifest of a Secret, in YAML or JSON.
pub(super) fn kubernetes_secret(hit: &Hit<'_>) -> bool {
    if of_setting(hit).is_none_or(|value| value.text != b"Secret") {
        return false;
    }
    const MARK: &[u8] = b"\n---";
    let before = &hit.before[hit.before.len().saturating_sub(4 * LOOK)..];
    let before = &before[before.windows(MARK.len()).rposition(|window| window == MARK).unwrap_or(0)..];
    let behind = &hit.rest[..hit.rest.len().min(4 * LOOK)];
    let behind = &behind[..find(behind, MARK).unwrap_or(behind.len())];
    let document = String::from_utf8_lossy(&[before, b" ", behind].concat()).into_owned();
    // How far the block of values is indented, and whether they are in base64.
    let mut block: Option<(usize, bool)> = None;
    for line in document.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let Some((key, value)) = text.split_once(':') else { continue };
        let (key, value) = (key.trim_matches('"'), value.trim().trim_end_matches(',').trim_matches(['"', '\'']));
        if matches!(key, "data" | "stringData") && matches!(value, "" | "{") {
            block = Some((indent, key == "data"));
            continue;
        }
        block = block.filter(|(outer, _)| indent > *outer);
        let is_secret = match block {
            Some((_, true)) => decode(value.as_bytes()).is_some_and(|value| value.len() >= 6 && is_random(&value)),
            Some((_, false)) => value.len() >= 8 && !value.starts_with(['$', '{', '<']) && is_random(value.as_bytes()),
            None => false,
        };
        if is_secret {
            return true;
        }
    }
    false
}

/// A bot's number before it, 33 characters behind.
pub(super) fn telegram_token(hit: &Hit<'_>) -> bool {
    let number = run_before(&hit.before[hit.before.len().saturating_sub(12)..], |byte| byte.is_ascii_digit());
    let value = run(hit.rest, is_word);
    (8..=10).contains(&number.len()) && value.len() == 33 && is_random(value)
}

/// A user's number in base64, a time and a signature.
pub(super) fn discord_token(hit: &Hit<'_>) -> bool {
    let user = run(hit.rest, is_alnum);
    let Some(rest) = hit.rest[user.len()..].strip_prefix(b".") else { return false };
    let time = run(rest, is_word);
    let Some(rest) = rest[time.len()..].strip_prefix(b".") else { return false };
    let signature = run(rest, is_word);
    let number = URL_SAFE_NO_PAD.decode([hit.start, user].concat());
    time.len() >= 6
        && signature.len() >= 27
        && is_random(signature)
        && number.is_ok_and(|number| number.len() >= 17 && number.iter().all(u8::is_ascii_digit))
}

/// Of Airtable (`pat` with 14 characters, a dot and 64) and HubSpot (`pat-na1-` and a UUID).
pub(super) fn personal_token(hit: &Hit<'_>) -> bool {
    let value = run(hit.rest, is_word);
    let rest = &hit.rest[value.len()..];
    if value.len() == 14 {
        return rest.strip_prefix(b".").is_some_and(|rest| run(rest, is_hex).len() == 64);
    }
    let region = value.get(1..4).is_some_and(|region| region[2].is_ascii_digit());
    let number = value.get(5..).unwrap_or_default().split(|byte| *byte == b'-');
    value.starts_with(b"-") && region && number.map(<[u8]>::len).eq([8, 4, 4, 4, 12]) && is_random(value)
}

/// `dp.pt.` and the like.
pub(super) fn doppler_token(hit: &Hit<'_>) -> bool {
    const KINDS: [&[u8]; 6] = [b"pt.", b"st.", b"ct.", b"sa.", b"scim.", b"audit."];
    let Some(rest) = KINDS.iter().find_map(|kind| hit.rest.strip_prefix(*kind)) else { return false };
    // A service token may say of which environment it is.
    let environment = run(rest, is_word);
    let rest = rest[environment.len()..].strip_prefix(b".").unwrap_or(rest);
    let value = run(rest, is_alnum);
    (40..=44).contains(&value.len()) && is_random(value)
}
