import hashlib
import importlib.util
import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "datasets.md"
VISITS = b"""start,visitor,pages,seconds,channel,bought
2024-03-01 10:00,a,3,40,mail,0
2024-03-02 11:00,a,9,400,mail,1
2024-03-02 12:00,b,1,5,search,0
2024-03-04 09:00,c,4,61,search,0
2024-03-05 20:00,d,7,300,,1
2024-03-09 21:00,b,2,12,mail,0
"""


def test_the_example_of_the_guide_works_as_it_stands_but_for_the_checksum(monkeypatch, tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "my_shop.py"
    file.write_text(re.sub(r"[0-9a-f]{64}", hashlib.sha256(VISITS).hexdigest(), code))
    (tmp_path / "my_shop").mkdir()
    (tmp_path / "my_shop" / "visits.csv").write_bytes(VISITS)
    monkeypatch.setenv("INTENTBENCH_DATA", str(tmp_path))
    spec = importlib.util.spec_from_file_location("my_shop", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    task = module.MyShop().load()
    assert task.name == "my_shop"
    assert task.target.tolist() == [0, 1, 0, 0, 1, 0]
    assert task.group.tolist() == ["a", "a", "b", "c", "d", "b"]
