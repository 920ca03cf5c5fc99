//! TypeScript that nothing compiles: what runs it as it is.
//!
//! Owns: `tsx`, and Node's own way of leaving out types. Does not own: projects with a build (`build_command`).

use std::path::Path;

use super::{Package, typescript};
use crate::error::{Error, Result};

/// The first release line of Node that leaves out types.
const STRIPS: u64 = 22;

/// Options of `node` for this entrypoint; `None` where it is compiled, or nothing can run it as it is.
///
/// # Errors
/// A project that is run by `tsx`, and has it for development only: it would not be in the agent.
pub(super) fn options(entrypoint: &Path, package: &Package, node: &str) -> Result<Option<Vec<String>>> {
    if !typescript::is_typescript(entrypoint) || package.script("build").is_some() {
        return Ok(None);
    }
    let of = |table: &str| package.value.get(table).and_then(|table| table.get("tsx")).is_some();
    if of("dependencies") {
        return Ok(Some(vec!["--import".to_owned(), "tsx".to_owned()]));
    }
    let started = package.script("start").unwrap_or_default();
    let by_tsx = started.split_whitespace().any(|word| word == "tsx" || word == "--import=tsx");
    if by_tsx && of("devDependencies") {
        return Err(Error::usage(format!(
            "`scripts.start` of `{}` runs the agent with `tsx`, which is there for development only",
            package.file.display()
        ))
        .code("source.typescript-build")
        .hint("make it part of the agent: `npm install --save tsx`")
        .hint("or compile it: a `build` script in package.json"));
    }
    let tsconfig = package.dir().join("tsconfig.json");
    let compiles =
        package.requirement("typescript").is_some() && tsconfig.is_file() && !typescript::only_checks(&tsconfig);
    // Node knows neither what JSX is nor how to leave it out.
    let plain = entrypoint.extension().is_none_or(|extension| extension != "tsx");
    let major: u64 = node.parse().unwrap_or_default();
    if compiles || !plain || major < STRIPS {
        return Ok(None);
    }
    // Later release lines do it without being asked, and the later releases of this one.
    let asked = (major == STRIPS).then(|| "--experimental-strip-types".to_owned());
    Ok(Some(asked.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entrypoint: &str, package: &str, tsconfig: Option<&str>, node: &str) -> Result<Option<String>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("package.json"), package).unwrap();
        if let Some(text) = tsconfig {
            std::fs::write(dir.path().join("tsconfig.json"), text).unwrap();
        }
        let package = Package::read(dir.path().join("package.json")).unwrap();
        options(&dir.path().join(entrypoint), &package, node).map(|found| found.map(|words| words.join(" ")))
    }

    #[test]
    fn typescript_without_a_build_is_run_as_it_is() {
        let run = |entrypoint: &str, package: &str, tsconfig: Option<&str>, node: &str| {
            of(entrypoint, package, tsconfig, node).unwrap()
        };
        let tsx = r#"{"dependencies": {"tsx": "4"}, "devDependencies": {"typescript": "5"}}"#;
        assert_eq!(run("a.ts", tsx, Some("{}"), "20").as_deref(), Some("--import tsx"));
        assert_eq!(run("a.ts", "{}", None, "22").as_deref(), Some("--experimental-strip-types"));
        assert_eq!(run("a.mts", "{}", None, "24").as_deref(), Some(""));
        let checked = r#"{"devDependencies": {"typescript": "5"}}"#;
        assert_eq!(
            run("a.ts", checked, Some("{ // only types\n\"compilerOptions\": {\"noEmit\": true}}"), "24").as_deref(),
            Some("")
        );
        // Compiled, no TypeScript, too old, JSX.
        assert_eq!(run("a.ts", checked, Some("{}"), "24"), None);
        assert_eq!(run("a.ts", r#"{"scripts": {"build": "tsc"}, "dependencies": {"tsx": "4"}}"#, None, "24"), None);
        assert_eq!(run("a.js", tsx, None, "24"), None);
        assert_eq!(run("a.ts", "{}", None, "20"), None);
        assert_eq!(run("a.tsx", "{}", None, "24"), None);
    }

    #[test]
    fn tsx_for_development_only_would_be_missing() {
        let package = r#"{"scripts": {"start": "tsx src/agent.ts"}, "devDependencies": {"tsx": "4"}}"#;
        let error = of("a.ts", package, None, "22").unwrap_err();
        assert_eq!((error.code_str(), error.kind().exit_code()), ("source.typescript-build", 2));
        assert!(error.hints()[0].contains("npm install --save tsx"), "{error:?}");
    }
}
