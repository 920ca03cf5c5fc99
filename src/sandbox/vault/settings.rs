//! The token vault's settings: which key it would be encrypted with. Nothing is encrypted here.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{DEFAULT, Vault, VaultContext, not_found, text};
use crate::sandbox::control::check::{TextRule, Violations};
use crate::sandbox::reply::Fault;

const ID: TextRule = TextRule::length(1, 64).with_pattern(r"[a-zA-Z0-9\-_]+");
const KEY_ARN: TextRule =
    TextRule::length(1, 2048).with_pattern("arn:aws(|-cn|-us-gov):kms:[a-zA-Z0-9-]*:[0-9]{12}:key/[a-zA-Z0-9-]{36}");
const CUSTOMER: &str = "CustomerManagedKey";
const SERVICE_KEY: &str = "ServiceManagedKey";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct VaultSettings {
    /// `None`: the service's own.
    key: Option<String>,
    /// Seconds since 1970.
    modified: f64,
}

fn show(settings: &VaultSettings) -> Value {
    let mut key = json!({ "keyType": if settings.key.is_some() { CUSTOMER } else { SERVICE_KEY } });
    if let Some(arn) = &settings.key {
        key["kmsKeyArn"] = json!(arn);
    }
    json!({ "tokenVaultId": DEFAULT, "kmsConfiguration": key, "lastModifiedDate": settings.modified })
}

/// There is one vault; another id is not found.
fn check_id(context: &VaultContext<'_>, operation: &str, input: &Value) -> Result<(), Fault> {
    context.require(operation, &[&context.token_vault()])?;
    match text(input, "tokenVaultId") {
        Some(id) if id != DEFAULT => Err(not_found(&format!("Token vault '{id}'"))),
        _ => Ok(()),
    }
}

pub(super) async fn get(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    check.text("tokenVaultId", input.get("tokenVaultId"), ID);
    check.finish()?;
    check_id(context, "GetTokenVault", input)?;
    let store = &context.sandbox.state.vault;
    if let Some(settings) = store.read(|state| state.settings.clone()) {
        return Ok(show(&settings));
    }
    // The vault is made by the first who looks.
    let make = |state: &mut Vault| {
        let settings = state.settings.get_or_insert(VaultSettings { key: None, modified: context.now });
        Ok(show(settings))
    };
    store.update(make).await
}

pub(super) async fn set_key(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    check.text("tokenVaultId", input.get("tokenVaultId"), ID);
    let mut key = None;
    if let Some(given) = check.present("kmsConfiguration", input.get("kmsConfiguration")) {
        check.present("kmsConfiguration.keyType", given.get("keyType"));
        check.one_of("kmsConfiguration.keyType", given.get("keyType"), &[CUSTOMER, SERVICE_KEY]);
        let arn = check.text("kmsConfiguration.kmsKeyArn", given.get("kmsKeyArn"), KEY_ARN).map(str::to_owned);
        match (text(given, "keyType"), arn) {
            (Some(CUSTOMER), None) => {
                check.problem("kmsConfiguration.kmsKeyArn", "A customer managed key needs a kmsKeyArn");
            }
            (Some(SERVICE_KEY), Some(_)) => {
                check.problem("kmsConfiguration.kmsKeyArn", "A service managed key has no kmsKeyArn");
            }
            (_, arn) => key = arn,
        }
    }
    check.finish()?;
    check_id(context, "SetTokenVaultCMK", input)?;
    let change = |state: &mut Vault| {
        let settings = VaultSettings { key, modified: context.now };
        let answer = show(&settings);
        state.settings = Some(settings);
        Ok(answer)
    };
    context.sandbox.state.vault.update(change).await
}

pub(super) async fn reset(context: &VaultContext<'_>, input: &Value) -> Result<Value, Fault> {
    let mut check = Violations::default();
    check.required("tokenVaultId", input.get("tokenVaultId"), ID);
    check.finish()?;
    check_id(context, "ResetTokenVaultKeyMaterial", input)?;
    let change = |state: &mut Vault| {
        let settings = state.settings.get_or_insert(VaultSettings { key: None, modified: context.now });
        settings.modified = context.now;
        Ok(show(settings))
    };
    context.sandbox.state.vault.update(change).await
}
