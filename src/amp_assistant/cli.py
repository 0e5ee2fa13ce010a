"""The command line: parse, call the façade, print. The only module that prints."""

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.journal import keep_journal
from amp_assistant.settings import Settings, close_network, read_settings

if TYPE_CHECKING:
    from amp_assistant.report import Report

application = typer.Typer(
    help="Questions sur les plans publics de la Métropole Aix-Marseille-Provence, réponses prouvées par des citations.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
feedback = typer.Typer(help="Les avis donnés sur les réponses.", no_args_is_help=True)
privacy = typer.Typer(help="Les données personnelles.", no_args_is_help=True)
application.add_typer(feedback, name="feedback")
application.add_typer(privacy, name="privacy")
console = Console()
errors = Console(stderr=True)

INTERRUPTED = 130
"""The exit code of a command that was stopped by Ctrl-C."""

_STATES = {"added": "ajouté", "changed": "modifié", "unchanged": "inchangé", "removed": "retiré", "unreadable": "illisible"}
"""What became of a document, by its state in the report."""


@application.command()
def index(force: Annotated[bool, typer.Option("--force", help="Reconstruire même si rien n'a changé.")] = False) -> None:
    """Construit ou rafraîchit l'index des documents."""
    from amp_assistant.building import build_index

    for stage in ("documents", "enrichment"):  # the report tells what they warn of
        logging.getLogger(f"amp_assistant.{stage}").setLevel(logging.ERROR)
    settings = read_settings()
    with _progress() as progress:
        report = build_index(settings, progress, force=force)
    _print_report(report)


@application.command()
def ask(  # noqa: PLR0913 - one parameter an option
    question: Annotated[str, typer.Argument(help="La question, entre guillemets.")],
    document: Annotated[list[str] | None, typer.Option(help="Chercher dans ce seul document (identifiant) ; peut être répété.")] = None,
    year: Annotated[list[int] | None, typer.Option(help="Chercher dans les documents de cette année ; peut être répété.")] = None,
    nature: Annotated[list[str] | None, typer.Option(help="engagement, cible, resultat... ; peut être répété.")] = None,
    section: Annotated[str, typer.Option(help="Chercher sous les titres qui contiennent ces mots : « levier 2 ».")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Écrire la réponse en JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Montrer ce qui a été compris et trouvé.")] = False,
) -> None:
    """Répond à une question, citations à l'appui."""
    from amp_assistant.filters import read_filters
    from amp_assistant.typography import unbroken

    filters = read_filters({"documents": document or [], "years": year or [], "natures": nature or [], "section": section})
    assistant = _open()
    answer = assistant.ask(question, filters=filters)
    if as_json:
        print(json.dumps({"id": None, **answer.record()}, ensure_ascii=False, indent=2))
        return
    console.print(unbroken(answer.text), markup=False, highlight=False)
    for notice in answer.notices:
        console.print(f"\n{unbroken(notice)}", style="italic", markup=False, highlight=False)
    if answer.citations:
        console.print("\nSources", style="bold")
    for citation in answer.citations:
        place = " > ".join(filter(None, [*citation.section, citation.page_text, citation.caution]))
        console.print(f"[{citation.number}] {citation.title} ({citation.date}) — {place}", markup=False, highlight=False, style="dim")
    if explain:
        _explain(assistant, question, filters)


@application.command()
def batch(
    questions: Annotated[Path, typer.Argument(help="Fichier JSON Lines : id, question, history, filters.")],
    answers: Annotated[Path, typer.Argument(help="Fichier JSON Lines à écrire.")],
) -> None:
    """Répond à toutes les questions d'un fichier, dans un seul processus."""
    asked = list(_read_batch(questions))
    assistant = _open()
    aside = answers.with_name(answers.name + ".new")
    try:
        with aside.open("w", encoding="utf-8") as file:
            for line in asked:
                file.write(json.dumps(_answer_line(assistant, line), ensure_ascii=False) + "\n")
        aside.replace(answers)
    except OSError as error:
        raise UsageError(f"Le fichier « {answers} » ne peut pas être écrit ({error.strerror}) : donnez un autre chemin.") from error
    errors.print(f"{len(asked)} réponses écrites dans « {answers} ».", highlight=False)


@application.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Adresse d'écoute.")] = None,
    port: Annotated[int | None, typer.Option(help="Port d'écoute.")] = None,
) -> None:
    """Ouvre la page de discussion."""
    settings = read_settings()
    chosen = settings.model_copy(update={name: value for name, value in (("host", host), ("port", port)) if value is not None})
    if not sys.stderr.isatty():
        keep_journal()
    from amp_assistant.web.server import serve_when_opened

    def opened() -> Any:
        assistant = _open(chosen)
        assistant.adviser  # noqa: B018 -- built now, so that the first visitor does not wait for the register
        assistant.find(assistant.understand("Quelles aides pour les entreprises ?"))  # nor for what a first question loads
        console.print(f"L'assistant est ouvert sur http://{chosen.host}:{chosen.port} (Ctrl-C pour arrêter).", highlight=False)
        return assistant

    serve_when_opened(opened, chosen)


@application.command()
def register(
    table: Annotated[str, typer.Argument(help="dispositifs, engagements, cibles, resultats, suivi ou conflicts.")],
    form: Annotated[str, typer.Option("--format", help="json, csv ou xlsx.")] = "json",
    output: Annotated[Path | None, typer.Option(help="Fichier à écrire, plutôt que d'afficher.")] = None,
) -> None:
    """Donne une table du registre : chaque ligne avec les citations qui la prouvent."""
    from amp_assistant.export import FORMATS, export
    from amp_assistant.register import TABLES, Register

    if table not in (*TABLES, "conflicts"):
        raise UsageError(f"La table « {table} » n'existe pas : choisissez parmi {', '.join(TABLES)}, conflicts.")
    if form not in FORMATS:
        raise UsageError(f"Le format « {form} » n'existe pas : choisissez parmi {', '.join(FORMATS)}.")
    settings = read_settings()
    held = Register.of(_open(settings).index, settings)
    rows = held.conflicts if table == "conflicts" else held.table(table)  # type: ignore[arg-type]
    text = export(rows, form, output, title=table)
    if output is None:
        sys.stdout.write(text)
    else:
        errors.print(f"{len(rows)} lignes écrites dans « {output} ».", highlight=False)


@application.command()
def aids(  # noqa: PLR0913 - one parameter an option
    sentence: Annotated[str, typer.Argument(help="La situation en une phrase, entre guillemets.", metavar="[PHRASE]")] = "",
    employees: Annotated[int | None, typer.Option(min=0, help="Nombre de salariés.")] = None,
    age_years: Annotated[float | None, typer.Option(min=0, help="Âge de l'entreprise, en années.")] = None,
    turnover: Annotated[float | None, typer.Option(min=0, help="Chiffre d'affaires annuel, en euros.")] = None,
    need: Annotated[list[str] | None, typer.Option(help="Besoin, à répéter : creation, financement, local-foncier...")] = None,
    sector: Annotated[str | None, typer.Option(help="Secteur d'activité.")] = None,
    commune: Annotated[str | None, typer.Option(help="Commune.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Écrire la réponse en JSON.")] = False,
) -> None:
    """Dit quelles aides conviennent à une situation, critère par critère."""
    from amp_assistant.answers.aids import Adviser
    from amp_assistant.situation import Fields

    fields = Fields(
        employees=employees, age_years=age_years, turnover=turnover, needs=tuple(need or ()), sector=sector, commune=commune
    )
    settings = read_settings()
    advice = Adviser.of(_open(settings).index, settings).advise(sentence, fields)
    if as_json:
        print(json.dumps(advice.record(), ensure_ascii=False, indent=2))
    else:
        console.print(advice.text(), markup=False, highlight=False)


@application.command()
def speech(  # noqa: PLR0913  # a parameter is an option of the command
    theme: Annotated[str, typer.Option(help="De quoi parler : « l'eau », « la commande publique », tout thème libre.")],
    output: Annotated[Path, typer.Option(help="Fichier à écrire : .docx, .odt, .md ou .txt (prompteur).")],
    minutes: Annotated[int, typer.Option(help="Durée, de 1 à 20 minutes.")] = 5,
    audience: Annotated[str, typer.Option(help="habitants, entreprises, agents, presse ou conseil.")] = "habitants",
    tone: Annotated[str, typer.Option(help="sobre, mobilisateur ou pédagogique.")] = "sobre",
    occasion: Annotated[str, typer.Option(help="réunion publique, inauguration, vœux, colloque ou visite.")] = "",
    commune: Annotated[
        list[str] | None, typer.Option(help="Commune ou filière à nommer si les documents le permettent ; peut être répété.")
    ] = None,
    sheet: Annotated[Path | None, typer.Option(help="Fiche d'une page à écrire aussi, avec les chiffres clés : .docx.")] = None,
) -> None:
    """Prépare un discours dont chaque fait est une citation, avec sa source en note."""
    from amp_assistant.speech import (
        Order,
        check_suffix,
        export_sheet,
        export_speech,
        read_audience,
        read_occasion,
        read_theme,
        read_tone,
    )

    check_suffix(output)
    if sheet is not None:
        check_suffix(sheet, (".docx",))
    order = Order(
        read_theme(theme),
        read_audience(audience),
        minutes,
        read_tone(tone),
        named=tuple(commune or ()),
        occasion=read_occasion(occasion) if occasion else None,
    )
    workshop = _open().workshop
    made = workshop.speech(order)
    if workshop.model:
        done = workshop.reworded(order)
        made = done.speech
        told = f"Mots de liaison écrits par {workshop.model.name} : {done.kept} sur {done.written} gardés."
        errors.print(done.notice or told, markup=False)
    export_speech(made, workshop.documents, output)
    if sheet is not None:
        export_sheet(made, workshop.suivi(order), workshop.documents, sheet, measured=workshop.measured(order))
    for notice in made.brief.notices:
        errors.print(f"[yellow]À savoir :[/] {escape(notice)}", highlight=False)
    length = f"{made.words} mots, {made.seconds // 60} min {made.seconds % 60:02d} s, {len(made.quotations)} citations"
    errors.print(f"Discours écrit dans « {escape(str(output))} » : {length}.", highlight=False)


@application.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(help="Fichier ou dossier de questions.")] = Path("tests/questions"),
    half: Annotated[str, typer.Option(help="Moitié : dev, test ou all.")] = "all",
    of_register: Annotated[bool, typer.Option("--register", help="Mesurer le registre et les aides plutôt que les réponses.")] = False,
    report: Annotated[Path | None, typer.Option(help="Rapport à écrire : .md, avec les dix réponses les plus faibles en entier.")] = None,
) -> None:
    """Mesure la recherche et les réponses sur des questions dont la bonne réponse est connue."""
    from rich.table import Table

    if of_register:
        _evaluate_register(Path("tests/register"))
        return

    from amp_assistant.evaluation import by, read_questions, summary
    from amp_assistant.evaluation import evaluate as evaluate_all
    from amp_assistant.evaluation_report import ATTRIBUTES, markdown

    if half not in ("dev", "test", "all"):
        raise UsageError(f"La moitié « {half} » n'existe pas : choisissez dev, test ou all.")
    asked = read_questions(questions, None if half == "all" else half)  # type: ignore[arg-type]
    results = evaluate_all(asked, _open().ask)
    figures = {"ensemble": summary(results)}
    for attribute in ATTRIBUTES:
        figures |= by(results, attribute)
    columns = list(dict.fromkeys(name for row in figures.values() for name in row))
    table = Table("", *columns, title=f"{len(results)} questions")
    for name, row in figures.items():
        table.add_row(name, *(_figure(row.get(column)) for column in columns))
    Console(width=220).print(table)
    if report:
        try:
            report.write_text(markdown(results), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"Le rapport « {report} » ne peut pas être écrit : vérifiez le dossier et vos droits.") from error
        errors.print(f"Rapport écrit dans « {report} ».", highlight=False, markup=False)


