"""The sections of a program behind its loop: what came out, and the drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.export.course import Course
from core.export.page import Page
from core.export.recipe import Recipe
from core.export.setting_up import inputs
from core.export.stopping import VALIDATION_LOSS
from core.export.words import literal, plain
from core.insight.numbers import superscript
from core.texts import _

DATA, MODEL = "#0072B2", "#D55E00"  # the colours of the window
WEIGHT_AND_BIAS = "weight, bias = (parameter.detach().cpu().double() for parameter in model.parameters())"
PLACES = 500  # at which the curve is drawn
# Where a letter of a label is not in matplotlib's own font, these are asked, on Linux, Windows and macOS.
# Before 3.11 matplotlib knew of each file of several fonts, such as Noto's on Linux, the first alone.
FONTS = (
    ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP"),
    ("Microsoft YaHei", "PingFang SC", "Hiragino Sans GB"),
)


# --- what came out ----------------------------------------------------------------------------------------


def result_section(course: Course) -> Page:
    """The loss and the parameters, printed to their last digit."""
    page, recipe, unit = Page("result"), course.last, course.unit
    page.say(
        _(
            "What came out: the loss of all training points, behind the last step, and every parameter to "
            "its last digit."
        )
    )
    page.code(f'print("step", {"step" if course.made is None else course.made})')
    page.code("with torch.no_grad():")
    page.code(f"loss = loss_function(model({course.whole}inputs), {course.whole}targets)", inside=1)
    if recipe.holds_out:
        page.code(VALIDATION_LOSS, inside=1)
    page.code(f'print("loss", loss.item(){unit})')
    if recipe.holds_out:
        page.code(f'print("validation_loss", validation_loss.item(){unit})')
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
    _fonts(page, (*words, recipe.points.x_title, recipe.points.y_name))
    page.code(f'plt.scatter(x.flatten(), y.flatten(), color="{DATA}", label={literal(words[0])})', inside=1)
    if recipe.holds_out:
        look = f'facecolors="none", edgecolors="{DATA}"'
        page.code("plt.scatter(", inside=1)
        page.code(f"held_x.flatten(), held_y.flatten(), {look}, label={literal(words[1])}", inside=2)
        page.code(")", inside=1)
    page.code(
        f'plt.plot(grid.flatten(), curve.flatten(), color="{MODEL}", label={literal(words[2])})', inside=1
    )
    _axes(page, recipe.points.x_title, recipe.points.y_name)


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
