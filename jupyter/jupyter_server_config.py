"""JupyterLab as `make lab` starts it: its log has no warning that nobody can act on."""

import os

c = get_config()  # noqa: F821 - Jupyter gives it

# What goes between notebook and kernel is encrypted, where both can do it.
c.KernelManager.transport_encryption = "auto"
# Left alone, the second is longer than the first, which is then said of each connection.
c.ServerApp.tornado_settings = {"ws_ping_interval": 90_000, "ws_ping_timeout": 90_000}
# Language servers are looked for, and a long list of those not found is logged.
c.LanguageServerManager.autodetect = False
# The debugger's advice about a Python whose own modules are frozen.
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
