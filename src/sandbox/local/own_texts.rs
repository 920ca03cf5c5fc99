//! Which texts the agent writes itself, as far as that can be told without asking the system who wrote a file.
//!
//! Owns: the count of reloads by which such a text gives itself away. Does not own: what is written at a start or during a
//! request, which counts for nothing (`reload`).
//!
//! An agent that keeps a state, a cache or a log in a text of its project would be reloaded for each time that it writes
//! there, with nobody at work. An author who saves a text calls the agent to see what it does, or saves code as well.

use std::collections::BTreeMap;

/// Reloads that one text may cause while nobody calls the agent and no code is saved.
const RELOADS: usize = 3;

/// What the change of a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextChange {
    /// The agent is to be reloaded.
    Counts,
    /// From this one on its changes are the agent's own.
    FirstOwn,
    Own,
}

/// The texts that have caused reloads since the agent was called or its code was saved, and those that count no more.
#[derive(Debug, Default)]
pub(super) struct OwnTexts {
    reloads: BTreeMap<String, usize>,
}

impl OwnTexts {
    /// The agent was called, or code was saved: somebody is at work. What is the agent's own stays so.
    pub(super) fn somebody_works(&mut self) {
        self.reloads.retain(|_, reloads| *reloads > RELOADS);
    }

    /// Judges a change of a text that the agent would be reloaded for.
    pub(super) fn judge(&mut self, file: &str) -> TextChange {
        let reloads = self.reloads.entry(file.to_owned()).or_default();
        if *reloads > RELOADS {
            return TextChange::Own;
        }
        *reloads += 1;
        if *reloads > RELOADS { TextChange::FirstOwn } else { TextChange::Counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_nobody_else_writes_counts_no_more() {
        let mut texts = OwnTexts::default();
        // With another one in between, as they are found.
        for _ in 0..RELOADS {
            assert_eq!(texts.judge("state.json"), TextChange::Counts);
            assert_eq!(texts.judge("seen.json"), TextChange::Counts);
        }
        assert_eq!(texts.judge("state.json"), TextChange::FirstOwn);
        texts.somebody_works();
        assert_eq!(texts.judge("state.json"), TextChange::Own);
        assert_eq!(texts.judge("seen.json"), TextChange::Counts, "an author's, as far as one can tell");
    }

    #[test]
    fn texts_of_an_author_go_on_counting() {
        let mut texts = OwnTexts::default();
        for _ in 0..3 * RELOADS {
            assert_eq!(texts.judge("prompt.md"), TextChange::Counts);
            texts.somebody_works();
        }
    }
}
