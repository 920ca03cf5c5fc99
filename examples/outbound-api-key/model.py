"""A stand-in for a language model with an OpenAI-compatible endpoint. It repeats the question, to whoever has the key.

    python3 model.py KEY_FILE PORT_FILE

listens on a free port of this machine and writes it into PORT_FILE once it is ready.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Model(BaseHTTPRequestHandler):
    key = ""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            return self.answer(404, {"error": {"message": "no such page"}})
        if self.headers.get("Authorization") != f"Bearer {self.key}":
            return self.answer(401, {"error": {"message": "Incorrect API key provided"}})
        text = "You asked: " + body["messages"][-1]["content"]
        if not body.get("stream"):
            return self.answer(200, {"choices": [{"message": {"role": "assistant", "content": text}}]})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for word in text.split(" "):
            chunk = {"choices": [{"delta": {"content": word + " "}}]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    key_file, port_file = sys.argv[1:]
    with open(key_file, encoding="utf-8") as file:
        Model.key = file.read().strip()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    with open(port_file + ".new", "w", encoding="utf-8") as file:
        file.write(str(server.server_port))
    os.replace(port_file + ".new", port_file)
    server.serve_forever()
