"""Addresses of machines and pages, and the names of their parts."""

from __future__ import annotations

from functools import cache

from synthkit.generators.values.codes import pattern
from synthkit.generators.values.expressions import Expression, Pool, joined, literal, mixture
from synthkit.generators.values.faker_pools import ascii_words

__all__ = [
    "domain_name",
    "file_name",
    "hashtag",
    "hexadecimal",
    "image_url",
    "ipv4_address",
    "ipv6_address",
    "mac_address",
    "slug",
    "uri_path",
    "url",
    "user_agent_string",
    "uuid",
]

TLDS = {"com": 0.55, "net": 0.1, "org": 0.12, "io": 0.08, "co": 0.05, "info": 0.05, "biz": 0.05}
TRADES = {"": 0.45, "-group": 0.12, "-media": 0.08, "-labs": 0.08, "-shop": 0.1, "-partners": 0.07,
          "-solutions": 0.1}  # fmt: skip
SECTIONS = ("about", "blog", "category", "docs", "events", "news", "posts", "products", "shop",
            "support", "tags", "users")  # fmt: skip
EXTENSIONS = {"pdf": 0.2, "docx": 0.15, "xlsx": 0.12, "jpg": 0.15, "png": 0.15, "csv": 0.08,
              "txt": 0.05, "mp4": 0.05, "pptx": 0.05}  # fmt: skip
RESERVED = {0, 10, 100, 127, 169, 172, 192, 198, 203}
"""First bytes of IPv4 networks that are private or reserved, at least in part (RFC 6890)."""
IPV6_BLOCKS = ("2001", "2400", "2600", "2604", "2607", "2800", "2a00", "2a02", "2c0f")
"""Beginnings of what the regional registries give out."""
WINDOWS = ("Windows NT 10.0; Win64; x64",)
MACS = ("Macintosh; Intel Mac OS X 10_15_7", "Macintosh; Intel Mac OS X 14_5")
LINUX = ("X11; Linux x86_64",)
PHONES = ("Linux; Android 13; Pixel 7", "Linux; Android 14; SM-S918B", "Linux; Android 14; Pixel 8")
APPLE = ("iPhone; CPU iPhone OS 17_5 like Mac OS X", "iPad; CPU OS 17_5 like Mac OS X")
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


def hexadecimal(length: int) -> Expression:
    """Return hexadecimal strings of a length, a multiple of four: digests, tokens."""
    return joined([_hex4()] * (length // 4))


@cache
def _hex4(before: str = "") -> Pool:
    """Return the 65,536 strings of four digits."""
    return Pool.of([f"{before}{number:04x}" for number in range(1 << 16)])


def uuid(_: str) -> Expression:
    """Return UUIDs of version 4 (RFC 9562)."""
    variant = Pool.of([f"{byte}{rest:03x}" for byte in "89ab" for rest in range(4096)])
    version = Pool.of([f"-4{number:03x}-" for number in range(4096)])
    dashed = _hex4("-")
    return joined([_hex4(), _hex4(), dashed, version, variant, dashed, _hex4(), _hex4()])


def ipv4_address(_: str) -> Expression:
    """Return IPv4 addresses outside of private and reserved networks."""
    byte = Pool.of([f".{number}" for number in range(256)])
    last = Pool.of([f".{number}" for number in range(1, 255)])
    first = Pool.of([str(number) for number in range(1, 224) if number not in RESERVED])
    return joined([first, byte, byte, last])


def ipv6_address(_: str) -> Expression:
    """Return global IPv6 addresses, written in full."""
    return joined([Pool.of(IPV6_BLOCKS), *[_hex4(":")] * 7])


def mac_address(_: str) -> Expression:
    """Return MAC addresses of single, globally named devices."""
    first = Pool.of([f"{number:02x}" for number in range(0, 256, 4)])
    return joined([first, *[pattern(":^^")] * 5])


def domain_name(locale: str) -> Expression:
    """Return domains named after families and trades."""
    ends = Pool.of({f".{tld}": share for tld, share in TLDS.items()})
    return joined([ascii_words(("last_name",), locale), Pool.of(TRADES), ends])


def uri_path(locale: str) -> Expression:
    """Return paths of pages: a section and a name."""
    word = ascii_words(("word",), locale)
    return joined([Pool.of(SECTIONS), literal("/"), word, literal("-"), word])


def url(locale: str) -> Expression:
    """Return addresses of pages."""
    begin = Pool.of({"https://www.": 0.55, "https://": 0.35, "http://www.": 0.1})
    return joined([begin, domain_name(locale), literal("/"), uri_path(locale)])


def image_url(locale: str) -> Expression:
    """Return addresses of pictures, in a domain that RFC 2606 reserves."""
    word = ascii_words(("word",), locale)
    end = Pool.of([".jpg", ".png", ".webp"])
    return joined([literal("https://images.example.com/"), word, literal("-"), hexadecimal(8), end])


def slug(locale: str) -> Expression:
    """Return words with hyphens, as in addresses of pages."""
    word = ascii_words(("word",), locale)
    three = joined([word, literal("-"), word, literal("-"), word])
    return mixture([(three, 0.7), (joined([three, literal("-"), word]), 0.3)])


def hashtag(locale: str) -> Expression:
    """Return tags of one or two words."""
    words = ascii_words(("word",), locale)
    capital = Pool.of(
        {
            value.capitalize(): float(weight)
            for value, weight in zip(words.values.to_pylist(), words.weights, strict=True)
        }
    )
    return mixture(
        [(joined([literal("#"), words]), 0.4), (joined([literal("#"), capital, capital]), 0.6)]
    )


def file_name(locale: str) -> Expression:
    """Return names of files: two words and an extension."""
    word = ascii_words(("word",), locale)
    ends = Pool.of({f".{name}": share for name, share in EXTENSIONS.items()})
    return joined(
        [word, literal("_"), word, Pool.of(["", *[f"_v{n}" for n in range(1, 10)]]), ends]
    )


def user_agent_string(_: str) -> Expression:
    """Return what browsers of 2023 and 2024 call themselves."""
    chrome = [
        f"Mozilla/5.0 ({system}) {WEBKIT} Chrome/{major}.0.{build}.{patch} "
        f"{mobile}Safari/537.36{edge}"
        for systems, mobile in ((WINDOWS + MACS + LINUX, ""), (PHONES, "Mobile "))
        for system in systems
        for major, build in zip(range(112, 127), range(5615, 6500, 63), strict=False)
        for patch in (0, 49, 87, 121, 184)
        for edge in ("", f" Edg/{major}.0.0.0")
    ]
    firefox = [
        f"Mozilla/5.0 ({system}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0"
        for system in WINDOWS + MACS[:1] + LINUX
        for major in range(102, 128)
    ]
    safari = [
        f"Mozilla/5.0 ({system}) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{version} {mobile}Safari/{'604.1' if mobile else '605.1.15'}"
        for systems, mobile in ((MACS[:1], ""), (APPLE, "Mobile/15E148 "))
        for system in systems
        for version in ("16.4", "16.5", "16.6", "17.0", "17.1", "17.2", "17.3", "17.4", "17.5")
    ]
    return mixture([(Pool.of(chrome), 0.7), (Pool.of(firefox), 0.1), (Pool.of(safari), 0.2)])
