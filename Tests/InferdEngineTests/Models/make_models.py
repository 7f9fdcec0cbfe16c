"""Writes the small ONNX models that the engine's tests load.

Run with Python, `onnx`, `numpy` and `onnxruntime`: `python make_models.py`. The models are committed;
this is kept to show what is in them and to make them again.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent
TYPES = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "bool": TensorProto.BOOL,
}


def value(name, type_, shape):
    return helper.make_tensor_value_info(name, type_, shape)


def save(name, nodes, inputs, outputs, weights=()):
    graph = helper.make_graph(list(nodes), name, inputs, outputs, list(weights))
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="inferd"
    )
    onnx.checker.check_model(model, full_check=True)
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
    return model


def elementwise():
    """`sum = a + b` (`and` for bool), of each element type, with any number of rows of 3."""
    for name, type_ in TYPES.items():
        operator = "And" if name == "bool" else "Add"
        save(
            f"add_{name}",
            [helper.make_node(operator, ["a", "b"], ["sum"])],
            [value("a", type_, ["batch", 3]), value("b", type_, ["batch", 3])],
            [value("sum", type_, ["batch", 3])],
        )


def linear():
    """`y = x @ w + c`, rows of 4 to rows of 2, with known weights."""
    weight = np.arange(8, dtype=np.float32).reshape(4, 2) / 4
    bias = np.array([0.5, -0.5], dtype=np.float32)
    save(
        "linear",
        [
            helper.make_node("MatMul", ["x", "w"], ["product"]),
            helper.make_node("Add", ["product", "c"], ["y"]),
        ],
        [value("x", TensorProto.FLOAT, ["batch", 4])],
        [value("y", TensorProto.FLOAT, ["batch", 2])],
        [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "c")],
    )


def runtime_format():
    """The linear model as ONNX Runtime writes it in its own format."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(FOLDER / "linear.ort")
    options.add_session_config_entry("session.save_model_format", "ORT")
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    onnxruntime.InferenceSession(FOLDER / "linear.onnx", options, providers=["CPUExecutionProvider"])


def several_outputs():
    """Three outputs; `root` is NaN where `x` is negative."""
    save(
        "several_outputs",
        [
            helper.make_node("Add", ["x", "x"], ["double"]),
            helper.make_node("Mul", ["x", "x"], ["square"]),
            helper.make_node("Sqrt", ["x"], ["root"]),
        ],
        [value("x", TensorProto.FLOAT, ["n"])],
        [value(name, TensorProto.FLOAT, ["n"]) for name in ("double", "square", "root")],
    )


def shapes():
    """`pick` fails for an index out of range; `fill` makes as many numbers as it is asked for."""
    save(
        "pick",
        [helper.make_node("Gather", ["table", "indices"], ["picked"])],
        [value("indices", TensorProto.INT64, ["n"])],
        [value("picked", TensorProto.FLOAT, ["n"])],
        [numpy_helper.from_array(np.array([10, 20, 30], dtype=np.float32), "table")],
    )
    save(
        "fill",
        [
            helper.make_node(
                "ConstantOfShape",
                ["count"],
                ["ones"],
                value=numpy_helper.from_array(np.array([1], dtype=np.float32)),
            )
        ],
        [value("count", TensorProto.INT64, [1])],
        [value("ones", TensorProto.FLOAT, ["n"])],
    )
    save(
        "scalar",
        [helper.make_node("Neg", ["x"], ["y"])],
        [value("x", TensorProto.FLOAT, [])],
        [value("y", TensorProto.FLOAT, [])],
    )


