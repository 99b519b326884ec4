#!/usr/bin/env bash
# Packs the GPU probe for a Linux machine (x86-64) that has no Java and no network.
#
#   kernels/pack-probe.sh [--natives-13 DIR | --rewrite TOOL] [FOLDER]
#
# FOLDER (gpu-probe by default) then holds a Java runtime, the probe, JCuda's natives for CUDA 12,
# and probe.sh, which starts it: copy FOLDER to the machine and run FOLDER/probe.sh --help.
# For a machine that has only CUDA 13, JCuda's natives have to be rewritten, which this project
# does not do. Either bring a folder of rewritten copies (--natives-13 DIR), or name a tool that is
# called as "TOOL IN.so OUT.so" for the two that name a CUDA library's version (--rewrite TOOL).
set -euo pipefail
cd "$(dirname "$0")/.."

out=gpu-probe natives13= rewrite=
while [ $# -gt 0 ]; do
  case $1 in
    --natives-13) natives13=${2:?--natives-13 needs a folder}; shift 2 ;;
    --rewrite) rewrite=${2:?--rewrite needs a tool}; shift 2 ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' kernels/pack-probe.sh; exit 0 ;;
    -*) echo "pack-probe.sh: unknown option $1; see --help" >&2; exit 2 ;;
    *) out=$1; shift ;;
  esac
done
if [ -n "$natives13" ] && [ ! -d "$natives13" ]; then
  echo "pack-probe.sh: $natives13 is no folder of natives" >&2
  exit 2
fi

if [ -e "$out" ] && [ ! -e "$out/probe.sh" ] && [ -n "$(ls -A "$out")" ]; then
  echo "pack-probe.sh: $out is there and is no packed probe: name another folder" >&2
  exit 2
fi
rm -rf "$out"
mkdir -p "$out/lib" "$out/natives"

mvn -q ${MAVEN_ARGS:-} -pl kernels -am -P probe -DskipTests package

# The Java part: the engine's jar without oneDNN's, which the probe does not use.
jars=kernels/target/probe/jars
for module in engine kernels; do
  find "$module/target" -maxdepth 1 -name "vitrine-$module-*.jar" ! -name '*-tests.jar' \
    -exec cp {} "$out/lib/" \;
done
for jar in jcuda jcublas jcudnn picocli; do
  find "$jars" -name "$jar-[0-9]*.jar" -exec cp {} "$out/lib/" \;
done

# The natives that the probe calls: without the PTX compiler, 24 MB, and cuBLAS' old interface.
for jar in "$jars"/*-natives-*-linux-x86_64.jar; do
  unzip -qoj "$jar" 'lib/*.so' -d "$out/natives"
done
rm -f "$out"/natives/*NvPTXCompiler* "$out"/natives/libJCublas-*

if [ -n "$rewrite" ]; then
  mkdir -p "$out/natives-13"
  for so in "$out"/natives/*.so; do
    copy=$out/natives-13/${so##*/}
    case $so in
      *JCublas2* | *JNvrtc*) "$rewrite" "$so" "$copy" ;;
      *) cp "$so" "$copy" ;;
    esac
  done
elif [ -n "$natives13" ]; then
  cp -r "$natives13" "$out/natives-13"
fi

# A runtime of the modules that the probe and JCuda's loader need.
javac=$(readlink -f "$(command -v javac)")
"${javac%/javac}/jlink" --output "$out/jre" --add-modules java.base,java.logging,jdk.unsupported \
  --strip-debug --no-header-files --no-man-pages --compress=2

cp kernels/probe.sh kernels/src/main/resources/dev/vitrine/kernels/probe/vgg16_pytorch.py "$out/"
chmod +x "$out/probe.sh"

megabytes=$(du -sm "$out" | cut -f1)
echo "$out: $megabytes MB"
if [ "$megabytes" -ge 60 ]; then
  echo "pack-probe.sh: $out has $megabytes MB, it must stay under 60" >&2
  exit 1
fi
