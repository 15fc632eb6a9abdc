#!/usr/bin/env python3
"""Fails where a source file has grown over 400 lines, or a room over 20 files that lie flat in it: sizes.py SOURCE_DIR

Over 400 lines a file does a second thing, which wants a file; over 20 files a room has two rooms in it."""
import os
import sys

LINES, FILES = 400, 20
SOURCES = (".h", ".cpp", ".py", ".sh")


def main(root):
    wrong = []
    for side in ("core", "app", "tests"):
        for folder, _, files in os.walk(os.path.join(root, side)):
            sources = [name for name in files if name.endswith(SOURCES)]
            here = os.path.relpath(folder, root)
            if len(sources) > FILES:
                wrong.append(f"{here}: {len(sources)} files lie in it; at most {FILES}")
            for name in sources:
                with open(os.path.join(folder, name), encoding="utf-8") as text:
                    lines = sum(1 for _ in text)
                if lines > LINES:
                    wrong.append(f"{here}/{name}: {lines} lines; at most {LINES}")
    for line in sorted(wrong):
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
