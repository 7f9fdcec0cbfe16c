"""Makes the golden messages beside this file, with Google's implementation of protobuf.

    .setup/venv/bin/python proto/golden/generate.py [--check]

Every case holds a message's bytes as hex and what Google's decoder reads in them, in protobuf's JSON mapping
with the names of the `.proto` files.

- `requests.json`, `replies.json`: messages to accept. `canonical` is what Google's encoder makes of the
  meaning, where that is not `bytes` itself. The project's writers must make the same bytes, unless `one_way`
  is true: then the message says something in a way that they never do.
- `refusals.json`: requests to refuse, with the id and the field the refusal must name and words its message
  must hold. `google` tells whether Google's decoder takes the bytes: many are well formed, and refused
  because decoders differ on them or because no caller can mean them.
- `mutations.json`: valid messages with random damage. `meaning` is null where Google's decoder refuses.
  Whatever is accepted must be accepted by Google as well and mean the same.

With --check, nothing is written, and the exit status is 1 when the files are not what this script makes.
"""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.message import DecodeError, Message

HERE = Path(__file__).resolve().parent
PROTO = HERE.parent
SEED = 20131101
MUTATIONS = 600
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
UINT32_MAX, UINT64_MAX = 2**32 - 1, 2**64 - 1
Case = dict[str, Any]
Meaning = dict[str, Any]


def message_classes() -> dict[str, type[Message]]:
    """`Request` and `Reply` as the `.proto` files of today describe them."""
    sources = sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("inferd/v1/*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "set"
        command = ["protoc", f"--proto_path={PROTO}", f"--descriptor_set_out={target}", *sources]
        subprocess.run(command, check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"inferd.v1.{name}"))
        for name in ("Request", "Reply")
    }


CLASSES = message_classes()


# Bytes made by hand, for what no encoder writes.


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def tag(number: int, wire_type: int) -> bytes:
    return varint(number << 3 | wire_type)


def field(number: int, value: int | bytes | str) -> bytes:
    """A varint, or bytes with their length before them."""
    if isinstance(value, int):
        return tag(number, 0) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return tag(number, 2) + varint(len(data)) + data


def fixed64(number: int, value: int) -> bytes:
    return tag(number, 1) + (value & UINT64_MAX).to_bytes(8, "little")


def fixed32(number: int, value: int) -> bytes:
    return tag(number, 5) + value.to_bytes(4, "little")


ID = field(1, 7)
MODEL = field(4, "m")
PING = field(22, b"")


# What Google's decoder reads.


def read(kind: str, data: bytes) -> Message | None:
    """The message, or None where Google's decoder refuses."""
    message = CLASSES[kind]()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return None
    return message


def meaning(message: Message) -> Meaning:
    found: Meaning = json_format.MessageToDict(message, preserving_proto_field_name=True)
    return found


def canonical(message: Message) -> bytes:
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    return known.SerializeToString(deterministic=True)


def accepted(kind: str, name: str, content: Meaning | bytes, *, one_way: bool = False) -> Case:
    """A case to accept, from its meaning or from its bytes."""
    if isinstance(content, bytes):
        message = read(kind, content)
        if message is None:
            raise ValueError(f"{name}: Google's decoder refuses it")
        data = content
    else:
        message = json_format.ParseDict(content, CLASSES[kind]())
        data = message.SerializeToString(deterministic=True)
        if read(kind, data) != message and "NaN" not in str(content):
            raise ValueError(f"{name}: does not survive Google's own decoder")
    case: Case = {"name": name, "bytes": data.hex()}
    if canonical(message) != data:
        case["canonical"] = canonical(message).hex()
    if one_way:
        case["one_way"] = True
    case["meaning"] = meaning(message)
    return case


# Requests.

