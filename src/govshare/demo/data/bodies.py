"""The bodies of the made-up city as plain tables. Their kinds and names are those a city has; everybody in them is made up."""

#: key, name, short name, category of the own catalog, basis of collection, whether it has front-end databases
CITY_DEPARTMENTS = (
    ("police", "成都市公安局", "市公安局", "301", "《中华人民共和国户口登记条例》", True),
    ("market", "成都市市场监督管理局", "市市场监管局", "302", "《中华人民共和国市场主体登记管理条例》", True),
    ("labour", "成都市人力资源和社会保障局", "市人社局", "303", "《中华人民共和国社会保险法》", True),
    ("fund", "成都住房公积金管理中心", "市公积金中心", "304", "《住房公积金管理条例》", True),
    ("civil", "成都市民政局", "市民政局", "305", "《社会救助暂行办法》", True),
    ("land", "成都市规划和自然资源局", "市规划和自然资源局", "306", "《不动产登记暂行条例》", True),
    ("reform", "成都市发展和改革委员会", "市发改委", "307", "《企业投资项目核准和备案管理条例》", True),
    ("education", "成都市教育局", "市教育局", "308", "《中华人民共和国教育法》", True),
    ("science", "成都市科学技术局", "市科技局", "309", "《中华人民共和国科学技术进步法》", True),
    ("justice", "成都市司法局", "市司法局", "310", "《中华人民共和国公证法》", True),
    ("finance", "成都市财政局", "市财政局", "311", "《中华人民共和国预算法》", True),
    ("ecology", "成都市生态环境局", "市生态环境局", "312", "《中华人民共和国环境保护法》", True),
    ("housing", "成都市住房和城乡建设局", "市住建局", "313", "《城市房地产开发经营管理条例》", True),
    ("urban", "成都市城市管理委员会", "市城管委", "314", "《城市市容和环境卫生管理条例》", True),
    ("transport", "成都市交通运输局", "市交通运输局", "315", "《中华人民共和国道路运输条例》", True),
    ("park", "成都市公园城市建设管理局", "市公园城市局", "316", "《城市绿化条例》", True),
    ("water", "成都市水务局", "市水务局", "317", "《中华人民共和国水法》", True),
    ("farming", "成都市农业农村局", "市农业农村局", "318", "《中华人民共和国农业法》", True),
    ("commerce", "成都市商务局", "市商务局", "319", "《中华人民共和国对外贸易法》", True),
    ("culture", "成都市文化广电旅游局", "市文广旅局", "320", "《中华人民共和国旅游法》", True),
    ("health", "成都市卫生健康委员会", "市卫健委", "321", "《医疗机构管理条例》", True),
    ("veterans", "成都市退役军人事务局", "市退役军人局", "322", "《中华人民共和国退役军人保障法》", True),
    ("emergency", "成都市应急管理局", "市应急局", "323", "《中华人民共和国安全生产法》", True),
    ("auditing", "成都市审计局", "市审计局", "324", "《中华人民共和国审计法》", False),
    ("assets", "成都市国有资产监督管理委员会", "市国资委", "325", "《企业国有资产监督管理暂行条例》", True),
    ("sport", "成都市体育局", "市体育局", "326", "《全民健身条例》", True),
    ("statistics", "成都市统计局", "市统计局", "327", "《中华人民共和国统计法》", True),
    ("insurance", "成都市医疗保障局", "市医保局", "328", "《中华人民共和国社会保险法》", True),
    ("financial", "成都市地方金融监督管理局", "市金融监管局", "329", "《融资担保公司监督管理条例》", True),
    ("services", "成都市行政审批局", "市行政审批局", "330", "《中华人民共和国行政许可法》", True),
    ("tax", "国家税务总局成都市税务局", "市税务局", "331", "《中华人民共和国税收征收管理法》", True),
    ("weather", "成都市气象局", "市气象局", "332", "《中华人民共和国气象法》", True),
    ("investment", "成都市投资促进局", "市投促局", "333", "《优化营商环境条例》", False),
)

