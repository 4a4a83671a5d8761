"""How a file as a whole is refused."""

from collections.abc import Sequence

from govshare.hosting.rules import MOST_FILE
from govshare.kernel.errors import Fault, Invalid


def refused(why: str, faults: Sequence[Fault] = ()) -> Invalid:
    """Nothing of it was kept; ``why`` says what is wrong with the file."""
    return Invalid(f"上传的文件{why}", basis=MOST_FILE, faults=faults or [Fault("file", why)])