HISTORY: Meaning = {
    "timestamps_us": ["0", "3600000000", "7200000000"],
    "channels": [{"name": "load", "values": [1.5, -2.25, 0.1]}, {"name": "wind", "values": [0.0, -0.0, 3.0]}],
}
PREDICT: Meaning = {
    "series_id": "meter-17",
    "history": HISTORY,
    "horizon": 24,
    "future": [{"name": "wind", "values": [4.0, 5.0]}],
    "quantiles": [0.1, 0.5, 0.9],
    "actuals": [1.0, "NaN"],
}
EXTREME_DOUBLES = ["NaN", "Infinity", "-Infinity", 5e-324, -1.7976931348623157e308, -0.0, 0.1]
EXTREME_INTEGERS = [str(INT64_MIN), str(INT64_MAX), "-1", "0", "127", "128"]


def request_cases() -> Iterable[Case]:
    def case(name: str, body: Meaning | bytes, *, one_way: bool = False, **head: Any) -> Case:
        if isinstance(body, bytes):
            return accepted("Request", name, body, one_way=one_way)
        return accepted("Request", name, {"id": "7", **head, **body}, one_way=one_way)

    yield case("ping without payload", {"ping": {}})
    yield case("ping with every byte", {"ping": {"payload": json_bytes(bytes(range(256)))}})
    yield case("models, all", {"models": {}})
    yield case("models, one", {"models": {}}, model="jfk-temperature", version="3")
    yield case("stats", {"stats": {}})
    yield case("cancel", {"cancel": {"id": str(UINT64_MAX)}})
    yield case("hello with defaults", {"hello": {}})
    yield case(
        "hello in full",
        {"hello": {"protocol_version": 1, "client_name": "é" * 64, "token": "t" * 4096, "accept_lz4": True}},
    )
    yield case(
        "envelope in full",
        {"ping": {"payload": json_bytes(b"x")}},
        timeout_ms=3_600_000,
        traceparent="t" * 128,
        model="A-z_09" + "m" * 58,
        version=str(UINT64_MAX),
        cache={"bypass": True, "refresh": True, "max_age_ms": UINT32_MAX},
        want_receipt=True,
        priority="BATCH",
    )
    yield case("greatest id", {"ping": {}} | {"id": str(UINT64_MAX)})
    yield case("cache with its age only", {"ping": {}}, cache={"max_age_ms": 1})
    yield case("cache present and empty", ID + field(6, b"") + PING, one_way=True)

    yield case("predict", {"predict": PREDICT}, model="m")
    yield case("predict without anything", {"predict": {}}, model="m", one_way=True)
    yield case("predict with an empty history", {"predict": {"history": {}}}, model="m")
    extremes = {
        "series_id": "s" * 256,
        "history": {
            "timestamps_us": EXTREME_INTEGERS,
            "channels": [{"name": "c" * 64, "values": EXTREME_DOUBLES}, {"name": "", "values": []}, {}],
        },
        "horizon": UINT32_MAX,
        "future": [{}, {"name": "\U0001f600", "values": EXTREME_DOUBLES}],
        "quantiles": EXTREME_DOUBLES,
        "actuals": EXTREME_DOUBLES,
    }
    yield case("predict with extremes", {"predict": extremes}, model="m")
    regular = {"history": {"regular": {"start_us": str(INT64_MIN), "step": "15min"}, "channels": [{}]}}
    yield case("predict with regular time", {"predict": regular}, model="m")
    yield case(
        "predict with regular time at its defaults", {"predict": {"history": {"regular": {}}}}, model="m"
    )
    for length in (15, 16):
        # The lengths before them take one byte and two.
        values = {"history": {"channels": [{"name": "x", "values": [0.5] * length}]}}
        yield case(f"predict with {length} values", {"predict": values}, model="m")

    tensor = {"name": "x", "type": "FLOAT32", "shape": ["2", "1"], "data": json_bytes(bytes(8))}
    yield case("infer", {"infer": {"inputs": [tensor], "outputs": ["y", "z"]}}, model="m", version="1")
    yield case("infer without anything", {"infer": {}}, model="m")
    types = ("FLOAT32", "FLOAT64", "INT32", "INT64", "BOOL", "STRING")
    tensors = [{"name": "n" * 256, "type": kind, "shape": EXTREME_INTEGERS} for kind in types]
    yield case("infer with extremes", {"infer": {"inputs": tensors, "outputs": ["", "o" * 256]}}, model="m")
    yield case("infer with a tensor at its defaults", {"infer": {"inputs": [{}]}}, model="m", one_way=True)
    unknown_type = field(18, field(1, field(2, 77)))
    yield case("infer with an unknown type", ID + MODEL + unknown_type, one_way=True)
    negative_type = field(18, field(1, field(2, UINT64_MAX)))
    yield case("infer with a negative type", ID + MODEL + negative_type, one_way=True)

    yield from odd_encodings(case)


