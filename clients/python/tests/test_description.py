from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from inferd import Description, DescriptionError
from inferd.description import Scaler, Step

from tests.support import BASE, DAY, HOUR, channel, content, describe

STANDARD = {"kind": "standard", "mean": 1.0, "std": 2.0}
STATE = {"input": "h_in", "output": "h_out"}
CALENDAR = {"calendar": "hour", "encoding": "sin"}


def tensors(**more: Any) -> dict[str, Any]:
    return {"window": "window", "output": "forecast", **more}


def load(**keys: Any) -> list[dict[str, Any]]:
    """Features of one channel, some keys changed; ``None`` takes one out."""
    feature = {**channel("load"), **keys}
    return [{key: value for key, value in feature.items() if value is not None}]


STATEFUL: dict[str, Any] = {"decode": {"mode": "stateful"}, "tensors": tensors(states=[STATE])}

REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("format", {"format": None}),
    ("format", {"format": 2}),
    ("format", {"format": "1"}),
    ("task", {"task": None}),
    ("task", {"task": "classify"}),
    ("step", {"step": None}),
    ("step", {"step": 1}),
    ("step", {"step": "0h"}),
    ("step", {"step": "h"}),
    ("step", {"step": "1.5h"}),
    ("step", {"step": "1 h"}),
    ("step", {"step": "1fortnight"}),
    ("step", {"step": "1234567890h"}),
    ("time_zone", {"time_zone": None}),
    ("time_zone", {"time_zone": "Mars/Olympus"}),
    ("time_zone", {"time_zone": "../../etc/passwd"}),
    ("time_zone", {"time_zone": "America"}),
    ("time_zone", {"time_zone": ""}),
    ("time_tolerance", {"time_tolerance": "30min"}),
    ("time_tolerance", {"time_tolerance": "12h", "step": "1d"}),
    ("time_tolerance", {"time_tolerance": "1d", "step": "1mo"}),
    ("time_tolerance", {"time_tolerance": 5}),
    ("window", {"window": None}),
    ("window", {"window": 0}),
    ("window", {"window": 16_385}),
    ("window", {"window": 2.0}),
    ("window", {"window": True}),
    ("horizon", {"horizon": None}),
    ("horizon", {"horizon": 4}),
    ("horizon.maximum", {"horizon": {"default": 1}}),
    ("horizon.maximum", {"horizon": {"default": 1, "maximum": 4097}}),
    ("horizon.default", {"horizon": {"maximum": 4}}),
    ("horizon.default", {"horizon": {"default": 0, "maximum": 4}}),
    ("horizon.default", {"horizon": {"default": 5, "maximum": 4}}),
    ("horizon.least", {"horizon": {"default": 1, "maximum": 4, "least": 1}}),
    ("season", {"season": 0}),
    ("season", {"season": 16_385}),
    ("season", {"season": "24"}),
    ("gap_policy", {"gap_policy": "guess"}),
    ("features", {"features": {}}),
    ("features[0]", {"features": None}),
    ("features[0]", {"features": []}),
    ("features[0]", {"features": [CALENDAR]}),
    ("features[0]", {"features": ["load"]}),
    ("features[0].channel", {"features": load(channel=None)}),
    ("features[0].channel", {"features": load(channel=7)}),
    ("features[0].channel", {"features": load(channel="")}),
    ("features[0].channel", {"features": load(channel="é" * 33)}),
    ("features[0].known", {"features": load(known="perhaps")}),
    ("features[0].unit", {"features": load(unit="kW")}),
    ("features[0].scaler", {"features": load(scaler=None)}),
    ("features[0].scaler", {"features": load(scaler="none")}),
    ("features[0].scaler.kind", {"features": load(scaler={})}),
    ("features[0].scaler.kind", {"features": load(scaler={"kind": "power"})}),
    ("features[0].scaler.std", {"features": load(scaler={"kind": "standard", "mean": 0})}),
    ("features[0].scaler.std", {"features": load(scaler={"kind": "standard", "mean": 0, "std": -1})}),
    ("features[0].scaler.mean", {"features": load(scaler={**STANDARD, "mean": float("nan")})}),
    ("features[0].scaler.max", {"features": load(scaler={"kind": "minmax", "min": 2, "max": 1})}),
    ("features[0].scaler.iqr", {"features": load(scaler={"kind": "robust", "median": 2, "iqr": "3"})}),
    ("features[0].scaler.fit", {"features": load(scaler={"kind": "standard", "fit": "daily"})}),
    ("features[0].scaler.fit", {"features": load(scaler={"kind": "log1p", "fit": "per_window"})}),
    (
        "features[0].scaler.mean",
        {"features": load(scaler={"kind": "standard", "fit": "per_window", "mean": 0})},
    ),
    ("features[1].channel", {"features": [channel("load"), channel("load", known="future")]}),
    ("features[1].known", {"features": [channel("load"), channel("wind")]}),
    ("features[1].known", {"features": [channel("load"), channel("wind", known="past")], **STATEFUL}),
    ("features[1].calendar", {"features": [channel("load"), {"calendar": "minute", "encoding": "sin"}]}),
    ("features[1].encoding", {"features": [channel("load"), {"calendar": "hour"}]}),
    ("features[1].encoding", {"features": [channel("load"), {**CALENDAR, "encoding": "tan"}]}),
    ("features[1].scaler", {"features": [channel("load"), {**CALENDAR, "scaler": {"kind": "none"}}]}),
    ("features[2].calendar", {"features": [channel("load"), CALENDAR, CALENDAR]}),
    (
        "features[0].scaler.max",
        {"features": load(scaler={"kind": "minmax", "min": -1.7e308, "max": 1.7e308})},
    ),
    ("features", {"features": [channel(f"c{index}", known="future") for index in range(257)]}),
    ("decode", {"decode": None}),
    ("decode", {"decode": "direct"}),
    ("decode.mode", {"decode": {}}),
    ("decode.mode", {"decode": {"mode": "recursive"}}),
    ("decode.chunk", {"decode": {"mode": "autoregressive", "chunk": 0}}),
    ("decode.chunk", {"decode": {"mode": "autoregressive", "chunk": 5}}),
    ("decode.chunk", {"decode": {"mode": "direct", "chunk": 3}}),
    ("decode.chunk", {"decode": {"mode": "stateful", "chunk": 2}, "tensors": tensors(states=[STATE])}),
    ("decode.chunk", {"decode": {"mode": "direct", "chunk": "4"}}),
    ("decode.beams", {"decode": {"mode": "direct", "beams": 2}}),
    ("quantiles", {"quantiles": [0.1, 0.9]}),
    ("quantiles", {"quantiles": 0.5}),
    ("quantiles", {"quantiles": [(index + 1) / 66 for index in range(33)]}),
    ("quantiles[0]", {"quantiles": [0.0, 0.5]}),
    ("quantiles[1]", {"quantiles": [0.5, 1.0]}),
    ("quantiles[1]", {"quantiles": [0.5, 0.1]}),
    ("quantiles[1]", {"quantiles": [0.5, 0.5]}),
    ("quantiles[0]", {"quantiles": ["0.5"]}),
    ("quantiles[0]", {"quantiles": [True]}),
    ("tensors", {"tensors": None}),
    ("tensors.window", {"tensors": {"output": "forecast"}}),
    ("tensors.output", {"tensors": {"window": "window"}}),
    ("tensors.past", {"tensors": tensors(past="x")}),
    ("tensors.future", {"tensors": tensors(future="future")}),
    ("tensors.future", {"tensors": tensors(future="future"), "decode": {"mode": "direct"}}),
    ("tensors.states", {"tensors": tensors(states=[STATE])}),
    ("tensors.states", {"decode": {"mode": "stateful"}}),
    ("tensors.states[0].output", {**STATEFUL, "tensors": tensors(states=[{"input": "h_in"}])}),
    ("tensors.states[0].batch_axis", {**STATEFUL, "tensors": tensors(states=[{**STATE, "batch_axis": "1"}])}),
    (
        "tensors.states[0].initial",
        {**STATEFUL, "tensors": tensors(states=[{**STATE, "initial": float("inf")}])},
    ),
    ("tensors.states[0].initial", {**STATEFUL, "tensors": tensors(states=[{**STATE, "initial": 1e39}])}),
    ("tensors.states[0].size", {**STATEFUL, "tensors": tensors(states=[{**STATE, "size": 3}])}),
    ("tensors", {**STATEFUL, "tensors": tensors(states=[{**STATE, "input": "window"}])}),
    ("tensors", {**STATEFUL, "tensors": tensors(states=[STATE, {**STATE, "input": "c_in"}])}),
    (
        "tensors",
        {
            "features": [channel("load"), CALENDAR],
            "decode": {"mode": "direct"},
            "tensors": tensors(future="window"),
        },
    ),
    ("max_batch", {"max_batch": 0}),
    ("max_batch", {"max_batch": 4097}),
    ("max_batch", {"max_batch": "8"}),
    ("ttl", {"ttl": "soon"}),
    ("ttl", {"ttl": "1d"}),
    ("ttl", {"ttl": 5}),
    ("unit", {"unit": 1}),
    ("description", {"description": ["a"]}),
    ("colour", {"colour": "red"}),
]


