"""The parts of a Chinese company's name: place, own name, trade.

Chinese companies are registered as place + own name + trade + legal form. Two of them
share place and trade by the thousand; the short own name tells them apart, and place
and legal form are what people leave out.

>>> split("上海晨光科技"), split("晨光科技上海")
(('上海', '晨光', '科技'), ('上海', '晨光', '科技'))
>>> split("瑞顺制冷设备"), split("腾讯")
(('', '瑞顺', '制冷设备'), ('', '腾讯', ''))
"""

import re

from rapidfuzz.distance import Levenshtein

_PLACES = (
    "北京 上海 天津 重庆 广州 深圳 珠海 佛山 东莞 中山 惠州 江门 汕头 湛江 "
    "成都 绵阳 武汉 宜昌 襄阳 南京 苏州 无锡 常州 南通 扬州 徐州 镇江 盐城 "
    "泰州 昆山 杭州 宁波 温州 嘉兴 绍兴 金华 台州 湖州 义乌 青岛 济南 烟台 "
    "潍坊 威海 临沂 淄博 大连 沈阳 鞍山 长春 吉林 哈尔滨 大庆 石家庄 唐山 "
    "保定 廊坊 邯郸 太原 大同 郑州 洛阳 开封 合肥 芜湖 南昌 赣州 九江 福州 "
    "厦门 泉州 漳州 长沙 株洲 岳阳 南宁 桂林 柳州 海口 三亚 昆明 贵阳 遵义 "
    "西安 咸阳 兰州 西宁 银川 乌鲁木齐 呼和浩特 包头 拉萨 香港 澳门 台北 "
    "中国 河北 山西 辽宁 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 "
    "广东 广西 海南 四川 贵州 云南 陕西 甘肃 青海 宁夏 新疆 西藏 内蒙古"
).split()
_TRADES = (
    "科技 技术 信息 网络 软件 电子 电气 电器 电力 机械 机电 设备 制冷 空调 "
    "暖通 自动化 工业 实业 贸易 商贸 国际 进出口 物流 运输 供应链 食品 餐饮 "
    "酒店 农业 医疗 医药 器械 生物 化工 材料 建材 建筑 工程 装饰 装修 家具 "
    "家居 家电 汽车 汽配 服务 咨询 管理 文化 传媒 广告 教育 培训 投资 金融 "
    "保险 地产 置业 物业 环保 能源 新能源 光电 半导体 仪器 仪表 五金 塑料 "
    "模具 印刷 包装 纺织 服装 服饰 美容 健康 体育 旅游 安防 通信 通讯 智能 "
    "数码 制造 发展 开发"
).split()
_PLACE = "|".join(sorted(_PLACES, key=len, reverse=True))
_PLACE_AHEAD = re.compile(rf"^(?:{_PLACE})(?:省|市)?(?=..)")
_PLACE_BEHIND = re.compile(rf"(?<=..)(?:{_PLACE})$")
_TRADE_BEHIND = re.compile(
    rf"(?<=..)(?:{'|'.join(sorted(_TRADES, key=len, reverse=True))})+$"
)
#: What a part that only one of two names has, or that differs, is worth.
_UNSAID, _OTHER_PLACE, _OTHER_TRADE = 0.93, 0.72, 0.55


def split(name: str) -> tuple[str, str, str]:
    """(place, own name, trade) of a name without legal form; "" for what it lacks.

    >>> split("浙江杭州天丰家具"), split("北京")
    (('杭州', '天丰', '家具'), ('', '北京', ''))
    """
    place = ""
    for pattern in (_PLACE_BEHIND, _PLACE_AHEAD, _PLACE_AHEAD):
        found = pattern.search(name)
        if found:
            place = found.group().rstrip("省市")
            name = name[: found.start()] + name[found.end() :]
    trade = _TRADE_BEHIND.search(name)
    if trade:
        return place, name[: trade.start()], trade.group()
    return place, name, ""


def likeness(first: str, second: str) -> float:
    """How alike two written forms are: one sign of the own name weighs most.

    >>> likeness("上海晨光科技", "晨光科技上海")
    1.0
    >>> likeness("上海晨光科技", "晨光科技")
    0.93
    >>> likeness("上海晨光科技", "北京晨光科技")
    0.72
    >>> likeness("上海晨光科技", "上海辰光科技")
    0.7
    >>> likeness("上海晨光科技", "上海嘉创科技")
    0.0
    """
    (place, own, trade), (other_place, other_own, other_trade) = (
        split(first),
        split(second),
    )
    if own == other_own:
        result = 1.0
    else:
        edits = Levenshtein.distance(own, other_own)
        longest = max(len(own), len(other_own))
        same = 1 - edits / longest
        result = 0.4 * (same >= 0.5) + 0.6 * same if same >= 0.5 else 0.0
    for one, other, differ in (
        (place, other_place, _OTHER_PLACE),
        (trade, other_trade, _OTHER_TRADE),
    ):
        if one != other:
            result *= differ if one and other else _UNSAID
    return round(result, 4)
