//! What is said of gateways and targets, for people and for scripts.
//!
//! Scripts that were written for the starter toolkit cut its printed Python dictionary at single quotes: the members that
//! they look for stand in lines of that form here too, each value once.

use serde_json::{Value, json};

use crate::report::{Document, Report, Role as Style, schemas};
use crate::resources::engine::RemovalOutcome;
use crate::resources::provider_body::text;

/// One gateway.
#[derive(Debug)]
pub(crate) struct GatewayReport {
    /// As the service describes it.
    pub(super) raw: Value,
    pub(super) outcome: &'static str,
    pub(super) token_command: Option<String>,
}

/// `'key': 'value'` for each member that is there.
fn members(mut document: Document, raw: &Value, names: &[&str]) -> Document {
    for name in names {
        let value = text(raw, name);
        if !value.is_empty() {
            document = document.spans(vec![
                (Style::Key, format!("'{name}'")),
                (Style::Plain, ": ".to_owned()),
                (Style::Plain, format!("'{value}'")),
            ]);
        }
    }
    document
}

/// "Gateway tools was created successfully."
fn headline(what: &str, name: &str, outcome: &str) -> String {
    match outcome {
        "created" | "updated" => format!("{what} {name} was {outcome} successfully."),
        "unchanged" => format!("{what} {name} is there already."),
        _ => format!("{what} {name}"),
    }
}

fn with_reasons(document: Document, raw: &Value) -> Document {
    let reasons = raw.get("statusReasons").and_then(Value::as_array);
    reasons
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .fold(document, |document, reason| document.styled(Style::Bad, reason.to_owned()))
}

impl Report for GatewayReport {
    fn schema(&self) -> &'static str {
        schemas::GATEWAY
    }

    fn data(&self) -> Value {
        let member = |name: &str| self.raw.get(name).cloned().unwrap_or_default();
        json!({
            "gatewayArn": member("gatewayArn"),
            "gatewayId": member("gatewayId"),
            "gatewayUrl": member("gatewayUrl"),
            "name": member("name"),
            "status": member("status"),
            "roleArn": member("roleArn"),
            "authorizerType": member("authorizerType"),
            "outcome": self.outcome,
            "tokenCommand": self.token_command,
            "gateway": self.raw,
        })
    }

    fn document(&self) -> Document {
        let document = Document::new().line(headline("Gateway", text(&self.raw, "name"), self.outcome));
        let names = ["gatewayArn", "gatewayId", "gatewayUrl", "roleArn", "status", "authorizerType", "description"];
        let document = with_reasons(members(document, &self.raw, &names), &self.raw);
        let document = match &self.token_command {
            Some(command) => document
                .blank()
                .styled(Style::Dim, "A token for calling it:")
                .styled(Style::Code, format!("  {command}")),
            None => document,
        };
        if self.outcome != "created" {
            return document;
        }
        let id = text(&self.raw, "gatewayId");
        document.blank().styled(Style::Dim, "Next:").styled(
            Style::Code,
            format!(
                "  agentcore gateway create-mcp-gateway-target --gateway-id {id} --name NAME --target-type mcpServer \
                 --target-payload '{{\"endpoint\": \"https://HOST/mcp\"}}'"
            ),
        )
    }
}

/// The gateways of an account and region.
#[derive(Debug)]
pub(crate) struct GatewayList {
    pub(super) items: Vec<Value>,
    /// How many there are besides.
    pub(super) left_out: usize,
}

fn rest(document: Document, left_out: usize) -> Document {
    if left_out == 0 {
        return document;
    }
    document.styled(Style::Attention, format!("{left_out} more: `--max-results` shows them"))
}

impl Report for GatewayList {
    fn schema(&self) -> &'static str {
        schemas::GATEWAYS
    }

    fn data(&self) -> Value {
        json!({ "count": self.items.len(), "leftOut": self.left_out, "items": self.items })
    }

    fn document(&self) -> Document {
        if self.items.is_empty() {
            return Document::new().line("There are no gateways.");
        }
        let plain = |item: &Value, member: &str| (Style::Plain, text(item, member).to_owned());
        let rows = self.items.iter().map(|item| {
            let each = ["name", "gatewayId", "status", "authorizerType", "updatedAt"];
            each.iter().map(|member| plain(item, member)).collect()
        });
        let head = vec!["NAME", "GATEWAY ID", "STATUS", "AUTHORIZER", "UPDATED"];
        rest(Document::new().table(head, rows.collect()), self.left_out)
    }
}

