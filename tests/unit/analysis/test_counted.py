from sweeps_app.analysis.counted import CountedRuns


def test_what_is_as_it_should_be_needs_no_words():
    assert CountedRuns(ended=40, analysed=40, cut_short=0, without_value=0, broken=0).notes() == ()


def test_what_is_counted_otherwise_or_not_at_all_is_said():
    notes = CountedRuns(ended=60_000, analysed=20_000, cut_short=1, without_value=2, broken=3, hidden=1).notes()
    assert notes == (
        "A sample of 20,000 of 60,000 ended runs.",
        "1 run was stopped before the end; the last value counts.",
        "2 runs ended without a finite value and cannot be counted.",
        "3 runs failed, crashed or lost the machine and cannot be counted.",
        "1 hidden run is left out.",
    )


def test_many_failures_may_be_the_work_of_a_parameter():
    (note,) = CountedRuns(ended=9, analysed=9, cut_short=0, without_value=0, broken=1).notes()
    assert "if a parameter makes runs fail, this is not seen here" in note
