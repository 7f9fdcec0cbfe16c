"""Bundles made by PyTorch. Skipped where it is not installed."""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

torch: Any = pytest.importorskip("torch")
onnx: Any = pytest.importorskip("onnx")

from inferd import Description, DescriptionError, Reference, fit_scaler  # noqa: E402
from inferd.export import ExportRefused, export_bundle  # noqa: E402

from tests.support import channel, content, hourly  # noqa: E402

Module: Any = torch.nn.Module

SCALED = channel("load", {"kind": "standard", "mean": 50.0, "std": 12.0})
HOURS = {"calendar": "hour", "encoding": "sin"}
STATES = [
    {"input": "h_in", "output": "h_out", "batch_axis": 1, "initial": 0.5},
    {"input": "c_in", "output": "c_out", "batch_axis": 1},
]


def description(**changes: Any) -> dict[str, Any]:
    result = content(features=[SCALED, HOURS], max_batch=8, **changes)
    del result["format"], result["task"]
    return result


def tensors(**more: Any) -> dict[str, Any]:
    return {"window": "window", "output": "forecast", **more}


class Dense(Module):  # type: ignore[misc]
    """``[batch, window, columns]`` to ``[batch, *shape]``."""

    def __init__(self, *shape: int, inputs: int = 6) -> None:
        super().__init__()
        self.shape = shape
        self.out = torch.nn.Linear(inputs, math.prod(shape))

    def forward(self, window: Any, future: Any = None) -> Any:
        parts = [window.flatten(1)] if future is None else [window.flatten(1), future.flatten(1)]
        return torch.tanh(self.out(torch.cat(parts, 1))).unflatten(1, self.shape)


class Recurrent(Module):  # type: ignore[misc]
    """An LSTM whose states go in and come out."""

    def __init__(self, *, single_rows: bool = False) -> None:
        super().__init__()
        self.cell = torch.nn.LSTM(2, 4, batch_first=True)
        self.out = torch.nn.Linear(4, 1)
        self.single_rows = single_rows
        self.state_shapes = {"h_in": (1, 1, 4), "c_in": (1, 1, 4)}

    def forward(self, window: Any, h: Any, c: Any) -> Any:
        rows, (h, c) = self.cell(window, (h, c))
        return self.out(rows[:, -1]), h, c


