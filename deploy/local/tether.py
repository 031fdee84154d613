"""Start a program that cannot outlive the supervisor, also when the supervisor is killed with -9.

    python -I -S tether.py --signal INT|TERM|KILL --parent PID [--uid N --gid N] -- COMMAND…

Privileges are dropped first, because the kernel forgets the death signal when the user changes. The parent is looked
at afterwards, because it may have died before the signal was asked for. Imports stay few: this runs before every
process of the stack.
"""

import ctypes
import os
import sys

SIGNALS = {"INT": 2, "KILL": 9, "TERM": 15}
PR_SET_PDEATHSIG = 1
EXIT_CANNOT_START = 127


def main(arguments: list[str]) -> None:
    end = arguments.index("--")
    options, command = dict(zip(arguments[:end:2], arguments[1:end:2], strict=True)), arguments[end + 1 :]
    if "--uid" in options:
        os.setgroups([])
        os.setgid(int(options["--gid"]))
        os.setuid(int(options["--uid"]))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, SIGNALS[options["--signal"]], 0, 0, 0) != 0:
        sys.exit(f"the kernel refused the death signal: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != int(options["--parent"]):
        sys.exit("the supervisor is gone")
    try:
        os.execv(command[0], command)  # noqa: S606 - the command is the supervisor's own, no shell is meant
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be started: {error.strerror}\n")
        sys.exit(EXIT_CANNOT_START)


if __name__ == "__main__":
    main(sys.argv[1:])
