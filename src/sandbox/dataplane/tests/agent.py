"""An agent that needs nothing but Python, and does what the tests ask it for."""

import http.server
import json
import os
import sys
import threading

if "CRASH" in os.environ:
    print(os.environ["CRASH"], file=sys.stderr)
    sys.exit(7)

released = threading.Event()
calls = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def payload(self):
        if "content-length" in self.headers:
            return self.rfile.read(int(self.headers["content-length"]))
        last = b""
        while size := int(self.rfile.readline() or b"0", 16):
            last = self.rfile.read(size)
            self.rfile.readline()
        return last

    def do_GET(self):
        self.answer(200, b'{"status": "Healthy"}')

    def do_POST(self):
        global calls
        calls += 1
        payload = self.payload().decode()
        if payload == "fail":
            self.answer(503, b"secret of the agent", x_secret="1")
        elif payload == "stream":
            self.answer(200, b"data: 1\n\n", content_type="text/event-stream")
            self.wfile.flush()
            released.wait()
            self.wfile.write(b"data: 2\n\n")
        else:
            if payload == "release":
                released.set()
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = {"payload": payload, "headers": headers, "env": dict(os.environ), "calls": calls}
            self.answer(200, json.dumps(seen).encode(), content_type="application/json")


http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
