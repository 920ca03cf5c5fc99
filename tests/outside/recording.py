"""A proxy in front of an AWS or a registry that notes what is asked of it, and counts the bytes that are sent to it.

Requests are passed on as they came, the `Host` header included, so that their signatures stay valid. One answer is
changed: the registry's address in GetAuthorizationToken becomes the proxy's own, or a push would go past it.
"""

import contextlib
import http.client
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Methods and prefixes of operations that change nothing. The control plane lists with POST.
READ_METHODS = ("GET", "HEAD")
READ_OPERATIONS = ("Get", "List", "Describe", "BatchGet", "BatchCheck")


@dataclass
class Request:
    method: str
    path: str
    # Of the JSON and query protocols, else empty.
    operation: str
    # Of the body.
    size: int
    status: int = 0

    @property
    def mutates(self) -> bool:
        if self.operation:
            return not self.operation.startswith(READ_OPERATIONS)
        # The sandbox's own page starts an agent and ends it again.
        if self.method == "POST" and self.path.split("?")[0] in ("/runtimes/", "/_sandbox/starts"):
            return False
        return self.method not in READ_METHODS

    @property
    def is_upload(self) -> bool:
        """A part of a blob or a manifest, or an object of S3."""
        if self.path.startswith("/v2/"):
            return self.method in ("PATCH", "PUT", "POST")
        return not self.operation and self.method == "PUT"

    def __str__(self):
        return f"{self.operation or self.method + ' ' + self.path} ({self.size} bytes, {self.status})"


class Recording:
    def __init__(self, host: str):
        self.host = host
        self.requests: list[Request] = []

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def forget(self):
        self.requests.clear()

    @property
    def mutations(self) -> list[str]:
        return [str(request) for request in self.requests if request.mutates]

    @property
    def uploaded(self) -> int:
        """Bytes of blobs, manifests and objects."""
        return sum(request.size for request in self.requests if request.is_upload)


@contextlib.contextmanager
def recording(upstream: str):
    """`upstream` is `host:port` or a URL with plain HTTP."""
    upstream = upstream.removeprefix("http://").rstrip("/")
    record = Recording("")

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            # Whoever waits for it is told before a body is sent.
            body = self.body()
            target = self.headers.get("X-Amz-Target", "")
            operation = target.rpartition(".")[2]
            if not operation and (form := re.match(rb"(?:.*&)?Action=(\w+)", body[:4096])) and self.path == "/":
                operation = form[1].decode()
            request = Request(self.command, self.path, operation, len(body))
            record.requests.append(request)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("transfer-encoding", "expect")}
            if body or self.command in ("POST", "PUT", "PATCH"):
                headers["Content-Length"] = str(len(body))
            upstream_connection = http.client.HTTPConnection(upstream, timeout=600)
            try:
                upstream_connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    upstream_connection.putheader(name, value)
                upstream_connection.endheaders(body or None)
                answer = upstream_connection.getresponse()
                data = answer.read()
            finally:
                upstream_connection.close()
            request.status = answer.status
            if operation == "GetAuthorizationToken":
                data = re.sub(rb'("proxyEndpoint"\s*:\s*")[^"]*', rb"\1" + record.url.encode(), data)
            self.send_response(answer.status)
            skipped = {"transfer-encoding", "connection", "date", "server"}
            if self.command != "HEAD":
                skipped.add("content-length")
            for name, value in answer.getheaders():
                if name.lower() not in skipped:
                    self.send_header(name, value)
            if self.command != "HEAD" and answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

        def body(self) -> bytes:
            if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    record.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield record
    finally:
        server.shutdown()
        server.server_close()
