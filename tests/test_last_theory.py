"""What is known before a run: worked out once for the same question, and in the language of who asks."""

from core.experiment import Points, Settings
from core.texts import use_language
from gui.last_theory import LastTheory

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
