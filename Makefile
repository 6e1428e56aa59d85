# make demo   install, crawl the sample newsstand, serve the site at http://127.0.0.1:8000
# make test   install, check style, types and imports, run all tests
# make eval   figures of quality, beside their baselines (long)
# make bench  figures of speed, beside their peers (long)
# make fuzz   broken bytes at all that reads from outside, for SECONDS (an hour)
# make archive  a made-up archive of a million articles, archive.jsonl.gz

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
DEMO_STORE ?= demo/demo.db

.PHONY: demo test eval bench fuzz archive messages lock clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile | head -6

$(INSTALLED): requirements-dev.lock pyproject.toml
	@echo "Installing into .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/python -m newsstand.demo --store $(DEMO_STORE)

test: $(INSTALLED)
	@echo "Style and types"
	@$(BIN)/python -m tests.compiled & compiling=$$!; \
	  $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy; \
	  status=$$?; wait $$compiling || exit 1; exit $$status
	@echo "Tests"
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

.venv/.evaluation: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group eval
	@touch $@

eval: .venv/.evaluation
	@for part in newsstand stories history timelines summaries tags extraction; do \
	  $(BIN)/python -m evaluation.$$part || exit 1; done

bench: .venv/.evaluation
	@for part in pipeline stories history enrich extraction collecting pages; do \
	  $(BIN)/python -m benchmarks.$$part || exit 1; done

fuzz: $(INSTALLED)
	@$(BIN)/python -m evaluation.fuzz --seconds $(or $(SECONDS),3600) --keep fuzz-found

archive: $(INSTALLED)
	@$(BIN)/python -m benchmarks.archive --out archive.jsonl.gz

# The strings of the interface, brought together anew for translation.
messages: $(INSTALLED)
	@cd src/backstory/serve && pybabel=$(CURDIR)/$(BIN)/pybabel && strings=$$(mktemp) && \
	  $$pybabel -q extract -F locale/babel.cfg --no-location --width 100 -o $$strings . && \
	  for language in de es fr hi; do \
	    $$pybabel -q update -i $$strings -d locale -l $$language --no-fuzzy-matching \
	      --ignore-obsolete --width 100; \
	    sed -E -i.old '/^"(Project-Id|Report-Msgid|POT-|PO-Rev|Last-Tr|Language-Team|Generated)/d' \
	      locale/$$language/LC_MESSAGES/messages.po; \
	    rm locale/$$language/LC_MESSAGES/messages.po.old; done; rm $$strings

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --no-emit-index-url --no-header --universal --group dev \
	  --python-version 3.11 pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache
