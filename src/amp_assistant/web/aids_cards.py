"""Which aids fit a situation, as cards: the verdict in words, each criterion with the sentence that states it and where it stands.

Everything that comes from a document or a person is escaped here; each function gives HTML without a line break, since Gradio's
Markdown ends a piece of HTML at the first blank line.
"""

from collections.abc import Mapping, Sequence
from html import escape

from amp_assistant.answers.aids import CRITERIA, JUDGEMENTS, SHOWN_AIDS, VERDICT_TITLES, Advice, Aid, questions_of
from amp_assistant.answers.eligibility import NOT_STATED, Criterion, Verdict
from amp_assistant.situation import Situation
from amp_assistant.vocabulary import SECTORS
from amp_assistant.web.proofs import proof_html, proofs_html
from amp_assistant.web.register_tables import measure, sentence_case
from amp_assistant.web.sources import one_line, with_quotations

NEED_LABELS: Mapping[str, str] = {
    "creation": "Créer mon entreprise",
    "reprise": "Reprendre une entreprise",
    "implantation": "M’installer ou déménager",
    "local-foncier": "Trouver ou agrandir un local, un terrain",
    "financement": "Financer un projet",
    "fiscalite": "Payer moins d’impôts locaux",
    "innovation": "Innover",
    "recrutement": "Recruter",
    "talents-etrangers": "Faire venir des talents de l’étranger",
    "formation": "Me former, être conseillé",
    "mobilite-salaries": "Les trajets de mes salariés",
    "international": "Exporter, l’international",
    "transition-ecologique": "Énergie, climat, déchets",
    "numerique": "Le numérique",
    "commande-publique": "Vendre aux collectivités",
    "reseau": "Rencontrer d’autres entreprises",
    "travaux-perturbations": "Des travaux gênent mon activité",
    "economie-sociale": "Économie sociale et solidaire",
    "commerce-artisanat": "Commerce et artisanat",
    "agriculture-alimentation": "Agriculture et alimentation",
    "insertion": "Insertion par l’emploi",
    "commune": "Je suis une commune",
}
"""A need of the documents as somebody says it."""
SECTOR_LABELS = {
    **{sector: sector.capitalize() for sector in SECTORS},
    "ess": "Économie sociale et solidaire",
    "mode": "Mode et textile",
    "maritime": "Maritime et nautisme",
}
"""A sector as somebody says it."""
VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "match": ("✓", "Correspond"),
    "confirm": ("?", "À confirmer"),
    "no": ("✕", "Ne correspond pas"),
}
"""A verdict's sign and words."""
KINDS: Mapping[str, str] = {
    "accompagnement": "accompagnement",
    "mise-en-relation": "mise en relation",
    "hebergement": "hébergement",
    "subvention": "subvention",
    "foncier-immobilier": "foncier et immobilier",
    "appel-a-projets": "appel à projets",
    "information": "information",
    "label": "label",
    "formation": "formation",
    "achat-public": "achat public",
    "pret": "prêt",
    "indemnisation": "indemnisation",
    "exoneration": "exonération",
}
"""An aid's kind in words; « autre » says nothing and is not shown."""
STATUSES: Mapping[str, str] = {"prevu": "annoncé, pas encore ouvert à la date du document", "clos": "clos"}
_COUNTED: Mapping[Verdict, tuple[str, str]] = {
    "match": ("correspond", "correspondent"),
    "confirm": ("est à confirmer", "sont à confirmer"),
    "no": ("ne correspond pas", "ne correspondent pas"),
}
"""What is said of one aid, and of several."""
_UNSTATED = "Le document n’en dit pas assez pour trancher : posez la question au contact donné plus haut."
_SIGNS = {"met": "✓", "unknown": "?", "not_met": "✕"}


def advice_html(advice: Advice, links: str) -> str:
    """The whole advice; `links` is what can be done with it, as HTML."""
    by_verdict = {verdict: [aid for aid in advice.aids if aid.verdict == verdict] for verdict in VERDICTS}
    counted = ", ".join(f"{len(aids)} {_COUNTED[verdict][len(aids) > 1]}" for verdict, aids in by_verdict.items())
    told = f'<p class="count"><strong>{counted if advice.aids else "Aucune aide trouvée"}.</strong></p>'
    questions = "".join(f"<li>{with_quotations(question)}</li>" for question in advice.questions)
    title = "Ce qui préciserait le plus de réponses"
    ask = f'<div class="questions"><h3>{title}</h3><ul>{questions}</ul></div>' if questions else ""
    return (
        f'<section class="advice"><h2>Les aides pour votre situation</h2>{_understood(advice.situation)}{told}{links}'
        f"{_notices(advice)}{ask}"
        f"{_section('match', by_verdict['match'], advice)}{_section('confirm', by_verdict['confirm'], advice)}"
        f"{_refused(by_verdict['no'])}</section>"
    )


def situation_told(situation: Situation) -> list[str]:
    """What was understood of a situation, one phrase each."""
    place = {True: "dans la Métropole", False: "hors de la Métropole", None: "commune inconnue de la liste"}[situation.in_territory]
    years = situation.age_years
    phrases = (
        {"création": "entreprise pas encore créée", "reprise": "reprise d’une entreprise"}.get(situation.stage or ""),
        _count(situation.employees, "salarié") if situation.employees is not None else None,
        f"entreprise de {measure(whole(years), 'ans' if years >= 2 else 'an')}" if years is not None else None,
        f"chiffre d’affaires de {measure(whole(situation.turnover), '€')}" if situation.turnover is not None else None,
        f"secteur : {', '.join(SECTOR_LABELS[sector].lower() for sector in situation.sectors)}" if situation.sectors else None,
        f"{situation.commune} ({place})" if situation.commune else None,
        f"besoins : {', '.join(NEED_LABELS[need].lower() for need in situation.needs)}" if situation.needs else None,
        f"projet : {', '.join(situation.projects)}" if situation.projects else None,
        f"écarté : {', '.join(situation.refused)}" if situation.refused else None,
    )
    return [phrase for phrase in phrases if phrase]


