"""Writes the first inputs of the kept corpus: messages as Google's encoder makes them, and files.

    .setup/venv/bin/python Tests/Fuzz/make_seeds.py

They are named after what they hold; inputs that fuzzing found have libFuzzer's names, or say what was wrong.
"""

from __future__ import annotations

import io
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "Tests" / "Fuzz" / "Corpus"

REQUESTS = {
    "hello": 'id: 1 hello { protocol_version: 1 client_name: "client 1.0" token: "secret" accept_lz4: true }',
    "predict": """
        id: 300 timeout_ms: 250 model: "demo-1" version: 2 want_receipt: true
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        predict {
          series_id: "hall" horizon: 2 quantiles: 0.1 quantiles: 0.9 actuals: 1.5 actuals: nan
          history {
            regular { start_us: -3600000000 step: "1h" }
            channels { name: "load" values: 1 values: -0.0 values: inf }
            channels { name: "wind \u00e4" }
          }
          future { name: "wind \u00e4" values: 3 values: 4 }
        }""",
    "predict-stamps": """
        id: 5 model: "m" priority: BATCH cache { bypass: true max_age_ms: 9 }
        predict { history { timestamps_us: 1 timestamps_us: -2 channels { values: 7 } } }""",
    "predict-empty": 'id: 5 model: "m" cache {} predict { history {} }',
    "infer": """
        id: 18446744073709551615 model: "plain" cache { refresh: true }
        infer {
          inputs { name: "x" type: FLOAT32 shape: 1 shape: 2 data: "\\000\\000\\200?\\000\\000\\000\\300" }
          inputs { name: "y" type: INT64 shape: -1 shape: 9223372036854775807 }
          outputs: "out" outputs: ""
        }""",
    "models": 'id: 2 model: "m" models {}',
    "stats": "id: 3 stats {}",
    "cancel": "id: 4 cancel { id: 77 }",
    "ping": 'id: 6 ping { payload: "\\000\\377abc" }',
}

REPLIES = {
    "refusal": """
        id: 9 status { code: RESOURCE_EXHAUSTED message: "full" field: "predict" retry_after_ms: 20 }""",
    "goaway": 'status { code: UNAVAILABLE message: "draining" } goaway { last_request: 2 }',
    "hello": 'id: 1 hello { protocol_version: 1 server_version: "0.1.0" limits { frame_bytes: 8388608 } }',
    "predict": """
        id: 1 cache { outcome: HIT age_ms: 7 } receipt { model_us: 12.5 total_us: 99 model_runs: 2 worker: 1 }
        predict {
          model: "m" version: 1 timestamps_us: 5 values: 1.5 filled_points: 1
          quantiles { level: 0.5 values: -0.0 } quantiles { level: nan }
          metrics { mae { value: 1 points: 1 } coverage { points: 3 } }
        }""",
    "infer": 'id: 1 infer { model: "m" outputs { name: "o" type: BOOL shape: 1 data: "\\001" } }',
    "models": """
        id: 1 models { models {
          name: "m" version: 1 state: READY generation: 1 is_default: true max_batch: 8 model_bytes: 5
          inputs { name: "x" type: FLOAT32 shape: -1 shape: 3 } outputs { name: "y" type: STRING }
          step_costs { batch: 1 microseconds: 40 }
          forecast {
            target: "load" unit: "MW" step: "1h" time_zone: "UTC" window: 12 decode_mode: "direct"
            covariates { name: "wind" known_in_future: true } quantiles: 0.5 gap_policy: "ffill"
          }
        } models { name: "broken" state: FAILED error: "no" } }""",
    "stats": """
        id: 1 stats {
          uptime_us: 5 replies { code: OK count: 4 } replies { code: INTERNAL } workers: 2 draining: true
          models { name: "m" requests: 4 engine_us: 100 queued: 1 }
        }""",
    "cancel": "id: 2 cancel { cancelled: true }",
    "ping": 'id: 3 ping { payload: "abc" }',
}

EVENTS = {
    "PredictionEvent": """
        event_id { boot_id: "0123456789abcdef" producer: 1 sequence: 9 } prediction_key: "fedcba9876543210"
        model: "m" version: 1 series_id: "hall \\"\u00e4\\"" window_end_us: -5 horizon: 1
        timestamps_us: 5 values: 1.5 quantiles { level: 0.5 values: -0.0 } quantiles { level: nan }
        metrics { mae { value: 1 points: 1 } coverage { points: 3 } } receipt { queue_us: 1.5 worker: 1 }
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" created_us: 6 filled_points: 1
        history { regular { start_us: 1 step: "1h" } channels { name: "load" values: 1 values: inf } }""",
    "AccuracyEvent": """
        event_id { boot_id: "0123456789abcdef" sequence: 9 } model: "m" version: 1 series_id: "hall"
        horizon_from: 1 horizon_to: 6 points: 12 mae { value: 0.5 points: 12 } created_us: 6""",
}

