//! Unpacking an image's layers into a directory, for agents that run without a container engine.
//!
//! Owns: layer order, whiteouts, and the promise that nothing is written, linked or made special outside the directory:
//! the image comes from a registry that anyone with the sandbox's credentials can push to. Does not own: where blobs come
//! from (the caller gives paths), or what is run.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use tar::{Archive, Entry, EntryType};

use super::budget::Budget;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::sandbox::registry::LayerBlob;

/// Unpacks `layers`, lowest first, into `target`, which appears complete or not at all. Blocking.
///
/// # Errors
/// Names the layer's file when it is damaged, of an unknown compression, larger than its size allows, or tries to leave the
/// directory.
pub(crate) fn unpack(layers: &[LayerBlob], target: &Path) -> Result<()> {
    if target.is_dir() {
        return Ok(());
    }
    let packed = layers.iter().filter_map(|layer| fs::metadata(&layer.path).ok()).map(|meta| meta.len()).sum();
    unpack_within(&Budget::for_size(packed), layers, target)
}

fn unpack_within(budget: &Budget, layers: &[LayerBlob], target: &Path) -> Result<()> {
    let parent = target.parent().unwrap_or(Path::new("."));
    fsx::create_private_dir(parent)?;
    let partial = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(parent)
        .with_context(|| format!("could not create a directory in `{}`", parent.display()))?;
    let root = fs::canonicalize(partial.path()).context("could not resolve the image directory")?;
    let files = budget.fresh_copy();
    for layer in layers {
        Unpacker { root: &root, created: BTreeSet::new(), budget, files: &files }
            .layer(layer)
            .map_err(|error| error.context(format!("could not unpack the image layer `{}`", layer.path.display())))?;
    }
    match fs::rename(partial.path(), target) {
        Ok(()) => Ok(()),
        // Somebody else unpacked the same digest meanwhile; the content is the same.
        Err(_) if target.is_dir() => Ok(()),
        Err(error) => Err(Error::failed(format!("could not create `{}`", target.display())).source(&error)),
    }
}

/// A path inside the image, free of `.`, `..` and roots: `usr/lib`. `None` when it points above the top.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::CurDir | Component::RootDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::Prefix(_) => return None,
        }
    }
    Some(out)
}

/// `path` without `.` and `..`, as a process whose root directory is the image would see it: above the top is the top.
fn clamp(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => {
                out.pop();
            }
            _ => {}
        }
    }
    out
}

struct Unpacker<'a> {
    root: &'a Path,
    /// What this layer made: an opaque marker hides lower layers only.
    created: BTreeSet<PathBuf>,
    /// For what comes out of the layers.
    budget: &'a Budget,
    /// For what is written to files.
    files: &'a Budget,
}

