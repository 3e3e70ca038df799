"""The scripts of an addon's ``migrations``, for tests of what they do with rows."""

import importlib.util
from pathlib import Path

from odoo.modules import get_module_path


def upgrade_script(addon, version, when="post"):
    """The function ``migrate(cr, version)`` of one of them.

    :param version: the folder, as ``19.0.1.1.0``
    :param when: ``pre`` or ``post``
    """
    folder = Path(get_module_path(addon)) / "migrations" / version
    spec = importlib.util.spec_from_file_location(
        f"{addon}_{when}_migration", folder / f"{when}-migration.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.migrate
