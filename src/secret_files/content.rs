//! Secrets by what is inside a file, whatever it is called: private keys, tokens and the keys of providers.
//!
//! Owns: the forms, and reading no more of a file than is needed. A form counts only with a value of the right length and
//! variety behind it: a public key, a placeholder, or a program that knows the forms is no secret.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What is read at a time, and how much of it is looked at again with what follows.
const CHUNK: usize = 1 << 20;
const OVERLAP: usize = 1 << 14;
/// A text is looked through up to here: what is larger is data.
const TEXT_LIMIT: usize = 1 << 25;
/// A file with a NUL in its first bytes is not text, and only its beginning is looked at.
const BINARY_LOOK: usize = 1 << 13;
/// How much of what follows a key's first line is looked at.
const KEY_LOOK: usize = 1 << 11;

/// What a file holds, such as "a private key"; `None` when nothing like a secret is in it.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn held_secret(path: &Path) -> io::Result<Option<&'static str>> {
    let mut file = File::open(path)?;
    let mut window = Vec::new();
    let mut seen = 0;
    let mut wide = false;
    loop {
        let kept = window.len();
        let limit = if seen == 0 { BINARY_LOOK } else { CHUNK };
        let read = file.by_ref().take(limit as u64).read_to_end(&mut window)?;
        if seen == 0 {
            wide = window.starts_with(&[0xff, 0xfe]) || window.starts_with(&[0xfe, 0xff]);
        }
        let binary = seen == 0 && !wide && window.contains(&0);
        if wide {
            // UTF-16, as Windows' shells write it: what secrets are made of is ASCII.
            let plain: Vec<u8> = window[kept..].iter().copied().filter(|byte| *byte != 0).collect();
            window.truncate(kept);
            window.extend(plain);
        }
        seen += read;
        let last = read < limit || binary || seen >= TEXT_LIMIT;
        if let Some(found) = in_text(&window, last) {
            return Ok(Some(found));
        }
        if last {
            return Ok(None);
        }
        if window.len() > OVERLAP {
            window.drain(..window.len() - OVERLAP);
        }
    }
}

/// A secret in a piece of text. Whatever may go on behind its end is left to the next piece, unless it is the `last`.
fn in_text(text: &[u8], last: bool) -> Option<&'static str> {
    let complete = if last { text.len() } else { text.len().saturating_sub(OVERLAP / 2) };
    let forms = FORMS_FINDER.as_ref()?.find_iter(text).filter_map(|hit| {
        let form = FORMS.get(hit.pattern().as_usize())?;
        let begins = form.start.starts_with('-') || starts_word(text, hit.start());
        (hit.start() < complete && begins).then(|| form.check(&text[hit.end()..]))?
    });
    let settings = SETTINGS_FINDER.as_ref()?.find_iter(text).filter_map(|hit| {
        let (_, check) = SETTINGS.get(hit.pattern().as_usize())?;
        (hit.start() < complete).then(|| check(setting_value(&text[hit.end()..])?))?
    });
    forms.chain(settings).next()
}

/// A token does not begin in the middle of a word.
fn starts_word(text: &[u8], at: usize) -> bool {
    match text[..at] {
        // A line end that is written out, as in JSON.
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., byte] => !is_word(byte) && byte != b'.',
        [] => true,
    }
}

/// The beginning of a secret, and what has to follow.
struct Form {
    start: &'static str,
    what: &'static str,
    rest: Rest,
}

#[derive(Clone, Copy)]
enum Rest {
    /// This many characters of a sort at least, and enough different ones.
    Run(fn(u8) -> bool, usize),
    /// Exactly that many.
    Exactly(fn(u8) -> bool, usize),
    Own(fn(&[u8]) -> Option<&'static str>),
}

impl Form {
    fn check(&self, rest: &[u8]) -> Option<&'static str> {
        let found = match self.rest {
            Rest::Run(is, least) => {
                let value = run(rest, is);
                value.len() >= least && is_random(value)
            }
            Rest::Exactly(is, length) => {
                let value = run(rest, is);
                value.len() == length && rest.get(length).is_none_or(|byte| !is_word(*byte)) && is_random(value)
            }
            Rest::Own(check) => return check(rest),
        };
        found.then_some(self.what)
    }
}

const fn run_of(start: &'static str, what: &'static str, is: fn(u8) -> bool, least: usize) -> Form {
    Form { start, what, rest: Rest::Run(is, least) }
}