def odd_encodings(case: Any) -> Iterable[Case]:
    """Valid bytes that Google's encoder would not have written."""
    head = field(8, 1) + field(7, 1) + field(6, field(3, 9) + field(1, 1))
    yield case("fields out of order", field(22, field(1, b"p")) + head + MODEL + field(2, 10) + ID)
    yield case("defaults written out", ID + field(2, 0) + field(3, "") + field(5, 0) + field(8, 0) + PING)
    known = bytes(
        field(9, 1) + fixed32(10, 1) + fixed64(11, 1) + field(15, b"?") + field(2**29 - 1, UINT64_MAX)
    )
    yield case("unknown fields at the top", known + ID + known + PING + known)
    yield case("unknown fields in a body", ID + field(22, known + field(1, b"p") + known.replace(b"?", b"!")))
    yield case("unknown fields in an empty body", ID + field(19, field(1, 1)))
    yield case("256 fields", ID + field(9, 1) * 254 + PING)
    # Padding zeros: not the shortest varint, and within the length it may have.
    yield case("long tag", b"\x88\x80\x80\x80\x00\x07" + PING)
    yield case("long length", ID + b"\xb2\x81\x00\x80\x80\x80\x80\x00")
    yield case("long value", b"\x08\x87\x80\x80\x80\x80\x80\x80\x80\x80\x00" + PING)
    yield case("long bool", ID + b"\x38\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01" + PING)

    doubles = [0x3FF0000000000000, 0x7FF8000000000000, 0]
    unpacked = b"".join(fixed64(2, bits) for bits in doubles)
    packed = field(2, b"".join(bits.to_bytes(8, "little") for bits in doubles))
    times = fixed64(1, 5) + field(1, (6).to_bytes(8, "little")) + fixed64(1, 7)
    for name, values in {
        "unpacked": unpacked,
        "packed in parts": packed + packed,
        "packed and unpacked": unpacked + packed + unpacked,
        "packed and empty": field(2, b"") + packed + field(2, b""),
    }.items():
        history = field(3, field(1, "a") + values) + times
        body = field(17, field(2, history) + field(5, b"") + fixed64(6, 0))
        yield case(f"predict, {name}", ID + MODEL + body)
    shape = field(3, 4) + field(3, varint(5) + varint(UINT64_MAX) + b"\x86\x80\x00") + field(3, 2**63)
    yield case(
        "infer, shape packed and unpacked",
        ID + MODEL + field(18, field(1, field(2, 1) + shape + field(1, "x"))),
    )
    interleaved = field(2, "y") + field(1, field(2, 1)) + field(2, "z") + field(1, field(2, 2))
    yield case("infer, inputs and outputs in turn", ID + MODEL + field(18, interleaved))


def json_bytes(data: bytes) -> str:
    """Bytes as protobuf's JSON mapping has them."""
    text: str = json_format.MessageToDict(CLASSES["Request"](ping={"payload": data}))["ping"]["payload"]
    return text


# Replies.

RECEIPT_TIMES = (
    "receive",
    "queue",
    "decode",
    "precheck",
    "check_uniform",
    "prepare_frame",
    "window",
    "model",
    "inverse_scale",
    "metrics",
    "serialize",
    "publish",
    "total",
)


