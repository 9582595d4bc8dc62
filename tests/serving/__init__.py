"""The product as a server on the internet meets it: gunicorn, the settings of production, a proxy in front."""
