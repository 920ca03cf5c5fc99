//! SPDX 2.3 as JSON.

use serde_json::{Map, Value, json};

use super::{SbomContent, hash, licence, purl};

/// The value for "nothing is stated", which SPDX requires.
const NO_ASSERTION: &str = "NOASSERTION";
/// A time is required. The artifact has none either: all of its files are of this moment.
const CREATED: &str = "1970-01-01T00:00:00Z";
const SUBJECT: &str = "SPDXRef-Artifact";

pub(super) fn document(content: &SbomContent<'_>) -> Value {
    let subject = content.subject;
    let name = subject.name;
    let mut packages = vec![json!({
        "SPDXID": SUBJECT,
        "name": name,
        "versionInfo": subject.digest.to_string(),
        "downloadLocation": NO_ASSERTION,
        "filesAnalyzed": false,
        "licenseConcluded": NO_ASSERTION,
        "licenseDeclared": NO_ASSERTION,
        "copyrightText": NO_ASSERTION,
        "primaryPackagePurpose": if subject.is_image { "CONTAINER" } else { "ARCHIVE" },
        "checksums": [{ "algorithm": "SHA256", "checksumValue": subject.digest.hex() }],
    })];
    let mut relations = vec![relation("SPDXRef-DOCUMENT", "DESCRIBES", SUBJECT)];
    let ids: Vec<String> = (0..content.packages.len()).map(|at| id(content, at)).collect();
    for (at, own) in content.packages.iter().enumerate() {
        let mut package = Map::new();
        let mut put = |name: &str, value: Value| package.insert(name.to_owned(), value);
        put("SPDXID", json!(ids[at]));
        put("name", json!(own.name));
        put("versionInfo", json!(own.version));
        if let Some(file) = &own.file {
            put("packageFileName", json!(file));
        }
        put("downloadLocation", json!(NO_ASSERTION));
        put("filesAnalyzed", json!(false));
        put("licenseConcluded", json!(NO_ASSERTION));
        let expression = own.license.as_deref().and_then(licence::expression);
        put("licenseDeclared", json!(expression.as_deref().unwrap_or(NO_ASSERTION)));
        if let (None, Some(words)) = (&expression, &own.license) {
            put("licenseComments", json!(format!("The package says: {words}")));
        }
        put("copyrightText", json!(NO_ASSERTION));
        put("primaryPackagePurpose", json!("LIBRARY"));
        if let Some((algorithm, digits)) = hash(own) {
            put("checksums", json!([{ "algorithm": algorithm.to_uppercase(), "checksumValue": digits }]));
        }
        let reference =
            json!({ "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl(own) });
        put("externalRefs", json!([reference]));
        packages.push(Value::Object(package));
        relations.push(relation(SUBJECT, "DEPENDS_ON", &ids[at]));
        relations.extend(content.needs(own).into_iter().map(|needed| relation(&ids[at], "DEPENDS_ON", &ids[needed])));
    }
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": format!("https://spdx.org/spdxdocs/agentcore/{name}-{}", content.identity.hex()),
        "creationInfo": { "created": CREATED, "creators": [concat!("Tool: agentcore-", env!("CARGO_PKG_VERSION"))] },
        "packages": packages,
        "relationships": relations,
    })
}

fn relation(from: &str, kind: &str, to: &str) -> Value {
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to })
}

/// Letters, digits, dots and dashes are allowed; the number keeps `a_b` and `a-b` apart.
fn id(content: &SbomContent<'_>, at: usize) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = content.packages[at].name.chars().map(plain).collect();
    format!("SPDXRef-Package-{}-{name}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{inventory, subject};
    use super::*;

    #[test]
    fn every_package_is_there_and_related() {
        let inventory = inventory();
        let content = SbomContent::new(subject(), &inventory);
        let document = document(&content);
        let packages = document["packages"].as_array().unwrap();
        assert_eq!(packages.len(), 6);
        let find = |purl: &str| {
            packages.iter().find(|package| package["externalRefs"][0]["referenceLocator"] == purl).unwrap()
        };
        let (dateutil, six) = (find("pkg:pypi/python-dateutil@2.9.0.post0"), find("pkg:pypi/six@1.17.0"));
        assert_eq!(six["licenseDeclared"], "MIT");
        assert_eq!(
            (&dateutil["licenseDeclared"], &dateutil["licenseComments"]),
            (&json!("NOASSERTION"), &json!("The package says: Dual License"))
        );
        assert_eq!(six["checksums"][0]["algorithm"], "SHA256");
        let relations = document["relationships"].as_array().unwrap();
        let related = |from: &Value, to: &Value| {
            relations.iter().any(|own| own["spdxElementId"] == *from && own["relatedSpdxElement"] == *to)
        };
        assert!(packages[1..].iter().all(|package| related(&json!(SUBJECT), &package["SPDXID"])));
        assert!(related(&dateutil["SPDXID"], &six["SPDXID"]));
        assert!(!related(&dateutil["SPDXID"], &find("pkg:npm/six@1.0.0")["SPDXID"]), "another ecosystem's package");
        let ids: std::collections::BTreeSet<_> = packages.iter().map(|package| package["SPDXID"].to_string()).collect();
        assert_eq!(ids.len(), packages.len());
    }
}
