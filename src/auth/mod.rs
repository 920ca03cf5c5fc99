//! Inbound auth: who may call an agent that stands behind an OpenID Connect provider.
//!
//! Owns: the authorizer as the service takes it (`authorizer`, `wire`, `claim_rule`), the provider's discovery document
//! and keys (`discovery`), the token (`token`), and the one evaluator of a token against an authorizer (`evaluate`),
//! which serves the explanation of a refusal and the sandbox's gate alike; and how a token is obtained (`grants`). Does
//! not own: requests to AWS (`cloud`), or what a refusal looks like on the wire (`sandbox`).
//!
//! Only `discovery` and `grants` touch the network; everything else is pure.

pub(crate) mod authorizer;
pub(crate) mod claim_rule;
pub(crate) mod discovery;
pub(crate) mod evaluate;
pub(crate) mod grants;
pub(crate) mod token;
mod wire;

pub(crate) use authorizer::{Authorizer, Change, ClaimRule, compare, problems_error};
pub(crate) use discovery::{Provider, discover, fetch_jwks};
pub(crate) use evaluate::{Evaluation, Verdict, evaluate};
pub(crate) use token::Token;
