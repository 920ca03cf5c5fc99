//! What is beside a runtime: memories, gateways, environments, logs and traces.

use super::super::Shape::{Any, Anything, Bool, Free, Int, List, Object, OneOf, Text, Texts};
use super::super::parts::{AGENT, LOG_EVENT, STEP, TRACES};
use super::super::{maybe, member};
use super::{REGION, Rows};
use crate::report::schemas as name;

pub(super) const ROWS: Rows = &[
    (
        name::MEMORY,
        Some(&[
            member("memoryId", Text),
            member("status", Text),
            REGION,
            member("outcome", OneOf(&["created", "unchanged", "found"])),
            member("memory", Free),
        ]),
    ),
    (name::MEMORIES, Some(&[member("memories", Anything), REGION, member("more", Bool)])),
    (
        name::MEMORY_STATUS,
        Some(&[
            member("memoryId", Text),
            member("status", Text),
            REGION,
            maybe("failureReason", Text),
            member("strategies", List(&[member("name", Text), member("status", Text)])),
        ]),
    ),
    (name::MEMORY_DELETE, Some(&[member("memoryId", Text), member("status", Text), REGION])),
    (name::MEMORY_SHOW, Some(&[member("memoryId", Text), REGION, member("memory", Free), maybe("actors", Any)])),
    (name::MEMORY_ACTORS, Some(&[member("memoryId", Text), REGION, member("actors", Anything)])),
    (
        name::MEMORY_SESSIONS,
        Some(&[member("memoryId", Text), REGION, maybe("actorId", Text), member("sessions", Anything)]),
    ),
    (name::MEMORY_EVENTS, Some(&[member("memoryId", Text), REGION, member("events", Anything), member("more", Bool)])),
    (
        name::MEMORY_RECORDS,
        Some(&[member("memoryId", Text), REGION, member("records", Anything), member("more", Bool)]),
    ),
    (
        name::GATEWAY,
        Some(&[
            maybe("gatewayArn", Text),
            maybe("gatewayId", Text),
            maybe("gatewayUrl", Text),
            maybe("name", Text),
            maybe("status", Text),
            maybe("roleArn", Text),
            maybe("authorizerType", Text),
            member("outcome", Text),
            maybe("tokenCommand", Text),
            member("gateway", Free),
        ]),
    ),
    (name::GATEWAYS, Some(&[member("count", Int), member("leftOut", Int), member("items", Anything)])),
    (
        name::GATEWAY_TARGET,
        Some(&[
            maybe("targetId", Text),
            maybe("gatewayArn", Text),
            member("gatewayId", Text),
            maybe("name", Text),
            maybe("status", Text),
            maybe("targetType", Text),
            member("outcome", Text),
            member("target", Free),
        ]),
    ),
    (
        name::GATEWAY_TARGETS,
        Some(&[member("gatewayId", Text), member("count", Int), member("leftOut", Int), member("items", Anything)]),
    ),
    (
        name::GATEWAY_DELETE,
        Some(&[maybe("gatewayId", Text), maybe("targetId", Text), member("deleted", Bool), member("resources", Int)]),
    ),
    (
        name::ENVIRONMENTS,
        Some(&[
            member("config", Text),
            member(
                "environments",
                List(&[
                    member("name", Text),
                    member("kind", Text),
                    maybe("line", Int),
                    member(
                        "agents",
                        List(&[
                            member("name", Text),
                            maybe("runtimeArn", Text),
                            maybe("account", Text),
                            maybe("region", Text),
                            member("recorded", Bool),
                            maybe("inAccount", Bool),
                        ]),
                    ),
                ]),
            ),
            maybe("remote", Object(&[member("account", Text), member("region", Text)])),
            member("destroyCommands", Texts),
        ]),
    ),
    (
        name::LOGS,
        Some(&[
            member("agent_id", Text),
            member("endpoint", Text),
            member("logGroup", Text),
            REGION,
            member("since", Text),
            maybe("until", Text),
            member("more", Bool),
            maybe("events", List(LOG_EVENT)),
        ]),
    ),
    (
        name::OBSERVABILITY,
        Some(&[
            AGENT,
            member("account", Text),
            member("region", Text),
            member("applied", Bool),
            member("steps", List(STEP)),
            member("pending", List(STEP)),
            maybe("command", Text),
        ]),
    ),
    (
        name::OBSERVABILITY_CHECK,
        Some(&[
            AGENT,
            REGION,
            member(
                "findings",
                List(&[member("check", Text), member("state", Text), member("finding", Text), maybe("fix", Text)]),
            ),
        ]),
    ),
    (name::OBS_LIST, Some(TRACES)),
    (name::OBS_SHOW, Some(TRACES)),
];
