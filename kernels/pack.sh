#!/usr/bin/env bash
# Packs Vitrine for a Linux machine (x86-64) that has neither Java nor internet.
#
#   kernels/pack.sh [--rewrite TOOL | --natives-13 DIR] [FOLDER]
#
# FOLDER (vitrine-portable by default) then holds ./vitrine, check-gpu.sh and what they need, see
# docs/gpu.md: copy it to the machine. It stays under 60 MB; CUDA and cuDNN are the machine's.
# For a machine that has only CUDA 13, JCuda's natives have to be rewritten, which this project
# does not do. Either bring a folder of rewritten copies (--natives-13 DIR), or name a tool that is
# called as "TOOL IN.so OUT.so" for the two that name a CUDA library's version (--rewrite TOOL).
# Needs a JDK 17 to 23, Maven, unzip and xz. VITRINE_MAVEN_ARGS has more options for Maven.
set -euo pipefail

fail() {
  echo "pack.sh: $1" >&2
  exit "${2:-1}"
}

out=vitrine-portable natives13= rewrite=
while [ $# -gt 0 ]; do
  case $1 in
    --natives-13) natives13=${2:?--natives-13 needs a folder}; shift 2 ;;
    --rewrite) rewrite=${2:?--rewrite needs a tool}; shift 2 ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0"; exit 0 ;;
    -*) fail "unknown option $1; see --help" 2 ;;
    *) out=$1; shift ;;
  esac
done
[ -z "$natives13" ] || natives13=$(cd "$natives13" && pwd) || fail "$natives13 is no folder" 2
[ -z "$rewrite" ] || rewrite=$(readlink -f "$(command -v "$rewrite")") || fail "no tool $rewrite" 2
for tool in unzip xz mvn javac; do
  command -v $tool >/dev/null || fail "no $tool on the PATH"
done
if [ -e "$out" ] && [ ! -e "$out/check-gpu.sh" ] && [ -n "$(ls -A "$out")" ]; then
  fail "$out is there and is no packed folder: name another one" 2
fi
rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The launcher's own build holds the command line; the other one benchmarks and tests.
./vitrine devices >/dev/null
read -r app <viz/target/dist/current
# shellcheck disable=SC2086
mvn -q ${VITRINE_MAVEN_ARGS:-} -pl bench -am -P portable -DskipTests package

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
runtime=$work/runtime
dist=$runtime/viz/target/dist
mkdir -p "$dist/app" "$runtime/natives" "$runtime/tests"
cp vitrine "$runtime/"
echo app >"$dist/current"
touch "$dist/app/built"
cp -r "viz/target/dist/$app/lib" "$dist/app/lib"
cp bench/target/vitrine-bench-*.jar "$runtime/bench.jar"
cp -r bench/target/portable "$runtime/tests/lib"
cp -r kernels/target/test-classes "$runtime/tests/kernels"
cp -r engine/target/test-classes "$runtime/tests/engine"
mkdir -p "$runtime/tests/goldens/dev/vitrine/viz"
cp -r viz/target/test-classes/dev/vitrine/viz/golden "$runtime/tests/goldens/dev/vitrine/viz/"
cp -r viz/target/test-classes/goldens "$runtime/tests/goldens/"

# The natives that are called: without the PTX compiler, 24 MB, and cuBLAS' old interface.
for jar in "$dist"/app/lib/jc*-natives-*-linux-x86_64.jar; do
  unzip -qoj "$jar" 'lib/*.so' -d "$runtime/natives"
  rm "$jar"
done
rm -f "$runtime"/natives/*NvPTXCompiler* "$runtime"/natives/libJCublas-*
if [ -n "$rewrite" ]; then
  mkdir "$runtime/natives-13"
  for so in "$runtime"/natives/*.so; do
    copy=$runtime/natives-13/${so##*/}
    case $so in
      *JCublas2* | *JNvrtc*) "$rewrite" "$so" "$copy" ;;
      *) cp "$so" "$copy" ;;
    esac
  done
elif [ -n "$natives13" ]; then
  cp -r "$natives13" "$runtime/natives-13"
fi

# What is stored as it is, xz makes a quarter smaller than a jar does.
javac=$(readlink -f "$(command -v javac)")
jdk=${javac%/bin/javac}
for jar in "$dist"/app/lib/*.jar "$runtime"/tests/lib/*.jar; do
  mkdir "$work/jar"
  (cd "$work/jar" && unzip -q "$jar" && rm -rf org/bytedeco/*/linux-x86_64/include &&
    "$jdk/bin/jar" --create --file "$jar" --no-compress --manifest META-INF/MANIFEST.MF .)
  rm -rf "$work/jar"
done
"$jdk/bin/jlink" --output "$runtime/jre" --compress=0 \
  --strip-debug --no-header-files --no-man-pages --add-modules \
  java.desktop,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.crypto.ec,jdk.unsupported

tar -C "$work" --owner=0 --group=0 --sort=name --mtime=@0 -cf "$work/runtime.tar" runtime
sha256sum <"$work/runtime.tar" | cut -c1-16 >"$out/runtime.id"
xz -9 -c "$work/runtime.tar" >"$out/runtime.tar.xz"

cp kernels/portable/* "$out/"
cp kernels/src/main/resources/dev/vitrine/kernels/probe/vgg16_pytorch.py "$out/vgg16_convolutions.py"
cp bench/src/main/resources/dev/vitrine/bench/gpu/vgg16_pytorch.py "$out/"
cp docs/gpu.md "$out/README.md"
cp LICENSE NOTICE "$out/"
mkdir "$out/samples"
cp viz/samples/* "$out/samples/"
chmod +x "$out/vitrine" "$out"/*.sh

megabytes=$(du -sm "$out" | cut -f1)
echo "$out: $megabytes MB"
[ "$megabytes" -lt 60 ] || fail "$out has $megabytes MB, it must stay under 60"
