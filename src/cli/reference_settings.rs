//! `docs/runtime-settings.md`: its tables are made of `facts::runtime`, and its text is kept.

use super::reference::compare;
use crate::facts::runtime::{Limit, MEMBERS, Operations, RuntimeMember, SETTINGS, TextLimit};
use crate::sandbox::authorizer_members;

const PAGE: &str = include_str!("../../docs/runtime-settings.md");

/// The page with what is between the two marks of `name` replaced.
fn with(page: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = page.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}\n{table}\n{end}{after}")
}

fn code(text: &str) -> String {
    if text.is_empty() || text.contains('`') { text.to_owned() } else { format!("`{text}`") }
}

fn operations(member: &RuntimeMember) -> String {
    let Operations { create, update, get } = member.operations;
    let names = [(create, "create"), (update, "update"), (get, "get")];
    names.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

fn limit(limit: Limit) -> String {
    match limit {
        Limit::Text(text) => text_limit(text),
        Limit::OneOf(all) => all.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", "),
        Limit::Integer(low, high) if low == i64::from(i32::MIN) && high == i64::from(i32::MAX) => {
            "a whole number".to_owned()
        }
        Limit::Integer(low, high) => format!("{low} to {high}"),
        Limit::Boolean => "true or false".to_owned(),
        Limit::List(low, high) => format!("{low} to {high} items"),
        Limit::Map(most, key, value) => {
            format!("at most {most} entries; key: {}; value: {}", text_limit(key), text_limit(value))
        }
        Limit::Structure => String::new(),
        Limit::Union => "exactly one member".to_owned(),
    }
}

fn text_limit(text: TextLimit) -> String {
    let length = match (text.min, text.max) {
        (0, usize::MAX) => None,
        (min, max) => Some(format!("{min} to {max} characters")),
    };
    // A bar would end the cell.
    let pattern = text.pattern.map(|pattern| format!("`{}`", pattern.replace('|', "\\|")));
    length.into_iter().chain(pattern).collect::<Vec<_>>().join(", ")
}

fn settings_table() -> String {
    let mut table = String::from(
        "| Setting | Key below the agent | Flag of `configure` | In plans | Set by | Limit | A change |\n|---|---|---|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let member = MEMBERS.iter().find(|member| member.path == setting.member).unwrap();
        let (path, key, flag) = (code(setting.member), code(setting.key), code(setting.flag));
        let (name, by, limit) = (code(setting.name), operations(member), limit(member.limit));
        table += &format!("| {path} | {key} | {flag} | {name} | {by} | {limit} | {} |\n", setting.effect);
    }
    table
}

fn members_table() -> String {
    let mut table = String::from("| Member | Set by | Limit |\n|---|---|---|\n");
    for member in MEMBERS {
        let required = if member.required { " (required)" } else { "" };
        table += &format!("| `{}`{required} | {} | {} |\n", member.path, operations(member), limit(member.limit));
        if member.path == "authorizerConfiguration" {
            for path in authorizer_members() {
                table += &format!("| `{path}` | {} | |\n", operations(member));
            }
        }
    }
    table
}

#[test]
fn the_settings_are_those_of_this_program() {
    let page = with(PAGE, "settings", &settings_table());
    compare("docs/runtime-settings.md", &with(&page, "members", &members_table()));
}
