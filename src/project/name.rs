//! Names of agents: what the service allows, and the name that follows from an entrypoint.

use std::path::Path;

use crate::error::{Code, Error, Result};
use crate::facts::NAME_LENGTH;
use crate::fsx;

/// Checks a name against the service's pattern for `agentRuntimeName`, `[a-zA-Z][a-zA-Z0-9_]{0,47}`, to the last
/// byte: a trailing newline is not part of a name.
///
/// # Errors
/// A usage error that says which rule is broken and proposes a name.
pub(crate) fn validate_agent_name(name: &str) -> Result<()> {
    let problem = match name.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
        _ if name.is_empty() => "it is empty".to_owned(),
        Some(c) => format!("{c:?} is not allowed"),
        None if !name.starts_with(|c: char| c.is_ascii_alphabetic()) => "it does not start with a letter".to_owned(),
        None if name.len() > NAME_LENGTH => format!("it has {} characters, {NAME_LENGTH} are allowed", name.len()),
        None => return Ok(()),
    };
    let shown = name.escape_debug();
    Err(Error::usage(format!("`{shown}` is not a valid agent name: {problem}"))
        .code(Code::SourceAgentName)
        .hint("an agent name starts with a letter and has only letters, digits and underscores, 48 at most")
        .hint(format!("for example `--name {}`", valid_agent_name(name.trim()))))
}

/// The name that follows from an entrypoint's path, seen from the project folder `dir`: `agents_writer_main` for
/// `agents/writer/main.py`, `my_agent` for `my-agent.py`. Always a valid name.
pub(crate) fn infer_agent_name(entrypoint: &Path, dir: &Path) -> String {
    let path = fsx::relative(&dir.join(entrypoint), dir).unwrap_or_default();
    let stem = [".py", ".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"]
        .iter()
        .find_map(|extension| path.strip_suffix(extension))
        .unwrap_or(&path);
    valid_agent_name(stem.trim_start_matches(['.', '/']))
}

/// `text` with everything that a name cannot have replaced.
pub(crate) fn valid_agent_name(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.trim_matches('_').is_empty() {
        return "agent".to_owned();
    }
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name = format!("agent_{}", name.trim_start_matches('_'));
    }
    name.truncate(NAME_LENGTH);
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn names_are_checked_to_the_last_byte() {
        for good in ["a", "Agent_7", "strands_agent_inbound_identity", &"a".repeat(48)] {
            validate_agent_name(good).unwrap();
        }
        for bad in ["", "1-bad name!", "abc\n", "abc\r\n", "\nabc", "_a", "7", "a-b", "a b", "é", "aé", &"a".repeat(49)]
        {
            let error = validate_agent_name(bad).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{bad:?}");
            assert!(!error.message().contains('\n'), "{bad:?} is shown escaped");
            assert!(!error.hints().is_empty());
        }
    }

    #[test]
    fn names_follow_from_the_path() {
        let infer = |path: &str| infer_agent_name(Path::new(path), Path::new("/home/dev/project"));
        assert_eq!(infer("my-agent.py"), "my_agent");
        assert_eq!(infer("src/agent.py"), "src_agent");
        assert_eq!(infer("./src/agent.py"), "src_agent");
        assert_eq!(infer("/home/dev/project/agents/writer/main.py"), "agents_writer_main");
        assert_eq!(infer("src/index.ts"), "src_index");
        assert_eq!(infer("my agent.py"), "my_agent");
        assert_eq!(infer("3d.py"), "agent_3d");
        assert_eq!(infer("에이전트.py"), "agent");
        assert_eq!(infer("/home/dev/project"), "agent");
    }

    proptest! {
        #[test]
        fn an_inferred_name_is_a_valid_one(path in "\\PC{0,80}") {
            let name = infer_agent_name(Path::new(&path), Path::new("/p"));
            prop_assert!(validate_agent_name(&name).is_ok(), "{name:?}");
        }

        #[test]
        fn exactly_the_pattern_is_accepted(name in "[a-zA-Z_0-9\n-]{0,50}") {
            let pattern = regex_lite::Regex::new(r"\A[a-zA-Z][a-zA-Z0-9_]{0,47}\z").unwrap();
            prop_assert_eq!(validate_agent_name(&name).is_ok(), pattern.is_match(&name));
        }
    }
}
