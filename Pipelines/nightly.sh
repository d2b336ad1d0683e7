#!/usr/bin/env bash
# Runs whole nights: sets the machine up, builds, and runs Pipelines/nightly.yaml once for each night.
#
#   Pipelines/nightly.sh                     every night that Samples/ holds, into Output/
#   Pipelines/nightly.sh --date 2026-11-22   one night
#   Pipelines/nightly.sh --inbox DIR --home DIR --date D   an operator's own files
#
# Exit status: that of `nightjar run`, the worst of the nights; a status from 64 on ends the run.
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."

inbox=Samples/deliveries
home=${NIGHTJAR_HOME:-Output}
dates=()
while [ $# -gt 0 ]; do
  case "$1" in
    --inbox | --home | --date)
      [ $# -ge 2 ] || { echo "nightly.sh: $1 needs a value" >&2; exit 64; }
      value=$2
      case "$1" in
        --inbox) inbox=$(cd "$here" && realpath -m -- "$value") ;;
        --home) home=$(cd "$here" && realpath -m -- "$value") ;;
        --date) dates+=("$value") ;;
      esac
      shift 2
      ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' Pipelines/nightly.sh; exit 0 ;;
    *) echo "nightly.sh: unknown argument $1; see --help" >&2; exit 64 ;;
  esac
done
if [ "${#dates[@]}" -eq 0 ]; then
  for folder in "$inbox"/20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]; do
    if [ -d "$folder" ]; then dates+=("${folder##*/}"); fi
  done
fi
[ "${#dates[@]}" -gt 0 ] || { echo "nightly.sh: $inbox has no folder named by a date; give --date" >&2; exit 66; }

Pipelines/setup.sh
swift build -c release >&2

worst=0
for date in "${dates[@]}"; do
  status=0
  .build/release/nightjar run Pipelines/nightly.yaml --home "$home" --inbox "$inbox" --date "$date" || status=$?
  if [ "$status" -gt "$worst" ]; then worst=$status; fi
  if [ "$status" -ge 64 ]; then exit "$status"; fi
done
exit "$worst"
