//! Trees that are made of others: entries taken out and put in, and positions moved. No text belongs to them.

use super::syntax::{Data, EntryOrigin, YamlEntry, YamlNode};

impl YamlNode {
    /// Takes the entry at the path out of the mapping that has it.
    pub(super) fn remove(&mut self, path: &[&str]) {
        let (Some((first, rest)), Data::Map(entries)) = (path.split_first(), &mut self.data) else { return };
        if rest.is_empty() {
            entries.retain(|entry| entry.key != *first);
        }
        for entry in entries.iter_mut().filter(|entry| entry.key == *first) {
            entry.value.remove(rest);
        }
    }

    /// Puts a value at the path, where its mapping is there.
    pub(super) fn set(&mut self, path: &[&str], value: Self) {
        let (Some((first, rest)), Data::Map(entries)) = (path.split_first(), &mut self.data) else { return };
        match entries.iter_mut().find(|entry| entry.key == *first && entry.origin != EntryOrigin::Merge) {
            Some(entry) if rest.is_empty() => entry.value = value,
            Some(entry) => entry.value.set(rest, value),
            None if rest.is_empty() => entries.push(YamlEntry {
                key: (*first).to_owned(),
                key_start: self.start,
                key_end: self.start,
                value,
                origin: EntryOrigin::Own,
            }),
            None => {}
        }
    }

    /// Moves all positions by `offset`.
    pub(super) fn shift(&mut self, offset: usize) {
        self.start += offset;
        self.end += offset;
        match &mut self.data {
            Data::Scalar { .. } => {}
            Data::Seq(items) => items.iter_mut().for_each(|item| item.shift(offset)),
            Data::Map(entries) => {
                for entry in entries {
                    entry.key_start += offset;
                    entry.key_end += offset;
                    entry.value.shift(offset);
                }
            }
        }
    }
}