/// One target.
#[derive(Debug)]
pub(crate) struct TargetReport {
    pub(super) raw: Value,
    pub(super) gateway_id: String,
    pub(super) outcome: &'static str,
}

impl TargetReport {
    fn kind(&self) -> Option<String> {
        let union = self.raw.get("targetConfiguration")?.as_object()?.values().next()?;
        union.as_object()?.keys().next().cloned()
    }

    fn credentials(&self) -> &str {
        let kind = self.raw.pointer("/credentialProviderConfigurations/0/credentialProviderType");
        kind.and_then(Value::as_str).unwrap_or("none")
    }
}

impl Report for TargetReport {
    fn schema(&self) -> &'static str {
        schemas::GATEWAY_TARGET
    }

    fn data(&self) -> Value {
        let member = |name: &str| self.raw.get(name).cloned().unwrap_or_default();
        json!({
            "targetId": member("targetId"),
            "gatewayArn": member("gatewayArn"),
            "gatewayId": self.gateway_id,
            "name": member("name"),
            "status": member("status"),
            "targetType": self.kind(),
            "outcome": self.outcome,
            "target": self.raw,
        })
    }

    fn document(&self) -> Document {
        let document = Document::new().line(headline("Gateway target", text(&self.raw, "name"), self.outcome));
        let document = members(document, &self.raw, &["targetId", "gatewayArn", "status"]);
        let document = document.spans(vec![
            (Style::Key, "'credentialProviderType'".to_owned()),
            (Style::Plain, format!(": '{}'", self.credentials())),
        ]);
        let document = with_reasons(document, &self.raw);
        match self.raw.pointer("/authorizationData/oauth2/authorizationUrl").and_then(Value::as_str) {
            Some(url) => document.blank().line("Somebody has to consent before it can be called:").line(url.to_owned()),
            None => document,
        }
    }
}

/// The targets of a gateway.
#[derive(Debug)]
pub(crate) struct TargetList {
    pub(super) gateway_id: String,
    pub(super) items: Vec<Value>,
    /// How many there are besides.
    pub(super) left_out: usize,
}

impl Report for TargetList {
    fn schema(&self) -> &'static str {
        schemas::GATEWAY_TARGETS
    }

    fn data(&self) -> Value {
        json!({
            "gatewayId": self.gateway_id,
            "count": self.items.len(),
            "leftOut": self.left_out,
            "items": self.items,
        })
    }

    fn document(&self) -> Document {
        if self.items.is_empty() {
            return Document::new().line(format!("The gateway {} has no targets.", self.gateway_id));
        }
        let rows = self.items.iter().map(|item| {
            let each = ["name", "targetId", "targetType", "status", "updatedAt"];
            each.iter().map(|member| (Style::Plain, text(item, member).to_owned())).collect()
        });
        let head = vec!["NAME", "TARGET ID", "TYPE", "STATUS", "UPDATED"];
        rest(Document::new().table(head, rows.collect()), self.left_out)
    }
}

/// What is gone.
#[derive(Debug, Default)]
pub(crate) struct GatewayDeletion {
    /// "gateway tools-0123456789"
    pub(super) label: String,
    pub(super) gateway_id: String,
    pub(super) target_id: Option<String>,
    /// The gateway was gone already.
    pub(super) is_missing: bool,
    /// How many resources were deleted.
    pub(super) count: usize,
}

impl GatewayDeletion {
    pub(super) fn add(&mut self, removed: &RemovalOutcome) {
        self.count += removed.done;
    }
}

impl Report for GatewayDeletion {
    fn schema(&self) -> &'static str {
        schemas::GATEWAY_DELETE
    }

    fn data(&self) -> Value {
        json!({
            "gatewayId": Some(&self.gateway_id).filter(|id| !id.is_empty()),
            "targetId": self.target_id,
            "deleted": self.count > 0,
            "resources": self.count,
        })
    }

    fn document(&self) -> Document {
        let text = match (self.is_missing, self.count) {
            (true, 0) | (false, 0) => format!("There was no {}.", self.label),
            (true, _) => format!("There was no {}; what was left of it is deleted.", self.label),
            (false, _) => format!("Deleted {} successfully.", self.label),
        };
        Document::new().line(text)
    }
}
