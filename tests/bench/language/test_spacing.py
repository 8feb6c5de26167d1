import pytest
from intentbench.bench.language.spacing import Spaced


@pytest.mark.parametrize(
    ("said", "values", "printed"),
    [
        ("使用 {title}。", {"title": "XGBoost"}, "使用 XGBoost。"),
        ("使用 {title}。", {"title": "逻辑回归"}, "使用逻辑回归。"),
        ("{title} 的 {metric} 最高", {"title": "逻辑回归", "metric": "F1"}, "逻辑回归的 F1 最高"),
        ("{title} 的 {metric}", {"title": "GRU", "metric": "对数损失"}, "GRU 的对数损失"),
        ("{title} {metric}", {"title": "贝叶斯", "metric": "召回率"}, "贝叶斯召回率"),
        ("{title} 和 {title}", {"title": "HMM + 逻辑回归"}, "HMM + 逻辑回归和 HMM + 逻辑回归"),
        ("值为 {value}。", {"value": "一 二"}, "值为一 二。"),
        ("在 {n:.2f} 处", {"n": 0.5}, "在 0.50 处"),
        ("{}和 {!r}", {}, "1和 'a'"),
        ("{{无}} {what}", {"what": ""}, "{无} "),
    ],
)
def test_spaces_stay_between_chinese_and_other_letters_only(said, values, printed):
    assert Spaced(said).format(*(() if values else (1, "a")), **values) == printed


def test_a_place_without_a_value_is_an_error_as_ever():
    with pytest.raises(KeyError):
        Spaced("{a}").format(b=1)
