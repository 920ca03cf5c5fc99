//! How often a token can be judged per second, on one core and with the keys at hand. For `benches/`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::auth::{Authorizer, Evaluation, KnownProvider, Token, evaluate};

/// The clock is read once per this many evaluations.
const BATCH: u64 = 50;

/// Parses the token and evaluates every rule, repeatedly.
pub(super) fn measure(
    authorizer: &Authorizer,
    known: &KnownProvider,
    token: &str,
    (now, limit): (i64, Duration),
) -> Value {
    let start = Instant::now();
    let (mut count, mut accepted) = (0, 0_u64);
    while start.elapsed() < limit {
        for _ in 0..BATCH {
            if let Ok(token) = Token::parse(token) {
                let verdict = evaluate(&Evaluation {
                    authorizer,
                    issuer: Some(&known.provider.issuer),
                    keys: Some(&known.keys),
                    token: &token,
                    now,
                });
                accepted += u64::from(verdict.accepted());
            }
        }
        count += BATCH;
    }
    let seconds = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    let per_second = count as f64 / seconds;
    json!({ "judgements": count, "accepted": accepted, "seconds": seconds, "perSecond": per_second })
}
