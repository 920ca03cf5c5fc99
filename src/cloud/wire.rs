//! The wire's own JSON through the SDK: the body is replaced on the way out and copied on the way in.
//!
//! The SDK's types drop members that are newer than the SDK, and an update that drops a member erases it. Transport,
//! signing, retries and errors stay the SDK's.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;

use super::error::missing_member;
use crate::error::Result;

/// For `mutate_request`. The content type is the one that the SDK has set, or JSON.
pub(super) fn replace_body(request: &mut HttpRequest, body: &str) {
    let length = body.len().to_string();
    *request.body_mut() = SdkBody::from(body);
    request.headers_mut().insert("content-length", length);
    if request.headers().get("content-type").is_none() {
        request.headers_mut().insert("content-type", "application/json");
    }
}

/// Takes a page's items; the token of the next page.
pub(super) fn append(page: &Value, member: &str, all: &mut Vec<Value>) -> Option<String> {
    all.extend(page.get(member).and_then(Value::as_array).into_iter().flatten().cloned());
    page.get("nextToken").and_then(Value::as_str).filter(|token| !token.is_empty()).map(str::to_owned)
}

/// Copies the body of a successful answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Capture(Arc<Mutex<Option<Vec<u8>>>>);

impl Capture {
    pub(super) fn json(&self) -> Result<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        bytes
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| missing_member("go on", "the service", "JSON in it"))
    }
}

impl Intercept for Capture {
    fn name(&self) -> &'static str {
        "CaptureBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        if let Some(bytes) = context.response().body().bytes() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes.to_vec());
        }
        Ok(())
    }
}
