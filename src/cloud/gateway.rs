//! AgentCore control plane: gateways and their targets.
//!
//! Both travel as the wire's own JSON: an update replaces the whole definition, and typed models drop members that are newer
//! than the SDK.

use serde_json::Value;

use super::connect::Cloud;
use super::error::{code, convert, if_found, is_not_found};
use super::wire::{Capture, replace_body};
use crate::error::Result;

/// The service's largest page.
const PAGE: i32 = 1000;

/// Sends one operation, with its own body where one is given, and copies the answer.
macro_rules! exchange {
    ($request:expr, $capture:expr) => {
        $request.customize().interceptor($capture.clone()).send().await
    };
    ($request:expr, $capture:expr, $body:expr) => {{
        let bytes = $body.to_string();
        $request
            .customize()
            .interceptor($capture.clone())
            .mutate_request(move |request| replace_body(request, &bytes))
            .send()
            .await
    }};
}

fn name_of(body: &Value) -> &str {
    body.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// Takes a page's items; the token of the next page.
fn append(page: &Value, all: &mut Vec<Value>) -> Option<String> {
    all.extend(page.get("items").and_then(Value::as_array).into_iter().flatten().cloned());
    page.get("nextToken").and_then(Value::as_str).filter(|token| !token.is_empty()).map(str::to_owned)
}

impl Cloud {
    /// The summaries of all gateways of the account and region.
    pub(crate) async fn gateways(&self) -> Result<Vec<Value>> {
        let (client, mut all, mut token) = (self.control(), Vec::new(), None);
        loop {
            let capture = Capture::default();
            let request = client.list_gateways().max_results(PAGE).set_next_token(token);
            exchange!(request, capture).map_err(|error| convert("list the gateways", &error))?;
            token = append(&capture.json()?, &mut all);
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// The answer of GetGateway, with every member; `None` when there is no such gateway.
    pub(crate) async fn gateway(&self, id: &str) -> Result<Option<Value>> {
        let capture = Capture::default();
        let sent = exchange!(self.control().get_gateway().gateway_identifier(id), capture);
        if if_found(sent, format!("read the gateway `{id}`"))?.is_none() {
            return Ok(None);
        }
        capture.json().map(Some)
    }

    /// Creates from the wire form of CreateGateway. `Ok(None)` is a name conflict.
    pub(crate) async fn create_gateway(&self, body: &Value) -> Result<Option<Value>> {
        let capture = Capture::default();
        match exchange!(self.control().create_gateway().name(name_of(body)), capture, body) {
            Ok(_) => capture.json().map(Some),
            Err(error) if code(&error) == Some("ConflictException") => Ok(None),
            Err(error) => Err(convert(format!("create the gateway `{}`", name_of(body)), &error)),
        }
    }

    /// Replaces the whole definition of a gateway with the wire form of UpdateGateway.
    pub(crate) async fn update_gateway(&self, id: &str, body: &Value) -> Result<Value> {
        let capture = Capture::default();
        exchange!(self.control().update_gateway().gateway_identifier(id), capture, body)
            .map_err(|error| convert(format!("update the gateway `{id}`"), &error))?;
        capture.json()
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_gateway(&self, id: &str) -> Result<bool> {
        let sent = self.control().delete_gateway().gateway_identifier(id).send().await;
        Ok(if_found(sent, format!("delete the gateway `{id}`"))?.is_some())
    }

    /// The summaries of all targets of a gateway; none for a gateway that is not there.
    pub(crate) async fn gateway_targets(&self, gateway: &str) -> Result<Vec<Value>> {
        let (client, mut all, mut token) = (self.control(), Vec::new(), None);
        loop {
            let capture = Capture::default();
            let request = client.list_gateway_targets().gateway_identifier(gateway);
            match exchange!(request.max_results(PAGE).set_next_token(token), capture) {
                Ok(_) => token = append(&capture.json()?, &mut all),
                Err(error) if is_not_found(&error) => token = None,
                Err(error) => return Err(convert(format!("list the targets of the gateway `{gateway}`"), &error)),
            }
            if token.is_none() {
                return Ok(all);
            }
        }
    }

    /// The answer of GetGatewayTarget, with every member; `None` when there is no such target.
    pub(crate) async fn gateway_target(&self, gateway: &str, id: &str) -> Result<Option<Value>> {
        let capture = Capture::default();
        let sent = exchange!(self.control().get_gateway_target().gateway_identifier(gateway).target_id(id), capture);
        if if_found(sent, format!("read the target `{id}` of the gateway `{gateway}`"))?.is_none() {
            return Ok(None);
        }
        capture.json().map(Some)
    }

    /// Creates from the wire form of CreateGatewayTarget. `Ok(None)` is a conflict: the name is taken, or the gateway is being
    /// changed.
    pub(crate) async fn create_gateway_target(&self, gateway: &str, body: &Value) -> Result<Option<Value>> {
        let capture = Capture::default();
        match exchange!(self.control().create_gateway_target().gateway_identifier(gateway), capture, body) {
            Ok(_) => capture.json().map(Some),
            Err(error) if code(&error) == Some("ConflictException") => Ok(None),
            Err(error) => {
                Err(convert(format!("create the target `{}` of the gateway `{gateway}`", name_of(body)), &error))
            }
        }
    }

    /// Replaces the whole definition of a target with the wire form of UpdateGatewayTarget.
    pub(crate) async fn update_gateway_target(&self, gateway: &str, id: &str, body: &Value) -> Result<Value> {
        let capture = Capture::default();
        let request = self.control().update_gateway_target().gateway_identifier(gateway).target_id(id);
        exchange!(request, capture, body)
            .map_err(|error| convert(format!("update the target `{id}` of the gateway `{gateway}`"), &error))?;
        capture.json()
    }

    /// `false` when it was already gone.
    pub(crate) async fn delete_gateway_target(&self, gateway: &str, id: &str) -> Result<bool> {
        let sent = self.control().delete_gateway_target().gateway_identifier(gateway).target_id(id).send().await;
        Ok(if_found(sent, format!("delete the target `{id}` of the gateway `{gateway}`"))?.is_some())
    }
}
