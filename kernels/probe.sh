#!/usr/bin/env bash
# Starts the packed GPU probe; arguments are the probe's (--help lists them).
#
# CUDA's and cuDNN's libraries are looked for in LD_LIBRARY_PATH, in what Python's NVIDIA packages
# bring, under /usr/local/cuda, and where the system's loader looks. With libcublas.so.12 in reach
# natives/ is used; else, with libcublas.so.13 in reach and rewritten natives packed, natives-13/.
# PROBE_NATIVES names another folder of natives. PROBE_PYTHON is the Python to ask (python3).
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PROBE_PYTHON:-python3}

folders=()
add() {
  local folder
  for folder in "$@"; do
    [ -d "$folder" ] && folders+=("$folder")
  done
}

IFS=: read -ra given <<<"${LD_LIBRARY_PATH:-}"
add "${given[@]+"${given[@]}"}"
packages=$("$python" -c 'import sys; print("\n".join(p for p in sys.path if p))' 2>/dev/null)
while IFS= read -r folder; do
  [ -n "$folder" ] && add "$folder"/nvidia/cu13/lib "$folder"/nvidia/*/lib
done <<<"$packages"
add /usr/local/cuda/lib64 /usr/local/cuda-1[23]*/lib64 /usr/local/nvidia/lib64

# Whether a library is in one of the folders, or where the system's loader looks.
reachable() {
  local folder
  for folder in "${folders[@]+"${folders[@]}"}"; do
    [ -e "$folder/$1" ] && return 0
  done
  ldconfig -p 2>/dev/null | grep -qF "$1"
}

natives=${PROBE_NATIVES:-$here/natives}
if [ -z "${PROBE_NATIVES:-}" ] && ! reachable libcublas.so.12 && reachable libcublas.so.13; then
  if [ -d "$here/natives-13" ]; then
    natives=$here/natives-13
  else
    echo "probe.sh: only CUDA 13 is here and natives-13/ was not packed: cuBLAS and NVRTC" \
      "will be missing; pack with --rewrite or --natives-13" >&2
  fi
fi

# What the probe's own libraries find must not reach Python, whose packages find their own.
export PROBE_LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}
[ -n "$PROBE_LD_LIBRARY_PATH" ] || unset PROBE_LD_LIBRARY_PATH
export LD_LIBRARY_PATH
LD_LIBRARY_PATH=$(IFS=:; echo "${folders[*]+"${folders[*]}"}")

chmod +x "$here/jre/bin/java" "$here/jre/lib/jspawnhelper" 2>/dev/null
echo "natives: $natives, LD_LIBRARY_PATH: $LD_LIBRARY_PATH" >&2
exec "$here/jre/bin/java" -Djava.library.path="$natives" -cp "$here/lib/*" \
  dev.vitrine.kernels.probe.GpuProbe --python "$python" "$@"
