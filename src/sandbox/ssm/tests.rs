use proptest::prelude::*;

use super::names::{ParameterName, check};

fn code(name: &str) -> String {
    check(name).map_or_else(|fault| fault.code.into_owned(), |()| "ok".to_owned())
}

#[test]
fn names_follow_the_rules_of_the_user_guide() {
    let levels = |count: usize| "/a".repeat(count);
    for (name, expected) in [
        ("plain", "ok"),
        ("/app/x/agentcore/machine_client_id", "ok"),
        (levels(15).as_str(), "ok"),
        (levels(16).as_str(), "HierarchyLevelLimitExceededException"),
        ("a/b", "ValidationException"),
        ("/a//b", "ValidationException"),
        ("/a/", "ValidationException"),
        ("/a b", "ValidationException"),
        ("/ssm/x", "ValidationException"),
        ("SSMx", "ValidationException"),
        ("/aws/x", "AccessDeniedException"),
        ("x".repeat(1012).as_str(), "ValidationException"),
    ] {
        assert_eq!(code(name), expected, "{name}");
    }
}

#[test]
fn version_follows_the_name_even_in_an_arn() {
    let of = |text: &'static str| (ParameterName::parse(text).name, ParameterName::parse(text).selector);
    assert_eq!(of("/a/b"), ("/a/b", None));
    assert_eq!(of("/a/b:3"), ("/a/b", Some("3")));
    let arn = "arn:aws:ssm:us-west-2:123456789012:parameter/a/b";
    assert_eq!(of(arn), (arn, None));
    assert_eq!(of("arn:aws:ssm:us-west-2:123456789012:parameter/a/b:7"), (arn, Some("7")));
}

proptest! {
    /// Whatever is accepted can be asked for again by its own name.
    #[test]
    fn an_accepted_name_names_itself(name in "[a-zA-Z0-9._/:-]{1,20}") {
        if check(&name).is_ok() {
            prop_assert_eq!(ParameterName::parse(&name), ParameterName { name: &name, selector: None });
        }
    }
}
