"""The aids for a situation as files: Markdown with footnotes, DOCX, CSV."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from amp_assistant.answers.aids import CRITERIA, JUDGEMENTS, VERDICT_TITLES, Advice, Aid
from amp_assistant.answers.eligibility import Criterion
from amp_assistant.citations import Citation
from amp_assistant.dates import in_figures
from amp_assistant.export import csv_text
from amp_assistant.speech.exporting import escaped, write_document
from amp_assistant.web.aids_cards import VERDICTS, meta_of, name_of, situation_told
from amp_assistant.web.proofs import place_of_proof
from amp_assistant.web.register_tables import sentence_case

TITLE = "Aides aux entreprises"
_ABOUT = ("Verdict", "Aide", "Nature et opérateur", "Ce qui est apporté")
_HEADER = (*_ABOUT, "Critère", "Ce que le document demande", "Rempli", "Citation", "Document", "Date", "Titres")


def aids_markdown(advice: Advice) -> str:
    """The advice in Markdown, a footnote for each quotation."""
    notes: list[str] = []
    return "\n\n".join([*_lines(advice, notes), *notes]) + "\n"


def aids_document(advice: Advice) -> bytes:
    """The advice as a DOCX.

    :raises FailureError: pandoc is missing or fails.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "aides.docx"
        write_document(aids_markdown(advice), path, path.suffix)
        return path.read_bytes()


def aids_csv(advice: Advice) -> str:
    """The advice as a table, a line a criterion."""
    return csv_text([_HEADER, *(_cells(aid, one) for aid in advice.aids for one in aid.criteria)])


def _lines(advice: Advice, notes: list[str]) -> Iterator[str]:
    yield f"# {TITLE}"
    if advice.situation.text.strip():
        yield f"« {escaped(' '.join(advice.situation.text.split()))} »"
    yield f"Ce qui est compris : {escaped(' · '.join(situation_told(advice.situation)))}."
    yield "\n".join(f"- {escaped(notice)}" for notice in advice.notices)
    if advice.questions:
        yield "## Ce qui préciserait le plus de réponses"
        yield "\n".join(f"- {escaped(question)}" for question in advice.questions)
    for verdict in VERDICTS:
        aids = [aid for aid in advice.aids if aid.verdict == verdict]
        if aids:
            yield f"## {VERDICT_TITLES[verdict]} ({len(aids)})"
        for aid in aids:
            yield from _aid(aid, notes)


def _aid(aid: Aid, notes: list[str]) -> Iterator[str]:
    yield f"### {escaped(name_of(aid))}"
    about = [VERDICTS[aid.verdict][1], *meta_of(aid), *([aid.dispositif.benefit] if aid.dispositif.benefit else [])]
    yield escaped(". ".join(sentence_case(text) for text in about) + ".")
    numbers: dict[int, int] = {}
    listed = []
    for one in aid.criteria:
        call = ""
        if one.quote:
            if one.proof not in numbers:
                numbers[one.proof] = _noted(aid.dispositif.proofs[one.proof - 1], notes)
            call = f" [^{numbers[one.proof]}]"
        listed.append(f"- {CRITERIA[one.criterion].capitalize()} : {escaped(one.text)} → {JUDGEMENTS[one.verdict]}{call}")
    yield "\n".join(listed)


def _noted(proof: Citation, notes: list[str]) -> int:
    """The number of the footnote that was added for a proof."""
    notes.append(f"[^{len(notes) + 1}]: {escaped(place_of_proof(proof))} : « {escaped(' '.join(proof.quote.split()))} »")
    return len(notes)


def _cells(aid: Aid, one: Criterion) -> list[str]:
    proof = aid.dispositif.proofs[one.proof - 1] if one.quote else None
    place = [proof.quote, proof.title, in_figures(proof.date), " > ".join(proof.section)] if proof else ["", "", "", ""]
    about = [VERDICTS[aid.verdict][1], name_of(aid), ", ".join(meta_of(aid)), aid.dispositif.benefit or ""]
    return [*about, CRITERIA[one.criterion], one.text, JUDGEMENTS[one.verdict], *place]
