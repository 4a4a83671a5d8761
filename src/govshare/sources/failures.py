"""What went wrong while connecting, in words that say what to do next. The servers' own words are matched in English and Chinese."""

import re

import psycopg
import pymysql

from govshare.sources.models import FrontDatabase

#: What a driver raises, whichever engine it speaks to.
DRIVERS = (psycopg.Error, pymysql.MySQLError)

_WORDS = (
    (
        r"Access denied for user .* to database|Unknown database",
        "服务器上没有数据库“{database}”，或账号“{account}”不能进入，请核对库名和授权",
    ),
    (r"Host .* is not allowed to connect", "对方服务器不允许本平台的主机以账号“{account}”连接，请对方数据库管理员放行（账号的主机部分）"),
    (r"Access denied for user", "账号“{account}”或口令不对，请核对后修改口令再测试"),
    (r"max_statement_time|maximum statement execution time", "对方数据库没有在规定时间内回答，请稍后再试，或请其管理员查看负载"),
    (
        r"password authentication failed|认证失败|authentication failed|no password supplied"
        r"|role .* (does not exist|is not permitted to log in)|角色.*不存在",
        "账号“{account}”或口令不对，请核对后修改口令再测试",
    ),
    (r"database .* does not exist|数据库.*不存在", "服务器上没有数据库“{database}”，请核对库名"),
    (
        r"no pg_hba\.conf entry|pg_hba\.conf",
        "对方服务器不允许本平台以账号“{account}”连接数据库“{database}”，请对方数据库管理员放行（pg_hba.conf）",
    ),
    (
        r"does not support SSL|server does not support|server doesn't support",
        "对方服务器没有启用 TLS，平台只使用加密连接，请对方数据库管理员启用 TLS 并配置证书",
    ),
    (r"does not match host name", "对方证书上的名称与主机名“{host}”不一致，请改用证书上的主机名登记，或更换证书"),
    (
        r"certificate verify failed|unable to get (local )?issuer|root certificate|self-signed certificate",
        "对方证书不是由登记的证书颁发机构签发，或已过期，请核对登记时上传的 CA 证书",
    ),
    (r"SSL|TLS", "与对方服务器建立加密连接失败，请核对其 TLS 配置"),
    (r"timeout|timed out", "在 {seconds} 秒内连不上 {host}:{port}，请检查主机、端口和防火墙"),
    (r"Connection refused|连接被拒绝|拒绝连接", "{host}:{port} 拒绝连接，请检查数据库是否启动、端口是否正确"),
    (r"No route to host|Network is unreachable|不可达|没有到主机的路由", "网络不通：到不了 {host}，请检查网络和防火墙"),
    (r"too many (clients|connections)|remaining connection slots|连接数", "对方服务器连接数已满，请稍后再试，或为账号“{account}”预留连接"),
    (r"starting up|shutting down|in recovery mode|正在启动|正在关闭", "对方数据库正在启动或停止，请稍后再试"),
)


def in_words(error: Exception, front: FrontDatabase, *, seconds: int) -> str:
    """One Chinese sentence for ``error``; holds nothing but the address, the account and what the server said."""
    text = str(error)
    for pattern, words in _WORDS:
        if re.search(pattern, text, re.IGNORECASE):
            return words.format(account=front.account, database=front.database, host=front.host, port=front.port, seconds=seconds)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f"连接或检查失败，对方服务器说：{lines[-1][:200] if lines else type(error).__name__}"
