"""The product as it is on the internet: gunicorn, the settings of production, a proxy in front."""
