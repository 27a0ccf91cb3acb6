"""The tables against PyTorch itself: every row names a class that exists, with its own defaults."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.choices import FIELDS, LOSSES, MODELS, OPTIMIZERS, TABLES, Choice, Parameter, Value
from core.choices.named import named
from core.choices.schedules import SCHEDULES, Schedule
from core.experiment.settings import OPTIONS
from core.problem import Problem

ROWS = [row for rows in TABLES.values() for row in rows.values()]
PARAMETERS = {**FIELDS, **OPTIONS}
NUMBERS = {name: p for name, p in PARAMETERS.items() if p.kind in (int, float)}
# How PyTorch carries out a step, and not what the step is; `reduction` is always the mean.
ASIDE = {"foreach", "maximize", "capturable", "differentiable", "fused"}
ASIDE |= {"size_average", "reduce", "reduction"}

anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers())
)


def ids(row: Choice) -> str:
    return row.key


def defaults(row: Choice) -> Mapping[str, Value]:
    return {parameter.key: parameter.default for parameter in row.parameters}


def signature(row: Choice, *first: str) -> dict[str, object]:
    """The arguments of the row's class and their defaults, without those named `first` and those aside."""
    arguments = inspect.signature(named(row.runs)).parameters
    return {key: a.default for key, a in arguments.items() if key not in {*first, *ASIDE}}


def extremes(parameter: Parameter) -> list[float]:
    """The lowest and the highest number allowed, of those that are finite."""
    up, down = math.nextafter(parameter.minimum, math.inf), math.nextafter(parameter.maximum, -math.inf)
    low = up if parameter.above else parameter.minimum
    high = down if parameter.below else parameter.maximum
    return [value for value in (low, high) if math.isfinite(value)]


def test_the_keys_are_those_that_files_and_command_lines_use() -> None:
    assert list(MODELS) == ["line", "polynomial", "mlp"]
    assert list(LOSSES) == ["mse", "mae", "huber", "smooth_l1", "log_cosh", "quantile"]
    assert (
        " ".join(OPTIMIZERS) == "sgd adam adamw nadam radam adamax adagrad adadelta rmsprop rprop asgd lbfgs"
    )


def test_every_optimizer_of_pytorch_for_dense_parameters_is_there() -> None:
    theirs = {name for name, value in vars(torch.optim).items() if inspect.isclass(value)}
    theirs -= {"Optimizer", "SparseAdam", "Adafactor", "Muon"}
    assert {row.runs.rpartition(".")[2] for row in OPTIMIZERS.values()} == theirs


@pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=ids)
def test_an_optimizer_has_the_hyper_parameters_and_defaults_of_pytorch(row: Choice) -> None:
    assert row.arguments(defaults(row)) == signature(row, "params", "lr")


@pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=ids)
def test_an_optimizer_knows_the_learning_rate_that_pytorch_gives_it(row: Choice) -> None:
    assert row.learning_rate == inspect.signature(named(row.runs)).parameters["lr"].default


@pytest.mark.parametrize("row", LOSSES.values(), ids=ids)
def test_a_loss_has_the_hyper_parameters_and_defaults_of_its_class(row: Choice) -> None:
    assert row.arguments(defaults(row)) == signature(row)


@pytest.mark.parametrize("row", LOSSES.values(), ids=ids)
def test_a_loss_of_residuals_twice_as_long_grows_by_its_order(row: Choice) -> None:
    """With lengths in y doubled too; this is how losses are shown in the units of the data."""
    y, predicted = torch.linspace(-3, 4, 50), torch.linspace(1, -2, 50)
    lengths = {p.key for p in row.parameters if p.unit == "y"}
    values = defaults(row)
    doubled = {key: 2 * value if key in lengths else value for key, value in values.items()}
    once = named(row.runs)(**row.arguments(values))(predicted, y)
    twice = named(row.runs)(**row.arguments(doubled))(2 * predicted, 2 * y)
    assert float(twice / once) == pytest.approx(2**row.order)


@pytest.mark.parametrize("row", MODELS.values(), ids=ids)
def test_a_model_can_be_built_and_has_the_parameters_that_its_curve_counts(row: Choice) -> None:
    values = defaults(row)
    model = named(row.runs)(1, **row.arguments(values))
    curve = named(row.curve)(values, 1)
    assert sum(p.numel() for p in model.parameters()) == curve.count()
    assert [tuple(p.shape) for p in model.parameters()] == [tuple(shape) for shape in curve.shapes()]


