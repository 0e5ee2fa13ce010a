"""The speech workshop: what to talk about, to whom and how long; then the facts to tick and order, and the speech that they make.

The draft is told by the query string of the page, as are its files. `speech.js` hands the ticked elements, in their order, to the hidden
box; the list itself is not drawn anew then, so that whoever works in it keeps their place.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import gradio as gr

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.speech import Audience, Occasion, Order, Tone, known_themes, read_theme
from amp_assistant.speech.brief import LONGEST_MINUTES
from amp_assistant.speech.gathering import year_of
from amp_assistant.web.opening import on_load, query_string
from amp_assistant.web.sources import one_line
from amp_assistant.web.speech_address import Draft, draft_of, query_of_draft
from amp_assistant.web.speech_files import speech_of
from amp_assistant.web.speech_parts import brief_html, length_html, links_html, plan_html, speech_html

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

INTRODUCTION = (
    "<p>Choisissez un thème, un public et une durée&nbsp;: chaque fait proposé est une citation d’un document, avec sa source. "
    "Vous cochez, retirez et déplacez ce que vous voulez dire, puis vous emportez le discours. Ce que vous écrivez n’est pas gardé.</p>"
)
EXAMPLES = ("l'eau", "la commande publique", "l'emploi")
UNEXPECTED = "Un incident technique a empêché de préparer le discours ; il est noté dans le journal. Réessayez dans un instant."
GATHERING = '<p class="searching">Recherche des faits, puis choix de ceux qui tiennent dans la durée…</p>'
REWORDING = '<p class="searching">Le modèle de langage réécrit les mots de liaison…</p>'
NOTHING_KEPT = "Aucun élément n’est coché : cochez au moins ce que vous voulez dire."
ANY = "quelconque"
MINUTES = (2, 5, 10)
_AUDIENCES = (
    ("Habitants", Audience.RESIDENTS),
    ("Entreprises", Audience.COMPANIES),
    ("Agents", Audience.AGENTS),
    ("Presse", Audience.PRESS),
    ("Conseil métropolitain", Audience.COUNCIL),
)


def build_speech(assistant: "Assistant") -> None:
    """Lay the page out, inside an open gr.Blocks. The workshop is not opened before somebody asks for a speech."""
    with gr.Column(elem_id="speech"):
        gr.Markdown(INTRODUCTION, elem_classes="introduction")
        form = _form(assistant)
        make = gr.Button("Préparer le discours", variant="primary", elem_id="make")
        address = gr.JSON({"query": ""}, visible=False)
        kept = gr.Textbox(label="Éléments cochés", elem_id="kept")
        shown = {
            "told": gr.Markdown(_examples(), elem_id="speech-told", latex_delimiters=[]),
            "length": gr.Markdown("", elem_id="speech-length", latex_delimiters=[]),
        }
        with gr.Row(elem_id="speech-sides"):
            shown["brief"] = gr.Markdown("", elem_id="brief", latex_delimiters=[])
            with gr.Column(elem_id="spoken", min_width=320):
                shown["files"] = gr.Markdown("", elem_id="speech-files", latex_delimiters=[])
                shown["speech"] = gr.Markdown("", elem_id="speech-text", latex_delimiters=[])
                reword = gr.Button("Réécrire les mots de liaison avec le modèle de langage", visible=False, elem_id="reword")
    parts: dict[str, Any] = form | shown | {"address": address, "reword": reword}
    everything = list(parts.values())
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def named(updates: Iterator[dict[str, Any]]) -> Iterator[dict[Any, Any]]:
        for update in updates:
            yield {parts[name]: value for name, value in update.items()}

    def asked(values: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
        held = {name: values[part] for name, part in form.items()}
        yield from named(begin(assistant, lambda: _draft(assistant, held)))

    def opened(request: gr.Request) -> Iterator[dict[Any, Any]]:
        query = query_string(request)
        if request.query_params.get("theme"):
            yield from named(begin(assistant, lambda: draft_of(query)))
        else:  # boxes that are folded away tell nothing, not even that nothing is ticked, until they are set once
            yield {form["documents"]: gr.update(value=[]), form["years"]: gr.update(value=[])}

    gr.on([make.click, form["theme"].submit], asked, set(form.values()), everything, **private)
    form["usual"].input(lambda theme: theme, form["usual"], form["theme"], **private)
    changed = [shown["length"], shown["files"], shown["speech"], address]
    kept.change(partial(_changed, assistant), [kept, address], changed, trigger_mode="always_last", **private)
    reword.click(partial(_rewritten, assistant), address, changed, **private)
    on_load(opened, everything, **private)


def begin(assistant: "Assistant", asked: Callable[[], Draft]) -> Iterator[dict[str, Any]]:
    """What the parts of the page show of a draft, by their names, as it comes; the sentence that says why there is none."""
    yield _empty() | {"told": GATHERING}
    try:
        draft = asked()
        plain = replace(draft, is_reworded=False)
        made = speech_of(assistant, plain).speech
        model = assistant.workshop.model
        brief = made.brief
        opening = {
            **_form_updates(draft.order),
            "told": f'<h2 lang="fr">{escape(made.title)}</h2><p>Cochez, décochez, déplacez : la durée et le discours suivent.</p>',
            "brief": brief_html(brief, assistant.workshop.documents),
            "reword": gr.update(visible=model is not None),
        }
        yield opening | _spoken(assistant, plain)
        if model is not None:
            yield {"length": REWORDING}
            yield _spoken(assistant, replace(draft, is_reworded=True))
    except AssistantError as error:
        yield _empty() | {"told": _failed(str(error))}
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Un discours n'a pas pu être préparé.")
        yield _empty() | {"told": _failed(UNEXPECTED)}


def _changed(assistant: "Assistant", kept: str, address: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """The speech of the elements that are ticked now; `kept` is their ids, then a count that makes each change one."""
    ids = tuple(filter(None, kept.partition("/")[0].split(",")))
    yield from _again(assistant, address, lambda draft: replace(draft, kept=ids, is_reworded=False))


def _rewritten(assistant: "Assistant", address: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    yield REWORDING, gr.skip(), gr.skip(), gr.skip()
    yield from _again(assistant, address, lambda draft: replace(draft, is_reworded=True))


def _again(assistant: "Assistant", address: Mapping[str, str], change: Callable[[Draft], Draft]) -> Iterator[tuple[Any, ...]]:
    try:
        draft = change(draft_of(address["query"]))
        if draft.kept == ():
            yield _failed(NOTHING_KEPT), "", "", gr.skip()
            return
        updates = _spoken(assistant, draft)
        yield updates["length"], updates["files"], updates["speech"], updates["address"]
    except AssistantError as error:
        yield _failed(str(error)), gr.skip(), gr.skip(), gr.skip()
    except Exception:  # the outer edge, as above
        logger.exception("Un discours n'a pas pu être changé.")
        yield _failed(UNEXPECTED), gr.skip(), gr.skip(), gr.skip()


def _spoken(assistant: "Assistant", draft: Draft) -> dict[str, Any]:
    """The speech of a draft, its length, its files and its address."""
    done = speech_of(assistant, draft)
    query = query_of_draft(draft)
    notice = done.notice
    if draft.is_reworded and not notice:
        notice = f"Mots de liaison écrits par le modèle de langage : {done.kept} sur {done.written} gardés, les autres sont ceux prévus."
    told = f'<p class="notice">{one_line(notice)}</p>' if notice else ""
    return {
        "length": length_html(done.speech),
        "files": links_html(query) + plan_html(done.speech),
        "speech": told + speech_html(done.speech, assistant.workshop.documents),
        "address": {"query": query},
    }


def _form(assistant: "Assistant") -> dict[str, Any]:
    """The parts of the form by what they ask."""
    documents = list(assistant.index.documents.values())
    years = sorted({year_of(document.date) for document in documents}, reverse=True)
    form: dict[str, Any] = {
        "theme": gr.Textbox(
            label="De quoi parler ?",
            placeholder="Un thème en quelques mots, par exemple : l’eau, les transports, la commande publique",
            max_length=120,
            max_lines=1,
            elem_id="theme",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True, lang="fr"),
        ),
        "usual": gr.Radio([theme.name for theme in known_themes()], label="Ou un thème habituel", elem_id="usual"),
        "audience": gr.Radio([(label, str(value)) for label, value in _AUDIENCES], value=str(Audience.RESIDENTS), label="À qui ?"),
        "minutes": gr.Radio(_minutes(5), value=5, label="Combien de temps ?"),
        "tone": gr.Radio([(tone.capitalize(), str(tone)) for tone in Tone], value=str(Tone.SOBER), label="Sur quel ton ?"),
        "occasion": gr.Radio(
            [("Aucune en particulier", ANY), *((one.capitalize(), str(one)) for one in Occasion)], value=ANY, label="À quelle occasion ?"
        ),
        "named": gr.Textbox(label="Communes ou filières à nommer", placeholder="Vitrolles, hydrogène", max_length=200, max_lines=1),
    }
    with gr.Accordion("Documents et années à utiliser", open=False, elem_classes="more-filters"):
        choices = [(document.short_title, document.id) for document in documents]
        form["documents"] = gr.CheckboxGroup(choices, value=[], label="Documents (tous si rien n’est coché)")
        dated = [(str(year), year) for year in years]
        form["years"] = gr.CheckboxGroup(dated, value=[], label="Années des documents (toutes si rien n’est coché)")
    return form


def _draft(assistant: "Assistant", held: Mapping[str, Any]) -> Draft:
    """The draft that the form asks for.

    :raises UsageError: there is no theme.
    """
    theme = (held["theme"] or "").strip()
    if not theme:
        raise UsageError("Écrivez un thème, ou choisissez-en un parmi les thèmes habituels.")
    return Draft(
        Order(
            theme=read_theme(theme),
            audience=Audience(held["audience"]),
            minutes=int(held["minutes"]),
            tone=Tone(held["tone"]),
            documents=tuple(held["documents"] or ()),
            named=tuple(name for part in (held["named"] or "").split(",") if (name := part.strip())),
            years=tuple(map(int, held["years"] or ())),
            occasion=None if held["occasion"] in (None, ANY) else Occasion(held["occasion"]),
        ),
        is_reworded=assistant.workshop.model is not None,
    )


def _form_updates(order: Order) -> dict[str, Any]:
    known = {theme.name for theme in known_themes()}
    return {
        "theme": order.theme.name,
        "usual": order.theme.name if order.theme.name in known else None,
        "audience": str(order.audience),
        "minutes": gr.update(choices=_minutes(order.minutes), value=order.minutes),
        "tone": str(order.tone),
        "occasion": str(order.occasion or ANY),
        "named": ", ".join(order.named),
        "documents": list(order.documents),
        "years": list(order.years),
    }


def _minutes(asked: int) -> list[tuple[str, int]]:
    """The lengths to choose from, with the one that an address asks for."""
    return [(f"{minutes} minutes" if minutes > 1 else "1 minute", minutes) for minutes in sorted({*MINUTES, min(asked, LONGEST_MINUTES)})]


def _empty() -> dict[str, Any]:
    return {"told": "", "length": "", "brief": "", "files": "", "speech": "", "reword": gr.update(visible=False)}


def _examples() -> str:
    listed = "".join(
        f'<li><a href="/discours?{escape(urlencode({"theme": theme, "minutes": 5}))}">{escape(theme.capitalize())}, en 5 minutes</a></li>'
        for theme in EXAMPLES
    )
    return f'<div class="examples"><h2>Par exemple</h2><ul>{listed}</ul></div>'


def _failed(sentence: str) -> str:
    return f'<p class="failed">{one_line(sentence)}</p>'
