"""Echoes, and needs no package."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Agent(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(b'{"status": "Healthy", "time_of_last_update": 0}')

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))


ThreadingHTTPServer(("", 8080), Agent).serve_forever()
