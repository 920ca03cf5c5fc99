//! The output that a shell sends again to whoever attaches: which part of it was shown before.
//!
//! Nothing on the wire says where such output ends, or how much of it is old. What was shown last is kept, and the output is
//! held back until it either goes beyond that or nothing more comes.

use std::collections::VecDeque;

use crate::facts::SHELL_REPLAY;

/// An overlap of less than this, in a shell that printed more than is kept, may be chance.
const SHORTEST_OVERLAP: usize = 32;

/// What a shell printed last, as it was shown.
#[derive(Debug, Default)]
pub(crate) struct ShownOutput {
    tail: VecDeque<u8>,
    /// Output that came again, or maybe not, since the connection was made anew.
    held: Option<Vec<u8>>,
}

impl ShownOutput {
    /// What is to be shown of newly arrived output.
    pub(crate) fn arrived(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Some(held) = &mut self.held else {
            self.keep(bytes);
            return bytes.to_vec();
        };
        held.extend_from_slice(bytes);
        if held.len() >= SHELL_REPLAY { self.release(true) } else { Vec::new() }
    }

    /// From now on output may be what was shown already.
    pub(crate) fn reconnected(&mut self) {
        self.held = Some(self.held.take().unwrap_or_default()).filter(|_| !self.tail.is_empty());
    }

    pub(crate) const fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// What is new in the output that was held back, when nothing more came for a while (`is_all` where nothing will).
    pub(crate) fn release(&mut self, is_all: bool) -> Vec<u8> {
        let Some(held) = self.held.take() else { return Vec::new() };
        if held.is_empty() {
            if !is_all {
                self.held = Some(held);
            }
            return Vec::new();
        }
        let shown = self.tail.make_contiguous();
        let (overlap, is_within) = overlap(shown, &held);
        if overlap < held.len() && is_within && !is_all {
            // Only the beginning of it has come.
            self.held = Some(held);
            return Vec::new();
        }
        let is_sure = overlap >= SHORTEST_OVERLAP || shown.len() < SHELL_REPLAY;
        let new = if is_sure { held[overlap..].to_vec() } else { held };
        self.keep(&new);
        new
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.tail.extend(bytes);
        let excess = self.tail.len().saturating_sub(SHELL_REPLAY);
        self.tail.drain(..excess);
    }
}

/// The length of the longest beginning of `again` that `shown` ends with, and whether all of `again` is somewhere in
/// `shown`. In linear time (Knuth, Morris, Pratt).
fn overlap(shown: &[u8], again: &[u8]) -> (usize, bool) {
    let mut borders = vec![0; again.len()];
    for at in 1..again.len() {
        let mut border: usize = borders[at - 1];
        while border > 0 && again[at] != again[border] {
            border = borders[border - 1];
        }
        borders[at] = border + usize::from(again[at] == again[border]);
    }
    let (mut matched, mut is_within) = (0, false);
    for byte in shown {
        while matched > 0 && (matched == again.len() || again[matched] != *byte) {
            matched = borders[matched - 1];
        }
        matched += usize::from(again[matched] == *byte);
        is_within |= matched == again.len();
    }
    (matched, is_within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &[u8]) -> ShownOutput {
        let mut output = ShownOutput::default();
        output.arrived(text);
        output.reconnected();
        output
    }

    fn numbers(range: std::ops::Range<u32>) -> Vec<u8> {
        range.flat_map(|number| format!("line {number}\r\n").into_bytes()).collect()
    }

    #[test]
    fn output_is_shown_once_and_whole() {
        let mut output = shown(b"$ echo a\r\na\r\n");
        assert_eq!(output.arrived(b"$ echo a\r\na\r\n$ "), b"");
        assert_eq!(output.release(false), b"$ ");
        assert_eq!(output.arrived(b"x"), b"x");
        let mut nothing_new = shown(b"$ ");
        nothing_new.arrived(b"$ ");
        assert_eq!(nothing_new.release(false), b"");
    }

    #[test]
    fn beginnings_of_the_repetition_are_waited_for() {
        let all = numbers(0..1000);
        let mut output = shown(&all);
        output.arrived(&all[..100]);
        assert_eq!((output.release(false), output.is_holding()), (Vec::new(), true));
        output.arrived(&all[100..]);
        output.arrived(b"new");
        assert_eq!(output.release(false), b"new");
    }

    #[test]
    fn old_output_that_was_dropped_is_no_matter() {
        let all = numbers(0..60_000);
        let mut output = shown(&all[..all.len() - 5000]);
        let again = &all[all.len() - SHELL_REPLAY..];
        assert_eq!(output.arrived(again), &all[all.len() - 5000..]);
        let mut lost = shown(&numbers(0..30_000));
        assert_eq!(lost.arrived(again), again, "more was printed than is kept: what is there is shown");
    }
}
