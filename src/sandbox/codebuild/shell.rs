//! The commands of a build in a shell, with a container engine.
//!
//! Owns: the scripts, what passes from one phase to the next, and the stand-ins for the two programs that a build machine
//! of the service has: `docker`, which is the engine with the registry's name replaced by the sandbox's address, and `aws`,
//! of which `ecr get-login-password` is enough where no AWS CLI is installed. Does not own: phases (`run`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::buildspec::{BuildSpec, PhaseSpec};
use super::means::{check_push, own_repository};
use super::model::PhaseReason;
use super::run::{BuildFolders, BuildRun};
use crate::env::Env;
use crate::error::{Context, Error, Result};
use crate::fsx;
use crate::image::login::{docker_config_dir, keep_context};
use crate::process::{self, Child, ProcessGroup, Tool};
use crate::redact::ExposeSecret;
use crate::sandbox::engine::ContainerEngine;
use crate::sandbox::runner::LineSplitter;
use crate::sandbox::{caller, ecr};
use crate::shell::quoted;

/// Before the number of the next command.
const MARK: char = '\u{1e}';
/// The credentials outlive the build by this.
const KEYS_BEYOND: Duration = Duration::from_secs(600);
/// What leads an engine to the user's logins. Its stand-in sets them, and no command of a build sees them.
const LOGINS: [&str; 6] =
    ["CONTAINER_SSHKEY", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "NETRC", "PASSWORD_STORE_DIR", "SSH_AUTH_SOCK"];
/// Holds logins itself, and would win over those of the build: nothing of a build sees it.
const LOGINS_IN_FULL: &str = "DOCKER_AUTH_CONFIG";
/// How long the output of a shell is read after its end.
const LAST_OUTPUT: Duration = Duration::from_secs(2);

/// A build by a shell.
pub(super) struct ShellBuild<'r> {
    pub(super) run: &'r BuildRun,
    pub(super) spec: &'r BuildSpec,
    pub(super) folders: &'r BuildFolders,
    /// `None` for a build that does not mention Docker.
    pub(super) engine: Option<ContainerEngine>,
    pub(super) variables: Vec<(String, String)>,
}

