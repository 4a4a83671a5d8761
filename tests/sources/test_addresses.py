"""Where a front-end exchange database may lie (PC-27)."""

from ipaddress import ip_address

import pytest

from govshare.kernel.errors import Invalid, Unavailable
from govshare.sources import connection, rules


@pytest.mark.article("PC-27")
@pytest.mark.parametrize("host", ["10.1.2.3", "db.example.cn", "DB-1.cn.", "fd12::5", "localhost"])
def test_a_host_is_a_name_or_an_address(host):
    assert rules.host_fault(host) is None


@pytest.mark.article("PC-27")
@pytest.mark.parametrize(
    "host", ["", "/var/run/postgresql", "@abstract", "a,b", "127.1", "2130706433", "0x7f.1", "[::1]", "-a.cn", "a b", "a'b"]
)
def test_sockets_lists_and_number_shorthands_are_no_hosts(host):
    assert rules.host_fault(host)


@pytest.mark.article("PC-27")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "169.254.169.254",
        "100.100.100.200",
        "fe80::1",
        "fd00:ec2::254",
        "0.0.0.0",  # noqa: S104 - refused here
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_the_platform_does_not_connect_to_itself_or_to_metadata(address):
    assert rules.address_fault(ip_address(address), demo=False)


@pytest.mark.article("PC-27")
@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.9", "172.20.0.4", "59.225.1.1", "fd12::5"])
def test_the_extranets_addresses_are_allowed(address):
    assert rules.address_fault(ip_address(address), demo=False) is None


@pytest.mark.article("PC-27")
def test_loopback_is_for_the_demonstration_alone(settings):
    assert connection.addresses_of("localhost", 5432)

    settings.GOVSHARE_DEMO = False

    with pytest.raises(Invalid) as refusal:
        connection.addresses_of("localhost", 5432)
    assert str(refusal.value.basis) == "PC-27"


@pytest.mark.article("PC-27")
def test_metadata_addresses_stay_forbidden_in_the_demonstration():
    with pytest.raises(Invalid):
        connection.addresses_of("169.254.169.254", 5432)


@pytest.mark.article("PC-27")
def test_a_name_that_resolves_to_nothing_is_said_to():
    with pytest.raises(Unavailable, match="无法解析主机名"):
        connection.addresses_of("no-such-host.invalid", 5432)
