#!/bin/sh
# Writes constraints.txt: the versions that a fresh environment gets today.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --upgrade pip setuptools
"$folder/bin/python" -m pip install --quiet --editable '.[all]' --group dev
{
  echo "# The versions that every change is tested with; \`tools/pin.sh\` writes them anew."
  "$folder/bin/python" -m pip freeze --all --exclude-editable | grep -v -i '^\(wheel\|outcrop\)'
} > constraints.txt
