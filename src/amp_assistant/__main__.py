"""``python -m amp_assistant``: the command line where the script is not on the path."""

from amp_assistant.cli import main

main()
