from odoo.http import request


def missing_page(title, advice, back=None):
    """The page of something that is not there, with what to do now.

    People get to it by old stickers, links in messages and addresses typed by hand.

    :param str title: what there is not
    :param str advice: what to do now
    :param str back: address of the forms to choose from, if it is one of them
    :return: a response of status 404
    """
    values = {"title": title, "advice": advice, "back": back}
    return request.render("scrm_ticket.missing_page", values, status=404)
