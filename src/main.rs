//! The binary: everything happens in the library, and only this file decides the exit status.

use std::process::ExitCode;

fn main() -> ExitCode {
    agentcore::run()
}
