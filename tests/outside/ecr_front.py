"""An ECR whose registry is another one.

Everything goes on to the AWS behind it, but GetAuthorizationToken names the registry and the login that it was given.
That is how a push that real ECR would take ends up in a plain docker-registry.
"""

import base64
import contextlib
import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextlib.contextmanager
def ecr_front(behind: str, host: str, user: str, password: str):
    """The URL to use as AWS_ENDPOINT_URL_ECR."""
    login = {"authorizationData": [{
        "authorizationToken": base64.b64encode(f"{user}:{password}".encode()).decode(),
        "proxyEndpoint": f"http://{host}",
        "expiresAt": 4102444800,
    }]}

    class Front(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("X-Amz-Target", "").endswith(".GetAuthorizationToken"):
                status, answer = 200, json.dumps(login).encode()
            else:
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                request = urllib.request.Request(behind + self.path, body, headers)
                try:
                    with urllib.request.urlopen(request) as reply:
                        status, answer = reply.status, reply.read()
                except urllib.error.HTTPError as error:
                    status, answer = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
