"""Commands and shells in sessions: the binary against its sandbox with a real terminal, and the sandbox against boto3, the
SDK's shell frames and `websockets`."""

import base64
import hashlib
import json
import re
import shutil
import signal
import subprocess
import time
import urllib.parse
import uuid
from pathlib import Path

import pytest
from bedrock_agentcore.runtime.shell.protocol import ShellChannel, ShellFramer
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from conftest import lacked
from surfaces import make_pool
from terminal import Proxy, Terminal, Tmux
from test_auth import AGENT
from world import World

SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
MEGABYTES = 10
LINES = "import sys\nfor number in range(262144): sys.stdout.write(f'{number:039d}\\n')\n"


@pytest.fixture(scope="module")
def plain(sandbox):
    """An agent behind IAM."""
    sandbox.write("plain/agent.py", AGENT)
    sandbox.write("plain/lines.py", LINES)
    sandbox.write("plain/requirements.txt", "")
    sandbox.ok("configure", "-ni", "-e", "plain/agent.py", "-n", "plain", "--source-path", "plain", "-do")
    sandbox.ok("launch", "-a", "plain", "--env", "GREETING=hello")
    return sandbox.ok("status", "-a", "plain", "-o", "json").data["runtime"]["arn"]


@pytest.fixture(scope="module")
def pool(sandbox):
    return make_pool(sandbox)


@pytest.fixture(scope="module")
def guarded(sandbox, plain, pool):
    """The same behind a user pool."""
    sandbox.ok("configure", "-ni", "-e", "plain/agent.py", "-n", "guarded", "--source-path", "plain", "-do",
               "--discovery-url", pool.discovery, "--allowed-client", pool.client)
    sandbox.ok("launch", "-a", "guarded")
    return sandbox.ok("status", "-a", "guarded", "-o", "json").data["runtime"]["arn"]


@pytest.fixture
def session(sandbox, plain):
    """A session of its own, stopped at the end."""
    name = str(uuid.uuid4())
    yield name
    sandbox.run("stop-session", "-a", "plain", "--session-id", name)


def execute(world, session, *args, **more):
    return world.run("exec", "-a", "plain", "--session-id", session, *args, **more)


# -- exec

def test_output_and_status_are_the_commands_own(sandbox, session):
    done = execute(sandbox, session, "echo out; echo err >&2; exit 7").expect(7)
    assert (done.stdout, done.stderr) == (b"out\n", b"err\n")
    document = execute(sandbox, session, "-o", "json", "echo out; echo err >&2; exit 7").expect(7).data
    assert (document["exitCode"], document["stdout"], document["stderr"]) == (7, "out\n", "err\n")
    assert document["sessionId"] == session and document["truncated"] is False
    assert execute(sandbox, session, "kill -KILL $$").code == 137
    assert execute(sandbox, session, "--", "printf", "%s|", "a b", "$HOME", "it's").expect(0).stdout == b"a b|$HOME|it's|"
    assert execute(sandbox, session, "no-such-program").expect(127).stderr.endswith(b"command not found\n")


def test_ten_megabytes_arrive_whole(sandbox, session):
    wanted = b"".join(b"%039d\n" % number for number in range(262144))
    assert len(wanted) == MEGABYTES << 20
    done = execute(sandbox, session, "python3 lines.py; python3 lines.py >&2").expect(0)
    digests = [hashlib.sha256(stream).hexdigest() for stream in (done.stdout, done.stderr)]
    assert digests == [hashlib.sha256(wanted).hexdigest()] * 2
    text = "h\u00e9llo \ud55c\uae00 \U0001f600 " * 5000
    done = execute(sandbox, session, f"python3 -c 'print(\"h\\u00e9llo \\ud55c\\uae00 \\U0001f600 \" * 5000, end=\"\")'")
    assert done.expect(0).stdout.decode() == text
    cut = execute(sandbox, session, "-o", "json", "python3 lines.py").expect(0).data
    assert cut["truncated"] is True and len(cut["stdout"]) == 1 << 20


def test_a_command_runs_beside_the_agent(sandbox, session):
    seen = execute(sandbox, session, "echo $GREETING; ls").expect(0).stdout.split()
    assert seen[0] == b"hello" and b"agent.py" in seen
    assert b"AWS_SESSION_TOKEN=" in execute(sandbox, session, "env").expect(0).stdout


