#!/usr/bin/env bash
# Looks for inputs that break a parser of untrusted bytes: libFuzzer with AddressSanitizer (Tests/Fuzzing/README.md).
#
#   Pipelines/fuzz.sh                  every check, one minute each
#   Pipelines/fuzz.sh SECONDS          every check, so many seconds each
#   Pipelines/fuzz.sh SECONDS CHECK    one of csv, lines, columns, archive, feed, parquet
#
# Corpora grow in .fuzz/CHECK/corpus (git-ignored); they start from Tests/Fuzzing/Seeds and Findings. One line a check on
# stdout. Status: 0 nothing found, 1 something found (its path is printed), 64 usage.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
case "${1:-}" in -h | --help) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
seconds=${1:-60}
checks=(csv lines columns archive feed parquet)
[ $# -lt 2 ] || checks=("$2")
[[ $seconds =~ ^[1-9][0-9]*$ && " csv lines columns archive feed parquet " == *" ${checks[0]} "* ]] || {
  echo "usage: fuzz.sh [SECONDS] [csv|lines|columns|archive|feed|parquet]" >&2
  exit 64
}

# Optimised, and with every check of the language and of the sanitizer in place. gold cannot link it.
export NIGHTJAR_FUZZING=1
swift build -c release --scratch-path .build-fuzz --product fuzz --sanitize=address \
  -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld -Xcxx -fsanitize=fuzzer-no-link >&2
# Tables that a library makes once would count as leaks; Arrow turns a refused allocation into an error.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1

status=0
for check in "${checks[@]}"; do
  work=.fuzz/$check
  mkdir -p "$work/corpus" "Tests/Fuzzing/Findings/$check"
  if .build-fuzz/release/fuzz "$check" -max_total_time="$seconds" -max_len=65536 -timeout=30 -rss_limit_mb=3072 \
    -print_final_stats=1 -artifact_prefix="$work/" "$work/corpus" "Tests/Fuzzing/Seeds/$check" \
    "Tests/Fuzzing/Findings/$check" >"$work/log" 2>&1; then
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
    echo "$check: $count executions in $seconds s, nothing found"
  else
    echo "$check: FOUND $(grep -o "$work/[a-z]*-[0-9a-f]*" "$work/log" | tail -1); see $work/log"
    status=1
  fi
done
exit "$status"
