"""Every system that stations and platforms are known to speak, as an operator would declare it, with its trial.

A folder is one system: interface.yaml, its trial.yaml, and where it has them reply.yaml and time_call.yaml. All stand
in one home, so that they also get along. Station codes, plates and weights are test data.
"""

from __future__ import annotations

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from core.run import trials
from core.run.contract import fields_of, sample
from core.run.manual import as_html, as_markdown
from core.run.openapi import document
from core.run.snapshot import Snapshot
from core.run.trying import told
from tests.partners.systems import SYSTEMS, snapshot_of


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A snapshot of a home in which all systems are declared; trials are left to the tests."""
    return snapshot_of(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("system", SYSTEMS)
def test_its_trial_is_green(snapshot: Snapshot, system: str) -> None:
    cases = trials.run(snapshot, system)
    assert cases
    assert [str(problem) for case in cases for problem in case.problems] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_trial_body_can_be_tried(snapshot: Snapshot, system: str) -> None:
    case = snapshot.reading.declarations["trial"][system].data["cases"][0]
    body = trials.body_of(case["send"], snapshot, system)
    steps = told(snapshot, trials.send(snapshot, system, body, received_at=1793493005000))
    assert steps["read"][0].startswith(f"{len(body)} bytes of {snapshot.interfaces[system].layout.format}, ")
    assert steps["map"][0].split()[0] != "0"
    assert steps["reply"]


def test_every_format_is_spoken_by_some_system(snapshot: Snapshot) -> None:
    formats = {interface.layout.format for interface in snapshot.interfaces.values()}
    assert formats == {"json", "lines", "csv", "form", "multipart", "xml", "soap"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_its_manual_names_every_field_and_shows_its_sample(snapshot: Snapshot, system: str) -> None:
    interface = snapshot.interfaces[system]
    text = as_markdown(snapshot, interface, "https://zc.example")
    for said in fields_of(snapshot, interface):
        assert f"`{said.names[0]}`" in text
        assert f"| {said.field.label} |" in text
    _, reply = sample(snapshot, interface)
    assert reply
    assert reply.strip() in text
    assert "<table>" in as_html(text, interface.title)


def test_all_of_them_make_a_valid_openapi(snapshot: Snapshot) -> None:
    said = document(snapshot)
    OpenAPIV31SpecValidator(said).validate()
    paths = {interface.path for interface in snapshot.interfaces.values()}
    assert set(said["paths"]) == {"/api/token", *paths}
    kinds = {path: set(item["post"]["responses"]["200"]["content"]) for path, item in said["paths"].items()}
    assert kinds["/partners/soap_string"] == kinds["/partners/xml_body"] == {"text/xml"}
    assert kinds["/partners/json_lines"] == kinds["/api/token"] == {"application/json"}
    assert set(said["paths"]["/partners/soap_string"]["post"]["responses"]) == {"200", "500"}
    assert {"200", "400", "401", "403", "429", "503"} == set(said["paths"]["/api/token"]["post"]["responses"])