@application.command()
def doctor() -> None:
    """Vérifie l'installation, point par point, et dit comment corriger ce qui ne va pas."""
    from amp_assistant.doctor import examine, told_settings

    settings = read_settings()
    console.print("Réglages", style="bold")
    for name, value in told_settings(settings).items():
        console.print(f"  {name} = {value}", markup=False, highlight=False, soft_wrap=True)
    console.print("Vérifications", style="bold")
    findings = list(examine(settings))
    for finding in findings:
        lines = [f"  {'bien  ' if finding.is_well else 'à voir'}  {finding.what} : {finding.told}"]
        lines += [f"          {finding.remedy}"] if finding.remedy else []
        console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    if any(finding.is_fault for finding in findings):
        sys.exit(1)


@application.command()
def backup(file: Annotated[Path, typer.Argument(help="Archive à écrire : .zip.")]) -> None:
    """Sauvegarde ce qui ne peut pas être reconstruit : les documents, leur enrichissement, les corrections, les avis."""
    from amp_assistant.backup import write_backup

    kept = write_backup(read_settings(), file)
    errors.print(f"{kept} fichiers sauvegardés dans « {file} ».", highlight=False, markup=False)


@application.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Archive écrite par « backup ».")],
    force: Annotated[bool, typer.Option("--force", help="Remplacer aussi ce qui a changé depuis la sauvegarde.")] = False,
) -> None:
    """Remet en place une sauvegarde, après l'avoir vérifiée tout entière."""
    from amp_assistant.backup import restore_backup

    restored = restore_backup(read_settings(), file, force=force)
    errors.print(f"{restored} fichiers remis en place. L'index se reconstruit par « amp-assistant index ».", highlight=False)


