"""Addresses of members' pages."""

from django.urls import path

from exchange.web.views import following, members

app_name = "accounts"
urlpatterns = [
    path("<str:handle>/", members.show_member, name="member"),
    path("<str:handle>/follow/", following.follow_member, name="member-follow"),
    path("<str:handle>/<slug:tab>/", members.show_member, name="member-tab"),
]
