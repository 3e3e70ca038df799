"""What tests of messages to the outside share; it needs no flow."""

from urllib.parse import urlsplit

from odoo.tests.common import _super_send

from .gateway_server import SECRET, Gateway


class GatewayFixture:
    """A gateway on this machine; no other one can be called."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = Gateway()
        cls.addClassCleanup(cls.gateway.stop)

    def setUp(self):
        super().setUp()
        self.gateway.forget()
        self.env.registry.clear_cache()  # no token is known

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        """Only this machine is called, and waited for no longer than was asked."""
        if urlsplit(request.url).hostname != "127.0.0.1":
            raise AssertionError(f"a call to {request.url}")
        return _super_send(session, request, **options)

    @classmethod
    def make_channel(cls, kind, path, **values):
        return cls.env["scrm.notice.channel"].create(
            {
                "key": kind,
                "name": kind,
                "kind": kind,
                "url": cls.gateway.url(path),
                "secret": SECRET,
                "timeout": 1,
                **values,
            }
        )
