//! Members of a lock's tables.
//!
//! A member that is absent and one of another type than expected are two things: the second is an error that names the
//! place, since whatever is passed over would be missing in the agent, or unchecked.

use std::path::Path;

use toml::{Table, Value};

use crate::error::{Error, Result};

use super::not_understood;

/// A table and where in which lock it stands.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    lock: &'a Path,
    /// As a sentence names it: "the package `six`".
    place: String,
    table: &'a Table,
}

impl<'a> Fields<'a> {
    pub(super) fn new(lock: &'a Path, place: impl Into<String>, table: &'a Table) -> Self {
        Self { lock, place: place.into(), table }
    }

    /// The same table under a name that is known by now.
    pub(super) fn named(self, place: String) -> Self {
        Self { place, ..self }
    }

    pub(super) fn error(&self, what: &str) -> Error {
        not_understood(self.lock, &format!("{what} of {}", self.place))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a Value> {
        self.table.get(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys().map(String::as_str)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>> {
        let of = |value: &'a Value| value.as_str().ok_or_else(|| self.wrong(key, value, "text"));
        self.value(key).map(of).transpose()
    }

    pub(super) fn owned(&self, key: &str) -> Result<Option<String>> {
        Ok(self.text(key)?.map(str::to_owned))
    }

    pub(super) fn required(&self, key: &str) -> Result<&'a str> {
        let missing = || not_understood(self.lock, &format!("{} has no `{key}`", self.place));
        self.text(key)?.filter(|text| !text.is_empty()).ok_or_else(missing)
    }

    /// The first of several members that is there.
    pub(super) fn first(&self, keys: &[&str]) -> Result<Option<&'a str>> {
        keys.iter().find(|key| self.has(key)).map_or(Ok(None), |key| self.text(key))
    }

    /// False where it is absent.
    pub(super) fn flag(&self, key: &str) -> Result<bool> {
        let of = |value: &Value| value.as_bool().ok_or_else(|| self.wrong(key, value, "true or false"));
        self.value(key).map_or(Ok(false), of)
    }

    pub(super) fn size(&self, key: &str) -> Result<Option<u64>> {
        let of = |value: &Value| {
            let size = value.as_integer().and_then(|size| u64::try_from(size).ok());
            size.ok_or_else(|| self.wrong(key, value, "a number of bytes"))
        };
        self.value(key).map(of).transpose()
    }

    /// Empty where it is absent.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<&'a str>> {
        let of = |(at, item): (usize, &'a Value)| {
            item.as_str().ok_or_else(|| self.wrong(&format!("{key}[{at}]"), item, "text"))
        };
        self.list(key)?.iter().enumerate().map(of).collect()
    }

    /// Empty where it is absent.
    pub(super) fn tables(&self, key: &str) -> Result<Vec<Self>> {
        self.list(key)?.iter().enumerate().map(|(at, item)| self.below(&format!("{key}[{at}]"), item)).collect()
    }

    pub(super) fn table(&self, key: &str) -> Result<Option<Self>> {
        self.value(key).map(|value| self.below(key, value)).transpose()
    }

    /// `value`, which stands at `key`, as a table.
    pub(super) fn below(&self, key: &str, value: &'a Value) -> Result<Self> {
        let table = value.as_table().ok_or_else(|| self.wrong(key, value, "a table"))?;
        Ok(Self::new(self.lock, format!("`{key}` of {}", self.place), table))
    }

    /// # Errors
    /// A member that is not among `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<()> {
        match self.keys().find(|key| !known.contains(key)) {
            Some(key) => Err(self.error(&format!("the member `{key}`"))),
            None => Ok(()),
        }
    }

    pub(super) fn wrong(&self, key: &str, found: &Value, wanted: &str) -> Error {
        let found = match found {
            Value::String(_) => "text",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::Datetime(_) => "a time",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
        };
        not_understood(self.lock, &format!("`{key}` of {} is {found} instead of {wanted}", self.place))
    }

    fn list(&self, key: &str) -> Result<&'a [Value]> {
        let of = |value: &'a Value| value.as_array().ok_or_else(|| self.wrong(key, value, "a list"));
        Ok(self.value(key).map(of).transpose()?.map(Vec::as_slice).unwrap_or_default())
    }
}
