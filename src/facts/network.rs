//! What a VPC must have so that a runtime can be in it. Source: the developer guide's page on VPCs.

/// The Availability Zones in which a runtime's network interfaces can be, by region. Source: the table of that page in 2026; AWS adds
/// regions and zones to it, so a zone that is not here may still do.
const ZONES: &[(&str, [&str; 3])] = &[
    ("us-east-1", ["use1-az1", "use1-az2", "use1-az4"]),
    ("us-east-2", ["use2-az1", "use2-az2", "use2-az3"]),
    ("us-west-2", ["usw2-az1", "usw2-az2", "usw2-az3"]),
    ("ca-central-1", ["cac1-az1", "cac1-az2", "cac1-az4"]),
    ("sa-east-1", ["sae1-az1", "sae1-az2", "sae1-az3"]),
    ("eu-west-1", ["euw1-az1", "euw1-az2", "euw1-az3"]),
    ("eu-west-2", ["euw2-az1", "euw2-az2", "euw2-az3"]),
    ("eu-west-3", ["euw3-az1", "euw3-az2", "euw3-az3"]),
    ("eu-central-1", ["euc1-az1", "euc1-az2", "euc1-az3"]),
    ("eu-north-1", ["eun1-az1", "eun1-az2", "eun1-az3"]),
    ("eu-south-1", ["eus1-az1", "eus1-az2", "eus1-az3"]),
    ("eu-south-2", ["eus2-az1", "eus2-az2", "eus2-az3"]),
    ("ap-south-1", ["aps1-az1", "aps1-az2", "aps1-az3"]),
    ("ap-northeast-1", ["apne1-az1", "apne1-az2", "apne1-az4"]),
    ("ap-northeast-2", ["apne2-az1", "apne2-az2", "apne2-az3"]),
    ("ap-southeast-1", ["apse1-az1", "apse1-az2", "apse1-az3"]),
    ("ap-southeast-2", ["apse2-az1", "apse2-az2", "apse2-az3"]),
    ("ap-southeast-5", ["apse5-az1", "apse5-az2", "apse5-az3"]),
    ("ap-southeast-7", ["apse7-az1", "apse7-az2", "apse7-az3"]),
    ("us-gov-west-1", ["usgw1-az1", "usgw1-az2", "usgw1-az3"]),
];

/// The ids of a region's zones; `None` for a region that the table does not have.
pub(crate) fn supported_zones(region: &str) -> Option<&'static [&'static str]> {
    ZONES.iter().find(|(known, _)| *known == region).map(|(_, zones)| zones.as_slice())
}

/// The services that a runtime without a way to the internet needs endpoints of, to fetch its artifact and to write its log.
/// Names as they end a service's name: `com.amazonaws.us-west-2.ecr.api`.
pub(crate) const CONTAINER_ENDPOINTS: &[&str] = &["ecr.api", "ecr.dkr", "s3", "logs"];
/// The same for direct code deployment, whose archive is in S3.
pub(crate) const CODE_ENDPOINTS: &[&str] = &["s3", "logs"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_zones_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for (region, zones) in ZONES {
            let prefix = zones[0].split('-').next().unwrap();
            assert!(zones.iter().all(|zone| zone.starts_with(&format!("{prefix}-az"))), "{region}");
            assert!(seen.insert(prefix), "{region}");
            assert_eq!(prefix.chars().last(), region.chars().last(), "{region}");
        }
        assert_eq!(supported_zones("us-east-1"), Some(&["use1-az1", "use1-az2", "use1-az4"][..]));
        assert_eq!(supported_zones("mars-east-1"), None);
    }
}
