"""Names as the publishers print them."""

from __future__ import annotations

from warehouse.chinese_names import PROVINCE_OF_CHINESE_NAME
from warehouse.codes import NAME_OF_PROVINCE, PROVINCE_OF_DIVISION

_CHINESE_42 = (
    "农林牧渔产品和服务 煤炭采选产品 石油和天然气开采产品"
    " "
    "金属矿采选产品 非金属矿和其他矿采选产品 食品和烟草"
    " "
    "纺织品 纺织服装鞋帽皮革羽绒及其制品 木材加工品和家具"
    " "
    "造纸印刷和文教体育用品 石油、炼焦产品和核燃料加工品 化学产品"
    " "
    "非金属矿物制品 金属冶炼和压延加工品 金属制品"
    " "
    "通用设备 专用设备 交通运输设备"
    " "
    "电气机械和器材 通信设备、计算机和其他电子设备 仪器仪表"
    " "
    "其他制造产品和废品废料 金属制品、机械和设备修理服务 电力、热力的生产和供应"
    " "
    "燃气生产和供应 水的生产和供应 建筑"
    " "
    "批发和零售 交通运输、仓储和邮政 住宿和餐饮"
    " "
    "信息传输、软件和信息技术服务 金融 房地产"
    " "
    "租赁和商务服务 研究和试验发展 综合技术服务"
    " "
    "水利、环境和公共设施管理 居民服务、修理和其他服务 教育"
    " "
    "卫生和社会工作 文化、体育和娱乐 公共管理、社会保障和社会组织"
)
ENGLISH_42 = (
    "Agriculture, forestry, animal husbandry and fishery",
    "Mining and washing of coal",
    "Exploitation of petroleum and natural gas",
    "Mining and processing of metal ores",
    "Mining and processing of nonmetal and other ores",
    "Manufacture of foods and tobacco",
    "Manufacture of textiles",
    "Manufacture of wearing apparel, leather, fur, feather and related products",
    "Processing of timber and furniture",
    "Manufacture of paper, printing, and articles for culture, education, sports",
    "Processing of petroleum, coking, and nuclear fuel",
    "Manufacture of chemical products",
    "Manufacture of non-metallic mineral products",
    "Smelting and processing of metals",
    "Manufacture of metal products",
    "Manufacture of general purpose machinery",
    "Manufacture of special purpose machinery",
    "Manufacture of transport equipment",
    "Manufacture of electrical machinery and equipment",
    "Manufacture of communication equipment, computers and other electronic equipment",
    "Manufacture of instruments and meters",
    "Other manufacturing and waste resources",
    "Repair of metal products, machinery and equipment",
    "Production and supply of electric power and heat power",
    "Production and supply of gas",
    "Production and supply of water",
    "Construction",
    "Wholesale and retail trades",
    "Transport, storage, and postal services",
    "Accommodation and catering",
    "Information transmission, software and information technology services",
    "Finance",
    "Real estate",
    "Leasing and commercial services",
    "Research and experimental development",
    "Technical services",
    "Management of water conservancy, environment and public facilities",
    "Resident, repair and other services",
    "Education",
    "Health care and social work",
    "Culture, sports, and entertainment",
    "Public administration, social security, and social organizations",
)
_PRINTED = {"CN-NM": ("内蒙", "Inner Mongolia"), "CN-SN": ("陕西", "Shannxi")}


def chinese_42() -> tuple[str, ...]:
    """The 42 sectors in Chinese."""
    return tuple(_CHINESE_42.split())


def chinese_province(code: str) -> str:
    """A province's short name as CEADs prints it (Inner Mongolia shortened)."""
    if code in _PRINTED:
        return _PRINTED[code][0]
    return next(name for name, item in PROVINCE_OF_CHINESE_NAME.items() if item == code)


def english_province(code: str) -> str:
    """A province's English name as CEADs prints it (Shaanxi as Shannxi)."""
    return _PRINTED[code][1] if code in _PRINTED else NAME_OF_PROVINCE[code]


def bureau_province(code: str) -> str:
    """A province's English name as the bureau of statistics prints it."""
    return NAME_OF_PROVINCE[code]


def division_of(code: str) -> str:
    """A province's number of GB/T 2260."""
    return next(number for number, item in PROVINCE_OF_DIVISION.items() if item == code)
