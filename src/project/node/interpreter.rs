//! What runs TypeScript that is not compiled.
//!
//! Owns: `tsx`, and Node's own way of leaving out types. Does not own: projects with a build (`build_command`).

use std::path::Path;

use super::scripts::Starter;
use super::{PackageJson, typescript};
use crate::error::{Code, Error, Result};

/// The first release line of Node that leaves out types.
const STRIPS: u64 = 22;

/// What runs TypeScript inside `node`.
pub(super) const TSX: &str = "tsx";

/// Options of `node` for this entrypoint; `None` where it is compiled, or nothing can run it as it is. What
/// `scripts.start` runs it with goes before a build.
///
/// # Errors
/// A project that is run by `tsx`, and has it for development only: it would not be in the agent.
pub(super) fn options(entrypoint: &Path, package: &PackageJson, node: &str) -> Result<Option<Vec<String>>> {
    if !typescript::is_typescript(entrypoint) {
        return Ok(None);
    }
    let of = |table: &str| package.value.get(table).and_then(|table| table.get(TSX)).is_some();
    let by_tsx = || Some(vec!["--import".to_owned(), TSX.to_owned()]);
    let has_tsx = of("dependencies") || of("optionalDependencies");
    // Node knows neither what JSX is nor how to leave it out.
    let plain = entrypoint.extension().is_none_or(|extension| extension != "tsx");
    let major: u64 = node.parse().unwrap_or_default();
    let by_node = |transform: bool| {
        // Later release lines leave types out without being asked, and the later releases of this one.
        let asked = match (transform, major) {
            (true, _) => Some("--experimental-transform-types"),
            (false, STRIPS) => Some("--experimental-strip-types"),
            (false, _) => None,
        };
        Some(asked.into_iter().map(str::to_owned).collect())
    };
    let started = package.starter();
    match started {
        Some(Starter::Tsx) if has_tsx => return Ok(by_tsx()),
        Some(Starter::Node { transform }) if plain && major >= STRIPS => return Ok(by_node(transform)),
        _ => {}
    }
    if package.builds() {
        return Ok(None);
    }
    if has_tsx {
        return Ok(by_tsx());
    }
    if started == Some(Starter::Tsx) && of("devDependencies") {
        return Err(Error::usage(format!(
            "`scripts.start` of `{}` runs the agent with `tsx`, which is there for development only",
            package.file.display()
        ))
        .code(Code::SourceTypescriptBuild)
        .hint("make it part of the agent: `npm install --save tsx`")
        .hint("or compile it: a `build` script in package.json"));
    }
    let tsconfig = package.dir().join("tsconfig.json");
    let compiles =
        package.requirement("typescript").is_some() && tsconfig.is_file() && !typescript::only_checks(&tsconfig);
    if compiles || !plain || major < STRIPS {
        return Ok(None);
    }
    Ok(by_node(false))
}

/// The program that `scripts.start` runs the agent with, where it is run with another one here: these `options`, or
/// compiled.
pub(super) fn otherwise(package: &PackageJson, options: Option<&[String]>) -> Option<&'static str> {
    match package.starter()? {
        Starter::Other(program) => Some(program),
        // Fetched when it starts, and no part of the project.
        Starter::Tsx if options.is_some_and(|options| !options.iter().any(|option| option == TSX)) => Some(TSX),
        Starter::Tsx | Starter::Node { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_command(entrypoint: &str, package: &str, tsconfig: Option<&str>, node: &str) -> Result<Option<String>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("package.json"), package).unwrap();
        if let Some(text) = tsconfig {
            std::fs::write(dir.path().join("tsconfig.json"), text).unwrap();
        }
        let package = PackageJson::read(dir.path().join("package.json")).unwrap();
        options(&dir.path().join(entrypoint), &package, node).map(|found| found.map(|words| words.join(" ")))
    }

    #[test]
    fn unbuilt_typescript_is_run_as_it_is() {
        let run = |entrypoint: &str, package: &str, tsconfig: Option<&str>, node: &str| {
            start_command(entrypoint, package, tsconfig, node).unwrap()
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
    fn start_script_takes_precedence_over_a_build() {
        let run = |package: &str, tsconfig: Option<&str>, node: &str| {
            start_command("agent.ts", package, tsconfig, node).unwrap()
        };
        let with = |scripts: &str| {
            format!(
                r#"{{"scripts": {scripts}, "dependencies": {{"tsx": "4"}}, "devDependencies": {{"typescript": "5"}}}}"#
            )
        };
        for scripts in [
            r#"{"build": "tsc --noEmit", "start": "tsx agent.ts"}"#,
            r#"{"build": "docker build -t x .", "start": "tsx agent.ts"}"#,
            r#"{"build": "tsc", "start": "tsx agent.ts"}"#,
        ] {
            assert_eq!(run(&with(scripts), Some("{}"), "22").as_deref(), Some("--import tsx"), "{scripts}");
        }
        let node =
            |start: &str| format!(r#"{{"scripts": {{"start": "{start}"}}, "devDependencies": {{"typescript": "5"}}}}"#);
        assert_eq!(run(&node("node agent.ts"), Some("{}"), "24").as_deref(), Some(""));
        assert_eq!(run(&node("node agent.ts"), Some("{}"), "20"), None);
        let strip = node("node --experimental-strip-types agent.ts");
        assert_eq!(run(&strip, Some("{}"), "22").as_deref(), Some("--experimental-strip-types"));
        let transform = node("node --experimental-transform-types agent.ts");
        assert_eq!(run(&transform, Some("{}"), "22").as_deref(), Some("--experimental-transform-types"));
        let optional = r#"{"optionalDependencies": {"tsx": "4"}}"#;
        assert_eq!(run(optional, None, "20").as_deref(), Some("--import tsx"));
    }

    #[test]
    fn another_program_than_the_projects_own_is_told() {
        let told = |package: &str, options: Option<&[String]>| {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("package.json"), package).unwrap();
            otherwise(&PackageJson::read(dir.path().join("package.json")).unwrap(), options)
        };
        let (node, tsx) = (Vec::new(), vec!["--import".to_owned(), TSX.to_owned()]);
        assert_eq!(told(r#"{"scripts": {"start": "ts-node agent.ts"}}"#, Some(&node)), Some("ts-node"));
        assert_eq!(told(r#"{"scripts": {"start": "bun run agent.ts"}}"#, None), Some("bun"));
        assert_eq!(told(r#"{"scripts": {"start": "tsx agent.ts"}}"#, Some(&node)), Some("tsx"));
        assert_eq!(told(r#"{"scripts": {"start": "tsx agent.ts"}}"#, Some(&tsx)), None);
        assert_eq!(told(r#"{"scripts": {"start": "node agent.ts"}}"#, Some(&node)), None);
    }

    #[test]
    fn tsx_for_development_only_would_be_missing() {
        let package = r#"{"scripts": {"start": "tsx src/agent.ts"}, "devDependencies": {"tsx": "4"}}"#;
        let error = start_command("a.ts", package, None, "22").unwrap_err();
        assert_eq!((error.code_str(), error.kind().exit_code()), ("source.typescript-build", 2));
        assert!(error.hints()[0].contains("npm install --save tsx"), "{error:?}");
    }
}
