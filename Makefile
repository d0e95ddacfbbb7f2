# Every target sets up what it needs: python3 (3.11 or later) and make are enough.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS = never
export UV_LINK_MODE = copy
unexport PYTHONDONTWRITEBYTECODE # else each process and each run of the tests compiles again what was changed

.PHONY: help setup demo test check types tests test-on test-clients test-proxies test-postgres soak soak-long soak-finds soak-sign-ins soak-lines soak-runbooks soak-faults soak-kills soak-calls soak-leads soak-questions soak-restarts soak-http soak-connections soak-delays soak-attempts soak-pages format surface pictures lock bench bundle release clean
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: .venv/ready ## a virtual environment with everything locked

demo: .venv/ready ## walk through the main job on a sample solution
	@$(BIN)/filemaker-mcp demo

test: .venv/ready check ## all checks and tests (minutes)
	$(MAKE) -j2 types tests # two cores: the type checker beside the tests

# What asks the state most; a few of them open its file themselves, and are left out there.
SHARED = tests/state tests/schedules tests/changes/applying/test_fault_matrix.py tests/changes/applying/test_waves.py \
  tests/changes/applying/test_interrupted.py tests/changes/undo tests/changes/planning tests/changes/test_leaving.py \
  tests/changes/test_plan_and_apply.py tests/changes/test_portal_rows.py tests/changes/test_containers.py tests/jobs tests/scripts \
  tests/policy/test_outsiders_everywhere.py tests/authorization/test_grants.py tests/authorization/test_account_page.py tests/http/test_replicas.py tests/http/test_rolling_restart.py \
  tests/console/test_console.py tests/console/test_held_records.py tests/team/test_own_pages.py

check: .venv/ready
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/lint-imports --no-cache

types: .venv/ready # its young objects get more room: else it tidies up all the time
	NODE_OPTIONS=--max-semi-space-size=64 $(BIN)/pyright

# Two on two cores, beside the type checker: a third takes a minute longer. Random cases are the same in every run; `make soak` draws new ones.
WORKERS ?= 2
tests: .venv/ready
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=ci

OTHER = build/python-$(notdir $(ON))
test-on: .uv-found ## all tests on another Python that is installed here: ON=3.14, or a path
	@[ -n "$(ON)" ] || { echo "Name a Python: make test-on ON=3.14, or ON=/path/to/python"; exit 2; }
	$(UV) venv -q --clear --python $(ON) $(OTHER)
	$(UV) pip install -q --python $(OTHER)/bin/python --require-hashes -r requirements.txt
	$(UV) pip install -q --python $(OTHER)/bin/python --no-deps --no-build-isolation -e .
	$(OTHER)/bin/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

test-postgres: .venv/ready ## the tests of state, changes, jobs, scripts, console and stored contents with the state in PostgreSQL (minutes)
	STATE_STORE=postgres $(BIN)/python -m pytest -n 2 --dist worksteal $(SHARED)

test-clients: .venv/ready ## other people's clients, unchanged, against the emulator (from PyPI and npm), and LibreOffice
	UV="$(UV)" $(BIN)/python tests/clients/run.py
	UV="$(UV)" $(BIN)/python tests/clients/judge.py
	UV="$(UV)" $(BIN)/python tests/clients/map_judges.py
	UV="$(UV)" $(BIN)/python tests/clients/conformance.py
	UV="$(UV)" PYTHONPATH=. $(BIN)/python tests/clients/signing_in.py
	UV="$(UV)" PYTHONPATH=. $(BIN)/python tests/clients/views_in_inspector.py

test-proxies: .venv/ready ## nginx, Caddy and Apache httpd as the documents have them, in front of real servers, and systemd's view of the units (minutes)
	@cmp -s tests/proxies/requirements.txt .clients/proxies/installed || { \
	  $(UV) venv -q --clear .clients/proxies && \
	  $(UV) pip install -q --python .clients/proxies/bin/python --require-hashes -r tests/proxies/requirements.txt && \
	  cp tests/proxies/requirements.txt .clients/proxies/installed; }
	CADDY=$(CURDIR)/.clients/proxies/bin/caddy $(BIN)/python -m pytest tests/proxies/trial_of_*.py

# Each course is a target of its own; -k goes on with the others where one fails. FILEMAKER_SOAK=10000 is the whole.
COURSES = soak-finds soak-sign-ins soak-lines soak-runbooks soak-faults soak-kills soak-calls soak-leads soak-questions soak-processes soak-restarts soak-http soak-connections soak-delays soak-attempts soak-pages
# A whole is 200,000 lines, 20,000 calls over stdio and as many over HTTP, 5,000 leads and a file of 200,000 rows, and 1,000 faults
# while a sign-in is renewed. Of those `make soak` does a tenth (of the rows a quarter); all others have one size.
SOAK ?= 1000
soak: .venv/ready ## long random runs, a tenth of the whole (half an hour)
	$(MAKE) -k $(COURSES)

soak-long: ## the long random runs whole (two hours)
	$(MAKE) -k $(COURSES) SOAK=10000