impl ShellBuild<'_> {
    pub(super) async fn phase(
        &self,
        (name, commands): (&'static str, &PhaseSpec),
        succeeding: bool,
    ) -> std::result::Result<(), PhaseReason> {
        let internal = |error: Error| PhaseReason::new("INTERNAL_ERROR", error.to_string());
        for push in self.spec.docker_pushes(name, &self.variables) {
            if let Some((repository, _)) = own_repository(&self.run.sandbox.info, &push.image)
                && let Err(why) = check_push(self.run, &repository)
            {
                self.run.log.line(&why);
                return Err(PhaseReason::command(&push.text, "exit status 1"));
            }
        }
        let done = self.script((name, "commands"), &commands.commands, succeeding).await.map_err(internal)?;
        let last =
            self.script((name, "finally"), &commands.finally, succeeding && done.is_ok()).await.map_err(internal)?;
        done.and(last)
    }

    /// Runs commands one after another in one shell, as the service does, up to the first that fails.
    async fn script(
        &self,
        (phase, part): (&str, &str),
        commands: &[String],
        succeeding: bool,
    ) -> Result<std::result::Result<(), PhaseReason>> {
        if commands.is_empty() {
            return Ok(Ok(()));
        }
        let own = &self.folders.own;
        let what = || format!("could not write to `{}`", own.display());
        let mut text = String::from(
            "exec 2>&1\n[ -f \"$AGENTCORE_OWN/variables\" ] && . \"$AGENTCORE_OWN/variables\"\n[ -f \"$AGENTCORE_OWN/folder\" ] && cd \
             \"$(cat \"$AGENTCORE_OWN/folder\")\"\ntrap 'export -p >\"$AGENTCORE_OWN/variables\"; pwd >\"$AGENTCORE_OWN/folder\"' EXIT\n",
        );
        text.push_str(&format!("export CODEBUILD_BUILD_SUCCEEDING={}\n", u8::from(succeeding)));
        for (index, command) in commands.iter().enumerate() {
            // A file for each, so that one that cannot be read as shell fails by itself.
            let file = own.join(format!("{phase}-{part}-{index}.sh"));
            std::fs::write(&file, command).with_context(what)?;
            text.push_str(&format!(
                "printf '\\036%s\\n' {index}\n. {} || exit $?\n",
                quoted(&file.display().to_string())
            ));
        }
        let script = own.join(format!("{phase}-{part}.sh"));
        std::fs::write(&script, text).with_context(what)?;
        let mut child = self.child(&script)?.command();
        child.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        #[cfg(unix)]
        child.process_group(0);
        let mut running = child.spawn().context("could not start a shell")?;
        let group = ProcessGroup::of(&running);
        let mut output = running.stdout.take();
        let mut current = 0;
        let (ended, is_ended) = tokio::sync::oneshot::channel::<()>();
        let wait = async move {
            let status = running.wait().await;
            // What it left in the background would hold its output open.
            drop(group);
            let _ = ended.send(());
            status.context("could not wait for a shell")
        };
        let read = async {
            let Some(output) = output.as_mut() else { return };
            let (mut lines, mut buffer) = (LineSplitter::default(), vec![0; 16 << 10]);
            while let Ok(count @ 1..) = output.read(&mut buffer).await {
                lines.push(&buffer[..count], |line| self.show(line, commands, &mut current));
            }
            lines.finish(|line| self.show(line, commands, &mut current));
        };
        // Output that even so stays open is not waited for.
        let read = async {
            tokio::select! {
                () = read => {}
                () = async { let _ = is_ended.await; tokio::time::sleep(LAST_OUTPUT).await; } => {}
            }
        };
        let (status, ()) = tokio::join!(wait, read);
        let status = status?;
        if status.success() {
            return Ok(Ok(()));
        }
        let command = commands.get(current).map(String::as_str).unwrap_or_default().trim_end();
        let why = status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}"));
        self.run.log.container(&format!("Command did not exit successfully {command} {why}"));
        Ok(Err(PhaseReason::command(command, &why)))
    }

    fn show(&self, line: &str, commands: &[String], current: &mut usize) {
        let marked = line.rsplit_once(MARK);
        let marked = marked.and_then(|(before, index)| Some((before, index.parse::<usize>().ok()?)));
        // Before a mark is what the last command wrote without ending the line.
        let output = marked.map_or(line, |(before, _)| before);
        // A progress bar writes over itself.
        let output = output.rsplit('\r').next().unwrap_or_default();
        if !output.is_empty() {
            self.run.log.line(output);
        }
        if let Some((_, index)) = marked {
            *current = index;
            let command = commands.get(index).map(String::as_str).unwrap_or_default();
            self.run.log.container(&format!("Running command {}", command.trim_end()));
        }
    }

    fn child(&self, script: &Path) -> Result<Child> {
        let sandbox = &self.run.sandbox;
        let wanted = match self.spec.shell.as_deref() {
            Some("bash") => "bash",
            _ => "sh",
        };
        let shell = process::find(&sandbox.env, wanted)
            .ok_or_else(|| Error::failed(format!("`{wanted}` was not found on PATH")))?;
        let bin = self.stand_ins()?;
        let session = format!("AWSCodeBuild-{}", self.run.record.uuid());
        let life = Duration::from_secs(self.run.record.timeout_minutes * 60) + KEYS_BEYOND;
        let keys = caller::mint(sandbox, &self.run.record.role, &session, life)?;
        let mut child =
            Child::bare(shell).surrounded_by(command_surroundings(&sandbox.env)).arg(script).dir(&self.folders.source);
        for (name, value) in &self.variables {
            child = child.var(name, value);
        }
        Ok(child
            .var("PATH", process::path_with(&sandbox.env, &bin)?)
            .var("HOME", &self.folders.home)
            .var("AGENTCORE_OWN", &self.folders.own)
            // An image with attestations beside it is refused by AgentCore, and Docker on the service's machines adds none.
            .var("BUILDX_NO_DEFAULT_ATTESTATIONS", "1")
            .var("AWS_ENDPOINT_URL", &sandbox.info.url)
            .var("AWS_EC2_METADATA_DISABLED", "true")
            .var("AWS_ACCESS_KEY_ID", keys.id)
            .var("AWS_SECRET_ACCESS_KEY", keys.secret.expose_secret())
            .var("AWS_SESSION_TOKEN", keys.token))
    }

    /// The folder of the stand-ins, written anew for each script: passwords of the registry expire.
    fn stand_ins(&self) -> Result<PathBuf> {
        let sandbox = &self.run.sandbox;
        let bin = self.folders.own.join("bin");
        fsx::create_private_dir(&bin)?;
        if let Some(engine) = &self.engine {
            let login = self.folders.own.join("login");
            let home = sandbox.env.home().unwrap_or_default();
            let config = docker_config_dir(&sandbox.env).unwrap_or_default();
            let info = &sandbox.info;
            let address = format!("127.0.0.1:{}", info.port);
            write_login(&sandbox.env, &login, &address)?;
            let exports = LOGINS.iter().filter_map(|name| {
                let value = sandbox.env.var(name)?;
                Some(format!("export {name}={}\n", quoted(value)))
            });
            let names = DockerNames {
                program: &engine.program,
                is_podman: engine.name == "podman",
                registry: &info.partition().ecr_host(&info.account, &info.region),
                address: &address,
                logins: &exports.collect::<String>(),
                home: &home,
                config: &config,
                login: &login,
            };
            write_program(&bin.join("docker"), &names.script())?;
        }
        let password = self.folders.own.join("password");
        let text = ecr::fresh_password(sandbox);
        fsx::write_private(&password, text.expose_secret().as_bytes())?;
        let may = self.run.allows("ecr:GetAuthorizationToken", "*");
        let aws = process::find(&sandbox.env, "aws");
        write_program(&bin.join("aws"), &aws_script(&password, may, aws.as_deref()))?;
        Ok(bin)
    }
}

