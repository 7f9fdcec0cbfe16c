"""Turns a trained ``torch.nn.Module`` into a bundle that checks itself.

Needs the extra ``export``. Nothing is written unless ONNX Runtime gives what PyTorch gives.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import yaml

from inferd.description import Description, DescriptionError
from inferd.reference import Reference, Tensors

STEP_TOLERANCE = 1e-5
"""One run of the model, relative to the expected value or 1."""
HORIZON_TOLERANCE = 1e-4
"""A whole forecast, relative to the expected value or the target's spread."""

_GOLDEN_ROWS = 2


class ExportRefused(RuntimeError):
    """The bundle would not answer what the module answers, or cannot be made."""


def export_bundle(
    module: torch.nn.Module,
    description: Mapping[str, Any],
    repository: Path | str,
    name: str,
    version: int,
    *,
    golden_requests: Sequence[Mapping[str, Any]],
    seed: int = 0,
) -> Path:
    """Writes ``<repository>/<name>/<version>/`` and returns its path.

    ``module`` is called in evaluation mode with float32 tensors in this order: the window
    ``[batch, window, columns]``, the future ``[batch, horizon.maximum, future columns]`` where the
    description names one, then the states. It returns the output ``[batch, chunk]`` (``[batch, chunk,
    quantiles]`` with quantiles), followed by the new states. A stateful module that takes one row a call
    says so with an attribute ``single_rows = True``; any other gets the whole window first.

    ``description`` is the content of ``model.yaml`` without ``format`` and ``task``. ``golden_requests``
    are whole requests in the shape of ``golden.json``; what PyTorch answers to them, and to random
    windows drawn with ``seed``, becomes the bundle's golden vectors.

    Raises ``DescriptionError`` for a description that cannot be, and ``ExportRefused`` where ONNX Runtime
    and PyTorch disagree, or where the version is there already.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) or version < 1:
        raise ExportRefused(
            f"'{name}' version {version}: expected a name of letters, digits, _ and -, and 1 or more"
        )
    content = {"format": 1, "task": "forecast", **description}
    parsed = Description.parse(content)
    if not golden_requests:
        raise ExportRefused("golden_requests: expected one request at least")
    target = Path(repository) / name / str(version)
    if target.exists():
        raise ExportRefused(f"{target} exists; export a new version")
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    try:
        wrapped = _Module(module, parsed)
        wrapped.write_onnx(folder / "model.onnx")
        text = yaml.dump(
            content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
        )
        (folder / "model.yaml").write_text(text, encoding="utf-8")
        cases = _golden_cases(wrapped, golden_requests, seed)
        (folder / "golden.json").write_text(json.dumps({"format": 1, "cases": cases}), encoding="utf-8")
        _check(folder, parsed, cases)
        _write_manifest(folder)
        folder.chmod(0o755)
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


class _Dumper(yaml.SafeDumper):
    """Writes a value out wherever it stands: the daemon reads no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Module:
    """A module with what its description says of its tensors."""

    def __init__(self, module: torch.nn.Module, description: Description) -> None:
        self.module = module.eval().float().cpu()
        self.description = description
        self.single_rows = bool(getattr(module, "single_rows", False))
        if self.single_rows and description.mode != "stateful":
            raise DescriptionError("decode.mode: a module of single rows is stateful")
        shapes: dict[str, tuple[int, ...]] = dict(getattr(module, "state_shapes", {}))
        for state in description.states:
            if state.input not in shapes:
                raise ExportRefused(
                    f"the module has no shape for '{state.input}'; give it an attribute "
                    "state_shapes = {input: shape for a batch of 1}"
                )
        self.state_shapes = shapes
        future = [description.future_tensor] if description.future_tensor else []
        self.inputs = [description.window_tensor, *future, *(state.input for state in description.states)]
        self.outputs = [description.output_tensor, *(state.output for state in description.states)]

    def run(self, tensors: Tensors) -> Tensors:
        """Runs PyTorch on tensors by name."""
        arguments = [torch.from_numpy(np.ascontiguousarray(tensors[name])) for name in self.inputs]
        with torch.no_grad():
            outputs = self.module(*arguments)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return {name: output.numpy() for name, output in zip(self.outputs, outputs, strict=True)}

    def reference(self) -> Reference:
        """The whole pipeline with PyTorch as the model."""
        return Reference(
            self.description, self.run, single_rows=self.single_rows, state_shapes=self.state_shapes
        )

    def random_inputs(self, rows: int, seed: int) -> Tensors:
        """Tensors of a batch of ``rows``, as scaled values are spread."""
        random = np.random.default_rng(seed)
        description = self.description
        time = 1 if self.single_rows else description.window
        tensors = {description.window_tensor: random.standard_normal((rows, time, description.column_count))}
        if description.future_tensor:
            shape = (rows, description.maximum_horizon, len(description.future_columns))
            tensors[description.future_tensor] = random.standard_normal(shape)
        for state in description.states:
            shape = list(self.state_shapes[state.input])
            shape[state.batch_axis] = rows
            tensors[state.input] = random.standard_normal(shape)
        return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}

    def write_onnx(self, path: Path) -> None:
        """Exports one file whose batch has any size, without what would tell where it was made."""
        batch = torch.export.Dim("batch")
        shapes: list[dict[int, Any]] = []
        states = {state.input: state.batch_axis for state in self.description.states}
        for name in self.inputs:
            shapes.append({states.get(name, 0): batch})
        if self.description.mode == "stateful" and not self.single_rows:
            shapes[0][1] = torch.export.Dim("time")
        example = self.random_inputs(_GOLDEN_ROWS, 0)
        arguments = tuple(torch.from_numpy(example[name]) for name in self.inputs)
        level = logging.getLogger("torch.onnx").level
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        try:
            torch.onnx.export(
                self.module,
                arguments,
                str(path),
                input_names=self.inputs,
                output_names=self.outputs,
                dynamic_shapes=tuple(shapes),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        except Exception as error:
            raise ExportRefused(f"PyTorch cannot export the module: {error}") from error
        finally:
            logging.getLogger("torch.onnx").setLevel(level)
        model = onnx.load(path)
        _strip(model)
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString(deterministic=True))


