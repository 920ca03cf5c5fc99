//! CycloneDX 1.6 as JSON.

use serde_json::{Map, Value, json};

use super::{SbomContent, hash, licence, purl};
use crate::digest::Digest;
use crate::packages::inventory::Package;

/// Of the subject, among the package URLs of the others.
const SUBJECT: &str = "artifact";

pub(super) fn document(content: &SbomContent<'_>) -> Value {
    let subject = content.subject;
    let components: Vec<Value> = content.packages.iter().map(|package| component(package)).collect();
    let all: Vec<String> = content.packages.iter().map(|package| purl(package)).collect();
    let mut dependencies = vec![json!({ "ref": SUBJECT, "dependsOn": all })];
    dependencies.extend(content.packages.iter().map(|package| {
        let needs: Vec<&String> = content.needs(package).into_iter().map(|at| &all[at]).collect();
        json!({ "ref": purl(package), "dependsOn": needs })
    }));
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", uuid(content.identity)),
        "version": 1,
        "metadata": {
            "tools": { "components": [
                { "type": "application", "name": "agentcore", "version": env!("CARGO_PKG_VERSION") }
            ] },
            "component": {
                "type": if subject.is_image { "container" } else { "application" },
                "bom-ref": SUBJECT,
                "name": subject.name,
                "version": subject.digest.to_string(),
                "hashes": [{ "alg": "SHA-256", "content": subject.digest.hex() }],
            },
        },
        "components": components,
        "dependencies": dependencies,
    })
}

fn component(package: &Package) -> Value {
    let mut component = Map::new();
    let mut put = |name: &str, value: Value| component.insert(name.to_owned(), value);
    let purl = purl(package);
    put("type", json!("library"));
    put("bom-ref", json!(purl));
    put("name", json!(package.name));
    put("version", json!(package.version));
    if let Some((algorithm, digits)) = hash(package).and_then(|(name, digits)| Some((algorithm(name)?, digits))) {
        put("hashes", json!([{ "alg": algorithm, "content": digits }]));
    }
    if let Some(words) = &package.license {
        put(
            "licenses",
            match licence::expression(words) {
                Some(expression) => json!([{ "expression": expression }]),
                None => json!([{ "license": { "name": words } }]),
            },
        );
    }
    put("purl", json!(purl));
    Value::Object(component)
}

fn algorithm(name: &str) -> Option<&'static str> {
    Some(match name {
        "sha1" => "SHA-1",
        "sha256" => "SHA-256",
        "sha384" => "SHA-384",
        "sha512" => "SHA-512",
        _ => return None,
    })
}

/// A UUID of the form for values that applications define (version 8).
fn uuid(identity: Digest) -> String {
    let digits = identity.hex();
    let part = |from: usize, to: usize| &digits[from..to];
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{inventory, subject};
    use super::*;

    #[test]
    fn every_package_is_there_and_referred_to() {
        let inventory = inventory();
        let document = document(&SbomContent::new(subject(), &inventory));
        let components = document["components"].as_array().unwrap();
        let by_purl = |purl: &str| components.iter().find(|own| own["purl"] == purl).unwrap();
        assert_eq!(by_purl("pkg:pypi/six@1.17.0")["licenses"], json!([{ "expression": "MIT" }]));
        let dateutil = "pkg:pypi/python-dateutil@2.9.0.post0";
        assert_eq!(by_purl(dateutil)["licenses"], json!([{ "license": { "name": "Dual License" } }]));
        let dependencies = document["dependencies"].as_array().unwrap();
        let needs = |of: &str| dependencies.iter().find(|own| own["ref"] == of).unwrap()["dependsOn"].clone();
        assert_eq!(needs(SUBJECT).as_array().unwrap().len(), components.len());
        assert_eq!(needs(dateutil), json!(["pkg:pypi/six@1.17.0"]));
        let serial = document["serialNumber"].as_str().unwrap();
        assert!(uuid::Uuid::parse_str(serial.strip_prefix("urn:uuid:").unwrap()).is_ok(), "{serial}");
    }
}
