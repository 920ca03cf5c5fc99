//! The manual pages, whole, beside the files of `man/`: one for each, under its own name.

use std::collections::BTreeMap;
use std::path::Path;

use snapbox::assert::Action;
use snapbox::{Assert, Data};

use crate::support::{World, host_var, repository};

const FOLDER: &str = "tests/it/snapshots/man";

/// Pages and their texts. A release does not change them.
fn pages(folder: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = entries.map(|path| {
        let text = std::fs::read_to_string(&path).unwrap().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        (path.file_name().unwrap().to_str().unwrap().to_owned(), text)
    });
    read.collect()
}

#[test]
fn manual_pages_are_as_they_were() {
    let world = World::new();
    world.agentcore(&["man", "--out", "pages"]).run().code(0);
    let made = pages(&world.path("project/pages"));
    let folder = repository().join(FOLDER);
    let bless = host_var("AGENTCORE_BLESS").is_some();
    if bless {
        std::fs::create_dir_all(&folder).unwrap();
        for gone in pages(&folder).into_keys().filter(|name| !made.contains_key(name)) {
            std::fs::remove_file(folder.join(gone)).unwrap();
        }
    }
    for (name, text) in &made {
        Assert::new()
            .action(if bless { Action::Overwrite } else { Action::Verify })
            .eq(text.clone(), Data::read_from(&folder.join(name), None).raw());
    }
    assert!(pages(&folder).keys().eq(made.keys()), "a page that is gone has a file: run with AGENTCORE_BLESS=1");
}
