"""Are the times of slower channels right, by themselves and with each other?"""

from ..conf import DEFAULT_PACES, SETTING, settings
from ..routing.pace import paces
from .messages import an_error
from .values import SENSIBLE

PACE_MOST = SENSIBLE["CUSTOMER_IDLE_END_SECONDS"][1]  # with far more, no time can be reckoned
PACE_LEAST = {"CUSTOMER_IDLE_END_SECONDS": SENSIBLE["CUSTOMER_IDLE_END_SECONDS"][0], "TARGET_SECONDS": 0}  # others: 1


def wrong_paces():
    for name, given in settings.PACES.items():
        if name not in DEFAULT_PACES:
            hint = f"There are {' and '.join(DEFAULT_PACES)}; of live channels the settings themselves say it."
            yield an_error(30, f'{SETTING}["PACES"] has {name!r}.', hint=hint)
            continue
        hint = f"It takes {', '.join(DEFAULT_PACES[name])}."
        for each in given.keys() - DEFAULT_PACES[name].keys():
            yield an_error(30, f'{SETTING}["PACES"]["{name}"] has {each!r}.', hint=hint)
        for each, seconds in given.items():
            least = PACE_LEAST.get(each, 1)
            if seconds and not least <= seconds <= PACE_MOST:
                hint = f"Between {least} and {PACE_MOST}" + ("; 0 is never." if least else ".")
                yield an_error(30, f'{SETTING}["PACES"]["{name}"]["{each}"] is {seconds!r}.', hint=hint)
    for pace in paces() if set(settings.PACES) <= set(DEFAULT_PACES) else ():
        if 0 < pace.idle_end < pace.idle_warn:
            told = f"On channels of the pace {pace.name}, silent customers are warned after their chat has ended."
            yield an_error(31, told, hint="CUSTOMER_IDLE_WARN_SECONDS must be less than CUSTOMER_IDLE_END_SECONDS.")
