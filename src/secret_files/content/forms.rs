//! The prefixes of secrets, and the names of settings that hold one.
//!
//! Owns: the table. Prefixes and lengths are those that their makers publish. Plain hexadecimal or base64 counts only
//! after a setting name that identifies it.

use super::Hit;
use super::values::{self, Value, is_alnum, is_base64, is_hex, is_random, is_upper_alnum, is_word, run};

/// The beginning of a secret, and what has to follow.
pub(super) struct SecretForm {
    pub(super) start: &'static str,
    pub(super) begins: Begins,
    what: &'static str,
    rest: Rest,
}

/// Where a form counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// At the beginning of a word.
    Word,
    Anywhere,
    /// Anywhere and in any case: the words of a setting's name, with any sign or none between them.
    Name,
}

#[derive(Clone, Copy)]
enum Rest {
    /// This many characters of a sort at least, and enough different ones.
    Run(fn(u8) -> bool, usize),
    /// Exactly that many.
    Exactly(fn(u8) -> bool, usize),
    /// A value of a setting.
    Value(fn(&Value<'_>) -> bool),
    Own(fn(&Hit<'_>) -> bool),
    /// The same, and which of several kinds it is.
    Told(fn(&[u8]) -> Option<&'static str>),
}

impl SecretForm {
    pub(super) fn check(&self, hit: &Hit<'_>) -> Option<&'static str> {
        let found = match self.rest {
            Rest::Run(is, least) => {
                let value = run(hit.rest, is);
                value.len() >= least && is_random(value)
            }
            Rest::Exactly(is, length) => {
                let value = run(hit.rest, is);
                value.len() == length && hit.rest.get(length).is_none_or(|byte| !is_word(*byte)) && is_random(value)
            }
            Rest::Value(is) => values::of_setting(hit).is_some_and(|value| is(&value)),
            Rest::Own(is) => is(hit),
            Rest::Told(check) => return check(hit.rest),
        };
        found.then_some(self.what)
    }

    /// What is searched for.
    pub(super) fn spellings(&self) -> Vec<String> {
        if self.begins != Begins::Name || !self.start.contains(' ') {
            return vec![self.start.to_owned()];
        }
        ["_", "-", ".", " ", ""].map(|between| self.start.replace(' ', between)).into()
    }
}

const fn run_of(start: &'static str, what: &'static str, is: fn(u8) -> bool, least: usize) -> SecretForm {
    SecretForm { start, begins: Begins::Word, what, rest: Rest::Run(is, least) }
}

const fn exactly(start: &'static str, what: &'static str, is: fn(u8) -> bool, length: usize) -> SecretForm {
    SecretForm { start, begins: Begins::Word, what, rest: Rest::Exactly(is, length) }
}

const fn own(start: &'static str, what: &'static str, is: fn(&Hit<'_>) -> bool) -> SecretForm {
    SecretForm { start, begins: Begins::Word, what, rest: Rest::Own(is) }
}

const fn within(start: &'static str, what: &'static str, is: fn(&Hit<'_>) -> bool) -> SecretForm {
    SecretForm { start, begins: Begins::Anywhere, what, rest: Rest::Own(is) }
}

const fn setting(name: &'static str, what: &'static str, is: fn(&Value<'_>) -> bool) -> SecretForm {
    SecretForm { start: name, begins: Begins::Name, what, rest: Rest::Value(is) }
}

const fn name(name: &'static str, what: &'static str, is: fn(&Hit<'_>) -> bool) -> SecretForm {
    SecretForm { start: name, begins: Begins::Name, what, rest: Rest::Own(is) }
}

pub(super) const FORMS: &[SecretForm] = &[
    within("-----BEGIN ", "a private key", values::private_key),
    own("LS0tLS1CRUdJTi", "a private key", values::encoded_private_key),
    own("PuTTY-User-Key-File-", "a private key", values::putty_key),
    run_of("AGE-SECRET-KEY-1", "a private key", is_alnum, 40),
    // DER in base64 without the lines around it.
    own("MII", "a private key", values::encoded_der),
    own("MIG", "a private key", values::encoded_der),
    exactly("MC4CAQAwBQYDK2VwBCIEI", "a private key", is_base64, 43),
    SecretForm {
        start: "\"d\"",
        begins: Begins::Anywhere,
        what: "a private key",
        rest: Rest::Value(values::private_jwk),
    },
    // In a text that is itself a value of JSON.
    SecretForm {
        start: "\"d\\\"",
        begins: Begins::Anywhere,
        what: "a private key",
        rest: Rest::Value(values::private_jwk),
    },
    setting("private key", "a private key", values::raw_key),
    setting("preshared key", "a private key", values::raw_key),
    own("eyJ", "a JSON Web Token", values::jwt),
    // Clouds
    exactly("AKIA", "an AWS access key", is_upper_alnum, 16),
    exactly("ASIA", "an AWS access key", is_upper_alnum, 16),
    // The same in base64, as Kubernetes has it.
    own("QUtJQ", "an AWS access key", values::encoded_access_key),
    own("QVNJQ", "an AWS access key", values::encoded_access_key),
    setting("secret access key", "an AWS secret key", values::aws_secret),
    setting("secret key", "a secret key", values::aws_secret),
    setting("session token", "a session token", values::session_token),
    run_of("ABSK", "an Amazon Bedrock API key", is_base64, 100),
    run_of("bedrock-api-key-", "an Amazon Bedrock API key", is_base64, 80),
    exactly("AIza", "a Google API key", is_word, 35),
    run_of("GOCSPX-", "a Google client secret", is_word, 24),
    run_of("ya29.", "a Google access token", is_word, 40),
    run_of("1//0", "a Google refresh token", is_word, 40),
    run_of("AccountKey=", "an Azure storage key", is_base64, 80),
    setting("sharedaccesskey", "an Azure access key", values::shared_access_key),
    within("sig=", "an Azure signature", values::signed_address),
    within("Q~", "an Azure client secret", values::entra_secret),
    run_of("dop_v1_", "a DigitalOcean token", is_alnum, 60),
    run_of("dapi", "a Databricks token", is_hex, 32),
    own("hvs.", "a Vault token", values::vault_token),
    own("hvb.", "a Vault token", values::vault_token),
    within(".atlasv1.", "a Terraform Cloud token", values::terraform_token),
    // Models
    SecretForm { start: "sk-", begins: Begins::Word, what: "", rest: Rest::Told(values::sk_key) },
    run_of("hf_", "a Hugging Face token", is_alnum, 30),
    run_of("gsk_", "a Groq API key", is_alnum, 40),
    run_of("xai-", "an xAI API key", is_alnum, 60),
    run_of("pplx-", "a Perplexity API key", is_alnum, 40),
    run_of("nvapi-", "an NVIDIA API key", is_word, 50),
    run_of("r8_", "a Replicate token", is_alnum, 36),
    run_of("tvly-", "a Tavily API key", is_word, 24),
    run_of("lsv2_pt_", "a LangSmith API key", is_word, 36),
    run_of("lsv2_sk_", "a LangSmith API key", is_word, 36),
    run_of("csk-", "a Cerebras API key", is_alnum, 40),
    run_of("pcsk_", "a Pinecone API key", is_word, 60),
    own("pa-", "a Voyage API key", |hit| values::is_mixed(hit.rest, 43)),
    own("fw_", "a Fireworks API key", |hit| values::is_mixed(hit.rest, 24)),
    exactly("e2b_", "an E2B API key", is_hex, 40),
    exactly("fc-", "a Firecrawl API key", is_hex, 32),
    name("api key", "an API key", |hit| values::api_key(hit, &API_KEYS)),
    name("openai key", "an API key", |hit| values::api_key(hit, &["azure"])),
    // Code and packages
    run_of("ghp_", "a GitHub token", is_alnum, 36),
    run_of("gho_", "a GitHub token", is_alnum, 36),
    run_of("ghu_", "a GitHub token", is_alnum, 36),
    run_of("ghs_", "a GitHub token", is_alnum, 36),
    run_of("ghr_", "a GitHub token", is_alnum, 36),
    run_of("github_pat_", "a GitHub token", is_word, 60),
    run_of("glpat-", "a GitLab token", is_word, 20),
    run_of("gldt-", "a GitLab token", is_word, 20),
    run_of("glrt-", "a GitLab token", is_word, 20),
    run_of("glptt-", "a GitLab token", is_word, 20),
    run_of("glcbt-", "a GitLab token", is_word, 20),
    run_of("npm_", "an npm token", is_alnum, 36),
    run_of("pypi-AgE", "a PyPI token", is_word, 50),
    run_of("dckr_pat_", "a Docker token", is_word, 24),
    within("\"auth\"", "a registry's login", values::registry_login),
    within("\"auth\\\"", "a registry's login", values::registry_login),
    // `{"auths":` in base64, as Kubernetes has it.
    run_of("eyJhdXRocyI6", "a registry's login", is_base64, 40),
    run_of("AKCp", "a JFrog API key", is_alnum, 60),
    // `reftkn:` in base64.
    run_of("cmVmdGtuOj", "a JFrog token", is_base64, 40),
    name("index url", "a password in a URL", values::url_password),
    name("find links", "a password in a URL", values::url_password),
    name("kind", "a Kubernetes Secret", values::kubernetes_secret),
    // Services
    run_of("xoxb-", "a Slack token", is_word, 20),
    run_of("xoxp-", "a Slack token", is_word, 20),
    run_of("xoxa-", "a Slack token", is_word, 20),
    run_of("xoxr-", "a Slack token", is_word, 20),
    run_of("xoxs-", "a Slack token", is_word, 20),
    own("xapp-", "a Slack token", values::slack_app),
    run_of("hooks.slack.com/services/T", "a Slack webhook", is_base64, 30),
    run_of("sk_live_", "a Stripe key", is_alnum, 16),
    run_of("rk_live_", "a Stripe key", is_alnum, 16),
    run_of("sk_test_", "a Stripe key", is_alnum, 16),
    run_of("rk_test_", "a Stripe key", is_alnum, 16),
    run_of("whsec_", "a Stripe webhook secret", is_base64, 24),
    own("SG.", "a SendGrid API key", values::sendgrid),
    run_of("shpat_", "a Shopify token", is_hex, 32),
    setting("client secret", "a client secret", values::client_secret),
    name("auth token", "a Twilio token", |hit| values::api_key(hit, &["twilio"])),
    within(":AA", "a Telegram token", values::telegram_token),
    // The first two digits of a user's number, in base64.
    own("MT", "a Discord token", values::discord_token),
    own("Mj", "a Discord token", values::discord_token),
    own("Mz", "a Discord token", values::discord_token),
    own("ND", "a Discord token", values::discord_token),
    own("NT", "a Discord token", values::discord_token),
    own("Nj", "a Discord token", values::discord_token),
    own("Nz", "a Discord token", values::discord_token),
    own("OD", "a Discord token", values::discord_token),
    own("OT", "a Discord token", values::discord_token),
    run_of("ntn_", "a Notion token", is_alnum, 40),
    exactly("secret_", "a Notion token", is_alnum, 43),
    exactly("lin_api_", "a Linear API key", is_alnum, 40),
    run_of("lin_oauth_", "a Linear token", is_hex, 64),
    own("pat", "an access token", values::personal_token),
    run_of("figd_", "a Figma token", is_word, 40),
    run_of("ATATT3", "an Atlassian token", values::is_word_or_equals, 100),
    run_of("ATCTT3", "an Atlassian token", values::is_word_or_equals, 100),
    exactly("ATBB", "a Bitbucket password", is_alnum, 32),
    run_of("glsa_", "a Grafana token", is_word, 41),
    run_of("glc_eyJ", "a Grafana token", is_base64, 32),
    exactly("NRAK-", "a New Relic API key", is_upper_alnum, 27),
    exactly("sbp_", "a Supabase token", is_hex, 40),
    run_of("sb_secret_", "a Supabase key", is_word, 20),
    run_of("PMAK-", "a Postman API key", is_word, 59),
    run_of("sntrys_", "a Sentry token", values::is_base64_or_line, 60),
    exactly("sntryu_", "a Sentry token", is_hex, 64),
    own("dp.", "a Doppler token", values::doppler_token),
    run_of("sq0atp-", "a Square token", is_word, 22),
    run_of("sq0csp-", "a Square secret", is_word, 43),
];

/// Whose API keys have no form of their own: the words before `API_KEY`.
const API_KEYS: [&str; 18] = [
    "azureopenai",
    "azure",
    "assemblyai",
    "brave",
    "co",
    "cohere",
    "datadog",
    "dd",
    "deepgram",
    "deepinfra",
    "elevenlabs",
    "exa",
    "mailgun",
    "mistral",
    "qdrant",
    "serpapi",
    "together",
    "weaviate",
];
