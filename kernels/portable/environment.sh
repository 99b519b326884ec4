# What the packed folder's scripts share; they source it. Bash.
#
#   VITRINE_PYTHON   the Python that is asked for CUDA's libraries and runs PyTorch (python3)
#   VITRINE_NATIVES  a folder of JCuda's natives to use instead of the packed ones
#   VITRINE_CUDA     folders with CUDA's and cuDNN's libraries, colons between; they come first
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${VITRINE_PYTHON:-python3}

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}

# Unpacks runtime.tar.xz once, where this user keeps what can be had again; the folder is $runtime.
# The packed folder itself may be read-only, and stays small.
unpack() {
  local id place caches=()
  read -r id <"$here/runtime.id" || fail "$here has no runtime.id: copy the whole folder again"
  [ -z "${VITRINE_HOME:-}" ] || caches+=("$VITRINE_HOME")
  [ -z "${XDG_CACHE_HOME:-}" ] || caches+=("$XDG_CACHE_HOME/vitrine")
  [ -z "${HOME:-}" ] || caches+=("$HOME/.cache/vitrine")
  caches+=("${TMPDIR:-/tmp}/vitrine-$(id -u)" "$here")
  for place in "${caches[@]}"; do
    runtime=$place/runtime-$id
    [ ! -O "$runtime/unpacked" ] || return 0
  done
  for place in "${caches[@]}"; do
    runtime=$place/runtime-$id
    mkdir -p -m 700 "$place" 2>/dev/null && [ -O "$place" ] && [ -w "$place" ] || continue
    unpack_into "$place" && return 0
  done
  fail "no room to unpack 350 MB: set VITRINE_HOME to a folder that can be written to"
}

# Another process may unpack at the same time: what is ready is moved to its place.
unpack_into() {
  local part
  echo "vitrine: unpacking to $1 on first use..." >&2
  part=$(mktemp -d "$1/unpacking-XXXXXX") || return 1
  if expand | tar -C "$part" -xf - && [ "${PIPESTATUS[0]}" = 0 ]; then
    # Maps the Java library's classes at each start instead of reading them; nice to have.
    "$part/runtime/jre/bin/java" -Xshare:dump >/dev/null 2>&1
    : >"$part/runtime/unpacked"
    mv -T "$part/runtime" "$runtime" 2>/dev/null
  fi
  rm -rf "$part"
  [ -e "$runtime/unpacked" ]
}

expand() {
  if command -v xz >/dev/null; then
    xz -dc "$here/runtime.tar.xz"
  elif command -v "$python" >/dev/null; then
    "$python" -c 'import lzma, shutil, sys
with lzma.open(sys.argv[1]) as packed:
    shutil.copyfileobj(packed, sys.stdout.buffer)' "$here/runtime.tar.xz"
  else
    echo "vitrine: neither xz nor python3 is here to unpack with; install xz-utils" >&2
    return 1
  fi
}

# Puts CUDA's folders and JCuda's natives into LD_LIBRARY_PATH: what VITRINE_CUDA and
# LD_LIBRARY_PATH name, what Python's NVIDIA packages bring, /usr/local/cuda. With libcublas.so.12 in
# reach natives/ is taken; else, with libcublas.so.13 in reach and rewritten natives packed,
# natives-13/.
find_libraries() {
  local folder given packages
  folders=()
  if [ "${VITRINE_CUDA:-}" = redist ]; then
    fail "VITRINE_CUDA=redist needs Maven and the internet; name folders with CUDA's libraries"
  fi
  IFS=: read -ra given <<<"${VITRINE_CUDA:-}:${LD_LIBRARY_PATH:-}"
  add "${given[@]+"${given[@]}"}"
  packages=$("$python" -c 'import sys; print("\n".join(p for p in sys.path if p))' 2>/dev/null)
  while IFS= read -r folder; do
    [ -z "$folder" ] || add "$folder"/nvidia/cu13/lib "$folder"/nvidia/*/lib
  done <<<"$packages"
  add /usr/local/cuda/lib64 /usr/local/cuda-1[23]*/lib64 /usr/local/nvidia/lib64
  natives=${VITRINE_NATIVES:-$runtime/natives}
  if [ -z "${VITRINE_NATIVES:-}" ] && ! reachable libcublas.so.12 && reachable libcublas.so.13; then
    if [ -d "$runtime/natives-13" ]; then
      natives=$runtime/natives-13
    else
      echo "vitrine: only CUDA 13 is here and natives for it were not packed: cuBLAS and NVRTC" \
        "will be missing; pack with --rewrite or --natives-13" >&2
    fi
  fi
  # What Java's libraries find must not reach Python, whose packages find their own.
  export PROBE_LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}
  [ -n "$PROBE_LD_LIBRARY_PATH" ] || unset PROBE_LD_LIBRARY_PATH
  LD_LIBRARY_PATH=$(IFS=:; echo "$natives${folders[*]+":${folders[*]}"}")
  export LD_LIBRARY_PATH
}

add() {
  local folder
  for folder in "$@"; do
    [ ! -d "$folder" ] || folders+=("$folder")
  done
}

# Whether a library is in one of the folders, or where the system's loader looks.
reachable() {
  local folder
  for folder in "${folders[@]+"${folders[@]}"}"; do
    [ ! -e "$folder/$1" ] || return 0
  done
  PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -qF "$1"
}

# Starts Java with everything on its class path and some more in front: java_with PATHS ARGUMENTS
java_with() {
  local cache=$runtime/viz/target/dist/app/natives
  "$runtime/jre/bin/java" -Djava.awt.headless=true -Dfile.encoding=UTF-8 \
    "-Dorg.bytedeco.javacpp.cachedir=$cache" \
    -cp "$1:$runtime/bench.jar:$runtime/viz/target/dist/app/lib/*" "${@:2}"
}
