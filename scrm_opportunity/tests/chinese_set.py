"""Chinese companies and contacts as people enter them twice, with the truth.

The same company comes with another legal form, a branch, the town in brackets, a sign
that sounds alike; telephone numbers in every format; contacts who have moved to
another company; and strangers whose names are nearly those of somebody known.
"""

import random

SEED = 20260302
COMPANIES = 600
TICKETS = 900

_TOWNS = "上海 北京 广州 深圳 杭州 苏州 成都 武汉 南京 宁波 青岛 无锡".split()
_FIRST = "晨华星达信恒新嘉宏源通利盛泰安瑞正博远海天东金龙".strip()
_SECOND = "光科业诚隆丰康顺和昌荣辉润泽邦腾凯旺祥益升创美"
_TRADES = "科技 贸易 机械 制冷设备 电子 建材 食品 物流 医疗器械 家具 教育咨询".split()
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "公司", "")
_SOUNDS = (
    "晨辰宸 华桦 星兴 信鑫欣 新欣 嘉佳 宏鸿弘 源元 利力立 盛胜 泰太 瑞锐睿 光广 康慷 "
    "和合 辉晖"
).split()
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 建国 志强".split()
)
_STREETS = "南京西路 建国路 中山大道 人民路 解放街 长江路 科技园路 文三路".split()
_TITLES = ("", "", "", "先生", "女士", "经理")
_PUBLIC = ("qq.com", "163.com")


class _Company:
    def __init__(self, draw, number, like=None):
        self.number = number
        self.town = draw.choice(_TOWNS)
        self.brand = draw.choice(_FIRST) + draw.choice(_SECOND)
        self.trade = draw.choice(_TRADES)
        if like:  # somebody else's name, nearly
            self.town, self.brand, self.trade = like.town, like.brand, like.trade
            kind = draw.choice(("town", "sound", "trade"))
            if kind == "town":
                self.town = draw.choice([town for town in _TOWNS if town != like.town])
            elif kind == "trade":
                self.trade = draw.choice([x for x in _TRADES if x != like.trade])
            else:
                self.brand = _homophone(draw, like.brand)
        self.form = draw.choice(_FORMS[:3])
        self.domain = f"c{number}.example"
        self.landline = f"21{draw.randrange(50_000_000, 69_999_999)}"
        self.street = f"{draw.choice(_STREETS)}{draw.randrange(1, 2000)}号"
        self.people = [_Person(draw, self) for _number in range(2)]

    @property
    def name(self):
        return f"{self.town}{self.brand}{self.trade}{self.form}"


class _Person:
    def __init__(self, draw, company):
        self.name = draw.choice(_FAMILY) + draw.choice(_GIVEN)
        self.mobile = f"13{draw.randrange(100_000_000, 999_999_999)}"
        box = draw.choice((company.domain, company.domain, *_PUBLIC))
        self.email = f"u{draw.randrange(10**8)}@{box}"


def _homophone(draw, text):
    groups = [group for group in _SOUNDS if any(sign in text for sign in group)]
    if not groups:
        return text[0] + draw.choice(_SECOND.replace(text[1], ""))
    group = draw.choice(groups)
    sign = next(sign for sign in group if sign in text)
    return text.replace(sign, draw.choice(group.replace(sign, "")))


def _phone(draw, digits):
    """One number in one of the ways people write it."""
    if digits.startswith("21"):
        part = digits[2:]
        return draw.choice(
            (f"021-{part}", f"(021) {part[:4]} {part[4:]}", f"+86 21 {part}")
        )
    parts = (digits[:3], digits[3:7], digits[7:])
    return draw.choice(
        (digits, " ".join(parts), "-".join(parts), f"+86 {digits}", f"0086{digits}")
    )


def _written(draw, company):
    """The company's name as somebody else writes it."""
    town, brand, trade = company.town, company.brand, company.trade
    form = draw.choice(_FORMS)
    dice = draw.random()
    if dice < 0.12:
        brand = _homophone(draw, brand)
    elif dice < 0.27:
        return f"{town}{brand}{trade}{company.form}{draw.choice(_TOWNS)}分公司"
    elif dice < 0.37:
        return f"{brand}{trade}（{town}）{form}"
    elif dice < 0.45:
        return f"{brand}{trade}{form}"
    elif dice < 0.50:
        return f"{town}市{brand}{trade}{form}"
    return f"{town}{brand}{trade}{form}"


def _opportunity(draw, company):
    person = company.people[0]
    return dict(
        key=f"lead{company.number}",
        truth=str(company.number),
        company=company.name,
        person=person.name if draw.random() < 0.9 else "",
        phone=_phone(draw, person.mobile if draw.random() < 0.7 else company.landline)
        if draw.random() < 0.9
        else "",
        email=person.email if draw.random() < 0.5 else "",
        street=f"{company.town}市{company.street}" if draw.random() < 0.4 else "",
        city=company.town,
    )


def _ticket(draw, number, company, mover=None):
    person = company.people[0 if draw.random() < 0.75 else 1]
    if mover:
        person = mover
    named = draw.random() < 0.9
    phone = ""
    if draw.random() < 0.8:
        digits = person.mobile if draw.random() < 0.7 else company.landline
        phone = _phone(draw, digits)
    email = ""
    dice = draw.random()
    if dice < 0.4 and not mover:
        email = person.email
    elif dice < 0.6:
        email = f"info@{company.domain}"
    return dict(
        key=f"ticket{number}",
        truth=str(company.number),
        company=_written(draw, company),
        person=person.name + draw.choice(_TITLES) if named else "",
        phone=phone,
        email=email,
        street=company.street if draw.random() < 0.4 else "",
        city=company.town,
    )


def generated(seed=SEED, companies=COMPANIES, count=TICKETS):
    """Rows of opportunities and of tickets; the same for the same seed.

    Rows with the same ``truth`` belong together.
    """
    draw = random.Random(seed)
    known = [_Company(draw, number) for number in range(companies)]
    strangers = [
        _Company(draw, companies + number, like=draw.choice((None, *[
            draw.choice(known) for _number in range(2)])))
        for number in range(companies // 3)
    ]  # fmt: skip
    tickets = []
    for number in range(count):
        company = draw.choice(known if draw.random() < 0.75 else strangers)
        mover = None
        if draw.random() < 0.06:
            mover = draw.choice(draw.choice(known).people)
        tickets.append(_ticket(draw, number, company, mover))
    return [_opportunity(draw, company) for company in known], tickets
