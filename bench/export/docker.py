"""A folder that an image is built of: it serves a file of a model, and nothing else."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..deploy.predictor import Predictor
from ..serve.needed import SERVED_BY
from .new_folder import new_folder
from .own_wheel import write_own_wheel
from .pins import libraries_of, pins

_PORT = 8080
_MODEL = "model.intent"
_DOCKERFILE = """\
# {title}, {task}.  Build and run:
#   docker build -t {tag} .
#   docker run -p {port}:{port} -e INTENTBENCH_TOKEN=... {tag}
FROM python:{python}-slim
{system}RUN useradd --create-home --uid 10001 service
WORKDIR /home/service
COPY requirements.txt {wheel} ./
# All that is needed is pinned, and nothing else is looked for.
RUN pip install --no-cache-dir --no-deps -r requirements.txt ./{wheel}
COPY {files} ./
USER 10001
ENV OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1
EXPOSE {port}
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \\
    CMD ["python", "-c", "{ask}"]
STOPSIGNAL SIGTERM
CMD {command}
"""
_ASK = "from urllib.request import urlopen; urlopen('http://127.0.0.1:{port}/ready', timeout=4)"
_GOMP = (
    "RUN apt-get update && apt-get install --yes --no-install-recommends libgomp1 \\\n"
    "    && rm -rf /var/lib/apt/lists/*\n"
)


def export_docker(
    predictor: Predictor, file: Path, folder: Path, plugins: Sequence[Path] = ()
) -> None:
    """Write a Dockerfile, what it installs, and the file of the model.

    Parameters
    ----------
    predictor : Predictor
    file : Path
        The file that it was read from.
    folder : Path
        Made here.
    plugins : sequence of Path
        Files of models that are none of the house.

    Raises
    ------
    RequestError
        If the folder is there already, or cannot be written.
    """
    manifest = predictor.manifest
    with new_folder(folder) as made:
        shutil.copy(file, made / _MODEL)
        for plugin in plugins:
            shutil.copy(plugin, made / plugin.name)
        wheel = write_own_wheel(made).name
        lines = pins(predictor, SERVED_BY)
        (made / "requirements.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
        words = ["intentbench", "serve", _MODEL, "--host", "0.0.0.0", "--port", str(_PORT)]
        for plugin in plugins:
            words += ["--plugin", plugin.name]
        content = _DOCKERFILE.format(
            title=_in_a_line(manifest.model.title),
            task=_in_a_line(manifest.task.name),
            tag="intentbench-model",
            port=_PORT,
            python=".".join(manifest.made_with["python"].split(".")[:2]),
            system=_GOMP if "lightgbm" in libraries_of(predictor) else "",
            wheel=wheel,
            files=" ".join([_MODEL, *(plugin.name for plugin in plugins)]),
            ask=_ASK.format(port=_PORT),
            command=json.dumps(words),
        )
        (made / "Dockerfile").write_text(content, encoding="utf-8")


def _in_a_line(text: str) -> str:
    return " ".join(text.split())
