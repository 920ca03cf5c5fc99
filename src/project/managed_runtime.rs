//! The managed runtimes of direct code deployment: what their names mean, and which are known.
//!
//! Source: the enumeration of the service's model and the developer guide's table of supported runtimes. The service
//! decides what exists: a name of a known form that is newer than this program passes with a warning.

use std::fmt;

use super::Language;
use crate::error::{Code, Error, Result};
use crate::facts::{self, Interpreter};

/// A managed runtime, as `runtime_type` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManagedRuntime {
    /// The minor version of Python 3.
    Python(u32),
    /// The major version.
    Node(u32),
}

impl ManagedRuntime {
    /// # Errors
    /// A usage error for what can never have been a runtime.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match facts::read_runtime(text) {
            Some((Interpreter::Python, minor)) => Ok(Self::Python(minor)),
            Some((Interpreter::Node, major)) => Ok(Self::Node(major)),
            None => Err(Error::usage(format!("`{text}` is not a managed runtime"))
                .code(Code::ConfigRuntime)
                .hint(format!("`--runtime` is one of {}", facts::MANAGED_RUNTIME_NAMES.join(", ")))),
        }
    }

    /// The runtime for a Python version such as `3.12`.
    ///
    /// # Errors
    /// A usage error for a version that has none.
    pub(crate) fn for_python(version: &str) -> Result<Self> {
        let minor = version.strip_prefix("3.").and_then(|minor| facts::read_runtime(&format!("PYTHON_3_{minor}")));
        minor.map(|(_, minor)| Self::Python(minor)).ok_or_else(|| {
            Error::usage(format!("there is no managed runtime for Python {version}")).code(Code::ConfigRuntime).hint(
                format!(
                    "choose one with `agentcore configure --runtime RUNTIME`: {}",
                    runtimes_of(Language::Python).join(", ")
                ),
            )
        })
    }

    pub(crate) fn for_node() -> Self {
        Self::Node(Interpreter::Node.versions().0)
    }

    /// `3.13` of `PYTHON_3_13`; `None` for Node.js.
    pub(crate) fn python(self) -> Option<String> {
        match self {
            Self::Python(minor) => Some(format!("3.{minor}")),
            Self::Node(_) => None,
        }
    }

    /// # Errors
    /// A usage error when the runtime does not run this language.
    pub(crate) fn check_language(self, language: Language) -> Result<()> {
        let fits = matches!(
            (self, language),
            (Self::Python(_), Language::Python) | (Self::Node(_), Language::TypeScript | Language::JavaScript)
        );
        if fits {
            return Ok(());
        }
        Err(Error::usage(format!("the managed runtime {self} does not run {}", language.name()))
            .code(Code::ConfigRuntime)
            .hint(format!(
                "choose another with `agentcore configure --runtime RUNTIME`: {}",
                runtimes_of(language).join(", ")
            )))
    }

    /// The warning about a runtime that the service may refuse.
    pub(crate) fn warning(self) -> Option<String> {
        let name = self.to_string();
        match facts::MANAGED_RUNTIMES.iter().find(|known| known.name == name) {
            Some(known) => known.last_day.map(|day| {
                format!("{name} is deprecated: the service refuses new versions of an agent with it after {day}")
            }),
            None => Some(format!("`{name}` is newer than this program knows; the service decides")),
        }
    }

    /// What the file of the entry point must end in.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Python(_) => ".py",
            Self::Node(_) => ".js",
        }
    }
}

impl fmt::Display for ManagedRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Python(minor) => write!(f, "PYTHON_3_{minor}"),
            Self::Node(major) => write!(f, "NODE_{major}"),
        }
    }
}

fn runtimes_of(language: Language) -> Vec<&'static str> {
    let interpreter = if language == Language::Python { Interpreter::Python } else { Interpreter::Node };
    interpreter.runtimes().map(|known| known.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_newer_runtimes_pass_with_a_warning() {
        for name in ["PYTHON_3_12", "PYTHON_3_13", "PYTHON_3_14", "NODE_22"] {
            let runtime = ManagedRuntime::parse(name).unwrap();
            assert_eq!((runtime.to_string().as_str(), runtime.warning()), (name, None));
        }
        for name in ["PYTHON_3_10", "PYTHON_3_11", "PYTHON_3_15", "NODE_24"] {
            assert!(ManagedRuntime::parse(name).unwrap().warning().is_some(), "{name}");
        }
        for name in ["PYTHON_2_7", "PYTHON_3_9", "python_3_12", "PYTHON_3_", "PYTHON_3_+12", "NODE_20", "RUBY_3", ""] {
            let error = ManagedRuntime::parse(name).unwrap_err();
            assert!(error.hints()[0].contains("PYTHON_3_13, PYTHON_3_14, NODE_22"), "{error}");
        }
        assert_eq!(ManagedRuntime::for_python("3.12").unwrap().to_string(), "PYTHON_3_12");
        assert!(ManagedRuntime::for_python("3.9").is_err());
    }
}
