"""The page of a team's members, put together from its sections: each has a file, a template and its views."""

from apps.teams.page.render import back, refused, team_page

__all__ = ["back", "refused", "team_page"]
