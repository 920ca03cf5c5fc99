//! What is kept outside the project, in which folder.

/// What is kept outside the project.
pub(super) const KEPT: &[(&str, &str)] = &[
    (
        "`CACHE/layers`",
        "layers of dependencies, by lock, platform and interpreter; 4 GiB, what was used longest ago goes first",
    ),
    (
        "`CACHE/blobs`",
        "base images: manifests, configurations, and layers on their way to another registry; 4 GiB, likewise",
    ),
    ("`CACHE/sets`", "what an installation brought, for bills of materials"),
    ("`CACHE/wheels`", "wheels that were built here"),
    ("`CACHE/archives`", "packed dependencies for managed runtimes; 4 GiB, likewise"),
    (
        "`CACHE/known`",
        "which repository of a registry has which layer, so that another gets it without an upload; 1000 layers per registry",
    ),
    ("`CACHE/uploads`", "uploads that were cut, to go on with, without credentials; a day"),
    ("`CACHE/outputs`", "files that output of earlier runs went to, which no artifact takes in"),
    ("`CACHE/node-development`", "packages that a project's own build needs, by its lock"),
    ("`CACHE/work`", "workspaces of running builds; what a killed one left goes after a day"),
    ("`STATE/sandbox`", "the sandbox's account: its state, its images, its agents' output"),
    ("`STATE/tokens`", "tokens of callers until they expire"),
    ("`STATE/trusted-commands`", "token commands of configurations that were allowed to run"),
];

/// Every folder that code of the program names as one of the cache or of the state.
#[test]
fn every_kept_folder_is_listed() {
    let mut kinds = std::collections::BTreeSet::new();
    for entry in walk(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&entry).unwrap();
        let (code, _) = text.split_once("#[cfg(test)]\nmod ").unwrap_or((&text, ""));
        for (from, parent) in [
            ("const KIND: &str = \"", "CACHE"),
            ("cache.dir(\"", "CACHE"),
            ("cache.path(\"", "CACHE"),
            ("state_dir()?.join(\"", "STATE"),
        ] {
            let names = code.split(from).skip(1).filter_map(|rest| rest.split('"').next());
            kinds.extend(names.map(|name| format!("`{parent}/{name}`")));
        }
    }
    assert!(kinds.len() > 8, "{kinds:?}");
    let unlisted: Vec<&String> = kinds.iter().filter(|kind| !KEPT.iter().any(|(listed, _)| listed == kind)).collect();
    assert!(unlisted.is_empty(), "KEPT lacks {unlisted:?}");
}

fn walk(folder: std::path::PathBuf) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    folders
        .into_iter()
        .flat_map(walk)
        .chain(files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")))
        .collect()
}
