#!/usr/bin/env bash
# Measures Nightjar against its peers on one machine in one run, and prints ratios and whether each goal holds.
#
#   Pipelines/bench.sh ingest      usage files to daily facts (about half an hour, 20 GB of disk)
#   Pipelines/bench.sh twins       a night's twins from yesterday's and one new day (the data of five times the subscribers is large)
#   Pipelines/bench.sh learning    trees, reasons and the logistic line
#   Pipelines/bench.sh churn       the churn model of synthetic operators (100,000 subscribers, a seed a run) beside LightGBM and the best observable
#   Pipelines/bench.sh telco       accuracy on the public table of 7,043 customers: five folds, two seeds a run (ten)
#
#   --cases A,B          some cases only; ingest: plain gz tar zip gz24 rows semicolon tab crlf local quoted unmapped;
#                        twins: sums twin families growth history; learning: gradient rows columns reasons logistic exchange
#   --runs N             runs of each contender, their median counts (5); churn: operators, their mean counts
#   --rows N             rows of the base case (ingest 10,000,000; learning 1,000,000, of which a fifth is for testing)
#   --subscribers N      subscribers (ingest 500,000; twins 1,000,000; churn 100,000); less is a smaller job, to try the script
#   --peers DIR          the peers' scripts (../shared/peers); without them ingest runs alone, the others not at all
#   --work DIR           keeps the data and the peers' Python here (default: a temporary folder)
#   --bin DIR            other executables (.build/release, built if absent)
#   --data DIR           telco: the folder of Telco-Customer-Churn.csv (../shared/data/telco-ibm); without it nothing is measured
#   --transform NAME     telco: what nightjar-train fit --transform does to numbers (none)
#   --json               the result as JSON on stdout instead of the table
#
# Measured: wall time of the whole process, inputs in the page cache, `sync` before each run, contenders in turn; for
# ingest with a fresh home. The machine must be quiet. Memory is the highest RssAnon of /proc/PID/status, looked up every
# 10 ms: anonymous memory without page cache. Needs python3; igzip (package isal) for one goal.
# Status: 0 every goal holds, 1 one does not or a run failed (named), 64 usage, 69 tools missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1:-}" in
  ingest | twins | learning | churn | telco) kind=$1; shift ;;
  -h | --help) sed -n '2,25s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) echo "bench.sh: what to measure: ingest, twins, learning, churn or telco (bench.sh --help says more)" >&2; exit 64 ;;
esac
command -v python3 >/dev/null || { echo "bench.sh: python3 is missing: apt-get install -y python3" >&2; exit 69; }
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$root/Pipelines/bench/$kind.py" --root "$root" "$@"
