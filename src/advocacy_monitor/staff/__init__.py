"""Accounts of the people who work at the desk: roles, passwords, sessions.

They lie in a file of their own beside the database, which Datasette never opens.
"""

from __future__ import annotations

from advocacy_monitor.staff.roles import RIGHTS, Person, Right, Role

__all__ = ["RIGHTS", "Person", "Right", "Role"]
