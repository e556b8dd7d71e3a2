"""`make proof` runs what `make test` leaves out, with chances that can be repeated, and tells what came of it."""

import itertools
import random
import re
import sys

import pytest

from scripts import proof, suite
from tests import repeated, sweeps
from tests.rules.source import ROOT
from tests.sweeps import few_of, once
from tests.web import conftest as pages

pytestmark = pytest.mark.any_database
MARKS = ("proof", "browser", "any_database")


def part(*lines, code=0, name="planted"):
    """A part that says these lines and ends with this code."""
    said = "; ".join(f"print({line!r})" for line in lines)
    return proof.Part(name, (sys.executable, "-c", f"import sys, os; {said or 'pass'}; sys.exit({code})"))


def selects(expression, marks) -> bool:
    """Whether a test with these marks is chosen, as pytest's -m would."""
    return bool(eval(expression, {name: name in marks for name in MARKS}))  # noqa: S307


def pytest_parts():
    """What each part that is pytest selects (its last word), and on which database; one part runs all again."""
    parts = [each for each in proof.PARTS if "pytest" in each.command and not each.ahead]
    return [(each.command[-1], each.database) for each in parts]


@pytest.mark.parametrize("marks", [set(some) for n in range(4) for some in itertools.combinations(MARKS, n)])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_test_runs_on_every_database_in_one_of_the_two(marks, database):
    runs = [(choice, on) for on, _folder, choice, _workers in suite.PHASES.values()] + pytest_parts()
    times = [on for choice, on in runs if selects(choice, marks)]
    assert times.count(database) == (1 if "browser" not in marks or database == "sqlite" else 0)


def test_the_suite_runs_again_on_another_day():
    (again,) = (each for each in proof.PARTS if each.ahead)
    assert again.command[-1] == "not proof and not browser"
    assert all((ROOT / word.removeprefix("--ignore=")).exists() for word in again.command if "ignore" in word)
    command = (sys.executable, "-c", "import os; print(os.environ['TEST_AHEAD'], 'passed')")
    told, _seconds = proof.run(proof.Part("ahead", command, ahead=True), seed=str(proof.AHEAD_MOST + 30))
    assert told["passed"] == 30, "so many hours"


def test_the_browser_is_driven_only_where_its_phase_looks():
    (folder,) = {
        folder for _on, folder, choice, _workers in suite.PHASES.values() if selects(choice, {"browser"})
    }
    drive = [
        path for path in (ROOT / "tests").rglob("*.py") if re.search(r"mark\.browser\b", path.read_text())
    ]
    assert drive
    assert [path for path in drive if ROOT / folder not in path.parents] == []


@pytest.mark.parametrize(
    ("planted", "passed", "failed"),
    [
        (part("2 failed, 3 passed in 1.2s", code=1), 3, 2),
        (part("5 passed, 1 skipped, 1 error in 3s", code=1), 5, 2),
        (part("1 passed in 1s", "and 7 passed, 0 failed"), 7, 0),
        (part("4 passed", code=3), 4, 1),
        (part("nothing to say", code=5), 0, 1),
    ],
)
def test_what_a_part_counted_is_read_and_a_bad_end_is_a_failure(planted, passed, failed):
    counted, _seconds = proof.run(planted, "1")
    assert (counted["passed"], counted["failed"]) == (passed, failed)


def test_every_part_runs_and_the_sum_stands_last(monkeypatch, capsys):
    parts = [part("1 passed, 1 failed", code=1, name="first"), part("2 passed", name="second")]
    monkeypatch.setattr(proof, "PARTS", parts)
    assert proof.main([]) == 1
    said = capsys.readouterr().out
    assert re.search(r"^first +1 passed, 1 failed in \d+ s$", said, re.M)
    assert said.splitlines()[-1] == "3 passed, 1 failed"
    assert proof.main(["second"]) == 0
    assert proof.main(["third"]) == 2


def test_a_seed_is_drawn_printed_and_handed_on(monkeypatch, capsys):
    told = (sys.executable, "-c", "import os; print('{seed}', os.environ['PROOF_SEED'], '1 passed')")
    monkeypatch.setattr(proof, "PARTS", [proof.Part("told", told)])
    monkeypatch.delenv("PROOF_SEED", raising=False)
    drawn = set()
    for _turn in range(2):
        assert proof.main([]) == 0
        said = capsys.readouterr().out
        seed = said.splitlines()[0].removeprefix("PROOF_SEED=")
        assert f"{seed} {seed} 1 passed" in said
        drawn.add(seed)
    assert len(drawn) == 2
    monkeypatch.setenv("PROOF_SEED", "77")
    assert proof.main([]) == 0
    assert "77 77 1 passed" in capsys.readouterr().out


