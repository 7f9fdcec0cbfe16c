"""The committed golden files: the reference still gives them, and the bundles are whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inferd import Description, Reference, RequestRefused
from inferd.description import CalendarFeature

GOLDEN = Path(__file__).resolve().parents[3] / "Tests" / "Golden"
CASES = sorted((GOLDEN / "cases").glob("*.json"))
BUNDLES = sorted((GOLDEN / "models").glob("*/*"))

# Another processor's model differs in the last bits of float32, and more after a whole horizon; differences
# of two numbers carry the errors of both.
VALUES = 1e-5
METRICS = 1e-4


def number(value: Any) -> Any:
    """JSON has no form for these numbers."""
    named = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
    if isinstance(value, list):
        return [number(item) for item in value]
    return named.get(value, value) if isinstance(value, str) else value


def request(case: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {item["name"]: number(item["values"]) for item in value}
        if key in ("channels", "future")
        else number(value)
        for key, value in case["request"].items()
    }


def assert_close(found: Any, expected: Any, scale: float, name: str, tolerance: float = VALUES) -> None:
    a, b = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    assert a.shape == b.shape, name
    assert np.all(np.abs(a - b) <= tolerance * np.maximum(np.abs(b), scale)), name


def test_there_are_cases_for_every_bundle() -> None:
    assert len(CASES) >= 27
    assert {path.stem for path in CASES} == {path.parent.name for path in BUNDLES}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_reference_reproduces_every_case(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["model"] == path.stem
    assert len(content["cases"]) > 20
    reference = Reference.open(GOLDEN / "models" / path.stem / "1")
    for case in content["cases"]:
        name = case["name"]
        if "expect_error" in case:
            with pytest.raises(RequestRefused) as refused:
                reference.predict(request(case))
            assert {"code": refused.value.code, "field": refused.value.field} == case["expect_error"], name
            continue
        found, expected = reference.predict(request(case)), case["expect"]
        scale = reference.target_scale(request(case))
        assert scale == pytest.approx(case["target_scale"]), name
        assert found.keys() == expected.keys(), name
        assert found["timestamps_us"] == expected["timestamps_us"], name
        assert found["filled_points"] == expected["filled_points"], name
        assert_close(found["values"], expected["values"], scale, name)
        assert_close(found["quantiles"], expected["quantiles"], scale, name)
        metrics = found.get("metrics", {})
        assert metrics.keys() == expected.get("metrics", {}).keys(), name
        for metric, value in expected.get("metrics", {}).items():
            unit = scale if metric in ("mae", "rmse") else 1.0
            assert_close(metrics[metric], value, unit, f"{name}: {metric}", METRICS)


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.parent.name)
def test_a_bundle_holds_what_its_manifest_lists(bundle: Path) -> None:
    listed = {}
    for line in (bundle / "MANIFEST").read_text(encoding="ascii").splitlines():
        digest, name = line.split("  ")
        listed[name] = digest
    files = {path.name: path for path in bundle.iterdir() if path.name != "MANIFEST"}
    assert files.keys() == {"golden.json", "model.onnx", "model.yaml"}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.parent.name)
def test_a_bundles_own_golden_vectors_hold(bundle: Path) -> None:
    reference = Reference.open(bundle)
    cases = json.loads((bundle / "golden.json").read_text(encoding="utf-8"))["cases"]
    assert [case["kind"] for case in cases] == ["tensors", "predict", "predict"]
    for case in cases[1:]:
        found = reference.predict(case["request"])
        assert found["timestamps_us"] == case["expect"]["timestamps_us"]
        scale = reference.target_scale(case["request"])
        assert_close(found["values"], case["expect"]["values"], scale, case["name"], case["tolerance"])


def test_the_cases_cover_what_a_description_can_say() -> None:
    descriptions = [Description.read(bundle / "model.yaml") for bundle in BUNDLES]
    assert {item.mode for item in descriptions} == {"direct", "autoregressive", "stateful"}
    assert {item.gap_policy for item in descriptions} == {"reject", "ffill", "interpolate"}
    scalers = {
        (channel.scaler.kind, channel.scaler.per_window) for item in descriptions for channel in item.channels
    }
    fitted = {(kind, way) for kind in ("standard", "minmax", "robust") for way in (False, True)}
    assert scalers == fitted | {("none", False), ("log1p", False)}
    calendar = {
        (feature.field, feature.encoding)
        for item in descriptions
        for feature in item.features
        if isinstance(feature, CalendarFeature)
    }
    fields = ("hour", "day_of_week", "day_of_month", "month", "day_of_year", "iso_week")
    assert calendar >= {(field, way) for field in fields for way in ("sin", "cos", "scaled")}
    assert {item.step.unit for item in descriptions} == {"us", "days", "months"}
    assert {item.mode for item in descriptions if item.quantiles} == {item.mode for item in descriptions}
