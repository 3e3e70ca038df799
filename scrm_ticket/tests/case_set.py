"""Cases of coffee machines from a generator with a fixed seed.

Each cause shows itself by some of its own signs and by some that others share; people
tell two or three of them, in any order, among what says nothing. One case in ten is
told by the signs of another cause.
"""

import random

#: Cause -> (how often, its signs).
CAUSES = {
    "水泵磨损": (30, ("不出水", "水泵很响", "出水很慢", "压力不足")),
    "加热管烧坏": (22, ("咖啡不热", "水是凉的", "指示灯闪红", "一直在预热")),
    "磨豆机卡住": (18, ("磨豆没声音", "粉很少", "豆子卡住", "咖啡很淡")),
    "密封圈老化": (14, ("漏水", "底座有水", "接口滴水", "压力不足")),
    "水垢堵塞": (10, ("出水很慢", "蒸汽很小", "味道发苦", "提示除垢")),
    "主板故障": (6, ("按键没反应", "屏幕不亮", "自动重启", "指示灯闪红")),
}
FILLING = ("您好", "门店这边", "今天早上开始", "麻烦尽快处理", "客人在等", "用了两年了")


def cases(seed, number):
    """[(what is told, cause)]."""
    chance = random.Random(seed)
    names = list(CAUSES)
    often = [CAUSES[name][0] for name in names]
    found = []
    for _case in range(number):
        (cause,) = chance.choices(names, often)
        told_of = chance.choice(names) if chance.random() < 0.1 else cause
        signs = chance.sample(CAUSES[told_of][1], chance.randint(2, 3))
        said = signs + chance.sample(FILLING, 2)
        chance.shuffle(said)
        found.append(("，".join(said), cause))
    return found
