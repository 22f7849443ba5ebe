#!/bin/sh
# Holds docker-compose.yml against the Compose specification, and the workflows against GitHub's schema. Installs
# check-jsonschema (PyPI; the schemas are inside it, so the checks themselves are offline) into a virtual environment under
# the Tidewatch home at the first run.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv="${TIDEWATCH_HOME:-$root/.tidewatch}/venv-check-jsonschema"
version=0.39.0

if ! "$venv/bin/check-jsonschema" --version 2>/dev/null | grep -q "$version"; then
  echo "installing check-jsonschema $version into $venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "check-jsonschema==$version"
fi
"$venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec "$root/docker-compose.yml"
"$venv/bin/check-jsonschema" --builtin-schema vendor.github-workflows "$root"/.github/workflows/*.yml
