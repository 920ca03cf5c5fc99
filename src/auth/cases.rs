//! The evaluator against a table of authorizers and tokens: `tests/outside/auth_cases.json`, which says for each case why
//! it must come out as it does. The outside suite runs the same table through `agentcore auth check`, with tokens that
//! another library made.

use std::collections::BTreeSet;

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::evaluate::{Evaluation, Verdict, evaluate};
use super::token::mint::{self, KEYS, TestKeys};
use super::{Authorizer, Token};

const TABLE: &str = include_str!("../../tests/outside/auth_cases.json");
const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://idp.example/pool";

/// `@+60` is a minute from now, `{"@": "null"}` is null, and null takes the claim away.
fn claims(changes: &Value) -> Value {
    let mut claims = json!({ "iss": ISSUER, "sub": "u", "iat": NOW, "exp": NOW + 3600 });
    for (name, value) in changes.as_object().unwrap() {
        let relative = value.as_str().and_then(|text| text.strip_prefix('@'));
        let value = match relative {
            Some(offset) => json!(NOW + offset.parse::<i64>().unwrap()),
            None if value["@"] == "null" => Value::Null,
            None if value.is_null() => {
                claims.as_object_mut().unwrap().remove(name);
                continue;
            }
            None => value.clone(),
        };
        claims[name] = value;
    }
    claims
}

fn token(case: &Value, foreign: &TestKeys) -> String {
    if let Some(text) = case["text"].as_str() {
        return text.to_owned();
    }
    let claims = claims(&case["claims"]);
    let Some(sign) = case.get("sign") else { return KEYS.token_text("RS256", Some("rsa"), &claims) };
    let (alg, kid) = (sign["alg"].as_str().unwrap(), sign["kid"].as_str());
    let mut header = json!({ "alg": alg, "typ": "JWT" });
    if let Some(kid) = kid {
        header["kid"] = json!(kid);
    }
    let secret = match sign["secret"].as_str() {
        Some("published") => Some(b"secret-secret-secret-secret-secret".to_vec()),
        Some(_) => Some(KEYS.public_der()),
        None => None,
    };
    mint::compact(&header, &claims, |input| match secret {
        Some(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), input).as_ref().to_vec(),
        None if alg.eq_ignore_ascii_case("none") => Vec::new(),
        None if sign["by"] == "foreign" => foreign.sign(alg, input),
        None => KEYS.sign(alg, input),
    })
}

fn judge(case: &Value, foreign: &TestKeys) -> Verdict {
    let mut wire = case["authorizer"].clone();
    wire["discoveryUrl"] = json!(format!("{ISSUER}/.well-known/openid-configuration"));
    let authorizer = Authorizer::from_wire(&wire).unwrap_or_else(|problems| panic!("{case}: {problems:?}"));
    let token = match Token::parse(&token(case, foreign)) {
        Ok(token) => token,
        Err(error) => return Verdict::unparsable(&error),
    };
    let keys = KEYS.set();
    evaluate(&Evaluation { authorizer: &authorizer, issuer: Some(ISSUER), keys: Some(&keys), token: &token, now: NOW })
}

#[test]
fn every_case_comes_out_as_the_rules_say() {
    let table: Vec<Value> = serde_json::from_str(TABLE).unwrap();
    let different: BTreeSet<String> = table
        .iter()
        .map(|case| format!("{} {} {} {}", case["authorizer"], case["claims"], case["sign"], case["text"]))
        .collect();
    assert!(different.len() >= 200, "{} different cases", different.len());
    let foreign = TestKeys::generate();
    let mut wrong = Vec::new();
    for case in &table {
        let verdict = judge(case, &foreign);
        let codes: Vec<&str> = verdict.failures().map(|rule| rule.code()).collect();
        if json!(codes) != case["codes"] || json!(verdict.accepted()) != case["accept"] {
            wrong.push(format!("{}: found {codes:?}, accepted {}: {case}", case["why"], verdict.accepted()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}
