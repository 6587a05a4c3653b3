from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "social"

    def ready(self) -> None:
        """Have badges looked for wherever an activity is recorded."""
        from social.activities.services import recorded  # noqa: PLC0415 -- needs the models
        from social.badges.following import follow_activities  # noqa: PLC0415 -- as above

        recorded.connect(follow_activities, dispatch_uid="badges")
