#!/bin/sh
# How fast we are beside others, on this machine, one thread each:  yardstick.sh OURS   (make yardstick; not part of make test)
# OpenBLAS and PyTorch are looked for; what is not installed is said and skipped. PYTHON chooses the Python.
set -u
here=$(dirname "$0") ours=$1

# OpenBLAS does not know every machine and then takes slow kernels: the fastest of those that run here counts. (PyTorch
# may be linked with it; both read the variable.)
if [ -z "${OPENBLAS_CORETYPE:-}" ]; then
    fastest=0 cores=" "
    for core in "" Haswell Zen SkylakeX Cooperlake Sapphirerapids NEOVERSEN1; do
        found=$(OPENBLAS_CORETYPE=$core sh -c '"$0" openblas || exit 1' "$ours" 2>/dev/null) || continue  # with instructions that are unknown here
        speed=${found%% *} kernels=${found#* }
        case $cores in *" $kernels "*) continue ;; esac
        cores="$cores$kernels "
        echo "OpenBLAS with kernels for $kernels: $speed GFLOP/s$([ -n "$core" ] || echo ", its own choice")"
        [ "$speed" -gt $((fastest + fastest / 20)) ] && fastest=$speed OPENBLAS_CORETYPE=$core
    done
    export OPENBLAS_CORETYPE
fi
"$ours" gemm
echo
python=${PYTHON:-}
for candidate in python3 /usr/bin/python3; do
    [ -n "$python" ] || { "$candidate" -c "import torch" 2>/dev/null && python=$candidate; }
done
if "${python:-python3}" --version >/dev/null 2>&1; then "${python:-python3}" "$here/torch_step.py" "$ours"; else echo "skipped: no python3, so no PyTorch to compare a step with"; fi
