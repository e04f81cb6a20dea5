"""Runs a command every night, and a server for its reports."""

import http.server
import subprocess
from threading import Timer


def nightly(command):
    subprocess.Popen(command)
    Timer(86_400, nightly, [command]).start()


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
    server.handle_request()
