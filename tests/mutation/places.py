"""Places in core where a change is worth making, and how a line carries its change beside itself."""
import os
import random
import re

# The rooms whose code makes results, and how many changes of a hundred they get.
ROOMS = {"cache": 14, "engine": 14, "experiment": 6, "metrics": 10, "model": 3, "prefix": 6, "replay": 5, "router": 16,
         "sim": 14, "workload": 16}
# Members that are easily taken for one another.
PAIRS = [("hit", "predicted"), ("arrival", "start"), ("first_token", "finish"), ("prompt_tokens", "output_tokens"),
         ("prompt_blocks", "known_blocks"), ("evicted", "stored"), ("in_use", "taken"), ("phantom", "unknown"),
         ("removed", "blocks"), ("decodes", "prefill_tokens"), ("slots", "max_num_seqs"), ("heartbeat", "sync"),
         ("front", "back"), ("first", "count"), ("from", "to"), ("restart", "detect"), ("load", "waiting"),
         ("active", "pending_tokens"), ("prefill", "decode"), ("step", "next"), ("first", "second")]
# (what it is called, what is looked for, what takes its place).
CHANGES = [
    ("< to <=", r" < ", " <= "),
    ("<= to <", r" <= ", " < "),
    ("> to >=", r" > ", " >= "),
    (">= to >", r" >= ", " > "),
    ("== to !=", r" == ", " != "),
    ("!= to ==", r" != ", " == "),
    ("&& to ||", r" && ", " || "),
    ("|| to &&", r" \|\| ", " && "),
    ("+ to -", r"(?<=[\w)\]]) \+ (?=[\w(])", " - "),
    ("- to +", r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    ("+= to -=", r" \+= ", " -= "),
    ("* to /", r"(?<=[\w)\]]) \* (?=[\w(])", " / "),
    ("+ 1 left out", r" \+ 1(?=[;,) \]])", ""),
    ("- 1 left out", r" - 1(?=[;,) \]])", ""),
    ("min to max", r"std::min(?=[(<])", "std::max"),
    ("max to min", r"std::max(?=[(<])", "std::min"),
    ("true to false", r"\btrue(?=[;,)])", "false"),
    ("false to true", r"\bfalse(?=[;,)])", "true"),
    ("! left out", r"(?<=[( ])!(?=[\w(])", ""),
    ("0 to 1", r"(?<=[=(,] )0(?=[;,)])", "1"),
    ("call left out", r"^[\w.\->\[\]]+\([^{}]*\);$", ";"),
    ("assignment left out", r"^[\w.\->\[\]]+(?: [-+|&]?= [^;{}]+);$", ";"),
    ("++ left out", r"^\+\+[\w.\->\[\]]+;$", ";"),
    ("branch left out", r"(?<=^if \()(?=.*\) \{$|.*;$)|(?<=^\} else if \()(?=.*\) \{$)", "false && ("),
    ("early way out left out", r"^if \(.*\) (?:return|continue|break)[^;]*;$", ";"),
    ("wrong member", r"(?:(?<=\.)|(?<=->))(?:" + "|".join(sorted({m for p in PAIRS for m in p})) + r")\b(?!_)", None),
]
# What no test needs to notice: checks of laws, declarations, templates, what is printed, hints of speed.
SKIPPED = re.compile(r"BY_CHECK|template|#|static_assert|constexpr|using |operator|//|reserve\(|\.help|\.label|case |"
                     r"fmt::format|Error\{|std::hash|namespace|say\(|why->|why\.|add_to\(|h\.add\(|hash\.add\(|assert|\"|"
                     r"default:|\[&|\[=|\[this|\[\]")
COMPLETE = re.compile(r"([;{}:]|^)$")


def closing(text, at):
    """Where the parenthesis that opens at `at` is closed, or -1."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return -1


def condition(code):
    """(head, condition, tail) of a line that begins with if, else if or while."""
    found = re.match(r"(\} else if |if |while )\(", code)
    if not found:
        return None
    end = closing(code, found.end() - 1)
    return (code[:found.end()], code[found.end():end], code[end:]) if end > 0 else None


def both(before, after, mark):
    """A line that does the one or the other, or None where this cannot be said on one line."""
    if "MUTANT" in after:  # says itself where
        return after.replace("MUTANT", mark)
    if before.endswith("{"):
        for_loop = re.match(r"for \((.*)\) \{$", before)
        if for_loop and before.count(";") == 2 and after.count(";") == 2:
            old = before[len("for ("):-len(") {")].split("; ")
            new = after[len("for ("):-len(") {")].split("; ")
            if len(old) != 3 or len(new) != 3:
                return None
            if old[0] != new[0]:
                name, value = old[0].rsplit(" = ", 1)
                return f"for ({name} = {mark} ? {new[0].rsplit(' = ', 1)[1]} : {value}; {old[1]}; {old[2]}) {{"
            return f"for ({old[0]}; {mark} ? ({new[1]}) : ({old[1]}); {mark} ? void({new[2]}) : void({old[2]})) {{"
        old, new = condition(before), condition(after)
        if not old or not new or old[2] != ") {" or new[2] != ") {" or re.search(r"[^=!<>]=[^=]|;", old[1]):
            return None
        return f"{old[0]}{mark} ? bool({new[1]}) : bool({old[1]})) {{"
    body = re.match(r"([\w:<>&*,~ ]+\([^{}]*\)(?: const)?(?: noexcept)?(?: override)?) \{ (.+) \}$", before)
    if body:
        new = after[len(body.group(1)) + 3:-2]
        if not after.startswith(body.group(1) + " { ") or re.match(r"(if|for|while|switch|\}|do) ?\(?", before):
            return None
        return f"{body.group(1)} {{ if ({mark}) {{ {new} }} else {{ {body.group(2)} }} }}"
    if not before.endswith(";") or before.startswith(("}", "else", "do ")):
        return None
    named = re.match(r"((?:const |static )*[\w:]+(?:<[^=;]*>)?\*? \w+) = (.*);$", before)
    if named and not before.startswith("return "):
        if not after.startswith(named.group(1) + " = "):
            return None
        value, new = named.group(2), after[len(named.group(1)) + 3:-1]
        if value.startswith("{") or re.search(r", \w+ = ", value):
            return None
        return f"{named.group(1)} = {mark} ? ({new}) : ({value});"
    if re.match(r"(?!return |delete |throw )(?:const |static )*[\w:]+(?:<[^=]*>)?[&*]? [\w\[&]+[\w, \]]*[ ;({=\[]", before):
        if not before.startswith(("if (", "while (", "for (")):
            return None  # a declaration
    if re.match(r"(if|while) \((const |auto )", before):
        return None
    return f"if ({mark}) {{ {after} }} else {{ {before} }}"


def changes_of(code):
    """(kind, the line changed) for every single change of a line."""
    for kind, pattern, instead in CHANGES:
        for match in re.finditer(pattern, code):
            if instead is None:
                for one, other in PAIRS:
                    for word, taken in ((one, other), (other, one)):
                        if match.group(0) == word:
                            yield kind, code[:match.start()] + taken + code[match.end():]
            elif kind == "branch left out":
                parts = condition(code)
                if parts:
                    yield kind, f"{parts[0]}false && ({parts[1]}){parts[2]}"
            else:
                yield kind, code[:match.start()] + instead + code[match.end():]


def sites(root):
    """Every place: (path, kind, the line, which of the equal lines of its file, the line changed)."""
    out = []
    for room in ROOMS:
        for folder, _, files in sorted(os.walk(os.path.join(root, "core", room))):
            for name in sorted(files):
                if not name.endswith((".cpp", ".h")):
                    continue
                path = os.path.relpath(os.path.join(folder, name), root)
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    lines = [line.strip() for line in file.read().split("\n")]
                seen = {}
                for i, code in enumerate(lines):
                    seen[code] = seen.get(code, 0) + 1
                    before = next((p for p in reversed(lines[:i]) if not p.startswith("//")), "")
                    follows = lines[i + 1] if i + 1 < len(lines) else ""
                    if not code or SKIPPED.search(code) or not COMPLETE.search(before.split(" //")[0]):
                        continue
                    if follows.startswith("else") or before.endswith("else"):
                        continue
                    for kind, after in changes_of(code):
                        if after != code and both(code, after, "mark"):
                            out.append((path, kind, code, seen[code], after))
    return out


def draw(root, count, seed):
    """So many places: every kind in turn, from the room, then the file, that has fewest so far; none twice in a line."""
    def room_of(path):
        return path.split("/")[1]

    by_kind = {}
    rng = random.Random(seed)
    for site in sites(root):
        by_kind.setdefault(site[1], []).append(site)
    for kind in sorted(by_kind):
        rng.shuffle(by_kind[kind])
    chosen, taken, of_file, of_room = [], set(), {}, {}
    while len(chosen) < count and any(by_kind.values()):
        for kind in sorted(by_kind):
            left = [s for s in by_kind[kind] if (s[0], s[2], s[3]) not in taken]
            by_kind[kind] = left
            if not left:
                continue
            site = min(left, key=lambda s: ((of_room.get(room_of(s[0]), 0) + 1) / ROOMS[room_of(s[0])], of_file.get(s[0], 0)))
            taken.add((site[0], site[2], site[3]))
            of_file[site[0]] = of_file.get(site[0], 0) + 1
            of_room[room_of(site[0])] = of_room.get(room_of(site[0]), 0) + 1
            chosen.append(site)
    return chosen[:count]
