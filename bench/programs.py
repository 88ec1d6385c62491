"""All that is measured.  No server writes an access log."""
import floor
import ours
import peers
import program

PROGRAMS = [
    program.Direct,
    ours.OursLighttpd, ours.OursNginx, ours.OursNginxKept, ours.OursFcgid,
    ours.OursLighttpdCgi,
    floor.Bare, floor.Hello, floor.BareCgi,
    peers.LighttpdProxy, peers.NginxProxy, peers.ApacheProxy,
    peers.Anywhere, peers.AnywhereTuned, peers.AnywhereTunedTls, peers.Php,
]
