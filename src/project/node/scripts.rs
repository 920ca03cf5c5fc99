//! What the scripts of a package.json do, as far as their text shows.
//!
//! Does not own: running them.

use super::{PackageJson, typescript};

/// How far scripts that run scripts are followed.
const DEEPEST: u8 = 4;
/// Programs that make nothing that an agent is run from: they check, tidy, or make an image of somebody's own.
const MAKE_NOTHING: [&str; 20] = [
    "biome", "buildah", "cd", "docker", "echo", "eslint", "exit", "finch", "jest", "mkdir", "nerdctl", "oxlint",
    "podman", "prettier", "rimraf", "rm", "true", "vitest", "tsd", ":",
];
const COMPILERS: [&str; 3] = ["tsc", "tsgo", "vue-tsc"];
/// Programs that run TypeScript, and are not in an agent's image.
const RUNNERS: [&str; 10] =
    ["babel-node", "bun", "deno", "esno", "jiti", "swc-node", "ts-node", "ts-node-esm", "tsimp", "vite-node"];

/// What `scripts.start` runs a TypeScript file with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Starter {
    Tsx,
    Node {
        /// `--experimental-transform-types`: with enums and namespaces.
        transform: bool,
    },
    /// Another program.
    Other(&'static str),
}

impl PackageJson {
    /// Whether its `build` script makes something that can be run.
    pub(super) fn builds(&self) -> bool {
        self.script_makes("build", DEEPEST)
    }

    fn script_makes(&self, name: &str, left: u8) -> bool {
        let Some(script) = self.script(name) else { return false };
        // A circle is no answer; running it shows the error.
        let Some(left) = left.checked_sub(1) else { return true };
        commands(script).iter().any(|words| self.makes(words, left))
    }

    fn makes(&self, words: &[&str], left: u8) -> bool {
        let (Some(program), rest) = (words.first().copied(), words.get(1..).unwrap_or_default()) else { return false };
        if matches!(program, "npm" | "pnpm" | "yarn" | "bun") {
            let own =
                rest.iter().position(|word| !matches!(*word, "run" | "run-script" | "exec") && !word.starts_with('-'));
            let rest = own.and_then(|at| rest.get(at..)).unwrap_or_default();
            return match rest.first() {
                Some(name) if self.script(name).is_some() => self.script_makes(name, left),
                _ => self.makes(rest, left),
            };
        }
        if COMPILERS.contains(&program) {
            let after =
                |flags: &[&str]| rest.iter().position(|word| flags.contains(word)).and_then(|at| rest.get(at + 1));
            let checks = rest.iter().any(|word| word.eq_ignore_ascii_case("--noEmit"));
            let named = after(&["-p", "--project"]).copied().unwrap_or("tsconfig.json");
            let file = self.dir().join(named);
            let file = if file.is_dir() { file.join("tsconfig.json") } else { file };
            return !checks && !typescript::only_checks(&file);
        }
        !MAKE_NOTHING.contains(&program)
    }

    /// `None` where it starts JavaScript, or what it does cannot be told.
    pub(super) fn starter(&self) -> Option<Starter> {
        let all = commands(self.script("start")?);
        let words = all.last()?;
        let program = words.first().copied()?;
        if program == "tsx" {
            return Some(Starter::Tsx);
        }
        if let Some(other) = RUNNERS.iter().find(|runner| **runner == program) {
            return Some(Starter::Other(other));
        }
        if program != "node" {
            return None;
        }
        let mut transform = false;
        let mut rest = words.iter().skip(1).copied();
        while let Some(word) = rest.next() {
            let (flag, value) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
            if matches!(flag, "--import" | "--loader" | "--experimental-loader" | "--require" | "-r") {
                match value.or_else(|| rest.next())?.split('/').next() {
                    Some("tsx") => return Some(Starter::Tsx),
                    Some("ts-node") => return Some(Starter::Other("ts-node")),
                    _ => {}
                }
            }
            transform |= flag == "--experimental-transform-types";
            if !flag.starts_with('-') {
                return typescript::is_typescript(std::path::Path::new(word)).then_some(Starter::Node { transform });
            }
        }
        None
    }
}

/// The commands of a script as words, without the variables and launchers in front of them.
fn commands(script: &str) -> Vec<Vec<&str>> {
    let parts = script.split(';').flat_map(|part| part.split("&&")).flat_map(|part| part.split("||"));
    parts
        .map(|part| {
            let launcher = |word: &&str| {
                let variable = word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.starts_with('-'));
                variable || matches!(*word, "npx" | "cross-env" | "-y" | "--yes" | "exec")
            };
            part.split_whitespace().skip_while(launcher).collect()
        })
        .filter(|words: &Vec<&str>| !words.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(dir: &std::path::Path, scripts: &str) -> PackageJson {
        let file = dir.join("package.json");
        std::fs::write(&file, format!("{{\"scripts\": {scripts}}}")).unwrap();
        PackageJson::read(file).unwrap()
    }

    #[test]
    fn checks_and_images_are_no_build() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("base.json"), "{\"compilerOptions\": {\"noEmit\": true}}").unwrap();
        std::fs::write(dir.path().join("checks.json"), "{\"extends\": \"./base\"}").unwrap();
        let emits = "{\"extends\": \"./base.json\", \"compilerOptions\": {\"noEmit\": false}}";
        std::fs::write(dir.path().join("emits.json"), emits).unwrap();
        for (scripts, builds) in [
            (r#"{"build": "tsc"}"#, true),
            (r#"{"build": "tsc --noEmit"}"#, false),
            (r#"{"build": "tsc -p checks.json"}"#, false),
            (r#"{"build": "tsc -p emits.json"}"#, true),
            (r#"{"build": "docker build -t x ."}"#, false),
            (r#"{"build": "eslint . && npx tsc --noEmit"}"#, false),
            (r#"{"build": "rm -rf dist && NODE_ENV=production tsup"}"#, true),
            (r#"{"build": "npm run check", "check": "tsc --noEmit"}"#, false),
            (r#"{"build": "npm run check && npm run make", "check": "tsc --noEmit", "make": "esbuild x"}"#, true),
            (r#"{"build": "pnpm exec tsc --noEmit"}"#, false),
            (r#"{"build": "npm run build"}"#, true),
            (r#"{"start": "tsc"}"#, false),
        ] {
            assert_eq!(package(dir.path(), scripts).builds(), builds, "{scripts}");
        }
    }

    #[test]
    fn what_starts_the_agent_is_read() {
        let dir = tempfile::tempdir().unwrap();
        for (start, wanted) in [
            ("tsx agent.ts", Some(Starter::Tsx)),
            ("npx tsx agent.ts", Some(Starter::Tsx)),
            ("NODE_ENV=production node --import tsx agent.ts", Some(Starter::Tsx)),
            ("node --import=tsx/esm agent.ts", Some(Starter::Tsx)),
            ("npm run build && node dist/agent.js", None),
            ("node agent.ts", Some(Starter::Node { transform: false })),
            ("node --experimental-strip-types agent.ts", Some(Starter::Node { transform: false })),
            ("node --experimental-transform-types agent.ts", Some(Starter::Node { transform: true })),
            ("node --loader ts-node/esm agent.ts", Some(Starter::Other("ts-node"))),
            ("ts-node agent.ts", Some(Starter::Other("ts-node"))),
            ("bun run agent.ts", Some(Starter::Other("bun"))),
            ("next start", None),
        ] {
            let package = package(dir.path(), &format!("{{\"start\": \"{start}\"}}"));
            assert_eq!(package.starter(), wanted, "{start}");
        }
    }
}
