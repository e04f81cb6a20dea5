# make lab      sets everything up and opens JupyterLab at section 0
# make test     sets everything up and runs the tests: all cases of sections that changed, a sample of the others
# make table    judges every solution and mutant in tests/submissions; ARGS="--task 1.1" one task's; REAL=1 the
#               solutions on real time, to notice if virtual time and Python drift apart
# make pythons  plays the scenes of virtual time on other Pythons; PYTHONS="3.12 3.13" says which
# make release  generates the graded cells from the checks, and the student notebooks from source/; SECTION=01-warm-up
#               those of one section
# make diagrams draws the notebooks' diagrams, source/*/diagrams.toml, into source/*/images
# make lint     checks style, of modules and notebooks, and that what belongs to a section agrees
# make pictures photographs JupyterLab for the README, into docs/images

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

PYTHONS ?= 3.12 3.13

.PHONY: setup lab test table pythons lint lock release diagrams pictures clean

setup: $(VENV)/.installed

# A virtual environment holds its own place: in a clone that was moved or copied it is made anew.
ifneq ($(shell cat $(VENV)/.installed 2>/dev/null || echo $(CURDIR)),$(CURDIR))
.PHONY: $(VENV)/.installed
endif

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@PYTHON="$(PYTHON)" sh tools/virtual-environment.sh $(VENV) "$(CURDIR)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --editable .
	echo "$(CURDIR)" > $@

# A learner works on copies, in work/: release/ stays as it was released.
lab: setup
	$(BIN)/python tools/work.py
	JUPYTER_CONFIG_PATH="$(CURDIR)/jupyter:$$JUPYTER_CONFIG_PATH" $(BIN)/jupyter lab --ServerApp.root_dir=. \
	  --LabApp.default_url=/lab/tree/work/00-start-here/start-here.ipynb \
	  $(if $(filter 0,$(shell id -u)),--allow-root) $(ARGS)

test: setup lint
	sh tools/system-packages.sh chromium bubblewrap
	$(BIN)/python -m pytest -n 3 --dist loadscope $(ARGS)

pythons: setup
	for python in $(PYTHONS); do \
	  PYTHONPATH=. PYTHONHASHSEED=0 $(BIN)/uv run --quiet --no-project --python $$python --with psutil==7.2.2 \
	    python -m tests.virtual.expected || exit 1; done

table: setup
	sh tools/system-packages.sh bubblewrap
	$(BIN)/python -m tests.table $(if $(REAL),--real) $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/autograder lint

release: setup
	$(BIN)/autograder cells
	for section in $(or $(SECTION),$(notdir $(wildcard source/*))); do \
	  $(BIN)/nbgrader generate_assignment $$section --force --no-db || exit 1; done

diagrams: setup
	$(BIN)/python tools/diagrams.py

pictures: setup
	sh tools/system-packages.sh chromium bubblewrap
	$(BIN)/python tools/pictures.py

lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --all-extras pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info
