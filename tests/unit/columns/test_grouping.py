from sweeps_app.columns.grouping import FAN_IN, TARGET_BYTES, TARGET_ROWS, Stored, groups_to_merge


def chunks(*levels, rows=10, size=100):
    """Return chunks of these levels."""
    return [Stored(pk, rows, size, level) for pk, level in enumerate(levels)]


def merged(stored, *, is_ended=False):
    """Return the groups by their chunks' places."""
    return [[chunk.pk for chunk in group] for group in groups_to_merge(stored, is_ended=is_ended)]


def test_while_rows_come_in_sixteen_chunks_of_a_level_become_one():
    assert merged(chunks(*[0] * (FAN_IN - 1))) == []
    assert merged(chunks(*[0] * (FAN_IN + 3))) == [list(range(FAN_IN))]
    assert merged(chunks(*[1] * 3, *[0] * FAN_IN)) == [list(range(3, 3 + FAN_IN))]


def test_few_large_chunks_are_merged_once_no_more_fit():
    large = chunks(*[0] * 5, rows=TARGET_ROWS // 3)
    assert merged(large) == [[0, 1, 2]]
    assert merged(chunks(*[0] * 5, size=TARGET_BYTES // 2)) == [[0, 1], [2, 3]]


def test_chunks_beyond_the_target_stay_as_they_are():
    assert merged(chunks(*[0] * 40, rows=TARGET_ROWS)) == []
    assert merged(chunks(*[0] * 40, rows=TARGET_ROWS), is_ended=True) == []


def test_once_rows_have_ended_all_that_fit_become_one():
    assert merged(chunks(2, 1, 1, 0, 0), is_ended=True) == [[0, 1, 2, 3, 4]]
    assert merged(chunks(0), is_ended=True) == []
    assert merged([], is_ended=True) == []


def test_a_row_is_rewritten_a_few_times_however_many_batches_there_are():
    stored, rewritten, batches = [], 0, 10_000
    for pk in range(batches):
        stored.append(Stored(pk, 1, 50, 0))
        while groups := list(groups_to_merge(stored, is_ended=False)):
            for group in groups:
                rewritten += sum(chunk.rows for chunk in group)
                place = stored.index(group[0])
                whole = Stored(group[0].pk, sum(c.rows for c in group), sum(c.size for c in group), group[0].level + 1)
                stored[place : place + len(group)] = [whole]
    assert sum(chunk.rows for chunk in stored) == batches
    assert len(stored) < 4 * FAN_IN
    assert rewritten <= 4 * batches