STATUS_CODES = (
    "CANCELLED",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "INTERNAL",
    "UNAVAILABLE",
    "UNAUTHENTICATED",
)


def reply_cases() -> Iterable[Case]:
    def case(name: str, content: Meaning | bytes, *, one_way: bool = False) -> Case:
        return accepted("Reply", name, content, one_way=one_way)

    yield case("nothing", b"")
    yield case("ping", {"id": "7", "ping": {"payload": json_bytes(b"\x00\xff")}})
    yield case("cancel, too late", {"id": "7", "cancel": {}})
    yield case("cancel", {"id": str(UINT64_MAX), "cancel": {"cancelled": True}})
    yield case("goaway", {"status": {"code": "UNAVAILABLE"}, "goaway": {"last_request": str(UINT64_MAX)}})
    for code in STATUS_CODES:
        yield case(f"status {code}", {"id": "1", "status": {"code": code}})
    full_status = {
        "code": "INVALID_ARGUMENT",
        "message": "value is not finite — π",
        "field": "predict.history.channels[2].values[17]",
        "retry_after_ms": UINT32_MAX,
    }
    yield case("status in full", {"id": "1", "status": full_status})

    receipt: Meaning = {f"{name}_us": index + 0.5 for index, name in enumerate(RECEIPT_TIMES)}
    receipt |= {"model_runs": UINT32_MAX, "batch_rows": 1, "worker": 64}
    yield case("receipt in full", {"id": "1", "receipt": receipt, "ping": {}})
    odd = {"receive_us": "NaN", "queue_us": "Infinity", "decode_us": -0.0, "model_us": 3.4028234663852886e38}
    yield case("receipt with extremes", {"id": "1", "receipt": odd})
    yield case("receipt at its defaults", {"id": "1", "receipt": {}})
    for outcome in ("HIT", "MISS", "COALESCED", "BYPASS"):
        yield case(
            f"cache {outcome}", {"id": "1", "cache": {"outcome": outcome, "age_ms": UINT32_MAX}, "ping": {}}
        )

    yield case("hello without limits", {"id": "1", "hello": {"protocol_version": 1}}, one_way=True)
    yield case("hello with empty limits", {"id": "1", "hello": {"limits": {}}})
    limits = {
        "frame_bytes": str(UINT64_MAX),
        "in_flight_per_connection": 64,
        "history_points": 16384,
        "channels": 256,
        "horizon": 4096,
        "quantiles": 32,
        "default_timeout_ms": UINT32_MAX,
    }
    hello = {"protocol_version": UINT32_MAX, "server_version": "0.1.0", "limits": limits}
    yield case("hello", {"id": "1", "hello": hello})

    metric_names = ("mae", "rmse", "mape", "smape", "mase", "coverage")
    predict: Meaning = {
        "model": "m" * 64,
        "version": str(UINT64_MAX),
        "timestamps_us": EXTREME_INTEGERS[:3],
        "values": [1.5, "NaN", 5e-324],
        "quantiles": [
            {"level": 0.1, "values": [1, 2, 3]},
            {"level": 0.9, "values": [-0.0, "Infinity", 1e308]},
        ],
        "metrics": {
            name: {"value": index + 0.25, "points": index + 1} for index, name in enumerate(metric_names)
        },
        "filled_points": 9,
    }
    yield case("predict", {"id": "1", "predict": predict})
    yield case("predict without anything", {"id": "1", "predict": {}})
    yield case("predict with undefined metrics", {"id": "1", "predict": {"metrics": {}}})
    yield case(
        "predict with a metric of 0",
        {"id": "1", "predict": {"metrics": {"mae": {}, "coverage": {"points": 1}}}},
    )
    outputs = [
        {"name": "y", "type": "FLOAT64", "shape": EXTREME_INTEGERS, "data": json_bytes(bytes(range(8)))},
        {"name": "", "type": "BOOL"},
    ]
    yield case("infer", {"id": "1", "infer": {"model": "m", "version": "1", "outputs": outputs}})
    yield case("infer without anything", {"id": "1", "infer": {}})
    yield case("models, none", {"id": "1", "models": {}})
    yield case("models", {"id": "1", "models": {"models": model_descriptions()}})
    yield case("stats at its defaults", {"id": "1", "stats": {}})
    yield case("stats", {"id": "1", "stats": statistics()})

    unknown = field(9, 1) + fixed64(15, 2) + field(24, b"later")
    yield case("unknown fields", unknown + ID + unknown + field(21, unknown + field(1, 1)) + unknown)
    yield case("fields out of order", field(21, field(1, 1)) + field(4, field(2, 3) + field(1, 1)) + ID)
    quantile = field(5, fixed64(2, 0) + fixed64(2, 1) + fixed64(1, 2))
    unpacked = fixed64(4, 1) + quantile + fixed64(3, 5) + fixed64(4, 2)
    yield case("predict, unpacked", ID + field(17, unpacked), one_way=True)
    yield case(
        "two bodies, of which the last counts", ID + field(22, field(1, b"p")) + field(21, field(1, 1))
    )


