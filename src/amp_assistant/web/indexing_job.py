"""A change of the corpus in the background: one at a time, how far it is, and how it ended."""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from threading import Lock, Thread
from typing import Any

from amp_assistant.errors import AssistantError
from amp_assistant.progress import Progress

logger = logging.getLogger(__name__)

UNEXPECTED = "Un incident technique a interrompu l’indexation ; il est noté dans le journal. L’ancien index reste en service."


@dataclass(frozen=True, slots=True)
class State:
    """How far the change is, or how the last one ended: `message` if well, `failure` if not."""

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 1
    message: str = ""
    failure: str = ""

    def record(self) -> dict[str, Any]:
        """The state for a program."""
        return asdict(self)


class IndexingJob:
    """Runs one change after the other; safe to share between threads."""

    def __init__(self) -> None:
        self.state = State()
        self._lock = Lock()

    def start(self, work: Callable[[Progress], str], finish: Callable[[], None]) -> bool:
        """Begin a change in a thread of its own, unless one is running: False then. `work` gets the progress to tell and gives the sentence
        that is told when all is well; `finish` runs at the end, whatever happened."""
        with self._lock:
            if self.state.running:
                return False
            self.state = State(running=True, stage="Préparation")
        Thread(target=self._run, args=(work, finish), name="indexing", daemon=True).start()
        return True

    def _run(self, work: Callable[[Progress], str], finish: Callable[[], None]) -> None:
        try:
            ended = State(message=work(self._tell))
        except AssistantError as error:
            ended = State(failure=str(error))
        except Exception:  # the outer edge: whatever broke, the administrator gets a sentence and the log the trace
            logger.exception("Un changement des documents n'a pas pu être fait.")
            ended = State(failure=UNEXPECTED)
        finally:
            finish()
        self.state = ended

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.state = State(running=True, stage=stage, done=done, total=total)
