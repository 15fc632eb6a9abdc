#!/usr/bin/env python3
"""Fails where core or app calls an elementary function of the C library: own_math.py SOURCE_DIR

Such a function may round differently on another processor (core/base/math.h says why), and one that is harmless today
reaches a result tomorrow: so none is called, but for distances of the mouse. sqrt, floor and their like are exact."""
import os
import re
import sys

FUNCTIONS = r"exp|exp2|expm1|log|log2|log10|log1p|pow|cbrt|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|erf|erfc|" \
            r"lgamma|tgamma|hypot|fma"
CALL = re.compile(r"\bstd::(?:%s)\(|(?<![\w:.>])(?:%s)f?\(|\bIm(?:Pow|Log|Sin|Cos|Atan2|Acos)\(" % (FUNCTIONS, FUNCTIONS))
OWN = {"core/base/math.h", "core/base/math.cpp"}
MOUSE = {"app/plot/draw/plot_widget.cpp": "hypot", "app/plot/draw/readout.cpp": "hypot"}  # how far a click has moved


def main(root):
    wrong = []
    for side in ("core", "app"):
        for folder, _, files in os.walk(os.path.join(root, side)):
            for name in sorted(files):
                path = os.path.relpath(os.path.join(folder, name), root)
                if not name.endswith((".h", ".cpp")) or path in OWN:
                    continue
                with open(os.path.join(root, path), encoding="utf-8") as text:
                    for number, line in enumerate(text, 1):
                        code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line).split("//")[0]
                        for found in CALL.findall(code):
                            if MOUSE.get(path, "-") not in found:
                                wrong.append(f"{path}:{number}: {found}…): math::… of core/base/math.h instead")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