def loop():
    """Adds 1 to `start` `count` times, one operator run each: as long as one likes."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_on"], ["still"]),
            helper.make_node("Add", ["total", "one"], ["next"]),
        ],
        "body",
        [
            value("iteration", TensorProto.INT64, []),
            value("go_on", TensorProto.BOOL, []),
            value("total", TensorProto.FLOAT, [1]),
        ],
        [value("still", TensorProto.BOOL, []), value("next", TensorProto.FLOAT, [1])],
        [numpy_helper.from_array(np.array([1], dtype=np.float32), "one")],
    )
    save(
        "loop",
        [helper.make_node("Loop", ["count", "", "start"], ["end"], body=body)],
        [value("count", TensorProto.INT64, []), value("start", TensorProto.FLOAT, [1])],
        [value("end", TensorProto.FLOAT, [1])],
    )


def recurrent():
    """One step or many of an LSTM of 3 cells over 2 columns, with its states handed in and out."""
    hidden, columns = 3, 2
    numbers = np.random.default_rng(7)
    weights = {
        "w": numbers.normal(size=(1, 4 * hidden, columns)),
        "r": numbers.normal(size=(1, 4 * hidden, hidden)),
        "b": numbers.normal(size=(1, 8 * hidden)),
        "head": numbers.normal(size=(hidden, 1)),
    }
    batch, steps = "batch", "steps"
    save(
        "lstm",
        [
            helper.make_node("Transpose", ["window"], ["rows"], perm=[1, 0, 2]),
            helper.make_node(
                "LSTM",
                ["rows", "w", "r", "b", "", "h_in", "c_in"],
                ["", "h_out", "c_out"],
                hidden_size=hidden,
            ),
            helper.make_node("Squeeze", ["h_out", "axis"], ["last"]),
            helper.make_node("MatMul", ["last", "head"], ["forecast"]),
        ],
        [
            value("window", TensorProto.FLOAT, [batch, steps, columns]),
            value("h_in", TensorProto.FLOAT, [1, batch, hidden]),
            value("c_in", TensorProto.FLOAT, [1, batch, hidden]),
        ],
        [
            value("forecast", TensorProto.FLOAT, [batch, 1]),
            value("h_out", TensorProto.FLOAT, [1, batch, hidden]),
            value("c_out", TensorProto.FLOAT, [1, batch, hidden]),
        ],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in weights.items()]
        + [numpy_helper.from_array(np.array([0], dtype=np.int64), "axis")],
    )


def refused():
    """Models that are right, but that the daemon does not serve."""
    save(
        "string_input",
        [helper.make_node("Identity", ["x"], ["y"])],
        [value("x", TensorProto.STRING, ["n"])],
        [value("y", TensorProto.STRING, ["n"])],
    )
    save(
        "half_input",
        [helper.make_node("Neg", ["x"], ["y"])],
        [value("x", TensorProto.FLOAT16, ["n"])],
        [value("y", TensorProto.FLOAT16, ["n"])],
    )
    save(
        "sequence_output",
        [helper.make_node("SequenceConstruct", ["x", "x"], ["pair"])],
        [value("x", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor_sequence_value_info("pair", TensorProto.FLOAT, ["n"])],
    )
    save(
        "rank_nine",
        [helper.make_node("Neg", ["x"], ["y"])],
        [value("x", TensorProto.FLOAT, [1] * 9)],
        [value("y", TensorProto.FLOAT, [1] * 9)],
    )


def outside(tensor):
    """Moves a weight's bytes to a file `weights.bin` that does not exist."""
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, text in (("location", "weights.bin"), ("offset", "0"), ("length", "32")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, text


def external_data():
    """A weight outside the file: an initializer, and a constant inside a branch."""
    model = onnx.load(FOLDER / "linear.onnx")
    outside(model.graph.initializer[0])
    (FOLDER / "external_data.onnx").write_bytes(model.SerializeToString(deterministic=True))

    weight = numpy_helper.from_array(np.ones(8, dtype=np.float32), "weight")
    branch = helper.make_graph(
        [helper.make_node("Constant", [], ["chosen"], value=weight)],
        "branch",
        [],
        [value("chosen", TensorProto.FLOAT, [8])],
    )
    node = helper.make_node("If", ["which"], ["y"], then_branch=branch, else_branch=branch)
    model = helper.make_model(
        helper.make_graph(
            [node],
            "external_in_branch",
            [value("which", TensorProto.BOOL, [])],
            [value("y", TensorProto.FLOAT, [8])],
        ),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
    )
    for attribute in model.graph.node[0].attribute:
        outside(attribute.g.node[0].attribute[0].t)
    (FOLDER / "external_in_branch.onnx").write_bytes(model.SerializeToString(deterministic=True))


def main():
    elementwise()
    linear()
    runtime_format()
    several_outputs()
    shapes()
    loop()
    recurrent()
    refused()
    external_data()
    numbers = np.random.default_rng(11)
    (FOLDER / "noise.onnx").write_bytes(numbers.bytes(200))


if __name__ == "__main__":
    main()
