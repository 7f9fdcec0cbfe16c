"""A ``torch.nn.Module`` with what its description says of its tensors."""

from __future__ import annotations

import copy
import logging
import math
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch

from inferd._refusal import ExportRefused
from inferd.description import STATE_BYTES, Description
from inferd.reference import Reference, Tensors

GOLDEN_ROWS = 2
"""Rows of the tensors that a model is traced with."""


class ForecastModule:
    """A copy of a module, in evaluation mode, float32 and on the CPU: the caller's own stays as it is."""

    def __init__(self, module: torch.nn.Module, description: Description) -> None:
        try:
            self.module = copy.deepcopy(module).eval().float().cpu()
        except Exception as error:
            raise ExportRefused(f"the module cannot be copied: {error}") from error
        self.description = description
        self.single_rows = bool(getattr(module, "single_rows", False))
        if self.single_rows and description.mode != "stateful":
            raise ExportRefused("single_rows: only a stateful module takes one row a call")
        self.state_shapes = self._state_shapes(getattr(module, "state_shapes", {}))
        future = [description.future_tensor] if description.future_tensor else []
        self.inputs = [description.window_tensor, *future, *(state.input for state in description.states)]
        self.outputs = [description.output_tensor, *(state.output for state in description.states)]

    def _state_shapes(self, given: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        shapes: dict[str, tuple[int, ...]] = {}
        for index, state in enumerate(self.description.states):
            if state.input not in given:
                raise ExportRefused(
                    f"the module has no shape for '{state.input}'; give it an attribute "
                    "state_shapes = {input: shape for a batch of 1}"
                )
            shape = tuple(given[state.input])
            if not 0 <= state.batch_axis < len(shape) or shape[state.batch_axis] != 1:
                raise ExportRefused(
                    f"tensors.states[{index}].batch_axis: axis {state.batch_axis} of the shape {list(shape)} "
                    f"of '{state.input}' is not a batch of 1"
                )
            shapes[state.input] = shape
        if sum(4 * math.prod(shape) for shape in shapes.values()) > STATE_BYTES:
            raise ExportRefused(f"tensors.states: the states of a row take more than {STATE_BYTES} bytes")
        return shapes

    # Running.

    def run(self, tensors: Tensors) -> Tensors:
        """Runs PyTorch on tensors by name; checks what comes out."""
        # Copies: a module may compute in place, and may give back what it was given.
        arguments = [torch.from_numpy(tensors[name].copy()) for name in self.inputs]
        shapes = ", ".join(f"{name} {list(tensors[name].shape)}" for name in self.inputs)
        try:
            with torch.no_grad():
                found = self.module(*arguments)
        except Exception as error:
            raise ExportRefused(f"the module does not run on {shapes}: {error}") from error
        outputs = list(found) if isinstance(found, tuple | list) else [found]
        if len(outputs) != len(self.outputs):
            raise ExportRefused(f"the module gives {len(outputs)} tensors, not {', '.join(self.outputs)}")
        rows = tensors[self.description.window_tensor].shape[0]
        shape_of = self._output_shapes(rows)
        result: Tensors = {}
        for name, output in zip(self.outputs, outputs, strict=True):
            if not isinstance(output, torch.Tensor) or output.dtype != torch.float32:
                what = output.dtype if isinstance(output, torch.Tensor) else type(output).__name__
                raise ExportRefused(f"{name}: the module gives {what}, not a tensor of float32")
            if list(output.shape) != shape_of[name]:
                raise ExportRefused(
                    f"{name}: the module gives the shape {list(output.shape)} for {shapes}, "
                    f"not {shape_of[name]}"
                )
            result[name] = output.numpy().copy()
        return result

    def _output_shapes(self, rows: int) -> dict[str, list[int]]:
        quantiles = len(self.description.quantiles)
        point = [quantiles] if quantiles else []
        shapes = {self.description.output_tensor: [rows, self.description.chunk, *point]}
        for state in self.description.states:
            shapes[state.output] = self._state_shape(state.input, state.batch_axis, rows)
        return shapes

    def _state_shape(self, name: str, batch_axis: int, rows: int) -> list[int]:
        shape = list(self.state_shapes[name])
        shape[batch_axis] = rows
        return shape

    def reference(self) -> Reference:
        """The whole pipeline with PyTorch as the model."""
        return Reference(
            self.description, self.run, single_rows=self.single_rows, state_shapes=self.state_shapes
        )

    def random_inputs(self, rows: int, seed: int, *, time: int | None = None) -> Tensors:
        """Tensors of a batch of ``rows``, as scaled values are spread.

        ``time``: rows of each window; as many as the model reads at first unless given.
        """
        random = np.random.default_rng(seed)
        description = self.description
        if time is None:
            time = 1 if self.single_rows else description.window
        tensors = {description.window_tensor: random.standard_normal((rows, time, description.column_count))}
        if description.future_tensor:
            shape = (rows, description.maximum_horizon, len(description.future_columns))
            tensors[description.future_tensor] = random.standard_normal(shape)
        for state in description.states:
            extents = self._state_shape(state.input, state.batch_axis, rows)
            tensors[state.input] = random.standard_normal(extents)
        return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}

    def row(self, tensors: Tensors, index: int) -> Tensors:
        """One row of a batch, as a batch of its own."""
        axes = {state.input: state.batch_axis for state in self.description.states}
        axes |= {state.output: state.batch_axis for state in self.description.states}
        return {name: np.take(tensor, [index], axis=axes.get(name, 0)) for name, tensor in tensors.items()}

    # Exporting.

    def write_onnx(self, path: Path) -> None:
        """Exports one file whose batch has any size, without what would tell where it was made."""
        batch = torch.export.Dim("batch")
        axes = {state.input: state.batch_axis for state in self.description.states}
        shapes: list[dict[int, Any]] = [{axes.get(name, 0): batch} for name in self.inputs]
        if self.description.mode == "stateful" and not self.single_rows:
            shapes[0][1] = torch.export.Dim("time")
        example = self.random_inputs(GOLDEN_ROWS, 0)
        _forget_kernels()
        try:
            with _quiet():
                torch.onnx.export(
                    self.module,
                    tuple(torch.from_numpy(example[name]) for name in self.inputs),
                    str(path),
                    input_names=self.inputs,
                    output_names=self.outputs,
                    dynamic_shapes=tuple(shapes),
                    dynamo=True,
                    external_data=False,
                    verbose=False,
                )
            model = onnx.load(path, load_external_data=False)
            _require_one_file(model, path)
            _require_dynamic(model, dict(zip(self.inputs, shapes, strict=True)))
            _strip(model)
            onnx.checker.check_model(model)
            path.write_bytes(model.SerializeToString(deterministic=True))
        except ExportRefused:
            raise
        except Exception as error:
            raise ExportRefused(f"PyTorch cannot export the module: {error}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without PyTorch's remarks about itself: what comes out is checked."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _forget_kernels() -> None:
    """Lets PyTorch put a loop in place of a recurrent layer, so that a window may have any length.

    While it exports it exchanges the layers' kernels, but it does not look for them again once a layer has
    run: the layer would be unrolled for the length of the example.
    """
    for operator in (torch.ops.aten.lstm.input, torch.ops.aten.gru.input):
        getattr(operator, "_dispatch_cache", {}).clear()


def _require_dynamic(model: Any, axes: Mapping[str, Mapping[int, Any]]) -> None:
    """PyTorch fixes an axis, silently, when the module's code depends on its extent."""
    for tensor in model.graph.input:
        for axis in axes[tensor.name]:
            extent = tensor.type.tensor_type.shape.dim[axis]
            if not extent.dim_param:
                raise ExportRefused(
                    f"{tensor.name}: axis {axis} must take any extent; as PyTorch exports the module, it "
                    f"only takes {extent.dim_value}"
                )


def _require_one_file(model: Any, path: Path) -> None:
    external = any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in model.graph.initializer)
    others = [other.name for other in path.parent.iterdir() if other != path]
    if external or others:
        raise ExportRefused("PyTorch put the weights beside the model; a bundle's model is one file")


def _strip(message: Any) -> None:
    """Removes comments, however deep: they hold stack traces, with the paths of the exporting machine."""
    for field, value in list(message.ListFields()):
        if field.name in ("doc_string", "metadata_props", "value_info"):
            message.ClearField(field.name)
        elif field.message_type is not None:
            parts = [value] if hasattr(value, "ListFields") else value
            for part in parts:
                _strip(part)