STATEFUL: dict[str, Any] = {"decode": {"mode": "stateful"}, "tensors": tensors(states=STATES)}
KINDS: dict[str, tuple[dict[str, Any], Any]] = {
    "direct": ({"decode": {"mode": "direct"}}, lambda: Dense(4)),
    "direct with the future": (
        {"decode": {"mode": "direct"}, "tensors": tensors(future="future")},
        lambda: Dense(4, inputs=10),
    ),
    "autoregressive": ({}, lambda: Dense(1)),
    "autoregressive in chunks": ({"decode": {"mode": "autoregressive", "chunk": 3}}, lambda: Dense(3)),
    "quantiles": ({"quantiles": [0.1, 0.5, 0.9]}, lambda: Dense(1, 3)),
    "stateful": (STATEFUL, Recurrent),
    "stateful by rows": (STATEFUL, lambda: Recurrent(single_rows=True)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_bundle_answers_what_its_module_answers(kind: str, tmp_path: Path) -> None:
    changes, make = KINDS[kind]
    torch.manual_seed(3)
    module = make()
    path = export_bundle(module, description(**changes), tmp_path, "load", 7)
    assert path == tmp_path / "load" / "7"
    parsed = Description.read(path / "model.yaml")
    assert parsed == Description.parse(content(features=[SCALED, HOURS], max_batch=8, **changes))

    def by_torch(given: dict[str, Any]) -> dict[str, Any]:
        names = [parsed.window_tensor, *([parsed.future_tensor] if parsed.future_tensor else [])]
        names += [state.input for state in parsed.states]
        with torch.no_grad():
            found = module(*(torch.from_numpy(np.ascontiguousarray(given[name])) for name in names))
        outputs = found if isinstance(found, tuple) else (found,)
        names = [parsed.output_tensor, *(state.output for state in parsed.states)]
        return {name: output.numpy() for name, output in zip(names, outputs, strict=True)}

    expected = Reference(
        parsed,
        by_torch,
        single_rows=getattr(module, "single_rows", False),
        state_shapes=getattr(module, "state_shapes", None),
    )
    request = hourly([41.0, 47.0, 55.0, 62.0, 58.0], horizon=4, quantiles=list(parsed.quantiles))
    found, wanted = Reference.open(path).predict(request), expected.predict(request)
    assert found["values"] == pytest.approx(wanted["values"], rel=1e-5)
    assert found["quantiles"] == [pytest.approx(values, rel=1e-5) for values in wanted["quantiles"]]
    assert len(set(found["values"])) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_batch_has_any_size(kind: str, tmp_path: Path) -> None:
    changes, make = KINDS[kind]
    path = export_bundle(make(), description(**changes), tmp_path, "load", 1)
    model = onnx.load(path / "model.onnx")
    axes = {item["input"]: 1 for item in STATES}
    for tensor in model.graph.input:
        batch = tensor.type.tensor_type.shape.dim[axes.get(tensor.name, 0)]
        assert batch.dim_param and not batch.dim_value, tensor.name


def export(tmp_path: Path, module: Any = None, **changes: Any) -> Path:
    return export_bundle(Dense(1) if module is None else module, description(**changes), tmp_path, "load", 1)


def test_a_bundle_is_four_files_and_the_manifest_lists_three(tmp_path: Path) -> None:
    path = export(tmp_path)
    assert {file.name for file in path.iterdir()} == {"MANIFEST", "golden.json", "model.onnx", "model.yaml"}
    expected = "".join(
        f"{hashlib.sha256((path / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("golden.json", "model.onnx", "model.yaml")
    )
    assert (path / "MANIFEST").read_text() == expected
    assert list(tmp_path.iterdir()) == [tmp_path / "load"]
    assert list((tmp_path / "load").iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o755


def test_a_recurrent_module_can_be_exported_again_and_after_it_ran(tmp_path: Path) -> None:
    for version in (1, 2):
        module = Recurrent()
        with torch.no_grad():
            module(torch.zeros(1, 3, 2), torch.zeros(1, 1, 4), torch.zeros(1, 1, 4))
        path = export_bundle(module, description(**STATEFUL), tmp_path, "load", version)
        window = onnx.load(path / "model.onnx").graph.input[0]
        assert [bool(axis.dim_param) for axis in window.type.tensor_type.shape.dim] == [True, True, False]


def test_the_same_module_gives_the_same_bytes(tmp_path: Path) -> None:
    module = Recurrent()
    first = export(tmp_path / "a", module, **STATEFUL)
    second = export(tmp_path / "b", module, **STATEFUL)
    for file in first.iterdir():
        assert file.read_bytes() == (second / file.name).read_bytes(), file.name


def test_a_model_is_one_file_however_large(tmp_path: Path) -> None:
    # 4 MiB of weights: PyTorch's exporter puts less than that beside the model when it may.
    module = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(6, 1024), torch.nn.Linear(1024, 1024), torch.nn.Linear(1024, 1)
    )
    path = export(tmp_path, module)
    model = onnx.load(path / "model.onnx", load_external_data=False)
    assert {tensor.data_location for tensor in model.graph.initializer} == {onnx.TensorProto.DEFAULT}
    assert (path / "model.onnx").stat().st_size > 4 << 20
    assert len(list(path.iterdir())) == 4


def test_weights_beside_the_model_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = torch.onnx.export

    def beside(*arguments: Any, **options: Any) -> Any:
        return real(*arguments, **{**options, "external_data": True})

    monkeypatch.setattr(torch.onnx, "export", beside)
    module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(6, 2048), torch.nn.Linear(2048, 1))
    with pytest.raises(ExportRefused, match="one file"):
        export(tmp_path, module)
    assert list(tmp_path.rglob("*.onnx")) == []


def test_nothing_tells_where_the_model_was_made(tmp_path: Path) -> None:
    content_of = (export(tmp_path, Recurrent(), **STATEFUL) / "model.onnx").read_bytes()
    for text in (b".py", b"/", b"Traceback", b"File"):
        assert text not in content_of.replace(b"pkg.onnxscript.torch_lib", b""), text


def test_golden_vectors_are_what_pytorch_answers(tmp_path: Path) -> None:
    request = hourly([41.0, 47.0, 55.0, 62.0], actuals=[50.0, math.nan])
    module = Dense(1)
    path = export_bundle(module, description(), tmp_path, "load", 1, golden_requests=[request])
    golden = json.loads((path / "golden.json").read_text())
    assert golden["format"] == 1
    run, forecast = golden["cases"]
    given = torch.tensor(run["inputs"][0]["data"]).reshape(run["inputs"][0]["shape"])
    with torch.no_grad():
        assert module(given).flatten().tolist() == pytest.approx(run["outputs"][0]["data"], rel=1e-6)
    assert (run["inputs"][0]["shape"], run["outputs"][0]["shape"]) == ([2, 3, 2], [2, 1])
    # JSON has no NaN.
    assert forecast["request"] == {**request, "actuals": [50.0, None]}
    assert forecast["expect"] == Reference.open(path).predict(forecast["request"]) | {
        "values": pytest.approx(forecast["expect"]["values"]),
        "metrics": forecast["expect"]["metrics"],
    }


def test_without_golden_requests_two_are_made_up(tmp_path: Path) -> None:
    features = [
        SCALED,
        HOURS,
        channel("rain", "log1p", "future"),
        channel("wind", {"kind": "minmax", "min": 3.0, "max": 5.0}, "future"),
    ]
    path = export_bundle(
        Dense(1, inputs=12), description() | {"features": features, "season": 5}, tmp_path, "load", 1
    )
    cases = json.loads((path / "golden.json").read_text())["cases"]
    assert [case["name"] for case in cases] == ["one-run", "forecast-1", "forecast-2"]
    assert [case["request"]["horizon"] for case in cases[1:]] == [2, 4]
    request = cases[2]["request"]
    assert len(request["timestamps_us"]) == 6
    assert {name: len(values) for name, values in request["future"].items()} == {"rain": 4, "wind": 4}
    assert all(3 < value < 5 for value in request["channels"]["wind"])
    assert all(value >= 0 for value in request["channels"]["rain"])


def test_numbers_may_be_numpys_and_pytorchs(tmp_path: Path) -> None:
    given = description() | {
        "window": np.int64(3),
        "features": [
            {
                "channel": "load",
                "scaler": {"kind": "standard", "mean": np.float32(50), "std": torch.tensor(12.0)},
            },
            HOURS,
        ],
        "quantiles": np.array([0.25, 0.5]),
        "scores": {"mae": np.float64(1.5)},
    }
    request = hourly([1, 2, 3])
    request["channels"]["load"] = np.array([1.0, 2.0, 3.0])
    request["timestamps_us"] = np.array(request["timestamps_us"])
    path = export_bundle(Dense(1, 2), given, tmp_path, "load", 1, golden_requests=[request])
    written = yaml.safe_load((path / "model.yaml").read_text())
    assert (written["window"], written["quantiles"], written["scores"]) == (3, [0.25, 0.5], {"mae": 1.5})
    assert written["features"][0]["scaler"] == {"kind": "standard", "mean": 50.0, "std": 12.0}


def test_what_stands_twice_is_written_twice(tmp_path: Path) -> None:
    scaler = fit_scaler("standard", [1.0, 2.0])
    features = [
        {"channel": "load", "scaler": scaler},
        {"channel": "wind", "known": "future", "scaler": scaler},
    ]
    path = export_bundle(Dense(1), description() | {"features": features}, tmp_path, "load", 1)
    # The daemon reads no aliases.
    text = (path / "model.yaml").read_text()
    assert "&" not in text and "*" not in text
    assert Description.read(path / "model.yaml").channels[1].scaler.center == 1.5


def test_a_caller_keeps_the_module_as_it_was(tmp_path: Path) -> None:
    module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.5), torch.nn.Linear(6, 1)).double()
    module.train()
    export(tmp_path, module)
    assert module.training and module[1].training
    assert module[2].weight.dtype == torch.float64
    assert module[2].weight.requires_grad


