#!/usr/bin/env bash
# The ledger of each provider's bills, exported and judged by other people's validators: tests/focus_ledger.sh HEADROOM [FILE...]
# Without files the fixtures are taken. The FinOps Foundation's focus-validator and focus-toolkit come from PyPI; what each
# may report is said in focus_ledger.py, all else fails.
set -euo pipefail
headroom=$(realpath "$1"); shift
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
toolkit=${CHECK_VENV:-$work/toolkit}
[ -x "$toolkit/bin/python" ] || python3 -m venv "$toolkit"
[ -x "$toolkit/bin/focus-toolkit" ] || "$toolkit/bin/pip" install -q 'focus-data-toolkit==0.14.1' pyarrow
validator=${FOCUS_VENV:-$work/validator}
if [ ! -x "$validator/bin/focus-validator" ]; then
  python3 -m venv "$validator"
  "$validator/bin/pip" install -q --ignore-requires-python 'focus-validator==2.2.1' 'pyarrow<21'
fi
# The validator asks for Python 3.12 because of quotes inside one f-string; written otherwise it runs on 3.11 too.
"$validator/bin/python" - <<'PY'
import pathlib, sysconfig
path = pathlib.Path(sysconfig.get_paths()["purelib"]) / "focus_validator/config_objects/focus_to_duckdb_converter.py"
old = '''", ".join(f"'{k.replace('\\"', '\\"\\"')}'" for k in ignore_keys)'''
path.write_text(path.read_text().replace(old, '''", ".join("'" + k.replace('"', '""') + "'" for k in ignore_keys)'''))
PY
if [ $# -gt 0 ]; then files=("$@"); else
  ok="$here/../fixtures/ok"
  files=("$ok"/focus/*.csv "$ok"/aws/*.csv "$ok"/azure/azure*.csv "$ok"/azure/headers_{Enterprise,PayAsYouGo}.csv "$ok"/gcp/*.csv "$ok"/oci/*.csv "$ok"/alibaba/*[!0].csv
    "$ok"/tencent/*.csv "$ok"/huawei/*.csv "$ok"/volcengine/*.csv "$ok"/invoice/utf-8.csv)
fi
"$toolkit/bin/python" "$here/focus_ledger.py" "$headroom" "$toolkit/bin/focus-toolkit" "$validator" "$work" "${files[@]}"