/// What the commands see of the user's variables: those about the network and the engine, and those that the user names
/// for builds. Of AWS they have what the sandbox gives them, so that none reaches the user's account.
fn command_surroundings(env: &Env) -> Vec<(OsString, OsString)> {
    let is_kept = |name: &str| !name.starts_with("AWS_") && !LOGINS.contains(&name) && name != LOGINS_IN_FULL;
    let mut seen = process::surroundings(env, Tool::Engine, &[]);
    seen.retain(|(name, _)| is_kept(&name.to_string_lossy().to_ascii_uppercase()));
    seen
}

/// The configuration of Docker's client for what has to do with logins. The registry is in it from the beginning: where
/// there is none, the client looks for a keychain of the user and puts the first login into that.
fn write_login(env: &Env, login: &Path, address: &str) -> Result<()> {
    fsx::create_private_dir(login)?;
    let file = login.join("config.json");
    if file.exists() {
        return Ok(());
    }
    let mut config = serde_json::json!({ "auths": { address: {} } });
    keep_context(env, &mut config, login);
    fsx::write_private(&file, config.to_string().as_bytes())
}

struct DockerNames<'a> {
    program: &'a Path,
    is_podman: bool,
    /// The host of the account's registry.
    registry: &'a str,
    /// Where the sandbox's registry answers.
    address: &'a str,
    /// Commands that set [`LOGINS`].
    logins: &'a str,
    home: &'a Path,
    /// The user's own configuration of Docker's client.
    config: &'a Path,
    /// That of the build, for what has to do with logins: the user's own never sees one.
    login: &'a Path,
}

