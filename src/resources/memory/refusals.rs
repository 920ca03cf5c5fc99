//! What is not done to a memory, and why: that of somebody else is not used, and one that may hold data is not replaced.

use super::states::failed;
use crate::cloud::AgentMemory;
use crate::config::Agent;
use crate::error::{Code, Error};

/// One that is FAILED, and cannot be shown to be empty.
pub(super) fn may_hold_data(memory: &AgentMemory) -> Error {
    failed(memory).hint(format!(
        "it may hold data and is not replaced: `agentcore memory delete {}` deletes it, and the next launch makes another",
        memory.id()
    ))
}

/// The id on record is not in the form of one.
pub(super) fn no_id(id: &str, agent: &Agent, is_brought: bool) -> Error {
    let name = &agent.name;
    let error = Error::usage(format!("`memory_id` of the agent `{name}` is `{id}`, which is not the id of a memory"))
        .code(Code::ConfigMemory)
        .cause("an id is the memory's name, a dash and ten letters or digits")
        .hint(format!("name the memory: `agentcore configure --name {name} --memory ID`"));
    if is_brought {
        error.hint(format!("or let launch make one: `agentcore configure --name {name} --memory stm`"))
    } else {
        error
    }
}

/// Its tags say that it was made for `other`, an agent of the same project: a destroy of that one would take it along.
pub(super) fn of_another_agent(memory: &AgentMemory, agent: &Agent, other: &str) -> Error {
    let name = &agent.name;
    Error::usage(format!("the memory `{}` is that of the agent `{other}` of this project", memory.name()))
        .code(Code::ConfigMemory)
        .hint(format!("let `{name}` use it as well: `agentcore configure --name {name} --memory {}`", memory.id()))
        .hint(format!("or set another `memory_name` of `{name}`, and launch makes one for it"))
}

/// It has the name of the memory that is wanted, and neither the record nor its tags say who made it. `are_tags_known` is false
/// where the caller may not read them.
pub(super) fn not_made_here(memory: &AgentMemory, agent: &Agent, are_tags_known: bool) -> Error {
    let name = &agent.name;
    Error::usage(format!("a memory `{}` exists that this program did not make", memory.name()))
        .code(Code::ConfigMemory)
        .cause(if are_tags_known {
            "it has none of this program's tags"
        } else {
            "it is not on record, and its tags may not be read (bedrock-agentcore:ListTagsForResource)"
        })
        .hint(format!("use it: `agentcore configure --name {name} --memory {}`", memory.id()))
        .hint(format!("or set another `memory_name` of `{name}`, and launch makes a new one"))
}
