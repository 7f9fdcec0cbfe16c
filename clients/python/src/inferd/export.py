"""Turns a trained ``torch.nn.Module`` into a bundle that checks itself.

Needs the extra ``export``. Nothing is written unless ONNX Runtime gives what PyTorch gives.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import yaml

from inferd._golden import (
    HORIZON_TOLERANCE,
    STEP_TOLERANCE,
    compare_answers,
    compare_tensors,
    golden_cases,
    plain,
    usual_requests,
)
from inferd._module import GOLDEN_ROWS, ForecastModule
from inferd._onnxruntime import OnnxModel
from inferd._refusal import ExportRefused
from inferd.description import Description, DescriptionError
from inferd.reference import Reference

__all__ = ["HORIZON_TOLERANCE", "STEP_TOLERANCE", "ExportRefused", "export_bundle"]

FILES = ("golden.json", "model.onnx", "model.yaml")
"""What a bundle's ``MANIFEST`` lists."""

_TEXT_FILE_BYTES = 16 << 20
"""The daemon reads no larger ``model.yaml`` or ``golden.json``."""
_CHECKED_BATCH = 16
"""Greatest batch that is tried here; larger ones take the same way."""


def export_bundle(
    module: torch.nn.Module,
    description: Mapping[str, Any],
    repository: Path | str,
    name: str,
    version: int,
    *,
    golden_requests: Sequence[Mapping[str, Any]] | None = None,
    seed: int = 0,
) -> Path:
    """Writes ``<repository>/<name>/<version>/`` and returns its path.

    ``module`` is copied, and the copy called in evaluation mode on the CPU with float32 tensors in this
    order: the window ``[batch, window, columns]``, the future ``[batch, horizon.maximum, future columns]``
    where the description names one, then the states. It returns the output ``[batch, chunk]`` (``[batch,
    chunk, quantiles]`` with quantiles), followed by the new states, which are shaped as the old. A
    stateful module says with an attribute ``state_shapes = {input: shape for a batch of 1}`` how its
    states are shaped. One that takes a single row a call says so with ``single_rows = True``; any other
    gets the whole window first, then one row a call.

    ``description`` is the content of ``model.yaml`` without ``format`` and ``task``; numbers may be
    numpy's. ``golden_requests`` are whole requests as ``inferd.reference`` describes them; without any,
    two are made up from ``description``. What PyTorch answers to them, and to random windows drawn with
    ``seed``, becomes the bundle's golden vectors, which the daemon replays before it serves.

    Raises ``DescriptionError`` for a description that cannot be, and ``ExportRefused`` where the module
    does not fit it, where a row's output depends on the rest of its batch, where ONNX Runtime and PyTorch
    disagree, or where the version is there already. Then the repository stays as it was.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise ExportRefused(f"name: expected 1 to 64 letters, digits, _ and -, found '{name}'")
    if isinstance(version, bool) or not isinstance(version, int) or not 1 <= version < 10**18:
        raise ExportRefused(f"version: expected a whole number from 1 up, found {version!r}")
    content = {"format": 1, "task": "forecast", **plain(description)}
    parsed = Description.parse(content)
    if golden_requests is None:
        golden_requests = usual_requests(parsed, seed)
    if not golden_requests:
        raise ExportRefused("golden_requests: expected one request at least")
    target = Path(repository) / name / str(version)
    if target.exists():
        raise ExportRefused(f"{target} exists; export a new version")
    wrapped = ForecastModule(module, parsed)
    _check_batches(wrapped, seed)
    cases = golden_cases(wrapped, golden_requests, seed)
    Path(repository).mkdir(parents=True, exist_ok=True)
    # The daemon passes over names that begin with a dot.
    folder = Path(tempfile.mkdtemp(prefix=".export-", dir=repository))
    try:
        wrapped.write_onnx(folder / "model.onnx")
        _write_text(folder / "model.yaml", _yaml(content))
        _write_text(folder / "golden.json", json.dumps({"format": 1, "cases": cases}, allow_nan=False))
        _check(folder, wrapped, cases, seed)
        _write_manifest(folder)
        folder.chmod(0o755)
        try:
            target.parent.mkdir(exist_ok=True)
            folder.rename(target)
        except OSError as error:
            raise ExportRefused(f"{target} cannot be made: {error.strerror}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


def _check_batches(module: ForecastModule, seed: int) -> None:
    """A row's output must be the same each time, and whoever shares its batch."""
    inputs = module.random_inputs(3, seed)
    together = module.run(inputs)
    compare_tensors(module.run(inputs), together, "the module", "on the same inputs before it gave")
    for index in range(3):
        alone = module.run(module.row(inputs, index))
        compare_tensors(
            alone, module.row(together, index), "the module", "in a batch with other rows it gives"
        )


def _check(folder: Path, module: ForecastModule, cases: list[dict[str, Any]], seed: int) -> None:
    """Holds ONNX Runtime against PyTorch: single runs of several sizes, then whole forecasts."""
    description = module.description
    try:
        model = OnnxModel(folder / "model.onnx")
    except Exception as error:
        raise ExportRefused(f"ONNX Runtime cannot load the model: {error}") from error
    times = {1} if module.single_rows else {description.window}
    if description.mode == "stateful":
        times.add(1)
    for rows in sorted({1, GOLDEN_ROWS, min(description.max_batch, _CHECKED_BATCH)}):
        for time in sorted(times):
            inputs = module.random_inputs(rows, seed + rows, time=time)
            try:
                found = model.run(inputs)
            except Exception as error:
                raise ExportRefused(f"ONNX Runtime cannot run a batch of {rows}: {error}") from error
            compare_tensors(found, module.run(inputs), "ONNX Runtime", "PyTorch")
    reference = Reference.open(folder)
    for case in cases:
        if case["kind"] == "predict":
            answer = reference.predict(case["request"])
            scale = reference.target_scale(case["request"])
            compare_answers(answer, case["expect"], scale, case["name"], "ONNX Runtime", "PyTorch")


class _Dumper(yaml.SafeDumper):
    """Writes what stands twice twice: the daemon reads no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _yaml(content: Mapping[str, Any]) -> str:
    try:
        text = yaml.dump(
            content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
        )
    except yaml.YAMLError as error:
        raise DescriptionError(f"description: {error}") from error
    return str(text)


def _write_text(path: Path, text: str) -> None:
    content = text.encode()
    if len(content) > _TEXT_FILE_BYTES:
        raise ExportRefused(
            f"{path.name} would have {len(content)} bytes; at most {_TEXT_FILE_BYTES} are read"
        )
    path.write_bytes(content)


def _write_manifest(folder: Path) -> None:
    """Written last, and by renaming: a folder without it is not a bundle yet."""
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in FILES]
    partial = folder / ".MANIFEST"
    partial.write_text("".join(lines), encoding="ascii")
    os.replace(partial, folder / "MANIFEST")
