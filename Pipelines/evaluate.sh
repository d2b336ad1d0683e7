#!/usr/bin/env bash
# Judges the models on a synthetic operator whose truth is known: makes the operator, runs its nights, and compares the
# predictions for the test date with the truth of that date.
#
#   Pipelines/evaluate.sh [SUBSCRIBERS [SEED [FOLDER]]]      default 100000 subscribers, seed 1, a temporary folder
#
# Prints AUC, top-decile lift and calibration within prepaid and within postpaid beside those of the best observable
# probability. Exit status: 0 where every claim holds, 65 where one does not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

subscribers=${1:-100000}
seed=${2:-1}
if [ $# -ge 3 ]; then
  mkdir -p "$3"
  folder=$(realpath "$3")
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
until=2026-11-22
export NIGHTJAR_KEYS="$folder/keys"

Pipelines/setup.sh
swift build -c release >&2
bin=.build/release

said() { local started=$SECONDS; "$@"; printf '%6d s  %s\n' $((SECONDS - started)) "$(basename "$1")" >&2; }

said "$bin/nightjar-synth" --output "$folder/deliveries" --subscribers "$subscribers" --days 180 --until "$until" \
  --raw-nights 1 --seed "$seed"
"$bin/nightjar" init --home "$folder/home" --quiet
night() {
  local date=$1 status=0
  shift
  said "$@" --home "$folder/home" --date "$date" || status=$?
  if [ "$status" -ne 0 ] && [ "$status" -ne 3 ]; then exit "$status"; fi
}
# Months of use one by one, each let go when it is taken: half a year of a million subscribers is no night's work.
for file in "$folder/deliveries/$until"/usage-daily_*.csv.gz; do
  month=${file##*_}
  last=$(date -d "${month%.csv.gz}-01 +1 month -1 day" +%F)
  if [[ "$last" < "$until" ]]; then
    night "$last" "$bin/nightjar-ingest" "$file"
    rm "$file"
  fi
done
night "$until" "$bin/nightjar-ingest" --inbox "$folder/deliveries"
night "$until" "$bin/nightjar-twin"
night "$until" "$bin/nightjar-train"

metrics=$(ls "$folder"/home/data/models/churn/v0001/metrics-*.json)
test_day=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["test"]["asOf"][-1])' "$metrics")
"$bin/nightjar-synth" --truth "$folder/truth.parquet" --truth-day "$test_day" --pseudonyms --home "$folder/home" \
  --subscribers "$subscribers" --days 180 --until "$until" --raw-nights 1 --seed "$seed"
"$bin/nightjar-train" evaluate v0001 --home "$folder/home" --truth "$folder/truth.parquet"
