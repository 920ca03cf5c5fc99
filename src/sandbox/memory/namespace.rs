//! Namespaces of records: templates filled in, and which of them a request is about.

use std::collections::BTreeMap;

/// A template with its variables replaced. `None` when one has no value: there is no place for the record then.
pub(super) fn fill(template: &str, values: &BTreeMap<&str, &str>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        out.push_str(values.get(name)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// What a listing or a search is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// `namespace`: this one.
    Exact(&'a str),
    /// `namespacePath`: this one and all below it.
    Below(&'a str),
}

impl Place<'_> {
    pub(super) fn has(self, namespace: Option<&str>) -> bool {
        match (self, namespace) {
            (Self::Exact(wanted), Some(namespace)) => wanted == namespace,
            (Self::Below(path), Some(namespace)) => {
                let path = path.trim_end_matches('/');
                namespace.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            // A record in no namespace is in none that can be asked for.
            (_, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_without_a_value_has_no_place() {
        let values = [("actorId", "ann"), ("sessionId", "s1")].into();
        assert_eq!(fill("/users/{actorId}/{sessionId}/", &values).as_deref(), Some("/users/ann/s1/"));
        assert_eq!(fill("/plain/", &values).as_deref(), Some("/plain/"));
        assert_eq!(fill("/t/{tenant}/{actorId}/", &values), None);
    }

    #[test]
    fn path_ends_at_a_slash() {
        let below = |path: &str, namespace: &str| Place::Below(path).has(Some(namespace));
        assert!(below("/users/ann", "/users/ann/facts/"));
        assert!(below("/users/ann/", "/users/ann/"));
        assert!(below("/users/ann/", "/users/ann"));
        assert!(below("/", "/anything/"));
        assert!(!below("/users/ann", "/users/anna/facts/"));
        assert!(!below("/users/ann/facts/", "/users/ann/"));
        assert!(Place::Exact("/a/").has(Some("/a/")) && !Place::Exact("/a").has(Some("/a/")));
        assert!(!Place::Below("/").has(None));
    }
}