RESERVED, COMMITTED, DELIVERED, PADDING = 0x52455331, 0x434F4D32, 0x444C5634, 0x50414438

DIRECT_YAML = """format: 1
task: forecast
description: a model of everything
step: 15min
time_zone: Europe/Berlin
window: 12
horizon: {default: 6, maximum: 12}
features:
- channel: load
  scaler: {kind: standard, mean: 50.0, std: 12.0}
- channel: wind
  known: future
  scaler: {kind: minmax, min: 0.0, max: 100.0}
- {calendar: day_of_week, encoding: one_hot}
- channel: price
  known: past
  scaler: {kind: robust, median: 40.0, iqr: 15.0}
decode: {mode: direct}
tensors: {window: window, output: forecast, future: future}
gap_policy: interpolate
max_batch: 8
ttl: cadence
"""

STATEFUL_YAML = """format: 1
task: forecast
step: 1mo
time_zone: UTC
window: 4
horizon: {default: 6, maximum: 12}
features:
- channel: load
  scaler: {kind: log1p}
- {calendar: hour, encoding: sin}
decode: {mode: stateful}
tensors:
  window: window
  output: forecast
  states:
  - {input: h_in, output: h_out, batch_axis: 1, initial: 0.25}
time_tolerance: 1s
ttl: 5s
quantiles: [0.1, 0.5, 0.9]
season: 4
scores: &a {mae: 1}
training: *a
"""

GOLDEN_JSON = """{"format": 1, "cases": [
{"kind": "tensors", "name": "t", "tolerance": 1e-5,
 "inputs": [{"name": "x", "type": "float32", "shape": [1, 2], "data": [1, 2.5]}], "outputs": []},
{"kind": "predict", "name": "p", "tolerance": 1e-4,
 "request": {"regular": {"start_us": 0, "step": "1h"}, "channels": {"load": [1, 2]}, "actuals": [null, 3]},
 "expect": {"values": [1], "quantiles": [[1]], "metrics": {"mae": 0.5}}}]}
"""


