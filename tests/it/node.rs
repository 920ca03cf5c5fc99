//! Agents in TypeScript and JavaScript on a machine with Node.js and no container engine: from source to an answer.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::{Account, Run, Sandbox, World, repository, watch};

/// The contract, without a package: GET /ping, POST /invocations.
const SERVER: &str = r#"
function serve(answer) {
  require('node:http').createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const text = request.url === '/ping' ? '{"status":"Healthy"}' : JSON.stringify(answer(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  }).listen(8080);
}
"#;

const TSCONFIG: &str = r#"{"compilerOptions":{"target":"es2022","module":"commonjs","types":[],"strict":true,"rootDir":"src","outDir":"dist"},"include":["src"]}"#;
const PACKAGE: &str = r#"{"name":"agent","version":"1.0.0","private":true,"scripts":{"build":"tsc"},"devDependencies":{"typescript":"5.9.3"}}"#;

/// An agent of one file that needs no types of Node's.
fn typescript(answer: &str) -> String {
    format!(
        "declare const require: (name: string) => any;\n{}\nserve((payload: {{ name: string }}): string => {answer});\n",
        SERVER
            .replace("(answer)", "(answer: (payload: any) => unknown)")
            .replace("(request, response)", "(request: any, response: any)")
    )
}

/// A sandbox without an engine, with Node.js.
fn sandbox() -> Option<Sandbox> {
    World::with_node().map(|world| Sandbox::start(world, &["--runner", "process"]))
}

fn configure(world: &World, entrypoint: &str, name: &str) {
    world.agentcore(&["configure", "-ni", "-e", entrypoint, "-n", name]).run().code(0);
}

fn invoke(world: &World, name: &str, payload: &str) -> Run {
    world.agentcore(&["invoke", "-a", name, payload]).run()
}

fn digest(world: &World, name: &str) -> String {
    let built = world.agentcore(&["build", "-a", name, "-o", "json"]).run().code(0).data();
    built["digest"].as_str().unwrap().to_owned()
}