def model_descriptions() -> list[Meaning]:
    any_shape = [str(extent) for extent in (-1, 0, 48, INT64_MAX)]
    forecast = {
        "target": "temperature",
        "unit": "°F",
        "step": "1h",
        "time_zone": "America/New_York",
        "window": 48,
        "default_horizon": 24,
        "max_horizon": 168,
        "decode_mode": "autoregressive",
        "covariates": [{"name": "wind", "known_in_future": True}, {"name": "dew"}, {}],
        "quantiles": [0.1, 0.5, 0.9],
        "gap_policy": "interpolate",
    }
    full = {
        "name": "jfk-temperature",
        "version": "1",
        "state": "READY",
        "generation": str(UINT64_MAX),
        "is_default": True,
        "inputs": [
            {"name": "window", "type": "FLOAT32", "shape": any_shape},
            {"name": "s", "type": "STRING"},
        ],
        "outputs": [{"name": "next", "type": "INT64", "shape": ["1"]}],
        "forecast": forecast,
        "max_batch": 64,
        "model_bytes": str(INT64_MAX),
        "step_costs": [{"batch": 1, "microseconds": 12.5}, {"batch": 64}],
    }
    states = [{"name": state.lower(), "state": state} for state in ("LOADING", "RETIRING")]
    failed = {
        "name": "broken",
        "version": "2",
        "state": "FAILED",
        "error": "model.onnx: expected …",
        "forecast": {},
    }
    return [full, failed, *states]


def statistics() -> Meaning:
    names = (
        "uptime_us",
        "frames_received",
        "frames_abandoned",
        "requests_in_flight",
        "connections_accepted",
        "connections_refused",
        "bytes_received",
        "bytes_sent",
        "worker_busy_us",
    )
    stats: Meaning = {name: str(UINT64_MAX - index) for index, name in enumerate(names)}
    stats |= {"connections_open": 1024, "workers": UINT32_MAX, "draining": True}
    stats["replies"] = [{"count": "1"}, {"code": "INTERNAL", "count": str(UINT64_MAX)}, {"code": "CANCELLED"}]
    counters = ("version", "generation", "requests", "engine_runs", "engine_rows", "engine_us")
    model: Meaning = {name: str(index + 300) for index, name in enumerate(counters)}
    stats["models"] = [model | {"name": "m", "queued": 4096}, {}]
    return stats


# Requests to refuse.


