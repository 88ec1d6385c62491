#!/usr/bin/env python3
"""Random addresses: is public, as src/http/ip.c has it, what Python's
ipaddress calls global?  Where the two differ, a reason below must say so.

The addresses come from a fixed seed.  A third is drawn from all addresses,
the rest from in and around the blocks where a table can be wrong."""

import ipaddress
import os
import random
import subprocess

COUNT = 1_000_000
PROGRAM = os.environ.get("IPCLASS", "tests/tool/ipclass")

# Refused here though Python may call them global.
STRICTER = {
    "192.0.0.0/24": "IETF assignments, closed whole (.9 and .10 are anycast)",
    "192.31.196.0/24": "AS112, never a web server",
    "192.175.48.0/24": "AS112, never a web server",
    "192.52.193.0/24": "AMT relays",
    "192.88.99.0/24": "6to4 relays, deprecated (RFC 7526)",
    "224.0.0.0/4": "multicast, part of which Python calls global",
    "168.63.129.16/32": "Azure's wire server has a public address",
    "2001::/23": "IETF assignments, closed whole",
    "2002::/16": "6to4 embeds IPv4 (RFC 7526)",
    "2620:4f:8000::/48": "AS112, never a web server",
    "3fff::/20": "documentation (RFC 9637), newer than old Pythons",
    "::/3": "outside 2000::/3 nothing is assigned for the public",
    "4000::/2": "outside 2000::/3 nothing is assigned for the public",
    "8000::/1": "outside 2000::/3 nothing is assigned for the public",
}
ISATAP = (0x00005efe, 0x02005efe)
# Open here though Python may not call them global.
LAXER = {}

BLOCKS = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16
172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 2000::/3 2001::/23
2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 ::/96 ::ffff:0:0/96
64:ff9b::/96 64:ff9b:1::/48 100::/64 5f00::/16 fc00::/7 fe80::/10 fec0::/10
ff00::/8 2001:20::/28 2001:30::/28 2001:4:112::/48""".split()


def draw(rand):
    nets = [ipaddress.ip_network(block) for block in BLOCKS]
    kind = {4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}
    for _ in range(COUNT // 6):
        yield ipaddress.IPv4Address(rand.getrandbits(32))
        yield ipaddress.IPv6Address(rand.getrandbits(128))
        # twice around each block: as many again on either side of its ends
        for _ in range(4):
            net = rand.choice(nets)
            size = net.num_addresses
            at = int(net.network_address) - size // 2 + rand.randrange(
                2 * size)
            at %= 1 << net.max_prefixlen
            if net.version == 6 and rand.random() < .05:
                at = at & ~(0xffffffff << 32) | rand.choice(ISATAP) << 32
            yield kind[net.version](at)


def inside(address, table):
    return any(address in net for net in table
               if net.version == address.version)


def is_isatap(address):
    return (address.version == 6 and
            int(address) >> 32 & 0xffffffff in ISATAP)


def main():
    addresses = list(draw(random.Random(20260101)))
    text = "".join(f"{address}\n" for address in addresses)
    run = subprocess.run([PROGRAM], input=text, capture_output=True,
                         text=True, check=False)
    tiers = run.stdout.split()
    stricter = [ipaddress.ip_network(net) for net in STRICTER]
    laxer = [ipaddress.ip_network(net) for net in LAXER]
    wrong = []
    differ = 0
    for address, tier in zip(addresses, tiers):
        ours, theirs = tier == "ok", address.is_global
        if tier not in ("ok", "P", "N", "M"):
            wrong.append(f"{address}: {tier}")
        elif ours == theirs:
            continue
        elif theirs:
            differ += 1
            if not inside(address, stricter) and not is_isatap(address):
                wrong.append(f"{address}: {tier}, but global to Python")
        elif not inside(address, laxer):
            wrong.append(f"{address}: ok, but not global to Python")

    print("1..3")
    whole = run.returncode == 0 and len(tiers) == len(addresses)
    print("ok" if whole else "not ok", 1, "- every address has a tier")
    print("ok" if whole and not wrong else "not ok",
          2, "- what is public is global, but for the stated reasons")
    for line in wrong[:20]:
        print("#  ", line)
    public = tiers.count("ok")
    print("ok" if 1000 < public < len(addresses) - 1000 and differ > 100
          else "not ok", 3, "- both answers occur")
    print(f"#   {public} of {len(addresses)} public, {differ} stricter")


main()