def test_a_session_keeps_its_files_for_itself(sandbox, plain, session):
    execute(sandbox, session, "echo kept > note").expect(0)
    assert execute(sandbox, session, "cat note").expect(0).stdout == b"kept\n"
    other = sandbox.run("exec", "-a", "plain", "--new-session", "cat note").expect(1)
    [new] = re.findall(r"session (\S+)", other.stderr.decode())
    # The last one is continued, and its id is not told again.
    again = sandbox.run("exec", "-a", "plain", "echo here > note; cat note").expect(0)
    assert (again.stdout, again.stderr) == (b"here\n", b"")
    listed = {one["sessionId"]: one for one in sandbox.ok("sessions", "list", "-o", "json").data["sessions"]}
    assert {listed[session]["state"], listed[new]["state"]} == {"started"}
    assert listed[new]["agent"] == "plain" and listed[new]["endpoint"] == "DEFAULT"
    [file] = (sandbox.project / ".bedrock_agentcore/plain").glob("session-list.json")
    assert file.stat().st_mode & 0o777 == 0o600
    stopped = sandbox.ok("sessions", "stop", session, "-a", "plain", "-o", "json").data["sessions"]
    assert stopped == [{"sessionId": session, "endpoint": "DEFAULT", "wasRunning": True}]
    assert execute(sandbox, session, "cat note").expect(1).stdout == b"", "it begins anew"
    sandbox.ok("sessions", "stop", "--all", "-a", "plain")
    states = {one["state"] for one in sandbox.ok("sessions", "list", "-a", "plain", "-o", "json").data["sessions"]}
    assert states == {"stopped"}
    sandbox.ok("sessions", "stop", "--all", "-a", "plain")
    sandbox.run("sessions", "stop", "x" * 40, "-a", "plain").expect(5)


def test_time_limits_end_commands(sandbox, session):
    done = execute(sandbox, session, "--command-timeout", "1", "echo begun; sleep 300 & sleep 300").expect(7)
    assert done.stdout == b"begun\n" and b"command.timed-out" not in done.stdout
    assert b"ended after 1 s" in done.stderr
    assert execute(sandbox, session, "ps -e -o args= | grep '[s]leep 300'").stdout == b""
    # Also those that have closed their output.
    execute(sandbox, session, "--command-timeout", "1", "exec >&- 2>&-; sleep 300").expect(7)
    for wrong in ("0", "3601"):
        execute(sandbox, session, "--command-timeout", wrong, "true").expect(2)
    execute(sandbox, session, "x" * 65_537).expect(2)
    execute(sandbox, session, " ").expect(2)


