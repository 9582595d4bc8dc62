"""What a screen reader is told where money is spoken of: roles, names, states, and their order."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.house import Open

ACTIVE = """
- main:
  - heading "Subscription" [level=1]
  - button "Manage payment"
  - region "Pro, monthly":
    - heading "Pro, monthly" [level=2]
    - text: Active
    - paragraph: $60.00 / month
    - paragraph: "3 seats: 3 × $20.00"
    - paragraph:
      - text: Renews on
      - strong
  - region "Seats and payment":
    - term: Seats
    - definition: "3"
    - term: Members
    - definition: "3"
    - term: Payment method
    - definition: /Visa ending in 4242, expires/
  - region "Next invoice":
    - heading "Next invoice" [level=2]
    - term: /3 × Pro/
    - definition: $60.00
    - term: /Due on/
    - definition: $60.00
  - region "Seat history":
    - heading "Seat history" [level=2]
    - paragraph:
      - link "All changes"
    - table:
      - rowgroup:
        - row "Date What By Seats"
      - rowgroup:
        - row /dana@example\\.com joined owner@example\\.com 2 → 3/
  - region "Invoices":
    - heading "Invoices" [level=2]
    - table:
      - rowgroup:
        - row "Date Number Status Amount Links"
      - rowgroup:
        - row /Paid \\$60\\.00 View .+ PDF/:
          - cell:
            - link /View \\w+-\\d+/
            - link /PDF \\w+-\\d+/
  - paragraph:
    - link "Change plan"
    - link "Cancel subscription"
"""
PAST_DUE = """
- main:
  - heading "Subscription" [level=1]
  - button "Manage payment"
  - alert:
    - paragraph: The last payment failed
    - paragraph: /The plan stays until .+ at the longest/
    - button "Update payment method"
  - region "Pro, monthly":
    - heading "Pro, monthly" [level=2]
    - text: Payment overdue
    - paragraph: $60.00 / month
  - region "Invoices":
    - table:
      - rowgroup
      - rowgroup:
        - row /Payment failed \\$60\\.00 Pay/:
          - cell:
            - link /Pay \\w+-\\d+/
  - paragraph:
    - link "Cancel subscription"
"""
ENDING = """
- main:
  - heading "Subscription" [level=1]
  - region "Pro, monthly":
    - heading "Pro, monthly" [level=2]
    - paragraph:
      - text: The plan ends on
      - strong
      - text: . Everything stays open until then.
    - button "Keep my plan"
  - region "Next invoice":
    - paragraph: /No further invoice/
"""
FREE = """
- main:
  - heading "Subscription" [level=1]
  - region "Choose a plan":
    - heading "Choose a plan" [level=2]
    - paragraph:
      - text: You are on
      - strong: Free
      - text: . Prices are for your 1 seat.
    - group "Billing period":
      - radio "Monthly" [checked]
      - radio "Yearly"
    - article "Free":
      - heading "Free" [level=3]
    - article "Starter":
      - heading "Starter" [level=3]
      - paragraph: $29.00
      - paragraph: per month
      - button "Choose Starter"
      - list
    - article "Pro":
      - heading "Pro" [level=3]
      - text: Recommended
      - paragraph: $20.00
      - paragraph: 1 seat, per month
      - button "Start 14-day trial"
      - list:
        - listitem: Any number of people
    - article "Enterprise":
      - link "Talk to us"
"""
PRICING = """
- main:
  - heading "Pricing" [level=1]
  - heading "Plans" [level=2]
  - group "Billing period":
    - radio "Monthly" [checked]
    - radio "Yearly"
  - slider "Seats, as a slider": "12"
  - spinbutton "Seats": "12"
  - article "Starter":
    - heading "Starter" [level=3]
    - paragraph: For 3 people at most.
  - article "Pro":
    - heading "Pro" [level=3]
    - paragraph: $232.00
    - paragraph: "12 seats: 10 × $20.00 + 2 × $16.00, per month"
    - link "Start 14-day trial"
  - region "Compare plans":
    - table:
      - rowgroup:
        - row "Free Starter Pro Enterprise"
      - rowgroup:
        - row "Audit log export Not included Not included Included Included":
          - rowheader "Audit log export"
  - region "Questions about billing":
    - group: What is a seat?
"""
CHANGE = """
- main:
  - navigation "Breadcrumb":
    - list:
      - listitem:
        - link "Change plan"
  - heading "Change to Starter?" [level=1]
  - region "What changes":
    - term: /Now.+Pro 1 seat, per month/
    - definition: $20.00
    - term: /Then.+Starter per month/
    - definition: $29.00
  - region "Due today":
    - paragraph:
      - strong: Nothing is due today.
    - button "Change to Starter"
    - link "Keep my plan"
"""
CANCEL = """
- main:
  - navigation "Breadcrumb":
    - list:
      - listitem:
        - link "Subscription"
  - heading /Cancel \\w+\\?/ [level=1]
  - paragraph: /no further period is charged/
  - group "Why are you leaving? (optional)":
    - radio "It costs too much"
    - radio "Another reason"
  - textbox "What should we have done better? (optional)"
  - button "Cancel subscription"
  - link "Keep my plan"
"""
TOLD = {
    "state:active": ACTIVE,
    "state:past-due": PAST_DUE,
    "state:ending": ENDING,
    "free:subscription/": FREE,
    "/pricing/?seats=12": PRICING,
    "paid:subscription/change/?plan=starter&interval=month&preview=1": CHANGE,
    "paid:subscription/cancel/": CANCEL,
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_told_of_money(open_page: Open, name: str) -> None:
    expect(open_page(name).page.get_by_role("main")).to_match_aria_snapshot(TOLD[name])
