import csv
import io
import json
import math

from hypothesis import given

from sweeps_app.columns import parse_rows
from sweeps_app.columns.texts import csv_head, csv_lines, json_lines
from tests.unit.columns.rows import NON_FINITE, as_stored, batches, same

_WORDS = {"true": True, "false": False, "null": None}


def read_csv(text, names):
    """Return rows as a careful reader finds them: what is in quotes is text, or the JSON of a list or an object."""
    rows = []
    for line in _cells(text):
        row = {}
        for name, (cell, is_quoted) in zip(["_step", *names], line, strict=True):
            if is_quoted or cell:
                row[name] = cell if is_quoted else _value(cell)
        rows.append(row)
    return rows


def _cells(text):
    """Yield the cells of each row, and whether each was in quotes, which the csv module does not tell."""
    marked = text.replace('""', "\x01").replace(',"', ',"\x02').replace('\n"', '\n"\x02')
    for line in csv.reader(io.StringIO(marked, newline="")):
        yield [(cell.replace("\x01", '"').removeprefix("\x02"), cell.startswith("\x02")) for cell in line]


def _value(cell):
    if cell in _WORDS:
        return _WORDS[cell]
    if cell in NON_FINITE:
        return NON_FINITE[cell]
    return float(cell) if set(cell) & set(".en") else int(cell)


def test_a_table_shows_each_value_as_what_it_was():
    rows = [
        {"a,b": 0.1, "n": 1, "text": 'say "hi",\nthen go', "list": [1, "x"], "flag": True, "none": None},
        {"a,b": math.nan, "n": 2**70, "text": "1"},
        {"a,b": -math.inf, "list": {}, "flag": False},
    ]
    columns = parse_rows(rows)
    names = ["a,b", "n", "text", "list", "flag", "none"]
    assert csv_head(names) == '_step,"a,b",n,text,list,flag,none\n'
    assert csv_lines(columns, names) == (
        f'0,0.1,1,"say ""hi"",\nthen go","[1,""x""]",true,null\n1,NaN,{2**70},"1",,,\n2,-Infinity,,,"{{}}",false,\n'
    )


@given(batches())
def test_numbers_read_back_from_a_table_to_the_same_bits(rows):
    numeric = [
        {k: v for k, v in row.items() if type(v) in (int, float) or v is None or type(v) is bool}
        for row in as_stored(rows)
    ]
    names = sorted({name for row in numeric for name in row} - {"_step"})
    columns = parse_rows(numeric)
    assert same(read_csv(csv_lines(columns, names), names), numeric)


@given(batches())
def test_json_lines_hold_the_rows(rows):
    lines = json_lines(parse_rows(rows)).split("\n")[:-1]  # `splitlines` knows further ends of lines
    assert same([_named(json.loads(line)) for line in lines], as_stored(rows))


def _named(value):
    if type(value) is str:
        return NON_FINITE.get(value, value)
    if type(value) is list:
        return [_named(item) for item in value]
    return {key: _named(item) for key, item in value.items()} if type(value) is dict else value
