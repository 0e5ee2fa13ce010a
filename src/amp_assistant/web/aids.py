"""Which aids fit a firm's situation: a short form, or one sentence that fills it; then a card an aid, with its proof."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import gradio as gr

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.situation import Situation
from amp_assistant.understanding import LONGEST_QUESTION
from amp_assistant.web.addresses import NAMES, Situated, euros, number_of, query_of_situated, situated_of
from amp_assistant.web.aids_cards import NEED_LABELS, SECTOR_LABELS, advice_html, whole
from amp_assistant.web.opening import on_load, query_string
from amp_assistant.web.register_tables import measure
from amp_assistant.web.sources import one_line

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

INTRODUCTION = (
    "<p>Décrivez votre situation en une phrase, ou cochez ce qui vous correspond : rien n’est obligatoire. "
    "Chaque réponse cite la phrase du document qui la fonde. Ce que vous écrivez n’est pas gardé.</p>"
)
EXAMPLES = (
    "J’ai 6 salariés et 400 k€ de chiffre d’affaires, je veux agrandir mon atelier à Vitrolles",
    "Je n’ai pas encore créé mon entreprise, je cherche un prêt d’honneur à Aubagne",
    "Des travaux devant mon commerce de Marseille font fuir les clients",
)
UNEXPECTED = "Un incident technique a empêché de chercher les aides ; il est noté dans le journal. Réessayez dans un instant."
UNKNOWN = "inconnu"
_STAGE_LABELS = [
    ("J’ai une entreprise", "entreprise"),
    ("Je n’ai pas encore créé mon entreprise", "creation"),
    ("Je veux en reprendre une", "reprise"),
    ("Je ne le dis pas", UNKNOWN),
]
_STAGES_TOLD = {"entreprise": "entreprise", "création": "creation", "reprise": "reprise"}
_NOT_OF_A_FIRM = frozenset({"creation", "reprise", "commune"})
"""Needs that the form asks by the stage, or that are not a firm's."""


def build_aids(assistant: "Assistant") -> None:
    """Lay the page out, inside an open gr.Blocks. The adviser is not made before somebody asks."""
    with gr.Column(elem_id="aids"):
        gr.Markdown(INTRODUCTION, elem_classes="introduction")
        form = _form()
        find = gr.Button("Trouver les aides", variant="primary", elem_id="find")
        advice = gr.Markdown(_examples(), elem_id="advice", latex_delimiters=[])
    parts = form | {"advice": advice}
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def found(values: dict[Any, Any]) -> dict[Any, Any]:
        updates = view(assistant, lambda: situated({name: values[part] for name, part in form.items()}))
        return {parts[name]: update for name, update in updates.items()}

    def opened(request: gr.Request) -> dict[Any, Any]:
        query = query_string(request)
        is_told = bool(NAMES.intersection(parse_qs(query)))
        updates = view(assistant, lambda: situated_of(query)) if is_told else {"advice": gr.skip()}
        return {parts[name]: update for name, update in updates.items()}

    gr.on([find.click, form["sentence"].submit], found, set(form.values()), list(parts.values()), **private)
    form["stage"].input(_firm_boxes, form["stage"], [form[name] for name in ("employees", "age_years", "turnover")], **private)
    on_load(opened, list(parts.values()), **private)


def situated(held: Mapping[str, Any]) -> Situated:
    """The situation that the form holds.

    :raises UsageError: the turnover is no amount, or staff or age is no number.
    """
    return Situated(
        sentence=(held["sentence"] or "").strip(),
        stage=held["stage"] if held["stage"] != UNKNOWN else "",
        employees=_number(held["employees"], "Le nombre de salariés", int),
        age_years=_number(held["age_years"], "L’âge de l’entreprise", float),
        turnover=euros(held["turnover"] or ""),
        sector=held["sector"] if held["sector"] != UNKNOWN else "",
        commune=(held["commune"] or "").strip(),
        needs=tuple(held["needs"] or ()),
    )


def view(assistant: "Assistant", asked: Callable[[], Situated]) -> dict[str, Any]:
    """What the parts of the page show for a situation, by their names: the form filled with what was understood, and the aids."""
    try:
        told = asked()
        if len(told.sentence) > LONGEST_QUESTION:
            raise UsageError(f"Votre phrase dépasse {LONGEST_QUESTION} caractères : raccourcissez-la.")
        if told == Situated():
            raise UsageError("Écrivez une phrase sur votre situation, ou cochez au moins une case ci-dessus.")
        advice = assistant.adviser.advise(told.sentence, told.fields)
        filled = _filled(told, advice.situation)
        return {**_form_updates(filled), "advice": advice_html(advice, _links(filled))}
    except AssistantError as error:
        return {"advice": _failed(str(error))}
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Les aides n'ont pas pu être cherchées.")
        return {"advice": _failed(UNEXPECTED)}


