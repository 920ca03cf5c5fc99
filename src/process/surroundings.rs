//! Which variables of this program's environment a child process gets.
//!
//! Owns: the lists. Does not own: variables that a caller sets for one child.
//!
//! A build runs code that nobody here wrote: `setup.py`, npm scripts, compilers, and what they start. In CI the environment
//! holds the keys of an AWS account, a bearer token and the job's own token, so children get what is named here and
//! nothing else. `AGENTCORE_BUILD_ENV` adds names of the user's choice.

use std::ffi::{OsStr, OsString};

use crate::env::Env;
use crate::redact::logins;
use crate::trust;

/// The kind of child process, which decides what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// An interpreter, pip or uv, and the builds that they run.
    Python,
    /// pip, and what it runs while it makes a wheel: it gets build requirements from indexes itself.
    PipBuild,
    /// The same of uv.
    UvBuild,
    /// npm, when it contacts a registry.
    Npm,
    /// Code of the project and its packages: scripts, compilers.
    NodeScript,
    Git,
    /// docker and its kin.
    Engine,
}

/// For every program: where things are, who the user is, how text and networks look.
const PLAIN: &[&str] = &[
    "ALL_PROXY",
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "CURL_CA_BUNDLE",
    "FORCE_COLOR",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LANGUAGE",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "NODE_EXTRA_CA_CERTS",
    "NO_COLOR",
    "NO_PROXY",
    "PATH",
    "REQUESTS_CA_BUNDLE",
    "SHELL",
    "SOURCE_DATE_EPOCH",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TEMP",
    "TERM",
    "TMP",
    "TMPDIR",
    "TZ",
    "USER",
    // Windows
    "APPDATA",
    "COMSPEC",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "NUMBER_OF_PROCESSORS",
    "PATHEXT",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "USERNAME",
    "USERPROFILE",
    "WINDIR",
];

/// For every program, by their beginning: locales, base folders, and what chooses a version of Python or Node.js.
const PLAIN_STARTS: &[&str] =
    &["ASDF_", "CONDA_", "DYLD_", "FNM_", "LC_", "MISE_", "NIX_", "NODENV_", "NVM_", "PYENV_", "VOLTA_", "XDG_"];

/// Compilers, linkers and build systems of packages with compiled parts.
const COMPILERS: &[&str] = &[
    "AR",
    "CARGO_HOME",
    "CC",
    "CFLAGS",
    "CPPFLAGS",
    "CXX",
    "CXXFLAGS",
    "DEVELOPER_DIR",
    "LD",
    "LDFLAGS",
    "MACOSX_DEPLOYMENT_TARGET",
    "MAKEFLAGS",
    "PKG_CONFIG_PATH",
    "RUSTFLAGS",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "SDKROOT",
];

/// Where credentials are looked up, for tools that contact other hosts.
const LOGINS: &[&str] = &[
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "GNUPGHOME",
    "NETRC",
    "PASSWORD_STORE_DIR",
    "SSH_AUTH_SOCK",
    "WAYLAND_DISPLAY",
];

const DOCKER: &[&str] = &[
    "CONTAINER_SSHKEY",
    "DOCKER_API_VERSION",
    "DOCKER_AUTH_CONFIG",
    "DOCKER_BUILDKIT",
    "DOCKER_CERT_PATH",
    "DOCKER_CONFIG",
    "DOCKER_CONTENT_TRUST",
    "DOCKER_CONTENT_TRUST_SERVER",
    "DOCKER_CONTEXT",
    "DOCKER_DEFAULT_PLATFORM",
    "DOCKER_HOST",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "REGISTRY_AUTH_FILE",
];

/// Uploads of packages have secrets too, and nothing here uploads one.
const UPLOADS: &[&str] = &["UV_PUBLISH_"];

