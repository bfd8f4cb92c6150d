"""Which graphics cards each of several runs at once is given."""

import os
import subprocess

from sweepdeck._errors import UsageError

VISIBLE = "CUDA_VISIBLE_DEVICES"
_LIST_SECONDS = 20


def shares(wanted: str, per_run: int, parallel: int | None) -> list[str]:
    """Return the value of CUDA_VISIBLE_DEVICES for each of `parallel` runs (None: as many as there are cards for).

    `wanted` is "all" or a list such as "0,1,2". Raises `UsageError` where there are too few cards, or none.
    """
    cards = _all_cards() if wanted == "all" else [card.strip() for card in wanted.split(",") if card.strip()]
    if not cards:
        raise UsageError("--gpus: no card was found; name them, such as --gpus 0,1")
    if len(set(cards)) < len(cards):
        raise UsageError(f"--gpus {wanted}: a card is named twice")
    runs = parallel if parallel is not None else len(cards) // per_run
    if not runs or runs * per_run > len(cards):
        raise UsageError(
            f"{runs or 1} x {per_run} cards (--parallel x --per-run) are more than the {len(cards)} there are"
        )
    return [",".join(cards[at * per_run : (at + 1) * per_run]) for at in range(runs)]


def _all_cards() -> list[str]:
    visible = os.environ.get(VISIBLE)
    if visible is not None:
        return [card.strip() for card in visible.split(",") if card.strip()]
    command = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=_LIST_SECONDS).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageError(f"--gpus all: the cards cannot be listed ({error}); name them, such as --gpus 0,1") from None
    return said.split()
