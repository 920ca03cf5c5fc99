//! Names of parameters: which are allowed, and the forms in which a request may give one.

use super::{Fault, SsmContext, fault, invalid};

/// Longest name with what its ARN puts before it. Source: the user guide's requirements for parameter names.
const LONGEST: usize = 1011;
const MOST_LEVELS: usize = 15;

/// A parameter as requests name it: `name`, `name:version`, or the ARN of either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ParameterName<'a> {
    pub(super) name: &'a str,
    pub(super) selector: Option<&'a str>,
}

impl<'a> ParameterName<'a> {
    pub(super) fn parse(given: &'a str) -> Self {
        // An ARN has colons of its own, before the name.
        let start = given.find(":parameter/").map_or(0, |at| at + 1);
        match given[start..].split_once(':') {
            Some((name, selector)) => Self { name: &given[..start + name.len()], selector: Some(selector) },
            None => Self { name: given, selector: None },
        }
    }
}

/// The names that `given` may stand for: an ARN does not say whether the name begins with a slash.
pub(super) fn candidates(context: &SsmContext<'_>, given: &str) -> impl Iterator<Item = String> {
    let prefix = context.arn("");
    let names = match given.strip_prefix(prefix.as_str()) {
        Some(rest) => vec![format!("/{rest}"), rest.to_owned()],
        None => vec![given.to_owned()],
    };
    names.into_iter()
}

/// Checks the name of a new parameter.
///
/// # Errors
/// ValidationException, HierarchyLevelLimitExceededException, AccessDeniedException for the service's own names.
pub(super) fn check(name: &str) -> Result<(), Fault> {
    let symbols = || {
        invalid(
            "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of \
             sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the \
             following 3 symbols .-_",
        )
    };
    if name.len() > LONGEST {
        return Err(invalid(format!("Parameter name can't be longer than {LONGEST} characters.")));
    }
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    if first.starts_with("aws") {
        return Err(fault("AccessDeniedException", format!("No access to reserved parameter name: {name}.")));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    if first.starts_with("ssm") || !name.bytes().all(allowed) {
        return Err(symbols());
    }
    let Some(path) = name.strip_prefix('/') else {
        return if name.contains('/') {
            Err(invalid("Parameter name must be a fully qualified name."))
        } else {
            Ok(())
        };
    };
    if path.split('/').any(str::is_empty) {
        return Err(symbols());
    }
    if path.split('/').count() > MOST_LEVELS {
        return Err(fault(
            "HierarchyLevelLimitExceededException",
            format!(
                "A hierarchy can have a maximum of {MOST_LEVELS} levels. For more information, see Requirements and \
                 constraints for parameter names in the AWS Systems Manager User Guide."
            ),
        ));
    }
    Ok(())
}
