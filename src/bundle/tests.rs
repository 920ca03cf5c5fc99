//! Properties that every archive must have, on every machine.

use std::io::Read;

use proptest::prelude::*;

use super::*;
use crate::tree::EntryKind;

fn bytes(path: &str, content: impl Into<Vec<u8>>) -> Entry {
    Entry { path: path.into(), kind: EntryKind::Bytes(content.into()), executable: false }
}

fn on_disk(dir: &Path, path: &str, content: &[u8], executable: bool) -> Entry {
    let file = dir.join(path.replace('/', "_"));
    std::fs::write(&file, content).unwrap();
    Entry { path: path.into(), kind: EntryKind::File { path: file, size: content.len() as u64 }, executable }
}

/// Name, mode and content of every member, in the archive's order.
fn listing(file: &Path) -> Vec<(String, u32, Vec<u8>)> {
    let mut archive = open(file).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut member = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            member.read_to_end(&mut content).unwrap();
            assert_eq!(member.last_modified(), Some(zip::DateTime::DEFAULT));
            (member.name().unwrap().into_owned(), member.unix_mode().unwrap(), content)
        })
        .collect()
}

/// Compresses badly.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(size).collect()
}

#[test]
fn same_files_make_the_same_archive_anywhere() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let large = vec![b'x'; usize::try_from(member::IN_MEMORY).unwrap() + 5];
    let random = noise(usize::try_from(member::IN_MEMORY).unwrap() + 5);
    let archives = dirs.each_ref().map(|dir| {
        let mut entries = vec![
            on_disk(dir.path(), "src/agent.py", b"print()\n", false),
            on_disk(dir.path(), "run.sh", b"#!/bin/sh\n", true),
            on_disk(dir.path(), "large.txt", &large, false),
            on_disk(dir.path(), "large.bin", &random, false),
            bytes("empty", ""),
            bytes("noise", noise(5000)),
        ];
        entries.extend((0..200).map(|n| bytes(&format!("many/{n}.txt"), vec![b'a'; n * 10])));
        if dir.path() > dirs[0].path() {
            entries.reverse();
        }
        let dependencies = vec![bytes("numpy/a.so", noise(2000)), bytes("numpy/__init__.py", "x = 1\n")];
        let packed = keep(&Cache::at(dir.path().join("cache")), "key", dependencies).unwrap();
        write(entries, Some(&packed), &dir.path().join("out.zip"), "").unwrap()
    });
    let [one, two] = &archives;
    assert_eq!(one.sha256, two.sha256);
    let content = std::fs::read(&one.file).unwrap();
    assert_eq!((one.sha256, one.size), (Digest::of_bytes(&content), content.len() as u64));
    for dir in &dirs {
        let path = dir.path().to_str().unwrap().as_bytes();
        assert!(!content.windows(path.len()).any(|window| window == path), "a path of this machine is in the archive");
    }
    let listing = listing(&one.file);
    let names: Vec<&str> = listing.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names[..5], ["numpy/__init__.py", "numpy/a.so", "empty", "large.bin", "large.txt"]);
    assert!(names[2..].is_sorted());
    assert_eq!(one.unzipped, listing.iter().map(|(.., content)| content.len() as u64).sum::<u64>());
    assert_eq!(one.files, listing.len());
    let mode = |name: &str| listing.iter().find(|(found, ..)| found == name).unwrap().1 & 0o777;
    assert_eq!((mode("run.sh"), mode("src/agent.py"), mode("numpy/a.so")), (0o755, 0o644, 0o644));
    let found = listing.iter().find(|(name, ..)| name == "large.bin").unwrap();
    assert!(found.2 == random, "a large file came back as another");
}

#[test]
fn what_does_not_compress_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let entries = vec![bytes("noise", noise(100_000)), bytes("text", vec![b'a'; 100_000])];
    let archive = write(entries, None, &dir.path().join("a.zip"), "").unwrap();
    let mut read = open(&archive.file).unwrap();
    assert_eq!(read.by_index(0).unwrap().compression(), zip::CompressionMethod::Stored);
    assert_eq!(read.by_index(1).unwrap().compression(), zip::CompressionMethod::Deflated);
    assert!(archive.size < 110_000);
}

#[test]
fn source_wins_over_a_dependency_of_that_name() {
    let dir = tempfile::tempdir().unwrap();
    let dependencies = ["utils.py", "tools/a.py", "plain", "google/auth.py"].map(|path| bytes(path, "dependency"));
    let packed = keep(&Cache::at(dir.path()), "key", dependencies.to_vec()).unwrap();
    let source = ["utils.py", "tools", "plain/b.py", "google/own.py"].map(|path| bytes(path, "source"));
    let archive = write(source.to_vec(), Some(&packed), &dir.path().join("a.zip"), "").unwrap();
    let names: Vec<String> = listing(&archive.file).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["google/auth.py", "google/own.py", "plain/b.py", "tools", "utils.py"]);
    assert_eq!(archive.notes.len(), 1);
    assert!(archive.notes[0].contains("`plain` and 2 more"), "{:?}", archive.notes);
}

#[test]
fn packed_dependencies_are_reused_unless_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path());
    assert!(recall(&cache, "key").is_none());
    let packed = keep(&cache, "key", vec![bytes("a", "b")]).unwrap();
    assert_eq!(recall(&cache, "key").unwrap().file, packed.file);
    let content = std::fs::read(&packed.file).unwrap();
    std::fs::write(&packed.file, &content[..content.len() - 10]).unwrap();
    assert!(recall(&cache, "key").is_none());
}

#[test]
fn a_file_that_changed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut entry = on_disk(dir.path(), "a.py", b"12345", false);
    let EntryKind::File { size, .. } = &mut entry.kind else { panic!() };
    *size = 4;
    let many = (0..100).map(|n| bytes(&format!("z{n}"), "content"));
    let error = write(std::iter::once(entry).chain(many).collect(), None, &dir.path().join("a.zip"), "").unwrap_err();
    assert!(error.message().contains("changed"), "{error}");
}

#[test]
fn limits_name_what_is_largest() {
    let dir = tempfile::tempdir().unwrap();
    let mut entries: Vec<Entry> = (0..12).map(|n| bytes(&format!("package{n}/data"), noise(1000 * (n + 1)))).collect();
    entries.push(bytes("node_modules/@aws/sdk/index.js", vec![b'a'; 40_000]));
    let archive = write(entries, None, &dir.path().join("a.zip"), "").unwrap();
    archive.check_limits().unwrap();
    let zipped = check_limits(&archive, 50_000, u64::MAX).unwrap_err();
    assert_eq!(zipped.kind().exit_code(), 2);
    assert_eq!(zipped.causes().len(), 10);
    assert!(zipped.causes()[0].ends_with("package11"), "{zipped}");
    let unzipped = check_limits(&archive, u64::MAX, 100_000).unwrap_err();
    assert!(unzipped.causes()[0].ends_with("node_modules/@aws/sdk"), "{unzipped}");
    check_limits(&archive, archive.size, archive.unzipped).unwrap();
}

#[test]
fn packages_are_told_apart() {
    for (path, part) in [
        ("a.py", "a.py"),
        ("numpy/core/x.so", "numpy"),
        ("node_modules/left-pad/index.js", "node_modules/left-pad"),
        ("node_modules/@scope/name/lib/index.js", "node_modules/@scope/name"),
        ("node_modules/file", "node_modules/file"),
    ] {
        assert_eq!(part_of(path), part);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_goes_in_comes_out(files in prop::collection::btree_map("[a-z]{1,8}(\\.[a-z]{1,3})?", prop::collection::vec(any::<u8>(), 0..3000), 0..20), at in 0_usize..20) {
        let dir = tempfile::tempdir().unwrap();
        let entries: Vec<Entry> = files.iter().map(|(path, content)| bytes(path, content.clone())).collect();
        let (below, above) = entries.split_at(at.min(entries.len()));
        let packed = keep(&Cache::at(dir.path()), "key", below.to_vec()).unwrap();
        let archive = write(above.to_vec(), Some(&packed), &dir.path().join("a.zip"), "").unwrap();
        let found: BTreeMap<String, Vec<u8>> = listing(&archive.file).into_iter().map(|(name, _, content)| (name, content)).collect();
        prop_assert_eq!(&found, &files);
        prop_assert_eq!(archive.size, std::fs::metadata(&archive.file).unwrap().len());
    }
}
