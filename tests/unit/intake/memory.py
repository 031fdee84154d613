"""Whether something can be done again and again without memory growing."""

import gc
import tracemalloc
from collections.abc import Callable


def grows_by(work: Callable[[], object], *, times: int = 5) -> tuple[int, int]:
    """Bytes that are held afterwards, and the most that were held meanwhile; what is made once is not counted."""
    work()
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(times):
            work()
        _, highest = tracemalloc.get_traced_memory()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before, highest - before
