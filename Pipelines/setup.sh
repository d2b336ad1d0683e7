#!/usr/bin/env bash
# Installs what Nightjar needs to build and run: Debian packages, and Apache Arrow's C++ libraries out of one pinned
# pyarrow wheel, unpacked into .arrow/ (git-ignored). Safe to run again; does nothing when nothing is to do.
#
#   Pipelines/setup.sh [EXTRA-PACKAGE ...]
#
# Exit status: 0 ready, 69 something is missing and cannot be installed from here (the message says how).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
packages=(libcsv-dev libarchive-dev libisal-dev libsqlite3-dev tzdata python3-pip "$@")
swift_minimum=6.2
arrow_version=26.0.1
arrow_sha256=39cb0f2418282c24bea6ceda77b03e5a8f0a5766b63a8bf194d4e2a2c423548c

say() { printf 'setup: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 69; }

# --- Swift ---------------------------------------------------------------------------------------------------------
if ! command -v swift >/dev/null 2>&1; then
  refuse "Swift is missing: install Swift $swift_minimum or later from https://www.swift.org/install/linux/ and put it on PATH"
fi
swift_found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
if [ "$(printf '%s\n%s\n' "$swift_minimum" "${swift_found:-0}" | sort -V | head -n 1)" != "$swift_minimum" ]; then
  refuse "Swift ${swift_found:-of unknown version} is too old: install Swift $swift_minimum or later from https://www.swift.org/install/linux/"
fi

# --- Debian packages -----------------------------------------------------------------------------------------------
missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  command -v apt-get >/dev/null 2>&1 || refuse "these Debian packages are missing, and there is no apt-get: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    refuse "packages are missing; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  say "installing ${missing[*]}"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    refuse "apt-get could not install ${missing[*]}"
  fi
fi

# --- Arrow ---------------------------------------------------------------------------------------------------------
stamp="$root/.arrow/pyarrow-$arrow_version"
if [ ! -f "$stamp" ]; then
  [ "$(uname -m)" = x86_64 ] || refuse "the pinned Arrow wheel is for x86_64, and this machine is $(uname -m)"
  python=python3
  "$python" -m pip --version >/dev/null 2>&1 || python=/usr/bin/python3
  say "fetching Apache Arrow $arrow_version (a 55 MB wheel from PyPI, 66 MB unpacked)"
  work=$(mktemp -d "$root/.arrow-XXXXXX")
  trap 'rm -rf "$work" "${log:-}"' EXIT
  printf 'pyarrow==%s --hash=sha256:%s\n' "$arrow_version" "$arrow_sha256" >"$work/requirements.txt"
  if ! "$python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --platform manylinux_2_28_x86_64 --python-version 311 --implementation cp --abi cp311 \
    --dest "$work" --requirement "$work/requirements.txt" >&2; then
    refuse "the Arrow wheel could not be fetched, or its digest is not the pinned one (see above); mend that and run Pipelines/setup.sh again"
  fi
  "$python" - "$work" <<'PYTHON'
import glob, os, sys, zipfile

work = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(os.path.join(work, "*.whl"))[0])
libraries = {"pyarrow/libarrow.so.2600", "pyarrow/libparquet.so.2600"}
for name in wheel.namelist():
    if name.endswith("/"):
        continue
    if name in libraries:
        target = os.path.join(work, "unpacked", "lib", os.path.basename(name))
    elif name.startswith("pyarrow/include/"):
        target = os.path.join(work, "unpacked", name[len("pyarrow/"):])
    else:
        continue
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as out:
        out.write(wheel.read(name))
PYTHON
  touch "$work/unpacked/pyarrow-$arrow_version"
  rm -rf "$root/.arrow"
  mv "$work/unpacked" "$root/.arrow"
  say "Arrow $arrow_version is in .arrow/"
fi
