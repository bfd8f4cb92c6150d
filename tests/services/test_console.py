import pytest
from django.utils import timezone

from sweeps_app.columns.lines import Lines
from sweeps_app.errors import InvalidInput, NotFound, OffsetGap
from sweeps_app.models import ConsoleChunk, Project, Run
from sweeps_app.selectors.console import LineFilter, lines_after, lines_before, lines_count
from sweeps_app.services.console import console_append
from sweeps_app.services.line_chunks import CHUNK_CHARACTERS, CHUNK_LINES
from tests.concurrency import in_threads
from tests.factories import make_run, make_user


@pytest.fixture
def run(db):
    return make_run(make_user())


def _lines(count, start=0, text="line"):
    return [[1760000000 + n, "stderr" if n % 3 == 2 else "stdout", f"{text} {n}"] for n in range(start, start + count)]


def _texts(run):
    return [line.text for line in lines_after(run, -1)]


def test_lines_are_stored_once_however_often_they_are_sent(run):
    assert console_append(run=run, offset=0, lines=_lines(5)).lines == 5
    assert console_append(run=run, offset=0, lines=_lines(5)).lines == 5
    assert console_append(run=run, offset=3, lines=_lines(5, start=3)).lines == 8
    with pytest.raises(OffsetGap) as caught:
        console_append(run=run, offset=9, lines=_lines(1))
    assert caught.value.expected == 8
    assert _texts(run) == [f"line {n}" for n in range(8)]


@pytest.mark.parametrize(("batch", "end"), [(1, 500), (7, 1_500), (250, 3 * CHUNK_LINES)])
def test_small_batches_become_few_chunks_and_each_line_is_written_again_a_few_times(run, monkeypatch, batch, end):
    written = []
    to_bytes = Lines.to_bytes
    monkeypatch.setattr(Lines, "to_bytes", lambda lines: written.append(len(lines)) or to_bytes(lines))
    total = 0
    while total < end:
        total = console_append(run=run, offset=total, lines=_lines(batch, start=total)).lines
    chunks = list(ConsoleChunk.objects.filter(run=run).order_by("first_line"))
    assert len(chunks) <= 2 * 3 + 12
    assert max(chunk.lines for chunk in chunks) <= CHUNK_LINES
    assert sum(written) <= 15 * total
    assert [chunk.first_line for chunk in chunks] == [sum(c.lines for c in chunks[:i]) for i in range(len(chunks))]
    assert _texts(run) == [f"line {n}" for n in range(total)]


def test_large_batches_and_long_lines_are_cut_into_chunks(run):
    console_append(run=run, offset=0, lines=_lines(3_500))
    long = "x" * 100_000
    console_append(run=run, offset=3_500, lines=[[0, "stdout", long]] * 7)
    chunks = ConsoleChunk.objects.filter(run=run, first_line__gte=3_500)
    assert [chunk.lines for chunk in chunks] == [2, 2, 2, 1]
    assert all(sum(map(len, Lines.from_bytes(c.data).texts)) <= CHUNK_CHARACTERS for c in chunks)
    assert _texts(run)[3_499:] == ["line 3499", *[long] * 7]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("text", "lines[1]"),
        ([1, "stdout"], "lines[1]"),
        (["now", "stdout", "a"], "lines[1][0]"),
        ([True, "stdout", "a"], "lines[1][0]"),
        ([float("nan"), "stdout", "a"], "lines[1][0]"),
        ([-1, "stdout", "a"], "lines[1][0]"),
        ([1e12, "stdout", "a"], "lines[1][0]"),
        ([10**400, "stdout", "a"], "lines[1][0]"),
        ([1, "stdin", "a"], "lines[1][1]"),
        ([1, ["stdout"], "a"], "lines[1][1]"),
        ([1, "stdout", None], "lines[1][2]"),
        ([1, "stdout", "a\nb"], "lines[1][2]"),
        ([1, "stdout", "x" * 100_001], "lines[1][2]"),
    ],
)
def test_one_wrong_line_refuses_its_batch_by_name(run, line, place):
    with pytest.raises(InvalidInput) as caught:
        console_append(run=run, offset=0, lines=[[1, "stdout", "a"], line])
    assert [problem.field for problem in caught.value.problems] == [place]
    assert not ConsoleChunk.objects.exists()
    assert Run.objects.get(pk=run.pk).console_lines == 0


def test_output_leaves_the_projects_cursor_unless_it_brings_a_run_back(run):
    before = Project.objects.get(pk=run.project_id).cursor
    console_append(run=run, offset=0, lines=_lines(2))
    assert Project.objects.get(pk=run.project_id).cursor == before
    Run.objects.filter(pk=run.pk).update(state="crashed")
    console_append(run=run, offset=2, lines=_lines(1))
    run.refresh_from_db()
    assert (run.state, run.change) == ("running", before + 1)


def test_a_finished_run_takes_late_lines_and_stays_finished(run):
    Run.objects.filter(pk=run.pk).update(state="finished")
    assert console_append(run=run, offset=0, lines=_lines(1)).lines == 1
    assert Run.objects.get(pk=run.pk).state == "finished"


def test_lines_are_read_forwards_and_backwards_and_by_what_they_hold(run):
    for start in range(0, 2_400, 300):
        console_append(run=run, offset=start, lines=_lines(300, start))
    run.refresh_from_db()
    wanted = LineFilter(search="LINE 23", stream="stderr")
    numbers = [n for n in range(2_400) if n % 3 == 2 and str(n).startswith("23")]
    assert [line.number for line in lines_after(run, -1, wanted)] == numbers
    assert [line.number for line in lines_before(run, 2_400, wanted)] == numbers[::-1]
    assert [line.number for line in lines_after(run, numbers[3], wanted)] == numbers[4:]
    assert [line.number for line in lines_before(run, numbers[3], wanted)] == numbers[:3][::-1]
    assert lines_count(run, wanted) == len(numbers)
    assert lines_count(run) == 2_400
    first = next(lines_after(run, 1_234))
    assert (first.number, first.timestamp, first.stream, first.text) == (1_235, 1760001235.0, "stderr", "line 1235")


def test_a_search_sees_through_colours(run):
    console_append(run=run, offset=0, lines=[[1, "stdout", "\x1b[31mepoch\x1b[0m 3"], [2, "stdout", "other"]])
    assert [line.number for line in lines_after(run, -1, LineFilter("Epoch 3"))] == [0]


@pytest.mark.django_db(transaction=True)
def test_two_senders_of_the_same_lines_store_them_once():
    run = make_run(make_user())

    def send(_):
        for start in range(0, 40, 4):
            console_append(run=run, offset=start, lines=_lines(8, start))

    in_threads(4, send)
    run.refresh_from_db()
    assert run.console_lines == 44
    assert _texts(run) == [f"line {n}" for n in range(44)]


def test_output_of_a_run_that_has_been_deleted_meanwhile_is_refused(run):
    Run.everything.filter(pk=run.pk).update(deleted_at=timezone.now())
    with pytest.raises(NotFound):
        console_append(run=run, offset=0, lines=_lines(1))
    assert not ConsoleChunk.objects.exists()
