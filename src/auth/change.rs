//! Compares two authorizers: does replacing one by the other admit the same callers, fewer, or new ones?
//!
//! Owns: the classification that guards against letting callers in by accident. Pure. Does not own: what is done about it
//! (`ops`).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::authorizer::{Authorizer, ClaimRule};

/// The effect on callers of replacing the live authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AuthorizerChange {
    /// The same callers, and nothing to send.
    Same,
    /// They differ, and nobody is admitted who is refused today. A first authorizer counts here: callers with AWS
    /// credentials are refused from then on.
    Stricter,
    /// Somebody may be admitted who is refused today; each reason is a clause.
    Weaker(Vec<String>),
    /// The provider changes.
    OtherIssuer { live: String, wanted: String },
}

/// Compares by meaning: the order of values does not count. Where the effect of a member is not known, the change counts
/// as weaker.
pub(crate) fn compare(live: Option<&Authorizer>, wanted: Option<&Authorizer>) -> AuthorizerChange {
    let (live, wanted) = match (live, wanted) {
        (None, None) => return AuthorizerChange::Same,
        (None, Some(_)) => return AuthorizerChange::Stricter,
        (Some(_), None) => {
            return AuthorizerChange::Weaker(vec![
                "the authorizer is removed, so that AWS credentials are enough and no token is asked for".to_owned(),
            ]);
        }
        (Some(live), Some(wanted)) => (live, wanted),
    };
    let Authorizer { discovery_url, allowed_audience, allowed_clients, allowed_scopes, custom_claims, extra } = live;
    if *discovery_url != wanted.discovery_url {
        return AuthorizerChange::OtherIssuer { live: discovery_url.clone(), wanted: wanted.discovery_url.clone() };
    }
    let mut difference = Difference::default();
    difference.list("allowedAudience", allowed_audience, &wanted.allowed_audience);
    difference.list("allowedClients", allowed_clients, &wanted.allowed_clients);
    difference.list("allowedScopes", allowed_scopes, &wanted.allowed_scopes);
    difference.claims(custom_claims, &wanted.custom_claims);
    difference.extra(extra, &wanted.extra);
    if !difference.weaker.is_empty() {
        AuthorizerChange::Weaker(difference.weaker)
    } else if difference.other {
        AuthorizerChange::Stricter
    } else {
        AuthorizerChange::Same
    }
}

#[derive(Default)]
struct Difference {
    weaker: Vec<String>,
    /// Something differs that does not weaken.
    other: bool,
}

impl Difference {
    fn list(&mut self, name: &str, live: &[String], wanted: &[String]) {
        let live: BTreeSet<&String> = live.iter().collect();
        let wanted: BTreeSet<&String> = wanted.iter().collect();
        if live.is_empty() {
            self.other |= !wanted.is_empty();
            return;
        }
        if wanted.is_empty() {
            self.weaker.push(format!("`{name}` no longer restricts anything"));
            return;
        }
        self.weaker.extend(wanted.difference(&live).map(|value| format!("`{name}` also lets in `{value}`")));
        self.other |= live.difference(&wanted).next().is_some();
    }

    /// All rules of a list must hold, so removing one or accepting more values weakens it.
    fn claims(&mut self, live: &[ClaimRule], wanted: &[ClaimRule]) {
        for rule in live.iter().filter(|rule| !wanted.iter().any(|other| implies(other, rule))) {
            self.weaker.push(format!("the custom claim `{}` is no longer required", rule.short()));
        }
        self.other |= wanted.iter().any(|rule| !live.iter().any(|other| implies(other, rule)));
    }

    fn extra(&mut self, live: &Map<String, Value>, wanted: &Map<String, Value>) {
        let names: BTreeSet<&String> = live.keys().chain(wanted.keys()).collect();
        for name in names {
            match (live.get(name), wanted.get(name)) {
                (before, after) if before == after => {}
                // Only what is shown to clients.
                _ if name == "advertisedScopeMapping" => self.other = true,
                (None, Some(_)) if name == "allowedWorkloadConfiguration" => self.other = true,
                (Some(_), None) => self.weaker.push(format!("`{name}` is dropped")),
                _ => self.weaker.push(format!("`{name}` changes, with an effect that cannot be judged here")),
            }
        }
    }
}

