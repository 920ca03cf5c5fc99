//! Licences as packages state them, as SPDX expressions where that needs no guess.

use spdx::expression::ExpressionReq;
use spdx::identifiers::{EXCEPTIONS, LICENSES};
use spdx::{AdditionItem, Expression, LicenseItem};

/// Words that mean one licence and no other.
const WORDS: &[(&str, &str)] = &[
    ("apache", "Apache-2.0"),
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache license 2.0", "Apache-2.0"),
    ("apache license version 2.0", "Apache-2.0"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("apache software license", "Apache-2.0"),
    ("apache software license 2.0", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("bsd 2-clause", "BSD-2-Clause"),
    ("bsd 3-clause", "BSD-3-Clause"),
    ("bsd-2", "BSD-2-Clause"),
    ("bsd-3", "BSD-3-Clause"),
    ("3-clause bsd license", "BSD-3-Clause"),
    ("bsd 3-clause license", "BSD-3-Clause"),
    ("modified bsd license", "BSD-3-Clause"),
    ("new bsd", "BSD-3-Clause"),
    ("new bsd license", "BSD-3-Clause"),
    ("isc license", "ISC"),
    ("isc license (iscl)", "ISC"),
    ("mit license", "MIT"),
    ("the mit license", "MIT"),
    ("the mit license (mit)", "MIT"),
    ("mit license (mit)", "MIT"),
    ("mit no attribution license (mit-0)", "MIT-0"),
    ("mozilla public license 2.0 (mpl 2.0)", "MPL-2.0"),
    ("mpl 2.0", "MPL-2.0"),
    ("mpl-2", "MPL-2.0"),
    ("psf", "PSF-2.0"),
    ("psf license", "PSF-2.0"),
    ("python software foundation license", "PSF-2.0"),
    ("the unlicense (unlicense)", "Unlicense"),
    ("unlicense", "Unlicense"),
    ("zope public license", "ZPL-2.1"),
    ("zpl 2.1", "ZPL-2.1"),
];

/// An expression of SPDX; `None` when the words have no certain meaning. An expression with an identifier that is not, or
/// no longer, on SPDX's list is quoted as the package states it, because readers refuse identifiers that they do not know.
pub(super) fn expression(words: &str) -> Option<String> {
    let plain = words.trim().to_lowercase();
    if let Some((_, id)) = WORDS.iter().find(|(known, _)| *known == plain) {
        return Some((*id).to_owned());
    }
    let spaced = words.replace('(', " ( ").replace(')', " ) ");
    let spelled = spaced.split_whitespace().map(spelled).collect::<Vec<_>>().join(" ");
    let parsed = Expression::parse(&spelled).ok()?;
    parsed.requirements().all(is_listed).then(|| spelled.replace("( ", "(").replace(" )", ")"))
}

/// An operator or identifier in SPDX's own spelling, which packages do not always keep to.
fn spelled(word: &str) -> &str {
    let names = LICENSES.iter().map(|licence| licence.name).chain(EXCEPTIONS.iter().map(|exception| exception.name));
    ["AND", "OR", "WITH"].into_iter().chain(names).find(|name| name.eq_ignore_ascii_case(word)).unwrap_or(word)
}

/// A `LicenseRef-` stands for a text that the document would have to quote.
fn is_listed(requirement: &ExpressionReq) -> bool {
    // The list has the word for "unknown", which CycloneDX does not take for a licence.
    matches!(requirement.req.license, LicenseItem::Spdx { id, .. } if id.name != "NOASSERTION")
        && matches!(requirement.req.addition, None | Some(AdditionItem::Spdx(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unambiguous_licences_are_stated() {
        for (words, expected) in [
            ("MIT", Some("MIT")),
            ("mit", Some("MIT")),
            ("noassertion", None),
            ("MIT AND NOASSERTION", None),
            ("MIT License", Some("MIT")),
            ("Apache-2.0 AND (MIT OR BSD-3-Clause)", Some("Apache-2.0 AND (MIT OR BSD-3-Clause)")),
            ("Apache-2.0 WITH LLVM-exception", Some("Apache-2.0 WITH LLVM-exception")),
            ("Apache Software License", Some("Apache-2.0")),
            ("BSD License", None),
            ("Dual License", None),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT BSD-2-Clause", None),
            ("MIT WITH MIT", None),
            ("mit or apache-2.0", Some("MIT OR Apache-2.0")),
            ("(MIT)", Some("(MIT)")),
            ("Elastic-2.0", Some("Elastic-2.0")),
            ("GPL-2.0", None),
            ("LicenseRef-Proprietary", None),
            ("MIT AND LicenseRef-Proprietary", None),
            ("MIT WITH AdditionRef-Mine", None),
            ("SEE LICENSE IN x", None),
            ("", None),
        ] {
            assert_eq!(expression(words).as_deref(), expected, "{words:?}");
        }
    }
}
