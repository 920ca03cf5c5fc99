import { BedrockAgentCoreApp } from "bedrock-agentcore/runtime";

import { answer, words } from "./answer.js";

/** The JSON that a caller sends: `{"prompt": "Hello", "stream": true}`. */
interface Payload {
  prompt: string;
  stream?: boolean;
}

function isPayload(value: unknown): value is Payload {
  return typeof value === "object" && value !== null && typeof (value as Payload).prompt === "string";
}

const app = new BedrockAgentCoreApp({
  invocationHandler: {
    process: (payload: unknown, context) => {
      if (!isPayload(payload)) {
        throw new Error('send an object with a "prompt"');
      }
      context.log.info({ session: context.sessionId }, "asked");
      const text = answer(payload.prompt);
      return payload.stream ? words(text) : { answer: text };
    },
  },
});

// GET /ping and POST /invocations on port 8080, which is what AgentCore Runtime calls.
app.run();
