#!/usr/bin/env bash
# Sets the machine up and runs the whole test suite. Arguments go to `swift test` (for example --filter LedgerTests).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# strace proves the promises about crashes; without it those tests say that they skip.
Pipelines/setup.sh strace

# One configuration for everything: the executables that the stage tests start are the ones an operator runs.
swift build -c release --build-tests
swift test -c release --skip-build "$@"
