"""What the scenes come out as. `python -m tests.virtual.expected` says where this Python makes something else of them.

Run by `make pythons` on other versions than the one that the course has.
"""

import sys

from tests.virtual import races, scenes

EXACT = {
    "a_spinner_and_a_poller": [1.0, True, 0, True],
    "a_question_is_asked_by_who_waits": [True, 3.0, True],
    "a_deadlock_says_where": [True, True],
    "a_condition_wakes_the_first_who_waited": [[0, 1, 2], [3, 4, 5]],
    "the_judge_goes_on_after_all_that_is_due": 5,
    "finalizers_that_lock_and_put": 900,
    "a_thread_that_spins_until_a_time_is_not_late": True,
    "a_thread_that_spins_does_not_hold_up_the_clock": True,
    "a_loop_that_spins_reaches_its_deadline": True,
}
"""What comes out where nobody is stalled."""

ALWAYS = {
    "logging_from_several_threads": True,
    "imports_of_the_same_modules_at_once": True,
    "a_dropped_executor_ends_its_threads": [False],
    "threads_below_threading": [False, True, 3.0],
    "a_loop_on_one_line": True,
    "a_loop_in_c": True,
    "sockets_between_threads": ["HELLO", 7.0],
    "pipes_and_selectors": [[True, 5], [True, 5], [True, 5], [[], 9]],
    "how_threads_end": ["SystemExit", "ZeroDivisionError"],
    "a_fork_while_threads_run": 7,
    "a_loop_in_another_thread": [5, 7.0],
    "threads_of_a_loops_executor_are_exact": 60.0,
    "a_date_moves_with_the_clock": [60, 60, True],
    "a_wake_up_is_not_lost_to_one_that_timed_out": [False, True],
    "a_stale_timer_does_not_hide_a_deadlock": 0,
    "a_deadlock_is_no_exception_that_learners_code_may_expect": "it came through",
    "an_ended_thread_is_gone_when_join_returns": True,
    "a_question_that_fails_fails_in_who_asked": "LookupError",
    "a_question_while_another_spins": [True, True, False],
    "a_wait_in_progress": [5.0, 1, None, None],
    "another_process_takes_real_time": [True, True],
    "a_process_waited_for_with_a_timeout": ["", 0],
    "a_call_in_c_lets_others_run": True,
    "a_call_in_c_of_the_judge_takes_time": True,
    "sets_of_tasks_and_threads_keep_their_order": [True, True],
    "other_users_of_locks": [[0, 1, 4, 9, 16], [0, 1, 2], 2, [0, 1]],
    "thread_locals_and_weak_references": [[True, True, True], True],
}


REAL = {
    "another_process_takes_real_time",
    "a_process_waited_for_with_a_timeout",
    "a_call_in_c_lets_others_run",
    "a_call_in_c_of_the_judge_takes_time",
}
"""What takes real time."""


def main():
    scenes.prepare()
    wrong = []
    for scene in scenes.SCENES:
        name = scene.__name__
        for schedule in ("round-robin", "random:1", "random:2"):
            result = scenes.in_a_child(scene, schedule)["result"]
            expected = {**EXACT, **ALWAYS}[name] if schedule == "round-robin" else ALWAYS.get(name, result)
            if result != expected:
                wrong.append(f"{name}, {schedule}: {result!r}, not {expected!r}")
    for race in [*races.RACES, *races.RACES_OF_TWO]:
        (once, twice), _ = races.search(race, False)
        if not once + twice:
            wrong.append(f"{race.__name__}: not found")
        (once, twice), _ = races.search(race, True)
        if once + twice:
            wrong.append(f"{race.__name__}, mended: fails on {once + twice}")
    print(*wrong, sep="\n")
    print(
        f"Python {sys.version.split()[0]}: {len(scenes.SCENES)} scenes and "
        f"{len(races.RACES + races.RACES_OF_TWO)} races, {len(wrong)} wrong"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
