//! Inbound auth seen by people: would this token pass, what does the authorizer say, does the gate hold.
//!
//! Owns: which authorizer is meant (`subject`), the reports. Does not own: the rules and the judgement (`crate::auth`).

mod check;
mod explain;
mod junit;
mod matrix;
mod rate;
mod subject;

pub(crate) use check::{CheckRequest, Documents, check};
pub(crate) use explain::explain;
pub(crate) use matrix::{MatrixConnections, MatrixRequest, run};
pub(crate) use subject::AuthSubject;
