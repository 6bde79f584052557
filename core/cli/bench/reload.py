"""The bench of reload: how long check and reload take with many interfaces, each with its trial."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from core.cli.homes import make_home
from core.declare.library import Cache
from core.run.build import build
from core.run.home import Home
from core.run.live import Platform


def measure(folder: Path, numbers: list[int], rounds: int, step: Callable[[], None]) -> list[dict[str, Any]]:
    """[{interfaces, check_cold_ms, reload_same_ms, reload_one_changed_ms}], medians of the rounds."""
    results = []
    for number in numbers:
        home = Home(folder / f"home-{number}")
        make_home(home, demo=True)
        _add_interfaces(home, number)
        with home.lock(), Platform.opened(home) as platform:
            turns = [_turn(home, platform, turn, step) for turn in range(rounds)]
        names = ("check_cold_ms", "reload_same_ms", "reload_one_changed_ms")
        timings = {name: round(median(values), 1) for name, values in zip(names, zip(*turns, strict=True), strict=True)}
        results.append({"interfaces": number, **timings})
    return results


def _turn(home: Home, platform: Platform, turn: int, step: Callable[[], None]) -> tuple[float, float, float]:
    cold = _ms(lambda: build(home, Cache()))
    same = _ms(lambda: platform.reload("bench"))
    file = home.root / "interfaces" / "copy1.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8')}# {turn}\n", encoding="utf-8")
    changed = _ms(lambda: platform.reload("bench"))
    step()
    return cold, same, changed


def _ms(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _add_interfaces(home: Home, number: int) -> None:
    """Copies of the shipped interface and its trial under paths of their own."""
    folder = home.root / "interfaces"
    text = (folder / "preview.yaml").read_text(encoding="utf-8")
    trial = (folder / "preview.trial.yaml").read_text(encoding="utf-8")
    for index in range(1, number):
        copy = text.replace("/api/preview", f"/api/copy{index}")
        (folder / f"copy{index}.yaml").write_text(copy, encoding="utf-8")
        (folder / f"copy{index}.trial.yaml").write_text(trial, encoding="utf-8")
