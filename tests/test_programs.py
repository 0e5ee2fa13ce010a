"""What programs ask, over the real corpus, each by a real client: httpx, Gradio's, and that of the Model Context Protocol."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from amp_assistant.assistant import Assistant
from amp_assistant.citations import find_quotation
from amp_assistant.export import records
from amp_assistant.settings import Settings
from amp_assistant.web.server import serve

# Gradio counts its requests with an option that pandas has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")

Told = TypeVar("Told")
PATIENCE = 60
"""Seconds that the server may take to come."""
QUESTION = "Combien d'hectares le SCoT protège-t-il ?"
TOOLS = ["ask", "find_passages", "find_aids", "list_commitments", "follow_up", "speech_brief"]


@pytest.fixture(scope="module")
def address(assistant: Assistant, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    chosen = settings.model_copy(update={"host": "127.0.0.1", "port": port, "feedback": tmp_path_factory.mktemp("opinions") / "o.sqlite"})
    threading.Thread(target=serve, args=(assistant, chosen), daemon=True).start()
    found = f"http://127.0.0.1:{port}"
    end = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(f"{found}/healthz").raise_for_status()
            break
        except httpx.HTTPError:
            assert time.monotonic() < end, "the server does not come"
            time.sleep(0.2)
    yield found


@pytest.fixture(scope="module")
def api(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{address}/api/v1", timeout=PATIENCE) as client:
        yield client


def test_an_answer_is_the_record_of_the_command_line(api: httpx.Client, assistant: Assistant) -> None:
    told = api.post("/ask", json={"question": QUESTION}).raise_for_status().json()
    expected = json.loads(json.dumps(assistant.ask(QUESTION).record()))
    assert {**told, "seconds": 0} == {**expected, "seconds": 0}
    assert told["citations"] and not told["abstained"]


def test_a_follow_up_question_is_understood_with_its_history(api: httpx.Client, assistant: Assistant) -> None:
    history = ["Qu'est-ce que le CREM ?"]
    told = api.post("/ask", json={"question": "Et combien d'entreprises accompagne-t-il ?", "history": history}).json()
    assert told["answer"] == assistant.ask("Et combien d'entreprises accompagne-t-il ?", history).text


def test_passages_are_the_documents_own_words(api: httpx.Client, assistant: Assistant) -> None:
    found = api.post("/passages", json={"question": QUESTION}).raise_for_status().json()["passages"]
    assert len(found) == 10
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert all(one["text"] == assistant.passage(one["passage"]).text for one in found)


def test_aids_are_judged_for_the_situation(api: httpx.Client, assistant: Assistant) -> None:
    told = api.post("/aids", json={"text": "Je cherche un prêt d'honneur à Aubagne", "employees": 2}).raise_for_status().json()
    assert told["situation"]["employees"] == 2 and told["situation"]["commune"] == "Aubagne"
    assert told["aids"] and all(aid["verdict"] in ("match", "confirm", "no") and aid["citations"] for aid in told["aids"])


@pytest.mark.parametrize("table", ["dispositifs", "engagements", "cibles", "resultats", "suivi"])
def test_the_register_is_that_of_the_command_line(table: str, api: httpx.Client, assistant: Assistant) -> None:
    rows = assistant.register.table(table)  # type: ignore[arg-type]  # pytest's parameters are plain text
    told = api.get(f"/register/{table}", params={"limit": 7, "offset": 3}).raise_for_status().json()
    assert told["total"] == len(rows)
    assert told["rows"] == json.loads(json.dumps(records(rows[3:10])))


def test_the_register_is_filtered(api: httpx.Client) -> None:
    asked: dict[str, str | int] = {"document": "agenda-developpement-economique-2022", "orientation": 4, "words": "foncier"}
    rows = api.get("/register/engagements", params=asked).raise_for_status().json()["rows"]
    assert rows and all(row["orientation"] == 4 and row["document"] == "agenda-developpement-economique-2022" for row in rows)


def test_targets_come_with_their_results(api: httpx.Client) -> None:
    rows = api.get("/follow-up", params={"status": "non atteint"}).raise_for_status().json()["rows"]
    assert rows and all(row["status"] == "non atteint" and row["cible"]["proofs"] and row["resultat"]["proofs"] for row in rows)


def test_a_speech_can_be_made_anew_of_the_elements_that_are_kept(api: httpx.Client, assistant: Assistant) -> None:
    asked = {"theme": "l'eau", "minutes": 2, "audience": "presse", "occasion": "colloque"}
    made = api.post("/speech", json=asked).raise_for_status().json()
    statements = [one for section in made["sections"] for paragraph in section["paragraphs"] for one in paragraph]
    proofs = [proof for one in statements for proof in one["citations"]]
    assert proofs and all(find_quotation(assistant.passage(proof["passage"]), proof["quote"]) for proof in proofs)
    assert any("colloque" in one["text"] for one in statements)
    kept = [element["id"] for element in made["elements"]][:2]
    again = api.post("/speech", json={**asked, "keep": kept}).raise_for_status().json()
    assert [element["id"] for element in again["elements"]] == kept and again["words"] < made["words"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("POST", "/ask", {"question": "  "}, 400, "La question est vide"),
        ("POST", "/ask", {}, 422, "« question » manque"),
        ("POST", "/ask", {"question": "x" * 3000}, 422, "« question » est trop long"),
        ("POST", "/ask", {"question": "Eau ?", "autre": 1}, 422, "« autre » n’est pas un champ connu"),
        ("POST", "/aids", {}, 400, "Décrivez la situation"),
        ("POST", "/aids", {"employees": "six"}, 422, "« employees » doit être un nombre entier"),
        ("POST", "/speech", {"theme": "l'eau", "minutes": 99}, 400, "de 1 à 20 minutes"),
        ("POST", "/speech", {"theme": "l'eau", "documents": ["rien"]}, 400, "Le document « rien » n'existe pas"),
        ("POST", "/speech", {"theme": "l'eau", "years": [1999]}, 400, "1999"),
        ("GET", "/register/rien", None, 404, "Le tableau « rien » n’existe pas"),
        ("GET", "/register/cibles?limit=0", None, 422, "« limit » est trop petit"),
        ("GET", "/rien", None, 404, "Cette adresse n’existe pas"),
        ("GET", "/ask", None, 405, "n’accepte pas cette méthode"),
    ],
)
def test_what_is_wrong_is_told_in_one_french_sentence(
    method: str, path: str, body: dict[str, Any] | None, status: int, said: str, api: httpx.Client
) -> None:
    answer = api.request(method, path, json=body)
    assert answer.status_code == status
    assert said in answer.json()["sentence"]


def test_the_api_is_described_with_models_and_faults(address: str) -> None:
    described = httpx.get(f"{address}/api/openapi.json").raise_for_status().json()
    assert set(described["paths"]) == {
        f"/v1/{path}" for path in ("ask", "passages", "aids", "register/{table}", "follow-up", "speech")
    }
    for path in described["paths"].values():
        for operation in path.values():
            assert operation["summary"] and {"200", "400", "404", "422", "503"} <= set(operation["responses"])
            assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]


def test_the_documentation_names_every_address() -> None:
    text = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    for name in ("/api/openapi.json", "/gradio_api/mcp/", "`ask`", *TOOLS):
        assert name in text
    for path in ("ask", "passages", "aids", "register/{table}", "follow-up", "speech"):
        assert f"/api/v1/{path}" in text


def test_gradio_clients_call_the_same_functions(address: str, assistant: Assistant) -> None:
    client = Client(address, verbose=False)
    told = json.loads(client.predict(QUESTION, api_name="/ask"))
    assert told["answer"] == assistant.ask(QUESTION).text
    assert json.loads(client.predict(words="hydrogène", limit=2, api_name="/list_commitments"))["rows"]
    with pytest.raises(AppError, match="La question est vide"):
        client.predict("", api_name="/ask")


def over_mcp(address: str, speak: Callable[[ClientSession], Awaitable[Told]]) -> Told:
    """What a session with the server's tools gives."""

    async def spoken() -> Told:
        url = f"{address}/gradio_api/mcp/"
        async with streamable_http_client(url) as (reading, writing, _), ClientSession(reading, writing) as session:
            await session.initialize()
            return await speak(session)

    return asyncio.run(spoken())


