/** An agent in TypeScript: the service's HTTP contract, a module of its own and a package from npm. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import { spell } from "./spell.js";

interface Prompt {
  seconds: number;
}

const started = Math.floor(Date.now() / 1000);

function reply(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

async function read(request: IncomingMessage): Promise<Prompt> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as Prompt;
}

const server = createServer(async (request, response) => {
  if (request.method === "GET" && request.url === "/ping") {
    reply(response, 200, { status: "Healthy", time_of_last_update: started });
  } else if (request.method === "POST" && request.url === "/invocations") {
    const prompt = await read(request);
    reply(response, 200, { spelled: spell(prompt.seconds), language: "typescript" });
  } else {
    reply(response, 404, { error: "not found" });
  }
});

server.listen(8080, "0.0.0.0");