impl Tool {
    /// Whole names beyond those of every program.
    const fn names(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Python => &[&["PYTHON_KEYRING_BACKEND", "VIRTUAL_ENV"], COMPILERS, LOGINS],
            Self::PipBuild | Self::UvBuild => &[&["NETRC", "PYTHON_KEYRING_BACKEND", "VIRTUAL_ENV"], COMPILERS],
            Self::Npm => &[&["NODE_AUTH_TOKEN", "NPM_TOKEN"], COMPILERS],
            Self::NodeScript => &[COMPILERS],
            Self::Git => &[LOGINS],
            Self::Engine => &[DOCKER, LOGINS],
        }
    }

    /// Beginnings of names that are taken, those that look like a secret excepted.
    const fn starts(self) -> &'static [&'static str] {
        match self {
            Self::Python | Self::PipBuild | Self::UvBuild => &["CMAKE_", "PYTHON", "SETUPTOOLS_"],
            Self::Npm | Self::NodeScript => &["COREPACK_", "NODE_", "NPM_CONFIG_"],
            Self::Git => &["SSH_"],
            Self::Engine => &[
                "BUILDAH_",
                "BUILDKIT_",
                "BUILDX_",
                "COLIMA_",
                "CONTAINERS_",
                "CONTAINER_",
                "DOCKER_CLI_",
                "FINCH_",
                "LIMA_",
                "NERDCTL_",
                "PODMAN_",
                "STORAGE_",
            ],
        }
    }

    /// Beginnings of names that are taken whatever they hold: how the tool itself is told about its logins.
    const fn own(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["KEYRING_", "PIP_", "UV_"],
            Self::PipBuild => &["KEYRING_", "PIP_"],
            Self::UvBuild => &["KEYRING_", "UV_"],
            Self::Npm => &["NPM_CONFIG_"],
            Self::Git => &["GCM_", "GIT_"],
            Self::NodeScript | Self::Engine => &[],
        }
    }

    /// Whether an address in the variable may have a login in it: those of the tool itself, and of proxies, without which
    /// nothing is reached.
    fn may_see_logins(self, name: &str) -> bool {
        let name = name.to_ascii_uppercase();
        name.ends_with("_PROXY")
            || self.own().iter().any(|start| name.starts_with(start))
            || self.names().iter().any(|list| list.contains(&name.as_str()))
    }

    /// Case does not count: proxies are written either way, and npm's variables in lower case.
    fn needs(self, name: &str) -> bool {
        let name = name.to_ascii_uppercase();
        let starts = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
        PLAIN.contains(&name.as_str())
            || self.names().iter().any(|list| list.contains(&name.as_str()))
            || (starts(self.own()) && !starts(UPLOADS))
            || ((starts(PLAIN_STARTS) || starts(self.starts())) && !looks_secret(&name))
    }
}

/// `NPM_CONFIG_//registry.example/:_authToken` too.
fn looks_secret(name: &str) -> bool {
    ["AUTH", "CREDENTIAL", "KEY", "PASSW", "SECRET", "TOKEN"].iter().any(|part| name.contains(part))
        || name.ends_with("_OTP")
        || HOLDERS.contains(&name)
}

/// Settings that may hold logins of several hosts.
const HOLDERS: &[&str] = &["NIX_CONFIG"];

/// Whether the value has an address with a user or a password in it.
fn has_login(value: &OsStr) -> bool {
    logins(&value.to_string_lossy()).next().is_some()
}

