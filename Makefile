# `make help` lists what there is. Nothing but Python 3.11 and make is needed; all else goes into .venv.

PORT ?= 8000
VENV ?= .venv
NEXT ?= .venv-next
FUZZ ?= .venv-fuzz
DOCS ?= .venv-docs
PYTHON ?= $(shell for p in python3.11 python3; do $$p -c 'import venv' 2>/dev/null && echo $$p && break; done)
OLD = .oauthlib3
OLD_OAUTHLIB = 3.3.1
AUDIT = .venv-audit
MUTANTS = .venv-mutants
RELEASE = .venv-release
SBOM = .venv-sbom
# The newest interpreter that is there.
NEXT_PYTHON ?= $(shell for v in 3.15 3.14 3.13 3.12; do for p in python$$v $(HOME)/.pyenv/versions/$$v*/bin/python; \
	do $$p -c 'import ensurepip' 2>/dev/null && echo $$p && exit; done; done)
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/test
TEST_CACHE_URL ?= redis://127.0.0.1:6379/0
PYTEST = python -m pytest -n auto --dist loadgroup
ARGS ?=
# Tests that say the same on every database and under all settings, and those that say it on every Python.
NO_PAGES = $(addprefix --ignore tests/,documentation tutorial)
NO_RULES = $(NO_PAGES) $(addprefix --ignore tests/,rules walk quickstart fuzz)
# Tables are made of the models, in a second in place of six: test, test-postgres and test-next migrate.
NO_MIGRATIONS = --nomigrations
# Flows that end before anything is committed, or are about what an answer says: in which form it was committed is nothing to them.
NO_COMMITS = $(addprefix --ignore tests/flows/,account client_authentication $(patsubst %,test_%.py,bad_tokens bodies claim_values \
	claims cors django_tools encrypted_id_token error_reports hints id_token introspection jwks metadata methods responses \
	session_management subjects userinfo))
EXTRAS = logos,ninja,openapi,rar,redis
NODE = $(addprefix tests/foreign/,openid_client auth_js)
# Images of containers set it. The tests and the servers they start would compile each of our files again, in every process.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo walk install test lint test-postgres test-plain test-strict test-next test-oauthlib3 audit mutants test-thorough test-tutorial test-foreign test-browser spec-map messages screenshots pictures docs wheel sbom bench bench-admin trip fuzz check format clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: install ## serve the demo at 127.0.0.1:$PORT (8000), its other services at the two ports after it
	@PORT=$(PORT) $(VENV)/bin/python manage.py demo

walk: install ## watch a person connect an app, step by step; `make demo` runs in another terminal
	@PORT=$(PORT) $(VENV)/bin/python manage.py oauth_walk $(ARGS)

install:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) .ci/install.py $(VENV) -r requirements.txt

$(VENV)/installed: requirements.txt
	@$(MAKE) --no-print-directory install

$(NEXT)/installed: requirements-next.txt
	@$(NEXT_PYTHON) .ci/install.py $(NEXT) -r requirements-next.txt

test: install ## the tests, on SQLite (ARGS="-k name" for some of them)
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/$(PYTEST) $(ARGS)

lint: install ## ruff, mypy, import contracts, missing migrations
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy --strict
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/python manage.py makemigrations --check --dry-run

test-postgres: install ## the tests on PostgreSQL and Redis (TEST_DATABASE_URL, TEST_CACHE_URL)
	DATABASE_URL=$(TEST_DATABASE_URL) CACHE_URL=$(TEST_CACHE_URL) $(VENV)/bin/$(PYTEST) $(NO_RULES) $(ARGS)

test-plain: install ## the flows and races on PostgreSQL, committed by Django's ORM instead of one statement
	OAUTH_TEST_COMMIT=plain DATABASE_URL=$(TEST_DATABASE_URL) CACHE_URL=$(TEST_CACHE_URL) $(VENV)/bin/$(PYTEST) $(NO_MIGRATIONS) \
		$(NO_COMMITS) tests/flows tests/sql $(addprefix tests/postgres/test_,races.py orders.py client_memory.py) $(ARGS)

test-strict: install ## the tests with LoginRequiredMiddleware, ATOMIC_REQUESTS and APPEND_SLASH off
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/$(PYTEST) --ds tests.settings_strict $(NO_MIGRATIONS) $(NO_RULES) \
		$(addprefix --ignore tests/,checks project property sql sweeping) $(ARGS)

ifeq ($(NEXT_PYTHON),)
test-next:
	@echo "test-next: no Python 3.12 or newer on this machine"
else
test-next: $(NEXT)/installed ## the tests on the newest Python and Django that are supported
	env -u DATABASE_URL -u CACHE_URL $(NEXT)/bin/$(PYTEST) $(NO_PAGES) $(ARGS)
endif

$(OLD)/installed: $(VENV)/installed Makefile
	rm -rf $(OLD)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(OLD) oauthlib==$(OLD_OAUTHLIB)
	@touch $@

test-oauthlib3: $(OLD)/installed ## the tests of what stands on oauthlib, with its last release before 4
	PYTHONPATH=$(CURDIR)/$(OLD) $(VENV)/bin/python -c 'import oauthlib; assert oauthlib.__version__ == "$(OLD_OAUTHLIB)", oauthlib'
	env -u DATABASE_URL -u CACHE_URL PYTHONPATH=$(CURDIR)/$(OLD) $(VENV)/bin/$(PYTEST) $(NO_MIGRATIONS) -m "not browser and not foreign" \
		tests/bridge tests/foreign tests/flows/test_client_credentials.py $(ARGS)

audit: $(AUDIT)/installed ## look our pins up among published vulnerabilities; fails where that cannot be asked
	$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip -r requirements.txt
	$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip -r requirements-next.txt

