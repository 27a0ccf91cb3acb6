"""The settings: valid from the first moment, frozen, and clear about what takes a new run."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.choices import FIELDS, TABLES
from core.experiment import Settings
from core.experiment.settings import OPTIONS, unknown_name
from core.problem import Problem

OTHER = {
    "model": "mlp",
    "loss": "mae",
    "optimizer": "sgd",
    "learning_rate": 0.5,
    "schedule": "cosine",
    "clip_norm": 1.0,
    "l1": 0.1,
    "batch_size": 8,
    "epochs": 7,
    "steps": 9,
    "seconds": 2.5,
    "loss_below": 0.01,
    "gradient_below": 1e-6,
    "patience": 20,
    "validation": 0.25,
    "validation_seed": 4,
    "seed": 3,
    "start": "zeros",
    "device": "cuda",
    "threads": 2,
    "dtype": "float64",
    "engine": "compiled",
    "standardise": True,
}
STOP_RULES = {"epochs", "steps", "seconds", "loss_below", "gradient_below", "patience"}
LIVE = {
    "loss",
    "learning_rate",
    "clip_norm",
    "l1",
    "batch_size",
    "engine",
    "validation",
    "validation_seed",
    *STOP_RULES,
}


def changed(name: str) -> Settings:
    """The default settings with another value of one field; "compiled" only where there is such an engine."""
    value = OTHER[name]
    if FIELDS[name].words and value not in FIELDS[name].words:
        pytest.skip(f"there is one {name} only")
    return Settings(**{name: value})


def test_the_defaults_are_those_of_the_table() -> None:
    for name, parameter in FIELDS.items():
        assert getattr(Settings(), name) == parameter.default


def test_every_field_is_in_the_table_but_the_start_values_and_the_options() -> None:
    assert [f.name for f in fields(Settings)] == [*FIELDS, "start_values", "options"]


@pytest.mark.parametrize("name", FIELDS)
def test_a_change_of_a_field_is_live_or_takes_a_new_run(name: str) -> None:
    assert Settings().restarts(changed(name)) is (name not in LIVE)
    assert changed(name).restarts(Settings()) is (name not in LIVE)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_hyper_parameter_takes_a_new_run_only_where_its_row_is_chosen_and_not_a_loss(name: str) -> None:
    table, row = next((t, r) for t in TABLES for r in TABLES[t] if r == name.split(".")[0])
    parameter = OPTIONS[name]
    candidates = [0.25, 1.5, 30, 2, 3, True, *parameter.words]
    value = next(v for v in candidates if v != parameter.default and allowed(name, v))
    options = {"sgd.momentum": 0.9} if name == "sgd.nesterov" else {}
    chosen = Settings(**{table: row}, options=options)
    assert chosen.restarts(chosen.with_option(name, value)) is (table != "loss")
    other = Settings(**{table: next(r for r in TABLES[table] if r != row)}, options=options)
    assert other.restarts(other.with_option(name, value)) is False


def allowed(name: str, value: object) -> bool:
    try:
        OPTIONS[name].check(value)
    except Problem:
        return False
    return True


def test_start_values_matter_only_where_they_are_used() -> None:
    assert not Settings().restarts(Settings(start_values=(1, 2)))
    own = Settings(start="own", start_values=(1, 2))
    assert own.restarts(replace(own, start_values=(1, 3)))
    assert not own.restarts(own)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_can_be_chosen_whatever_the_hyper_parameters_of_the_others_are(table: str) -> None:
    """What breaks a rule is refused when it is given, and so no later choice can be."""
    settings = Settings(options={"sgd.momentum": 0.9, "sgd.nesterov": True, "huber.delta": 3.0})
    for key in TABLES[table]:
        assert getattr(replace(settings, **{table: key}), table) == key
    with pytest.raises(Problem, match="momentum"):
        settings.with_option("sgd.momentum", 0.0)


def test_settings_cannot_be_changed_in_place() -> None:
    settings = Settings(options={"huber.delta": 2.0})
    with pytest.raises(FrozenInstanceError):
        settings.seed = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.options["huber.delta"] = 3.0  # type: ignore[index]


def test_options_that_a_caller_changes_later_stay_as_they_were() -> None:
    options = {"huber.delta": 2.0}
    settings = Settings(options=options)
    options["huber.delta"] = 3.0
    assert settings.options == {"huber.delta": 2.0}


def test_settings_are_equal_when_they_mean_the_same() -> None:
    assert Settings(options={"huber.delta": 1.0}) == Settings()
    assert Settings(options={"mlp.width": 4, "huber.delta": 2}) == Settings(
        options={"huber.delta": 2.0, "mlp.width": 4}
    )
    assert len({Settings(), Settings(seed=0), Settings(seed=1)}) == 2


def test_a_whole_number_is_a_rate_too_and_becomes_a_float() -> None:
    assert type(Settings(learning_rate=1).learning_rate) is float


def test_the_values_of_a_row_are_its_defaults_and_what_was_changed() -> None:
    settings = Settings(model="mlp").with_option("mlp.width", 4)
    assert settings.values("model") == {"layers": 1, "width": 4, "activation": "tanh"}
    assert settings.values("loss") == {}
    assert settings.row("optimizer").label == "Adam"


def test_the_hyper_parameters_of_another_row_are_remembered() -> None:
    settings = replace(Settings(loss="huber", options={"huber.delta": 2.0}), loss="mse")
    assert replace(settings, loss="huber").values("loss") == {"delta": 2.0}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"model": "forest"}, "Model must be line, polynomial, mlp, not forest"),
        ({"learning_rate": -0.1}, "Learning rate must be a number from 1e-300 to 10, not -0.1"),
        ({"learning_rate": float("nan")}, "not nan"),
        ({"learning_rate": "0.1"}, "Learning rate must be a number"),
        ({"learning_rate": True}, "Learning rate must be a number"),
        ({"batch_size": 0}, "Batch size must be a whole number"),
        ({"seed": None}, "Seed must be a whole number"),
        ({"standardise": 1}, "Standardise must be true or false"),
        ({"start_values": "1"}, "Start values must be a list"),
        ({"start_values": (1, None)}, "Start values must be a number"),
        ({"start_values": (float("inf"),)}, "Start values must be a number"),
        ({"options": ["huber.delta"]}, "Options must be pairs"),
        ({"options": {"huber.delta": 0}}, "Delta must be a number above 0|Delta must be a number"),
        ({"options": {"huber.dela": 1}}, "“huber.dela” here; did you mean huber.delta"),
        ({"options": {1: 1}}, "no setting called “1”"),
        ({"optimizer": "sgd", "options": {"sgd.nesterov": True}}, "momentum"),
        ({"optimizer": "adam", "options": {"sgd.nesterov": True}}, "set momentum to 0.9"),
        ({"schedule": "linear"}, "Schedule must be constant, step"),
        ({"clip_norm": 0}, "Clip gradient must be a number above 0"),
        ({"l1": -1}, "L1 penalty must be a number from 0"),
        ({"l1": None}, "L1 penalty must be a number"),
        ({"validation": 1}, "Hold out must be a number from 0 to 0.9, not 1"),
        ({"patience": 2.5}, "Patience must be a whole number"),
        ({"seconds": float("inf")}, "Seconds must be a number"),
    ],
)
def test_a_wrong_setting_never_gets_in(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence):
        Settings(**wrong)


def test_an_unknown_name_is_shown_on_one_short_line() -> None:
    text = str(unknown_name("a\n\x1b[31m" + "b" * 500, ["c"]))
    assert text.isprintable()
    assert len(text) < 120


json_like = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


@given(st.dictionaries(st.sampled_from([*FIELDS, "start_values", "options"]), json_like, max_size=4))
def test_any_values_make_valid_settings_or_a_sentence(values: dict[str, object]) -> None:
    try:
        settings = Settings(**values)
    except Problem:
        return
    for name, value in values.items():
        assert getattr(settings, name) == value
    assert settings == Settings(**{f.name: getattr(settings, f.name) for f in fields(Settings)})
    assert not settings.restarts(settings)


@given(st.sampled_from(sorted(OPTIONS)), json_like)
def test_an_option_is_kept_only_where_it_is_not_the_default(name: str, value: object) -> None:
    try:
        settings = Settings().with_option(name, value)
    except Problem:
        return
    assert dict(settings.options) == ({} if value == OPTIONS[name].default else {name: value})
