"""The query language: what a text means, and what is said of one that means nothing."""

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.query.binding import read_query
from sweeps_app.query.catalogue import Catalogue
from sweeps_app.query.columns import Column, column_of, join_keys, split_keys
from sweeps_app.query.completion import complete
from sweeps_app.query.conditions import All, Any, Compare, Contains, Missing, Not, OneOf, Search
from sweeps_app.query.errors import QueryError
from sweeps_app.query.parser import MAX_LENGTH, parse
from sweeps_app.query.tokens import named, quoted

NOON = 1_795_694_400.0  # 2026-11-26T12:00Z
DAY = 86_400.0
WORDS = ["lr", "optimizer", "<", "=", "in", "(", ")", ",", "1", "'a'", "and", "or", "not", "is", "null", "~"]
KNOWN = Catalogue(
    config=["lr", "optimizer", "val loss", "model.depth", "loss", "now"],
    summary=["loss", "val/acc", "epoch"],
    goals={"loss": "minimize"},
    choices={"state": ["running", "finished", "failed"]},
)
LR, OPTIMIZER = Column("config", "lr"), Column("config", "optimizer")
CREATED, TAGS = Column("field", "created_at"), Column("field", "tags")


def _read(text):
    return read_query(text, KNOWN, NOON).condition


def _error(text):
    with pytest.raises(QueryError) as caught:
        read_query(text, KNOWN, NOON)
    return caught.value


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", None),
        ("lr < 1e-3", Compare(LR, "<", 1e-3)),
        ("config.lr >= -.5", Compare(LR, ">=", -0.5)),
        ('optimizer = "adam"', OneOf(OPTIMIZER, ("adam",))),
        ("optimizer == adam", OneOf(OPTIMIZER, ("adam",))),
        (r'optimizer = "a \"b\""', OneOf(OPTIMIZER, ('a "b"',))),
        ("optimizer <> '1'", Not(OneOf(OPTIMIZER, ("1",)))),
        ("optimizer = true", OneOf(OPTIMIZER, (True,))),
        ('optimizer = "true"', OneOf(OPTIMIZER, ("true",))),
        ("name = 12", OneOf(Column("field", "name"), ("12",))),
        ("id = 7abc", OneOf(Column("field", "run_id"), ("7abc",))),
        ("lr = inf", OneOf(LR, (math.inf,))),
        ("lr in (1, 2.5)", OneOf(LR, (1.0, 2.5))),
        ('optimizer not in ["a"]', Not(OneOf(OPTIMIZER, ("a",)))),
        ("optimizer ~ ada", Contains(OPTIMIZER, "ada")),
        ("optimizer !~ ada", Not(Contains(OPTIMIZER, "ada"))),
        ("optimizer not contains 3", Not(Contains(OPTIMIZER, 3.0))),
        ("tags contains best", Contains(TAGS, "best")),
        ("tags in (a, b)", Any((Contains(TAGS, "a"), Contains(TAGS, "b")))),
        ("lr is null", Missing(LR)),
        ("LR is not null or lr is NOT NULL".replace("LR", "lr"), Any((Not(Missing(LR)), Not(Missing(LR))))),
        ("`val loss` > 1", Compare(Column("config", "val loss"), ">", 1.0)),
        ("summary.`val/acc` > 1", Compare(Column("summary", "val/acc"), ">", 1.0)),
        ("val/acc > 1", Compare(Column("summary", "val/acc"), ">", 1.0)),
        ("loss > 1", Compare(Column("config", "loss"), ">", 1.0)),
        ("best.loss > 1", Compare(Column("best", "loss"), ">", 1.0)),
        ("model.depth > 1", Compare(Column("config", "model.depth"), ">", 1.0)),
        ("config.unheard-of > 1", Compare(Column("config", "unheard-of"), ">", 1.0)),
        ("runtime > 1h30m", Compare(Column("field", "runtime"), ">", 5400.0)),
        ("now < 2", Compare(Column("config", "now"), "<", 2.0)),
        ("created > 2h ago", Compare(CREATED, ">", NOON - 7200)),
        ("created < now", Compare(CREATED, "<", NOON)),
        ("created = today", All((Compare(CREATED, ">=", NOON - DAY / 2), Compare(CREATED, "<", NOON + DAY / 2)))),
        ("created <= 2026-11-25", Compare(CREATED, "<", NOON - DAY / 2)),
        ("created > yesterday", Compare(CREATED, ">=", NOON - DAY / 2)),
        ("created >= 2026-11-26T14:00+02:00", Compare(CREATED, ">=", NOON)),
        ("created > 2026-11-26 12:00", Compare(CREATED, ">=", NOON + 60)),
        ("hidden = true", OneOf(Column("field", "hidden"), (True,))),
        ("run-00", Search("run-00")),
        ('"two words"', Search("two words")),
        ("a and b or not c", Any((All((Search("a"), Search("b"))), Not(Search("c"))))),
        ("a && (b || !c)", All((Search("a"), Any((Search("b"), Not(Search("c"))))))),
    ],
)
def test_a_query_means(text, meaning):
    assert _read(text) == meaning


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("lrr < 1", 1, "no run has 'lrr'; did you mean lr?"),
        ("a and opt < 1", 7, "no run has 'opt'"),
        ("val_loss > 1", 1, "did you mean `val loss`?"),
        ("summry.loss > 1", 1, "no run has 'summry.loss'"),
        ("state = finishd", 9, "did you mean finished?"),
        ("state = gone", 9, "use one of running, finished, failed"),
        ("state < failed", 9, "has no order"),
        ("lr <", 5, "the query ends here: a value stands here"),
        ("lr < and", 6, "cannot read `and`"),
        ("lr in 3", 7, "a list stands here"),
        ("lr in (1, 2", 12, "a comma or ) stands here"),
        ("(lr < 1", 8, "the ( in column 1 needs a )"),
        ("lr < 1)", 7, "closes nothing"),
        ("lr < 1 optimizer = a", 8, "write `and` or `or` before it"),
        ("lr not 3", 8, "followed by `in` or `contains`"),
        ("lr = null", 6, "write `lr is null`"),
        ("lr is 3", 7, "after `is` stands `null`"),
        ('optimizer = "adam', 13, 'has no closing "'),
        ("lr # 3", 4, "'#' means nothing here"),
        ('"lr" < 3', 1, "in backticks"),
        ("rows = many", 8, "rows is a number"),
        ("runtime > soon", 11, "such as 90s or 1h30m"),
        ("created > 2026-02-30", 11, "is no moment"),
        ("created > 3", 11, "is no moment"),
        ("tags = a", 8, "write `tags contains a`"),
        ("rows contains 3", 1, "neither a text nor a list"),
        ("best.epoch > 3", 1, "use min.epoch or max.epoch"),
        ("hidden = 1", 10, "hidden is true or false"),
        ("lr > nan", 6, "use = or !="),
        ("and", 1, "write a test"),
        ("(" * 60 + "a" + ")" * 60, 41, "nested too deeply"),
        ("a or " * 300 + "a", 1001, "at most 200 tests"),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH + 1, "at most 4,000 characters"),
    ],
)
def test_a_slip_is_pointed_at(text, column, message):
    error = _error(text)
    assert message in error.message
    assert (error.start + 1, error.end >= error.start) == (column, True)