@pytest.mark.parametrize(
    ("key", "changes"), REFUSALS, ids=[f"{i}-{key}" for i, (key, _) in enumerate(REFUSALS)]
)
def test_a_refusal_begins_with_the_key(key: str, changes: dict[str, Any]) -> None:
    with pytest.raises(DescriptionError, match=f"^{re.escape(key)}: "):
        describe(**changes)


@pytest.mark.parametrize("value", [None, [], "text", 7])
def test_a_description_has_keys_and_values(value: object) -> None:
    with pytest.raises(DescriptionError, match=r"^model\.yaml: "):
        Description.parse(value)


def test_the_least_description_has_the_documented_defaults() -> None:
    parsed = describe()
    assert (parsed.gap_policy, parsed.tolerance_us, parsed.season, parsed.chunk) == ("reject", 0, None, 1)
    assert (parsed.quantiles, parsed.states, parsed.future_tensor, parsed.max_batch) == ((), (), None, 1)
    assert describe(decode={"mode": "direct"}).chunk == 4
    assert describe(**STATEFUL).chunk == 1
    state = describe(**STATEFUL).states[0]
    assert (state.batch_axis, state.initial) == (0, 0.0)


def test_what_is_for_people_is_passed_over() -> None:
    people = {"description": "d", "unit": "kW", "training": {"from": 2013}, "scores": [1], "ttl": "cadence"}
    assert describe(**people) == describe()
    assert describe(ttl="90s") == describe()


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("1us", Step("us", 1)),
        ("90s", Step("us", 90_000_000)),
        ("60min", Step("us", HOUR)),
        ("24h", Step("us", DAY)),
        ("1d", Step("days", 1)),
        ("2w", Step("days", 14)),
        ("3mo", Step("months", 3)),
        ("1y", Step("months", 12)),
        ("999999999us", Step("us", 999_999_999)),
    ],
)
def test_steps(text: str, step: Step) -> None:
    assert describe(step=text).step == step


