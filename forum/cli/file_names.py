"""Files that an operator names on the command line of a backup, a restore or a drill."""

import errno
import os
from pathlib import Path
from typing import Any

import click


class FileName(click.Path):
    """A path that can be shown and written down; where it is none, the command ends with a sentence."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; click.BadParameter for bytes that are no UTF-8, and for a name that no disk can keep."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            str(path).encode()
            path.lstat()
        except UnicodeEncodeError:
            self.fail(f"the name {str(path)!a} is no UTF-8.", param, ctx)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.fail(f"the name is too long: it has {len(str(path))} signs.", param, ctx)
        return path
