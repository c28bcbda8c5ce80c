#!/bin/sh
# A slice of tests/faults/run.sh: every 150th of its cases.  tests/faults_test.sh RHM
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
case ${SANITIZE:-} in '') ;; *) echo "skipped: the sanitizers have an allocator of their own"; echo "0 passed, 0 failed, 1 skipped"; exit 0 ;; esac
exec sh "$root/tests/faults/run.sh" 150
