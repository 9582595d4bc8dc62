"""A backup of everything that is only here: the database, and what people upload.

One file, a tar: `about.json`, `database.dump` (PostgreSQL's custom format), `media/...`.
`manage.py backup` and `manage.py restore` are the way in.
"""

from apps.core.backup.archive import Backup, open_backup, write_backup
from apps.core.backup.errors import BackupRefused
from apps.core.backup.restoring import restore_database, restore_media

__all__ = ["Backup", "BackupRefused", "open_backup", "restore_database", "restore_media", "write_backup"]
