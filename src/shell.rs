//! Commands that a person can paste into a POSIX shell.
//!
//! Owns: quoting, and putting flags and values together. Does not own: which command is advised.

/// `value` as one word for a POSIX shell.
pub(crate) fn quoted(value: &str) -> String {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/@+%,=".contains(&byte)) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

/// Flags and values, put together as they can be typed. Each has a space before it.
#[derive(Debug, Default)]
pub(crate) struct CommandLine(String);

impl CommandLine {
    pub(crate) fn new(command: &str) -> Self {
        Self(command.to_owned())
    }

    pub(crate) fn value(&mut self, flag: &str, value: Option<impl std::fmt::Display>) {
        let Some(value) = value.map(|value| value.to_string()) else { return };
        // A value that begins with a dash would be read as a flag.
        let join = if value.starts_with('-') { '=' } else { ' ' };
        self.0.push_str(&format!(" {flag}{join}{}", quoted(&value)));
    }

    pub(crate) fn values(&mut self, flag: &str, values: &[String]) {
        values.iter().for_each(|value| self.value(flag, Some(value)));
    }

    pub(crate) fn switch(&mut self, flag: &str, is_set: bool) {
        if is_set {
            self.0.push(' ');
            self.0.push_str(flag);
        }
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        assert_eq!(quoted("https://x/.well-known/openid-configuration"), "https://x/.well-known/openid-configuration");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn values_resembling_flags_are_joined_to_their_flag() {
        let mut line = CommandLine::new("agentcore launch");
        line.value("--agent", Some("a b"));
        line.value("--profile", None::<&str>);
        line.values("--env", &["-A=b".to_owned(), "C=".to_owned()]);
        line.switch("--no-wait", true);
        line.switch("--code-build", false);
        assert_eq!(line.into_string(), "agentcore launch --agent 'a b' --env=-A=b --env C= --no-wait");
    }
}