impl DockerNames<'_> {
    fn script(&self) -> String {
        let shown = |path: &Path| quoted(&path.display().to_string());
        let verbs = if self.is_podman {
            // It takes a registry without TLS only when told so.
            format!(
                "case $1 in login|push|pull)\n  verb=$1; shift\n  export REGISTRY_AUTH_FILE={}/auth.json\n  exec {} \"$verb\" \
                 --tls-verify=false \"$@\";;\nesac\n",
                shown(self.login),
                shown(self.program)
            )
        } else {
            format!(
                "export DOCKER_CONFIG={}\ncase $1 in login|logout|push|pull) export DOCKER_CONFIG={};; esac\n",
                shown(self.config),
                shown(self.login)
            )
        };
        format!(
            "#!/bin/sh\n# The engine of this machine, to which the registry of the account is the sandbox's.\nleft=$#\nwhile [ $left -gt \
             0 ]; do\n  word=$1; shift; left=$((left - 1))\n  case $word in\n    {registry}|{registry}/*) \
             word={address}${{word#{registry}}};;\n    --tag={registry}/*) word=--tag={address}${{word#--tag={registry}}};;\n  \
             esac\n  set -- \"$@\" \"$word\"\ndone\nexport HOME={home}\n{logins}{verbs}exec {program} \"$@\"\n",
            registry = self.registry,
            address = self.address,
            logins = self.logins,
            home = shown(self.home),
            program = shown(self.program),
        )
    }
}

fn aws_script(password: &Path, may_log_in: bool, installed: Option<&Path>) -> String {
    let shown = |path: &Path| quoted(&path.display().to_string());
    let login = if may_log_in {
        format!("cat {}; echo; exit 0", shown(password))
    } else {
        "echo 'An error occurred (AccessDeniedException) when calling the GetAuthorizationToken operation: the role of the build is \
         not authorized to perform: ecr:GetAuthorizationToken on resource: *' >&2; exit 254"
            .to_owned()
    };
    let rest = installed.map_or_else(
        || {
            "echo 'aws: the AWS CLI is not installed on this machine, and without it `aws ecr get-login-password` is the only command' \
             >&2; exit 127"
                .to_owned()
        },
        |program| format!("exec {} \"$@\"", shown(program)),
    );
    format!("#!/bin/sh\nif [ \"$1\" = ecr ] && [ \"$2\" = get-login-password ]; then {login}; fi\n{rest}\n")
}

fn write_program(path: &Path, text: &str) -> Result<()> {
    let what = || format!("could not write `{}`", path.display());
    std::fs::write(path, text).with_context(what)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).with_context(what)?;
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn commands_see_no_login_of_the_user() {
        let vars = [
            ("AGENTCORE_BUILD_ENV", "AWS_PROFILE NAMED"),
            ("AWS_PROFILE", "p"),
            ("AWS_SECRET_ACCESS_KEY", "k"),
            ("DOCKER_AUTH_CONFIG", "{}"),
            ("DOCKER_HOST", "tcp://engine.example"),
            ("NAMED", "n"),
            ("NETRC", "/n"),
            ("PATH", "/bin"),
            ("SSH_AUTH_SOCK", "/s"),
        ];
        let seen = command_surroundings(&Env::fake(Path::new("/"), &vars));
        let names: Vec<_> = seen.iter().map(|(name, _)| name.to_str().unwrap()).collect();
        assert_eq!(names, ["DOCKER_HOST", "NAMED", "PATH"]);
    }

    #[tokio::test]
    async fn engine_is_given_the_address_of_the_registry() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("engine");
        let text = "#!/bin/sh\nprintf '%s\\n' \"$DOCKER_CONFIG\" \"$SSH_AUTH_SOCK\" \"$@\"\n";
        write_program(&program, text).unwrap();
        let names = DockerNames {
            program: &program,
            is_podman: false,
            registry: "r.example",
            address: "127.0.0.1:1",
            logins: "export SSH_AUTH_SOCK=/s\n",
            home: dir.path(),
            config: Path::new("/own"),
            login: Path::new("/build"),
        };
        let stand_in = dir.path().join("docker");
        write_program(&stand_in, &names.script()).unwrap();
        let given = async |words: &[&str]| Child::bare(&stand_in).args(words).check().await.unwrap().stdout_text();
        let built = given(&["build", "--tag=r.example/a:t", "-t", "r.example/b c", "r.example.org/d"]).await;
        assert_eq!(built, "/own\n/s\nbuild\n--tag=127.0.0.1:1/a:t\n-t\n127.0.0.1:1/b c\nr.example.org/d");
        assert_eq!(given(&["push", "r.example/a"]).await, "/build\n/s\npush\n127.0.0.1:1/a");
    }
}