def test_a_module_may_compute_in_place_and_give_back_its_state(tmp_path: Path) -> None:
    class InPlace(Recurrent):
        def forward(self, window: Any, h: Any, c: Any) -> Any:
            window *= 0.5
            h += 1
            return super().forward(window, h, c)[0], h, c

    module = InPlace()
    path = export(tmp_path, module, **STATEFUL)
    run = json.loads((path / "golden.json").read_text())["cases"][0]
    tensors_given = [torch.tensor(item["data"]).reshape(item["shape"]) for item in run["inputs"]]
    with torch.no_grad():
        outputs = module(*tensors_given)
    for output, expected in zip(outputs, run["outputs"], strict=True):
        assert output.flatten().tolist() == pytest.approx(expected["data"], abs=1e-6)


def test_an_export_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        export(tmp_path, Recurrent(), **STATEFUL)
    assert capfd.readouterr() == ("", "")


# Refusals.


class Unlike(Dense):
    """Takes a cheaper way when it is exported, as libraries do; some 1e-4 beside the other."""

    def forward(self, window: Any, future: Any = None) -> Any:
        way = "tanh" if torch.compiler.is_exporting() else "none"
        return torch.nn.functional.gelu(super().forward(window) * 2, approximate=way) * 10


class Peculiar(Dense):
    """Computes what ONNX has no operator for."""

    def forward(self, window: Any, future: Any = None) -> Any:
        return torch.special.bessel_j0(super().forward(window))


