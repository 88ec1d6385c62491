"""What viaduct is to reach, each in the same run as what it is compared to."""
from figures import of_added, of_median, of_ratio

OURS = "viaduct-lighttpd"
# Shown beside: the bare responder does nothing but the transfer, and mod_proxy
# has a process less on the way.
BESIDE = {"bare-lighttpd": "bare", "lighttpd-proxy": "mod_proxy"}
AT = {"get-1": "1 connection", "get-16": "16 connections",
      "get-64": "64 connections"}


def small():
    """Small answers, by the number of connections."""
    for work, at in AT.items():
        yield of_ratio("processor time of the bare responder, " + at, work,
                       OURS, "bare-lighttpd", "cpu_us", most=1.15)
    for other, least in (("lighttpd-proxy", 0.9), ("anywhere", 4),
                         ("anywhere-tuned", 1.5), ("php", 2.5)):
        for work, at in AT.items():
            yield of_ratio("requests a second of %s, %s" % (other, at), work,
                           OURS, other, "rate", least=least)


def secure():
    for other in ("php", "anywhere"):
        for work, at in AT.items():
            yield of_ratio("HTTPS to the target: requests a second of %s, %s"
                           % (other, at), work.replace("get", "tls"), OURS,
                           other, "rate", least=8)


GOALS = [
    *small(),
    *secure(),
    of_ratio("preflights a second of a FastCGI program that says hello",
             "preflight", OURS, "hello-lighttpd", "rate", least=0.9),
    of_ratio("100 MB: rate of lighttpd mod_proxy", "100M", OURS,
             "lighttpd-proxy", "rate", least=1),
    of_added("1,000 requests wait: median over the target's own", "waiting",
             OURS, "p50_us", 1000, most=5, unit=" ms"),
    of_median("1,000 requests wait: memory", "waiting", OURS, "pss_kib", 1024,
              most=90, unit=" MB"),
    of_ratio("CGI: time to the first byte, of the bare program's", "start",
             "viaduct-cgi", "bare-cgi", "p50_us", most=1.4),
    of_median("mod_fcgid: memory of each process", "get-16",
              "viaduct-fcgid", "pss_each_kib", 1024, most=8, unit=" MB"),
    of_ratio("nginx: requests a second with kept connections to without",
             "get-16", "viaduct-nginx-kept", "viaduct-nginx", "rate",
             least=1.5),
]