def _strip(model: Any) -> None:
    """Removes comments: they hold stack traces, with the paths of the machine that exported."""
    model.doc_string = ""
    del model.metadata_props[:]
    graph = model.graph
    graph.doc_string = ""
    del graph.metadata_props[:]
    del graph.value_info[:]
    for part in (*graph.node, *graph.input, *graph.output, *graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]


def _golden_cases(module: _Module, requests: Sequence[Mapping[str, Any]], seed: int) -> list[dict[str, Any]]:
    inputs = module.random_inputs(_GOLDEN_ROWS, seed)
    outputs = module.run(inputs)
    cases: list[dict[str, Any]] = [
        {
            "name": "one-run",
            "kind": "tensors",
            "inputs": [_tensor(name, inputs[name]) for name in module.inputs],
            "outputs": [_tensor(name, outputs[name]) for name in module.outputs],
            "tolerance": STEP_TOLERANCE,
        }
    ]
    reference = module.reference()
    for index, request in enumerate(requests):
        cases.append(
            {
                "name": f"forecast-{index + 1}",
                "kind": "predict",
                "request": dict(request),
                "expect": reference.predict(request),
                "tolerance": HORIZON_TOLERANCE,
            }
        )
    return cases


def _tensor(name: str, values: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {"name": name, "type": "float32", "shape": list(values.shape), "data": values.ravel().tolist()}


def _check(folder: Path, description: Description, cases: list[dict[str, Any]]) -> None:
    """Holds ONNX Runtime against what PyTorch gave."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    reference = Reference.open(folder)
    for case in cases:
        if case["kind"] == "tensors":
            inputs = {
                tensor["name"]: np.array(tensor["data"], np.float32).reshape(tensor["shape"])
                for tensor in case["inputs"]
            }
            names = [tensor["name"] for tensor in case["outputs"]]
            found = session.run(names, inputs)
            for values, expected in zip(found, case["outputs"], strict=True):
                if list(values.shape) != expected["shape"]:
                    raise ExportRefused(
                        f"{expected['name']}: ONNX Runtime gives the shape {list(values.shape)}, "
                        f"PyTorch {expected['shape']}"
                    )
                _compare(values.ravel(), expected["data"], 1.0, case["tolerance"], expected["name"])
        else:
            answer = reference.predict(case["request"])
            scale = reference.target_scale(case["request"])
            _compare(answer["values"], case["expect"]["values"], scale, case["tolerance"], case["name"])


def _compare(found: Any, expected: Any, scale: float, tolerance: float, what: str) -> None:
    a, b = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    excess = np.abs(a - b) / np.maximum(np.maximum(np.abs(b), scale), np.finfo(np.float64).tiny)
    if not np.all(excess <= tolerance):
        worst = int(np.nanargmax(excess))
        raise ExportRefused(
            f"{what}[{worst}]: ONNX Runtime gives {a[worst]}, PyTorch {b[worst]}: more than {tolerance} apart"
        )


def _write_manifest(folder: Path) -> None:
    """Written last, and by renaming: a folder without it is not a bundle yet."""
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("golden.json", "model.onnx", "model.yaml")
    ]
    partial = folder / ".MANIFEST"
    partial.write_text("".join(lines), encoding="ascii")
    os.replace(partial, folder / "MANIFEST")