class Crowd(Dense):
    """A row's output depends on who shares its batch."""

    def forward(self, window: Any, future: Any = None) -> Any:
        return super().forward(window - window.mean(0, keepdim=True))


class Moody(Dense):
    """Leaves something to chance, even in evaluation mode."""

    def forward(self, window: Any, future: Any = None) -> Any:
        return super().forward(torch.nn.functional.dropout(window, 0.5, training=True))


class Undefined(Dense):
    def forward(self, window: Any, future: Any = None) -> Any:
        return torch.log(super().forward(window) - 2)


class Fixed(Recurrent):
    """Looks at how long the example's window is."""

    def forward(self, window: Any, h: Any, c: Any) -> Any:
        if window.shape[1] == 3:
            window = window * 1
        return super().forward(window, h, c)


class Wide(Dense):
    def forward(self, window: Any, future: Any = None) -> Any:
        return super().forward(window).double()


class Named(Dense):
    def forward(self, window: Any, future: Any = None) -> Any:
        return {"forecast": super().forward(window)}


def assert_nothing_is_left(folder: Path) -> None:
    assert list(folder.rglob("*")) == []


def test_a_model_that_answers_otherwise_under_onnx_runtime_is_refused(tmp_path: Path) -> None:
    torch.manual_seed(5)
    with pytest.raises(ExportRefused, match=r"forecast\[\d\]: ONNX Runtime gives .*, PyTorch .* apart"):
        export(tmp_path, Unlike(1))
    assert_nothing_is_left(tmp_path)


