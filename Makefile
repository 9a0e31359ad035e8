# Holdpoint. `make` alone prints the targets.
#
# There is one build configuration, release, for everything: dependencies are compiled once, and what is tested is what
# is run. The tests use no @testable import, so they are built and run with the same flags as the program.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

CONFIGURATION := -c release
BIN           := .build/release
SWIFT_FILES   := Sources Tests Package.swift

# Apart from the others and after them: the tests that start the program, its desk, a terminal or a database server. All at
# once they overtake each other's time limits on two cores. Of those of the program, the ones that judge whole runs come first.
WITH_PROGRAMS := EndToEndTests|PostgreSQL
WHOLE_RUNS    := EndToEndTests.(Headless|Recover|DeskRestart|RecordedRun)
SWIFT_TEST    := .ci/swift-test $(CONFIGURATION) --skip-build --disable-testable-imports --parallel

# Arguments for the program: make run ARGS='--theme mono'
ARGS   ?=
# A command that runs the tests, but not their build, as its arguments: make test WRAP='nice -n 10'
WRAP   ?=
# 0: make test leaves the fault matrix out.
MATRIX ?= 1

# What make mutate and make fuzz are given: make mutate MUTANTS=10 SEED=7, make fuzz FUZZ_SECONDS=600.
MUTANTS      ?= 40
SEED         ?= 1
FUZZ_SECONDS ?= 20

.PHONY: help run desk-postgres test check bench fuzz mutate sanitize docs release validate validate-quick validate-security validate-performance \
        lint format snapshots clean packages-build packages-desk packages-test program

help: ## Prints this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: packages-build program ## Builds, and opens the console on the practice desk (headless without a terminal).
	@$(BIN)/holdpoint $(ARGS)

desk-postgres: packages-desk program ## Serves a practice desk with its ledger in a PostgreSQL of its own, until Ctrl-C.
	@.ci/desk-postgres $(BIN)/holdpoint

test: packages-test ## Builds everything, runs the tests and the fault matrix (MATRIX=0: without).
	@.ci/step build swift build $(CONFIGURATION) --build-tests
	@.ci/step 'tests of values' .ci/wrapped $(WRAP) $(SWIFT_TEST) --skip '$(WITH_PROGRAMS)'
	@.ci/step 'tests with servers' .ci/wrapped $(WRAP) $(SWIFT_TEST) --filter PostgreSQL
	@.ci/step 'tests of whole runs' .ci/wrapped $(WRAP) $(SWIFT_TEST) --filter '$(WHOLE_RUNS)'
	@.ci/step 'other tests of the program' .ci/wrapped $(WRAP) $(SWIFT_TEST) --filter EndToEndTests --skip '$(WHOLE_RUNS)|PostgreSQL'
ifneq ($(MATRIX),0)
	@.ci/step 'fault matrix' $(BIN)/holdpoint-matrix
	@.ci/step 'fault matrix on PostgreSQL' $(BIN)/holdpoint-matrix --ledger postgresql
endif

check: lint test fuzz ## Lint, test, and fuzz for 20 seconds each: what CI calls.

fuzz: packages-build ## Feeds configuration, surface and keyboard with nonsense (FUZZ_SECONDS=20 each, side by side).
	@swift build $(CONFIGURATION) --product holdpoint-fuzz
	@.ci/step fuzz .ci/fuzz $(BIN)/holdpoint-fuzz $(FUZZ_SECONDS)

sanitize: packages-test ## Runs the tests of engine and log with the address and the thread sanitizer.
	@.ci/sanitize address thread

mutate: packages-test ## Turns operators of the judging code and counts who notices (MUTANTS=40 SEED=1); goes on where it was.
	@swift build $(CONFIGURATION) --product holdpoint-mutate
	@$(BIN)/holdpoint-mutate --count $(MUTANTS) --seed $(SEED)

docs: ## Rewrites docs/reference from the program.
	@swift build $(CONFIGURATION) --product holdpoint-reference
	@$(BIN)/holdpoint-reference docs/reference

bench: packages-build ## Builds and runs the benchmarks.
	@swift build $(CONFIGURATION) --product holdpoint-bench
	@$(BIN)/holdpoint-bench $(ARGS)

release: packages-build ## Builds .build-static/release/holdpoint, with the Swift runtime inside, stripped.
	@swift build $(CONFIGURATION) --static-swift-stdlib --product holdpoint --scratch-path .build-static
	@strip .build-static/release/holdpoint
	@ls -l .build-static/release/holdpoint

validate: packages-build program ## Validates the practice desk, headless: every check of the standard mode.
	@$(BIN)/holdpoint run --ui plain $(ARGS)

validate-quick: packages-build program ## The same in quick mode: the sets health and basic_flow.
	@$(BIN)/holdpoint run --ui plain --mode quick $(ARGS)

validate-security: ## Not there yet: fails until the security validator is built.
	@echo "holdpoint: there is no security validator yet; nothing was validated" >&2
	@exit 1

validate-performance: ## Not there yet: fails until the performance validator is built.
	@echo "holdpoint: there is no performance validator yet; nothing was validated" >&2
	@exit 1

lint: ## Checks the format of all Swift files; any finding fails.
	@.ci/step lint swift format lint --strict --parallel --recursive $(SWIFT_FILES)

format: ## Rewrites all Swift files in the project's format.
	@swift format --in-place --parallel --recursive $(SWIFT_FILES)

snapshots: packages-test ## Rewrites the screens that tests compare with; read the difference before you commit it.
	@grep -rqs HOLDPOINT_SNAPSHOTS Tests Sources/TestSupport \
	    || { echo "holdpoint: no test keeps a snapshot yet; nothing to rewrite" >&2; exit 1; }
	@swift build $(CONFIGURATION) --build-tests
	@HOLDPOINT_SNAPSHOTS=rewrite swift test $(CONFIGURATION) --skip-build --disable-testable-imports

clean: ## Removes what was built; the sources of dependencies stay.
	@swift package clean
	@rm -rf .build-static

# No list entry below: steps of the targets above.

packages-build:
	@.ci/packages build

packages-desk:
	@.ci/packages desk

packages-test:
	@.ci/packages test

program:
	@swift build $(CONFIGURATION) --product holdpoint
