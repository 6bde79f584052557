"""Starting on bad files: the last good set runs with the problems told; --strict refuses."""

from __future__ import annotations

import pytest

from core.run import lastgood
from core.run.home import Home
from core.run.live import BadDeclarations
from tests.core.run import homes

BAD = ("config/categories/gate.yaml", "title: 闸口\nentity: gat\n")
OFFER = (
    "from core import api\n\n\n@api.hook\ndef offer(plugin):\n    return api.Offers(commands={'where': lambda live: "
)
OFFER += "[str(plugin.home), str(live.facts().home), str(live.home)]})\n"


def test_bad_files_at_the_start_run_the_last_good_set(home: Home) -> None:
    homes.plugin(home.root, "county", OFFER, {"commands": {"where": {"label": "何处"}}})
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
        number = platform.snapshot.number
    homes.write(home.root, *BAD)
    with homes.opened(home) as platform:
        assert platform.snapshot.last_good
        assert platform.snapshot.number == number
        assert [problem.code for problem in platform.problems] == ["ZC300"]
        assert homes.operate(platform, "status")["last_good"]
        assert len(homes.post(platform, homes.crossing()).accepted) == 1
        assert homes.operate(platform, "command", name="where", arguments={}) == [str(home.root)] * 3
        assert not platform.reload(who="test").activated
        homes.write(home.root, BAD[0], homes.FILES[BAD[0]])
        assert platform.reload(who="test").activated
        assert not platform.snapshot.last_good
        assert platform.snapshot.number == number
        assert homes.operate(platform, "command", name="where", arguments={}) == [str(home.root)] * 3


def test_strict_refuses_and_says_why(home: Home) -> None:
    with homes.opened(home):
        pass
    homes.write(home.root, *BAD)
    with pytest.raises(BadDeclarations) as refused, homes.opened(home, strict=True):
        pass
    assert [problem.code for problem in refused.value.problems] == ["ZC300"]


def test_without_a_last_good_set_bad_files_do_not_start(home: Home) -> None:
    homes.write(home.root, *BAD)
    with pytest.raises(BadDeclarations), homes.opened(home):
        pass
    assert not (home.data / "zc.sqlite").exists()


def test_a_failed_reload_leaves_the_last_good_set_alone(home: Home) -> None:
    with homes.opened(home) as platform:
        homes.write(home.root, *BAD)
        platform.reload(who="test")
    copy = lastgood.available(home)
    assert copy is not None
    assert (copy.root / BAD[0]).read_text(encoding="utf-8") == homes.FILES[BAD[0]]
    assert copy.root.stat().st_mode & 0o077 == 0


def test_a_copy_that_was_cut_short_leaves_the_one_before(home: Home) -> None:
    with homes.opened(home):
        pass
    lastgood.folder(home).rename(home.data / "last_good.old")
    homes.write(home.data, "last_good.new/config/replies/half.yaml", "title")
    homes.write(home.root, *BAD)
    with homes.opened(home) as platform:
        assert platform.snapshot.last_good
    homes.write(home.root, BAD[0], homes.FILES[BAD[0]])
    with homes.opened(home):
        pass
    assert sorted(entry.name for entry in home.data.glob("last_good*")) == ["last_good"]


def test_without_site_yaml_the_last_good_set_starts(home: Home) -> None:
    with homes.opened(home):
        pass
    (home.root / "config" / "site.yaml").unlink()
    with homes.opened(home) as platform:
        assert platform.snapshot.last_good
        assert [problem.code for problem in platform.problems] == ["ZC118"]
