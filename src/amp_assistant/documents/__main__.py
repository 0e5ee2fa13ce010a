"""``python -m amp_assistant.documents``: the process in which one document is read (see `reading_process`)."""

from amp_assistant.documents.reading_process import main

main()
