//! Colours by role, hyperlinks, and the escaping of text for a terminal.
//!
//! Owns: the one table of colours, the decisions whether a stream gets any and whether it gets links, the escaping of
//! control characters, display width. Does not own: layout (`text`).

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::env::Env;
use crate::report::{Link, Role};

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ColorChoice {
    /// Colour on terminals, unless `NO_COLOR` is set or `TERM` is `dumb`; anywhere with `CLICOLOR_FORCE`.
    #[default]
    Auto,
    Always,
    Never,
}

impl ColorChoice {
    /// Whether a stream gets colour. What was typed wins over variables, and `NO_COLOR` over `CLICOLOR_FORCE`.
    pub(super) fn decide(self, env: &Env, terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto if env.var("NO_COLOR").is_some() => false,
            Self::Auto if env.flag("CLICOLOR_FORCE") => true,
            Self::Auto => terminal && !is_dumb(env),
        }
    }
}

/// Whether the terminal shows text and nothing else: no colours, no moves of the cursor.
pub(super) fn is_dumb(env: &Env) -> bool {
    env.var("TERM") == Some("dumb")
}

/// Whether the locale's character set is UTF-8: the first of the variables that is set decides. Windows has no such variables,
/// and its terminals take UTF-8.
pub(super) fn is_unicode(env: &Env) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| env.var(name));
    let has_utf8 = |locale: &str| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    locale.map_or(cfg!(windows), has_utf8)
}

/// The table. Everything must read well without it.
const fn style(role: Role) -> Style {
    match role {
        Role::Plain => Style::new(),
        Role::Heading | Role::Key => Style::new().bold(),
        Role::Good => AnsiColor::Green.on_default(),
        Role::Bad => AnsiColor::Red.on_default().bold(),
        Role::Attention => AnsiColor::Yellow.on_default().bold(),
        Role::Dim => Style::new().dimmed(),
        Role::Code => AnsiColor::Cyan.on_default(),
    }
}

/// Whether the terminal that a stream goes to has hyperlinks. `FORCE_HYPERLINK` decides for one that is not in the table: 0 is no,
/// anything else yes. Source of the table: that of the crate `supports-hyperlinks`.
pub(super) fn has_hyperlinks(env: &Env, terminal: bool) -> bool {
    if !terminal || is_dumb(env) || env.var("NO_COLOR").is_some() {
        return false;
    }
    if let Some(forced) = env.var("FORCE_HYPERLINK") {
        return forced.trim() != "0";
    }
    let is_one_of = |name: &str, known: &[&str]| env.var(name).is_some_and(|value| known.contains(&value));
    ["DOMTERM", "WT_SESSION", "KONSOLE_VERSION"].iter().any(|name| env.var(name).is_some())
        || env.var("VTE_VERSION").and_then(|version| version.parse().ok()).is_some_and(|version: u32| version >= 5000)
        || is_one_of("TERM_PROGRAM", &["Hyper", "iTerm.app", "terminology", "WezTerm", "vscode", "ghostty", "zed"])
        || is_one_of("TERM", &["xterm-kitty", "xterm-ghostty", "alacritty", "alacritty-direct"])
        || is_one_of("COLORTERM", &["xfce4-terminal"])
}

/// Puts colours and links around text, or does not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Painter<'a> {
    pub(super) color: bool,
    /// None where the terminal has no hyperlinks.
    pub(super) links: &'a [Link],
}

impl Painter<'_> {
    /// `text` in the colour of `role`, with the link that it has. It must be escaped already.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let style = style(role);
        let painted = match !self.color || text.is_empty() || style == Style::new() {
            true => text.to_owned(),
            false => format!("{style}{text}{style:#}"),
        };
        // A control character in the address would end it, and the terminal would obey what follows.
        let link = self.links.iter().find(|link| link.text == text && !link.url.contains(is_deceptive));
        match link {
            // OSC 8, ended by ST.
            Some(link) => format!("\x1b]8;;{}\x1b\\{painted}\x1b]8;;\x1b\\", link.url),
            None => painted,
        }
    }
}