def meta_of(aid: Aid) -> list[str]:
    """What kind of aid it is, who runs it and whether it is open."""
    one = aid.dispositif
    told = (KINDS.get(one.kind), f"par {one.operator}" if one.operator else None, STATUSES.get(one.status))
    return [phrase for phrase in told if phrase]


def name_of(aid: Aid) -> str:
    """The name, and the acronym where the name does not hold it."""
    acronym = aid.dispositif.acronym
    return f"{aid.dispositif.name} ({acronym})" if acronym and acronym not in aid.dispositif.name else aid.dispositif.name


def _understood(situation: Situation) -> str:
    told = situation_told(situation)
    return f'<p class="understood"><strong>Ce qui est compris :</strong> {escape(" · ".join(told))}</p>' if told else ""


def _notices(advice: Advice) -> str:
    """What to be careful about, and whom to ask, with where the address stands."""
    contact = advice.contact
    listed = "".join(f"<li>{with_quotations(notice)}</li>" for notice in advice.notices if not (contact and contact.quote in notice))
    if contact:
        where = proofs_html([contact], "Où c’est écrit")
        listed += f'<li><span>Contact donné par le document :</span> <span lang="fr">{one_line(contact.quote)}</span> {where}</li>'
    return f'<ul class="notices">{listed}</ul>' if listed else ""


def _section(verdict: Verdict, aids: Sequence[Aid], advice: Advice) -> str:
    """The cards of a verdict, the nearest first; those farther off unfold."""
    if not aids:
        return ""
    near, far = ("".join(_card(aid, advice.situation) for aid in part) for part in (aids[:SHOWN_AIDS], aids[SHOWN_AIDS:]))
    summary = f"Les {len(aids) - SHOWN_AIDS} suivantes, plus éloignées de votre demande"
    more = f'<details class="more"><summary>{summary}</summary>{far}</details>' if far else ""
    return f'<section class="{verdict}"><h3>{VERDICT_TITLES[verdict]} ({len(aids)})</h3>{near}{more}</section>'


def _card(aid: Aid, situation: Situation) -> str:
    sign, words = VERDICTS[aid.verdict]
    benefit = f'<p lang="fr">{one_line(sentence_case(aid.dispositif.benefit))}</p>' if aid.dispositif.benefit else ""
    criteria = "".join(_criterion(one, aid) for one in aid.criteria)
    common, own = questions_of(aid, situation)
    questions = [*common, *own] if aid.verdict == "confirm" else []
    asked = "".join(f"<li>{with_quotations(question)}</li>" for question in questions)
    ask = f'<div class="asked"><p>Ce qui changerait ce verdict :</p><ul>{asked}</ul></div>' if asked else ""
    if aid.verdict == "confirm" and not asked:
        ask = f'<div class="asked"><p>{_UNSTATED}</p></div>'
    shown = {one.proof for one in aid.criteria if one.quote}
    others = [proof for number, proof in enumerate(aid.dispositif.proofs, 1) if number not in shown]
    return (
        f'<article class="aid {aid.verdict}"><h4 lang="fr">{escape(name_of(aid))}</h4>'
        f'<p class="verdict"><span aria-hidden="true">{sign}</span> {words}</p>'
        f'<p class="meta">{escape(" · ".join(meta_of(aid)))}</p>{benefit}<dl>{criteria}</dl>{ask}'
        f"{proofs_html(others, 'Ce que les documents en disent aussi')}</article>"
    )


def _criterion(one: Criterion, aid: Aid) -> str:
    """A criterion: what the document asks, whether it is met, and the sentence that states it."""
    is_silent = one.text == NOT_STATED
    summary = "Ce que dit le document" if is_silent else "La phrase qui le dit"
    proof = proofs_html([aid.dispositif.proofs[one.proof - 1]], summary) if one.quote else ""
    judged = f'<span class="judged"><span aria-hidden="true">{_SIGNS[one.verdict]}</span> {JUDGEMENTS[one.verdict]}</span>'
    told = one_line(one.text) if is_silent else f'<span lang="fr">{one_line(one.text)}</span> {judged}'
    return f"<dt>{CRITERIA[one.criterion].capitalize()}</dt><dd>{told} {proof}</dd>"


def _refused(aids: Sequence[Aid]) -> str:
    """The aids that do not match, folded, each with the criterion that is not met and its proof."""
    if not aids:
        return ""
    reasons = {name_of(aid): "".join(_reason(one, aid) for one in aid.criteria if one.verdict == "not_met") for aid in aids}
    listed = "".join(f'<li><strong lang="fr">{escape(name)}</strong>{told}</li>' for name, told in reasons.items())
    return f'<details class="refused"><summary>{VERDICT_TITLES["no"]} ({len(aids)})</summary><ul>{listed}</ul></details>'


def _reason(one: Criterion, aid: Aid) -> str:
    told = f'<p><span>{CRITERIA[one.criterion].capitalize()}</span> : <span lang="fr">{one_line(one.text)}</span></p>'
    return told + proof_html(aid.dispositif.proofs[one.proof - 1])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number > 1)}"


def whole(number: float | None) -> float | None:
    """The number without a decimal that says nothing: 6 for 6.0."""
    return int(number) if number is not None and float(number).is_integer() else number
