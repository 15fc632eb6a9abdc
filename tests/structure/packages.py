#!/usr/bin/env python3
"""Fails where the build asks for a package that third_party/install.sh does not install: packages.py SOURCE_DIR

A machine that has it from elsewhere hides the missing step, and a bare one stops at CMake's first look. Read are the
packages that third_party's CMake files name beside each dependency, and the list of what no source stands in for."""
import os
import re
import subprocess
import sys

# name, least version, package, … of what has a pinned source; name, package of what has none.
DEPENDENCY = re.compile(r'blockyard_dependency\(\S+ (?:""|[\d.]+) ("[^"]+"|\S+)')
SYSTEM = re.compile(r'blockyard_system_dependency\(\S+ ("[^"]+"|[^\s)]+)')
ALWAYS_THERE = {"libc6-dev"}  # comes with every compiler


def main(root):
    script = os.path.join(root, "third_party", "install.sh")
    installed = set(subprocess.run(["bash", script, "--list"], check=True, capture_output=True, text=True).stdout.split())
    wrong, seen = [], 0
    for name in ("CMakeLists.txt", "graphics.cmake"):
        with open(os.path.join(root, "third_party", name), encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                if line.lstrip().startswith(("#", "macro")):
                    continue
                for found in DEPENDENCY.findall(line) + SYSTEM.findall(line):
                    for package in found.strip('"').split():
                        seen += 1
                        if package not in installed | ALWAYS_THERE:
                            wrong.append(f"third_party/{name}:{number}: {package} is not in install.sh --list")
    with open(script, encoding="utf-8") as text:
        needed = re.search(r"^needed=\(([^)]*)\)", text.read(), re.M)
    for package in needed.group(1).split():
        if package not in installed:
            wrong.append(f"third_party/install.sh: {package} is needed, and is not in install.sh --list")
    if seen < 15:
        wrong.append(f"only {seen} packages were found in third_party's CMake files: has their form changed?")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
