//! The enumerations of the file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error};

/// An enumeration with one spelling in the file; any case is read.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident { $(#[$first:meta])* $default:ident = $default_text:literal $(, $variant:ident = $text:literal)* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub(crate) enum $name {
            #[default]
            #[serde(rename = $default_text)]
            $default,
            $(#[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// The spellings, in the order in which help shows them.
            pub(crate) const TEXTS: &[&str] = &[$default_text $(, $text)*];

            pub(crate) fn as_str(self) -> &'static str {
                match self {
                    Self::$default => $default_text,
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                match crate::config::schema::spelling(text, Self::TEXTS) {
                    Some($default_text) => Ok(Self::$default),
                    $(Some($text) => Ok(Self::$variant),)*
                    _ => Err(Error::usage(crate::config::schema::not_one_of(text, Self::TEXTS)).code(Code::ConfigValue)),
                }
            }
        }
    };
}

choice! {
    /// The kind of artifact. A file without the key means a container, as in the toolkit.
    DeploymentType { Container = "container", DirectCodeDeploy = "direct_code_deploy" }
}

choice! { Language { Python = "python", TypeScript = "typescript" } }

choice! {
    /// The protocol on the agent's port.
    Protocol { Http = "HTTP", Mcp = "MCP", A2a = "A2A", Agui = "AGUI" }
}

choice! { NetworkMode { Public = "PUBLIC", Vpc = "VPC" } }

choice! { MemoryMode { None = "NO_MEMORY", ShortTerm = "STM_ONLY", ShortAndLongTerm = "STM_AND_LTM" } }

choice! {
    /// How a container image is built.
    Builder { Auto = "auto", Native = "native", Engine = "engine", CodeBuild = "codebuild" }
}

choice! {
    /// How a token for callers of the agent is obtained.
    TokenGrant {
        UserPassword = "user_password",
        ClientCredentials = "client_credentials",
        AuthorizationCode = "authorization_code",
        DeviceCode = "device_code",
        RefreshToken = "refresh_token",
        GithubActions = "github_actions",
        GitlabCi = "gitlab_ci",
        Command = "command",
        File = "file",
    }
}

choice! {
    /// How the client authenticates at the token endpoint.
    TokenClientAuth {
        Auto = "auto",
        Basic = "client_secret_basic",
        Post = "client_secret_post",
        PrivateKey = "private_key_jwt",
        Public = "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_in_any_case_and_suggest() {
        assert_eq!("Direct-Code-Deploy".parse::<DeploymentType>().unwrap(), DeploymentType::DirectCodeDeploy);
        assert_eq!("mcp".parse::<Protocol>().unwrap(), Protocol::Mcp);
        let error = "contaner".parse::<DeploymentType>().unwrap_err();
        assert!(error.message().contains("did you mean `container`?"), "{error}");
    }
}
