"""The examples' own scripts against a sandbox that is reached through a proxy, by another address than it knows of itself."""

import socket
import subprocess
import threading

import pytest

from world import ROOT


def forwarding(to: int) -> int:
    """A port of loopback whose connections go to another one, byte for byte."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket):
        try:
            while data := source.recv(1 << 16):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def accept():
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", to))
            for pair in ((client, server), (server, client)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


@pytest.mark.parametrize("example", ["inbound-auth", "mcp-server", "team-identity", "outbound-api-key"])
def test_an_example_runs_through_a_proxy(sandbox, example):
    own = sandbox.env["AWS_ENDPOINT_URL"]
    through = f"http://127.0.0.1:{forwarding(int(own.rsplit(':', 1)[1]))}"
    done = subprocess.run([ROOT / "examples" / example / "run.sh"], cwd=sandbox.project, timeout=900,
                          env=sandbox.env | {"AGENTCORE": str(sandbox.binary), "AWS_ENDPOINT_URL": through},
                          capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "== Done" in done.stdout
    if example == "inbound-auth":
        assert f"discovery document {own}/" in done.stdout, "the issuer is the sandbox's, not the proxy's"
