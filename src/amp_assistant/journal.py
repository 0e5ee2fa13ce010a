"""The log of a server: one JSON object a line on the error stream, for systemd, containers and what collects logs.

    {"at": "2026-11-21T08:00:00+00:00", "level": "INFO", "from": "amp_assistant.telemetry", "told": "question", "outcome": "answered", ...}

No line holds what was asked, unless AMP_LOG_QUESTIONS says so; addresses of visitors are never logged.
"""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """A record as one line of JSON; `fields` of the record stand beside its message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "told": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def keep_journal() -> None:
    """Log as JSON lines from now on: this package's words from INFO on, those of libraries from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("amp_assistant").setLevel(logging.INFO)
