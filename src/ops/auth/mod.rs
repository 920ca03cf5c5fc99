//! Inbound auth for people: checks a token, explains an authorizer, tests an agent.
//!
//! Owns: which authorizer is meant (`subject`), the reports. Does not own: the rules and their evaluation
//! (`crate::auth`).

mod check;
mod explain;
mod matrix;
mod rate;
mod subject;

pub(crate) use check::{CheckRequest, Documents, check};
pub(crate) use explain::explain;
pub(crate) use matrix::{MatrixConnections, MatrixRequest, run};
pub(crate) use subject::AuthSubject;
