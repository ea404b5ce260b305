# Every command of the project. `make help` lists them; each installs what it needs.
PYTHON ?= python3
BIN := .venv/bin
STAGE ?= dev
SLICE ?= sms
PORT ?= 8080
export PORT
export UV_PYTHON_DOWNLOADS := never
# Functions start from compiled bytecode; without it each cold start compiles the product again.
unexport PYTHONDONTWRITEBYTECODE
# The Node.js that comes with the Python environment: a bare machine needs none of its own.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix console
PYTEST := $(BIN)/python -m pytest
.DEFAULT_GOAL := help
.PHONY: help up down reset test check bench deploy install lint types imports openapi unit template \
	thorough properties soak integration e2e console console-check browser sam-check lock mutate

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# The environment

.venv/.installed: requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Assent needs Python 3.11 or newer; $(PYTHON) is older. Set PYTHON=."; exit 1; }
	@echo "· installing the Python environment into .venv"
	@$(PYTHON) -m venv .venv || { echo "Install the venv module, on Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@$(BIN)/uv pip sync -q -p .venv --require-hashes requirements/bootstrap.txt requirements/dev.txt
	@$(BIN)/uv pip install -q -p .venv --no-deps --no-build-isolation -e .
	@touch $@

install: .venv/.installed ## Install the Python environment

.venv-sam/.installed: requirements/sam.txt | .venv/.installed
	@echo "· installing the SAM command line into .venv-sam"
	@$(BIN)/uv venv -q --clear .venv-sam
	@$(BIN)/uv pip sync -q -p .venv-sam --require-hashes requirements/sam.txt
	@touch $@

console/node_modules/.installed: console/package-lock.json console/package.json | .venv/.installed
	@echo "· installing the console's packages"
	@$(NPM) ci --silent
	@touch $@

lock: install ## Resolve the pinned requirements again
	@for name in bootstrap dev sam; do \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header requirements/$$name.in -o requirements/$$name.txt; done
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header layers/vendor/requirements.in -c requirements/dev.txt -o layers/vendor/requirements.txt

# The product on this machine

up: install ## Run the product here: console, API and phone on 127.0.0.1:8080
	@$(BIN)/python -m local up

down: install ## Stop what `make up` started
	@$(BIN)/python -m local down

reset: install ## Stop, and forget everything that was stored
	@$(BIN)/python -m local reset

# Tests

check: install ## The fast part: lint, types, import rules, unit tests, side by side
	@$(MAKE) --no-print-directory --jobs 4 --output-sync=target lint types imports unit

lint: install
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/bandit -q -r -c pyproject.toml layers/assent/python functions deploy

types: install
	@$(BIN)/mypy

imports: install
	@found=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$found"; exit 1; }

unit: install
	@$(PYTEST) -q -n 2 --dist worksteal -m "not thorough" tests/unit

thorough: install ## The unit tests that take their time: on simulated tables, every crash, a million lines
	@$(PYTEST) -q -n 2 --dist worksteal -m thorough tests/unit

test: check thorough openapi template sam-check properties console-check integration e2e ## Everything: the fast part, template, properties, emulator, browser

openapi: install
	@$(BIN)/python -m tools.openapi --check
	@$(BIN)/python -m tools.diagrams --check

template: install
	@$(PYTEST) -q -n 2 tests/template

sam-check: .venv-sam/.installed ## Validate the template with the SAM command line
	@SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint --region us-east-1

properties: install
	@$(PYTEST) -q -n 2 --dist worksteal tests/properties

soak: install ## Play 100,000 histories of consent on all cores; HISTORIES= and SEED= change that
	@$(BIN)/python -m tests.properties.soak

console-check: console/node_modules/.installed ## Lint, types and messages of the console
	@$(NPM) run --silent check

console: console/node_modules/.installed ## Build the console
	@$(NPM) run --silent build

integration: install
	@$(PYTEST) -q tests/integration

browser: install
	@$(BIN)/python -m tools.browser

e2e: browser console
	@$(PYTEST) -q tests/e2e

mutate: install ## Change the pure rules, see whether a test notices; SLICE=sms|consent (not part of test)
	@nice -n 15 $(BIN)/python -m tools.mutation $(SLICE) $(MUTANTS)

# Figures and AWS

bench: install ## Count costs and compare speeds; writes bench/results/latest.json
	@$(BIN)/python -m bench

deploy: .venv-sam/.installed console ## Deploy to AWS; STAGE=dev|staging|prod
	@$(BIN)/python -m deploy.stage $(STAGE)
