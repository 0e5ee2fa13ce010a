"""The figures of an evaluation as a Markdown report, with the worst answers in full."""

from collections.abc import Mapping, Sequence

from amp_assistant.evaluation import Result, by, summary, worst

WORST = 10
"""Answers shown in full: enough to see what goes wrong, few enough to be read."""
ATTRIBUTES: Mapping[str, str] = {"kind": "Par genre", "style": "Par style", "group": "Par public", "engine": "Par moteur"}
"""What the questions are sorted by, and the heading above the figures."""

_COLUMNS: Mapping[str, str] = {
    "questions": "questions",
    "recall@5": "rappel@5",
    "must": "contenu attendu",
    "right": "réponses complètes",
    "cited": "rappel des citations",
    "precise": "précision des citations",
    "answered": "répondues",
    "refused": "refusées",
    "figures proved": "chiffres prouvés",
    "words": "mots",
    "seconds": "secondes",
    "seconds p95": "secondes (95 %)",
}
_COUNTED = frozenset({"questions", "words"})
_LEGEND = """\
- *contenu attendu* : part des chaînes qu'une réponse juste contient ; *réponses complètes* : part des réponses qui les contiennent toutes.
- *rappel des citations* : part des citations de référence qui sont citées ; *précision* : part des citations qui sont de référence. Une
  phrase juste que la référence n'a pas retenue compte contre la précision.
- *répondues* : questions qui ont une réponse et en reçoivent une ; *refusées* : questions sans réponse qui reçoivent un refus.
- *mots* et *secondes* : médianes."""


def markdown(results: Sequence[Result]) -> str:
    """The report, in French, on the results of a set of questions."""
    parts = ["# Évaluation des réponses", f"{len(results)} questions.", _LEGEND, _table({"ensemble": summary(results)})]
    for attribute, heading in ATTRIBUTES.items():
        parts += [f"## {heading}", _table(by(results, attribute))]
    parts.append(f"## Les {WORST} réponses les plus faibles")
    parts += [part for result in worst(results, WORST) for part in _in_full(result)]
    return "\n\n".join(parts) + "\n"


def _table(figures: Mapping[str, Mapping[str, float]]) -> str:
    columns = [name for name in _COLUMNS if any(name in row for row in figures.values())]
    lines = [["", *(_COLUMNS[name] for name in columns)], ["---", *("---:" for _ in columns)]]
    lines += [[name, *(_written(column, row.get(column)) for column in columns)] for name, row in figures.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _written(column: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if column in _COUNTED else f"{value:.3f}".replace(".", ",")


def _in_full(result: Result) -> list[str]:
    """A question, what was expected and the whole answer, indented so that nothing in it is read as Markdown."""
    question, answer = result.question, result.answer
    told = [
        *(f"Avant : {earlier}" for earlier in question.history),
        f"Question : {question.question}",
        f"Attendu : {' ; '.join(question.must)}",
        *(f"Référence : {gold.document} : {gold.quote}" for gold in question.gold),
        f"Réponse ({'refus, ' if answer.abstained else ''}{answer.engine}, {result.words} mots) :",
        *answer.text.splitlines(),
        *(f"À savoir : {notice}" for notice in answer.notices),
    ]
    heading = f"### {question.id} ({question.kind}, {question.style}, {question.group})"
    return [heading, "\n".join(f"    {' '.join(line.split())}" for line in told)]
