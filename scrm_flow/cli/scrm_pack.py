# A command talks to its terminal; Odoo loads it outside the package, so what it
# needs of the addon is imported by its full name, once the addons path is known.
# pylint: disable=print-used,odoo-addons-relative-import

import contextlib
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


class ScrmPack(Command):
    """Import, export and check scenario packs; print their JSON Schema."""

    name = "scrm_pack"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        commands = self.parser.add_subparsers(dest="command", required=True)
        for name, text in (
            ("import", "import a pack: all of it, or nothing when one thing is wrong"),
            ("check", "list what is wrong with a pack without importing it"),
            ("export", "write everything packs can carry into one pack"),
        ):
            command = commands.add_parser(name, help=text, description=text)
            command.add_argument("-c", "--config", help="Odoo's configuration file")
            command.add_argument("-d", "--database", required=True)
            command.add_argument("file", type=Path, help="the pack's JSON file")
            command.add_argument("--key", help="export: key of the imported pack")
        for name, text in (
            ("schema", "print the JSON Schema of packs, of all addons here"),
            ("reference", "print the reference of the format, in Markdown"),
        ):
            command = commands.add_parser(name, help=text, description=text)
            command.add_argument("-c", "--config", help="Odoo's configuration file")
            command.add_argument("-o", "--output", type=Path, help="write this file")
            command.add_argument("--check", type=Path, help="fail when it is stale")

    def run(self, cmdargs):
        """Run the command; exits with 1 when the pack or schema is not right."""
        options = self.parser.parse_args(cmdargs)
        arguments = ["--no-http", "--log-level=warn"]
        if options.config:
            arguments += ["-c", options.config]
        if getattr(options, "database", None):
            arguments += ["-d", options.database]
        config.parse_config(arguments, setup_logging=True)
        if options.command in ("schema", "reference"):
            sys.exit(self._describe(options))
        if options.command != "export" and not options.file.is_file():
            sys.exit(f"{options.file}: there is no such file")
        with Registry(options.database).cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            if "scrm.pack" not in env:
                sys.exit(f"scrm_flow is not installed in {options.database}")
            sys.exit(getattr(self, f"_{options.command}")(env, options))

    def _import(self, env, options):
        try:
            report = env["scrm.pack"].import_pack(options.file.read_bytes())
        except UserError as fault:
            env.cr.rollback()
            print(fault)
            return 1
        print(
            "{key}: {created} created, {updated} changed,"
            " {unchanged} as they were".format(**report)
        )
        if report["skipped_languages"]:
            print("left out, not active:", ", ".join(report["skipped_languages"]))
        env.cr.commit()
        # servers that run meanwhile forget what they knew of groups and forms
        env.registry.signal_changes()
        return 0

    def _check(self, env, options):
        faults = env["scrm.pack"].check_pack(options.file.read_bytes())
        for fault in faults:
            print(f"{fault['path']}: {fault['message']}")
        print(f"{len(faults)} faults" if faults else "nothing is wrong")
        return 1 if faults else 0

    def _export(self, env, options):
        data = env["scrm.pack"].export_pack(options.key)
        env.cr.commit()  # keys that records were given stay theirs
        text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
        options.file.write_text(text, encoding="utf-8")
        print(f"{options.file}: {', '.join(data)}")
        return 0

    def _describe(self, options):
        """Print, write or check what is made from the addons on the addons path."""
        initialize_sys_path()
        from odoo.addons.scrm_flow.packs import reference, schema

        schema.import_all()
        text = schema.to_json(schema.compose())
        if options.command == "reference":
            text = reference.to_markdown(schema.compose())
        if options.check:
            current = ""
            with contextlib.suppress(FileNotFoundError):
                current = options.check.read_text(encoding="utf-8")
            if current != text:
                print(f"{options.check} is stale: make it again with -o")
                return 1
            print(f"{options.check} is up to date")
        elif options.output:
            options.output.write_text(text, encoding="utf-8")
            print(options.output)
        else:
            print(text, end="")
        return 0
