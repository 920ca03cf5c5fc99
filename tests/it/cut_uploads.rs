//! The network is cut while an image is uploaded, at twenty different bytes, and stays away. The next run uploads what
//! has not arrived and nothing else, and what is in the registry then is the same to the last bit.
//!
//! The sandbox's registry is as ECR is, and of a blob that was cut nothing can be used again there. That an upload is
//! continued in the middle of a blob where a registry can do that, and what Debian's registry makes of it, is tested
//! beside the code.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use crate::support::{
    Account, Fault, Sandbox, Seen, Trouble, Watched, When, World, lacked, packages_available, python, watch,
};

const CUTS: usize = 20;
const LAUNCH: &[&str] = &["launch", "--builder", "native", "--no-wait", "-o", "json"];

/// Bytes that do not compress, the same in each run.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let step = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state ^ (state >> 29)).to_be_bytes()
    };
    std::iter::repeat_with(step).take(len / 8).flatten().collect()
}

/// A package of a megabyte, so that the image has a layer of dependencies.
fn write_wheel(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let file = std::fs::File::create(folder.join("noise-1.0-py3-none-any.whl")).unwrap();
    let mut wheel = zip::ZipWriter::new(file);
    let metadata = "Metadata-Version: 2.1\nName: noise\nVersion: 1.0\n";
    let about = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let names = ["noise/__init__.py", "noise/data", "noise-1.0.dist-info/METADATA", "noise-1.0.dist-info/WHEEL"];
    let record: String =
        names.iter().chain(&["noise-1.0.dist-info/RECORD"]).map(|name| format!("{name},,\n")).collect();
    let contents = [b"".to_vec(), noise(1 << 20, 1), metadata.into(), about.into()];
    for (name, bytes) in names.into_iter().zip(contents).chain([("noise-1.0.dist-info/RECORD", record.into_bytes())]) {
        wheel.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        wheel.write_all(&bytes).unwrap();
    }
    wheel.finish().unwrap();
}

/// A machine of its own with the project.
fn project(account: &Account, wheels: &Path, agent: &str) -> World {
    let mut world = World::new();
    for (name, value) in account.variables() {
        world.set(name, value);
    }
    world.set("PIP_NO_INDEX", "1");
    world.set("PIP_FIND_LINKS", wheels);
    world.set("AGENTCORE_CACHE_DIR", world.path("cache"));
    world.write("agent.py", "print('never started')\n").write("requirements.txt", "noise==1.0\n");
    // Large enough that the other layer, which travels beside it, is long there when this one ends.
    std::fs::write(world.project().join("model"), noise(12 << 19, 2)).unwrap();
    let args = ["configure", "-ni", "-e", "agent.py", "--name", agent, "-rf", "requirements.txt", "--offline"];
    world.agentcore(&args).args(&["--disable-otel", "--disable-memory"]).run().code(0);
    world
}

/// What another machine would have to install anew: the finished layers, and nothing that is known of the registry.
fn copy_layers(from: &World, to: &World) {
    let folder = to.path("cache/layers");
    std::fs::create_dir_all(&folder).unwrap();
    for item in std::fs::read_dir(from.path("cache/layers")).unwrap() {
        let item = item.unwrap();
        std::fs::copy(item.path(), folder.join(item.file_name())).unwrap();
    }
}

/// Bytes of the large blobs that were sent. The configuration goes with one PUT, each time.
fn sent(run: &Watched) -> usize {
    run.seen.iter().filter(|seen| seen.label == "PATCH upload").map(|seen| seen.body).sum()
}

/// Bytes of those that arrived: their uploads were ended.
fn arrived(run: &Watched) -> usize {
    let of = |label: &'static str| run.seen.iter().filter(move |seen| seen.label == label);
    let ended: BTreeSet<&str> = of("PUT upload").map(|seen: &Seen| seen.path.as_str()).collect();
    of("PATCH upload").filter(|seen| ended.contains(seen.path.as_str())).map(|seen| seen.body).sum()
}

#[test]
fn cut_upload_sends_only_what_is_missing() {
    if python().is_none() {
        return lacked("python", "there is no `python3` on PATH");
    }
    if !packages_available() {
        return;
    }
    let sandbox = Sandbox::start(World::new(), &["--runner", "process"]);
    let account = Account::of(&sandbox);
    let wheels = sandbox.path("wheels");
    write_wheel(&wheels);

    let first = project(&account, &wheels, "undisturbed");
    let undisturbed = watch(account.url(), first.agentcore(LAUNCH), None);
    assert_eq!(undisturbed.run.code, Some(0), "{}", undisturbed.run);
    let (total, image) = (sent(&undisturbed), account.images("bedrock-agentcore-undisturbed"));
    assert!(total > 7 << 20 && image.len() == 1, "{total} bytes in {image:?}");
    assert_eq!(arrived(&undisturbed), total);

    let case = |n: usize| {
        let agent = format!("cut{n}");
        let world = project(&account, &wheels, &agent);
        copy_layers(&first, &world);
        // The last one comes when all blobs are there: however busy the machine is, that leaves whole ones behind.
        let (when, label) = match n {
            CUTS => (When::BeforeForwarding, "PUT manifest"),
            n => (When::InBodies(n * total / CUTS), "PATCH upload"),
        };
        let fault = Fault { trouble: Trouble::Outage, when, label: label.to_owned(), nth: 1 };
        let cut = watch(account.url(), world.agentcore(LAUNCH), Some(&fault));
        assert!(cut.struck && !matches!(cut.run.code, Some(0) | None), "{fault}: {}", cut.run);
        let next = watch(account.url(), world.agentcore(LAUNCH), None);
        assert_eq!(next.run.code, Some(0), "{fault}: {}", next.run);
        assert_eq!(sent(&next), total - arrived(&cut), "{fault}: bytes sent by the next run");
        assert_eq!(account.images(&format!("bedrock-agentcore-{agent}")), image, "{fault}: another image");
        arrived(&cut)
    };
    // Most of a run is waiting for a network that does not come back.
    let kept: BTreeSet<usize> = std::thread::scope(|scope| {
        let case = &case;
        let cases: Vec<_> = (0..=CUTS).map(|n| scope.spawn(move || case(n))).collect();
        cases.into_iter().map(|case| case.join().unwrap()).collect()
    });
    assert!(kept.len() > 1, "no cut left a whole blob behind: {kept:?}");
}
