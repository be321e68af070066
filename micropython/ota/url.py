# SPDX-License-Identifier: Apache-2.0
"""URLs: taken apart, and followed from one to the next."""
from .error import OtaError

_PORTS = {"http": 80, "https": 443}
_LENGTH_MAX = 2047


def _first_of(text, marks):
    """Where the first of some characters stands; the length where none does."""
    places = [text.find(mark) for mark in marks]
    return min([place for place in places if place >= 0] or [len(text)])


def _take_apart(url):
    """(scheme, authority, path with query).

    A blank or a control character is refused: it could end a line of the request.
    """
    if len(url) > _LENGTH_MAX or any(not " " < char < "\x7f" for char in url):
        raise OtaError("BAD_URL", "the URL is too long, or has a character that has to "
                       "be %-escaped")
    scheme, mark, rest = url.partition("://")
    scheme = scheme.lower()
    if not mark or scheme not in _PORTS:
        raise OtaError("BAD_URL", "the URL has to begin with http:// or https://: " + url)
    rest = rest.split("#")[0]
    end = _first_of(rest, "/?")
    path = rest[end:]
    return scheme, rest[:end], path if path.startswith("/") else "/" + path


def split(url):
    """(scheme, host, port, path with query) of an absolute http or https URL."""
    scheme, place, path = _take_apart(url)
    if "@" in place:
        raise OtaError("BAD_URL", "a URL with a password is not taken; give it in headers=")
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
    else:
        host, mark, port = place.partition(":")
        port = mark + port
    if not host or (port and not (port[0] == ":" and port[1:].isdigit())):
        raise OtaError("BAD_URL", "there is no host, or no number for a port, in " + url)
    port = int(port[1:]) if port else _PORTS[scheme]
    if not 0 < port < 65536:
        raise OtaError("BAD_URL", "there is no such port: " + url)
    return scheme, host, port, path


def authority(url):
    """Host and port as the URL has them, for the header Host."""
    return _take_apart(url)[1]


def _without_dots(path):
    """The path with its "." and ".." resolved; the query is left alone."""
    end = _first_of(path, "?")
    kept = []
    parts = path[:end].split("/")[1:]
    for part in parts:
        if part == "..":
            kept[-1:] = []
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept) + path[end:]


def join(base, reference):
    """The absolute URL of a reference that stands in the document at `base`."""
    reference = reference.split("#")[0]
    if ":" in reference[:_first_of(reference, "/?")]:
        return reference
    scheme, place, path = _take_apart(base)
    if reference.startswith("//"):
        return scheme + ":" + reference
    document = path[:_first_of(path, "?")]
    if reference.startswith("/"):
        path = _without_dots(reference)
    elif reference.startswith("?"):
        path = document + reference
    elif reference:
        path = _without_dots(document[:document.rfind("/") + 1] + reference)
    return scheme + "://" + place + path
