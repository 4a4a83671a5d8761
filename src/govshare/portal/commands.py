"""Commands to copy: the machine API's calls with their real numbers, in curl, Python and Java.

``commands(request, Call("POST", "/transfers", {"grant": …}, note="登记传输"), …)`` and ``{% commands shown "name" %}`` in a page.
Every one signs in with the department's certificate first (CD2016-35) and shows the platform's own address.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the machine API: ``path`` below ``/api/v1``, what is sent, and what it is for."""

    method: str
    path: str
    body: Mapping[str, object] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Snippet:
    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where the platform answers, as the visitor reaches it."""

    host: str
    portal: int = field(default=8443)
    signin: int = field(default=8445)

    @property
    def session(self) -> str:
        return f"https://{self.host}:{self.signin}/session"

    def of(self, path: str) -> str:
        return f"https://{self.host}:{self.portal}{API}{path}"


def commands(request: HttpRequest, *calls: Call) -> tuple[Snippet, ...]:
    """The same calls, one after the other, in each language."""
    at = Address(request.get_host().partition(":")[0], settings.GOVSHARE_PORTAL_PORT, settings.GOVSHARE_SIGNIN_PORT)
    return (
        Snippet("curl", "curl", _curl(at, calls)),
        Snippet("python", "Python", _python(at, calls)),
        Snippet("java", "Java", _java(at, calls)),
    )


def _json(body: Mapping[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False)


def _curl(at: Address, calls: Sequence[Call]) -> str:
    first = _("用本部门的数字证书登录，取得会话令牌")
    parts = [
        f"# {first}\nTOKEN=$(curl -sS --cert dept.pem --key dept.key --cacert ca.pem \\\n  -X POST {_quoted(at.session)} | jq -r .token)"
    ]
    for call in calls:
        lines = [f"# {call.note}"] if call.note else []
        method = "" if call.method == "GET" else f"-X {call.method} "
        lines.append(f'curl -sS --cacert ca.pem {method}-H "Authorization: Bearer $TOKEN" \\')
        if call.body is not None:
            lines.append(f"  -H 'Content-Type: application/json' -d {_quoted(_json(call.body))} \\")
        lines.append(f"  {_quoted(at.of(call.path))}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _quoted(text: str) -> str:
    """For a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"


_PYTHON = """import json, ssl, urllib.error, urllib.request

tls = ssl.create_default_context(cafile="ca.pem")
tls.load_cert_chain("dept.pem", "dept.key")

def call(method, url, body=None, token=""):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), context=tls)
    except urllib.error.HTTPError as refused:  # {why}
        answer = refused
    return answer.read().decode()
"""


def _python(at: Address, calls: Sequence[Call]) -> str:
    first = _("用本部门的数字证书登录，取得会话令牌")
    lines = [
        _PYTHON.replace("{why}", _("不予办理的原因和依据在答复里")),
        f"# {first}",
        f'token = json.loads(call("POST", "{at.session}"))["token"]',
    ]
    for call in calls:
        if call.note:
            lines += ["", f"# {call.note}"]
        body = "" if call.body is None else f"{_python_value(call.body)}, "
        lines.append(f'print(call("{call.method}", {json.dumps(at.of(call.path))}, {body}token=token))')
    return "\n".join(lines)


def _python_value(body: Mapping[str, object]) -> str:
    return repr({name: list(value) if isinstance(value, tuple) else value for name, value in body.items()})


_JAVA = """import java.io.FileInputStream;
import java.net.URI;
import java.net.http.*;
import java.security.KeyStore;
import javax.net.ssl.*;

// {trust}
public class Govshare {{
  public static void main(String[] args) throws Exception {{
    var password = args[0].toCharArray();
    var store = KeyStore.getInstance("PKCS12");
    try (var in = new FileInputStream("dept.p12")) {{ store.load(in, password); }}
    var keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    var tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    var client = HttpClient.newBuilder().sslContext(tls).build();
    var text = HttpResponse.BodyHandlers.ofString();

    // {first}
    var signIn = HttpRequest.newBuilder(URI.create("{session}")).POST(HttpRequest.BodyPublishers.noBody()).build();
    var token = client.send(signIn, text).body().replaceAll("(?s).*\\"token\\":\\\\s*\\"([^\\"]+)\\".*", "$1");
{calls}
  }}
}}"""


def _java(at: Address, calls: Sequence[Call]) -> str:
    return _JAVA.format(
        trust=_("Java 11 及以上；平台的根证书须已导入 Java 信任库，第一个参数是证书口令"),
        first=_("用本部门的数字证书登录，取得会话令牌"),
        session=at.session,
        calls="\n".join(_java_call(at, call) for call in calls),
    )


def _java_call(at: Address, call: Call) -> str:
    publisher = "noBody()" if call.body is None else f"ofString({_java_text(_json(call.body))})"
    note = f"\n    // {call.note}" if call.note else ""
    return (
        f"{note}\n    System.out.println(client.send(HttpRequest.newBuilder(URI.create({_java_text(at.of(call.path))}))"
        f'\n        .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")'
        f'\n        .method("{call.method}", HttpRequest.BodyPublishers.{publisher}).build(), text).body());'
    )


def _java_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