/// The variables of `env` that a child of this kind sees. `also` are beginnings of further names, in upper case.
pub(crate) fn surroundings(env: &Env, tool: Tool, also: &[&str]) -> Vec<(OsString, OsString)> {
    let seen = |name: &str, value: &OsStr| {
        (tool.needs(name) && (tool.may_see_logins(name) || !has_login(value)))
            || trust::is_for_builds(name, env)
            || also.iter().any(|start| name.to_ascii_uppercase().starts_with(start))
    };
    env.vars()
        .filter(|(name, value)| seen(name, value))
        .map(|(name, value)| (OsStr::new(name).to_owned(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const ALL: [Tool; 7] =
        [Tool::Python, Tool::PipBuild, Tool::UvBuild, Tool::Npm, Tool::NodeScript, Tool::Git, Tool::Engine];

    #[test]
    fn no_child_sees_a_key_of_the_machine() {
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_PROFILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "AGENTCORE_BEARER_TOKEN",
            "AGENTCORE_CLIENT_SECRET",
            "RUNTIME_CLIENT_SECRET",
            "RUNTIME_PASSWORD",
            "IDENTITY_CLIENT_SECRET",
            "GITHUB_TOKEN",
            "GH_TOKEN",
            "CI_JOB_TOKEN",
            "OPENAI_API_KEY",
            "MISE_GITHUB_TOKEN",
            "DOCKER_PASSWORD",
            "UV_PUBLISH_TOKEN",
            "SSH_PRIVATE_KEY",
            "XDG_SECRET",
            "NIX_CONFIG",
        ] {
            assert!(ALL.iter().all(|tool| !tool.needs(name)), "{name}");
        }
    }

    #[test]
    fn installers_get_their_variables_and_scripts_no_logins() {
        let needed = [
            (
                Tool::Engine,
                &["PATH", "HOME", "https_proxy", "SSL_CERT_FILE", "LC_ALL", "XDG_CACHE_HOME", "PYENV_ROOT"][..],
            ),
            (
                Tool::Python,
                &["PIP_INDEX_URL", "UV_INDEX_ACME_PASSWORD", "PYTHONPATH", "VIRTUAL_ENV", "CFLAGS", "NETRC"],
            ),
            (Tool::Npm, &["npm_config_registry", "NPM_CONFIG__AUTH", "NODE_AUTH_TOKEN", "NODE_OPTIONS"]),
            (Tool::NodeScript, &["npm_config_cache", "NODE_ENV"]),
            (Tool::Git, &["GIT_SSH_COMMAND", "GIT_CONFIG_VALUE_0", "SSH_AUTH_SOCK"]),
            (Tool::Engine, &["DOCKER_HOST", "DOCKER_CONFIG", "CONTAINER_HOST", "XDG_RUNTIME_DIR", "BUILDX_BUILDER"]),
        ];
        for (tool, names) in needed {
            assert!(names.iter().all(|name| tool.needs(name)), "{tool:?} {names:?}");
        }
        for name in ["NODE_AUTH_TOKEN", "NPM_TOKEN", "npm_config__auth", "NPM_CONFIG_//r.example/:_authToken"] {
            assert!(!Tool::NodeScript.needs(name), "{name}");
        }
        for (tool, name) in [(Tool::Npm, "PIP_INDEX_URL"), (Tool::Git, "UV_INDEX_URL"), (Tool::Engine, "GIT_DIR")] {
            assert!(!tool.needs(name), "{name}");
        }
    }

    #[test]
    fn package_code_gets_no_unneeded_credentials() {
        let seen = |tool: Tool, vars: &[(&str, &str)]| {
            let found = surroundings(&Env::fake(Path::new("/"), vars), tool, &[]);
            found.into_iter().map(|(name, _)| name.into_string().unwrap()).collect::<Vec<_>>()
        };
        let registry = [
            ("NPM_CONFIG_OTP", "123456"),
            ("npm_config_cache", "/c"),
            ("npm_config_registry", "https://u:p@r.example/"),
            ("NODE_OPTIONS", "--no-warnings"),
            ("https_proxy", "http://u:p@proxy.example"),
            ("NIX_CONFIG", "access-tokens = github.com=x"),
        ];
        assert_eq!(seen(Tool::NodeScript, &registry), ["NODE_OPTIONS", "https_proxy", "npm_config_cache"]);
        assert!(seen(Tool::Npm, &registry).contains(&"npm_config_registry".to_owned()));
        let python = [
            ("PIP_INDEX_URL", "https://u:p@r.example/"),
            ("UV_INDEX_ACME_PASSWORD", "p"),
            ("SSH_AUTH_SOCK", "/agent"),
            ("PYTHONPATH", "/p"),
        ];
        assert_eq!(seen(Tool::PipBuild, &python), ["PIP_INDEX_URL", "PYTHONPATH"]);
        assert_eq!(seen(Tool::UvBuild, &python), ["PYTHONPATH", "UV_INDEX_ACME_PASSWORD"]);
    }

    #[test]
    fn the_user_may_name_more() {
        let named = (trust::BUILD_VARIABLE, "A, AWS_PROFILE");
        let vars = [("PATH", "/bin"), ("A", "1"), ("B", "2"), ("AWS_PROFILE", "p"), named];
        let env = Env::fake(Path::new("/"), &vars);
        let names = |also: &[&str]| {
            let found = surroundings(&env, Tool::Python, also);
            found.into_iter().map(|(name, _)| name.into_string().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), ["A", "AWS_PROFILE", "PATH"]);
        assert_eq!(names(&["B"]), ["A", "AWS_PROFILE", "B", "PATH"]);
    }
}
