import pytest

from sweeps_app.errors import Conflict, InvalidInput
from sweeps_app.models import Run
from sweeps_app.services.describing import Description, run_describe, run_marks
from tests.factories import make_run, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return make_run(make_user(), name="first", tags=["a"], notes="old\r\nlines")


def _describe(run, seen, **wanted):
    found = {"name": run.name, "tags": list(run.tags), "notes": "old\nlines"} | wanted
    return run_describe(run=run, wanted=Description(**found), seen=seen)


def test_only_what_was_edited_is_written_and_a_repeat_changes_nothing(run):
    seen = run_marks(run)
    assert _describe(run, seen) == []
    assert Run.objects.get().change == run.change
    assert _describe(run, seen, tags=[" b ", "b", "a", ""], notes="new\r\ntext") == ["tags", "notes"]
    found = Run.objects.get()
    assert (found.name, found.tags, found.notes) == ("first", ["b", "a"], "new\ntext")
    assert found.change > run.change
    assert _describe(run, seen, tags=["b", "a"], notes="new\ntext") == []
    assert Run.objects.get().change == found.change


def test_two_editors_of_different_fields_both_win_and_of_one_field_the_second_is_told(run):
    seen = run_marks(run)
    _describe(run, seen, notes="hers")
    assert _describe(run, seen, name="his") == ["name"]
    with pytest.raises(Conflict, match="changed the notes since you began"):
        _describe(run, seen, notes="his", tags=["his"])
    found = Run.objects.get()
    assert (found.name, found.notes, found.tags) == ("his", "hers", ["a"])
    wanted = Description("his", ["a"], "his")
    assert run_describe(run=run, wanted=wanted, seen=seen, overwrite=True) == ["notes"]
    assert Run.objects.get().notes == "his"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"tags": ["x" * 201]}, "tags"),
        ({"tags": [str(n) for n in range(101)]}, "tags"),
        ({"notes": "x" * 100_001}, "notes"),
        ({"notes": "\x00"}, "notes"),
    ],
)
def test_bad_input_names_the_field(run, wanted, field):
    with pytest.raises(InvalidInput) as error:
        _describe(run, run_marks(run), **wanted)
    assert error.value.problems[0].field == field
