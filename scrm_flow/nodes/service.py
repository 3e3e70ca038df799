from jsonschema import Draft202012Validator

from odoo import api, models


class ScrmFlowService(models.AbstractModel):
    """Something a service task does. Addons add ``scrm.flow.service.<key>``.

    A service works on the record with the engine's rights: whoever publishes the
    flow answers for it, so :meth:`_check_config` refuses what that person may not.
    """

    _name = "scrm.flow.service"
    _inherit = "scrm.flow.kind"
    _description = "Service"

    #: JSON Schema of the configuration, None for a service without any.
    _config_schema = None

    @api.model
    def _check_config(self, model_name: str, config: dict) -> list[str]:
        """What is wrong with this configuration, as sentences; [] when fine.

        :param model_name: the model of the flow, such as ``helpdesk.ticket``
        """
        if self._config_schema is None:
            return [self.env._("the service takes no settings")] if config else []
        validator = Draft202012Validator(self._config_schema)
        return [
            self.env._(
                "the setting %(path)s is wrong: %(problem)s",
                path=error.json_path,
                problem=error.message,
            )
            for error in validator.iter_errors(config)
        ]

    @api.model
    @api.private
    def run(self, record, step, config: dict) -> None:
        """Do it.

        :param record: one business record, with the engine's rights
        :param step: this activation, ``scrm.flow.step``
        :param config: the node's settings
        :raise UserError: what was done is undone, the run becomes an incident
            with this message and can be retried after repair
        """
        raise NotImplementedError(self._name)

    @api.model
    @api.private
    def simulate(self, record, config: dict) -> dict | None:
        """What :meth:`run` would do, without doing it.

        In a sandbox this is called instead of :meth:`run`.

        :return: a description with JSON values; what it holds under ``values`` is
            written to the record of the sandbox, so that what follows sees it.
            None: cannot be simulated
        """
        return None
