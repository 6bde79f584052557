"""Versions of files: what changed is kept once, what is gone is told, on both databases."""

from __future__ import annotations


def said(store, path):
    """[(snapshot, who, text)] of a file, newest first."""
    return [(one.snapshot, one.who, one.text) for one in store.file_versions.of(path, 10)]


def test_only_what_changed_is_kept(empty_store):
    kept = empty_store.file_versions
    kept.keep({"a": "一\n", "b": "x\n"}, 1, "start", "")
    kept.keep({"a": "一\n", "b": "y\n"}, 2, "tester", "测试")
    kept.keep({"a": "一\n", "b": "y\n"}, 3, "tester", "没有改动")
    assert said(empty_store, "a") == [(1, "start", "一\n")]
    assert said(empty_store, "b") == [(2, "tester", "y\n"), (1, "start", "x\n")]
    newest = kept.of("b", 1)[0]
    assert (newest.note, kept.one(newest.id)) == ("测试", newest)
    assert kept.one(10**6) is None


def test_what_is_gone_is_told_once_and_may_come_back(empty_store):
    kept = empty_store.file_versions
    kept.keep({"a": "x\n"}, 1, "start", "")
    for number in (2, 3):
        kept.keep({}, number, "tester", "删除")
    kept.keep({"a": "x\n"}, 4, "tester", "退回")
    assert said(empty_store, "a") == [(4, "tester", "x\n"), (2, "tester", None), (1, "start", "x\n")]