def test_an_interrupted_command_is_ended(sandbox, session):
    execute(sandbox, session, "true").expect(0)
    mark = f"7{uuid.uuid4().int % 10**6}"
    process = subprocess.Popen([sandbox.binary, "exec", "-a", "plain", "--session-id", session, f"echo up; sleep {mark}"],
                               cwd=sandbox.project, env=sandbox.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130 and b"stop-session" in told
    wait_until(lambda: not running(mark))
    process = subprocess.Popen([sandbox.binary, "exec", "-a", "plain", "--session-id", session, f"echo up; sleep {mark}"],
                               cwd=sandbox.project, env=sandbox.env, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n" and running(mark)
    process.kill()
    process.wait()
    wait_until(lambda: not running(mark))


def running(mark: str) -> bool:
    listed = subprocess.run(["ps", "-e", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return any(line.strip().startswith("sleep") and mark in line for line in listed.splitlines())


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_callers_are_refused_as_invoke_refuses_them(sandbox, guarded, pool, plain):
    refused = sandbox.run("exec", "-a", "guarded", "true").expect(3)
    assert b"bearer token" in refused.stderr
    token = pool.token()
    done = sandbox.run("exec", "-a", "guarded", "--bearer-token-file", "-", "echo in", stdin=token).expect(0)
    assert done.stdout == b"in\n"
    sandbox.run("exec", "-a", "plain", "--bearer-token-file", "-", "true", stdin=token).expect(3)
    sandbox.run("exec", "-a", "guarded", "--bearer-token-file", "-", "true", stdin=token[:-10] + "AAAAAAAAAA").expect(3)
    listed = sandbox.ok("sessions", "list", "-a", "guarded", "-o", "json").data["sessions"]
    assert len(listed) == 1, "a session that was never reached is none"
    sandbox.run("sessions", "stop", "--all", "-a", "guarded").expect(3)
    sandbox.run("sessions", "stop", "--all", "-a", "guarded", "--bearer-token-file", "-", stdin=pool.token()).expect(0)
    sandbox.run("exec", "--arn", plain[:-10] + "abcdefghij", "true").expect(5)
    sandbox.run("exec", "-a", "plain", "--endpoint", "nowhere", "true").expect(5)


# -- the sandbox's side of commands

def test_boto3_reads_the_event_stream(sandbox, plain, session):
    client = sandbox.boto("bedrock-agentcore")
    answer = client.invoke_agent_runtime_command(
        agentRuntimeArn=plain, runtimeSessionId=session, body={"command": "echo out; echo err >&2; exit 3", "timeout": 60})
    assert answer["contentType"] == "application/vnd.amazon.eventstream" and answer["runtimeSessionId"] == session
    chunks = [event["chunk"] for event in answer["stream"]]
    assert chunks[0] == {"contentStart": {}}
    assert chunks[-1] == {"contentStop": {"exitCode": 3, "status": "COMPLETED"}}
    deltas = [chunk["contentDelta"] for chunk in chunks[1:-1]]
    assert "".join(delta.get("stdout", "") for delta in deltas) == "out\n"
    assert "".join(delta.get("stderr", "") for delta in deltas) == "err\n"
    late = client.invoke_agent_runtime_command(
        agentRuntimeArn=plain, runtimeSessionId=session, body={"command": "sleep 60", "timeout": 1})
    assert list(late["stream"])[-1]["chunk"]["contentStop"]["status"] == "TIMED_OUT"
    for body in ({"command": "x", "timeout": 0}, {"command": "x", "timeout": 3601}, {"command": "x" * 65_537}):
        with pytest.raises(Exception) as refused:
            client.invoke_agent_runtime_command(agentRuntimeArn=plain, runtimeSessionId=session, body=body)
        assert "ValidationException" in str(refused.value) or "validation" in str(refused.value).lower()
    with pytest.raises(ClientError) as missing:
        client.invoke_agent_runtime_command(agentRuntimeArn=plain + "x", body={"command": "true"})
    assert missing.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_stopping_a_session_ends_its_commands(sandbox, plain, session):
    client = sandbox.boto("bedrock-agentcore")
    answer = client.invoke_agent_runtime_command(
        agentRuntimeArn=plain, runtimeSessionId=session, body={"command": "echo up; sleep 4242"})
    events = iter(answer["stream"])
    while "contentDelta" not in next(events)["chunk"]:
        pass
    client.stop_runtime_session(agentRuntimeArn=plain, runtimeSessionId=session)
    with pytest.raises(Exception) as ended:
        list(events)
    assert "session ended" in str(ended.value).lower()
    wait_until(lambda: not running("4242"))


def test_the_log_has_commands_and_not_their_output(sandbox, plain, session):
    mark = uuid.uuid4().hex
    execute(sandbox, session, f"echo {mark} | tr a-f A-F").expect(0)
    group = f"/aws/bedrock-agentcore/runtimes/{plain.rsplit('/', 1)[1]}-DEFAULT"
    lines = [event["message"] for event in sandbox.boto("logs").filter_log_events(logGroupName=group)["events"]]
    assert any(mark in line for line in lines)
    assert not any(mark.translate(str.maketrans("abcdef", "ABCDEF")) in line for line in lines)


# -- shell

def prompt(terminal):
    """A prompt that nothing else prints, when the shell is there."""
    terminal.until("leaves")
    terminal.type("PS1='<re''ady> '\r")
    terminal.until("<ready> ")


def shell(sandbox, session, *args, **more):
    return Terminal(sandbox, "shell", "-a", "plain", "--session-id", session, *args, **more)


def test_the_terminal_is_the_shells_until_it_ends(sandbox, session):
    with shell(sandbox, session) as terminal:
        prompt(terminal)
        terminal.run("tty; echo $((40 + 2))", "\n42")
        terminal.run("stty size", "24 80\r")
        terminal.resize(101, 37)
        terminal.process.send_signal(signal.SIGWINCH)
        end = time.monotonic() + 60
        while b"37 101" not in terminal.seen:
            assert time.monotonic() < end
            terminal.run("stty size; echo si''ze", "\nsize")
        assert not terminal.is_restored()
        # Ctrl-C is for the program there.
        terminal.run("sleep 1000; echo al''so", "sleep 1000")
        terminal.type("\x03")
        terminal.run("echo $?.", "130.\r")
        terminal.run("exec 3< /dev/null; exit 9", "exit")
        assert terminal.ended() == 9
        assert terminal.is_restored()


def test_leaving_keeps_the_shell(sandbox, session):
    with shell(sandbox, session, "--shell-id", "debug") as terminal:
        prompt(terminal)
        terminal.run("note=kept; cat", "\n")
        terminal.type("\r~~.\r~.")
        assert terminal.ended() == 0 and terminal.is_restored()
        assert b"--shell-id debug" in terminal.seen
    with shell(sandbox, session, "--shell-id", "debug") as terminal:
        terminal.until("~.")
        terminal.type("\x04")
        terminal.run("echo $note.", "kept.\r")
        # Whoever is killed leaves the terminal there, and the shell goes on.
        terminal.process.kill()
        terminal.ended()
    with shell(sandbox, session, "--shell-id", "debug") as terminal:
        terminal.until("kept.")
        with shell(sandbox, session, "--shell-id", "debug") as other:
            other.until("kept.")
            assert terminal.ended() == 1
            assert b"another connection" in terminal.seen and terminal.is_restored()
            other.run("exit 3", "exit")
            assert other.ended() == 3


def test_signals_restore_the_terminal(sandbox, session):
    with shell(sandbox, session) as terminal:
        prompt(terminal)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended() == 130 and terminal.is_restored()
    with shell(sandbox, session) as terminal:
        prompt(terminal)
        sandbox.ok("stop-session", "-a", "plain", "--session-id", session)
        assert terminal.ended() == 1 and terminal.is_restored()
        assert b"ended with its session" in terminal.seen


def without_notes(seen: bytes) -> bytes:
    """What the shell printed. A note of this program stands wherever the connection was cut, also within a line."""
    return re.sub(rb"\r\n\[agentcore: [^\]]*\]\r\n", b"", seen)


def test_a_cut_connection_loses_and_doubles_nothing(sandbox, session):
    proxy = Proxy(sandbox.env["AWS_ENDPOINT_URL"])
    try:
        with shell(sandbox, session, env={"AWS_ENDPOINT_URL": proxy.url}) as terminal:
            prompt(terminal)
            counting = "for ((i = 0; i < 400; i++)); do echo line-$i; sleep 0.01; done; echo do''ne"
            start = len(terminal.seen)
            terminal.type(counting + "\r")
            for at in (50, 150):
                terminal.until(f"line-{at}\r\n", start)
                proxy.cut()
                terminal.until("connected again", len(terminal.seen) - 1)
            end = terminal.until("\ndone", start)
            numbers = [int(number) for number in re.findall(rb"line-(\d+)\r?\n", without_notes(terminal.seen[start:end]))]
            assert numbers == list(range(400))
            # A burst: however long it takes to connect again, all that came meanwhile is kept.
            start = len(terminal.seen)
            terminal.type("python3 lines.py | head -n 6000; echo en''d\r")
            terminal.until(b"\n%039d" % 600, start)
            proxy.cut()
            end = terminal.until("\nend", start)
            numbers = [int(number) for number in re.findall(rb"(\d{39})\r?\n", without_notes(terminal.seen[start:end]))]
            assert numbers == list(range(6000))
            terminal.run("exit 5", "exit")
            assert terminal.ended() == 5 and terminal.is_restored()
    finally:
        proxy.close()


def test_full_screen_programs_run(sandbox, session):
    """`less`, alone and in tmux, and every key."""
    if shutil.which("tmux") is None or shutil.which("less") is None:
        lacked("tmux", "no `tmux` or `less` on PATH")
    with shell(sandbox, session, size=(90, 30)) as terminal:
        prompt(terminal)
        terminal.run("seq 1000 > numbers; LESSSECURE=1 less numbers", "\r\n25")
        start = len(terminal.seen)
        terminal.type("G")
        terminal.until("1000", start)
        terminal.type("q")
        terminal.run("tmux -L test new-session 'less numbers'", "numbers")
        start = len(terminal.seen)
        terminal.type("G")
        terminal.until("1000", start)
        terminal.type("q")
        terminal.until("[exited]", start)
        # Every byte that a key can be, both ways.
        terminal.run("stty raw -echo; echo go''es; head -c 200 | od -An -v -tu1; stty sane; echo by''tes", "goes")
        every = bytes(byte for byte in range(256) if byte != 0x7e)[:200]
        terminal.type(every)
        end = terminal.until("bytes", len(terminal.seen) - 5)
        assert [int(word) for word in re.findall(rb"\b\d+\b", terminal.seen[:end].rsplit(b"tes", 2)[-2])][-200:] == list(every)
        terminal.run("exit", "exit")
        assert terminal.ended() == 0


@pytest.fixture
def window(sandbox, session):
    """A shell in a window of tmux, at its prompt."""
    if shutil.which("tmux") is None:
        lacked("tmux", "no `tmux` on PATH")
    with Tmux(sandbox, "shell", "-a", "plain", "--session-id", session) as tmux:
        tmux.until(lambda rows: any("leaves" in row for row in rows))
        tmux.write("PS1='<re''ady> '; export TERM=screen LC_ALL=C.UTF-8; clear\r")
        tmux.until(lambda rows: rows[0] == "<ready>")
        yield tmux


def test_a_screen_editor_draws_in_tmux(sandbox, window, session):
    """The alternate screen, the addressed cursor, keys, letters of more bytes, and the size when it changes."""
    source = (Path(__file__).parent / "editor.py").read_text()
    encoded = base64.b64encode(source.encode()).decode()
    execute(sandbox, session, f"echo {encoded} | base64 -d > editor.py").expect(0)
    window.write("echo before; python3 editor.py\r")
    rows = window.until(lambda rows: rows[-1] == "size 80x24 end")
    assert rows[0] == "EDITOR ".ljust(80, "=") and rows[1:-1] == [""] * 22, "nothing is left of the shell's screen"
    window.write("hllo w\u00f6rld")
    window.type("Enter")
    window.write("second \ud55c\uae00")
    window.until(lambda rows: rows[2:4] == ["hllo w\u00f6rld", "second \ud55c\uae00"])
    # Back to behind the first letter, which is 19 characters and a line's end away.
    window.type(*["Left"] * 19)
    window.write("eX")
    window.type("BSpace")
    window.until(lambda rows: rows[2] == "hello w\u00f6rld" and window.cursor() == (2, 2))
    for columns, lines in ((100, 30), (60, 12), (80, 24)):
        window.resize(columns, lines)
        rows = window.until(lambda rows, size=f"size {columns}x{lines} end": rows[-1] == size)
        assert len(rows) == lines and rows[0] == "EDITOR ".ljust(columns, "=")
        assert rows[2:4] == ["hello w\u00f6rld", "second \ud55c\uae00"]
    window.type("C-q")
    rows = window.until(lambda rows: "<ready>" in rows)
    assert rows[:2] == ["<ready> echo before; python3 editor.py", "before"], "the shell's screen is there again"
    assert not any("EDITOR" in row for row in rows)
    window.write("exit 6\r")
    assert window.status() == 6


def test_vi_edits_a_file_in_tmux(sandbox, window, session):
    if shutil.which("vi") is None:
        lacked("tmux", "no `vi` on PATH")
    window.write("printf 'one\\ntwo\\nthree\\n' > note; vi -u NONE -N note\r")
    rows = window.until(lambda rows: rows[:3] == ["one", "two", "three"])
    assert rows[3] == "~"
    window.write("jA and a half")
    window.type("Escape")
    window.write("Gofour")
    window.type("Escape")
    window.until(lambda rows: rows[:4] == ["one", "two and a half", "three", "four"])
    window.resize(40, 10)
    window.until(lambda rows: len(rows) == 10 and rows[:4] == ["one", "two and a half", "three", "four"])
    window.write(":wq\r")
    window.until(lambda rows: rows[-1] == "<ready>" or "<ready>" in rows)
    assert execute(sandbox, session, "cat note").expect(0).stdout == b"one\ntwo and a half\nthree\nfour\n"


def test_without_a_terminal_there_is_no_shell(sandbox, plain):
    refused = sandbox.run("shell", "-a", "plain", stdin="ls\n").expect(2)
    assert b"agentcore exec" in refused.stderr
    refused = sandbox.run("shell", "-a", "plain", "-o", "json").expect(2)
    assert json.loads(refused.stdout)["error"]["code"] == "input.terminal"


def test_a_token_opens_a_shell(sandbox, guarded, pool):
    with Terminal(sandbox, "shell", "-a", "guarded", env={"AGENTCORE_BEARER_TOKEN": pool.token()}) as terminal:
        prompt(terminal)
        terminal.run("exit 4", "exit")
        assert terminal.ended() == 4
    with Terminal(sandbox, "shell", "-a", "guarded") as terminal:
        assert terminal.ended() == 3 and terminal.is_restored()
    with Terminal(sandbox, "shell", "-a", "guarded", env={"AGENTCORE_BEARER_TOKEN": "x" * 4096}) as terminal:
        assert terminal.ended() == 2 and b"too long for a shell" in terminal.seen


# -- the sandbox's side of shells, with the SDK's frames

FRAMES = ShellFramer()


def address(sandbox, arn, **query):
    base = sandbox.env["AWS_ENDPOINT_URL"]
    return f"{base}/runtimes/{urllib.parse.quote(arn, safe='')}/ws/shells?" + urllib.parse.urlencode({"qualifier": "DEFAULT", **query})


def credentials(sandbox):
    return Credentials(sandbox.env["AWS_ACCESS_KEY_ID"], sandbox.env["AWS_SECRET_ACCESS_KEY"], sandbox.env.get("AWS_SESSION_TOKEN"))


def opened(sandbox, arn, session, **query):
    """Signed as the SDK's `connect_shell` does it."""
    url = address(sandbox, arn, **query)
    request = AWSRequest("GET", url, headers={SESSION: session, "Host": urllib.parse.urlsplit(url).netloc})
    SigV4Auth(credentials(sandbox), "bedrock-agentcore", sandbox.env["AWS_REGION"]).add_auth(request)
    headers = {name: value for name, value in request.headers.items() if name != "Host"}
    return connect(url.replace("http", "ws", 1), additional_headers=headers, proxy=None)


def next_frame(socket, *channels):
    while True:
        frame = FRAMES.decode(socket.recv(timeout=60))
        if frame.channel in channels:
            return frame


def printed(socket, text: bytes) -> bytes:
    seen = b""
    while text not in seen:
        seen += next_frame(socket, ShellChannel.STDOUT).payload
    return seen


def closing(socket):
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket.recv(timeout=60)
    return closed.value.rcvd.code


def test_the_sdks_frames_open_a_shell(sandbox, plain, session):
    with opened(sandbox, plain, session, shellId="one") as socket:
        assert socket.response.headers["X-Amzn-Bedrock-AgentCore-Shell-Id"] == "one"
        assert socket.response.headers[SESSION] == session
        status = next_frame(socket, ShellChannel.STATUS).json()
        assert status["metadata"] == {"shellId": "one", "reconnected": False}
        socket.send(FRAMES.encode_heartbeat())
        assert next_frame(socket, ShellChannel.HEARTBEAT).payload == b""
        socket.send(FRAMES.encode_resize(123, 45))
        socket.send(FRAMES.encode_stdin("stty size\n"))
        printed(socket, b"45 123")
    with opened(sandbox, plain, session, shellId="one") as socket:
        assert next_frame(socket, ShellChannel.STATUS).json()["metadata"]["reconnected"] is True
        printed(socket, b"45 123")
        with opened(sandbox, plain, session, shellId="one") as second:
            assert closing(socket) == 4000
            second.send(FRAMES.encode_stdin("kill -TERM $$; kill -KILL $$\n"))
            next_frame(second, ShellChannel.STATUS)
            ended = next_frame(second, ShellChannel.STATUS).json()
            assert ended["reason"] == "NonZeroExitCode"
            assert {"reason": "ExitCode", "message": "137"} in ended["details"]["causes"]
            assert {"reason": "Signal", "message": "9"} in ended["details"]["causes"]
            assert closing(second) == 1000


def test_frames_have_limits(sandbox, plain, session):
    with opened(sandbox, plain, session) as socket:
        for _ in range(5):
            socket.send("text")
        assert closing(socket) == 1003
    with opened(sandbox, plain, session) as socket:
        socket.send(b"\x00" + b"x" * (64 << 10))
        assert closing(socket) == 1009
    with opened(sandbox, plain, session) as socket:
        try:
            for _ in range(600):
                socket.send(FRAMES.encode_heartbeat())
        except ConnectionClosed:
            pass
        assert closing(socket) == 1008


def test_a_session_has_ten_shells(sandbox, plain, session):
    sockets = [opened(sandbox, plain, session, shellId=f"s{number}") for number in range(10)]
    with pytest.raises(InvalidStatus) as refused:
        opened(sandbox, plain, session)
    assert refused.value.response.status_code == 424 and "error" in json.loads(refused.value.response.body)
    with pytest.raises(InvalidStatus) as refused:
        opened(sandbox, plain, session, shellId="-x")
    assert refused.value.response.status_code == 424
    sandbox.ok("stop-session", "-a", "plain", "--session-id", session)
    for socket in sockets:
        assert closing(socket) in (1000, 1001)


def test_browsers_open_shells_with_what_they_have(sandbox, plain, guarded, pool, session):
    url = address(sandbox, plain, **{SESSION: session})
    request = AWSRequest("GET", url)
    SigV4QueryAuth(credentials(sandbox), "bedrock-agentcore", sandbox.env["AWS_REGION"], expires=300).add_auth(request)
    with connect(request.url.replace("http", "ws", 1), proxy=None) as socket:
        assert socket.response.headers[SESSION] == session
        next_frame(socket, ShellChannel.STATUS)
    encoded = base64.urlsafe_b64encode(pool.token().encode()).rstrip(b"=").decode()
    protocols = [f"base64UrlBearerAuthorization.{encoded}", "base64UrlBearerAuthorization"]
    url = address(sandbox, guarded, **{SESSION: session}).replace("http", "ws", 1)
    with connect(url, subprotocols=protocols, proxy=None) as socket:
        assert socket.subprotocol == "base64UrlBearerAuthorization"
        next_frame(socket, ShellChannel.STATUS)
    for wrong in ([], protocols[1:]):
        with pytest.raises(InvalidStatus) as refused:
            connect(url, subprotocols=wrong or None, proxy=None)
        assert refused.value.response.status_code == 401


# -- in a container

def test_containers_run_commands_and_shells(binary, tmp_path, engine_base_image):
    world = World(binary, tmp_path)
    world.use_engine()
    with world.sandbox("--runner", "container"):
        world.write("agent.py", AGENT)
        world.write("requirements.txt", "")
        world.ok("configure", "-ni", "-e", "agent.py", "-n", "boxed", "-do")
        world.ok("launch", "--builder", "engine", "--base-image", engine_base_image, "--env", "GREETING=hello")
        done = world.run("exec", "echo $GREETING > /tmp/note; cat /tmp/note; echo err >&2; test -f agent.py || exit 3; exit 7").expect(7)
        assert done.stdout == b"hello\n" and done.stderr.endswith(b"err\n")
        done = world.run("exec", "python3 -c 'print(\"x\" * 10485760, end=\"\")'").expect(0)
        assert done.stdout == b"x" * (MEGABYTES << 20)
        mark = f"6{uuid.uuid4().int % 10**6}"
        world.run("exec", "--command-timeout", "1", f"sleep {mark} & sleep {mark}").expect(7)
        wait_until(lambda: not running(mark))
        with Terminal(world, "shell", "--shell-id", "box") as terminal:
            prompt(terminal)
            terminal.run("stty size; cat /tmp/note", "hello")
            terminal.run("stty size", "24 80\r")
            terminal.resize(101, 37)
            terminal.process.send_signal(signal.SIGWINCH)
            end = time.monotonic() + 30
            while b"37 101" not in terminal.seen:
                assert time.monotonic() < end
                terminal.run("stty size; echo si''ze", "\nsize")
            terminal.run("exit 9", "exit")
            assert terminal.ended() == 9 and terminal.is_restored()
        with Terminal(world, "shell", "--shell-id", "box") as terminal:
            prompt(terminal)
            terminal.run(f"(trap '' HUP; sleep {mark}) & sleep 1; echo st''arted", "\nstarted")
            assert running(mark)
            world.ok("stop-session")
            assert terminal.ended() == 1
        wait_until(lambda: not running(mark))
