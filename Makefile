# AMP Assistant: `make run` is all that is needed; `make help` lists the rest.
# Everything is installed in .venv, which is made once, and again when pyproject.toml or constraints.txt change.

SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv/bin/python
PIP := $(VENV) -m pip --disable-pip-version-check install --constraint constraints.txt
NAMES := sed -u -nE -e 's/^Collecting ([A-Za-z0-9_.-]+).*/  \1/p' -e 's/^Installing.*/  (copie dans .venv)/p'  # of pip's words, what it fetches

FAILED := { echo "Erreur : l'installation a échoué, pour la raison dite ci-dessus. Vérifiez la connexion et la place sur le disque, puis relancez la même commande : elle reprend." >&2; exit 1; }

# The stamps carry the folder's name: an environment that was moved or copied along with its folder is installed anew.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
SETUP := .venv/setup-$(HERE)
SETUP_TEST := .venv/setup-test-$(HERE)
SETUP_BENCHMARK := .venv/setup-benchmark-$(HERE)

.PHONY: help setup run test fuzz check evaluate benchmark benchmark-retrieval benchmark-documents soak screenshots licences clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-20s %s\n", $$1, $$2 }' Makefile

setup: $(SETUP) ## make .venv and install the assistant in it

run: setup ## serve the page, building the index first where it is missing
	@$(VENV) app.py

test: $(SETUP_TEST) ## run the tests
	@$(VENV) -m pytest --numprocesses 2 --dist loadfile

fuzz: $(SETUP_TEST) ## read files with changed bytes, a few minutes
	@$(VENV) -m pytest -m fuzz

check: $(SETUP_TEST) ## check style and types
	@$(VENV) -m ruff check .
	@$(VENV) -m mypy

evaluate: setup ## measure the assistant on questions whose answers are known
	@$(VENV) -m amp_assistant evaluate

benchmark: $(SETUP_BENCHMARK) ## measure speed and size up to a million passages, 10 minutes, 13 GB of memory; writes docs/performance.md
	@HF_HUB_OFFLINE=1 $(VENV) -m benchmarks.speed

benchmark-retrieval: $(SETUP_BENCHMARK) ## compare the search with what people would use instead; writes docs/retrieval.md
	@HF_HUB_OFFLINE=1 $(VENV) -m benchmarks.retrieval

benchmark-documents: $(SETUP_TEST) ## make files of the documents with other tools and read them; writes docs/documents.md
	@PYTHONPATH=tests $(VENV) -m benchmarks.documents

soak: $(SETUP_TEST) ## put the pages under load, 100 users for 3 minutes; writes the table of docs/exploitation.md
	@$(VENV) -m benchmarks.soak

screenshots: $(SETUP_TEST) ## take the pictures of docs/images, in Chromium
	@$(VENV) -m benchmarks.screenshots

licences: $(SETUP_TEST) ## list the licences of what is installed; writes docs/licences.md
	@$(VENV) -m benchmarks.licences

clean: ## remove what was made: .venv, the index, caches
	@rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find index -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(SETUP): pyproject.toml constraints.txt
	@command -v $(PYTHON) > /dev/null \
	  || { echo "Erreur : « $(PYTHON) » est introuvable. Installez Python 3.11 ou plus récent, ou indiquez où il est : make run PYTHON=/chemin/vers/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Erreur : Python 3.11 ou plus récent est nécessaire, et « $(PYTHON) » est $$($(PYTHON) -V 2>&1). Indiquez-en un autre : make run PYTHON=/chemin/vers/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null \
	  || { echo "Erreur : il manque à « $(PYTHON) » de quoi créer un environnement. Sous Debian et Ubuntu, c'est le paquet python3-venv : faites-le installer, puis recommencez." >&2; exit 1; }
	@echo "Installation dans .venv (une seule fois, quelques minutes) :"
	@$(PYTHON) -m venv .venv
	@$(PIP) --editable . | $(NAMES) || $(FAILED)
	@rm -f .venv/setup-* && touch $@
	@echo "Installation terminée."

$(SETUP_TEST): $(SETUP)
	@echo "Installation de ce que demandent les tests :"
	@$(PIP) --editable '.[test]' | $(NAMES) || $(FAILED)
	@touch $@

$(SETUP_BENCHMARK): $(SETUP)
	@echo "Installation de ce que demandent les comparaisons :"
	@$(PIP) --editable '.[benchmark]' | $(NAMES) || $(FAILED)
	@touch $@
