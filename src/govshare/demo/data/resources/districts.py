"""What the districts' bodies hold: those of the authority itself, and those of its departments by their kind. Columns as in ``people``.

``{}`` stands for the district's name.
"""

AUTHORITIES = """
{}规模以上工业企业运行信息 | - | 条 | 每月 | 编号 信用代码 单位名称 月份 !产值:output:Y 人数
{}政务信息系统名录 | - | 无 | 每季度 | 编号 名称 单位名称 状态
{}工业园区企业名录 | - | 无 | 每季度 | 信用代码 单位名称 地址 类别
"""

DEPARTMENTS = {
    "health": """
{}基层医疗机构信息 | - | 无 | 每季度 | 编号 医院 地址 联系电话
{}家庭医生签约信息 | - | 条 | 每月 | 编号 身份号码 姓名 医院 开始日期
""",
    "education": """
{}幼儿园名录 | - | 无 | 每年 | 编号 名称 地址 人数 联系电话
{}义务教育招生划片信息 | - | 无 | 每年 | 编号 学校 地址 年度
""",
    "urban": """
{}市容秩序处罚信息 | - | 无 | 每周 | 文书号 单位名称 违法事实 金额 决定日期
{}共享单车停放点信息 | - | 无 | 每季度 | 编号 点位 经度 纬度 数量
""",
    "services": """
{}行政许可办件信息 | - | 条 | 每日 | 编号 信用代码 单位名称 许可事项 决定日期
{}便民服务中心信息 | - | 无 | 每季度 | 编号 名称 地址 联系电话
""",
}
