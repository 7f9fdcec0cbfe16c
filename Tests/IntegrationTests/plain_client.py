"""A client in a few lines: Google's protobuf, the `.proto` files, and a socket. No code of inferd's.

    plain_client.py SOCKET MODEL CHANNEL <series.csv

Reads `microseconds since the epoch,value` lines, asks for a forecast, and prints it in the same form.
A refusal goes to standard error, with exit status 1.
"""

from __future__ import annotations

import csv
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = Path(__file__).resolve().parents[2] / "proto"


def message_classes() -> dict[str, Any]:
    """The messages' classes by full name, built from what protoc makes of the `.proto` files.

    `protoc --python_out` would do as well, but only beside a runtime of protoc's own generation.
    """
    with tempfile.NamedTemporaryFile() as output:
        flags = [f"--proto_path={PROTO}", f"--descriptor_set_out={output.name}", "--include_imports"]
        subprocess.run(["protoc", *flags, "inferd/v1/envelope.proto"], check=True)
        parsed = descriptor_pb2.FileDescriptorSet.FromString(Path(output.name).read_bytes())
    return message_factory.GetMessages(parsed.file, pool=descriptor_pool.DescriptorPool())


def call(connection: socket.socket, message: bytes) -> bytes:
    """Sends one frame and reads one: a byte of flags, the length in four, the message."""
    connection.sendall(struct.pack(">BI", 0, len(message)) + message)
    stream = connection.makefile("rb")
    flags, length = struct.unpack(">BI", stream.read(5))
    assert flags == 0, "compressed, though no hello allowed it"
    return stream.read(length)


def main(path: str, model: str, channel: str) -> None:
    messages = message_classes()
    rows = [(int(time), float(value)) for time, value in csv.reader(sys.stdin)]
    request = messages["inferd.v1.Request"](id=1, model=model)
    request.predict.history.timestamps_us.extend(time for time, _ in rows)
    request.predict.history.channels.add(name=channel, values=[value for _, value in rows])
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        reply = messages["inferd.v1.Reply"].FromString(call(connection, request.SerializeToString()))
    if reply.status.code:
        sys.exit(f"refused with code {reply.status.code}: {reply.status.field}: {reply.status.message}")
    for time, value in zip(reply.predict.timestamps_us, reply.predict.values, strict=True):
        print(f"{time},{value!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
