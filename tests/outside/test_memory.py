"""Memories of the sandbox over the wire: every operation's shapes, codes and refusals, with boto3."""

import datetime
import json
import time
import uuid

import pytest
from botocore.exceptions import ClientError

from test_identities import Checked
from world import ACCOUNT, trust_policy

REGION = "us-west-2"
NOW = datetime.datetime(2026, 3, 4, 5, 6, 7, 250000, tzinfo=datetime.timezone.utc)
FACTS = {"semanticMemoryStrategy": {"name": "Facts", "namespaceTemplates": ["/users/{actorId}/facts/"]}}
LIKES = {"userPreferenceMemoryStrategy": {"name": "Likes", "namespaces": ["/users/{actorId}/likes/"]}}
SUMMARY = {"summaryMemoryStrategy": {"name": "Sums", "namespaces": ["/sums/{actorId}/{sessionId}/"]}}


@pytest.fixture(scope="module")
def control(sandbox):
    return Checked(sandbox, "bedrock-agentcore-control")


@pytest.fixture(scope="module")
def data(sandbox):
    return Checked(sandbox, "bedrock-agentcore")


@pytest.fixture
def name():
    return "m" + uuid.uuid4().hex[:10]


def active(control, **more) -> dict:
    """A new memory, once it takes events."""
    memory = control.create_memory(eventExpiryDuration=30, **more)["memory"]
    control.client.get_waiter("memory_created").wait(memoryId=memory["id"], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    return control.get_memory(memoryId=memory["id"])["memory"]


@pytest.fixture
def memory(control, name):
    return active(control, name=name)["id"]


def said(text: str, role="USER") -> dict:
    return {"conversational": {"content": {"text": text}, "role": role}}


def put(data, memory: str, *payload, actor="ann", session="s1", **more) -> dict:
    more = {"eventTimestamp": NOW} | more
    return data.create_event(memoryId=memory, actorId=actor, sessionId=session, payload=list(payload), **more)["event"]


def found(probe, seconds=10):
    """The first true answer: records appear about a second after what was said."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.2)
    return answer


def test_a_memory_lives_through_its_states(control, name):
    made = control.create_memory(name=name, description="what it is", eventExpiryDuration=30, tags={"team": "a"},
                                 memoryStrategies=[FACTS, LIKES, SUMMARY])["memory"]
    assert made["status"] == "CREATING" and made["id"].startswith(f"{name}-")
    assert made["arn"] == f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:memory/{made['id']}"
    kinds = {one["name"]: (one["type"], one["namespaces"]) for one in made["strategies"]}
    assert kinds == {"Facts": ("SEMANTIC", ["/users/{actorId}/facts/"]),
                     "Likes": ("USER_PREFERENCE", ["/users/{actorId}/likes/"]),
                     "Sums": ("SUMMARIZATION", ["/sums/{actorId}/{sessionId}/"])}
    assert all(one["namespaces"] == one["namespaceTemplates"] and one["status"] == "CREATING" for one in made["strategies"])
    code, kind = control.error("update_memory", memoryId=made["id"], description="early")
    assert (code, kind) == (400, "ValidationException")
    control.client.get_waiter("memory_created").wait(memoryId=made["id"], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    got = control.get_memory(memoryId=made["id"], view="without_decryption")["memory"]
    assert got["status"] == "ACTIVE" and {one["status"] for one in got["strategies"]} == {"ACTIVE"}
    assert control.error("get_memory", memoryId=made["id"], view="half") == (400, "ValidationException")
    rows = [row for page in control.client.get_paginator("list_memories").paginate(PaginationConfig={"PageSize": 1})
            for row in page["memories"]]
    [row] = [row for row in rows if row["id"] == made["id"]]
    assert row["status"] == "ACTIVE" and row["arn"] == made["arn"]

    taken = pytest.raises(ClientError, control.client.create_memory, name=name, eventExpiryDuration=30)
    assert taken.value.response["Error"]["Code"] == "ValidationException" and "already exists" in str(taken.value)
    changed = control.update_memory(memoryId=made["id"], description="other", memoryStrategies={
        "addMemoryStrategies": [{"episodicMemoryStrategy": {"name": "Ep"}}],
        "deleteMemoryStrategies": [{"memoryStrategyId": got["strategies"][0]["strategyId"]}]})["memory"]
    assert (changed["status"], changed["description"]) == ("UPDATING", "other")
    assert {one["name"]: one["status"] for one in changed["strategies"]} == {
        "Facts": "DELETING", "Likes": "ACTIVE", "Sums": "ACTIVE", "Ep": "CREATING"}
    after = found(lambda: (now := control.get_memory(memoryId=made["id"])["memory"])["status"] == "ACTIVE" and now)
    assert [one["name"] for one in after["strategies"]] == ["Likes", "Sums", "Ep"]

    assert control.list_tags_for_resource(resourceArn=made["arn"]) == {"tags": {"team": "a"}}
    control.tag_resource(resourceArn=made["arn"], tags={"cost": "1"})
    control.untag_resource(resourceArn=made["arn"], tagKeys=["team"])
    assert control.list_tags_for_resource(resourceArn=made["arn"])["tags"] == {"cost": "1"}

    assert control.delete_memory(memoryId=made["id"]) == {"memoryId": made["id"], "status": "DELETING"}
    found(lambda: made["id"] not in [row["id"] for row in control.list_memories(maxResults=100)["memories"]])
    assert control.error("get_memory", memoryId=made["id"]) == (404, "ResourceNotFoundException")
    assert control.error("list_tags_for_resource", resourceArn=made["arn"]) == (404, "ResourceNotFoundException")


def test_every_kind_of_strategy_fits_the_model(sandbox, control, name):
    role = sandbox.boto("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust_policy())["Role"]["Arn"]
    step = {"appendToPrompt": "do this", "modelId": "some.model"}
    reflection = step | {"namespaceTemplates": ["/r/{actorId}/"]}
    overrides = [
        {"semanticOverride": {"extraction": step, "consolidation": step}},
        {"summaryOverride": {"consolidation": step}},
        {"userPreferenceOverride": {"extraction": step, "consolidation": step}},
        {"episodicOverride": {"extraction": step, "consolidation": step, "reflection": reflection}},
        {"selfManagedConfiguration": {
            "triggerConditions": [{"messageBasedTrigger": {"messageCount": 5}}],
            "invocationConfiguration": {"topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:topic", "payloadDeliveryBucketName": "bucket"},
            "historicalContextWindowSize": 3}},
    ]
    strategies = [{"customMemoryStrategy": {"name": f"Own{index}", "configuration": one}} for index, one in enumerate(overrides)]
    refused = control.error("create_memory", name=name, eventExpiryDuration=30, memoryStrategies=strategies)
    assert refused == (400, "ValidationException"), "they need a role"
    memory = active(control, name=name, memoryExecutionRoleArn=role, memoryStrategies=strategies)
    kinds = [one["configuration"]["type"] for one in memory["strategies"]]
    assert kinds == ["SEMANTIC_OVERRIDE", "SUMMARY_OVERRIDE", "USER_PREFERENCE_OVERRIDE", "EPISODIC_OVERRIDE", "SELF_MANAGED"]
    semantic, episodic = (memory["strategies"][index]["configuration"] for index in (0, 3))
    assert semantic["extraction"]["customExtractionConfiguration"]["semanticExtractionOverride"] == step
    reflected = episodic["reflection"]["customReflectionConfiguration"]["episodicReflectionOverride"]
    assert reflected["namespaces"] == reflected["namespaceTemplates"] == ["/r/{actorId}/"]
    changed = control.update_memory(memoryId=memory["id"], memoryStrategies={"modifyMemoryStrategies": [
        {"memoryStrategyId": memory["strategies"][0]["strategyId"], "configuration": {
            "extraction": {"customExtractionConfiguration": {"semanticExtractionOverride": step | {"modelId": "new"}}}}},
        {"memoryStrategyId": memory["strategies"][4]["strategyId"], "configuration": {
            "selfManagedConfiguration": {"historicalContextWindowSize": 9}}}]})["memory"]
    configurations = [one["configuration"] for one in changed["strategies"]]
    assert configurations[0]["extraction"]["customExtractionConfiguration"]["semanticExtractionOverride"]["modelId"] == "new"
    assert configurations[0]["consolidation"] == semantic["consolidation"]
    assert configurations[4]["selfManagedConfiguration"]["historicalContextWindowSize"] == 9
    assert configurations[4]["selfManagedConfiguration"]["triggerConditions"] == overrides[4]["selfManagedConfiguration"]["triggerConditions"]
    unknown = control.error("create_memory", name=f"{name}b", eventExpiryDuration=30, memoryExecutionRoleArn=role + "gone")
    assert unknown == (400, "ValidationException")


def test_events_come_back_as_they_went(data, memory):
    document = {"z": [1, 2.5, None, True], "a": {"text": "ü\u2028 'x'"}, "big": 2**53}
    first = put(data, memory, said("hello"), {"blob": document}, {"json": {"content": {"b": 1, "a": 2}}},
                metadata={"kind": {"stringValue": "chat"}, "empty": {"stringValue": ""}})
    assert first["payload"] == [said("hello"), {"blob": document}, {"json": {"content": {"b": 1, "a": 2}}}]
    assert first["branch"] == {"name": "main"} and first["memoryId"] == memory
    millis, _, tail = first["eventId"].partition("#")
    assert millis == f"{int(NOW.timestamp() * 1000) // 1000 * 1000:019}" or millis == f"{int(NOW.timestamp() * 1000):019}"
    assert len(tail) == 8
    where = {"memoryId": memory, "actorId": "ann", "sessionId": "s1"}
    assert data.get_event(**where, eventId=first["eventId"])["event"] == first
    # A memory's ARN is as good as its id.
    arn = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:memory/{memory}"
    assert data.get_event(**where | {"memoryId": arn}, eventId=first["eventId"])["event"] == first
    # Text that is JSON stays text.
    text = json.dumps({"b": 1, "a": [2]}, indent=3)
    assert put(data, memory, {"blob": text})["payload"] == [{"blob": text}]
    assert put(data, memory)["payload"] == []
    blank = data.create_event(memoryId=memory, actorId="ann", eventTimestamp=NOW, payload=[])["event"]
    assert uuid.UUID(blank["sessionId"])
    # The same token is the same event, and no other request's.
    again = [put(data, memory, said("one"), clientToken="once") for _ in range(2)]
    assert again[0] == again[1]
    event = {"memoryId": memory, "sessionId": "s1", "eventTimestamp": NOW, "clientToken": "once"}
    for other in ({"actorId": "ann", "payload": [said("two")]}, {"actorId": "bob", "payload": [said("one")]}):
        assert data.error("create_event", **event, **other) == (400, "ValidationException"), other

    assert data.delete_event(**where, eventId=first["eventId"]) == {"eventId": first["eventId"]}
    for operation in ("get_event", "delete_event"):
        assert data.error(operation, **where, eventId=first["eventId"]) == (404, "ResourceNotFoundException")
        assert data.error(operation, **where, eventId="no id") == (400, "ValidationException")


def test_four_mebibytes_come_back_byte_for_byte(data, memory):
    blob = ("0123456789abcdef\n\t\"\\é\u2028" * 240_000)[: 4 << 20]
    event = put(data, memory, {"blob": blob})
    assert event["payload"][0]["blob"] == blob
    [listed] = data.list_events(memoryId=memory, actorId="ann", sessionId="s1")["events"]
    assert listed["payload"][0]["blob"] == blob
    too_much = [{"blob": "x" * (11 << 20)}]
    assert data.error("create_event", memoryId=memory, actorId="ann", eventTimestamp=NOW, payload=too_much) == (400, "ValidationException")


def test_listings_are_newest_first_and_in_pages(data, memory):
    at = [put(data, memory, said(str(number)), eventTimestamp=NOW + datetime.timedelta(seconds=number % 3)) for number in range(7)]
    expected = [event["eventId"] for event in sorted(at, key=lambda event: event["eventId"], reverse=True)]
    where = {"memoryId": memory, "actorId": "ann", "sessionId": "s1"}
    ids, token, pages = [], {}, 0
    while True:
        page = data.list_events(**where, maxResults=3, **token)
        ids += [event["eventId"] for event in page["events"]]
        pages += 1
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert (ids, pages) == (expected, 3)
    # The model requires the payload; the service leaves it out, and so does its stand-in.
    bare = data.client.list_events(**where, includePayloads=False)["events"]
    assert len(bare) == 7 and all("payload" not in event for event in bare)
    for bad in ({"maxResults": 101}, {"maxResults": 0}, {"nextToken": "guessed"}):
        assert data.error("list_events", **where, **bad) == (400, "ValidationException"), bad
    for session in range(25):
        put(data, memory, actor="bob", session=f"t{session}")
    sessions = [row for page in data.client.get_paginator("list_sessions").paginate(memoryId=memory, actorId="bob")
                for row in page["sessionSummaries"]]
    assert {row["sessionId"] for row in sessions} == {f"t{session}" for session in range(25)}
    assert data.list_sessions(memoryId=memory, actorId="ann", maxResults=1)["sessionSummaries"][0]["sessionId"] == "s1"
    assert data.list_actors(memoryId=memory) == {"actorSummaries": [{"actorId": "ann"}, {"actorId": "bob"}]}
    # Nobody is an empty list, not an error.
    assert data.list_events(memoryId=memory, actorId="nobody", sessionId="s1") == {"events": []}
    assert data.list_sessions(memoryId=memory, actorId="nobody") == {"sessionSummaries": []}
    # A session without events remains, and can be left out.
    for event in at:
        data.delete_event(**where, eventId=event["eventId"])
    assert len(data.list_sessions(memoryId=memory, actorId="ann")["sessionSummaries"]) == 1
    assert data.list_sessions(memoryId=memory, actorId="ann", filter={"eventFilter": "HAS_EVENTS"}) == {"sessionSummaries": []}


def test_events_are_filtered_by_metadata_and_branch(data, memory):
    def expression(key, operator, value=None):
        right = {} if value is None else {"right": {"metadataValue": {"stringValue": value}}}
        return {"left": {"metadataKey": key}, "operator": operator} | right

    where = {"memoryId": memory, "actorId": "ann", "sessionId": "s1"}
    one = put(data, memory, said("1"), metadata={"kind": {"stringValue": "a"}})
    two = put(data, memory, said("2"), metadata={"kind": {"stringValue": "b"}, "more": {"stringValue": "x"}})
    three = put(data, memory, said("3"))
    fork = put(data, memory, said("2b"), branch={"name": "other", "rootEventId": one["eventId"]})
    forked = put(data, memory, said("2c"), branch={"name": "other"})

    def ids(**filter):
        return [event["eventId"] for event in data.list_events(**where, filter=filter)["events"]]

    assert ids(eventMetadata=[expression("kind", "EQUALS_TO", "a")]) == [one["eventId"]]
    assert ids(eventMetadata=[expression("kind", "EXISTS"), expression("more", "NOT_EXISTS")]) == [one["eventId"]]
    assert ids(eventMetadata=[expression("kind", "EXISTS")]) == [two["eventId"], one["eventId"]]
    assert ids(branch={"name": "other"}) == [forked["eventId"], fork["eventId"]]
    assert forked["branch"] == {"name": "other", "rootEventId": one["eventId"]}
    parents = {"name": "other", "includeParentBranches": True}
    assert ids(branch=parents) == [forked["eventId"], fork["eventId"], one["eventId"]]
    assert ids(branch={"name": "main"}) == [three["eventId"], two["eventId"], one["eventId"]]
    assert ids(branch={"name": "main"}, eventMetadata=[expression("more", "EXISTS")]) == [two["eventId"]]
    # The filter is applied to a page once it was read, as the service does.
    page = data.list_events(**where, maxResults=1, filter={"eventMetadata": [expression("kind", "EQUALS_TO", "a")]})
    assert page["events"] == [] and page["nextToken"]
    for bad in ([], [expression("kind", "EQUALS_TO")], [expression("kind", "GREATER_THAN", "1")], [expression("k", "EXISTS")] * 6):
        assert data.error("list_events", **where, filter={"eventMetadata": bad}) == (400, "ValidationException"), bad
    missing = {"name": "new", "rootEventId": "0000000000000000000#ffffffff"}
    assert data.error("create_event", **where, eventTimestamp=NOW, payload=[], branch=missing) == (404, "ResourceNotFoundException")


BAD_EVENTS = {
    "actor": {"actorId": "-a"},
    "session": {"sessionId": "a/b"},
    "no time": {"eventTimestamp": None},
    "role": {"payload": [said("x", "ROBOT")]},
    "empty text": {"payload": [said("")]},
    "long text": {"payload": [said("x" * 100_001)]},
    "two in one": {"payload": [said("x") | {"blob": 1}]},
    "nothing": {"payload": [{}]},
    "101 items": {"payload": [said("x")] * 101},
    "metadata": {"metadata": {f"k{number}": {"stringValue": "v"} for number in range(16)}},
    "metadata value": {"metadata": {"k": {"stringValue": "v" * 257}}},
    "metadata text": {"metadata": {"k": {"stringValue": "ä"}}},
    "mode": {"extractionMode": "MAYBE"},
    "branch": {"branch": {"name": "a b"}},
    "unknown variable": {"extractionConfig": {"namespaceVariables": {"tenant": "t"}}},
}


@pytest.mark.parametrize("case", BAD_EVENTS)
def test_a_bad_event_is_refused(data, memory, case):
    good = {"actorId": "ann", "sessionId": "s1", "eventTimestamp": NOW, "payload": [said("x")]}
    event = {name: value for name, value in (good | BAD_EVENTS[case]).items() if value is not None}
    assert data.error("create_event", memoryId=memory, **event) == (400, "ValidationException")
    assert data.list_actors(memoryId=memory)["actorSummaries"] == []


def test_memories_that_are_not_there_are_told_apart(control, data, name):
    ask = {"actorId": "ann", "sessionId": "s1"}
    assert data.error("list_events", memoryId="nobody-0123456789", **ask) == (404, "ResourceNotFoundException")
    assert data.error("list_events", memoryId="nobody-012345678", **ask) == (400, "ValidationException")
    made = control.create_memory(name=name, eventExpiryDuration=30)["memory"]["id"]
    assert data.error("list_events", memoryId=made, **ask) == (400, "ValidationException"), "it is CREATING"
    found(lambda: control.get_memory(memoryId=made)["memory"]["status"] == "ACTIVE")
    put(data, made, said("x"))
    control.delete_memory(memoryId=made)
    assert data.error("list_events", memoryId=made, **ask)[1] in ("ValidationException", "ResourceNotFoundException")


def test_records_are_made_of_what_users_say(control, data, name):
    memory = active(control, name=name, memoryStrategies=[FACTS, LIKES, SUMMARY])
    id, [facts, likes, sums] = memory["id"], [one["strategyId"] for one in memory["strategies"]]
    put(data, id, said("I live in Lisbon and like grilled sardines"), said("How nice!", "ASSISTANT"),
        said("Which food do I like?"))
    put(data, id, said("My secret is 42"), extractionMode="SKIP")
    put(data, id, {"blob": "I like blobs"})
    put(data, id, said("I like tea"), actor="bob", session="s2")

    def search(query, **more):
        criteria = {"searchQuery": query} | more.pop("criteria", {})
        return data.retrieve_memory_records(memoryId=id, searchCriteria=criteria, **more)["memoryRecordSummaries"]

    # What was said last appears last.
    found(lambda: len(search("like", namespacePath="/users")) == 4)
    [record] = search("What food does she like?", namespace="/users/ann/facts/")
    assert record["content"]["text"] == "I live in Lisbon and like grilled sardines"
    assert record["memoryStrategyId"] == facts and record["namespaces"] == ["/users/ann/facts/"]
    assert 0.2 <= record["score"] < 1
    [exact] = search("I live in Lisbon and like grilled sardines", namespacePath="/users/ann/", criteria={"memoryStrategyId": likes})
    assert exact["score"] == 1 and exact["memoryStrategyId"] == likes
    assert len(search("like", namespacePath="/users/ann")) == 2
    assert len(search("like", namespacePath="/users", criteria={"topK": 3})) == 3
    assert search("like", namespace="/users/ann/") == [], "a namespace is exact"
    assert search("secret blobs", namespacePath="/") == []
    listed = data.list_memory_records(memoryId=id, namespace="/sums/ann/s1/")["memoryRecordSummaries"]
    [summary] = listed
    assert summary["content"]["text"].splitlines() == [
        "USER: I live in Lisbon and like grilled sardines", "ASSISTANT: How nice!", "USER: Which food do I like?"]
    assert summary["memoryStrategyId"] == sums
    pages = data.client.get_paginator("list_memory_records").paginate(memoryId=id, namespacePath="/", PaginationConfig={"PageSize": 2})
    assert sum(len(page["memoryRecordSummaries"]) for page in pages) == 6
    for bad in ({}, {"namespace": "/a/", "namespacePath": "/a/"}):
        assert data.error("list_memory_records", memoryId=id, **bad) == (400, "ValidationException")
    assert data.ingest_data(memoryId=id, actorId="eve", sessionId="s9", contentTimestamp=NOW,
                            source={"inline": {"payload": [said("I like olives")]}}) == {"sessionId": "s9"}
    assert found(lambda: search("olives", namespacePath="/users/eve"))
    assert {"actorId": "eve"} not in data.list_actors(memoryId=id)["actorSummaries"], "there is no event"
    assert data.list_memory_extraction_jobs(memoryId=id) == {"jobs": []}
    assert data.error("start_memory_extraction_job", memoryId=id, extractionJob={"jobId": "j"}) == (404, "ResourceNotFoundException")


def test_a_memory_without_strategies_makes_no_records(data, memory):
    put(data, memory, said("I like tea"))
    time.sleep(1.5)
    assert data.list_memory_records(memoryId=memory, namespacePath="/")["memoryRecordSummaries"] == []


def test_own_namespace_keys_are_filled_in(control, data, name):
    keys = [{"key": "tenant", "validation": {"allowedValues": ["acme", "other"]}}]
    strategy = {"semanticMemoryStrategy": {"name": "Facts", "namespaceTemplates": ["/{tenant}/{actorId}/"]}}
    assert control.error("create_memory", name=name, eventExpiryDuration=30, memoryStrategies=[strategy]) == (400, "ValidationException")
    id = active(control, name=name, namespaceKeys=keys, memoryStrategies=[strategy])["id"]
    put(data, id, said("I like tea"), extractionConfig={"namespaceVariables": {"tenant": "acme"}})
    put(data, id, said("I like wine"))
    [record] = found(lambda: data.list_memory_records(memoryId=id, namespacePath="/")["memoryRecordSummaries"])
    assert (record["namespaces"], record["content"]["text"]) == (["/acme/ann/"], "I like tea")
    bad = {"extractionConfig": {"namespaceVariables": {"tenant": "nobody"}}}
    event = {"memoryId": id, "actorId": "ann", "eventTimestamp": NOW, "payload": []}
    assert data.error("create_event", **event, **bad) == (400, "ValidationException")


def test_records_are_written_in_batches(data, memory):
    def record(number, **more):
        return {"requestIdentifier": f"r{number}", "namespaces": ["/own/"], "content": {"text": f"number {number}"},
                "timestamp": NOW} | more

    rich = {"memoryStrategyId": "Own-0123456789", "metadata": {
        "kind": {"stringValue": "a"}, "size": {"numberValue": 5}, "tags": {"stringListValue": ["x", "y"]}}}
    made = data.batch_create_memory_records(memoryId=memory, records=[record(1, **rich), record(2)], clientToken="batch",
                                            recordExpirySpecification={"recordExpiryDurationDays": 40})
    assert [row["requestIdentifier"] for row in made["successfulRecords"]] == ["r1", "r2"] and not made["failedRecords"]
    again = data.batch_create_memory_records(memoryId=memory, records=[record(1, **rich), record(2)], clientToken="batch",
                                             recordExpirySpecification={"recordExpiryDurationDays": 40})
    assert again == made
    other = {"memoryId": memory, "records": [record(3)], "clientToken": "batch"}
    assert data.error("batch_create_memory_records", **other) == (400, "ValidationException")
    ids = [row["memoryRecordId"] for row in made["successfulRecords"]]
    got = data.get_memory_record(memoryId=memory, memoryRecordId=ids[0], namespace="/own/")["memoryRecord"]
    assert got["metadata"] == rich["metadata"] and got["memoryStrategyId"] == "Own-0123456789"
    assert (got["expiresAt"] - got["createdAt"]).days == 40
    # A namespace is a filter.
    for operation in ("get_memory_record", "delete_memory_record"):
        elsewhere = {"memoryRecordId": ids[0], "namespace": "/other/"}
        assert data.error(operation, memoryId=memory, **elsewhere) == (404, "ResourceNotFoundException")
    kept = data.batch_delete_memory_records(memoryId=memory, records=[{"memoryRecordId": ids[0], "namespace": "/other/"}])
    assert [row["errorCode"] for row in kept["failedRecords"]] == [404] and not kept["successfulRecords"]

    def listed(**more):
        rows = data.list_memory_records(memoryId=memory, namespace="/own/", **more)["memoryRecordSummaries"]
        return {row["memoryRecordId"] for row in rows}

    def filter(operator, key, **value):
        return {"metadataFilters": [{"left": {"metadataKey": key}, "operator": operator} | (
            {"right": {"metadataValue": value}} if value else {})]}

    assert listed() == set(ids)
    assert listed(**filter("GREATER_THAN", "size", numberValue=4)) == {ids[0]}
    assert listed(**filter("CONTAINS", "tags", stringValue="y")) == {ids[0]}
    assert listed(**filter("NOT_EXISTS", "kind")) == {ids[1]}
    ghost = "mem-" + str(uuid.uuid4())
    updated = data.batch_update_memory_records(memoryId=memory, recordExpirySpecification={"action": "REMOVE"}, records=[
        {"memoryRecordId": ids[0], "timestamp": NOW, "content": {"text": "changed"}}, {"memoryRecordId": ghost, "timestamp": NOW}])
    assert [row["memoryRecordId"] for row in updated["successfulRecords"]] == [ids[0]]
    assert [(row["memoryRecordId"], row["errorCode"]) for row in updated["failedRecords"]] == [(ghost, 404)]
    got = data.get_memory_record(memoryId=memory, memoryRecordId=ids[0])["memoryRecord"]
    assert got["content"]["text"] == "changed" and got["metadata"] == rich["metadata"] and "expiresAt" not in got
    gone = data.batch_delete_memory_records(memoryId=memory, records=[{"memoryRecordId": ids[0]}, {"memoryRecordId": ghost}])
    assert (len(gone["successfulRecords"]), len(gone["failedRecords"])) == (1, 1)
    assert data.delete_memory_record(memoryId=memory, memoryRecordId=ids[1]) == {"memoryRecordId": ids[1]}
    for operation in ("get_memory_record", "delete_memory_record"):
        assert data.error(operation, memoryId=memory, memoryRecordId=ids[1]) == (404, "ResourceNotFoundException")
        assert data.error(operation, memoryId=memory, memoryRecordId="mem-short") == (400, "ValidationException")
    for bad in ({"requestIdentifier": "a b"}, {"namespaces": ["/a/", "/b/"]}, {"content": {"text": "x" * 16_001}},
                {"metadata": {"k": {}}}, {"timestamp": None}):
        records = [{name: value for name, value in record(4, **bad).items() if value is not None}]
        assert data.error("batch_create_memory_records", memoryId=memory, records=records) == (400, "ValidationException"), bad
