//! The README as a stranger follows it: the agent that it shows, and its commands in their order, in one project.

use std::path::Path;

use crate::blocks::{run_script, shell_blocks};
use crate::support::{Sandbox, World, lacked, packages_available, python, repository};

/// The exit status of each call of the program: configure, the sandbox's shell, then what is typed in it; on AWS the plan, the
/// pool, the authorizer, the launch, the refused call and the one that is answered; then the clean-up.
const ENDS: &[i32] = &[0, 0, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0];

#[test]
fn readme_leads_to_a_running_agent() {
    if python().is_none() || !packages_available() {
        return;
    }
    if !Path::new("/bin/bash").exists() {
        return lacked("bash", "there is no /bin/bash");
    }
    let text = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let agent = text.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(agent.lines().count() <= 15, "the agent has {} lines", agent.lines().count());
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    sandbox.write("agent.py", agent);
    let typed: Vec<String> = shell_blocks(&text)
        .into_iter()
        .map(|(commands, _)| commands)
        .filter(|commands| commands.contains("\nagentcore ") || commands.starts_with("agentcore "))
        .collect();
    let (calls, output) = run_script(&sandbox, "readme", &typed.join("\n"));
    let ended: Vec<i32> = calls.iter().map(|call| call.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(ended, ENDS, "{}\n{output}", calls.join("\n"));
    // The stand-in for a model repeats what the agent's tool said.
    assert_eq!(output.matches("sunny in Seoul").count(), 2, "{output}");
}
