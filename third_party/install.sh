#!/usr/bin/env bash
# Installs what Blockyard needs to be built, run and tested on Debian 12+ and Ubuntu 24.04+, and only what is missing.
#   third_party/install.sh            everything below
#   third_party/install.sh --gui      what the program and its window need
#   third_party/install.sh --tests    what the program without its window and its tests need
#   third_party/install.sh --clang    Clang as well, for the lanes of tests/run.sh that want it
#   third_party/install.sh --list     print the packages (of --gui, --tests or both) and stop
# A package that the release does not have is left out: CMake then fetches the pinned source (CMakeLists.txt here).
set -euo pipefail

base=(cmake ninja-build g++ pkg-config git ca-certificates python3
      libfmt-dev nlohmann-json3-dev libsimdjson-dev libcli11-dev libpcg-cpp-dev libssl-dev zlib1g-dev
      libarchive-dev libpcre2-dev libutf8proc-dev libyaml-cpp-dev libboost-dev libzmq3-dev cppzmq-dev)
gui=(libimgui-dev libstb-dev libglfw3-dev python3-glad libgl-dev libopengl-dev libegl-dev
     libgl1 libegl1 fonts-inter fonts-jetbrains-mono fonts-fork-awesome fonts-dejavu-core)
tests=(libgtest-dev libgmock-dev libbenchmark-dev ccache python3-zmq)
window_tests=(xvfb xauth xdotool)  # wanted when both are
clang=(clang libclang-rt-dev)
needed=(cmake ninja-build g++ python3 libssl-dev libarchive-dev zlib1g-dev libboost-dev libzmq3-dev cppzmq-dev)  # no source stands in for these

want_gui=false want_tests=false want_clang=false list=false
for option in "$@"; do
  case $option in
    --gui) want_gui=true ;;
    --tests) want_tests=true ;;
    --clang) want_clang=true ;;
    --list) list=true ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "install.sh: unknown option '$option' (--gui, --tests, --clang, --list)" >&2; exit 2 ;;
  esac
done
if ! $want_gui && ! $want_tests && ! $want_clang; then want_gui=true want_tests=true; fi

packages=("${base[@]}")
if $want_gui; then packages+=("${gui[@]}"); fi
if $want_tests; then packages+=("${tests[@]}"); fi
if $want_gui && $want_tests; then packages+=("${window_tests[@]}"); fi
if $want_clang; then packages+=("${clang[@]}"); fi
if $list; then printf '%s\n' "${packages[@]}"; exit 0; fi

if ! command -v apt-get > /dev/null || ! command -v dpkg-query > /dev/null; then
  echo "install.sh knows apt-get only. Install what your system calls these, then build with CMake:" >&2
  printf '  %s\n' "${packages[@]}" >&2
  exit 1
fi

installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2> /dev/null) == ii* ]]; }
available() { [[ $(apt-cache policy "$1" 2> /dev/null) =~ Candidate:\ [^\(] ]]; }

missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done

if ((${#missing[@]})); then
  as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo > /dev/null; then
      echo "install.sh: not root and no sudo here. As root run: apt-get install ${missing[*]}" >&2
      exit 1
    fi
    as_root=(sudo)
  fi
  echo "Missing here: ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  found=() absent=()
  for package in "${missing[@]}"; do
    if available "$package"; then found+=("$package"); else absent+=("$package"); fi
  done
  for package in "${absent[@]}"; do
    if [[ " ${needed[*]} " == *" $package "* ]]; then
      echo "install.sh: this system's archive has no $package, which is needed" >&2
      exit 1
    fi
    echo "Not in this system's archive: $package (CMake fetches the pinned source, or the program does without)"
  done
  if [[ " ${absent[*]} " == *" python3-glad "* ]] && ! installed python3-jinja2; then found+=(python3-jinja2); fi
  if ((${#found[@]})); then
    echo "Installing: ${found[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${found[@]}"
  fi
else
  echo "All ${#packages[@]} packages are installed."
fi

# The archive may hold an older tool than the build asks for (Ubuntu 22.04: CMake 3.22).
version=$(cmake --version | sed -n '1s/[^0-9]*\([0-9.]*\).*/\1/p')
if [[ $(printf '%s\n' 3.25 "$version" | sort -V | head -n 1) != 3.25 ]]; then
  echo "install.sh: CMake $version is too old, 3.25 is needed. One way: sudo snap install cmake --classic" >&2
  exit 1
fi
