#!/usr/bin/env bash
# Proves that a night is all or nothing: makes every system call of a tiny night fail in turn, kills it at every one,
# fails the recovery too, checks the order of fsync, rename and link, races 50 starts, kills the runner,
# and kills whole nights of Samples/, and the ingest of a large file, at seeded moments; a promotion and a rollback of a
# model likewise.
#
#   Pipelines/faults.sh                     the whole sweep of the build in .build/release (about an hour)
#   Pipelines/faults.sh --sample            some of each, for the test suite
#   Pipelines/faults.sh --only sweep,order,race,orphans,moments,nights,ingest-kills,acts
#   Pipelines/faults.sh --only ingest-kills --megabytes N   a file of N MB (1,000; 4 with --sample) made in a temporary folder
#   Pipelines/faults.sh --bin DIR           other executables
#   Pipelines/faults.sh -- COMMAND…         sweep another command; {home} {inbox} {config} stand for the trial's folders
#
# Needs python3 and strace with fault injection. Status: 0 all held, 1 something did not (named), 69 tools missing.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1:-}" in -h | --help) sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
for tool in python3 strace; do
  command -v "$tool" >/dev/null || { echo "faults.sh: $tool is missing: apt-get install -y $tool" >&2; exit 69; }
done
exec python3 "$root/Pipelines/faults.py" --root "$root" "$@"
