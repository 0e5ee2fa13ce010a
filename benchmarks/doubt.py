"""How much each sign of `answers.doubt` weighs: a logistic regression (Cox 1958) on the development half of the question set.

Run by `python -m benchmarks.doubt` when the signs, the index or the questions change (five minutes); its figures go by hand into the
constants of `answers/doubt.py`. The test half is only reported by `amp-assistant evaluate`. The signs are read from several indexes,
whose encoders were trained from other random numbers: the limit rests on a dozen questions, and chance would choose them.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from amp_assistant import encoder
from amp_assistant.answers.doubt import improper
from amp_assistant.assistant import Assistant
from amp_assistant.evaluation import read_questions
from amp_assistant.settings import ROOT, read_settings

ANSWERED = 0.975
"""Share of the questions with an answer that must stay below the limit: 0.97 are asked, and new questions are a little further off."""
REGULARISATION = 0.1
FOLDS, REPEATS = 10, 10
"""Ways in which the questions are parted, and how often they are parted anew."""
TRAININGS = 3
"""Indexes whose signs are read, that of the settings among them."""

show = Console(highlight=False).print


def main() -> None:
    """Fit and print the weights, the bias, the limit and what they refuse, cross-validated."""
    questions = read_questions(ROOT / "tests" / "questions", "dev")
    signs, unanswerable, places = [], [], []
    for assistant in _assistants():
        for place, question in enumerate(questions):
            query = assistant.understand(question.question, question.history)
            if not improper(query) and (found := assistant.signs(query)):
                signs.append(found)
                unanswerable.append(not question.gold)
                places.append(place)
    names, table, wanted = list(signs[0]), np.array([list(one.values()) for one in signs]), np.array(unanswerable)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION, max_iter=2000))
    partings = (StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed) for seed in range(REPEATS))
    judged = [cross_val_predict(model, table, wanted, groups=places, cv=folds, method="decision_function") for folds in partings]
    doubts = np.mean(judged, axis=0)
    limit = np.quantile(doubts[~wanted], ANSWERED)
    model.fit(table, wanted)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = regression.intercept_[0] - (weights * scaler.mean_).sum()
    show(f"{len(set(places))} questions, {wanted.mean():.0%} without an answer, read from {TRAININGS} indexes")
    for name, weight in zip(names, weights, strict=True):
        show(f'    "{name}": {weight:.2f},')
    show(f"BIAS = {bias:.2f}\nLIMIT = {limit:.2f}")
    show(f"refused {np.mean(doubts[wanted] > limit):.3f}, answered {np.mean(doubts[~wanted] <= limit):.3f} (cross-validated)")
    for share in (0.95, 0.97, 0.98):
        show(f"  at {share} answered: {np.mean(doubts[wanted] > np.quantile(doubts[~wanted], share)):.3f}")


def _assistants() -> Iterator[Assistant]:
    """The assistant over the index of the settings, then over indexes that differ in their encoder's random numbers alone."""
    settings = read_settings()
    yield Assistant.open(settings)
    for training in range(1, TRAININGS):
        with TemporaryDirectory() as folder:
            encoder.SEED += training
            yield Assistant.open(settings.model_copy(update={"index": Path(folder)}))


if __name__ == "__main__":
    main()
