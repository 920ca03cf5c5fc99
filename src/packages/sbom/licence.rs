//! Licences as packages state them, as SPDX expressions where that needs no guess.

/// Identifiers of SPDX that packages use. An expression with another one is quoted as the package states it, because
/// readers refuse identifiers that they do not know.
const KNOWN: &[&str] = &[
    "0BSD",
    "AFL-2.1",
    "AFL-3.0",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-Clause-LBNL",
    "BSD-4-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CDDL-1.0",
    "CECILL-2.1",
    "CNRI-Python",
    "ECL-2.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.2",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "HPND",
    "ICU",
    "IJG",
    "ISC",
    "JSON",
    "LGPL-2.0-or-later",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "LPPL-1.3c",
    "Libpng",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-1.1",
    "MPL-2.0",
    "MS-PL",
    "MulanPSL-2.0",
    "NCSA",
    "OFL-1.1",
    "OLDAP-2.8",
    "OSL-3.0",
    "OpenSSL",
    "PHP-3.01",
    "PSF-2.0",
    "PostgreSQL",
    "Python-2.0",
    "Python-2.0.1",
    "QPL-1.0",
    "Ruby",
    "SISSL",
    "TCL",
    "UPL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Vim",
    "W3C",
    "WTFPL",
    "X11",
    "ZPL-2.1",
    "Zlib",
    "bzip2-1.0.6",
    "curl",
    "libtiff",
    "zlib-acknowledgement",
];
const EXCEPTIONS: &[&str] = &[
    "Autoconf-exception-3.0",
    "Bison-exception-2.2",
    "Classpath-exception-2.0",
    "GCC-exception-2.0",
    "GCC-exception-3.1",
    "LLVM-exception",
    "OpenSSL-exception",
];

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

/// An expression of SPDX; `None` when the words have no certain meaning.
pub(super) fn expression(words: &str) -> Option<String> {
    let plain = words.trim().to_lowercase();
    if let Some((_, id)) = WORDS.iter().find(|(known, _)| *known == plain) {
        return Some((*id).to_owned());
    }
    let spaced = words.replace('(', " ( ").replace(')', " ) ");
    let mut out = String::new();
    let mut depth = 0_i32;
    let mut wants_licence = true;
    let mut after_with = false;
    for word in spaced.split_whitespace() {
        let good = match word {
            "(" => {
                depth += 1;
                wants_licence
            }
            ")" => {
                depth -= 1;
                !wants_licence && depth >= 0
            }
            "AND" | "OR" | "WITH" => {
                let good = !wants_licence;
                (wants_licence, after_with) = (true, word == "WITH");
                good
            }
            id => {
                let list = if after_with { EXCEPTIONS } else { KNOWN };
                let found = list.iter().find(|known| known.eq_ignore_ascii_case(id));
                let good = wants_licence && found.is_some();
                (wants_licence, after_with) = (false, false);
                out += &format!("{} ", found.unwrap_or(&""));
                if !good {
                    return None;
                }
                continue;
            }
        };
        if !good {
            return None;
        }
        out += &format!("{word} ");
    }
    (!wants_licence && depth == 0).then(|| out.replace("( ", "(").replace(" )", ")").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_is_said_and_the_rest_is_not() {
        for (words, expected) in [
            ("MIT", Some("MIT")),
            ("mit", Some("MIT")),
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
            ("SEE LICENSE IN x", None),
            ("", None),
        ] {
            assert_eq!(expression(words).as_deref(), expected, "{words:?}");
        }
    }
}
