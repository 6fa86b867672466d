# Bấm. `make` alone lists the verbs; works with GNU make 3.81 (macOS) and newer.
# Needs Python 3.11 or newer; everything else goes into .venv.

PORT ?= 8000
PEOPLE ?= 36700
SCHEDULES ?= 2000
# The first Python that all packages are built for; PYTHON=... chooses another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { echo $$p; exit; }; \
	done; echo python3)
IN := .venv/bin/python
FLASK := $(IN) -m flask --app wsgi
READY := .venv/.requirements
READY_DEV := .venv/.requirements-dev

# `make provider` beside `make run`: PORT counts only where somebody has set it.
PROVIDER_PORT ?= $(if $(filter command environment,$(firstword $(origin PORT))),$(PORT),8100)

export PORT PROVIDER_PORT
.DEFAULT_GOAL := help
.PHONY: help run provider talk fresh demo-lists db-upgrade test check check-money snap draw bench

help:
	@awk 'BEGIN { FS = ":.*## " } /^## / { printf "\n%s\n", substr($$0, 4) } \
		/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo

## Use it

run: $(READY) ## Everything, with its own PostgreSQL and Redis and demo data, on http://127.0.0.1:8000 (PORT=8000).
	@$(IN) -m ussd_app.local

provider: $(READY) ## The mobile-money provider alone, for any team's client, on http://127.0.0.1:8100 (PORT=8100).
	@$(IN) -m ussd_app.local provider

talk: $(READY) ## A phone in the terminal.
	@$(FLASK) talk

fresh: $(READY) ## Forget all local data in var/; the next run begins again.
	@$(IN) -m ussd_app.local fresh

demo-lists: $(READY) ## Write lists of people and payments to import (PEOPLE=36700).
	@$(FLASK) demo lists --people $(PEOPLE)

db-upgrade: $(READY) ## Bring the tables of the database up to date.
	@$(FLASK) db upgrade

## Change it

test: $(READY_DEV) ## All tests.
	@$(IN) -m pytest -n 2 -rs tests

check: $(READY_DEV) ## Style, types, architecture, dialogues and house rules.
	$(IN) -m ruff check .
	$(IN) -m ruff format --check .
	$(IN) -m basedpyright
	.venv/bin/lint-imports
	$(IN) -m menus.check --check-drawing docs/menus.md
	$(IN) -m sms.check
	$(IN) -m sms.tables --check docs/sms.md
	$(IN) -m pytest tests/test_house_rules.py

check-money: $(READY_DEV) ## Random schedules of faults against the real code: pays once, loses nothing (SCHEDULES=2000, SEED=, JOBS=).
	@$(IN) -m proof --schedules $(SCHEDULES) $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS)) \
		$(if $(MACHINE),--machine $(MACHINE)) $(if $(PROVIDER),--provider $(PROVIDER))

snap: $(READY_DEV) ## Write the transcripts of the dialogues anew; read the difference before you commit it.
	@$(IN) -m pytest tests --snap

draw: $(READY_DEV) ## Draw the dialogues into docs/menus.md, and the messages into docs/sms.md.
	@$(IN) -m menus.check --draw docs/menus.md
	@$(IN) -m sms.tables docs/sms.md

bench: $(READY_DEV) ## Measure, side by side with other ways; prints ratios.
	@$(IN) -m bench

# What the verbs need.

$(READY): requirements.txt | $(IN)
	@$(IN) ussd_app/local/install.py requirements.txt
	@touch $@

$(READY_DEV): requirements-dev.txt $(READY)
	@$(IN) ussd_app/local/install.py requirements-dev.txt
	@touch $@

$(IN):
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "There is no $(PYTHON) here: install Python 3.11 or newer, or name one: PYTHON=python3.12 make run" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11: install a newer one, or name one: PYTHON=python3.12 make run" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot make a virtual environment: on Debian and Ubuntu install python3-venv first." >&2; \
		exit 1; }
	@echo "Making .venv with $(PYTHON) ..."
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; exit 1; }