impl Unpacker<'_> {
    fn layer(&mut self, layer: &LayerBlob) -> Result<()> {
        if layer.media_type == super::archive::MEDIA_TYPE {
            return super::archive::unpack(&layer.path, self.root);
        }
        let file = File::open(&layer.path).context("could not open the blob")?;
        let reader: Box<dyn Read> = match layer.media_type.as_str() {
            kind if kind.ends_with("gzip") => Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file))),
            kind if kind.ends_with(".tar") => Box::new(BufReader::new(file)),
            kind => {
                return Err(Error::failed(format!("layers of type `{kind}` cannot be unpacked here"))
                    .hint("build the image with gzip layers, or run agents with a container engine"));
            }
        };
        let reader: Box<dyn Read> = Box::new(self.budget.meter(reader));
        let mut archive = Archive::new(reader);
        for entry in archive.entries().context("not a tar archive")? {
            let mut entry = entry.context("the archive is cut short or damaged")?;
            self.budget.entry().context("the image is too large")?;
            let name = entry.path().context("an entry has an unusable name")?.into_owned();
            self.entry(&mut entry, &name).map_err(|error| error.context(format!("entry `{}`", name.display())))?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &mut Entry<'_, Box<dyn Read>>, name: &Path) -> Result<()> {
        let path = inside(name).ok_or_else(|| Error::failed("its name leads out of the image"))?;
        let Some(base) = path.file_name().map(|base| base.to_string_lossy().into_owned()) else {
            return Ok(());
        };
        let parent = self.directory(path.parent().unwrap_or(Path::new("")))?;
        if base == ".wh..wh..opq" {
            return self.hide_lower(&parent);
        }
        if let Some(hidden) = base.strip_prefix(".wh.") {
            // `.wh...` would otherwise hide the directory above.
            return match Path::new(hidden).components().collect::<Vec<_>>()[..] {
                [Component::Normal(name)] => remove(&parent.join(name)),
                _ => Err(Error::failed("it hides no file of its directory")),
            };
        }
        let at = parent.join(&base);
        let mode = entry.header().mode().unwrap_or(0o644) & 0o777;
        match entry.header().entry_type() {
            EntryType::Directory => {
                if !fs::symlink_metadata(&at).is_ok_and(|meta| meta.is_dir()) {
                    remove(&at)?;
                    fs::create_dir(&at).context("could not create the directory")?;
                }
                // The owner keeps access, so that it can be deleted again.
                set_mode(&at, mode | 0o700)?;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                remove(&at)?;
                let mut file = File::create_new(&at).context("could not create the file")?;
                io::copy(&mut self.files.meter(&mut *entry), &mut file).context("could not write the file")?;
                let seconds = entry.header().mtime().ok().map(Duration::from_secs);
                // A header can hold a time that no clock can.
                if let Some(time) = seconds.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds)) {
                    let _ = file.set_modified(time);
                }
                set_mode(&at, mode | 0o600)?;
            }
            EntryType::Symlink => {
                remove(&at)?;
                let target = link_target(entry)?;
                self.symlink(&target, &parent, &at)?;
            }
            EntryType::Link => {
                let target = inside(&link_target(entry)?)
                    .ok_or_else(|| Error::failed("it links to a file outside of the image"))?;
                let source = self
                    .directory(target.parent().unwrap_or(Path::new("")))?
                    .join(target.file_name().unwrap_or_default());
                if source == at {
                } else if let Ok(link) = fs::read_link(&source) {
                    // One file in two folders would mean two places, and from a folder nearer to the top one outside.
                    let meant = source.parent().unwrap_or(self.root).join(link);
                    let meant = Path::new("/").join(meant.strip_prefix(self.root).unwrap_or(&meant));
                    remove(&at)?;
                    self.symlink(&meant, &parent, &at)?;
                } else {
                    remove(&at)?;
                    fs::hard_link(&source, &at).context("could not create the hard link")?;
                }
            }
            // Devices, pipes and sockets have no use in an unpacked image, and making them needs rights.
            _ => return Ok(()),
        }
        self.created.insert(at);
        Ok(())
    }

    /// The real directory of `path` inside the image, created where missing, links followed as the image means them.
    fn directory(&mut self, path: &Path) -> Result<PathBuf> {
        let mut at = self.root.to_owned();
        for part in path.components() {
            at.push(part);
            let meta = fs::symlink_metadata(&at);
            if meta.as_ref().is_ok_and(fs::Metadata::is_symlink) {
                // Links were rewritten to stay inside when they were made, so the system may follow them.
                match fs::canonicalize(&at) {
                    Ok(real) if real.starts_with(self.root) && real.is_dir() => {
                        at = real;
                        continue;
                    }
                    Ok(_) => return Err(Error::failed("a directory in its path is a link out of the image")),
                    Err(_) => remove(&at)?,
                }
            } else if meta.as_ref().is_ok_and(fs::Metadata::is_dir) {
                continue;
            } else {
                remove(&at)?;
            }
            fs::create_dir(&at).context("could not create a directory in its path")?;
            self.created.insert(at.clone());
        }
        Ok(at)
    }

    /// Makes a link whose target is seen from the image's root, written so that it also holds outside of it.
    fn symlink(&self, target: &Path, parent: &Path, at: &Path) -> Result<()> {
        let parent = parent.strip_prefix(self.root).unwrap_or(Path::new(""));
        let absolute = if target.has_root() { clamp(target) } else { clamp(&parent.join(target)) };
        let mut relative: PathBuf = parent.components().map(|_| "..").collect();
        relative.push(absolute);
        if relative.as_os_str().is_empty() {
            relative.push(".");
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(&relative, at).context("could not create the link")?;
        #[cfg(not(unix))]
        let _ = at;
        Ok(())
    }

    fn hide_lower(&self, dir: &Path) -> Result<()> {
        for child in fs::read_dir(dir).context("could not read the directory")? {
            let child = child.context("could not read the directory")?.path();
            if !self.created.iter().any(|made| made.starts_with(&child)) {
                remove(&child)?;
            }
        }
        Ok(())
    }
}

fn link_target(entry: &Entry<'_, Box<dyn Read>>) -> Result<PathBuf> {
    let target = entry.link_name().context("its link target is unusable")?;
    target.map(std::borrow::Cow::into_owned).ok_or_else(|| Error::failed("its link target is missing"))
}

