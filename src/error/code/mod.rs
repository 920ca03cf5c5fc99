//! Every code of this program's errors, once: `docs/errors.md` and `agentcore explain` are made from this table.
//!
//! Owns: the text of each code, which scripts compare and which therefore never changes, its meaning, the exit statuses
//! it comes with, and what to do. Does not own: the codes of AWS, which errors carry as the service gives them.

use super::Kind;

/// What the table says about a code.
struct Row {
    text: &'static str,
    section: &'static str,
    kinds: &'static [Kind],
    meaning: &'static str,
    remedy: &'static str,
}

/// `Variant = "text" [kinds] "meaning" "what to do";` by section. A text that ends with `*` stands for a family of
/// codes whose end something else decides, such as the state of a runtime.
macro_rules! codes {
    ($($section:literal {
        $($variant:ident = $text:literal [$($kind:ident),+] $meaning:literal $remedy:literal;)+
    })+) => {
        /// A code that an error of this program can have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(clippy::enum_variant_names, reason = "a variant is its text in camel case, and one text ends in `code`")]
        pub(crate) enum Code {
            $($($variant,)+)+
        }

        impl Code {
            /// In the order of the table.
            pub(crate) const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            const fn row(self) -> &'static Row {
                match self {
                    $($(Self::$variant => &Row {
                        text: $text,
                        section: $section,
                        kinds: &[$(Kind::$kind),+],
                        meaning: $meaning,
                        remedy: $remedy,
                    },)+)+
                }
            }
        }
    };
}

/// Calls each macro of rows with those of the ones before it, and `codes` with all of them: one enum out of several files.
macro_rules! chain {
    (; $($rows:tt)*) => { codes! { $($rows)* } };
    ($first:ident $($next:ident)*; $($rows:tt)*) => { $first! { $($next)*; $($rows)* } };
}

#[macro_use]
mod input;
#[macro_use]
mod artifact;
#[macro_use]
mod aws;
#[macro_use]
mod auth;
#[macro_use]
mod service;

chain! { input_codes artifact_codes aws_codes auth_codes service_codes; }

impl Code {
    /// As it stands in `error.code`; of a family with `*` for its end.
    pub(crate) const fn text(self) -> &'static str {
        self.row().text
    }

    /// The heading under which the table has it.
    pub(crate) const fn section(self) -> &'static str {
        self.row().section
    }

    /// One sentence.
    pub(crate) const fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// The next step, as a sentence.
    pub(crate) const fn remedy(self) -> &'static str {
        self.row().remedy
    }

    /// The exit statuses of errors with this code, without 9, which takes their place once a part of the work is done.
    pub(crate) fn exit_codes(self) -> Vec<u8> {
        let mut codes: Vec<u8> = self.row().kinds.iter().map(|kind| kind.exit_code()).collect();
        codes.sort_unstable();
        codes
    }

    pub(super) fn comes_with(self, kind: Kind) -> bool {
        self.row().kinds.contains(&kind)
    }

    /// The begin of every code of a family.
    pub(super) fn stem(self) -> Option<&'static str> {
        self.text().strip_suffix('*')
    }

    /// The row of a code as an error has it: its own, else that of its family.
    pub(crate) fn find(text: &str) -> Option<Self> {
        let own = Self::ALL.iter().find(|code| code.text() == text);
        let family = || Self::ALL.iter().find(|code| code.stem().is_some_and(|stem| text.starts_with(stem)));
        own.or_else(family).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_told_once_and_is_stable() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            let text = code.text();
            assert!(seen.insert(text), "`{text}` has two rows");
            let stem = code.stem().unwrap_or(text);
            assert!(stem.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b)), "{text}");
        }
    }

    #[test]
    fn each_row_is_written_in_sentences() {
        for code in Code::ALL {
            for sentence in [code.meaning(), code.remedy()] {
                assert!(sentence.ends_with('.') && !sentence.contains('|'), "{}: {sentence}", code.text());
            }
        }
    }

    #[test]
    fn a_row_goes_before_its_family() {
        assert_eq!(Code::find("token.invalid-client"), Some(Code::TokenInvalidClient));
        assert_eq!(Code::find("token.login-required"), Some(Code::TokenRefused));
        assert_eq!(Code::find("runtime.create-failed"), Some(Code::RuntimeFailed));
        assert_eq!(Code::find("ValidationException"), None);
    }
}