@pytest.mark.parametrize(
    ("row", "parameter"),
    [(row, p) for row in OPTIMIZERS.values() for p in row.parameters],
    ids=lambda value: value.key,
)
def test_pytorch_takes_every_value_that_an_optimizer_allows(row: Choice, parameter: Parameter) -> None:
    values = extremes(parameter) if parameter in NUMBERS.values() else list(parameter.words) or [False, True]
    for value in values:
        chosen = {**defaults(row), parameter.key: parameter.check(value)}
        if parameter.key == "nesterov" and value:
            chosen["momentum"] = 0.9
        optimizer = named(row.runs)([torch.nn.Parameter(torch.ones(1))], lr=0.01, **row.arguments(chosen))
        assert optimizer.param_groups


WORKING = [row for row in SCHEDULES.values() if row.runs]


def allowed(parameter: Parameter, value: Value) -> bool:
    try:
        parameter.check(value)
    except Problem:
        return False
    return True


def allowed_together(row: Choice, values: Mapping[str, Value]) -> bool:
    try:
        if row.rule is not None:
            row.rule(values)
    except Problem:
        return False
    return True


def scheduled(row: Schedule, values: Mapping[str, Value]) -> torch.optim.SGD:
    """An optimizer under a schedule, as far as its first step."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.01)
    rate = {row.rate_argument: 0.01} if row.rate_argument else {}
    scheduler = named(row.runs)(optimizer, **rate, **row.fixed, **row.arguments(values))
    optimizer.step()
    scheduler.step(*([1.0] if row.measured else []))
    return optimizer


def test_the_schedules_are_those_that_files_and_command_lines_use() -> None:
    assert (
        " ".join(SCHEDULES)
        == "constant step multi_step exponential cosine cosine_restarts warmup one_cycle plateau"
    )
    assert not SCHEDULES["constant"].runs


@pytest.mark.parametrize("row", WORKING, ids=ids)
def test_a_schedule_has_arguments_that_its_class_knows_and_all_that_it_needs(row: Schedule) -> None:
    known = signature(row, "optimizer")
    given_ = {*row.arguments(defaults(row)), *row.fixed, *filter(None, [row.rate_argument])}
    assert given_ <= set(known)
    assert {name for name, default in known.items() if default is inspect.Parameter.empty} <= given_
    assert row.length in {"", *defaults(row)}
    assert row.measured == ("metrics" in inspect.signature(named(row.runs).step).parameters)


@pytest.mark.parametrize(
    ("row", "parameter"),
    [(row, p) for row in WORKING for p in row.parameters],
    ids=lambda value: value.key,
)
def test_pytorch_takes_every_value_that_a_schedule_allows(row: Schedule, parameter: Parameter) -> None:
    for value in extremes(parameter):
        chosen = {**defaults(row), parameter.key: parameter.check(parameter.kind(value))}
        if parameter.key == "pct_start":
            chosen["total_steps"] = 10_000_000
        elif parameter.key == "total_steps":
            chosen["pct_start"] = 0.9
        optimizer = scheduled(row, chosen)
        assert math.isfinite(optimizer.param_groups[0]["lr"])


@given(st.data(), st.sampled_from(WORKING))
def test_any_values_of_a_schedule_make_a_curve_of_rates_or_a_sentence(
    data: st.DataObject, row: Schedule
) -> None:
    values: dict[str, Value] = {}
    for p in row.parameters:
        low, high = (round(end) if p.kind is int else end for end in (p.minimum, p.maximum))
        near = st.integers(low, 30) if p.kind is int else st.floats(low, high) | st.just(0.1)
        values[p.key] = data.draw(near.filter(lambda value, p=p: allowed(p, value)))
    if row.rule is not None and not allowed_together(row, values):
        return
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.01)
    rate = {row.rate_argument: 0.01} if row.rate_argument else {}
    scheduler = named(row.runs)(optimizer, **rate, **row.fixed, **row.arguments(values))
    for step in range(1, int(values[row.length]) if row.length else 40):
        optimizer.step()
        scheduler.step(*([1.0 / step] if row.measured else []))
        assert 0 <= optimizer.param_groups[0]["lr"] <= 10


def test_a_cycle_that_pytorch_cannot_divide_is_refused_with_a_sentence() -> None:
    row = SCHEDULES["one_cycle"]
    values = {**defaults(row), "total_steps": 10, "pct_start": 0.1}
    with pytest.raises(ZeroDivisionError):
        scheduled(row, values)
    with pytest.raises(Problem, match="must rise for more than one step"):
        row.rule(values)
    row.rule({**values, "total_steps": 11})


def test_what_pytorch_refuses_together_is_refused_with_a_sentence() -> None:
    sgd = OPTIMIZERS["sgd"]
    for wrong in ({"nesterov": True}, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}):
        values = {**defaults(sgd), **wrong}
        with pytest.raises(ValueError, match="Nesterov"):
            torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], **sgd.arguments(values))
        with pytest.raises(Problem, match="momentum"):
            sgd.rule(values)


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_every_row_says_what_it_is(row: Choice) -> None:
    assert row.label
    assert row.tip.endswith(".")
    assert row.key == "constant" or callable(named(row.runs))


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_says_what_it_is_and_allows_its_default(name: str) -> None:
    parameter = PARAMETERS[name]
    assert parameter.label
    assert parameter.tip.endswith(".")
    assert parameter.check(parameter.default) == parameter.default
    assert parameter.expected()


@pytest.mark.parametrize("name", NUMBERS)
def test_a_range_ends_where_it_says(name: str) -> None:
    parameter = NUMBERS[name]
    assert parameter.minimum < parameter.maximum
    for value in extremes(parameter):
        kept = parameter.kind(value)
        assert parameter.check(kept) == kept
    for outside in (parameter.minimum - 1, parameter.maximum * 2 + 1, math.nan, math.inf, -math.inf):
        with pytest.raises(Problem, match="must be"):
            parameter.check(outside)


@given(st.sampled_from(sorted(PARAMETERS)), anything)
def test_a_parameter_keeps_a_value_of_its_kind_or_refuses_it_with_a_sentence(
    name: str, value: object
) -> None:
    parameter = PARAMETERS[name]
    try:
        kept = parameter.check(value)
    except Problem as problem:
        assert str(problem).endswith(".")  # noqa: PT017
        return
    assert kept == value
    assert type(kept) is parameter.kind or (kept is None and parameter.unset)
    assert parameter.check(kept) == kept


@given(st.sampled_from(sorted(NUMBERS)), st.floats(1e-6, 12))
def test_what_is_written_is_what_is_read(name: str, value: float) -> None:
    parameter = NUMBERS[name]
    number = parameter.kind(value)
    try:
        wanted = parameter.check(number)
    except Problem:
        with pytest.raises(Problem):
            parameter.parse(repr(number))
    else:
        assert parameter.parse(repr(number)) == wanted


@pytest.mark.parametrize("text", ["true", "Yes", "on", "1", " TRUE "])
def test_a_switch_is_written_in_many_ways(text: str) -> None:
    assert FIELDS["standardise"].parse(text) is True


@pytest.mark.parametrize(
    ("name", "text"), [("standardise", "maybe"), ("seed", "1.5"), ("learning_rate", "x")]
)
def test_a_text_that_is_no_value_is_refused(name: str, text: str) -> None:
    with pytest.raises(Problem, match=text):
        FIELDS[name].parse(text)


def test_words_are_read_in_small_and_capital_letters() -> None:
    assert FIELDS["optimizer"].parse("Adam") == "adam"
    assert FIELDS["batch_size"].parse("all") is None
    assert FIELDS["epochs"].parse("none") is None
    assert FIELDS["clip_norm"].parse("Off") is None


def test_a_plain_name_of_a_hyper_parameter_means_one_thing_only() -> None:
    """So that `--set degree=5` needs no row: no two tables, and no field, share a name."""
    names = [{p.key for row in rows.values() for p in row.parameters} for rows in TABLES.values()]
    names.append({*FIELDS, "start_values"})
    assert sum(map(len, names)) == len(set().union(*names))


def test_beta_1_and_beta_2_become_one_pair() -> None:
    adam = OPTIMIZERS["adam"]
    assert adam.arguments({**defaults(adam), "beta1": 0.5})["betas"] == (0.5, 0.999)


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MODELS["line"] = MODELS["mlp"]  # type: ignore[index]