def refusal_cases() -> Iterable[Case]:
    def case(name: str, data: bytes, refused_field: str, says: str, request_id: int = 7) -> Case:
        google = read("Request", data) is not None
        return {
            "name": name,
            "bytes": data.hex(),
            "id": request_id,
            "field": refused_field,
            "says": says,
            "google": google,
        }

    yield case("nothing", b"", "id", "0", 0)
    yield case("no id", PING, "id", "0", 0)
    yield case("id 0", field(1, 0) + PING, "id", "0", 0)
    yield case("no body", ID + MODEL, "", "no body")
    yield case("two bodies", ID + PING + field(20, b""), "", "two bodies, ping and stats")
    yield case("id twice", ID + field(1, 8) + PING, "id", "twice", 0)
    duplicates: dict[int, tuple[str, int | bytes]] = {
        2: ("timeout_ms", 1),
        3: ("traceparent", b"a"),
        4: ("model", b"m"),
        5: ("version", 1),
    }
    duplicates |= {6: ("cache", b""), 7: ("want_receipt", 1), 8: ("priority", 1), 22: ("ping", b"")}
    for number, (name, value) in duplicates.items():
        body = b"" if number == 22 else PING
        yield case(f"{name} twice", ID + field(number, value) * 2 + body, name, "twice")
    for number, name in {1: "cache.bypass", 2: "cache.refresh", 3: "cache.max_age_ms"}.items():
        yield case(f"{name} twice", ID + field(6, field(number, 1) * 2) + PING, name, "twice")
        yield case(f"{name} of a wrong type", ID + field(6, field(number, b"")) + PING, name, "wire type")
    for number, (name, _) in duplicates.items():
        yield case(f"{name} as 64 bits", ID + fixed64(number, 1) + PING, name, "wire type 64-bit")
        yield case(f"{name} as 32 bits", ID + fixed32(number, 1) + PING, name, "wire type 32-bit")
    yield case("id of a wrong type", fixed64(1, 7) + PING, "id", "wire type", 0)
    yield case("timeout_ms over an hour", ID + field(2, 3_600_001) + PING, "timeout_ms", "3600001")
    yield case("timeout_ms over 32 bits", ID + field(2, 2**32 + 1) + PING, "timeout_ms", "32 bits")
    yield case(
        "max_age_ms over 32 bits", ID + field(6, field(3, 2**32)) + PING, "cache.max_age_ms", "32 bits"
    )
    yield case("unknown priority", ID + field(8, 2) + PING, "priority", "2")
    yield case("priority over 32 bits", ID + field(8, 2**32 + 1) + PING, "priority", "unknown")
    yield case("long traceparent", ID + field(3, "t" * 129) + PING, "traceparent", "129")
    yield case("long model", ID + field(4, "m" * 65) + PING, "model", "65")
    for name in ("a/b", "..", "a b", "é", "a.b"):
        yield case(f"model {name}", ID + field(4, name) + PING, "model", "letters")
    yield case("predict without a model", ID + field(17, b""), "model", "names a model")
    yield case("infer without a model", ID + field(4, b"") + field(18, b""), "model", "names a model")
    bad_text = {
        "cut": b"\xc3",
        "overlong": b"\xc0\xaf",
        "surrogate": b"\xed\xa0\x80",
        "beyond": b"\xf4\x90\x80\x80",
    }
    for name, text in bad_text.items():
        yield case(f"model not UTF-8, {name}", ID + field(4, b"plain ascii " + text) + PING, "model", "UTF-8")
        yield case(f"traceparent not UTF-8, {name}", ID + field(3, text) + PING, "traceparent", "UTF-8")
    yield case("NUL in model", ID + field(4, b"a\0b") + PING, "model", "NUL")
    yield case("NUL behind text", ID + field(3, "é".encode() + b"12345678\0") + PING, "traceparent", "NUL")

    yield case("257 fields", ID + field(9, 1) * 255 + PING, "", "256")
    yield case("field number 0", ID + b"\x00\x01" + PING, "", "number 0")
    yield case("group", ID + b"\x4b\x4c" + PING, "", "groups")
    yield case("end of a group", ID + b"\x4c" + PING, "", "groups")
    yield case("wire type 6", ID + b"\x4e\x01" + PING, "", "wire type 6")
    yield case("tag of six bytes", ID + b"\xb2\x81\x80\x80\x80\x00\x00", "", "varint")
    yield case("tag beyond 32 bits", ID + b"\xb2\x81\x80\x80\x10\x00", "", "varint")
    yield case("length of six bytes", ID + b"\xb2\x01\x80\x80\x80\x80\x80\x00", "", "varint")
    yield case("value of eleven bytes", ID + b"\x10" + b"\x80" * 10 + b"\x00" + PING, "", "varint")
    yield case("value beyond 64 bits", ID + b"\x10" + b"\x80" * 9 + b"\x02" + PING, "", "varint")
    yield case("length past the end", ID + tag(22, 2) + varint(UINT32_MAX), "", "ends within")

    yield from refused_bodies(case)


