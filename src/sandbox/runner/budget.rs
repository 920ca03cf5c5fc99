//! The size limit of an unpacked image. A few megabytes can decompress to many gigabytes on the user's disk.
//!
//! Owns: the limits, and readers that fail when one is exceeded. Does not own: unpacking (`rootfs`).

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// More than the largest image that AgentCore takes (2 GB compressed) has in it.
const MOST: u64 = 10 << 30;
/// What every image may unpack to, however small it is.
const FREE: u64 = 1 << 30;
/// Beyond that, so many times its own size. Packages shrink to a third or a fifth.
const RATIO: u64 = 20;
const ENTRIES: u64 = 1_000_000;

/// The remaining budget of an image's layers. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    most: u64,
    bytes: Rc<Cell<u64>>,
    entries: Rc<Cell<u64>>,
}

impl Budget {
    /// For an image of this size as it is stored.
    pub(super) fn for_size(packed: u64) -> Self {
        Self::new(packed.saturating_mul(RATIO).clamp(FREE, MOST), ENTRIES)
    }

    pub(super) fn new(most: u64, entries: u64) -> Self {
        Self { most, bytes: Rc::new(Cell::new(most)), entries: Rc::new(Cell::new(entries)) }
    }

    /// The same reader; what comes out of it counts.
    pub(super) fn meter<R: Read>(&self, inner: R) -> Metered<R> {
        Metered { inner, budget: self.clone() }
    }

    /// Counts a file, a directory or a link.
    pub(super) fn entry(&self) -> io::Result<()> {
        match self.entries.get().checked_sub(1) {
            Some(left) => {
                self.entries.set(left);
                Ok(())
            }
            None => Err(io::Error::other("the image has more files than the sandbox unpacks")),
        }
    }

    fn spend(&self, count: usize) -> io::Result<()> {
        let most = self.most;
        let left = self.bytes.get().checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("the image unpacks to more than {most} bytes, which is more than its size allows"))
        })?;
        self.bytes.set(left);
        Ok(())
    }

    /// A budget of the same size, for what is counted apart: a sparse file is larger on disk than in the archive.
    pub(super) fn fresh_copy(&self) -> Self {
        Self { bytes: Rc::new(Cell::new(self.most)), ..self.clone() }
    }
}

/// See [`Budget::meter`].
#[derive(Debug)]
pub(super) struct Metered<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.budget.spend(count)?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_grows_with_the_image_between_two_bounds() {
        assert_eq!(Budget::for_size(0).most, FREE);
        assert_eq!(Budget::for_size(14 << 20).most, FREE);
        assert_eq!(Budget::for_size(200 << 20).most, 4000 << 20);
        assert_eq!(Budget::for_size(u64::MAX).most, MOST);
    }

    #[test]
    fn what_is_spent_is_gone_for_everybody() {
        let budget = Budget::new(10, 1);
        let mut read = Vec::new();
        budget.meter(&[0; 6][..]).read_to_end(&mut read).unwrap();
        let error = budget.clone().meter(&[0; 6][..]).read_to_end(&mut read).unwrap_err();
        assert!(error.to_string().contains("more than 10 bytes"), "{error}");
        budget.fresh_copy().meter(&[0; 6][..]).read_to_end(&mut read).unwrap();
        budget.entry().unwrap();
        assert!(budget.entry().is_err());
    }
}
