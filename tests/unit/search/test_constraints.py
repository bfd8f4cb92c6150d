"""Constraints: what may be written, what it means, and that nothing else can be run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeps_app.search.constraints import ConstraintError, parse_constraint
from sweeps_app.search.schema import check_config

VALUES = {
    "width": 8,
    "hidden": 32,
    "lr": 0.5,
    "name": "adam",
    "flag": True,
    "opt.beta": 0.9,
    "batch-size": 64,
    "a.b": 1,
    "none": None,
}


def holds(source, **changed):
    return parse_constraint(source, VALUES).holds(VALUES | changed)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("hidden <= 4 * width", True),
        ("hidden < 4 * width", False),
        ("1 < width <= 8", True),
        ("1 < width < 8 < lr", False),
        ("name == 'adam' and lr > 0.1", True),
        ("name != 'adam' or lr < 0.1", False),
        ("not flag or width == 8", True),
        ("not (width == 8)", False),
        ("name in ['sgd', 'adam']", True),
        ("name not in ('sgd', 'adam')", False),
        ("width in {4, 8}", True),
        ("opt.beta >= 0.5", True),
        ("`batch-size` % width == 0", True),
        ("`opt.beta` < 1", True),
        ("a.b == 1", True),
        ("none == None", True),
        ("flag == True", True),
        ("-width + 9 == +1", True),
        ("width ** 2 == hidden * 2", True),
        ("hidden // 5 == 6 and hidden / 5 > 6", True),
        ("max(width, hidden) - min(width, lr) == 31.5", True),
        ("abs(lr - 1) == 0.5", True),
        ("log2(width) == 3 and sqrt(hidden * 2) == 8", True),
        ("exp(log(width)) > 7.9 and floor(lr) == 0 and ceil(lr) == 1", True),
        ("  width == 8  ", True),
        ("width == 8 and \\\n hidden == 32", True),
    ],
)
def test_the_value_of_an_expression(source, expected):
    assert holds(source) is expected


@pytest.mark.parametrize(
    "source",
    [
        "width / (lr - lr) > 0",
        "name > 3",
        "name + 1 == 2",
        "sqrt(-width) > 0",
        "10.0 ** width ** width > 0",
        "3 in name",
    ],
)
def test_what_cannot_be_computed_does_not_hold(source):
    assert holds(source) is False


def test_a_constraint_says_nothing_of_absent_parameters():
    constraint = parse_constraint("opt.beta < 0.5 and width == 1", VALUES)
    assert constraint.names == {"opt.beta", "width"}
    assert constraint.holds({"width": 8})
    assert not constraint.holds(VALUES)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "cannot be read"),
        ("width <", "cannot be read"),
        ("width = 8", "write == to compare"),
        ("width > 1 && lr > 0", "write `and` instead of `&&`"),
        ("width > 1 || lr > 0", "write `or` instead of `||`"),
        ("!flag or width > 1", "write `not` instead of `!`"),
        ("width", "must be a comparison"),
        ("width * 2", "must be a comparison"),
        ("1 < 2", "must mention a parameter"),
        ("widht > 1", "'widht', which is no parameter; did you mean 'width'?"),
        ("flag == true", "did you mean 'True'?"),
        ("batch > 1", "write `batch-size` in backticks"),
        ("`batch_size` > 1", "did you mean 'batch-size'?"),
        ("width is 8", "may not use `is`; write =="),
        ("width is not None", "may not use `is not`; write =="),
        ("width.__class__ == 1", "'width.__class__', which is no parameter"),
        ("(width + 1).real == 1", "only names of parameters have dots"),
        ("__import__('os') == 1", "known functions are abs"),
        ("width.bit_length() > 1", "known functions are abs"),
        ("max(width, key=lr) > 1", "known functions are abs"),
        ("abs() > width", "calls `abs()`, which takes 1 arguments"),
        ("max(width) > 1", "calls `max(width)`, which takes 2 to 100 arguments"),
        ("(lambda: width)() > 1", "known functions are abs"),
        ("[x for x in name] == width", "only comparisons and arithmetic are known"),
        ("f'{width}' == name", "only comparisons and arithmetic are known"),
        ("name[0] == 'a'", "only comparisons and arithmetic are known"),
        ("(width if flag else lr) > 1", "only comparisons and arithmetic are known"),
        ("(width := 3) > 1", "only comparisons and arithmetic are known"),
        ("width << 3 > 1", "known are + - * / // % and **"),
        ("~width > 1", "known are `not`, + and -"),
        ("width == b'x'", "only numbers, texts, True, False and None"),
        ("width == 2j", "only numbers, texts, True, False and None"),
        ("width == ...", "only numbers, texts, True, False and None"),
        ("(" * 300 + "width" + ")" * 300 + " > 1", "too many nested parentheses"),
        ("-" * 400 + "width > 1", "nested too deeply"),
        ("width > 1; lr > 0", "cannot be read"),
        ("import os", "cannot be read"),
    ],
)
def test_anything_else_is_refused_with_the_fix(source, message):
    with pytest.raises(ConstraintError) as error:
        parse_constraint(source, VALUES)
    assert message in str(error.value)


@pytest.mark.parametrize("source", ["9**9**9**9 > width", "'a' * 10**9 == name", "(9**9)**9**9 < width"])
def test_no_expression_takes_time_or_memory(source):
    assert holds(source) is False


@given(st.text("wl0129.()[]'+-*/%<>=!&|~^@:,` \nandoritf_", max_size=40))
def test_any_text_is_a_constraint_or_an_error(source):
    names = {"w": 1, "l": 2.0}
    try:
        constraint = parse_constraint(source, names)
    except ConstraintError:
        return
    assert isinstance(constraint.holds(names), bool)


@given(st.integers(-50, 50), st.integers(-50, 50), st.sampled_from(["+", "-", "*", "/", "//", "%"]))
def test_arithmetic_is_that_of_python(a, b, sign):
    found = parse_constraint(f"(a {sign} b) > 3", ("a", "b")).holds({"a": a, "b": b})
    functions = {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b if b else -math.inf,
        "//": lambda: a // b if b else -math.inf,
        "%": lambda: a % b if b else -math.inf,
    }
    assert found is (functions[sign]() > 3)


def check(parameters, constraints, method="random"):
    checked = check_config({"method": method, "parameters": parameters, "constraints": constraints})
    return [f"{p.path}: {p.message}" for p in checked.problems], [f"{w.path}: {w.message}" for w in checked.warnings]


def test_a_space_without_a_point_is_refused_at_creation():
    small = {"a": {"min": 1, "max": 3}, "b": {"min": 1, "max": 3}, "c": {"min": 0.0, "max": 1.0}}
    errors, _ = check(small, ["a + b > 6"])
    assert errors == ["constraints: no combination of a, b satisfies `a + b > 6`"]
    errors, _ = check(small, ["a > 2", "b >= 1", "a < 3"])
    assert errors == ["constraints: no combination of a satisfies `a > 2` and `a < 3`"]
    errors, _ = check(small, ["c + a == 1.2345"])
    assert errors[0].startswith("constraints: none of 20,000 points tried satisfies `c + a == 1.2345`")
    grid = {"a": {"min": 1, "max": 3}, "b": {"distribution": "q_uniform", "min": 0, "max": 4, "q": 2}}
    assert check(grid, ["b >= 4"])[0] == []
    assert check(grid, ["b >= 4"], "grid")[0] == ["constraints: no grid point of b satisfies `b >= 4`"]


def test_a_rare_point_is_found_where_values_are_few():
    assert check({"a": {"min": 1, "max": 200}, "b": {"min": 1, "max": 200}}, ["a + b == 399"]) == ([], [])


def test_a_thin_constraint_on_reals_is_accepted_with_a_warning():
    unit = {"min": 0.0, "max": 1.0}
    errors, warnings = check({"a": unit, "b": unit}, ["abs(a - b) < 0.0001"])
    assert errors == []
    assert warnings[0].startswith("constraints: less than one point in 1,000 satisfies")


def test_a_grid_that_links_too_many_values_is_refused():
    errors, _ = check({"a": {"min": 1, "max": 1000}, "b": {"min": 1, "max": 1000}}, ["a <= b"], "grid")
    assert errors == ["constraints: link too much: a, b have more combinations than the 100,000 that can be checked"]