def refused_bodies(case: Any) -> Iterable[Case]:
    def body(name: str, number: int, content: bytes, refused_field: str, says: str) -> Case:
        refused: Case = case(name, ID + MODEL + field(number, content), refused_field, says)
        return refused

    yield body("hello twice protocol_version", 16, field(1, 1) * 2, "hello.protocol_version", "twice")
    yield body("hello of a later protocol", 16, field(1, 2), "hello.protocol_version", "2")
    yield body("hello, NUL", 16, field(2, b"\0"), "hello.client_name", "NUL")
    yield body("hello, long client_name", 16, field(2, "c" * 129), "hello.client_name", "128")
    yield body("hello, long token", 16, field(3, "c" * 4097), "hello.token", "4096")
    yield body("hello, flag as text", 16, field(4, b""), "hello.accept_lz4", "wire type")
    yield body("cancel of 0", 21, b"", "cancel.id", "0")
    yield body("ping, payload twice", 22, field(1, b"") * 2, "ping.payload", "twice")
    yield body("ping, payload as number", 22, field(1, 5), "ping.payload", "wire type")
    yield body("ping, cut", 22, b"\x0a\x05", "ping", "ends within")
    yield body("ping, group", 22, b"\x13\x14", "ping", "groups")
    yield body("models, cut", 19, b"\x0a", "models", "ends within")
    yield body("stats, field number 0", 20, b"\x00\x00", "stats", "number 0")

    yield body("predict, horizon over 32 bits", 17, field(3, 2**32), "predict.horizon", "32 bits")
    yield body("predict, two histories", 17, field(2, b"") * 2, "predict.history", "twice")
    name_twice = field(2, field(3, b"") + field(3, field(1, "a") * 2))
    yield body("predict, channel's name twice", 17, name_twice, "predict.history.channels[1].name", "twice")
    not_text = field(4, field(1, b"\xff"))
    yield body("predict, covariate's name", 17, not_text, "predict.future[0].name", "UTF-8")
    yield body("predict, values of seven bytes", 17, field(5, bytes(7)), "predict.quantiles", "multiple of 8")
    yield body("predict, values of 32 bits", 17, fixed32(5, 0), "predict.quantiles", "wire type")
    yield body(
        "predict, channels as numbers", 17, field(2, field(3, 1)), "predict.history.channels", "wire type"
    )
    many = field(2, field(3, b"") * 257)
    yield body("predict, 257 channels", 17, many, "predict.history.channels", "256")
    twice = field(2, field(2, field(1, b"")))
    yield body("predict, start as text", 17, twice, "predict.history.regular.start_us", "wire type")

    yield body("infer, 257 outputs", 18, field(2, b"") * 257, "infer.outputs", "256")
    yield body("infer, NUL in a name", 18, field(2, b"") + field(2, b"\0"), "infer.outputs[1]", "NUL")
    cut_shape = field(1, field(3, b"\x01\x80"))
    yield body("infer, shape cut", 18, cut_shape, "infer.inputs[0].shape", "varint")
    long_shape = field(1, field(3, b"\x80" * 10 + b"\x00"))
    yield body("infer, overlong extent", 18, long_shape, "infer.inputs[0].shape", "varint")


# Mutations.


