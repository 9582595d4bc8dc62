"""Each call to Stripe of each flow fails in each way: see `test_every_call.py`."""