@feedback.command("export")
def export_feedback(file: Annotated[Path, typer.Argument(help="Fichier JSON Lines à écrire.")]) -> None:
    """Écrit les avis donnés sur les réponses comme des questions que « evaluate » sait lire."""
    from amp_assistant.feedback import FeedbackStore

    written = FeedbackStore.of(read_settings()).export(file)
    errors.print(f"{written} avis écrits dans « {file} ».", highlight=False)


@privacy.command("purge")
def purge(everything: Annotated[bool, typer.Option("--all", help="Supprimer tous les avis.")] = False) -> None:
    """Supprime les avis dont la durée de conservation est passée."""
    from amp_assistant.feedback import FeedbackStore

    deleted = FeedbackStore.of(read_settings()).purge(everything=everything)
    errors.print(f"{deleted} avis supprimés.", highlight=False)


@application.command()
def password() -> None:
    """Demande un mot de passe d'administration et en donne l'empreinte, à mettre dans AMP_ADMIN_PASSWORD_HASH."""
    from amp_assistant.passwords import PasswordHash

    typed = typer.prompt("Mot de passe d'administration", hide_input=True, confirmation_prompt="Le même, encore une fois", err=True)
    print(PasswordHash.of(typed).written)


@application.command()
def enrich(document: Annotated[str, typer.Argument(help="Le document : son identifiant ou le nom de son fichier.")]) -> None:
    """Écrit l'enrichissement d'un document avec le modèle de langage ; reprend là où il s'était arrêté."""
    from amp_assistant.documents import read_corpus
    from amp_assistant.enriching import Report, enrich_document
    from amp_assistant.language_model import LanguageModel

    settings = read_settings()
    model = LanguageModel.open(settings)
    documents = {name: found for found in read_corpus(settings.corpus).documents for name in (found.path, found.id)}
    if document not in documents:
        known = ", ".join(sorted({found.id for found in documents.values()}))
        raise UsageError(f"Le document « {document} » n'est pas dans « {settings.corpus} » : choisissez parmi {known}.")
    path = settings.enrichment / f"{documents[document].id}.jsonl"
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bars:
        task = bars.add_task("Enrichissement")

        def show(report: Report) -> None:
            tokens = f"{report.usage.input_tokens + report.usage.output_tokens} jetons"
            bars.update(task, description=f"Enrichissement ({tokens})", completed=report.done, total=report.units)

        report = enrich_document(documents[document], model, path, show)
    usage = report.usage
    console.print(
        f"{report.units} unités : {report.present} déjà décrites, {report.written} écrites dans « {path} ». "
        f"{usage.model} : {usage.input_tokens} jetons lus, {usage.output_tokens} écrits, {usage.seconds:.0f} s.",
        highlight=False,
    )
    for reason, count in report.dropped.most_common():
        console.print(f"- écarté, {reason} : {count}", markup=False, highlight=False)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; known errors end in one sentence and an exit code (2 misuse, 1 failure)."""
    close_network()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        application(arguments)
    except AssistantError as error:
        errors.print(str(error), style="red", markup=False, highlight=False)
        sys.exit(error.exit_code)
    except SystemExit as stop:
        if stop.code == INTERRUPTED:  # typer makes it of a Ctrl-C
            errors.print("Interrompu : ce qui était en place le reste.")
        raise


def _open(settings: Settings | None = None) -> Any:
    from amp_assistant.assistant import Assistant

    with _progress() as progress:
        return Assistant.open(settings, progress)


@contextmanager
def _progress() -> Iterator[Any]:
    """A bar a stage on the terminal's error stream, shown from the first step on."""
    columns = (TextColumn("{task.description:<26}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def _print_report(report: "Report") -> None:
    """A table of the documents, what a person should know of them, and what it took."""
    from rich.table import Table

    lines = report.documents
    columns = {
        "Document": [escape(line.path) for line in lines],
        "État": [_STATES[line.state] for line in lines],
        "Pages": ["" if line.pages is None else str(line.pages) for line in lines],
        "Passages": [str(line.passages or "") for line in lines],
        "Pages lues par OCR": [_ranges(line.ocr_pages) for line in lines],
        "Pages illisibles": [_ranges(line.unreadable_pages) for line in lines],
    }
    table = Table()
    for name, cells in columns.items():
        if any(cells):
            table.add_column(name, overflow="fold")
    for row in zip(*filter(any, columns.values()), strict=True):
        table.add_row(*row)
    console.print(table)
    for warning in (*report.warnings, *filter(None, [report.advice])):
        errors.print(f"[yellow]Attention :[/] {escape(warning)}", highlight=False, soft_wrap=True)
    counts = " · ".join(f"{_STATES[state]} : {count}" for state in _STATES if (count := report.count(state)))
    held = f"{report.passages} passages, {report.questions} questions"
    if report.seconds is None:
        console.print(f"L'index est à jour : {held}. {counts}", highlight=False)
    else:
        seconds = " · ".join(f"{stage} {value:.1f} s" for stage, value in report.seconds.items())
        console.print(f"Index construit : {held}. {counts}", highlight=False)
        console.print(seconds, highlight=False)


def _ranges(pages: Sequence[int]) -> str:
    """« 1-3, 7 » for 1, 2, 3, 7."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _explain(assistant: Any, question: str, filters: Any) -> None:
    from amp_assistant.situation import in_words

    query = assistant.understand(question, filters=filters)
    console.print(f"\nCompris : {query.intent}, langue {query.language}, cherché « {query.search_text} »", highlight=False)
    for step in query.steps:
        console.print(f"- {step}", highlight=False)
    if situation := in_words(assistant.adviser.advise(question).situation):
        console.print(f"- Situation comprise : {situation}.", highlight=False)
    for hit in assistant.find(query):
        arms = " ".join(f"{name} {share:.2f}" for name, share in hit.arms.items())
        console.print(f"{hit.score:6.2f} {hit.passage.id} ({arms})", markup=False, highlight=False)
    signs = ", ".join(f"{name} {value:.2f}" for name, value in assistant.signs(query).items())
    console.print(f"Signes pour et contre une réponse : {signs}", markup=False, highlight=False)


def _evaluate_register(folder: Path) -> None:
    """The register against gold rows, and the verdicts on aids against expected ones."""
    from rich.table import Table

    from amp_assistant.answers.aids import Adviser
    from amp_assistant.evaluation_register import GoldRow, GoldSituation, compare, judge_situations, read_lines
    from amp_assistant.register import Register

    gold, situations = read_lines(folder / "gold.jsonl", GoldRow), read_lines(folder / "situations.jsonl", GoldSituation)
    settings = read_settings()
    index = _open(settings).index
    held = Register.of(index, settings)
    table = Table("table", "lignes de référence", "lignes", "rappel", "précision", title="Registre")
    for one in compare(held, index, gold):
        table.add_row(one.table, str(one.gold), str(one.rows), _figure(one.recall), _figure(one.precision))
        for row in one.missing:
            errors.print(f"Manque dans {one.table} : « {row.quote} »", markup=False, highlight=False)
    console.print(table)
    judged = judge_situations(situations, Adviser(index, held, settings).advise)
    wrong = [one for one in judged if not one.is_right]
    for judgement in wrong:
        expected = f"{judgement.given}, attendu {judgement.expected.verdict}"
        errors.print(f"{judgement.situation.id} {judgement.expected.name} : {expected}", markup=False, highlight=False)
    right = len(situations) - len({judgement.situation.id for judgement in wrong})
    verdicts = f"{len(judged) - len(wrong)} verdicts sur {len(judged)}"
    console.print(f"Aides : {right} situations justes sur {len(situations)}, {verdicts}.", highlight=False)


def _read_batch(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Le fichier de questions « {path} » ne peut pas être lu : vérifiez son nom et son encodage (UTF-8).") from error
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            if not isinstance(line["question"], str):
                raise TypeError
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path.name}, ligne {number} : il faut un objet JSON avec au moins « question ».") from error
        yield line


def _answer_line(assistant: Any, line: dict[str, Any]) -> dict[str, Any]:
    """The answer to a batch line; a question that cannot be asked is answered by the sentence that says why."""
    from amp_assistant.filters import read_filters

    try:
        record = assistant.ask(line["question"], line.get("history") or (), read_filters(line.get("filters"))).record()
    except UsageError as error:
        record = {
            "question": line["question"],
            "answer": str(error),
            "abstained": True,
            "engine": "extractive",
            "citations": [],
            "passages": [],
            "notices": [],
            "seconds": 0.0,
        }
    return {"id": line.get("id"), **record}


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value > 1 else f"{value:.3f}"
