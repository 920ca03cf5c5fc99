//! Inbound auth: who may call an agent that stands behind an OpenID Connect provider.
//!
//! Owns: the authorizer as the service takes it (`authorizer`, `wire`, `claim_rule`), how two of them compare
//! (`change`), what is odd about one (`lint`, with the providers' conventions in `preset`) and its conditions as
//! sentences (`conditions`); the provider's discovery document and keys (`discovery`, kept by `keys`; `stand_in` knows
//! where a sandbox's pools are asked), the token (`token`), and the one evaluator of a caller against an authorizer
//! (`caller`, `evaluate`), which serves `auth check`, `auth test`, the explanation of a refusal and the sandbox's gate
//! alike; test callers (`craft`); and how a token is obtained (`grants`). Does not own: requests to AWS (`cloud`), or
//! what a refusal looks like on the wire (`sandbox`).
//!
//! Only `discovery`, through `keys`, and `grants` touch the network; everything else is pure.

pub(crate) mod authorizer;
pub(crate) mod caller;
#[cfg(test)]
mod cases;
pub(crate) mod change;
pub(crate) mod claim_rule;
pub(crate) mod conditions;
pub(crate) mod craft;
pub(crate) mod discovery;
pub(crate) mod evaluate;
pub(crate) mod grants;
pub(crate) mod keys;
pub(crate) mod lint;
pub(crate) mod preset;
mod stand_in;
pub(crate) mod token;
mod wire;

pub(crate) use authorizer::{Authorizer, ClaimRule, problems_error};
pub(crate) use caller::Presented;
pub(crate) use change::{AuthorizerChange, compare};
pub(crate) use discovery::{Provider, discover, fetch_document, fetch_jwks};
pub(crate) use evaluate::{Evaluation, Verdict, evaluate};
pub(crate) use keys::{KnownProvider, Providers};
pub(crate) use lint::lint;
pub(crate) use stand_in::own_discovery_url;
pub(crate) use token::Token;
pub(crate) use wire::discovery_url_problems;
