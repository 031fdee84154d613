"""What a person is told when the stack cannot go on: one sentence that names the fault and what to do about it."""


class StackFailure(Exception):
    """The command line prints the text as it is and ends with a non-zero code; no traceback follows."""
