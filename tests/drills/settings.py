"""The site's settings, with a channel layer and a clock that a drill can spoil."""

from config.settings import *  # noqa: F403 -- the site as it is
from config.settings import CHANNEL_LAYERS, env
from tests.drills.clock import bend_clock

CHANNEL_LAYERS["default"]["BACKEND"] = "tests.drills.layer.UnreliableLayer"
CHANNEL_LAYERS["default"]["CONFIG"] |= {"one_in": env.int("DRILL_LAYER_ONE_IN", default=0)}
if DRILL_CLOCK := env.str("DRILL_CLOCK", default=""):
    bend_clock(DRILL_CLOCK)
