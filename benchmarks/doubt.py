"""How much each sign of `answers.doubt` weighs: a logistic regression (Cox 1958) on the development half of the question set.

Run by `python -m benchmarks.doubt` when the signs, the index or the questions change; its figures go by hand into the constants of
`answers/doubt.py`. The test half is only reported by `amp-assistant evaluate`.
"""

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from amp_assistant.answers.doubt import improper
from amp_assistant.assistant import Assistant
from amp_assistant.evaluation import read_questions
from amp_assistant.settings import ROOT

ANSWERED = 0.97
"""Share of the questions with an answer that must stay below the limit."""
REGULARISATION = 0.1
FOLDS, REPEATS = 10, 10
"""Ways in which the questions are parted, and how often they are parted anew: the limit rests on a dozen questions."""

show = Console(highlight=False).print


def main() -> None:
    """Fit and print the weights, the bias, the limit and what they refuse, cross-validated."""
    assistant = Assistant.open()
    signs, unanswerable = [], []
    for question in read_questions(ROOT / "tests" / "questions", "dev"):
        query = assistant.understand(question.question, question.history)
        if not improper(query) and (found := assistant.signs(query)):
            signs.append(found)
            unanswerable.append(not question.gold)
    names, table, wanted = list(signs[0]), np.array([list(one.values()) for one in signs]), np.array(unanswerable)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=REGULARISATION, max_iter=2000))
    partings = (StratifiedKFold(FOLDS, shuffle=True, random_state=seed) for seed in range(REPEATS))
    doubts = np.mean([cross_val_predict(model, table, wanted, cv=folds, method="decision_function") for folds in partings], axis=0)
    limit = np.quantile(doubts[~wanted], ANSWERED)
    model.fit(table, wanted)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = regression.intercept_[0] - (weights * scaler.mean_).sum()
    show(f"{len(wanted)} questions, {wanted.sum()} without an answer")
    for name, weight in zip(names, weights, strict=True):
        show(f'    "{name}": {weight:.2f},')
    show(f"BIAS = {bias:.2f}\nLIMIT = {limit:.2f}")
    show(f"refused {np.mean(doubts[wanted] > limit):.3f}, answered {np.mean(doubts[~wanted] <= limit):.3f} (cross-validated)")
    for share in (0.95, 0.98):
        show(f"  at {share} answered: {np.mean(doubts[wanted] > np.quantile(doubts[~wanted], share)):.3f}")


if __name__ == "__main__":
    main()
