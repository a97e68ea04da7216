"""Asks a real mkosi for the summary of many folders: one process that has imported mkosi, and a fork of it for each.

Reads folders from standard input, one a line; prints one line of JSON for each: {"status": 1, "said": ["..."]}.
said: what it warns of or gives up at. Runs as nobody when started by root, since a summary of old releases makes the
directories that it is told of.
"""
import json
import logging
import os
import re
import runpy
import sys
import tempfile

import mkosi  # noqa: F401: so that no fork has to

NOBODY = 65534


class Keep(logging.Handler):
    """Keeps what newer releases log; older ones only print."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def child(folder: str, report: int) -> None:
    keep = Keep()
    logging.getLogger().addHandler(keep)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.environ.clear()
    os.environ.update(PATH="/usr/sbin:/usr/bin:/sbin:/bin", HOME="/nonexistent", LANG="C.UTF-8", TERM="dumb")
    os.chdir(folder)
    sys.argv = ["mkosi", "summary"]
    status = 0
    try:
        runpy.run_module("mkosi", run_name="__main__")
    except SystemExit as e:
        status = e.code if isinstance(e.code, int) else 0 if e.code is None else 1
    except BaseException as e:
        status = 1
        keep.said.append(f"{type(e).__name__}: {e}")
    os.write(report, json.dumps({"status": status, "said": keep.said}).encode())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def ask(folder: str) -> dict:
    with tempfile.TemporaryFile() as said:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, 0)
            os.dup2(nothing, 1)
            os.dup2(said.fileno(), 2)
            try:
                child(folder, writing)
            finally:
                os._exit(99)
        os.close(writing)
        with os.fdopen(reading, "rb") as report:
            text = report.read()
        _, status = os.waitpid(pid, 0)
        said.seek(0)
        printed = said.read().decode(errors="replace")
    # A child that mkosi itself ended has not reported.
    result = json.loads(text) if text else {"status": os.waitstatus_to_exitcode(status) or 1, "said": []}
    result["said"] += [line.removeprefix("‣ ") for line in printed.splitlines() if re.match(r"(‣ )?(Warning|Error|mkosi: error): ", line)]
    return result


for line in sys.stdin:
    print(json.dumps(ask(line.rstrip("\n"))), flush=True)
