//! Resolved values with their source, for `configure show` and for every command that needs one.
//!
//! Owns: the order flag > file > environment > default, and the text for each source. Does not own: reading any of
//! them.

use std::fmt;

use serde::{Serialize, Serializer};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// `--region`.
    Flag(&'static str),
    /// The variable's name.
    Environment(String),
    /// The configuration file; 1-based.
    File {
        line: usize,
    },
    /// The settings of an environment in the configuration file, under its name or a pattern.
    Overlay {
        environment: String,
        line: usize,
    },
    /// The record of an environment in this checkout.
    LocalRecord {
        environment: String,
    },
    /// The deployed runtime's ARN.
    Arn,
    Default,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::File { line } => write!(f, "file, line {line}"),
            Self::Overlay { environment, line } => write!(f, "environment `{environment}`, line {line}"),
            Self::LocalRecord { environment } => write!(f, "record of `{environment}`"),
            Self::Arn => f.write_str("deployed ARN"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl Serialize for Provenance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Resolved<T> {
    pub(crate) value: T,
    pub(crate) source: Provenance,
}

impl<T> Resolved<T> {
    pub(crate) fn new(value: T, source: Provenance) -> Self {
        Self { value, source }
    }
}

/// The first of flag, file, environment and default that is there. The file goes before the environment: it belongs to the
/// project, and the variables to whatever machine runs the command. A deployed agent's ARN goes before all of them.
pub(crate) fn pick<T>(
    flag: Option<T>,
    flag_name: &'static str,
    file: Option<(T, usize)>,
    env: Option<(&str, T)>,
    default: Option<T>,
) -> Option<Resolved<T>> {
    flag.map(|value| Resolved::new(value, Provenance::Flag(flag_name)))
        .or_else(|| file.map(|(value, line)| Resolved::new(value, Provenance::File { line })))
        .or_else(|| env.map(|(name, value)| Resolved::new(value, Provenance::Environment(name.to_owned()))))
        .or_else(|| default.map(|value| Resolved::new(value, Provenance::Default)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_is_flag_file_environment_default() {
        let all = |flag, file, env| {
            let file = if file { Some((3, 16)) } else { None };
            let env = if env { Some(("AWS_REGION", 2)) } else { None };
            pick(if flag { Some(1) } else { None }, "--region", file, env, Some(4)).unwrap()
        };
        assert_eq!(all(true, true, true), Resolved::new(1, Provenance::Flag("--region")));
        assert_eq!(all(false, true, true), Resolved::new(3, Provenance::File { line: 16 }));
        assert_eq!(all(false, false, true), Resolved::new(2, Provenance::Environment("AWS_REGION".to_owned())));
        assert_eq!(all(false, false, false), Resolved::new(4, Provenance::Default));
        assert_eq!(pick::<u8>(None, "--x", None, None, None), None);
    }
}
