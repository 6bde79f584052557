"""Tables from entities: what is missing is added, what cannot be added is a problem, a migration settles it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.declare.declaration import Declaration, Document
from core.declare.problem import Place, ZcError
from core.entity.types import CORE
from core.store.database import Session
from core.store.schema import index_name
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store
from tests.core.store.records import ENTITIES, NOTICE, WEIGHING, entity, field, row, write

WHOLE = Scope.whole()
CONVERT_MASS = """
def up(database):
    database.execute('UPDATE "r_notice" SET "size" = "size" * ?', (10,))
    database.accept("notice")
"""
TEXT_TO_INTEGER = """
def up(database):
    database.execute('ALTER TABLE "r_notice" ADD COLUMN "new" ' + database.column_type("integer"))
    database.execute('UPDATE "r_notice" SET "new" = CAST("size" AS INTEGER)')
    database.execute('ALTER TABLE "r_notice" DROP COLUMN "size"')
    database.execute('ALTER TABLE "r_notice" RENAME COLUMN "new" TO "size"')
    database.accept("notice")
"""


def notice(*fields, **settings):
    return entity("notice", field("code"), *fields, **settings)


def codes(plan):
    return [(problem.code, problem.path, problem.level) for problem in plan.problems]


def apply(store: Store, of) -> None:
    store.apply(store.plan({of.id: of}))


def found(store: Store, of) -> list[dict]:
    return store.search(Search(of, columns=tuple(of.fields)), WHOLE, {of.id: of}).rows


def folder(tmp_path, name: str, text: str):
    migrations = tmp_path / "migrations"
    migrations.mkdir(exist_ok=True)
    (migrations / name).write_text(text, encoding="utf-8")
    return {"home": migrations}


def migrate(store: Store, folders) -> list[str]:
    pending, problems = store.pending_migrations(folders)
    assert problems == []
    assert store.migrate(pending) == []
    return [step.name for step in pending]


def test_new_tables_columns_and_indexes_are_planned_and_applied_once(empty_store):
    plan = empty_store.plan(ENTITIES)
    assert [str(step) for step in plan.steps if "weighing" in step.words] == [
        "make the table r_weighing with 18 columns",
        "build the index r_weighing (station, weighed_at)",
        "build the index r_weighing (weighed_at)",
        "build the index r_weighing (received_at) of records with a lying clock",
    ]
    assert plan.problems == ()
    empty_store.apply(plan)
    assert empty_store.plan(ENTITIES).steps == ()
    wider = replace(NOTICE, fields={**NOTICE.fields, "axles": field("axles", "integer")}, indexes=(("axles",),))
    steps = empty_store.plan({"notice": wider}).steps
    assert [step.words for step in steps] == ["add the column axles to r_notice", "build the index r_notice (axles)"]
    apply(empty_store, wider)
    assert empty_store.plan({"notice": wider}).steps == ()
    empty_store.writer.put(write(wider, row(wider, code="N1", axles=2))).result()
    assert found(empty_store, wider) == [{"id": 1, "code": "N1", "title": None, "axles": 2}]


def test_planning_changes_nothing(empty_store):
    before = empty_store.plan(ENTITIES)
    assert empty_store.plan(ENTITIES) == before
    with empty_store.database.reading() as session:
        assert not [table for table in session.dialect.tables(session) if table.startswith("r_")]


def test_records_stored_before_a_column_came_have_null_in_it(empty_store):
    narrow, wide = notice(), notice(field("size", "integer"))
    apply(empty_store, narrow)
    empty_store.writer.put(write(narrow, row(narrow, code="N1"))).result()
    apply(empty_store, wide)
    empty_store.writer.put(write(narrow, row(narrow, code="N2"))).result()
    empty_store.writer.put(write(wide, row(wide, code="N3", size=3))).result()
    assert [each["size"] for each in found(empty_store, wide)] == [None, None, 3]


def test_a_removed_field_is_told_once_and_its_column_kept(empty_store):
    wide, narrow = notice(field("size", "integer")), notice()
    apply(empty_store, wide)
    empty_store.writer.put(write(wide, row(wide, code="N1", size=3))).result()
    plan = empty_store.plan({"notice": narrow})
    assert codes(plan) == [("ZC501", "", "warning")]
    assert plan.possible
    empty_store.apply(plan)
    assert codes(empty_store.plan({"notice": narrow})) == []
    assert codes(empty_store.plan({"notice": notice(field("size"))})) == [("ZC502", "fields.size", "error")]
    apply(empty_store, wide)
    assert [each["size"] for each in found(empty_store, wide)] == [3]


def test_changes_that_cannot_be_added_are_problems_and_nothing_is_applied(empty_store):
    was = notice(field("size"), field("place", "ref", to="region"))
    apply(empty_store, was)
    changed = notice(field("size", "integer"), field("place", "ref", to="station"), field("new"), key=("code", "size"))
    plan = empty_store.plan({"notice": changed})
    assert codes(plan) == [
        ("ZC504", "key", "error"),
        ("ZC502", "fields.size", "error"),
        ("ZC502", "fields.place", "error"),
    ]
    assert "config/migrations/0001_notice.py" in plan.problems[0].mend
    assert not plan.possible
    with pytest.raises(ZcError, match="the key was code"):
        empty_store.apply(plan)
    assert codes(empty_store.plan({"notice": was})) == []
    assert "add the column new to r_notice" in [step.words for step in empty_store.plan({"notice": changed}).steps]


def test_a_problem_stands_where_the_declaration_says_so(empty_store):
    apply(empty_store, notice(field("size")))
    places = {(): Place("notice.yaml"), ("fields", "size"): Place("notice.yaml", 5, 3)}
    document = Document("notice.yaml", {}, places, {}, "")
    declaration = Declaration("entity", "notice", {}, document, owner="stations")
    plan = empty_store.plan({"notice": notice(field("size", "integer"))}, {"notice": declaration})
    assert str(plan.problems[0]).startswith(
        "notice.yaml:5:3: error[ZC502]: fields.size: 'size' was text and is now integer"
    )
    assert "plugins/stations/migrations/0001_notice.py" in plan.problems[0].mend


def test_a_type_change_goes_through_a_migration_and_keeps_the_data(empty_store, tmp_path):
    text, integer = notice(field("size")), notice(field("size", "integer"))
    apply(empty_store, text)
    empty_store.writer.put(write(text, row(text, code="N1", size="12"))).result()
    assert not empty_store.plan({"notice": integer}).possible
    folders = folder(tmp_path, "0001_size.py", TEXT_TO_INTEGER)
    assert migrate(empty_store, folders) == ["0001_size"]
    assert migrate(empty_store, folders) == []
    plan = empty_store.plan({"notice": integer})
    assert (plan.steps, plan.problems) == ((), ())
    empty_store.apply(plan)
    assert found(empty_store, integer) == [{"id": 1, "code": "N1", "size": 12}]
    assert not empty_store.plan({"notice": text}).possible


def test_a_unit_change_goes_through_a_migration(empty_store, tmp_path, monkeypatch):
    mass = notice(field("size", "mass"))
    apply(empty_store, mass)
    empty_store.writer.put(write(mass, row(mass, code="N1", size=12))).result()
    finer = {unit: factor * 10 for unit, factor in CORE["mass"].units.items()}
    monkeypatch.setattr(type(CORE["mass"]), "units", {**finer, "mg": Decimal("0.00001")})
    assert codes(empty_store.plan({"notice": mass})) == [("ZC503", "fields.size", "error")]
    migrate(empty_store, folder(tmp_path, "0001_size.py", CONVERT_MASS))
    apply(empty_store, mass)
    assert [each["size"] for each in found(empty_store, mass)] == [120]


def test_accepting_without_converting_is_still_a_problem(empty_store, tmp_path):
    apply(empty_store, notice(field("size")))
    migrate(empty_store, folder(tmp_path, "0001_size.py", "def up(database):\n    database.accept('notice')\n"))
    assert codes(empty_store.plan({"notice": notice(field("size", "integer"))})) == [("ZC502", "fields.size", "error")]


def test_a_migration_that_fails_is_undone_and_told(empty_store, tmp_path):
    apply(empty_store, notice(field("size", "integer")))
    folders = folder(
        tmp_path, "0001_a.py", "def up(database):\n    database.execute('DELETE FROM fingerprint')\n    1 / 0\n"
    )
    folder(tmp_path, "0002_b.py", "def up(database):\n    pass\n")
    pending, _ = empty_store.pending_migrations(folders)
    (problem,) = empty_store.migrate(pending)
    assert problem.code == "ZC507"
    assert "ZeroDivisionError" in problem.what
    assert problem.file.endswith("0001_a.py")
    assert [step.name for step in empty_store.pending_migrations(folders)[0]] == ["0001_a", "0002_b"]
    assert not empty_store.plan({"notice": notice(field("size"))}).possible, "the fingerprint is there"


@pytest.mark.parametrize("text", ["", "up = 1\n", "def up(\n", "import nothing_of_that_name\n"])
def test_a_file_without_up_is_told(empty_store, tmp_path, text):
    pending, _ = empty_store.pending_migrations(folder(tmp_path, "0001_a.py", text))
    assert [problem.code for problem in empty_store.migrate(pending)] == ["ZC507"]


def test_names_and_numbers_of_migrations_are_checked(empty_store, tmp_path):
    for name in ("1_short.py", "0002-dash.py", "0003_a.py", "0003_b.py"):
        folders = folder(tmp_path, name, "def up(database):\n    pass\n")
    pending, problems = empty_store.pending_migrations({**folders, "nowhere": tmp_path / "nowhere"})
    assert [step.name for step in pending] == ["0003_a"]
    assert sorted(problem.code for problem in problems) == ["ZC505", "ZC505", "ZC506"]


def test_migrations_of_different_owners_do_not_meet(empty_store, tmp_path):
    own = folder(tmp_path, "0001_a.py", "def up(database):\n    pass\n")["home"]
    assert migrate(empty_store, {"home": own}) == ["0001_a"]
    assert migrate(empty_store, {"stations": own}) == ["0001_a"]


def test_the_models_are_the_tables_that_the_migrations_make(empty_store):
    from core.store.tables import MODELS

    with empty_store.database.reading() as session:
        for model in MODELS:
            there = session.dialect.columns(session, model._meta.table_name)
            assert list(there) == [each.column_name for each in model._meta.sorted_fields], model


def test_long_index_names_are_cut_and_stay_apart():
    of = SimpleNamespace(id="x" * 30)
    names = {index_name(of, ("a" * 30, last)) for last in ("b", "c")}
    assert len(names) == 2
    assert max(map(len, names)) <= 60


def test_an_invalid_index_left_behind_is_built_again(postgresql_url):
    store = Store.open(postgresql_url)
    twice = replace(WEIGHING, indexes=())
    apply(store, twice)
    plan = store.plan({"weighing": replace(WEIGHING, indexes=(("axles",),))})
    (step,) = plan.steps
    store.writer.put(write(WEIGHING, *(row(WEIGHING, code=f"A{n}", station="S", axles=1) for n in range(2)))).result()
    with store.database.statements() as session:
        _leave_invalid_index(session, step.index)
    assert store.plan({"weighing": replace(WEIGHING, indexes=(("axles",),))}).steps == (step,)
    store.apply(plan)
    assert store.plan({"weighing": replace(WEIGHING, indexes=(("axles",),))}).steps == ()
    store.close()


def _leave_invalid_index(session: Session, name: str) -> None:
    with pytest.raises(Exception, match="could not create unique index"):
        session.execute(f'CREATE UNIQUE INDEX CONCURRENTLY "{name}" ON "r_weighing" ("axles")')
