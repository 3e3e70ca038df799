# A command talks to its terminal; Odoo loads it outside the package, so what it
# needs of the addon is imported by its full name, once the addons path is known.
# pylint: disable=print-used,odoo-addons-relative-import

import json
import sys
from pathlib import Path

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.exceptions import UserError
from odoo.modules.module import initialize_sys_path
from odoo.modules.registry import Registry
from odoo.tools import config


class ScrmScenario(Command):
    """Play the scenarios of a pack against a running server, over HTTP.

    ``--prepare`` makes a database ready for it: imports the pack, lets the test clock
    be set and writes a file with an API key for each of the pack's users.
    """

    name = "scrm_scenario"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        add = self.parser.add_argument
        add("-c", "--config", help="Odoo's configuration file")
        add("-d", "--database", help="the database to prepare, or the server's")
        add("--prepare", action="store_true", help="prepare the database, play nothing")
        add("--no-clock", action="store_true", help="prepare without the test clock")
        add("--pack", type=Path, required=True, help="the pack's JSON file")
        add("--keys", type=Path, required=True, help="file with the users' keys")
        add("--url", help="address of the running server")
        add("--demo", action="store_true", help="play the demonstration's scenarios")
        add("--only", help="key of the one scenario to play")

    def run(self, cmdargs):
        """Run the command; exits with 1 when a step is not as expected."""
        options = self.parser.parse_args(cmdargs)
        arguments = ["--no-http", "--log-level=warn"]
        if options.config:
            arguments += ["-c", options.config]
        if options.prepare and options.database:
            arguments += ["-d", options.database]
        config.parse_config(arguments, setup_logging=True)
        if not options.pack.is_file():
            sys.exit(f"{options.pack}: there is no such file")
        if options.prepare:
            sys.exit(self._prepare(options))
        sys.exit(self._play(options))

    def _prepare(self, options):
        if not options.database:
            self.parser.error("--prepare needs --database")
        with Registry(options.database).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            if "scrm.pack" not in env:
                sys.exit(f"scrm_flow is not installed in {options.database}")
            from odoo.addons.scrm_flow.scenario import prepare

            try:
                access = prepare.prepare(
                    env, options.pack.read_bytes(), clock=not options.no_clock
                )
            except UserError as fault:
                cr.rollback()
                print(fault)
                return 1
            cr.commit()  # pylint: disable=invalid-commit  # the command is done
        options.keys.touch(mode=0o600)
        options.keys.write_text(json.dumps(access, indent=2) + "\n", encoding="utf-8")
        print(f"{options.pack.name} is imported, its users have keys")
        return 0

    def _play(self, options):
        if not options.url:
            self.parser.error("--url says where the server is")
        initialize_sys_path()
        from odoo.addons.scrm_flow.scenario import play

        data = json.loads(options.pack.read_text(encoding="utf-8"))
        access = json.loads(options.keys.read_text(encoding="utf-8"))
        return play.play(data, access, options.url, options.demo, options.only)