soak-finds: .venv/ready
	FILEMAKER_SOAK=1000 $(BIN)/python -m pytest -n 2 --dist loadfile tests/emulator/http/test_random_requests.py tests/emulator/find_language/test_find_properties.py tests/emulator/find_language/test_find_near_misses.py tests/criteria/test_matching.py

soak-sign-ins: .venv/ready
	FILEMAKER_SOAK=$$(( $(SOAK) / 10 )) $(BIN)/python -m pytest -n 2 -rP --durations=4 tests/auth/test_renewals.py

soak-lines: .venv/ready
	FILEMAKER_SOAK=$(SOAK) $(BIN)/python -m pytest -s tests/app/test_random_lines.py

soak-runbooks: .venv/ready
	$(BIN)/python -m pytest tests/runbooks/soak_runbooks.py

soak-faults: .venv/ready
	FILEMAKER_SOAK=100 $(BIN)/python -m pytest -n 2 -rP --durations=8 tests/changes/applying/test_fault_matrix.py tests/changes/applying/test_waves.py tests/changes/applying/test_interleavings.py tests/changes/applying/test_wave_storms.py

soak-kills: .venv/ready
	$(BIN)/python -m pytest -n 2 -rP --durations=8 tests/changes/applying/soak_kills.py tests/changes/imports/soak_import_kills.py tests/changes/applying/test_killed.py

soak-calls: .venv/ready
	FILEMAKER_SOAK=$(SOAK) $(BIN)/python -m pytest -s tests/changes/applying/soak_calls.py

soak-leads: .venv/ready
	FILEMAKER_SOAK=$(SOAK) $(BIN)/python -m pytest -rP tests/changes/imports/soak_leads.py tests/changes/imports/soak_many_rows.py

soak-questions: .venv/ready
	FILEMAKER_SOAK=1000 $(BIN)/python -m pytest tests/query/test_sixty_questions.py

soak-delays: .venv/ready
	$(BIN)/python -m pytest -s tests/app/soak_delays.py

soak-restarts: .venv/ready
	FILEMAKER_SOAK=1000 $(BIN)/python -m pytest -rP tests/http/test_rolling_restart.py

soak-http: .venv/ready
	FILEMAKER_SOAK=$(SOAK) $(BIN)/python -m pytest -rP tests/http/soak_faulty_calls.py

soak-connections: .venv/ready
	$(BIN)/python -m pytest -rP tests/http/soak_connections.py

soak-attempts: .venv/ready
	FILEMAKER_SOAK=1000 $(BIN)/python -m pytest -n 2 tests/policy/test_scope.py tests/policy/test_hidden_fields.py tests/policy/test_stored_contents.py tests/scripts/test_only_listed.py

soak-pages: .venv/ready
	FILEMAKER_SOAK=1000 $(BIN)/python -m pytest tests/approval/test_in_chromium.py

soak-processes: .venv/ready
	FILEMAKER_SOAK=1000 $(BIN)/python -m pytest -n 2 -rP tests/state/test_processes.py

format: .venv/ready ## let ruff format and mend
	$(BIN)/ruff check --no-cache --fix .
	$(BIN)/ruff format --no-cache .

surface: .venv/ready ## write down the tools as they are now, in the snapshot and the README
	$(BIN)/python -m tests.surface

lock: .uv-found ## renew requirements.txt and requirements-run.txt, the locked dependencies with hashes
	$(UV) lock -q --upgrade
	$(UV) export -q --format requirements-txt --no-emit-project --all-groups --extra keyring --extra postgres --extra team --extra metrics --extra objects --no-header -o requirements.txt
	$(UV) export -q --format requirements-txt --no-emit-project --no-dev --extra keyring --extra postgres --extra team --extra metrics --extra objects --no-header -o requirements-run.txt

pictures: .venv/ready ## the pictures of the documentation, drawn anew in Chromium
	$(BIN)/python -m tests.pictures

bench: .venv/ready ## speed and memory as ratios, measured side by side
	$(BIN)/python -m benchmarks

bundle: .venv/ready ## dist/filemaker-mcp.mcpb for Claude Desktop (needs npm)
	$(BIN)/python -m bundle.make
	mkdir -p dist
	npx --yes @anthropic-ai/mcpb@2.1.2 validate build/mcpb/manifest.json
	npx --yes @anthropic-ai/mcpb@2.1.2 pack build/mcpb dist/filemaker-mcp.mcpb

release: .venv/ready bundle ## dist/ as a release has it: wheel, source, bundle, registry entry, list of parts
	$(BIN)/python -m build --no-isolation --outdir dist .
	$(BIN)/python -m bundle.release make

clean: ## remove what the targets made
	rm -rf .venv .uv dist build

.PHONY: .uv-found
.uv-found:
	@[ -x "$(UV)" ] || command -v "$(UV)" >/dev/null || { \
	  $(PYTHON) -m venv .uv && .uv/bin/python -m pip install -q --disable-pip-version-check uv==0.13.9; }

.venv/ready: requirements.txt pyproject.toml | .uv-found
	$(UV) venv -q --clear --python $(PYTHON) .venv
	$(UV) pip install -q --python $(BIN)/python --compile-bytecode -r requirements.txt
	$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q server tools
	@touch $@
