"""The sections of a program before its loop: data, model, loss and optimizer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from core.choices import LOSSES, MODELS, OPTIMIZERS, Choice, Value
from core.choices.cores import threads_used
from core.export.course import Course
from core.export.page import Page
from core.export.recipe import Floats, Recipe
from core.export.source import Source, source_of
from core.export.stopping import imports
from core.export.words import call, literal, literals, plain
from core.insight.numbers import superscript
from core.texts import _
from core.training.compiled.kind import why_not

FLOAT64 = "dtype=torch.float64"
ACTIVATIONS = MappingProxyType({"tanh": "nn.Tanh", "relu": "nn.ReLU", "sigmoid": "nn.Sigmoid"})


class Notes(NamedTuple):
    """What only the comment at the top tells: the file, and whether the run was changed on its way."""

    name: str
    changed: bool


def data_section(course: Course, notes: Notes) -> Page:
    """What is imported, the points, and what of them the model is given."""
    page, recipe = Page("data"), course.first
    _head(page, recipe, notes)
    page.gap()
    sources = _loss_sources(course)
    own = sorted({*imports(course), *chain(*(source.imports for source in sources))}, key=_order)
    for line in own:
        page.code(line)
    page.gap(bool(own))
    page.code("import torch\nfrom torch import nn")
    for line in dict.fromkeys(line for source in sources for line in source.imports_from):
        page.code(line)
    page.gap()
    _threads(page, recipe)
    if recipe.device:
        page.code(f"device = {literal(recipe.device)}")
    page.gap()
    page.say(_("The points, one row for each: x, which is known, and y, which is to be predicted."))
    _points(page, "", "", recipe.training, recipe)
    if course.holds_out:
        page.say(_("Points that training never sees; they test what it has learnt."))
        _points(page, "held_", "", recipe.held, recipe)
    with page.few():
        for change in course.changes:
            if not change.after.has_points_of(change.before):
                _points_from(page, course, change.since + 1, change.after)
    if recipe.settings.standardise:
        _scaling(page, recipe)
    if recipe.prepared:
        _features(page, recipe)
    else:
        page.gap()
    set_data(page, course)
    return page


def _order(line: str) -> tuple[bool, str]:
    """Where an import stands: whole modules before parts of them."""
    return line.startswith("from"), line


def _points_from(page: Page, course: Course, step: int, recipe: Recipe) -> None:
    """The points that hold from a step on."""
    page.say(_("The points from step {step} on.").format(step=f"{step:,}"))
    _points(page, "", f"_{step}", recipe.training, recipe)
    if course.holds_out:
        _points(page, "held_", f"_{step}", recipe.held, recipe)


def set_data(page: Page, course: Course, inside: int = 0) -> None:
    """What the model is given, and what it is compared with."""
    recipe, whole = course.first, course.whole
    page.code(f"{whole}inputs = {inputs('x', recipe)}", inside=inside)
    page.code(f"{whole}targets = {_targets('y', recipe)}", inside=inside)
    if course.holds_out:
        page.code(f"held_inputs = {inputs('held_x', recipe)}", inside=inside)
        page.code(f"held_targets = {_targets('held_y', recipe)}", inside=inside)


def _threads(page: Page, recipe: Recipe) -> None:
    """As many threads as the run takes here."""
    threads = threads_used(recipe.settings.threads)
    if threads == 1:
        page.say(
            _(
                "One thread: sums are then always taken in the same order, and every run gives the same "
                "numbers."
            )
        )
    else:
        page.say(
            _(
                "Several threads share each sum: quicker with very many numbers, but on another computer, or "
                "with another number of threads, the last digits may differ."
            )
        )
    page.code(f"torch.set_num_threads({threads})")


def inputs(x: str, recipe: Recipe) -> str:
    """What the model takes for the data-unit tensor called `x`, as code."""
    return (f"features({x})" if recipe.prepared else x) + (".to(device)" if recipe.device else "")


def _targets(y: str, recipe: Recipe) -> str:
    standardise = recipe.settings.standardise
    scaled = f"({y} - y_mean) / y_scale" if standardise else y
    narrowed = ".float()" if recipe.prepared and not recipe.double else ""
    behind = narrowed + (".to(device)" if recipe.device else "")
    return f"({scaled}){behind}" if standardise and behind else scaled + behind


def _head(page: Page, recipe: Recipe, notes: Notes) -> None:
    """The comment at the top; its first two lines, where Python looks for an encoding, have no names."""
    page.say(_("A PyTorch program made by Fitscope: it fits a model to points."))
    page.say(_("It needs PyTorch alone; where matplotlib is installed it also draws the fit."))
    if notes.name:
        page.say(_("The points come from {file}.").format(file=plain(notes.name)))
    names = recipe.points.x_name, recipe.points.y_name
    if names != ("x", "y"):
        page.say(_("x is {x}, y is {y}.").format(x=plain(names[0]), y=plain(names[1])))
    if recipe.points.time_scale is not None:
        page.say(_("x counts {what}.").format(what=recipe.points.time_scale.words))
    if notes.changed:
        page.say(_("What was changed while the run went on is not in it, so its numbers are others."))
    if recipe.settings.engine == "compiled" and not why_not(recipe.settings, recipe.settings.device):
        page.say(_("Its steps are eager ones; compiled steps come to the same numbers but for rounding."))


def _points(page: Page, prefix: str, end: str, data: tuple[Floats, Floats], recipe: Recipe) -> None:
    """The tensors x `[N, F]` and y `[N, 1]`."""
    dtype = f", {FLOAT64}" if recipe.prepared or recipe.double else ""
    for name, values, columns in (("x", data[0], recipe.columns), ("y", data[1], 1)):
        page.numbers(
            f"{prefix}{name}{end} = torch.tensor(", values.reshape(-1), f"{dtype}).reshape(-1, {columns})"
        )


def _scaling(page: Page, recipe: Recipe) -> None:
    page.gap()
    page.say(_("Shift and scale x and y to mean 0 and deviation 1: training goes better on such numbers."))
    scaling = recipe.scaling
    for name, values in (("x_mean", scaling.x_mean), ("x_scale", scaling.x_scale)):
        numbers = [literal(float(value)) for value in values]
        whole = numbers[0] if len(numbers) == 1 else f"torch.tensor([{', '.join(numbers)}], {FLOAT64})"
        page.code(f"{name} = {whole}")
    page.code(f"y_mean = {literal(float(scaling.y_mean))}\ny_scale = {literal(float(scaling.y_scale))}")


def _features(page: Page, recipe: Recipe) -> None:
    """The function that makes of x what the model takes."""
    page.gap(2)
    page.code("def features(x):")
    page.say(_("What the model is given for x."), inside=1)
    if recipe.settings.standardise:
        page.code("x = (x - x_mean) / x_scale", inside=1)
    if recipe.settings.model == "polynomial":
        degree = int(str(recipe.settings.values("model")["degree"]))
        powers = ", ".join("x" if k == 1 else f"x{superscript(k)}" for k in range(1, degree + 1))
        page.code(f"x = torch.cumprod(x.expand(-1, {degree}), dim=1)  # {powers}", inside=1)
    page.code("return x" if recipe.double else "return x.float()", inside=1)
    page.gap(2)


# --- the model --------------------------------------------------------------------------------------------


def model_section(recipe: Recipe) -> Page:
    """The class of the model, and one of it at its start values."""
    page = Page("model")
    row = MODELS[recipe.settings.model]
    page.say(_(row.tip))
    name = row.runs.rpartition(".")[2]
    lines = MODEL_LINES.get(row.key)
    if lines is None:
        page.code(source_of(row.runs).code)
        page.gap(2)
        given = row.arguments(recipe.settings.values("model"))
        _start(page, recipe, call(name, str(recipe.columns), **literals(given)))
        return page
    page.code(f"class {name}(nn.Module):")
    page.code("def __init__(self):", inside=1)
    page.code("super().__init__()", inside=2)
    lines(page, recipe)
    page.gap(2)
    _start(page, recipe, f"{name}()")
    return page


def _one_layer(page: Page, recipe: Recipe) -> None:
    """A line or a polynomial: a weight for each input, and a bias."""
    inputs = recipe.curve.shapes()[0][1]
    page.code(f"self.layer = nn.Linear({inputs}, 1)", inside=2)
    _forward(page, "self.layer(x)")


def _network(page: Page, recipe: Recipe) -> None:
    """Hidden layers, each with its activation, and an output."""
    activation = ACTIVATIONS[str(recipe.settings.values("model")["activation"])]
    shapes = [shape for shape in recipe.curve.shapes() if len(shape) == 2]
    page.code("self.layers = nn.Sequential(", inside=2)
    for after, before in shapes[:-1]:
        page.code(f"nn.Linear({before}, {after}),\n{activation}(),", inside=3)
    page.code(f"nn.Linear({shapes[-1][1]}, 1),", inside=3)
    page.code(")", inside=2)
    _forward(page, "self.layers(x)")


def _forward(page: Page, result: str) -> None:
    page.gap()
    page.code("def forward(self, x):", inside=1)
    page.code(f"return {result}", inside=2)


MODEL_LINES: Mapping[str, Callable[[Page, Recipe], None]] = MappingProxyType(
    {"line": _one_layer, "polynomial": _one_layer, "mlp": _network}
)


def _start(page: Page, recipe: Recipe, made: str) -> None:
    """The model at its start values."""
    settings = recipe.settings
    if settings.start == "pytorch":
        page.say(_("PyTorch draws the start values at random; the seed makes them the same in every run."))
        page.code(f"torch.manual_seed({settings.seed})")
    if recipe.double:
        page.say(_("PyTorch makes parameters of float32; double() keeps their values, now with 16 digits."))
    page.code(f"model = {made}{'.double()' if recipe.double else ''}")
    if settings.start == "zeros":
        page.say(_("Every parameter starts at zero."))
        page.code("with torch.no_grad():")
        page.code("for parameter in model.parameters():", inside=1)
        page.code("parameter.zero_()", inside=2)
    elif settings.start == "own":
        page.say(_("The start values that were chosen, as training has them."))
        page.numbers("start_values = torch.tensor(", recipe.start_values(), f", {FLOAT64})")
        page.code("sizes = [parameter.numel() for parameter in model.parameters()]")
        page.code("with torch.no_grad():")
        page.code("for parameter, values in zip(model.parameters(), start_values.split(sizes)):", inside=1)
        page.code("parameter.copy_(values.view_as(parameter))", inside=2)
    if recipe.device:
        page.code("model = model.to(device)")


# --- loss and optimizer -----------------------------------------------------------------------------------


def loss_section(course: Course) -> Page:
    """What is minimised."""
    page, recipe = Page("loss"), course.first
    page.say(_(LOSSES[recipe.settings.loss].tip))
    for source in _loss_sources(course):
        page.code(source.code)
        page.gap(2)
    page.code(f"loss_function = {loss_call(recipe)}")
    if course.changes_unit:
        page.code(f"loss_unit = {recipe.loss_unit}")
    if course.penalised:
        page.gap()
        page.say(_("Large weights are punished too (L1); biases are free."))
        page.code("weights = [parameter for parameter in model.parameters() if parameter.dim() > 1]")
    return page


def loss_call(recipe: Recipe) -> str:
    """The loss function, as code."""
    runs = LOSSES[recipe.settings.loss].runs
    name = runs.rpartition(".")[2]
    return call(name if _loss_source(recipe) else f"nn.{name}", **_loss_arguments(recipe))


def _loss_arguments(recipe: Recipe) -> dict[str, str]:
    """Those away from PyTorch's defaults; lengths in units of y are scaled as y is."""
    row, values = LOSSES[recipe.settings.loss], recipe.settings.values("loss")
    lengths = {p.argument or p.key for p in row.parameters if p.unit == "y"}
    if not recipe.settings.standardise:
        return literals(_away_from_defaults(row, values))
    return {
        name: literal(value) + (" / y_scale" if name in lengths else "")
        for name, value in row.arguments(values).items()
        if name in lengths or name in _away_from_defaults(row, values)
    }


