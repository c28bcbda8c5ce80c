#!/bin/sh
# How fast we are beside others, on this machine, one thread each:  yardstick.sh OURS   (make yardstick; not part of make test)
# OpenBLAS and PyTorch are looked for; what is not installed is said and skipped. PYTHON chooses the Python.
set -u
here=$(dirname "$0") ours=$1
"$ours" gemm
echo
python=${PYTHON:-}
for candidate in python3 /usr/bin/python3; do
    [ -n "$python" ] || { "$candidate" -c "import torch" 2>/dev/null && python=$candidate; }
done
if "${python:-python3}" --version >/dev/null 2>&1; then "${python:-python3}" "$here/torch_step.py" "$ours"; else echo "skipped: no python3, so no PyTorch to compare a step with"; fi
