# Everything but `make help` goes through the virtual environment that scripts/bootstrap.py prepares.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do $$p -c "" 2>/dev/null && echo $$p && break; done)
VENV := .venv/bin
TESTS ?= tests
WORKERS ?= 2
SOURCES := manage.py scripts sweepdeck sweeps_app dashboard tests benchmarks examples

# Server, workers and tests are many short processes: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-services lint format format-check types check bench check-wandb check-examples wandb-table requirements schema server dev clean python

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

run: python ## Install what is missing and start the server with its demo (PORT=8001 for another port)
	@exec $(PYTHON) scripts/bootstrap.py run $(if $(PORT),--port $(PORT)) $(ARGS)

test: dev ## Run all tests (TESTS=tests/unit for a part, WORKERS=auto for more processes)
	@$(VENV)/python -m pytest -n $(WORKERS) $(TESTS)

test-services: TESTS = $(filter-out tests/unit/ tests/architecture/ tests/sdk/ tests/wandb_real/ tests/__pycache__/,$(wildcard tests/*/))
test-services: dev ## Run the tests that meet a database or a server, but for those of clients and in a browser, on the PostgreSQL and Redis named by SWEEPDECK_DATABASE_URL and SWEEPDECK_BROKER_URL
	@test -n "$$SWEEPDECK_DATABASE_URL" -a -n "$$SWEEPDECK_BROKER_URL" || { echo "sweepdeck: set SWEEPDECK_DATABASE_URL and SWEEPDECK_BROKER_URL (see .env.example)" >&2; exit 1; }
	@$(VENV)/python -m pytest -n $(WORKERS) -m "not serverless and not browser" $(TESTS)

check: lint format-check types test ## Run everything that has to pass before a change is merged

lint: dev ## Find mistakes (ruff)
	@$(VENV)/ruff check $(wildcard $(SOURCES))

format: dev ## Lay out the code (ruff)
	@$(VENV)/ruff format $(wildcard $(SOURCES))

format-check: dev
	@$(VENV)/ruff format --check $(wildcard $(SOURCES))

types: dev ## Check the types (mypy, strict)
	@$(VENV)/mypy

bench: dev ## Measure how fast metrics come in, beside MLflow and trackio, which are installed for it (ten minutes)
	@$(VENV)/python -m benchmarks.ingest $(ARGS)

check-wandb: dev ## Try the newest wandb client from PyPI, and say what has changed in it (VERSION=0.31.0 for another one)
	@$(VENV)/python scripts/check_wandb.py $(VERSION)

check-examples: dev ## Run the examples for the newest wandb client against `make run` (ARGS=--without-torch to install less)
	@$(VENV)/python scripts/check_examples.py $(ARGS)

wandb-table: dev ## Try all known versions of the wandb client, and write what works into docs/wandb.md
	@$(VENV)/python -m tests.wandb_real.table

requirements: ## Pin the newest versions that requirements*.in allow (needs uv)
	@for set in requirements requirements-dev; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --no-emit-index-url --no-emit-find-links $$set.in -o $$set.txt || exit 1; done

schema: server ## Write the OpenAPI schema of the REST API to docs/openapi.yaml
	@$(VENV)/python manage.py spectacular --validate --file docs/openapi.yaml

clean: ## Remove the virtual environment and caches; the data in var/ stays
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

server: python ## Install what the server needs, without starting it
	@$(PYTHON) scripts/bootstrap.py server

dev: python
	@$(PYTHON) scripts/bootstrap.py dev

python:
	@test -n "$(PYTHON)" && $(PYTHON) -c "" 2>/dev/null || { echo "sweepdeck: Python is missing$(if $(PYTHON), ('$(PYTHON)' does not start)): install 3.11 or newer (Debian, Ubuntu: apt install python3 python3-venv)" >&2; exit 1; }
