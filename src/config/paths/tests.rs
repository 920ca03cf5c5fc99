use std::fs;

use proptest::prelude::*;

use super::*;
use crate::config::AgentcoreSection;

fn project(files: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    dir
}

/// Entrypoint and source as they are here, seen from the project.
fn found(files: &[&str], entrypoint: &str, source: Option<&str>) -> (String, Option<String>) {
    let dir = project(files);
    let agent = Agent { entrypoint: entrypoint.into(), source_path: source.map(str::to_owned), ..Agent::default() };
    let paths = agent.paths(dir.path());
    assert_eq!(paths.missing, [], "{paths:?}");
    let show = |path: &Path| fsx::relative(path, dir.path()).unwrap();
    (show(&paths.entrypoint), paths.source.as_deref().map(show))
}

#[test]
fn foreign_paths_are_found_by_their_ends() {
    let files = ["agent.py", "src/agent.py", "src/sub/x.py"];
    for (entrypoint, source, expected) in [
        ("/Users/x/proj/agent.py", "/Users/x/proj", ("agent.py", ".")),
        ("/home/x/proj/src/agent.py", "/home/x/proj/src", ("src/agent.py", "src")),
        ("/home/x/proj/src/agent.py", "/home/x/proj", ("src/agent.py", ".")),
        ("C:/Users/x y/proj/src/agent.py", r"C:\Users\x y\proj\src", ("src/agent.py", "src")),
        (r"d:\proj\src\agent.py", r"d:\proj", ("src/agent.py", ".")),
        (r"\\server\share\proj\src\agent.py:app", r"\\server\share\proj\src", ("src/agent.py", "src")),
        (r"\\?\C:\proj\src\agent.py", r"\\?\C:\proj\src", ("src/agent.py", "src")),
        ("~/proj/src/agent.py:app", "~/proj", ("src/agent.py", ".")),
        ("/Users/x/proj/./lib/../src/agent.py", "/Users/x/proj/src/", ("src/agent.py", "src")),
        // A folder around the project, of which only the project is here.
        ("/Users/x/olive/agent/src/agent.py", "/Users/x/olive", ("src/agent.py", ".")),
        // Relative, with the other system's separators.
        (r"src\agent.py", r".\src", ("src/agent.py", "src")),
        (r".\src\agent.py:app", ".", ("src/agent.py", ".")),
        // A module, as servers name it.
        ("src.agent:app", ".", ("src/agent.py", ".")),
        // Seen from the folder that is packed.
        ("x.py", "src/sub", ("src/sub/x.py", "src/sub")),
        ("x.py", "/Users/x/proj/src/sub", ("src/sub/x.py", "src/sub")),
        ("src/sub/x.py", "/Users/x/anything", ("src/sub/x.py", ".")),
        ("agent.py", "/Users/x/proj/src", ("src/agent.py", "src")),
        // A folder as the entrypoint.
        ("/Users/x/proj/src/", "/Users/x/proj", ("src", ".")),
        // The toolkit's own folder, which holds no agent.
        ("agent.py", ".bedrock_agentcore/agent", ("agent.py", ".")),
    ] {
        let expected = (expected.0.to_owned(), Some(expected.1.to_owned()));
        assert_eq!(found(&files, entrypoint, Some(source)), expected, "{entrypoint} {source}");
    }
}

#[test]
fn paths_of_an_agent_share_one_folder() {
    // The project's own folder has the name of one in it.
    let files = ["agent/main.py", "agent/agent/other.py", "requirements.txt"];
    let dir = project(&files);
    let own = AgentcoreSection {
        requirements_file: Some("/U/proj/agent/requirements.txt".into()),
        context: Some("/U/proj/agent".into()),
        ..AgentcoreSection::default()
    };
    let agent = Agent {
        entrypoint: "/U/proj/agent/agent/main.py".into(),
        source_path: Some("/U/proj/agent".into()),
        own,
        ..Agent::default()
    };
    let paths = agent.paths(dir.path());
    let at = |path: &str| dir.path().join(path);
    assert_eq!(paths.entrypoint, at("agent/main.py"));
    assert_eq!((paths.source, paths.requirements), (Some(at("")), Some(at("requirements.txt"))));
    assert_eq!(paths.context, Some(at("")));
    let moved: Vec<_> = paths.moved.iter().map(|moved| (moved.key, moved.here.as_str())).collect();
    let expected = [
        ("entrypoint", "agent/main.py"),
        ("source_path", "."),
        ("agentcore.requirements_file", "requirements.txt"),
        ("agentcore.context", "."),
    ];
    assert_eq!(moved, expected);
}

