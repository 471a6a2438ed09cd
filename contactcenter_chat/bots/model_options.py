"""What do the settings say of a model that is asked, for a bot or for the agents' assistant?"""

from dataclasses import dataclass, field

from ..outbound.completions import Endpoint

SECONDS = 20  # for a model to answer
SECONDS_MOST = 110
SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class ModelOptions:
    """``base_url`` with the version, ``model``, ``api_key``, ``instructions`` beside our own, ``timeout`` in seconds.

    Raises TypeError and ValueError for what is none of that.
    """

    base_url: str
    model: str = ""
    api_key: str = field(default="", repr=False)
    instructions: str = ""
    timeout: float = SECONDS

    def __post_init__(self) -> None:
        for name in ("base_url", "model", "api_key", "instructions"):
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"{name} must be text.")
        if not self.base_url.startswith(SCHEMES):
            raise ValueError("base_url must be an address, such as http://127.0.0.1:8080/v1.")
        if isinstance(self.timeout, bool) or not isinstance(self.timeout, int | float):
            raise TypeError("timeout must be a number of seconds.")
        if not 0 < self.timeout <= SECONDS_MOST:
            raise ValueError(f"timeout must be above 0, and {SECONDS_MOST} seconds at most.")

    @property
    def endpoint(self) -> Endpoint:
        """Where the model is asked."""
        return Endpoint(self.base_url, self.model, self.api_key)
