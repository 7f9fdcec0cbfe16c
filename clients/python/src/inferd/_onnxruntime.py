"""A bundle's own model, run by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray


class OnnxModel:
    """Runs a ``model.onnx`` on one thread, as the daemon does."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        # What it has to say is raised.
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._outputs = [output.name for output in self._session.get_outputs()]
        self.input_shapes: dict[str, list[int | str | None]] = {
            tensor.name: tensor.shape for tensor in self._session.get_inputs()
        }
        """By name; an axis of any extent has a name or nothing for it."""

    def run(self, tensors: dict[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
        """Tensors by name in, tensors by name out."""
        return dict(zip(self._outputs, self._session.run(self._outputs, tensors), strict=True))
