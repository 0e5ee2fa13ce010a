"""What every answerer gives back, and the record that programs read."""

from dataclasses import asdict, dataclass
from typing import Any

from amp_assistant.citations import Citation
from amp_assistant.language_model import Usage
from amp_assistant.retrieval import Hit


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its proof, or a refusal that helps.

    `text` is Markdown with the citations' numbers in square brackets; `abstained` tells a refusal, whose citations, if any, only
    name what is near; `engine` is what wrote it (``extractive`` or the language model's name); `hits` are the passages found, best
    first; `notices` are French sentences to show beside the answer; `seconds` is the time it took; `usage` is what the language model took
    for it, None without one; `framing` are the lines of the text that the program itself says of a list: what it counted, the headings;
    `suggested` are the questions that a refusal proposes, each of them answered, and `proposal` the last lines of its text, which do.
    """

    question: str
    text: str
    abstained: bool
    engine: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    notices: tuple[str, ...]
    seconds: float
    usage: Usage | None = None
    framing: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    proposal: str = ""

    def record(self) -> dict[str, Any]:
        """The answer as a JSON object, as ``ask --json`` and ``batch`` write it."""
        return {
            "question": self.question,
            "answer": self.text,
            "abstained": self.abstained,
            "engine": self.engine,
            "citations": [asdict(citation) for citation in self.citations],
            "passages": [
                {
                    "passage": hit.passage.id,
                    "document": hit.passage.document,
                    "text": hit.passage.text,
                    "score": round(hit.score, 4),
                    "section": list(hit.passage.heading_path),
                    "page": hit.passage.first_page,
                }
                for hit in self.hits
            ],
            "notices": list(self.notices),
            "seconds": round(self.seconds, 4),
        }
