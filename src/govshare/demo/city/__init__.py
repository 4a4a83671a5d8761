"""Builds the small city through the platform's own services, one thing after another, and leaves alone what is there already."""

from collections.abc import Callable

from govshare.demo.city import certificates, demands, entries, posts, sources, transfers
from govshare.demo.city.posts import City
from govshare.demo.frontends import FrontEnds
from govshare.kernel.clock import utc_now


def build(front_ends: FrontEnds, *, tell: Callable[[str], None]) -> City:
    """Everything that is missing; ``tell`` hears what is being done. Killed at any place, it goes on from there at the next start."""
    tell("机构、人员和任命")
    city = posts.found(utc_now())
    tell("数字证书")
    certificates.issue_all(city, utc_now())
    tell("前置交换数据库登记与测试")
    sources.register_all(city, front_ends, utc_now())
    tell("资源目录和共享目录")
    entries.take_all(city, utc_now())
    tell("共享需求和授权")
    demands.take_all(city, utc_now())
    tell("数据交换登记")
    transfers.order_all(city, utc_now())
    return city