/// Removes whatever is at `path` itself, never what a link points to. A missing path is success.
fn remove(path: &Path) -> Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    };
    removed.with_context(|| format!("could not remove `{}`", path.display()))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).context("could not set its permissions")
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) -> Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    enum EntryResult<'a> {
        File(&'a str),
        Dir,
        Link(&'a str),
        Hard(&'a str),
        Device,
    }

    fn layer(dir: &Path, name: &str, entries: &[(&str, EntryResult<'_>)]) -> LayerBlob {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, put) in entries {
            let mut header = tar::Header::new_ustar();
            header.set_mode(0o644);
            // Written as raw bytes: the builder refuses the names that an attacker would use.
            header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
            let (kind, link, data) = match put {
                EntryResult::File(text) => (EntryType::Regular, "", *text),
                EntryResult::Dir => (EntryType::Directory, "", ""),
                EntryResult::Link(to) => (EntryType::Symlink, *to, ""),
                EntryResult::Hard(to) => (EntryType::Link, *to, ""),
                EntryResult::Device => (EntryType::Char, "", ""),
            };
            header.set_entry_type(kind);
            header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link.as_bytes());
            header.set_size(data.len() as u64);
            header.set_cksum();
            tar.append(&header, data.as_bytes()).unwrap();
        }
        let blob = dir.join(name);
        fs::write(&blob, tar.into_inner().unwrap()).unwrap();
        LayerBlob { media_type: "application/vnd.oci.image.layer.v1.tar".to_owned(), path: blob }
    }

    fn setup() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("images/one");
        (dir, root)
    }

    #[test]
    fn later_layers_replace_hide_and_clear() {
        let (dir, root) = setup();
        let lower = layer(
            dir.path(),
            "1",
            &[
                ("app/a", EntryResult::File("one")),
                ("app/b", EntryResult::File("gone")),
                ("data/old", EntryResult::File("x")),
                ("data/sub/old", EntryResult::File("x")),
                ("swap", EntryResult::Dir),
                ("dev/null", EntryResult::Device),
            ],
        );
        let upper = layer(
            dir.path(),
            "2",
            &[
                ("app/a", EntryResult::File("two")),
                ("app/.wh.b", EntryResult::File("")),
                ("data/new", EntryResult::File("y")),
                ("data/.wh..wh..opq", EntryResult::File("")),
                ("swap", EntryResult::File("now a file")),
            ],
        );
        unpack(&[lower, upper], &root).unwrap();
        assert_eq!(fs::read_to_string(root.join("app/a")).unwrap(), "two");
        assert!(!root.join("app/b").exists());
        let names: Vec<_> = fs::read_dir(root.join("data")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["new"]);
        assert_eq!(fs::read_to_string(root.join("swap")).unwrap(), "now a file");
        assert!(!root.join("dev/null").exists());
    }

    #[test]
    fn a_time_beyond_the_clock_is_left_out() {
        let (dir, root) = setup();
        let mut header = tar::Header::new_gnu();
        header.set_path("app").unwrap();
        header.set_size(1);
        header.set_mode(0o644);
        header.set_mtime(u64::MAX);
        header.set_cksum();
        let mut tar = tar::Builder::new(Vec::new());
        tar.append(&header, &b"x"[..]).unwrap();
        let blob = dir.path().join("late");
        fs::write(&blob, tar.into_inner().unwrap()).unwrap();
        unpack(&[LayerBlob { media_type: "application/vnd.oci.image.layer.v1.tar".to_owned(), path: blob }], &root)
            .unwrap();
        assert_eq!(fs::read_to_string(root.join("app")).unwrap(), "x");
    }

    #[test]
    fn links_mean_the_images_own_files() {
        let (dir, root) = setup();
        let lower = layer(
            dir.path(),
            "1",
            &[
                ("run", EntryResult::Dir),
                ("var/run", EntryResult::Link("/run")),
                ("var/up", EntryResult::Link("../../../../run")),
                ("self", EntryResult::Link(".")),
            ],
        );
        let upper =
            layer(dir.path(), "2", &[("var/run/pid", EntryResult::File("1")), ("var/up/x", EntryResult::File("2"))]);
        unpack(&[lower, upper], &root).unwrap();
        assert_eq!(fs::read_to_string(root.join("run/pid")).unwrap(), "1");
        assert_eq!(fs::read_to_string(root.join("run/x")).unwrap(), "2");
        assert_eq!(fs::read_link(root.join("var/run")).unwrap(), Path::new("../run"));
        assert_eq!(fs::read_to_string(root.join("self/self/run/x")).unwrap(), "2");
    }

    #[test]
    fn nothing_escapes() {
        for entries in [
            vec![("../evil", EntryResult::File("x"))],
            vec![("a/../../evil", EntryResult::File("x"))],
            vec![("hard", EntryResult::Hard("../../victim"))],
            vec![(".wh...", EntryResult::File(""))],
            vec![("a", EntryResult::Dir), ("a/.wh..", EntryResult::File(""))],
            vec![(".wh.", EntryResult::File(""))],
        ] {
            let (dir, root) = setup();
            fs::write(dir.path().join("victim"), "safe").unwrap();
            fs::create_dir(dir.path().join("images")).unwrap();
            fs::write(dir.path().join("images/neighbour"), "safe").unwrap();
            let bad = layer(dir.path(), "1", &entries);
            assert!(unpack(&[bad], &root).is_err());
            assert!(!root.exists());
            assert!(!dir.path().join("evil").exists() && !dir.path().join("images/evil").exists());
            assert!(dir.path().join("images/neighbour").exists(), "{entries:?}", entries = entries[0].0);
        }
        // Through a link: allowed, and the file lands inside.
        let (dir, root) = setup();
        let outside = dir.path().join("outside");
        fs::create_dir(&outside).unwrap();
        let target = outside.to_str().unwrap().to_owned();
        let sly = layer(
            dir.path(),
            "1",
            &[
                ("door", EntryResult::Link(&target)),
                ("door/file", EntryResult::File("x")),
                ("/abs", EntryResult::File("y")),
            ],
        );
        unpack(&[sly], &root).unwrap();
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);
        assert_eq!(fs::read_to_string(root.join("abs")).unwrap(), "y");
    }

    /// A decompression bomb is refused before its content is on disk.
    #[test]
    fn unpacking_stops_at_the_size_limit() {
        let (dir, root) = setup();
        let zeros = "\0".repeat(4 << 20);
        let mut bomb =
            layer(dir.path(), "1", &[("small", EntryResult::File("x")), ("large", EntryResult::File(&zeros))]);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::Write::write_all(&mut gzip, &fs::read(&bomb.path).unwrap()).unwrap();
        fs::write(&bomb.path, gzip.finish().unwrap()).unwrap();
        bomb.media_type.push_str("+gzip");
        assert!(fs::metadata(&bomb.path).unwrap().len() < 16 << 10);
        let error = unpack_within(&Budget::new(1 << 20, 10), &[bomb.clone()], &root).unwrap_err();
        assert!(error.to_string().contains("more than 1048576 bytes"), "{error}");
        assert!(!root.exists() && fs::read_dir(root.parent().unwrap()).unwrap().count() == 0, "nothing is left");
        assert!(unpack_within(&Budget::new(8 << 20, 1), &[bomb.clone()], &root).is_err(), "too many entries");
        unpack_within(&Budget::new(8 << 20, 2), &[bomb], &root).unwrap();
    }

    #[test]
    fn hard_link_to_a_link_keeps_its_target() {
        let (dir, root) = setup();
        fs::write(dir.path().join("victim"), "secret").unwrap();
        let deep = "d0/d1/d2/d3/d4/d5/d6/d7/d8/d9/d10";
        let (link, sibling) = (format!("{deep}/link"), format!("{deep}/near"));
        let up = format!("{}etc/victim", "../".repeat(11));
        let entries = [
            ("etc/victim", EntryResult::File("inside")),
            (link.as_str(), EntryResult::Link(&up)),
            ("top", EntryResult::Hard(&link)),
            ("a/middle", EntryResult::Hard("top")),
            (sibling.as_str(), EntryResult::Link("link")),
            ("b/near", EntryResult::Hard(&sibling)),
        ];
        unpack(&[layer(dir.path(), "1", &entries)], &root).unwrap();
        for path in ["top", "a/middle", "b/near", &link, &sibling] {
            let real = fs::canonicalize(root.join(path)).unwrap();
            assert_eq!(real, fs::canonicalize(root.join("etc/victim")).unwrap(), "{path}");
        }
    }

    #[test]
    fn an_unknown_compression_is_refused() {
        let (dir, root) = setup();
        let mut zstd = layer(dir.path(), "1", &[]);
        zstd.media_type.push_str("+zstd");
        let error = unpack(&[zstd], &root).unwrap_err();
        assert!(error.to_string().contains("zstd"), "{error}");
    }
}
