# make serve    the server with its database, on 127.0.0.1:${PORT:-8000}, with its data in ${BARAZA_DATA:-.baraza}
# make test     all tests on a database of their own, but for the contract's (make check) and those with curl or a collector (make test-peers)

PYTHON ?= python3

# Everybody's caches are their own, beside the code where they may write there.
CACHE := $(shell for d in .cache "$${TMPDIR:-/tmp}/baraza-cache"; do d="$$d-$$(id -u)"; mkdir -m 700 "$$d" 2>/dev/null; \
	[ -O "$$d" ] && [ -w "$$d" ] && echo "$$d" && break; done)
export PYTEST_ADDOPTS := $(PYTEST_ADDOPTS) -o 'cache_dir=$(CACHE)/pytest'
export RUFF_CACHE_DIR := $(CACHE)/ruff
export MYPY_CACHE_DIR := $(CACHE)/mypy
export HYPOTHESIS_STORAGE_DIRECTORY := $(CACHE)/hypothesis

# Each of many processes would compile all our code: Python keeps it where it may.
unexport PYTHONDONTWRITEBYTECODE

# After a change of user HOME may be another's, and the database driver fails on a home that it may not enter.
export HOME := $(shell [ -x "$$HOME" ] && echo "$$HOME" || (cd "$(CACHE)" && pwd))

.PHONY: serve test test-peers bench prove check sdl docs release-sdl lock venv

serve: venv
	@.venv/bin/baraza serve --development

test: venv
	@.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/contract --ignore tests/docs --ignore tests/telemetry

test-peers: venv
	@tests/peers/run

bench: venv
	@tests/bench/run

prove: venv
	@tests/peers/package.sh pgbouncer /usr/sbin/pgbouncer
	@BARAZA_SIZES=full BARAZA_PEERS=1 .venv/bin/python -m pytest -q -m proof -n 2

check: venv
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports --no-logo --cache-dir "$(CACHE)/imports"
	@.venv/bin/python -m pytest -q tests/contract

sdl: venv
	@.venv/bin/baraza sdl > .venv/schema.graphql && cp .venv/schema.graphql schema/schema.graphql

docs: venv
	@BARAZA_WRITE_DOCS=1 .venv/bin/python -m pytest -q tests/docs

# Of a release alone: from then on what the schema says is promised.
release-sdl: check
	@{ date +'# Released %F'; cat schema/schema.graphql; } > .venv/schema.graphql && cp .venv/schema.graphql schema/released.graphql

lock: venv
	@.venv/bin/python -m pip install -qq pip-tools
	@CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile -q --generate-hashes --no-emit-options --allow-unsafe --strip-extras --all-build-deps --extra embedded --extra dev -o deploy/requirements.lock pyproject.toml
	@CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile -q --generate-hashes --no-emit-options --allow-unsafe --strip-extras -c deploy/requirements.lock -o tests/bench/requirements.lock tests/bench/requirements.in

venv:
	@sh deploy/venv.sh "$(PYTHON)"
