//! AWS keys in variables of the environment that cannot work together, seen without a request.
//!
//! Owns: what is certain from the variables alone. Does not own: whether AWS takes the keys (`account`).

use super::Finding;
use crate::env::Env;

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

/// The first thing that is wrong with them.
pub(super) fn finding(env: &Env, check: &'static str) -> Option<Finding> {
    let (id, secret, token) = (env.var(ID), env.var(SECRET), env.var(TOKEN));
    let unset_all = format!("unset {ID} {SECRET} {TOKEN}, or export them again");
    // What was pasted with its quotes or a blank behind it.
    let odd = |text: &str| text.contains(['"', '\'']) || text.contains(char::is_whitespace);
    let set = [(ID, id), (SECRET, secret), (TOKEN, token)];
    if let Some((name, _)) = set.into_iter().find(|(_, value)| value.is_some_and(odd)) {
        return Some(
            Finding::problem(check, format!("{name} has quotes or white space in it"))
                .fix(format!("export {name} without them")),
        );
    }
    let missing = |there: &str, other: &str| format!("{there} is set, and {other} is not");
    match (id, secret, token) {
        (Some(_), None, _) => Some(Finding::problem(check, missing(ID, SECRET)).fix(unset_all)),
        (None, Some(_), _) => Some(Finding::warning(check, missing(SECRET, ID)).fix(unset_all)),
        (Some(id), _, None) if id.starts_with("ASIA") => Some(
            Finding::problem(check, format!("{ID} is the key of a session, and {TOKEN} is not set"))
                .fix(format!("export {TOKEN} too, or: {unset_all}")),
        ),
        (Some(id), _, Some(_)) if id.starts_with("AKIA") => Some(
            Finding::problem(check, format!("{TOKEN} is set, and {ID} is a user's own key, which has none"))
                .fix(format!("unset {TOKEN}")),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::ops::doctor::FindingStatus::{self, Problem, Warning};

    #[test]
    fn keys_that_cannot_work_are_named() {
        let found = |id: &str, secret: &str, token: &str| -> Option<(FindingStatus, String)> {
            let env = Env::fake(Path::new("/"), &[(ID, id), (SECRET, secret), (TOKEN, token)]);
            finding(&env, "credentials").map(|found| (found.status, found.fix.unwrap_or_default()))
        };
        for (keys, status, fix) in [
            (["AKIA1", "", ""], Problem, "unset AWS_ACCESS_KEY_ID"),
            (["", "s", ""], Warning, "unset AWS_ACCESS_KEY_ID"),
            (["ASIA1", "s", ""], Problem, "export AWS_SESSION_TOKEN"),
            (["AKIA1", "s", "t"], Problem, "unset AWS_SESSION_TOKEN"),
            (["'AKIA1'", "s", ""], Problem, "export AWS_ACCESS_KEY_ID without"),
            (["AKIA1", "s ", ""], Problem, "export AWS_SECRET_ACCESS_KEY without"),
        ] {
            let (was, said) = found(keys[0], keys[1], keys[2]).unwrap();
            assert!(was == status && said.starts_with(fix), "{keys:?}: {was:?} {said}");
        }
        for [id, secret, token] in [["AKIA1", "s", ""], ["ASIA1", "s", "t"], ["", "", ""]] {
            assert_eq!(found(id, secret, token), None, "{id}");
        }
    }
}