def test_a_forecast_that_drifts_apart_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A single run agrees when nobody looks closely; the whole horizon must not.
    import inferd._golden

    monkeypatch.setattr(inferd._golden, "STEP_TOLERANCE", 1.0)
    torch.manual_seed(5)
    with pytest.raises(ExportRefused, match=r"forecast-1: values\[\d\]: ONNX Runtime gives"):
        export(tmp_path, Unlike(1))
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    ("module", "changes", "message"),
    [
        (lambda: Peculiar(1), {}, "PyTorch cannot export the module"),
        (Fixed, STATEFUL, r"window: axis 1 must take any extent; .* only takes 3"),
        (lambda: Crowd(1), {}, r"forecast\[0\]: the module gives .*, in a batch with other rows it gives"),
        (lambda: Moody(1), {}, r"forecast\[\d\]: the module gives .*, on the same inputs before it gave"),
        (lambda: Undefined(1), {}, r"forecast\[0\]: the module gives nan"),
        (lambda: Wide(1), {}, r"forecast: the module gives torch\.float64, not a tensor of float32"),
        (lambda: Named(1), {}, r"forecast: the module gives dict, not a tensor of float32"),
        (
            lambda: Dense(2),
            {},
            r"forecast: the module gives the shape \[3, 2\] for window \[3, 3, 2\], not \[3, 1\]",
        ),
        (lambda: Dense(1, 1), {}, r"not \[3, 1\]"),
        (lambda: Dense(1), {"quantiles": [0.5]}, r"not \[3, 1, 1\]"),
        (lambda: Dense(1), {"decode": {"mode": "direct"}}, r"not \[3, 4\]"),
        (lambda: Dense(1, inputs=9), {}, r"the module does not run on window \[3, 3, 2\]: "),
        (Recurrent, {}, r"the module does not run on window"),
        (lambda: Recurrent(single_rows=True), {}, "single_rows: only a stateful module"),
        (lambda: Dense(1), STATEFUL, "no shape for 'h_in'"),
        (
            Recurrent,
            {**STATEFUL, "tensors": tensors(states=[{**STATES[0], "batch_axis": 3}, STATES[1]])},
            r"tensors\.states\[0\]\.batch_axis",
        ),
        (
            Recurrent,
            {**STATEFUL, "tensors": tensors(states=[{**STATES[0], "batch_axis": 2}, STATES[1]])},
            r"tensors\.states\[0\]\.batch_axis: axis 2 of the shape \[1, 1, 4\]",
        ),
        (Recurrent, {**STATEFUL, "tensors": tensors(states=STATES[:1])}, "does not run on"),
    ],
)
def test_a_module_that_does_not_fit_is_refused(
    module: Any, changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ExportRefused, match=message):
        export(tmp_path, module(), **changes)
    assert_nothing_is_left(tmp_path)


def test_states_that_change_their_shape_are_refused(tmp_path: Path) -> None:
    class Growing(Recurrent):
        def forward(self, window: Any, h: Any, c: Any) -> Any:
            output, h, c = super().forward(window, h, c)
            return output, torch.cat([h, h], 2), c

    with pytest.raises(ExportRefused, match=r"h_out: the module gives the shape \[1, 3, 8\]"):
        export(tmp_path, Growing(), **STATEFUL)


def test_states_take_no_more_than_the_daemon_gives(tmp_path: Path) -> None:
    module = Recurrent()
    module.state_shapes = {**module.state_shapes, "c_in": (1, 1, 16 << 20)}
    with pytest.raises(ExportRefused, match=r"^tensors\.states: .* more than 67108864 bytes"):
        export(tmp_path, module, **STATEFUL)


def test_too_few_outputs_are_refused(tmp_path: Path) -> None:
    class Forgetful(Recurrent):
        def forward(self, window: Any, h: Any, c: Any) -> Any:
            return super().forward(window, h, c)[:2]

    with pytest.raises(ExportRefused, match="the module gives 2 tensors, not forecast, h_out, c_out"):
        export(tmp_path, Forgetful(), **STATEFUL)


def test_a_description_that_cannot_be_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match=r"^window: "):
        export(tmp_path, Dense(1), window=0)
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([], "one request at least"),
        ([hourly([1, 2])], r"golden_requests\[0\]: INVALID_ARGUMENT: predict\.history: "),
        ([hourly([1, 2, 3]), hourly([1, 2, 3], horizon=9)], r"golden_requests\[1\]: .*predict\.horizon"),
        ([{"timestamps_us": [1], "channels": 3}], r"golden_requests\[0\]: is no request"),
        (["text"], r"golden_requests\[0\]: is no request"),
    ],
)
def test_golden_requests_are_requests(requests: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=message):
        export_bundle(Dense(1), description(), tmp_path, "load", 1, golden_requests=requests)
    assert_nothing_is_left(tmp_path)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "..", "é", "a" * 65, "a\n"])
def test_a_name_is_letters_digits_and_dashes(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=r"^name: "):
        export_bundle(Dense(1), description(), tmp_path, name, 1)


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", 10**18])
def test_a_version_is_a_whole_number_from_1_up(version: Any, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=r"^version: "):
        export_bundle(Dense(1), description(), tmp_path, "load", version)


def test_a_version_is_made_once(tmp_path: Path) -> None:
    path = export(tmp_path)
    before = (path / "MANIFEST").read_bytes()
    with pytest.raises(ExportRefused, match="export a new version"):
        export(tmp_path, Dense(1))
    assert (path / "MANIFEST").read_bytes() == before