#[test]
fn paths_that_exist_here_are_left_alone() {
    let dir = project(&["agent.py", "src/agent.py"]);
    let here = dir.path().join("src/agent.py");
    for entrypoint in ["src/agent.py", "./src/agent.py:app", here.to_str().unwrap()] {
        let agent = Agent { entrypoint: entrypoint.into(), ..Agent::default() };
        let paths = agent.paths(dir.path());
        assert_eq!((paths.entrypoint, paths.moved, paths.missing), (here.clone(), vec![], vec![]), "{entrypoint}");
    }
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_folder_is_found() {
    let outside = project(&["secret/agent.py", "agent.py"]);
    let dir = project(&["sub/other.py"]);
    std::os::unix::fs::symlink(outside.path().join("secret"), dir.path().join("secret")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("agent.py"), dir.path().join("agent.py")).unwrap();
    for entrypoint in ["/x/../../secret/agent.py", "/x/agent.py", "/x/secret/agent.py", r"C:\x\..\..\secret\agent.py"] {
        let agent = Agent { entrypoint: entrypoint.into(), ..Agent::default() };
        let paths = agent.paths(dir.path());
        assert_eq!(paths.missing, [("entrypoint", entrypoint.to_owned())]);
    }
    let agent = Agent { entrypoint: "../agent.py".into(), source_path: Some("../".into()), ..Agent::default() };
    let paths = agent.paths(dir.path());
    assert_eq!((paths.moved, paths.missing), (vec![], vec![]));
}

#[test]
fn existing_outside_paths_prefer_their_project_counterpart() {
    let outside = project(&["src/agent.py", "lib/other.py"]);
    let there = |path: &str| outside.path().join(path).to_str().unwrap().to_owned();
    let dir = project(&["src/agent.py"]);
    let agent = Agent { entrypoint: there("src/agent.py"), source_path: Some(there("src")), ..Agent::default() };
    let paths = agent.paths(dir.path());
    assert_eq!((paths.entrypoint, paths.moved.len()), (dir.path().join("src/agent.py"), 2));
    let agent = Agent { entrypoint: there("lib/other.py"), ..Agent::default() };
    let paths = agent.paths(dir.path());
    assert_eq!((paths.entrypoint, paths.moved, paths.missing), (there("lib/other.py").into(), vec![], vec![]));
}

#[test]
fn a_dockerfile_says_which_folder_the_context_is() {
    let dir = project(&["agent.py", "docker/Dockerfile"]);
    let own = AgentcoreSection {
        dockerfile: Some(r"C:\x\proj\docker\Dockerfile".into()),
        context: Some(r"C:\x\proj".into()),
        ..AgentcoreSection::default()
    };
    let paths = Agent { entrypoint: "agent.py".into(), own, ..Agent::default() }.paths(dir.path());
    assert_eq!(paths.context, Some(dir.path().to_owned()));
    assert_eq!(paths.missing, []);
}

proptest! {
    #[test]
    fn the_longest_end_that_exists_is_taken(
        files in prop::collection::btree_set("[ab](/[ab]){0,3}", 1..8),
        parts in prop::collection::vec("[ab]|\\.\\.|\\.", 1..7),
        windows in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        for file in &files {
            let path = dir.path().join(format!("{file}.py"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let (start, separator) = if windows { ("c:\\", "\\") } else { ("/", "/") };
        let written = format!("{start}{}.py", parts.join(separator));
        let agent = Agent { entrypoint: written.clone(), ..Agent::default() };
        let plain = foreign_parts(&written).unwrap();
        let longest = (0..plain.len()).map(|at| dir.path().join(plain[at..].join("/"))).find(|path| path.is_file());
        let paths = agent.paths(dir.path());
        prop_assert_eq!(paths.missing.is_empty(), longest.is_some());
        if let Some(longest) = longest {
            prop_assert_eq!(paths.entrypoint, longest);
        }
    }
}
