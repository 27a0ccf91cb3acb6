"""The sections of a program from its loop on: the loop, what came out, and the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.choices.phases import CODE
from core.experiment.split import EPOCH_STRIDE
from core.export.page import Page
from core.export.recipe import Recipe
from core.export.setting_up import inputs
from core.export.words import literal, plain
from core.insight.numbers import superscript
from core.texts import _

DATA, MODEL = "#0072B2", "#D55E00"  # the colours of the window
WEIGHT_AND_BIAS = "weight, bias = (parameter.detach().cpu().double() for parameter in model.parameters())"
PLACES = 500  # at which the curve is drawn
VALIDATION_LOSS = "validation_loss = loss_function(model(held_inputs), held_targets)"
# Where a letter of a label is not in matplotlib's own font, these are asked, on Linux, Windows and macOS.
# Before 3.11 matplotlib knew of each file of several fonts, such as Noto's on Linux, the first alone.
FONTS = (
    ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP"),
    ("Microsoft YaHei", "PingFang SC", "Hiragino Sans GB"),
)


def loop_section(recipe: Recipe) -> Page:
    """The loop, with the five lines of every PyTorch lesson in it."""
    page = Page("loop")
    whole, rest = divmod(recipe.steps, recipe.batches)
    if recipe.length is not None:
        page.say(_("Steps that the run has made so far: {step}.").format(step=f"{recipe.steps:,}"))
    if recipe.batch_size is None:
        page.say(_("Training: each turn is one step, on all points."))
        page.code(f"for epoch in range({whole}):")
        _step(page, recipe, 1)
        return page
    page.say(_("Training: in every epoch all points come once, in a new order, a few in each step."))
    page.code(f"for epoch in range({whole + bool(rest)}):")
    seed = f"{recipe.settings.seed} * {EPOCH_STRIDE:_} + epoch"
    page.code(f"generator = torch.Generator().manual_seed({seed})", inside=1)
    page.code(f"order = torch.randperm({len(recipe.training[1])}, generator=generator)", inside=1)
    batches = f"order.split({recipe.batch_size})"
    if rest:
        page.say(_("The last epoch ends after {steps} steps in all.").format(steps=recipe.steps), inside=1)
        batches += f"[: {recipe.steps} - epoch * {recipe.batches}]"
    page.code(f"for batch in {batches}:", inside=1)
    page.code("inputs, targets = all_inputs[batch], all_targets[batch]", inside=2)
    _step(page, recipe, 2)
    return page


def _step(page: Page, recipe: Recipe, inside: int) -> None:
    """One step of the optimizer, and of the schedule."""
    if recipe.several:
        _step_of_several(page, recipe, inside)
    else:
        _gradient(page, recipe, inside)
        _say_step(page, inside)
        page.code(CODE["step"], "step", inside)
    if recipe.schedule is not None:
        _schedule(page, recipe, inside)


def _say_step(page: Page, inside: int) -> None:
    page.say(_("Step: move every parameter a little."), "step", inside)


def _step_of_several(page: Page, recipe: Recipe, inside: int) -> None:
    """The lines as a function, which the optimizer calls as often as it needs."""
    penalised = bool(recipe.settings.l1)
    if penalised:
        page.code("losses = []", inside=inside)
    page.gap()
    page.say(_("The optimizer calls this several times in one step."), inside=inside)
    page.code("def closure():", inside=inside)
    _gradient(page, recipe, inside + 1)
    if penalised:
        page.code("losses.append(loss)", inside=inside + 1)
    page.code("return objective" if penalised else "return loss", inside=inside + 1)
    page.gap()
    _say_step(page, inside)
    if penalised:
        page.code("optimizer.step(closure)\nloss = losses[0]", "step", inside)
    else:
        page.code("loss = optimizer.step(closure)", "step", inside)


def _gradient(page: Page, recipe: Recipe, inside: int) -> None:
    """The four lines that lead to the gradient."""
    settings = recipe.settings
    page.say(_("Empty the old gradients."), "zero_grad", inside)
    page.code(CODE["zero_grad"], "zero_grad", inside)
    page.say(_("Forward: predict y from x."), "forward", inside)
    page.code(CODE["forward"], "forward", inside)
    page.say(_("Loss: how wrong is that?"), "loss", inside)
    page.code(CODE["loss"], "loss", inside)
    if settings.l1:
        penalty = "torch.stack([weight.abs().sum() for weight in weights]).sum()"
        page.code(f"objective = loss + {literal(settings.l1)} * {penalty}", "loss", inside)
    page.say(
        _("Backward: find every gradient."),
        "backward",
        inside,
    )
    page.code("objective.backward()" if settings.l1 else CODE["backward"], "backward", inside)
    if settings.clip_norm is not None:
        page.say(_("A gradient that is too long is shortened."), "backward", inside)
        clip = f"nn.utils.clip_grad_norm_(model.parameters(), {literal(settings.clip_norm)})"
        page.code(clip, "backward", inside)


def _schedule(page: Page, recipe: Recipe, inside: int) -> None:
    """The rate of the next step."""
    row = recipe.schedule
    if row is None:
        return
    page.say(_("Set the learning rate of the next step."), "step", inside)
    if row.measured and recipe.holds_out:
        page.code("with torch.no_grad():", "step", inside)
        page.code(VALIDATION_LOSS, "step", inside + 1)
    if row.measured:
        loss = "validation_loss" if recipe.holds_out else "loss"
        page.code(f"scheduler.step({loss}.item(){recipe.unit})", "step", inside)
    elif row.length:
        last = int(str(recipe.settings.values("schedule")[row.length])) - 1
        page.code(f"if scheduler.last_epoch < {last}:", "step", inside)
        page.code("scheduler.step()", "step", inside + 1)
    else:
        page.code("scheduler.step()", "step", inside)


# --- what came out ----------------------------------------------------------------------------------------


def result_section(recipe: Recipe) -> Page:
    """The loss and the parameters, printed to their last digit."""
    page = Page("result")
    page.say(
        _(
            "What came out: the loss of all training points, behind the last step, and every parameter to "
            "its last digit."
        )
    )
    whole = "all_" if recipe.batch_size else ""
    page.code("with torch.no_grad():")
    page.code(f"loss = loss_function(model({whole}inputs), {whole}targets)", inside=1)
    if recipe.holds_out:
        page.code(VALIDATION_LOSS, inside=1)
    page.code(f'print("loss", loss.item(){recipe.unit})')
    if recipe.holds_out:
        page.code(f'print("validation_loss", validation_loss.item(){recipe.unit})')
    if recipe.settings.standardise:
        page.say(_("These parameters are for the scaled x and y."))
    page.code("for name, parameter in model.named_parameters():")
    page.code("print(name, parameter.tolist())", inside=1)
    if recipe.settings.standardise and recipe.settings.model in IN_DATA_UNITS:
        IN_DATA_UNITS[recipe.settings.model](page, recipe)
    return page


def _line_in_data_units(page: Page, recipe: Recipe) -> None:
    """w and b as Curve.in_data_units has them, in the same order of operations."""
    page.say(_("The same line, y = w x + b, in the units of the data."))
    page.code(WEIGHT_AND_BIAS)
    page.code("weight = weight / x_scale")
    shift = "weight * x_mean" if recipe.columns == 1 else "(weight * x_mean).sum(dim=1)"
    page.code(f"bias = (bias - {shift}) * y_scale + y_mean")
    page.code("weight = weight * y_scale")
    value = "weight.item()" if recipe.columns == 1 else "weight[0].tolist()"
    page.code(f'print("w", {value})\nprint("b", bias.item())')


def _polynomial_in_data_units(page: Page, recipe: Recipe) -> None:
    """The coefficients of the scaled x, for y as it is: those of x itself can lose all their digits."""
    degree = recipe.curve.shapes()[0][1]
    powers = " + ".join(["b", *(f"w{k} u{superscript(k) if k > 1 else ''}" for k in range(1, degree + 1))])
    sentence = _("The same polynomial in the units of the data: y = {sum}, where u = (x - mean) / scale.")
    page.say(sentence.format(sum=powers))
    page.code(WEIGHT_AND_BIAS)
    page.code('print("w", (weight[0] * y_scale).tolist())\nprint("b", (bias * y_scale + y_mean).item())')
    page.code('print("mean", x_mean)\nprint("scale", x_scale)')


IN_DATA_UNITS: Mapping[str, Callable[[Page, Recipe], None]] = MappingProxyType(
    {"line": _line_in_data_units, "polynomial": _polynomial_in_data_units}
)


def drawing_section(recipe: Recipe) -> Page:
    """The points and the fit, in the units of the data."""
    page = Page("drawing")
    page.say(_("A drawing of the fit, where matplotlib is there to draw it."))
    page.code("try:\n    import matplotlib.pyplot as plt\nexcept ImportError:")
    advice = literal(_("Install matplotlib to see the fit: pip install matplotlib"))
    page.code(f"print({advice})", inside=1)
    page.code("else:")
    if recipe.columns == 1:
        _curve(page, recipe)
    else:
        _against(page, recipe)
    page.code("plt.legend()\nplt.show()", inside=1)
    return page


def _predicted(x: str, recipe: Recipe) -> str:
    """The prediction in the units of the data, on the CPU, as code."""
    back = " * y_scale + y_mean" if recipe.settings.standardise else ""
    return f"model({inputs(x, recipe)})" + (".cpu()" if recipe.device else "") + back


def _curve(page: Page, recipe: Recipe) -> None:
    """The model over x."""
    places = f"torch.linspace(x.min().item(), x.max().item(), {PLACES}, dtype=x.dtype)"
    page.code(f"grid = {places}.reshape(-1, 1)", inside=1)
    page.code("with torch.no_grad():", inside=1)
    page.code(f"curve = {_predicted('grid', recipe)}", inside=2)
    words = _("points"), _("held out"), _("model")
    _fonts(page, (*words, recipe.points.x_name, recipe.points.y_name))
    page.code(f'plt.scatter(x.flatten(), y.flatten(), color="{DATA}", label={literal(words[0])})', inside=1)
    if recipe.holds_out:
        look = f'facecolors="none", edgecolors="{DATA}"'
        page.code("plt.scatter(", inside=1)
        page.code(f"held_x.flatten(), held_y.flatten(), {look}, label={literal(words[1])}", inside=2)
        page.code(")", inside=1)
    page.code(
        f'plt.plot(grid.flatten(), curve.flatten(), color="{MODEL}", label={literal(words[2])})', inside=1
    )
    _axes(page, recipe.points.x_name, recipe.points.y_name)


def _against(page: Page, recipe: Recipe) -> None:
    """What the model says over what is so, where x has several columns and no plane to be drawn on."""
    page.code("with torch.no_grad():", inside=1)
    page.code(f"predicted = {_predicted('x', recipe)}", inside=2)
    words = _("points"), _("as predicted")
    _fonts(page, (*words, recipe.points.y_name))
    page.code(
        f'plt.scatter(y.flatten(), predicted.flatten(), color="{DATA}", label={literal(words[0])})', inside=1
    )
    page.code("ends = [y.min().item(), y.max().item()]", inside=1)
    page.code(f'plt.plot(ends, ends, color="{MODEL}", label={literal(words[1])})', inside=1)
    _axes(page, recipe.points.y_name, _("prediction"))


def _axes(page: Page, x_name: str, y_name: str) -> None:
    """The names of the axes; a $ would begin a formula."""
    for axis, name in (("x", x_name), ("y", y_name)):
        page.code(f"plt.{axis}label({literal(plain(name).replace('$', chr(92) + '$'))})", inside=1)


def _fonts(page: Page, words: tuple[str, ...]) -> None:
    """Let letters that matplotlib's font does not have be found in others."""
    if not all(word.isascii() for word in words):
        for sign, names in zip(("=", "+="), FONTS, strict=True):
            page.code(f"fonts {sign} [{', '.join(map(literal, names))}]", inside=1)
        page.code("known = set(plt.matplotlib.font_manager.get_font_names())", inside=1)
        page.code('plt.rcParams["font.family"] = [font for font in fonts if font in known]', inside=1)
