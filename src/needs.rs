//! For tests that use programs or services that not every machine has. Such a test prints what it lacks and passes, or
//! fails where `AGENTCORE_REQUIRE` names it (as `.ci/run` does).

use crate::env::Env;
use crate::process;

/// Whether every program of `programs` is on `PATH`; `what` is the word in `AGENTCORE_REQUIRE`.
///
/// # Panics
/// When something is missing that the environment requires.
pub(crate) fn met(what: &str, programs: &[&str]) -> bool {
    let env = Env::capture();
    let missing: Vec<&str> = programs.iter().copied().filter(|name| process::find(&env, name).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    lacked(what, &format!("{} is not on PATH", missing.join(", ")));
    false
}

/// Adds what says how package indexes are reached from this machine: children see no more than is in their `Env`.
pub(crate) fn reaching_indexes(env: Env) -> Env {
    const STARTS: [&str; 4] = ["PIP_", "UV_", "SSL_CERT_", "NODE_EXTRA_CA_"];
    let captured = Env::capture();
    let named = |name: &str| {
        STARTS.iter().any(|start| name.starts_with(start)) || name.to_ascii_uppercase().ends_with("_PROXY")
    };
    captured.vars().filter(|(name, _)| named(name)).fold(env, |env, (name, value)| match value.to_str() {
        Some(value) if env.var(name).is_none() => env.with_var(name, value),
        _ => env,
    })
}

/// Says that a test checked nothing.
///
/// # Panics
/// When the environment requires what was lacking.
pub(crate) fn lacked(what: &str, why: &str) {
    assert!(!required(what), "AGENTCORE_REQUIRE names {what}, and {why}");
    println!("LACKED {what}: {why}, so this test checked nothing");
}

/// Whether the environment asks for tests of this kind, which are left out otherwise because they want the machine for
/// themselves.
pub(crate) fn asked_for(what: &str) -> bool {
    let asked = required(what);
    if !asked {
        println!("LACKED {what}: not named in AGENTCORE_REQUIRE, so this test checked nothing");
    }
    asked
}

fn required(what: &str) -> bool {
    Env::capture().var("AGENTCORE_REQUIRE").is_some_and(|list| list.split(',').any(|word| word.trim() == what))
}
