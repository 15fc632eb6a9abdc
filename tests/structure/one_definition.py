#!/usr/bin/env python3
"""Fails where one name stands for two types: one_definition.py SOURCE_DIR

Two classes of one qualified name in one program are one class to the linker, which keeps the functions of either: what
runs is then a matter of inlining. No compiler sees it, since no file sees both. So every class, struct, union and enum
at namespace scope in core and app (and those of the tests, against core and app) has its name to itself; what only one
.cpp needs stands in its unnamed namespace."""
import os
import re
import sys

HEAD = re.compile(r"(?:^|\s)(class|struct|union|enum(?:\s+class|\s+struct)?)\s+(?:\[\[[^\]]*\]\]\s*)?([\w:]+)(?:\s+final)?"
                  r"\s*(?::(?!:)[^;{]*)?$")


def without_noise(text):
    """Comments, literals and preprocessor lines blanked out, newlines kept."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)+\'|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*'

    def blank(match):
        return "".join(c if c == "\n" else " " for c in match.group(0))
    return re.sub(pattern, blank, text, flags=re.S | re.M)


def types_of(text):
    """(qualified name, line) of the types that a file defines at namespace or class scope outside unnamed namespaces."""
    text = without_noise(text)
    scopes, out, begin, parentheses = [], [], 0, 0
    for at, c in enumerate(text):
        if c == "(":
            parentheses += 1
        elif c == ")":
            parentheses -= 1
        elif c == "{":
            head = text[begin:at].strip()
            name = None
            if parentheses > 0:
                kind = "block"
            elif re.search(r"(?:^|\s)namespace(?:\s+[\w:]+)?$", head):
                named = re.search(r"namespace(?:\s+([\w:]+))?$", head).group(1)
                kind, name = ("namespace", named) if named else ("unnamed", None)
            elif (found := HEAD.search(head)) and "=" not in head.split("\n")[-1].split(":")[0]:
                kind, name = "type", found.group(2)
            else:
                kind = "block"
            if kind == "type" and all(s[0] in ("namespace", "type") for s in scopes):
                template = re.search(r"template\s*<>", head)  # a specialisation is no second definition
                if not template:
                    out.append(("::".join([s[1] for s in scopes] + [name]), text.count("\n", 0, at) + 1))
            scopes.append((kind, name))
            begin = at + 1
        elif c == "}":
            if scopes:
                scopes.pop()
            begin = at + 1
        elif c == ";" and parentheses == 0:
            begin = at + 1
    return out


def main(root):
    places, tests = {}, []
    for side in ("core", "app", "tests"):
        for folder, _, files in os.walk(os.path.join(root, side)):
            for name in sorted(files):
                if not name.endswith((".h", ".cpp")):
                    continue
                path = os.path.relpath(os.path.join(folder, name), root)
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    for qualified, line in types_of(file.read()):
                        if side == "tests":
                            tests.append((qualified, f"{path}:{line}"))
                        else:
                            places.setdefault(qualified, []).append(f"{path}:{line}")
    if len(places) < 100:
        print(f"only {len(places)} types were found: this script no longer reads the sources")
        return 1
    wrong = [f"{name} is defined at {' and '.join(where)}" for name, where in sorted(places.items()) if len(where) > 1]
    wrong += [f"{name} is defined at {where} and {places[name][0]}" for name, where in tests if name in places]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def self_check():
    """That it sees what it is for."""
    sample = ("namespace a { struct S { struct In {}; int x = 1; }; namespace { struct Own {}; } class F; }\n"
              "namespace a::b { enum class E : int { k }; template <> struct T<int> {}; void f() { struct Local {}; } }\n"
              "// struct No {};\nclass G final : public S { };")
    found = [name for name, _ in types_of(sample)]
    assert found == ["a::S", "a::S::In", "a::b::E", "G"], found


if __name__ == "__main__":
    self_check()
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
