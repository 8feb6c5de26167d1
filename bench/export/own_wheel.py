"""The package itself as a wheel: the very code that reads a file, carried beside it."""

import base64
import hashlib
import zipfile
from importlib import metadata
from pathlib import Path

from ..plugins.registry import PACKAGE, ROOT

_ROOMS = ("api", "bench", "cli", "datasets", "models", "reports")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: intentbench\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_own_wheel(folder: Path) -> Path:
    """Write it into a folder; gives its place.

    It is made of the files that run now, wherever they were installed from.
    """
    about = metadata.distribution(PACKAGE)
    stem = f"{PACKAGE}-{about.version}"
    members = {
        f"{PACKAGE}/{path.relative_to(ROOT).as_posix()}": path.read_bytes() for path in _files()
    }
    entries = "".join(
        f"[{group}]\n"
        + "".join(f"{one.name} = {one.value}\n" for one in about.entry_points.select(group=group))
        for group in sorted(about.entry_points.groups)
    )
    members |= {
        f"{stem}.dist-info/METADATA": (about.read_text("METADATA") or "").encode(),
        f"{stem}.dist-info/WHEEL": _WHEEL.encode(),
        f"{stem}.dist-info/entry_points.txt": entries.encode(),
    }
    record = f"{stem}.dist-info/RECORD"
    lines = [
        f"{name},sha256={_digest(content)},{len(content)}" for name, content in members.items()
    ]
    members[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in members.items():
            wheel.writestr(zipfile.ZipInfo(name, _FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return path


def _files() -> list[Path]:
    found = [ROOT / "__init__.py", ROOT / "__main__.py"]
    for room in _ROOMS:
        found += [path for path in (ROOT / room).rglob("*") if path.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
