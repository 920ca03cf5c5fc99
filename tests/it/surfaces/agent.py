"""An agent of whichever protocol its environment names, with nothing but Python's own library."""

import base64
import hashlib
import json
import os
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROTOCOL = os.environ.get("SPEAKS", "HTTP")
PORT = {"HTTP": 8080, "AGUI": 8080, "MCP": 8000, "A2A": 9000}[PROTOCOL]
seen = []


def tool(name, **kinds):
    properties = {argument: {"type": kind} for argument, kind in kinds.items()}
    return {"name": name, "description": f"{name} things.\nAt length.",
            "inputSchema": {"type": "object", "properties": properties, "required": list(kinds)}}


class Agent(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, body, status=200, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def events(self, events):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in events:
            self.wfile.write(b"event: message\r\ndata: " + json.dumps(event).encode() + b"\r\n\r\n")
            self.wfile.flush()
        self.close_connection = True

    def do_GET(self):
        if self.path == "/.well-known/agent-card.json":
            card = {"name": "echo", "session": self.headers["X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"]}
            url = os.environ["AGENTCORE_RUNTIME_URL"]
            if os.environ.get("REVISION") == "1.0":
                interface = {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
                return self.answer({**card, "supportedInterfaces": [interface]})
            self.answer({**card, "protocolVersion": "0.3.0", "url": url})
        elif self.path == "/ws" and self.headers["Upgrade"] and PROTOCOL != "AGUI":
            self.talk()
        else:
            self.answer({"status": "Healthy"} if self.path == "/ping" else {}, 200 if self.path == "/ping" else 404)

    def do_POST(self):
        if "Content-Length" in self.headers:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        else:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
        if b"crash" in body:
            return self.answer(b"secret", 500)
        payload = json.loads(body)
        seen.append(payload.get("method"))
        getattr(self, PROTOCOL.lower())(payload)

    def http(self, payload):
        self.answer({"payload": payload, "headers": {name.lower(): value for name, value in self.headers.items()}})

    def agui(self, run):
        said = run["messages"][0]["content"]
        last = {"type": "RUN_FINISHED", "threadId": run["threadId"]}
        if said == "fail":
            last = {"type": "RUN_ERROR", "message": "no model"}
        self.events([{"type": "RUN_STARTED"}, {"type": "TEXT_MESSAGE_CONTENT", "delta": said}, last])

    def mcp(self, message):
        method, params = message["method"], message.get("params", {})
        result = lambda value: {"jsonrpc": "2.0", "id": message["id"], "result": value}
        if method == "initialize":
            return self.answer(result({"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                                       "serverInfo": {"name": "echo", "version": "1"}}))
        if method == "notifications/initialized":
            return self.answer(b"", 202)
        assert self.headers["Mcp-Protocol-Version"] == "2025-06-18", self.headers.as_string()
        assert self.headers["Mcp-Session-Id"], self.headers.as_string()
        if method == "tools/list":
            if "cursor" in params:
                return self.answer(result({"tools": [tool("fail")]}))
            return self.answer(result({"tools": [tool("add", a="integer", b="integer")], "nextCursor": "2"}))
        name, arguments = params["name"], params["arguments"]
        text = lambda text, **more: {"content": [{"type": "text", "text": text}], **more}
        if name == "add":
            progress = {"jsonrpc": "2.0", "method": "notifications/progress",
                        "params": {"progressToken": 1, "progress": 1, "total": 2, "message": "carrying"}}
            return self.events([progress, result(text(str(arguments["a"] + arguments["b"])))])
        if name == "seen":
            return self.answer(result(text(json.dumps(seen))))
        if name == "fail":
            return self.answer(result(text("out of numbers", isError=True)))
        self.answer({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32602, "message": f"Unknown tool: {name}"}})

    def a2a_1_0(self, message):
        """Version 1.0 alone, as an agent of the SDK answers that has no compatibility with 0.3."""
        answer = lambda **rest: {"jsonrpc": "2.0", "id": message["id"], **rest}
        if message["method"] not in ("SendMessage", "SendStreamingMessage"):
            return self.answer(answer(error={"code": -32601, "message": "Method not found"}))
        if self.headers["A2A-Version"] != "1.0":
            return self.answer(answer(error={"code": -32009, "message": "A2A version '0.3' is not supported"}))
        question = message["params"]["message"]
        assert question["role"] == "ROLE_USER" and question["messageId"] and "kind" not in question, question
        said = question["parts"][0]["text"]
        failed = said == "fail"
        reason = {"role": "ROLE_AGENT", "parts": [{"text": "no model"}]}
        status = {"state": "TASK_STATE_FAILED", "message": reason} if failed else {"state": "TASK_STATE_COMPLETED"}
        artifacts = [] if failed else [{"artifactId": "a", "parts": [{"text": f"You said: {said}"}]}]
        if message["method"] == "SendMessage":
            return self.answer(answer(result={"task": {"id": "t", "status": status, "artifacts": artifacts}}))
        update = lambda **rest: answer(result={"artifactUpdate": {"taskId": "t", **rest}})
        self.events([answer(result={"task": {"id": "t", "status": {"state": "TASK_STATE_SUBMITTED"}}}),
                     update(artifact={"artifactId": "a", "parts": [{"text": "You said:"}]}),
                     update(artifact={"artifactId": "a", "parts": [{"text": f" {said}"}]}, append=True, lastChunk=True),
                     answer(result={"statusUpdate": {"taskId": "t", "status": status}})])

    def a2a(self, message):
        if os.environ.get("REVISION") == "1.0":
            return self.a2a_1_0(message)
        result = lambda value: {"jsonrpc": "2.0", "id": message["id"], "result": value}
        if message["method"] not in ("message/send", "message/stream"):
            return self.answer({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "Method not found"}})
        said = message["params"]["message"]["parts"][0]["text"]
        parts = lambda text: [{"kind": "text", "text": text}]
        state = "failed" if said == "fail" else "completed"
        reason = {"role": "agent", "parts": parts("no model")}
        task = {"kind": "task", "id": "t", "status": {"state": state, "message": reason if said == "fail" else None},
                "artifacts": [{"parts": parts(f"You said: {said}")}] if said != "fail" else []}
        if message["method"] == "message/send":
            return self.answer(result(task))
        piece = lambda text, append: result({"kind": "artifact-update", "append": append, "artifact": {"parts": parts(text)}})
        self.events([piece("You said:", False), piece(f" {said}", True),
                     result({"kind": "status-update", "final": True, "status": {"state": "completed"}})])

    # A web socket, as far as the tests need it.

    def talk(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "websocket")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while frame := self.frame():
            kind, data = frame
            if kind == 8:
                return self.say(8, data)
            text = data.decode()
            if text.startswith("close "):
                code, _, reason = text.removeprefix("close ").partition(" ")
                self.say(8, struct.pack(">H", int(code)) + reason.encode())
                self.frame()
                return
            if text == "break":
                return
            if text == "headers":
                text = json.dumps({name.lower(): value for name, value in self.headers.items()})
            if text == "large":
                text = "x" * 70_000
            if text == "bytes":
                self.say(2, b"\x00\xff")
            else:
                self.say(1, text.encode())

    def exactly(self, count):
        data = self.rfile.read(count)
        return data if len(data) == count else None

    def frame(self):
        head = self.exactly(2)
        if not head:
            return None
        size = head[1] & 127
        if size > 125:
            size = int.from_bytes(self.exactly(2 if size == 126 else 8), "big")
        mask = self.exactly(4)
        data = self.exactly(size)
        return head[0] & 15, bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))

    def say(self, kind, data):
        if len(data) < 126:
            size = bytes([len(data)])
        elif len(data) < 65536:
            size = b"\x7e" + struct.pack(">H", len(data))
        else:
            size = b"\x7f" + struct.pack(">Q", len(data))
        self.wfile.write(bytes([128 | kind]) + size + data)
        self.wfile.flush()


ThreadingHTTPServer(("", PORT), Agent).serve_forever()
