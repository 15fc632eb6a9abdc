#!/usr/bin/env python3
"""Fails where an include runs against the order of the rooms, or stands twice: includes.py SOURCE_DIR

A room may know those above it in its list, and app may know core, never the other way. A new room gets a row here."""
import os
import re
import sys

# From the foundation up. Rooms of one line know nothing of each other.
CORE = ["base", "http", "tokens", "prefix", "cache", "model", "settings", "workload", "router", "engine", "fleet", "sim", "live",
        "standin", "replay", "metrics", "experiment", "io"]
APP = ["ui", "plot/data", "plot/draw", "jobs", "net", "figures", "session", "panels", "window", "platform", "cli"]
PROGRAMS = {"app/main.cpp", "app/window_main.cpp"}  # they put the rooms together

# Outside libraries that only one room may know.
ONLY = {"GLFW/": {"app/platform"}, "glad/": {"app/platform"}, "EGL/": {"app/platform"},
        "imgui": {"app/ui", "app/plot/draw", "app/panels", "app/window", "app/platform"},
        "boost/": {"app/net"}, "zmq": {"app/net"}, "CLI/": {"app/cli"}}


def room_of(path):
    """core/sim/x.h -> ("core", "sim"); app/plot/draw/x.h -> ("app", "plot/draw"); None for what is in no room."""
    side, _, rest = path.partition("/")
    for room in sorted(CORE if side == "core" else APP, key=len, reverse=True):
        if rest.startswith(room + "/"):
            return side, room
    return None


def main(root):
    wrong = []
    for side in ("core", "app"):
        for folder, _, files in os.walk(os.path.join(root, side)):
            for name in files:
                if not name.endswith((".h", ".cpp")):
                    continue
                path = os.path.relpath(os.path.join(folder, name), root)
                if path in PROGRAMS:
                    continue
                here = room_of(path)
                if here is None:
                    wrong.append(f"{path}: stands in no room that tests/structure/includes.py knows")
                    continue
                with open(os.path.join(root, path), encoding="utf-8") as text:
                    lines = text.read().split("\n")
                seen = set()
                for number, line in enumerate(lines, 1):
                    found = re.match(r'\s*#\s*include\s*["<]([^">]+)[">]', line)
                    if not found:
                        continue
                    target = found.group(1)
                    if target in seen:
                        wrong.append(f"{path}:{number}: {target} is included above already")
                    seen.add(target)
                    for library, rooms in ONLY.items():
                        if target.startswith(library) and not any(path.startswith(r + "/") for r in rooms):
                            wrong.append(f"{path}:{number}: <{target}> is known to {', '.join(sorted(rooms))} alone")
                    there = room_of(target) if target.startswith(("core/", "app/")) else None
                    if there is None or there == here:
                        continue
                    order = CORE if here[0] == "core" else APP
                    if here[0] == "core" and there[0] == "app":
                        wrong.append(f"{path}:{number}: core knows nothing of app ({target})")
                    elif here[0] == there[0] and order.index(there[1]) > order.index(here[1]):
                        wrong.append(f"{path}:{number}: {here[1]} may not know {there[1]} ({target})")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