def test_the_same_seed_gives_a_test_the_same_chances(monkeypatch, request):
    def drawn(seed):
        monkeypatch.setenv("PROOF_SEED", seed)
        return random.Random(f"{seed} {request.node.nodeid}").random()

    monkeypatch.setenv("PROOF_SEED", "5")
    assert request.getfixturevalue("chance").random() == drawn("5") != drawn("6")


def test_of_a_long_list_a_few_cases_stay_and_all_are_there():
    cases = few_of(["a", "b", "c"], "b")
    assert cases == [
        pytest.param("a", marks=pytest.mark.proof),
        "b",
        pytest.param("c", marks=pytest.mark.proof),
    ]
    with pytest.raises(AssertionError):
        few_of(["a"], "z")


def test_what_says_the_same_on_both_databases_is_a_proof_on_postgresql_except_for_some(monkeypatch):
    proof_only = pytest.param("c", marks=pytest.mark.proof)
    for postgres, expected in (
        (False, ["a", "b", proof_only]),
        (True, [pytest.param("a", marks=pytest.mark.proof), "b", proof_only]),
    ):
        monkeypatch.setattr(sweeps, "POSTGRES", postgres)
        assert once(few_of(["a", "b", "c"], "a", "b"), "b") == expected
        with pytest.raises(AssertionError):
            once(["a"], "z")

        @sweeps.on_one_database
        def planted(): ...

        marks = [mark.name for mark in getattr(planted, "pytestmark", [])]
        assert marks == (["proof"] if postgres else [])


def test_of_pages_postgresql_takes_what_is_marked_for_both_and_leaves_no_test_of_another_folder(
    request, monkeypatch
):
    def marks_of(path, *marks, postgres):
        monkeypatch.setattr(pages, "POSTGRES", postgres)
        item = pytest.Function.from_parent(request.node.parent, name="planted", callobj=lambda: None)
        item.path = ROOT / "tests" / path
        for mark in marks:
            item.add_marker(mark)
        pages.pytest_collection_modifyitems([item])
        return item.get_closest_marker("proof") is not None

    assert marks_of("web/test_home.py", postgres=True)
    assert not marks_of("web/test_home.py", "both_databases", postgres=True)
    assert not marks_of("web/test_home.py", postgres=False)
    assert not marks_of("domain/test_days.py", postgres=True)


def unknown(names) -> list[str]:
    """The names that are no test of the folders that are looked at."""
    found: dict[str, str] = {}
    for name in names:
        path = name.partition("::")[0]
        if path.startswith(repeated.FOLDERS) and (ROOT / path).exists():
            found.setdefault(path, (ROOT / path).read_text())
    return [
        name
        for name in names
        if not re.search(rf"def {name.rpartition('::')[2]}\b", found.get(name.partition("::")[0], ""))
    ]


def test_what_is_left_to_the_proof_on_postgresql_exists():
    names = sorted(repeated.names())
    path = names[0].partition("::")[0]
    assert len(names) > 100
    assert unknown(names) == [], "run `python -m tests.repeated` on PostgreSQL, or take the old name out"
    wrong = [
        f"{path}::test_that_nobody_wrote",
        "tests/domain/test_gone.py::test_x",
        "tests/web/test_app.py::test_x",
    ]
    assert unknown(wrong) == wrong


def test_what_is_chosen_sends_every_statement_and_no_second_test_of_the_same():
    shapes = {"quick": {"a"}, "slow": {"a"}, "both": {"b", "c"}, "one": {"c"}, "live": {"d"}, "none": set()}
    seconds = {name: 2.0 if name == "slow" else 0.1 for name in shapes}
    assert repeated.chosen(shapes, seconds, {"live"}) == {"quick", "both", "live"}
    same = "INSERT INTO post (a) VALUES (%(a_1)s::INTEGER), (%(a_2)s) RETURNING id"
    assert repeated.shape(same) == repeated.shape(same.replace("a_2", "a_9").replace(", (%(a_9)s)", ""))
    assert repeated.shape(same) != repeated.shape(same.replace("post", "thread"))
