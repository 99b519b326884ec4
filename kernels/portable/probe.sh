#!/usr/bin/env bash
# Starts the GPU probe; arguments are the probe's (--help lists them).
set -u
# shellcheck source=kernels/portable/environment.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/environment.sh"
unpack
find_libraries
echo "LD_LIBRARY_PATH: $LD_LIBRARY_PATH" >&2
java_with "$runtime/bench.jar" dev.vitrine.kernels.probe.GpuProbe --python "$python" "$@"
