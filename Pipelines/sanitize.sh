#!/usr/bin/env bash
# Runs the tests that read untrusted bytes, or write to bare memory, under a sanitizer, in a build of its own.
#
#   Pipelines/sanitize.sh            AddressSanitizer: archives, CSV, Parquet, the vault, the ingest, the fuzzer's inputs,
#                                    the learners' kernels and model files (.build-asan)
#   Pipelines/sanitize.sh thread     ThreadSanitizer: what several threads read side by side (.build-tsan)
#
# C libraries of the system are not instrumented, but their heap is: what they write outside of a block is found.
# Status: 0 all passed, 1 a test failed or a sanitizer spoke, 64 usage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-address}" in
  address)
    folder=.build-asan
    tests='^(DeliveryTests|CSVTests|ColumnsTests|VaultTests|IngestTests|FuzzingTests)\.'
    tests+='|^LearningTests\.(Binned|FeatureBinning|Gradient|Growth|LightGBM|Objective|Row|Sample|Split|Tree|Logistic'
    tests+='|Coefficient|PivotedCholesky|Table|FeatureColumn|Calibration)'
    ;;
  thread)
    folder=.build-tsan
    tests='ZipMembersTests|WorkerThreadsTests|IngestNightTests|ParquetFileTests|NeighbourTests'
    tests+='|ColumnReadingTests|LineReaderTests|MemberReadingTests'
    ;;
  -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) echo "usage: sanitize.sh [address|thread]" >&2; exit 64 ;;
esac
# Optimised, as what an operator runs; without, the tests take several times as long.
swift build -c release --sanitize="${1:-address}" --scratch-path "$folder" --build-tests
preload=
if [ "${1:-address}" = thread ]; then
  preload=$PWD/$folder/tsan-mutex.so
  clang -O1 -fPIC -shared -Wall -Wextra -Werror Pipelines/tsan-mutex.c -o "$preload"
fi
# The leak that is left is XCTest's own.
ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1 LD_PRELOAD=$preload \
  swift test -c release --sanitize="${1:-address}" --scratch-path "$folder" --skip-build --filter "$tests"