/// Deploys, and gives the paths in the image's own layers with their bytes, as the sandbox's registry got them.
fn deployed(sandbox: &Sandbox, name: &str, args: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let launch = sandbox.agentcore(&["launch", "-a", name, "-o", "json"]).args(args).run().code(0).data();
    let image = launch["runtime"]["image"].as_str().unwrap().rsplit('@').next().unwrap().replace(':', "-");
    let mut found = BTreeMap::new();
    for layer in std::fs::read_dir(find(Path::new(sandbox.dir()), &image).join("layers")).unwrap() {
        let bytes = flate2::read::GzDecoder::new(std::fs::File::open(layer.unwrap().path()).unwrap());
        for entry in tar::Archive::new(bytes).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_string_lossy().trim_end_matches('/').to_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

/// The folder of this name in the sandbox's state.
fn find(dir: &Path, name: &str) -> PathBuf {
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        if dir.join(name).is_dir() {
            return dir.join(name);
        }
        // Folders of agents that end meanwhile go away.
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        open.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    panic!("the sandbox has no `{name}`");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn typescript_example_answers_and_relaunch_changes_nothing() {
    let Some(sandbox) = sandbox() else { return };
    let example = repository().join("examples/typescript");
    for name in ["package.json", "package-lock.json", "tsconfig.json"] {
        std::fs::copy(example.join(name), sandbox.project().join(name)).unwrap();
    }
    copy(&example.join("src"), &sandbox.project().join("src"));
    configure(&sandbox, "src/index.ts", "ts");
    let before = sandbox.tree();
    let first = sandbox.agentcore(&["launch", "-o", "json"]).run().code(0).data();
    // Built in a copy: of the project, only the record of what was made has changed.
    let project = sandbox.project();
    let changed: Vec<_> = sandbox
        .tree()
        .into_iter()
        .filter(|(path, content)| path.starts_with(&project) && before.get(path) != Some(content))
        .map(|(path, _)| path.strip_prefix(&project).unwrap().to_owned())
        .collect();
    assert_eq!(changed, [Path::new(".bedrock_agentcore.yaml")]);

    for prompt in ["How is the weather now?", "지금 날씨 어때요?"] {
        let answer = invoke(&sandbox, "ts", &format!(r#"{{"prompt":"{prompt}"}}"#)).code(0);
        assert_eq!(answer.stdout_text(), format!(r#"{{"answer":"You said: {prompt}"}}"#));
    }
    let streamed = invoke(&sandbox, "ts", r#"{"prompt":"one two","stream":true}"#).code(0).stdout_text();
    let events: Vec<&str> = streamed.lines().filter(|line| line.contains("text")).collect();
    assert_eq!(events.len(), 4, "a piece for each word of `You said: one two`:\n{streamed}");
    invoke(&sandbox, "ts", r#"{"other":1}"#).code(8);

    let account = Account::of(&sandbox);
    let watched = watch(account.url(), sandbox.agentcore(&["launch", "-o", "json"]), None);
    assert!(!watched.seen.iter().any(|seen| seen.mutates()), "{:?}", watched.seen);
    let again = watched.run.code(0).data();
    assert_eq!((&again["changes"], &again["runtime"]["image"]), (&0.into(), &first["runtime"]["image"]));

    // One line changed: the packages are neither installed nor sent again.
    let text = sandbox.read("src/answer.ts").replace("You said", "You wrote");
    sandbox.write("src/answer.ts", &text);
    let launch = sandbox.agentcore(&["launch"]).run().code(0);
    let said = launch.stderr_text();
    assert!(said.contains("the lock is the same"), "{said}");
    let answer = invoke(&sandbox, "ts", r#"{"prompt":"hi"}"#).code(0);
    assert_eq!(answer.stdout_text(), r#"{"answer":"You wrote: hi"}"#);
}

#[test]
fn example_lock_names_only_the_npm_registry() {
    let text = std::fs::read_to_string(repository().join("examples/typescript/package-lock.json")).unwrap();
    let lock: Value = serde_json::from_str(&text).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    assert!(packages.len() > 10);
    for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        let from = package["resolved"].as_str().unwrap();
        assert!(from.starts_with("https://registry.npmjs.org/"), "{path}: {from}");
        assert!(package["integrity"].as_str().unwrap().starts_with("sha512-"), "{path}");
    }
}

#[test]
fn plain_javascript_runs_with_its_packages() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.write("agent.cjs", &format!("const ms = require('ms');{SERVER}serve(({{ text }}) => ms(text));"));
    sandbox.write("package.json", r#"{"dependencies":{"ms":"2.1.3"},"devDependencies":{"typescript":"5.9.3"}}"#);
    sandbox.npm(".", &["install", "--package-lock-only"]);
    configure(&sandbox, "agent.cjs", "js");
    let paths: Vec<String> = deployed(&sandbox, "js", &[]).into_keys().collect();
    let packages: Vec<&str> =
        paths.iter().filter_map(|path| path.strip_prefix("app/node_modules/")?.split('/').next()).collect();
    assert!(!packages.is_empty() && packages.iter().all(|name| *name == "ms"), "{packages:?}");
    assert_eq!(invoke(&sandbox, "js", r#"{"text":"2 days"}"#).code(0).stdout_text(), "172800000");
}

#[test]
fn typescript_without_output_folder_compiles_in_a_copy() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.write("index.ts", &typescript("`Hello ${payload.name}`")).write("package.json", PACKAGE);
    sandbox.write("tsconfig.json", r#"{"compilerOptions":{"target":"es2022","module":"commonjs","types":[]}}"#);
    configure(&sandbox, "index.ts", "flat");
    let run = sandbox.agentcore(&["launch"]).run().code(0);
    assert!(!sandbox.project().join("index.js").exists(), "compiled into the project\n{run}");
    assert_eq!(invoke(&sandbox, "flat", r#"{"name":"Ada"}"#).code(0).stdout_text(), r#""Hello Ada""#);
}

#[test]
fn compile_error_is_quoted_from_the_compiler() {
    let Some(world) = World::with_node() else { return };
    world.write("src/index.ts", "export const port: number = 'eighty';\n").write("package.json", PACKAGE);
    world.write("tsconfig.json", TSCONFIG);
    configure(&world, "src/index.ts", "broken");
    let build = world.agentcore(&["build", "--base-image", "scratch"]).run().code(1);
    let build = build.says("src/index.ts(1,14): error TS2322").says("`npm run build` failed");
    assert!(!build.stderr_text().contains("lifecycle"), "npm's own words are in the way\n{build}");
    world.write("src/index.ts", "export {};\n");
    world.write("package.json", &PACKAGE.replace("\"tsc\"", "\"tsc --outDir elsewhere\""));
    world.agentcore(&["build", "--base-image", "scratch"]).run().code(1).says("dist/index.js");
}

#[test]
fn same_source_is_the_same_image_anywhere() {
    let Some(sandbox) = sandbox() else { return };
    for folder in ["one", "other/place"] {
        let put = |name: &str, text: &str| sandbox.write(&format!("{folder}/{name}"), text);
        put("src/index.ts", &typescript("payload.name"));
        put("package.json", PACKAGE);
        put("tsconfig.json", TSCONFIG);
        put("src/prompt.md", "Be kind.");
    }
    sandbox.npm("one", &["install", "--package-lock-only"]);
    sandbox.write("other/place/package-lock.json", &sandbox.read("one/package-lock.json"));
    // One has the compiler installed, was built before, and is of another day.
    sandbox.npm("one", &["ci"]);
    sandbox.write("one/dist/index.js", "stale").write("one/dist/removed.js", "stale");
    let old = std::fs::File::options().append(true).open(sandbox.project().join("one/src/index.ts")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    configure(&sandbox, "one/src/index.ts", "first");
    configure(&sandbox, "other/place/src/index.ts", "second");
    assert_eq!(digest(&sandbox, "first"), digest(&sandbox, "second"));
    let image = deployed(&sandbox, "first", &[]);
    let paths: Vec<&str> = image.keys().map(String::as_str).collect();
    assert!(paths.contains(&"app/dist/index.js") && paths.contains(&"app/src/prompt.md"), "{paths:?}");
    assert!(!paths.iter().any(|path| path.ends_with(".ts") || path.contains("removed")), "{paths:?}");
    assert_eq!(sandbox.read("one/dist/index.js"), "stale", "the project's own output was touched");
}

#[test]
fn packages_are_those_of_the_target() {
    let Some(sandbox) = sandbox() else { return };
    sandbox.write("index.js", SERVER).write("package.json", r#"{"dependencies":{"@node-rs/crc32":"1.10.6"}}"#);
    sandbox.npm(".", &["install", "--package-lock-only"]);
    configure(&sandbox, "index.js", "native");
    for (platform, own) in [("linux/arm64", "crc32-linux-arm64-gnu"), ("linux/amd64", "crc32-linux-x64-gnu")] {
        let paths: Vec<String> = deployed(&sandbox, "native", &["--platform", platform]).into_keys().collect();
        let compiled: Vec<&String> = paths.iter().filter(|path| path.ends_with(".node")).collect();
        assert!(compiled.len() == 1 && compiled[0].contains(own), "{platform}: {compiled:?}");
    }
}

/// A workspace: an agent, a package that it needs, one that it does not, all in TypeScript.
fn workspace(sandbox: &World) {
    sandbox.write(
        "package.json",
        r#"{"private":true,"workspaces":["packages/*"],"devDependencies":{"typescript":"5.9.3"}}"#,
    );
    let member = |name: &str, dependencies: &str| {
        let package = format!(
            r#"{{"name":"@my/{name}","version":"1.0.0","main":"dist/index.js","types":"dist/index.d.ts",
                "scripts":{{"build":"tsc"}},"dependencies":{{{dependencies}}}}}"#
        );
        sandbox.write(&format!("packages/{name}/package.json"), &package);
        let tsconfig = TSCONFIG.replace("\"strict\"", "\"declaration\":true,\"strict\"");
        sandbox.write(&format!("packages/{name}/tsconfig.json"), &tsconfig);
    };
    member("agent", r#""@my/greeting":"*""#);
    member("greeting", r#""ms":"2.1.3""#);
    member("unrelated", r#""left-pad":"1.3.0""#);
    sandbox.write(
        "packages/agent/src/index.ts",
        &format!("import {{ greet }} from '@my/greeting';\n{}", typescript("greet(payload.name)")),
    );
    sandbox.write(
        "packages/greeting/src/index.ts",
        "declare const require: (name: string) => any;\n\
         export function greet(name: string): string { return `Hello ${name}, ${require('ms')(60000)}`; }\n",
    );
    sandbox.write("packages/unrelated/src/index.ts", "this is no TypeScript");
    sandbox.npm(".", &["install", "--package-lock-only"]);
}

#[test]
fn workspace_members_are_built_in_dependency_order() {
    let Some(sandbox) = sandbox() else { return };
    workspace(&sandbox);
    configure(&sandbox, "packages/agent/src/index.ts", "member");
    let image = deployed(&sandbox, "member", &[]);
    assert_eq!(invoke(&sandbox, "member", r#"{"name":"Ada"}"#).code(0).stdout_text(), r#""Hello Ada, 1m""#);
    assert!(
        image.contains_key("app/packages/greeting/dist/index.js")
            && image.contains_key("app/node_modules/@my/greeting")
    );
    let strange: Vec<&String> =
        image.keys().filter(|path| path.contains("unrelated") || path.contains("left-pad")).collect();
    assert_eq!(strange, Vec::<&String>::new());
}

#[test]
fn managed_node_runtime_gets_packages_and_compiled_source() {
    let Some(sandbox) = sandbox() else { return };
    workspace(&sandbox);
    let direct = ["-dt", "direct_code_deploy", "-rt", "NODE_22"];
    let configure = |name: &str| {
        let args = ["configure", "-ni", "-e", "packages/agent/src/index.ts", "-n", name];
        sandbox.agentcore(&args).args(&direct).run().code(0);
    };
    configure("zip");
    let first = sandbox.agentcore(&["launch", "-a", "zip", "-o", "json"]).run().code(0).data();
    assert_eq!(invoke(&sandbox, "zip", r#"{"name":"Ada"}"#).code(0).stdout_text(), r#""Hello Ada, 1m""#);
    let again = sandbox.agentcore(&["launch", "-a", "zip", "-o", "json"]).run().code(0).data();
    assert_eq!(again["changes"], 0, "{first}\n{again}");
    // What the service would refuse later is refused now.
    let package = sandbox.read("packages/agent/package.json").replacen('{', r#"{"engines":{"node":">=23"},"#, 1);
    sandbox.write("packages/agent/package.json", &package);
    sandbox.agentcore(&["launch", "-a", "zip"]).run().code(2).says("engines.node");
}

#[test]
fn a_change_of_the_source_installs_nothing() {
    for (name, version, program, lock) in [
        ("npm", "", "", &["install", "--package-lock-only", "--ignore-scripts"][..]),
        ("pnpm", "10.34.4", "bin/pnpm.cjs", &["install", "--lockfile-only", "--ignore-scripts"]),
        ("yarn", "1.22.22", "bin/yarn.js", &["install", "--ignore-scripts", "--non-interactive"]),
    ] {
        let world = match name {
            "npm" => World::with_node().map(|world| {
                let log = world.note_calls("npm");
                (world, log)
            }),
            _ => World::with_manager(name, version, program),
        };
        let Some((mut world, log)) = world else { return };
        world.set("AGENTCORE_BASE_IMAGE", "scratch");
        let package = PACKAGE.replace("\"devDep", "\"dependencies\":{\"ms\":\"2.1.3\"},\"devDep");
        world.write("src/index.ts", &typescript("payload.name")).write("package.json", &package);
        world.write("tsconfig.json", TSCONFIG);
        world.manager(name, "", lock);
        let _ = std::fs::remove_dir_all(world.project().join("node_modules"));
        world.agentcore(&["configure", "-ni", "-e", "src/index.ts", "-n", "a", "--region", "us-west-2"]).run().code(0);
        let installs = || {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            let _ = std::fs::remove_file(&log);
            let verb = |line: &&str| line.starts_with("install") || line.starts_with("ci ");
            text.lines().filter(verb).filter(|line| !line.contains("--offline")).count()
        };
        let build = || world.agentcore(&["build", "--builder", "native"]).run().code(0);
        installs();
        build();
        // What npm installs to compile with is what the agent runs with, too.
        assert_eq!(installs(), if name == "npm" { 1 } else { 2 }, "{name}");
        world.write("src/index.ts", &typescript("'x' + payload.name"));
        build();
        assert_eq!(installs(), 0, "{name}");
    }
}

const TOKEN: &str = "canary-token-5d81";

/// A registry with one package, which it gives to those who have the token. Says what it was asked.
fn registry() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (own, log) = (host.clone(), Arc::clone(&asked));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (own, log) = (own.clone(), Arc::clone(&log));
            std::thread::spawn(move || answer(stream, &own, &log));
        }
    });
    (host, asked)
}

fn answer(mut stream: TcpStream, host: &str, log: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_default();
    let mut allowed = false;
    for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
        allowed |= line.to_lowercase().starts_with("authorization:") && line.ends_with(&format!("Bearer {TOKEN}"));
    }
    log.lock().unwrap().push(format!("{first} {allowed}"));
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path {
        _ if !allowed => ("401 Unauthorized", b"{\"error\":\"who are you?\"}".to_vec()),
        "/@corp%2fsecret" | "/@corp%2Fsecret" => {
            let document = serde_json::json!({ "name": "@corp/secret", "dist-tags": { "latest": "1.0.0" }, "versions": {
                "1.0.0": { "name": "@corp/secret", "version": "1.0.0", "dist": {
                    "tarball": format!("http://{host}/@corp/secret/-/secret-1.0.0.tgz") } } } });
            ("200 OK", document.to_string().into_bytes())
        }
        _ if path.ends_with(".tgz") => ("200 OK", tarball()),
        _ => ("404 Not Found", b"{}".to_vec()),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn tarball() -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, text) in [
        ("package/package.json", r#"{"name":"@corp/secret","version":"1.0.0"}"#),
        ("package/index.js", "module.exports = () => 'from the private registry';"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn private_registry_token_is_used_and_never_stored() {
    let Some(mut world) = World::with_node() else { return };
    let (host, asked) = registry();
    world.set("npm_config_cache", world.path("tmp/npm"));
    world.set("NO_PROXY", "127.0.0.1");
    world.set("no_proxy", "127.0.0.1");
    let sandbox = Sandbox::start(world, &["--runner", "process"]);
    sandbox.write("index.js", SERVER).write("package.json", r#"{"dependencies":{"@corp/secret":"1.0.0"}}"#);
    let settings = format!("@corp:registry=http://{host}/\n//{host}/:_authToken=${{NPM_TOKEN}}\n");
    sandbox.write(".npmrc", &settings);
    configure(&sandbox, "index.js", "private");

    let build = |token: &str| sandbox.agentcore(&["build"]).var("NPM_TOKEN", token).run();
    let refused = build("wrong-canary-7711").code(1).says("npmrc");
    assert!(!format!("{refused}").contains("wrong-canary-7711"), "{refused}");
    let done = build(TOKEN).code(0).says("package-lock.json");
    assert!(!format!("{done}").contains(TOKEN), "{done}");
    assert!(asked.lock().unwrap().iter().any(|line| line.contains(".tgz") && line.ends_with("true")));
    // From the cache: the token is no longer needed.
    let image = deployed(&sandbox, "private", &[]);
    assert!(image.contains_key("app/node_modules/@corp/secret/index.js"), "{:?}", image.keys());
    for (path, bytes) in &image {
        assert!(!bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()), "{path}");
    }
    for (path, bytes) in sandbox.tree() {
        let bytes = bytes.unwrap_or_default();
        assert!(!bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()), "{}", path.display());
        assert!(!path.to_string_lossy().contains(TOKEN));
    }
}
