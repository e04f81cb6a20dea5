"""The machine's own clocks, locks, threads and waits, bound before anything is put in their place."""

import _thread
import datetime
import os
import select
import time

allocate_lock = _thread.allocate_lock
get_ident = _thread.get_ident
start_new_thread = _thread.start_new_thread
set_sentinel = getattr(_thread, "_set_sentinel", None)  # until 3.12
start_joinable_thread = getattr(_thread, "start_joinable_thread", None)  # from 3.13

LOCK = type(_thread.allocate_lock())
RLOCK = type(_thread.RLock())

monotonic = time.monotonic
sleep = time.sleep
localtime = time.localtime
gmtime = time.gmtime
ctime = time.ctime
Datetime = datetime.datetime

select_ = select.select
poll = select.poll
epoll = getattr(select, "epoll", None)  # Linux
read = os.read
write = os.write
waitpid = os.waitpid
