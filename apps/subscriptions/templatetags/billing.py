from django import template

from apps.subscriptions import holders

register = template.Library()


@register.simple_tag
def billing_url(page: str, holder: object) -> str:
    """`{% billing_url 'tab' holder %}`: the path of a holder's billing page."""
    return holders.billing_url(page, holder)
