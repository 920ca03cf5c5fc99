//! The arguments of `agentcore logs`.

use clap::builder::{NonEmptyStringValueParser, PossibleValue};
use clap::{Args, ValueEnum};

use super::number::count;
use crate::ops::logs::{Level, MOST_LINES};

/// How far back, unless a flag says otherwise.
pub(crate) const DEFAULT_SINCE: &str = "10m";

// `ops` knows nothing of the command line.
impl ValueEnum for Level {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    agentcore logs --since 1h --level warn\n  \
    agentcore logs -f\n  \
    agentcore logs --session 9b2f0c1e-5d3a-4c7b-8e6f-0a1b2c3d4e5f -n 50\n  \
    agentcore logs -f --ndjson | jq .message")]
pub(crate) struct LogsArgs {
    /// Agent, instead of the default one
    #[arg(long, short, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// ID or ARN of the agent's runtime; needs no configuration [default: the configured agent's]
    #[arg(long, visible_alias = "arn", value_name = "ID")]
    pub(crate) agent_id: Option<String>,
    /// Endpoint whose log is read [default: DEFAULT]
    #[arg(long, value_name = "NAME")]
    pub(crate) endpoint: Option<String>,
    /// Follow the log until Ctrl-C or `--timeout`
    #[arg(long, short)]
    pub(crate) follow: bool,
    #[arg(long, value_name = "TIME", help = format!(
        "Start of the period: an age (30s, 10m, 2h, 7d) or a time in ISO 8601 [default: {DEFAULT_SINCE}]"
    ))]
    pub(crate) since: Option<String>,
    /// End of the period, in the same forms [default: now]
    #[arg(long, value_name = "TIME", conflicts_with = "follow")]
    pub(crate) until: Option<String>,
    /// Only lines of this session [default: all]
    #[arg(long, short, visible_alias = "session-id", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) session: Option<String>,
    /// Only lines that name this request [default: all]
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) request: Option<String>,
    /// Only lines of this level or worse; lines without a level are left out [default: all]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) level: Option<Level>,
    /// Only lines that match this regular expression [default: all]
    #[arg(long, value_name = "PATTERN")]
    pub(crate) grep: Option<String>,
    #[arg(long, short = 'n', value_name = "N", allow_negative_numbers = true, value_parser = count(MOST_LINES as u32), help = format!(
        "Only the newest N lines [default: all, but {MOST_LINES} with `-o json`]"
    ))]
    pub(crate) limit: Option<u32>,
    /// A JSON object for each line, as it arrives; `-o ndjson` adds the name of its schema and a last line with the
    /// outcome
    #[arg(long)]
    pub(crate) ndjson: bool,
}
