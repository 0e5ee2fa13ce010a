"""How far a long piece of work is, told to whoever watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

Progress = Callable[[str, int, int], None]
"""Gets the stage's name in French, the steps done and their number; may be called from several threads."""


def no_progress(stage: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


class Stopwatch:
    """Seconds a stage, and progress as a stage begins and ends."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self.progress = progress

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Time a stage; what is given takes the steps done and their number, where there are several."""
        begun, steps = perf_counter(), 1

        def tell(done: int, total: int) -> None:
            nonlocal steps
            steps = total
            self.progress(name, done, total)

        tell(0, steps)
        yield tell
        tell(steps, steps)
        self.seconds[name] = round(perf_counter() - begun, 2)