mutants: $(MUTANTS)/installed ## change the rules and guards one place at a time, and say which changes no test minds (ARGS="oauth_provider.protocol.*")
	env -u DATABASE_URL -u CACHE_URL nice $(MUTANTS)/bin/mutmut run $(ARGS)
	$(MUTANTS)/bin/mutmut results

$(MUTANTS)/installed: requirements.txt Makefile
	@$(PYTHON) .ci/install.py $(MUTANTS) -r requirements.txt mutmut==3.8.1

$(AUDIT)/installed: Makefile
	@$(PYTHON) .ci/install.py $(AUDIT) pip-audit==2.10.1

test-thorough: install ## the tests that start projects or servers of their own, on SQLite
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/$(PYTEST) $(NO_MIGRATIONS) -m thorough $(ARGS)

test-tutorial: install ## follow the tutorial on an empty machine, from the wheel; part of test-thorough, needs Chromium
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/python -m pytest -m thorough tests/tutorial $(ARGS)

test-foreign: install $(NODE:=/node_modules/.installed) ## the tests with relying parties on Node.js, which has to be installed
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/python -m pytest -m foreign tests/foreign tests/portal $(ARGS)

%/node_modules/.installed: %/package-lock.json
	npm ci --silent --prefix $*
	@touch $@

test-browser: install ## the tests that drive a browser; Chromium has to be installed
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/python -m pytest -m browser tests/browser $(ARGS)

spec-map: install ## which test holds us to which section of which specification (ARGS="-v 'RFC 7636'")
	@env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/python -m tests.spec_map $(ARGS)

messages: install ## bring the translations in step with the texts of the pages, and compile them; says what is missing
	@$(VENV)/bin/python -m tests.catalogues

screenshots: install ## a picture of every page, into screenshots/; Chromium has to be installed
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/python -m tests.browser.screenshots screenshots

pictures: install ## the pictures of README and docs, into docs/pictures/; Chromium has to be installed
	env -u DATABASE_URL -u CACHE_URL $(VENV)/bin/python -m tests.browser.pictures docs/pictures

docs: $(DOCS)/installed ## build the documentation into docs/_build/html, and follow every link in it
	rm -rf docs/_build
	$(DOCS)/bin/sphinx-build -q -W --keep-going -n -d docs/_build/doctrees docs docs/_build/html
	env -u DATABASE_URL -u CACHE_URL $(DOCS)/bin/python -m pytest -m site tests/documentation $(ARGS)

$(DOCS)/installed: requirements.txt requirements-docs.txt
	@$(PYTHON) .ci/install.py $(DOCS) -r requirements.txt -r requirements-docs.txt

wheel: install $(RELEASE)/installed ## build the source distribution, the wheel from it, and look at what is in them
	rm -rf dist
	$(RELEASE)/bin/python -m build --outdir dist .
	$(RELEASE)/bin/twine check --strict dist/*
	$(VENV)/bin/python -m tests.sdist dist/*.tar.gz
	$(VENV)/bin/python -m tests.wheel dist/*.whl

sbom: wheel ## a bill of materials (CycloneDX) of the wheel and all that it may bring, into dist/
	$(PYTHON) -m venv --clear --without-pip $(SBOM)
	sed 's/\[.*\]//' requirements.txt > $(SBOM)/constraints.txt
	$(RELEASE)/bin/python -m pip --python $(SBOM)/bin/python install --quiet --disable-pip-version-check \
		--constraint $(SBOM)/constraints.txt "$$(ls dist/*.whl)[$(EXTRAS)]"
	sed "s/^dynamic = .*/version = \"$$(ls dist/*.whl | cut -d- -f2)\"/" pyproject.toml > $(SBOM)/pyproject.toml
	$(RELEASE)/bin/cyclonedx-py environment --pyproject $(SBOM)/pyproject.toml --mc-type library --output-reproducible \
		--validate --output-file "$$(ls dist/*.whl | cut -d- -f1-2).cdx.json" $(SBOM)/bin/python
	$(VENV)/bin/python -m tests.sbom dist/*.cdx.json

$(RELEASE)/installed: requirements-release.txt
	$(PYTHON) -m venv --clear $(RELEASE)
	$(RELEASE)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-release.txt
	@touch $@

bench: install ## time the hot paths beside bare django-oauth-toolkit, on the PostgreSQL that DATABASE_URL names
	@$(VENV)/bin/python -m benchmarks $(ARGS)

bench-admin: install ## what the admin's pages cost at 20,000 clients and 200,000 sign-ins, on the same PostgreSQL
	@$(VENV)/bin/python -m benchmarks.admin $(ARGS)

trip: install ## what a code exchange, a refresh and a guarded call go through: calls, files, crossings, climbs
	DATABASE_URL=$(TEST_DATABASE_URL) $(VENV)/bin/python -m pytest -q -s tests/project/test_call_counts.py -k one_direction $(ARGS)

fuzz: $(FUZZ)/installed ## ask every rule of protocol/ a million texts, guided by coverage (ARGS="--runs 10000")
	env -u DATABASE_URL -u CACHE_URL $(FUZZ)/bin/python -m tests.fuzz $(ARGS)

$(FUZZ)/installed: requirements.txt
	@$(PYTHON) .ci/install.py $(FUZZ) -r requirements.txt "atheris>=2.3"

check: lint test ## lint and test

format: install ## let ruff mend and format
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format

clean: ## remove what make made, the demo's database included
	rm -rf $(VENV) $(NEXT) $(OLD) $(AUDIT) $(MUTANTS) $(FUZZ) $(DOCS) $(RELEASE) $(SBOM) docs/_build mutants $(NODE:=/node_modules) dist screenshots demo.sqlite3 .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