#: key, region, district, name and short name of its authority, category. The two zones have no code in GB/T 2260; the platform's own stands in.
DISTRICTS = (
    ("jinjiang", "510104", "锦江区", "成都市锦江区智慧城市建设局", "锦江区智慧城市局", "351"),
    ("qingyang", "510105", "青羊区", "成都市青羊区新经济和科技局", "青羊区新经济科技局", "352"),
    ("jinniu", "510106", "金牛区", "成都市金牛区新经济和科技局", "金牛区新经济科技局", "353"),
    ("wuhou", "510107", "武侯区", "成都市武侯区新经济和科技局", "武侯区新经济科技局", "354"),
    ("chenghua", "510108", "成华区", "成都市成华区新经济和科技局", "成华区新经济科技局", "355"),
    ("longquanyi", "510112", "龙泉驿区", "成都市龙泉驿区经济和信息化局", "龙泉驿区经信局", "356"),
    ("qingbaijiang", "510113", "青白江区", "成都市青白江区经济科技和信息化局", "青白江区经科信局", "357"),
    ("xindu", "510114", "新都区", "成都市新都区经济科技和信息化局", "新都区经科信局", "358"),
    ("wenjiang", "510115", "温江区", "成都市温江区经济和信息化局", "温江区经信局", "359"),
    ("shuangliu", "510116", "双流区", "成都市双流区经济和科技信息化局", "双流区经信局", "360"),
    ("pidu", "510117", "郫都区", "成都市郫都区经济和信息化局", "郫都区经信局", "361"),
    ("xinjin", "510118", "新津区", "成都市新津区经济科技和信息化局", "新津区经科信局", "362"),
    ("jianyang", "510185", "简阳市", "简阳市经济科技和信息化局", "简阳市经科信局", "363"),
    ("dujiangyan", "510181", "都江堰市", "都江堰市经济科技和信息化局", "都江堰市经科信局", "364"),
    ("pengzhou", "510182", "彭州市", "彭州市经济科技和信息化局", "彭州市经科信局", "365"),
    ("qionglai", "510183", "邛崃市", "邛崃市经济科技和信息化局", "邛崃市经科信局", "366"),
    ("chongzhou", "510184", "崇州市", "崇州市经济科技和信息化局", "崇州市经科信局", "367"),
    ("jintang", "510121", "金堂县", "金堂县经济科技和信息化局", "金堂县经科信局", "368"),
    ("dayi", "510129", "大邑县", "大邑县经济科技和信息化局", "大邑县经科信局", "369"),
    ("pujiang", "510131", "蒲江县", "蒲江县经济科技和信息化局", "蒲江县经科信局", "370"),
    ("gaoxin", "510100901", "高新区", "成都高新区电子信息产业局", "高新区电子信息局", "371"),
    ("tianfu", "510100902", "天府新区", "四川天府新区新经济局", "天府新区新经济局", "372"),
)

#: What some districts have besides: ending of the key, ending of the name.
DISTRICT_DEPARTMENTS = (("health", "卫生健康局"), ("education", "教育局"), ("urban", "综合行政执法局"), ("services", "行政审批局"))

#: district → which of them
DISTRICTS_WITH = {
    "jinjiang": ("health", "education"),
    "qingyang": ("education", "services"),
    "jinniu": ("urban",),
    "wuhou": ("health", "services"),
    "chenghua": ("education",),
    "longquanyi": ("services",),
    "xindu": ("urban",),
    "wenjiang": ("health",),
    "shuangliu": ("services", "health"),
    "pidu": ("education",),
    "dujiangyan": ("urban",),
    "gaoxin": ("services",),
}

#: Districts whose authority has front-end databases already; the others came on board in the last months.
CONNECTED_DISTRICTS = frozenset({"jinjiang", "qingyang", "jinniu", "wuhou", "chenghua", "shuangliu", "gaoxin", "tianfu"})
