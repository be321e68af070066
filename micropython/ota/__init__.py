# SPDX-License-Identifier: Apache-2.0
"""Firmware updates over the air for MicroPython on ESP32, and no way to lose one.

    import ota
    ota.confirm()                                    # at every start, once all is well
    ota.update("https://example.com/app.bin", "9f86d0...", ca="ca.pem")

Whatever happens meanwhile - power cut, lost connection, another file than expected - what runs now
boots again. The update can be tried again, and goes on where it was. Failures are OtaError: str()
says what to do, .code is for programs.
"""
from .error import OtaError
from .slots import confirm, rollback as _rollback

__version__ = "0.1.0"
__all__ = ("OtaError", "confirm", "rollback", "show", "status", "update", "update_from_manifest")


def _reset():
    import machine
    machine.reset()


def update(url, sha=None, *, length=None, ca=None, insecure=False, headers=None, progress=True,
           reset=False, retries=5, timeout=30):
    """Bring an image into the free slot, verify it, and boot it from the next reset on.

    url       of the application image (.app-bin), http or https
    sha       its SHA-256, 64 hexadecimal digits; with it http is as safe as https
    length    bytes, if known
    ca        certificates that https is checked with: PEM, DER, or the name of a file
    insecure  True: https without a check
    headers   dict of further request headers, as {"Authorization": "Bearer ..."}
    progress  True: dots; False: nothing; or a function of (bytes done, bytes in all or None),
              called for each 4 KB, where a watchdog can be fed
    reset     True: reset when done
    retries   attempts in a row that may bring nothing, with pauses of 1, 2, 4, ... seconds
    timeout   seconds that the server may be silent

    Returns the label of the slot that boots next; None: just this image runs already.
    Power loss: what runs boots again until all is verified; then the new image boots.
    """
    if sha is None:
        raise OtaError("INVALID_ARGUMENT", "give sha=, the SHA-256 of the file, or publish a "
                       "manifest and call ota.update_from_manifest(url)")
    from .download import update as run
    label = run(url, sha, length, ca, insecure, headers, progress, retries, timeout)
    if label and reset:
        _reset()
    return label


def update_from_manifest(url, sha=None, *, ca=None, insecure=False, headers=None, progress=True,
                         reset=False, retries=5, timeout=30):
    """update(), with URL, SHA-256 and length from a JSON file.

    {"firmware": "app.bin", "sha": "9f86d0...", "length": 1448064}

    url       of the manifest; "firmware" may be relative to it
    insecure  True: also over http. Whoever can change the manifest on its way chooses the firmware,
              so this takes https and `ca` otherwise
    headers   go along to the firmware only where it is on the manifest's server

    All else, and what is returned, as with update().
    """
    from .download import update_from_manifest as run
    label = run(url, sha, ca, insecure, headers, progress, retries, timeout)
    if label and reset:
        _reset()
    return label


def rollback(*, reset=False):
    """Go back to the firmware before this one. Returns the label of the slot that boots next.

    reset  True: at once
    Power loss: one of the two firmwares boots.
    """
    label = _rollback()
    if reset:
        _reset()
    return label


def status():
    """What runs, what boots next, and what otadata says, as a dict. See ota.report."""
    from .report import status as collect
    return collect()


def show():
    """Print the status and the partition table."""
    from .report import show as write
    write()
