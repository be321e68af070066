# SPDX-License-Identifier: Apache-2.0
"""Just enough understanding of C for the checks: tokens, functions, nesting, declarations.

It reads the style of this tree, not every C program: no K&R definitions, no nested functions.
"""
import bisect
import re

TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|\.\.\.|[^\s\w]")
LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
CPLUSPLUS = re.compile(r"^#ifdef __cplusplus\n.*?^#endif$", re.DOTALL | re.MULTILINE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def blank(match):
    """The same number of characters and lines, without content."""
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    """The text with comments and the content of literals blanked; lines and columns stay."""
    def replace(match):
        if match.group().startswith("/"):
            return blank(match)
        quote = match.group()[0]
        return quote + re.sub(r"[^\n]", "_", match.group()[1:-1]) + quote
    return LITERAL.sub(replace, text)


def code_only(text):
    """As without_comments, and without preprocessor lines and C++ guards."""
    return DIRECTIVE.sub(blank, CPLUSPLUS.sub(blank, without_comments(text)))


def tokens(code):
    """[(text, line)] of code_only() text; a literal is one token."""
    starts = [0] + [m.end() for m in re.finditer("\n", code)]
    collapsed = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|" + TOKEN.pattern)
    return [(m.group(), bisect.bisect_right(starts, m.start()))
            for m in collapsed.finditer(code)]


def closing(toks, i):
    """Index of the bracket that closes the one at i."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    stack = []
    for j in range(i, len(toks)):
        text = toks[j][0]
        if text in pairs:
            stack.append(pairs[text])
        elif stack and text == stack[-1]:
            stack.pop()
            if not stack:
                return j
    return len(toks) - 1


class Nesting:
    """How deep statements stand inside a function body. The body itself is level 0."""

    def __init__(self, toks):
        self.toks = toks

    def text(self, i):
        return self.toks[i][0] if i < len(self.toks) else ""

    def block(self, i):
        """Measure the block whose `{` is at i. Returns (depth, index behind it)."""
        deepest = 0
        i += 1
        while i < len(self.toks) and self.text(i) != "}":
            depth, i = self.statement(i)
            deepest = max(deepest, depth)
        return deepest, i + 1

    def body(self, i):
        """What hangs on a control statement: one level more than what it contains."""
        depth, i = self.block(i) if self.text(i) == "{" else self.statement(i)
        return depth + 1, i

    def statement(self, i):
        text = self.text(i)
        if text == "{":
            return self.body(i)
        if text in ("for", "while", "switch"):
            return self.body(closing(self.toks, i + 1) + 1)
        if text == "if":
            return self.if_statement(i)
        if text == "do":
            depth, i = self.body(i + 1)
            return depth, self.simple(i)
        if text in ("case", "default"):
            while self.text(i) not in (":", ""):
                i += 1
            return 0, i + 1
        return 0, self.simple(i)

    def if_statement(self, i):
        depth, i = self.body(closing(self.toks, i + 1) + 1)
        if self.text(i) != "else":
            return depth, i
        if self.text(i + 1) == "if":
            other, i = self.statement(i + 1)
        else:
            other, i = self.body(i + 1)
        return max(depth, other), i

    def simple(self, i):
        """Index behind an expression, declaration, jump or bare macro."""
        while i < len(self.toks):
            text = self.text(i)
            if text == ";":
                return i + 1
            if text == "}":
                return i
            i = closing(self.toks, i) + 1 if text in "({[" else i + 1
        return i


def functions(text):
    """[(name, line of {, line of }, nesting)] of every function defined in a source text."""
    toks = tokens(code_only(text))
    found = []
    i = 0
    while i < len(toks):
        if toks[i][0] != "{":
            i += 1
            continue
        end = closing(toks, i)
        if i and toks[i - 1][0] == ")":
            name = name_before(toks, i - 1)
            depth, _ = Nesting(toks).block(i)
            found.append((name, toks[i][1], toks[end][1], depth))
        i = end + 1
    return found


def name_before(toks, i):
    """The function name in front of the parameter list that ends at i."""
    level = 0
    while i >= 0:
        level += {")": 1, "(": -1}.get(toks[i][0], 0)
        if level == 0:
            return toks[i - 1][0]
        i -= 1
    return "?"


def declarations(text):
    """[(name, first line, whole declaration)] of every function a header declares or defines."""
    toks = tokens(code_only(text))
    found = []
    first = i = 0
    while i < len(toks):
        if toks[i][0] not in ("{", ";"):
            i = closing(toks, i) + 1 if toks[i][0] in "([" else i + 1
            continue
        parts = [t for t, _ in toks[first:i]]
        name = declared_function(parts)
        if name:
            found.append((name, toks[first][1], " ".join(parts)))
        if toks[i][0] == "{":
            i = closing(toks, i)
            # struct x { … }; and struct x { … } y; end at the semicolon.
            if not name:
                while i + 1 < len(toks) and toks[i][0] != ";":
                    i += 1
        i += 1
        first = i
    return found


def declared_function(parts):
    """The name, where the tokens are the head of a function; None otherwise."""
    if "(" not in parts or parts[0] in ("typedef", "_Static_assert") or "=" in parts:
        return None
    i = parts.index("(")
    if i < 2 or not re.match(r"[A-Za-z_]", parts[i - 1]):
        return None
    return parts[i - 1]


def comments(text):
    """{last line: text} of every comment; neighbouring // lines count as one."""
    found = {}
    for match in LITERAL.finditer(text):
        body = match.group()
        if not body.startswith("/"):
            continue
        first = text.count("\n", 0, match.start()) + 1
        if body.startswith("//") and first - 1 in found:
            body = found[first - 1] + "\n" + body
        found[first + match.group().count("\n")] = body
    return found
