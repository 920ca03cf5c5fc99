"""Echoes, fails as it is told to, and needs no package."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body, status=200, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if b"crash" in body:
            print("the model is not there", flush=True)
            return self.answer(b'{"error": "the model is not there"}', 500)
        if b"stream" in body:
            event = {"error": "the model is not there", "error_type": "ValueError"}
            text = 'data: "one"\n\ndata: ' + json.dumps(event) + "\n\n"
            return self.answer(text.encode(), 200, "text/event-stream")
        self.answer(body)


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
