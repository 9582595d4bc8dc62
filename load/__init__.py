"""`make load`: the product as it runs on a server, and people who use it all at once.

Inside locust, which knows the product only by its pages: `people.py`, `browser.py`, `mailbox.py`,
`stripe_side.py`, `report.py`. Inside the product: `world.py`, `verdict.py`, `leak.py`. What starts all of it:
`scripts/load.py`.
"""
