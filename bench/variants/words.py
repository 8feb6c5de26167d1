"""The words of variants, read without running them, so that ``list`` answers at once."""

import ast
from pathlib import Path


def summaries() -> dict[str, str]:
    """Say of each variant's word, in a line, what it does."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and (word := _word(node)):
                said = (ast.get_docstring(node) or "").partition("\n")[0]
                found[word] = said.replace(" [1]_", "")
    return found


def _word(of_class: ast.ClassDef) -> str:
    """Give what a class assigns to ``word``; empty where it assigns nothing."""
    for node in of_class.body:
        if isinstance(node, ast.Assign):
            names = ast.unparse(node.targets[0]).strip("()").split(", ")
            if names[0] == "word":
                return ast.literal_eval(node.value)[0]
    return ""
