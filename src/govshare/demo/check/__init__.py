"""``govshare demo --check``: the whole main job over real TLS with real certificates, one line per step with its basis.

What a department or an officer would do goes through the machine API; what the API cannot prove, because it is about
what never happened, is asked of the databases themselves: the source's own statement log, the recipient's rows, every
table of the platform.
"""

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from rich.console import Console
from rich.markup import escape

from govshare.demo import frontends
from govshare.demo.authority import DemoAuthority
from govshare.demo.check import cataloguing, ending, evidence, killing, revoking, sharing, signing_in, transferring
from govshare.demo.check.client import Declined, Platform
from govshare.demo.check.scene import DidNotHold, Scene
from govshare.demo.check.steps import Step
from govshare.kernel.clock import local_date, utc_now

PARTS = {
    "身份认证": signing_in.PART,
    "资源目录与共享目录": cataloguing.PART,
    "共享需求与授权": sharing.PART,
    "数据交换": transferring.PART,
    "存证与回执": evidence.PART,
    "中断与恢复": killing.PART,
    "证书吊销": revoking.PART,
    "授权结束": ending.PART,
}


def run(home: Path, console: Console) -> int:
    """0 only if every step held."""
    scene = _scene(home)
    failed = total = 0
    begun = time.monotonic()
    for part, steps in PARTS.items():
        console.rule(f"[bold]{part}[/]", align="left", style="dim")
        for held, line in _lines(scene, steps):
            console.print(line, soft_wrap=True)
            total, failed = total + 1, failed + (not held)
    verdict = "[green]全部成立 / all held[/]" if not failed else f"[red]{failed} 步不成立 / did not hold[/]"
    console.print(f"\n{total} 步，{verdict}，{time.monotonic() - begun:.0f} 秒。")
    return 1 if failed else 0


def _scene(home: Path) -> Scene:
    authority = DemoAuthority(now=utc_now())
    platform = Platform(settings.GOVSHARE_PORTAL_PORT, settings.GOVSHARE_SIGNIN_PORT, authority.root)
    run_name = f"{local_date(utc_now()):%m%d}_{secrets.token_hex(3)}"
    return Scene(home, platform, authority, frontends.find(home), run_name)


def _lines(scene: Scene, steps: list[Step]) -> Iterator[tuple[bool, str]]:
    for step in steps:
        begun = time.monotonic()
        try:
            seen, held = step.act(scene), True
        except (DidNotHold, Declined) as wrong:
            seen, held = str(wrong), False
        except Exception as error:  # noqa: BLE001 - a step that breaks is a step that did not hold, and the others go on
            seen, held = f"{type(error).__name__}: {error}", False
        mark = "[green]✓[/]" if held else "[red]✗[/]"
        took = f"[dim]{time.monotonic() - begun:.1f}s[/]"
        yield held, f"{mark} {escape(step.name)}  [cyan]{step.basis}[/]  [dim]{escape(seen)}[/]  {took}"
