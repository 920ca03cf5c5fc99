//! The file name of a wheel, which holds its platform tags.

use std::collections::BTreeSet;

use crate::platform::Platform;

use super::line::normalize;

/// Which machines a wheel is for, from its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WheelName<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    python: &'a str,
    abi: &'a str,
    platform: &'a str,
}

impl<'a> WheelName<'a> {
    pub(super) fn parse(file: &'a str) -> Option<Self> {
        let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
        let (name, version, tags) = match parts.as_slice() {
            [name, version, tags @ ..] if tags.len() == 3 => (name, version, tags),
            [name, version, _build, tags @ ..] if tags.len() == 3 => (name, version, tags),
            _ => return None,
        };
        let [python, abi, platform] = tags else { return None };
        Some(Self { name, version, python, abi, platform })
    }

    /// Whether it runs on `python` (`3.12`) of the target. A wheel that was built here for "Linux" is bound to this
    /// machine's C library, so it is taken for the same kind of machine only.
    pub(super) fn fits(&self, python: &str, target: &Platform, host: &Platform) -> bool {
        let digits = python.replace('.', "");
        let interpreters = ["py3".to_owned(), format!("py{digits}"), format!("cp{digits}")];
        let any_python = self.python.split('.').any(|tag| interpreters.iter().any(|own| own == tag));
        let stable = self.abi == "abi3" && self.python.starts_with("cp3");
        let of_platform = self.platform == "any" || target == host;
        let of_abi = match self.abi {
            "none" => any_python,
            "abi3" => stable,
            abi => any_python && abi == format!("cp{digits}"),
        };
        of_abi && of_platform
    }

    /// Whether it is published for this Python on this kind of machine, whatever else it needs there.
    pub(super) fn is_for(&self, python: &str, target: &Platform) -> bool {
        let machine = if target.architecture == "arm64" { "aarch64" } else { "x86_64" };
        let of_machine = self
            .platform
            .split('.')
            .any(|tag| tag == "any" || (tag.ends_with(machine) && tag.contains("linux") && !tag.starts_with("musl")));
        of_machine && self.fits(python, target, target)
    }

    /// Whether both name the same file. Tags for several platforms come in any order, and names in any spelling.
    pub(super) fn is_same_file(&self, other: &WheelName<'_>) -> bool {
        let sorted = |tags: &str| tags.split('.').map(str::to_owned).collect::<BTreeSet<_>>();
        let all = |name: &WheelName<'_>| [name.python, name.abi, name.platform].map(sorted);
        normalize(self.name) == normalize(other.name) && self.version == other.version && all(self) == all(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_wheels_are_for_one_kind_of_machine() {
        let is_for = |file: &str| WheelName::parse(file).unwrap().is_for("3.12", &Platform::arm64());
        for file in [
            "a-1-py3-none-any.whl",
            "a-1-cp312-cp312-manylinux_2_28_aarch64.whl",
            "a-1-cp39-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl",
        ] {
            assert!(is_for(file), "{file}");
        }
        for file in [
            "a-1-cp312-cp312-manylinux_2_28_x86_64.whl",
            "a-1-cp311-cp311-manylinux_2_28_aarch64.whl",
            "a-1-cp312-cp312-musllinux_1_2_aarch64.whl",
            "a-1-cp312-cp312-macosx_11_0_arm64.whl",
        ] {
            assert!(!is_for(file), "{file}");
        }
    }

    #[test]
    fn wheels_for_another_machine_are_not_taken() {
        let (arm, amd): (Platform, Platform) = (Platform::arm64(), "linux/amd64".parse().unwrap());
        let fits =
            |file: &str, target: &Platform, host: &Platform| WheelName::parse(file).unwrap().fits("3.12", target, host);
        for file in
            ["a-1-py3-none-any.whl", "a-1-py2.py3-none-any.whl", "a-1-2-py312-none-any.whl", "a-1-cp312-none-any.whl"]
        {
            assert!(fits(file, &arm, &amd), "{file}");
        }
        for file in ["a-1-py2-none-any.whl", "a-1-cp311-none-any.whl", "a-1-cp312-cp312-linux_x86_64.whl"] {
            assert!(!fits(file, &arm, &amd), "{file}");
        }
        for file in ["a-1-cp312-cp312-linux_aarch64.whl", "a-1-cp39-abi3-linux_aarch64.whl"] {
            assert!(fits(file, &arm, &arm) && !fits(file, &arm, &amd), "{file}");
        }
        assert!(!fits("a-1-cp311-cp311-linux_aarch64.whl", &arm, &arm));
        assert_eq!(WheelName::parse("a-1.tar.gz"), None);
    }

    #[test]
    fn the_same_file_by_another_spelling() {
        let name = |file| WheelName::parse(file).unwrap();
        let one = name("Foo_Bar-1.2-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl");
        assert!(one.is_same_file(&name("foo_bar-1.2-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.whl")));
        assert!(!one.is_same_file(&name("foo_bar-1.3-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.whl")));
        assert!(!one.is_same_file(&name("foo_bar-1.2-cp312-cp312-manylinux2014_aarch64.whl")));
    }
}
