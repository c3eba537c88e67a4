"""Load: many native UEs that register and publish at rates, against any core and VAL server.

`profile` says when, `users` who, `journey` what each UE does and `tally` what came of it; all of that is pure. `phones`
is the UEs of one process (`__main__`), `crew` starts such processes and adds up what they count, `built_in` is a core
and a VAL server to try it on, `verdict` says what it was worth, `shown` and `page` show it.
"""
