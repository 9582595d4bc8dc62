"""Below /a/<team_slug>/team/."""

from django.urls import path

from apps.teams.views import bulk, deletion, inviting, members, settings, transfer

app_name = "team"

urlpatterns = [
    path("", members.members, name="members"),
    path("invite/", inviting.invite, name="invite"),
    path("invite/bulk/", bulk.invite_bulk, name="invite_bulk"),
    path("leave/", members.leave, name="leave"),
    path("transfer/", transfer.transfer, name="transfer"),
    path("delete/", deletion.delete, name="delete"),
    path("settings/", settings.settings, name="settings"),
    path("settings/address/", settings.address, name="address"),
    path("settings/logo/", settings.logo, name="logo"),
    path("roles/", settings.roles, name="roles"),
    path("members/<uuid:membership_id>/role/", members.member_role, name="member_role"),
    path("members/<uuid:membership_id>/remove/", members.member_remove, name="member_remove"),
    path("invitations/<uuid:invitation_id>/revoke/", inviting.invitation_revoke, name="invitation_revoke"),
    path("invitations/<uuid:invitation_id>/resend/", inviting.invitation_resend, name="invitation_resend"),
]
