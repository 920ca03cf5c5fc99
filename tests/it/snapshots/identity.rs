//! Identity: set-up, verification and clean-up, tokens, credential providers, workload identities.

use super::Transcript;
use crate::support::{Sandbox, World};

#[test]
fn set_up_from_plan_to_end() {
    let sandbox = Sandbox::start(World::new(), &[]);
    let mut shown = named(&sandbox);
    let run = |words: &str| sandbox.agentcore(&words.split(' ').collect::<Vec<_>>());
    shown.both("Nothing is set up, and a token is asked for.", 2, run("identity token"));
    shown.both("Nothing is set up, and it is verified.", 5, run("identity verify"));
    shown.outcome("A user.", 0, run("identity setup-cognito --pool-name people").run());
    shown.both("The same again.", 0, run("identity setup-cognito --pool-name people"));
    shown.both("One pool less.", 2, run("identity setup-cognito --inbound-only --pool-name people"));
    shown.outcome("A machine.", 0, run("identity setup-cognito --auth-flow m2m --pool-name machines").run());
    shown.both("Both are verified.", 0, run("identity verify"));
    let wrong = || run("identity token --no-cache --password-file wrong.txt");
    sandbox.write("wrong.txt", "Wrong-password-1");
    shown.both("A wrong password.", 4, wrong());
    shown.both("A user that is not there.", 4, wrong().args(&["-u", "nobody"]));
    shown.both("What would be deleted.", 6, run("identity cleanup --dry-run"));
    shown.once("Nobody to ask.", 2, run("identity cleanup").run());
    shown.outcome("All is deleted.", 0, run("identity cleanup --force").run());
    shown.both("Nothing is left to delete.", 0, run("identity cleanup --force"));
    let machines = "identity setup-cognito --inbound-only --auth-flow m2m --pool-name callers";
    shown.both("A flag of people for machines alone.", 2, run(&format!("{machines} --username alice")));
    shown.outcome("Only the pool whose tokens callers bring.", 0, run(machines).run());
    shown.both("It is verified.", 0, run("identity verify"));
    shown.check("identity-set-up");
}

#[test]
fn providers_and_workload_identities() {
    let mut world = World::new();
    world.set("WEATHER_KEY", "canary-1");
    let sandbox = Sandbox::start(world, &[]);
    let mut shown = named(&sandbox);
    let run = |words: &str| sandbox.agentcore(&words.split(' ').collect::<Vec<_>>());
    let create = "identity create-credential-provider --name weather --type api-key --api-key-env WEATHER_KEY";
    shown.once("An API key.", 0, run(create).run());
    shown.both("The same again.", 0, run(create));
    shown.both(
        "A variable that is not set.",
        2,
        run("identity create-credential-provider --name b --type api-key --api-key-env NOPE"),
    );
    shown.both("A type that is none.", 2, run("identity create-credential-provider --name b --type slak"));
    shown.both("All of them.", 0, run("identity list-credential-providers"));
    shown.both("One of them.", 0, run("identity get-credential-provider --name weather"));
    shown.both("One that is not there.", 5, run("identity get-credential-provider --name wether"));
    shown.once("Nobody to ask.", 2, run("identity delete-credential-provider --name weather").run());
    shown.once("It is deleted.", 0, run("identity delete-credential-provider --name weather --force").run());
    shown.both("None is left.", 0, run("identity list-credential-providers"));
    shown.once("A workload identity.", 0, run("identity create-workload-identity --name courier").run());
    shown.once(
        "Where it may return to.",
        0,
        run("identity update-workload-identity --name courier --set-return-urls https://courier.example/").run(),
    );
    shown.both("All of them.", 0, run("identity list-workload-identities"));
    shown.both("One of them.", 0, run("identity get-workload-identity --name courier"));
    shown.both("One that is not there.", 5, run("identity get-workload-identity --name currier"));
    shown.once("It is deleted.", 0, run("identity delete-workload-identity --name courier --force").run());
    shown.check("identity-resources");
}

fn named(world: &World) -> Transcript {
    let mut shown = Transcript::of(world);
    shown.name(r"\b[a-z0-9]{26}\b", "client0123456789abcdefghij");
    shown.name("((?:people|machines|callers)-(?:identity-)?)[0-9a-f]{10}", "${1}0123456789");
    shown.name("(apikey/weather-)[A-Za-z0-9]{6}", "${1}Ab12Cd");
    shown
}
