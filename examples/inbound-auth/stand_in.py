"""A model that needs no account: it calls the `weather` tool once, then answers with what was asked and what it found.

Enough to run the whole agent loop (model, tool, model) on a machine without access to a language model.
"""

from strands.models import Model


class StandIn(Model):
    def update_config(self, **model_config):
        pass

    def get_config(self):
        return {}

    def structured_output(self, output_model, prompt, system_prompt=None, **kwargs):
        raise NotImplementedError("the stand-in model has no structured output")

    async def stream(self, messages, tool_specs=None, system_prompt=None, **kwargs):
        blocks = messages[-1]["content"]
        found = [part["text"] for block in blocks for part in block.get("toolResult", {}).get("content", [])]
        yield {"messageStart": {"role": "assistant"}}
        if found:
            question = next(block["text"] for block in messages[0]["content"] if "text" in block)
            for piece in ("You asked: ", question, f" The weather is {found[0]}."):
                yield {"contentBlockDelta": {"delta": {"text": piece}}}
            yield {"contentBlockStop": {}}
            yield {"messageStop": {"stopReason": "end_turn"}}
        else:
            yield {"contentBlockStart": {"start": {"toolUse": {"name": "weather", "toolUseId": "call-1"}}}}
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": "{}"}}}}
            yield {"contentBlockStop": {}}
            yield {"messageStop": {"stopReason": "tool_use"}}
