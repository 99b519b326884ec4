#!/usr/bin/env bash
# Runs on a card what needs one: the tests tagged gpu, the engine's networks, PyTorch's and Keras'
# numbers, and the benchmarks, beside PyTorch where there is one. A short table comes last.
#
#   check-gpu.sh [--probe] [--seconds N] [--device N] [--parts NAME,...] [--log FILE]
#
#   --probe        the GPU probe too, which says what each convolution costs in which layout
#   --seconds N    time for everything (500)
#   --device N     the card's number (0)
#   --parts NAMES  of tests, networks, goldens, kernels, fp32, tf32, torch-fp32, torch-tf32 (all)
#   --log FILE     where the whole output goes (vitrine-gpu.log, in the current folder)
#   --try          tries the script itself: on the CPU, at next to no size
#
# Each part runs in a process of its own with its share of the time, so that a crash inside a native
# library costs that part only. Exit codes: 0 every part ran and was right; 1 a part failed or ran out
# of time, or there is no card; 2 wrong usage.
set -u

parts=tests,networks,goldens,kernels,fp32,torch-fp32,tf32,torch-tf32 seconds=500 device=0
log=vitrine-gpu.log probe= tiny=
wrong() {
  echo "check-gpu.sh: $1; see --help" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case $1 in
    --probe) probe=probe,; shift; continue ;;
    --try) tiny=--tiny; shift; continue ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; exit 0 ;;
    --seconds | --device | --parts | --log) [ $# -gt 1 ] || wrong "$1 needs a value" ;;
    *) wrong "unknown option $1" ;;
  esac
  case $1 in
    --seconds) seconds=$2 ;;
    --device) device=$2 ;;
    --parts) parts=$2 ;;
    --log) log=$2 ;;
  esac
  shift 2
done
case $seconds$device in *[!0-9]*) wrong "--seconds and --device are numbers" ;; esac
name=cuda:$device kind=cuda
[ -z "$tiny" ] || name=cpu kind=cpu

# What a part's time is in proportion to.
weight() {
  case $1 in
    probe) echo 24 ;;
    tests) echo 8 ;;
    networks) echo 3 ;;
    goldens) echo 6 ;;
    kernels) echo 4 ;;
    fp32 | tf32) echo 5 ;;
    torch-fp32 | torch-tf32) echo 10 ;;
    *) return 1 ;;
  esac
}
IFS=, read -ra selected <<<"$probe$parts"
total=0
for part in "${selected[@]}"; do
  w=$(weight "$part") || wrong "unknown part $part"
  total=$((total + w))
done

SECONDS=0
# shellcheck source=kernels/portable/environment.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/environment.sh"
unpack
: >"$log" 2>/dev/null || fail "$log cannot be written to; name another file with --log"
path_for_python=${LD_LIBRARY_PATH:-}
find_libraries

say() { tee -a "$log"; }
bench() {
  java_with "$runtime/bench.jar" dev.vitrine.bench.gpu.GpuBench --device "$name" $tiny "$@"
}
tests() {
  java_with "$runtime/tests/kernels:$runtime/tests/engine:$runtime/tests/goldens:$runtime/tests/lib/*" \
    "-Dvitrine.test.device=$kind" org.junit.platform.console.ConsoleLauncher execute \
    --disable-banner --disable-ansi-colors --details=testfeed --fail-if-no-tests "$@"
}
torch() {
  if ! command -v "$python" >/dev/null; then
    echo "pytorch missing text=no $python on the PATH"
    return
  fi
  LD_LIBRARY_PATH=$path_for_python "$python" -u "$here/vgg16_pytorch.py" \
    --device "$name" $tiny "$@"
}
run_part() {
  case $1 in
    probe)
      java_with "$runtime/bench.jar" dev.vitrine.kernels.probe.GpuProbe --python "$python" \
        --device "$device" --seconds "$2"
      ;;
    tests) tests --scan-classpath="$runtime/tests/kernels" --include-tag=gpu ;;
    networks)
      tests --scan-classpath="$runtime/tests/engine" \
        --include-classname='dev\.vitrine\.engine\.(network\..*Test|OwnershipTest|TapeTest)'
      ;;
    goldens) tests --scan-classpath="$runtime/tests/goldens" ;;
    kernels) bench kernels --seconds "$2" ;;
    fp32 | tf32) bench vgg16 --precision "$1" --seconds "$2" ;;
    # What it begins last may be a network to compile, which takes as long as all the rest.
    torch-*) torch --precision "${1#torch-}" --seconds $(($2 * 2 / 3)) ;;
  esac
}

# The card answers, or one line says why not.
if ! card=$(bench card 2>&1); then
  printf '%s\n' "$card" | tail -n 1 | sed 's/^gpu-bench: //' | say >&2
  exit 1
fi
printf '%s\n' "$card" | say

# A part is asked to end by itself before it is ended.
failed=0
for part in "${selected[@]}"; do
  w=$(weight "$part")
  share=$(((seconds - SECONDS) * w / total))
  total=$((total - w))
  if [ "$share" -lt 5 ]; then
    echo "part    skipped name=$part" | say
    failed=1
    continue
  fi
  echo "== $part ($share s)" | say
  began=$SECONDS
  export -f run_part bench tests torch java_with
  export runtime here python device name kind tiny path_for_python
  # A process group of its own, so that what the part has started ends with it.
  timeout -k 3 "$share" bash -c 'run_part "$@"' bash "$part" $((share * 3 / 4)) 2>&1 | say
  code=${PIPESTATUS[0]}
  verdict=ok
  [ "$code" = 0 ] || verdict=failed failed=1
  echo "part    $verdict name=$part exit=$code seconds=$((SECONDS - began))" | say
done

echo | say
java_with "$runtime/bench.jar" dev.vitrine.bench.gpu.GpuTable "$log" >"$log.table" && say <"$log.table"
rm -f "$log.table"
exit $failed