/// True when every claim that satisfies `strict` satisfies `lax`.
fn implies(strict: &ClaimRule, lax: &ClaimRule) -> bool {
    strict.name == lax.name
        && strict.value_type == lax.value_type
        && strict.values.iter().all(|value| lax.values.contains(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const URL: &str = "https://idp.example/pool/.well-known/openid-configuration";

    fn authorizer(clients: &[&str], scopes: &[&str], claims: &[&str]) -> Authorizer {
        Authorizer {
            discovery_url: URL.to_owned(),
            allowed_clients: clients.iter().map(|s| (*s).to_owned()).collect(),
            allowed_scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
            custom_claims: claims.iter().map(|text| ClaimRule::parse(text).unwrap()).collect(),
            ..Authorizer::default()
        }
    }

    #[test]
    fn comparisons() {
        let a = authorizer;
        let other = Authorizer { discovery_url: URL.replace("pool", "other"), ..a(&["c"], &[], &[]) };
        let weaker =
            |change: &AuthorizerChange| matches!(change, AuthorizerChange::Weaker(reasons) if !reasons.is_empty());
        assert_eq!(compare(None, None), AuthorizerChange::Same);
        assert_eq!(compare(None, Some(&other)), AuthorizerChange::Stricter);
        assert!(weaker(&compare(Some(&other), None)));
        assert!(matches!(compare(Some(&a(&["c"], &[], &[])), Some(&other)), AuthorizerChange::OtherIssuer { .. }));
        let same = [
            (a(&["c", "d"], &["s"], &["x=y"]), a(&["d", "c", "c"], &["s"], &["x=y"])),
            (a(&[], &[], &["g~=a,b", "x=y"]), a(&[], &[], &["x=y", "g~=b,a"])),
        ];
        let stricter = [
            (a(&["c", "d"], &[], &[]), a(&["c"], &[], &[])),
            (a(&["c"], &[], &[]), a(&["c"], &["s"], &[])),
            (a(&["c"], &[], &[]), a(&["c"], &[], &["x=y"])),
            (a(&[], &[], &["x=y"]), a(&[], &[], &["x=y", "z=w"])),
            (a(&[], &[], &["g~=a,b"]), a(&[], &[], &["g~=a"])),
        ];
        let weak = [
            (a(&["c"], &[], &[]), a(&["c", "d"], &[], &[])),
            (a(&["c"], &["s"], &[]), a(&["c"], &[], &[])),
            (a(&["c"], &[], &["x=y"]), a(&["c"], &[], &[])),
            (a(&[], &[], &["g~=a"]), a(&[], &[], &["g~=a,b"])),
            (a(&[], &[], &["x=y"]), a(&[], &[], &["x=z"])),
            (a(&[], &[], &["x=y"]), a(&[], &[], &["x~=y"])),
            // Mixtures.
            (a(&["c", "d"], &[], &[]), a(&["c", "e"], &[], &[])),
            (a(&["c"], &["s"], &[]), a(&[], &["s"], &["x=y"])),
            (a(&["c", "d"], &["s"], &[]), a(&["c"], &["s", "t"], &[])),
        ];
        for (live, wanted) in &same {
            assert_eq!(compare(Some(live), Some(wanted)), AuthorizerChange::Same, "{live:?} {wanted:?}");
        }
        for (live, wanted) in &stricter {
            assert_eq!(compare(Some(live), Some(wanted)), AuthorizerChange::Stricter, "{live:?} {wanted:?}");
        }
        for (live, wanted) in &weak {
            assert!(weaker(&compare(Some(live), Some(wanted))), "{live:?} {wanted:?}");
        }
    }

    #[test]
    fn members_that_are_not_evaluated_count() {
        let with = |name: &str, value: Value| {
            let mut value_with = authorizer(&["c"], &[], &[]);
            value_with.extra.insert(name.to_owned(), value);
            value_with
        };
        let plain = authorizer(&["c"], &[], &[]);
        let mapping = with("advertisedScopeMapping", json!({}));
        let workload = with("allowedWorkloadConfiguration", json!({}));
        let unknown = with("unheardOf", json!(1));
        assert_eq!(compare(Some(&mapping), Some(&mapping)), AuthorizerChange::Same);
        assert_eq!(compare(Some(&mapping), Some(&plain)), AuthorizerChange::Stricter);
        assert_eq!(compare(Some(&plain), Some(&workload)), AuthorizerChange::Stricter);
        for (live, wanted) in [(&workload, &plain), (&plain, &unknown), (&unknown, &plain)] {
            assert!(matches!(compare(Some(live), Some(wanted)), AuthorizerChange::Weaker(_)), "{live:?}");
        }
        assert_eq!(mapping.unevaluated().count(), 0);
        assert_eq!(workload.unevaluated().collect::<Vec<_>>(), ["allowedWorkloadConfiguration"]);
        assert_eq!(unknown.unevaluated().collect::<Vec<_>>(), ["unheardOf"]);
    }

    fn values() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[a-c]", 0..3)
    }

    fn any() -> impl Strategy<Value = Authorizer> {
        let rules = proptest::collection::vec(("[xy]", proptest::collection::vec("[a-c]", 1..3), 0..2_u8), 0..3);
        (values(), values(), values(), rules).prop_map(|(audience, clients, scopes, rules)| Authorizer {
            allowed_audience: audience,
            allowed_clients: clients,
            allowed_scopes: scopes,
            custom_claims: rules
                .into_iter()
                .map(|(name, values, kind)| {
                    let text = if kind == 0 {
                        format!("{name}={}", values[0])
                    } else {
                        format!("{name}~={}", values.join(","))
                    };
                    ClaimRule::parse(&text).unwrap()
                })
                .collect(),
            ..authorizer(&[], &[], &[])
        })
    }

    fn is_safe(change: &AuthorizerChange) -> bool {
        matches!(change, AuthorizerChange::Same | AuthorizerChange::Stricter)
    }

    proptest! {
        #[test]
        fn nothing_changes_by_writing_the_same_again(one in any()) {
            prop_assert_eq!(compare(Some(&one), Some(&one)), AuthorizerChange::Same);
            let mut turned = one.clone();
            turned.allowed_audience.reverse();
            turned.allowed_clients.reverse();
            turned.custom_claims.reverse();
            prop_assert_eq!(compare(Some(&one), Some(&turned)), AuthorizerChange::Same);
        }

        #[test]
        fn removing_it_is_always_weaker(one in any()) {
            prop_assert!(matches!(compare(Some(&one), None), AuthorizerChange::Weaker(_)));
            prop_assert_eq!(compare(None, Some(&one)), AuthorizerChange::Stricter);
        }

        #[test]
        fn dropping_rules_or_adding_values_is_weaker(live in any(), group in 0..4_usize, value in "[a-c]") {
            let (mut without, mut with) = (live.clone(), live.clone());
            match group {
                3 => {
                    prop_assume!(!live.custom_claims.is_empty());
                    let gone = without.custom_claims.remove(0);
                    // Another rule may ask for the same or more.
                    prop_assume!(!without.custom_claims.iter().any(|other| implies(other, &gone)));
                    with.custom_claims[0].values.push("z".to_owned());
                    let still = with.custom_claims.iter().any(|other| implies(other, &gone));
                    prop_assert!(still || !is_safe(&compare(Some(&live), Some(&with))));
                }
                _ => {
                    fn pick(authorizer: &mut Authorizer, group: usize) -> &mut Vec<String> {
                        match group {
                            0 => &mut authorizer.allowed_audience,
                            1 => &mut authorizer.allowed_clients,
                            _ => &mut authorizer.allowed_scopes,
                        }
                    }
                    prop_assume!(!pick(&mut without, group).is_empty());
                    let new = !pick(&mut with, group).contains(&value);
                    pick(&mut without, group).clear();
                    pick(&mut with, group).push(value.clone());
                    match compare(Some(&live), Some(&with)) {
                        AuthorizerChange::Weaker(reasons) => prop_assert!(new && reasons.iter().any(|text| text.contains(&value))),
                        other => prop_assert!(!new && other == AuthorizerChange::Same),
                    }
                }
            }
            prop_assert!(!is_safe(&compare(Some(&live), Some(&without))));
        }

        #[test]
        fn steps_that_are_safe_are_safe_together(a in any(), b in any(), c in any()) {
            let safe = |x: &Authorizer, y: &Authorizer| is_safe(&compare(Some(x), Some(y)));
            prop_assert!(!(safe(&a, &b) && safe(&b, &c)) || safe(&a, &c));
        }

        #[test]
        fn another_address_is_another_issuer_whatever_else_changes(a in any(), mut b in any()) {
            b.discovery_url = URL.replace("pool", "other");
            let is_other = matches!(compare(Some(&a), Some(&b)), AuthorizerChange::OtherIssuer { .. });
            prop_assert!(is_other);
        }
    }
}
