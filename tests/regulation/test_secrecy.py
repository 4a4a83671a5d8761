"""What bears a secrecy marking is refused; the words in ordinary prose are not (CD2016-5.4)."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.kernel.errors import Refused
from govshare.regulation.secrecy import is_classified, is_marked, refuse_secret

MARKED = [
    "秘密",
    "机密",
    "绝密",
    " 秘密 ",
    "秘　密",
    "绝 密",
    "秘密级",
    "机密件",
    "絕密",
    "機密",
    "秘\u200b密",
    "秘密★",
    "秘 密 ★",
    "秘密★1年",
    "机密★10年",
    "机密★１０年",
    "绝密★长期",
    "绝密 ☆ 启用前",
    "机密*10年",
    "机密＊10年",
    "国家秘密★5年",
    "【机密】",
    "【机密】2019年应急预案",
    "［秘密］名单",
    "(秘密)",
    "关于印发某某方案的通知（秘密）",
    "〔绝密〕",
    "【秘密·10年】",
    "密级：秘密",
    "密级: 机密",
    "密级 绝密",
    "密  级：机 密",
    "密级为机密",
    "密级标识：秘密★3年",
    "涉密等级＝绝密",
    "定密级别：机密级",
    "保密级别：“秘密”",
    "本文件为秘密级。",
    "本数据属于国家秘密",
    "本件系机密。",
    "机密 10年",
    "第一行\n机密\n第三行",
    "第一行\r\n  绝密★\r\n第三行",
    "说明\u2028秘密",
    "机密-2019年预算.xlsx",
    "2019年预算_机密.xlsx",
    "预算—秘密级.pdf",
]

PROSE = [
    "",
    "商业秘密",
    "商业秘密★10年",
    "**商业秘密**",
    "【商业秘密】",
    "企业名称、注册资本，含商业秘密的字段按条件共享",
    "涉及国家秘密、根据国家相关法律法规与规章要求确定为秘密级及以上的政务信息资源，按国家相关保密制度处理。",
    "《中华人民共和国保守国家秘密法》",
    "保守国家秘密法第十条",
    "国家秘密法规汇编",
    "不涉及国家秘密",
    "非秘密",
    "密级：无",
    "密级：非秘密",
    "密级：公开",
    "国家秘密的密级分为绝密、机密、秘密三级",
    "密级取值：绝密、机密、秘密",
    "密级：秘密、机密、绝密（由定密责任人选填）",
    "密级为秘密或机密的信息不得录入",
    "国家秘密分为三级（绝密、机密、秘密）",
    "采用秘密投票方式表决",
    "秘密投票",
    "代表选举一律采用无记名（即秘密投票）的方法",
    "侵犯商业秘密罪",
    "泄露内部秘密的处理",
    "工作秘密",
    "技术秘密-专利",
    "保守秘密10年以上",
    "秘密级以上信息不得上传",
    "机密文件管理系统厂商名录",
    "本表为秘密投票结果登记",
    "标注“秘密”字样的材料不得上传",
    "《秘密》",
    "秘书处密钥管理员",
    "机要、密码、保密工作机构",
]


@pytest.mark.article("CD2016-5.4")
@pytest.mark.parametrize("text", MARKED)
def test_a_secrecy_marking_is_refused(text):
    assert is_marked(text)


@pytest.mark.article("CD2016-5.4", "CD2016-5.3")
@pytest.mark.parametrize("text", PROSE)
def test_the_words_in_ordinary_prose_are_no_marking(text):
    assert not is_marked(text)


@pytest.mark.article("CD2016-5.4")
@pytest.mark.parametrize("value", ["秘密", " 机 密 ", "绝密★长期", "秘密级", "国家秘密", "【机密】", "機密"])
def test_a_classification_of_secret_or_above_is_refused(value):
    assert is_classified(value)


@pytest.mark.parametrize("value", ["", "无", "公开", "内部", "非秘密", "非密", "不涉密", "工作秘密", "商业秘密"])
def test_other_classifications_pass(value):
    assert not is_classified(value)


@pytest.mark.article("CD2016-5.4")
def test_the_refusal_names_the_place_and_keeps_nothing_of_the_content():
    content = "机密★10年 甲乙丙丁"

    with pytest.raises(Refused) as caught:
        refuse_secret({"name": "某某名录", "items[3].remark": content})

    refusal = caught.value
    assert str(refusal.basis) == "CD2016-5.4"
    assert refusal.detail == {"place": "items[3].remark"}
    assert "items[3].remark" in str(refusal)
    assert refusal.__cause__ is None
    assert refusal.__context__ is None
    for seen in (repr(refusal), str(refusal), repr(refusal.args), repr(vars(refusal))):
        assert "甲乙丙丁" not in seen
        assert "10年" not in seen


@pytest.mark.article("CD2016-5.4")
def test_a_traceback_with_local_variables_shows_no_content_of_the_check():
    with pytest.raises(Refused) as caught:
        refuse_secret({"remark": "机密★10年 甲乙丙丁"}, classification="绝密")

    frames = list(traceback.walk_tb(caught.value.__traceback__))[1:]  # the first frame is this test's own
    assert frames
    assert "甲乙丙丁" not in repr([frame.f_locals for frame, _ in frames])
    assert "绝密" not in repr([frame.f_locals for frame, _ in frames])


def test_unmarked_fields_pass():
    refuse_secret({"name": "法人单位基本信息", "remark": "含商业秘密"}, classification="无")


MARKS = st.sampled_from(["秘密", "机密", "绝密"])
BLANKS = st.text(st.sampled_from(" \t\u3000\u200b\ufeff"), max_size=4)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@pytest.mark.article("CD2016-5.4")
@given(mark=MARKS, blanks=st.tuples(BLANKS, BLANKS, BLANKS), star=st.sampled_from("★☆"), before=TEXT, after=TEXT)
def test_a_starred_mark_is_found_in_any_text_with_any_blanks(mark, blanks, star, before, after):
    text = f"{before}\n{blanks[0]}{mark[0]}{blanks[1]}{mark[1]}{blanks[2]}{star}{after}"

    assert is_marked(text)


@pytest.mark.article("CD2016-5.4")
@given(mark=MARKS, blanks=st.tuples(BLANKS, BLANKS), lines=st.tuples(TEXT, TEXT))
def test_a_mark_alone_on_its_line_is_found_among_any_lines(mark, blanks, lines):
    assert is_marked(f"{lines[0]}\n{blanks[0]}{mark}{blanks[1]}\n{lines[1]}")


@given(st.text(st.characters(exclude_characters="秘祕机機绝絕", exclude_categories=("Cs",))))
def test_a_text_without_the_words_is_never_refused(text):
    assert not is_marked(text)


def test_a_very_long_text_is_read_in_one_pass():
    assert not is_marked("密级" + " " * 1_000_000)
    assert not is_marked("密级 " * 300_000)
    assert not is_marked("（" * 500_000)
    assert is_marked("密级：" + "\t" * 1_000_000 + "秘" + " " * 1_000_000 + "密")
