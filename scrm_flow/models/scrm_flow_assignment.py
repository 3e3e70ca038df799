from odoo import api, models


class ScrmFlowAssignment(models.AbstractModel):
    """Puts into words who was considered for a step, who got it, and why.

    Nothing is looked up: the trace that is kept with the step holds names and
    figures as they were, so the sentence is the same for ever, in any language.
    """

    _name = "scrm.flow.assignment"
    _description = "Assignment in Words"

    @api.model
    def _describe(self, trace) -> str | bool:
        """The trace of ``engine/assignment.py`` for people, a line a thought."""
        if not trace:
            return False
        if trace["rule"] == "back":
            return self.env._(
                "%s had it before and gets it back.", trace["chosen"]["name"]
            )
        if trace["rule"] == "handover":
            reasons = self.env["scrm.handover.line"]._fields["by"]
            return self.env._(
                "%(name)s takes it over: %(why)s.",
                name=trace["chosen"]["name"],
                why=dict(reasons._description_selection(self.env))[trace["by"]],
            )
        lines = []
        if trace.get("instead_of"):
            lines.append(self._describe(trace["instead_of"]))
        lines.append(self._who(trace))
        found = self._found(trace)
        if found:
            lines.append(found)
        if trace.get("dispatched_by"):
            lines.append(self._handed_out(trace["dispatched_by"]))
        if trace["waiting"]:
            lines.append(
                self.env._("Also considered: %s.", self._names(trace["waiting"]))
            )
        if trace["left_out"]:
            lines.append(
                self.env._("Left out: %s.", self._names(trace["left_out"], why=True))
            )
        return "\n".join(lines)

    @api.model
    def _who(self, trace):
        _ = self.env._
        rule = self._rule(trace)
        chosen = trace["chosen"]
        if not chosen:
            return _("%(rule)s: nobody could be chosen.", rule=rule)
        name = self._brief(chosen)
        if trace.get("dispatch"):
            others = self._names([chosen, *trace["shared"]])
            return _(
                "%(rule)s: waits for %(names)s to hand it out.", rule=rule, names=others
            )
        if trace["shared"]:
            return _(
                "%(rule)s: %(chosen)s, together with %(others)s.",
                rule=rule,
                chosen=name,
                others=self._names(trace["shared"]),
            )
        if not trace["waiting"] and trace["rule"] != "manual":
            return _(
                "%(rule)s: %(chosen)s, the only one who can.", rule=rule, chosen=name
            )
        why = self._why(trace)
        if why:
            return _("%(rule)s: %(chosen)s, %(why)s.", rule=rule, chosen=name, why=why)
        return _("%(rule)s: %(chosen)s.", rule=rule, chosen=name)

    @api.model
    def _rule(self, trace):
        rules = dict(self.env["scrm.flow.handler"]._selection())
        rule = rules.get(trace["rule"], trace["rule"])
        level = (trace.get("because") or {}).get("fallback")
        if level == "node":
            return self.env._("Fallback of the node, %s", rule)
        if level == "flow":
            return self.env._("Fallback of the flow, %s", rule)
        return rule

    @api.model
    def _why(self, trace):
        if trace.get("dispatched_by"):
            return None
        choices = self.env["scrm.flow.choice"]
        # traces of earlier versions knew turns only
        key = trace.get("choice", "turn")
        name = f"{choices._name}.{key}"
        return self.env[name]._words(trace) if name in self.env.registry else None

    @api.model
    def _found(self, trace):
        """What the rule found on the record, None when there is nothing to say."""
        because = dict(trace.get("because") or {})
        because.pop("fallback", None)
        warning = because.pop("warning", None)
        name = f"scrm.flow.handler.{trace['rule']}"
        lines = []
        if because and name in self.env.registry:
            words = self.env[name]._words(because)
            if words:
                lines.append(self.env._("Found: %s.", words))
        if warning:
            lines.append(self._warning(warning))
        return "\n".join(lines) or None

    @api.model
    def _warning(self, code):
        labels = self.env["scrm.flow.availability"]._labels()
        return self.env._("Decided by hand although: %s.", labels.get(code, code))

    @api.model
    def _handed_out(self, person):
        return self.env._("Handed out by %s.", person["name"])

    @api.model
    def _names(self, people, why=False):
        return ", ".join(
            self.env._(
                "%(name)s (%(why)s)",
                name=self._brief(person),
                why=self._left_out(person["why"]),
            )
            if why
            else self._brief(person)
            for person in people
        )

    @api.model
    def _left_out(self, code):
        """Why somebody was left out; addons know codes with details."""
        labels = self.env["scrm.flow.availability"]._labels()
        return labels.get(code, code)

    @api.model
    def _brief(self, person):
        """A name, with the figures that were compared."""
        figures = []
        if person.get("load") is not None:
            figures.append(self.env._("open steps: %s", person["load"]))
        figures += [
            f"{name}: {value}" for name, value in (person.get("figures") or {}).items()
        ]
        if not figures:
            return person["name"]
        return f"{person['name']} [{', '.join(figures)}]"
