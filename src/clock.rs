//! The time of day, and the few forms in which it is written.

use time::OffsetDateTime;
use time::macros::format_description;

pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Seconds since 1970-01-01T00:00:00Z.
pub(crate) fn unix_now() -> i64 {
    now().unix_timestamp()
}

/// The time so many seconds after 1970-01-01T00:00:00Z; `None` where no date has a name for it.
pub(crate) fn of_unix(seconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

/// `2026-01-31T10:20:30.123Z`, the form the AgentCore control plane uses for runtimes and endpoints.
pub(crate) fn iso8601(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    time.format(format).unwrap_or_default()
}

/// `20260131-102030-123`, the image tag that the starter toolkit makes for each deployment.
pub(crate) fn image_tag(time: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]-[hour][minute][second]-[subsecond digits:3]");
    time.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_forms() {
        let at = time::macros::datetime!(2026-01-31 10:20:30.123 UTC);
        assert_eq!(iso8601(at), "2026-01-31T10:20:30.123Z");
        assert_eq!(image_tag(at), "20260131-102030-123");
    }
}
