"""The whole program: ``python app.py`` builds the index where it is missing and serves the page."""

import sys

from amp_assistant.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
