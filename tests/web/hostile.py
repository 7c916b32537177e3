"""Hostile uploads against a running server: BASE USER PASSWORD. Each is refused or harmless, and the server goes on."""
import gzip
import http.client
import os
import re
import sys
import urllib.parse

base, user, password = sys.argv[1:4]
host = urllib.parse.urlparse(base).netloc
wrong = []


def call(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(host, timeout=120)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def expect(holds, what):
    print(("ok   " if holds else "BAD  ") + what)
    if not holds:
        wrong.append(what)


form = urllib.parse.urlencode({"name": user, "password": password})
status, headers, _ = call("POST", "/sign-in", form, {"content-type": "application/x-www-form-urlencoded"})
cookie = headers["set-cookie"].split(";")[0]
page = call("GET", "/account", headers={"cookie": cookie})[2]
token = re.search(r'name="csrf" content="([^"]+)"', page).group(1)


def upload(name, data, with_token=True):
    boundary = "----headroom"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = head + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {"cookie": cookie, "content-type": f"multipart/form-data; boundary={boundary}"}
    if with_token:
        headers["x-csrf-token"] = token
    return call("POST", "/bills/upload", body, headers)


def looked_at(name, data):
    status, headers, body = upload(name, data)
    if status != 303:
        return status, body
    answer = call("GET", headers["location"], headers={"cookie": cookie})
    return answer[0], answer[2]


header = ("vendor,contract_id,invoice_id,billing_month,resource_mode,charge_type,resource_id,description,region,quantity,unit,"
          "unit_price,amount,tax_amount,total_amount,currency,product,module\n")
status, body = looked_at("../../../etc/cron.d/x.csv", header.encode())
expect("etc/cron" not in body and "/tmp" not in body, "a path as a name is a name, and no path of the server is shown")
status, body = looked_at("<script>alert(1)</script>.csv", header.encode())
expect("<script>alert" not in body, "HTML in a name is text")
formula = header + '"=HYPERLINK(""http://evil"")",c,i,2026-10,idc,rack,r,"<img src=x onerror=alert(1)>",b,1,架,x,1,0,1,CNY,,\n'
status, body = looked_at("formula.csv", formula.encode())
expect(status == 200 and "<img src=x" not in body, "HTML in cells is text")
bomb = gzip.compress(b"\0" * (256 << 20), 9)
status, body = looked_at("bomb.csv.gz", bomb)
expect(status in (200, 422), f"a bomb of 256 MiB in {len(bomb) >> 10} KiB is refused in words ({status})")
status, _, body = upload("x.csv", header.encode(), with_token=False)
expect(status == 403, "an upload without the form's token is refused")
status, body = looked_at("nothing.bin", bytes(range(256)) * 64)
expect(status in (200, 422), "bytes of nothing known are refused in words")
try:
    status, _, body = upload("large.csv", b"a,b\n" * (3 << 19))
    expect(status in (413, 422), f"more than the limit is refused ({status})")
except (BrokenPipeError, ConnectionResetError):
    expect(True, "more than the limit is cut off")


def resident():
    """MiB of memory that the server holds, where the system says so."""
    try:
        with open(f"/proc/{os.environ['HEADROOM_PID']}/status") as status:
            return next(int(line.split()[1]) >> 10 for line in status if line.startswith("VmRSS"))
    except (KeyError, OSError, StopIteration):
        return 0


def endless(path, kind, before=b""):
    """2 GiB in pieces until the server has had enough: how much went out, and the answer if there is one."""
    sent = 0

    def pieces():
        nonlocal sent
        yield before
        block = b"x,1\n" * (1 << 16)
        while sent < 2 << 30:
            sent += len(block)
            yield block

    headers = {"cookie": cookie, "x-csrf-token": token, "content-type": kind, "transfer-encoding": "chunked"}
    connection = http.client.HTTPConnection(host, timeout=120)
    try:
        connection.request("POST", path, pieces(), headers, encode_chunked=True)
        return sent, connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        try:
            return sent, connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return sent, None
    finally:
        connection.close()


start = resident()
part = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="endless.csv"\r\n\r\n'
sent, status = endless("/bills/upload", "multipart/form-data; boundary=xx", part)
grown = resident() - start
expect(sent < 64 << 20 and status in (413, 422, None), f"of 2 GiB the server takes {sent >> 20} MiB, then refuses ({status})")
expect(grown < 64, f"and holds {grown} MiB more memory")
# Another site's page cannot write, and a page of ours carries its policy.
status, _, _ = call("POST", "/sign-out", f"csrf={token}", {"cookie": cookie, "sec-fetch-site": "cross-site",
                    "content-type": "application/x-www-form-urlencoded"})
expect(status == 403, "a write that another site has caused is refused")
status, headers, _ = call("GET", "/", headers={"cookie": cookie})
expect("script-src 'self'" in headers["content-security-policy"] and "inline" not in headers["content-security-policy"], "pages carry the policy")
for _ in range(6):
    status, headers, _ = call("POST", "/sign-in", "name=nobody&password=x", {"content-type": "application/x-www-form-urlencoded"})
expect(status == 429 and "retry-after" in headers, "guessing passwords has to wait")
expect(call("GET", "/healthz")[0] == 200, "the server goes on")
sys.exit(1 if wrong else 0)
