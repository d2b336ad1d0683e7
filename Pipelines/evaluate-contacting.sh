#!/usr/bin/env bash
# Judges whether scores are of doing nothing: a synthetic operator contacts its customers heavily, the more the greater
# their risk, and the contacts work (law) or drive away (harm). The model is trained, and then trained three times anew, each
# time on 28 more days of such contacting. After each training the predictions for its test date are held against the truth
# of a world in which the campaigns and their effects ended with that date, and all else, with the same draws, went its way.
#
#   Pipelines/evaluate-contacting.sh [SUBSCRIBERS [SEED [RESPONSES [ROWS [FOLDER]]]]]
#     RESPONSES  law, harm or null (default law)      ROWS  treatment.rows of churn.yaml (default: as it stands)
#     default 100000 subscribers (a fifth of that is too few to tell a tenth), seed 1, a temporary folder
#
# Exit status: that of the last 'nightjar-train untreated': 0 where the riskiest tenth is predicted within a tenth, else 65.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

subscribers=${1:-100000}
seed=${2:-1}
responses=${3:-law}
rows=${4:-}
if [ $# -ge 5 ]; then
  mkdir -p "$5"
  folder=$(realpath "$5")
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
Pipelines/setup.sh
swift build -c release >&2
bin=.build/release

config="$folder/config"
cp -r Pipelines "$config"
if [ -n "$rows" ]; then sed -i "s/^  rows: .*/  rows: $rows/" "$config/models/churn.yaml"; fi

status=0
for retraining in ${RETRAININGS:-0 1 2 3}; do
  # Every world of the seed has the same first day and the same customers; a later night knows more days of them.
  until=$(date -u -d "2026-11-22 + $((28 * retraining)) days" +%F)
  world="--subscribers $subscribers --days $((180 + 28 * retraining)) --until $until --raw-nights 1 --seed $seed"
  world="$world --responses $responses --campaigns heavy"
  export NIGHTJAR_KEYS="$folder/keys-$retraining"
  home="$folder/home-$retraining"
  deliveries="$folder/deliveries-$retraining"
  if [ ! -d "$home" ]; then
    # shellcheck disable=SC2086 -- options of a world
    "$bin/nightjar-synth" --output "$deliveries" $world --quiet
    "$bin/nightjar" init --home "$home" --quiet
    "$bin/nightjar-ingest" --inbox "$deliveries" --home "$home" --date "$until" --config "$config" --quiet || [ $? -eq 3 ]
    rm -rf "$deliveries"
  fi
  "$bin/nightjar-train" night --force --home "$home" --date "$until" --config "$config" || [ $? -eq 3 ]
  metrics=$(ls -t "$home"/data/models/churn/v*/metrics-*.json | head -1)
  test_day=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["test"]["asOf"][-1])' "$metrics")
  # shellcheck disable=SC2086 -- options of a world
  "$bin/nightjar-synth" --truth "$folder/truth.parquet" --truth-day "$test_day" --pseudonyms --home "$home" $world --quiet
  echo "retraining $retraining: night $until, test date $test_day, responses $responses, rows ${rows:-as configured}"
  status=0
  version=$(basename "$(dirname "$metrics")")
  "$bin/nightjar-train" untreated "$version" --home "$home" --truth "$folder/truth.parquet" || status=$?
done
exit "$status"
