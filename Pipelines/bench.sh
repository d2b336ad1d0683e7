#!/usr/bin/env bash
# Measures Nightjar against its peers on one machine in one run, and prints ratios and whether each goal holds.
#
#   Pipelines/bench.sh ingest                     every case (about half an hour, 20 GB of disk); the machine must be quiet
#   Pipelines/bench.sh ingest --cases plain,gz    some: plain gz tar zip gz24 rows semicolon tab crlf local quoted unmapped
#   Pipelines/bench.sh ingest --runs 3            runs of each contender, their median counts (5)
#   Pipelines/bench.sh ingest --rows 20000 --subscribers 1000      a smaller job, to try the script
#   Pipelines/bench.sh ingest --peers DIR         the peers' scripts (../shared/peers); without them Nightjar runs alone
#   Pipelines/bench.sh ingest --work DIR          keeps the data and the peers' Python here (default: a temporary folder)
#   Pipelines/bench.sh ingest --bin DIR           other executables (.build/release, built if absent)
#   Pipelines/bench.sh ingest --json              the result as JSON on stdout instead of the table
#
# Measured: wall time of the whole process with a fresh home (`init` before it), inputs in the page cache, `sync` before
# each run, contenders in turn. Memory is the highest RssAnon of /proc/PID/status, looked up every 10 ms: anonymous
# memory without page cache. Needs python3; igzip (package isal) for one goal.
# Status: 0 every goal holds, 1 one does not or a run failed (named), 64 usage, 69 tools missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1:-}" in
  ingest) shift ;;
  -h | --help) sed -n '2,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) echo "bench.sh: what to measure: bench.sh ingest (bench.sh --help says more)" >&2; exit 64 ;;
esac
command -v python3 >/dev/null || { echo "bench.sh: python3 is missing: apt-get install -y python3" >&2; exit 69; }
exec python3 "$root/Pipelines/bench-ingest.py" --root "$root" "$@"
