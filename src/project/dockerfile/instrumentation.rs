//! The step of a generated Dockerfile that puts OpenTelemetry on top of an agent's packages.
//!
//! Owns: its commands. They come to what the native builder does (`packages::python`): what the agent asks for is
//! installed already and stays as it is.

/// The range of the retired toolkit.
const DISTRO: &str = "\"aws-opentelemetry-distro>=0.18,<1\"";
/// Where it goes when the agent's packages do not fit.
const APART: &str = "/opt/opentelemetry";
/// Packages of one release, which use each other's internals.
const CORE: &str = "opentelemetry-sdk opentelemetry-instrumentation opentelemetry-distro \
                    opentelemetry-exporter-otlp-proto-grpc opentelemetry-exporter-otlp-proto-http";
/// What a start behind it imports.
const STARTED: &str = "import opentelemetry.instrumentation.auto_instrumentation, \
                       amazon.opentelemetry.distro.aws_opentelemetry_distro, \
                       amazon.opentelemetry.distro.aws_opentelemetry_configurator";

/// Commands for a shell. Nothing that fails in them fails the build: an agent without OpenTelemetry is better than none.
pub(super) fn steps() -> Vec<String> {
    // Searched last, so that the agent's own versions are found first.
    let apart = format!(
        "{{ python -m pip install --target {APART} {DISTRO} && \
         {{ ! grep -q '^opentelemetry-' /tmp/packages.txt || python -m pip install -c /tmp/packages.txt {CORE}; }} && \
         python -c \"import site; print('{APART}', file=open(site.getsitepackages()[0] + '/opentelemetry.pth', 'w'))\" && \
         {{ command -v opentelemetry-instrument || ln -s {APART}/bin/opentelemetry-instrument \"$bin\"; }} && \
         {{ echo 'OpenTelemetry runs with the versions of the agent. What its packages ask for besides:'; \
         python -m pip check || true; }}; }}"
    );
    let without = "{ echo 'OpenTelemetry does not work with these packages, so the agent starts without it' && \
                   printf '#!/bin/sh\\nexec \"$@\"\\n' > \"$bin/opentelemetry-instrument\" && \
                   chmod 755 \"$bin/opentelemetry-instrument\"; }";
    vec![
        "bin=\"$(dirname \"$(command -v python)\")\"".to_owned(),
        "python -m pip list --format=freeze > /tmp/packages.txt".to_owned(),
        format!("{{ python -m pip install -c /tmp/packages.txt {DISTRO} || {apart} || true; }}"),
        // Before anything is imported, which would write byte code with times in it.
        super::byte_code(&format!(" {APART}")),
        format!("{{ python -c '{STARTED}' || {without}; }}"),
        "rm /tmp/packages.txt".to_owned(),
    ]
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::process::Child;

    /// Runs the steps with a Python that logs its arguments, and fails where they contain one of these.
    async fn run(fails: &[&str], packages: &str) -> (Vec<String>, Option<String>) {
        let dir = tempfile::tempdir().unwrap();
        let refuse: String = fails.iter().map(|part| format!("case \"$*\" in *\"{part}\"*) exit 1;; esac\n")).collect();
        let log = dir.path().join("log");
        let script = format!(
            "#!/bin/sh\necho \"$*\" >> {}\n[ \"$3\" = list ] && printf '{packages}'\n{refuse}exit 0\n",
            log.display()
        );
        crate::image::write_script(&dir.path().join("python"), &script).await;
        let path = format!("{}:/usr/bin:/bin", dir.path().display());
        let all = steps().join(" && ").replace("/tmp/packages.txt", dir.path().join("list").to_str().unwrap());
        Child::bare("sh").args(["-c", &all]).var("PATH", path).check().await.unwrap();
        let log = std::fs::read_to_string(log).unwrap();
        let instrument = std::fs::read_link(dir.path().join("opentelemetry-instrument"));
        let instrument = instrument.map(|target| target.display().to_string());
        let instrument = instrument.or_else(|_| std::fs::read_to_string(dir.path().join("opentelemetry-instrument")));
        (log.lines().map(str::to_owned).collect(), instrument.ok())
    }

    #[tokio::test]
    async fn the_agents_packages_stay_and_the_rest_follows() {
        let (calls, _) = run(&[], "pyyaml==6.0.3\\n").await;
        assert!(calls.iter().any(|call| call.contains("install -c") && call.contains("distro>=0.18,<1")), "{calls:?}");
        assert!(!calls.iter().any(|call| call.contains("--target") || call.contains("pip check")), "{calls:?}");
        let at = |part: &str| calls.iter().position(|call| call.contains(part)).unwrap();
        assert!(
            at("install -c") < at("unchecked-hash") && at("unchecked-hash") < at("import opentelemetry"),
            "{calls:?}"
        );

        // They do not fit: a folder of its own, and nothing of the agent's is installed again.
        let (calls, instrument) = run(&["-c"], "pyyaml==6.0.1\\n").await;
        assert!(calls.iter().any(|call| call.contains("--target /opt/opentelemetry")), "{calls:?}");
        assert!(!calls.iter().any(|call| call.contains("opentelemetry-sdk")), "{calls:?}");
        // Python's own `-c` was refused as well, so nothing says that it starts.
        assert_eq!(instrument.as_deref(), Some("#!/bin/sh\nexec \"$@\"\n"));

        let (calls, instrument) = run(&["list aws"], "opentelemetry-api==1.45\\n").await;
        assert!(
            calls.iter().any(|call| call.contains("install -c") && call.contains("opentelemetry-sdk")),
            "{calls:?}"
        );
        assert_eq!(instrument.as_deref(), Some("/opt/opentelemetry/bin/opentelemetry-instrument"));
        assert!(calls.iter().any(|call| call.contains("pip check")), "what differs is named: {calls:?}");
    }

    #[tokio::test]
    async fn broken_instrumentation_is_replaced_by_a_plain_start() {
        let (_, instrument) = run(&["import opentelemetry.instrumentation"], "").await;
        assert_eq!(instrument.as_deref(), Some("#!/bin/sh\nexec \"$@\"\n"));
        let (_, instrument) = run(&["pip install", "import opentelemetry"], "").await;
        assert_eq!(instrument.as_deref(), Some("#!/bin/sh\nexec \"$@\"\n"));
    }
}
