"""The ``odoo`` command line, with the interpreter that runs this file.

A file of its own rather than ``python -m odoo``: Odoo starts its websocket
process by calling ``sys.argv[0]`` again.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