def schema() -> descriptor_pool.DescriptorPool:
    """What protoc makes of the protocol."""
    with tempfile.NamedTemporaryFile() as output:
        options = ["--proto_path=proto", "--include_imports", f"--descriptor_set_out={output.name}"]
        sources = ["inferd/v1/envelope.proto", "inferd/v1/event.proto"]
        subprocess.run(["protoc", *options, *sources], cwd=ROOT, check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(Path(output.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


def write(target: str, name: str, content: bytes) -> None:
    """One input."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def frame(message: bytes, flags: int = 0) -> bytes:
    """A message, or what compression makes of one, with what stands before it."""
    return bytes([flags]) + struct.pack(">I", len(message)) + message


def literals(message: bytes) -> bytes:
    """An LZ4 block without a match, of up to 269 bytes, behind its uncompressed size."""
    length = len(message)
    token = bytes([length << 4]) if length < 15 else bytes([0xF0, length - 15])
    return struct.pack(">I", length) + token + message


def write_messages() -> list[bytes]:
    """Requests, their bodies, and replies; returns the replies."""
    pool = schema()

    def message(kind: str, text: str) -> Any:
        descriptor = pool.FindMessageTypeByName(f"inferd.v1.{kind}")
        return text_format.Parse(text, message_factory.GetMessageClass(descriptor)())

    requests = []
    for name, text in REQUESTS.items():
        request = message("Request", text)
        requests.append(request.SerializeToString())
        write("FuzzEnvelope", name, requests[-1])
        body = request.WhichOneof("body")
        number = request.DESCRIPTOR.fields_by_name[body].number
        write("FuzzBodies", name, bytes([number - 16]) + getattr(request, body).SerializeToString())
    replies = [message("Reply", text).SerializeToString() for text in REPLIES.values()]
    for name, reply in zip(REPLIES, replies, strict=True):
        write("FuzzReplies", name, b"\0" + reply)

    plain = b"".join(frame(request) for request in requests[-4:])
    write("FuzzFrames", "plain", bytes([0x32, 0, 6]) + plain)
    packed = frame(literals(requests[0]), flags=1)
    write("FuzzFrames", "compressed", bytes([0x31, 3]) + packed + packed)
    run = (
        struct.pack(">I", 2000)
        + bytes([0x1F, 0x61, 1, 0, 255, 255, 255, 255, 255, 255, 255, 195, 0x50])
        + b"bbbbb"
    )
    write("FuzzFrames", "long-match", bytes([0x33, 0, 4, 9]) + frame(run, flags=1) + frame(b"x" * 40))
    write("FuzzFrames", "long-plain", bytes([0x31, 200]) + frame(b"abcdefgh" * 200))
    write("FuzzFrames", "bomb", bytes([0x31, 2]) + frame(struct.pack(">I", 8 << 20) + b"\x10a", flags=1))
    write(
        "FuzzFrames", "announced-only", bytes([0x41, 0]) + bytes([0]) + struct.pack(">I", 200 << 20) + b"abc"
    )
    write("FuzzFrames", "unknown-flag", bytes([0x30]) + frame(b"a") + frame(b"b", flags=2))
    for choice, (kind, text) in enumerate(EVENTS.items()):
        write(
            "FuzzEvents",
            kind.removesuffix("Event").lower(),
            bytes([choice]) + message(kind, text).SerializeToString(),
        )
    event = message("PredictionEvent", EVENTS["PredictionEvent"]).SerializeToString()
    observed = struct.pack("<Qqqdqd", 7, 1_000_000, -3_600_000_000, 1.5, 0, -2.0)
    write("FuzzEvents", "followed", bytes([0]) + event + observed + struct.pack("<I", len(observed)))
    return replies


def record(state: int, position: int, content: bytes, room: int = 0) -> bytes:
    """A record of a ring; whoever reads it makes its checksums right."""
    extent = room or (40 + len(content) + 15) // 16 * 16
    header = struct.pack("<IIQQIIII", state, extent, position, 1, len(content), 0, 0, 1)
    return (header + content).ljust(extent, b"\0")


def write_rings() -> None:
    """Tail, head and its complement, then the records by offset."""

    def ring(head: int, tail: int, records: bytes) -> bytes:
        return b"\2" + struct.pack("<QQQ", tail, head, head ^ (1 << 64) - 1) + records

    states = record(DELIVERED, 0, b"") + record(COMMITTED, 48, b"abc") + record(RESERVED, 96, b"")
    write("FuzzEvents", "ring", ring(0, 192, states + record(COMMITTED, 144, b"d")))
    lap = record(COMMITTED, 1024, b"x" * 200) + b"\0" * 704
    write("FuzzEvents", "ring-wrapped", ring(944, 1264, lap[:944] + record(PADDING, 944, b"", room=80)))
    write("FuzzEvents", "ring-empty", ring(0, 0, b""))


def write_files(replies: list[bytes]) -> None:
    """Answers to three requests, bundles' files, arrays and tables."""
    stats = replies[list(REPLIES).index("stats")]
    answers = [frame(b"\x08" + bytes([number]) + stats[2:]) for number in (1, 3, 2)]
    write("FuzzReplies", "stream", b"\1" + b"".join(answers))
    goaway = replies[list(REPLIES).index("goaway")]
    write("FuzzReplies", "stream-goaway", b"\1" + frame(goaway) + answers[0] + answers[2])
    write("FuzzReplies", "stream-compressed", b"\1" + frame(literals(replies[-1]), flags=1))

    digest = "0123456789abcdef" * 4
    write("FuzzBundles", "manifest", f"\0{digest}  model.onnx\n{digest}  model.yaml\n".encode())
    write("FuzzBundles", "description-direct", b"\1" + DIRECT_YAML.encode())
    write("FuzzBundles", "description-stateful", b"\1" + STATEFUL_YAML.encode())
    write("FuzzBundles", "golden", b"\2" + GOLDEN_JSON.encode())

    arrays = {
        "float32": numpy.arange(6, dtype="<f4").reshape(2, 3),
        "fortran": numpy.asfortranarray(numpy.arange(6, dtype="<i4").reshape(2, 3)),
        "scalar": numpy.array(True),
        "empty": numpy.zeros((0, 5), dtype="<f8"),
    }
    for name, array in arrays.items():
        file = io.BytesIO()
        numpy.save(file, array)
        write("FuzzFiles", f"array-{name}", b"\0" + file.getvalue())
    table = 'time,"load, ""MW""",wind\r\n2013-01-01T00:00:00Z,1.5,\r\n\r\n2013-01-01T01:00:00Z,"-2e3",nan\n'
    write("FuzzFiles", "table", b"\1" + table.encode())
    write("FuzzFiles", "table-mark", b"\1\xef\xbb\xbfa,b\n1,2")


if __name__ == "__main__":
    write_files(write_messages())
    write_rings()