/// Replaces control characters, and the marks that reverse the direction of text, by visible escapes: a remote message
/// must not move the cursor, recolour the screen or hide what it says. Tabs stay; line breaks stay with `lines`.
pub(super) fn printable(text: &str, lines: bool) -> Cow<'_, str> {
    let harmful = |c: char| match c {
        '\t' => false,
        '\n' => !lines,
        c => is_deceptive(c),
    };
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let text = if lines { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !harmful(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if u32::from(c) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    Cow::Owned(out)
}

/// Whether a terminal obeys the character instead of showing it: controls, and the marks of writing direction.
pub(super) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

/// CI systems carry out what a line of output says: GitHub Actions one that begins with `::`, or has `##[` in it, Azure
/// Pipelines one with `##vso[`. A remote message must not; nor may it by a line break of its own.
pub(super) fn without_commands(text: &str) -> Cow<'_, str> {
    let begins = |line: &str| line.trim_start().starts_with("::");
    let marked = ["##[", "##vso["];
    if !text.split(['\n', '\r']).any(begins) && !marked.iter().any(|mark| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(['\n', '\r']).map(|line| match line.find("::") {
        Some(at) if begins(line) => format!("{}\\x3a{}", &line[..at], &line[at + 1..]),
        _ => line.to_owned(),
    });
    let text = lines.collect::<String>();
    Cow::Owned(marked.iter().fold(text, |text, mark| text.replace(mark, &format!("\\x23{}", &mark[1..]))))
}

/// Columns that `text` takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    dialoguer::console::measure_text_width(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn who_decides_about_colour() {
        use ColorChoice::{Always, Auto, Never};
        type Case = (ColorChoice, &'static [(&'static str, &'static str)], bool, bool);
        let cases: [Case; 10] = [
            (Auto, &[], true, true),
            (Auto, &[], false, false),
            (Auto, &[("NO_COLOR", "1")], true, false),
            (Auto, &[("NO_COLOR", "")], true, true),
            (Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (Auto, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true, false),
            (Auto, &[("TERM", "dumb")], true, false),
            (Always, &[("NO_COLOR", "1")], false, true),
            (Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ];
        for (choice, vars, terminal, expected) in cases {
            assert_eq!(choice.decide(&Env::fake(Path::new("/"), vars), terminal), expected, "{choice:?} {vars:?}");
        }
    }

    #[test]
    fn first_locale_variable_decides() {
        type Case = (&'static [(&'static str, &'static str)], bool);
        let cases: [Case; 5] = [
            (&[("LANG", "de_DE.UTF-8")], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LANG", "C.UTF-8"), ("LC_ALL", "C")], false),
            (&[("LANG", "C"), ("LC_CTYPE", "en_US.UTF-8")], true),
            (&[("LANG", "en_US.ISO-8859-1")], false),
        ];
        for (vars, expected) in cases {
            assert_eq!(is_unicode(&Env::fake(Path::new("/"), vars)), expected, "{vars:?}");
        }
    }

    #[test]
    fn control_characters_become_visible() {
        let cases = [
            ("plain 한국어 \t x", true, "plain 한국어 \t x"),
            ("a\nb", true, "a\nb"),
            ("a\nb", false, "a\\nb"),
            ("a\r\nb", true, "a\nb"),
            ("a\rb", true, "a\\rb"),
            ("\x1b[31mred\x1b[0m", true, "\\x1b[31mred\\x1b[0m"),
            ("\x07\x7f\u{9b}31m", true, "\\x07\\x7f\\x9b31m"),
            ("a\u{202e}b", true, "a\\u{202e}b"),
        ];
        for (text, lines, expected) in cases {
            assert_eq!(printable(text, lines), expected);
        }
    }

    #[test]
    fn output_lines_never_become_ci_commands() {
        let cases = [
            ("plain :: text\nhttp://[::1]/\n", "plain :: text\nhttp://[::1]/\n"),
            ("::error::x", "\\x3a:error::x"),
            ("a\n  ::set-output name=x::y\nb", "a\n  \\x3a:set-output name=x::y\nb"),
            ("a\r::stop-commands::t", "a\r\\x3a:stop-commands::t"),
            ("a\n\u{a0}\t::add-mask::x\n", "a\n\u{a0}\t\\x3a:add-mask::x\n"),
            ("x ##vso[task.setvariable variable=A]b", "x \\x23#vso[task.setvariable variable=A]b"),
            ("x ##[warning]y", "x \\x23#[warning]y"),
        ];
        for (text, expected) in cases {
            assert_eq!(without_commands(text), expected);
        }
    }

    #[test]
    fn painting_adds_nothing_without_colour() {
        assert_eq!(Painter::default().paint(Role::Bad, "x"), "x");
        assert_eq!(Painter { color: true, ..Painter::default() }.paint(Role::Plain, "x"), "x");
        let painted = Painter { color: true, ..Painter::default() }.paint(Role::Good, "x");
        assert!(painted.starts_with("\x1b[") && painted.contains('x') && painted.ends_with("\x1b[0m"));
        assert_eq!(width(&painted), 1);
        assert_eq!(width("한국"), 4);
    }

    #[test]
    fn which_terminals_have_hyperlinks() {
        type Case = (&'static [(&'static str, &'static str)], bool);
        let cases: [Case; 14] = [
            (&[("TERM", "xterm-256color")], false),
            (&[("TERM", "xterm-kitty")], true),
            (&[("TERM_PROGRAM", "vscode")], true),
            (&[("TERM_PROGRAM", "Apple_Terminal")], false),
            (&[("VTE_VERSION", "4999")], false),
            (&[("VTE_VERSION", "6800")], true),
            (&[("WT_SESSION", "x")], true),
            (&[("KONSOLE_VERSION", "230804")], true),
            (&[("COLORTERM", "truecolor")], false),
            (&[("WT_SESSION", "x"), ("FORCE_HYPERLINK", "0")], false),
            (&[("FORCE_HYPERLINK", "1")], true),
            (&[("FORCE_HYPERLINK", "1"), ("NO_COLOR", "1")], false),
            (&[("FORCE_HYPERLINK", "1"), ("TERM", "dumb")], false),
            (&[("WT_SESSION", "x"), ("NO_COLOR", "1")], false),
        ];
        for (vars, expected) in cases {
            let env = Env::fake(Path::new("/"), vars);
            assert_eq!(has_hyperlinks(&env, true), expected, "{vars:?}");
            assert!(!has_hyperlinks(&env, false), "off a terminal: {vars:?}");
        }
    }

    #[test]
    fn a_link_takes_no_columns() {
        let link = |text: &str, url: &str| Link { text: text.into(), url: url.into() };
        let links = [link("logs", "https://a.example/x"), link("evil", "https://a.example/\x1b\\\x1b[2J")];
        let painter = Painter { color: false, links: &links };
        let linked = painter.paint(Role::Plain, "logs");
        assert_eq!(linked, "\x1b]8;;https://a.example/x\x1b\\logs\x1b]8;;\x1b\\");
        assert_eq!(painter.paint(Role::Plain, "logs of it"), "logs of it", "a part of a text is none");
        assert_eq!(painter.paint(Role::Plain, "evil"), "evil");
    }
}
