"""AI agents on Amazon Bedrock AgentCore Runtime from a notebook: `from agentcore import Runtime`.

The methods are those of AWS's retired starter toolkit, and each runs the `agentcore` binary of this package.
"""

from typing import Any

from ._binary import AgentcoreError, FailedError, RefusedError
from ._runtime import ConfigureResult, DestroyResult, LaunchResult, Runtime, StatusResult

__all__ = [
    "AgentcoreError",
    "ConfigureResult",
    "DestroyResult",
    "FailedError",
    "LaunchResult",
    "RefusedError",
    "Runtime",
    "StatusResult",
]

# What else the starter toolkit's module has, and what does the same.
_ELSEWHERE = {
    "Memory": "`agentcore memory --help` in a terminal, or `bedrock_agentcore.memory.MemoryClient` of the agent SDK",
    "MemoryManager": "`agentcore memory --help` in a terminal, or `bedrock_agentcore.memory.MemoryClient` of the agent SDK",
    "GatewayClient": "`agentcore gateway --help` in a terminal",
    "PolicyClient": "`agentcore policy --help` in a terminal, which names the AWS CLI's commands",
    "Evaluation": "`agentcore eval --help` in a terminal, which names the AWS CLI's commands",
    "ReferenceInputs": "`agentcore eval --help` in a terminal, which names the AWS CLI's commands",
    "Observability": "`agentcore obs --help` in a terminal",
}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        raise ImportError(f"`agentcore` has no {name}; in its place: {_ELSEWHERE[name]}", name=__name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