def _loss_sources(course: Course) -> list[Source]:
    """The code of all losses that torch does not have."""
    found = dict.fromkeys(_loss_source(part.recipe) for part in course.parts)
    return [source for source in found if source is not None]


def _loss_source(recipe: Recipe) -> Source | None:
    """The code of a loss that torch does not have."""
    runs = LOSSES[recipe.settings.loss].runs
    return None if runs.startswith("torch.") else source_of(runs)


def optimizer_section(recipe: Recipe) -> Page:
    """The optimizer, and the schedule of its learning rate."""
    page = Page("optimizer")
    settings, row = recipe.settings, OPTIMIZERS[recipe.settings.optimizer]
    page.say(_(row.tip))
    arguments = literals(
        {"lr": settings.learning_rate} | _away_from_defaults(row, settings.values("optimizer"))
    )
    page.code(f"optimizer = {call(row.runs, 'model.parameters()', **arguments)}")
    schedule = recipe.schedule
    if schedule is not None:
        rate = {schedule.rate_argument: settings.learning_rate} if schedule.rate_argument else {}
        chosen = schedule.arguments(settings.values("schedule"))
        page.gap()
        page.say(_(schedule.tip))
        arguments = literals({**chosen, **schedule.fixed, **rate})
        page.code(f"scheduler = {call(schedule.runs, 'optimizer', **arguments)}")
    return page


def _away_from_defaults(row: Choice, values: Mapping[str, Value]) -> dict[str, object]:
    """The arguments of the class of `row` that are not what PyTorch takes by itself."""
    usual = row.arguments({parameter.key: parameter.default for parameter in row.parameters})
    return {name: value for name, value in row.arguments(values).items() if value != usual[name]}
