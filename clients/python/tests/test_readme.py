"""The README's example runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

README = Path(__file__).resolve().parents[1] / "README.md"


def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 3
    names: dict[str, Any] = {"__name__": "example"}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "models/feeder-load/1"
    # The module has learned the day's wave: no value is far from it.
    assert len(names["answer"]["values"]) == 3
    assert all(350 < value < 650 for value in names["answer"]["values"])
    assert sorted(path.parent.name for path in tmp_path.glob("models/*/*/MANIFEST")) == ["1", "2"]
