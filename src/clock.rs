//! The time of day, and the few forms in which it is written.

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, TimeZone};
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

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) fn unix_millis() -> i64 {
    i64::try_from(now().unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970 as this machine's time of day: `11-30 16:05:01.123`.
pub(crate) fn local_time(millis: i64) -> String {
    let time = Local.timestamp_millis_opt(millis).single();
    time.map(|time| time.format("%m-%d %H:%M:%S%.3f").to_string()).unwrap_or_default()
}

/// Milliseconds since 1970 as this machine's time of day, to the second: `11-30 16:05:01`.
pub(crate) fn local_second(millis: i64) -> String {
    let time = Local.timestamp_millis_opt(millis).single();
    time.map(|time| time.format("%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

/// A moment as people type it, in milliseconds since 1970: so long ago (`30s`, `10m`, `2h`, `7d`), or a time in ISO 8601, which is
/// this machine's where it names no zone.
pub(crate) fn moment(text: &str, now: i64) -> Option<i64> {
    if let Some((at, unit)) = text.char_indices().next_back().filter(|(at, _)| *at > 0)
        && let Ok(count) = text[..at].parse::<u32>()
        && let Some(seconds) =
            [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)].into_iter().find(|(known, _)| *known == unit)
    {
        return Some(now - i64::from(count) * seconds.1 * 1000);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let naive = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let naive = naive.or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    Local.from_local_datetime(&naive).earliest().map(|time| time.timestamp_millis())
}

/// Seconds since 1970 of a `Date` header (RFC 9110): `Tue, 15 Nov 1994 08:12:31 GMT`.
pub(crate) fn of_http(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp())
}

/// Seconds since 1970 of a time in ISO 8601 with its zone: `2026-11-30T16:00:00Z`.
pub(crate) fn of_iso(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_ages_or_times() {
        let now = 1_800_000_000_000;
        for (text, found) in [
            ("30s", Some(now - 30_000)),
            ("10m", Some(now - 600_000)),
            ("2h", Some(now - 7_200_000)),
            ("7d", Some(now - 604_800_000)),
            ("2026-11-30T16:00:00Z", Some(1_796_054_400_000)),
            ("2026-11-30T17:00:00.500+01:00", Some(1_796_054_400_500)),
            ("m", None),
            ("-5m", None),
            ("10 minutes", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(moment(text, now), found, "{text}");
        }
        let day = moment("2026-11-30", now).unwrap();
        assert_eq!(moment("2026-11-30T00:01", now).unwrap() - day, 60_000);
        assert_eq!(moment("2026-11-30 00:00:01.25", now).unwrap() - day, 1250);
    }

    #[test]
    fn headers_and_variables_are_read() {
        assert_eq!(of_http("Tue, 15 Nov 1994 08:12:31 GMT"), Some(784_887_151));
        assert_eq!(of_http("yesterday"), None);
        assert_eq!(of_iso("1994-11-15T08:12:31Z"), Some(784_887_151));
    }

    #[test]
    fn written_forms() {
        let at = time::macros::datetime!(2026-01-31 10:20:30.123 UTC);
        assert_eq!(iso8601(at), "2026-01-31T10:20:30.123Z");
        assert_eq!(image_tag(at), "20260131-102030-123");
    }
}