def test_a_tolerance_is_less_than_half_a_step() -> None:
    assert describe(time_tolerance="1799s").tolerance_us == 1_799_000_000
    assert describe(step="1us", time_tolerance="0us").tolerance_us == 0
    assert describe(step="3us", time_tolerance="1us").tolerance_us == 1
    with pytest.raises(DescriptionError, match="time_tolerance"):
        describe(step="2us", time_tolerance="1us")


def test_scalers_become_center_and_spread() -> None:
    def scaler(**keys: Any) -> Scaler:
        return describe(features=load(scaler=keys)).channels[0].scaler

    assert scaler(kind="standard", mean=3, std=2) == Scaler("standard", center=3.0, spread=2.0)
    assert scaler(kind="minmax", min=-1, max=4) == Scaler("minmax", center=-1.0, spread=5.0)
    assert scaler(kind="robust", median=3, iqr=0) == Scaler("robust", center=3.0, spread=0.0)
    assert scaler(kind="robust", fit="per_window") == Scaler("robust", per_window=True)
    assert scaler(kind="log1p") == Scaler("log1p")


def test_columns_are_counted_and_the_future_has_covariates_first() -> None:
    parsed = describe(
        features=[
            channel("load"),
            CALENDAR,
            channel("price", known="past"),
            channel("wind", known="future"),
            {"calendar": "day_of_week", "encoding": "one_hot"},
            channel("rain", known="future"),
        ],
        decode={"mode": "direct"},
        tensors=tensors(future="future"),
    )
    assert [item.name for item in parsed.channels] == ["load", "price", "wind", "rain"]
    assert parsed.column_count == 12
    assert parsed.future_columns == [3, 11, 1, *range(4, 11)]


