"""`python -m tests.support.apart FILE MODULE WORDS…` is `python -m MODULE WORDS…` with its errors in a file.

It can be interrupted as at a terminal: tests that run in the background begin with SIGINT ignored, and hand that on.
"""

import os
import runpy
import signal
import sys

if __name__ == "__main__":
    errors = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(errors, sys.stderr.fileno())
    os.close(errors)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    module = sys.argv[2]
    sys.argv[:] = ["", *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
