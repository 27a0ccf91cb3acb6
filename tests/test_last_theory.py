"""What is known before a run: worked out once for the same question, and in the language of who asks."""

import numpy as np
import pytest

from core.experiment import Points, Settings
from core.texts import use_language
from gui import last_theory as last_theory_module
from gui.last_theory import LastTheory
from tests.lines import best_line

POINTS = Points([0.0, 1.0, 2.0], [1.0, 3.0, 4.0])


def test_the_same_question_is_answered_once() -> None:
    last = LastTheory()
    first = last.of(POINTS, Settings(), None)
    assert last.of(POINTS, Settings(learning_rate=0.5), None) is first
    assert last.of(POINTS, Settings(loss="mae"), None) is not first


def test_another_language_has_its_own_sentences() -> None:
    last, network = LastTheory(), Settings(model="mlp", optimizer="sgd")
    _points, english = last.of(POINTS, network, None)
    use_language("zh_CN")
    _points, chinese = last.of(POINTS, network, None)
    assert english.why_not.isascii()
    assert not chinese.why_not.isascii()
    use_language("en")
    _points, again = last.of(POINTS, network, None)
    assert again.why_not == english.why_not


@pytest.fixture
def nothing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_theory_module, "AT_ONCE", 0)


def test_a_search_among_few_points_is_made_at_once() -> None:
    _training, found = LastTheory().of(POINTS, Settings(loss="mae"), None)
    assert not found.pending
    assert found.optimum is not None
    assert found.optimum.loss == pytest.approx(best_line(POINTS.x[:, 0], POINTS.y)[0])


@pytest.mark.usefixtures("nothing_at_once")
def test_what_was_searched_for_is_known_to_all_who_ask_then() -> None:
    last, settings = LastTheory(), Settings(loss="mae")
    assert last.of(POINTS, settings, None)[1].pending
    found = last.searched(POINTS, settings, None, bool)[1]
    assert found.optimum is not None
    assert last.of(POINTS, settings, None)[1] is found
    other = last.of(POINTS, Settings(loss="mae", optimizer="sgd"), None)[1]
    assert other.optimum is found.optimum
    for changed in (
        Settings(loss="huber"),
        Settings(loss="mae", model="polynomial"),
        Settings(loss="mae", validation=0.4),
    ):
        assert last.of(POINTS, changed, None)[1].optimum is not found.optimum


@pytest.mark.parametrize("model", ["line", "mlp"])
def test_the_curve_to_compare_with_is_the_best_by_the_chosen_loss(model: str) -> None:
    x, y = np.array([0.0, 1.0, 2.0, 4.0, 5.0]), np.array([0.0, 1.5, 1.0, 30.0, 5.0])
    curve = LastTheory().curve(Points(x, y), Settings(loss="mae", model=model), None, bool)
    assert curve is not None
    assert np.mean(np.abs(y - curve(x))) == pytest.approx(best_line(x, y)[0])