def test_a_whole_key_that_no_run_is_known_to_have_is_a_hint():
    assert [str(hint) for hint in read_query("a or config.lrr < 1", KNOWN, NOON).hints] == [
        "column 6: no run that was looked at has 'config.lrr'; did you mean config.lr?"
    ]


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    with suppress(QueryError):
        read_query(text, KNOWN, NOON)
        return
    error = _error(text)
    assert 0 <= error.start <= error.end <= len(text)


@given(st.text(min_size=1))
def test_texts_and_names_are_written_as_they_are_read(text):
    assert parse(f"x = {quoted(text)}").value.text == text
    if "`" not in text:
        assert parse(f"{named(text)} = 1").name.text == text


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["lr", "optimizer", "`val loss`"]),
        ("va", ["`val loss`", "val/acc"]),
        ("lr", []),
        ("lr ", ["<", "<="]),
        ("not lr ", ["<", "<="]),
        ("tags ", ["contains", "in ("]),
        ("state = ", ["running", "finished", "failed"]),
        ("state = fi", ["finished"]),
        ("optimizer = ", ['"adam"', '"sgd"', "3", "true"]),
        ('optimizer = "s', ['"sgd"']),
        ('optimizer in ("adam", ', ['"adam"', '"sgd"']),
        ("lr < 1 ", ["and", "or"]),
        ("lr < 1 o", ["or"]),
        ("lr is ", ["null", "not null"]),
        ("created > ", ["today", "yesterday"]),
        ("lr < 1 and opt", ["optimizer"]),
        ("lr < < ", []),
    ],
)
def test_completion_offers_what_can_follow(text, first):
    found = complete(text, len(text), KNOWN, lambda column: ["adam", "sgd", 3.0, True] if column == OPTIMIZER else [])
    assert [choice.text for choice in found.choices][: len(first)] == first
    assert bool(found.choices) == bool(first)


def test_a_completion_replaces_the_word_before_the_place():
    found = complete("opt = 3 and lr < 1", 3, KNOWN, lambda _: [])
    assert (found.start, found.end, found.choices[0].text) == (0, 3, "optimizer")


def test_keys_of_columns():
    assert column_of("created") == CREATED
    assert column_of("min.loss") == Column("min", "loss")
    assert [column_of(key) for key in ("lr", "config.", 'config."', "what.lr")] == [None] * 4
    keys = ["name", "config.a,b", "summary.x"]
    assert join_keys(keys) == "name,`config.a,b`,summary.x"
    assert split_keys(f" {join_keys(keys)} ,") == keys