def mcp_tools(address: str) -> list[Tool]:
    return over_mcp(address, lambda session: session.list_tools()).tools


def mcp_call(address: str, tool: str, **arguments: Any) -> CallToolResult:
    return over_mcp(address, lambda session: session.call_tool(tool, arguments))


def told_text(result: CallToolResult) -> str:
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


def test_language_models_see_these_tools_and_no_others(address: str) -> None:
    tools = mcp_tools(address)
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.description and len(tool.description) > 60
        assert all("description" in told for told in tool.inputSchema["properties"].values()), tool.name


@pytest.mark.parametrize(
    ("tool", "arguments", "held"),
    [
        ("ask", {"question": QUESTION}, "citations"),
        ("find_passages", {"question": QUESTION, "limit": 3}, "passages"),
        ("find_aids", {"situation": "Je cherche un prêt d'honneur", "commune": "Aubagne"}, "aids"),
        ("list_commitments", {"words": "hydrogène"}, "rows"),
        ("follow_up", {"status": "non atteint"}, "rows"),
        ("speech_brief", {"theme": "l'eau", "minutes": 2}, "sections"),
    ],
)
def test_each_tool_answers_in_json(tool: str, arguments: dict[str, Any], held: str, address: str) -> None:
    result = mcp_call(address, tool, **arguments)
    assert not result.isError
    assert json.loads(told_text(result))[held]


def test_a_tool_that_cannot_answer_says_why(address: str) -> None:
    result = mcp_call(address, "ask", question=" ")
    assert result.isError and "La question est vide" in told_text(result)
