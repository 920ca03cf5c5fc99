//! The sandbox, checks, permissions, pipelines, and the program itself.

use super::super::Shape::{Any, Bool, Free, Int, List, Object, OneOf, Text, Texts, Variables};
use super::super::parts::{AGENT, CODE, FINDINGS};
use super::super::{maybe, member};
use super::Rows;
use crate::report::schemas as name;

pub(super) const ROWS: Rows = &[
    (
        name::SANDBOX_STATUS,
        Some(&[
            member("state", OneOf(&["running", "stopped", "absent"])),
            maybe("url", Text),
            maybe("pid", Int),
            maybe("account", Text),
            maybe("region", Text),
            maybe("port", Int),
            maybe("runner", Any),
            maybe("model", Text),
            maybe("dir", Text),
        ]),
    ),
    (name::SANDBOX_RUN, None),
    (name::SANDBOX_STOP, Some(&[member("stopped", Bool)])),
    (name::SANDBOX_ENV, Some(&[member("variables", Variables), member("unset", Texts)])),
    (name::SANDBOX_PAGE, Some(&[member("url", Text)])),
    (name::SANDBOX_RESET, Some(&[member("reset", Bool)])),
    (name::EXPLAIN, Some(CODE)),
    (name::EXPLAIN_LIST, Some(&[member("codes", List(CODE))])),
    (name::SCHEMA, Some(&[member("name", Text), member("jsonSchema", Free)])),
    (
        name::CHECK,
        Some(&[
            AGENT,
            member("builder", Text),
            member("platform", Text),
            maybe("python", Text),
            maybe("packages", OneOf(&["installed", "requirements", "unknown"])),
            maybe("filesRead", Int),
            member("errors", Int),
            member("warnings", Int),
            FINDINGS,
        ]),
    ),
    (
        name::DOCTOR,
        Some(&[
            member("version", Text),
            member("offline", Bool),
            maybe("agent", Text),
            member(
                "counts",
                Object(&[
                    member("ok", Int),
                    member("note", Int),
                    member("warning", Int),
                    member("problem", Int),
                    member("skipped", Int),
                ]),
            ),
            member(
                "findings",
                List(&[
                    member("id", Text),
                    member("status", OneOf(&["ok", "note", "warning", "problem", "skipped"])),
                    member("text", Text),
                    maybe("fix", Text),
                ]),
            ),
        ]),
    ),
    (
        name::CI_INIT,
        Some(&[
            member("system", OneOf(&["github", "gitlab"])),
            maybe("agent", Text),
            member("branch", Text),
            maybe("roleArn", Text),
            maybe("region", Text),
            member("folder", Text),
            member(
                "files",
                List(&[member("path", Text), member("action", OneOf(&["created", "updated", "unchanged", "kept"]))]),
            ),
            member("next", Texts),
        ]),
    ),
    (
        name::IAM_POLICY,
        Some(&[
            maybe("agent", Text),
            member("environments", Texts),
            member("account", Text),
            member("region", Text),
            member("for", Texts),
            member("policies", List(&[member("name", Text), member("document", Free)])),
            member("language", Text),
            member("text", Text),
        ]),
    ),
    (
        name::IAM_ROLE,
        Some(&[
            member("name", Text),
            member("arn", Text),
            member(
                "provider",
                Object(&[
                    member("arn", Text),
                    member("url", Text),
                    member("audience", Text),
                    member("subjects", Texts),
                ]),
            ),
            member("trust", Free),
            member("policies", Free),
            member("language", Text),
            member("text", Text),
        ]),
    ),
    (name::COMPLETIONS, Some(&[member("shell", Text), member("script", Text)])),
    (name::MAN, Some(&[member("pages", List(&[member("name", Text), maybe("file", Text), maybe("text", Text)]))])),
    (name::HELP, Some(&[member("text", Text), member("command", Free)])),
    (
        name::VERSION,
        Some(&[
            member("version", Text),
            maybe("commit", Text),
            member("target", Text),
            member("profile", Text),
            member("sdk", Variables),
        ]),
    ),
    (name::USAGE, None),
];
