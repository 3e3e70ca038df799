"""A flow whose nodes follow one another, for tests that are about what they do."""


def straight_flow(env, key, rows):
    """Publish a flow of tickets, from the first node to the last.

    :param rows: values of the nodes in their order, each with its ``key``
    :return: ``scrm.flow``; transitions are called ``to_`` and the key of their target
    """
    flow = env["scrm.flow"].create(
        {
            "key": key,
            "name": key,
            "model_id": env["ir.model"]._get_id("helpdesk.ticket"),
        }
    )
    version = env["scrm.flow.version"].create({"flow_id": flow.id})
    nodes = env["scrm.flow.node"].create(
        [
            {"version_id": version.id, "rank": rank, "name": row["key"], **row}
            for rank, row in enumerate(rows)
        ]
    )
    env["scrm.flow.transition"].create(
        [
            {
                "version_id": version.id,
                "key": f"to_{target.key}",
                "source_id": source.id,
                "target_id": target.id,
            }
            for source, target in zip(nodes, nodes[1:], strict=False)
        ]
    )
    version.action_publish()
    return flow
