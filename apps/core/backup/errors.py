class BackupRefused(Exception):
    """Nothing was changed; the text says why and what to do."""