const FORMS: &[Form] = &[
    Form { start: "-----BEGIN ", what: "a private key", rest: Rest::Own(private_key) },
    Form { start: "LS0tLS1CRUdJTi", what: "a private key", rest: Rest::Own(encoded_private_key) },
    Form { start: "PuTTY-User-Key-File-", what: "a private key", rest: Rest::Own(putty_key) },
    run_of("AGE-SECRET-KEY-1", "a private key", is_alnum, 40),
    Form { start: "eyJ", what: "a JSON Web Token", rest: Rest::Own(jwt) },
    // Clouds
    Form { start: "AKIA", what: "an AWS access key", rest: Rest::Exactly(is_upper_alnum, 16) },
    Form { start: "ASIA", what: "an AWS access key", rest: Rest::Exactly(is_upper_alnum, 16) },
    run_of("ABSK", "an Amazon Bedrock API key", is_base64, 100),
    run_of("bedrock-api-key-", "an Amazon Bedrock API key", is_base64, 80),
    Form { start: "AIza", what: "a Google API key", rest: Rest::Exactly(is_word, 35) },
    run_of("GOCSPX-", "a Google client secret", is_word, 24),
    run_of("ya29.", "a Google access token", is_word, 40),
    run_of("1//0", "a Google refresh token", is_word, 40),
    run_of("AccountKey=", "an Azure storage key", is_base64, 80),
    run_of("dop_v1_", "a DigitalOcean token", is_alnum, 60),
    run_of("dapi", "a Databricks token", is_hex, 32),
    run_of("hvs.CAES", "a Vault token", is_word, 24),
    // Models
    Form { start: "sk-", what: "", rest: Rest::Own(sk_key) },
    run_of("hf_", "a Hugging Face token", is_alnum, 30),
    run_of("gsk_", "a Groq API key", is_alnum, 40),
    run_of("xai-", "an xAI API key", is_alnum, 60),
    run_of("pplx-", "a Perplexity API key", is_alnum, 40),
    run_of("nvapi-", "an NVIDIA API key", is_word, 50),
    run_of("r8_", "a Replicate token", is_alnum, 36),
    run_of("tvly-", "a Tavily API key", is_word, 24),
    run_of("lsv2_pt_", "a LangSmith API key", is_word, 36),
    run_of("lsv2_sk_", "a LangSmith API key", is_word, 36),
    // Code and packages
    run_of("ghp_", "a GitHub token", is_alnum, 36),
    run_of("gho_", "a GitHub token", is_alnum, 36),
    run_of("ghu_", "a GitHub token", is_alnum, 36),
    run_of("ghs_", "a GitHub token", is_alnum, 36),
    run_of("ghr_", "a GitHub token", is_alnum, 36),
    run_of("github_pat_", "a GitHub token", is_word, 60),
    run_of("glpat-", "a GitLab token", is_word, 20),
    run_of("gldt-", "a GitLab token", is_word, 20),
    run_of("glrt-", "a GitLab token", is_word, 20),
    run_of("glptt-", "a GitLab token", is_word, 20),
    run_of("glcbt-", "a GitLab token", is_word, 20),
    run_of("npm_", "an npm token", is_alnum, 36),
    run_of("pypi-AgE", "a PyPI token", is_word, 50),
    run_of("dckr_pat_", "a Docker token", is_word, 24),
    // Services
    run_of("xoxb-", "a Slack token", is_word, 20),
    run_of("xoxp-", "a Slack token", is_word, 20),
    run_of("xoxa-", "a Slack token", is_word, 20),
    run_of("xoxr-", "a Slack token", is_word, 20),
    run_of("xoxs-", "a Slack token", is_word, 20),
    Form { start: "xapp-", what: "a Slack token", rest: Rest::Own(slack_app) },
    run_of("hooks.slack.com/services/T", "a Slack webhook", is_base64, 30),
    run_of("sk_live_", "a Stripe key", is_alnum, 16),
    run_of("rk_live_", "a Stripe key", is_alnum, 16),
    run_of("sk_test_", "a Stripe key", is_alnum, 16),
    run_of("rk_test_", "a Stripe key", is_alnum, 16),
    run_of("whsec_", "a Stripe webhook secret", is_base64, 24),
    Form { start: "SG.", what: "a SendGrid API key", rest: Rest::Own(sendgrid) },
    run_of("shpat_", "a Shopify token", is_hex, 32),
];

/// Names of settings in any case, and what the value has to be.
type Setting = (&'static str, fn(&[u8]) -> Option<&'static str>);
const SETTINGS: &[Setting] = &[
    ("secret_access_key", aws_secret),
    ("secretaccesskey", aws_secret),
    ("secret access key", aws_secret),
    ("client_secret", client_secret),
    ("clientsecret", client_secret),
    ("\"d\"", private_jwk),
    // In a text that is itself a value of JSON.
    ("\"d\\\"", private_jwk),
];

static FORMS_FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(FORMS.iter().map(|form| form.start)).ok());
static SETTINGS_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(SETTINGS.iter().map(|(name, _)| *name)).ok()
});

