"""Which nodes of flows are copies of a block."""

from . import fragments as f
from .registry import Extension, register_extension


@register_extension
class NodeBlocks(Extension):
    """The block that a node was copied from, by keys."""

    section = "flows"
    addon = "scrm_flow"
    kind = "node"
    pointer = ("items", "properties", "nodes", "items")
    properties = {
        "block": f.described(
            f.obj(
                {
                    "key": f.described(f.KEY, "of the block, a flow"),
                    "node": f.described(f.KEY, "of the node there"),
                    "copy": f.described(
                        f.INTEGER, "which copy of the block in this flow; 1"
                    ),
                },
                ["key", "node"],
            ),
            "this node is a copy of a block's",
        ),
    }

    def vals(self, pack, item):
        block = item.get("block", {})
        return {
            "block_key": block.get("key", False),
            "block_node_key": block.get("node", False),
            "block_copy": block.get("copy", 1) if block else 0,
        }

    def dump(self, pack, record):
        if not record.block_key:
            return {}
        return {
            "block": {
                "key": record.block_key,
                "node": record.block_node_key,
                "copy": record.block_copy,
            }
        }
