# make setup | llama | chat | test | eval | unseen | bench   (CONTRIBUTING.md has the targets)
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DOCS   := .venv-docs

.PHONY: setup llama langchain chat test lint slow eval unseen bench docs lock clean

setup: $(READY)

# uv installs a lock in seconds, pip in a minute or two; both check the same hashes.
# $(call install,PYTHON,LOCK)
define install
@if command -v uv >/dev/null 2>&1; then \
  uv pip install --quiet --compile-bytecode --python $(1) --no-deps --require-hashes -r $(2); \
else \
  $(1) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(2); \
fi
endef

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Citewell needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --clear $(VENV) || \
	  { echo "No virtual environment could be made; on Debian: apt-get install python3-venv"; exit 1; }
	$(call install,$(BIN)/python,requirements.lock)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

# llama.cpp and a model of 90 MB, and LangChain, for the tests that are skipped without them.
llama: $(VENV)/.llama
langchain: $(VENV)/.langchain

$(VENV)/.llama $(VENV)/.langchain: $(VENV)/.%: requirements-%.lock $(READY)
	$(call install,$(BIN)/python,$<)
	@touch $@

# The site of the documents, in an environment of its own; a warning is an error.
docs: setup $(DOCS)/.ready
	$(BIN)/python scripts/reference.py build/reference
	NO_MKDOCS_2_WARNING=1 $(DOCS)/bin/mkdocs build --quiet --strict
	@echo "Look at it: python3 -m http.server --directory build/site 8000"

$(DOCS)/.ready: requirements-docs.lock
	@$(PYTHON) -m venv --clear $(DOCS)
	$(call install,$(DOCS)/bin/python,requirements-docs.lock)
	@touch $@

chat: setup
	$(BIN)/citewell ui

test: setup lint
	$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

slow: setup
	$(BIN)/python -m pytest -m slow -n auto --dist loadfile

eval: setup
	$(BIN)/citewell eval gate

# The papers of arxiv-final are not in the repository: CORPUS names a file of arXiv records.
UNSEEN := build/unseen
unseen: setup
	@test -f "$(CORPUS)" || { echo "Name a file of arXiv records: make unseen CORPUS=arxiv.jsonl.gz"; exit 1; }
	rm -rf $(UNSEEN)
	$(BIN)/python scripts/fetch_papers.py eval/data/arxiv-final.ids.json --from "$(CORPUS)" -o $(UNSEEN)/papers.jsonl
	$(BIN)/citewell ingest $(UNSEEN)/papers.jsonl --data-dir $(UNSEEN)/arxiv
	$(BIN)/citewell eval run eval/data/arxiv-final.jsonl --data-dir $(UNSEEN)/arxiv --json $(UNSEEN)/arxiv-final.json
	$(BIN)/citewell eval run eval/data/bundled-held.jsonl --data-dir $(UNSEEN)/bundled --json $(UNSEEN)/bundled-held.json

bench: setup
	$(BIN)/python scripts/bench.py

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --override requirements.override \
	  $(foreach p,mpmath openvino-telemetry sentence-transformers sympy torch transformers,--no-emit-package $(p)) \
	  --extra dev pyproject.toml requirements.in -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --no-deps requirements-llama.in -o requirements-llama.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --constraint requirements.lock requirements-langchain.in -o requirements-langchain.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate requirements-docs.in -o requirements-docs.lock
	@! grep -n "never" requirements.lock || { echo "Leave these out as well: they come with torch or report home."; exit 1; }

clean:
	rm -rf $(VENV) $(DOCS) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