def split(data: bytes) -> list[bytes]:
    """A message's fields; what cannot be read is taken for the last one."""

    def skip_varint(at: int) -> int:
        while data[at] & 0x80:
            at += 1
        return at + 1

    def end(at: int) -> int:
        wire_type, at = data[at] & 7, skip_varint(at)
        if wire_type == 2:
            start = skip_varint(at)
            length = sum((byte & 0x7F) << 7 * index for index, byte in enumerate(data[at:start]))
            return start + length
        return {0: skip_varint(at) if wire_type == 0 else at, 1: at + 8, 5: at + 4}[wire_type]

    fields, at = [], 0
    while at < len(data):
        try:
            following = min(end(at), len(data))
        except (IndexError, KeyError):
            following = len(data)
        fields.append(data[at:following])
        at = following
    return fields


class Mutator:
    """Damages messages. Draws from `random` only, whose sequence is the same in every Python."""

    def __init__(self, seed: int, messages: list[bytes]) -> None:
        self.draw = random.Random(seed).random
        self.messages = messages

    def below(self, bound: int) -> int:
        return math.floor(self.draw() * bound)

    def slice(self, data: bytes) -> bytes:
        start = self.below(len(data) + 1)
        return data[start : start + self.below(len(data) - start + 1)]

    def among_fields(self, data: bytes, other: bytes) -> bytes:
        """Whole fields moved, dropped, doubled, or taken from elsewhere."""
        fields, others = split(data), split(other)
        chosen = fields[self.below(len(fields))]
        fields.insert(self.below(len(fields) + 1), (chosen, others[self.below(len(others))])[self.below(2)])
        if self.below(2):
            del fields[self.below(len(fields))]
        return b"".join(fields)

    def once(self, data: bytes) -> bytes:
        at = self.below(len(data) + 1)
        before, after = data[:at], data[at:]
        byte = bytes([(0, 1, 0x7F, 0x80, 0xFF, self.below(256))[self.below(6)]])
        other = self.messages[self.below(len(self.messages))]
        flipped = bytes([after[0] ^ 1 << self.below(8)]) + after[1:] if after else b""
        if data and self.below(2):
            return self.among_fields(data, other)
        choices = (
            before + flipped,
            before + byte + after[1:],
            before + byte + after,
            before + after[1:],
            before,
            after + before,
            before + self.slice(data) + after,
            before + self.slice(other) + after,
            data + other,
            before + other[self.below(len(other) + 1) :],
        )
        return choices[self.below(len(choices))]

    def next(self) -> bytes:
        data = self.messages[self.below(len(self.messages))]
        for _ in range(1 + self.below(2)):
            data = self.once(data)
        return data


def mutation_cases(kind: str, cases: list[Case], seed: int) -> Iterable[Case]:
    """Different messages, small enough to keep."""
    messages = [bytes.fromhex(case["bytes"]) for case in cases]
    mutator = Mutator(seed, [data for data in messages if 0 < len(data) <= 160])
    seen: set[bytes] = set()
    while len(seen) < MUTATIONS // 2:
        data = mutator.next()
        if data in seen or len(data) > 240:
            continue
        seen.add(data)
        message = read(kind, data)
        yield {"kind": kind, "bytes": data.hex(), "meaning": None if message is None else meaning(message)}


# Files.


def render(cases: list[Case]) -> str:
    """One case a line, so that a change shows as what it is."""
    lines = (json.dumps(case, ensure_ascii=False, separators=(", ", ": ")) for case in cases)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 64
    requests, replies = list(request_cases()), list(reply_cases())
    mutations = [
        *mutation_cases("Request", requests, SEED),
        *mutation_cases("Reply", replies, SEED + 1),
    ]
    files = {
        "requests.json": requests,
        "replies.json": replies,
        "refusals.json": list(refusal_cases()),
        "mutations.json": mutations,
    }
    different = []
    for name, cases in files.items():
        path, text = HERE / name, render(cases)
        if not path.exists() or path.read_text("utf-8") != text:
            different.append(name)
            if not arguments:
                path.write_text(text, "utf-8")
    if different and arguments:
        names = ", ".join(different)
        print(
            f"proto/golden: {names}: not what generate.py makes; run it and commit the result",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