fn is_alnum(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn is_upper_alnum(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn run(text: &[u8], is: fn(u8) -> bool) -> &[u8] {
    &text[..text.iter().position(|byte| !is(*byte)).unwrap_or(text.len())]
}

/// A value that a generator made, and nobody typed to show where one belongs. AWS's documentation has EXAMPLE in each.
fn is_random(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    value.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let placeholder = ["example", "xxxx", "your", "placeholder", "redacted", "....", "dummy"];
    seen.iter().filter(|seen| **seen).count() >= 6 && !placeholder.iter().any(|word| text.contains(word))
}

/// `RSA PRIVATE KEY-----` and the like, with a key behind it.
fn private_key(rest: &[u8]) -> Option<&'static str> {
    let head = &rest[..rest.len().min(64)];
    let end = find(head, b"-----")?;
    find(&head[..end], b"PRIVATE KEY")?;
    let text = &rest[end + 5..];
    // Also as a value on one line, with the line ends written out.
    let text = String::from_utf8_lossy(&text[..text.len().min(KEY_LOOK)]).replace("\\n", "\n").replace("\\r", "\n");
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
    (body >= 40).then_some("a private key")
}

/// What follows `-----BEGIN ` in base64, as Kubernetes' files have it.
fn encoded_private_key(rest: &[u8]) -> Option<&'static str> {
    let encoded = run(rest, is_base64);
    let end = encoded.len().min(64) / 4 * 4;
    // What was cut off in the form was a whole number of groups and a half one.
    let decoded = STANDARD_NO_PAD.decode([&b"Ti"[..], &encoded[..end.saturating_sub(2)]].concat()).ok()?;
    (encoded.len() >= 80 && find(&decoded, b"PRIVATE KEY").is_some()).then_some("a private key")
}

/// The private part of a JSON Web Key.
fn private_jwk(value: &[u8]) -> Option<&'static str> {
    (value.len() >= 42 && value.iter().all(|byte| is_word(*byte)) && is_random(value)).then_some("a private key")
}

fn putty_key(rest: &[u8]) -> Option<&'static str> {
    let digits = run(rest, |byte| byte.is_ascii_digit());
    (!digits.is_empty() && rest.get(digits.len()) == Some(&b':')).then_some("a private key")
}

/// The signatures of the token that jwt.io and half of all tutorials show.
const SHOWN: [&[u8]; 2] =
    [b"SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c", b"KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30"];

/// What follows `eyJ` in a signed or encrypted token.
fn jwt(rest: &[u8]) -> Option<&'static str> {
    let header = run(rest, is_word);
    let rest = rest[header.len()..].strip_prefix(b".")?;
    let decoded = URL_SAFE_NO_PAD.decode([&b"eyJ"[..], header].concat()).ok()?;
    let decoded: serde_json::Value = serde_json::from_slice(&decoded).ok()?;
    let algorithm = decoded["alg"].as_str().filter(|name| !name.eq_ignore_ascii_case("none"))?;
    let second = run(rest, is_word);
    let rest = rest[second.len()..].strip_prefix(b".")?;
    let third = run(rest, is_word);
    let encrypted = decoded["enc"].is_string() && !algorithm.is_empty();
    let signed = second.starts_with(b"eyJ") && third.len() >= 20 && !SHOWN.contains(&third);
    (signed || (encrypted && third.len() >= 8)).then_some("a JSON Web Token")
}

/// Keys of OpenAI, Anthropic and those who write theirs alike.
fn sk_key(rest: &[u8]) -> Option<&'static str> {
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
fn slack_app(rest: &[u8]) -> Option<&'static str> {
    let value = run(rest, is_word);
    (value.len() >= 20 && value.starts_with(b"1-A") && is_random(value)).then_some("a Slack token")
}

fn sendgrid(rest: &[u8]) -> Option<&'static str> {
    let id = run(rest, is_word);
    let key = rest[id.len()..].strip_prefix(b".").map(|rest| run(rest, is_word))?;
    (id.len() == 22 && key.len() == 43).then_some("a SendGrid API key")
}

/// The value behind the name of a setting, in whatever format: `name = value`, `"name": "value"`, `name=>'value'`.
fn setting_value(rest: &[u8]) -> Option<&[u8]> {
    let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
    let rest = strip(rest, |byte| matches!(byte, b'"' | b'\'' | b']' | b' ' | b'\t'), 4);
    let rest = match rest {
        [b'=', b'>', rest @ ..] | [b':', b'=', rest @ ..] | [b'=' | b':', rest @ ..] => rest,
        _ => return None,
    };
    let rest = strip(rest, |byte| matches!(byte, b'"' | b'\'' | b' ' | b'\t' | b'\\'), 8);
    Some(run(rest, |byte| is_base64(byte) || is_word(byte) || matches!(byte, b'~' | b'.')))
}

fn strip(text: &[u8], is: fn(u8) -> bool, most: usize) -> &[u8] {
    let count = text.iter().take(most).take_while(|byte| is(**byte)).count();
    &text[count..]
}

fn aws_secret(value: &[u8]) -> Option<&'static str> {
    (value.len() == 40 && value.iter().all(|byte| is_base64(*byte)) && is_random(value)).then_some("an AWS secret key")
}

/// Long and made of both digits and letters: neither the name of a variable nor an expression.
fn client_secret(value: &[u8]) -> Option<&'static str> {
    let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
    let made = value.len() >= 24 && count(u8::is_ascii_digit) >= 3 && count(u8::is_ascii_alphabetic) >= 3;
    // An ARN or an address says where the secret is.
    let elsewhere = value.starts_with(b"arn") || value.starts_with(b"http");
    (made && !elsewhere && is_random(value)).then_some("a client secret")
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests;
