//! CloudWatch Logs: groups and streams that agents write and people read, over json 1.1.
//!
//! Owns: the operations listed in `call`, and [`append`](LogStore::append) for the runner. Does not own: metrics; how
//! long a group is to be kept is remembered, and nothing is deleted by age. `insights` runs queries; `delivery` remembers what is to be delivered where. A stream keeps its newest few megabytes.

mod delivery;
mod filter;
mod insights;
mod operations;
mod store;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::SharedSandbox;
use super::reply::Fault;

pub(crate) use delivery::Delivery;
pub(crate) use store::LogStore;

/// Target prefix of its operations.
pub(crate) const TARGET: &str = "Logs_20140328";

/// Answers an operation.
pub(crate) async fn call(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Result<Value, Fault> {
    match delivery::call(sandbox, operation, input).await {
        Some(answer) => answer,
        None => groups(sandbox, operation, input),
    }
}

/// Operations on groups and streams.
fn groups(sandbox: &SharedSandbox, operation: &str, input: &Value) -> Result<Value, Fault> {
    match operation {
        "CreateLogGroup" => operations::create_group(sandbox, &parse(input)?),
        "DeleteLogGroup" => operations::delete_group(sandbox, &parse(input)?),
        "CreateLogStream" => operations::create_stream(sandbox, &parse(input)?),
        "DeleteLogStream" => operations::delete_stream(sandbox, &parse(input)?),
        "PutLogEvents" => operations::put_events(sandbox, &parse(input)?),
        "DescribeLogGroups" => operations::describe_groups(sandbox, &parse(input)?),
        "DescribeLogStreams" => operations::describe_streams(sandbox, &parse(input)?),
        "GetLogEvents" => operations::get_events(sandbox, &parse(input)?),
        "FilterLogEvents" => operations::filter_events(sandbox, &parse(input)?),
        "PutRetentionPolicy" => operations::put_retention(sandbox, &parse(input)?),
        "DeleteRetentionPolicy" => operations::delete_retention(sandbox, &parse(input)?),
        "StartQuery" => insights::start(sandbox, &parse(input)?),
        "GetQueryResults" => insights::results(sandbox, &parse(input)?),
        "StopQuery" => insights::stop(sandbox, &parse(input)?),
        _ => Err(Fault::unknown_operation(&format!("CloudWatch Logs `{operation}`"))),
    }
}

fn parse<T: DeserializeOwned>(input: &Value) -> Result<T, Fault> {
    T::deserialize(input).map_err(|error| invalid(error.to_string()))
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "InvalidParameterException", message)
}

#[cfg(test)]
mod tests;