def _form() -> dict[str, Any]:
    """The parts of the form by the field of a Situated that they tell."""
    form: dict[str, Any] = {
        "sentence": gr.Textbox(
            label="Votre situation en une phrase",
            placeholder="Par exemple : j’ai 6 salariés et 400 k€ de chiffre d’affaires, je veux agrandir mon atelier à Vitrolles",
            max_lines=5,
            elem_id="sentence",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True, lang="fr"),
        ),
        "stage": gr.Radio(_STAGE_LABELS, value=UNKNOWN, label="Où en êtes-vous ?"),
    }
    with gr.Row():
        form["employees"] = gr.Textbox(label="Salariés", placeholder="6", max_length=6, elem_id="employees")
        form["age_years"] = gr.Textbox(label="Âge, en années", placeholder="3", max_length=6)
        form["turnover"] = gr.Textbox(label="Chiffre d’affaires", placeholder="400 k€", max_length=30)
        form["commune"] = gr.Textbox(label="Commune", placeholder="Vitrolles", max_length=80, elem_id="commune")
    sectors = [(label, sector) for sector, label in SECTOR_LABELS.items()]
    needs = [(label, need) for need, label in NEED_LABELS.items() if need not in _NOT_OF_A_FIRM]
    form["needs"] = gr.CheckboxGroup(needs, label="De quoi avez-vous besoin ?")
    form["sector"] = gr.Radio([*sectors, ("Autre, ou je ne le dis pas", UNKNOWN)], value=UNKNOWN, label="Secteur")
    return form


def _filled(told: Situated, understood: Situation) -> Situated:
    """The form with what the sentence tells besides, so that nothing is taken into account that the form does not show."""
    return replace(
        told,
        stage=told.stage or _STAGES_TOLD.get(understood.stage or "", ""),
        employees=understood.employees,
        age_years=understood.age_years,
        turnover=understood.turnover,
        sector=told.sector or next(iter(understood.sectors), ""),
        commune=understood.commune or "",
        needs=tuple(need for need in understood.needs if need not in _NOT_OF_A_FIRM),
    )


def _form_updates(filled: Situated) -> dict[str, Any]:
    is_firm = filled.stage in ("", "entreprise")
    return {
        "sentence": filled.sentence,
        "stage": filled.stage or UNKNOWN,
        "employees": gr.update(value=measure(filled.employees, None), visible=is_firm),
        "age_years": gr.update(value=measure(whole(filled.age_years), None), visible=is_firm),
        "turnover": gr.update(value=measure(whole(filled.turnover), "€"), visible=is_firm),
        "sector": filled.sector if filled.sector in SECTOR_LABELS else UNKNOWN,
        "commune": filled.commune,
        "needs": list(filled.needs),
    }


def _firm_boxes(stage: str) -> list[Any]:
    """Staff, age and turnover are asked of a firm only."""
    return [gr.update(visible=stage in (UNKNOWN, "entreprise"))] * 3


def _number(written: str | None, name: str, kind: Callable[[float], Any]) -> Any:
    if not (written or "").strip():
        return None
    try:
        return number_of(written or "", kind)
    except ValueError as error:
        raise UsageError(f"{name} « {written} » n’est pas un nombre : écrivez-le en chiffres, par exemple 6.") from error


def _links(filled: Situated) -> str:
    """What can be done with the advice: print it, take it away, open it again."""
    query = escape(query_of_situated(filled))
    names = {"docx": "DOCX", "md": "Markdown", "csv": "CSV"}
    files = "".join(f'<a href="/aides/resultat.{form}?{query}">Fichier {name}</a> ' for form, name in names.items())
    return (
        f'<p class="links"><button type="button" class="print">Imprimer</button> {files}'
        f'<a class="address" href="/aides?{query}">Lien vers cette situation</a></p>'
    )


def _examples() -> str:
    listed = "".join(f'<li><a href="/aides?{escape(urlencode({"phrase": one}))}">{one_line(one)}</a></li>' for one in EXAMPLES)
    return f'<div class="examples"><h2>Par exemple</h2><ul>{listed}</ul></div>'


def _failed(sentence: str) -> str:
    return f'<p class="failed">{one_line(sentence)}</p>'
