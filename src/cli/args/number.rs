//! Numbers that flags take. A wrong one is answered in one way: what is counted, from where to where, and an example.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A year: more than any command waits, and little enough to be added to a time.
const MOST_SECONDS: u64 = 31_536_000;

/// A whole number within the range.
pub(super) fn number<T>(
    what: &'static str,
    range: RangeInclusive<T>,
    example: T,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| wanted(what, &range, &example))
    }
}

/// The same, where the command itself says what is wrong with a number out of the range.
pub(super) fn judged_later<T>(
    what: &'static str,
    range: RangeInclusive<T>,
    example: T,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + Display + Clone + Send + Sync + 'static,
{
    move |text| text.parse().map_err(|_| wanted(what, &range, &example))
}

fn wanted<T: Display>(what: &str, range: &RangeInclusive<T>, example: &T) -> String {
    format!("write {what} from {} to {}, such as {example}", range.start(), range.end())
}

/// How long something may take; 0 asks once.
pub(super) fn seconds() -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync + 'static {
    number("whole seconds", 0..=MOST_SECONDS, 600)
}

/// A port to be called on.
pub(super) fn port() -> impl Fn(&str) -> Result<u16, String> + Clone + Send + Sync + 'static {
    number("a port", 1..=u16::MAX, 8080)
}

/// A port to listen on; 0 is a free one.
pub(super) fn own_port() -> impl Fn(&str) -> Result<u16, String> + Clone + Send + Sync + 'static {
    number("a port", 0..=u16::MAX, 8080)
}

/// How many, or which one in a row.
pub(super) fn count(most: u32) -> impl Fn(&str) -> Result<u32, String> + Clone + Send + Sync + 'static {
    number("a whole number", 1..=most, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_numbers_are_told_the_range() {
        let parse = number("whole seconds", 60..=28_800_u32, 900);
        assert_eq!(parse("900"), Ok(900));
        for wrong in ["", "abc", "-5", "1.5", "10s", "59", "28801", "99999999999999999999"] {
            let told = parse(wrong).unwrap_err();
            assert_eq!(told, "write whole seconds from 60 to 28800, such as 900", "{wrong}");
        }
        assert_eq!(judged_later("a port", 8000..=12_000_u16, 9000)("80"), Ok(80));
        assert!(judged_later("a port", 8000..=12_000_u16, 9000)("99999").unwrap_err().contains("8000 to 12000"));
    }
}