def test_a_calendar_field_may_have_several_encodings() -> None:
    encodings = [{**CALENDAR, "encoding": way} for way in ("sin", "cos", "scaled", "one_hot")]
    assert describe(features=[channel("load"), *encodings]).column_count == 1 + 3 + 24


def test_a_target_known_in_the_future_is_no_future_column() -> None:
    parsed = describe(
        features=[channel("load", known="future"), CALENDAR],
        decode={"mode": "direct"},
        tensors=tensors(future="future"),
    )
    assert parsed.future_columns == [1]


# YAML.

YAML = """
format: 1
task: forecast
step: 1h
time_zone: UTC
window: 3
horizon: {default: 2, maximum: 4}
features:
- {channel: load, scaler: {kind: standard, mean: 1, std: 1e-5}}
decode: {mode: autoregressive}
tensors: {window: window, output: forecast}
"""


def read(folder: Path, text: str) -> Description:
    file = folder / "model.yaml"
    file.write_text(text, encoding="utf-8")
    return Description.read(file)


def test_a_file_is_read_as_its_content(tmp_path: Path) -> None:
    scaler = {"kind": "standard", "mean": 1.0, "std": 0.00001}
    assert read(tmp_path, YAML) == Description.parse({**BASE, "features": [channel("load", scaler)]})


@pytest.mark.parametrize(("text", "number"), [("1e-5", 1e-5), ("2E3", 2e3), ("1.e2", 1e2), ("7", 7.0)])
def test_numbers_are_read_as_the_daemon_reads_them(tmp_path: Path, text: str, number: float) -> None:
    assert read(tmp_path, YAML.replace("1e-5", text)).channels[0].scaler.spread == number


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (YAML + "window: 4\n", r"line 12: 'window' is given twice"),
        (YAML.replace("default: 2,", "default: 2, default: 2,"), r"line 7: 'default' is given twice"),
        (YAML.replace("step: 1h", "step: &a 1h\nunit: *a"), r"line 5: expected no alias"),
        (YAML.replace("window: 3", "window: [3"), r"^model\.yaml: "),
        (YAML + "? [a]\n: b\n", r"line 12: expected a key"),
        ("", r"^model\.yaml: expected keys and values"),
        ("!!python/object:os.system {}", r"^model\.yaml: "),
    ],
)
def test_yaml_that_the_daemon_refuses_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DescriptionError, match=message):
        read(tmp_path, text)


def test_changing_the_content_changes_nothing_else() -> None:
    assert content() == BASE
