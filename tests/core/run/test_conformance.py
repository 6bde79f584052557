"""Cases of a list: what covers them, and what is remembered between posts."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.intake.post import Partner
from core.run.conformance import Conduct, Evidence
from tests.core.run import homes
from tests.house.test_code import ROOT

STANDARD = yaml.safe_load((ROOT / "config" / "conformance" / "standard.yaml").read_text(encoding="utf-8"))["cases"]
TRIAL = Partner("trial", sandbox=True)


def test_the_shipped_list_has_25_cases_that_nothing_covers_by_itself() -> None:
    assert len(STANDARD) == 25
    assert [name for name, case in STANDARD.items() if Evidence("server_error").meets(case["when"])] == []


@given(st.sampled_from(["stored", "partial", "refused"]), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_all_of_a_when_must_hold(outcome: str, records: int, accepted: int, least: int) -> None:
    evidence = Evidence(outcome, records=records, accepted=accepted)
    when = {"outcome": ["stored", "partial"], "accepted": 1, "records": least, "most": 4}
    holds = outcome != "refused" and accepted >= 1 and least <= records <= 4
    assert evidence.meets(when) == holds


@pytest.mark.parametrize("name", ["late", "corrected", "waited"])
def test_what_is_asked_for_as_true_must_be_so(name: str) -> None:
    assert Evidence("stored", **{name: True}).meets({name: True})
    assert not Evidence("stored").meets({name: True})


def test_a_number_that_was_refused_is_corrected_once(tmp_path) -> None:
    with homes.opened(homes.make(tmp_path)) as platform:
        homes.load_gates(platform, "G1")
        conduct = Conduct()
        bad = homes.post(platform, homes.crossing("N1", kg="heavy"), partner=TRIAL)
        assert conduct.evidence(bad).rows == {"wrong_type"}
        other = homes.post(platform, homes.crossing("N2"), partner=TRIAL)
        assert not conduct.evidence(other).corrected
        mended = homes.post(platform, homes.crossing("N1"), partner=TRIAL)
        assert conduct.evidence(mended).corrected
        assert not conduct.evidence(homes.post(platform, homes.crossing("N1"), partner=TRIAL)).corrected


@pytest.mark.parametrize(("after_ms", "waited"), [(1_999, False), (2_000, True)])
def test_a_told_wait_is_kept_or_not(tmp_path, after_ms: int, waited: bool) -> None:
    with homes.opened(homes.make(tmp_path)) as platform:
        homes.load_gates(platform, "G1")
        conduct = Conduct()
        told = homes.post(platform, homes.crossing("N1"), partner=TRIAL)
        told.retry_after_s = 2
        assert not conduct.evidence(told).waited
        following = homes.post(platform, homes.crossing("N2"), partner=TRIAL)
        following.received_at = told.received_at + after_ms
        assert conduct.evidence(following).waited is waited
        assert not conduct.evidence(following).waited
