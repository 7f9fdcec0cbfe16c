# The project's verbs. Each one first does what it needs: `make demo` works on a fresh clone.
# What a verb does in more than a line stands in a script of the same name under .ci.

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# Seconds that each fuzz target runs.
FUZZ_SECONDS ?= 600
# Swaps that `make swap` does.
SWAPS ?= 200
# Kills that `make crash` does.
CRASHES ?= 1000
# Seconds that `make soak` takes.
SOAK_SECONDS ?= 900
# Passed to inferd-bench, for example BENCH_FLAGS=--smoke.
BENCH_FLAGS ?=

.PHONY: help setup build demo test lint format proto sanitize fuzz swap crash soak bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what the project needs and the machine lacks
	@.ci/setup

build: setup ## Build the release binaries in .build/release
	@.ci/build

demo: build ## Forecast New York's weather with the real daemon
	@deploy/demo/run.sh

test: setup ## Run all tests, Swift and Python, in debug
	@.ci/test

lint: setup ## Check format, types, scripts and generated code
	@.ci/lint

format: setup ## Rewrite sources in the project's format
	@.ci/format

proto: setup ## Regenerate the C messages from proto/
	@.ci/proto

sanitize: setup ## Run the tests under the thread and the address sanitizer
	@.ci/sanitize

fuzz: setup ## Fuzz the decoders, FUZZ_SECONDS=600 each
	@FUZZ_SECONDS=$(FUZZ_SECONDS) .ci/fuzz

swap: setup ## Swap a model SWAPS=200 times under load and watch the memory
	@SWAPS=$(SWAPS) .ci/swap

crash: setup ## Kill the daemon CRASHES=1000 times under load and look for each answer
	@CRASHES=$(CRASHES) .ci/crash

soak: setup ## Keep the daemon under load and outages for SOAK_SECONDS=900
	@SOAK_SECONDS=$(SOAK_SECONDS) .ci/soak

bench: build ## Measure against the baselines, write bench.json
	@.build/release/inferd-bench --output bench.json $(BENCH_FLAGS)

clean: ## Remove everything that was built or installed here
	@rm -rf .build .build-* .setup bench.json
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
